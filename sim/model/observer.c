// SPDX-License-Identifier: GPL-3.0-or-later
// Writing down what happens to persons, for comparisons; and how good places are to be in. ODD tags M-OBSERVE-1, M-WELFARE-1.
#include "model.h"

#include <qonys/observer.h>

enum qon_status qon_observer_init(struct qon_observer *observer, const struct qon_world *world) {
    *observer = (struct qon_observer){.blocks = world->blocks};
    return qon_take(&observer->block, world->blocks, sizeof *observer->block);
}

void qon_observer_free(struct qon_observer *observer) {
    for (uint32_t b = 0; observer->block != NULL && b < observer->blocks; b++) {
        qon_free(observer->block[b].row);
        qon_free(observer->block[b].claw);
        qon_free(observer->block[b].reached);
    }
    qon_free(observer->block);
    *observer = (struct qon_observer){0};
}

void qon_trace_add(const struct qon_world *world, const struct qon_block *block, enum qon_trace_kind kind, uint32_t row, uint32_t detail,
                   int programme) {
    if (world->observer == NULL || (kind == QON_TRACE_HIRED && !world->observer->hires)) {
        return;
    }
    struct qon_traces *t = &world->observer->block[block->index];
    if (t->count == t->capacity) {
        uint32_t capacity = t->capacity + t->capacity / 2 + 1024;
        if (qon_grow(&t->row, t->capacity, capacity, sizeof *t->row) != QON_OK) {
            qon_memory_short(world);
            return;
        }
        t->capacity = capacity;
    }
    t->row[t->count++] = (struct qon_trace){row, detail, (int16_t)world->month, (uint8_t)kind, (uint8_t)programme};
}

void qon_trace_clawed(const struct qon_world *world, const struct qon_block *block, uint32_t grant, int64_t tiyn) {
    if (world->observer == NULL || tiyn == 0) {
        return;
    }
    struct qon_traces *t = &world->observer->block[block->index];
    if (t->claws == t->claws_capacity) {
        uint32_t capacity = t->claws_capacity * 2 + 64;
        if (qon_grow(&t->claw, t->claws_capacity, capacity, sizeof *t->claw) != QON_OK) {
            qon_memory_short(world);
            return;
        }
        t->claws_capacity = capacity;
    }
    t->claw[t->claws++] = (struct qon_trace_claw){tiyn, grant};
}

static void reach(const struct qon_world *world, const struct qon_block *block, uint32_t row) {
    struct qon_traces *t = &world->observer->block[block->index];
    uint32_t word = row / 64;
    if (word >= t->reached_words) {
        uint32_t words = block->persons.capacity / 64 + 1;
        if (qon_grow(&t->reached, t->reached_words, words, sizeof *t->reached) != QON_OK) {
            qon_memory_short(world);
            return;
        }
        t->reached_words = words;
    }
    if ((t->reached[word] >> row % 64 & 1) == 0) {
        t->reached[word] |= 1ULL << row % 64;
        qon_trace_add(world, block, QON_TRACE_REACHED, row, 0, UINT8_MAX);
    }
}

void qon_trace_reached(const struct qon_world *world, const struct qon_block *block, uint32_t row) {
    if (world->observer == NULL) {
        return;
    }
    const struct qon_persons *p = &block->persons;
    for (uint32_t m = block->households.head[p->household[row]]; m != QON_NONE; m = p->next[m]) {
        reach(world, block, m);
    }
}

void qon_trace_born(const struct qon_world *world, const struct qon_block *block, uint32_t mother, uint32_t child) {
    if (world->observer != NULL) {
        const struct qon_traces *t = &world->observer->block[block->index];
        if (mother / 64 < t->reached_words && (t->reached[mother / 64] >> mother % 64 & 1) != 0) {
            reach(world, block, child);
        }
    }
}

void qon_trace_hires(const struct qon_world *world, const struct qon_block *block) {
    const struct qon_persons *p = &block->persons;
    if (world->observer == NULL || !world->observer->hires) {
        return;
    }
    for (uint32_t row = 0; row < p->count; row++) {
        if (p->status_month[row] == world->month && p->status[row] == QON_EMPLOYED) {
            qon_trace_add(world, block, QON_TRACE_HIRED, row, p->employer[row], UINT8_MAX);
        }
    }
}

int32_t qon_profiles(const struct qon_world *world) {
    return world->occupations * world->skills + QON_PROFILES_EXTRA;
}

int32_t qon_profile_of(const struct qon_world *world, const struct qon_block *block, uint32_t row) {
    const struct qon_persons *p = &block->persons;
    uint8_t status = p->status[row];
    bool works = status == QON_EMPLOYED || status == QON_SELF_EMPLOYED || status == QON_UNEMPLOYED;
    if (works && p->occupation[row] != QON_NO_OCCUPATION) {
        return p->occupation[row] * world->skills + p->skill[row];
    }
    return world->occupations * world->skills + (status == QON_STUDENT ? QON_PROFILE_WORKER : QON_PROFILE_PENSION);
}

static double logsum_of(const struct qon_world *world, int32_t profile, uint32_t zone) {
    const struct qon_model *m = world->model;
    const double *place = m->place_weight + (int64_t)profile * world->zones;
    double sum = place[zone] * (m->home_weight + m->local_weight[zone]);
    for (int32_t k = 0; k < m->known_count; k++) {
        int64_t at = (int64_t)zone * QON_LIST_PLACES + k;
        double considered = (double)m->known.threshold[at] / 4294967296.0;
        sum += considered * place[m->known.zone[at]] * m->known.weight[at];
    }
    return qon_log(sum);
}

void qon_logsums(struct qon_world *world, double *logsum, double *income_tiyn_month) {
    qon_choice_prepare(world); // from the month that has just been computed
    int32_t profiles = qon_profiles(world);
    for (int32_t p = 0; p < profiles; p++) {
        for (int32_t z = 0; z < world->zones; z++) {
            logsum[(int64_t)p * world->zones + z] = logsum_of(world, p, (uint32_t)z);
            income_tiyn_month[(int64_t)p * world->zones + z] = world->model->place_income[(int64_t)p * world->zones + z];
        }
    }
}
