// SPDX-License-Identifier: GPL-3.0-or-later
// Indicators: what a run reports by month and zone. One function and one row each; files, report and window pick them up from the table.
#ifndef QONYS_INDICATOR_H
#define QONYS_INDICATOR_H

#include <qonys/world.h>

enum { QON_INDICATOR_NAME_MAX = 80, QON_INDICATOR_LABEL_MAX = 256 };

struct qon_indicator {
    char name[QON_INDICATOR_NAME_MAX];                  // e.g. "population", "population_age_15_19", "unemployment_rate", "births"
    const char *unit;                                   // "person", "person/km2", "percent", "tenge/month", ...
    char label[QON_LANGUAGES][QON_INDICATOR_LABEL_MAX]; //
    const char *meaning;                                // how it is computed, one sentence, English
    const char *source;                                 // ODD tag
    bool flow;                                          // counted over the month (true) or standing at its end
    bool additive;                                      // the sum over zones is the country's value; otherwise computed on its own
};

// Number of indicators for this world, and the i-th of them, written to *indicator (it is made from the tables of the world's scenario,
// e.g. one for each level of education). A zeroed world has those that need no table.
int32_t qon_indicators_count(const struct qon_world *world);
void qon_indicator_get(const struct qon_world *world, int32_t i, struct qon_indicator *indicator);
int32_t qon_indicator_find(const struct qon_world *world, const char *name); // -1 when unknown

// Writes all values after a month: values[i * (zones + 1) + zone]; column `zones` is the country. Counts are multiplied by the scale;
// NAN where a ratio has nothing below the line. Ages are those at the start of world->month (after a step: the end of the month done).
// reads: tally and places only. cost: one pass over tally.cohort.
void qon_indicators_observe(const struct qon_world *world, double *values);

// The concept's targets (CONCEPT.md section 2) from the state and the year so far.
struct qon_target {
    const char *name;
    const char *label[QON_LANGUAGES];
    double value;
    double goal;
    bool at_most; // met when value <= goal, else when value >= goal
    bool met;
    bool applies; // false: nothing to measure in this run (said so, not met)
};
enum { QON_TARGETS = 5 };
void qon_targets_observe(const struct qon_world *world, struct qon_target targets[QON_TARGETS]);

#endif
