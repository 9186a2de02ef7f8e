"""``ci/gpu.sh`` and ``ci/emulated_cuda.py`` where something is lacking: each says what, and the remedy."""

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from benchsuite.api import Unavailable

ROOT = Path(__file__).parents[3]

NO_DRIVER = """#!/bin/sh
case "$*" in
  *--list) echo "no NVIDIA driver"; exit 4 ;;
  *gpu_checks*) echo "2 checks passed, 0 failed" >&2 ;;
  *verify*) echo "benchsuite: 7 vectors passed, 0 failed" >&2 ;;
esac
"""
"""An interpreter that has everything, on a machine whose CUDA does not work."""


def script(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o755)
    return path


def gpu(folder: Path, python: Path, **variables: str) -> tuple[subprocess.CompletedProcess[str], str]:
    """How ``ci/gpu.sh`` ended, and its summary."""
    environment = {name: value for name, value in os.environ.items() if name != "CUDA_VISIBLE_DEVICES"}
    environment |= {"PYTHON": str(python), "PATH": f"{folder}:{os.environ['PATH']}"} | variables
    command = [str(ROOT / "ci/gpu.sh"), str(folder / "out")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return done, "".join(path.read_text() for path in (folder / "out").glob("*.md"))


def test_an_interpreter_that_lacks_packages_is_told_them_before_anything_runs(tmp_path: Path) -> None:
    bare = script(tmp_path / "bare", f'#!/bin/sh\nexec "{sys.executable}" -S "$@"\n')
    done, summary = gpu(tmp_path, bare)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert f"{bare} lacks msgspec numpy pandas" in done.stderr
    assert "WHEELS=" in done.stderr
    assert not summary


def test_the_summary_has_the_counts_of_what_ran_on_the_emulator(tmp_path: Path) -> None:
    script(tmp_path / "nvidia-smi", "#!/bin/sh\nexit 9\n")
    done, summary = gpu(tmp_path, script(tmp_path / "python", NO_DRIVER))
    assert done.returncode == 0, done.stderr
    assert "CUDA cannot be used (no NVIDIA driver), so no times" in summary
    assert "- checks of every kernel, emulated: passed (2 checks passed, 0 failed)" in summary
    assert "- published vectors, emulated: passed (7 vectors passed, 0 failed)" in summary


@pytest.mark.parametrize(("hidden", "code"), [(False, 1), (True, 0)])
def test_a_gpu_that_cuda_cannot_use_is_a_failure_unless_it_is_hidden(
    tmp_path: Path, hidden: bool, code: int
) -> None:
    script(tmp_path / "nvidia-smi", '#!/bin/sh\necho "GPU 0: NVIDIA X (UUID: GPU-1)"\n')
    variables = {"CUDA_VISIBLE_DEVICES": ""} if hidden else {}
    done, summary = gpu(tmp_path, script(tmp_path / "python", NO_DRIVER), **variables)
    assert done.returncode == code
    assert ("FAILED: there is a GPU, for `nvidia-smi -L` lists GPU 0: NVIDIA X\n" in summary) is not hidden


def test_without_the_emulator_its_plugin_names_the_distribution(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cuda_emulator", None)
    with pytest.raises(Unavailable, match=r"pip install \./plugins/cuda-emulator"):
        runpy.run_path(str(ROOT / "ci/emulated_cuda.py"))["emulated"]()
