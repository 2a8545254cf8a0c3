// SPDX-License-Identifier: GPL-3.0-or-later
#include "store.h"
#include <math.h>
#include <qonys/memory.h>
#include <qonys/runner.h>
#include <string.h>

static void titles_copy(struct live_store *store, const struct qon_scenario *scenario) {
    for (int l = 0; l < QON_LANGUAGES; l++) {
        snprintf(store->title[l], LIVE_TITLE_MAX, "%s", scenario->title[l] ? scenario->title[l] : scenario->name);
    }
    for (int p = 0; p < store->programmes; p++) {
        const struct qon_programme *programme = &scenario->programmes.row[p];
        for (int l = 0; l < QON_LANGUAGES; l++) {
            const char *title = programme->title[l] ? programme->title[l] : programme->name;
            snprintf(store->programme[p][l], LIVE_TITLE_MAX, "%s", title);
        }
    }
}

struct live_store *live_store_make(const struct qon_world *world) {
    enum qon_status status = QON_OK;
    struct live_store *store = NULL;
    QON_TRY(qon_take(&store, 1, sizeof *store));
    atomic_init(&store->holders, 1);
    atomic_init(&store->months, 0);
    store->start = world->scenario->start - 1;
    store->most = world->scenario->months + 1;
    store->indicators = qon_indicators_count(world);
    store->zones = world->zones;
    store->regions = world->regions;
    store->programmes = world->scenario->programmes.count;
    QON_TRY(qon_take(&store->programme, (size_t)store->programmes, sizeof *store->programme));
    QON_TRY(qon_take(&store->month, (size_t)store->most, sizeof *store->month));
    titles_copy(store, world->scenario);
done:
    if (status != QON_OK) {
        live_store_drop(store);
        return NULL;
    }
    return store;
}

void live_store_hold(struct live_store *store) {
    atomic_fetch_add(&store->holders, 1);
}

void live_store_drop(struct live_store *store) {
    if (!store || atomic_fetch_sub(&store->holders, 1) > 1) {
        return;
    }
    for (int i = 0; store->month && i < store->most; i++) {
        qon_free(store->month[i].value); // the others lie behind it
    }
    qon_free(store->month);
    qon_free(store->programme);
    qon_free(store);
}

static void flows_observe(const struct live_store *store, const struct qon_world *world, double *flow) {
    const int32_t *region = world->scenario->tables.zones.region;
    for (int o = 0; o < store->zones; o++) {
        for (int d = 0; d < store->zones; d++) {
            if (region[o] != region[d]) {
                int64_t persons = world->tally.flow_persons[(int64_t)o * store->zones + d];
                flow[region[o] * store->regions + region[d]] += (double)(persons * world->scenario->scale);
            }
        }
    }
}

static void programmes_observe(const struct live_store *store, const struct qon_world *world, struct live_month *month) {
    double scale = world->scenario->scale;
    for (int p = 0; p < store->programmes; p++) {
        for (int64_t r = 0; r < store->regions; r++) {
            for (int m = 0; m < QON_MEASURES; m++) {
                month->measure[p * QON_MEASURES + m] += scale * (double)world->ledger.total[(p * store->regions + r) * QON_MEASURES + m];
            }
        }
        int64_t places, tiyn;
        qon_run_programme_left(world, p, &places, &tiyn);
        month->places_left[p] = places == QON_NO_LIMIT ? (double)NAN : (double)places;
        month->money_left[p] = tiyn == QON_NO_LIMIT ? (double)NAN : (double)tiyn / 100;
    }
}

static size_t numbers_of(const struct live_store *store, size_t *values, size_t *flows, size_t *measures) {
    *values = (size_t)store->indicators * (size_t)(store->zones + 1);
    *flows = (size_t)store->regions * (size_t)store->regions;
    *measures = (size_t)store->programmes * QON_MEASURES;
    return *values + *flows + *measures + 2 * (size_t)store->programmes;
}

static enum qon_status month_make(const struct live_store *store, struct live_month *month) {
    size_t values, flows, measures;
    enum qon_status status = qon_take(&month->value, numbers_of(store, &values, &flows, &measures), sizeof(double));
    if (status == QON_OK) {
        month->flow = month->value + values;
        month->measure = month->flow + flows;
        month->places_left = month->measure + measures;
        month->money_left = month->places_left + store->programmes;
    }
    return status;
}

enum qon_status live_store_add(struct live_store *store, const struct qon_world *world) {
    int slot = atomic_load_explicit(&store->months, memory_order_relaxed); // only this thread raises it
    QON_REQUIRE(slot < store->most);
    struct live_month *month = &store->month[slot];
    enum qon_status status = month_make(store, month);
    if (status != QON_OK) {
        return status;
    }
    qon_indicators_observe(world, month->value);
    flows_observe(store, world, month->flow);
    programmes_observe(store, world, month);
    atomic_store_explicit(&store->months, slot + 1, memory_order_release);
    return QON_OK;
}

struct live_store *live_store_copy(const struct live_store *from, const struct qon_world *world) {
    struct live_store *store = live_store_make(world);
    int months = live_store_months(from);
    size_t values, flows, measures;
    for (int i = 0; store && i < months; i++) {
        if (month_make(store, &store->month[i]) != QON_OK) {
            live_store_drop(store);
            return NULL;
        }
        memcpy(store->month[i].value, from->month[i].value, numbers_of(store, &values, &flows, &measures) * sizeof(double));
    }
    if (store) {
        atomic_store_explicit(&store->months, months, memory_order_release);
    }
    return store;
}
