"""The page on curves: its tables are those of the analysis, its commands run."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from benchsuite.host.plugins import Registry
from benchsuite.inject.campaign import exact
from benchsuite.inject.models import parse_model
from benchsuite.workloads.codes import code
from benchsuite.workloads.codes.analysis.dual import dual_classes

PAGE = (Path(__file__).parents[1] / "docs/curves.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
ROWS = [
    [entry.strip().replace("`", "") for entry in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if line.startswith("|") and not line.startswith("|-")
]


def rate(name: str, model: str, *outcomes: str) -> str:
    found = exact(code(name), parse_model(model, Registry()))
    assert found is not None
    return f"{sum(found[outcome][2] for outcome in outcomes):.3g}"


def test_the_curves_are_those_of_the_analysis() -> None:
    heading, *table = (row for row in ROWS if len(row) == 5)
    assert len(table) == 10
    kinds = {"silent": ("miscorrected", "undetected"), "lost": ("lost",)}
    for p, *entries in table:
        for title, entry in zip(heading[1:], entries, strict=True):
            kind, name = title.split(", ")
            assert entry == rate(name, f"bsc:{p}", *kinds[kind]), (p, title)
    assert f"{rate('reed-solomon-255-223', 'symbol:8:17', 'miscorrected')} are miscorrected" in " ".join(
        PAGE.split()
    )


def test_the_words_of_the_dual_and_their_pairs_are_counted() -> None:
    _, *table = (row for row in ROWS if len(row) == 3)
    assert len(table) == 3
    for name, words, pairs in table:
        classes = dual_classes(code(name).linear, 1)
        assert (int(words), int(pairs)) == (classes.total(), len(classes))


@pytest.mark.parametrize("line", COMMANDS)
def test_its_commands_succeed(tmp_path: Path, line: str) -> None:
    command = [sys.executable, "-m", "benchsuite", *shlex.split(line)[1:]]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (points,) = re.findall(r"\*(\d+) ", line)
    assert "Sweep of bsc" in done.stdout
    assert len(set(re.findall(r"· bsc:0\.\d+$", done.stdout, re.MULTILINE))) == int(points)
