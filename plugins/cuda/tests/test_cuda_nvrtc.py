"""The compiler without a driver: what it says of kernels, and what it says when it cannot."""

import sys
from types import SimpleNamespace

import pytest
from benchsuite_cuda import sass
from benchsuite_cuda.bound import ARCHITECTURES
from benchsuite_cuda.nvrtc import DoesNotCompile, Resources, ToolMissing, compiled, version
from benchsuite_cuda.sass import disassembled, parse

pytest.importorskip("cupy")

TWO_KERNELS = """
extern "C" __global__ void __launch_bounds__(64) reversed(unsigned *a) {
    __shared__ unsigned held[64];
    held[threadIdx.x] = a[threadIdx.x];
    __syncthreads();
    a[threadIdx.x] = held[63 - threadIdx.x];
}
extern "C" __global__ void __launch_bounds__(1024, 2) spilling(unsigned *a, unsigned n) {
    unsigned held[64];
    for (int i = 0; i < 64; i++) held[i] = a[i * 1024 + threadIdx.x];
    for (unsigned round = 0; round < n; round++)
        for (int i = 0; i < 64; i++) held[i] ^= held[(i * 7 + 5) % 64] + round;
    for (int i = 0; i < 64; i++) a[i * 1024 + threadIdx.x] = held[i];
}
"""


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_registers_shared_memory_and_spills_are_told_by_kernel(architecture: str) -> None:
    resources = compiled(TWO_KERNELS, architecture).resources
    assert set(resources) == {"reversed", "spilling"}
    assert (resources["reversed"].shared_bytes, resources["reversed"].spilled_bytes) == (256, 0)
    assert resources["spilling"].registers == (
        64 if architecture == "120" else 32
    )  # two blocks do not fit it
    assert resources["spilling"].spilled_bytes > 0


def test_the_code_is_whole_and_is_that_of_the_kernels() -> None:
    functions = parse(disassembled(compiled(TWO_KERNELS, "90").cubin))
    assert set(functions) == {"reversed", "spilling"}
    assert sum(line.startswith("BAR.SYNC") for line in functions["reversed"].instructions) == 1


def test_what_does_not_compile_is_told_by_its_first_error() -> None:
    with pytest.raises(DoesNotCompile, match=r'kernel\.cu\(2\): error: identifier "b" is undefined'):
        compiled("__global__ void f(int *a) {\n *a = b; }", "90")


def test_the_version_is_that_of_the_library() -> None:
    assert tuple(map(int, version().split("."))) >= (13, 0)


def _does_not_load() -> None:
    raise RuntimeError("CuPy failed to load libnvrtc.so.13")


@pytest.mark.parametrize(
    ("module", "missing"),
    [(None, "cupy, which calls NVRTC,"), (SimpleNamespace(getVersion=_does_not_load), "NVRTC")],
)
def test_what_is_missing_to_compile_is_named_with_the_remedy(
    module: object, missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cupy_backends.cuda.libs.nvrtc", module)
    with pytest.raises(ToolMissing) as refused:
        compiled("", "90")
    assert str(refused.value) == (
        f"{missing} is missing (no driver is needed): "
        "pip install cupy-cuda13x nvidia-cuda-nvrtc nvidia-cuda-nvdisasm"
    )


def test_without_the_disassembler_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sass, "PACKAGE", "nvidia-cuda-nvdisasm-is-not-here")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ToolMissing, match="nvdisasm is missing: pip install nvidia-cuda-nvdisasm"):
        disassembled(b"")


def test_a_log_of_the_assembler_is_read() -> None:
    from benchsuite_cuda.nvrtc import _resources

    log = """ptxas info    : 0 bytes gmem
ptxas info    : Compiling entry function 'f' for 'sm_90'
ptxas info    : Function properties for f
    24 bytes stack frame, 16 bytes spill stores, 20 bytes spill loads
ptxas info    : Used 168 registers, used 1 barriers, 24 bytes cumulative stack size, 2048 bytes smem
ptxas info    : Compile time = 1.0 ms
"""
    assert _resources(log) == {"f": Resources(registers=168, shared_bytes=2048, spilled_bytes=36)}
