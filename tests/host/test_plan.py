from dataclasses import replace

import pytest

from benchsuite.api import Backend, Prepared, host_cpu
from benchsuite.host.cases import Selection, select
from benchsuite.host.plan import MAX_SLOTS, Probe, plan, slots_of_pool
from benchsuite.host.plugins import Registry, discover
from benchsuite.host.presets import PRESETS
from benchsuite.workloads import AES_CTR, HSIAO_DECODE, HSIAO_ENCODE, WORKLOADS
from benchsuite.workloads.aes.ctr import AesCtrParams
from benchsuite.workloads.codes.hsiao import HsiaoEncodeParams

CACHE = 1 << 20
CPU = Probe(devices=(("cpu", ("end-to-end",)),))
SMALL, LARGE = HsiaoEncodeParams(codewords=2), HsiaoEncodeParams(codewords=1 << 15)


def fake(name="fake", *, workload=HSIAO_ENCODE, **options):
    backend = Backend(name=name, probe=host_cpu, reasons=options.pop("reasons", {}))
    backend.implements(workload, **{"version": 1, **options})(lambda job: Prepared(run=lambda: None))
    return backend


def planned(*backends, cases=((HSIAO_ENCODE, SMALL),), cold_from_bytes=None, probes=None, **selection):
    registry = Registry(
        backends={backend.name: backend for backend in backends}, workloads={w.id: w for w in WORKLOADS}
    )
    return plan(
        registry,
        cases,
        probes or dict.fromkeys(registry.backends, CPU),
        Selection(**selection),
        cold_from_bytes=cold_from_bytes,
        last_cache_bytes=CACHE,
    )


def only(rows):
    row, *twins = rows
    assert all(row.twin for row in twins)
    return row


def test_a_case_that_a_backend_implements_is_planned():
    row = only(planned(fake(variant="table", constant_time="no")))
    assert (row.status, row.reason) == ("planned", "")
    assert (row.backend, row.variant, row.constant_time) == ("fake", "table", "no")
    assert (row.device, row.scope, row.pool, row.threads) == ("cpu", "end-to-end", "hot", 1)
    assert (row.work.items, row.work.payload_bytes) == (2, 16)
    assert row.case.params == {"n": 72, "k": 64, "codewords": 2}


def test_another_version_of_the_workload_is_stale():
    newer = replace(HSIAO_ENCODE, version=2)
    row = only(planned(fake(version=1), cases=((newer, SMALL),)))
    assert (row.status, row.reason) == ("unsupported", "stale (implements v1, suite asks v2)")


@pytest.mark.parametrize(
    ("unless", "reason"),
    [
        (lambda params: f"{params.codewords} words are too few", "2 words are too few"),
        (lambda params: 1 / 0, "unless() failed: ZeroDivisionError: division by zero"),
        (lambda params: params.colour, "unless() failed: AttributeError"),
    ],
)
def test_what_a_backend_declines_is_unsupported_with_its_reason(unless, reason):
    row = only(planned(fake(unless=unless)))
    assert row.status == "unsupported"
    assert row.reason.startswith(reason)


@pytest.mark.parametrize(
    ("reasons", "reason"),
    [
        ({}, "fake does not implement it"),
        ({"hsiao-encode": "no codes here"}, "no codes here"),
        ({"hsiao": "no Hsiao"}, "no Hsiao"),
        ({"hsi": "no prefix of a word"}, "fake does not implement it"),
    ],
)
def test_what_a_backend_does_not_implement_says_why(reasons, reason):
    row = only(planned(fake(workload=AES_CTR, reasons=reasons)))
    assert (row.status, row.reason) == ("unsupported", reason)


def test_a_backend_that_cannot_run_here_is_unavailable_with_the_remedy():
    row = only(planned(fake(), probes={"fake": Probe(unavailable="no driver: install it")}))
    assert (row.status, row.reason) == ("unavailable", "no driver: install it")


def test_threads_and_processes_are_rows_of_their_own_as_far_as_lanes_and_memory_go():
    eight = Probe(devices=(("cpu", ("end-to-end", "resident")),), max_lanes={"cpu": 8})
    crowds = ((1, 1), (1, 16), (8, 1), (16, 1))
    rows = [row for row in planned(fake(), probes={"fake": eight}, crowds=crowds) if not row.twin]
    several = {(row.threads, row.processes): row for row in rows if row.scope == "end-to-end"}
    assert list(several) == list(crowds)
    assert {row.status for key, row in several.items() if key != (16, 1)} == {"planned"}
    assert several[16, 1].status == "unsupported"
    assert several[16, 1].reason == "its device takes at most 8 threads, not 16"
    assert [row.threads * row.processes for row in rows if row.scope == "resident"] == [1]


def test_every_variant_device_and_scope_is_a_row_of_its_own():
    backend = fake(variant="a")
    backend.implements(HSIAO_ENCODE, version=1, variant="b")(lambda job: Prepared(run=lambda: None))
    two = Probe(devices=(("0", ("resident", "end-to-end")), ("1", ("resident",))))
    rows = [row for row in planned(backend, probes={"fake": two}) if not row.twin]
    assert sorted((row.variant, row.device, row.scope) for row in rows) == sorted(
        (variant, device, scope)
        for variant in "ab"
        for device, scope in (("0", "resident"), ("0", "end-to-end"), ("1", "resident"))
    )
    resident = planned(backend, probes={"fake": two}, scopes=("resident",))
    assert {row.scope for row in resident} == {"resident"}


def test_a_pool_is_cold_when_it_is_twice_the_last_cache():
    assert slots_of_pool("hot", 1000, CACHE) == 1
    assert slots_of_pool("cold", 1 << 15, 2 * CACHE) == 64
    assert slots_of_pool("cold", (1 << 15) + 1, 2 * CACHE) == 64
    assert slots_of_pool("cold", 10 * CACHE, 2 * CACHE) == 2


def test_a_cold_pool_of_tiny_cases_is_unsupported_and_says_what_to_do():
    row = only(planned(fake(), pools=("cold",)))
    slots = slots_of_pool("cold", 18, 2 * CACHE)
    assert slots > MAX_SLOTS
    assert (row.pool, row.status) == ("cold", "unsupported")
    assert f"{slots} slots, more than {MAX_SLOTS}: batch several items, or measure it hot" in row.reason


def test_cold_pools_are_planned_from_the_presets_size_on_or_when_asked_for():
    def pools(**options):
        return [
            row.pool for row in planned(fake(), cases=((HSIAO_ENCODE, LARGE),), **options) if not row.twin
        ]

    assert pools() == ["hot"]
    assert pools(cold_from_bytes=1 << 18) == ["hot", "cold"]
    assert pools(cold_from_bytes=(1 << 18) + 1) == ["hot"]
    assert pools(pools=("cold",)) == ["cold"]
    assert pools(pools=("cold", "hot")) == ["hot", "cold"]


def test_the_twin_is_the_first_hot_cell_that_will_be_measured():
    rows = planned(
        fake("broken", version=9),
        fake("sound"),
        cases=((HSIAO_ENCODE, SMALL), (HSIAO_ENCODE, LARGE)),
        cold_from_bytes=0,
    )
    *originals, twin = rows
    assert [row.twin for row in originals] == [0] * len(originals)
    sibling = next(row for row in originals if row.status == "planned" and row.pool == "hot")
    assert (twin.twin, twin.backend, twin.case_key) == (1, "sound", sibling.case_key)
    assert twin.cell != sibling.cell


@pytest.mark.parametrize("backend", [fake(version=9), fake(unless=lambda params: "no")])
def test_where_nothing_is_measured_there_is_no_twin(backend):
    assert [row.twin for row in planned(backend)] == [0]


@pytest.mark.parametrize("preset", PRESETS)
def test_cells_have_ids_of_their_own(preset):
    rows = everything(preset)
    assert len({row.cell for row in rows}) == len(rows)


@pytest.mark.parametrize("backends", [2, 3])
def test_quick_measures_at_most_forty_cells(backends):
    rows = everything("quick", backends)
    assert 0 < sum(row.status == "planned" for row in rows) <= 40


def everything(preset, backends=3):
    """The plan of a machine on which ``backends`` engines do all that there is."""
    engines = []
    for number in range(backends):
        engine = fake(f"engine-{number}", workload=AES_CTR)
        for workload in (HSIAO_ENCODE, HSIAO_DECODE):
            engine.implements(workload, version=1)(lambda job: Prepared(run=lambda: None))
        engines.append(engine)
    cases = list(select(discover(), Selection(), preset))
    return planned(*engines, cases=cases, cold_from_bytes=PRESETS[preset].cold_from_bytes)


def test_a_key_does_not_depend_on_the_engine_and_defaults_do_not_change_it():
    rows = planned(fake("a"), fake("b"))
    assert len({row.case_key for row in rows}) == 1
    default = only(planned(fake(workload=AES_CTR), cases=((AES_CTR, AesCtrParams()),)))
    spelled = only(planned(fake(workload=AES_CTR), cases=((AES_CTR, AesCtrParams(key_bits=128)),)))
    assert default.case_key == spelled.case_key


def test_where_data_are_resident_a_cold_pool_exceeds_the_cache_of_the_device_instead():
    backend = fake()
    gpu = Probe(devices=(("gpu", ("resident", "end-to-end")),), cache_bytes={"gpu": 4 * CACHE})
    rows = planned(backend, cases=((HSIAO_ENCODE, LARGE),), probes={"fake": gpu}, pools=("cold",))
    touched = rows[0].work.bytes_in + rows[0].work.bytes_out
    assert {row.scope: row.slots for row in rows} == {
        "resident": slots_of_pool("cold", touched, 3 * 4 * CACHE),
        "end-to-end": slots_of_pool("cold", touched, 2 * CACHE),
    }
    hot = only(planned(backend))
    assert hot.slots == 1
