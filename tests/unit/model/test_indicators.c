// SPDX-License-Identifier: GPL-3.0-or-later
// Indicators and targets of a country small enough to reckon by hand.
#include "../../support/small_country.h"
// cmocka wants these before it
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <qonys/indicator.h>

static double *observed; // values of the country under test

static double value(const struct small_country *c, const char *name, int zone) {
    int32_t i = qon_indicator_find(&c->world, name);
    if (i < 0) {
        fail_msg("no indicator %s", name);
    }
    return observed[(int64_t)i * (SMALL_ZONES + 1) + zone];
}

static void near(double got, double expected) {
    if (!(fabs(got - expected) <= 1e-9 * (1 + fabs(expected)))) {
        fail_msg("%.17g instead of %.17g", got, expected);
    }
}

enum { COUNTRY = SMALL_ZONES };

// A-U: 4 men of 30 at work, 2 women of 70 retired, 2 girls of 14 years 11 months; A-R: 1 boy of 15, 1 man of 40 unemployed; B-U: nobody.
static void country_fill(struct small_country *c) {
    small_country_init(c);
    struct qon_world *w = &c->world;
    small_persons(c, 0, QON_MALE, 30 * 12, QON_EMPLOYED, 4);
    small_persons(c, 0, QON_FEMALE, 70 * 12, QON_RETIRED, 2);
    small_persons(c, 0, QON_FEMALE, 15 * 12 - 1, QON_CHILD, 2);
    small_persons(c, 1, QON_MALE, 15 * 12, QON_STUDENT, 1);
    small_persons(c, 1, QON_MALE, 40 * 12, QON_UNEMPLOYED, 1);
    w->tally.households[0] = 3;
    w->tally.households[1] = 1;
    w->tally.wages_tiyn[0] = 4 * 15000000;
    w->places.rent_tiyn[0] = 4000000;
    w->places.rent_tiyn[1] = 2000000;
    w->places.rent_tiyn[2] = 7000000;
    w->places.vacancies[qon_cell(w, 1, 0, 1)] = 5;
    w->tally.events[QON_EVENT_births * SMALL_ZONES + 1] = 3;
    w->tally.events[QON_EVENT_deaths * SMALL_ZONES + 1] = 1;
    w->tally.events[QON_EVENT_arrivals_region * SMALL_ZONES + 0] = 2;
    w->tally.events[QON_EVENT_departures_region * SMALL_ZONES + 2] = 2;
    w->tally.events[QON_EVENT_arrivals_zone * SMALL_ZONES + 0] = 1;
    w->tally.events[QON_EVENT_departures_zone * SMALL_ZONES + 1] = 1;
    w->tally.events[QON_EVENT_moves_local * SMALL_ZONES + 0] = 4;
    w->tally.events[QON_EVENT_arrivals_kandas * SMALL_ZONES + 2] = 6;
    w->tally.events[QON_EVENT_departures_emigration * SMALL_ZONES + 0] = 5;
    int64_t count = (int64_t)qon_indicators_count(w) * (SMALL_ZONES + 1);
    assert_int_equal(qon_take(&observed, (size_t)count, sizeof(double)), QON_OK);
    qon_indicators_observe(w, observed);
}

static void country_empty(struct small_country *c) {
    small_country_free(c);
    qon_free(observed);
    observed = NULL;
}

// M-INDICATOR-1
static void counts_are_multiplied_by_the_scale(void **state) {
    struct small_country c;
    country_fill(&c);
    near(value(&c, "population", 0), 80);
    near(value(&c, "population", 1), 20);
    near(value(&c, "population", 2), 0);
    near(value(&c, "population", COUNTRY), 100);
    near(value(&c, "population_male", COUNTRY), 60);
    near(value(&c, "households", COUNTRY), 40);
    near(value(&c, "employed", COUNTRY), 40);
    near(value(&c, "vacancies", 1), 50);
    near(value(&c, "births", 1), 30);
    country_empty(&c);
}

static void age_groups_are_by_completed_years_at_the_months_end(void **state) {
    struct small_country c;
    country_fill(&c);
    near(value(&c, "population_age_10_14", 0), 20);
    near(value(&c, "population_female_age_10_14", 0), 20);
    near(value(&c, "population_male_age_10_14", 0), 0);
    near(value(&c, "population_age_15_19", 1), 10);
    near(value(&c, "population_age_30_34", COUNTRY), 40);
    near(value(&c, "population_age_70_74", COUNTRY), 20);
    double sum = 0;
    for (int from = 0; from < 80; from += 5) {
        char name[64];
        snprintf(name, sizeof name, "population_age_%d_%d", from, from + 4);
        sum += value(&c, name, COUNTRY);
    }
    near(sum + value(&c, "population_age_80_over", COUNTRY), 100);
    country_empty(&c);
}

// M-INDICATOR-2, M-INDICATOR-5
static void ratios_of_the_country_come_from_its_sums(void **state) {
    struct small_country c;
    country_fill(&c);
    near(value(&c, "density", 0), 8);
    near(value(&c, "density", COUNTRY), 100.0 / 200);
    near(value(&c, "share_women", 0), 50);
    near(value(&c, "share_women", COUNTRY), 40);
    near(value(&c, "unemployment_rate", 0), 0);
    near(value(&c, "unemployment_rate", COUNTRY), 20);
    near(value(&c, "participation_rate", 0), 100.0 * 4 / 6); // girls under 16 do not count
    near(value(&c, "ageing_index", 0), 100);                 // 2 aged 65 and over, 2 under 15; the boy of 15 is neither
    near(value(&c, "ageing_index", COUNTRY), 100);
    near(value(&c, "dependency_ratio", COUNTRY), 100.0 * (3 + 2) / 5);
    near(value(&c, "age_mean", 0), (4 * 30 + 2 * 70 + 2 * (15 - 1.0 / 12)) / 8);
    near(value(&c, "household_size", 0), 8.0 / 3);
    country_empty(&c);
}

// M-INDICATOR-3
static void wages_and_rents_are_in_tenge(void **state) {
    struct small_country c;
    country_fill(&c);
    near(value(&c, "wage_mean", 0), 150000);
    near(value(&c, "wage_mean", COUNTRY), 150000);
    near(value(&c, "rent", 0), 40000);
    near(value(&c, "rent", 2), 70000); // nobody lives there: the zone's own
    near(value(&c, "rent", COUNTRY), (3 * 40000.0 + 20000) / 4);
    country_empty(&c);
}

static void ratios_without_a_base_are_not_numbers(void **state) {
    struct small_country c;
    country_fill(&c);
    assert_true(isnan(value(&c, "wage_mean", 1)));
    assert_true(isnan(value(&c, "unemployment_rate", 2)));
    assert_true(isnan(value(&c, "ageing_index", 1)));
    country_empty(&c);
}

// M-INDICATOR-4
static void migration_balances_add_up(void **state) {
    struct small_country c;
    country_fill(&c);
    near(value(&c, "net_migration_region", 0), 20);
    near(value(&c, "net_migration_region", 2), -20);
    near(value(&c, "net_migration_region", COUNTRY), 0);
    near(value(&c, "net_migration_zone", 1), -10);
    near(value(&c, "moves_within_region", COUNTRY), 50);
    near(value(&c, "net_migration_external", COUNTRY), 10);
    near(value(&c, "natural_growth", 1), 20);
    country_empty(&c);
}

static void education_levels_come_from_the_table(void **state) {
    struct small_country c;
    country_fill(&c);
    near(value(&c, "population_education_basic", COUNTRY), 30);
    near(value(&c, "population_education_higher", COUNTRY), 70);
    struct qon_indicator indicator;
    qon_indicator_get(&c.world, qon_indicator_find(&c.world, "population_education_higher"), &indicator);
    assert_string_equal(indicator.label[QON_EN], "Education: higher");
    assert_true(indicator.additive);
    country_empty(&c);
}

static void names_are_distinct_and_everything_is_labelled(void **state) {
    struct small_country c;
    small_country_init(&c);
    int32_t count = qon_indicators_count(&c.world);
    assert_true(count > 100);
    for (int32_t i = 0; i < count; i++) {
        struct qon_indicator indicator;
        qon_indicator_get(&c.world, i, &indicator);
        assert_int_equal(qon_indicator_find(&c.world, indicator.name), i);
        assert_true(*indicator.unit && *indicator.meaning && *indicator.source);
        for (int language = 0; language < QON_LANGUAGES; language++) {
            assert_true(strlen(indicator.label[language]) > 0);
            assert_true(strlen(indicator.label[language]) + 1 < QON_INDICATOR_LABEL_MAX);
        }
    }
    small_country_free(&c);
}

static void additive_indicators_add_up_to_the_country(void **state) {
    struct small_country c;
    country_fill(&c);
    int32_t count = qon_indicators_count(&c.world);
    int additive = 0;
    for (int32_t i = 0; i < count; i++) {
        struct qon_indicator indicator;
        qon_indicator_get(&c.world, i, &indicator);
        const double *row = observed + (int64_t)i * (SMALL_ZONES + 1);
        if (indicator.additive) {
            near(row[0] + row[1] + row[2], row[COUNTRY]);
            additive++;
        }
    }
    assert_true(additive > 90);
    country_empty(&c);
}

static void a_zeroed_world_lists_what_needs_no_table(void **state) {
    struct qon_world world = {0};
    struct small_country c;
    small_country_init(&c);
    assert_int_equal(qon_indicators_count(&world), qon_indicators_count(&c.world) - 2);
    assert_true(qon_indicator_find(&world, "population") == 0);
    small_country_free(&c);
}

// M-TARGET-5
static void targets_without_foreigners_do_not_apply(void **state) {
    struct small_country c;
    struct qon_target t[QON_TARGETS];
    small_country_init(&c);
    qon_targets_observe(&c.world, t);
    for (int i = 0; i < QON_TARGETS; i++) {
        assert_false(t[i].applies);
        assert_false(t[i].met);
        assert_true(isnan(t[i].value));
    }
    small_country_free(&c);
}

// M-TARGET-1, M-TARGET-2, M-TARGET-3
static void targets_are_measured_against_the_concepts_goals(void **state) {
    struct small_country c;
    struct qon_target t[QON_TARGETS];
    small_country_init(&c);
    struct qon_world *w = &c.world;
    small_persons(&c, 0, QON_MALE, 360, QON_EMPLOYED, 1000);
    w->tally.legal[0 * QON_LEGALS + QON_PERMIT_1] = 2;
    w->tally.legal[1 * QON_LEGALS + QON_PERMIT_3] = 5;
    w->tally.legal[2 * QON_LEGALS + QON_SEASONAL] = 3;
    w->employers.count = 4;
    for (int i = 0; i < 4; i++) {
        w->employers.staff[i] = 10;
    }
    w->employers.foreign_12[0] = 3; // at the cap
    w->employers.foreign_34[1] = 2; // above it
    qon_targets_observe(w, t);
    near(t[0].value, 50);
    assert_true(t[0].applies && !t[0].met);
    near(t[1].value, 1.0);
    assert_true(t[1].at_most && !t[1].met);
    near(t[2].value, 70);
    assert_true(t[2].met && !t[2].at_most);
    assert_false(t[3].applies);
    assert_false(t[4].applies);
    small_country_free(&c);
}

// M-TARGET-4
static void kandas_who_came_in_the_run_are_measured(void **state) {
    struct small_country c;
    struct qon_target t[QON_TARGETS];
    small_country_init(&c);
    struct qon_block *block = &c.world.block[0];
    assert_int_equal(qon_block_reserve(block, 4, 1), QON_OK);
    struct qon_persons *p = &block->persons;
    static const uint8_t status[] = {QON_EMPLOYED, QON_UNEMPLOYED, QON_EMPLOYED, QON_SELF_EMPLOYED};
    p->count = 4;
    for (int i = 0; i < 4; i++) {
        p->legal[i] = QON_KANDAS;
        p->status[i] = status[i];
        p->arrival_month[i] = (int16_t)(i == 2 ? QON_ALWAYS : c.scenario.start);
    }
    qon_targets_observe(&c.world, t);
    assert_true(t[3].applies);
    near(t[3].value, 50); // one employed, one seeking; the earlier arrival and the self-employed do not count
    small_country_free(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_multiplied_by_the_scale),        cmocka_unit_test(age_groups_are_by_completed_years_at_the_months_end),
        cmocka_unit_test(ratios_of_the_country_come_from_its_sums),  cmocka_unit_test(wages_and_rents_are_in_tenge),
        cmocka_unit_test(ratios_without_a_base_are_not_numbers),     cmocka_unit_test(migration_balances_add_up),
        cmocka_unit_test(education_levels_come_from_the_table),      cmocka_unit_test(names_are_distinct_and_everything_is_labelled),
        cmocka_unit_test(additive_indicators_add_up_to_the_country), cmocka_unit_test(a_zeroed_world_lists_what_needs_no_table),
        cmocka_unit_test(targets_without_foreigners_do_not_apply),   cmocka_unit_test(targets_are_measured_against_the_concepts_goals),
        cmocka_unit_test(kandas_who_came_in_the_run_are_measured),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
