// SPDX-License-Identifier: GPL-3.0-or-later
// Conditions: from JSON to the tree that the model compiles. A value may stand with its source, {"value": ..., "source": ...}; a key that
// an extending file takes away by null is not there.
#include "programmes.h"
#include <string.h>

struct building {
    const struct qon_policy *policy;
    size_t terms;
};

static enum qon_status place_keep(struct building *building, const struct qon_json *node, bool of_key, struct qon_place *place) {
    char path[QON_JSON_PATH_MAX];
    *place = of_key ? qon_json_key_place(node, path) : qon_json_place(node, path);
    return qon_arena_copy(&building->policy->reading->arena, path, strlen(path), &place->path);
}

static enum qon_status term_make(struct building *building, struct qon_json *node, struct qon_term **out);

static enum qon_status members_make(struct building *building, const struct qon_json *node, const struct qon_term **first) {
    enum qon_status status = QON_OK;
    const struct qon_term **next = first;
    for (struct qon_json *child = node->child; child != NULL; child = child->next) {
        if (node->type == QON_JSON_OBJECT && child->type == QON_JSON_NULL) {
            continue;
        }
        struct qon_term *term;
        QON_TRY(term_make(building, child, &term));
        *next = term;
        next = &term->next;
    }
done:
    return status;
}

static enum qon_status term_make(struct building *building, struct qon_json *node, struct qon_term **out) {
    enum qon_status status = QON_OK;
    static const enum qon_term_kind kinds[] = {
        [QON_JSON_NULL] = QON_TERM_NULL,   [QON_JSON_BOOL] = QON_TERM_SWITCH, [QON_JSON_NUMBER] = QON_TERM_NUMBER,
        [QON_JSON_STRING] = QON_TERM_TEXT, [QON_JSON_ARRAY] = QON_TERM_LIST,  [QON_JSON_OBJECT] = QON_TERM_OBJECT};
    struct qon_reading *reading = building->policy->reading;
    const struct qon_json *value = node;
    struct qon_term *term;
    char path[QON_JSON_PATH_MAX];
    if (++building->terms > QON_TERMS_MOST) {
        return qon_fault_add(reading->faults, qon_json_place(node, path), "the condition has more than %d parts", QON_TERMS_MOST);
    }
    if (node->type == QON_JSON_OBJECT && qon_json_find(node, "value") != NULL) {
        value = qon_leaf_value(reading, node);
    }
    QON_TRY(qon_arena_take(&reading->arena, out, sizeof **out));
    term = *out;
    term->kind = kinds[value->type];
    term->key = node->key;
    term->text = value->type == QON_JSON_STRING ? value->text : NULL;
    term->number = value->number;
    term->truth = value->truth;
    QON_TRY(place_keep(building, value, false, &term->place));
    if (node->key != NULL) {
        QON_TRY(place_keep(building, node, true, &term->key_place));
    }
    QON_TRY(members_make(building, value, &term->child));
done:
    return status;
}

enum qon_status qon_condition_read(const struct qon_policy *policy, struct qon_json *node, struct qon_predicate *out) {
    enum qon_status status = QON_OK;
    struct building building = {policy, 0};
    struct qon_term *term;
    *out = (struct qon_predicate){0};
    if (node == NULL) {
        return QON_OK;
    }
    QON_TRY(term_make(&building, node, &term));
    if (policy->sound) { // else the ids that it names are not known
        QON_TRY(qon_predicate_compile(out, term, &policy->reading->scenario->tables, policy->names, policy->names_count,
                                      policy->reading->faults));
    }
done:
    return status == QON_USER ? QON_OK : status; // a fault was added; reading goes on
}
