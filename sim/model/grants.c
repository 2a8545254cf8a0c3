// SPDX-License-Identifier: GPL-3.0-or-later
// Giving what was granted: books, payments at once, and the commitment that the later ones and the bond follow from. ODD tag M-GRANT-1.
#include "programmes.h"

void qon_cash_add(struct qon_world *world, struct qon_block *block, uint32_t household, int64_t tiyn) {
    block->households.savings_tiyn[household] += tiyn;
    QON_MONEY_ADD(world, block, granted, tiyn);
    QON_MONEY_ADD(world, block, savings, tiyn);
}

struct qon_aid qon_grant_aid(const struct qon_world *world, const struct qon_application *application) {
    struct qon_aid aid = {0, 0};
    for (uint64_t left = application->granted; left != 0; left &= left - 1) {
        struct qon_offer offer = qon_programme_offer(qon_programme_of(world, __builtin_ctzll(left)), &application->asker);
        aid.cash_tiyn += offer.upfront_tiyn;
        aid.relief_tiyn += offer.relief_tiyn;
    }
    return aid;
}

static uint8_t or_none(int32_t row) {
    return row >= 0 ? (uint8_t)row : UINT8_MAX;
}

static void commit(struct qon_world *world, struct qon_block *block, const struct qon_application *a, int programme,
                   const struct qon_offer *offer, uint8_t movers) {
    const struct qon_programme *own = qon_programme_of(world, programme);
    const struct qon_persons *p = &block->persons;
    struct qon_commitments *c = &block->commitments;
    QON_REQUIRE(c->count < c->capacity);
    uint32_t row = c->count++;
    c->id[row] = qon_person_id(block, a->row);
    c->paid_tiyn[row] = offer->upfront_tiyn + offer->other_tiyn;
    c->monthly_tiyn[row] = offer->monthly_tiyn;
    c->employer_tiyn_month[row] = offer->employer_tiyn_month;
    c->later_tiyn[row] = offer->later_tiyn;
    c->person[row] = a->row;
    c->employer[row] = offer->employer_months > 0 ? a->employer : QON_NONE;
    c->wage_gain[row] = (float)offer->wage_gain;
    c->rank_gain[row] = (float)(a->at == QON_AT_HIRE ? 0 : offer->rank_gain);
    c->month[row] = (int16_t)world->month;
    c->until[row] = (int16_t)(world->month + own->bond.months);
    int32_t study = offer->education >= 0 ? offer->monthly_months : 0;
    c->trained[row] = (int16_t)(world->month + (study > offer->training_months ? study : offer->training_months));
    c->monthly_left[row] = (int16_t)offer->monthly_months;
    c->employer_left[row] = (int16_t)(a->employer != QON_NONE ? offer->employer_months : 0);
    c->origin[row] = (uint16_t)a->origin;
    c->destination[row] = block->households.zone[p->household[a->row]];
    c->programme[row] = (uint8_t)programme;
    c->movers[row] = movers;
    c->occupation[row] = own->bond.occupation ? p->occupation[a->row] : QON_NO_OCCUPATION;
    c->new_occupation[row] = or_none(offer->occupation);
    c->education[row] = or_none(offer->education);
    c->state[row] = 0;
    if (a->employer == QON_NONE && offer->employer_months > 0) { // nobody to pay it to
        qon_budget_return(world, programme, c->destination[row], world->month, offer->employer_tiyn_month * offer->employer_months);
    }
}

// Of a package the programme that costs most; among equals by key, so that a programme's place in the file is nothing.
static int dearest(const struct qon_world *world, const struct qon_application *a) {
    int best = -1;
    int64_t most = -1;
    for (uint64_t left = a->granted; left != 0; left &= left - 1) {
        int programme = __builtin_ctzll(left);
        struct qon_offer offer = qon_programme_offer(qon_programme_of(world, programme), &a->asker);
        int64_t cost = qon_offer_cost(&offer);
        if (cost > most || (cost == most && qon_programme_of(world, programme)->key < qon_programme_of(world, best)->key)) {
            best = programme;
            most = cost;
        }
    }
    return best;
}

static void count(struct qon_world *world, const struct qon_block *block, const struct qon_application *a, int programme, uint32_t zone,
                  const struct qon_offer *offer, int64_t movers) {
    qon_measure_count(world, block, programme, zone, QON_MEASURE_granted, 1);
    qon_measure_count(world, block, programme, zone, QON_MEASURE_served, a->waits);
    qon_measure_count(world, block, programme, zone, QON_MEASURE_spent_tiyn, offer->upfront_tiyn + offer->other_tiyn);
    qon_measure_count(world, block, programme, zone, QON_MEASURE_committed_tiyn, qon_offer_cost(offer));
    qon_measure_count(world, block, programme, zone, QON_MEASURE_lent_tiyn, offer->lent_tiyn);
    qon_measure_count(world, block, programme, zone, QON_MEASURE_windfall, a->windfall);
    qon_measure_count(world, block, programme, zone, QON_MEASURE_movers, zone != a->origin ? movers : 0);
    qon_add(&world->ledger.grants[programme], 1);
    qon_add(&world->ledger.heard[(int64_t)programme * world->zones + a->origin], a->members);
}

// Whom a grant is for: the household that moved or asked, or one person.
static void write_down(const struct qon_world *world, const struct qon_block *block, const struct qon_application *a, int programme) {
    const struct qon_persons *p = &block->persons;
    uint32_t grant = block->commitments.count - 1;
    if (world->observer == NULL || a->members <= 1) {
        qon_trace_add(world, block, QON_TRACE_GRANTED, a->row, grant, programme);
        return;
    }
    for (uint32_t m = block->households.head[p->household[a->row]]; m != QON_NONE; m = p->next[m]) {
        qon_trace_add(world, block, QON_TRACE_GRANTED, m, grant, programme);
    }
}

void qon_grant_give(struct qon_world *world, struct qon_block *block, const struct qon_application *a, bool moved) {
    uint32_t household = block->persons.household[a->row], zone = block->households.zone[household];
    uint8_t movers = moved ? block->households.members[household] : 0; // those who are left in it have all moved
    int first = moved ? dearest(world, a) : -1;
    for (uint64_t left = a->granted; left != 0; left &= left - 1) {
        int programme = __builtin_ctzll(left);
        struct qon_offer offer = qon_programme_offer(qon_programme_of(world, programme), &a->asker);
        if (!moved) { // else the household had it before the move
            qon_cash_add(world, block, household, offer.upfront_tiyn);
        }
        uint8_t status = block->persons.status[a->row];
        if (offer.education >= 0 && status != QON_STUDENT && status != QON_EMPLOYED) {
            qon_person_status(world, block, a->row, QON_STUDENT);
        }
        commit(world, block, a, programme, &offer, programme == first ? movers : 0);
        write_down(world, block, a, programme);
        count(world, block, a, programme, zone, &offer, movers);
    }
}

void qon_grant_withdraw(struct qon_world *world, const struct qon_block *block, const struct qon_application *a, enum qon_measure measure) {
    for (uint64_t left = a->granted; left != 0; left &= left - 1) {
        int programme = __builtin_ctzll(left);
        qon_limits_book(world, block, a, programme, 1);
        qon_measure_count(world, block, programme, a->with & ~QON_LOCAL_BIT, measure, 1);
    }
}
