from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.analyse.tallies import merge_tallies, overlaps
from benchsuite.record.types import Case, Tally

WHOLE = Tally(
    case=Case(workload="hsiao-decode", version=1, params={}),
    case_key="c" * 64,
    label="hsiao (72,64)",
    backend="alpha",
    model="flips:3",
    seed=1,
    first_trial=0,
    trials=1000,
    outcomes={"detected": 440, "miscorrected": 560, "undetected": 0},
    exact={"miscorrected": ("33568", "59640", 0.5628)},
)


def chunk(first: int, trials: int, **changes: object) -> Tally:
    outcomes = {"detected": trials // 2, "miscorrected": trials - trials // 2}
    return msgspec.structs.replace(
        WHOLE, **{"first_trial": first, "trials": trials, "outcomes": outcomes, **changes}
    )


@given(st.sets(st.integers(1, 999), max_size=10), st.randoms())
def test_adjacent_chunks_in_any_order_become_one_sum(cuts: set[int], random: object) -> None:
    edges = [0, *sorted(cuts), 1000]
    chunks = [chunk(a, b - a) for a, b in pairwise(edges)]
    total = {name: sum(c.outcomes[name] for c in chunks) for name in ("detected", "miscorrected")}
    random.shuffle(chunks)  # type: ignore[attr-defined]
    assert merge_tallies(chunks) == [chunk(0, 1000, outcomes=total)]


def test_outcomes_of_one_chunk_only_and_zeros_are_kept() -> None:
    second = chunk(1000, 2, outcomes={"corrected": 2})
    (merged,) = merge_tallies([WHOLE, second])
    assert merged.outcomes == {"detected": 440, "miscorrected": 560, "undetected": 0, "corrected": 2}
    assert merged.exact == WHOLE.exact


@pytest.mark.parametrize(
    "other",
    [chunk(1001, 5), chunk(999, 5)]
    + [
        chunk(1000, 5, **change)
        for change in (
            {"case_key": "d" * 64},
            {"backend": "beta"},
            {"model": "flips:4"},
            {"seed": 2},
            {"status": "failed"},
        )
    ],
    ids=["gap", "overlap", "case", "backend", "model", "seed", "status"],
)
def test_what_does_not_belong_together_stays_apart(other: Tally) -> None:
    assert merge_tallies([WHOLE, other]) == [WHOLE, other]


def test_trials_counted_twice_are_found() -> None:
    again = chunk(999, 5)
    assert overlaps([again, WHOLE, chunk(1004, 1)]) == [(WHOLE, again)]
    assert overlaps([WHOLE, chunk(999, 5, seed=2), chunk(1000, 5)]) == []
    assert overlaps([WHOLE, WHOLE]) == [(WHOLE, WHOLE)]
