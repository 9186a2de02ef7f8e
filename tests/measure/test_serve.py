"""What a worker answers of devices whose seconds must not be taken."""

from pathlib import Path
from typing import Any

import pytest

from benchsuite.host.engine import origin
from benchsuite.host.plugins import discover
from benchsuite.measure.serve import Server

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


@pytest.mark.parametrize(("do", "key"), [("gate", "reason"), ("rehearse", "refused")])
def test_an_emulated_device_is_never_timed(tmp_path: Path, do: str, key: str) -> None:
    path = tmp_path / "emulated.py"
    path.write_text(PLUGIN)
    server = Server()
    assert server(origin(discover(extra=[str(path)]), "emulated").request())["devices"]
    way: dict[str, Any] = {"workload": "hsiao-encode", "params": {}, "variant": "", "device": "cpu"}
    reply = server({"do": do, "way": {**way, "scope": "end-to-end"}})
    assert reply[key] == "an emulated device is never timed: use benchsuite verify"
