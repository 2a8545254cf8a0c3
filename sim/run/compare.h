// SPDX-License-Identifier: GPL-3.0-or-later
// What the files of a comparison share. Private to sim/run.
#ifndef QONYS_RUN_COMPARE_H
#define QONYS_RUN_COMPARE_H

#include "ledger.h"

// The costs of one replicate, NAN for other effects and where there are no additional movers.
double qon_effect_cost(const double *effect, enum qon_effect which);
// The half-widths of the additive main effects are all within `precision` of their size.
bool qon_compare_precise(const struct qon_comparison *comparison, double precision);
// Variance of the difference of `indicator`, summed over zones, had the seeds been independent, over that of the paired runs.
double qon_variance_ratio(const struct qon_comparison *comparison, int32_t alternative, int32_t indicator);
// All effects of one pair: effect[QON_EFFECTS].
void qon_effects_of(const struct qon_pair *pair, double *effect);

// compare_write.c: joins the results files of the first replicate's runs (the base first) and adds what the comparison found.
enum qon_status qon_compare_write(const struct qon_comparison *comparison, const struct qon_scenario *base,
                                  struct qon_scenario *const *alternatives, const struct qon_groups *groups,
                                  const struct qon_compare_options *options, char (*parts)[QON_RUN_PATH_MAX], char *results,
                                  struct qon_faults *faults);

#endif
