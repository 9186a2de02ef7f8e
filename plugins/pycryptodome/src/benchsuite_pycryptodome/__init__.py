"""PyCryptodome, which is imported in ``probe`` and ``prepare`` only.

Knows the contract and the workloads only: no file, no clock, no other engine.
"""

from collections.abc import Sequence
from typing import Any

from benchsuite.api import Backend, hookimpl
from benchsuite_pycryptodome import aes_block, aes_ctr, aes_gcm, rsa
from benchsuite_pycryptodome.backend import backend

# Importing a module registers its implementations with the backend.
__all__ = ["aes_block", "aes_ctr", "aes_gcm", "backend", "benchsuite_backends", "rsa"]


@hookimpl
def benchsuite_backends() -> Sequence[Backend[Any]]:
    """The one engine of this plugin."""
    return [backend]
