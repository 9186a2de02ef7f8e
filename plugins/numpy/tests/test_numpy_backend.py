"""The plugin as the host sees it."""

import subprocess
import sys

import benchsuite_numpy
import numpy as np
from benchsuite_numpy.backend import read_facts

from benchsuite.workloads import WORKLOADS
from benchsuite.workloads.machine import MachineChainsParams


def test_the_hook_gives_the_backend_with_every_workload_at_the_current_version() -> None:
    (backend,) = benchsuite_numpy.benchsuite_backends()
    variants = {(workload.id, "") for workload in WORKLOADS} | {("hsiao-inject", "composed")}
    assert variants == set(backend.implementations)
    for workload in WORKLOADS:
        assert backend.implementations[workload.id, ""].version == workload.version


def test_table_look_ups_are_not_called_constant_time() -> None:
    claims = {
        workload: implementation.constant_time
        for (workload, _), implementation in benchsuite_numpy.backend.implementations.items()
    }
    without = ("machine-", "erasure-")  # neither has a table
    assert {claims[workload] for workload in claims if not workload.startswith(without)} == {"no"}


def test_facts_name_the_version_and_none_is_empty() -> None:
    facts = read_facts()
    assert facts["numpy"] == np.__version__
    assert set(facts) == {"numpy", "blas", "simd_baseline", "simd_dispatched"}
    assert all(fact is None or fact for fact in facts.values())


def test_importing_the_plugin_builds_no_table_and_imports_no_other_engine() -> None:
    code = (
        "import sys, benchsuite_numpy.aes as aes, benchsuite_numpy.linear as linear\n"
        "assert not aes.round_tables.cache_info().currsize + linear.check_tables.cache_info().currsize\n"
        "assert not {'scipy', 'pandas', 'cryptography', 'cupy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_rates_of_more_steps_than_a_core_ends_in_seconds_are_refused() -> None:
    chained = [workload for workload in WORKLOADS if workload.params is MachineChainsParams]
    assert chained
    for workload in chained:
        unless = benchsuite_numpy.backend.implementations[workload.id, ""].unless
        core, gpu = workload.presets("standard")
        assert unless(core) is None
        assert unless(gpu) == "so many steps take numpy seconds: its rate is that of fewer chains"
