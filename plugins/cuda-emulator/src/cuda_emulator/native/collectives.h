// Warp collectives: complete once every lane of the mask waits in the same one; the last to come works it out for all.
#pragma once

#include "scheduler.h"

namespace cuda_emulator {

enum Collective : uint8_t {
  shuffle, ballot, any, all, synchronise, match_any, match_all, add, minimum, maximum,
  minimum_signed, maximum_signed, conjunction, disjunction, exclusive,
};

template <class T>
static inline uint64_t bits_of(T value) {
  static_assert(sizeof(T) <= 8 && std::is_trivially_copyable_v<T>);
  uint64_t bits = 0;
  memcpy(&bits, &value, sizeof value);
  return bits;
}
template <class T>
static inline T value_of(uint64_t bits) {
  T value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

CUDA_EMULATOR_UNCHECKED static inline Thread& lane_of(const Thread& thread, unsigned lane) {
  return scheduler.threads[thread.warp * lanes + lane];
}

// The lanes of the warp that exist: the last warp of a block may be short.
CUDA_EMULATOR_UNCHECKED static uint32_t existing_lanes(const Thread& thread) {
  unsigned count = scheduler.count - thread.warp * lanes;
  return count >= lanes ? ~0u : (1u << count) - 1;
}

CUDA_EMULATOR_UNCHECKED static uint64_t reduce(Collective operation, uint64_t sum, uint64_t value) {
  switch (operation) {
    case add: return uint32_t(sum + value);
    case minimum: return value < sum ? value : sum;
    case maximum: return value > sum ? value : sum;
    case minimum_signed: return int32_t(value) < int32_t(sum) ? value : sum;
    case maximum_signed: return int32_t(value) > int32_t(sum) ? value : sum;
    case conjunction: return sum & value;
    case disjunction: return sum | value;
    case exclusive: return sum ^ value;
    default: return 0;
  }
}

CUDA_EMULATOR_UNCHECKED static uint32_t lanes_equal_to(const Thread& thread, uint32_t members) {
  uint32_t equal = 0;
  for (uint32_t rest = members; rest; rest &= rest - 1)
    if (lane_of(thread, __builtin_ctz(rest)).value == thread.value) equal |= rest & -rest;
  return equal;
}

CUDA_EMULATOR_UNCHECKED static void work_out(Collective operation, Thread& thread, uint32_t members, bool& fine) {
  uint32_t votes = 0;
  uint64_t total = 0;
  for (uint32_t rest = members; rest; rest &= rest - 1) {
    const Thread& other = lane_of(thread, __builtin_ctz(rest));
    votes |= uint32_t(other.value != 0) << other.lane;
    total = rest == members ? other.value : reduce(operation, total, other.value);
  }
  for (uint32_t rest = members; rest; rest &= rest - 1) {
    Thread& other = lane_of(thread, __builtin_ctz(rest));
    switch (operation) {
      case shuffle:
        if (!(members >> other.source & 1)) {
          fail("a shuffle reads a lane outside its mask", other);
          fine = false;
          return;
        }
        other.result = lane_of(thread, other.source).value;
        break;
      case ballot: other.result = votes; break;
      case any: other.result = votes != 0; break;
      case all: other.result = votes == members; break;
      case match_any: other.result = lanes_equal_to(other, members); break;
      case match_all: other.result = lanes_equal_to(other, members) == members ? members : 0; break;
      case synchronise: break;
      default: other.result = total;
    }
  }
}

// __syncwarp orders memory among its lanes, and only among them; shuffles and votes order none.
CUDA_EMULATOR_UNCHECKED static void order_memory(Thread& thread, uint32_t members) {
  char* tokens = scheduler.warp_tokens[thread.warp];
  void* token = &tokens[scheduler.warp_rounds[thread.warp]++ % sizeof scheduler.warp_tokens[0]];
  for (uint32_t rest = members; rest; rest &= rest - 1) {
    Thread& other = lane_of(thread, __builtin_ctz(rest));
    observe(&other.arrival);
    other.order = token;
  }
  publish(token);
}

CUDA_EMULATOR_UNCHECKED static void try_to_complete(Thread& thread) {
  Warp& warp = scheduler.warps[thread.warp];
  uint32_t members = thread.mask & existing_lanes(thread);
  if (members & warp.exited) return fail("a collective names a lane that has left the kernel", thread);
  if (members & ~warp.waiting) return;
  auto operation = static_cast<Collective>(thread.operation);
  for (uint32_t rest = members; rest; rest &= rest - 1) {
    const Thread& other = lane_of(thread, __builtin_ctz(rest));
    if (other.mask != thread.mask) return;  // it waits for other lanes first
    if (other.operation != thread.operation || other.place.line != thread.place.line)
      return fail("lanes of one mask meet in different collectives", other);
  }
  bool fine = true;
  work_out(operation, thread, members, fine);
  if (!fine) return;
  if (operation == synchronise) order_memory(thread, members);
  warp.waiting &= ~members;
  for (uint32_t rest = members; rest; rest &= rest - 1) lane_of(thread, __builtin_ctz(rest)).state = State::ready;
}

CUDA_EMULATOR_UNCHECKED static uint64_t collective(Collective operation, uint32_t mask, uint64_t value, int source,
                                                   Place place) {
  Thread& thread = *scheduler.current;
  thread.operation = operation;
  thread.mask = mask;
  thread.value = value;
  thread.source = source;
  thread.place = place;
  thread.state = State::in_collective;
  if (operation == synchronise) publish(&thread.arrival);
  if (!(mask >> thread.lane & 1)) {
    fail("a collective is called by a lane outside its mask", thread);
  } else {
    scheduler.warps[thread.warp].waiting |= 1u << thread.lane;
    try_to_complete(thread);
  }
  if (thread.state != State::ready || scheduler.failed) wait_for_others();
  if (operation == synchronise) observe(thread.order);
  return thread.result;
}

// Shuffles stay within segments of `width` lanes; a source beyond its segment gives a lane its own value.
struct Segment {
  int lane, first, last;
  explicit Segment(int width)
      : lane(scheduler.current->lane), first(lane & ~(width - 1)), last(first + width - 1) {}
  int within(int source) const { return source < first || source > last ? lane : source; }
};

}  // namespace cuda_emulator

static inline void __syncwarp(uint32_t mask = ~0u, CUDA_EMULATOR_PLACE) {
  cuda_emulator::collective(cuda_emulator::synchronise, mask, 0, 0, CUDA_EMULATOR_HERE);
}

template <class T>
static inline T __shfl_sync(uint32_t mask, T value, int source, int width = 32, CUDA_EMULATOR_PLACE) {
  using namespace cuda_emulator;
  int lane = Segment(width).first + (source & (width - 1));
  return value_of<T>(collective(shuffle, mask, bits_of(value), lane, CUDA_EMULATOR_HERE));
}
template <class T>
static inline T __shfl_up_sync(uint32_t mask, T value, unsigned delta, int width = 32, CUDA_EMULATOR_PLACE) {
  using namespace cuda_emulator;
  Segment segment(width);
  int source = segment.within(segment.lane - int(delta));
  return value_of<T>(collective(shuffle, mask, bits_of(value), source, CUDA_EMULATOR_HERE));
}
template <class T>
static inline T __shfl_down_sync(uint32_t mask, T value, unsigned delta, int width = 32, CUDA_EMULATOR_PLACE) {
  using namespace cuda_emulator;
  Segment segment(width);
  int source = segment.within(segment.lane + int(delta));
  return value_of<T>(collective(shuffle, mask, bits_of(value), source, CUDA_EMULATOR_HERE));
}
template <class T>
static inline T __shfl_xor_sync(uint32_t mask, T value, int lane_mask, int width = 32, CUDA_EMULATOR_PLACE) {
  using namespace cuda_emulator;
  Segment segment(width);
  int source = segment.lane ^ lane_mask;  // earlier segments may be read (CUDA C++ Programming Guide, warp shuffle)
  if (source > segment.last) source = segment.lane;
  return value_of<T>(collective(shuffle, mask, bits_of(value), source, CUDA_EMULATOR_HERE));
}

static inline unsigned __ballot_sync(uint32_t mask, int predicate, CUDA_EMULATOR_PLACE) {
  using namespace cuda_emulator;
  return unsigned(collective(ballot, mask, predicate != 0, 0, CUDA_EMULATOR_HERE));
}
static inline int __any_sync(uint32_t mask, int predicate, CUDA_EMULATOR_PLACE) {
  return int(cuda_emulator::collective(cuda_emulator::any, mask, predicate != 0, 0, CUDA_EMULATOR_HERE));
}
static inline int __all_sync(uint32_t mask, int predicate, CUDA_EMULATOR_PLACE) {
  return int(cuda_emulator::collective(cuda_emulator::all, mask, predicate != 0, 0, CUDA_EMULATOR_HERE));
}
template <class T>
static inline unsigned __match_any_sync(uint32_t mask, T value, CUDA_EMULATOR_PLACE) {
  using namespace cuda_emulator;
  return unsigned(collective(match_any, mask, bits_of(value), 0, CUDA_EMULATOR_HERE));
}
template <class T>
static inline unsigned __match_all_sync(uint32_t mask, T value, int* predicate, CUDA_EMULATOR_PLACE) {
  using namespace cuda_emulator;
  auto equal = unsigned(collective(match_all, mask, bits_of(value), 0, CUDA_EMULATOR_HERE));
  *predicate = equal != 0;
  return equal;
}

#define CUDA_EMULATOR_REDUCTION(name, type, operation)                                                       \
  static inline type __reduce_##name##_sync(uint32_t mask, type value, CUDA_EMULATOR_PLACE) {                \
    return type(cuda_emulator::collective(cuda_emulator::operation, mask, unsigned(value), 0, CUDA_EMULATOR_HERE)); \
  }
CUDA_EMULATOR_REDUCTION(add, unsigned, add)
CUDA_EMULATOR_REDUCTION(add, int, add)
CUDA_EMULATOR_REDUCTION(min, unsigned, minimum)
CUDA_EMULATOR_REDUCTION(min, int, minimum_signed)
CUDA_EMULATOR_REDUCTION(max, unsigned, maximum)
CUDA_EMULATOR_REDUCTION(max, int, maximum_signed)
CUDA_EMULATOR_REDUCTION(and, unsigned, conjunction)
CUDA_EMULATOR_REDUCTION(or, unsigned, disjunction)
CUDA_EMULATOR_REDUCTION(xor, unsigned, exclusive)
#undef CUDA_EMULATOR_REDUCTION
