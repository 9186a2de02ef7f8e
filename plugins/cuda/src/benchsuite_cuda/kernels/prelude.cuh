// What every kernel begins with: NVRTC has no <stdint.h>, and PTX stands behind a wrapper with a twin in C
// for the emulator, which defines CUDA_EMULATOR.

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef signed char i8;
typedef short i16;
typedef int i32;
typedef long long i64;

#define FULL_WARP 0xffffffffu

// Bit i of `truth` is the answer for the bits of a, b and c that spell i: 0x96 is a ^ b ^ c.
template <u32 truth> __device__ __forceinline__ u32 lop3(u32 a, u32 b, u32 c) {
#ifdef CUDA_EMULATOR
    u32 found = 0;
    for (u32 i = 0; i < 8; i++)
        if (truth >> i & 1) found |= (i & 4 ? a : ~a) & (i & 2 ? b : ~b) & (i & 1 ? c : ~c);
    return found;
#else
    u32 found;
    asm("lop3.b32 %0, %1, %2, %3, %4;" : "=r"(found) : "r"(a), "r"(b), "r"(c), "n"(truth));
    return found;
#endif
}

// Data that are read or written once and need no place in the caches.
template <typename T> __device__ __forceinline__ T load_once(const T *from) {
#ifdef CUDA_EMULATOR
    return *from;
#else
    return __ldcs(from);
#endif
}

template <typename T> __device__ __forceinline__ void store_once(T *to, T value) {
#ifdef CUDA_EMULATOR
    *to = value;
#else
    __stcs(to, value);
#endif
}
