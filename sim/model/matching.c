// SPDX-License-Identifier: GPL-3.0-or-later
// Matching by cell: m = A u^alpha v^(1-alpha) hires, at most u and v. Who is hired is decided by each seeker's own rank, which vacancy
// fills by each employer's: the k-th seeker meets the k-th vacancy. source: Petrongolo and Pissarides 2001. ODD tags M-MATCH-1, M-MATCH-2.
//
// Seekers and vacancies are brought into cells by counting; then each cell is worked on alone. Ranks are 64-bit draws keyed by the agent,
// so the outcome does not depend on the order in the lists.
#include "matching.h"
#include "programmes.h"
#include "select.h"

#include <string.h>

QON_SELECT_SMALLEST(struct qon_seeker, select_seekers)
QON_SELECT_SMALLEST(struct qon_vacancy, select_vacancies)
QON_SELECT_UNIFORM(struct qon_seeker, first_seekers, select_seekers)
QON_SELECT_UNIFORM(struct qon_vacancy, first_vacancies, select_vacancies)
QON_SORT_BY_RANK(struct qon_seeker, sort_seekers)
QON_SORT_BY_RANK(struct qon_vacancy, sort_vacancies)

QON_SELECT_SMALLEST(struct qon_plain_rank, select_plain)

void qon_match_hire(struct qon_world *world, const struct qon_seeker *seeker, const struct qon_vacancy *vacancy, struct qon_hired *hired) {
    struct qon_block *block = &world->block[seeker->block];
    struct qon_persons *p = &block->persons;
    struct qon_employers *e = &world->employers;
    uint32_t row = seeker->row;
    if (seeker->supported) {
        qon_hire_note(world, seeker->block, row);
    }
    hired->unemployed += p->status[row] == QON_UNEMPLOYED;
    hired->self_employed += p->status[row] == QON_SELF_EMPLOYED;
    p->status[row] = QON_EMPLOYED;
    p->status_month[row] = (int16_t)world->month;
    p->employer[row] = vacancy->employer;
    p->wage_tiyn_month[row] = qon_wage_draw(world, qon_person_id(block, row), vacancy->employer, seeker->cell);
    const struct qon_programmes_model *pm = world->model->programmes;
    bool asked = pm != NULL && (pm->any_rank || pm->open[QON_AT_HIRE] != 0); // then those with grants are among the supported
    if (block->commitments.count > 0 && (seeker->supported || !asked)) {     // training pays
        double wage = p->wage_tiyn_month[row] * qon_wage_factor(world, block, row);
        p->wage_tiyn_month[row] = wage < (double)UINT32_MAX ? (uint32_t)wage : UINT32_MAX;
    }
    hired->wages_tiyn += p->wage_tiyn_month[row];
    qon_staff_add(&qon_staff_open(world)[vacancy->employer], 1);
    if (world->changes == NULL) { // over ranks they follow from what staff is added
        qon_staff_add(&e->vacancies[vacancy->employer], -1);
    }
}

int64_t qon_match_hires(const struct qon_world *world, int64_t cell, int64_t u, int64_t v) {
    const struct qon_settings *set = &world->scenario->settings;
    double alpha = set->labour.matching_elasticity;
    double expected = set->labour.matching_efficiency * qon_exp(alpha * qon_log((double)u) + (1 - alpha) * qon_log((double)v));
    int64_t hires = qon_round_random(expected, qon_draw_unit(qon_month_key(world, QON_DRAW_MATCHING), (uint64_t)cell, 0));
    hires = hires > u ? u : hires;
    return hires > v ? v : hires;
}

// Of the hired whom a programme brought forward: those who would have been hired anyway (windfall), and those before whom others had to
// wait (displaced, as many).
static void count_preferred(struct qon_world *world, const struct match *match, int64_t cell, int64_t seekers_count, int64_t hires) {
    const struct qon_seeker *seekers = match->seekers + match->seeker_first[cell];
    bool any = false;
    for (int64_t k = 0; k < hires; k++) {
        any |= seekers[k].shifted;
    }
    if (!any) {
        return;
    }
    struct qon_plain_rank *plain = match->plain + match->seeker_first[cell];
    for (int64_t k = 0; k < seekers_count; k++) {
        plain[k].rank =
            seekers[k].shifted ? qon_seeker_rank(world, qon_person_id(&world->block[seekers[k].block], seekers[k].row)) : seekers[k].rank;
    }
    select_plain(plain, seekers_count, hires);
    uint64_t last = 0;
    for (int64_t k = 0; k < hires; k++) {
        last = plain[k].rank > last ? plain[k].rank : last;
    }
    uint32_t zone = (uint32_t)(cell / (world->occupations * world->skills));
    for (int64_t k = 0; k < hires; k++) {
        if (seekers[k].shifted && seekers[k].programme >= 0) {
            bool anyway = qon_seeker_rank(world, qon_person_id(&world->block[seekers[k].block], seekers[k].row)) <= last;
            qon_measure_add(world, seekers[k].programme, zone, QON_MEASURE_preferred, 1);
            qon_measure_add(world, seekers[k].programme, zone, anyway ? QON_MEASURE_windfall : QON_MEASURE_displaced, 1);
        }
    }
}

static void match_cells(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    struct match *match = context;
    struct qon_world *world = match->world;
    for (int64_t cell = begin; cell < end; cell++) {
        int64_t u = match->seeker_first[cell + 1] - match->seeker_first[cell];
        int64_t v = match->vacancy_first[cell + 1] - match->vacancy_first[cell];
        world->places.vacancies[cell] = v;
        world->places.hires[cell] = 0;
        if (u == 0 || v == 0) {
            continue;
        }
        struct qon_seeker *seekers = match->seekers + match->seeker_first[cell];
        struct qon_vacancy *vacancies = match->vacancies + match->vacancy_first[cell];
        struct qon_hired hired = {0};
        int64_t hires = qon_match_hires(world, cell, u, v);
        sort_seekers(seekers, first_seekers(seekers, u, hires));
        sort_vacancies(vacancies, first_vacancies(vacancies, v, hires));
        for (int64_t k = 0; k < hires; k++) {
            if (k + QON_AHEAD < hires) {
                const struct qon_seeker *next = &seekers[k + QON_AHEAD];
                const struct qon_persons *p = &world->block[next->block].persons;
                __builtin_prefetch(&p->status[next->row], 1);
                __builtin_prefetch(&p->status_month[next->row], 1);
                __builtin_prefetch(&p->employer[next->row], 1);
                __builtin_prefetch(&p->wage_tiyn_month[next->row], 1);
                __builtin_prefetch(&world->employers.staff[vacancies[k + QON_AHEAD].employer], 1);
                __builtin_prefetch(&world->employers.vacancies[vacancies[k + QON_AHEAD].employer], 1);
                __builtin_prefetch(&world->employers.premium[vacancies[k + QON_AHEAD].employer]);
            }
            qon_match_hire(world, &seekers[k], &vacancies[k], &hired);
        }
        QON_REQUIRE(hired.unemployed + hired.self_employed == hires);
        qon_tally_hired(world, cell, hired.unemployed, hired.self_employed, hired.wages_tiyn);
        if (match->plain != NULL) {
            count_preferred(world, match, cell, u, hires);
        }
        world->places.hires[cell] = hires;
        qon_tally_event(world, NULL, QON_EVENT_hires, (uint32_t)(cell / (world->occupations * world->skills)), hires);
    }
}

// first[c] becomes the position of cell c's first item; scatter moves items there.
static void positions(int64_t *first, int64_t cells) {
    int64_t total = 0;
    for (int64_t c = 0; c <= cells; c++) {
        int64_t count = first[c];
        first[c] = total;
        total += count;
    }
}

// Room for at least `count` items; what was there is not kept.
static enum qon_status list_reserve(void *list, int64_t *capacity, int64_t count, size_t size) {
    if (count <= *capacity) {
        return QON_OK;
    }
    void *old;
    memcpy(&old, list, sizeof old);
    qon_free(old);
    *capacity = 0;
    enum qon_status status = qon_take(list, (size_t)(count + count / 8), size);
    *capacity = status == QON_OK ? count + count / 8 : 0;
    return status;
}

static enum qon_status lists_reserve(struct qon_world *world, struct match *match) {
    enum qon_status status = QON_OK;
    struct qon_model *m = world->model;
    size_t cells = (size_t)world->cells;
    int64_t seekers = 0;
    for (uint32_t b = 0; b < world->blocks; b++) {
        seekers += m->search[b].count;
    }
    QON_TRY(list_reserve(&m->seekers_by_cell, &m->seekers_by_cell_capacity, seekers, sizeof *m->seekers_by_cell));
    QON_TRY(list_reserve(&m->vacancies_by_cell, &m->vacancies_by_cell_capacity, m->vacancies_count, sizeof *m->vacancies_by_cell));
    if (m->cell_first == NULL) {
        QON_TRY(qon_take(&m->cell_first, 2 * (cells + 2), sizeof *m->cell_first));
    }
    if (m->programmes != NULL && m->programmes->any_rank) {
        QON_TRY(list_reserve(&m->plain_ranks, &m->plain_ranks_capacity, seekers + 1, sizeof *m->plain_ranks));
        match->plain = m->plain_ranks;
    }
    memset(m->cell_first, 0, 2 * (cells + 2) * sizeof *m->cell_first);
    match->seekers = m->seekers_by_cell;
    match->vacancies = m->vacancies_by_cell;
    match->seeker_first = m->cell_first;
    match->vacancy_first = m->cell_first + cells + 2;
done:
    return status;
}

// Stripes of blocks are counted and scattered by several threads; a cell's seekers stand in the order of blocks.
enum { STRIPES = 8 };
struct grouping {
    const struct qon_world *world;
    struct match *match;
    int64_t *place; // [STRIPES * (cells + 1)] how many of a cell, then where its next one goes
    bool scatter;
};

static void group_stripe(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    struct grouping *g = context;
    const struct qon_world *world = g->world;
    for (int64_t stripe = begin; stripe < end; stripe++) {
        int64_t *place = g->place + stripe * (world->cells + 1);
        for (int64_t b = stripe * world->blocks / STRIPES; b < (stripe + 1) * world->blocks / STRIPES; b++) {
            const struct qon_seekers *search = &world->model->search[b];
            for (uint32_t i = 0; i < search->count; i++) {
                uint32_t cell = search->list[i].cell;
                if (!g->scatter) {
                    place[cell != QON_NONE ? cell : world->cells]++; // those in training look for no job
                } else if (cell != QON_NONE) {
                    g->match->seekers[place[cell]++] = search->list[i];
                }
            }
        }
    }
}

static enum qon_status seekers_group(const struct qon_world *world, struct match *match) {
    enum qon_status status = QON_OK;
    struct grouping g = {world, match, NULL, false};
    int64_t total = 0;
    QON_TRY(qon_take(&g.place, STRIPES * ((size_t)world->cells + 1), sizeof *g.place));
    qon_par_for(STRIPES, 1, group_stripe, &g);
    for (int64_t c = 0; c < world->cells; c++) {
        match->seeker_first[c] = total;
        for (int64_t stripe = 0; stripe < STRIPES; stripe++) {
            int64_t *place = &g.place[stripe * (world->cells + 1) + c], count = *place;
            *place = total;
            total += count;
        }
    }
    match->seeker_first[world->cells] = total;
    g.scatter = true;
    qon_par_for(STRIPES, 1, group_stripe, &g);
done:
    qon_free(g.place);
    return status;
}

// Counted one place ahead, so that scattering leaves every first[c] where cell c begins.
static void vacancies_group(const struct qon_world *world, struct match *match) {
    const struct qon_model *m = world->model;
    for (int64_t i = 0; i < m->vacancies_count; i++) {
        match->vacancy_first[m->vacancies[i].cell + 1]++;
    }
    positions(match->vacancy_first, world->cells + 1);
    for (int64_t i = 0; i < m->vacancies_count; i++) {
        match->vacancies[match->vacancy_first[m->vacancies[i].cell + 1]++] = m->vacancies[i];
    }
}

enum qon_status qon_matching(struct qon_world *world) {
    enum qon_status status = QON_OK;
    struct match match = {.world = world};
    QON_TRY(qon_hires_reserve(world));
    if (!world->scenario->settings.feedback.markets) {
        return qon_matching_alone(world);
    }
    QON_TRY(lists_reserve(world, &match));
    QON_TRY(seekers_group(world, &match));
    vacancies_group(world, &match);
    if (world->ranks > 1) {
        return qon_match_ranks(&match);
    }
    qon_par_for(world->cells, 8, match_cells, &match);
done:
    return status;
}
