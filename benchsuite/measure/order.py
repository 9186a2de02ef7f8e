"""The order of a block's visits, and which worker serves which row: by the run's seed and the block alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from random import Random

from benchsuite.measure.crew import Key
from benchsuite.record.types import Planned


def visiting_order(planned: Sequence[Planned], seed: int, block: int) -> list[Planned]:
    """Cases in random order; within each, side by side, its cells in random order."""
    random = Random(f"{seed}/{block}")
    cases: dict[tuple[str, str, int, int], list[Planned]] = defaultdict(list)
    for row in planned:
        cases[row.case_key, row.pool, row.threads, row.processes].append(row)
    groups = list(cases.values())
    random.shuffle(groups)
    for rows in groups:
        random.shuffle(rows)
    return [row for rows in groups for row in rows]


def keys_of(rows: Sequence[Planned], seed: int, block: int) -> list[Key]:
    """Each row's worker. Which of its two workers is which label of an A/A pair, a draw decides.

    One of them serves the other cells too: were it always the same label, the pair would differ by that.
    """
    swapped = {_pair(row): Random(f"{seed}/{block}/{_pair(row)}").random() < 0.5 for row in rows if row.twin}
    return [Key(row.backend, bool(row.twin) ^ swapped.get(_pair(row), False)) for row in rows]


def _pair(row: Planned) -> tuple[str, ...]:
    """What the labels of an A/A pair have in common."""
    return row.case_key, row.pool, row.backend, row.variant, row.device, row.scope
