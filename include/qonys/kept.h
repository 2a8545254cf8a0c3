// SPDX-License-Identifier: GPL-3.0-or-later
// The people of a comparison: a world as its synthesis left it, packed, so that it can stand again for each run while memory is taken for
// one world only.
//
// Packed, a country's persons and households take 24 bytes a person in place of 40 (2026-11-24, baseline).
#ifndef QONYS_KEPT_H
#define QONYS_KEPT_H

#include <qonys/world.h>

struct qon_kept_block;

struct qon_kept {
    struct qon_world frame;       // everything but the blocks' rows
    struct qon_kept_block *block; // [frame.blocks]
};

// Packs `world`, which stands as the synthesis left it and stays as it is. errors: QON_MACHINE, then *kept is empty.
enum qon_status qon_kept_make(struct qon_kept *kept, const struct qon_world *world, struct qon_faults *faults);
// Makes *world (taken as not initialised) the kept one, for `scenario`: of the same values (qon_scenario_values_hash), start, months and
// scale as the kept world's, its programmes may differ. Rows stand in the memory of those of *spare, a world that has been run from the
// same people and is freed, or zeroed. errors: QON_MACHINE.
enum qon_status qon_kept_restore(const struct qon_kept *kept, struct qon_world *world, const struct qon_scenario *scenario,
                                 struct qon_world *spare, struct qon_faults *faults);
void qon_kept_free(struct qon_kept *kept); // and zeroes it

#endif
