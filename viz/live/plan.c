// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan.h"
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

void live_changes_set(struct live_changes *changes, const char *path, const char *value) {
    int i = 0;
    while (i < changes->count && strcmp(changes->path[i], path) != 0) {
        i++;
    }
    if (i == LIVE_CHANGES_MOST) {
        return;
    }
    snprintf(changes->path[i], LIVE_TEXT_MAX, "%s", path);
    snprintf(changes->value[i], LIVE_TEXT_MAX, "%s", value);
    changes->count += i == changes->count;
}

bool live_dated_set(struct live_dated *dated, int32_t month, const char *path, const char *value) {
    int i = 0;
    while (i < dated->count && (dated->row[i].month != month || strcmp(dated->row[i].path, path) != 0)) {
        i++;
    }
    if (i == LIVE_DATED_MOST) {
        return false;
    }
    dated->row[i].month = month;
    snprintf(dated->row[i].path, LIVE_TEXT_MAX, "%s", path);
    snprintf(dated->row[i].value, LIVE_TEXT_MAX, "%s", value);
    dated->count += i == dated->count;
    return true;
}

// programmes[3].x as programmes.NAME.x
static void path_by_name(char out[LIVE_TEXT_MAX], const char *path, const struct qon_scenario *scenario) {
    int row, length = 0;
    if (sscanf(path, "programmes[%d]%n", &row, &length) == 1 && length > 0 && row >= 0 && row < scenario->programmes.count) {
        snprintf(out, LIVE_TEXT_MAX, "programmes.%.80s%.160s", scenario->programmes.row[row].name, path + length);
    } else {
        snprintf(out, LIVE_TEXT_MAX, "%s", path);
    }
}

void live_dated_own(struct live_dated *dated, const struct qon_scenario *scenario) {
    cJSON *root = cJSON_Parse(scenario->effective);
    const cJSON *change;
    dated->count = 0;
    cJSON_ArrayForEach(change, cJSON_GetObjectItemCaseSensitive(root, "changes")) {
        const char *month = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(change, "month"));
        const char *path = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(change, "path"));
        const cJSON *value = cJSON_GetObjectItemCaseSensitive(change, "value");
        const cJSON *bare = cJSON_IsObject(value) ? cJSON_GetObjectItemCaseSensitive(value, "value") : value;
        char *text = bare && !cJSON_IsString(bare) ? cJSON_PrintUnformatted(bare) : NULL;
        char named[LIVE_TEXT_MAX];
        if (month && path && bare) {
            path_by_name(named, path, scenario);
            (void)live_dated_set(dated, qon_month_parse(month), named, text ? text : bare->valuestring);
        }
        cJSON_free(text);
    }
    cJSON_Delete(root);
}

// --- reading ----------------------------------------------------------------------------------------------------------------------

static cJSON *value_make(const char *text) {              // a bare word is text, as for --set
    cJSON *value = cJSON_ParseWithOpts(text, NULL, true); // all of it: 2017-02 is no number
    return value ? value : cJSON_CreateString(text);
}

// The list `changes`: the scenario's own, then those by hand. NULL: none.
static cJSON *list_make(const cJSON *effective, const struct live_dated *dated) {
    const cJSON *own = cJSON_GetObjectItemCaseSensitive(effective, "changes");
    if (!own && dated->count == 0) {
        return NULL;
    }
    cJSON *list = own ? cJSON_Duplicate(own, true) : cJSON_CreateArray();
    for (int i = 0; i < dated->count; i++) {
        char month[16];
        cJSON *change = cJSON_CreateObject();
        qon_month_format(dated->row[i].month, month);
        cJSON_AddStringToObject(change, "month", month);
        cJSON_AddStringToObject(change, "path", dated->row[i].path);
        cJSON_AddItemToObject(change, "value", value_make(dated->row[i].value));
        cJSON_AddStringToObject(change, "note", "by hand");
        cJSON_AddItemToArray(list, change);
    }
    return list;
}

static enum qon_status load(const struct live_plan *plan, int w, const char *changes, struct qon_scenario *scenario,
                            struct qon_faults *faults) {
    struct qon_override override[LIVE_CHANGES_MOST + 1];
    int count = 0;
    for (int i = 0; i < plan->given.count; i++) {
        override[count++] = (struct qon_override){plan->given.path[i], plan->given.value[i]};
    }
    if (changes) {
        override[count++] = (struct qon_override){"changes", changes};
    }
    return qon_scenario_load(scenario, plan->file[w], override, count, faults);
}

enum qon_status live_plan_read(const struct live_plan *plan, int w, struct qon_scenario *scenario, struct qon_faults *faults) {
    enum qon_status status = load(plan, w, NULL, scenario, faults);
    if (status != QON_OK || plan->dated[w].count == 0) {
        return status;
    }
    cJSON *effective = cJSON_Parse(scenario->effective);
    cJSON *list = list_make(effective, &plan->dated[w]);
    char *text = list ? cJSON_PrintUnformatted(list) : NULL;
    qon_scenario_free(scenario);
    status = text ? load(plan, w, text, scenario, faults) : QON_MACHINE;
    cJSON_free(text);
    cJSON_Delete(list);
    cJSON_Delete(effective);
    return status;
}

// --- saving -----------------------------------------------------------------------------------------------------------------------

// The path of `to` as seen from the folder of `from`, both absolute.
static void relative(char *out, size_t size, const char *from, const char *to) {
    size_t common = 0;
    for (size_t i = 0; from[i] && from[i] == to[i]; i++) {
        common = from[i] == '/' ? i + 1 : common;
    }
    size_t length = 0;
    out[0] = '\0';
    for (const char *slash = strchr(from + common, '/'); slash && length < size; slash = strchr(slash + 1, '/')) {
        length += (size_t)snprintf(out + length, size - length, "../");
    }
    if (length < size) {
        snprintf(out + length, size - length, "%s", to + common);
    }
}

// Writes a value of --set into the tree that is saved, along its path; an array without names is taken over whole.
static void given_put(cJSON *root, const cJSON *effective, const char *path, const char *value) {
    cJSON *at = root;
    const cJSON *known = effective;
    char part[LIVE_TEXT_MAX];
    for (;;) {
        size_t length = strcspn(path, ".[");
        snprintf(part, sizeof part, "%.*s", (int)length, path);
        known = cJSON_IsArray(known) ? NULL : cJSON_GetObjectItemCaseSensitive(known, part);
        path += length;
        if (*path != '.') {
            break;
        }
        path++;
        cJSON *next = cJSON_GetObjectItemCaseSensitive(at, part);
        at = next ? next : cJSON_AddObjectToObject(at, part);
        if (cJSON_IsArray(known)) { // of named things: programmes
            length = strcspn(path, ".[");
            snprintf(part, sizeof part, "%.*s", (int)length, path);
            const cJSON *element = NULL, *one;
            cJSON_ArrayForEach(one, known) {
                const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(one, "name"));
                element = name && strcmp(name, part) == 0 ? one : element;
            }
            known = element;
            path += length + (path[length] == '.');
            next = cJSON_GetObjectItemCaseSensitive(at, part);
            at = next ? next : cJSON_AddObjectToObject(at, part);
        }
    }
    bool file = cJSON_IsObject(known) && cJSON_GetObjectItemCaseSensitive(known, "file");
    char *absolute = file ? realpath(value, NULL) : NULL;
    cJSON_DeleteItemFromObjectCaseSensitive(at, part);
    cJSON_AddItemToObject(at, part,
                          *path == '[' ? cJSON_Duplicate(known, true)
                          : absolute   ? cJSON_CreateString(absolute)
                                       : value_make(value));
    free(absolute);
}

static cJSON *tree_make(const struct live_plan *plan, const struct qon_scenario *scenario, const char *base) {
    cJSON *root = cJSON_CreateObject();
    cJSON *effective = cJSON_Parse(scenario->effective);
    char name[200], number[32], path[LIVE_TEXT_MAX];
    snprintf(name, sizeof name, "%.50s-by-hand", scenario->name);
    snprintf(number, sizeof number, "%llu", (unsigned long long)scenario->seed);
    cJSON_AddNumberToObject(root, "qonys", 1);
    cJSON_AddStringToObject(root, "extends", base);
    cJSON_AddStringToObject(root, "name", name);
    cJSON_AddStringToObject(root, "seed", number);
    cJSON_AddNumberToObject(root, "months", scenario->months);
    cJSON_AddNumberToObject(root, "scale", scenario->scale);
    for (int i = 0; i < plan->given.count; i++) {
        path_by_name(path, plan->given.path[i], scenario);
        if (!cJSON_GetObjectItemCaseSensitive(root, path) && strcmp(path, "changes") != 0) {
            given_put(root, effective, path, plan->given.value[i]);
        }
    }
    cJSON *changes = cJSON_GetObjectItemCaseSensitive(effective, "changes"); // those by hand among them
    if (changes) {
        cJSON_AddItemToObject(root, "changes", cJSON_Duplicate(changes, true));
    }
    cJSON_Delete(effective);
    return root;
}

// What a run follows from: all but names and notes.
static cJSON *essence(const struct qon_scenario *scenario) {
    static const char *const aside[] = {"name", "title", "description"};
    cJSON *root = cJSON_Parse(scenario->effective);
    for (size_t i = 0; i < sizeof aside / sizeof *aside; i++) {
        cJSON_DeleteItemFromObjectCaseSensitive(root, aside[i]);
    }
    return root;
}

// Tables are told by their hash: the same file has another path from another folder.
static void files_forget(cJSON *node) {
    if (cJSON_IsObject(node) && cJSON_GetObjectItemCaseSensitive(node, "xxhash64")) {
        cJSON_DeleteItemFromObjectCaseSensitive(node, "file");
    }
    cJSON *child;
    cJSON_ArrayForEach(child, node) {
        files_forget(child);
    }
}

static enum qon_status same_check(const struct qon_scenario *scenario, const char *path, struct qon_faults *faults) {
    struct qon_scenario again = {0};
    enum qon_status status = qon_scenario_load(&again, path, NULL, 0, faults);
    if (status != QON_OK) {
        return status;
    }
    cJSON *one = essence(scenario), *two = essence(&again);
    files_forget(one);
    files_forget(two);
    if (!cJSON_Compare(one, two, true)) {
        status =
            qon_fault_add(faults, (struct qon_place){.file = path},
                          "what --set gave cannot be written as a scenario that extends the other; write it into a file and view that");
    }
    cJSON_Delete(one);
    cJSON_Delete(two);
    qon_scenario_free(&again);
    return status;
}

static enum qon_status text_write(const char *path, const char *text, struct qon_faults *faults) {
    FILE *out = text ? fopen(path, "w") : NULL;
    bool wrote = out && fputs(text, out) >= 0 && fputs("\n", out) >= 0;
    wrote = out && fclose(out) == 0 && wrote;
    return wrote ? QON_OK : qon_fault_machine(faults, (struct qon_place){.file = path}, "cannot be written");
}

enum qon_status live_plan_save(const struct live_plan *plan, int w, const char *path, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct qon_scenario scenario = {0};
    char folder[4096], base[8192];
    char *text = NULL;
    char *from = NULL, *to = realpath(plan->file[w], NULL);
    QON_TRY(live_plan_read(plan, w, &scenario, faults));
    QON_TRY(text_write(path, "{}", faults)); // so that it has a path
    from = realpath(path, NULL);
    snprintf(folder, sizeof folder, "%s", from ? from : path);
    relative(base, sizeof base, folder, to ? to : plan->file[w]);
    cJSON *root = tree_make(plan, &scenario, base);
    text = cJSON_Print(root);
    cJSON_Delete(root);
    status = text_write(path, text, faults);
    status = status == QON_OK ? same_check(&scenario, path, faults) : status;
    if (status != QON_OK) {
        remove(path);
    }
done:
    free(from);
    free(to);
    cJSON_free(text);
    qon_scenario_free(&scenario);
    return status;
}
