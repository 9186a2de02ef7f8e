// Fibers: a stack each, a switch between them, and what the sanitizers must be told of it.
#pragma once

#include "language.h"

#if !defined(__x86_64__)
#include <ucontext.h>
#endif
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#if defined(__SANITIZE_THREAD__)
#define CUDA_EMULATOR_UNCHECKED __attribute__((no_sanitize("thread")))  // the machinery itself
#else
#define CUDA_EMULATOR_UNCHECKED
#endif
#if defined(__SANITIZE_THREAD__) && !defined(CUDA_EMULATOR_WRITTEN)
#define CUDA_EMULATOR_RACES
#include <sanitizer/tsan_interface.h>
extern "C" void __tsan_acquire(void* address);
extern "C" void __tsan_release(void* address);
#endif

namespace cuda_emulator {

constexpr size_t stack_bytes = 256 << 10;  // pages of it exist once touched
constexpr uint64_t stack_end = 0x5ac4ed57ac4e4d;  // the lowest word of a stack, as long as it was enough

struct Fiber {
  void* stack = nullptr;
#if defined(__x86_64__)
  void* stack_pointer = nullptr;
#else
  ucontext_t registers;
#endif
  const void* known_stack = nullptr;  // for AddressSanitizer: where it runs, and its stack of escaped frames
  size_t known_bytes = 0;
  void* fake_stack = nullptr;
  void* race_state = nullptr;  // for ThreadSanitizer: its clock of this fiber
};

#if defined(__x86_64__)
// Keeps what the ABI lets a callee keep (System V AMD64 psABI 3.2.1), on the stack that is left.
extern "C" __attribute__((visibility("hidden"))) void cuda_emulator_switch(void** from, void* to);
asm(R"(
.text
.hidden cuda_emulator_switch
.globl cuda_emulator_switch
.type cuda_emulator_switch, @function
cuda_emulator_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size cuda_emulator_switch, .-cuda_emulator_switch
)");
#endif

// Order of memory between two fibers, for ThreadSanitizer: what came before `publish` is seen after `observe`.
CUDA_EMULATOR_UNCHECKED static inline void publish([[maybe_unused]] void* token) {
#if defined(CUDA_EMULATOR_RACES)
  __tsan_release(token);
#endif
}
CUDA_EMULATOR_UNCHECKED static inline void observe([[maybe_unused]] void* token) {
#if defined(CUDA_EMULATOR_RACES)
  __tsan_acquire(token);
#endif
}

enum class Switch { ordered, unordered, last };  // does the target see our writes; do we ever come back

CUDA_EMULATOR_UNCHECKED static inline void switch_fiber(Fiber& from, Fiber& to, [[maybe_unused]] Switch how) {
#if defined(CUDA_EMULATOR_RACES)
  __tsan_switch_to_fiber(to.race_state, how == Switch::ordered ? 0 : __tsan_switch_to_fiber_no_sync);
#endif
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_start_switch_fiber(how == Switch::last ? nullptr : &from.fake_stack, to.known_stack, to.known_bytes);
#endif
#if defined(__x86_64__)
  cuda_emulator_switch(&from.stack_pointer, to.stack_pointer);
#else
  swapcontext(&from.registers, &to.registers);
#endif
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(from.fake_stack, nullptr, nullptr);
#endif
}

// The first statement of a fiber; learns where the one runs that it came from.
CUDA_EMULATOR_UNCHECKED static inline void arrived_from([[maybe_unused]] Fiber& origin) {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(nullptr, &origin.known_stack, &origin.known_bytes);
#endif
}

// Stacks for `count` fibers in one mapping: a process may have 65530 (vm.max_map_count), and load many kernels.
// Below the lowest lies as much again, for what leaves it.
CUDA_EMULATOR_UNCHECKED static char* map_stacks(size_t count) {
  void* pages = mmap(nullptr, (count + 1) * stack_bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (pages == MAP_FAILED) {
    perror("cuda_emulator: no memory for the stacks of threads");
    abort();
  }
  return static_cast<char*>(pages) + stack_bytes;
}

CUDA_EMULATOR_UNCHECKED static bool left_its_stack(const Fiber& fiber) {
  return *static_cast<const uint64_t*>(fiber.stack) != stack_end;
}

CUDA_EMULATOR_UNCHECKED static void prepare_fiber(Fiber& fiber, void* stack, void (*entry)()) {
  fiber.stack = stack;
  fiber.known_stack = fiber.stack;
  fiber.known_bytes = stack_bytes;
#if defined(__x86_64__)
  // As a call would leave it: 16-byte aligned before the return address, below which lie six registers.
  void** top = reinterpret_cast<void**>(static_cast<char*>(fiber.stack) + stack_bytes) - 2;
  *top = reinterpret_cast<void*>(entry);
  fiber.stack_pointer = top - 6;
#else
  getcontext(&fiber.registers);
  fiber.registers.uc_stack.ss_sp = fiber.stack;
  fiber.registers.uc_stack.ss_size = stack_bytes;
  fiber.registers.uc_link = nullptr;
  makecontext(&fiber.registers, entry, 0);
#endif
#if defined(__SANITIZE_ADDRESS__)
  ASAN_UNPOISON_MEMORY_REGION(fiber.stack, stack_bytes);  // frames that an earlier block never left
#endif
  *static_cast<uint64_t*>(fiber.stack) = stack_end;
#if defined(CUDA_EMULATOR_RACES)
  if (!fiber.race_state) fiber.race_state = __tsan_create_fiber(0);  // milliseconds: kept for the next block
#endif
}

}  // namespace cuda_emulator
