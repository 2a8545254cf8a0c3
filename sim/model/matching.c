// SPDX-License-Identifier: GPL-3.0-or-later
// Matching by cell: m = A u^alpha v^(1-alpha) hires, at most u and v. Who is hired is decided by each seeker's own rank, which vacancy
// fills by each employer's: the k-th seeker meets the k-th vacancy. source: Petrongolo and Pissarides 2001. ODD tags M-MATCH-1, M-MATCH-2.
//
// Seekers and vacancies are brought into cells by counting; then each cell is worked on alone. Ranks are 64-bit draws keyed by the agent,
// so the outcome does not depend on the order in the lists.
#include "matching.h"
#include "programmes.h"
#include "select.h"

QON_SELECT_SMALLEST(struct qon_seeker, select_seekers)
QON_SELECT_SMALLEST(struct qon_unit, select_vacancies)
QON_SORT_BY_RANK(struct qon_seeker, sort_seekers)
QON_SORT_BY_RANK(struct qon_unit, sort_vacancies)

QON_SELECT_SMALLEST(struct qon_plain_rank, select_plain)

void qon_match_hire(struct qon_world *world, const struct qon_seeker *seeker, uint32_t employer, uint32_t wage_tiyn,
                    struct qon_hired *hired) {
    struct qon_block *block = &world->block[seeker->block];
    struct qon_persons *p = &block->persons;
    uint32_t row = seeker->row;
    if (seeker->supported) {
        qon_hire_note(world, seeker->block, row);
    }
    hired->unemployed += p->status[row] == QON_UNEMPLOYED;
    hired->self_employed += p->status[row] == QON_SELF_EMPLOYED;
    p->status[row] = QON_EMPLOYED;
    p->status_month[row] = (int16_t)world->month;
    p->employer[row] = employer;
    p->wage_tiyn_month[row] = wage_tiyn;
    const struct qon_programmes_model *pm = world->model->programmes;
    bool asked = pm != NULL && (pm->any_rank || pm->open[QON_AT_HIRE] != 0); // then those with grants are among the supported
    if ((seeker->supported || !asked) && qon_grant_any(world, block, row)) { // training pays
        double wage = p->wage_tiyn_month[row] * qon_wage_factor(world, block, row);
        p->wage_tiyn_month[row] = wage < (double)UINT32_MAX ? (uint32_t)wage : UINT32_MAX;
    }
    hired->wages_tiyn += p->wage_tiyn_month[row];
}

int64_t qon_match_hires(const struct qon_world *world, int64_t cell, int64_t u, int64_t v) {
    const struct qon_settings *set = &world->scenario->settings;
    double alpha = set->labour.matching_elasticity;
    double expected = set->labour.matching_efficiency * qon_exp(alpha * qon_log((double)u) + (1 - alpha) * qon_log((double)v));
    int64_t hires = qon_round_random(expected, qon_draw_unit(qon_month_key(world, QON_DRAW_MATCHING), (uint64_t)cell, 0));
    hires = hires > u ? u : hires;
    return hires > v ? v : hires;
}

// The `hires` with the lowest ranks in the order of their ranks, the others of those that are here behind them; how many these are.
static int64_t seekers_serve(struct match *match, int64_t cell, int64_t hires) {
    struct qon_seeker *own = match->seekers + match->seeker_first[cell];
    int64_t count = qon_match_seekers(match, cell), few = hires + hires / 2 + 16;
    if (count > few) {
        select_seekers(own, count, hires);
    }
    sort_seekers(own, count > few ? hires : count);
    return count;
}

static void vacancies_serve(struct match *match, int64_t cell, int64_t hires) {
    struct qon_unit *own = match->vacancies + match->vacancy_first[cell];
    int64_t count = qon_match_vacancies(match, cell), few = hires + hires / 2 + 16;
    if (count > few) {
        select_vacancies(own, count, hires);
    }
    sort_vacancies(own, count > few ? hires : count);
}

// The largest number of the hired, had no programme brought anybody forward. `count` seekers of the cell are here. Programmes only lower
// ranks of those they bring forward, so that whoever is not here has a larger one also without them.
static uint64_t plain_last(struct match *match, int64_t cell, int64_t count, int64_t hires) {
    const struct qon_seeker *seekers = match->seekers + match->seeker_first[cell];
    struct qon_plain_rank *plain = match->plain + match->seeker_first[cell];
    uint64_t last = 0;
    for (int64_t k = 0; k < count; k++) {
        plain[k].rank = seekers[k].shifted
                            ? qon_seeker_rank(match->world, qon_person_id(&match->world->block[seekers[k].block], seekers[k].row))
                            : seekers[k].rank;
    }
    select_plain(plain, count, hires);
    for (int64_t k = 0; k < hires; k++) {
        last = plain[k].rank > last ? plain[k].rank : last;
    }
    return last;
}

// Of the hired whom a programme brought forward: those who would have been hired anyway (windfall), and those before whom others had to
// wait (displaced, as many).
static void count_preferred(struct match *match, int64_t cell, int64_t count, int64_t hires) {
    struct qon_world *world = match->world;
    struct qon_seeker *seekers = match->seekers + match->seeker_first[cell];
    bool any = false;
    for (int64_t k = 0; k < hires; k++) {
        any |= seekers[k].shifted;
    }
    if (!any) {
        return;
    }
    uint64_t last = plain_last(match, cell, count, hires);
    if (last > match->seeker_most[cell]) { // somebody who is not here may be among them
        count = qon_match_seekers_all(match, cell);
        last = plain_last(match, cell, count, hires);
        select_seekers(seekers, count, hires);
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

enum { TOGETHER = 128 }; // hires: what they touch is fetched while the wages of all are drawn

// At most TOGETHER hires of a cell.
static void hire_some(struct match *match, int64_t cell, const struct qon_seeker *seekers, const struct qon_unit *vacancies, int64_t count,
                      struct qon_hired *hired) {
    struct qon_world *world = match->world;
    uint64_t id[TOGETHER] = {0};
    uint32_t employer[TOGETHER] = {0}, wage[TOGETHER];
    for (int64_t k = 0; k < count; k++) {
        const struct qon_persons *p = &world->block[seekers[k].block].persons;
        if (seekers[k].supported) {
            __builtin_prefetch(&world->model->programmes->hires[seekers[k].block], 1);
            if (qon_grant_any(world, &world->block[seekers[k].block], seekers[k].row)) {
                qon_grant_fetch(world, &world->block[seekers[k].block], seekers[k].row);
            }
        }
        __builtin_prefetch(&world->employers.premium[vacancies[k].employer]);
        __builtin_prefetch(&p->status[seekers[k].row], 1);
        __builtin_prefetch(&p->status_month[seekers[k].row], 1);
        __builtin_prefetch(&p->employer[seekers[k].row], 1);
        __builtin_prefetch(&p->wage_tiyn_month[seekers[k].row], 1);
    }
    for (int64_t k = 0; k < count; k++) {
        id[k] = qon_person_id(&world->block[seekers[k].block], seekers[k].row);
        employer[k] = vacancies[k].employer;
        match->filled[vacancies[k].place] = 1;
    }
    qon_wages_draw(world, match->kernels, id, employer, (uint32_t)count, (uint32_t)cell, wage);
    for (int64_t k = 0; k < count; k++) {
        qon_match_hire(world, &seekers[k], employer[k], wage[k], hired);
    }
}

static void match_cells(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    struct match *match = context;
    struct qon_world *world = match->world;
    for (int64_t cell = begin; cell < end; cell++) {
        int64_t hires = match->hires[cell];
        world->places.vacancies[cell] = match->vacancy_first[cell + 1] - match->vacancy_first[cell];
        world->places.hires[cell] = hires;
        if (hires == 0) {
            continue;
        }
        const struct qon_seeker *seekers = match->seekers + match->seeker_first[cell];
        const struct qon_unit *vacancies = match->vacancies + match->vacancy_first[cell];
        struct qon_hired hired = {0};
        int64_t count = seekers_serve(match, cell, hires);
        vacancies_serve(match, cell, hires);
        for (int64_t k = 0; k < hires; k += TOGETHER) {
            hire_some(match, cell, seekers + k, vacancies + k, hires - k < TOGETHER ? hires - k : TOGETHER, &hired);
        }
        QON_REQUIRE(hired.unemployed + hired.self_employed == hires);
        qon_tally_hired(world, cell, hired.unemployed, hired.self_employed, hired.wages_tiyn);
        if (match->plain != NULL) {
            count_preferred(match, cell, count, hires);
        }
        qon_tally_event(world, NULL, QON_EVENT_hires, (uint32_t)(cell / (world->occupations * world->skills)), hires);
    }
}

// Filled vacancies become staff. They stand in the order of employers: a chunk works on the employers whose first one it has, so that no
// two threads have the same one.
static void staff_count(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    const struct match *match = context;
    const struct qon_vacancy *vacancy = match->world->model->vacancies;
    struct qon_employers *e = &match->world->employers;
    int64_t i = begin, count = match->world->model->vacancies_count;
    while (i > 0 && i < end && vacancy[i].employer == vacancy[i - 1].employer) {
        i++;
    }
    for (bool own = i < end; own; own = i < count && (i < end || vacancy[i].employer == vacancy[i - 1].employer)) {
        e->staff[vacancy[i].employer] += match->filled[i];
        e->vacancies[vacancy[i].employer] -= match->filled[i];
        i++;
    }
}

enum qon_status qon_matching(struct qon_world *world) {
    enum { CHUNK = 8192 };
    enum qon_status status = QON_OK;
    struct match match = {.world = world, .kernels = world->model->kernels};
    QON_TRY(qon_hires_reserve(world));
    if (!world->scenario->settings.feedback.markets) {
        return qon_matching_alone(world);
    }
    QON_TRY(qon_match_group(&match));
    if (world->ranks > 1) {
        QON_TRY(qon_match_ranks(&match));
    } else {
        qon_par_for(world->cells, 8, match_cells, &match);
        qon_par_for(world->model->vacancies_count, CHUNK, staff_count, &match);
    }
done:
    qon_match_free(&match);
    return status;
}
