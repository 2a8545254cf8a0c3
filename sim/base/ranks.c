// SPDX-License-Identifier: GPL-3.0-or-later
// The calls between ranks, and what they are when a process is alone: nothing.
#include <qonys/par.h>
#include <qonys/ranks.h>
#include <string.h>

// The job that this process is part of. There is one, whoever asks, so it is no argument of whatever sums something up. Set before a run
// begins; sweeps leave it as it is.
static struct {
    struct qon_ranks_calls calls; // count 0: alone
    bool together;
    bool failed;    // all ranks know
    int64_t handed; // bytes
    double inside;  // seconds of CPU
} job;

void qon_ranks_set(const struct qon_ranks_calls *calls) {
    job.calls = *calls;
}

void qon_ranks_together(bool together) {
    job.together = together;
}

int qon_ranks_all(void) {
    return job.calls.count > 0 ? job.calls.count : 1;
}

int qon_ranks_place(void) {
    return job.calls.rank;
}

int qon_ranks_count(void) {
    return job.together ? qon_ranks_all() : 1;
}

int qon_ranks_rank(void) {
    return job.together ? qon_ranks_place() : 0;
}

void qon_ranks_sum_i64(int64_t *values, int64_t count) {
    if (qon_ranks_count() > 1 && count > 0) {
        job.handed += count * (int64_t)sizeof *values;
        double since = qon_time_cpu();
        job.calls.sum_i64(values, count);
        job.inside += qon_time_cpu() - since;
    }
}

void qon_ranks_sum_i32(int32_t *values, int64_t count) {
    if (qon_ranks_count() > 1 && count > 0) {
        job.handed += count * (int64_t)sizeof *values;
        double since = qon_time_cpu();
        job.calls.sum_i32(values, count);
        job.inside += qon_time_cpu() - since;
    }
}

void qon_ranks_gather(const void *own, const int64_t *bytes, void *all) {
    if (qon_ranks_count() > 1) {
        job.handed += bytes[qon_ranks_rank()];
        double since = qon_time_cpu();
        job.calls.gather(own, bytes, all);
        job.inside += qon_time_cpu() - since;
    } else if (bytes[0] > 0) {
        memcpy(all, own, (size_t)bytes[0]);
    }
}

void qon_ranks_swap(const void *own, const int64_t *out, void *all, const int64_t *in) {
    if (qon_ranks_count() > 1) {
        for (int r = 0; r < qon_ranks_count(); r++) {
            job.handed += r != qon_ranks_rank() ? out[r] : 0;
        }
        double since = qon_time_cpu();
        job.calls.swap(own, out, all, in);
        job.inside += qon_time_cpu() - since;
    } else if (out[0] > 0) {
        memcpy(all, own, (size_t)out[0]);
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
        job.handed += from == qon_ranks_rank() ? bytes : 0;
        double since = qon_time_cpu();
        job.calls.pass(from, to, data, bytes);
        job.inside += qon_time_cpu() - since;
    }
}

enum qon_status qon_ranks_agree(enum qon_status status) {
    if (qon_ranks_count() == 1) {
        return status;
    }
    static const enum qon_status worst[] = {QON_INTERRUPTED, QON_MACHINE, QON_USER};
    int64_t met[sizeof worst / sizeof worst[0]] = {0};
    for (size_t i = 0; i < sizeof worst / sizeof worst[0]; i++) {
        met[i] = status == worst[i];
    }
    qon_ranks_sum_i64(met, sizeof worst / sizeof worst[0]);
    enum qon_status all = met[1] > 0 ? QON_MACHINE : met[2] > 0 ? QON_USER : met[0] > 0 ? QON_INTERRUPTED : QON_OK;
    job.failed |= all != QON_OK;
    return all;
}

bool qon_ranks_agreed(void) {
    return job.failed;
}

void qon_ranks_end(enum qon_status status) {
    if (qon_ranks_count() > 1) {
        fflush(stdout);
        fflush(stderr);
        job.calls.end(status);
    }
}

int64_t qon_ranks_bytes(void) {
    return job.handed;
}

double qon_ranks_cpu(void) {
    return job.inside;
}
