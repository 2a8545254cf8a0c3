// SPDX-License-Identifier: GPL-3.0-or-later
// Matching when seekers are spread over ranks: who is hired follows from the order of their ranks in the queue of the cell, so these
// numbers are all that is exchanged. ODD tags M-MATCH-1, M-MATCH-2.
//
// Of u seekers of a cell k are hired. A rank cannot have more than k of them, so it hands on the k smallest numbers of its own, in order.
// Then everyone has the whole queue down to the k-th, and does the same: gives the j-th vacancy to the j-th, whose person is changed by the
// rank that has it. Employers are changed by all alike.
#include "matching.h"
#include "programmes.h"
#include "select.h"

#include <string.h>

QON_SELECT_SMALLEST(struct qon_seeker, select_seekers)
QON_SORT_BY_RANK(struct qon_seeker, sort_seekers)
QON_SELECT_SMALLEST(struct qon_vacancy, select_vacancies)
QON_SORT_BY_RANK(struct qon_vacancy, sort_vacancies)
QON_SELECT_SMALLEST(struct qon_plain_rank, select_plain)

// One of those handed on.
struct queued {
    uint64_t rank;
    uint32_t source; // the rank that has the person
    uint32_t place;  // among those that it handed on in the cell
};
QON_SELECT_SMALLEST(struct queued, select_queued)
QON_SORT_BY_RANK(struct queued, sort_queued)

struct queues {
    struct match *match;
    int32_t *seekers;     // [rank * cells + cell]
    int32_t *hires;       // [cell]
    int32_t *own;         // [cell] hired of this rank's
    int32_t *shifted;     // [cell] whether a programme brought one of the hired forward
    int64_t *first;       // [rank * (cells + 1) + cell] into the rank's numbers
    int64_t *bytes;       // [rank] of the numbers
    int64_t *start;       // [cell] of the numbers of all ranks, cell by cell
    uint64_t *number;     // of this rank, by cell
    uint64_t *all;        // rank by rank
    struct queued *queue; // cell by cell
};

static int64_t most(int64_t hires, int64_t seekers) {
    return hires < seekers ? hires : seekers;
}

static void queues_free(struct queues *q) {
    void *owned[] = {q->seekers, q->hires, q->own, q->shifted, q->first, q->bytes, q->start, q->number, q->all, q->queue};
    for (size_t i = 0; i < sizeof owned / sizeof owned[0]; i++) {
        qon_free(owned[i]);
    }
}

// Seekers of all ranks, and from them the hires.
static enum qon_status hires_count(struct queues *q) {
    enum qon_status status = QON_OK;
    struct match *match = q->match;
    struct qon_world *world = match->world;
    int64_t cells = world->cells;
    int32_t *own;
    QON_TRY(qon_take(&q->seekers, (size_t)(world->ranks * cells), sizeof *q->seekers));
    QON_TRY(qon_take(&q->hires, (size_t)cells, sizeof *q->hires));
    QON_TRY(qon_take(&q->own, (size_t)cells, sizeof *q->own));
    own = q->own; // lent until it is counted into
    for (int64_t c = 0; c < cells; c++) {
        own[c] = (int32_t)(match->seeker_first[c + 1] - match->seeker_first[c]);
    }
    QON_TRY(qon_take(&q->bytes, (size_t)world->ranks, sizeof *q->bytes));
    for (int r = 0; r < world->ranks; r++) {
        q->bytes[r] = cells * (int64_t)sizeof *own;
    }
    qon_ranks_gather(own, q->bytes, q->seekers);
    memset(own, 0, (size_t)cells * sizeof *own);
    for (int64_t c = 0; c < cells; c++) {
        int64_t u = 0, v = match->vacancy_first[c + 1] - match->vacancy_first[c];
        for (int r = 0; r < world->ranks; r++) {
            u += q->seekers[r * cells + c];
        }
        q->hires[c] = u > 0 && v > 0 ? (int32_t)qon_match_hires(world, c, u, v) : 0;
        world->places.vacancies[c] = v;
        world->places.hires[c] = q->hires[c];
    }
done:
    return status;
}

// Where each rank's numbers of each cell will stand. wanted: cells of which numbers are handed on; NULL: all.
static int64_t places_set(struct queues *q, const int32_t *wanted) {
    const struct qon_world *world = q->match->world;
    int64_t cells = world->cells, total = 0;
    for (int r = 0; r < world->ranks; r++) {
        int64_t *first = q->first + r * (cells + 1), at = 0;
        for (int64_t c = 0; c < cells; c++) {
            first[c] = at;
            at += wanted == NULL || wanted[c] > 0 ? most(q->hires[c], q->seekers[r * cells + c]) : 0;
        }
        first[cells] = at;
        q->bytes[r] = at * (int64_t)sizeof *q->all;
    }
    for (int64_t c = 0; c < cells; c++) {
        q->start[c] = total;
        for (int r = 0; r < world->ranks; r++) {
            total += q->first[r * (cells + 1) + c + 1] - q->first[r * (cells + 1) + c];
        }
    }
    return total;
}

static void cells_sort(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    struct queues *q = context;
    struct match *match = q->match;
    const int64_t *first = q->first + match->world->rank * (match->world->cells + 1);
    for (int64_t c = begin; c < end; c++) {
        if (q->hires[c] == 0) {
            continue;
        }
        struct qon_seeker *seekers = match->seekers + match->seeker_first[c];
        struct qon_vacancy *vacancies = match->vacancies + match->vacancy_first[c];
        int64_t count = first[c + 1] - first[c];
        select_seekers(seekers, match->seeker_first[c + 1] - match->seeker_first[c], count);
        sort_seekers(seekers, count);
        for (int64_t i = 0; i < count; i++) {
            q->number[first[c] + i] = seekers[i].rank;
        }
        select_vacancies(vacancies, match->vacancy_first[c + 1] - match->vacancy_first[c], q->hires[c]);
        sort_vacancies(vacancies, q->hires[c]);
    }
}

// The numbers of a cell side by side, the `hires` smallest first; how many there are.
static int64_t queue_make(const struct queues *q, int64_t c) {
    const struct qon_world *world = q->match->world;
    struct queued *queue = q->queue + q->start[c];
    int64_t count = 0, before = 0;
    for (int r = 0; r < world->ranks; r++) {
        const int64_t *first = q->first + r * (world->cells + 1);
        for (int64_t i = first[c]; i < first[c + 1]; i++) {
            queue[count++] = (struct queued){q->all[before + i], (uint32_t)r, (uint32_t)(i - first[c])};
        }
        before += first[world->cells];
    }
    select_queued(queue, count, q->hires[c]);
    return count;
}

static void cells_hire(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    struct queues *q = context;
    struct match *match = q->match;
    struct qon_world *world = match->world;
    struct qon_employers *e = &world->employers;
    for (int64_t c = begin; c < end; c++) {
        if (q->hires[c] == 0) {
            continue;
        }
        const struct qon_vacancy *vacancies = match->vacancies + match->vacancy_first[c];
        const struct qon_seeker *seekers = match->seekers + match->seeker_first[c];
        struct queued *queue = q->queue + q->start[c];
        (void)queue_make(q, c);
        sort_queued(queue, q->hires[c]);
        for (int32_t k = 0; k < q->hires[c]; k++) {
            if (queue[k].source == (uint32_t)world->rank) {
                const struct qon_seeker *seeker = &seekers[queue[k].place];
                qon_match_hire(world, seeker, &vacancies[k]);
                q->own[c]++;
                q->shifted[c] |= seeker->shifted;
            } else {
                qon_staff_add(&e->staff[vacancies[k].employer], 1);
                qon_staff_add(&e->vacancies[vacancies[k].employer], -1);
            }
        }
        if (q->own[c] > 0) {
            qon_tally_event(world, QON_EVENT_hires, (uint32_t)(c / (world->occupations * world->skills)), q->own[c]);
        }
    }
}

static uint64_t plain_rank(const struct qon_world *world, const struct qon_seeker *seeker) {
    return seeker->shifted ? qon_seeker_rank(world, qon_person_id(&world->block[seeker->block], seeker->row)) : seeker->rank;
}

// As count_preferred of matching.c: the last who would have been hired without programmes is found from all ranks' plain numbers.
static enum qon_status count_preferred(struct queues *q) {
    enum qon_status status = QON_OK;
    struct match *match = q->match;
    struct qon_world *world = match->world;
    int64_t cells = world->cells;
    qon_ranks_sum_i32(q->shifted, cells);
    int64_t total = places_set(q, q->shifted);
    const int64_t *first = q->first + world->rank * (cells + 1);
    for (int64_t c = 0; c < cells; c++) {
        if (first[c + 1] == first[c]) {
            continue;
        }
        const struct qon_seeker *seekers = match->seekers + match->seeker_first[c];
        struct qon_plain_rank *plain = match->plain + match->seeker_first[c];
        int64_t u = match->seeker_first[c + 1] - match->seeker_first[c], count = first[c + 1] - first[c];
        for (int64_t k = 0; k < u; k++) {
            plain[k].rank = plain_rank(world, &seekers[k]);
        }
        select_plain(plain, u, count);
        for (int64_t i = 0; i < count; i++) {
            q->number[first[c] + i] = plain[i].rank;
        }
    }
    QON_REQUIRE(total == 0 || q->all != NULL); // fewer cells than before, so what was taken suffices
    qon_ranks_gather(q->number, q->bytes, q->all);
    for (int64_t c = 0; c < cells; c++) {
        if (q->shifted[c] == 0 || q->own[c] == 0) {
            continue;
        }
        const struct qon_seeker *seekers = match->seekers + match->seeker_first[c];
        const struct queued *queue = q->queue + q->start[c];
        uint64_t last = 0;
        (void)queue_make(q, c);
        for (int32_t k = 0; k < q->hires[c]; k++) {
            last = queue[k].rank > last ? queue[k].rank : last;
        }
        uint32_t zone = (uint32_t)(c / (world->occupations * world->skills));
        for (int32_t k = 0; k < q->own[c]; k++) { // those of this rank are the first of its own list
            if (seekers[k].shifted && seekers[k].programme >= 0) {
                bool anyway = plain_rank(world, &seekers[k]) <= last;
                qon_measure_add(world, seekers[k].programme, zone, QON_MEASURE_preferred, 1);
                qon_measure_add(world, seekers[k].programme, zone, anyway ? QON_MEASURE_windfall : QON_MEASURE_displaced, 1);
            }
        }
    }
    return status;
}

enum qon_status qon_match_ranks(struct match *match) {
    enum qon_status status = QON_OK;
    struct qon_world *world = match->world;
    struct queues q = {.match = match};
    size_t cells = (size_t)world->cells, ranks = (size_t)world->ranks;
    QON_TRY(hires_count(&q));
    QON_TRY(qon_take(&q.shifted, cells, sizeof *q.shifted));
    QON_TRY(qon_take(&q.first, ranks * (cells + 1), sizeof *q.first));
    QON_TRY(qon_take(&q.start, cells, sizeof *q.start));
    size_t total = (size_t)places_set(&q, NULL);
    QON_TRY(qon_take(&q.number, (size_t)q.bytes[world->rank] / sizeof *q.number + 1, sizeof *q.number));
    QON_TRY(qon_take(&q.all, total + 1, sizeof *q.all));
    QON_TRY(qon_take(&q.queue, total + 1, sizeof *q.queue));
    qon_par_for(world->cells, 8, cells_sort, &q);
    qon_ranks_gather(q.number, q.bytes, q.all);
    qon_share_blocks(world, true);
    qon_par_for(world->cells, 8, cells_hire, &q);
    qon_share_blocks(world, false);
    if (match->plain != NULL) {
        QON_TRY(count_preferred(&q));
    }
done:
    queues_free(&q);
    return status;
}
