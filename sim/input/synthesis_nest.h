// SPDX-License-Identifier: GPL-3.0-or-later
// What forming the households of a portion (synthesis_households.c) and writing their rows (synthesis_rows.c) share: its units, in scratch
// that is used again for the next portion.
#ifndef QONYS_SYNTHESIS_NEST_H
#define QONYS_SYNTHESIS_NEST_H

#include "synthesis_plan.h"

enum {
    QON_SYNTH_NOBODY = UINT8_MAX,
    QON_SYNTH_MOTHER_YOUNGEST = 17,
};

struct qon_synth_nest {
    uint32_t most;
    uint8_t *woman; // [unit] age, or QON_SYNTH_NOBODY
    uint8_t *man;
    uint8_t *heads;     // [unit] 1: heads a household
    uint8_t *members;   // [unit] persons of the unit; of the whole household for a head
    uint8_t *born;      // [unit] children of the unit
    uint8_t *grown;     // [unit] adult children who are guests
    uint8_t *role;      // [unit] role of a guest
    uint32_t *ages;     // [unit] bit a: has a child of age a
    uint32_t *child;    // [unit] first child
    uint32_t *link;     // [unit] of a head: first guest; of a guest: next guest
    uint32_t *order[2]; // women and men to pair; afterwards heads, and heads with a woman by her age
    uint8_t *child_age;
    uint8_t *child_sex; // bit 1: not the mother's
    uint32_t *child_next;
    struct qon_synth_person *person; // in the order in which they are written
};

// A portion in the making.
struct qon_synth_making {
    struct qon_synth_portion *portion;
    const struct qon_synth *s;
    struct qon_synth_nest *nest;
    uint32_t adult;      // first age of adults: QON_SYNTH_ADULT, or 0 in a portion that is nearly all children
    uint32_t households; // of those who are not foreign
    uint32_t couples;
    uint32_t units;
    uint32_t coupled[QON_SYNTH_CELLS];   // persons in couples
    uint32_t couple_first[QON_AGES + 1]; // units: couples by the woman's age
    uint32_t woman_first[QON_AGES + 1];  // women without a partner
    uint32_t man_first[QON_AGES + 1];    // men without a partner
    uint32_t heads;                      // in nest->order[0]
    uint32_t host_first[QON_AGES + 1];   // heads with a woman by her age, in nest->order[1]
    uint32_t children;
    uint32_t taken; // of nest->person
};

// The rows of those who are not foreign: households in the order of their heads, each with its units; of foreigners: each a household.
void qon_synth_rows_write(struct qon_synth_making *m);
void qon_synth_rows_write_foreign(struct qon_synth_making *m);

#endif
