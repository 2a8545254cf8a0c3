// SPDX-License-Identifier: GPL-3.0-or-later
// What relocation.c (who considers, who moves) and choose.c (where to) share. Private to sim/model.
#ifndef QONYS_MODEL_RELOCATION_H
#define QONYS_MODEL_RELOCATION_H

#include "programmes.h"

enum { QON_CHOICE_BATCH = 128 }; // deciders weighed together: their weights fill a first-level cache

// One who considers a move, and what the choice depends on.
struct qon_decider {
    uint64_t id;
    uint32_t row, household, zone;
    uint32_t kin;
    uint32_t profile;
    uint32_t travellers; // persons who would move
    int64_t savings_tiyn;
    double stay; // factor on the weight of staying, of those bound by a programme
};

struct qon_choice {
    uint32_t destination; // NOWHERE: stays
    bool local;
    bool illiquid;       // the wish was not affordable
    uint64_t programmes; // that the move counts on
};

struct qon_decider qon_decider_of(const struct qon_world *world, const struct qon_block *block, uint32_t row);

// Adds to the month's moves that `row` does as the application says that is added next.
void qon_move_propose(const struct qon_world *world, const struct qon_block *block, struct qon_rows *moves, uint32_t row);

// Chooses for one decider, without programmes (support NULL) or with those of `support`.
struct qon_choice qon_choose(const struct qon_world *world, const struct qon_decider *decider, struct qon_support *support);

// What a decider does with the programmes of `support`, given what is done without. The time of an alternative that none of them supports
// is what it is without, so only the supported ones run against the winner without.
struct qon_choice qon_choose_with(const struct qon_world *world, const struct qon_decider *decider, struct qon_support *support,
                                  const struct qon_choice *without);

// The same without programmes for up to QON_CHOICE_BATCH deciders; choices[i] equals qon_choose(world, &deciders[i], NULL).
void qon_choose_batch(const struct qon_world *world, const struct qon_decider *deciders, uint32_t count, struct qon_choice *choices);

#endif
