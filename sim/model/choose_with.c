// SPDX-License-Identifier: GPL-3.0-or-later
// Where to, with programmes: what is chosen without them, or a zone that they support. ODD tags M-CHOICE-2, M-CHOICE-3, M-SUPPORT-1.
//
// The random times are those of the choice without, so only supported zones run, against its winner. Few come near it: those of a batch of
// deciders are first listed and turned away, all at once, by a bound on what programmes can make of a weight.
#include "relocation.h"

#include <math.h>
#include <string.h>

// considered: the chance that a supported zone is.
static bool weighed_with(const struct qon_world *world, const struct qon_decider *d, double considered, uint32_t zone,
                         uint64_t consider_key) {
    int32_t rank;
    if (zone == d->zone || zone == d->kin) {
        return true;
    }
    uint32_t draw = qon_draw(consider_key, d->id, zone);
    return draw * 0x1p-32 < considered || draw < qon_known_threshold(world->model, d->zone, zone, &rank);
}

static bool is_supported(const struct qon_world *world, const struct qon_decider *d, uint64_t known, uint32_t zone) {
    bool open = zone != d->zone || world->model->local_weight[zone] > 0;
    return open && (known & qon_pair_mask(world, d->zone, zone)) != 0;
}

bool qon_place_weighed_with(const struct qon_world *world, const struct qon_decider *d, const struct qon_support *support, uint32_t zone) {
    return is_supported(world, d, support->known, zone) &&
           weighed_with(world, d, support->considered, zone, qon_life_key(world, QON_DRAW_CONSIDER));
}

// One decider, and the best so far.
struct weighing {
    const struct qon_world *world;
    const struct qon_decider *d;
    double time;
    struct qon_choice choice;
};

// frozen: the exponential variable of what is done without.
static struct weighing weighing_of(const struct qon_world *world, const struct qon_decider *d, const struct qon_choice *without,
                                   double frozen) {
    double weight = qon_place_weight(world, d, without->destination, without->local);
    return (struct weighing){world, d, frozen / weight, {without->destination, without->local, false, 0}};
}

// Lets a supported zone run that is weighed: u is its draw, `weight` that of the zone without programmes.
static void weigh_supported(struct weighing *w, struct qon_support *support, uint32_t zone, double u, double weight) {
    const struct qon_decider *d = w->d;
    int64_t cost = qon_move_cost_tiyn(w->world, d->zone, zone, d->travellers);
    qon_support_ask(support);
    double income = w->world->model->place_income[(int64_t)d->profile * w->world->zones + zone];
    struct qon_package package = qon_support_at(support, zone, income, cost);
    if (package.programmes == 0) { // it is what it is without, and has run already if it is known at all
        return;
    }
    double time = -qon_log(u) / weight / package.factor;
    if (time < w->time && cost - package.cash_tiyn <= d->savings_tiyn) {
        w->time = time;
        w->choice = (struct qon_choice){zone, zone == d->zone, false, package.programmes};
    }
}

// Keys of a month's draws.
struct keys {
    uint64_t choice, consider;
};

static struct keys keys_of(const struct qon_world *world) {
    return (struct keys){qon_month_key(world, QON_DRAW_CHOICE), qon_life_key(world, QON_DRAW_CONSIDER)};
}

// A supported zone as one decider sees it: its draw, and its weight without programmes.
struct place {
    double u, weight;
};

static struct place place_of(const struct weighing *w, uint32_t zone, const struct keys *keys) {
    bool own = zone == w->d->zone;
    return (struct place){qon_draw_unit(keys->choice, w->d->id, qon_place_number(w->world, w->d, zone, own)),
                          qon_place_weight(w->world, w->d, zone, own)};
}

// -ln u is at least 1 - u: most zones are too late whatever they are given, and need no logarithm. most: see qon_support_most.
static bool in_time(const struct weighing *w, const struct place *place, double most) {
    return 1 - place->u < w->time * most * place->weight;
}

struct qon_choice qon_choose_with(const struct qon_world *world, const struct qon_decider *d, struct qon_support *support,
                                  const struct qon_choice *without) {
    struct weighing w = weighing_of(world, d, without, qon_place_frozen(world, d, without->destination, without->local));
    struct keys keys = keys_of(world);
    double most = qon_support_most(world, support->known, d->profile, d->travellers);
    for (uint32_t z = 0; z < (uint32_t)world->zones; z++) {
        if (is_supported(world, d, support->known, z)) {
            struct place place = place_of(&w, z, &keys);
            if (in_time(&w, &place, most) && weighed_with(world, d, support->considered, z, keys.consider)) {
                weigh_supported(&w, support, z, place.u, place.weight);
            }
        }
    }
    return w.choice;
}

// ---- many at once

// Supported zones of some deciders, and the time they have to beat, as the kernel takes it.
enum { LISTED = 1024 };
struct listed {
    uint32_t count;
    uint64_t state[LISTED];
    float limit[LISTED];
    uint32_t zone[LISTED];
    uint32_t who[LISTED]; // of the batch's deciders
};

// Deciders of a batch.
struct batch {
    const struct qon_world *world;
    const struct qon_block *block;
    const struct qon_decider *deciders;
    uint32_t count;
    const struct qon_pairs *pairs;
    struct weighing weighing[QON_CHOICE_BATCH];
    double most[QON_CHOICE_BATCH];
    double considered[QON_CHOICE_BATCH]; // see weighed_with
    int64_t reach[QON_CHOICE_BATCH];     // tiyn: what a move may cost at most, with all that programmes may pay of it
};

// What programmes ask of those of the list who may apply: the early[].
static QON_FETCHES void fetch_askers(const struct batch *batch, const struct listed *listed, const uint32_t *early, uint32_t count) {
    const struct qon_persons *p = &batch->block->persons;
    uint32_t head[LISTED], heads = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct qon_decider *d = &batch->deciders[listed->who[early[i]]];
        __builtin_prefetch(&batch->block->households.owner[d->household]);
        __builtin_prefetch(&p->wage_tiyn_month[d->row]);
        __builtin_prefetch(&p->occupation[d->row]);
        __builtin_prefetch(&p->skill[d->row]);
        __builtin_prefetch(&p->legal[d->row]);
        __builtin_prefetch(&p->role[d->row]);
        head[heads] = d->row; // who has others along is a head
        heads += d->travellers > 1;
    }
    qon_fetch_chains(p, p->birth_month, sizeof *p->birth_month, head, heads);
}

static bool within_reach(const struct batch *batch, uint32_t who, uint32_t zone) {
    const struct qon_decider *d = &batch->deciders[who];
    return qon_move_cost_tiyn(batch->world, d->zone, zone, d->travellers) <= batch->reach[who];
}

// Lets those of the list run that are not too late. First all are asked what hangs on the decider alone, which turns most away.
static void run_early(struct batch *batch, const struct qon_kernels *kernels, struct listed *listed) {
    uint32_t early[LISTED], count = kernels->early(listed->state, listed->limit, listed->count, early), kept = 0;
    struct place place[LISTED];
    struct keys keys = keys_of(batch->world);
    struct qon_support support;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t who = listed->who[early[i]], zone = listed->zone[early[i]];
        place[kept] = place_of(&batch->weighing[who], zone, &keys);
        early[kept] = early[i];
        kept += within_reach(batch, who, zone) && in_time(&batch->weighing[who], &place[kept], batch->most[who]) &&
                weighed_with(batch->world, &batch->deciders[who], batch->considered[who], zone, keys.consider);
    }
    fetch_askers(batch, listed, early, kept);
    uint32_t last = QON_CHOICE_BATCH; // whose support it is
    for (uint32_t i = 0; i < kept; i++) {
        uint32_t who = listed->who[early[i]];
        struct weighing *w = &batch->weighing[who];
        if (!in_time(w, &place[i], batch->most[who])) { // another was earlier since
            continue;
        }
        if (who != last) {
            struct qon_ask ask = qon_ask_of(batch->world, batch->block, w->d);
            qon_support_of(&ask, w->d->travellers, batch->pairs->known[who], &support);
            last = who;
        }
        weigh_supported(w, &support, listed->zone[early[i]], place[i].u, place[i].weight);
    }
    listed->count = 0;
}

static void list_zone(struct listed *listed, uint32_t zone, uint64_t state, double limit, uint32_t who) {
    uint32_t i = listed->count++;
    listed->zone[i] = zone;
    listed->state[i] = state;
    listed->limit[i] = (float)limit;
    listed->who[i] = who;
}

// Lists `left`, the supported ones of 64 zones. The zone of kin has a weight of its own, to move within the own zone also a number.
static void list_zones(const struct batch *batch, uint32_t who, uint32_t word, uint64_t left, double limit, struct listed *listed) {
    const struct qon_decider *d = &batch->deciders[who];
    const struct qon_model *m = batch->world->model;
    const int64_t zones = batch->world->zones;
    const uint64_t *number = m->programmes->choice_number, id = qon_draw_id(d->id);
    const double *place = m->place_weight + d->profile * zones, *route = m->route_weight + d->zone * zones;
    const uint64_t kin = d->kin / 64 == word ? left & 1ULL << d->kin % 64 : 0, own = d->zone / 64 == word ? left & 1ULL << d->zone % 64 : 0;
    for (left &= ~(kin | own); left != 0; left &= left - 1) {
        uint32_t z = 64 * word + (uint32_t)__builtin_ctzll(left);
        list_zone(listed, z, number[z] ^ id, limit * (place[z] * route[z]), who);
    }
    if (own != 0) {
        list_zone(listed, d->zone, number[zones + d->zone] ^ id, limit * (place[d->zone] * m->local_weight[d->zone]), who);
    }
    if ((kin & ~own) != 0) {
        list_zone(listed, d->kin, number[d->kin] ^ id, limit * (place[d->kin] * route[d->kin] * m->kin_weight), who);
    }
}

// What some of the deciders do without, and its times.
static void weighings_begin(struct batch *batch, const uint32_t *some, uint32_t count, const struct qon_choice *without,
                            const struct qon_kernels *kernels) {
    uint64_t id[QON_CHOICE_BATCH];
    uint32_t number[QON_CHOICE_BATCH], draw[QON_CHOICE_BATCH];
    double log[QON_CHOICE_BATCH];
    for (uint32_t k = 0; k < count; k++) {
        const struct qon_decider *d = &batch->deciders[some[k]];
        id[k] = d->id;
        number[k] = qon_place_number(batch->world, d, without[some[k]].destination, without[some[k]].local);
    }
    kernels->draws(qon_month_key(batch->world, QON_DRAW_CHOICE), id, number, count, draw);
    for (uint32_t k = 0; k < count; k++) {
        log[k] = qon_unit(draw[k]);
    }
    kernels->logs(log, count);
    for (uint32_t k = 0; k < count; k++) {
        batch->weighing[some[k]] = weighing_of(batch->world, &batch->deciders[some[k]], &without[some[k]], -log[k]);
    }
}

// What the deciders' programmes can come to at most: by how much they multiply a weight, the chance that a zone is weighed, money.
static void bounds_make(struct batch *batch) {
    const struct qon_world *world = batch->world;
    const struct qon_programmes_model *pm = world->model->programmes;
    const int32_t profiles = world->occupations * world->skills + QON_PROFILES_EXTRA;
    for (uint32_t i = 0; i < batch->count; i++) { // nothing is known of large families
        bool large = batch->deciders[i].travellers > QON_GAIN_MEMBERS;
        batch->most[i] = large ? HUGE_VAL : 1;
        batch->reach[i] = batch->deciders[i].savings_tiyn + (large ? INT64_MAX / 4 : 0);
        batch->considered[i] = 0;
    }
    for (uint32_t j = 0; j < batch->pairs->count; j++) {
        uint32_t who = batch->pairs->who[j], p = batch->pairs->programme[j];
        const struct qon_decider *d = &batch->deciders[who];
        uint32_t travellers = d->travellers < QON_GAIN_MEMBERS ? d->travellers : QON_GAIN_MEMBERS;
        batch->most[who] *= pm->factor_most[((int64_t)p * profiles + d->profile) * (QON_GAIN_MEMBERS + 1) + travellers];
        batch->reach[who] += pm->cash_most[p * (QON_GAIN_MEMBERS + 1) + travellers];
        batch->considered[who] = pm->considered[p] > batch->considered[who] ? pm->considered[p] : batch->considered[who];
    }
}

// The word'th 64 zones: those that each decider's programmes support.
static void supported_find(const struct batch *batch, uint32_t word, uint64_t *zones) {
    const struct qon_world *world = batch->world;
    const int64_t words = qon_zone_words(world), programmes = world->scenario->programmes.count;
    const uint64_t *fits = world->model->programmes->pair_zones + word;
    memset(zones, 0, batch->count * sizeof *zones);
    for (uint32_t j = 0; j < batch->pairs->count; j++) {
        uint32_t who = batch->pairs->who[j];
        zones[who] |= fits[(batch->deciders[who].zone * programmes + batch->pairs->programme[j]) * words];
    }
}

// Who knows a programme and can pay for some move with its help; how many.
static uint32_t able_find(const struct batch *batch, uint32_t *able) {
    const int64_t least = batch->world->model->programmes->move_cost_least;
    uint32_t found = 0;
    for (uint32_t i = 0; i < batch->count; i++) {
        able[found] = i;
        found += (batch->pairs->known[i] != 0) & (batch->reach[i] >= least);
    }
    return found;
}

void qon_choose_many_with(const struct qon_world *world, const struct qon_block *block, const struct qon_decider *deciders, uint32_t count,
                          const struct qon_pairs *pairs, const struct qon_choice *without, struct qon_choice *with) {
    const struct qon_kernels *kernels = world->model->kernels;
    struct batch batch;
    struct listed listed;
    uint64_t zones[QON_CHOICE_BATCH];
    uint32_t able[QON_CHOICE_BATCH], ables;
    const uint32_t words = qon_zone_words(world);
    batch.world = world;
    batch.block = block;
    batch.deciders = deciders;
    batch.count = count;
    batch.pairs = pairs;
    listed.count = 0;
    bounds_make(&batch);
    ables = able_find(&batch, able);
    weighings_begin(&batch, able, ables, without, kernels);
    for (uint32_t word = 0; word < words; word++) {
        supported_find(&batch, word, zones);
        for (uint32_t k = 0; k < ables; k++) {
            uint32_t i = able[k];
            double limit = batch.weighing[i].time * batch.most[i] * qon_family_weight(world->model, deciders[i].travellers);
            if (listed.count + 64 > LISTED) {
                run_early(&batch, kernels, &listed);
            }
            list_zones(&batch, i, word, zones[i], limit, &listed);
        }
    }
    run_early(&batch, kernels, &listed);
    for (uint32_t i = 0; i < count; i++) {
        with[i] = (struct qon_choice){without[i].destination, without[i].local, false, 0};
    }
    for (uint32_t k = 0; k < ables; k++) {
        with[able[k]] = batch.weighing[able[k]].choice;
    }
}
