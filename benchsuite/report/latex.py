r"""Reports as LaTeX: ``\usepackage{booktabs,longtable}`` in the preamble of an article, in one column.

The text is ASCII whatever a file holds, so that every engine and font sets the same: accents, units and
superscripts by LaTeX's own commands, all else as its code point (``\u05d0``), for pdfLaTeX refuses characters
it does not know and others leave out those that the font lacks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from benchsuite.record.types import Line
from benchsuite.report.suites import tables
from benchsuite.report.tables import Gap, Table, filled_columns

PREAMBLE = r"\usepackage{booktabs,longtable}"

_COMMANDS = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "|": r"\textbar{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    '"': r"\char34{}",
    # Behind \\ or \item, either would begin an argument.
    "[": "{[}",
    "]": "{]}",
    "*": "{*}",
    "µ": r"$\mu$",
    "μ": r"$\mu$",
    "α": r"$\alpha$",
    "×": r"$\times$",
    "·": r"$\cdot$",
    "±": r"$\pm$",
    "−": "$-$",
    "→": r"$\to$",
    "≈": r"$\approx$",
    "≤": r"$\leq$",
    "≥": r"$\geq$",
    "–": r"\textendash{}",
    "—": r"\textemdash{}",
    "…": r"\ldots{}",
    "§": r"\S{}",
    **{mark: f"\\{mark}" for mark in "{}$&#%_"},
}
_ACCENTS = dict(zip("\u0300\u0301\u0302\u0303\u0304\u0307\u0308\u030c\u0327", "`'^~=.\"vc", strict=True))
"""Combining character -> the command that sets it above or below a letter."""
_LONGEST_WORD = 40
"""Letters before a word may break: a reason of 10 kB without a space is wider than TeX can count."""


def latex(lines: Iterable[Line], baseline: str | None = None) -> str:
    """A longtable a suite and run, the rows without a figure and the notes below it."""
    header = f"% {PREAMBLE}\n"
    return header + "".join(
        f"\n{_table(table, number)}" for number, table in enumerate(tables(lines, baseline), start=1)
    )


def escaped(text: str) -> str:
    r"""``text`` for LaTeX, in ASCII.

    >>> print(escaped("50 % of a_b\n"), escaped("10⁻³ µs"))
    50 \% of a\_b\textbackslash{}n 10\textsuperscript{$-$}\textsuperscript{3} $\mu$s
    >>> print(escaped("é א"), escaped("--json"))
    \'{e} \textbackslash{}u05d0 -{\kern0pt}-json
    """
    words = re.split(r"( +)", "".join(c if c.isprintable() else _code_point(c) for c in text))
    return "".join(_word(word) for word in words)


def _word(word: str) -> str:
    pieces = [word[at : at + _LONGEST_WORD] for at in range(0, len(word), _LONGEST_WORD)]
    spelled = r"\allowbreak{}".join("".join(map(_letter, piece)) for piece in pieces)
    # A ligature of fonts would make a dash of --, a quotation mark of '', and ¿ of ?`.
    return re.sub(r"([-',])(?=\1)|[!?`](?=`)", r"\g<0>{\\kern0pt}", spelled)


def _letter(character: str) -> str:
    if character in _COMMANDS:
        return _COMMANDS[character]
    if character.isascii():
        return character
    kind, *parts = unicodedata.decomposition(character).split() or [""]
    if kind in ("<super>", "<sub>"):
        inner = "".join(_letter(chr(int(part, 16))) for part in parts)
        return rf"\text{'superscript' if kind == '<super>' else 'subscript'}{{{inner}}}"
    if len(parts) == 1 and not kind.startswith("<") and (letter := chr(int(kind, 16))).isascii():
        accent = _ACCENTS.get(chr(int(parts[0], 16)))
        if accent:
            return rf"\{accent}{{{letter}}}"
    return escaped(_code_point(character))


def _code_point(character: str) -> str:
    return character.encode("unicode_escape").decode()


def _table(table: Table, number: int) -> str:
    title = escaped(table.title)
    parts = _rows(table, number) if table.rows else [rf"\noindent\textbf{{{title}}}\par"]
    notes = [rf"\noindent {escaped(note)}\par" for note in table.notes]
    return "\n".join([r"\begingroup\footnotesize", *parts, *_gaps(table.gaps), *notes, r"\endgroup"]) + "\n"


def _rows(table: Table, number: int) -> list[str]:
    """Groups under a heading, each entry's detail below its figure: as narrow as a column of text allows."""
    shown = filled_columns(table)
    columns = [table.columns[index] for index in shown]
    heads = [r"\toprule", rf"{' & '.join(escaped(column.title) for column in columns)} \\", r"\midrule"]
    body, group = [], ""
    for row in table.rows:
        heading = " · ".join(row[i].main for i, column in enumerate(table.columns) if column.heading)
        if heading != group:
            body.append(
                rf"\multicolumn{{{len(columns)}}}{{p{{0.95\linewidth}}}}"
                rf"{{\itshape {escaped(heading)}}} \\*"
            )
            group = heading
        details = any(row[index].detail for index in shown)
        figures = " & ".join(escaped(row[index].main) for index in shown)
        body.append(figures + (r" \\*" if details else r" \\"))
        if details:
            body.append(" & ".join(escaped(row[index].detail) for index in shown) + r" \\")
    return [
        r"\setlength{\tabcolsep}{3pt}",
        rf"\begin{{longtable}}{{{''.join('r' if column.right else 'l' for column in columns)}}}",
        rf"\caption{{{escaped(table.title)}}}\label{{tab:benchsuite-{number}}} \\",
        *(*heads, r"\endfirsthead", *heads, r"\endhead", r"\bottomrule", r"\endfoot"),
        *body,
        r"\end{longtable}",
    ]


def _gaps(gaps: list[Gap]) -> list[str]:
    """The rows without a figure."""
    if not gaps:
        return []
    said = [
        f"{gap.backend}: {gap.status}, {gap.cases}" + (f": {gap.reason}" if gap.reason else "")
        for gap in gaps
    ]
    return [r"\begin{itemize}", *(rf"\item {escaped(text)}" for text in said), r"\end{itemize}"]
