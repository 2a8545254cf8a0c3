// SPDX-License-Identifier: GPL-3.0-or-later
// Applications of the month. Movers, school leavers and emigrants apply where they decide (relocation.c, external.c); here is the list, and
// those who apply without a decision to make: residents, arrivals from abroad, the hired. ODD tag M-APPLY-1.
#include "programmes.h"

#include <string.h>

void qon_application_add(struct qon_world *world, const struct qon_block *block, struct qon_application application) {
    struct qon_applications *list = &world->model->programmes->applications[block->index];
    if (list->count == list->capacity) {
        uint32_t capacity = list->capacity * 2 + 64;
        if (qon_grow(&list->row, list->capacity, capacity, sizeof *list->row) != QON_OK) {
            world->model->memory_short = true;
            return;
        }
        list->capacity = capacity;
    }
    list->row[list->count++] = application;
}

// One who stays where he is applies for everything that may go together.
static void apply_here(struct qon_world *world, struct qon_block *block, uint32_t row, enum qon_at at, uint32_t travellers,
                       uint32_t employer) {
    struct qon_support support;
    if (!qon_support_find(world, block, row, travellers, at, &support)) {
        return;
    }
    for (uint64_t left = support.known; left != 0; left &= left - 1) {
        qon_measure_add(world, __builtin_ctzll(left), support.ask.origin, QON_MEASURE_eligible, 1);
    }
    uint32_t zone = support.ask.origin;
    support.ask.employer = employer;
    double income = qon_livelihood(world, block, row);
    support.asker = qon_support_asker(&support, zone, income, 0);
    uint64_t wanted = at == QON_AT_HIRE ? qon_support_employer(&support, zone) : qon_support_at(&support, zone, income, 0).programmes;
    if (wanted != 0) {
        qon_application_add(world, block,
                            (struct qon_application){.wanted = wanted,
                                                     .row = row,
                                                     .with = zone,
                                                     .without = zone,
                                                     .origin = zone,
                                                     .employer = employer,
                                                     .members = (uint8_t)travellers,
                                                     .at = (uint8_t)at,
                                                     .asker = support.asker});
    }
}

static uint32_t members_of(const struct qon_block *block, uint32_t row) {
    return block->persons.role[row] == QON_HEAD ? block->households.members[block->persons.household[row]] : 1;
}

static void look_ahead(const struct qon_block *block, const struct qon_rows *rows, uint32_t i) {
    if (i + QON_AHEAD < rows->count) {
        qon_prefetch_person(&block->persons, rows->row[i + QON_AHEAD]);
        __builtin_prefetch(&block->persons.education[rows->row[i + QON_AHEAD]]);
    }
    if (i + QON_AHEAD / 2 < rows->count) {
        qon_prefetch_household(block, rows->row[i + QON_AHEAD / 2]);
    }
}

// Those who take up something this month: every open programme has its own chance, and all share one draw of candidates at the largest.
static void residents(struct qon_world *world, struct qon_block *block) {
    const struct qon_programmes_model *pm = world->model->programmes;
    const struct qon_persons *p = &block->persons;
    for (uint64_t left = pm->open[QON_AT_RESIDENCE]; left != 0; left &= left - 1) {
        int programme = __builtin_ctzll(left);
        const struct qon_programme *own = qon_programme_of(world, programme);
        struct qon_rows *rows = &block->scratch[0];
        qon_candidates(block, qon_month_key(world, QON_DRAW_TAKE_UP) ^ qon_mix(own->key), own->take_up_month, rows);
        for (uint32_t i = 0; i < rows->count; i++) {
            uint32_t row = rows->row[i];
            look_ahead(block, rows, i);
            if (p->status[row] == QON_GONE) {
                continue;
            }
            struct qon_ask ask = {world, block, row, p->household[row], QON_NONE, QON_NONE, QON_NONE};
            if (qon_predicate_part(&own->eligible, &ask, QON_READS_PERSON | QON_READS_EMPLOYER, 0)) {
                apply_here(world, block, row, QON_AT_RESIDENCE, members_of(block, row), QON_NONE);
            }
        }
    }
}

static void hired_row(const struct qon_world *world, const struct qon_block *block, uint32_t row, struct qon_rows *found) {
    const struct qon_persons *p = &block->persons;
    found->row[found->count] = row;
    found->count += p->status_month[row] == world->month && p->status[row] == QON_EMPLOYED && !qon_is_permit(p->legal[row]);
}

// Those hired this month: four months of status at a time, since most words hold none.
static void hired_find(const struct qon_world *world, const struct qon_block *block, struct qon_rows *found) {
    const int16_t *month = block->persons.status_month;
    const uint64_t ones = 0x0001000100010001ULL;
    uint32_t count = block->persons.count, row = 0;
    for (; row + 4 <= count; row += 4) {
        uint64_t word;
        memcpy(&word, month + row, 8);
        uint64_t differ = word ^ (ones * (uint16_t)world->month);
        for (uint64_t hits = (differ - ones) & ~differ & (ones << 15); hits != 0; hits &= hits - 1) {
            hired_row(world, block, row + (uint32_t)__builtin_ctzll(hits) / 16, found); // a carry may hit one too many: it looks again
        }
    }
    for (; row < count; row++) {
        hired_row(world, block, row, found);
    }
}

static void hired(struct qon_world *world, struct qon_block *block) {
    struct qon_rows *rows = &block->scratch[0];
    rows->count = 0;
    hired_find(world, block, rows);
    for (uint32_t i = 0; i < rows->count; i++) {
        look_ahead(block, rows, i);
        apply_here(world, block, rows->row[i], QON_AT_HIRE, 1, block->persons.employer[rows->row[i]]);
    }
}

void qon_applications_others(struct qon_world *world, struct qon_block *block) {
    const struct qon_programmes_model *pm = world->model->programmes;
    const struct qon_persons *p = &block->persons;
    if (pm->open[QON_AT_RESIDENCE] != 0) {
        residents(world, block);
    }
    for (uint32_t row = pm->rows_start[block->index]; row < p->count && pm->open[QON_AT_ARRIVAL] != 0; row++) {
        if (p->status[row] != QON_GONE && p->role[row] == QON_HEAD && p->origin[row] >= world->zones &&
            p->arrival_month[row] == world->month) {
            apply_here(world, block, row, QON_AT_ARRIVAL, members_of(block, row), QON_NONE);
        }
    }
    if (pm->open[QON_AT_HIRE] != 0) {
        hired(world, block);
    }
}
