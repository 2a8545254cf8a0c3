// SPDX-License-Identifier: GPL-3.0-or-later
// Programmes in the effective scenario: every field with its default filled in, conditions and limits as they were given.
#include "effective.h"
#include "programmes.h"
#include <string.h>

// A choice or a reference by its text; the rest like any other value.
static void field_write(struct qon_write *write, const struct qon_field *field, const void *base, const struct qon_json *object) {
    const struct qon_json *leaf = qon_json_given(object, field->name);
    bool choice = field->type == QON_I32 && field->refers != NULL;
    if (leaf != NULL && (choice || field->type == QON_REF)) {
        qon_write_tree(write, field->name, leaf);
    } else if (choice) {
        char text[64];
        qon_write_text(write, field->name, qon_choice_text(field->refers, *(const int32_t *)base, text));
    } else if (field->type != QON_REF) {
        qon_effective_leaf(write, field, base, leaf);
    }
}

static void fields_write(struct qon_write *write, const struct qon_field *fields, size_t count, const void *base,
                         const struct qon_json *object) {
    for (size_t f = 0; f < count; f++) {
        field_write(write, &fields[f], (const char *)base + fields[f].offset, object);
    }
}

// What stands in the scenario as it was given.
static void trees_write(struct qon_write *write, const struct qon_json *object, const char *const *keys, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const struct qon_json *tree = qon_json_given(object, keys[i]);
        if (tree != NULL) {
            qon_write_tree(write, keys[i], tree);
        }
    }
}

static void benefits_write(struct qon_write *write, const struct qon_programme *programme, const struct qon_json *list) {
    const struct qon_json *given = list == NULL ? NULL : list->child;
    qon_write_open(write, "benefits", '[');
    for (int32_t i = 0; i < programme->benefits_count; i++, given = given->next) {
        const struct qon_benefit *benefit = &programme->benefits[i];
        qon_write_open(write, NULL, '{');
        qon_write_text(write, "kind", benefit->kind->name);
        trees_write(write, given, qon_programme_notes, QON_NOTES);
        fields_write(write, benefit->kind->fields, benefit->kind->fields_count, benefit->settings, given);
        qon_write_close(write, '}');
    }
    qon_write_close(write, ']');
}

static void programme_write(struct qon_write *write, const struct qon_programme *programme, const struct qon_json *object) {
    static const char *const before[] = {"name", "title", "source", "note"};
    static const char *const after[] = {"quota", "budget", "points", "priority", "exclusive_with", "stacks_with"};
    size_t count;
    const struct qon_section *section = qon_programme_sections(&count);
    qon_write_open(write, NULL, '{');
    trees_write(write, object, before, sizeof before / sizeof before[0]);
    for (size_t s = 0; s < count; s++) {
        bool own = section[s].name[0] == '\0';
        const struct qon_json *given = own ? object : qon_json_given(object, section[s].name);
        if (!own) {
            qon_write_open(write, section[s].name, '{');
        }
        fields_write(write, section[s].fields, section[s].fields_count, (const char *)programme + section[s].offset, given);
        if (!own) {
            qon_write_close(write, '}');
        }
    }
    static const char *const eligible[] = {"eligible"};
    trees_write(write, object, eligible, 1);
    benefits_write(write, programme, qon_json_given(object, "benefits"));
    trees_write(write, object, after, sizeof after / sizeof after[0]);
    qon_write_close(write, '}');
}

void qon_programmes_write(const struct qon_reading *reading, struct qon_write *write) {
    const struct qon_json *list = qon_json_given(reading->root, "programmes");
    const struct qon_programmes *programmes = &reading->scenario->programmes;
    const struct qon_json *object = list == NULL ? NULL : list->child;
    qon_write_open(write, "programmes", '[');
    for (int32_t i = 0; i < programmes->count; i++, object = object->next) {
        programme_write(write, &programmes->row[i], object);
    }
    qon_write_close(write, ']');
}
