// SPDX-License-Identifier: GPL-3.0-or-later
// The descriptions of the input tables, made from tables.def.
#include <math.h>
#include <qonys/memory.h>
#include <qonys/tables.h>
#include <string.h>

#define PLACE(table, name)                          offsetof(struct qon_table_##table, name)
#define TABLE_BEGIN(table, path, required, meaning) static const struct qon_field table##_fields[] = {
#define TABLE_END(table) \
    }                    \
    ;
// NAN as the default says: must be given. An absent optional text is NULL, an absent optional reference -1.
#define TEXT(table, name, required, meaning) \
    {#name, QON_TEXT, PLACE(table, name), "text", 0, 0, (required) ? NAN : 0, 0, 0, NULL, meaning, NULL},
#define NUMBER(table, name, unit, minimum, maximum, initial, meaning) \
    {#name, QON_F64, PLACE(table, name), unit, minimum, maximum, initial, initial, initial, NULL, meaning, NULL},
#define WHOLE(table, name, unit, minimum, maximum, initial, meaning) \
    {#name, QON_I64, PLACE(table, name), unit, minimum, maximum, initial, initial, initial, NULL, meaning, NULL},
#define SWITCH(table, name, initial, meaning) \
    {#name, QON_BOOL, PLACE(table, name), "1", 0, 1, initial, initial, initial, NULL, meaning, NULL},
#define REF(table, name, target, required, meaning) \
    {#name, QON_REF, PLACE(table, name), "id", 0, 0, (required) ? NAN : -1, 0, 0, #target, meaning, NULL},
#include <qonys/tables.def>
#undef TABLE_BEGIN
#undef TABLE_END
#undef TEXT
#undef NUMBER
#undef WHOLE
#undef SWITCH
#undef REF

static const struct qon_table_kind kinds[] = {
#define TABLE_BEGIN(table, path, required, meaning)    \
    {#table,                                           \
     path,                                             \
     required,                                         \
     meaning,                                          \
     table##_fields,                                   \
     sizeof table##_fields / sizeof table##_fields[0], \
     offsetof(struct qon_tables, table),               \
     sizeof(struct qon_table_##table)},
#define TABLE_END(table)
#define TEXT(table, name, required, meaning)
#define NUMBER(table, name, unit, minimum, maximum, initial, meaning)
#define WHOLE(table, name, unit, minimum, maximum, initial, meaning)
#define SWITCH(table, name, initial, meaning)
#define REF(table, name, target, required, meaning)
#include <qonys/tables.def>
#undef TABLE_BEGIN
#undef TABLE_END
#undef TEXT
#undef NUMBER
#undef WHOLE
#undef SWITCH
#undef REF
};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

const struct qon_table_kind *qon_table_kinds(size_t *count) {
    *count = KINDS;
    return kinds;
}

const struct qon_table_kind *qon_table_kind_find(const char *name) {
    for (size_t k = 0; k < KINDS; k++) {
        if (strcmp(kinds[k].name, name) == 0) {
            return &kinds[k];
        }
    }
    return NULL;
}

static void column_free(const struct qon_field *field, void *column, int64_t rows) {
    if (field->type == QON_TEXT && column != NULL) {
        char **texts = column;
        for (int64_t row = 0; row < rows; row++) {
            qon_free(texts[row]);
        }
    }
    qon_free(column);
}

void qon_tables_free(struct qon_tables *tables) {
    for (size_t k = 0; k < KINDS; k++) {
        char *table = (char *)tables + kinds[k].offset;
        int64_t rows;
        memcpy(&rows, table, sizeof rows);
        for (size_t f = 0; f < kinds[k].fields_count; f++) {
            void *column; // columns are pointers of different types: their bits are the same on every machine that this runs on
            memcpy(&column, table + kinds[k].fields[f].offset, sizeof column);
            column_free(&kinds[k].fields[f], column, rows);
        }
    }
    memset(tables, 0, sizeof *tables);
}
