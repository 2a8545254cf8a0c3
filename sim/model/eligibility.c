// SPDX-License-Identifier: GPL-3.0-or-later
// Eligibility of all programmes at once: what conditions say of single columns and of pairs of zones is written into tables of 64 bits, one
// bit a programme, when the run begins. ODD tag M-ELIGIBLE-1.
//
// Of a programme's conditions (the terms of its outermost `all`) those on small numbers of a person become a mask for each value;
// those on zones only a mask for each pair of them; the others (the rest) are asked of those whose bits are left.
#include "attributes.h"
#include "predicate_nodes.h"
#include "programmes.h"

#include <string.h>

enum { PERSON = QON_READS_PERSON | QON_READS_EMPLOYER, ZONES = QON_READS_ORIGIN | QON_READS_DESTINATION };

enum { NO_VALUE = QON_LOOKUP_VALUES - 1 }; // of those who have none; there no test holds

// The last value of its own that a table of numbers has; larger ones share it, and must be alike.
static int32_t last_of(uint32_t fast) {
    return fast == QON_FAST_REGISTERED ? NO_VALUE - 1 : QON_LOOKUP_VALUES - 1;
}

static bool of_column(const struct qon_predicate *p, const struct qon_predicate_node *n) {
    const int last = last_of(n->fast);
    if (n->op != QON_OP_TEST) {
        return false;
    }
    switch (n->fast) {
    case QON_FAST_PERSON:
    case QON_FAST_STATUS:
    case QON_FAST_JOB_TERM:
        return true;
    case QON_FAST_AGE:
    case QON_FAST_RESIDENT:
    case QON_FAST_REGISTERED:
        return (n->minimum <= last || n->minimum >= 1e300) && (n->maximum < last || n->maximum >= 1e300);
    case QON_FAST_ORIGIN: // all zones that are named stand before the last
        return 64 * n->set_words < QON_LOOKUP_VALUES ||
               (64 * n->set_words == QON_LOOKUP_VALUES && p->words[n->set + n->set_words - 1] >> 63 == 0);
    default:
        return false;
    }
}

#define EACH_TERM(predicate, n)                                      \
    for (const struct qon_predicate_node *n = (predicate)->node + 1; \
         (predicate)->nodes > 0 && n < (predicate)->node + (predicate)->node->end; n = (predicate)->node + n->end)

// The table of a column (age: that of birth months), made when a programme first asks for it; NULL: there are too many.
static struct qon_lookup *lookup_of(struct qon_programmes_model *pm, const struct qon_predicate_node *n) {
    for (int i = 0; i < pm->lookups; i++) {
        if (pm->lookup[i].fast == n->fast && pm->lookup[i].offset == n->offset) {
            return &pm->lookup[i];
        }
    }
    if (pm->lookups == QON_LOOKUPS_MOST) {
        return NULL;
    }
    struct qon_lookup *lookup = &pm->lookup[pm->lookups++];
    lookup->fast = n->fast;
    lookup->offset = n->offset;
    memset(lookup->mask, 0xff, sizeof lookup->mask);
    return lookup;
}

static bool value_holds(const struct qon_predicate *p, const struct qon_predicate_node *n, uint32_t value) {
    if (n->fast == QON_FAST_REGISTERED && value == NO_VALUE) {
        return false;
    }
    if (n->set_words == 0) {
        return value >= n->minimum && value <= n->maximum;
    }
    return value < 64 * n->set_words && (p->words[n->set + value / 64] >> value % 64 & 1) != 0;
}

static void columns_fill(struct qon_programmes_model *pm, const struct qon_predicate *eligible, int programme) {
    EACH_TERM(eligible, n) {
        struct qon_lookup *lookup = of_column(eligible, n) ? lookup_of(pm, n) : NULL;
        if (lookup == NULL) {
            bool rest = (n->reads & ~(unsigned)PERSON) == 0;
            pm->rest |= rest ? 1ULL << programme : 0;
            pm->mixed |= !rest && (n->reads & ~(unsigned)ZONES) != 0 ? 1ULL << programme : 0;
            continue;
        }
        lookup->programmes |= 1ULL << programme;
        for (uint32_t value = 0; value < QON_LOOKUP_VALUES; value++) {
            lookup->mask[value] &= value_holds(eligible, n, value) ? UINT64_MAX : ~(1ULL << programme);
        }
    }
}

static void zones_fill(const struct qon_world *world, struct qon_programmes_model *pm, int programme) {
    const struct qon_predicate *eligible = &qon_programme_of(world, programme)->eligible;
    struct qon_ask ask = {world, NULL, QON_NONE, QON_NONE, QON_NONE, QON_NONE, QON_NONE, NULL};
    for (uint32_t o = 0; o < (uint32_t)world->zones; o++) {
        int64_t at = (int64_t)programme * world->zones + o;
        uint64_t *zones = pm->pair_zones + ((int64_t)o * world->scenario->programmes.count + programme) * qon_zone_words(world);
        ask.origin = ask.destination = o;
        pm->origin_fits[at] = qon_predicate_part(eligible, &ask, QON_READS_ORIGIN, 0);
        pm->destination_fits[at] = qon_predicate_part(eligible, &ask, QON_READS_DESTINATION, 0);
        for (uint32_t d = 0; d < (uint32_t)world->zones; d++) {
            ask.destination = d;
            bool fits = qon_predicate_part(eligible, &ask, ZONES, 0);
            pm->pair_mask[(int64_t)o * world->zones + d] |= fits ? 1ULL << programme : 0;
            zones[d / 64] |= fits ? 1ULL << d % 64 : 0;
        }
    }
}

static bool reads_employers(const struct qon_programme *own) {
    unsigned reads = own->at != QON_AT_COUNTRY ? own->eligible.reads : 0;
    for (int32_t i = 0; i < own->scores_count; i++) {
        reads |= own->at != QON_AT_COUNTRY ? own->scores[i].who.reads : 0;
    }
    for (int32_t i = 0; i < own->quotas_count; i++) {
        reads |= own->at != QON_AT_COUNTRY ? own->quotas[i].group.reads : 0;
    }
    return (reads & QON_READS_EMPLOYER) != 0;
}

// Newcomers are few: asked for first, the months since arrival turn most away. What is drawn comes last.
static int turn_of(const struct qon_lookup *lookup) {
    return lookup->fast == QON_FAST_RESIDENT ? 0 : lookup->fast == QON_FAST_JOB_TERM ? 2 : 1;
}

static void lists_fill(const struct qon_world *world, struct qon_programmes_model *pm, int at) {
    struct qon_lookup_list *list = &pm->asked[at];
    uint64_t own = 0;
    for (int p = 0; p < world->scenario->programmes.count; p++) {
        own |= at == QON_AT_ANY || (int)qon_programme_of(world, p)->at == at ? 1ULL << p : 0;
    }
    list->count = 0;
    for (int turn = 0; turn < 3; turn++) {
        for (int l = 0; l < pm->lookups; l++) {
            if (turn_of(&pm->lookup[l]) == turn && (pm->lookup[l].programmes & own) != 0) {
                list->lookup[list->count++] = (uint8_t)l;
            }
        }
    }
}

void qon_eligibility_fill(const struct qon_world *world, struct qon_programmes_model *pm) {
    for (int p = 0; p < world->scenario->programmes.count; p++) {
        pm->employers_read |= reads_employers(qon_programme_of(world, p));
        columns_fill(pm, &qon_programme_of(world, p)->eligible, p);
        zones_fill(world, pm, p);
    }
    for (int at = 0; at <= QON_AT_ANY; at++) {
        lists_fill(world, pm, at);
    }
}

static uint32_t cut(int32_t value, int32_t last) {
    value = value < last ? value : last;
    return value > 0 ? (uint32_t)value : 0;
}

static const uint8_t *column_of(const struct qon_lookup *lookup, const struct qon_persons *p) {
    const uint8_t *column;
    memcpy(&column, (const char *)p + lookup->offset, sizeof column);
    return column;
}

static uint32_t lookup_value(const struct qon_lookup *lookup, const struct qon_ask *ask) {
    const struct qon_persons *p = &ask->block->persons;
    int32_t last = last_of(lookup->fast), months;
    switch (lookup->fast) {
    case QON_FAST_AGE:
        return cut(qon_age_years(ask->world->month, p->birth_month[ask->person]), last);
    case QON_FAST_RESIDENT:
        return cut(qon_resident_months(ask->world, p, ask->person), last);
    case QON_FAST_REGISTERED:
        return qon_registered_months(ask, &months) ? cut(months, last) : NO_VALUE;
    case QON_FAST_ORIGIN:
        return cut(p->origin[ask->person], last);
    case QON_FAST_JOB_TERM:
        return (uint32_t)qon_job_term(ask->world, qon_person_id(ask->block, ask->person));
    case QON_FAST_STATUS:
        return ask->before != NULL ? ask->before->status : p->status[ask->person];
    default:
        return column_of(lookup, p)[ask->person];
    }
}

uint64_t qon_eligible_settled(const struct qon_world *world) {
    const struct qon_programmes_model *pm = world->model->programmes;
    uint64_t settled = UINT64_MAX;
    int32_t months = qon_resident_months_settled(world);
    uint32_t value = (uint32_t)(months < 0 ? 0 : months < QON_LOOKUP_VALUES ? months : QON_LOOKUP_VALUES - 1);
    for (int i = 0; i < pm->lookups; i++) {
        settled &= pm->lookup[i].fast == QON_FAST_RESIDENT ? pm->lookup[i].mask[value] : UINT64_MAX;
    }
    return settled;
}

// Programmes of `among` whose terms that stand in tables hold for a person.
uint64_t qon_eligible_quick(const struct qon_ask *ask, enum qon_at at, uint64_t among) {
    const struct qon_programmes_model *pm = ask->world->model->programmes;
    const struct qon_lookup_list *list = &pm->asked[at];
    for (int i = 0; i < list->count && among != 0; i++) {
        const struct qon_lookup *lookup = &pm->lookup[list->lookup[i]];
        if (lookup->fast != QON_FAST_JOB_TERM || (among & lookup->programmes) != 0) {
            among &= lookup->mask[lookup_value(lookup, ask)];
        }
    }
    return among;
}

// Those of many persons who may still fit some programme: their places in the list of all.
struct few {
    uint32_t count, at[QON_CHOICE_BATCH];
};

// Leaves of them those who have a programme of `programmes`.
static void few_find(const struct few *from, const uint64_t *among, uint64_t programmes, struct few *few) {
    uint32_t found = 0;
    for (uint32_t j = 0; j < from->count; j++) {
        uint32_t i = from->at[j];
        few->at[found] = i;
        found += (among[i] & programmes) != 0;
    }
    few->count = found;
}

// One column after the other, so that chance decides no branch. Columns that are near are read of all; those that are far away or dear
// only of those whose answer hangs on them. Few are newcomers: the others are left out from then on.
void qon_eligible_quick_many(const struct qon_world *world, const struct qon_block *block, const uint32_t *row, uint32_t count,
                             enum qon_at at, uint64_t *among) {
    const struct qon_programmes_model *pm = world->model->programmes;
    const struct qon_lookup_list *list = &pm->asked[at];
    const struct qon_persons *p = &block->persons;
    struct few all, few;
    all.count = count;
    for (uint32_t i = 0; i < count; i++) {
        all.at[i] = i;
    }
    for (int l = 0; l < list->count && all.count > 0; l++) {
        const struct qon_lookup *lookup = &pm->lookup[list->lookup[l]];
        const uint8_t *column = lookup->fast == QON_FAST_PERSON ? column_of(lookup, p) : p->status;
        const uint32_t *who = all.at;
        switch (lookup->fast) {
        case QON_FAST_RESIDENT:
            for (uint32_t j = 0; j < all.count; j++) {
                among[who[j]] &= lookup->mask[cut(qon_resident_months(world, p, row[who[j]]), QON_LOOKUP_VALUES - 1)];
            }
            few_find(&all, among, UINT64_MAX, &all);
            break;
        case QON_FAST_AGE:
            for (uint32_t j = 0; j < all.count; j++) {
                among[who[j]] &= lookup->mask[cut(qon_age_years(world->month, p->birth_month[row[who[j]]]), QON_LOOKUP_VALUES - 1)];
            }
            break;
        case QON_FAST_PERSON:
        case QON_FAST_STATUS:
            for (uint32_t j = 0; j < all.count; j++) {
                among[who[j]] &= lookup->mask[column[row[who[j]]]];
            }
            break;
        default:
            few_find(&all, among, lookup->programmes, &few);
            for (uint32_t j = 0; j < few.count; j++) {
                struct qon_ask ask = {world, block, row[few.at[j]], QON_NONE, QON_NONE, QON_NONE, QON_NONE, NULL};
                among[few.at[j]] &= lookup->mask[lookup_value(lookup, &ask)];
            }
            break;
        }
    }
}

// The terms on persons and employers that stand in no table.
static bool rest_holds(const struct qon_programmes_model *pm, const struct qon_predicate *eligible, const struct qon_ask *ask) {
    EACH_TERM(eligible, n) {
        bool in_table = of_column(eligible, n) && pm->lookups < QON_LOOKUPS_MOST;
        if (!in_table && (n->reads & ~(unsigned)PERSON) == 0 && !qon_predicate_term(eligible, n, ask)) {
            return false;
        }
    }
    return true;
}

uint64_t qon_eligible_persons(const struct qon_ask *ask, enum qon_at at, uint64_t among) {
    return qon_eligible_rest(ask, qon_eligible_quick(ask, at, among));
}

uint64_t qon_eligible_rest(const struct qon_ask *ask, uint64_t among) {
    const struct qon_programmes_model *pm = ask->world->model->programmes;
    for (uint64_t left = among & pm->rest; left != 0; left &= left - 1) {
        if (!rest_holds(pm, &qon_programme_of(ask->world, __builtin_ctzll(left))->eligible, ask)) {
            among &= ~(left & -left);
        }
    }
    return among;
}
