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
    uint32_t row;
};

static int newcomer_order(const void *a, const void *b) {
    const struct newcomer *x = a, *y = b;
    return x->id < y->id ? -1 : x->id > y->id;
}

static enum qon_status ends(const struct qon_block *block, struct qon_traced_block *out) {
    enum qon_status status = QON_OK;
    const struct qon_persons *p = &block->persons;
    struct newcomer *list = NULL;
    out->founder_id = block->founder_id;
    out->founders = p->founders;
    out->newcomers = p->count - p->founders;
    QON_TRY(qon_take(&list, out->newcomers, sizeof *list));
    QON_TRY(qon_take(&out->newcomer, out->newcomers, sizeof *out->newcomer));
    QON_TRY(qon_take(&out->zone, p->count, sizeof *out->zone));
    QON_TRY(qon_take(&out->status, p->count, sizeof *out->status));
    for (uint32_t i = 0; i < out->newcomers; i++) {
        list[i] = (struct newcomer){p->id[p->founders + i], p->founders + i};
    }
    if (out->newcomers > 0) {
        qsort(list, out->newcomers, sizeof *list, newcomer_order);
    }
    for (uint32_t i = 0; i < p->count; i++) {
        uint32_t row = i < p->founders ? i : list[i - p->founders].row;
        out->status[i] = p->status[row];
        out->zone[i] = p->status[row] == QON_GONE ? UINT16_MAX : block->households.zone[p->household[row]];
        if (i >= p->founders) {
            out->newcomer[i - p->founders] = list[i - p->founders].id;
        }
    }
done:
    qon_free(list);
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
    for (uint32_t i = 0; i < traces->count; i++) {
        if (traces->row[i].kind == QON_TRACE_GRANTED) {
            out->grant_persons[traces->row[i].detail]++;
        }
    }
done:
    return status;
}

static int id_order(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

uint32_t qon_traced_position(const struct qon_traced_block *block, uint64_t id) {
    if (id - block->founder_id < block->founders) {
        return (uint32_t)(id - block->founder_id);
    }
    const uint64_t *found = block->newcomers > 0 ? bsearch(&id, block->newcomer, block->newcomers, sizeof id, id_order) : NULL;
    return found != NULL ? block->founders + (uint32_t)(found - block->newcomer) : UINT32_MAX;
}

// By person, keeping the order in which things happened. Ids of newcomers are above those of founders, so positions ascend as ids do.
static enum qon_status sort_by_person(struct qon_traces *traces, const struct qon_traced_block *block) {
    enum qon_status status = QON_OK;
    uint32_t persons = block->founders + block->newcomers, *first = NULL, *at = NULL;
    struct qon_trace *sorted = NULL;
    QON_TRY(qon_take(&first, (size_t)persons + 1, sizeof *first));
    QON_TRY(qon_take(&at, traces->count, sizeof *at));
    QON_TRY(qon_take(&sorted, traces->count, sizeof *sorted));
    for (uint32_t i = 0; i < traces->count; i++) {
        at[i] = qon_traced_position(block, traces->row[i].id);
        first[at[i] + 1]++;
    }
    for (uint32_t i = 0; i < persons; i++) {
        first[i + 1] += first[i];
    }
    for (uint32_t i = 0; i < traces->count; i++) {
        sorted[first[at[i]]++] = traces->row[i];
    }
    qon_free(traces->row);
    traces->row = sorted;
    traces->capacity = traces->count;
    sorted = NULL;
done:
    qon_free(sorted);
    qon_free(first);
    qon_free(at);
    return status;
}

struct closing {
    struct qon_traced *traced;
    const struct qon_world *world;
    int failed; // written by several threads, always with 1
};

static void close_blocks(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    struct closing *closing = context;
    for (int64_t b = begin; b < end; b++) {
        struct qon_traces *traces = &closing->traced->observer.block[b];
        struct qon_traced_block *out = &closing->traced->block[b];
        qon_free(traces->reached);
        traces->reached = NULL;
        traces->reached_words = 0;
        if (ends(&closing->world->block[b], out) != QON_OK || sort_by_person(traces, out) != QON_OK ||
            grants(&closing->world->block[b], traces, out) != QON_OK) {
            __atomic_store_n(&closing->failed, 1, __ATOMIC_RELAXED);
        }
    }
}

static enum qon_status ended(void *context, struct qon_world *world) {
    struct qon_traced *t = context;
    struct closing closing = {t, world, 0};
    qon_par_for(world->blocks, 1, close_blocks, &closing);
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
    return closing.failed ? QON_MACHINE : QON_OK;
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
