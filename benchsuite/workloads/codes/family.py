"""What the families of systematic linear codes share: their parameters, their codes, the shapes of arrays.

Data and check bits are kept apart, bit i in byte i // 8, least significant first; bits beyond the last one
are zero and mean nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from benchsuite.workloads.codes.linear_code import LinearCode
from benchsuite.workloads.params import require_positive
from benchsuite.workloads.streams import Bytes

Columns = Callable[[int, int], tuple[int, ...]]
"""Of (n, k)."""


class EncodeParams(Protocol):
    """The parameters of an encoder; those that pick the code are its family's."""

    @property
    def codewords(self) -> int: ...


class DecodeParams(EncodeParams, Protocol):
    """The parameters of a decoder, or of a check."""

    @property
    def wrong(self) -> float:
        """Fraction of the codewords that carry an error that is corrected (one flipped bit where nothing is):
        1 to ``corrects`` wrong symbols, anywhere; above 0, at least one codeword does."""


@dataclass(frozen=True, kw_only=True)
class Family:
    """A kind of code: what it makes of the parameters of its workloads."""

    name: str
    codes: Mapping[str, Mapping[str, int | str]]
    """Codes by name, each with the parameters that pick it."""
    code: Callable[[Any], LinearCode]
    """Of parameters, whatever their ``codewords`` and ``wrong``: the same object for the same code. Raises
    ValueError for parameters that name no code."""
    parse: Callable[[str], Mapping[str, int | str] | None] = lambda name: None
    """Parameters of a code that has no place in ``codes``; None for a name that is none of the family's."""
    spelled: Callable[[Mapping[str, int | str]], str] | None = None
    """The one name of the code of parameters that ``parse`` gave, where they have several."""
    title: Callable[[Any], str]
    """Family and code in labels: ``hsiao (72,64)``."""
    corrects: bool = True
    """Whether its decoder delivers data; a family that only checks says the outcome alone."""

    def require(self, params: EncodeParams) -> None:
        """Raise ValueError for parameters that name no code, or no codeword."""
        self.code(params)
        require_positive("codewords", params.codewords)

    def require_received(self, params: DecodeParams) -> None:
        """Raise ValueError as ``require`` does, and for a fraction outside 0 ... 1; make it a float."""
        self.require(params)
        if type(params.wrong) not in (int, float) or not 0 <= params.wrong <= 1:
            raise ValueError(
                f"wrong is a fraction of the codewords, 0 ... 1, not {params.wrong!r}: such as 0.01"
            )
        # 1 is 1.0 and -0.0 is 0.0 in every key
        object.__setattr__(params, "wrong", abs(float(params.wrong)))


@dataclass(frozen=True, kw_only=True)
class SizedFamily(Family):
    """A family of binary codes that are known by n and k, at some ``sizes`` alone."""

    sizes: Sequence[tuple[int, int]]
    columns: Columns
    """k data columns of the check matrix, then the identity; bit i of a column is row i."""


def sized(
    name: str,
    *,
    sizes: Sequence[tuple[int, int]],
    columns: Columns,
    distance: int,
    matrix: Columns | None = None,
    bits: Columns = lambda n, k: tuple(range(n)),
    corrects: int = 1,
) -> SizedFamily:
    """The family of these (n, k), whose parameters have both; ``corrects`` is 1, or 0 for checks alone."""

    @cache
    def made(n: int, k: int) -> LinearCode:
        return LinearCode(
            k=k,
            columns=columns(n, k),
            matrix=(matrix or columns)(n, k),
            bits=bits(n, k),
            distance=distance,
            corrects=corrects,
        )

    def code(params: Any) -> LinearCode:
        require_positive("n", params.n)
        require_positive("k", params.k)
        if (params.n, params.k) not in sizes:
            known = ", ".join(f"({n},{k})" for n, k in sizes)
            raise ValueError(f"no workload for {name} ({params.n},{params.k}): choose n and k of {known}")
        return made(params.n, params.k)

    return SizedFamily(
        name=name,
        codes={f"{name}-{n}-{k}": {"n": n, "k": k} for n, k in sizes},
        code=code,
        title=lambda params: f"{name} ({params.n},{params.k})",
        corrects=corrects > 0,
        sizes=sizes,
        columns=columns,
    )


@dataclass(frozen=True, eq=False)
class EncodeInputs:
    data: Bytes
    """``uint8[codewords, ceil(k / 8)]``."""


@dataclass(frozen=True, eq=False)
class EncodeOutputs:
    check: Bytes
    """``uint8[codewords, ceil(r / 8)]``."""


@dataclass(frozen=True, eq=False)
class DecodeInputs:
    data: Bytes
    """``uint8[codewords, ceil(k / 8)]``, as received."""
    check: Bytes
    """``uint8[codewords, ceil(r / 8)]``, as received."""


@dataclass(frozen=True, eq=False)
class DecodeOutputs:
    data: Bytes
    """``uint8[codewords, ceil(k / 8)]``: what is mended is as sent; as received where it is only detected."""
    outcome: Bytes
    """``uint8[codewords]``: 0 clean, 1 corrected (a check bit too), 2 detected."""


@dataclass(frozen=True, eq=False)
class CheckOutputs:
    outcome: Bytes
    """``uint8[codewords]``: 0 clean, 2 detected."""


Received = DecodeOutputs | CheckOutputs
