"""Erasures: symbols of a codeword that mean nothing, which a decoder that takes erasures is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from benchsuite.api import ErrorModel
from benchsuite.host.plugins import UsageError
from benchsuite.workloads.codes import REED_SOLOMON_DECODE_ERASURES, Code
from benchsuite.workloads.codes.chipkill import CHIPKILL
from benchsuite.workloads.codes.composed import AnyCode, Composed
from benchsuite.workloads.codes.errors import Draw, is_whole
from benchsuite.workloads.codes.layout import Layouts
from benchsuite.workloads.codes.reed_solomon import REED_SOLOMON
from benchsuite.workloads.streams import Positions, distinct_positions

TAKING = (REED_SOLOMON, CHIPKILL)
"""The families with a decoder that takes erasures."""


def _parse(arguments: str) -> str:
    if not is_whole(arguments) or int(arguments) == 0:
        raise ValueError(
            f"erasures:K needs how many symbols are erased, at least 1, as in erasures:2, not {arguments!r}"
        )
    return str(int(arguments))


def _symbols(layouts: Layouts) -> Positions:
    """``int64[symbols, bits]``: the positions of each; a device of one pin holds a symbol."""
    return np.array(layouts(1).positions(), np.int64)


def erased_symbols(arguments: str, layouts: Layouts, words: Draw) -> Positions:
    """``int64[trials, K]`` by Floyd's algorithm from word 0 on; raises ValueError for too many."""
    count, there = int(arguments), len(layouts(1).devices)
    if count > there:
        raise ValueError(f"erasures:{count} erases more than the {there} symbols: give 1 to {there}")
    return distinct_positions(words(0, count), there, count)


def _positions(arguments: str, layouts: Layouts, words: Draw) -> Positions:
    """The bits of the words behind the K-th say what flips in the symbols drawn: anything, or nothing."""
    erased, symbols = erased_symbols(arguments, layouts, words), _symbols(layouts)
    count, bits = erased.shape[1], symbols.shape[1]
    each = -(-bits // 64)
    drawn = words(0, count + count * each)[:, count:].reshape(len(erased), count, each)
    at = np.arange(bits)
    flips = (drawn[:, :, at // 64] >> (at % 64).astype(np.uint64) & np.uint64(1)).astype(np.bool_)
    return np.where(flips, symbols[erased], -1).reshape(len(erased), -1)


def _outcomes(arguments: str, code: Code) -> Mapping[str, tuple[int, int]] | None:
    """A codeword is mended where the check symbols are as many as the erased ones, else given up."""
    if code.family not in TAKING:
        return None
    erased, linear = int(arguments), code.linear
    total = 2 ** (linear.symbol_bits * erased)
    found = "corrected" if erased * linear.symbol_bits <= linear.r else "detected"
    outcomes = dict.fromkeys(("corrected", "detected", "miscorrected", "undetected"), (0, total))
    return outcomes | {found: (total - 1, total), "not_injected": (1, total)}


ERASURES = ErrorModel(
    name="erasures",
    syntax="erasures:K",
    help="K different symbols, every set equally likely, hold anything, and the decoder is told which",
    parse=_parse,
    on_layout=_positions,
    exact=_outcomes,
)


def decoding(code: AnyCode, model: ErrorModel) -> AnyCode:
    """The code as ``model`` has it decoded: by a decoder that takes erasures where there are any.

    Raises UsageError for erasures in a code that has no such decoder.
    """
    if model is not ERASURES:
        return code
    if isinstance(code, Composed) or code.family not in TAKING:
        raise UsageError(
            f"{code.name} has no decoder that takes erasures: give a Reed-Solomon or a chipkill code"
        )
    return code if code.decode is REED_SOLOMON_DECODE_ERASURES else told(code)


def told(code: Code) -> Code:
    """A code of TAKING, decoded by the decoder that takes erasures."""
    linear = code.linear
    params = {
        "n": linear.symbols,
        "k": linear.k // linear.symbol_bits,
        "symbol_bits": linear.symbol_bits,
        "erasures": 0,  # of its own inputs, which are replaced
    }
    return replace(
        code, family=REED_SOLOMON, decode=REED_SOLOMON_DECODE_ERASURES, params=MappingProxyType(params)
    )
