// SPDX-License-Identifier: GPL-3.0-or-later
// The calendar: once a year every person's demographic candidates for the year are drawn and put into the list of their month, so a month
// visits only those to whom something may happen.
//
// The draws of founders belong to (block, year) and are made cohort by cohort (calendar_founders.c); those of later persons, here, belong
// to (person, year): the same for one who was there in January and for one who came in June, of whom only the months left count. Candidates
// are drawn at a cap that depends on nothing but sex and age; the phase accepts with probability (hazard here and now) / cap. ODD tag
// M-CALENDAR-1.
//
// Invariants: 1. what a list holds of a person follows from what never changes about it (id, birth, sex, legal status, the arrival of a
// permit holder, who never moves) and from the year; a newcomer's events begin in the month after arrival. So lists made again in any
// month hold for the months left what the lists of January held, less those who are gone, whom every phase passes over. 2. A list is in
// the order of rows: January's filling goes by rows, and later rows are newcomers, appended as they come. Of departures, and of those with
// two milestones in a year, what comes first is the same whenever lists are made.
#include "calendar.h"

#include <string.h>

struct draws {
    uint64_t events; // key
    struct qon_year year;
};

static double year_prob(double rate) {
    return 1 - qon_exp(-rate);
}

// The caps of the year's events by sex and age: the largest chance of anybody.
void qon_calendar_caps(struct qon_world *world) {
    struct qon_model *m = world->model;
    const struct qon_settings *set = &world->scenario->settings;
    double single = set->demography.birth_single_factor, coupled = set->demography.birth_coupled_factor;
    m->birth_single_most = single < coupled ? single / coupled * (1 + 1e-9) : 1;
    for (int sex = 0; sex < 2; sex++) {
        for (int age = 0; age < QON_AGES; age++) {
            double *prob = m->calendar_prob[sex][age];
            prob[QON_CAL_DEATH] = year_prob(m->death_rate[sex][age] * m->death_factor_max);
            prob[QON_CAL_BIRTH] = sex == QON_FEMALE ? qon_birth_prob(m->birth_rate[age] * m->birth_factor_max) : 0;
            m->birth_single_most = prob[QON_CAL_BIRTH] < 1 ? m->birth_single_most : 1; // cut off, the cap says less
            prob[QON_CAL_UNION] = year_prob(m->union_rate[sex][age]);
            prob[QON_CAL_LEAVE_HOME] = year_prob(m->leave_rate[sex][age]);
        }
    }
}

// Month 0..11 in which an event of yearly probability p falls, for a draw u below p.
static int event_month(double u, double p) {
    int month = (int)(12 * u / p);
    return month > 11 ? 11 : month;
}

// Unregistered and EAEU workers leave at a constant hazard: a draw for each month of the year, the first that succeeds counts. It matters
// neither when a worker came nor whether it has moved between zones since. 12: not this year.
static int32_t month_leaving(const struct qon_world *world, const struct draws *draws, uint64_t id, double stay_months, int32_t first) {
    uint64_t key = qon_key(world->scenario->seed, QON_DRAW_FOREIGN, draws->year.january);
    double prob = 1 - qon_exp(-1 / stay_months);
    uint32_t leaves = 1U << 12; // bits of months: all are drawn, since chance decides which is the first
    for (int32_t month = 0; month < 12; month++) {
        leaves |= (uint32_t)(qon_draw_unit(key, id, 32 + (uint32_t)month) < prob) << month;
    }
    return __builtin_ctz(leaves >> first << first);
}

// Permits run for whole terms and are renewed with a constant probability, drawn once. Founders' terms began at a random time before the
// start; founders are known by their row, because arrival_month changes when a household moves that has one among its members.
static int32_t permit_end(const struct qon_world *world, const struct qon_block *block, uint32_t person) {
    const struct qon_settings *set = &world->scenario->settings;
    const struct qon_persons *p = &block->persons;
    bool founder = person < p->founders;
    int32_t from = founder ? world->scenario->start : p->arrival_month[person];
    uint64_t key = qon_life_key(world, QON_DRAW_FOREIGN);
    double term = p->legal[person] == QON_SEASONAL ? 6 : set->employers.permit_months;
    double renewal = p->legal[person] == QON_SEASONAL ? 0 : set->employers.permit_renewal_share;
    double u = qon_draw_unit(key, qon_person_id(block, person), 0);
    double renewals = renewal > 0 && renewal < 1 ? (double)(int64_t)(qon_log(u) / qon_log(renewal)) : 0;
    double part = founder ? qon_draw_unit(key, qon_person_id(block, person), 1) : 1;
    double stay = (double)(int64_t)(term * (renewals + part)); // months at whose end the worker is there
    return from + (stay < 2400 ? (int32_t)stay : 2400);
}

// Lists the month in which a foreign worker leaves, if it is one of this year's.
static enum qon_status departure(const struct qon_world *world, struct qon_block *block, const struct draws *draws, uint32_t row,
                                 int32_t first) {
    enum qon_status status = QON_OK;
    const struct qon_settings *set = &world->scenario->settings;
    uint8_t legal = block->persons.legal[row];
    double stay = legal == QON_EAEU ? set->external.eaeu_stay_months : set->external.unregistered_stay_months;
    int32_t month = qon_is_permit(legal) ? permit_end(world, block, row) - draws->year.january
                                         : month_leaving(world, draws, qon_person_id(block, row), stay, first);
    if (month >= first && month < 12) {
        QON_TRY(qon_rows_push(&block->calendar[QON_CAL_DEPARTURE][month], row));
    }
done:
    return status;
}

static const double *probs_of(const struct qon_world *world, const struct qon_block *block, const struct draws *draws, uint32_t row) {
    const struct qon_persons *p = &block->persons;
    return world->model->calendar_prob[p->sex[row]][qon_calendar_age(&draws->year, p->birth_month[row])];
}

// One event of a later person, if it comes in one of the months first..11.
static enum qon_status event(struct qon_block *block, int list, uint32_t row, double u, double prob, int32_t first) {
    int month = event_month(u, prob);
    return month < first ? QON_OK : qon_rows_push(&block->calendar[list][month], row);
}

// The ages that count in the year: none of most.
static enum qon_status ages(const struct qon_world *world, struct qon_block *block, const struct draws *draws, uint32_t row,
                            int32_t first) {
    enum qon_status status = QON_OK;
    const struct qon_model *m = world->model;
    int32_t from = block->persons.birth_month[row] - draws->year.january;
    for (int i = 0; i < m->milestones_count && from + m->milestones[i] < 12; i++) {
        int32_t month = from + m->milestones[i];
        if (month >= first) {
            QON_TRY(qon_rows_push(&block->calendar[QON_CAL_AGE][month], row));
        }
    }
done:
    return status;
}

// Pushes a later person into the lists of the months first..11 of the year.
static enum qon_status enter(const struct qon_world *world, struct qon_block *block, const struct draws *draws, uint32_t row,
                             int32_t first) {
    enum qon_status status = QON_OK;
    const double *prob = probs_of(world, block, draws, row);
    struct qon_pcg pcg = qon_pcg_keyed(draws->events, qon_person_id(block, row));
    for (int list = 0; list < QON_CAL_DRAWN; list++) {
        double u = qon_unit(qon_pcg_next(&pcg));
        if (u < prob[list]) {
            QON_TRY(event(block, list, row, u, prob[list], first));
        }
    }
    QON_TRY(ages(world, block, draws, row, first));
    if (qon_is_foreign(block->persons.legal[row])) {
        QON_TRY(departure(world, block, draws, row, first));
    }
done:
    return status;
}

// The same of some, at most TOGETHER, none of whom is gone: most events come to few of them. Each list is in the order of rows.
enum { TOGETHER = 256 };
static enum qon_status enter_many(const struct qon_world *world, struct qon_block *block, const struct draws *draws, const uint32_t *row,
                                  uint32_t count) {
    enum qon_status status = QON_OK;
    uint64_t id[TOGETHER] = {0};
    uint32_t draw[QON_CAL_DRAWN * TOGETHER], hit[TOGETHER];
    const double *prob[TOGETHER];
    for (uint32_t i = 0; i < count; i++) {
        id[i] = qon_person_id(block, row[i]);
        prob[i] = probs_of(world, block, draws, row[i]);
    }
    world->model->kernels->sequences(draws->events, id, count, QON_CAL_DRAWN, draw);
    for (int list = 0; list < QON_CAL_DRAWN; list++) {
        const uint32_t *own = draw + (size_t)list * count;
        uint32_t hits = 0;
        for (uint32_t i = 0; i < count; i++) {
            hit[hits] = i;
            hits += qon_unit(own[i]) < prob[i][list];
        }
        for (uint32_t j = 0; j < hits; j++) {
            uint32_t i = hit[j];
            QON_TRY(event(block, list, row[i], qon_unit(own[i]), prob[i][list], draws->year.first));
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        QON_TRY(ages(world, block, draws, row[i], draws->year.first));
    }
    for (uint32_t i = 0; i < count; i++) {
        if (qon_is_foreign(block->persons.legal[row[i]])) {
            QON_TRY(departure(world, block, draws, row[i], draws->year.first));
        }
    }
done:
    return status;
}

static enum qon_status enter_later(const struct qon_world *world, struct qon_block *block, const struct draws *draws) {
    enum qon_status status = QON_OK;
    const struct qon_persons *p = &block->persons;
    uint32_t row[TOGETHER], count = 0;
    for (uint32_t own = p->founders; own < p->count; own++) {
        row[count] = own;
        count += p->status[own] != QON_GONE;
        if (count == TOGETHER) {
            QON_TRY(enter_many(world, block, draws, row, count));
            count = 0;
        }
    }
    QON_TRY(enter_many(world, block, draws, row, count));
done:
    return status;
}

static struct draws draws_of(const struct qon_world *world) {
    int32_t january = world->month - world->month % 12;
    return (struct draws){qon_key(world->scenario->seed, QON_DRAW_DEATH, january), {january, world->month % 12}};
}

// Bit i: legal[i] is that of a foreign worker, of eight.
static uint64_t foreign_of(uint64_t eight) {
    const uint64_t ones = 0x0101010101010101ULL;
    return (((eight + ones * (0x80 - QON_PERMIT_1)) & ones * 0x80) >> 7) * 0x0102040810204080ULL >> 56;
}

// The foreign workers among the founders: few, so most are passed over eight at a time.
static enum qon_status departures(const struct qon_world *world, struct qon_block *block, const struct draws *draws) {
    enum qon_status status = QON_OK;
    const struct qon_persons *p = &block->persons;
    for (uint32_t begin = 0; begin < p->founders; begin += 8) {
        uint64_t eight = 0; // citizens
        memcpy(&eight, p->legal + begin, p->founders - begin < 8 ? p->founders - begin : 8);
        for (uint64_t mask = foreign_of(eight); mask != 0; mask &= mask - 1) {
            uint32_t row = begin + (uint32_t)__builtin_ctzll(mask);
            if (p->status[row] != QON_GONE) {
                QON_TRY(departure(world, block, draws, row, draws->year.first));
            }
        }
    }
done:
    return status;
}

struct fill {
    struct qon_world *world;
    struct qon_founders_scratch *scratch; // [threads]
    enum qon_status status;
};

static enum qon_status fill_block(struct fill *fill, struct qon_block *block, const struct draws *draws,
                                  struct qon_founders_scratch *scratch) {
    enum qon_status status = QON_OK;
    for (int c = 0; c < QON_CALENDARS; c++) {
        for (int m = 0; m < 12; m++) {
            block->calendar[c][m].count = 0;
        }
    }
    QON_TRY(qon_calendar_founders(fill->world, block, &draws->year, scratch));
    QON_TRY(departures(fill->world, block, draws));
    QON_TRY(enter_later(fill->world, block, draws));
done:
    return status;
}

static void fill_blocks(void *context, int64_t begin, int64_t end, int thread) {
    struct fill *fill = context;
    struct draws draws = draws_of(fill->world);
    for (int64_t b = begin; b < end; b++) {
        if (fill_block(fill, &fill->world->block[b], &draws, &fill->scratch[thread]) != QON_OK) {
            __atomic_store_n(&fill->status, QON_MACHINE, __ATOMIC_RELAXED);
            return;
        }
    }
}

enum qon_status qon_calendar_fill(struct qon_world *world) {
    enum qon_status status = QON_OK;
    struct fill fill = {.world = world, .status = QON_OK};
    int threads = qon_par_threads();
    QON_TRY(qon_take(&fill.scratch, (size_t)threads, sizeof *fill.scratch));
    qon_par_for(world->blocks, 1, fill_blocks, &fill);
    for (int t = 0; t < threads; t++) {
        qon_calendar_founders_free(&fill.scratch[t]);
    }
    qon_free(fill.scratch);
    status = fill.status;
done:
    return status;
}

void qon_calendar_add(struct qon_world *world, struct qon_block *block, uint32_t person) {
    struct draws draws = draws_of(world);
    // A newcomer's events start next month: the phases of this month have passed or are under way.
    if (enter(world, block, &draws, person, world->month % 12 + 1) != QON_OK) {
        qon_memory_short(world);
    }
}

uint32_t qon_education_path(const struct qon_world *world, uint64_t id) {
    const double *cumulated = world->model->education_entry;
    double u = qon_draw_unit(qon_life_key(world, QON_DRAW_EDUCATION), id, 0) * cumulated[world->educations - 1];
    uint32_t level = 0;
    while (level < (uint32_t)world->educations - 1 && u >= cumulated[level]) {
        level++;
    }
    return level;
}
