// SPDX-License-Identifier: GPL-3.0-or-later
// The people of the relocation bench. Ids are rows.
#include "bench_town.h"

#include <qonys/explog.h>
#include <qonys/memory.h>
#include <qonys/par.h>
#include <qonys/random.h>
#include <string.h>

// The interval of skills gives 0.55 moves a consideration over 60 months (tests/unit/run/test_bench.c holds it there).
static const double SKILL_LEAST = 0.5, SKILL_MOST = 1.5;

static void regions_make(struct town *town) {
    for (int r = 0; r < REGIONS; r++) {
        town->wage_log[r] = qon_log((200000 + 20000.0 * ((7 * r) % 16)) / 300000);
        for (int d = 0; d < REGIONS; d++) {
            int steps = r < d ? d - r : r - d;
            town->km[r][d] = 300.0 * (steps <= REGIONS / 2 ? steps : REGIONS - steps);
        }
    }
    for (int c = 0; c < SKILLS; c++) {
        town->skill_value[c] = SKILL_LEAST + (SKILL_MOST - SKILL_LEAST) * (c + 0.5) / SKILLS;
    }
}

static void people_make(void *context, int64_t begin, int64_t end, int thread) {
    struct town *town = context;
    uint64_t who = qon_key(town->seed, QON_DRAW_SYNTHESIS_AGE, 0), friends = qon_key(town->seed, QON_DRAW_KIN, 0);
    uint8_t region_of[46]; // 46 is the sum of 1 + r mod 5
    int places = 0;
    for (int r = 0; r < REGIONS; r++) {
        for (int k = 0; k < 1 + r % 5; k++) {
            region_of[places++] = (uint8_t)r;
        }
    }
    for (int64_t i = begin; i < end; i++) {
        town->start[i] = region_of[qon_below(qon_draw(who, (uint64_t)i, 0), (uint32_t)places)];
        town->skill[i] = (uint8_t)qon_below(qon_draw(who, (uint64_t)i, 1), SKILLS);
        for (uint32_t k = 0; k < FRIENDS; k++) {
            town->friends[i * FRIENDS + k] = qon_below(qon_draw(friends, (uint64_t)i, k), (uint32_t)town->persons);
        }
    }
}

enum qon_status qon_town_make(struct town *town, int64_t persons, uint64_t seed) {
    enum qon_status status = QON_OK;
    *town = (struct town){.persons = persons, .seed = seed};
    QON_TRY(qon_take(&town->friends, (size_t)persons * FRIENDS, sizeof *town->friends));
    QON_TRY(qon_take(&town->skill, (size_t)persons, sizeof *town->skill));
    QON_TRY(qon_take(&town->start, (size_t)persons, sizeof *town->start));
    regions_make(town);
    qon_par_for(persons, CHUNK, people_make, town);
    for (int64_t i = 0; i < persons; i++) {
        town->residents[town->start[i]]++;
    }
    for (int r = 0; r < REGIONS; r++) {
        town->jobs[r] = 0.95 * (double)town->residents[r];
    }
done:
    return status;
}

void qon_town_free(struct town *town) {
    qon_free(town->friends);
    qon_free(town->skill);
    qon_free(town->start);
}

double qon_town_unemployment(const struct town *town, const int64_t *residents, int region) {
    double jobs = town->jobs[region], people = (double)residents[region];
    return jobs < people ? 1 - jobs / people : 0;
}

uint64_t qon_town_digest(const uint8_t *region, int64_t persons) {
    uint64_t sum = 0;
    for (int64_t i = 0; i < persons; i++) {
        sum += qon_mix((uint64_t)i << 8 | region[i]);
    }
    return sum;
}
