// Which bytes of shared memory the block has written: g++ instruments every access as for ThreadSanitizer, whose
// runtime these functions take the place of.
#pragma once

#include "scheduler.h"

#if defined(CUDA_EMULATOR_WRITTEN)
#include <dlfcn.h>

namespace cuda_emulator {

static uintptr_t unwritten_read;  // where in the library the first read of what nobody wrote stands
static unsigned char* static_written;
static unsigned char dynamic_written[most_dynamic_shared];

CUDA_EMULATOR_UNCHECKED static size_t static_bytes() {
  return __start_cuda_emulator_shared ? __stop_cuda_emulator_shared - __start_cuda_emulator_shared : 0;
}

CUDA_EMULATOR_UNCHECKED static void forget_written() {
  if (!static_written) static_written = static_cast<unsigned char*>(malloc(static_bytes() + 1));
  memset(static_written, 0, static_bytes());
  memset(dynamic_written, 0, scheduler.dynamic_bytes);
}

// The marks of a range of shared memory, or null for what lies elsewhere.
CUDA_EMULATOR_UNCHECKED static unsigned char* marks_of(const void* address, size_t bytes) {
  auto place = static_cast<const unsigned char*>(address);
  if (place >= dynamic_shared && place + bytes <= dynamic_shared + scheduler.dynamic_bytes)
    return dynamic_written + (place - dynamic_shared);
  if (static_bytes() && place >= __start_cuda_emulator_shared && place + bytes <= __stop_cuda_emulator_shared)
    return static_written + (place - __start_cuda_emulator_shared);
  return nullptr;
}

CUDA_EMULATOR_UNCHECKED static void note_write(const void* address, size_t bytes) {
  if (unsigned char* marks = marks_of(address, bytes)) memset(marks, 1, bytes);
}

// What is not poison any more was written by a function that is not instrumented, such as memcpy.
CUDA_EMULATOR_UNCHECKED static void note_read(const void* address, size_t bytes, const void* caller) {
  const unsigned char* marks = marks_of(address, bytes);
  if (!marks || scheduler.failed) return;
  for (size_t i = 0; i < bytes; i++) {
    if (marks[i] || static_cast<const unsigned char*>(address)[i] != shared_poison) continue;
    Dl_info library;
    dladdr(caller, &library);
    unwritten_read = reinterpret_cast<uintptr_t>(caller) - reinterpret_cast<uintptr_t>(library.dli_fbase);
    scheduler.current->place = {};
    fail("reads shared memory that no thread of the block wrote", *scheduler.current);
    return;
  }
}

}  // namespace cuda_emulator

#define CUDA_EMULATOR_HOOK extern "C" __attribute__((visibility("hidden"))) CUDA_EMULATOR_UNCHECKED
#define CUDA_EMULATOR_CALLER __builtin_return_address(0)
#define CUDA_EMULATOR_ACCESS(bytes)                                                                              \
  CUDA_EMULATOR_HOOK void __tsan_read##bytes(void* a) { cuda_emulator::note_read(a, bytes, CUDA_EMULATOR_CALLER); } \
  CUDA_EMULATOR_HOOK void __tsan_write##bytes(void* a) { cuda_emulator::note_write(a, bytes); }                  \
  CUDA_EMULATOR_HOOK void __tsan_unaligned_read##bytes(void* a) {                                                \
    cuda_emulator::note_read(a, bytes, CUDA_EMULATOR_CALLER);                                                    \
  }                                                                                                              \
  CUDA_EMULATOR_HOOK void __tsan_unaligned_write##bytes(void* a) { cuda_emulator::note_write(a, bytes); }
CUDA_EMULATOR_ACCESS(1)
CUDA_EMULATOR_ACCESS(2)
CUDA_EMULATOR_ACCESS(4)
CUDA_EMULATOR_ACCESS(8)
CUDA_EMULATOR_ACCESS(16)
CUDA_EMULATOR_HOOK void __tsan_read_range(void* a, size_t n) { cuda_emulator::note_read(a, n, CUDA_EMULATOR_CALLER); }
CUDA_EMULATOR_HOOK void __tsan_write_range(void* a, size_t n) { cuda_emulator::note_write(a, n); }
CUDA_EMULATOR_HOOK void __tsan_init() {}
CUDA_EMULATOR_HOOK void __tsan_func_entry(void*) {}
CUDA_EMULATOR_HOOK void __tsan_func_exit() {}
CUDA_EMULATOR_HOOK void __tsan_atomic_thread_fence(int) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }

#define CUDA_EMULATOR_FETCH(bits, name, type, operation)                                    \
  CUDA_EMULATOR_HOOK type __tsan_atomic##bits##_##name(volatile type* a, type value, int) { \
    cuda_emulator::note_read((void*)a, sizeof(type), CUDA_EMULATOR_CALLER);                 \
    return operation(a, value, __ATOMIC_RELAXED);                                           \
  }
#define CUDA_EMULATOR_ATOMICS(bits, type)                                                                   \
  CUDA_EMULATOR_FETCH(bits, fetch_add, type, __atomic_fetch_add)                                            \
  CUDA_EMULATOR_FETCH(bits, fetch_sub, type, __atomic_fetch_sub)                                            \
  CUDA_EMULATOR_FETCH(bits, fetch_and, type, __atomic_fetch_and)                                            \
  CUDA_EMULATOR_FETCH(bits, fetch_or, type, __atomic_fetch_or)                                              \
  CUDA_EMULATOR_FETCH(bits, fetch_xor, type, __atomic_fetch_xor)                                            \
  CUDA_EMULATOR_HOOK type __tsan_atomic##bits##_exchange(volatile type* a, type value, int) {               \
    cuda_emulator::note_write((void*)a, sizeof(type));                                                      \
    return __atomic_exchange_n(a, value, __ATOMIC_RELAXED);                                                 \
  }                                                                                                         \
  CUDA_EMULATOR_HOOK type __tsan_atomic##bits##_load(const volatile type* a, int) {                         \
    cuda_emulator::note_read((void*)a, sizeof(type), CUDA_EMULATOR_CALLER);                                 \
    return __atomic_load_n(a, __ATOMIC_RELAXED);                                                            \
  }                                                                                                         \
  CUDA_EMULATOR_HOOK void __tsan_atomic##bits##_store(volatile type* a, type value, int) {                  \
    cuda_emulator::note_write((void*)a, sizeof(type));                                                      \
    __atomic_store_n(a, value, __ATOMIC_RELAXED);                                                           \
  }                                                                                                         \
  CUDA_EMULATOR_HOOK int __tsan_atomic##bits##_compare_exchange_strong(volatile type* a, type* expected,    \
                                                                       type value, int, int) {              \
    cuda_emulator::note_read((void*)a, sizeof(type), CUDA_EMULATOR_CALLER);                                 \
    return __atomic_compare_exchange_n(a, expected, value, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);      \
  }                                                                                                         \
  CUDA_EMULATOR_HOOK type __tsan_atomic##bits##_compare_exchange_val(volatile type* a, type expected,       \
                                                                     type value, int, int) {                \
    cuda_emulator::note_read((void*)a, sizeof(type), CUDA_EMULATOR_CALLER);                                 \
    __atomic_compare_exchange_n(a, &expected, value, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);            \
    return expected;                                                                                        \
  }
CUDA_EMULATOR_ATOMICS(8, uint8_t)
CUDA_EMULATOR_ATOMICS(16, uint16_t)
CUDA_EMULATOR_ATOMICS(32, uint32_t)
CUDA_EMULATOR_ATOMICS(64, uint64_t)

extern "C" __attribute__((visibility("default"))) uint64_t cuda_emulator_unwritten_read() {
  return std::exchange(cuda_emulator::unwritten_read, 0);
}
#endif
