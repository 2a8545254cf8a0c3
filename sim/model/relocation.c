// SPDX-License-Identifier: GPL-3.0-or-later
// Relocation in one block: what those who consider moving (trigger.c) choose, and the moves. ODD tags M-CHOICE-2 (frozen utilities),
// M-LIQUIDITY-1, M-MOVE-1, M-MOVE-2 (single movers).
//
// The head of a household decides for all its members; a grown-up member who is neither head nor spouse decides for himself and splits
// off. First everybody decides from the state of the phase's start (propose), then single movers leave, then households move (apply): the
// outcome does not depend on the order of visits. A choice is an exponential race whose random part is keyed by (person, month, zone):
// a policy changes the choice of nobody whose utilities it does not change, except towards what it made better.
#include "relocation.h"
#include "programmes.h"

#include <stdlib.h>
#include <string.h>

enum { NOWHERE = QON_NOWHERE };

// What weighing a move reads of the deciders, their households and these households' members.
static QON_FETCHES void fetch_deciders(const struct qon_block *block, const uint32_t *row, uint32_t count) {
    const struct qon_persons *p = &block->persons;
    const struct qon_households *h = &block->households;
    for (uint32_t i = 0; i < count; i++) {
        __builtin_prefetch(&p->household[row[i]]);
        __builtin_prefetch(&p->occupation[row[i]]);
        __builtin_prefetch(&p->skill[row[i]]);
    }
    uint32_t home[QON_FETCHED], kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t household = p->household[row[i]];
        home[kept] = household;
        kept += household != QON_NONE;
        __builtin_prefetch(&h->head[household]);
        __builtin_prefetch(&h->savings_month[household], 1);
        __builtin_prefetch(&h->savings_tiyn[household], 1);
        __builtin_prefetch(&h->zone[household]);
        __builtin_prefetch(&h->kin[household]);
        __builtin_prefetch(&h->members[household]);
    }
    for (uint32_t i = 0; i < kept; i++) {
        home[i] = h->head[home[i]];
    }
    qon_fetch_chains(p, p->wage_tiyn_month, sizeof *p->wage_tiyn_month, home, kept);
}

struct qon_considering qon_considering_of(const struct qon_world *world, const struct qon_block *block, uint32_t row) {
    const struct qon_persons *p = &block->persons;
    const struct qon_households *h = &block->households;
    uint32_t household = p->household[row];
    int32_t combos = world->occupations * world->skills;
    uint8_t status = p->status[row];
    bool works = (status == QON_EMPLOYED) | (status == QON_SELF_EMPLOYED) | (status == QON_UNEMPLOYED);
    // Without a branch, since chance decides.
    const uint32_t profiles[2] = {(uint32_t)combos + (status == QON_STUDENT ? QON_PROFILE_WORKER : QON_PROFILE_PENSION),
                                  (uint32_t)p->occupation[row] * (uint32_t)world->skills + p->skill[row]};
    return (struct qon_considering){.row = row,
                                    .household = household,
                                    .profile = profiles[works & (p->occupation[row] != QON_NO_OCCUPATION)],
                                    .zone = h->zone[household],
                                    .kin = h->kin[household],
                                    .members = h->members[household],
                                    .head = p->role[row] == QON_HEAD,
                                    .employed = status == QON_EMPLOYED};
}

static struct qon_decider decider_from(const struct qon_world *world, const struct qon_block *block, const struct qon_considering *c) {
    double income = world->model->place_income[(int64_t)c->profile * world->zones + c->zone];
    const uint32_t travellers[2] = {1, c->members}, sharing[2] = {c->members, 1};
    return (struct qon_decider){.id = qon_person_id(block, c->row),
                                .row = c->row,
                                .household = c->household,
                                .zone = c->zone,
                                .kin = c->kin,
                                .profile = c->profile,
                                .travellers = travellers[c->head],
                                .savings_tiyn = block->households.savings_tiyn[c->household] / (int64_t)sharing[c->head],
                                .stay = qon_grant_any(world, block, c->row) ? qon_bond_stay_factor(world, block, c->row, income) : 1};
}

struct qon_decider qon_decider_of(const struct qon_world *world, const struct qon_block *block, uint32_t row) {
    struct qon_considering candidate = qon_considering_of(world, block, row);
    return decider_from(world, block, &candidate);
}

// Money that a move costs at once.
int64_t qon_move_cost_tiyn(const struct qon_world *world, uint32_t origin, uint32_t destination, uint32_t travellers) {
    const struct qon_settings *set = &world->scenario->settings;
    double km = world->model->distance_km[(int64_t)origin * world->zones + destination];
    double index = world->model->price_index; // thresholds in tenge of the start rise with wages and rents
    double tenge = set->choice.money_fixed_tenge + (origin == destination ? 0 : set->choice.money_km_tenge * km * travellers);
    return (int64_t)(100 * tenge * index + set->choice.money_deposit_months * world->places.rent_tiyn[destination]);
}

// Pays for a move; `aid` (may be NULL) helps.
static void pay(struct qon_world *world, struct qon_block *block, uint32_t household, int64_t cost, const struct qon_aid *aid) {
    struct qon_households *h = &block->households;
    if (aid != NULL) {
        qon_cash_add(world, block, household, aid->cash_tiyn);
        cost -= aid->relief_tiyn < cost ? aid->relief_tiyn : cost;
    }
    QON_REQUIRE(cost <= h->savings_tiyn[household]);
    h->savings_tiyn[household] -= cost;
    QON_MONEY_ADD(world, block, savings, -cost);
    QON_MONEY_ADD(world, block, moving, cost);
}

// What happens to one person who changes zones with the household: the job is lost, the search begins in the new zone.
static void resettle_person(struct qon_world *world, struct qon_block *block, uint32_t row, uint32_t origin, uint32_t destination) {
    struct qon_persons *p = &block->persons;
    if (p->employer[row] != QON_NONE) {
        qon_person_leave_job(world, block, row, QON_UNEMPLOYED);
    }
    qon_tally_person(world, block, row, origin, -1);
    if (p->status[row] == QON_SELF_EMPLOYED && p->legal[row] != QON_UNREGISTERED) {
        p->status[row] = QON_UNEMPLOYED;
        p->status_month[row] = (int16_t)world->month;
    }
    p->origin[row] = (uint16_t)origin;
    p->arrival_month[row] = (int16_t)world->month;
    qon_newcomer_note(world, block, row);
    qon_tally_person(world, block, row, destination, 1);
    qon_trace_add(world, block, QON_TRACE_MOVED, row, qon_trace_places(origin, destination), UINT8_MAX);
}

static void count_move(struct qon_world *world, const struct qon_block *block, uint32_t origin, uint32_t destination, int64_t persons) {
    const int32_t *region = world->model->zone_region;
    bool far = region[origin] != region[destination];
    qon_tally_event(world, block, far ? QON_EVENT_departures_region : QON_EVENT_departures_zone, origin, persons);
    qon_tally_event(world, block, far ? QON_EVENT_arrivals_region : QON_EVENT_arrivals_zone, destination, persons);
    qon_tally_flow(world, origin, destination, persons, 1);
}

static void move_single(struct qon_world *world, struct qon_block *block, const struct qon_decider *d, uint32_t destination, bool local,
                        const struct qon_aid *aid) {
    struct qon_households *h = &block->households;
    int64_t share = h->savings_tiyn[d->household] / h->members[d->household];
    h->savings_tiyn[d->household] -= share;
    qon_household_leave(world, block, d->row);
    uint32_t home = qon_household_start(world, block, d->row, d->zone, QON_DRAW_CHOICE);
    h->savings_tiyn[home] = share;
    pay(world, block, home, qon_move_cost_tiyn(world, d->zone, destination, 1), aid);
    h->kin[home] = (uint16_t)d->zone;
    if (local) {
        qon_tally_event(world, block, QON_EVENT_moves_local, d->zone, 1);
        qon_tally_flow(world, d->zone, d->zone, 1, 1);
        return;
    }
    // The person changes zones with its new household.
    struct qon_persons *p = &block->persons;
    if (p->employer[d->row] != QON_NONE) {
        qon_person_leave_job(world, block, d->row, QON_UNEMPLOYED);
    }
    resettle_person(world, block, d->row, d->zone, destination);
    qon_tally_household(world, block, d->zone, -1);
    h->zone[home] = (uint16_t)destination;
    h->moved_month[home] = (int16_t)world->month;
    qon_tally_household(world, block, destination, 1);
    count_move(world, block, d->zone, destination, 1);
}

// False: a member who left this month took the share that was needed.
static bool move_household(struct qon_world *world, struct qon_block *block, const struct qon_decider *d, uint32_t destination, bool local,
                           const struct qon_aid *aid) {
    struct qon_households *h = &block->households;
    const struct qon_persons *p = &block->persons;
    uint32_t members = h->members[d->household];
    int64_t cost = qon_move_cost_tiyn(world, d->zone, destination, members);
    if (cost - (aid != NULL ? aid->cash_tiyn + aid->relief_tiyn : 0) > h->savings_tiyn[d->household]) {
        qon_tally_event(world, block, QON_EVENT_illiquid, d->zone, 1);
        return false;
    }
    pay(world, block, d->household, cost, aid);
    if (local) {
        qon_tally_event(world, block, QON_EVENT_moves_local, d->zone, members);
        qon_tally_flow(world, d->zone, d->zone, members, 1);
        return true;
    }
    for (uint32_t m = h->head[d->household]; m != QON_NONE; m = p->next[m]) {
        resettle_person(world, block, m, d->zone, destination);
    }
    qon_tally_household(world, block, d->zone, -1);
    h->zone[d->household] = (uint16_t)destination;
    h->kin[d->household] = (uint16_t)d->zone;
    h->moved_month[d->household] = (int16_t)world->month;
    h->owner[d->household] = 0;
    qon_tally_household(world, block, destination, 1);
    count_move(world, block, d->zone, destination, members);
    return true;
}

static void push(struct qon_rows *moves, uint32_t row, uint32_t what) {
    QON_REQUIRE(moves->count + 2 <= moves->capacity);
    moves->row[moves->count++] = row;
    moves->row[moves->count++] = what;
}

void qon_move_propose(const struct qon_world *world, const struct qon_block *block, struct qon_rows *moves, uint32_t row) {
    push(moves, row, QON_APPLIED_BIT | world->model->programmes->applications[block->index].count);
}

// Applies for the programmes that what the decider would do counts on.
static void apply_for(struct qon_world *world, struct qon_block *block, const struct qon_decider *d, enum qon_at at, uint64_t known,
                      const struct qon_choice *with, const struct qon_choice *without, struct qon_rows *moves) {
    struct qon_support support;
    struct qon_ask ask = qon_ask_of(world, block, d);
    qon_support_of(&ask, d->travellers, known, &support);
    qon_support_ask(&support);
    double income = world->model->place_income[(int64_t)d->profile * world->zones + with->destination];
    int64_t cost = qon_move_cost_tiyn(world, d->zone, with->destination, d->travellers);
    qon_move_propose(world, block, moves, d->row);
    qon_application_add(world, block,
                        (struct qon_application){.wanted = with->programmes,
                                                 .row = d->row,
                                                 .with = qon_choice_packed(with),
                                                 .without = qon_choice_packed(without),
                                                 .origin = d->zone,
                                                 .employer = QON_NONE,
                                                 .month = qon_waiting_since(world, block, d->row, at, with->programmes),
                                                 .members = (uint8_t)d->travellers,
                                                 .at = (uint8_t)at,
                                                 .windfall = qon_choice_packed(with) == qon_choice_packed(without),
                                                 .asker = qon_support_asker(&support, with->destination, income, cost)});
}

// known: what is open to some deciders by the quick question; then what they know of it and may have, which is counted.
static void know(struct qon_world *world, const struct qon_block *block, const struct qon_decider *deciders, uint32_t count,
                 uint64_t *known, struct qon_pairs *pairs) {
    qon_support_known(world, block, deciders, count, known, pairs);
    for (uint32_t j = 0; j < pairs->count; j++) {
        qon_measure_count(world, block, pairs->programme[j], deciders[pairs->who[j]].zone, QON_MEASURE_eligible, 1);
    }
}

// What some deciders do, given what they do without programmes, becomes proposals: applications, moves, or nothing. pairs: the programmes
// that they know; NULL: there are none.
static void settle_choices(struct qon_world *world, struct qon_block *block, const struct qon_decider *deciders, uint32_t count,
                           enum qon_at at, const struct qon_pairs *pairs, const struct qon_choice *without, struct qon_rows *moves) {
    struct qon_choice with[QON_CHOICE_BATCH];
    if (pairs != NULL) {
        qon_choose_many_with(world, block, deciders, count, pairs, without, with);
    }
    for (uint32_t i = 0; i < count; i++) {
        if (pairs != NULL && with[i].programmes != 0) {
            apply_for(world, block, &deciders[i], at, pairs->known[i], &with[i], &without[i], moves);
        } else if (without[i].destination != NOWHERE) {
            push(moves, deciders[i].row, qon_choice_packed(&without[i]));
        }
    }
}

// What weighing programmes reads beyond.
static QON_FETCHES void fetch_asked(const struct qon_world *world, const struct qon_block *block, const struct qon_considering *candidates,
                                    uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        if (candidates[i].household >= block->households.founders) {
            __builtin_prefetch(&block->households.id[candidates[i].household]);
        }
        if (qon_grant_any(world, block, candidates[i].row)) {
            qon_grant_fetch(world, block, candidates[i].row);
        }
    }
}

// What weighing a move reads of candidates' households beyond what was noted.
static QON_FETCHES void fetch_savings(const struct qon_block *block, const struct qon_considering *candidates, uint32_t count) {
    const struct qon_persons *p = &block->persons;
    const struct qon_households *h = &block->households;
    uint32_t head[QON_FETCHED];
    for (uint32_t i = 0; i < count; i++) {
        __builtin_prefetch(&h->head[candidates[i].household]);
        __builtin_prefetch(&h->savings_month[candidates[i].household], 1);
        __builtin_prefetch(&h->savings_tiyn[candidates[i].household], 1);
    }
    for (uint32_t i = 0; i < count; i++) {
        head[i] = h->head[candidates[i].household];
    }
    qon_fetch_chains(p, p->wage_tiyn_month, sizeof *p->wage_tiyn_month, head, count);
}

// rows: those of the candidates that consider a move, who stand first in their list.
static void propose(struct qon_world *world, struct qon_block *block, const struct qon_rows *rows, struct qon_rows *moves) {
    const struct qon_considering *candidates = world->model->considering[block->index].list;
    uint64_t *quick = world->model->considering[block->index].quick;
    struct qon_decider deciders[QON_CHOICE_BATCH];
    struct qon_choice choices[QON_CHOICE_BATCH];
    struct qon_pairs pairs;
    bool programmes = world->model->programmes != NULL, open = programmes && world->model->programmes->open[QON_AT_MOVE] != 0;
    moves->count = 0;
    for (uint32_t begin = 0; begin < rows->count; begin += QON_CHOICE_BATCH) {
        uint32_t count = rows->count - begin < QON_CHOICE_BATCH ? rows->count - begin : QON_CHOICE_BATCH;
        int64_t saved = 0;
        for (uint32_t i = 0; i < count; i++) {
            if (i % QON_FETCHED == 0) {
                uint32_t most = count - i < QON_FETCHED ? count - i : QON_FETCHED;
                fetch_savings(block, candidates + begin + i, most);
                if (programmes) {
                    fetch_asked(world, block, candidates + begin + i, most);
                }
                saved += qon_savings_bring_many(world, block, candidates + begin + i, most);
            }
            deciders[i] = decider_from(world, block, &candidates[begin + i]);
        }
        qon_add(&world->money.saved, saved);
        qon_add(&world->money.savings, saved);
        qon_choose_batch(world, deciders, count, choices);
        for (uint32_t i = 0; i < count; i++) {
            qon_tally_event(world, block, QON_EVENT_considered, deciders[i].zone, 1);
            if (choices[i].illiquid) {
                qon_tally_event(world, block, QON_EVENT_illiquid, deciders[i].zone, 1);
            }
        }
        if (open) {
            know(world, block, deciders, count, quick + begin, &pairs);
        }
        settle_choices(world, block, deciders, count, QON_AT_MOVE, open ? &pairs : NULL, choices, moves);
    }
}

static int row_order(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

// Of some who are as old as school leavers are those who do leave, live with others and may be offered a place of study somewhere. quick:
// of them, the programmes that do.
static uint32_t school_leavers(const struct qon_world *world, const struct qon_block *block, uint32_t *row, uint32_t count,
                               uint64_t *quick) {
    const struct qon_persons *p = &block->persons;
    uint32_t found = 0, fit = 0;
    for (uint32_t i = 0; i < count; i++) {
        __builtin_prefetch(&p->status[row[i]]);
        __builtin_prefetch(&p->role[row[i]]);
        __builtin_prefetch(&p->employer[row[i]]);
        __builtin_prefetch(&p->household[row[i]]);
        __builtin_prefetch(&p->legal[row[i]]);
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t own = row[i];
        bool leaves = p->status[own] != QON_GONE && p->role[own] != QON_HEAD && p->role[own] != QON_SPOUSE && p->employer[own] == QON_NONE;
        if (leaves) {
            row[found++] = own;
            __builtin_prefetch(&block->households.zone[p->household[own]]);
        }
    }
    qon_support_quick(world, block, row, found, QON_AT_SCHOOL, quick);
    for (uint32_t i = 0; i < found; i++) {
        row[fit] = row[i];
        quick[fit] = quick[i];
        fit += quick[i] != 0;
    }
    return fit;
}

// Of some school leavers those who know a programme for them, with what they know. Who considers a move anyway (rows) decides that.
static uint32_t leavers_know(struct qon_world *world, const struct qon_block *block, const struct qon_rows *rows, uint32_t *row,
                             uint32_t count, uint64_t *known, struct qon_pairs *pairs) {
    struct qon_decider deciders[QON_FETCHED]; // of them, what is asked for that
    uint32_t asked = 0, found = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (rows->count == 0 || bsearch(&row[i], rows->row, rows->count, sizeof *row, row_order) == NULL) {
            uint32_t household = block->persons.household[row[i]];
            deciders[asked] = (struct qon_decider){.row = row[i], .household = household, .zone = block->households.zone[household]};
            known[asked++] = known[i];
        }
    }
    know(world, block, deciders, asked, known, pairs);
    for (uint32_t i = 0; i < asked; i++) {
        row[found] = deciders[i].row;
        known[found] = known[i];
        found += known[i] != 0;
    }
    qon_pairs_find(known, found, pairs);
    return found;
}

// What a place of study elsewhere is weighed by.
static QON_FETCHES void fetch_leavers(const struct qon_block *block, const uint32_t *row, uint32_t count) {
    const struct qon_persons *p = &block->persons;
    const struct qon_households *h = &block->households;
    for (uint32_t i = 0; i < count; i++) {
        __builtin_prefetch(&p->occupation[row[i]]);
        __builtin_prefetch(&p->skill[row[i]]);
        __builtin_prefetch(&h->savings_tiyn[p->household[row[i]]]);
        __builtin_prefetch(&h->kin[p->household[row[i]]]);
        __builtin_prefetch(&h->members[p->household[row[i]]]);
    }
}

// Those who leave school this month may weigh places of study elsewhere; without one they stay.
static void propose_studies(struct qon_world *world, struct qon_block *block, const struct qon_rows *rows, struct qon_rows *moves) {
    const struct qon_rows *list = &world->model->programmes->leavers[block->index].rows;
    struct qon_decider deciders[QON_FETCHED];
    struct qon_choice stays[QON_FETCHED];
    uint64_t known[QON_FETCHED];
    struct qon_pairs pairs;
    if (qon_school_leavers_note(world, block) != QON_OK) {
        qon_memory_short(world);
        return;
    }
    for (uint32_t begin = 0; begin < list->count; begin += QON_FETCHED) {
        uint32_t leaver[QON_FETCHED], count = list->count - begin < QON_FETCHED ? list->count - begin : QON_FETCHED;
        memcpy(leaver, list->row + begin, count * sizeof *leaver);
        count = school_leavers(world, block, leaver, count, known);
        count = leavers_know(world, block, rows, leaver, count, known, &pairs);
        fetch_leavers(block, leaver, count);
        for (uint32_t i = 0; i < count; i++) {
            stays[i] = (struct qon_choice){NOWHERE, false, false, 0};
            deciders[i] = qon_decider_of(world, block, leaver[i]);
        }
        settle_choices(world, block, deciders, count, QON_AT_SCHOOL, &pairs, stays, moves);
    }
}

static void move(struct qon_world *world, struct qon_block *block, uint32_t row, uint32_t what) {
    struct qon_application *a = what != NOWHERE && (what & QON_APPLIED_BIT) != 0
                                    ? &world->model->programmes->applications[block->index].row[what & ~QON_APPLIED_BIT]
                                    : NULL;
    struct qon_aid aid = {0, 0};
    if (a != NULL) {
        aid = a->granted != 0 ? qon_grant_aid(world, a) : aid;
        what = a->granted != 0 ? a->with : a->without;
        a = a->granted != 0 ? a : NULL;
    }
    if (what == NOWHERE) {
        return;
    }
    if (a != NULL && a->waits) { // the others' were brought up to date when they weighed the move
        qon_savings_accrue(world, block, block->persons.household[row]);
    }
    struct qon_decider d = qon_decider_of(world, block, row);
    uint32_t destination = what & ~QON_LOCAL_BIT;
    bool local = (what & QON_LOCAL_BIT) != 0, moved = true;
    if (block->persons.role[row] != QON_HEAD) {
        move_single(world, block, &d, destination, local, a != NULL ? &aid : NULL);
    } else {
        moved = move_household(world, block, &d, destination, local, a != NULL ? &aid : NULL);
    }
    if (world->model->probes > 0) {
        qon_explain_moved(world, block, row, local, moved);
    }
    if (a != NULL && moved) {
        qon_grant_give(world, block, a, true);
    } else if (a != NULL) {
        qon_grant_withdraw(world, block, a, a->waits ? QON_MEASURE_gave_up : QON_MEASURE_refused_rule);
    }
}

// What changes of one who goes to another zone, and what the totals count of him.
static QON_FETCHES void fetch_settler(const struct qon_persons *p, const struct qon_newcomers *newcomers, uint32_t row) {
    if (newcomers != NULL && row < newcomers->rows) {
        __builtin_prefetch(&newcomers->bits[row / 64], 1);
    }
    __builtin_prefetch(&p->status[row], 1);
    __builtin_prefetch(&p->employer[row]);
    __builtin_prefetch(&p->birth_month[row]);
    __builtin_prefetch(&p->arrival_month[row], 1);
    __builtin_prefetch(&p->origin[row], 1);
    __builtin_prefetch(&p->sex[row]);
    __builtin_prefetch(&p->education[row]);
    __builtin_prefetch(&p->legal[row]);
}

// One who changes zones, or the members of a household that does: what is read of them, or (`zones`) the cohorts that they leave and enter.
static QON_FETCHES void fetch_settlers(const struct qon_block *block, const struct qon_newcomers *newcomers, uint32_t first,
                                       uint32_t origin, uint32_t destination, bool zones) {
    const struct qon_persons *p = &block->persons;
    bool head = p->role[first] == QON_HEAD;
    for (uint32_t m = first; m != QON_NONE; m = head ? p->next[m] : QON_NONE) {
        if (zones) {
            qon_ahead_cohort(block, m, origin);
            qon_ahead_cohort(block, m, destination);
        } else {
            fetch_settler(p, newcomers, m);
        }
    }
}

static QON_FETCHES void fetch_movers(const struct qon_world *world, const struct qon_block *block, const struct qon_rows *moves) {
    const struct qon_persons *p = &block->persons;
    const struct qon_newcomers *newcomers = world->model->programmes != NULL ? &world->model->programmes->newcomers[block->index] : NULL;
    uint32_t row[QON_FETCHED];
    for (uint32_t i = 0; i < moves->count;) {
        uint32_t count = 0;
        for (; i < moves->count && count < QON_FETCHED; i += 2) {
            row[count++] = moves->row[i];
            __builtin_prefetch(&p->role[moves->row[i]]);
            __builtin_prefetch(&p->status[moves->row[i]]);
            __builtin_prefetch(&p->employer[moves->row[i]]);
        }
        fetch_deciders(block, row, count);
    }
    for (int zones = 0; zones < 2; zones++) {
        for (uint32_t i = 0; i < moves->count; i += 2) {
            uint32_t first = moves->row[i], household = p->household[first], what = moves->row[i + 1];
            bool applied = what != NOWHERE && (what & QON_APPLIED_BIT) != 0;
            if (what == NOWHERE || household == QON_NONE || (!applied && (what & QON_LOCAL_BIT) != 0)) {
                continue;
            }
            uint32_t origin = block->households.zone[household];
            fetch_settlers(block, newcomers, first, origin, applied ? origin : what, zones == 1);
        }
    }
}

static void apply(struct qon_world *world, struct qon_block *block, struct qon_rows *moves) {
    const struct qon_persons *p = &block->persons;
    fetch_movers(world, block, moves);
    for (int pass = 0; pass < 2; pass++) { // singles first, then households with those who are left
        for (uint32_t i = 0; i < moves->count; i += 2) {
            uint32_t row = moves->row[i];
            if (row == QON_NONE || (p->role[row] == QON_HEAD) != (pass == 1)) {
                continue;
            }
            move(world, block, row, moves->row[i + 1]);
            moves->row[i] = pass == 0 ? QON_NONE : row; // is a head now, and has moved
        }
    }
}

static void mark(const struct qon_block *block, uint32_t person, uint32_t *word) {
    uint32_t household = block->persons.household[person];
    if (household != QON_NONE) {
        word[household / 32] |= 1U << household % 32;
    }
}

// Parts the moves of households in which nobody applies or waits, who have nothing to wait for while the block is still in the cache, from
// the others, which are kept for the time after the allocation. What becomes of the one household does not depend on the other.
static void moves_part(const struct qon_world *world, const struct qon_block *block, struct qon_rows *moves, struct qon_rows *scratch,
                       struct qon_rows *now) {
    const struct qon_applications *applications = &world->model->programmes->applications[block->index];
    uint32_t *waits = scratch->row, words = block->households.count / 32 + 1, kept = 0; // [household] bits
    QON_REQUIRE(words <= scratch->capacity && moves->count <= now->capacity);
    memset(waits, 0, words * sizeof *waits);
    for (uint32_t i = 0; i < applications->count; i++) {
        mark(block, applications->row[i].row, waits);
    }
    for (uint32_t i = 0; i < block->waiting.count; i++) {
        mark(block, block->waiting.person[i], waits);
    }
    now->count = 0;
    for (uint32_t i = 0; i < moves->count; i += 2) {
        uint32_t household = block->persons.household[moves->row[i]];
        struct qon_rows *to = household == QON_NONE || (waits[household / 32] >> household % 32 & 1) != 0 ? moves : now;
        uint32_t *at = to == moves ? &kept : &now->count;
        to->row[*at] = moves->row[i];
        to->row[*at + 1] = moves->row[i + 1];
        *at += 2;
    }
    moves->count = kept;
}

void qon_relocation_block(struct qon_world *world, struct qon_block *block) {
    struct qon_rows *rows = &block->scratch[0];
    const struct qon_programmes_model *pm = world->model->programmes;
    qon_trace_hires(world, block);
    qon_trigger(world, block, rows);
    if (pm == NULL) {
        propose(world, block, rows, &block->scratch[1]);
        if (world->model->probes > 0) {
            qon_explain_decisions(world, block, rows, &block->scratch[1]);
        }
        apply(world, block, &block->scratch[1]);
        return;
    }
    struct qon_rows *moves = &pm->moves[block->index]; // the proposals wait for the allocation
    uint32_t most = rows->count + block->calendar[QON_CAL_AGE][world->month % 12].count + block->waiting.count;
    if (qon_rows_reserve(moves, 2 * most) != QON_OK) {
        qon_memory_short(world);
        return;
    }
    propose(world, block, rows, moves);
    uint32_t studies = moves->count;
    if (pm->open[QON_AT_SCHOOL] != 0) {
        propose_studies(world, block, rows, moves);
    }
    if (world->model->probes > 0) {
        qon_explain_decisions(world, block, rows, moves);
    }
    if (block->waiting.count > 0) {
        qon_waiting_apply(world, block, rows, moves, studies);
    }
    qon_applications_others(world, block);
    if (!pm->employers_read && world->model->probes == 0) {
        moves_part(world, block, moves, rows, &block->scratch[1]);
        apply(world, block, &block->scratch[1]);
    }
}

void qon_moves_block(struct qon_world *world, struct qon_block *block) {
    const struct qon_programmes_model *pm = world->model->programmes;
    if (pm == NULL) {
        return;
    }
    qon_waiting_settle(world, block);
    for (uint32_t i = 0; i < pm->applications[block->index].count; i++) { // before anybody moves
        struct qon_application *a = &pm->applications[block->index].row[i];
        if (a->granted != 0 && a->at != QON_AT_MOVE && a->at != QON_AT_SCHOOL) {
            qon_grant_give(world, block, a, false);
        }
    }
    apply(world, block, &pm->moves[block->index]);
}
