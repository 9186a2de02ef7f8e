"""Batches of messages: their rows, and how they are varied, for any cipher."""

from dataclasses import dataclass
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.workloads.messages import LONG_BYTES, drawn_rows, hex_rows, vary


@dataclass(frozen=True)
class Sizes:
    """The parameters of a cipher that has no others."""

    messages: int
    message_bytes: int


def test_rows_are_equal_for_equal_names_and_others_for_every_name_seed_and_slot() -> None:
    rows = drawn_rows("case", "nonces", 1, 0, (3, 12))
    assert (rows.shape, rows.dtype, rows.flags.writeable) == ((3, 12), np.uint8, True)
    assert (rows == drawn_rows("case", "nonces", 1, 0, (3, 12))).all()
    for other in (
        ("x", "nonces", 1, 0),
        ("case", "x", 1, 0),
        ("case", "nonces", 2, 0),
        ("case", "nonces", 1, 1),
    ):
        assert (rows != drawn_rows(*other, (3, 12))).any()


@pytest.mark.parametrize(("text", "rows"), [("", [[]]), ("00ff", [[0, 255]]), ("01 02 03", [[1], [2], [3]])])
def test_hexadecimal_messages_are_rows(text: str, rows: list[list[int]]) -> None:
    assert hex_rows(text).tolist() == rows


@given(
    messages=st.integers(1, 20),
    message_bytes=st.integers(0, 40),
    count=st.one_of(st.none(), st.integers(0, 25)),
    seed=st.integers(0, 2**32),
)
def test_short_messages_change_whole_with_what_is_beside_them_and_no_others_do(
    messages: int, message_bytes: int, count: int | None, seed: int
) -> None:
    data = drawn_rows("case", "data", seed, 0, (messages, message_bytes))
    nonces = drawn_rows("case", "nonces", seed, 0, (messages, 12))
    before = data.copy(), nonces.copy()
    items = vary(Sizes(messages, message_bytes), data, [nonces], Random(seed), count)
    chosen = sorted(message for message, at in items if at is None)
    assert (
        len(chosen) == len(set(chosen)) == len(items) == min(messages, messages if count is None else count)
    )
    assert np.flatnonzero((before[1] != nonces).any(axis=1)).tolist() == chosen
    if message_bytes:
        assert np.flatnonzero((before[0] != data).any(axis=1)).tolist() == chosen


def test_of_long_messages_single_bytes_change() -> None:
    data = drawn_rows("case", "data", 1, 0, (3, LONG_BYTES + 1))
    before = data.copy()
    items = vary(Sizes(3, LONG_BYTES + 1), data, [], Random(2), 5)
    assert sorted(items) == [(int(i), int(at)) for i, at in np.argwhere(before != data)]
    assert len(items) == 5
