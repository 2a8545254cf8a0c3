// SPDX-License-Identifier: GPL-3.0-or-later
// What the window runs: scenario files, what the command line gave, and what was changed by hand since, each change with its month. A plan
// can be read as scenarios and written down as one, which gives the same run without the window, with the same digest.
#ifndef QONYS_LIVE_PLAN_H
#define QONYS_LIVE_PLAN_H

#include <qonys/fault.h>
#include <qonys/input.h>

enum { LIVE_WORLDS = 2, LIVE_CHANGES_MOST = 96, LIVE_DATED_MOST = 256, LIVE_TEXT_MAX = 256 };

// Changes from the start, as --set takes them.
struct live_changes {
    int count;
    char path[LIVE_CHANGES_MOST][LIVE_TEXT_MAX];
    char value[LIVE_CHANGES_MOST][LIVE_TEXT_MAX];
};
void live_changes_set(struct live_changes *changes, const char *path, const char *value); // replaces a former one of the path

// The journal: changes from a month on, as the scenario's list `changes` takes them.
struct live_change {
    int32_t month; // since 1900-01
    char path[LIVE_TEXT_MAX], value[LIVE_TEXT_MAX];
};
struct live_dated {
    int count;
    struct live_change row[LIVE_DATED_MOST];
};
// Replaces a former one of the same month and path. False: the journal is full.
bool live_dated_set(struct live_dated *dated, int32_t month, const char *path, const char *value);
// The scenario's own changes, programmes by name. What does not fit is left out.
void live_dated_own(struct live_dated *dated, const struct qon_scenario *scenario);

struct live_plan {
    int worlds;                           // 1, or 2 of which the second is compared with the first and the one changed by hand
    const char *file[LIVE_WORLDS];        // outlives the plan
    struct live_changes given;            // of all worlds
    struct live_dated dated[LIVE_WORLDS]; // beyond the scenario's own
};

// World w of the plan as a scenario. errors: as qon_scenario_load.
enum qon_status live_plan_read(const struct live_plan *plan, int w, struct qon_scenario *scenario, struct qon_faults *faults);
// Writes world w as a scenario file that extends the one given, and reads it again to see that it is the same. errors: QON_USER when it
// cannot be said so, QON_MACHINE.
enum qon_status live_plan_save(const struct live_plan *plan, int w, const char *path, struct qon_faults *faults);

#endif
