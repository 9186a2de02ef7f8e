"""Devices, and the runtime's functions that ask about them or move bytes."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace, TracebackType
from typing import Any

from cuda_emulator.errors import INVALID_DEVICE, INVALID_VALUE, CUDARuntimeError
from cuda_emulator.memory import Memory
from cuda_emulator.pinned import PinnedRanges
from cuda_emulator.streams import Streams

SHARED_OPT_IN = {
    "80": 163 << 10,
    "86": 99 << 10,
    "89": 99 << 10,
    "90": 227 << 10,
    "100": 227 << 10,
    "120": 99 << 10,
}
"""Compute capability -> most bytes of shared memory a block (CUDA C++ Programming Guide, table of limits)."""

CUDA_VERSION = 13000
"""Of the runtime and the driver that are imitated: the oldest that the plugin's cupy takes."""

HOST_TO_DEVICE, DEVICE_TO_HOST, DEVICE_TO_DEVICE = 1, 2, 3
"""cudaMemcpyKind (driver_types.h)."""


@dataclass(frozen=True)
class Hardware:
    """What every emulated device has."""

    architecture: str
    multiprocessors: int
    memory_bytes: int
    devices: int

    def __post_init__(self) -> None:
        if self.architecture not in SHARED_OPT_IN:
            known = ", ".join(SHARED_OPT_IN)
            raise ValueError(f"architecture must be one of {known}, not {self.architecture}")

    @property
    def shared_opt_in(self) -> int:
        """Bytes of shared memory that a block may have at most."""
        return SHARED_OPT_IN[self.architecture]

    def properties(self) -> dict[str, Any]:
        """As ``cudaGetDeviceProperties``: the part that holds for an emulator."""
        return {
            "name": b"CUDA emulator",
            "major": int(self.architecture[:-1]),
            "minor": int(self.architecture[-1]),
            "totalGlobalMem": self.memory_bytes,
            "multiProcessorCount": self.multiprocessors,
            "sharedMemPerBlock": 48 << 10,
            "sharedMemPerBlockOptin": self.shared_opt_in,
            "l2CacheSize": 1 << 20,
            "maxThreadsPerBlock": 1024,
            "maxThreadsPerMultiProcessor": 2048,
            "regsPerMultiprocessor": 65536,
            "warpSize": 32,
        }


class Devices:
    """All devices of an emulator."""

    def __init__(self, hardware: Hardware, streams: Streams) -> None:
        self.hardware, self.streams = hardware, streams
        self.memories = [Memory(hardware.memory_bytes, streams, index) for index in range(hardware.devices)]

    def memory(self) -> Memory:
        """Of the current device."""
        return self.memories[self.streams.device]

    def device(self, device: int | None = None) -> Device:
        """``cupy.cuda.Device``."""
        return Device(self, self.streams.device if device is None else int(device))

    def allocation_at(self, address: int, nbytes: int) -> object:
        """What holds a range of device memory. Raises CUDARuntimeError where no array does."""
        for memory in self.memories:
            if found := memory.holding(address, nbytes):
                return found
        raise CUDARuntimeError(INVALID_VALUE, f"{nbytes} bytes are in no array of the device")


class Device:
    """``cupy.cuda.Device``; like it, it exists without being asked whether the device does."""

    def __init__(self, devices: Devices, index: int) -> None:
        self._devices, self.id = devices, index
        self._outer: list[int] = []

    def use(self) -> Device:
        """Make it current."""
        self._existing()
        self._devices.streams.device = self.id
        return self

    def __enter__(self) -> Device:
        self._existing()
        self._outer.append(self._devices.streams.device)
        self._devices.streams.device = self.id
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._devices.streams.device = self._outer.pop()

    def __int__(self) -> int:
        return self.id

    @property
    def compute_capability(self) -> str:
        """Such as "90"."""
        return self._existing().architecture

    @property
    def attributes(self) -> Mapping[str, int]:
        """cudaDeviceAttr's names -> values, those that hold for an emulator."""
        hardware = self._existing()
        return {
            "MultiProcessorCount": hardware.multiprocessors,
            "MaxSharedMemoryPerBlock": 48 << 10,
            "MaxSharedMemoryPerBlockOptin": hardware.shared_opt_in,
            "MaxSharedMemoryPerMultiprocessor": hardware.shared_opt_in + 1024,
            "MaxRegistersPerMultiprocessor": 65536,
            "MaxThreadsPerBlock": 1024,
            "MaxThreadsPerMultiProcessor": 2048,
            "L2CacheSize": 1 << 20,
            "WarpSize": 32,
            "ComputeCapabilityMajor": int(hardware.architecture[:-1]),
            "ComputeCapabilityMinor": int(hardware.architecture[-1]),
        }

    @property
    def mem_info(self) -> tuple[int, int]:
        """Free and all bytes."""
        self._existing()
        memory = self._devices.memories[self.id]
        return memory.total_bytes - memory.used_bytes, memory.total_bytes

    def synchronize(self) -> None:
        """Wait for all streams."""
        self._existing()
        self._devices.streams.drain(self.id)

    def _existing(self) -> Hardware:
        if not 0 <= self.id < self._devices.hardware.devices:
            raise CUDARuntimeError(INVALID_DEVICE, "invalid device ordinal")
        return self._devices.hardware


def runtime(devices: Devices, pinned: PinnedRanges) -> SimpleNamespace:
    """``cupy.cuda.runtime``."""
    streams = devices.streams

    def copy(target: int, source: int, nbytes: int, kind: int, stream: int) -> None:
        queue = streams.of(stream)
        kept = []
        if kind in (HOST_TO_DEVICE, DEVICE_TO_DEVICE):
            kept.append(devices.allocation_at(target, nbytes))
        if kind in (DEVICE_TO_HOST, DEVICE_TO_DEVICE):
            kept.append(devices.allocation_at(source, nbytes))
        if kind == HOST_TO_DEVICE and not pinned.holds_range(source, nbytes):
            queue._refuse_while_capturing("a copy from pageable memory")
            staged = ctypes.create_string_buffer(ctypes.string_at(source, nbytes), nbytes)
            kept.append(staged)
            source = ctypes.addressof(staged)
        queue._do(_move(target, source, nbytes, kept))
        if kind == DEVICE_TO_HOST and not pinned.holds_range(target, nbytes):
            queue.synchronize()

    def fill(target: int, value: int, nbytes: int, stream: int) -> None:
        kept = devices.allocation_at(target, nbytes)
        streams.of(stream)._do(lambda: (kept, ctypes.memset(target, value, nbytes)))

    return SimpleNamespace(
        CUDARuntimeError=CUDARuntimeError,
        driverGetVersion=lambda: CUDA_VERSION,
        runtimeGetVersion=lambda: CUDA_VERSION,
        getDeviceCount=lambda: devices.hardware.devices,
        getDevice=lambda: streams.device,
        setDevice=lambda index: devices.device(index).use() and None,
        getDeviceProperties=lambda index: devices.device(index)._existing().properties(),
        memGetInfo=lambda: devices.device().mem_info,
        deviceSynchronize=lambda: devices.device().synchronize(),
        hostRegister=lambda address, nbytes, flags: pinned.register(address, nbytes),
        hostUnregister=pinned.unregister,
        memcpyAsync=copy,
        memsetAsync=fill,
        memcpyHostToDevice=HOST_TO_DEVICE,
        memcpyDeviceToHost=DEVICE_TO_HOST,
        memcpyDeviceToDevice=DEVICE_TO_DEVICE,
    )


def _move(target: int, source: int, nbytes: int, kept: list[object]) -> Callable[[], object]:
    return lambda: (kept, ctypes.memmove(target, source, nbytes))
