// SPDX-License-Identifier: GPL-3.0-or-later
// Markets at the end of a month, and the conservation that is checked then. ODD tags M-RENT-1, M-WAGE-1, M-NETWORK-1, M-BALANCE-1,
// M-STEP-1.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "checks.h"
#include "handmade.h"

static void country(struct handmade *c) {
    handmade_init(c, (struct handmade_size){2, 2, 1, 1, 1, 24});
    handmade_open(c, 1, 64, 64, 2);
    uint32_t employer = handmade_employer(c, 0, 1);
    for (uint32_t z = 0; z < 2; z++) {
        for (int i = 0; i < 10; i++) {
            uint32_t row = handmade_member(c, 0, handmade_household(c, 0, z, 50), QON_HEAD, QON_MALE, 40, QON_UNEMPLOYED);
            if (z == 0 && i == 0) {
                handmade_employ(c, 0, row, employer, 100000);
            }
        }
    }
    handmade_close(c);
}

// 99 seekers, `vacancies` vacancies.
static double wage_after(struct handmade *c, int64_t vacancies) {
    c->world.tally.seekers[0] = 90;
    c->world.places.hires[0] = 9;
    c->world.places.vacancies[0] = vacancies;
    double before = c->world.places.wage_tiyn[0];
    qon_feedback(&c->world);
    return log(c->world.places.wage_tiyn[0] / before);
}

static void wages_answer_to_tightness_relative_to_the_first_month(void **state) {
    struct handmade c;
    country(&c);
    struct qon_settings *set = &c.scenario.settings;
    set->labour.wage_tightness_elasticity = 0.02;
    set->labour.wage_growth_year = 0.07;
    double month = log(1.07) / 12;
    check_near(wage_after(&c, 49), month, 1e-12, "the first month sets the measure");
    check_near(c.world.places.tightness_start[0], 0.5, 1e-12, "tightness of the first month");
    check_near(wage_after(&c, 74), month + 0.02 * log(1.5), 1e-12, "half as many again");
    check_near(wage_after(&c, 24), month - 0.02 * log(2), 1e-12, "half as many");
    set->labour.wage_tightness_elasticity = 1;
    check_near(wage_after(&c, 99), month + 0.02, 1e-12, "at most 2 % a month up");
    check_near(wage_after(&c, 4), month - 0.02, 1e-12, "or down");
    set->feedback.markets = false;
    check_near(wage_after(&c, 99), month, 1e-12, "markets off");
    handmade_free(&c);
}

static void networks_decay_and_grow_by_the_months_moves(void **state) {
    struct handmade c;
    country(&c);
    c.scenario.settings.feedback.network_decay_year = 0.12;
    c.world.places.network[0 * 2 + 1] = 100;
    c.world.places.network[0] = 7;
    c.world.tally.flow_persons[0 * 2 + 1] = 5;
    c.world.tally.flow_persons[0] = 3; // within the zone: nobody's network elsewhere
    qon_feedback(&c.world);
    check_near(c.world.places.network[1], 100 * 0.99 + 5, 1e-9, "stock of movers");
    check_near(c.world.places.network[0], 7 * 0.99, 1e-9, "the diagonal");
    c.scenario.settings.feedback.markets = false;
    qon_feedback(&c.world);
    check_near(c.world.places.network[1], 104, 1e-9, "markets off");
    handmade_free(&c);
}

static void with_markets_off_rents_only_grow_with_prices(void **state) {
    struct handmade c;
    country(&c);
    c.scenario.settings.feedback.markets = false;
    c.scenario.settings.labour.wage_growth_year = 0.07;
    c.world.tally.households[0] = 1000;
    qon_feedback(&c.world);
    check_near(log(c.world.places.rent_tiyn[0] / 4000000), log(1.07) / 12, 1e-12, "rent");
    handmade_free(&c);
}

// ---- conservation

static void stops_with(struct handmade *c, const char *message) {
    struct qon_faults faults;
    qon_faults_init(&faults);
    assert_int_equal(qon_step(&c->world, &faults), QON_MACHINE);
    assert_int_equal(faults.count, 1);
    assert_string_equal(faults.text[0], message);
}

static void staff_that_is_not_employed_stops_the_run_and_names_month_and_rule(void **state) {
    struct handmade c;
    country(&c);
    run_months(&c.world, 2);
    c.world.employers.staff[0]++; // desired staff is 1, so nobody else is hired
    stops_with(&c, "2017-03: conservation is broken: staff of employers = persons employed: 2 and 1");
    assert_int_equal(c.world.months_done, 2); // the month does not count
    handmade_free(&c);
}

static void money_from_nowhere_stops_the_run(void **state) {
    struct handmade c;
    country(&c);
    run_months(&c.world, 1);
    c.world.money.savings += 17;
    stops_with(&c, "2017-02: conservation is broken: savings = start + saved + brought + granted - moving - taken - clawed: 100017 tiyn "
                   "found, 100000 expected");
    handmade_free(&c);
}

static void balance_says(const struct handmade *c, const char *message) {
    char text[256] = "";
    assert_false(qon_balance(&c->world, text));
    assert_string_equal(text, message);
}

static void persons_from_nowhere_and_moves_to_nowhere_are_named(void **state) {
    struct handmade c;
    char text[256];
    country(&c);
    run_months(&c.world, 1);
    assert_true(qon_balance(&c.world, text));
    c.world.tally.legal[QON_KANDAS]++;
    balance_says(&c, "persons = before + births + arrivals - deaths - departures: 21 found, 20 expected");
    qon_tally_event(&c.world, NULL, QON_EVENT_births, 1, 1);
    assert_true(qon_balance(&c.world, text));
    qon_tally_event(&c.world, NULL, QON_EVENT_departures_region, 0, 2);
    qon_tally_event(&c.world, NULL, QON_EVENT_arrivals_zone, 1, 1);
    balance_says(&c, "departures to zones = arrivals from zones: 2 left, 1 came");
    qon_tally_event(&c.world, NULL, QON_EVENT_arrivals_region, 1, 1);
    assert_true(qon_balance(&c.world, text));
    handmade_free(&c);
}

// ---- the month as a whole

static void phases_come_in_the_order_of_the_document(void **state) {
    static const char *const order[] = {"calendar", "demography", "external",  "indexation", "separation", "employers",
                                        "matching", "permits",    "utilities", "relocation", "feedback"};
    struct handmade c;
    country(&c);
    run_months(&c.world, 3);
    size_t at = 0;
    double seconds;
    int64_t calls;
    for (int i = 0; qon_step_phase(&c.world, i, &seconds, &calls) != NULL; i++) {
        const char *name = qon_step_phase(&c.world, i, &seconds, &calls);
        at += at < sizeof order / sizeof *order && strcmp(name, order[at]) == 0;
        assert_int_equal(calls, 3);
        assert_true(seconds >= 0);
    }
    assert_int_equal(at, sizeof order / sizeof *order);
    assert_int_equal(c.world.month, c.scenario.start + 3);
    handmade_free(&c);
}

static void without_memory_the_step_fails_and_says_so(void **state) {
    struct handmade c;
    struct qon_faults faults;
    country(&c);
    qon_faults_init(&faults);
    qon_memory_fail_after(0);
    enum qon_status status = qon_step(&c.world, &faults);
    qon_memory_fail_after(-1);
    assert_int_equal(status, QON_MACHINE);
    assert_non_null(strstr(faults.text[0], "out of memory in 2017-01, phase "));
    handmade_free(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wages_answer_to_tightness_relative_to_the_first_month),
        cmocka_unit_test(networks_decay_and_grow_by_the_months_moves),
        cmocka_unit_test(with_markets_off_rents_only_grow_with_prices),
        cmocka_unit_test(staff_that_is_not_employed_stops_the_run_and_names_month_and_rule),
        cmocka_unit_test(money_from_nowhere_stops_the_run),
        cmocka_unit_test(persons_from_nowhere_and_moves_to_nowhere_are_named),
        cmocka_unit_test(phases_come_in_the_order_of_the_document),
        cmocka_unit_test(without_memory_the_step_fails_and_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
