"""How many cells a preset measures at most, and which cases give way: each for all backends at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import chain, zip_longest

import msgspec

from benchsuite.record.types import Planned


def limited(rows: Sequence[Planned], most_cells: int | None) -> list[Planned]:
    """The rows, of which at most ``most_cells`` stay planned; the others say that they are left out.

    The first case of every workload comes first, then the second of every one, and so on; a case whose cells
    no longer fit is left out. So no engine gains or loses by how many others are installed, and what a
    workload names first is left out last.
    """
    if most_cells is None:
        return list(rows)
    cells: dict[str, int] = defaultdict(int)
    cases: dict[str, dict[str, None]] = defaultdict(dict)
    for row in rows:
        cells[row.case_key] += row.status == "planned"
        cases[row.case.workload][row.case_key] = None
    left = most_cells
    kept = set()
    for key in filter(None, chain.from_iterable(zip_longest(*cases.values()))):
        if cells[key] <= left:
            kept.add(key)
            left -= cells[key]
    reason = (
        f"left out: the preset has {most_cells} cells at most, and others come first: name its workload, "
        "or use --preset standard"
    )
    return [
        row
        if row.status != "planned" or row.case_key in kept
        else msgspec.structs.replace(row, status="unsupported", reason=reason)
        for row in rows
    ]
