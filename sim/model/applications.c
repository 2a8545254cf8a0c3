// SPDX-License-Identifier: GPL-3.0-or-later
// Applications of the month. Movers, school leavers and emigrants apply where they decide (relocation.c, emigration.c); here is the list,
// and those who apply without a decision to make: residents, arrivals from abroad, the hired. ODD tags M-APPLY-1, M-HIRE-1.
#include "predicate_nodes.h"
#include "programmes.h"
#include "relocation.h"
#include "select.h"

#include <qonys/memory.h>
#include <string.h>

void qon_application_add(struct qon_world *world, const struct qon_block *block, struct qon_application application) {
    struct qon_applications *list = &world->model->programmes->applications[block->index];
    if (list->count == list->capacity) {
        uint32_t capacity = list->capacity * 2 + 64;
        if (qon_grow(&list->row, list->capacity, capacity, sizeof *list->row) != QON_OK) {
            qon_memory_short(world);
            return;
        }
        list->capacity = capacity;
    }
    list->row[list->count++] = application;
}

// One who stays where he is applies for everything that may go together. quick: what is open to him by the quick question.
static void apply_here(struct qon_world *world, struct qon_block *block, const struct qon_ask *ask, enum qon_at at, uint32_t travellers,
                       uint64_t quick) {
    struct qon_support support;
    uint32_t row = ask->person, zone = ask->origin;
    if (!qon_support_take(ask, travellers, quick, &support)) {
        return;
    }
    support.known &= qon_pair_mask(world, zone, zone);
    for (uint64_t left = support.known; left != 0; left &= left - 1) {
        qon_measure_count(world, block, __builtin_ctzll(left), zone, QON_MEASURE_eligible, 1);
    }
    if (at == QON_AT_HIRE && (support.known & world->model->programmes->pays) == 0) { // there is nothing to apply for
        return;
    }
    uint32_t employer = ask->before != NULL ? block->persons.employer[row] : QON_NONE;
    support.ask.employer = employer;
    double income = qon_livelihood(world, block, row);
    qon_support_ask(&support);
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
                                                     .month = world->month,
                                                     .members = (uint8_t)travellers,
                                                     .at = (uint8_t)at,
                                                     .before = ask->before != NULL ? *ask->before : (struct qon_before){0},
                                                     .asker = support.asker});
    }
}

// Of one who lives here, as he is now, or (before) was when hired.
static struct qon_ask ask_here(const struct qon_world *world, const struct qon_block *block, uint32_t row,
                               const struct qon_before *before) {
    uint32_t household = block->persons.household[row];
    return (struct qon_ask){world, block, row, household, block->households.zone[household], QON_NONE, QON_NONE, before};
}

static uint64_t quick_here(const struct qon_ask *ask, enum qon_at at) {
    const struct qon_programmes_model *pm = ask->world->model->programmes;
    return qon_eligible_quick(ask, at, pm->open[at] & pm->origin_any[ask->origin]);
}

static uint32_t members_of(const struct qon_block *block, uint32_t row) {
    return block->persons.role[row] == QON_HEAD ? block->households.members[block->persons.household[row]] : 1;
}

static QON_FETCHES void look_ahead(const struct qon_block *block, const struct qon_rows *rows, uint32_t i) {
    qon_ahead(block, rows, i);
    if (i + QON_AHEAD < rows->count) {
        __builtin_prefetch(&block->persons.occupation[rows->row[i + QON_AHEAD]]);
        __builtin_prefetch(&block->persons.skill[rows->row[i + QON_AHEAD]]);
        __builtin_prefetch(&block->persons.education[rows->row[i + QON_AHEAD]]);
        __builtin_prefetch(&block->persons.arrival_month[rows->row[i + QON_AHEAD]]);
        __builtin_prefetch(&block->persons.status_month[rows->row[i + QON_AHEAD]]);
    }
}

// Leaves of the candidates of one programme those who fit it by the columns of bytes that its conditions name.
static void rows_narrow(const struct qon_programmes_model *pm, uint64_t programme, const struct qon_block *block, struct qon_rows *rows) {
    for (int i = 0; i < pm->lookups; i++) {
        const struct qon_lookup *lookup = &pm->lookup[i];
        const uint8_t *column = block->persons.status;
        uint32_t kept = 0;
        if ((lookup->programmes & programme) == 0 || (lookup->fast != QON_FAST_PERSON && lookup->fast != QON_FAST_STATUS)) {
            continue;
        }
        if (lookup->fast == QON_FAST_PERSON) {
            memcpy(&column, (const char *)&block->persons + lookup->offset, sizeof column);
        }
        for (uint32_t r = 0; r < rows->count; r++) {
            uint32_t row = rows->row[r];
            rows->row[kept] = row;
            kept += (lookup->mask[column[row]] & programme) != 0;
        }
        rows->count = kept;
    }
}

// The one legal status that a programme is for; QON_LEGALS: several.
static uint8_t legal_of(const struct qon_programmes_model *pm, uint64_t programme) {
    uint8_t found = QON_LEGALS;
    for (int i = 0; i < pm->lookups; i++) {
        const struct qon_lookup *lookup = &pm->lookup[i];
        if (lookup->fast != QON_FAST_PERSON || lookup->offset != offsetof(struct qon_persons, legal)) {
            continue;
        }
        for (uint8_t legal = 0; legal < QON_LEGALS; legal++) {
            if ((lookup->mask[legal] & programme) != 0) {
                found = found == QON_LEGALS ? legal : QON_LEGALS + 1;
            }
        }
    }
    return found < QON_LEGALS ? found : QON_LEGALS;
}

// Those who take up something this month: every open programme has its own chance, and all share one draw of candidates at the largest.
static void residents(struct qon_world *world, struct qon_block *block) {
    const struct qon_programmes_model *pm = world->model->programmes;
    const struct qon_persons *p = &block->persons;
    for (uint64_t left = pm->open[QON_AT_RESIDENCE]; left != 0; left &= left - 1) {
        int programme = __builtin_ctzll(left);
        const struct qon_programme *own = qon_programme_of(world, programme);
        struct qon_rows *rows = &block->scratch[0];
        uint64_t key = qon_month_key(world, QON_DRAW_TAKE_UP) ^ qon_mix(own->key);
        uint8_t legal = legal_of(pm, left & -left);
        if (legal != QON_CITIZEN && legal < QON_LEGALS) { // few
            if (qon_candidates_legal(block, &pm->non_citizens[block->index], key, own->take_up_month, legal, rows) != QON_OK) {
                qon_memory_short(world);
                return;
            }
        } else {
            qon_candidates(block, key, own->take_up_month, rows);
        }
        rows_narrow(pm, left & -left, block, rows);
        for (uint32_t i = 0; i < rows->count; i++) {
            uint32_t row = rows->row[i];
            look_ahead(block, rows, i);
            if (p->status[row] == QON_GONE || qon_waiting_find(block, row, QON_AT_RESIDENCE) != QON_NONE) {
                continue;
            }
            struct qon_ask ask = ask_here(world, block, row, NULL);
            if (qon_eligible_persons(&ask, QON_AT_RESIDENCE, left & -left) != 0) {
                apply_here(world, block, &ask, QON_AT_RESIDENCE, members_of(block, row), quick_here(&ask, QON_AT_RESIDENCE));
            }
        }
    }
}

// ---- the hired

enum qon_status qon_hires_reserve(struct qon_world *world) {
    enum qon_status status = QON_OK;
    struct qon_programmes_model *pm = world->model->programmes;
    for (uint32_t b = 0; pm != NULL && b < world->blocks; b++) {
        struct qon_hires *hires = &pm->hires[b];
        uint32_t most = pm->open[QON_AT_HIRE] != 0 ? world->model->search[b].count : 0;
        hires->count = 0;
        if (most > hires->capacity) {
            QON_TRY(qon_grow(&hires->row, hires->capacity, most + most / 4, sizeof *hires->row));
            hires->capacity = most + most / 4;
        }
    }
done:
    return status;
}

void qon_hire_note(struct qon_world *world, uint32_t block, uint32_t row) {
    struct qon_programmes_model *pm = world->model->programmes;
    if (pm == NULL || pm->open[QON_AT_HIRE] == 0) {
        return;
    }
    const struct qon_persons *p = &world->block[block].persons;
    struct qon_hires *hires = &pm->hires[block];
    uint32_t at = __atomic_fetch_add(&hires->count, 1, __ATOMIC_RELAXED);
    QON_REQUIRE(at < hires->capacity);
    hires->row[at] = (struct qon_hire){row, {p->status_month[row], p->status[row]}};
}

QON_SORT_BY_RANK(struct qon_hire, sort_hires)

// What programmes ask of some who were hired.
static QON_FETCHES void fetch_hired(const struct qon_world *world, const struct qon_block *block, const struct qon_hire *hires,
                                    uint32_t count) {
    const struct qon_persons *p = &block->persons;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t row = hires[i].rank;
        qon_ahead_person(p, row);
        __builtin_prefetch(&p->arrival_month[row]);
        __builtin_prefetch(&p->legal[row]);
        __builtin_prefetch(&p->education[row]);
        __builtin_prefetch(&p->occupation[row]);
        __builtin_prefetch(&p->origin[row]);
        __builtin_prefetch(&p->skill[row]);
        if (qon_grant_any(world, block, row)) {
            qon_grant_fetch(world, block, row);
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t household = p->household[hires[i].rank];
        __builtin_prefetch(&block->households.zone[household]);
        if (household >= block->households.founders) {
            __builtin_prefetch(&block->households.id[household]);
        }
    }
}

// Threads note hires as they come; by row they stand in one order.
static void hired(struct qon_world *world, struct qon_block *block) {
    const struct qon_persons *p = &block->persons;
    struct qon_hires *hires = &world->model->programmes->hires[block->index];
    sort_hires(hires->row, hires->count);
    for (uint32_t begin = 0; begin < hires->count; begin += QON_FETCHED) {
        uint32_t count = hires->count - begin < QON_FETCHED ? hires->count - begin : QON_FETCHED;
        fetch_hired(world, block, hires->row + begin, count);
        for (uint32_t i = begin; i < begin + count; i++) {
            const struct qon_hire *hire = &hires->row[i];
            if (p->status[hire->rank] != QON_EMPLOYED || qon_is_permit(p->legal[hire->rank])) {
                continue;
            }
            struct qon_ask ask = ask_here(world, block, hire->rank, &hire->before);
            uint64_t quick = quick_here(&ask, QON_AT_HIRE);
            if (quick != 0) {
                apply_here(world, block, &ask, QON_AT_HIRE, 1, quick);
            }
        }
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
            struct qon_ask ask = ask_here(world, block, row, NULL);
            apply_here(world, block, &ask, QON_AT_ARRIVAL, members_of(block, row), quick_here(&ask, QON_AT_ARRIVAL));
        }
    }
    if (pm->open[QON_AT_HIRE] != 0) {
        hired(world, block);
    }
}
