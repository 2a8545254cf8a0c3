// SPDX-License-Identifier: GPL-3.0-or-later
// Ranks: processes that compute one run together, each with its part of the blocks. What crosses between them is integers and lists of
// few bytes; nobody travels.
//
// The layers call these functions and know no more. Alone (one process, or many that each do runs of their own) they do nothing: the
// stand-in in base/ranks.c. The ones that talk are in run/ranks.c, which a build with MPI has, and are put in place by job.h.
//
// Every rank must call the same functions in the same order, from the thread that began the run and outside parallel loops. None returns a
// failure: when a rank is lost the job ends. Sums are of integers, so they do not depend on the order of ranks.
#ifndef QONYS_RANKS_H
#define QONYS_RANKS_H

#include <qonys/status.h>
#include <stdbool.h>
#include <stdint.h>

struct qon_ranks_calls {
    int rank, count;
    void (*sum_i64)(int64_t *values, int64_t count); // modulo 2^64
    void (*sum_i32)(int32_t *values, int64_t count);
    void (*gather)(const void *own, const int64_t *bytes, void *all);
    void (*swap)(const void *own, const int64_t *out, void *all, const int64_t *in);
    void (*pass)(int from, int to, void *data, int64_t bytes);
    void (*end)(int code);
};

void qon_ranks_set(const struct qon_ranks_calls *calls); // count 0: alone
void qon_ranks_together(bool together);                  // whether runs from here on are dealt to all ranks; at first not

int qon_ranks_all(void);   // processes of the job, together or not
int qon_ranks_place(void); // of this process among them, from 0

int qon_ranks_count(void); // ranks that share a run: 1 unless together
int qon_ranks_rank(void);  // this one; 0 unless together

void qon_ranks_sum_i64(int64_t *values, int64_t count); // values becomes the sum over ranks, on all of them
void qon_ranks_sum_i32(int32_t *values, int64_t count);
// bytes[rank] is the same on all. all: the pieces in the order of ranks, on all.
void qon_ranks_gather(const void *own, const int64_t *bytes, void *all);
// own: a piece for each rank, of out[rank] bytes, one after another. all: the pieces meant for this one, in[rank] bytes from each.
void qon_ranks_swap(const void *own, const int64_t *out, void *all, const int64_t *in);
void qon_ranks_share(int64_t own, int64_t *all);                  // all[rank]: everyone's number, on all
void qon_ranks_pass(int from, int to, void *data, int64_t bytes); // only the two have to call it
enum qon_status qon_ranks_agree(enum qon_status status);          // the worst of all ranks', on all
bool qon_ranks_agreed(void);                                      // whether they have agreed on a failure: then all of them end
void qon_ranks_end(enum qon_status status) __attribute__((cold)); // ends the job at once when there are others; else nothing

int64_t qon_ranks_bytes(void); // handed to others by this rank so far: what it added to sums, gathered and passed
double qon_ranks_cpu(void);    // seconds of CPU of this rank inside these calls so far, most of it waiting

#endif
