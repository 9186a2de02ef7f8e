"""What a wrong answer to a published vector is told by."""

from __future__ import annotations

import pytest

from benchsuite.api import Backend, Prepared, host_cpu
from benchsuite.host.engine import OpenBackend, Way
from benchsuite.host.proof import Wrong, check_vectors
from benchsuite.workloads import CRC


def test_a_checksum_is_told_as_the_standard_writes_it_not_as_it_lies_in_memory() -> None:
    backend = Backend(name="swapping", probe=host_cpu)

    @backend.implements(CRC, version=1)
    def prepare(job):
        return Prepared(run=lambda: job.outputs.crc.fill(0x83920 << 4 | 1))

    engine = OpenBackend(backend)
    way = Way(workload=CRC, params=CRC.params(), variant="", device="cpu", scope="end-to-end")
    with pytest.raises(Wrong, match=r"expected crc [0-9a-f]{8}, got 00839201"):
        check_vectors(engine, way)
