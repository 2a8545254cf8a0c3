// SPDX-License-Identifier: GPL-3.0-or-later
// Taking down a run for a comparison.
#include "traced.h"

#include "groups.h"

#include <qonys/memory.h>
#include <qonys/par.h>
#include <string.h>

static enum qon_status begun(void *context, struct qon_world *world) {
    enum qon_status status = QON_OK;
    struct qon_traced *t = context;
    t->blocks = world->blocks;
    t->zones = world->zones;
    t->profiles = qon_profiles(world);
    t->indicators = qon_indicators_count(world);
    t->start = world->scenario->start;
    t->scale = world->scenario->scale;
    t->programmes = world->scenario->programmes.count;
    size_t values = (size_t)t->indicators * ((size_t)t->zones + 1), cells = (size_t)t->profiles * (size_t)t->zones;
    QON_TRY(qon_observer_init(&t->observer, world));
    t->observer.hires = t->hires;
    QON_TRY(qon_take(&t->block, t->blocks, sizeof *t->block));
    QON_TRY(qon_take(&t->indicator, values, sizeof *t->indicator));
    QON_TRY(qon_take(&t->now, values, sizeof *t->now));
    QON_TRY(qon_take(&t->described, (size_t)t->indicators, sizeof *t->described));
    QON_TRY(qon_take(&t->logsum, cells, sizeof *t->logsum));
    QON_TRY(qon_take(&t->income, cells, sizeof *t->income));
    QON_TRY(qon_take(&t->logsum_now, cells, sizeof *t->logsum_now));
    QON_TRY(qon_take(&t->income_now, cells, sizeof *t->income_now));
    QON_TRY(qon_take(&t->spent, (size_t)t->programmes + 1, sizeof *t->spent));
    QON_TRY(qon_take(&t->clawed, (size_t)t->programmes + 1, sizeof *t->clawed));
    QON_TRY(qon_take(&t->refused, (size_t)t->programmes + 1, sizeof *t->refused));
    for (int32_t i = 0; i < t->indicators; i++) {
        qon_indicator_get(world, i, &t->described[i]);
    }
    world->observer = &t->observer;
    if (t->groups != NULL) {
        status = qon_groups_take(t->groups, world);
    }
done:
    return status;
}

static enum qon_status month(void *context, struct qon_world *world) {
    struct qon_traced *t = context;
    qon_indicators_observe(world, t->now);
    for (int32_t i = 0; i < t->indicators; i++) {
        double *sum = t->indicator + (size_t)i * ((size_t)t->zones + 1);
        const double *now = t->now + (size_t)i * ((size_t)t->zones + 1);
        for (int32_t z = 0; z <= t->zones; z++) {
            sum[z] = t->described[i].flow && t->months > 0 ? sum[z] + now[z] : now[z];
        }
    }
    qon_logsums(world, t->logsum_now, t->income_now);
    for (int64_t c = 0; c < (int64_t)t->profiles * t->zones; c++) {
        t->logsum[c] += t->logsum_now[c];
        t->income[c] += t->income_now[c];
    }
    t->months++;
    return QON_OK;
}

struct newcomer {
    uint64_t id;
    uint32_t row; // after the founders
};

// Of one thread, kept from block to block: fresh memory costs more than what is done with it.
struct scratch {
    struct newcomer *ordered;             // [newcomers]
    uint32_t *place;                      // [newcomers] by row after the founders': place by id
    uint32_t *first;                      // [persons + 1]
    struct qon_trace *sorted;             // [entries]
    uint32_t newcomers, persons, entries; // room
};

static enum qon_status scratch_reserve(struct scratch *s, uint32_t newcomers, uint32_t persons, uint32_t entries) {
    enum qon_status status = QON_OK;
    if (newcomers > s->newcomers) {
        uint32_t room = newcomers + newcomers / 8;
        QON_TRY(qon_grow(&s->ordered, 0, room, sizeof *s->ordered));
        QON_TRY(qon_grow(&s->place, 0, room, sizeof *s->place));
        s->newcomers = room;
    }
    if (persons + 1 > s->persons) {
        uint32_t room = persons + persons / 8 + 1;
        QON_TRY(qon_grow(&s->first, 0, room, sizeof *s->first));
        s->persons = room;
    }
    if (entries > s->entries) {
        uint32_t room = entries + entries / 8;
        QON_TRY(qon_grow(&s->sorted, 0, room, sizeof *s->sorted));
        s->entries = room;
    }
done:
    return status;
}

static void scratch_free(struct scratch *s) {
    qon_free(s->ordered);
    qon_free(s->place);
    qon_free(s->first);
    qon_free(s->sorted);
}

// Newcomers by ascending id: into as many ranges of ids as there are bits for, then each range, of a few, by insertion. Ids are mixed
// (qon_id_make), so that ranges fill evenly.
enum { RANGE_BITS = 12 };
static void newcomers_sort(struct scratch *s, const uint64_t *id, uint32_t count) {
    uint32_t first[(1 << RANGE_BITS) + 1] = {0};
    for (uint32_t i = 0; i < count; i++) {
        first[(id[i] << 1 >> (64 - RANGE_BITS)) + 1]++;
    }
    for (int r = 0; r < 1 << RANGE_BITS; r++) {
        first[r + 1] += first[r];
    }
    for (uint32_t i = 0; i < count; i++) {
        s->ordered[first[id[i] << 1 >> (64 - RANGE_BITS)]++] = (struct newcomer){id[i], i};
    }
    for (uint32_t i = 1; i < count; i++) {
        struct newcomer own = s->ordered[i];
        uint32_t to = i;
        for (; to > 0 && s->ordered[to - 1].id > own.id; to--) {
            s->ordered[to] = s->ordered[to - 1];
        }
        s->ordered[to] = own;
    }
    for (uint32_t i = 0; i < count; i++) {
        s->place[s->ordered[i].row] = i;
    }
}

static enum qon_status ends(const struct qon_block *block, struct scratch *s, struct qon_traced_block *out) {
    enum qon_status status = QON_OK;
    const struct qon_persons *p = &block->persons;
    const uint16_t *zone = block->households.zone;
    out->founder_id = block->founder_id;
    out->founders = p->founders;
    out->newcomers = p->count - p->founders;
    QON_TRY(qon_take(&out->newcomer, out->newcomers, sizeof *out->newcomer));
    QON_TRY(qon_take(&out->zone, p->count, sizeof *out->zone));
    QON_TRY(qon_take(&out->status, p->count, sizeof *out->status));
    newcomers_sort(s, p->id + p->founders, out->newcomers);
    for (uint32_t row = 0; row < p->founders; row++) {
        out->status[row] = p->status[row];
        out->zone[row] = p->status[row] == QON_GONE ? UINT16_MAX : zone[p->household[row]];
    }
    for (uint32_t i = 0; i < out->newcomers; i++) {
        uint32_t row = p->founders + s->ordered[i].row;
        out->newcomer[i] = s->ordered[i].id;
        out->status[p->founders + i] = p->status[row];
        out->zone[p->founders + i] = p->status[row] == QON_GONE ? UINT16_MAX : zone[p->household[row]];
    }
done:
    return status;
}

static enum qon_status grants(const struct qon_block *block, const struct qon_traces *traces, struct qon_traced_block *out) {
    enum qon_status status = QON_OK;
    const struct qon_commitments *c = &block->commitments;
    out->grants = c->count;
    QON_TRY(qon_take(&out->grant_programme, c->count, sizeof *out->grant_programme));
    QON_TRY(qon_take(&out->grant_tiyn, c->count, sizeof *out->grant_tiyn));
    QON_TRY(qon_take(&out->grant_persons, c->count, sizeof *out->grant_persons));
    for (uint32_t g = 0; g < c->count; g++) {
        out->grant_programme[g] = c->programme[g];
        out->grant_tiyn[g] = c->paid_tiyn[g];
    }
    for (uint32_t i = 0; i < traces->claws; i++) {
        out->grant_tiyn[traces->claw[i].grant] -= traces->claw[i].tiyn;
    }
    for (uint32_t i = 0; c->count > 0 && i < traces->count; i++) {
        if (traces->row[i].kind == QON_TRACE_GRANTED) {
            out->grant_persons[traces->row[i].detail]++;
        }
    }
done:
    return status;
}

// By person, keeping the order in which things happened.
static void sort_by_person(struct qon_traces *traces, struct scratch *s, const struct qon_traced_block *block) {
    uint32_t persons = block->founders + block->newcomers, before = 0;
    memset(s->first, 0, ((size_t)persons + 1) * sizeof *s->first);
    for (uint32_t i = 0; i < traces->count; i++) {
        struct qon_trace *e = &traces->row[i];
        if (e->person >= block->founders) {
            e->person = block->founders + s->place[e->person - block->founders];
        }
        s->first[e->person]++;
    }
    for (uint32_t i = 0; i < persons; i++) {
        uint32_t own = s->first[i];
        s->first[i] = before;
        before += own;
    }
    for (uint32_t i = 0; i < traces->count; i++) {
        s->sorted[s->first[traces->row[i].person]++] = traces->row[i];
    }
    if (traces->count > 0) {
        memcpy(traces->row, s->sorted, traces->count * sizeof *traces->row);
    }
}

struct closing {
    struct qon_traced *traced;
    const struct qon_world *world;
    struct scratch *scratch; // [threads]
    int failed;              // written by several threads, always with 1
};

static enum qon_status close_block(struct closing *closing, int64_t b, struct scratch *s) {
    enum qon_status status = QON_OK;
    const struct qon_block *block = &closing->world->block[b];
    struct qon_traces *traces = &closing->traced->observer.block[b];
    struct qon_traced_block *out = &closing->traced->block[b];
    qon_free(traces->reached);
    traces->reached = NULL;
    traces->reached_words = 0;
    QON_TRY(scratch_reserve(s, block->persons.count - block->persons.founders, block->persons.count, traces->count));
    QON_TRY(ends(block, s, out));
    QON_TRY(grants(block, traces, out));
    sort_by_person(traces, s, out);
done:
    return status;
}

static void close_blocks(void *context, int64_t begin, int64_t end, int thread) {
    struct closing *closing = context;
    for (int64_t b = begin; b < end; b++) {
        if (close_block(closing, b, &closing->scratch[thread]) != QON_OK) {
            __atomic_store_n(&closing->failed, 1, __ATOMIC_RELAXED);
        }
    }
}

static enum qon_status close_all(struct qon_traced *t, const struct qon_world *world) {
    enum qon_status status = QON_OK;
    struct closing closing = {.traced = t, .world = world};
    int threads = qon_par_threads();
    QON_TRY(qon_take(&closing.scratch, (size_t)threads, sizeof *closing.scratch));
    qon_par_for(world->blocks, 1, close_blocks, &closing);
    status = closing.failed ? QON_MACHINE : QON_OK;
done:
    for (int i = 0; closing.scratch != NULL && i < threads; i++) {
        scratch_free(&closing.scratch[i]);
    }
    qon_free(closing.scratch);
    return status;
}

static enum qon_status ended(void *context, struct qon_world *world) {
    struct qon_traced *t = context;
    enum qon_status status = close_all(t, world);
    for (int64_t c = 0; t->months > 0 && c < (int64_t)t->profiles * t->zones; c++) {
        t->logsum[c] /= t->months;
        t->income[c] /= t->months;
    }
    for (int32_t p = 0; p < t->programmes; p++) {
        for (int32_t r = 0; r < world->regions; r++) {
            const int64_t *total = world->ledger.total + ((int64_t)p * world->regions + r) * QON_MEASURES;
            t->spent[p] += total[QON_MEASURE_spent_tiyn];
            t->clawed[p] += total[QON_MEASURE_clawed_back_tiyn];
            t->refused[p] += total[QON_MEASURE_refused_quota] + total[QON_MEASURE_refused_budget];
        }
    }
    world->observer = NULL;
    return status;
}

struct qon_run_hooks qon_traced_hooks(struct qon_traced *traced) {
    return (struct qon_run_hooks){traced, begun, month, ended};
}

void qon_traced_free(struct qon_traced *t) {
    for (uint32_t b = 0; t->block != NULL && b < t->blocks; b++) {
        struct qon_traced_block *block = &t->block[b];
        void *owned[] = {block->newcomer, block->zone, block->status, block->grant_programme, block->grant_tiyn, block->grant_persons};
        for (size_t i = 0; i < sizeof owned / sizeof owned[0]; i++) {
            qon_free(owned[i]);
        }
    }
    void *owned[] = {t->block,      t->indicator,  t->now,   t->described, t->logsum, t->income,
                     t->logsum_now, t->income_now, t->spent, t->clawed,    t->refused};
    for (size_t i = 0; i < sizeof owned / sizeof owned[0]; i++) {
        qon_free(owned[i]);
    }
    qon_observer_free(&t->observer);
    *t = (struct qon_traced){0};
}

bool qon_life_moved(struct qon_life life) {
    for (const struct qon_trace *e = life.begin; e < life.end; e++) {
        if (e->kind == QON_TRACE_MOVED) {
            return true;
        }
    }
    return false;
}

uint32_t qon_life_zone(struct qon_life life, int32_t month, uint32_t otherwise) {
    uint32_t zone = otherwise;
    bool told = false;
    for (const struct qon_trace *e = life.begin; e < life.end; e++) {
        if (e->kind != QON_TRACE_MOVED && e->kind != QON_TRACE_ENTERED && e->kind != QON_TRACE_LEFT) {
            continue;
        }
        if (e->month > month) {
            return told ? zone : e->kind == QON_TRACE_ENTERED ? UINT32_MAX : e->kind == QON_TRACE_MOVED ? e->detail >> 16 : e->detail;
        }
        zone = e->kind == QON_TRACE_LEFT ? UINT32_MAX : e->detail & 0xffff;
        told = true;
    }
    return zone;
}
