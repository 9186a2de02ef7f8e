"""The file of an imported matrix: the parameters that pick its code, which a run file has too, as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Literal

import msgspec

from benchsuite.workloads.codes.matrix import MatrixDecodeParams, most_corrected, spelled
from benchsuite.workloads.codes.matrix_text import Given
from benchsuite.workloads.codes.symbol_distance import indistinct
from benchsuite.workloads.codes.symbol_matrix import POLYNOMIALS, products, systematic

MOST_BYTES = 1 << 20
"""Of a file: four times the longest spelling of a matrix of MOST_BITS."""


class _MatrixFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    type: Literal["matrix"]
    schema: Literal[1]
    n: int
    k: int
    symbol_bits: Literal[1, 2, 4, 8] = 1
    polynomial: int = POLYNOMIALS[1]
    corrects: int
    columns: str
    order: str = ""


def dump(chosen: Mapping[str, int | str]) -> str:
    """The file of these parameters."""
    return json.dumps({"type": "matrix", "schema": 1, **chosen}, indent=2) + "\n"


def load(text: str) -> Mapping[str, int | str]:
    """The parameters in a file, in their one spelling. Raises ValueError: what is wrong, and the remedy."""
    try:
        file = msgspec.json.decode(text, type=_MatrixFile, strict=True)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(
            f"it is no matrix that `benchsuite code import` wrote ({error}): import the original again"
        ) from None
    chosen = msgspec.structs.asdict(file)
    return parameters({name: chosen[name] for name in chosen if name not in ("type", "schema")})


def parameters(chosen: Mapping[str, int | str]) -> Mapping[str, int | str]:
    """The same in their one spelling. Raises ValueError for what spells no code."""
    params = MatrixDecodeParams(**chosen)  # type: ignore[arg-type]
    return {name: getattr(params, name) for name in chosen}


def choose(
    given: Given, *, symbol_bits: int = 1, polynomial: int | None = None, corrects: int | None = None
) -> Mapping[str, int | str]:
    """The parameters of the code of a matrix; by default as many symbols are mended as can be.

    Raises ValueError for a matrix of no code, for a polynomial that makes no field, and where more symbols
    are to be mended than the distance allows.
    """
    modulus = POLYNOMIALS[symbol_bits] if polynomial is None else polynomial
    table = products(symbol_bits, modulus)
    form = systematic(given.rows, given.kind, table, lines=given.lines)
    if corrects and (pair := indistinct(form.sums, table)):
        first, second = sorted(form.order.index(symbol) + 1 for symbol in pair)
        raise ValueError(
            f"columns {first} and {second} of the check matrix are equal up to a factor, so that errors "
            "there look alike and nothing can be mended: leave --corrects out"
        )
    most = most_corrected(form, symbol_bits, modulus) if corrects is None else corrects
    return parameters(spelled(form, symbol_bits, modulus, most))
