// SPDX-License-Identifier: GPL-3.0-or-later
// Parts that the drawing of controls and overlays share.
#ifndef QONYS_LIVE_CONTROLS_H
#define QONYS_LIVE_CONTROLS_H

#include "ui.h"

void live_hit_add(struct live_ui *ui, struct live_hit hit);
void live_round_box(struct qon_canvas *canvas, struct qon_box box, double radius, int colour, double opacity);
void live_overlay_draw(struct live_ui *ui, struct qon_canvas *canvas);

#endif
