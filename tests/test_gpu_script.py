"""``ci/gpu.sh`` as a machine with a GPU runs it, over an interpreter that answers for cupy and the suite."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "ci" / "gpu.sh"
INTERPRETER = """#!/usr/bin/env bash
case "$*" in
  -c*find_spec*) echo "$LACKS" ;;
  -c*) exit 0 ;;
  *gpu_checks.py*--list*) echo "gpu:0 Some GPU"; exit "${LIST:-0}" ;;
  *gpu_checks.py*) [[ -n $HANG ]] && sleep 60; echo "6 checks passed, 0 failed" >&2; exit "${CHECKS:-0}" ;;
  *verify*) echo "7 vectors passed, 0 failed" >&2 ;;
  *benchsuite\\ run*) while [[ $1 != --output ]]; do shift; done; echo measured >"$2" ;;
  *validate*) ;;
  *report*) echo "| a table |" ;;
esac
"""


@pytest.fixture
def interpreter(tmp_path: Path) -> Path:
    path = tmp_path / "an interpreter"
    path.write_text(INTERPRETER, encoding="utf-8")
    path.chmod(0o755)
    return path


def start(interpreter: Path, folder: object, **answers: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [SCRIPT, str(folder)],
        env={"PATH": os.environ["PATH"], "PYTHON": f"./{interpreter.name}", **answers},
        cwd=interpreter.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def run(interpreter: Path, folder: object, **answers: str) -> tuple[int, str, str]:
    process = start(interpreter, folder, **answers)
    out, err = process.communicate(timeout=600)
    return process.returncode, out, err


def test_a_gpu_is_checked_verified_and_measured_into_the_callers_folder(interpreter: Path) -> None:
    code, out, _ = run(interpreter, "the results")
    assert code == 0
    folder = interpreter.parent / "the results"
    assert sorted(path.suffix for path in folder.iterdir()) == [".jsonl", ".md"]
    assert "On: gpu:0 Some GPU" in out
    assert "- checks of every kernel: passed (6 checks passed, 0 failed)" in out
    assert "- published vectors: passed (7 vectors passed, 0 failed)" in out
    assert out.rstrip().endswith("| a table |")


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({"CHECKS": "1"}, "- checks of every kernel: FAILED (exit code 1, 6 checks passed, 0 failed)"),
        ({"LIST": "1"}, "- listing of GPUs: FAILED (exit code 1)"),
        ({"MINUTES": "0.1"}, "- rates and kernels: not begun, for MINUTES=0.1 are over"),
    ],
)
def test_what_fails_is_in_the_summary_and_in_the_exit_code(
    interpreter: Path, answers: dict[str, str], told: str
) -> None:
    code, out, _ = run(interpreter, "results", **answers)
    assert code == 1
    assert told in out


@pytest.mark.parametrize(
    ("folder", "answers", "told"),
    [
        ("an interpreter/results", {}, "no folder can be made at "),
        ("results", {"MINUTES": "soon"}, "MINUTES=soon is no number of minutes, such as 8.5"),
        ("results", {"LACKS": "cupy"}, " lacks cupy: PYTHON=… names an interpreter that has it"),
    ],
)
def test_what_keeps_it_from_beginning_is_a_line_and_exit_code_2(
    interpreter: Path, folder: str, answers: dict[str, str], told: str
) -> None:
    code, out, err = run(interpreter, folder, **answers)
    assert (code, out) == (2, "")
    assert told in err.splitlines()[-1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_with_what_it_runs_and_the_summary_says_so(
    interpreter: Path, number: signal.Signals
) -> None:
    with start(interpreter, "results", HANG="1") as process:
        assert process.stderr is not None
        while "checks of every kernel" not in process.stderr.readline():
            assert process.poll() is None
        process.send_signal(number)
        assert process.wait(timeout=600) == 130
    (summary,) = (interpreter.parent / "results").glob("*.md")
    assert summary.read_text(encoding="utf-8").endswith("- ended by a signal: what is above is all\n")
