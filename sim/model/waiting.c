// SPDX-License-Identifier: GPL-3.0-or-later
// Waiting lists: those refused for lack of places or money, and when they are served. ODD tag M-WAIT-1.
//
// A row of block->waiting is a wish that stands: each month it enters the queue before newer ones of the same points, with its own lot. It
// ends when it is granted, when it has waited too long, when the person has moved, weighs a move anew or is no longer eligible, and with
// the programme. Who cannot pay for the move this month stays on the list and out of the queue.
//
// Invariants: 1. rows stand in the order of persons, at most one to move and one in place for each; 2. waiting = queued - served - gave_up,
// by programme and region; 3. while nothing is granted nothing else of the state changes.
#include "relocation.h"

#include <stdlib.h>
#include <string.h>

static bool to_move(uint8_t at) {
    return at == QON_AT_MOVE || at == QON_AT_SCHOOL;
}

uint32_t qon_waiting_find(const struct qon_block *block, uint32_t person, enum qon_at at) {
    const struct qon_waiting *w = &block->waiting;
    uint32_t low = 0, high = w->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (w->person[middle] < person) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low < w->count && w->person[low] == person; low++) {
        if (to_move(w->at[low]) == to_move((uint8_t)at)) {
            return low;
        }
    }
    return QON_NONE;
}

int32_t qon_waiting_since(const struct qon_world *world, const struct qon_block *block, uint32_t person, enum qon_at at, uint64_t wanted) {
    uint32_t row = qon_waiting_find(block, person, at);
    return row != QON_NONE && (block->waiting.wanted[row] & wanted) != 0 ? block->waiting.month[row] : world->month;
}

static void count(struct qon_world *world, uint64_t programmes, uint32_t zone, enum qon_measure measure) {
    for (uint64_t left = programmes; left != 0; left &= left - 1) {
        qon_measure_add(world, __builtin_ctzll(left), zone, measure, 1);
    }
}

static void copy_row(struct qon_waiting *w, uint32_t from, uint32_t to) {
#define COLUMN(type, name, unit, meaning) w->name[to] = w->name[from];
#include <qonys/waiting_columns.def>
#undef COLUMN
}

// ---- standing applications

static int row_order(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

// Whether the person proposes something this month: `triggered` in the order of rows, then those who leave school among the moves.
static bool decides_anew(uint32_t person, const struct qon_rows *triggered, const struct qon_rows *moves, uint32_t studies) {
    if (triggered->count > 0 && bsearch(&person, triggered->row, triggered->count, sizeof person, row_order) != NULL) {
        return true;
    }
    for (uint32_t i = studies; i < moves->count; i += 2) {
        if (moves->row[i] == person) {
            return true;
        }
    }
    return false;
}

// The wish still stands: the programmes are open, all conditions hold, nothing that excludes them was had meanwhile.
static bool stands(const struct qon_world *world, const struct qon_block *block, uint32_t row) {
    const struct qon_waiting *w = &block->waiting;
    const struct qon_persons *p = &block->persons;
    uint32_t person = w->person[row];
    if (p->status[person] == QON_GONE || block->households.zone[p->household[person]] != w->origin[row] ||
        (w->wanted[row] & ~world->model->programmes->open[w->at[row]]) != 0 || (to_move(w->at[row]) && p->role[person] == QON_SPOUSE)) {
        return false;
    }
    struct qon_ask ask = {world, block, person, p->household[person], w->origin[row], w->destination[row], QON_NONE, NULL};
    uint64_t had = qon_earlier_benefits(world, block, person);
    for (uint64_t left = w->wanted[row]; left != 0; left &= left - 1) {
        const struct qon_programme *own = qon_programme_of(world, __builtin_ctzll(left));
        if (world->month - w->month[row] > own->waiting_months || (had & ((left & -left) | own->excludes)) != 0 ||
            !qon_predicate_holds(&own->eligible, &ask)) {
            return false;
        }
    }
    return true;
}

static struct qon_application standing(struct qon_world *world, const struct qon_block *block, uint32_t row) {
    const struct qon_waiting *w = &block->waiting;
    uint32_t person = w->person[row], zone = w->destination[row];
    bool moves = to_move(w->at[row]);
    struct qon_decider d = qon_decider_of(world, block, person);
    double income = moves ? world->model->place_income[(int64_t)d.profile * world->zones + zone] : qon_livelihood(world, block, person);
    int64_t cost = moves ? qon_move_cost_tiyn(world, d.zone, zone, d.travellers) : 0;
    struct qon_support support = {.world = world, .asker = qon_asker_of(world, block, person, d.travellers)};
    return (struct qon_application){.wanted = w->wanted[row],
                                    .row = person,
                                    .with = zone | (w->local[row] != 0 ? QON_LOCAL_BIT : 0),
                                    .without = moves ? QON_NOWHERE : zone,
                                    .origin = d.zone,
                                    .employer = QON_NONE,
                                    .month = w->month[row],
                                    .members = (uint8_t)d.travellers,
                                    .at = w->at[row],
                                    .waits = true,
                                    .asker = qon_support_asker(&support, zone, income, cost)};
}

// Savings and what is wanted pay for the move. Savings are only looked at: to accrue them would change the state of those who get nothing.
static bool can_pay(const struct qon_world *world, const struct qon_block *block, const struct qon_application *a) {
    struct qon_application all = *a;
    all.granted = a->wanted;
    struct qon_aid aid = qon_grant_aid(world, &all);
    uint32_t household = block->persons.household[a->row];
    int64_t savings = block->households.savings_tiyn[household] + qon_savings_gain(world, block, household);
    savings = block->persons.role[a->row] == QON_HEAD ? savings : savings / block->households.members[household];
    int64_t relief = aid.relief_tiyn < a->asker.moving_tiyn ? aid.relief_tiyn : a->asker.moving_tiyn;
    return a->asker.moving_tiyn - relief - aid.cash_tiyn <= savings;
}

void qon_waiting_apply(struct qon_world *world, struct qon_block *block, const struct qon_rows *triggered, struct qon_rows *moves,
                       uint32_t studies) {
    struct qon_waiting *w = &block->waiting;
    uint32_t kept = 0, applied = moves->count;
    for (uint32_t row = 0; row < w->count; row++) {
        bool moving = to_move(w->at[row]);
        struct qon_rows own = {applied, moves->capacity, moves->row}; // without those added here
        if ((moving && decides_anew(w->person[row], triggered, &own, studies)) || !stands(world, block, row)) {
            count(world, w->wanted[row], w->destination[row], QON_MEASURE_gave_up);
            continue;
        }
        struct qon_application a = standing(world, block, row);
        if (!moving || can_pay(world, block, &a)) {
            if (moving) {
                qon_move_propose(world, block, moves, a.row);
            }
            qon_application_add(world, block, a);
        }
        copy_row(w, row, kept++);
    }
    w->count = kept;
}

// ---- after the places were shared out

static bool lists(const struct qon_world *world, uint64_t programmes) {
    for (uint64_t left = programmes; left != 0; left &= left - 1) {
        if (qon_programme_of(world, __builtin_ctzll(left))->waiting_months == 0) {
            return false;
        }
    }
    return programmes != 0;
}

// What a refused applicant waits for: a move waits for its whole package, if all that refused it have lists and nothing else is done
// instead; one in place for each that refused and has a list.
static uint64_t waits_for(const struct qon_world *world, const struct qon_application *a) {
    if (to_move(a->at)) {
        return a->granted == 0 && a->without == QON_NOWHERE && lists(world, a->refused) ? a->wanted : 0;
    }
    uint64_t mask = 0;
    for (uint64_t left = a->at == QON_AT_RESIDENCE || a->at == QON_AT_ARRIVAL ? a->refused : 0; left != 0; left &= left - 1) {
        mask |= lists(world, left & -left) ? left & -left : 0;
    }
    return mask;
}

static void queue(struct qon_world *world, struct qon_block *block, const struct qon_application *a, uint64_t wanted) {
    struct qon_waiting *w = &block->waiting;
    uint32_t zone = a->with & ~QON_LOCAL_BIT;
    if (w->count == w->capacity && qon_waiting_reserve(w, 2 * w->capacity + 64) != QON_OK) {
        qon_memory_short(world);
        return;
    }
    uint32_t row = w->count++;
    for (; row > 0 && w->person[row - 1] > a->row; row--) {
        copy_row(w, row - 1, row);
    }
    w->id[row] = qon_person_id(block, a->row);
    w->wanted[row] = wanted;
    w->person[row] = a->row;
    w->month[row] = (int16_t)a->month;
    w->origin[row] = (uint16_t)a->origin;
    w->destination[row] = (uint16_t)zone;
    w->local[row] = (a->with & QON_LOCAL_BIT) != 0;
    w->at[row] = a->at;
    count(world, wanted, zone, QON_MEASURE_queued);
}

// Takes what was granted from the row; rows that wait for nothing any more are dropped by the caller.
static void serve(struct qon_block *block, const struct qon_application *a) {
    uint32_t row = qon_waiting_find(block, a->row, (enum qon_at)a->at);
    QON_REQUIRE(row != QON_NONE);
    block->waiting.wanted[row] &= ~a->granted;
}

void qon_waiting_settle(struct qon_world *world, struct qon_block *block) {
    const struct qon_applications *list = &world->model->programmes->applications[block->index];
    struct qon_waiting *w = &block->waiting;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        if (list->row[i].waits && list->row[i].granted != 0) {
            serve(block, &list->row[i]);
        }
    }
    for (uint32_t row = 0; row < w->count; row++) {
        if (w->wanted[row] != 0) {
            copy_row(w, row, kept++);
        }
    }
    w->count = kept;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct qon_application *a = &list->row[i];
        uint64_t wanted = a->waits ? 0 : waits_for(world, a);
        if (wanted != 0 && qon_waiting_find(block, a->row, (enum qon_at)a->at) == QON_NONE) {
            queue(world, block, a, wanted);
        }
    }
    for (uint32_t row = 0; row < w->count; row++) {
        count(world, w->wanted[row], w->destination[row], QON_MEASURE_waiting);
    }
}
