"""Each of the engines in turn; ``run`` as the host calls it, on a lane of the engine's own device."""

from collections.abc import Callable
from typing import Any

import benchsuite_checksums
import pytest

from benchsuite.api import Backend, HostLane, Job, Prepared
from benchsuite.workloads import CRC


@pytest.fixture(scope="module", params=benchsuite_checksums.benchsuite_backends(), ids=lambda each: each.name)
def backend(request: pytest.FixtureRequest) -> Backend[HostLane]:
    """Every backend of the plugin."""
    found: Backend[HostLane] = request.param
    return found


@pytest.fixture(scope="module")
def algorithm(backend: Backend[HostLane]) -> str:
    """The one CRC that the backend computes."""
    return {"google-crc32c": "CRC-32/ISCSI", "isal": "CRC-32/ISO-HDLC", "zlib": "CRC-32/ISO-HDLC"}[
        backend.name
    ]


@pytest.fixture(scope="module")
def prepare(backend: Backend[HostLane]) -> Callable[[Any, Any, Any], Prepared]:
    """``prepare(params, inputs, outputs)``: a slot."""
    (device,) = backend.probe()

    def prepare(params: Any, inputs: Any, outputs: Any) -> Prepared:
        with device.lanes(1) as (lane,):
            job = Job(
                params=params, device=device, lane=lane, scope="end-to-end", inputs=inputs, outputs=outputs
            )
            return backend.implementations[CRC.id, ""].prepare(job)

    return prepare
