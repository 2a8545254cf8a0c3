// SPDX-License-Identifier: GPL-3.0-or-later
// Sharing out places and money, over random programmes and applicants. ODD tag M-ALLOCATION-1.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "../../../sim/model/programmes.h"

enum { APPLICANTS = 400, QUOTAS = 6, BUDGETS = 3, REGIONS = 4, YEAR = 2017, WORLDS = 300 };

struct game {
    struct qon_programme programme;
    struct qon_quota quotas[QUOTAS];
    struct qon_budget budgets[BUDGETS];
    int64_t quota_left[QUOTAS], budget_left[BUDGETS];
    struct qon_entry entries[APPLICANTS];
    int64_t count;
};

static struct qon_predicate_node some_group; // a quota whose group has nodes asks in_group

static bool in_group(void *context, const struct qon_entry *entry, int32_t quota) {
    (void)context;
    return (entry->id + (uint64_t)quota) % 3 != 0;
}

static uint32_t draw(uint64_t game, uint64_t what, uint32_t below) {
    return qon_below(qon_draw(qon_key(game, QON_DRAW_TEST, 0), what, 0), below);
}

static void make(struct game *g, uint64_t seed) {
    memset(g, 0, sizeof *g);
    g->programme.ration = (enum qon_ration)draw(seed, 1, QON_RATIONS);
    g->programme.quotas = g->quotas;
    g->programme.quotas_count = (int32_t)draw(seed, 2, QUOTAS + 1);
    g->programme.budgets = g->budgets;
    g->programme.budgets_count = (int32_t)draw(seed, 3, BUDGETS + 1);
    static const int32_t years[] = {QON_EACH_YEAR, QON_WHOLE_TIME, YEAR, YEAR + 1};
    for (int q = 0; q < QUOTAS; q++) {
        uint64_t at = 100 + 10 * (uint64_t)q;
        g->quotas[q] = (struct qon_quota){.region = (int32_t)draw(seed, at, REGIONS + 1) - 1,
                                          .year = years[draw(seed, at + 1, 4)],
                                          .of_origin = draw(seed, at + 2, 2) == 1,
                                          .members = draw(seed, at + 3, 2) == 1};
        g->quotas[q].group.node = draw(seed, at + 4, 2) == 1 ? &some_group : NULL;
        g->quotas[q].group.nodes = g->quotas[q].group.node != NULL;
        g->quota_left[q] = draw(seed, at + 5, 200);
    }
    for (int b = 0; b < BUDGETS; b++) {
        uint64_t at = 200 + 10 * (uint64_t)b;
        g->budgets[b] = (struct qon_budget){(int32_t)draw(seed, at, REGIONS + 1) - 1, years[draw(seed, at + 1, 4)], 0};
        g->budget_left[b] = draw(seed, at + 2, 200000);
    }
    g->count = draw(seed, 4, APPLICANTS + 1);
    for (int64_t i = 0; i < g->count; i++) {
        uint64_t at = 1000 + 10 * (uint64_t)i;
        g->entries[i] = (struct qon_entry){.first = -(double)draw(seed, at, 5),
                                           .draw = draw(seed, at + 1, 50), // ties, so that ids decide too
                                           .id = (uint64_t)i,
                                           .cost_tiyn = draw(seed, at + 2, 2000),
                                           .members = 1 + (int32_t)draw(seed, at + 3, 5),
                                           .region = (int32_t)draw(seed, at + 4, REGIONS),
                                           .origin_region = (int32_t)draw(seed, at + 5, REGIONS)};
    }
}

static void allocate(struct game *g) {
    qon_allocate(&g->programme, YEAR, g->quota_left, g->budget_left, g->entries, g->count, in_group, NULL);
}

static void outcomes(const struct game *g, uint8_t by_id[APPLICANTS]) {
    for (int64_t i = 0; i < g->count; i++) {
        by_id[g->entries[i].id] = g->entries[i].outcome;
    }
}

static bool in_quota(const struct qon_quota *quota, int32_t index, const struct qon_entry *e) {
    int32_t region = quota->of_origin ? e->origin_region : e->region;
    return qon_limit_holds_in(quota->year, YEAR) && (quota->region == QON_ALL_REGIONS || quota->region == region) &&
           (quota->group.nodes == 0 || in_group(NULL, e, index));
}

static void no_quota_is_overfilled_and_no_budget_overspent(void **state) {
    (void)state;
    struct game g;
    int64_t granted = 0, refused = 0;
    for (uint64_t seed = 0; seed < WORLDS; seed++) {
        make(&g, seed);
        allocate(&g);
        for (int32_t q = 0; q < g.programme.quotas_count; q++) {
            int64_t used = 0;
            for (int64_t i = 0; i < g.count; i++) {
                const struct qon_entry *e = &g.entries[i];
                bool counts = e->outcome == QON_OUTCOME_GRANTED && in_quota(&g.quotas[q], q, e);
                used += !counts ? 0 : g.quotas[q].members ? e->members : 1;
            }
            assert_true(used <= g.quota_left[q]);
        }
        for (int32_t b = 0; b < g.programme.budgets_count; b++) {
            int64_t used = 0;
            for (int64_t i = 0; i < g.count; i++) {
                const struct qon_entry *e = &g.entries[i];
                bool counts = qon_limit_holds_in(g.budgets[b].year, YEAR) && e->outcome == QON_OUTCOME_GRANTED &&
                              (g.budgets[b].region == QON_ALL_REGIONS || g.budgets[b].region == e->region);
                used += counts ? e->cost_tiyn : 0;
            }
            assert_true(used <= g.budget_left[b]);
        }
        for (int64_t i = 0; i < g.count; i++) {
            granted += g.entries[i].outcome == QON_OUTCOME_GRANTED;
            refused += g.entries[i].outcome != QON_OUTCOME_GRANTED;
        }
    }
    assert_true(granted > 1000 && refused > 1000); // the games are neither empty nor trivial
}

static void the_order_of_applicants_does_not_matter(void **state) {
    (void)state;
    struct game g, turned;
    uint8_t before[APPLICANTS], after[APPLICANTS];
    for (uint64_t seed = 0; seed < WORLDS; seed++) {
        make(&g, seed);
        make(&turned, seed);
        for (int64_t i = turned.count - 1; i > 0; i--) {
            int64_t j = draw(seed, 9000 + (uint64_t)i, (uint32_t)i + 1);
            struct qon_entry swap = turned.entries[i];
            turned.entries[i] = turned.entries[j];
            turned.entries[j] = swap;
        }
        turned.programme.quotas = turned.quotas;
        allocate(&g);
        allocate(&turned);
        outcomes(&g, before);
        outcomes(&turned, after);
        assert_memory_equal(before, after, (size_t)g.count);
    }
}

static void a_larger_limit_only_adds_winners(void **state) {
    (void)state;
    struct game g, larger;
    uint8_t before[APPLICANTS], after[APPLICANTS];
    int64_t added = 0;
    for (uint64_t seed = 0; seed < WORLDS; seed++) {
        make(&g, seed);
        make(&larger, seed);
        int64_t more = 1 + draw(seed, 5, 100);
        int limit = (int)draw(seed, 6, QUOTAS + BUDGETS);
        if (limit < QUOTAS) {
            larger.quota_left[limit] += more;
        } else {
            larger.budget_left[limit - QUOTAS] += 1000 * more;
        }
        allocate(&g);
        allocate(&larger);
        outcomes(&g, before);
        outcomes(&larger, after);
        for (int64_t i = 0; i < g.count; i++) {
            assert_true(before[i] != QON_OUTCOME_GRANTED || after[i] == QON_OUTCOME_GRANTED);
            added += before[i] != QON_OUTCOME_GRANTED && after[i] == QON_OUTCOME_GRANTED;
        }
    }
    assert_true(added > 100);
}

static void the_first_in_the_queue_win(void **state) {
    (void)state;
    struct game g;
    make(&g, 7);
    g.programme.ration = QON_POINTS;
    g.programme.quotas_count = 1;
    g.programme.budgets_count = 0;
    g.quotas[0] = (struct qon_quota){.region = QON_ALL_REGIONS, .year = QON_EACH_YEAR};
    g.count = 50;
    g.quota_left[0] = 20;
    for (int i = 0; i < 50; i++) {
        g.entries[i].first = -i % 10; // points 0..9
    }
    allocate(&g);
    for (int i = 0; i < 50; i++) {
        assert_int_equal(g.entries[i].outcome, i < 20 ? QON_OUTCOME_GRANTED : QON_OUTCOME_NO_PLACE);
        assert_true(i == 0 || g.entries[i - 1].first <= g.entries[i].first);
    }
}

static void places_are_proportional_to_applicants(void **state) {
    (void)state;
    struct game g;
    make(&g, 3);
    g.programme.ration = QON_PROPORTIONAL;
    g.programme.quotas_count = 1;
    g.programme.budgets_count = 0;
    g.quotas[0] = (struct qon_quota){.region = QON_ALL_REGIONS, .year = QON_EACH_YEAR};
    g.quota_left[0] = 100;
    g.count = 400; // 200, 100, 60, 40 applicants
    int64_t won[REGIONS] = {0};
    for (int i = 0; i < 400; i++) {
        g.entries[i] = (struct qon_entry){.draw = qon_draw(1, (uint64_t)i, 0),
                                          .id = (uint64_t)i,
                                          .region = i < 200   ? 0
                                                    : i < 300 ? 1
                                                    : i < 360 ? 2
                                                              : 3};
    }
    allocate(&g);
    for (int i = 0; i < 400; i++) {
        won[g.entries[i].region] += g.entries[i].outcome == QON_OUTCOME_GRANTED;
    }
    assert_int_equal(won[0], 50);
    assert_int_equal(won[1], 25);
    assert_int_equal(won[2], 15);
    assert_int_equal(won[3], 10);
}

static void no_money_gives_nothing_even_what_costs_nothing(void **state) {
    (void)state;
    struct game g;
    make(&g, 11);
    g.programme.ration = QON_LOTTERY;
    g.programme.quotas_count = 0;
    g.programme.budgets_count = 1;
    g.budgets[0] = (struct qon_budget){QON_ALL_REGIONS, QON_WHOLE_TIME, 0};
    g.budget_left[0] = 0;
    g.count = 10;
    for (int i = 0; i < 10; i++) {
        g.entries[i].cost_tiyn = 0;
    }
    allocate(&g);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(g.entries[i].outcome, QON_OUTCOME_NO_MONEY);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_quota_is_overfilled_and_no_budget_overspent),
        cmocka_unit_test(the_order_of_applicants_does_not_matter),
        cmocka_unit_test(a_larger_limit_only_adds_winners),
        cmocka_unit_test(the_first_in_the_queue_win),
        cmocka_unit_test(places_are_proportional_to_applicants),
        cmocka_unit_test(no_money_gives_nothing_even_what_costs_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
