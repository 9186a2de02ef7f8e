// Reflected CRCs of 32 bits: bit 31 - i of a word belongs to x^i, and products are modulo the polynomial.
//
// 2^LANE_BITS lanes share a message or a segment of it and read it row by row, a word each, all of them coalesced.
// Every lane adds up its column of words, advancing the sum by a row for each (a product with a power of x, looked
// up), and the columns are added where their last words stand.
//
// Bound: 8 rows of a warp, 1 KiB, are 136 instructions on sm_90, 8 of them loads and 32 look-ups: 40 clocks of load
// and store, 42 of the integer pipe, 34 of issue. That is 24.4 bytes a clock and multiprocessor, where 3.35 TB/s are
// 14.5 and 4.8 TB/s are 20.7 (132 multiprocessors, 1.755 GHz): the memory is the limit. With what begins and ends a
// message, issue allows 22.6 for 4 KiB, 13.4 for 1 KiB and 12.8 for 256 bytes, of which a warp reads four messages so
// that a lane has 8 rows; one message of 64 MiB, 23. Filling 144 KiB of tables takes 1150 clocks, a thirtieth of what
// 64 MiB take.
//
// Folding by a sparse multiple of the polynomial needs 4 LOP3 a word and no table, but leaves at least 104 words a lane
// to be looked up after all: as many as it has of 13 KiB. Digits of 4 bits need 8 look-ups a word, 13 bytes a clock:
// for GPUs with less shared memory, and for work too small to fill tables for.

#define LANES (1 << LANE_BITS)
#define ROW_BYTES (4 * LANES)
#define AHEAD 8 /* words that a lane has under way while it adds as many others */

// A row of a table has a word for each lane of a warp, in a bank of its own: no look-up waits for another. `table` is
// the lane's column.
#define BANKS_BYTES 128
#define DIGIT_TABLE_BYTES (8 * 16 * BANKS_BYTES)

__device__ __forceinline__ u32 look_up(const u8 *table, u32 at) { return *(const u32 *)(table + at); }

// `word` times a constant of the lane, by the 16 products of each digit of 4 bits.
__device__ __forceinline__ u32 by_digits(const u8 *table, u32 word) {
    u32 product = 0;
#pragma unroll
    for (u32 digit = 0; digit < 8; digit++)
        product ^= look_up(table + 16 * BANKS_BYTES * digit, BANKS_BYTES * (word >> 4 * digit & 15));
    return product;
}

// The same by the 256 products of each byte. Those of bytes 0 and 1, and of 2 and 3, take turns, so that a byte
// shifted by 8 says where they lie, which is one PRMT.
__device__ __forceinline__ u32 by_bytes(const u8 *table, u32 word) {
    u32 product = 0;
#pragma unroll
    for (u32 byte = 0; byte < 4; byte++)
        product ^= look_up(table + 512 * BANKS_BYTES * (byte / 2) + BANKS_BYTES * (byte % 2),
                           __byte_perm(word, 0, 0x4404 | byte << 4));
    return product;
}

#if BYTE_TABLES
#define ADVANCE_TABLE_BYTES (4 * 256 * BANKS_BYTES)
#define advanced by_bytes
#else
#define ADVANCE_TABLE_BYTES DIGIT_TABLE_BYTES
#define advanced by_digits
#endif

// The aligned word at `at`, `from` bytes into a segment of `length`: its bytes that belong there, and zeros.
__device__ __forceinline__ u32 edge_word(const u8 *at, i32 from, i32 length) {
    if (from >= 0 && from + 4 <= length) return *(const u32 *)at;
    u32 word = 0;
#pragma unroll 1
    for (i32 i = 0; i < 4; i++)
        if (from + i >= 0 && from + i < length) word |= (u32)at[i] << 8 * i;
    return word;
}

// The sum of the lane's words, each advanced by all rows after it; the first one lies at `at`.
__device__ __forceinline__ u32 column(const u8 *at, i32 from, i32 length, u32 rows, const u8 *table) {
    if (rows == 0) return 0;
    u32 sum = edge_word(at, from, length);
    if (rows == 1) return sum;
    const i32 height = (i32)(rows - 1) * ROW_BYTES;
    const u32 last = edge_word(at + height, from + height, length);
    const u32 odd = (rows - 2) % AHEAD;
    const u32 *next = (const u32 *)at + LANES;
    u32 words[AHEAD], ahead[AHEAD];
#pragma unroll
    for (u32 i = 0; i < AHEAD; i++) words[i] = i < odd ? next[LANES * i] : 0;
    next += LANES * odd;
    u32 left = (rows - 2) / AHEAD;
#pragma unroll
    for (u32 i = 0; i < AHEAD; i++) ahead[i] = left ? next[LANES * i] : 0;
#pragma unroll
    for (u32 i = 0; i < AHEAD; i++)
        if (i < odd) sum = advanced(table, sum) ^ words[i];
    while (left) {
        left--;
        next += LANES * AHEAD;
#pragma unroll
        for (u32 i = 0; i < AHEAD; i++) words[i] = ahead[i];
#pragma unroll
        for (u32 i = 0; i < AHEAD; i++) ahead[i] = left ? next[LANES * i] : 0;
#pragma unroll
        for (u32 i = 0; i < AHEAD; i++) sum = advanced(table, sum) ^ words[i];
    }
    return advanced(table, sum) ^ last;
}

__device__ __forceinline__ u32 times(u32 a, u32 b, u32 polynomial) {
    u32 product = 0;
#pragma unroll
    for (u32 power = 0; power < 32; power++) {
        product ^= (u32)((i32)(a << power) >> 31) & b;
        b = b >> 1 ^ (0 - (b & 1) & polynomial);
    }
    return product;
}

// The sum divided by x^(8 bytes).
__device__ __forceinline__ u32 divided(u32 sum, u32 bytes, u32 polynomial) {
#pragma unroll 1
    for (; bytes; bytes--) {
#pragma unroll
        for (u32 bit = 0; bit < 8; bit++) sum = sum << 1 ^ ((u32)((i32)sum >> 31) & (polynomial << 1 | 1));
    }
    return sum;
}

// The sums of all lanes whose numbers differ in the lowest BITS bits only.
template <u32 BITS> __device__ __forceinline__ u32 together(u32 sum) {
#pragma unroll
    for (u32 apart = 1u << BITS >> 1; apart; apart /= 2) sum ^= __shfl_xor_sync(FULL_WARP, sum, apart);
    return sum;
}

// parts[message * segments + segment]: what each segment adds to the CRC of its message, of whose segments the first
// one has first_bytes and each other one segment_bytes. later[i] is x^0 after i segments more, of_zeros the CRC of a
// message of zeros. There are several segments only where messages are few.
extern "C" __global__ void __launch_bounds__(1024, 1)
    crc_parts(const u8 *__restrict__ data, const u32 *__restrict__ advance, const uint4 *__restrict__ finish,
              const u32 *__restrict__ later, u32 *__restrict__ parts, u64 messages, u64 message_bytes, u32 segments,
              u32 first_bytes, u32 segment_bytes, u32 polynomial, u32 of_zeros) {
    extern __shared__ uint4 shared[];
    for (u32 i = threadIdx.x; i < DIGIT_TABLE_BYTES / 16; i += blockDim.x) shared[i] = finish[i];
    for (u32 i = threadIdx.x; i < ADVANCE_TABLE_BYTES / 16; i += blockDim.x) {
        const u32 word = advance[i / 8];
        shared[DIGIT_TABLE_BYTES / 16 + i] = make_uint4(word, word, word, word);
    }
    __syncthreads();
    const u32 lane = threadIdx.x % 32, place = lane % LANES;
    const u8 *finish_table = (const u8 *)shared + 4 * lane, *advance_table = finish_table + DIGIT_TABLE_BYTES;

    const u64 tasks = messages * segments;
    // Neighbours in time go to different multiprocessors, so that the last round burdens all alike.
    const u64 warp = (u64)(threadIdx.x / 32) * gridDim.x + blockIdx.x, warps = (u64)(blockDim.x / 32) * gridDim.x;
    for (u64 first = warp * (32 / LANES); first < tasks; first += warps * (32 / LANES)) {
        const u64 task = first + lane / LANES;
        u64 message = task;
        u32 after = 0;
        if (segments > 1) {
            message = (u32)task / segments;
            after = segments - 1 - (u32)task % segments;
        }
        const u32 length = after + 1 == segments ? first_bytes : segment_bytes;
        const u64 end = (message + 1) * message_bytes - (u64)after * segment_bytes;
        const u32 beyond = 0 - (u32)end & 3, before = (u32)end - length & 3;
        u32 sum = 0;
        if (task < tasks) {
            const u32 rows = ((before + length + beyond) / 4 + LANES - 1) / LANES;
            const i32 back = (i32)beyond - (i32)(ROW_BYTES * rows) + 4 * (i32)place;
            sum = column(data + end + back, (i32)length + back, length, rows, advance_table);
            sum = by_digits(finish_table, sum);
        }
        sum = together<LANE_BITS>(sum);
        if (task < tasks && place == 0) {
            sum = divided(sum, beyond, polynomial);
            if (after) sum = times(later[after], sum, polynomial);
            if (after + 1 == segments) sum ^= of_zeros;
            parts[task] = sum;
        }
    }
}

// crc[message]: the sum of its parts, one block of 1024 threads a message.
extern "C" __global__ void __launch_bounds__(1024)
    crc_sum(const u32 *__restrict__ parts, u64 segments, u32 *__restrict__ crc) {
    __shared__ u32 sums[32];
    u32 sum = 0;
    for (u64 i = threadIdx.x; i < segments; i += blockDim.x) sum ^= parts[blockIdx.x * segments + i];
    sum = together<5>(sum);
    if (threadIdx.x % 32 == 0) sums[threadIdx.x / 32] = sum;
    __syncthreads();
    if (threadIdx.x < 32) {
        sum = together<5>(sums[threadIdx.x]);
        if (threadIdx.x == 0) crc[blockIdx.x] = sum;
    }
}
