// Integer and bit intrinsics (CUDA Math API), and PTX's carry chains with a condition code for each thread.
#pragma once

#include "scheduler.h"

static inline unsigned __byte_perm(unsigned low, unsigned high, unsigned selector) {
  uint64_t bytes = uint64_t(high) << 32 | low;
  unsigned result = 0;
  for (int i = 0; i < 4; i++) result |= unsigned(bytes >> 8 * (selector >> 4 * i & 7) & 255) << 8 * i;
  return result;
}
static inline unsigned __funnelshift_l(unsigned low, unsigned high, unsigned shift) {
  return unsigned((uint64_t(high) << 32 | low) << (shift & 31) >> 32);
}
static inline unsigned __funnelshift_r(unsigned low, unsigned high, unsigned shift) {
  return unsigned((uint64_t(high) << 32 | low) >> (shift & 31));
}
static inline unsigned __funnelshift_lc(unsigned low, unsigned high, unsigned shift) {
  return shift >= 32 ? low : __funnelshift_l(low, high, shift);
}
static inline unsigned __funnelshift_rc(unsigned low, unsigned high, unsigned shift) {
  return shift >= 32 ? high : __funnelshift_r(low, high, shift);
}
static inline unsigned __umulhi(unsigned a, unsigned b) { return unsigned(uint64_t(a) * b >> 32); }
static inline int __mulhi(int a, int b) { return int(int64_t(a) * b >> 32); }
static inline unsigned __umul24(unsigned a, unsigned b) { return (a & 0xffffff) * (b & 0xffffff); }
static inline unsigned long long __umul64hi(unsigned long long a, unsigned long long b) {
  return static_cast<unsigned long long>(static_cast<unsigned __int128>(a) * b >> 64);
}
static inline long long __mul64hi(long long a, long long b) {
  return static_cast<long long>(static_cast<__int128>(a) * b >> 64);
}
static inline unsigned __brev(unsigned x) {
  x = (x >> 1 & 0x55555555) | (x & 0x55555555) << 1;
  x = (x >> 2 & 0x33333333) | (x & 0x33333333) << 2;
  x = (x >> 4 & 0x0f0f0f0f) | (x & 0x0f0f0f0f) << 4;
  return __builtin_bswap32(x);
}
static inline unsigned long long __brevll(unsigned long long x) {
  return uint64_t(__brev(unsigned(x))) << 32 | __brev(unsigned(x >> 32));
}
static inline int __popc(unsigned x) { return __builtin_popcount(x); }
static inline int __popcll(unsigned long long x) { return __builtin_popcountll(x); }
static inline int __clz(int x) { return x ? __builtin_clz(x) : 32; }
static inline int __clzll(long long x) { return x ? __builtin_clzll(x) : 64; }
static inline int __ffs(int x) { return __builtin_ffs(x); }
static inline int __ffsll(long long x) { return __builtin_ffsll(x); }
static inline unsigned __float_as_uint(float x) { return __builtin_bit_cast(unsigned, x); }
static inline float __uint_as_float(unsigned x) { return __builtin_bit_cast(float, x); }
static inline long long __double_as_longlong(double x) { return __builtin_bit_cast(long long, x); }
static inline double __longlong_as_double(long long x) { return __builtin_bit_cast(double, x); }
static inline float __fmaf_rn(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
static inline double __fma_rn(double a, double b, double c) { return __builtin_fma(a, b, c); }
static inline float fmaf(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
static inline double fma(double a, double b, double c) { return __builtin_fma(a, b, c); }

template <class T, class U, class = std::enable_if_t<std::is_arithmetic_v<T> && std::is_arithmetic_v<U>>>
static inline constexpr std::common_type_t<T, U> min(T a, U b) {
  using Common = std::common_type_t<T, U>;
  return Common(b) < Common(a) ? Common(b) : Common(a);
}
template <class T, class U, class = std::enable_if_t<std::is_arithmetic_v<T> && std::is_arithmetic_v<U>>>
static inline constexpr std::common_type_t<T, U> max(T a, U b) {
  using Common = std::common_type_t<T, U>;
  return Common(a) < Common(b) ? Common(b) : Common(a);
}

// Loads and stores with a hint to the caches, of which there are none here.
#define CUDA_EMULATOR_LOAD(name) \
  template <class T>             \
  static inline T name(const T* address) { return *address; }
CUDA_EMULATOR_LOAD(__ldg)
CUDA_EMULATOR_LOAD(__ldca)
CUDA_EMULATOR_LOAD(__ldcg)
CUDA_EMULATOR_LOAD(__ldcs)
CUDA_EMULATOR_LOAD(__ldcv)
CUDA_EMULATOR_LOAD(__ldlu)
#undef CUDA_EMULATOR_LOAD
#define CUDA_EMULATOR_STORE(name) \
  template <class T>              \
  static inline void name(T* address, std::type_identity_t<T> value) { *address = value; }
CUDA_EMULATOR_STORE(__stcg)
CUDA_EMULATOR_STORE(__stcs)
CUDA_EMULATOR_STORE(__stwb)
CUDA_EMULATOR_STORE(__stwt)
#undef CUDA_EMULATOR_STORE

// C twins of PTX's extended-precision instructions (PTX ISA, 9.7.2): call them in the wrapper's other branch.
namespace cuda_emulator {

static inline uint32_t& carry() { return scheduler.current->carry; }

static inline uint32_t keep_carry(uint64_t sum) {
  carry() = uint32_t(sum >> 32);
  return uint32_t(sum);
}
static inline uint32_t keep_borrow(uint64_t difference) {
  carry() = uint32_t(difference >> 32) & 1;
  return uint32_t(difference);
}
static inline uint64_t high_of(uint32_t a, uint32_t b) { return uint64_t(a) * b >> 32; }

static inline uint32_t add_cc(uint32_t a, uint32_t b) { return keep_carry(uint64_t(a) + b); }
static inline uint32_t addc_cc(uint32_t a, uint32_t b) { return keep_carry(uint64_t(a) + b + carry()); }
static inline uint32_t addc(uint32_t a, uint32_t b) { return a + b + carry(); }
static inline uint32_t sub_cc(uint32_t a, uint32_t b) { return keep_borrow(uint64_t(a) - b); }
static inline uint32_t subc_cc(uint32_t a, uint32_t b) { return keep_borrow(uint64_t(a) - b - carry()); }
static inline uint32_t subc(uint32_t a, uint32_t b) { return a - b - carry(); }
static inline uint32_t mad_lo_cc(uint32_t a, uint32_t b, uint32_t c) { return keep_carry(uint64_t(a * b) + c); }
static inline uint32_t madc_lo_cc(uint32_t a, uint32_t b, uint32_t c) {
  return keep_carry(uint64_t(a * b) + c + carry());
}
static inline uint32_t madc_lo(uint32_t a, uint32_t b, uint32_t c) { return a * b + c + carry(); }
static inline uint32_t mad_hi_cc(uint32_t a, uint32_t b, uint32_t c) { return keep_carry(high_of(a, b) + c); }
static inline uint32_t madc_hi_cc(uint32_t a, uint32_t b, uint32_t c) {
  return keep_carry(high_of(a, b) + c + carry());
}
static inline uint32_t madc_hi(uint32_t a, uint32_t b, uint32_t c) { return uint32_t(high_of(a, b) + c + carry()); }

// lop3.b32: bit i of the answer is the bit of `table` that the three bits i select (PTX ISA, 9.7.7.6).
static inline uint32_t lop3(uint32_t a, uint32_t b, uint32_t c, unsigned table) {
  uint32_t result = 0;
  for (unsigned k = 0; k < 8; k++)
    if (table >> k & 1) result |= (k & 4 ? a : ~a) & (k & 2 ? b : ~b) & (k & 1 ? c : ~c);
  return result;
}

}  // namespace cuda_emulator
