// SPDX-License-Identifier: GPL-3.0-or-later
// Finding work when markets are off: nobody takes a job from anybody. ODD tag M-ALONE-1.
//
// Each seeker finds work with the chance that the matching function gives where vacancies equal seekers, A, at an employer of the zone
// drawn by the seeker's own key. Staff is counted as ever, so that conservation holds, but no employer's need is looked at.
#include "programmes.h"

#include <qonys/memory.h>

struct alone {
    struct qon_world *world;
    uint32_t *employer; // grouped by zone
    uint32_t *first;    // [zones + 1]
};

static void seek(const struct alone *alone, struct qon_block *block, const struct qon_seeker *seeker) {
    struct qon_world *world = alone->world;
    struct qon_persons *p = &block->persons;
    uint32_t row = seeker->row, zone = seeker->cell / (uint32_t)(world->occupations * world->skills);
    uint32_t employers = alone->first[zone + 1] - alone->first[zone];
    double u = (double)(seeker->rank >> 11) * 0x1p-53;
    if (employers == 0 || u >= world->scenario->settings.labour.matching_efficiency) {
        return;
    }
    uint32_t draw = qon_draw(qon_month_key(world, QON_DRAW_MATCHING), qon_person_id(block, row), 1);
    uint32_t employer = alone->employer[alone->first[zone] + qon_below(draw, employers)];
    if (seeker->supported) {
        qon_hire_note(world, block->index, row);
    }
    qon_tally_labour(world, block, row, zone, -1);
    p->status[row] = QON_EMPLOYED;
    p->status_month[row] = (int16_t)world->month;
    p->employer[row] = employer;
    p->wage_tiyn_month[row] = qon_wage_draw(world, qon_person_id(block, row), employer, seeker->cell);
    qon_tally_labour(world, block, row, zone, 1);
    qon_staff_add(&qon_staff_open(world)[employer], 1);
    qon_add(&world->places.hires[seeker->cell], 1);
    qon_tally_event(world, NULL, QON_EVENT_hires, zone, 1);
}

static void blocks(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    const struct alone *alone = context;
    for (int64_t b = begin; b < end; b++) {
        const struct qon_seekers *search = &alone->world->model->search[b];
        for (uint32_t i = 0; i < search->count; i++) {
            if (search->list[i].cell != QON_NONE) { // those in training look for no job
                seek(alone, &alone->world->block[b], &search->list[i]);
            }
        }
    }
}

enum qon_status qon_matching_alone(struct qon_world *world) {
    enum qon_status status = QON_OK;
    struct alone alone = {.world = world};
    const struct qon_employers *e = &world->employers;
    QON_TRY(qon_take(&alone.employer, e->count, sizeof *alone.employer));
    QON_TRY(qon_take(&alone.first, (size_t)world->zones + 2, sizeof *alone.first));
    for (uint32_t row = 0; row < e->count; row++) {
        alone.first[e->zone[row] + 2]++;
    }
    for (int32_t z = 0; z < world->zones; z++) {
        alone.first[z + 2] += alone.first[z + 1];
    }
    for (uint32_t row = 0; row < e->count; row++) {
        alone.employer[alone.first[e->zone[row] + 1]++] = row;
    }
    for (int64_t c = 0; c < world->cells; c++) {
        world->places.hires[c] = 0;
        world->places.vacancies[c] = 0;
    }
    qon_share_blocks(world, true);
    qon_par_for(world->blocks, 1, blocks, &alone);
    qon_share_blocks(world, false);
    if (world->ranks > 1) {
        qon_ranks_sum_i64(world->places.hires, world->cells);
    }
done:
    qon_free(alone.employer);
    qon_free(alone.first);
    return status;
}
