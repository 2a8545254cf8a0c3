// SPDX-License-Identifier: GPL-3.0-or-later
// Keyed draws: the generator is the published one, and draws of different agents, months and alternatives do not resemble each other in
// whatever order they are read. ODD tag M-RANDOM-1.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs those first
#include <cmocka.h>
#include <math.h>
#include <qonys/random.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void the_generator_gives_the_published_numbers(void **state) {
    const uint32_t want[6] = {0xa15c02b7, 0x7b47f409, 0xba1d3330, 0x83d2f293, 0xbfa4784b, 0xcbed606e};
    struct qon_pcg pcg = qon_pcg_seeded(42, 54);
    for (int i = 0; i < 6; i++) {
        assert_int_equal(qon_pcg_next(&pcg), want[i]);
    }
}

static void purposes_are_distinct_and_named(void **state) {
    const struct {
        int number;
        const char *name;
    } purposes[] = {
#define DRAW(name, number, meaning) {number, #name},
#include <qonys/draws.def>
#undef DRAW
    };
    const size_t count = sizeof purposes / sizeof purposes[0];
    for (size_t i = 0; i < count; i++) {
        assert_in_range(purposes[i].number, 1, 65535); // qon_id_make has 16 bits for it
        assert_string_equal(qon_purpose_name(purposes[i].number), purposes[i].name);
        for (size_t j = 0; j < i; j++) {
            assert_int_not_equal(purposes[i].number, purposes[j].number);
        }
    }
    assert_null(qon_purpose_name(0));
    assert_null(qon_purpose_name(-1));
}

// --- the stream across agents, months and alternatives

enum { AGENTS = 1024, MONTHS = 32, ALTERNATIVES = 32, DRAWS = AGENTS * MONTHS * ALTERNATIVES };

typedef uint32_t draw_of(uint32_t agent, uint32_t month, uint32_t alternative);

static uint32_t keyed(uint32_t agent, uint32_t month, uint32_t alternative) {
    return qon_draw(qon_key(20170929, QON_DRAW_TEST, 1404 + (int32_t)month), agent, alternative);
}

// A generator for each agent and month, its numbers drawn one after the other.
static uint32_t sequential(uint32_t agent, uint32_t month, uint32_t alternative) {
    struct qon_pcg pcg = qon_pcg_keyed(qon_key(20170929, QON_DRAW_TEST, 1404 + (int32_t)month), agent);
    for (uint32_t i = 0; i < alternative; i++) {
        (void)qon_pcg_next(&pcg);
    }
    return qon_pcg_next(&pcg);
}

// The obvious scheme, which must not be used: PCG32 with stream = agent and seed + step. It fails the same tests, below.
static uint32_t naive(uint32_t agent, uint32_t month, uint32_t alternative) {
    struct qon_pcg pcg = qon_pcg_seeded(20170929 + month * ALTERNATIVES + alternative, agent);
    return qon_pcg_next(&pcg);
}

enum order { AGENT_MAJOR, MONTH_MAJOR, ALTERNATIVE_MAJOR, ORDERS };

// The slowest index is the one that names the order; the fastest are agents, or alternatives when agents are slowest.
static void stream_fill(uint32_t *stream, draw_of *draw, enum order order) {
    size_t n = 0;
    const uint32_t outer = order == AGENT_MAJOR ? AGENTS : order == MONTH_MAJOR ? MONTHS : ALTERNATIVES;
    const uint32_t middle = order == MONTH_MAJOR ? ALTERNATIVES : MONTHS;
    for (uint32_t i = 0; i < outer; i++) {
        for (uint32_t j = 0; j < middle; j++) {
            for (uint32_t k = 0; k < DRAWS / outer / middle; k++) {
                stream[n++] = order == AGENT_MAJOR ? draw(i, j, k) : order == MONTH_MAJOR ? draw(k, i, j) : draw(k, j, i);
            }
        }
    }
}

// Deviation of chi-square from its mean in standard deviations (Wilson and Hilferty 1931); near N(0, 1) when all is well.
static double chi_square_z(const uint32_t *seen, const double *share, int bins, double total) {
    double chi = 0;
    for (int i = 0; i < bins; i++) {
        double want = total * (share == NULL ? 1.0 / bins : share[i]);
        chi += (seen[i] - want) * (seen[i] - want) / want;
    }
    double freedom = bins - 1;
    double spread = 2.0 / (9.0 * freedom);
    return (cbrt(chi / freedom) - (1.0 - spread)) / sqrt(spread);
}

static double bits_z(const uint32_t *stream, int shift) {
    uint32_t seen[256] = {0};
    for (size_t i = 0; i < DRAWS; i++) {
        seen[(stream[i] >> shift) & 255U]++;
    }
    return chi_square_z(seen, NULL, 256, DRAWS);
}

// Pairs at a distance, top five bits of each.
static double pairs_z(const uint32_t *stream, size_t lag) {
    uint32_t seen[1024] = {0};
    for (size_t i = 0; i + lag < DRAWS; i++) {
        seen[(stream[i] >> 27) << 5 | stream[i + lag] >> 27]++;
    }
    return chi_square_z(seen, NULL, 1024, (double)(DRAWS - lag));
}

// Bits that differ between neighbours: binomial.
static double difference_z(const uint32_t *stream, size_t lag) {
    uint32_t seen[33] = {0};
    double share[33];
    for (size_t i = 0; i + lag < DRAWS; i++) {
        seen[__builtin_popcount(stream[i] ^ stream[i + lag])]++;
    }
    double ways = 1;
    for (int k = 0; k <= 32; k++) {
        share[k] = ways * 0x1p-32;
        ways = ways * (32 - k) / (k + 1);
    }
    uint32_t inner[25] = {0}; // the rare ends are put together
    double inner_share[25] = {0};
    for (int k = 0; k <= 32; k++) {
        int bin = k < 4 ? 0 : k > 28 ? 24 : k - 4;
        inner[bin] += seen[k];
        inner_share[bin] += share[k];
    }
    return chi_square_z(inner, inner_share, 25, (double)(DRAWS - lag));
}

static double correlation_z(const uint32_t *stream, size_t lag) {
    double sum = 0;
    for (size_t i = 0; i + lag < DRAWS; i++) {
        sum += (qon_unit(stream[i]) - 0.5) * (qon_unit(stream[i + lag]) - 0.5);
    }
    return sum * 12.0 / sqrt((double)(DRAWS - lag));
}

// The largest deviation of all tests on one order.
static double stream_worst(draw_of *draw, enum order order) {
    uint32_t *stream = malloc(DRAWS * sizeof *stream);
    assert_non_null(stream);
    stream_fill(stream, draw, order);
    double worst = 0;
    for (int shift = 0; shift <= 24; shift += 8) {
        worst = fmax(worst, fabs(bits_z(stream, shift)));
    }
    const size_t lags[] = {1, 2, 3, ALTERNATIVES, AGENTS, (size_t)AGENTS * MONTHS};
    for (size_t i = 0; i < sizeof lags / sizeof lags[0]; i++) {
        worst = fmax(worst, fabs(pairs_z(stream, lags[i])));
        worst = fmax(worst, fabs(difference_z(stream, lags[i])));
        worst = fmax(worst, fabs(correlation_z(stream, lags[i])));
    }
    free(stream);
    return worst;
}

// 22 tests on each of three orders: the largest of 66 standard normal numbers exceeds 4.5 once in 2,000 seeds.
static void draws_do_not_resemble_each_other_in_any_order(void **state) {
    for (enum order order = 0; order < ORDERS; order++) {
        assert_true(stream_worst(keyed, order) < 4.5);
        assert_true(stream_worst(sequential, order) < 4.5);
    }
}

static void the_same_tests_refuse_the_obvious_scheme(void **state) {
    for (enum order order = 0; order < ORDERS; order++) {
        double worst = stream_worst(naive, order);
        print_message("obvious scheme, order %d: %.0f standard deviations off\n", order, worst);
        assert_true(worst > 50);
    }
}

static void purposes_and_seeds_give_other_numbers(void **state) {
    enum { COUNT = 100000 };
    long same = 0;
    double product = 0;
    for (uint64_t id = 0; id < COUNT; id++) {
        uint32_t one = qon_draw(qon_key(1, QON_DRAW_CHOICE, 1404), id, 0);
        uint32_t two = qon_draw(qon_key(1, QON_DRAW_TRIGGER, 1404), id, 0);
        uint32_t three = qon_draw(qon_key(2, QON_DRAW_CHOICE, 1404), id, 0);
        same += (one == two) + (one == three) + (two == three);
        product += (qon_unit(one) - 0.5) * (qon_unit(two) - 0.5) + (qon_unit(one) - 0.5) * (qon_unit(three) - 0.5);
        assert_int_equal(one, qon_draw(qon_key(1, QON_DRAW_CHOICE, 1404), id, 0));
    }
    assert_true(same <= 2); // 7e-5 expected
    assert_true(fabs(product * 12 / sqrt(2.0 * COUNT)) < 4.5);
}

static void founders_and_later_agents_never_share_an_id(void **state) {
    enum { COUNT = 1 << 20 };
    uint64_t *seen = calloc((size_t)COUNT * 2, sizeof *seen); // open addressing
    assert_non_null(seen);
    for (uint64_t i = 0; i < COUNT; i++) {
        uint64_t id = qon_id_make(i / 4, i % 4, i % 2 == 0 ? QON_DRAW_BIRTH : QON_DRAW_KANDAS);
        assert_true(id >> 63 == 1);
        size_t slot = id & (COUNT * 2 - 1);
        while (seen[slot] != 0) {
            assert_true(seen[slot] != id);
            slot = (slot + 1) & (COUNT * 2 - 1);
        }
        seen[slot] = id;
    }
    free(seen);
}

static void units_never_reach_zero_or_one(void **state) {
    assert_true(qon_unit(0) > 0);
    assert_true(qon_unit(UINT32_MAX) < 1);
    assert_true(qon_unit(0x80000000U) > 0.5);
    assert_true(qon_unit(0x7fffffffU) < 0.5);
}

static void integers_below_n_are_even(void **state) {
    assert_int_equal(qon_below(UINT32_MAX, 1), 0);
    assert_int_equal(qon_below(UINT32_MAX, UINT32_MAX), UINT32_MAX - 1);
    uint32_t seen[7] = {0};
    struct qon_pcg pcg = qon_pcg_keyed(3, 4);
    for (int i = 0; i < 700000; i++) {
        uint32_t value = qon_below(qon_pcg_next(&pcg), 7);
        assert_true(value < 7);
        seen[value]++;
    }
    assert_true(fabs(chi_square_z(seen, NULL, 7, 700000)) < 4.5);
}

static void random_rounding_keeps_the_mean(void **state) {
    struct qon_pcg pcg = qon_pcg_keyed(5, 6);
    int64_t sum = 0;
    for (int i = 0; i < 1000000; i++) {
        int64_t rounded = qon_round_random(3.3, qon_unit(qon_pcg_next(&pcg)));
        assert_true(rounded == 3 || rounded == 4);
        sum += rounded;
    }
    assert_true(fabs((double)sum - 3.3e6) < 4.5 * sqrt(1e6 * 0.3 * 0.7));
    assert_int_equal(qon_round_random(0, 0.9999), 0);
}

// Phi(quantile(u)) = u, by the C library's erfc; the error of u is that of the quantile times density / u, about |q| at the tail.
static void the_normal_quantile_is_exact(void **state) {
    struct qon_pcg pcg = qon_pcg_keyed(7, 8);
    double worst = 0;
    for (int i = 0; i < 1000000; i++) {
        double u = qon_unit(qon_pcg_next(&pcg));
        u = i % 3 == 0 ? u : i % 3 == 1 ? u * 1e-5 : u * 1e-12;
        double q = qon_normal_quantile(u);
        double back = 0.5 * erfc(-q * M_SQRT1_2);
        worst = fmax(worst, fabs(back - u) / u / (1 + q * q));
    }
    assert_true(worst < 1e-14);
    assert_true(qon_normal_quantile(0.5) == 0);
    assert_true(fabs(qon_normal_quantile(0.975) - 1.959963984540054) < 1e-14);
    assert_true(qon_normal_quantile(0.25) == -qon_normal_quantile(0.75));
    assert_true(fabs(qon_normal_quantile(1 - 0x1p-33) + qon_normal_quantile(0x1p-33)) < 1e-12);
}

static void the_normal_quantile_rises(void **state) {
    double before = qon_normal_quantile(0x1p-33);
    for (int i = 1; i < 1000000; i++) {
        double now = qon_normal_quantile(i * 1e-6);
        assert_true(now > before);
        before = now;
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_generator_gives_the_published_numbers),
        cmocka_unit_test(purposes_are_distinct_and_named),
        cmocka_unit_test(draws_do_not_resemble_each_other_in_any_order),
        cmocka_unit_test(the_same_tests_refuse_the_obvious_scheme),
        cmocka_unit_test(purposes_and_seeds_give_other_numbers),
        cmocka_unit_test(founders_and_later_agents_never_share_an_id),
        cmocka_unit_test(units_never_reach_zero_or_one),
        cmocka_unit_test(integers_below_n_are_even),
        cmocka_unit_test(random_rounding_keeps_the_mean),
        cmocka_unit_test(the_normal_quantile_is_exact),
        cmocka_unit_test(the_normal_quantile_rises),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
