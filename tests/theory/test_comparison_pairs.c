// SPDX-License-Identifier: GPL-3.0-or-later
// A hundred pairs of random scenarios: the ledger's identities, each against a plain recount from what was written down of both runs. ODD
// tags M-COMPARE-1, M-COMPARE-3.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "../../sim/run/ledger.h"
#include "../support/loading.h"
#include "../support/policy_run.h"
#include <qonys/random.h>

enum { PAIRS = 100, ZONES = 4, PERSONS = 2500, MONTHS = 8, PROGRAMMES = 3 };

static uint32_t luck(uint32_t pair, uint32_t what, uint32_t below) {
    return qon_below(qon_draw(qon_key(11, QON_DRAW_CHOICE, 0), pair, what), below);
}

static void programme(struct qon_scenario *s, uint32_t pair, uint32_t n) {
    static const enum qon_at events[] = {QON_AT_MOVE, QON_AT_MOVE, QON_AT_HIRE, QON_AT_RESIDENCE, QON_AT_ARRIVAL};
    static const char *const who[] = {"{\"age_years\": {\"min\": 16, \"max\": 60}}", "{\"sex\": \"female\"}",
                                      "{\"destination\": {\"kind\": \"rural\"}}"};
    char name[16], settings[80];
    uint32_t at = luck(pair, 16 * n, 5);
    snprintf(name, sizeof name, "p%u", n);
    struct qon_programme *own = policy_add(s, name, events[at], who[luck(pair, 16 * n + 1, 3)]);
    own->take_up_month = 0.05;
    if (events[at] == QON_AT_HIRE) {
        snprintf(settings, sizeof settings, "month_mci=%u months=3", 1 + luck(pair, 16 * n + 2, 9));
        policy_give(own, "employer_subsidy", settings);
    } else {
        snprintf(settings, sizeof settings, "amount_mci=%u per=1", 20 + luck(pair, 16 * n + 2, 200));
        policy_give(own, "grant", settings);
        snprintf(settings, sizeof settings, "month_mci=%u months=4", 1 + luck(pair, 16 * n + 3, 20));
        policy_give(own, "rent_support", settings);
    }
    if (luck(pair, 16 * n + 4, 2) == 1) {
        policy_quota(own, QON_ALL_REGIONS, QON_WHOLE_TIME, luck(pair, 16 * n + 5, 60));
    }
    if (luck(pair, 16 * n + 6, 2) == 1) {
        policy_budget(own, QON_ALL_REGIONS, QON_WHOLE_TIME, (int64_t)luck(pair, 16 * n + 7, 100000) * 10000);
    }
    own->bond =
        (struct qon_bond){.months = (int32_t)luck(pair, 16 * n + 8, 6), .clawback_share = 1, .recovery_share = 0.5, .end_factor = 1};
    own->ration = (enum qon_ration)luck(pair, 16 * n + 9, 2);
}

static void traced_run(struct qon_scenario *scenario, struct qon_traced *traced, struct qon_groups *groups) {
    struct qon_run_summary summary;
    struct qon_faults faults;
    *traced = (struct qon_traced){.hires = true, .groups = groups};
    struct qon_run_hooks hooks = qon_traced_hooks(traced);
    struct qon_run_options options = {.hooks = &hooks};
    qon_faults_init(&faults);
    if (qon_run(scenario, &options, &summary, &faults) != QON_OK) {
        fail_msg("%s", faults.text[0]);
    }
}

// What was written of one person in both runs, found again without the ledger's walk.
struct known {
    uint64_t id;
    bool moved[2], paid[2], founder, entered;
};

static int known_order(const void *a, const void *b) {
    const struct known *x = a, *y = b;
    return x->id < y->id ? -1 : x->id > y->id;
}

// One line an entry, sorted, then joined by person. Returns how many persons; *founders of the country.
static int64_t recount(const struct qon_traced *run, struct known *list, int64_t *founders) {
    int64_t count = 0, persons = 0;
    *founders = 0;
    for (int k = 0; k < 2; k++) {
        for (uint32_t b = 0; b < run[k].blocks; b++) {
            const struct qon_traced_block *block = &run[k].block[b];
            *founders += k == 0 ? block->founders : 0;
            for (uint32_t i = 0; i < run[k].observer.block[b].count; i++) {
                const struct qon_trace *e = &run[k].observer.block[b].row[i];
                struct known one = {
                    .id = qon_traced_id(block, e->person), .founder = e->person < block->founders, .entered = e->kind == QON_TRACE_ENTERED};
                one.moved[k] = e->kind == QON_TRACE_MOVED;
                one.paid[k] = e->kind == QON_TRACE_GRANTED;
                list[count++] = one;
            }
        }
    }
    qsort(list, (size_t)count, sizeof *list, known_order);
    for (int64_t i = 0; i < count; i++) {
        if (persons == 0 || list[persons - 1].id != list[i].id) {
            list[persons++] = list[i];
            continue;
        }
        struct known *own = &list[persons - 1];
        for (int k = 0; k < 2; k++) {
            own->moved[k] |= list[i].moved[k];
            own->paid[k] |= list[i].paid[k];
        }
    }
    return persons;
}

static int64_t of_class(const struct qon_pair *pair, int class, const int64_t *table) {
    int64_t sum = 0;
    for (int32_t p = 0; p <= pair->alt->programmes; p++) {
        sum += table[p * QON_CLASSES + class];
    }
    return sum;
}

static int64_t share_sum(const struct qon_pair *pair, int share, int world) {
    int64_t sum = 0;
    for (int64_t c = 0; c < pair->cells; c++) {
        sum += pair->share[(c * QON_SHARES + share) * 2 + world];
    }
    return sum;
}

static void identities(const struct qon_pair *pair, const struct qon_traced *run) {
    struct known *list = NULL;
    int64_t entries = 0, founders, ever, movers[2] = {0, 0}, paid = 0, only[2] = {0, 0};
    for (int k = 0; k < 2; k++) {
        for (uint32_t b = 0; b < run[k].blocks; b++) {
            entries += run[k].observer.block[b].count;
        }
    }
    assert_int_equal(qon_take(&list, (size_t)entries + 1, sizeof *list), QON_OK);
    int64_t persons = recount(run, list, &founders);
    ever = founders;
    for (int64_t i = 0; i < persons; i++) {
        ever += !list[i].founder;
        paid += list[i].paid[1];
        for (int k = 0; k < 2; k++) {
            movers[k] += list[i].moved[k];
            only[k] += list[i].moved[k] && !list[i].moved[1 - k] && !list[i].paid[1];
        }
    }
    int64_t all = 0, money = 0, classed = 0;
    for (int c = 0; c < QON_CLASSES; c++) {
        all += of_class(pair, c, pair->persons);
        money += of_class(pair, c, pair->tiyn);
        classed += c < QON_CLASSES_PAID ? of_class(pair, c, pair->persons) : 0;
    }
    assert_true(all == ever && ever == pair->count[QON_COUNT_PERSONS_EVER]); // exclusive and exhaustive
    assert_true(classed == paid);
    assert_true(movers[0] == pair->count[QON_COUNT_MOVERS_BASE] && movers[1] == pair->count[QON_COUNT_MOVERS_ALT]);
    assert_true(only[0] == pair->count[QON_COUNT_DISPLACED_MOVE]);
    assert_true(only[1] == of_class(pair, QON_CLASS_SPILL_OVER, pair->persons));
    int64_t displaced = of_class(pair, QON_CLASS_DISPLACED, pair->persons);
    assert_true(displaced ==
                pair->count[QON_COUNT_DISPLACED_MOVE] + pair->count[QON_COUNT_DISPLACED_PLACE] + pair->count[QON_COUNT_DISPLACED_JOB]);
    assert_true(displaced == pair->count[QON_COUNT_DISPLACED_ORIGIN] + pair->count[QON_COUNT_DISPLACED_DESTINATION]);
    int64_t spent = 0;
    for (int32_t p = 0; p < pair->alt->programmes; p++) {
        spent += pair->alt->spent[p] - pair->alt->clawed[p];
        // Nothing here goes to no person but what cannot be parted: less than a tiyn a person of each grant.
        int64_t overhead = pair->tiyn[p * QON_CLASSES + QON_CLASS_OVERHEAD];
        assert_true(overhead >= -30 * classed && overhead <= 30 * classed);
    }
    assert_true(money == spent);
    // The groups add up to everybody, and to the classes.
    static const int share_of[] = {QON_SHARE_induced,     QON_SHARE_deadweight, QON_SHARE_diverted,
                                   QON_SHARE_accelerated, QON_SHARE_displaced,  QON_SHARE_spill_over};
    for (int c = 0; c < QON_CLASS_UNAFFECTED; c++) {
        assert_true(share_sum(pair, share_of[c], 1) == of_class(pair, c, pair->persons));
    }
    for (int k = 0; k < 2; k++) {
        assert_true(share_sum(pair, QON_SHARE_movers, k) == movers[k]);
        int64_t residents = 0;
        for (uint32_t b = 0; b < run[k].blocks; b++) {
            for (uint32_t i = 0; i < run[k].block[b].founders + run[k].block[b].newcomers; i++) {
                residents += run[k].block[b].status[i] != QON_GONE;
            }
        }
        assert_true(share_sum(pair, QON_SHARE_population, k) == residents);
    }
    qon_free(list);
}

static void a_hundred_random_pairs_keep_the_identities(void **state) {
    (void)state;
    int64_t paid = 0, displaced = 0, induced = 0;
    for (uint32_t n = 0; n < PAIRS; n++) {
        struct policy_run base, alt;
        struct qon_traced run[2];
        struct qon_groups groups = {0};
        const struct qon_by by[] = {
            {(enum qon_grouping)(1 + luck(n, 900, QON_GROUPINGS - 1)), (enum qon_grouping)luck(n, 901, QON_GROUPINGS)}};
        policy_country(&base, ZONES, PERSONS);
        policy_country(&alt, ZONES, PERSONS);
        base.scenario.months = alt.scenario.months = MONTHS;
        base.scenario.seed = alt.scenario.seed = n;
        base.scenario.settings.trigger.hazard_scale_month = alt.scenario.settings.trigger.hazard_scale_month = 3;
        for (uint32_t p = 0; p < PROGRAMMES; p++) {
            programme(&alt.scenario, n, p);
            if (luck(n, 800 + p, 3) == 0) {
                programme(&base.scenario, n + (luck(n, 810 + p, 2) == 0 ? 0 : 1000), p);
            }
        }
        traced_run(&base.scenario, &run[0], &groups);
        traced_run(&alt.scenario, &run[1], NULL);
        struct qon_pair pair = {.base = &run[0],
                                .alt = &run[1],
                                .scenario = &alt.scenario,
                                .base_scenario = &base.scenario,
                                .groups = &groups,
                                .window_months = 3,
                                .by = by,
                                .bys = 1};
        assert_int_equal(qon_pair_ledger(&pair), QON_OK);
        identities(&pair, run);
        paid += pair.count[QON_COUNT_MOVERS_PAID];
        displaced += of_class(&pair, QON_CLASS_DISPLACED, pair.persons);
        induced += pair.count[QON_COUNT_INDUCED_MOVERS];
        qon_pair_free(&pair);
        qon_traced_free(&run[0]);
        qon_traced_free(&run[1]);
        qon_groups_free(&groups);
        policy_end(&base);
        policy_end(&alt);
    }
    assert_true(paid > 500 && displaced > 500 && induced > 100); // the pairs had something to tell
}

// ---- classes of lives made by hand

static struct qon_trace entry(enum qon_trace_kind kind, int32_t month, uint32_t detail, int programme) {
    return (struct qon_trace){1, detail, (int16_t)month, (uint8_t)kind, (uint8_t)programme};
}

static enum qon_class judged(const struct qon_trace *base, int bases, enum qon_at at, int month, uint32_t to) {
    static const int32_t region[] = {0, 0, 1, 1, 2};
    static uint8_t zone[] = {0, 1, 0, 1, 1}; // the programme pays movers to 1, 3 and 4
    struct qon_supported supported = {zone, 5, region, {0}};
    struct qon_trace alt[2] = {entry(QON_TRACE_MOVED, month, qon_trace_places(0, to), UINT8_MAX), entry(QON_TRACE_GRANTED, month, 0, 0)};
    struct qon_life lives[2] = {{base, base + bases}, {at == QON_AT_MOVE ? alt : alt + 1, alt + 2}};
    struct qon_person_ends ends = {QON_UNEMPLOYED, QON_EMPLOYED};
    uint32_t moved_to;
    return qon_life_class(lives[0], lives[1], &alt[1], ends, at, &supported, 12, &moved_to);
}

static void lives_are_classed_as_they_should(void **state) {
    (void)state;
    enum { T = 1500 };
    const struct qon_trace same = entry(QON_TRACE_MOVED, T + 3, qon_trace_places(0, 3), UINT8_MAX);
    const struct qon_trace beside = entry(QON_TRACE_MOVED, T + 3, qon_trace_places(0, 2), UINT8_MAX); // same region, not supported
    const struct qon_trace later = entry(QON_TRACE_MOVED, T + 20, qon_trace_places(0, 3), UINT8_MAX);
    const struct qon_trace other = entry(QON_TRACE_MOVED, T - 5, qon_trace_places(0, 4), UINT8_MAX);
    const struct qon_trace long_ago[] = {entry(QON_TRACE_MOVED, T - 30, qon_trace_places(0, 3), UINT8_MAX)};
    const struct qon_trace and_back[] = {long_ago[0], entry(QON_TRACE_MOVED, T - 20, qon_trace_places(3, 0), UINT8_MAX)};
    const struct qon_trace much_later = entry(QON_TRACE_MOVED, T + 30, qon_trace_places(0, 4), UINT8_MAX);
    assert_int_equal(judged(NULL, 0, QON_AT_MOVE, T, 3), QON_CLASS_INDUCED);
    assert_int_equal(judged(&same, 1, QON_AT_MOVE, T, 3), QON_CLASS_DEADWEIGHT);
    assert_int_equal(judged(&beside, 1, QON_AT_MOVE, T, 3), QON_CLASS_DIVERTED);
    assert_int_equal(judged(&later, 1, QON_AT_MOVE, T, 3), QON_CLASS_ACCELERATED);
    assert_int_equal(judged(&other, 1, QON_AT_MOVE, T, 3), QON_CLASS_DIVERTED);
    assert_int_equal(judged(long_ago, 1, QON_AT_MOVE, T, 3), QON_CLASS_DEADWEIGHT);
    assert_int_equal(judged(and_back, 2, QON_AT_MOVE, T, 3), QON_CLASS_INDUCED);
    assert_int_equal(judged(&much_later, 1, QON_AT_MOVE, T, 3), QON_CLASS_INDUCED);
    const struct qon_trace hired = entry(QON_TRACE_HIRED, T + 1, 7, UINT8_MAX), late = entry(QON_TRACE_HIRED, T + 14, 7, UINT8_MAX);
    assert_int_equal(judged(NULL, 0, QON_AT_HIRE, T, 0), QON_CLASS_INDUCED);
    assert_int_equal(judged(&hired, 1, QON_AT_HIRE, T, 0), QON_CLASS_DEADWEIGHT);
    assert_int_equal(judged(&late, 1, QON_AT_HIRE, T, 0), QON_CLASS_ACCELERATED);
    const struct qon_trace came = entry(QON_TRACE_ENTERED, T, 0, UINT8_MAX), left = entry(QON_TRACE_LEFT, T + 2, 0, UINT8_MAX);
    assert_int_equal(judged(NULL, 0, QON_AT_ARRIVAL, T, 0), QON_CLASS_INDUCED);
    assert_int_equal(judged(&came, 1, QON_AT_ARRIVAL, T, 0), QON_CLASS_DEADWEIGHT);
    assert_int_equal(judged(&left, 1, QON_AT_EMIGRATION, T, 0), QON_CLASS_INDUCED);
    assert_int_equal(judged(NULL, 0, QON_AT_EMIGRATION, T, 0), QON_CLASS_DEADWEIGHT);
    assert_int_equal(judged(NULL, 0, QON_AT_RESIDENCE, T, 0), QON_CLASS_INDUCED); // out of work in the base, in work in the alternative
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lives_are_classed_as_they_should),
        cmocka_unit_test(a_hundred_random_pairs_keep_the_identities),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
