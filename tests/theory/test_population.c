// SPDX-License-Identifier: GPL-3.0-or-later
// Without migration the population is that of a cohort-component projection, made here from the schedules and the rates of the zones alone.
// ODD tags M-ANCHOR-1, M-CALENDAR-1, M-DEATH-1, M-BIRTH-1.
//
// The projection follows the definitions: deaths of a calendar year have the chance 1 - exp(-rate x factor) at the age reached in the
// middle of the year, evenly over its months; women bear at the rate x factor; a child born in a month is at risk from the next month on.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "checks.h"
#include "loading.h"
#include <qonys/synthesis.h>
#include <stdlib.h>

enum { ZONES = 4, PERSONS = 200000, YEARS = 5, GROUPS = 18, COHORTS = 12 * (112 + YEARS) };

struct projection {
    double persons[2][COHORTS]; // [sex][birth month - from], of one zone
    double dying[2][COHORTS];   // a month of this year
    int32_t from;
    double births, deaths;
};

struct rates {
    double death[2][101], birth[101];
};

static struct rates rates_of(const struct qon_scenario *scenario) {
    struct rates r = {0};
    const struct qon_table_schedules *t = &scenario->tables.schedules;
    for (int64_t i = 0; i < t->rows; i++) {
        int sex = t->sex[i][0] == 'm' ? QON_MALE : QON_FEMALE;
        r.death[sex][t->age[i]] = t->death_rate_year[i];
        if (sex == QON_FEMALE) {
            r.birth[t->age[i]] = t->birth_rate_year[i];
        }
    }
    return r;
}

static int age_in(int32_t january, int32_t birth) {
    int age = (january + 6 - birth) / 12;
    return age < 0 ? 0 : age > 100 ? 100 : age;
}

// The factor at which the schedule gives the crude number of deaths: by bisection, since deaths rise with it.
static double death_factor(const struct projection *p, const struct rates *r, int32_t january, double deaths) {
    double low = 0, high = 100;
    for (int i = 0; i < 80; i++) {
        double middle = 0.5 * (low + high), sum = 0;
        for (int sex = 0; sex < 2; sex++) {
            for (int c = 0; c < COHORTS; c++) {
                sum += p->persons[sex][c] * (1 - exp(-middle * r->death[sex][age_in(january, p->from + c)]));
            }
        }
        low = sum < deaths ? middle : low;
        high = sum < deaths ? high : middle;
    }
    return low;
}

static double birth_sum(const struct projection *p, const struct rates *r, int32_t january) {
    double sum = 0;
    for (int c = 0; c < COHORTS; c++) {
        sum += p->persons[QON_FEMALE][c] * r->birth[age_in(january, p->from + c)];
    }
    return sum;
}

static void project_year(struct projection *p, const struct rates *r, int32_t january, double deaths, double births) {
    for (int sex = 0; sex < 2; sex++) {
        for (int c = 0; c < COHORTS; c++) {
            p->dying[sex][c] = p->persons[sex][c] * (1 - exp(-deaths * r->death[sex][age_in(january, p->from + c)])) / 12;
        }
    }
    double at_risk = 1 - exp(-deaths * r->death[0][0]), at_risk_women = 1 - exp(-deaths * r->death[1][0]);
    double bearing = births * birth_sum(p, r, january) / 12; // less by those who have died before
    for (int month = 0; month < 12; month++) {
        double lost = 0;
        for (int sex = 0; sex < 2; sex++) {
            for (int c = 0; c < COHORTS; c++) {
                p->persons[sex][c] -= p->dying[sex][c];
                p->deaths += p->dying[sex][c];
                lost += sex == QON_FEMALE ? births * (month + 1) / 12 * p->dying[sex][c] * r->birth[age_in(january, p->from + c)] : 0;
            }
        }
        double born = bearing - lost;
        int c = january + month - p->from;
        p->births += born;
        p->persons[QON_MALE][c] += 0.515 * born;
        p->persons[QON_FEMALE][c] += 0.485 * born;
        p->dying[QON_MALE][c] = 0.515 * born * at_risk / 12;
        p->dying[QON_FEMALE][c] = 0.485 * born * at_risk_women / 12;
    }
}

static int group_of(int32_t month, int32_t birth) {
    int group = (month - birth) / 60; // the columns of those not born yet hold nobody
    return group < 0 ? 0 : group < GROUPS ? group : GROUPS - 1;
}

// Adds residents of all zones by sex and age group.
static void groups_add(const struct qon_world *w, double groups[2][GROUPS]) {
    for (int64_t i = 0; i < (int64_t)w->zones * 2 * w->tally.cohorts; i++) {
        int sex = (int)(i / w->tally.cohorts % 2);
        groups[sex][group_of(w->month, w->tally.cohort_from + (int32_t)(i % w->tally.cohorts))] += (double)w->tally.cohort[i];
    }
}

static void no_migration(struct qon_scenario *scenario) {
    scenario->settings.trigger.hazard_scale_month = 0;
    scenario->settings.demography.birth_coupled_factor = 1; // so that unions do not matter to births
    scenario->settings.demography.birth_single_factor = 1;
    scenario->settings.demography.birth_male_share = 0.515;
    for (int64_t i = 0; i < scenario->tables.external_flows.rows; i++) {
        scenario->tables.external_flows.persons[i] = 0;
    }
    for (int64_t i = 0; i < scenario->tables.external_stocks.rows; i++) {
        scenario->tables.external_stocks.persons[i] = 0;
    }
}

struct events {
    double births[YEARS], deaths[YEARS];
};

static void run_years(struct qon_world *w, struct events *events) {
    memset(events, 0, sizeof *events);
    for (int month = 0; month < 12 * YEARS; month++) {
        run_months(w, 1);
        events->births[month / 12] += (double)event_sum(w, QON_EVENT_births);
        events->deaths[month / 12] += (double)event_sum(w, QON_EVENT_deaths);
        assert_int_equal(event_sum(w, QON_EVENT_arrivals_region) + event_sum(w, QON_EVENT_arrivals_zone), 0);
    }
}

static void project_zone(const struct qon_world *w, int32_t z, const struct rates *r, double groups[2][GROUPS], struct events *events) {
    const struct qon_table_zones *t = &w->scenario->tables.zones;
    struct projection *p = calloc(1, sizeof *p);
    assert_non_null(p);
    double residents = 0;
    p->from = w->tally.cohort_from;
    for (int sex = 0; sex < 2; sex++) {
        for (int c = 0; c < w->tally.cohorts && c < COHORTS; c++) {
            p->persons[sex][c] = (double)w->tally.cohort[((int64_t)z * 2 + sex) * w->tally.cohorts + c];
            residents += p->persons[sex][c];
        }
    }
    double deaths = death_factor(p, r, w->month, t->deaths_per_1000_year[z] * residents / 1000);
    double births = t->births_per_1000_year[z] * residents / 1000 / birth_sum(p, r, w->month);
    for (int year = 0; year < YEARS; year++) {
        double before[2] = {p->births, p->deaths};
        project_year(p, r, w->month + 12 * year, deaths, births);
        events->births[year] += p->births - before[0];
        events->deaths[year] += p->deaths - before[1];
    }
    for (int sex = 0; sex < 2; sex++) {
        for (int c = 0; c < COHORTS && p->from + c < w->month + 12 * YEARS; c++) {
            groups[sex][group_of(w->month + 12 * YEARS, p->from + c)] += p->persons[sex][c];
        }
    }
    free(p);
}

static void compare(const struct events *found, const struct events *expected, double groups[2][GROUPS], double projected[2][GROUPS],
                    double start[2][GROUPS]) {
    char what[64];
    for (int year = 0; year < YEARS; year++) {
        snprintf(what, sizeof what, "births of year %d", year + 1);
        check_count(found->births[year], expected->births[year], expected->births[year] * (1 + 0.02 * year), what);
        snprintf(what, sizeof what, "deaths of year %d", year + 1);
        check_count(found->deaths[year], expected->deaths[year], expected->deaths[year], what);
    }
    for (int sex = 0; sex < 2; sex++) {
        for (int g = 0; g < GROUPS; g++) { // five years later those of group g were of group g - 1: what is missing has died
            double died = g == 0 ? projected[sex][0] : start[sex][g - 1] + (g == GROUPS - 1 ? start[sex][g] : 0) - projected[sex][g];
            died += g == 1 ? 2 * projected[sex][0] / 55 : 0; // the first month's children have just turned five
            snprintf(what, sizeof what, "%s from %d", sex == 0 ? "men" : "women", 5 * g);
            check_count(groups[sex][g], projected[sex][g], died + 1, what);
        }
    }
}

static void population_without_migration_is_that_of_the_projection(void **state) {
    struct loading loading;
    static struct qon_world w;
    struct events found, expected = {0};
    double groups[2][GROUPS] = {0}, projected[2][GROUPS] = {0}, start[2][GROUPS] = {0};
    scratch_make(loading.folder);
    assert_int_equal(make_country(ZONES, PERSONS, loading.folder), 0);
    scratch_path(loading.file, loading.folder, "scenario.json");
    memset(&loading.scenario, 0, sizeof loading.scenario);
    static const struct qon_override months = {"months", "60"};
    loading_good(&loading, &months, 1);
    no_migration(&loading.scenario);
    if (qon_synthesis(&w, &loading.scenario, &loading.faults) != QON_OK || qon_model_init(&w, &loading.faults) != QON_OK) {
        fail_msg("%s", loading.faults.text[0]);
    }
    struct rates r = rates_of(&loading.scenario);
    for (int32_t z = 0; z < w.zones; z++) {
        project_zone(&w, z, &r, projected, &expected);
    }
    groups_add(&w, start);
    run_years(&w, &found);
    groups_add(&w, groups);
    compare(&found, &expected, groups, projected, start);
    check_world(&w);
    qon_model_free(&w);
    qon_world_free(&w);
    loading_free(&loading);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(population_without_migration_is_that_of_the_projection)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
