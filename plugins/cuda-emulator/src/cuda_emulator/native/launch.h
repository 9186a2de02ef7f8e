// What a compiled module offers to the host: for each kernel its parameters and its launch.
#pragma once

#include "scheduler.h"

namespace cuda_emulator {

// One parameter, as four numbers: kind ('p'ointer, 'i'nteger, 'f'loating, 's'truct), bytes, alignment that the
// value, or what it points to, must have, and whether it points to what the kernel may not change.
template <class T>
static void describe(int* out) {
  out[0] = std::is_pointer_v<T> ? 'p' : std::is_floating_point_v<T> ? 'f' : std::is_integral_v<T> ? 'i' : 's';
  out[1] = sizeof(T);
  if constexpr (std::is_pointer_v<T> && !std::is_void_v<std::remove_pointer_t<T>>)
    out[2] = alignof(std::remove_pointer_t<T>);
  else
    out[2] = alignof(std::conditional_t<std::is_pointer_v<T>, char, T>);
  out[3] = std::is_pointer_v<T> && std::is_const_v<std::remove_pointer_t<T>>;
}
template <class... Parameters>
static int describe_all(void (*)(Parameters...), int* out) {
  int i = 0;
  (describe<Parameters>(out + 4 * i++), ...);
  return i;
}

template <class... Parameters>
struct Call {
  void (*kernel)(Parameters...);
  void** arguments;
  template <size_t... I>
  CUDA_EMULATOR_UNCHECKED void with(std::index_sequence<I...>) const {
    kernel(*static_cast<std::remove_const_t<Parameters>*>(arguments[I])...);
  }
};

template <class... Parameters>
static int launch(void (*kernel)(Parameters...), const Launch& configuration, void** arguments) {
  Call<Parameters...> call{kernel, arguments};
  auto thread = [](void* call) CUDA_EMULATOR_UNCHECKED {
    static_cast<Call<Parameters...>*>(call)->with(std::index_sequence_for<Parameters...>{});
  };
  return run_grid(configuration, thread, &call);
}

}  // namespace cuda_emulator

#define CUDA_EMULATOR_VISIBLE extern "C" __attribute__((visibility("default")))
#define CUDA_EMULATOR_KERNEL(name, most_threads)                                                              \
  CUDA_EMULATOR_VISIBLE int cuda_emulator_launch_##name(const cuda_emulator::Launch* how, void** arguments) { \
    return cuda_emulator::launch(name, *how, arguments);                                                      \
  }                                                                                                           \
  CUDA_EMULATOR_VISIBLE int cuda_emulator_describe_##name(int* out) { return cuda_emulator::describe_all(name, out); } \
  CUDA_EMULATOR_VISIBLE unsigned cuda_emulator_bound_##name() { return most_threads; }
// gcov's counts go to the file beside the library, and begin at 0 again.
#if defined(CUDA_EMULATOR_COUNTING)
extern "C" void __gcov_dump();
extern "C" void __gcov_reset();
CUDA_EMULATOR_VISIBLE void cuda_emulator_write_counts() {
  __gcov_dump();
  __gcov_reset();
}
#endif
#define CUDA_EMULATOR_MODULE \
  CUDA_EMULATOR_VISIBLE const char* cuda_emulator_error() { return cuda_emulator::scheduler.error; }
