"""The note under a table whose rows are of threads that hold each other back."""

from __future__ import annotations

from collections.abc import Sequence

from benchsuite.record.types import Cell
from benchsuite.report import numbers


def contention_note(cells: Sequence[Cell]) -> str:
    """Whose threads those are, and how far they come: the least and the most of a backend's rows, or ''."""
    shares: dict[tuple[str, int, str], list[float]] = {}
    for cell in cells:
        if cell.scaling and "contended" in cell.flags:
            by_rate, by_time = cell.scaling.of_processes, cell.scaling.of_cpu_time
            of = (
                f"as fast as {cell.threads} processes"
                if by_rate
                else f"of the CPU time of {cell.threads} cores"
            )
            shares.setdefault((cell.backend, cell.threads, of), []).append(by_rate or by_time or 0.0)
    told = []
    for (backend, threads, of), found in sorted(shares.items()):
        ends = dict.fromkeys(numbers.percent(share) for share in (min(found), max(found)))
        told.append(f"{backend} by {threads} threads {' to '.join(ends)} {of}")
    reason = "contended: the GIL, or a lock of the engine, holds threads back"
    notes = [f"{reason}: {'; '.join(told)}."] * bool(told)
    if unknown := sorted(
        {f"{cell.backend} by {cell.threads} threads" for cell in cells if _is_unknown(cell)}
    ):
        notes.append(
            f"whether threads hold each other back is not known of {', '.join(unknown)}: too few visits "
            "without a flag."
        )
    return " ".join(notes)


def _is_unknown(cell: Cell) -> bool:
    return cell.threads > 1 and not (cell.scaling and (cell.scaling.of_processes or cell.scaling.of_cpu_time))
