"""Intrinsics, carry chains, atomics and collectives against Python's integers and numpy."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from cuda_emulator import Emulator

TYPES = "typedef unsigned int u32;\ntypedef unsigned long long u64;\n"
WORD, MASK = 1 << 32, (1 << 32) - 1
EDGES = [0, 1, 2, 31, 32, 33, 255, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF, 0x12345678]


def operands() -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    drawn = np.random.default_rng(2).integers(0, WORD, (2, 100), dtype=np.uint32)
    pairs = np.array([(x, y) for x in EDGES for y in EDGES], np.uint32).T
    a, b = np.hstack([drawn, pairs])
    return a, b


def prmt(x: int, y: int) -> int:
    source = (y << 32 | x).to_bytes(8, "little")
    return int.from_bytes(bytes(source[y >> 4 * i & 7] for i in range(4)), "little")


def signed(x: int) -> int:
    return x - WORD if x >> 31 else x


EACH: dict[str, Callable[[int, int], int]] = {
    "__byte_perm(x, y, y)": prmt,
    "__funnelshift_l(x, y, x)": lambda x, y: ((y << 32 | x) << (x & 31)) >> 32 & MASK,
    "__funnelshift_r(x, y, y)": lambda x, y: (y << 32 | x) >> (y & 31) & MASK,
    "__funnelshift_lc(x, y, x & 63)": lambda x, y: ((y << 32 | x) << min(x & 63, 32)) >> 32 & MASK,
    "__funnelshift_rc(x, y, y & 63)": lambda x, y: (y << 32 | x) >> min(y & 63, 32) & MASK,
    "__umulhi(x, y)": lambda x, y: x * y >> 32,
    "(u32)__mulhi((int)x, (int)y)": lambda x, y: (signed(x) * signed(y) >> 32) & MASK,
    "__umul64hi(wide, wide)": lambda x, y: (x << 32 | y) ** 2 >> 64,
    "__popc(x)": lambda x, y: x.bit_count(),
    "__popcll(wide)": lambda x, y: x.bit_count() + y.bit_count(),
    "__clz(x)": lambda x, y: 32 - x.bit_length(),
    "__clzll(wide)": lambda x, y: 64 - (x << 32 | y).bit_length(),
    "__ffs(x)": lambda x, y: (x & -x).bit_length(),
    "__brev(x)": lambda x, y: int(f"{x:032b}"[::-1], 2),
    "__brevll(wide)": lambda x, y: int(f"{x << 32 | y:064b}"[::-1], 2),
    "min(x, y) + (u64)max(x, y)": lambda x, y: x + y,
    "cuda_emulator::lop3(x, y, x ^ y, 0xe8)": lambda x, y: x & y | x & (x ^ y) | y & (x ^ y),
    "cuda_emulator::add_cc(x, y) + ((u64)cuda_emulator::addc(0, 0) << 32)": lambda x, y: x + y,
    "cuda_emulator::sub_cc(x, y) | (u64)cuda_emulator::subc(0, 0) << 32": lambda x, y: (x - y) % WORD**2,
    "(cuda_emulator::sub_cc(x, y), cuda_emulator::subc_cc(y, x), cuda_emulator::subc(0, 0))": (
        lambda x, y: -int(y - x - (x < y) < 0) & MASK
    ),
    "cuda_emulator::mad_lo_cc(x, y, x) + ((u64)cuda_emulator::madc_hi(x, y, 0) << 32)": (
        lambda x, y: x * y + x
    ),
    "(cuda_emulator::add_cc(x, y), cuda_emulator::madc_lo_cc(x, y, y), cuda_emulator::addc(0, 0))": (
        lambda x, y: (x * y & MASK) + y + (x + y >> 32) >> 32
    ),
    "(cuda_emulator::add_cc(x, y), cuda_emulator::madc_hi_cc(x, y, y), cuda_emulator::addc(0, 0))": (
        lambda x, y: (x * y >> 32) + y + (x + y >> 32) >> 32
    ),
    "cuda_emulator::mad_hi_cc(x, y, x) + ((u64)cuda_emulator::addc(0, 0) << 32)": (
        lambda x, y: (x * y >> 32) + x
    ),
    "(cuda_emulator::add_cc(x, y), cuda_emulator::addc_cc(y, x), cuda_emulator::madc_lo(x, y, 0))": (
        lambda x, y: (x * y + (x + y + (x + y >> 32) >> 32)) & MASK
    ),
}


EACH_CODE = TYPES + "".join(
    f"""extern "C" __global__ void each_{number}(const u32* a, const u32* b, u64* out, int n) {{
      int i = blockIdx.x * blockDim.x + threadIdx.x;
      if (i >= n) return;
      u32 x = a[i], y = b[i];
      [[maybe_unused]] u64 wide = (u64)x << 32 | y;
      out[i] = ({expression});
    }}"""
    for number, expression in enumerate(EACH)
)


@pytest.mark.parametrize("expression", EACH)
def test_an_intrinsic_is_what_its_manual_says(expression: str) -> None:
    cp: Any = Emulator()
    a, b = operands()
    out = cp.empty(a.size, np.uint64)
    each = cp.RawModule(code=EACH_CODE).get_function(f"each_{[*EACH].index(expression)}")
    each((-(-a.size // 64),), (64,), (cp.asarray(a), cp.asarray(b), out, np.int32(a.size)))
    assert out.get().tolist() == [EACH[expression](x, y) for x, y in zip(a.tolist(), b.tolist(), strict=True)]


Warp = list[int]
ACROSS: dict[str, Callable[[Warp], Warp]] = {
    "__shfl_sync(~0u, x, lane + 5)": lambda x: [x[(i + 5) % 32] for i in range(32)],
    "__shfl_sync(~0u, x, 3, 8)": lambda x: [x[i // 8 * 8 + 3] for i in range(32)],
    "__shfl_up_sync(~0u, x, 3, 16)": lambda x: [x[i - 3 if i % 16 >= 3 else i] for i in range(32)],
    "__shfl_down_sync(~0u, x, 3, 16)": lambda x: [x[i + 3 if i % 16 < 13 else i] for i in range(32)],
    "__shfl_xor_sync(~0u, x, 9)": lambda x: [x[i ^ 9] for i in range(32)],
    "__shfl_xor_sync(~0u, (u64)x << 20, 31)": lambda x: [x[i ^ 31] << 20 for i in range(32)],
    "__ballot_sync(~0u, x & 1)": lambda x: [sum((v & 1) << i for i, v in enumerate(x))] * 32,
    "__any_sync(~0u, x > 0xf0000000u)": lambda x: [int(max(x) > 0xF0000000)] * 32,
    "__all_sync(~0u, x > 0x00100000u)": lambda x: [int(min(x) > 0x00100000)] * 32,
    "__match_any_sync(~0u, x & 3)": lambda x: [
        sum(1 << i for i in range(32) if not (x[i] ^ v) & 3) for v in x
    ],
    "(__match_all_sync(~0u, x & 1, &agreed), agreed)": lambda x: [int(len({v & 1 for v in x}) == 1)] * 32,
    "__match_all_sync(~0u, 5, &agreed)": lambda x: [MASK] * 32,
    "__reduce_add_sync(~0u, x)": lambda x: [sum(x) & MASK] * 32,
    "__reduce_min_sync(~0u, x)": lambda x: [min(x)] * 32,
    "__reduce_max_sync(~0u, x)": lambda x: [max(x)] * 32,
    "(u32)__reduce_min_sync(~0u, (int)x)": lambda x: [min(x, key=signed)] * 32,
    "(u32)__reduce_max_sync(~0u, (int)x)": lambda x: [max(x, key=signed)] * 32,
    "__reduce_and_sync(~0u, x | lane)": lambda x: (
        [np.bitwise_and.reduce([v | i for i, v in enumerate(x)])] * 32
    ),
    "__reduce_or_sync(~0u, x & 0xff)": lambda x: [np.bitwise_or.reduce([v & 0xFF for v in x])] * 32,
    "__reduce_xor_sync(~0u, x)": lambda x: [np.bitwise_xor.reduce(x)] * 32,
    "lane & 1 ? __reduce_add_sync(0xaaaaaaaau, lane) : __ballot_sync(0x55555555u, lane < 8)": (
        lambda x: [256 if i & 1 else 0x55 for i in range(32)]
    ),
    "__syncthreads_count(x & 1)": lambda x: [sum(v & 1 for v in x)] * 32,
    "__syncthreads_and(x > 5)": lambda x: [int(min(x) > 5)] * 32,
    "__syncthreads_or(x > 0xfffffff0u)": lambda x: [int(max(x) > 0xFFFFFFF0)] * 32,
}


ACROSS_CODE = TYPES + "".join(
    f"""extern "C" __global__ void across_{number}(const u32* a, u64* out) {{
      u32 x = a[threadIdx.x];
      [[maybe_unused]] u32 lane = threadIdx.x & 31;
      [[maybe_unused]] int agreed;
      out[threadIdx.x] = ({expression});
    }}"""
    for number, expression in enumerate(ACROSS)
)


@pytest.mark.parametrize("expression", ACROSS)
@pytest.mark.parametrize("order", ["forward", "reverse", "random:9"])
def test_a_collective_is_the_same_in_every_order(order: str, expression: str) -> None:
    cp: Any = Emulator(order)
    run = cp.RawModule(code=ACROSS_CODE).get_function(f"across_{[*ACROSS].index(expression)}")
    for seed in range(3):
        a = np.random.default_rng(seed).integers(0, WORD, 32, dtype=np.uint32)
        out = cp.empty(32, np.uint64)
        run((1,), (32,), (cp.asarray(a), out))
        assert out.get().tolist() == ACROSS[expression](a.tolist())


ATOMICS: dict[str, Callable[[Warp], int]] = {
    "atomicAdd(total, x)": lambda x: (7 + sum(x)) & MASK,
    "atomicSub(total, x)": lambda x: (7 - sum(x)) & MASK,
    "atomicXor(total, x)": lambda x: int(np.bitwise_xor.reduce([7, *x])),
    "atomicOr(total, x & 0xf0)": lambda x: int(np.bitwise_or.reduce([7, *(v & 0xF0 for v in x)])),
    "atomicAnd(total, x | 6)": lambda x: int(np.bitwise_and.reduce([7, *(v | 6 for v in x)])),
    "atomicMin(total, x >> 24)": lambda x: min(7, *(v >> 24 for v in x)),
    "atomicMax(total, x)": lambda x: max(7, *x),
    "atomicExch(total, 5u)": lambda x: 5,
    "atomicCAS(total, 7u, 9u)": lambda x: 9,
    "atomicAdd((float*)total, 0.0f)": lambda x: 7,
}


ATOMICS_CODE = "".join(
    f"""extern "C" __global__ void atomic_{number}(const unsigned* a, unsigned* total) {{
      [[maybe_unused]] unsigned x = a[blockIdx.x * 32 + threadIdx.x];
      {expression};
    }}"""
    for number, expression in enumerate(ATOMICS)
)


@pytest.mark.parametrize("expression", ATOMICS)
def test_an_atomic_takes_part_of_every_thread(expression: str) -> None:
    cp: Any = Emulator("random:1", "reverse")
    a = np.random.default_rng(4).integers(0, WORD, 128, dtype=np.uint32)
    total = cp.asarray(np.array([7], np.uint32))
    atomic = cp.RawModule(code=ATOMICS_CODE).get_function(f"atomic_{[*ATOMICS].index(expression)}")
    atomic((4,), (32,), (cp.asarray(a), total))
    assert int(total.get()[0]) == ATOMICS[expression](a.tolist())
