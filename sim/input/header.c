// SPDX-License-Identifier: GPL-3.0-or-later
// What stands at the top of a scenario: name, titles, start, length, seed, scale, lists of names.
#include "header.h"
#include "text.h"
#include <errno.h>
#include <math.h>
#include <qonys/memory.h>
#include <string.h>

const char *const qon_language_names[QON_LANGUAGES] = {"en", "kk", "ru"};

const struct qon_field qon_header_fields[QON_HEADER_FIELDS] = {
    {"start", QON_MONTH, offsetof(struct qon_scenario, start), "month", 0, 0, NAN, 0, 0, NULL, "first month of the run, YYYY-MM", NULL},
    {"months", QON_I32, offsetof(struct qon_scenario, months), "month", 1, 1200, NAN, 0, 0, NULL, "length of the run", NULL},
    {"scale", QON_I32, offsetof(struct qon_scenario, scale), "person", 1, 1000000, 1, 0, 0, NULL, "persons that one agent stands for",
     NULL},
};

static struct qon_place missing_place(const struct qon_reading *reading, const char *path) {
    return (struct qon_place){reading->root->source->name, reading->root->line, reading->root->column, path};
}

bool qon_name_good(const char *name) {
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    size_t length = strlen(name);
    return length >= 1 && length <= QON_NAME_LETTERS_MAX && strspn(name, letters) == length;
}

static enum qon_status name_read(struct qon_reading *reading) {
    char path[QON_JSON_PATH_MAX];
    struct qon_json *node = qon_json_given(reading->root, "name");
    if (node == NULL) {
        qon_fault_add(reading->faults, missing_place(reading, "name"), "is missing, expected a name of letters, digits, - and _");
        return QON_OK;
    }
    const char *name = qon_leaf_text(reading, node);
    if (name != NULL && !qon_name_good(name)) {
        qon_fault_add(reading->faults, qon_json_place(node, path), "expected 1 to %d letters a-z, A-Z, digits, - and _",
                      QON_NAME_LETTERS_MAX);
        name = NULL;
    }
    if (name != NULL) {
        reading->scenario->name = qon_string_copy(name);
        return reading->scenario->name == NULL ? QON_MACHINE : QON_OK;
    }
    return QON_OK;
}

void qon_languages_read(struct qon_reading *reading, const struct qon_json *object, const char *key, const char *texts[QON_LANGUAGES]) {
    struct qon_json *node = qon_json_given(object, key);
    if (node == NULL || !qon_leaf_object(reading, node)) {
        return;
    }
    node->used = true;
    qon_keys_check(reading, node, qon_language_names, QON_LANGUAGES);
    for (int language = 0; language < QON_LANGUAGES; language++) {
        struct qon_json *text = qon_json_given(node, qon_language_names[language]);
        texts[language] = text == NULL ? texts[language] : qon_leaf_text(reading, text);
    }
}

// A seed above 2^53 is no exact double, so the digits themselves are read.
static bool seed_parse(const struct qon_json *value, uint64_t *seed) {
    size_t digits = strspn(value->text, "0123456789");
    if (digits == 0 || value->text[digits] != '\0' || (digits > 1 && value->text[0] == '0')) {
        bool whole = value->type == QON_JSON_NUMBER && value->number >= 0 && value->number <= 9007199254740992.0 &&
                     floor(value->number) == value->number;
        *seed = whole ? (uint64_t)value->number : 0;
        return whole;
    }
    errno = 0;
    *seed = strtoull(value->text, NULL, 10);
    return errno == 0;
}

static void seed_read(struct qon_reading *reading) {
    char path[QON_JSON_PATH_MAX];
    struct qon_json *node = qon_json_given(reading->root, "seed");
    reading->scenario->seed = QON_SEED_INITIAL;
    if (node == NULL) {
        return;
    }
    const struct qon_json *value = qon_leaf_value(reading, node);
    if (value == NULL) {
        return;
    }
    bool kind = value->type == QON_JSON_NUMBER || value->type == QON_JSON_STRING;
    if (!kind || !seed_parse(value, &reading->scenario->seed)) {
        qon_fault_add(reading->faults, qon_json_place(value, path),
                      "expected a whole number from 0 to 18446744073709551615, or it as a text");
    }
}

static void fields_read(struct qon_reading *reading) {
    for (size_t f = 0; f < QON_HEADER_FIELDS; f++) {
        const struct qon_field *field = &qon_header_fields[f];
        void *place = (char *)reading->scenario + field->offset;
        struct qon_json *node = qon_json_given(reading->root, field->name);
        if (node != NULL) {
            qon_leaf_field(reading, node, field, place);
        } else if (isnan(field->initial)) {
            qon_fault_add(reading->faults, missing_place(reading, field->name), "is missing: %s", field->meaning);
        } else {
            qon_field_store(field, field->initial, place);
        }
    }
}

// Targets and indicators: what they name is known further up, where they are looked for.
static void names_read(struct qon_reading *reading, const char *key) {
    char path[QON_JSON_PATH_MAX];
    struct qon_json *list = qon_json_given(reading->root, key);
    if (list == NULL) {
        return;
    }
    list->used = true;
    if (list->type != QON_JSON_ARRAY) {
        qon_fault_add(reading->faults, qon_json_place(list, path), "is %s, expected an array of names", qon_json_type_name(list->type));
    }
    for (struct qon_json *name = list->child; name != NULL && list->type == QON_JSON_ARRAY; name = name->next) {
        const char *text = qon_leaf_text(reading, name);
        if (text != NULL && text[0] == '\0') {
            qon_fault_add(reading->faults, qon_json_place(name, path), "a name must not be empty");
        }
    }
}

enum qon_status qon_header_read(struct qon_reading *reading) {
    static const char *const plain[] = {"qonys",      "name",    "title",   "description", "seed",
                                        "programmes", "changes", "targets", "observe",     "extends"};
    enum qon_status status = QON_OK;
    const char *names[QON_GROUPS_MAX + QON_HEADER_FIELDS + sizeof plain / sizeof plain[0]];
    size_t count = qon_groups(names);
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        names[count++] = plain[i];
    }
    for (size_t f = 0; f < QON_HEADER_FIELDS; f++) {
        names[count++] = qon_header_fields[f].name;
    }
    qon_keys_check(reading, reading->root, names, count);
    qon_json_find(reading->root, "qonys")->used = true;
    const char *titles[QON_LANGUAGES] = {NULL};
    QON_TRY(name_read(reading));
    qon_languages_read(reading, reading->root, "title", titles);
    qon_languages_read(reading, reading->root, "description", reading->description);
    for (int language = 0; language < QON_LANGUAGES; language++) {
        reading->scenario->title[language] = qon_string_copy(titles[language]);
        if (titles[language] != NULL && reading->scenario->title[language] == NULL) {
            return QON_MACHINE;
        }
    }
    fields_read(reading);
    seed_read(reading);
    names_read(reading, "targets");
    names_read(reading, "observe");
done:
    return status;
}
