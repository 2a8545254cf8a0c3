// SPDX-License-Identifier: GPL-3.0-or-later
// `--set path=value`: one change of the merged tree. The path is followed where it leads; what the last part names is set even when it was
// not there before, and the readers find out whether such a key exists, with the same words as for a key of a file.
#include "reading.h"
#include "text.h"
#include <ctype.h>
#include <string.h>

enum { PARTS_MAX = 64, PART_LETTERS_MAX = 200 };

struct walk {
    struct qon_reading *reading;
    const struct qon_json_source *source;
    struct qon_place place; // of the option, for messages
    const char *rest;       // of the path
    char part[PART_LETTERS_MAX + 1];
    bool index; // the part was written [n]
};

// Takes the next part off the path.
static enum qon_status part_next(struct walk *walk) {
    const char *from = walk->rest;
    const char *to;
    walk->index = *from == '[';
    if (walk->index) {
        from++;
        to = strchr(from, ']');
        bool number = to != NULL && to > from;
        for (const char *letter = from; number && letter < to; letter++) {
            number = isdigit((unsigned char)*letter) != 0;
        }
        if (!number || to - from > 9) {
            return qon_fault_add(walk->reading->faults, walk->place, "expected a number and ] after [");
        }
        walk->rest = to + 1;
    } else {
        to = from + strcspn(from, ".[");
        walk->rest = to;
    }
    size_t length = (size_t)(to - from);
    if (length == 0 || length > PART_LETTERS_MAX) {
        return qon_fault_add(walk->reading->faults, walk->place, "expected a path such as choice.home_premium or programmes[0].quota");
    }
    memcpy(walk->part, from, length);
    walk->part[length] = '\0';
    if (*walk->rest == '.') {
        walk->rest++;
        if (*walk->rest == '\0' || *walk->rest == '[') {
            return qon_fault_add(walk->reading->faults, walk->place, "a name must follow the point");
        }
    } else if (*walk->rest != '\0' && *walk->rest != '[') {
        return qon_fault_add(walk->reading->faults, walk->place, "expected . or [ after ]");
    }
    return QON_OK;
}

static enum qon_status element_find(struct walk *walk, const struct qon_json *array, struct qon_json **out) {
    size_t count = qon_json_count(array);
    if (walk->index) {
        size_t index = strtoul(walk->part, NULL, 10);
        if (index >= count) {
            return qon_fault_add(walk->reading->faults, walk->place, "there is no element [%s], the array has %zu", walk->part, count);
        }
        *out = array->child;
        while (index-- > 0) {
            *out = (*out)->next;
        }
        return QON_OK;
    }
    *out = qon_json_named(array, walk->part);
    if (*out != NULL) {
        return QON_OK;
    }
    const char *names[QON_KEYS_MAX];
    size_t known = 0;
    for (const struct qon_json *child = array->child; child != NULL && known < QON_KEYS_MAX; child = child->next) {
        const struct qon_json *name = qon_json_find(child, "name");
        if (name != NULL && name->type == QON_JSON_STRING) {
            names[known++] = name->text;
        }
    }
    char hint[128];
    return qon_fault_add(walk->reading->faults, walk->place, "there is no element named %s%s", walk->part,
                         qon_nearest_text(walk->part, names, known, hint));
}

static enum qon_status node_new(struct walk *walk, enum qon_json_type type, struct qon_json **out) {
    enum qon_status status = qon_arena_take(&walk->reading->arena, out, sizeof **out);
    if (status == QON_OK) {
        (*out)->type = type;
        (*out)->source = walk->source;
        (*out)->line = (*out)->key_line = walk->place.line;
        (*out)->column = (*out)->key_column = walk->place.column;
    }
    return status;
}

// The member of `node` that the current part names; made (as null) when an object has none.
static enum qon_status step(struct walk *walk, struct qon_json *node, struct qon_json **out) {
    enum qon_status status = QON_OK;
    if (node->type == QON_JSON_ARRAY) {
        return element_find(walk, node, out);
    }
    if (node->type == QON_JSON_NULL) { // made by the step before, or removed by null: what is set within it is all there is
        node->type = QON_JSON_OBJECT;
    }
    if (node->type != QON_JSON_OBJECT || walk->index) {
        char path[QON_JSON_PATH_MAX];
        qon_json_path(node, path);
        return qon_fault_add(walk->reading->faults, walk->place, "%s is %s and has no part %s", path[0] == '\0' ? "a scenario" : path,
                             qon_json_type_name(node->type), walk->part);
    }
    *out = qon_json_find(node, walk->part);
    if (*out == NULL) {
        QON_TRY(node_new(walk, QON_JSON_NULL, out));
        QON_TRY(qon_arena_copy(&walk->reading->arena, walk->part, strlen(walk->part), &(*out)->key));
        qon_json_append(node, *out);
    }
done:
    return status;
}

// The value: JSON, or a bare word that is a text.
static enum qon_status value_parse(struct walk *walk, const char *value, struct qon_json **out) {
    enum qon_status status = QON_OK;
    bool must_be_json = value[0] != '\0' && strchr("{[\"", value[0]) != NULL;
    struct qon_faults *faults = must_be_json ? walk->reading->faults : NULL;
    status = qon_json_parse(out, value, strlen(value), walk->source, &walk->reading->arena, faults);
    if (status != QON_USER || must_be_json) {
        return status;
    }
    size_t length = strlen(value);
    if (qon_utf8_check(value, length) < length) {
        return qon_fault_add(walk->reading->faults, walk->place, "invalid UTF-8 or a control character");
    }
    QON_TRY(node_new(walk, QON_JSON_STRING, out));
    QON_TRY(qon_arena_copy(&walk->reading->arena, value, length, &(*out)->text));
done:
    return status;
}

// Follows the path to its end.
static enum qon_status path_follow(struct walk *walk, struct qon_json **node) {
    enum qon_status status = QON_OK;
    *node = walk->reading->root;
    if (walk->rest[0] == '[' || walk->rest[0] == '\0') {
        return qon_fault_add(walk->reading->faults, walk->place, "expected a path such as choice.home_premium or programmes[0].quota");
    }
    for (int parts = 0; *walk->rest != '\0'; parts++) {
        if (parts == PARTS_MAX) {
            return qon_fault_add(walk->reading->faults, walk->place, "a path of more than %d parts", PARTS_MAX);
        }
        QON_TRY(part_next(walk));
        QON_TRY(step(walk, *node, node));
    }
done:
    return status;
}

enum qon_status qon_override_put(struct qon_reading *reading, const struct qon_json *path, struct qon_json *value) {
    char at[QON_JSON_PATH_MAX];
    struct walk walk = {.reading = reading, .source = path->source, .place = qon_json_place(path, at), .rest = path->text};
    struct qon_json *node;
    enum qon_status status = path_follow(&walk, &node);
    if (status == QON_OK) {
        qon_json_remove(value);
        qon_json_replace(node, value);
    }
    return status;
}

enum qon_status qon_override_apply(struct qon_reading *reading, const struct qon_override *override, const struct qon_place *given) {
    struct qon_json_source *source = NULL;
    struct walk walk = {.reading = reading, .rest = override->path};
    enum qon_status status = QON_OK;
    struct qon_json *node, *value;
    QON_TRY(qon_arena_take(&reading->arena, &source, sizeof *source));
    *source = (struct qon_json_source){given ? given->file : "--set", ""};
    walk.source = source;
    walk.place = (struct qon_place){source->name, given ? given->line : 0, given ? given->column : 0, override->path};
    if (strcmp(override->path, "qonys") == 0 || strcmp(override->path, "extends") == 0) {
        return qon_fault_add(reading->faults, walk.place, "can be set in the file only");
    }
    QON_TRY(path_follow(&walk, &node));
    QON_TRY(value_parse(&walk, override->value, &value));
    value->line = walk.place.line; // of an option: none
    value->column = walk.place.column;
    if (value->type == QON_JSON_NULL && node->key == NULL) {
        qon_json_remove(node);
    } else {
        qon_json_replace(node, value);
    }
done:
    return status;
}
