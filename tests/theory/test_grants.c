// SPDX-License-Identifier: GPL-3.0-or-later
// Grants against theory: shares of the logit formula, the compensating variation, money illusion, the size of a grant. ODD tags
// M-SUPPORT-1, M-SUPPORT-2, M-GRANT-1, M-APPLY-1.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>

#include "../../sim/model/programmes.h"
#include "../support/loading.h"
#include "../support/plain_choice.h"

enum { ZONES = 5, PERSONS = 120000 };

static void movers_are_those_of_the_logit_formula(void **state) {
    (void)state;
    for (int with = 0; with < 2; with++) {
        struct policy_run run;
        policy_country(&run, ZONES, PERSONS);
        plain(&run.scenario);
        const double share = 0.5;
        if (with == 1) {
            char eligible[120];
            snprintf(eligible, sizeof eligible, "{\"destination\": {\"id\": \"%s\"}, \"same_zone\": false}",
                     run.scenario.tables.zones.id[TARGET]);
            relief(&run.scenario, eligible, share);
        }
        policy_start(&run);
        struct decider *list = NULL;
        assert_int_equal(qon_take(&list, PERSONS * 2, sizeof *list), QON_OK);
        int64_t count = deciders(&run.world, list);
        policy_steps(&run, 1);
        double factor = with == 1 ? pow(1 + share, run.scenario.settings.choice.income_weight) : 1;
        double expected = 0, variance = 0;
        for (int64_t i = 0; i < count; i++) {
            double p = list[i].zone == TARGET ? 0 : chance(&run.world, &list[i], factor);
            expected += p;
            variance += p * (1 - p);
        }
        // Moves as decided: a household is one decision, so decisions are counted by flows of households.
        double found = 0;
        for (int32_t o = 0; o < run.world.zones; o++) {
            found += o == TARGET ? 0 : (double)run.world.tally.flow_households[(int64_t)o * run.world.zones + TARGET];
        }
        // Within the month some die, come of age, or leave home: half a percent of those who decide.
        if (!(fabs(found - expected) < 4 * sqrt(variance) + 0.005 * expected && expected > 500)) {
            fail_msg("%s programme: %.0f moved, %.1f expected (sd %.1f)", with == 1 ? "with" : "without", found, expected, sqrt(variance));
        }
        assert_true(with == 0 || policy_total(&run, 0, QON_MEASURE_granted) == (int64_t)found);
        qon_free(list);
        policy_end(&run);
    }
}

// A benefit that is worth exactly what a dearer move costs in utility leaves every single decision as it was.
static void the_compensating_variation_compensates(void **state) {
    (void)state;
    const double dearer = 0.7;
    int64_t flow[2][ZONES * ZONES];
    for (int with = 0; with < 2; with++) {
        struct policy_run run;
        policy_country(&run, ZONES, PERSONS);
        plain(&run.scenario);
        if (with == 1) {
            run.scenario.settings.choice.cost_fixed += dearer;
            relief(&run.scenario, "{\"same_zone\": false}", exp(dearer / run.scenario.settings.choice.income_weight) - 1);
        }
        policy_start(&run);
        policy_steps(&run, 1);
        for (int64_t i = 0; i < (int64_t)ZONES * ZONES; i++) {
            flow[with][i] = run.world.tally.flow_persons[i];
        }
        policy_end(&run);
    }
    int64_t moved = 0;
    for (int64_t i = 0; i < (int64_t)ZONES * ZONES; i++) {
        assert_int_equal(flow[0][i], flow[1][i]);
        moved += i % (ZONES + 1) != 0 ? flow[0][i] : 0;
    }
    assert_true(moved > 1000);
}

static void twice_the_money_changes_no_decision(void **state) {
    (void)state;
    enum { MONTHS = 5 };
    int64_t moves[2][MONTHS][4];
    for (int twice = 0; twice < 2; twice++) {
        struct policy_run run;
        policy_country(&run, ZONES, PERSONS);
        struct qon_scenario *s = &run.scenario;
        double factor = 1 + twice;
        for (int64_t z = 0; z < s->tables.zones.rows; z++) {
            s->tables.zones.wage_tenge_month[z] *= factor;
            s->tables.zones.rent_tenge_month[z] *= factor;
        }
        s->settings.choice.money_fixed_tenge *= factor;
        s->settings.choice.money_km_tenge *= factor;
        for (int32_t i = 0; i < s->mci.count; i++) {
            s->mci.tiyn[i] *= 1 + twice;
        }
        for (int32_t i = 0; i < s->minimum_wage.count; i++) {
            s->minimum_wage.tiyn[i] *= 1 + twice;
        }
        struct qon_programme *own = policy_add(s, "grant", QON_AT_MOVE, "{\"same_region\": false}");
        own->bond = (struct qon_bond){24, 1, 0.5, false, 2};
        policy_give(own, "grant", "amount_mci=50");
        policy_give(own, "rent_support", twice == 1 ? "month_tenge=40000 months=12" : "month_tenge=20000 months=12");
        policy_start(&run);
        for (int m = 0; m < MONTHS; m++) {
            policy_steps(&run, 1);
            moves[twice][m][0] = moves[twice][m][1] = 0;
            for (int64_t i = 0; i < (int64_t)ZONES * ZONES; i++) {
                moves[twice][m][0] += run.world.tally.flow_persons[i] * (i + 1);
            }
            for (int32_t z = 0; z < run.world.zones; z++) {
                moves[twice][m][1] += run.world.tally.events[(int64_t)QON_EVENT_hires * run.world.zones + z];
            }
            moves[twice][m][2] = policy_total(&run, 0, QON_MEASURE_granted);
            moves[twice][m][3] = policy_total(&run, 0, QON_MEASURE_spent_tiyn);
        }
        policy_end(&run);
    }
    for (int m = 0; m < MONTHS; m++) {
        assert_int_equal(moves[0][m][0], moves[1][m][0]);
        assert_int_equal(moves[0][m][1], moves[1][m][1]);
        assert_int_equal(moves[0][m][2], moves[1][m][2]);
        assert_true(moves[0][m][2] > 0 && llabs(2 * moves[0][m][3] - moves[1][m][3]) <= 2 * moves[0][m][2]);
    }
}

// More money moves more people to the zones it is given for, and word of it alone moves few.
static void a_larger_grant_moves_more(void **state) {
    (void)state;
    static const char *const sizes[] = {"amount_mci=0.001", "amount_mci=20", "amount_mci=100", "amount_mci=500", "amount_mci=2500"};
    int64_t before = 0, first = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct policy_run run;
        char eligible[120];
        policy_country(&run, ZONES, PERSONS);
        snprintf(eligible, sizeof eligible, "{\"destination\": {\"id\": \"%s\"}, \"same_zone\": false}",
                 run.scenario.tables.zones.id[TARGET]);
        struct qon_programme *own = policy_add(&run.scenario, "grant", QON_AT_MOVE, eligible);
        policy_give(own, "grant", sizes[i]);
        policy_start(&run);
        int64_t moved = 0;
        for (int m = 0; m < 6; m++) {
            policy_steps(&run, 1);
            moved += policy_arrivals(&run, TARGET);
        }
        assert_true(moved >= before && (i < 4 || moved > 1.3 * (double)first));
        before = moved;
        first = i == 0 ? moved : first;
        policy_end(&run);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(movers_are_those_of_the_logit_formula),
        cmocka_unit_test(the_compensating_variation_compensates),
        cmocka_unit_test(twice_the_money_changes_no_decision),
        cmocka_unit_test(a_larger_grant_moves_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
