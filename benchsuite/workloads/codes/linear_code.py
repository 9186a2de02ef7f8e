"""One systematic linear code, written out in bits, and how far its decoder goes.

A code over GF(2^m) is linear over GF(2) once its symbols are written as m bits each, so that one form holds
Hamming's codes and Reed and Solomon's; only what counts as one error differs: a bit, or a symbol.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, kw_only=True, eq=False)
class LinearCode:
    """What a family makes of its parameters; compared by identity, so a family makes each code once."""

    k: int
    """Data bits."""
    columns: tuple[int, ...]
    """k data columns of the check matrix, then the identity; bit i of a column is row i."""
    matrix: tuple[int, ...]
    """The check matrix by columns in codeword order: any one with the same codewords."""
    bits: tuple[int, ...]
    """Which bit is at each position of the codeword: i is data bit i, k + i check bit i."""
    distance: int
    """Minimum distance, in symbols."""
    exact_distance: bool = True
    """False where ``distance`` is a lower bound."""
    symbol_bits: int = 1
    """Aligned bits, of the data bits and then the check bits, that are wrong together."""
    corrects: int = 1
    """Wrong symbols that are mended; 0 where the code is only checked."""
    oracle: Callable[[int], int | None] | None = None
    """For a code with too many correctable patterns to list: a received word (bit i is data bit i, bit k + i
    check bit i) -> what to flip, 0 for a codeword, None where nothing can be done."""

    @property
    def n(self) -> int:
        """Bits of a codeword."""
        return len(self.columns)

    @property
    def r(self) -> int:
        """Check bits."""
        return self.n - self.k

    @property
    def symbols(self) -> int:
        """Symbols of a codeword."""
        return self.n // self.symbol_bits

    @cached_property
    def detects(self) -> int:
        """Wrong symbols that never pass in silence: mended up to ``corrects``, beyond it detected."""
        return self.distance - 1 - self.corrects
