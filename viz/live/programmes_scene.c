// SPDX-License-Identifier: GPL-3.0-or-later
// Programmes: the short table of the panel, the long one of the sheet, and how cost and budget went.
#include "programmes_scene.h"
#include "words.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static double money_left(const struct live_store *store, int slot) {
    double sum = 0;
    bool any = false;
    for (int k = 0; k < store->programmes; k++) {
        if (isfinite(store->month[slot].money_left[k])) {
            sum += store->month[slot].money_left[k];
            any = true;
        }
    }
    return any ? sum : (double)NAN;
}

static double spent(const struct live_store *store, int slot) {
    double sum = 0;
    for (int k = 0; k < store->programmes; k++) {
        sum += store->month[slot].measure[k * QON_MEASURES + QON_MEASURE_spent_tiyn] / 100;
    }
    return sum;
}

double live_cost_mover(const struct live_country *country, const struct live_stores *stores, int slot) {
    double gained = 0;
    for (int r = 0; r < country->regions; r++) {
        gained += fmax(0, live_scene_value(country, stores, 2, slot, country->population, r, LIVE_ALL_KINDS, true));
    }
    double more = spent(stores->of[1], slot) - spent(stores->of[0], slot);
    return gained > 0 ? more / gained : (double)NAN;
}

// A line without scales: its first and last value say the rest.
static void spark_draw(struct qon_canvas *canvas, struct qon_box box, const char *label, const double *value, int count, int most) {
    struct qon_style small = {.size = 11, .colour = QON_MUTED, .most = box.w};
    struct qon_style bold = {.size = 14, .weight = 700, .colour = QON_INK};
    char number[64];
    double low = INFINITY, high = -INFINITY;
    int last = -1;
    for (int i = 0; i < count; i++) {
        if (isfinite(value[i])) {
            low = fmin(low, value[i]);
            high = fmax(high, value[i]);
            last = i;
        }
    }
    double height = qon_draw_paragraph(canvas, (struct qon_box){box.x, box.y, box.w, 0}, label, &small, true);
    qon_format_number(number, sizeof number, last >= 0 ? value[last] : (double)NAN,
                      last >= 0 && value[last] != 0 && fabs(value[last]) < 10 ? 1 : 0, 0, canvas->language);
    qon_draw_text(canvas, box.x, box.y + height + 15, number, &bold);
    double x0 = box.x + fmax(64, qon_text_width(canvas, number, &bold) + 12), w = box.x + box.w - x0 - 5;
    double y0 = box.y + height + 4, h = fmax(8, box.h - height - 8);
    bool drawing = false;
    for (int i = 0; i < count && last > 0 && w > 10; i++) {
        double y = high > low ? y0 + h * (high - value[i]) / (high - low) : y0 + h / 2;
        if (isfinite(value[i])) {
            (drawing ? cairo_line_to : cairo_move_to)(canvas->cairo, x0 + w * i / fmax(1, most - 1), y);
        }
        drawing = isfinite(value[i]);
    }
    qon_canvas_colour(canvas, QON_HUE, 1);
    cairo_set_line_width(canvas->cairo, 1.6);
    cairo_stroke(canvas->cairo);
    if (last > 0 && w > 10) {
        double y = high > low ? y0 + h * (high - value[last]) / (high - low) : y0 + h / 2;
        cairo_arc(canvas->cairo, x0 + w * last / fmax(1, most - 1), y, 2.6, 0, 2 * M_PI);
        cairo_fill(canvas->cairo);
    }
}

double live_sparks_draw(struct qon_canvas *canvas, const struct live_country *country, const struct live_stores *stores, int worlds,
                        int slot, struct qon_box box) {
    enum { HEIGHT = 58 };
    const struct live_store *store = stores->of[worlds - 1];
    double *value = calloc(2 * ((size_t)slot + 1), sizeof *value);
    if (!value) {
        canvas->failed = true;
        return 0;
    }
    bool money = false;
    for (int s = 0; s <= slot; s++) {
        value[s] = worlds > 1 && s > 0 ? live_cost_mover(country, stores, s) / 1000 : (double)NAN;
        value[slot + 1 + s] = money_left(store, s) / 1e6;
        money = money || isfinite(value[slot + 1 + s]);
    }
    double half = (box.w - 16) / 2;
    if (worlds > 1) {
        spark_draw(canvas, (struct qon_box){box.x, box.y, money ? half : box.w, HEIGHT}, LIVE_SAY(cost_series, canvas->language), value,
                   slot + 1, store->most);
    }
    if (money) {
        spark_draw(canvas, (struct qon_box){box.x + (worlds > 1 ? half + 16 : 0), box.y, worlds > 1 ? half : box.w, HEIGHT},
                   LIVE_SAY(budget_series, canvas->language), value + slot + 1, slot + 1, store->most);
    }
    free(value);
    return worlds > 1 || money ? HEIGHT + 8 : 0;
}

// What a column says of a programme.
static double figure(const struct live_month *month, int k, enum live_word column) {
    const double *measure = month->measure + (int64_t)k * QON_MEASURES;
    switch (column) {
    case LIVE_WORD_granted:
        return measure[QON_MEASURE_granted];
    case LIVE_WORD_movers:
        return measure[QON_MEASURE_movers];
    case LIVE_WORD_windfall:
        return measure[QON_MEASURE_windfall];
    case LIVE_WORD_refused:
        return measure[QON_MEASURE_refused_quota] + measure[QON_MEASURE_refused_budget];
    case LIVE_WORD_spent:
        return measure[QON_MEASURE_spent_tiyn] / 1e8;
    case LIVE_WORD_places_left:
        return month->places_left[k];
    case LIVE_WORD_money_left:
        return month->money_left[k] / 1e6;
    default:
        return (double)NAN;
    }
}

void live_programmes_short(struct qon_canvas *canvas, const struct live_store *store, int slot, struct qon_box box) {
    static const enum live_word column[] = {LIVE_WORD_granted, LIVE_WORD_spent, LIVE_WORD_places_left, LIVE_WORD_money_left};
    enum { COLUMNS = sizeof column / sizeof *column, ROW = 19, HEAD = 30, EACH = 54 };
    enum qon_language language = canvas->language;
    double name = box.w - COLUMNS * EACH;
    struct qon_style head = {.size = 10, .weight = 600, .colour = QON_MUTED, .align = QON_RIGHT};
    struct qon_style title = {.size = 11.5, .colour = QON_INK, .most = name - 6};
    struct qon_style number = {.size = 11.5, .colour = QON_INK, .align = QON_RIGHT};
    char text[64];
    for (int c = 0; c < COLUMNS; c++) {
        struct qon_box cell = {box.x + name + EACH * c + 4, box.y, EACH - 4, 0};
        qon_draw_paragraph(canvas, cell, live_word(column[c], language), &head, true);
    }
    int fit = (int)((box.h - HEAD) / ROW);
    fit = fit < store->programmes ? fit - 1 : store->programmes;
    for (int k = 0; k < fit; k++) {
        double y = box.y + HEAD + ROW * k;
        qon_draw_line(canvas, box.x, y, box.x + box.w, y, QON_GRID, 1);
        qon_draw_text(canvas, box.x, y + 14, store->programme[k][language], &title);
        for (int c = 0; c < COLUMNS; c++) {
            double value = figure(&store->month[slot], k, column[c]);
            qon_format_number(text, sizeof text, value, fabs(value) >= 1e5 ? 1 : 0, fabs(value) >= 1e5 ? QON_SHORT : 0, language);
            qon_draw_text(canvas, box.x + name + EACH * (c + 1), y + 14, text, &number);
        }
    }
    if (fit < store->programmes && fit >= 0) {
        struct qon_style more = {.size = 11.5, .weight = 600, .colour = QON_MUTED};
        snprintf(text, sizeof text, LIVE_SAY(more_rows, language), store->programmes - fit);
        qon_draw_text(canvas, box.x, box.y + HEAD + ROW * fit + 15, text, &more);
    }
}

int live_programmes_table(struct qon_canvas *canvas, const struct live_store *store, int slot, int first, struct qon_box box, double size) {
    static const enum live_word column[] = {LIVE_WORD_programme, LIVE_WORD_granted, LIVE_WORD_movers,      LIVE_WORD_windfall,
                                            LIVE_WORD_refused,   LIVE_WORD_spent,   LIVE_WORD_places_left, LIVE_WORD_money_left};
    enum { COLUMNS = sizeof column / sizeof *column };
    static const enum qon_align align[COLUMNS] = {QON_LEFT, QON_RIGHT, QON_RIGHT, QON_RIGHT, QON_RIGHT, QON_RIGHT, QON_RIGHT, QON_RIGHT};
    enum qon_language language = canvas->language;
    char(*text)[COLUMNS][64] = calloc((size_t)store->programmes + 1, sizeof *text);
    const char **cell = calloc((size_t)store->programmes * COLUMNS + 1, sizeof *cell);
    const char *head[COLUMNS];
    int next = first;
    for (int c = 0; c < COLUMNS; c++) {
        head[c] = live_word(column[c], language);
    }
    for (int k = 0; text && cell && k < store->programmes; k++) {
        cell[k * COLUMNS] = store->programme[k][language];
        for (int c = 1; c < COLUMNS; c++) {
            qon_format_number(text[k][c], sizeof text[k][c], figure(&store->month[slot], k, column[c]), 0, 0, language);
            cell[k * COLUMNS + c] = text[k][c];
        }
    }
    if (text && cell) {
        struct qon_table table = {.rows = store->programmes, .columns = COLUMNS, .head = head, .cell = cell, .align = align};
        double height;
        next = qon_draw_table(canvas, &table, first, box, size, &height);
    }
    free(text);
    free(cell);
    return next;
}
