// SPDX-License-Identifier: GPL-3.0-or-later
// One month of the country: a list of phases and nothing else.
#ifndef QONYS_STEP_H
#define QONYS_STEP_H

#include <qonys/world.h>

// Derives from settings and tables what the phases need (distances, schedules, factors, calendars). Call once after synthesis or load.
enum qon_status qon_model_init(struct qon_world *world, struct qon_faults *faults);
void qon_model_free(struct qon_world *world);

// The yearly schedule of moves at an age in years (Rogers and Castro 1981, seven parameters of the section trigger). ODD tag M-TRIGGER-2.
double qon_rogers_castro(const struct qon_settings *settings, double age);

// Computes world->month and advances to the next. errors: QON_MACHINE on lack of memory; a breach of conservation is a fault of ours
// that names the month and the rule and is returned as QON_MACHINE with that message.
enum qon_status qon_step(struct qon_world *world, struct qon_faults *faults);

// Time spent in phases, for --profile: name and seconds of phase i; NULL past the last.
const char *qon_step_phase(const struct qon_world *world, int i, double *seconds, int64_t *calls);

#endif
