// SPDX-License-Identifier: GPL-3.0-or-later
// Candidates: the few persons to whom something may happen this month, found without visiting the others.
//
// Founders are drawn by geometric skips over their rows (a founder's row in its block is part of its identity, so the draw is a pure
// function of (key, block, row)); those born or arrived later by one keyed draw each. Both give every person the probability `cap`,
// independently; the phase then accepts a candidate with probability hazard / cap.
// cost: cap * founders skips of about 2 ns, and 1 to 3 ns for each later person. ODD tag M-CANDIDATE-1.
#include "model.h"

#include <qonys/kernels.h>

void qon_candidates(const struct qon_block *block, uint64_t key, double cap, struct qon_rows *rows) {
    const struct qon_persons *p = &block->persons;
    const struct qon_kernels *kernels = qon_kernels();
    QON_REQUIRE(rows->capacity >= p->count);
    rows->count = kernels->skips(key, block->founder_id, cap, p->founders, rows->row);
    rows->count += kernels->sieve(key, 1, cap, p->id, p->founders, p->count, rows->row + rows->count);
}
