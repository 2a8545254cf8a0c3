// SPDX-License-Identifier: GPL-3.0-or-later
// Runs the baseline for its first year and measures it by region, for the test of its believability and for the fitting of constants.
#ifndef QONYS_TESTS_BASELINE_H
#define QONYS_TESTS_BASELINE_H

#include <qonys/input.h>
#include <qonys/memory.h>
#include <qonys/step.h>
#include <qonys/synthesis.h>
#include <stdlib.h>
#include <string.h>

enum { BASELINE_REGIONS = 64, BASELINE_ZONES = 128 };

struct baseline {
    int32_t regions, zones;
    double persons_start[BASELINE_REGIONS];
    double flow[BASELINE_REGIONS][BASELINE_REGIONS];          // moves of the year between regions
    double zone_in[BASELINE_ZONES], zone_out[BASELINE_ZONES]; // to and from zones of other regions
    double between[BASELINE_ZONES], local[BASELINE_ZONES];    // to the region's other zone; within the zone
    double births[BASELINE_REGIONS], deaths[BASELINE_REGIONS];
    double labour_force[BASELINE_REGIONS], unemployed[BASELINE_REGIONS]; // mean of the year
    double movers_by_age[QON_AGES], persons_by_age[QON_AGES];            // movers between zones, age at the year's end
    double interregional, within;
    double considered, illiquid, hires, separations, vacancies;
};

static void baseline_month(struct baseline *b, const struct qon_world *w) {
    const struct qon_table_zones *t = &w->scenario->tables.zones;
    const struct qon_tally *y = &w->tally;
    double scale = w->scenario->scale;
    for (int32_t o = 0; o < w->zones; o++) {
        int32_t ro = t->region[o];
        for (int32_t d = 0; d < w->zones; d++) {
            double n = scale * (double)y->flow_persons[(int64_t)o * w->zones + d];
            int32_t rd = t->region[d];
            if (ro != rd) {
                b->flow[ro][rd] += n;
                b->zone_out[o] += n;
                b->zone_in[d] += n;
                b->interregional += n;
            } else {
                *(o == d ? &b->local[o] : &b->between[o]) += n;
                b->within += n;
            }
        }
        b->births[ro] += scale * (double)y->events[(int64_t)QON_EVENT_births * w->zones + o];
        b->deaths[ro] += scale * (double)y->events[(int64_t)QON_EVENT_deaths * w->zones + o];
        b->considered += scale * (double)y->events[(int64_t)QON_EVENT_considered * w->zones + o];
        b->illiquid += scale * (double)y->events[(int64_t)QON_EVENT_illiquid * w->zones + o];
        b->hires += scale * (double)y->events[(int64_t)QON_EVENT_hires * w->zones + o];
        b->separations += scale * (double)y->events[(int64_t)QON_EVENT_separations * w->zones + o];
        const int64_t *labour = y->labour + (int64_t)o * QON_LABOURS;
        b->unemployed[ro] += scale * (double)labour[QON_UNEMPLOYED] / 12;
        b->labour_force[ro] += scale * (double)(labour[QON_UNEMPLOYED] + labour[QON_EMPLOYED] + labour[QON_SELF_EMPLOYED]) / 12;
    }
    for (int64_t c = 0; c < w->cells; c++) {
        b->vacancies += scale * (double)w->places.vacancies[c] / 12;
    }
}

static void baseline_ages(struct baseline *b, const struct qon_world *w) {
    for (uint32_t k = 0; k < w->blocks; k++) {
        const struct qon_persons *p = &w->block[k].persons;
        for (uint32_t row = 0; row < p->count; row++) {
            if (p->status[row] == QON_GONE) {
                continue;
            }
            int32_t age = qon_age_years(w->month, p->birth_month[row]);
            age = age < QON_AGES ? age : QON_AGES - 1;
            b->persons_by_age[age]++;
            b->movers_by_age[age] +=
                p->arrival_month[row] >= w->scenario->start && p->legal[row] <= QON_KANDAS && p->origin[row] < w->zones;
        }
    }
}

// Synthesis and `months` months (usually 12). *world is kept for further looks when not NULL (free it with qon_world_free).
static enum qon_status baseline_run(struct baseline *b, const struct qon_scenario *scenario, int months, struct qon_world *keep,
                                    struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct qon_world world = {0};
    memset(b, 0, sizeof *b);
    QON_TRY(qon_synthesis(&world, scenario, faults));
    QON_TRY(qon_model_init(&world, faults));
    b->regions = world.regions;
    b->zones = world.zones;
    for (int32_t z = 0; z < world.zones; z++) {
        b->persons_start[scenario->tables.zones.region[z]] += (double)scenario->tables.zones.persons[z];
    }
    for (int i = 0; i < months; i++) {
        QON_TRY(qon_step(&world, faults));
        baseline_month(b, &world);
    }
    baseline_ages(b, &world);
done:
    if (keep != NULL && status == QON_OK) {
        *keep = world;
    } else {
        qon_model_free(&world);
        qon_world_free(&world);
    }
    return status;
}

// Reads origin,destination,persons of targets/migration_od_2015.csv into od (regions by id). The file's text columns come last.
static bool baseline_od(const struct qon_scenario *scenario, const char *file, double od[BASELINE_REGIONS][BASELINE_REGIONS]) {
    FILE *f = fopen(file, "r");
    char line[1024], origin[32], destination[32];
    double persons;
    bool found = false;
    if (f == NULL) {
        return false;
    }
    memset(od, 0, sizeof(double) * BASELINE_REGIONS * BASELINE_REGIONS);
    while (fgets(line, sizeof line, f) != NULL) {
        if (sscanf(line, "%*d,%31[^,],%31[^,],%lf", origin, destination, &persons) == 3) {
            int32_t o = -1, d = -1;
            for (int32_t r = 0; r < scenario->tables.regions.rows; r++) {
                o = strcmp(scenario->tables.regions.id[r], origin) == 0 ? r : o;
                d = strcmp(scenario->tables.regions.id[r], destination) == 0 ? r : d;
            }
            if (o >= 0 && d >= 0) {
                od[o][d] = persons;
                found = true;
            }
        }
    }
    fclose(f);
    return found;
}

// Sum of minima over sum, the target scaled to the model's volume (common part of commuters).
static double baseline_overlap(const struct baseline *b, double od[BASELINE_REGIONS][BASELINE_REGIONS]) {
    double total = 0, minima = 0;
    for (int32_t o = 0; o < b->regions; o++) {
        for (int32_t d = 0; d < b->regions; d++) {
            total += od[o][d];
        }
    }
    for (int32_t o = 0; o < b->regions; o++) {
        for (int32_t d = 0; d < b->regions; d++) {
            double target = od[o][d] * b->interregional / total;
            minima += target < b->flow[o][d] ? target : b->flow[o][d];
        }
    }
    return b->interregional > 0 ? minima / b->interregional : 0;
}

#endif
