// SPDX-License-Identifier: GPL-3.0-or-later
// Demography of a month in one block: milestones of age, deaths, births, unions, leaving home. ODD tags M-AGE-1, M-DEATH-1, M-BIRTH-1,
// M-UNION-1, M-HOME-1.
//
// Each list of candidates comes from the calendar; who dies does not bear a child in the same month, and so on: the order of the lists
// below is fixed, and within a list each candidate acts on its own person and household. Unions pair candidates of one zone by rank.
#include "calendar.h"
#include "programmes.h"

#include "select.h"

#include <qonys/kernels.h>

#include <stdlib.h>

static struct qon_year this_year(const struct qon_world *world) {
    return (struct qon_year){world->month - world->month % 12, world->month % 12};
}

static double year_prob(double rate) {
    return 1 - qon_exp(-rate);
}

static struct qon_rows *today(const struct qon_world *world, struct qon_block *block, enum qon_calendar list) {
    return &block->calendar[list][world->month % 12];
}

static uint32_t zone_of(const struct qon_block *block, uint32_t person) {
    return block->households.zone[block->persons.household[person]];
}

// Enters the labour force or stays out of it, with the education reached.
static void leave_school(struct qon_world *world, struct qon_block *block, uint32_t row, uint32_t education) {
    struct qon_persons *p = &block->persons;
    uint32_t zone = zone_of(block, row);
    qon_tally_labour(world, block, row, zone, -1);
    if (education > p->education[row]) {
        qon_tally_education(world, block, zone, p->education[row], -1);
        p->education[row] = (uint8_t)education;
        qon_tally_education(world, block, zone, education, 1);
    }
    uint32_t skill = (uint32_t)world->scenario->tables.educations.skill[p->education[row]];
    p->skill[row] = (uint8_t)skill;
    p->occupation[row] =
        (uint8_t)qon_occupation_draw(world, qon_person_id(block, row), zone, skill, qon_life_key(world, QON_DRAW_OCCUPATION));
    double take_part = world->model->participation[p->sex[row]][27] * world->anchors.participation[zone];
    bool takes = qon_draw_unit(qon_life_key(world, QON_DRAW_PARTICIPATION), qon_person_id(block, row), 0) < take_part;
    p->status[row] = takes ? QON_UNEMPLOYED : QON_INACTIVE;
    p->status_month[row] = (int16_t)world->month;
    qon_tally_labour(world, block, row, zone, 1);
    block->households.event_month[p->household[row]] = (int16_t)world->month;
}

static void retire(struct qon_world *world, struct qon_block *block, uint32_t row, int32_t age) {
    const struct qon_persons *p = &block->persons;
    const double *takes_part = world->model->participation[p->sex[row]];
    uint8_t status = p->status[row];
    bool works = status == QON_EMPLOYED || status == QON_SELF_EMPLOYED;
    double stays = takes_part[age - 1] > 0 ? takes_part[age] / takes_part[age - 1] : 0;
    if (works && qon_draw_unit(qon_life_key(world, QON_DRAW_PARTICIPATION), qon_person_id(block, row), 1) < stays) {
        return;
    }
    qon_person_leave_job(world, block, row, QON_RETIRED);
}

enum { TOGETHER = 64 }; // candidates that are decided on together

static double pension_months(const struct qon_settings *set, uint8_t sex) {
    return 12 * (sex == QON_MALE ? set->demography.retirement_men_years : set->demography.retirement_women_years);
}

static void milestone(struct qon_world *world, struct qon_block *block, uint32_t row) {
    const struct qon_settings *set = &world->scenario->settings;
    const struct qon_persons *p = &block->persons;
    int32_t age_months = world->month - p->birth_month[row];
    uint8_t status = p->status[row];
    if (status == QON_CHILD) {
        qon_person_status(world, block, row, QON_STUDENT);
        qon_grown_note(world, block, row);
        status = QON_STUDENT;
    }
    if (status == QON_STUDENT && age_months >= (int32_t)(12 * set->demography.school_end_years)) {
        uint32_t path = qon_education_path(world, qon_person_id(block, row));
        bool old = age_months >= world->model->education_end_months[path];
        if (old && !(block->commitments.count > 0 && qon_is_studying(world, block, row))) { // else with the place of study
            leave_school(world, block, row, path);
        }
    } else if (status != QON_GONE && status != QON_RETIRED && age_months == (int32_t)pension_months(set, p->sex[row])) {
        retire(world, block, row, age_months / 12);
    }
}

// Of some whose age counts this month those for whom it may matter: children, students, and who reaches the pension.
static uint32_t milestones_find(const struct qon_world *world, const struct qon_block *block, const uint32_t *rows, uint32_t count,
                                uint32_t *found) {
    static const bool learns[QON_GONE + 1] = {[QON_CHILD] = true, [QON_STUDENT] = true}, gone[QON_GONE + 1] = {[QON_GONE] = true};
    const struct qon_settings *set = &world->scenario->settings;
    const struct qon_persons *p = &block->persons;
    int32_t pension[2];
    uint32_t acting = 0;
    for (uint8_t sex = 0; sex < 2; sex++) {
        pension[sex] = world->month - (int32_t)pension_months(set, sex);
    }
    for (uint32_t i = 0; i < count; i++) {
        __builtin_prefetch(&p->birth_month[rows[i]]);
        __builtin_prefetch(&p->status[rows[i]]);
        __builtin_prefetch(&p->sex[rows[i]]);
    }
    for (uint32_t i = 0; i < count; i++) { // without a branch, since chance decides
        uint32_t row = rows[i];
        uint8_t status = p->status[row];
        found[acting] = row;
        acting += learns[status] | (!gone[status] & (p->birth_month[row] == pension[p->sex[row]]));
    }
    const struct qon_granted granted = qon_granted_of(world, block);
    for (uint32_t i = 0; i < acting; i++) {
        uint32_t row = found[i];
        if (row < granted.rows) {
            __builtin_prefetch(&granted.bits[row / 64]);
        }
        __builtin_prefetch(&p->household[row]);
        __builtin_prefetch(&p->status_month[row], 1);
        __builtin_prefetch(&p->education[row]);
        __builtin_prefetch(&p->occupation[row]);
        __builtin_prefetch(&p->skill[row]);
        __builtin_prefetch(&p->legal[row]);
        __builtin_prefetch(&p->employer[row], 1);
        __builtin_prefetch(&p->wage_tiyn_month[row], 1);
    }
    for (uint32_t i = 0; i < acting; i++) {
        uint32_t household = p->household[found[i]];
        __builtin_prefetch(&block->households.zone[household]);
        __builtin_prefetch(&block->households.event_month[household], 1);
    }
    return acting;
}

// Of some candidates those who are here and die; what their death touches is on its way then.
static uint32_t deaths_find(const struct qon_world *world, const struct qon_block *block, const uint32_t *rows, uint32_t count,
                            uint32_t *dying) {
    const struct qon_model *m = world->model;
    const struct qon_persons *p = &block->persons;
    struct qon_year year = this_year(world);
    uint64_t id[TOGETHER];
    uint32_t row[TOGETHER], draw[TOGETHER], number[TOGETHER], here = 0, found = 0;
    for (uint32_t i = 0; i < count; i++) {
        qon_ahead_person(p, rows[i]);
    }
    for (uint32_t i = 0; i < count; i++) {
        if (p->status[rows[i]] != QON_GONE) {
            __builtin_prefetch(&block->households.zone[p->household[rows[i]]]);
            id[here] = qon_person_id(block, rows[i]);
            number[here] = 1;
            row[here++] = rows[i];
        }
    }
    world->model->kernels->draws(qon_month_key(world, QON_DRAW_DEATH), id, number, here, draw);
    for (uint32_t i = 0; i < here; i++) {
        int32_t age = qon_calendar_age(&year, p->birth_month[row[i]]);
        double rate = m->death_rate[p->sex[row[i]]][age], cap = m->calendar_prob[p->sex[row[i]]][age][QON_CAL_DEATH];
        if (qon_unit(draw[i]) * cap < year_prob(rate * world->anchors.death_factor[zone_of(block, row[i])])) {
            dying[found++] = row[i];
            qon_ahead_gone(block, row[i]);
            qon_ahead_cohort(block, row[i], zone_of(block, row[i]));
        }
    }
    return found;
}

static void die(struct qon_world *world, struct qon_block *block, uint32_t row) {
    uint32_t zone = zone_of(block, row);
    qon_person_gone(world, block, row);
    qon_tally_event(world, block, QON_EVENT_deaths, zone, 1);
}

static void bear(struct qon_world *world, struct qon_block *block, uint32_t mother) {
    struct qon_persons *p = &block->persons;
    uint32_t zone = zone_of(block, mother);
    uint32_t child = qon_person_new(block, qon_id_make(qon_person_id(block, mother), p->children[mother], QON_DRAW_BIRTH));
    if (p->children[mother] < UINT8_MAX) {
        p->children[mother]++;
    }
    p->birth_month[child] = (int16_t)world->month;
    p->arrival_month[child] = QON_ALWAYS;
    p->status_month[child] = (int16_t)world->month;
    p->origin[child] = (uint16_t)zone;
    double male = world->scenario->settings.demography.birth_male_share;
    p->sex[child] = qon_draw_unit(qon_life_key(world, QON_DRAW_BIRTH_SEX), qon_person_id(block, child), 0) < male ? QON_MALE : QON_FEMALE;
    p->status[child] = QON_CHILD;
    p->legal[child] = p->legal[mother] == QON_KANDAS ? QON_KANDAS : QON_CITIZEN;
    p->skill[child] = (uint8_t)world->scenario->tables.educations.skill[0];
    qon_household_join(block, p->household[mother], child, QON_OFFSPRING);
    qon_person_arrive(world, block, child);
    qon_trace_born(world, block, mother, child);
    qon_tally_event(world, block, QON_EVENT_births, zone, 1);
}

static bool is_coupled(const struct qon_block *block, uint32_t person) {
    uint8_t role = block->persons.role[person];
    return (role <= QON_SPOUSE) & block->households.coupled[block->persons.household[person]];
}

// Of some candidates those who may bear a child, with their draws: most who are not the head or the spouse are turned away before their
// households are looked at, as the cap is that of couples.
static uint32_t mothers_filter(const struct qon_world *world, const struct qon_block *block, const uint32_t *rows, uint32_t count,
                               uint32_t *row, double *u) {
    const struct qon_persons *p = &block->persons;
    const double most[2] = {1, world->model->birth_single_most};
    uint64_t id[TOGETHER];
    uint32_t draw[TOGETHER], number[TOGETHER], found = 0;
    for (uint32_t i = 0; i < count; i++) {
        __builtin_prefetch(&p->role[rows[i]]);
        __builtin_prefetch(&p->status[rows[i]]);
        __builtin_prefetch(&p->legal[rows[i]]);
        id[i] = qon_person_id(block, rows[i]);
        number[i] = 1;
    }
    world->model->kernels->draws(qon_month_key(world, QON_DRAW_BIRTH), id, number, count, draw);
    for (uint32_t i = 0; i < count; i++) {
        u[found] = qon_unit(draw[i]);
        row[found] = rows[i];
        found += (p->status[rows[i]] != QON_GONE) & !qon_is_permit(p->legal[rows[i]]) & (u[found] < most[p->role[rows[i]] > QON_SPOUSE]);
    }
    return found;
}

// Those who bear a child.
static uint32_t mothers_find(const struct qon_world *world, const struct qon_block *block, const uint32_t *rows, uint32_t count,
                             uint32_t *mother) {
    const struct qon_model *m = world->model;
    const struct qon_settings *set = &world->scenario->settings;
    const struct qon_persons *p = &block->persons;
    const struct qon_households *h = &block->households;
    const double factor[2] = {set->demography.birth_single_factor, set->demography.birth_coupled_factor};
    struct qon_year year = this_year(world);
    uint32_t row[TOGETHER], found = 0;
    double u[TOGETHER];
    count = mothers_filter(world, block, rows, count, row, u);
    for (uint32_t i = 0; i < count; i++) {
        __builtin_prefetch(&p->household[row[i]]);
        __builtin_prefetch(&p->birth_month[row[i]]);
    }
    for (uint32_t i = 0; i < count; i++) {
        __builtin_prefetch(&h->zone[p->household[row[i]]]);
        __builtin_prefetch(&h->coupled[p->household[row[i]]]);
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t zone = zone_of(block, row[i]);
        int32_t age = qon_calendar_age(&year, p->birth_month[row[i]]);
        double rate = m->birth_rate[age], cap = m->calendar_prob[QON_FEMALE][age][QON_CAL_BIRTH];
        mother[found] = row[i];
        found += u[i] * cap < qon_birth_prob(rate * factor[is_coupled(block, row[i])] * world->anchors.birth_factor[zone]);
    }
    for (uint32_t i = 0; i < found; i++) {
        __builtin_prefetch(&p->children[mother[i]], 1);
        __builtin_prefetch(&h->head[p->household[mother[i]]]);
        __builtin_prefetch(&h->members[p->household[mother[i]]], 1);
    }
    for (uint32_t i = 0; i < found; i++) {
        __builtin_prefetch(&p->next[h->head[p->household[mother[i]]]]);
    }
    return found;
}

// One who may form a union this month.
struct suitor {
    uint64_t rank; // by zone, then by chance
    uint32_t row;
};
QON_SORT_BY_RANK(struct suitor, sort_suitors)

static uint32_t suitor_zone(const struct suitor *suitor) {
    return (uint32_t)(suitor->rank >> 32);
}

// Free to form a union: no child, not in a union, and not the head of a household with others to care for.
static bool is_free(const struct qon_block *block, uint32_t row) {
    const struct qon_persons *p = &block->persons;
    if (p->status[row] == QON_GONE || qon_is_permit(p->legal[row])) {
        return false;
    }
    if (p->role[row] == QON_HEAD) {
        return block->households.members[p->household[row]] == 1;
    }
    return p->role[row] != QON_SPOUSE;
}

static void unite(struct qon_world *world, struct qon_block *block, uint32_t man, uint32_t woman) {
    struct qon_persons *p = &block->persons;
    struct qon_households *h = &block->households;
    uint32_t zone = zone_of(block, man);
    uint32_t home = p->role[man] == QON_HEAD ? p->household[man] : QON_NONE;
    if (home == QON_NONE) {
        qon_household_leave(world, block, man);
        home = qon_household_start(world, block, man, zone, QON_DRAW_UNION);
    }
    uint32_t former = p->household[woman];
    if (p->role[woman] == QON_HEAD) { // a household of one: what she saved comes along
        h->savings_tiyn[home] += h->savings_tiyn[former];
        h->savings_tiyn[former] = 0;
    }
    qon_household_leave(world, block, woman);
    qon_household_join(block, home, woman, QON_SPOUSE);
    h->event_month[home] = (int16_t)world->month;
    qon_tally_event(world, block, QON_EVENT_unions, zone, 1);
}

// Of some those who are free to form a union, with their places in the order.
static uint32_t suitors_find(const struct qon_world *world, const struct qon_block *block, const uint32_t *rows, uint32_t count,
                             struct suitor *found) {
    const struct qon_persons *p = &block->persons;
    uint64_t key = qon_month_key(world, QON_DRAW_UNION);
    uint32_t here = 0;
    for (uint32_t i = 0; i < count; i++) {
        qon_ahead_person(p, rows[i]);
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t household = p->household[rows[i]];
        if (household != QON_NONE) {
            __builtin_prefetch(&block->households.members[household], 1);
            __builtin_prefetch(&block->households.zone[household]);
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        if (is_free(block, rows[i])) {
            uint64_t zone = zone_of(block, rows[i]);
            found[here++] = (struct suitor){zone << 32 | qon_draw(key, qon_person_id(block, rows[i]), 1), rows[i]};
        }
    }
    return here;
}

// Men and women of a zone in their order, brother and sister left out. Pairs stand in men[i].row, women[i].row then; how many.
static uint32_t pairs_find(const struct qon_persons *p, struct suitor *men, uint32_t men_count, struct suitor *women,
                           uint32_t women_count) {
    uint32_t pairs = 0;
    sort_suitors(men, men_count);
    sort_suitors(women, women_count);
    for (uint32_t i = 0, j = 0; i < men_count && j < women_count;) {
        uint32_t own = suitor_zone(&men[i]), other = suitor_zone(&women[j]);
        if (own == other) {
            uint32_t man = men[i++].row, woman = women[j++].row;
            men[pairs].row = man;
            women[pairs].row = woman;
            pairs += p->household[man] != p->household[woman];
        } else if (own < other) {
            i++;
        } else {
            j++;
        }
    }
    return pairs;
}

static void unions(struct qon_world *world, struct qon_block *block) {
    const struct qon_rows *list = today(world, block, QON_CAL_UNION);
    const struct qon_persons *p = &block->persons;
    struct suitor *men = (struct suitor *)(void *)block->scratch[0].row; // the phase's reservation holds 8 numbers a candidate
    struct suitor *women = men + list->count, found[TOGETHER];
    QON_REQUIRE(block->scratch[0].capacity >= 8 * list->count);
    uint32_t of[2] = {0};
    for (uint32_t begin = 0; begin < list->count; begin += TOGETHER) {
        uint32_t left = list->count - begin, count = left < TOGETHER ? left : TOGETHER;
        count = suitors_find(world, block, list->row + begin, count, found);
        for (uint32_t i = 0; i < count; i++) { // to both, kept in one
            uint8_t sex = p->sex[found[i].row];
            men[of[QON_MALE]] = women[of[QON_FEMALE]] = found[i];
            of[sex]++;
        }
    }
    uint32_t pairs = pairs_find(p, men, of[QON_MALE], women, of[QON_FEMALE]);
    for (uint32_t i = 0; i < pairs; i++) {
        qon_ahead_gone(block, men[i].row);
        qon_ahead_gone(block, women[i].row);
    }
    for (uint32_t i = 0; i < pairs; i++) {
        unite(world, block, men[i].row, women[i].row);
    }
}

static void leave_home(struct qon_world *world, struct qon_block *block) {
    const struct qon_rows *list = today(world, block, QON_CAL_LEAVE_HOME);
    struct qon_persons *p = &block->persons;
    for (uint32_t i = 0; i < list->count; i++) {
        uint32_t row = list->row[i];
        qon_ahead(block, list, i);
        if (p->status[row] == QON_GONE || p->role[row] < QON_OFFSPRING || p->status[row] == QON_CHILD) {
            continue;
        }
        uint32_t zone = zone_of(block, row);
        qon_household_leave(world, block, row);
        qon_household_start(world, block, row, zone, QON_DRAW_LEAVE_HOME);
    }
}

// Goes through the month's list: `find` tells of some candidates to whom it happens, and has what that touches on its way; what happens to
// one changes nothing of whether it happens to the others.
static void each_found(struct qon_world *world, struct qon_block *block, enum qon_calendar calendar,
                       uint32_t (*find)(const struct qon_world *, const struct qon_block *, const uint32_t *, uint32_t, uint32_t *),
                       void (*act)(struct qon_world *, struct qon_block *, uint32_t)) {
    const struct qon_rows *list = today(world, block, calendar);
    uint32_t found[TOGETHER];
    for (uint32_t begin = 0; begin < list->count; begin += TOGETHER) {
        uint32_t count = list->count - begin < TOGETHER ? list->count - begin : TOGETHER;
        count = find(world, block, list->row + begin, count, found);
        for (uint32_t i = 0; i < count; i++) {
            act(world, block, found[i]);
        }
    }
}

enum qon_status qon_school_leavers_note(const struct qon_world *world, const struct qon_block *block) {
    enum qon_status status = QON_OK;
    const struct qon_rows *list = &block->calendar[QON_CAL_AGE][world->month % 12];
    struct qon_school_leavers *leavers = &world->model->programmes->leavers[block->index];
    int32_t born = world->month - (int32_t)(12 * world->scenario->settings.demography.school_end_years);
    if (leavers->month != world->month) {
        leavers->month = world->month;
        leavers->seen = leavers->rows.count = 0;
    }
    QON_TRY(qon_rows_reserve(&leavers->rows, leavers->rows.count + list->count - leavers->seen));
    for (; leavers->seen < list->count; leavers->seen++) { // most are of another age
        uint32_t row = list->row[leavers->seen];
        leavers->rows.row[leavers->rows.count] = row;
        leavers->rows.count += block->persons.birth_month[row] == born;
    }
done:
    return status;
}

void qon_demography_block(struct qon_world *world, struct qon_block *block) {
    each_found(world, block, QON_CAL_AGE, milestones_find, milestone);
    const struct qon_programmes_model *pm = world->model->programmes;
    if (pm != NULL && pm->open[QON_AT_SCHOOL] != 0 && qon_school_leavers_note(world, block) != QON_OK) {
        qon_memory_short(world);
        return;
    }
    each_found(world, block, QON_CAL_DEATH, deaths_find, die);
    each_found(world, block, QON_CAL_BIRTH, mothers_find, bear);
    unions(world, block);
    leave_home(world, block);
}
