"""A rank's code over chips that each have a code inside, as in DDR5: which bit is stored where.

Every chip stores its words of data with check bits that never leave it. What it sends, mended or not, are the
symbols of the rank's codewords, one of each codeword: a chip is a symbol, as in ``chipkill``. Knows no engine
and no error model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias

import numpy as np

from benchsuite.api import Workload
from benchsuite.workloads.codes import CODES, Code, requested
from benchsuite.workloads.codes.chipkill import CHIPKILL
from benchsuite.workloads.codes.layout import Layout, layout
from benchsuite.workloads.codes.on_die import ON_DIE
from benchsuite.workloads.streams import Bytes, identity_key

PINS = 4
"""Of a chip."""
_BETWEEN = "+"


@dataclass(frozen=True)
class Composed:
    """A chipkill code of symbols of a byte, on as many x4 chips, each with an on-die code inside."""

    VERSION: ClassVar[int] = 1
    """Of where bits are stored: other places are other trials."""

    inside: Code
    """Of every chip."""
    rank: Code
    name: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", f"{self.inside.name}{_BETWEEN}{self.rank.name}")

    @property
    def workloads(self) -> tuple[Workload[Any, Any, Any], ...]:
        """Those that an engine has to implement, the last decoder last."""
        return *self.inside.workloads, *self.rank.workloads

    @property
    def chips(self) -> int:
        """Chips of the rank."""
        return self.rank.linear.symbols

    @property
    def codewords(self) -> int:
        """Codewords of the rank that one word of every chip holds: a byte of each is a symbol of its own."""
        return self.inside.k // self.rank.linear.symbol_bits

    @property
    def n(self) -> int:
        """Bits that are stored: a word of every chip."""
        return self.chips * self.inside.n

    @property
    def k(self) -> int:
        """Bits of data in them."""
        return self.codewords * self.rank.k

    def layout(self, pins: int) -> Layout:
        """Where they lie: bit j of chip c is at position ``inside.n * c + j``, on pin j % 4, in beat j // 4.

        Raises ValueError for devices of other than PINS pins.
        """
        if pins != PINS:
            raise ValueError(f"the chips of {self.name} have {PINS} pins: give x{PINS}, not x{pins}")
        return layout(self.n, PINS, symbol_bits=self.inside.n)

    def case(self) -> dict[str, Any]:
        """What is decoded: ``workload``, ``version`` and ``params``, as a tally's case has them."""
        params: dict[str, str | int] = {}
        for part, of in (("inside", self.inside), ("rank", self.rank)):
            params |= {part: of.name, f"{part}_version": of.decode.version}
        return {"workload": DECODE, "version": self.VERSION, "params": params}

    def key(self) -> str:
        """The ``case_key``."""
        return identity_key(self.identity())

    def identity(self) -> list[Any]:
        """What keys of cases and trials are made of."""
        return list(self.case().values())

    def request(self) -> dict[str, Any]:
        """What ``requested_any`` makes it of again, elsewhere."""
        return {"inside": self.inside.request(), "rank": self.rank.request()}


AnyCode: TypeAlias = Code | Composed
"""What errors are injected into."""

DECODE = "on-die-and-rank-decode"
"""The ``workload`` of its tallies: two workloads of an engine, one after another, and none by itself."""

DDR5 = "ddr5"
"""Short for the code of DDR5: ten chips x4, a burst of 16 beats."""

SHORT_NAMES: Mapping[str, str] = {DDR5: "on-die-136-128:sequential+chipkill-10-8"}
"""Short name -> name."""

NAMES = tuple(f"{inside}{_BETWEEN}{rank}" for inside in ON_DIE.codes for rank in CHIPKILL.codes)
"""Every composition."""


def composed(name: str) -> Composed | None:
    """The composition of that name; None where it is the name of none.

    >>> ddr5 = composed("ddr5")
    >>> ddr5.name, ddr5.chips, ddr5.codewords, ddr5.n, ddr5.k
    ('on-die-136-128:sequential+chipkill-10-8', 10, 16, 1360, 1024)
    """
    name = SHORT_NAMES.get(name, name)
    return Composed(*(CODES[part] for part in name.split(_BETWEEN))) if name in NAMES else None


def requested_any(request: Mapping[str, Any]) -> AnyCode:
    """The target of a ``request()``."""
    if "rank" in request:
        return Composed(requested(request["inside"]), requested(request["rank"]))
    return requested(request)


def gather(data: Bytes, check: Bytes, codewords: int) -> Bytes:
    """``uint8[trials * chips, codewords]``: a word of each chip, its byte i the chip's symbol of codeword i.

    ``data: uint8[trials * codewords, k]`` and ``check: uint8[trials * codewords, n - k]`` are the rank's.
    """
    whole = np.concatenate([data, check], axis=1).reshape(-1, codewords, data.shape[1] + check.shape[1])
    return np.ascontiguousarray(whole.transpose(0, 2, 1)).reshape(-1, codewords)


def scatter(words: Bytes, chips: int) -> Bytes:
    """``uint8[trials * codewords, chips]``: the rank's codewords, from ``words`` as ``gather`` made them."""
    each = words.reshape(-1, chips, words.shape[1])
    return np.ascontiguousarray(each.transpose(0, 2, 1)).reshape(-1, chips)
