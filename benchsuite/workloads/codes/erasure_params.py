"""Erasure codes by name, the parameters of their workloads, and how probable a loss is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import comb
from types import MappingProxyType

from benchsuite.workloads.params import require_positive

MOST_SHARDS = 255

NAMED: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {f"erasure-{n}-{k}": MappingProxyType({"n": n, "k": k}) for n, k in ((14, 10), (9, 6), (20, 17))}
)
"""Codes that clouds use, by name -> the parameters that pick them: 10 + 4, 6 + 3 and 17 + 3 shards."""


def parse(name: str) -> Mapping[str, int] | None:
    """The parameters of ``erasure-N-K``; None where that is no such name or there is no such code.

    >>> parse("erasure-12-8")
    {'n': 12, 'k': 8}
    """
    found = re.fullmatch(r"erasure-([1-9]\d{0,2})-([1-9]\d{0,2})", name)
    n, k = map(int, found.groups()) if found else (0, 0)
    return {"n": n, "k": k} if k < n <= MOST_SHARDS else None


def loss_probability(n: int, k: int, p: Fraction) -> Fraction:
    """That a stripe cannot be rebuilt, exactly, where each shard is lost with probability p, independently.

    The code is maximum distance separable: n - k lost shards are always rebuilt, more never are.

    >>> loss_probability(9, 6, Fraction(1, 100)) < Fraction(1, 800_000)
    True
    """
    return sum((comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(n - k + 1, n + 1)), Fraction(0))


def _require_shape(params: EncodeParams | RebuildParams | UpdateParams) -> None:
    for name in ("n", "k", "shard_bytes", "stripes"):
        require_positive(name, getattr(params, name))
    if not params.k < params.n <= MOST_SHARDS:
        raise ValueError(
            f"n must be k + 1 ... {MOST_SHARDS} shards, not {params.n} with k={params.k}: give both, "
            "such as n=14 and k=10"
        )


@dataclass(frozen=True, kw_only=True)
class EncodeParams:
    """Raises ValueError for more than 255 shards, no parity, no byte or no stripe."""

    n: int = 14
    k: int = 10
    shard_bytes: int = 2**16
    stripes: int = 1

    def __post_init__(self) -> None:
        _require_shape(self)


@dataclass(frozen=True, kw_only=True)
class RebuildParams:
    """Raises ValueError as ``EncodeParams`` does, and for shards that are not there or too many of them."""

    n: int = 14
    k: int = 10
    shard_bytes: int = 2**16
    stripes: int = 1
    lost: str = "0"
    """Which shards are lost in every stripe: their numbers, increasing, with ``+`` between them."""

    def __post_init__(self) -> None:
        _require_shape(self)
        parts = str(self.lost).split("+")
        numbers = sorted({int(part) for part in parts if re.fullmatch(r"[0-9]{1,3}", part)})
        spelled = "+".join(map(str, numbers)) == self.lost
        if not (spelled and numbers and numbers[-1] < self.n and len(numbers) <= self.parities):
            raise ValueError(
                f"lost must be 1 ... {self.parities} shards of 0 ... {self.n - 1}, increasing and joined by "
                f"'+', not {self.lost!r}: give them so, such as 0+{self.n - 1}"
            )

    @property
    def parities(self) -> int:
        return self.n - self.k

    @property
    def lost_shards(self) -> tuple[int, ...]:
        return tuple(map(int, self.lost.split("+")))


@dataclass(frozen=True, kw_only=True)
class UpdateParams:
    """Raises ValueError as ``EncodeParams`` does, and for a shard that is none of the data."""

    n: int = 14
    k: int = 10
    shard_bytes: int = 2**16
    stripes: int = 1
    shard: int = 0
    """Which shard of data is written anew in every stripe."""

    def __post_init__(self) -> None:
        _require_shape(self)
        if type(self.shard) is not int or not 0 <= self.shard < self.k:
            raise ValueError(f"shard must be one of the data, 0 ... {self.k - 1}, not {self.shard!r}")
