// SPDX-License-Identifier: GPL-3.0-or-later
// The JSON Schema of scenario files, made from the same tables as the readers. What it accepts, the readers accept, save for what a schema
// cannot say: files that are not there, tables that do not add up, names given twice.
#include "schema.h"
#include "calendar.h"
#include "header.h"
#include "programmes.h"
#include <math.h>
#include <string.h>

_Static_assert(QON_NAME_LETTERS_MAX == 64, "the pattern below says so");
const char qon_schema_name[] = "^[A-Za-z0-9_-]{1,64}$";
const char qon_schema_month[] = "^(19|[2-9][0-9])[0-9]{2}-(0[1-9]|1[0-2])$";

static void any_open(struct qon_write *write) {
    qon_write_open(write, "anyOf", '[');
}

static void type_write(struct qon_write *write, const char *type) {
    qon_write_open(write, NULL, '{');
    qon_write_text(write, "type", type);
    qon_write_close(write, '}');
}

static void reference_write(struct qon_write *write, const char *key, const char *name) {
    qon_write_open(write, key, '{');
    qon_write_format(write, "$ref", "#/$defs/%s", name);
    qon_write_close(write, '}');
}

// What the value of a field may be.
static void bare_write(struct qon_write *write, const char *key, const struct qon_field *field) {
    qon_write_open(write, key, '{');
    if (field->type == QON_BOOL) {
        qon_write_text(write, "type", "boolean");
    } else if (field->type == QON_MONTH) {
        qon_write_text(write, "type", "string");
        qon_write_text(write, "pattern", qon_schema_month);
    } else {
        bool tenge = field->type == QON_I64 && strncmp(field->unit, "tiyn", 4) == 0; // decimals are tiyn
        qon_write_text(write, "type", field->type == QON_F64 || tenge ? "number" : "integer");
        qon_write_number(write, "minimum", field->minimum);
        qon_write_number(write, "maximum", field->maximum);
    }
    qon_write_close(write, '}');
}

static void notes_write(struct qon_write *write) {
    reference_write(write, "source", "text");
    reference_write(write, "provenance", "text");
    reference_write(write, "note", "text");
}

static void noted_open(struct qon_write *write, const char *required) {
    qon_write_open(write, NULL, '{');
    qon_write_text(write, "type", "object");
    qon_write_open(write, "required", '[');
    qon_write_text(write, NULL, required);
    qon_write_close(write, ']');
    qon_write_truth(write, "additionalProperties", false);
    qon_write_open(write, "properties", '{');
}

static void noted_close(struct qon_write *write) {
    notes_write(write);
    qon_write_close(write, '}');
    qon_write_close(write, '}');
}

static void default_write(struct qon_write *write, const struct qon_field *field) {
    if (isnan(field->initial) || field->type == QON_MONTH) {
        return;
    }
    if (field->type == QON_BOOL) {
        qon_write_truth(write, "default", field->initial != 0);
    } else {
        qon_write_number(write, "default", field->initial);
    }
}

void qon_schema_leaf(struct qon_write *write, const char *key, const struct qon_field *field, bool with_default) {
    qon_write_open(write, key, '{');
    qon_write_format(write, "description", "%s [%s]%s%s", field->meaning, field->unit,
                     field->source == NULL ? "" : "; source: ", field->source == NULL ? "" : field->source);
    if (with_default) {
        default_write(write, field);
    }
    any_open(write);
    bare_write(write, NULL, field);
    noted_open(write, "value");
    bare_write(write, "value", field);
    reference_write(write, "range", "range");
    noted_close(write);
    if (!isnan(field->initial)) {
        type_write(write, "null");
    }
    qon_write_close(write, ']');
    qon_write_close(write, '}');
}

static void file_write(struct qon_write *write, const char *key, const char *meaning, const char *format, bool required) {
    qon_write_open(write, key, '{');
    qon_write_format(write, "description", "path of a %s file, relative to this file: %s", format, meaning);
    any_open(write);
    reference_write(write, NULL, "path");
    noted_open(write, "file");
    reference_write(write, "file", "path");
    qon_write_open(write, "xxhash64", '{');
    qon_write_text(write, "description", "the file must have this XXH64 hash");
    qon_write_text(write, "type", "string");
    qon_write_text(write, "pattern", "^[0-9a-f]{16}$");
    qon_write_close(write, '}');
    qon_write_open(write, "rows", '{');
    qon_write_text(write, "type", "integer");
    qon_write_close(write, '}');
    noted_close(write);
    if (!required) {
        type_write(write, "null");
    }
    qon_write_close(write, ']');
    qon_write_close(write, '}');
}

static void object_open(struct qon_write *write, const char *key) {
    qon_write_open(write, key, '{');
    qon_write_text(write, "type", "object");
    qon_write_truth(write, "additionalProperties", false);
}

void qon_schema_languages(struct qon_write *write, const char *key) {
    object_open(write, key);
    qon_write_open(write, "properties", '{');
    for (int language = 0; language < QON_LANGUAGES; language++) {
        reference_write(write, qon_language_names[language], "text");
    }
    qon_write_close(write, '}');
    qon_write_close(write, '}');
}

// The decimal numbers from 0 to 2^64 - 1 without leading zeros: fewer digits, or smaller at the first digit that differs.
static void seed_pattern(char *text, size_t size) {
    char most[32];
    snprintf(most, sizeof most, "%llu", (unsigned long long)UINT64_MAX);
    size_t digits = strlen(most);
    size_t used = (size_t)snprintf(text, size, "^(0|[1-9][0-9]{0,%zu}|%s", digits - 2, most);
    for (size_t i = 0; i < digits; i++) {
        char least = i == 0 ? '1' : '0';
        if (most[i] > least) {
            used += (size_t)snprintf(text + used, size - used, "|%.*s[%c-%c][0-9]{%zu}", (int)i, most, least, most[i] - 1, digits - 1 - i);
        }
    }
    snprintf(text + used, size - used, ")$");
}

static void seed_bare_write(struct qon_write *write, const char *key) {
    char pattern[1024];
    seed_pattern(pattern, sizeof pattern);
    qon_write_open(write, key, '{');
    any_open(write);
    qon_write_open(write, NULL, '{');
    qon_write_text(write, "type", "integer");
    qon_write_whole(write, "minimum", 0);
    qon_write_whole(write, "maximum", (INT64_C(1) << 53) - 1); // beyond it other readers of JSON lose digits
    qon_write_close(write, '}');
    qon_write_open(write, NULL, '{');
    qon_write_text(write, "type", "string");
    qon_write_text(write, "pattern", pattern);
    qon_write_close(write, '}');
    qon_write_close(write, ']');
    qon_write_close(write, '}');
}

static void seed_write(struct qon_write *write) {
    qon_write_open(write, "seed", '{');
    qon_write_text(write, "description", "seed of all draws, 0 to 18446744073709551615; as a text above 2^53 - 1");
    qon_write_format(write, "default", "%d", QON_SEED_INITIAL);
    any_open(write);
    seed_bare_write(write, NULL);
    noted_open(write, "value");
    seed_bare_write(write, "value");
    reference_write(write, "range", "range");
    noted_close(write);
    type_write(write, "null");
    qon_write_close(write, ']');
    qon_write_close(write, '}');
}

static void names_write(struct qon_write *write, const char *key, const char *meaning) {
    qon_write_open(write, key, '{');
    qon_write_text(write, "description", meaning);
    any_open(write);
    qon_write_open(write, NULL, '{');
    qon_write_text(write, "type", "array");
    reference_write(write, "items", "path");
    qon_write_close(write, '}');
    type_write(write, "null");
    qon_write_close(write, ']');
    qon_write_close(write, '}');
}

static void header_write(struct qon_write *write) {
    qon_write_open(write, "qonys", '{');
    qon_write_text(write, "description", "version of the format");
    qon_write_whole(write, "const", 1);
    qon_write_close(write, '}');
    qon_write_open(write, "extends", '{');
    qon_write_text(write, "description", "another scenario file, relative to this one, whose values hold where this file gives none");
    qon_write_text(write, "type", "string");
    qon_write_whole(write, "minLength", 1);
    qon_write_close(write, '}');
    qon_write_open(write, "name", '{');
    qon_write_text(write, "type", "string");
    qon_write_text(write, "pattern", qon_schema_name);
    qon_write_close(write, '}');
    qon_schema_languages(write, "title");
    qon_schema_languages(write, "description");
    for (size_t f = 0; f < QON_HEADER_FIELDS; f++) {
        qon_schema_leaf(write, qon_header_fields[f].name, &qon_header_fields[f], true);
    }
    seed_write(write);
}

static void calendar_write(struct qon_write *write) {
    object_open(write, "calendar");
    qon_write_open(write, "properties", '{');
    for (size_t f = 0; f < QON_CALENDAR_FIELDS; f++) {
        object_open(write, qon_calendar_fields[f].name);
        qon_write_text(write, "description", qon_calendar_fields[f].meaning);
        qon_write_open(write, "patternProperties", '{');
        qon_schema_leaf(write, qon_schema_month, &qon_calendar_fields[f], false);
        qon_write_close(write, '}');
        qon_write_close(write, '}');
    }
    qon_write_close(write, '}');
    qon_write_close(write, '}');
}

static void group_write(struct qon_write *write, const char *group) {
    size_t count;
    const struct qon_table_kind *kinds = qon_table_kinds(&count);
    const struct qon_section *section = qon_section_find(group);
    object_open(write, group);
    qon_write_text(write, "description", section == NULL ? NULL : section->meaning);
    qon_write_open(write, "properties", '{');
    for (size_t k = 0; k < count; k++) {
        const char *key = qon_group_key(kinds[k].path, group);
        if (key != NULL) {
            file_write(write, key, kinds[k].meaning, "CSV", kinds[k].required);
        }
    }
    if (strcmp(group, "geography") == 0) {
        file_write(write, "boundaries", "boundaries of the regions", "GeoJSON", false);
    }
    for (size_t f = 0; section != NULL && f < section->fields_count; f++) {
        qon_schema_leaf(write, section->fields[f].name, &section->fields[f], true);
    }
    qon_write_close(write, '}');
    qon_write_close(write, '}');
}

static void changes_write(struct qon_write *write) {
    qon_write_open(write, "changes", '{');
    qon_write_text(write, "description", "values of programmes from a month of the run on");
    any_open(write);
    qon_write_open(write, NULL, '{');
    qon_write_text(write, "type", "array");
    object_open(write, "items");
    qon_write_open(write, "required", '[');
    qon_write_text(write, NULL, "month");
    qon_write_text(write, NULL, "path");
    qon_write_text(write, NULL, "value");
    qon_write_close(write, ']');
    qon_write_open(write, "properties", '{');
    qon_write_open(write, "month", '{');
    qon_write_text(write, "description", "from which the value holds");
    qon_write_text(write, "type", "string");
    qon_write_text(write, "pattern", qon_schema_month);
    qon_write_close(write, '}');
    qon_write_open(write, "path", '{');
    qon_write_text(write, "description", "of the value, such as programmes.grant.take_up_month");
    qon_write_text(write, "type", "string");
    qon_write_text(write, "pattern", "^programmes[.\\[]");
    qon_write_close(write, '}');
    qon_write_open(write, "value", '{');
    qon_write_open(write, "not", '{');
    qon_write_text(write, "type", "null");
    qon_write_close(write, '}');
    qon_write_close(write, '}');
    reference_write(write, "source", "text");
    reference_write(write, "note", "text");
    qon_write_close(write, '}');
    qon_write_close(write, '}');
    qon_write_close(write, '}');
    type_write(write, "null");
    qon_write_close(write, ']');
    qon_write_close(write, '}');
}

// Keys of a group that must be given.
static int required_write(struct qon_write *write, const char *group) {
    int required = 0;
    size_t count;
    const struct qon_table_kind *kinds = qon_table_kinds(&count);
    const struct qon_section *section = qon_section_find(group);
    for (size_t k = 0; k < count; k++) {
        const char *key = qon_group_key(kinds[k].path, group);
        if (key != NULL && kinds[k].required) {
            required++;
            qon_write_text(write, NULL, key);
        }
    }
    for (size_t f = 0; section != NULL && f < section->fields_count; f++) {
        if (isnan(section->fields[f].initial)) {
            required++;
            qon_write_text(write, NULL, section->fields[f].name);
        }
    }
    return required;
}

static bool group_required(const char *group) {
    struct qon_write nowhere = {.failed = true};
    return required_write(&nowhere, group) > 0;
}

// A file that extends none must give everything that has no default.
static void whole_write(struct qon_write *write) {
    const char *groups[QON_GROUPS_MAX];
    size_t count = qon_groups(groups);
    qon_write_open(write, "required", '[');
    qon_write_text(write, NULL, "name");
    for (size_t f = 0; f < QON_HEADER_FIELDS; f++) {
        qon_write_text(write, NULL, isnan(qon_header_fields[f].initial) ? qon_header_fields[f].name : NULL);
    }
    for (size_t g = 0; g < count; g++) {
        qon_write_text(write, NULL, group_required(groups[g]) ? groups[g] : NULL);
    }
    qon_write_close(write, ']');
    qon_write_open(write, "properties", '{');
    for (size_t g = 0; g < count; g++) {
        if (group_required(groups[g])) {
            qon_write_open(write, groups[g], '{');
            qon_write_text(write, "type", "object");
            qon_write_open(write, "required", '[');
            required_write(write, groups[g]);
            qon_write_close(write, ']');
            qon_write_close(write, '}');
        }
    }
    qon_write_open(write, "programmes", '{');
    any_open(write);
    qon_programmes_array_schema(write, NULL);
    type_write(write, "null");
    qon_write_close(write, ']');
    qon_write_close(write, '}');
    qon_write_close(write, '}');
}

static void definitions_write(struct qon_write *write) {
    qon_write_open(write, "text", '{');
    qon_write_text(write, "type", "string");
    qon_write_close(write, '}');
    qon_write_open(write, "path", '{');
    qon_write_text(write, "type", "string");
    qon_write_whole(write, "minLength", 1);
    qon_write_close(write, '}');
    qon_write_open(write, "range", '{');
    qon_write_text(write, "description", "lowest and highest plausible value");
    qon_write_text(write, "type", "array");
    qon_write_open(write, "items", '{');
    qon_write_text(write, "type", "number");
    qon_write_close(write, '}');
    qon_write_whole(write, "minItems", 2);
    qon_write_whole(write, "maxItems", 2);
    qon_write_close(write, '}');
}

char *qon_scenario_schema(void) {
    struct qon_write write = {0};
    const char *groups[QON_GROUPS_MAX];
    size_t count = qon_groups(groups);
    char *text;
    qon_write_open(&write, NULL, '{');
    qon_write_text(&write, "$schema", "https://json-schema.org/draft/2020-12/schema");
    qon_write_text(&write, "title", "Qonys scenario");
    qon_write_text(&write, "type", "object");
    qon_write_truth(&write, "additionalProperties", false);
    qon_write_open(&write, "required", '[');
    qon_write_text(&write, NULL, "qonys");
    qon_write_close(&write, ']');
    qon_write_open(&write, "properties", '{');
    header_write(&write);
    for (size_t g = 0; g < count; g++) {
        if (strcmp(groups[g], "calendar") == 0) {
            calendar_write(&write);
        } else {
            group_write(&write, groups[g]);
        }
    }
    qon_programmes_schema(&write, "programmes");
    changes_write(&write);
    names_write(&write, "targets", "names of the targets to report on");
    names_write(&write, "observe", "names of the indicators to record");
    qon_write_close(&write, '}');
    qon_write_open(&write, "if", '{');
    qon_write_open(&write, "required", '[');
    qon_write_text(&write, NULL, "extends");
    qon_write_close(&write, ']');
    qon_write_close(&write, '}');
    qon_write_open(&write, "else", '{');
    whole_write(&write);
    qon_write_close(&write, '}');
    qon_write_open(&write, "$defs", '{');
    definitions_write(&write);
    qon_programmes_definitions(&write);
    qon_write_close(&write, '}');
    qon_write_close(&write, '}');
    return qon_write_end(&write, &text) == QON_OK ? text : NULL;
}
