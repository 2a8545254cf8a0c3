// SPDX-License-Identifier: GPL-3.0-or-later
// The places that one decider weighs, part by part. ODD tags M-EXPLAIN-1, M-CHOICE-1, M-CHOICE-2, M-CHOICE-3, M-LIQUIDITY-1, M-SUPPORT-1.
//
// The race in the kernel compares times -ln u / weight; here stands the same as utility + Gumbel, since -ln(time) = ln weight - ln(-ln u).
// Weights, draws and packages are those of the model; the parts must add up to the logarithm of the weight.
#include "explain.h"

#include <math.h>
#include <string.h>

// One decider at work.
struct weighing {
    const struct qon_world *world;
    const struct qon_decider *d;
    const struct qon_support *support; // NULL: none
    struct qon_explained_decision *out;
};

static void parts_fill(const struct weighing *w, struct qon_explained_place *place) {
    const struct qon_world *world = w->world;
    const struct qon_settings *set = &world->scenario->settings;
    const struct qon_decider *d = w->d;
    struct qon_prospect prospect;
    double *part = place->part;
    qon_place_parts(world, place->zone, d->profile, &prospect, part);
    place->wage_tiyn_month = prospect.wage_tiyn;
    place->employed_share = prospect.employed_share;
    place->income_tiyn = prospect.income_tiyn;
    place->rent_tiyn_month = world->places.rent_tiyn[place->zone];
    if (place->stay) {
        part[QON_PART_home] = set->choice.home_premium;
        part[QON_PART_bond] = d->stay != 1 ? qon_log(d->stay) : 0;
    } else {
        uint32_t members = d->travellers < QON_MEMBERS_MOST ? d->travellers : QON_MEMBERS_MOST;
        place->network_per_1000 = qon_route_parts(world, d->zone, place->zone, place->local, part);
        place->km = place->local ? 0 : world->model->distance_km[(int64_t)d->zone * world->zones + place->zone];
        part[QON_PART_cost_members] = -set->choice.cost_member * (members - 1);
        part[QON_PART_kin] = place->kin ? set->choice.kin_weight : 0;
    }
    for (int i = 0; i < QON_UTILITY_PARTS; i++) {
        place->utility += part[i];
    }
}

// The parts must be those of the weight that the race uses, to within rounding (exp and log of numbers up to some hundreds).
static void weight_check(const struct qon_explained_place *place) {
    if (place->weight > 0 && isfinite(place->weight)) {
        QON_REQUIRE(fabs(log(place->weight) - place->utility) < 1e-9 * (1 + fabs(place->utility)));
    }
}

static void offers_add(const struct weighing *w, struct qon_explained_place *place, int32_t index) {
    struct qon_candidate list[QON_PROGRAMMES_MOST];
    struct qon_explained_decision *out = w->out;
    int count = qon_support_candidates(w->support, place->zone, place->income_tiyn, place->cost_tiyn, list);
    struct qon_package package = qon_support_at(w->support, place->zone, place->income_tiyn, place->cost_tiyn);
    place->programmes = package.programmes;
    place->cash_tiyn = package.cash_tiyn;
    place->support = qon_log(package.factor);
    for (int i = 0; i < count && out->offers < out->offers_capacity; i++) {
        bool taken = (package.programmes >> list[i].programme & 1) != 0;
        place->annuity_tiyn += taken ? list[i].annuity : 0;
        out->offer[out->offers++] = (struct qon_explained_offer){index, list[i].programme, list[i].annuity, list[i].cash_tiyn, taken};
    }
}

static void place_add(struct weighing *w, uint32_t zone, bool stay, bool local) {
    const struct qon_world *world = w->world;
    const struct qon_decider *d = w->d;
    struct qon_explained_decision *out = w->out;
    struct qon_explained_place *place = &out->place[out->places];
    uint32_t destination = stay ? QON_NOWHERE : zone;
    uint32_t threshold = 0;
    memset(place, 0, sizeof *place);
    place->zone = zone;
    place->stay = stay;
    place->local = local;
    place->kin = !stay && !local && zone == d->kin;
    if (!stay && !local) {
        uint32_t draw = qon_draw(qon_life_key(world, QON_DRAW_CONSIDER), d->id, zone);
        threshold = qon_known_threshold(world->model, d->zone, zone, &place->rank);
        place->known_share = threshold * 0x1p-32;
        place->known_draw = draw * 0x1p-32;
        place->weighed = place->kin || draw < threshold;
    } else {
        place->weighed = true;
    }
    place->cost_tiyn = stay ? 0 : qon_move_cost_tiyn(world, d->zone, zone, d->travellers);
    place->affordable = stay || place->cost_tiyn <= d->savings_tiyn;
    parts_fill(w, place);
    place->weight = qon_place_weight(world, d, destination, local);
    weight_check(place);
    double frozen = qon_place_frozen(world, d, destination, local);
    place->gumbel = -qon_log(frozen);
    place->total = place->utility + place->gumbel;
    place->weighed_with = place->weighed;
    if (w->support != NULL && !stay && qon_place_weighed_with(world, d, w->support, zone)) {
        place->weighed_with = true;
        offers_add(w, place, out->places);
    }
    place->total_with = place->total + place->support;
    place->affordable_with = stay || place->cost_tiyn - place->cash_tiyn <= d->savings_tiyn;
    out->places += place->weighed || place->weighed_with || place->rank > 0;
}

// Time of a place in the race: what the kernel compares, to the bit.
static double time_of(const struct weighing *w, const struct qon_explained_place *place) {
    return qon_place_frozen(w->world, w->d, place->stay ? QON_NOWHERE : place->zone, place->local) / place->weight;
}

static double time_with(const struct weighing *w, const struct qon_explained_place *place) {
    double factor = w->support == NULL || place->programmes == 0
                        ? 1
                        : qon_support_at(w->support, place->zone, place->income_tiyn, place->cost_tiyn).factor;
    return time_of(w, place) / factor;
}

// Marks what wins without programmes and with them. Of equals, which do not occur in 53 bits, the first.
static void winners_mark(const struct weighing *w, int32_t *best, int32_t *best_with) {
    struct qon_explained_decision *out = w->out;
    double least = INFINITY, least_with = INFINITY, wished = INFINITY;
    int32_t wish = 0;
    *best = *best_with = 0;
    for (int32_t i = 0; i < out->places; i++) {
        const struct qon_explained_place *place = &out->place[i];
        double time = place->weighed && place->weight > 0 ? time_of(w, place) : INFINITY;
        if (time < wished) {
            wished = time;
            wish = i;
        }
        if (place->affordable && time < least) {
            least = time;
            *best = i;
        }
    }
    least_with = least;
    *best_with = *best;
    for (int32_t i = 0; i < out->places; i++) {
        const struct qon_explained_place *place = &out->place[i];
        if (w->support != NULL && place->weighed_with && place->affordable_with && time_with(w, place) < least_with) {
            least_with = time_with(w, place);
            *best_with = i;
        }
    }
    out->wanted = out->place[*best_with].stay ? 0 : out->place[*best_with].programmes;
    out->without_support = out->wanted == 0 && *best_with != *best ? *best_with : -1;
    if (out->wanted == 0) { // nothing to apply for: what is done without is done
        *best_with = *best;
    }
    out->place[wish].wished = true;
    out->place[wish].wished_not = !out->place[wish].affordable;
    out->place[*best].best = true;
    out->place[*best_with].best_with = true;
}

static uint32_t packed_place(const struct qon_explained_place *place) {
    struct qon_choice choice = {place->stay ? QON_NOWHERE : place->zone, place->local, false, 0};
    return qon_choice_packed(&choice);
}

static void condition_tell(const struct qon_ask *ask, const struct qon_predicate *eligible, unsigned reads, char *text) {
    int64_t node = qon_predicate_failing(eligible, ask, reads);
    if (node >= 0) {
        qon_predicate_describe(eligible, (uint32_t)node, ask, text, QON_EXPLAINED_TEXT);
    }
}

// Why a programme that is known helps nowhere: the condition on the best place that it does not help.
static void destination_tell(const struct weighing *w, const struct qon_programme *own, struct qon_ask ask, char *text) {
    const struct qon_explained_place *best = NULL;
    for (int32_t i = 0; i < w->out->places; i++) {
        const struct qon_explained_place *place = &w->out->place[i];
        if (!place->stay && place->weighed_with && (best == NULL || place->total > best->total)) {
            best = place;
        }
    }
    if (best != NULL) {
        ask.destination = best->zone;
        condition_tell(&ask, &own->eligible, ~0U, text);
    }
}

static void programme_fill(const struct weighing *w, const struct qon_ask *ask, int32_t p, struct qon_explained_programme *out) {
    const struct qon_world *world = w->world;
    const struct qon_programme *own = qon_programme_of(world, p);
    *out = (struct qon_explained_programme){.programme = p, .verdict = qon_support_verdict(ask, QON_AT_MOVE, p)};
    if (out->verdict == QON_VERDICT_CLOSED) {
        return;
    }
    out->aware_share = world->model->programmes->aware[(int64_t)p * world->zones + ask->origin] * 0x1p-32;
    out->aware_draw = qon_draw(qon_life_key(world, QON_DRAW_AWARENESS), qon_household_id(ask->block, ask->household), own->key) * 0x1p-32;
    if (out->verdict == QON_VERDICT_ORIGIN) {
        condition_tell(ask, &own->eligible, QON_READS_ORIGIN, out->condition);
    } else if (out->verdict == QON_VERDICT_PERSON) {
        condition_tell(ask, &own->eligible, QON_READS_PERSON | QON_READS_EMPLOYER, out->condition);
    } else if (out->verdict == QON_VERDICT_KNOWN) {
        for (int32_t i = 0; i < w->out->offers; i++) {
            out->helps |= w->out->offer[i].programme == p;
        }
        if (!out->helps) {
            destination_tell(w, own, *ask, out->condition);
        }
    }
}

static enum qon_status programmes_fill(const struct weighing *w, const struct qon_block *block) {
    enum qon_status status = QON_OK;
    struct qon_explained_decision *out = w->out;
    const struct qon_world *world = w->world;
    int32_t count = world->scenario->programmes.count;
    struct qon_ask ask = {world, block, w->d->row, w->d->household, w->d->zone, QON_NONE, QON_NONE, NULL};
    QON_TRY(qon_take(&out->programme, (size_t)count, sizeof *out->programme));
    for (int32_t p = 0; p < count; p++) {
        if (qon_programme_of(world, p)->at == QON_AT_MOVE) {
            programme_fill(w, &ask, p, &out->programme[out->programmes++]);
        }
    }
done:
    return status;
}

enum qon_status qon_explain_places(const struct qon_world *world, const struct qon_block *block, const struct qon_decider *d, uint32_t made,
                                   const struct qon_application *applied, struct qon_explained_decision *out) {
    enum qon_status status = QON_OK;
    struct qon_support support;
    struct weighing w = {world, d, NULL, out};
    int32_t best, best_with;
    size_t most = (size_t)world->zones + 2;
    if (world->model->programmes != NULL && qon_support_find(world, block, d->row, d->travellers, QON_AT_MOVE, &support)) {
        qon_support_ask(&support);
        w.support = &support;
    }
    out->offers_capacity = w.support == NULL ? 0 : (int32_t)most * world->scenario->programmes.count;
    QON_TRY(qon_take(&out->place, most, sizeof *out->place));
    QON_TRY(qon_take(&out->offer, (size_t)out->offers_capacity, sizeof *out->offer));
    place_add(&w, d->zone, true, false);
    if (world->model->local_weight[d->zone] > 0) {
        place_add(&w, d->zone, false, true);
    }
    for (uint32_t zone = 0; zone < (uint32_t)world->zones; zone++) {
        if (zone != d->zone) {
            place_add(&w, zone, false, false);
        }
    }
    winners_mark(&w, &best, &best_with);
    if (world->model->programmes != NULL) {
        QON_TRY(programmes_fill(&w, block));
    }
    // What is told is what was done.
    if (applied != NULL) {
        QON_REQUIRE(packed_place(&out->place[best]) == applied->without && packed_place(&out->place[best_with]) == applied->with);
        QON_REQUIRE(out->wanted == applied->wanted && out->wanted != 0);
    } else {
        QON_REQUIRE(out->wanted == 0 && packed_place(&out->place[best]) == made);
    }
done:
    return status;
}
