// SPDX-License-Identifier: GPL-3.0-or-later
// exp and log against the C library's long double functions, on millions of points. ODD tag M-EXPLOG-1.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs those first
#include <cmocka.h>
#include <math.h>
#include <qonys/explog.h>
#include <qonys/random.h>
#include <stdlib.h>

enum { POINTS = 2000000 };

// Error in units of the last place of the right result.
static double ulps(double got, long double want) {
    double near = fabs((double)want);
    double step = nextafter(near, INFINITY) - near;
    return (double)fabsl(((long double)got - want) / step);
}

static double unit_next(struct qon_pcg *pcg) {
    return ((double)qon_pcg_next(pcg) * 0x1p32 + (double)qon_pcg_next(pcg)) * 0x1p-64;
}

static void exp_is_within_two_ulp(void **state) {
    struct qon_pcg pcg = qon_pcg_keyed(1, 1);
    const double ranges[] = {708, 50, 2, 0.4, 1e-6};
    double worst = 0;
    for (size_t r = 0; r < sizeof ranges / sizeof ranges[0]; r++) {
        for (int i = 0; i < POINTS / 4; i++) {
            double x = (2 * unit_next(&pcg) - 1) * ranges[r];
            worst = fmax(worst, ulps(qon_exp(x), expl(x)));
        }
    }
    for (int n = -1021; n <= 1021; n++) { // around the steps of the reduction
        for (int j = -3; j <= 3; j++) {
            double x = (n + 0.5) * M_LN2 + j * 1e-15 * abs(n);
            if (fabs(x) <= 708) {
                worst = fmax(worst, ulps(qon_exp(x), expl(x)));
            }
        }
    }
    print_message("exp: largest error %.3f ulp\n", worst);
    assert_true(worst < 2);
}

static void log_is_within_two_ulp(void **state) {
    struct qon_pcg pcg = qon_pcg_keyed(2, 2);
    double worst = 0;
    for (int i = 0; i < POINTS; i++) {
        double x = qon_double_of((uint64_t)(1 + qon_below(qon_pcg_next(&pcg), 2046)) << 52 | (uint64_t)qon_pcg_next(&pcg) << 20);
        worst = fmax(worst, ulps(qon_log(x), logl(x)));
        x = 0.5 + 1.5 * unit_next(&pcg); // where the result is near zero
        worst = fmax(worst, ulps(qon_log(x), logl(x)));
        x = unit_next(&pcg) + 0x1p-65;
        worst = fmax(worst, ulps(qon_log(x), logl(x)));
    }
    for (double step = 0x1p-52; step < 0.5; step *= 2) {
        worst = fmax(worst, ulps(qon_log(1 + step), logl(1 + step)));
        worst = fmax(worst, ulps(qon_log(1 - step), logl(1 - step)));
    }
    double root = M_SQRT1_2;
    for (int i = 0; i < 100; i++) { // around the change of exponent
        worst = fmax(worst, ulps(qon_log(root), logl(root)));
        root = nextafter(root, i < 50 ? 0 : 1);
    }
    print_message("log: largest error %.3f ulp\n", worst);
    assert_true(worst < 2);
}

static void exp_and_log_have_their_exact_values(void **state) {
    assert_true(qon_exp(0) == 1);
    assert_true(qon_exp(-0.0) == 1);
    assert_true(qon_log(1) == 0);
    assert_true(ulps(qon_exp(1), expl(1)) < 1);
    assert_true(qon_log(2) == M_LN2);
    assert_true(qon_log(0x1p-1022) == log(0x1p-1022));
    assert_true(isfinite(qon_log(1.7976931348623157e308)));
}

static void exp_is_clamped_beyond_its_range(void **state) {
    assert_true(qon_exp(1e300) == qon_exp(708));
    assert_true(qon_exp(INFINITY) == qon_exp(708));
    assert_true(qon_exp(-1e300) == qon_exp(-708));
    assert_true(qon_exp(-708) > 0 && isnormal(qon_exp(-708)));
    assert_true(isfinite(qon_exp(708)));
}

static void pow_keeps_its_error_bound(void **state) {
    struct qon_pcg pcg = qon_pcg_keyed(3, 3);
    for (int i = 0; i < POINTS / 4; i++) {
        double x = exp((2 * unit_next(&pcg) - 1) * 100);
        double y = (2 * unit_next(&pcg) - 1) * 7;
        long double want = powl(x, y);
        double error = (double)fabsl((qon_pow(x, y) - want) / want);
        assert_true(error < 1e-15 * (1 + fabs(y * log(x))));
    }
    assert_true(qon_pow(3, 0) == 1);
}

// The compiler makes vectors of the loop over the array; one by one it cannot. Both must give the same bits.
static void vectors_give_the_bits_of_single_numbers(void **state) {
    enum { COUNT = 4099 };
    static double x[COUNT];
    static double powers[COUNT];
    static double logs[COUNT];
    struct qon_pcg pcg = qon_pcg_keyed(4, 4);
    for (int i = 0; i < COUNT; i++) {
        x[i] = unit_next(&pcg) * 700 + 1e-3;
    }
    for (int i = 0; i < COUNT; i++) {
        powers[i] = qon_exp(x[i]);
        logs[i] = qon_log(x[i]);
    }
    for (int i = 0; i < COUNT; i++) {
        volatile double one = x[i];
        assert_true(qon_double_bits(qon_exp(one)) == qon_double_bits(powers[i]));
        assert_true(qon_double_bits(qon_log(one)) == qon_double_bits(logs[i]));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exp_is_within_two_ulp),
        cmocka_unit_test(log_is_within_two_ulp),
        cmocka_unit_test(exp_and_log_have_their_exact_values),
        cmocka_unit_test(exp_is_clamped_beyond_its_range),
        cmocka_unit_test(pow_keeps_its_error_bound),
        cmocka_unit_test(vectors_give_the_bits_of_single_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
