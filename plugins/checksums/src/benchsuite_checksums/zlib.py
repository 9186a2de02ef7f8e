"""CRC-32 by zlib, whichever one this Python was linked with."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from benchsuite.api import Backend, Device, HostLane, Prepared, host_cpu
from benchsuite.workloads.codes.crc import CRC, CRC_UPDATE
from benchsuite_checksums.each_message import CrcJob, CrcUpdateJob, each, each_appended, only, only_crcs


def probe() -> Sequence[Device[HostLane]]:
    """The host CPU. zlib-ng, in zlib's place, says so in the version: ``1.3.1.zlib-ng``."""
    return host_cpu({"zlib": zlib.ZLIB_RUNTIME_VERSION})


backend: Backend[HostLane] = Backend(name="zlib", probe=probe, reasons=only_crcs("zlib"))


@backend.implements(CRC, version=1, unless=only("zlib", "CRC-32/ISO-HDLC"))
def crc(job: CrcJob) -> Prepared:
    """One call a message; beyond 5 KiB each also gives up Python's lock and takes it again.

    Bound: one multiplication or look-up a word, several streams at a time; zlib-ng has the instructions.
    """
    return each(zlib.crc32, memoryview, job)


@backend.implements(CRC_UPDATE, version=1, unless=only("zlib", "CRC-32/ISO-HDLC"))
def crc_update(job: CrcUpdateJob) -> Prepared:
    """One call a message, bound as in ``crc``."""
    return each_appended(zlib.crc32, memoryview, job)
