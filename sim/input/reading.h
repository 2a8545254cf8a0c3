// SPDX-License-Identifier: GPL-3.0-or-later
// One reading of a scenario: what the files of sim/input share; private to sim/input.
//
// The order (scenario.c): the file and what it extends are merged to one tree (extends.c), --set changes it (override.c), then header,
// settings, tables and boundaries are read from it, and what was read is written down again (effective.c). A fault of the user's is added
// to `faults` and reading goes on, so that one run shows all of them; a function returns other than QON_OK only when it cannot go on.
#ifndef QONYS_INPUT_READING_H
#define QONYS_INPUT_READING_H

#include "json.h"
#include <qonys/input.h>

// Rows of a table by id.
struct qon_index {
    int32_t *slot; // row + 1; 0: free
    size_t slots;  // a power of two
};

// A file that the scenario names.
struct qon_named_file {
    const struct qon_json *node; // that names it; NULL: not given
    const char *given;           // as the scenario gives it
    const char *path;            // as it is opened
    uint64_t hash;               // XXH64 of its bytes
    int32_t *line;               // of each row of a table (qon_take)
    struct qon_index index;      // of a table with ids
    bool read;                   // the rows are there
    bool partial;                // but some ids were lost
    bool sound;                  // and no fault was found among them
};

struct qon_reading {
    struct qon_arena arena;
    struct qon_faults *faults;
    struct qon_scenario *scenario;
    struct qon_json *root;
    struct qon_named_file *tables; // one a kind, in the order of qon_table_kinds
    struct qon_named_file boundaries;
    const char *description[QON_LANGUAGES];
};

enum { QON_GROUPS_MAX = 32, QON_KEYS_MAX = 128 };

extern const char *const qon_language_names[QON_LANGUAGES];

// Names of the objects that hold settings and tables: geography, population, labour, ..., calendar. Returns their count.
size_t qon_groups(const char *names[QON_GROUPS_MAX]);

// For a table's path such as "geography.zones" and the group "geography": "zones"; NULL when it belongs to another group.
const char *qon_group_key(const char *path, const char *group);

const struct qon_section *qon_section_find(const char *name); // NULL when there is none

// The file of a table of that name.
struct qon_named_file *qon_named_file(struct qon_reading *reading, const char *table);

// extends.c: loads `file` with what it extends. *root is one tree without the key "extends".
enum qon_status qon_extends_load(struct qon_reading *reading, const char *file, struct qon_json **root);

// override.c. given: where the change stands; NULL: on the command line.
enum qon_status qon_override_apply(struct qon_reading *reading, const struct qon_override *override, const struct qon_place *given);
// The same for a path and a value that stand in a file; `value` is taken out of its place. Faults are told where they stand.
enum qon_status qon_override_put(struct qon_reading *reading, const struct qon_json *path, struct qon_json *value);

// changes.c: the list is well formed; then the scenario as it stands after each of its months.
struct qon_given { // what a scenario is read from
    const char *file;
    const struct qon_override *overrides;
    const struct qon_place *places; // of the overrides; NULL: the command line
    int overrides_count;
    struct qon_stage *stage;
};
void qon_changes_check(struct qon_reading *reading);
enum qon_status qon_changes_read(struct qon_reading *reading, const char *file, const struct qon_override *overrides,
                                 const struct qon_place *places, int count);

// leaf.c: values. Each adds its faults; `false` or NULL: there is none to use.
// A leaf is a value, or {"value": X} with "source", "provenance", "range" and "note" beside it.
const struct qon_json *qon_leaf_value(struct qon_reading *reading, struct qon_json *leaf);
bool qon_leaf_number(struct qon_reading *reading, struct qon_json *leaf, const struct qon_field *field, double *out);
void qon_leaf_field(struct qon_reading *reading, struct qon_json *leaf, const struct qon_field *field, void *place);
const char *qon_leaf_text(struct qon_reading *reading, struct qon_json *leaf);
bool qon_leaf_object(struct qon_reading *reading, struct qon_json *node); // is an object
void qon_keys_check(struct qon_reading *reading, const struct qon_json *object, const char *const *names, size_t count);

// Stores a number that has been checked, by the field's type; money in tenge becomes tiyn where the unit says so.
void qon_field_store(const struct qon_field *field, double number, void *place);
// Adds a fault when `number` is outside the field's range or not whole where it must be.
bool qon_field_check(const struct qon_field *field, double number, struct qon_place place, struct qon_faults *faults);
double qon_field_number(const struct qon_field *field, const void *place); // the reverse of qon_field_store

// " (did you mean NAME?)" or "". text[128].
const char *qon_nearest_text(const char *word, const char *const *names, size_t count, char *text);

// header.c, settings_read.c, programmes.c
enum qon_status qon_header_read(struct qon_reading *reading);
enum qon_status qon_settings_read(struct qon_reading *reading);
enum qon_status qon_calendar_read(struct qon_reading *reading);
enum qon_status qon_programmes_read(struct qon_reading *reading);

// table.c, boundary.c, check.c
enum qon_status qon_file_name_read(struct qon_reading *reading, struct qon_json *node, struct qon_named_file *file, uint64_t *pinned);
enum qon_status qon_tables_read(struct qon_reading *reading);
int64_t qon_index_find(const struct qon_index *index, char *const *ids, const char *id); // row, -1 when absent
enum qon_status qon_boundaries_read(struct qon_reading *reading);
enum qon_status qon_tables_check(struct qon_reading *reading);

// effective.c
enum qon_status qon_effective_write(struct qon_reading *reading);

#endif
