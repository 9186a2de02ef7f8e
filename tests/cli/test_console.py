"""A plugin cannot hold up the end of a command, nor change its exit code."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = """
from benchsuite.api import Command, hookimpl

def main(arguments):
    {}

@hookimpl
def benchsuite_commands():
    return [Command(name="lingers", help="Leaves something behind.", main=main)]
"""


def run(*arguments, folder, **environment):
    return subprocess.run(
        [sys.executable, "-m", "benchsuite", *arguments],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


@pytest.mark.parametrize("last", ["os._exit(7)", "time.sleep(600)", "os.abort()"])
def test_what_a_plugin_does_at_exit_is_not_done(last, tmp_path):
    path = tmp_path / "late.py"
    path.write_text(f"import atexit, os, time\natexit.register(lambda: {last})")
    done = run("list", "plugins", "--plugin", str(path), folder=tmp_path)
    assert done.returncode == 0
    assert "late" in done.stdout


@pytest.mark.parametrize(
    ("body", "code", "err"),
    [
        ("import threading, time; threading.Thread(target=time.sleep, args=(600,)).start(); return 3", 3, ""),
        ("raise SystemExit('no luck')", 1, "no luck\n"),
        ("raise SystemExit", 0, ""),
        ("import sys; sys.stdout.close(); return 3", 3, ""),
    ],
    ids=["thread", "text", "nothing", "closed"],
)
def test_the_exit_code_is_that_of_the_command(body, code, err, tmp_path):
    folder = tmp_path / "lingers-1.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: lingers\nVersion: 1\n")
    (folder / "entry_points.txt").write_text("[benchsuite]\nlingers = lingers\n")
    (tmp_path / "lingers.py").write_text(COMMAND.format(body))
    done = run("lingers", folder=tmp_path, PYTHONPATH=str(tmp_path))
    assert (done.returncode, done.stderr) == (code, err)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full disk to write to")
def test_output_that_cannot_be_written_is_an_error():
    command = [sys.executable, "-m", "benchsuite", "--version"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=600, check=False
        )
    assert done.returncode == 2
    assert "no space left on device" in done.stderr.lower()
