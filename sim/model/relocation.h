// SPDX-License-Identifier: GPL-3.0-or-later
// What trigger.c (who considers), choose.c (where to) and relocation.c (who moves) share. Private to sim/model.
#ifndef QONYS_MODEL_RELOCATION_H
#define QONYS_MODEL_RELOCATION_H

#include "programmes.h"

#include <qonys/kernels.h>

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

// Adds to the month's moves that `row` does as the application says that is added next.
void qon_move_propose(const struct qon_world *world, const struct qon_block *block, struct qon_rows *moves, uint32_t row);

// What a kind of decider can expect to earn in a zone. Money in tiyn a month.
struct qon_prospect {
    double wage_tiyn;      // level of the cell, 0: lives on something else
    double employed_share; // p
    double income_tiyn;    // Y
    double utility;        // part of utility
};

// choice.c: the parts that place_weight, route_weight and local_weight are made of, by the same expressions. qon_route_parts returns the
// earlier movers per 1000 residents of the origin. Totals change while blocks move one after the other, so what utilities read of them is
// kept.
enum qon_status qon_chances_keep(struct qon_world *world);
void qon_place_parts(const struct qon_world *world, uint32_t zone, uint32_t profile, struct qon_prospect *prospect,
                     double part[QON_UTILITY_PARTS]);
double qon_route_parts(const struct qon_world *world, uint32_t origin, uint32_t destination, bool local, double part[QON_UTILITY_PARTS]);

// relocation.c
struct qon_considering qon_considering_of(const struct qon_world *world, const struct qon_block *block, uint32_t row); // when: 0
struct qon_decider qon_decider_of(const struct qon_world *world, const struct qon_block *block, uint32_t row);

// trigger.c. qon_trigger: the rows of those who consider a move this month, grown-up heads and grown-up members beside the couple, of the
// candidates that qon_candidates_block found: founders in the order of rows, then the later ones. They are brought to the front of their
// list. rows: room for all persons of the block.
void qon_trigger(struct qon_world *world, const struct qon_block *block, struct qon_rows *rows);
void qon_trigger_factors(const struct qon_world *world, const struct qon_block *block, uint32_t row, double factor[QON_TRIGGER_FACTORS]);
bool qon_household_owns(const struct qon_world *world, const struct qon_block *block, uint32_t household);

// choose.c: the weight of a place without programmes (destination QON_NOWHERE: staying), the exponential variable that it is raced with
// (its number among alternatives), and the share of a known zone as a 32-bit threshold (0: not known).
static inline double qon_family_weight(const struct qon_model *model, uint32_t travellers) {
    return model->member_weight[travellers < QON_MEMBERS_MOST ? travellers : QON_MEMBERS_MOST];
}
uint32_t qon_place_number(const struct qon_world *world, const struct qon_decider *decider, uint32_t destination, bool local);
double qon_place_weight(const struct qon_world *world, const struct qon_decider *decider, uint32_t destination, bool local);
double qon_place_frozen(const struct qon_world *world, const struct qon_decider *decider, uint32_t destination, bool local);
uint32_t qon_known_threshold(const struct qon_model *model, uint32_t origin, uint32_t zone, int32_t *rank);

// explain.c: called where something about a probed person is settled; only when there are probes.
void qon_explain_decisions(struct qon_world *world, struct qon_block *block, const struct qon_rows *triggered,
                           const struct qon_rows *moves);
void qon_explain_moved(struct qon_world *world, const struct qon_block *block, uint32_t row, bool local, bool moved);
void qon_explain_phase(struct qon_world *world, const char *phase); // has been done
void qon_explain_end(struct qon_world *world);

// Fetches what the next `count` rows are about to read, step by step along what hangs on what, few enough for the first-level cache.
enum { QON_FETCHED = 64 };
// Along the members of `count` households, from those in member[] on: their links and one column. Children born lately are far away.
static QON_FETCHES void qon_fetch_chains(const struct qon_persons *p, const void *column, size_t size, uint32_t *member, uint32_t count) {
    while (count > 0) {
        uint32_t kept = 0;
        for (uint32_t i = 0; i < count; i++) {
            __builtin_prefetch(&p->next[member[i]]);
            __builtin_prefetch((const char *)column + member[i] * size);
        }
        for (uint32_t i = 0; i < count; i++) {
            uint32_t next = p->next[member[i]];
            member[kept] = next;
            kept += next != QON_NONE;
        }
        count = kept;
    }
}

// What programmes ask about a decider.
static inline struct qon_ask qon_ask_of(const struct qon_world *world, const struct qon_block *block, const struct qon_decider *d) {
    return (struct qon_ask){world, block, d->row, d->household, d->zone, QON_NONE, QON_NONE, NULL};
}

// A list of proposals: row, then destination with QON_LOCAL_BIT for a local move, or QON_APPLIED_BIT and the number of the application.
static const uint32_t QON_APPLIED_BIT = 1U << 31;
static inline uint32_t qon_choice_packed(const struct qon_choice *choice) {
    return choice->destination == QON_NOWHERE ? QON_NOWHERE : choice->destination | (choice->local ? QON_LOCAL_BIT : 0);
}

// Chooses for one decider, without programmes (support NULL) or with those of `support`.
struct qon_choice qon_choose(const struct qon_world *world, const struct qon_decider *decider, struct qon_support *support);

// What a decider does with the programmes of `support`, given what is done without (programmes 0: the same). The time of an alternative
// that none of them supports is what it is without, so only the supported ones run against the winner without.
struct qon_choice qon_choose_with(const struct qon_world *world, const struct qon_decider *d, struct qon_support *support,
                                  const struct qon_choice *without);
// The same of up to QON_CHOICE_BATCH deciders, who know the programmes of the pairs.
void qon_choose_many_with(const struct qon_world *world, const struct qon_block *block, const struct qon_decider *deciders, uint32_t count,
                          const struct qon_pairs *pairs, const struct qon_choice *without, struct qon_choice *with);

// Whether a zone is weighed at all, as a destination (the own zone: a local move), with programmes.
bool qon_place_weighed_with(const struct qon_world *world, const struct qon_decider *decider, const struct qon_support *support,
                            uint32_t zone);

// What is chosen without programmes by up to QON_CHOICE_BATCH deciders; choices[i] equals qon_choose(world, &deciders[i], NULL).
void qon_choose_batch(const struct qon_world *world, const struct qon_decider *deciders, uint32_t count, struct qon_choice *choices);

#endif
