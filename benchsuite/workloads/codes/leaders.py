"""Every error pattern that a decoder mends, by its syndrome: the coset leaders of a bounded distance."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import combinations, product
from math import comb

import numpy as np
import numpy.typing as npt

from benchsuite.workloads.codes.linear_code import LinearCode
from benchsuite.workloads.streams import Positions

MOST_ROWS = 62  # a syndrome fits into a signed word
MOST_LEADERS = 2**18


@dataclass(frozen=True, eq=False)
class Leaders:
    """In the order of their syndromes; symbol -1 fills the row of a pattern of fewer symbols."""

    syndromes: npt.NDArray[np.int64]
    """``int64[patterns]``, increasing; none is 0."""
    symbols: Positions
    """``int64[patterns, corrects]``: the wrong symbols, data symbols first."""
    values: npt.NDArray[np.int64]
    """``int64[patterns, corrects]``: what is added to each; bit i is the symbol's bit i."""
    symbol_bits: int

    def find(self, syndromes: npt.NDArray[np.int64]) -> Positions:
        """``int64[words]``: the pattern of each syndrome, -1 where no pattern is mended."""
        if not self.syndromes.size:
            return np.full(len(syndromes), -1)
        at = np.minimum(np.searchsorted(self.syndromes, syndromes), len(self.syndromes) - 1)
        return np.where(self.syndromes[at] == syndromes, at, -1)

    def flips(self, patterns: Positions) -> tuple[Positions, Positions]:
        """(index into ``patterns``, bit) of every flipped bit; bits are data bits, then check bits."""
        symbols, values = self.symbols[patterns], self.values[patterns]
        places = np.arange(self.symbol_bits)
        index, place, bit = (values[..., None] >> places & 1).nonzero()
        return index, symbols[index, place] * self.symbol_bits + bit


def is_listable(code: LinearCode) -> bool:
    """Whether the patterns are few and their syndromes short enough to be listed."""
    if code.r > MOST_ROWS:
        return False
    wrong = 2**code.symbol_bits - 1
    patterns: int = sum(comb(code.symbols, i) * wrong**i for i in range(1, code.corrects + 1))
    return patterns <= MOST_LEADERS


@cache
def leaders(code: LinearCode) -> Leaders | None:
    """All patterns of 1 ... ``corrects`` wrong symbols; None where they are too many to list.

    Raises ValueError where two of them, or one and no error, have the same syndrome.
    """
    if not is_listable(code):
        return None
    one = _symbol_syndromes(code)
    found, symbols, values = [np.empty(0, np.int64)], [], []
    for number in range(1, code.corrects + 1):
        chosen = np.array(list(combinations(range(code.symbols), number)), np.int64)
        added = np.array(list(product(range(1, 2**code.symbol_bits), repeat=number)), np.int64)
        at = chosen[:, None, :], added[None, :, :]
        found.append(np.bitwise_xor.reduce(one[at], axis=2).reshape(-1))
        rest = ((0, 0), (0, code.corrects - number))
        shape = len(chosen), len(added), number
        symbols.append(np.pad(np.broadcast_to(at[0], shape).reshape(-1, number), rest, constant_values=-1))
        values.append(np.pad(np.broadcast_to(at[1], shape).reshape(-1, number), rest))
    syndromes = np.concatenate(found)
    order = np.argsort(syndromes)
    ordered = syndromes[order]
    if ordered.size and (ordered[0] == 0 or (ordered[1:] == ordered[:-1]).any()):
        raise ValueError(f"the code cannot tell all patterns of {code.corrects} wrong symbols apart")
    empty = np.empty((0, code.corrects), np.int64)
    return Leaders(
        ordered,
        np.concatenate([empty, *symbols])[order],
        np.concatenate([empty, *values])[order],
        code.symbol_bits,
    )


def _symbol_syndromes(code: LinearCode) -> npt.NDArray[np.int64]:
    """``int64[symbols, 2^symbol_bits]``: the syndrome of each value of each symbol."""
    columns = np.array(code.columns, np.int64).reshape(code.symbols, code.symbol_bits)
    table = np.zeros((code.symbols, 1), np.int64)
    for bit in range(code.symbol_bits):
        table = np.concatenate([table, table ^ columns[:, bit : bit + 1]], axis=1)
    return table
