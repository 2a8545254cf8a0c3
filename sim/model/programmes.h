// SPDX-License-Identifier: GPL-3.0-or-later
// What the files on programmes share. Private to sim/model.
//
// The month: qon_programmes_clock (what is open, awareness, levers), commitments (payments, leaving, ends of bonds), then deciders and
// others apply (support, applications), qon_allocation shares out places and money, and grants are given as the moves are made. A programme
// that gives nothing to anybody changes nothing: deciding with it in mind only makes an application, and the refused do what they would
// have done without.
#ifndef QONYS_MODEL_PROGRAMMES_H
#define QONYS_MODEL_PROGRAMMES_H

#include "model.h"

#include <qonys/benefit.h>
#include <qonys/explain.h>
#include <qonys/predicate.h>

enum { QON_NOWHERE = UINT32_MAX, QON_LEAVES = UINT32_MAX - 1 }; // destinations: stays; leaves the country

struct qon_application {
    uint64_t wanted;  // programmes applied for, bit by bit
    uint64_t granted; //
    uint32_t row;     // person
    uint32_t with;    // where to, with what was wanted; a local move has QON_LOCAL_BIT
    uint32_t without; // where to, without
    uint32_t origin;  // zone
    uint32_t employer;
    uint8_t members; // who would move
    uint8_t at;
    bool windfall;          // the same would happen without
    struct qon_asker asker; // at the destination, as of the application: cost and payments follow from it
};
static const uint32_t QON_LOCAL_BIT = 1U << 30;

struct qon_applications {
    uint32_t count, capacity;
    struct qon_application *row;
};

// Grants of a block by person: open addressing; slot holds commitment + 1, `earlier` the next older one of the same person.
struct qon_grant_index {
    uint32_t *slot;
    uint32_t slots; // power of two, 0: nothing granted in the block
    uint32_t *earlier;
    uint32_t capacity; // of earlier
    uint32_t indexed;  // commitments indexed
};

// What a programme's bond comes to, fixed by its length.
struct qon_bond_terms {
    double leaves;  // chance of leaving before its end
    double annuity; // value of 1 a month over it
};

struct qon_programmes_model {
    uint64_t open[QON_ATS];                // programmes of an event that are open this month
    uint64_t preferred;                    // programmes at hiring, open this month, that bring seekers forward
    uint64_t mixed;                        // programmes with conditions that join persons and zones
    uint8_t *origin_fits;                  // [programme * zones + zone] the conditions on the origin alone hold
    uint8_t *destination_fits;             //
    uint64_t *destination_mask;            // [zone] programmes whose destination fits
    double *rank_gain;                     // [programme] added to the factor on the chance to be hired first
    uint32_t *aware;                       // [programme * zones + zone] a household knows it when its 32-bit draw is below
    uint64_t *origin_any;                  // [zone] programmes whose origin fits and that somebody there knows
    struct qon_levers *levers;             // [zone]
    uint32_t *permits;                     // [programme] bit c: administers permits of category c where it has quotas
    double *kandas_gain;                   // [country] added to the factor on arrivals
    double kandas_gain_mean;               // over arrivals
    double leave_most;                     // largest chance of an unregistered worker to be made to leave
    double end_factor_most;                // largest factor on the hazard at the end of a bond, at least 1
    int32_t *quota_first, *budget_first;   // [programme] into the ledger
    struct qon_applications *applications; // [block]
    struct qon_grant_index *index;         // [block]
    struct qon_rows *moves;                // [block] proposals of the month (see relocation.c)
    uint32_t *rows_start;                  // [block] persons at the start of the month
    double discount_month;                 // rate
    struct qon_bond_terms *bond;           // [programme]
    double horizon_factor;                 // annuity of the horizon: value of 1 a month over it
    bool any_rank;                         // some programme changes the order of seekers
};

static inline const struct qon_programme *qon_programme_of(const struct qon_world *world, int programme) {
    return &world->scenario->programmes.row[programme];
}
static inline int64_t *qon_measure_month(const struct qon_world *world, int programme, int32_t region, enum qon_measure measure) {
    return &world->ledger.month[((int64_t)programme * world->regions + region) * QON_MEASURES + measure];
}
// Counts in the month's column, which qon_ledger_close adds to the run's. Safe from several threads.
static inline void qon_measure_add(struct qon_world *world, int programme, uint32_t zone, enum qon_measure measure, int64_t amount) {
    qon_add(qon_measure_month(world, programme, world->model->zone_region[zone], measure), amount);
}

// ---- programmes.c
enum qon_status qon_programmes_init(struct qon_world *world);
void qon_programmes_free_model(struct qon_world *world);
enum qon_status qon_programmes_clock(struct qon_world *world); // country phase
void qon_ledger_close(struct qon_world *world);                // month's columns into the run's
bool qon_ledger_balance(const struct qon_world *world, char text[256]);

// ---- awareness.c
// Bass 1969, exact over `years`: F' = (p + q F)(1 - F).
double qon_bass_step(double aware, double p, double q, double years);
void qon_awareness_month(struct qon_world *world, int programme);
bool qon_household_knows(const struct qon_world *world, int programme, uint32_t zone, uint64_t household_id);

// ---- levers.c
void qon_levers_month(struct qon_world *world);

// ---- support.c
struct qon_support {
    const struct qon_world *world;
    struct qon_ask ask;
    struct qon_asker asker;
    uint64_t known;    // programmes that the decider knows, open, with conditions on persons and origin met
    double considered; // chance that a supported zone is weighed
};
struct qon_package {
    uint64_t programmes; // best set of programmes that may go together
    double factor;       // on the weight of the zone
    int64_t cash_tiyn;   // meets the costs of the move
};
// Programmes of event `at` for a person; false when there are none.
bool qon_support_find(const struct qon_world *world, const struct qon_block *block, uint32_t row, uint32_t travellers, enum qon_at at,
                      struct qon_support *support);
struct qon_package qon_support_at(const struct qon_support *support, uint32_t zone, double income_tiyn, int64_t moving_tiyn);
// What one programme is worth in one zone.
struct qon_candidate {
    double annuity; // tiyn a month
    int64_t cash_tiyn;
    int programme;
};
// Those that fit and are worth something, best first; list[QON_PROGRAMMES_MOST]. How many.
int qon_support_candidates(const struct qon_support *support, uint32_t zone, double income_tiyn, int64_t moving_tiyn,
                           struct qon_candidate *list);
enum qon_verdict qon_support_verdict(const struct qon_ask *ask, enum qon_at at, int programme); // ask: person, household, origin
bool qon_support_any(const struct qon_support *support, uint32_t zone);                         // some programme known may support it
struct qon_asker qon_support_asker(const struct qon_support *support, uint32_t zone, double income_tiyn, int64_t moving_tiyn);
// For one who was hired: the programmes that pay, the dearest first, which is worth most to the employer.
uint64_t qon_support_employer(const struct qon_support *support, uint32_t zone);
// The sum of a programme's benefits for an asker.
struct qon_offer qon_programme_offer(const struct qon_programme *programme, const struct qon_asker *asker);
int64_t qon_offer_cost(const struct qon_offer *offer);
// What a person has to live on, tiyn a month: the wage, or what one lives on without.
double qon_livelihood(const struct qon_world *world, const struct qon_block *block, uint32_t row);
// What an offer adds to monthly income over the horizon, less the expected cost of its bond; tiyn.
double qon_offer_annuity(const struct qon_world *world, const struct qon_programme *programme, const struct qon_offer *offer,
                         double income_tiyn);
double qon_annuity_value(double rate_month, double months); // of 1 a month
struct qon_asker qon_asker_of(const struct qon_world *world, const struct qon_block *block, uint32_t row, uint32_t travellers);
double qon_income_factor(const struct qon_world *world, double income_tiyn, double more_tiyn); // ((Y + a) / Y) ^ income weight

// ---- applications.c
void qon_application_add(struct qon_world *world, const struct qon_block *block, struct qon_application application);
void qon_applications_others(struct qon_world *world, struct qon_block *block); // residents, arrivals, the hired

// ---- allocation.c: pure
struct qon_entry {
    double first;  // lower comes first
    uint64_t draw; // then by lot
    uint64_t id;   // of the person, between equals
    int64_t cost_tiyn;
    int32_t members;
    int32_t region, origin_region;
    uint32_t block, application;
    uint8_t outcome; // enum qon_outcome
};
enum qon_outcome { QON_OUTCOME_GRANTED, QON_OUTCOME_NO_PLACE, QON_OUTCOME_NO_MONEY };
typedef bool qon_in_group(void *context, const struct qon_entry *entry, int32_t quota);
// Sets the outcomes and brings the entries in order. Each limit cuts the queue of those it counts at the first who does not fit, whether or
// not another limit refuses some of them: so a larger limit only adds winners, whatever the other limits are. Places that stay free so
// are offered again next month. cost: count * (log count + limits).
void qon_allocate(const struct qon_programme *programme, int32_t year, const int64_t *quota_left, const int64_t *budget_left,
                  struct qon_entry *entries, int64_t count, qon_in_group *in_group, void *context);
bool qon_limit_holds_in(int32_t limit_year, int32_t year); // a limit of limit_year counts in `year`
enum qon_status qon_allocation(struct qon_world *world);   // country phase
// explain.c: applications of probed persons among the entries, which are in order and have their outcomes.
void qon_explain_round(struct qon_world *world, int programme, const struct qon_entry *entries, int64_t count);

// Points (fewer is better, so negative) or priority of those asked about; 0 where neither counts.
double qon_rank_first(const struct qon_programme *programme, const struct qon_ask *ask);

// ---- permit_programmes.c
int qon_permit_programme(const struct qon_world *world, int category, int32_t region);             // -1: none administers them
int64_t qon_permit_places(const struct qon_world *world, int programme, int32_t region, double u); // of this month
void qon_permit_taken(struct qon_world *world, int programme, uint32_t zone);
double qon_permit_rank(const struct qon_world *world, int programme, uint32_t employer, double rank); // HUGE_VAL: not eligible
double qon_permit_share(const struct qon_world *world, uint32_t zone, double share);                  // most foreign staff

// ---- grants.c
struct qon_aid {
    int64_t cash_tiyn, relief_tiyn; // for the move
};
struct qon_aid qon_grant_aid(const struct qon_world *world, const struct qon_application *application);
// Books and pays what was granted; after the move, so that `row` lives at its destination.
void qon_grant_give(struct qon_world *world, struct qon_block *block, const struct qon_application *application, bool moved);
void qon_cash_add(struct qon_world *world, struct qon_block *block, uint32_t household, int64_t tiyn);

// ---- commitments.c
void qon_commitments_block(struct qon_world *world, struct qon_block *block); // monthly pass
enum qon_status qon_grant_index_make(struct qon_world *world, struct qon_block *block);
uint32_t qon_grant_last(const struct qon_world *world, const struct qon_block *block, uint32_t row); // newest commitment, QON_NONE
uint32_t qon_grant_earlier(const struct qon_world *world, const struct qon_block *block, uint32_t commitment); // the next older one
uint64_t qon_earlier_benefits(const struct qon_world *world, const struct qon_block *block, uint32_t row);     // mask of programmes
double qon_bond_trigger_factor(const struct qon_world *world, const struct qon_block *block, uint32_t row);
double qon_bond_stay_factor(const struct qon_world *world, const struct qon_block *block, uint32_t row, double income_tiyn);
bool qon_is_studying(const struct qon_world *world, const struct qon_block *block, uint32_t row); // on a place of study
double qon_wage_factor(const struct qon_world *world, const struct qon_block *block, uint32_t row);
// Factor on the chance to be hired first, 0: not looking for a job (in training).
double qon_rank_factor(const struct qon_world *world, const struct qon_block *block, uint32_t row, uint32_t zone, int *programme);
uint64_t qon_rank_shift(uint64_t rank, double factor); // rank of an exponential race that runs `factor` times as fast

int32_t qon_job_term(const struct qon_world *world, uint64_t person); // 0 temporary, 1 of 1 to 3 years, 2 long

#endif
