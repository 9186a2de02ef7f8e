"""Line counts are exact: how often any thread came to a line, 0 where none did."""

from typing import Any

import numpy as np
import pytest
from cuda_emulator import Emulator
from cuda_emulator.coverage import line_counts

SOURCE = """#line 1 "prelude.cuh"
typedef unsigned u32;
__device__ __forceinline__ u32 never(u32 x) {
  return x + 1;
}
template <class T> __device__ __forceinline__ T twice(T x) {
  return x * 2;
}
#line 1 "choice.cu"
extern "C" __global__ void choose(u32* out, int n) {
  if (n > 3)
    out[threadIdx.x] = twice(5u);
  else
    out[threadIdx.x] = 1;
  __syncthreads();
}
"""


def test_each_line_has_the_visits_of_all_threads_under_the_name_of_its_file() -> None:
    cp: Any = Emulator(coverage=True)
    out = cp.zeros(64, np.uint32)
    choose = cp.RawModule(code=SOURCE).get_function("choose")
    choose((2,), (64,), (out, np.int32(1)))
    assert line_counts(cp) == {
        "prelude.cuh": {2: 0, 3: 0, 5: 0, 6: 0},
        "choice.cu": {1: 128, 2: 128, 3: 0, 5: 128, 6: 128, 7: 128},
    }
    choose((1,), (32,), (out, np.int32(9)))
    assert line_counts(cp) == {
        "prelude.cuh": {2: 0, 3: 0, 5: 32, 6: 32},
        "choice.cu": {1: 160, 2: 160, 3: 32, 5: 128, 6: 160, 7: 160},
    }


def test_an_emulator_that_does_not_count_says_so() -> None:
    with pytest.raises(ValueError, match="make it with coverage=True"):
        line_counts(Emulator())
