// SPDX-License-Identifier: GPL-3.0-or-later
// calendar.mci_tenge and calendar.minimum_wage_tenge: {"2017-01": 2269, ...}, in tenge, kept in tiyn.
#include "calendar.h"
#include <qonys/memory.h>
#include <string.h>

const struct qon_field qon_calendar_fields[QON_CALENDAR_FIELDS] = {
    {"mci_tenge", QON_I64, offsetof(struct qon_scenario, mci), "tiyn, given in tenge", 0, 1e9, 0, 0, 0, NULL,
     "monthly calculation index from the month given on", NULL},
    {"minimum_wage_tenge", QON_I64, offsetof(struct qon_scenario, minimum_wage), "tiyn, given in tenge", 0, 1e9, 0, 0, 0, NULL,
     "minimum wage a month from the month given on", NULL},
};

// Puts a step at its place in the order of time.
static void step_insert(struct qon_steps *steps, int32_t from, int64_t tiyn) {
    int32_t at = steps->count++;
    for (; at > 0 && steps->from[at - 1] > from; at--) {
        steps->from[at] = steps->from[at - 1];
        steps->tiyn[at] = steps->tiyn[at - 1];
    }
    steps->from[at] = from;
    steps->tiyn[at] = tiyn;
}

// Money is read by the tenge and may have tiyn as decimals, so the whole-number rule is that of the tiyn.
static void step_read(struct qon_reading *reading, struct qon_json *node, const struct qon_field *field, struct qon_steps *steps) {
    char path[QON_JSON_PATH_MAX];
    int32_t month = qon_month_parse(node->key);
    if (month < 0) {
        qon_fault_add(reading->faults, qon_json_key_place(node, path), "the key is not a month, expected YYYY-MM");
        return;
    }
    struct qon_field tenge = *field;
    tenge.type = QON_F64;
    tenge.unit = "tenge";
    double number;
    if (qon_leaf_number(reading, node, &tenge, &number)) {
        int64_t tiyn;
        qon_field_store(field, number, &tiyn);
        step_insert(steps, month, tiyn);
    }
}

// A step that ends before the run starts, or starts after it ends, changes nothing.
static void unused_mark(const struct qon_scenario *scenario, struct qon_json *list, const struct qon_steps *steps) {
    for (struct qon_json *node = list->child; node != NULL; node = node->next) {
        int32_t from = qon_month_parse(node->key);
        bool ended = false;
        for (int32_t i = 0; i < steps->count; i++) {
            ended = ended || (steps->from[i] > from && steps->from[i] <= scenario->start);
        }
        bool first = steps->count > 0 && steps->from[0] == from; // holds before its month too
        node->used = !ended && (first || from < scenario->start + scenario->months);
        for (struct qon_json *note = node->child; note != NULL; note = note->next) {
            note->used = node->used;
        }
    }
}

enum qon_status qon_calendar_read(struct qon_reading *reading) {
    enum qon_status status = QON_OK;
    struct qon_json *group = qon_json_given(reading->root, "calendar");
    if (group == NULL || !qon_leaf_object(reading, group)) {
        return QON_OK;
    }
    const char *names[QON_CALENDAR_FIELDS];
    for (size_t f = 0; f < QON_CALENDAR_FIELDS; f++) {
        names[f] = qon_calendar_fields[f].name;
    }
    qon_keys_check(reading, group, names, QON_CALENDAR_FIELDS);
    for (size_t f = 0; f < QON_CALENDAR_FIELDS; f++) {
        const struct qon_field *field = &qon_calendar_fields[f];
        struct qon_json *list = qon_json_given(group, field->name);
        if (list == NULL || !qon_leaf_object(reading, list)) {
            continue;
        }
        struct qon_steps *steps = (struct qon_steps *)(void *)((char *)reading->scenario + field->offset);
        size_t room = qon_json_count(list);
        QON_TRY(qon_take(&steps->from, room, sizeof *steps->from));
        QON_TRY(qon_take(&steps->tiyn, room, sizeof *steps->tiyn));
        for (struct qon_json *node = list->child; node != NULL; node = node->next) {
            if (node->type != QON_JSON_NULL) {
                step_read(reading, node, field, steps);
            }
        }
        unused_mark(reading->scenario, list, steps);
    }
done:
    return status;
}
