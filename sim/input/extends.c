// SPDX-License-Identifier: GPL-3.0-or-later
// A scenario file with those it extends, merged to one tree.
//
// Objects merge by key and null removes: it stays in the tree as null, which every reader takes as absent, so that a mistyped key is still
// found. A value with its source ({"value": ...}) replaces a value whole: a new number must not keep the old number's source. Arrays of
// named things merge by "name"; an object in the place of such an array changes its elements by name, where null takes one out. Any other
// array, an empty one included, replaces. Each node keeps the file it came from.
#include "reading.h"
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

enum { EXTENDS_MAX = 16 };

static bool named_things(const struct qon_json *array) {
    for (const struct qon_json *child = array->child; child != NULL; child = child->next) {
        const struct qon_json *name = qon_json_find(child, "name");
        if (name == NULL || name->type != QON_JSON_STRING) {
            return false;
        }
    }
    return array->type == QON_JSON_ARRAY && array->child != NULL;
}

static void merge(struct qon_reading *reading, struct qon_json *base, struct qon_json *over);

static void merge_objects(struct qon_reading *reading, struct qon_json *base, struct qon_json *over) {
    struct qon_json *next;
    for (struct qon_json *child = over->child; child != NULL; child = next) {
        next = child->next;
        struct qon_json *old = qon_json_find(base, child->key);
        if (old != NULL) {
            merge(reading, old, child);
        } else {
            qon_json_append(base, child);
        }
    }
}

static void merge_named(struct qon_reading *reading, struct qon_json *base, struct qon_json *over) {
    struct qon_json *next;
    for (struct qon_json *child = over->child; child != NULL; child = next) {
        next = child->next;
        struct qon_json *old = qon_json_named(base, qon_json_find(child, "name")->text);
        if (old != NULL) {
            merge(reading, old, child);
        } else {
            qon_json_append(base, child);
        }
    }
}

static void patch_named(struct qon_reading *reading, struct qon_json *base, struct qon_json *over) {
    struct qon_json *next;
    for (struct qon_json *child = over->child; child != NULL; child = next) {
        next = child->next;
        struct qon_json *old = qon_json_named(base, child->key);
        if (old == NULL) {
            const char *names[QON_KEYS_MAX];
            size_t count = 0;
            for (struct qon_json *one = base->child; one != NULL && count < QON_KEYS_MAX; one = one->next) {
                names[count++] = qon_json_find(one, "name")->text;
            }
            char path[QON_JSON_PATH_MAX];
            char hint[128];
            qon_fault_add(reading->faults, qon_json_key_place(child, path), "nothing of this name is extended%s",
                          qon_nearest_text(child->key, names, count, hint));
        } else if (child->type == QON_JSON_NULL) {
            qon_json_remove(old);
        } else {
            merge(reading, old, child);
        }
    }
}

// Merges `over` into the tree at `base`; `over` is used up.
static void merge(struct qon_reading *reading, struct qon_json *base, struct qon_json *over) {
    bool objects = base->type == QON_JSON_OBJECT && over->type == QON_JSON_OBJECT;
    if (objects && qon_json_find(over, "value") == NULL) {
        merge_objects(reading, base, over);
    } else if (named_things(base) && named_things(over)) {
        merge_named(reading, base, over);
    } else if (named_things(base) && over->type == QON_JSON_OBJECT) {
        patch_named(reading, base, over);
    } else {
        qon_json_replace(base, over);
    }
}

// A file being loaded, and the one that extends it.
struct chain {
    const struct chain *before;
    dev_t device;
    ino_t inode;
    int depth;
};

static bool in_chain(const struct chain *chain, const struct stat *about) {
    for (; chain != NULL; chain = chain->before) {
        if (chain->device == about->st_dev && chain->inode == about->st_ino) {
            return true;
        }
    }
    return false;
}

// The format must be known before anything else is made of the file.
static bool version_known(struct qon_reading *reading, const struct qon_json *root) {
    char path[QON_JSON_PATH_MAX];
    if (root->type != QON_JSON_OBJECT) {
        qon_fault_add(reading->faults, qon_json_place(root, path), "a scenario is an object, found %s", qon_json_type_name(root->type));
        return false;
    }
    const struct qon_json *version = qon_json_find(root, "qonys");
    if (version == NULL) {
        struct qon_place place = qon_json_place(root, path);
        place.path = "qonys";
        qon_fault_add(reading->faults, place, "is missing, expected \"qonys\": 1, the version of the format");
        return false;
    }
    if (version->type != QON_JSON_NUMBER || version->number != 1) {
        qon_fault_add(reading->faults, qon_json_place(version, path), "this version of the format is not known, expected 1");
        return false;
    }
    return true;
}

static enum qon_status load(struct qon_reading *reading, const char *file, struct qon_place place, const struct chain *before,
                            struct qon_json **root) {
    enum qon_status status = QON_OK;
    struct stat about;
    struct chain chain = {before, 0, 0, before == NULL ? 0 : before->depth + 1};
    char path[QON_JSON_PATH_MAX];
    *root = NULL;
    if (stat(file, &about) == 0) {
        if (in_chain(before, &about)) {
            return qon_fault_add(reading->faults, place, "%s extends itself, directly or through another file", file);
        }
        chain.device = about.st_dev;
        chain.inode = about.st_ino;
    }
    if (chain.depth > EXTENDS_MAX) {
        return qon_fault_add(reading->faults, place, "more than %d files extend one another", EXTENDS_MAX);
    }
    QON_TRY(qon_json_load(root, file, place, &reading->arena, reading->faults));
    if (!version_known(reading, *root)) {
        return QON_USER;
    }
    struct qon_json *extends = qon_json_find(*root, "extends");
    if (extends == NULL) {
        goto done;
    }
    if (extends->type == QON_JSON_NULL) {
        qon_json_remove(extends);
        goto done;
    }
    if (extends->type != QON_JSON_STRING || extends->text[0] == '\0') {
        return qon_fault_add(reading->faults, qon_json_place(extends, path), "is %s, expected the path of a scenario file",
                             qon_json_type_name(extends->type));
    }
    const char *other;
    struct qon_json *base;
    QON_TRY(qon_arena_path(&reading->arena, extends->source->folder, extends->text, &other));
    QON_TRY(load(reading, other, qon_json_place(extends, path), &chain, &base));
    qon_json_remove(extends);
    merge_objects(reading, base, *root);
    *root = base;
done:
    return status;
}

enum qon_status qon_extends_load(struct qon_reading *reading, const char *file, struct qon_json **root) {
    return load(reading, file, (struct qon_place){file, 0, 0, NULL}, NULL, root);
}
