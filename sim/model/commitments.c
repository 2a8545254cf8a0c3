// SPDX-License-Identifier: GPL-3.0-or-later
// Grants after they were given: payments by month, those who leave, bonds and their ends, training, retention. ODD tags M-BOND-1, M-BOND-2
// (trigger), M-RETAIN-1, M-RETURN-1.
//
// Commitments are few (a row a grant), so the monthly pass visits all of a block. A person's grants are found by an index that is no state:
// it is extended at the start of each month.
#include "programmes.h"

enum { LEFT_ZONE = 1, BROKEN = 2, TRAINED = 4, GONE = 8 };
enum { AFTER_BOND_MONTHS = 6, TOGETHER = 64 };

static uint32_t slot_of(const struct qon_grant_index *index, uint32_t person) {
    return (uint32_t)qon_mix(person) & (index->slots - 1);
}

static void index_add(const struct qon_commitments *c, struct qon_grant_index *index, uint32_t row) {
    uint32_t person = c->person[row], at = slot_of(index, person);
    while (index->slot[at].last != 0 && index->slot[at].person != person) {
        at = (at + 1) & (index->slots - 1);
    }
    index->any[person / 64] |= 1ULL << person % 64;
    index->earlier[row] = index->slot[at].last;
    index->slot[at].person = person;
    index->slot[at].last = row + 1;
    index->slot[at].programmes |= 1ULL << c->programme[row];
}

enum qon_status qon_grant_index_make(struct qon_world *world, struct qon_block *block) {
    enum qon_status status = QON_OK;
    struct qon_grant_index *index = &world->model->programmes->index[block->index];
    const struct qon_commitments *c = &block->commitments;
    if (c->count == index->indexed) {
        return QON_OK;
    }
    if (2 * c->count > index->slots) {
        uint32_t slots = index->slots == 0 ? 64 : index->slots;
        while (slots < 3 * c->count) {
            slots *= 2;
        }
        qon_free(index->slot);
        index->slots = 0;
        index->indexed = 0;
        QON_TRY(qon_take(&index->slot, slots, sizeof *index->slot));
        index->slots = slots;
    }
    if (block->persons.count > index->any_rows) {
        uint32_t rows = (block->persons.capacity + 63) / 64 * 64;
        QON_TRY(qon_grow(&index->any, index->any_rows / 64, rows / 64, sizeof *index->any));
        index->any_rows = rows;
    }
    if (c->count > index->capacity) {
        uint32_t capacity = c->count + c->count / 2 + 64;
        QON_TRY(qon_grow(&index->earlier, index->capacity, capacity, sizeof *index->earlier));
        index->capacity = capacity;
    }
    for (; index->indexed < c->count; index->indexed++) {
        index_add(c, index, index->indexed);
        qon_newcomer_note(world, block, c->person[index->indexed]);
    }
done:
    return status;
}

// NULL: nothing was granted.
static const struct qon_grant_slot *slot_find(const struct qon_world *world, const struct qon_block *block, uint32_t row) {
    if (!qon_grant_any(world, block, row)) {
        return NULL;
    }
    const struct qon_grant_index *index = &world->model->programmes->index[block->index];
    uint32_t at = slot_of(index, row);
    while (index->slot[at].last != 0 && index->slot[at].person != row) {
        at = (at + 1) & (index->slots - 1);
    }
    return index->slot[at].last != 0 ? &index->slot[at] : NULL;
}

void qon_grant_fetch(const struct qon_world *world, const struct qon_block *block, uint32_t row) {
    const struct qon_grant_index *index = &world->model->programmes->index[block->index];
    __builtin_prefetch(&index->slot[slot_of(index, row)]);
}

static void fetch_last(const struct qon_world *world, const struct qon_block *block, uint32_t row) {
    const struct qon_grant_slot *slot = slot_find(world, block, row);
    const struct qon_commitments *c = &block->commitments;
    if (slot != NULL) {
        uint32_t g = slot->last - 1;
        __builtin_prefetch(&c->state[g]);
        __builtin_prefetch(&c->month[g]);
        __builtin_prefetch(&c->until[g]);
        __builtin_prefetch(&c->trained[g]);
        __builtin_prefetch(&c->rank_gain[g]);
        __builtin_prefetch(&world->model->programmes->index[block->index].earlier[g]);
    }
}

void qon_grants_fetch(const struct qon_world *world, const struct qon_block *block, const uint32_t *row, uint32_t count) {
    const struct qon_granted granted = qon_granted_of(world, block);
    for (uint32_t i = 0; i < count; i++) {
        if (qon_is_granted(&granted, row[i])) {
            qon_grant_fetch(world, block, row[i]);
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        fetch_last(world, block, row[i]);
    }
}

uint32_t qon_grant_last(const struct qon_world *world, const struct qon_block *block, uint32_t row) {
    const struct qon_grant_slot *slot = slot_find(world, block, row);
    return slot != NULL ? slot->last - 1 : QON_NONE;
}

uint32_t qon_grant_earlier(const struct qon_world *world, const struct qon_block *block, uint32_t commitment) {
    uint32_t earlier = world->model->programmes->index[block->index].earlier[commitment];
    return earlier == 0 ? QON_NONE : earlier - 1;
}

#define EACH_GRANT(world, block, row, g)                                                                              \
    for (uint32_t g = qon_grant_any(world, block, row) ? qon_grant_last(world, block, row) : QON_NONE; g != QON_NONE; \
         g = qon_grant_earlier(world, block, g))

uint64_t qon_earlier_benefits(const struct qon_world *world, const struct qon_block *block, uint32_t row) {
    const struct qon_grant_slot *slot = slot_find(world, block, row);
    return slot != NULL ? slot->programmes : 0;
}

double qon_bond_trigger_factor(const struct qon_world *world, const struct qon_block *block, uint32_t row) {
    const struct qon_commitments *c = &block->commitments;
    double factor = 1;
    EACH_GRANT(world, block, row, g) {
        bool bound = c->until[g] > c->month[g] && (c->state[g] & (LEFT_ZONE | BROKEN)) == 0;
        if (bound && world->month >= c->until[g] && world->month < c->until[g] + AFTER_BOND_MONTHS) {
            factor *= qon_programme_of(world, c->programme[g])->bond.end_factor;
        }
    }
    return factor;
}

// Who is bound or still paid loses by leaving what would be clawed back, and the payments left.
double qon_bond_stay_factor(const struct qon_world *world, const struct qon_block *block, uint32_t row, double income_tiyn) {
    const struct qon_commitments *c = &block->commitments;
    const struct qon_programmes_model *pm = world->model->programmes;
    double loss = 0;
    EACH_GRANT(world, block, row, g) {
        const struct qon_bond *bond = &qon_programme_of(world, c->programme[g])->bond;
        if ((c->state[g] & (LEFT_ZONE | BROKEN)) == 0) {
            loss += world->month < c->until[g] ? bond->clawback_share * bond->recovery_share * (double)c->paid_tiyn[g] : 0;
            loss += (double)c->monthly_tiyn[g] * qon_annuity_value(pm->discount_month, c->monthly_left[g]);
        }
    }
    return loss > 0 ? qon_income_factor(world, income_tiyn, loss / pm->horizon_factor) : 1;
}

bool qon_is_studying(const struct qon_world *world, const struct qon_block *block, uint32_t row) {
    const struct qon_commitments *c = &block->commitments;
    EACH_GRANT(world, block, row, g) {
        if (c->education[g] != UINT8_MAX && (c->state[g] & (TRAINED | LEFT_ZONE | BROKEN)) == 0) {
            return true;
        }
    }
    return false;
}

double qon_wage_factor(const struct qon_world *world, const struct qon_block *block, uint32_t row) {
    const struct qon_commitments *c = &block->commitments;
    double factor = 1;
    EACH_GRANT(world, block, row, g) {
        factor += world->month >= c->trained[g] ? (double)c->wage_gain[g] : 0; // as soon as seeking begins, which this month's pass follows
    }
    return factor;
}

double qon_rank_factor(const struct qon_world *world, const struct qon_block *block, uint32_t row, uint32_t zone, uint64_t fit,
                       int *programme) {
    const struct qon_programmes_model *pm = world->model->programmes;
    const struct qon_commitments *c = &block->commitments;
    double kandas = pm->levers[zone].kandas_rank;
    double factor = kandas != 1 && block->persons.legal[row] == QON_KANDAS ? kandas : 1;
    *programme = -1;
    EACH_GRANT(world, block, row, g) {
        if ((c->state[g] & TRAINED) == 0 && world->month < c->trained[g]) {
            return 0;
        }
        factor *= 1 + (double)c->rank_gain[g];
    }
    uint32_t household = block->persons.household[row];
    struct qon_ask ask = {world, block, row, household, zone, zone, QON_NONE, NULL};
    for (uint64_t left = qon_eligible_rest(&ask, fit & pm->hiring[zone]); left != 0; left &= left - 1) {
        int p = __builtin_ctzll(left);
        const struct qon_programme *own = qon_programme_of(world, p);
        if (qon_household_knows(world, p, zone, qon_household_id(block, household)) &&
            ((pm->mixed >> p & 1) == 0 || qon_predicate_mixed(&own->eligible, &ask)) &&
            (qon_earlier_benefits(world, block, row) & ((left & -left) | own->excludes)) == 0) {
            factor *= 1 + pm->rank_gain[p];
            *programme = p;
            qon_trace_reached(world, block, row);
        }
    }
    return factor;
}

uint64_t qon_rank_shift(uint64_t rank, double factor) {
    if (!(factor > 0) || factor == 1) {
        return rank;
    }
    double u = (double)(rank >> 11) * 0x1p-53;
    double shifted = 1 - qon_exp(qon_log(1 - u) / factor);
    uint64_t high = (uint64_t)(shifted > 0 ? shifted * 0x1p53 : 0);
    return high << 11 | (rank & 0x7ff);
}

// ---- the monthly pass

// Payments that will not be made: what was promised for them goes back to the budget. `employer`: only those to the employer.
static void stop(struct qon_world *world, struct qon_block *block, uint32_t g, bool employer) {
    struct qon_commitments *c = &block->commitments;
    int64_t open = c->employer_tiyn_month[g] * c->employer_left[g];
    c->employer_left[g] = 0;
    if (!employer) {
        open += c->later_tiyn[g] + c->monthly_tiyn[g] * c->monthly_left[g];
        c->later_tiyn[g] = 0;
        c->monthly_left[g] = 0;
    }
    if (open > 0) {
        qon_budget_return(world, c->programme[g], c->destination[g], c->month[g], open);
    }
}

static void pay(struct qon_world *world, struct qon_block *block, uint32_t g, uint32_t zone) {
    struct qon_commitments *c = &block->commitments;
    const struct qon_persons *p = &block->persons;
    int64_t cash = c->later_tiyn[g];
    int64_t paid = 0;
    c->later_tiyn[g] = 0;
    if (c->monthly_left[g] > 0) {
        cash += c->monthly_tiyn[g];
        c->monthly_left[g]--;
    }
    if (c->employer_left[g] > 0) {
        if (p->employer[c->person[g]] == c->employer[g]) {
            paid = c->employer_tiyn_month[g];
            qon_add(&world->ledger.employer_tiyn[zone], paid);
            c->employer_left[g]--;
        } else {
            stop(world, block, g, true); // the person has left: so ends the subsidy
        }
    }
    if (cash > 0) {
        qon_cash_add(world, block, p->household[c->person[g]], cash);
    }
    if (cash + paid != 0) {
        c->paid_tiyn[g] += cash + paid;
        qon_measure_count(world, block, c->programme[g], zone, QON_MEASURE_spent_tiyn, cash + paid);
    }
}

// Early leaving: payments stop; what was paid is asked back, and comes back from savings when the claim succeeds.
static void break_bond(struct qon_world *world, struct qon_block *block, uint32_t g) {
    struct qon_commitments *c = &block->commitments;
    struct qon_households *h = &block->households;
    const struct qon_bond *bond = &qon_programme_of(world, c->programme[g])->bond;
    uint32_t household = block->persons.household[c->person[g]];
    c->state[g] |= BROKEN;
    qon_measure_count(world, block, c->programme[g], c->destination[g], QON_MEASURE_broken, 1);
    uint64_t key = qon_life_key(world, QON_DRAW_RECOVERY) ^ qon_mix(qon_programme_of(world, c->programme[g])->key);
    if (qon_draw_unit(key, c->id[g], 0) >= bond->recovery_share) {
        return;
    }
    int64_t claim = (int64_t)(bond->clawback_share * (double)c->paid_tiyn[g]);
    int64_t back = claim < h->savings_tiyn[household] ? claim : h->savings_tiyn[household];
    back = back > 0 ? back : 0;
    h->savings_tiyn[household] -= back;
    QON_MONEY_ADD(world, block, savings, -back);
    QON_MONEY_ADD(world, block, clawed, back);
    qon_measure_count(world, block, c->programme[g], c->destination[g], QON_MEASURE_clawed_back_tiyn, back);
    qon_trace_clawed(world, block, g, back);
}

// drops_out: ends without what it was to lead to.
static void finish_training(struct qon_world *world, struct qon_block *block, uint32_t g, uint32_t zone, bool drops_out) {
    struct qon_commitments *c = &block->commitments;
    struct qon_persons *p = &block->persons;
    uint32_t row = c->person[g];
    c->state[g] |= TRAINED;
    if (drops_out && world->month < c->trained[g]) {
        c->wage_gain[g] = 0;
        c->rank_gain[g] = 0;
    }
    bool learns = !drops_out && c->education[g] != UINT8_MAX && c->education[g] > p->education[row];
    bool turns = !drops_out && c->new_occupation[g] != QON_NO_OCCUPATION && p->employer[row] == QON_NONE;
    bool graduates = p->status[row] == QON_STUDENT && c->education[g] != UINT8_MAX;
    if (!learns && !turns && !graduates) {
        return;
    }
    qon_tally_person(world, block, row, zone, -1);
    if (learns) {
        p->education[row] = c->education[g];
        uint8_t skill = (uint8_t)world->scenario->tables.educations.skill[c->education[g]];
        p->skill[row] = p->employer[row] == QON_NONE ? skill : p->skill[row];
    }
    if (turns) {
        p->occupation[row] = c->new_occupation[g];
    } else if (graduates) {
        p->occupation[row] =
            (uint8_t)qon_occupation_draw(world, qon_person_id(block, row), zone, p->skill[row], qon_life_key(world, QON_DRAW_OCCUPATION));
    }
    if (graduates) {
        p->status[row] = QON_UNEMPLOYED;
        p->status_month[row] = (int16_t)world->month;
    }
    qon_tally_person(world, block, row, zone, 1);
}

static void visit(struct qon_world *world, struct qon_block *block, uint32_t g) {
    struct qon_commitments *c = &block->commitments;
    const struct qon_persons *p = &block->persons;
    uint32_t row = c->person[g];
    if (p->status[row] == QON_GONE) {
        c->state[g] |= GONE;
        stop(world, block, g, false);
        return;
    }
    uint32_t zone = block->households.zone[p->household[row]];
    int32_t months = world->month - c->month[g];
    bool bound = world->month < c->until[g];
    bool gave_up = c->occupation[g] != QON_NO_OCCUPATION && p->occupation[row] != c->occupation[g];
    if (zone != c->destination[g] && (c->state[g] & LEFT_ZONE) == 0) {
        c->state[g] |= LEFT_ZONE;
    }
    if (bound && ((c->state[g] & LEFT_ZONE) != 0 || gave_up) && (c->state[g] & BROKEN) == 0) {
        break_bond(world, block, g);
    }
    if ((c->state[g] & (LEFT_ZONE | BROKEN)) != 0) {
        stop(world, block, g, false);
        if ((c->state[g] & TRAINED) == 0) {
            finish_training(world, block, g, zone, true);
        }
        return;
    }
    pay(world, block, g, zone);
    if (world->month >= c->trained[g] && (c->state[g] & TRAINED) == 0) {
        finish_training(world, block, g, zone, false);
    }
    if (bound) {
        qon_measure_count(world, block, c->programme[g], zone, QON_MEASURE_bound, 1);
    }
    if (months == 12 || months == 24 || months == 36) {
        enum qon_measure measure = months == 12   ? QON_MEASURE_retained_12
                                   : months == 24 ? QON_MEASURE_retained_24
                                                  : QON_MEASURE_retained_36;
        qon_measure_count(world, block, c->programme[g], zone, measure, 1);
    }
}

// Of some commitments those for which something happens this month that has to be looked at; the others are counted as bound when they are.
// Most have nothing to be paid, and their person stays where the grant was given: few are found, without branches, since chance decides.
// Whatever visit() acts on has its condition here.
static uint32_t eventful_find(struct qon_world *world, const struct qon_block *block, uint32_t begin, uint32_t count, uint32_t *found) {
    const struct qon_commitments *c = &block->commitments;
    const struct qon_persons *p = &block->persons;
    const int32_t now = world->month;
    uint32_t home[TOGETHER], few = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t row = c->person[begin + i];
        __builtin_prefetch(&p->status[row]);
        __builtin_prefetch(&p->household[row]);
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t household = p->household[c->person[begin + i]];
        home[i] = household & -(uint32_t)(household != QON_NONE); // the first stands for none, whose state tells them
        __builtin_prefetch(&block->households.zone[home[i]]);
    }
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t g = begin + i, row = c->person[g];
        const uint8_t state = c->state[g];
        const int32_t months = now - c->month[g];
        const bool gone = p->status[row] == QON_GONE, bound = now < c->until[g],
                   away = block->households.zone[home[i]] != c->destination[g];
        const bool ended = (state & (LEFT_ZONE | BROKEN)) != 0;
        const bool paid = (c->later_tiyn[g] != 0) | (c->monthly_left[g] > 0) | (c->employer_left[g] > 0);
        const bool learns = ((state & TRAINED) == 0) & (ended | (now >= c->trained[g]));
        const bool moves = away & ((state & LEFT_ZONE) == 0), held = bound & ((state & BROKEN) == 0);
        const bool breaks = held & (ended | (c->occupation[g] != QON_NO_OCCUPATION)); // which another of the person's grants may change
        const bool goes_on = !ended, anniversary = goes_on & ((months == 12) | (months == 24) | (months == 36));
        const bool here = (state & GONE) == 0, eventful = here & (gone | paid | learns | moves | breaks | anniversary), quiet = !eventful;
        found[few] = g;
        few += eventful;
        qon_measure_count(world, block, c->programme[g], block->households.zone[home[i]], QON_MEASURE_bound,
                          bound & goes_on & quiet & here);
    }
    return few;
}

void qon_commitments_block(struct qon_world *world, struct qon_block *block) {
    if (world->model->programmes == NULL || block->commitments.count == 0) {
        return;
    }
    if (qon_grant_index_make(world, block) != QON_OK) {
        qon_memory_short(world);
        return;
    }
    const struct qon_commitments *c = &block->commitments;
    for (uint32_t begin = 0; begin < c->count; begin += TOGETHER) {
        uint32_t count = c->count - begin < TOGETHER ? c->count - begin : TOGETHER, found[TOGETHER];
        count = eventful_find(world, block, begin, count, found);
        for (uint32_t i = 0; i < count; i++) {
            uint32_t household = block->persons.household[c->person[found[i]]];
            __builtin_prefetch(&block->persons.employer[c->person[found[i]]]);
            __builtin_prefetch(&block->persons.occupation[c->person[found[i]]]);
            if (household != QON_NONE) {
                __builtin_prefetch(&block->households.savings_tiyn[household], 1);
            }
        }
        for (uint32_t i = 0; i < count; i++) {
            visit(world, block, found[i]);
        }
    }
}
