// SPDX-License-Identifier: GPL-3.0-or-later
// What a scenario owns, and values that change at dates.
#include <qonys/memory.h>
#include <qonys/scenario.h>
#include <string.h>

int64_t qon_steps_at(const struct qon_steps *steps, int32_t month) {
    if (steps->count == 0) {
        return 0;
    }
    int32_t at = 0; // a handful of steps: a plain search is the fastest
    while (at + 1 < steps->count && steps->from[at + 1] <= month) {
        at++;
    }
    return steps->tiyn[at];
}

static void steps_free(struct qon_steps *steps) {
    qon_free(steps->from);
    qon_free(steps->tiyn);
}

static void boundaries_free(struct qon_boundaries *boundaries) {
    qon_free(boundaries->region_part);
    qon_free(boundaries->part_point);
    qon_free(boundaries->part_outer);
    qon_free(boundaries->lon_deg);
    qon_free(boundaries->lat_deg);
}

const struct qon_scenario *qon_scenario_at(const struct qon_scenario *scenario, int32_t month) {
    const struct qon_scenario *as = scenario;
    for (int32_t s = 0; s < scenario->stages && scenario->stage[s].from <= month; s++) {
        as = scenario->stage[s].as;
    }
    return as;
}

void qon_scenario_seed_set(struct qon_scenario *scenario, uint64_t seed) {
    scenario->seed = seed;
    for (int32_t s = 0; s < scenario->stages; s++) {
        scenario->stage[s].as->seed = seed;
    }
}

static void stages_free(struct qon_scenario *scenario) {
    for (int32_t s = 0; s < scenario->stages; s++) {
        qon_programmes_free(&scenario->stage[s].as->programmes); // all else is the scenario's
        qon_free(scenario->stage[s].as);
    }
    qon_free(scenario->stage);
}

void qon_scenario_free(struct qon_scenario *scenario) {
    stages_free(scenario);
    qon_free(scenario->file);
    qon_free(scenario->name);
    for (int i = 0; i < QON_LANGUAGES; i++) {
        qon_free(scenario->title[i]);
    }
    qon_tables_free(&scenario->tables);
    steps_free(&scenario->mci);
    steps_free(&scenario->minimum_wage);
    qon_programmes_free(&scenario->programmes);
    boundaries_free(&scenario->boundaries);
    qon_free(scenario->effective);
    qon_free(scenario->unused);
    memset(scenario, 0, sizeof *scenario);
}
