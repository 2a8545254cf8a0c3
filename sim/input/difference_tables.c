// SPDX-License-Identifier: GPL-3.0-or-later
// Cells of two tables of a kind. Rows are matched by key: the id, else all texts, references and years (calendar years, ages) of the row.
#include "difference.h"
#include "text.h"
#include <qonys/memory.h>
#include <string.h>

enum { KEY_MAX = 256 };

struct keyed {
    const char *key;
    int64_t row;
};

static const void *column_of(const struct qon_tables *tables, const struct qon_table_kind *kind, const struct qon_field *field) {
    const void *column;
    memcpy(&column, (const char *)tables + kind->offset + field->offset, sizeof column);
    return column;
}

static int64_t rows_of(const struct qon_tables *tables, const struct qon_table_kind *kind) {
    int64_t rows;
    memcpy(&rows, (const char *)tables + kind->offset, sizeof rows);
    return rows;
}

static const struct qon_field *id_of(const struct qon_table_kind *kind) {
    bool has = kind->fields_count > 0 && kind->fields[0].type == QON_TEXT && strcmp(kind->fields[0].name, "id") == 0;
    return has ? &kind->fields[0] : NULL;
}

// A cell as a text of its own, without quotes; NULL: empty. number[32] is used by numbers.
static const char *cell_text(const struct qon_tables *tables, const struct qon_table_kind *kind, const struct qon_field *field, int64_t row,
                             char *number) {
    const void *column = column_of(tables, kind, field);
    if (field->type == QON_TEXT) {
        return ((char *const *)column)[row];
    }
    if (field->type == QON_REF) {
        int32_t target = ((const int32_t *)column)[row];
        const struct qon_table_kind *of = qon_table_kind_find(field->refers);
        return target < 0 ? NULL : ((char *const *)column_of(tables, of, id_of(of)))[target];
    }
    if (field->type == QON_BOOL) {
        return ((const bool *)column)[row] ? "true" : "false";
    }
    if (field->type == QON_I64) {
        snprintf(number, 32, "%lld", (long long)((const int64_t *)column)[row]);
    } else {
        QON_REQUIRE(field->type == QON_F64);
        qon_number_format(((const double *)column)[row], number);
    }
    return number;
}

static bool in_key(const struct qon_table_kind *kind, const struct qon_field *field) {
    const struct qon_field *id = id_of(kind);
    return id != NULL ? field == id
                      : field->type == QON_TEXT || field->type == QON_REF || (field->type == QON_I64 && strcmp(field->unit, "year") == 0);
}

static const char *key_make(struct qon_comparing *comparing, const struct qon_tables *tables, const struct qon_table_kind *kind,
                            int64_t row) {
    char key[KEY_MAX] = "", number[32];
    size_t length = 0;
    for (size_t f = 0; f < kind->fields_count && length < sizeof key - 1; f++) {
        if (in_key(kind, &kind->fields[f])) {
            const char *text = cell_text(tables, kind, &kind->fields[f], row, number);
            int wrote = snprintf(key + length, sizeof key - length, "%s%s", length > 0 ? "," : "", text != NULL ? text : "all");
            length += wrote > 0 ? (size_t)wrote : 0;
        }
    }
    return qon_comparing_copy(comparing, key);
}

static int keyed_order(const void *a, const void *b) {
    const struct keyed *x = a, *y = b;
    int order = x->key == NULL || y->key == NULL ? 0 : strcmp(x->key, y->key);
    return order != 0 ? order : x->row < y->row ? -1 : x->row > y->row;
}

// The rows of one side by key; NULL on lack of memory, or when there are none.
static struct keyed *rows_by_key(struct qon_comparing *comparing, const struct qon_tables *tables, const struct qon_table_kind *kind) {
    int64_t rows = rows_of(tables, kind);
    struct keyed *list = NULL;
    comparing->failed |= qon_take(&list, (size_t)rows, sizeof *list) != QON_OK;
    for (int64_t row = 0; list != NULL && row < rows; row++) {
        list[row] = (struct keyed){key_make(comparing, tables, kind, row), row};
    }
    if (list != NULL) {
        qsort(list, (size_t)rows, sizeof *list, keyed_order);
    }
    return list;
}

static const char *cell_json(struct qon_comparing *comparing, const struct qon_field *field, const char *text) {
    struct qon_write write = {0};
    if (text == NULL) {
        return qon_comparing_copy(comparing, "null");
    }
    if (field->type != QON_TEXT && field->type != QON_REF) {
        return qon_comparing_copy(comparing, text);
    }
    qon_write_text(&write, NULL, text);
    return qon_comparing_text(comparing, &write);
}

static bool same_text(const char *a, const char *b) {
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void row_compare(struct qon_comparing *comparing, const struct qon_table_kind *kind, const struct keyed *base,
                        const struct keyed *alternative) {
    const struct qon_tables *tables[2] = {&comparing->side[0]->tables, &comparing->side[1]->tables};
    char number[2][32];
    for (size_t f = 0; f < kind->fields_count; f++) {
        const struct qon_field *field = &kind->fields[f];
        const char *was = cell_text(tables[0], kind, field, base->row, number[0]);
        const char *is = cell_text(tables[1], kind, field, alternative->row, number[1]);
        if (!same_text(was, is)) {
            snprintf(comparing->path, sizeof comparing->path, "%s[%s].%s", kind->path, base->key, field->name);
            qon_comparing_add(comparing, cell_json(comparing, field, was), cell_json(comparing, field, is), field,
                              (struct qon_difference){0});
        }
    }
}

// A row that only one side has, as an object.
static void row_alone(struct qon_comparing *comparing, const struct qon_table_kind *kind, int side, const struct keyed *own) {
    struct qon_write write = {0};
    char number[32];
    qon_write_open(&write, NULL, '{');
    for (size_t f = 0; f < kind->fields_count; f++) {
        const struct qon_field *field = &kind->fields[f];
        const char *text = cell_text(&comparing->side[side]->tables, kind, field, own->row, number);
        if (field->type == QON_F64 || field->type == QON_I64) {
            double value = 0;
            QON_REQUIRE(qon_number_parse(text, &value));
            qon_write_number(&write, field->name, value);
        } else if (field->type == QON_BOOL) {
            qon_write_truth(&write, field->name, text[0] == 't');
        } else {
            qon_write_text(&write, field->name, text);
        }
    }
    qon_write_close(&write, '}');
    const char *json = qon_comparing_text(comparing, &write);
    snprintf(comparing->path, sizeof comparing->path, "%s[%s]", kind->path, own->key);
    qon_comparing_add(comparing, side == 0 ? json : NULL, side == 1 ? json : NULL, NULL,
                      (struct qon_difference){.whole = true, .meaning = "row of the table"});
}

bool qon_comparing_table(struct qon_comparing *comparing, const struct qon_table_kind *kind) {
    int64_t rows[2] = {rows_of(&comparing->side[0]->tables, kind), rows_of(&comparing->side[1]->tables, kind)};
    size_t before = comparing->out->count;
    int64_t at[2] = {0, 0};
    struct keyed *list[2] = {rows_by_key(comparing, &comparing->side[0]->tables, kind),
                             rows_by_key(comparing, &comparing->side[1]->tables, kind)};
    while (!comparing->failed && (at[0] < rows[0] || at[1] < rows[1])) {
        int order = at[0] == rows[0] ? 1 : at[1] == rows[1] ? -1 : strcmp(list[0][at[0]].key, list[1][at[1]].key);
        if (order == 0) {
            row_compare(comparing, kind, &list[0][at[0]++], &list[1][at[1]++]);
        } else {
            int side = order < 0 ? 0 : 1;
            row_alone(comparing, kind, side, &list[side][at[side]++]);
        }
    }
    qon_free(list[0]);
    qon_free(list[1]);
    return comparing->out->count > before;
}
