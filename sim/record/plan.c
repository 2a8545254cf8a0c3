// SPDX-License-Identifier: GPL-3.0-or-later
// The plan of a shard: a small SQLite file with those tables of a results file that say what was studied.
#include "database.h"
#include "record.h"

#include <dirent.h>
#include <inttypes.h>
#include <math.h>
#include <qonys/memory.h>
#include <qonys/merge.h>
#include <qonys/result_tables.h>
#include <string.h>
#include <unistd.h>

const char *const qon_plan_tables[QON_PLAN_TABLES] = {"study", "axis", "study_run", "axis_value"};

struct plan_writer {
    const struct qon_plan *plan;
    struct qon_database database;
    struct qon_loader *loader;
};

static enum qon_status finish(struct qon_loader *loader, enum qon_status status) {
    if (status == QON_OK) {
        status = qon_loader_flush(loader);
    }
    qon_loader_free(loader);
    return status;
}

static enum qon_status tables_create(struct qon_database *database) {
    enum qon_status status = QON_OK;
    for (int t = 0; t < QON_PLAN_TABLES; t++) {
        const struct qon_result_table *table = qon_result_table_find(qon_plan_tables[t]);
        sqlite3_str *sql = sqlite3_str_new(database->sqlite);
        sqlite3_str_appendf(sql, "CREATE TABLE \"%w\"(fid INTEGER PRIMARY KEY", table->name);
        for (int c = 0; c < qon_result_columns(table); c++) {
            sqlite3_str_appendf(sql, ", \"%w\" %s", table->columns[c].name, table->columns[c].type);
        }
        sqlite3_str_appendall(sql, ");");
        char *text = sqlite3_str_finish(sql);
        status = text ? qon_database_run(database, text) : QON_MACHINE;
        sqlite3_free(text);
        QON_TRY(status);
    }
done:
    return status;
}

static enum qon_status study_write(struct plan_writer *writer) {
    static const char *const designs[] = {[QON_DESIGN_GRID] = "grid", [QON_DESIGN_LATIN] = "latin_hypercube", [QON_DESIGN_SOBOL] = "sobol"};
    const struct qon_study *study = writer->plan->study;
    struct qon_loader *l = writer->loader;
    qon_loader_init(l, &writer->database, "study", "name, title_en, title_kk, title_ru, file, design, runs, version, fingerprint", 9);
    qon_loader_text(l, study->name);
    qon_loader_text(l, study->title[QON_EN]);
    qon_loader_text(l, study->title[QON_KK]);
    qon_loader_text(l, study->title[QON_RU]);
    qon_loader_text(l, study->file);
    qon_loader_text(l, designs[study->design]);
    qon_loader_integer(l, writer->plan->total);
    qon_loader_text(l, QON_VERSION);
    qon_loader_text(l, writer->plan->fingerprint);
    return finish(l, qon_loader_row(l));
}

static enum qon_status axes_write(struct plan_writer *writer) {
    enum qon_status status = QON_OK;
    const struct qon_study *study = writer->plan->study;
    struct qon_loader *l = writer->loader;
    qon_loader_init(l, &writer->database, "axis", "axis, name, path, kind", 4);
    for (int32_t a = 0; a < study->axes; a++) {
        qon_loader_integer(l, a + 1);
        qon_loader_text(l, study->axis[a].name);
        qon_loader_text(l, study->axis[a].path);
        qon_loader_text(l, study->axis[a].values > 0 ? "list" : "sampled");
        QON_TRY(qon_loader_row(l));
    }
done:
    return finish(l, status);
}

static enum qon_status runs_write(struct plan_writer *writer) {
    enum qon_status status = QON_OK;
    struct qon_loader *l = writer->loader;
    qon_loader_init(l, &writer->database, "study_run", "run, scenario_file, replicate, seed, key", 5);
    for (int32_t r = 0; r < writer->plan->runs; r++) {
        const struct qon_plan_run *run = &writer->plan->run[r];
        char seed[24];
        snprintf(seed, sizeof seed, "%" PRIu64, run->seed);
        qon_loader_integer(l, run->run);
        qon_loader_text(l, run->scenario_file);
        qon_loader_integer(l, run->replicate);
        qon_loader_text(l, seed);
        qon_loader_text(l, run->key);
        QON_TRY(qon_loader_row(l));
        QON_TRY(qon_loader_flush(l)); // before `seed` goes
    }
done:
    return finish(l, status);
}

static enum qon_status values_write(struct plan_writer *writer) {
    enum qon_status status = QON_OK;
    const struct qon_study *study = writer->plan->study;
    struct qon_loader *l = writer->loader;
    qon_loader_init(l, &writer->database, "axis_value", "run, axis, path, value, json", 5);
    for (int32_t r = 0; r < writer->plan->runs; r++) {
        for (int32_t a = 0; a < study->axes; a++) {
            const char *json = writer->plan->value[(size_t)r * (size_t)study->axes + (size_t)a];
            char *end = NULL;
            double number = strtod(json, &end);
            qon_loader_integer(l, writer->plan->run[r].run);
            qon_loader_text(l, study->axis[a].name);
            qon_loader_text(l, study->axis[a].path);
            qon_loader_real(l, end > json && *end == 0 ? number : (double)NAN);
            qon_loader_text(l, json);
            QON_TRY(qon_loader_row(l));
        }
    }
done:
    return finish(l, status);
}

static enum qon_status plan_fill(struct plan_writer *writer) {
    enum qon_status status = QON_OK;
    QON_TRY(qon_database_run(&writer->database, "BEGIN;"));
    QON_TRY(tables_create(&writer->database));
    QON_TRY(study_write(writer));
    QON_TRY(axes_write(writer));
    QON_TRY(runs_write(writer));
    QON_TRY(values_write(writer));
    QON_TRY(qon_database_run(&writer->database, "CREATE INDEX study_run_index ON study_run(run); COMMIT;"));
done:
    return status;
}

// Whether the plan in another file agrees with ours. One that cannot be read does not.
static bool agrees(const struct qon_plan *plan, const char *path) {
    sqlite3 *sqlite = NULL;
    sqlite3_stmt *statement = NULL;
    bool same = sqlite3_open_v2(path, &sqlite, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
                sqlite3_prepare_v2(sqlite, "SELECT fingerprint FROM study", -1, &statement, NULL) == SQLITE_OK &&
                sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_text(statement, 0) &&
                strcmp((const char *)sqlite3_column_text(statement, 0), plan->fingerprint) == 0;
    sqlite3_finalize(statement);
    statement = NULL;
    same = same && sqlite3_prepare_v2(sqlite, "SELECT key FROM study_run WHERE run = ?", -1, &statement, NULL) == SQLITE_OK;
    for (int32_t r = 0; r < plan->runs && same; r++) {
        sqlite3_bind_int(statement, 1, plan->run[r].run);
        if (sqlite3_step(statement) == SQLITE_ROW) {
            const char *key = (const char *)sqlite3_column_text(statement, 0);
            same = key && strcmp(key, plan->run[r].key) == 0;
        }
        sqlite3_reset(statement);
    }
    sqlite3_finalize(statement);
    sqlite3_close_v2(sqlite);
    return same;
}

static int is_plan(const struct dirent *entry) {
    size_t length = strlen(entry->d_name);
    return length > 3 && entry->d_name[0] != '.' && strcmp(entry->d_name + length - 3, ".db") == 0;
}

static int by_name(const struct dirent **one, const struct dirent **other) {
    return strcmp((*one)->d_name, (*other)->d_name);
}

enum qon_status qon_plans_find(const char *folder, char ***paths, int *count) {
    enum qon_status status = QON_OK;
    char path[QON_PATH_MOST];
    struct dirent **entry = NULL;
    *paths = NULL;
    *count = 0;
    snprintf(path, sizeof path, "%s/shards", folder);
    int found = scandir(path, &entry, is_plan, by_name);
    QON_TRY(qon_take(paths, found > 0 ? (size_t)found : 0, sizeof **paths));
    for (int i = 0; i < found; i++) {
        snprintf(path, sizeof path, "%.3000s/shards/%s", folder, entry[i]->d_name);
        (*paths)[*count] = qon_string_copy(path);
        QON_TRY((*paths)[*count] ? QON_OK : QON_MACHINE);
        (*count)++;
    }
done:
    for (int i = 0; i < found; i++) {
        free(entry[i]); // scandir's
    }
    free(entry);
    return status;
}

void qon_plans_free(char **paths, int count) {
    for (int i = 0; paths && i < count; i++) {
        qon_free(paths[i]);
    }
    qon_free(paths);
}

static enum qon_status outdated_remove(const struct qon_plan *plan, const char *folder) {
    char **paths = NULL;
    int count = 0;
    enum qon_status status = qon_plans_find(folder, &paths, &count);
    for (int i = 0; i < count; i++) {
        if (!agrees(plan, paths[i])) {
            unlink(paths[i]);
        }
    }
    qon_plans_free(paths, count);
    return status;
}

enum qon_status qon_plan_write(const struct qon_plan *plan, const char *folder, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    char shards[QON_PATH_MOST], path[QON_PATH_MOST], part[QON_PATH_MOST];
    struct plan_writer writer = {.plan = plan};
    snprintf(shards, sizeof shards, "%.3900s/shards", folder);
    snprintf(path, sizeof path, "%.3950s/%d-of-%d.db", shards, plan->shard, plan->shards);
    snprintf(part, sizeof part, "%.4000s.part", path);
    unlink(part);
    QON_TRY(qon_take(&writer.loader, 1, sizeof *writer.loader));
    QON_TRY(qon_database_create(&writer.database, part, faults));
    status = plan_fill(&writer);
    if (status == QON_OK) {
        status = qon_database_close(&writer.database);
    }
    qon_database_abandon(&writer.database);
    QON_TRY(status);
    QON_TRY(outdated_remove(plan, folder));
    QON_TRY(qon_results_place(shards, part, path, faults));
done:
    if (status != QON_OK) {
        unlink(part);
    }
    qon_free(writer.loader);
    return status;
}
