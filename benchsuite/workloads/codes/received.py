"""Random data and codewords with errors in them: the inputs of encoders and decoders, and how they vary."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import numpy as np

from benchsuite.api import Items
from benchsuite.workloads.codes import bulk
from benchsuite.workloads.codes.family import DecodeInputs, DecodeParams, EncodeParams
from benchsuite.workloads.codes.linear_code import LinearCode
from benchsuite.workloads.streams import Bytes, Positions, below, distinct_positions, random_bytes, renewed


def random_data(code: LinearCode, codewords: int, case: str, seed: int, slot: int) -> Bytes:
    """``uint8[codewords, ceil(k / 8)]``, with no bit beyond the k-th."""
    size = -(-code.k // 8)
    data = random_bytes(f"{case} data", seed, slot, codewords * size).reshape(-1, size)
    data[:, -1] &= _last_byte(code)
    return data


def received(code: LinearCode, params: DecodeParams, case: str, seed: int, slot: int) -> DecodeInputs:
    """Codewords of random data; the fraction ``params.wrong`` of them is made wrong."""
    data = random_data(code, params.codewords, case, seed, slot)
    check = bulk.check_bits(code.columns, code.k, data)
    bulk.flip(code.k, data, check, *_errors(code, params, _wrong_words(params), case, seed, slot))
    return DecodeInputs(data=data, check=check)


def vary_data(code: LinearCode, params: EncodeParams, data: Bytes, rng: Random, count: int | None) -> Items:
    """Other data for ``count`` codewords, or all."""
    rows = _varied_rows(params, rng, count)
    data[rows] = renewed(data[rows], rng, last=_last_byte(code))
    return [(row, None) for row in rows]


def vary_received(
    code: LinearCode, params: DecodeParams, inputs: DecodeInputs, rng: Random, count: int | None
) -> Items:
    """New codewords; the first wrong one has a flipped data bit, so that copying the data is wrong."""
    rows = _varied_rows(params, rng, count)
    inputs.data[rows] = renewed(inputs.data[rows], rng, last=_last_byte(code))
    inputs.check[rows] = bulk.check_bits(code.columns, code.k, inputs.data[rows])
    if count is None:
        words, bits = _errors(code, params, max(1, _wrong_words(params)), "varied", rng.getrandbits(128), 0)
        others = words != words[0]
        words = np.append(words[others], words[0])
        bits = np.append(bits[others], rng.randrange(code.k))
    else:
        drawn = [(row, at) for i, row in enumerate(rows) for at in _drawn_error(code, rng, first=i == 0)]
        words, bits = np.array(drawn, np.int64).reshape(-1, 2).T
    bulk.flip(code.k, inputs.data, inputs.check, words, bits)
    return [(row, None) for row in rows]


def _last_byte(code: LinearCode) -> int:
    """The bits of a word's last byte that are data."""
    return 0xFF >> -code.k % 8


def _wrong_words(params: DecodeParams) -> int:
    return max(round(params.wrong * params.codewords), 1 if params.wrong else 0)


def _errors(
    code: LinearCode, params: EncodeParams, number: int, label: str, seed: int, slot: int
) -> tuple[Positions, Positions]:
    """(codewords, bits) that flip: ``number`` distinct codewords with an error that is corrected in each."""
    if not number:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    lots = random_bytes(f"{label} wrong", seed, slot, 8 * params.codewords).view("<u8")
    words = np.sort(np.argpartition(lots, number - 1)[:number])
    if code.symbol_bits == 1 and code.corrects <= 1:
        drawn = random_bytes(f"{label} positions", seed, slot, 8 * number).view("<u8")
        return words, below(drawn, code.n)
    most = max(1, code.corrects)
    drawn = random_bytes(f"{label} positions", seed, slot, 8 * number * (1 + 2 * most)).view("<u8")
    index, bits = symbol_errors(code, drawn.reshape(number, -1), most)
    return words[index], bits


def symbol_errors(code: LinearCode, drawn: np.ndarray, most: int) -> tuple[Positions, Positions]:
    """(row, bit) that flip: 1 to ``most`` wrong symbols in every row of ``drawn: uint64[rows, 1 + 2 most]``.

    Word 0 says how many, the next ``most`` which, by Floyd's algorithm, the last ones their values, not 0.
    """
    numbers = 1 + below(drawn[:, 0], most)
    rows, bits = [], []
    for number in np.unique(numbers).tolist():
        chosen = np.flatnonzero(numbers == number)
        symbols = distinct_positions(drawn[chosen, 1 : 1 + number], code.symbols, number)
        values = 1 + below(drawn[chosen, 1 + most : 1 + most + number], 2**code.symbol_bits - 1)
        row, place, bit = (values[..., None] >> np.arange(code.symbol_bits) & 1).nonzero()
        rows.append(chosen[row])
        bits.append(symbols[row, place] * code.symbol_bits + bit)
    return np.concatenate(rows), np.concatenate(bits)


def _varied_rows(params: EncodeParams, rng: Random, count: int | None) -> list[int]:
    every = range(params.codewords)
    return list(every) if count is None else rng.sample(every, min(count, params.codewords))


def _drawn_error(code: LinearCode, rng: Random, *, first: bool) -> list[int]:
    """A data symbol (always so in the first word), check bits, too many symbols or as many as go, or none."""
    data = code.k // code.symbol_bits

    def flips(symbols: list[int]) -> list[int]:
        return [bit for symbol in symbols for bit in _drawn_bits(code, symbol, rng)]

    kinds: list[Callable[[], list[int]]] = [
        lambda: flips([rng.randrange(data)]),
        lambda: flips([rng.randrange(data, code.symbols)]),
        lambda: flips(rng.sample(range(code.symbols), max(2, code.corrects + 1))),
        list,
        lambda: flips(rng.sample(range(code.symbols), code.corrects)),
    ]
    return kinds[0 if first else rng.randrange(4 + (code.corrects > 1))]()


def _drawn_bits(code: LinearCode, symbol: int, rng: Random) -> list[int]:
    """The bits of a symbol that flip, at least one."""
    value = rng.randrange(1, 2**code.symbol_bits) if code.symbol_bits > 1 else 1
    return [symbol * code.symbol_bits + bit for bit in range(code.symbol_bits) if value >> bit & 1]
