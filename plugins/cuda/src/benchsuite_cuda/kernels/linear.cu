// Systematic binary linear codes: a check bit is the sum of the data bits under a mask. All masks are known when
// this is compiled. Two ways:
//
// Sliced, up to 8 bytes of data and 8 check bits: a thread turns 32 codewords over, so that slice i holds bit i
// of all of them, and a check bit of 32 codewords is the sum of some slices. A block is a warp and 1024 codewords.
// Plain, any size and any number of codewords: a thread masks a codeword's words and counts the ones. Of odd sizes
// it has four, which begin and end with a word. A block is 256 codewords.
//
// Bound: memory; for an encoder, which moves least, the integer unit comes next. By code for sm_90, Hsiao's (72,64)
// takes 17.8 of its operations sliced, and so 7.5 TB/s read and written at 132 multiprocessors and 1.755 GHz, where
// an H200's memory has 4.8. (Plain, its 8 POPC of 16 a clock would end at 4.2.) The narrowest of all sizes is plain
// (127,120) with 45.5 and 5.2 TB/s. On sm_100, plain encoders reach 0.8 to 0.9 of a B200's 8 TB/s, all else above it.
//
// Given: SLICED, 1 or 0; BYTES of data in a codeword; CHECK_BITS; MASK_r_w, the bits of word w of the data that check
// bit r sums.

enum Outcome : u8 { CLEAN, CORRECTED, DETECTED };

template <int SIZE> struct Vector;
template <> struct Vector<1> { typedef u8 Type; };
template <> struct Vector<2> { typedef u16 Type; };
template <> struct Vector<4> { typedef u32 Type; };
template <> struct Vector<8> { typedef uint2 Type; };
template <> struct Vector<16> { typedef uint4 Type; };
typedef Vector<(CHECK_BITS + 7) / 8>::Type Check;

#define OF_ROW(row)                                                                                                \
    {MASK_##row##_0, MASK_##row##_1, MASK_##row##_2, MASK_##row##_3,                                               \
     MASK_##row##_4, MASK_##row##_5, MASK_##row##_6, MASK_##row##_7}

__device__ __forceinline__ u32 mask(int row, int word) {
    const u32 masks[9][8] = {OF_ROW(0), OF_ROW(1), OF_ROW(2), OF_ROW(3), OF_ROW(4),
                             OF_ROW(5), OF_ROW(6), OF_ROW(7), OF_ROW(8)};
    return masks[row][word];
}

// The outcome of a wrong codeword. `action` is the data bit to flip, 8 * BYTES for a check bit, more where the
// syndrome is that of no single bit.
__device__ __forceinline__ Outcome mend(u32 action, u64 codeword, const u8 *data, u8 *decoded) {
    if (action > 8 * BYTES) return DETECTED;
    const u64 byte = codeword * BYTES + action / 8;
    if (action < 8 * BYTES) decoded[byte] = data[byte] ^ 1u << action % 8;
    return CORRECTED;
}

#if !SLICED

constexpr int WORDS = (BYTES + 3) / 4;
constexpr int EACH = BYTES & (BYTES - 1) ? 4 : 1; // codewords of a thread
constexpr int THREADS = 256 / EACH;

// The first of this thread's codewords.
__device__ __forceinline__ u64 own() { return (blockIdx.x * u64(THREADS) + threadIdx.x) * EACH; }

template <typename T> __device__ __forceinline__ void load_own(const T *array, u64 codewords, T (&found)[EACH]) {
    typedef typename Vector<EACH * sizeof(T)>::Type All;
    if (own() + EACH <= codewords) {
        *reinterpret_cast<All *>(found) = *reinterpret_cast<const All *>(array + own());
        return;
    }
#pragma unroll
    for (int i = 0; i < EACH; i++)
        if (own() + i < codewords) found[i] = array[own() + i];
}

template <typename T> __device__ __forceinline__ void store_own(T *array, u64 codewords, const T (&found)[EACH]) {
    typedef typename Vector<EACH * sizeof(T)>::Type All;
    if (own() + EACH <= codewords) {
        *reinterpret_cast<All *>(array + own()) = *reinterpret_cast<const All *>(found);
        return;
    }
#pragma unroll
    for (int i = 0; i < EACH; i++)
        if (own() + i < codewords) array[own() + i] = found[i];
}

#if BYTES & (BYTES - 1) // no vector is so long: by shared memory, so that a warp reads what lies side by side

template <bool COPY>
__device__ __forceinline__ void read_own(const u8 *data, u8 *copy, u64 codewords, u32 (&words)[EACH][WORDS]) {
    __shared__ uint4 tile[16 * BYTES];
    const u64 first = blockIdx.x * u64(256);
    const u32 bytes = (codewords - first < 256 ? codewords - first : 256) * BYTES;
    data += first * BYTES;
    if (COPY) copy += first * BYTES;
#pragma unroll
    for (u32 begin = 0; begin < 16 * BYTES; begin += THREADS) {
        const u32 at = begin + threadIdx.x;
        if (at < bytes / 16) {
            const uint4 found = reinterpret_cast<const uint4 *>(data)[at];
            tile[at] = found;
            if (COPY) reinterpret_cast<uint4 *>(copy)[at] = found;
        }
    }
    const u32 rest = bytes / 16 * 16 + threadIdx.x;
    if (rest < bytes) {
        reinterpret_cast<u8 *>(tile)[rest] = data[rest];
        if (COPY) copy[rest] = data[rest];
    }
    __syncthreads(); // for the copy too: another thread may mend it
    u32 rows[BYTES + 1] = {};
#pragma unroll
    for (int i = 0; i < BYTES; i++) rows[i] = reinterpret_cast<const u32 *>(tile)[threadIdx.x * BYTES + i];
#pragma unroll
    for (int i = 0; i < EACH; i++)
#pragma unroll
        for (int word = 0; word < WORDS; word++) {
            const int at = i * BYTES / 4 + word;
            words[i][word] = __funnelshift_r(rows[at], rows[at + 1], i * BYTES % 4 * 8);
        }
}

#else

template <bool COPY>
__device__ __forceinline__ void read_own(const u8 *data, u8 *copy, u64 codewords, u32 (&words)[EACH][WORDS]) {
    typedef Vector<BYTES>::Type Row;
    alignas(16) u32 found[WORDS] = {};
    if (own() < codewords) {
        const Row row = reinterpret_cast<const Row *>(data)[own()];
        *reinterpret_cast<Row *>(found) = row;
        if (COPY) reinterpret_cast<Row *>(copy)[own()] = row;
    }
#pragma unroll
    for (int word = 0; word < WORDS; word++) words[0][word] = found[word];
}

#endif

__device__ __forceinline__ u32 check_bits(const u32 (&words)[WORDS]) {
    u32 check = 0;
#pragma unroll
    for (int row = CHECK_BITS - 1; row >= 0; row--) {
        u32 under = 0;
#pragma unroll
        for (int word = 0; word < WORDS; word++) under ^= words[word] & mask(row, word);
        check = lop3<0xca>(1, __popc(under), check << 1); // of the count, the lowest bit
    }
    return check;
}

extern "C" __global__ void __launch_bounds__(THREADS)
encode(const u8 *__restrict__ data, Check *__restrict__ check, u64 codewords) {
    u32 words[EACH][WORDS];
    alignas(4) Check checks[EACH];
    read_own<false>(data, nullptr, codewords, words);
#pragma unroll
    for (int i = 0; i < EACH; i++) checks[i] = check_bits(words[i]);
    store_own(check, codewords, checks);
}

#if CHECK_BITS > 1

extern "C" __global__ void __launch_bounds__(THREADS)
decode(const u8 *__restrict__ data, const Check *__restrict__ check, u8 *decoded, u8 *__restrict__ outcome,
       const u16 *__restrict__ actions, u64 codewords) {
    u32 words[EACH][WORDS];
    alignas(4) Check received[EACH] = {};
    alignas(4) u8 outcomes[EACH];
    read_own<true>(data, decoded, codewords, words);
    load_own(check, codewords, received);
#pragma unroll
    for (int i = 0; i < EACH; i++) {
        const u32 syndrome = check_bits(words[i]) ^ received[i];
        const bool wrong = syndrome && own() + i < codewords;
        outcomes[i] = wrong ? mend(actions[syndrome], own() + i, data, decoded) : CLEAN;
    }
    store_own(outcome, codewords, outcomes);
}

#else // which bit has flipped is unknown

extern "C" __global__ void __launch_bounds__(THREADS)
judge(const u8 *__restrict__ data, const Check *__restrict__ check, u8 *__restrict__ outcome, u64 codewords) {
    u32 words[EACH][WORDS];
    alignas(4) Check received[EACH] = {};
    alignas(4) u8 outcomes[EACH];
    read_own<false>(data, nullptr, codewords, words);
    load_own(check, codewords, received);
#pragma unroll
    for (int i = 0; i < EACH; i++) outcomes[i] = check_bits(words[i]) == received[i] ? CLEAN : DETECTED;
    store_own(outcome, codewords, outcomes);
}

#endif

#else

constexpr int TOGETHER = 16 / BYTES; // codewords that a thread reads at once

// Where codeword `number`, 0 ... 31, of this thread is: what a warp reads at once lies side by side.
__device__ __forceinline__ u64 place(int number) {
    return blockIdx.x * u64(1024) + (number / TOGETHER * 32 + threadIdx.x) * TOGETHER + number % TOGETHER;
}

// This thread's 32 rows of SIZE bytes, one behind the other.
template <int SIZE> __device__ __forceinline__ void load(const u8 *array, u32 (&words)[8 * SIZE]) {
    typedef typename Vector<TOGETHER * SIZE>::Type Rows;
    Rows *const rows = reinterpret_cast<Rows *>(words);
#pragma unroll
    for (int i = 0; i < 32 / TOGETHER; i++)
        rows[i] = *reinterpret_cast<const Rows *>(array + place(i * TOGETHER) * SIZE);
}

template <int SIZE> __device__ __forceinline__ void store(u8 *array, const u32 (&words)[8 * SIZE]) {
    typedef typename Vector<TOGETHER * SIZE>::Type Rows;
    const Rows *const rows = reinterpret_cast<const Rows *>(words);
#pragma unroll
    for (int i = 0; i < 32 / TOGETHER; i++)
        *reinterpret_cast<Rows *>(array + place(i * TOGETHER) * SIZE) = rows[i];
}

// Swaps the upper one of every two fields of `low` with the lower one of `high`. Written with & and |, the compiler
// would mask each side on its own.
__device__ __forceinline__ void exchange(u32 &low, u32 &high, int width, u32 lower) {
    const u32 kept = lop3<0xca>(lower, low, high << width);
    high = lop3<0xca>(lower, low >> width, high);
    low = kept;
}

// Bit g of byte p of word i <-> bit i of byte p of word g.
__device__ __forceinline__ void turn(u32 (&words)[8]) {
#pragma unroll
    for (int i = 0; i < 4; i++) exchange(words[i], words[i + 4], 4, 0x0f0f0f0f);
#pragma unroll
    for (int i = 0; i < 4; i++) exchange(words[i + (i & 2)], words[i + (i & 2) + 2], 2, 0x33333333);
#pragma unroll
    for (int i = 0; i < 4; i++) exchange(words[2 * i], words[2 * i + 1], 1, 0x55555555);
}

// Byte `byte` of codewords 4 g ... 4 g + 3, side by side.
__device__ __forceinline__ u32 gathered(const u32 (&words)[8 * BYTES], int g, int byte) {
#if BYTES == 1
    return words[g];
#elif BYTES == 2
    return __byte_perm(words[2 * g], words[2 * g + 1], byte ? 0x7531 : 0x6420);
#else
    const int step = BYTES / 4, at = 4 * g * step + byte / 4;
    const u32 two = byte & 2 ? 0x7362 : 0x5140; // bytes 2 and 3, or 0 and 1, of two words
    const u32 one = __byte_perm(words[at], words[at + step], two);
    const u32 other = __byte_perm(words[at + 2 * step], words[at + 3 * step], two);
    return __byte_perm(one, other, byte & 1 ? 0x7632 : 0x5410);
#endif
}

// Adds check bit r of the codewords to slice r. Bit 8 p + g of a slice is that of codeword 4 g + p.
__device__ __forceinline__ void add_check_bits(const u32 (&words)[8 * BYTES], u32 (&checks)[8]) {
#pragma unroll
    for (int byte = 0; byte < BYTES; byte++) {
        u32 slices[8];
#pragma unroll
        for (int g = 0; g < 8; g++) slices[g] = gathered(words, g, byte);
        turn(slices);
#pragma unroll
        for (int i = 0; i < 8; i++)
#pragma unroll
            for (int row = 0; row < CHECK_BITS; row++)
                if (mask(row, byte / 4) >> (byte % 4 * 8 + i) & 1) checks[row] ^= slices[i];
    }
}

// Slices of the check bits that differ from those received; the answer has a one for each wrong codeword.
__device__ __forceinline__ u32 find_syndromes(const u32 (&words)[8 * BYTES], const u8 *check, u32 (&syndromes)[8]) {
    load<1>(check, syndromes);
    turn(syndromes);
    add_check_bits(words, syndromes);
    u32 wrong = 0;
#pragma unroll
    for (int row = 0; row < 8; row++) wrong |= syndromes[row];
    return wrong;
}

extern "C" __global__ void __launch_bounds__(32)
encode_sliced(const u8 *__restrict__ data, u8 *__restrict__ check) {
    alignas(16) u32 words[8 * BYTES], checks[8] = {};
    load<BYTES>(data, words);
    add_check_bits(words, checks);
    turn(checks);
    store<1>(check, checks);
}

#if CHECK_BITS > 1

extern "C" __global__ void __launch_bounds__(32)
decode_sliced(const u8 *__restrict__ data, const u8 *__restrict__ check, u8 *decoded, u8 *__restrict__ outcome,
              const u16 *__restrict__ actions) {
    alignas(16) u32 words[8 * BYTES], syndromes[8];
    load<BYTES>(data, words);
    store<BYTES>(decoded, words);
    u32 corrected = 0, detected = 0;
    for (u32 wrong = find_syndromes(words, check, syndromes); wrong; wrong &= wrong - 1) {
        const int at = __ffs(wrong) - 1;
        u32 syndrome = 0;
#pragma unroll
        for (int row = 0; row < 8; row++) syndrome |= (syndromes[row] >> at & 1) << row;
        const Outcome found = mend(actions[syndrome], place(at % 8 * 4 + at / 8), data, decoded);
        (found == CORRECTED ? corrected : detected) |= 1u << at;
    }
    alignas(16) u32 outcomes[8] = {corrected, detected};
    turn(outcomes);
    store<1>(outcome, outcomes);
}

#else

extern "C" __global__ void __launch_bounds__(32)
judge_sliced(const u8 *__restrict__ data, const u8 *__restrict__ check, u8 *__restrict__ outcome) {
    alignas(16) u32 words[8 * BYTES], syndromes[8];
    load<BYTES>(data, words);
    alignas(16) u32 outcomes[8] = {0, find_syndromes(words, check, syndromes)};
    turn(outcomes);
    store<1>(outcome, outcomes);
}

#endif

#endif
