// SPDX-License-Identifier: GPL-3.0-or-later
// Writes keyed draws without end to standard output, in the order named: agent, month or alternative (the slowest index), or `naive`
// (agent-major, PCG32 with stream = agent and seed + step, which must fail). For test_dieharder.sh. ODD tag M-RANDOM-1.
#include <qonys/random.h>
#include <stdio.h>
#include <string.h>

enum { CHUNK = 4096, INNER = 64 };

static uint64_t agent_keyed(uint64_t slow, uint32_t middle, uint32_t fast) {
    return qon_draw(qon_key(1, QON_DRAW_TEST, (int32_t)middle), slow, fast);
}
static uint64_t month_keyed(uint64_t slow, uint32_t middle, uint32_t fast) {
    return qon_draw(qon_key(1, QON_DRAW_TEST, (int32_t)slow), fast, middle);
}
static uint64_t alternative_keyed(uint64_t slow, uint32_t middle, uint32_t fast) {
    return qon_draw(qon_key(1, QON_DRAW_TEST, (int32_t)middle), fast, (uint32_t)slow);
}
static uint64_t agent_naive(uint64_t slow, uint32_t middle, uint32_t fast) {
    struct qon_pcg pcg = qon_pcg_seeded(1 + middle * INNER + fast, slow);
    return qon_pcg_next(&pcg);
}

int main(int argc, char **argv) {
    const struct {
        const char *name;
        uint64_t (*draw)(uint64_t slow, uint32_t middle, uint32_t fast);
        uint32_t middle;
        uint32_t fast;
    } orders[] = {
        {"agent", agent_keyed, INNER, INNER},
        {"month", month_keyed, INNER, CHUNK},
        {"alternative", alternative_keyed, INNER, CHUNK},
        {"naive", agent_naive, INNER, INNER},
    };
    for (size_t o = 0; argc == 2 && o < sizeof orders / sizeof orders[0]; o++) {
        if (strcmp(argv[1], orders[o].name) != 0) {
            continue;
        }
        static uint32_t out[CHUNK];
        size_t used = 0;
        for (uint64_t slow = 0;; slow++) {
            for (uint32_t middle = 0; middle < orders[o].middle; middle++) {
                for (uint32_t fast = 0; fast < orders[o].fast; fast++) {
                    out[used++] = (uint32_t)orders[o].draw(slow, middle, fast);
                    if (used == CHUNK && fwrite(out, sizeof out, 1, stdout) != 1) {
                        return 0; // the reader has seen enough
                    }
                    used %= CHUNK;
                }
            }
        }
    }
    fprintf(stderr, "usage: keyed_stream agent|month|alternative|naive\n");
    return 2;
}
