// SPDX-License-Identifier: GPL-3.0-or-later
// Replicates several at a time, each in a process of its own that fills its outcome in memory shared with this one; taken in order, so that
// the result does not depend on how many there are.
//
// The OpenMP library's threads do not live on in a forked process, so they are let go before each fork.
#include "compare.h"

#include <errno.h>
#include <qonys/memory.h>
#include <qonys/par.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct job {
    struct qon_outcome *outcome;
    pid_t process; // 0: none
    int32_t replicate;
};

struct qon_compare_pool {
    struct qon_comparing *comparing;
    int32_t jobs, next, started; // replicate to give out next; to start next
    int threads;                 // of each
    struct job *job;
};

enum qon_status qon_compare_pool_create(struct qon_compare_pool **out, struct qon_comparing *comparing, int32_t jobs) {
    enum qon_status status = QON_OK;
    struct qon_compare_pool *pool = NULL;
    QON_TRY(qon_take(&pool, 1, sizeof *pool));
    pool->comparing = comparing;
    pool->jobs = jobs;
    pool->threads = qon_par_threads() / jobs > 0 ? qon_par_threads() / jobs : 1;
    QON_TRY(qon_take(&pool->job, (size_t)jobs, sizeof *pool->job));
    for (int32_t j = 0; j < jobs; j++) {
        void *memory = mmap(NULL, comparing->layout.bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (memory == MAP_FAILED) {
            status = QON_MACHINE;
            goto done;
        }
        pool->job[j].outcome = memory;
    }
    *out = pool;
    pool = NULL;
done:
    qon_compare_pool_destroy(pool);
    return status;
}

// A replicate in a process of its own. What stops this process stops that one too.
static bool start(struct qon_compare_pool *pool, struct job *job) {
    job->replicate = pool->started++;
    job->outcome->status = QON_MACHINE; // until it says otherwise: it may be killed
    qon_faults_init(&job->outcome->faults);
    qon_par_release();
    pid_t process = fork();
    if (process == 0) {
        qon_par_threads_set(pool->threads);
        qon_compare_replicate(pool->comparing, job->replicate, job->outcome);
        _exit(0);
    }
    job->process = process > 0 ? process : 0;
    return process > 0;
}

static void finish(const struct qon_compare_pool *pool, struct job *job) {
    int code = 0;
    const volatile sig_atomic_t *stop = pool->comparing->options->stop;
    while (waitpid(job->process, &code, 0) < 0 && errno == EINTR) {
        if (stop && *stop) {
            for (int32_t j = 0; j < pool->jobs; j++) {
                if (pool->job[j].process > 0) {
                    kill(pool->job[j].process, SIGTERM);
                }
            }
        }
    }
    job->process = 0;
    if (!(WIFEXITED(code) && WEXITSTATUS(code) == 0)) {
        job->outcome->status = QON_MACHINE;
        (void)qon_fault_machine(&job->outcome->faults, (struct qon_place){.file = pool->comparing->base->file},
                                "the process of replicate %d was ended by signal %d (9: most often for want of memory)", job->replicate,
                                WIFSIGNALED(code) ? WTERMSIG(code) : 0);
    }
}

const struct qon_outcome *qon_compare_pool_next(struct qon_compare_pool *pool) {
    int32_t replicate = pool->next++;
    if (pool->jobs == 1) {
        qon_compare_replicate(pool->comparing, replicate, pool->job[0].outcome);
        return pool->job[0].outcome;
    }
    while (pool->started < replicate + pool->jobs) { // the outcome given out last is no longer needed
        if (!start(pool, &pool->job[pool->started % pool->jobs])) {
            return NULL;
        }
    }
    struct job *job = &pool->job[replicate % pool->jobs];
    finish(pool, job);
    return job->outcome;
}

void qon_compare_pool_destroy(struct qon_compare_pool *pool) {
    for (int32_t j = 0; pool != NULL && pool->job != NULL && j < pool->jobs; j++) {
        struct job *job = &pool->job[j];
        if (job->process > 0) {
            kill(job->process, SIGKILL); // a replicate that nobody asks for
            while (waitpid(job->process, NULL, 0) < 0 && errno == EINTR) {
            }
        }
        if (job->outcome != NULL) {
            munmap(job->outcome, pool->comparing->layout.bytes);
        }
    }
    if (pool != NULL) {
        qon_free(pool->job);
    }
    qon_free(pool);
}
