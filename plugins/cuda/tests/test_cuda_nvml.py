"""Facts and readings over a stand-in for ``pynvml`` that answers as an H100 did not: figures of its own."""

from types import SimpleNamespace
from typing import Any

import pytest
from benchsuite_cuda.gpu import read_gpu
from benchsuite_cuda.nvml import THROTTLES, Management, manage
from cuda_emulator import Emulator

BUS = "00000000:17:00.0"


class NVMLError(Exception):
    pass


def library(**more: Any) -> Any:
    def at_bus(bus: str) -> str:
        if bus != BUS:
            raise NVMLError("not found")
        return "handle"

    def of(value: Any) -> Any:
        def answer(handle: str, *arguments: int) -> Any:
            assert handle == "handle"
            return value[arguments[0]] if arguments else value

        return answer

    functions = {
        "nvmlDeviceGetEccMode": of((1, 1)),
        "nvmlDeviceGetRemappedRows": of((2, 1, 0, 0)),
        "nvmlDeviceGetVbiosVersion": of(b"96.00.74.00.01"),
        "nvmlDeviceGetMaxPcieLinkGeneration": of(5),
        "nvmlDeviceGetMaxPcieLinkWidth": of(16),
        "nvmlDeviceGetCurrPcieLinkGeneration": of(4),
        "nvmlDeviceGetCurrPcieLinkWidth": of(8),
        "nvmlDeviceGetEnforcedPowerLimit": of(700_000),
        "nvmlDeviceGetMaxClockInfo": of({1: 1980, 2: 2619}),
        "nvmlDeviceGetClockInfo": of({1: 1755, 2: 2600}),
        "nvmlDeviceGetPowerUsage": of(312_500),
        "nvmlDeviceGetTemperature": of({0: 61}),
        "nvmlDeviceGetCurrentClocksEventReasons": of(0x25),
        "nvmlSystemGetDriverVersion": lambda: "580.65",
    }
    return SimpleNamespace(NVMLError=NVMLError, nvmlDeviceGetHandleByPciBusId=at_bus, **functions | more)


def refuse(*_: Any) -> Any:
    raise NVMLError("not supported")


def test_facts_are_si_numbers_and_short_texts() -> None:
    assert manage(BUS, library).facts() == {
        "driver": "580.65",
        "vbios": "96.00.74.00.01",
        "ecc": "on",
        "remapped_rows": 3,
        "pcie_link_most": "gen5 x16",
        "power_limit_watts": pytest.approx(700),
        "sm_clock_most_hertz": 1.98e9,
        "memory_clock_most_hertz": 2.619e9,
    }


def test_readings_tell_what_holds_the_clocks_back_but_not_idleness() -> None:
    assert manage(BUS, library).readings() == {
        "sm_clock_hertz": 1.755e9,
        "memory_clock_hertz": 2.6e9,
        "power_watts": pytest.approx(312.5),
        "temperature_celsius": 61,
        "pcie_link": "gen4 x8",
        "throttled": "sw_power_cap sw_thermal_slowdown",
    }
    idle = manage(BUS, lambda: library(nvmlDeviceGetCurrentClocksEventReasons=lambda handle: 1))
    assert idle.readings()["throttled"] == ""
    assert len(THROTTLES) == 6


def test_an_older_library_tells_reasons_by_their_older_name() -> None:
    older = library(nvmlDeviceGetCurrentClocksThrottleReasons=lambda handle: 0x40)
    del older.nvmlDeviceGetCurrentClocksEventReasons
    assert manage(BUS, lambda: older).readings()["throttled"] == "hw_thermal_slowdown"


@pytest.mark.parametrize(
    "unknown",
    [
        Management(),
        manage(None, library),
        manage("00000000:99:00.0", library),
        manage(BUS, refuse),
        manage(BUS, lambda: SimpleNamespace(NVMLError=NVMLError, nvmlDeviceGetHandleByPciBusId=str)),
    ],
)
def test_what_cannot_be_read_is_none(unknown: Management) -> None:
    assert set(unknown.facts().values()) == set(unknown.readings().values()) == {None}


def test_a_gpu_that_refuses_a_figure_still_tells_the_others() -> None:
    found = manage(BUS, lambda: library(nvmlDeviceGetEccMode=refuse)).facts()
    assert found["ecc"] is None
    assert found["remapped_rows"] == 3


def test_a_gpu_is_found_by_its_place_on_the_bus() -> None:
    assert read_gpu(Emulator(), 0).pci_bus_id is None
    properties = {**Emulator().cuda.runtime.getDeviceProperties(0), "pciDomainID": 0, "pciBusID": 0x17}
    cp: Any = SimpleNamespace(
        cuda=SimpleNamespace(
            runtime=SimpleNamespace(getDeviceProperties=lambda index: {**properties, "pciDeviceID": 0})
        )
    )
    assert read_gpu(cp, 0).pci_bus_id == BUS
