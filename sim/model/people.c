// SPDX-License-Identifier: GPL-3.0-or-later
// Verbs on persons and households: joining, leaving, ending, changing labour status. Each keeps the invariants of world.h and the totals;
// a phase composes them. ODD tag S-HOUSEHOLD-1.
#include "model.h"

#include <qonys/kernels.h>
#include <qonys/world.h>

enum qon_status qon_rows_reserve(struct qon_rows *rows, uint32_t capacity) {
    if (capacity <= rows->capacity) {
        return QON_OK;
    }
    enum qon_status status = qon_grow(&rows->row, rows->capacity, capacity, sizeof *rows->row);
    if (status == QON_OK) {
        rows->capacity = capacity;
    }
    return status;
}

enum qon_status qon_rows_push(struct qon_rows *rows, uint32_t row) {
    if (rows->count == rows->capacity) {
        enum qon_status status = qon_rows_reserve(rows, rows->capacity + rows->capacity / 2 + 64);
        if (status != QON_OK) {
            return status;
        }
    }
    rows->row[rows->count++] = row;
    return QON_OK;
}

uint32_t qon_person_new(struct qon_block *block, uint64_t id) {
    struct qon_persons *p = &block->persons;
    QON_REQUIRE(p->count < p->capacity);
    uint32_t row = p->count++;
    p->id[row] = id;
    p->household[row] = QON_NONE;
    p->next[row] = QON_NONE;
    p->employer[row] = QON_NONE;
    p->occupation[row] = QON_NO_OCCUPATION;
    return row;
}

uint32_t qon_household_new(struct qon_world *world, struct qon_block *block, uint64_t id, uint32_t zone) {
    struct qon_households *h = &block->households;
    QON_REQUIRE(h->count < h->capacity);
    uint32_t row = h->count++;
    h->id[row] = id;
    h->zone[row] = (uint16_t)zone;
    h->kin[row] = (uint16_t)zone;
    h->head[row] = QON_NONE;
    h->savings_tiyn[row] = 0;
    h->savings_month[row] = (int16_t)world->month;
    h->moved_month[row] = (int16_t)world->month;
    h->event_month[row] = QON_ALWAYS;
    qon_tally_household(world, block, zone, 1);
    return row;
}

void qon_household_join(struct qon_block *block, uint32_t household, uint32_t person, enum qon_role role) {
    struct qon_persons *p = &block->persons;
    struct qon_households *h = &block->households;
    p->household[person] = household;
    p->role[person] = (uint8_t)role;
    if (role == QON_HEAD) {
        p->next[person] = h->head[household];
        h->head[household] = person;
    } else if (role == QON_SPOUSE) {
        uint32_t head = h->head[household];
        p->next[person] = p->next[head];
        p->next[head] = person;
        h->coupled[household] = 1;
    } else {
        uint32_t last = h->head[household];
        while (p->next[last] != QON_NONE) {
            last = p->next[last];
        }
        p->next[last] = person;
        p->next[person] = QON_NONE;
    }
    h->members[household]++;
}

// A new household of one person, who has none at this moment; its id follows from the person, the month and the occasion.
uint32_t qon_household_start(struct qon_world *world, struct qon_block *block, uint32_t person, uint32_t zone, enum qon_purpose kind) {
    uint64_t id = qon_id_make(qon_person_id(block, person), (uint64_t)world->month, kind);
    uint32_t household = qon_household_new(world, block, id, zone);
    qon_household_join(block, household, person, QON_HEAD);
    return household;
}

// The member who becomes head when the head leaves: the spouse, else the oldest (its id decides between equals).
static uint32_t head_next(const struct qon_block *block, uint32_t household) {
    const struct qon_persons *p = &block->persons;
    const struct qon_households *h = &block->households;
    uint32_t first = h->head[household];
    if (h->coupled[household]) {
        return first;
    }
    uint32_t best = first;
    for (uint32_t m = first; m != QON_NONE; m = p->next[m]) {
        bool older = p->birth_month[m] < p->birth_month[best];
        bool equal = p->birth_month[m] == p->birth_month[best] && qon_person_id(block, m) < qon_person_id(block, best);
        best = older || equal ? m : best;
    }
    return best;
}

static void chain_remove(struct qon_persons *p, struct qon_households *h, uint32_t household, uint32_t person) {
    if (h->head[household] == person) {
        h->head[household] = p->next[person];
    } else {
        uint32_t m = h->head[household];
        while (p->next[m] != person) {
            m = p->next[m];
        }
        p->next[m] = p->next[person];
    }
    p->next[person] = QON_NONE;
}

void qon_household_leave(struct qon_world *world, struct qon_block *block, uint32_t person) {
    struct qon_persons *p = &block->persons;
    struct qon_households *h = &block->households;
    uint32_t household = p->household[person];
    enum qon_role role = (enum qon_role)p->role[person];
    chain_remove(p, h, household, person);
    h->members[household]--;
    p->household[person] = QON_NONE;
    if (h->members[household] == 0) {
        QON_MONEY_ADD(world, block, taken, h->savings_tiyn[household]);
        QON_MONEY_ADD(world, block, savings, -h->savings_tiyn[household]);
        h->savings_tiyn[household] = 0;
        h->coupled[household] = 0;
        qon_tally_household(world, block, h->zone[household], -1);
        return;
    }
    if (role == QON_HEAD) {
        uint32_t heir = head_next(block, household);
        if (heir != h->head[household]) {
            chain_remove(p, h, household, heir);
            p->next[heir] = h->head[household];
            h->head[household] = heir;
        }
        p->role[heir] = QON_HEAD;
        h->coupled[household] = 0;
    } else if (role == QON_SPOUSE) {
        h->coupled[household] = 0;
    }
}

void qon_person_status(struct qon_world *world, struct qon_block *block, uint32_t person, enum qon_labour status) {
    struct qon_persons *p = &block->persons;
    uint32_t zone = block->households.zone[p->household[person]];
    qon_tally_labour(world, block, person, zone, -1);
    p->status[person] = (uint8_t)status;
    p->status_month[person] = (int16_t)world->month;
    qon_tally_labour(world, block, person, zone, 1);
}

void qon_left_count(struct qon_world *world, struct qon_left *left) {
    enum { AHEAD = 16 };
    int32_t *staff = qon_staff_open(world);
    for (uint32_t i = 0; i < left->count; i++) {
        if (i + AHEAD < left->count) {
            __builtin_prefetch(&staff[left->employer[i + AHEAD]], 1);
        }
        qon_staff_add(&staff[left->employer[i]], -1);
    }
    left->count = 0;
}

static void job_left(struct qon_world *world, struct qon_left *left, uint32_t employer) {
    if (left == NULL) {
        qon_staff_add(&qon_staff_open(world)[employer], -1);
        return;
    }
    left->employer[left->count++] = employer;
    if (left->count == QON_LEFT_MOST) {
        qon_left_count(world, left);
    }
}

void qon_person_leave_job(struct qon_world *world, struct qon_block *block, uint32_t person, enum qon_labour status) {
    struct qon_persons *p = &block->persons;
    uint32_t zone = block->households.zone[p->household[person]];
    uint32_t employer = p->employer[person];
    qon_tally_labour(world, block, person, zone, -1);
    if (employer != QON_NONE) {
        uint8_t legal = p->legal[person];
        job_left(world, block->left, employer);
        if (legal == QON_PERMIT_1 || legal == QON_PERMIT_2) {
            qon_staff_add(&qon_foreign_open(world, true)[employer], -1);
        } else if (qon_is_permit(legal)) {
            qon_staff_add(&qon_foreign_open(world, false)[employer], -1);
        }
    }
    p->employer[person] = QON_NONE;
    p->wage_tiyn_month[person] = 0;
    p->status[person] = (uint8_t)status;
    p->status_month[person] = (int16_t)world->month;
    qon_tally_labour(world, block, person, zone, 1);
}

void qon_person_gone(struct qon_world *world, struct qon_block *block, uint32_t person) {
    struct qon_persons *p = &block->persons;
    if (p->employer[person] != QON_NONE) {
        qon_person_leave_job(world, block, person, QON_INACTIVE);
    }
    uint32_t zone = block->households.zone[p->household[person]];
    qon_tally_person(world, block, person, zone, -1);
    qon_trace_add(world, block, QON_TRACE_LEFT, person, zone, UINT8_MAX);
    qon_household_leave(world, block, person);
    p->status[person] = QON_GONE;
    p->status_month[person] = (int16_t)world->month;
}

void qon_person_arrive(struct qon_world *world, struct qon_block *block, uint32_t person) {
    uint32_t zone = block->households.zone[block->persons.household[person]];
    qon_tally_person(world, block, person, zone, 1);
    qon_trace_add(world, block, QON_TRACE_ENTERED, person, qon_trace_places(block->persons.origin[person], zone), UINT8_MAX);
    qon_calendar_add(world, block, person);
}

static double kept_after(const struct qon_world *world, int32_t months) {
    double spent = world->scenario->settings.choice.savings_spent_month;
    return spent < 1 ? qon_exp(months * qon_log(1 - spent)) : 0;
}

void qon_savings_terms(struct qon_world *world) {
    for (int32_t months = 0; months < QON_KEPT_MONTHS; months++) {
        world->model->savings_kept[months] = kept_after(world, months);
    }
}

// Savings tend to saving_share / savings_spent_month of the month's wages. ODD tag M-SAVINGS-1.
static int64_t gain_of(const struct qon_world *world, const struct qon_households *h, uint32_t household, int64_t income) {
    int32_t months = world->month - h->savings_month[household];
    const struct qon_settings *set = &world->scenario->settings;
    double spent = set->choice.savings_spent_month; // s' = s (1 - spent) + share income, months times
    double kept = months < QON_KEPT_MONTHS ? world->model->savings_kept[months] : kept_after(world, months);
    double added = (double)income * set->choice.saving_share * (spent > 0 ? (1 - kept) / spent : months);
    return (int64_t)added - (int64_t)((double)h->savings_tiyn[household] * (1 - kept));
}

static int64_t income_of(const struct qon_block *block, uint32_t household) {
    const struct qon_persons *p = &block->persons;
    int64_t income = 0;
    for (uint32_t m = block->households.head[household]; m != QON_NONE; m = p->next[m]) {
        income += p->wage_tiyn_month[m];
    }
    return income;
}

int64_t qon_savings_gain(const struct qon_world *world, const struct qon_block *block, uint32_t household) {
    const struct qon_households *h = &block->households;
    return world->month > h->savings_month[household] ? gain_of(world, h, household, income_of(block, household)) : 0;
}

static int64_t bring(const struct qon_world *world, struct qon_households *h, uint32_t household, int64_t income) {
    int64_t saved = gain_of(world, h, household, income);
    h->savings_tiyn[household] += saved;
    h->savings_month[household] = (int16_t)world->month;
    return saved;
}

// The incomes of all households, member after member: how many each has, chance decides.
static void incomes_of(const struct qon_block *block, const uint32_t *household, uint32_t count, int64_t *income) {
    const struct qon_persons *p = &block->persons;
    uint32_t member[QON_SAVINGS_TOGETHER], of[QON_SAVINGS_TOGETHER];
    for (uint32_t i = 0; i < count; i++) {
        member[i] = block->households.head[household[i]];
        of[i] = i;
        income[i] = 0;
    }
    while (count > 0) {
        uint32_t kept = 0;
        for (uint32_t i = 0; i < count; i++) {
            uint32_t next = p->next[member[i]], own = of[i];
            income[own] += p->wage_tiyn_month[member[i]];
            member[kept] = next;
            of[kept] = own;
            kept += next != QON_NONE;
        }
        count = kept;
    }
}

int64_t qon_savings_bring_many(const struct qon_world *world, struct qon_block *block, const struct qon_considering *candidates,
                               uint32_t count) {
    struct qon_households *h = &block->households;
    uint32_t household[QON_SAVINGS_TOGETHER];
    int64_t income[QON_SAVINGS_TOGETHER], sum = 0;
    QON_REQUIRE(count <= QON_SAVINGS_TOGETHER);
    for (uint32_t i = 0; i < count; i++) {
        household[i] = candidates[i].household;
    }
    incomes_of(block, household, count, income);
    for (uint32_t i = 0; i < count; i++) {
        if (world->month > h->savings_month[household[i]]) { // once, of those who decide in the same household
            sum += bring(world, h, household[i], income[i]);
        }
    }
    return sum;
}

void qon_savings_accrue(struct qon_world *world, struct qon_block *block, uint32_t household) {
    struct qon_households *h = &block->households;
    if (world->month > h->savings_month[household]) {
        int64_t saved = bring(world, h, household, income_of(block, household));
        QON_MONEY_ADD(world, block, saved, saved);
        QON_MONEY_ADD(world, block, savings, saved);
    }
}

uint32_t qon_occupation_draw(const struct qon_world *world, uint64_t id, uint32_t zone, uint32_t skill, uint64_t key) {
    const double *cumulated = world->model->entry_weight + ((int64_t)zone * world->skills + skill) * world->occupations;
    double u = qon_draw_unit(key, id, 0) * cumulated[world->occupations - 1];
    uint32_t occupation = 0;
    for (int32_t i = 0; i < world->occupations - 1; i++) { // without a branch, since chance decides
        occupation += u >= cumulated[i];
    }
    return occupation;
}

// factor: what chance does to the level of the cell.
static uint32_t wage_make(const struct qon_world *world, uint32_t employer, uint32_t cell, double factor, double least) {
    double wage = world->places.wage_tiyn[cell] * world->employers.premium[employer] * factor;
    wage = wage < least ? least : wage;
    return wage > 4294967295.0 ? UINT32_MAX : (uint32_t)wage;
}

static double wage_least(const struct qon_world *world) {
    return (double)qon_steps_at(&world->scenario->minimum_wage, world->month);
}

uint32_t qon_wage_draw(const struct qon_world *world, uint64_t person, uint32_t employer, uint32_t cell) {
    double sd = world->scenario->settings.labour.wage_spread_sd;
    double normal = qon_normal_quantile(qon_draw_unit(qon_life_key(world, QON_DRAW_WAGE), person, employer));
    return wage_make(world, employer, cell, qon_exp(sd * normal - 0.5 * sd * sd), wage_least(world));
}

void qon_wages_draw(const struct qon_world *world, const struct qon_kernels *kernels, const uint64_t *person, const uint32_t *employer,
                    uint32_t count, uint32_t cell, uint32_t *wage_tiyn) {
    enum { TOGETHER = 128 };
    double sd = world->scenario->settings.labour.wage_spread_sd, least = wage_least(world), x[TOGETHER];
    uint64_t key = qon_life_key(world, QON_DRAW_WAGE);
    for (uint32_t first = 0; first < count; first += TOGETHER) {
        uint32_t together = count - first < TOGETHER ? count - first : TOGETHER;
        kernels->normals(key, person + first, employer + first, together, x);
        for (uint32_t i = 0; i < together; i++) {
            x[i] = sd * x[i] - 0.5 * sd * sd;
        }
        kernels->exps(x, together);
        for (uint32_t i = 0; i < together; i++) {
            wage_tiyn[first + i] = wage_make(world, employer[first + i], cell, x[i], least);
        }
    }
}
