// SPDX-License-Identifier: GPL-3.0-or-later
// Who considers a move this month, in one block. ODD tags M-TRIGGER-1, M-TENURE-1.
//
// Everybody is a candidate at the capped hazard, found by skips; a keyed draw then accepts with probability hazard / cap. Few are accepted,
// so most are turned away by an upper bound on their hazard, which is known before what is far away in memory is looked at. That happens in
// the round over the blocks before jobs are found, while the columns are in the cache anyway: what changes until the phase of moves
// (jobs found, and what training does) is bounded too.
#include "relocation.h"

#include <math.h>
#include <qonys/kernels.h>
#include <string.h>

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
    int32_t moved = h->moved_month[household];
    bool owner = h->owner[household] != 0;
    if (owner | (moved == QON_ALWAYS) | (world->month - moved < set->trigger.tenure_months)) {
        return owner;
    }
    return qon_draw_unit(qon_life_key(world, QON_DRAW_SYNTHESIS_MONEY), qon_household_id(block, household), 2) < set->choice.owner_share;
}

// What each state of a person multiplies the hazard by: looked up, since chance decides which it is.
struct factors {
    double status[QON_GONE + 1], recent[2], event[2], children[2],
        place[2][2]; // place: of a member, of a head; who owns nothing, something
    double recent_months;
};

static struct factors factors_of(const struct qon_settings *set) {
    struct factors f = {.recent = {1, set->trigger.factor_recent_mover},
                        .event = {1, set->trigger.factor_life_event},
                        .children = {1, set->trigger.factor_school_children},
                        .place = {{set->trigger.factor_member, set->trigger.factor_member}, {1, set->trigger.factor_owner}},
                        .recent_months = set->trigger.recent_months};
    for (int status = 0; status <= QON_GONE; status++) {
        f.status[status] = 1;
    }
    f.status[QON_UNEMPLOYED] = set->trigger.factor_unemployed;
    f.status[QON_SELF_EMPLOYED] = set->trigger.factor_informal;
    f.status[QON_STUDENT] = set->trigger.factor_student;
    return f;
}

static bool moved_recently(const struct qon_world *world, const struct factors *f, int32_t arrival) {
    return (arrival != QON_ALWAYS) & (world->month - arrival < f->recent_months);
}

static bool event_lately(const struct qon_world *world, int32_t then) {
    return (then != QON_ALWAYS) & (world->month - then < 12);
}

// All but that of school children.
static void factors_make(const struct qon_world *world, const struct qon_block *block, const struct factors *f, uint32_t row,
                         double factor[QON_TRIGGER_FACTORS]) {
    const struct qon_settings *set = &world->scenario->settings;
    const struct qon_persons *p = &block->persons;
    const struct qon_households *h = &block->households;
    uint32_t household = p->household[row];
    bool head = p->role[row] == QON_HEAD;
    factor[QON_TRIGGER_scale] =
        set->trigger.hazard_scale_month * age_factor(world->model, qon_age_years(world->month, p->birth_month[row]));
    factor[QON_TRIGGER_zone] = world->scenario->tables.zones.mobility[h->zone[household]];
    factor[QON_TRIGGER_education] = world->scenario->tables.educations.trigger_factor[p->education[row]];
    factor[QON_TRIGGER_status] = f->status[p->status[row]];
    factor[QON_TRIGGER_recent] = f->recent[moved_recently(world, f, p->arrival_month[row])];
    factor[QON_TRIGGER_event] = f->event[event_lately(world, h->event_month[household])];
    factor[QON_TRIGGER_place] = f->place[head][qon_household_owns(world, block, household)];
    factor[QON_TRIGGER_children] = 1;
    factor[QON_TRIGGER_bond] = qon_grant_any(world, block, row) ? qon_bond_trigger_factor(world, block, row) : 1;
}

static bool is_family(const struct qon_block *block, uint32_t row) {
    return (block->persons.role[row] == QON_HEAD) & (block->households.members[block->persons.household[row]] > 1);
}

void qon_trigger_factors(const struct qon_world *world, const struct qon_block *block, uint32_t row, double factor[QON_TRIGGER_FACTORS]) {
    struct factors f = factors_of(&world->scenario->settings);
    factors_make(world, block, &f, row, factor);
    factor[QON_TRIGGER_children] = f.children[is_family(block, row) && has_school_children(world, block, row)];
}

static double product(const double factor[QON_TRIGGER_FACTORS]) {
    double hazard = 1;
    for (int i = 0; i < QON_TRIGGER_FACTORS; i++) {
        hazard *= factor[i];
    }
    return hazard;
}

// When a candidate considers a move: as long as no job is found until then, if one is found, or (ASK) what has been granted is to be looked
// at again.
enum when { NEVER = 0, IF_AS_NOW = 1, IF_HIRED = 2, ANYWAY = IF_AS_NOW | IF_HIRED, ASK = 4 };

static unsigned below(double u, const struct factors *f, double factor[QON_TRIGGER_FACTORS], uint8_t status) {
    factor[QON_TRIGGER_status] = f->status[status];
    bool as_now = u < product(factor);
    factor[QON_TRIGGER_status] = f->status[QON_EMPLOYED];
    bool hired = u < product(factor);
    return as_now * (unsigned)IF_AS_NOW | hired * (unsigned)IF_HIRED;
}

// without, with: school children, who are looked for last, as their parents' chains are far.
struct verdict {
    unsigned without, with;
};

static struct verdict considers(const struct qon_world *world, const struct qon_block *block, const struct factors *f, uint32_t row,
                                double u) {
    double factor[QON_TRIGGER_FACTORS];
    struct verdict verdict;
    uint8_t status = block->persons.status[row];
    factors_make(world, block, f, row, factor);
    verdict.without = below(u, f, factor, status);
    factor[QON_TRIGGER_children] = f->children[is_family(block, row)];
    verdict.with = below(u, f, factor, status);
    return verdict;
}

static QON_FETCHES void fetch_candidates(const struct qon_block *block, const uint32_t *row, uint32_t count) {
    const struct qon_persons *p = &block->persons;
    const struct qon_households *h = &block->households;
    for (uint32_t i = 0; i < count; i++) {
        __builtin_prefetch(&p->household[row[i]]);
        __builtin_prefetch(&p->birth_month[row[i]]);
        __builtin_prefetch(&p->role[row[i]]);
        __builtin_prefetch(&p->status[row[i]]);
        __builtin_prefetch(&p->education[row[i]]);
        __builtin_prefetch(&p->arrival_month[row[i]]);
        __builtin_prefetch(&p->legal[row[i]]);
        __builtin_prefetch(&p->occupation[row[i]]);
        __builtin_prefetch(&p->skill[row[i]]);
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t household = p->household[row[i]];
        __builtin_prefetch(&h->zone[household]);
        __builtin_prefetch(&h->kin[household]);
        __builtin_prefetch(&h->event_month[household]);
        __builtin_prefetch(&h->members[household]);
        __builtin_prefetch(&h->moved_month[household]);
        __builtin_prefetch(&h->owner[household]);
    }
}

// Of the candidates those who are grown-up and neither a spouse nor gone, with their draws. draw: room for as many as rows->row.
static void grown_up(const struct qon_world *world, const struct qon_block *block, struct qon_rows *rows, uint32_t *draw) {
    enum { TOGETHER = 256 };
    const struct qon_persons *p = &block->persons;
    const struct qon_kernels *kernels = world->model->kernels;
    int32_t adult = world->month - 12 * 18;
    uint64_t id[TOGETHER];
    uint32_t kept = 0, same[TOGETHER] = {0}; // alternative 0
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows->row[i], ahead = rows->row[i + QON_AHEAD < rows->count ? i + QON_AHEAD : i];
        __builtin_prefetch(&p->birth_month[ahead]);
        __builtin_prefetch(&p->role[ahead]);
        __builtin_prefetch(&p->status[ahead]);
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
// then by the household's zone and life event. Some will have found a job when they decide, and those who were granted something may have
// learned something.
static void likely(const struct qon_world *world, const struct qon_block *block, struct qon_rows *rows, uint32_t *draw) {
    enum { TOGETHER = 128 };
    const struct qon_settings *set = &world->scenario->settings;
    const struct qon_persons *p = &block->persons;
    const struct qon_households *h = &block->households;
    const double *education = world->scenario->tables.educations.trigger_factor, *mobility = world->scenario->tables.zones.mobility;
    const struct factors f = factors_of(set);
    double cap = set->trigger.hazard_cap_month, by_status[QON_LABOURS], bound[TOGETHER];
    // A little more than the factors say: they are multiplied here in another order.
    double owner = set->trigger.factor_owner > 1 ? set->trigger.factor_owner : 1;
    double event = set->trigger.factor_life_event > 1 ? set->trigger.factor_life_event : 1;
    double most = set->trigger.hazard_scale_month * owner * (1 + 1e-9), rest = world->model->mobility_most * event;
    const struct qon_granted granted = qon_granted_of(world, block); // what is granted can change all of this
    const double by_event[2] = {1, event};
    for (uint8_t status = 0; status < QON_LABOURS; status++) {
        by_status[status] = most * (f.status[status] > f.status[QON_EMPLOYED] ? f.status[status] : f.status[QON_EMPLOYED]);
    }
    uint32_t kept = 0, count;
    for (uint32_t begin = 0; begin < rows->count; begin += count) {
        count = rows->count - begin < TOGETHER ? rows->count - begin : TOGETHER;
        uint32_t first = kept, own = kept; // of those who are left, first.. are of this turn
        for (uint32_t i = begin; i < begin + count; i++) {
            uint32_t row = rows->row[i];
            double x = by_status[p->status[row]] * age_factor(world->model, qon_age_years(world->month, p->birth_month[row]));
            x *= f.place[p->role[row] == QON_HEAD][0] * education[p->education[row]];
            x *= f.recent[moved_recently(world, &f, p->arrival_month[row])];
            double u = qon_unit(draw[i]) * cap;
            rows->row[own] = row;
            x = qon_is_granted(&granted, row) ? HUGE_VAL : x;
            draw[own] = draw[i];
            bound[own - first] = x;
            __builtin_prefetch(&p->household[row]);
            own += !(u >= x * rest); // also when that is no number
        }
        for (uint32_t i = first; i < own; i++) {
            __builtin_prefetch(&h->zone[p->household[rows->row[i]]]);
            __builtin_prefetch(&h->event_month[p->household[rows->row[i]]]);
        }
        for (uint32_t i = first; i < own; i++) {
            uint32_t row = rows->row[i], household = p->household[row];
            double x = bound[i - first] * mobility[h->zone[household]] * by_event[event_lately(world, h->event_month[household])];
            double u = qon_unit(draw[i]) * cap;
            rows->row[kept] = row;
            draw[kept] = draw[i];
            kept += !(u >= x);
        }
    }
    rows->count = kept;
}

// Those who are left are few and are looked at closely, some together: who may consider a move stays, with when.
static uint32_t decide(const struct qon_world *world, const struct qon_block *block, const struct factors *f, const uint32_t *row,
                       const uint32_t *draw, uint32_t count, struct qon_considering *considering) {
    const struct qon_persons *p = &block->persons;
    double cap = world->scenario->settings.trigger.hazard_cap_month;
    struct verdict verdict[QON_FETCHED];
    uint32_t head[QON_FETCHED], heads = 0, kept = 0;
    const struct qon_granted granted = qon_granted_of(world, block);
    fetch_candidates(block, row, count);
    for (uint32_t i = 0; i < count; i++) {
        verdict[i] =
            qon_is_granted(&granted, row[i]) ? (struct verdict){ASK, ASK} : considers(world, block, f, row[i], qon_unit(draw[i]) * cap);
        head[heads] = row[i];
        heads += verdict[i].with != verdict[i].without;
    }
    qon_fetch_chains(p, p->birth_month, sizeof *p->birth_month, head, heads);
    for (uint32_t i = 0; i < count; i++) {
        bool asks = verdict[i].with != verdict[i].without;
        unsigned when = asks && has_school_children(world, block, row[i]) ? verdict[i].with : verdict[i].without;
        considering[kept] = qon_considering_of(world, block, row[i]);
        considering[kept].when = (uint8_t)when;
        kept += (when != NEVER) & !qon_is_permit(p->legal[row[i]]);
    }
    return kept;
}

// Empties the list. Room for `most` and one more, which is written and may not count.
static enum qon_status candidates_reserve(struct qon_considering_list *candidates, uint32_t most, bool programmes) {
    enum qon_status status = QON_OK;
    uint32_t wanted = most + 1;
    candidates->count = 0;
    if (wanted > candidates->capacity) {
        qon_free(candidates->list);
        qon_free(candidates->quick);
        candidates->list = NULL;
        candidates->quick = NULL;
        candidates->capacity = 0;
        QON_TRY(qon_take(&candidates->list, wanted + wanted / 4, sizeof *candidates->list));
        if (programmes) {
            QON_TRY(qon_take(&candidates->quick, wanted + wanted / 4, sizeof *candidates->quick));
        }
        candidates->capacity = wanted + wanted / 4;
    }
done:
    return status;
}

static bool asks_quick(const struct qon_world *world) {
    const struct qon_programmes_model *pm = world->model->programmes;
    return pm != NULL && pm->open[QON_AT_MOVE] != 0;
}

// Asks what programmes on moves are open to them, by what their columns say.
static void quick_ask(const struct qon_world *world, const struct qon_block *block, struct qon_considering_list *candidates) {
    const struct qon_programmes_model *pm = world->model->programmes;
    uint32_t row[QON_CHOICE_BATCH];
    for (uint32_t begin = 0; begin < candidates->count; begin += QON_CHOICE_BATCH) {
        uint32_t count = candidates->count - begin < QON_CHOICE_BATCH ? candidates->count - begin : QON_CHOICE_BATCH;
        for (uint32_t i = 0; i < count; i++) {
            row[i] = candidates->list[begin + i].row;
            candidates->quick[begin + i] = pm->open[QON_AT_MOVE] & pm->origin_any[candidates->list[begin + i].zone];
        }
        qon_eligible_quick_many(world, block, row, count, QON_AT_MOVE, candidates->quick + begin);
    }
}

void qon_candidates_block(struct qon_world *world, struct qon_block *block) {
    const struct factors f = factors_of(&world->scenario->settings);
    struct qon_considering_list *candidates = &world->model->considering[block->index];
    struct qon_rows *rows = &block->scratch[0];
    uint32_t *draw = block->scratch[1].row;
    qon_candidates_grown(world, block, qon_month_key(world, QON_DRAW_TRIGGER), world->scenario->settings.trigger.hazard_cap_month, rows);
    grown_up(world, block, rows, draw);
    likely(world, block, rows, draw);
    if (candidates_reserve(candidates, rows->count, world->model->programmes != NULL) != QON_OK) {
        qon_memory_short(world);
        return;
    }
    for (uint32_t begin = 0; begin < rows->count; begin += QON_FETCHED) {
        uint32_t count = rows->count - begin < QON_FETCHED ? rows->count - begin : QON_FETCHED;
        candidates->count += decide(world, block, &f, rows->row + begin, draw + begin, count, candidates->list + candidates->count);
    }
    if (asks_quick(world)) {
        quick_ask(world, block, candidates);
    }
}

// Those who are to be asked again stand in the list as they are now, and as those who consider a move anyway if they do.
static void ask_again(const struct qon_world *world, const struct qon_block *block, struct qon_considering *list, uint32_t count) {
    double cap = world->scenario->settings.trigger.hazard_cap_month, factor[QON_TRIGGER_FACTORS];
    uint32_t at[QON_FETCHED], row[QON_FETCHED], found = 0;
    for (uint32_t next = 0; next < count;) {
        for (found = 0; next < count && found < QON_FETCHED; next++) {
            at[found] = next;
            row[found] = list[next].row;
            found += list[next].when == ASK;
        }
        fetch_candidates(block, row, found);
        qon_grants_fetch(world, block, row, found);
        for (uint32_t i = 0; i < found; i++) {
            double u = qon_draw_unit(qon_month_key(world, QON_DRAW_TRIGGER_ACCEPT), qon_person_id(block, row[i]), 0) * cap;
            qon_trigger_factors(world, block, row[i], factor);
            list[at[i]] = qon_considering_of(world, block, row[i]);
            list[at[i]].when = u < product(factor) ? ASK | ANYWAY : ASK;
        }
    }
}

void qon_trigger(struct qon_world *world, const struct qon_block *block, struct qon_rows *rows) {
    const struct qon_persons *p = &block->persons;
    struct qon_considering_list *candidates = &world->model->considering[block->index];
    const bool programmes = asks_quick(world);
    QON_REQUIRE(candidates->count <= rows->capacity);
    rows->count = 0;
    if (block->commitments.count > 0) {
        ask_again(world, block, candidates->list, candidates->count);
    }
    for (uint32_t i = 0; i < candidates->count; i++) {
        struct qon_considering own = candidates->list[i];
        bool asked = (own.when & ASK) != 0, considers = (own.when & ANYWAY) == ANYWAY;
        bool hired = !own.employed && (programmes || !considers) && p->status[own.row] == QON_EMPLOYED;
        if (!asked && !considers) {
            considers = (own.when & (hired || own.employed ? IF_HIRED : IF_AS_NOW)) != 0;
        }
        rows->row[rows->count] = own.row;
        candidates->list[rows->count] = own;
        if (programmes) {
            candidates->quick[rows->count] = candidates->quick[i];
            if (considers && (asked || hired)) { // is another now
                qon_support_quick(world, block, &own.row, 1, QON_AT_MOVE, &candidates->quick[rows->count]);
            }
        }
        rows->count += considers;
    }
    candidates->count = rows->count;
}
