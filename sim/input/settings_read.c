// SPDX-License-Identifier: GPL-3.0-or-later
// The objects of a scenario that hold settings and name tables: one loop over the field tables.
#include "calendar.h"
#include "reading.h"
#include <math.h>
#include <string.h>

const char *qon_group_key(const char *path, const char *group) {
    size_t length = strlen(group);
    return strncmp(path, group, length) == 0 && path[length] == '.' ? path + length + 1 : NULL;
}

static size_t name_add(const char **names, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            return count;
        }
    }
    QON_REQUIRE(count < QON_GROUPS_MAX);
    names[count] = name;
    return count + 1;
}

// Groups that hold tables only have no struct to carry their name.
static const char *const table_groups[] = {"geography", "population"};

size_t qon_groups(const char *names[QON_GROUPS_MAX]) {
    size_t count = 0;
    for (size_t i = 0; i < sizeof table_groups / sizeof table_groups[0]; i++) {
        count = name_add(names, count, table_groups[i]);
    }
    size_t sections;
    const struct qon_section *section = qon_settings_sections(&sections);
    for (size_t s = 0; s < sections; s++) {
        count = name_add(names, count, section[s].name);
    }
    return name_add(names, count, "calendar");
}

const struct qon_section *qon_section_find(const char *name) {
    size_t count;
    const struct qon_section *section = qon_settings_sections(&count);
    for (size_t s = 0; s < count; s++) {
        if (strcmp(section[s].name, name) == 0) {
            return &section[s];
        }
    }
    return NULL;
}

// Every key that a group may have.
static size_t group_keys(const char *group, const char *names[QON_KEYS_MAX]) {
    size_t count = 0;
    const struct qon_section *section = qon_section_find(group);
    for (size_t f = 0; section != NULL && f < section->fields_count; f++) {
        QON_REQUIRE(count < QON_KEYS_MAX);
        names[count++] = section->fields[f].name;
    }
    size_t kinds;
    const struct qon_table_kind *kind = qon_table_kinds(&kinds);
    for (size_t k = 0; k < kinds; k++) {
        const char *key = qon_group_key(kind[k].path, group);
        if (key != NULL) {
            QON_REQUIRE(count < QON_KEYS_MAX);
            names[count++] = key;
        }
    }
    if (strcmp(group, "geography") == 0) {
        QON_REQUIRE(count < QON_KEYS_MAX);
        names[count++] = "boundaries";
    }
    return count;
}

static void section_read(struct qon_reading *reading, const struct qon_section *section, struct qon_json *group) {
    for (size_t f = 0; f < section->fields_count; f++) {
        const struct qon_field *field = &section->fields[f];
        struct qon_json *leaf = qon_json_given(group, field->name);
        if (leaf != NULL) {
            qon_leaf_field(reading, leaf, field, (char *)&reading->scenario->settings + section->offset + field->offset);
        } else if (isnan(field->initial)) {
            char path[QON_JSON_PATH_MAX];
            snprintf(path, sizeof path, "%s.%s", section->name, field->name);
            struct qon_place place = {reading->root->source->name, reading->root->line, reading->root->column, path};
            qon_fault_add(reading->faults, place, "is missing: %s", field->meaning);
        }
    }
}

enum qon_status qon_settings_read(struct qon_reading *reading) {
    const char *groups[QON_GROUPS_MAX];
    size_t count = qon_groups(groups);
    qon_settings_default(&reading->scenario->settings);
    for (size_t g = 0; g < count; g++) {
        if (strcmp(groups[g], "calendar") == 0) {
            continue;
        }
        struct qon_json *group = qon_json_given(reading->root, groups[g]);
        if (group != NULL && qon_leaf_object(reading, group)) {
            const char *names[QON_KEYS_MAX];
            size_t keys = group_keys(groups[g], names);
            qon_keys_check(reading, group, names, keys);
        }
        const struct qon_section *section = qon_section_find(groups[g]);
        if (section != NULL) {
            section_read(reading, section, group);
        }
    }
    return QON_OK;
}
