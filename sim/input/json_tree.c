// SPDX-License-Identifier: GPL-3.0-or-later
// Walking and changing JSON trees, and saying where a node stands.
#include "json.h"
#include <stdio.h>
#include <string.h>

struct qon_json *qon_json_find(const struct qon_json *object, const char *key) {
    if (object == NULL || object->type != QON_JSON_OBJECT) {
        return NULL;
    }
    struct qon_json *child = object->child;
    while (child != NULL && strcmp(child->key, key) != 0) {
        child = child->next;
    }
    return child;
}

struct qon_json *qon_json_given(const struct qon_json *object, const char *key) {
    struct qon_json *child = qon_json_find(object, key);
    return child != NULL && child->type == QON_JSON_NULL ? NULL : child;
}

struct qon_json *qon_json_named(const struct qon_json *array, const char *name) {
    for (struct qon_json *child = array->child; child != NULL; child = child->next) {
        const struct qon_json *own = qon_json_find(child, "name");
        if (own != NULL && own->type == QON_JSON_STRING && strcmp(own->text, name) == 0) {
            return child;
        }
    }
    return NULL;
}

size_t qon_json_count(const struct qon_json *node) {
    size_t count = 0;
    for (const struct qon_json *child = node->child; child != NULL; child = child->next) {
        count++;
    }
    return count;
}

void qon_json_append(struct qon_json *parent, struct qon_json *child) {
    child->parent = parent;
    child->next = NULL;
    child->index = parent->last == NULL ? 0 : parent->last->index + 1;
    if (parent->last == NULL) {
        parent->child = child;
    } else {
        parent->last->next = child;
    }
    parent->last = child;
}

static struct qon_json *before(const struct qon_json *node) {
    struct qon_json *found = NULL;
    for (struct qon_json *child = node->parent->child; child != node; child = child->next) {
        found = child;
    }
    return found;
}

void qon_json_replace(struct qon_json *old, struct qon_json *by) {
    struct qon_json *parent = old->parent;
    struct qon_json *left = before(old);
    by->parent = parent;
    by->key = old->key;
    by->index = old->index;
    by->next = old->next;
    if (left == NULL) {
        parent->child = by;
    } else {
        left->next = by;
    }
    if (parent->last == old) {
        parent->last = by;
    }
    old->parent = old->next = NULL;
}

void qon_json_remove(struct qon_json *node) {
    struct qon_json *parent = node->parent;
    struct qon_json *left = before(node);
    if (left == NULL) {
        parent->child = node->next;
    } else {
        left->next = node->next;
    }
    if (parent->last == node) {
        parent->last = left;
    }
    for (struct qon_json *after = node->next; after != NULL; after = after->next) {
        after->index--;
    }
    node->parent = node->next = NULL;
}

const char *qon_json_type_name(enum qon_json_type type) {
    static const char *const names[] = {"null", "true or false", "a number", "a text", "an array", "an object"};
    return names[type];
}

// The path is built from its end, in the tail of the buffer: a node knows its parent, not its children's children.
void qon_json_path(const struct qon_json *node, char path[QON_JSON_PATH_MAX]) {
    size_t start = QON_JSON_PATH_MAX - 1;
    path[start] = '\0';
    for (; node != NULL && node->parent != NULL; node = node->parent) {
        char number[32];
        const char *part = node->key;
        if (part == NULL) {
            snprintf(number, sizeof number, "[%u]", node->index);
            part = number;
        }
        size_t length = strlen(part);
        bool dot = node->key != NULL && node->parent->parent != NULL;
        if (length + (dot ? 1 : 0) > start) {
            break;
        }
        start -= length;
        memcpy(path + start, part, length);
        if (dot) {
            path[--start] = '.';
        }
    }
    memmove(path, path + start, QON_JSON_PATH_MAX - start);
}

struct qon_place qon_json_place(const struct qon_json *node, char path[QON_JSON_PATH_MAX]) {
    qon_json_path(node, path);
    return (struct qon_place){node->source->name, node->line, node->column, path};
}

struct qon_place qon_json_key_place(const struct qon_json *node, char path[QON_JSON_PATH_MAX]) {
    qon_json_path(node, path);
    bool known = node->key_line > 0;
    return (struct qon_place){node->source->name, known ? node->key_line : node->line, known ? node->key_column : node->column, path};
}
