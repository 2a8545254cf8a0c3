// SPDX-License-Identifier: GPL-3.0-or-later
// JSON with positions: a strict reader (RFC 8259, nothing beyond it) whose nodes know file, line and column; private to sim/input.
//
// json_scan.c walks the text once: UTF-8, grammar, and the place of every key and value in document order. json.c lets cJSON parse the same
// text and joins its tree with those places. Refused: comments, trailing commas, 012, 1., 1e999, NaN, keys given twice, control
// characters, \u0000, lone surrogates, numbers of more than 60 letters, nesting beyond 200, more than 4 million keys and values.
#ifndef QONYS_INPUT_JSON_H
#define QONYS_INPUT_JSON_H

#include "arena.h"
#include <qonys/fault.h>
#include <stdint.h>

enum { QON_JSON_DEPTH_MAX = 200, QON_JSON_VALUES_MAX = 4000000, QON_JSON_PATH_MAX = 256 };
#define QON_JSON_BYTES_MAX ((size_t)64 << 20)

enum qon_json_type { QON_JSON_NULL, QON_JSON_BOOL, QON_JSON_NUMBER, QON_JSON_STRING, QON_JSON_ARRAY, QON_JSON_OBJECT };

// Where a tree came from. Names within it that are paths are relative to `folder`.
struct qon_json_source {
    const char *name;   // as messages give it
    const char *folder; // "": the current one
};

struct qon_json {
    enum qon_json_type type;
    bool truth;       // BOOL
    bool used;        // a reader took it
    double number;    // NUMBER
    const char *text; // STRING; NUMBER: as written
    const char *key;  // within an object, else NULL
    const struct qon_json_source *source;
    int line, column; // of the value, from 1, in letters; 0: not from a file
    int key_line, key_column;
    uint32_t index;                                // among the members of its parent
    struct qon_json *parent, *next, *child, *last; // child..last: members in document order
};

// Parses text[0..length), which a zero byte follows. Everything is taken from the arena. One fault is added for broken grammar, one for
// each key given twice. errors: QON_USER, QON_MACHINE.
enum qon_status qon_json_parse(struct qon_json **out, const char *text, size_t length, const struct qon_json_source *source,
                               struct qon_arena *arena, struct qon_faults *faults);

// The same for a file of at most 64 MiB; `place` is where its absence is a fault.
enum qon_status qon_json_load(struct qon_json **out, const char *path, struct qon_place place, struct qon_arena *arena,
                              struct qon_faults *faults);

struct qon_json *qon_json_find(const struct qon_json *object, const char *key);  // NULL: absent, or `object` is no object
struct qon_json *qon_json_given(const struct qon_json *object, const char *key); // the same; NULL for null too
struct qon_json *qon_json_named(const struct qon_json *array, const char *name); // the element whose "name" is `name`
size_t qon_json_count(const struct qon_json *node);                              // members

void qon_json_append(struct qon_json *parent, struct qon_json *child);
void qon_json_replace(struct qon_json *old, struct qon_json *by); // `by` takes the place and the key of `old` in its parent
void qon_json_remove(struct qon_json *node);                      // from its parent

const char *qon_json_type_name(enum qon_json_type type); // "a number", ...

// JSON path of a node, such as programmes[2].quota; cut when longer.
void qon_json_path(const struct qon_json *node, char path[QON_JSON_PATH_MAX]);

// Place of a node's value, or of its key; `path` is filled and must outlive the place.
struct qon_place qon_json_place(const struct qon_json *node, char path[QON_JSON_PATH_MAX]);
struct qon_place qon_json_key_place(const struct qon_json *node, char path[QON_JSON_PATH_MAX]);

// json_scan.c: the places, in document order, a member's key before its value.
struct qon_json_mark {
    size_t offset, length; // of a number, as written
    int line, column;
};

struct qon_json_marks {
    struct qon_json_mark *at; // qon_take
    size_t count, room;
};

enum qon_status qon_json_scan(const char *text, size_t length, const char *file, struct qon_json_marks *marks, struct qon_faults *faults);

#endif
