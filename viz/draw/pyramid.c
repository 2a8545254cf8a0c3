// SPDX-License-Identifier: GPL-3.0-or-later
// Age pyramid: shares of the total, men to the left, women to the right; an earlier date as an outline.
#include "draw.h"
#include <math.h>

static double total(const double *men, const double *women, int groups) {
    double sum = 0;
    for (int i = 0; i < groups; i++) {
        sum += (isfinite(men[i]) ? men[i] : 0) + (isfinite(women[i]) ? women[i] : 0);
    }
    return sum;
}

static double largest(const double *men, const double *women, int groups) {
    double sum = total(men, women, groups);
    double most = 0;
    for (int i = 0; i < groups && sum > 0; i++) {
        most = fmax(most, fmax(men[i], women[i]) / sum);
    }
    return most;
}

double qon_pyramid_most(const struct qon_pyramid *figure) {
    double most = largest(figure->men, figure->women, figure->groups);
    if (figure->men_before && figure->women_before) {
        most = fmax(most, largest(figure->men_before, figure->women_before, figure->groups));
    }
    return most;
}

double qon_pyramid_height(const void *data, double width) {
    const struct qon_pyramid *figure = data;
    double row = width < 480 ? 16 : 18;
    return 40 + figure->groups * row + 22;
}

static void outline(struct qon_canvas *canvas, const double *value, double sum, int groups, struct qon_box side, double most, bool left) {
    double row = side.h / groups;
    for (int i = 0; i < groups; i++) {
        double w = side.w * value[i] / sum / most;
        double x = left ? side.x + side.w - w : side.x + w;
        double y = side.y + side.h - i * row;
        (i == 0 ? cairo_move_to : cairo_line_to)(canvas->cairo, x, y);
        cairo_line_to(canvas->cairo, x, y - row);
    }
    qon_canvas_colour(canvas, QON_INK, 1);
    cairo_set_line_width(canvas->cairo, 1.1);
    cairo_stroke(canvas->cairo);
}

static void scale_draw(struct qon_canvas *canvas, struct qon_box side, double most, bool left) {
    double tick[QON_TICKS_MOST];
    int ticks = qon_ticks_make(0, most * 100, side.w < 130 ? 3 : 4, tick);
    struct qon_style style = {.size = 10, .colour = QON_MUTED, .align = QON_CENTRE};
    for (int i = 0; i < ticks && tick[i] <= most * 100 + 1e-9; i++) {
        double x = side.w * tick[i] / 100 / most;
        x = left ? side.x + side.w - x : side.x + x;
        char text[40];
        qon_format_tick(text, sizeof text, tick[i], tick[1], QON_PERCENT, canvas->language);
        qon_draw_line(canvas, x, side.y, x, side.y + side.h, QON_GRID, 0.7);
        qon_draw_text(canvas, x, side.y + side.h + 15, text, &style);
    }
}

// What the bars and the outline are.
static void key_draw(struct qon_canvas *canvas, const struct qon_pyramid *f, double middle, double y) {
    const struct qon_style key = {.size = 11, .colour = QON_MUTED};
    double now = qon_text_width(canvas, f->word_now, &key);
    double old = qon_text_width(canvas, f->word_before, &key);
    double x = middle - (now + old + 64) / 2;
    qon_draw_box(canvas, (struct qon_box){x, y + 1, 8, 11}, QON_HUE, 1);
    qon_draw_box(canvas, (struct qon_box){x + 9, y + 1, 8, 11}, QON_HUE + 1, 1);
    qon_draw_text(canvas, x + 21, y + 11, f->word_now, &key);
    x += 21 + now + 18;
    qon_draw_line(canvas, x, y + 7, x + 18, y + 7, QON_INK, 1.2);
    qon_draw_text(canvas, x + 23, y + 11, f->word_before, &key);
}

void qon_draw_pyramid(struct qon_canvas *canvas, const void *data, struct qon_box box) {
    const struct qon_pyramid *f = data;
    const struct qon_style word = {.size = 11.5, .weight = 600, .colour = QON_INK};
    const struct qon_style age = {.size = box.w < 480 ? 9.5 : 10.5, .colour = QON_MUTED, .align = QON_CENTRE};
    double sum = total(f->men, f->women, f->groups);
    double most = (f->most > 0 ? f->most : qon_pyramid_most(f)) * 1.04;
    if (!(sum > 0) || !(most > 0)) {
        return;
    }
    bool before = f->men_before && f->women_before && total(f->men_before, f->women_before, f->groups) > 0;
    double y = box.y + 2;
    double middle = box.x + box.w / 2;
    if (before) {
        key_draw(canvas, f, middle, y);
    }
    y += 18;
    double centre = 46;
    struct qon_box left = {box.x + 12, y + 18, (box.w - centre) / 2 - 12, box.y + box.h - y - 18 - 22};
    struct qon_box right = {middle + centre / 2, left.y, left.w, left.h};
    struct qon_style men = word;
    men.align = QON_RIGHT;
    qon_draw_text(canvas, left.x + left.w, y + 11, f->word_men, &men);
    qon_draw_text(canvas, right.x, y + 11, f->word_women, &word);
    scale_draw(canvas, left, most, true);
    scale_draw(canvas, right, most, false);
    double row = left.h / f->groups;
    int each = row < 1.05 * age.size ? 2 : 1; // labels that do not touch
    for (int i = 0; i < f->groups; i++) {
        double top = left.y + left.h - (i + 1) * row;
        double m = left.w * f->men[i] / sum / most;
        double w = right.w * f->women[i] / sum / most;
        qon_draw_box(canvas, (struct qon_box){left.x + left.w - m, top + 0.6, m, row - 1.2}, QON_HUE, 1);
        qon_draw_box(canvas, (struct qon_box){right.x, top + 0.6, w, row - 1.2}, QON_HUE + 1, 1);
        if (i % each == 0) {
            qon_draw_text(canvas, middle, top + row / 2 + 3.6, f->label[i], &age);
        }
    }
    if (before) {
        double old = total(f->men_before, f->women_before, f->groups);
        outline(canvas, f->men_before, old, f->groups, left, most, true);
        outline(canvas, f->women_before, old, f->groups, right, most, false);
    }
}
