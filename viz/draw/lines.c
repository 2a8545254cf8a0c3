// SPDX-License-Identifier: GPL-3.0-or-later
// Lines over months with bands; named at their ends where there is room, in a legend otherwise.
#include "draw.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct frame {
    struct qon_box plot;
    double low, high;
    double tick[QON_TICKS_MOST];
    int ticks;
    bool ends; // names at the ends of lines
};

static const struct qon_style small = {.size = 10.5, .colour = QON_MUTED};

static void range_find(const struct qon_lines *f, double *low, double *high) {
    *low = INFINITY;
    *high = -INFINITY;
    for (int s = 0; s < f->lines; s++) {
        const double *set[3] = {f->line[s].value, f->line[s].low, f->line[s].high};
        for (int k = 0; k < 3; k++) {
            for (int i = 0; set[k] && i < f->count; i++) {
                if (isfinite(set[k][i])) {
                    *low = fmin(*low, set[k][i]);
                    *high = fmax(*high, set[k][i]);
                }
            }
        }
    }
    if (!(*low <= *high)) {
        *low = 0;
        *high = 1;
    }
    if (f->from_zero || (*low > 0 && *low < 0.25 * *high)) {
        *low = fmin(*low, 0);
    }
}

double qon_lines_height(const void *data, double width) {
    const struct qon_lines *figure = data;
    double height = width < 480 ? 210 : 260;
    return height + (figure->lines > 1 && width < 480 ? 17 * ((figure->lines + 1) / 2) : 0);
}

static double x_of(const struct qon_lines *f, const struct frame *frame, int i) {
    return frame->plot.x + (f->count > 1 ? frame->plot.w * i / (f->count - 1) : frame->plot.w / 2);
}

static double y_of(const struct frame *frame, double value) {
    return frame->plot.y + frame->plot.h * (frame->high - value) / (frame->high - frame->low);
}

static void axis_value(struct qon_canvas *canvas, const struct qon_lines *f, const struct frame *frame) {
    double step = frame->tick[1] - frame->tick[0];
    struct qon_style style = small;
    style.align = QON_RIGHT;
    for (int i = 0; i < frame->ticks; i++) {
        double y = y_of(frame, frame->tick[i]);
        char text[64];
        qon_format_tick(text, sizeof text, frame->tick[i], step, f->flags, canvas->language);
        qon_draw_line(canvas, frame->plot.x, y, frame->plot.x + frame->plot.w, y, frame->tick[i] == 0 ? QON_MUTED : QON_GRID,
                      frame->tick[i] == 0 ? 1 : 0.7);
        qon_draw_text(canvas, frame->plot.x - 6, y + 3.5, text, &style);
    }
}

// Januaries carry the year; a run of under two years carries months.
static void axis_time(struct qon_canvas *canvas, const struct qon_lines *f, const struct frame *frame) {
    double bottom = frame->plot.y + frame->plot.h;
    struct qon_style style = small;
    style.align = QON_CENTRE;
    bool years = f->step == 12 || f->count > 24;
    double last = -1e9;
    for (int i = 0; i < f->count; i++) {
        int32_t month = f->month + i * f->step;
        if (f->step == 1 && (years ? month % 12 != 0 : month % 3 != 0)) {
            continue;
        }
        char text[64];
        if (years) {
            snprintf(text, sizeof text, "%d", 1900 + month / 12);
        } else {
            qon_format_month(text, sizeof text, month, canvas->language);
        }
        double x = x_of(f, frame, i);
        double half = qon_text_width(canvas, text, &style) / 2;
        double at = fmin(x, frame->plot.x + frame->plot.w + 8 - half);
        if (at - half < last + 8) {
            continue;
        }
        qon_draw_line(canvas, x, bottom, x, bottom + 4, QON_MUTED, 0.8);
        qon_draw_text(canvas, at, bottom + 16, text, &style);
        last = at + half;
    }
}

static void band_draw(struct qon_canvas *canvas, const struct qon_lines *f, const struct frame *frame, const struct qon_line *line) {
    if (!line->low || !line->high) {
        return;
    }
    for (int from = 0; from < f->count;) {
        int to = from;
        while (to < f->count && isfinite(line->low[to]) && isfinite(line->high[to])) {
            to++;
        }
        for (int i = from; i < to; i++) {
            (i == from ? cairo_move_to : cairo_line_to)(canvas->cairo, x_of(f, frame, i), y_of(frame, line->high[i]));
        }
        for (int i = to - 1; i >= from; i--) {
            cairo_line_to(canvas->cairo, x_of(f, frame, i), y_of(frame, line->low[i]));
        }
        if (to > from) {
            cairo_close_path(canvas->cairo);
            qon_canvas_colour(canvas, line->colour, 0.22);
            cairo_fill(canvas->cairo);
        }
        from = to > from ? to : from + 1;
    }
}

static void line_draw(struct qon_canvas *canvas, const struct qon_lines *f, const struct frame *frame, const struct qon_line *line) {
    static const double dashes[] = {6, 4};
    bool open = false;
    for (int i = 0; i < f->count; i++) {
        if (!isfinite(line->value[i])) {
            open = false;
            continue;
        }
        (open ? cairo_line_to : cairo_move_to)(canvas->cairo, x_of(f, frame, i), y_of(frame, line->value[i]));
        open = true;
    }
    qon_canvas_colour(canvas, line->colour, 1);
    cairo_set_line_width(canvas->cairo, 1.9);
    cairo_set_line_join(canvas->cairo, CAIRO_LINE_JOIN_ROUND);
    cairo_set_dash(canvas->cairo, dashes, line->dashed ? 2 : 0, 0);
    cairo_stroke(canvas->cairo);
    cairo_set_dash(canvas->cairo, NULL, 0, 0);
    if (f->count == 1 && isfinite(line->value[0])) {
        cairo_arc(canvas->cairo, x_of(f, frame, 0), y_of(frame, line->value[0]), 3, 0, 2 * M_PI);
        cairo_fill(canvas->cairo);
    }
}

// Names with a piece of their line, wrapped; returns the height.
static double legend_draw(struct qon_canvas *canvas, const struct qon_lines *f, struct qon_box box) {
    static const double dashes[] = {5, 3};
    const struct qon_style style = {.size = 11, .colour = QON_INK, .most = box.w - 26};
    double x = box.x;
    double y = box.y;
    for (int s = 0; s < f->lines; s++) {
        double width = 26 + qon_text_width(canvas, f->line[s].name, &style);
        if (x > box.x && x + width > box.x + box.w) {
            x = box.x;
            y += 17;
        }
        cairo_set_dash(canvas->cairo, dashes, f->line[s].dashed ? 2 : 0, 0);
        qon_draw_line(canvas, x, y + 8.5, x + 20, y + 8.5, f->line[s].colour, 2.5);
        cairo_set_dash(canvas->cairo, NULL, 0, 0);
        qon_draw_text(canvas, x + 26, y + 12.5, f->line[s].name, &style);
        x += width + 14;
    }
    return y + 17 - box.y;
}

// Names at the right end, pushed apart so that none overlap.
static void names_draw(struct qon_canvas *canvas, const struct qon_lines *f, const struct frame *frame, double room) {
    static const double dashes[] = {3, 2};
    double *at = calloc((size_t)f->lines, sizeof *at);
    int *order = calloc((size_t)f->lines, sizeof *order);
    if (!at || !order) {
        canvas->failed = true;
        free(at);
        free(order);
        return;
    }
    for (int s = 0; s < f->lines; s++) {
        int last = f->count - 1;
        while (last > 0 && !isfinite(f->line[s].value[last])) {
            last--;
        }
        at[s] = isfinite(f->line[s].value[last]) ? y_of(frame, f->line[s].value[last]) : frame->plot.y;
        int k = s;
        while (k > 0 && at[order[k - 1]] > at[s]) {
            order[k] = order[k - 1];
            k--;
        }
        order[k] = s;
    }
    const double gap = 14;
    double bottom = frame->plot.y + frame->plot.h;
    for (int k = 1; k < f->lines; k++) {
        at[order[k]] = fmax(at[order[k]], at[order[k - 1]] + gap);
    }
    double over = f->lines > 0 ? at[order[f->lines - 1]] - bottom : 0;
    for (int k = f->lines - 1; k >= 0 && over > 0; k--) {
        double limit = k == f->lines - 1 ? bottom : at[order[k + 1]] - gap;
        at[order[k]] = fmin(at[order[k]], limit);
    }
    for (int s = 0; s < f->lines; s++) {
        struct qon_style style = {.size = 11, .weight = 600, .colour = QON_INK, .most = room - 22};
        double x = frame->plot.x + frame->plot.w + 6;
        cairo_set_dash(canvas->cairo, dashes, f->line[s].dashed ? 2 : 0, 0);
        qon_draw_line(canvas, x, at[s], x + 12, at[s], f->line[s].colour, 2.5);
        cairo_set_dash(canvas->cairo, NULL, 0, 0);
        qon_draw_text(canvas, x + 16, at[s] + 4, f->line[s].name, &style);
    }
    free(at);
    free(order);
}

void qon_draw_lines(struct qon_canvas *canvas, const void *data, struct qon_box box) {
    const struct qon_lines *f = data;
    struct frame frame = {.ends = f->lines > 1 && box.w >= 480};
    double low, high;
    range_find(f, &low, &high);
    frame.ticks = qon_ticks_make(low, high, 5, frame.tick);
    frame.low = frame.tick[0];
    frame.high = frame.tick[frame.ticks - 1];
    double left = 20;
    for (int i = 0; i < frame.ticks; i++) {
        char text[64];
        qon_format_tick(text, sizeof text, frame.tick[i], frame.tick[1] - frame.tick[0], f->flags, canvas->language);
        left = fmax(left, qon_text_width(canvas, text, &small) + 8);
    }
    double top = box.y + 6;
    if (f->unit && *f->unit) {
        struct qon_style unit = small;
        unit.most = box.w;
        qon_draw_text(canvas, box.x, top + 6, f->unit, &unit);
        top += 20;
    }
    if (f->lines > 1 && !frame.ends) {
        top += legend_draw(canvas, f, (struct qon_box){box.x, top - 4, box.w, 0});
    }
    double right = 10;
    for (int s = 0; frame.ends && s < f->lines; s++) {
        const struct qon_style style = {.size = 11, .weight = 600};
        right = fmax(right, fmin(0.28 * box.w, qon_text_width(canvas, f->line[s].name, &style) + 28));
    }
    frame.plot = (struct qon_box){box.x + left, top + 4, box.w - left - right, box.y + box.h - top - 4 - 22};
    axis_value(canvas, f, &frame);
    axis_time(canvas, f, &frame);
    for (int s = 0; s < f->lines; s++) {
        band_draw(canvas, f, &frame, &f->line[s]);
    }
    for (int s = 0; s < f->lines; s++) {
        line_draw(canvas, f, &frame, &f->line[s]);
    }
    if (frame.ends) {
        names_draw(canvas, f, &frame, right);
    }
}
