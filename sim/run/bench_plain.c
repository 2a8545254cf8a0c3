// SPDX-License-Identifier: GPL-3.0-or-later
// The plain reference of the relocation bench: what a careful programmer writes first. A structure of arrays, every person visited, one
// sequential generator, for each consideration the largest V + Gumbel over the 16 regions with the C library's log.
#include "bench_town.h"

#include <math.h>
#include <qonys/memory.h>
#include <qonys/random.h>
#include <string.h>

struct bench_plain {
    const struct town *town;
    uint8_t *region, *next; // [persons]
    float *skill;           // [persons]
    struct qon_pcg pcg;
    int64_t residents[REGIONS];
    double unemployment[REGIONS];
    int64_t considered, moves;
};

static double uniform(struct bench_plain *plain) {
    return ((double)qon_pcg_next(&plain->pcg) + 0.5) * 0x1p-32;
}

static uint8_t choose(struct bench_plain *plain, int64_t person) {
    const struct town *town = plain->town;
    uint8_t home = plain->region[person];
    double skill = plain->skill[person];
    int friends[REGIONS] = {0};
    for (int k = 0; k < FRIENDS; k++) {
        friends[plain->region[town->friends[person * FRIENDS + k]]]++;
    }
    uint8_t best = home;
    double most = -INFINITY;
    for (int r = 0; r < REGIONS; r++) {
        double v = 2 * skill * town->wage_log[r] - 5 * plain->unemployment[r] - 0.0008 * town->km[home][r] - (r != home ? 1.5 : 0) +
                   friends[r] / (double)FRIENDS;
        v -= log(-log(uniform(plain)));
        if (v > most) {
            most = v;
            best = (uint8_t)r;
        }
    }
    return best;
}

static void month(struct bench_plain *plain) {
    const struct town *town = plain->town;
    int64_t residents[REGIONS] = {0};
    for (int r = 0; r < REGIONS; r++) {
        plain->unemployment[r] = qon_town_unemployment(town, plain->residents, r);
    }
    for (int64_t i = 0; i < town->persons; i++) {
        uint8_t region = plain->region[i];
        if (uniform(plain) < CONSIDERS) {
            region = choose(plain, i);
            plain->considered++;
            plain->moves += region != plain->region[i];
        }
        plain->next[i] = region;
        residents[region]++;
    }
    memcpy(plain->residents, residents, sizeof residents);
    uint8_t *last = plain->region;
    plain->region = plain->next;
    plain->next = last;
}

void qon_bench_plain_run(struct bench_plain *plain, int32_t months) {
    for (int32_t m = 0; m < months; m++) {
        month(plain);
    }
}

enum qon_status qon_bench_plain_create(struct bench_plain **out, const struct town *town) {
    enum qon_status status = QON_OK;
    struct bench_plain *plain = NULL;
    QON_TRY(qon_take(&plain, 1, sizeof *plain));
    plain->town = town;
    QON_TRY(qon_take(&plain->region, (size_t)town->persons, sizeof *plain->region));
    QON_TRY(qon_take(&plain->next, (size_t)town->persons, sizeof *plain->next));
    QON_TRY(qon_take(&plain->skill, (size_t)town->persons, sizeof *plain->skill));
    for (int64_t i = 0; i < town->persons; i++) {
        plain->skill[i] = (float)town->skill_value[town->skill[i]];
    }
    qon_bench_plain_reset(plain);
    *out = plain;
    plain = NULL;
done:
    qon_bench_plain_destroy(plain);
    return status;
}

void qon_bench_plain_reset(struct bench_plain *plain) {
    memcpy(plain->region, plain->town->start, (size_t)plain->town->persons);
    memcpy(plain->residents, plain->town->residents, sizeof plain->residents);
    plain->pcg = qon_pcg_seeded(plain->town->seed, 1);
    plain->considered = plain->moves = 0;
}

void qon_bench_plain_tell(const struct bench_plain *plain, struct qon_bench_side *side) {
    side->considered = plain->considered;
    side->moves = plain->moves;
    memcpy(side->residents, plain->residents, sizeof side->residents);
    side->digest = qon_town_digest(plain->region, plain->town->persons);
}

void qon_bench_plain_destroy(struct bench_plain *plain) {
    if (plain != NULL) {
        qon_free(plain->region);
        qon_free(plain->next);
        qon_free(plain->skill);
        qon_free(plain);
    }
}
