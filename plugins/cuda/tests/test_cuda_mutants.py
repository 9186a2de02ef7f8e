"""Mutants of every kernel: each small wrong of ``mutants/SOURCE.toml`` is noticed by the check of its source.

A seeded tenth of them is judged here, all of them by ``ci/claims/nightly_cuda_kernels_are_proven.py``.
"""

import random

import kernel_checks
import pytest
from cuda_emulator.mutants import Mutant

MUTANTS = kernel_checks.mutants()
TENTH = random.Random(len(MUTANTS)).sample(MUTANTS, -(-len(MUTANTS) // 10))


def test_every_kernel_file_has_six_mutants_at_least_and_a_check() -> None:
    for source in kernel_checks.SOURCES:
        assert len([name for name, _ in MUTANTS if name == source]) >= 6, source
        assert kernel_checks.checks()[source], source
    assert {name for name, _ in MUTANTS} == set(kernel_checks.SOURCES)


def test_every_mutant_changes_its_source() -> None:
    for source, mutant in MUTANTS:
        kernel_checks.changed_text(source, mutant)


@pytest.mark.parametrize(("source", "mutant"), TENTH, ids=[f"{name}: {mutant.why}" for name, mutant in TENTH])
def test_a_mutant_is_killed(source: str, mutant: Mutant) -> None:
    assert kernel_checks.judged(source, mutant) == "killed"
