// SPDX-License-Identifier: GPL-3.0-or-later
// Indicators: what a run reports by month and zone. One function and one row each; files, report and window pick them up from the table.
#ifndef QONYS_INDICATOR_H
#define QONYS_INDICATOR_H

#include <qonys/world.h>

struct qon_indicator {
    const char *name; // e.g. "population", "population_age_15_19", "unemployment_rate", "births"
    const char *unit; // "person", "person/km2", "percent", "tenge/month", ...
    const char *label[QON_LANGUAGES];
    const char *meaning; // how it is computed, one sentence, English
    const char *source;  // ODD tag
    bool flow;           // counted over the month (true) or standing at its end
    bool additive;       // the sum over zones is the country's value; otherwise the country's value is computed on its own
};

// Number of indicators for this world, and the i-th of them (table indicators come first, then one per event).
int32_t qon_indicators_count(const struct qon_world *world);
const struct qon_indicator *qon_indicator_get(const struct qon_world *world, int32_t i);

// Writes all values after a month: values[i * (zones + 1) + zone]; column `zones` is the country. Counts are multiplied by the scale.
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
