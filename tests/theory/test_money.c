// SPDX-License-Identifier: GPL-3.0-or-later
// Money is a unit: when wages, rents, costs of moving, savings and the minimum wage are all twice (or half) as large, everybody does what
// they did. ODD tags M-CHOICE-1, M-LIQUIDITY-1, M-SAVINGS-1, M-INDEXATION-1, M-DEMAND-1.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "checks.h"
#include "loading.h"
#include <qonys/synthesis.h>

enum { ZONES = 12, PERSONS = 60000, MONTHS = 26 };

struct country {
    struct loading loading;
    struct qon_world world;
};

static void scale_money(struct qon_scenario *s, double by) {
    struct qon_table_zones *t = &s->tables.zones;
    for (int64_t z = 0; z < t->rows; z++) {
        t->wage_tenge_month[z] *= by;
        t->rent_tenge_month[z] *= by;
    }
    s->settings.choice.money_fixed_tenge *= by;
    s->settings.choice.money_km_tenge *= by;
    for (int32_t i = 0; i < s->minimum_wage.count; i++) {
        s->minimum_wage.tiyn[i] = (int64_t)((double)s->minimum_wage.tiyn[i] * by);
    }
    for (int32_t i = 0; i < s->mci.count; i++) {
        s->mci.tiyn[i] = (int64_t)((double)s->mci.tiyn[i] * by);
    }
}

static void start(struct country *c, double by) {
    static const struct qon_override months = {"months", "60"};
    memset(c, 0, sizeof *c);
    scratch_make(c->loading.folder);
    assert_int_equal(make_country(ZONES, PERSONS, c->loading.folder), 0);
    scratch_path(c->loading.file, c->loading.folder, "scenario.json");
    loading_good(&c->loading, &months, 1);
    scale_money(&c->loading.scenario, by);
    c->loading.scenario.minimum_wage.tiyn[0] = (int64_t)(6000000 * by); // high enough to matter
    if (qon_synthesis(&c->world, &c->loading.scenario, &c->loading.faults) != QON_OK ||
        qon_model_init(&c->world, &c->loading.faults) != QON_OK) {
        fail_msg("%s", c->loading.faults.text[0]);
    }
}

static void end(struct country *c) {
    qon_model_free(&c->world);
    qon_world_free(&c->world);
    loading_free(&c->loading);
}

// Every column but those of money, value by value.
static void same_columns(const void *one, const void *other, const struct qon_column *columns, size_t count, uint32_t rows) {
    for (size_t i = 0; i < count; i++) {
        const char *const *a = (const char *const *)(const void *)((const char *)one + columns[i].offset);
        const char *const *b = (const char *const *)(const void *)((const char *)other + columns[i].offset);
        if (strstr(columns[i].name, "tiyn") == NULL && memcmp(*a, *b, rows * columns[i].size) != 0) {
            fail_msg("the column %s differs", columns[i].name);
        }
    }
}

static void same_decisions(const struct qon_world *one, const struct qon_world *other) {
    size_t zones = (size_t)one->zones;
    assert_memory_equal(one->tally.flow_persons, other->tally.flow_persons, zones * zones * sizeof(int64_t));
    assert_memory_equal(one->tally.events, other->tally.events, zones * QON_EVENTS * sizeof(int64_t));
    assert_int_equal(one->employers.count, other->employers.count);
    same_columns(&one->employers, &other->employers, qon_employer_columns, qon_employer_columns_count, one->employers.count);
    for (uint32_t b = 0; b < one->blocks; b++) {
        const struct qon_block *x = &one->block[b], *y = &other->block[b];
        assert_int_equal(x->persons.count, y->persons.count);
        assert_int_equal(x->households.count, y->households.count);
        same_columns(&x->persons, &y->persons, qon_person_columns, qon_person_columns_count, x->persons.count);
        same_columns(&x->households, &y->households, qon_household_columns, qon_household_columns_count, x->households.count);
    }
}

static int64_t moves(const struct qon_world *w) {
    return event_sum(w, QON_EVENT_arrivals_region) + event_sum(w, QON_EVENT_arrivals_zone);
}

static void compare(double by) {
    static struct country plain, scaled;
    int64_t moved = 0, illiquid = 0;
    start(&plain, 1);
    start(&scaled, by);
    for (int month = 0; month < MONTHS; month++) {
        run_months(&plain.world, 1);
        run_months(&scaled.world, 1);
        same_decisions(&plain.world, &scaled.world);
        moved += moves(&plain.world);
        illiquid += event_sum(&plain.world, QON_EVENT_illiquid);
    }
    assert_true(moved > 100);   // somebody moved
    assert_true(illiquid > 20); // and money did matter
    check_near((double)scaled.world.money.savings / (double)plain.world.money.savings, by, 1e-4 * by, "savings");
    check_near(scaled.world.places.rent_tiyn[0] / plain.world.places.rent_tiyn[0], by, 1e-9 * by, "rent");
    check_near((double)scaled.world.tally.wages_tiyn[0] / (double)plain.world.tally.wages_tiyn[0], by, 1e-4 * by, "wages");
    end(&plain);
    end(&scaled);
}

static void twice_the_money_changes_no_decision(void **state) {
    compare(2);
}

static void half_the_money_changes_no_decision(void **state) {
    compare(0.5);
}

// Were money no unit, costs alone would do nothing either.
static void twice_the_costs_of_moving_alone_change_decisions(void **state) {
    static struct country plain, dear;
    start(&plain, 1);
    start(&dear, 1);
    dear.loading.scenario.settings.choice.money_fixed_tenge *= 2;
    int64_t moved[2] = {0};
    for (int month = 0; month < MONTHS; month++) {
        run_months(&plain.world, 1);
        run_months(&dear.world, 1);
        moved[0] += moves(&plain.world);
        moved[1] += moves(&dear.world);
    }
    assert_true(moved[1] < moved[0]);
    end(&plain);
    end(&dear);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(twice_the_money_changes_no_decision),
        cmocka_unit_test(half_the_money_changes_no_decision),
        cmocka_unit_test(twice_the_costs_of_moving_alone_change_decisions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
