// SPDX-License-Identifier: GPL-3.0-or-later
// Choropleth: regions coloured by class, with names, values, and a key that shows limits and counts of the classes.
#include "map_parts.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

double qon_map_body_height(const struct qon_map *map, double width) {
    double w = map->x1 - map->x0;
    double h = map->y1 - map->y0;
    if (map->regions == 0 || !(w > 0)) {
        return 0;
    }
    return fmin(width * h / w, 1.1 * width) + 8;
}

bool qon_map_is_small(const struct qon_map *map, const struct qon_view *view, int region) {
    return map->region[region].rings > 0 && map->region[region].room * view->scale < QON_MARKER;
}

static void region_path(cairo_t *cairo, const struct qon_map *map, const struct qon_view *view, int region) {
    const struct qon_map_region *r = &map->region[region];
    for (int ring = r->first_ring; ring < r->first_ring + r->rings; ring++) {
        double last_x = -1e9;
        double last_y = -1e9;
        for (int i = map->ring_point[ring]; i < map->ring_point[ring + 1]; i++) {
            double x = view->dx + view->scale * map->x[i];
            double y = view->dy + view->scale * map->y[i];
            if (i == map->ring_point[ring]) {
                cairo_move_to(cairo, x, y);
            } else if (fabs(x - last_x) + fabs(y - last_y) < 0.9) {
                continue; // nobody sees it
            } else {
                cairo_line_to(cairo, x, y);
            }
            last_x = x;
            last_y = y;
        }
        cairo_close_path(cairo);
    }
}

void qon_map_fill(struct qon_canvas *canvas, const struct qon_map *map, const struct qon_view *view, const int *colour) {
    cairo_t *cairo = canvas->cairo;
    cairo_save(cairo);
    cairo_set_fill_rule(cairo, CAIRO_FILL_RULE_EVEN_ODD);
    cairo_set_line_join(cairo, CAIRO_LINE_JOIN_BEVEL);
    cairo_set_line_width(cairo, 0.8);
    for (int r = 0; r < map->regions; r++) {
        region_path(cairo, map, view, r);
        qon_canvas_colour(canvas, colour[r], 1);
        cairo_fill_preserve(cairo);
        qon_canvas_colour(canvas, QON_BORDER, 1);
        cairo_stroke(cairo);
    }
    for (int r = 0; r < map->regions; r++) {
        if (qon_map_is_small(map, view, r)) {
            double x = view->dx + view->scale * map->region[r].label_x;
            double y = view->dy + view->scale * map->region[r].label_y;
            cairo_arc(cairo, x, y, QON_MARKER + 2, 0, 2 * M_PI); // a rim, lest it be lost in a region of the same colour
            qon_canvas_colour(canvas, QON_PAPER, 1);
            cairo_fill(cairo);
            cairo_arc(cairo, x, y, QON_MARKER, 0, 2 * M_PI);
            qon_canvas_colour(canvas, colour[r], 1);
            cairo_fill_preserve(cairo);
            qon_canvas_colour(canvas, QON_INK, 1);
            cairo_stroke(cairo);
        }
    }
    cairo_restore(cairo);
}

void qon_map_body_begin(struct qon_canvas *canvas, const struct qon_map *map, struct qon_box body) {
    cairo_save(canvas->cairo);
    if (map->cut) {
        cairo_rectangle(canvas->cairo, body.x, body.y, body.w, body.h);
        cairo_clip(canvas->cairo);
    }
}

static bool overlaps(const struct qon_box *taken, int count, struct qon_box box) {
    for (int i = 0; i < count; i++) {
        if (box.x < taken[i].x + taken[i].w && taken[i].x < box.x + box.w && box.y < taken[i].y + taken[i].h &&
            taken[i].y < box.y + box.h) {
            return true;
        }
    }
    return false;
}

static bool within(struct qon_box outer, struct qon_box box) {
    return box.x >= outer.x && box.y >= outer.y && box.x + box.w <= outer.x + outer.w && box.y + box.h <= outer.y + outer.h;
}

struct names {
    struct qon_canvas *canvas;
    const struct qon_map *map;
    const struct qon_view *view;
    struct qon_box box;
    const char *const *name, *const *second;
    const int *colour;
    struct qon_box *taken;
    int count;
};

static const struct qon_style name_style = {.size = 10.5, .align = QON_CENTRE};
static const struct qon_style second_style = {.size = 10.5, .weight = 600, .align = QON_CENTRE};

// A name over its value, or side by side for a disc.
static bool name_try(struct names *n, int r, double cx, double cy, bool with_name, bool with_second, int ink, int rim) {
    const char *second = with_second && n->second ? n->second[r] : "";
    double width = 0;
    int lines = 0;
    if (with_name) {
        width = qon_text_width(n->canvas, n->name[r], &name_style);
        lines++;
    }
    if (*second) {
        width = fmax(width, qon_text_width(n->canvas, second, &second_style));
        lines++;
    }
    double height = 12.5 * lines;
    struct qon_box box = {cx - width / 2 - 1, cy - height / 2, width + 2, height};
    if (lines == 0 || !within(n->box, box) || overlaps(n->taken, n->count, box)) {
        return false;
    }
    struct qon_style style = name_style;
    double y = box.y + 10;
    style.colour = ink;
    style.halo = rim >= 0;
    style.rim = rim >= 0 ? rim : QON_PAPER;
    if (with_name) {
        qon_draw_text(n->canvas, cx, y, n->name[r], &style);
        y += 12.5;
    }
    style.weight = second_style.weight;
    qon_draw_text(n->canvas, cx, y, second, &style);
    n->taken[n->count++] = box;
    return true;
}

static void name_region(struct names *n, int r) {
    double x = n->view->dx + n->view->scale * n->map->region[r].label_x;
    double y = n->view->dy + n->view->scale * n->map->region[r].label_y;
    double room = n->map->region[r].room * n->view->scale;
    int on = qon_colour_on(n->colour[r]);
    bool fits = 2.6 * room > qon_text_width(n->canvas, n->name[r], &name_style);
    // Letters that leave the region's own colour behind take it with them as a rim.
    int rim = on == QON_INK ? QON_PAPER : fits ? -1 : n->colour[r];
    for (int form = 0; form < 3; form++) {
        bool with_name = form < 2;
        bool with_second = form != 1;
        if (form == 0 && !fits && room < 12) {
            continue;
        }
        static const double shift[] = {0, -7, 7, -14, 14, -20, 20};
        for (size_t i = 0; i < sizeof shift / sizeof *shift; i++) {
            if (name_try(n, r, x, y + shift[i], with_name, with_second, on, rim)) {
                return;
            }
        }
    }
}

static void name_disc(struct names *n, int r) {
    double x = n->view->dx + n->view->scale * n->map->region[r].label_x;
    double y = n->view->dy + n->view->scale * n->map->region[r].label_y;
    double half = 0.5 * qon_text_width(n->canvas, n->name[r], &name_style);
    for (int form = 0; form < 3; form++) {
        double high = form == 0 ? 12.5 : 6.5;
        double wide = form == 2 ? 16 : half;
        const double at[][2] = {
            {0, QON_MARKER + high + 1}, {0, -QON_MARKER - high - 2}, {wide + 9, 0}, {-wide - 9, 0}, {wide, QON_MARKER + high},
            {-wide, QON_MARKER + high}, {wide, -QON_MARKER - high}};
        for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
            if (name_try(n, r, x + at[i][0], y + at[i][1], form < 2, form != 1, QON_INK, QON_PAPER)) {
                return;
            }
        }
    }
}

void qon_map_names(struct qon_canvas *canvas, const struct qon_map *map, const struct qon_view *view, struct qon_box box,
                   const char *const *name, const char *const *second, const int *colour) {
    struct names n = {canvas, map, view, box, name, second, colour, calloc((size_t)map->regions * 2 + 1, sizeof(struct qon_box)), 0};
    int *order = calloc((size_t)map->regions + 1, sizeof *order);
    if (!n.taken || !order) {
        canvas->failed = true;
        free(n.taken);
        free(order);
        return;
    }
    for (int r = 0; r < map->regions; r++) {
        int at = r;
        while (at > 0 && map->region[order[at - 1]].room < map->region[r].room) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = r;
        if (qon_map_is_small(map, view, r)) {
            double x = view->dx + view->scale * map->region[r].label_x;
            double y = view->dy + view->scale * map->region[r].label_y;
            n.taken[n.count++] = (struct qon_box){x - QON_MARKER - 1, y - QON_MARKER - 1, 2 * QON_MARKER + 2, 2 * QON_MARKER + 2};
        }
    }
    // Discs first: they have the least choice.
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < map->regions; i++) {
            int r = order[i];
            bool small = qon_map_is_small(map, view, r);
            if (map->region[r].rings > 0 && small == (pass == 0)) {
                (small ? name_disc : name_region)(&n, r);
            }
        }
    }
    free(order);
    free(n.taken);
}

// ---------------------------------------------------------------------------------------------------------------- the key

static int key_cells(const struct qon_choropleth *f, bool *gap) {
    *gap = false;
    for (int r = 0; r < f->map->regions; r++) {
        *gap = *gap || qon_class_of(&f->classes, f->value[r]) < 0;
    }
    return f->classes.count;
}

static void class_words(const struct qon_canvas *canvas, const struct qon_choropleth *f, int k, char *out, size_t size) {
    char low[64], high[64];
    int flags = f->with_sign ? QON_SIGNED : 0;
    int digits = f->classes.digits;
    qon_format_number(low, sizeof low, f->classes.limit[k], digits, flags, canvas->language);
    qon_format_number(high, sizeof high, f->classes.limit[k + 1], digits, flags, canvas->language);
    if (f->classes.count == 1) {
        snprintf(out, size, "%s", low);
    } else if (k == 0) {
        snprintf(out, size, "< %s", high);
    } else if (k == f->classes.count - 1) {
        snprintf(out, size, "\xe2\x89\xa5 %s", low);
    } else {
        // A dash between signed numbers would read as a minus.
        snprintf(out, size, f->with_sign ? "%s \xe2\x80\xa6 %s" : "%s\xe2\x80\x93%s", low, high);
    }
}

// Cells in one row when each has room for its words, else in a column; returns the height.
static double key_draw(struct qon_canvas *canvas, const struct qon_choropleth *f, struct qon_box box, bool draw) {
    const struct qon_style caption = {.size = 11, .colour = QON_MUTED};
    const struct qon_style words = {.size = 10.5, .colour = QON_INK};
    struct qon_style count = {.size = 9.5, .align = QON_CENTRE};
    double y = box.y;
    if (f->caption) {
        y += qon_draw_paragraph(canvas, (struct qon_box){box.x, y, box.w, 0}, f->caption, &caption, draw) + 3;
    }
    bool gap;
    int cells = key_cells(f, &gap);
    const int all = cells + gap;
    double widest = 40;
    for (int k = 0; k < cells; k++) {
        char text[160];
        class_words(canvas, f, k, text, sizeof text);
        widest = fmax(widest, qon_text_width(canvas, text, &words) + 10);
    }
    if (gap) {
        widest = fmax(widest, qon_text_width(canvas, f->no_data ? f->no_data : "", &words) + 10);
    }
    int columns = (int)fmax(1, fmin(all, floor(box.w / widest)));
    int rows = all > 0 ? (all + columns - 1) / columns : 0;
    columns = rows > 0 ? (all + rows - 1) / rows : 1;
    double cell = fmin(fmax(widest, 96), box.w / columns);
    for (int k = 0; draw && k < all; k++) {
        double x = box.x + (k % columns) * cell;
        double top = y + (k / columns) * 32;
        bool none = k == cells;
        int colour = none ? QON_NODATA : qon_ramp_colour(f->classes.diverging ? QON_DIV : QON_SEQ, k, cells);
        qon_draw_box(canvas, (struct qon_box){x, top, cell - 3, 13}, colour, 1);
        char text[160];
        int members = 0;
        for (int r = 0; none && r < f->map->regions; r++) {
            members += qon_class_of(&f->classes, f->value[r]) < 0;
        }
        snprintf(text, sizeof text, "%d", none ? members : f->classes.members[k]);
        count.colour = qon_colour_on(colour);
        qon_draw_text(canvas, x + (cell - 3) / 2, top + 10, text, &count);
        if (none) {
            qon_draw_text(canvas, x, top + 25, f->no_data, &words);
        } else {
            class_words(canvas, f, k, text, sizeof text);
            qon_draw_text(canvas, x, top + 25, text, &words);
        }
    }
    return y + rows * 32 - box.y;
}

// Height of the key without a surface at hand: rows are the same on any canvas of the width, measured on a scratch one.
static double key_height(const struct qon_choropleth *figure, double width) {
    cairo_surface_t *surface = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, NULL);
    cairo_t *cairo = cairo_create(surface);
    struct qon_canvas canvas;
    // Russian numbers are the widest.
    qon_canvas_init(&canvas, cairo, NULL, QON_RU);
    double height = key_draw(&canvas, figure, (struct qon_box){0, 0, width, 0}, false);
    qon_canvas_free(&canvas);
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
    return height;
}

double qon_choropleth_height(const void *data, double width) {
    const struct qon_choropleth *figure = data;
    return qon_map_body_height(figure->map, width) + 10 + key_height(figure, width);
}

void qon_draw_choropleth(struct qon_canvas *canvas, const void *data, struct qon_box box) {
    const struct qon_choropleth *f = data;
    const struct qon_map *map = f->map;
    int *colour = calloc((size_t)map->regions + 1, sizeof *colour);
    const char **second = calloc((size_t)map->regions + 1, sizeof *second);
    char(*text)[64] = calloc((size_t)map->regions + 1, sizeof *text);
    if (!colour || !second || !text) {
        canvas->failed = true;
        free(colour);
        free(second);
        free(text);
        return;
    }
    for (int r = 0; r < map->regions; r++) {
        colour[r] = qon_class_colour(&f->classes, f->value[r]);
        second[r] = text[r];
        if (isfinite(f->value[r])) {
            char number[56];
            qon_format_number(number, sizeof number, f->value[r], f->digits, f->with_sign ? QON_SIGNED : 0, canvas->language);
            snprintf(text[r], sizeof text[r], f->faint && f->faint[r] ? "(%s)" : "%s", number);
        }
    }
    double key = key_height(f, box.w);
    struct qon_box body = {box.x, box.y, box.w, box.h - key - 10};
    struct qon_view view = qon_map_view(map, (struct qon_box){body.x + 1, body.y + 4, body.w - 2, body.h - 8});
    qon_map_body_begin(canvas, map, body);
    qon_map_fill(canvas, map, &view, colour);
    if (f->dots) {
        qon_map_dots(canvas, map, f->dots, &view, 1.7, QON_INK, colour);
    }
    if (f->label) {
        qon_map_names(canvas, map, &view, body, f->label, second, colour);
    }
    cairo_restore(canvas->cairo);
    key_draw(canvas, f, (struct qon_box){box.x, box.y + box.h - key, box.w, key}, true);
    free(colour);
    free(second);
    free(text);
}
