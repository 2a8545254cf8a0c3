// SPDX-License-Identifier: GPL-3.0-or-later
// Totals by zone: integers that every change adds to, so that an observer never has to visit persons.
//
// Additions are relaxed atomics: integer sums are the same in any order. Where many are made, in phases of blocks and in a recount, each
// thread has arrays of its own instead, because an atomic addition costs twenty times a plain one.
#include "tally.h"

#include <qonys/memory.h>
#include <qonys/par.h>
#include <qonys/share.h>
#include <string.h>

enum {
    LANE_BYTES_MOST = 1 << 28,  // private arrays of a recount, all lanes together
    OWN_COHORTS_BLOCK = 4096,   // of a thread, for each block: fewer persons than this would be less work than merging
    OWN_COHORTS_MOST = 1 << 18, // of a thread, 2 MB
};

void qon_tally_parts(const struct qon_world *world, struct qon_tally_part parts[QON_TALLY_PARTS]) {
    int64_t zones = world->zones;
    int n = 0;
#define PART(array, count, stock) parts[n++] = (struct qon_tally_part){#array, offsetof(struct qon_tally, array), (count), (stock)};
    PART(cohort, zones * 2 * world->tally.cohorts, true)
    PART(education, zones * world->educations, true)
    PART(legal, zones * QON_LEGALS, true)
    PART(labour, zones * QON_LABOURS, true)
    PART(households, zones, true)
    PART(staff, world->cells, true)
    PART(seekers, world->cells, true)
    PART(wages_tiyn, zones, true)
    PART(events, zones * QON_EVENTS, false)
    PART(flow_persons, zones * zones, false)
    PART(flow_households, zones * zones, false)
#undef PART
    QON_REQUIRE(n == QON_TALLY_PARTS);
}

enum qon_status qon_tally_init(const struct qon_world *world, struct qon_tally *tally, bool flows) {
    enum qon_status status = QON_OK;
    struct qon_tally_part parts[QON_TALLY_PARTS];
    *tally = (struct qon_tally){.cohort_from = world->tally.cohort_from, .cohorts = world->tally.cohorts};
    qon_tally_parts(world, parts);
    for (int i = 0; i < QON_TALLY_PARTS; i++) {
        if (parts[i].stock || flows) {
            QON_TRY(qon_take(qon_tally_array(tally, &parts[i]), (size_t)parts[i].count, sizeof(int64_t)));
        }
    }
done:
    if (status != QON_OK) {
        qon_tally_free(tally);
    }
    return status;
}

void qon_tally_free(struct qon_tally *tally) {
    qon_free(tally->cohort);
    qon_free(tally->education);
    qon_free(tally->legal);
    qon_free(tally->labour);
    qon_free(tally->households);
    qon_free(tally->staff);
    qon_free(tally->seekers);
    qon_free(tally->wages_tiyn);
    qon_free(tally->events);
    qon_free(tally->flow_persons);
    qon_free(tally->flow_households);
    *tally = (struct qon_tally){0};
}

static inline void add(int64_t *counter, int64_t amount, bool shared) {
    if (shared) {
        (void)__atomic_fetch_add(counter, amount, __ATOMIC_RELAXED);
    } else {
        *counter += amount;
    }
}

// What follows from the labour status alone.
static inline void add_labour(const struct qon_world *world, struct qon_tally *tally, const struct qon_persons *p, uint32_t row,
                              uint32_t zone, int64_t sign, bool shared) {
    uint8_t labour = p->status[row];
    QON_REQUIRE(labour < QON_LABOURS);
    add(&tally->labour[(int64_t)zone * QON_LABOURS + labour], sign, shared);
    if (labour == QON_EMPLOYED || labour == QON_UNEMPLOYED) {
        QON_REQUIRE(p->occupation[row] < world->occupations && p->skill[row] < world->skills);
        int64_t cell = qon_cell(world, zone, p->occupation[row], p->skill[row]), employed = labour == QON_EMPLOYED;
        int64_t *const counter[2] = {tally->seekers, tally->staff}; // looked up: who comes next is hard to foretell
        add(&counter[employed][cell], sign, shared);
        add(&tally->wages_tiyn[zone], sign * employed * (int64_t)p->wage_tiyn_month[row], shared);
    }
}

static inline void add_cohort(struct qon_tally *tally, const struct qon_persons *p, uint32_t row, uint32_t zone, int64_t sign,
                              bool shared) {
    int32_t column = p->birth_month[row] - tally->cohort_from;
    QON_REQUIRE(column >= 0 && column < tally->cohorts);
    add(&tally->cohort[((int64_t)zone * 2 + p->sex[row]) * tally->cohorts + column], sign, shared);
}

static inline void add_attributes(const struct qon_world *world, struct qon_tally *tally, const struct qon_persons *p, uint32_t row,
                                  uint32_t zone, int64_t sign, bool shared) {
    add(&tally->education[(int64_t)zone * world->educations + p->education[row]], sign, shared);
    add(&tally->legal[(int64_t)zone * QON_LEGALS + p->legal[row]], sign, shared);
    add_labour(world, tally, p, row, zone, sign, shared);
}

// Where additions go: while ranks work on their blocks, to what they exchange afterwards.
static inline struct qon_tally *now(struct qon_world *world) {
    return world->changes != NULL ? &world->changes->tally : &world->tally;
}

void qon_tally_person(struct qon_world *world, const struct qon_block *block, uint32_t row, uint32_t zone, int sign) {
    const struct qon_persons *p = &block->persons;
    struct qon_tally *all = now(world), *own = block->own;
    if (own != NULL) {
        bool large = own->cohort == NULL;
        add_cohort(large ? all : own, p, row, zone, sign, large);
        add_attributes(world, own, p, row, zone, sign, false);
    } else {
        add_cohort(all, p, row, zone, sign, true);
        add_attributes(world, all, p, row, zone, sign, true);
    }
}

void qon_tally_labour(struct qon_world *world, const struct qon_block *block, uint32_t row, uint32_t zone, int sign) {
    if (block->own != NULL) {
        add_labour(world, block->own, &block->persons, row, zone, sign, false);
    } else {
        add_labour(world, now(world), &block->persons, row, zone, sign, true);
    }
}

// To the thread's own array, or with others to that of all.
#define ADD(array, index, amount)                         \
    do {                                                  \
        if (block != NULL && block->own != NULL) {        \
            block->own->array[index] += (amount);         \
        } else {                                          \
            add(&now(world)->array[index], amount, true); \
        }                                                 \
    } while (0)

void qon_tally_education(struct qon_world *world, const struct qon_block *block, uint32_t zone, uint32_t education, int sign) {
    ADD(education, (int64_t)zone * world->educations + education, sign);
}

void qon_tally_hired(struct qon_world *world, int64_t cell, int64_t unemployed, int64_t self_employed, int64_t wages_tiyn) {
    struct qon_tally *tally = now(world);
    int64_t zone = cell / ((int64_t)world->occupations * world->skills), *labour = tally->labour + zone * QON_LABOURS;
    add(&labour[QON_UNEMPLOYED], -unemployed, true);
    add(&labour[QON_SELF_EMPLOYED], -self_employed, true);
    add(&labour[QON_EMPLOYED], unemployed + self_employed, true);
    add(&tally->seekers[cell], -unemployed, true);
    add(&tally->staff[cell], unemployed + self_employed, true);
    add(&tally->wages_tiyn[zone], wages_tiyn, true);
}

void qon_tally_household(struct qon_world *world, const struct qon_block *block, uint32_t zone, int sign) {
    ADD(households, zone, sign);
}

void qon_tally_event(struct qon_world *world, const struct qon_block *block, enum qon_event event, uint32_t zone, int64_t count) {
    ADD(events, (int64_t)event * world->zones + zone, count);
}

void qon_tally_flow(struct qon_world *world, uint32_t origin, uint32_t destination, int64_t persons, int64_t households) {
    int64_t at = (int64_t)origin * world->zones + destination;
    add(&now(world)->flow_persons[at], persons, true);
    add(&now(world)->flow_households[at], households, true);
}

void qon_tally_wages(struct qon_world *world, const struct qon_block *block, uint32_t zone, int64_t tiyn) {
    ADD(wages_tiyn, zone, tiyn);
}

// Of a thread's own totals. Flows are added to seldom; of cohorts there may be more than it pays to merge several times a month.
static bool is_own(const struct qon_world *world, const struct qon_tally_part *part) {
    bool flows = part->offset == offsetof(struct qon_tally, flow_persons) || part->offset == offsetof(struct qon_tally, flow_households);
    bool cohorts = part->offset == offsetof(struct qon_tally, cohort);
    return !flows && (!cohorts || (part->count <= OWN_COHORTS_MOST && part->count <= (int64_t)world->blocks * OWN_COHORTS_BLOCK));
}

enum qon_status qon_tally_own_init(const struct qon_world *world, struct qon_tally *own) {
    enum qon_status status = QON_OK;
    struct qon_tally_part parts[QON_TALLY_PARTS];
    *own = (struct qon_tally){.cohort_from = world->tally.cohort_from, .cohorts = world->tally.cohorts};
    qon_tally_parts(world, parts);
    for (int i = 0; i < QON_TALLY_PARTS; i++) {
        if (is_own(world, &parts[i])) {
            QON_TRY(qon_take(qon_tally_array(own, &parts[i]), (size_t)parts[i].count, sizeof(int64_t)));
        }
    }
done:
    if (status != QON_OK) {
        qon_tally_free(own);
    }
    return status;
}

void qon_tally_own_merge(struct qon_world *world, struct qon_tally *own) {
    struct qon_tally_part parts[QON_TALLY_PARTS];
    qon_tally_parts(world, parts);
    for (int i = 0; i < QON_TALLY_PARTS; i++) {
        int64_t *from = *qon_tally_array(own, &parts[i]), *to = *qon_tally_array(now(world), &parts[i]);
        for (int64_t k = 0; is_own(world, &parts[i]) && k < parts[i].count; k++) {
            to[k] += from[k];
            from[k] = 0;
        }
    }
}

void qon_tally_own_free(struct qon_tally *own) {
    qon_tally_free(own);
}

void qon_tally_month_clear(struct qon_world *world) {
    struct qon_tally_part parts[QON_TALLY_PARTS];
    qon_tally_parts(world, parts);
    for (int i = 0; i < QON_TALLY_PARTS; i++) {
        if (!parts[i].stock && parts[i].count > 0) {
            memset(*qon_tally_array(&world->tally, &parts[i]), 0, (size_t)parts[i].count * sizeof(int64_t));
        }
    }
}

static void count_block(const struct qon_world *world, const struct qon_block *block, struct qon_tally *tally) {
    const struct qon_persons *p = &block->persons;
    const struct qon_households *h = &block->households;
    for (uint32_t i = 0; i < p->count; i++) {
        if (p->status[i] != QON_GONE) {
            add_cohort(tally, p, i, h->zone[p->household[i]], 1, false);
            add_attributes(world, tally, p, i, h->zone[p->household[i]], 1, false);
        }
    }
    for (uint32_t i = 0; i < h->count; i++) {
        tally->households[h->zone[i]] += h->members[i] > 0;
    }
}

struct count {
    const struct qon_world *world;
    struct qon_tally *lane;
    int64_t lanes;
};

static void count_lanes(void *context, int64_t begin, int64_t end, int thread) {
    struct count *count = context;
    for (int64_t lane = begin; lane < end; lane++) {
        for (int64_t b = lane; b < count->world->blocks; b += count->lanes) {
            count_block(count->world, &count->world->block[b], &count->lane[lane]);
        }
    }
}

enum qon_status qon_tally_count(const struct qon_world *world, struct qon_tally *tally) {
    enum qon_status status = QON_OK;
    struct qon_tally_part parts[QON_TALLY_PARTS];
    int64_t items = 0;
    qon_tally_parts(world, parts);
    for (int i = 0; i < QON_TALLY_PARTS; i++) {
        if (parts[i].stock && parts[i].count > 0) {
            items += parts[i].count;
            memset(*qon_tally_array(tally, &parts[i]), 0, (size_t)parts[i].count * sizeof(int64_t));
        }
    }
    int64_t afford = LANE_BYTES_MOST / (items * (int64_t)sizeof(int64_t) + 1);
    int64_t lanes = qon_par_threads();
    lanes = lanes < (int64_t)world->blocks ? lanes : (int64_t)world->blocks;
    lanes = lanes < afford + 1 ? lanes : afford + 1;
    struct count count = {world, NULL, lanes};
    QON_TRY(qon_take(&count.lane, (size_t)(lanes > 0 ? lanes : 1), sizeof *count.lane));
    count.lane[0] = *tally; // the first lane counts in place
    for (int64_t lane = 1; lane < lanes; lane++) {
        QON_TRY(qon_tally_init(world, &count.lane[lane], false));
    }
    qon_par_for(lanes, 1, count_lanes, &count);
    for (int64_t lane = 1; lane < lanes; lane++) {
        for (int i = 0; i < QON_TALLY_PARTS; i++) {
            const int64_t *from = *qon_tally_array(&count.lane[lane], &parts[i]);
            int64_t *to = *qon_tally_array(tally, &parts[i]);
            for (int64_t k = 0; parts[i].stock && k < parts[i].count; k++) {
                to[k] += from[k];
            }
        }
    }
    for (int i = 0; i < QON_TALLY_PARTS; i++) {
        if (parts[i].stock && world->ranks > 1) {
            qon_ranks_sum_i64(*qon_tally_array(tally, &parts[i]), parts[i].count);
        }
    }
done:
    for (int64_t lane = 1; count.lane != NULL && lane < lanes; lane++) {
        qon_tally_free(&count.lane[lane]);
    }
    qon_free(count.lane);
    return status;
}

enum qon_status qon_tally_recount(struct qon_world *world) {
    return qon_tally_count(world, &world->tally);
}
