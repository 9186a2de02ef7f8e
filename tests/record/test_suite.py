"""The commit of a checkout, and whether it is all that there is, in repositories made for the purpose."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from benchsuite.record.machine.files import Unread
from benchsuite.record.machine.suite import is_checkout, is_modified, revision

NAMED = ("-c", "user.name=someone", "-c", "user.email=someone@example.org", "-c", "commit.gpgsign=false")


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *NAMED, "-C", str(folder), *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package in a repository of its own, all of it committed."""
    folder = tmp_path / "repository" / "package"
    folder.mkdir(parents=True)
    for path in (folder / "__init__.py", folder.parent / "README"):
        path.write_text("text\n", encoding="utf-8")
    git(folder.parent, "init", "--quiet")
    git(folder.parent, "add", "--all")
    git(folder.parent, "commit", "--quiet", "--message", "all")
    return folder


def test_a_clean_checkout_is_its_commit(package: Path) -> None:
    assert revision(package) == git(package.parent, "rev-parse", "HEAD")
    assert not is_modified(package)


@pytest.mark.parametrize("name", ["README", "package/__init__.py", "package/new.py"])
def test_a_changed_file_or_a_new_one_of_the_package_is_a_change(package: Path, name: str) -> None:
    (package.parent / name).write_text("other\n", encoding="utf-8")
    assert is_modified(package)


def test_a_new_file_beside_the_package_is_none(package: Path) -> None:
    (package.parent / "results.jsonl").write_text("{}\n", encoding="utf-8")
    assert not is_modified(package)


def test_a_package_in_an_environment_within_a_repository_is_no_checkout(package: Path) -> None:
    installed = package.parent / ".venv" / "lib" / "package"
    installed.mkdir(parents=True)
    assert not is_checkout(installed)
    for fact in (revision, is_modified):
        with pytest.raises(Unread, match="installed as a distribution"):
            fact(installed)


def test_a_checkout_that_git_cannot_read_has_a_reason_without_a_path(package: Path, tmp_path: Path) -> None:
    (package.parent / ".git" / "HEAD").write_text("nonsense", encoding="utf-8")
    with pytest.raises(Unread, match="git cannot read") as caught:
        revision(package)
    assert str(tmp_path) not in str(caught.value)


def test_without_git_that_is_the_reason(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Unread, match="git is not installed"):
        revision(package)
