// SPDX-License-Identifier: GPL-3.0-or-later
// Schedules and responses against the formulas of those who proposed them: Rogers and Castro, Saiz; and who considers
// moving in a month. ODD tags M-TRIGGER-1, M-TRIGGER-2, M-RENT-1.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "checks.h"
#include "handmade.h"

static struct qon_settings published(void) {
    struct qon_settings set;
    qon_settings_default(&set);
    set.trigger.rogers_a1 = .02;
    set.trigger.rogers_alpha1 = .1;
    set.trigger.rogers_a2 = .06;
    set.trigger.rogers_alpha2 = .1;
    set.trigger.rogers_mu2 = 20;
    set.trigger.rogers_lambda2 = .4;
    set.trigger.rogers_constant = .003;
    return set;
}

static void the_schedule_has_the_values_of_rogers_and_castro(void **state) {
    static const double expected[][2] = {{0, .023000}, {20, .027779}, {23, .037895}, {40, .011484}, {65, .003697}};
    struct qon_settings set = published();
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        check_near(qon_rogers_castro(&set, expected[i][0]), expected[i][1], 5.1e-7, "m(x)");
    }
}

static void the_labour_force_peaks_at_the_published_age(void **state) {
    struct qon_settings set = published();
    set.trigger.rogers_a1 = set.trigger.rogers_constant = 0;
    double low = 15, high = 35;
    for (int i = 0; i < 100; i++) { // the part has one peak
        double a = low + (high - low) / 3, b = high - (high - low) / 3;
        bool rising = qon_rogers_castro(&set, a) < qon_rogers_castro(&set, b);
        low = rising ? a : low;
        high = rising ? high : b;
    }
    check_near(0.5 * (low + high), 23.4657, 1e-4, "age of the peak"); // 20 - ln(.1 / .4) / .4
    check_near(0.5 * (low + high), 20 - log(.1 / .4) / .4, 1e-5, "age of the peak, as the derivative has it");
}

static void who_considers_in_a_month_follows_the_schedule(void **state) {
    enum { PER_AGE = 4000 };
    static const int ages[] = {18, 23, 30, 40, 65};
    struct handmade c;
    handmade_init(&c, (struct handmade_size){1, 1, 1, 1, 1, 12});
    c.scenario.settings.trigger.hazard_scale_month = 0.8;
    c.scenario.settings.trigger.hazard_cap_month = 0.08;
    handmade_open(&c, 1, 5 * PER_AGE, 5 * PER_AGE, 1);
    for (int i = 0; i < 5 * PER_AGE; i++) {
        handmade_member(&c, 0, handmade_household(&c, 0, 0, 0), QON_HEAD, QON_MALE, ages[i / PER_AGE], QON_INACTIVE);
    }
    handmade_close(&c);
    double expected = 0, found = 0;
    for (int m = 0; m < 5; m++) { // the birthday is half a year away
        run_months(&c.world, 1);
        found += (double)event_sum(&c.world, QON_EVENT_considered);
        for (int i = 0; i < 5; i++) {
            expected += PER_AGE * 0.8 * qon_rogers_castro(&c.scenario.settings, ages[i] + 0.5);
        }
    }
    check_count(found, expected, expected, "who considers");
    handmade_free(&c);
}

static void rents_answer_to_households_as_saiz_has_it(void **state) {
    static const double etas[] = {1, 1.75, 3};
    for (int i = 0; i < 3; i++) {
        struct handmade c;
        handmade_init(&c, (struct handmade_size){2, 2, 1, 1, 1, 12});
        c.scenario.settings.feedback.housing_elasticity = etas[i];
        c.scenario.settings.labour.wage_growth_year = 0.07;
        handmade_open(&c, 1, 16, 16, 1);
        handmade_close(&c);
        c.world.tally.households[0] = 99999;
        c.world.places.households_log[0] = qon_log(100000);
        c.world.places.households_log[1] = qon_log(100000);
        c.world.tally.households[1] = 109999; // a tenth more
        qon_feedback(&c.world);
        double month = log(1.07) / 12;
        check_near(log(c.world.places.rent_tiyn[0] / 4000000), month, 1e-9, "no household more: common growth");
        check_near(log(c.world.places.rent_tiyn[1] / 4000000), month + log(1.1) / etas[i], 1e-9, "a tenth more households");
        qon_feedback(&c.world); // the response is to the change, not to the level
        check_near(log(c.world.places.rent_tiyn[1] / 4000000), 2 * month + log(1.1) / etas[i], 1e-9, "a month later");
        handmade_free(&c);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_schedule_has_the_values_of_rogers_and_castro),
        cmocka_unit_test(the_labour_force_peaks_at_the_published_age),
        cmocka_unit_test(who_considers_in_a_month_follows_the_schedule),
        cmocka_unit_test(rents_answer_to_households_as_saiz_has_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
