from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchsuite.host.plan import Probe
from benchsuite.host.plugins import Registry, discover
from benchsuite.inject.fused import TALLIES, TRIALS, fused_params
from benchsuite.inject.models import parse_model
from benchsuite.inject.rig import Through
from benchsuite.inject.ways import find_way
from benchsuite.workloads.codes import Code, code

Inject = Callable[..., Any]
GPU = Probe(devices=(("gpu", ("resident", "end-to-end")),))

PLUGIN = """
from dataclasses import replace

from benchsuite.api import Backend, Prepared, hookimpl, host_cpu
from benchsuite.workloads.codes import HSIAO_DECODE, HSIAO_ENCODE, HSIAO_INJECT
from benchsuite_numpy import backend as engine


def probe():
    return [replace(cpu, id="gpu", scopes=("resident", "end-to-end")) for cpu in host_cpu()]


backend, repetitions = Backend(name="fake", probe=probe), 0


@backend.implements(HSIAO_ENCODE, version=1)
def encode(job):
    return engine.implementations["hsiao-encode", ""].prepare(job)


@backend.implements(HSIAO_DECODE, version=1)
def decode(job):
    return engine.implementations["hsiao-decode", ""].prepare(job)


@backend.implements(HSIAO_INJECT, version=1)
def inject(job):
    honest = engine.implementations["hsiao-inject", ""].prepare(job)

    def run():
        global repetitions
        honest.run()
        repetitions += job.params.tallies > 1
        {misbehaviour}

    return Prepared(run=run)


@hookimpl
def benchsuite_backends():
    return [backend]
"""


@pytest.fixture
def fake(tmp_path: Path, inject: Inject) -> Inject:
    """A campaign on a backend that injects by itself."""

    def run(model: str, misbehaviour: str = "", **others: Any) -> Any:
        plugin = tmp_path / "fake.py"
        plugin.write_text(PLUGIN.replace("{misbehaviour}", misbehaviour), encoding="utf-8")
        return inject(model, backend="fake", extra=(str(plugin),), probe=GPU, **others)

    return run


@pytest.mark.parametrize("model", ["flips:3", "bsc:0.01", "flips:0"])
def test_a_kernel_counts_what_encoder_and_decoder_count(fake: Inject, inject: Inject, model: str) -> None:
    trials = 3 * TRIALS + 100  # what fills no tally goes the other way
    found, expected = fake(model, trials=trials).tally, inject(model, trials=trials).tally
    assert (found.status, found.reason) == ("measured", "")
    assert (found.fused, expected.fused) == (True, False)
    assert (found.outcomes, found.trials) == (expected.outcomes, trials)


def test_chunks_and_processes_do_not_change_a_fused_tally(fake: Inject) -> None:
    trials = (TALLIES + 2) * TRIALS
    whole = fake("flips:3", trials=trials)
    assert len(whole.lines) == 2
    assert fake("flips:3", trials=trials, chunk_trials=150_001, processes=2).tally == whole.tally


@pytest.mark.parametrize(
    "others", [{"log": ("detected",)}, {"codewords": 2}, {"rare": True, "model": "bsc:0.001"}]
)
def test_trials_that_are_looked_at_one_by_one_are_not_fused(fake: Inject, others: dict[str, Any]) -> None:
    tally = fake(others.pop("model", "flips:2"), trials=2000, **others).tally
    assert (tally.status, tally.fused) == ("measured", False)


def test_patterns_that_are_gone_through_are_not_fused(fake: Inject) -> None:
    tally = fake("flips:2", exhaustive=True).tally
    assert (tally.fused, tally.outcomes["detected"]) == (False, 2556)


def test_one_wrong_count_in_every_tally_costs_the_campaign(fake: Inject) -> None:
    wrong = "job.outputs.counts[:, 2:4] += (repetitions > 0) * np.array([[1, -1]], np.int64).view(np.uint64)"
    finished = fake("flips:3", f"import numpy as np; {wrong}", trials=5 * TRIALS)
    assert (finished.tally.status, finished.tally.trials, finished.tally.outcomes) == ("wrong", 0, {})
    assert finished.tally.reason.startswith("hsiao-inject, trials ")


def test_a_kernel_that_goes_bad_later_is_found_too(fake: Inject) -> None:
    wrong = "job.outputs.counts[:, 2:4] = job.outputs.counts[:, 3:1:-1].copy() if repetitions > 1 else "
    finished = fake("flips:3", f"{wrong} job.outputs.counts[:, 2:4]", trials=2 * TALLIES * TRIALS)
    assert finished.tally.status == "wrong"


def test_a_processor_is_asked_for_its_decoder(hsiao: Code) -> None:
    registry, model = discover(), parse_model("flips:3", Registry())
    way = find_way(registry, "numpy", Probe(devices=(("cpu", ("end-to-end",)),)), hsiao, model)
    assert isinstance(way, Through)
    assert way.fused is None


@pytest.mark.parametrize(
    ("name", "model"), [("hsiao-72-64", "burst:3"), ("extended-hamming-72-64", "flips:3")]
)
def test_what_the_workload_does_not_know_is_not_fused(name: str, model: str) -> None:
    assert fused_params(code(name), parse_model(model, Registry())) is None
