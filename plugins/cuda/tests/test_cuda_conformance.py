"""The rules for every backend: on a GPU where there is one, and on an emulated one."""

from dataclasses import replace
from functools import partial

import pytest
from benchsuite_cuda.backend import backend, probe
from cuda_emulator import Emulator

from benchsuite.testing import BackendConformance
from benchsuite.testing.conformance import Rule


class TestCuda(BackendConformance):
    backend = backend


class TestEmulatedCuda(BackendConformance):
    backend = replace(backend, probe=partial(probe, Emulator))

    def test_conforms(self, subject: str, rule: Rule) -> None:
        """One rule, unless it is about time or memory, of which an emulator's say nothing of a GPU's."""
        if rule.name in ("timing", "allocation"):
            pytest.skip(f"an emulator's {rule.name} is not a GPU's")
        super().test_conforms(subject, rule)
