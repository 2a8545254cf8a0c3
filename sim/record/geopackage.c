// SPDX-License-Identifier: GPL-3.0-or-later
// GeoPackage by hand: OGC 12-128r17 (GeoPackage 1.3), well-known binary by OGC 06-103r4, little endian on any machine.
#include "geopackage.h"

#include <math.h>
#include <qonys/memory.h>
#include <qonys/result_tables.h>
#include <string.h>

// --- tables and registers ---------------------------------------------------------------------------------------------------------

static const char registers[] =
    "PRAGMA application_id=1196444487;" // "GPKG"
    "PRAGMA user_version=10300;"
    "CREATE TABLE gpkg_spatial_ref_sys(srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL,"
    " organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);"
    "CREATE TABLE gpkg_contents(table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE, description TEXT"
    " DEFAULT '', last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')), min_x DOUBLE, min_y DOUBLE, max_x DOUBLE,"
    " max_y DOUBLE, srs_id INTEGER, CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));"
    "CREATE TABLE gpkg_geometry_columns(table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, srs_id"
    " INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL, CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT"
    " uk_gc_table_name UNIQUE (table_name), CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name), CONSTRAINT"
    " fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));"
    "INSERT INTO gpkg_spatial_ref_sys VALUES"
    "('Undefined Cartesian SRS',-1,'NONE',-1,'undefined','undefined Cartesian coordinate reference system'),"
    "('Undefined geographic SRS',0,'NONE',0,'undefined','undefined geographic coordinate reference system'),"
    "('WGS 84 geodetic',4326,'EPSG',4326,'GEOGCS[\"WGS 84\",DATUM[\"WGS_1984\",SPHEROID[\"WGS "
    "84\",6378137,298.257223563,AUTHORITY[\"EPSG\","
    "\"7030\"]],AUTHORITY[\"EPSG\",\"6326\"]],PRIMEM[\"Greenwich\",0,AUTHORITY[\"EPSG\",\"8901\"]],UNIT[\"degree\",0.0174532925199433,"
    "AUTHORITY[\"EPSG\",\"9122\"]],AXIS[\"Latitude\",NORTH],AXIS[\"Longitude\",EAST],AUTHORITY[\"EPSG\",\"4326\"]]',"
    "'longitude/latitude coordinates in decimal degrees on the WGS 84 spheroid');";

struct envelope {
    double west, east, south, north;
};

static void envelope_add(struct envelope *envelope, const struct qon_boundaries *b, int32_t from, int32_t to) {
    for (int32_t i = from; i < to; i++) {
        envelope->west = fmin(envelope->west, b->lon_deg[i]);
        envelope->east = fmax(envelope->east, b->lon_deg[i]);
        envelope->south = fmin(envelope->south, b->lat_deg[i]);
        envelope->north = fmax(envelope->north, b->lat_deg[i]);
    }
}

static const struct envelope nowhere = {INFINITY, -INFINITY, INFINITY, -INFINITY};

static void table_sql(sqlite3_str *sql, const struct qon_result_table *table) {
    sqlite3_str_appendf(sql, "CREATE TABLE \"%w\"(fid INTEGER PRIMARY KEY NOT NULL", table->name);
    for (int i = 0; i < qon_result_columns(table); i++) {
        sqlite3_str_appendf(sql, ", \"%w\" %s", table->columns[i].name, table->columns[i].type);
    }
    sqlite3_str_appendall(sql, table->geometry ? ", geom MULTIPOLYGON);" : ");");
}

static void register_sql(sqlite3_str *sql, const struct qon_result_table *table, const struct envelope *all, const char *now) {
    sqlite3_str_appendf(sql, "INSERT INTO gpkg_contents VALUES(%Q,%Q,%Q,%Q,%Q,", table->name, table->geometry ? "features" : "attributes",
                        table->name, table->meaning, now);
    if (!table->geometry) {
        sqlite3_str_appendall(sql, "NULL,NULL,NULL,NULL,NULL);");
        return;
    }
    if (all->west <= all->east) {
        sqlite3_str_appendf(sql, "%!.15g,%!.15g,%!.15g,%!.15g,%d);", all->west, all->south, all->east, all->north, QON_GEOPACKAGE_SRS);
    } else {
        sqlite3_str_appendf(sql, "NULL,NULL,NULL,NULL,%d);", QON_GEOPACKAGE_SRS);
    }
    sqlite3_str_appendf(sql, "INSERT INTO gpkg_geometry_columns VALUES(%Q,'geom','MULTIPOLYGON',%d,0,0);", table->name, QON_GEOPACKAGE_SRS);
}

static void definition_sql(sqlite3_str *sql, const struct qon_result_table *table) {
    sqlite3_str_appendf(sql, "INSERT INTO definition(name, field, unit, meaning) VALUES(%Q,NULL,NULL,%Q)", table->name, table->meaning);
    for (int i = 0; i < qon_result_columns(table); i++) {
        const struct qon_result_column *column = &table->columns[i];
        sqlite3_str_appendf(sql, ",(%Q,%Q,%Q,%Q)", table->name, column->name, *column->unit ? column->unit : NULL, column->meaning);
    }
    sqlite3_str_appendall(sql, ";");
}

enum qon_status qon_geopackage_create(struct qon_database *database, const struct qon_boundaries *boundaries, const char *now) {
    struct envelope all = nowhere;
    if (boundaries->regions > 0) {
        envelope_add(&all, boundaries, 0, boundaries->part_point[boundaries->parts]);
    }
    size_t count = 0;
    const struct qon_result_table *tables = qon_result_tables(&count);
    sqlite3_str *sql = sqlite3_str_new(database->sqlite);
    sqlite3_str_appendall(sql, registers);
    for (size_t i = 0; i < count; i++) {
        table_sql(sql, &tables[i]);
    }
    for (size_t i = 0; i < count; i++) {
        register_sql(sql, &tables[i], &all, now);
        definition_sql(sql, &tables[i]);
    }
    char *text = sqlite3_str_finish(sql);
    struct qon_place place = {.file = database->path};
    enum qon_status status =
        text ? qon_database_run(database, text) : qon_fault_machine(database->faults, place, "out of memory while writing the results");
    sqlite3_free(text);
    return status;
}

// --- geometry out -----------------------------------------------------------------------------------------------------------------

struct cursor {
    uint8_t *at;
};

static void put_u32(struct cursor *cursor, uint32_t value) {
    for (int i = 0; i < 4; i++) {
        *cursor->at++ = (uint8_t)(value >> (8 * i));
    }
}

static void put_f64(struct cursor *cursor, double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    for (int i = 0; i < 8; i++) {
        *cursor->at++ = (uint8_t)(bits >> (8 * i));
    }
}

static void put_head(struct cursor *cursor, uint32_t type, uint32_t items) {
    *cursor->at++ = 1; // little endian
    put_u32(cursor, type);
    put_u32(cursor, items);
}

// 0: nothing to write.
static int32_t ring_points(const struct qon_boundaries *b, int32_t part, bool *open) {
    int32_t from = b->part_point[part];
    int32_t to = b->part_point[part + 1];
    *open = to > from && (b->lon_deg[from] != b->lon_deg[to - 1] || b->lat_deg[from] != b->lat_deg[to - 1]);
    return to - from + *open;
}

static void put_ring(struct cursor *cursor, const struct qon_boundaries *b, int32_t part) {
    bool open;
    put_u32(cursor, (uint32_t)ring_points(b, part, &open));
    int32_t from = b->part_point[part];
    int32_t to = b->part_point[part + 1];
    for (int32_t i = from; i < to; i++) {
        put_f64(cursor, b->lon_deg[i]);
        put_f64(cursor, b->lat_deg[i]);
    }
    if (open) {
        put_f64(cursor, b->lon_deg[from]);
        put_f64(cursor, b->lat_deg[from]);
    }
}

static void put_header(struct cursor *cursor, const struct envelope *envelope) {
    static const uint8_t mark[4] = {'G', 'P', 0, 0x03}; // version 0; little endian, envelope of x and y
    memcpy(cursor->at, mark, sizeof mark);
    cursor->at += sizeof mark;
    put_u32(cursor, QON_GEOPACKAGE_SRS);
    put_f64(cursor, envelope->west);
    put_f64(cursor, envelope->east);
    put_f64(cursor, envelope->south);
    put_f64(cursor, envelope->north);
}

enum { WKB_POLYGON = 3, WKB_MULTIPOLYGON = 6, WKB_HEAD = 9, POINT_BYTES = 16, COUNT_BYTES = 4 };

enum qon_status qon_geopackage_region(const struct qon_boundaries *b, int32_t region, uint8_t **blob, int64_t *length) {
    *blob = NULL;
    *length = 0;
    int32_t from = b->region_part[region];
    int32_t to = b->region_part[region + 1];
    while (from < to && !b->part_outer[from]) {
        from++; // a hole before any outer ring is in nothing
    }
    struct envelope envelope = nowhere;
    uint32_t polygons = 0;
    int64_t size = QON_GEOPACKAGE_HEADER + WKB_HEAD;
    for (int32_t part = from; part < to; part++) {
        bool open;
        polygons += b->part_outer[part];
        size += COUNT_BYTES + (int64_t)POINT_BYTES * ring_points(b, part, &open) + (b->part_outer[part] ? WKB_HEAD : 0);
        envelope_add(&envelope, b, b->part_point[part], b->part_point[part + 1]);
    }
    if (polygons == 0) {
        return QON_OK;
    }
    enum qon_status status = qon_take(blob, (size_t)size, 1);
    if (status != QON_OK) {
        return status;
    }
    struct cursor cursor = {*blob};
    put_header(&cursor, &envelope);
    put_head(&cursor, WKB_MULTIPOLYGON, polygons);
    for (int32_t part = from; part < to;) {
        int32_t end = part + 1;
        while (end < to && !b->part_outer[end]) {
            end++;
        }
        put_head(&cursor, WKB_POLYGON, (uint32_t)(end - part));
        for (; part < end; part++) {
            put_ring(&cursor, b, part);
        }
    }
    QON_REQUIRE(cursor.at == *blob + size);
    *length = size;
    return QON_OK;
}

// --- geometry in ------------------------------------------------------------------------------------------------------------------

struct reader {
    const uint8_t *at;
    const uint8_t *end;
    bool good;
};

static uint32_t get_u32(struct reader *reader) {
    if (reader->end - reader->at < 4) {
        reader->good = false;
        return 0;
    }
    uint32_t value = 0;
    for (int i = 0; i < 4; i++) {
        value |= (uint32_t)*reader->at++ << (8 * i);
    }
    return value;
}

static double get_f64(struct reader *reader) {
    uint64_t low = get_u32(reader);
    uint64_t bits = low | (uint64_t)get_u32(reader) << 32;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint32_t get_head(struct reader *reader, uint32_t type) {
    if (reader->at >= reader->end || *reader->at++ != 1 || get_u32(reader) != type) {
        reader->good = false;
    }
    return get_u32(reader);
}

static enum qon_status read_ring(struct qon_boundaries *b, struct reader *reader, bool outer) {
    enum qon_status status = QON_OK;
    uint32_t points = get_u32(reader);
    if (!reader->good || points > (uint64_t)(reader->end - reader->at) / POINT_BYTES) {
        reader->good = false;
        goto done;
    }
    int32_t from = b->parts ? b->part_point[b->parts] : 0;
    QON_TRY(qon_grow(&b->part_point, b->parts ? (size_t)b->parts + 1 : 0, (size_t)b->parts + 2, sizeof(int32_t)));
    QON_TRY(qon_grow(&b->part_outer, (size_t)b->parts, (size_t)b->parts + 1, sizeof(bool)));
    QON_TRY(qon_grow(&b->lon_deg, (size_t)from, (size_t)from + points, sizeof(double)));
    QON_TRY(qon_grow(&b->lat_deg, (size_t)from, (size_t)from + points, sizeof(double)));
    for (uint32_t i = 0; i < points; i++) {
        b->lon_deg[from + (int32_t)i] = get_f64(reader);
        b->lat_deg[from + (int32_t)i] = get_f64(reader);
    }
    b->part_outer[b->parts] = outer;
    b->part_point[++b->parts] = from + (int32_t)points;
done:
    return status;
}

bool qon_geopackage_region_read(struct qon_boundaries *b, const uint8_t *blob, int64_t length, enum qon_status *status_out) {
    enum qon_status status = QON_OK;
    struct reader reader = {blob, blob + length, true};
    if (length > 0 && (length < QON_GEOPACKAGE_HEADER || memcmp(blob, "GP\0\3", 4) != 0)) {
        return false;
    }
    reader.at += length > 0 ? QON_GEOPACKAGE_HEADER : 0;
    uint32_t polygons = length > 0 ? get_head(&reader, WKB_MULTIPOLYGON) : 0;
    for (uint32_t p = 0; p < polygons && reader.good; p++) {
        uint32_t rings = get_head(&reader, WKB_POLYGON);
        for (uint32_t r = 0; r < rings && reader.good; r++) {
            QON_TRY(read_ring(b, &reader, r == 0));
        }
    }
    QON_TRY(qon_grow(&b->region_part, b->regions ? (size_t)b->regions + 1 : 0, (size_t)b->regions + 2, sizeof(int32_t)));
    b->region_part[++b->regions] = b->parts;
done:
    *status_out = status;
    return reader.good;
}
