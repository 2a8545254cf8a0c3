// SPDX-License-Identifier: GPL-3.0-or-later
// Utilities of zones: what everybody of a kind shares, computed once a month. ODD tags M-CHOICE-1 (utility), M-CHOICE-3 (consideration).
//
//   V(h,d) = by ln Y + ba amenity(d) - br ln rent(d)        place_weight[profile][d] = exp of this part
//          + bn ln(1 + network per 1000) - k0 - k1 ln(km/100) - k3 [climate differs]     route_weight[o][d] = exp of this part
//          - k2 (members - 1) + kin [d = kin] + home [d = o]    personal, in relocation.c
//   Y = p w + (1 - p) b w, p the employed share of the cell, drawn towards that of the zone where the cell is small.
//
// The choice is then an exponential race, the smallest of -ln u / e^V, so a zone costs one logarithm and no exp.
// source: McFadden 1974; Harris and Todaro 1970; Beine, Docquier, Ozden 2011.
#include "relocation.h"

#include <math.h>
#include <stdlib.h>

static const double CELL_PRIOR = 50; // persons: a cell of this size counts half for itself, half for its zone

// Great circle on a sphere of 6,371 km, in whole tenths of a km so that the C library's last bits do not matter.
static double great_circle_km(double lon1, double lat1, double lon2, double lat2) {
    const double degree = 0.017453292519943295;
    double a = sin((lat2 - lat1) * degree / 2), b = sin((lon2 - lon1) * degree / 2);
    double h = a * a + cos(lat1 * degree) * cos(lat2 * degree) * b * b;
    double km = 2 * 6371 * asin(sqrt(h < 1 ? h : 1));
    return floor(km * 10 + 0.5) / 10;
}

static void distances_make(struct qon_world *world) {
    const struct qon_tables *t = &world->scenario->tables;
    struct qon_model *m = world->model;
    int32_t zones = world->zones;
    for (int32_t o = 0; o < zones; o++) {
        for (int32_t d = 0; d < zones; d++) {
            double km = great_circle_km(t->zones.lon_deg[o], t->zones.lat_deg[o], t->zones.lon_deg[d], t->zones.lat_deg[d]);
            // Zones have an extent: nobody's way is shorter than half the radius of a disc of the area of the larger one.
            double area = t->zones.area_km2[o] > t->zones.area_km2[d] ? t->zones.area_km2[o] : t->zones.area_km2[d];
            double least = floor(sqrt(area / 3.141592653589793) * 5 + 0.5) / 10;
            m->distance_km[(int64_t)o * zones + d] = km > least ? km : least > 1 ? least : 1;
        }
    }
    for (int64_t i = 0; i < t->distances.rows; i++) {
        for (int32_t a = m->region_first[t->distances.origin[i]]; a < m->region_first[t->distances.origin[i] + 1]; a++) {
            for (int32_t b = m->region_first[t->distances.destination[i]]; b < m->region_first[t->distances.destination[i] + 1]; b++) {
                if (t->distances.origin[i] != t->distances.destination[i]) {
                    m->distance_km[(int64_t)m->region_zones[a] * zones + m->region_zones[b]] =
                        t->distances.km[i] > 1 ? t->distances.km[i] : 1;
                }
            }
        }
    }
}

struct informed {
    double information;
    uint32_t zone;
};

static int most_informed_first(const void *a, const void *b) {
    const struct informed *x = a, *y = b;
    if (x->information != y->information) {
        return x->information > y->information ? -1 : 1;
    }
    return x->zone < y->zone ? -1 : x->zone > y->zone;
}

// The zones that people of each origin know of, from residents at the start and distance.
static void known_make(struct qon_world *world, struct informed *list) {
    const struct qon_settings *set = &world->scenario->settings;
    struct qon_model *m = world->model;
    int32_t zones = world->zones;
    double total = 0;
    for (int32_t z = 0; z < zones; z++) {
        total += world->anchors.population[z];
    }
    for (int32_t o = 0; o < zones; o++) {
        int32_t count = 0;
        for (int32_t d = 0; d < zones; d++) {
            double share = total > 0 ? world->anchors.population[d] / total : 0;
            double km = m->distance_km[(int64_t)o * zones + d];
            double information = share <= 0 ? 0
                                            : qon_exp(set->choice.information_population_weight * qon_log(share) -
                                                      set->choice.information_distance_weight * qon_log(km / 100));
            if (d != o) {
                list[count++] = (struct informed){information, (uint32_t)d};
            }
        }
        qsort(list, (size_t)count, sizeof *list, most_informed_first);
        for (int32_t k = m->known_count; k < QON_LIST_PLACES; k++) {
            m->known.zone[(int64_t)o * QON_LIST_PLACES + k] = QON_NOWHERE;
        }
        for (int32_t k = 0; k < m->known_count; k++) {
            double considered = 1 - qon_exp(-set->choice.information_scale * list[k].information);
            int64_t place = (int64_t)o * QON_LIST_PLACES + k;
            m->known.zone[place] = list[k].zone;
            m->known.threshold[place] = (uint32_t)(considered * 4294967295.0);
            m->known.number[place] = qon_draw_number(qon_life_key(world, QON_DRAW_CONSIDER), list[k].zone);
        }
    }
}

// Share of the zone's labour force (without the informal) that has a job. Without markets everybody counts on a job: chances are part of
// them.
static double employed_share(const struct qon_world *world, int32_t zone) {
    if (!world->scenario->settings.feedback.markets) {
        return 1;
    }
    const int64_t *labour = world->tally.labour + (int64_t)zone * QON_LABOURS;
    return ((double)labour[QON_EMPLOYED] + 1) / ((double)labour[QON_EMPLOYED] + (double)labour[QON_UNEMPLOYED] + 2);
}

// Parts of utility that everybody in a zone shares.
struct zone_parts {
    double amenity, rent;
};

static struct zone_parts zone_parts_of(const struct qon_world *world, int32_t zone) {
    const struct qon_settings *set = &world->scenario->settings;
    return (struct zone_parts){set->choice.amenity_weight * world->scenario->tables.zones.amenity[zone],
                               -(set->choice.rent_weight * qon_log(world->places.rent_tiyn[zone]))};
}

// Chance of work of a profile; 0 for those who do not look for it. zone_share: of the zone's labour force.
static double share_of(const struct qon_world *world, int32_t zone, int32_t profile, double zone_share) {
    int32_t combos = world->occupations * world->skills;
    if (profile >= combos) {
        return profile == combos + QON_PROFILE_WORKER ? zone_share : 0;
    }
    if (!world->scenario->settings.feedback.markets) {
        return 1;
    }
    int64_t cell = (int64_t)zone * combos + profile;
    double staff = (double)world->tally.staff[cell], seekers = (double)world->tally.seekers[cell];
    return (staff + CELL_PRIOR * zone_share) / (staff + seekers + CELL_PRIOR);
}

static struct qon_prospect prospect_of(const struct qon_world *world, int32_t zone, int32_t profile, double employed_share) {
    const struct qon_settings *set = &world->scenario->settings;
    const struct qon_model *m = world->model;
    int32_t combos = world->occupations * world->skills;
    struct qon_prospect out = {.income_tiyn = 1, .employed_share = employed_share};
    out.wage_tiyn = profile < combos                         ? world->places.wage_tiyn[(int64_t)zone * combos + profile]
                    : profile == combos + QON_PROFILE_WORKER ? m->zone_wage[zone]
                                                             : 0;
    if (out.wage_tiyn > 0) {
        out.income_tiyn = out.wage_tiyn * (employed_share + (1 - employed_share) * set->labour.unemployed_income_share);
    }
    out.utility = out.income_tiyn > 1 ? set->choice.income_weight * qon_log(out.income_tiyn) : 0;
    // Pensioners and others without a wage live on something: what programmes add is measured against it.
    out.income_tiyn = out.income_tiyn > 1 ? out.income_tiyn : m->zone_wage[zone] * set->labour.unemployed_income_share;
    return out;
}

static void place_weights(struct qon_world *world, int32_t zone) {
    struct qon_model *m = world->model;
    struct zone_parts parts = zone_parts_of(world, zone);
    double base = parts.amenity + parts.rent, share = employed_share(world, zone);
    for (int32_t c = 0; c < world->occupations * world->skills + QON_PROFILES_EXTRA; c++) {
        struct qon_prospect prospect = prospect_of(world, zone, c, share_of(world, zone, c, share));
        m->place_income[(int64_t)c * world->zones + zone] = prospect.income_tiyn;
        m->place_weight[(int64_t)c * world->zones + zone] = qon_exp(base + prospect.utility);
    }
}

enum qon_status qon_chances_keep(struct qon_world *world) {
    struct qon_model *m = world->model;
    int32_t profiles = world->occupations * world->skills + QON_PROFILES_EXTRA;
    enum qon_status status =
        m->probe_share == NULL ? qon_take(&m->probe_share, (size_t)profiles * (size_t)world->zones, sizeof *m->probe_share) : QON_OK;
    for (int32_t zone = 0; status == QON_OK && zone < world->zones; zone++) {
        double share = employed_share(world, zone);
        for (int32_t c = 0; c < profiles; c++) {
            m->probe_share[(int64_t)c * world->zones + zone] = share_of(world, zone, c, share);
        }
    }
    return status;
}

void qon_place_parts(const struct qon_world *world, uint32_t zone, uint32_t profile, struct qon_prospect *prospect,
                     double part[QON_UTILITY_PARTS]) {
    struct zone_parts parts = zone_parts_of(world, (int32_t)zone);
    double share = world->model->probe_share[(int64_t)profile * world->zones + zone];
    *prospect = prospect_of(world, (int32_t)zone, (int32_t)profile, share);
    part[QON_PART_amenity] = parts.amenity;
    part[QON_PART_rent] = parts.rent;
    part[QON_PART_income] = prospect->utility;
}

// Of a way between zones: the network helps, the rest are costs (positive here).
struct route_parts {
    double per_1000; // earlier movers
    double network, fixed, distance, climate, local;
};

static double origin_thousands(const struct qon_model *m, int32_t origin) {
    return m->zone_population[origin] / 1000 > 0.001 ? m->zone_population[origin] / 1000 : 0.001;
}

static struct route_parts route_parts_of(const struct qon_world *world, int32_t origin, int32_t destination) {
    const struct qon_settings *set = &world->scenario->settings;
    const struct qon_model *m = world->model;
    int64_t pair = (int64_t)origin * world->zones + destination;
    double thousands = origin_thousands(m, origin);
    bool same_region =
        m->zone_region[origin] == m->zone_region[destination]; // everybody has acquaintances there: local_cost stands for them
    struct route_parts out = {.per_1000 = world->places.network[pair] / thousands, .fixed = set->choice.cost_fixed};
    out.network = same_region ? 0 : set->choice.network_weight * qon_log(1 + out.per_1000);
    out.distance = set->choice.cost_distance * qon_log(m->distance_km[pair] / 100);
    out.climate = m->zone_climate[origin] != m->zone_climate[destination] ? set->choice.cost_climate : 0;
    out.local = same_region ? world->scenario->tables.zones.local_cost[origin] : 0;
    return out;
}

double qon_route_parts(const struct qon_world *world, uint32_t origin, uint32_t destination, bool local, double part[QON_UTILITY_PARTS]) {
    struct route_parts parts = route_parts_of(world, (int32_t)origin, (int32_t)destination);
    if (local) {
        part[QON_PART_cost_fixed] = -world->scenario->settings.choice.cost_local;
        part[QON_PART_cost_local] = -world->scenario->tables.zones.local_cost[origin];
        return 0;
    }
    part[QON_PART_network] = parts.network;
    part[QON_PART_cost_fixed] = -parts.fixed;
    part[QON_PART_cost_distance] = -parts.distance;
    part[QON_PART_cost_climate] = -parts.climate;
    part[QON_PART_cost_local] = -parts.local;
    return parts.per_1000;
}

// What never changes: the utility that a move costs, and e to the power of minus it, the weight of a way that nobody has gone.
void qon_choice_routes(struct qon_world *world) {
    for (int32_t o = 0; o < world->zones; o++) {
        for (int32_t d = 0; d < world->zones; d++) {
            int64_t pair = (int64_t)o * world->zones + d;
            struct route_parts parts = route_parts_of(world, o, d);
            double cost = parts.fixed + parts.distance;
            cost += parts.climate;
            cost += parts.local;
            world->model->route_cost[pair] = cost;
            world->model->route_far[pair] = qon_exp(-cost);
        }
    }
}

static void route_weights(struct qon_world *world, int32_t origin) {
    const struct qon_settings *set = &world->scenario->settings;
    const struct qon_table_zones *t = &world->scenario->tables.zones;
    struct qon_model *m = world->model;
    int32_t zones = world->zones;
    double thousands = origin_thousands(m, origin);
    for (int32_t d = 0; d < zones; d++) {
        int64_t pair = (int64_t)origin * zones + d;
        bool gone = m->zone_region[origin] != m->zone_region[d] && world->places.network[pair] > 0;
        m->route_weight[pair] =
            gone ? qon_exp(set->choice.network_weight * qon_log(1 + world->places.network[pair] / thousands) - m->route_cost[pair])
                 : m->route_far[pair];
    }
    for (int32_t k = 0; k < m->known_count; k++) {
        int64_t place = (int64_t)origin * QON_LIST_PLACES + k;
        m->known.weight[place] = m->route_weight[(int64_t)origin * zones + m->known.zone[place]];
    }
    m->local_weight[origin] = t->local_moves[origin] ? qon_exp(-set->choice.cost_local - t->local_cost[origin]) : 0;
}

static void prepare_zones(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    for (int64_t z = begin; z < end; z++) {
        place_weights(context, (int32_t)z);
        route_weights(context, (int32_t)z);
    }
}

void qon_choice_prepare(struct qon_world *world) {
    qon_par_for(world->zones, 8, prepare_zones, world);
}

enum qon_status qon_choice_init(struct qon_world *world) {
    enum qon_status status = QON_OK;
    struct qon_model *m = world->model;
    size_t zones = (size_t)world->zones;
    size_t profiles = (size_t)world->occupations * (size_t)world->skills + QON_PROFILES_EXTRA;
    struct informed *list = NULL;
    int32_t most = world->scenario->settings.choice.considered_most;
    m->known_count = most < world->zones - 1 ? most : world->zones - 1;
    QON_TRY(qon_take(&list, zones, sizeof *list));
    QON_TRY(qon_take(&m->distance_km, zones * zones, sizeof *m->distance_km));
    QON_TRY(qon_take(&m->known.zone, zones * QON_LIST_PLACES, sizeof *m->known.zone));
    QON_TRY(qon_take(&m->known.threshold, zones * QON_LIST_PLACES, sizeof *m->known.threshold));
    QON_TRY(qon_take(&m->known.number, zones * QON_LIST_PLACES, sizeof *m->known.number));
    QON_TRY(qon_take(&m->known.weight, zones * QON_LIST_PLACES, sizeof *m->known.weight));
    QON_TRY(qon_take(&m->place_weight, profiles * zones, sizeof *m->place_weight));
    QON_TRY(qon_take(&m->place_income, profiles * zones, sizeof *m->place_income));
    QON_TRY(qon_take(&m->route_weight, zones * zones, sizeof *m->route_weight));
    QON_TRY(qon_take(&m->local_weight, zones, sizeof *m->local_weight));
    QON_TRY(qon_take(&m->route_cost, zones * zones, sizeof *m->route_cost));
    QON_TRY(qon_take(&m->route_far, zones * zones, sizeof *m->route_far));
    distances_make(world);
    qon_choice_routes(world);
    known_make(world, list);
done:
    qon_free(list);
    return status;
}
