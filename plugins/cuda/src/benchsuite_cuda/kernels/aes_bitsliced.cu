// AES encryption without tables, ECB and counter mode: a thread takes 32 blocks, a register one bit of each of them.
// No address and no branch depends on data or key.
//
// Bound: the integer pipe, 64 lanes a clock. A block of AES-128 takes 558 of its operations, 385 of them in the S-box,
// so a multiprocessor of sm_90 8.72 clocks: 3.40 Tb/s with 132 of them at 1.755 GHz. Predicted from machine code, in
// Tb/s for keys of 128, 192 and 256 bits: ECB 3.40, 2.88, 2.49; counter mode, which makes counters, 3.25, 2.77, 2.41.
// Eight warps a multiprocessor: with the 168 registers that twelve would leave, planes spill.
//
// Define: ROUNDS is 10, 12 or 14.

#define THREADS 128
#define LANES 32
#define BITS 32     // blocks of a thread: block b of it lies 32 b blocks on, so that a warp reads neighbours
#define PLANES 128  // bit j of byte i of the blocks is plane 8i + j

struct RoundKeys {
    u32 word[4 * (ROUNDS + 1)];
};

__device__ __forceinline__ u32 reversed(u32 word) { return __byte_perm(word, 0, 0x0123); }

// The S-box of the eight planes of a byte: the circuit of Boyar and Peralta (2012), whose names these are, covered by
// as few functions of three bits as it takes, 74; even sums of two are such functions, lest the compiler merge gates in
// another way, into more of them. x0 and s0 are the most significant bits.
__device__ __forceinline__ void substitute(u32 *byte) {
    const u32 x0 = byte[7], x1 = byte[6], x2 = byte[5], x3 = byte[4];
    const u32 x4 = byte[3], x5 = byte[2], x6 = byte[1], x7 = byte[0];
    u32 y14 = lop3<0x3c>(x3, x5, x3), y9 = lop3<0x3c>(x0, x3, x0), y8 = lop3<0x3c>(x0, x5, x0);
    u32 y1 = lop3<0x96>(x1, x2, x7), y12 = lop3<0x96>(x0, x6, y14), y2 = lop3<0x3c>(x0, y1, x0);
    u32 y3 = lop3<0x96>(x6, y1, y8), y15 = lop3<0x96>(x4, x5, y12), y20 = lop3<0x96>(x1, x4, y12);
    u32 y6 = lop3<0x3c>(x7, y15, x7), y10 = lop3<0x96>(x1, x2, y15), y11 = lop3<0x3c>(y20, y9, y20);
    u32 y17 = lop3<0x3c>(y10, y11, y10), y16 = lop3<0x96>(x1, x2, y11), y21 = lop3<0x96>(x0, x6, y16);
    u32 t2 = lop3<0xc0>(y12, y15, y12), t4 = lop3<0x78>(t2, y3, y6), t5 = lop3<0x48>(x3, x7, y1);
    u32 t7 = lop3<0x28>(x0, x6, y16), t9 = lop3<0xd2>(t7, x6, y1), t10 = lop3<0x28>(x7, y11, y2);
    u32 t12 = lop3<0xc0>(y11, y9, y11), t14 = lop3<0x78>(t12, y14, y17), t16 = lop3<0x78>(t12, y10, y8);
    u32 t18 = lop3<0x96>(t16, t2, t5), t20 = lop3<0x96>(t10, t16, t7), t21 = lop3<0x96>(t14, t4, y20);
    u32 t22 = lop3<0x96>(t18, y10, y8), t23 = lop3<0x96>(t14, t9, y21), t24 = lop3<0x96>(t20, x0, y16);
    u32 t27 = lop3<0x6a>(t21, t23, t24), t29 = lop3<0xe4>(t21, t22, t27), t31 = lop3<0x6c>(t21, t22, t23);
    u32 t33 = lop3<0xe4>(t23, t24, t31), t36 = lop3<0x60>(t24, t27, t33), t37 = lop3<0x96>(t23, t33, t36);
    u32 t39 = lop3<0x48>(t27, t29, t36), t40 = lop3<0x96>(t21, t22, t39), t41 = lop3<0x3c>(t37, t40, t37);
    u32 t42 = lop3<0x3c>(t29, t33, t29), t43 = lop3<0x3c>(t29, t40, t29), z0 = lop3<0x28>(t33, t37, y15);
    u32 z2 = lop3<0xc0>(t33, x7, t33), z5 = lop3<0x60>(t29, x7, y11), z7 = lop3<0x28>(t41, t42, y17);
    u32 z9 = lop3<0x28>(t33, t37, y12), z10 = lop3<0xc0>(t37, y3, t37), z11 = lop3<0x60>(t33, x3, y1);
    u32 z12 = lop3<0x60>(t43, x0, x6), z13 = lop3<0x60>(t40, x6, y1), z16 = lop3<0x28>(t41, t42, y14);
    u32 t46 = lop3<0x6a>(t42, y9, z16), t52 = lop3<0x6a>(t41, y10, z7), t53 = lop3<0x6a>(t43, y16, z0);
    u32 t54 = lop3<0x6a>(t42, y11, z7), t55 = lop3<0x6a>(t41, y8, z16), t56 = lop3<0x96>(z12, z13, z5);
    u32 t57 = lop3<0x96>(t53, z12, z2), t58 = lop3<0x6c>(t40, t46, y1), t59 = lop3<0x6c>(t43, t54, y16);
    u32 t60 = lop3<0x3c>(t46, t57, t46), t61 = lop3<0x6c>(t29, t57, y2), t63 = lop3<0x96>(t58, z10, z9);
    u32 t64 = lop3<0x6c>(t40, t59, y1), t65 = lop3<0x96>(t52, t58, t61), t66 = lop3<0x6c>(t37, t63, y6);
    u32 s0 = lop3<0x3c>(t59, t63, t59), s6 = lop3<0x69>(t52, t56, t58), s7 = lop3<0x69>(t60, z13, z5);
    u32 s3 = lop3<0x3c>(t53, t66, t53), s4 = lop3<0x96>(t66, z2, z5), s5 = lop3<0x96>(t65, z10, z11);
    u32 s1 = lop3<0xc3>(s3, t64, s3), s2 = lop3<0x69>(t55, t64, t65);
    byte[7] = s0, byte[6] = s1, byte[5] = s2, byte[4] = s3;
    byte[3] = s4, byte[2] = s5, byte[1] = s6, byte[0] = s7;
}

__device__ __forceinline__ void substitute_all(u32 *planes) {
#pragma unroll
    for (u32 i = 0; i < PLANES; i += 8) substitute(planes + i);
}

// Where ShiftRows takes row `row` of a column from.
__device__ __forceinline__ u32 shifted(u32 column, u32 row) { return 8 * ((4 * column + 5 * row) % 16); }

// Bit `bit` of a column's row and the next one, together.
__device__ __forceinline__ u32 pair(const u32 *planes, u32 column, u32 row, u32 bit) {
    return planes[shifted(column, row % 4) + bit] ^ planes[shifted(column, (row + 1) % 4) + bit];
}

// ShiftRows, MixColumns and the round key, a mask for each plane: 2a + 3b + c + d = 2(a + b) + b + (c + d).
__device__ __forceinline__ void mix(u32 *planes, const u32 *key) {
    u32 mixed[PLANES];
#pragma unroll
    for (u32 column = 0; column < 4; column++)
#pragma unroll
        for (u32 bit = 0; bit < 8; bit++)
#pragma unroll
            for (u32 row = 0; row < 4; row++) {
                u32 doubled = pair(planes, column, row, (bit + 7) % 8);
                if (bit == 1 || bit == 3 || bit == 4) doubled ^= pair(planes, column, row, 7); // x^8 is 0x1b
                u32 rest = planes[shifted(column, (row + 1) % 4) + bit] ^ pair(planes, column, row + 2, bit);
                mixed[32 * column + 8 * row + bit] = doubled ^ rest ^ key[32 * column + 8 * row + bit];
            }
#pragma unroll
    for (u32 i = 0; i < PLANES; i++) planes[i] = mixed[i];
}

// Of 32 words, swap the bit `step` of the index with that of the place: the places where it is 0 are set in `low`.
template <u32 step, u32 low> __device__ __forceinline__ void swap(u32 *words) {
#pragma unroll
    for (u32 i = 0; i < 32; i++) {
        if (i & step) continue;
        u32 a = words[i], b = words[i + step];
        if (step == 16) {
            words[i] = __byte_perm(a, b, 0x5410), words[i + step] = __byte_perm(a, b, 0x7632);
        } else if (step == 8) {
            words[i] = __byte_perm(a, b, 0x6240), words[i + step] = __byte_perm(a, b, 0x7351);
        } else { // 0xca: the second where the first is set, else the third
            words[i] = lop3<0xca>(low, a, b << step), words[i + step] = lop3<0xca>(low, a >> step, b);
        }
    }
}

// Word k of every block <-> planes 32 k ... 32 k + 31; its own inverse.
__device__ __forceinline__ void transpose(u32 *planes) {
#pragma unroll
    for (u32 k = 0; k < 4; k++) {
        u32 *words = planes + 32 * k;
        swap<16, 0x0000ffff>(words);
        swap<8, 0x00ff00ff>(words);
        swap<4, 0x0f0f0f0f>(words);
        swap<2, 0x33333333>(words);
        swap<1, 0x55555555>(words);
    }
}

// A mask for each bit of the round keys, all ones where it is 1, in `masks: u32[ROUNDS + 1, PLANES]`.
__device__ __forceinline__ void spread(const RoundKeys &keys, u32 *masks) {
#pragma unroll 1
    for (u32 i = threadIdx.x; i < PLANES * (ROUNDS + 1); i += THREADS) masks[i] = -(keys.word[i / 32] >> i % 32 & 1);
    __syncthreads();
}

// Word k of block b is words[32 k + b], before and after.
__device__ __forceinline__ void encrypt(u32 *words, const u32 *masks) {
    transpose(words);
#pragma unroll
    for (u32 i = 0; i < PLANES; i++) words[i] ^= masks[i];
    substitute_all(words);
#pragma unroll 1
    for (u32 round = 1; round < ROUNDS; round++) {
        mix(words, masks + PLANES * round);
        substitute_all(words);
    }
    u32 last[PLANES];
#pragma unroll
    for (u32 i = 0; i < PLANES; i++)
        last[i] = words[shifted(i / 32, i % 32 / 8) + i % 8] ^ masks[PLANES * ROUNDS + i];
#pragma unroll
    for (u32 i = 0; i < PLANES; i++) words[i] = last[i];
    transpose(words);
}

// A thread's blocks: every LANES-th one of `blocks` from its first on, as many as there are.
struct Blocks {
    u64 first;
    u32 count;
    __device__ __forceinline__ explicit Blocks(u64 blocks) {
        u64 warp = (u64)blockIdx.x * (THREADS / LANES) + threadIdx.x / LANES;
        first = warp * LANES * BITS + threadIdx.x % LANES;
        u64 left = blocks > first ? blocks - first : 0;
        count = left < LANES * BITS ? (left + LANES - 1) / LANES : BITS;
    }
};

extern "C" __global__ void __launch_bounds__(THREADS, 2)
    aes_ecb_bitsliced(const uint4 *__restrict__ in, uint4 *__restrict__ out, const RoundKeys keys, const u64 blocks) {
    __shared__ u32 masks[PLANES * (ROUNDS + 1)];
    spread(keys, masks);
    const Blocks own(blocks);
    if (own.count == 0) return;
    in += own.first, out += own.first;
    u32 words[PLANES];
#pragma unroll
    for (u32 b = 0; b < BITS; b++) {
        // past the last one that one again: to remember 32 conditions until the end would cost more
        uint4 block = in[LANES * (b < own.count ? b : own.count - 1)];
        words[b] = block.x, words[32 + b] = block.y, words[64 + b] = block.z, words[96 + b] = block.w;
    }
    encrypt(words, masks);
#pragma unroll
    for (u32 b = 0; b < BITS; b++)
        if (b < own.count) out[LANES * b] = make_uint4(words[b], words[32 + b], words[64 + b], words[96 + b]);
}

// in, out: u8[messages, message_bytes], whole blocks; counters: u8[messages, 16], the initial counter blocks.
extern "C" __global__ void __launch_bounds__(THREADS, 2)
    aes_ctr_bitsliced(const uint4 *__restrict__ in, uint4 *__restrict__ out, const uint4 *__restrict__ counters,
                      const RoundKeys keys, const u64 messages, const u64 message_bytes) {
    __shared__ u32 masks[PLANES * (ROUNDS + 1)];
    spread(keys, masks);
    const u64 length = message_bytes / 16;
    const Blocks own(messages * length);
    if (own.count == 0) return;
    in += own.first, out += own.first;
    const u32 rows = LANES / length, rest = LANES % length; // from one of a thread's blocks to its next
    counters += own.first / length;
    u64 at = own.first % length;
    u32 row = 0;
    u32 words[PLANES];
#pragma unroll
    for (u32 b = 0; b < BITS; b++) {
        uint4 counter = counters[b < own.count ? row : 0];
        u64 high = (u64)reversed(counter.x) << 32 | reversed(counter.y);
        u64 low = (u64)reversed(counter.z) << 32 | reversed(counter.w);
        u64 after = low + at; // big-endian, modulo 2^128 (SP 800-38A §B.1)
        high += after < low;
        words[b] = reversed(high >> 32), words[32 + b] = reversed(high);
        words[64 + b] = reversed(after >> 32), words[96 + b] = reversed(after);
        row += rows, at += rest;
        if (at >= length) at -= length, row++;
    }
    encrypt(words, masks);
#pragma unroll
    for (u32 b = 0; b < BITS; b++)
        if (b < own.count) {
            uint4 block = load_once(in + LANES * b);
            out[LANES * b] = make_uint4(block.x ^ words[b], block.y ^ words[32 + b], block.z ^ words[64 + b],
                                        block.w ^ words[96 + b]);
        }
}
