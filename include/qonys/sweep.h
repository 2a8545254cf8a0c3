// SPDX-License-Identifier: GPL-3.0-or-later
// Many runs of a study: which there are, what is done already, and doing the rest, several at a time.
#ifndef QONYS_SWEEP_H
#define QONYS_SWEEP_H

#include <qonys/fault.h>
#include <qonys/plan.h>
#include <signal.h>

enum { QON_SWEEP_KEY_MAX = 33, QON_SWEEP_SHARDS_MOST = 100000 };

struct qon_sweep; // a study and the runs of one shard

// One run of the study. Runs are numbered from 1: scenarios outermost, then the axes with lists (the first slowest), then the points of
// the design, then replicates.
struct qon_sweep_run {
    int32_t run;
    int32_t scenario;            // index within the study's
    int32_t replicate;           //
    uint64_t seed;               // the scenario's own when replicate == 0
    char key[QON_SWEEP_KEY_MAX]; // of its results: what is done is known by it
    double seconds, bytes;       // estimated, one thread
};

struct qon_sweep_options {
    const char *study;
    int32_t shard, shards; // of the runs, those with run mod shards == shard; 0, 1: all
};

// Reads the study, and the scenario of every run of the shard with its values, so that a mistake in any of them is found before the first
// run is begun. Nothing is written. errors: QON_USER, QON_MACHINE. On failure *sweep is NULL. cost: about 20 ms a point.
enum qon_status qon_sweep_open(struct qon_sweep **sweep, const struct qon_sweep_options *options, struct qon_faults *faults);
void qon_sweep_close(struct qon_sweep *sweep); // NULL allowed

const struct qon_study *qon_sweep_study(const struct qon_sweep *sweep);
int32_t qon_sweep_total(const struct qon_sweep *sweep);                                                    // runs of the study
const struct qon_sweep_run *qon_sweep_runs(const struct qon_sweep *sweep, int32_t *count);                 // of the shard, ascending
const char *qon_sweep_value(const struct qon_sweep *sweep, const struct qon_sweep_run *run, int32_t axis); // JSON
bool qon_sweep_done(const struct qon_sweep_run *run, const char *folder); // its results stand in the folder

struct qon_sweep_progress {
    int32_t runs;        // of the shard
    int32_t done_before; // found done
    int32_t done;        // now
    int32_t failed;
    int32_t running;
    int32_t last;        // number of the run just ended; 0: none
    double seconds;      // since the beginning
    double seconds_left; // by the estimates, NAN at first
};

struct qon_sweep_doing {
    const char *folder;                                                      // the study's: made when absent
    const char *command;                                                     // as typed, for the record; may be NULL
    int jobs;                                                                // runs at a time; 0: as many as threads and memory allow
    int threads;                                                             // shared out among them
    const volatile sig_atomic_t *stop;                                       // may be NULL
    void (*watch)(void *context, const struct qon_sweep_progress *progress); // after every run; may be NULL
    void *context;
};

// Does what is not done, each run in a process of its own. Within `folder`: runs/KEY.gpkg are whole results, put there by renaming;
// shards/I-of-N.db says which run has which key and values; part/I-of-N is for files being written. One process at a time may work on a
// shard in a folder.
// errors: QON_USER (a run's scenario), QON_MACHINE (disk, memory, a process that was killed): other runs are done nevertheless, except
// after a failure of the disk or of memory; QON_INTERRUPTED.
enum qon_status qon_sweep_do(struct qon_sweep *sweep, const struct qon_sweep_doing *doing, struct qon_sweep_progress *progress,
                             struct qon_faults *faults);

// Runs that would go at a time on this machine with so many threads.
int qon_sweep_jobs(const struct qon_sweep *sweep, int threads);

// design.c: coordinate `axis` (0..axes-1) of point i (0..points-1), in [0, 1).
// Latin hypercube: along every axis exactly one point in each of `points` strata; strata are permuted and points placed within them by
// keyed draws of (seed, axis, i). Sobol: the sequence of Antonov and Saleev from its first point after the origin, 1/2 in every coordinate.
// source: McKay, Beckman, Conover 1979; Bratley, Fox 1988 (GSL).
enum qon_status qon_design_make(double *coordinate, enum qon_design design, int32_t points, int32_t axes, uint64_t seed);

#endif
