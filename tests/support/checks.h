// SPDX-License-Identifier: GPL-3.0-or-later
// What tests of the model ask again and again. Include after cmocka.h.
#ifndef QONYS_TESTS_CHECKS_H
#define QONYS_TESTS_CHECKS_H

#include <math.h>
#include <qonys/step.h>

static inline void check_near(double found, double expected, double tolerance, const char *what) {
    if (!(fabs(found - expected) <= tolerance)) {
        fail_msg("%s: %.9g instead of %.9g within %.3g", what, found, expected, tolerance);
    }
}

// Within `sds` standard deviations of a count of given variance; the probability of a false alarm at 4.5 is 7e-6.
static inline void check_count(double found, double expected, double variance, const char *what) {
    check_near(found, expected, 4.5 * sqrt(variance) + 1e-9, what);
}

// Value that chi-square with `freedom` degrees exceeds with probability 1e-4 (Wilson and Hilferty 1931; within 1 %).
static inline double chi_square_most(int freedom) {
    double k = 2.0 / (9.0 * freedom);
    double root = 1 - k + 3.719 * sqrt(k);
    return freedom * root * root * root;
}

static inline void check_shares(const int64_t *found, const double *share, int count, const char *what) {
    double total = 0, chi = 0;
    for (int i = 0; i < count; i++) {
        total += (double)found[i];
    }
    for (int i = 0; i < count; i++) {
        double expected = total * share[i];
        chi += ((double)found[i] - expected) * ((double)found[i] - expected) / expected;
    }
    if (!(chi <= chi_square_most(count - 1))) {
        fail_msg("%s: chi-square %.2f with %d degrees of freedom (at most %.2f); the first of %.0f is %lld, expected %.1f", what, chi,
                 count - 1, chi_square_most(count - 1), total, (long long)found[0], total * share[0]);
    }
}

static inline void check_world(const struct qon_world *world) {
    char text[256];
    if (!qon_world_check(world, true, text)) {
        fail_msg("%s", text);
    }
}

static inline void run_months(struct qon_world *world, int months) {
    struct qon_faults faults;
    qon_faults_init(&faults);
    for (int m = 0; m < months; m++) {
        if (qon_step(world, &faults) != QON_OK) {
            fail_msg("%s", faults.text[0]);
        }
    }
}

// Of this month, all zones.
static inline int64_t event_sum(const struct qon_world *world, enum qon_event event) {
    int64_t total = 0;
    for (int32_t z = 0; z < world->zones; z++) {
        total += world->tally.events[(int64_t)event * world->zones + z];
    }
    return total;
}

#endif
