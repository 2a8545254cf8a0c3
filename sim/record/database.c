// SPDX-License-Identifier: GPL-3.0-or-later
// Filling a new SQLite file. Measured: 50 rows an INSERT in one transaction is the fastest form, more rows gain nothing.
#include "database.h"

#include <math.h>
#include <stdarg.h>

static enum qon_status failed(struct qon_database *database) {
    struct qon_place place = {.file = database->path};
    return qon_fault_machine(database->faults, place, "cannot write the results: %s",
                             database->sqlite ? sqlite3_errmsg(database->sqlite) : "out of memory");
}

enum qon_status qon_database_run(struct qon_database *database, const char *sql) {
    return sqlite3_exec(database->sqlite, sql, NULL, NULL, NULL) == SQLITE_OK ? QON_OK : failed(database);
}

enum qon_status qon_database_create(struct qon_database *database, const char *path, struct qon_faults *faults) {
    *database = (struct qon_database){.path = path, .faults = faults};
    if (sqlite3_open_v2(path, &database->sqlite, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) != SQLITE_OK) {
        enum qon_status status = failed(database);
        qon_database_abandon(database);
        return status;
    }
    enum qon_status status = qon_database_run(database, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE;"
                                                        "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-65536;");
    if (status != QON_OK) {
        qon_database_abandon(database);
    }
    return status;
}

enum qon_status qon_database_close(struct qon_database *database) {
    if (sqlite3_close(database->sqlite) != SQLITE_OK) {
        return failed(database);
    }
    database->sqlite = NULL;
    return QON_OK;
}

void qon_database_abandon(struct qon_database *database) {
    sqlite3_close_v2(database->sqlite);
    database->sqlite = NULL;
}

void qon_loader_init(struct qon_loader *loader, struct qon_database *database, const char *table, const char *columns, int width) {
    QON_REQUIRE(width >= 1 && width <= QON_LOADER_COLUMNS);
    loader->database = database;
    loader->table = table;
    loader->columns = columns;
    loader->width = width;
    loader->cells = 0;
    loader->full = NULL;
}

static struct qon_cell *next_cell(struct qon_loader *loader) {
    QON_REQUIRE(loader->cells < QON_LOADER_ROWS * loader->width);
    return &loader->cell[loader->cells++];
}

void qon_loader_null(struct qon_loader *loader) {
    next_cell(loader)->kind = QON_CELL_NULL;
}

void qon_loader_integer(struct qon_loader *loader, int64_t value) {
    struct qon_cell *cell = next_cell(loader);
    cell->kind = QON_CELL_INTEGER;
    cell->integer = value;
}

void qon_loader_real(struct qon_loader *loader, double value) {
    struct qon_cell *cell = next_cell(loader);
    cell->kind = isnan(value) ? QON_CELL_NULL : QON_CELL_REAL;
    cell->real = value;
}

void qon_loader_text(struct qon_loader *loader, const char *value) {
    struct qon_cell *cell = next_cell(loader);
    cell->kind = value ? QON_CELL_TEXT : QON_CELL_NULL;
    cell->bytes = value;
}

void qon_loader_blob(struct qon_loader *loader, const void *bytes, int64_t length) {
    struct qon_cell *cell = next_cell(loader);
    cell->kind = bytes ? QON_CELL_BLOB : QON_CELL_NULL;
    cell->bytes = bytes;
    cell->length = length;
}

static int bind(sqlite3_stmt *statement, int at, const struct qon_cell *cell) {
    switch (cell->kind) {
    case QON_CELL_INTEGER:
        return sqlite3_bind_int64(statement, at, cell->integer);
    case QON_CELL_REAL:
        return sqlite3_bind_double(statement, at, cell->real);
    case QON_CELL_TEXT:
        return sqlite3_bind_text(statement, at, cell->bytes, -1, SQLITE_STATIC);
    case QON_CELL_BLOB:
        return sqlite3_bind_blob64(statement, at, cell->bytes, (sqlite3_uint64)cell->length, SQLITE_STATIC);
    default:
        return sqlite3_bind_null(statement, at);
    }
}

static enum qon_status prepare(struct qon_loader *loader, int rows, sqlite3_stmt **statement) {
    sqlite3_str *sql = sqlite3_str_new(loader->database->sqlite);
    sqlite3_str_appendf(sql, "INSERT INTO \"%w\"(%s) VALUES", loader->table, loader->columns);
    for (int row = 0; row < rows; row++) {
        sqlite3_str_appendall(sql, row ? ",(" : "(");
        for (int column = 0; column < loader->width; column++) {
            sqlite3_str_appendall(sql, column ? ",?" : "?");
        }
        sqlite3_str_appendall(sql, ")");
    }
    char *text = sqlite3_str_finish(sql);
    int code = text ? sqlite3_prepare_v2(loader->database->sqlite, text, -1, statement, NULL) : SQLITE_NOMEM;
    sqlite3_free(text);
    return code == SQLITE_OK ? QON_OK : failed(loader->database);
}

static enum qon_status insert(struct qon_loader *loader, sqlite3_stmt *statement) {
    int code = SQLITE_OK;
    for (int i = 0; i < loader->cells && code == SQLITE_OK; i++) {
        code = bind(statement, i + 1, &loader->cell[i]);
    }
    if (code == SQLITE_OK) {
        code = sqlite3_step(statement);
    }
    enum qon_status status = code == SQLITE_DONE ? QON_OK : failed(loader->database);
    sqlite3_reset(statement);
    loader->cells = 0;
    return status;
}

enum qon_status qon_loader_row(struct qon_loader *loader) {
    QON_REQUIRE(loader->cells % loader->width == 0);
    return loader->cells < QON_LOADER_ROWS * loader->width ? QON_OK : qon_loader_flush(loader);
}

enum qon_status qon_loader_flush(struct qon_loader *loader) {
    enum qon_status status = QON_OK;
    int rows = loader->cells / loader->width;
    if (rows == QON_LOADER_ROWS) {
        if (!loader->full) {
            QON_TRY(prepare(loader, rows, &loader->full));
        }
        QON_TRY(insert(loader, loader->full));
    } else if (rows > 0) {
        sqlite3_stmt *rest = NULL;
        QON_TRY(prepare(loader, rows, &rest));
        status = insert(loader, rest);
        sqlite3_finalize(rest);
    }
done:
    return status;
}

void qon_loader_free(struct qon_loader *loader) {
    sqlite3_finalize(loader->full);
    loader->full = NULL;
}
