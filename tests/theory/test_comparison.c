// SPDX-License-Identifier: GPL-3.0-or-later
// Comparisons against what must hold: a policy that nobody can use, the logit formula's deadweight, monotone quotas and grants, intervals
// that cover the truth. ODD tags M-COMPARE-1, M-COMPARE-2, M-ALONE-1, M-OBSERVE-1.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "../../sim/run/ledger.h"
#include "../support/plain_choice.h"

enum { ZONES = 5 };

struct pair_of {
    struct policy_run base, alt;
    struct qon_comparison result;
};

static void start(struct pair_of *p, long long persons, int32_t months) {
    policy_country(&p->base, ZONES, persons);
    policy_country(&p->alt, ZONES, persons);
    p->base.scenario.months = p->alt.scenario.months = months;
}

static void run(struct pair_of *p, int32_t replicates) {
    struct qon_faults faults;
    struct qon_scenario *alternative = &p->alt.scenario;
    struct qon_compare_options options = {.replicates = replicates, .window_months = 12, .by = {{QON_BY_AGE, QON_BY_SEX}}, .bys = 1};
    qon_faults_init(&faults);
    if (qon_compare(&p->base.scenario, &alternative, 1, &options, &p->result, &faults) != QON_OK) {
        fail_msg("%s", faults.text[0]);
    }
}

static double effect(const struct pair_of *p, enum qon_effect which) {
    return p->result.alternative[0].effect[which];
}

static double change(const struct pair_of *p, const char *indicator, int32_t zone) {
    for (int32_t i = 0; i < p->result.indicators; i++) {
        if (strcmp(p->result.indicator[i].name, indicator) == 0) {
            return p->result.alternative[0].indicator[i * (p->result.zones + 1) + zone];
        }
    }
    fail_msg("no indicator %s", indicator);
    return 0;
}

static void end(struct pair_of *p) {
    qon_comparison_free(&p->result);
    policy_end(&p->base);
    policy_end(&p->alt);
}

static void to_target(const struct policy_run *run, char eligible[120]) {
    snprintf(eligible, 120, "{\"destination\": {\"id\": \"%s\"}, \"same_zone\": false}", run->scenario.tables.zones.id[TARGET]);
}

static void a_policy_that_nobody_can_use_changes_nobody(void **state) {
    (void)state;
    struct pair_of p;
    char eligible[120];
    start(&p, 20000, 18);
    to_target(&p.alt, eligible);
    policy_quota(relief(&p.alt.scenario, eligible, 0.5), QON_ALL_REGIONS, QON_WHOLE_TIME, 0);
    run(&p, 1);
    assert_true(p.result.base.digest == p.result.alternative[0].run.digest);
    for (int i = 0; i < QON_EFFECTS; i++) {
        double value = effect(&p, (enum qon_effect)i);
        // It reaches people, who apply in vain; nothing else.
        bool may = i == QON_EFFECT_month_reached || i == QON_EFFECT_unmet_demand;
        assert_true(may || isnan(value) || value == 0);
    }
    assert_true(effect(&p, QON_EFFECT_unmet_demand) > 0 && effect(&p, QON_EFFECT_month_reached) == 0);
    end(&p);
}

static void before_the_first_contact_nobody_differs(void **state) {
    (void)state;
    enum { BEGINS = 6 };
    struct pair_of p;
    char eligible[120];
    start(&p, 40000, 30);
    to_target(&p.alt, eligible);
    struct qon_programme *own = relief(&p.alt.scenario, eligible, 1);
    own->from += BEGINS;
    run(&p, 1);
    assert_true(effect(&p, QON_EFFECT_month_reached) >= BEGINS);
    assert_true(effect(&p, QON_EFFECT_month_changed) >= effect(&p, QON_EFFECT_month_reached));
    assert_true(effect(&p, QON_EFFECT_induced_movers) > 0 && effect(&p, QON_EFFECT_paths_drifted) > 0);
    end(&p);
}

// Without markets and unions nobody acts on anybody.
static void alone(struct qon_scenario *s) {
    plain(s);
    s->settings.trigger.hazard_scale_month = 0.1;
    s->settings.demography.union_rate_factor = 0;
}

static void where_nobody_acts_on_anybody_nobody_drifts(void **state) {
    (void)state;
    struct pair_of p;
    char eligible[120];
    start(&p, 40000, 24);
    alone(&p.base.scenario);
    alone(&p.alt.scenario);
    to_target(&p.alt, eligible);
    relief(&p.alt.scenario, eligible, 0.5);
    run(&p, 1);
    assert_true(effect(&p, QON_EFFECT_induced_movers) > 100);
    assert_true(effect(&p, QON_EFFECT_paths_drifted) == 0);
    end(&p);
}

// Only the helped zone improved, so in a month it draws and no other zone gains anybody; and of those who are paid as many had moved there
// anyway as the logit formula says: the ratio of the chances without and with.
static void deadweight_is_the_ratio_of_the_chances(void **state) {
    (void)state;
    const double share = 0.5;
    struct pair_of p;
    struct decider *list = NULL;
    char eligible[120];
    start(&p, 120000, 1);
    plain(&p.base.scenario);
    plain(&p.alt.scenario);
    to_target(&p.alt, eligible);
    relief(&p.alt.scenario, eligible, share);
    policy_start(&p.base);
    assert_int_equal(qon_take(&list, 240000, sizeof *list), QON_OK);
    int64_t count = deciders(&p.base.world, list);
    policy_steps(&p.base, 1);
    double without = 0, with = 0, factor = pow(1 + share, p.base.scenario.settings.choice.income_weight);
    for (int64_t i = 0; i < count; i++) {
        without += list[i].zone == TARGET ? 0 : list[i].travellers * chance(&p.base.world, &list[i], 1);
        with += list[i].zone == TARGET ? 0 : list[i].travellers * chance(&p.base.world, &list[i], factor);
    }
    qon_model_free(&p.base.world);
    qon_world_free(&p.base.world);
    run(&p, 1);
    double found = effect(&p, QON_EFFECT_deadweight_share) / 100, expected = without / with, paid = effect(&p, QON_EFFECT_movers_paid);
    assert_true(paid > 2000);
    // Households of several count together: about three persons a decision.
    if (!(fabs(found - expected) < 4 * sqrt(3 * expected * (1 - expected) / paid))) {
        fail_msg("deadweight %.4f, the chances say %.4f", found, expected);
    }
    for (int32_t z = 0; z < p.result.zones; z++) {
        double gained = change(&p, "arrivals_region", z) + change(&p, "arrivals_zone", z);
        assert_true(z == TARGET ? gained > 0 : gained <= 0);
    }
    assert_true(effect(&p, QON_EFFECT_spill_over) == 0);
    qon_free(list);
    end(&p);
}

// ---- who is paid, by id

struct paid {
    uint64_t *id;
    int64_t count, capacity;
};

static int id_order(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static void paid_in(struct qon_scenario *scenario, struct paid *paid) {
    struct qon_traced traced = {0};
    struct qon_groups groups = {0};
    struct qon_run_hooks hooks = qon_traced_hooks(&traced);
    struct qon_run_options options = {.hooks = &hooks};
    struct qon_run_summary summary;
    struct qon_faults faults;
    qon_faults_init(&faults);
    traced.groups = &groups;
    if (qon_run(scenario, &options, &summary, &faults) != QON_OK) {
        fail_msg("%s", faults.text[0]);
    }
    *paid = (struct paid){0};
    for (uint32_t b = 0; b < traced.blocks; b++) {
        const struct qon_traces *t = &traced.observer.block[b];
        for (uint32_t i = 0; i < t->count; i++) {
            if (t->row[i].kind != QON_TRACE_GRANTED) {
                continue;
            }
            if (paid->count == paid->capacity) {
                int64_t more = 2 * paid->capacity + 1024;
                assert_int_equal(qon_grow(&paid->id, (size_t)paid->capacity, (size_t)more, sizeof *paid->id), QON_OK);
                paid->capacity = more;
            }
            paid->id[paid->count++] = qon_traced_id(&traced.block[b], t->row[i].person);
        }
    }
    if (paid->count > 0) {
        qsort(paid->id, (size_t)paid->count, sizeof *paid->id, id_order);
    }
    qon_groups_free(&groups);
    qon_traced_free(&traced);
}

static void all_of_in(const struct paid *few, const struct paid *many) {
    assert_true(few->count > 50 && many->count > few->count);
    for (int64_t i = 0; i < few->count; i++) {
        assert_non_null(bsearch(&few->id[i], many->id, (size_t)many->count, sizeof *many->id, id_order));
    }
}

static void more_places_take_a_place_from_nobody(void **state) {
    (void)state;
    struct paid paid[2];
    for (int i = 0; i < 2; i++) {
        struct policy_run one;
        char eligible[120];
        policy_country(&one, ZONES, 40000);
        alone(&one.scenario);
        one.scenario.months = 12;
        to_target(&one, eligible);
        policy_quota(relief(&one.scenario, eligible, 0.5), QON_ALL_REGIONS, QON_WHOLE_TIME, i == 0 ? 100 : 160);
        paid_in(&one.scenario, &paid[i]);
        policy_end(&one);
    }
    all_of_in(&paid[0], &paid[1]);
    qon_free(paid[0].id);
    qon_free(paid[1].id);
}

static void a_larger_grant_keeps_its_beneficiaries(void **state) {
    (void)state;
    struct paid paid[2];
    for (int i = 0; i < 2; i++) {
        struct policy_run one;
        char eligible[120];
        policy_country(&one, ZONES, 40000);
        alone(&one.scenario);
        one.scenario.months = 1;
        one.scenario.settings.trigger.hazard_scale_month = 10;
        to_target(&one, eligible);
        relief(&one.scenario, eligible, i == 0 ? 0.3 : 0.6);
        paid_in(&one.scenario, &paid[i]);
        policy_end(&one);
    }
    all_of_in(&paid[0], &paid[1]);
    qon_free(paid[0].id);
    qon_free(paid[1].id);
}

// 500 studies of five replicates, each a mean of known truth: intervals at 95 % hold it in 95 % of them, give or take four standard errors.
static void intervals_cover_the_truth(void **state) {
    (void)state;
    enum { STUDIES = 500, REPLICATES = 5 };
    const double truth = 3;
    int covered[2] = {0, 0};
    uint64_t key = qon_key(7, QON_DRAW_CHOICE, 0);
    for (uint64_t s = 0; s < STUDIES; s++) {
        double value[REPLICATES], mean, half;
        for (uint32_t r = 0; r < REPLICATES; r++) {
            value[r] = truth + 2 * qon_normal_quantile(qon_draw_unit(key, s, r));
        }
        const double alpha[2] = {0.05, 0.2};
        for (int a = 0; a < 2; a++) {
            qon_interval_t(value, REPLICATES, 1, alpha[a], &mean, &half);
            covered[a] += fabs(mean - truth) <= half;
        }
    }
    assert_true(fabs(covered[0] / (double)STUDIES - 0.95) < 4 * sqrt(0.95 * 0.05 / STUDIES));
    assert_true(fabs(covered[1] / (double)STUDIES - 0.80) < 4 * sqrt(0.80 * 0.20 / STUDIES));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_policy_that_nobody_can_use_changes_nobody),
        cmocka_unit_test(before_the_first_contact_nobody_differs),
        cmocka_unit_test(where_nobody_acts_on_anybody_nobody_drifts),
        cmocka_unit_test(deadweight_is_the_ratio_of_the_chances),
        cmocka_unit_test(more_places_take_a_place_from_nobody),
        cmocka_unit_test(a_larger_grant_keeps_its_beneficiaries),
        cmocka_unit_test(intervals_cover_the_truth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
