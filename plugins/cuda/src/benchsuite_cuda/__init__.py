"""NVIDIA GPUs through ``cupy``, which is imported in ``probe`` only.

Knows the contract and the workloads only: no file, no clock but a stream's events, no other engine.
"""

from collections.abc import Sequence
from typing import Any

from benchsuite.api import Backend, hookimpl
from benchsuite_cuda.backend import backend

__all__ = ["backend", "benchsuite_backends"]


@hookimpl
def benchsuite_backends() -> Sequence[Backend[Any]]:
    """The one engine of this plugin."""
    return [backend]
