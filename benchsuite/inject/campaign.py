"""Campaigns: chunks of trials through a worker until there are enough, every one recorded as it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from math import lcm
from typing import Any

import msgspec

from benchsuite.analyse.tallies import campaign as identity
from benchsuite.analyse.tallies import settle
from benchsuite.host.engine import Origin
from benchsuite.host.plugins import Registry, UsageError
from benchsuite.inject.access import access_outcomes
from benchsuite.inject.book import Ahead, Book
from benchsuite.inject.composed import AnyThrough
from benchsuite.inject.composed_exact import composed_outcomes, judged_compositions
from benchsuite.inject.devices import layouts_of, stored_words
from benchsuite.inject.erasures import decoding
from benchsuite.inject.judged import TooMany, judged_outcomes
from benchsuite.inject.models import Model, require_fit, with_models
from benchsuite.inject.outcomes import require_outcomes
from benchsuite.inject.patterns import pattern_count
from benchsuite.inject.rare import require_rare, spread_of
from benchsuite.inject.recorded import recorded
from benchsuite.inject.rig import Through
from benchsuite.inject.server import Server, Workers, answers
from benchsuite.inject.ways import NoWay
from benchsuite.record.types import Case, Stratum, Tally, Trial
from benchsuite.scale.ledger import Ledger
from benchsuite.workloads.codes.analysis import NoFormula
from benchsuite.workloads.codes.composed import AnyCode, Composed
from benchsuite.workloads.codes.layout import Layouts
from benchsuite.workloads.streams import case_key, params_mapping

CHUNK_TRIALS = 1 << 19  # 0.1 s of a fast decoder, a few of a slow one


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """One error model on one code until a number of trials or a precision, or through every pattern.

    ``precision`` is the half-width of every outcome's 99 % interval; with ``trials`` too, whichever comes
    first. Raises UsageError where none of the three says when to stop, and for what the code cannot bear.
    """

    code: AnyCode
    model: Model
    seed: int
    trials: int | None = None
    precision: float | None = None
    exhaustive: bool = False
    codewords: int = 1
    """Of a trial: more than one are an access."""
    log: tuple[str, ...] = ()
    """Outcomes of which trials are recorded one by one, the first ones."""
    rare: bool = False
    """Whether trials are spread over numbers of flips."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "code", decoding(self.code, self.model.kind))
        if isinstance(self.code, Composed) and self.codewords == 1:
            object.__setattr__(self, "codewords", self.code.codewords)
        require_fit(self.model, self.code, self.codewords)
        if self.exhaustive:
            pattern_count(self.model, self.n, self.layouts)
        elif self.trials is None and self.precision is None:
            raise UsageError("a campaign needs an end: give --trials, --precision or --exhaustive")
        if self.rare:
            require_rare(self.model, self.n)
        if self.trials is not None and not 1 <= self.trials <= 1 << 62:
            raise UsageError(f"--trials must lie between 1 and 2^62, not {self.trials}")
        require_outcomes(self.log, self.codewords)
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

    @property
    def only_counts(self) -> bool:
        """Whether nothing is asked of its trials, drawn codewords, but how many came to which outcome."""
        return not (self.exhaustive or self.rare or self.log or self.codewords > 1)

    def strata(self) -> list[Stratum]:
        """The numbers of flips that trials are spread over, if they are."""
        return spread_of(self.code, self.model, self.codewords).strata() if self.rare else []

    def request(self) -> dict[str, Any]:
        """What a worker draws its trials from."""
        return {
            "code": self.code.request(),
            "model": self.model.text,
            "seed": self.seed,
            "exhaustive": self.exhaustive,
            "codewords": self.codewords,
            "rare": self.rare,
        }


def exact(of: AnyCode, model: Model, codewords: int = 1) -> dict[str, tuple[str, str, float]] | None:
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


def exact_tally(of: AnyCode, model: Model, seed: int = 0, codewords: int = 1) -> Tally:
    """What ``--exact`` answers: no backend and no trial.

    By formula, else pattern by pattern where they are few enough. Raises UsageError where they are not.
    """
    of = decoding(of, model.kind)
    require_fit(model, of, codewords)
    tally = _blank(of, model, seed, backend="", codewords=codewords)
    if tally.exact is not None and "lost" not in tally.exact:
        return tally
    try:
        judged = _judged(of, model, codewords)
    except (TooMany, UsageError) as many:
        if tally.exact is not None:
            return tally
        alone = codewords == 1 or isinstance(of, Composed)
        what = of.name if alone else f"accesses of {codewords} codewords of {of.name}"
        why = _why_not(of, model, codewords) + (f"; {many}" if isinstance(many, TooMany) else "")
        raise UsageError(f"no formula is known for {model.text} on {what}{why}: use --trials") from None
    return msgspec.structs.replace(tally, exact=judged)


def _judged(of: AnyCode, model: Model, codewords: int) -> dict[str, tuple[str, str, float]]:
    if isinstance(of, Composed):
        judged = judged_compositions(of, model, codewords)
    else:
        judged = judged_outcomes(of, model, codewords)
    return {name: recorded(*shares) for name, shares in judged.items()}


def _outcomes(of: AnyCode, model: Model, codewords: int) -> Mapping[str, tuple[int, int]] | None:
    if isinstance(of, Composed):
        return composed_outcomes(of, model, codewords)
    if codewords == 1:
        return model.kind.exact(model.arguments, of)
    return access_outcomes(of, model, codewords)


def _why_not(of: AnyCode, model: Model, codewords: int) -> str:
    try:
        _outcomes(of, model, codewords)
    except NoFormula as reason:
        return f", as {reason}"
    return ""


def _case(of: AnyCode) -> tuple[Case, str]:
    """What is decoded, and its ``case_key``."""
    if isinstance(of, Composed):
        return Case(**of.case()), of.key()
    params = of.decode.params(**of.params)
    case = Case(
        workload=of.decode.id, version=of.decode.version, params=params_mapping(params, defaults=True)
    )
    return case, case_key(of.decode, params)


def _blank(of: AnyCode, model: Model, seed: int, backend: str, codewords: int) -> Tally:
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
    done: Iterable[Tally | Trial] = (),
    record: Callable[[Tally | Trial], None],
    progress: Callable[[int, int | None], None],
    workers: Workers | None = None,
    processes: int = 1,
    ledger: Ledger | None = None,
    chunk_trials: int = CHUNK_TRIALS,
) -> Tally:
    """Count the campaign on the backend of ``origin``; returns what ``settle`` makes of all its lines.

    ``done`` may hold lines of any campaign: the trials that this one counted are not done again. ``record``
    gets every new line in the order of the trials, whatever the number of ``processes``: a chunk, behind the
    trials of it that are logged; or a refusal, crash or wrong answer, which has no trials and ends the
    campaign. Chunks that are done before their turn are kept in the ``ledger`` until it comes. ``progress``
    gets the number of trials done and to do (None: unknown). ``workers`` lend workers and keep them for the
    next campaign. A worker that dies or hangs is replaced once a chunk. Chunks end at multiples of
    ``chunk_trials`` codewords, and the precision is looked at there only, so that an interrupted campaign
    stops where a whole one does. Raises UsageError for a ledger that contradicts ``done``.
    """
    if isinstance(way, Through) and not campaign.only_counts:
        way = replace(way, fused=None)
    blank = msgspec.structs.replace(
        _blank(campaign.code, campaign.model, campaign.seed, origin.backend, campaign.codewords),
        exhaustive=campaign.exhaustive,
        rare=campaign.rare,
        fused=isinstance(way, Through) and way.fused is not None,
    )
    chunk_trials = max(1, chunk_trials // campaign.codewords)
    lines = [line for line in done if identity(line) == identity(blank)]
    book = Book(campaign, blank, lines, record, chunk_trials)
    if book.counted.status == "wrong":
        return book.counted
    if isinstance(way, NoWay):
        refusal = msgspec.structs.replace(blank, status=way.status, reason=way.reason)
        if refusal not in lines:
            record(refusal)
        return settle([*book.tallies, refusal])
    servers = [server_of(campaign, origin, way, registry, workers) for _ in range(processes)]
    ahead = Ahead(ledger or Ledger(), book)
    try:
        ahead.settle(progress)
        if not book.is_over():
            for request, reply in answers(servers, book.requests(skipping=ahead)):
                ahead.put(book.chunk(request, reply))
                ahead.settle(progress)
                if book.is_over():
                    break
    finally:
        for server in servers:
            server.close(keep=book.counted.status == "measured")
    ahead.forget()
    return book.counted


def server_of(
    campaign: Campaign, origin: Origin, way: AnyThrough, registry: Registry, workers: Workers | None = None
) -> Server:
    """A worker for requests about the campaign; the plugin of its error model goes with it."""
    proof = {"code": campaign.code.request(), "model": campaign.model.text, "through": asdict(way)}
    return Server(with_models(origin, [campaign.model], registry), proof, workers)
