// AES by T-tables (FIPS 197 §5; Daemen and Rijmen 2002 §4.2): ECB in both directions and counter mode.
//
// Bound: the load/store unit, 32 lanes a clock. A block of AES-128 takes 160 look-ups, and its 32 bytes of traffic as
// much as 8 more; beside them run 261 operations of the integer pipe, 64 lanes a clock. So a multiprocessor of sm_90
// takes 168 / 32 = 5.25 clocks a block: 5.65 Tb/s with 132 of them at 1.755 GHz. Predicted from machine code, in Tb/s
// for keys of 128, 192 and 256 bits: ECB 5.65, 4.74, 4.09; counter mode, which reads counters, 5.52, 4.65, 4.02; for
// long messages, where a block takes 137 look-ups, 6.55, 5.36, 4.54.
//
// Defines: ROUNDS is 10, 12 or 14; TABLES is 4, or 2 where shared memory has no 128 KiB; INVERSE is 1 to decrypt;
// WHOLE is 1 where every message is whole blocks of 16 bytes.
//
// A state is four columns; row r of a column is bits 8r ... 8r + 7. Table t is table 0 rotated left by 8t.
// Each entry stands 32 times, once a bank, so that no two lanes of a warp ever meet in one: entry b of tables 0
// and 1 fills the 256 bytes from 256 b on, those of tables 2 and 3 lie 64 KiB behind. So one byte permutation makes
// an address, (byte of the state) << 8 | 4 lane, and which table it is stands in the instruction.

#define THREADS 1024
#define LANES 32
#define PAIR_BYTES 65536

struct RoundKeys {
    u32 word[4 * (ROUNDS + 1)]; // by value: in the constant bank an XOR has them for nothing
};

struct Tables {
    const u8 *start;
    u32 copy; // bytes to this lane's copy of an entry
};

__device__ __forceinline__ u32 rotated(u32 word, u32 bits) { return __funnelshift_l(word, word, bits); }

__device__ __forceinline__ u32 reversed(u32 word) { return __byte_perm(word, 0, 0x0123); }

__device__ __forceinline__ uint4 sum(uint4 a, uint4 b) {
    return make_uint4(a.x ^ b.x, a.y ^ b.y, a.z ^ b.z, a.w ^ b.w);
}

// Table `table` at the byte in row `row` of `word`.
__device__ __forceinline__ u32 entry(Tables tables, u32 table, u32 word, u32 row) {
    const u8 *place = tables.start + __byte_perm(word, tables.copy, 0x5504 | row << 4);
    return *(const u32 *)(place + table / 2 * PAIR_BYTES + table % 2 * 4 * LANES);
}

// What the byte in row `row` of `word` adds to the column that it comes to.
__device__ __forceinline__ u32 share(Tables tables, u32 word, u32 row) {
#if TABLES == 4
    return entry(tables, row, word, row);
#else
    return rotated(entry(tables, row % 2, word, row), row / 2 * 16);
#endif
}

// A column after a round: ShiftRows brings its row r from the r-th of these columns.
__device__ __forceinline__ u32 column(Tables tables, u32 a, u32 b, u32 c, u32 d, u32 key) {
#if TABLES == 4
    return share(tables, a, 0) ^ share(tables, b, 1) ^ share(tables, c, 2) ^ share(tables, d, 3) ^ key;
#else
    u32 half = entry(tables, 0, c, 2) ^ entry(tables, 1, d, 3);
    return entry(tables, 0, a, 0) ^ entry(tables, 1, b, 1) ^ rotated(half, 16) ^ key;
#endif
}

// A column after the last round, which does not mix: of each row the S-box alone.
__device__ __forceinline__ u32 last_column(Tables tables, u32 a, u32 b, u32 c, u32 d, u32 key) {
    a = entry(tables, 0, a, 0), b = entry(tables, 0, b, 1), c = entry(tables, 0, c, 2), d = entry(tables, 0, d, 3);
#if INVERSE
    // 14 + 9 + 13 + 11 = 1 in GF(2^8), so the sum of an entry's bytes is once the inverse S-box.
    u32 low = __byte_perm(a, b, 0x5140) ^ __byte_perm(a, b, 0x7362);
    u32 high = __byte_perm(c, d, 0x5140) ^ __byte_perm(c, d, 0x7362);
    return __byte_perm(low, high, 0x5410) ^ __byte_perm(low, high, 0x7632) ^ key;
#else
    u32 low = __byte_perm(a, b, 0x0051), high = __byte_perm(c, d, 0x0051); // byte 1 is once the S-box
    return __byte_perm(low, high, 0x5410) ^ key;
#endif
}

// Round 0 has the key before the first round.
__device__ __forceinline__ uint4 round_key(const RoundKeys &keys, int round) {
    const u32 *word = keys.word + 4 * round;
    return make_uint4(word[0], word[1], word[2], word[3]);
}

// All rounds from `first` on.
__device__ __forceinline__ uint4 rounds(Tables tables, uint4 s, const RoundKeys &keys, int first) {
#pragma unroll
    for (int round = first; round < ROUNDS; round++) {
        uint4 key = round_key(keys, round);
        s = make_uint4(column(tables, s.x, s.y, s.z, s.w, key.x), column(tables, s.y, s.z, s.w, s.x, key.y),
                       column(tables, s.z, s.w, s.x, s.y, key.z), column(tables, s.w, s.x, s.y, s.z, key.w));
    }
    uint4 key = round_key(keys, ROUNDS);
    return make_uint4(last_column(tables, s.x, s.y, s.z, s.w, key.x), last_column(tables, s.y, s.z, s.w, s.x, key.y),
                      last_column(tables, s.z, s.w, s.x, s.y, key.z), last_column(tables, s.w, s.x, s.y, s.z, key.w));
}

// The tables, made in `shared` from `table: u32[256]`, table 0.
__device__ __forceinline__ Tables replicated(u32 *shared, const u32 *__restrict__ table) {
    u32 lane = threadIdx.x % LANES;
    for (u32 row = threadIdx.x / LANES; row < 256; row += THREADS / LANES) {
        u32 word = table[row];
#pragma unroll
        for (u32 t = 0; t < TABLES; t++)
            shared[t / 2 * (PAIR_BYTES / 4) + row * 2 * LANES + t % 2 * LANES + lane] = rotated(word, 8 * t);
    }
    __syncthreads();
    return Tables{(const u8 *)shared, 4 * lane};
}

// Warps take turns across the multiprocessors, so that a few are spread over all.
__device__ __forceinline__ u64 first_warp() { return (u64)(threadIdx.x / LANES) * gridDim.x + blockIdx.x; }

__device__ __forceinline__ u64 all_warps() { return (u64)(THREADS / LANES) * gridDim.x; }

extern "C" __global__ void __launch_bounds__(THREADS, 1)
    aes_ecb(const uint4 *__restrict__ in, uint4 *__restrict__ out, const u32 *__restrict__ table, const RoundKeys keys,
            const u64 blocks) {
    extern __shared__ u32 shared[];
    Tables tables = replicated(shared, table);
    for (u64 i = LANES * first_warp() + threadIdx.x % LANES; i < blocks; i += LANES * all_warps()) {
        uint4 block = in[i];
#if INVERSE
        // The columns in reverse order: InvShiftRows then takes its rows from where ShiftRows would.
        block = make_uint4(block.w, block.z, block.y, block.x);
        block = rounds(tables, sum(block, round_key(keys, 0)), keys, 1);
        out[i] = make_uint4(block.w, block.z, block.y, block.x);
#else
        out[i] = rounds(tables, sum(block, round_key(keys, 0)), keys, 1);
#endif
    }
}

#if !INVERSE

// The counter block `steps` on: big-endian, modulo 2^128 (SP 800-38A §B.1).
__device__ __forceinline__ uint4 advanced(uint4 counter, u64 steps) {
    u64 high = (u64)reversed(counter.x) << 32 | reversed(counter.y);
    u64 low = (u64)reversed(counter.z) << 32 | reversed(counter.w);
    u64 after = low + steps;
    high += after < low;
    return make_uint4(reversed(high >> 32), reversed(high), reversed(after >> 32), reversed(after));
}

// A walk in equal steps over rows of `length` items: it divides at its start, then adds.
struct Walk {
    u64 row, at, length, step_rows, step;
    __device__ __forceinline__ Walk(u64 start, u64 items, u64 length)
        : row(start / length), at(start % length), length(length), step_rows(items / length), step(items % length) {}
    __device__ __forceinline__ void advance() {
        at += step;
        row += step_rows;
        if (at >= length) at -= length, row++;
    }
};

// A block of a message, of which `left` bytes remain; its data are asked for before its keystream is made.
struct Block {
    const u8 *in;
    u8 *out;
    u64 left;
    bool whole; // and at a multiple of 16 bytes
    uint4 data;
    __device__ __forceinline__ Block(const u8 *in, u8 *out, u64 at, u64 left)
        : in(in + at), out(out + at), left(left), whole(WHOLE || (at % 16 == 0 && left >= 16)) {
        if (whole) data = *(const uint4 *)this->in;
    }
    __device__ __forceinline__ void mask(uint4 stream) {
        if (whole) {
            *(uint4 *)out = sum(data, stream);
            return;
        }
#pragma unroll 1
        for (u32 i = 0, step; i < 16 && i < left; i += step) {
            step = (u64)out % 4 == 0 && left - i >= 4 ? 4 : 1;
            if (step == 4)
                *(u32 *)(out + i) = *(const u32 *)(in + i) ^ stream.x;
            else
                out[i] = in[i] ^ (u8)stream.x;
            stream.x = __funnelshift_rc(stream.x, stream.y, 8 * step);
            stream.y = __funnelshift_rc(stream.y, stream.z, 8 * step);
            stream.z = __funnelshift_rc(stream.z, stream.w, 8 * step);
            stream.w = __funnelshift_rc(stream.w, 0, 8 * step);
        }
    }
};

// in, out: u8[messages, message_bytes]; counters: u8[messages, 16], the initial counter blocks.
extern "C" __global__ void __launch_bounds__(THREADS, 1)
    aes_ctr(const u8 *__restrict__ in, u8 *__restrict__ out, const uint4 *__restrict__ counters,
            const u32 *__restrict__ table, const RoundKeys keys, const u64 messages, const u64 message_bytes) {
    extern __shared__ u32 shared[];
    Tables tables = replicated(shared, table);
    Walk walk(LANES * first_warp() + threadIdx.x % LANES, LANES * all_warps(), (message_bytes + 15) / 16);
    for (; walk.row < messages; walk.advance()) {
        u64 offset = 16 * walk.at;
        Block block(in, out, walk.row * message_bytes + offset, message_bytes - offset);
        uint4 counter = advanced(counters[walk.row], walk.at);
        block.mask(rounds(tables, sum(counter, round_key(keys, 0)), keys, 1));
    }
}

// The same for long messages: a warp takes the GROUP blocks whose counters differ in their last byte only. It changes
// one column in round 1, and that one row of each column in round 2: the rest of both rounds is made once a group
// (counter caching: Bernstein and Schwabe 2008).
#define GROUP 256

extern "C" __global__ void __launch_bounds__(THREADS, 1)
    aes_ctr_long(const u8 *__restrict__ in, u8 *__restrict__ out, const uint4 *__restrict__ counters,
                 const u32 *__restrict__ table, const RoundKeys keys, const u64 messages, const u64 message_bytes) {
    extern __shared__ u32 shared[];
    Tables tables = replicated(shared, table);
    const u64 blocks = (message_bytes + 15) / 16;
    // As many groups as a message has that begins at the last counter of one.
    Walk walk(first_warp(), all_warps(), (blocks + 2 * GROUP - 2) / GROUP);
    for (; walk.row < messages; walk.advance()) {
        uint4 counter = counters[walk.row];
        u32 before = counter.w >> 24; // counters of the first group that the message has not
        counter.w &= 0x00ffffff;
        uint4 s = sum(advanced(counter, GROUP * walk.at), round_key(keys, 0)), key = round_key(keys, 1);
        u32 a = share(tables, s.x, 0) ^ share(tables, s.y, 1) ^ share(tables, s.z, 2) ^ key.x; // lacks the last byte
        u32 b = column(tables, s.y, s.z, s.w, s.x, key.y), c = column(tables, s.z, s.w, s.x, s.y, key.z);
        u32 d = column(tables, s.w, s.x, s.y, s.z, key.w), last = s.w;
        key = round_key(keys, 2);
        s.x = share(tables, b, 1) ^ share(tables, c, 2) ^ share(tables, d, 3) ^ key.x; // each lacks its row of a
        s.y = share(tables, b, 0) ^ share(tables, c, 1) ^ share(tables, d, 2) ^ key.y;
        s.z = share(tables, c, 0) ^ share(tables, d, 1) ^ share(tables, b, 3) ^ key.z;
        s.w = share(tables, d, 0) ^ share(tables, b, 2) ^ share(tables, c, 3) ^ key.w;
#pragma unroll 1
        for (u32 i = threadIdx.x % LANES; i < GROUP; i += LANES) {
            u64 at = GROUP * walk.at + i - before; // before the message's own it wraps, beyond all blocks
            if (at < blocks) {
                Block block(in, out, walk.row * message_bytes + 16 * at, message_bytes - 16 * at);
                u32 first = a ^ share(tables, last ^ i << 24, 3);
                uint4 rest = make_uint4(share(tables, first, 0), share(tables, first, 3), share(tables, first, 2),
                                        share(tables, first, 1));
                block.mask(rounds(tables, sum(s, rest), keys, 3));
            }
        }
    }
}

#endif
