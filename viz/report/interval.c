// SPDX-License-Identifier: GPL-3.0-or-later
// Intervals; the quantile of Student's t by bisection on its distribution function, which for whole degrees is a finite sum (Abramowitz and
// Stegun 26.7.3 and 26.7.4).
#include "interval.h"
#include <math.h>

static double student_two_sided(double t, int degrees) {
    double angle = atan(t / sqrt(degrees));
    double cosine = cos(angle);
    double term = degrees % 2 ? cosine : 1;
    double sum = degrees == 1 ? 0 : term;
    for (int k = degrees % 2 ? 3 : 2; k <= degrees - 2; k += 2) {
        term *= cosine * cosine * (k - 1) / k;
        sum += term;
    }
    return degrees % 2 ? 2 / M_PI * (angle + sin(angle) * sum) : sin(angle) * sum;
}

double qon_student_975(int degrees) {
    if (degrees < 1) {
        return NAN;
    }
    double low = 1.5;
    double high = 13;
    for (int i = 0; i < 60; i++) {
        double middle = 0.5 * (low + high);
        if (student_two_sided(middle, degrees) < 0.95) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return 0.5 * (low + high);
}

static double mean_of(const double *value, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
        sum += value[i];
    }
    return sum / count;
}

struct qon_interval qon_interval_mean(const double *value, int count) {
    struct qon_interval out = {NAN, NAN, NAN, 0};
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < count; i++) {
        if (isfinite(value[i])) {
            sum += value[i];
            out.count++;
        }
    }
    if (out.count == 0) {
        return out;
    }
    out.mean = sum / out.count;
    for (int i = 0; i < count; i++) {
        squares += isfinite(value[i]) ? (value[i] - out.mean) * (value[i] - out.mean) : 0;
    }
    if (out.count > 1) {
        double half = qon_student_975(out.count - 1) * sqrt(squares / (out.count - 1) / out.count);
        out.low = out.mean - half;
        out.high = out.mean + half;
    }
    return out;
}

struct qon_interval qon_interval_ratio(const double *over, const double *under, int count) {
    struct qon_interval out = {NAN, NAN, NAN, count};
    if (count < 1) {
        return out;
    }
    double a = mean_of(over, count);
    double b = mean_of(under, count);
    out.mean = b != 0 ? a / b : NAN;
    if (count < 2) {
        return out;
    }
    double aa = 0, bb = 0, ab = 0;
    for (int i = 0; i < count; i++) {
        aa += (over[i] - a) * (over[i] - a);
        bb += (under[i] - b) * (under[i] - b);
        ab += (over[i] - a) * (under[i] - b);
    }
    double scale = (double)(count - 1) * count;
    double t = qon_student_975(count - 1);
    double q = t * t;
    // Roots in r of (a - r b)^2 = t^2 (aa - 2 r ab + r^2 bb) / scale.
    double square = b * b - q * bb / scale;
    double linear = a * b - q * ab / scale;
    double constant = a * a - q * aa / scale;
    double inner = linear * linear - square * constant;
    if (square > 0 && inner >= 0) {
        out.low = (linear - sqrt(inner)) / square;
        out.high = (linear + sqrt(inner)) / square;
    }
    return out;
}
