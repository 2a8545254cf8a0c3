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
#include "model.h"

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
        for (int32_t k = 0; k < m->known_count; k++) {
            double considered = 1 - qon_exp(-set->choice.information_scale * list[k].information);
            m->known[(int64_t)o * m->known_count + k] = (struct qon_known){list[k].zone, (uint32_t)(considered * 4294967295.0)};
        }
    }
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
    QON_TRY(qon_take(&m->known, zones * (size_t)m->known_count, sizeof *m->known));
    QON_TRY(qon_take(&m->known_weight, zones * (size_t)m->known_count, sizeof *m->known_weight));
    QON_TRY(qon_take(&m->place_weight, profiles * zones, sizeof *m->place_weight));
    QON_TRY(qon_take(&m->place_income, profiles * zones, sizeof *m->place_income));
    QON_TRY(qon_take(&m->route_weight, zones * zones, sizeof *m->route_weight));
    QON_TRY(qon_take(&m->local_weight, zones, sizeof *m->local_weight));
    distances_make(world);
    known_make(world, list);
done:
    qon_free(list);
    return status;
}

// Share of the zone's labour force (without the informal) that has a job.
static double employed_share(const struct qon_world *world, int32_t zone) {
    const int64_t *labour = world->tally.labour + (int64_t)zone * QON_LABOURS;
    return ((double)labour[QON_EMPLOYED] + 1) / ((double)labour[QON_EMPLOYED] + (double)labour[QON_UNEMPLOYED] + 2);
}

static void place_weights(struct qon_world *world, int32_t zone) {
    const struct qon_settings *set = &world->scenario->settings;
    struct qon_model *m = world->model;
    int32_t combos = world->occupations * world->skills;
    double base = set->choice.amenity_weight * world->scenario->tables.zones.amenity[zone] -
                  set->choice.rent_weight * qon_log(world->places.rent_tiyn[zone]);
    bool markets = set->feedback.markets; // without, everybody counts on a job: chances are part of the market
    double share = markets ? employed_share(world, zone) : 1;
    for (int32_t c = 0; c < combos + QON_PROFILES_EXTRA; c++) {
        double income = 1;
        if (c < combos) {
            int64_t cell = (int64_t)zone * combos + c;
            double staff = (double)world->tally.staff[cell], seekers = (double)world->tally.seekers[cell];
            double p = markets ? (staff + CELL_PRIOR * share) / (staff + seekers + CELL_PRIOR) : 1;
            income = world->places.wage_tiyn[cell] * (p + (1 - p) * set->labour.unemployed_income_share);
        } else if (c == combos + QON_PROFILE_WORKER) {
            income = m->zone_wage[zone] * (share + (1 - share) * set->labour.unemployed_income_share);
        }
        // Pensioners and others without a wage live on something: what programmes add is measured against it.
        m->place_income[(int64_t)c * world->zones + zone] = income > 1 ? income : m->zone_wage[zone] * set->labour.unemployed_income_share;
        double utility = base + (income > 1 ? set->choice.income_weight * qon_log(income) : 0);
        m->place_weight[(int64_t)c * world->zones + zone] = qon_exp(utility);
    }
}

static void route_weights(struct qon_world *world, int32_t origin) {
    const struct qon_settings *set = &world->scenario->settings;
    const struct qon_table_zones *t = &world->scenario->tables.zones;
    struct qon_model *m = world->model;
    int32_t zones = world->zones;
    double thousands = m->zone_population[origin] / 1000 > 0.001 ? m->zone_population[origin] / 1000 : 0.001;
    for (int32_t d = 0; d < zones; d++) {
        int64_t pair = (int64_t)origin * zones + d;
        bool same_region = m->zone_region[origin] == m->zone_region[d]; // where everybody has acquaintances: local_cost stands for them
        double network = same_region ? 0 : set->choice.network_weight * qon_log(1 + world->places.network[pair] / thousands);
        double cost = set->choice.cost_fixed + set->choice.cost_distance * qon_log(m->distance_km[pair] / 100);
        cost += m->zone_climate[origin] != m->zone_climate[d] ? set->choice.cost_climate : 0;
        cost += same_region ? t->local_cost[origin] : 0;
        m->route_weight[pair] = qon_exp(network - cost);
    }
    for (int32_t k = 0; k < m->known_count; k++) {
        int64_t place = (int64_t)origin * m->known_count + k;
        m->known_weight[place] = m->route_weight[(int64_t)origin * zones + m->known[place].zone];
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
