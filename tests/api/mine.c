/* A library that the tests bend by definitions: -DNAME='"other"', -DRUN=NULL, ... */
#include <benchsuite_abi.h>

#include <stdio.h>
#include <stdlib.h>

#ifndef ABI
#define ABI BENCHSUITE_ABI
#endif
#ifndef NAME
#define NAME "mine"
#endif
#ifndef WORKLOAD
#define WORKLOAD "parity-encode"
#endif
#ifndef VERSION
#define VERSION 1
#endif
#ifndef VARIANTS
#define VARIANTS NULL, "other"
#endif
#ifndef CONSTANT_TIME
#define CONSTANT_TIME NULL
#endif
#ifndef IN_PLACE
#define IN_PLACE 0
#endif
#ifndef PREPARE
#define PREPARE prepare
#endif
#ifndef RUN
#define RUN run
#endif
#ifndef CLOSE
#define CLOSE NULL
#endif
#ifndef UNLESS
#define UNLESS NULL
#endif
#ifndef PROBE
#define PROBE NULL
#endif
#ifndef FACTS
#define FACTS {"answer", "42"}, {"unread", NULL}
#endif
#ifndef TABLE
#define TABLE implementations
#endif
#ifndef COUNT
#define COUNT 2
#endif
#ifndef BACKEND
#define BACKEND &backend
#endif

static uint64_t closed;
BENCHSUITE_EXPORT uint64_t times_closed(void) { return closed; }

/* What the job holds, as a reason not to run it. */
const char *describe(const benchsuite_job *job, void **state);
const char *describe(const benchsuite_job *job, void **state) {
    static char text[4096];
    size_t at = 0;
    (void)state;
    for (uint64_t i = 0; i < job->params.count; i++) {
        const benchsuite_param *param = &job->params.items[i];
        at += (size_t)snprintf(text + at, sizeof text - at, "%s %c %lld %g '%s'; ", param->name, (char)param->kind,
                               (long long)benchsuite_integer(&job->params, param->name),
                               benchsuite_real(&job->params, param->name), benchsuite_text(&job->params, param->name));
    }
    for (uint64_t i = 0; i < job->input_count + job->output_count; i++) {
        const benchsuite_field *field =
            i < job->input_count ? &job->inputs[i] : &job->outputs[i - job->input_count];
        at += (size_t)snprintf(text + at, sizeof text - at, "%s %c%d", field->name, (char)field->kind,
                               (int)field->item_bytes);
        for (uint64_t j = 0; j < field->dimensions; j++)
            at += (size_t)snprintf(text + at, sizeof text - at, "%c%d", j ? ',' : '[', (int)field->shape[j]);
        at += (size_t)snprintf(text + at, sizeof text - at, "]=");
        for (uint64_t j = 0; j < field->bytes; j++)
            at += (size_t)snprintf(text + at, sizeof text - at, "%02x", ((const uint8_t *)field->data)[j]);
        at += (size_t)snprintf(text + at, sizeof text - at, "; ");
    }
    return text;
}

const char *fail(const benchsuite_job *job, void **state);
const char *fail(const benchsuite_job *job, void **state) { return (void)job, (void)state, NULL; }

const char *refuse(const benchsuite_params *params);
const char *refuse(const benchsuite_params *params) {
    return benchsuite_integer(params, "k") > 64 ? "over 64\n data bits \xff" : NULL;
}

const char *absent(void);
const char *absent(void) { return "no such engine: plug it in"; }

const char *prepare(const benchsuite_job *job, void **state);
const char *prepare(const benchsuite_job *job, void **state) { return *state = (void *)(uintptr_t)job, NULL; }

/* parity-encode; where there is a constant called key, its first byte instead. */
void run(void *state);
void run(void *state) {
    const benchsuite_field *data = benchsuite_input(state, "data"), *key = benchsuite_input(state, "key");
    uint8_t *check = benchsuite_output(state, "check")->data;
    for (uint64_t i = 0; i < data->shape[0]; i++) {
        uint8_t sum = 0;
        for (uint64_t j = 0; j < data->shape[1]; j++) sum ^= ((const uint8_t *)data->data)[i * data->shape[1] + j];
        for (int shift = 4; shift; shift /= 2) sum ^= sum >> shift;
        check[i] = key ? ((const uint8_t *)key->data)[i] : sum & 1;
    }
}

const char *astray(const benchsuite_params *params);
const char *astray(const benchsuite_params *params) { return (void)params, (const char *)(uintptr_t)0x77; }

void crash(void *state);
void crash(void *state) { (void)state, abort(); }

void count(void *state);
void count(void *state) { (void)state, closed++; }

#define ONE(variant_) \
    { .workload = WORKLOAD, .version = VERSION, .variant = variant_, .constant_time = CONSTANT_TIME, \
      .in_place = IN_PLACE, .unless = UNLESS, .prepare = PREPARE, .run = RUN, .close = CLOSE }
#define BOTH(first, second) ONE(first), ONE(second)
#define ALL(variants) BOTH(variants)

const benchsuite_implementation implementations[] = {ALL(VARIANTS)};
static const benchsuite_fact facts[] = {FACTS};
const benchsuite_backend backend = {
    .abi = ABI, .name = NAME, .implementations = TABLE, .implementation_count = COUNT,
    .facts = facts, .fact_count = sizeof facts / sizeof *facts, .probe = PROBE,
};

#ifndef MUTE
const benchsuite_backend *benchsuite_plugin(void) { return BACKEND; }
#endif
