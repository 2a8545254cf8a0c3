// SPDX-License-Identifier: GPL-3.0-or-later
// The tree with places: cJSON's tree joined with the marks of json_scan.c. No other file knows cJSON.
#include "json.h"
#include "text.h"
#include <cjson/cJSON.h>
#include <qonys/memory.h>
#include <string.h>

// What joining the two needs.
struct join {
    const char *text;
    const struct qon_json_mark *mark; // next
    const struct qon_json_source *source;
    struct qon_arena *arena;
};

static enum qon_status join_value(struct join *join, struct qon_json *node, const cJSON *from) {
    const struct qon_json_mark *mark = join->mark++;
    node->source = join->source;
    node->line = mark->line;
    node->column = mark->column;
    if (cJSON_IsBool(from)) {
        node->type = QON_JSON_BOOL;
        node->truth = cJSON_IsTrue(from);
    } else if (cJSON_IsNumber(from)) {
        node->type = QON_JSON_NUMBER;
        enum qon_status status = qon_arena_copy(join->arena, join->text + mark->offset, mark->length, &node->text);
        if (status == QON_OK) {
            QON_REQUIRE(qon_number_parse(node->text, &node->number));
        }
        return status;
    } else if (cJSON_IsString(from)) {
        node->type = QON_JSON_STRING;
        return qon_arena_copy(join->arena, from->valuestring, strlen(from->valuestring), &node->text);
    } else if (cJSON_IsArray(from)) {
        node->type = QON_JSON_ARRAY;
    } else if (cJSON_IsObject(from)) {
        node->type = QON_JSON_OBJECT;
    }
    return QON_OK;
}

// The members of `from` and theirs: as deep as the text is nested, 200 at most.
static enum qon_status join_members(struct join *join, struct qon_json *node, const cJSON *from) {
    enum qon_status status = QON_OK;
    for (const cJSON *member = from->child; member != NULL; member = member->next) {
        struct qon_json *child;
        QON_TRY(qon_arena_take(join->arena, &child, sizeof *child));
        if (node->type == QON_JSON_OBJECT) {
            const struct qon_json_mark *mark = join->mark++;
            child->key_line = mark->line;
            child->key_column = mark->column;
            QON_TRY(qon_arena_copy(join->arena, member->string, strlen(member->string), &child->key));
        }
        QON_TRY(join_value(join, child, member));
        qon_json_append(node, child);
        QON_TRY(join_members(join, child, member));
    }
done:
    return status;
}

static int key_compare(const void *a, const void *b) {
    const struct qon_json *const *one = a;
    const struct qon_json *const *two = b;
    int order = strcmp((*one)->key, (*two)->key);
    if (order != 0) {
        return order;
    }
    if ((*one)->key_line != (*two)->key_line) {
        return (*one)->key_line < (*two)->key_line ? -1 : 1;
    }
    return (*one)->key_column < (*two)->key_column ? -1 : (*one)->key_column > (*two)->key_column;
}

// Keys given twice, by sorting: an object of a million keys is no trap.
static enum qon_status keys_check(const struct qon_json *node, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    const struct qon_json **members = NULL;
    size_t count = 0;
    if (node->type == QON_JSON_OBJECT && node->child != node->last) {
        QON_TRY(qon_take(&members, qon_json_count(node), sizeof *members));
        for (const struct qon_json *child = node->child; child != NULL; child = child->next) {
            members[count++] = child;
        }
        qsort(members, count, sizeof *members, key_compare);
        for (size_t i = 1; i < count; i++) {
            if (strcmp(members[i - 1]->key, members[i]->key) == 0) {
                char path[QON_JSON_PATH_MAX];
                qon_fault_add(faults, qon_json_key_place(members[i], path), "the key is given twice, first in line %d",
                              members[i - 1]->key_line);
            }
        }
    }
    for (const struct qon_json *child = node->child; child != NULL; child = child->next) {
        if (child->child != NULL) {
            QON_TRY(keys_check(child, faults));
        }
    }
done:
    qon_free(members);
    return status;
}

enum qon_status qon_json_parse(struct qon_json **out, const char *text, size_t length, const struct qon_json_source *source,
                               struct qon_arena *arena, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    cJSON *parsed = NULL;
    struct qon_json_marks marks = {0};
    struct qon_faults own; // so that faults are seen where the caller keeps none
    qon_faults_init(&own);
    faults = faults == NULL ? &own : faults;
    long faults_before = faults->count;
    struct qon_place whole = {source->name, 0, 0, NULL};
    *out = NULL;
    QON_TRY(qon_json_scan(text, length, source->name, &marks, faults));
    parsed = cJSON_ParseWithLength(text, length + 1);
    if (parsed == NULL) { // the text is good, so it is memory
        status = qon_fault_machine(faults, whole, "not enough memory to read it");
        goto done;
    }
    struct join join = {text, marks.at, source, arena};
    QON_TRY(qon_arena_take(arena, out, sizeof **out));
    QON_TRY(join_value(&join, *out, parsed));
    QON_TRY(join_members(&join, *out, parsed));
    QON_REQUIRE(join.mark == marks.at + marks.count);
    QON_TRY(keys_check(*out, faults));
    if (faults->count > faults_before) {
        status = QON_USER;
    }
done:
    if (status == QON_MACHINE && faults->count == faults_before) {
        qon_fault_machine(faults, whole, "not enough memory to read it");
    }
    cJSON_Delete(parsed);
    qon_free(marks.at);
    if (status != QON_OK) {
        *out = NULL;
    }
    return status;
}

enum qon_status qon_json_load(struct qon_json **out, const char *path, struct qon_place place, struct qon_arena *arena,
                              struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    char *text = NULL;
    size_t length;
    struct qon_json_source *source;
    *out = NULL;
    QON_TRY(qon_file_read(path, QON_JSON_BYTES_MAX, &text, &length, place, faults));
    QON_TRY(qon_arena_take(arena, &source, sizeof *source));
    QON_TRY(qon_arena_copy(arena, path, strlen(path), &source->name));
    const char *slash = strrchr(path, '/');
    size_t folder = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);
    QON_TRY(qon_arena_copy(arena, path, folder, &source->folder));
    QON_TRY(qon_json_parse(out, text, length, source, arena, faults));
done:
    qon_free(text);
    return status;
}
