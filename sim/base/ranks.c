// SPDX-License-Identifier: GPL-3.0-or-later
// The calls between ranks, and what they are when a process is alone: nothing.
#include <qonys/par.h>
#include <qonys/ranks.h>
#include <string.h>

// Set once, before a run begins; tests and sweeps leave them as they are.
static const struct qon_ranks_calls *job;
static bool shared;
static int64_t handed;
static double inside; // seconds of CPU
static bool failed;   // all ranks know

void qon_ranks_set(const struct qon_ranks_calls *calls) {
    job = calls;
}

void qon_ranks_together(bool together) {
    shared = together;
}

int qon_ranks_all(void) {
    return job != NULL ? job->count : 1;
}

int qon_ranks_place(void) {
    return job != NULL ? job->rank : 0;
}

int qon_ranks_count(void) {
    return shared ? qon_ranks_all() : 1;
}

int qon_ranks_rank(void) {
    return shared ? qon_ranks_place() : 0;
}

void qon_ranks_sum_i64(int64_t *values, int64_t count) {
    if (qon_ranks_count() > 1 && count > 0) {
        handed += count * (int64_t)sizeof *values;
        double since = qon_time_cpu();
        job->sum_i64(values, count);
        inside += qon_time_cpu() - since;
    }
}

void qon_ranks_sum_i32(int32_t *values, int64_t count) {
    if (qon_ranks_count() > 1 && count > 0) {
        handed += count * (int64_t)sizeof *values;
        double since = qon_time_cpu();
        job->sum_i32(values, count);
        inside += qon_time_cpu() - since;
    }
}

void qon_ranks_gather(const void *own, const int64_t *bytes, void *all) {
    if (qon_ranks_count() > 1) {
        handed += bytes[qon_ranks_rank()];
        double since = qon_time_cpu();
        job->gather(own, bytes, all);
        inside += qon_time_cpu() - since;
    } else if (bytes[0] > 0) {
        memcpy(all, own, (size_t)bytes[0]);
    }
}

void qon_ranks_share(int64_t own, int64_t *all) {
    for (int r = 0; r < qon_ranks_count(); r++) {
        all[r] = r == qon_ranks_rank() ? own : 0;
    }
    qon_ranks_sum_i64(all, qon_ranks_count());
}

void qon_ranks_pass(int from, int to, void *data, int64_t bytes) {
    if (qon_ranks_count() > 1 && bytes > 0) {
        handed += from == qon_ranks_rank() ? bytes : 0;
        double since = qon_time_cpu();
        job->pass(from, to, data, bytes);
        inside += qon_time_cpu() - since;
    }
}

enum qon_status qon_ranks_agree(enum qon_status status) {
    static const enum qon_status worst[] = {QON_INTERRUPTED, QON_MACHINE, QON_USER};
    int64_t met[sizeof worst / sizeof worst[0]] = {0};
    for (size_t i = 0; i < sizeof worst / sizeof worst[0]; i++) {
        met[i] = status == worst[i];
    }
    qon_ranks_sum_i64(met, sizeof worst / sizeof worst[0]);
    enum qon_status all = met[1] > 0 ? QON_MACHINE : met[2] > 0 ? QON_USER : met[0] > 0 ? QON_INTERRUPTED : QON_OK;
    failed |= all != QON_OK;
    return all;
}

bool qon_ranks_agreed(void) {
    return failed;
}

void qon_ranks_end(enum qon_status status) {
    if (qon_ranks_count() > 1) {
        fflush(stdout);
        fflush(stderr);
        job->end(status);
    }
}

int64_t qon_ranks_bytes(void) {
    return handed;
}

double qon_ranks_cpu(void) {
    return inside;
}
