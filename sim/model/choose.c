// SPDX-License-Identifier: GPL-3.0-or-later
// Where to: the choice of a zone as an exponential race with frozen utilities. ODD tags M-CHOICE-1, M-CHOICE-2, M-CHOICE-3, M-LIQUIDITY-1.
//
// A batch at a time, or one decider; with programmes: choose_with.c. The batch leaves the race to a kernel (kernels.h): each decider has a
// row of places - stay, another settlement of the zone, the zone of kin, the known zones - whose weight is 0 where it is not considered.
// First all run; who cannot afford the winner runs again among the affordable.
#include "relocation.h"

#include <qonys/kernels.h>
#include <string.h>

enum { NOWHERE = QON_NOWHERE, STAY = 0, LOCAL = 1, KIN = 2, KNOWN = 3 };

struct race {
    double time;   // of the best so far
    uint32_t zone; // its zone
    bool local;    // a move within the zone
    double wished; // the same among all, feasible or not
    bool wished_feasible;
};

static void run(struct race *race, double time, bool feasible, uint32_t zone, bool local) {
    if (time < race->wished) {
        race->wished = time;
        race->wished_feasible = feasible;
    }
    if (feasible && time < race->time) {
        race->time = time;
        race->zone = zone;
        race->local = local;
    }
}

// The frozen part of the utility of (person, month, alternative): an exponential variable, -ln u.
static double frozen(uint64_t key, uint64_t id, uint32_t alternative) {
    return -qon_log(qon_draw_unit(key, id, alternative));
}

uint32_t qon_place_number(const struct qon_world *world, const struct qon_decider *d, uint32_t destination, bool local) {
    return destination == NOWHERE ? d->zone : local ? (uint32_t)world->zones + d->zone : destination;
}

double qon_place_frozen(const struct qon_world *world, const struct qon_decider *d, uint32_t destination, bool local) {
    return frozen(qon_month_key(world, QON_DRAW_CHOICE), d->id, qon_place_number(world, d, destination, local));
}

// What is the same for all alternatives of one decider.
struct weighing {
    const struct qon_world *world;
    const struct qon_decider *d;
    uint64_t id, key;
    struct race race;
};

// Lets one alternative run without programmes.
static void weigh(struct weighing *w, uint32_t zone, bool local, double weight) {
    const struct qon_decider *d = w->d;
    uint32_t alternative = local ? (uint32_t)w->world->zones + zone : zone;
    double time = frozen(w->key, w->id, alternative) / weight;
    if (time < w->race.wished || time < w->race.time) {
        int64_t cost = qon_move_cost_tiyn(w->world, d->zone, zone, d->travellers);
        run(&w->race, time, cost <= d->savings_tiyn, zone, local);
    }
}

static struct qon_choice choose_without(const struct qon_world *world, const struct qon_decider *d) {
    uint64_t id = d->id;
    const struct qon_model *m = world->model;
    const double *place = m->place_weight + (int64_t)d->profile * world->zones;
    const struct qon_known *known = m->known + (int64_t)d->zone * m->known_count;
    const double *known_weight = m->known_weight + (int64_t)d->zone * m->known_count;
    uint64_t key = qon_month_key(world, QON_DRAW_CHOICE), consider_key = qon_life_key(world, QON_DRAW_CONSIDER);
    double home = m->home_weight * d->stay, kin = m->kin_weight, family = qon_family_weight(m, d->travellers);
    struct weighing w = {world, d, id, key, {frozen(key, id, d->zone) / (place[d->zone] * home), NOWHERE, false, 1e300, true}};
    w.race.wished = w.race.time;
    if (m->local_weight[d->zone] > 0) {
        weigh(&w, d->zone, true, place[d->zone] * m->local_weight[d->zone] * family);
    }
    bool kin_known = d->kin == d->zone;
    for (int32_t k = 0; k < m->known_count; k++) {
        uint32_t zone = known[k].zone;
        bool is_kin = zone == d->kin;
        kin_known |= is_kin;
        if (is_kin || qon_draw(consider_key, id, zone) < known[k].threshold) {
            weigh(&w, zone, false, place[zone] * known_weight[k] * family * (is_kin ? kin : 1));
        }
    }
    if (!kin_known) {
        double route = m->route_weight[(int64_t)d->zone * world->zones + d->kin];
        weigh(&w, d->kin, false, place[d->kin] * route * family * kin);
    }
    return (struct qon_choice){w.race.zone, w.race.local, !w.race.wished_feasible, 0};
}

double qon_place_weight(const struct qon_world *world, const struct qon_decider *d, uint32_t zone, bool local) {
    const struct qon_model *m = world->model;
    const double *place = m->place_weight + (int64_t)d->profile * world->zones;
    if (zone == NOWHERE) {
        return place[d->zone] * (m->home_weight * d->stay);
    }
    if (local) {
        return place[zone] * m->local_weight[zone] * qon_family_weight(m, d->travellers);
    }
    double route = m->route_weight[(int64_t)d->zone * world->zones + zone];
    return place[zone] * route * qon_family_weight(m, d->travellers) * (zone == d->kin ? m->kin_weight : 1);
}

uint32_t qon_known_threshold(const struct qon_model *m, uint32_t origin, uint32_t zone, int32_t *rank) {
    const struct qon_known *known = m->known + (int64_t)origin * m->known_count;
    for (int32_t k = 0; k < m->known_count; k++) {
        if (known[k].zone == zone) {
            *rank = k + 1;
            return known[k].threshold;
        }
    }
    *rank = 0;
    return 0;
}

struct qon_choice qon_choose(const struct qon_world *world, const struct qon_decider *d, struct qon_support *support) {
    struct qon_choice without = choose_without(world, d);
    return support == NULL ? without : qon_choose_with(world, d, support, &without);
}

// The rows of a batch. Places beyond KNOWN + known_count fill the row up to a multiple of 8 and have weight 0.
struct rows {
    uint32_t places;
    uint64_t id[QON_CHOICE_BATCH];
    uint32_t number[QON_CHOICE_BATCH * QON_RACE_ALTERNATIVES];
    double weight[QON_CHOICE_BATCH * QON_RACE_ALTERNATIVES];
    uint8_t best[QON_CHOICE_BATCH];
};

static void considered(const struct qon_world *world, const struct qon_decider *deciders, uint32_t count, const struct qon_kernels *kernels,
                       uint32_t *draws) {
    const struct qon_model *m = world->model;
    uint64_t id[QON_CHOICE_BATCH * QON_KNOWN_MOST];
    uint32_t zone[QON_CHOICE_BATCH * QON_KNOWN_MOST];
    uint32_t n = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct qon_known *known = m->known + (int64_t)deciders[i].zone * m->known_count;
        for (int32_t k = 0; k < m->known_count; k++, n++) {
            id[n] = deciders[i].id;
            zone[n] = known[k].zone;
        }
    }
    kernels->draws(qon_life_key(world, QON_DRAW_CONSIDER), id, zone, n, draws);
}

// x where it holds, else 0; without a branch, since chance decides.
static double where(bool holds, double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits &= -(uint64_t)holds;
    memcpy(&x, &bits, sizeof bits);
    return x;
}

static void row_fill(const struct qon_world *world, const struct qon_decider *d, const uint32_t *draws, uint32_t *restrict number,
                     double *restrict weight) {
    const struct qon_model *m = world->model;
    const double *place = m->place_weight + (int64_t)d->profile * world->zones;
    const struct qon_known *known = m->known + (int64_t)d->zone * m->known_count;
    const double *known_weight = m->known_weight + (int64_t)d->zone * m->known_count;
    double family = qon_family_weight(m, d->travellers);
    number[STAY] = d->zone;
    weight[STAY] = place[d->zone] * (m->home_weight * d->stay);
    number[LOCAL] = (uint32_t)world->zones + d->zone;
    weight[LOCAL] = place[d->zone] * m->local_weight[d->zone] * family;
    for (int32_t k = 0; k < m->known_count; k++) {
        uint32_t zone = known[k].zone;
        number[KNOWN + k] = zone;
        weight[KNOWN + k] = where(draws[k] < known[k].threshold, place[zone] * known_weight[k] * family);
    }
    number[KIN] = d->kin;
    weight[KIN] = 0;
    if (d->kin == d->zone) { // most have none elsewhere
        return;
    }
    int32_t k = 0;
    while (k < m->known_count && known[k].zone != d->kin) {
        k++;
    }
    if (k < m->known_count) { // known, whatever the draw
        weight[KNOWN + k] = place[d->kin] * known_weight[k] * family * m->kin_weight;
    } else {
        double route = m->route_weight[(int64_t)d->zone * world->zones + d->kin];
        weight[KIN] = place[d->kin] * route * family * m->kin_weight;
    }
}

static struct qon_choice choice_of(const struct rows *rows, const struct qon_decider *d, uint32_t i) {
    uint32_t place = rows->best[i];
    QON_REQUIRE(place < rows->places);
    bool local = place == LOCAL;
    uint32_t zone = local ? d->zone : rows->number[i * rows->places + place];
    return (struct qon_choice){place == STAY ? NOWHERE : zone, local, false, 0};
}

static bool affordable(const struct qon_world *world, const struct qon_decider *d, const struct qon_choice *choice) {
    return choice->destination == NOWHERE || qon_move_cost_tiyn(world, d->zone, choice->destination, d->travellers) <= d->savings_tiyn;
}

// Keeps of the row of decider `from` what it can afford, as row `to`.
static void row_narrow(const struct qon_world *world, const struct qon_decider *d, struct rows *rows, uint32_t from, uint32_t to) {
    uint32_t places = rows->places;
    memmove(rows->number + (size_t)to * places, rows->number + (size_t)from * places, places * sizeof *rows->number);
    memmove(rows->weight + (size_t)to * places, rows->weight + (size_t)from * places, places * sizeof *rows->weight);
    rows->id[to] = rows->id[from];
    for (uint32_t k = LOCAL; k < places; k++) {
        double *weight = &rows->weight[to * places + k];
        uint32_t zone = k == LOCAL ? d->zone : rows->number[to * places + k];
        *weight = *weight > 0 && qon_move_cost_tiyn(world, d->zone, zone, d->travellers) <= d->savings_tiyn ? *weight : 0;
    }
}

void qon_choose_batch(const struct qon_world *world, const struct qon_decider *deciders, uint32_t count, struct qon_choice *choices) {
    const struct qon_model *m = world->model;
    const struct qon_kernels *kernels = qon_kernels();
    uint32_t draws[QON_CHOICE_BATCH * QON_KNOWN_MOST], again[QON_CHOICE_BATCH];
    uint32_t agains = 0;
    struct rows rows;
    rows.places = ((uint32_t)(KNOWN + m->known_count) + 7) / 8 * 8;
    QON_REQUIRE(count <= QON_CHOICE_BATCH && rows.places <= QON_RACE_ALTERNATIVES);
    considered(world, deciders, count, kernels, draws);
    for (uint32_t i = 0; i < count; i++) {
        rows.id[i] = deciders[i].id;
        row_fill(world, &deciders[i], draws + i * (uint32_t)m->known_count, rows.number + i * rows.places, rows.weight + i * rows.places);
        for (uint32_t k = (uint32_t)(KNOWN + m->known_count); k < rows.places; k++) {
            rows.number[i * rows.places + k] = 0;
            rows.weight[i * rows.places + k] = 0;
        }
    }
    struct qon_race race = {
        qon_month_key(world, QON_DRAW_CHOICE), count, rows.places, rows.id, rows.number, false, rows.weight, NULL, rows.best, NULL};
    kernels->race(&race);
    for (uint32_t i = 0; i < count; i++) {
        choices[i] = choice_of(&rows, &deciders[i], i);
        if (!affordable(world, &deciders[i], &choices[i])) {
            row_narrow(world, &deciders[i], &rows, i, agains);
            again[agains++] = i;
        }
    }
    race.deciders = agains;
    if (agains > 0) {
        kernels->race(&race);
    }
    for (uint32_t j = 0; j < agains; j++) {
        choices[again[j]] = choice_of(&rows, &deciders[again[j]], j);
        choices[again[j]].illiquid = true;
    }
}
