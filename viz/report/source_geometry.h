// SPDX-License-Identifier: GPL-3.0-or-later
// Geometries of a GeoPackage as rings. Used by source.c only.
#ifndef QONYS_REPORT_SOURCE_GEOMETRY_H
#define QONYS_REPORT_SOURCE_GEOMETRY_H

#include "arena.h"
#include <qonys/scenario.h>

struct qon_rings {
    struct qon_arena *arena;
    int regions, region_room;
    int *region_part;
    int parts, part_room;
    int *part_point;
    bool *part_outer;
    int points, point_room;
    double *lon, *lat;
};

// Appends the polygons of one region (GeoPackage blob of a polygon or multipolygon, either byte order; no blob: a region without
// boundaries). false: malformed.
bool qon_rings_add(struct qon_rings *rings, const void *blob, size_t size);
void qon_rings_finish(struct qon_rings *rings, struct qon_boundaries *boundaries); // regions = 0 when no region has boundaries

#endif
