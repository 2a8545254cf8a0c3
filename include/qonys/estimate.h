// SPDX-License-Identifier: GPL-3.0-or-later
// What a run will need, before it is begun.
#ifndef QONYS_ESTIMATE_H
#define QONYS_ESTIMATE_H

#include <qonys/scenario.h>

struct qon_estimate {
    double persons, households; // agents at the start
    double bytes;               // highest memory
    double seconds_synthesis, seconds_run;
    int threads; // that the seconds are for
};

// From constants measured on a two-core machine with runs of the whole country, 12 and 60 months: an estimate, no promise. Threads beyond
// the processors are the user's own idea.
struct qon_estimate qon_run_estimate(const struct qon_scenario *scenario, int threads);

#endif
