"""A whole A/A test of one engine, in few and short blocks."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from benchsuite.analyse.derive import cells
from benchsuite.host.cases import Selection
from benchsuite.host.engine import origin
from benchsuite.host.plan import Probe, plan, relabelled
from benchsuite.host.plugins import discover
from benchsuite.host.presets import AA
from benchsuite.measure.aa import measure_aa
from benchsuite.measure.order import keys_of
from benchsuite.measure.run import Setup
from benchsuite.record.types import CONTROL, Gate, Line, Planned, Samples
from benchsuite.workloads import HSIAO_ENCODE
from benchsuite.workloads.codes.hsiao import HsiaoEncodeParams

ENGINE = """
from benchsuite.api import Backend, Prepared, hookimpl, host_cpu
from benchsuite.measure import gate, probes
from benchsuite.testing.fakes import encode, other_sizes
from benchsuite.workloads import HSIAO_ENCODE

def probe():
    gate.VARIED_SECONDS = probes.PROBE_SECONDS = 0.01
    return host_cpu()

backend = Backend(name="tiny", probe=probe)

@backend.implements(HSIAO_ENCODE, version=1, unless=other_sizes)
def prepare(job):
    return Prepared(run=lambda: encode(job.inputs, job.outputs))

@hookimpl
def benchsuite_backends():
    return [backend]
"""


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[Line]:
    """Two rounds of two blocks."""
    path = tmp_path_factory.mktemp("aa") / "tiny.py"
    path.write_text(ENGINE)
    registry = discover(extra=[str(path)])
    planned = plan(
        registry,
        [(HSIAO_ENCODE, HsiaoEncodeParams(codewords=64))],
        {"tiny": Probe(devices=(("cpu", ("end-to-end",)),))},
        Selection(),
        cold_from_bytes=None,
        last_cache_bytes=1 << 20,
    )
    found: list[Line] = []
    setup = Setup(
        registry=registry,
        origins={"tiny": origin(registry, "tiny")},
        preset=replace(AA, blocks=2, samples=1, longest_repetition_seconds=None),
        seed=7,
        record=found.append,
    )
    measure_aa(setup, [row for row in planned if not row.twin], 2)
    return found


def test_every_label_is_visited_in_every_block_of_every_round(lines: list[Line]) -> None:
    planned = {row.cell: row.twin for row in lines if isinstance(row, Planned)}
    visits = Counter((planned[v.cell], v.block) for v in lines if isinstance(v, Samples))
    assert sorted(planned.values()) == [0, 1, CONTROL]
    assert visits == Counter((twin, block) for twin in (0, 1, CONTROL) for block in range(4))
    assert {cell.status for cell in cells(lines)} == {"measured"}


def test_each_line_is_recorded_once_and_the_plan_before_what_is_measured(lines: list[Line]) -> None:
    assert len({id(line) for line in lines}) == len(lines)
    seen: set[str] = set()
    for line in lines:
        if isinstance(line, Planned):
            assert line.cell not in seen
            seen.add(line.cell)
        else:
            assert isinstance(line, Gate | Samples)
            assert line.cell in seen


def test_a_draw_for_every_pair_and_block_decides_which_worker_is_which_label() -> None:
    registry = discover()
    rows = plan(
        registry,
        [(HSIAO_ENCODE, HsiaoEncodeParams(codewords=n)) for n in (64, 128)],
        {name: Probe(devices=(("cpu", ("end-to-end",)),)) for name in list(registry.backends)},
        Selection(),
        cold_from_bytes=None,
        last_cache_bytes=1 << 20,
    )
    originals = [row for row in rows if not row.twin]
    labels = [relabelled(row, twin) for row in originals for twin in (1, CONTROL)]
    drawn = [keys_of([*originals, *labels], 1, block) for block in range(40)]
    for keys in drawn:
        mine = [key.label for key in keys]
        firsts, others = mine[: len(originals)], mine[len(originals) :]
        assert [bool(a) for a in others[::2]] == [bool(b) for b in others[1::2]]
        assert all(bool(a) != bool(b) for a, b in zip(firsts, others[::2], strict=True))
    for number in range(len(originals)):
        assert {bool(keys[number].label) for keys in drawn} == {False, True}
    assert len({tuple(bool(key.label) for key in keys) for keys in drawn}) > 2
