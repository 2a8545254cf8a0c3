// SPDX-License-Identifier: GPL-3.0-or-later
// The reader of results files: small lists are read when the file is opened, series and flows when they are asked for.
#include "geopackage.h"

#include <math.h>
#include <qonys/memory.h>
#include <qonys/result_tables.h>
#include <qonys/results.h>
#include <string.h>

struct qon_results {
    sqlite3 *sqlite;
    char *path;
    int32_t runs, regions, zones, indicators;
    struct qon_results_run *run;
    struct qon_results_region *region;
    struct qon_results_zone *zone;
    struct qon_results_indicator *indicator;
    struct qon_boundaries boundaries;
};

// --- statements -------------------------------------------------------------------------------------------------------------------

static enum qon_status failed(const struct qon_results *results, struct qon_faults *faults) {
    struct qon_place place = {.file = results->path};
    int code = sqlite3_errcode(results->sqlite);
    if (code == SQLITE_NOTADB || code == SQLITE_ERROR || code == SQLITE_CORRUPT) {
        return qon_fault_add(faults, place, "is not a results file of qonys (%s); expected a results.gpkg that qonys wrote",
                             sqlite3_errmsg(results->sqlite));
    }
    return qon_fault_machine(faults, place, "cannot read: %s", sqlite3_errmsg(results->sqlite));
}

static enum qon_status prepare(const struct qon_results *results, const char *sql, sqlite3_stmt **statement, struct qon_faults *faults) {
    return sqlite3_prepare_v2(results->sqlite, sql, -1, statement, NULL) == SQLITE_OK ? QON_OK : failed(results, faults);
}

// *more: a row is there.
static enum qon_status step(const struct qon_results *results, sqlite3_stmt *statement, bool *more, struct qon_faults *faults) {
    int code = sqlite3_step(statement);
    *more = code == SQLITE_ROW;
    return code == SQLITE_ROW || code == SQLITE_DONE ? QON_OK : failed(results, faults);
}

static char *text(sqlite3_stmt *statement, int column) {
    return qon_string_copy((const char *)sqlite3_column_text(statement, column));
}

static double real(sqlite3_stmt *statement, int column) {
    return sqlite3_column_type(statement, column) == SQLITE_NULL ? (double)NAN : sqlite3_column_double(statement, column);
}

static int32_t month(sqlite3_stmt *statement, int column) {
    const char *value = (const char *)sqlite3_column_text(statement, column);
    return value ? qon_month_parse(value) : -1;
}

// Reads one row of a list into its item.
typedef void read_item(struct qon_results *results, void *item, sqlite3_stmt *statement);

static enum qon_status list_read(struct qon_results *results, const char *sql, size_t size, void *items, int32_t *count, read_item *read,
                                 struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    sqlite3_stmt *statement = NULL;
    char *list = NULL; // *items by its bytes: it is a pointer of another type
    bool more = true;
    QON_TRY(prepare(results, sql, &statement, faults));
    for (;;) {
        QON_TRY(step(results, statement, &more, faults));
        if (!more) {
            break;
        }
        QON_TRY(qon_grow(&list, (size_t)*count, (size_t)*count + 1, size));
        memcpy(items, &list, sizeof list);
        read(results, list + (size_t)*count * size, statement);
        (*count)++;
    }
done:
    sqlite3_finalize(statement);
    return status;
}

static void read_run(struct qon_results *results, void *item, sqlite3_stmt *statement) {
    struct qon_results_run *run = item;
    run->run = sqlite3_column_int(statement, 0);
    run->scenario = text(statement, 1);
    for (int language = 0; language < QON_LANGUAGES; language++) {
        run->title[language] = text(statement, 2 + language);
    }
    run->start = month(statement, 5);
    run->months = sqlite3_column_int(statement, 6);
}

static void read_region(struct qon_results *results, void *item, sqlite3_stmt *statement) {
    struct qon_results_region *region = item;
    region->id = text(statement, 0);
    for (int language = 0; language < QON_LANGUAGES; language++) {
        region->name[language] = text(statement, 1 + language);
    }
    region->macroregion = text(statement, 4);
}

static void read_zone(struct qon_results *results, void *item, sqlite3_stmt *statement) {
    struct qon_results_zone *zone = item;
    zone->id = text(statement, 0);
    zone->region = -1;
    const char *region = (const char *)sqlite3_column_text(statement, 1);
    for (int32_t r = 0; r < results->regions && region; r++) {
        if (results->region[r].id && strcmp(results->region[r].id, region) == 0) {
            zone->region = r;
        }
    }
    zone->kind = text(statement, 2);
    zone->lon_deg = real(statement, 3);
    zone->lat_deg = real(statement, 4);
    zone->area_km2 = real(statement, 5);
    zone->persons_start = real(statement, 6);
}

static void read_indicator(struct qon_results *results, void *item, sqlite3_stmt *statement) {
    struct qon_results_indicator *indicator = item;
    indicator->name = text(statement, 0);
    indicator->unit = text(statement, 1);
    indicator->meaning = text(statement, 2);
    for (int language = 0; language < QON_LANGUAGES; language++) {
        indicator->label[language] = text(statement, 3 + language);
    }
    indicator->flow = sqlite3_column_int(statement, 6) != 0;
    indicator->additive = sqlite3_column_int(statement, 7) != 0;
}

static enum qon_status boundaries_read(struct qon_results *results, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    sqlite3_stmt *statement = NULL;
    bool more = true;
    QON_TRY(prepare(results, "SELECT geom FROM region ORDER BY fid", &statement, faults));
    for (;;) {
        QON_TRY(step(results, statement, &more, faults));
        if (!more) {
            break;
        }
        const uint8_t *blob = sqlite3_column_blob(statement, 0);
        bool good = qon_geopackage_region_read(&results->boundaries, blob, sqlite3_column_bytes(statement, 0), &status);
        if (status == QON_OK && !good) {
            struct qon_place place = {.file = results->path};
            status = qon_fault_add(faults, place, "the boundaries of region %d are not of the form that qonys writes",
                                   results->boundaries.regions + 1);
        }
        QON_TRY(status);
    }
    if (results->boundaries.parts == 0) { // regions without shapes: none at all
        qon_free(results->boundaries.region_part);
        results->boundaries = (struct qon_boundaries){0};
    }
done:
    sqlite3_finalize(statement);
    return status;
}

static enum qon_status lists_read(struct qon_results *r, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    QON_TRY(list_read(r, "SELECT run, scenario, title_en, title_kk, title_ru, start, months FROM run ORDER BY fid", sizeof *r->run, &r->run,
                      &r->runs, read_run, faults));
    QON_TRY(list_read(r, "SELECT id, name_en, name_kk, name_ru, macroregion FROM region ORDER BY fid", sizeof *r->region, &r->region,
                      &r->regions, read_region, faults));
    QON_TRY(list_read(r, "SELECT id, region, kind, lon_deg, lat_deg, area_km2, persons_start FROM zone ORDER BY fid", sizeof *r->zone,
                      &r->zone, &r->zones, read_zone, faults));
    QON_TRY(list_read(r, "SELECT name, unit, meaning, label_en, label_kk, label_ru, flow, additive FROM indicator ORDER BY fid",
                      sizeof *r->indicator, &r->indicator, &r->indicators, read_indicator, faults));
    QON_TRY(boundaries_read(r, faults));
done:
    return status;
}

// --- opening and closing ----------------------------------------------------------------------------------------------------------

// Lists must be sound before anybody indexes with them.
static enum qon_status lists_check(const struct qon_results *r, struct qon_faults *faults) {
    bool good = true;
    for (int32_t i = 0; i < r->runs; i++) {
        good = good && r->run[i].start >= 0 && r->run[i].months >= 0 && r->run[i].months <= 12000;
    }
    for (int32_t z = 0; z < r->zones; z++) {
        good = good && r->zone[z].id && r->zone[z].region >= 0;
    }
    for (int32_t i = 0; i < r->indicators; i++) {
        good = good && r->indicator[i].name;
    }
    if (!good) {
        return qon_fault_add(faults, (struct qon_place){.file = r->path}, "is not a whole results file: its lists contradict each other");
    }
    return QON_OK;
}

enum qon_status qon_results_open(struct qon_results **out, const char *path, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct qon_results *results = NULL;
    *out = NULL;
    QON_TRY(qon_take(&results, 1, sizeof *results));
    results->path = qon_string_copy(path);
    if (sqlite3_open_v2(path, &results->sqlite, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK) {
        status = qon_fault_add(faults, (struct qon_place){.file = path}, "cannot open the results: %s", sqlite3_errmsg(results->sqlite));
        goto done;
    }
    QON_TRY(lists_read(results, faults));
    QON_TRY(lists_check(results, faults));
    *out = results;
done:
    if (status != QON_OK) {
        qon_results_close(results);
    }
    if (status == QON_MACHINE && faults && faults->count == 0) {
        (void)qon_fault_machine(faults, (struct qon_place){.file = path}, "not enough memory to read the results");
    }
    return status;
}

static void texts_free(char **texts, int count) {
    for (int i = 0; i < count; i++) {
        qon_free(texts[i]);
    }
}

void qon_results_close(struct qon_results *results) {
    if (!results) {
        return;
    }
    for (int32_t i = 0; i < results->runs; i++) {
        qon_free(results->run[i].scenario);
        texts_free(results->run[i].title, QON_LANGUAGES);
    }
    for (int32_t i = 0; i < results->regions; i++) {
        qon_free(results->region[i].id);
        qon_free(results->region[i].macroregion);
        texts_free(results->region[i].name, QON_LANGUAGES);
    }
    for (int32_t i = 0; i < results->zones; i++) {
        qon_free(results->zone[i].id);
        qon_free(results->zone[i].kind);
    }
    for (int32_t i = 0; i < results->indicators; i++) {
        qon_free(results->indicator[i].name);
        qon_free(results->indicator[i].unit);
        qon_free(results->indicator[i].meaning);
        texts_free(results->indicator[i].label, QON_LANGUAGES);
    }
    qon_free(results->run);
    qon_free(results->region);
    qon_free(results->zone);
    qon_free(results->indicator);
    qon_free(results->boundaries.region_part);
    qon_free(results->boundaries.part_point);
    qon_free(results->boundaries.part_outer);
    qon_free(results->boundaries.lon_deg);
    qon_free(results->boundaries.lat_deg);
    sqlite3_close_v2(results->sqlite);
    qon_free(results->path);
    qon_free(results);
}

const struct qon_results_run *qon_results_runs(const struct qon_results *results, int32_t *count) {
    *count = results->runs;
    return results->run;
}

const struct qon_results_region *qon_results_regions(const struct qon_results *results, int32_t *count) {
    *count = results->regions;
    return results->region;
}

const struct qon_results_zone *qon_results_zones(const struct qon_results *results, int32_t *count) {
    *count = results->zones;
    return results->zone;
}

const struct qon_results_indicator *qon_results_indicators(const struct qon_results *results, int32_t *count) {
    *count = results->indicators;
    return results->indicator;
}

const struct qon_boundaries *qon_results_boundaries(const struct qon_results *results) {
    return &results->boundaries;
}

int32_t qon_results_indicator_find(const struct qon_results *results, const char *name) {
    for (int32_t i = 0; i < results->indicators; i++) {
        if (strcmp(results->indicator[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

int32_t qon_results_zone_find(const struct qon_results *results, const char *id) {
    for (int32_t z = 0; z < results->zones; z++) {
        if (strcmp(results->zone[z].id, id) == 0) {
            return z;
        }
    }
    return -1;
}

// --- series, flows, targets, facts ------------------------------------------------------------------------------------------------

// Index of the zone named in a column: the country and, in flows, abroad (NULL) are index `zones`; -1 when unknown. Rows come sorted by
// zone or nearly, so the search starts where the last one ended.
static int32_t zone_at(const struct qon_results *results, sqlite3_stmt *statement, int column, int32_t *last) {
    const char *id = (const char *)sqlite3_column_text(statement, column);
    if (!id || strcmp(id, QON_RESULTS_ALL) == 0) {
        return results->zones;
    }
    for (int32_t i = 0; i < results->zones; i++) {
        int32_t z = (*last + i) % results->zones;
        if (strcmp(results->zone[z].id, id) == 0) {
            *last = z;
            return z;
        }
    }
    return -1;
}

static void fill_nan(double *values, int64_t count) {
    for (int64_t i = 0; i < count; i++) {
        values[i] = (double)NAN;
    }
}

enum qon_status qon_results_series(struct qon_results *results, const struct qon_results_run *run, int32_t indicator, int32_t zone,
                                   double *values, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    sqlite3_stmt *statement = NULL;
    bool more = true;
    QON_REQUIRE(indicator >= 0 && indicator < results->indicators && zone >= 0 && zone <= results->zones);
    fill_nan(values, run->months);
    QON_TRY(prepare(results, "SELECT month, value FROM series WHERE indicator = ? AND zone = ? AND run = ?", &statement, faults));
    const char *id = zone < results->zones ? results->zone[zone].id : QON_RESULTS_ALL;
    sqlite3_bind_text(statement, 1, results->indicator[indicator].name, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 2, id, -1, SQLITE_STATIC);
    sqlite3_bind_int(statement, 3, run->run);
    for (;;) {
        QON_TRY(step(results, statement, &more, faults));
        if (!more) {
            break;
        }
        int32_t index = month(statement, 0) - run->start;
        if (index >= 0 && index < run->months) {
            values[index] = real(statement, 1);
        }
    }
done:
    sqlite3_finalize(statement);
    return status;
}

enum qon_status qon_results_panel(struct qon_results *results, const struct qon_results_run *run, int32_t indicator, double *values,
                                  struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    sqlite3_stmt *statement = NULL;
    bool more = true;
    int32_t last = 0;
    QON_REQUIRE(indicator >= 0 && indicator < results->indicators);
    fill_nan(values, (int64_t)run->months * (results->zones + 1));
    QON_TRY(prepare(results, "SELECT month, zone, value FROM series WHERE indicator = ? AND run = ?", &statement, faults));
    sqlite3_bind_text(statement, 1, results->indicator[indicator].name, -1, SQLITE_STATIC);
    sqlite3_bind_int(statement, 2, run->run);
    for (;;) {
        QON_TRY(step(results, statement, &more, faults));
        if (!more) {
            break;
        }
        int32_t index = month(statement, 0) - run->start;
        int32_t zone = zone_at(results, statement, 1, &last);
        if (index >= 0 && index < run->months && zone >= 0) {
            values[(int64_t)index * (results->zones + 1) + zone] = real(statement, 2);
        }
    }
done:
    sqlite3_finalize(statement);
    return status;
}

enum qon_status qon_results_month(struct qon_results *results, const struct qon_results_run *run, int32_t month_index, double *values,
                                  struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    sqlite3_stmt *statement = NULL;
    bool more = true;
    int32_t last = 0;
    int32_t indicator = 0;
    char text_month[16];
    int64_t stride = (int64_t)results->zones + 1;
    fill_nan(values, results->indicators * stride);
    qon_month_format(run->start + month_index, text_month);
    QON_TRY(prepare(results, "SELECT indicator, zone, value FROM series WHERE month = ? AND run = ? ORDER BY fid", &statement, faults));
    sqlite3_bind_text(statement, 1, text_month, -1, SQLITE_STATIC);
    sqlite3_bind_int(statement, 2, run->run);
    for (;;) {
        QON_TRY(step(results, statement, &more, faults));
        if (!more) {
            break;
        }
        const char *name = (const char *)sqlite3_column_text(statement, 0);
        if (results->indicators > 0 && name && strcmp(results->indicator[indicator].name, name) != 0) {
            int32_t found = qon_results_indicator_find(results, name);
            if (found < 0) {
                continue;
            }
            indicator = found;
        }
        int32_t zone = zone_at(results, statement, 1, &last);
        if (name && zone >= 0 && results->indicators > 0) {
            values[indicator * stride + zone] = real(statement, 2);
        }
    }
done:
    sqlite3_finalize(statement);
    return status;
}

enum qon_status qon_results_flows(struct qon_results *results, const struct qon_results_run *run, int32_t from, int32_t to,
                                  const char *kind, double *persons, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    sqlite3_stmt *statement = NULL;
    bool more = true;
    int32_t last_origin = 0;
    int32_t last_destination = 0;
    char text_from[16], text_to[16];
    int64_t stride = (int64_t)results->zones + 1;
    memset(persons, 0, (size_t)(stride * stride) * sizeof *persons);
    qon_month_format(run->start + from, text_from);
    qon_month_format(run->start + to, text_to);
    QON_TRY(prepare(results,
                    "SELECT origin, destination, sum(persons) FROM flow WHERE run = ?1 AND month >= ?2 AND month < ?3 AND "
                    "(?4 IS NULL OR kind = ?4) GROUP BY origin, destination",
                    &statement, faults));
    sqlite3_bind_int(statement, 1, run->run);
    sqlite3_bind_text(statement, 2, text_from, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 3, text_to, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 4, kind, -1, SQLITE_STATIC);
    for (;;) {
        QON_TRY(step(results, statement, &more, faults));
        if (!more) {
            break;
        }
        int32_t origin = zone_at(results, statement, 0, &last_origin);
        int32_t destination = zone_at(results, statement, 1, &last_destination);
        if (origin >= 0 && destination >= 0) {
            persons[origin * stride + destination] += sqlite3_column_double(statement, 2);
        }
    }
done:
    sqlite3_finalize(statement);
    return status;
}

static void read_target(struct qon_results *results, void *item, sqlite3_stmt *statement) {
    struct qon_results_target *target = item;
    target->name = text(statement, 0);
    target->value = real(statement, 1);
    target->goal = real(statement, 2);
    target->applies = sqlite3_column_type(statement, 3) != SQLITE_NULL;
    target->met = sqlite3_column_int(statement, 3) != 0;
    target->at_most = sqlite3_column_int(statement, 4) != 0;
    for (int language = 0; language < QON_LANGUAGES; language++) {
        target->label[language] = text(statement, 5 + language);
    }
}

enum qon_status qon_results_targets(struct qon_results *results, const struct qon_results_run *run, struct qon_results_target **targets,
                                    int32_t *count, struct qon_faults *faults) {
    char sql[160];
    *targets = NULL;
    *count = 0;
    snprintf(sql, sizeof sql,
             "SELECT name, value, goal, met, at_most, label_en, label_kk, label_ru FROM target WHERE run = %d ORDER BY fid", run->run);
    enum qon_status status = list_read(results, sql, sizeof **targets, targets, count, read_target, faults);
    if (status != QON_OK) {
        qon_results_targets_free(*targets, *count);
        *targets = NULL;
        *count = 0;
    }
    return status;
}

void qon_results_targets_free(struct qon_results_target *targets, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        qon_free(targets[i].name);
        texts_free(targets[i].label, QON_LANGUAGES);
    }
    qon_free(targets);
}

char *qon_results_fact(struct qon_results *results, const struct qon_results_run *run, const char *column) {
    const struct qon_result_table *table = qon_result_table_find("run");
    int known = 0;
    while (known < qon_result_columns(table) && strcmp(table->columns[known].name, column) != 0) {
        known++;
    }
    if (known == qon_result_columns(table)) {
        return NULL;
    }
    char sql[160];
    char *fact = NULL;
    sqlite3_stmt *statement = NULL;
    snprintf(sql, sizeof sql, "SELECT %s FROM run WHERE run = %d", table->columns[known].name, run->run);
    if (sqlite3_prepare_v2(results->sqlite, sql, -1, &statement, NULL) == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW) {
        fact = text(statement, 0);
    }
    sqlite3_finalize(statement);
    return fact;
}
