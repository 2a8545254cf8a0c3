// SPDX-License-Identifier: GPL-3.0-or-later
// Eligibility of all programmes at once: what conditions say of single columns and of pairs of zones is written into tables of 64 bits, one
// bit a programme, when the run begins. ODD tag M-ELIGIBLE-1.
//
// Of a programme's conditions (the terms of its outermost `all`) those on one byte of a person and on age become a mask for each value;
// those on zones only a mask for each pair of them; the others (the rest) are asked of those whose bits are left.
#include "attributes.h"
#include "predicate_nodes.h"
#include "programmes.h"

#include <string.h>

enum { PERSON = QON_READS_PERSON | QON_READS_EMPLOYER, ZONES = QON_READS_ORIGIN | QON_READS_DESTINATION };

// Values from the last of a table on must be alike, since they share it.
static bool of_column(const struct qon_predicate_node *n) {
    const int last = QON_LOOKUP_VALUES - 1;
    bool alike = (n->minimum <= last || n->minimum >= 1e300) && (n->maximum < last || n->maximum >= 1e300);
    return n->op == QON_OP_TEST && (n->fast == QON_FAST_PERSON || n->fast == QON_FAST_STATUS ||
                                    ((n->fast == QON_FAST_AGE || n->fast == QON_FAST_RESIDENT) && alike));
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
    if (n->set_words == 0) {
        return value >= n->minimum && value <= n->maximum;
    }
    return value < 64 * n->set_words && (p->words[n->set + value / 64] >> value % 64 & 1) != 0;
}

static void columns_fill(struct qon_programmes_model *pm, const struct qon_predicate *eligible, int programme) {
    EACH_TERM(eligible, n) {
        struct qon_lookup *lookup = of_column(n) ? lookup_of(pm, n) : NULL;
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
        ask.origin = ask.destination = o;
        pm->origin_fits[at] = qon_predicate_part(eligible, &ask, QON_READS_ORIGIN, 0);
        pm->destination_fits[at] = qon_predicate_part(eligible, &ask, QON_READS_DESTINATION, 0);
        for (uint32_t d = 0; d < (uint32_t)world->zones; d++) {
            ask.destination = d;
            bool fits = qon_predicate_part(eligible, &ask, ZONES, 0);
            pm->pair_mask[(int64_t)o * world->zones + d] |= fits ? 1ULL << programme : 0;
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

void qon_eligibility_fill(const struct qon_world *world, struct qon_programmes_model *pm) {
    for (int p = 0; p < world->scenario->programmes.count; p++) {
        pm->employers_read |= reads_employers(qon_programme_of(world, p));
        columns_fill(pm, &qon_programme_of(world, p)->eligible, p);
        zones_fill(world, pm, p);
    }
    for (int i = 1; i < pm->lookups; i++) { // newcomers are few: asked first, this turns most away
        if (pm->lookup[i].fast == QON_FAST_RESIDENT) {
            struct qon_lookup first = pm->lookup[i];
            pm->lookup[i] = pm->lookup[0];
            pm->lookup[0] = first;
        }
    }
}

static uint32_t lookup_value(const struct qon_lookup *lookup, const struct qon_ask *ask) {
    const struct qon_persons *p = &ask->block->persons;
    int32_t value;
    switch (lookup->fast) {
    case QON_FAST_AGE:
        value = qon_age_years(ask->world->month, p->birth_month[ask->person]);
        break;
    case QON_FAST_RESIDENT:
        value = qon_resident_months(ask->world, p, ask->person);
        break;
    case QON_FAST_STATUS:
        return ask->before != NULL ? ask->before->status : p->status[ask->person];
    default: {
        const uint8_t *column;
        memcpy(&column, (const char *)p + lookup->offset, sizeof column);
        return column[ask->person];
    }
    }
    value = value < QON_LOOKUP_VALUES ? value : QON_LOOKUP_VALUES - 1;
    return value > 0 ? (uint32_t)value : 0;
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
uint64_t qon_eligible_quick(const struct qon_ask *ask, uint64_t among) {
    const struct qon_programmes_model *pm = ask->world->model->programmes;
    for (int i = 0; i < pm->lookups && among != 0; i++) {
        if ((among & pm->lookup[i].programmes) != 0) {
            among &= pm->lookup[i].mask[lookup_value(&pm->lookup[i], ask)];
        }
    }
    return among;
}

// The terms on persons and employers that stand in no table.
static bool rest_holds(const struct qon_programmes_model *pm, const struct qon_predicate *eligible, const struct qon_ask *ask) {
    EACH_TERM(eligible, n) {
        bool in_table = of_column(n) && pm->lookups < QON_LOOKUPS_MOST;
        if (!in_table && (n->reads & ~(unsigned)PERSON) == 0 && !qon_predicate_term(eligible, n, ask)) {
            return false;
        }
    }
    return true;
}

uint64_t qon_eligible_persons(const struct qon_ask *ask, uint64_t among) {
    return qon_eligible_rest(ask, qon_eligible_quick(ask, among));
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
