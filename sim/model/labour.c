// SPDX-License-Identifier: GPL-3.0-or-later
// Labour in one block: separations, informal work, retraining; then the list of seekers. ODD tags M-SEPARATION-1, M-INFORMAL-1,
// M-RETRAIN-1, M-INDEXATION-1.
//
// One list of candidates serves all three: each person is a candidate with probability labour.separation_cap_month and acts by status.
#include "model.h"
#include "programmes.h"

#include <qonys/kernels.h>
#include <string.h>

// What may happen to whom, looked up by labour status, since chance decides which it is: nothing where it stays 0.
struct separation {
    double act[QON_LABOURS][2]; // chance to be looked at closely in a month: of those of 30 and over, and of the young
    double excess[QON_LABOURS]; // whether the employer's excess adds to it
    double search[QON_LABOURS]; // chance to look for a job beside one's own work
};

static struct separation separation_of(const struct qon_settings *set) {
    double prob = set->labour.separation_prob_month;
    return (struct separation){
        .act = {[QON_EMPLOYED] = {prob, prob * set->labour.separation_young_factor}, [QON_UNEMPLOYED] = {2, 2}}, // 2: all
        .excess = {[QON_EMPLOYED] = 1},
        .search = {[QON_SELF_EMPLOYED] = set->labour.informal_search_share}};
}

static bool is_young(const struct qon_world *world, const struct qon_persons *p, uint32_t row) {
    return qon_age_years(world->month, p->birth_month[row]) < 30;
}

static bool is_old(const struct qon_world *world, const struct qon_persons *p, uint32_t row) {
    const struct qon_settings *set = &world->scenario->settings;
    double men = set->demography.retirement_men_years, women = set->demography.retirement_women_years;
    int32_t age = qon_age_years(world->month, p->birth_month[row]);
    return (age >= men || age >= women) && age >= (p->sex[row] == QON_MALE ? men : women); // the sex of few needs to be looked up
}

// Something happens to one of those labour_decide found.
static void labour_event(struct qon_world *world, struct qon_block *block, uint32_t row, double u, uint64_t key) {
    const struct qon_settings *set = &world->scenario->settings;
    struct qon_persons *p = &block->persons;
    switch (p->status[row]) {
    case QON_EMPLOYED:
        if (!qon_is_permit(p->legal[row])) {
            uint32_t zone = block->households.zone[p->household[row]];
            qon_person_leave_job(world, block, row, is_old(world, p, row) ? QON_RETIRED : QON_UNEMPLOYED);
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

// Programmes bring some seekers forward, keep those in training from looking, and will ask some about the hire. fit: those on hires whose
// conditions hold.
static void consider_programmes(struct qon_world *world, const struct qon_block *block, uint32_t zone, uint64_t fit,
                                struct qon_seeker *seeker) {
    const struct qon_programmes_model *pm = world->model->programmes;
    uint32_t row = seeker->row;
    bool granted = qon_grant_any(world, block, row); // may learn something before the programmes ask
    seeker->supported = fit != 0 || granted;
    if (!granted && (fit & pm->hiring[zone]) == 0 && (pm->levers[zone].kandas_rank == 1 || block->persons.legal[row] != QON_KANDAS)) {
        return;
    }
    int programme;
    double factor = qon_rank_factor(world, block, row, zone, fit, &programme);
    seeker->cell = factor > 0 ? seeker->cell : QON_NONE;
    seeker->shifted = factor > 1;
    seeker->programme = (int16_t)programme;
    seeker->rank = qon_rank_shift(seeker->rank, factor);
}

// Seekers whom programmes may concern, noted until they are as many as are asked together, in the order of the block's list.
struct concerned {
    uint32_t count;
    uint32_t at[2 * QON_CHOICE_BATCH]; // in the list of seekers
};

// Asks only those about programmes whom one on hires may fit; fit[] of the others is 0.
static void fit_many(const struct qon_world *world, const struct qon_block *block, const uint32_t *row, uint32_t count, uint64_t *fit) {
    uint32_t asked[QON_CHOICE_BATCH], at[QON_CHOICE_BATCH], askeds = 0;
    uint64_t among[QON_CHOICE_BATCH];
    for (uint32_t i = 0; i < count; i++) {
        at[askeds] = i;
        asked[askeds] = row[i];
        among[askeds] = fit[i];
        askeds += fit[i] != 0;
    }
    if (askeds == 0) {
        return;
    }
    qon_eligible_quick_many(world, block, asked, askeds, QON_AT_HIRE, among);
    for (uint32_t j = 0; j < askeds; j++) {
        fit[at[j]] = among[j];
    }
}

// At most QON_CHOICE_BATCH of those noted.
static void some_consider(struct qon_world *world, const struct qon_block *block, struct qon_seeker *seekers, const uint32_t *at,
                          uint32_t count) {
    const struct qon_hire_terms *terms = world->model->programmes->hire_terms;
    const struct qon_persons *p = &block->persons;
    uint32_t row[QON_CHOICE_BATCH] = {0}, zone[QON_CHOICE_BATCH];
    uint64_t fit[QON_CHOICE_BATCH];
    for (uint32_t j = 0; j < count; j++) {
        row[j] = seekers[at[j]].row;
        __builtin_prefetch(&p->arrival_month[row[j]]);
        __builtin_prefetch(&p->legal[row[j]]);
    }
    qon_grants_fetch(world, block, row, count);
    for (uint32_t j = 0; j < count; j++) {
        zone[j] = block->households.zone[p->household[row[j]]];
        fit[j] = terms[zone[j]].fit[p->arrival_month[row[j]] != QON_ALWAYS];
    }
    fit_many(world, block, row, count, fit);
    for (uint32_t j = 0; j < count; j++) {
        bool kandas = terms[zone[j]].kandas && p->legal[row[j]] == QON_KANDAS;
        if (fit[j] != 0 || kandas || qon_grant_any(world, block, row[j])) {
            consider_programmes(world, block, zone[j], fit[j], &seekers[at[j]]);
        }
    }
}

// What becomes of those noted.
static void concerned_consider(struct qon_world *world, const struct qon_block *block, struct qon_seeker *seekers,
                               struct concerned *concerned) {
    for (uint32_t begin = 0; begin < concerned->count; begin += QON_CHOICE_BATCH) {
        uint32_t left = concerned->count - begin;
        some_consider(world, block, seekers, concerned->at + begin, left < QON_CHOICE_BATCH ? left : QON_CHOICE_BATCH);
    }
    concerned->count = 0;
}

// Most of up to QON_CHOICE_BATCH seekers are concerned by no programme: they have lived where they are for long, are no kandas, and were
// granted nothing. first: the place of the first in the list.
static void concerned_note(const struct qon_world *world, const struct qon_block *block, const uint32_t *row, uint32_t count,
                           uint32_t first, struct concerned *concerned) {
    const struct qon_programmes_model *pm = world->model->programmes;
    const uint64_t *newcomers = pm->newcomers[block->index].bits;
    uint32_t noted = concerned->count;
    QON_REQUIRE(noted <= QON_CHOICE_BATCH);
    for (uint32_t i = 0; i < count; i++) {
        concerned->at[noted] = first + i;
        noted += (newcomers[row[i] / 64] >> row[i] % 64 & 1) | pm->hires_all;
    }
    concerned->count = noted;
}

// What is read of the seekers from `begin` on.
static QON_FETCHES void seekers_fetch(const struct qon_block *block, const struct qon_rows *rows, uint32_t begin) {
    const struct qon_persons *p = &block->persons;
    for (uint32_t i = begin; i < rows->count && i < begin + QON_CHOICE_BATCH; i++) {
        uint32_t row = rows->row[i];
        __builtin_prefetch(&p->household[row]);
        __builtin_prefetch(&p->occupation[row]);
        __builtin_prefetch(&p->skill[row]);
    }
}

// At most QON_CHOICE_BATCH of them.
static void seekers_make(const struct qon_world *world, const struct qon_block *block, const uint32_t *rows, uint32_t count,
                         struct qon_seeker *out) {
    const struct qon_persons *p = &block->persons;
    uint64_t id[QON_CHOICE_BATCH];
    uint32_t draw[2 * QON_CHOICE_BATCH];
    for (uint32_t i = 0; i < count; i++) {
        __builtin_prefetch(&block->households.zone[p->household[rows[i]]]);
        id[i] = qon_person_id(block, rows[i]);
    }
    world->model->kernels->sequences(qon_month_key(world, QON_DRAW_SEARCH), id, count, 2, draw); // as qon_seeker_rank
    for (uint32_t i = 0; i < count; i++) {
        uint32_t row = rows[i], zone = block->households.zone[p->household[row]];
        out[i] = (struct qon_seeker){.rank = (uint64_t)draw[i] << 32 | draw[count + i],
                                     .block = block->index,
                                     .row = row,
                                     .cell = (uint32_t)qon_cell(world, zone, p->occupation[row], p->skill[row]),
                                     .programme = -1};
    }
}

// concerned: NULL when no programme asks about seekers.
static void add_seekers(struct qon_world *world, const struct qon_block *block, const struct qon_rows *rows, struct qon_seekers *seekers,
                        struct concerned *concerned) {
    seekers_fetch(block, rows, 0);
    for (uint32_t begin = 0; begin < rows->count; begin += QON_CHOICE_BATCH) {
        uint32_t count = rows->count - begin < QON_CHOICE_BATCH ? rows->count - begin : QON_CHOICE_BATCH;
        seekers_fetch(block, rows, begin + QON_CHOICE_BATCH);
        seekers_make(world, block, rows->row + begin, count, seekers->list + seekers->count);
        if (concerned != NULL) {
            concerned_note(world, block, rows->row + begin, count, seekers->count, concerned);
            if (concerned->count > QON_CHOICE_BATCH) {
                concerned_consider(world, block, seekers->list, concerned);
            }
        }
        seekers->count += count;
    }
}

// The block's seekers: the unemployed, and the self-employed who look for a job this month.
void qon_search_block(struct qon_world *world, struct qon_block *block) {
    struct qon_seekers *seekers = &world->model->search[block->index];
    struct qon_rows *rows = &block->scratch[0];
    rows->count = qon_rows_where(block->persons.status, block->persons.count, QON_UNEMPLOYED, rows->row);
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
    const struct qon_programmes_model *pm = world->model->programmes;
    bool asked = pm != NULL && (pm->any_rank || pm->open[QON_AT_HIRE] != 0);
    struct concerned concerned;
    concerned.count = 0;
    if (asked && qon_newcomers_find(world, block) != QON_OK) {
        qon_memory_short(world);
        return;
    }
    add_seekers(world, block, rows, seekers, asked ? &concerned : NULL);
    add_seekers(world, block, &block->searching, seekers, asked ? &concerned : NULL);
    if (asked) {
        concerned_consider(world, block, seekers->list, &concerned);
    }
}

enum { TOGETHER = 256 }; // candidates that are decided on together

// Keeps of the candidates those in the labour force.
static void labour_force(const struct qon_persons *p, struct qon_rows *rows) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < rows->count; i++) {
        uint8_t status = p->status[rows->row[i]];
        __builtin_prefetch(&p->status[rows->row[i + QON_AHEAD < rows->count ? i + QON_AHEAD : i]]);
        rows->row[kept] = rows->row[i];
        kept += (status == QON_EMPLOYED) | (status == QON_UNEMPLOYED) | (status == QON_SELF_EMPLOYED);
    }
    rows->count = kept;
}

// What is read of the candidates from `begin` on.
static QON_FETCHES void force_fetch(const struct qon_persons *p, const struct qon_rows *rows, uint32_t begin) {
    for (uint32_t i = begin; i < rows->count && i < begin + TOGETHER; i++) {
        __builtin_prefetch(&p->employer[rows->row[i]]);
        __builtin_prefetch(&p->birth_month[rows->row[i]]);
    }
}

// Without a branch, since chance decides who is employed. The first employer stands for none where what is found is not used.
static uint32_t employer_or_first(const struct qon_persons *p, uint32_t row) {
    uint32_t employer = p->employer[row];
    return employer & -(uint32_t)(employer != QON_NONE);
}

// The draws of some, copied from the list; the excess of their employers is on its way then.
static void labour_draws(const struct qon_world *world, const struct qon_block *block, const uint32_t *rows, uint32_t count, uint32_t *row,
                         uint32_t *draw) {
    const struct qon_persons *p = &block->persons;
    uint64_t id[TOGETHER];
    uint32_t number[TOGETHER];
    for (uint32_t i = 0; i < count; i++) {
        __builtin_prefetch(&world->employers.excess_share[employer_or_first(p, rows[i])]);
        row[i] = rows[i];
        id[i] = qon_person_id(block, rows[i]);
        number[i] = 2;
    }
    world->model->kernels->draws(qon_month_key(world, QON_DRAW_SEPARATION), id, number, count, draw);
}

static void search_push(const struct qon_world *world, struct qon_block *block, uint32_t row) {
    if (block->persons.legal[row] != QON_UNREGISTERED && qon_rows_push(&block->searching, row) != QON_OK) {
        qon_memory_short(world);
    }
}

static QON_FETCHES void labour_fetch(const struct qon_persons *p, const int32_t *staff, uint32_t row) {
    __builtin_prefetch(&p->household[row]);
    __builtin_prefetch(&p->wage_tiyn_month[row], 1);
    __builtin_prefetch(&p->status_month[row], 1);
    __builtin_prefetch(&p->occupation[row]);
    __builtin_prefetch(&p->skill[row]);
    __builtin_prefetch(&p->legal[row]);
    __builtin_prefetch(&staff[employer_or_first(p, row)], 1);
}

// Those to whom something happens, and those who look for a job beside their own work, which they keep until one is found. Who has more
// staff than desired (as of last month's plan; desired is not written in this phase) lets go of part of the excess. Chance decides, so
// there is no branch; what is read and written of those to whom something happens is on its way when they are returned.
static uint32_t labour_decide(struct qon_world *world, struct qon_block *block, uint32_t *row, uint32_t *draw, uint32_t count) {
    static const float none = 0;
    const struct qon_settings *set = &world->scenario->settings;
    const struct qon_persons *p = &block->persons;
    const float *excess = world->employers.count > 0 ? world->employers.excess_share : &none;
    struct separation separation = separation_of(set);
    const int32_t *staff = qon_staff_open(world);
    double cap = set->labour.separation_cap_month;
    uint32_t acting = 0, searching = 0, searcher[TOGETHER];
    for (uint32_t i = 0; i < count; i++) {
        double u = qon_unit(draw[i]) * cap;
        uint8_t status = p->status[row[i]];
        double chance = separation.act[status][is_young(world, p, row[i])];
        chance += (double)excess[employer_or_first(p, row[i])] * separation.excess[status];
        searcher[searching] = row[i];
        searching += u < separation.search[status];
        row[acting] = row[i];
        draw[acting] = draw[i];
        acting += u < chance;
    }
    for (uint32_t i = 0; i < acting; i++) {
        labour_fetch(p, staff, row[i]);
    }
    for (uint32_t i = 0; i < searching; i++) {
        search_push(world, block, searcher[i]);
    }
    return acting;
}

void qon_labour_block(struct qon_world *world, struct qon_block *block) {
    const struct qon_persons *p = &block->persons;
    double cap = world->scenario->settings.labour.separation_cap_month;
    uint64_t key = qon_month_key(world, QON_DRAW_SEPARATION);
    struct qon_rows *rows = &block->scratch[0];
    uint32_t row[TOGETHER], draw[TOGETHER];
    qon_candidates_grown(world, block, key, cap, rows);
    block->searching.count = 0;
    labour_force(p, rows);
    force_fetch(p, rows, 0);
    for (uint32_t begin = 0; begin < rows->count; begin += TOGETHER) {
        uint32_t count = rows->count - begin < TOGETHER ? rows->count - begin : TOGETHER;
        force_fetch(p, rows, begin + TOGETHER);
        labour_draws(world, block, rows->row + begin, count, row, draw);
        count = labour_decide(world, block, row, draw, count);
        for (uint32_t i = 0; i < count; i++) {
            __builtin_prefetch(&block->households.zone[p->household[row[i]]]);
            __builtin_prefetch(&block->households.event_month[p->household[row[i]]], 1);
        }
        for (uint32_t i = 0; i < count; i++) { // what one does changes nothing of what the others do
            labour_event(world, block, row[i], qon_unit(draw[i]) * cap, key);
        }
    }
}

// Existing wages rise once a year, in January; new contracts follow the cell's level. No wage stands below the minimum.
void qon_indexation_block(struct qon_world *world, struct qon_block *block) {
    struct qon_persons *p = &block->persons;
    const struct qon_households *h = &block->households;
    uint64_t growth = (uint64_t)((1 + world->scenario->settings.labour.wage_growth_year) * 1048576.0 + 0.5);
    uint64_t least = (uint64_t)qon_steps_at(&world->scenario->minimum_wage, world->month);
    uint32_t *employed = block->scratch[0].row;
    uint32_t count = qon_rows_where(p->status, p->count, QON_EMPLOYED, employed);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t row = employed[i];
        uint64_t wage = (uint64_t)p->wage_tiyn_month[row] * growth >> 20;
        wage = wage < least ? least : wage;
        wage = wage > UINT32_MAX ? UINT32_MAX : wage;
        qon_tally_wages(world, block, h->zone[p->household[row]], (int64_t)wage - (int64_t)p->wage_tiyn_month[row]);
        p->wage_tiyn_month[row] = (uint32_t)wage;
    }
}
