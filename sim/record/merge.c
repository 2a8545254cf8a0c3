// SPDX-License-Identifier: GPL-3.0-or-later
// Joining the results of many runs into one file.
//
// Purpose: the files of runs are attached one after another, in the order of their numbers, and their rows copied table by table with the
// run's number in the place of 1. Invariants: 1. the order of folders and of plans has no influence on the file (the registers carry the
// time of the latest run, not the present); 2. what stands under the final name is whole: written beside, forced to the disk, renamed.
#include "database.h"
#include "geopackage.h"
#include "record.h"

#include <errno.h>
#include <qonys/memory.h>
#include <qonys/merge.h>
#include <qonys/result_tables.h>
#include <qonys/results.h>
#include <string.h>
#include <unistd.h>

struct merged_run {
    char *key;    // NULL: no plan names the run
    char *path;   // of its results; NULL: missing
    int32_t plan; // that named it first
};

struct merging {
    const char *const *folders;
    int folders_count;
    struct qon_faults *faults;
    struct qon_database database;
    char fingerprint[40];
    int32_t total;
    struct merged_run *run; // [total]
    int32_t plans;
    char **plan; // paths
    char part[QON_PATH_MOST];
    char latest[40]; // UTC, when the last of the runs was written
};

static enum qon_status no_sql(struct merging *m, const char *path, sqlite3 *sqlite) {
    return qon_fault_machine(m->faults, (struct qon_place){.file = path},
                             "cannot be read (%s); if it is damaged, remove it and let the sweep do its runs again",
                             sqlite ? sqlite3_errmsg(sqlite) : "out of memory");
}

// --- plans ------------------------------------------------------------------------------------------------------------------------

// The first plan says what the study is; the others must agree.
static enum qon_status study_note(struct merging *m, sqlite3 *plan, const char *path) {
    sqlite3_stmt *statement = NULL;
    enum qon_status status = QON_OK;
    if (sqlite3_prepare_v2(plan, "SELECT fingerprint, runs FROM study", -1, &statement, NULL) != SQLITE_OK ||
        sqlite3_step(statement) != SQLITE_ROW || !sqlite3_column_text(statement, 0) || sqlite3_column_int(statement, 1) < 1) {
        status = no_sql(m, path, plan);
        goto done;
    }
    const char *fingerprint = (const char *)sqlite3_column_text(statement, 0);
    if (m->total == 0) {
        snprintf(m->fingerprint, sizeof m->fingerprint, "%s", fingerprint);
        m->total = sqlite3_column_int(statement, 1);
        QON_TRY(qon_take(&m->run, (size_t)m->total, sizeof *m->run));
    } else if (strcmp(m->fingerprint, fingerprint) != 0) {
        status =
            qon_fault_add(m->faults, (struct qon_place){.file = path},
                          "is of another study than %s, or of the same before it was changed; expected folders of one study", m->plan[0]);
    }
done:
    sqlite3_finalize(statement);
    return status;
}

static enum qon_status run_note(struct merging *m, int32_t run, const char *key, int32_t plan) {
    struct merged_run *at = &m->run[run - 1];
    if (!at->key) {
        at->key = qon_string_copy(key);
        at->plan = plan;
        return at->key ? QON_OK : QON_MACHINE;
    }
    if (strcmp(at->key, key) == 0) {
        return QON_OK;
    }
    return qon_fault_add(m->faults, (struct qon_place){.file = m->plan[plan]},
                         "run %d is not what it is in %s: a scenario, the version or what is recorded differs; sweep again what is older",
                         run, m->plan[at->plan]);
}

static enum qon_status plan_read(struct merging *m, int32_t at) {
    enum qon_status status = QON_OK;
    sqlite3 *plan = NULL;
    sqlite3_stmt *statement = NULL;
    const char *path = m->plan[at];
    if (sqlite3_open_v2(path, &plan, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK) {
        status = no_sql(m, path, plan);
        goto done;
    }
    QON_TRY(study_note(m, plan, path));
    if (sqlite3_prepare_v2(plan, "SELECT run, key FROM study_run ORDER BY run", -1, &statement, NULL) != SQLITE_OK) {
        status = no_sql(m, path, plan);
        goto done;
    }
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        int32_t run = sqlite3_column_int(statement, 0);
        const char *key = (const char *)sqlite3_column_text(statement, 1);
        if (run < 1 || run > m->total || !key) {
            status = qon_fault_machine(m->faults, (struct qon_place){.file = path}, "is damaged; remove it and sweep this shard again");
            goto done;
        }
        QON_TRY(run_note(m, run, key, at));
    }
    if (code != SQLITE_DONE) {
        status = no_sql(m, path, plan);
    }
done:
    sqlite3_finalize(statement);
    sqlite3_close_v2(plan);
    return status;
}

static enum qon_status folder_read(struct merging *m, const char *folder) {
    enum qon_status status = QON_OK;
    char **paths = NULL;
    int count = 0;
    QON_TRY(qon_plans_find(folder, &paths, &count));
    if (count == 0) {
        status = qon_fault_add(m->faults, (struct qon_place){.file = folder},
                               "is no folder of a study (it lacks shards/*.db), expected what qonys sweep wrote");
        goto done;
    }
    QON_TRY(qon_grow(&m->plan, (size_t)m->plans, (size_t)(m->plans + count), sizeof *m->plan));
    for (int i = 0; i < count; i++) {
        m->plan[m->plans++] = paths[i];
        paths[i] = NULL;
        QON_TRY(plan_read(m, m->plans - 1));
    }
done:
    qon_plans_free(paths, count);
    return status;
}

// --- what there is ----------------------------------------------------------------------------------------------------------------

static enum qon_status runs_find(struct merging *m) {
    enum qon_status status = QON_OK;
    for (int32_t r = 0; r < m->total; r++) {
        for (int f = 0; f < m->folders_count && m->run[r].key && !m->run[r].path; f++) {
            char path[QON_PATH_MOST];
            snprintf(path, sizeof path, "%.3900s/runs/%.100s.gpkg", m->folders[f], m->run[r].key);
            if (access(path, R_OK) == 0) {
                m->run[r].path = qon_string_copy(path);
                QON_TRY(m->run[r].path ? QON_OK : QON_MACHINE);
            }
        }
    }
done:
    return status;
}

// "3, 7 to 9, 12"; cut with "..." when long.
static void missing_text(const struct merging *m, char *text, size_t room) {
    size_t length = 0;
    text[0] = 0;
    for (int32_t r = 0; r < m->total; r++) {
        if (m->run[r].path) {
            continue;
        }
        int32_t last = r;
        while (last + 1 < m->total && !m->run[last + 1].path) {
            last++;
        }
        if (length + 40 > room) {
            snprintf(text + length, room - length, ", ...");
            return;
        }
        const char *comma = length > 0 ? ", " : "";
        int wrote = last > r ? snprintf(text + length, room - length, "%s%d to %d", comma, r + 1, last + 1)
                             : snprintf(text + length, room - length, "%s%d", comma, r + 1);
        length += wrote > 0 ? (size_t)wrote : 0;
        r = last;
    }
}

static enum qon_status missing_check(struct merging *m, bool partial, struct qon_merge *merge) {
    char text[400];
    *merge = (struct qon_merge){.total = m->total};
    for (int32_t r = 0; r < m->total; r++) {
        merge->runs += m->run[r].path != NULL;
    }
    merge->missing = m->total - merge->runs;
    if (merge->missing == 0 || (partial && merge->runs > 0)) {
        return QON_OK;
    }
    missing_text(m, text, sizeof text);
    return qon_fault_add(m->faults, (struct qon_place){.file = m->folders[0]}, "%d of %d runs are missing: %s; sweep them%s",
                         merge->missing, m->total, text, merge->runs > 0 ? ", or join what is there with --partial" : " first");
}

// --- copying ----------------------------------------------------------------------------------------------------------------------

static enum qon_status sql_run(struct merging *m, const char *path, char *sql) {
    enum qon_status status = QON_OK;
    if (!sql || sqlite3_exec(m->database.sqlite, sql, NULL, NULL, NULL) != SQLITE_OK) {
        int code = sqlite3_errcode(m->database.sqlite);
        bool writing = code == SQLITE_FULL || code == SQLITE_IOERR || code == SQLITE_NOMEM;
        status = writing ? qon_fault_machine(m->faults, (struct qon_place){.file = m->part}, "cannot write the results: %s",
                                             sqlite3_errmsg(m->database.sqlite))
                         : no_sql(m, path, m->database.sqlite);
    }
    sqlite3_free(sql);
    return status;
}

// Columns of a table with commas, `run` replaced by a number where run > 0.
static char *columns_text(const struct qon_result_table *table, int32_t run) {
    sqlite3_str *sql = sqlite3_str_new(NULL);
    for (int c = 0; c < qon_result_columns(table); c++) {
        const char *name = table->columns[c].name;
        if (run > 0 && strcmp(name, "run") == 0) {
            sqlite3_str_appendf(sql, "%s%d", c ? ", " : "", run);
        } else {
            sqlite3_str_appendf(sql, "%s\"%w\"", c ? ", " : "", name);
        }
    }
    if (table->geometry) {
        sqlite3_str_appendall(sql, ", geom");
    }
    return sqlite3_str_finish(sql);
}

static bool in_plan(const struct qon_result_table *table) {
    for (int i = 0; i < QON_PLAN_TABLES; i++) {
        if (strcmp(table->name, qon_plan_tables[i]) == 0) {
            return true;
        }
    }
    return false;
}

// How rows of a run's file get into the joined one: those of a run with its number; places and indicators once each.
static char *copy_sql(const struct qon_result_table *table, int32_t run) {
    bool of_run = strcmp(table->columns[0].name, "run") == 0;
    bool once = strcmp(table->name, "region") == 0 || strcmp(table->name, "zone") == 0 || strcmp(table->name, "indicator") == 0;
    if (in_plan(table) || (!of_run && !once)) {
        return NULL;
    }
    char *to = columns_text(table, 0), *from = columns_text(table, of_run ? run : 0);
    const char *id = table->columns[0].name;
    char *sql =
        of_run ? sqlite3_mprintf("INSERT INTO main.\"%w\"(%s) SELECT %s FROM part.\"%w\" ORDER BY fid;", table->name, to, from, table->name)
               : sqlite3_mprintf("INSERT INTO main.\"%w\"(%s) SELECT %s FROM part.\"%w\" WHERE \"%w\" NOT IN (SELECT \"%w\" FROM"
                                 " main.\"%w\") ORDER BY fid;",
                                 table->name, to, from, table->name, id, id, table->name);
    sqlite3_free(to);
    sqlite3_free(from);
    return sql;
}

static enum qon_status run_copy(struct merging *m, int32_t run, const char *path) {
    enum qon_status status = QON_OK;
    size_t count = 0;
    const struct qon_result_table *tables = qon_result_tables(&count);
    QON_TRY(sql_run(m, path, sqlite3_mprintf("ATTACH %Q AS part; BEGIN;", path)));
    for (size_t t = 0; t < count; t++) {
        char *sql = copy_sql(&tables[t], run);
        if (sql) {
            QON_TRY(sql_run(m, path, sql));
        }
    }
    QON_TRY(sql_run(m, path, sqlite3_mprintf("COMMIT; DETACH part;")));
done:
    return status;
}

// The tables of the plans: rows of the study once, then runs and values, sorted.
static enum qon_status plans_copy(struct merging *m) {
    enum qon_status status = QON_OK;
    QON_TRY(sql_run(m, m->part,
                    sqlite3_mprintf("CREATE TEMP TABLE planned AS SELECT * FROM study_run WHERE 0;"
                                    "CREATE TEMP TABLE valued AS SELECT * FROM axis_value WHERE 0;"
                                    "CREATE INDEX temp.planned_index ON planned(run);"
                                    "CREATE INDEX temp.valued_index ON valued(run);")));
    for (int32_t p = 0; p < m->plans; p++) {
        QON_TRY(sql_run(m, m->plan[p], sqlite3_mprintf("ATTACH %Q AS part; BEGIN;", m->plan[p])));
        for (int t = 0; t < 2 && p == 0; t++) {
            const struct qon_result_table *table = qon_result_table_find(qon_plan_tables[t]);
            char *columns = columns_text(table, 0);
            char *sql = sqlite3_mprintf("INSERT INTO main.\"%w\"(%s) SELECT %s FROM part.\"%w\" ORDER BY fid;", table->name, columns,
                                        columns, table->name);
            sqlite3_free(columns);
            QON_TRY(sql_run(m, m->plan[p], sql));
        }
        QON_TRY(sql_run(m, m->plan[p],
                        sqlite3_mprintf("INSERT INTO valued SELECT * FROM part.axis_value WHERE run NOT IN (SELECT run FROM planned);"
                                        "INSERT INTO planned SELECT * FROM part.study_run WHERE run NOT IN (SELECT run FROM planned);"
                                        "COMMIT; DETACH part;")));
    }
    QON_TRY(sql_run(m, m->part,
                    sqlite3_mprintf("BEGIN;"
                                    "INSERT INTO study_run(run, scenario_file, replicate, seed, key) SELECT run, scenario_file,"
                                    " replicate, seed, key FROM planned ORDER BY run;"
                                    "INSERT INTO axis_value(run, axis, path, value, json) SELECT run, axis, path, value, json"
                                    " FROM valued ORDER BY run, fid; COMMIT;"
                                    "DROP TABLE temp.planned; DROP TABLE temp.valued;")));
done:
    return status;
}

// The registers' time: when the last of the runs was written.
static enum qon_status latest_find(struct merging *m) {
    for (int32_t r = 0; r < m->total; r++) {
        sqlite3 *run = NULL;
        sqlite3_stmt *statement = NULL;
        const char *path = m->run[r].path;
        if (!path) {
            continue;
        }
        bool good = sqlite3_open_v2(path, &run, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
                    sqlite3_prepare_v2(run, "SELECT written FROM run", -1, &statement, NULL) == SQLITE_OK &&
                    sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_text(statement, 0);
        enum qon_status status = good ? QON_OK : no_sql(m, path, run);
        if (good && strcmp((const char *)sqlite3_column_text(statement, 0), m->latest) > 0) {
            snprintf(m->latest, sizeof m->latest, "%s", (const char *)sqlite3_column_text(statement, 0));
        }
        sqlite3_finalize(statement);
        sqlite3_close_v2(run);
        if (status != QON_OK) {
            return status;
        }
    }
    return QON_OK;
}

static enum qon_status file_fill(struct merging *m) {
    enum qon_status status = QON_OK;
    struct qon_results *first = NULL;
    for (int32_t r = 0; r < m->total && !first; r++) {
        if (m->run[r].path) {
            QON_TRY(qon_results_open(&first, m->run[r].path, m->faults));
        }
    }
    QON_REQUIRE(first != NULL); // missing_check saw to it
    QON_TRY(qon_database_run(&m->database, "BEGIN;"));
    QON_TRY(qon_geopackage_create(&m->database, qon_results_boundaries(first), m->latest));
    QON_TRY(qon_database_run(&m->database, "COMMIT;"));
    QON_TRY(plans_copy(m));
    for (int32_t r = 0; r < m->total; r++) {
        if (m->run[r].path) {
            QON_TRY(run_copy(m, r + 1, m->run[r].path));
        }
    }
    QON_TRY(qon_record_indexes(&m->database));
done:
    qon_results_close(first);
    return status;
}

static enum qon_status file_write(struct merging *m, const char *out) {
    enum qon_status status = QON_OK;
    char folder[QON_PATH_MOST];
    const char *slash = strrchr(out, '/');
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - out) + (slash == out) : 1, slash ? out : ".");
    unlink(m->part);
    QON_TRY(qon_database_create(&m->database, m->part, m->faults));
    status = file_fill(m);
    if (status == QON_OK) {
        status = qon_database_close(&m->database);
    }
    qon_database_abandon(&m->database);
    QON_TRY(status);
    QON_TRY(qon_results_place(folder, m->part, out, m->faults));
done:
    if (status != QON_OK) {
        unlink(m->part);
    }
    return status;
}

static void merging_free(struct merging *m) {
    for (int32_t r = 0; m->run && r < m->total; r++) {
        qon_free(m->run[r].key);
        qon_free(m->run[r].path);
    }
    qon_free(m->run);
    qon_plans_free(m->plan, m->plans);
}

enum qon_status qon_merge(const char *const *folders, int count, const char *out, bool partial, struct qon_merge *merge,
                          struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct merging m = {.folders = folders, .folders_count = count, .faults = faults};
    if (strlen(out) + 6 > sizeof m.part) {
        return qon_fault_add(faults, (struct qon_place){.path = "--out"}, "the file's name is too long");
    }
    snprintf(m.part, sizeof m.part, "%s.part", out);
    for (int f = 0; f < count; f++) {
        QON_TRY(folder_read(&m, folders[f]));
    }
    QON_TRY(runs_find(&m));
    QON_TRY(missing_check(&m, partial, merge));
    QON_TRY(latest_find(&m));
    QON_TRY(file_write(&m, out));
done:
    merging_free(&m);
    if (status == QON_MACHINE && faults && faults->count == 0) {
        (void)qon_fault_machine(faults, (struct qon_place){.file = out}, "not enough memory to join the results");
    }
    return status;
}
