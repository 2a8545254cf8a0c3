// SPDX-License-Identifier: GPL-3.0-or-later
// Folders and files that a test makes and removes again.
#ifndef QONYS_TESTS_SCRATCH_H
#define QONYS_TESTS_SCRATCH_H

#include <stddef.h>

enum { SCRATCH_PATH_MAX = 512 };

// Makes an empty folder below TMPDIR (or /tmp). All these functions end the program when the disk fails them.
void scratch_make(char folder[SCRATCH_PATH_MAX]);
void scratch_path(char path[SCRATCH_PATH_MAX], const char *folder, const char *name);
void scratch_write(const char *folder, const char *name, const void *bytes, size_t length);
void scratch_text(const char *folder, const char *name, const char *text);
char *scratch_read(const char *folder, const char *name); // free() it

// Replaces the first `old` in a file, which must be there.
void scratch_replace(const char *folder, const char *name, const char *old, const char *by);
void scratch_remove(const char *folder); // with all that is in it

#endif
