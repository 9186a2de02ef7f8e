"""Engines and campaigns on the code of ECC memory; plugins that misbehave, written to a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from benchsuite.host.engine import Engine, origin
from benchsuite.host.plan import Probe
from benchsuite.host.plugins import Registry, discover
from benchsuite.host.proof import check_vectors
from benchsuite.inject.campaign import Campaign, run_campaign
from benchsuite.inject.models import parse_model
from benchsuite.inject.rig import Rig, Through, ways
from benchsuite.inject.server import Workers
from benchsuite.inject.trials import Draws
from benchsuite.inject.ways import find_way
from benchsuite.record.types import Tally, Trial
from benchsuite.scale.ledger import Ledger
from benchsuite.workloads.codes import Code, code

CPU = Probe(devices=(("cpu", ("end-to-end",)),))
THROUGH = Through(device="cpu", scope="end-to-end", encode="", decode="")

PLUGIN = """
import os
import signal
from pathlib import Path

from benchsuite.api import Backend, Prepared, hookimpl, host_cpu
from benchsuite.workloads.codes import HSIAO_DECODE, HSIAO_ENCODE
from benchsuite_numpy import backend as engine

HERE = Path(__file__).parent
backend = Backend(name="fake", probe=host_cpu)


def die():
    os.kill(os.getpid(), signal.SIGKILL)


@backend.implements(HSIAO_ENCODE, version=1)
def encode(job):
    return engine.implementations["hsiao-encode", ""].prepare(job)


@backend.implements(HSIAO_DECODE, version=1)
def decode(job):
    honest, blocks = engine.implementations["hsiao-decode", ""].prepare(job), 0
    inputs, outputs = job.inputs, job.outputs

    def run():
        nonlocal blocks
        honest.run()
        blocks += 1
        {misbehaviour}

    return Prepared(run=run)


@hookimpl
def benchsuite_backends():
    return [backend]
"""


@pytest.fixture(scope="session")
def registry() -> Registry:
    return discover()


@pytest.fixture(scope="session")
def hsiao() -> Code:
    return code("hsiao-72-64")


@pytest.fixture(scope="session")
def engine(registry: Registry) -> Engine:
    return Engine(origin(registry, "numpy").request())


@pytest.fixture(scope="session")
def rig(engine: Engine, hsiao: Code) -> Rig:
    return Rig(engine, hsiao, THROUGH)


@pytest.fixture
def draws(registry: Registry, hsiao: Code) -> Callable[..., Draws]:
    def make(model: str, seed: int = 1, *, exhaustive: bool = False) -> Draws:
        return Draws(code=hsiao, model=parse_model(model, registry), seed=seed, exhaustive=exhaustive)

    return make


@pytest.fixture
def plugin(tmp_path: Path) -> Callable[[str], str]:
    """The path of a plugin whose backend, ``fake``, decodes and then does the statement given."""

    def write(misbehaviour: str) -> str:
        path = tmp_path / "fake.py"
        path.write_text(PLUGIN.replace("{misbehaviour}", misbehaviour))
        return str(path)

    return write


@pytest.fixture
def misbehaving(plugin: Callable[[str], str], hsiao: Code) -> Callable[[str], Rig]:
    """A rig, in this process, of that backend, proved on the published vectors first."""

    def make(misbehaviour: str) -> Rig:
        path = plugin(misbehaviour)
        engine = Engine(origin(discover(extra=[path]), "fake").request())
        for way in ways(hsiao, THROUGH):
            check_vectors(engine, way)
        return Rig(engine, hsiao, THROUGH)

    return make


@dataclass
class Finished:
    """What came of a campaign: what it returned, every line it recorded, every report of progress."""

    tally: Tally
    lines: list[Any] = field(default_factory=list)
    progress: list[tuple[int, int | None]] = field(default_factory=list)


@pytest.fixture
def inject(hsiao: Code) -> Callable[..., Finished]:
    """Run a campaign on a backend through a real worker."""

    def run(
        model: str,
        *,
        backend: str = "numpy",
        extra: tuple[str, ...] = (),
        probe: Probe = CPU,
        done: tuple[Tally | Trial, ...] = (),
        of: Code = hsiao,
        workers: Workers | None = None,
        chunk_trials: int = 1 << 19,
        processes: int = 1,
        ledger: Ledger | None = None,
        **limits: Any,
    ) -> Finished:
        registry = discover(extra=extra)
        campaign = Campaign(code=of, model=parse_model(model, registry), seed=1, **limits)
        lines: list[Any] = []
        progress: list[tuple[int, int | None]] = []
        tally = run_campaign(
            campaign,
            origin(registry, backend),
            find_way(registry, backend, probe, of, campaign.model),
            registry,
            done=done,
            record=lines.append,
            progress=lambda trials, total: progress.append((trials, total)),
            workers=workers,
            chunk_trials=chunk_trials,
            processes=processes,
            ledger=ledger,
        )
        return Finished(tally, lines, progress)

    return run
