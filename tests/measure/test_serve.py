"""What a worker answers of devices that tell how they are, or whose seconds must not be taken."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from benchsuite.analyse.flags import visit_flags
from benchsuite.host.engine import WITHHELD, origin
from benchsuite.host.plugins import discover
from benchsuite.measure.layout import Arena
from benchsuite.measure.serve import Server
from benchsuite.record.types import DeviceReading, Pressure
from benchsuite.workloads import HSIAO_ENCODE
from benchsuite.workloads.codes.hsiao import HsiaoEncodeParams

PLUGIN = """
from dataclasses import replace
from benchsuite.api import Backend, hookimpl, host_cpu
from benchsuite.testing.encoder import honest
from benchsuite.testing.fakes import host_backend

@hookimpl
def benchsuite_backends():
    backend = host_backend("emulated", honest)
    backend.probe = lambda: [replace(device, timed=False) for device in host_cpu()]
    return [backend]
"""


WAY = {"workload": "hsiao-encode", "params": {"codewords": 64}, "variant": "", "device": "cpu"}
WAY["scope"] = "end-to-end"


def visited(folder: Path, told: dict[str, str | float]) -> dict[str, Any]:
    """The reply to a visit of three samples on a device whose readings are ``told``."""
    path = folder / "read.py"
    path.write_text(PLUGIN.replace("emulated", "read").replace("timed=False", f"readings=lambda: {told!r}"))
    server, arena = Server(), Arena()
    server(origin(discover(extra=[str(path)]), "read").request())
    inputs = arena.add([HSIAO_ENCODE.inputs(HsiaoEncodeParams(codewords=64), 1, 0)])
    visit = {"samples": 3, "repetitions": 5, "replayed": False, "uncounted": 0.0, "latency": False}
    reply = server({"do": "visit", "way": WAY, "inputs": inputs, **visit})
    arena.close()
    return reply


def test_a_device_is_read_before_between_and_after_samples_and_throttling_flags_the_visit(
    tmp_path: Path,
) -> None:
    reply = visited(tmp_path, {"power_watts": 300.0, "throttled": "sw_power_cap"})
    found = msgspec.convert(reply["device_readings"], list[DeviceReading])
    assert found == [DeviceReading(power_watts=300.0, throttled="sw_power_cap")] * 4
    assert visit_flags(Pressure(seconds=1.0), found) == ["throttled"]
    assert not visit_flags(Pressure(seconds=1.0), [DeviceReading(power_watts=300.0, throttled="")])


def test_readings_with_control_characters_or_paths_are_withheld_and_still_flag_the_visit(
    tmp_path: Path,
) -> None:
    told = {"power_watts": 300.0, "throttled": "a\x1b[31m\n|<b>", "pcie_link": "gen5 /home/alice"}
    found = msgspec.convert(visited(tmp_path, told)["device_readings"], list[DeviceReading])
    assert found == [DeviceReading(power_watts=300.0, throttled=WITHHELD, pcie_link=WITHHELD)] * 4
    assert visit_flags(Pressure(seconds=1.0), found) == ["throttled"]


@pytest.mark.parametrize(("do", "key"), [("gate", "reason"), ("rehearse", "refused")])
def test_an_emulated_device_is_never_timed(tmp_path: Path, do: str, key: str) -> None:
    path = tmp_path / "emulated.py"
    path.write_text(PLUGIN)
    server = Server()
    assert server(origin(discover(extra=[str(path)]), "emulated").request())["devices"]
    reply = server({"do": do, "way": WAY})
    assert reply[key] == "an emulated device is never timed: use benchsuite verify"
