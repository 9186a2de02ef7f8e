"""GF(2^m) on whole arrays, by logarithms, without a branch for zero."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchsuite.workloads.reference import galois_field as reference

Elements = NDArray[np.unsignedinteger[Any]]
"""Elements of a field: ``uint8`` up to GF(256), else ``uint16``."""


@dataclass(frozen=True, eq=False)
class Field:
    """GF(2^m); take it from ``field``, which makes the tables.

    The logarithm of zero is 2 (2^m - 1), and ``exp`` is zero from there on: so a sum of two logarithms gives
    the product, of zeros too.
    """

    m: int
    exp: Elements
    """alpha^i for i below 2 (2^m - 1); zeros up to 4 (2^m - 1)."""
    log: NDArray[np.intp]

    @property
    def order(self) -> int:
        """How many elements are not zero."""
        return len(self.log) - 1

    def power(self, logarithms: NDArray[np.intp]) -> Elements:
        """The elements with these logarithms, each a sum of at most two of ``log``."""
        # "wrap" spares the check of every index
        found: Elements = self.exp.take(logarithms, mode="wrap")
        return found

    def multiply(self, a: Elements, b: Elements) -> Elements:
        return self.power(self.log[a] + self.log[b])

    def divide(self, a: Elements, b: Elements) -> Elements:
        """The quotient; where b is zero it means nothing."""
        return self.power(self.log[a] + (self.order - self.log[b]) % self.order)


@cache
def field(m: int) -> Field:
    """GF(2^m), as the reference has it; raises ValueError as that does."""
    gf = reference.field(m)
    exp: Elements = np.zeros(4 * gf.order + 1, np.uint8 if m <= 8 else np.uint16)
    exp[: 2 * gf.order] = gf.exp
    log = np.array(gf.log, np.intp)
    log[0] = 2 * gf.order
    return Field(m, exp, log)
