"""What ``plugin new`` writes: complete, of the house's style, and never over something else."""

import subprocess
import sys
import tomllib
from importlib.resources import files

import pytest

from benchsuite.host.plugins import UsageError
from benchsuite.testing.scaffold import FILES, write_plugin


def test_every_template_is_written_and_nothing_is_left_to_fill_in(tmp_path):
    written = write_plugin("my-engine.2", tmp_path / "new")
    assert sorted(written) == sorted(path for path in (tmp_path / "new").rglob("*") if path.is_file())
    assert (tmp_path / "new/src/benchsuite_my_engine_2/backend.py") in written
    assert [path for path in written if "@NAME@" in path.read_text() or "@MODULE@" in path.read_text()] == []
    template = files("benchsuite.testing") / "template"
    assert all((template / f"{source}.in").is_file() for source in FILES.values())


def test_the_distribution_names_its_entry_point_and_what_it_needs(tmp_path):
    write_plugin("my-engine.2", tmp_path / "new")
    project = tomllib.loads((tmp_path / "new/pyproject.toml").read_text())["project"]
    assert project["name"] == "benchsuite-my-engine.2"
    assert project["entry-points"]["benchsuite"] == {"my-engine.2": "benchsuite_my_engine_2"}
    assert any(requirement.startswith("benchsuite>=") for requirement in project["dependencies"])


@pytest.mark.parametrize("name", ["", "Mine", "a b", "-x", "x-", "a..b", "../x", "a/b", "é", "x\n"])
def test_what_is_no_name_is_refused_and_nothing_written(name, tmp_path):
    with pytest.raises(UsageError, match="is no name of a plugin: lower-case letters"):
        write_plugin(name, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_the_name_of_an_installed_distribution_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"benchsuite-numpy .* is installed already: choose another name"):
        write_plugin("numpy", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match="exists already and nothing is overwritten"):
        write_plugin("mine", tmp_path)
    with pytest.raises(UsageError, match="exists already"):
        write_plugin("mine", tmp_path / "notes.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("tool", [["ruff", "check"], ["ruff", "format", "--check"], ["mypy", "--strict"]])
def test_what_is_written_passes_the_checks_of_this_repository(tool, tmp_path):
    if subprocess.run(
        [sys.executable, "-m", tool[0], "--version"], capture_output=True, check=False
    ).returncode:
        pytest.skip(f"{tool[0]} is in the group check, which is not installed")
    write_plugin("mine", tmp_path)
    command = [sys.executable, "-m", *tool, "src" if tool[0] == "mypy" else "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_its_own_tests_pass_at_once(tmp_path):
    write_plugin("mine", tmp_path)
    # the tests of this repository need no installation of it: its source is put on the path
    path = f"import sys, pytest; sys.path.insert(0, {str(tmp_path / 'src')!r}); "
    command = [sys.executable, "-c", path + "sys.exit(pytest.main(['-q', '-rs', '-p', 'no:cacheprovider']))"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "17 passed, 1 skipped" in done.stdout
