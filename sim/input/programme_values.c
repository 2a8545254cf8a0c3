// SPDX-License-Identifier: GPL-3.0-or-later
// Single values of programmes, by their field tables, and the list of benefits.
#include "programmes.h"
#include <math.h>
#include <qonys/memory.h>
#include <string.h>

enum { CHOICES_MOST = 32, IDS_MOST = QON_ZONES_MOST };

const char *const qon_programme_notes[QON_NOTES] = {"source", "note"};

// What is wrong with a text, and the nearest of what it could have been.
static void fault_text(const struct qon_policy *policy, const struct qon_json *node, const char *what, const char *const *names,
                       size_t count) {
    char path[QON_JSON_PATH_MAX];
    char hint[128];
    qon_fault_add(policy->reading->faults, qon_json_place(node, path), "there is no %s \"%.60s\"%s", what, node->text,
                  qon_nearest_text(node->text, names, count, hint));
}

static const struct qon_json *text_of(const struct qon_policy *policy, struct qon_json *leaf, const char *expected) {
    const struct qon_json *value = qon_leaf_value(policy->reading, leaf);
    if (value != NULL && value->type != QON_JSON_STRING) {
        char path[QON_JSON_PATH_MAX];
        qon_fault_add(policy->reading->faults, qon_json_place(value, path), "is %s, expected %s", qon_json_type_name(value->type),
                      expected);
        return NULL;
    }
    return value;
}

static void choice_read(const struct qon_policy *policy, struct qon_json *leaf, const struct qon_field *field, int32_t *out) {
    const struct qon_json *text = text_of(policy, leaf, "a text");
    int32_t choice = text == NULL ? -1 : qon_choice_find(field->refers, text->text);
    if (text != NULL && choice < 0) {
        char texts[CHOICES_MOST][64];
        const char *names[CHOICES_MOST];
        size_t count = 0;
        while (count < CHOICES_MOST && qon_choice_text(field->refers, (int32_t)count, texts[count]) != NULL) {
            names[count] = texts[count];
            count++;
        }
        char path[QON_JSON_PATH_MAX];
        char hint[128];
        qon_fault_add(policy->reading->faults, qon_json_place(text, path), "is the text \"%.60s\", expected one of %s%s", text->text,
                      field->refers, qon_nearest_text(text->text, names, count, hint));
    }
    *out = choice >= 0 ? choice : *out;
}

int32_t qon_policy_named(const struct qon_policy *policy, const struct qon_json *text) {
    for (size_t i = 0; i < policy->names_count; i++) {
        if (policy->names[i] != NULL && strcmp(policy->names[i], text->text) == 0) {
            return (int32_t)i;
        }
    }
    fault_text(policy, text, "programme", policy->names, policy->names_count);
    return -1;
}

// The ids of a table: its first column.
static char *const *ids_of(const struct qon_policy *policy, const char *table, int64_t *rows) {
    const struct qon_table_kind *kind = qon_table_kind_find(table);
    QON_REQUIRE(kind != NULL && kind->fields[0].type == QON_TEXT);
    const char *place = (const char *)&policy->reading->scenario->tables + kind->offset;
    char *const *ids;
    memcpy(rows, place, sizeof *rows);
    memcpy(&ids, place + kind->fields[0].offset, sizeof ids);
    return ids;
}

static void reference_read(const struct qon_policy *policy, struct qon_json *leaf, const struct qon_field *field, int32_t *out) {
    const struct qon_json *text = text_of(policy, leaf, "an id");
    if (text == NULL) {
        return;
    }
    if (strcmp(field->refers, "programmes") == 0) {
        *out = qon_policy_named(policy, text);
        return;
    }
    if (!policy->sound) {
        return;
    }
    int64_t rows;
    char *const *ids = ids_of(policy, field->refers, &rows);
    for (int64_t i = 0; i < rows; i++) {
        if (strcmp(ids[i], text->text) == 0) {
            *out = (int32_t)i;
            return;
        }
    }
    char what[80];
    snprintf(what, sizeof what, "row in the table %s with the id", field->refers);
    fault_text(policy, text, what, (const char *const *)ids, rows < IDS_MOST ? (size_t)rows : IDS_MOST);
}

void qon_policy_field(const struct qon_policy *policy, struct qon_json *leaf, const struct qon_field *field, void *place) {
    if (field->type == QON_REF) {
        reference_read(policy, leaf, field, place);
    } else if (field->type == QON_I32 && field->refers != NULL) {
        choice_read(policy, leaf, field, place);
    } else if (field->type == QON_I64 && strncmp(field->unit, "tiyn", 4) == 0) {
        // Read in tenge, which may have tiyn as decimals.
        struct qon_field tenge = *field;
        double number;
        tenge.type = QON_F64;
        tenge.unit = "tenge";
        if (qon_leaf_number(policy->reading, leaf, &tenge, &number)) {
            qon_field_store(field, number, place);
        }
    } else {
        qon_leaf_field(policy->reading, leaf, field, place);
    }
}

static void fields_read(const struct qon_policy *policy, struct qon_json *object, const struct qon_field *fields, size_t count,
                        void *base) {
    for (size_t f = 0; f < count; f++) {
        struct qon_json *leaf = qon_json_given(object, fields[f].name);
        if (leaf != NULL) {
            qon_policy_field(policy, leaf, &fields[f], (char *)base + fields[f].offset);
        } else if (isnan(fields[f].initial) && fields[f].type != QON_MONTH) {
            char path[QON_JSON_PATH_MAX];
            qon_fault_add(policy->reading->faults, qon_json_place(object, path), "\"%s\" is missing: %s", fields[f].name,
                          fields[f].meaning);
        }
    }
}

void qon_policy_section(const struct qon_policy *policy, struct qon_json *object, const struct qon_section *section, void *base) {
    fields_read(policy, object, section->fields, section->fields_count, (char *)base + section->offset);
}

// ---- benefits

static void notes_read(const struct qon_policy *policy, const struct qon_json *object) {
    for (size_t i = 0; i < QON_NOTES; i++) {
        struct qon_json *note = qon_json_given(object, qon_programme_notes[i]);
        if (note != NULL) {
            (void)qon_leaf_text(policy->reading, note);
        }
    }
}

static const struct qon_benefit_kind *kind_read(const struct qon_policy *policy, const struct qon_json *object, enum qon_at at) {
    char path[QON_JSON_PATH_MAX];
    struct qon_json *node = qon_json_given(object, "kind");
    if (node == NULL) {
        qon_fault_add(policy->reading->faults, qon_json_place(object, path), "\"kind\" is missing, expected a kind of benefit");
        return NULL;
    }
    const char *text = qon_leaf_text(policy->reading, node);
    const struct qon_benefit_kind *kind = text == NULL ? NULL : qon_benefit_kind_find(text);
    if (text != NULL && kind == NULL) {
        size_t count;
        const struct qon_benefit_kind *const *kinds = qon_benefit_kinds(&count);
        const char *names[CHOICES_MOST];
        for (size_t k = 0; k < count && k < CHOICES_MOST; k++) {
            names[k] = kinds[k]->name;
        }
        fault_text(policy, node, "kind of benefit", names, count < CHOICES_MOST ? count : CHOICES_MOST);
    } else if (kind != NULL && (kind->at & 1U << at) == 0) {
        char event[64] = "";
        size_t sections;
        const struct qon_section *own = qon_programme_sections(&sections);
        for (size_t f = 0; f < own->fields_count; f++) {
            if (strcmp(own->fields[f].name, "at") == 0) {
                qon_choice_text(own->fields[f].refers, (int32_t)at, event);
            }
        }
        qon_fault_add(policy->reading->faults, qon_json_place(node, path),
                      "the kind %s cannot stand in a programme whose \"at\" is %s; qonys describe benefits %s says where it can",
                      kind->name, event, kind->name);
    }
    return kind;
}

static void benefit_keys_check(const struct qon_policy *policy, const struct qon_json *object, const struct qon_benefit_kind *kind) {
    const char *names[QON_KEYS_MAX];
    size_t count = 0;
    names[count++] = "kind";
    for (size_t i = 0; i < QON_NOTES; i++) {
        names[count++] = qon_programme_notes[i];
    }
    for (size_t f = 0; f < kind->fields_count; f++) {
        QON_REQUIRE(count < QON_KEYS_MAX);
        names[count++] = kind->fields[f].name;
    }
    qon_keys_check(policy->reading, object, names, count);
}

static enum qon_status benefit_read(const struct qon_policy *policy, struct qon_json *object, struct qon_programme *programme) {
    enum qon_status status = QON_OK;
    if (!qon_leaf_object(policy->reading, object)) {
        return QON_OK;
    }
    const struct qon_benefit_kind *kind = kind_read(policy, object, programme->at);
    if (kind == NULL) {
        return QON_OK;
    }
    struct qon_benefit *benefit = &programme->benefits[programme->benefits_count];
    long before = policy->reading->faults->count;
    benefit_keys_check(policy, object, kind);
    notes_read(policy, object);
    QON_TRY(qon_take(&benefit->settings, 1, kind->size));
    benefit->kind = kind;
    programme->benefits_count++;
    qon_benefit_default(kind, benefit->settings);
    fields_read(policy, object, kind->fields, kind->fields_count, benefit->settings);
    const char *wrong = kind->check != NULL && policy->reading->faults->count == before ? kind->check(benefit->settings) : NULL;
    if (wrong != NULL) {
        char path[QON_JSON_PATH_MAX];
        qon_fault_add(policy->reading->faults, qon_json_place(object, path), "%s", wrong);
    }
done:
    return status;
}

enum qon_status qon_benefits_read(const struct qon_policy *policy, struct qon_json *list, struct qon_programme *programme) {
    enum qon_status status = QON_OK;
    if (list == NULL) {
        return QON_OK;
    }
    if (list->type != QON_JSON_ARRAY) {
        char path[QON_JSON_PATH_MAX];
        qon_fault_add(policy->reading->faults, qon_json_place(list, path), "is %s, expected an array of benefits",
                      qon_json_type_name(list->type));
        return QON_OK;
    }
    QON_TRY(qon_take(&programme->benefits, qon_json_count(list), sizeof *programme->benefits));
    for (struct qon_json *benefit = list->child; benefit != NULL; benefit = benefit->next) {
        QON_TRY(benefit_read(policy, benefit, programme));
    }
done:
    return status;
}
