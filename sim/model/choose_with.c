// SPDX-License-Identifier: GPL-3.0-or-later
// Where to, with programmes: what is chosen without them, or a zone that they support. ODD tags M-CHOICE-2, M-CHOICE-3, M-SUPPORT-1.
//
// The random times are those of the choice without, so only supported zones run, against its winner. Few come near it: most deciders are
// turned away, all zones at once, by a bound on what programmes can make of a weight and by -ln u >= 1 - u, which needs no logarithm.
#include "relocation.h"

static bool weighed_with(const struct qon_world *world, const struct qon_decider *d, const struct qon_support *support, uint32_t zone,
                         uint64_t consider_key) {
    int32_t rank;
    if (zone == d->zone || zone == d->kin) {
        return true;
    }
    uint32_t draw = qon_draw(consider_key, d->id, zone);
    return draw * 0x1p-32 < support->considered || draw < qon_known_threshold(world->model, d->zone, zone, &rank);
}

static bool is_supported(const struct qon_world *world, const struct qon_decider *d, uint64_t known, uint32_t zone) {
    bool open = zone != d->zone || world->model->local_weight[zone] > 0;
    return open && (known & qon_pair_mask(world, d->zone, zone)) != 0;
}

bool qon_place_weighed_with(const struct qon_world *world, const struct qon_decider *d, const struct qon_support *support, uint32_t zone) {
    return is_supported(world, d, support->known, zone) && weighed_with(world, d, support, zone, qon_life_key(world, QON_DRAW_CONSIDER));
}

// What is the same for all zones of one decider, and the best so far.
struct weighing {
    const struct qon_world *world;
    const struct qon_decider *d;
    double time;
    uint32_t zone;
    bool local;
    uint64_t programmes;
};

// Lets a supported alternative run: u is its draw, `weight` that of the zone without programmes.
static void weigh_supported(struct weighing *w, struct qon_support *support, uint32_t zone, bool local, double u, double weight) {
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
        w->zone = zone;
        w->local = local;
        w->programmes = package.programmes;
    }
}

enum { TOGETHER = 64 }; // zones whose numbers are drawn together

struct qon_choice qon_choose_with(const struct qon_world *world, const struct qon_decider *d, struct qon_support *support,
                                  const struct qon_choice *without, const struct qon_kernels *kernels) {
    uint64_t key = qon_month_key(world, QON_DRAW_CHOICE), consider_key = qon_life_key(world, QON_DRAW_CONSIDER);
    double time =
        qon_place_frozen(world, d, without->destination, without->local) / qon_place_weight(world, d, without->destination, without->local);
    struct weighing w = {world, d, time, without->destination, without->local, 0};
    double most = qon_support_most(world, support->known, d->profile, d->travellers);
    for (uint32_t first = 0; first < (uint32_t)world->zones; first += TOGETHER) {
        uint32_t end = first + TOGETHER < (uint32_t)world->zones ? first + TOGETHER : (uint32_t)world->zones, count = 0;
        uint32_t zone[TOGETHER], number[TOGETHER], draw[TOGETHER];
        uint64_t id[TOGETHER];
        for (uint32_t z = first; z < end; z++) {
            zone[count] = z;
            number[count] = qon_place_number(world, d, z, z == d->zone);
            id[count] = d->id;
            count += is_supported(world, d, support->known, z);
        }
        kernels->draws(key, id, number, count, draw);
        for (uint32_t i = 0; i < count; i++) {
            // -ln u is at least 1 - u: most alternatives are too late whatever they are given.
            bool own = zone[i] == d->zone;
            double u = qon_unit(draw[i]), weight = qon_place_weight(world, d, zone[i], own);
            if (1 - u < w.time * most * weight && weighed_with(world, d, support, zone[i], consider_key)) {
                weigh_supported(&w, support, zone[i], own, u, weight);
            }
        }
    }
    return (struct qon_choice){w.zone, w.local, false, w.programmes};
}

// Whether some supported zone may be as early as `time`. The zone of kin has a weight of its own, and that of the decider another number.
static bool any_early(const struct qon_world *world, const struct qon_decider *d, uint64_t known, double time, uint64_t key,
                      const struct qon_kernels *kernels) {
    const struct qon_model *m = world->model;
    double limit = time * qon_support_most(world, known, d->profile, d->travellers);
    int64_t from = (int64_t)d->zone * world->zones;
    if (kernels->early(key, d->id, known, m->programmes->pair_mask + from, m->place_weight + (int64_t)d->profile * world->zones,
                       m->route_weight + from, (uint32_t)world->zones, limit * qon_family_weight(m, d->travellers)) != 0) {
        return true;
    }
    uint32_t apart[2] = {d->kin, d->zone};
    for (int i = d->kin == d->zone; i < 2; i++) {
        bool own = apart[i] == d->zone;
        if (is_supported(world, d, known, apart[i]) &&
            1 - qon_draw_unit(key, d->id, qon_place_number(world, d, apart[i], own)) < limit * qon_place_weight(world, d, apart[i], own)) {
            return true;
        }
    }
    return false;
}

// -ln u is at most (1 / u - u) / 2, near enough: the winner's time needs no logarithm either.
void qon_choose_likely(const struct qon_world *world, const struct qon_decider *deciders, uint32_t count, const struct qon_choice *without,
                       const struct qon_kernels *kernels, uint64_t *known) {
    const double margin = 1 + 1e-9; // for rounding
    uint64_t key = qon_month_key(world, QON_DRAW_CHOICE), id[QON_CHOICE_BATCH];
    uint32_t asked[QON_CHOICE_BATCH], number[QON_CHOICE_BATCH], draw[QON_CHOICE_BATCH], askeds = 0;
    for (uint32_t i = 0; i < count; i++) {
        asked[askeds] = i;
        id[askeds] = deciders[i].id;
        number[askeds] = qon_place_number(world, &deciders[i], without[i].destination, without[i].local);
        askeds += known[i] != 0;
    }
    if (askeds == 0) {
        return;
    }
    kernels->draws(key, id, number, askeds, draw);
    for (uint32_t j = 0; j < askeds; j++) {
        const struct qon_decider *d = &deciders[asked[j]];
        const struct qon_choice *choice = &without[asked[j]];
        double u = qon_unit(draw[j]), weight = qon_place_weight(world, d, choice->destination, choice->local);
        if (!any_early(world, d, known[asked[j]], margin * (1 - u * u) / (2 * u * weight), key, kernels)) {
            known[asked[j]] = 0;
        }
    }
}
