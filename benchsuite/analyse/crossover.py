"""From which batch or size on a GPU wins over all that the CPU was measured to do in the same run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log

from benchsuite.analyse.decide import Question, is_comparable, is_gpu, rows_of
from benchsuite.analyse.derive import cells, fastest_visits
from benchsuite.analyse.verdict import Judgement, Pairs, compare
from benchsuite.record.types import CONTROL, Cell, Line, Run, Verdict


@dataclass(frozen=True, kw_only=True)
class Point:
    """The GPU against the CPU row that comes nearest to it, or surpasses it most.

    ``ratio`` is the CPU's seconds by the GPU's, its interval simultaneous over all comparisons of the run's
    points. ``verdict`` is ``faster`` only where the GPU is that against every CPU row.
    """

    value: int
    gpu: Cell
    cpu: Cell
    ratio: float
    ratio_low: float | None
    ratio_high: float | None
    confidence: float
    blocks: int
    verdict: Verdict


@dataclass(frozen=True, kw_only=True)
class Crossover:
    """Of one engine on a GPU, over one parameter, all others being the same."""

    run: Run
    parameter: str
    points: list[Point]
    """From the smallest value on, two at least."""
    wins_from: int | None
    """The least measured value from which on it always wins; None where it does not at the largest."""
    not_at: int | None
    """The largest measured value below, at which it does not win; None where it wins at all."""


def crossovers(lines: Sequence[Line], question: Question) -> list[Crossover]:
    """One for every engine on a GPU, pool and parameter of which two values were measured on both sides."""
    run = lines[0]
    assert isinstance(run, Run)
    eligible = [cell for cell in rows_of(lines, question) if is_comparable(cell)]
    pairs = {
        (gpu.cell, cpu.cell): gpu_pairs
        for gpu, cpu in _rivals(eligible)
        if (gpu_pairs := _pairs(lines, cpu, gpu, same_code=False)) is not None
    }
    if not pairs:
        return []
    judged = dict(zip(pairs, compare([*pairs.values(), *_twins(lines)]), strict=False))
    by_id = {cell.cell: cell for cell in eligible}
    points: dict[str, list[tuple[Cell, Judgement, int]]] = {}
    for (gpu, cpu), judgement in judged.items():
        blocks = len(pairs[gpu, cpu].log_ratios)
        points.setdefault(gpu, []).append((by_id[cpu], judgement, blocks))
    return [
        _crossover(run, parameter, [_point(parameter, cell, points[cell.cell]) for cell in group])
        for parameter, group in _series([by_id[gpu] for gpu in points])
    ]


def _rivals(eligible: Sequence[Cell]) -> Iterator[tuple[Cell, Cell]]:
    for gpu in filter(is_gpu, eligible):
        for cpu in eligible:
            if not is_gpu(cpu) and (cpu.case_key, cpu.pool) == (gpu.case_key, gpu.pool):
                yield gpu, cpu


def _pairs(lines: Sequence[Line], baseline: Cell, contender: Cell, *, same_code: bool) -> Pairs | None:
    fastest = fastest_visits(lines)
    ours, theirs = fastest[baseline.cell], fastest[contender.cell]
    blocks = sorted(ours.keys() & theirs.keys())
    if not blocks:
        return None
    return Pairs(log_ratios=[log(ours[block] / theirs[block]) for block in blocks], same_code=same_code)


def _twins(lines: Sequence[Line]) -> list[Pairs]:
    """The A/A pairs of the run, which set the floor below which nothing is called a difference."""
    measured = [cell for cell in cells(lines) if cell.summary is not None]
    originals = {_setting(cell): cell for cell in measured if not cell.twin}
    found = [
        _pairs(lines, originals[_setting(twin)], twin, same_code=True)
        for twin in measured
        if twin.twin not in (0, CONTROL) and _setting(twin) in originals
    ]
    return [pairs for pairs in found if pairs is not None]


def _setting(cell: Cell) -> tuple[object, ...]:
    return cell.case_key, *_engine(cell)


def _engine(cell: Cell) -> tuple[object, ...]:
    return cell.backend, cell.variant, cell.device, cell.pool, cell.threads, cell.processes


def _series(gpus: Sequence[Cell]) -> Iterator[tuple[str, list[Cell]]]:
    """(parameter, cells of one engine that differ in it alone, by its value)."""
    groups: dict[tuple[str, tuple[object, ...]], list[Cell]] = {}
    for cell in gpus:
        for name, value in cell.case.params.items():
            if isinstance(value, int):
                others = *_engine(cell), *_others(cell.case.params, name)
                groups.setdefault((name, others), []).append(cell)
    for (name, _), group in groups.items():
        if len(group) > 1:
            yield name, _by_value(group, name)


def _by_value(group: Sequence[Cell], parameter: str) -> list[Cell]:
    return sorted(group, key=lambda cell: int(cell.case.params[parameter]))


def _others(params: Mapping[str, int | str], name: str) -> tuple[tuple[str, int | str], ...]:
    return tuple(sorted((key, value) for key, value in params.items() if key != name))


def _point(parameter: str, gpu: Cell, rivals: Sequence[tuple[Cell, Judgement, int]]) -> Point:
    cpu, judged, blocks = min(rivals, key=lambda rival: rival[1].estimate.estimate)
    verdicts = {judgement.verdict for _, judgement, _ in rivals}
    worst: Sequence[Verdict] = ("slower", "too_few_blocks", "inconclusive", "same", "faster")
    low, high = judged.estimate.low, judged.estimate.high
    return Point(
        value=int(gpu.case.params[parameter]),
        gpu=gpu,
        cpu=cpu,
        ratio=exp(judged.estimate.estimate),
        ratio_low=None if low is None else exp(low),
        ratio_high=None if high is None else exp(high),
        confidence=judged.confidence,
        blocks=blocks,
        verdict=next(verdict for verdict in worst if verdict in verdicts),
    )


def _crossover(run: Run, parameter: str, points: list[Point]) -> Crossover:
    losing = [point.value for point in points if point.verdict != "faster"]
    winning = [point.value for point in points if not losing or point.value > losing[-1]]
    return Crossover(
        run=run,
        parameter=parameter,
        points=points,
        wins_from=winning[0] if winning else None,
        not_at=losing[-1] if losing and winning else None,
    )
