// SPDX-License-Identifier: GPL-3.0-or-later
// Why a person did or did not move in a month: what the model computed for this person and for the head of the household, part by part.
//
// The probe is set before a step and read after it. What it holds comes from the functions that the model itself uses, or from the same
// draws; that the explained choice is the one the model made is required, not assumed. A probe changes nothing in the run: same bits,
// same digest; a step without probes pays for one comparison a block. ODD tags M-EXPLAIN-1, M-TRIGGER-1, M-CHOICE-1, M-CHOICE-2,
// M-SUPPORT-1.
#ifndef QONYS_EXPLAIN_H
#define QONYS_EXPLAIN_H

#include <qonys/world.h>

enum qon_utility_part {
#define PART(name, en, kk, ru, meaning) QON_PART_##name,
#include <qonys/utility_parts.def>
#undef PART
    QON_UTILITY_PARTS
};
enum qon_trigger_factor {
#define FACTOR(name, en, kk, ru, meaning) QON_TRIGGER_##name,
#include <qonys/trigger_factors.def>
#undef FACTOR
    QON_TRIGGER_FACTORS
};
enum { QON_EXPLAINED_TEXT = 192, QON_EXPLAINED_MEMBERS = 24 };

// One place that a decider could live in from now on. Money in tiyn.
struct qon_explained_place {
    uint32_t zone;
    bool stay;         // where one lives, without moving
    bool local;        // another settlement of the same zone
    bool kin;          // zone of kin
    bool weighed;      // considered without programmes
    bool weighed_with; // and with them
    int32_t rank;      // among the zones best known in the origin, from 1; 0: not among them
    double known_share, known_draw;
    double wage_tiyn_month;  // level of the decider's cell; 0 without one
    double employed_share;   // p of Y = p w + (1 - p) b w
    double income_tiyn;      // Y; what one lives on where there is no wage
    double rent_tiyn_month;  //
    double network_per_1000; // earlier movers from the origin, per 1000 of its residents
    double km;
    double part[QON_UTILITY_PARTS];
    double utility; // sum of the parts
    double weight;  // what the race used: exp of it
    double gumbel;  // frozen random part, -ln(-ln u)
    double total;   // utility + gumbel: the largest of the affordable weighed places wins
    int64_t cost_tiyn;
    bool affordable;         // cost <= savings
    uint64_t programmes;     // best set of programmes there, bit by bit
    double annuity_tiyn;     // what they add to monthly income over the horizon
    double support;          // weight of income * ln((Y + annuity) / Y)
    int64_t cash_tiyn;       // of theirs, towards the cost
    double total_with;       // total + support
    bool affordable_with;    // cost - cash <= savings
    bool best, best_with;    // the choice without programmes, and with them
    bool wished, wished_not; // the largest total of all; and it was not affordable
};

// One programme of event `move`, as the decider meets it.
enum qon_verdict {
    QON_VERDICT_CLOSED,   // not open this month
    QON_VERDICT_ORIGIN,   // the condition on the zone left fails, or nobody there has heard of it
    QON_VERDICT_HAD,      // had it before
    QON_VERDICT_EXCLUDED, // had another before that excludes it
    QON_VERDICT_UNAWARE,  // the household does not know it
    QON_VERDICT_PERSON,   // a condition on the person fails
    QON_VERDICT_KNOWN,    // may apply, where a destination fits
};
struct qon_explained_programme {
    int32_t programme;
    enum qon_verdict verdict;
    double aware_share, aware_draw;     // knows it when the draw is below the share (valid from UNAWARE on)
    char condition[QON_EXPLAINED_TEXT]; // the first condition that fails, with what was found; "" when none does
    bool helps;                         // some weighed place fits and is worth something with it
};

// What one programme would be worth in one place, taken or not.
struct qon_explained_offer {
    int32_t place, programme;
    double annuity_tiyn;
    int64_t cash_tiyn; // towards the move
    bool taken;        // in the best set
};

enum qon_decides { QON_DECIDES, QON_DECIDES_NOT_MINOR, QON_DECIDES_NOT_SPOUSE, QON_DECIDES_NOT_PERMIT };

struct qon_explained_decision {
    bool there; // such a decider is there
    uint32_t row;
    uint64_t id;
    enum qon_decides decides;
    double factor[QON_TRIGGER_FACTORS];
    double hazard; // product: chance to consider a move this month (at most the cap)
    double cap;    // rate at which candidates are drawn
    bool candidate;
    double threshold; // frozen draw * cap: a candidate whose hazard is above considers
    bool considers;
    uint32_t travellers;
    int64_t savings_tiyn; // that the decider could spend
    struct qon_explained_place *place;
    int32_t places;
    uint64_t wanted;         // programmes applied for, for the place that is best_with
    int32_t without_support; // place weighed because of programmes, that wins and gets none: nothing is applied for; -1: none
    struct qon_explained_programme *programme;
    int32_t programmes;
    struct qon_explained_offer *offer;
    int32_t offers, offers_capacity;
};

enum qon_outcome_kind { QON_APPLIED_WAITS, QON_APPLIED_GRANTED, QON_APPLIED_NO_PLACE, QON_APPLIED_NO_MONEY, QON_APPLIED_PACKAGE };
// An application of the person or of the deciding head this month.
struct qon_explained_application {
    int32_t programme;
    enum qon_at at;
    uint32_t zone; // it was for
    bool windfall; // the same would be done without
    bool by_head;
    enum qon_outcome_kind outcome;
    double first;                // place in the order before the lot: points (negative) or priority; 0 where neither counts
    int64_t position, many;      // in the queue, from 1, and its length
    int64_t cost_tiyn;           // to the programme
    uint32_t block, application; // in the lists of the month
    bool settled;                // the package it belongs to has been looked at
};

struct qon_explained_member {
    uint64_t id;
    uint8_t role, sex, status;
    int16_t age;
};

enum qon_explained_state { QON_NOT_THERE, QON_THERE, QON_IS_GONE };

struct qon_explanation {
    uint64_t person; // in: id
    // All that follows is out. The state is that in which deciders decide.
    int32_t month;
    enum qon_explained_state state; // IS_GONE: before this month, or in it (see gone)
    const char *gone;               // phase of the month in which the person died ("demography") or left; NULL: earlier or not
    uint32_t block, row, household, head;
    uint32_t zone, kin;
    int32_t age_months;
    uint8_t sex, education, occupation, skill, status, legal, role;
    int64_t wage_tiyn_month;
    uint32_t employer; // QON_NONE: none
    uint64_t household_id;
    int64_t savings_tiyn; // of the household, as of this month
    bool owner;           // of the dwelling
    uint8_t members;
    struct qon_explained_member member[QON_EXPLAINED_MEMBERS];
    int32_t moved_month; // QON_ALWAYS: before the start
    uint64_t had;        // programmes that gave something before, bit by bit
    struct qon_explained_decision own, head_decision;
    struct qon_explained_application *application;
    int32_t applications, applications_capacity;
    bool moved, moved_local, move_failed;
    bool moved_with_head; // the head decided
    uint32_t zone_after;
    uint64_t granted;  // this month, bit by bit
    bool memory_short; // it ran out: what is here is not whole
};

// Sets `count` explanations (their `person` filled in, the rest zeroed or of an earlier month) as probes of the months to come; count 0:
// none. They belong to the caller and must outlive the steps; each step fills them anew.
void qon_explain_set(struct qon_world *world, struct qon_explanation *explanations, int32_t count);
void qon_explanation_free(struct qon_explanation *explanation); // what it owns; keeps `person`

// Where a person is; false: not (yet) there. Dead and departed are found.
bool qon_person_find(const struct qon_world *world, uint64_t id, uint32_t *block, uint32_t *row);
uint64_t qon_founders(const struct qon_world *world);                                     // ids 0 to this less 1 are founders
uint64_t qon_person_support(const struct qon_world *world, uint32_t block, uint32_t row); // programmes that gave something

#endif
