"""Codes and ciphers in blocked, table-driven numpy: how far a bare Python install gets.

Knows the contract and the workloads only: no file, no clock, no other engine.
"""

from collections.abc import Sequence
from typing import Any

from benchsuite.api import Backend, hookimpl
from benchsuite_numpy import (
    aes_block_modes,
    aes_ctr,
    aes_gcm,
    crc,
    erasure,
    inject,
    linear,
    machine,
    machine_chains,
    reed_solomon_erasures,
    rsa_sign,
    rsa_verify,
)
from benchsuite_numpy.backend import backend

# Importing a kernel's module registers it with the backend.
__all__ = [
    "aes_block_modes",
    "aes_ctr",
    "aes_gcm",
    "backend",
    "benchsuite_backends",
    "crc",
    "erasure",
    "inject",
    "linear",
    "machine",
    "machine_chains",
    "reed_solomon_erasures",
    "rsa_sign",
    "rsa_verify",
]


@hookimpl
def benchsuite_backends() -> Sequence[Backend[Any]]:
    """The one engine of this plugin."""
    return [backend]
