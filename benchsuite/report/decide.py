"""What run files answer to a question, as tables and as an object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchsuite.analyse.crossover import Crossover, Point
from benchsuite.analyse.decide import Answer, Cost, Pace, Question, is_gpu
from benchsuite.analyse.unanswered import Unanswered
from benchsuite.record.types import Cell, Identity, Line, Run, as_mapping
from benchsuite.report import numbers
from benchsuite.report.tables import Column, Table, Text, engine, flags_note, flags_of, provenance

_TITLES = ("case", "scope", "pool")


def answers_table(question: Question, currency: str, found: Sequence[Answer], runs: Sequence[Line]) -> Table:
    """One row an engine, case, pool and run, in the order of ``found``."""
    cells = [answer.pace.cell for answer in found]
    priced, timed = any(a.cost for a in found), question.p99_seconds is not None
    columns = [
        *(Column(title=title) for title in _TITLES),
        Column(title="backend"),
        Column(title="throughput", right=True),
        Column(title="n", right=True),
        Column(title="rate"),
        Column(title="needs"),
        *([Column(title="instances", right=True), Column(title="per TB", right=True)] if priced else []),
        *([Column(title="p99", right=True), Column(title="p99 limit")] if timed else []),
        Column(title="flags"),
        Column(title="run"),
    ]
    rows = [
        [
            *_place(answer.pace.cell),
            engine(answer.pace.cell, cells),
            _throughput(answer.pace, question),
            Text(numbers.count(answer.pace.cell.summary.blocks if answer.pace.cell.summary else None)),
            Text(answer.verdict.replace("_", " ")),
            Text(*needs(answer)),
            *(_cost(answer.cost, currency) if priced else ()),
            *(_tail(answer) if timed else ()),
            flags_of(answer.pace.cell),
            Text(answer.run.id),
        ]
        for answer in found
    ]
    return Table(
        title=f"Which engines do {_asked(question)}",
        columns=columns,
        rows=rows,
        notes=[*provenance([run for run in runs if run in [a.run for a in found]]), *_notes(found, question)],
    )


def needs(answer: Answer) -> tuple[str, str]:
    """How many units, and what that rests on."""
    if answer.units is None:
        return numbers.MISSING, ""
    measured = answer.pace.units
    main = _units(answer.units, answer.pace.cell)
    if answer.verdict == "meets":
        share = answer.units != measured
        return main, f"({'by a share of what was ' if share else ''}measured at {numbers.count(measured)})"
    proven = numbers.count(answer.proven_units)
    return main, f"(scaled from {numbers.count(measured)}: not proven beyond {proven})"


def crossover_tables(found: Sequence[Crossover]) -> list[Table]:
    """One table a crossover."""
    return [_crossover_table(crossing) for crossing in found]


def unanswered_table(missing: Sequence[Unanswered], commands: Sequence[str]) -> Table:
    """What the files do not say, and the command that would measure it."""
    return Table(
        title="Not answerable from these runs",
        columns=[Column(title=title) for title in ("question", "reason", "command")],
        rows=[
            [Text(each.part), Text(each.reason), Text(command)]
            for each, command in zip(missing, commands, strict=True)
        ],
    )


def decision_object(
    question: Question,
    currency: str,
    runs: Mapping[str, Sequence[Line]],
    found: Sequence[Answer],
    crossings: Sequence[Crossover],
    missing: Sequence[Unanswered],
    commands: Sequence[str],
) -> dict[str, Any]:
    """The keys of ``decide --json``."""
    files = {lines[0].id: file for file, lines in runs.items() if isinstance(lines[0], Run)}
    return {
        "question": {
            "workload": question.workload,
            "settings": {name: sorted(values, key=str) for name, values in question.settings.items()},
            "per_second": question.per_second,
            "unit": question.unit,
            "p99_seconds": question.p99_seconds,
            "currency": currency,
        },
        "answers": [_answer_object(answer, files) for answer in found],
        "crossovers": [_crossover_object(crossing, files) for crossing in crossings],
        "unanswered": [
            {"part": each.part, "reason": each.reason, "command": command or None}
            for each, command in zip(missing, commands, strict=True)
        ],
    }


def _asked(question: Question) -> str:
    unit = "B/s" if question.unit == "bytes" else "item/s"
    limit = question.p99_seconds
    return numbers.si_rate(question.per_second, unit) + (f", p99 {numbers.seconds(limit)}" if limit else "")


def _place(cell: Cell) -> list[Text]:
    return [Text(cell.label), Text(cell.scope), Text(cell.pool)]


def _units(count: int, cell: Cell) -> str:
    return f"{numbers.count(count)} {'GPU' if is_gpu(cell) else 'core'}{'s' * (count != 1)}"


def _throughput(pace: Pace, question: Question) -> Text:
    unit = "B/s" if question.unit == "bytes" or pace.cell.work is None else f"{pace.cell.work.unit}/s"
    return Text(*numbers.interval(pace.per_second, pace.low, pace.high, unit))


def _cost(cost: Cost | None, currency: str) -> list[Text]:
    if cost is None:
        return [Text(numbers.MISSING)] * 2
    least = f"({numbers.count(cost.least_instances)} at best)" * (cost.least_instances < cost.instances)
    if cost.per_terabyte is None:
        return [Text(numbers.count(cost.instances), least), Text(numbers.MISSING)]
    price, best = (f"{value:.3g}" for value in (cost.per_terabyte, cost.least_per_terabyte or 0.0))
    return [
        Text(numbers.count(cost.instances), least),
        Text(f"{price} {currency}".strip(), f"({best} at best)" if best != price else ""),
    ]


def _tail(answer: Answer) -> list[Text]:
    tail = answer.tail
    if tail is None:
        return [Text(numbers.MISSING), Text("no call timed")]
    load = f"{tail.asked} load" if tail.asked else "alone"
    main, detail = numbers.interval(tail.seconds, tail.low, tail.high, "s")
    return [Text(main, detail), Text(tail.verdict.replace("_", " "), f"({load}, n {tail.blocks})")]


def _notes(found: Sequence[Answer], question: Question) -> list[str]:
    confidence = next((a.pace.cell.summary.confidence for a in found if a.pace.cell.summary), None)
    gpus = any(is_gpu(answer.pace.cell) for answer in found)
    notes = [
        f"throughput: of the row that the answer rests on, with its {numbers.percent(confidence)} interval; "
        "n: blocks. rate: meets where the lower end does, misses where the upper end of every row does not, "
        "else inconclusive.",
        "needs: cores by the share of one at the lower end of that row, if each of fewer does no less, and, "
        "beyond what was measured, if each of more does no less, which nothing proves."
        + " GPUs likewise."
        * gpus,
        "instances: whole ones, each as fast as the lower end of its fastest measured row that fits, all at "
        "once on data of their own; per TB: what they cost in the time that the rate takes for one."
        if any(answer.cost for answer in found)
        else "",
        "p99: of single calls with its interval, under the least measured load that carries the rate, shared "
        "out over what is needed; alone, queues are not in it."
        if question.p99_seconds is not None
        else "",
        flags_note([answer.pace.cell for answer in found]),
    ]
    return [note for note in notes if note]


def _crossover_table(crossing: Crossover) -> Table:
    cells = [cell for point in crossing.points for cell in (point.gpu, point.cpu)]
    if crossing.wins_from is None:
        told = "The GPU does not win at the largest value."
    elif crossing.not_at is None:
        told = f"The GPU wins from {numbers.count(crossing.wins_from)}, the smallest value, on."
    else:
        told = (
            f"The GPU wins from {numbers.count(crossing.wins_from)} on, not at "
            f"{numbers.count(crossing.not_at)}; nothing in between was measured."
        )
    return Table(
        title=f"From which {crossing.parameter} the GPU wins",
        columns=[
            *(Column(title=title) for title in _TITLES),
            Column(title=crossing.parameter, right=True),
            *(Column(title=title) for title in ("GPU", "nearest CPU")),
            Column(title="ratio", right=True),
            Column(title="n", right=True),
            *(Column(title=title) for title in ("verdict", "flags")),
        ],
        rows=[
            [
                *_place(point.gpu),
                Text(numbers.count(point.value)),
                engine(point.gpu, cells),
                engine(point.cpu, cells),
                Text(*numbers.interval(point.ratio, point.ratio_low, point.ratio_high, "×")),
                Text(numbers.count(point.blocks)),
                Text(point.verdict.replace("_", " ")),
                flags_of(point.gpu),
            ]
            for point in crossing.points
        ],
        notes=[
            told,
            *provenance([crossing.run]),
            "ratio: the CPU's seconds by the GPU's, paired by block, intervals simultaneous; faster only "
            "where the GPU is so against every CPU row of that case and pool; as many cores as "
            "were measured.",
        ],
    )


def _row(cell: Cell) -> dict[str, Any]:
    mapping = as_mapping(cell)
    names = (name for name in Identity.__struct_fields__ if name != "twin")
    return {"cell": cell.cell, **{name: mapping[name] for name in names}, "flags": cell.flags}


def _run_object(run: Run, files: Mapping[str, str]) -> dict[str, Any]:
    facts = ("cpu_model", "cores_allowed")
    return {"id": run.id, "file": files[run.id], "started": run.started} | {
        fact: run.machine.get(fact) for fact in facts
    }


def _answer_object(answer: Answer, files: Mapping[str, str]) -> dict[str, Any]:
    summary, tail, cost = answer.pace.cell.summary, answer.tail, answer.cost
    return {
        **_row(answer.pace.cell),
        "run": _run_object(answer.run, files),
        "verdict": answer.verdict,
        "per_second": answer.pace.per_second,
        "per_second_low": answer.pace.low,
        "per_second_high": answer.pace.high,
        "confidence": summary.confidence if summary else None,
        "blocks": summary.blocks if summary else None,
        "unit": "gpu" if is_gpu(answer.pace.cell) else "core",
        "measured_units": answer.pace.units,
        "needed_units": answer.units,
        "proven_units": answer.proven_units,
        "p99": None if tail is None else {name: getattr(tail, name) for name in tail.__dataclass_fields__},
        "cost": None
        if cost is None
        else {name: getattr(cost, name) for name in cost.__dataclass_fields__ if name != "pace"}
        | {"cell": cost.pace.cell.cell, "units": cost.pace.units},
    }


def _crossover_object(crossing: Crossover, files: Mapping[str, str]) -> dict[str, Any]:
    return {
        "run": _run_object(crossing.run, files),
        "parameter": crossing.parameter,
        "wins_from": crossing.wins_from,
        "not_at": crossing.not_at,
        "points": [_point_object(point) for point in crossing.points],
    }


def _point_object(point: Point) -> dict[str, Any]:
    names = ("value", "ratio", "ratio_low", "ratio_high", "confidence", "blocks", "verdict")
    return {name: getattr(point, name) for name in names} | {
        "gpu": _row(point.gpu),
        "cpu": _row(point.cpu),
    }
