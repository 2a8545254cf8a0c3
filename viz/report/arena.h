// SPDX-License-Identifier: GPL-3.0-or-later
// Memory of one report: taken piece by piece, freed all at once. A report that runs out of memory ends with exit code 3 before it has
// written anything, so takers need no error paths.
#ifndef QONYS_REPORT_ARENA_H
#define QONYS_REPORT_ARENA_H

#include <stddef.h>

struct qon_arena {
    struct qon_arena_piece *last;
};

void *qon_arena_take(struct qon_arena *arena, size_t count, size_t size); // zeroed
char *qon_arena_copy(struct qon_arena *arena, const char *text);          // NULL gives ""
char *qon_arena_format(struct qon_arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
void qon_arena_free(struct qon_arena *arena);

#endif
