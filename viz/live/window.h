// SPDX-License-Identifier: GPL-3.0-or-later
// The window: SDL's side of it. All calls into SDL are made here, on the main thread.
#ifndef QONYS_LIVE_WINDOW_H
#define QONYS_LIVE_WINDOW_H

#include "script.h"

struct live_window_options {
    int width, height; // in points
    double scale;      // units of the display a point; more than 1 for those who want all of it larger
    bool stats;        // every frame is shown, changed or not, and told at the end
};

// Runs until the user quits. errors: QON_USER without a display; QON_MACHINE when SDL fails.
enum qon_status live_window_open(const struct live_window_options *options, const char *title, struct qon_faults *faults);
enum qon_status live_window_run(struct live_ui *ui, struct live_painter *painter, struct live_script *script);
void live_window_close(void);

#endif
