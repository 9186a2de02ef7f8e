"""The CUDA engine on emulated GPUs, as a plugin file: answers only, for an emulated second is no GPU's.

uv run --group test benchsuite verify --plugin ci/emulated_cuda.py --backend cuda-emulated
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from benchsuite_cuda.backend import backend, probe

from benchsuite.api import Backend, Device, Unavailable, hookimpl


def emulated() -> Sequence[Device[Any]]:
    """The devices of an emulator, which is imported here, as cupy would be. Raises Unavailable without it."""
    try:
        from cuda_emulator import Emulator
    except ModuleNotFoundError as error:
        raise Unavailable(f"{error.name} is not installed: pip install ./plugins/cuda-emulator") from error
    return [replace(device, timed=False) for device in probe(Emulator)]


@hookimpl
def benchsuite_backends() -> Sequence[Backend[Any]]:
    """The engine under another name, so that nothing could be taken for an answer of a GPU."""
    return [replace(backend, name="cuda-emulated", probe=emulated)]
