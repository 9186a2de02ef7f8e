from dataclasses import replace
from typing import Any

from benchsuite.api import Backend, Prepared, host_cpu
from benchsuite.host.plan import Probe
from benchsuite.host.plugins import Registry
from benchsuite.inject.rig import Through
from benchsuite.inject.ways import NoWay, find_way
from benchsuite.workloads.codes import Code

BOTH = Probe(devices=(("gpu", ("resident", "end-to-end")), ("cpu", ("end-to-end",))))


def registry_of(backend: Backend[Any], code: Code) -> Registry:
    return Registry(backends={backend.name: backend}, workloads={w.id: w for w in (code.encode, code.decode)})


def fake(code: Code) -> Backend[Any]:
    backend: Backend[Any] = Backend(name="fake", probe=host_cpu)
    for workload in (code.encode, code.decode):
        for variant in ("b", "a"):
            backend.implements(workload, version=1, variant=variant)(lambda job: Prepared(run=lambda: None))
    return backend


def test_the_first_device_and_variants_are_taken_with_data_from_the_host(hsiao: Code) -> None:
    way = find_way(registry_of(fake(hsiao), hsiao), "fake", BOTH, hsiao)
    assert way == Through(device="gpu", scope="end-to-end", encode="a", decode="a")


def test_a_device_that_only_does_resident_data_is_used_so(hsiao: Code) -> None:
    way = find_way(registry_of(fake(hsiao), hsiao), "fake", Probe(devices=(("gpu", ("resident",)),)), hsiao)
    assert way == Through(device="gpu", scope="resident", encode="a", decode="a")


def test_a_backend_without_the_code_gives_its_own_reason(hsiao: Code) -> None:
    backend: Backend[Any] = Backend(name="fake", probe=host_cpu, reasons={"hsiao": "it has no codes"})
    way = find_way(registry_of(backend, hsiao), "fake", BOTH, hsiao)
    assert way == NoWay(status="unsupported", reason="it has no codes")


def test_a_backend_with_one_half_of_a_code_is_told_which_it_lacks(hsiao: Code) -> None:
    for lacking, role in ((hsiao.encode, "encodes"), (hsiao.decode, "decodes")):
        backend = fake(hsiao)
        for variant in ("a", "b"):
            del backend.implementations[lacking.id, variant]
        way = find_way(registry_of(backend, hsiao), "fake", BOTH, hsiao)
        reason = f"fake does not implement {lacking.id}, which {role} this code"
        assert way == NoWay(status="unsupported", reason=reason)


def test_a_decoder_of_another_version_is_stale(hsiao: Code) -> None:
    backend = fake(hsiao)
    for variant in ("a", "b"):
        key = (hsiao.decode.id, variant)
        backend.implementations[key] = replace(backend.implementations[key], version=2)
    way = find_way(registry_of(backend, hsiao), "fake", BOTH, hsiao)
    assert way == NoWay(status="unsupported", reason="stale (implements v2, suite asks v1)")


def test_a_backend_that_cannot_run_here_is_unavailable_with_the_reason(hsiao: Code) -> None:
    way = find_way(registry_of(fake(hsiao), hsiao), "fake", Probe(unavailable="no device: buy one"), hsiao)
    assert way == NoWay(status="unavailable", reason="no device: buy one")
