// SPDX-License-Identifier: GPL-3.0-or-later
// A table: columns as wide as their content asks for, wrapped when the page is narrower; the head is repeated by calling again.
#include "draw.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double pad = 5;

static double widest_word(struct qon_canvas *canvas, const char *text, const struct qon_style *style) {
    char word[200];
    double widest = 0;
    while (*text) {
        size_t length = strcspn(text, " ");
        snprintf(word, sizeof word, "%.*s", (int)(length < sizeof word ? length : sizeof word - 1), text);
        if (length < sizeof word) {
            widest = fmax(widest, qon_text_width(canvas, word, style));
        }
        text += length + (text[length] == ' ');
    }
    return fmin(widest, 13 * style->size); // longer ones are broken
}

// Between the widest word, which is not broken, and the whole text in one line. Room left is shared out evenly.
// *need: what the words ask for.
static bool widths_find(struct qon_canvas *canvas, const struct qon_table *t, double width, double size, double *column, double *need) {
    const struct qon_style body = {.size = size};
    const struct qon_style head = {.size = size, .weight = 600};
    double *least = calloc((size_t)t->columns + 1, sizeof *least);
    if (!least) {
        return false;
    }
    double sum = 0;
    double sum_least = 0;
    for (int c = 0; c < t->columns; c++) {
        least[c] = widest_word(canvas, t->head[c], &head);
        column[c] = fmin(qon_text_width(canvas, t->head[c], &head), 9 * size);
        for (int r = 0; r < t->rows; r++) {
            const struct qon_style *style = t->strong && t->strong[r] ? &head : &body;
            const char *text = t->cell[r * t->columns + c];
            column[c] = fmax(column[c], qon_text_width(canvas, text, style));
            least[c] = fmax(least[c], widest_word(canvas, text, style));
        }
        // A hair more, lest rounding break a line.
        least[c] += 2 * pad + 0.5;
        column[c] = fmax(column[c] + 2 * pad + 0.5, least[c]);
        sum += column[c];
        sum_least += least[c];
    }
    for (int c = 0; c < t->columns; c++) {
        if (sum <= width) {
            column[c] += (width - sum) / t->columns;
        } else if (sum_least < width) {
            column[c] = least[c] + (column[c] - least[c]) * (width - sum_least) / (sum - sum_least);
        } else {
            column[c] = least[c] * width / sum_least;
        }
    }
    *need = sum_least;
    free(least);
    return true;
}

static double row_draw(struct qon_canvas *canvas, const struct qon_table *t, int r, const double *column, struct qon_box box, double size,
                       bool draw) {
    double x = box.x;
    double height = 0;
    for (int c = 0; c < t->columns; c++) {
        const char *text = r < 0 ? t->head[c] : t->cell[r * t->columns + c];
        int colour = r < 0 ? QON_MUTED : t->colour && t->colour[r * t->columns + c] ? t->colour[r * t->columns + c] : QON_INK;
        struct qon_style style = {.size = size, .colour = colour, .align = t->align[c]};
        style.weight = r < 0 || (t->strong && t->strong[r]) ? 600 : 400;
        struct qon_box cell = {x + pad, box.y + 3, column[c] - 2 * pad, 0};
        height = fmax(height, qon_draw_paragraph(canvas, cell, text, &style, draw));
        x += column[c];
    }
    return height + 6;
}

int qon_draw_table(struct qon_canvas *canvas, const struct qon_table *t, int first, struct qon_box box, double size, double *height) {
    double *column = calloc((size_t)t->columns + 1, sizeof *column);
    double need = 0;
    *height = 0;
    bool found = column && widths_find(canvas, t, box.w, size, column, &need);
    if (found && need > box.w) { // smaller letters before words are broken
        size *= fmax(0.75, box.w / need);
        found = widths_find(canvas, t, box.w, size, column, &need);
    }
    if (!found) {
        canvas->failed = true;
        free(column);
        return t->rows;
    }
    double head = row_draw(canvas, t, -1, column, box, size, false);
    double y = box.y + head;
    int r = first;
    double rest = r < t->rows ? row_draw(canvas, t, r, column, box, size, false) : 0;
    if (head + rest > box.h) {
        free(column);
        return first;
    }
    row_draw(canvas, t, -1, column, box, size, true);
    qon_draw_line(canvas, box.x, y, box.x + box.w, y, QON_MUTED, 0.8);
    for (; r < t->rows; r++) {
        double tall = row_draw(canvas, t, r, column, box, size, false);
        if (y + tall > box.y + box.h) {
            break;
        }
        row_draw(canvas, t, r, column, (struct qon_box){box.x, y, box.w, tall}, size, true);
        y += tall;
        qon_draw_line(canvas, box.x, y, box.x + box.w, y, QON_GRID, 0.6);
    }
    *height = y - box.y;
    free(column);
    return r;
}
