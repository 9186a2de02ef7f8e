"""Protections by name."""

from __future__ import annotations

from benchsuite.host.plugins import UsageError
from benchsuite.inject.protect import codewords, crc, gcm, shards
from benchsuite.inject.protect.scheme import Scheme

COMPARED = (
    *("crc-32c", "aes-256-gcm", "hsiao-72-64", "chipkill-18-16", "reed-solomon-255-223", "erasure-14-10"),
)
"""What is compared unless something else is asked for: one of each kind."""
MOST_BYTES = 1 << 24  # of an object; a block of one, with what is made of it, takes some hundred MB


def scheme_called(name: str, data_bytes: int) -> Scheme:
    """The protection of that name for objects of so many bytes. Raises UsageError where there is none."""
    if not 1 <= data_bytes <= MOST_BYTES:
        raise UsageError(f"--data must lie between 1 byte and {MOST_BYTES >> 20} MiB, not {data_bytes}")
    try:
        for parse in (crc.scheme, gcm.scheme, shards.scheme):
            found = parse(name, data_bytes)
            if found is not None:
                return found
        return codewords.scheme(name, data_bytes)
    except ValueError as error:
        raise UsageError(
            f"--protection {name}: {error}; a protection is a CRC such as crc-32c, aes-128-gcm, aes-192-gcm, "
            "aes-256-gcm, erasure-N-K, or a code of: benchsuite list codes"
        ) from None
