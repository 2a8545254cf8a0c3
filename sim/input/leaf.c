// SPDX-License-Identifier: GPL-3.0-or-later
// Values of a scenario: types, ranges, sources beside a number, and keys that do not exist.
#include "reading.h"
#include "text.h"
#include <math.h>
#include <string.h>

static const double exact_whole_max = 9007199254740992.0; // 2^53: every whole number up to it is a double

const char *qon_nearest_text(const char *word, const char *const *names, size_t count, char *text) {
    const char *nearest = qon_name_nearest(word, names, count);
    text[0] = '\0';
    if (nearest != NULL) {
        snprintf(text, 128, " (did you mean %s?)", nearest);
    }
    return text;
}

void qon_keys_check(struct qon_reading *reading, const struct qon_json *object, const char *const *names, size_t count) {
    for (const struct qon_json *child = object->child; child != NULL; child = child->next) {
        bool known = false;
        for (size_t i = 0; i < count && !known; i++) {
            known = strcmp(child->key, names[i]) == 0;
        }
        if (!known) {
            char path[QON_JSON_PATH_MAX];
            char hint[128] = "";
            if (reading->faults->kept < QON_FAULTS_KEPT) { // nobody reads the others
                qon_nearest_text(child->key, names, count, hint);
            }
            qon_fault_add(reading->faults, qon_json_key_place(child, path), "there is no such key%s", hint);
        }
    }
}

static void fault_type(struct qon_reading *reading, const struct qon_json *node, const char *expected) {
    char path[QON_JSON_PATH_MAX];
    struct qon_place place = qon_json_place(node, path);
    if (node->type == QON_JSON_STRING) {
        qon_fault_add(reading->faults, place, "is the text \"%.60s\", expected %s", node->text, expected);
    } else {
        qon_fault_add(reading->faults, place, "is %s, expected %s", qon_json_type_name(node->type), expected);
    }
}

bool qon_leaf_object(struct qon_reading *reading, struct qon_json *node) {
    if (node->type != QON_JSON_OBJECT) {
        fault_type(reading, node, "an object");
    }
    return node->type == QON_JSON_OBJECT;
}

static void range_check(struct qon_reading *reading, const struct qon_json *range) {
    const struct qon_json *low = range->child;
    bool good = range->type == QON_JSON_ARRAY && qon_json_count(range) == 2 && low->type == QON_JSON_NUMBER &&
                low->next->type == QON_JSON_NUMBER && low->number <= low->next->number;
    if (!good) {
        fault_type(reading, range, "[lowest, highest]");
    }
}

const struct qon_json *qon_leaf_value(struct qon_reading *reading, struct qon_json *leaf) {
    static const char *const keys[] = {"value", "source", "provenance", "range", "note"};
    leaf->used = true;
    if (leaf->type != QON_JSON_OBJECT) {
        return leaf;
    }
    qon_keys_check(reading, leaf, keys, sizeof keys / sizeof keys[0]);
    for (struct qon_json *child = leaf->child; child != NULL; child = child->next) {
        bool text = strcmp(child->key, "source") == 0 || strcmp(child->key, "provenance") == 0 || strcmp(child->key, "note") == 0;
        child->used = true;
        if (text && child->type != QON_JSON_STRING) {
            fault_type(reading, child, "a text");
        } else if (strcmp(child->key, "range") == 0) {
            range_check(reading, child);
        }
    }
    const struct qon_json *value = qon_json_find(leaf, "value");
    if (value == NULL) {
        char path[QON_JSON_PATH_MAX];
        qon_fault_add(reading->faults, qon_json_place(leaf, path), "\"value\" is missing, expected {\"value\": ..., \"source\": ...}");
    }
    return value;
}

bool qon_field_check(const struct qon_field *field, double number, struct qon_place place, struct qon_faults *faults) {
    bool whole = field->type == QON_I32 || field->type == QON_I64;
    if (number < field->minimum || number > field->maximum) {
        char unit[64] = "";
        if (strcmp(field->unit, "1") != 0) {
            snprintf(unit, sizeof unit, " (%s)", field->unit);
        }
        qon_fault_add(faults, place, "is %.15g, expected %.15g to %.15g%s", number, field->minimum, field->maximum, unit);
        return false;
    }
    if (whole && (number != floor(number) || fabs(number) > exact_whole_max)) {
        qon_fault_add(faults, place, "is %.15g, expected a whole number", number);
        return false;
    }
    return true;
}

static bool in_tiyn(const struct qon_field *field) {
    return field->type == QON_I64 && strncmp(field->unit, "tiyn", 4) == 0;
}

void qon_field_store(const struct qon_field *field, double number, void *place) {
    switch (field->type) {
    case QON_F64:
        *(double *)place = number;
        break;
    case QON_I32:
    case QON_MONTH:
    case QON_REF:
        *(int32_t *)place = (int32_t)number;
        break;
    case QON_I64:
        *(int64_t *)place = in_tiyn(field) ? llround(number * 100) : (int64_t)number;
        break;
    case QON_BOOL:
        *(bool *)place = number != 0;
        break;
    case QON_TEXT:
        QON_REQUIRE(field->type != QON_TEXT);
    }
}

double qon_field_number(const struct qon_field *field, const void *place) {
    switch (field->type) {
    case QON_F64:
        return *(const double *)place;
    case QON_I32:
    case QON_MONTH:
    case QON_REF:
        return *(const int32_t *)place;
    case QON_I64:
        return (double)*(const int64_t *)place / (in_tiyn(field) ? 100 : 1);
    case QON_BOOL:
        return *(const bool *)place ? 1 : 0;
    case QON_TEXT:
        break;
    }
    return NAN;
}

bool qon_leaf_number(struct qon_reading *reading, struct qon_json *leaf, const struct qon_field *field, double *out) {
    const struct qon_json *value = qon_leaf_value(reading, leaf);
    if (value == NULL) {
        return false;
    }
    if (value->type != QON_JSON_NUMBER) {
        fault_type(reading, value, "a number");
        return false;
    }
    char path[QON_JSON_PATH_MAX];
    *out = value->number;
    return qon_field_check(field, value->number, qon_json_place(value, path), reading->faults);
}

void qon_leaf_field(struct qon_reading *reading, struct qon_json *leaf, const struct qon_field *field, void *place) {
    double number;
    if (field->type == QON_BOOL) {
        const struct qon_json *value = qon_leaf_value(reading, leaf);
        if (value != NULL && value->type != QON_JSON_BOOL) {
            fault_type(reading, value, "true or false");
        } else if (value != NULL) {
            qon_field_store(field, value->truth, place);
        }
    } else if (field->type == QON_MONTH) {
        const struct qon_json *value = qon_leaf_value(reading, leaf);
        int32_t month = value != NULL && value->type == QON_JSON_STRING ? qon_month_parse(value->text) : -1;
        if (value != NULL && month < 0) {
            fault_type(reading, value, "a month YYYY-MM");
        } else if (value != NULL) {
            qon_field_store(field, month, place);
        }
    } else if (qon_leaf_number(reading, leaf, field, &number)) {
        qon_field_store(field, number, place);
    }
}

const char *qon_leaf_text(struct qon_reading *reading, struct qon_json *leaf) {
    leaf->used = true;
    if (leaf->type != QON_JSON_STRING) {
        fault_type(reading, leaf, "a text");
        return NULL;
    }
    return leaf->text;
}
