// SPDX-License-Identifier: GPL-3.0-or-later
// Reading what the user gives: scenario files, tables, boundaries.
#ifndef QONYS_INPUT_H
#define QONYS_INPUT_H

#include <qonys/fault.h>
#include <qonys/scenario.h>

// One `--set path=value` of the command line, e.g. choice.home_premium=1.2 or programmes.grant.quota=0. value is JSON; a bare word is text.
struct qon_override {
    const char *path;
    const char *value;
};

// Reads a scenario with all it names (extends, tables, boundaries), strictly. Faults are collected with file, line, column and JSON path.
// errors: QON_USER (see faults), QON_MACHINE. On failure *scenario is zeroed.
enum qon_status qon_scenario_load(struct qon_scenario *scenario, const char *file, const struct qon_override *overrides,
                                  int overrides_count, struct qon_faults *faults);

// The same with changes that stand in a file: places[i] is where overrides[i] does, for faults; NULL: on the command line.
enum qon_status qon_scenario_load_changed(struct qon_scenario *scenario, const char *file, const struct qon_override *overrides,
                                          const struct qon_place *places, int overrides_count, struct qon_faults *faults);

// The JSON Schema (draft 2020-12) of scenario files, made from the field tables; caller frees with qon_free. NULL on lack of memory.
char *qon_scenario_schema(void);

#endif
