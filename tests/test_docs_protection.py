"""The page on protections: its table is what the command makes of a committed run, its outcomes exist."""

import re
import shlex
from pathlib import Path

from benchsuite.inject.outcomes import ACCESS_OUTCOMES
from benchsuite.inject.protect.scheme import TIMED_BYTES
from benchsuite.inject.protect.schemes import COMPARED
from benchsuite.record import store
from benchsuite.record.types import Protection, Run
from benchsuite.report.formats import render

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs/protection.md").read_text(encoding="utf-8")
FILE = ROOT / "results/protection/objects-4KiB.jsonl"


def test_the_table_is_what_the_named_command_prints() -> None:
    assert f"benchsuite report {FILE.relative_to(ROOT)} --format markdown" in TEXT
    made = render(store.read(FILE).lines, "markdown").split("\n\n")[1]
    assert made in TEXT


def test_the_run_was_made_by_the_command_that_the_page_shows() -> None:
    command = re.search(r"^    benchsuite (protect --backend .*)$", TEXT, re.MULTILINE)
    assert command
    run = store.read(FILE).lines[0]
    assert isinstance(run, Run)
    asked = set(shlex.split(command[1]))
    assert asked <= set(run.argv)
    assert [line.name for line in store.read(FILE).lines if isinstance(line, Protection)] == list(COMPARED)


def test_every_outcome_of_an_object_is_explained_and_the_batch_is_the_one_that_is_timed() -> None:
    assert not [name for name in ACCESS_OUTCOMES if name.replace("_", " ") not in TEXT]
    assert f"as many as make {TIMED_BYTES >> 10} KiB" in TEXT
    assert not [name for name in COMPARED if f"`{name}`" not in TEXT]
