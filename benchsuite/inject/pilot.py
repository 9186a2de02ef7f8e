"""How long injecting will take: one block of every campaign, counted and forgotten."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from typing import Any

from benchsuite.host.engine import Origin
from benchsuite.inject.campaign import Campaign
from benchsuite.inject.composed import AnyThrough
from benchsuite.inject.rig import BLOCK
from benchsuite.inject.server import CHUNK_SECONDS
from benchsuite.inject.ways import NoWay
from benchsuite.workers import Worker, WorkerError, WorkerLost


@dataclass(frozen=True, kw_only=True)
class Injection:
    """What campaigns on one backend will take."""

    campaigns: int = 0
    """Those that the backend does."""
    seconds: float = 0.0
    worker_bytes: int = 0


def campaign_seconds(trials: int, *, prove: float, first: float, later: float) -> float:
    """Seconds of a campaign: the proof, then its blocks, of which the first is checked whole.

    >>> campaign_seconds(3 * BLOCK, prove=1.0, first=0.5, later=0.25)
    2.0
    """
    return prove + first + max(0.0, trials / BLOCK - 1) * later


def try_campaigns(
    campaigns: Iterable[tuple[Campaign, AnyThrough | NoWay]],
    origin: Origin,
    progress: Callable[[str], None] = lambda label: None,
) -> Injection:
    """Count one block of each campaign on the backend of ``origin``, of each code's first one two.

    A campaign without an end in trials, or that the backend cannot do, counts nothing.
    """
    tries = [(c, way) for c, way in campaigns if not isinstance(way, NoWay) and c.size is not None]
    if not tries:
        return Injection()
    with closing(_Trier()) as trier:
        seconds, done = 0.0, 0
        for campaign, way in tries:
            progress(f"{origin.backend}: {campaign.code.name}, {campaign.model.text}")
            with suppress(WorkerError, WorkerLost):
                if not done:
                    seconds += trier.ask(origin.request())
                seconds += trier.seconds(campaign, way)
                done += 1
        return Injection(campaigns=done, seconds=seconds, worker_bytes=trier.own_bytes() if done else 0)


class _Trier:
    """A worker as ``run_campaign`` has it, and what checking a whole block costs for each code."""

    def __init__(self) -> None:
        self._worker = Worker("benchsuite.inject.serve:serve")
        self.close = self._worker.bury
        self._whole: dict[str, float] = {}

    def seconds(self, campaign: Campaign, way: AnyThrough) -> float:
        """Of the whole campaign."""
        code = campaign.code.name
        asked = {"code": campaign.code.request(), "model": campaign.model.text, "through": asdict(way)}
        prove = self.ask({"do": "prove"} | asked)
        first = self._block(campaign)
        if code not in self._whole:
            self._whole[code] = max(0.0, first - self._block(campaign))
        later = max(0.0, first - self._whole[code])
        return campaign_seconds(campaign.size or 0, prove=prove, first=first, later=later)

    def _block(self, campaign: Campaign) -> float:
        count = min(BLOCK, campaign.size or BLOCK)
        return self.ask({"do": "chunk", "first": 0, "count": count} | campaign.request())

    def ask(self, request: Mapping[str, Any]) -> float:
        """Seconds until the worker has answered."""
        begin = time.perf_counter()
        self._worker.ask(request, seconds=CHUNK_SECONDS)
        return time.perf_counter() - begin

    def own_bytes(self) -> int:
        """The worker's memory, which no other process shares."""
        import psutil

        return int(psutil.Process(self._worker.pid).memory_full_info().uss)
