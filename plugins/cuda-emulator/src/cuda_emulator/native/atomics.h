// Atomics: relaxed, as CUDA's are. Threads never run at once here, but ThreadSanitizer must know what is atomic.
#pragma once

#include "language.h"

#define CUDA_EMULATOR_ATOMIC(name, operation)                                   \
  template <class T, class = std::enable_if_t<std::is_integral_v<T>>>           \
  static inline T name(T* address, std::type_identity_t<T> value) {             \
    return operation(address, value, __ATOMIC_RELAXED);                         \
  }
CUDA_EMULATOR_ATOMIC(atomicAdd, __atomic_fetch_add)
CUDA_EMULATOR_ATOMIC(atomicSub, __atomic_fetch_sub)
CUDA_EMULATOR_ATOMIC(atomicAnd, __atomic_fetch_and)
CUDA_EMULATOR_ATOMIC(atomicOr, __atomic_fetch_or)
CUDA_EMULATOR_ATOMIC(atomicXor, __atomic_fetch_xor)
CUDA_EMULATOR_ATOMIC(atomicExch, __atomic_exchange_n)
#undef CUDA_EMULATOR_ATOMIC

template <class T>
static inline T atomicCAS(T* address, std::type_identity_t<T> expected, std::type_identity_t<T> value) {
  __atomic_compare_exchange_n(address, &expected, value, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
  return expected;
}

namespace cuda_emulator {

template <class T, class F>
static inline T replace(T* address, F better) {
  T old;
  __atomic_load(address, &old, __ATOMIC_RELAXED);
  for (;;) {
    T next = better(old);
    if (__atomic_compare_exchange(address, &old, &next, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) return old;
  }
}

}  // namespace cuda_emulator

template <class T>
static inline T atomicMin(T* address, std::type_identity_t<T> value) {
  return cuda_emulator::replace(address, [=](T old) { return value < old ? value : old; });
}
template <class T>
static inline T atomicMax(T* address, std::type_identity_t<T> value) {
  return cuda_emulator::replace(address, [=](T old) { return value > old ? value : old; });
}
static inline float atomicAdd(float* address, float value) {
  return cuda_emulator::replace(address, [=](float old) { return old + value; });
}
static inline double atomicAdd(double* address, double value) {
  return cuda_emulator::replace(address, [=](double old) { return old + value; });
}
