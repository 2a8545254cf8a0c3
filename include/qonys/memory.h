// SPDX-License-Identifier: GPL-3.0-or-later
// Memory is taken when a world is made or between months, never inside a kernel.
#ifndef QONYS_MEMORY_H
#define QONYS_MEMORY_H

#include <qonys/status.h>
#include <stddef.h>
#include <stdint.h>

// count * size bytes, zeroed, aligned to 64. *out is NULL on failure or count 0 (which is no failure). Overflow of the product is a
// failure. Above 1 MiB the memory comes from fresh pages (untouched pages cost nothing). Free with qon_free.
enum qon_status qon_take(void *out_pointer, size_t count, size_t size);

// Grows *pointer from old_count to new_count items of `size` bytes, keeping what is there, zeroing the rest.
// On failure *pointer is unchanged.
enum qon_status qon_grow(void *pointer_to_pointer, size_t old_count, size_t new_count, size_t size);

// Takes the pages of the first `bytes` bytes at once, which costs less than a fault for each. A hint: nothing is lost when it fails.
void qon_populate(void *pointer, size_t bytes);

void qon_free(void *pointer); // NULL allowed

char *qon_string_copy(const char *text); // NULL on failure or when text is NULL; free with qon_free

// Highest resident set of this process so far, in bytes (0 when unknown).
uint64_t qon_memory_peak_bytes(void);

// For tests: the next `after` takes succeed, the one following fails; negative switches off.
void qon_memory_fail_after(long after);

#endif
