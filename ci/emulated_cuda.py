"""The CUDA engine on emulated GPUs, as a plugin file: answers only, for an emulated second is no GPU's.

    benchsuite verify --plugin ci/emulated_cuda.py --backend cuda-emulated

Its lanes have no clock, so that whatever would time it is told why it cannot.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NoReturn

from benchsuite_cuda.backend import backend, probe

from benchsuite.api import Backend, Device, Unsupported, hookimpl


class Untimed:
    """A lane without a clock."""

    def __init__(self, lane: Any) -> None:
        self._lane = lane

    def __getattr__(self, name: str) -> Any:
        return getattr(self._lane, name)

    def mark(self) -> NoReturn:
        """Refuse."""
        raise Unsupported("an emulated GPU is never timed: use benchsuite verify")


def emulated() -> Sequence[Device[Any]]:
    """The devices of an emulator, each with lanes that have no clock. Imports it here, as cupy would be."""
    from cuda_emulator import Emulator

    return [replace(device, lanes=_untimed(device)) for device in probe(Emulator)]


def _untimed(device: Device[Any]) -> Any:
    @contextmanager
    def lanes(count: int) -> Iterator[Sequence[Untimed]]:
        with device.lanes(count) as opened:
            yield [Untimed(lane) for lane in opened]

    return lanes


@hookimpl
def benchsuite_backends() -> Sequence[Backend[Any]]:
    """The engine under another name, so that no figure could be taken for one of a GPU."""
    return [replace(backend, name="cuda-emulated", probe=emulated)]
