// SPDX-License-Identifier: GPL-3.0-or-later
// What programmes offer to one decider: which he knows and may apply for, what they are worth in each zone, which set of them is best.
// ODD tags M-SUPPORT-1 (worth), M-SUPPORT-2 (sets).
//
//   weight of a supported zone = weight without * ((Y + a) / Y) ^ by      a: annuity of the benefits over the horizon, less the bond's cost
//
// A bond of m months costs the expected clawback, clawback * recovery * paid * (1 - e^(-leaving * m)), and a share of income while bound.
#include "relocation.h"

#include <math.h>
#include <qonys/kernels.h>
#include <string.h>

double qon_annuity_value(double rate_month, double months) {
    return rate_month < 1e-12 ? months : (1 - qon_exp(-months * qon_log(1 + rate_month))) / rate_month;
}

void qon_annuities_make(struct qon_programmes_model *pm) {
    for (int months = 0; months < QON_ANNUITIES; months++) {
        pm->annuity[months] = qon_annuity_value(pm->discount_month, months);
    }
}

// qon_annuity_value of whole months, which offers ask for often.
static double annuity_of(const struct qon_programmes_model *pm, int32_t months) {
    return months >= 0 && months < QON_ANNUITIES ? pm->annuity[months] : qon_annuity_value(pm->discount_month, months);
}

double qon_income_factor(const struct qon_world *world, double income_tiyn, double more_tiyn) {
    double income = income_tiyn > 1 ? income_tiyn : 1;
    return qon_exp(world->scenario->settings.choice.income_weight * qon_log(1 + more_tiyn / income));
}

double qon_livelihood(const struct qon_world *world, const struct qon_block *block, uint32_t row) {
    uint32_t zone = block->households.zone[block->persons.household[row]];
    double wage = block->persons.wage_tiyn_month[row];
    return wage > 0 ? wage : world->model->zone_wage[zone] * world->scenario->settings.labour.unemployed_income_share;
}

struct qon_offer qon_programme_offer(const struct qon_programme *programme, const struct qon_asker *asker) {
    struct qon_offer offer = {.occupation = -1, .education = -1};
    for (int32_t b = 0; b < programme->benefits_count; b++) {
        if (programme->benefits[b].kind->offer != NULL) {
            programme->benefits[b].kind->offer(programme->benefits[b].settings, asker, &offer);
        }
    }
    return offer;
}

int64_t qon_offer_cost(const struct qon_offer *offer) {
    return offer->upfront_tiyn + offer->later_tiyn + offer->monthly_tiyn * offer->monthly_months +
           offer->employer_tiyn_month * offer->employer_months + offer->other_tiyn;
}

double qon_offer_annuity(const struct qon_world *world, const struct qon_programme *programme, const struct qon_offer *offer,
                         double income_tiyn) {
    const struct qon_settings *set = &world->scenario->settings;
    const struct qon_programmes_model *pm = world->model->programmes;
    double cash = (double)(offer->upfront_tiyn + offer->later_tiyn);
    double monthly = offer->monthly_tiyn == 0 ? 0 : (double)offer->monthly_tiyn * annuity_of(pm, offer->monthly_months);
    double total = cash + monthly + (double)offer->worth_tiyn;
    if (programme->bond.months > 0) {
        const struct qon_bond_terms *bond = &pm->bond[programme - world->scenario->programmes.row];
        total -= programme->bond.clawback_share * programme->bond.recovery_share * bond->leaves * (cash + monthly);
        total -= set->policy.bound_cost_share * income_tiyn * bond->annuity;
    }
    return total / pm->horizon_factor;
}

static int32_t minors_of(const struct qon_world *world, const struct qon_block *block, uint32_t household) {
    const struct qon_persons *p = &block->persons;
    int32_t count = 0;
    for (uint32_t m = block->households.head[household]; m != QON_NONE; m = p->next[m]) {
        count += world->month - p->birth_month[m] < 12 * 18;
    }
    return count;
}

// ask: of him the household and the zone of origin, which are known when much is asked about and far away in memory.
static struct qon_asker asker_of(const struct qon_ask *ask, uint32_t travellers) {
    const struct qon_world *world = ask->world;
    const struct qon_block *block = ask->block;
    const struct qon_persons *p = &block->persons;
    const struct qon_households *h = &block->households;
    uint32_t row = ask->person, household = ask->household, zone = ask->origin;
    return (struct qon_asker){
        .world = world,
        .mci_tiyn = qon_steps_at(&world->scenario->mci, world->month),
        .members = (int32_t)travellers,
        .minors = travellers > 1 ? minors_of(world, block, household) : 0,
        .owner = h->owner[household] && p->role[row] == QON_HEAD,
        .savings_tiyn = h->savings_tiyn[household],
        .income_tiyn_month = p->wage_tiyn_month[row],
        .rent_tiyn_month = (int64_t)world->places.rent_tiyn[zone],
        .zone = zone,
        .occupation = p->occupation[row],
        .skill = p->skill[row],
        .legal = p->legal[row],
    };
}

struct qon_asker qon_asker_of(const struct qon_world *world, const struct qon_block *block, uint32_t row, uint32_t travellers) {
    uint32_t household = block->persons.household[row];
    struct qon_ask ask = {world, block, row, household, block->households.zone[household], QON_NONE, QON_NONE, NULL};
    return asker_of(&ask, travellers);
}

// Of a programme that is open and whose origin fits.
static enum qon_verdict verdict_of(const struct qon_ask *ask, uint64_t had, int programme) {
    const struct qon_programme *own = qon_programme_of(ask->world, programme);
    if ((had & (1ULL << programme | own->excludes)) != 0) { // once in a life, and never after what excludes it
        return (had >> programme & 1) != 0 ? QON_VERDICT_HAD : QON_VERDICT_EXCLUDED;
    }
    if (!qon_household_knows(ask->world, programme, ask->origin, qon_household_id(ask->block, ask->household))) {
        return QON_VERDICT_UNAWARE;
    }
    bool fits = qon_predicate_part(&own->eligible, ask, QON_READS_PERSON | QON_READS_EMPLOYER, 0);
    return fits ? QON_VERDICT_KNOWN : QON_VERDICT_PERSON;
}

enum qon_verdict qon_support_verdict(const struct qon_ask *ask, enum qon_at at, int programme) {
    const struct qon_programmes_model *pm = ask->world->model->programmes;
    if ((pm->open[at] >> programme & 1) == 0) {
        return QON_VERDICT_CLOSED;
    }
    if ((pm->origin_any[ask->origin] >> programme & 1) == 0) {
        return QON_VERDICT_ORIGIN;
    }
    return verdict_of(ask, qon_earlier_benefits(ask->world, ask->block, ask->person), programme);
}

double qon_considered_most(const struct qon_world *world, uint64_t known) {
    double most = 0;
    for (uint64_t left = known; left != 0; left &= left - 1) {
        double considered = world->model->programmes->considered[__builtin_ctzll(left)];
        most = considered > most ? considered : most;
    }
    return most;
}

// Of programmes those that a person may still have: once in a life, and never after what excludes them.
static uint64_t not_had(const struct qon_world *world, const struct qon_block *block, uint32_t row, uint64_t programmes) {
    uint64_t had = programmes != 0 ? qon_earlier_benefits(world, block, row) : 0;
    programmes &= ~had;
    for (uint64_t left = had != 0 ? programmes : 0; left != 0; left &= left - 1) {
        programmes &= (had & qon_programme_of(world, __builtin_ctzll(left))->excludes) != 0 ? ~(left & -left) : UINT64_MAX;
    }
    return programmes;
}

void qon_support_of(const struct qon_ask *ask, uint32_t travellers, uint64_t known, struct qon_support *support) {
    *support = (struct qon_support){
        .world = ask->world, .ask = *ask, .travellers = travellers, .known = known, .considered = qon_considered_most(ask->world, known)};
}

bool qon_support_take(const struct qon_ask *ask, uint32_t travellers, uint64_t quick, struct qon_support *support) {
    const struct qon_world *world = ask->world;
    const struct qon_block *block = ask->block;
    uint64_t known = 0, fit = qon_eligible_rest(ask, not_had(world, block, ask->person, quick));
    for (uint64_t left = fit; left != 0; left &= left - 1) {
        bool knows = qon_household_knows(world, __builtin_ctzll(left), ask->origin, qon_household_id(block, ask->household));
        known |= knows ? left & -left : 0;
    }
    qon_support_of(ask, travellers, known, support);
    if (known != 0) {
        qon_trace_reached(world, block, ask->person);
    }
    return known != 0;
}

bool qon_support_find(const struct qon_world *world, const struct qon_block *block, uint32_t row, uint32_t travellers, enum qon_at at,
                      struct qon_support *support) {
    const struct qon_programmes_model *pm = world->model->programmes;
    uint32_t household = block->persons.household[row], zone = block->households.zone[household];
    struct qon_ask ask = {world, block, row, household, zone, QON_NONE, QON_NONE, NULL};
    return qon_support_take(&ask, travellers, qon_eligible_quick(&ask, at, pm->open[at] & pm->origin_any[zone]), support);
}

// ---- many at once

void qon_pairs_find(const uint64_t *known, uint32_t count, struct qon_pairs *pairs) {
    uint32_t found = 0;
    for (uint32_t i = 0; i < count; i++) {
        for (uint64_t left = known[i]; left != 0; left &= left - 1) {
            pairs->who[found] = (uint8_t)i;
            pairs->programme[found++] = (uint8_t)__builtin_ctzll(left);
        }
    }
    pairs->known = known;
    pairs->count = found;
}

// Takes from up to QON_CHOICE_BATCH pairs, from `first` on, what the households do not know; those that are left are appended to the
// first `kept`. How many these are then.
static uint32_t aware_some(const struct qon_world *world, const struct qon_decider *deciders, const uint64_t *household, uint64_t *known,
                           struct qon_pairs *pairs, uint32_t first, uint32_t kept) {
    const struct qon_programmes_model *pm = world->model->programmes;
    uint64_t id[QON_CHOICE_BATCH];
    uint32_t key[QON_CHOICE_BATCH], threshold[QON_CHOICE_BATCH], draw[QON_CHOICE_BATCH];
    uint32_t count = pairs->count - first < QON_CHOICE_BATCH ? pairs->count - first : QON_CHOICE_BATCH;
    for (uint32_t j = 0; j < count; j++) {
        uint32_t who = pairs->who[first + j], programme = pairs->programme[first + j];
        id[j] = household[who];
        key[j] = pm->key[programme];
        threshold[j] = pm->aware[(int64_t)programme * world->zones + deciders[who].zone];
    }
    world->model->kernels->draws(qon_life_key(world, QON_DRAW_AWARENESS), id, key, count, draw);
    for (uint32_t j = 0; j < count; j++) {
        uint8_t who = pairs->who[first + j], programme = pairs->programme[first + j];
        uint64_t unaware = draw[j] >= threshold[j];
        known[who] &= ~(unaware << programme);
        pairs->who[kept] = who;
        pairs->programme[kept] = programme;
        kept += !unaware;
    }
    return kept;
}

static void aware_many(const struct qon_world *world, const struct qon_block *block, const struct qon_decider *deciders, uint32_t count,
                       uint64_t *known, struct qon_pairs *pairs) {
    uint64_t household[QON_CHOICE_BATCH];
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        household[i] = qon_household_id(block, deciders[i].household);
    }
    qon_pairs_find(known, count, pairs);
    for (uint32_t first = 0; first < pairs->count; first += QON_CHOICE_BATCH) {
        kept = aware_some(world, deciders, household, known, pairs, first, kept);
    }
    pairs->count = kept;
}

void qon_support_quick(const struct qon_world *world, const struct qon_block *block, const uint32_t *row, uint32_t count, enum qon_at at,
                       uint64_t *quick) {
    const struct qon_programmes_model *pm = world->model->programmes;
    for (uint32_t i = 0; i < count; i++) {
        quick[i] = pm->open[at] & pm->origin_any[block->households.zone[block->persons.household[row[i]]]];
    }
    qon_eligible_quick_many(world, block, row, count, at, quick);
}

void qon_support_known(const struct qon_world *world, const struct qon_block *block, const struct qon_decider *deciders, uint32_t count,
                       uint64_t *known, struct qon_pairs *pairs) {
    const struct qon_programmes_model *pm = world->model->programmes;
    for (uint32_t i = 0; i < count; i++) {
        const struct qon_decider *d = &deciders[i];
        known[i] = qon_grant_any(world, block, d->row) ? not_had(world, block, d->row, known[i]) : known[i];
        if ((known[i] & pm->rest) != 0) {
            struct qon_ask ask = {world, block, d->row, d->household, d->zone, QON_NONE, QON_NONE, NULL};
            known[i] = qon_eligible_rest(&ask, known[i]);
        }
    }
    aware_many(world, block, deciders, count, known, pairs);
    for (uint32_t i = 0; world->observer != NULL && i < count; i++) {
        if (known[i] != 0) {
            qon_trace_reached(world, block, deciders[i].row);
        }
    }
}

void qon_support_ask(struct qon_support *support) {
    if (!support->asked) {
        support->asker = asker_of(&support->ask, support->travellers);
        support->asked = true;
    }
}

// ---- the most that a programme can be worth

// The asker who is offered most in a zone: the kinds' promise (benefit.h) is that nobody with less is offered more, or costs more.
static struct qon_asker asker_most(const struct qon_world *world, uint32_t members, double income, double rent, int64_t mci,
                                   uint32_t zone) {
    return (struct qon_asker){
        .world = world,
        .mci_tiyn = mci,
        .members = (int32_t)members,
        .minors = members > 1,
        .income_tiyn_month = (int64_t)income + 1,
        .rent_tiyn_month = (int64_t)rent + 1,
        .moving_tiyn = (int64_t)1e15,
        .zone = zone,
    };
}

// One zone of each kind, the other 0 if there is one kind only.
static void kinds_find(const struct qon_world *world, uint32_t zones[2]) {
    zones[0] = zones[1] = 0;
    for (uint32_t z = 0; z < (uint32_t)world->zones; z++) {
        zones[strcmp(world->scenario->tables.zones.kind[z], "urban") == 0] = z;
    }
}

bool qon_programme_pays(const struct qon_world *world, int programme) {
    uint32_t zones[2];
    int64_t cost = 0;
    kinds_find(world, zones);
    for (int i = 0; i < 2; i++) {
        struct qon_asker asker = asker_most(world, QON_GAIN_MEMBERS, 1e13, 1e13, (int64_t)1e9, zones[i]);
        struct qon_offer offer = qon_programme_offer(qon_programme_of(world, programme), &asker);
        cost += qon_offer_cost(&offer);
    }
    return cost > 0;
}

// What a month's offer can come to at most, tiyn a month, for an income of `most` in some of two zones.
static double gain_most(const struct qon_world *world, int programme, uint32_t travellers, double most, double rent, int64_t mci,
                        const uint32_t zones[2]) {
    const struct qon_programmes_model *pm = world->model->programmes;
    double gain = 0;
    for (int i = 0; i < 2; i++) {
        struct qon_asker asker = asker_most(world, travellers, most, rent, mci, zones[i]);
        struct qon_offer offer = qon_programme_offer(qon_programme_of(world, programme), &asker);
        double total = (double)(offer.upfront_tiyn + offer.later_tiyn + offer.worth_tiyn);
        total += offer.monthly_tiyn == 0 ? 0 : (double)offer.monthly_tiyn * annuity_of(pm, offer.monthly_months);
        gain = total > gain ? total : gain;
    }
    return gain / pm->horizon_factor;
}

// What a month's offer can pay of a move at once, at most.
static int64_t cash_most(const struct qon_world *world, int programme, uint32_t travellers, double most, double rent, int64_t mci,
                         const uint32_t zones[2]) {
    int64_t cash = 0;
    for (int i = 0; i < 2; i++) {
        struct qon_asker asker = asker_most(world, travellers, most, rent, mci, zones[i]);
        struct qon_offer offer = qon_programme_offer(qon_programme_of(world, programme), &asker);
        int64_t own = offer.upfront_tiyn + offer.relief_tiyn;
        cash = own > cash ? own : cash;
    }
    return cash;
}

void qon_support_most_make(struct qon_world *world) {
    struct qon_programmes_model *pm = world->model->programmes;
    uint64_t open = pm->open[QON_AT_MOVE] | pm->open[QON_AT_SCHOOL];
    int32_t profiles = world->occupations * world->skills + QON_PROFILES_EXTRA;
    uint32_t zones[2];
    int64_t mci = qon_steps_at(&world->scenario->mci, world->month);
    double rent = 0;
    kinds_find(world, zones);
    for (uint32_t z = 0; z < 2 * (uint32_t)world->zones; z++) {
        pm->choice_number[z] = qon_draw_number(qon_month_key(world, QON_DRAW_CHOICE), z);
    }
    for (uint32_t z = 0; z < (uint32_t)world->zones; z++) {
        rent = world->places.rent_tiyn[z] > rent ? world->places.rent_tiyn[z] : rent;
    }
    double alike[QON_PROGRAMMES_MOST][QON_GAIN_MEMBERS + 1]; // whatever the income is; below 0: it matters
    for (uint64_t left = open; left != 0; left &= left - 1) {
        int p = __builtin_ctzll(left);
        for (uint32_t n = 1; n <= QON_GAIN_MEMBERS; n++) {
            double without = gain_most(world, p, n, 0, rent, mci, zones);
            alike[p][n] = gain_most(world, p, n, 1e13, rent, mci, zones) > without ? -1 : without;
        }
    }
    pm->move_cost_least = INT64_MAX;
    for (uint32_t z = 0; z < (uint32_t)world->zones; z++) { // over no distance
        int64_t cost = qon_move_cost_tiyn(world, z, z, 1);
        pm->move_cost_least = cost < pm->move_cost_least ? cost : pm->move_cost_least;
    }
    double richest = 0;
    for (int64_t i = 0; i < (int64_t)profiles * world->zones; i++) {
        richest = world->model->place_income[i] > richest ? world->model->place_income[i] : richest;
    }
    for (uint64_t left = open; left != 0; left &= left - 1) {
        int p = __builtin_ctzll(left);
        for (uint32_t n = 1; n <= QON_GAIN_MEMBERS; n++) {
            pm->cash_most[p * (QON_GAIN_MEMBERS + 1) + (int)n] = cash_most(world, p, n, richest, rent, mci, zones);
        }
    }
    for (int32_t profile = 0; open != 0 && profile < profiles; profile++) {
        const double *income = world->model->place_income + (int64_t)profile * world->zones;
        double least = income[0], most = income[0];
        for (int32_t z = 1; z < world->zones; z++) {
            least = income[z] < least ? income[z] : least;
            most = income[z] > most ? income[z] : most;
        }
        for (uint64_t left = open; left != 0; left &= left - 1) {
            int p = __builtin_ctzll(left);
            double *out = pm->factor_most + ((int64_t)p * profiles + profile) * (QON_GAIN_MEMBERS + 1);
            for (uint32_t n = 1; n <= QON_GAIN_MEMBERS; n++) {
                double gain = alike[p][n] >= 0 ? alike[p][n] : gain_most(world, p, n, most, rent, mci, zones);
                out[n] = qon_income_factor(world, least, gain) * (1 + 1e-9); // a margin for rounding
            }
        }
    }
}

// The factor of a set is at most the product of those of its programmes: 1 + x + y <= (1 + x) (1 + y).
double qon_support_most(const struct qon_world *world, uint64_t known, uint32_t profile, uint32_t travellers) {
    const struct qon_programmes_model *pm = world->model->programmes;
    int32_t profiles = world->occupations * world->skills + QON_PROFILES_EXTRA;
    double most = 1;
    if (travellers > QON_GAIN_MEMBERS) {
        return HUGE_VAL;
    }
    for (uint64_t left = known; left != 0; left &= left - 1) {
        most *= pm->factor_most[((int64_t)__builtin_ctzll(left) * profiles + profile) * (QON_GAIN_MEMBERS + 1) + travellers];
    }
    return most;
}

struct qon_asker qon_support_asker(const struct qon_support *support, uint32_t zone, double income_tiyn, int64_t moving_tiyn) {
    struct qon_asker asker = support->asker;
    asker.zone = zone;
    asker.income_tiyn_month = (int64_t)income_tiyn;
    asker.rent_tiyn_month = (int64_t)support->world->places.rent_tiyn[zone];
    asker.moving_tiyn = moving_tiyn;
    return asker;
}

// Those of the programmes known whose conditions hold for a zone.
static uint64_t fitting(const struct qon_support *support, uint32_t zone) {
    const struct qon_world *world = support->world;
    const struct qon_programmes_model *pm = world->model->programmes;
    uint64_t mask = support->known & qon_pair_mask(world, support->ask.origin, zone);
    for (uint64_t left = mask & pm->mixed; left != 0; left &= left - 1) {
        struct qon_ask ask = support->ask;
        ask.destination = zone;
        if (!qon_predicate_mixed(&qon_programme_of(world, __builtin_ctzll(left))->eligible, &ask)) {
            mask &= ~(left & -left);
        }
    }
    return mask;
}

// Puts a candidate where it belongs: best first, between equals by key, so that a programme's place in the file is nothing.
static void insert(const struct qon_world *world, struct qon_candidate *list, int *count, struct qon_candidate own) {
    uint32_t key = qon_programme_of(world, own.programme)->key;
    int at = (*count)++;
    while (at > 0 && (list[at - 1].annuity < own.annuity ||
                      (list[at - 1].annuity == own.annuity && qon_programme_of(world, list[at - 1].programme)->key > key))) {
        list[at] = list[at - 1];
        at--;
    }
    list[at] = own;
}

uint64_t qon_support_employer(const struct qon_support *support, uint32_t zone) {
    struct qon_candidate list[QON_PROGRAMMES_MOST];
    int count = 0;
    uint64_t chosen = 0, excluded = 0;
    for (uint64_t left = fitting(support, zone); left != 0; left &= left - 1) {
        int p = __builtin_ctzll(left);
        struct qon_offer offer = qon_programme_offer(qon_programme_of(support->world, p), &support->asker);
        int64_t cost = qon_offer_cost(&offer);
        if (cost > 0) {
            insert(support->world, list, &count, (struct qon_candidate){(double)cost, 0, p});
        }
    }
    for (int i = 0; i < count; i++) {
        bool free = (excluded >> list[i].programme & 1) == 0;
        chosen |= free ? 1ULL << list[i].programme : 0;
        excluded |= free ? qon_programme_of(support->world, list[i].programme)->excludes : 0;
    }
    return chosen;
}

// Candidates in a zone, best first.
int qon_support_candidates(const struct qon_support *support, uint32_t zone, double income_tiyn, int64_t moving_tiyn,
                           struct qon_candidate *list) {
    const struct qon_world *world = support->world;
    struct qon_asker asker = qon_support_asker(support, zone, income_tiyn, moving_tiyn);
    int count = 0;
    for (uint64_t left = fitting(support, zone); left != 0; left &= left - 1) {
        int p = __builtin_ctzll(left);
        struct qon_offer offer = qon_programme_offer(qon_programme_of(world, p), &asker);
        double annuity = qon_offer_annuity(world, qon_programme_of(world, p), &offer, income_tiyn);
        if (annuity > 0) {
            int64_t relief = offer.relief_tiyn < moving_tiyn ? offer.relief_tiyn : moving_tiyn;
            insert(world, list, &count, (struct qon_candidate){annuity, offer.upfront_tiyn + relief, p});
        }
    }
    return count;
}

struct qon_package qon_support_at(const struct qon_support *support, uint32_t zone, double income_tiyn, int64_t moving_tiyn) {
    struct qon_candidate list[QON_PROGRAMMES_MOST];
    struct qon_package package = {0, 1, 0};
    int count = qon_support_candidates(support, zone, income_tiyn, moving_tiyn, list);
    uint64_t excluded = 0;
    double annuity = 0;
    for (int i = 0; i < count; i++) {
        if ((excluded >> list[i].programme & 1) == 0) {
            package.programmes |= 1ULL << list[i].programme;
            excluded |= qon_programme_of(support->world, list[i].programme)->excludes;
            annuity += list[i].annuity;
            package.cash_tiyn += list[i].cash_tiyn;
        }
    }
    package.factor = annuity > 0 ? qon_income_factor(support->world, income_tiyn, annuity) : 1;
    return package;
}

int32_t qon_job_term(const struct qon_world *world, uint64_t person) {
    const struct qon_settings *set = &world->scenario->settings;
    int32_t year = world->month - world->month % 12;
    double u = qon_draw_unit(qon_key(world->scenario->seed, QON_DRAW_JOB_TERM, year), person, 0);
    double temporary = set->policy.job_temporary_share;
    return u < temporary ? 0 : u < temporary + set->policy.job_medium_share ? 1 : 2;
}
