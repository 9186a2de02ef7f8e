"""CRC-32 by Intel's ISA-L, through the ``isal`` package."""

from __future__ import annotations

from collections.abc import Sequence

from benchsuite.api import Backend, Device, HostLane, Prepared, Unavailable, host_cpu
from benchsuite.workloads.codes.crc import CRC, CRC_UPDATE
from benchsuite_checksums.each_message import CrcJob, CrcUpdateJob, each, each_appended, only, only_crcs

REMEDY = "pip install isal (wheels are for x86-64 and ARM64; elsewhere it is built from source)"


def probe() -> Sequence[Device[HostLane]]:
    """The host CPU; Unavailable where ``isal`` does not import."""
    try:
        import isal.isal_zlib
    except ImportError as error:
        raise Unavailable(f"isal does not import ({error}): {REMEDY}") from error
    return host_cpu({"isal": isal.__version__, "isa-l": isal.ISAL_VERSION})


backend: Backend[HostLane] = Backend(name="isal", probe=probe, reasons=only_crcs("isal"))


@backend.implements(CRC, version=1, unless=only("isal", "CRC-32/ISO-HDLC"))
def crc(job: CrcJob) -> Prepared:
    """One call a message.

    Bound: carry-less multiply instructions; calls 0.1 us a message.
    """
    from isal.isal_zlib import crc32

    return each(crc32, memoryview, job)


@backend.implements(CRC_UPDATE, version=1, unless=only("isal", "CRC-32/ISO-HDLC"))
def crc_update(job: CrcUpdateJob) -> Prepared:
    """One call a message, bound as in ``crc``."""
    from isal.isal_zlib import crc32

    return each_appended(crc32, memoryview, job)
