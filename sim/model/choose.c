// SPDX-License-Identifier: GPL-3.0-or-later
// Where to: the choice of a zone as an exponential race with frozen utilities. ODD tags M-CHOICE-1, M-CHOICE-2, M-CHOICE-3, M-LIQUIDITY-1.
//
// A batch at a time, or one decider; with programmes: choose_with.c. The batch leaves the race to a kernel (kernels.h): each decider has a
// row of places - stay, another settlement of the zone, the zone of kin, the known zones - whose weight is 0 where it is not considered.
// First all run; who cannot afford the winner runs again among the affordable.
#include "relocation.h"

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
    const int64_t list = (int64_t)d->zone * QON_LIST_PLACES;
    uint64_t key = qon_month_key(world, QON_DRAW_CHOICE), consider_key = qon_life_key(world, QON_DRAW_CONSIDER);
    double home = m->home_weight * d->stay, kin = m->kin_weight, family = qon_family_weight(m, d->travellers);
    struct weighing w = {world, d, id, key, {frozen(key, id, d->zone) / (place[d->zone] * home), NOWHERE, false, 1e300, true}};
    w.race.wished = w.race.time;
    if (m->local_weight[d->zone] > 0) {
        weigh(&w, d->zone, true, place[d->zone] * m->local_weight[d->zone] * family);
    }
    bool kin_known = d->kin == d->zone;
    for (int64_t k = list; k < list + m->known_count; k++) {
        uint32_t zone = m->known.zone[k];
        bool is_kin = zone == d->kin;
        kin_known |= is_kin;
        if (is_kin || qon_draw(consider_key, id, zone) < m->known.threshold[k]) {
            weigh(&w, zone, false, place[zone] * m->known.weight[k] * family * (is_kin ? kin : 1));
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
    const int64_t list = (int64_t)origin * QON_LIST_PLACES;
    for (int32_t k = 0; k < m->known_count; k++) {
        if (m->known.zone[list + k] == zone) {
            *rank = k + 1;
            return m->known.threshold[list + k];
        }
    }
    *rank = 0;
    return 0;
}

struct qon_choice qon_choose(const struct qon_world *world, const struct qon_decider *d, struct qon_support *support) {
    struct qon_choice without = choose_without(world, d);
    return support == NULL ? without : qon_choose_with(world, d, support, &without);
}

// Rows of a batch, alike in width: stay, a local move, kin, and the known zones that are considered. Places beyond them fill the row up and
// have weight 0. Most of those known are not considered, so most rows fit NARROW places, a register of floats; the others are raced apart.
// Zones are written TOGETHER, whether there are so many or not, as chance decides how many.
enum { NARROW = 16, WIDE = (KNOWN + QON_LIST_PLACES + 7) / 8 * 8, TOGETHER = 4 };
struct rows {
    uint32_t places, count;
    uint64_t id[QON_CHOICE_BATCH];
    uint32_t who[QON_CHOICE_BATCH]; // of the batch's deciders
    uint32_t number[QON_CHOICE_BATCH * WIDE + TOGETHER];
    double weight[QON_CHOICE_BATCH * WIDE + TOGETHER];
    uint8_t best[QON_CHOICE_BATCH];
};

// Bits of the known zones that each decider considers: those of chance, and that of kin whatever the draw.
static void considered(const struct qon_model *m, const struct qon_decider *deciders, uint32_t count, uint32_t *mask) {
    const struct qon_lists lists = {m->known.number, m->known.zone, m->known.threshold};
    uint64_t id[QON_CHOICE_BATCH] = {0};
    uint32_t origin[QON_CHOICE_BATCH] = {0}, kin[QON_CHOICE_BATCH] = {0};
    for (uint32_t i = 0; i < count; i++) {
        id[i] = deciders[i].id;
        origin[i] = deciders[i].zone;
        kin[i] = deciders[i].kin;
    }
    m->kernels->considered(&lists, id, origin, kin, count, mask);
}

// x where it holds, else 0; without a branch, since chance decides.
static double where(bool holds, double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits &= -(uint64_t)holds;
    memcpy(&x, &bits, sizeof bits);
    return x;
}

// A row that ends with empty places.
static void row_fill(const struct qon_world *world, const struct qon_decider *d, uint32_t mask, uint32_t places, uint32_t *restrict number,
                     double *restrict weight) {
    const struct qon_model *m = world->model;
    const double *place = m->place_weight + (int64_t)d->profile * world->zones;
    const uint32_t *known = m->known.zone + (int64_t)d->zone * QON_LIST_PLACES;
    const double *known_weight = m->known.weight + (int64_t)d->zone * QON_LIST_PLACES;
    const double family = qon_family_weight(m, d->travellers), kin[2] = {1, m->kin_weight};
    const uint32_t taken = KNOWN + qon_bits_count(mask);
    for (uint32_t i = 0; i < places; i += 8) {
        memset(number + i, 0, 8 * sizeof *number);
        memset(weight + i, 0, 8 * sizeof *weight);
    }
    uint64_t left = mask | 1ULL << 63;
    bool kin_known = d->kin == d->zone; // most have none elsewhere
    number[STAY] = d->zone;
    weight[STAY] = place[d->zone] * (m->home_weight * d->stay);
    number[LOCAL] = (uint32_t)world->zones + d->zone;
    weight[LOCAL] = place[d->zone] * m->local_weight[d->zone] * family;
    for (uint32_t count = KNOWN; count < taken; count += TOGETHER) {
        for (uint32_t i = count; i < count + TOGETHER; i++) {
            uint32_t k = (uint32_t)__builtin_ctzll(left) % QON_LIST_PLACES, zone = known[k];
            bool counts = i < taken, is_kin = zone == d->kin;
            left &= left - 1;
            left |= 1ULL << 63;
            number[i] = zone & -(uint32_t)counts;
            weight[i] = where(counts, place[number[i]] * known_weight[k] * family * kin[is_kin]);
            kin_known |= is_kin & counts;
        }
    }
    double route = m->route_weight[(int64_t)d->zone * world->zones + d->kin];
    number[KIN] = d->kin;
    weight[KIN] = where(!kin_known, place[d->kin] * route * family * m->kin_weight);
}

// Rows of those of the batch who[0..count-1].
static void rows_fill(const struct qon_world *world, const struct qon_decider *deciders, const uint32_t *mask, struct rows *rows) {
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t who = rows->who[i];
        size_t at = (size_t)i * rows->places; // what is written beyond the row is the next one's to overwrite
        rows->id[i] = deciders[who].id;
        row_fill(world, &deciders[who], mask[who], rows->places, rows->number + at, rows->weight + at);
    }
}

static struct qon_choice choice_of(const struct rows *rows, const struct qon_decider *d, uint32_t i) {
    uint32_t place = rows->best[i];
    QON_REQUIRE(place < rows->places);
    bool local = place == LOCAL, stays = place == STAY;
    uint32_t other = -(uint32_t)!local; // all bits, where there is no branch
    uint32_t zone = (rows->number[i * rows->places + place] & other) | (d->zone & ~other);
    return (struct qon_choice){zone | -(uint32_t)stays, local, false, 0}; // NOWHERE is all bits
}

static bool affordable(const struct qon_world *world, const struct qon_decider *d, const struct qon_choice *choice) {
    const uint32_t to[2] = {choice->destination, d->zone};
    bool stays = choice->destination == NOWHERE;
    return stays | (qon_move_cost_tiyn(world, d->zone, to[stays], d->travellers) <= d->savings_tiyn);
}

// Keeps of the row of decider `from` what it can afford, as row `to`.
static void row_narrow(const struct qon_world *world, const struct qon_decider *d, struct rows *rows, uint32_t from, uint32_t to) {
    uint32_t places = rows->places, taken[QON_RACE_ALTERNATIVES], count = 0;
    uint32_t *number = rows->number + (size_t)to * places;
    double *weight = rows->weight + (size_t)to * places;
    memmove(number, rows->number + (size_t)from * places, places * sizeof *number);
    memmove(weight, rows->weight + (size_t)from * places, places * sizeof *weight);
    rows->id[to] = rows->id[from];
    for (uint32_t k = LOCAL; k < places; k++) {
        taken[count] = k;
        count += weight[k] > 0;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t k = taken[i], zone = k == LOCAL ? d->zone : number[k];
        weight[k] = where(qon_move_cost_tiyn(world, d->zone, zone, d->travellers) <= d->savings_tiyn, weight[k]);
    }
}

// First all run; who cannot afford the winner runs again among what can be afforded.
static void rows_race(const struct qon_world *world, const struct qon_decider *deciders, struct rows *rows, struct qon_choice *choices) {
    const struct qon_kernels *kernels = world->model->kernels;
    uint32_t again[QON_CHOICE_BATCH], row[QON_CHOICE_BATCH], agains = 0;
    struct qon_race race = {qon_month_key(world, QON_DRAW_CHOICE),
                            rows->count,
                            rows->places,
                            rows->id,
                            rows->number,
                            false,
                            rows->weight,
                            NULL,
                            rows->best,
                            NULL};
    kernels->race(&race);
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t who = rows->who[i];
        choices[who] = choice_of(rows, &deciders[who], i);
        again[agains] = who;
        row[agains] = i;
        agains += !affordable(world, &deciders[who], &choices[who]);
    }
    for (uint32_t j = 0; j < agains; j++) {
        row_narrow(world, &deciders[again[j]], rows, row[j], j);
    }
    race.deciders = agains;
    if (agains > 0) {
        kernels->race(&race);
    }
    for (uint32_t j = 0; j < agains; j++) {
        choices[again[j]] = choice_of(rows, &deciders[again[j]], j);
        choices[again[j]].illiquid = true;
    }
}

void qon_choose_batch(const struct qon_world *world, const struct qon_decider *deciders, uint32_t count, struct qon_choice *choices) {
    const struct qon_model *m = world->model;
    uint32_t mask[QON_CHOICE_BATCH], most = ((uint32_t)(KNOWN + m->known_count) + 7) / 8 * 8;
    struct rows narrow, wide;
    QON_REQUIRE(count <= QON_CHOICE_BATCH && most <= WIDE);
    narrow.places = most < NARROW ? most : NARROW;
    wide.places = most;
    narrow.count = wide.count = 0;
    considered(m, deciders, count, mask);
    for (uint32_t i = 0; i < count; i++) { // to both, kept in one
        bool fits = KNOWN + qon_bits_count(mask[i]) <= narrow.places;
        narrow.who[narrow.count] = wide.who[wide.count] = i;
        narrow.count += fits;
        wide.count += !fits;
    }
    rows_fill(world, deciders, mask, &narrow);
    rows_fill(world, deciders, mask, &wide);
    rows_race(world, deciders, &narrow, choices);
    if (wide.count > 0) {
        rows_race(world, deciders, &wide, choices);
    }
}
