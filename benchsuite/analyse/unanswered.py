"""What run files do not say of a question, why, and with which options a run would."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal, TypeAlias

from benchsuite.analyse.crossover import Crossover
from benchsuite.analyse.decide import Answer, Question, is_comparable, is_gpu, rows_of
from benchsuite.record.types import Line

Part: TypeAlias = Literal["rate", "cores", "p99", "cost", "crossover"]
_HIGHEST_LOAD = 10**7  # calls a second, as --rate takes them


@dataclass(frozen=True, kw_only=True)
class Unanswered:
    """``options`` are those of the ``run`` that would measure it; None where measuring does not help."""

    part: Part
    reason: str
    options: tuple[str, ...] | None = ()


def unanswered(
    runs: Sequence[Sequence[Line]],
    question: Question,
    found: Sequence[Answer],
    crossings: Sequence[Crossover],
) -> list[Unanswered]:
    """The parts of the question that no answer speaks of; ``cores`` and ``crossover`` are always asked."""
    parts = [
        *_rate(runs, question, found),
        *_cores(found),
        *(_p99(question, found) if question.p99_seconds is not None and found else ()),
        *(_cost(question, found) if question.prices and found else ()),
    ]
    return parts if crossings else [*parts, _crossover(runs, question)]


def _rate(
    runs: Sequence[Sequence[Line]], question: Question, found: Sequence[Answer]
) -> Iterator[Unanswered]:
    if any(answer.units is not None for answer in found):
        return
    if found:
        reason = "too few blocks for an interval: a longer preset has more"
        yield Unanswered(part="rate", reason=reason, options=("--preset", "quick"))
        return
    rows = [row for lines in runs for row in rows_of(lines, question)]
    told = Counter(f"{row.backend}: {row.status}: {row.reason}" for row in rows if row.summary is None)
    aside = sum(row.summary is not None for row in rows)
    reasons = [text for text, _ in told.most_common(3)]
    reasons += [f"{aside} rows are resident, or above the roofline"] * bool(aside)
    yield Unanswered(part="rate", reason="; ".join(reasons) or "no such row was measured")


def _cores(found: Sequence[Answer]) -> Iterator[Unanswered]:
    """Where nothing meets the rate, but more cores than were measured might."""
    beyond = [a for a in found if a.verdict != "meets" and a.units and not is_gpu(a.pace.cell)]
    if beyond and not any(answer.verdict == "meets" for answer in found):
        nearest = min(beyond, key=lambda answer: answer.units or 0)
        reason = f"{nearest.units} cores would do if each did its share; measured were {nearest.proven_units}"
        yield Unanswered(part="cores", reason=reason, options=("--processes", "all", "--threads", "all"))


def _p99(question: Question, found: Sequence[Answer]) -> Iterator[Unanswered]:
    tails = [answer.tail for answer in found if answer.tail]
    if any(tail.verdict != "not_under_load" for tail in tails):
        return
    nearest = max(found, key=lambda answer: answer.pace.per_second)
    work = nearest.pace.cell.work
    amount = (work.payload_bytes if question.unit == "bytes" else work.items) if work else 0
    calls = ceil(question.per_second / amount / (nearest.units or 1)) if amount else 0
    load = f"{calls}/s" if 0 < calls <= _HIGHEST_LOAD else "95%"
    yield Unanswered(
        part="p99",
        reason="no call was timed under such a load, only alone" if tails else "no single call was timed",
        options=("--rate", load),
    )


def _cost(question: Question, found: Sequence[Answer]) -> Iterator[Unanswered]:
    if not any(answer.cost for answer in found):
        known = {f"{answer.pace.cell.backend} on {answer.run.machine.get('cpu_model')}" for answer in found}
        reason = f"the prices ({', '.join(question.prices)}) are of none of {', '.join(sorted(known))}"
        yield Unanswered(part="cost", reason=reason, options=None)


def _crossover(runs: Sequence[Sequence[Line]], question: Question) -> Unanswered:
    sides = {is_gpu(row) for lines in runs for row in rows_of(lines, question) if is_comparable(row)}
    if True not in sides:
        reason = "no row of a GPU was measured: run it where there is one"
    elif False not in sides:
        reason = "no row of a CPU was measured"
    else:
        reason = "no batch or size has two values for which one run has both a GPU and a CPU"
    return Unanswered(part="crossover", reason=reason, options=("--preset", "standard"))
