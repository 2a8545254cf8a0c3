// SPDX-License-Identifier: GPL-3.0-or-later
// What must always be true of a world. Looks and never changes. A rule that is added to the model is added here.
#include "tally.h"

#include <qonys/memory.h>
#include <qonys/par.h>
#include <qonys/ranks.h>
#include <stdarg.h>
#include <stdlib.h>

struct check {
    const struct qon_world *world;
    int32_t *staff; // recount by employer
    int64_t savings_tiyn;
    int64_t failed; // index of the first block that broke a rule, or blocks
};

static bool breach(const struct qon_world *world, char *text, const char *format, ...) __attribute__((format(printf, 3, 4)));

static bool breach(const struct qon_world *world, char *text, const char *format, ...) {
    char rule[200];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(rule, sizeof rule, format, arguments);
    va_end(arguments);
    (void)snprintf(text, 256, "month %d-%02d: %s", 1900 + world->month / 12, world->month % 12 + 1, rule);
    return false;
}

static int64_t sum_of(const int64_t *values, int64_t count) {
    int64_t sum = 0;
    for (int64_t i = 0; i < count; i++) {
        sum += values[i];
    }
    return sum;
}

// Totals agree with one another: every classification of a zone's residents has the same sum.
static bool totals_check(const struct qon_world *world, char *text) {
    const struct qon_tally *t = &world->tally;
    int64_t per_zone = (int64_t)world->occupations * world->skills;
    for (int64_t z = 0; z < world->zones; z++) {
        int64_t residents = sum_of(t->labour + z * QON_LABOURS, QON_LABOURS);
        if (sum_of(t->cohort + z * 2 * t->cohorts, (int64_t)2 * t->cohorts) != residents ||
            sum_of(t->education + z * world->educations, world->educations) != residents ||
            sum_of(t->legal + z * QON_LEGALS, QON_LEGALS) != residents) {
            return breach(world, text, "zone %d: residents by age, education, legal and labour status differ in sum", (int)z);
        }
        if (sum_of(t->staff + z * per_zone, per_zone) != t->labour[z * QON_LABOURS + QON_EMPLOYED] ||
            sum_of(t->seekers + z * per_zone, per_zone) != t->labour[z * QON_LABOURS + QON_UNEMPLOYED]) {
            return breach(world, text, "zone %d: staff or seekers of its cells are not its employed or unemployed", (int)z);
        }
        if (t->households[z] < 0 || t->households[z] > residents || (residents > 0 && t->households[z] == 0)) {
            return breach(world, text, "zone %d: %lld households of %lld persons", (int)z, (long long)t->households[z],
                          (long long)residents);
        }
    }
    struct qon_tally_part parts[QON_TALLY_PARTS];
    qon_tally_parts(world, parts);
    for (int i = 0; i < QON_TALLY_PARTS; i++) {
        const int64_t *const *array = (const int64_t *const *)(const void *)((const char *)t + parts[i].offset);
        for (int64_t k = 0; k < parts[i].count; k++) {
            if ((*array)[k] < 0) {
                return breach(world, text, "total %s[%lld] is negative: %lld", parts[i].name, (long long)k, (long long)(*array)[k]);
            }
        }
    }
    return true;
}

static bool money_check(const struct qon_world *world, char *text) {
    const struct qon_money *m = &world->money;
    if (m->savings != m->savings_start + m->saved + m->brought + m->granted - m->moving - m->taken - m->clawed) {
        return breach(world, text, "savings of %lld tiyn do not follow from what came and went", (long long)m->savings);
    }
    return true;
}

static bool employers_check(const struct qon_world *world, char *text) {
    const struct qon_employers *e = &world->employers;
    int64_t staff = 0;
    int64_t employed = 0;
    for (uint32_t i = 0; i < e->count; i++) {
        if (e->staff[i] < 0 || e->foreign_12[i] < 0 || e->foreign_34[i] < 0 || e->foreign_12[i] + e->foreign_34[i] > e->staff[i] ||
            e->vacancies[i] < 0 || e->zone[i] >= world->zones || e->sector[i] >= world->sectors) {
            return breach(world, text, "employer %u has staff %d, foreign %d and %d, vacancies %d", i, e->staff[i], e->foreign_12[i],
                          e->foreign_34[i], e->vacancies[i]);
        }
        staff += e->staff[i];
    }
    for (int64_t z = 0; z < world->zones; z++) {
        employed += world->tally.labour[z * QON_LABOURS + QON_EMPLOYED];
    }
    if (staff != employed) {
        return breach(world, text, "employers have %lld staff, %lld persons are employed", (long long)staff, (long long)employed);
    }
    return true;
}

static bool person_check(const struct qon_world *world, const struct qon_block *block, uint32_t i, char *text) {
    const struct qon_persons *p = &block->persons;
    if (p->sex[i] > QON_FEMALE || p->education[i] >= world->educations || p->skill[i] >= world->skills || p->status[i] > QON_GONE ||
        p->legal[i] >= QON_LEGALS || p->role[i] >= QON_ROLES) {
        return breach(world, text, "block %u person %u: a code is out of range", block->index, i);
    }
    if ((p->status[i] == QON_EMPLOYED) != (p->employer[i] != QON_NONE) ||
        (p->employer[i] != QON_NONE && p->employer[i] >= world->employers.count)) {
        return breach(world, text, "block %u person %u: labour status %d with employer %u", block->index, i, p->status[i], p->employer[i]);
    }
    if (p->occupation[i] >= world->occupations && (p->occupation[i] != QON_NO_OCCUPATION || p->status[i] == QON_EMPLOYED ||
                                                   p->status[i] == QON_SELF_EMPLOYED || p->status[i] == QON_UNEMPLOYED)) {
        return breach(world, text, "block %u person %u: labour status %d with occupation %d", block->index, i, p->status[i],
                      p->occupation[i]);
    }
    if (i < p->founders && p->id[i] != 0 && p->id[i] != block->founder_id + i) {
        return breach(world, text, "block %u person %u: a founder's id is not its place", block->index, i);
    }
    return true;
}

// Walks the chain of a household; *seen counts the members met, so that the sum over households proves that chains are disjoint.
static bool household_check(const struct qon_world *world, const struct qon_block *block, uint32_t i, uint64_t *seen, char *text) {
    const struct qon_persons *p = &block->persons;
    const struct qon_households *h = &block->households;
    uint32_t members = 0;
    for (uint32_t row = h->head[i]; row != QON_NONE; row = p->next[row]) {
        if (row >= p->count || p->status[row] == QON_GONE || p->household[row] != i || ++members > h->members[i]) {
            return breach(world, text, "block %u household %u: its chain of members is broken at row %u", block->index, i, row);
        }
        bool head = members == 1;
        bool spouse = members == 2 && h->coupled[i];
        if ((p->role[row] == QON_HEAD) != head || (p->role[row] == QON_SPOUSE) != spouse) {
            return breach(world, text, "block %u household %u: member %u has role %d", block->index, i, members, p->role[row]);
        }
    }
    if (members != h->members[i] || (h->coupled[i] && members < 2) || h->zone[i] >= world->zones || h->kin[i] >= world->zones) {
        return breach(world, text, "block %u household %u: %u members found, %u stated", block->index, i, members, h->members[i]);
    }
    if (i < h->founders && h->id[i] != 0 && h->id[i] != block->founder_household_id + i) {
        return breach(world, text, "block %u household %u: a founder's id is not its place", block->index, i);
    }
    *seen += members;
    return true;
}

static bool block_check(struct check *check, const struct qon_block *block, int64_t *savings_tiyn, char *text) {
    const struct qon_world *world = check->world;
    const struct qon_persons *p = &block->persons;
    const struct qon_households *h = &block->households;
    uint64_t present = 0;
    uint64_t seen = 0;
    for (uint32_t i = 0; i < p->count; i++) {
        if (p->status[i] == QON_GONE) {
            continue;
        }
        present++;
        if (!person_check(world, block, i, text)) {
            return false;
        }
        if (p->employer[i] != QON_NONE) {
            (void)__atomic_fetch_add(&check->staff[p->employer[i]], 1, __ATOMIC_RELAXED);
        }
    }
    for (uint32_t i = 0; i < h->count; i++) {
        if (h->members[i] > 0) {
            *savings_tiyn += h->savings_tiyn[i];
            if (!household_check(world, block, i, &seen, text)) {
                return false;
            }
        }
    }
    return seen == present || breach(world, text, "block %u: %llu persons, but households have %llu members", block->index,
                                     (unsigned long long)present, (unsigned long long)seen);
}

static void check_blocks(void *context, int64_t begin, int64_t end, int thread) {
    struct check *check = context;
    for (int64_t b = begin; b < end; b++) {
        char text[256];
        int64_t savings_tiyn = 0;
        if (block_check(check, &check->world->block[b], &savings_tiyn, text)) {
            (void)__atomic_fetch_add(&check->savings_tiyn, savings_tiyn, __ATOMIC_RELAXED);
            continue;
        }
        // The first block in order is told of, whichever thread comes first; its text is made again afterwards.
        int64_t first = __atomic_load_n(&check->failed, __ATOMIC_RELAXED);
        while (b < first && !__atomic_compare_exchange_n(&check->failed, &first, b, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
        }
    }
}

static int compare_ids(const void *a, const void *b) {
    const uint64_t *x = a;
    const uint64_t *y = b;
    return (*x > *y) - (*x < *y);
}

// Founders' ids are their places; those made later are gathered and sorted.
static bool ids_check(const struct qon_world *world, char *text) {
    uint64_t *ids = NULL;
    size_t count = 0;
    size_t filled = 0;
    bool unique = true;
    for (uint32_t b = 0; b < world->blocks; b++) {
        count += world->block[b].persons.count - world->block[b].persons.founders;
    }
    if (qon_take(&ids, count, sizeof *ids) != QON_OK) {
        return breach(world, text, "not enough memory to check that ids are unique");
    }
    for (uint32_t b = 0; b < world->blocks; b++) {
        const struct qon_persons *p = &world->block[b].persons;
        for (uint32_t i = p->founders; i < p->count; i++) {
            ids[filled++] = p->id[i];
        }
    }
    if (count > 0) {
        qsort(ids, count, sizeof *ids, compare_ids);
    }
    for (size_t i = 0; i < count && unique; i++) {
        unique = (ids[i] >> 63) == 1 && (i == 0 || ids[i] != ids[i - 1]);
    }
    qon_free(ids);
    return unique || breach(world, text, "two persons have one id, or a later one has a founder's");
}

static bool recount_check(const struct qon_world *world, char *text) {
    struct qon_tally again = {0};
    struct qon_tally_part parts[QON_TALLY_PARTS];
    bool same = true;
    if (qon_tally_init(world, &again, false) != QON_OK || qon_tally_count(world, &again) != QON_OK) {
        qon_tally_free(&again);
        return breach(world, text, "not enough memory for a recount");
    }
    qon_tally_parts(world, parts);
    for (int i = 0; i < QON_TALLY_PARTS && same; i++) {
        const int64_t *const *kept = (const int64_t *const *)(const void *)((const char *)&world->tally + parts[i].offset);
        const int64_t *counted = *qon_tally_array(&again, &parts[i]);
        for (int64_t k = 0; parts[i].stock && k < parts[i].count && same; k++) {
            if ((*kept)[k] != counted[k]) {
                same = breach(world, text, "total %s[%lld] is %lld, a recount gives %lld", parts[i].name, (long long)k,
                              (long long)(*kept)[k], (long long)counted[k]);
            }
        }
    }
    qon_tally_free(&again);
    return same;
}

static bool staff_check(const struct check *check, char *text) {
    const struct qon_employers *e = &check->world->employers;
    for (uint32_t i = 0; i < e->count; i++) {
        if (e->staff[i] != check->staff[i]) {
            return breach(check->world, text, "employer %u has staff %d, %d persons work there", i, e->staff[i], check->staff[i]);
        }
    }
    return true;
}

// Over ranks, whether it holds on all: they go on counting together, or not at all.
static bool all_hold(const struct qon_world *world, bool holds, char *text) {
    int64_t broken = !holds;
    qon_ranks_sum_i64(&broken, world->ranks > 1 ? 1 : 0);
    if (broken > 0 && holds) {
        (void)breach(world, text, "another rank found its blocks broken");
    }
    return broken == 0;
}

static bool deep_check(const struct qon_world *world, char *text) {
    struct check check = {.world = world, .failed = world->blocks};
    bool holds = true;
    if (qon_take(&check.staff, (size_t)world->employers.count + 1, sizeof *check.staff) != QON_OK) {
        return breach(world, text, "not enough memory to count staff");
    }
    qon_par_for(world->blocks, 1, check_blocks, &check);
    if (check.failed < world->blocks) {
        int64_t savings_tiyn = 0;
        holds = block_check(&check, &world->block[check.failed], &savings_tiyn, text);
    }
    if (!all_hold(world, holds, text)) {
        holds = false;
        goto done;
    }
    if (world->ranks > 1) {
        qon_ranks_sum_i32(check.staff, world->employers.count);
        qon_ranks_sum_i64(&check.savings_tiyn, 1);
    }
    if (check.savings_tiyn != world->money.savings) {
        holds = breach(world, text, "households' savings add up to %lld tiyn, the books say %lld", (long long)check.savings_tiyn,
                       (long long)world->money.savings);
    } else {
        holds = staff_check(&check, text) && all_hold(world, ids_check(world, text), text) && recount_check(world, text);
    }
done:
    qon_free(check.staff);
    return holds;
}

bool qon_world_check(const struct qon_world *world, bool deep, char text[256]) {
    text[0] = '\0';
    return totals_check(world, text) && money_check(world, text) && employers_check(world, text) && (!deep || deep_check(world, text));
}
