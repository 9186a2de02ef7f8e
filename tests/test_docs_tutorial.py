"""The tutorial for authors of plugins: its file keeps every rule, its commands run."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from benchsuite.testing.inspection import inspect

PAGE = (Path(__file__).parents[1] / "docs/tutorial-plugin.md").read_text(encoding="utf-8")
(SOURCE,) = re.findall(
    r"<!-- tests/test_docs_tutorial.py runs this file -->\n```python\n(.*?)```", PAGE, re.DOTALL
)
(ENCODER,) = re.findall(
    r"<!-- tests/test_docs_tutorial.py runs this too -->\n```python\n(.*?)```", PAGE, re.DOTALL
)
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
OF_ONE_FILE = [line for line in COMMANDS if "mine.py" in line]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mine.py").write_text(SOURCE + ENCODER, encoding="utf-8")
    return tmp_path


def test_the_backend_has_thirty_lines():
    assert len(SOURCE.splitlines()) <= 30


def test_there_are_three_commands_for_one_file_and_the_others_are_those_of_the_claim():
    assert [shlex.split(line)[1] for line in OF_ONE_FILE] == ["plugin", "run", "inject"]
    claim = Path(__file__).parents[1] / "ci/claims/plugin_in_a_minute.py"
    assert "tutorial-plugin.md" in claim.read_text(encoding="utf-8")


@pytest.mark.parametrize("line", OF_ONE_FILE)
def test_its_commands_succeed(folder, line):
    # the claim measures; here the plan is enough
    arguments = shlex.split(line)[1:] + (["--dry-run"] if " run " in line else [])
    command = [sys.executable, "-m", "benchsuite", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "mine" in done.stdout
    if " inject " in line:
        assert re.search(r"detected +100,000 ", done.stdout), done.stdout


def test_without_the_encoder_injection_says_what_is_missing(folder):
    (folder / "mine.py").write_text(SOURCE, encoding="utf-8")
    (line,) = [line for line in OF_ONE_FILE if " inject " in line]
    command = [sys.executable, "-m", "benchsuite", *shlex.split(line)[1:]]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 5
    assert "mine does not implement parity-encode, which encodes this code" in " ".join(done.stdout.split())


def test_the_mistake_that_it_proposes_is_found(folder):
    (line,) = [line for line in SOURCE.splitlines(keepends=True) if "bitwise_and" in line]
    (folder / "mine.py").write_text(SOURCE.replace(line, ""), encoding="utf-8")
    failed = {finding.check for finding in inspect(str(folder / "mine.py")) if finding.status == "failed"}
    assert failed >= {"vectors", "sizes"}
