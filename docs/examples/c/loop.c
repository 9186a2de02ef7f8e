/* What the suite does with a backend, in C: prepare crc for a batch, repeat it, read the clock around.
 *
 *     ./loop MESSAGES MESSAGE_BYTES
 *
 * For each line of stdin, a number of repetitions, prints the seconds that they took together; at the end the CRCs'
 * sum, for whoever wants to compare. The suite's own timed loop must agree with it: ci/claims/speed_c_abi.py.
 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include <benchsuite_abi.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

/* Pages as the suite's inputs and outputs have them. */
static void *pages(uint64_t bytes) {
    void *made = mmap(NULL, bytes ? bytes : 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (made == MAP_FAILED) exit(2);
    return made;
}

static const benchsuite_implementation *implementation_of(const benchsuite_backend *backend, const char *workload) {
    for (uint64_t i = 0; i < backend->implementation_count; i++)
        if (strcmp(backend->implementations[i].workload, workload) == 0) return &backend->implementations[i];
    return NULL;
}

static double seconds_of(void (*run)(void *), void *state, uint64_t repetitions) {
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    for (uint64_t i = 0; i < repetitions; i++) run(state);
    clock_gettime(CLOCK_MONOTONIC, &end);
    return (double)(end.tv_sec - begin.tv_sec) + 1e-9 * (double)(end.tv_nsec - begin.tv_nsec);
}

int main(int count, char **arguments) {
    if (count != 3) return 2;
    uint64_t messages = strtoull(arguments[1], NULL, 10), message_bytes = strtoull(arguments[2], NULL, 10);
    uint64_t data_shape[] = {messages, message_bytes}, crc_shape[] = {messages};
    const benchsuite_param params[] = {
        {"algorithm", BENCHSUITE_TEXT, 0, 0, "CRC-32/ISCSI"},
        {"messages", BENCHSUITE_INTEGER, (int64_t)messages, 0, NULL},
        {"message_bytes", BENCHSUITE_INTEGER, (int64_t)message_bytes, 0, NULL},
    };
    uint8_t *data = pages(messages * message_bytes);
    uint32_t *crc = pages(4 * messages), sum = 0;
    const benchsuite_field input = {"data", BENCHSUITE_UNSIGNED, data, messages * message_bytes, 1, 2, data_shape};
    const benchsuite_field output = {"crc", BENCHSUITE_UNSIGNED, crc, 4 * messages, 4, 1, crc_shape};
    const benchsuite_job job = {{params, 3}, &input, 1, &output, 1};
    uint64_t word = 1;
    for (uint64_t i = 0; i < messages * message_bytes; i++) { /* xorshift64: random enough for tables */
        word ^= word << 13, word ^= word >> 7, word ^= word << 17;
        data[i] = (uint8_t)(word >> 32);
    }

    const benchsuite_implementation *mine = implementation_of(benchsuite_plugin(), "crc");
    void *state = NULL;
    if (mine == NULL || mine->prepare(&job, &state) != NULL || state == NULL) return 1;
    unsigned long long repetitions;
    while (scanf("%llu", &repetitions) == 1) {
        printf("%.9f\n", seconds_of(mine->run, state, repetitions));
        fflush(stdout);
    }
    if (mine->close != NULL) mine->close(state);
    for (uint64_t i = 0; i < messages; i++) sum ^= crc[i];
    printf("%08x\n", (unsigned)sum);
    return 0;
}
