// SPDX-License-Identifier: GPL-3.0-or-later
// The same blocks on A4. Text is text: it can be searched and copied.
#include "document.h"
#include <cairo-pdf.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const double page_w = 595.28, page_h = 841.89, margin = 50, bottom = 56;

struct layout {
    const struct qon_document *document;
    cairo_surface_t *surface;
    struct qon_canvas canvas;
    double y;
    int page, pages; // pages: 0 while they are counted
};

static double width_of(void) {
    return page_w - 2 * margin;
}

static void page_end(struct layout *l) {
    const struct qon_document *d = l->document;
    struct qon_style style = {.size = 8, .colour = QON_MUTED};
    char page[16], pages[16];
    snprintf(page, sizeof page, "%d", l->page);
    snprintf(pages, sizeof pages, "%d", l->pages);
    style.most = 0.7 * width_of();
    qon_draw_line(&l->canvas, margin, page_h - 40, page_w - margin, page_h - 40, QON_GRID, 0.6);
    qon_draw_text(&l->canvas, margin, page_h - 28, d->title, &style);
    style.align = QON_RIGHT;
    style.most = 0;
    qon_draw_text(&l->canvas, page_w - margin, page_h - 28, qon_arena_format(d->arena, qon_t(d, QON_T_PAGE), page, pages), &style);
    cairo_show_page(l->canvas.cairo);
    l->page++;
    l->y = margin;
}

// Starts a new page unless `height` fits on this one.
static void room_make(struct layout *l, double height) {
    if (l->y + height > page_h - bottom && l->y > margin + 1) {
        page_end(l);
    }
}

static void paragraph(struct layout *l, const char *text, const struct qon_style *style, double after) {
    struct qon_box box = {margin, l->y, width_of(), 0};
    double height = qon_draw_paragraph(&l->canvas, box, text, style, false);
    room_make(l, height);
    box.y = l->y;
    l->y += qon_draw_paragraph(&l->canvas, box, text, style, true) + after;
}

static void cards(struct layout *l, const struct qon_block *b) {
    enum { COLUMNS = 4 };
    const struct qon_style label = {.size = 8, .colour = QON_MUTED};
    struct qon_style value = {.size = 14, .weight = 700, .colour = QON_INK};
    const struct qon_style detail = {.size = 7.5, .colour = QON_MUTED};
    double gap = 8;
    double w = (width_of() - gap * (COLUMNS - 1)) / COLUMNS;
    for (int from = 0; from < b->cards; from += COLUMNS) {
        double tall = 0;
        double label_tall = 0;
        double most = 0;
        int to = from + COLUMNS < b->cards ? from + COLUMNS : b->cards;
        for (int i = from; i < to; i++) {
            struct qon_box box = {0, 0, w - 16, 0};
            label_tall = fmax(label_tall, qon_draw_paragraph(&l->canvas, box, b->card[i].label, &label, false));
            tall = fmax(tall, qon_draw_paragraph(&l->canvas, box, b->card[i].detail, &detail, false));
            most = fmax(most, qon_text_width(&l->canvas, b->card[i].value, &value));
        }
        value.size = most > w - 16 ? 14 * (w - 16) / most : 14;
        double height = 7 + label_tall + 21 + tall + 7;
        room_make(l, height + gap);
        for (int i = from; i < to; i++) {
            struct qon_box box = {margin + (i - from) * (w + gap), l->y, w, height};
            qon_draw_box(&l->canvas, box, QON_PANEL, 1);
            struct qon_box inner = {box.x + 8, box.y + 7, w - 16, 0};
            qon_draw_paragraph(&l->canvas, inner, b->card[i].label, &label, true);
            qon_draw_text(&l->canvas, inner.x, inner.y + label_tall + 15, b->card[i].value, &value);
            inner.y += label_tall + 21;
            qon_draw_paragraph(&l->canvas, inner, b->card[i].detail, &detail, true);
        }
        l->y += height + gap;
    }
    l->y += 6;
}

static const struct qon_style title_style = {.size = 10.5, .weight = 600, .colour = QON_INK};
static const struct qon_style caption_style = {.size = 8, .colour = QON_MUTED};

// Figures are laid out at the width they were designed for and scaled to the page.
static double figure_height(struct layout *l, const struct qon_block *b, double width, double units) {
    struct qon_box box = {0, 0, width, 0};
    double height = qon_draw_paragraph(&l->canvas, box, b->text, &title_style, false) + 4;
    height += ceil(b->height(b->figure, units)) * width / units;
    return height + (b->caption ? 3 + qon_draw_paragraph(&l->canvas, box, b->caption, &caption_style, false) : 0);
}

static void figure_draw(struct layout *l, const struct qon_block *b, double x, double width, double units) {
    struct qon_box box = {x, l->y, width, 0};
    double y = l->y + qon_draw_paragraph(&l->canvas, box, b->text, &title_style, true) + 4;
    double scale = width / units;
    double height = ceil(b->height(b->figure, units));
    cairo_save(l->canvas.cairo);
    cairo_translate(l->canvas.cairo, x, y);
    cairo_scale(l->canvas.cairo, scale, scale);
    b->draw(&l->canvas, b->figure, (struct qon_box){0, 0, units, height});
    cairo_restore(l->canvas.cairo);
    pango_cairo_update_context(l->canvas.cairo, pango_layout_get_context(l->canvas.layout));
    pango_layout_context_changed(l->canvas.layout);
    y += height * scale + 3;
    if (b->caption) {
        qon_draw_paragraph(&l->canvas, (struct qon_box){x, y, width, 0}, b->caption, &caption_style, true);
    }
}

enum { HALF_UNITS = 336, FULL_UNITS = 680 };
static const double figure_gap = 20;

// What of a block must stand on the page where it starts.
static double opening_height(struct layout *l, const struct qon_block *b) {
    if (!b || b->kind != QON_BLOCK_FIGURE) {
        return 90;
    }
    double width = b->half ? (width_of() - figure_gap) / 2 : width_of();
    return figure_height(l, b, width, b->half ? HALF_UNITS : FULL_UNITS);
}

static void heading(struct layout *l, const struct qon_block *b) {
    l->y += l->y > margin + 1 ? 16 : 0;
    room_make(l, 30 + opening_height(l, b->next)); // never alone at the foot of a page
    if (l->pages > 0) {
        char link[40];
        snprintf(link, sizeof link, "page=%d pos=[%.0f %.0f]", l->page, margin, l->y);
        cairo_pdf_surface_add_outline(l->surface, CAIRO_PDF_OUTLINE_ROOT, b->text, link, CAIRO_PDF_OUTLINE_FLAG_OPEN);
    }
    const struct qon_style style = {.size = 15, .weight = 700, .colour = QON_INK};
    paragraph(l, b->text, &style, 6);
}

static const struct qon_block *figures(struct layout *l, const struct qon_block *b) {
    const double gap = figure_gap;
    bool pair = b->half && b->next && b->next->kind == QON_BLOCK_FIGURE && b->next->half;
    double width = b->half ? (width_of() - gap) / 2 : width_of();
    double units = b->half ? HALF_UNITS : FULL_UNITS;
    double height = figure_height(l, b, width, units);
    if (pair) {
        height = fmax(height, figure_height(l, b->next, width, units));
    }
    room_make(l, height);
    figure_draw(l, b, margin, width, units);
    if (pair) {
        figure_draw(l, b->next, margin + width + gap, width, units);
        b = b->next;
    }
    l->y += height + 18;
    return b;
}

static void table(struct layout *l, const struct qon_block *b) {
    if (b->folded) {
        return;
    }
    if (b->text) {
        room_make(l, 80);
        paragraph(l, b->text, &title_style, 3);
    }
    double size = b->table.columns > 6 ? 7.5 : 8.5;
    int row = 0;
    do {
        double height;
        struct qon_box box = {margin, l->y, width_of(), page_h - bottom - l->y};
        int next = qon_draw_table(&l->canvas, &b->table, row, box, size, &height);
        l->y += height;
        if (next < b->table.rows) {
            // A row taller than a page would never end.
            if (next == row && l->y <= margin + 1) {
                next++;
            }
            page_end(l);
        }
        row = next;
    } while (row < b->table.rows);
    l->y += 14;
}

static void flow(struct layout *l) {
    const struct qon_document *d = l->document;
    const struct qon_style kind = {.size = 10, .colour = QON_MUTED};
    const struct qon_style title = {.size = 22, .weight = 700, .colour = QON_INK};
    const struct qon_style text = {.size = 9.5, .colour = QON_INK};
    const struct qon_style note = {.size = 8.5, .colour = QON_MUTED};
    paragraph(l, d->subtitle, &kind, 2);
    paragraph(l, d->title, &title, 4);
    paragraph(l, d->intro, &kind, 4);
    for (const struct qon_block *b = d->first; b; b = b->next) {
        switch (b->kind) {
        case QON_BLOCK_HEADING:
            heading(l, b);
            break;
        case QON_BLOCK_TEXT:
            paragraph(l, b->text, &text, 8);
            break;
        case QON_BLOCK_NOTE:
            paragraph(l, b->text, &note, 8);
            break;
        case QON_BLOCK_CARDS:
            cards(l, b);
            break;
        case QON_BLOCK_FIGURE:
            b = figures(l, b);
            break;
        case QON_BLOCK_TABLE:
            table(l, b);
            break;
        }
    }
    page_end(l);
}

static bool write_once(const struct qon_document *d, const struct qon_theme *theme, const char *path, int *pages) {
    struct layout l = {.document = d, .y = margin, .page = 1, .pages = *pages};
    // Without a name the surface only counts pages.
    l.surface = cairo_pdf_surface_create(*pages > 0 ? path : NULL, page_w, page_h);
    cairo_pdf_surface_set_metadata(l.surface, CAIRO_PDF_METADATA_TITLE, d->title);
    cairo_pdf_surface_set_metadata(l.surface, CAIRO_PDF_METADATA_CREATOR, "Qonys " QON_VERSION);
    cairo_t *cairo = cairo_create(l.surface);
    qon_canvas_init(&l.canvas, cairo, theme, d->language);
    flow(&l);
    bool ok = !l.canvas.failed && cairo_status(cairo) == CAIRO_STATUS_SUCCESS;
    qon_canvas_free(&l.canvas);
    cairo_destroy(cairo);
    cairo_surface_finish(l.surface);
    ok = ok && cairo_surface_status(l.surface) == CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy(l.surface);
    *pages = l.page - 1;
    return ok;
}

bool qon_pdf_write(const struct qon_document *d, const char *path) {
    struct qon_theme theme;
    qon_theme_make(&theme, false);
    const char *part = qon_part_name(d->arena, path);
    int pages = 0;
    bool ok = write_once(d, &theme, part, &pages) && write_once(d, &theme, part, &pages);
    return qon_part_done(part, path, ok);
}
