"""CRCs by the libraries that programs use: google-crc32c, ISA-L and zlib, each a backend of its own.

Knows the contract and the workloads only: no file, no clock, no other engine.
"""

from collections.abc import Sequence
from typing import Any

from benchsuite.api import Backend, hookimpl
from benchsuite_checksums import google_crc32c, isal, zlib

__all__ = ["benchsuite_backends", "google_crc32c", "isal", "zlib"]


@hookimpl
def benchsuite_backends() -> Sequence[Backend[Any]]:
    """One engine a library, so that a table's row names it."""
    return [google_crc32c.backend, isal.backend, zlib.backend]
