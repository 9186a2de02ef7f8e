// The scheduler: runs the threads of one block in turn, each until it waits or ends; blocks one after another.
#pragma once

#include "fiber.h"

namespace cuda_emulator {

constexpr unsigned most_threads = 1024;
constexpr unsigned lanes = 32;

enum class State : uint8_t { ready, at_barrier, in_collective, done };
enum class Barrier : uint8_t { plain, count, all, any };

// Where a call stands, by default arguments of the intrinsics.
struct Place {
  const char* file = "";
  int line = 0;
};

struct Thread {
  Fiber fiber;
  uint3 index;
  unsigned warp, lane;
  State state;
  Place place;              // of the barrier or collective that it is in, or was in last
  Barrier barrier;          // what it brings to a barrier, and which one in the text
  int site;
  bool predicate;
  uint8_t operation;        // what it brings to a collective, and takes away
  uint32_t mask;
  int source;
  uint64_t value, result;
  void* order;              // see collectives.h
  char arrival;
  uint32_t carry;           // PTX's condition code
};

struct Warp {
  uint32_t waiting, exited;  // lanes in a collective; lanes that have left the kernel
};

enum class ThreadOrder : uint32_t { forward, reverse, random };
enum class BlockOrder : uint32_t { forward, reverse };

struct Launch {
  uint32_t grid[3], block[3];
  uint64_t dynamic_bytes;
  ThreadOrder threads;
  BlockOrder blocks;
  uint64_t seed;
};

struct Scheduler {
  Thread threads[most_threads];
  Warp warps[most_threads / lanes];
  uint16_t order[most_threads];
  Fiber fiber;  // the caller's own
  Thread* current;
  unsigned count, live, waiting;
  int barrier_result;
  unsigned barriers;
  uint64_t random;
  ThreadOrder thread_order;
  size_t dynamic_bytes;
  void (*kernel)(void*);
  void* arguments;
  char barrier_tokens[2], block_token, warp_tokens[most_threads / lanes][64];
  unsigned warp_rounds[most_threads / lanes];
  bool failed;
  char error[512];
};
static Scheduler scheduler;

CUDA_EMULATOR_UNCHECKED static void fail(const char* what, const Thread& thread) {
  if (scheduler.failed) return;
  scheduler.failed = true;
  snprintf(scheduler.error, sizeof scheduler.error, "%s: block (%u, %u, %u), thread (%u, %u, %u), %s:%d", what,
           blockIdx.x, blockIdx.y, blockIdx.z, thread.index.x, thread.index.y, thread.index.z,
           thread.place.file, thread.place.line);
}

CUDA_EMULATOR_UNCHECKED static inline void wait_for_others() {
  switch_fiber(scheduler.current->fiber, scheduler.fiber, Switch::unordered);
}

CUDA_EMULATOR_UNCHECKED static void run_thread() {
  arrived_from(scheduler.fiber);
  scheduler.kernel(scheduler.arguments);
  publish(&scheduler.block_token);
  scheduler.current->state = State::done;
  switch_fiber(scheduler.current->fiber, scheduler.fiber, Switch::last);
  abort();  // a thread that is done is never resumed
}

CUDA_EMULATOR_UNCHECKED static int barrier(Barrier kind, bool predicate, int site, Place place) {
  Thread& thread = *scheduler.current;
  thread.state = State::at_barrier;
  thread.barrier = kind;
  thread.site = site;
  thread.predicate = predicate;
  thread.place = place;
  scheduler.waiting++;
  void* token = &scheduler.barrier_tokens[scheduler.barriers & 1];
  publish(token);
  wait_for_others();
  observe(token);
  return scheduler.barrier_result;
}

CUDA_EMULATOR_UNCHECKED static void release_barrier() {
  const Thread* first = nullptr;
  unsigned holding = 0;
  for (unsigned i = 0; i < scheduler.count; i++) {
    Thread& thread = scheduler.threads[i];
    if (thread.state != State::at_barrier) continue;
    if (!first) first = &thread;
    if (thread.barrier != first->barrier) fail("threads meet in different kinds of barrier", thread);
    if (thread.site != first->site) fail("threads of a block wait at different barriers", thread);
    holding += thread.predicate;
    thread.state = State::ready;
  }
  switch (first->barrier) {
    case Barrier::plain: scheduler.barrier_result = 0; break;
    case Barrier::count: scheduler.barrier_result = holding; break;
    case Barrier::all: scheduler.barrier_result = holding == scheduler.live; break;
    case Barrier::any: scheduler.barrier_result = holding != 0; break;
  }
  scheduler.waiting = 0;
  scheduler.barriers++;
}

CUDA_EMULATOR_UNCHECKED static void leave(Thread& thread) {
  scheduler.live--;
  Warp& warp = scheduler.warps[thread.warp];
  warp.exited |= 1u << thread.lane;
  for (uint32_t rest = warp.waiting; rest; rest &= rest - 1) {
    const Thread& other = scheduler.threads[thread.warp * lanes + __builtin_ctz(rest)];
    if (other.mask >> thread.lane & 1)
      fail("a lane left the kernel while its warp waits for it in a collective", other);
  }
}

CUDA_EMULATOR_UNCHECKED static void shuffle_order() {
  // Fisher and Yates, by Knuth's generator (The Art of Computer Programming, volume 2, 3.3.4, line 26).
  for (unsigned i = scheduler.count; i-- > 1;) {
    scheduler.random = scheduler.random * 6364136223846793005u + 1442695040888963407u;
    unsigned j = (scheduler.random >> 33) % (i + 1);
    std::swap(scheduler.order[i], scheduler.order[j]);
  }
}

CUDA_EMULATOR_UNCHECKED static void poison_shared() {
  if (__start_cuda_emulator_shared)
    memset(__start_cuda_emulator_shared, shared_poison, __stop_cuda_emulator_shared - __start_cuda_emulator_shared);
  memset(dynamic_shared, shared_poison, scheduler.dynamic_bytes + guard_bytes);
}

#if defined(CUDA_EMULATOR_WRITTEN)
static void forget_written();  // see written.h
#endif

CUDA_EMULATOR_UNCHECKED static void begin_block() {
  static char* const stacks = map_stacks(most_threads);
  unsigned count = scheduler.count;
  scheduler.live = count;
  scheduler.waiting = 0;
  memset(scheduler.warps, 0, sizeof scheduler.warps);
  for (unsigned i = 0; i < count; i++) {
    Thread& thread = scheduler.threads[i];
    thread.index = {i % blockDim.x, i / blockDim.x % blockDim.y, i / (blockDim.x * blockDim.y)};
    thread.warp = i / lanes;
    thread.lane = i % lanes;
    thread.state = State::ready;
    thread.place = {};
    prepare_fiber(thread.fiber, stacks + i * stack_bytes, run_thread);
    scheduler.order[i] = scheduler.thread_order == ThreadOrder::reverse ? count - 1 - i : i;
  }
}

CUDA_EMULATOR_UNCHECKED static void report_deadlock() {
  for (unsigned i = 0; i < scheduler.count; i++) {
    const Thread& thread = scheduler.threads[i];
    if (thread.state == State::in_collective) fail("waits in a warp collective for lanes that never come", thread);
  }
  for (unsigned i = 0; i < scheduler.count; i++) {
    const Thread& thread = scheduler.threads[i];
    if (thread.state == State::at_barrier) fail("waits at a barrier for threads that never come", thread);
  }
}

CUDA_EMULATOR_UNCHECKED static void check_dynamic_guard() {
  for (size_t i = 0; i < guard_bytes; i++)
    if (dynamic_shared[scheduler.dynamic_bytes + i] != shared_poison) {
      fail("a write behind the dynamic shared memory of the launch, by this block", scheduler.threads[0]);
      return;
    }
}

CUDA_EMULATOR_UNCHECKED static void run_block() {
#if defined(__SANITIZE_ADDRESS__)
  ASAN_UNPOISON_MEMORY_REGION(dynamic_shared, sizeof dynamic_shared);
#endif
  poison_shared();
#if defined(__SANITIZE_ADDRESS__)
  ASAN_POISON_MEMORY_REGION(dynamic_shared + scheduler.dynamic_bytes, sizeof dynamic_shared - scheduler.dynamic_bytes);
#endif
#if defined(CUDA_EMULATOR_RACES)
  scheduler.fiber.race_state = __tsan_get_current_fiber();
#endif
#if defined(CUDA_EMULATOR_WRITTEN)
  forget_written();
#endif
  begin_block();
  Switch how = Switch::ordered;  // what came before the launch is seen by all its threads
  while (scheduler.live && !scheduler.failed) {
    bool moved = false;
    if (scheduler.thread_order == ThreadOrder::random) shuffle_order();
    for (unsigned i = 0; i < scheduler.count && !scheduler.failed; i++) {
      Thread& thread = scheduler.threads[scheduler.order[i]];
      if (thread.state != State::ready) continue;
      moved = true;
      scheduler.current = &thread;
      threadIdx = thread.index;
      switch_fiber(scheduler.fiber, thread.fiber, how);
      if (thread.state == State::done) leave(thread);
    }
    how = Switch::unordered;
    if (scheduler.live && scheduler.waiting == scheduler.live) release_barrier();
    else if (!moved) report_deadlock();
  }
  observe(&scheduler.block_token);
  for (unsigned i = 0; i < scheduler.count; i++)
    if (left_its_stack(scheduler.threads[i].fiber)) fail("more local memory than a thread's stack has", scheduler.threads[i]);
#if !defined(__SANITIZE_ADDRESS__)
  check_dynamic_guard();
#endif
}

CUDA_EMULATOR_UNCHECKED static int run_grid(const Launch& launch, void (*kernel)(void*), void* arguments) {
  gridDim = dim3(launch.grid[0], launch.grid[1], launch.grid[2]);
  blockDim = dim3(launch.block[0], launch.block[1], launch.block[2]);
  scheduler.count = blockDim.x * blockDim.y * blockDim.z;
  scheduler.dynamic_bytes = launch.dynamic_bytes;
  scheduler.thread_order = launch.threads;
  scheduler.random = launch.seed;
  scheduler.kernel = kernel;
  scheduler.arguments = arguments;
  scheduler.failed = false;
  uint64_t blocks = uint64_t(gridDim.x) * gridDim.y * gridDim.z;
  for (uint64_t i = 0; i < blocks && !scheduler.failed; i++) {
    uint64_t block = launch.blocks == BlockOrder::reverse ? blocks - 1 - i : i;
    blockIdx = {unsigned(block % gridDim.x), unsigned(block / gridDim.x % gridDim.y),
                unsigned(block / gridDim.x / gridDim.y)};
    run_block();
  }
  return scheduler.failed;
}

}  // namespace cuda_emulator

#define CUDA_EMULATOR_HERE \
  cuda_emulator::Place { file, line }
#define CUDA_EMULATOR_PLACE const char *file = __builtin_FILE(), int line = __builtin_LINE()

static inline void __syncthreads(int site, CUDA_EMULATOR_PLACE) {
  cuda_emulator::barrier(cuda_emulator::Barrier::plain, false, site, CUDA_EMULATOR_HERE);
}
static inline int __syncthreads_count(int site, int predicate, CUDA_EMULATOR_PLACE) {
  return cuda_emulator::barrier(cuda_emulator::Barrier::count, predicate != 0, site, CUDA_EMULATOR_HERE);
}
static inline int __syncthreads_and(int site, int predicate, CUDA_EMULATOR_PLACE) {
  return cuda_emulator::barrier(cuda_emulator::Barrier::all, predicate != 0, site, CUDA_EMULATOR_HERE);
}
static inline int __syncthreads_or(int site, int predicate, CUDA_EMULATOR_PLACE) {
  return cuda_emulator::barrier(cuda_emulator::Barrier::any, predicate != 0, site, CUDA_EMULATOR_HERE);
}
// A number for each barrier of the text: two on a line, or of one macro, have the same place.
#define __syncthreads() __syncthreads(__COUNTER__)
#define __syncthreads_count(...) __syncthreads_count(__COUNTER__, __VA_ARGS__)
#define __syncthreads_and(...) __syncthreads_and(__COUNTER__, __VA_ARGS__)
#define __syncthreads_or(...) __syncthreads_or(__COUNTER__, __VA_ARGS__)

[[maybe_unused]] static void __trap(CUDA_EMULATOR_PLACE) {
  cuda_emulator::scheduler.current->place = CUDA_EMULATOR_HERE;
  cuda_emulator::fail("__trap()", *cuda_emulator::scheduler.current);
  cuda_emulator::wait_for_others();
}
static inline void __threadfence_block() { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
static inline void __threadfence() { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
static inline void __threadfence_system() { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
