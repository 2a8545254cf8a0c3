// SPDX-License-Identifier: GPL-3.0-or-later
// Where designs put their points, and what replicates draw.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs those first
#include <cmocka.h>

#include <math.h>
#include <qonys/memory.h>
#include <qonys/study.h>
#include <qonys/sweep.h>
#include <string.h>

enum { POINTS = 1000, AXES = 5 };

static double *made(enum qon_design design, int32_t points, int32_t axes, uint64_t seed) {
    double *coordinate = NULL;
    assert_int_equal(qon_take(&coordinate, (size_t)points * (size_t)axes, sizeof *coordinate), QON_OK);
    assert_int_equal(qon_design_make(coordinate, design, points, axes, seed), QON_OK);
    for (int32_t i = 0; i < points * axes; i++) {
        assert_true(coordinate[i] >= 0 && coordinate[i] < 1);
    }
    return coordinate;
}

static void a_latin_hypercube_has_one_point_in_every_stratum_of_every_axis(void **state) {
    static const int32_t sizes[] = {1, 2, 7, POINTS};
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        double *at = made(QON_DESIGN_LATIN, sizes[s], AXES, 7);
        for (int a = 0; a < AXES; a++) {
            bool taken[POINTS] = {false};
            for (int32_t i = 0; i < sizes[s]; i++) {
                int stratum = (int)(at[i * AXES + a] * sizes[s]);
                assert_false(taken[stratum]);
                taken[stratum] = true;
            }
        }
        qon_free(at);
    }
}

// Within its stratum a point may lie anywhere, and the axes know nothing of one another: |r| of 1000 pairs stays below 0.12 (3.8 sigma).
static void points_of_a_latin_hypercube_are_spread_within_strata_and_axes_are_independent(void **state) {
    double *at = made(QON_DESIGN_LATIN, POINTS, AXES, 3);
    double within = 0;
    for (int32_t i = 0; i < POINTS * AXES; i++) {
        within += at[i] * POINTS - floor(at[i] * POINTS);
    }
    assert_true(fabs(within / (POINTS * AXES) - 0.5) < 0.02);
    for (int a = 0; a < AXES; a++) {
        for (int b = a + 1; b < AXES; b++) {
            double sum = 0;
            for (int32_t i = 0; i < POINTS; i++) {
                sum += (at[i * AXES + a] - 0.5) * (at[i * AXES + b] - 0.5);
            }
            assert_true(fabs(12 * sum / POINTS) < 0.12);
        }
    }
    qon_free(at);
}

static void a_latin_hypercube_follows_from_its_seed(void **state) {
    double *one = made(QON_DESIGN_LATIN, 50, AXES, 1), *same = made(QON_DESIGN_LATIN, 50, AXES, 1),
           *other = made(QON_DESIGN_LATIN, 50, AXES, 2);
    assert_memory_equal(one, same, 50 * AXES * sizeof *one);
    assert_memory_not_equal(one, other, 50 * AXES * sizeof *one);
    qon_free(one);
    qon_free(same);
    qon_free(other);
}

// The first points of the sequence in two dimensions, after the origin (Bratley and Fox 1988, in Gray code's order).
static void the_first_points_of_sobol_are_the_published_ones(void **state) {
    static const double first[7][2] = {{0.5, 0.5},     {0.75, 0.25},   {0.25, 0.75},  {0.375, 0.375},
                                       {0.875, 0.875}, {0.625, 0.125}, {0.125, 0.625}};
    double *at = made(QON_DESIGN_SOBOL, 7, 2, 0);
    for (int i = 0; i < 7; i++) {
        assert_true(at[i * 2] == first[i][0] && at[i * 2 + 1] == first[i][1]);
    }
    qon_free(at);
}

// With the origin, 2^k points have one in each of 2^k strata of every axis, up to forty of them.
static void sobol_fills_every_axis_evenly(void **state) {
    double *at = made(QON_DESIGN_SOBOL, 255, QON_AXES_MOST, 0);
    for (int a = 0; a < QON_AXES_MOST; a++) {
        bool taken[256] = {true};
        for (int i = 0; i < 255; i++) {
            int stratum = (int)(at[i * QON_AXES_MOST + a] * 256);
            assert_false(taken[stratum]);
            taken[stratum] = true;
        }
    }
    qon_free(at);
}

static void failing_memory_is_told(void **state) {
    double at[4];
    qon_memory_fail_after(0);
    assert_int_equal(qon_design_make(at, QON_DESIGN_LATIN, 2, 2, 1), QON_MACHINE);
    qon_memory_fail_after(-1);
}

static void replicate_nought_has_the_scenarios_seed_and_the_others_their_own(void **state) {
    enum { SEEDS = 40, REPLICATES = 50 };
    uint64_t seen[SEEDS * REPLICATES];
    int count = 0;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        assert_true(qon_replicate_seed(seed, 0) == seed);
        for (int32_t r = 0; r < REPLICATES; r++) {
            seen[count] = qon_replicate_seed(seed, r);
            for (int i = 0; i < count; i++) {
                assert_true(seen[i] != seen[count]); // neighbours have no replicate in common
            }
            count++;
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_latin_hypercube_has_one_point_in_every_stratum_of_every_axis),
        cmocka_unit_test(points_of_a_latin_hypercube_are_spread_within_strata_and_axes_are_independent),
        cmocka_unit_test(a_latin_hypercube_follows_from_its_seed),
        cmocka_unit_test(the_first_points_of_sobol_are_the_published_ones),
        cmocka_unit_test(sobol_fills_every_axis_evenly),
        cmocka_unit_test(failing_memory_is_told),
        cmocka_unit_test(replicate_nought_has_the_scenarios_seed_and_the_others_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
