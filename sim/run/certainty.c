// SPDX-License-Identifier: GPL-3.0-or-later
// How sure a comparison is: intervals of paired differences over replicates. ODD tag M-COMPARE-2.
//
// A replicate's difference is that of two runs with the same luck, so its variance is that of the policy's effect and not that of the
// country. Means get Student's t intervals; a cost, which is a ratio of means, Fieller's (1954); several alternatives a Bonferroni
// correction, which holds whatever the dependence between them.
#include "compare.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

static const double ALPHA = 0.05;

static double student(double alpha, int32_t degrees) {
    return gsl_cdf_tdist_Pinv(1 - alpha / 2, degrees);
}

void qon_interval_t(const double *value, int32_t count, int32_t stride, double alpha, double *mean, double *half) {
    double sum = 0, squares = 0;
    int32_t n = 0;
    for (int32_t i = 0; i < count; i++) {
        double v = value[(int64_t)i * stride];
        sum += isfinite(v) ? v : 0;
        n += isfinite(v);
    }
    *mean = n > 0 ? sum / n : (double)NAN;
    for (int32_t i = 0; i < count; i++) {
        double v = value[(int64_t)i * stride];
        squares += isfinite(v) ? (v - *mean) * (v - *mean) : 0;
    }
    *half = n > 1 ? student(alpha, n - 1) * sqrt(squares / (n - 1) / n) : (double)NAN;
}

// Roots in r of (a - r b)^2 = t^2 var(a - r b); not bounded when the mean below may be zero.
static void fieller(const double *over, const double *under, int32_t n, double alpha, double *low, double *high) {
    double a = 0, b = 0, aa = 0, bb = 0, ab = 0;
    for (int32_t i = 0; i < n; i++) {
        a += over[i] / n;
        b += under[i] / n;
    }
    for (int32_t i = 0; i < n; i++) {
        aa += (over[i] - a) * (over[i] - a);
        bb += (under[i] - b) * (under[i] - b);
        ab += (over[i] - a) * (under[i] - b);
    }
    double t = student(alpha, n - 1), q = t * t / ((double)(n - 1) * n);
    double square = b * b - q * bb, linear = a * b - q * ab, constant = a * a - q * aa;
    double inner = linear * linear - square * constant;
    bool bounded = square > 0 && inner >= 0;
    *low = bounded ? (linear - sqrt(inner)) / square : (double)NAN;
    *high = bounded ? (linear + sqrt(inner)) / square : (double)NAN;
}

// The mover-equivalents that a cost is divided by; false: the effect is no ratio.
static bool divisor(const double *effect, enum qon_effect which, double *under) {
    double additional = effect[QON_EFFECT_movers_additional];
    switch (which) {
    case QON_EFFECT_cost_per_additional_tenge:
        *under = additional;
        return true;
    case QON_EFFECT_cost_per_retained_12_tenge:
        *under = additional * effect[QON_EFFECT_retained_12_share] / 100;
        return true;
    case QON_EFFECT_cost_per_retained_24_tenge:
        *under = additional * effect[QON_EFFECT_retained_24_share] / 100;
        return true;
    case QON_EFFECT_cost_per_retained_36_tenge:
        *under = additional * effect[QON_EFFECT_retained_36_share] / 100;
        return true;
    default:
        return false;
    }
}

double qon_effect_cost(const double *effect, enum qon_effect which) {
    double under = NAN;
    bool ratio = divisor(effect, which, &under);
    return ratio && under > 0 ? effect[QON_EFFECT_money_tenge] / under : (double)NAN;
}

static struct qon_certain of_ratio(const struct qon_comparison *c, const double *effect, enum qon_effect which) {
    struct qon_certain out = {NAN, NAN, NAN, NAN, NAN};
    double over[QON_REPLICATES_MOST], under[QON_REPLICATES_MOST], money = 0, movers = 0;
    for (int32_t r = 0; r < c->replicates; r++) {
        over[r] = effect[(int64_t)r * QON_EFFECTS + QON_EFFECT_money_tenge];
        if (!divisor(effect + (int64_t)r * QON_EFFECTS, which, &under[r]) || !isfinite(under[r])) {
            return out;
        }
        money += over[r];
        movers += under[r];
    }
    out.mean = movers > 0 ? money / movers : (double)NAN; // a cost per mover of a policy that moves nobody means nothing
    if (c->replicates > 1 && movers > 0) {
        fieller(over, under, c->replicates, ALPHA, &out.low, &out.high);
        fieller(over, under, c->replicates, ALPHA / c->alternatives, &out.low_all, &out.high_all);
    }
    return out;
}

struct qon_certain qon_compare_certain(const struct qon_comparison *c, int32_t alternative, enum qon_effect effect) {
    const double *values = c->alternative[alternative].effect;
    double under, half, half_all;
    struct qon_certain out;
    if (divisor(values, effect, &under)) {
        return of_ratio(c, values, effect);
    }
    qon_interval_t(values + effect, c->replicates, QON_EFFECTS, ALPHA, &out.mean, &half);
    qon_interval_t(values + effect, c->replicates, QON_EFFECTS, ALPHA / c->alternatives, &out.mean, &half_all);
    out.low = out.mean - half;
    out.high = out.mean + half;
    out.low_all = out.mean - half_all;
    out.high_all = out.mean + half_all;
    return out;
}

bool qon_compare_precise(const struct qon_comparison *c, double precision) {
    static const enum qon_effect additive[] = {QON_EFFECT_movers_paid, QON_EFFECT_movers_additional, QON_EFFECT_deadweight_share,
                                               QON_EFFECT_money_tenge};
    for (int32_t a = 0; a < c->alternatives; a++) {
        for (size_t i = 0; i < sizeof additive / sizeof additive[0]; i++) {
            double mean, half;
            qon_interval_t(c->alternative[a].effect + additive[i], c->replicates, QON_EFFECTS, ALPHA, &mean, &half);
            bool nothing = mean == 0 && half == 0;
            if (isfinite(mean) && !nothing && !(half <= precision * fabs(mean))) {
                return false;
            }
        }
    }
    return true;
}

// What the same number of runs with seeds of their own would have given, over what was found: arrivals from other regions, by zone.
double qon_variance_ratio(const struct qon_comparison *c, int32_t alternative, int32_t indicator) {
    const struct qon_alternative *alt = &c->alternative[alternative];
    int64_t columns = c->zones + 1, step = (int64_t)c->indicators * columns;
    double independent = 0, paired = 0;
    if (c->replicates < 2 || indicator < 0) {
        return NAN;
    }
    for (int32_t z = 0; z < c->zones; z++) {
        double sum[2] = {0, 0}, square[2] = {0, 0}, difference = 0, difference_square = 0;
        for (int32_t r = 0; r < c->replicates; r++) {
            int64_t at = r * step + indicator * columns + z;
            double value[2] = {c->base_indicator[at], c->base_indicator[at] + alt->indicator[at]};
            for (int k = 0; k < 2; k++) {
                sum[k] += value[k];
                square[k] += value[k] * value[k];
            }
            difference += alt->indicator[at];
            difference_square += alt->indicator[at] * alt->indicator[at];
        }
        for (int k = 0; k < 2; k++) {
            independent += (square[k] - sum[k] * sum[k] / c->replicates) / (c->replicates - 1);
        }
        paired += (difference_square - difference * difference / c->replicates) / (c->replicates - 1);
    }
    return paired > 0 ? independent / paired : (double)INFINITY;
}
