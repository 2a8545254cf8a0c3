// SPDX-License-Identifier: GPL-3.0-or-later
// qonys bench: what a person-month costs, beside a plain reference kernel in the same process.
#include "app.h"

#include <qonys/bench.h>
#include <qonys/par.h>
#include <string.h>

struct values {
    struct qon_option_changes changes;
    struct qon_option_whole persons, months, threads, repeats, scale;
    const char *scenario, *alternative, *out;
    bool alone;
    bool json;
};

static const struct qon_option options[] = {
    {"--persons", "N", "relocation: persons (default 1000000)", QON_OPTION_WHOLE, offsetof(struct values, persons), NULL, 1, UINT32_MAX},
    {"--months", "N", "months to compute (default: 60, or the scenario's)", QON_OPTION_WHOLE, offsetof(struct values, months), NULL, 1,
     1200},
    {"--threads", "N", "threads of ours (default: all processors); the reference has one", QON_OPTION_WHOLE,
     offsetof(struct values, threads), NULL, 1, 256},
    {"--repeats", "N", "relocation, full: runs, of which the least time counts (default: 3 of each side in turn; 1)", QON_OPTION_WHOLE,
     offsetof(struct values, repeats), NULL, 1, 1000},
    {"--alone", NULL, "without the reference", QON_OPTION_SWITCH, offsetof(struct values, alone), NULL, 0, 0},
    {"--scenario", "FILE", "all but relocation: the scenario (default scenarios/baseline.json)", QON_OPTION_TEXT,
     offsetof(struct values, scenario), NULL, 0, 0},
    {"--alternative", "FILE", "compare: the other scenario (default scenarios/diploma-to-village.json)", QON_OPTION_TEXT,
     offsetof(struct values, alternative), NULL, 0, 0},
    {"--out", "DIR", "checkpoint, results: folder on the disk to be timed (default out/bench; removed again when it was not there)",
     QON_OPTION_TEXT, offsetof(struct values, out), NULL, 0, 0},
    {"--scale", "K", "the same: one agent stands for K persons", QON_OPTION_WHOLE, offsetof(struct values, scale), NULL, 1, 1000000},
    {"--set", "PATH=VALUE", "the same: change a value of the scenario; may be given often", QON_OPTION_SET,
     offsetof(struct values, changes), NULL, 0, 0},
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

// What the options say of the scenario. texts: room for the values.
static int changes_of(const struct values *values, struct qon_override *changes, char texts[2][32]) {
    int count = 0;
    if (values->months.given) {
        snprintf(texts[0], 32, "%lld", (long long)values->months.value);
        changes[count++] = (struct qon_override){"months", texts[0]};
    }
    if (values->scale.given) {
        snprintf(texts[1], 32, "%lld", (long long)values->scale.value);
        changes[count++] = (struct qon_override){"scale", texts[1]};
    }
    for (int i = 0; i < values->changes.count; i++) {
        changes[count++] = values->changes.change[i];
    }
    return count;
}

enum { RELOCATION, FULL, SYNTHESIS, CHECKPOINT, RESULTS, COMPARE, BENCHES };
static const char *const names[BENCHES] = {"relocation", "full", "synthesis", "checkpoint", "results", "compare"};

static enum qon_status of_scenario(const struct values *values, int which, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct qon_bench_full whole;
    struct qon_bench_part part;
    struct qon_override changes[QON_CHANGES_MOST + 2];
    char texts[2][32];
    const char *scenario = values->scenario ? values->scenario : "scenarios/baseline.json";
    const char *alternative = values->alternative ? values->alternative : "scenarios/diploma-to-village.json";
    const char *folder = values->out ? values->out : "out/bench";
    int count = changes_of(values, changes, texts);
    if (which == FULL) {
        int repeats = values->repeats.given ? (int)values->repeats.value : 1;
        QON_TRY(qon_bench_full(scenario, changes, count, !values->alone, repeats, &whole, faults));
        qon_bench_full_write(&whole, values->json, stdout);
        goto done;
    }
    if (which == COMPARE) {
        QON_TRY(qon_bench_compare(scenario, alternative, changes, count, &part, faults));
    } else {
        enum qon_bench_what what = which == SYNTHESIS    ? QON_BENCH_SYNTHESIS
                                   : which == CHECKPOINT ? QON_BENCH_CHECKPOINT
                                                         : QON_BENCH_RESULTS;
        QON_TRY(qon_bench_world(what, scenario, changes, count, folder, &part, faults));
    }
    qon_bench_part_write(names[which], &part, values->json, stdout);
done:
    return status;
}

static enum qon_status run(const void *given, const char *const *operands, const char *command, struct qon_faults *faults) {
    const struct values *values = given;
    const char *name = operands[0] ? operands[0] : names[0];
    qon_par_threads_set(values->threads.given ? (int)values->threads.value : 0);
    for (int i = 0; i < BENCHES; i++) {
        if (strcmp(name, names[i]) == 0) {
            return i == RELOCATION ? relocation(values, faults) : of_scenario(values, i, faults);
        }
    }
    const char *nearest = qon_name_nearest(name, names, BENCHES);
    struct qon_place place = {.path = name};
    return nearest ? qon_fault_add(faults, place, "unknown bench (did you mean %s?)", nearest)
                   : qon_fault_add(faults, place, "unknown bench; there are relocation, full, synthesis, checkpoint, results and compare");
}

const struct qon_verb qon_verb_bench = {
    "bench",
    "[relocation|full|synthesis|checkpoint|results|compare]",
    0,
    1,
    "time of a person-month, beside a plain reference",
    "relocation: a bare month of moves between 16 regions. full: a scenario from reading to its last month, by phase, each in\n"
    "passes too: the times that the whole state could be read from memory meanwhile. synthesis: a population. checkpoint: the state saved "
    "and\n"
    "read back, beside the same bytes written plainly. results: months recorded and written. compare: a pair against a single run.\n"
    "QONYS_ISA=v3, v2 or plain in the environment lowers the instruction set.",
    options,
    sizeof options / sizeof options[0],
    sizeof(struct values),
    run,
};
