"""ChaCha20-Poly1305: workloads that the suite does not have, and two engines for them.

Knows the contract and the helpers of ``benchsuite.workloads`` only: no file, no clock.
"""

from collections.abc import Sequence
from typing import Any

from benchsuite.api import Backend, Workload, hookimpl
from benchsuite_chacha20_poly1305.engines import cryptography, libsodium
from benchsuite_chacha20_poly1305.workloads import CHACHA20_POLY1305_DECRYPT, CHACHA20_POLY1305_ENCRYPT


@hookimpl
def benchsuite_workloads() -> Sequence[Workload[Any, Any, Any]]:
    """One operation and its inverse."""
    return [CHACHA20_POLY1305_ENCRYPT, CHACHA20_POLY1305_DECRYPT]


@hookimpl
def benchsuite_backends() -> Sequence[Backend[Any]]:
    """Engines under names of their own, for a name belongs to one plugin."""
    return [cryptography, libsodium]
