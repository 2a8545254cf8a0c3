// SPDX-License-Identifier: GPL-3.0-or-later
// What is to be seen, as one plain value, and the two pictures made from it: the map and the panel beside it.
#ifndef QONYS_LIVE_SCENE_H
#define QONYS_LIVE_SCENE_H

#include "../draw/draw.h"
#include "simulate.h"
#include "values.h"

enum live_mode { LIVE_VALUES, LIVE_DOTS, LIVE_FLOWS, LIVE_MODES };

struct live_zoom {
    double factor; // 1: the whole map
    double x, y;   // centre, in units of the map
};

// Compared byte by byte, so made by memset and filled.
struct live_map_scene {
    int width, height; // of the map, in points
    double scale;      // pixels a point
    int dark, language, mode, kind, indicator, slot, worlds, starts;
    struct live_zoom zoom;
};
struct live_panel_scene {
    int width, height;
    double scale;
    int dark, language, kind, indicator, slot, worlds, starts, months;
    int region; // country->regions: the country
};
struct live_scene {
    struct live_map_scene map;
    struct live_panel_scene panel;
};

struct live_layout {
    struct qon_box top, map, panel, bottom;
};
void live_layout_make(struct live_layout *layout, double width, double height);

struct live_stores {
    struct live_store *of[LIVE_WORLDS];
};

// Draw with the surface's origin at the upper left corner. *view: how the map lies.
void live_map_draw(struct qon_canvas *canvas, const struct live_country *country, const struct qon_map *map,
                   const struct live_stores *stores, const struct live_map_scene *scene, struct qon_view *view);
void live_panel_draw(struct qon_canvas *canvas, const struct live_country *country, const struct live_stores *stores,
                     const struct live_panel_scene *scene);
// Of the difference of two worlds; NAN where either has none.
double live_scene_value(const struct live_country *country, const struct live_stores *stores, int worlds, int slot, int indicator,
                        int region, enum live_kind kind, bool year);
// Decimals that the values of an indicator need.
int live_digits(const struct live_country *country, int indicator);

#endif
