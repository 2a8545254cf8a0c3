// SPDX-License-Identifier: GPL-3.0-or-later
// Matching against its formula, and unemployment against separation / (separation + job finding). ODD tags M-MATCH-1, M-SEPARATION-1,
// M-DEMAND-1.
//
// A month has an order: jobs end, then those without work meet the vacancies. Of u seekers a part f is hired, so in the steady state
// s (1 - u (1 - f)) = f u, and the share of seekers is s / (s + f (1 - s)). It tends to s / (s + f) as the step becomes short, which is
// tested with a tenth of both rates.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "checks.h"
#include "handmade.h"

// One zone, one cell, one employer that wants `desired`; `persons` people of 20 years, of whom `employed` work there.
static void one_cell(struct handmade *c, int persons, int employed, int desired, int months) {
    handmade_init(c, (struct handmade_size){1, 1, 1, 1, 1, months});
    c->scenario.settings.demography.retirement_men_years = 100;
    c->scenario.settings.labour.separation_cap_month = 0.05;
    handmade_open(c, 1, (uint32_t)persons, (uint32_t)persons, 1);
    uint32_t employer = handmade_employer(c, 0, desired);
    for (int i = 0; i < persons; i++) {
        uint32_t household = handmade_household(c, 0, 0, 0);
        uint32_t row = handmade_member(c, 0, household, QON_HEAD, QON_MALE, 20, QON_UNEMPLOYED);
        if (i < employed) {
            handmade_employ(c, 0, row, employer, 100000);
        }
    }
    handmade_close(c);
}

// For given seekers and vacancies the hires of a month are one of the two whole numbers around A u^alpha v^(1 - alpha), and their mean
// over months is that number itself.
static void hires_are_those_of_the_function(void **state) {
    static const struct {
        int seekers, vacancies;
        double efficiency, elasticity;
    } cases[] = {{100, 50, 0.4, 0.5}, {1000, 10, 0.34, 0.6}, {7, 300, 0.25, 0.7}, {1, 1, 0.45, 0.5}, {50, 20, 5, 0.5}, {20, 50, 5, 0.5}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct handmade c;
        double u = cases[i].seekers, v = cases[i].vacancies, sum = 0;
        one_cell(&c, cases[i].seekers, 0, cases[i].vacancies, 600);
        c.scenario.settings.labour.matching_efficiency = cases[i].efficiency;
        c.scenario.settings.labour.matching_elasticity = cases[i].elasticity;
        double expected = fmin(cases[i].efficiency * pow(u, cases[i].elasticity) * pow(v, 1 - cases[i].elasticity), fmin(u, v));
        const int months = 500;
        for (int m = 0; m < months; m++) {
            c.world.month = c.scenario.start + m;
            assert_int_equal(qon_employers_post(&c.world), QON_OK);
            assert_int_equal(c.world.employers.vacancies[0], cases[i].vacancies);
            qon_search_block(&c.world, &c.world.block[0]);
            assert_int_equal(qon_matching(&c.world), QON_OK);
            int64_t hires = c.world.places.hires[0];
            assert_int_equal(c.world.tally.staff[0], hires);
            if (hires != (int64_t)floor(expected + 1e-9) && hires != (int64_t)ceil(expected - 1e-9)) {
                fail_msg("%lld hires of %.0f seekers and %.0f vacancies, expected %.4f", (long long)hires, u, v, expected);
            }
            sum += (double)hires;
            for (uint32_t row = 0; row < c.world.block[0].persons.count; row++) { // everybody back to where they were
                if (c.world.block[0].persons.status[row] == QON_EMPLOYED) {
                    qon_person_leave_job(&c.world, &c.world.block[0], row, QON_UNEMPLOYED);
                }
            }
        }
        double part = expected - floor(expected);
        check_count(sum / months, expected, part * (1 - part) / months, "mean hires");
        handmade_free(&c);
    }
}

struct steady {
    double separation, efficiency, elasticity;
    double desired_share; // of the labour force
};

// Mean share of seekers (hired or not) over the last `months`, after 10 times the time that shocks take to fade.
static double seekers_share(const struct steady *s, int persons, double start, int wait, int months) {
    struct handmade c;
    double sum = 0;
    one_cell(&c, persons, (int)(persons * (1 - start)), (int)(s->desired_share * persons + 0.5), wait + months + 1);
    c.scenario.settings.labour.separation_prob_month = s->separation;
    c.scenario.settings.labour.matching_efficiency = s->efficiency;
    c.scenario.settings.labour.matching_elasticity = s->elasticity;
    for (int m = 0; m < wait + months; m++) {
        run_months(&c.world, 1);
        sum += m < wait ? 0 : (double)(c.world.tally.seekers[0] + c.world.places.hires[0]) / persons;
    }
    check_world(&c.world);
    handmade_free(&c);
    return sum / months;
}

enum { PERSONS = 20000, MONTHS = 240 };

// Standard deviation of the mean of MONTHS shares that forget at the rate s + f.
static double deviation(double u, double rate) {
    return sqrt(u * (1 - u) / PERSONS * (2 / rate) / MONTHS);
}

static double share_by_month(double s, double f) {
    return s / (s + f * (1 - s));
}

static void unemployment_at_a_fixed_rate_of_finding_is_s_over_s_plus_f(void **state) {
    struct steady month = {0.034, 0.45, 1, 1};
    double u = seekers_share(&month, PERSONS, 0.2, 30, MONTHS);
    check_near(u, share_by_month(0.034, 0.45), 4.5 * deviation(u, 0.484), "by month");
    struct steady tenth = {0.0034, 0.045, 1, 1};
    u = seekers_share(&tenth, PERSONS, 0.0702479, 0, MONTHS);
    check_near(u, 0.0702479, 0.00025 + 4.5 * deviation(u, 0.0484), "u* = s / (s + f)");
}

// Tightness 0.5 in the steady state: desired staff is the labour force less half of the seekers.
static void unemployment_at_a_tightness_of_one_half_is_that_of_the_matching_function(void **state) {
    double f = 0.4 * sqrt(0.5);
    check_near(f, 0.282843, 5e-7, "f = A theta^(1 - alpha)");
    double by_month = share_by_month(0.02, f);
    struct steady month = {0.02, 0.4, 0.5, 1 - 0.5 * by_month};
    double u = seekers_share(&month, PERSONS, 0.2, 60, MONTHS);
    check_near(u, by_month, 4.5 * deviation(u, 0.302843), "by month");
    struct steady tenth = {0.002, 0.04, 0.5, 1 - 0.5 * 0.0660408};
    u = seekers_share(&tenth, PERSONS, 0.0660408, 0, MONTHS);
    check_near(u, 0.0660408, 0.00015 + 4.5 * deviation(u, 0.0302843), "u*");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hires_are_those_of_the_function),
        cmocka_unit_test(unemployment_at_a_fixed_rate_of_finding_is_s_over_s_plus_f),
        cmocka_unit_test(unemployment_at_a_tightness_of_one_half_is_that_of_the_matching_function),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
