"""The command line as a user meets it: its exit code, stdout and stderr, in a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import entry_points
from math import inf
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from benchsuite.cli import main
from benchsuite.host import guard

SMALL = (
    *("aes-ctr", "hsiao-decode", "--preset", "smoke"),
    *("--set", "message_bytes=1KiB", "--set", "key_bits=128", "--set", "messages=1"),
)
"""One case, and the injection of the other workload: no case of it has such parameters."""

# A shell starts what it runs in the background with SIGINT ignored, and children inherit that.
INTERRUPTIBLE = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from benchsuite.cli import main; main()"
)

OTHERS = ",".join({entry.name for entry in entry_points(group="benchsuite")} - {"numpy", "openssl", "cuda"})
"""Plugins that are installed as well: what they bring, and how long they take to load, is not tested here."""

ABSENT = """
from benchsuite.api import Backend, Unavailable, hookimpl

def probe():
    raise Unavailable("no such engine: plug it in")

@hookimpl
def benchsuite_backends():
    return [Backend(name="absent", probe=probe)]
"""
"""A backend that no machine can run: its runs take no time."""


PAIR = """
import zlib
from dataclasses import replace
from benchsuite.api import Backend, Prepared, hookimpl, host_cpu
from benchsuite.workloads import CRC

def probe():
    (cpu,) = host_cpu()
    return [replace(cpu, id=name, timed=False) for name in ("cpu:0", "cpu:1")]

backend = Backend(name="pair", probe=probe)

@backend.implements(CRC, version=1)
def crc(job):
    def run():
        job.outputs.crc[:] = [zlib.crc32(message) for message in job.inputs.data]

    return Prepared(run=run)

@hookimpl
def benchsuite_backends():
    return [backend]
"""
"""A backend of two devices, neither of which may be timed."""


class Outcome(NamedTuple):
    """What became of a command."""

    code: int
    out: str
    err: str

    @property
    def object(self) -> dict[str, Any]:
        """The one JSON object on stdout."""
        found = json.loads(self.out)
        assert self.out.count("\n") == 1
        assert isinstance(found, dict)
        return found


Command = Callable[..., Outcome]


@pytest.fixture
def benchsuite(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Command:
    """Run a command in this process, in ``tmp_path``, as ``python -m benchsuite`` does."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("BENCHSUITE_NO_PLUGINS", OTHERS)
    monkeypatch.setattr(guard, "SLOW_SECONDS", inf)  # else a slow machine brings notes on stderr

    def run(*arguments: object) -> Outcome:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["benchsuite", *map(str, arguments)])
        with pytest.raises(SystemExit) as exit_:
            main()
        out, err = capsys.readouterr()
        assert isinstance(exit_.value.code, int)
        return Outcome(exit_.value.code, out, err)

    return run


@pytest.fixture
def small() -> tuple[str, ...]:
    """Arguments of a run of one case."""
    return SMALL


@pytest.fixture
def absent(tmp_path: Path) -> list[str]:
    """Options that bring and name a backend that is unavailable everywhere."""
    path = tmp_path / "absent.py"
    path.write_text(ABSENT)
    return ["--plugin", str(path), "--backend", "absent"]


@pytest.fixture
def pair(tmp_path: Path) -> list[str]:
    """Options that ask for a backend of two devices."""
    path = tmp_path / "pair.py"
    path.write_text(PAIR)
    return ["--plugin", str(path), "--backend", "pair"]


def _start(*arguments: object, folder: Path) -> subprocess.Popen[str]:
    """The command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", INTERRUPTIBLE, *map(str, arguments)],
        cwd=folder,
        env=os.environ | {"NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome]:
    """One whole smoke run of both suites: its file, and what it printed."""
    folder = tmp_path_factory.mktemp("finished")
    options = ["--backend", "numpy", "--backend", "openssl", "--output", folder / "run.jsonl"]
    process = _start("run", *SMALL, *options, folder=folder)
    out, err = process.communicate(timeout=600)
    return folder / "run.jsonl", Outcome(process.returncode, out, err)


@pytest.fixture
def smoke(finished: tuple[Path, Outcome], tmp_path: Path) -> Path:
    """A copy of the smoke run's file, to be spoiled."""
    path = tmp_path / "smoke.jsonl"
    path.write_bytes(finished[0].read_bytes())
    return path


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start commands that run beside the test; none outlives it."""
    started = []

    def run(*arguments: object) -> subprocess.Popen[str]:
        started.append(_start(*arguments, folder=tmp_path))
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.communicate()


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture
def lines() -> Callable[[Path], list[dict[str, Any]]]:
    """The lines of a run file."""
    return _lines


@pytest.fixture
def edit() -> Callable[[Path, Callable[[dict[str, Any]], object]], None]:
    """Let a function spoil every line of a run file."""

    def change_all(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
        found = _lines(path)
        for line in found:
            change(line)
        path.write_text("".join(json.dumps(line) + "\n" for line in found))

    return change_all
