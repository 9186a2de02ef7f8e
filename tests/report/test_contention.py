from __future__ import annotations

import pytest

from benchsuite.record.types import Case, Cell, Scaling
from benchsuite.report.contention import contention_note


def of_threads(backend: str, flags: list[str], **scaling: float) -> Cell:
    return Cell(
        case=Case(workload="cipher", version=1, params={}),
        case_key="c",
        label="cipher",
        backend=backend,
        variant="",
        constant_time="unknown",
        device="cpu",
        scope="end-to-end",
        pool="hot",
        threads=4,
        processes=1,
        twin=0,
        cell="0",
        status="measured",
        scaling=Scaling(**scaling),
        flags=flags,
    )


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ([of_threads("alpha", [], of_processes=0.99)], ""),
        (
            [
                of_threads("alpha", ["contended"], of_processes=0.5),
                of_threads("alpha", ["contended"], of_processes=0.25),
                of_threads("beta", ["contended", "drift"], of_cpu_time=0.26),
            ],
            "alpha by 4 threads 25 % to 50 % as fast as 4 processes; "
            "beta by 4 threads 26 % of the CPU time of 4 cores.",
        ),
    ],
)
def test_the_note_says_whose_threads_are_held_back_and_how_far_they_come(
    cells: list[Cell], told: str
) -> None:
    note = contention_note(cells)
    assert note == (
        f"contended: the GIL, or a lock of the engine, holds threads back: {told}" if told else ""
    )


def test_the_note_says_of_which_threads_nothing_is_known() -> None:
    assert contention_note([of_threads("alpha", []), of_threads("beta", [], of_processes=1.0)]) == (
        "whether threads hold each other back is not known of alpha by 4 threads: "
        "too few visits without a flag."
    )
