// SPDX-License-Identifier: GPL-3.0-or-later
// What the window draws of a run, month by month: a store that the simulation appends to and the window reads, without locks.
//
// The trick: a month is written once, into memory of its own, and then published by raising `months`; what is published never changes.
// So the simulation never waits for a reader, a reader never sees half a month, and scrubbing back needs nothing further. A restarted run
// gets a new store; the former one lives on until its last reader lets go of it.
#ifndef QONYS_LIVE_STORE_H
#define QONYS_LIVE_STORE_H

#include <qonys/indicator.h>
#include <stdatomic.h>

enum { LIVE_NAME_MAX = 96, LIVE_TITLE_MAX = 320 };

struct live_month {
    double *value;       // [indicator * (zones + 1) + zone]
    double *flow;        // [origin * regions + destination] persons, of the month, between regions
    double *measure;     // [programme * QON_MEASURES + measure] since the start, all regions, times the scale
    double *places_left; // [programme] what is left under its quotas, as qon_run_programme_left has it; NAN: none
    double *money_left;  // [programme] the same of its budgets, tenge
};

struct live_store {
    atomic_int holders;
    atomic_int months; // published; slot 0 is the state before the first month
    int32_t start;     // the month of slot 0, since 1900-01
    int most;          // slots
    int indicators, zones, regions, programmes;
    char title[QON_LANGUAGES][LIVE_TITLE_MAX];        // of the scenario
    char (*programme)[QON_LANGUAGES][LIVE_TITLE_MAX]; // titles
    struct live_month *month;
};

// A store for the world's run, held once by the caller; NULL on lack of memory.
struct live_store *live_store_make(const struct qon_world *world);
// A store for another world that has come the same way up to now; NULL on lack of memory.
struct live_store *live_store_copy(const struct live_store *store, const struct qon_world *world);
void live_store_hold(struct live_store *store);
void live_store_drop(struct live_store *store); // NULL allowed; the last holder frees it

// Observes the world and publishes the month. reads: tally, ledger. errors: QON_MACHINE on lack of memory.
enum qon_status live_store_add(struct live_store *store, const struct qon_world *world);
static inline int live_store_months(const struct live_store *store) {
    return atomic_load_explicit(&((struct live_store *)(uintptr_t)store)->months, memory_order_acquire);
}

#endif
