// SPDX-License-Identifier: GPL-3.0-or-later
// Boundaries of regions: a GeoJSON FeatureCollection (RFC 7946) of polygons, one feature a region, its id in properties.id.
#include "reading.h"
#include "text.h"
#include <qonys/memory.h>
#include <string.h>
#include <xxhash.h>

struct drawing {
    struct qon_reading *reading;
    struct qon_boundaries *boundaries;
    int32_t points;
    bool fill; // second pass: there is room now
};

static void fault(struct qon_reading *reading, const struct qon_json *node, const char *message) {
    char path[QON_JSON_PATH_MAX];
    qon_fault_add(reading->faults, qon_json_place(node, path), "%s", message);
}

static bool text_is(const struct qon_json *node, const char *text) {
    return node != NULL && node->type == QON_JSON_STRING && strcmp(node->text, text) == 0;
}

// [longitude, latitude], a height may follow.
static bool point_check(struct qon_reading *reading, const struct qon_json *point) {
    size_t count = point->type == QON_JSON_ARRAY ? qon_json_count(point) : 0;
    bool numbers = count >= 2 && count <= 3;
    for (const struct qon_json *one = point->child; one != NULL && numbers; one = one->next) {
        numbers = one->type == QON_JSON_NUMBER;
    }
    if (!numbers) {
        fault(reading, point, "expected a point [longitude, latitude]");
        return false;
    }
    double lon = point->child->number;
    double lat = point->child->next->number;
    if (lon < -180 || lon > 180 || lat < -90 || lat > 90) {
        fault(reading, point, "a longitude is -180 to 180 degrees and a latitude -90 to 90");
        return false;
    }
    return true;
}

static void ring_check(struct qon_reading *reading, const struct qon_json *ring) {
    if (ring->type != QON_JSON_ARRAY) {
        fault(reading, ring, "expected a ring, an array of points");
        return;
    }
    for (const struct qon_json *point = ring->child; point != NULL; point = point->next) {
        if (!point_check(reading, point)) {
            return;
        }
    }
    if (qon_json_count(ring) < 4) {
        fault(reading, ring, "a ring has at least four points");
        return;
    }
    const struct qon_json *first = ring->child->child;
    const struct qon_json *last = ring->last->child;
    if (first->number != last->number || first->next->number != last->next->number) {
        fault(reading, ring, "the ring is not closed: its last point must be its first");
    }
}

static void polygon_check(struct qon_reading *reading, const struct qon_json *polygon) {
    if (polygon->type != QON_JSON_ARRAY || polygon->child == NULL) {
        fault(reading, polygon, "expected a polygon, an array of rings");
        return;
    }
    for (const struct qon_json *ring = polygon->child; ring != NULL; ring = ring->next) {
        ring_check(reading, ring);
    }
}

static void geometry_check(struct qon_reading *reading, const struct qon_json *feature) {
    const struct qon_json *geometry = qon_json_given(feature, "geometry");
    const struct qon_json *type = qon_json_given(geometry, "type");
    const struct qon_json *coordinates = qon_json_given(geometry, "coordinates");
    if (coordinates == NULL || (!text_is(type, "Polygon") && !text_is(type, "MultiPolygon"))) {
        fault(reading, geometry == NULL ? feature : geometry, "expected a geometry of type Polygon or MultiPolygon with coordinates");
    } else if (text_is(type, "Polygon")) {
        polygon_check(reading, coordinates);
    } else if (coordinates->type != QON_JSON_ARRAY || coordinates->child == NULL) {
        fault(reading, coordinates, "expected an array of polygons");
    } else {
        for (const struct qon_json *polygon = coordinates->child; polygon != NULL; polygon = polygon->next) {
            polygon_check(reading, polygon);
        }
    }
}

// Row of the region that a feature bounds; -1 with a fault.
static int64_t region_find(struct qon_reading *reading, const struct qon_json *feature) {
    const struct qon_table_regions *regions = &reading->scenario->tables.regions;
    const struct qon_json *id = qon_json_given(qon_json_given(feature, "properties"), "id");
    id = id == NULL ? qon_json_given(feature, "id") : id;
    if (!text_is(qon_json_find(feature, "type"), "Feature") || id == NULL || id->type != QON_JSON_STRING) {
        fault(reading, feature, "expected a Feature with the text \"id\" in its properties");
        return -1;
    }
    int64_t region = qon_index_find(&qon_named_file(reading, "regions")->index, regions->id, id->text);
    if (region < 0) {
        char path[QON_JSON_PATH_MAX];
        char hint[128];
        qon_fault_add(reading->faults, qon_json_place(id, path), "%.60s is not in the table regions%s", id->text,
                      qon_nearest_text(id->text, (const char *const *)regions->id, (size_t)regions->rows, hint));
    }
    return region;
}

static void ring_draw(struct drawing *drawing, const struct qon_json *ring, bool outer) {
    struct qon_boundaries *boundaries = drawing->boundaries;
    if (drawing->fill) {
        boundaries->part_point[boundaries->parts] = drawing->points;
        boundaries->part_outer[boundaries->parts] = outer;
    }
    for (const struct qon_json *point = ring->child; point != NULL; point = point->next) {
        if (drawing->fill) {
            boundaries->lon_deg[drawing->points] = point->child->number;
            boundaries->lat_deg[drawing->points] = point->child->next->number;
        }
        drawing->points++;
    }
    boundaries->parts++;
}

static void polygon_draw(struct drawing *drawing, const struct qon_json *polygon) {
    for (const struct qon_json *ring = polygon->child; ring != NULL; ring = ring->next) {
        ring_draw(drawing, ring, ring == polygon->child);
    }
}

static void feature_draw(struct drawing *drawing, const struct qon_json *feature) {
    const struct qon_json *geometry = qon_json_find(feature, "geometry");
    const struct qon_json *coordinates = qon_json_find(geometry, "coordinates");
    if (text_is(qon_json_find(geometry, "type"), "Polygon")) {
        polygon_draw(drawing, coordinates);
        return;
    }
    for (const struct qon_json *polygon = coordinates->child; polygon != NULL; polygon = polygon->next) {
        polygon_draw(drawing, polygon);
    }
}

// Counts, takes memory, and fills: the same walk twice.
static enum qon_status draw_all(struct drawing *drawing, const struct qon_json *const *feature_of, int64_t regions) {
    enum qon_status status = QON_OK;
    struct qon_boundaries *boundaries = drawing->boundaries;
    for (int pass = 0; pass < 2; pass++) {
        drawing->fill = pass == 1;
        boundaries->parts = 0;
        drawing->points = 0;
        for (int64_t region = 0; region < regions; region++) {
            if (drawing->fill) {
                boundaries->region_part[region] = boundaries->parts;
            }
            feature_draw(drawing, feature_of[region]);
        }
        if (!drawing->fill) {
            QON_TRY(qon_take(&boundaries->region_part, (size_t)regions + 1, sizeof *boundaries->region_part));
            QON_TRY(qon_take(&boundaries->part_point, (size_t)boundaries->parts + 1, sizeof *boundaries->part_point));
            QON_TRY(qon_take(&boundaries->part_outer, (size_t)boundaries->parts, sizeof *boundaries->part_outer));
            QON_TRY(qon_take(&boundaries->lon_deg, (size_t)drawing->points, sizeof *boundaries->lon_deg));
            QON_TRY(qon_take(&boundaries->lat_deg, (size_t)drawing->points, sizeof *boundaries->lat_deg));
        }
    }
    boundaries->region_part[regions] = boundaries->parts;
    boundaries->part_point[boundaries->parts] = drawing->points;
    boundaries->regions = (int32_t)regions;
done:
    return status;
}

// Looks at every feature and finds the one of each region.
static void features_check(struct qon_reading *reading, const struct qon_json *features, const struct qon_json **feature_of) {
    const struct qon_table_regions *regions = &reading->scenario->tables.regions;
    for (const struct qon_json *feature = features->child; feature != NULL; feature = feature->next) {
        int64_t region = region_find(reading, feature);
        if (region >= 0 && feature_of[region] != NULL) {
            char path[QON_JSON_PATH_MAX];
            qon_fault_add(reading->faults, qon_json_place(feature, path), "%s has a boundary already, in line %d", regions->id[region],
                          feature_of[region]->line);
        } else if (region >= 0) {
            feature_of[region] = feature;
        }
        geometry_check(reading, feature);
    }
    for (int64_t region = 0; region < regions->rows; region++) {
        if (feature_of[region] == NULL) {
            struct qon_place place = {features->source->name, features->line, features->column, "features"};
            qon_fault_add(reading->faults, place, "the region %s has no boundary", regions->id[region]);
        }
    }
}

static enum qon_status collection_read(struct qon_reading *reading, const struct qon_json *root) {
    enum qon_status status = QON_OK;
    const struct qon_json **feature_of = NULL;
    const struct qon_json *features = qon_json_given(root, "features");
    int64_t regions = reading->scenario->tables.regions.rows;
    long before = reading->faults->count;
    if (!text_is(qon_json_find(root, "type"), "FeatureCollection") || features == NULL || features->type != QON_JSON_ARRAY) {
        fault(reading, root, "expected a GeoJSON FeatureCollection with an array of features");
        return QON_OK;
    }
    if (!qon_named_file(reading, "regions")->sound) { // whose boundaries these are cannot be told
        return QON_OK;
    }
    QON_TRY(qon_take(&feature_of, (size_t)regions, sizeof *feature_of));
    features_check(reading, features, feature_of);
    if (reading->faults->count == before) {
        struct drawing drawing = {.reading = reading, .boundaries = &reading->scenario->boundaries};
        QON_TRY(draw_all(&drawing, feature_of, regions));
    }
done:
    qon_free(feature_of);
    return status;
}

enum qon_status qon_boundaries_read(struct qon_reading *reading) {
    enum qon_status status = QON_OK;
    struct qon_named_file *file = &reading->boundaries;
    struct qon_json *node = qon_json_given(qon_json_given(reading->root, "geography"), "boundaries");
    char path[QON_JSON_PATH_MAX];
    char *text = NULL;
    size_t length;
    uint64_t pinned;
    if (node == NULL) {
        return QON_OK;
    }
    QON_TRY(qon_file_name_read(reading, node, file, &pinned));
    QON_TRY(qon_file_read(file->path, QON_JSON_BYTES_MAX, &text, &length, qon_json_place(node, path), reading->faults));
    file->hash = XXH64(text, length, 0);
    if (pinned != 0 && pinned != file->hash) {
        qon_fault_add(reading->faults, qon_json_place(node, path), "%s has changed: its xxhash64 is %016llx", file->path,
                      (unsigned long long)file->hash);
    }
    struct qon_json_source *source;
    struct qon_json *root;
    QON_TRY(qon_arena_take(&reading->arena, &source, sizeof *source));
    *source = (struct qon_json_source){file->path, ""};
    QON_TRY(qon_json_parse(&root, text, length, source, &reading->arena, reading->faults));
    QON_TRY(collection_read(reading, root));
done:
    qon_free(text);
    return status == QON_MACHINE ? QON_MACHINE : QON_OK; // a fault of the user's has been told
}
