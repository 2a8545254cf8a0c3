// SPDX-License-Identifier: GPL-3.0-or-later
// The programmes of a scenario: an array of objects, each with a name of its own.
#include "reading.h"
#include <string.h>

static void programme_read(struct qon_reading *reading, struct qon_json *list, struct qon_json *programme) {
    char path[QON_JSON_PATH_MAX];
    if (!qon_leaf_object(reading, programme)) {
        return;
    }
    struct qon_json *name = qon_json_given(programme, "name");
    if (name == NULL) {
        qon_fault_add(reading->faults, qon_json_place(programme, path), "\"name\" is missing");
        return;
    }
    const char *text = qon_leaf_text(reading, name);
    if (text != NULL && text[0] == '\0') {
        qon_fault_add(reading->faults, qon_json_place(name, path), "a name must not be empty");
    } else if (text != NULL && qon_json_named(list, text) != programme) {
        qon_fault_add(reading->faults, qon_json_place(name, path), "the name %s is given to two programmes", text);
    }
}

enum qon_status qon_programmes_read(struct qon_reading *reading) {
    char path[QON_JSON_PATH_MAX];
    struct qon_json *list = qon_json_given(reading->root, "programmes");
    if (list == NULL) {
        return QON_OK;
    }
    list->used = list->child == NULL;
    if (list->type != QON_JSON_ARRAY) {
        qon_fault_add(reading->faults, qon_json_place(list, path), "is %s, expected an array of programmes",
                      qon_json_type_name(list->type));
        return QON_OK;
    }
    for (struct qon_json *programme = list->child; programme != NULL; programme = programme->next) {
        programme_read(reading, list, programme);
    }
    return QON_OK;
}
