"""LaTeX is balanced and escaped whatever is in a file, and compiles where a TeX is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.record.types import Line
from benchsuite.report.formats import render
from benchsuite.report.latex import PREAMBLE, escaped

from .conftest import RunBuilder

HOSTILE = "\\input{x} $a_b^c$ ~&#%{ }[!]* \"--' ?`<|> µs 10⁻³ ×– é \u05d0\u05d1 日本\x1b[2J\r\n\u202e"
HOSTILE += "w" * 10_000
TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[{}$&#%_^~]|[^\\{}$&#%_^~]", re.DOTALL)
ENGINES = [engine for engine in ("pdflatex", "xelatex", "lualatex") if shutil.which(engine)]


def tokens(text: str) -> list[str]:
    """Commands, special characters and others, without comments."""
    return TOKEN.findall(re.sub(r"^%.*\n", "", text, flags=re.MULTILINE))


def assert_balanced(text: str) -> None:
    depth, open_environments = 0, []
    for token in tokens(text):
        depth += (token == "{") - (token == "}")
        assert depth >= 0
    for kind, name in re.findall(r"\\(begin|end)\{(\w+)\}", text):
        if kind == "begin":
            open_environments.append(name)
        else:
            assert open_environments.pop() == name
    assert (depth, open_environments) == (0, [])
    assert tokens(text).count("$") % 2 == 0


@pytest.fixture
def hostile() -> list[Line]:
    run = RunBuilder()
    run.measure("swift", 5e-7, label=HOSTILE)
    run.plan("plain", label=HOSTILE, status="unsupported", reason=HOSTILE)
    return run.lines


@given(st.text())
def test_no_text_leaves_its_place(text: str) -> None:
    made = escaped(text)
    assert made.isascii()
    assert "\n" not in made
    assert_balanced(made)
    assert not {"&", "#", "%", "_", "^", "~"} & set(tokens(made))
    assert not re.search(r"--|``|''", made)


def test_hostile_text_cannot_break_a_table(hostile: list[Line]) -> None:
    text = render(hostile, "latex")
    assert text.isascii()
    assert_balanced(text)
    assert r"\input" not in text
    assert "%" not in tokens(text.replace(r"\%", ""))
    body = text[text.index(r"\endfoot") : text.index(r"\end{longtable}")]
    rows = [row for row in body.splitlines() if "&" in tokens(row)]
    assert len({tokens(row).count("&") for row in rows}) == 1


def test_units_and_superscripts_have_commands() -> None:
    assert escaped("1.2 µs × 10⁻³ – é") == (
        r"1.2 $\mu$s $\times$ 10\textsuperscript{$-$}\textsuperscript{3} \textendash{} \'{e}"
    )


def test_tables_have_rules_captions_and_the_figures_of_markdown(lines: list[Line]) -> None:
    text, other = render(lines, "latex"), render(lines, "markdown")
    assert text.count(r"\begin{longtable}") == text.count(r"\caption{") == other.count("\n## ") + 1
    for rule in (r"\toprule", r"\midrule", r"\bottomrule"):
        assert rule in text
    figures = re.findall(r"[\d.]+ [GMk]?B/s", other)
    assert figures
    assert re.findall(r"[\d.]+ [GMk]?B/s", text) == figures


@pytest.mark.skipif(not ENGINES, reason="no TeX is installed: pdflatex, xelatex or lualatex")
@pytest.mark.parametrize("engine", ENGINES)
def test_a_real_tex_sets_it(engine: str, lines: list[Line], hostile: list[Line], tmp_path: Path) -> None:
    body = render([*lines, *hostile], "latex")
    document = f"\\documentclass{{article}}\n{PREAMBLE}\n\\begin{{document}}\n{body}\\end{{document}}\n"
    (tmp_path / "report.tex").write_text(document, encoding="ascii")
    command = [engine, "-halt-on-error", "-interaction=nonstopmode", "-no-shell-escape", "report.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
