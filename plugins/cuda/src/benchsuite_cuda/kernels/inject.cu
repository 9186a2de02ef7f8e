// Injection into a Hsiao code: trials drawn, decoded and counted on the chip, a warp a tally, a lane a trial.
//
// The code is linear: what its decoder does follows from the flipped bits alone, so that data cancel out and
// are not drawn. A tally of any length is 24 bytes in and 56 out: no memory limits it, the multiplier does. On
// sm_90 a trial of three flips is 376 instructions: 82 IMAD.WIDE, nearly all of Philox, and 82 other IMAD keep
// it busy for 3.8 clocks of a multiprocessor, so that 132 of them at 1.755 GHz do 6.0e10 trials a second at most.

// Outcomes, as shifts of the fields of a lane's counts: 12 bits each, enough for 2^16 / 32 trials a lane.
enum : u32 { IDLE = 0, CORRECTED = 12, DETECTED = 24, MISCORRECTED = 36, UNDETECTED = 48 };
#define OUTCOMES 7

#define THREADS 256
#define MOST_WORDS 5  // of 32 bits: 137 positions
#define MOST_SYNDROMES 512

// Philox4x64-10 of the counter (trial, block, 0, 0) (Salmon et al. 2011, 3.3).
__device__ __forceinline__ void philox(u64 k0, u64 k1, u64 trial, u64 block, u64 (&x)[4]) {
    x[0] = trial, x[1] = block, x[2] = 0, x[3] = 0;
#pragma unroll
    for (int round = 0; round < 10; round++) {
        u64 high0 = __umul64hi(0xD2E7470EE14C6C93ull, x[0]), low0 = 0xD2E7470EE14C6C93ull * x[0];
        u64 high1 = __umul64hi(0xCA5A826395121157ull, x[2]), low1 = 0xCA5A826395121157ull * x[2];
        x[0] = high1 ^ x[1] ^ k0, x[1] = low1;
        x[2] = high0 ^ x[3] ^ k1, x[3] = low0;
        k0 += 0x9E3779B97F4A7C15ull, k1 += 0xBB67AE8584CAA73Bull;
    }
}

// floor(word * bound / 2^64), as two products of 32 bits.
__device__ __forceinline__ u32 below(u64 word, u32 bound) {
    u64 low = (word & 0xffffffffull) * bound >> 32;
    return (u32)((word >> 32) * bound + low >> 32);
}

// key: u64[tallies][2]; first: u64[tallies]; counts: u64[tallies][7], every word of it written.
// columns: u16[n] of the check matrix; claims: u8[syndromes], the outcome of several flips that leave it.
// CHANNEL = 0: every trial flips `flips` bits; 1: as many as of thresholds: u64[n] are at most its word 0.
extern "C" __global__ void __launch_bounds__(THREADS) inject_hsiao(
    const u64 *__restrict__ key, const u64 *__restrict__ first, u64 *__restrict__ counts, u64 tallies, u32 trials,
    const u16 *__restrict__ columns, const u8 *__restrict__ claims, const u64 *__restrict__ thresholds, u32 n,
    u32 syndromes, u32 flips) {
    __shared__ u64 threshold[CHANNEL ? 32 * MOST_WORDS : 1];
    __shared__ u32 chosen[MOST_WORDS][THREADS];  // each thread's own: the positions of its trial, as bits
    __shared__ u16 column[32 * MOST_WORDS];
    __shared__ u8 claim[MOST_SYNDROMES];
    u32 thread = threadIdx.x, lane = thread & 31;
    for (u32 i = thread; i < n; i += THREADS) {
        column[i] = columns[i];
        if (CHANNEL) threshold[i] = thresholds[i];
    }
    for (u32 i = thread; i < syndromes; i += THREADS) claim[i] = claims[i];
    __syncthreads();

    u64 tally = (u64)blockIdx.x * (THREADS / 32) + thread / 32;
    if (tally >= tallies) return;  // a whole warp
    u64 k0 = key[2 * tally], k1 = key[2 * tally + 1], start = first[tally], fields = 0;
    for (u32 trial = lane; trial < trials; trial += 32) {
        u32 number = CHANNEL ? 0 : flips, syndrome = 0, block = 0;
#pragma unroll
        for (u32 word = 0; word < MOST_WORDS; word++) chosen[word][thread] = 0;
#pragma unroll 1
        do {
            u64 x[4];
            philox(k0, k1, start + trial, block, x);
            if (CHANNEL && block == 0)
                while (number < n && threshold[number] <= x[0]) number++;
#pragma unroll
            for (u32 j = 0; j < 4; j++) {
                u32 i = 4 * block + j - CHANNEL;  // of a channel's word 0 that is 2^32 - 1: no flip
                if (i >= number) continue;
                // one step of Floyd's algorithm
                u32 last = n - number + i, position = below(x[j], last + 1);
                if (chosen[position >> 5][thread] >> (position & 31) & 1) position = last;
                chosen[position >> 5][thread] |= 1u << (position & 31);
                syndrome ^= column[position];
            }
        } while (4 * ++block - CHANNEL < number);
        u32 outcome = claim[syndrome];
        if (number == 1 && outcome == MISCORRECTED) outcome = CORRECTED;
        fields += 1ull << (number ? outcome : IDLE);
    }
    // lane i has count i, in the order of the workload's outcomes
    u32 idle = CHANNEL || flips ? 6 : 0, mine = 0;
#pragma unroll
    for (u32 field = 0; field < 5; field++) {
        u32 total = __reduce_add_sync(FULL_WARP, (u32)(fields >> 12 * field) & 0xfff);
        if (lane == (field ? field : idle)) mine = total;
    }
    if (lane < OUTCOMES) counts[OUTCOMES * tally + lane] = mine;
}
