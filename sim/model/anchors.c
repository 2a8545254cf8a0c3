// SPDX-License-Identifier: GPL-3.0-or-later
// Anchors: factors that tie national schedules to the rates of each zone, fixed by the population at the start. ODD tag M-ANCHOR-1.
//
// A zone's deaths of the first year are its crude death rate times its residents: factor = rate * residents / sum of the schedule over
// them. Births likewise, over women by union; emigration over those who decide, each with those who would go along.
#include "model.h"

#include <string.h>

struct sums {
    struct qon_world *world;
    double *births;     // [block * zones + zone]: schedule over women
    double *emigrants;  // [block * zones + zone]: schedule over deciders times travellers
    double *in_force;   // labour force
    double *takes_part; // participation schedule over persons of 16 and over
};

static void add_person(const struct sums *s, const struct qon_block *block, uint32_t row, int64_t at) {
    struct qon_world *world = s->world;
    const struct qon_model *m = world->model;
    const struct qon_persons *p = &block->persons;
    uint32_t household = p->household[row];
    int32_t age = (world->month + 6 - p->birth_month[row]) / 12; // at the middle of the first year, as the calendar has it
    age = age < 0 ? 0 : age > QON_AGES - 1 ? QON_AGES - 1 : age;
    uint8_t role = p->role[row];
    if (p->sex[row] == QON_FEMALE && m->birth_rate[age] > 0 && !qon_is_permit(p->legal[row])) {
        bool coupled = role <= QON_SPOUSE && block->households.coupled[household];
        const struct qon_settings *set = &world->scenario->settings;
        s->births[at] += m->birth_rate[age] * (coupled ? set->demography.birth_coupled_factor : set->demography.birth_single_factor);
    }
    if (age >= 18 && role != QON_SPOUSE && !qon_is_foreign(p->legal[row])) {
        s->emigrants[at] += m->rogers[age] * (role == QON_HEAD ? block->households.members[household] : 1);
    }
    if (age >= 16) {
        uint8_t status = p->status[row];
        s->in_force[at] += status == QON_EMPLOYED || status == QON_SELF_EMPLOYED || status == QON_UNEMPLOYED;
        s->takes_part[at] += m->participation[p->sex[row]][age];
    }
}

static void sum_blocks(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    const struct sums *s = context;
    for (int64_t b = begin; b < end; b++) {
        const struct qon_block *block = &s->world->block[b];
        for (uint32_t row = 0; row < block->persons.count; row++) {
            if (block->persons.status[row] != QON_GONE) {
                add_person(s, block, row, b * s->world->zones + block->households.zone[block->persons.household[row]]);
            }
        }
    }
}

// Added in block order, so that the sum does not depend on threads.
static double over_blocks(const struct qon_world *world, const double *sums, int32_t zone) {
    double total = 0;
    for (int64_t b = 0; b < world->blocks; b++) {
        total += sums[b * world->zones + zone];
    }
    return total;
}

// Deaths of a year when the schedule is scaled by `factor`.
static double deaths_by_schedule(const struct qon_world *world, int32_t zone, double factor) {
    const struct qon_tally *t = &world->tally;
    double deaths = 0;
    for (int sex = 0; sex < 2; sex++) {
        const int64_t *cohort = t->cohort + ((int64_t)zone * 2 + sex) * t->cohorts;
        for (int32_t c = 0; c < t->cohorts; c++) {
            int32_t age = (world->month + 6 - (t->cohort_from + c)) / 12;
            age = age < 0 ? 0 : age > QON_AGES - 1 ? QON_AGES - 1 : age;
            deaths += (double)cohort[c] * (1 - qon_exp(-factor * world->model->death_rate[sex][age]));
        }
    }
    return deaths;
}

static double ratio(double a, double b) {
    return b > 0 ? a / b : 0;
}

static double region_emigrants(const struct qon_world *world, int32_t region) {
    return qon_external_year(world, "emigration", region) / world->scenario->scale;
}

static void set_zone(struct qon_world *world, const struct sums *s, int32_t zone) {
    const struct qon_table_zones *t = &world->scenario->tables.zones;
    const struct qon_model *m = world->model;
    struct qon_anchors *a = &world->anchors;
    double residents = a->population[zone];
    double deaths = t->deaths_per_1000_year[zone] / 1000 * residents;
    a->death_factor[zone] = deaths > 0 ? 1 : 0;
    for (int round = 0; round < 8; round++) { // nearly linear in the factor: each round gains two digits
        a->death_factor[zone] *= ratio(deaths, deaths_by_schedule(world, zone, a->death_factor[zone]));
    }
    a->birth_factor[zone] = ratio(t->births_per_1000_year[zone] / 1000 * residents, over_blocks(world, s->births, zone));
    a->participation[zone] = ratio(over_blocks(world, s->in_force, zone), over_blocks(world, s->takes_part, zone));
    double region = 0;
    int32_t r = m->zone_region[zone];
    for (int32_t i = m->region_first[r]; i < m->region_first[r + 1]; i++) {
        region += over_blocks(world, s->emigrants, (int32_t)m->region_zones[i]);
    }
    a->emigration_rate[zone] = ratio(region_emigrants(world, r) / 12, region);
}

static double most_of(const double *values, int32_t count) {
    double most = 0;
    for (int32_t i = 0; i < count; i++) {
        most = values[i] > most ? values[i] : most;
    }
    return most;
}

void qon_anchors_caps(struct qon_world *world) {
    const struct qon_settings *set = &world->scenario->settings;
    const struct qon_anchors *a = &world->anchors;
    struct qon_model *m = world->model;
    double coupled = set->demography.birth_coupled_factor, single = set->demography.birth_single_factor, rogers = 0;
    for (int age = 18; age < QON_AGES; age++) {
        rogers = m->rogers[age] > rogers ? m->rogers[age] : rogers;
    }
    m->death_factor_max = most_of(a->death_factor, world->zones);
    m->birth_factor_max = most_of(a->birth_factor, world->zones) * (coupled > single ? coupled : single);
    m->emigration_zone_max = most_of(a->emigration_rate, world->zones);
    m->emigration_rate_max = m->emigration_zone_max * rogers;
}

enum qon_status qon_anchors_make(struct qon_world *world) {
    enum qon_status status = QON_OK;
    struct qon_anchors *a = &world->anchors;
    size_t zones = (size_t)world->zones;
    struct sums sums = {world, NULL, NULL, NULL, NULL};
    double **scratch[] = {&sums.births, &sums.emigrants, &sums.in_force, &sums.takes_part};
    for (size_t i = 0; i < sizeof scratch / sizeof scratch[0]; i++) {
        QON_TRY(qon_take(scratch[i], zones * world->blocks, sizeof(double)));
    }
    qon_clock(world); // residents and wages of the first month
    memcpy(a->population, world->model->zone_population, zones * sizeof(double));
    memcpy(a->wage, world->model->zone_wage, zones * sizeof(double));
    qon_par_for(world->blocks, 1, sum_blocks, &sums);
    for (size_t i = 0; i < sizeof scratch / sizeof scratch[0] && world->ranks > 1; i++) {
        // Each block's sums are of one rank and zero on the others: by their bits, that is no addition at all.
        _Static_assert(sizeof(double) == sizeof(int64_t), "a number is handed on by its bits");
        qon_ranks_sum_i64((int64_t *)(void *)*scratch[i], (int64_t)zones * world->blocks);
    }
    for (int32_t z = 0; z < world->zones; z++) {
        set_zone(world, &sums, z);
    }
    a->made = 1;
done:
    qon_free(sums.births);
    qon_free(sums.emigrants);
    qon_free(sums.in_force);
    qon_free(sums.takes_part);
    return status;
}
