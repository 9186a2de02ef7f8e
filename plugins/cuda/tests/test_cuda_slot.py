"""Both scopes of a slot whose kernel adds one to every byte, over data that lie as the host lays them."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pytest
from benchsuite_cuda import slot
from benchsuite_cuda.gpu import read_gpu
from benchsuite_cuda.lane import CudaLane
from benchsuite_cuda.pinned import PinnedPages
from benchsuite_cuda.slot import prepared
from cuda_emulator import Emulator
from hypothesis import given, settings
from hypothesis import strategies as st

from benchsuite.api import Job, Prepared, Unsupported

KERNEL = """
extern "C" __global__ void __launch_bounds__(64) plus(
    const unsigned char *from, unsigned char *to, unsigned char what, unsigned long long bytes) {
    unsigned long long i = blockIdx.x * 64ull + threadIdx.x;
    if (i < bytes) to[i] = from[i] + what;
}
"""


@dataclass
class Data:
    first: np.ndarray[Any, Any]
    second: np.ndarray[Any, Any]
    what: bytes = b"\x01"


@dataclass
class Answers:
    first: np.ndarray[Any, Any]
    second: np.ndarray[Any, Any]


def laid(rows: int, *, slots: int = 1) -> list[tuple[Data, Answers]]:
    """Slots side by side in one buffer, rows of 3 and of 100 bytes, so that arrays share pages."""
    stride = 2 * rows * (3 + 100) + 192
    buffer = np.random.default_rng(rows).integers(0, 256, stride * slots, np.uint8)
    found = []
    for start in range(0, stride * slots, stride):
        parts, at = [], start
        for width in (3, 100, 3, 100):
            parts.append(buffer[at : at + rows * width].reshape(rows, width))
            at += rows * width + 5
        found.append((Data(*parts[:2]), Answers(*parts[2:])))
    return found


def job(lane: CudaLane, data: Data, answers: Answers, scope: Any, **more: Any) -> Job[Any, Any, Any, Any]:
    device: Any = None
    return Job(params=None, device=device, lane=lane, scope=scope, inputs=data, outputs=answers, **more)


def plus_one(lane: CudaLane, seen: list[int] | None = None) -> slot.Bind:
    with lane.enqueuing():
        kernel = lane.cp.RawModule(code=KERNEL).get_function("plus")

    def bind(inputs: Any, outputs: Any) -> Callable[[], None]:
        pairs = [(getattr(inputs, name), getattr(outputs, name)) for name in ("first", "second")]
        assert all(array.data.ptr % 256 == 0 for pair in pairs for array in pair if array.nbytes)
        if seen is not None:
            seen.append(len(inputs.first))

        def launch() -> None:
            with lane.enqueuing():
                for source, target in pairs:
                    if source.nbytes:
                        blocks = -(-source.nbytes // 64)
                        what, count = np.uint8(inputs.what[0]), np.uint64(source.nbytes)
                        kernel((blocks,), (64,), (source, target, what, count))

        return launch

    return bind


def right(data: Data) -> Answers:
    return Answers(data.first + np.uint8(1), data.second + np.uint8(1))


def same(left: Any, other: Any) -> bool:
    return all(np.array_equal(getattr(left, f.name), getattr(other, f.name)) for f in fields(left))


def opened(*, pinned: bool = True, **options: Any) -> CudaLane:
    cp = Emulator(**options)
    return CudaLane(cp, read_gpu(cp, 0), PinnedPages(cp) if pinned else None)


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("rows", [0, 1, 7, 1000])
def test_resident_data_move_in_load_and_fetch_only(rows: int, late: bool) -> None:
    lane = opened(late=late)
    ((data, answers),) = laid(rows)
    before, expected = answers.first.copy(), right(data)
    made = prepared(job(lane, data, answers, "resident"), plus_one(lane))
    assert made.load is not None and made.fetch is not None
    made.load()
    lane.sync()
    data.first += 1
    made.run()
    lane.sync()
    assert np.array_equal(answers.first, before)
    made.fetch()
    lane.sync()
    assert same(answers, expected)


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("pinned", [False, True])
@settings(max_examples=25)
@given(rows=st.integers(0, 300), chunk_bytes=st.integers(2_000, 40_000), whole=st.booleans())
def test_end_to_end_is_right_however_it_is_cut(
    rows: int, chunk_bytes: int, whole: bool, pinned: bool, late: bool
) -> None:
    lane = opened(late=late, pinned=pinned)
    first, second = laid(rows, slots=2)
    bind = plus_one(lane)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slot, "CHUNK_BYTES", chunk_bytes)
        made = [prepared(job(lane, *each, "end-to-end"), bind, rows=not whole) for each in (first, second)]
    for _ in range(2):
        for each in made:
            each.run()
        lane.sync()
        assert same(first[1], right(first[0]))
        assert same(second[1], right(second[0]))
        first[0].second += 3
        made[0].run()
        lane.sync()
        assert same(first[1], right(first[0]))
        first[1].first[...] = second[1].second[...] = 0
    for each in made:
        each.close()


def test_pinned_data_are_cut_into_chunks_that_pageable_data_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slot, "CHUNK_BYTES", 206 * 30)
    for pinned, parts in ((True, [30, 30, 30, 10]), (False, [100])):
        lane, seen = opened(pinned=pinned), []  # type: ignore[var-annotated]
        ((data, answers),) = laid(100)
        prepared(job(lane, data, answers, "end-to-end"), plus_one(lane, seen))
        assert seen == parts


def test_the_lanes_marks_cover_the_transfers_on_the_streams_beside_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(slot, "CHUNK_BYTES", 206 * 30)
    lane = opened(late=True)
    ((data, answers),) = laid(100)
    made = prepared(job(lane, data, answers, "end-to-end"), plus_one(lane))
    expected = right(data)
    made.run()
    mark = lane.mark()
    assert not same(answers, expected)
    mark.synchronize()
    assert same(answers, expected)


def test_arrays_that_are_not_rows_of_the_same_items_must_be_taken_whole() -> None:
    lane = opened()
    data = Data(np.zeros((3, 1), np.uint8), np.zeros((4, 1), np.uint8))
    answers = Answers(np.ones((3, 1), np.uint8), np.ones((4, 1), np.uint8))
    with pytest.raises(ValueError, match=r"arrays of \[3, 4\] rows: prepared\(rows=False\) takes them whole"):
        prepared(job(lane, data, answers, "end-to-end"), plus_one(lane))
    prepared(job(lane, data, answers, "end-to-end"), plus_one(lane), rows=False).run()
    lane.sync()
    assert same(answers, right(data))


@pytest.mark.parametrize("scope", ["resident", "end-to-end"])
def test_a_pool_that_does_not_fit_is_refused_with_both_sizes_before_anything_is_allocated(scope: str) -> None:
    lane = opened(memory_bytes=8 << 20)
    ((data, answers),) = laid(1 << 14)
    with pytest.raises(
        Unsupported, match=r"its pool of 3 slots needs 10 MiB of the GPU's memory, of which 8 MiB are free"
    ):
        prepared(job(lane, data, answers, scope, slot=0, slots=3), plus_one(lane), rows=False)
    assert lane.device.mem_info == (8 << 20, 8 << 20)


def test_slots_that_are_prepared_already_are_not_counted_twice() -> None:
    lane = opened(memory_bytes=8 << 20)
    pool = laid(1 << 14, slots=2)
    made: list[Prepared] = [
        prepared(job(lane, *each, "resident", slot=number, slots=2), plus_one(lane))
        for number, each in enumerate(pool)
    ]
    assert len(made) == 2


def test_in_chunks_a_case_needs_no_more_memory_than_the_chunks_that_are_under_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(slot, "CHUNK_BYTES", 1 << 18)
    lane = opened(memory_bytes=1 << 20)
    ((data, answers),) = laid(1 << 14)
    prepared(job(lane, data, answers, "end-to-end"), plus_one(lane)).run()
    lane.sync()
    assert same(answers, right(data))


def test_a_slot_that_cannot_be_prepared_leaves_nothing_pinned() -> None:
    lane = opened()
    ((data, answers),) = laid(100)

    def refuse(inputs: Any, outputs: Any) -> Callable[[], None]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        prepared(job(lane, data, answers, "end-to-end"), refuse)
    assert lane.pages is not None
    assert not lane.pages.spans
