// SPDX-License-Identifier: GPL-3.0-or-later
// January for the founders of a block: who may die, bear, marry, leave home this year and in which month, and whose age will count.
// ODD tag M-CALENDAR-1.
//
// The trick: a founder's sex and birth never change, so founders ordered by them make cohorts that are the same in every scenario and year,
// and the chance of an event is one number for a whole cohort. One exponential variable tells how much hazard passes before the next
// candidate; it is spent cohort by cohort, so that what is drawn are the candidates and not the persons. Given by whom it happens, the
// month is one keyed draw. Workload: 65,536 founders a block, of whom a sixth are candidates for something in a year. cost: about 3 ns a
// founder for the order, once in a run, and 10 for each candidate. Those gone keep their places in the order, and are left out of the
// lists.
#include "calendar.h"

#include <math.h>
#include <qonys/kernels.h>
#include <string.h>

// Founders in the order of sex and birth month, by counting (Knuth, vol. 3, 5.2): births of one month in the order of rows.
struct cohorts {
    int32_t least; // birth month of the first
    uint32_t births;
    const uint32_t *first;
    const uint32_t *row;
};

static enum qon_status scratch_reserve(struct qon_founders_scratch *scratch, uint32_t cohorts, uint32_t founders) {
    enum qon_status status = QON_OK;
    if (cohorts > scratch->cohorts) {
        qon_free(scratch->first);
        scratch->cohorts = 0;
        QON_TRY(qon_take(&scratch->first, (size_t)cohorts + 1, sizeof *scratch->first));
        scratch->cohorts = cohorts;
    }
    if (founders > scratch->founders) {
        qon_free(scratch->row);
        qon_free(scratch->mark);
        scratch->row = NULL;
        scratch->mark = NULL;
        scratch->founders = 0;
        QON_TRY(qon_take(&scratch->row, founders, sizeof *scratch->row));
        QON_TRY(qon_take(&scratch->mark, (size_t)founders + 64, sizeof *scratch->mark)); // is read 64 at a time
        scratch->founders = founders;
    }
done:
    return status;
}

void qon_calendar_founders_free(struct qon_founders_scratch *scratch) {
    qon_free(scratch->first);
    qon_free(scratch->row);
    qon_free(scratch->mark);
    *scratch = (struct qon_founders_scratch){0};
}

static enum qon_status cohorts_count(const struct qon_persons *p, struct qon_founders_scratch *scratch, struct cohorts *cohorts) {
    enum qon_status status = QON_OK;
    uint32_t count = p->founders;
    int32_t least = INT16_MAX, most = INT16_MIN;
    for (uint32_t row = 0; row < count; row++) {
        least = p->birth_month[row] < least ? p->birth_month[row] : least;
        most = p->birth_month[row] > most ? p->birth_month[row] : most;
    }
    uint32_t births = (uint32_t)(most - least) + 1;
    QON_TRY(scratch_reserve(scratch, 2 * births, count));
    uint32_t *first = scratch->first;
    memset(first, 0, (2 * (size_t)births + 1) * sizeof *first);
    for (uint32_t row = 0; row < count; row++) {
        first[p->sex[row] * births + (uint32_t)(p->birth_month[row] - least)]++;
    }
    for (uint32_t c = 0, sum = 0; c <= 2 * births; c++) {
        uint32_t own = first[c];
        first[c] = sum;
        sum += own;
    }
    for (uint32_t row = 0; row < count; row++) { // then each cohort begins where the next did: the last step puts that right
        scratch->row[first[p->sex[row] * births + (uint32_t)(p->birth_month[row] - least)]++] = row;
    }
    memmove(first + 1, first, 2 * (size_t)births * sizeof *first);
    first[0] = 0;
    *cohorts = (struct cohorts){least, births, first, scratch->row};
done:
    return status;
}

// Counted in the first January and kept, since neither sexes nor births change, where 16 bits hold a row.
static enum qon_status cohorts_make(struct qon_world *world, const struct qon_block *block, struct qon_founders_scratch *scratch,
                                    struct cohorts *cohorts) {
    enum qon_status status = QON_OK;
    struct qon_cohorts *kept = &world->model->cohorts[block->index];
    uint32_t count = block->persons.founders;
    if (kept->row == NULL) {
        QON_TRY(cohorts_count(&block->persons, scratch, cohorts));
        if (count <= UINT16_MAX + 1U) {
            QON_TRY(qon_take(&kept->first, 2 * (size_t)cohorts->births + 1, sizeof *kept->first));
            QON_TRY(qon_take(&kept->row, count, sizeof *kept->row));
            kept->least = cohorts->least;
            kept->births = cohorts->births;
            memcpy(kept->first, cohorts->first, (2 * (size_t)cohorts->births + 1) * sizeof *kept->first);
            for (uint32_t i = 0; i < count; i++) {
                kept->row[i] = (uint16_t)cohorts->row[i];
            }
        }
        return QON_OK;
    }
    QON_TRY(scratch_reserve(scratch, 0, count));
    for (uint32_t i = 0; i < count; i++) {
        scratch->row[i] = kept->row[i];
    }
    *cohorts = (struct cohorts){kept->least, kept->births, kept->first, scratch->row};
done:
    return status;
}

enum { TOGETHER = 64, MARKED = 512 };

// The candidates of one list as they are found.
struct drawing {
    const struct qon_kernels *kernels;
    const struct qon_block *block;
    uint64_t key, stream; // stream: id of the next exponential variable
    uint32_t drawn, hits;
    uint8_t *mark;
    double exponential[TOGETHER];
    uint32_t hit[TOGETHER]; // rows whose month is not drawn yet
};

static double next_exponential(struct drawing *drawing) {
    uint32_t at = drawing->drawn++ % TOGETHER;
    if (at == 0) {
        uint64_t id[TOGETHER];
        for (uint32_t i = 0; i < TOGETHER; i++) {
            id[i] = drawing->stream++;
        }
        drawing->kernels->times(drawing->key, id, 0, TOGETHER, drawing->exponential);
    }
    return drawing->exponential[at];
}

static void months_draw(struct drawing *drawing) {
    uint64_t id[TOGETHER];
    uint32_t draw[TOGETHER], same[TOGETHER] = {0}; // alternative 0
    for (uint32_t i = 0; i < drawing->hits; i++) {
        id[i] = qon_person_id(drawing->block, drawing->hit[i]);
    }
    drawing->kernels->draws(drawing->key, id, same, drawing->hits, draw);
    for (uint32_t i = 0; i < drawing->hits; i++) {
        drawing->mark[drawing->hit[i]] = (uint8_t)(1 + qon_below(draw[i], 12));
    }
    drawing->hits = 0;
}

// Of `count` founders each with chance `prob`. left: hazard until the next candidate.
static double cohort_draw(struct drawing *drawing, const uint32_t *row, uint32_t count, double prob, double left) {
    double hazard = prob < 1 ? -qon_log(1 - prob) : INFINITY;
    uint32_t at = 0;
    while (at < count && left < hazard * (double)(count - at)) {
        double skip = left / hazard;
        uint32_t most = count - at - 1; // rounding never leads beyond the last
        at += skip < (double)most ? (uint32_t)skip : most;
        drawing->hit[drawing->hits++] = row[at++];
        if (drawing->hits == TOGETHER) {
            months_draw(drawing);
        }
        left = next_exponential(drawing);
    }
    return at < count ? left - hazard * (double)(count - at) : left;
}

// Marks those who are candidates for one event with the month in which it may come.
static void list_draw(const struct qon_world *world, const struct qon_block *block, const struct qon_year *year,
                      const struct cohorts *cohorts, int list, uint8_t *mark) {
    static const enum qon_purpose purposes[QON_CAL_DRAWN] = {QON_DRAW_DEATH, QON_DRAW_BIRTH, QON_DRAW_UNION, QON_DRAW_LEAVE_HOME};
    uint64_t key = qon_key(world->scenario->seed, purposes[list], year->january);
    struct drawing drawing = {
        .kernels = qon_kernels(), .block = block, .key = key, .stream = qon_id_make(block->founder_id, 0, purposes[list]), .mark = mark};
    double left = next_exponential(&drawing);
    for (uint32_t sex = 0; sex < 2; sex++) {
        const uint32_t *first = cohorts->first + (size_t)sex * cohorts->births;
        for (uint32_t begin = 0, end; begin < cohorts->births; begin = end) {
            int32_t age = qon_calendar_age(year, cohorts->least + (int32_t)begin);
            end = begin + 1;
            while (end < cohorts->births && qon_calendar_age(year, cohorts->least + (int32_t)end) == age) {
                end++;
            }
            double prob = world->model->calendar_prob[sex][age][list];
            if (prob > 0) {
                left = cohort_draw(&drawing, cohorts->row + first[begin], first[end] - first[begin], prob, left);
            }
        }
    }
    months_draw(&drawing);
}

// Marks those whose age counts in one of the months. Who has two such months in a year is listed at once for the second.
static enum qon_status milestones_mark(const struct qon_world *world, struct qon_block *block, const struct qon_year *year,
                                       const struct cohorts *cohorts, uint8_t *mark) {
    enum qon_status status = QON_OK;
    const struct qon_model *m = world->model;
    for (int i = 0; i < m->milestones_count; i++) {
        for (int32_t month = 0; month < 12; month++) {
            int32_t cohort = year->january + month - m->milestones[i] - cohorts->least;
            for (uint32_t sex = 0; cohort >= 0 && cohort < (int32_t)cohorts->births && sex < 2; sex++) {
                const uint32_t *first = cohorts->first + (size_t)sex * cohorts->births + cohort;
                for (uint32_t at = first[0]; at < first[1]; at++) {
                    uint32_t row = cohorts->row[at];
                    if (mark[row] == 0) {
                        mark[row] = (uint8_t)(1 + month);
                    } else if (month >= year->first && block->persons.status[row] != QON_GONE) {
                        QON_TRY(qon_rows_push(&block->calendar[QON_CAL_AGE][month], row));
                    }
                }
            }
        }
    }
done:
    return status;
}

// Bit i: mark[i] is not 0, of eight marks below 128.
static uint64_t marked_of(uint64_t eight) {
    const uint64_t low = 0x7f7f7f7f7f7f7f7fULL;
    return (((eight + low) & ~low) >> 7) * 0x0102040810204080ULL >> 56;
}

// Lists some of those who are marked by their months; those gone are left out.
static enum qon_status months_push(struct qon_block *block, const struct qon_year *year, const uint8_t *mark, const uint32_t *rows,
                                   uint32_t count, struct qon_rows list[12]) {
    enum qon_status status = QON_OK;
    const uint8_t *labour = block->persons.status;
    uint32_t of[13] = {0}; // month 12: of nobody who is listed
    uint8_t month[MARKED];
    for (uint32_t i = 0; i < count; i++) {
        uint8_t own = (uint8_t)(mark[rows[i]] - 1);
        bool counts = (own >= year->first) & (labour[rows[i]] != QON_GONE);
        month[i] = counts ? own : 12;
        of[month[i]]++;
    }
    for (int m = 0; m < 12; m++) {
        uint32_t wanted = list[m].count + of[m];
        if (wanted > list[m].capacity) {
            QON_TRY(qon_rows_reserve(&list[m], wanted + wanted / 2 + 64));
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        if (month[i] < 12) {
            list[month[i]].row[list[month[i]].count++] = rows[i];
        }
    }
done:
    return status;
}

// Lists those who are marked, in the order of rows: found 64 at a time.
static enum qon_status marked_list(struct qon_block *block, const struct qon_year *year, const uint8_t *mark, struct qon_rows list[12]) {
    enum qon_status status = QON_OK;
    uint32_t rows[MARKED + 8], count = 0;
    for (uint32_t begin = 0; begin < block->persons.founders; begin += 64) {
        uint64_t eight[8], mask = 0;
        memcpy(eight, mark + begin, sizeof eight);
        for (int i = 0; i < 8; i++) {
            mask |= marked_of(eight[i]) << 8 * i;
        }
        count += qon_bits_list(mask, begin, 8, rows + count);
        if (count > MARKED - 64) {
            QON_TRY(months_push(block, year, mark, rows, count, list));
            count = 0;
        }
    }
    QON_TRY(months_push(block, year, mark, rows, count, list));
done:
    return status;
}

enum qon_status qon_calendar_founders(struct qon_world *world, struct qon_block *block, const struct qon_year *year,
                                      struct qon_founders_scratch *scratch) {
    enum qon_status status = QON_OK;
    struct cohorts cohorts;
    if (block->persons.founders == 0) {
        return QON_OK;
    }
    QON_TRY(cohorts_make(world, block, scratch, &cohorts));
    size_t marks = (size_t)block->persons.founders + 64;
    for (int list = 0; list < QON_CAL_DRAWN; list++) {
        memset(scratch->mark, 0, marks);
        list_draw(world, block, year, &cohorts, list, scratch->mark);
        QON_TRY(marked_list(block, year, scratch->mark, block->calendar[list]));
    }
    memset(scratch->mark, 0, marks);
    QON_TRY(milestones_mark(world, block, year, &cohorts, scratch->mark));
    QON_TRY(marked_list(block, year, scratch->mark, block->calendar[QON_CAL_AGE]));
done:
    return status;
}
