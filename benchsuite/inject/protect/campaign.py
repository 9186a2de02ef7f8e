"""Every protection under every error model on one backend: chunks of objects, recorded as they end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import msgspec

from benchsuite.analyse.tallies import campaign as identity
from benchsuite.analyse.tallies import settle
from benchsuite.host.engine import PROBE_SECONDS, Origin
from benchsuite.host.plugins import Registry, UsageError
from benchsuite.inject.models import Model, with_models
from benchsuite.inject.protect.objects import Objects
from benchsuite.inject.protect.scheme import Cases, Scheme
from benchsuite.inject.protect.step import Route
from benchsuite.inject.ways import NoWay
from benchsuite.record.protection import Protection
from benchsuite.record.types import Case, Tally
from benchsuite.workers import Worker, WorkerError, WorkerLost
from benchsuite.workloads.streams import case_key, params_mapping

CHUNK_BYTES = 1 << 24
"""Of data: a second of a slow engine."""
CHUNK_SECONDS = 300.0
MOST_TRIALS = 1 << 40


@dataclass(frozen=True, kw_only=True)
class Strike:
    """A protection under an error model, for so many objects. Raises UsageError where that cannot be."""

    objects: Objects
    trials: int

    def __post_init__(self) -> None:
        if not 1 <= self.trials <= MOST_TRIALS:
            raise UsageError(f"--trials must lie between 1 and 2^40, not {self.trials}")

    @cached_property
    def blank(self) -> Tally:
        """Its tally, of no backend yet and no trial."""
        scheme, model = self.objects.scheme, self.objects.model
        workload, params = scheme.writes(1)[0]
        return Tally(
            case=Case(
                workload=workload.id, version=workload.version, params=params_mapping(params, defaults=True)
            ),
            case_key=case_key(workload, params),
            label=scheme.name,
            backend="",
            model=model.text,
            seed=self.objects.seed,
            first_trial=0,
            trials=0,
            outcomes={},
            data_bytes=scheme.data_bytes,
            theory=dict(scheme.theory(model)),
        )


def declared(scheme: Scheme) -> Protection:
    """The line that says what is timed of it."""

    def keys(cases: Cases) -> list[str]:
        return [case_key(workload, params) for workload, params in cases]

    return Protection(
        name=scheme.name,
        data_bytes=scheme.data_bytes,
        stored_bits=scheme.stored_bits,
        batch=scheme.batch,
        encode=keys(scheme.writes(scheme.batch)),
        decode=keys(scheme.reads(scheme.batch)),
        repair=keys(scheme.repairs(scheme.batch)),
    )


def run_strikes(
    strikes: Sequence[Strike],
    backend: str,
    route: Route | NoWay,
    server: Server,
    *,
    done: Iterable[Tally] = (),
    record: Callable[[Tally], None],
    progress: Callable[[int, int, str], None],
) -> None:
    """Count what becomes of objects under one protection, one error model after another.

    ``done`` may hold lines of any campaign: the objects that these counted are not struck again. ``record``
    gets every new line: a chunk, or a refusal, crash or wrong answer, which ends that strike.
    """
    found = list(done)
    for strike in strikes:
        blank = msgspec.structs.replace(strike.blank, backend=backend)
        lines = [tally for tally in found if identity(tally) == identity(blank)]
        if isinstance(route, NoWay):
            refusal = msgspec.structs.replace(blank, status=route.status, reason=route.reason)
            if refusal not in lines:
                record(refusal)
            continue
        counted = settle([*lines, blank])
        most = max(1, CHUNK_BYTES // strike.objects.scheme.data_bytes)
        while counted.status == "measured" and counted.trials < strike.trials:
            progress(counted.trials, strike.trials, f"{backend}: {blank.label}, {blank.model}")
            first = counted.trials
            count = min(most - first % most, strike.trials - first)
            reply = server.chunk(strike.objects, route, first, count)
            trials = count if reply["status"] == "measured" else 0
            line = msgspec.structs.replace(blank, first_trial=first, trials=trials, **reply)
            record(line)
            counted = settle([counted, line])


class Server:
    """The worker of one backend; started when first needed, and anew after one was lost."""

    def __init__(self, origin: Origin, models: Iterable[Model], registry: Registry) -> None:
        self._origin = with_models(origin, models, registry)
        self._worker: Worker | None = None
        self._proven: Scheme | None = None

    def chunk(self, objects: Objects, route: Route, first: int, count: int) -> dict[str, Any]:
        """``status``, ``reason`` and ``outcomes`` of a chunk."""
        try:
            return self._ask(objects, route, first, count)
        except WorkerError as error:
            return {"status": "failed", "reason": str(error), "outcomes": {}}
        except WorkerLost as lost:
            self._worker = self._proven = None
            status = "timeout" if lost.reason.startswith("timeout") else "failed"
            reason = f"objects {first} to {first + count - 1}: {lost.reason}"
            return {"status": status, "reason": reason, "outcomes": {}}

    def _ask(self, objects: Objects, route: Route, first: int, count: int) -> dict[str, Any]:
        scheme = objects.scheme
        request = {"name": scheme.name, "data_bytes": scheme.data_bytes}
        if self._worker is None:
            self._worker = Worker("benchsuite.inject.protect.serve:serve")
            opened = self._worker.ask(self._origin.request(), seconds=PROBE_SECONDS)
            if opened["unavailable"]:
                return {"status": "unavailable", "reason": opened["unavailable"], "outcomes": {}}
        if self._proven is not scheme:
            self._proven = None
            proof = self._worker.ask(request | {"do": "prove", "route": asdict(route)}, seconds=CHUNK_SECONDS)
            if proof["status"] != "measured":
                return proof
            self._proven = scheme
        chunk = {"do": "chunk", "model": objects.model.text, "seed": objects.seed}
        return self._worker.ask(request | chunk | {"first": first, "count": count}, seconds=CHUNK_SECONDS)

    def close(self) -> None:
        """Bury the worker."""
        if self._worker is not None:
            self._worker.bury()
