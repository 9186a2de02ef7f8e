"""The checks of all kernels under sanitizers: no access astray, no race, nothing undefined, nothing unset."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import get_args

import kernel_checks
import pytest
from cuda_emulator.sanitizer import Sanitizer

PAIRS = [(module, name) for module in kernel_checks.MODULES for name in get_args(Sanitizer)]

Runs = Mapping[tuple[str, str], Future[subprocess.CompletedProcess[str]]]


@pytest.fixture(scope="module")
def runs() -> Iterator[Runs]:
    """Processes of their own, as many at once as there are cores."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield {pair: pool.submit(kernel_checks.sanitized, *pair) for pair in PAIRS}


@pytest.mark.parametrize(("module", "sanitizer"), PAIRS)
def test_a_sanitizer_finds_nothing(runs: Runs, module: str, sanitizer: str) -> None:
    done = runs[module, sanitizer].result()
    assert done.returncode == 0, done.stderr
