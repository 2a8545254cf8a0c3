// SPDX-License-Identifier: GPL-3.0-or-later
// Our side of the relocation bench: who considers is found by skips, e^V is a product of entries of tables made once a month, and the
// choice is an exponential race with frozen utilities, run for batches of deciders.
//
// Everybody decides from last month's state; moves are kept per chunk and applied afterwards, so order and threads do not matter.
// Friends lie anywhere in memory: who they are is asked for one batch ahead, where they live a few persons ahead.
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

struct bench_ours {
    const struct town *town;
    const struct qon_kernels *kernels;
    int32_t month;
    int64_t chunks;
    uint8_t *region; // [persons]
    struct chunk *chunk;
    uint32_t *candidates; // [threads * CANDIDATES_MOST]
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

static void regions_ask(const struct bench_ours *ours, int64_t person) {
    const uint32_t *friends = ours->town->friends + person * FRIENDS;
    for (int k = 0; k < FRIENDS; k++) {
        __builtin_prefetch(ours->region + friends[k]);
    }
}

static void batch_weights(const struct bench_ours *ours, const uint32_t *rows, uint32_t count, int64_t first, uint64_t *restrict id,
                          double *restrict weight) {
    const struct town *town = ours->town;
    for (uint32_t i = 0; i < count && i < AHEAD; i++) {
        regions_ask(ours, first + rows[i]);
    }
    for (uint32_t i = 0; i < count; i++, weight += REGIONS) {
        int64_t person = first + rows[i];
        if (i + AHEAD < count) {
            regions_ask(ours, first + rows[i + AHEAD]);
        }
        const double *restrict place = ours->place[town->skill[person]], *restrict route = ours->route[ours->region[person]];
        id[i] = (uint64_t)person;
        for (int r = 0; r < REGIONS; r++) {
            weight[r] = place[r] * route[r];
        }
        for (int k = 0; k < FRIENDS; k++) {
            weight[ours->region[town->friends[person * FRIENDS + k]]] *= ours->friend_factor;
        }
    }
}

static void batch_choose(struct bench_ours *ours, struct chunk *chunk, const uint32_t *rows, uint32_t count, int64_t first) {
    static const uint32_t number[REGIONS] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    uint64_t id[BATCH];
    double weight[BATCH * REGIONS];
    uint8_t best[BATCH];
    batch_weights(ours, rows, count, first, id, weight);
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
        uint8_t home = ours->region[id[i]];
        chunk->move[chunk->moves] = rows[i] << 4 | best[i];
        chunk->moves += best[i] != home;
        chunk->change[home] -= 1;
        chunk->change[best[i]] += 1;
    }
    QON_REQUIRE(chunk->moves <= MOVES_MOST - BATCH);
}

static void chunk_propose(void *context, int64_t begin, int64_t end, int thread) {
    struct bench_ours *ours = context;
    struct chunk *chunk = &ours->chunk[begin / CHUNK];
    uint32_t *rows = ours->candidates + (size_t)thread * CANDIDATES_MOST;
    uint64_t key = qon_key(ours->town->seed, QON_DRAW_TRIGGER, ours->month);
    uint32_t count = ours->kernels->skips(key, (uint64_t)begin, CONSIDERS, (uint32_t)(end - begin), rows);
    chunk->considered = (int32_t)count;
    chunk->moves = 0;
    memset(chunk->change, 0, sizeof chunk->change);
    friends_ask(ours->town, rows, count < BATCH ? count : BATCH, begin);
    for (uint32_t i = 0; i < count; i += BATCH) {
        uint32_t size = count - i < BATCH ? count - i : BATCH, left = count - i - size;
        friends_ask(ours->town, rows + i + size, left < BATCH ? left : BATCH, begin);
        batch_choose(ours, chunk, rows + i, size, begin);
    }
}

static void chunk_apply(void *context, int64_t begin, int64_t end, int thread) {
    struct bench_ours *ours = context;
    const struct chunk *chunk = &ours->chunk[begin / CHUNK];
    for (int32_t i = 0; i < chunk->moves; i++) {
        ours->region[begin + (chunk->move[i] >> 4)] = (uint8_t)(chunk->move[i] & 15U);
    }
}

static void month_count(struct bench_ours *ours) {
    for (int64_t c = 0; c < ours->chunks; c++) {
        const struct chunk *chunk = &ours->chunk[c];
        ours->considered += chunk->considered;
        ours->moves += chunk->moves;
        for (int r = 0; r < REGIONS; r++) {
            ours->residents[r] += chunk->change[r];
        }
    }
}

void qon_bench_ours_run(struct bench_ours *ours, int32_t months) {
    for (int32_t m = 0; m < months; m++) {
        month_prepare(ours);
        qon_par_for(ours->town->persons, CHUNK, chunk_propose, ours);
        qon_par_for(ours->town->persons, CHUNK, chunk_apply, ours);
        month_count(ours);
        ours->month++;
    }
}

enum qon_status qon_bench_ours_create(struct bench_ours **out, const struct town *town) {
    enum qon_status status = QON_OK;
    struct bench_ours *ours = NULL;
    QON_TRY(qon_take(&ours, 1, sizeof *ours));
    ours->town = town;
    ours->kernels = qon_kernels();
    ours->chunks = (town->persons + CHUNK - 1) / CHUNK;
    ours->threads = qon_par_threads();
    QON_TRY(qon_take(&ours->region, (size_t)town->persons, sizeof *ours->region));
    QON_TRY(qon_take(&ours->chunk, (size_t)ours->chunks, sizeof *ours->chunk));
    QON_TRY(qon_take(&ours->candidates, (size_t)ours->threads * CANDIDATES_MOST, sizeof *ours->candidates));
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
    memcpy(ours->region, ours->town->start, (size_t)ours->town->persons);
    memcpy(ours->residents, ours->town->residents, sizeof ours->residents);
    ours->month = 0;
    ours->considered = ours->moves = 0;
}

void qon_bench_ours_tell(const struct bench_ours *ours, struct qon_bench_side *side) {
    side->considered = ours->considered;
    side->moves = ours->moves;
    memcpy(side->residents, ours->residents, sizeof side->residents);
    side->digest = qon_town_digest(ours->region, ours->town->persons);
}

int64_t qon_bench_ours_bytes(const struct bench_ours *ours) {
    int64_t person = FRIENDS * (int64_t)sizeof(uint32_t) + 2;
    return ours->town->persons * person + ours->chunks * (int64_t)sizeof *ours->chunk +
           (int64_t)ours->threads * CANDIDATES_MOST * (int64_t)sizeof(uint32_t);
}

void qon_bench_ours_destroy(struct bench_ours *ours) {
    if (ours != NULL) {
        qon_free(ours->region);
        qon_free(ours->chunk);
        qon_free(ours->candidates);
        qon_free(ours);
    }
}
