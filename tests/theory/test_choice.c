// SPDX-License-Identifier: GPL-3.0-or-later
// The choice of a zone against the formulas it comes from: logit shares and logsum (McFadden), stationary shares of a Markov chain,
// expected income (Harris and Todaro), and the frozen draws behind them. ODD tags M-CHOICE-1, M-CHOICE-2, M-RANDOM-1.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "checks.h"
#include "handmade.h"

enum { MANY = 60000 };

// `persons` people of 30 years live alone, dealt over the zones as `share` says (NULL: all in zone 0), and weigh moving every month.
static void country_of_singles(struct handmade *c, int persons, const double *share) {
    c->scenario.settings.trigger.hazard_scale_month = 1e6;
    handmade_open(c, 1, (uint32_t)persons + 8, 2 * (uint32_t)persons + 8, 1);
    double before = 0;
    uint32_t zone = 0;
    for (int i = 0; i < persons; i++) {
        while (share != NULL && i >= (before + share[zone]) * persons && (int32_t)zone < c->world.zones - 1) {
            before += share[zone++];
        }
        uint32_t household = handmade_household(c, 0, zone, 1000000);
        handmade_member(c, 0, household, QON_HEAD, QON_FEMALE, 30, QON_INACTIVE);
    }
    for (int32_t z = 1; share == NULL && z < c->world.zones; z++) { // nobody would know a zone where nobody lives: a child of its own
        handmade_member(c, 0, handmade_household(c, 0, (uint32_t)z, 0), QON_HEAD, QON_FEMALE, 10, QON_CHILD);
    }
    handmade_close(c);
}

static void residents(const struct handmade *c, int64_t *of) {
    for (int32_t z = 0; z < c->world.zones; z++) {
        of[z] = c->world.tally.legal[(int64_t)z * QON_LEGALS + QON_CITIZEN];
    }
}

// Everybody starts in zone 0 and staying has no premium, so where people are after a month are the shares of the choices.
static void shares_of_choices_are_those_of_the_logit_formula(void **state) {
    static const double share[] = {.288396, .475485, .236119};
    struct handmade c;
    int64_t found[3];
    handmade_init(&c, (struct handmade_size){3, 3, 1, 1, 1, 3});
    c.scenario.tables.zones.amenity[1] = 0.5;
    c.scenario.tables.zones.amenity[2] = -0.2;
    country_of_singles(&c, MANY, NULL);
    run_months(&c.world, 1);
    residents(&c, found);
    found[1]--; // the children
    found[2]--;
    check_shares(found, share, 3, "amenities 0, 0.5, -0.2");
    assert_int_equal(event_sum(&c.world, QON_EVENT_considered), MANY);
    check_world(&c.world);
    handmade_free(&c);
}

// The same utilities from other terms: income, rent, cost, climate, premium of the own zone. What the code multiplies is exp of them.
static void every_term_of_utility_enters_as_the_formula_says(void **state) {
    struct handmade c;
    handmade_init(&c, (struct handmade_size){3, 3, 1, 1, 1, 3});
    struct qon_settings *set = &c.scenario.settings;
    struct qon_table_zones *t = &c.scenario.tables.zones;
    set->choice.income_weight = 1.36;
    set->choice.rent_weight = 0.2;
    set->choice.network_weight = 0.65;
    set->choice.cost_fixed = 1;
    set->choice.cost_distance = 0.9;
    set->choice.cost_climate = 0.3;
    set->choice.home_premium = 0.8;
    t->climate[2][0] = 'x';
    t->wage_tenge_month[1] = 100000 * exp(1.0 / 1.36);    // + 1
    t->rent_tenge_month[1] = 40000 * exp(-0.4 / 0.2);     // + 0.4
    t->amenity[1] = 0.5 + 0.8 + 1 - 1 - 0.4;              // the premium of home and the fixed cost are to be made up
    t->amenity[2] = -0.2 + 0.8 + 1 + 0.3 - 0.65 * log(3); // the climate too; the network helps
    handmade_open(&c, 1, 16, 16, 1);
    handmade_close(&c);
    for (int32_t z = 0; z < 3; z++) {
        c.world.tally.staff[z] = c.world.tally.labour[z * QON_LABOURS + QON_EMPLOYED] = 900;
        c.world.tally.seekers[z] = c.world.tally.labour[z * QON_LABOURS + QON_UNEMPLOYED] = 100;
        c.world.model->zone_population[z] = 5000;
        c.world.model->distance_km[z] = 100; // ln(km / 100) is 0
    }
    c.world.places.network[2] = 2 * 5; // of zone 0 in zone 2: two per 1000 residents
    qon_choice_routes(&c.world);
    qon_choice_prepare(&c.world);
    const struct qon_model *m = c.world.model;
    double weight[3] = {m->place_weight[0] * m->home_weight, m->place_weight[1] * m->route_weight[1],
                        m->place_weight[2] * m->route_weight[2]};
    check_near(log(weight[1] / weight[0]), 0.5, 1e-9, "V of zone 1");
    check_near(log(weight[2] / weight[0]), -0.2, 1e-9, "V of zone 2");
    check_near(log((weight[0] + weight[1] + weight[2]) / weight[0]), 1.243420, 1e-6, "logsum");
    m->distance_km[1] = 250;
    qon_choice_routes(&c.world);
    qon_choice_prepare(&c.world);
    check_near(log(m->place_weight[1] * m->route_weight[1] / weight[0]), 0.5 - 0.9 * log(2.5), 1e-9, "V at 250 km");
    handmade_free(&c);
}

// The winner of the exponential race takes a time whose mean is exp(-logsum), whoever wins.
static void the_race_of_the_frozen_draws_has_the_shares_and_the_logsum(void **state) {
    static const double v[] = {0, 0.5, -0.2}, share[] = {.288396, .475485, .236119};
    int64_t won[3] = {0};
    double times = 0;
    uint64_t key = qon_key(7, QON_DRAW_CHOICE, 1404);
    for (uint64_t id = 0; id < MANY; id++) {
        double best = 1e300;
        int winner = 0;
        for (int z = 0; z < 3; z++) {
            double time = -qon_log(qon_draw_unit(key, id, (uint32_t)z)) / exp(v[z]);
            winner = time < best ? z : winner;
            best = time < best ? time : best;
        }
        won[winner]++;
        times += best;
    }
    check_shares(won, share, 3, "winners");
    check_near(-log(times / MANY), 1.243420, 4.5 / sqrt(MANY), "logsum");
}

static void frozen_utilities_have_the_moments_of_gumbel(void **state) {
    double sum[2] = {0}, square[2] = {0}, product[2] = {0};
    uint64_t key = qon_key(11, QON_DRAW_CHOICE, 1404), next = qon_key(11, QON_DRAW_CHOICE, 1405);
    for (uint64_t id = 0; id < 4 * MANY; id++) {
        double one = -log(-qon_log(qon_draw_unit(key, id, 0)));
        double other = -log(-qon_log(qon_draw_unit(key, id, 1)));
        double later = -log(-qon_log(qon_draw_unit(next, id, 0)));
        sum[0] += one;
        square[0] += one * one;
        sum[1] += other;
        product[0] += (one - .5772157) * (other - .5772157);
        product[1] += (one - .5772157) * (later - .5772157);
    }
    double n = 4 * MANY, mean = sum[0] / n;
    check_near(mean, .5772157, 4.5 * sqrt(1.644934 / n), "mean");
    check_near(sum[1] / n, .5772157, 4.5 * sqrt(1.644934 / n), "mean of another alternative");
    // The fourth central moment of Gumbel is 5.4 times the squared variance.
    check_near(square[0] / n - mean * mean, 1.644934, 4.5 * 1.644934 * sqrt(4.4 / n), "variance");
    check_near(product[0] / n, 0, 4.5 * 1.644934 / sqrt(n), "covariance of two alternatives");
    check_near(product[1] / n, 0, 4.5 * 1.644934 / sqrt(n), "covariance of two months");
}

// Premium h of the own zone and amenity a of zone 1: moving has the probability 1 / (1 + exp(h - a)) there and 1 / (1 + exp(h + a)) back.
static void two_zones_converge_to_the_stationary_shares(void **state) {
    enum { PERSONS = 20000, MONTHS = 240 };
    static const double third[] = {1.0 / 3, 2.0 / 3};
    double start[] = {0.75, 0.25};
    struct handmade c;
    int64_t found[2];
    handmade_init(&c, (struct handmade_size){2, 2, 1, 1, 1, MONTHS + 1});
    c.scenario.settings.choice.home_premium = 0.5 * (log(49) + log(99));
    c.scenario.tables.zones.amenity[1] = 0.5 * (log(99) - log(49));
    country_of_singles(&c, PERSONS, start);
    run_months(&c.world, 1);
    check_count((double)c.world.tally.flow_persons[1], .02 * 15000, .02 * .98 * 15000, "moves from zone 0 in the first month");
    check_count((double)c.world.tally.flow_persons[2], .01 * 5000, .01 * .99 * 5000, "moves from zone 1 in the first month");
    run_months(&c.world, 23);
    residents(&c, found);
    double after_24 = 1.0 / 3 + (0.75 - 1.0 / 3) * pow(0.97, 24); // on the way
    check_count((double)found[0], after_24 * PERSONS, 0.25 * PERSONS, "in zone 0 after two years");
    run_months(&c.world, MONTHS - 24);
    residents(&c, found);
    check_shares(found, third, 2, "stationary shares");
    check_world(&c.world);
    handmade_free(&c);
}

// 200 jobs at twice the wage of home: people come until half of them are without work, and then both places are worth the same.
static void expected_income_is_that_of_harris_and_todaro(void **state) {
    static const double came[] = {200, 400, 800}, ratio[] = {2, 1, 0.5};
    struct handmade c;
    handmade_init(&c, (struct handmade_size){2, 2, 1, 1, 1, 3});
    c.scenario.settings.choice.income_weight = 1.36;
    c.scenario.settings.labour.unemployed_income_share = 0;
    c.scenario.tables.zones.wage_tenge_month[1] = 200000;
    handmade_open(&c, 1, 16, 16, 1);
    handmade_close(&c);
    for (int i = 0; i < 3; i++) {
        const int64_t thousands = 1000; // so that the prior of 50 persons of a cell does not matter
        int64_t staff[2] = {1000 * thousands, 200 * thousands}, seekers[2] = {0, (int64_t)(came[i] - 200) * thousands};
        for (int z = 0; z < 2; z++) {
            c.world.tally.staff[z] = c.world.tally.labour[z * QON_LABOURS + QON_EMPLOYED] = staff[z];
            c.world.tally.seekers[z] = c.world.tally.labour[z * QON_LABOURS + QON_UNEMPLOYED] = seekers[z];
        }
        qon_choice_prepare(&c.world);
        double utility = log(c.world.model->place_weight[1] / c.world.model->place_weight[0]);
        check_near(exp(utility / 1.36), ratio[i], 1e-4, "expected income of town over home");
    }
    // b: what the unemployed live on.
    c.scenario.settings.labour.unemployed_income_share = 0.25;
    qon_choice_prepare(&c.world);
    double utility = log(c.world.model->place_weight[1] / c.world.model->place_weight[0]);
    check_near(exp(utility / 1.36), 2 * (0.25 + 0.75 * 0.25), 1e-4, "with an income of the unemployed");
    handmade_free(&c);
}

// A cell of few persons says little: its employed share is drawn towards that of the zone, half way at 50 persons.
static void the_chance_of_work_in_a_small_cell_is_drawn_towards_the_zones(void **state) {
    struct handmade c;
    handmade_init(&c, (struct handmade_size){1, 1, 1, 2, 1, 3});
    c.scenario.settings.choice.income_weight = 1;
    c.scenario.settings.labour.unemployed_income_share = 0.25;
    handmade_open(&c, 1, 16, 16, 1);
    handmade_close(&c);
    int64_t *labour = c.world.tally.labour;
    labour[QON_EMPLOYED] = 899999; // with one more of each, 9 of 10
    labour[QON_UNEMPLOYED] = 99999;
    c.world.tally.staff[0] = 20;
    c.world.tally.seekers[0] = 30;
    c.world.tally.staff[1] = 800000;
    c.world.tally.seekers[1] = 200000;
    qon_choice_prepare(&c.world);
    double small = 0.5 * 0.4 + 0.5 * 0.9, large = 0.8;
    double expected = (small + (1 - small) * 0.25) / (large + (1 - large) * 0.25);
    check_near(c.world.model->place_weight[0] / c.world.model->place_weight[1], expected, 1e-5, "expected income of the small cell");
    handmade_free(&c);
}

static void nothing_happens_in_a_country_that_nobody_disturbs(void **state) {
    struct handmade c;
    double share[] = {0.5, 0.5};
    handmade_init(&c, (struct handmade_size){2, 1, 1, 1, 1, 30});
    country_of_singles(&c, 500, share);
    c.scenario.settings.trigger.hazard_scale_month = 0;
    run_months(&c.world, 24);
    for (int e = 0; e < QON_EVENTS; e++) {
        assert_int_equal(event_sum(&c.world, (enum qon_event)e), 0);
    }
    assert_int_equal(c.world.block[0].persons.count, 500);
    assert_int_equal(c.world.block[0].households.count, 500);
    assert_int_equal(c.world.money.savings, 500 * 100000000LL);
    check_world(&c.world);
    handmade_free(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_of_choices_are_those_of_the_logit_formula),
        cmocka_unit_test(every_term_of_utility_enters_as_the_formula_says),
        cmocka_unit_test(the_race_of_the_frozen_draws_has_the_shares_and_the_logsum),
        cmocka_unit_test(frozen_utilities_have_the_moments_of_gumbel),
        cmocka_unit_test(two_zones_converge_to_the_stationary_shares),
        cmocka_unit_test(expected_income_is_that_of_harris_and_todaro),
        cmocka_unit_test(the_chance_of_work_in_a_small_cell_is_drawn_towards_the_zones),
        cmocka_unit_test(nothing_happens_in_a_country_that_nobody_disturbs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
