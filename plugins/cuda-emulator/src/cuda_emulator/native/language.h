// The language: CUDA's keywords, vector types and built-in variables, for a C++20 compiler.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sys/mman.h>
#include <type_traits>
#include <utility>

#define __global__ __attribute__((noinline))
#define __device__
#define __host__
#if defined(CUDA_EMULATOR_COUNTING)
#define __forceinline__ inline  // the first line of what is always inlined would never be counted
#else
#define __forceinline__ inline __attribute__((always_inline))
#endif
#define __noinline__ __attribute__((noinline))
#define __launch_bounds__(...)
#define __grid_constant__
#define __align__(bytes) __attribute__((aligned(bytes)))
#define __constant__ static

// Static shared arrays lie in one section, which is poisoned before each block. AddressSanitizer gives no red
// zones to a section of its own, so under it they are ordinary variables, and only dynamic memory is poisoned.
#if defined(__SANITIZE_ADDRESS__)
#define __shared__ static
#else
#define __shared__ static __attribute__((section("cuda_emulator_shared")))
#endif
extern "C" {
extern unsigned char __start_cuda_emulator_shared[] __attribute__((weak, visibility("hidden")));
extern unsigned char __stop_cuda_emulator_shared[] __attribute__((weak, visibility("hidden")));
}

#define CUDA_EMULATOR_VECTORS(type, name, bytes2, bytes4)                          \
  struct alignas(bytes2) name##2 { type x, y; };                                   \
  struct name##3 { type x, y, z; };                                                \
  struct alignas(bytes4) name##4 { type x, y, z, w; };                             \
  static inline name##2 make_##name##2(type x, type y) { return {x, y}; }          \
  static inline name##3 make_##name##3(type x, type y, type z) { return {x, y, z}; } \
  static inline name##4 make_##name##4(type x, type y, type z, type w) { return {x, y, z, w}; }
CUDA_EMULATOR_VECTORS(signed char, char, 2, 4)
CUDA_EMULATOR_VECTORS(unsigned char, uchar, 2, 4)
CUDA_EMULATOR_VECTORS(short, short, 4, 8)
CUDA_EMULATOR_VECTORS(unsigned short, ushort, 4, 8)
CUDA_EMULATOR_VECTORS(int, int, 8, 16)
CUDA_EMULATOR_VECTORS(unsigned, uint, 8, 16)
CUDA_EMULATOR_VECTORS(long long, longlong, 16, 16)
CUDA_EMULATOR_VECTORS(unsigned long long, ulonglong, 16, 16)
CUDA_EMULATOR_VECTORS(float, float, 8, 16)
CUDA_EMULATOR_VECTORS(double, double, 16, 16)
#undef CUDA_EMULATOR_VECTORS

struct dim3 {
  unsigned x, y, z;
  constexpr dim3(unsigned x = 1, unsigned y = 1, unsigned z = 1) : x(x), y(y), z(z) {}
};

static uint3 threadIdx, blockIdx;
static dim3 blockDim, gridDim;
static constexpr int warpSize = 32;

namespace cuda_emulator {

constexpr unsigned char shared_poison = 0xA5;  // cuda_emulator.memory has another one for device memory
constexpr size_t most_dynamic_shared = 227 << 10;  // of any architecture (CUDA C++ Programming Guide, table of limits)
constexpr size_t guard_bytes = 256;                // behind it, to notice stray writes

alignas(1024) static unsigned char dynamic_shared[most_dynamic_shared + guard_bytes];

}  // namespace cuda_emulator

// `extern __shared__ T name[];` becomes this.
#define CUDA_EMULATOR_DYNAMIC_SHARED(type, name) \
  [[maybe_unused]] static type* const name = reinterpret_cast<type*>(cuda_emulator::dynamic_shared)
