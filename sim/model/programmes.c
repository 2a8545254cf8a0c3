// SPDX-License-Identifier: GPL-3.0-or-later
// The policy clock: what is open this month, what the year brings, and the books of programmes. ODD tag M-CLOCK-1.
#include "programmes.h"

#include <string.h>

enum qon_status qon_programmes_init(struct qon_world *world) {
    enum qon_status status = QON_OK;
    const struct qon_settings *set = &world->scenario->settings;
    size_t count = (size_t)world->scenario->programmes.count, zones = (size_t)world->zones;
    struct qon_programmes_model *pm;
    if (count == 0) {
        return QON_OK;
    }
    QON_TRY(qon_take(&world->model->programmes, 1, sizeof *pm));
    pm = world->model->programmes;
    QON_TRY(qon_take(&pm->origin_fits, count * zones, 1));
    QON_TRY(qon_take(&pm->destination_fits, count * zones, 1));
    QON_TRY(qon_take(&pm->aware, count * zones, sizeof *pm->aware));
    QON_TRY(qon_take(&pm->origin_any, zones, sizeof *pm->origin_any));
    QON_TRY(qon_take(&pm->levers, zones, sizeof *pm->levers));
    QON_TRY(qon_take(&pm->kandas_gain, (size_t)world->scenario->tables.kandas_origins.rows + 1, sizeof *pm->kandas_gain));
    QON_TRY(qon_take(&pm->quota_first, count + 1, sizeof *pm->quota_first));
    QON_TRY(qon_take(&pm->budget_first, count + 1, sizeof *pm->budget_first));
    QON_TRY(qon_take(&pm->applications, world->blocks, sizeof *pm->applications));
    QON_TRY(qon_take(&pm->index, world->blocks, sizeof *pm->index));
    QON_TRY(qon_take(&pm->hires, world->blocks, sizeof *pm->hires));
    QON_TRY(qon_take(&pm->permits, count, sizeof *pm->permits));
    QON_TRY(qon_take(&pm->permit_terms, count, sizeof *pm->permit_terms));
    QON_TRY(qon_permit_terms_make(world, pm));
    QON_TRY(qon_take(&pm->bond, count, sizeof *pm->bond));
    QON_TRY(qon_take(&pm->pair_mask, zones * zones, sizeof *pm->pair_mask));
    QON_TRY(qon_take(&pm->pair_zones, zones * count * qon_zone_words(world), sizeof *pm->pair_zones));
    size_t profiles = (size_t)world->occupations * (size_t)world->skills + QON_PROFILES_EXTRA;
    QON_TRY(qon_take(&pm->choice_number, 2 * zones, sizeof *pm->choice_number));
    QON_TRY(qon_take(&pm->factor_most, count * profiles * (QON_GAIN_MEMBERS + 1), sizeof *pm->factor_most));
    QON_TRY(qon_take(&pm->cash_most, count * (QON_GAIN_MEMBERS + 1), sizeof *pm->cash_most));
    QON_TRY(qon_take(&pm->lookup, QON_LOOKUPS_MOST, sizeof *pm->lookup));
    QON_TRY(qon_take(&pm->rank_gain, count, sizeof *pm->rank_gain));
    QON_TRY(qon_take(&pm->hiring, zones, sizeof *pm->hiring));
    QON_TRY(qon_take(&pm->hire_terms, zones, sizeof *pm->hire_terms));
    QON_TRY(qon_take(&pm->moves, world->blocks, sizeof *pm->moves));
    QON_TRY(qon_take(&pm->non_citizens, world->blocks, sizeof *pm->non_citizens));
    QON_TRY(qon_take(&pm->newcomers, world->blocks, sizeof *pm->newcomers));
    QON_TRY(qon_take(&pm->leavers, world->blocks, sizeof *pm->leavers));
    QON_TRY(qon_take(&pm->rows_start, world->blocks, sizeof *pm->rows_start));
    pm->discount_month = set->policy.discount_percent_year / 1200;
    qon_annuities_make(pm);
    pm->horizon_factor = qon_annuity_value(pm->discount_month, set->policy.horizon_months);
    for (size_t p = 0; p < count; p++) {
        const struct qon_programme *row = qon_programme_of(world, (int)p);
        pm->quota_first[p + 1] = pm->quota_first[p] + row->quotas_count;
        pm->budget_first[p + 1] = pm->budget_first[p] + row->budgets_count;
        pm->bond[p].leaves = 1 - qon_exp(-set->policy.leave_rate_year * row->bond.months / 12);
        pm->bond[p].annuity = qon_annuity_value(pm->discount_month, row->bond.months);
        // How far a benefit brings forward in hiring does not depend on whom.
        struct qon_asker anybody = {.world = world, .members = 1};
        pm->key[p] = row->key;
        pm->considered[p] = row->awareness.considered_share;
        pm->pays |= qon_programme_pays(world, (int)p) ? 1ULL << p : 0;
        pm->rank_gain[p] = row->at == QON_AT_HIRE ? qon_programme_offer(row, &anybody).rank_gain : 0;
    }
    qon_eligibility_fill(world, pm);
    qon_newcomers_prepare(world, pm);
done:
    return status;
}

void qon_programmes_free_model(struct qon_world *world) {
    struct qon_programmes_model *pm = world->model->programmes;
    if (pm == NULL) {
        return;
    }
    for (int p = 0; pm->permit_terms != NULL && p < world->scenario->programmes.count; p++) {
        qon_free(pm->permit_terms[p].place);
    }
    for (uint32_t b = 0; pm->non_citizens != NULL && b < world->blocks; b++) {
        for (int legal = 0; legal < QON_LEGALS; legal++) {
            qon_free(pm->non_citizens[b].by_legal[legal].row);
            qon_free(pm->non_citizens[b].by_legal[legal].id);
        }
    }
    for (uint32_t b = 0; b < world->blocks; b++) {
        if (pm->applications != NULL) {
            qon_free(pm->applications[b].row);
        }
        if (pm->moves != NULL) {
            qon_free(pm->moves[b].row);
        }
        if (pm->newcomers != NULL) {
            qon_free(pm->newcomers[b].bits);
        }
        if (pm->leavers != NULL) {
            qon_free(pm->leavers[b].rows.row);
        }
        if (pm->hires != NULL) {
            qon_free(pm->hires[b].row);
        }
        if (pm->index != NULL) {
            qon_free(pm->index[b].slot);
            qon_free(pm->index[b].earlier);
            qon_free(pm->index[b].any);
        }
    }
    void *owned[] = {pm->non_citizens, pm->pair_zones,   pm->choice_number, pm->factor_most, pm->origin_fits, pm->destination_fits,
                     pm->aware,        pm->bond,         pm->origin_any,    pm->levers,      pm->kandas_gain, pm->quota_first,
                     pm->budget_first, pm->applications, pm->index,         pm->rows_start,  pm->moves,       pm->permits,
                     pm->pair_mask,    pm->lookup,       pm->rank_gain,     pm->hires,       pm->hiring,      pm->hire_terms,
                     pm->leavers,      pm->permit_terms, pm->newcomers,     pm->cash_most};
    for (size_t i = 0; i < sizeof owned / sizeof owned[0]; i++) {
        qon_free(owned[i]);
    }
    qon_free(pm);
    world->model->programmes = NULL;
}

static bool is_open(const struct qon_world *world, const struct qon_programme *row) {
    return world->month >= row->from && world->month <= row->to;
}

static bool same_group(const struct qon_predicate *a, const struct qon_predicate *b) {
    return a->nodes == b->nodes && a->words_count == b->words_count &&
           (a->nodes == 0 || memcmp(a->node, b->node, a->nodes * sizeof *a->node) == 0) &&
           (a->words_count == 0 || memcmp(a->words, b->words, a->words_count * sizeof *a->words) == 0);
}

// What a limit has this month: in the first month of its time, its whole amount (and what the year before left, where that carries over).
static bool begins(const struct qon_world *world, int32_t limit_year, bool first) {
    int32_t year = 1900 + world->month / 12;
    bool january = world->month % 12 == 0;
    return limit_year == QON_WHOLE_TIME ? first : limit_year == QON_EACH_YEAR ? first || january : limit_year == year && (first || january);
}

static void refill_quotas(struct qon_world *world, int programme, bool first) {
    const struct qon_programme *row = qon_programme_of(world, programme);
    int64_t *left = world->ledger.quota_left + world->model->programmes->quota_first[programme];
    for (int32_t q = 0; q < row->quotas_count; q++) {
        const struct qon_quota *own = &row->quotas[q];
        if (!begins(world, own->year, first)) {
            continue;
        }
        int64_t kept = row->carry_over && own->year == QON_EACH_YEAR && !first ? left[q] : 0;
        for (int32_t o = 0; o < row->quotas_count && row->carry_over && own->year > 0; o++) {
            const struct qon_quota *other = &row->quotas[o];
            if (other->year == own->year - 1 && other->region == own->region && other->of_origin == own->of_origin &&
                other->members == own->members && same_group(&other->group, &own->group)) {
                kept += left[o];
                left[o] = 0;
            }
        }
        left[q] = own->places / world->scenario->scale + kept;
    }
}

static void refill_budgets(struct qon_world *world, int programme, bool first) {
    const struct qon_programme *row = qon_programme_of(world, programme);
    int64_t *left = world->ledger.budget_left + world->model->programmes->budget_first[programme];
    for (int32_t b = 0; b < row->budgets_count; b++) {
        const struct qon_budget *own = &row->budgets[b];
        if (!begins(world, own->year, first)) {
            continue;
        }
        int64_t kept = row->carry_over && own->year == QON_EACH_YEAR && !first ? left[b] : 0;
        for (int32_t o = 0; o < row->budgets_count && row->carry_over && own->year > 0; o++) {
            if (row->budgets[o].year == own->year - 1 && row->budgets[o].region == own->region) {
                kept += left[o];
                left[o] = 0;
            }
        }
        left[b] = own->tiyn / world->scenario->scale + kept;
    }
}

// What a dated change adds to an amount or takes from it is added to what is left or taken from it, down to nothing. A limit that begins
// this month, has not begun or is past is left alone: it is filled when it begins.
static int64_t shifted(const struct qon_world *world, const struct qon_programme *row, int32_t limit_year, int64_t left, int64_t more) {
    int32_t start = row->from > world->scenario->start ? row->from : world->scenario->start;
    bool runs = world->month > start && qon_limit_holds_in(limit_year, 1900 + world->month / 12) && !begins(world, limit_year, false);
    return !runs ? left : left + more > 0 ? left + more : 0;
}

// Goes on with the programmes as they stand from this month on. The month before decides what they were, so that a run that was resumed
// does the same. ODD tag M-CHANGE-1.
static enum qon_status turn(struct qon_world *world) {
    const struct qon_scenario *as = qon_scenario_at(world->scenario, world->month);
    const struct qon_scenario *was = qon_scenario_at(world->scenario, world->month - 1);
    int64_t *places = world->ledger.quota_left, *money = world->ledger.budget_left;
    int32_t scale = as->scale;
    for (int32_t p = 0; as != was && p < as->programmes.count; p++) {
        const struct qon_programme *old = &was->programmes.row[p], *new = &as->programmes.row[p];
        for (int32_t q = 0; q < new->quotas_count; q++, places++) {
            int64_t more = new->quotas[q].places / scale - old->quotas[q].places / scale;
            *places = shifted(world, new, new->quotas[q].year, *places, more);
        }
        for (int32_t b = 0; b < new->budgets_count; b++, money++) {
            int64_t more = new->budgets[b].tiyn / scale - old->budgets[b].tiyn / scale;
            *money = shifted(world, new, new->budgets[b].year, *money, more);
        }
    }
    if (as == world->scenario) {
        return QON_OK;
    }
    world->scenario = as;
    qon_programmes_free_model(world);
    return qon_programmes_init(world);
}

// Thresholds of draws: nobody at 0, everybody at 1.
static void thresholds(struct qon_world *world) {
    struct qon_programmes_model *pm = world->model->programmes;
    for (int32_t z = 0; z < world->zones; z++) {
        pm->origin_any[z] = 0;
        for (int p = 0; p < world->scenario->programmes.count; p++) {
            int64_t at = (int64_t)p * world->zones + z;
            pm->aware[at] = (uint32_t)(world->ledger.aware[at] * 4294967295.0);
            pm->origin_any[z] |= pm->aware[at] > 0 && pm->origin_fits[at] ? 1ULL << p : 0;
        }
    }
}

// A place, and money for one who earns the zone's mean wage, is left this month, as far as a limit does not depend on whom it counts.
static bool has_room(const struct qon_world *world, int programme, int32_t zone) {
    const struct qon_programme *own = qon_programme_of(world, programme);
    const struct qon_programmes_model *pm = world->model->programmes;
    const int64_t *quota_left = world->ledger.quota_left + pm->quota_first[programme];
    const int64_t *budget_left = world->ledger.budget_left + pm->budget_first[programme];
    int32_t year = 1900 + world->month / 12, region = world->model->zone_region[zone];
    struct qon_asker anybody = {.world = world,
                                .mci_tiyn = qon_steps_at(&world->scenario->mci, world->month),
                                .members = 1,
                                .income_tiyn_month = (int64_t)world->model->zone_wage[zone],
                                .rent_tiyn_month = (int64_t)world->places.rent_tiyn[zone],
                                .zone = (uint32_t)zone};
    struct qon_offer offer = qon_programme_offer(own, &anybody);
    int64_t cost = qon_offer_cost(&offer);
    for (int32_t q = 0; q < own->quotas_count; q++) {
        const struct qon_quota *quota = &own->quotas[q];
        bool counts = quota->group.nodes == 0 && (quota->region == QON_ALL_REGIONS || quota->region == region);
        if (counts && qon_limit_holds_in(quota->year, year) && quota_left[q] <= 0) {
            return false;
        }
    }
    for (int32_t b = 0; b < own->budgets_count; b++) {
        const struct qon_budget *budget = &own->budgets[b];
        bool counts = budget->region == QON_ALL_REGIONS || budget->region == region;
        if (counts && qon_limit_holds_in(budget->year, year) && (budget_left[b] <= 0 || budget_left[b] < cost)) {
            return false;
        }
    }
    return true;
}

// Employers prefer those for whom they are paid, and nobody once there is nothing left to be paid from.
static uint64_t hiring_in(const struct qon_world *world, int32_t zone) {
    const struct qon_programmes_model *pm = world->model->programmes;
    uint64_t mask = pm->preferred & pm->hire_terms[zone].fit[1];
    for (uint64_t left = mask; left != 0; left &= left - 1) {
        mask &= has_room(world, __builtin_ctzll(left), zone) ? UINT64_MAX : ~(left & -left);
    }
    return mask;
}

enum qon_status qon_programmes_clock(struct qon_world *world) {
    enum qon_status status = world->model->programmes == NULL ? QON_OK : turn(world);
    struct qon_programmes_model *pm = world->model->programmes;
    if (pm == NULL || status != QON_OK) {
        return status;
    }
    memset(pm->open, 0, sizeof pm->open);
    memset(world->ledger.month, 0,
           (size_t)world->scenario->programmes.count * (size_t)world->regions * QON_MEASURES * sizeof *world->ledger.month);
    pm->any_rank = false;
    for (int p = 0; p < world->scenario->programmes.count; p++) {
        const struct qon_programme *row = qon_programme_of(world, p);
        int32_t start = qon_programme_start(world, p);
        pm->permits[p] = 0;
        if (is_open(world, row)) {
            pm->open[row->at] |= 1ULL << p;
            refill_quotas(world, p, world->month == start);
            refill_budgets(world, p, world->month == start);
            qon_awareness_month(world, p);
        }
    }
    qon_levers_month(world);
    thresholds(world);
    for (uint32_t b = 0; b < world->blocks; b++) {
        pm->applications[b].count = 0;
        pm->rows_start[b] = world->block[b].persons.count;
        if (qon_grant_index_make(world, &world->block[b]) != QON_OK) {
            return QON_MACHINE;
        }
        pm->any_rank |= world->block[b].commitments.count > 0;
    }
    int64_t any = pm->any_rank; // on some rank: then all take part in what it leads to
    qon_ranks_sum_i64(&any, world->ranks > 1 ? 1 : 0);
    pm->any_rank = any > 0;
    uint64_t settled = qon_eligible_settled(world);
    pm->preferred = 0;
    for (uint64_t left = pm->open[QON_AT_HIRE]; left != 0; left &= left - 1) {
        pm->preferred |= pm->rank_gain[__builtin_ctzll(left)] > 0 ? left & -left : 0;
    }
    pm->hires_all = false;
    for (int32_t z = 0; z < world->zones; z++) {
        uint64_t fit = pm->open[QON_AT_HIRE] & pm->origin_any[z] & qon_pair_mask(world, (uint32_t)z, (uint32_t)z);
        pm->hire_terms[z] = (struct qon_hire_terms){{fit & settled, fit}, pm->levers[z].kandas_rank != 1};
        pm->hires_all |= (fit & settled) != 0;
        pm->hiring[z] = hiring_in(world, z);
        pm->any_rank |= pm->hiring[z] != 0;
    }
    return QON_OK;
}

void qon_ledger_close(struct qon_world *world) {
    static const bool stock[QON_MEASURES] = {
#define MEASURE(name, unit, is_stock, meaning) is_stock,
#include <qonys/measures.def>
#undef MEASURE
    };
    int64_t rows = (int64_t)world->scenario->programmes.count * world->regions;
    for (int64_t row = 0; row < rows; row++) {
        int64_t *total = world->ledger.total + row * QON_MEASURES;
        const int64_t *month = world->ledger.month + row * QON_MEASURES;
        for (int m = 0; m < QON_MEASURES; m++) {
            total[m] = month[m] + (stock[m] ? 0 : total[m]);
        }
    }
}

static bool limits_hold(const struct qon_world *world, char text[256]) {
    for (int32_t q = 0; q < world->ledger.quotas; q++) {
        if (world->ledger.quota_left[q] < 0) {
            snprintf(text, 256, "no quota is overfilled: quota %d has %lld places left", (int)q, (long long)world->ledger.quota_left[q]);
            return false;
        }
    }
    for (int32_t b = 0; b < world->ledger.budgets; b++) {
        if (world->ledger.budget_left[b] < 0) {
            snprintf(text, 256, "no budget is overspent: budget %d has %lld tiyn left", (int)b, (long long)world->ledger.budget_left[b]);
            return false;
        }
    }
    return true;
}

// Of one programme over its grants.
struct books {
    int64_t paid, open, grants; // open: promised and still to be paid
};

static int64_t total_of(const struct qon_world *world, int32_t programme, enum qon_measure measure) {
    int64_t total = 0;
    for (int32_t r = 0; r < world->regions; r++) {
        total += world->ledger.total[((int64_t)programme * world->regions + r) * QON_MEASURES + measure];
    }
    return total;
}

static bool books_balance(const struct qon_world *world, int32_t p, const struct books *books, char text[256]) {
    const char *name = qon_programme_of(world, p)->name;
    int64_t spent = total_of(world, p, QON_MEASURE_spent_tiyn), paid = books->paid + world->ledger.other_tiyn[p];
    int64_t promised = total_of(world, p, QON_MEASURE_committed_tiyn) - total_of(world, p, QON_MEASURE_returned_tiyn);
    if (spent != paid || (qon_programme_of(world, p)->at != QON_AT_COUNTRY && books->grants != world->ledger.grants[p])) {
        snprintf(text, 256, "programme %s: spent = sum over grants: %lld tiyn spent, %lld found; %lld grants, %lld found", name,
                 (long long)spent, (long long)paid, (long long)world->ledger.grants[p], (long long)books->grants);
        return false;
    }
    if (promised != spent + books->open) {
        snprintf(text, 256, "programme %s: promised less returned = spent + to be paid: %lld tiyn promised, %lld spent, %lld to be paid",
                 name, (long long)promised, (long long)spent, (long long)books->open);
        return false;
    }
    return true;
}

bool qon_ledger_balance(const struct qon_world *world, char text[256]) {
    int32_t count = world->scenario->programmes.count;
    if (count == 0 || !limits_hold(world, text)) {
        return count == 0;
    }
    struct books books[QON_PROGRAMMES_MOST] = {{0, 0, 0}};
    for (uint32_t b = 0; b < world->blocks; b++) {
        const struct qon_commitments *c = &world->block[b].commitments;
        for (uint32_t g = 0; g < c->count; g++) {
            struct books *own = &books[c->programme[g]];
            own->paid += c->paid_tiyn[g];
            own->open += c->later_tiyn[g] + c->monthly_tiyn[g] * c->monthly_left[g] + c->employer_tiyn_month[g] * c->employer_left[g];
            own->grants++;
        }
    }
    _Static_assert(sizeof(struct books) == 3 * sizeof(int64_t), "books are summed as a list of numbers");
    qon_ranks_sum_i64(&books[0].paid, world->ranks > 1 ? 3 * (int64_t)count : 0);
    for (int32_t p = 0; p < count; p++) {
        if (!books_balance(world, p, &books[p], text)) {
            return false;
        }
    }
    return true;
}
