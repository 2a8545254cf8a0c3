// SPDX-License-Identifier: GPL-3.0-or-later
// How programmes become known. ODD tag M-AWARENESS-1.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <qonys/explog.h>

#include "../../../sim/model/programmes.h"

static double after_years(double p, double q, double start, int months) {
    double aware = start;
    for (int m = 0; m < months; m++) {
        aware = qon_bass_step(aware, p, q, 1 / 12.0);
    }
    return aware;
}

static void months_add_up_to_the_closed_form_of_bass(void **state) {
    (void)state;
    // source: Bass 1969, F(t) = (1 - e^(-(p+q)t)) / (1 + q/p e^(-(p+q)t)), p = 0.03, q = 0.38.
    static const struct {
        int years;
        double share;
    } known[] = {{1, 0.035758}, {2, 0.085056}, {5, 0.331199}, {10, 0.812803}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        double share = after_years(0.03, 0.38, 0, 12 * known[i].years);
        assert_true(fabs(share - known[i].share) < 5e-7);
        double e = exp(-0.41 * known[i].years);
        assert_true(fabs(share - (1 - e) / (1 + 0.38 / 0.03 * e)) < 1e-12);
    }
}

static void without_media_nobody_starts_and_word_spreads_logistically(void **state) {
    (void)state;
    assert_true(after_years(0, 0.38, 0, 120) == 0);
    assert_true(after_years(0, 0, 0.2, 120) == 0.2);
    double odds = 0.1 / 0.9 * exp(0.38 * 3);
    assert_true(fabs(after_years(0, 0.38, 0.1, 36) - odds / (1 + odds)) < 1e-12);
    assert_true(fabs(after_years(0.5, 0, 0, 24) - (1 - exp(-1.0))) < 1e-12);
}

static void knowledge_never_falls_and_never_passes_one(void **state) {
    (void)state;
    for (double p = 0; p <= 10; p += 2.5) {
        for (double q = 0; q <= 10; q += 2.5) {
            double aware = 0.01;
            for (int m = 0; m < 600; m++) {
                double next = qon_bass_step(aware, p, q, 1 / 12.0);
                assert_true(next >= aware && next <= 1);
                aware = next;
            }
        }
    }
    assert_true(qon_bass_step(1, 0.1, 0.1, 1) == 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(months_add_up_to_the_closed_form_of_bass),
        cmocka_unit_test(without_media_nobody_starts_and_word_spreads_logistically),
        cmocka_unit_test(knowledge_never_falls_and_never_passes_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
