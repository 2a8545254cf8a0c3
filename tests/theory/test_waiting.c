// SPDX-License-Identifier: GPL-3.0-or-later
// Waiting lists, money that comes back, and what a person was before a hire, in a made-up country. ODD tags M-WAIT-1, M-RETURN-1,
// M-HIRE-1, M-ELIGIBLE-1.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../../sim/model/programmes.h"
#include "../support/loading.h"
#include "../support/policy_run.h"
#include <qonys/par.h>

enum { ZONES = 6, PERSONS = 150000 };

static void end(struct policy_run *run) {
    char text[256];
    if (!qon_world_check(&run->world, true, text) || !qon_ledger_balance(&run->world, text)) {
        fail_msg("%s", text);
    }
    policy_end(run);
}

static int64_t of_month(const struct policy_run *run, int programme, enum qon_measure measure) {
    int64_t total = 0;
    for (int32_t r = 0; r < run->world.regions; r++) {
        total += *qon_measure_month(&run->world, programme, r, measure);
    }
    return total;
}

// Everybody can pay for every move, so that nobody on a list is passed over.
static void no_costs(struct qon_scenario *s) {
    s->settings.choice.money_fixed_tenge = 0;
    s->settings.choice.money_km_tenge = 0;
    s->settings.choice.money_deposit_months = 0;
}

static struct qon_programme *settle(struct policy_run *run, int64_t places, int32_t waiting_months) {
    struct qon_programme *own = policy_add(&run->scenario, "settle", QON_AT_MOVE, "{\"same_region\": false}");
    policy_give(own, "grant", "amount_mci=300");
    policy_quota(own, QON_ALL_REGIONS, QON_EACH_YEAR, places);
    own->waiting_months = waiting_months;
    return own;
}

// The rows of the lists against the stock, and the stock against what went in and out.
static void list_is_what_its_measures_say(const struct policy_run *run, int programme) {
    int64_t rows = 0;
    for (uint32_t b = 0; b < run->world.blocks; b++) {
        const struct qon_waiting *w = &run->world.block[b].waiting;
        for (uint32_t i = 0; i < w->count; i++) {
            rows += w->wanted[i] >> programme & 1;
            assert_true(i == 0 || w->person[i - 1] <= w->person[i]);
            assert_true(w->id[i] == qon_person_id(&run->world.block[b], w->person[i]));
        }
    }
    assert_int_equal(rows, policy_total(run, programme, QON_MEASURE_waiting));
    assert_int_equal(rows, policy_total(run, programme, QON_MEASURE_queued) - policy_total(run, programme, QON_MEASURE_served) -
                               policy_total(run, programme, QON_MEASURE_gave_up));
}

// Rows that have waited since before this month.
static int64_t waited(const struct policy_run *run) {
    int64_t rows = 0;
    for (uint32_t b = 0; b < run->world.blocks; b++) {
        const struct qon_waiting *w = &run->world.block[b].waiting;
        for (uint32_t i = 0; i < w->count; i++) {
            rows += w->month[i] < run->world.month - 1;
        }
    }
    return rows;
}

static void who_waits_is_served_first_when_places_open(void **state) {
    (void)state;
    struct policy_run run;
    policy_country(&run, ZONES, PERSONS);
    no_costs(&run.scenario);
    (void)settle(&run, 120, 24);
    policy_start(&run);
    int64_t before = 0;
    for (int m = 0; m < 26; m++) {
        policy_steps(&run, 1);
        list_is_what_its_measures_say(&run, 0);
        int64_t granted = of_month(&run, 0, QON_MEASURE_granted), served = of_month(&run, 0, QON_MEASURE_served);
        // While somebody from an earlier month is left on the list nobody new gets a place.
        assert_true(served <= granted && (waited(&run) == 0 || served == granted));
        if (m % 12 == 0 && m > 0) {
            assert_true(before > 120 && granted == 120); // the year's places go to the list at once
        }
        before = policy_total(&run, 0, QON_MEASURE_waiting);
    }
    assert_int_equal(policy_total(&run, 0, QON_MEASURE_granted), 360);
    assert_int_equal(policy_total(&run, 0, QON_MEASURE_served), 240);
    assert_int_equal(policy_total(&run, 0, QON_MEASURE_applicants),
                     policy_total(&run, 0, QON_MEASURE_granted) - policy_total(&run, 0, QON_MEASURE_served) +
                         policy_total(&run, 0, QON_MEASURE_refused_quota) + policy_total(&run, 0, QON_MEASURE_refused_budget) +
                         policy_total(&run, 0, QON_MEASURE_refused_rule));
    end(&run);
}

static void nobody_waits_longer_than_the_list_allows(void **state) {
    (void)state;
    for (int months = 0; months < 4; months += 3) {
        struct policy_run run;
        policy_country(&run, ZONES, PERSONS);
        (void)settle(&run, 5, months);
        policy_start(&run);
        for (int m = 0; m < 8; m++) {
            policy_steps(&run, 1);
            list_is_what_its_measures_say(&run, 0);
            for (uint32_t b = 0; b < run.world.blocks; b++) {
                const struct qon_waiting *w = &run.world.block[b].waiting;
                for (uint32_t i = 0; i < w->count; i++) {
                    assert_true(run.world.month - 1 - w->month[i] <= months);
                }
            }
        }
        assert_true((policy_total(&run, 0, QON_MEASURE_queued) > 0) == (months > 0));
        assert_true((policy_total(&run, 0, QON_MEASURE_gave_up) > 0) == (months > 0));
        end(&run);
    }
}

static void lists_are_the_same_for_any_number_of_threads(void **state) {
    (void)state;
    uint64_t digest[2];
    for (int threads = 1; threads <= 2; threads++) {
        struct policy_run run;
        policy_country(&run, ZONES, PERSONS);
        (void)settle(&run, 60, 12);
        qon_par_threads_set(threads);
        policy_start(&run);
        policy_steps(&run, 14);
        digest[threads - 1] = qon_world_digest(&run.world);
        assert_true(policy_total(&run, 0, QON_MEASURE_served) > 0);
        end(&run);
    }
    qon_par_threads_set(0);
    assert_true(digest[0] == digest[1]);
}

// A list for which nothing ever opens changes nobody's life.
static void a_list_without_places_leaves_the_state_as_it_is(void **state) {
    (void)state;
    uint64_t digest[2];
    for (int with = 0; with < 2; with++) {
        struct policy_run run;
        policy_country(&run, ZONES, PERSONS);
        if (with == 1) {
            (void)settle(&run, 0, 12);
        }
        policy_start(&run);
        policy_steps(&run, 8);
        digest[with] = qon_world_digest(&run.world);
        assert_true(with == 0 || policy_total(&run, 0, QON_MEASURE_waiting) > 0);
        end(&run);
    }
    assert_true(digest[0] == digest[1]);
}

// Residents wait for a budget that fills again when instalments of others stop.
static void money_that_comes_back_serves_the_list(void **state) {
    (void)state;
    struct policy_run run;
    policy_country(&run, ZONES, PERSONS);
    struct qon_programme *own = policy_add(&run.scenario, "stipend", QON_AT_RESIDENCE, "{\"age_years\": {\"min\": 20, \"max\": 30}}");
    own->take_up_month = 0.05;
    own->waiting_months = 60;
    policy_give(own, "retention", "month_mci=5 months=60");
    const int64_t money = 300LL * 300 * 226900;
    policy_budget(own, QON_ALL_REGIONS, QON_WHOLE_TIME, money);
    policy_start(&run);
    for (int m = 0; m < 20; m++) {
        policy_steps(&run, 1);
        list_is_what_its_measures_say(&run, 0);
        int64_t spent = policy_total(&run, 0, QON_MEASURE_spent_tiyn), open = 0;
        for (uint32_t b = 0; b < run.world.blocks; b++) {
            const struct qon_commitments *c = &run.world.block[b].commitments;
            for (uint32_t g = 0; g < c->count; g++) {
                open += c->later_tiyn[g] + c->monthly_tiyn[g] * c->monthly_left[g];
            }
        }
        assert_true(run.world.ledger.budget_left[0] >= 0);
        assert_true(spent + open + run.world.ledger.budget_left[0] == money); // to the tiyn, every month
    }
    assert_true(policy_total(&run, 0, QON_MEASURE_returned_tiyn) > 0);
    assert_true(policy_total(&run, 0, QON_MEASURE_served) > 0);
    assert_true(policy_total(&run, 0, QON_MEASURE_waiting) > 100);
    end(&run);
}

// What a year's budget loses when it is over: with carry-over the money that stops being owed is there again, without it is gone.
static void money_of_a_closed_year_comes_back_with_carry_over_only(void **state) {
    (void)state;
    for (int carry = 0; carry < 2; carry++) {
        struct policy_run run;
        policy_country(&run, ZONES, PERSONS);
        struct qon_programme *own = policy_add(&run.scenario, "rent", QON_AT_MOVE, "{\"same_region\": false}");
        own->carry_over = carry == 1;
        own->to = own->from + 11;
        policy_give(own, "rent_support", "month_mci=10 months=36");
        policy_budget(own, QON_ALL_REGIONS, QON_EACH_YEAR, 400LL * 360 * 226900);
        policy_start(&run);
        policy_steps(&run, 12);
        int64_t left = run.world.ledger.budget_left[0], returned = policy_total(&run, 0, QON_MEASURE_returned_tiyn);
        policy_steps(&run, 6);
        int64_t later = policy_total(&run, 0, QON_MEASURE_returned_tiyn) - returned;
        assert_true(later > 0 && run.world.ledger.budget_left[0] - left == (carry == 1 ? later : 0));
        end(&run);
    }
}

// Status at a hire is that before it: of those hired in a month some were unemployed, the others self-employed, and nobody was neither.
static void conditions_of_hires_mean_the_person_before(void **state) {
    (void)state;
    struct policy_run run;
    policy_country(&run, ZONES, PERSONS);
    static const char *const who[] = {"{\"status\": [\"unemployed\"]}", "{\"status\": [\"self_employed\"]}", "{\"status\": [\"employed\"]}",
                                      "{\"registered_months\": {\"max\": 600}}"};
    static const char *const names[] = {"unemployed", "self_employed", "employed", "registered"};
    for (int i = 0; i < 4; i++) {
        policy_give(policy_add(&run.scenario, names[i], QON_AT_HIRE, who[i]), "employer_subsidy", "month_mci=1 months=3 rank_gain=1");
    }
    policy_start(&run);
    policy_steps(&run, 1);
    int64_t hires = 0;
    for (int32_t z = 0; z < run.world.zones; z++) {
        hires += run.world.tally.events[(int64_t)QON_EVENT_hires * run.world.zones + z];
    }
    int64_t granted[4];
    for (int i = 0; i < 4; i++) {
        granted[i] = policy_total(&run, i, QON_MEASURE_granted);
        assert_int_equal(policy_total(&run, i, QON_MEASURE_preferred),
                         policy_total(&run, i, QON_MEASURE_windfall) + policy_total(&run, i, QON_MEASURE_displaced));
    }
    assert_true(granted[0] > 100 && granted[1] > 10);
    assert_int_equal(granted[0] + granted[1], hires);
    assert_int_equal(granted[2], 0);
    assert_int_equal(granted[3], granted[0]);
    end(&run);
}

// Employers prefer nobody for whom there is no money any more.
static void nobody_is_preferred_once_the_money_is_gone(void **state) {
    (void)state;
    struct policy_run run;
    policy_country(&run, ZONES, PERSONS);
    struct qon_programme *own = policy_add(&run.scenario, "first", QON_AT_HIRE, "{\"age_years\": {\"max\": 29}}");
    policy_give(own, "employer_subsidy", "month_mci=10 months=12 rank_gain=4");
    policy_quota(own, QON_ALL_REGIONS, QON_WHOLE_TIME, 150);
    policy_start(&run);
    policy_steps(&run, 1);
    assert_true(policy_total(&run, 0, QON_MEASURE_preferred) > 0);
    for (int m = 0; m < 6 && run.world.ledger.quota_left[0] > 0; m++) {
        policy_steps(&run, 1);
    }
    assert_int_equal(policy_total(&run, 0, QON_MEASURE_granted), 150);
    int64_t preferred = policy_total(&run, 0, QON_MEASURE_preferred), displaced = policy_total(&run, 0, QON_MEASURE_displaced);
    policy_steps(&run, 2);
    assert_int_equal(policy_total(&run, 0, QON_MEASURE_preferred), preferred);
    assert_int_equal(policy_total(&run, 0, QON_MEASURE_displaced), displaced);
    end(&run);
}

// The principal of a loan comes back, so it is no cost; what is lent is counted beside.
static void loans_cost_their_grant_element(void **state) {
    (void)state;
    struct policy_run run;
    policy_country(&run, ZONES, PERSONS);
    struct qon_programme *own = policy_add(&run.scenario, "loan", QON_AT_MOVE, "{\"same_region\": false}");
    policy_give(own, "loan", "principal_tenge=1000000 rate_percent_year=0.01 market_percent_year=15 term_months=180");
    policy_quota(own, QON_ALL_REGIONS, QON_WHOLE_TIME, 50);
    policy_start(&run);
    policy_steps(&run, 6);
    int64_t granted = policy_total(&run, 0, QON_MEASURE_granted), lent = policy_total(&run, 0, QON_MEASURE_lent_tiyn);
    assert_int_equal(granted, 50);
    assert_int_equal(lent, granted * 100000000);
    double share = (double)policy_total(&run, 0, QON_MEASURE_spent_tiyn) / (double)lent;
    assert_true(share > 0.59 && share < 0.61); // 1 - 71.45 / 179.86: annuities of 180 months at 15 % and at 0.01 %
    end(&run);
}

// ---- random programmes

static uint32_t drawn(uint64_t *seed, uint32_t below) {
    *seed = qon_mix(*seed + 0x9e37);
    return (uint32_t)((*seed >> 32) * below >> 32);
}

static const char *const conditions[] = {
    "{}",
    "{\"age_years\": {\"min\": 20, \"max\": 44}, \"sex\": \"female\"}",
    "{\"any\": [{\"status\": [\"unemployed\", \"self_employed\"]}, {\"resident_months\": {\"max\": 10}}]}",
    "{\"all\": [{\"not\": {\"education\": \"higher\"}}, {\"minors\": {\"max\": 1}}, {\"same_region\": false}]}",
    "{\"any\": [{\"owner\": true, \"destination\": {\"kind\": \"urban\"}}, {\"owner\": false, \"destination\": {\"kind\": \"rural\"}}]}",
    "{\"resident_months\": {\"min\": 24}, \"job_term\": [\"temporary\", \"long\"], \"household\": {\"members\": {\"min\": 2}}}",
    "{\"employer\": {\"premium\": {\"min\": 1}}, \"skill\": \"medium\"}",
};
enum { CONDITIONS = sizeof conditions / sizeof conditions[0] };

static void random_programme(struct policy_run *run, int number, uint64_t *seed) {
    static const enum qon_at events[] = {QON_AT_MOVE, QON_AT_MOVE, QON_AT_HIRE, QON_AT_RESIDENCE, QON_AT_ARRIVAL};
    char name[16], settings[80];
    (void)snprintf(name, sizeof name, "p%d", number);
    enum qon_at at = events[drawn(seed, 5)];
    struct qon_programme *own = policy_add(&run->scenario, name, at, conditions[drawn(seed, CONDITIONS)]);
    (void)snprintf(settings, sizeof settings, "amount_mci=%u per=%u paid=%u", 1 + drawn(seed, 200), drawn(seed, 2), drawn(seed, 2));
    policy_give(own, "grant", settings);
    (void)snprintf(settings, sizeof settings, "month_mci=%u months=%u", 1 + drawn(seed, 20), 1 + drawn(seed, 20));
    policy_give(own, "rent_support", settings);
    for (uint32_t q = drawn(seed, 3); q > 0; q--) {
        int32_t year = (int32_t[]){QON_EACH_YEAR, QON_WHOLE_TIME, 1900 + run->scenario.start / 12}[drawn(seed, 3)];
        policy_quota(own, drawn(seed, 2) == 0 ? QON_ALL_REGIONS : 0, year, drawn(seed, 60));
        own->quotas[own->quotas_count - 1].members = drawn(seed, 2) == 1;
        own->quotas[own->quotas_count - 1].of_origin = drawn(seed, 2) == 1;
    }
    for (uint32_t b = drawn(seed, 3); b > 0; b--) {
        policy_budget(own, drawn(seed, 2) == 0 ? QON_ALL_REGIONS : 0, drawn(seed, 2) == 0 ? QON_EACH_YEAR : QON_WHOLE_TIME,
                      (int64_t)drawn(seed, 5000) * 226900);
    }
    own->carry_over = drawn(seed, 2) == 1;
    own->ration = (enum qon_ration[]){QON_FIRST_COME, QON_LOTTERY, QON_PROPORTIONAL}[drawn(seed, 3)];
    own->waiting_months = at == QON_AT_HIRE ? 0 : (int32_t)drawn(seed, 8);
    own->bond = (struct qon_bond){(int32_t)drawn(seed, 24), 1, 0.5, false, 1};
    own->excludes = number > 0 ? 0 : 2;
    run->scenario.programmes.row[0].excludes = 2;
}

// The lookups against the conditions themselves, person by person and pair by pair of zones.
static void lookups_say_what_conditions_say(const struct policy_run *run) {
    const struct qon_world *w = &run->world;
    const struct qon_block *block = &w->block[0];
    for (uint32_t row = 0; row < block->persons.count; row += 37) {
        if (block->persons.status[row] == QON_GONE) {
            continue;
        }
        for (uint32_t d = 0; d < (uint32_t)w->zones; d++) {
            uint32_t household = block->persons.household[row], o = block->households.zone[household];
            struct qon_ask ask = {w, block, row, household, o, d, QON_NONE, NULL};
            uint64_t mask =
                qon_eligible_persons(&ask, (enum qon_at)QON_AT_ANY, (1ULL << w->scenario->programmes.count) - 1) & qon_pair_mask(w, o, d);
            for (int p = 0; p < w->scenario->programmes.count; p++) {
                const struct qon_predicate *eligible = &qon_programme_of(w, p)->eligible;
                bool mixed = (w->model->programmes->mixed >> p & 1) == 0 || qon_predicate_mixed(eligible, &ask);
                assert_true(((mask >> p & 1) != 0 && mixed) == qon_predicate_holds(eligible, &ask));
            }
        }
    }
}

// Each month qon_step holds all books against one another: no limit overdrawn, money to the tiyn.
static void random_programmes_keep_their_limits_and_books(void **state) {
    (void)state;
    int64_t granted = 0, refused = 0, served = 0, returned = 0;
    for (uint64_t round = 0; round < 8; round++) {
        struct policy_run run;
        uint64_t seed = 1000 + round;
        policy_country(&run, ZONES, 40000);
        for (int number = 0; number < 5; number++) {
            random_programme(&run, number, &seed);
        }
        run.scenario.programmes.row[1].excludes = 1;
        policy_start(&run);
        for (int m = 0; m < 14; m++) {
            policy_steps(&run, 1);
            for (int p = 0; p < 5; p++) {
                list_is_what_its_measures_say(&run, p);
            }
        }
        lookups_say_what_conditions_say(&run);
        for (int p = 0; p < 5; p++) {
            granted += policy_total(&run, p, QON_MEASURE_granted);
            served += policy_total(&run, p, QON_MEASURE_served);
            returned += policy_total(&run, p, QON_MEASURE_returned_tiyn);
            refused += policy_total(&run, p, QON_MEASURE_refused_quota) + policy_total(&run, p, QON_MEASURE_refused_budget);
        }
        end(&run);
    }
    assert_true(granted > 1000 && refused > 1000 && served > 50 && returned > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_waits_is_served_first_when_places_open),
        cmocka_unit_test(nobody_waits_longer_than_the_list_allows),
        cmocka_unit_test(lists_are_the_same_for_any_number_of_threads),
        cmocka_unit_test(a_list_without_places_leaves_the_state_as_it_is),
        cmocka_unit_test(money_that_comes_back_serves_the_list),
        cmocka_unit_test(money_of_a_closed_year_comes_back_with_carry_over_only),
        cmocka_unit_test(conditions_of_hires_mean_the_person_before),
        cmocka_unit_test(nobody_is_preferred_once_the_money_is_gone),
        cmocka_unit_test(loans_cost_their_grant_element),
        cmocka_unit_test(random_programmes_keep_their_limits_and_books),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
