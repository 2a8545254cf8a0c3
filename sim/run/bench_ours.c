// SPDX-License-Identifier: GPL-3.0-or-later
// Our side of the relocation bench: who considers is found by skips, e^V is a product of entries of tables made once a month, and the
// choice is an exponential race with frozen utilities, run for batches of deciders.
//
// Everybody decides from last month's state; moves are kept per chunk and applied afterwards, so order and threads do not matter.
// Friends lie anywhere in memory: who they are is asked for one batch ahead, where they live a few persons ahead. Where people live is kept
// by each thread for itself, a byte a person: were there one copy only, most of what a thread reads of it would lie in the cache of the one
// that wrote it last. A thread applies last month's moves, all of them, before it decides for anybody.
#include "bench_town.h"

#include <qonys/explog.h>
#include <qonys/kernels.h>
#include <qonys/memory.h>
#include <qonys/par.h>
#include <qonys/random.h>
#include <string.h>

enum { BATCH = QON_RACE_DECIDERS, MOVES_MOST = CHUNK / 16, CANDIDATES_MOST = CHUNK, AHEAD = 8 };

struct chunk {
    int32_t considered, moves;
    int32_t change[REGIONS];   // of residents
    uint32_t move[MOVES_MOST]; // row within the chunk << 4 | region
};

// A thread's own.
struct copy {
    uint8_t *region;                      // [persons]
    int32_t month;                        // whose state it is: moves of earlier ones are made
    uint32_t candidates[CANDIDATES_MOST]; //
};

struct bench_ours {
    const struct town *town;
    const struct qon_kernels *kernels;
    int32_t month;
    int64_t chunks;
    struct copy *copy;      // [threads]
    struct chunk *chunk[2]; // [chunks] of even and of odd months
    int threads;
    int64_t residents[REGIONS];
    int64_t considered, moves;
    double place[SKILLS][REGIONS];  // e^(2 skill ln wage - 5 unemployment), of this month
    double route[REGIONS][REGIONS]; // e^(-0.0008 km - 1.5 [move])
    double friend_factor;           // e^(1/4)
};

static void month_prepare(struct bench_ours *ours) {
    const struct town *town = ours->town;
    for (int c = 0; c < SKILLS; c++) {
        for (int r = 0; r < REGIONS; r++) {
            double v = 2 * town->skill_value[c] * town->wage_log[r] - 5 * qon_town_unemployment(town, ours->residents, r);
            ours->place[c][r] = qon_exp(v);
        }
    }
}

static void friends_ask(const struct town *town, const uint32_t *rows, uint32_t count, int64_t first) {
    for (uint32_t i = 0; i < count; i++) {
        __builtin_prefetch(town->friends + (first + rows[i]) * FRIENDS);
    }
}

static void regions_ask(const struct town *town, const uint8_t *region, int64_t person) {
    const uint32_t *friends = town->friends + person * FRIENDS;
    for (int k = 0; k < FRIENDS; k++) {
        __builtin_prefetch(region + friends[k]);
    }
}

static void batch_weights(const struct bench_ours *ours, const uint8_t *region, const uint32_t *rows, uint32_t count, int64_t first,
                          uint64_t *restrict id, double *restrict weight) {
    const struct town *town = ours->town;
    for (uint32_t i = 0; i < count && i < AHEAD; i++) {
        regions_ask(town, region, first + rows[i]);
    }
    for (uint32_t i = 0; i < count; i++, weight += REGIONS) {
        int64_t person = first + rows[i];
        if (i + AHEAD < count) {
            regions_ask(town, region, first + rows[i + AHEAD]);
        }
        const double *restrict place = ours->place[town->skill[person]], *restrict route = ours->route[region[person]];
        id[i] = (uint64_t)person;
        for (int r = 0; r < REGIONS; r++) {
            weight[r] = place[r] * route[r];
        }
        for (int k = 0; k < FRIENDS; k++) {
            weight[region[town->friends[person * FRIENDS + k]]] *= ours->friend_factor;
        }
    }
}

static void batch_choose(const struct bench_ours *ours, const uint8_t *region, struct chunk *chunk, const uint32_t *rows, uint32_t count,
                         int64_t first) {
    static const uint32_t number[REGIONS] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    uint64_t id[BATCH];
    double weight[BATCH * REGIONS];
    uint8_t best[BATCH];
    batch_weights(ours, region, rows, count, first, id, weight);
    struct qon_race race = {.key = qon_key(ours->town->seed, QON_DRAW_CHOICE, ours->month),
                            .deciders = count,
                            .alternatives = REGIONS,
                            .id = id,
                            .number = number,
                            .shared = true,
                            .weight = weight,
                            .best = best};
    ours->kernels->race(&race);
    for (uint32_t i = 0; i < count; i++) {
        uint8_t home = region[id[i]];
        chunk->move[chunk->moves] = rows[i] << 4 | best[i];
        chunk->moves += best[i] != home;
        chunk->change[home] -= 1;
        chunk->change[best[i]] += 1;
    }
    QON_REQUIRE(chunk->moves <= MOVES_MOST - BATCH);
}

static struct chunk *chunks_of(const struct bench_ours *ours, int32_t month) {
    return ours->chunk[month % 2];
}

// Makes the moves of the month before `month`.
static void copy_bring(const struct bench_ours *ours, struct copy *copy, int32_t month) {
    if (copy->month == month) {
        return;
    }
    QON_REQUIRE(copy->month == month - 1);
    const struct chunk *chunks = chunks_of(ours, copy->month);
    for (int64_t c = 0; c < ours->chunks; c++) {
        uint8_t *region = copy->region + c * CHUNK;
        for (int32_t i = 0; i < chunks[c].moves; i++) {
            region[chunks[c].move[i] >> 4] = (uint8_t)(chunks[c].move[i] & 15U);
        }
    }
    copy->month = month;
}

static void chunk_propose(void *context, int64_t begin, int64_t end, int thread) {
    const struct bench_ours *ours = context;
    struct copy *copy = &ours->copy[thread];
    struct chunk *chunk = &chunks_of(ours, ours->month)[begin / CHUNK];
    uint32_t *rows = copy->candidates;
    uint64_t key = qon_key(ours->town->seed, QON_DRAW_TRIGGER, ours->month);
    copy_bring(ours, copy, ours->month);
    uint32_t count = ours->kernels->skips(key, (uint64_t)begin, CONSIDERS, (uint32_t)(end - begin), rows);
    chunk->considered = (int32_t)count;
    chunk->moves = 0;
    memset(chunk->change, 0, sizeof chunk->change);
    friends_ask(ours->town, rows, count < BATCH ? count : BATCH, begin);
    for (uint32_t i = 0; i < count; i += BATCH) {
        uint32_t size = count - i < BATCH ? count - i : BATCH, left = count - i - size;
        friends_ask(ours->town, rows + i + size, left < BATCH ? left : BATCH, begin);
        batch_choose(ours, copy->region, chunk, rows + i, size, begin);
    }
}

static void month_count(struct bench_ours *ours) {
    const struct chunk *chunks = chunks_of(ours, ours->month);
    for (int64_t c = 0; c < ours->chunks; c++) {
        ours->considered += chunks[c].considered;
        ours->moves += chunks[c].moves;
        for (int r = 0; r < REGIONS; r++) {
            ours->residents[r] += chunks[c].change[r];
        }
    }
}

static void copies_bring(struct bench_ours *ours) {
    for (int t = 0; t < ours->threads; t++) {
        copy_bring(ours, &ours->copy[t], ours->month);
    }
}

void qon_bench_ours_run(struct bench_ours *ours, int32_t months) {
    for (int32_t m = 0; m < months; m++) {
        month_prepare(ours);
        qon_par_for(ours->town->persons, CHUNK, chunk_propose, ours);
        copies_bring(ours); // those of threads that had nothing to do
        month_count(ours);
        ours->month++;
    }
    copies_bring(ours);
}

enum qon_status qon_bench_ours_create(struct bench_ours **out, const struct town *town) {
    enum qon_status status = QON_OK;
    struct bench_ours *ours = NULL;
    QON_TRY(qon_take(&ours, 1, sizeof *ours));
    ours->town = town;
    ours->kernels = qon_kernels();
    ours->chunks = (town->persons + CHUNK - 1) / CHUNK;
    ours->threads = qon_par_threads();
    QON_TRY(qon_take(&ours->copy, (size_t)ours->threads, sizeof *ours->copy));
    for (int t = 0; t < ours->threads; t++) {
        QON_TRY(qon_take(&ours->copy[t].region, (size_t)town->persons, sizeof *ours->copy[t].region));
    }
    for (int i = 0; i < 2; i++) {
        QON_TRY(qon_take(&ours->chunk[i], (size_t)ours->chunks, sizeof *ours->chunk[i]));
    }
    for (int o = 0; o < REGIONS; o++) {
        for (int d = 0; d < REGIONS; d++) {
            ours->route[o][d] = qon_exp(-0.0008 * town->km[o][d] - (o != d ? 1.5 : 0));
        }
    }
    ours->friend_factor = qon_exp(1.0 / FRIENDS);
    qon_bench_ours_reset(ours);
    *out = ours;
    ours = NULL;
done:
    qon_bench_ours_destroy(ours);
    return status;
}

void qon_bench_ours_reset(struct bench_ours *ours) {
    for (int t = 0; t < ours->threads; t++) {
        memcpy(ours->copy[t].region, ours->town->start, (size_t)ours->town->persons);
        ours->copy[t].month = 0;
    }
    memcpy(ours->residents, ours->town->residents, sizeof ours->residents);
    ours->month = 0;
    ours->considered = ours->moves = 0;
}

void qon_bench_ours_tell(const struct bench_ours *ours, struct qon_bench_side *side) {
    side->considered = ours->considered;
    side->moves = ours->moves;
    memcpy(side->residents, ours->residents, sizeof side->residents);
    side->digest = qon_town_digest(ours->copy[0].region, ours->town->persons);
}

int64_t qon_bench_ours_bytes(const struct bench_ours *ours) {
    int64_t person = FRIENDS * (int64_t)sizeof(uint32_t) + 1 + ours->threads;
    return ours->town->persons * person + 2 * ours->chunks * (int64_t)sizeof *ours->chunk[0] + ours->threads * (int64_t)sizeof *ours->copy;
}

void qon_bench_ours_destroy(struct bench_ours *ours) {
    if (ours == NULL) {
        return;
    }
    for (int t = 0; ours->copy != NULL && t < ours->threads; t++) {
        qon_free(ours->copy[t].region);
    }
    qon_free(ours->copy);
    qon_free(ours->chunk[0]);
    qon_free(ours->chunk[1]);
    qon_free(ours);
}
