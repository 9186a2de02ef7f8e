"""README shows what a command makes of a committed run; its two command lines are those that CI runs."""

import re
from pathlib import Path

from benchsuite.record import store
from benchsuite.report.formats import render

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_tables_are_what_the_named_command_prints():
    command = re.search(r"benchsuite report (results/\S+) --format markdown", README)
    assert command, "README does not say what made its tables"
    made = render(store.read(ROOT / command[1]).lines, "markdown")
    rows = [line for line in made.splitlines() if line.startswith("|")]
    assert rows
    assert [line for line in README.splitlines() if line.startswith("|")] == rows


def test_there_are_two_command_lines_each_complete_by_itself():
    commands = re.findall(r"^    (pip install uv && .*)$", README, re.MULTILINE)
    assert commands == [
        "pip install uv && uv run benchsuite run",
        "pip install uv && uv run --group test pytest",
    ]
