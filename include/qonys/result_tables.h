// SPDX-License-Identifier: GPL-3.0-or-later
// The tables of a results file, declared once: their SQL, the GeoPackage's registers and the table `definition` are loops over these.
#ifndef QONYS_RESULT_TABLES_H
#define QONYS_RESULT_TABLES_H

#include <stddef.h>

struct qon_result_column {
    const char *name;
    const char *type; // SQLite type, one that GeoPackage allows
    const char *unit; // "" when there is none
    const char *meaning;
};

enum { QON_RESULT_COLUMNS_MOST = 40 };

struct qon_result_table {
    const char *name;
    const char *meaning;
    const char *index; // columns of its index, NULL: none
    int geometry;      // 1: has the column geom, after the others
    struct qon_result_column columns[QON_RESULT_COLUMNS_MOST];
};

// Every table also has `fid INTEGER PRIMARY KEY`, which GeoPackage asks for. *count of them.
const struct qon_result_table *qon_result_tables(size_t *count);
const struct qon_result_table *qon_result_table_find(const char *name); // NULL when unknown
int qon_result_columns(const struct qon_result_table *table);           // columns declared

#endif
