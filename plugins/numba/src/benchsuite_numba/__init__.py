"""Codes and CRCs compiled by ``numba`` for this CPU; numba is imported in ``probe`` and ``prepare`` only.

Knows the contract and the workloads only: no file, no clock, no other engine.
"""

from collections.abc import Sequence
from typing import Any

from benchsuite.api import Backend, hookimpl
from benchsuite_numba import crc, linear
from benchsuite_numba.backend import backend

# Importing a module registers its implementations with the backend.
__all__ = ["backend", "benchsuite_backends", "crc", "linear"]


@hookimpl
def benchsuite_backends() -> Sequence[Backend[Any]]:
    """The one engine of this plugin."""
    return [backend]
