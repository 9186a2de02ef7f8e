"""NVIDIA GPUs through ``cupy``, which is imported in ``probe`` only.

Knows the contract and the workloads only: no file, no clock but a stream's events, no other engine.
"""

from collections.abc import Sequence
from typing import Any

from benchsuite.api import Backend, Command, hookimpl
from benchsuite_cuda import aes, aes_bitsliced, codes, crc, inject, machine
from benchsuite_cuda.backend import backend

# Importing a kernel's module registers it with the backend.
__all__ = [
    "aes",
    "aes_bitsliced",
    "backend",
    "benchsuite_backends",
    "benchsuite_commands",
    "codes",
    "crc",
    "inject",
    "machine",
]


@hookimpl
def benchsuite_backends() -> Sequence[Backend[Any]]:
    """The one engine of this plugin."""
    return [backend]


@hookimpl
def benchsuite_commands() -> Sequence[Command]:
    """``benchsuite cuda``: what can be said of kernels without a GPU."""
    return [Command(name="cuda", help="Predict what limits a CUDA kernel, by its machine code.", main=_cuda)]


def _cuda(arguments: list[str]) -> int:
    from benchsuite_cuda.explain import main

    return main(arguments)
