// What the GPU can do at most, each kernel bound by one unit on purpose. Per SM and clock of sm_90:
//
//   copy             memory: every byte read once and written once, 16 at a time, 64 in flight a thread
//   read             memory: every byte read once; per 16 bytes 4 LOP3 of 64
//   wide_multiply    1 IMAD.WIDE.U32 a step of 32 or 64 (not published: this kernel is to tell)
//   logic            8 LOP3 a step of 64
//   lookup           1 LDS a step of 32: 128 bytes of shared memory
//   binary_product   1 mma.m16n8k256 a step of a warp: 32768 ands of bits (sm_80 to sm_90 have it)
//   fused_multiply   2 DFMA a step of 64
//
// A chain's steps need one another, so that none can be left out. A full SM has warps enough to hide the latency
// of one chain a thread; loops are unrolled until they cost less than 4 % beside it; blocks are small and many,
// so that all SMs end together.

#define COPY_THREADS 256
#define COPY_EACH 4
#define CHAIN_THREADS 128
#define LOOKUP_THREADS 256
#define PRODUCT_TILES 4

extern "C" __global__ void __launch_bounds__(COPY_THREADS)
    machine_copy(const u8 *__restrict__ from, u8 *__restrict__ to, u64 bytes) {
    const uint4 *from_quads = (const uint4 *)from;
    uint4 *to_quads = (uint4 *)to;
    const u64 quads = bytes / 16, turn = (u64)gridDim.x * (COPY_THREADS * COPY_EACH);
#pragma unroll 1
    for (u64 first = (u64)blockIdx.x * (COPY_THREADS * COPY_EACH) + threadIdx.x; first < quads; first += turn) {
        uint4 held[COPY_EACH];
#pragma unroll
        for (u32 i = 0; i < COPY_EACH; i++)
            if (first + i * COPY_THREADS < quads) held[i] = from_quads[first + i * COPY_THREADS];
#pragma unroll
        for (u32 i = 0; i < COPY_EACH; i++)
            if (first + i * COPY_THREADS < quads) to_quads[first + i * COPY_THREADS] = held[i];
    }
    const u64 last = quads * 16 + threadIdx.x;
    if (blockIdx.x == 0 && last < bytes) to[last] = from[last];
}

// The exclusive or of a block's words, in thread 0.
__device__ __forceinline__ u64 block_xor(u64 word, u64 (&of_warps)[COPY_THREADS / 32]) {
    for (u32 away = 16; away; away /= 2) word ^= __shfl_xor_sync(FULL_WARP, word, away);
    __syncthreads();
    if (threadIdx.x % 32 == 0) of_warps[threadIdx.x / 32] = word;
    __syncthreads();
    word = threadIdx.x < COPY_THREADS / 32 ? of_warps[threadIdx.x] : 0;
    for (u32 away = COPY_THREADS / 64; away; away /= 2) word ^= __shfl_xor_sync(FULL_WARP, word, away);
    return word;
}

// `partial` has a word for each block, and before them one that counts finished blocks: zero between launches.
// The block that finishes last sees all partial words, for each was there before its block was counted.
extern "C" __global__ void __launch_bounds__(COPY_THREADS)
    machine_read(const u64 *__restrict__ data, u64 *__restrict__ result, u64 *partial, u64 words) {
    __shared__ u64 of_warps[COPY_THREADS / 32];
    __shared__ u32 is_last;
    const ulonglong2 *data_pairs = (const ulonglong2 *)data;
    const u64 pairs = words / 2, turn = (u64)gridDim.x * (COPY_THREADS * COPY_EACH);
    u64 word = blockIdx.x == 0 && threadIdx.x == 0 && words % 2 ? data[words - 1] : 0;
#pragma unroll 1
    for (u64 first = (u64)blockIdx.x * (COPY_THREADS * COPY_EACH) + threadIdx.x; first < pairs; first += turn) {
        ulonglong2 held[COPY_EACH];
#pragma unroll
        for (u32 i = 0; i < COPY_EACH; i++)
            held[i] = first + i * COPY_THREADS < pairs ? data_pairs[first + i * COPY_THREADS] : ulonglong2{0, 0};
#pragma unroll
        for (u32 i = 0; i < COPY_EACH; i++) word ^= held[i].x ^ held[i].y;
    }
    word = block_xor(word, of_warps);
    if (threadIdx.x == 0) {
        partial[1 + blockIdx.x] = word;
        __threadfence();
        is_last = atomicAdd((u32 *)partial, 1u) == gridDim.x - 1;
    }
    __syncthreads();
    if (!is_last) return;
    __threadfence();
    const volatile u64 *finished = partial + 1;
    word = 0;
#pragma unroll 1
    for (u32 block = threadIdx.x; block < gridDim.x; block += COPY_THREADS) word ^= finished[block];
    word = block_xor(word, of_warps);
    if (threadIdx.x == 0) {
        *result = word;
        *(u32 *)partial = 0;
    }
}

// One IMAD.WIDE.U32: of mad.wide, as of C, the assembler makes a product and additions here.
__device__ __forceinline__ u64 wide_multiply_add(u32 a, u32 b, u64 c) {
#ifdef CUDA_EMULATOR
    return c + (u64)a * b;
#else
    u32 low = (u32)c, high = (u32)(c >> 32);
    asm("{mad.lo.cc.u32 %0, %2, %3, %0; madc.hi.u32 %1, %2, %3, %1;}" : "+&r"(low), "+r"(high) : "r"(a), "r"(b));
    return (u64)high << 32 | low;
#endif
}

extern "C" __global__ void __launch_bounds__(CHAIN_THREADS)
    machine_wide_multiply(const u64 *__restrict__ start, u64 *__restrict__ end, u32 factor, u32 steps, u64 chains) {
    const u64 chain = (u64)blockIdx.x * CHAIN_THREADS + threadIdx.x;
    if (chain >= chains) return;
    u64 state = start[chain];
#pragma unroll 128
    for (u32 step = 0; step < steps; step++) state = wide_multiply_add((u32)(state >> 32), factor, state);
    end[chain] = state;
}

extern "C" __global__ void __launch_bounds__(CHAIN_THREADS)
    machine_logic(const uint4 *__restrict__ start, uint4 *__restrict__ end, u32 steps, u64 chains) {
    const u64 chain = (u64)blockIdx.x * CHAIN_THREADS + threadIdx.x;
    if (chain >= chains) return;
    const uint4 low = start[2 * chain], high = start[2 * chain + 1];
    u32 w[8] = {low.x, low.y, low.z, low.w, high.x, high.y, high.z, high.w};
#pragma unroll 16
    for (u32 step = 0; step < steps; step++)
#pragma unroll
        for (u32 i = 0; i < 8; i++) w[i] ^= w[(i + 1) % 8] | w[(i + 5) % 8];
    end[2 * chain] = make_uint4(w[0], w[1], w[2], w[3]);
    end[2 * chain + 1] = make_uint4(w[4], w[5], w[6], w[7]);
}

// The table lies in shared memory once a bank, so that lanes never meet, and holds places instead of entries:
// what was looked up is the next address.
extern "C" __global__ void __launch_bounds__(LOOKUP_THREADS)
    machine_lookup(const u8 *__restrict__ start, u8 *__restrict__ end, const u8 *__restrict__ table, u32 steps,
                   u64 chains) {
    __shared__ __align__(16) u32 places[256 * 32];
    for (u32 quad = threadIdx.x; quad < 256 * 8; quad += LOOKUP_THREADS) {
        const u32 place = 128 * table[quad / 8] + 16 * (quad % 8);
        ((uint4 *)places)[quad] = make_uint4(place, place + 4, place + 8, place + 12);
    }
    __syncthreads();
    const u64 chain = (u64)blockIdx.x * LOOKUP_THREADS + threadIdx.x;
    if (chain >= chains) return;
    u32 place = 128 * start[chain] + 4 * (threadIdx.x % 32);
#pragma unroll 128
    for (u32 step = 0; step < steps; step++) place = *(const u32 *)((const u8 *)places + place);
    end[chain] = (u8)(place / 128);
}

// d += the counted and of a (16 rows of 256 bits) with b (8 columns of 256 bits): fragments as the PTX manual
// has them for m16n8k256. Lane 4 g + t holds of d columns 2t and 2t + 1 of rows g and g + 8; of a words t and
// t + 4 of rows g, g + 8, g, g + 8; of b words t and t + 4 of column g. The order of words is free, if a and b agree.
__device__ __forceinline__ void binary_mma(u32 (&d)[4], const u32 (&a)[4], u32 b0, u32 b1) {
#ifdef CUDA_EMULATOR
    const u32 row = threadIdx.x % 32 / 4, column = threadIdx.x % 4 * 2;
    const u64 upper_a = (u64)a[2] << 32 | a[0], lower_a = (u64)a[3] << 32 | a[1], b = (u64)b1 << 32 | b0;
    for (u32 t = 0; t < 4; t++) {
        const u64 upper = __shfl_sync(FULL_WARP, upper_a, 4 * row + t);
        const u64 lower = __shfl_sync(FULL_WARP, lower_a, 4 * row + t);
        const u64 left = __shfl_sync(FULL_WARP, b, 4 * column + t);
        const u64 right = __shfl_sync(FULL_WARP, b, 4 * column + 4 + t);
        d[0] += __popcll(upper & left), d[1] += __popcll(upper & right);
        d[2] += __popcll(lower & left), d[3] += __popcll(lower & right);
    }
#else
    asm("mma.sync.aligned.m16n8k256.row.col.s32.b1.b1.s32.and.popc {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
        "{%0, %1, %2, %3};"
        : "+r"(d[0]), "+r"(d[1]), "+r"(d[2]), "+r"(d[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
#endif
}

// A warp has several states. Row g of a state is column g of b, and what lane 4 g + t needs of it, a pair of
// words, is what it has of d: word 2t stands where the fragment has word t, word 2t + 1 where it has t + 4.
extern "C" __global__ void __launch_bounds__(CHAIN_THREADS)
    machine_binary_product(const uint2 *__restrict__ start, uint2 *__restrict__ end, const uint2 *__restrict__ rows,
                           u32 steps, u64 chains) {
    const u32 lane = threadIdx.x % 32;
    const u64 first = ((u64)blockIdx.x * (CHAIN_THREADS / 32) + threadIdx.x / 32) * PRODUCT_TILES;
    if (first >= chains) return;  // the whole warp
    const uint2 upper = rows[lane], lower = rows[32 + lane];
    const u32 a[4] = {upper.x, lower.x, upper.y, lower.y};
    u32 d[PRODUCT_TILES][4];
#pragma unroll
    for (u32 i = 0; i < PRODUCT_TILES; i++) {
        const u64 state = first + i < chains ? first + i : first;
        const uint2 high = start[64 * state + lane], low = start[64 * state + 32 + lane];
        d[i][0] = high.x, d[i][1] = high.y, d[i][2] = low.x, d[i][3] = low.y;
    }
#pragma unroll 16
    for (u32 step = 0; step < steps; step++)
#pragma unroll
        for (u32 i = 0; i < PRODUCT_TILES; i++) binary_mma(d[i], a, d[i][0], d[i][1]);
#pragma unroll
    for (u32 i = 0; i < PRODUCT_TILES; i++)
        if (first + i < chains) {
            end[64 * (first + i) + lane] = make_uint2(d[i][0], d[i][1]);
            end[64 * (first + i) + 32 + lane] = make_uint2(d[i][2], d[i][3]);
        }
}

extern "C" __global__ void __launch_bounds__(CHAIN_THREADS)
    machine_fused_multiply(const double *__restrict__ start, double *__restrict__ end, double width, u32 steps,
                           u64 chains) {
    const u64 chain = (u64)blockIdx.x * CHAIN_THREADS + threadIdx.x;
    if (chain >= chains) return;
    double value = start[3 * chain], difference = start[3 * chain + 1];
    const double second = start[3 * chain + 2];
#pragma unroll 64
    for (u32 step = 0; step < steps; step++) {
        value = __fma_rn(difference, width, value);
        difference = __fma_rn(second, width, difference);
    }
    end[2 * chain] = value;
    end[2 * chain + 1] = difference;
}
