// SPDX-License-Identifier: GPL-3.0-or-later
// Seekers and vacancies are brought into cells by counting, stripes of them by several threads. ODD tag M-MATCH-1.
//
// How many of a cell are hired follows from the counts. Ranks of 64 bits are near uniform, so those served are all but certainly among the
// ranks below a little more than the share's quantile: only these are moved, a quarter of the seekers. Should there be too few after all,
// the cell is collected anew.
#include "matching.h"
#include "programmes.h"

#include <math.h>
#include <string.h>

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

static enum qon_status lists_reserve(struct match *match) {
    enum qon_status status = QON_OK;
    struct qon_world *world = match->world;
    struct qon_model *m = world->model;
    size_t cells = (size_t)world->cells;
    int64_t seekers = 0;
    for (uint32_t b = 0; b < world->blocks; b++) {
        seekers += m->search[b].count;
    }
    QON_TRY(list_reserve(&m->seekers_by_cell, &m->seekers_by_cell_capacity, seekers, sizeof *m->seekers_by_cell));
    QON_TRY(list_reserve(&m->vacancies_by_cell, &m->vacancies_by_cell_capacity, m->vacancies_count, sizeof *m->vacancies_by_cell));
    if (m->cell_first == NULL) {
        QON_TRY(qon_take(&m->cell_first, 2 * (cells + 1), sizeof *m->cell_first));
    }
    if (m->programmes != NULL && m->programmes->any_rank) {
        QON_TRY(list_reserve(&m->plain_ranks, &m->plain_ranks_capacity, seekers + 1, sizeof *m->plain_ranks));
        match->plain = m->plain_ranks;
    }
    QON_TRY(qon_take(&match->hires, cells, sizeof *match->hires));
    QON_TRY(qon_take(&match->seeker_piece, QON_STRIPES * cells, sizeof *match->seeker_piece));
    QON_TRY(qon_take(&match->vacancy_piece, QON_STRIPES * cells, sizeof *match->vacancy_piece));
    QON_TRY(qon_take(&match->seeker_most, cells, sizeof *match->seeker_most));
    QON_TRY(qon_take(&match->vacancy_most, cells, sizeof *match->vacancy_most));
    QON_TRY(qon_take(&match->filled, (size_t)m->vacancies_count + 1, sizeof *match->filled));
    match->seekers = m->seekers_by_cell;
    match->vacancies = m->vacancies_by_cell;
    match->seeker_first = m->cell_first;
    match->vacancy_first = m->cell_first + cells + 1;
done:
    return status;
}

void qon_match_free(struct match *match) {
    qon_free(match->hires);
    qon_free(match->seeker_piece);
    qon_free(match->vacancy_piece);
    qon_free(match->seeker_most);
    qon_free(match->vacancy_most);
    qon_free(match->filled);
}

static int64_t stripe_begin(int64_t count, int64_t stripe) {
    return count * stripe / QON_STRIPES;
}

// Into `end` of the pieces. Those in training look for no job.
static void count_stripe(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    const struct match *match = context;
    const struct qon_world *world = match->world;
    const struct qon_model *m = world->model;
    for (int64_t stripe = begin; stripe < end; stripe++) {
        struct qon_piece *seekers = match->seeker_piece + stripe * world->cells, *vacancies = match->vacancy_piece + stripe * world->cells;
        for (int64_t b = stripe_begin(world->blocks, stripe); b < stripe_begin(world->blocks, stripe + 1); b++) {
            for (uint32_t i = 0; i < m->search[b].count; i++) {
                uint32_t cell = m->search[b].list[i].cell;
                if (cell != QON_NONE) {
                    seekers[cell].end++;
                }
            }
        }
        for (int64_t i = stripe_begin(m->vacancies_count, stripe); i < stripe_begin(m->vacancies_count, stripe + 1); i++) {
            vacancies[m->vacancies[i].cell].end++;
        }
    }
}

enum { TOGETHER = 256 };

// Some of a block's seekers: those whose rank is low are found first, without a branch that chance decides.
static void scatter_seekers(const struct match *match, const struct qon_seeker *list, uint32_t count, struct qon_piece *piece) {
    uint32_t kept = 0, low[TOGETHER];
    for (uint32_t i = 0; i < count; i++) {
        low[kept] = i;
        kept += list[i].cell != QON_NONE && list[i].rank <= match->seeker_most[list[i].cell];
    }
    for (uint32_t i = 0; i < kept; i++) {
        match->seekers[piece[list[low[i]].cell].end++] = list[low[i]];
    }
}

static void scatter_vacancies(const struct match *match, int64_t begin, int64_t end, struct qon_piece *piece) {
    const struct qon_vacancy *list = match->world->model->vacancies;
    for (int64_t i = begin; i < end; i++) { // written always and kept if the rank is low
        match->vacancies[piece[list[i].cell].end] = (struct qon_unit){list[i].rank, list[i].employer, (uint32_t)i};
        piece[list[i].cell].end += list[i].rank <= match->vacancy_most[list[i].cell];
    }
}

static void scatter_stripe(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    const struct match *match = context;
    const struct qon_world *world = match->world;
    for (int64_t stripe = begin; stripe < end; stripe++) {
        for (int64_t b = stripe_begin(world->blocks, stripe); b < stripe_begin(world->blocks, stripe + 1); b++) {
            const struct qon_seekers *search = &world->model->search[b];
            for (uint32_t i = 0; i < search->count; i += TOGETHER) {
                uint32_t count = search->count - i < TOGETHER ? search->count - i : TOGETHER;
                scatter_seekers(match, search->list + i, count, match->seeker_piece + stripe * world->cells);
            }
        }
        int64_t count = world->model->vacancies_count;
        scatter_vacancies(match, stripe_begin(count, stripe), stripe_begin(count, stripe + 1),
                          match->vacancy_piece + stripe * world->cells);
    }
}

// The pieces of a cell one after the other, still empty; returns how many there are of it.
static int64_t pieces_place(struct qon_piece *piece, int64_t cells, int64_t cell, int64_t first) {
    int64_t next = first;
    for (int64_t stripe = 0; stripe < QON_STRIPES; stripe++) {
        struct qon_piece *own = &piece[stripe * cells + cell];
        int64_t count = own->end;
        own->begin = own->end = next;
        next += count;
    }
    return next - first;
}

// All but certainly at least `keep` of `count` uniform ranks are not larger: four standard deviations more are expected.
static uint64_t rank_most(int64_t count, int64_t keep) {
    double share = (double)keep / (double)(count > 0 ? count : 1);
    double wanted = (double)keep + 4 * sqrt((double)keep * (1 - share)) + 4;
    return keep == 0 ? 0 : wanted < 0.9 * (double)count ? (uint64_t)(wanted / (double)count * 0x1p64) : UINT64_MAX;
}

enum qon_status qon_match_group(struct match *match) {
    enum qon_status status = QON_OK;
    const struct qon_world *world = match->world;
    bool alone = world->ranks == 1;
    int64_t seekers = 0, vacancies = 0;
    QON_TRY(lists_reserve(match));
    qon_par_for(QON_STRIPES, 1, count_stripe, match);
    for (int64_t c = 0; c < world->cells; c++) {
        int64_t u = pieces_place(match->seeker_piece, world->cells, c, seekers);
        int64_t v = pieces_place(match->vacancy_piece, world->cells, c, vacancies);
        match->hires[c] = alone && u > 0 && v > 0 ? qon_match_hires(world, c, u, v) : 0;
        match->seeker_most[c] = alone ? rank_most(u, match->hires[c]) : UINT64_MAX;
        match->vacancy_most[c] = alone ? rank_most(v, match->hires[c]) : UINT64_MAX;
        match->seeker_first[c] = seekers;
        match->vacancy_first[c] = vacancies;
        seekers += u;
        vacancies += v;
    }
    match->seeker_first[world->cells] = seekers;
    match->vacancy_first[world->cells] = vacancies;
    qon_par_for(QON_STRIPES, 1, scatter_stripe, match);
done:
    return status;
}

int64_t qon_match_seekers_all(struct match *match, int64_t cell) {
    const struct qon_world *world = match->world;
    struct qon_seeker *own = match->seekers + match->seeker_first[cell];
    int64_t count = 0;
    for (uint32_t b = 0; b < world->blocks; b++) {
        const struct qon_seekers *search = &world->model->search[b];
        for (uint32_t i = 0; i < search->count; i++) {
            if (search->list[i].cell == cell) {
                own[count++] = search->list[i];
            }
        }
    }
    match->seeker_most[cell] = UINT64_MAX;
    return count;
}

static int64_t vacancies_all(struct match *match, int64_t cell) {
    const struct qon_model *m = match->world->model;
    struct qon_unit *own = match->vacancies + match->vacancy_first[cell];
    int64_t count = 0;
    for (int64_t i = 0; i < m->vacancies_count; i++) {
        if (m->vacancies[i].cell == cell) {
            own[count++] = (struct qon_unit){m->vacancies[i].rank, m->vacancies[i].employer, (uint32_t)i};
        }
    }
    match->vacancy_most[cell] = UINT64_MAX;
    return count;
}

// Closes the gaps between the pieces of a cell, whose room begins with item `first`.
static int64_t pieces_join(const struct qon_piece *piece, int64_t cells, int64_t cell, void *list, int64_t first, size_t size) {
    char *bytes = list;
    int64_t count = 0;
    for (int64_t stripe = 0; stripe < QON_STRIPES; stripe++) {
        const struct qon_piece *own = &piece[stripe * cells + cell];
        memmove(bytes + (size_t)(first + count) * size, bytes + (size_t)own->begin * size, (size_t)(own->end - own->begin) * size);
        count += own->end - own->begin;
    }
    return count;
}

int64_t qon_match_seekers(struct match *match, int64_t cell) {
    int64_t count =
        pieces_join(match->seeker_piece, match->world->cells, cell, match->seekers, match->seeker_first[cell], sizeof *match->seekers);
    return count >= match->hires[cell] ? count : qon_match_seekers_all(match, cell);
}

int64_t qon_match_vacancies(struct match *match, int64_t cell) {
    int64_t count = pieces_join(match->vacancy_piece, match->world->cells, cell, match->vacancies, match->vacancy_first[cell],
                                sizeof *match->vacancies);
    return count >= match->hires[cell] ? count : vacancies_all(match, cell);
}
