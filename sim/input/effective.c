// SPDX-License-Identifier: GPL-3.0-or-later
// The scenario written down again as it was understood: inheritance and --set resolved, defaults filled in, the tables by path and hash.
// Read in the folder of the scenario it gives the same scenario. And the list of what was given and is not used.
#include "effective.h"
#include "calendar.h"
#include "header.h"
#include "programmes.h"
#include "write.h"
#include <qonys/memory.h>
#include <string.h>

static const char *const notes[] = {"source", "provenance", "range", "note"};

void qon_effective_leaf(struct qon_write *write, const struct qon_field *field, const void *place, const struct qon_json *leaf) {
    bool noted = leaf != NULL && leaf->type == QON_JSON_OBJECT;
    const char *key = noted ? "value" : field->name;
    if (noted) {
        qon_write_open(write, field->name, '{');
    }
    if (field->type == QON_BOOL) {
        qon_write_truth(write, key, *(const bool *)place);
    } else if (field->type == QON_MONTH) {
        char month[16];
        qon_month_format(*(const int32_t *)place, month);
        qon_write_text(write, key, month);
    } else {
        qon_write_number(write, key, qon_field_number(field, place));
    }
    for (size_t i = 0; noted && i < sizeof notes / sizeof notes[0]; i++) {
        const struct qon_json *note = qon_json_given(leaf, notes[i]);
        if (note != NULL) {
            qon_write_tree(write, notes[i], note);
        }
    }
    if (noted) {
        qon_write_close(write, '}');
    }
}

static void languages_write(struct qon_write *write, const char *key, const char *const texts[QON_LANGUAGES]) {
    if (texts[QON_EN] == NULL && texts[QON_KK] == NULL && texts[QON_RU] == NULL) {
        return;
    }
    qon_write_open(write, key, '{');
    for (int language = 0; language < QON_LANGUAGES; language++) {
        qon_write_text(write, qon_language_names[language], texts[language]);
    }
    qon_write_close(write, '}');
}

static void header_write(const struct qon_reading *reading, struct qon_write *write) {
    const struct qon_scenario *scenario = reading->scenario;
    qon_write_whole(write, "qonys", 1);
    qon_write_text(write, "name", scenario->name);
    languages_write(write, "title", (const char *const *)scenario->title);
    languages_write(write, "description", reading->description);
    for (size_t f = 0; f < QON_HEADER_FIELDS; f++) {
        const struct qon_field *field = &qon_header_fields[f];
        qon_effective_leaf(write, field, (const char *)scenario + field->offset, qon_json_given(reading->root, field->name));
    }
    const struct qon_json *seed = qon_json_given(reading->root, "seed");
    bool noted = seed != NULL && seed->type == QON_JSON_OBJECT;
    if (noted) {
        qon_write_open(write, "seed", '{');
    }
    qon_write_format(write, noted ? "value" : "seed", "%llu", (unsigned long long)scenario->seed);
    for (size_t i = 0; noted && i < sizeof notes / sizeof notes[0]; i++) {
        const struct qon_json *note = qon_json_given(seed, notes[i]);
        if (note != NULL) {
            qon_write_tree(write, notes[i], note);
        }
    }
    if (noted) {
        qon_write_close(write, '}');
    }
}

static void file_write(struct qon_write *write, const char *key, const struct qon_named_file *file, int64_t rows) {
    if (file->node == NULL) {
        return;
    }
    qon_write_open(write, key, '{');
    qon_write_text(write, "file", file->given);
    qon_write_format(write, "xxhash64", "%016llx", (unsigned long long)file->hash);
    if (rows >= 0) {
        qon_write_whole(write, "rows", rows);
    }
    qon_write_close(write, '}');
}

static void calendar_write(const struct qon_reading *reading, struct qon_write *write) {
    const struct qon_json *group = qon_json_given(reading->root, "calendar");
    qon_write_open(write, "calendar", '{');
    for (size_t f = 0; f < QON_CALENDAR_FIELDS; f++) {
        const struct qon_field *field = &qon_calendar_fields[f];
        const struct qon_json *list = qon_json_given(group, field->name);
        const struct qon_steps *steps = (const struct qon_steps *)(const void *)((const char *)reading->scenario + field->offset);
        qon_write_open(write, field->name, '{');
        for (int32_t i = 0; i < steps->count; i++) {
            char month[16];
            qon_month_format(steps->from[i], month);
            struct qon_field step = *field;
            step.name = month;
            qon_effective_leaf(write, &step, &steps->tiyn[i], qon_json_given(list, month));
        }
        qon_write_close(write, '}');
    }
    qon_write_close(write, '}');
}

static void group_write(const struct qon_reading *reading, struct qon_write *write, const char *group) {
    const struct qon_tables *tables = &reading->scenario->tables;
    const struct qon_json *given = qon_json_given(reading->root, group);
    qon_write_open(write, group, '{');
    size_t count;
    const struct qon_table_kind *kinds = qon_table_kinds(&count);
    for (size_t k = 0; k < count; k++) {
        const char *key = qon_group_key(kinds[k].path, group);
        if (key != NULL) {
            int64_t rows;
            memcpy(&rows, (const char *)tables + kinds[k].offset, sizeof rows);
            file_write(write, key, &reading->tables[k], rows);
        }
    }
    if (strcmp(group, "geography") == 0) {
        file_write(write, "boundaries", &reading->boundaries, -1);
    }
    const struct qon_section *section = qon_section_find(group);
    for (size_t f = 0; section != NULL && f < section->fields_count; f++) {
        const struct qon_field *field = &section->fields[f];
        const char *place = (const char *)&reading->scenario->settings + section->offset + field->offset;
        qon_effective_leaf(write, field, place, qon_json_given(given, field->name));
    }
    qon_write_close(write, '}');
}

static void list_write(const struct qon_reading *reading, struct qon_write *write, const char *key) {
    const struct qon_json *list = qon_json_given(reading->root, key);
    if (list != NULL) {
        qon_write_tree(write, key, list);
    } else {
        qon_write_open(write, key, '[');
        qon_write_close(write, ']');
    }
}

static bool any_used(const struct qon_json *node) {
    bool used = node->used;
    for (const struct qon_json *child = node->child; child != NULL && !used; child = child->next) {
        used = any_used(child);
    }
    return used;
}

// The paths of the largest parts of the tree of which nothing was used. An empty object says nothing, so it is not missed.
static void unused_write(struct qon_write *write, const struct qon_json *node) {
    for (const struct qon_json *child = node->child; child != NULL; child = child->next) {
        bool inner = child->type == QON_JSON_OBJECT || child->type == QON_JSON_ARRAY;
        if (any_used(child)) {
            if (!child->used) { // a leaf that was used is used with all its notes
                unused_write(write, child);
            }
        } else if (child->type != QON_JSON_NULL && !(inner && child->child == NULL)) {
            char path[QON_JSON_PATH_MAX];
            qon_json_path(child, path);
            qon_write_text(write, NULL, path);
        }
    }
}

enum qon_status qon_effective_write(struct qon_reading *reading) {
    enum qon_status status = QON_OK;
    struct qon_write effective = {0};
    struct qon_write unused = {0};
    const char *groups[QON_GROUPS_MAX];
    size_t count = qon_groups(groups);
    qon_write_open(&effective, NULL, '{');
    header_write(reading, &effective);
    for (size_t g = 0; g < count; g++) {
        if (strcmp(groups[g], "calendar") == 0) {
            calendar_write(reading, &effective);
        } else {
            group_write(reading, &effective, groups[g]);
        }
    }
    qon_programmes_write(reading, &effective);
    if (qon_json_given(reading->root, "changes") != NULL) {
        list_write(reading, &effective, "changes");
    }
    list_write(reading, &effective, "targets");
    list_write(reading, &effective, "observe");
    qon_write_close(&effective, '}');
    QON_TRY(qon_write_end(&effective, &reading->scenario->effective));
    qon_write_open(&unused, NULL, '[');
    unused_write(&unused, reading->root);
    qon_write_close(&unused, ']');
    QON_TRY(qon_write_end(&unused, &reading->scenario->unused));
done:
    return status;
}
