import mmap

import numpy as np
import pytest
from benchsuite_cuda.pinned import PinnedPages
from cuda_emulator import Emulator
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.api import Unsupported

PAGE = mmap.PAGESIZE
BUFFER = np.frombuffer(mmap.mmap(-1, 16 * PAGE), np.uint8)
RANGES = st.lists(
    st.tuples(st.integers(0, 16 * PAGE), st.integers(0, 16 * PAGE)).map(lambda ends: tuple(sorted(ends))),
    min_size=1,
    max_size=6,
)


@given(RANGES, st.randoms(use_true_random=False))
def test_arrays_that_share_pages_are_pinned_and_let_go_in_any_order(ranges, random):
    pages = PinnedPages(Emulator())  # which refuses to pin a byte twice
    held = [pages.pin([BUFFER[begin:end]]) for begin, end in ranges]
    for begin, end in ranges:
        pieces = list(pages.pieces(BUFFER[begin:].ctypes.data, end - begin))
        ends = [0, *(at + size for at, size in pieces)]
        assert [at for at, _ in pieces] == ends[:-1]
        assert ends[-1] == end - begin
    random.shuffle(held)
    for each in held:
        pages.unpin(each)
    assert not pages.spans


@given(RANGES)
def test_no_piece_of_a_transfer_reaches_beyond_what_was_pinned_together(ranges):
    cp = Emulator()
    pages = PinnedPages(cp)
    for begin, end in ranges:
        pages.pin([BUFFER[begin:end]])
    stream = cp.cuda.Stream(non_blocking=True)
    for begin, end in ranges:
        device = cp.empty(end - begin, np.uint8)
        stream.begin_capture()  # only truly pinned memory may be copied now
        for at, size in pages.pieces(BUFFER[begin:].ctypes.data, end - begin):
            cp.cuda.runtime.memcpyAsync(
                device.data.ptr + at, BUFFER[begin + at :].ctypes.data, size, 1, stream.ptr
            )
        stream.end_capture()


def test_memory_that_cannot_be_pinned_is_refused_with_the_remedy_and_nothing_stays_pinned():
    cp = Emulator()
    pages, others = PinnedPages(cp), PinnedPages(cp)
    others.pin([BUFFER[4 * PAGE : 5 * PAGE]])
    with pytest.raises(Unsupported, match=r"cannot be pinned \(cudaErrorHost.*: choose"):
        pages.pin([BUFFER[:PAGE], BUFFER[4 * PAGE :]])
    assert not pages.spans
    others.unpin(others.pin([BUFFER[:PAGE]]))


def test_a_range_whose_second_gap_is_refused_leaves_its_first_pageable_and_others_pinned():
    cp = Emulator()
    pages, others = PinnedPages(cp), PinnedPages(cp)
    middle = pages.pin([BUFFER[2 * PAGE : 3 * PAGE]])
    others.pin([BUFFER[5 * PAGE : 6 * PAGE]])
    with pytest.raises(Unsupported, match="cannot be pinned"):
        pages.pin([BUFFER[: 8 * PAGE]])
    assert pages.spans == middle
    assert [span.users for span in middle] == [1]
    others.unpin(others.pin([BUFFER[: 2 * PAGE]]))


def test_what_cannot_be_let_go_does_not_keep_the_rest_pinned():
    cp = Emulator()
    pages, others = PinnedPages(cp), PinnedPages(cp)
    held = pages.pin(BUFFER[page * PAGE : (page + 1) * PAGE] for page in (0, 2, 4))
    cp.cuda.runtime.hostUnregister(held[1].begin)
    with pytest.raises(cp.cuda.runtime.CUDARuntimeError, match="cudaErrorHostMemoryNotRegistered"):
        pages.unpin(held)
    assert not pages.spans
    others.unpin(others.pin([BUFFER[: 5 * PAGE]]))
