// SPDX-License-Identifier: GPL-3.0-or-later
// Writing the tables of a results file from what record.c has collected.
#include "database.h"
#include "geopackage.h"
#include "record.h"

#include <inttypes.h>
#include <math.h>
#include <qonys/memory.h>
#include <qonys/result_tables.h>
#include <qonys/results.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

enum { RUN = 1 }; // a run's own file holds one

struct writer {
    const struct qon_record *record;
    const struct qon_world *world;
    const struct qon_provenance *provenance;
    struct qon_database database;
    struct qon_loader *loader;
    char (*month)[16]; // text of each month
};

static enum qon_status finish(struct qon_loader *loader, enum qon_status status) {
    if (status == QON_OK) {
        status = qon_loader_flush(loader);
    }
    qon_loader_free(loader);
    return status;
}

// --- run --------------------------------------------------------------------------------------------------------------------------

// "Linux 6.1 x86_64, <processor>, 2 processors"; no host name, results are passed on.
static void machine_text(char text[256]) {
    struct utsname name = {0};
    char model[128] = "unknown processor";
    char line[256];
    FILE *file = fopen("/proc/cpuinfo", "r");
    while (file && fgets(line, sizeof line, file)) {
        char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) == 0 && colon) {
            snprintf(model, sizeof model, "%.*s", (int)strcspn(colon + 2, "\n"), colon + 2);
            break;
        }
    }
    if (file) {
        fclose(file);
    }
    uname(&name);
    snprintf(text, 256, "%.32s %.48s %.16s, %.120s, %ld processors", name.sysname, name.release, name.machine, model,
             sysconf(_SC_NPROCESSORS_ONLN));
}

static const char compiler_text[] =
#ifdef __clang__
    "clang " __clang_version__;
#else
    "gcc " __VERSION__;
#endif

static enum qon_status write_run(struct writer *writer) {
    const struct qon_scenario *scenario = writer->world->scenario;
    const struct qon_provenance *p = writer->provenance;
    const struct qon_record *record = writer->record;
    const char *effective = scenario->effective ? scenario->effective : "{}";
    char seed[24], hash[24], digest[24], machine[256], now[40], start[16];
    snprintf(seed, sizeof seed, "%" PRIu64, scenario->seed);
    snprintf(hash, sizeof hash, "%016" PRIx64, (uint64_t)XXH3_64bits(effective, strlen(effective)));
    snprintf(digest, sizeof digest, "%016" PRIx64, p->digest);
    qon_month_format(record->months > 0 ? record->month[0] : scenario->start, start);
    machine_text(machine);
    qon_time_utc(now);
    struct qon_loader *l = writer->loader;
    qon_loader_init(l, &writer->database, "run",
                    "run, scenario, title_en, title_kk, title_ru, file, command, start, months, seed, scale, scenario_json, unused, hash,"
                    "version, compiler, machine, threads, started, written, persons, households, employers, person_months,"
                    "seconds_synthesis, seconds_run, bytes_per_person, state_digest, digest",
                    29);
    qon_loader_integer(l, RUN);
    qon_loader_text(l, scenario->name);
    qon_loader_text(l, scenario->title[QON_EN]);
    qon_loader_text(l, scenario->title[QON_KK]);
    qon_loader_text(l, scenario->title[QON_RU]);
    qon_loader_text(l, scenario->file);
    qon_loader_text(l, p->command);
    qon_loader_text(l, start);
    qon_loader_integer(l, record->months);
    qon_loader_text(l, seed);
    qon_loader_integer(l, scenario->scale);
    qon_loader_text(l, effective);
    qon_loader_text(l, scenario->unused);
    qon_loader_text(l, hash);
    qon_loader_text(l, QON_VERSION);
    qon_loader_text(l, compiler_text);
    qon_loader_text(l, machine);
    qon_loader_integer(l, p->threads);
    qon_loader_text(l, record->started);
    qon_loader_text(l, now);
    qon_loader_integer(l, p->persons);
    qon_loader_integer(l, p->households);
    qon_loader_integer(l, p->employers);
    qon_loader_integer(l, p->person_months);
    qon_loader_real(l, p->seconds_synthesis);
    qon_loader_real(l, p->seconds_run);
    qon_loader_real(l, p->bytes_per_person);
    qon_loader_text(l, digest);
    qon_loader_text(l, digest);
    return finish(l, qon_loader_row(l));
}

// --- places -----------------------------------------------------------------------------------------------------------------------

struct shape {
    uint8_t *blob;
    int64_t length;
};

static enum qon_status write_regions(struct writer *writer, const struct shape *shapes) {
    enum qon_status status = QON_OK;
    const struct qon_table_regions *regions = &writer->world->scenario->tables.regions;
    struct qon_loader *l = writer->loader;
    qon_loader_init(l, &writer->database, "region", "id, name_en, name_kk, name_ru, macroregion, geom", 6);
    for (int64_t r = 0; r < regions->rows; r++) {
        qon_loader_text(l, regions->id[r]);
        qon_loader_text(l, regions->name_en[r]);
        qon_loader_text(l, regions->name_kk[r]);
        qon_loader_text(l, regions->name_ru[r]);
        qon_loader_text(l, regions->macroregion[r]);
        qon_loader_blob(l, shapes[r].blob, shapes[r].length);
        QON_TRY(qon_loader_row(l));
    }
done:
    return finish(l, status);
}

static enum qon_status write_zones(struct writer *writer, const struct shape *shapes) {
    enum qon_status status = QON_OK;
    const struct qon_table_regions *regions = &writer->world->scenario->tables.regions;
    const struct qon_table_zones *zones = &writer->world->scenario->tables.zones;
    struct qon_loader *l = writer->loader;
    qon_loader_init(l, &writer->database, "zone",
                    "id, region, kind, name_en, name_kk, name_ru, lon_deg, lat_deg, area_km2, persons_start, geom", 11);
    for (int32_t z = 0; z < writer->record->zones; z++) {
        int32_t r = zones->region[z];
        qon_loader_text(l, zones->id[z]);
        qon_loader_text(l, regions->id[r]);
        qon_loader_text(l, zones->kind[z]);
        qon_loader_text(l, regions->name_en[r]);
        qon_loader_text(l, regions->name_kk[r]);
        qon_loader_text(l, regions->name_ru[r]);
        qon_loader_real(l, zones->lon_deg[z]);
        qon_loader_real(l, zones->lat_deg[z]);
        qon_loader_real(l, zones->area_km2[z]);
        qon_loader_real(l, (double)writer->record->persons_start[z] * writer->world->scenario->scale);
        qon_loader_blob(l, shapes[r].blob, shapes[r].length);
        QON_TRY(qon_loader_row(l));
    }
done:
    return finish(l, status);
}

static enum qon_status write_places(struct writer *writer) {
    enum qon_status status = QON_OK;
    const struct qon_boundaries *boundaries = &writer->world->scenario->boundaries;
    int64_t regions = writer->world->scenario->tables.regions.rows;
    struct shape *shapes = NULL;
    QON_TRY(qon_take(&shapes, (size_t)regions, sizeof *shapes));
    for (int32_t r = 0; r < regions && r < boundaries->regions; r++) {
        QON_TRY(qon_geopackage_region(boundaries, r, &shapes[r].blob, &shapes[r].length));
    }
    QON_TRY(write_regions(writer, shapes));
    QON_TRY(write_zones(writer, shapes));
done:
    for (int64_t r = 0; shapes && r < regions; r++) {
        qon_free(shapes[r].blob);
    }
    qon_free(shapes);
    return status;
}

// --- indicators, series, flows, targets -------------------------------------------------------------------------------------------

static enum qon_status write_indicators(struct writer *writer) {
    enum qon_status status = QON_OK;
    struct qon_loader *l = writer->loader;
    qon_loader_init(l, &writer->database, "indicator", "name, unit, meaning, source, label_en, label_kk, label_ru, flow, additive", 9);
    for (int32_t i = 0; i < writer->record->indicators; i++) {
        const struct qon_indicator *indicator = &writer->record->indicator[i];
        if (!qon_record_wanted(writer->record, i)) {
            continue;
        }
        qon_loader_text(l, indicator->name);
        qon_loader_text(l, indicator->unit);
        qon_loader_text(l, indicator->meaning);
        qon_loader_text(l, indicator->source);
        qon_loader_text(l, indicator->label[QON_EN]);
        qon_loader_text(l, indicator->label[QON_KK]);
        qon_loader_text(l, indicator->label[QON_RU]);
        qon_loader_integer(l, indicator->flow);
        qon_loader_integer(l, indicator->additive);
        QON_TRY(qon_loader_row(l));
    }
done:
    return finish(l, status);
}

static double value_at(const struct qon_record *record, int32_t month, int32_t indicator, int32_t zone) {
    return record->series[((int64_t)month * record->indicators + indicator) * (record->zones + 1) + zone];
}

// Whether a period of the selection ends with this month: every one, a calendar year, the run.
static bool period_ends(const struct qon_record *record, int32_t month) {
    bool last = month == record->months - 1;
    bool year = record->month[month] % 12 == 11;
    return last || record->selection.series == QON_RECORD_MONTHS || (year && record->selection.series == QON_RECORD_YEARS);
}

// One indicator after another, so that a series lies together in the file.
static enum qon_status write_series(struct writer *writer) {
    enum qon_status status = QON_OK;
    const struct qon_record *record = writer->record;
    struct qon_loader *l = writer->loader;
    qon_loader_init(l, &writer->database, "series", "run, month, zone, indicator, value", 5);
    for (int32_t i = 0; i < record->indicators; i++) {
        for (int32_t z = record->selection.country_only ? record->zones : 0; z <= record->zones && qon_record_wanted(record, i); z++) {
            const char *zone = z < record->zones ? writer->world->scenario->tables.zones.id[z] : QON_RESULTS_ALL;
            for (int32_t m = 0; m < record->months; m++) {
                if (!period_ends(record, m)) {
                    continue;
                }
                qon_loader_integer(l, RUN);
                qon_loader_text(l, writer->month[m]);
                qon_loader_text(l, zone);
                qon_loader_text(l, record->indicator[i].name);
                qon_loader_real(l, value_at(record, m, i, z));
                QON_TRY(qon_loader_row(l));
            }
        }
    }
done:
    return finish(l, status);
}

// One indicator of one zone by period: what is counted over the month is added up, what stands at its end is that of the last month.
static enum qon_status periods_write(struct writer *writer, int32_t indicator, int32_t zone) {
    enum qon_status status = QON_OK;
    const struct qon_record *record = writer->record;
    struct qon_loader *l = writer->loader;
    double sum = 0;
    int32_t from = 0;
    for (int32_t m = 0; m < record->months; m++) {
        double value = value_at(record, m, indicator, zone);
        sum += isnan(value) ? 0 : value;
        if (!period_ends(record, m)) {
            continue;
        }
        qon_loader_integer(l, RUN);
        qon_loader_text(l, writer->month[from]);
        qon_loader_text(l, writer->month[m]);
        qon_loader_text(l, zone < record->zones ? writer->world->scenario->tables.zones.id[zone] : QON_RESULTS_ALL);
        qon_loader_text(l, record->indicator[indicator].name);
        qon_loader_real(l, record->indicator[indicator].flow ? sum : value);
        QON_TRY(qon_loader_row(l));
        sum = 0;
        from = m + 1;
    }
done:
    return status;
}

static enum qon_status write_periods(struct writer *writer) {
    enum qon_status status = QON_OK;
    const struct qon_record *record = writer->record;
    struct qon_loader *l = writer->loader;
    qon_loader_init(l, &writer->database, "period", "run, first, last, zone, indicator, value", 6);
    for (int32_t i = 0; i < record->indicators && record->selection.series != QON_RECORD_MONTHS; i++) {
        for (int32_t z = record->selection.country_only ? record->zones : 0; z <= record->zones && qon_record_wanted(record, i); z++) {
            QON_TRY(periods_write(writer, i, z));
        }
    }
done:
    return finish(l, status);
}

static enum qon_status write_flows(struct writer *writer) {
    enum qon_status status = QON_OK;
    const struct qon_record *record = writer->record;
    char *const *zone = writer->world->scenario->tables.zones.id;
    double scale = writer->world->scenario->scale;
    struct qon_loader *l = writer->loader;
    qon_loader_init(l, &writer->database, "flow", "run, month, origin, destination, kind, programme, persons, households", 8);
    for (int64_t f = 0; f < record->flows && !record->selection.no_flows; f++) {
        const struct qon_flow *flow = &record->flow[f];
        qon_loader_integer(l, RUN);
        qon_loader_text(l, writer->month[flow->month]);
        qon_loader_text(l, flow->origin >= 0 ? zone[flow->origin] : NULL);
        qon_loader_text(l, flow->destination >= 0 ? zone[flow->destination] : NULL);
        qon_loader_text(l, qon_flow_kinds[flow->kind].name);
        qon_loader_text(l, flow->programme >= 0 ? writer->world->scenario->programmes.row[flow->programme].name : NULL);
        qon_loader_real(l, (double)flow->persons * scale);
        if (flow->households >= 0) {
            qon_loader_real(l, (double)flow->households * scale);
        } else {
            qon_loader_null(l);
        }
        QON_TRY(qon_loader_row(l));
    }
done:
    return finish(l, status);
}

// In the order of the table's columns; measures.def has them in an order of its own.
static enum qon_status write_programmes(struct writer *writer) {
    static const struct {
        const char *name;
        enum qon_measure measure;
    } columns[] = {
#define MEASURE(name, unit, stock, meaning) {#name, QON_MEASURE_##name},
#include <qonys/measures.def>
#undef MEASURE
    };
    enum qon_status status = QON_OK;
    const struct qon_record *record = writer->record;
    const struct qon_scenario *scenario = writer->world->scenario;
    char names[64 + 32 * QON_MEASURES] = "run, month, programme, region";
    for (int c = 0; c < QON_MEASURES; c++) {
        strcat(strcat(names, ", "), columns[c].name);
    }
    struct qon_loader *l = writer->loader;
    qon_loader_init(l, &writer->database, "programme", names, 4 + QON_MEASURES);
    for (int64_t g = 0; g < record->grants && !record->selection.no_programmes; g++) {
        const int64_t *row = record->grant + g * QON_GRANT_WIDTH;
        qon_loader_integer(l, RUN);
        qon_loader_text(l, writer->month[row[0]]);
        qon_loader_text(l, scenario->programmes.row[row[1]].name);
        qon_loader_text(l, scenario->tables.regions.id[row[2]]);
        for (int c = 0; c < QON_MEASURES; c++) {
            qon_loader_integer(l, row[3 + columns[c].measure] * scenario->scale);
        }
        QON_TRY(qon_loader_row(l));
    }
done:
    return finish(l, status);
}

static enum qon_status write_targets(struct writer *writer) {
    enum qon_status status = QON_OK;
    struct qon_target targets[QON_TARGETS];
    if (writer->provenance->targets != NULL) { // over ranks they are observed by all, the writer is one
        memcpy(targets, writer->provenance->targets, sizeof targets);
    } else {
        qon_targets_observe(writer->world, targets);
    }
    struct qon_loader *l = writer->loader;
    qon_loader_init(l, &writer->database, "target", "run, name, value, goal, met, at_most, label_en, label_kk, label_ru", 9);
    for (int t = 0; t < QON_TARGETS; t++) {
        qon_loader_integer(l, RUN);
        qon_loader_text(l, targets[t].name);
        qon_loader_real(l, targets[t].value);
        qon_loader_real(l, targets[t].goal);
        if (targets[t].applies) {
            qon_loader_integer(l, targets[t].met);
        } else {
            qon_loader_null(l);
        }
        qon_loader_integer(l, targets[t].at_most);
        qon_loader_text(l, targets[t].label[QON_EN]);
        qon_loader_text(l, targets[t].label[QON_KK]);
        qon_loader_text(l, targets[t].label[QON_RU]);
        QON_TRY(qon_loader_row(l));
    }
done:
    return finish(l, status);
}

enum qon_status qon_record_indexes(struct qon_database *database) {
    enum qon_status status = QON_OK;
    size_t count = 0;
    const struct qon_result_table *tables = qon_result_tables(&count);
    for (size_t i = 0; i < count; i++) {
        if (tables[i].index) {
            char sql[256];
            snprintf(sql, sizeof sql, "CREATE INDEX %s_index ON %s(%s);", tables[i].name, tables[i].name, tables[i].index);
            QON_TRY(qon_database_run(database, sql));
        }
    }
done:
    return status;
}

static enum qon_status write_all(struct writer *writer) {
    enum qon_status status = QON_OK;
    char now[40];
    qon_time_utc(now);
    QON_TRY(qon_database_run(&writer->database, "BEGIN;"));
    QON_TRY(qon_geopackage_create(&writer->database, &writer->world->scenario->boundaries, now));
    QON_TRY(write_run(writer));
    QON_TRY(write_places(writer));
    QON_TRY(write_indicators(writer));
    QON_TRY(write_series(writer));
    QON_TRY(write_periods(writer));
    QON_TRY(write_flows(writer));
    QON_TRY(write_programmes(writer));
    QON_TRY(write_targets(writer));
    QON_TRY(qon_record_indexes(&writer->database));
    QON_TRY(qon_database_run(&writer->database, "COMMIT;"));
done:
    return status;
}

enum qon_status qon_record_write(const struct qon_record *record, const struct qon_world *world, const struct qon_provenance *provenance,
                                 struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct writer writer = {.record = record, .world = world, .provenance = provenance};
    QON_TRY(qon_take(&writer.loader, 1, sizeof *writer.loader));
    QON_TRY(qon_take(&writer.month, (size_t)record->months, sizeof *writer.month));
    for (int32_t m = 0; m < record->months; m++) {
        qon_month_format(record->month[m], writer.month[m]);
    }
    QON_TRY(qon_database_create(&writer.database, record->part, faults));
    status = write_all(&writer);
    if (status == QON_OK) {
        status = qon_database_close(&writer.database);
    }
    qon_database_abandon(&writer.database);
done:
    qon_free(writer.month);
    qon_free(writer.loader);
    if (status == QON_MACHINE && faults && faults->count == 0) {
        (void)qon_fault_machine(faults, (struct qon_place){0}, "not enough memory to write the results");
    }
    return status;
}
