// SPDX-License-Identifier: GPL-3.0-or-later
// Boundaries on an equal-area projection (Snyder 1987, sections 10 and 14), so that areas on the map are areas on the ground.
#include "draw.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void qon_projection_fit(struct qon_projection *projection, double west, double south, double east, double north) {
    double radian = M_PI / 180;
    double low = (south + (north - south) / 6) * radian;
    double high = (north - (north - south) / 6) * radian;
    projection->lon0 = 0.5 * (west + east) * radian;
    projection->n = 0.5 * (sin(low) + sin(high));
    if (fabs(projection->n) < 0.02) {
        projection->n = 0;
        projection->c = cos(fmax(fabs(low), fabs(high)));
        projection->rho0 = 0;
        return;
    }
    projection->c = cos(low) * cos(low) + 2 * projection->n * sin(low);
    double middle = 0.5 * (south + north) * radian;
    projection->rho0 = sqrt(projection->c - 2 * projection->n * sin(middle)) / projection->n;
}

void qon_project(const struct qon_projection *projection, double lon_deg, double lat_deg, double *x, double *y) {
    double lon = lon_deg * M_PI / 180 - projection->lon0;
    lon -= 2 * M_PI * floor((lon + M_PI) / (2 * M_PI));
    double sine = sin(lat_deg * M_PI / 180);
    if (projection->n == 0) {
        *x = lon * projection->c;
        *y = sine / projection->c;
        return;
    }
    double rho = sqrt(fmax(0, projection->c - 2 * projection->n * sine)) / projection->n;
    double theta = projection->n * lon;
    *x = rho * sin(theta);
    *y = projection->rho0 - rho * cos(theta);
}

// West and east of points on a circle: the complement of the widest gap, so that a country across the date line stays whole.
static int compare_doubles(const void *a, const void *b) {
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static bool longitudes(const double *lon, int count, double *west, double *east) {
    double *sorted = malloc(sizeof *sorted * (size_t)count);
    if (!sorted) {
        return false;
    }
    memcpy(sorted, lon, sizeof *sorted * (size_t)count);
    qsort(sorted, (size_t)count, sizeof *sorted, compare_doubles);
    double gap = sorted[0] + 360 - sorted[count - 1];
    *west = sorted[0];
    *east = sorted[count - 1];
    for (int i = 1; i < count; i++) {
        if (sorted[i] - sorted[i - 1] > gap) {
            gap = sorted[i] - sorted[i - 1];
            *west = sorted[i];
            *east = sorted[i - 1] + 360;
        }
    }
    free(sorted);
    return true;
}

static int region_of_ring_end(const struct qon_map_region *region) {
    return region->first_ring + region->rings;
}

bool qon_map_inside(const struct qon_map *map, int region, double x, double y) {
    const struct qon_map_region *r = &map->region[region];
    if (x < r->x0 || x > r->x1 || y < r->y0 || y > r->y1) {
        return false;
    }
    bool inside = false;
    for (int ring = r->first_ring; ring < region_of_ring_end(r); ring++) {
        int from = map->ring_point[ring];
        int to = map->ring_point[ring + 1];
        for (int i = from, j = to - 1; i < to; j = i++) {
            if ((map->y[i] > y) != (map->y[j] > y) && x < map->x[i] + (map->x[j] - map->x[i]) * (y - map->y[i]) / (map->y[j] - map->y[i])) {
                inside = !inside;
            }
        }
    }
    return inside;
}

static double boundary_distance(const struct qon_map *map, int region, double x, double y) {
    const struct qon_map_region *r = &map->region[region];
    double best = DBL_MAX;
    for (int ring = r->first_ring; ring < region_of_ring_end(r); ring++) {
        int to = map->ring_point[ring + 1];
        for (int i = map->ring_point[ring], j = to - 1; i < to; j = i++) {
            double dx = map->x[j] - map->x[i];
            double dy = map->y[j] - map->y[i];
            double square = dx * dx + dy * dy;
            double t = square > 0 ? ((x - map->x[i]) * dx + (y - map->y[i]) * dy) / square : 0;
            t = fmin(1, fmax(0, t));
            double ex = map->x[i] + t * dx - x;
            double ey = map->y[i] + t * dy - y;
            best = fmin(best, ex * ex + ey * ey);
        }
    }
    return sqrt(best);
}

// The point farthest from the boundary: a grid, then finer grids about the best point.
static void label_find(const struct qon_map *map, int region) {
    struct qon_map_region *r = &map->region[region];
    double cx = 0.5 * (r->x0 + r->x1);
    double cy = 0.5 * (r->y0 + r->y1);
    double hx = 0.5 * (r->x1 - r->x0);
    double hy = 0.5 * (r->y1 - r->y0);
    r->label_x = cx;
    r->label_y = cy;
    r->room = 0;
    for (int level = 0; level < 4; level++) {
        int half = level == 0 ? 14 : 5;
        for (int i = -half; i <= half; i++) {
            for (int j = -half; j <= half; j++) {
                double x = cx + hx * i / half;
                double y = cy + hy * j / half;
                if (!qon_map_inside(map, region, x, y)) {
                    continue;
                }
                double distance = boundary_distance(map, region, x, y);
                if (distance > r->room) {
                    r->room = distance;
                    r->label_x = x;
                    r->label_y = y;
                }
            }
        }
        cx = r->label_x;
        cy = r->label_y;
        hx *= level == 0 ? 1.0 / 14 : 0.3;
        hy *= level == 0 ? 1.0 / 14 : 0.3;
    }
}

static void region_measure(struct qon_map *map, int region) {
    struct qon_map_region *r = &map->region[region];
    r->x0 = r->y0 = DBL_MAX;
    r->x1 = r->y1 = -DBL_MAX;
    r->area = 0;
    for (int ring = r->first_ring; ring < region_of_ring_end(r); ring++) {
        int to = map->ring_point[ring + 1];
        for (int i = map->ring_point[ring], j = to - 1; i < to; j = i++) {
            r->x0 = fmin(r->x0, map->x[i]);
            r->x1 = fmax(r->x1, map->x[i]);
            r->y0 = fmin(r->y0, map->y[i]);
            r->y1 = fmax(r->y1, map->y[i]);
            r->area += 0.5 * (map->x[j] * map->y[i] - map->x[i] * map->y[j]);
        }
    }
    r->area = fabs(r->area);
    label_find(map, region);
    map->x0 = fmin(map->x0, r->x0);
    map->x1 = fmax(map->x1, r->x1);
    map->y0 = fmin(map->y0, r->y0);
    map->y1 = fmax(map->y1, r->y1);
}

bool qon_map_make(struct qon_map *map, const struct qon_boundaries *boundaries) {
    memset(map, 0, sizeof *map);
    int rings = boundaries->parts;
    int points = rings > 0 ? boundaries->part_point[rings] : 0;
    double west, east;
    if (boundaries->regions < 1 || points < 3 || !longitudes(boundaries->lon_deg, points, &west, &east)) {
        return false;
    }
    map->region = calloc((size_t)boundaries->regions, sizeof *map->region);
    map->ring_point = malloc(sizeof *map->ring_point * (size_t)(rings + 1));
    map->x = malloc(sizeof *map->x * (size_t)points);
    map->y = malloc(sizeof *map->y * (size_t)points);
    if (!map->region || !map->ring_point || !map->x || !map->y) {
        qon_map_free(map);
        return false;
    }
    double south = 90;
    double north = -90;
    for (int i = 0; i < points; i++) {
        south = fmin(south, boundaries->lat_deg[i]);
        north = fmax(north, boundaries->lat_deg[i]);
    }
    struct qon_projection projection;
    qon_projection_fit(&projection, west, south, east, north);
    for (int i = 0; i < points; i++) {
        qon_project(&projection, boundaries->lon_deg[i], boundaries->lat_deg[i], &map->x[i], &map->y[i]);
        map->y[i] = -map->y[i];
    }
    memcpy(map->ring_point, boundaries->part_point, sizeof *map->ring_point * (size_t)(rings + 1));
    map->rings = rings;
    map->regions = boundaries->regions;
    map->x0 = map->y0 = DBL_MAX;
    map->x1 = map->y1 = -DBL_MAX;
    for (int r = 0; r < map->regions; r++) {
        map->region[r].first_ring = boundaries->region_part[r];
        map->region[r].rings = boundaries->region_part[r + 1] - boundaries->region_part[r];
        if (map->region[r].rings > 0) {
            region_measure(map, r);
        }
    }
    return true;
}

void qon_map_free(struct qon_map *map) {
    free(map->region);
    free(map->ring_point);
    free(map->x);
    free(map->y);
    memset(map, 0, sizeof *map);
}

struct qon_view qon_map_view(const struct qon_map *map, struct qon_box box) {
    struct qon_view view = {1, box.x, box.y};
    double w = map->x1 - map->x0;
    double h = map->y1 - map->y0;
    if (map->regions > 0 && w > 0 && h > 0) {
        view.scale = fmin(box.w / w, box.h / h);
        view.dx = box.x + 0.5 * (box.w - view.scale * w) - view.scale * map->x0;
        view.dy = box.y + 0.5 * (box.h - view.scale * h) - view.scale * map->y0;
    }
    return view;
}

int qon_map_find(const struct qon_map *map, const struct qon_view *view, double px, double py) {
    double x = (px - view->dx) / view->scale;
    double y = (py - view->dy) / view->scale;
    int found = -1;
    for (int r = 0; r < map->regions; r++) {
        // A city lies within its province where boundaries overlap: the smaller one is meant.
        if (map->region[r].rings > 0 && qon_map_inside(map, r, x, y) && (found < 0 || map->region[r].area < map->region[found].area)) {
            found = r;
        }
    }
    return found;
}
