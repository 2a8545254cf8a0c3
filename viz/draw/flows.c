// SPDX-License-Identifier: GPL-3.0-or-later
// Flow arcs: the largest ones, width in proportion to persons, bent to the right of their direction so that both directions can be seen.
#include "map_parts.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { ARCS_USUAL = 50 };

static int compare_flows(const void *a, const void *b) {
    const struct qon_flow *x = a;
    const struct qon_flow *y = b;
    if (x->persons != y->persons) {
        return x->persons < y->persons ? 1 : -1;
    }
    return x->from != y->from ? x->from - y->from : x->to - y->to;
}

void qon_flows_sort(struct qon_flow *flow, int count) {
    qsort(flow, (size_t)count, sizeof *flow, compare_flows);
}

int qon_arcs_shown(const struct qon_arcs *figure, double *share) {
    int most = figure->most > 0 ? figure->most : ARCS_USUAL;
    double drawn = 0;
    double all = 0;
    int shown = 0;
    for (int i = 0; i < figure->count; i++) {
        if (figure->flow[i].persons <= 0 || figure->flow[i].from == figure->flow[i].to) {
            continue;
        }
        all += figure->flow[i].persons;
        if (shown < most) {
            drawn += figure->flow[i].persons;
            shown++;
        }
    }
    *share = all > 0 ? drawn / all : 0;
    return shown;
}

static double key_height(const struct qon_arcs *f, double width) {
    return 26 + (f->caption ? qon_paragraph_height(f->caption, 11, width) : 0);
}

double qon_arcs_height(const void *data, double width) {
    const struct qon_arcs *figure = data;
    return qon_map_body_height(figure->map, width) + key_height(figure, width);
}

struct arc {
    double x0, y0, x1, y1, cx, cy, width;
};

static void arc_make(const struct qon_arcs *f, const struct qon_view *view, const struct qon_flow *flow, double unit, struct arc *arc) {
    const struct qon_map_region *from = &f->map->region[flow->from];
    const struct qon_map_region *to = &f->map->region[flow->to];
    arc->x0 = view->dx + view->scale * from->label_x;
    arc->y0 = view->dy + view->scale * from->label_y;
    arc->x1 = view->dx + view->scale * to->label_x;
    arc->y1 = view->dy + view->scale * to->label_y;
    double dx = arc->x1 - arc->x0;
    double dy = arc->y1 - arc->y0;
    double length = fmax(1, hypot(dx, dy));
    double bend = 0.22;
    arc->width = fmax(0.7, flow->persons * unit);
    // The head ends at the rim of the place, not upon its name.
    double keep = fmax(0.2, 1 - (QON_MARKER + 2) / length);
    arc->cx = arc->x0 + 0.5 * dx - bend * dy;
    arc->cy = arc->y0 + 0.5 * dy + bend * dx;
    double t = keep;
    double x = (1 - t) * (1 - t) * arc->x0 + 2 * t * (1 - t) * arc->cx + t * t * arc->x1;
    double y = (1 - t) * (1 - t) * arc->y0 + 2 * t * (1 - t) * arc->cy + t * t * arc->y1;
    arc->x1 = x;
    arc->y1 = y;
}

static void arc_draw(struct qon_canvas *canvas, const struct arc *arc, int colour) {
    cairo_t *cairo = canvas->cairo;
    double tx = arc->x1 - arc->cx;
    double ty = arc->y1 - arc->cy;
    double length = fmax(1e-6, hypot(tx, ty));
    tx /= length;
    ty /= length;
    double head = 3 + 1.5 * arc->width;
    double wing = 1.6 + 0.85 * arc->width;
    double bx = arc->x1 - tx * head;
    double by = arc->y1 - ty * head;
    qon_canvas_colour(canvas, colour, 0.78);
    cairo_set_line_width(cairo, arc->width);
    cairo_move_to(cairo, arc->x0, arc->y0);
    // A quadratic curve written as a cubic.
    cairo_curve_to(cairo, arc->x0 + 2.0 / 3 * (arc->cx - arc->x0), arc->y0 + 2.0 / 3 * (arc->cy - arc->y0), bx + 2.0 / 3 * (arc->cx - bx),
                   by + 2.0 / 3 * (arc->cy - by), bx, by);
    cairo_stroke(cairo);
    cairo_move_to(cairo, arc->x1, arc->y1);
    cairo_line_to(cairo, bx - ty * wing, by + tx * wing);
    cairo_line_to(cairo, bx + ty * wing, by - tx * wing);
    cairo_close_path(cairo);
    cairo_fill(cairo);
}

static double round_down(double value) {
    double power = pow(10, floor(log10(value)));
    double part = value / power;
    return power * (part >= 5 ? 5 : part >= 2 ? 2 : 1);
}

static void key_draw(struct qon_canvas *canvas, const struct qon_arcs *f, struct qon_box box, double largest, double unit) {
    const struct qon_style caption = {.size = 11, .colour = QON_MUTED};
    const struct qon_style words = {.size = 10.5, .colour = QON_INK};
    double y = box.y;
    if (f->caption) {
        y += qon_draw_paragraph(canvas, (struct qon_box){box.x, y, box.w, 0}, f->caption, &caption, true) + 2;
    }
    double x = box.x;
    double sample = round_down(largest);
    for (int i = 0; i < 3; i++) {
        double value = i == 0 ? sample : i == 1 ? round_down(sample / 2.5) : round_down(sample / 10);
        char text[64];
        qon_format_number(text, sizeof text, value, 0, 0, canvas->language);
        qon_draw_line(canvas, x, y + 9, x + 30, y + 9, QON_HUE, fmax(0.7, value * unit));
        qon_draw_text(canvas, x + 36, y + 13, text, &words);
        x += 36 + qon_text_width(canvas, text, &words) + 18;
    }
}

// The largest lies on top: drawn from the least of those shown upwards.
static void arcs_draw(struct qon_canvas *canvas, const struct qon_arcs *f, const struct qon_view *view, int shown, double unit) {
    int before = 0; // flows that count, larger than the one at hand
    for (int i = 0; i < f->count; i++) {
        before += f->flow[i].persons > 0 && f->flow[i].from != f->flow[i].to;
    }
    for (int i = f->count - 1; i >= 0; i--) {
        const struct qon_flow *flow = &f->flow[i];
        if (flow->persons <= 0 || flow->from == flow->to) {
            continue;
        }
        before--;
        if (before < shown) {
            struct arc arc;
            arc_make(f, view, flow, unit, &arc);
            arc_draw(canvas, &arc, QON_HUE);
        }
    }
}

void qon_draw_arcs(struct qon_canvas *canvas, const void *data, struct qon_box box) {
    const struct qon_arcs *f = data;
    const struct qon_map *map = f->map;
    int *colour = calloc((size_t)map->regions + 1, sizeof *colour);
    if (!colour) {
        canvas->failed = true;
        return;
    }
    for (int r = 0; r < map->regions; r++) {
        colour[r] = !f->balance || !isfinite(f->balance[r]) ? QON_LAND : f->balance[r] < 0 ? QON_DIV + 3 : QON_DIV + 5;
    }
    double key = key_height(f, box.w);
    struct qon_box body = {box.x, box.y, box.w, box.h - key - 4};
    struct qon_view view = qon_map_view(map, (struct qon_box){body.x + 1, body.y + 4, body.w - 2, body.h - 8});
    qon_map_body_begin(canvas, map, body);
    qon_map_fill(canvas, map, &view, colour);
    double share;
    int shown = qon_arcs_shown(f, &share);
    double largest = shown > 0 ? f->flow[0].persons : 0;
    for (int i = 0; i < f->count; i++) {
        if (f->flow[i].from != f->flow[i].to) {
            largest = f->flow[i].persons;
            break;
        }
    }
    double unit = largest > 0 ? (box.w < 480 ? 5.0 : 9.0) / largest : 0;
    arcs_draw(canvas, f, &view, shown, unit);
    if (f->label) {
        qon_map_names(canvas, map, &view, body, f->label, NULL, colour);
    }
    cairo_restore(canvas->cairo);
    if (shown > 0) {
        key_draw(canvas, f, (struct qon_box){box.x, box.y + box.h - key, box.w, key}, largest, unit);
    }
    free(colour);
}
