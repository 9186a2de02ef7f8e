"""Campaigns: chunks of trials through a worker until there are enough, every one recorded as it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from math import lcm
from typing import Any

import msgspec

from benchsuite.analyse.rates import half_width
from benchsuite.analyse.tallies import campaign as identity
from benchsuite.analyse.tallies import settle
from benchsuite.host.engine import PROBE_SECONDS, Origin
from benchsuite.host.plugins import Registry, UsageError
from benchsuite.inject.access import access_outcomes
from benchsuite.inject.composed import AnyThrough, composed_outcomes
from benchsuite.inject.devices import layouts_of, stored_words
from benchsuite.inject.erasures import decoding
from benchsuite.inject.models import Model, require_fit
from benchsuite.inject.patterns import pattern_count
from benchsuite.inject.recorded import recorded
from benchsuite.inject.ways import NoWay
from benchsuite.record.types import Case, Tally
from benchsuite.workers import Worker, WorkerError, WorkerLost
from benchsuite.workloads.codes.analysis import NoFormula
from benchsuite.workloads.codes.composed import Composed, Target
from benchsuite.workloads.codes.layout import Layouts
from benchsuite.workloads.streams import case_key, params_mapping

CHUNK_TRIALS = 1 << 19  # 0.1 s of a fast decoder, a few of a slow one
CHUNK_SECONDS = 300.0  # 1700 trials a second
ATTEMPTS = 2


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """One error model on one code until a number of trials or a precision, or through every pattern.

    ``precision`` is the half-width of every outcome's 99 % interval; with ``trials`` too, whichever comes
    first. Raises UsageError where none of the three says when to stop, and for what the code cannot bear.
    """

    code: Target
    model: Model
    seed: int
    trials: int | None = None
    precision: float | None = None
    exhaustive: bool = False
    codewords: int = 1
    """Of a trial: more than one are an access."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "code", decoding(self.code, self.model.kind))
        if isinstance(self.code, Composed):
            object.__setattr__(self, "codewords", self.code.codewords)
        require_fit(self.model, self.n, self.layouts)
        if self.exhaustive:
            pattern_count(self.model, self.n, self.layouts)
        elif self.trials is None and self.precision is None:
            raise UsageError("a campaign needs an end: give --trials, --precision or --exhaustive")
        if self.trials is not None and not 1 <= self.trials <= 1 << 62:
            raise UsageError(f"--trials must lie between 1 and 2^62, not {self.trials}")
        if self.precision is not None and not 0 < self.precision < 1:
            raise UsageError(
                f"--precision is a fraction between 0 and 1, as 0.01 for 1 %, not {self.precision}"
            )

    @property
    def n(self) -> int:
        """Bits of a trial."""
        words, bits = stored_words(self.code, self.codewords)
        return words * bits

    @property
    def layouts(self) -> Layouts:
        """How they lie in memory."""
        return layouts_of(self.code, self.codewords)

    @property
    def size(self) -> int | None:
        """The number of trials at which it ends at the latest; None where only the precision tells."""
        if self.exhaustive:
            return pattern_count(self.model, self.n, self.layouts)
        return self.trials


def exact(of: Target, model: Model, codewords: int = 1) -> dict[str, tuple[str, str, float]] | None:
    """Outcome -> (numerator, denominator, probability) by formula; None where none is known.

    Of a codeword, or of an access of several. ``lost`` stands for all outcomes that are neither untouched nor
    corrected, where no formula tells them apart; fractions are those of ``recorded``. Raises UsageError for a
    model whose probabilities do not sum to 1: a plugin's formula may be wrong.
    """
    try:
        outcomes = _outcomes(of, model, codewords)
    except NoFormula:
        return None
    if outcomes is None:
        return None
    common = lcm(*(below for _, below in outcomes.values()))
    total = sum(above * (common // below) for above, below in outcomes.values())
    if total != common:
        raise UsageError(
            f"the exact probabilities of {model.text} on {of.name} sum to {total / common}, not to 1: "
            f"mend exact() of the error model {model.name}"
        )
    return {name: recorded(above, below) for name, (above, below) in outcomes.items()}


def exact_tally(of: Target, model: Model, seed: int = 0, codewords: int = 1) -> Tally:
    """What ``--exact`` answers: no backend and no trial. Raises UsageError where no formula is known."""
    of = decoding(of, model.kind)
    words, bits = stored_words(of, codewords)
    require_fit(model, words * bits, layouts_of(of, codewords))
    tally = _blank(of, model, seed, backend="", codewords=codewords)
    if tally.exact is None:
        alone = codewords == 1 or isinstance(of, Composed)
        what = of.name if alone else f"accesses of {codewords} codewords of {of.name}"
        raise UsageError(
            f"no formula is known for {model.text} on {what}{_why_not(of, model, codewords)}: use --trials"
        )
    return tally


def _outcomes(of: Target, model: Model, codewords: int) -> Mapping[str, tuple[int, int]] | None:
    if isinstance(of, Composed):
        return composed_outcomes(of, model)
    if codewords == 1:
        return model.kind.exact(model.arguments, of)
    return access_outcomes(of, model, codewords)


def _why_not(of: Target, model: Model, codewords: int) -> str:
    try:
        _outcomes(of, model, codewords)
    except NoFormula as reason:
        return f", as {reason}"
    return ""


def _case(of: Target) -> tuple[Case, str]:
    """What is decoded, and its ``case_key``."""
    if isinstance(of, Composed):
        return Case(**of.case()), of.key()
    params = of.decode.params(**of.params)
    case = Case(
        workload=of.decode.id, version=of.decode.version, params=params_mapping(params, defaults=True)
    )
    return case, case_key(of.decode, params)


def _blank(of: Target, model: Model, seed: int, backend: str, codewords: int) -> Tally:
    case, key = _case(of)
    return Tally(
        case=case,
        case_key=key,
        label=of.name,
        backend=backend,
        model=model.text,
        seed=seed,
        first_trial=0,
        trials=0,
        outcomes={},
        codewords=codewords,
        exact=exact(of, model, codewords),
    )


def run_campaign(
    campaign: Campaign,
    origin: Origin,
    way: AnyThrough | NoWay,
    registry: Registry,
    *,
    done: Iterable[Tally] = (),
    record: Callable[[Tally], None],
    progress: Callable[[int, int | None], None],
    workers: Workers | None = None,
    chunk_trials: int = CHUNK_TRIALS,
) -> Tally:
    """Count the campaign on the backend of ``origin``; returns what ``settle`` makes of all its lines.

    ``done`` may hold lines of any campaign: the trials that this one counted are not done again. ``record``
    gets every new line: a chunk, or a refusal, crash or wrong answer, which has no trials and ends the
    campaign. ``progress`` gets the number of trials done and to do (None: unknown). ``workers`` lend a worker
    and keep it for the next campaign. A worker that dies or hangs is replaced once a chunk. Chunks end at
    multiples of ``chunk_trials`` codewords, and the precision is looked at there only, so that an interrupted
    campaign stops where a whole one does.
    """
    blank = msgspec.structs.replace(
        _blank(campaign.code, campaign.model, campaign.seed, origin.backend, campaign.codewords),
        exhaustive=campaign.exhaustive,
    )
    chunk_trials = max(1, chunk_trials // campaign.codewords)
    lines = [tally for tally in done if identity(tally) == identity(blank)]
    counted = settle([*lines, blank])
    if counted.status == "wrong":
        return counted
    if isinstance(way, NoWay):
        refusal = msgspec.structs.replace(blank, status=way.status, reason=way.reason)
        if refusal not in lines:
            record(refusal)
        return settle([*lines, refusal])
    with closing(_Server(_with_model(origin, campaign.model, registry), campaign, way, workers)) as server:
        while not _complete(campaign, counted, chunk_trials):
            first = counted.trials
            count = chunk_trials - first % chunk_trials
            if campaign.size is not None:
                count = min(count, campaign.size - first)
            reply = server.chunk(first, count)
            trials = count if reply["status"] == "measured" else 0
            line = msgspec.structs.replace(blank, first_trial=first, trials=trials, **reply)
            record(line)
            counted = settle([counted, line])
            progress(counted.trials, campaign.size)
            if line.status != "measured":
                break
    return counted


def _complete(campaign: Campaign, counted: Tally, chunk_trials: int) -> bool:
    if campaign.size is not None and counted.trials >= campaign.size:
        return True
    if (
        campaign.precision is None
        or campaign.exhaustive
        or not counted.trials
        or counted.trials % chunk_trials
    ):
        return False
    widest = max(half_width(count, counted.trials) for count in counted.outcomes.values())
    return widest <= campaign.precision


def _with_model(origin: Origin, model: Model, registry: Registry) -> Origin:
    """The origin, and the plugin that brings the error model where it is none of the built-in ones."""
    owner = registry.owners.get(("benchsuite_error_models", model.name))
    if owner is None or registry.error_models[model.name] is not model.kind or owner.source in origin.sources:
        return origin
    extra = () if owner.source.startswith("entry:") else (owner.source,)
    return replace(origin, sources=(*origin.sources, owner.source), extra=(*origin.extra, *extra))


class Workers:
    """Open workers that ended a campaign well, for the next one: a start takes longer than most campaigns."""

    def __init__(self) -> None:
        self._kept: dict[Origin, Worker] = {}

    def take(self, origin: Origin) -> Worker | None:
        """One of that origin, no longer kept, or None."""
        return self._kept.pop(origin, None)

    def keep(self, origin: Origin, worker: Worker) -> None:
        """Keep ``worker``, the only one of that origin."""
        self._kept[origin] = worker

    def close(self) -> None:
        """Bury all that are kept."""
        while self._kept:
            self._kept.popitem()[1].bury()


class _Server:
    """The worker that counts chunks; started, proved on the published vectors, when first needed."""

    def __init__(self, origin: Origin, campaign: Campaign, way: AnyThrough, workers: Workers | None) -> None:
        self._origin, self._workers = origin, workers
        self._ended_well = False
        self._code = {
            "code": campaign.code.request(),
            "model": campaign.model.text,
            "through": asdict(way),
        }
        self._draws = {
            "code": campaign.code.request(),
            "model": campaign.model.text,
            "seed": campaign.seed,
            "exhaustive": campaign.exhaustive,
            "codewords": campaign.codewords,
        }
        self._worker: Worker | None = None

    def chunk(self, first: int, count: int, attempt: int = 1) -> dict[str, Any]:
        """``status``, ``reason`` and ``outcomes`` of a chunk; a lost worker is replaced once."""
        try:
            return self._ask({"do": "chunk", "first": first, "count": count} | self._draws)
        except WorkerError as error:
            return {"status": "failed", "reason": str(error), "outcomes": {}}
        except WorkerLost as lost:
            self._worker = None
            if attempt < ATTEMPTS:
                return self.chunk(first, count, attempt + 1)
            status = "timeout" if lost.reason.startswith("timeout") else "failed"
            reason = f"trials {first} to {first + count - 1}, {ATTEMPTS} times: {lost.reason}"
            return {"status": status, "reason": reason, "outcomes": {}}

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        self._ended_well = False
        if self._worker is None:
            self._worker = self._workers.take(self._origin) if self._workers else None
            if self._worker is None:
                self._worker = Worker("benchsuite.inject.serve:serve")
                opened = self._worker.ask(self._origin.request(), seconds=PROBE_SECONDS)
                if opened["unavailable"]:
                    return {"status": "unavailable", "reason": opened["unavailable"], "outcomes": {}}
            proof = self._worker.ask({"do": "prove"} | self._code, seconds=CHUNK_SECONDS)
            if proof["status"] != "measured":
                return proof
        reply = self._worker.ask(request, seconds=CHUNK_SECONDS)
        self._ended_well = bool(reply["status"] == "measured")
        return reply

    def close(self) -> None:
        if self._worker is None:
            return
        if self._workers is not None and self._ended_well:
            self._workers.keep(self._origin, self._worker)
        else:
            self._worker.bury()
