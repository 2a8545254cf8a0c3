// SPDX-License-Identifier: GPL-3.0-or-later
// Iterative proportional fitting and rounding to a total. ODD tag S-IPF-1.
#include <math.h>
#include <qonys/status.h>
#include <qonys/synthesis.h>
#include <string.h>

enum { AXES_MOST = 8, BINS = 256 };

// The cells of a margin are visited in the order of the array: the offset of a cell in the margin follows from the axes it keeps.
struct walk {
    int dimensions;
    const int32_t *shape;
    int64_t stride[AXES_MOST]; // in the margin; 0 for an axis summed over
    int64_t margin_cells;
    int64_t array_cells;
};

static struct walk walk_of(int dimensions, const int32_t *shape, uint32_t axes) {
    struct walk walk = {.dimensions = dimensions, .shape = shape, .margin_cells = 1, .array_cells = 1};
    for (int axis = dimensions - 1; axis >= 0; axis--) {
        walk.array_cells *= shape[axis];
        if (axes >> axis & 1U) {
            walk.stride[axis] = walk.margin_cells;
            walk.margin_cells *= shape[axis];
        }
    }
    return walk;
}

// Cells of the array that belong to the margin cell `at`: calls the loop body once for each. Written as two passes (sum, scale) over the
// same order; no memory is taken, so that fitting cannot fail.
static double margin_cell_pass(double *array, const struct walk *walk, uint32_t axes, int64_t at, double factor) {
    int32_t index[AXES_MOST] = {0};
    int64_t place = 0;
    int64_t step[AXES_MOST];
    int64_t stride = 1;
    double sum = 0;
    for (int axis = walk->dimensions - 1; axis >= 0; axis--) {
        step[axis] = stride;
        stride *= walk->shape[axis];
        if (axes >> axis & 1U) {
            place += at / walk->stride[axis] % walk->shape[axis] * step[axis];
        }
    }
    for (;;) {
        array[place] *= factor;
        sum += array[place];
        int axis = walk->dimensions - 1;
        for (; axis >= 0; axis--) {
            if (axes >> axis & 1U) {
                continue;
            }
            place += step[axis];
            if (++index[axis] < walk->shape[axis]) {
                break;
            }
            place -= step[axis] * walk->shape[axis];
            index[axis] = 0;
        }
        if (axis < 0) {
            return sum;
        }
    }
}

// Scales to one margin (fit) or only measures; returns the largest error relative to the margin's total.
static double margin_pass(double *array, const struct walk *walk, uint32_t axes, const double *margin, bool fit) {
    double total = 0;
    double worst = 0;
    for (int64_t i = 0; i < walk->margin_cells; i++) {
        total += margin[i];
    }
    for (int64_t i = 0; i < walk->margin_cells; i++) {
        double sum = margin_cell_pass(array, walk, axes, i, 1.0);
        worst = fmax(worst, fabs(sum - margin[i]));
        if (fit && sum > 0) {
            (void)margin_cell_pass(array, walk, axes, i, margin[i] / sum);
        }
    }
    return total > 0 ? worst / total : worst;
}

double qon_ipf(double *array, int dimensions, const int32_t *shape, int margins_count, const uint32_t *axes, double *const *margins,
               double tolerance, int rounds) {
    double worst = 0;
    QON_REQUIRE(dimensions > 0 && dimensions <= AXES_MOST);
    for (int axis = 0; axis < dimensions; axis++) {
        if (shape[axis] == 0) {
            return 0;
        }
    }
    for (int round = 0; round <= rounds; round++) {
        worst = 0;
        for (int m = 0; m < margins_count; m++) {
            struct walk walk = walk_of(dimensions, shape, axes[m]);
            worst = fmax(worst, margin_pass(array, &walk, axes[m], margins[m], false));
        }
        if (worst <= tolerance || round == rounds) {
            break;
        }
        for (int m = 0; m < margins_count; m++) {
            struct walk walk = walk_of(dimensions, shape, axes[m]);
            (void)margin_pass(array, &walk, axes[m], margins[m], true);
        }
    }
    return worst;
}

// The remainder as a number of 32 bits: what is compared.
static uint32_t remainder_key(double value, int64_t whole) {
    double rest = value - (double)whole;
    return rest >= 1.0 ? UINT32_MAX : (uint32_t)(rest * 0x1p32);
}

// The key of the item of rank `rank` (1: the largest) by radix selection; *above: items with a larger key. Takes no memory.
static uint32_t key_of_rank(const double *values, double factor, int64_t count, int64_t rank, int64_t *above) {
    uint32_t prefix = 0;
    *above = 0;
    for (int shift = 24; shift >= 0; shift -= 8) {
        int64_t bins[BINS] = {0};
        uint32_t mask = shift == 24 ? 0 : UINT32_MAX << (shift + 8);
        for (int64_t i = 0; i < count; i++) {
            double value = values[i] * factor;
            uint32_t key = remainder_key(value, (int64_t)value);
            bins[key >> shift & 255U] += (key & mask) == prefix;
        }
        int bin = BINS - 1;
        while (*above + bins[bin] < rank) {
            *above += bins[bin--];
        }
        prefix |= (uint32_t)bin << shift;
    }
    return prefix;
}

void qon_round_total(const double *values, int64_t count, int64_t total, int64_t *out) {
    double sum = 0;
    for (int64_t i = 0; i < count; i++) {
        sum += values[i];
    }
    QON_REQUIRE(total >= 0 && (total == 0 || sum > 0));
    double factor = total == 0 ? 0.0 : (double)total / sum; // 1 but for rounding when the values add up
    int64_t missing = total;
    for (int64_t i = 0; i < count; i++) {
        out[i] = (int64_t)(values[i] * factor);
        missing -= out[i];
    }
    if (missing <= 0) {
        QON_REQUIRE(missing == 0);
        return;
    }
    QON_REQUIRE(missing <= count);
    int64_t above = 0;
    uint32_t least = key_of_rank(values, factor, count, missing, &above);
    int64_t ties = missing - above;
    for (int64_t i = 0; i < count; i++) {
        uint32_t key = remainder_key(values[i] * factor, out[i]);
        if (key > least || (key == least && ties-- > 0)) {
            out[i]++;
        }
    }
}
