// SPDX-License-Identifier: GPL-3.0-or-later
// Tables: CSV files to columns, by the descriptions of tables.def.
//
// Columns are found by name, in any order. A row with a fault is kept, with something harmless in the faulty cell, so that ids that other
// tables refer to are known; where rows or ids were lost, the table is partial and what refers to it is not blamed: one fault does not
// bring forth a hundred.
#include "csv.h"
#include "reading.h"
#include "text.h"
#include <math.h>
#include <qonys/memory.h>
#include <string.h>
#include <xxhash.h>

enum { COLUMNS_MAX = 64 };
#define TABLE_BYTES_MAX ((size_t)1 << 30)

static const char *const extra_columns[] = {"provenance", "source", "note"};

// One table being read.
struct loading {
    struct qon_reading *reading;
    const struct qon_table_kind *kind;
    struct qon_named_file *file;
    struct qon_csv csv;
    const struct qon_field *column[COLUMNS_MAX]; // of the file, by its header; NULL: one of the extra ones
    size_t columns;
    int64_t rows;
    int64_t room;
};

static void *column_data(const struct qon_tables *tables, const struct qon_table_kind *kind, const struct qon_field *field) {
    void *data; // columns are pointers of different types
    memcpy(&data, (const char *)tables + kind->offset + field->offset, sizeof data);
    return data;
}

static size_t type_size(enum qon_type type) {
    switch (type) {
    case QON_F64:
        return sizeof(double);
    case QON_I64:
        return sizeof(int64_t);
    case QON_I32:
    case QON_MONTH:
    case QON_REF:
        return sizeof(int32_t);
    case QON_BOOL:
        return sizeof(bool);
    case QON_TEXT:
        break;
    }
    return sizeof(char *);
}

static const struct qon_field *field_find(const struct qon_table_kind *kind, const char *name) {
    for (size_t f = 0; f < kind->fields_count; f++) {
        if (strcmp(kind->fields[f].name, name) == 0) {
            return &kind->fields[f];
        }
    }
    return NULL;
}

static struct qon_place cell_place(const struct loading *loading, const struct qon_csv_cell *cell, const char *column) {
    return (struct qon_place){loading->file->path, cell->line, cell->column, column};
}

// --- ids

static size_t slot_of(const struct qon_index *index, char *const *ids, const char *id) {
    size_t slot = XXH3_64bits(id, strlen(id)) & (index->slots - 1);
    while (index->slot[slot] != 0 && strcmp(ids[index->slot[slot] - 1], id) != 0) {
        slot = (slot + 1) & (index->slots - 1);
    }
    return slot;
}

int64_t qon_index_find(const struct qon_index *index, char *const *ids, const char *id) {
    return index->slots == 0 ? -1 : (int64_t)index->slot[slot_of(index, ids, id)] - 1;
}

static void id_add(struct loading *loading, const struct qon_csv_cell *cell, int64_t row) {
    char **ids = column_data(&loading->reading->scenario->tables, loading->kind, field_find(loading->kind, "id"));
    struct qon_index *index = &loading->file->index;
    size_t slot = slot_of(index, ids, ids[row]);
    if (index->slot[slot] != 0) {
        loading->file->partial = true;
        qon_fault_add(loading->reading->faults, cell_place(loading, cell, "id"), "%s is given twice, first in line %d", ids[row],
                      loading->file->line[index->slot[slot] - 1]);
    } else {
        index->slot[slot] = (int32_t)row + 1;
    }
}

// --- cells

// Row of the table referred to; -1 when there is none.
static int32_t reference_read(struct loading *loading, const struct qon_field *field, const struct qon_csv_cell *cell) {
    const struct qon_table_kind *target = qon_table_kind_find(field->refers);
    const struct qon_named_file *file = qon_named_file(loading->reading, field->refers);
    const struct qon_tables *tables = &loading->reading->scenario->tables;
    if (!file->read) { // its own fault has been told
        return -1;
    }
    char **ids = column_data(tables, target, field_find(target, "id"));
    int64_t row = qon_index_find(&file->index, ids, cell->text);
    if (row < 0 && !file->partial) {
        char hint[128] = "";
        if (loading->reading->faults->kept < QON_FAULTS_KEPT) { // the search is long in a large table
            int64_t rows;
            memcpy(&rows, (const char *)tables + target->offset, sizeof rows);
            qon_nearest_text(cell->text, (const char *const *)ids, (size_t)rows, hint);
        }
        qon_fault_add(loading->reading->faults, cell_place(loading, cell, field->name), "%.60s is not in the table %s%s", cell->text,
                      field->refers, hint);
    }
    return (int32_t)row;
}

static enum qon_status text_read(char **out, const char *text) {
    *out = qon_string_copy(text);
    return *out == NULL ? QON_MACHINE : QON_OK;
}

static void number_read(struct loading *loading, const struct qon_field *field, const struct qon_csv_cell *cell, void *place) {
    struct qon_place where = cell_place(loading, cell, field->name);
    double number;
    if (field->type == QON_MONTH) {
        number = qon_month_parse(cell->text);
        if (number < 0) {
            qon_fault_add(loading->reading->faults, where, "is \"%.60s\", expected a month YYYY-MM", cell->text);
            return;
        }
    } else if (!qon_number_parse(cell->text, &number)) {
        qon_fault_add(loading->reading->faults, where, "is \"%.60s\", expected a number", cell->text);
        return;
    } else if (field->type == QON_BOOL && number != 0 && number != 1) {
        qon_fault_add(loading->reading->faults, where, "is %.15g, expected 0 or 1", number);
        return;
    } else if (!qon_field_check(field, number, where, loading->reading->faults)) {
        return;
    }
    qon_field_store(field, number, place);
}

static enum qon_status cell_read(struct loading *loading, const struct qon_field *field, const struct qon_csv_cell *cell, int64_t row) {
    char *place = (char *)column_data(&loading->reading->scenario->tables, loading->kind, field) + (size_t)row * type_size(field->type);
    if (cell->text[0] == '\0') {
        if (isnan(field->initial)) {
            loading->file->partial = loading->file->partial || strcmp(field->name, "id") == 0;
            qon_fault_add(loading->reading->faults, cell_place(loading, cell, field->name), "is missing: %s", field->meaning);
        }
        return QON_OK; // row_add has put the default there
    }
    if (field->type == QON_TEXT) {
        enum qon_status status = text_read((char **)(void *)place, cell->text);
        if (status == QON_OK && strcmp(field->name, "id") == 0) {
            id_add(loading, cell, row);
        }
        return status;
    }
    if (field->type == QON_REF) {
        *(int32_t *)(void *)place = reference_read(loading, field, cell);
    } else {
        number_read(loading, field, cell, place);
    }
    return QON_OK;
}

// --- rows

static void defaults_store(const struct loading *loading, int64_t row) {
    for (size_t f = 0; f < loading->kind->fields_count; f++) {
        const struct qon_field *field = &loading->kind->fields[f];
        char *place = (char *)column_data(&loading->reading->scenario->tables, loading->kind, field) + (size_t)row * type_size(field->type);
        if (field->type == QON_REF) {
            *(int32_t *)(void *)place = -1;
        } else if (field->type != QON_TEXT) {
            qon_field_store(field, isnan(field->initial) ? field->minimum : field->initial, place);
        }
    }
}

// A text that must be there and is not would be NULL: the readers of faulty tables need not know.
static enum qon_status texts_fill(const struct loading *loading, int64_t row) {
    enum qon_status status = QON_OK;
    for (size_t f = 0; f < loading->kind->fields_count; f++) {
        const struct qon_field *field = &loading->kind->fields[f];
        char **texts = column_data(&loading->reading->scenario->tables, loading->kind, field);
        if (field->type == QON_TEXT && isnan(field->initial) && texts[row] == NULL) {
            QON_TRY(text_read(&texts[row], ""));
        }
    }
done:
    return status;
}

static void rows_store(const struct loading *loading) {
    memcpy((char *)&loading->reading->scenario->tables + loading->kind->offset, &loading->rows, sizeof loading->rows);
}

static enum qon_status row_read(struct loading *loading) {
    enum qon_status status = QON_OK;
    struct qon_csv *csv = &loading->csv;
    if (csv->count != loading->columns) {
        struct qon_place place = {loading->file->path, csv->cells[0].line, csv->cells[0].column, NULL};
        loading->file->partial = true;
        qon_fault_add(loading->reading->faults, place, "the row has %zu cells, the header %zu", csv->count, loading->columns);
        return QON_OK;
    }
    QON_REQUIRE(loading->rows < loading->room);
    int64_t row = loading->rows++;
    rows_store(loading); // from here on qon_tables_free frees its texts
    loading->file->line[row] = csv->cells[0].line;
    defaults_store(loading, row);
    for (size_t c = 0; c < csv->count; c++) {
        if (loading->column[c] != NULL) {
            QON_TRY(cell_read(loading, loading->column[c], &csv->cells[c], row));
        }
    }
    QON_TRY(texts_fill(loading, row));
done:
    return status;
}

// --- header

static void header_fault(struct loading *loading, const struct qon_csv_cell *cell) {
    const char *names[COLUMNS_MAX + 3];
    size_t count = 0;
    for (size_t f = 0; f < loading->kind->fields_count; f++) {
        names[count++] = loading->kind->fields[f].name;
    }
    for (size_t i = 0; i < 3; i++) {
        names[count++] = extra_columns[i];
    }
    char hint[128];
    qon_fault_add(loading->reading->faults, cell_place(loading, cell, cell->text), "the table %s has no such column%s", loading->kind->name,
                  qon_nearest_text(cell->text, names, count, hint));
}

static bool column_extra(const char *name) {
    return strcmp(name, extra_columns[0]) == 0 || strcmp(name, extra_columns[1]) == 0 || strcmp(name, extra_columns[2]) == 0;
}

// Joins the file's columns with the table's. Without a sound header no row can be read.
static enum qon_status header_read(struct loading *loading) {
    struct qon_csv *csv = &loading->csv;
    struct qon_faults *faults = loading->reading->faults;
    long before = faults->count;
    if (csv->count > COLUMNS_MAX) {
        return qon_fault_add(faults, cell_place(loading, &csv->cells[COLUMNS_MAX], NULL), "more than %d columns", COLUMNS_MAX);
    }
    loading->columns = csv->count;
    for (size_t c = 0; c < csv->count; c++) {
        const struct qon_csv_cell *cell = &csv->cells[c];
        loading->column[c] = field_find(loading->kind, cell->text);
        if (loading->column[c] == NULL && !column_extra(cell->text)) {
            header_fault(loading, cell);
        }
        for (size_t other = 0; other < c; other++) {
            if (strcmp(csv->cells[other].text, cell->text) == 0) {
                qon_fault_add(faults, cell_place(loading, cell, cell->text), "the column is given twice");
            }
        }
    }
    for (size_t f = 0; f < loading->kind->fields_count; f++) {
        const struct qon_field *field = &loading->kind->fields[f];
        bool there = !isnan(field->initial);
        for (size_t c = 0; c < csv->count && !there; c++) {
            there = loading->column[c] == field;
        }
        if (!there) {
            struct qon_place place = {loading->file->path, csv->cells[0].line, 1, field->name};
            qon_fault_add(faults, place, "the column is missing: %s", field->meaning);
        }
    }
    return faults->count > before ? QON_USER : QON_OK;
}

static enum qon_status columns_take(struct loading *loading) {
    enum qon_status status = QON_OK;
    char *table = (char *)&loading->reading->scenario->tables + loading->kind->offset;
    for (size_t f = 0; f < loading->kind->fields_count; f++) {
        const struct qon_field *field = &loading->kind->fields[f];
        QON_TRY(qon_take(table + field->offset, (size_t)loading->room, type_size(field->type)));
    }
    QON_TRY(qon_take(&loading->file->line, (size_t)loading->room, sizeof *loading->file->line));
    if (field_find(loading->kind, "id") != NULL) {
        size_t slots = 16;
        while (slots < 2 * (size_t)loading->room) {
            slots *= 2;
        }
        QON_TRY(qon_take(&loading->file->index.slot, slots, sizeof *loading->file->index.slot));
        loading->file->index.slots = slots;
    }
done:
    return status;
}

static int64_t lines_count(const char *text, size_t length) {
    int64_t lines = 1;
    for (size_t i = 0; i < length; i++) {
        lines += text[i] == '\n';
    }
    return lines;
}

// --- files

static enum qon_status rows_read(struct loading *loading, char *text, size_t length) {
    enum qon_status status = QON_OK;
    struct qon_faults *faults = loading->reading->faults;
    long before = faults->count;
    bool more;
    loading->room = lines_count(text, length); // no fewer than there are rows
    QON_TRY(qon_csv_open(&loading->csv, loading->file->path, text, length, faults));
    QON_TRY(qon_csv_next(&loading->csv, &more));
    if (!more) {
        status =
            qon_fault_add(faults, (struct qon_place){loading->file->path, 0, 0, NULL}, "is empty, expected a line with the column names");
        goto done;
    }
    QON_TRY(header_read(loading));
    QON_TRY(columns_take(loading));
    loading->file->read = loading->file->partial = true; // until the end is reached
    QON_TRY(qon_csv_next(&loading->csv, &more));
    loading->file->partial = false;
    while (more) {
        QON_TRY(row_read(loading));
        status = qon_csv_next(&loading->csv, &more);
        if (status != QON_OK) {
            loading->file->partial = true; // the rest of its rows is not known
            goto done;
        }
    }
    loading->file->partial = loading->file->partial || loading->rows == 0; // then check.c says so, once
    loading->file->sound = faults->count == before;
done:
    return status;
}

enum qon_status qon_file_name_read(struct qon_reading *reading, struct qon_json *node, struct qon_named_file *file, uint64_t *pinned) {
    static const char *const keys[] = {"file", "xxhash64", "rows", "source", "provenance", "note"};
    enum qon_status status = QON_OK;
    char path[QON_JSON_PATH_MAX];
    struct qon_json *name = node;
    node->used = true;
    *pinned = 0;
    if (node->type == QON_JSON_OBJECT) {
        qon_keys_check(reading, node, keys, sizeof keys / sizeof keys[0]);
        for (struct qon_json *child = node->child; child != NULL; child = child->next) {
            child->used = true;
        }
        name = qon_json_given(node, "file");
        const struct qon_json *hash = qon_json_given(node, "xxhash64");
        bool sixteen =
            hash != NULL && hash->type == QON_JSON_STRING && strspn(hash->text, "0123456789abcdef") == 16 && hash->text[16] == '\0';
        if (hash != NULL && !sixteen) {
            return qon_fault_add(reading->faults, qon_json_place(hash, path), "expected 16 digits 0-9, a-f");
        }
        *pinned = sixteen ? strtoull(hash->text, NULL, 16) : 0;
    }
    if (name == NULL || name->type != QON_JSON_STRING || name->text[0] == '\0') {
        return qon_fault_add(reading->faults, qon_json_place(node, path), "expected the path of a file");
    }
    file->node = node;
    file->given = name->text;
    QON_TRY(qon_arena_path(&reading->arena, name->source->folder, name->text, &file->path));
done:
    return status;
}

static enum qon_status table_read(struct qon_reading *reading, const struct qon_table_kind *kind, struct qon_named_file *file,
                                  struct qon_json *node) {
    enum qon_status status = QON_OK;
    struct loading loading = {.reading = reading, .kind = kind, .file = file};
    char path[QON_JSON_PATH_MAX];
    char *text = NULL;
    size_t length;
    uint64_t pinned;
    QON_TRY(qon_file_name_read(reading, node, file, &pinned));
    QON_TRY(qon_file_read(file->path, TABLE_BYTES_MAX, &text, &length, qon_json_place(node, path), reading->faults));
    file->hash = XXH64(text, length, 0); // as the command xxhsum prints it
    if (pinned != 0 && pinned != file->hash) {
        qon_fault_add(reading->faults, qon_json_place(node, path), "%s has changed: its xxhash64 is %016llx", file->path,
                      (unsigned long long)file->hash);
    }
    QON_TRY(rows_read(&loading, text, length));
done:
    qon_csv_free(&loading.csv);
    qon_free(text);
    return status;
}

struct qon_named_file *qon_named_file(struct qon_reading *reading, const char *table) {
    size_t count;
    const struct qon_table_kind *kinds = qon_table_kinds(&count);
    return &reading->tables[qon_table_kind_find(table) - kinds];
}

static struct qon_json *table_node(const struct qon_reading *reading, const char *path) {
    const char *groups[QON_GROUPS_MAX];
    size_t count = qon_groups(groups);
    const char *key = NULL;
    size_t g = 0;
    while (key == NULL) {
        QON_REQUIRE(g < count); // tables.def names groups of settings_read.c only
        key = qon_group_key(path, groups[g++]);
    }
    return qon_json_given(qon_json_given(reading->root, groups[g - 1]), key);
}

enum qon_status qon_tables_read(struct qon_reading *reading) {
    enum qon_status status = QON_OK;
    size_t count;
    const struct qon_table_kind *kinds = qon_table_kinds(&count);
    for (size_t k = 0; k < count; k++) {
        struct qon_json *node = table_node(reading, kinds[k].path);
        if (node != NULL) {
            status = table_read(reading, &kinds[k], &reading->tables[k], node);
            if (status == QON_MACHINE) {
                return status;
            }
        } else if (kinds[k].required) {
            struct qon_place place = {reading->root->source->name, reading->root->line, reading->root->column, kinds[k].path};
            qon_fault_add(reading->faults, place, "is missing: the path of a CSV file of %s", kinds[k].meaning);
        } else {
            reading->tables[k].sound = true; // absent: no rows, nothing wrong with them
        }
    }
    return QON_OK;
}
