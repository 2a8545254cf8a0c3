// SPDX-License-Identifier: GPL-3.0-or-later
// Candidates: the few persons to whom something may happen this month, found without visiting the others.
//
// Founders are drawn by geometric skips over their rows (a founder's row in its block is part of its identity, so the draw is a pure
// function of (key, block, row)); those born or arrived later by one keyed draw each. Both give every person the probability `cap`,
// independently; the phase then accepts a candidate with probability hazard / cap.
// cost: cap * founders skips of about 5 ns, and 3 ns for each later person. ODD tag M-CANDIDATE-1.
#include "model.h"

void qon_candidates(const struct qon_block *block, uint64_t key, double cap, struct qon_rows *rows) {
    const struct qon_persons *p = &block->persons;
    QON_REQUIRE(rows->capacity >= p->count);
    uint32_t *out = rows->row;
    uint32_t count = 0;
    if (cap > 0) {
        struct qon_pcg pcg = qon_pcg_keyed(key, block->founder_id);
        double scale = cap < 1 ? 1 / qon_log(1 - cap) : 0;
        double position = -1;
        for (;;) {
            position += 1 + (double)(int64_t)(qon_log(qon_unit(qon_pcg_next(&pcg))) * scale);
            if (!(position < p->founders)) {
                break;
            }
            out[count++] = (uint32_t)position;
        }
    }
    const uint64_t *restrict id = p->id;
    double threshold = cap * 0x1p32;
    for (uint32_t row = p->founders; row < p->count; row++) {
        out[count] = row;
        count += qon_draw(key, id[row], 1) < threshold;
    }
    rows->count = count;
}
