// SPDX-License-Identifier: GPL-3.0-or-later
// Candidates: the few persons to whom something may happen this month, found without visiting the others.
//
// Founders are drawn by geometric skips over their rows (a founder's row in its block is part of its identity, so the draw is a pure
// function of (key, block, row)); those born or arrived later by one keyed draw each. Both give every person the probability `cap`,
// independently; the phase then accepts a candidate with probability hazard / cap.
// cost: cap * founders skips of about 2 ns, and 1 to 3 ns for each later person. ODD tag M-CANDIDATE-1.
#include "model.h"

#include <qonys/kernels.h>
#include <string.h>

void qon_candidates(const struct qon_block *block, uint64_t key, double cap, struct qon_rows *rows) {
    const struct qon_persons *p = &block->persons;
    const struct qon_kernels *kernels = qon_kernels();
    QON_REQUIRE(rows->capacity >= p->count);
    rows->count = kernels->skips(key, block->founder_id, cap, p->founders, rows->row);
    rows->count += kernels->sieve(key, 1, cap, p->id, p->founders, p->count, rows->row + rows->count);
}

// The same of those of one legal status. Of the later persons only they are drawn for, unless they are gone, a few at a time; eight are
// passed over at once where none is.
void qon_candidates_legal(const struct qon_block *block, uint64_t key, double cap, uint8_t legal, struct qon_rows *rows) {
    enum { TOGETHER = 256 };
    const struct qon_persons *p = &block->persons;
    const struct qon_kernels *kernels = qon_kernels();
    const uint64_t ones = 0x0101010101010101ULL, low = 0x7f * ones;
    uint64_t id[TOGETHER];
    uint32_t own[TOGETHER], drawn[TOGETHER], row = p->founders, count = 0;
    QON_REQUIRE(rows->capacity >= p->count);
    uint32_t founders = kernels->skips(key, block->founder_id, cap, p->founders, rows->row);
    rows->count = 0;
    for (uint32_t i = 0; i < founders; i++) {
        uint32_t r = rows->row[i];
        rows->row[rows->count] = r;
        rows->count += p->legal[r] == legal;
    }
    while (row < p->count || count > 0) {
        uint64_t word = ~0ULL;
        if (row < p->count) {
            memcpy(&word, p->legal + row, p->count - row < 8 ? p->count - row : 8);
        }
        uint64_t differ = word ^ (ones * legal);
        uint64_t equal = ~(((differ & low) + low) | differ | low); // the top bit of each byte that is the same
        for (; equal != 0; equal &= equal - 1) {
            uint32_t r = row + (uint32_t)__builtin_ctzll(equal) / 8;
            __builtin_prefetch(&p->id[r]);
            own[count] = r;
            count += p->status[r] != QON_GONE;
        }
        row += 8;
        if (count > TOGETHER - 9 || row >= p->count) {
            for (uint32_t i = 0; i < count; i++) {
                id[i] = p->id[own[i]];
            }
            uint32_t hits = kernels->sieve(key, 1, cap, id, 0, count, drawn);
            for (uint32_t i = 0; i < hits; i++) {
                rows->row[rows->count++] = own[drawn[i]];
            }
            count = 0;
        }
    }
}
