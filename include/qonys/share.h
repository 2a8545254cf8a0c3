// SPDX-License-Identifier: GPL-3.0-or-later
// A world dealt to ranks: each keeps the columns of its own blocks, and all keep employers, tables and totals of the country.
//
// The trick: phases of blocks only add to totals, and read none. So while blocks are worked on a rank writes its additions to arrays of
// their own (struct qon_changes), and before the next phase of the country qon_exchange adds everybody's to the totals: from then on they
// are the same on all ranks, and the phase is computed by all alike. Programmes' books and money are few numbers, and are exchanged by what
// they have become different since all ranks had the same.
//
// Invariants: 1. in a phase of the country, totals, employers, books and money are the same on all ranks; 2. a rank that does not own a
// block has no rows in it.
#ifndef QONYS_SHARE_H
#define QONYS_SHARE_H

#include <qonys/ranks.h>
#include <qonys/world.h>

// What the blocks of this rank have added since the last exchange.
struct qon_changes {
    struct qon_tally tally;
    int32_t *staff, *foreign_12, *foreign_34; // [employer]
};

// Takes the arrays and notes the books as they are; nothing with one rank. Call when employers and books stand. errors: QON_MACHINE.
enum qon_status qon_share_begin(struct qon_world *world);
void qon_share_free(struct qon_world *world);

void qon_share_blocks(struct qon_world *world, bool blocks); // whether a phase of blocks is on: additions are to be kept apart

// Totals, employers, books. errors: QON_MACHINE.
enum qon_exchanged {
    QON_AFTER_BLOCKS,
    QON_AFTER_HIRES, // all staff that was added took a vacancy
    QON_AFTER_MONTH, // also what is read at the end of a month only: residents by month of birth, and flows
};
enum qon_status qon_exchange(struct qon_world *world, enum qon_exchanged after);
enum qon_status qon_exchange_books(struct qon_world *world); // books and money only
void qon_books_note(struct qon_world *world);                // after a phase of the country that wrote books, all ranks alike

// Columns of struct qon_employers that blocks add to, wherever additions go now.
static inline int32_t *qon_staff_open(struct qon_world *world) {
    return world->changes != NULL ? world->changes->staff : world->employers.staff;
}
static inline int32_t *qon_foreign_open(struct qon_world *world, bool high) {
    return world->changes != NULL ? (high ? world->changes->foreign_12 : world->changes->foreign_34)
                                  : (high ? world->employers.foreign_12 : world->employers.foreign_34);
}

#endif
