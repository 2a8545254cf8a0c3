// SPDX-License-Identifier: GPL-3.0-or-later
// The calendar: once a year every person's demographic candidates for the year are drawn and put into the list of their month, so a month
// visits only those to whom something may happen.
//
// A draw belongs to (person, year): the same for a person who was there in January and for one who came in June (of whom only the months
// left count), and the same after a resumption, when the lists are made again. Candidates are drawn at a cap that depends on nothing but
// sex and age; the phase accepts with probability (hazard here and now) / cap. ODD tag M-CALENDAR-1.
//
// Invariants: 1. what a list holds of a person follows from what never changes about it (id, birth, sex, legal status, the arrival of a
// permit holder, who never moves) and from the year; a newcomer's events begin in the month after arrival. So lists made again in any
// month hold for the months left what the lists of January held, less those who are gone, whom every phase passes over. 2. A list is in
// the order of rows: January's filling goes by rows, and later rows are newcomers, appended as they come.
#include "model.h"

#include <qonys/kernels.h>

enum { LISTS = QON_CAL_LEAVE_HOME + 1, TOGETHER = 256, AGE_MONTHS = 12 * (QON_AGES + 11) };

struct draws {
    uint64_t events, foreign; // keys
    int32_t january;
};

static double year_prob(double rate) {
    return 1 - qon_exp(-rate);
}

// The caps of the year's events by sex and age: the largest chance of anybody.
void qon_calendar_caps(struct qon_world *world) {
    struct qon_model *m = world->model;
    for (int sex = 0; sex < 2; sex++) {
        for (int age = 0; age < QON_AGES; age++) {
            double *prob = m->calendar_prob[sex][age];
            prob[QON_CAL_DEATH] = year_prob(m->death_rate[sex][age] * m->death_factor_max);
            prob[QON_CAL_BIRTH] = sex == QON_FEMALE ? qon_birth_prob(m->birth_rate[age] * m->birth_factor_max) : 0;
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

static int32_t clamp_age(int32_t age) {
    return age < 0 ? 0 : age > QON_AGES - 1 ? QON_AGES - 1 : age;
}

// Unregistered and EAEU workers leave at a constant hazard: a draw for each month of the year, the first that succeeds counts. It matters
// neither when a worker came nor whether it has moved between zones since. 12: not this year.
static int32_t month_leaving(const struct draws *draws, uint64_t id, double stay_months, int first) {
    double prob = 1 - qon_exp(-1 / stay_months);
    int32_t month = first;
    while (month < 12 && !(qon_draw_unit(draws->foreign, id, 32 + (uint32_t)month) < prob)) {
        month++;
    }
    return month;
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

// Pushes person `row` into the lists of the months first..11 of the year. number: the first LISTS of the person's year, `apart` from each
// other.
static enum qon_status enter(struct qon_world *world, struct qon_block *block, const struct draws *draws, uint32_t row, int first,
                             const uint32_t *number, uint32_t apart) {
    enum qon_status status = QON_OK;
    const struct qon_model *m = world->model;
    const struct qon_persons *p = &block->persons;
    int32_t birth = p->birth_month[row];
    int32_t sex = p->sex[row];
    int32_t age = clamp_age((draws->january + 6 - birth) / 12); // at the middle of the year
    const double *prob = m->calendar_prob[sex][age];
    for (int list = 0; list < LISTS; list++) {
        double u = qon_unit(number[(uint32_t)list * apart]);
        if (u < prob[list]) {
            int month = event_month(u, prob[list]);
            if (month >= first) {
                QON_TRY(qon_rows_push(&block->calendar[list][month], row));
            }
        }
    }
    for (int i = 0; i < m->milestones_count; i++) {
        int32_t month = birth + m->milestones[i] - draws->january;
        if (month >= first && month < 12) {
            QON_TRY(qon_rows_push(&block->calendar[QON_CAL_AGE][month], row));
        }
    }
    if (qon_is_foreign(p->legal[row])) {
        const struct qon_settings *set = &world->scenario->settings;
        double stay = p->legal[row] == QON_EAEU ? set->external.eaeu_stay_months : set->external.unregistered_stay_months;
        int32_t month = qon_is_permit(p->legal[row]) ? permit_end(world, block, row) - draws->january
                                                     : month_leaving(draws, qon_person_id(block, row), stay, first);
        if (month >= first && month < 12) {
            QON_TRY(qon_rows_push(&block->calendar[QON_CAL_DEPARTURE][month], row));
        }
    }
done:
    return status;
}

static struct draws draws_of(const struct qon_world *world) {
    int32_t january = world->month - world->month % 12;
    return (struct draws){qon_key(world->scenario->seed, QON_DRAW_DEATH, january),
                          qon_key(world->scenario->seed, QON_DRAW_FOREIGN, january), january};
}

// What passes most persons over at a glance: by sex and age in January in months, up to which the least of a person's numbers may be an
// event; all of them where a milestone is within the year. Ages beyond are alike.
struct glance {
    uint32_t most[2][AGE_MONTHS + 1];
};

static uint32_t *glance_at(struct glance *glance, uint32_t sex, int32_t months) {
    return &glance->most[sex][(uint32_t)months < AGE_MONTHS ? months : AGE_MONTHS]; // the unborn of January are looked at too
}

static void glance_make(const struct qon_model *m, struct glance *glance) {
    for (uint32_t sex = 0; sex < 2; sex++) {
        *glance_at(glance, sex, AGE_MONTHS) = UINT32_MAX;
        for (int32_t months = 0; months < AGE_MONTHS; months++) {
            uint32_t *any = glance_at(glance, sex, months);
            *any = 0;
            for (int list = 0; list < LISTS; list++) { // u < prob only for numbers up to prob * 2^32
                double most = m->calendar_prob[sex][clamp_age((months + 6) / 12)][list] * 0x1p32;
                uint32_t number = most < 4294967295.0 ? (uint32_t)most : UINT32_MAX;
                *any = number > *any ? number : *any;
            }
            for (int i = 0; i < m->milestones_count; i++) {
                *any = m->milestones[i] >= months && m->milestones[i] - months < 12 ? UINT32_MAX : *any;
            }
        }
    }
}

struct fill {
    struct qon_world *world;
    struct glance glance;
    enum qon_status status;
};

static enum qon_status fill_block(struct fill *fill, struct qon_block *block, const struct draws *draws) {
    enum qon_status status = QON_OK;
    const struct qon_persons *p = &block->persons;
    const struct qon_kernels *kernels = qon_kernels();
    int first = fill->world->month % 12;
    uint64_t id[TOGETHER];
    uint32_t number[LISTS * TOGETHER], fit[TOGETHER];
    for (uint32_t begin = 0; begin < p->count; begin += TOGETHER) {
        uint32_t count = p->count - begin < TOGETHER ? p->count - begin : TOGETHER, fits = 0;
        for (uint32_t i = 0; i < count; i++) {
            id[i] = qon_person_id(block, begin + i);
        }
        kernels->sequences(draws->events, id, count, LISTS, number);
        for (uint32_t i = 0; i < count; i++) {
            uint32_t least = number[i];
            for (uint32_t list = 1; list < LISTS; list++) {
                least = number[list * count + i] < least ? number[list * count + i] : least;
            }
            fit[fits] = i;
            uint32_t row = begin + i;
            bool near = least <= *glance_at(&fill->glance, p->sex[row], draws->january - p->birth_month[row]);
            fits += (uint32_t)near | (uint32_t)qon_is_foreign(p->legal[row]);
        }
        for (uint32_t f = 0; f < fits; f++) {
            uint32_t i = fit[f];
            if (p->status[begin + i] != QON_GONE) {
                QON_TRY(enter(fill->world, block, draws, begin + i, first, number + i, count));
            }
        }
    }
done:
    return status;
}

static void fill_blocks(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    struct fill *fill = context;
    struct draws draws = draws_of(fill->world);
    for (int64_t b = begin; b < end; b++) {
        struct qon_block *block = &fill->world->block[b];
        for (int c = 0; c < QON_CALENDARS; c++) {
            for (int m = 0; m < 12; m++) {
                block->calendar[c][m].count = 0;
            }
        }
        if (fill_block(fill, block, &draws) != QON_OK) {
            __atomic_store_n(&fill->status, QON_MACHINE, __ATOMIC_RELAXED);
            return;
        }
    }
}

enum qon_status qon_calendar_fill(struct qon_world *world) {
    struct fill fill = {.world = world, .status = QON_OK};
    glance_make(world->model, &fill.glance);
    qon_par_for(world->blocks, 1, fill_blocks, &fill);
    return fill.status;
}

void qon_calendar_add(struct qon_world *world, struct qon_block *block, uint32_t person) {
    struct draws draws = draws_of(world);
    struct qon_pcg pcg = qon_pcg_keyed(draws.events, qon_person_id(block, person));
    uint32_t number[LISTS];
    for (int list = 0; list < LISTS; list++) {
        number[list] = qon_pcg_next(&pcg);
    }
    // A newcomer's events start next month: the phases of this month have passed or are under way.
    if (enter(world, block, &draws, person, world->month % 12 + 1, number, 1) != QON_OK) {
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
