// SPDX-License-Identifier: GPL-3.0-or-later
// Classes of a choropleth and ticks of a scale.
#include "draw.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int compare_doubles(const void *a, const void *b) {
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

// The roundest number in (low, high]: the fewest significant digits, but no more than two where values lie close (the members of the class
// are counted afterwards, so that what is shown stays true).
static double roundest(double low, double high) {
    if (!(high > low)) {
        return high;
    }
    if (low < 0 && high >= 0) {
        return 0;
    }
    double finest = pow(10, floor(log10(fmax(fabs(low), fabs(high)))) - 1);
    for (int power = (int)ceil(log10(fmax(fabs(low), fabs(high)))); power > -12; power--) {
        static const double part[] = {1, 0.5, 0.2, 0.1};
        for (int i = 0; i < 4; i++) {
            double unit = pow(10, power) * part[i];
            if (unit < 0.99 * finest) {
                return round(0.5 * (low + high) / finest) * finest;
            }
            double at = round(0.5 * (low + high) / unit) * unit;
            double up = ceil(low / unit) * unit;
            double candidate = at > low && at <= high ? at : up > low ? up : up + unit;
            if (candidate > low && candidate <= high) {
                return candidate;
            }
        }
    }
    return high;
}

// cut[k] is the index in the sorted values where class k starts.
static void cuts_quantiles(const double *sorted, int n, int wanted, int *cut) {
    for (int k = 0; k < wanted; k++) {
        cut[k] = (int)lround((double)k * n / wanted);
        while (cut[k] > 0 && cut[k] < n && sorted[cut[k]] == sorted[cut[k] - 1]) {
            cut[k]++; // ties stay together, in the lower class
        }
    }
}

static void cuts_equal(const double *sorted, int n, int wanted, int *cut) {
    for (int k = 0; k < wanted; k++) {
        double from = sorted[0] + (sorted[n - 1] - sorted[0]) * k / wanted;
        int at = 0;
        while (at < n && sorted[at] < from) {
            at++;
        }
        cut[k] = at;
    }
}

// Least sum of squares within classes, by dynamic programming (Fisher 1958; Jenks 1977).
static bool cuts_jenks(const double *sorted, int n, int wanted, int *cut) {
    double *sum = calloc((size_t)n + 1, sizeof *sum);
    double *square = calloc((size_t)n + 1, sizeof *square);
    double *best = malloc(sizeof *best * (size_t)(wanted + 1) * (size_t)(n + 1));
    int *from = malloc(sizeof *from * (size_t)(wanted + 1) * (size_t)(n + 1));
    bool ok = sum && square && best && from;
    if (ok) {
        double shift = sorted[n / 2];
        for (int i = 0; i < n; i++) {
            double v = sorted[i] - shift;
            sum[i + 1] = sum[i] + v;
            square[i + 1] = square[i] + v * v;
        }
        for (int j = 0; j <= n; j++) {
            best[j] = j == 0 ? 0 : DBL_MAX;
        }
        for (int k = 1; k <= wanted; k++) {
            double *now = best + (size_t)k * (size_t)(n + 1);
            const double *before = now - (n + 1);
            for (int j = 0; j <= n; j++) {
                now[j] = DBL_MAX;
                for (int i = k - 1; i < j; i++) {
                    double s = sum[j] - sum[i];
                    double cost = before[i] + square[j] - square[i] - s * s / (j - i);
                    if (before[i] < DBL_MAX && cost < now[j]) {
                        now[j] = cost;
                        from[(size_t)k * (size_t)(n + 1) + (size_t)j] = i;
                    }
                }
            }
        }
        for (int k = wanted, j = n; k >= 1; k--) {
            j = from[(size_t)k * (size_t)(n + 1) + (size_t)j];
            cut[k - 1] = j;
        }
    }
    free(sum);
    free(square);
    free(best);
    free(from);
    return ok;
}

static double *sorted_copy(const double *values, int count, int *n) {
    double *sorted = malloc(sizeof *sorted * (size_t)(count > 0 ? count : 1));
    *n = 0;
    for (int i = 0; sorted && i < count; i++) {
        if (isfinite(values[i])) {
            sorted[(*n)++] = values[i];
        }
    }
    if (sorted) {
        qsort(sorted, (size_t)*n, sizeof *sorted, compare_doubles);
    }
    return sorted;
}

static void finish(struct qon_classes *classes, const double *values, int count) {
    memset(classes->members, 0, sizeof classes->members);
    for (int i = 0; i < count; i++) {
        int k = qon_class_of(classes, values[i]);
        if (k >= 0) {
            classes->members[k]++;
        }
    }
    classes->digits = 0;
    for (int k = 1; k < classes->count; k++) {
        int digits = qon_digits_for(classes->limit[k]);
        classes->digits = digits > classes->digits ? digits : classes->digits;
    }
}

void qon_classes_make(struct qon_classes *classes, enum qon_class_rule rule, const double *values, int count, int wanted) {
    memset(classes, 0, sizeof *classes);
    int n;
    double *sorted = sorted_copy(values, count, &n);
    wanted = wanted > QON_CLASSES_MOST ? QON_CLASSES_MOST : wanted < 1 ? 1 : wanted;
    wanted = wanted > n ? n : wanted;
    int cut[QON_CLASSES_MOST + 1] = {0};
    bool ok = sorted && n > 0;
    if (ok && rule == QON_JENKS) {
        ok = cuts_jenks(sorted, n, wanted, cut);
    } else if (ok && rule == QON_EQUAL) {
        cuts_equal(sorted, n, wanted, cut);
    } else if (ok) {
        cuts_quantiles(sorted, n, wanted, cut);
    }
    if (ok) {
        classes->limit[0] = sorted[0];
        classes->count = 1;
        for (int k = 1; k < wanted; k++) {
            if (cut[k] <= cut[k - 1] || cut[k] >= n || sorted[cut[k]] == sorted[cut[k] - 1]) {
                cut[k] = cut[k] < cut[k - 1] ? cut[k - 1] : cut[k];
                continue;
            }
            double limit = roundest(sorted[cut[k] - 1], sorted[cut[k]]);
            if (limit > classes->limit[classes->count - 1] && limit <= sorted[n - 1]) {
                classes->limit[classes->count++] = limit;
            }
        }
        classes->limit[classes->count] = sorted[n - 1];
        finish(classes, values, count);
    }
    free(sorted);
}

// limit[0..arms - 1] > 0 about zero, so that every class would hold the same share of the values if they lay evenly on both sides; false:
// too few of them differ from zero and from each other.
static bool arms_by_share(const double *size, int n, int arms, double *limit) {
    double former = 0;
    for (int k = 0; k < arms; k++) {
        int at = (int)lround((double)n * (2 * k + 1) / (2 * arms + 1));
        while (at < n && (at == 0 || size[at] <= former || size[at] == size[at - 1])) {
            at++;
        }
        if (at >= n) {
            return false;
        }
        limit[k] = roundest(fmax(size[at - 1], former), size[at]);
        if (!(limit[k] > former)) {
            return false;
        }
        former = limit[k];
    }
    return true;
}

static void arms_equal(double extreme, int arms, double *limit) {
    double width = extreme > 0 ? 2 * extreme / (2 * arms + 1) : 1;
    double power = pow(10, floor(log10(width)));
    double part = width / power;
    width = power * (part <= 1 ? 1 : part <= 2 ? 2 : part <= 4 ? 4 : part <= 5 ? 5 : 10);
    for (int k = 0; k < arms; k++) {
        limit[k] = (k + 0.5) * width;
    }
}

void qon_classes_make_diverging(struct qon_classes *classes, const double *values, int count, int wanted) {
    memset(classes, 0, sizeof *classes);
    int n;
    double *sorted = sorted_copy(values, count, &n);
    double *size = malloc(sizeof *size * (size_t)(n > 0 ? n : 1));
    if (sorted && size && n > 0) {
        wanted = wanted > QON_CLASSES_MOST ? QON_CLASSES_MOST : wanted < 3 ? 3 : wanted | 1;
        double extreme = fmax(fabs(sorted[0]), fabs(sorted[n - 1])), limit[QON_CLASSES_MOST];
        int arms = wanted / 2, sizes = 0;
        for (int i = 0; i < n; i++) {
            if (sorted[i] != 0) {
                size[sizes++] = fabs(sorted[i]);
            }
        }
        qsort(size, (size_t)sizes, sizeof *size, compare_doubles);
        if (!arms_by_share(size, sizes, arms, limit)) {
            arms_equal(extreme, arms, limit);
        }
        classes->count = wanted;
        classes->diverging = true;
        for (int k = 0; k < arms; k++) {
            classes->limit[arms - k] = -limit[k];
            classes->limit[arms + 1 + k] = limit[k];
        }
        classes->limit[0] = fmin(-2 * limit[arms - 1], sorted[0]);
        classes->limit[wanted] = fmax(2 * limit[arms - 1], sorted[n - 1]);
        finish(classes, values, count);
    }
    free(size);
    free(sorted);
}

int qon_class_of(const struct qon_classes *classes, double value) {
    if (classes->count == 0 || !isfinite(value) || value < classes->limit[0] || value > classes->limit[classes->count]) {
        return -1;
    }
    int k = 0;
    while (k + 1 < classes->count && value >= classes->limit[k + 1]) {
        k++;
    }
    return k;
}

int qon_class_colour(const struct qon_classes *classes, double value) {
    int k = qon_class_of(classes, value);
    return k < 0 ? QON_NODATA : qon_ramp_colour(classes->diverging ? QON_DIV : QON_SEQ, k, classes->count);
}

int qon_ticks_make(double low, double high, int wanted, double tick[QON_TICKS_MOST]) {
    if (!(high > low)) {
        high = low + fmax(1, fabs(low) * 0.1);
    }
    double rough = (high - low) / (wanted > 1 ? wanted - 1 : 1);
    double power = pow(10, floor(log10(rough)));
    double part = rough / power;
    double step = power * (part <= 1 ? 1 : part <= 2 ? 2 : part <= 2.5 ? 2.5 : part <= 5 ? 5 : 10);
    double first = floor(low / step + 1e-9);
    int count = 0;
    do {
        tick[count] = (first + count) * step;
        count++;
    } while (count < QON_TICKS_MOST && (count < 2 || tick[count - 1] < high - 1e-9 * step));
    return count;
}
