// SPDX-License-Identifier: GPL-3.0-or-later
// Dated changes of programmes: [{"month": "2018-01", "path": "programmes.grant.take_up_month", "value": 0.1}, ...].
//
// The scenario as it stands from such a month on is read like any other: the file is merged anew, --set is applied, then the changes up to
// that month in the order of their dates, and the programmes are read from the tree. So a value is checked by the same words as one that
// holds from the start, and its fault names the line of the change. What the books of a run are kept by must stay: which programmes there
// are, their events, the kinds of their benefits, the regions and years of their limits.
#include "reading.h"
#include <qonys/memory.h>
#include <string.h>

static const char prefix[] = "programmes";

static bool path_good(const char *path) {
    size_t length = sizeof prefix - 1;
    return strncmp(path, prefix, length) == 0 && (path[length] == '.' || path[length] == '[');
}

static int32_t month_of(const struct qon_json *change) {
    const struct qon_json *month = qon_json_find(change, "month");
    return month != NULL && month->type == QON_JSON_STRING ? qon_month_parse(month->text) : -1;
}

static void missing(struct qon_reading *reading, const struct qon_json *change, const char *what) {
    char path[QON_JSON_PATH_MAX];
    qon_fault_add(reading->faults, qon_json_place(change, path), "%s", what);
}

static void change_check(struct qon_reading *reading, struct qon_json *change) {
    static const char *const keys[] = {"month", "path", "value", "source", "note"};
    const struct qon_scenario *scenario = reading->scenario;
    char at[QON_JSON_PATH_MAX];
    if (!qon_leaf_object(reading, change)) {
        return;
    }
    qon_keys_check(reading, change, keys, sizeof keys / sizeof keys[0]);
    struct qon_json *month = qon_json_given(change, "month"), *path = qon_json_given(change, "path");
    if (month == NULL) {
        missing(reading, change, "\"month\" is missing, expected the month from which the value holds, YYYY-MM");
    } else if (month_of(change) < 0) {
        qon_fault_add(reading->faults, qon_json_place(month, at), "expected a month YYYY-MM");
    } else if (month_of(change) < scenario->start) {
        qon_fault_add(reading->faults, qon_json_place(month, at), "lies before the first month of the run");
    }
    const char *text = path == NULL ? NULL : qon_leaf_text(reading, path);
    if (path == NULL) {
        missing(reading, change, "\"path\" is missing, expected what changes, such as programmes.grant.take_up_month");
    } else if (text != NULL && !path_good(text)) {
        qon_fault_add(reading->faults, qon_json_place(path, at),
                      "expected a path that begins with programmes, such as "
                      "programmes.grant.take_up_month: nothing else can change within a run");
    }
    if (qon_json_given(change, "value") == NULL) {
        missing(reading, change, "\"value\" is missing");
    }
    for (int i = 3; i < 5; i++) {
        struct qon_json *note = qon_json_given(change, keys[i]);
        if (note != NULL) {
            (void)qon_leaf_text(reading, note);
        }
    }
    bool used = month_of(change) < scenario->start + scenario->months;
    change->used = used;
    for (struct qon_json *child = change->child; child != NULL; child = child->next) {
        child->used = used;
    }
}

void qon_changes_check(struct qon_reading *reading) {
    struct qon_json *list = qon_json_given(reading->root, "changes");
    char path[QON_JSON_PATH_MAX];
    if (list == NULL) {
        return;
    }
    list->used = list->child == NULL;
    if (list->type != QON_JSON_ARRAY) {
        qon_fault_add(reading->faults, qon_json_place(list, path), "is %s, expected an array of changes", qon_json_type_name(list->type));
        return;
    }
    for (struct qon_json *change = list->child; change != NULL; change = change->next) {
        change_check(reading, change);
    }
}

static bool same_limits(const struct qon_programme *a, const struct qon_programme *b) {
    bool same = a->quotas_count == b->quotas_count && a->budgets_count == b->budgets_count;
    for (int32_t q = 0; same && q < a->quotas_count; q++) {
        const struct qon_quota *x = &a->quotas[q], *y = &b->quotas[q];
        same = x->region == y->region && x->year == y->year && x->of_origin == y->of_origin && x->members == y->members;
    }
    for (int32_t q = 0; same && q < a->budgets_count; q++) {
        same = a->budgets[q].region == b->budgets[q].region && a->budgets[q].year == b->budgets[q].year;
    }
    return same;
}

// What forbids that `a` goes on as `b` from a month on; NULL: nothing.
static const char *breach(const struct qon_programme *a, const struct qon_programme *b, int32_t month) {
    bool benefits = a->benefits_count == b->benefits_count;
    for (int32_t i = 0; benefits && i < a->benefits_count; i++) {
        benefits = a->benefits[i].kind == b->benefits[i].kind;
    }
    if (strcmp(a->name, b->name) != 0 || a->at != b->at) {
        return "name and event of a programme cannot change within a run";
    }
    if (!benefits) {
        return "number and kinds of a programme's benefits cannot change within a run";
    }
    if (!same_limits(a, b)) {
        return "regions and years of quotas and budgets cannot change within a run; their amounts can";
    }
    if (a->from != b->from && (a->from < month || b->from < month)) {
        return "the first month of a programme can change before it only, and to a month that is still to come";
    }
    if (a->to != b->to && (a->to < month || b->to < month - 1)) {
        return "the last month of a programme can change until it has come, and to a month that is not past";
    }
    return NULL;
}

static void shape_check(struct qon_reading *reading, const struct qon_programmes *before, const struct qon_programmes *after,
                        const struct qon_json *change, int32_t month) {
    char path[QON_JSON_PATH_MAX];
    QON_REQUIRE(before->count == after->count); // no path of a change reaches the list itself
    for (int32_t p = 0; p < before->count; p++) {
        const char *why = breach(&before->row[p], &after->row[p], month);
        if (why != NULL) {
            qon_fault_add(reading->faults, qon_json_place(change, path), "%s: %s", before->row[p].name, why);
        }
    }
}

// Applies the changes of one month to the tree whose list they are; *first gets the first of them.
static enum qon_status month_apply(struct qon_reading *reading, struct qon_json *list, int32_t month, const struct qon_json **first) {
    enum qon_status status = QON_OK;
    *first = NULL;
    for (struct qon_json *change = list->child; change != NULL; change = change->next) {
        if (month_of(change) == month) {
            *first = *first == NULL ? change : *first;
            QON_TRY(qon_override_put(reading, qon_json_find(change, "path"), qon_json_find(change, "value")));
        }
    }
done:
    return status;
}

// The tree of the scenario anew, with the changes up to stage `count - 1`.
static enum qon_status tree_make(struct qon_reading *reading, const struct qon_given *given, int32_t stages,
                                 const struct qon_json **first) {
    enum qon_status status = QON_OK;
    QON_TRY(qon_extends_load(reading, given->file, &reading->root));
    for (int i = 0; i < given->overrides_count; i++) {
        QON_TRY(qon_override_apply(reading, &given->overrides[i], given->places ? &given->places[i] : NULL));
    }
    struct qon_json *list = qon_json_given(reading->root, "changes");
    for (int32_t s = 0; s < stages; s++) {
        QON_TRY(month_apply(reading, list, given->stage[s].from, first));
    }
done:
    return status;
}

static enum qon_status stage_read(struct qon_reading *reading, const struct qon_given *given, int32_t s) {
    enum qon_status status = QON_OK;
    struct qon_scenario *base = reading->scenario;
    struct qon_json *root = reading->root;
    const struct qon_json *first = NULL;
    struct qon_scenario *as = NULL;
    QON_TRY(qon_take(&as, 1, sizeof *as));
    *as = *base;
    memset(&as->programmes, 0, sizeof as->programmes);
    given->stage[s].as = as;
    base->stages = s + 1;
    reading->scenario = as;
    QON_TRY(tree_make(reading, given, s + 1, &first));
    QON_TRY(qon_programmes_read(reading));
    if (reading->faults->count == 0) {
        const struct qon_scenario *before = s == 0 ? base : given->stage[s - 1].as;
        shape_check(reading, &before->programmes, &as->programmes, first, given->stage[s].from);
    }
done:
    reading->scenario = base;
    reading->root = root;
    return status;
}

static int32_t months_find(const struct qon_json *list, struct qon_stage *stage) {
    int32_t count = 0;
    for (const struct qon_json *change = list->child; change != NULL; change = change->next) {
        int32_t month = month_of(change), at = count;
        while (at > 0 && stage[at - 1].from > month) {
            at--;
        }
        if (at > 0 && stage[at - 1].from == month) {
            continue;
        }
        memmove(stage + at + 1, stage + at, (size_t)(count - at) * sizeof *stage);
        stage[at].from = month;
        count++;
    }
    return count;
}

enum qon_status qon_changes_read(struct qon_reading *reading, const char *file, const struct qon_override *overrides,
                                 const struct qon_place *places, int count) {
    enum qon_status status = QON_OK;
    const struct qon_json *list = qon_json_given(reading->root, "changes");
    struct qon_scenario *scenario = reading->scenario;
    if (list == NULL || list->child == NULL) {
        return QON_OK;
    }
    QON_TRY(qon_take(&scenario->stage, qon_json_count(list) + 1, sizeof *scenario->stage));
    int32_t stages = months_find(list, scenario->stage);
    struct qon_given given = {file, overrides, places, count, scenario->stage};
    for (int32_t s = 0; s < stages && reading->faults->count == 0; s++) {
        QON_TRY(stage_read(reading, &given, s));
    }
    for (int32_t s = 0; s < scenario->stages; s++) {
        scenario->stage[s].as->stage = scenario->stage; // each knows them all
        scenario->stage[s].as->stages = scenario->stages;
    }
done:
    return status;
}
