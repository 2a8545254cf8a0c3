// SPDX-License-Identifier: GPL-3.0-or-later
// Who considers a move this month, in one block. ODD tags M-TRIGGER-1, M-TENURE-1.
//
// Everybody is a candidate at the capped hazard, found by skips; a keyed draw then accepts with probability hazard / cap. Few are accepted,
// so most are turned away by an upper bound on their hazard, which is known before what is far away in memory is looked at.
#include "relocation.h"

#include <qonys/kernels.h>

static double age_factor(const struct qon_model *m, int32_t age) {
    return m->rogers[age < QON_AGES ? age : QON_AGES - 1];
}

static bool has_school_children(const struct qon_world *world, const struct qon_block *block, uint32_t head) {
    const struct qon_persons *p = &block->persons;
    double from = 12 * world->scenario->settings.demography.school_start_years;
    double to = 12 * world->scenario->settings.demography.school_end_years;
    for (uint32_t m = p->next[head]; m != QON_NONE; m = p->next[m]) {
        int32_t age = world->month - p->birth_month[m];
        if (age >= from && age < to) {
            return true;
        }
    }
    return false;
}

// Owns its dwelling: from the start, or again after some years in the place. ODD tag M-TENURE-1.
bool qon_household_owns(const struct qon_world *world, const struct qon_block *block, uint32_t household) {
    const struct qon_households *h = &block->households;
    const struct qon_settings *set = &world->scenario->settings;
    if (h->owner[household] || h->moved_month[household] == QON_ALWAYS ||
        world->month - h->moved_month[household] < set->trigger.tenure_months) {
        return h->owner[household];
    }
    return qon_draw_unit(qon_life_key(world, QON_DRAW_SYNTHESIS_MONEY), qon_household_id(block, household), 2) < set->choice.owner_share;
}

static double status_factor(const struct qon_settings *set, uint8_t status) {
    return status == QON_UNEMPLOYED      ? set->trigger.factor_unemployed
           : status == QON_SELF_EMPLOYED ? set->trigger.factor_informal
           : status == QON_STUDENT       ? set->trigger.factor_student
                                         : 1;
}

static bool moved_recently(const struct qon_world *world, const struct qon_persons *p, uint32_t row) {
    int32_t moved = p->arrival_month[row];
    return moved != QON_ALWAYS && world->month - moved < world->scenario->settings.trigger.recent_months;
}

static bool event_lately(const struct qon_world *world, const struct qon_households *h, uint32_t household) {
    return h->event_month[household] != QON_ALWAYS && world->month - h->event_month[household] < 12;
}

void qon_trigger_factors(const struct qon_world *world, const struct qon_block *block, uint32_t row, double factor[QON_TRIGGER_FACTORS]) {
    const struct qon_settings *set = &world->scenario->settings;
    const struct qon_persons *p = &block->persons;
    const struct qon_households *h = &block->households;
    uint32_t household = p->household[row];
    bool head = p->role[row] == QON_HEAD;
    bool recent = moved_recently(world, p, row);
    bool event = event_lately(world, h, household);
    bool pupils = head && h->members[household] > 1 && has_school_children(world, block, row);
    factor[QON_TRIGGER_scale] =
        set->trigger.hazard_scale_month * age_factor(world->model, qon_age_years(world->month, p->birth_month[row]));
    factor[QON_TRIGGER_zone] = world->scenario->tables.zones.mobility[h->zone[household]];
    factor[QON_TRIGGER_education] = world->scenario->tables.educations.trigger_factor[p->education[row]];
    factor[QON_TRIGGER_status] = status_factor(set, p->status[row]);
    factor[QON_TRIGGER_recent] = recent ? set->trigger.factor_recent_mover : 1;
    factor[QON_TRIGGER_event] = event ? set->trigger.factor_life_event : 1;
    factor[QON_TRIGGER_place] = !head                                         ? set->trigger.factor_member
                                : qon_household_owns(world, block, household) ? set->trigger.factor_owner
                                                                              : 1;
    factor[QON_TRIGGER_children] = pupils ? set->trigger.factor_school_children : 1;
    factor[QON_TRIGGER_bond] = block->commitments.count > 0 ? qon_bond_trigger_factor(world, block, row) : 1;
}

static double trigger_hazard(const struct qon_world *world, const struct qon_block *block, uint32_t row) {
    double factor[QON_TRIGGER_FACTORS], hazard = 1;
    qon_trigger_factors(world, block, row, factor);
    for (int i = 0; i < QON_TRIGGER_FACTORS; i++) {
        hazard *= factor[i];
    }
    return hazard;
}

static QON_FETCHES void fetch_persons(const struct qon_block *block, const uint32_t *row, uint32_t left) {
    uint32_t count = left < QON_FETCHED ? left : QON_FETCHED;
    const struct qon_persons *p = &block->persons;
    const struct qon_households *h = &block->households;
    uint32_t head[QON_FETCHED], heads = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t household = p->household[row[i]];
        __builtin_prefetch(&p->legal[row[i]]);
        __builtin_prefetch(&h->members[household]);
        __builtin_prefetch(&h->moved_month[household]);
        __builtin_prefetch(&h->owner[household]);
        head[heads] = row[i];
        heads += p->role[row[i]] == QON_HEAD;
    }
    for (uint32_t i = count; i < left && i < 2 * QON_FETCHED; i++) { // chains of the next begin there
        __builtin_prefetch(&p->next[row[i]]);
    }
    qon_fetch_chains(p, p->birth_month, sizeof *p->birth_month, head, heads);
}

// The end of a bond can raise a hazard beyond what anybody else's can be.
static bool bond_raises(const struct qon_world *world, const struct qon_block *block, uint32_t row, double most, double u) {
    return block->commitments.count > 0 && u < most * world->model->programmes->end_factor_most &&
           qon_grant_last(world, block, row) != QON_NONE;
}

// Of the candidates those who are grown-up and neither a spouse nor gone, with their draws. draw: room for as many as rows->row.
static void grown_up(const struct qon_world *world, const struct qon_block *block, struct qon_rows *rows, uint32_t *draw) {
    enum { TOGETHER = 256 };
    const struct qon_persons *p = &block->persons;
    const struct qon_kernels *kernels = qon_kernels();
    int32_t adult = world->month - 12 * 18;
    uint64_t id[TOGETHER];
    uint32_t kept = 0, same[TOGETHER] = {0}; // alternative 0
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows->row[i];
        rows->row[kept] = row;
        kept += (p->birth_month[row] <= adult) & (p->role[row] != QON_SPOUSE) & (p->status[row] != QON_GONE);
    }
    rows->count = kept;
    for (uint32_t begin = 0; begin < kept; begin += TOGETHER) {
        uint32_t count = kept - begin < TOGETHER ? kept - begin : TOGETHER;
        for (uint32_t i = 0; i < count; i++) {
            __builtin_prefetch(&p->arrival_month[rows->row[begin + i]]);
            __builtin_prefetch(&p->education[rows->row[begin + i]]);
            id[i] = qon_person_id(block, rows->row[begin + i]);
        }
        kernels->draws(qon_month_key(world, QON_DRAW_TRIGGER_ACCEPT), id, same, count, draw + begin);
    }
}

// Most of the candidates are turned away before their hazard is computed: nobody's exceeds what is known of the person, times the most that
// the rest can make of it. First by age, status, place in the household, education and last move, which stand in the persons' own columns;
// then by the household's zone and life event.
static void likely(const struct qon_world *world, const struct qon_block *block, struct qon_rows *rows, uint32_t *draw) {
    enum { TOGETHER = 128 };
    const struct qon_settings *set = &world->scenario->settings;
    const struct qon_persons *p = &block->persons;
    const struct qon_households *h = &block->households;
    const double *education = world->scenario->tables.educations.trigger_factor, *mobility = world->scenario->tables.zones.mobility;
    double recent = set->trigger.recent_months, cap = set->trigger.hazard_cap_month, by_status[QON_LABOURS], bound[TOGETHER];
    // A little more than the factors say: they are multiplied here in another order.
    double owner = set->trigger.factor_owner > 1 ? set->trigger.factor_owner : 1;
    double event = set->trigger.factor_life_event > 1 ? set->trigger.factor_life_event : 1;
    double most = set->trigger.hazard_scale_month * owner * (1 + 1e-9), rest = world->model->mobility_most * event;
    bool bonds = block->commitments.count > 0;
    const double by_place[2] = {set->trigger.factor_member, 1}, by_move[2] = {1, set->trigger.factor_recent_mover},
                 by_event[2] = {1, event};
    for (uint8_t status = 0; status < QON_LABOURS; status++) {
        by_status[status] = most * status_factor(set, status);
    }
    uint32_t kept = 0, count;
    for (uint32_t begin = 0; begin < rows->count; begin += count) {
        count = rows->count - begin < TOGETHER ? rows->count - begin : TOGETHER;
        uint32_t first = kept, own = kept; // of those who are left, first.. are of this turn
        for (uint32_t i = begin; i < begin + count; i++) {
            uint32_t row = rows->row[i];
            double x = by_status[p->status[row]] * age_factor(world->model, qon_age_years(world->month, p->birth_month[row]));
            x *= by_place[p->role[row] == QON_HEAD] * education[p->education[row]];
            x *= by_move[(world->month - p->arrival_month[row] < recent) & (p->arrival_month[row] != QON_ALWAYS)];
            double u = qon_unit(draw[i]) * cap;
            rows->row[own] = row;
            draw[own] = draw[i];
            bound[own - first] = x;
            __builtin_prefetch(&p->household[row]);
            bool may = u < x * rest;
            if (bonds && !may) {
                may = bond_raises(world, block, row, x * rest, u);
            }
            own += may;
        }
        for (uint32_t i = first; i < own; i++) {
            __builtin_prefetch(&h->zone[p->household[rows->row[i]]]);
            __builtin_prefetch(&h->event_month[p->household[rows->row[i]]]);
        }
        for (uint32_t i = first; i < own; i++) {
            uint32_t row = rows->row[i], household = p->household[row];
            int32_t then = h->event_month[household];
            double x = bound[i - first] * mobility[h->zone[household]] * by_event[(world->month - then < 12) & (then != QON_ALWAYS)];
            double u = qon_unit(draw[i]) * cap;
            rows->row[kept] = row;
            draw[kept] = draw[i];
            bool may = u < x;
            if (bonds && !may) {
                may = bond_raises(world, block, row, x, u);
            }
            kept += may;
        }
    }
    rows->count = kept;
}

void qon_trigger(const struct qon_world *world, const struct qon_block *block, struct qon_rows *rows, uint32_t *draw) {
    const struct qon_persons *p = &block->persons;
    double cap = world->scenario->settings.trigger.hazard_cap_month;
    qon_candidates_grown(block, qon_month_key(world, QON_DRAW_TRIGGER), cap, rows);
    grown_up(world, block, rows, draw);
    likely(world, block, rows, draw);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < rows->count; i++) { // the few who are left are looked at closely
        uint32_t row = rows->row[i];
        if (i % QON_FETCHED == 0) {
            fetch_persons(block, rows->row + i, rows->count - i);
        }
        double u = qon_unit(draw[i]) * cap;
        if (!qon_is_permit(p->legal[row]) && u < trigger_hazard(world, block, row)) {
            rows->row[kept++] = row;
        }
    }
    rows->count = kept;
}
