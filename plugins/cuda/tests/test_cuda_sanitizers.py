"""The checks of all kernels under the sanitizers of g++: no access astray, no race, nothing undefined."""

import kernel_checks
import pytest


@pytest.mark.parametrize("sanitizer", ["address", "thread", "undefined"])
@pytest.mark.parametrize("module", kernel_checks.MODULES)
def test_a_sanitizer_finds_nothing(module: str, sanitizer: str) -> None:
    done = kernel_checks.sanitized(module, sanitizer)
    assert done.returncode == 0, done.stderr
