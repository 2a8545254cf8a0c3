// SPDX-License-Identifier: GPL-3.0-or-later
// Memory, aligned and zeroed. A head of 64 bytes before each piece says how large it is and where it came from; large pieces are
// mapped afresh, so that the kernel zeroes a page only when it is first touched and growing moves no data.
#include <qonys/memory.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

enum { ALIGNMENT = 64, MAPPED_FROM = 1 << 20 };

struct head {
    size_t bytes; // of the whole piece, head included
    bool mapped;
};

_Static_assert(sizeof(struct head) <= ALIGNMENT, "the head fits before the first aligned byte");

// The one changing variable of this layer, for tests only: takes left before one fails; negative: none does.
static atomic_long takes_left = -1;

void qon_memory_fail_after(long after) {
    atomic_store(&takes_left, after);
}

static bool fails_on_purpose(void) {
    long left = atomic_load(&takes_left);
    while (left >= 0 && !atomic_compare_exchange_weak(&takes_left, &left, left - 1)) {
    }
    return left == 0;
}

// Bytes of a piece for count * size, head included; 0 when that overflows.
static size_t piece_bytes(size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX / 2 - 2 * ALIGNMENT) {
        return 0;
    }
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT + ALIGNMENT;
}

static struct head *head_of(void *pointer) {
    return (struct head *)(void *)((char *)pointer - ALIGNMENT);
}

static void *piece_take(size_t bytes) {
    if (fails_on_purpose()) {
        return NULL;
    }
    bool mapped = bytes >= MAPPED_FROM;
    char *piece;
    if (mapped) {
        piece = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (piece == MAP_FAILED) {
            return NULL;
        }
    } else {
        piece = aligned_alloc(ALIGNMENT, bytes);
        if (piece == NULL) {
            return NULL;
        }
        memset(piece, 0, bytes);
    }
    *(struct head *)(void *)piece = (struct head){bytes, mapped};
    return piece + ALIGNMENT;
}

enum qon_status qon_take(void *out_pointer, size_t count, size_t size) {
    void *pointer = NULL;
    enum qon_status status = QON_OK;
    if (count > 0 && size > 0) {
        size_t bytes = piece_bytes(count, size);
        pointer = bytes == 0 ? NULL : piece_take(bytes);
        status = pointer == NULL ? QON_MACHINE : QON_OK;
    }
    memcpy(out_pointer, &pointer, sizeof pointer);
    return status;
}

// Lets a mapped piece grow by moving pages, not data; NULL on failure.
static void *mapped_grow(struct head *head, size_t bytes) {
    if (fails_on_purpose()) {
        return NULL;
    }
    char *piece = mremap(head, head->bytes, bytes, MREMAP_MAYMOVE);
    if (piece == MAP_FAILED) {
        return NULL;
    }
    ((struct head *)(void *)piece)->bytes = bytes;
    return piece + ALIGNMENT;
}

enum qon_status qon_grow(void *pointer_to_pointer, size_t old_count, size_t new_count, size_t size) {
    void *old;
    memcpy(&old, pointer_to_pointer, sizeof old);
    if (old == NULL || new_count == 0 || size == 0) {
        void *fresh;
        enum qon_status status = qon_take(&fresh, new_count, size);
        if (status == QON_OK) {
            qon_free(old);
            memcpy(pointer_to_pointer, &fresh, sizeof fresh);
        }
        return status;
    }
    size_t bytes = piece_bytes(new_count, size);
    if (bytes == 0) {
        return QON_MACHINE;
    }
    size_t held = head_of(old)->bytes - ALIGNMENT;
    size_t kept = (old_count < new_count ? old_count : new_count) * size;
    QON_REQUIRE(kept <= held);
    void *grown;
    if (head_of(old)->mapped && bytes >= MAPPED_FROM) {
        grown = mapped_grow(head_of(old), bytes);
        if (grown != NULL) { // what the old piece held beyond the items to keep; new pages are zero
            size_t stale = held < bytes - ALIGNMENT ? held : bytes - ALIGNMENT;
            memset((char *)grown + kept, 0, stale - kept);
        }
    } else {
        grown = piece_take(bytes);
        if (grown != NULL) {
            memcpy(grown, old, kept);
            qon_free(old);
        }
    }
    if (grown == NULL) {
        return QON_MACHINE;
    }
    memcpy(pointer_to_pointer, &grown, sizeof grown);
    return QON_OK;
}

void qon_free(void *pointer) {
    if (pointer == NULL) {
        return;
    }
    struct head *head = head_of(pointer);
    if (head->mapped) {
        munmap(head, head->bytes);
    } else {
        free(head);
    }
}

char *qon_string_copy(const char *text) {
    char *copy;
    if (text == NULL || qon_take(&copy, strlen(text) + 1, 1) != QON_OK) {
        return NULL;
    }
    memcpy(copy, text, strlen(text));
    return copy;
}

uint64_t qon_memory_peak_bytes(void) {
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) != 0 || usage.ru_maxrss < 0) {
        return 0;
    }
    return (uint64_t)usage.ru_maxrss * 1024U; // Linux counts in KiB
}
