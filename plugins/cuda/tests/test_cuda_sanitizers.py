"""The checks of all kernels under the sanitizers of g++: no access astray, no race, nothing undefined."""

from typing import get_args

import kernel_checks
import pytest
from cuda_emulator.sanitizer import Sanitizer


@pytest.mark.parametrize("sanitizer", get_args(Sanitizer))
@pytest.mark.parametrize("module", kernel_checks.MODULES)
def test_a_sanitizer_finds_nothing(module: str, sanitizer: str) -> None:
    done = kernel_checks.sanitized(module, sanitizer)
    assert done.returncode == 0, done.stderr
