// SPDX-License-Identifier: GPL-3.0-or-later
// The calendar of a scenario: values that the state sets by date; private to sim/input.
#ifndef QONYS_INPUT_CALENDAR_H
#define QONYS_INPUT_CALENDAR_H

#include "reading.h"

enum { QON_CALENDAR_FIELDS = 2 };

// Offsets of struct qon_steps within struct qon_scenario.
extern const struct qon_field qon_calendar_fields[QON_CALENDAR_FIELDS];

#endif
