// SPDX-License-Identifier: GPL-3.0-or-later
// Pieces in a chain; each is one allocation.
#include "arena.h"
#include <qonys/status.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct qon_arena_piece {
    struct qon_arena_piece *before;
    max_align_t bytes[];
};

void *qon_arena_take(struct qon_arena *arena, size_t count, size_t size) {
    size_t bytes;
    struct qon_arena_piece *piece = NULL;
    if (!__builtin_mul_overflow(count, size, &bytes) && bytes < SIZE_MAX - sizeof *piece) {
        piece = calloc(1, sizeof *piece + bytes);
    }
    if (!piece) {
        fputs("qonys-report: out of memory\n", stderr);
        exit(QON_MACHINE);
    }
    piece->before = arena->last;
    arena->last = piece;
    return piece->bytes;
}

char *qon_arena_copy(struct qon_arena *arena, const char *text) {
    size_t length = text ? strlen(text) : 0;
    char *copy = qon_arena_take(arena, length + 1, 1);
    if (length > 0) {
        memcpy(copy, text, length);
    }
    return copy;
}

char *qon_arena_format(struct qon_arena *arena, const char *format, ...) {
    va_list list;
    va_start(list, format);
    va_list again;
    va_copy(again, list);
    int length = vsnprintf(NULL, 0, format, list);
    va_end(list);
    char *text = qon_arena_take(arena, length < 0 ? 1 : (size_t)length + 1, 1);
    if (length > 0) {
        vsnprintf(text, (size_t)length + 1, format, again);
    }
    va_end(again);
    return text;
}

void qon_arena_free(struct qon_arena *arena) {
    while (arena->last) {
        struct qon_arena_piece *before = arena->last->before;
        free(arena->last);
        arena->last = before;
    }
}
