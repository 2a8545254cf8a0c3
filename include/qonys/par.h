// SPDX-License-Identifier: GPL-3.0-or-later
// Parallel loops: the only place that knows OpenMP. Chunks are of fixed size and handed out dynamically, so results must not depend
// on which thread takes which chunk: a chunk writes its own rows, integer sums are exact, other sums are kept per chunk and added in
// chunk order.
#ifndef QONYS_PAR_H
#define QONYS_PAR_H

#include <stdint.h>

// Called for the chunk [begin, end) on thread `thread` in 0..qon_par_threads()-1.
typedef void qon_par_body(void *context, int64_t begin, int64_t end, int thread);

// Runs body over [0, count) in chunks of `chunk` items (at least 1). With one thread, or one chunk, no thread is started.
// With QONYS_PAR_SHUFFLE=n in the environment (tests) chunks are handed out in an order shuffled by n.
void qon_par_for(int64_t count, int64_t chunk, qon_par_body *body, void *context);

void qon_par_threads_set(int threads); // 0: as many as the machine gives this process; clamped to 1..256
int qon_par_threads(void);             // threads that a loop may use

// Lets go of the threads that loops have started, so that this process may be forked; the next loop starts them anew.
void qon_par_release(void);

// Lets waiting threads sleep, which shared cores need. The OpenMP library reads OMP_WAIT_POLICY before main, so this starts the program
// once more with it set to passive, unless the user has set it, or has bound threads to processors (which a new start would inherit as the
// only one there is). Call first thing in main; returns when nothing is to be done.
void qon_par_wait_passive(char *const *argv);

double qon_time_wall(void); // seconds, monotonic
double qon_time_cpu(void);  // seconds of CPU of this process, all threads

#endif
