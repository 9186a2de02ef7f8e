"""The namespace has cupy's shape and nothing beyond it; device memory is opaque, poisoned and limited."""

import gc
import re
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from cuda_emulator import Emulator
from cuda_emulator.compiler import NATIVE

EMPTY = 'extern "C" __global__ void empty(unsigned* a) { a[0] = 7; }'
ROOT = Path(__file__).parents[3]


@pytest.fixture
def cp() -> Any:
    return Emulator()


def names(emulated: object, real: object, path: str = "cupy") -> Iterator[tuple[str, object, str]]:
    """Public names of the emulated object, with the real one's counterpart."""
    for name in dir(emulated):
        if name.startswith("_"):
            continue
        yield f"{path}.{name}", real, name
        value = getattr(emulated, name)
        if isinstance(value, SimpleNamespace) and hasattr(real, name):
            yield from names(value, getattr(real, name), f"{path}.{name}")


def test_every_name_exists_in_cupy(cp: Any) -> None:
    cupy = pytest.importorskip("cupy")
    pairs = [*names(cp, cupy)]
    pairs += names(cp.ndarray, cupy.ndarray, "ndarray")
    pairs += names(type(cp.RawKernel(EMPTY, "empty")), cupy.RawKernel, "RawKernel")
    pairs += names(cp.RawModule(code="").__class__, cupy.RawModule, "RawModule")
    with cp.cuda.Stream() as stream:
        pairs += names(type(stream), cupy.cuda.Stream, "Stream")
    pairs += names(cp.cuda.Event(), cupy.cuda.Event, "Event")
    pairs += names(cp.cuda.Graph, cupy.cuda.Graph, "Graph")
    pairs += names(cp.cuda.Device(), cupy.cuda.Device, "Device")
    assert [path for path, real, name in pairs if not hasattr(real, name)] == []


def test_a_kernel_may_be_made_without_a_module(cp: Any) -> None:
    array = cp.zeros(1, np.uint32)
    cp.RawKernel(EMPTY, "empty")((1,), (1,), (array,))
    assert array.get().tolist() == [7]


def test_the_page_lists_what_exists(cp: Any) -> None:
    page = (ROOT / "docs/cuda-emulator.md").read_text(encoding="utf-8")
    section = page.partition("## What there is\n")[2].partition("\n## ")[0]
    called, kernels = section.split("| in kernels |")
    headers = "".join(path.read_text(encoding="utf-8") for path in NATIVE.glob("*.h"))
    spelled = re.findall(r"`(\w+)`", kernels)
    assert len(spelled) > 50
    assert [name for name in spelled if not re.search(rf"\b{name}\b", headers)] == []
    dotted = re.findall(r"`cp\.([\w.]+)`", called)
    assert {name for name in dir(cp) if not name.startswith("_")} <= {*dotted, "cuda"}
    assert all(attrgetter(name)(cp) for name in dotted)


def test_errors_are_of_cupys_kinds(cp: Any) -> None:
    assert issubclass(cp.cuda.runtime.CUDARuntimeError, RuntimeError)
    assert issubclass(cp.cuda.driver.CUDADriverError, RuntimeError)
    assert issubclass(cp.cuda.memory.OutOfMemoryError, MemoryError)


def test_there_is_no_implicit_way_back_to_the_host(cp: Any) -> None:
    array = cp.asarray(np.arange(4))
    with pytest.raises(TypeError, match="Implicit conversion"):
        np.asarray(array)
    with pytest.raises(TypeError):
        array + 1


def test_what_comes_back_is_a_copy_of_what_was_sent(cp: Any) -> None:
    host = np.arange(12, dtype=np.uint16).reshape(3, 4)
    array = cp.asarray(host)
    host[:] = 0
    out = np.empty((3, 4), np.uint16)
    assert array.get(out=out) is out
    assert (out == np.arange(12).reshape(3, 4)).all()
    assert (cp.asnumpy(array[1:, :2]) == [[4, 5], [8, 9]]).all()
    assert (array.view(np.uint8).shape, array.reshape(2, 6).shape, array.ravel().size) == ((3, 8), (2, 6), 12)
    assert (array.nbytes, array.itemsize, array.ndim, len(array)) == (24, 2, 2, 3)


@pytest.mark.parametrize("shape", [0, (0, 3), (), 5, (2, 3)])
def test_arrays_of_every_shape_begin_as_poison(cp: Any, shape: Any) -> None:
    array = cp.empty(shape, np.uint8)
    assert array.get().shape == np.empty(shape).shape
    assert (array.get() == 0xCB).all()
    assert (cp.zeros(shape, np.uint8).get() == 0).all()


def test_memory_is_aligned_limited_and_given_back() -> None:
    cp: Any = Emulator(memory_bytes=1000)
    held = [cp.empty(n, np.uint8) for n in (100, 333, 1)]
    assert all(array.data.ptr % 256 == 0 for array in held)
    assert cp.cuda.Device().mem_info == (566, 1000)
    with pytest.raises(cp.cuda.memory.OutOfMemoryError, match="Out of memory allocating 567 bytes"):
        cp.empty(567, np.uint8)
    held.clear()
    gc.collect()
    assert cp.cuda.runtime.memGetInfo() == (1000, 1000)


def test_a_set_must_fit(cp: Any) -> None:
    array = cp.zeros(4, np.uint8)
    with pytest.raises(TypeError):
        array.set(np.zeros(4, np.uint16))
    with pytest.raises(ValueError, match="Shape mismatch"):
        array.set(np.zeros(5, np.uint8))
    with pytest.raises(ValueError, match="out is"):
        array.get(out=np.zeros(5, np.uint8))


def test_devices_have_memory_streams_and_facts_of_their_own() -> None:
    cp: Any = Emulator(devices=2, architecture="120", multiprocessors=5, memory_bytes=1000)
    assert cp.cuda.runtime.getDeviceCount() == 2
    with cp.cuda.Device(1) as device:
        assert (device.id, device.compute_capability) == (1, "120")
        assert device.attributes["MultiProcessorCount"] == 5
        array = cp.empty(600, np.uint8)
        stream = cp.cuda.Stream(non_blocking=True)
    assert cp.cuda.Device(0).mem_info == (1000, 1000)
    assert cp.cuda.Device(1).mem_info == (400, 1000)
    with pytest.raises(RuntimeError, match="does not match with the current device"), stream:
        pass
    kernel = cp.RawModule(code='extern "C" __global__ void none(char*) {}').get_function("none")
    with pytest.raises(ValueError, match="argument 0 is on device 1"):
        kernel((1,), (1,), (array,))
    with pytest.raises(cp.cuda.runtime.CUDARuntimeError, match="invalid device ordinal"):
        cp.cuda.Device(2).use()


def test_properties_are_those_that_cupys_have(cp: Any) -> None:
    properties = cp.cuda.runtime.getDeviceProperties(0)
    assert properties["name"] == b"CUDA emulator"
    assert (properties["major"], properties["minor"]) == (9, 0)
    assert cp.cuda.is_available()
    assert cp.cuda.runtime.driverGetVersion() >= cp.cuda.runtime.runtimeGetVersion()
