// SPDX-License-Identifier: GPL-3.0-or-later
// Is the baseline believable? The whole country, one to one, from January to December 2017, against the figures of ODD section 1.
#include "../support/baseline.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct qon_scenario scenario;
static struct baseline year;
static double od[BASELINE_REGIONS][BASELINE_REGIONS];

static int load(void **state) {
    (void)state;
    static struct qon_faults faults;
    qon_faults_init(&faults);
    if (qon_scenario_load(&scenario, QON_SOURCE_DIR "/scenarios/baseline.json", NULL, 0, &faults) != QON_OK ||
        baseline_run(&year, &scenario, 12, NULL, &faults) != QON_OK ||
        !baseline_od(&scenario, QON_SOURCE_DIR "/scenarios/kazakhstan/targets/migration_od_2015.csv", od)) {
        print_error("%s\n", faults.kept > 0 ? faults.text[0] : "the flows of 2015 cannot be read");
        return 1;
    }
    return 0;
}

static int unload(void **state) {
    (void)state;
    qon_scenario_free(&scenario);
    return 0;
}

static int32_t region(const char *id) {
    for (int32_t r = 0; r < year.regions; r++) {
        if (strcmp(scenario.tables.regions.id[r], id) == 0) {
            return r;
        }
    }
    fail_msg("no region %s", id);
    return -1;
}

static double net(const char *id) {
    int32_t r = region(id);
    double sum = 0;
    for (int32_t k = 0; k < year.regions; k++) {
        sum += year.flow[k][r] - year.flow[r][k];
    }
    return sum;
}

static void near(double found, double expected, double tolerance, const char *what) {
    if (!(fabs(found - expected) <= tolerance)) {
        fail_msg("%s: %.4f, expected %.4f within %.4f", what, found, expected, tolerance);
    }
}

static void volumes_are_those_of_2016(void **state) {
    (void)state;
    near(year.interregional, 294000, 0.05 * 294000, "moves between regions");
    near(year.within, 316700, 0.05 * 316700, "moves within regions");
}

static void the_south_loses_and_the_named_regions_gain(void **state) {
    (void)state;
    static const char *const gainers[] = {"KZ-AST", "KZ-ALA", "KZ-ALM", "KZ-MAN", "KZ-KAR"};
    static const char *const losers[] = {"KZ-YUZ", "KZ-ZHA", "KZ-KZY"};
    for (size_t i = 0; i < 5; i++) {
        if (net(gainers[i]) <= 0) {
            fail_msg("%s loses %.0f persons", gainers[i], -net(gainers[i]));
        }
    }
    for (size_t i = 0; i < 3; i++) {
        if (net(losers[i]) >= 0) {
            fail_msg("%s gains %.0f persons", losers[i], net(losers[i]));
        }
    }
    assert_true(net("KZ-YUZ") + net("KZ-ZHA") + net("KZ-KZY") + net("KZ-ALM") < 0);
}

static void the_matrix_overlaps_with_2015(void **state) {
    (void)state;
    double overlap = baseline_overlap(&year, od);
    if (!(overlap >= 0.75)) {
        fail_msg("sum of minima over sum is %.4f, expected at least 0.75", overlap);
    }
}

static void moves_peak_between_18_and_30(void **state) {
    (void)state;
    double best = 0;
    int best_age = -1;
    for (int age = 1; age < 90; age++) { // three years of age together, so that one cohort does not decide
        double movers = year.movers_by_age[age - 1] + year.movers_by_age[age] + year.movers_by_age[age + 1];
        double persons = year.persons_by_age[age - 1] + year.persons_by_age[age] + year.persons_by_age[age + 1];
        if (persons > 0 && movers / persons > best) {
            best = movers / persons;
            best_age = age;
        }
    }
    assert_in_range(best_age, 18, 30);
}

static void natural_growth_by_region_is_that_of_the_data(void **state) {
    (void)state;
    double expected[BASELINE_REGIONS] = {0};
    for (int64_t z = 0; z < scenario.tables.zones.rows; z++) {
        expected[scenario.tables.zones.region[z]] +=
            (double)scenario.tables.zones.persons[z] *
            (scenario.tables.zones.births_per_1000_year[z] - scenario.tables.zones.deaths_per_1000_year[z]) / 1000;
    }
    for (int32_t r = 0; r < year.regions; r++) { // within 0.75 per 1000 residents
        near(1000 * (year.births[r] - year.deaths[r]) / year.persons_start[r], 1000 * expected[r] / year.persons_start[r], 0.75,
             scenario.tables.regions.id[r]);
    }
}

static void unemployment_is_within_a_point(void **state) {
    (void)state;
    double force[BASELINE_REGIONS] = {0}, unemployed[BASELINE_REGIONS] = {0};
    for (int64_t z = 0; z < scenario.tables.zones.rows; z++) {
        double weight = (double)scenario.tables.zones.persons[z] * scenario.tables.zones.participation_share[z];
        force[scenario.tables.zones.region[z]] += weight;
        unemployed[scenario.tables.zones.region[z]] += weight * scenario.tables.zones.unemployment_share[z];
    }
    for (int32_t r = 0; r < year.regions; r++) {
        near(100 * year.unemployed[r] / year.labour_force[r], 100 * unemployed[r] / force[r], 1, scenario.tables.regions.id[r]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(volumes_are_those_of_2016),
        cmocka_unit_test(the_south_loses_and_the_named_regions_gain),
        cmocka_unit_test(the_matrix_overlaps_with_2015),
        cmocka_unit_test(moves_peak_between_18_and_30),
        cmocka_unit_test(natural_growth_by_region_is_that_of_the_data),
        cmocka_unit_test(unemployment_is_within_a_point),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
