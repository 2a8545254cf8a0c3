// SPDX-License-Identifier: GPL-3.0-or-later
// Opening a results file and reading its lists and series.
#include "source.h"
#include "source_geometry.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

sqlite3_stmt *qon_source_query(struct qon_source *source, const char *sql) {
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(source->sqlite, sql, -1, &statement, NULL) != SQLITE_OK) {
        fprintf(stderr, "qonys-report: %s: %s\n", source->path, sqlite3_errmsg(source->sqlite));
        exit(QON_MACHINE);
    }
    return statement;
}

bool qon_source_next(struct qon_source *source, sqlite3_stmt *statement) {
    int code = sqlite3_step(statement);
    if (code != SQLITE_ROW && code != SQLITE_DONE) {
        fprintf(stderr, "qonys-report: %s: %s\n", source->path, sqlite3_errmsg(source->sqlite));
        exit(QON_MACHINE);
    }
    return code == SQLITE_ROW;
}

const char *qon_source_text(struct qon_source *source, sqlite3_stmt *statement, int column) {
    const char *text = (const char *)sqlite3_column_text(statement, column);
    return text ? qon_arena_copy(source->arena, text) : NULL;
}

double qon_source_number(sqlite3_stmt *statement, int column) {
    return sqlite3_column_type(statement, column) == SQLITE_NULL ? NAN : sqlite3_column_double(statement, column);
}

static bool has_table(struct qon_source *source, const char *table) {
    sqlite3_stmt *statement = qon_source_query(source, "SELECT 1 FROM sqlite_master WHERE type='table' AND name=?");
    sqlite3_bind_text(statement, 1, table, -1, SQLITE_STATIC);
    bool found = qon_source_next(source, statement);
    sqlite3_finalize(statement);
    return found;
}

bool qon_source_has(struct qon_source *source, const char *table) {
    if (!has_table(source, table)) {
        return false;
    }
    char *sql = sqlite3_mprintf("SELECT 1 FROM \"%w\" LIMIT 1", table);
    sqlite3_stmt *statement = qon_source_query(source, sql ? sql : "");
    bool found = qon_source_next(source, statement);
    sqlite3_finalize(statement);
    sqlite3_free(sql);
    return found;
}

int32_t qon_month_parse(const char *text) {
    int year, month;
    if (!text || sscanf(text, "%4d-%2d", &year, &month) != 2 || year < 1900 || month < 1 || month > 12) {
        return -1;
    }
    return (year - 1900) * 12 + month - 1;
}

static int count_rows(struct qon_source *source, const char *table) {
    char *sql = sqlite3_mprintf("SELECT count(*) FROM \"%w\"", table);
    sqlite3_stmt *statement = qon_source_query(source, sql ? sql : "");
    int count = qon_source_next(source, statement) ? sqlite3_column_int(statement, 0) : 0;
    sqlite3_finalize(statement);
    sqlite3_free(sql);
    return count;
}

static void read_runs(struct qon_source *source) {
    source->run = qon_arena_take(source->arena, (size_t)count_rows(source, "run") + 1, sizeof *source->run);
    sqlite3_stmt *s = qon_source_query(source, "SELECT run, scenario, title_en, title_kk, title_ru, start, months FROM run ORDER BY run");
    while (qon_source_next(source, s)) {
        struct qon_source_run *run = &source->run[source->runs];
        run->number = sqlite3_column_int(s, 0);
        run->scenario = qon_source_text(source, s, 1);
        run->scenario = run->scenario ? run->scenario : "";
        for (int l = 0; l < QON_LANGUAGES; l++) {
            const char *title = qon_source_text(source, s, 2 + l);
            run->title[l] = title && *title ? title : run->scenario;
        }
        run->start = qon_month_parse((const char *)sqlite3_column_text(s, 5));
        run->months = sqlite3_column_int(s, 6);
        source->runs += run->start >= 0 && run->months > 0;
    }
    sqlite3_finalize(s);
}

// "Akmola Region" is Akmola on a map; a city stays a city.
static const char *shorten(struct qon_source *source, const char *name, enum qon_language language) {
    static const char *const cut[QON_LANGUAGES] = {[QON_EN] = " Region", [QON_KK] = " облысы", [QON_RU] = " область"};
    size_t length = strlen(name);
    size_t tail = strlen(cut[language]);
    char *copy = qon_arena_copy(source->arena, name);
    if (length > tail && strcmp(name + length - tail, cut[language]) == 0) {
        copy[length - tail] = 0;
    } else if (language == QON_RU && strncmp(name, "город ", strlen("город ")) == 0) {
        return qon_arena_format(source->arena, "г.\xc2\xa0%s", name + strlen("город "));
    } else if (language == QON_KK && length > strlen(" қаласы") && strcmp(name + length - strlen(" қаласы"), " қаласы") == 0) {
        copy[length - strlen(" қаласы")] = 0;
        return qon_arena_format(source->arena, "%s\xc2\xa0қ.", copy);
    }
    return copy;
}

static bool read_regions(struct qon_source *source) {
    int most = count_rows(source, "region");
    source->region = qon_arena_take(source->arena, (size_t)most + 1, sizeof *source->region);
    sqlite3_stmt *s = qon_source_query(source, "SELECT id, name_en, name_kk, name_ru, geom FROM region ORDER BY fid");
    struct qon_rings rings = {.arena = source->arena};
    bool good = true;
    while (good && qon_source_next(source, s)) {
        struct qon_source_region *region = &source->region[source->regions++];
        region->id = qon_source_text(source, s, 0);
        for (int l = 0; l < QON_LANGUAGES; l++) {
            const char *name = qon_source_text(source, s, 1 + l);
            region->name[l] = name && *name ? name : region->id;
            region->shorter[l] = shorten(source, region->name[l], (enum qon_language)l);
        }
        good = qon_rings_add(&rings, sqlite3_column_blob(s, 4), (size_t)sqlite3_column_bytes(s, 4));
    }
    sqlite3_finalize(s);
    if (good) {
        qon_rings_finish(&rings, &source->boundaries);
    }
    return good;
}

static void read_zones(struct qon_source *source) {
    source->zone = qon_arena_take(source->arena, (size_t)count_rows(source, "zone") + 1, sizeof *source->zone);
    sqlite3_stmt *s = qon_source_query(source, "SELECT id, region, kind, area_km2, persons_start FROM zone ORDER BY fid");
    while (qon_source_next(source, s)) {
        struct qon_source_zone *zone = &source->zone[source->zones++];
        zone->id = qon_source_text(source, s, 0);
        zone->region = qon_source_region(source, (const char *)sqlite3_column_text(s, 1));
        zone->kind = qon_source_text(source, s, 2);
        zone->area_km2 = qon_source_number(s, 3);
        zone->persons_start = qon_source_number(s, 4);
    }
    sqlite3_finalize(s);
}

static void read_indicators(struct qon_source *source) {
    source->indicator = qon_arena_take(source->arena, (size_t)count_rows(source, "indicator") + 1, sizeof *source->indicator);
    sqlite3_stmt *s = qon_source_query(
        source, "SELECT name, unit, meaning, source, label_en, label_kk, label_ru, flow, additive FROM indicator ORDER BY fid");
    while (qon_source_next(source, s)) {
        struct qon_source_indicator *indicator = &source->indicator[source->indicators++];
        indicator->name = qon_source_text(source, s, 0);
        indicator->unit = qon_source_text(source, s, 1);
        indicator->meaning = qon_source_text(source, s, 2);
        indicator->source = qon_source_text(source, s, 3);
        for (int l = 0; l < QON_LANGUAGES; l++) {
            const char *label = qon_source_text(source, s, 4 + l);
            indicator->label[l] = label && *label ? label : indicator->name;
        }
        indicator->flow = sqlite3_column_int(s, 7) != 0;
        indicator->additive = sqlite3_column_int(s, 8) != 0;
    }
    sqlite3_finalize(s);
}

static bool fail(struct qon_source *source, enum qon_status *status, enum qon_status code, const char *text) {
    snprintf(source->fault, sizeof source->fault, "%s: %s", source->path, text);
    *status = code;
    return false;
}

bool qon_source_open(struct qon_source *source, struct qon_arena *arena, const char *path, enum qon_status *status) {
    *source = (struct qon_source){.arena = arena, .path = path};
    *status = QON_OK;
    // A mistyped name must not become an empty database.
    FILE *file = fopen(path, "rb");
    if (!file) {
        return fail(source, status, QON_USER, "there is no such file, or it cannot be read; expected results.gpkg of a run");
    }
    char head[16] = {0};
    size_t got = fread(head, 1, sizeof head, file);
    fclose(file);
    if (got < sizeof head || memcmp(head, "SQLite format 3", 16) != 0) {
        return fail(source, status, QON_USER, "is no results file; expected results.gpkg of a run");
    }
    if (sqlite3_open_v2(path, &source->sqlite, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK) {
        return fail(source, status, QON_MACHINE, sqlite3_errmsg(source->sqlite));
    }
    static const char *const needed[] = {"run", "region", "zone", "indicator", "series", "flow", "programme", "target", "effect", "ledger"};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        if (!has_table(source, needed[i])) {
            return fail(source, status, QON_USER, qon_arena_format(arena, "is no results file: it has no table '%s'", needed[i]));
        }
    }
    read_runs(source);
    if (!read_regions(source)) {
        return fail(source, status, QON_USER, "the boundaries of a region cannot be read");
    }
    read_zones(source);
    read_indicators(source);
    if (source->runs == 0) {
        return fail(source, status, QON_USER, "holds no run");
    }
    return true;
}

void qon_source_close(struct qon_source *source) {
    sqlite3_close_v2(source->sqlite);
    source->sqlite = NULL;
}

int qon_source_indicator(const struct qon_source *source, const char *name) {
    for (int i = 0; i < source->indicators; i++) {
        if (strcmp(source->indicator[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

int qon_source_zone(const struct qon_source *source, const char *id) {
    for (int i = 0; id && i < source->zones; i++) {
        if (strcmp(source->zone[i].id, id) == 0) {
            return i;
        }
    }
    return id && strcmp(id, "ALL") == 0 ? source->zones : -1;
}

int qon_source_region(const struct qon_source *source, const char *id) {
    for (int i = 0; id && i < source->regions; i++) {
        if (strcmp(source->region[i].id, id) == 0) {
            return i;
        }
    }
    return -1;
}

const double *qon_source_panel(struct qon_source *source, int run, const char *name) {
    int indicator = qon_source_indicator(source, name);
    if (indicator < 0) {
        return NULL;
    }
    for (struct qon_panel *panel = source->panels; panel; panel = panel->next) {
        if (panel->run == run && panel->indicator == indicator) {
            return panel->value;
        }
    }
    const struct qon_source_run *r = &source->run[run];
    size_t size = (size_t)r->months * (size_t)(source->zones + 1);
    struct qon_panel *panel = qon_arena_take(source->arena, 1, sizeof *panel);
    double *value = qon_arena_take(source->arena, size, sizeof *value);
    for (size_t i = 0; i < size; i++) {
        value[i] = NAN;
    }
    sqlite3_stmt *s = qon_source_query(source, "SELECT month, zone, value FROM series WHERE indicator=? AND run=?");
    sqlite3_bind_text(s, 1, name, -1, SQLITE_STATIC);
    sqlite3_bind_int(s, 2, r->number);
    bool found = false;
    while (qon_source_next(source, s)) {
        int32_t month = qon_month_parse((const char *)sqlite3_column_text(s, 0)) - r->start;
        int zone = qon_source_zone(source, (const char *)sqlite3_column_text(s, 1));
        if (month >= 0 && month < r->months && zone >= 0) {
            value[(size_t)month * (size_t)(source->zones + 1) + (size_t)zone] = qon_source_number(s, 2);
            found = true;
        }
    }
    sqlite3_finalize(s);
    *panel = (struct qon_panel){run, indicator, found ? value : NULL, source->panels};
    source->panels = panel;
    return panel->value;
}

const double *qon_source_country(struct qon_source *source, int run, const char *indicator) {
    const double *panel = qon_source_panel(source, run, indicator);
    if (!panel) {
        return NULL;
    }
    int months = source->run[run].months;
    double *value = qon_arena_take(source->arena, (size_t)months, sizeof *value);
    for (int i = 0; i < months; i++) {
        value[i] = panel[(size_t)i * (size_t)(source->zones + 1) + (size_t)source->zones];
    }
    return value;
}

static double weight_of(const struct qon_source *source, const double *panel, bool by_area, size_t row, int zone) {
    return by_area ? source->zone[zone].area_km2 : panel ? panel[row + (size_t)zone] : NAN;
}

const double *qon_source_by_region(struct qon_source *source, int run, const char *name, int from, int to) {
    const double *panel = qon_source_panel(source, run, name);
    if (!panel || to <= from) {
        return NULL;
    }
    const struct qon_source_indicator *indicator = &source->indicator[qon_source_indicator(source, name)];
    bool by_area = strcmp(name, "density") == 0;
    const char *by = strcmp(name, "wage_mean") == 0           ? "employed"
                     : strcmp(name, "unemployment_rate") == 0 ? "labour_force"
                     : strcmp(name, "rent") == 0              ? "households"
                                                              : "population";
    const double *weights = indicator->additive ? NULL : qon_source_panel(source, run, by);
    weights = weights || indicator->additive ? weights : qon_source_panel(source, run, "population");
    double *value = qon_arena_take(source->arena, (size_t)source->regions, sizeof *value);
    double *sum = qon_arena_take(source->arena, (size_t)source->regions, sizeof *sum);
    for (int i = indicator->flow ? from : to - 1; i < to; i++) {
        size_t row = (size_t)i * (size_t)(source->zones + 1);
        for (int z = 0; z < source->zones; z++) {
            int r = source->zone[z].region;
            double v = panel[row + (size_t)z];
            double w = indicator->additive ? 1 : weight_of(source, weights, by_area, row, z);
            if (r >= 0 && isfinite(v) && isfinite(w)) {
                value[r] += v * w;
                sum[r] += w;
            }
        }
    }
    for (int r = 0; r < source->regions; r++) {
        value[r] = sum[r] > 0 ? (indicator->additive ? value[r] : value[r] / sum[r]) : NAN;
    }
    return value;
}
