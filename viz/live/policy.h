// SPDX-License-Identifier: GPL-3.0-or-later
// Policy by hand: the parameters of a scenario's programmes as sliders and switches, made from the field tables. What they are moved to is
// a draft until it is applied from a month on; then it is a line of the journal (plan.h).
#ifndef QONYS_LIVE_POLICY_H
#define QONYS_LIVE_POLICY_H

#include "plan.h"

struct live_parameter {
    int programme;                 // row of the scenario's programmes
    char path[LIVE_TEXT_MAX];      // as --set takes it
    char label[LIVE_TEXT_MAX];     // short
    const struct qon_field *field; // NULL: places of a quota or money of a budget
    double initial;                // of the scenario
    double effect;                 // in the month that the sheet is about
    double value;                  // of the slider
    double low, high, step;
};

struct live_policy {
    struct live_parameter *parameter;
    int parameters;
};

enum qon_status live_policy_make(struct live_policy *policy, const struct qon_scenario *scenario);
void live_policy_free(struct live_policy *policy);
void live_parameter_text(const struct live_parameter *parameter, double value, char text[LIVE_TEXT_MAX]); // as --set takes it
bool live_parameter_switch(const struct live_parameter *parameter);                                       // one of a few values
// What holds in a month after the scenario's own changes and those of the journal; drafts are dropped.
void live_policy_show(struct live_policy *policy, const struct live_dated *own, const struct live_dated *journal, int32_t month);
bool live_policy_move(struct live_policy *policy, int parameter, double steps);       // true when it changed
void live_policy_put(struct live_policy *policy, int parameter, double value);        // to the nearest step
int live_policy_drafts(const struct live_policy *policy, struct live_dated *changes); // their number; changes may be NULL

#endif
