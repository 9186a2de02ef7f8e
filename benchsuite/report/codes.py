"""What a code is, as tables, LaTeX or an object: its matrix, distance, weights and guarantees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from benchsuite.report import numbers
from benchsuite.report.tables import Column, Table, Text
from benchsuite.workloads.codes import Code
from benchsuite.workloads.codes.algebra import Algebra, algebra
from benchsuite.workloads.codes.analysis import NoFormula, symbol_weights
from benchsuite.workloads.codes.linear_code import LinearCode
from benchsuite.workloads.codes.matrix import fingerprint

MOST_BITS = 200
"""Of a codeword whose matrix a terminal shows."""
_LEFT_OUT = f"weights and check matrix are left out of more than {MOST_BITS} bits: --all shows them"


def summary(of: Code) -> list[str]:
    """Its size, what it promises and where its symbols are, in a few lines."""
    return [
        f"{of.name}: {', '.join(f'{title} {said}' for title, said in _properties(of)[:2])}",
        *(f"{title}: {said}" for title, said in _properties(of)[2:]),
    ]


def code_tables(of: Code, *, whole: bool = True) -> list[Table]:
    """Properties, then the weights where they are known, then the check matrix.

    Without ``whole`` the last two are left out of a code of more than MOST_BITS.
    """
    brief = _is_brief(of, whole=whole)
    properties = Table(
        title=of.name,
        columns=[Column(title="property"), Column(title="value")],
        rows=[[Text(title), Text(said)] for title, said in _properties(of)],
        notes=[f"{_LEFT_OUT}."] * brief,
    )
    if brief:
        return [properties]
    weights = _weights(of.linear)
    shown = (
        []
        if weights is None
        else [
            Table(
                title="Codewords by weight",
                columns=[Column(title="weight", right=True), Column(title="codewords", right=True)],
                rows=[[Text(str(weight)), Text(str(words))] for weight, words in enumerate(weights) if words],
            )
        ]
    )
    matrix = Table(
        title="Check matrix",
        columns=[Column(title="row", right=True), Column(title="columns in the order of the codeword")],
        rows=[[Text(str(row)), Text(entries)] for row, entries in enumerate(_rows(of.linear))],
    )
    return [properties, *shown, matrix]


def code_latex(of: Code, *, whole: bool = True) -> str:
    """A tabular of the properties and weights, and the check matrix as a formula; no package is needed.

    ``whole`` is that of ``code_tables``.
    """
    brief = _is_brief(of, whole=whole)
    weights = None if brief else _weights(of.linear)
    properties = _properties(of)
    if weights is not None:
        listed = ", ".join(f"$A_{{{weight}}} = {words}$" for weight, words in enumerate(weights) if words)
        properties = [*properties, ("codewords by weight", listed)]
    lines = [
        rf"% {of.name}",
        r"\begin{tabular}{lp{0.7\linewidth}}",
        *(rf"{title} & {said if '$' in said else _escaped(said)} \\" for title, said in properties),
        r"\end{tabular}",
    ]
    lines += [f"% {_LEFT_OUT}"] if brief else _formula(of.linear)
    return "\n".join(lines) + "\n"


def _formula(code: LinearCode) -> list[str]:
    """The check matrix in LaTeX."""
    rows, digits = _matrix(code), _digits(code)
    return [
        r"\[",
        rf"H = \left(\begin{{array}}{{*{{{len(rows[0])}}}{{c}}}}",
        *(" & ".join(f"{symbol:0{digits}x}" for symbol in row) + r" \\" for row in rows),
        r"\end{array}\right)",
        r"\]",
    ]


def _is_brief(of: Code, *, whole: bool) -> bool:
    return not whole and of.n > MOST_BITS


def code_object(of: Code) -> dict[str, Any]:
    """``name``, ``n``, ``k`` (bits), ``symbol_bits``, ``distance``, ``exact_distance``, ``corrects``,
    ``detects``, ``field`` (``m``, ``polynomial``, ``first_root``, ``roots`` and ``generator``, or null),
    ``weights`` (weight -> codewords as text, or null), ``columns_sha256``, ``columns``, ``bits`` and
    ``params``."""
    code, given = of.linear, algebra(of)
    weights = _weights(code)
    return {
        "name": of.name,
        "n": code.n,
        "k": code.k,
        "symbol_bits": code.symbol_bits,
        "distance": code.distance,
        "exact_distance": code.exact_distance,
        "corrects": code.corrects,
        "detects": code.detects,
        "field": None if given is None else asdict(given),
        "weights": None
        if weights is None
        else {str(w): str(words) for w, words in enumerate(weights) if words},
        "columns_sha256": fingerprint(code),
        "columns": [str(column) for column in code.matrix],
        "bits": list(code.bits),
        "params": dict(of.params),
    }


def _properties(of: Code) -> list[tuple[str, str]]:
    code, symbol = of.linear, _symbol(of.linear)
    size = f"({code.symbols},{code.k // code.symbol_bits})"
    wide = f"{size} symbols of {code.symbol_bits} bits, ({code.n},{code.k}) bits"
    found = [
        ("size", wide if code.symbol_bits > 1 else f"({code.n},{code.k}) bits"),
        ("distance", f"{'' if code.exact_distance else 'at least '}{code.distance}"),
        ("check bits", f"{code.r}, {numbers.percent(code.r / code.k)} of the data"),
        ("corrects", f"every error in up to {_count(code.corrects, symbol)}" if code.corrects else "nothing"),
        ("detects", f"every error in up to {_count(code.detects, symbol)}"),
        ("order", _order(code)),
        ("columns (SHA-256)", fingerprint(code)),
    ]
    given = algebra(of)
    return found if given is None else [found[0], *_algebra(given), *found[1:]]


def _algebra(given: Algebra) -> list[tuple[str, str]]:
    """Its field; its roots and generator, where it has any."""
    said = [("field", f"GF({1 << given.m}), {_polynomial(given.polynomial)}")]
    if not given.roots:
        return said
    last = given.first_root + given.roots - 1
    if set(given.generator) == {0, 1}:
        bits = int("".join(map(str, given.generator)), 2)
        coefficients = f"{bits:#x}, bit i being the coefficient of x^i"
    else:
        digits = -(-given.m // 4)
        listed = " ".join(f"{coefficient:0{digits}x}" for coefficient in given.generator)
        coefficients = f"{listed}, the highest power first"
    return [*said, ("roots", f"alpha^{given.first_root} ... alpha^{last}"), ("generator", coefficients)]


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _symbol(code: LinearCode) -> str:
    return "bit" if code.symbol_bits == 1 else "symbol"


def _polynomial(value: int) -> str:
    """
    >>> _polynomial(0x13)
    'x^4 + x + 1 (0x13)'
    """
    terms = [
        {0: "1", 1: "x"}.get(i, f"x^{i}") for i in range(value.bit_length() - 1, -1, -1) if value >> i & 1
    ]
    return f"{' + '.join(terms)} ({value:#x})"


def _order(code: LinearCode) -> str:
    """Where the check symbols are."""
    symbols = _symbols(code)
    if symbols is None:
        return "data and check bits mixed within symbols"
    if symbols == list(range(code.symbols)):
        return f"data {_symbol(code)}s, then check {_symbol(code)}s"
    first = code.k // code.symbol_bits
    check = [str(at) for at, symbol in enumerate(symbols) if symbol >= first]
    return f"check {_symbol(code)}s at positions {' '.join(check)}, data {_symbol(code)}s in between"


def _symbols(code: LinearCode) -> list[int] | None:
    """The symbol at each position; None where the bits of a symbol are not side by side."""
    m = code.symbol_bits
    parts = [code.bits[at : at + m] for at in range(0, code.n, m)]
    if any(part != tuple(range(part[0], part[0] + m)) or part[0] % m for part in parts):
        return None
    return [part[0] // m for part in parts]


def _matrix(code: LinearCode) -> list[list[int]]:
    """The check matrix by rows in the order of the codeword: symbols, or bits where no symbol is whole."""
    m, symbols = code.symbol_bits, _symbols(code)
    if m == 1 or symbols is None:
        return [[column >> row & 1 for column in code.matrix] for row in range(code.r)]
    # what the symbol 1 adds to each check symbol is its factor
    return [
        [code.columns[m * symbol] >> m * row & (1 << m) - 1 for symbol in symbols]
        for row in range(code.r // m)
    ]


def _digits(code: LinearCode) -> int:
    return 1 if _symbols(code) is None else -(-code.symbol_bits // 4)


def _rows(code: LinearCode) -> list[str]:
    digits = _digits(code)
    between = " " if digits > 1 else ""
    return [between.join(f"{symbol:0{digits}x}" for symbol in row) for row in _matrix(code)]


def _weights(code: LinearCode) -> Sequence[int] | None:
    """A_0 ... A_n, or None where they are too many to go through."""
    try:
        return symbol_weights(code)
    except NoFormula:
        return None


def _escaped(text: str) -> str:
    for mark in "&%#_":
        text = text.replace(mark, f"\\{mark}")
    return text.replace("^", r"\^{}")
