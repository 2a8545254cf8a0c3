// SPDX-License-Identifier: GPL-3.0-or-later
// Emigration in one block: who would leave the country for good this month, and who does. ODD tag M-EMIGRATION-1.
//
// The wish is formed at the start of the month, before anybody dies, marries or moves, so that a programme that keeps some can be asked
// before the blocks are gone through: few are looked at, and the month's other events of a block then follow one another while its
// columns are in the cache. It is carried out after the month's deaths and unions, unless these, or a grant, keep the person.
#include "model.h"
#include "programmes.h"

enum { TOGETHER = 64 };

static double emigration_cap(const struct qon_world *world) {
    double cap = world->model->emigration_rate_max * world->scenario->settings.external.emigration_factor;
    return cap > 1 ? 1 : cap;
}

// Of some candidates those whom age, role and draw may let emigrate from some zone, with their draws: few, found without branches, since
// chance decides.
static uint32_t emigrants_filter(const struct qon_world *world, const struct qon_block *block, const uint32_t *rows, uint32_t count,
                                 uint32_t *row, double *u) {
    const struct qon_model *m = world->model;
    const struct qon_persons *p = &block->persons;
    double cap = emigration_cap(world), most = world->scenario->settings.external.emigration_factor * m->emigration_zone_max;
    uint64_t id[TOGETHER] = {0};
    uint32_t draw[TOGETHER], number[TOGETHER] = {0}, found = 0;
    for (uint32_t i = 0; i < count; i++) {
        __builtin_prefetch(&p->birth_month[rows[i]]);
        __builtin_prefetch(&p->role[rows[i]]);
        __builtin_prefetch(&p->status[rows[i]]);
        id[i] = qon_person_id(block, rows[i]);
        number[i] = 2;
    }
    m->kernels->draws(qon_month_key(world, QON_DRAW_EMIGRATION), id, number, count, draw);
    for (uint32_t i = 0; i < count; i++) {
        int32_t age = qon_age_years(world->month, p->birth_month[rows[i]]);
        bool decides = (p->status[rows[i]] != QON_GONE) & (p->role[rows[i]] != QON_SPOUSE);
        row[found] = rows[i];
        u[found] = qon_unit(draw[i]) * cap;
        found += decides & (age >= 18) & (u[found] < most * m->rogers[age < QON_AGES ? age : QON_AGES - 1]);
    }
    for (uint32_t i = 0; i < found; i++) {
        __builtin_prefetch(&p->legal[row[i]]);
        __builtin_prefetch(&block->households.zone[p->household[row[i]]]);
    }
    return found;
}

// One who would leave applies for what may keep him. stays_below: with a hazard of this part of his own he would stay.
static void ask_to_stay(struct qon_world *world, struct qon_block *block, uint32_t row, double stays_below) {
    uint32_t household = block->persons.household[row];
    uint32_t members = block->persons.role[row] == QON_HEAD ? block->households.members[household] : 1;
    struct qon_support support;
    if (!qon_support_find(world, block, row, members, QON_AT_EMIGRATION, &support)) {
        return;
    }
    uint32_t zone = support.ask.origin;
    double income = qon_livelihood(world, block, row);
    qon_support_ask(&support);
    struct qon_package package = qon_support_at(&support, zone, income, 0);
    for (uint64_t left = support.known; left != 0; left &= left - 1) {
        qon_measure_count(world, block, __builtin_ctzll(left), zone, QON_MEASURE_eligible, 1);
    }
    if (package.programmes != 0 && stays_below >= 1 / package.factor) {
        qon_application_add(world, block,
                            (struct qon_application){.wanted = package.programmes,
                                                     .row = row,
                                                     .with = zone,
                                                     .without = QON_LEAVES,
                                                     .origin = zone,
                                                     .employer = QON_NONE,
                                                     .month = world->month,
                                                     .members = (uint8_t)members,
                                                     .at = QON_AT_EMIGRATION,
                                                     .asker = qon_support_asker(&support, zone, income, 0)});
    }
}

void qon_emigrants_block(struct qon_world *world, struct qon_block *block) {
    const struct qon_model *m = world->model;
    const struct qon_persons *p = &block->persons;
    const struct qon_rows *candidates = &block->scratch[0];
    struct qon_rows *emigrants = &world->model->emigrants[block->index];
    bool asked = m->programmes != NULL && m->programmes->open[QON_AT_EMIGRATION] != 0;
    double factor = world->scenario->settings.external.emigration_factor;
    emigrants->count = 0;
    qon_candidates_grown(world, block, qon_month_key(world, QON_DRAW_EMIGRATION), emigration_cap(world), &block->scratch[0]);
    for (uint32_t begin = 0; begin < candidates->count; begin += TOGETHER) {
        uint32_t count = candidates->count - begin < TOGETHER ? candidates->count - begin : TOGETHER, some[TOGETHER];
        double u[TOGETHER];
        count = emigrants_filter(world, block, candidates->row + begin, count, some, u);
        for (uint32_t i = 0; i < count; i++) {
            uint32_t row = some[i];
            if (qon_is_foreign(p->legal[row])) {
                continue;
            }
            int32_t age = qon_age_years(world->month, p->birth_month[row]);
            double hazard = factor * world->anchors.emigration_rate[block->households.zone[p->household[row]]] *
                            m->rogers[age < QON_AGES ? age : QON_AGES - 1];
            if (qon_grant_any(world, block, row)) { // payments and bonds that end with leaving keep some
                hazard /= qon_bond_stay_factor(world, block, row, qon_livelihood(world, block, row));
            }
            if (u[i] >= hazard) {
                continue;
            }
            if (qon_rows_push(emigrants, row) != QON_OK) {
                qon_memory_short(world);
                return;
            }
            if (asked) {
                ask_to_stay(world, block, row, u[i] / hazard);
            }
        }
    }
}

// The application that keeps a person in the country, NULL: none was granted.
static const struct qon_application *kept(const struct qon_world *world, const struct qon_block *block, uint32_t row) {
    const struct qon_programmes_model *pm = world->model->programmes;
    for (uint32_t i = 0; pm != NULL && i < pm->applications[block->index].count; i++) {
        const struct qon_application *a = &pm->applications[block->index].row[i];
        if (a->row == row && a->granted != 0) {
            return a;
        }
    }
    return NULL;
}

// The whole household of a head, or one grown-up member of it.
static void emigrate(struct qon_world *world, struct qon_block *block, uint32_t row) {
    const struct qon_persons *p = &block->persons;
    uint32_t household = p->household[row];
    uint32_t zone = block->households.zone[household];
    bool whole = p->role[row] == QON_HEAD;
    int64_t persons = 1;
    if (whole) {
        persons = block->households.members[household];
        for (int64_t i = 1; i < persons; i++) { // the head goes last, so that no heir is looked for
            qon_person_gone(world, block, p->next[row]);
        }
    }
    qon_person_gone(world, block, row);
    qon_tally_event(world, block, QON_EVENT_departures_emigration, zone, persons);
}

void qon_emigration(struct qon_world *world, struct qon_block *block) {
    const struct qon_persons *p = &block->persons;
    const struct qon_rows *emigrants = &world->model->emigrants[block->index];
    for (uint32_t i = 0; i < emigrants->count; i++) {
        uint32_t row = emigrants->row[i];
        const struct qon_application *grant = kept(world, block, row);
        qon_ahead(block, emigrants, i);
        if (p->status[row] == QON_GONE) { // died, or went with the head of the household
            if (grant != NULL) {
                qon_grant_withdraw(world, block, grant, QON_MEASURE_refused_rule);
            }
        } else if (grant != NULL) {
            qon_grant_give(world, block, grant, false);
        } else if (p->role[row] != QON_SPOUSE) { // who has just married stays with the other
            emigrate(world, block, row);
        }
    }
}
