// SPDX-License-Identifier: GPL-3.0-or-later
// Programmes in a made-up country: what each instrument does, that limits hold, that bonds bind. ODD tags M-BOND-1, M-BOND-2, M-RETAIN-1,
// M-LEVERS-1, M-CLOCK-1, M-SUBSIDY-1, M-PERMIT-2.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../../sim/model/programmes.h"
#include "../support/loading.h"
#include "../support/policy_run.h"

enum { ZONES = 6, PERSONS = 150000 };

static int64_t event(const struct policy_run *run, enum qon_event event) {
    int64_t total = 0;
    for (int32_t z = 0; z < run->world.zones; z++) {
        total += run->world.tally.events[(int64_t)event * run->world.zones + z];
    }
    return total;
}

static int64_t events(struct policy_run *run, enum qon_event which, int months) {
    int64_t total = 0;
    for (int m = 0; m < months; m++) {
        policy_steps(run, 1);
        total += event(run, which);
    }
    return total;
}

static void end(struct policy_run *run) {
    char text[256];
    if (!qon_world_check(&run->world, true, text) || !qon_ledger_balance(&run->world, text)) {
        fail_msg("%s", text);
    }
    policy_end(run);
}

static void limits_by_region_and_year_hold_and_money_is_accounted_for(void **state) {
    (void)state;
    struct policy_run run;
    policy_country(&run, ZONES, PERSONS);
    struct qon_programme *own = policy_add(&run.scenario, "move", QON_AT_MOVE, "{\"same_region\": false}");
    policy_give(own, "grant", "amount_mci=100 per=1");
    policy_give(own, "rent_support", "month_mci=10 months=6");
    policy_quota(own, 0, QON_EACH_YEAR, 15);
    policy_quota(own, 1, QON_EACH_YEAR, 25);
    policy_quota(own, QON_ALL_REGIONS, QON_WHOLE_TIME, 80);
    policy_budget(own, QON_ALL_REGIONS, QON_EACH_YEAR, 60LL * 100 * 226900);
    policy_start(&run);
    int64_t committed = 0;
    for (int year = 0; year < 2; year++) {
        int64_t granted[3] = {0};
        int64_t year_committed = 0;
        for (int m = 0; m < 12; m++) {
            policy_steps(&run, 1);
            for (int32_t r = 0; r < run.world.regions; r++) {
                granted[r] += *qon_measure_month(&run.world, 0, r, QON_MEASURE_granted);
                year_committed += *qon_measure_month(&run.world, 0, r, QON_MEASURE_committed_tiyn);
                year_committed -= *qon_measure_month(&run.world, 0, r, QON_MEASURE_returned_tiyn);
            }
        }
        assert_true(granted[0] <= 15 && granted[1] <= 25);
        assert_true(year_committed <= 60LL * 100 * 226900);
        committed += year_committed;
    }
    int64_t granted = policy_total(&run, 0, QON_MEASURE_granted), spent = policy_total(&run, 0, QON_MEASURE_spent_tiyn);
    assert_true(granted > 40 && granted <= 80);
    assert_true(spent > 0 && spent <= committed);
    assert_true(policy_total(&run, 0, QON_MEASURE_refused_quota) > 0 && run.world.ledger.exhausted[0] > 0);
    assert_int_equal(policy_total(&run, 0, QON_MEASURE_applicants), granted + policy_total(&run, 0, QON_MEASURE_refused_quota) +
                                                                        policy_total(&run, 0, QON_MEASURE_refused_budget) +
                                                                        policy_total(&run, 0, QON_MEASURE_refused_rule));
    end(&run);
}

static void nobody_has_two_that_exclude_each_other_nor_one_twice(void **state) {
    (void)state;
    struct policy_run run;
    policy_country(&run, ZONES, PERSONS);
    static const char *const names[] = {"a", "b", "c"};
    for (int i = 0; i < 3; i++) {
        struct qon_programme *own = policy_add(&run.scenario, names[i], QON_AT_MOVE, "{}");
        policy_give(own, "grant", i == 0 ? "amount_mci=90" : i == 1 ? "amount_mci=100" : "amount_mci=50");
    }
    run.scenario.programmes.row[0].excludes = 2;
    run.scenario.programmes.row[1].excludes = 1;
    policy_quota(&run.scenario.programmes.row[1], QON_ALL_REGIONS, QON_EACH_YEAR, 200); // then the first is the best there is
    policy_start(&run);
    policy_steps(&run, 18);
    int64_t with[8] = {0};
    for (uint32_t b = 0; b < run.world.blocks; b++) {
        const struct qon_commitments *c = &run.world.block[b].commitments;
        for (uint32_t i = 0; i < c->count; i++) {
            unsigned mask = 0;
            for (uint32_t j = 0; j < c->count; j++) {
                if (c->person[j] == c->person[i]) {
                    assert_true(j == i || c->programme[j] != c->programme[i]);
                    mask |= 1U << c->programme[j];
                }
            }
            with[mask]++;
        }
    }
    assert_true(with[5] > 0 || with[6] > 0); // packages are given
    assert_int_equal(with[3], 0);
    assert_int_equal(with[7], 0);
    end(&run);
}

static void bonds_bind(void **state) {
    (void)state;
    int64_t stayed[2], broken[2];
    for (int bound = 0; bound < 2; bound++) {
        struct policy_run run;
        policy_country(&run, ZONES, PERSONS);
        struct qon_programme *own = policy_add(&run.scenario, "move", QON_AT_MOVE, "{\"same_region\": false}");
        policy_give(own, "grant", "amount_mci=3000");
        own->to = own->from + 2;
        own->bond = (struct qon_bond){36, bound, 0.9, false, 2};
        run.scenario.settings.policy.bound_cost_share = 0;
        run.scenario.settings.policy.leave_rate_year = 0; // the same people come in both
        policy_start(&run);
        policy_steps(&run, 14);
        stayed[bound] = policy_total(&run, 0, QON_MEASURE_retained_12);
        broken[bound] = policy_total(&run, 0, QON_MEASURE_broken);
        int64_t granted = policy_total(&run, 0, QON_MEASURE_granted);
        assert_true(stayed[bound] <= granted && stayed[bound] > 0);
        assert_true((policy_total(&run, 0, QON_MEASURE_clawed_back_tiyn) > 0) == (bound == 1));
        assert_true(run.world.money.clawed == policy_total(&run, 0, QON_MEASURE_clawed_back_tiyn));
        end(&run);
    }
    assert_true(stayed[1] > stayed[0] && broken[1] < broken[0]);
}

static void the_end_of_a_bond_sets_people_off(void **state) {
    (void)state;
    int64_t left[2];
    for (int more = 0; more < 2; more++) {
        struct policy_run run;
        policy_country(&run, ZONES, PERSONS);
        struct qon_programme *own = policy_add(&run.scenario, "move", QON_AT_MOVE, "{\"same_region\": false}");
        policy_give(own, "grant", "amount_mci=300");
        own->to = own->from + 3;
        own->bond = (struct qon_bond){6, 1, 0.9, false, more == 1 ? 4 : 1};
        policy_start(&run);
        policy_steps(&run, 16);
        left[more] = 0;
        for (uint32_t b = 0; b < run.world.blocks; b++) {
            for (uint32_t i = 0; i < run.world.block[b].commitments.count; i++) {
                left[more] += run.world.block[b].commitments.state[i] == 5; // left the zone with the bond kept, training long over
            }
        }
        end(&run);
    }
    assert_true(left[0] > 0 && (double)left[1] > 1.2 * (double)left[0]);
}

// Runs `months` with the country programme that `kind` and `settings` give (kind NULL: none); returns the sum of an event.
static int64_t with_levers(const char *kind, const char *settings, enum qon_event which, int months) {
    struct policy_run run;
    policy_country(&run, ZONES, PERSONS);
    if (kind != NULL) {
        policy_give(policy_add(&run.scenario, "levers", QON_AT_COUNTRY, "{}"), kind, settings);
    }
    policy_start(&run);
    int64_t total = events(&run, which, months);
    end(&run);
    return total;
}

static void levers_raise_and_lower_what_they_are_for(void **state) {
    (void)state;
    int64_t kandas = with_levers(NULL, "", QON_EVENT_arrivals_kandas, 6);
    int64_t more = with_levers("cultural_centre", "gain=0.5 month_tenge=1000", QON_EVENT_arrivals_kandas, 6);
    assert_true(kandas > 20 && (double)more > 1.25 * (double)kandas && (double)more < 1.8 * (double)kandas);
    int64_t came = with_levers(NULL, "", QON_EVENT_arrivals_unregistered, 6);
    int64_t fewer = with_levers("enforcement", "arrivals_factor=0.5 leave_month=0", QON_EVENT_arrivals_unregistered, 6);
    assert_true(came > 20 && (double)fewer < 0.75 * (double)came);
    int64_t left = with_levers(NULL, "", QON_EVENT_departures_unregistered, 6);
    int64_t sent = with_levers("enforcement", "arrivals_factor=1 leave_month=0.2", QON_EVENT_departures_unregistered, 6);
    assert_true((double)sent > 1.5 * (double)left);
}

static void information_makes_programmes_known_and_alone_moves_few(void **state) {
    (void)state;
    int64_t moved[2];
    double aware[2];
    for (int told = 0; told < 2; told++) {
        struct policy_run run;
        policy_country(&run, ZONES, PERSONS);
        struct qon_programme *own = policy_add(&run.scenario, "move", QON_AT_MOVE, "{\"same_region\": false}");
        own->awareness = (struct qon_awareness){0.02, 0, 0, 0, 0};
        policy_give(own, "grant", "amount_mci=1");
        if (told == 1) {
            policy_give(policy_add(&run.scenario, "fairs", QON_AT_COUNTRY, "{}"), "information",
                        "reach=0.3 every_months=1 cost_tenge=1000");
        }
        policy_start(&run);
        moved[told] = events(&run, QON_EVENT_arrivals_region, 6);
        aware[told] = run.world.ledger.aware[0];
        assert_true(told == 0 || policy_total(&run, 1, QON_MEASURE_spent_tiyn) == 6 * ZONES * 100000);
        end(&run);
    }
    assert_true(aware[0] < 0.021 && aware[1] > 0.8);
    assert_true(moved[1] >= moved[0] && (double)moved[1] < 1.02 * (double)moved[0]);
}

static void priority_in_hiring_displaces_others(void **state) {
    (void)state;
    int64_t placed[2];
    for (int preferred = 0; preferred < 2; preferred++) {
        struct policy_run run;
        policy_country(&run, ZONES, PERSONS);
        if (preferred == 1) {
            policy_give(policy_add(&run.scenario, "first", QON_AT_HIRE, "{\"age_years\": {\"max\": 29}}"), "hiring_priority",
                        "rank_gain=5");
        }
        policy_start(&run);
        policy_steps(&run, 6);
        placed[preferred] = 0;
        for (uint32_t b = 0; b < run.world.blocks; b++) {
            const struct qon_persons *p = &run.world.block[b].persons;
            for (uint32_t row = 0; row < p->count; row++) {
                placed[preferred] += p->status[row] == QON_EMPLOYED && qon_age_years(run.world.month, p->birth_month[row]) <= 29;
            }
        }
        if (preferred == 1) {
            assert_true(policy_total(&run, 0, QON_MEASURE_displaced) > 0 && policy_total(&run, 0, QON_MEASURE_windfall) > 0);
            assert_int_equal(policy_total(&run, 0, QON_MEASURE_spent_tiyn), 0);
        }
        end(&run);
    }
    assert_true(placed[1] > placed[0]);
}

static void employers_paid_for_hires_hire_more(void **state) {
    (void)state;
    int64_t hires[2];
    for (int paid = 0; paid < 2; paid++) {
        struct policy_run run;
        policy_country(&run, ZONES, PERSONS);
        if (paid == 1) {
            policy_give(policy_add(&run.scenario, "hire", QON_AT_HIRE, "{}"), "employer_subsidy", "wage_share=0.5 months=24 rank_gain=0");
        }
        policy_start(&run);
        hires[paid] = events(&run, QON_EVENT_hires, 12);
        assert_true(paid == 0 || policy_total(&run, 0, QON_MEASURE_spent_tiyn) > 0);
        end(&run);
    }
    assert_true(hires[1] > hires[0]);
}

static void those_kept_in_the_country_are_paid_and_stay(void **state) {
    (void)state;
    int64_t left[2];
    for (int kept = 0; kept < 2; kept++) {
        struct policy_run run;
        policy_country(&run, ZONES, PERSONS);
        if (kept == 1) {
            struct qon_programme *own = policy_add(&run.scenario, "stay", QON_AT_EMIGRATION, "{}");
            policy_give(own, "retention", "wage_share=0.5 months=36");
        }
        policy_start(&run);
        left[kept] = events(&run, QON_EVENT_departures_emigration, 12);
        assert_true(kept == 0 || policy_total(&run, 0, QON_MEASURE_granted) > 0);
        end(&run);
    }
    assert_true(left[1] < left[0]);
}

static void places_of_study_take_school_leavers_elsewhere(void **state) {
    (void)state;
    struct policy_run run;
    char eligible[160];
    policy_country(&run, ZONES, PERSONS);
    const struct qon_table_regions *regions = &run.scenario.tables.regions;
    snprintf(eligible, sizeof eligible, "{\"origin\": {\"region\": \"%s\"}, \"destination\": {\"region\": \"%s\", \"kind\": \"urban\"}}",
             regions->id[0], regions->id[1]);
    struct qon_programme *own = policy_add(&run.scenario, "study", QON_AT_SCHOOL, eligible);
    policy_give(own, "study_place", "months=24 stipend_month_mci=200 place_year_tenge=1000000 education=3");
    own->bond = (struct qon_bond){60, 1, 0.5, false, 1};
    policy_start(&run);
    policy_steps(&run, 12);
    int64_t students = 0, count = 0;
    for (uint32_t b = 0; b < run.world.blocks; b++) {
        const struct qon_block *block = &run.world.block[b];
        for (uint32_t i = 0; i < block->commitments.count; i++) {
            uint32_t row = block->commitments.person[i];
            int32_t age = block->commitments.month[i] - block->persons.birth_month[row];
            assert_int_equal(age, 12 * (int32_t)run.scenario.settings.demography.school_end_years);
            assert_int_equal(run.scenario.tables.zones.region[block->commitments.origin[i]], 0);
            assert_int_equal(run.scenario.tables.zones.region[block->commitments.destination[i]], 1);
            students += block->persons.status[row] == QON_STUDENT;
            count++;
        }
    }
    assert_true(count > 20 && students > count / 2);
    policy_steps(&run, 24);
    for (uint32_t b = 0; b < run.world.blocks; b++) {
        const struct qon_block *block = &run.world.block[b];
        for (uint32_t i = 0; i < block->commitments.count; i++) {
            bool done = (block->commitments.state[i] & 15) == 4 && run.world.month > block->commitments.trained[i];
            assert_true(!done || block->persons.education[block->commitments.person[i]] >= 3);
        }
    }
    end(&run);
}

static void training_pays_and_kandas_are_reached_on_arrival(void **state) {
    (void)state;
    struct policy_run run;
    policy_country(&run, ZONES, PERSONS);
    policy_give(policy_add(&run.scenario, "welcome", QON_AT_ARRIVAL, "{\"legal\": \"kandas\"}"), "grant", "amount_mci=50");
    struct qon_programme *own = policy_add(&run.scenario, "course", QON_AT_RESIDENCE, "{\"status\": \"unemployed\"}");
    own->take_up_month = 0.2;
    policy_give(own, "training", "months=2 cost_tenge=50000 wage_gain=0.5 rank_gain=1");
    policy_start(&run);
    policy_steps(&run, 12);
    assert_true(policy_total(&run, 0, QON_MEASURE_granted) > 5);
    double trained = 0, trained_count = 0, others = 0, others_count = 0;
    for (uint32_t b = 0; b < run.world.blocks; b++) {
        const struct qon_block *block = &run.world.block[b];
        const struct qon_persons *p = &block->persons;
        for (uint32_t row = 0; row < p->count; row++) {
            if (p->status[row] == QON_EMPLOYED && p->status_month[row] > run.scenario.start + 4) {
                bool is_trained = qon_wage_factor(&run.world, block, row) > 1;
                double level =
                    run.world.places
                        .wage_tiyn[qon_cell(&run.world, block->households.zone[p->household[row]], p->occupation[row], p->skill[row])];
                *(is_trained ? &trained : &others) += p->wage_tiyn_month[row] / level;
                *(is_trained ? &trained_count : &others_count) += 1;
            }
        }
    }
    assert_true(trained_count > 50 && others_count > 50);
    double gain = trained / trained_count / (others / others_count); // wages of some 3,000 and 5,000: a standard error of 0.015
    assert_true(gain > 1.43 && gain < 1.57);
    end(&run);
}

static void permits_follow_the_quotas_of_their_programme(void **state) {
    (void)state;
    struct policy_run run;
    policy_country(&run, ZONES, PERSONS);
    struct qon_programme *own = policy_add(&run.scenario, "permits", QON_AT_COUNTRY, "{}");
    policy_give(own, "permit", "category=3");
    policy_quota(own, 0, QON_EACH_YEAR, 24);
    policy_quota(own, 1, QON_EACH_YEAR, 0);
    run.scenario.settings.employers.foreign_quota_share = 0.5;
    policy_start(&run);
    int64_t before[2] = {0}, after[2] = {0};
    for (int pass = 0; pass < 2; pass++) {
        for (int32_t z = 0; z < run.world.zones; z++) {
            int32_t r = run.scenario.tables.zones.region[z];
            if (r < 2) {
                (pass == 0 ? before : after)[r] += run.world.tally.legal[z * QON_LEGALS + QON_PERMIT_4];
            }
        }
        policy_steps(&run, pass == 0 ? 12 : 0);
    }
    int64_t granted = policy_total(&run, 0, QON_MEASURE_granted);
    assert_true(granted > 0 && granted <= 24);
    assert_true(after[0] - before[0] <= granted && after[1] <= before[1]);
    end(&run);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_by_region_and_year_hold_and_money_is_accounted_for),
        cmocka_unit_test(nobody_has_two_that_exclude_each_other_nor_one_twice),
        cmocka_unit_test(bonds_bind),
        cmocka_unit_test(the_end_of_a_bond_sets_people_off),
        cmocka_unit_test(levers_raise_and_lower_what_they_are_for),
        cmocka_unit_test(information_makes_programmes_known_and_alone_moves_few),
        cmocka_unit_test(priority_in_hiring_displaces_others),
        cmocka_unit_test(employers_paid_for_hires_hire_more),
        cmocka_unit_test(those_kept_in_the_country_are_paid_and_stay),
        cmocka_unit_test(places_of_study_take_school_leavers_elsewhere),
        cmocka_unit_test(training_pays_and_kandas_are_reached_on_arrival),
        cmocka_unit_test(permits_follow_the_quotas_of_their_programme),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
