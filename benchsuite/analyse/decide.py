"""Which measured engines meet a rate and a latency, with how many cores or GPUs, and at what cost.

Everything is judged by the end of an interval that speaks against it. What no row shows is not made up: a
number of cores beyond the measured one is told apart, and an engine without a latency has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from benchsuite.analyse.derive import cells
from benchsuite.analyse.latency import CellLatency, Percentile, latencies
from benchsuite.analyse.roofline import ABOVE
from benchsuite.record.types import Cell, Line, Run, Samples

_P99 = 0.99
RateVerdict: TypeAlias = Literal["meets", "inconclusive", "misses", "too_few_blocks"]
TailVerdict: TypeAlias = Literal["meets", "misses", "inconclusive", "not_under_load"]


class Price(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of a whole instance, which is hired as it is; its cores are for engines of the CPU."""

    per_hour: Annotated[float, Meta(gt=0)]
    cores: Annotated[int, Meta(ge=0)] = 0
    gpus: Annotated[int, Meta(ge=0)] = 0


@dataclass(frozen=True, kw_only=True)
class Question:
    """What has to be met, by which cases."""

    workload: str
    version: int
    settings: Mapping[str, frozenset[int | str]]
    """Parameter -> its values, as cases record them; the others may be anything."""
    per_second: float
    unit: Literal["bytes", "items"] = "bytes"
    """Of user data, or the items of the workload's ``Work``."""
    p99_seconds: float | None = None
    prices: Mapping[str, Price] = field(default_factory=dict)
    """By backend or, failing that, by the machine's ``cpu_model``."""


@dataclass(frozen=True, kw_only=True)
class Pace:
    """A measured row in the question's unit; without an interval where its blocks are too few."""

    cell: Cell
    units: int
    """Cores, or GPUs of a row on a GPU."""
    per_second: float
    low: float | None
    high: float | None


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Of as many whole instances as the rate takes, each as fast as the lower end of ``pace``."""

    pace: Pace
    """The fastest row that fits into an instance."""
    instances: int
    per_hour: float
    per_terabyte: float | None
    """None where the rate is in items."""
    least_instances: int
    """By the upper end of the pace."""
    least_per_terabyte: float | None


@dataclass(frozen=True, kw_only=True)
class Tail:
    """The 99th percentile of single calls: under the least measured load that suffices, or else alone."""

    cell: str
    asked: str
    """The load, "" alone."""
    seconds: float
    low: float | None
    high: float | None
    calls: int
    blocks: int
    verdict: TailVerdict
    """``not_under_load``: alone it is not above the limit, and queues only add to that."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Of one engine with one case, scope and pool in one run."""

    run: Run
    pace: Pace
    """The row it rests on: the fewest units that meet the rate, else the most measured units."""
    verdict: RateVerdict
    units: int | None
    """By the share of a unit of ``pace``, at its lower end; None without an interval."""
    proven_units: int
    """The most that were measured with an interval: beyond, ``units`` are not proven."""
    cost: Cost | None = None
    tail: Tail | None = None


def is_gpu(cell: Cell) -> bool:
    """Whether a row is of a GPU: devices of GPUs are called ``gpu`` or ``gpu:…``."""
    return cell.device.partition(":")[0] == "gpu"


def rows_of(lines: Iterable[Line], question: Question) -> list[Cell]:
    """All rows of the question's cases, whatever became of them; no twins of A/A pairs."""
    return [
        cell
        for cell in cells(lines)
        if (cell.case.workload, cell.case.version, cell.twin) == (question.workload, question.version, 0)
        and all(cell.case.params.get(name) in values for name, values in question.settings.items())
    ]


def is_comparable(cell: Cell) -> bool:
    """Whether a row may answer: verified and measured, end-to-end, and not above the roofline."""
    return cell.summary is not None and cell.scope == "end-to-end" and ABOVE not in cell.flags


def answers(lines: Sequence[Line], question: Question) -> list[Answer]:
    """One for every engine, case and pool of a run, whose first line is its ``run`` line."""
    run = lines[0]
    assert isinstance(run, Run)
    cores = _cores_used(lines)
    engines: dict[tuple[object, ...], list[Pace]] = {}
    for cell in rows_of(lines, question):
        if is_comparable(cell):
            key = (cell.case_key, cell.pool, cell.backend, cell.variant, cell.device)
            units = 1 if is_gpu(cell) else max(cell.threads * cell.processes, cores.get(cell.cell, 1))
            engines.setdefault(key, []).append(_pace(cell, units, question.unit))
    timed = latencies(lines)
    return [_answer(run, paces, timed, question) for paces in engines.values()]


def ranked(found: Iterable[Answer]) -> list[Answer]:
    """Those that meet the rate first, then by cost where there are prices, by units, and by speed."""
    order: Sequence[RateVerdict] = ("meets", "inconclusive", "misses", "too_few_blocks")
    return sorted(
        found,
        key=lambda a: (
            order.index(a.verdict),
            a.cost is None,
            a.cost.per_hour if a.cost else 0.0,
            a.units or 0,
            -a.pace.per_second,
        ),
    )


def _cores_used(lines: Iterable[Line]) -> dict[str, int]:
    """Cell -> cores that its CPU time filled: an engine may have threads of its own."""
    cpu: dict[str, float] = {}
    wall: dict[str, float] = {}
    for line in lines:
        if isinstance(line, Samples):
            cpu[line.cell] = cpu.get(line.cell, 0.0) + sum(line.cpu_seconds)
            wall[line.cell] = wall.get(line.cell, 0.0) + sum(line.wall_seconds)
    return {cell: round(cpu[cell] / wall[cell]) for cell in cpu if wall[cell] > 0}


def _pace(cell: Cell, units: int, unit: Literal["bytes", "items"]) -> Pace:
    assert cell.summary is not None
    assert cell.work is not None
    amount = cell.work.payload_bytes if unit == "bytes" else cell.work.items
    slowest, fastest = cell.summary.seconds_high, cell.summary.seconds_low
    return Pace(
        cell=cell,
        units=units,
        per_second=amount / cell.summary.seconds,
        low=None if slowest is None else amount / slowest,
        high=None if fastest is None else amount / fastest,
    )


def _answer(run: Run, paces: Sequence[Pace], timed: Sequence[CellLatency], question: Question) -> Answer:
    rate = question.per_second
    known = [pace for pace in paces if pace.low is not None]
    if not known:
        pace = max(paces, key=lambda p: p.per_second)
        return Answer(run=run, pace=pace, verdict="too_few_blocks", units=None, proven_units=0)
    enough = [pace for pace in known if (pace.low or 0) >= rate]
    verdict: RateVerdict
    if enough:
        pace, verdict = min(enough, key=lambda p: (p.units, -(p.low or 0))), "meets"
    else:
        reaching = [pace for pace in known if (pace.high or 0) >= rate]
        verdict = "inconclusive" if reaching else "misses"
        # of the most units: those of fewer say less about more of them
        pace = max(reaching or known, key=lambda p: (p.units, p.low or 0))
    units = _units(pace, known, rate)
    return Answer(
        run=run,
        pace=pace,
        verdict=verdict,
        units=units,
        proven_units=max(p.units for p in known),
        cost=_cost(known, _price(run, pace.cell, question.prices), question),
        tail=_tail([p.cell for p in paces], units, timed, question),
    )


def _units(pace: Pace, known: Sequence[Pace], rate: float) -> int:
    """So many at the lower end of a unit's share of ``pace``; more than what surely was not enough.

    Where ``pace`` does not meet the rate, that is more than were ever measured.
    """
    assert pace.low is not None
    sure = [p.units for p in known if (p.high or 0) < rate]
    too_few = [units for units in sure if units < pace.units or pace.low < rate]
    return max(ceil(rate * pace.units / pace.low), *(units + 1 for units in too_few), 1)


def _price(run: Run, cell: Cell, prices: Mapping[str, Price]) -> tuple[Price, int] | None:
    """That of the backend or the machine, with the units of an instance; None where neither has such."""
    for name in (cell.backend, run.machine.get("cpu_model")):
        price = prices.get(str(name))
        if price is not None and (units := price.gpus if is_gpu(cell) else price.cores):
            return price, units
    return None


def _cost(known: Sequence[Pace], priced: tuple[Price, int] | None, question: Question) -> Cost | None:
    if priced is None:
        return None
    price, units = priced
    fitting = [pace for pace in known if pace.units <= units]
    if not fitting:
        return None
    pace = max(fitting, key=lambda p: p.low or 0)
    assert pace.low is not None
    assert pace.high is not None
    most, least = (ceil(question.per_second / end) for end in (pace.low, pace.high))
    terabytes = question.per_second * 3600 / 1e12 if question.unit == "bytes" else None
    return Cost(
        pace=pace,
        instances=most,
        per_hour=most * price.per_hour,
        per_terabyte=terabytes and most * price.per_hour / terabytes,
        least_instances=least,
        least_per_terabyte=terabytes and least * price.per_hour / terabytes,
    )


def _tail(rows: Sequence[Cell], units: int, timed: Sequence[CellLatency], question: Question) -> Tail | None:
    """Calls are shared out evenly over ``units``; None where no row has a 99th percentile that tells."""
    if question.p99_seconds is None:
        return None
    amounts = {
        row.cell: row.work.payload_bytes if question.unit == "bytes" else row.work.items
        for row in rows
        if row.work
    }
    mine = [each for each in timed if each.cell in amounts and _p99(each)]
    loaded = [
        each
        for each in mine
        if each.offered_per_second is not None
        and not each.overloaded_blocks
        and each.offered_per_second * amounts[each.cell] * units >= question.per_second
    ]
    chosen = min(loaded, key=lambda each: each.offered_per_second or 0, default=None)
    chosen = chosen or next((each for each in mine if not each.asked), None)
    found = _p99(chosen) if chosen else None
    if chosen is None or found is None:
        return None
    return Tail(
        cell=chosen.cell,
        asked=chosen.asked,
        seconds=found.seconds,
        low=found.low,
        high=found.high,
        calls=chosen.calls,
        blocks=chosen.blocks,
        verdict=_tail_verdict(found.low, found.high, question.p99_seconds, alone=not chosen.asked),
    )


def _p99(timed: CellLatency) -> Percentile | None:
    return next((found for found in timed.percentiles if found.share == _P99), None)


def _tail_verdict(low: float | None, high: float | None, limit: float, *, alone: bool) -> TailVerdict:
    if low is not None and low > limit:
        return "misses"
    if alone:
        return "not_under_load"
    return "meets" if high is not None and high <= limit else "inconclusive"
