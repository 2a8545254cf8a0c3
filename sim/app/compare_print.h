// SPDX-License-Identifier: GPL-3.0-or-later
// The topsheet of a comparison, as text and as JSON, on standard output.
#ifndef QONYS_APP_COMPARE_PRINT_H
#define QONYS_APP_COMPARE_PRINT_H

#include <qonys/compare.h>

void qon_comparison_print(const struct qon_comparison *comparison, const struct qon_scenario *base,
                          struct qon_scenario *const *alternatives, enum qon_language language);
void qon_comparison_json(const struct qon_comparison *comparison, const struct qon_scenario *base,
                         struct qon_scenario *const *alternatives);

#endif
