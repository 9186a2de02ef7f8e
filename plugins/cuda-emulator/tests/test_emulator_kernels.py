"""Small kernels run as on a GPU, in every order."""

from typing import Any

import numpy as np
import pytest
from cuda_emulator import Emulator

ORDERS = [("forward", "forward"), ("reverse", "reverse"), ("random:3", "forward")]

SOURCE = """
typedef unsigned int u32;
extern "C" __global__ void __launch_bounds__(256) block_sum(const u32* in, u32* out, int n) {
  __shared__ u32 sums[256];
  int t = threadIdx.x, i = blockIdx.x * 256 + t;
  sums[t] = i < n ? in[i] : 0;
  __syncthreads();
  for (int k = 128; k > 0; k >>= 1) {
    if (t < k) sums[t] += sums[t + k];
    __syncthreads();
  }
  if (t == 0) out[blockIdx.x] = sums[0];
}
extern "C" __global__ void reversed(u32* a, int n) {
  extern __shared__ u32 copy[];
  copy[threadIdx.x] = a[threadIdx.x];
  __syncthreads();
  a[threadIdx.x] = copy[n - 1 - threadIdx.x];
}
"""


@pytest.fixture(params=ORDERS, ids="-".join)
def cp(request: pytest.FixtureRequest) -> Any:
    return Emulator(*request.param)


def test_a_block_sums_through_shared_memory(cp: Any) -> None:
    values = np.random.default_rng(1).integers(0, 1 << 32, 1000, dtype=np.uint32)
    sums = cp.empty(4, np.uint32)
    kernel = cp.RawModule(code=SOURCE).get_function("block_sum")
    kernel((4,), (256,), (cp.asarray(values), sums, np.int32(1000)))
    padded = np.pad(values, (0, 24)).reshape(4, 256)
    assert (sums.get() == padded.sum(1, dtype=np.uint32)).all()


def test_dynamic_shared_memory_has_the_size_of_the_launch(cp: Any) -> None:
    array = cp.asarray(np.arange(100, dtype=np.uint32))
    cp.RawModule(code=SOURCE).get_function("reversed")((1,), (100,), (array, np.int32(100)), shared_mem=400)
    assert (array.get() == np.arange(100)[::-1]).all()
