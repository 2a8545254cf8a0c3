// SPDX-License-Identifier: GPL-3.0-or-later
// What the maps share: land, names, keys. Used by map.c, dots.c and flows.c only.
#ifndef QONYS_VIZ_MAP_PARTS_H
#define QONYS_VIZ_MAP_PARTS_H

#include "draw.h"

enum { QON_MARKER = 5 }; // radius of the disc that stands for a region too small to be seen

double qon_map_body_height(const struct qon_map *map, double width);
bool qon_map_is_small(const struct qon_map *map, const struct qon_view *view, int region);
// From here to cairo_restore nothing is drawn outside the body, if the map is cut.
void qon_map_body_begin(struct qon_canvas *canvas, const struct qon_map *map, struct qon_box body);
// ground: [region] colour below, from which dots must stand out; NULL: `colour` does.
void qon_map_dots(struct qon_canvas *canvas, const struct qon_map *map, const struct qon_dots *figure, const struct qon_view *view,
                  double size, int colour, const int *ground);
// Regions filled with colour[region], boundaries over them. lines: colour of boundaries.
void qon_map_fill(struct qon_canvas *canvas, const struct qon_map *map, const struct qon_view *view, const int *colour);
// Names (and second lines, NULL: none) where there is room for them without overlap.
void qon_map_names(struct qon_canvas *canvas, const struct qon_map *map, const struct qon_view *view, struct qon_box box,
                   const char *const *name, const char *const *second, const int *colour);

#endif
