"""NVIDIA GPUs through ``cupy``, which is imported in ``probe`` only.

Knows the contract only. It finds the devices, or says what keeps it from them; no kernel is written yet.
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
