// SPDX-License-Identifier: GPL-3.0-or-later
// Dot density: one dot stands for a number of persons and lies somewhere in their region, at a place that a hash fixes.
#include "map_parts.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

double qon_dots_each(const struct qon_dots *figure) {
    if (figure->each > 0) {
        return figure->each;
    }
    double sum = 0;
    for (int r = 0; r < figure->map->regions; r++) {
        sum += isfinite(figure->persons[r]) && figure->persons[r] > 0 ? figure->persons[r] : 0;
    }
    double each = fmax(1, sum / 1500);
    double power = pow(10, floor(log10(each)));
    double part = each / power;
    return power * (part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10);
}

static uint64_t mix(uint64_t x) {
    x ^= x >> 30;
    x *= 0xbf58476d1ce4e5b9u;
    x ^= x >> 27;
    x *= 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static double unit(uint64_t key) {
    return (double)(mix(key) >> 11) / 9007199254740992.0;
}

// Dot number `dot` of the region: the first of its hashed points that lies inside.
static void dot_place(const struct qon_map *map, int region, int dot, double *x, double *y) {
    const struct qon_map_region *r = &map->region[region];
    for (uint64_t attempt = 0; attempt < 400; attempt++) {
        uint64_t key = ((uint64_t)region << 44) + ((uint64_t)dot << 12) + 2 * attempt + 1;
        *x = r->x0 + (r->x1 - r->x0) * unit(key * 0x9e3779b97f4a7c15u);
        *y = r->y0 + (r->y1 - r->y0) * unit((key + 1) * 0x9e3779b97f4a7c15u);
        if (qon_map_inside(map, region, *x, *y)) {
            return;
        }
    }
    *x = r->label_x;
    *y = r->label_y;
}

// caption is "... %s ...": one place for the number.
static void caption_fill(const struct qon_dots *f, enum qon_language language, char *out, size_t size) {
    char number[64];
    qon_format_number(number, sizeof number, qon_dots_each(f), 0, 0, language);
    const char *mark = f->caption ? strstr(f->caption, "%s") : NULL;
    if (mark) {
        snprintf(out, size, "%.*s%s%s", (int)(mark - f->caption), f->caption, number, mark + 2);
    } else {
        snprintf(out, size, "%s", f->caption ? f->caption : "");
    }
}

static double key_height(const struct qon_dots *f, double width) {
    char text[400];
    caption_fill(f, QON_RU, text, sizeof text);
    return 8 + qon_paragraph_height(text, 11, width - 14);
}

double qon_dots_height(const void *data, double width) {
    const struct qon_dots *figure = data;
    return qon_map_body_height(figure->map, width) + key_height(figure, width);
}

void qon_map_dots(struct qon_canvas *canvas, const struct qon_map *map, const struct qon_dots *f, const struct qon_view *view, double size,
                  int colour, const int *ground) {
    cairo_t *cairo = canvas->cairo;
    double each = qon_dots_each(f);
    cairo_save(cairo);
    cairo_set_line_cap(cairo, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_width(cairo, size);
    for (int r = 0; r < map->regions; r++) {
        int dots = isfinite(f->persons[r]) && f->persons[r] > 0 ? (int)lround(f->persons[r] / each) : 0;
        // A city of a million people is smaller than its dots: they spread over the disc that stands for it.
        bool small = qon_map_is_small(map, view, r);
        double disc = 0.62 * size * sqrt((double)dots);
        for (int d = 0; d < dots && map->region[r].rings > 0; d++) {
            double x, y;
            if (small) {
                double angle = d * 2.399963229728653;
                double radius = disc * sqrt((d + 0.5) / dots);
                x = view->dx + view->scale * map->region[r].label_x + radius * cos(angle);
                y = view->dy + view->scale * map->region[r].label_y + radius * sin(angle);
            } else {
                dot_place(map, r, d, &x, &y);
                x = view->dx + view->scale * x;
                y = view->dy + view->scale * y;
            }
            cairo_move_to(cairo, x, y);
            cairo_line_to(cairo, x, y);
        }
        qon_canvas_colour(canvas, ground && !small ? qon_colour_on(ground[r]) : colour, 1);
        cairo_stroke(cairo);
    }
    cairo_restore(cairo);
}

void qon_draw_dots(struct qon_canvas *canvas, const void *data, struct qon_box box) {
    const struct qon_dots *f = data;
    const struct qon_map *map = f->map;
    int *colour = calloc((size_t)map->regions + 1, sizeof *colour);
    if (!colour) {
        canvas->failed = true;
        return;
    }
    for (int r = 0; r < map->regions; r++) {
        colour[r] = QON_LAND;
    }
    double key = key_height(f, box.w);
    struct qon_box body = {box.x, box.y, box.w, box.h - key};
    struct qon_view view = qon_map_view(map, (struct qon_box){body.x + 1, body.y + 4, body.w - 2, body.h - 8});
    qon_map_body_begin(canvas, map, body);
    qon_map_fill(canvas, map, &view, colour);
    double size = box.w < 480 ? 1.7 : 2.4;
    qon_map_dots(canvas, map, f, &view, size, QON_HUE, NULL);
    if (f->label) {
        qon_map_names(canvas, map, &view, body, f->label, NULL, colour);
    }
    cairo_restore(canvas->cairo);
    char text[400];
    caption_fill(f, canvas->language, text, sizeof text);
    const struct qon_style style = {.size = 11, .colour = QON_MUTED};
    double top = box.y + box.h - key + 6;
    qon_draw_box(canvas, (struct qon_box){box.x + 3, top + 7, size, size}, QON_HUE, 1);
    qon_draw_paragraph(canvas, (struct qon_box){box.x + 14, top, box.w - 14, 0}, text, &style, true);
    free(colour);
}
