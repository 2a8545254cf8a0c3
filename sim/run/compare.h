// SPDX-License-Identifier: GPL-3.0-or-later
// What the files of a comparison share. Private to sim/run.
#ifndef QONYS_RUN_COMPARE_H
#define QONYS_RUN_COMPARE_H

#include "ledger.h"

// The costs of one replicate, NAN for other effects and where there are no additional movers.
double qon_effect_cost(const double *effect, enum qon_effect which);
// The half-widths of the additive main effects are all within `precision` of their size.
bool qon_compare_precise(const struct qon_comparison *comparison, double precision);
// Variance of the difference of `indicator`, summed over zones, had the seeds been independent, over that of the paired runs.
double qon_variance_ratio(const struct qon_comparison *comparison, int32_t alternative, int32_t indicator);
// All effects of one pair: effect[QON_EFFECTS].
void qon_effects_of(const struct qon_pair *pair, double *effect);

// What one replicate comes to, in one piece of memory that a process of its own can fill. Sums are not yet times the scale.
enum { QON_INDICATORS_MOST = 1024 };
struct qon_outcome {
    enum qon_status status;
    struct qon_faults faults;
    int32_t zones, indicators;
    int64_t persons_ever;                                  // with the first alternative
    struct qon_run_summary run[QON_ALTERNATIVES_MOST + 1]; // the base, then the alternatives
    struct qon_indicator described[QON_INDICATORS_MOST];
};
// Places of an outcome's arrays, which follow it; the same for all of a comparison.
struct qon_outcome_layout {
    size_t indicator, effect, table, share, bytes; // offsets from the outcome; bytes of the whole
    size_t tables[QON_ALTERNATIVES_MOST + 1];      // items before alternative a's table, persons and tiyn each
    int64_t cells;                                 // of all groupings
};
static inline double *qon_outcome_indicator(const struct qon_outcome *o, const struct qon_outcome_layout *l, int32_t world) {
    return (double *)(void *)((char *)(uintptr_t)o + l->indicator) + (int64_t)world * o->indicators * (o->zones + 1);
}
static inline double *qon_outcome_effect(const struct qon_outcome *o, const struct qon_outcome_layout *l, int32_t alternative) {
    return (double *)(void *)((char *)(uintptr_t)o + l->effect) + (int64_t)alternative * QON_EFFECTS;
}
static inline int64_t *qon_outcome_persons(const struct qon_outcome *o, const struct qon_outcome_layout *l, int32_t alternative) {
    return (int64_t *)(void *)((char *)(uintptr_t)o + l->table) + 2 * l->tables[alternative];
}
static inline int64_t *qon_outcome_tiyn(const struct qon_outcome *o, const struct qon_outcome_layout *l, int32_t alternative) {
    return qon_outcome_persons(o, l, alternative) + (l->tables[alternative + 1] - l->tables[alternative]);
}
static inline int64_t *qon_outcome_share(const struct qon_outcome *o, const struct qon_outcome_layout *l, int32_t alternative) {
    return (int64_t *)(void *)((char *)(uintptr_t)o + l->share) + alternative * l->cells * QON_SHARES * 2;
}

struct qon_comparing {
    struct qon_scenario *base;
    struct qon_scenario *const *alternatives;
    int32_t count; // alternatives
    const struct qon_compare_options *options;
    struct qon_groups groups;
    struct qon_outcome_layout layout;
    bool same_people[QON_ALTERNATIVES_MOST + 1]; // [0 the base, then alternatives]: as the base's synthesis makes them
    bool hires;
    uint64_t seed;                       // the scenarios' own
    char parts_folder[QON_RUN_PATH_MAX]; // "": nothing is written
    char parts[QON_ALTERNATIVES_MOST + 1][QON_RUN_PATH_MAX];
};

// compare_replicate.c: runs the base and all alternatives with the replicate's luck and fills the outcome, status and faults included.
void qon_compare_replicate(struct qon_comparing *comparing, int32_t replicate, struct qon_outcome *outcome);

// compare_pool.c: outcomes of replicates in order, several at a time in processes of their own where memory and threads allow.
struct qon_compare_pool;
enum qon_status qon_compare_pool_create(struct qon_compare_pool **pool, struct qon_comparing *comparing, int32_t jobs);
const struct qon_outcome *qon_compare_pool_next(struct qon_compare_pool *pool); // NULL: no memory or no process
void qon_compare_pool_destroy(struct qon_compare_pool *pool);                   // ends those that still run

// compare_write.c: joins the results files of the first replicate's runs (the base first) and adds what the comparison found.
enum qon_status qon_compare_write(const struct qon_comparison *comparison, const struct qon_scenario *base,
                                  struct qon_scenario *const *alternatives, const struct qon_groups *groups,
                                  const struct qon_compare_options *options, char (*parts)[QON_RUN_PATH_MAX], char *results,
                                  struct qon_faults *faults);

#endif
