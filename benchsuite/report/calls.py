"""Tables of single calls: how long one takes, alone and under a load, and what it costs before any byte."""

from __future__ import annotations

from collections.abc import Sequence

from benchsuite.analyse.derive import CONFIDENCE
from benchsuite.analyse.derive import cells as derive_cells
from benchsuite.analyse.fit import LINEAR, SIZE, Fit, fits
from benchsuite.analyse.latency import BEYOND, SHARES, CellLatency, latencies
from benchsuite.record.types import Cell, Line
from benchsuite.report import numbers
from benchsuite.report.tables import Column, Table, Text, engine, flags_note, flags_of, order


def latency_table(lines: Sequence[Line]) -> Table:
    """How long single calls take: one row a measured cell and load, without rows where none was timed."""
    rows = sorted(derive_cells(lines), key=order)
    by_id = {cell.cell: cell for cell in rows}
    found = sorted(latencies(lines), key=lambda timed: list(by_id).index(timed.cell))
    return Table(
        title="Latency",
        columns=[
            Column(title="case", heading=True),
            Column(title="pool", heading=True),
            Column(title="backend"),
            Column(title="load"),
            Column(title="calls", right=True),
            Column(title="first", right=True),
            *(Column(title=f"p{100 * share:g}", right=True) for share in SHARES),
            Column(title="slowest", right=True),
            Column(title="flags"),
        ],
        rows=[_latency_row(by_id[timed.cell], timed, rows) for timed in found],
        notes=_latency_notes(found, [by_id[timed.cell] for timed in found]) if found else [],
    )


def floor_table(lines: Sequence[Line]) -> Table:
    """What a call costs and what a byte costs: one row an engine with three sizes of message or more."""
    rows = {cell.cell: cell for cell in derive_cells(lines)}
    found = sorted(fits(lines), key=lambda fit: order(rows[fit.cells[0]]))
    return Table(
        title="Per-call floor",
        columns=[
            Column(title="case", heading=True),
            Column(title="pool", heading=True),
            Column(title="backend"),
            Column(title="floor of a call", right=True),
            Column(title="rate beyond it", right=True),
            Column(title="sizes", right=True),
            Column(title="worst residual", right=True),
        ],
        rows=[_floor_row(fit, rows) for fit in found],
        notes=[
            "floor and rate: a and 1/b of time = a + b × bytes, the line of least absolute relative "
            "residuals through the fastest samples of a block; medians over blocks, "
            f"{numbers.percent(CONFIDENCE)} intervals. not linear: a size lies more than "
            f"{numbers.percent(LINEAR)} off the line.",
        ]
        if found
        else [],
    )


def _latency_row(cell: Cell, timed: CellLatency, rows: Sequence[Cell]) -> list[Text]:
    shown = {of.share: Text(*numbers.interval(of.seconds, of.low, of.high, "s")) for of in timed.percentiles}
    return [
        Text(cell.label),
        Text(cell.pool),
        engine(cell, rows),
        _load(timed),
        Text(numbers.count(timed.calls)),
        Text("" if timed.asked else numbers.seconds(cell.first_call_seconds)),
        *(shown.get(share, Text(numbers.MISSING)) for share in SHARES),
        Text(numbers.seconds(timed.slowest_seconds)),
        flags_of(cell),
    ]


def _load(timed: CellLatency) -> Text:
    if not timed.asked:
        return Text("none")
    if timed.overloaded_blocks:
        blocks = f" in {timed.overloaded_blocks} of {timed.blocks}" * (timed.overloaded_blocks < timed.blocks)
        return Text(f"{timed.asked} {timed.arrivals}", f"overloaded{blocks}")
    rate = numbers.si_rate(timed.achieved_per_second, "call/s")
    return Text(f"{timed.asked} {timed.arrivals}", f"({rate})")


def _latency_notes(found: Sequence[CellLatency], cells: Sequence[Cell]) -> list[str]:
    loaded = any(timed.asked for timed in found)
    notes = [
        "latency: of single calls, one after the other, in all blocks; first: the very first, in the gate; "
        f"pN: N % of calls take no longer, where at least {BEYOND} take longer, with "
        f"{numbers.percent(CONFIDENCE)} intervals by how blocks differ. The clock's own "
        f"{numbers.seconds(max(timed.clock_seconds for timed in found))} are in every figure.",
        "load: calls arrive at random (poisson) or even (fixed) times, whether or not the last one is over, "
        "and count from their arrival; overloaded (in so many of the blocks): they come faster than they are "
        "answered, so that their times say how long it went on."
        if loaded
        else "",
        flags_note(cells),
    ]
    return [note for note in notes if note]


def _floor_row(fit: Fit, rows: dict[str, Cell]) -> list[Text]:
    cell = rows[fit.cells[0]]
    others = {name: value for name, value in cell.case.params.items() if name != SIZE}
    if fit.linear:
        figures = [
            Text(*numbers.interval(fit.floor_seconds, fit.floor_low, fit.floor_high, "s")),
            Text(
                *numbers.interval(
                    fit.bytes_per_second, fit.bytes_per_second_low, fit.bytes_per_second_high, "B/s"
                )
            ),
        ]
    else:
        figures = [Text("not linear"), Text(numbers.MISSING)]
    return [
        Text(f"{cell.case.workload}, {', '.join(f'{name} {value}' for name, value in others.items())}"),
        Text(f"{cell.scope}, {cell.pool}"),
        engine(cell, list(rows.values())),
        *figures,
        Text(numbers.count(len(fit.cells))),
        Text(numbers.percent(fit.worst_residual)),
    ]
