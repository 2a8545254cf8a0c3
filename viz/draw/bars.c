// SPDX-License-Identifier: GPL-3.0-or-later
// Horizontal bars with their values written beside them; stacked, or one below the other; with intervals.
#include "draw.h"
#include <math.h>
#include <stdio.h>

static const struct qon_style label_style = {.size = 11, .colour = QON_INK};
static const struct qon_style value_style = {.size = 10.5, .colour = QON_INK};

static double row_height(const struct qon_bars *f) {
    return f->stacked || f->segments == 1 ? 22 : 6 + 15.0 * f->segments;
}

static int legend_rows(const struct qon_bars *f, double width) {
    if (!f->segment || f->segments < 2) {
        return 0;
    }
    // Counted with a generous width a letter: no surface is at hand here.
    double x = 0;
    int rows = 1;
    for (int s = 0; s < f->segments; s++) {
        double w = 34;
        for (const char *c = f->segment[s]; *c; c++) {
            w += ((unsigned char)*c & 0xc0) != 0x80 ? 6.6 : 0;
        }
        if (x > 0 && x + w > width) {
            rows++;
            x = 0;
        }
        x += w;
    }
    return rows;
}

double qon_bars_height(const void *data, double width) {
    const struct qon_bars *figure = data;
    return (legend_rows(figure, width) ? 4 + 17 * legend_rows(figure, width) : 0) + (figure->unit && *figure->unit ? 18 : 4) +
           figure->rows * row_height(figure) + 8;
}

static void extent(const struct qon_bars *f, double *low, double *high) {
    *low = *high = 0;
    for (int r = 0; r < f->rows; r++) {
        double up = 0;
        double down = 0;
        for (int s = 0; s < f->segments; s++) {
            int i = r * f->segments + s;
            double v = isfinite(f->value[i]) ? f->value[i] : 0;
            if (!f->stacked) {
                up = down = 0;
            }
            up += v > 0 ? v : 0;
            down += v < 0 ? v : 0;
            double most = f->high && isfinite(f->high[i]) ? fmax(up, f->high[i]) : up;
            double least = f->low && isfinite(f->low[i]) ? fmin(down, f->low[i]) : down;
            *high = fmax(*high, most);
            *low = fmin(*low, least);
        }
    }
    if (*high <= *low) {
        *high = *low + 1;
    }
}

static double value_text(struct qon_canvas *canvas, const struct qon_bars *f, double value, char *text, size_t size) {
    qon_format_number(text, size, value, f->digits, f->flags, canvas->language);
    return qon_text_width(canvas, text, &value_style);
}

struct scale {
    double x0, per, low;
};

static double at(const struct scale *scale, double value) {
    return scale->x0 + scale->per * (value - scale->low);
}

static void interval_draw(struct qon_canvas *canvas, const struct scale *scale, double low, double high, double y) {
    if (!isfinite(low) || !isfinite(high)) {
        return;
    }
    double x0 = at(scale, low);
    double x1 = at(scale, high);
    qon_draw_line(canvas, x0, y, x1, y, QON_INK, 1.1);
    qon_draw_line(canvas, x0, y - 3, x0, y + 3, QON_INK, 1.1);
    qon_draw_line(canvas, x1, y - 3, x1, y + 3, QON_INK, 1.1);
}

static void row_stacked(struct qon_canvas *canvas, const struct qon_bars *f, const struct scale *scale, int r, double y) {
    double up = 0;
    double down = 0;
    double sum = 0;
    for (int s = 0; s < f->segments; s++) {
        double v = f->value[r * f->segments + s];
        if (!isfinite(v) || v == 0) {
            continue;
        }
        double *end = v > 0 ? &up : &down;
        double from = at(scale, fmin(*end, *end + v));
        qon_draw_box(canvas, (struct qon_box){from, y + 4, fmax(0.4, fabs(v) * scale->per - 0.6), 14}, f->colour[s], 1);
        *end += v;
        sum += v;
    }
    char text[80];
    value_text(canvas, f, sum, text, sizeof text);
    qon_draw_text(canvas, at(scale, up) + 5, y + 15, text, &value_style);
}

static void row_beside(struct qon_canvas *canvas, const struct qon_bars *f, const struct scale *scale, int r, double y) {
    double thick = f->segments == 1 ? 14 : 12;
    double step = f->segments == 1 ? 22 : 15;
    for (int s = 0; s < f->segments; s++) {
        int i = r * f->segments + s;
        double v = f->value[i];
        double top = y + (f->segments == 1 ? 4 : 3) + s * step;
        char text[80];
        double width = value_text(canvas, f, v, text, sizeof text);
        double end = isfinite(v) ? v : 0;
        // Differences: losses stand out from gains.
        int colour = f->flags & QON_SIGNED && f->segments == 1 && end < 0 ? f->colour[s] + 1 : f->colour[s];
        qon_draw_box(canvas, (struct qon_box){at(scale, fmin(0, end)), top, fmax(0.4, fabs(end) * scale->per), thick}, colour, 1);
        double right = at(scale, fmax(0, end));
        double left = at(scale, fmin(0, end));
        if (f->low && f->high) {
            interval_draw(canvas, scale, f->low[i], f->high[i], top + thick / 2);
            right = isfinite(f->high[i]) ? fmax(right, at(scale, f->high[i])) : right;
            left = isfinite(f->low[i]) ? fmin(left, at(scale, f->low[i])) : left;
        }
        qon_draw_text(canvas, end < 0 ? left - 5 - width : right + 5, top + thick / 2 + 4, text, &value_style);
    }
}

void qon_draw_bars(struct qon_canvas *canvas, const void *data, struct qon_box box) {
    const struct qon_bars *f = data;
    double low, high;
    extent(f, &low, &high);
    double label = 0;
    double widest = 0;
    double widest_negative = 0;
    for (int r = 0; r < f->rows; r++) {
        label = fmax(label, qon_text_width(canvas, f->label[r], &label_style));
        double sum = 0;
        for (int s = 0; s < f->segments; s++) {
            char text[80];
            double v = f->value[r * f->segments + s];
            sum += isfinite(v) ? v : 0;
            double w = value_text(canvas, f, f->stacked ? sum : v, text, sizeof text);
            widest = fmax(widest, w);
            widest_negative = v < 0 && !f->stacked ? fmax(widest_negative, w) : widest_negative;
        }
    }
    label = fmin(label, 0.42 * box.w) + 10;
    double y = box.y + 4;
    if (f->segment && f->segments > 1) {
        y += 4 + qon_draw_legend(canvas, (struct qon_box){box.x, y - 4, box.w, 0}, f->segments, f->segment, f->colour, true);
    }
    if (f->unit && *f->unit) {
        const struct qon_style unit = {.size = 10.5, .colour = QON_MUTED, .most = box.w};
        qon_draw_text(canvas, box.x, y + 8, f->unit, &unit);
        y += 14;
    }
    double left = widest_negative > 0 ? widest_negative + 8 : 0;
    double room = fmax(30, box.w - label - left - widest - 8);
    struct scale scale = {box.x + label + left, room / (high - low), low};
    for (int r = 0; r < f->rows; r++) {
        double height = row_height(f);
        struct qon_style style = label_style;
        style.most = label - 8;
        qon_draw_text(canvas, box.x, y + height / 2 + 4, f->label[r], &style);
        (f->stacked ? row_stacked : row_beside)(canvas, f, &scale, r, y);
        y += height;
    }
    qon_draw_line(canvas, at(&scale, 0), y - f->rows * row_height(f) + 1, at(&scale, 0), y - 1, QON_MUTED, 0.8);
}
