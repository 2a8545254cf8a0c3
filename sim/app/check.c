// SPDX-License-Identifier: GPL-3.0-or-later
// qonys check: reads a scenario as a run would and says what was understood and what a run would cost. Writes nothing.
#include "app.h"

#include <inttypes.h>
#include <math.h>
#include <qonys/estimate.h>
#include <qonys/par.h>
#include <string.h>

struct values {
    struct qon_option_changes changes;
    struct qon_option_whole threads;
    bool json;
};

static const struct qon_option options[] = {
    {"--seed", "N", "seed of all random draws", QON_OPTION_SCENARIO, offsetof(struct values, changes), "seed", 0, UINT64_MAX},
    {"--months", "N", "months to compute", QON_OPTION_SCENARIO, offsetof(struct values, changes), "months", 1, 1200},
    {"--scale", "K", "one agent stands for K persons", QON_OPTION_SCENARIO, offsetof(struct values, changes), "scale", 1, 1000000},
    {"--set", "PATH=VALUE", "change a value of the scenario; may be given often", QON_OPTION_SET, offsetof(struct values, changes), NULL, 0,
     0},
    {"--threads", "N", "threads that the estimate of time is for", QON_OPTION_WHOLE, offsetof(struct values, threads), NULL, 1, 256},
    {"--json", NULL, "as one JSON object", QON_OPTION_SWITCH, offsetof(struct values, json), NULL, 0, 0},
};

static void text_print(const struct qon_scenario *scenario, const struct qon_estimate *e) {
    char from[16], to[16], number[32];
    size_t count = 0;
    const struct qon_table_kind *kinds = qon_table_kinds(&count);
    qon_month_format(scenario->start, from);
    qon_month_format(scenario->start + scenario->months - 1, to);
    printf("scenario: %s\n", scenario->name);
    if (scenario->title[QON_EN]) {
        printf("title: %s\n", scenario->title[QON_EN]);
    }
    printf("period: %s to %s (%d months)\nseed: %" PRIu64 "\nscale: %d\n", from, to, scenario->months, scenario->seed, scenario->scale);
    printf("regions: %" PRId64 "\nzones: %" PRId64 "\n", scenario->tables.regions.rows, scenario->tables.zones.rows);
    printf("boundaries: %s\n", scenario->boundaries.regions > 0 ? "yes" : "none (results have no map)");
    for (size_t i = 0; i < count; i++) {
        int64_t rows = *(const int64_t *)(const void *)((const char *)&scenario->tables + kinds[i].offset);
        printf("table %s: %" PRId64 " rows\n", kinds[i].name, rows);
    }
    printf("persons: %s\n", qon_grouped((int64_t)llround(e->persons), number));
    printf("households: about %s\n", qon_grouped((int64_t)llround(e->households), number));
    printf("memory: about %.0f MB\n", e->bytes / 1e6);
    printf("time with %d threads: about %.1f s to make the population, %.0f s to compute\n", e->threads, e->seconds_synthesis,
           e->seconds_run);
    if (scenario->unused && strcmp(scenario->unused, "[]") != 0) {
        printf("given and not used: %s\n", scenario->unused);
    }
}

static void json_print(const struct qon_scenario *scenario, const struct qon_estimate *e) {
    char start[16];
    qon_month_format(scenario->start, start);
    printf("{\"scenario\": ");
    qon_json_text(stdout, scenario->name);
    printf(", \"start\": \"%s\", \"months\": %d, \"seed\": \"%" PRIu64 "\", \"scale\": %d", start, scenario->months, scenario->seed,
           scenario->scale);
    printf(", \"regions\": %" PRId64 ", \"zones\": %" PRId64, scenario->tables.regions.rows, scenario->tables.zones.rows);
    printf(", \"persons\": %.0f, \"households\": %.0f, \"bytes\": %.0f", e->persons, e->households, e->bytes);
    printf(", \"threads\": %d, \"seconds_synthesis\": %.3f, \"seconds_run\": %.3f", e->threads, e->seconds_synthesis, e->seconds_run);
    printf(", \"unused\": %s}\n", scenario->unused ? scenario->unused : "[]");
}

static enum qon_status check(const void *given, const char *const *operands, const char *command, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    const struct values *values = given;
    struct qon_scenario scenario = {0};
    qon_par_threads_set((int)values->threads.value);
    QON_TRY(qon_scenario_load(&scenario, operands[0], values->changes.change, values->changes.count, faults));
    struct qon_estimate estimate = qon_run_estimate(&scenario, qon_par_threads());
    if (values->json) {
        json_print(&scenario, &estimate);
    } else {
        text_print(&scenario, &estimate);
    }
done:
    qon_scenario_free(&scenario);
    return status;
}

const struct qon_verb qon_verb_check = {
    .name = "check",
    .operands = "SCENARIO",
    .operands_least = 1,
    .operands_most = 1,
    .meaning = "Reads and validates a scenario, says what was understood and what a run would cost; writes nothing.",
    .options = options,
    .options_count = sizeof options / sizeof options[0],
    .values_size = sizeof(struct values),
    .run = check,
};
