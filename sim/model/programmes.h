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
    uint64_t refused; // for lack of places or money
    uint32_t row;     // person
    uint32_t with;    // where to, with what was wanted; a local move has QON_LOCAL_BIT
    uint32_t without; // where to, without
    uint32_t origin;  // zone
    uint32_t employer;
    int32_t month;   // of the first application: this one, or earlier for those who waited
    uint8_t members; // who would move
    uint8_t at;
    bool waits;               // from the waiting list
    bool windfall;            // the same would happen without
    struct qon_before before; // at a hire: what the person was
    struct qon_asker asker;   // at the destination, as of the application: cost and payments follow from it
};
static const uint32_t QON_LOCAL_BIT = 1U << 30;

struct qon_applications {
    uint32_t count, capacity;
    struct qon_application *row;
};

// Those whom this month's matching hired in a block and whom a programme on hires may be for, in any order.
struct qon_hire {
    uint32_t rank; // row of persons
    struct qon_before before;
};
struct qon_hires {
    uint32_t count, capacity;
    struct qon_hire *row;
};

// Grants of a block by person: open addressing. `earlier` leads from a commitment to the next older one of the same person.
struct qon_grant_slot {
    uint32_t person;
    uint32_t last;       // newest commitment + 1; 0: empty
    uint64_t programmes; // mask of those that gave something
};
struct qon_grant_index {
    struct qon_grant_slot *slot;
    uint32_t slots; // power of two, 0: nothing granted in the block
    uint32_t *earlier;
    uint32_t capacity; // of earlier
    uint32_t indexed;  // commitments indexed
    uint64_t *any;     // bit of a row of persons: has a grant; most have none, and need no look at the slots
    uint32_t any_rows; // rows that it has bits for
};

// Those of a block whom programmes on hires may concern: see newcomers.c.
struct qon_newcomers {
    uint64_t *bits; // of rows of persons
    uint32_t rows;  // that the bits tell of
    uint32_t capacity;
};

// Those of a block who have the age of school leavers this month, in the order of the calendar.
struct qon_school_leavers {
    struct qon_rows rows;
    uint32_t seen; // of the calendar's list
    int32_t month; // of the list
};

// What conditions on one column of persons say: bit p of mask[v] is clear when a person with value v fails programme p.
enum { QON_LOOKUPS_MOST = 16, QON_LOOKUP_VALUES = 256, QON_GAIN_MEMBERS = 8 };
struct qon_lookup {
    uint32_t fast; // enum qon_predicate_fast
    uint32_t offset;
    uint64_t programmes; // with such conditions
    uint64_t mask[QON_LOOKUP_VALUES];
};
// Those that programmes of one occasion, or of any, have conditions for: newcomers' months first, what is drawn last.
enum { QON_AT_ANY = QON_ATS };
struct qon_lookup_list {
    int count;
    uint8_t lookup[QON_LOOKUPS_MOST];
};

enum { QON_ANNUITIES = 256 };

// What a programme's bond comes to, fixed by its length.
struct qon_bond_terms {
    double leaves;  // chance of leaving before its end
    double annuity; // value of 1 a month over it
};

// Programmes at hiring, open this month, for some who live and work in a zone.
struct qon_hire_terms {
    uint64_t fit[2]; // for who has always lived there; for who came
    bool kandas;     // kandas are hired first or later there
};

// What a programme that administers permits asks of employers, as far as it hangs on nothing but their sector and zone, which never change:
// found out once for each pair.
enum { QON_PERMIT_SCORES = 62, QON_PERMIT_ASKED = 62, QON_PERMIT_ELIGIBLE = 63 }; // bits
struct qon_permit_place {
    uint64_t met; // terms that hold; without QON_PERMIT_ASKED nobody has asked yet
    double first; // qon_rank_first by them; HUGE_VAL: not eligible
};
struct qon_permit_terms {
    uint64_t of_place;              // bit s: the s-th score does; QON_PERMIT_ELIGIBLE: the conditions do
    bool all_of_place;              // nothing else is asked
    struct qon_permit_place *place; // [zone * sectors + sector]
};

struct qon_programmes_model {
    uint64_t open[QON_ATS];            // programmes of an event that are open this month
    uint64_t preferred;                // programmes at hiring, open this month, that bring seekers forward
    bool hires_all;                    // some of them are for those who have always lived somewhere
    struct qon_hire_terms *hire_terms; // [zone]
    uint64_t *hiring;                  // [zone] of them those that fit there, are known and have places and money left
    uint64_t *choice_number;           // [zone], [zones + zone]: qon_draw_number of a move to it, or within it, this month
    double *factor_most;               // [(programme * profiles + profile) * (QON_GAIN_MEMBERS + 1) + travellers] see qon_support_most
    int64_t *cash_most;                // [programme * (QON_GAIN_MEMBERS + 1) + travellers] tiyn that it can pay of a move at once, at most
    int64_t move_cost_least;           // of the month's moves, to wherever; tiyn
    uint64_t rest;                     // programmes with conditions on persons that stand in no lookup
    struct qon_lookup *lookup;         // [QON_LOOKUPS_MOST]
    int lookups;
    struct qon_lookup_list asked[QON_ATS + 1];
    uint64_t *pair_mask;                    // [origin * zones + destination] programmes whose conditions on zones hold
    uint64_t *pair_zones;                   // [(origin * programmes + programme) * qon_zone_words] the same, bit by destination
    uint64_t mixed;                         // programmes with conditions that join persons and zones
    uint8_t *origin_fits;                   // [programme * zones + zone] the conditions on the origin alone hold
    uint8_t *destination_fits;              //
    double *rank_gain;                      // [programme] added to the factor on the chance to be hired first
    uint32_t key[QON_PROGRAMMES_MOST];      // of the programmes, and the chances that a zone they support is weighed: together, as they
    double considered[QON_PROGRAMMES_MOST]; // are asked for often
    uint64_t pays;                          // programmes that cost something for somebody
    uint32_t *aware;                        // [programme * zones + zone] a household knows it when its 32-bit draw is below
    uint64_t *origin_any;                   // [zone] programmes whose origin fits and that somebody there knows
    struct qon_levers *levers;              // [zone]
    uint32_t *permits;                      // [programme] bit c: administers permits of category c where it has quotas
    struct qon_permit_terms *permit_terms;  // [programme]
    double *kandas_gain;                    // [country] added to the factor on arrivals
    double kandas_gain_mean;                // over arrivals
    double leave_most;                      // largest chance of an unregistered worker to be made to leave
    int32_t *quota_first, *budget_first;    // [programme] into the ledger
    struct qon_applications *applications;  // [block]
    struct qon_grant_index *index;          // [block]
    struct qon_hires *hires;                // [block]
    struct qon_rows *moves;                 // [block] proposals of the month (see relocation.c)
    struct qon_non_citizens *non_citizens;  // [block]
    struct qon_newcomers *newcomers;        // [block]
    int32_t newcomer_months;                // since arrival, that some programme on hires allows at most
    struct qon_school_leavers *leavers;     // [block] while a programme is for them
    uint32_t *rows_start;                   // [block] persons at the start of the month
    double annuity[QON_ANNUITIES];          // value of 1 a month over so many months
    double discount_month;                  // rate
    struct qon_bond_terms *bond;            // [programme]
    double horizon_factor;                  // annuity of the horizon: value of 1 a month over it
    bool any_rank;                          // some programme changes the order of seekers
    bool employers_read;                    // some condition on applicants asks about their employers, whose staff moves change
};

static inline const struct qon_programme *qon_programme_of(const struct qon_world *world, int programme) {
    return &world->scenario->programmes.row[programme];
}
// The first month in which a programme is open in this run: its own, the run's, or that of the branch that brought it.
static inline int32_t qon_programme_start(const struct qon_world *world, int programme) {
    int32_t from = qon_programme_of(world, programme)->from, since = world->ledger.since[programme];
    int32_t start = world->scenario->start > since ? world->scenario->start : since;
    return from > start ? from : start;
}
static inline int64_t *qon_measure_month(const struct qon_world *world, int programme, int32_t region, enum qon_measure measure) {
    return &world->ledger.month[((int64_t)programme * world->regions + region) * QON_MEASURES + measure];
}
// Counts in the month's column, which qon_ledger_close adds to the run's. Safe from several threads. qon_measure_count: the same of who
// lives in a block, to the thread's own while a phase of blocks is done.
static inline void qon_measure_add(struct qon_world *world, int programme, uint32_t zone, enum qon_measure measure, int64_t amount) {
    qon_add(qon_measure_month(world, programme, world->model->zone_region[zone], measure), amount);
}
static inline void qon_measure_count(struct qon_world *world, const struct qon_block *block, int programme, uint32_t zone,
                                     enum qon_measure measure, int64_t amount) {
    if (block->measures == NULL) {
        qon_measure_add(world, programme, zone, measure, amount);
    } else {
        block->measures[qon_measure_month(world, programme, world->model->zone_region[zone], measure) - world->ledger.month] += amount;
    }
}

// ---- programmes.c
enum qon_status qon_programmes_init(struct qon_world *world);
void qon_programmes_free_model(struct qon_world *world);
enum qon_status qon_programmes_clock(struct qon_world *world); // country phase
void qon_ledger_close(struct qon_world *world);                // month's columns into the run's
bool qon_ledger_balance(const struct qon_world *world, char text[256]);

// ---- eligibility.c
enum { QON_CHOICE_BATCH = 128 }; // deciders weighed together: their weights fill a first-level cache
void qon_eligibility_fill(const struct qon_world *world, struct qon_programmes_model *pm); // the tables, at the start
uint64_t qon_eligible_settled(const struct qon_world *world);                              // that may hold for who came before the start
// Programmes of `among`, all of one occasion (or QON_AT_ANY), whose conditions that stand in lookups hold: a quick first question.
uint64_t qon_eligible_quick(const struct qon_ask *ask, enum qon_at at, uint64_t among);
// The same at once of up to QON_CHOICE_BATCH persons as they are now: among[i] of row[i].
void qon_eligible_quick_many(const struct qon_world *world, const struct qon_block *block, const uint32_t *row, uint32_t count,
                             enum qon_at at, uint64_t *among);
// Programmes of `among` whose conditions on persons and employers hold for the person asked about.
uint64_t qon_eligible_persons(const struct qon_ask *ask, enum qon_at at, uint64_t among);
uint64_t qon_eligible_rest(const struct qon_ask *ask, uint64_t among); // the same, of those who passed the quick question
// Programmes whose conditions on zones alone hold for a move (or, twice the same zone, for who stays).
static inline uint64_t qon_pair_mask(const struct qon_world *world, uint32_t origin, uint32_t destination) {
    return world->model->programmes->pair_mask[(int64_t)origin * world->zones + destination];
}

static inline uint32_t qon_zone_words(const struct qon_world *world) { // of 64 bits, one a zone
    return ((uint32_t)world->zones + 63) / 64;
}

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
    struct qon_asker asker; // when asked: made when first needed
    bool asked;
    uint32_t travellers;
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
// The same of those that passed the quick question. ask: the person, the household, the zone of origin; before, of one who was hired.
bool qon_support_take(const struct qon_ask *ask, uint32_t travellers, uint64_t quick, struct qon_support *support);
// The same of up to QON_CHOICE_BATCH persons as they are now, in two steps. quick[i]: those open to them by the terms that stand in
// tables; known[i], which holds them before: those that they know and may have, and the same as pairs. Then what one makes of it.
void qon_support_quick(const struct qon_world *world, const struct qon_block *block, const uint32_t *row, uint32_t count, enum qon_at at,
                       uint64_t *quick);
struct qon_decider;
// Who knows what, one after the other: the j-th pair is decider who[j] and programme[j]. How many one knows is chance, so a loop over the
// pairs of all goes on smoothly where one for each decider would be guessed wrong.
struct qon_pairs {
    const uint64_t *known; // [deciders] what they were found from
    uint32_t count;
    uint8_t who[QON_CHOICE_BATCH * QON_PROGRAMMES_MOST], programme[QON_CHOICE_BATCH * QON_PROGRAMMES_MOST];
};
void qon_pairs_find(const uint64_t *known, uint32_t count, struct qon_pairs *pairs); // of up to QON_CHOICE_BATCH
void qon_support_known(const struct qon_world *world, const struct qon_block *block, const struct qon_decider *deciders, uint32_t count,
                       uint64_t *known, struct qon_pairs *pairs);
// ask: the person, the household, the zone of origin; before, of one who was hired.
void qon_support_of(const struct qon_ask *ask, uint32_t travellers, uint64_t known, struct qon_support *support);
double qon_considered_most(const struct qon_world *world, uint64_t known); // see qon_support.considered
void qon_support_ask(struct qon_support *support);                         // makes the asker, if it is not there yet
// The most by which a month's programmes can multiply the weight of any zone for a decider: what costs no look at the zones.
void qon_support_most_make(struct qon_world *world); // each month, after qon_choice_prepare
double qon_support_most(const struct qon_world *world, uint64_t known, uint32_t profile, uint32_t travellers);
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
struct qon_asker qon_support_asker(const struct qon_support *support, uint32_t zone, double income_tiyn, int64_t moving_tiyn);
// For one who was hired: the programmes that pay, the dearest first, which is worth most to the employer.
uint64_t qon_support_employer(const struct qon_support *support, uint32_t zone);
// The sum of a programme's benefits for an asker.
struct qon_offer qon_programme_offer(const struct qon_programme *programme, const struct qon_asker *asker);
int64_t qon_offer_cost(const struct qon_offer *offer);
bool qon_programme_pays(const struct qon_world *world, int programme); // costs something for somebody
// What a person has to live on, tiyn a month: the wage, or what one lives on without.
double qon_livelihood(const struct qon_world *world, const struct qon_block *block, uint32_t row);
// What an offer adds to monthly income over the horizon, less the expected cost of its bond; tiyn.
double qon_offer_annuity(const struct qon_world *world, const struct qon_programme *programme, const struct qon_offer *offer,
                         double income_tiyn);
double qon_annuity_value(double rate_month, double months); // of 1 a month
void qon_annuities_make(struct qon_programmes_model *pm);   // of whole months, once
struct qon_asker qon_asker_of(const struct qon_world *world, const struct qon_block *block, uint32_t row, uint32_t travellers);
double qon_income_factor(const struct qon_world *world, double income_tiyn, double more_tiyn); // ((Y + a) / Y) ^ income weight

// ---- applications.c
enum qon_status qon_hires_reserve(struct qon_world *world); // room for as many as seek; empties the lists
// What a person is before being hired, written down while a programme hangs on hires. Safe from several threads.
void qon_hire_note(struct qon_world *world, uint32_t block, uint32_t row);
void qon_application_add(struct qon_world *world, const struct qon_block *block, struct qon_application application);
void qon_applications_others(struct qon_world *world, struct qon_block *block); // residents, arrivals, the hired

// ---- waiting.c
// The waiting list's row of a person, to move (move, school) or in place; QON_NONE: none.
uint32_t qon_waiting_find(const struct qon_block *block, uint32_t person, enum qon_at at);
// Month since which a person waits for some of `wanted`; this month when not at all.
int32_t qon_waiting_since(const struct qon_world *world, const struct qon_block *block, uint32_t person, enum qon_at at, uint64_t wanted);
// Wishes of the waiting list that still stand apply again. triggered: who weighs a move this month, by row; studies: where the proposals of
// school leavers begin in `moves`.
void qon_waiting_apply(struct qon_world *world, struct qon_block *block, const struct qon_rows *triggered, struct qon_rows *moves,
                       uint32_t studies);
void qon_waiting_settle(struct qon_world *world, struct qon_block *block); // who was served leaves the list, the refused enter it

// ---- allocation.c: pure
struct qon_entry {
    double first;  // lower comes first
    int32_t month; // then who waits longer
    uint64_t draw; // then by lot
    uint64_t id;   // of the person, between equals
    int64_t cost_tiyn;
    int32_t members;
    int32_t region, origin_region;
    uint32_t block, application;
    int64_t place;   // in the list before it was ordered, over ranks: where its groups stand
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

// Points (fewer is better, so negative) or priority of those asked about; 0 where neither counts. Of the scores with a bit in `asked` it is
// known whether they hold: the bit in `met`.
double qon_rank_first(const struct qon_programme *programme, const struct qon_ask *ask, uint64_t asked, uint64_t met);

// ---- permit_programmes.c
enum qon_status qon_permit_terms_make(const struct qon_world *world, struct qon_programmes_model *pm);
int qon_permit_programme(const struct qon_world *world, int category, int32_t region);             // -1: none administers them
int64_t qon_permit_places(const struct qon_world *world, int programme, int32_t region, double u); // of this month
void qon_permit_taken(struct qon_world *world, int programme, uint32_t zone);
// HUGE_VAL: not eligible. Safe from several threads that ask about different zones.
double qon_permit_rank(const struct qon_world *world, int programme, uint32_t employer, double rank);
double qon_permit_share(const struct qon_world *world, uint32_t zone, double share); // most foreign staff

// What a grant takes from the limits of its programme, sign -1, or gives back when it comes to nothing, sign 1. Safe from several threads.
void qon_limits_book(struct qon_world *world, const struct qon_block *block, const struct qon_application *a, int programme, int sign);
// Money promised in month `granted` for a zone and not paid goes back to the budgets it came from: those of that year while it runs, those
// of later years only with carry-over, those for the whole time always.
void qon_budget_return(struct qon_world *world, int programme, uint32_t zone, int32_t granted, int64_t tiyn);

// ---- newcomers.c
void qon_newcomers_prepare(const struct qon_world *world, struct qon_programmes_model *pm);       // after qon_eligibility_fill
enum qon_status qon_newcomers_find(const struct qon_world *world, const struct qon_block *block); // brings the bits up to date
// One who has moved, or was granted something.
void qon_newcomer_note(const struct qon_world *world, const struct qon_block *block, uint32_t row);

// ---- demography.c
// Who is as old as school leavers this month, from the calendar's list of ages: noted when it is gone through anyway, and again for those
// who arrived since. errors: QON_MACHINE.
enum qon_status qon_school_leavers_note(const struct qon_world *world, const struct qon_block *block);

// ---- grants.c
struct qon_aid {
    int64_t cash_tiyn, relief_tiyn; // for the move
};
struct qon_aid qon_grant_aid(const struct qon_world *world, const struct qon_application *application);
// Books and pays what was granted; after the move, so that `row` lives at its destination.
void qon_grant_give(struct qon_world *world, struct qon_block *block, const struct qon_application *application, bool moved);
// Nothing comes of what was granted: places and money are free again, and it is counted as `measure`.
void qon_grant_withdraw(struct qon_world *world, const struct qon_block *block, const struct qon_application *application,
                        enum qon_measure measure);
void qon_cash_add(struct qon_world *world, struct qon_block *block, uint32_t household, int64_t tiyn);

// ---- commitments.c
void qon_commitments_block(struct qon_world *world, struct qon_block *block); // monthly pass
enum qon_status qon_grant_index_make(struct qon_world *world, struct qon_block *block);
// Who ever had a grant, as bits: most had none. Loops over many rows take them once.
struct qon_granted {
    const uint64_t *bits;
    uint32_t rows; // beyond them: nobody
};
static inline struct qon_granted qon_granted_of(const struct qon_world *world, const struct qon_block *block) {
    const struct qon_programmes_model *pm = world->model->programmes;
    const struct qon_grant_index *index = pm != NULL ? &pm->index[block->index] : NULL;
    return index != NULL ? (struct qon_granted){index->any, index->any_rows} : (struct qon_granted){NULL, 0};
}
static inline bool qon_is_granted(const struct qon_granted *granted, uint32_t row) {
    return row < granted->rows && (granted->bits[row / 64] >> row % 64 & 1) != 0;
}
static inline bool qon_grant_any(const struct qon_world *world, const struct qon_block *block, uint32_t row) {
    struct qon_granted granted = qon_granted_of(world, block);
    return qon_is_granted(&granted, row);
}
// Into the cache: where the last grant of one who has some is found; of some persons, that and what their last ones say.
void qon_grant_fetch(const struct qon_world *world, const struct qon_block *block, uint32_t row);
void qon_grants_fetch(const struct qon_world *world, const struct qon_block *block, const uint32_t *row, uint32_t count);
uint32_t qon_grant_last(const struct qon_world *world, const struct qon_block *block, uint32_t row); // newest commitment, QON_NONE
uint32_t qon_grant_earlier(const struct qon_world *world, const struct qon_block *block, uint32_t commitment); // the next older one
uint64_t qon_earlier_benefits(const struct qon_world *world, const struct qon_block *block, uint32_t row);     // mask of programmes
double qon_bond_trigger_factor(const struct qon_world *world, const struct qon_block *block, uint32_t row);
double qon_bond_stay_factor(const struct qon_world *world, const struct qon_block *block, uint32_t row, double income_tiyn);
bool qon_is_studying(const struct qon_world *world, const struct qon_block *block, uint32_t row); // on a place of study
double qon_wage_factor(const struct qon_world *world, const struct qon_block *block, uint32_t row);
// Factor on the chance to be hired first, 0: not looking for a job (in training). fit: programmes on hires that pass the quick question.
double qon_rank_factor(const struct qon_world *world, const struct qon_block *block, uint32_t row, uint32_t zone, uint64_t fit,
                       int *programme);
uint64_t qon_rank_shift(uint64_t rank, double factor); // rank of an exponential race that runs `factor` times as fast

int32_t qon_job_term(const struct qon_world *world, uint64_t person); // 0 temporary, 1 of 1 to 3 years, 2 long

#endif
