// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a made-up country with programmes made by hand. Include after cmocka.h and loading.h.
#ifndef QONYS_TESTS_POLICY_RUN_H
#define QONYS_TESTS_POLICY_RUN_H

#include "policy.h"

#include <qonys/step.h>
#include <qonys/synthesis.h>

struct policy_run {
    char folder[SCRATCH_PATH_MAX];
    struct qon_scenario scenario;
    struct qon_world world;
};

// A country of `zones` zones and about `persons` persons, without programmes. Add some, then policy_start.
static inline void policy_country(struct policy_run *run, int zones, long long persons) {
    char file[SCRATCH_PATH_MAX];
    struct qon_faults faults;
    memset(run, 0, sizeof *run);
    scratch_make(run->folder);
    assert_int_equal(make_country(zones, persons, run->folder), 0);
    scratch_path(file, run->folder, "scenario.json");
    qon_faults_init(&faults);
    if (qon_scenario_load(&run->scenario, file, NULL, 0, &faults) != QON_OK) {
        fail_msg("%s", faults.text[0]);
    }
    run->scenario.scale = 1;
    qon_programmes_free(&run->scenario.programmes);
}

static inline void policy_start(struct policy_run *run) {
    struct qon_faults faults;
    qon_faults_init(&faults);
    if (qon_synthesis(&run->world, &run->scenario, &faults) != QON_OK || qon_model_init(&run->world, &faults) != QON_OK) {
        fail_msg("%s", faults.text[0]);
    }
}

static inline void policy_steps(struct policy_run *run, int months) {
    struct qon_faults faults;
    qon_faults_init(&faults);
    for (int m = 0; m < months; m++) {
        if (qon_step(&run->world, &faults) != QON_OK) {
            fail_msg("%s", faults.text[0]);
        }
    }
}

static inline void policy_end(struct policy_run *run) {
    qon_model_free(&run->world);
    qon_world_free(&run->world);
    qon_scenario_free(&run->scenario);
    scratch_remove(run->folder);
}

// A measure of a programme over the run, all regions.
static inline int64_t policy_total(const struct policy_run *run, int programme, enum qon_measure measure) {
    int64_t total = 0;
    for (int32_t r = 0; r < run->world.regions; r++) {
        total += run->world.ledger.total[((int64_t)programme * run->world.regions + r) * QON_MEASURES + measure];
    }
    return total;
}

// Persons who came to a zone from another one, so far in this month.
static inline int64_t policy_arrivals(const struct policy_run *run, int32_t zone) {
    int64_t persons = 0;
    for (int32_t o = 0; o < run->world.zones; o++) {
        persons += o == zone ? 0 : run->world.tally.flow_persons[(int64_t)o * run->world.zones + zone];
    }
    return persons;
}

#endif
