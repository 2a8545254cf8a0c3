// SPDX-License-Identifier: GPL-3.0-or-later
// A sweep: shared by sweep.c (which runs there are) and sweep_do.c (doing them).
#ifndef QONYS_RUN_SWEEP_H
#define QONYS_RUN_SWEEP_H

#include <qonys/input.h>
#include <qonys/merge.h>
#include <qonys/scenario.h>
#include <qonys/sweep.h>

enum { QON_SAMPLED_MAX = 32 };

struct qon_sweep {
    struct qon_study study;
    int32_t shard, shards;
    int32_t total;   // runs of the study
    int32_t cells;   // of the axes with lists
    int32_t sampled; // axes that the design samples
    char *samples;   // [points][sampled][QON_SAMPLED_MAX]: JSON
    char fingerprint[24];
    int32_t runs; // of the shard
    struct qon_sweep_run *run;
};

// Loads the scenario of a run with the values of its axes; with `seeded`, with the replicate's seed too.
enum qon_status qon_sweep_load(const struct qon_sweep *sweep, const struct qon_sweep_run *run, bool seeded, struct qon_scenario *scenario,
                               struct qon_faults *faults);

void qon_sweep_path(const struct qon_sweep_run *run, const char *folder, char *path, size_t room); // of its results

#endif
