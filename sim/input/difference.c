// SPDX-License-Identifier: GPL-3.0-or-later
// Two effective scenarios, walked side by side. What a value means is looked up in the table that declares it, on the way down.
#include "difference.h"
#include "calendar.h"
#include "header.h"
#include "programmes.h"
#include <qonys/memory.h>
#include <string.h>

// Where in a scenario a node stands, and the fields that its members may be.
enum level { TOP, GROUP, PROGRAMMES, PROGRAMME, BENEFITS, INNER };
struct scope {
    enum level level;
    const struct qon_field *fields;
    size_t count;
    const struct qon_field *all; // what every value below is; NULL: look among the fields
};

static const char *const note_keys[] = {"source", "provenance", "range", "note"};
enum { NOTE_KEYS = sizeof note_keys / sizeof note_keys[0] };

// ---- the list

const char *qon_comparing_copy(struct qon_comparing *comparing, const char *text) {
    const char *copy = NULL;
    if (text != NULL && !comparing->failed) {
        comparing->failed = qon_arena_copy(comparing->arena, text, strlen(text), &copy) != QON_OK;
    }
    return copy;
}

const char *qon_comparing_text(struct qon_comparing *comparing, struct qon_write *write) {
    char *text;
    const char *copy = NULL;
    if (qon_write_end(write, &text) != QON_OK) {
        comparing->failed = true;
        return NULL;
    }
    char *to = text; // line feeds stand between values only: within texts they are escaped
    for (const char *from = text; *from != '\0'; from++) {
        if (*from != '\n') {
            *to++ = *from;
            continue;
        }
        if (to > text && to[-1] == ',') {
            *to++ = ' ';
        }
        from += strspn(from + 1, " ");
    }
    *to = '\0';
    copy = qon_comparing_copy(comparing, text);
    qon_free(text);
    return copy;
}

void qon_comparing_add(struct qon_comparing *comparing, const char *base, const char *alternative, const struct qon_field *field,
                       struct qon_difference kind) {
    struct qon_differences *out = comparing->out;
    if (comparing->failed || (kind.note && !comparing->notes)) {
        return;
    }
    if (out->count == out->capacity) {
        size_t capacity = out->capacity * 2 + 64;
        if (qon_grow(&out->row, out->capacity, capacity, sizeof *out->row) != QON_OK) {
            comparing->failed = true;
            return;
        }
        out->capacity = capacity;
    }
    kind.group = comparing->group;
    kind.path = qon_comparing_copy(comparing, comparing->path);
    kind.base = base;
    kind.alternative = alternative;
    if (field != NULL && !kind.note) {
        bool number = field->type != QON_TEXT && field->type != QON_REF && field->type != QON_BOOL && field->type != QON_MONTH &&
                      !(field->type == QON_I32 && field->refers != NULL);
        kind.unit = !number ? NULL : strcmp(field->unit, "tiyn") == 0 ? "tenge" : field->unit; // files say tenge
        kind.meaning = field->meaning;
    }
    out->row[out->count++] = kind;
}

static const char *json_of(struct qon_comparing *comparing, const struct qon_json *node) {
    struct qon_write write = {0};
    if (node == NULL) {
        return NULL;
    }
    qon_write_tree(&write, NULL, node);
    return qon_comparing_text(comparing, &write);
}

// ---- values

static const struct qon_json *value_of(const struct qon_json *node) {
    const struct qon_json *value = node != NULL ? qon_json_find(node, "value") : NULL;
    return value != NULL ? value : node;
}

static bool inner(const struct qon_json *node) {
    return node != NULL && (node->type == QON_JSON_OBJECT || node->type == QON_JSON_ARRAY);
}

static bool is_note(const char *key) {
    for (int i = 0; i < NOTE_KEYS; i++) {
        if (strcmp(key, note_keys[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool texts_only(const struct qon_json *array) {
    bool only = array->type == QON_JSON_ARRAY && array->child != NULL;
    for (const struct qon_json *child = array->child; child != NULL && only; child = child->next) {
        only = child->type == QON_JSON_STRING;
    }
    return only;
}

static bool has_text(const struct qon_json *array, const char *text) {
    for (const struct qon_json *child = array->child; child != NULL; child = child->next) {
        if (strcmp(child->text, text) == 0) {
            return true;
        }
    }
    return false;
}

static bool same_sets(const struct qon_json *a, const struct qon_json *b) {
    bool same = qon_json_count(a) == qon_json_count(b);
    for (const struct qon_json *child = a->child; child != NULL && same; child = child->next) {
        same = has_text(b, child->text);
    }
    for (const struct qon_json *child = b->child; child != NULL && same; child = child->next) {
        same = has_text(a, child->text);
    }
    return same;
}

static bool same_scalar(const struct qon_json *a, const struct qon_json *b) {
    if (a->type != b->type) {
        return false;
    }
    switch (a->type) {
    case QON_JSON_BOOL:
        return a->truth == b->truth;
    case QON_JSON_NUMBER:
        return a->number == b->number;
    case QON_JSON_STRING:
        return strcmp(a->text, b->text) == 0;
    default:
        return true;
    }
}

// ---- what things mean

static const struct qon_field *field_find(const struct scope *scope, const char *key) {
    if (scope->all != NULL) {
        static const struct qon_field *const beside[] = {&qon_counts_field, &qon_region_of_field, &qon_unit_field};
        for (size_t i = 0; key != NULL && i < sizeof beside / sizeof beside[0]; i++) { // what stands among amounts and is none
            if (strcmp(beside[i]->name, key) == 0) {
                return beside[i];
            }
        }
        return key != NULL && strcmp(key, "group") == 0 ? NULL : scope->all;
    }
    for (size_t f = 0; key != NULL && f < scope->count; f++) {
        if (strcmp(scope->fields[f].name, key) == 0) {
            return &scope->fields[f];
        }
    }
    return NULL;
}

static struct scope scope_top(const char *key) {
    const struct qon_section *section = qon_section_find(key);
    if (strcmp(key, "calendar") == 0) {
        return (struct scope){GROUP, qon_calendar_fields, QON_CALENDAR_FIELDS, NULL};
    }
    if (strcmp(key, "programmes") == 0) {
        return (struct scope){PROGRAMMES, NULL, 0, NULL};
    }
    return section != NULL ? (struct scope){GROUP, section->fields, section->fields_count, NULL} : (struct scope){GROUP, NULL, 0, NULL};
}

static struct scope scope_programme(const char *key) {
    size_t count;
    const struct qon_section *section = qon_programme_sections(&count);
    for (size_t s = 0; s < count; s++) {
        if (strcmp(section[s].name, key) == 0) {
            return (struct scope){INNER, section[s].fields, section[s].fields_count, NULL};
        }
    }
    return (struct scope){strcmp(key, "benefits") == 0 ? BENEFITS : INNER, NULL, 0,
                          strcmp(key, "quota") == 0    ? &qon_places_field
                          : strcmp(key, "budget") == 0 ? &qon_money_field
                                                       : NULL};
}

// The scope of a member: `key` of an object, NULL for an element of a list.
static struct scope scope_below(const struct scope *scope, const char *key, const struct qon_json *node) {
    if (scope->level == TOP) {
        return scope_top(key);
    }
    if (scope->level == PROGRAMMES) {
        size_t count;
        const struct qon_section *own = qon_programme_sections(&count);
        return (struct scope){PROGRAMME, own->fields, own->fields_count, NULL}; // the first section is the programme's own
    }
    if (scope->level == PROGRAMME) {
        return scope_programme(key);
    }
    if (scope->level == BENEFITS) {
        const struct qon_json *name = qon_json_find(node, "kind");
        const struct qon_benefit_kind *kind = name != NULL ? qon_benefit_kind_find(name->text) : NULL;
        return kind != NULL ? (struct scope){INNER, kind->fields, kind->fields_count, NULL} : (struct scope){INNER, NULL, 0, NULL};
    }
    return (struct scope){INNER, NULL, 0, key != NULL ? field_find(scope, key) : scope->all};
}

// ---- the walk

static void walk(struct qon_comparing *comparing, struct scope scope, const struct qon_field *field, const struct qon_json *a,
                 const struct qon_json *b);

static void path_put(struct qon_comparing *comparing, const char *key, int index) {
    size_t length = strlen(comparing->path), room = sizeof comparing->path - length;
    if (key != NULL) {
        snprintf(comparing->path + length, room, "%s%s", length > 0 ? "." : "", key);
    } else {
        snprintf(comparing->path + length, room, "[%d]", index);
    }
}

static void leaf_add(struct qon_comparing *comparing, const struct qon_field *field, const struct qon_json *a, const struct qon_json *b,
                     bool note) {
    const struct qon_json *alone = a == NULL ? b : b == NULL ? a : NULL;
    bool whole = alone != NULL && inner(alone) && !texts_only(alone);
    qon_comparing_add(comparing, json_of(comparing, a), json_of(comparing, b), field,
                      (struct qon_difference){.note = note, .whole = whole});
}

// What stands beside a value. Both sides may be without.
static void notes_compare(struct qon_comparing *comparing, const struct qon_json *a, const struct qon_json *b) {
    size_t length = strlen(comparing->path);
    for (int i = 0; i < NOTE_KEYS; i++) {
        const struct qon_json *was = a != NULL ? qon_json_find(a, note_keys[i]) : NULL;
        const struct qon_json *is = b != NULL ? qon_json_find(b, note_keys[i]) : NULL;
        const char *old = json_of(comparing, was), *new = json_of(comparing, is);
        if (old == NULL || new == NULL ? old != new : strcmp(old, new) != 0) {
            path_put(comparing, note_keys[i], 0);
            qon_comparing_add(comparing, old, new, NULL, (struct qon_difference){.note = true});
            comparing->path[length] = '\0';
        }
    }
}

// A file that one side names, or both with another content.
static void file_compare(struct qon_comparing *comparing, const struct qon_json *a, const struct qon_json *b) {
    const struct qon_json *was = a != NULL ? qon_json_find(a, "xxhash64") : NULL, *is = b != NULL ? qon_json_find(b, "xxhash64") : NULL;
    bool both = was != NULL && is != NULL, differ = !both || strcmp(was->text, is->text) != 0;
    char path[QON_DIFFERENCE_PATH_MAX];
    memcpy(path, comparing->path, sizeof path);
    if (!differ) {
        const struct qon_json *old = qon_json_find(a, "file"), *new = qon_json_find(b, "file");
        if (!same_scalar(old, new)) {
            leaf_add(comparing, NULL, old, new, true);
        }
        return;
    }
    size_t kinds;
    const struct qon_table_kind *kind = qon_table_kinds(&kinds), *end = kind + kinds;
    while (kind < end && strcmp(kind->path, path) != 0) {
        kind++;
    }
    bool cells = both && kind < end;
    const char *before = comparing->group;
    comparing->group = kind < end ? kind->path : qon_comparing_copy(comparing, path);
    if (!cells || !qon_comparing_table(comparing, kind)) {
        memcpy(comparing->path, path, sizeof path);
        struct qon_difference whole = {.whole = true, .note = cells, .meaning = kind < end ? kind->meaning : "boundaries of regions"};
        whole.meaning = cells ? "same rows; sources, their order or their form differ" : whole.meaning;
        qon_comparing_add(comparing, json_of(comparing, was), json_of(comparing, is), NULL, whole);
    }
    comparing->group = before;
    memcpy(comparing->path, path, sizeof path);
}

static bool is_file(const struct qon_json *node) {
    return node != NULL && qon_json_find(node, "xxhash64") != NULL;
}

static const char *title_of(const struct qon_json *programme) {
    const struct qon_json *title = qon_json_find(programme, "title"), *text = title != NULL ? title->child : NULL;
    const struct qon_json *english = title != NULL ? qon_json_find(title, "en") : NULL;
    text = english != NULL ? english : text;
    return text != NULL && text->type == QON_JSON_STRING ? text->text : "programme";
}

// One member of two objects or lists that were matched; either may be NULL. index: of an element without a name.
static void member(struct qon_comparing *comparing, const struct scope *scope, const char *key, int index, const struct qon_json *a,
                   const struct qon_json *b) {
    size_t length = strlen(comparing->path);
    const struct qon_json *there = b != NULL ? b : a;
    const char *before = comparing->group;
    path_put(comparing, key, index);
    bool element = scope->level == PROGRAMMES || scope->level == BENEFITS;
    if (scope->level == TOP || (scope->level == PROGRAMMES && a != NULL && b != NULL)) {
        comparing->group = inner(there) ? qon_comparing_copy(comparing, comparing->path) : "";
    }
    if (is_file(a) || is_file(b)) {
        file_compare(comparing, a, b);
    } else if (element && (a == NULL || b == NULL)) {
        struct qon_difference whole = {.whole = true};
        whole.meaning = qon_comparing_copy(comparing, scope->level == PROGRAMMES ? title_of(there) : "benefit");
        qon_comparing_add(comparing, json_of(comparing, a), json_of(comparing, b), NULL, whole);
    } else {
        const char *name = scope->level == PROGRAMMES ? NULL : key;
        walk(comparing, scope_below(scope, name, there), field_find(scope, name), a, b);
    }
    comparing->group = before;
    comparing->path[length] = '\0';
}

static void objects(struct qon_comparing *comparing, const struct scope *scope, const struct qon_json *a, const struct qon_json *b) {
    for (int pass = 0; pass < 2; pass++) { // the members of the base, then those that only the alternative has
        for (const struct qon_json *child = pass == 0 ? a->child : b->child; child != NULL; child = child->next) {
            const struct qon_json *other = qon_json_find(pass == 0 ? b : a, child->key);
            bool top_note = scope->level <= PROGRAMME && scope->level != GROUP &&
                            (strcmp(child->key, "name") == 0 || strcmp(child->key, "title") == 0 || strcmp(child->key, "description") == 0);
            if (is_note(child->key) || (pass == 1 && other != NULL)) {
                continue;
            }
            bool keep = comparing->notes;
            if (top_note && keep) {
                const char *old = json_of(comparing, pass == 0 ? child : NULL), *new = json_of(comparing, pass == 0 ? other : child);
                size_t length = strlen(comparing->path);
                path_put(comparing, child->key, 0);
                if (old == NULL || new == NULL || strcmp(old, new) != 0) {
                    qon_comparing_add(comparing, old, new, NULL, (struct qon_difference){.note = true});
                }
                comparing->path[length] = '\0';
            } else if (!top_note) {
                member(comparing, scope, child->key, 0, pass == 0 ? child : other, pass == 0 ? other : child);
            }
        }
    }
    notes_compare(comparing, a, b);
}

// What an element of a list is known by: its name, its kind, else its only key; NULL: nothing.
static const char *identity(const struct qon_json *element) {
    const struct qon_json *name = qon_json_find(element, "name"), *kind = qon_json_find(element, "kind"), *only = NULL;
    int keys = 0;
    if (name != NULL || kind != NULL) {
        return name != NULL ? name->text : kind->text;
    }
    for (const struct qon_json *child = element->type == QON_JSON_OBJECT ? element->child : NULL; child != NULL; child = child->next) {
        only = is_note(child->key) ? only : child;
        keys += !is_note(child->key);
    }
    return keys == 1 ? only->key : NULL;
}

// Number of the element among those of the list that are known by the same.
static int turn(const struct qon_json *list, const struct qon_json *element) {
    const char *own = identity(element);
    int count = 0;
    for (const struct qon_json *child = list->child; child != element; child = child->next) {
        const char *other = identity(child);
        count += own != NULL && other != NULL ? strcmp(own, other) == 0 : own == other;
    }
    return count;
}

static const struct qon_json *partner(const struct qon_json *own_list, const struct qon_json *element, const struct qon_json *list,
                                      bool by_place) {
    const char *own = identity(element);
    int skip = by_place ? (int)element->index : turn(own_list, element);
    for (const struct qon_json *child = list->child; child != NULL; child = child->next) {
        const char *other = identity(child);
        bool alike = by_place || (own != NULL && other != NULL ? strcmp(own, other) == 0 : own == other);
        if (alike && skip-- == 0) {
            return child;
        }
    }
    return NULL;
}

// First what only one of them has, then what both have.
static void lists(struct qon_comparing *comparing, const struct scope *scope, const struct qon_json *a, const struct qon_json *b) {
    enum { REMOVED, ADDED, BOTH };
    bool by_place = a->key != NULL && strcmp(a->key, "priority") == 0;
    for (int pass = REMOVED; pass <= BOTH; pass++) {
        const struct qon_json *from = pass == ADDED ? b : a, *to = pass == ADDED ? a : b;
        for (const struct qon_json *child = from->child; child != NULL; child = child->next) {
            const struct qon_json *other = partner(from, child, to, by_place);
            if ((other != NULL) != (pass == BOTH)) {
                continue;
            }
            const struct qon_json *was = pass == ADDED ? NULL : child, *is = pass == ADDED ? child : other;
            const struct qon_json *name = qon_json_find(child, "name");
            member(comparing, scope, name != NULL && name->type == QON_JSON_STRING ? name->text : NULL, (int)(is != NULL ? is : was)->index,
                   was, is);
        }
    }
}

static void walk(struct qon_comparing *comparing, struct scope scope, const struct qon_field *field, const struct qon_json *a,
                 const struct qon_json *b) {
    const struct qon_json *was = value_of(a), *is = value_of(b);
    if (comparing->failed) {
        return;
    }
    field = field != NULL ? field : scope.all;
    if (was == NULL || is == NULL) {
        leaf_add(comparing, field, was, is, false);
    } else if (was->type == QON_JSON_OBJECT && is->type == QON_JSON_OBJECT) {
        objects(comparing, &scope, was, is);
    } else if (texts_only(was) && texts_only(is)) {
        if (!same_sets(was, is)) {
            leaf_add(comparing, field, was, is, false);
        }
    } else if (was->type == QON_JSON_ARRAY && is->type == QON_JSON_ARRAY) {
        lists(comparing, &scope, was, is);
    } else if (!same_scalar(was, is)) {
        leaf_add(comparing, field, was, is, false);
    }
    if (comparing->notes && (was != a || is != b)) {
        notes_compare(comparing, was != a ? a : NULL, is != b ? b : NULL);
    }
}

enum qon_status qon_differences_make(const struct qon_scenario *base, const struct qon_scenario *alternative, bool notes,
                                     struct qon_differences *differences, struct qon_faults *faults) {
    static const struct qon_json_source source = {"effective scenario", ""};
    enum qon_status status = QON_OK;
    struct qon_comparing comparing = {.side = {base, alternative}, .out = differences, .notes = notes, .group = ""};
    struct qon_json *root[2];
    memset(differences, 0, sizeof *differences);
    QON_TRY(qon_take(&comparing.arena, 1, sizeof *comparing.arena));
    differences->memory = comparing.arena;
    for (int side = 0; side < 2; side++) {
        const char *text = comparing.side[side]->effective;
        QON_TRY(qon_json_parse(&root[side], text, strlen(text), &source, comparing.arena, faults));
    }
    objects(&comparing, &(struct scope){TOP, qon_header_fields, QON_HEADER_FIELDS, NULL}, root[0], root[1]);
    status = comparing.failed ? qon_fault_machine(faults, (struct qon_place){0}, "not enough memory to compare scenarios") : QON_OK;
done:
    if (status != QON_OK) {
        qon_differences_free(differences);
    }
    return status;
}

void qon_differences_free(struct qon_differences *differences) {
    if (differences->memory != NULL) {
        qon_arena_free(differences->memory);
        qon_free(differences->memory);
    }
    qon_free(differences->row);
    memset(differences, 0, sizeof *differences);
}
