// SPDX-License-Identifier: GPL-3.0-or-later
// Policy by hand: the parameters of a scenario's programmes as sliders, made from the field tables; the journal of changes; saving.
//
// A change is what --set takes, and holds for a run from its start: so a saved scenario gives the same run, with the same digest.
#ifndef QONYS_LIVE_POLICY_H
#define QONYS_LIVE_POLICY_H

#include "simulate.h"

enum { LIVE_JOURNAL_MOST = 400 };

struct live_parameter {
    int programme;                 // row of the scenario's programmes
    char path[LIVE_TEXT_MAX];      // as --set takes it
    char label[LIVE_TEXT_MAX];     // the path without the programme
    const struct qon_field *field; // NULL: places of a quota or money of a budget
    double value, initial, low, high, step;
};

struct live_event { // of the journal
    int32_t month;  // that the window showed when the change was made, since 1900-01
    char path[LIVE_TEXT_MAX], value[LIVE_TEXT_MAX];
};

struct live_policy {
    struct live_parameter *parameter;
    int parameters;
    struct live_event *journal;
    int events;
};

enum qon_status live_policy_make(struct live_policy *policy, const struct qon_scenario *scenario);
void live_policy_free(struct live_policy *policy);
void live_parameter_text(const struct live_parameter *parameter, double value, char text[LIVE_TEXT_MAX]); // as --set takes it
// Moves a parameter by so many steps; a journal line; true when it changed.
bool live_policy_move(struct live_policy *policy, int parameter, double steps, int32_t month);
void live_policy_changes(const struct live_policy *policy, struct live_changes *changes);
// Writes a scenario that extends `file` and holds the changes, the journal among its notes. errors: QON_MACHINE.
enum qon_status live_policy_save(const struct live_policy *policy, const struct live_plan *plan, const char *path,
                                 struct qon_faults *faults);

#endif
