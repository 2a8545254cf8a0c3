// SPDX-License-Identifier: GPL-3.0-or-later
// The map: values by class with or without dots, or flows; the difference of two worlds in diverging colours.
#include "../draw/map_parts.h"
#include "scene.h"
#include "words.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PANEL_WIDTH = 392, TOP_HEIGHT = 42, BOTTOM_HEIGHT = 74, MARGIN = 10 };

void live_layout_make(struct live_layout *layout, double width, double height) {
    double panel = width >= 900 ? PANEL_WIDTH : width >= 600 ? floor(0.42 * width) : 0; // whole points: edges on edges of pixels
    double middle = fmax(60, height - TOP_HEIGHT - BOTTOM_HEIGHT);
    layout->top = (struct qon_box){0, 0, width, TOP_HEIGHT};
    layout->bottom = (struct qon_box){0, height - BOTTOM_HEIGHT, width, BOTTOM_HEIGHT};
    layout->map = (struct qon_box){MARGIN, TOP_HEIGHT, fmax(60, width - panel - 2 * MARGIN), middle};
    layout->panel = (struct qon_box){width - panel, TOP_HEIGHT, panel, middle};
}

double live_scene_value(const struct live_country *country, const struct live_stores *stores, int worlds, int slot, int indicator,
                        int region, enum live_kind kind, bool year) {
    double value = live_value(country, stores->of[worlds - 1], slot, indicator, region, kind, year);
    return worlds == 1 ? value : value - live_value(country, stores->of[0], slot, indicator, region, kind, year);
}

int live_digits(const struct live_country *country, int indicator) {
    const char *unit = country->indicator[indicator].unit;
    bool whole = country->indicator[indicator].additive || strcmp(unit, "tenge/month") == 0;
    return whole ? 0 : indicator == country->density ? 1 : 2;
}

// The part of the map that is looked at.
static struct qon_map map_part(const struct qon_map *map, const struct live_zoom *zoom) {
    struct qon_map part = *map;
    if (zoom->factor > 1) {
        double w = (map->x1 - map->x0) / zoom->factor / 2;
        double h = (map->y1 - map->y0) / zoom->factor / 2;
        part.x0 = zoom->x - w;
        part.x1 = zoom->x + w;
        part.y0 = zoom->y - h;
        part.y1 = zoom->y + h;
        part.cut = true;
    }
    return part;
}

// As the figures lay it out.
static struct qon_view view_of(const struct qon_map *map, struct qon_box box, double key) {
    return qon_map_view(map, (struct qon_box){box.x + 1, box.y + 4, box.w - 2, box.h - key - 8});
}

struct drawing {
    struct qon_canvas *canvas;
    const struct live_country *country;
    const struct live_stores *stores;
    const struct live_map_scene *scene;
    struct qon_map map;
    struct qon_box box;
    const char **label; // [region]
    char (*name)[LIVE_NAME_MAX];
    double *value;   // [region]
    double *persons; // [region]
};

static void label_make(const struct drawing *d, char *out, size_t size) {
    const struct qon_indicator *indicator = &d->country->indicator[d->scene->indicator];
    enum qon_language language = (enum qon_language)d->scene->language;
    const char *label = indicator->label[language];
    char text[QON_INDICATOR_LABEL_MAX + 64];
    if (d->scene->worlds > 1 && d->scene->indicator == d->country->population) {
        label = LIVE_SAY(additional, language);
    } else if (d->scene->worlds > 1) {
        snprintf(text, sizeof text, LIVE_SAY(difference, language), label);
        label = text;
    }
    snprintf(out, size, live_by_year(d->country, d->scene->indicator) ? LIVE_SAY(last_year, language) : "%s", label);
}

static struct qon_view values_draw(struct drawing *d) {
    const struct live_map_scene *scene = d->scene;
    enum qon_language language = (enum qon_language)scene->language;
    const struct qon_indicator *indicator = &d->country->indicator[scene->indicator];
    char label[400], caption[800], whole[1000];
    struct qon_dots dots = {.map = &d->map, .persons = d->persons};
    struct qon_choropleth figure = {.map = &d->map,
                                    .value = d->value,
                                    .label = d->label,
                                    .digits = live_digits(d->country, scene->indicator),
                                    .with_sign = scene->worlds > 1,
                                    .caption = caption,
                                    .no_data = LIVE_SAY(no_data, language)};
    bool below = false;
    for (int r = 0; r < d->country->regions; r++) {
        below = below || d->value[r] < 0;
    }
    label_make(d, label, sizeof label);
    if (scene->worlds > 1 || below) {
        qon_classes_make_diverging(&figure.classes, d->value, d->country->regions, 7);
        figure.with_sign = true;
        snprintf(caption, sizeof caption, LIVE_SAY(classes_diverging, language), label,
                 live_unit(indicator->unit, language, scene->worlds > 1));
    } else {
        qon_classes_make(&figure.classes, QON_QUANTILES, d->value, d->country->regions, 5);
        snprintf(caption, sizeof caption, LIVE_SAY(classes, language), label, live_unit(indicator->unit, language, scene->worlds > 1));
    }
    if (scene->mode == LIVE_DOTS) {
        char number[64];
        figure.dots = &dots;
        qon_format_number(number, sizeof number, qon_dots_each(&dots), 0, 0, language);
        snprintf(whole, sizeof whole, LIVE_SAY(dots, language), caption, number);
        figure.caption = whole;
    }
    double key = qon_choropleth_height(&figure, d->box.w) - qon_map_body_height(&d->map, d->box.w);
    qon_draw_choropleth(d->canvas, &figure, d->box);
    return view_of(&d->map, d->box, key);
}

static struct qon_view flows_draw(struct drawing *d) {
    const struct live_map_scene *scene = d->scene;
    int n = d->country->regions;
    struct qon_flow *flow = calloc((size_t)n * (size_t)n + 1, sizeof *flow);
    struct qon_arcs figure = {.map = &d->map, .flow = flow, .most = 40, .label = d->label};
    char caption[500], whole[800];
    if (!flow) {
        d->canvas->failed = true;
        return view_of(&d->map, d->box, 0);
    }
    memset(d->value, 0, (size_t)n * sizeof *d->value);
    const struct live_store *store = d->stores->of[scene->worlds - 1];
    for (int o = 0; o < n; o++) {
        for (int to = 0; to < n; to++) {
            double persons = 0;
            for (int s = scene->slot > 12 ? scene->slot - 11 : 1; s <= scene->slot; s++) {
                persons += store->month[s].flow[o * n + to];
            }
            if (o != to && persons > 0) {
                flow[figure.count++] = (struct qon_flow){o, to, persons};
                d->value[o] -= persons;
                d->value[to] += persons;
            }
        }
    }
    qon_flows_sort(flow, figure.count);
    figure.balance = d->value;
    double share;
    int shown = qon_arcs_shown(&figure, &share);
    snprintf(caption, sizeof caption, LIVE_SAY(flows, (enum qon_language)scene->language), shown, 100 * share);
    figure.caption = caption;
    if (scene->worlds > 1) { // flows are those of the second world
        snprintf(whole, sizeof whole, "%s: %s", store->title[scene->language], caption);
        figure.caption = whole;
    }
    double key = qon_arcs_height(&figure, d->box.w) - qon_map_body_height(&d->map, d->box.w);
    qon_draw_arcs(d->canvas, &figure, d->box);
    free(flow);
    return view_of(&d->map, d->box, key + 4);
}

void live_map_draw(struct qon_canvas *canvas, const struct live_country *country, const struct qon_map *map,
                   const struct live_stores *stores, const struct live_map_scene *scene, struct qon_view *view) {
    size_t n = (size_t)country->regions + 1;
    struct drawing d = {canvas,
                        country,
                        stores,
                        scene,
                        map_part(map, &scene->zoom),
                        {0, 6, scene->width, scene->height - 12},
                        calloc(n, sizeof *d.label),
                        calloc(n, sizeof *d.name),
                        calloc(n, sizeof *d.value),
                        calloc(n, sizeof *d.persons)};
    qon_draw_box(canvas, (struct qon_box){0, 0, scene->width, scene->height}, QON_PAPER, 1);
    *view = view_of(&d.map, d.box, 0);
    if (!d.label || !d.name || !d.value || !d.persons) {
        canvas->failed = true;
    } else if (stores->of[0] && scene->slot >= 0) {
        for (int r = 0; r < country->regions; r++) {
            enum live_kind kind = (enum live_kind)scene->kind;
            live_region_short(country, r, (enum qon_language)scene->language, d.name[r]);
            d.label[r] = d.name[r];
            d.value[r] = live_scene_value(country, stores, scene->worlds, scene->slot, scene->indicator, r, kind, true);
            d.persons[r] = live_value(country, stores->of[scene->worlds - 1], scene->slot, country->population, r, kind, true);
        }
        *view = scene->mode == LIVE_FLOWS ? flows_draw(&d) : values_draw(&d);
    }
    free(d.label);
    free(d.name);
    free(d.value);
    free(d.persons);
}
