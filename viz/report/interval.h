// SPDX-License-Identifier: GPL-3.0-or-later
// Means over replicates with 95 % intervals.
#ifndef QONYS_REPORT_INTERVAL_H
#define QONYS_REPORT_INTERVAL_H

struct qon_interval {
    double mean, low, high; // low and high are NAN with fewer than two values, or when the interval is not bounded
    int count;
};
// Student's t. NAN values are left out.
struct qon_interval qon_interval_mean(const double *value, int count);
// Mean of `over` divided by mean of `under`, by Fieller's method (1954); not bounded when the mean of `under` may be zero.
struct qon_interval qon_interval_ratio(const double *over, const double *under, int count);
double qon_student_975(int degrees); // quantile

#endif
