// SPDX-License-Identifier: GPL-3.0-or-later
// Markets respond at the end of a month: rents to households, wage levels to tightness, networks to moves. ODD tags M-RENT-1, M-WAGE-1,
// M-NETWORK-1. With feedback.markets off, only the common growth of prices remains.
#include "model.h"

static const double STEP_MOST = 0.02; // most that a zone's wage level departs from the trend in a month, in logs

static double clamp(double x, double most) {
    return x > most ? most : x < -most ? -most : x;
}

// Vacancies per seeker in a zone, of the matching of this month (the hired among both).
static double tightness(const struct qon_world *world, int32_t zone) {
    int32_t combos = world->occupations * world->skills;
    int64_t vacancies = 0, seekers = 0;
    for (int32_t c = 0; c < combos; c++) {
        int64_t cell = (int64_t)zone * combos + c;
        vacancies += world->places.vacancies[cell];
        seekers += world->tally.seekers[cell] + world->places.hires[cell];
    }
    return ((double)vacancies + 1) / ((double)seekers + 1);
}

static void wages(struct qon_world *world, int32_t zone) {
    const struct qon_settings *set = &world->scenario->settings;
    int32_t combos = world->occupations * world->skills;
    double theta = tightness(world, zone);
    if (!(world->places.tightness_start[zone] > 0)) {
        world->places.tightness_start[zone] = theta; // the first month
    }
    double response = set->labour.wage_tightness_elasticity * qon_log(theta / world->places.tightness_start[zone]);
    response = set->feedback.markets ? clamp(response, STEP_MOST) : 0;
    double growth = qon_exp(qon_log(1 + set->labour.wage_growth_year) / 12 + response);
    for (int32_t c = 0; c < combos; c++) {
        world->places.wage_tiyn[(int64_t)zone * combos + c] *= growth;
    }
}

static void rents(struct qon_world *world, int32_t zone) {
    const struct qon_settings *set = &world->scenario->settings;
    double households = qon_log((double)world->tally.households[zone] + 1);
    double response = (households - world->places.households_log[zone]) / set->feedback.housing_elasticity;
    world->places.households_log[zone] = households;
    response = set->feedback.markets ? response : 0;
    world->places.rent_tiyn[zone] *= qon_exp(qon_log(1 + set->labour.wage_growth_year) / 12 + response);
}

static void respond(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    struct qon_world *world = context;
    double kept = 1 - world->scenario->settings.feedback.network_decay_year / 12;
    for (int64_t z = begin; z < end; z++) {
        wages(world, (int32_t)z);
        rents(world, (int32_t)z);
        for (int64_t pair = z * world->zones; pair < (z + 1) * world->zones; pair++) {
            double moved = pair == z * world->zones + z ? 0 : (double)world->tally.flow_persons[pair];
            world->places.network[pair] =
                world->scenario->settings.feedback.markets ? world->places.network[pair] * kept + moved : world->places.network[pair];
        }
    }
}

void qon_feedback(struct qon_world *world) {
    qon_par_for(world->zones, 8, respond, world);
}
