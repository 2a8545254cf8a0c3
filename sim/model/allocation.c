// SPDX-License-Identifier: GPL-3.0-or-later
// Sharing out places and money: exact, global, the same for any order of applicants and any number of threads. ODD tag M-ALLOCATION-1.
//
// Applicants stand in one queue: points or priority first, then who waits longer, then a 64-bit lot drawn by (person, programme, round).
// Each limit (quota or budget) cuts the queue of those it counts at the first who does not fit. Invariants: 1. no limit is exceeded; 2. a
// larger limit only adds winners (each limit's cut depends on nothing but its own queue); 3. the order of the list does not matter.
#include "programmes.h"

#include <stdlib.h>

static int entry_order(const void *a, const void *b) {
    const struct qon_entry *x = a, *y = b;
    if (x->first != y->first) {
        return x->first < y->first ? -1 : 1;
    }
    if (x->month != y->month) {
        return x->month < y->month ? -1 : 1;
    }
    if (x->draw != y->draw) {
        return x->draw < y->draw ? -1 : 1;
    }
    return x->id < y->id ? -1 : x->id > y->id;
}

bool qon_limit_holds_in(int32_t limit_year, int32_t year) {
    return limit_year == QON_EACH_YEAR || limit_year == QON_WHOLE_TIME || limit_year == year;
}

// Proportional: places go round the regions as by the divisor method of Webster, in proportion to their applicants: the k-th of a region
// with n applicants stands at (k - 1/2) / n. (A method of largest remainders would take places away when there are more of them.)
static void proportion(struct qon_entry *entries, int64_t count) {
    int32_t most = 0;
    for (int64_t i = 0; i < count; i++) {
        entries[i].first = 0;
        most = entries[i].region > most ? entries[i].region : most;
    }
    qsort(entries, (size_t)count, sizeof *entries, entry_order);
    for (int32_t r = 0; r <= most; r++) {
        int64_t n = 0, k = 0;
        for (int64_t i = 0; i < count; i++) {
            n += entries[i].region == r;
        }
        for (int64_t i = 0; i < count && n > 0; i++) {
            if (entries[i].region == r) {
                entries[i].first = ((double)k++ + 0.5) / (double)n;
            }
        }
    }
}

static void cut_quota(const struct qon_quota *quota, int32_t index, int64_t left, struct qon_entry *entries, int64_t count,
                      qon_in_group *in_group, void *context) {
    bool full = false;
    for (int64_t i = 0; i < count; i++) {
        struct qon_entry *e = &entries[i];
        int32_t region = quota->of_origin ? e->origin_region : e->region;
        if ((quota->region != QON_ALL_REGIONS && quota->region != region) || (quota->group.nodes > 0 && !in_group(context, e, index))) {
            continue;
        }
        int64_t places = quota->members ? e->members : 1;
        full |= places > left;
        left -= full ? 0 : places;
        e->outcome = full ? QON_OUTCOME_NO_PLACE : e->outcome;
    }
}

static void cut_budget(const struct qon_budget *budget, int64_t left, struct qon_entry *entries, int64_t count) {
    bool full = left <= 0; // no money, no programme: even what costs nothing
    for (int64_t i = 0; i < count; i++) {
        struct qon_entry *e = &entries[i];
        if (budget->region != QON_ALL_REGIONS && budget->region != e->region) {
            continue;
        }
        full |= e->cost_tiyn > left;
        left -= full ? 0 : e->cost_tiyn;
        if (full && e->outcome == QON_OUTCOME_GRANTED) {
            e->outcome = QON_OUTCOME_NO_MONEY;
        }
    }
}

void qon_allocate(const struct qon_programme *programme, int32_t year, const int64_t *quota_left, const int64_t *budget_left,
                  struct qon_entry *entries, int64_t count, qon_in_group *in_group, void *context) {
    if (programme->ration == QON_PROPORTIONAL) {
        proportion(entries, count);
    }
    qsort(entries, (size_t)count, sizeof *entries, entry_order);
    for (int64_t i = 0; i < count; i++) {
        entries[i].outcome = QON_OUTCOME_GRANTED;
    }
    for (int32_t q = 0; q < programme->quotas_count; q++) {
        if (qon_limit_holds_in(programme->quotas[q].year, year)) {
            cut_quota(&programme->quotas[q], q, quota_left[q], entries, count, in_group, context);
        }
    }
    for (int32_t b = 0; b < programme->budgets_count; b++) {
        if (qon_limit_holds_in(programme->budgets[b].year, year)) {
            cut_budget(&programme->budgets[b], budget_left[b], entries, count);
        }
    }
}

// ---- the month's applications

// Over ranks everyone has the whole queue and cuts it alike; whether another's applicant is in a quota's group comes with the entry.
struct asked {
    uint64_t wanted;
    uint32_t block, application;
};
struct round {
    struct qon_world *world;
    struct asked *asked;                    // the month's applications, read once: they are large
    uint32_t *asking;                       // for each programme the places of those who want it, in their order
    int64_t first[QON_PROGRAMMES_MOST + 1]; // where they begin
    int programme;
    struct qon_entry *entries;
    int64_t count;
    struct qon_entry *own; // over ranks: those of this rank, before they are gathered
    int64_t *counts;       // over ranks: [rank]
    uint64_t *groups;      // over ranks: [entry][words] bit by quota
    int64_t words;
};

static struct qon_application *application_of(const struct round *round, const struct qon_entry *entry) {
    return &round->world->model->programmes->applications[entry->block].row[entry->application];
}

static struct qon_ask ask_of(const struct qon_world *world, const struct qon_block *block, const struct qon_application *a) {
    uint32_t zone = a->with == QON_NOWHERE || a->with == QON_LEAVES ? a->origin : a->with & ~QON_LOCAL_BIT;
    return (struct qon_ask){world,     block, a->row,      block->persons.household[a->row],
                            a->origin, zone,  a->employer, a->at == QON_AT_HIRE ? &a->before : NULL};
}

static bool in_group(void *context, const struct qon_entry *entry, int32_t quota) {
    const struct round *round = context;
    if (round->groups != NULL) {
        return (round->groups[entry->place * round->words + quota / 64] >> quota % 64 & 1) != 0;
    }
    struct qon_ask ask = ask_of(round->world, &round->world->block[entry->block], application_of(round, entry));
    return qon_predicate_holds(&qon_programme_of(round->world, round->programme)->quotas[quota].group, &ask);
}

double qon_rank_first(const struct qon_programme *programme, const struct qon_ask *ask, uint64_t asked, uint64_t met) {
    double points = 0;
    for (int32_t s = 0; s < programme->scores_count; s++) {
        bool known = s < 64 && (asked >> s & 1) != 0;
        bool holds = known ? (met >> s & 1) != 0 : qon_predicate_holds(&programme->scores[s].who, ask);
        if (programme->ration == QON_PRIORITY && holds) {
            return s;
        }
        points -= holds ? programme->scores[s].points : 0;
    }
    return programme->ration == QON_POINTS ? points : programme->ration == QON_PRIORITY ? programme->scores_count : 0;
}

static void enter(struct round *round, uint32_t b, uint32_t index) {
    struct qon_world *world = round->world;
    const struct qon_programme *programme = qon_programme_of(world, round->programme);
    const struct qon_block *block = &world->block[b];
    const struct qon_application *a = &world->model->programmes->applications[b].row[index];
    struct qon_ask ask = ask_of(world, block, a);
    struct qon_offer offer = qon_programme_offer(programme, &a->asker);
    uint64_t id = qon_person_id(block, a->row);
    // First come: a new order each month. Lottery and ties of points: one lot a year.
    int32_t drawn = programme->ration == QON_FIRST_COME ? a->month : a->month - a->month % 12;
    struct qon_pcg pcg = qon_pcg_keyed(qon_key(world->scenario->seed, QON_DRAW_LOTTERY, drawn) ^ qon_mix(programme->key), id);
    uint64_t high = qon_pcg_next(&pcg);
    round->entries[round->count++] = (struct qon_entry){
        .first = qon_rank_first(programme, &ask, 0, 0),
        .month = a->month,
        .draw = high << 32 | qon_pcg_next(&pcg),
        .id = id,
        .cost_tiyn = qon_offer_cost(&offer),
        .members = a->members,
        .region = world->model->zone_region[ask.destination],
        .origin_region = world->model->zone_region[a->origin],
        .block = b,
        .application = index,
    };
}

// The entries of all ranks, with their groups.
static enum qon_status gather(struct round *round) {
    enum qon_status status = QON_OK;
    struct qon_world *world = round->world;
    const struct qon_programme *own = qon_programme_of(world, round->programme);
    int64_t count = round->count, words = (own->quotas_count + 63) / 64, *bytes = NULL;
    uint64_t *groups = NULL, *all = NULL;
    round->words = words;
    QON_TRY(qon_take(&bytes, (size_t)world->ranks, sizeof *bytes));
    QON_TRY(qon_take(&groups, (size_t)(count * words) + 1, sizeof *groups));
    for (int64_t i = 0; i < count; i++) {
        for (int32_t q = 0; q < own->quotas_count; q++) {
            bool counts = own->quotas[q].group.nodes > 0 && in_group(round, &round->entries[i], q);
            groups[i * words + q / 64] |= (uint64_t)counts << q % 64;
        }
        round->own[i] = round->entries[i];
    }
    qon_ranks_share(count, round->counts);
    round->count = 0;
    for (int r = 0; r < world->ranks; r++) {
        round->count += round->counts[r];
        bytes[r] = round->counts[r] * (int64_t)sizeof *round->own;
    }
    qon_ranks_gather(round->own, bytes, round->entries);
    QON_TRY(qon_take(&all, (size_t)(round->count * words) + 1, sizeof *all));
    for (int r = 0; r < world->ranks; r++) {
        bytes[r] = round->counts[r] * words * (int64_t)sizeof *groups;
    }
    qon_ranks_gather(groups, bytes, all);
    for (int64_t i = 0; i < round->count; i++) {
        round->entries[i].place = i;
    }
    round->groups = all;
done:
    qon_free(bytes);
    qon_free(groups);
    return status;
}

// What is read first of each of a block's applications: lists of a dozen rows lie apart, so that a processor sees no pattern.
static QON_FETCHES void fetch_applications(const struct qon_world *world, uint32_t b) {
    const struct qon_applications *list = &world->model->programmes->applications[b < world->blocks ? b : 0];
    for (uint32_t i = 0; b < world->blocks && i < list->count; i++) {
        __builtin_prefetch(&list->row[i].wanted);
        __builtin_prefetch(&list->row[i].asker);
        __builtin_prefetch((const char *)&list->row[i + 1] - 1);
    }
}

// The household of the i-th who applied for the programme shared out.
static QON_FETCHES void fetch_application(const struct round *round, int64_t i) {
    if (i < round->first[round->programme + 1]) {
        const struct asked *asked = &round->asked[round->asking[i]];
        const struct qon_application *a = &round->world->model->programmes->applications[asked->block].row[asked->application];
        __builtin_prefetch(&round->world->block[asked->block].persons.household[a->row]);
    }
}

// Reads the month's applications, `total`, and lists them for each programme; *wanted: the programmes that somebody wants.
static enum qon_status asked_list(struct round *round, int64_t total, uint64_t *wanted) {
    enum qon_status status = QON_OK;
    const struct qon_world *world = round->world;
    const struct qon_programmes_model *pm = world->model->programmes;
    int64_t askeds = 0, wishes = 0, next[QON_PROGRAMMES_MOST];
    QON_TRY(qon_take(&round->asked, (size_t)total + 1, sizeof *round->asked));
    for (uint32_t b = 0; b < world->blocks; b++) {
        fetch_applications(world, b + 2);
        for (uint32_t i = 0; i < pm->applications[b].count; i++) {
            const struct qon_application *a = &pm->applications[b].row[i];
            __builtin_prefetch(&world->block[b].persons.household[a->row]);
            round->asked[askeds++] = (struct asked){a->wanted, b, i};
            for (uint64_t left = a->wanted; left != 0; left &= left - 1) {
                round->first[__builtin_ctzll(left) + 1]++;
                wishes++;
            }
            *wanted |= a->wanted;
        }
    }
    for (int p = 0; p < QON_PROGRAMMES_MOST; p++) {
        round->first[p + 1] += round->first[p];
        next[p] = round->first[p];
    }
    QON_TRY(qon_take(&round->asking, (size_t)wishes + 1, sizeof *round->asking));
    for (int64_t i = 0; i < askeds; i++) {
        for (uint64_t left = round->asked[i].wanted; left != 0; left &= left - 1) {
            round->asking[next[__builtin_ctzll(left)]++] = (uint32_t)i;
        }
    }
done:
    return status;
}

static enum qon_status share_out(struct round *round) {
    enum qon_status status = QON_OK;
    struct qon_world *world = round->world;
    struct qon_programmes_model *pm = world->model->programmes;
    int p = round->programme;
    round->count = 0;
    for (int64_t i = round->first[p]; i < round->first[p + 1]; i++) {
        const struct asked *asked = &round->asked[round->asking[i]];
        fetch_application(round, i + QON_AHEAD_HALF);
        enter(round, asked->block, asked->application);
    }
    if (world->ranks > 1) {
        QON_TRY(gather(round));
    }
    qon_allocate(qon_programme_of(world, p), 1900 + world->month / 12, world->ledger.quota_left + pm->quota_first[p],
                 world->ledger.budget_left + pm->budget_first[p], round->entries, round->count, in_group, round);
    if (world->model->probes > 0) {
        qon_explain_round(world, p, round->entries, round->count);
    }
    for (int64_t i = 0; i < round->count; i++) {
        const struct qon_entry *e = &round->entries[i];
        bool granted = e->outcome == QON_OUTCOME_GRANTED;
        if (!granted && world->ledger.exhausted[p] == 0) {
            world->ledger.exhausted[p] = world->month;
        }
        if (!qon_owns(world, e->block)) {
            continue;
        }
        struct qon_application *a = application_of(round, e);
        *(granted ? &a->granted : &a->refused) |= 1ULL << p;
        if (!a->waits) { // who waits was counted when first refused
            int64_t *measure = qon_measure_month(world, p, e->region, QON_MEASURE_applicants);
            measure[0]++;
            measure[QON_MEASURE_refused_quota - QON_MEASURE_applicants] += e->outcome == QON_OUTCOME_NO_PLACE;
            measure[QON_MEASURE_refused_budget - QON_MEASURE_applicants] += e->outcome == QON_OUTCOME_NO_MONEY;
        }
    }
done:
    qon_free(round->groups);
    round->groups = NULL;
    return status;
}

// Of a package only some parts granted: the move it was meant for is not made. Those who would do the same without keep what they got.
static void resolve(struct qon_world *world, struct qon_application *a) {
    bool move = a->at == QON_AT_MOVE || a->at == QON_AT_SCHOOL || a->at == QON_AT_EMIGRATION;
    if (!move || a->granted == a->wanted || a->granted == 0 || a->with == a->without) {
        return;
    }
    for (uint64_t left = a->waits ? 0 : a->granted; left != 0; left &= left - 1) {
        qon_measure_add(world, __builtin_ctzll(left), a->with & ~QON_LOCAL_BIT, QON_MEASURE_refused_rule, 1);
    }
    a->granted = 0;
}

void qon_limits_book(struct qon_world *world, const struct qon_block *block, const struct qon_application *a, int programme, int sign) {
    const struct qon_programme *own = qon_programme_of(world, programme);
    const struct qon_programmes_model *pm = world->model->programmes;
    int64_t *quota_left = world->ledger.quota_left + pm->quota_first[programme];
    int64_t *budget_left = world->ledger.budget_left + pm->budget_first[programme];
    struct qon_ask ask = ask_of(world, block, a);
    struct qon_offer offer = qon_programme_offer(own, &a->asker);
    int32_t year = 1900 + world->month / 12, region = world->model->zone_region[ask.destination];
    for (int32_t q = 0; q < own->quotas_count; q++) {
        const struct qon_quota *quota = &own->quotas[q];
        int32_t of = quota->of_origin ? world->model->zone_region[a->origin] : region;
        if (qon_limit_holds_in(quota->year, year) && (quota->region == QON_ALL_REGIONS || quota->region == of) &&
            qon_predicate_holds(&quota->group, &ask)) {
            qon_add(&quota_left[q], sign * (quota->members ? a->members : 1));
        }
    }
    for (int32_t b = 0; b < own->budgets_count; b++) {
        const struct qon_budget *budget = &own->budgets[b];
        if (qon_limit_holds_in(budget->year, year) && (budget->region == QON_ALL_REGIONS || budget->region == region)) {
            qon_add(&budget_left[b], sign * qon_offer_cost(&offer));
        }
    }
}

void qon_budget_return(struct qon_world *world, int programme, uint32_t zone, int32_t granted, int64_t tiyn) {
    const struct qon_programme *own = qon_programme_of(world, programme);
    int64_t *left = world->ledger.budget_left + world->model->programmes->budget_first[programme];
    int32_t region = world->model->zone_region[zone], then = granted / 12, now = world->month / 12;
    qon_measure_add(world, programme, zone, QON_MEASURE_returned_tiyn, tiyn);
    for (int32_t b = 0; b < own->budgets_count; b++) {
        const struct qon_budget *budget = &own->budgets[b];
        bool counts = qon_limit_holds_in(budget->year, 1900 + now) && (budget->region == QON_ALL_REGIONS || budget->region == region);
        if (counts && (budget->year == QON_WHOLE_TIME || then == now || own->carry_over)) {
            qon_add(&left[b], tiyn);
        }
    }
}

enum qon_status qon_allocation(struct qon_world *world) {
    enum qon_status status = QON_OK;
    struct qon_programmes_model *pm = world->model->programmes;
    struct round round = {.world = world};
    uint64_t wanted = 0;
    int64_t total = 0;
    if (pm == NULL) {
        return QON_OK;
    }
    QON_TRY(qon_exchange_books(world)); // what is left
    for (uint32_t b = 0; b < world->blocks; b++) {
        total += pm->applications[b].count;
    }
    QON_TRY(asked_list(&round, total, &wanted));
    if (world->ranks > 1) {
        QON_TRY(qon_take(&round.counts, (size_t)world->ranks, sizeof *round.counts));
        QON_TRY(qon_take(&round.own, (size_t)total + 1, sizeof *round.own));
        qon_ranks_share((int64_t)wanted, round.counts);
        for (int r = 0; r < world->ranks; r++) {
            wanted |= (uint64_t)round.counts[r];
        }
        qon_ranks_sum_i64(&total, 1);
    }
    QON_TRY(qon_take(&round.entries, (size_t)total, sizeof *round.entries));
    for (; wanted != 0; wanted &= wanted - 1) {
        round.programme = __builtin_ctzll(wanted);
        QON_TRY(share_out(&round));
    }
    for (uint32_t b = 0; b < world->blocks; b++) {
        uint32_t grants = 0;
        for (uint32_t i = 0; i < pm->applications[b].count; i++) {
            struct qon_application *a = &pm->applications[b].row[i];
            if (i + QON_AHEAD_HALF < pm->applications[b].count) {
                __builtin_prefetch(&world->block[b].persons.household[a[QON_AHEAD_HALF].row]);
            }
            resolve(world, a);
            for (uint64_t left = a->granted; left != 0; left &= left - 1) {
                qon_limits_book(world, &world->block[b], a, __builtin_ctzll(left), -1);
                grants++;
            }
        }
        QON_TRY(qon_commitments_reserve(&world->block[b].commitments, world->block[b].commitments.count + grants));
    }
done:
    qon_free(round.asked);
    qon_free(round.asking);
    qon_free(round.entries);
    qon_free(round.own);
    qon_free(round.counts);
    return status;
}
