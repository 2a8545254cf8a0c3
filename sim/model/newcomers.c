// SPDX-License-Identifier: GPL-3.0-or-later
// Newcomers: persons who came to where they live not longer ago than programmes on hires ask, kandas, and those who were ever granted
// something. Most programmes on hires are for them, so that one bit tells of most seekers that no programme concerns them. ODD tag
// M-HIRE-1.
//
// The bits are no state, and may stand for more persons than those: they follow from the columns of arrival and legal status and from the
// index of grants, are made when first asked for, and extended by those who are born or arrive. Who moves or is granted something is noted
// when that happens; in January all are made anew, without those who came too long ago since.
#include "predicate_nodes.h"
#include "programmes.h"

#include <qonys/memory.h>
#include <stddef.h>
#include <string.h>

// The most months since arrival that a programme on hires allows; kandas are newcomers anyway.
static int32_t months_allowed(const struct qon_programmes_model *pm, int programme) {
    int32_t most = INT32_MAX;
    for (int i = 0; i < pm->lookups; i++) {
        const struct qon_lookup *lookup = &pm->lookup[i];
        if (lookup->fast == QON_FAST_PERSON && lookup->offset == offsetof(struct qon_persons, legal)) {
            bool others = false;
            for (int legal = 0; legal < QON_LEGALS; legal++) {
                others |= legal != QON_KANDAS && (lookup->mask[legal] >> programme & 1) != 0;
            }
            most = others ? most : -1;
        } else if (lookup->fast == QON_FAST_RESIDENT && (lookup->programmes >> programme & 1) != 0) {
            int32_t own = QON_LOOKUP_VALUES - 1;
            while (own >= 0 && (lookup->mask[own] >> programme & 1) == 0) {
                own--;
            }
            own = own < QON_LOOKUP_VALUES - 1 ? own : INT32_MAX; // the last value stands for more, too
            most = own < most ? own : most;
        }
    }
    return most;
}

void qon_newcomers_prepare(const struct qon_world *world, struct qon_programmes_model *pm) {
    pm->newcomer_months = -1;
    for (int p = 0; p < world->scenario->programmes.count; p++) {
        if (qon_programme_of(world, p)->at == QON_AT_HIRE) {
            int32_t own = months_allowed(pm, p);
            pm->newcomer_months = own > pm->newcomer_months ? own : pm->newcomer_months;
        }
    }
}

// The first month of arrival that counts; QON_ALWAYS never does.
static int32_t arrival_least(const struct qon_world *world) {
    int64_t least = (int64_t)world->month - world->model->programmes->newcomer_months;
    return least > QON_ALWAYS ? (int32_t)least : QON_ALWAYS + 1;
}

enum qon_status qon_newcomers_find(const struct qon_world *world, const struct qon_block *block) {
    enum qon_status status = QON_OK;
    struct qon_newcomers *newcomers = &world->model->programmes->newcomers[block->index];
    const struct qon_persons *p = &block->persons;
    if (p->count > newcomers->capacity) {
        uint32_t capacity = (p->capacity + 63) / 64 * 64;
        QON_TRY(qon_grow(&newcomers->bits, newcomers->capacity / 64, capacity / 64, sizeof *newcomers->bits));
        newcomers->capacity = capacity;
    }
    if (world->month % 12 == 0) {
        memset(newcomers->bits, 0, newcomers->capacity / 64 * sizeof *newcomers->bits);
        newcomers->rows = 0;
    }
    const struct qon_granted granted = qon_granted_of(world, block);
    const int32_t least = arrival_least(world);
    for (uint32_t row = newcomers->rows / 64 * 64; row < p->count; row += 64) { // those that were there may be told once more
        uint32_t count = p->count - row < 64 ? p->count - row : 64;
        uint64_t own = qon_bits_since(p->arrival_month + row, count, (int16_t)least) | qon_bits_equal(p->legal + row, count, QON_KANDAS);
        own |= row < granted.rows ? granted.bits[row / 64] : 0;
        newcomers->bits[row / 64] |= own;
    }
    newcomers->rows = p->count;
done:
    return status;
}

void qon_newcomer_note(const struct qon_world *world, const struct qon_block *block, uint32_t row) {
    const struct qon_programmes_model *pm = world->model->programmes;
    if (pm != NULL && row < pm->newcomers[block->index].rows) { // else it is found among those added since
        pm->newcomers[block->index].bits[row / 64] |= 1ULL << row % 64;
    }
}
