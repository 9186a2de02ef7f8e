"""A launch that a driver, or cupy, would refuse is refused before a thread starts."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from cuda_emulator import Emulator

SOURCE = """
#define BOUND 128
struct Pair { unsigned long long low, high; };
extern "C" __global__ void __launch_bounds__(BOUND, 2) scale(float* out, float by, int n) {
  if (threadIdx.x < n) out[threadIdx.x] *= by;
}
extern "C" __global__ void vectors(uint4* out, unsigned short width) { out[threadIdx.x].x = width; }
extern "C" __global__ void of_a_struct(unsigned long long* out, Pair pair) { *out = pair.low + pair.high; }
extern "C" __global__ void shares(int* out) {
  __shared__ int some[1000];
  extern __shared__ __align__(16) int more[];
  some[threadIdx.x] = more[threadIdx.x] = 1;
  __syncthreads();
  out[threadIdx.x] = some[threadIdx.x] + more[threadIdx.x];
}
#if __CUDA_ARCH__ >= 900 && defined(WANTED)
extern "C" __global__ void if_wanted() {}
#endif
"""


@pytest.fixture
def cp() -> Any:
    return Emulator()


def kernel(cp: Any, name: str) -> Any:
    return cp.RawModule(code=SOURCE, options=("-std=c++17",), backend="nvrtc").get_function(name)


@pytest.mark.parametrize(
    ("grid", "block", "why"),
    [
        ((1,), (129,), "129 threads a block, its bound is 128"),
        ((1,), (1025,), "block (1025,): 1 to 1024 there"),
        ((1,), (1, 1, 65), "block (1, 1, 65): 1 to 64 there"),
        ((0,), (1,), "grid (0,): 1 to 2147483647 there"),
        ((1, 65536), (1,), "grid (1, 65536): 1 to 65535 there"),
    ],
)
def test_a_grid_or_block_beyond_the_limits_is_refused(
    cp: Any, grid: Sequence[int], block: Sequence[int], why: str
) -> None:
    arguments = (cp.zeros(4, np.float32), np.float32(2), np.int32(4))
    with pytest.raises(cp.cuda.driver.CUDADriverError) as caught:
        kernel(cp, "scale")(grid, block, arguments)
    assert why in str(caught.value)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({1: 2.0}, "argument 1 is a plain float: its width is unsaid, use numpy's scalars"),
        ({2: 4}, "argument 2 is a plain int"),
        ({2: True}, "argument 2 is a plain bool"),
        ({1: np.float64(2)}, "argument 1 has 8 bytes, the parameter 4"),
        ({1: np.int32(2)}, "argument 1 is int32, the parameter is floating"),
        ({2: np.float32(2)}, "argument 2 is float32, the parameter is integer"),
        ({0: np.uint64(4096)}, "argument 0 is a value of the host, the parameter is a pointer"),
        ({0: np.zeros(4, np.float32)}, "argument 0 is a host array of shape (4,): copy it to the device"),
    ],
)
def test_an_argument_of_another_kind_or_width_is_refused(
    cp: Any, change: Mapping[int, Any], why: str
) -> None:
    arguments = {0: cp.zeros(4, np.float32), 1: np.float32(2), 2: np.int32(4), **change}
    with pytest.raises(TypeError) as caught:
        kernel(cp, "scale")((1,), (32,), tuple(arguments.values()))
    assert why in str(caught.value)


def test_the_number_of_arguments_must_be_that_of_the_parameters(cp: Any) -> None:
    with pytest.raises(TypeError, match="1 arguments for 3 parameters"):
        kernel(cp, "scale")((1,), (32,), (cp.zeros(4, np.float32),))


def test_an_array_for_a_scalar_is_refused(cp: Any) -> None:
    array = cp.zeros(4, np.float32)
    with pytest.raises(TypeError, match="argument 1 is an array, the parameter is no pointer"):
        kernel(cp, "scale")((1,), (32,), (array, array, np.int32(4)))


def test_a_slice_that_is_not_aligned_to_what_the_kernel_reads_is_refused(cp: Any) -> None:
    array = cp.zeros(80, np.uint8)
    kernel(cp, "vectors")((1,), (1,), (array[16:], np.uint16(7)))
    with pytest.raises(ValueError, match="argument 0 is not aligned to the 16 bytes of what is pointed to"):
        kernel(cp, "vectors")((1,), (1,), (array[4:], np.uint16(7)))
    with pytest.raises(ValueError, match="argument 0 is not C-contiguous"):
        kernel(cp, "vectors")((1,), (1,), (array.reshape(8, 10)[:, :2], np.uint16(7)))


def test_a_structured_scalar_is_a_struct_by_value(cp: Any) -> None:
    pair = np.array([(5, 37)], np.dtype([("low", "u8"), ("high", "u8")]))
    out = cp.zeros(1, np.uint64)
    kernel(cp, "of_a_struct")((1,), (1,), (out, pair))
    assert out.get() == 42


def test_dynamic_shared_memory_must_be_opted_into_and_has_a_limit(cp: Any) -> None:
    shares, out = kernel(cp, "shares"), cp.zeros(8, np.int32)
    assert shares.shared_size_bytes == shares.attributes["shared_size_bytes"] == 4000
    assert shares.max_dynamic_shared_size_bytes == (48 << 10) - 4000
    with pytest.raises(cp.cuda.driver.CUDADriverError, match="45153 bytes of dynamic shared memory, 45152"):
        shares((1,), (8,), (out,), shared_mem=45153)
    shares.max_dynamic_shared_size_bytes = 200 << 10
    shares((1,), (8,), (out,), shared_mem=200 << 10)
    assert (out.get() == 2).all()
    with pytest.raises(cp.cuda.driver.CUDADriverError, match="228449 bytes of dynamic shared memory, 228448"):
        shares.max_dynamic_shared_size_bytes = (227 << 10) - 4000 + 1


def test_an_older_or_smaller_architecture_has_less_shared_memory() -> None:
    for architecture, most in (("80", 163), ("120", 99)):
        shares = kernel(Emulator(architecture=architecture), "shares")
        with pytest.raises(RuntimeError, match=f"{(most << 10) - 4000} at most"):
            shares.max_dynamic_shared_size_bytes = (most << 10) - 3999


def test_the_launch_bound_may_be_a_macro_and_limits_the_registers(cp: Any) -> None:
    scale = kernel(cp, "scale")
    assert (scale.max_threads_per_block, scale.attributes["max_threads_per_block"]) == (128, 128)
    assert scale.num_regs == 255
    assert kernel(cp, "vectors").num_regs == 64


def test_kernels_that_the_preprocessor_drops_are_not_there(cp: Any) -> None:
    with pytest.raises(cp.cuda.driver.CUDADriverError, match="no kernel if_wanted among scale, vectors"):
        kernel(cp, "if_wanted")
    module = cp.RawModule(code=SOURCE, options=("-DWANTED",))
    module.get_function("if_wanted")((1,), (1,), ())


def test_what_is_no_cuda_is_refused_with_the_compilers_words(cp: Any) -> None:
    module = cp.RawModule(code='extern "C" __global__ void broken() {\n  nonsense;\n}\n')
    with pytest.raises(cp.cuda.compiler.CompileException, match=r"kernel.cu:2:.*nonsense"):
        module.get_function("broken")


def test_too_much_static_shared_memory_is_refused(cp: Any) -> None:
    code = 'extern "C" __global__ void large(char* out) { __shared__ char all[49153]; *out = all[*out]; }'
    with pytest.raises(cp.cuda.compiler.CompileException, match="49153 bytes of static shared memory"):
        cp.RawModule(code=code).get_function("large")


def test_without_a_compiler_one_line_names_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    from cuda_emulator import compiler

    monkeypatch.setenv("PATH", str(tmp_path))
    compiler._compiler.cache_clear()
    with pytest.raises(Exception, match=r"needs g\+\+, which is not on PATH: install it"):
        Emulator().RawModule(code='extern "C" __global__ void fresh_text() {}').get_function("fresh_text")


def test_a_text_is_compiled_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setenv("CUDA_EMULATOR_CACHE", str(tmp_path / "cache"))
    code = 'extern "C" __global__ void once() {}'
    for _ in range(2):
        Emulator().RawModule(code=code).get_function("once")
    assert len(list((tmp_path / "cache").iterdir())) == 1


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"threads": "backwards"}, "threads must be forward, reverse or random:SEED, not backwards"),
        ({"threads": "random"}, "threads must be"),
        ({"threads": "forward:1"}, "threads must be"),
        ({"blocks": "random:1"}, "blocks must be forward or reverse, not random:1"),
        ({"architecture": "70"}, "architecture must be one of 80, 86, 89, 90, 100, 120, not 70"),
        (
            {"sanitize": "memory"},
            "sanitize must be one of address, thread, undefined, uninitialised, not memory",
        ),
    ],
)
def test_an_emulator_refuses_what_it_does_not_know(given: Mapping[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Emulator(**given)
