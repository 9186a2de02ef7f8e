"""What NVIDIA's management library says of a GPU: facts that stay, and readings that change as it works.

``pynvml`` (the distribution nvidia-ml-py) is imported when GPUs are looked for; a figure that the library,
the driver or the GPU does not give is None. Serial numbers and the like are not read.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

SM_CLOCK, MEMORY_CLOCK = 1, 2
"""nvmlClockType_t (nvml.h)."""
TEMPERATURE_OF_THE_GPU = 0
"""nvmlTemperatureSensors_t (nvml.h)."""

THROTTLES: Mapping[int, str] = {
    0x04: "sw_power_cap",
    0x08: "hw_slowdown",
    0x10: "sync_boost",
    0x20: "sw_thermal_slowdown",
    0x40: "hw_thermal_slowdown",
    0x80: "hw_power_brake",
}
"""Bits of nvmlDeviceGetCurrentClocksEventReasons (nvml.h); not idleness, nor clocks that were asked for."""

Value = str | float | None


def import_nvml() -> Any:
    """The library, ready for use. Raises ImportError or its NVMLError where it is not."""
    nvml = importlib.import_module("pynvml")
    nvml.nvmlInit()
    return nvml


@dataclass(frozen=True)
class Management:
    """One GPU, as the library sees it; ``nvml`` and ``handle`` are None where there is no library."""

    nvml: Any = None
    handle: Any = None

    def facts(self) -> dict[str, Value]:
        """What does not change during a run. Clocks in hertz, power in watts."""
        ecc = self._ask("nvmlDeviceGetEccMode")
        rows = self._ask("nvmlDeviceGetRemappedRows")
        return {
            "driver": _text(self._ask("nvmlSystemGetDriverVersion", of_device=False)),
            "vbios": _text(self._ask("nvmlDeviceGetVbiosVersion")),
            "ecc": None if ecc is None else "on" if ecc[0] else "off",
            "remapped_rows": None if rows is None else rows[0] + rows[1],
            "pcie_link_most": self._link("Max"),
            "power_limit_watts": _scaled(self._ask("nvmlDeviceGetEnforcedPowerLimit"), 1e-3),
            "sm_clock_most_hertz": _scaled(self._ask("nvmlDeviceGetMaxClockInfo", SM_CLOCK), 1e6),
            "memory_clock_most_hertz": _scaled(self._ask("nvmlDeviceGetMaxClockInfo", MEMORY_CLOCK), 1e6),
        }

    def readings(self) -> dict[str, Value]:
        """What changes: the keys of ``benchsuite.api.Device.readings``."""
        return {
            "sm_clock_hertz": _scaled(self._ask("nvmlDeviceGetClockInfo", SM_CLOCK), 1e6),
            "memory_clock_hertz": _scaled(self._ask("nvmlDeviceGetClockInfo", MEMORY_CLOCK), 1e6),
            "power_watts": _scaled(self._ask("nvmlDeviceGetPowerUsage"), 1e-3),
            "temperature_celsius": _scaled(
                self._ask("nvmlDeviceGetTemperature", TEMPERATURE_OF_THE_GPU), 1.0
            ),
            "pcie_link": self._link("Curr"),
            "throttled": self._throttled(),
        }

    def _ask(self, name: str, *arguments: Any, of_device: bool = True) -> Any:
        function = getattr(self.nvml, name, None)
        if function is None:
            return None
        try:
            return function(*((self.handle,) if of_device else ()), *arguments)
        except self.nvml.NVMLError:  # this GPU, driver or user does not get to know
            return None

    def _link(self, which: str) -> str | None:
        generation = self._ask(f"nvmlDeviceGet{which}PcieLinkGeneration")
        width = self._ask(f"nvmlDeviceGet{which}PcieLinkWidth")
        return None if generation is None or width is None else f"gen{generation} x{width}"

    def _throttled(self) -> str | None:
        bits = self._ask("nvmlDeviceGetCurrentClocksEventReasons")
        if bits is None:  # its name before driver 535
            bits = self._ask("nvmlDeviceGetCurrentClocksThrottleReasons")
        return None if bits is None else " ".join(name for bit, name in THROTTLES.items() if bits & bit)


def manage(pci_bus_id: str | None, load: Callable[[], Any] = import_nvml) -> Management:
    """The GPU at ``pci_bus_id``; one of which nothing is known where the library does not say."""
    if pci_bus_id is None:
        return Management()
    try:
        nvml = load()
    except Exception:  # noqa: BLE001  not installed, no driver, another version: facts are None all the same
        return Management()
    try:
        return Management(nvml, nvml.nvmlDeviceGetHandleByPciBusId(pci_bus_id))
    except nvml.NVMLError:
        return Management()


def _scaled(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _text(value: str | bytes | None) -> str | None:
    return value.decode(errors="replace") if isinstance(value, bytes) else value
