// SPDX-License-Identifier: GPL-3.0-or-later
// Labour in one block: separations, informal work, retraining; then the list of seekers. ODD tags M-SEPARATION-1, M-INFORMAL-1,
// M-RETRAIN-1, M-INDEXATION-1.
//
// One list of candidates serves all three: each person is a candidate with probability labour.separation_cap_month and acts by status.
#include "model.h"
#include "programmes.h"

#include <qonys/kernels.h>
#include <string.h>

static double separation_hazard(const struct qon_world *world, const struct qon_persons *p, uint32_t row) {
    const struct qon_settings *set = &world->scenario->settings;
    const struct qon_employers *e = &world->employers;
    double hazard = set->labour.separation_prob_month;
    if (qon_age_years(world->month, p->birth_month[row]) < 30) {
        hazard *= set->labour.separation_young_factor;
    }
    // Who has more staff than desired (as of last month's plan) lets go of part of the excess; desired is not written in this phase.
    uint32_t employer = p->employer[row];
    double excess = (double)e->excess_share[employer];
    return hazard + excess;
}

static void labour_candidate(struct qon_world *world, struct qon_block *block, uint32_t row, double u, uint64_t key) {
    const struct qon_settings *set = &world->scenario->settings;
    struct qon_persons *p = &block->persons;
    switch (p->status[row]) {
    case QON_EMPLOYED:
        if (!qon_is_permit(p->legal[row]) && u < separation_hazard(world, p, row)) {
            uint32_t zone = block->households.zone[p->household[row]];
            double pension = p->sex[row] == QON_MALE ? set->demography.retirement_men_years : set->demography.retirement_women_years;
            bool old = qon_age_years(world->month, p->birth_month[row]) >= pension;
            qon_person_leave_job(world, block, row, old ? QON_RETIRED : QON_UNEMPLOYED);
            block->households.event_month[p->household[row]] = (int16_t)world->month;
            qon_tally_event(world, block, QON_EVENT_separations, zone, 1);
        }
        break;
    case QON_UNEMPLOYED:
        if (u < set->labour.informal_entry_month) {
            qon_person_status(world, block, row, QON_SELF_EMPLOYED);
        } else if (qon_draw_unit(key, qon_person_id(block, row), 3) * set->labour.separation_cap_month <
                   set->labour.retraining_prob_month) {
            uint32_t zone = block->households.zone[p->household[row]];
            qon_tally_labour(world, block, row, zone, -1);
            p->occupation[row] = (uint8_t)qon_occupation_draw(world, qon_person_id(block, row), zone, p->skill[row],
                                                              qon_month_key(world, QON_DRAW_RETRAINING));
            qon_tally_labour(world, block, row, zone, 1);
        }
        break;
    default:
        break;
    }
}

uint64_t qon_seeker_rank(const struct qon_world *world, uint64_t id) {
    struct qon_pcg pcg = qon_pcg_keyed(qon_month_key(world, QON_DRAW_SEARCH), id);
    uint64_t high = qon_pcg_next(&pcg);
    return high << 32 | qon_pcg_next(&pcg);
}

// Programmes bring some seekers forward, keep those in training from looking, and will ask some about the hire. Most are none of these.
static void consider_programmes(struct qon_world *world, const struct qon_block *block, uint32_t row, uint32_t zone,
                                struct qon_seeker *seeker) {
    const struct qon_programmes_model *pm = world->model->programmes;
    uint64_t among = pm->open[QON_AT_HIRE] & pm->origin_any[zone] & qon_pair_mask(world, zone, zone), fit = 0;
    among &= block->persons.arrival_month[row] == QON_ALWAYS ? pm->settled : UINT64_MAX;
    if (among != 0) {
        struct qon_ask ask = {world, block, row, QON_NONE, zone, zone, QON_NONE, NULL};
        fit = qon_eligible_quick(&ask, QON_AT_HIRE, among);
    }
    bool granted = qon_grant_any(world, block, row); // may learn something before the programmes ask
    seeker->supported = fit != 0 || granted;
    if (!granted && (fit & pm->hiring[zone]) == 0 && (pm->levers[zone].kandas_rank == 1 || block->persons.legal[row] != QON_KANDAS)) {
        return;
    }
    int programme;
    double factor = qon_rank_factor(world, block, row, zone, &programme);
    seeker->cell = factor > 0 ? seeker->cell : QON_NONE;
    seeker->shifted = factor > 1;
    seeker->programme = (int16_t)programme;
    seeker->rank = qon_rank_shift(seeker->rank, factor);
}

static void add_seeker(struct qon_world *world, const struct qon_block *block, uint32_t row, uint64_t key, struct qon_seeker *out) {
    const struct qon_persons *p = &block->persons;
    uint32_t zone = block->households.zone[p->household[row]];
    struct qon_pcg pcg = qon_pcg_keyed(key, qon_person_id(block, row));
    uint64_t high = qon_pcg_next(&pcg);
    *out = (struct qon_seeker){.rank = high << 32 | qon_pcg_next(&pcg),
                               .block = block->index,
                               .row = row,
                               .cell = (uint32_t)qon_cell(world, zone, p->occupation[row], p->skill[row]),
                               .programme = -1};
    const struct qon_programmes_model *pm = world->model->programmes;
    if (pm != NULL && (pm->any_rank || pm->open[QON_AT_HIRE] != 0)) {
        consider_programmes(world, block, row, zone, out);
    }
}

// Bit i: status[i] is that of the unemployed, of eight.
static uint64_t unemployed_of(uint64_t eight) {
    const uint64_t ones = 0x0101010101010101ULL, low = 0x7f * ones;
    uint64_t differ = eight ^ (ones * QON_UNEMPLOYED);
    uint64_t equal = ~(((differ & low) + low) | differ | low); // the top bit of each byte that is the same
    return (equal >> 7) * 0x0102040810204080ULL >> 56;
}

// The rows of the unemployed: 64 statuses at a time, so that where the next one stands is guessed wrong once and not eight times.
static void unemployed_find(const struct qon_block *block, struct qon_rows *rows) {
    const uint8_t *status = block->persons.status;
    uint32_t count = block->persons.count, found = 0;
    for (uint32_t row = 0; row < count; row += 64) {
        uint64_t eight[8], mask = 0;
        memset(eight, 0xff, sizeof eight);
        memcpy(eight, status + row, count - row < 64 ? count - row : 64);
        for (int i = 0; i < 8; i++) {
            mask |= unemployed_of(eight[i]) << 8 * i;
        }
        for (; mask != 0; mask &= mask - 1) {
            rows->row[found++] = row + (uint32_t)__builtin_ctzll(mask);
        }
    }
    rows->count = found;
}

static void add_seekers(struct qon_world *world, const struct qon_block *block, const struct qon_rows *rows, struct qon_seekers *seekers) {
    uint64_t key = qon_month_key(world, QON_DRAW_SEARCH);
    const struct qon_persons *p = &block->persons;
    const struct qon_programmes_model *pm = world->model->programmes;
    bool asked = pm != NULL && pm->open[QON_AT_HIRE] != 0;
    for (uint32_t i = 0; i < rows->count; i++) {
        if (i + QON_AHEAD < rows->count) {
            uint32_t row = rows->row[i + QON_AHEAD];
            __builtin_prefetch(&p->household[row]);
            __builtin_prefetch(&p->occupation[row]);
            __builtin_prefetch(&p->skill[row]);
            if (asked) {
                if (qon_grant_any(world, block, row)) {
                    qon_grant_fetch(world, block, row);
                }
                __builtin_prefetch(&p->arrival_month[row]);
                __builtin_prefetch(&p->legal[row]);
            }
        }
        if (i + QON_AHEAD_HALF < rows->count) {
            uint32_t row = rows->row[i + QON_AHEAD_HALF];
            __builtin_prefetch(&block->households.zone[p->household[row]]);
            if (asked && p->arrival_month[row] != QON_ALWAYS) { // programmes on hires are for newcomers mostly, and ask where from
                __builtin_prefetch(&p->origin[row]);
            }
        }
        add_seeker(world, block, rows->row[i], key, &seekers->list[seekers->count++]);
    }
}

// The block's seekers: the unemployed, and the self-employed who look for a job this month.
void qon_search_block(struct qon_world *world, struct qon_block *block) {
    struct qon_seekers *seekers = &world->model->search[block->index];
    struct qon_rows *rows = &block->scratch[0];
    unemployed_find(block, rows);
    uint32_t wanted = rows->count + block->searching.count;
    seekers->count = 0;
    if (wanted > seekers->capacity) {
        qon_free(seekers->list);
        seekers->capacity = 0;
        if (qon_take(&seekers->list, wanted + wanted / 4, sizeof *seekers->list) != QON_OK) {
            qon_memory_short(world);
            return;
        }
        seekers->capacity = wanted + wanted / 4;
    }
    add_seekers(world, block, rows, seekers);
    add_seekers(world, block, &block->searching, seekers);
}

enum { TOGETHER = 256 }; // candidates that are decided on together

// Of some candidates those in the labour force, with their draws; what the next steps read of them is on its way then.
static uint32_t labour_force(const struct qon_block *block, const uint32_t *rows, uint32_t count, uint64_t key, uint32_t *row,
                             uint32_t *draw, const struct qon_kernels *kernels) {
    const struct qon_persons *p = &block->persons;
    uint64_t id[TOGETHER];
    uint32_t number[TOGETHER], kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint8_t status = p->status[rows[i]];
        row[kept] = rows[i];
        kept += (status == QON_EMPLOYED) | (status == QON_UNEMPLOYED) | (status == QON_SELF_EMPLOYED);
    }
    for (uint32_t i = 0; i < kept; i++) {
        __builtin_prefetch(&p->employer[row[i]]);
        __builtin_prefetch(&p->birth_month[row[i]]);
        id[i] = qon_person_id(block, row[i]);
        number[i] = 2;
    }
    kernels->draws(key, id, number, kept, draw);
    return kept;
}

// Those to whom something happens: the rest of what is read for them is fetched.
static uint32_t labour_decide(struct qon_world *world, struct qon_block *block, uint32_t *row, uint32_t *draw, uint32_t count) {
    const struct qon_settings *set = &world->scenario->settings;
    const struct qon_persons *p = &block->persons;
    const int32_t *staff = qon_staff_open(world);
    double cap = set->labour.separation_cap_month;
    uint32_t acting = 0;
    for (uint32_t i = 0; i < count; i++) {
        double u = qon_unit(draw[i]) * cap;
        uint8_t status = p->status[row[i]];
        bool acts = status == QON_UNEMPLOYED || (status == QON_EMPLOYED && u < separation_hazard(world, p, row[i]));
        if (status == QON_SELF_EMPLOYED && u < set->labour.informal_search_share && p->legal[row[i]] != QON_UNREGISTERED) {
            if (qon_rows_push(&block->searching, row[i]) != QON_OK) { // keeps the work until a job is found
                qon_memory_short(world);
            }
        }
        if (acts) {
            __builtin_prefetch(&p->household[row[i]]);
            __builtin_prefetch(&p->wage_tiyn_month[row[i]], 1);
            __builtin_prefetch(&p->status_month[row[i]], 1);
            __builtin_prefetch(&p->occupation[row[i]]);
            __builtin_prefetch(&p->skill[row[i]]);
            if (status == QON_EMPLOYED) {
                __builtin_prefetch(&staff[p->employer[row[i]]], 1);
            }
            row[acting] = row[i];
            draw[acting++] = draw[i];
        }
    }
    return acting;
}

void qon_labour_block(struct qon_world *world, struct qon_block *block) {
    const struct qon_persons *p = &block->persons;
    double cap = world->scenario->settings.labour.separation_cap_month;
    uint64_t key = qon_month_key(world, QON_DRAW_SEPARATION);
    const struct qon_kernels *kernels = qon_kernels();
    struct qon_rows *rows = &block->scratch[0];
    uint32_t row[TOGETHER], draw[TOGETHER];
    qon_candidates(block, key, cap, rows);
    block->searching.count = 0;
    for (uint32_t begin = 0; begin < rows->count; begin += TOGETHER) {
        uint32_t count = rows->count - begin < TOGETHER ? rows->count - begin : TOGETHER;
        count = labour_force(block, rows->row + begin, count, key, row, draw, kernels);
        for (uint32_t i = 0; i < count; i++) {
            uint32_t employer = p->employer[row[i]];
            if (employer != QON_NONE) {
                __builtin_prefetch(&world->employers.excess_share[employer]);
            }
        }
        count = labour_decide(world, block, row, draw, count);
        for (uint32_t i = 0; i < count; i++) {
            __builtin_prefetch(&block->households.zone[p->household[row[i]]]);
            __builtin_prefetch(&block->households.event_month[p->household[row[i]]], 1);
        }
        for (uint32_t i = 0; i < count; i++) { // what one does changes nothing of what the others do
            labour_candidate(world, block, row[i], qon_unit(draw[i]) * cap, key);
        }
    }
}

// Existing wages rise once a year, in January; new contracts follow the cell's level. No wage stands below the minimum.
void qon_indexation_block(struct qon_world *world, struct qon_block *block) {
    struct qon_persons *p = &block->persons;
    const struct qon_households *h = &block->households;
    uint64_t growth = (uint64_t)((1 + world->scenario->settings.labour.wage_growth_year) * 1048576.0 + 0.5);
    int64_t least = qon_steps_at(&world->scenario->minimum_wage, world->month);
    for (uint32_t row = 0; row < p->count; row++) {
        if (p->status[row] == QON_EMPLOYED) {
            uint64_t wage = (uint64_t)p->wage_tiyn_month[row] * growth >> 20;
            wage = (int64_t)wage < least ? (uint64_t)least : wage;
            wage = wage > UINT32_MAX ? UINT32_MAX : wage;
            qon_tally_wages(world, block, h->zone[p->household[row]], (int64_t)wage - (int64_t)p->wage_tiyn_month[row]);
            p->wage_tiyn_month[row] = (uint32_t)wage;
        }
    }
}
