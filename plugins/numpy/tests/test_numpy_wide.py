"""Linear maps by tables, and what scatters symbols over bytes, against the obvious ways."""

import numpy as np
import pytest
from benchsuite_numpy.wide import linear_map, scatter


@pytest.mark.parametrize("bits", [3, 8, 17, 32, 33, 64, 100, 256, 300])
@pytest.mark.parametrize("inputs", [1, 8, 13, 16, 40, 64, 77, 130])
def test_a_linear_map_sums_the_columns_of_the_ones(inputs: int, bits: int) -> None:
    rng = np.random.default_rng(inputs * bits)
    columns = tuple(int.from_bytes(rng.bytes(40), "little") % 2**bits for _ in range(inputs))
    data = rng.integers(0, 256, (20, -(-inputs // 8)), np.uint8)
    sums = linear_map(columns, bits)(data)
    for row, got in zip(data, sums, strict=True):
        ones, expected = int.from_bytes(row.tobytes(), "little"), 0
        for i, column in enumerate(columns):
            expected ^= column * (ones >> i & 1)
        assert int.from_bytes(got.tobytes(), "little") == expected


@pytest.mark.parametrize("m", [1, 3, 5, 8])
def test_scattered_symbols_lie_at_their_bits_even_where_they_share_a_byte(m: int) -> None:
    symbols, rng = 9, np.random.default_rng(m)
    values = rng.integers(0, 2**m, (4, symbols)).astype(np.uint8)
    flips = np.zeros((4, -(-m * symbols // 8)), np.uint8)
    word, position = np.indices(values.shape).reshape(2, -1)
    scatter(flips, word, m * position, values.reshape(-1))
    for row, line in zip(flips, values, strict=True):
        expected = sum(int(value) << m * i for i, value in enumerate(line))
        assert int.from_bytes(row.tobytes(), "little") == expected
