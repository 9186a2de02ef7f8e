"""What a GPU is, as its runtime describes it: the figures that decide how a kernel is launched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Gpu:
    """One device of the CUDA runtime."""

    index: int
    name: str
    architecture: str
    """Compute capability without the dot: ``90`` for sm_90."""
    multiprocessors: int
    shared_bytes_a_block: int
    """The most dynamic and static shared memory of a block, opt-in included."""
    l2_bytes: int | None
    memory_bytes: int
    pci_bus_id: str | None = None
    """``00000000:17:00.0``, as the management library writes it; None of what is on no bus."""

    @property
    def compute_capability(self) -> str:
        """As NVIDIA writes it: ``9.0``."""
        return f"{self.architecture[:-1]}.{self.architecture[-1]}"


def read_gpu(cp: Any, index: int) -> Gpu:
    """Device ``index`` of ``cp``: cupy, or a namespace of its shape. Raises its CUDARuntimeError."""
    found: Mapping[str, Any] = cp.cuda.runtime.getDeviceProperties(index)
    return Gpu(
        index=index,
        name=found["name"].decode(errors="replace"),
        architecture=f"{found['major']}{found['minor']}",
        multiprocessors=found["multiProcessorCount"],
        shared_bytes_a_block=found["sharedMemPerBlockOptin"],
        l2_bytes=found.get("l2CacheSize") or None,
        memory_bytes=found["totalGlobalMem"],
        pci_bus_id=_pci_bus_id(found),
    )


def _pci_bus_id(found: Mapping[str, Any]) -> str | None:
    if "pciBusID" not in found:
        return None
    return f"{found['pciDomainID']:08x}:{found['pciBusID']:02x}:{found['pciDeviceID']:02x}.0"
