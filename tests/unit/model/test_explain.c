// SPDX-License-Identifier: GPL-3.0-or-later
// Explanations against sums done by hand: the terms of utility, the hazard, who decides, what was affordable, whom a programme is for. ODD
// tags M-TRIGGER-1, M-CHOICE-1, M-LIQUIDITY-1, M-SUPPORT-1, M-ELIGIBLE-1.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "checks.h"
#include "handmade.h"
#include "policy.h"
#include <qonys/explain.h>
#include <string.h>

// Three zones of three regions, everybody considers; a family and a grown-up son in zone 0, kin in zone 2.
struct town {
    struct handmade c;
    uint32_t home, head, spouse, child, son;
};

static void town_init(struct town *t) {
    handmade_init(&t->c, (struct handmade_size){3, 3, 2, 1, 1, 6});
    struct qon_settings *set = &t->c.scenario.settings;
    set->trigger.hazard_scale_month = 1e6;
    set->choice.income_weight = 1.5;
    set->choice.rent_weight = 0.25;
    set->choice.cost_fixed = 1;
    set->choice.cost_distance = 0.5;
    set->choice.cost_member = 0.3;
    set->choice.home_premium = 0.75;
    set->choice.kin_weight = 0.6;
    t->c.scenario.tables.zones.amenity[1] = 2;
}

static void town_open(struct town *t, int64_t savings_tenge) {
    handmade_open(&t->c, 1, 32, 32, 2);
    handmade_member(&t->c, 0, handmade_household(&t->c, 0, 1, 0), QON_HEAD, QON_MALE, 5, QON_CHILD);
    handmade_member(&t->c, 0, handmade_household(&t->c, 0, 2, 0), QON_HEAD, QON_MALE, 5, QON_CHILD);
    t->home = handmade_household(&t->c, 0, 0, savings_tenge);
    t->head = handmade_member(&t->c, 0, t->home, QON_HEAD, QON_FEMALE, 40, QON_UNEMPLOYED);
    t->spouse = handmade_member(&t->c, 0, t->home, QON_SPOUSE, QON_MALE, 40, QON_UNEMPLOYED);
    t->child = handmade_member(&t->c, 0, t->home, QON_OFFSPRING, QON_MALE, 8, QON_CHILD);
    t->son = handmade_member(&t->c, 0, t->home, QON_OFFSPRING, QON_MALE, 20, QON_UNEMPLOYED);
    t->c.world.block[0].households.kin[t->home] = 2;
    handmade_close(&t->c);
}

static void town_month(struct town *t, struct qon_explanation *e, uint32_t person) {
    memset(e, 0, sizeof *e);
    e->person = t->c.world.block[0].persons.id[person];
    qon_explain_set(&t->c.world, e, 1);
    run_months(&t->c.world, 1);
    qon_explain_set(&t->c.world, NULL, 0);
}

static const struct qon_explained_place *place_of(const struct qon_explained_decision *d, uint32_t zone, bool stay) {
    for (int32_t i = 0; i < d->places; i++) {
        if (d->place[i].zone == zone && d->place[i].stay == stay && !d->place[i].local) {
            return &d->place[i];
        }
    }
    fail_msg("zone %u is not among the places", zone);
    return NULL;
}

static void the_terms_are_those_of_the_formula(void **state) {
    struct town t;
    struct qon_explanation e;
    town_init(&t);
    town_open(&t, 10000000);
    town_month(&t, &e, t.head);
    assert_int_equal(e.state, QON_THERE);
    assert_int_equal(e.zone, 0);
    assert_int_equal(e.age_months / 12, 40);
    assert_int_equal(e.members, 4);
    assert_true(e.own.there && e.own.considers && !e.head_decision.there);
    const struct qon_explained_place *stay = place_of(&e.own, 0, true), *better = place_of(&e.own, 1, false);
    const struct qon_explained_place *kin = place_of(&e.own, 2, false);
    double w = better->wage_tiyn_month, p = better->employed_share;
    check_near(w, 1e7, 1e6, "level of wages, tiyn");
    check_near(better->income_tiyn, p * w + (1 - p) * t.c.scenario.settings.labour.unemployed_income_share * w, 1e-6,
               "Y = p w + (1 - p) b w");
    check_near(better->part[QON_PART_income], 1.5 * log(better->income_tiyn), 1e-9, "income");
    check_near(better->part[QON_PART_rent], -0.25 * log(better->rent_tiyn_month), 1e-9, "rent");
    check_near(better->part[QON_PART_amenity], 2 * t.c.scenario.settings.choice.amenity_weight, 1e-12, "amenity");
    check_near(better->part[QON_PART_cost_fixed], -1, 1e-12, "fixed cost");
    check_near(better->part[QON_PART_cost_distance], -0.5 * log(better->km / 100), 1e-9, "distance");
    check_near(better->part[QON_PART_cost_members], -0.3 * (e.own.travellers - 1), 1e-12, "members");
    check_near(better->part[QON_PART_kin] + better->part[QON_PART_home], 0, 0, "no kin, not home");
    check_near(kin->part[QON_PART_kin], 0.6, 1e-12, "kin");
    check_near(stay->part[QON_PART_home], 0.75, 1e-12, "home");
    check_near(stay->part[QON_PART_cost_fixed] + stay->part[QON_PART_cost_distance], 0, 0, "staying costs nothing");
    for (int32_t i = 0; i < e.own.places; i++) {
        double sum = 0;
        for (int part = 0; part < QON_UTILITY_PARTS; part++) {
            sum += e.own.place[i].part[part];
        }
        check_near(sum, e.own.place[i].utility, 1e-12, "sum of the parts");
        check_near(log(e.own.place[i].weight), sum, 1e-9, "weight of the race");
        check_near(e.own.place[i].total, sum + e.own.place[i].gumbel, 1e-12, "total");
    }
    qon_explanation_free(&e);
    handmade_free(&t.c);
}

static void who_decides_is_said(void **state) {
    static const struct {
        enum qon_decides decides;
        bool head;
    } expected[] = {{QON_DECIDES, false}, {QON_DECIDES_NOT_SPOUSE, true}, {QON_DECIDES_NOT_MINOR, true}, {QON_DECIDES, true}};
    for (int who = 0; who < 4; who++) {
        struct town t;
        struct qon_explanation e;
        town_init(&t);
        town_open(&t, 10000000);
        town_month(&t, &e, t.head + (uint32_t)who);
        assert_int_equal(e.own.decides, expected[who].decides);
        assert_int_equal(e.own.considers, expected[who].decides == QON_DECIDES);
        assert_int_equal(e.head_decision.there, expected[who].head);
        if (expected[who].head) {
            assert_int_equal(e.head_decision.row, t.head);
            assert_true(e.head_decision.considers && e.head_decision.travellers == 4);
        }
        if (who == 3) {
            assert_int_equal(e.own.travellers, 1);
            assert_int_equal(e.own.savings_tiyn, e.head_decision.savings_tiyn / 4);
        }
        check_world(&t.c.world);
        qon_explanation_free(&e);
        handmade_free(&t.c);
    }
}

static void the_hazard_is_the_product_of_its_factors(void **state) {
    struct town t;
    struct qon_explanation e;
    town_init(&t);
    struct qon_settings *set = &t.c.scenario.settings;
    set->trigger.hazard_scale_month = 0.5;
    set->trigger.factor_owner = 0.7;
    set->trigger.factor_unemployed = 1.8;
    set->trigger.factor_school_children = 0.6;
    town_open(&t, 10000000);
    t.c.world.block[0].households.owner[t.home] = 1;
    town_month(&t, &e, t.head);
    double schedule = qon_rogers_castro(set, 40.5);
    check_near(e.own.factor[QON_TRIGGER_scale], 0.5 * schedule, 1e-12, "level");
    check_near(e.own.factor[QON_TRIGGER_place], 0.7, 0, "owner");
    check_near(e.own.factor[QON_TRIGGER_children], 0.6, 0, "child at school");
    check_near(e.own.hazard, 0.5 * schedule * 0.7 * 1.8 * 0.6, 1e-12, "hazard");
    assert_int_equal(e.own.considers, e.own.candidate && e.own.threshold < e.own.hazard);
    qon_explanation_free(&e);
    handmade_free(&t.c);
}

// The wish is zone 1 whatever the luck; with savings it is done, without it is told why not.
static void what_is_not_affordable_is_said(void **state) {
    for (int rich = 0; rich < 2; rich++) {
        struct town t;
        struct qon_explanation e;
        town_init(&t);
        t.c.scenario.tables.zones.amenity[1] = 20 / t.c.scenario.settings.choice.amenity_weight;
        t.c.scenario.settings.choice.money_fixed_tenge = 50000;
        town_open(&t, rich ? 400000 : 30000);
        town_month(&t, &e, t.child);
        const struct qon_explained_place *wish = place_of(&e.head_decision, 1, false);
        assert_true(wish->wished && wish->affordable == (rich == 1) && wish->wished_not == (rich == 0) && wish->best == (rich == 1));
        assert_int_equal(wish->cost_tiyn > e.head_decision.savings_tiyn, rich == 0);
        assert_int_equal(e.moved, rich);
        assert_int_equal(e.moved_with_head, rich);
        assert_int_equal(e.zone_after, rich);
        qon_explanation_free(&e);
        handmade_free(&t.c);
    }
}

// A grant for zone 1 that pays the move: taken by those who may have it; for the others the condition that fails is named.
static void support_and_its_conditions_are_told(void **state) {
    static const char *const eligible[] = {"{\"destination\": {\"amenity\": {\"min\": 1}}}", "{\"age_years\": {\"max\": 35}}",
                                           "{\"status\": [\"employed\", \"student\"]}", "{\"destination\": {\"amenity\": {\"min\": 100}}}"};
    static const char *const told[] = {"", "age_years is 40, asked for: at most 35", "status is unemployed, asked for: student, employed",
                                       "the destination is"};
    for (int i = 0; i < 4; i++) {
        struct town t;
        struct qon_explanation e;
        town_init(&t);
        t.c.scenario.tables.zones.amenity[1] = 20 / t.c.scenario.settings.choice.amenity_weight;
        t.c.scenario.settings.choice.money_fixed_tenge = 50000;
        policy_give(policy_add(&t.c.scenario, "grant", QON_AT_MOVE, eligible[i]), "grant", "amount_mci=1000");
        t.c.scenario.mci = (struct qon_steps){1, NULL, NULL};
        assert_int_equal(qon_take(&t.c.scenario.mci.from, 1, sizeof(int32_t)), QON_OK);
        assert_int_equal(qon_take(&t.c.scenario.mci.tiyn, 1, sizeof(int64_t)), QON_OK);
        t.c.scenario.mci.tiyn[0] = 226900;
        town_open(&t, 30000);
        town_month(&t, &e, t.head);
        assert_int_equal(e.own.programmes, 1);
        const struct qon_explained_programme *grant = &e.own.programme[0];
        const struct qon_explained_place *wish = place_of(&e.own, 1, false);
        assert_int_equal(grant->verdict, i == 0 || i == 3 ? QON_VERDICT_KNOWN : QON_VERDICT_PERSON);
        assert_int_equal(grant->helps, i == 0);
        assert_non_null(strstr(grant->condition, told[i]));
        assert_int_equal(wish->affordable_with, i == 0);
        assert_int_equal(wish->best_with, i == 0);
        assert_int_equal(e.applications, i == 0);
        assert_int_equal(e.zone_after, i == 0);
        assert_int_equal(e.granted, i == 0);
        if (i == 0) {
            double support = 1.5 * log((wish->income_tiyn + wish->annuity_tiyn) / wish->income_tiyn);
            check_near(wish->support, support, 1e-9, "support: weight of income * ln((Y + a) / Y)");
            check_near(wish->total_with, wish->total + support, 1e-9, "total with support");
            assert_int_equal(e.application[0].outcome, QON_APPLIED_GRANTED);
            assert_int_equal(e.application[0].many, 2); // the son applies too
            assert_int_equal(e.application[0].windfall, 0);
        }
        qon_explanation_free(&e);
        handmade_free(&t.c);
    }
}

static void those_who_are_not_there_are_told_apart(void **state) {
    struct town t;
    struct qon_explanation e;
    uint32_t block, row;
    town_init(&t);
    handmade_rates(t.c.scenario.tables.schedules.death_rate_year, &t.c, QON_FEMALE, 40, 45, 5);
    t.c.scenario.tables.zones.deaths_per_1000_year[0] = 900;
    t.c.scenario.settings.trigger.hazard_scale_month = 0; // nobody moves away
    town_open(&t, 10000000);
    uint64_t id = t.c.world.block[0].persons.id[t.head];
    for (int m = 0; m < 12 && t.c.world.block[0].persons.status[t.head] != QON_GONE; m++) {
        town_month(&t, &e, t.head);
        if (e.state == QON_IS_GONE) {
            assert_string_equal(e.gone, "demography");
        }
        qon_explanation_free(&e);
    }
    assert_int_equal(t.c.world.block[0].persons.status[t.head], QON_GONE);
    assert_true(qon_person_find(&t.c.world, id, &block, &row) && row == t.head);
    town_month(&t, &e, t.head);
    assert_int_equal(e.state, QON_IS_GONE);
    assert_null(e.gone); // earlier
    qon_explanation_free(&e);
    assert_false(qon_person_find(&t.c.world, id + 1000, &block, &row));
    handmade_free(&t.c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_terms_are_those_of_the_formula),       cmocka_unit_test(who_decides_is_said),
        cmocka_unit_test(the_hazard_is_the_product_of_its_factors), cmocka_unit_test(what_is_not_affordable_is_said),
        cmocka_unit_test(support_and_its_conditions_are_told),      cmocka_unit_test(those_who_are_not_there_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
