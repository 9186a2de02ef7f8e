"""CRC-32C by google-crc32c, the library of Google Cloud Storage's clients."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

from benchsuite.api import Backend, Device, HostLane, Prepared, Unavailable, host_cpu
from benchsuite.workloads.codes.crc import CRC, CRC_UPDATE
from benchsuite_checksums.each_message import CrcJob, CrcUpdateJob, each, each_appended, only, only_crcs

REMEDY = "pip install --force-reinstall --only-binary google-crc32c google-crc32c"


def probe() -> Sequence[Device[HostLane]]:
    """The host CPU; Unavailable where the library, or its compiled part, is missing."""
    try:
        import google_crc32c
    except ImportError as error:
        raise Unavailable(f"google-crc32c does not import ({error}): {REMEDY}") from error
    if google_crc32c.implementation != "c":  # it falls back to Python, hundreds of times slower
        raise Unavailable(f"google-crc32c is here without its compiled part: {REMEDY}")
    return host_cpu({"google-crc32c": version("google-crc32c")})


backend: Backend[HostLane] = Backend(name="google-crc32c", probe=probe, reasons=only_crcs("google-crc32c"))


@backend.implements(CRC, version=1, unless=only("google-crc32c", "CRC-32/ISCSI"))
def crc(job: CrcJob) -> Prepared:
    """One call a message, which takes an array but no memoryview.

    Bound: CRC instructions, three streams at a time; calls 0.1 us a message.
    """
    from google_crc32c import value

    return each(value, lambda row: row, job)


@backend.implements(CRC_UPDATE, version=1, unless=only("google-crc32c", "CRC-32/ISCSI"))
def crc_update(job: CrcUpdateJob) -> Prepared:
    """One call a message, bound as in ``crc``."""
    from google_crc32c import extend

    return each_appended(lambda message, before: extend(before, message), lambda row: row, job)
