// SPDX-License-Identifier: GPL-3.0-or-later
// The part of the JSON Schema that describes programmes: from the field tables of programmes and kinds of benefits and from the
// attributes that conditions can name.
#include "programmes.h"
#include "schema.h"
#include <math.h>
#include <string.h>

static void reference_write(struct qon_write *write, const char *key, const char *name) {
    qon_write_open(write, key, '{');
    qon_write_format(write, "$ref", "#/$defs/%s", name);
    qon_write_close(write, '}');
}

static void type_write(struct qon_write *write, const char *key, const char *type) {
    qon_write_open(write, key, '{');
    qon_write_text(write, "type", type);
    qon_write_close(write, '}');
}

static void list_write(struct qon_write *write, const char *key, const char *name) {
    qon_write_open(write, key, '{');
    qon_write_text(write, "type", "array");
    reference_write(write, "items", name);
    qon_write_close(write, '}');
}

// {"anyOf": [X, {"type": "null"}]}: the caller writes X between.
static void or_null_open(struct qon_write *write, const char *key, const char *meaning) {
    qon_write_open(write, key, '{');
    qon_write_text(write, "description", meaning);
    qon_write_open(write, "anyOf", '[');
}

static void or_null_close(struct qon_write *write) {
    type_write(write, NULL, "null");
    qon_write_close(write, ']');
    qon_write_close(write, '}');
}

static void object_open(struct qon_write *write, const char *key) {
    qon_write_open(write, key, '{');
    qon_write_text(write, "type", "object");
    qon_write_truth(write, "additionalProperties", false);
}

static void labels_write(struct qon_write *write, const char *key, const char *labels) {
    char text[64];
    qon_write_open(write, key, '{');
    qon_write_open(write, "enum", '[');
    for (int32_t i = 0; qon_choice_text(labels, i, text) != NULL; i++) {
        qon_write_text(write, NULL, text);
    }
    qon_write_close(write, ']');
    qon_write_close(write, '}');
}

// {"value": X, "source": ...}: the caller writes X, as member "value".
static void noted_open(struct qon_write *write) {
    object_open(write, NULL);
    qon_write_open(write, "required", '[');
    qon_write_text(write, NULL, "value");
    qon_write_close(write, ']');
    qon_write_open(write, "properties", '{');
}

static void noted_close(struct qon_write *write) {
    reference_write(write, "source", "text");
    reference_write(write, "provenance", "text");
    reference_write(write, "note", "text");
    reference_write(write, "range", "range");
    qon_write_close(write, '}');
    qon_write_close(write, '}');
}

// ---- fields

static void choice_default_write(struct qon_write *write, const struct qon_field *field) {
    char text[64];
    qon_write_text(write, "default", qon_choice_text(field->refers, (int32_t)field->initial, text));
}

// A choice by its text, or a reference by an id.
static void text_field_write(struct qon_write *write, const struct qon_field *field) {
    bool choice = field->type == QON_I32;
    qon_write_open(write, field->name, '{');
    qon_write_format(write, "description", "%s%s%s", field->meaning, choice ? "" : "; id in ", choice ? "" : field->refers);
    if (choice) {
        choice_default_write(write, field);
    }
    qon_write_open(write, "anyOf", '[');
    for (int noted = 0; noted < 2; noted++) {
        const char *key = noted ? "value" : NULL;
        if (noted) {
            noted_open(write);
        }
        if (choice) {
            labels_write(write, key, field->refers);
        } else {
            reference_write(write, key, "path");
        }
        if (noted) {
            noted_close(write);
        }
    }
    or_null_close(write);
}

static void field_write(struct qon_write *write, const struct qon_field *field) {
    if (field->type == QON_REF || (field->type == QON_I32 && field->refers != NULL)) {
        text_field_write(write, field);
    } else {
        struct qon_field own = *field;
        own.initial = isnan(own.initial) ? 0 : own.initial; // months take those of the run
        qon_schema_leaf(write, field->name, &own, field->type != QON_MONTH);
    }
}

static void fields_write(struct qon_write *write, const struct qon_field *fields, size_t count) {
    for (size_t f = 0; f < count; f++) {
        field_write(write, &fields[f]);
    }
}

static void benefit_write(struct qon_write *write, const struct qon_benefit_kind *kind) {
    object_open(write, NULL);
    qon_write_text(write, "description", kind->meaning);
    qon_write_open(write, "required", '[');
    qon_write_text(write, NULL, "kind");
    qon_write_close(write, ']');
    qon_write_open(write, "properties", '{');
    qon_write_open(write, "kind", '{');
    qon_write_text(write, "const", kind->name);
    qon_write_close(write, '}');
    reference_write(write, "source", "text_or_null");
    reference_write(write, "note", "text_or_null");
    fields_write(write, kind->fields, kind->fields_count);
    qon_write_close(write, '}');
    qon_write_close(write, '}');
}

// ---- conditions

// A value, or one with its source, or nothing.
static void value_write(struct qon_write *write, const char *key, const char *meaning, const char *name) {
    or_null_open(write, key, meaning);
    reference_write(write, NULL, name);
    noted_open(write);
    reference_write(write, "value", name);
    noted_close(write);
    or_null_close(write);
}

static void labelled_write(struct qon_write *write, const char *key, const char *meaning, const char *labels) {
    or_null_open(write, key, meaning);
    for (int noted = 0; noted < 2; noted++) {
        if (noted) {
            noted_open(write);
        }
        qon_write_open(write, noted ? "value" : NULL, '{');
        qon_write_open(write, "anyOf", '[');
        labels_write(write, NULL, labels);
        qon_write_open(write, NULL, '{');
        qon_write_text(write, "type", "array");
        labels_write(write, "items", labels);
        qon_write_whole(write, "minItems", 1);
        qon_write_close(write, '}');
        qon_write_close(write, ']');
        qon_write_close(write, '}');
        if (noted) {
            noted_close(write);
        }
    }
    or_null_close(write);
}

static bool is_zone_text(const struct qon_attribute *attribute) {
    const struct qon_table_kind *zones = qon_table_kind_find("zones");
    for (size_t f = 0; f < zones->fields_count; f++) {
        if (strcmp(zones->fields[f].name, attribute->name) == 0) {
            return zones->fields[f].type == QON_TEXT;
        }
    }
    return true; // macroregion
}

static void attribute_write(struct qon_write *write, const struct qon_attribute *attribute) {
    bool zone = strcmp(attribute->subject, "zone") == 0;
    bool ids = qon_table_kind_find(attribute->values) != NULL || strcmp(attribute->values, "programmes") == 0;
    if (strcmp(attribute->values, "true|false") == 0) {
        value_write(write, attribute->name, attribute->meaning, "truth");
    } else if (strchr(attribute->values, '|') != NULL) {
        labelled_write(write, attribute->name, attribute->meaning, attribute->values);
    } else if (ids || (zone && is_zone_text(attribute))) {
        value_write(write, attribute->name, attribute->meaning, "ids");
    } else {
        value_write(write, attribute->name, attribute->meaning, strcmp(attribute->values, "month") == 0 ? "months" : "numbers");
    }
}

// Subjects that a condition at the top can name, and what it says of each.
static const char *const subjects[][2] = {{"person", "condition_person"},
                                          {"household", "condition_household"},
                                          {"employer", "condition_employer"},
                                          {"origin", "condition_zone"},
                                          {"destination", "condition_zone"}};
enum { SUBJECTS = sizeof subjects / sizeof subjects[0] };

static bool stands_at_top(const struct qon_attribute *attribute) {
    bool own = strcmp(attribute->subject, "zone") != 0 && strcmp(attribute->subject, "employer") != 0;
    for (size_t i = 0; i < SUBJECTS; i++) {
        own = own && strcmp(subjects[i][0], attribute->name) != 0; // the subject goes first
    }
    return own;
}

// Attributes of the subject; NULL: those that stand at the top, of which the first of a name holds.
static void attributes_write(struct qon_write *write, const char *subject) {
    struct qon_attribute attribute;
    for (int32_t i = 0; qon_attribute_get(i, &attribute); i++) {
        bool shown = subject == NULL ? stands_at_top(&attribute) : strcmp(attribute.subject, subject) == 0;
        struct qon_attribute earlier;
        for (int32_t j = 0; shown && subject == NULL && j < i && qon_attribute_get(j, &earlier); j++) {
            shown = !(stands_at_top(&earlier) && strcmp(earlier.name, attribute.name) == 0);
        }
        if (shown) {
            attribute_write(write, &attribute);
        }
    }
}

// A condition on a subject: its attributes, and all, any, not of such conditions.
static void condition_write(struct qon_write *write, const char *name, const char *subject) {
    object_open(write, name);
    qon_write_open(write, "properties", '{');
    static const char *const lists[] = {"all", "any"};
    for (size_t i = 0; i < 2; i++) {
        or_null_open(write, lists[i], i == 0 ? "all of these hold" : "at least one of these holds");
        list_write(write, NULL, name);
        or_null_close(write);
    }
    or_null_open(write, "not", "this does not hold");
    reference_write(write, NULL, name);
    or_null_close(write);
    for (size_t i = 0; subject == NULL && i < SUBJECTS; i++) {
        or_null_open(write, subjects[i][0], "all of these hold of it");
        reference_write(write, NULL, subjects[i][1]);
        or_null_close(write);
    }
    attributes_write(write, subject);
    qon_write_close(write, '}');
    qon_write_close(write, '}');
}

static void comparisons_write(struct qon_write *write, const char *name, const char *bare) {
    static const char *const words[] = {"min", "at_least", "above", "max", "at_most", "below"};
    qon_write_open(write, name, '{');
    qon_write_open(write, "anyOf", '[');
    reference_write(write, NULL, bare);
    object_open(write, NULL);
    qon_write_whole(write, "minProperties", 1);
    qon_write_open(write, "properties", '{');
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        qon_write_open(write, words[i], '{');
        qon_write_open(write, "anyOf", '[');
        reference_write(write, NULL, bare);
        noted_open(write);
        reference_write(write, "value", bare);
        noted_close(write);
        qon_write_close(write, ']');
        qon_write_close(write, '}');
    }
    qon_write_close(write, '}');
    qon_write_close(write, '}');
    qon_write_close(write, ']');
    qon_write_close(write, '}');
}

static void conditions_write(struct qon_write *write) {
    type_write(write, "truth", "boolean");
    qon_write_open(write, "number_or_month", '{');
    qon_write_open(write, "anyOf", '[');
    type_write(write, NULL, "number");
    reference_write(write, NULL, "month");
    qon_write_close(write, ']');
    qon_write_close(write, '}');
    type_write(write, "number", "number");
    qon_write_open(write, "month", '{');
    qon_write_text(write, "type", "string");
    qon_write_text(write, "pattern", qon_schema_month);
    qon_write_close(write, '}');
    comparisons_write(write, "numbers", "number");
    comparisons_write(write, "months", "number_or_month");
    qon_write_open(write, "ids", '{');
    qon_write_open(write, "anyOf", '[');
    reference_write(write, NULL, "path");
    qon_write_open(write, NULL, '{');
    qon_write_text(write, "type", "array");
    reference_write(write, "items", "path");
    qon_write_whole(write, "minItems", 1);
    qon_write_close(write, '}');
    qon_write_close(write, ']');
    qon_write_close(write, '}');
    condition_write(write, "condition", NULL);
    condition_write(write, "condition_person", "person");
    condition_write(write, "condition_household", "household");
    condition_write(write, "condition_employer", "employer");
    condition_write(write, "condition_zone", "zone");
}

// ---- quotas and budgets

static void amount_bare_write(struct qon_write *write, const char *key, const struct qon_field *field) {
    qon_write_open(write, key, '{');
    qon_write_text(write, "type", field->type == QON_I64 ? "integer" : "number");
    qon_write_number(write, "minimum", field->minimum);
    qon_write_number(write, "maximum", field->maximum);
    qon_write_close(write, '}');
}

static void amount_write(struct qon_write *write, const char *name, const struct qon_field *field) {
    qon_write_open(write, name, '{');
    qon_write_open(write, "anyOf", '[');
    amount_bare_write(write, NULL, field);
    noted_open(write);
    amount_bare_write(write, "value", field);
    noted_close(write);
    qon_write_close(write, ']');
    qon_write_close(write, '}');
}

// Numbers by year, or one for each.
static void years_write(struct qon_write *write, const char *name, const char *amount) {
    qon_write_open(write, name, '{');
    qon_write_open(write, "anyOf", '[');
    reference_write(write, NULL, amount);
    object_open(write, NULL);
    qon_write_whole(write, "minProperties", 1);
    qon_write_open(write, "patternProperties", '{');
    reference_write(write, "^((19|[2-9][0-9])[0-9]{2}|each_year|whole_time)$", amount);
    qon_write_close(write, '}');
    qon_write_close(write, '}');
    qon_write_close(write, ']');
    qon_write_close(write, '}');
}

static void limit_write(struct qon_write *write, const char *name, const char *years, const char *amount,
                        const struct qon_field *const *own, size_t count, bool group) {
    qon_write_open(write, name, '{');
    qon_write_open(write, "anyOf", '[');
    reference_write(write, NULL, amount);
    qon_write_open(write, NULL, '{');
    qon_write_text(write, "type", "object");
    qon_write_text(write, "description", "amounts by region (an id, \"all\" or \"others\") and year");
    qon_write_open(write, "not", '{');
    qon_write_open(write, "required", '[');
    qon_write_text(write, NULL, "value");
    qon_write_close(write, ']');
    qon_write_close(write, '}');
    qon_write_open(write, "properties", '{');
    for (size_t i = 0; i < count; i++) {
        field_write(write, own[i]);
    }
    if (group) {
        or_null_open(write, "group", "whom it counts");
        reference_write(write, NULL, "condition");
        or_null_close(write);
    }
    qon_write_close(write, '}');
    qon_write_open(write, "additionalProperties", '{');
    qon_write_open(write, "anyOf", '[');
    reference_write(write, NULL, years);
    or_null_close(write);
    qon_write_close(write, '}');
    qon_write_close(write, ']');
    qon_write_close(write, '}');
}

static void limits_write(struct qon_write *write) {
    static const struct qon_field *const quota[] = {&qon_counts_field, &qon_region_of_field};
    static const struct qon_field *const budget[] = {&qon_unit_field};
    amount_write(write, "places", &qon_places_field);
    amount_write(write, "money", &qon_money_field);
    years_write(write, "places_by_year", "places");
    years_write(write, "money_by_year", "money");
    limit_write(write, "quota", "places_by_year", "places", quota, 2, true);
    limit_write(write, "budget", "money_by_year", "money", budget, 1, false);
}

// ---- the programme

static void one_or_list_write(struct qon_write *write, const char *key, const char *meaning, const char *name) {
    or_null_open(write, key, meaning);
    reference_write(write, NULL, name);
    list_write(write, NULL, name);
    or_null_close(write);
}

static void list_or_null_write(struct qon_write *write, const char *key, const char *meaning, const char *name) {
    or_null_open(write, key, meaning);
    list_write(write, NULL, name);
    or_null_close(write);
}

static void sections_write(struct qon_write *write) {
    size_t count;
    const struct qon_section *section = qon_programme_sections(&count);
    for (size_t s = 0; s < count; s++) {
        if (section[s].name[0] == '\0') {
            fields_write(write, section[s].fields, section[s].fields_count);
            continue;
        }
        or_null_open(write, section[s].name, section[s].meaning);
        object_open(write, NULL);
        qon_write_open(write, "properties", '{');
        fields_write(write, section[s].fields, section[s].fields_count);
        qon_write_close(write, '}');
        qon_write_close(write, '}');
        or_null_close(write);
    }
}

static void changes_write(struct qon_write *write) {
    object_open(write, "programme_changes");
    qon_write_open(write, "properties", '{');
    qon_write_open(write, "name", '{');
    qon_write_text(write, "type", "string");
    qon_write_text(write, "pattern", qon_schema_name);
    qon_write_close(write, '}');
    or_null_open(write, "title", "title by language");
    qon_schema_languages(write, NULL);
    or_null_close(write);
    reference_write(write, "source", "text_or_null");
    reference_write(write, "note", "text_or_null");
    sections_write(write);
    or_null_open(write, "eligible", "who may have it; absent: everybody");
    reference_write(write, NULL, "condition");
    or_null_close(write);
    list_or_null_write(write, "benefits", "what it gives", "benefit");
    one_or_list_write(write, "quota", "most grants; absent: no limit", "quota");
    one_or_list_write(write, "budget", "most money promised, in tenge; absent: no limit", "budget");
    list_or_null_write(write, "points", "who comes first (ration: points): added up, most first", "score");
    list_or_null_write(write, "priority", "who comes first (ration: priority): the first that holds", "condition");
    list_or_null_write(write, "exclusive_with", "programmes that it cannot go together with", "path");
    list_or_null_write(write, "stacks_with", "the only programmes that it can go together with", "path");
    qon_write_close(write, '}');
    qon_write_close(write, '}');
}

static void score_write(struct qon_write *write) {
    object_open(write, "score");
    qon_write_open(write, "required", '[');
    qon_write_text(write, NULL, "points");
    qon_write_close(write, ']');
    qon_write_open(write, "properties", '{');
    qon_write_open(write, "points", '{');
    qon_write_open(write, "anyOf", '[');
    amount_bare_write(write, NULL, &qon_points_field);
    noted_open(write);
    amount_bare_write(write, "value", &qon_points_field);
    noted_close(write);
    qon_write_close(write, ']');
    qon_write_close(write, '}');
    or_null_open(write, "who", "who gets them");
    reference_write(write, NULL, "condition");
    or_null_close(write);
    reference_write(write, "note", "text");
    qon_write_close(write, '}');
    qon_write_close(write, '}');
}

void qon_programmes_definitions(struct qon_write *write) {
    size_t count;
    const struct qon_benefit_kind *const *kinds = qon_benefit_kinds(&count);
    qon_write_open(write, "text_or_null", '{');
    qon_write_open(write, "anyOf", '[');
    type_write(write, NULL, "string");
    or_null_close(write);
    conditions_write(write);
    limits_write(write);
    score_write(write);
    qon_write_open(write, "benefit", '{');
    qon_write_open(write, "anyOf", '[');
    for (size_t k = 0; k < count; k++) {
        benefit_write(write, kinds[k]);
    }
    qon_write_close(write, ']');
    qon_write_close(write, '}');
    changes_write(write);
    qon_write_open(write, "programme", '{');
    qon_write_text(write, "type", "object");
    qon_write_text(write, "$ref", "#/$defs/programme_changes");
    qon_write_open(write, "required", '[');
    qon_write_text(write, NULL, "name");
    qon_write_close(write, ']');
    qon_write_close(write, '}');
}

void qon_programmes_array_schema(struct qon_write *write, const char *key) {
    qon_write_open(write, key, '{');
    qon_write_text(write, "type", "array");
    reference_write(write, "items", "programme");
    qon_write_whole(write, "maxItems", QON_PROGRAMMES_MOST);
    qon_write_close(write, '}');
}

void qon_programmes_schema(struct qon_write *write, const char *key) {
    or_null_open(write, key, "programmes; with \"extends\" also an object that changes (or, by null, removes) programmes by name");
    qon_programmes_array_schema(write, NULL);
    qon_write_open(write, NULL, '{');
    qon_write_text(write, "type", "object");
    qon_write_open(write, "additionalProperties", '{');
    qon_write_open(write, "anyOf", '[');
    reference_write(write, NULL, "programme_changes");
    or_null_close(write);
    qon_write_close(write, '}');
    or_null_close(write);
}
