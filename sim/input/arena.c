// SPDX-License-Identifier: GPL-3.0-or-later
// Pieces are cut from blocks that double in size up to a megabyte, so a tree of millions of nodes costs few takes.
#include "arena.h"
#include <qonys/memory.h>
#include <string.h>

enum { BLOCK_FIRST = 4096, BLOCK_MOST = 1 << 20, ALIGNED_TO = 16 };

struct qon_arena_block {
    struct qon_arena_block *before;
    size_t used;
    size_t room;
    _Alignas(ALIGNED_TO) char bytes[];
};

static enum qon_status block_add(struct qon_arena *arena, size_t least) {
    size_t room = arena->last == NULL ? BLOCK_FIRST : arena->last->room * 2;
    room = room > BLOCK_MOST ? BLOCK_MOST : room;
    room = room < least ? least : room;
    struct qon_arena_block *block;
    enum qon_status status = qon_take(&block, 1, sizeof *block + room);
    if (status == QON_OK) {
        block->before = arena->last;
        block->room = room;
        arena->last = block;
    }
    return status;
}

enum qon_status qon_arena_take(struct qon_arena *arena, void *out_pointer, size_t bytes) {
    enum qon_status status = QON_OK;
    void *pointer = NULL;
    bytes = (bytes + ALIGNED_TO - 1) / ALIGNED_TO * ALIGNED_TO;
    if (arena->last == NULL || arena->last->room - arena->last->used < bytes) {
        QON_TRY(block_add(arena, bytes));
    }
    pointer = arena->last->bytes + arena->last->used;
    arena->last->used += bytes;
done:
    memcpy(out_pointer, &pointer, sizeof pointer);
    return status;
}

enum qon_status qon_arena_copy(struct qon_arena *arena, const char *text, size_t length, const char **out) {
    char *copy;
    enum qon_status status = qon_arena_take(arena, &copy, length + 1);
    if (status == QON_OK) {
        memcpy(copy, text, length);
    }
    *out = copy;
    return status;
}

enum qon_status qon_arena_path(struct qon_arena *arena, const char *folder, const char *name, const char **out) {
    if (folder == NULL || folder[0] == '\0' || name[0] == '/') {
        return qon_arena_copy(arena, name, strlen(name), out);
    }
    size_t before = strlen(folder);
    size_t after = strlen(name);
    char *path;
    enum qon_status status = qon_arena_take(arena, &path, before + after + 2);
    if (status == QON_OK) {
        memcpy(path, folder, before);
        path[before] = '/';
        memcpy(path + before + 1, name, after);
        *out = path;
    }
    return status;
}

void qon_arena_free(struct qon_arena *arena) {
    while (arena->last != NULL) {
        struct qon_arena_block *before = arena->last->before;
        qon_free(arena->last);
        arena->last = before;
    }
}
