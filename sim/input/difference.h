// SPDX-License-Identifier: GPL-3.0-or-later
// What the files that compare two scenarios share; private to sim/input.
#ifndef QONYS_INPUT_DIFFERENCE_H
#define QONYS_INPUT_DIFFERENCE_H

#include "reading.h"
#include "write.h"
#include <qonys/difference.h>

enum { QON_DIFFERENCE_PATH_MAX = 1024 };

// One comparison. After a failure (of memory) all further calls do nothing.
struct qon_comparing {
    const struct qon_scenario *side[2]; // base, alternative
    struct qon_arena *arena;
    struct qon_differences *out;
    bool notes;
    bool failed;
    const char *group;
    char path[QON_DIFFERENCE_PATH_MAX]; // of what is compared now
};

// Copies a text into the arena; NULL when it is NULL or memory is short.
const char *qon_comparing_copy(struct qon_comparing *comparing, const char *text);

// Adds the difference at comparing->path. base and alternative: JSON in the arena, or NULL.
void qon_comparing_add(struct qon_comparing *comparing, const char *base, const char *alternative, const struct qon_field *field,
                       struct qon_difference kind);

// What was written as one line in the arena; ends the writing.
const char *qon_comparing_text(struct qon_comparing *comparing, struct qon_write *write);

// difference_tables.c: the cells of one kind of table, given that the files differ. False: no cell differs.
bool qon_comparing_table(struct qon_comparing *comparing, const struct qon_table_kind *kind);

#endif
