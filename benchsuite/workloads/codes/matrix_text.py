"""A matrix as people write it down: 0/1 text, CSV, or masks as in hardware sources. Knows no code.

What cannot be read is refused by one line that names the line of the text and the remedy; MOST_BITS bounds
the work.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from benchsuite.workloads.codes.symbol_matrix import Kind

Masks = Literal["check-bits", "data-columns", "rows", "columns"]

MOST_BITS = 2048
"""Of a codeword: RS(255,223) fits, and a matrix is reduced in seconds."""

_COMMENT = re.compile(r"//[^\n]*|--[^\n]*|/\*.*?(\*/|\Z)|#(?![a-zA-Z(])[^\n]*", re.DOTALL)  # but: #define, #(
_MASK = re.compile(
    r"(?P<width>[0-9]{1,5})? ?'[sS]?(?P<base>[hHbB]) ?(?P<digits>[0-9a-zA-Z_?]+)"  # Verilog: 64'h0123_4567
    r"|\b0(?P<c_base>[xXbB])(?P<c_digits>[0-9a-fA-F']+)"  # C and C++: 0x01234567ull, 0b1010
    r"|\b(?P<v_base>[xX])\"(?P<v_digits>[0-9a-fA-F_]+)\""  # VHDL: x"0123"
)
_BRACKETS = str.maketrans("[](){}|", "       ")
_SYMBOL = re.compile(r"[0-9]{1,9}|0[xX][0-9a-fA-F]{1,8}")


@dataclass(frozen=True, kw_only=True)
class Given:
    """The matrix of a text, before it is anyone's code."""

    rows: tuple[bytes, ...]
    """One symbol a byte; all of the same length."""
    kind: Kind
    read_as: str
    """How the text was understood, in words."""
    lines: tuple[int, ...] = ()
    """The line of each row, where a row has one."""


def read(
    text: str,
    *,
    symbol_bits: int = 1,
    kind: Kind | None = None,
    masks: Masks | None = None,
    mask_bits: int | None = None,
) -> Given:
    """Read rows of values, or, where bits are given as hexadecimal numbers, a list of masks.

    ``kind`` says which matrix it is: needed unless masks tell. ``masks`` says what each stands for: for a
    check bit the data bits that it sums; for a data bit the check bits that sum it; a row, or a column, of
    the whole matrix. Without it the counts must tell. ``mask_bits`` are those of a mask, where digits do not.
    Raises ValueError, which begins with the line where there is one.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    code = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text)
    if symbol_bits == 1 and _MASK.search(code):
        return _read_masks(code, kind, masks, mask_bits)
    if masks or mask_bits:
        raise ValueError("it holds no masks such as 64'h0123 or 0x0123: leave --masks and --mask-bits out")
    return _read_rows(code, symbol_bits, kind)


def _read_rows(code: str, symbol_bits: int, kind: Kind | None) -> Given:
    rows: list[bytes] = []
    lines: list[int] = []
    for number, whole_line in enumerate(code.split("\n"), 1):
        line = whole_line.partition("#")[0].translate(_BRACKETS)
        words = [word for word in re.split(r"[\s,;]+", line) if word]
        if not words:
            continue
        row = bytes(_values(words, symbol_bits, number, parted="," in line or ";" in line))
        _require_bits(len(row) * symbol_bits, f"line {number}: ")
        if rows and len(row) != len(rows[0]):
            raise ValueError(
                f"line {number}: {len(row)} values, but line {lines[0]} has {len(rows[0])}: give every row "
                "as many"
            )
        rows.append(row)
        lines.append(number)
        _require_bits(len(rows), f"line {number}: ")
    if not rows:
        raise ValueError("it holds no matrix: give rows of 0 and 1, CSV, or masks such as 64'h0123 or 0x0123")
    if kind is None:
        raise ValueError(
            f"{len(rows)} rows of {len(rows[0])} may be a check or a generator matrix: say --kind check or "
            "--kind generator"
        )
    what = "bits" if symbol_bits == 1 else f"symbols of {symbol_bits} bits"
    return Given(
        rows=tuple(rows),
        kind=kind,
        read_as=f"{len(rows)} rows of {len(rows[0])} {what} of a {kind} matrix",
        lines=tuple(lines),
    )


def _values(words: Sequence[str], symbol_bits: int, number: int, *, parted: bool) -> Iterator[int]:
    """The values of a line; bits need nothing between them, unless commas part them."""
    for word in words:
        if symbol_bits == 1:
            if word.strip("01") or (parted and len(word) > 1):
                raise ValueError(
                    f"line {number}: {word[:20]!r} is not 0 or 1: leave headings out; for symbols of several "
                    "bits say --symbol-bits 2, 4 or 8"
                )
            yield from (int(digit) for digit in word)
            continue
        value = int(word, 0 if word[1:2] in ("x", "X") else 10) if _SYMBOL.fullmatch(word) else -1
        if not 0 <= value < 1 << symbol_bits:
            raise ValueError(
                f"line {number}: {word[:20]!r} is no symbol of {symbol_bits} bits: give numbers from 0 to "
                f"{(1 << symbol_bits) - 1}, or 0x0 to {(1 << symbol_bits) - 1:#x}, parted by blanks or commas"
            )
        yield value


def _read_masks(code: str, kind: Kind | None, masks: Masks | None, mask_bits: int | None) -> Given:
    values, lines, width = _masks(code, mask_bits)
    layout = masks or _layout(values, width)
    if layout == "rows" and kind is None:
        raise ValueError("masks that are rows may be of either matrix: say --kind check or --kind generator")
    if layout != "rows" and kind == "generator":
        raise ValueError(
            f"masks for {layout} make a check matrix: leave --kind generator out, or say --masks rows"
        )
    bits = [bytes(value >> i & 1 for i in range(width)) for value in values]
    if layout in ("data-columns", "columns"):
        bits, lines = [bytes(column) for column in zip(*bits, strict=True)], []
    if layout in ("check-bits", "data-columns"):
        bits = [row + bytes(i == at for i in range(len(bits))) for at, row in enumerate(bits)]
    _require_bits(len(bits[0]), "")
    said = {
        "check-bits": "one a check bit: the data bits that it sums",
        "data-columns": "one a data bit: the check bits that sum it",
        "rows": f"one a row of the {kind or 'check'} matrix",
        "columns": "one a column of the check matrix",
    }
    return Given(
        rows=tuple(bits),
        kind=kind or "check",
        read_as=f"{len(values)} masks of {width} bits, {said[layout]}",
        lines=tuple(lines),
    )


def _masks(code: str, mask_bits: int | None) -> tuple[list[int], list[int], int]:
    """(values, their lines, the bits of each) of all masks, whatever stands between them."""
    values: list[int] = []
    widths: list[int] = []
    lines: list[int] = []
    for number, line in enumerate(code.split("\n"), 1):
        for found in _MASK.finditer(line):
            where = f"line {number}: {found[0].strip()[:40]}"
            base = (found["base"] or found["c_base"] or found["v_base"]).lower()
            digits = (found["digits"] or found["c_digits"] or found["v_digits"]).translate({95: "", 39: ""})
            allowed = "01" if base == "b" else "0123456789abcdefABCDEF"
            if not digits or digits.strip(allowed):
                raise ValueError(f"{where} is no mask: every digit must be a number")
            _require_bits(len(digits), f"{where}: ")
            values.append(int(digits, 2 if base == "b" else 16))
            widths.append(mask_bits or int(found["width"] or 0) or len(digits) * (1 if base == "b" else 4))
            lines.append(number)
            _require_bits(max(widths[-1], len(values)), f"{where}: ")
            if values[-1] >> widths[-1]:
                raise ValueError(f"{where} is more than {widths[-1]} bits: mend the mask, or --mask-bits")
            if found["width"] and widths[-1] != widths[0]:
                raise ValueError(
                    f"{where} is of {widths[-1]} bits, that of line {lines[0]} of {widths[0]}: keep masks of "
                    "one length only in the file"
                )
    return values, lines, max(widths)


def _layout(values: Sequence[int], width: int) -> Masks:
    """What the counts tell: data bits are the more, and a whole matrix has a column for each check bit."""
    count = len(values)
    choices = "say --masks check-bits, data-columns, rows or columns"
    if min(count, width) == 1 or not (2 * count <= width or 2 * width <= count):
        raise ValueError(f"{count} masks of {width} bits do not tell what each stands for: {choices}")
    if count < width:
        columns = [sum((value >> i & 1) << at for at, value in enumerate(values)) for i in range(width)]
    else:
        columns = list(values)
    units = {1 << row for row in range(min(count, width))}
    there = units & set(columns)
    if there and there != units:
        raise ValueError(
            f"{len(there)} of the {len(units)} check bits have a column of their own in these masks, others "
            f"have none: {choices}"
        )
    if count < width:
        return "rows" if there else "check-bits"
    return "columns" if there else "data-columns"


def _require_bits(bits: int, where: str) -> None:
    if bits > MOST_BITS:
        raise ValueError(f"{where}more than the {MOST_BITS} bits that a codeword may have: give less")
