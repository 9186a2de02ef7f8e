"""The suite's own slow encoder as an engine: what every fake does, or should."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchsuite.workloads.codes import bulk
from benchsuite.workloads.codes.hsiao import hsiao_columns

Run = Callable[[], None]
Liar = Callable[[Any, Any], Run]


def encode(inputs: Any, outputs: Any) -> None:
    """The honest work: check bits of every data word."""
    outputs.check[...] = bulk.check_bits(hsiao_columns(72, 64), 64, inputs.data)


def other_sizes(params: Any) -> str | None:
    """Why the fakes do not do a code of another size than (72,64)."""
    return None if (params.n, params.k) == (72, 64) else "the fakes know (72,64) only"


def honest(inputs: Any, outputs: Any) -> Run:
    """What was asked for."""
    return lambda: encode(inputs, outputs)
