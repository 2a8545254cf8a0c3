// SPDX-License-Identifier: GPL-3.0-or-later
// The folder of a study: which run has which key and values (one plan a shard), and joining the results of its runs into one file.
#ifndef QONYS_MERGE_H
#define QONYS_MERGE_H

#include <qonys/fault.h>
#include <qonys/plan.h>

struct qon_plan_run {
    int32_t run; // from 1
    int32_t replicate;
    uint64_t seed;
    const char *scenario_file;
    const char *key;
};

// The runs of one shard, as shards/I-of-N.db keeps them.
struct qon_plan {
    const struct qon_study *study;
    const char *fingerprint; // of all that the study says
    int32_t total;           // runs of the study
    int32_t shard, shards;
    int32_t runs; // of the shard, ascending
    const struct qon_plan_run *run;
    const char *const *value; // [runs][axes]: JSON
};

// Writes `folder`/shards/I-of-N.db, beside and renamed; the folder shards is there. Plans of other shards that say otherwise (of another
// study, or a run with another key, since a scenario was changed) are out of date and are removed; results are not touched.
// errors: QON_MACHINE.
enum qon_status qon_plan_write(const struct qon_plan *plan, const char *folder, struct qon_faults *faults);

struct qon_merge {
    int32_t total;   // runs of the study
    int32_t runs;    // joined
    int32_t missing; //
};

// Joins the results of all runs that the plans in the folders name into the results file `out` (written beside and renamed). The same
// folders give the same bytes, in any order. Runs without results are named in one fault, and nothing is written, unless `partial`.
// errors: QON_USER (no folder of a study, folders of different studies, missing runs), QON_MACHINE (a damaged file among them).
enum qon_status qon_merge(const char *const *folders, int count, const char *out, bool partial, struct qon_merge *merge,
                          struct qon_faults *faults);

#endif
