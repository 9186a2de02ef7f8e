import os
from contextlib import contextmanager

import numpy as np
import pytest

from benchsuite.api import Backend, Device, HostLane, Unavailable
from benchsuite.host.engine import WITHHELD, Engine, OpenBackend, Way, open_engine, origin, probe_all
from benchsuite.host.plan import Probe
from benchsuite.host.plugins import UsageError, discover
from benchsuite.workloads import HSIAO_ENCODE
from benchsuite.workloads.codes.hsiao import HsiaoEncodeParams

PROBES = {
    "fine": "print('noise')\n    return host_cpu({'library': 'x 1.0', 'unread': None})",
    "telling": "return host_cpu({'red': 'x\\x1b[31m', 'from': 'made in /home/alice', 'ratio': 'N/A 1/2'})",
    "unavailable": "raise Unavailable('no driver:\\n   install it')",
    "deviceless": "return []",
    "raising": "raise OSError('cannot read')",
    "exiting": "raise SystemExit(3)",
    "crashing": "os.kill(os.getpid(), signal.SIGSEGV)",
    "killed": "os.kill(os.getpid(), signal.SIGKILL)",
    "nonsense": "return ['gpu']",
}
PLUGIN = """
import os, signal
from benchsuite.api import Backend, Unavailable, hookimpl, host_cpu

def probe():
    {body}

@hookimpl
def benchsuite_backends():
    return [Backend(name="{name}", probe=probe)]
"""


@pytest.fixture
def probed(plugin):
    extra = [plugin(name, PLUGIN.replace("{body}", body)) for name, body in PROBES.items()]
    registry = discover(extra=extra)
    assert set(PROBES) <= set(registry.backends)
    return probe_all([origin(registry, name) for name in PROBES])


def test_probes_run_in_workers_and_each_ends_with_devices_or_a_reason(probed):
    probes = {name: probe for name, (probe, _) in probed.items()}
    assert probes["fine"] == Probe(
        devices=(("cpu", ("end-to-end",)),), max_lanes={"cpu": len(os.sched_getaffinity(0))}
    )
    assert probed["fine"][1][0]["facts"] == {"library": "x 1.0", "unread": None}
    assert probed["telling"][1][0]["facts"] == {"red": WITHHELD, "from": WITHHELD, "ratio": "N/A 1/2"}
    reasons = {name: probe.unavailable for name, probe in probes.items()}
    assert reasons["unavailable"] == "no driver: install it"
    assert reasons["deviceless"] == "probe() found no device"
    assert reasons["raising"].startswith("probe() failed: OSError: cannot read")
    assert reasons["exiting"].startswith("probe() failed: SystemExit: 3")
    assert "SIGSEGV" in reasons["crashing"]
    assert reasons["killed"].startswith("probe() did not survive: the worker was killed by SIGKILL")
    assert reasons["nonsense"].startswith(
        "probe() failed: TypeError: probe() must give Device objects, not str"
    )
    assert all(probe.devices == () for name, probe in probes.items() if name not in {"fine", "telling"})


def test_a_worker_loads_the_plugin_that_brings_the_backend_and_no_other(plugin):
    extra = [plugin("mine"), plugin("other")]
    request = origin(discover(extra=extra), "mine").request()
    assert (request["sources"], request["extra"]) == ([extra[0]], [extra[0]])
    engine = Engine(request)
    assert list(engine.registry.backends) == ["mine"]
    assert engine.lane("cpu") is engine.lane("cpu")


WORKLOAD = """
from dataclasses import replace
from benchsuite.api import Backend, hookimpl, host_cpu
from benchsuite.workloads import HSIAO_ENCODE

SPECIFIED = replace(HSIAO_ENCODE, id="specified-encode")
"""
SPECIFIES = """
@hookimpl
def benchsuite_workloads():
    return [SPECIFIED]
"""
IMPLEMENTS = """
backend = Backend(name="implements", probe=host_cpu)
backend.implements(SPECIFIED, version=1)(lambda job: None)

@hookimpl
def benchsuite_backends():
    return [backend]
"""


def test_a_worker_also_loads_the_plugins_of_the_workloads_that_the_backend_implements(plugin):
    specifies, implements = (
        plugin("specifies", WORKLOAD + SPECIFIES),
        plugin("implements", WORKLOAD + IMPLEMENTS),
    )
    registry = discover(extra=[specifies, implements, plugin("mine")])
    engine = Engine(origin(registry, "implements").request())
    assert {p.source for p in engine.registry.plugins} == {specifies, implements}
    assert engine.registry.workloads["specified-encode"].version == 1
    assert "specified-encode" not in Engine(origin(registry, "mine").request()).registry.workloads


def test_a_backend_that_does_not_load_in_the_worker_says_why(plugin):
    path = plugin("gone", "raise RuntimeError('not twice')")
    with pytest.raises(UsageError, match="backend gone did not load in the worker: RuntimeError: not twice"):
        Engine({"backend": "gone", "sources": [path], "extra": [path]})


def test_an_unavailable_backend_opens_to_its_reason(plugin):
    path = plugin("away", PLUGIN.replace("{body}", "raise Unavailable('no driver')"))
    assert open_engine({"backend": "away", "sources": [path], "extra": [path]}) == (
        None,
        {"unavailable": "no driver"},
    )
    with pytest.raises(Unavailable):
        Engine({"backend": "away", "sources": [path], "extra": [path]})


def test_a_prepared_slot_works_on_the_hosts_arrays():
    fakes = "benchsuite.testing.fakes"
    engine = Engine(origin(discover(extra=[fakes]), "honest").request())
    params = HsiaoEncodeParams(codewords=4)
    inputs, outputs = HSIAO_ENCODE.inputs(params, 1, 0), HSIAO_ENCODE.outputs(params)
    way = Way(workload=HSIAO_ENCODE, params=params, variant="", device="cpu", scope="end-to-end")
    engine.prepare(way, inputs, outputs).run()
    HSIAO_ENCODE.check(params, inputs, outputs, [(item, None) for item in range(4)])
    assert np.any(outputs.check)


def backend_of(**device):
    """A backend with one device, which gives two lanes however many are asked for."""

    @contextmanager
    def lanes(count):
        yield [HostLane(), HostLane()]

    return Backend(name="mine", probe=lambda: [Device(id="cpu", facts={}, lanes=lanes, **device)])


@pytest.mark.parametrize("count", [0, -1, True, 2.0, None])
def test_a_device_has_a_whole_number_of_lanes(count):
    with pytest.raises(ValueError, match=r"max_lanes of device cpu must be 1 or more, not"):
        OpenBackend(backend_of(max_lanes=count))


def test_threads_have_lanes_of_their_own_and_a_single_one_has_that_of_every_slot():
    engine = OpenBackend(backend_of(max_lanes=3))
    with engine.lanes("cpu", 1) as (alone,):
        assert alone is engine.lane("cpu")
    with engine.lanes("cpu", 2) as lanes:
        assert len({id(lane) for lane in lanes}) == 2
    with pytest.raises(ValueError, match="gave 2 lanes for 3 threads"), engine.lanes("cpu", 3):
        pass
