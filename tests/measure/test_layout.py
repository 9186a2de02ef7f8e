import ctypes
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.measure.layout import (
    ALIGNMENT,
    Arena,
    Layout,
    arrays_of,
    blank_outputs,
    copy_of,
    map_inputs,
    same_bytes,
)


@dataclass(frozen=True, eq=False)
class Inputs:
    key: bytes
    wide: Any
    exponent: int
    bits: Any


@dataclass(frozen=True, eq=False)
class Outputs:
    first: Any
    last: Any


def example(slot=0, key=b"\x00k"):
    return Inputs(
        key=key,
        wide=np.arange(7, dtype=np.uint64).reshape(7, 1) + slot,
        exponent=65537,
        bits=np.full((3, 5), slot, np.uint8),
    )


@pytest.fixture
def arena():
    arena = Arena()
    yield arena
    arena.close()


def same(left, right):
    return (
        (left.key, left.exponent) == (right.key, right.exponent)
        and np.array_equal(left.wide, right.wide)
        and np.array_equal(left.bits, right.bits)
        and left.wide.dtype == right.wide.dtype
    )


@pytest.mark.parametrize("writable", [True, False])
def test_arrays_bytes_and_integers_come_back_from_the_arena(arena, writable):
    pools = [[example(slot) for slot in range(3)], [example(9)]]
    messages = [arena.add(pool) for pool in pools]
    for pool, message in zip(pools, messages, strict=True):
        mapped = map_inputs(Inputs, message, writable=writable)
        assert all(map(same, pool, mapped))
        assert {array.flags.writeable for inputs in mapped for array in arrays_of(inputs)} == {writable}


def test_slots_may_differ_in_their_bytes(arena):
    pool = [example(0, b"one"), example(1, b"two")]
    assert [inputs.key for inputs in map_inputs(Inputs, arena.add(pool), writable=False)] == [b"one", b"two"]


def test_what_one_mapping_changes_no_other_sees(arena):
    message = arena.add([example(1)])
    (mine,) = map_inputs(Inputs, message, writable=True)
    (original,) = map_inputs(Inputs, message, writable=False)
    mine.wide[...] = 0
    assert same(original, example(1))
    (later,) = map_inputs(Inputs, message, writable=True)
    assert same(later, example(1))


def test_slots_lie_in_address_order_every_array_on_a_cache_line(arena):
    slots = map_inputs(Inputs, arena.add([example(slot) for slot in range(5)]), writable=True)
    addresses = [array.ctypes.data for inputs in slots for array in arrays_of(inputs)]
    assert addresses == sorted(addresses)
    assert {address % ALIGNMENT for address in addresses} == {0}
    strides = np.diff(addresses[::2])
    assert set(strides) == {Layout.of(example()).stride}


@given(
    st.lists(st.tuples(st.integers(0, 200), st.sampled_from(["u1", "<u2", "<u8"])), min_size=1, max_size=4)
)
def test_arrays_of_a_slot_never_overlap(shapes):
    fields = {f"f{i}": np.zeros(size, dtype) for i, (size, dtype) in enumerate(shapes)}
    kind = dataclass(type("Case", (), {"__annotations__": dict.fromkeys(fields, Any)}))
    outputs, fence = blank_outputs(kind(**fields), 2)
    arrays = [array for slot in outputs for array in arrays_of(slot)]
    for number, array in enumerate(arrays):
        array.reshape(-1).view(np.uint8)[...] = number + 1
    assert all((a.view(np.uint8) == number + 1).all() for number, a in enumerate(arrays))
    assert {array.ctypes.data % ALIGNMENT for array in arrays} == {0}
    assert fence.stands


@pytest.mark.parametrize("slot", [0, 1])
@pytest.mark.parametrize("name", ["first", "last"])
@pytest.mark.parametrize("size", [1, 56, 64])
@pytest.mark.parametrize("beyond", [0, ALIGNMENT - 1])
def test_a_byte_written_behind_an_array_breaks_the_fence(slot, name, size, beyond):
    outputs, fence = blank_outputs(Outputs(np.zeros(size, np.uint8), np.zeros((size, 2), np.uint16)), 2)
    assert fence.stands
    array = getattr(outputs[slot], name)
    ctypes.memset(array.ctypes.data + array.nbytes + beyond, 0, 1)
    assert not fence.stands


def test_a_copy_shares_no_array():
    first = example(3)
    second = copy_of(first)
    assert same(first, second)
    second.wide[...] = 0
    assert same(first, example(3))


@pytest.mark.parametrize("dtype", [np.uint8, np.float64])
def test_bytes_are_the_same_until_one_of_them_differs_whatever_number_they_spell(dtype):
    """All ones spell a NaN, which as a number would equal nothing."""
    one = Outputs(np.full(64, 0xFF, np.uint8).view(dtype), np.zeros((2, 3)))
    other = copy_of(one)
    assert same_bytes(one, other)
    other.first.view(np.uint8)[5] ^= 1
    assert not same_bytes(one, other)
