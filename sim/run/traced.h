// SPDX-License-Identifier: GPL-3.0-or-later
// What a run leaves in memory for a comparison: what happened to persons, where they ended, what grants came to. Private to sim/run.
#ifndef QONYS_RUN_TRACED_H
#define QONYS_RUN_TRACED_H

#include <qonys/compare.h>
#include <qonys/observer.h>

// One block at the end of a run. Persons: the founders by row, then the newcomers by ascending id; an entry's person is the place here.
struct qon_traced_block {
    uint64_t founder_id;
    uint32_t founders, newcomers;
    uint64_t *newcomer; // [newcomers] ids
    uint16_t *zone;     // [founders + newcomers] where they live, or lived last
    uint8_t *status;    // [founders + newcomers] enum qon_labour
    uint32_t grants;
    uint8_t *grant_programme; // [grants]
    int64_t *grant_tiyn;      // [grants] paid less recovered
    int32_t *grant_persons;   // [grants] persons it is for
};

struct qon_traced {
    struct qon_observer observer; // each block's entries sorted by person, then as things happened
    struct qon_traced_block *block;
    uint32_t blocks;
    int32_t zones, indicators, profiles, start, months, scale, programmes;
    double *indicator;                     // [i * (zones + 1) + zone]: of a flow the sum over months, else the last
    double *logsum;                        // [profile * zones + zone] mean over months
    double *income;                        // the same, tiyn a month
    int64_t *spent, *clawed, *refused;     // [programme] whole run, agents
    double *now, *logsum_now, *income_now; // of one month
    struct qon_indicator *described;       // [indicators]
    bool hires;                            // see struct qon_observer
    struct qon_groups *groups;             // filled by the first run of a replicate; NULL: not wanted
};

// Hooks for qon_run that fill *traced (zeroed but for hires and groups).
struct qon_run_hooks qon_traced_hooks(struct qon_traced *traced);
void qon_traced_free(struct qon_traced *traced);
static inline uint64_t qon_traced_id(const struct qon_traced_block *block, uint32_t person) {
    return person < block->founders ? block->founder_id + person : block->newcomer[person - block->founders];
}

// Entries of one person: [begin, end) of the block's.
struct qon_life {
    const struct qon_trace *begin, *end;
};
bool qon_life_moved(struct qon_life life);
// Zone lived in at the end of `month`; `otherwise` when nothing is written that tells it. UINT32_MAX: not in the country.
uint32_t qon_life_zone(struct qon_life life, int32_t month, uint32_t otherwise);

#endif
