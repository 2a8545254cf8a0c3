// SPDX-License-Identifier: GPL-3.0-or-later
// Memory that lives as long as one reading of a scenario: taken in small pieces, freed at once; private to sim/input.
#ifndef QONYS_INPUT_ARENA_H
#define QONYS_INPUT_ARENA_H

#include <qonys/status.h>
#include <stddef.h>

struct qon_arena_block;

struct qon_arena {
    struct qon_arena_block *last; // NULL at first
};

// `bytes` zeroed bytes, aligned to 16.
enum qon_status qon_arena_take(struct qon_arena *arena, void *out_pointer, size_t bytes);

// A copy of text[0..length), with a zero byte added.
enum qon_status qon_arena_copy(struct qon_arena *arena, const char *text, size_t length, const char **out);

// A path: `name` within `folder` ("" or NULL: the current one), or `name` itself when it is absolute.
enum qon_status qon_arena_path(struct qon_arena *arena, const char *folder, const char *name, const char **out);

void qon_arena_free(struct qon_arena *arena);

#endif
