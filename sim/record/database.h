// SPDX-License-Identifier: GPL-3.0-or-later
// A new SQLite file that is filled once and then closed: many rows an INSERT, no journal (the file is thrown away on failure).
#ifndef QONYS_RECORD_DATABASE_H
#define QONYS_RECORD_DATABASE_H

#include <qonys/fault.h>
#include <sqlite3.h>
#include <stdint.h>

enum { QON_LOADER_ROWS = 50, QON_LOADER_COLUMNS = 40, QON_LOADER_CELLS = QON_LOADER_ROWS * QON_LOADER_COLUMNS };

struct qon_database {
    sqlite3 *sqlite;
    const char *path;
    struct qon_faults *faults;
};

// One value on its way into a table. Text and blobs are not copied: they must stay until the loader has been flushed.
struct qon_cell {
    enum { QON_CELL_NULL, QON_CELL_INTEGER, QON_CELL_REAL, QON_CELL_TEXT, QON_CELL_BLOB } kind;
    int64_t integer;
    double real;
    const void *bytes;
    int64_t length; // of a blob
};

// Collects rows of one table and inserts QON_LOADER_ROWS of them at a time.
struct qon_loader {
    struct qon_database *database;
    const char *table;
    const char *columns; // comma-separated
    int width;           // their number
    int cells;           // waiting
    sqlite3_stmt *full;  // statement for QON_LOADER_ROWS rows
    struct qon_cell cell[QON_LOADER_CELLS];
};

enum qon_status qon_database_create(struct qon_database *database, const char *path, struct qon_faults *faults);
enum qon_status qon_database_run(struct qon_database *database, const char *sql); // any number of statements
enum qon_status qon_database_close(struct qon_database *database);
void qon_database_abandon(struct qon_database *database);

void qon_loader_init(struct qon_loader *loader, struct qon_database *database, const char *table, const char *columns, int width);
void qon_loader_null(struct qon_loader *loader);
void qon_loader_integer(struct qon_loader *loader, int64_t value);
void qon_loader_real(struct qon_loader *loader, double value);      // NAN: NULL
void qon_loader_text(struct qon_loader *loader, const char *value); // NULL allowed
void qon_loader_blob(struct qon_loader *loader, const void *bytes, int64_t length);
enum qon_status qon_loader_row(struct qon_loader *loader);   // ends a row
enum qon_status qon_loader_flush(struct qon_loader *loader); // inserts what waits
void qon_loader_free(struct qon_loader *loader);

#endif
