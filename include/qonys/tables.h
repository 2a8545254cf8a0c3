// SPDX-License-Identifier: GPL-3.0-or-later
// The input tables of a scenario as columns in memory, and the descriptions that reading, checking and `qonys describe` loop over.
#ifndef QONYS_TABLES_H
#define QONYS_TABLES_H

#include <qonys/field.h>

// Column types in memory: TEXT char **, NUMBER double *, WHOLE int64_t *, SWITCH bool *, REF int32_t * (row of the target, -1: absent).
struct qon_tables {
#define TABLE_BEGIN(table, path, required, meaning) \
    struct qon_table_##table {                      \
        int64_t rows;
#define TABLE_END(table) \
    }                    \
    table;
#define TEXT(table, name, required, meaning)                          char **name;
#define NUMBER(table, name, unit, minimum, maximum, initial, meaning) double *name;
#define WHOLE(table, name, unit, minimum, maximum, initial, meaning)  int64_t *name;
#define SWITCH(table, name, initial, meaning)                         bool *name;
#define REF(table, name, target, required, meaning)                   int32_t *name;
#include <qonys/tables.def>
#undef TABLE_BEGIN
#undef TABLE_END
#undef TEXT
#undef NUMBER
#undef WHOLE
#undef SWITCH
#undef REF
};

// All kinds of tables in the order of tables.def; *count of them.
const struct qon_table_kind *qon_table_kinds(size_t *count);
const struct qon_table_kind *qon_table_kind_find(const char *name); // NULL when unknown

void qon_tables_free(struct qon_tables *tables);

#endif
