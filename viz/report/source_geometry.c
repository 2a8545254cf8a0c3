// SPDX-License-Identifier: GPL-3.0-or-later
// GeoPackage binary (OGC 12-128) around well-known binary (OGC 06-103).
#include "source_geometry.h"
#include <math.h>
#include <stdint.h>
#include <string.h>

struct reader {
    const uint8_t *at, *end;
    bool little, good;
};

static uint64_t get(struct reader *reader, int bytes) {
    if (reader->end - reader->at < bytes) {
        reader->good = false;
        return 0;
    }
    uint64_t value = 0;
    for (int i = 0; i < bytes; i++) {
        value |= (uint64_t)reader->at[i] << 8 * (reader->little ? i : bytes - 1 - i);
    }
    reader->at += bytes;
    return value;
}

static double get_double(struct reader *reader) {
    uint64_t bits = get(reader, 8);
    double value;
    memcpy(&value, &bits, sizeof value);
    if (!isfinite(value)) {
        reader->good = false;
    }
    return value;
}

static uint32_t get_head(struct reader *reader) {
    reader->little = get(reader, 1) == 1;
    return (uint32_t)get(reader, 4);
}

static void room_make(struct qon_arena *arena, void *pointer, int used, int *room, int needed, size_t size) {
    void **items = pointer;
    if (needed > *room) {
        int more = needed + *room + 64;
        void *grown = qon_arena_take(arena, (size_t)more, size);
        if (used > 0) {
            memcpy(grown, *items, (size_t)used * size);
        }
        *items = grown;
        *room = more;
    }
}

static void ring_read(struct qon_rings *r, struct reader *reader, bool outer) {
    uint32_t count = (uint32_t)get(reader, 4);
    if (!reader->good || count > (size_t)(reader->end - reader->at) / 16 || count > (uint32_t)(INT32_MAX / 4 - r->points)) {
        reader->good = false;
        return;
    }
    int room = r->part_room;
    room_make(r->arena, &r->part_point, r->parts + 1, &room, r->parts + 2, sizeof *r->part_point);
    room_make(r->arena, &r->part_outer, r->parts, &r->part_room, r->parts + 2, sizeof *r->part_outer);
    room = r->point_room;
    room_make(r->arena, &r->lon, r->points, &room, r->points + (int)count, sizeof *r->lon);
    room_make(r->arena, &r->lat, r->points, &r->point_room, r->points + (int)count, sizeof *r->lat);
    for (uint32_t i = 0; i < count; i++) {
        r->lon[r->points] = get_double(reader);
        r->lat[r->points] = get_double(reader);
        r->points++;
    }
    r->part_outer[r->parts] = outer;
    r->part_point[++r->parts] = r->points;
}

static void polygon_read(struct qon_rings *r, struct reader *reader) {
    uint32_t count = (uint32_t)get(reader, 4);
    for (uint32_t i = 0; i < count && reader->good; i++) {
        ring_read(r, reader, i == 0);
    }
}

bool qon_rings_add(struct qon_rings *r, const void *blob, size_t size) {
    static const int envelope[8] = {0, 32, 48, 48, 64, -1, -1, -1};
    struct reader reader = {blob, (const uint8_t *)blob + size, true, true};
    if (!r->region_part) {
        room_make(r->arena, &r->region_part, 0, &r->region_room, 2, sizeof *r->region_part);
        int room = 0;
        room_make(r->arena, &r->part_point, 0, &room, 64, sizeof *r->part_point);
    }
    if (size > 0) {
        bool marked = size >= 8 && memcmp(blob, "GP", 2) == 0;
        int skip = marked ? envelope[reader.at[3] >> 1 & 7] : -1;
        if (skip < 0 || size < 8 + (size_t)skip) {
            return false;
        }
        reader.at += 8 + skip;
        uint32_t type = get_head(&reader);
        if (type == 3) {
            polygon_read(r, &reader);
        } else if (type == 6) {
            uint32_t polygons = (uint32_t)get(&reader, 4);
            for (uint32_t i = 0; i < polygons && reader.good; i++) {
                reader.good = get_head(&reader) == 3 && reader.good;
                polygon_read(r, &reader);
            }
        } else {
            return false;
        }
    }
    room_make(r->arena, &r->region_part, r->regions + 1, &r->region_room, r->regions + 2, sizeof *r->region_part);
    r->region_part[++r->regions] = r->parts;
    return reader.good;
}

void qon_rings_finish(struct qon_rings *r, struct qon_boundaries *boundaries) {
    if (r->parts == 0) {
        *boundaries = (struct qon_boundaries){0};
        return;
    }
    *boundaries = (struct qon_boundaries){.regions = r->regions,
                                          .region_part = r->region_part,
                                          .parts = r->parts,
                                          .part_point = r->part_point,
                                          .part_outer = r->part_outer,
                                          .lon_deg = r->lon,
                                          .lat_deg = r->lat};
}
