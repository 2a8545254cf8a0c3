// SPDX-License-Identifier: GPL-3.0-or-later
// A programme that gives nothing changes nothing, bit for bit; what it gives is the same for any number of threads, and its place among
// others in the file means nothing.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../support/loading.h"
#include "../support/policy_run.h"
#include <qonys/par.h>

enum { ZONES = 6, PERSONS = 150000, MONTHS = 6 };

typedef void make_policy(struct qon_scenario *scenario);

static uint64_t digest_of(make_policy *make, int threads, int64_t *grants) {
    struct policy_run run;
    policy_country(&run, ZONES, PERSONS);
    if (make != NULL) {
        make(&run.scenario);
    }
    qon_par_threads_set(threads);
    policy_start(&run);
    policy_steps(&run, MONTHS);
    char text[256];
    if (!qon_world_check(&run.world, true, text)) {
        fail_msg("%s", text);
    }
    uint64_t digest = qon_world_digest(&run.world);
    for (int32_t p = 0; grants != NULL && p < run.scenario.programmes.count; p++) {
        grants[p] = run.world.ledger.grants[p];
    }
    policy_end(&run);
    return digest;
}

static const enum qon_at events[] = {QON_AT_MOVE, QON_AT_HIRE, QON_AT_RESIDENCE, QON_AT_ARRIVAL, QON_AT_EMIGRATION, QON_AT_SCHOOL};
enum { EVENTS = sizeof events / sizeof events[0] };

static void one_of_each(struct qon_scenario *scenario, const char *eligible) {
    static const char *const names[] = {"move", "hire", "reside", "arrive", "stay", "study"};
    for (int e = 0; e < EVENTS; e++) {
        struct qon_programme *own = policy_add(scenario, names[e], events[e], eligible);
        own->take_up_month = 0.02;
        own->bond.months = 3;
        own->bond.clawback_share = 1;
        own->bond.recovery_share = 0.5;
        own->bond.end_factor = 2;
        if (events[e] == QON_AT_HIRE) {
            policy_give(own, "employer_subsidy", "month_mci=10 months=12 rank_gain=0");
        } else if (events[e] == QON_AT_SCHOOL) {
            policy_give(own, "study_place", "months=24 stipend_month_mci=15 education=1");
        } else {
            policy_give(own, "grant", "amount_mci=100");
            policy_give(own, "training", "months=2 wage_gain=0.1");
            policy_give(own, "rent_support", "month_mci=10 months=3");
        }
    }
}

static void nobody_eligible(struct qon_scenario *scenario) {
    one_of_each(scenario, "{\"age_years\": {\"min\": 200}}");
}
static void no_zone_eligible(struct qon_scenario *scenario) {
    one_of_each(scenario, "{\"destination\": {\"persons\": {\"below\": 0}}}");
}
static void no_place(struct qon_scenario *scenario) {
    one_of_each(scenario, "{}");
    for (int e = 0; e < EVENTS; e++) {
        policy_quota(&scenario->programmes.row[e], QON_ALL_REGIONS, QON_EACH_YEAR, 0);
    }
}
static void no_money(struct qon_scenario *scenario) {
    one_of_each(scenario, "{}");
    for (int e = 0; e < EVENTS; e++) {
        policy_budget(&scenario->programmes.row[e], QON_ALL_REGIONS, QON_WHOLE_TIME, 0);
    }
}
static void nobody_aware(struct qon_scenario *scenario) {
    one_of_each(scenario, "{}");
    for (int e = 0; e < EVENTS; e++) {
        scenario->programmes.row[e].awareness = (struct qon_awareness){0, 0, 0.4, 0.1, 1};
    }
}
static void not_yet(struct qon_scenario *scenario) {
    one_of_each(scenario, "{}");
    for (int e = 0; e < EVENTS; e++) {
        scenario->programmes.row[e].from = scenario->start + MONTHS;
    }
}
static void levers_without_zones(struct qon_scenario *scenario) {
    struct qon_programme *own = policy_add(scenario, "levers", QON_AT_COUNTRY, "{\"destination\": {\"persons\": {\"below\": 0}}}");
    policy_give(own, "information", "reach=0.5 every_months=1 cost_tenge=1000");
    policy_give(own, "enforcement", "arrivals_factor=0.5 leave_month=0.5");
    policy_give(own, "adaptation_centre", "rank_gain=2");
    policy_give(own, "cultural_centre", "gain=2");
}
static void levers_without_money(struct qon_scenario *scenario) {
    struct qon_programme *own = policy_add(scenario, "levers", QON_AT_COUNTRY, "{}");
    policy_give(own, "enforcement", "arrivals_factor=0.5 leave_month=0.5");
    policy_give(own, "adaptation_centre", "rank_gain=2");
    policy_give(own, "cultural_centre", "gain=2");
    policy_budget(own, QON_ALL_REGIONS, QON_EACH_YEAR, 0);
}
static void all_for_all(struct qon_scenario *scenario) {
    one_of_each(scenario, "{}");
    policy_quota(&scenario->programmes.row[0], QON_ALL_REGIONS, QON_EACH_YEAR, 300);
    policy_budget(&scenario->programmes.row[1], QON_ALL_REGIONS, QON_EACH_YEAR, 1000000000);
    struct qon_programme *own = policy_add(scenario, "levers", QON_AT_COUNTRY, "{}");
    policy_give(own, "enforcement", "arrivals_factor=0.5 leave_month=0.1 month_tenge=1000");
    policy_give(own, "adaptation_centre", "rank_gain=2");
    policy_give(own, "cultural_centre", "gain=0.5");
}
static void all_for_all_turned(struct qon_scenario *scenario) {
    all_for_all(scenario);
    struct qon_programmes *all = &scenario->programmes;
    for (int32_t i = 0, j = all->count - 1; i < j; i++, j--) {
        struct qon_programme swap = all->row[i];
        all->row[i] = all->row[j];
        all->row[j] = swap;
    }
}

static void programmes_that_give_nothing_change_nothing(void **state) {
    (void)state;
    static const struct {
        const char *name;
        make_policy *make;
    } null_policies[] = {{"nobody eligible", nobody_eligible},
                         {"no zone eligible", no_zone_eligible},
                         {"quota 0", no_place},
                         {"budget 0", no_money},
                         {"nobody aware", nobody_aware},
                         {"not yet begun", not_yet},
                         {"levers without zones", levers_without_zones},
                         {"levers without money", levers_without_money}};
    uint64_t baseline = digest_of(NULL, 2, NULL);
    for (size_t i = 0; i < sizeof null_policies / sizeof null_policies[0]; i++) {
        if (digest_of(null_policies[i].make, 2, NULL) != baseline) {
            fail_msg("%s: the state differs from the baseline's", null_policies[i].name);
        }
    }
}

static void any_number_of_threads_gives_the_same(void **state) {
    (void)state;
    int64_t grants[EVENTS + 1];
    uint64_t one = digest_of(all_for_all, 1, grants);
    for (int e = 0; e < EVENTS; e++) {
        if (grants[e] == 0) {
            fail_msg("the test says nothing: programme %d has granted nothing", e);
        }
    }
    assert_true(digest_of(all_for_all, 2, NULL) == one);
    assert_true(digest_of(all_for_all, 4, NULL) == one);
    assert_true(digest_of(NULL, 2, NULL) != one);
}

static void the_order_of_programmes_in_the_file_means_nothing(void **state) {
    (void)state;
    assert_true(digest_of(all_for_all, 2, NULL) == digest_of(all_for_all_turned, 2, NULL));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programmes_that_give_nothing_change_nothing),
        cmocka_unit_test(any_number_of_threads_gives_the_same),
        cmocka_unit_test(the_order_of_programmes_in_the_file_means_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
