// SPDX-License-Identifier: GPL-3.0-or-later
// The painter: draws map and panel on a thread of its own, so that a frame of the window never waits for a map. It paints the newest
// scene asked for and drops those in between; while only the month changes it paints at most a few times a second.
#ifndef QONYS_LIVE_PAINTER_H
#define QONYS_LIVE_PAINTER_H

#include "scene.h"

struct live_painter;

struct live_painting { // the newest; surfaces are lent until the next live_painter_newest
    cairo_surface_t *map, *panel;
    struct live_scene scene; // what it shows
    struct qon_view view;    // how the map lies on its surface, in points
    int number;              // of the painting; 0: none yet
};

struct live_painter *live_painter_start(const struct live_country *country, const struct qon_map *map); // NULL: no thread
void live_painter_stop(struct live_painter *painter);
// Asks for a scene; the stores are held by the painter as long as it needs them.
void live_painter_ask(struct live_painter *painter, const struct live_scene *scene, const struct live_stores *stores);
void live_painter_newest(struct live_painter *painter, struct live_painting *painting);
double live_painter_seconds(struct live_painter *painter, int *paintings); // spent so far, for the report of frames

#endif
