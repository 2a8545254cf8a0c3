// SPDX-License-Identifier: GPL-3.0-or-later
// Parts of the report that can be tried on their own: intervals, words, geometries.
#include "interval.h"
#include "source_geometry.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_quantiles_of_student_are_those_of_the_tables(void **state) {
    static const struct {
        int degrees;
        double t;
    } table[] = {{1, 12.706}, {2, 4.303}, {3, 3.182}, {4, 2.776}, {7, 2.365}, {10, 2.228}, {29, 2.045}, {30, 2.042}, {120, 1.980}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        assert_true(fabs(qon_student_975(table[i].degrees) - table[i].t) < 6e-4);
    }
}

static void test_interval_of_a_mean(void **state) {
    const double v[] = {1, 2, 3, NAN, 4, 5};
    struct qon_interval i = qon_interval_mean(v, 6);
    assert_int_equal(i.count, 5);
    assert_true(fabs(i.mean - 3) < 1e-12);
    assert_true(fabs(i.high - 3 - 2.776445 * sqrt(2.5 / 5)) < 1e-5);
    assert_true(fabs(i.low + i.high - 6) < 1e-12);
    i = qon_interval_mean(v, 1);
    assert_true(i.mean == 1 && isnan(i.low));
    assert_int_equal(qon_interval_mean(NULL, 0).count, 0);
}

static void test_interval_of_a_ratio_covers_the_truth_as_often_as_it_says(void **state) {
    // Normal numbers from sums of twelve uniform ones; the true ratio is 200.
    uint64_t seed = 7;
    int covered = 0;
    enum { TRIALS = 4000, N = 8 };
    for (int trial = 0; trial < TRIALS; trial++) {
        double over[N], under[N];
        for (int k = 0; k < N; k++) {
            double z[2] = {-6, -6};
            for (int u = 0; u < 24; u++) {
                seed = seed * 6364136223846793005u + 1442695040888963407u;
                z[u / 12] += (double)(seed >> 11) / 9007199254740992.0;
            }
            under[k] = 100 + 10 * z[0];
            over[k] = 20000 + 1000 * z[0] + 1500 * z[1];
        }
        struct qon_interval i = qon_interval_ratio(over, under, N);
        assert_true(isfinite(i.low) && i.low < i.mean && i.mean < i.high);
        covered += i.low <= 200 && i.high >= 200;
    }
    // 95 % of 4000 is 3800; the standard deviation is 14.
    assert_in_range(covered, 3740, 3860);
}

static void test_ratio_over_what_may_be_zero_is_not_bounded(void **state) {
    const double over[] = {10, 11, 9, 10};
    const double under[] = {1, -1, 2, -1.5};
    assert_true(isnan(qon_interval_ratio(over, under, 4).low));
}

// Which arguments a format takes, as "12" for the first and the second; "?" when something else follows a percent sign.
static void arguments_of(const char *text, char *out, size_t size) {
    bool seen[9] = {false};
    int next = 0;
    bool wrong = false;
    for (const char *c = text; *c; c++) {
        if (*c != '%') {
            continue;
        }
        c++;
        if (*c == 's') {
            seen[next++] = true;
        } else if (*c >= '1' && *c <= '9' && c[1] == '$' && c[2] == 's') {
            seen[*c - '1'] = true;
            c += 2;
        } else if (*c != '%') {
            wrong = true;
        }
    }
    size_t used = 0;
    for (int i = 0; i < 9 && used + 2 < size; i++) {
        if (seen[i]) {
            out[used++] = (char)('1' + i);
        }
    }
    if (wrong) {
        out[used++] = '?';
    }
    out[used] = 0;
}

static void test_words_take_the_same_arguments_in_every_language(void **state) {
    static const char *const words[][4] = {
#define TEXT(id, en, kk, ru) {#id, en, kk, ru},
#include "texts.def"
#undef TEXT
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        char first[16];
        arguments_of(words[i][1], first, sizeof first);
        // Without arguments a text is not a format and may hold a lone percent sign.
        bool format = strpbrk(first, "123456789") != NULL;
        for (int l = 1; l <= 3; l++) {
            char its[16];
            assert_true(*words[i][l]);
            arguments_of(words[i][l], its, sizeof its);
            if (format || strpbrk(its, "123456789")) {
                if (strcmp(first, its) != 0 || strchr(its, '?')) {
                    fail_msg("%s takes other arguments in language %d", words[i][0], l);
                }
            }
        }
    }
}

// ---------------------------------------------------------------------------------------------------------------- geometries

static size_t put(uint8_t *out, size_t at, const void *bytes, size_t size) {
    memcpy(out + at, bytes, size);
    return at + size;
}

// A GeoPackage polygon with one ring of four points, envelope as flags say.
static size_t polygon_make(uint8_t *out, bool with_envelope) {
    const uint8_t head[4] = {'G', 'P', 0, with_envelope ? 3 : 1};
    const int32_t srs = 4326;
    const double envelope[4] = {60, 62, 48, 50};
    const uint32_t type = 3, rings = 1, points = 4;
    const double ring[8] = {60, 48, 62, 48, 62, 50, 60, 48};
    const uint8_t little = 1;
    size_t at = put(out, 0, head, sizeof head);
    at = put(out, at, &srs, sizeof srs);
    at = with_envelope ? put(out, at, envelope, sizeof envelope) : at;
    at = put(out, at, &little, 1);
    at = put(out, at, &type, sizeof type);
    at = put(out, at, &rings, sizeof rings);
    at = put(out, at, &points, sizeof points);
    return put(out, at, ring, sizeof ring);
}

static void test_geometries_are_read(void **state) {
    uint8_t blob[256];
    struct qon_arena arena = {0};
    struct qon_rings rings = {.arena = &arena};
    assert_true(qon_rings_add(&rings, blob, polygon_make(blob, true)));
    assert_true(qon_rings_add(&rings, NULL, 0)); // a region without boundaries
    assert_true(qon_rings_add(&rings, blob, polygon_make(blob, false)));
    struct qon_boundaries b;
    qon_rings_finish(&rings, &b);
    assert_int_equal(b.regions, 3);
    assert_int_equal(b.parts, 2);
    assert_int_equal(b.region_part[1], 1);
    assert_int_equal(b.region_part[2], 1);
    assert_int_equal(b.part_point[2], 8);
    assert_true(b.lon_deg[5] == 62 && b.lat_deg[6] == 50);
    qon_arena_free(&arena);
}

static void test_broken_geometries_are_refused(void **state) {
    uint8_t blob[256];
    size_t size = polygon_make(blob, true);
    for (size_t cut = 1; cut < size; cut++) {
        struct qon_arena arena = {0};
        struct qon_rings rings = {.arena = &arena};
        uint8_t *exact = malloc(cut);
        assert_non_null(exact);
        memcpy(exact, blob, cut);
        assert_false(qon_rings_add(&rings, exact, cut));
        free(exact);
        qon_arena_free(&arena);
    }
    // Every single byte changed: refused or read, never out of bounds.
    for (size_t i = 0; i < size; i++) {
        for (int change = 1; change < 256; change *= 3) {
            struct qon_arena arena = {0};
            struct qon_rings rings = {.arena = &arena};
            uint8_t *copy = malloc(size);
            assert_non_null(copy);
            memcpy(copy, blob, size);
            copy[i] = (uint8_t)(copy[i] ^ change);
            bool good = qon_rings_add(&rings, copy, size);
            assert_true(!good || rings.points <= 4);
            free(copy);
            qon_arena_free(&arena);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quantiles_of_student_are_those_of_the_tables),
        cmocka_unit_test(test_interval_of_a_mean),
        cmocka_unit_test(test_interval_of_a_ratio_covers_the_truth_as_often_as_it_says),
        cmocka_unit_test(test_ratio_over_what_may_be_zero_is_not_bounded),
        cmocka_unit_test(test_words_take_the_same_arguments_in_every_language),
        cmocka_unit_test(test_geometries_are_read),
        cmocka_unit_test(test_broken_geometries_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
