// SPDX-License-Identifier: GPL-3.0-or-later
// The synthetic population: from the tables of a scenario to a world in its first month.
#ifndef QONYS_SYNTHESIS_H
#define QONYS_SYNTHESIS_H

#include <qonys/world.h>

// Fills `world` (zeroed by the caller; afterwards freed by qon_world_free): persons in households in zones, employers with their staff,
// legal statuses, savings, kin; tally by recount; money.savings_start. With scale 1 every zone's men and women equal the table exactly and
// the other margins hold within 0.5 %; with scale K the counts are divided by K (largest remainders). Same result for any number of
// threads. errors: QON_USER when tables do not fit together (named), QON_MACHINE on lack of memory. cost: about 100 ns a person.
enum qon_status qon_synthesis(struct qon_world *world, const struct qon_scenario *scenario, struct qon_faults *faults);

// Iterative proportional fitting in place of a dense array with `dimensions` axes of lengths shape[]: margins[m] is given over the axes
// whose bit is set in axes[m] (row-major in axis order, target totals). Stops when every margin holds within `tolerance` (relative to the
// total) or after `rounds`. Returns the largest relative error left; a margin cell whose seed sums to zero stays zero. source: Deming and
// Stephan 1940. ODD tag S-IPF-1.
double qon_ipf(double *array, int dimensions, const int32_t *shape, int margins_count, const uint32_t *axes, double *const *margins,
               double tolerance, int rounds);

// Rounds `values[count]` (non-negative) to integers of the given total, each within 1 of its value: largest remainders, ties by index.
void qon_round_total(const double *values, int64_t count, int64_t total, int64_t *out);

#endif
