// SPDX-License-Identifier: GPL-3.0-or-later
// qonys bench: what a person-month costs, beside a plain reference kernel in the same process.
#include "app.h"

#include <qonys/bench.h>
#include <qonys/par.h>
#include <string.h>

struct values {
    struct qon_option_changes changes;
    struct qon_option_whole persons, months, threads, repeats, scale;
    const char *scenario;
    bool alone;
    bool json;
};

static const struct qon_option options[] = {
    {"--persons", "N", "relocation: persons (default 1000000)", QON_OPTION_WHOLE, offsetof(struct values, persons), NULL, 1, UINT32_MAX},
    {"--months", "N", "months to compute (default: 60, or the scenario's)", QON_OPTION_WHOLE, offsetof(struct values, months), NULL, 1,
     1200},
    {"--threads", "N", "threads of ours (default: all processors); the reference has one", QON_OPTION_WHOLE,
     offsetof(struct values, threads), NULL, 1, 256},
    {"--repeats", "N", "relocation: runs of each side, in turn; the least time counts (default 3)", QON_OPTION_WHOLE,
     offsetof(struct values, repeats), NULL, 1, 1000},
    {"--alone", NULL, "without the reference", QON_OPTION_SWITCH, offsetof(struct values, alone), NULL, 0, 0},
    {"--scenario", "FILE", "full: the scenario (default scenarios/baseline.json)", QON_OPTION_TEXT, offsetof(struct values, scenario), NULL,
     0, 0},
    {"--scale", "K", "full: one agent stands for K persons", QON_OPTION_WHOLE, offsetof(struct values, scale), NULL, 1, 1000000},
    {"--set", "PATH=VALUE", "full: change a value of the scenario; may be given often", QON_OPTION_SET, offsetof(struct values, changes),
     NULL, 0, 0},
    {"--json", NULL, "as one JSON object", QON_OPTION_SWITCH, offsetof(struct values, json), NULL, 0, 0},
};

static enum qon_status relocation(const struct values *values, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct qon_bench_relocation result;
    struct qon_bench_options run = {.persons = values->persons.given ? values->persons.value : 1000000,
                                    .months = values->months.given ? (int32_t)values->months.value : 60,
                                    .repeats = values->repeats.given ? (int32_t)values->repeats.value : 3,
                                    .seed = 20170929,
                                    .plain = !values->alone};
    QON_TRY(qon_bench_relocation(&run, &result, faults));
    qon_bench_relocation_write(&run, &result, values->json, stdout);
done:
    return status;
}

static enum qon_status full(const struct values *values, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct qon_bench_full result;
    struct qon_override changes[QON_CHANGES_MOST + 2];
    char months[32], scale[32];
    int count = 0;
    if (values->months.given) {
        snprintf(months, sizeof months, "%lld", (long long)values->months.value);
        changes[count++] = (struct qon_override){"months", months};
    }
    if (values->scale.given) {
        snprintf(scale, sizeof scale, "%lld", (long long)values->scale.value);
        changes[count++] = (struct qon_override){"scale", scale};
    }
    for (int i = 0; i < values->changes.count; i++) {
        changes[count++] = values->changes.change[i];
    }
    QON_TRY(
        qon_bench_full(values->scenario ? values->scenario : "scenarios/baseline.json", changes, count, !values->alone, &result, faults));
    qon_bench_full_write(&result, values->json, stdout);
done:
    return status;
}

static enum qon_status run(const void *given, const char *const *operands, const char *command, struct qon_faults *faults) {
    const struct values *values = given;
    const char *const names[] = {"relocation", "full"};
    const char *name = operands[0] ? operands[0] : names[0];
    qon_par_threads_set(values->threads.given ? (int)values->threads.value : 0);
    if (strcmp(name, names[0]) == 0) {
        return relocation(values, faults);
    }
    if (strcmp(name, names[1]) == 0) {
        return full(values, faults);
    }
    const char *nearest = qon_name_nearest(name, names, 2);
    struct qon_place place = {.path = name};
    return nearest ? qon_fault_add(faults, place, "unknown bench (did you mean %s?)", nearest)
                   : qon_fault_add(faults, place, "unknown bench; there are relocation and full");
}

const struct qon_verb qon_verb_bench = {
    "bench",
    "[relocation|full]",
    0,
    1,
    "time of a person-month, beside a plain reference",
    "relocation: a bare month of moves between 16 regions. full: a scenario from reading to its last month, by phase.\n"
    "QONYS_ISA=v3, v2 or plain in the environment lowers the instruction set.",
    options,
    sizeof options / sizeof options[0],
    sizeof(struct values),
    run,
};
