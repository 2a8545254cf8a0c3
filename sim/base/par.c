// SPDX-License-Identifier: GPL-3.0-or-later
// Parallel loops over chunks. The only file that knows OpenMP.
#include <omp.h>
#include <qonys/par.h>
#include <qonys/random.h>
#include <qonys/status.h>
#include <stdbool.h>
#include <time.h>
#include <unistd.h>

enum { THREADS_MOST = 256 };

// A permutation of [0, count) keyed by `key`, without a table: a Feistel network over the next even number of bits, walked until it
// falls inside.
static int64_t shuffled(int64_t index, int64_t count, uint64_t key) {
    unsigned half = 1;
    while (half < 31 && ((int64_t)1 << (2 * half)) < count) {
        half++;
    }
    uint64_t mask = ((uint64_t)1 << half) - 1U;
    uint64_t x = (uint64_t)index;
    do {
        uint64_t left = x >> half;
        uint64_t right = x & mask;
        for (uint64_t round = 1; round <= 4; round++) {
            uint64_t next = left ^ (qon_mix(key * 8 + round + (right << 32)) & mask);
            left = right;
            right = next;
        }
        x = left << half | right;
    } while (x >= (uint64_t)count);
    return (int64_t)x;
}

struct loop {
    int64_t count;
    int64_t chunk;
    int64_t chunks;
    uint64_t shuffle; // 0: in order
    qon_par_body *body;
    void *context;
};

static void chunk_run(const struct loop *loop, int64_t index, int thread) {
    if (loop->shuffle != 0) {
        index = shuffled(index, loop->chunks, loop->shuffle);
    }
    int64_t begin = index * loop->chunk;
    int64_t end = loop->count - begin > loop->chunk ? begin + loop->chunk : loop->count;
    loop->body(loop->context, begin, end, thread);
}

static void loop_run_alone(const struct loop *loop, int thread) {
    for (int64_t i = 0; i < loop->chunks; i++) {
        chunk_run(loop, i, thread);
    }
}

static void loop_run_together(const struct loop *loop, int threads) {
#pragma omp parallel num_threads(threads)
    {
        int thread = omp_get_thread_num();
#pragma omp for schedule(dynamic, 1)
        for (int64_t i = 0; i < loop->chunks; i++) {
            chunk_run(loop, i, thread);
        }
    }
}

void qon_par_for(int64_t count, int64_t chunk, qon_par_body *body, void *context) {
    QON_REQUIRE(chunk >= 1);
    if (count <= 0) {
        return;
    }
    const char *shuffle = getenv("QONYS_PAR_SHUFFLE");
    struct loop loop = {.count = count, .chunk = chunk, .body = body, .context = context};
    loop.chunks = count / chunk + (count % chunk != 0);
    loop.shuffle = shuffle == NULL ? 0 : strtoull(shuffle, NULL, 10);
    int threads = qon_par_threads();
    if (loop.chunks < threads) {
        threads = (int)loop.chunks;
    }
    if (omp_in_parallel()) { // a loop inside a loop: its thread goes on alone
        loop_run_alone(&loop, omp_get_thread_num());
    } else if (threads == 1) {
        loop_run_alone(&loop, 0);
    } else {
        loop_run_together(&loop, threads);
    }
}

void qon_par_threads_set(int threads) {
    if (threads <= 0) {
        threads = omp_get_num_procs();
    }
    omp_set_num_threads(threads < 1 ? 1 : threads > THREADS_MOST ? THREADS_MOST : threads);
}

int qon_par_threads(void) {
    int threads = omp_get_max_threads();
    return threads > THREADS_MOST ? THREADS_MOST : threads;
}

void qon_par_wait_passive(char *const *argv) {
    const char *moment = "1000"; // looks before a thread sleeps, some 20 us: waking one takes longer than most waits last
    bool bound = getenv("OMP_PROC_BIND") != NULL || getenv("OMP_PLACES") != NULL || getenv("GOMP_CPU_AFFINITY") != NULL;
    if (bound) { // to one processor by now, which a new start would keep all threads on
        return;
    }
    if (getenv("OMP_WAIT_POLICY") != NULL || setenv("OMP_WAIT_POLICY", "passive", 0) != 0 || setenv("GOMP_SPINCOUNT", moment, 0) != 0) {
        return;
    }
    (void)execv("/proc/self/exe", argv); // returns only on failure: then threads wait actively, which is slower, not wrong
}

static double clock_seconds(clockid_t clock) {
    struct timespec now;
    if (clock_gettime(clock, &now) != 0) {
        return 0.0;
    }
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void qon_par_release(void) {
    (void)omp_pause_resource_all(omp_pause_hard);
}

double qon_time_wall(void) {
    return clock_seconds(CLOCK_MONOTONIC);
}

double qon_time_cpu(void) {
    return clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
}
