// SPDX-License-Identifier: GPL-3.0-or-later
// A matrix as a heat map; numbers in the cells where they fit.
#include "draw.h"
#include <math.h>
#include <stdio.h>

struct layout {
    double label, head, cell_w, cell_h;
    bool numbers;
};

static struct layout layout_make(const struct qon_matrix *f, double width) {
    struct layout layout = {.label = width < 480 ? 88 : 148, .head = width < 480 ? 84 : 134};
    layout.cell_w = (width - layout.label) / (f->columns > 0 ? f->columns : 1);
    layout.cell_w = fmin(layout.cell_w, 64);
    layout.numbers = layout.cell_w >= 30;
    layout.cell_h = layout.numbers ? 21 : fmax(9, fmin(18, layout.cell_w));
    return layout;
}

double qon_matrix_height(const void *data, double width) {
    const struct qon_matrix *figure = data;
    struct layout layout = layout_make(figure, width);
    int rows = width < 480 ? 2 : 1;
    return 16 + layout.head + figure->rows * layout.cell_h + 12 + qon_paragraph_height(figure->caption, 11, width) + 3 + rows * 32;
}

static void key_draw(struct qon_canvas *canvas, const struct qon_matrix *f, struct qon_box box) {
    const struct qon_style muted = {.size = 11, .colour = QON_MUTED};
    const struct qon_style words = {.size = 10.5, .colour = QON_INK};
    double y = box.y + qon_draw_paragraph(canvas, box, f->caption, &muted, true) + 3;
    int columns = box.w < 480 ? (f->classes.count + 1) / 2 : f->classes.count;
    double cell = fmin(110, box.w / (columns > 0 ? columns : 1));
    for (int k = 0; k < f->classes.count; k++) {
        double x = box.x + (k % columns) * cell;
        double top = y + (k / columns) * 32;
        int colour = qon_ramp_colour(f->classes.diverging ? QON_DIV : QON_SEQ, k, f->classes.count);
        qon_draw_box(canvas, (struct qon_box){x, top, cell - 3, 12}, colour, 1);
        char number[64], text[80];
        bool first = k == 0 && f->classes.count > 1;
        qon_format_number(number, sizeof number, f->classes.limit[first ? 1 : k], f->classes.digits, f->flags & ~QON_SHORT,
                          canvas->language);
        snprintf(text, sizeof text, "%s %s", first ? "<" : "\xe2\x89\xa5", number);
        qon_draw_text(canvas, x, top + 24, text, &words);
    }
}

void qon_draw_matrix(struct qon_canvas *canvas, const void *data, struct qon_box box) {
    const struct qon_matrix *f = data;
    struct layout layout = layout_make(f, box.w);
    const struct qon_style word = {.size = 10.5, .colour = QON_MUTED};
    struct qon_style row = {.size = box.w < 480 ? 9.5 : 11, .colour = QON_INK, .align = QON_RIGHT, .most = layout.label - 8};
    struct qon_style column = {.size = row.size, .colour = QON_INK, .upwards = true, .most = layout.head - 6};
    double x0 = box.x + layout.label;
    double y0 = box.y + 16 + layout.head;
    if (layout.cell_h < 11) {
        row.size = column.size = 8.5;
    }
    struct qon_style from = word;
    from.align = QON_RIGHT;
    qon_draw_text(canvas, x0 - 6, y0 - 5, f->row_word, &from);
    qon_draw_text(canvas, x0 + 2, box.y + 10, f->column_word, &word);
    for (int c = 0; c < f->columns; c++) {
        qon_draw_text(canvas, x0 + (c + 0.5) * layout.cell_w + 4, y0 - 5, f->column_label[c], &column);
    }
    for (int r = 0; r < f->rows; r++) {
        double y = y0 + r * layout.cell_h;
        qon_draw_text(canvas, x0 - 6, y + layout.cell_h / 2 + 3.8, f->row_label[r], &row);
        for (int c = 0; c < f->columns; c++) {
            double v = f->value[r * f->columns + c];
            struct qon_box cell = {x0 + c * layout.cell_w, y, layout.cell_w - 1, layout.cell_h - 1};
            int colour = isfinite(v) ? qon_class_colour(&f->classes, v) : QON_PANEL;
            qon_draw_box(canvas, cell, colour, 1);
            if (layout.numbers && isfinite(v)) {
                char text[64];
                struct qon_style number = {.size = 9.5, .colour = qon_colour_on(colour), .align = QON_CENTRE};
                qon_format_number(text, sizeof text, v, f->digits, f->flags, canvas->language);
                qon_draw_text(canvas, cell.x + cell.w / 2, y + layout.cell_h / 2 + 3, text, &number);
            }
        }
    }
    key_draw(canvas, f, (struct qon_box){box.x, y0 + f->rows * layout.cell_h + 10, box.w, 0});
}
