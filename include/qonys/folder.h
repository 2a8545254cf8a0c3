// SPDX-License-Identifier: GPL-3.0-or-later
// Folders to write into.
#ifndef QONYS_FOLDER_H
#define QONYS_FOLDER_H

#include <qonys/fault.h>

enum { QON_FOLDER_MOST = 4096 }; // bytes of a path, its end included

// Makes the folder `path` and those above it that are missing; *made (may be NULL) grows by how many. errors: QON_MACHINE, told as
// "WHAT: reason" of the folder that cannot be made.
enum qon_status qon_folder_make(const char *path, const char *what, int32_t *made, struct qon_faults *faults);

// Removes as many folders as *made says, from `path` up, as far as they are empty; *made becomes 0.
void qon_folder_unmake(const char *path, int32_t *made);

#endif
