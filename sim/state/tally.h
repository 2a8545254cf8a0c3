// SPDX-License-Identifier: GPL-3.0-or-later
// Of this layer only: the arrays of struct qon_tally as a list, and a count of the stocks from the columns.
#ifndef QONYS_STATE_TALLY_H
#define QONYS_STATE_TALLY_H

#include <qonys/world.h>

enum { QON_TALLY_PARTS = 11 };

struct qon_tally_part {
    const char *name;
    size_t offset; // of the pointer in struct qon_tally
    int64_t count; // items
    bool stock;    // follows from the columns; the others are flows of the month
};

// Fills parts[] for the sizes of the world; needs cohorts of the tally to be set.
void qon_tally_parts(const struct qon_world *world, struct qon_tally_part parts[QON_TALLY_PARTS]);

static inline int64_t **qon_tally_array(struct qon_tally *tally, const struct qon_tally_part *part) {
    return (int64_t **)(void *)((char *)tally + part->offset);
}

// Takes zeroed arrays; flows only when asked for. On failure the tally is freed.
enum qon_status qon_tally_init(const struct qon_world *world, struct qon_tally *tally, bool flows);
void qon_tally_free(struct qon_tally *tally);

// Sets the stocks of `tally` to a count of the columns, in parallel.
enum qon_status qon_tally_count(const struct qon_world *world, struct qon_tally *tally);

#endif
