"""The checks of all kernels: ``check(lane)`` of every test module here that has one.

``python kernel_checks.py MODULE`` runs one of them, as a process that a sanitizer may end.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from benchsuite_cuda.gpu import read_gpu
from benchsuite_cuda.lane import CudaLane, open_lanes
from benchsuite_cuda.pinned import PinnedPages
from benchsuite_cuda.source import FOLDER
from cuda_emulator import Emulator
from cuda_emulator.coverage import line_counts
from cuda_emulator.mutants import Mutant, Verdict, mutated, read_mutants, verdict

HERE = Path(__file__).parent

Check = Callable[[CudaLane], None]

MODULES = [
    path.stem for path in sorted(HERE.glob("test_cuda_*.py")) if "\ndef check(" in path.read_text("utf-8")
]
"""Test modules that have a check."""

SOURCES = sorted(path.stem for path in FOLDER.glob("*.cu"))
"""Files of kernels."""

ORDERS = (("forward", "forward"), ("reverse", "reverse"), ("random:1", "forward"))
"""(threads, blocks): a slip that shows in none of them is not noticed."""


@cache
def check_of(module: str) -> Check:
    """The check of a test module."""
    specification = importlib.util.spec_from_file_location(module, HERE / f"{module}.py")
    assert specification is not None and specification.loader is not None
    loaded = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(loaded)
    check: Check = loaded.check
    return check


@contextmanager
def lane_of(cp: Any) -> Iterator[CudaLane]:
    """A lane of an emulated GPU."""
    with open_lanes(cp, read_gpu(cp, 0), PinnedPages(cp), 1) as (lane,):
        yield lane


@cache
def checks() -> Mapping[str, Sequence[Check]]:
    """Source -> the checks that compile it, found by running each once."""
    found: dict[str, list[Check]] = {source: [] for source in SOURCES}
    for module in MODULES:
        with lane_of(Emulator()) as lane:
            compile_kernel, compiled = lane.kernel, set[str]()

            def noting(source: str, *arguments: Any, **options: Any) -> Any:
                compiled.add(source)  # noqa: B023 - called in this turn only
                return compile_kernel(source, *arguments, **options)  # noqa: B023

            lane.kernel = noting  # type: ignore[method-assign]
            check_of(module)(lane)
        for source in compiled:
            found[source].append(check_of(module))
    return found


def mutants() -> list[tuple[str, Mutant]]:
    """All of ``mutants/SOURCE.toml``, each with its source."""
    lists = sorted((HERE / "mutants").glob("*.toml"))
    return [(path.stem, mutant) for path in lists for mutant in read_mutants(path)]


def changed_text(source: str, mutant: Mutant) -> str:
    """The file of a source with the wrong in it. Raises ValueError where it is not as the mutant has it."""
    return mutated((FOLDER / f"{source}.cu").read_text(encoding="utf-8"), mutant)


def judged(source: str, mutant: Mutant) -> Verdict:
    """Whether the checks of a source notice the mutant, in one of the orders."""
    changed = changed_text(source, mutant)
    checks()  # by this process, for all its copies
    return verdict(lambda: check_instead(source, changed))


def check_instead(source: str, changed: str) -> None:
    """Run the checks of ``source`` in every order as if its file read ``changed``."""
    original = (FOLDER / f"{source}.cu").read_text(encoding="utf-8")
    for order in ORDERS:
        cp: Any = Emulator(*order)
        compile_module = cp.RawModule
        cp.RawModule = lambda *, code, **options: compile_module(  # noqa: B023 - called in this turn only
            code=code.replace(original, changed), **options
        )
        for check in checks()[source]:
            with lane_of(cp) as lane:
                check(lane)


def sanitized(module: str, sanitizer: str) -> subprocess.CompletedProcess[str]:
    """The check of a test module under a sanitizer, which ends it where it finds something."""
    under = [sys.executable, "-m", "cuda_emulator.sanitized", sanitizer, "--"]
    command = [*under, sys.executable, str(HERE / "kernel_checks.py"), module]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def line_coverage() -> tuple[int, int, list[str]]:
    """Lines of kernels that the checks reach, those that say why not, and those that they should reach."""
    cp = Emulator(coverage=True)
    for module in MODULES:
        with lane_of(cp) as lane:
            check_of(module)(lane)
    reached, explained, missed = 0, 0, []
    for name, counts in line_counts(cp).items():
        lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
        for number, count in counts.items():
            if count:
                reached += 1
            elif "// unreached: " in lines[number - 1]:
                explained += 1
            else:
                missed.append(f"{name}:{number}: {lines[number - 1].strip()}")
    return reached, explained, missed


if __name__ == "__main__":
    with lane_of(Emulator()) as only:
        check_of(sys.argv[1])(only)
