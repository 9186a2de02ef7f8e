/* A whole backend of benchsuite in C: crc, parity-encode and parity-check.
 *
 *     make                                            (or the one line of docs/c-interface.md)
 *     benchsuite run crc parity-check --plugin ./libexample.so --backend example-c
 */
#include <benchsuite_abi.h>

#include <stdlib.h>

/* crc: eight bytes at a time by eight tables (Kounavis and Berry 2005), a batch of messages in one call.
 * Bound: 8 look-ups and one load per 8 bytes, each step waiting for the last one. */

enum { ISO_HDLC, ISCSI, ALGORITHMS };
static const char *const names[ALGORITHMS] = {"CRC-32/ISO-HDLC", "CRC-32/ISCSI"};
static const uint32_t polynomials[ALGORITHMS] = {0xEDB88320, 0x82F63B78}; /* bit 31 - i belongs to x^i */
static uint32_t tables[ALGORITHMS][8][256]; /* of the process: slots that shared none would evict each other's */

static int algorithm_of(const benchsuite_params *params) {
    int algorithm = 0;
    while (algorithm < ALGORITHMS && strcmp(benchsuite_text(params, "algorithm"), names[algorithm]) != 0) algorithm++;
    return algorithm;
}

static const char *crc_unless(const benchsuite_params *params) {
    return algorithm_of(params) == ALGORITHMS ? "only the two CRC-32 of the example" : NULL;
}

static void fill_tables(uint32_t table[8][256], uint32_t polynomial) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t rest = byte;
        for (int bit = 0; bit < 8; bit++) rest = rest >> 1 ^ (rest & 1 ? polynomial : 0);
        table[0][byte] = rest;
    }
    for (int later = 1; later < 8; later++) /* the same byte, so many bytes before the end */
        for (uint32_t byte = 0; byte < 256; byte++)
            table[later][byte] = table[later - 1][byte] >> 8 ^ table[0][table[later - 1][byte] & 0xFF];
}

typedef struct {
    const uint8_t *data;
    uint32_t *crc;
    uint64_t messages, message_bytes;
    uint32_t (*table)[256];
} crc_slot;

static const char *crc_prepare(const benchsuite_job *job, void **state) {
    crc_slot *slot = *state = malloc(sizeof *slot);
    if (slot == NULL) return NULL;
    const benchsuite_field *data = benchsuite_input(job, "data");
    int algorithm = algorithm_of(&job->params);
    slot->data = data->data;
    slot->crc = benchsuite_output(job, "crc")->data;
    slot->messages = data->shape[0];
    slot->message_bytes = data->shape[1];
    slot->table = tables[algorithm];
    fill_tables(slot->table, polynomials[algorithm]);
    return NULL;
}

static uint32_t crc_of(const uint8_t *at, uint64_t bytes, uint32_t table[8][256]) {
    uint32_t rest = 0xFFFFFFFF;
    for (; bytes >= 8; bytes -= 8, at += 8) {
        uint32_t low = rest ^ (at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24);
        rest = table[7][low & 0xFF] ^ table[6][low >> 8 & 0xFF] ^ table[5][low >> 16 & 0xFF] ^ table[4][low >> 24] ^
               table[3][at[4]] ^ table[2][at[5]] ^ table[1][at[6]] ^ table[0][at[7]];
    }
    while (bytes--) rest = rest >> 8 ^ table[0][(rest ^ *at++) & 0xFF];
    return ~rest;
}

static void crc_run(void *state) {
    const crc_slot *slot = state;
    const uint8_t *message = slot->data;
    for (uint64_t i = 0; i < slot->messages; i++, message += slot->message_bytes)
        slot->crc[i] = crc_of(message, slot->message_bytes, slot->table);
}

/* parity: the job itself is the state, so there is nothing to make and nothing to free.
 * Bound: one load per byte. */

static const char *parity_prepare(const benchsuite_job *job, void **state) {
    *state = (void *)(uintptr_t)job;
    return NULL;
}

static int parity_of(const uint8_t *word, uint64_t bytes) {
    uint8_t sum = 0;
    for (uint64_t i = 0; i < bytes; i++) sum ^= word[i];
    return 0x6996 >> ((sum ^ sum >> 4) & 15) & 1; /* the parities of 0 ... 15 */
}

static void parity_encode(void *state) {
    const benchsuite_field *words = benchsuite_input(state, "data");
    const uint8_t *data = words->data;
    uint8_t *check = benchsuite_output(state, "check")->data;
    uint64_t codewords = words->shape[0], word_bytes = words->shape[1];
    for (uint64_t i = 0; i < codewords; i++) check[i] = (uint8_t)parity_of(data + i * word_bytes, word_bytes);
}

static void parity_check(void *state) {
    const benchsuite_field *words = benchsuite_input(state, "data");
    const uint8_t *data = words->data, *check = benchsuite_input(state, "check")->data;
    uint8_t *outcome = benchsuite_output(state, "outcome")->data;
    uint64_t codewords = words->shape[0], word_bytes = words->shape[1];
    for (uint64_t i = 0; i < codewords; i++) /* 0 clean, 2 detected */
        outcome[i] = parity_of(data + i * word_bytes, word_bytes) == (check[i] & 1) ? 0 : 2;
}

static const benchsuite_implementation implementations[] = {
    {.workload = "crc", .version = 1, .constant_time = "no",
     .unless = crc_unless, .prepare = crc_prepare, .run = crc_run, .close = free},
    {.workload = "parity-encode", .version = 1, .constant_time = "claimed",
     .prepare = parity_prepare, .run = parity_encode},
    {.workload = "parity-check", .version = 1, .constant_time = "claimed",
     .prepare = parity_prepare, .run = parity_check},
};

static const benchsuite_fact facts[] = {{"compiler", __VERSION__}};

static const benchsuite_backend backend = {
    .abi = BENCHSUITE_ABI,
    .name = "example-c",
    .implementations = implementations,
    .implementation_count = sizeof implementations / sizeof *implementations,
    .facts = facts,
    .fact_count = sizeof facts / sizeof *facts,
};

const benchsuite_backend *benchsuite_plugin(void) { return &backend; }
