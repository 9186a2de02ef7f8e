/* The C interface of benchsuite: a shared library that is a backend, without a line of Python.
 *
 * Include this header, export benchsuite_plugin() and give the library to `benchsuite run --plugin ./libmine.so`.
 * C99 or C++, nothing to link with. docs/c-interface.md says how, docs/examples/c/ is a whole one.
 *
 * Texts are UTF-8 and end with a zero byte. What the library hands over (the backend, its tables, its texts, its
 * reasons) stays its own and is never written or freed by the suite: the backend and its tables must not move or
 * change while the process lives, a reason must last until the next call into the library from the same thread.
 * What the suite hands over is the suite's, and lasts as long as each function says.
 *
 * The layout of this version never changes: what is new gets a new number, which the suite compares first.
 */
#ifndef BENCHSUITE_ABI_H
#define BENCHSUITE_ABI_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BENCHSUITE_ABI 1

#if defined(_WIN32)
#define BENCHSUITE_EXPORT __declspec(dllexport)
#else
#define BENCHSUITE_EXPORT __attribute__((visibility("default")))
#endif

/* One parameter of a case, such as message_bytes = 16. By `kind` one of the values holds; the others are 0, NULL. */
#define BENCHSUITE_INTEGER 'i'
#define BENCHSUITE_REAL 'f'
#define BENCHSUITE_TEXT 's'

typedef struct benchsuite_param {
    const char *name;
    int64_t kind;
    int64_t integer;
    double real;
    const char *text;
} benchsuite_param;

/* The parameters of a case, in no order that means anything. */
typedef struct benchsuite_params {
    const benchsuite_param *items;
    uint64_t count;
} benchsuite_params;

/* One input or output of a case: an array, or a constant (inputs only).
 *
 * Arrays are contiguous, their last index runs fastest, their items are of this machine's byte order. They begin at a
 * multiple of 64 bytes while they are measured and of their item's size always (published vectors are small arrays of
 * their own). `data` may be NULL or anything where `bytes` is 0.
 */
#define BENCHSUITE_UNSIGNED 'u' /* array of unsigned integers */
#define BENCHSUITE_SIGNED 'i'   /* array of signed integers */
#define BENCHSUITE_FLOAT 'f'    /* array of floats */
#define BENCHSUITE_BOOLEAN 'b'  /* array of bytes that are 0 or 1 */
#define BENCHSUITE_BYTES 'B'    /* constant: bytes such as a key */
#define BENCHSUITE_NUMBER 'N'   /* constant: a whole number, not negative, such as a modulus; most significant byte first,
                                   without zeros in front but for 0 itself, which is one byte */

typedef struct benchsuite_field {
    const char *name;
    int64_t kind;
    void *data;            /* write outputs only, unless the implementation is in place: then arrays among inputs too */
    uint64_t bytes;        /* of all items */
    uint64_t item_bytes;   /* 1 for constants */
    uint64_t dimensions;   /* 1 for constants */
    const uint64_t *shape; /* one length a dimension */
} benchsuite_field;

/* One case to be prepared, with the memory of one slot.
 *
 * A job, all it points to and all its addresses stay valid and in place from prepare until close has returned. Between
 * repetitions, never during one, the suite changes the arrays of the inputs and overwrites the outputs; constants never
 * change: key schedules and tables belong in prepare.
 */
typedef struct benchsuite_job {
    benchsuite_params params;
    const benchsuite_field *inputs;
    uint64_t input_count;
    const benchsuite_field *outputs;
    uint64_t output_count;
} benchsuite_job;

/* One variant of an implementation of a workload.
 *
 * Calls for one state never overlap and come from one thread; `run` of several states may overlap, in several threads,
 * where a run asks for them (--threads). All of them but `unless` happen in a worker process, which
 * may die of them: it costs this backend the case.
 */
typedef struct benchsuite_implementation {
    const char *workload;      /* its id, such as "crc"; those of other plugins as well */
    int64_t version;           /* of the workload that was implemented; where the suite's differs, nothing is run */
    const char *variant;       /* names one of several implementations of a workload; NULL for the only one */
    const char *constant_time; /* "yes", "no", "claimed" or "unknown"; NULL for unknown */
    int64_t in_place;          /* not 0: run destroys its inputs, which the suite then restores before every repetition */

    /* Why such a case cannot run, or NULL where it can; the function itself may be NULL. The parameters last for the
     * call. It is also called in the process that plans, without a device, before anything else. */
    const char *(*unless)(const benchsuite_params *params);

    /* Make one slot ready: NULL and a state that is not NULL, or the reason why this case cannot run here. NULL without
     * a state is a failure, such as want of memory. The job itself may be the state. */
    const char *(*prepare)(const benchsuite_job *job, void **state);

    /* One repetition, the whole batch: from inputs to outputs. It allocates nothing, reads no clock, keeps no answer. */
    void (*run)(void *state);

    /* Free what prepare made; NULL where there is nothing to free. */
    void (*close)(void *state);
} benchsuite_implementation;

/* A fact that explains a figure, such as the version of the library or the instructions it chose; NULL is unknown. */
typedef struct benchsuite_fact {
    const char *name;
    const char *text;
} benchsuite_fact;

/* An engine that runs on the calling thread of the host. */
typedef struct benchsuite_backend {
    int64_t abi;      /* BENCHSUITE_ABI */
    const char *name; /* lower-case letters, digits, '.', '_' and '-' */
    const benchsuite_implementation *implementations;
    uint64_t implementation_count;
    const benchsuite_fact *facts; /* read after probe, which may fill them; NULL where fact_count is 0 */
    uint64_t fact_count;

    /* Why this machine cannot run the backend, and the remedy; or NULL where it can. Called once in each worker process,
     * before any prepare: the place to look at the CPU. The function itself may be NULL. */
    const char *(*probe)(void);
} benchsuite_backend;

/* What the library exports, and all it has to. Called when the library is loaded, in every process and more than once;
 * gives the same backend each time and does nothing else. */
BENCHSUITE_EXPORT const benchsuite_backend *benchsuite_plugin(void);

/* The parameter called `name`, or NULL. */
static inline const benchsuite_param *benchsuite_param_of(const benchsuite_params *params, const char *name) {
    for (uint64_t i = 0; i < params->count; i++)
        if (strcmp(params->items[i].name, name) == 0) return &params->items[i];
    return NULL;
}

/* The whole number called `name`; 0 where there is none. */
static inline int64_t benchsuite_integer(const benchsuite_params *params, const char *name) {
    const benchsuite_param *param = benchsuite_param_of(params, name);
    return param ? param->integer : 0;
}

/* The real number called `name`; 0 where there is none. */
static inline double benchsuite_real(const benchsuite_params *params, const char *name) {
    const benchsuite_param *param = benchsuite_param_of(params, name);
    return param ? param->real : 0;
}

/* The text called `name`; empty where there is none, so never NULL. */
static inline const char *benchsuite_text(const benchsuite_params *params, const char *name) {
    const benchsuite_param *param = benchsuite_param_of(params, name);
    return param && param->text ? param->text : "";
}

static inline const benchsuite_field *benchsuite_field_of(const benchsuite_field *fields, uint64_t count,
                                                          const char *name) {
    for (uint64_t i = 0; i < count; i++)
        if (strcmp(fields[i].name, name) == 0) return &fields[i];
    return NULL;
}

/* The input called `name`, as docs/reference/workloads.md names it; NULL where there is none. */
static inline const benchsuite_field *benchsuite_input(const benchsuite_job *job, const char *name) {
    return benchsuite_field_of(job->inputs, job->input_count, name);
}

/* The output called `name`; NULL where there is none. */
static inline const benchsuite_field *benchsuite_output(const benchsuite_job *job, const char *name) {
    return benchsuite_field_of(job->outputs, job->output_count, name);
}

#ifdef __cplusplus
}
#endif

#endif
