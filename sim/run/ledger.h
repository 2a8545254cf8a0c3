// SPDX-License-Identifier: GPL-3.0-or-later
// The ledger of a pair of runs: what each person's two lives say the policy did. Private to sim/run.
#ifndef QONYS_RUN_LEDGER_H
#define QONYS_RUN_LEDGER_H

#include "groups.h"
#include "traced.h"

// Counts of one pair beside the classes; agents.
enum qon_count {
    QON_COUNT_PERSONS_EVER,
    QON_COUNT_MOVERS_BASE, // persons who change zones at least once
    QON_COUNT_MOVERS_ALT,
    QON_COUNT_MOVERS_PAID, // with a grant
    QON_COUNT_INDUCED_MOVERS,
    QON_COUNT_LEAKED,  // paid movers no longer in the supported zones of their region at the end
    QON_COUNT_SEEN_12, // induced movers whose 12 months lie within the run
    QON_COUNT_SEEN_24,
    QON_COUNT_SEEN_36,
    QON_COUNT_KEPT_12, // of these, still there
    QON_COUNT_KEPT_24,
    QON_COUNT_KEPT_36,
    QON_COUNT_DISPLACED_MOVE,
    QON_COUNT_DISPLACED_PLACE,
    QON_COUNT_DISPLACED_JOB,
    QON_COUNT_GAINED_JOB,
    QON_COUNT_DISPLACED_ORIGIN,
    QON_COUNT_DISPLACED_DESTINATION,
    QON_COUNT_SUPPORTED_LOST, // jobs lost by the unpaid who live in supported zones
    QON_COUNT_SUPPORTED_GAINED,
    QON_COUNT_PAID_EMPLOYED, // paid persons with a job at the end
    QON_COUNT_CHANGED,
    QON_COUNT_DRIFTED,
    QON_COUNT_WINNERS,
    QON_COUNT_LOSERS,
    QON_COUNT_GROWN,
    QON_COUNT_GAIN_TIYN, // sum over grown persons, a month
    QON_COUNTS
};

struct qon_pair {
    const struct qon_traced *base, *alt;
    const struct qon_scenario *scenario, *base_scenario; // of the alternative, of the base
    const struct qon_groups *groups;
    int32_t window_months;
    const struct qon_by *by;
    int bys;
    // Filled; owned.
    int64_t *persons, *tiyn; // [(programmes + 1) * QON_CLASSES], as in struct qon_alternative, agents
    int64_t count[QON_COUNTS];
    int32_t month_reached, month_changed; // since 1900-01; INT32_MAX: never
    int64_t *share;                       // [cells * QON_SHARES * 2], agents, tiyn
    int64_t cells;
};

int64_t qon_by_cells(const struct qon_groups *groups, const struct qon_by *by, int bys);

enum qon_status qon_pair_ledger(struct qon_pair *pair);
void qon_pair_free(struct qon_pair *pair);

// ---- classes.c: what one person's two lives say
struct qon_supported {
    uint8_t *zone; // [programme * zones + zone] a mover was paid there
    int32_t zones;
    const int32_t *region;               // [zone]
    uint8_t rename[QON_PROGRAMMES_MOST]; // programme of the base -> of the alternative with its name, UINT8_MAX: none
};

// What the grant at `grant` (an entry GRANTED of alt) led to, and whether it was a move: *moved_to, UINT32_MAX otherwise.
struct qon_person_ends {
    uint8_t base, alt; // status at the end; QON_GONE where the person is not
};
enum qon_class qon_life_class(struct qon_life base, struct qon_life alt, const struct qon_trace *grant, struct qon_person_ends ends,
                              enum qon_at at, const struct qon_supported *supported, int32_t window_months, uint32_t *moved_to);
// The same region, in zones where the programme pays movers.
bool qon_same_place(const struct qon_supported *supported, int programme, uint32_t zone, uint32_t other);
// First month in which entries, moves or leaving differ; INT32_MAX: none.
int32_t qon_lives_differ(struct qon_life base, struct qon_life alt);

#endif
