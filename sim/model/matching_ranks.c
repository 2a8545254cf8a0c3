// SPDX-License-Identifier: GPL-3.0-or-later
// Matching when seekers are spread over ranks, dealt by cells: who is hired follows from the order of numbers in the queue of the cell, so
// these are all that is handed on. ODD tags M-MATCH-1, M-MATCH-2, M-RANKS-1.
//
// Of u seekers of a cell k are hired. A rank cannot have more than k of them, so it hands the k smallest numbers of its own, in order, to
// the rank that works on the cell. That one has the whole queue down to the k-th, gives the j-th vacancy to the j-th, and answers each rank
// with the employers of its hired, who are the first of what it handed on. What staff that comes to, all learn in the next exchange.
#include "matching.h"
#include "programmes.h"
#include "select.h"

#include <string.h>

QON_SELECT_SMALLEST(struct qon_seeker, select_seekers)
QON_SORT_BY_RANK(struct qon_seeker, sort_seekers)
QON_SELECT_SMALLEST(struct qon_unit, select_vacancies)
QON_SORT_BY_RANK(struct qon_unit, sort_vacancies)
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
    int64_t cells;
    int ranks, rank;
    int32_t *seekers;        // [rank * cells + cell]
    int32_t *hires;          // [cell]
    int32_t *hired;          // [rank * cells + cell] who are of that rank
    int32_t *shifted;        // [cell] whether a programme brought one of the hired forward
    int64_t *last;           // [cell] largest number of the hired, as they would be without programmes
    int64_t *cut;            // [rank + 1] cells that the rank works on
    int64_t *first;          // [rank * (cells + 1) + cell] into the numbers that the rank hands on
    int64_t *out, *in;       // [rank] bytes
    uint64_t *number;        // that this rank hands on, by cell
    uint64_t *all;           // of the cells that this rank works on, as they come: rank by rank
    struct queued *queue;    // the same, cell by cell
    int64_t *start;          // [cell] into it
    int64_t *place;          // [rank * cells + cell] into the answers that this rank gives
    uint32_t *answer, *told; // employers: given, and of this rank's own hired
    int64_t *own;            // [cell] into `told`
};

static void queues_free(struct queues *q) {
    void *owned[] = {q->seekers, q->hires, q->hired, q->shifted, q->last,  q->cut,    q->first, q->out, q->in,
                     q->number,  q->all,   q->queue, q->start,   q->place, q->answer, q->told,  q->own};
    for (size_t i = 0; i < sizeof owned / sizeof owned[0]; i++) {
        qon_free(owned[i]);
    }
}

static enum qon_status queues_take(struct queues *q) {
    enum qon_status status = QON_OK;
    size_t cells = (size_t)q->cells, ranks = (size_t)q->ranks;
    QON_TRY(qon_take(&q->seekers, ranks * cells, sizeof *q->seekers));
    QON_TRY(qon_take(&q->hires, cells, sizeof *q->hires));
    QON_TRY(qon_take(&q->hired, ranks * cells, sizeof *q->hired));
    QON_TRY(qon_take(&q->shifted, cells, sizeof *q->shifted));
    QON_TRY(qon_take(&q->last, cells, sizeof *q->last));
    QON_TRY(qon_take(&q->cut, ranks + 1, sizeof *q->cut));
    QON_TRY(qon_take(&q->first, ranks * (cells + 1), sizeof *q->first));
    QON_TRY(qon_take(&q->out, ranks, sizeof *q->out));
    QON_TRY(qon_take(&q->in, ranks, sizeof *q->in));
    QON_TRY(qon_take(&q->start, cells, sizeof *q->start));
    QON_TRY(qon_take(&q->place, ranks * cells, sizeof *q->place));
    QON_TRY(qon_take(&q->own, cells, sizeof *q->own));
done:
    return status;
}

// Seekers of all ranks, and from them the hires.
static void hires_count(struct queues *q) {
    const struct match *match = q->match;
    struct qon_world *world = match->world;
    for (int64_t c = 0; c < q->cells; c++) {
        q->seekers[q->rank * q->cells + c] = (int32_t)(match->seeker_first[c + 1] - match->seeker_first[c]);
    }
    qon_ranks_sum_i32(q->seekers, q->ranks * q->cells);
    for (int64_t c = 0; c < q->cells; c++) {
        int64_t u = 0, v = match->vacancy_first[c + 1] - match->vacancy_first[c];
        for (int r = 0; r < q->ranks; r++) {
            u += q->seekers[r * q->cells + c];
        }
        q->hires[c] = u > 0 && v > 0 ? (int32_t)qon_match_hires(world, c, u, v) : 0;
        world->places.vacancies[c] = v;
        world->places.hires[c] = q->hires[c];
    }
}

// What each rank hands on of each cell. wanted: the cells in question; NULL: all.
static void numbers_place(struct queues *q, const int32_t *wanted) {
    for (int r = 0; r < q->ranks; r++) {
        int64_t *first = q->first + r * (q->cells + 1), at = 0;
        for (int64_t c = 0; c < q->cells; c++) {
            int64_t seekers = q->seekers[r * q->cells + c], hires = wanted == NULL || wanted[c] > 0 ? q->hires[c] : 0;
            first[c] = at;
            at += seekers < hires ? seekers : hires;
        }
        first[q->cells] = at;
    }
}

static int64_t numbers_of(const struct queues *q, int rank, int64_t from, int64_t to) {
    const int64_t *first = q->first + rank * (q->cells + 1);
    return first[to] - first[from];
}

// Neighbouring cells to each rank, so that all work on about as many numbers.
static void cells_deal(struct queues *q) {
    int64_t total = 0, before = 0;
    int next = 1;
    for (int r = 0; r < q->ranks; r++) {
        total += numbers_of(q, r, 0, q->cells);
        q->cut[r + 1] = q->cells;
    }
    for (int64_t c = 0; c < q->cells; c++) {
        while (next < q->ranks && before * q->ranks >= total * next) {
            q->cut[next++] = c;
        }
        for (int r = 0; r < q->ranks; r++) {
            before += numbers_of(q, r, c, c + 1);
        }
    }
}

// Hands the numbers to those who work on the cells, and lays out the queues of the cells that this rank works on.
static void numbers_swap(struct queues *q) {
    int64_t from = q->cut[q->rank], to = q->cut[q->rank + 1], total = 0;
    for (int r = 0; r < q->ranks; r++) {
        q->out[r] = numbers_of(q, q->rank, q->cut[r], q->cut[r + 1]) * (int64_t)sizeof *q->number;
        q->in[r] = numbers_of(q, r, from, to) * (int64_t)sizeof *q->all;
    }
    qon_ranks_swap(q->number, q->out, q->all, q->in);
    for (int64_t c = from; c < to; c++) {
        q->start[c] = total;
        for (int r = 0; r < q->ranks; r++) {
            total += numbers_of(q, r, c, c + 1);
        }
    }
}

static void cells_sort(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    struct queues *q = context;
    const struct match *match = q->match;
    const int64_t *first = q->first + q->rank * (q->cells + 1);
    for (int64_t c = begin; c < end; c++) {
        int64_t count = first[c + 1] - first[c];
        if (count > 0) {
            struct qon_seeker *seekers = match->seekers + match->seeker_first[c];
            select_seekers(seekers, match->seeker_first[c + 1] - match->seeker_first[c], count);
            sort_seekers(seekers, count);
            for (int64_t i = 0; i < count; i++) {
                q->number[first[c] + i] = seekers[i].rank;
            }
        }
    }
}

// The numbers of a cell that this rank works on, the `hires` smallest first.
static struct queued *queue_make(const struct queues *q, int64_t c) {
    struct queued *queue = q->queue + q->start[c];
    int64_t count = 0, before = 0;
    for (int r = 0; r < q->ranks; r++) {
        const uint64_t *numbers = q->all + before + numbers_of(q, r, q->cut[q->rank], c);
        for (int64_t i = 0; i < numbers_of(q, r, c, c + 1); i++) {
            queue[count++] = (struct queued){numbers[i], (uint32_t)r, (uint32_t)i};
        }
        before += q->in[r] / (int64_t)sizeof *q->all;
    }
    select_queued(queue, count, q->hires[c]);
    return queue;
}

static void cells_work(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    struct queues *q = context;
    const struct match *match = q->match;
    for (int64_t c = q->cut[q->rank] + begin; c < q->cut[q->rank] + end; c++) {
        if (q->hires[c] == 0) {
            continue;
        }
        struct qon_unit *vacancies = match->vacancies + match->vacancy_first[c];
        select_vacancies(vacancies, match->vacancy_first[c + 1] - match->vacancy_first[c], q->hires[c]);
        sort_vacancies(vacancies, q->hires[c]);
        struct queued *queue = queue_make(q, c);
        sort_queued(queue, q->hires[c]);
        for (int32_t k = 0; k < q->hires[c]; k++) {
            q->hired[queue[k].source * q->cells + c]++;
        }
    }
}

// Each rank learns the employers of its hired.
static enum qon_status answers_swap(struct queues *q) {
    enum qon_status status = QON_OK;
    const struct match *match = q->match;
    int64_t from = q->cut[q->rank], to = q->cut[q->rank + 1], given = 0, told = 0;
    for (int r = 0; r < q->ranks; r++) {
        int64_t before = given;
        for (int64_t c = from; c < to; c++) {
            q->place[r * q->cells + c] = given;
            given += q->hired[r * q->cells + c];
        }
        q->out[r] = (given - before) * (int64_t)sizeof *q->answer;
    }
    qon_ranks_sum_i32(q->hired, q->ranks * q->cells); // each cell was counted by one
    for (int r = 0; r < q->ranks; r++) {
        int64_t before = told;
        for (int64_t c = q->cut[r]; c < q->cut[r + 1]; c++) {
            q->own[c] = told;
            told += q->hired[q->rank * q->cells + c];
        }
        q->in[r] = (told - before) * (int64_t)sizeof *q->told;
    }
    QON_TRY(qon_take(&q->answer, (size_t)given + 1, sizeof *q->answer));
    QON_TRY(qon_take(&q->told, (size_t)told + 1, sizeof *q->told));
    for (int64_t c = from; c < to; c++) {
        for (int32_t k = 0; k < q->hires[c]; k++) {
            const struct queued *one = &q->queue[q->start[c] + k];
            q->answer[q->place[one->source * q->cells + c] + one->place] = match->vacancies[match->vacancy_first[c] + k].employer;
        }
    }
    qon_ranks_swap(q->answer, q->out, q->told, q->in);
done:
    return status;
}

static QON_FETCHES void look_ahead(struct qon_world *world, const struct qon_seeker *next, uint32_t employer) {
    const struct qon_persons *p = &world->block[next->block].persons;
    __builtin_prefetch(&p->status[next->row], 1);
    __builtin_prefetch(&p->status_month[next->row], 1);
    __builtin_prefetch(&p->employer[next->row], 1);
    __builtin_prefetch(&p->wage_tiyn_month[next->row], 1);
    __builtin_prefetch(&qon_staff_open(world)[employer], 1);
}

static void cells_hire(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    struct queues *q = context;
    struct qon_world *world = q->match->world;
    for (int64_t c = begin; c < end; c++) {
        int32_t hired = q->hired[q->rank * q->cells + c];
        if (hired == 0) {
            continue;
        }
        const struct qon_seeker *seekers = q->match->seekers + q->match->seeker_first[c];
        const uint32_t *employer = q->told + q->own[c];
        struct qon_hired sums = {0};
        for (int32_t i = 0; i < hired; i++) {
            uint64_t id = qon_person_id(&world->block[seekers[i].block], seekers[i].row);
            if (i + QON_AHEAD < hired) {
                look_ahead(world, &seekers[i + QON_AHEAD], employer[i + QON_AHEAD]);
            }
            qon_match_hire(world, &seekers[i], employer[i], qon_wage_draw(world, id, employer[i], (uint32_t)c), &sums);
            qon_staff_add(&qon_staff_open(world)[employer[i]], 1); // open vacancies follow from what staff is added
            q->shifted[c] |= seekers[i].shifted;
        }
        qon_tally_hired(world, c, sums.unemployed, sums.self_employed, sums.wages_tiyn);
        qon_tally_event(world, NULL, QON_EVENT_hires, (uint32_t)(c / (world->occupations * world->skills)), hired);
    }
}

// ---- as count_preferred of matching.c: the last who would have been hired without programmes is found from all ranks' plain numbers

static uint64_t plain_rank(const struct qon_world *world, const struct qon_seeker *seeker) {
    return seeker->shifted ? qon_seeker_rank(world, qon_person_id(&world->block[seeker->block], seeker->row)) : seeker->rank;
}

static void plain_numbers(struct queues *q) {
    const struct match *match = q->match;
    const int64_t *first = q->first + q->rank * (q->cells + 1);
    for (int64_t c = 0; c < q->cells; c++) {
        int64_t u = match->seeker_first[c + 1] - match->seeker_first[c], count = first[c + 1] - first[c];
        if (count == 0) {
            continue;
        }
        const struct qon_seeker *seekers = match->seekers + match->seeker_first[c];
        struct qon_plain_rank *plain = match->plain + match->seeker_first[c];
        for (int64_t k = 0; k < u; k++) {
            plain[k].rank = plain_rank(match->world, &seekers[k]);
        }
        select_plain(plain, u, count);
        for (int64_t i = 0; i < count; i++) {
            q->number[first[c] + i] = plain[i].rank;
        }
    }
}

static void count_preferred(struct queues *q) {
    struct qon_world *world = q->match->world;
    qon_ranks_sum_i32(q->shifted, q->cells);
    numbers_place(q, q->shifted); // fewer than before, so what was taken suffices
    plain_numbers(q);
    numbers_swap(q);
    for (int64_t c = q->cut[q->rank]; c < q->cut[q->rank + 1]; c++) {
        if (q->shifted[c] > 0) {
            const struct queued *queue = queue_make(q, c);
            uint64_t last = 0;
            for (int32_t k = 0; k < q->hires[c]; k++) {
                last = queue[k].rank > last ? queue[k].rank : last;
            }
            q->last[c] = (int64_t)last;
        }
    }
    qon_ranks_sum_i64(q->last, q->cells);
    for (int64_t c = 0; c < q->cells; c++) {
        uint32_t zone = (uint32_t)(c / (world->occupations * world->skills));
        int32_t hired = q->shifted[c] > 0 ? q->hired[q->rank * q->cells + c] : 0;
        const struct qon_seeker *seekers = hired > 0 ? q->match->seekers + q->match->seeker_first[c] : NULL;
        for (int32_t k = 0; k < hired; k++) {
            if (seekers[k].shifted && seekers[k].programme >= 0) {
                bool anyway = plain_rank(world, &seekers[k]) <= (uint64_t)q->last[c];
                qon_measure_add(world, seekers[k].programme, zone, QON_MEASURE_preferred, 1);
                qon_measure_add(world, seekers[k].programme, zone, anyway ? QON_MEASURE_windfall : QON_MEASURE_displaced, 1);
            }
        }
    }
}

enum qon_status qon_match_ranks(struct match *match) {
    enum qon_status status = QON_OK;
    struct qon_world *world = match->world;
    struct queues q = {.match = match, .cells = world->cells, .ranks = world->ranks, .rank = world->rank};
    QON_TRY(queues_take(&q));
    hires_count(&q);
    numbers_place(&q, NULL);
    cells_deal(&q);
    int64_t total = 0;
    for (int r = 0; r < q.ranks; r++) {
        total += numbers_of(&q, r, q.cut[q.rank], q.cut[q.rank + 1]);
    }
    QON_TRY(qon_take(&q.number, (size_t)numbers_of(&q, q.rank, 0, q.cells) + 1, sizeof *q.number));
    QON_TRY(qon_take(&q.all, (size_t)total + 1, sizeof *q.all));
    QON_TRY(qon_take(&q.queue, (size_t)total + 1, sizeof *q.queue));
    qon_par_for(q.cells, 8, cells_sort, &q);
    numbers_swap(&q);
    qon_par_for(q.cut[q.rank + 1] - q.cut[q.rank], 8, cells_work, &q);
    QON_TRY(answers_swap(&q));
    qon_share_blocks(world, true);
    qon_par_for(q.cells, 8, cells_hire, &q);
    qon_share_blocks(world, false);
    if (match->plain != NULL) {
        count_preferred(&q);
    }
done:
    queues_free(&q);
    return status;
}
