// SPDX-License-Identifier: GPL-3.0-or-later
// Newcomers: persons who came to where they live during the run or lately before it, and kandas. Programmes on hires are for them mostly,
// so that one bit tells of most seekers that no programme concerns them. ODD tag M-HIRE-1.
//
// The bits are no state: they follow from the columns of arrival and legal status, are made when first asked for, and extended by those who
// are born or arrive. Who moves becomes a newcomer (nobody ever ceases to be one), which relocation.c notes.
#include "programmes.h"

#include <qonys/memory.h>

enum qon_status qon_newcomers_find(const struct qon_world *world, const struct qon_block *block) {
    enum qon_status status = QON_OK;
    struct qon_newcomers *newcomers = &world->model->programmes->newcomers[block->index];
    const struct qon_persons *p = &block->persons;
    if (p->count > newcomers->capacity) {
        uint32_t capacity = (p->capacity + 63) / 64 * 64;
        QON_TRY(qon_grow(&newcomers->bits, newcomers->capacity / 64, capacity / 64, sizeof *newcomers->bits));
        newcomers->capacity = capacity;
    }
    for (uint32_t row = newcomers->rows; row < p->count; row++) {
        bool came = (p->arrival_month[row] != QON_ALWAYS) | (p->legal[row] == QON_KANDAS);
        newcomers->bits[row / 64] |= (uint64_t)came << row % 64;
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
