"""``prepare`` as the host calls it, by either variant, on one lane of the backend's own device."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from benchsuite_numba import backend
from benchsuite_numba.backend import ALL_CORES

from benchsuite.api import Job, Prepared, Workload

Prepare = Callable[[Workload[Any, Any, Any], Any, Any, Any], Prepared]


def _prepare(variant: str) -> Iterator[Prepare]:
    (device,) = backend.probe()
    with device.lanes(1) as (lane,):

        def prepare(workload: Workload[Any, Any, Any], params: Any, inputs: Any, outputs: Any) -> Prepared:
            scope = device.scopes[0]
            job = Job(params=params, device=device, lane=lane, scope=scope, inputs=inputs, outputs=outputs)
            return backend.implementations[workload.id, variant].prepare(job)

        yield prepare


@pytest.fixture(scope="module")
def prepare() -> Iterator[Prepare]:
    """``prepare(workload, params, inputs, outputs)``: a slot, as the host would make it, on one core."""
    yield from _prepare("")


@pytest.fixture(scope="module")
def prepare_for_all_cores() -> Iterator[Prepare]:
    """The same on all cores."""
    yield from _prepare(ALL_CORES)
