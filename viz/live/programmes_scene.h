// SPDX-License-Identifier: GPL-3.0-or-later
// Figures of programmes as the panel and the sheet show them.
#ifndef QONYS_LIVE_PROGRAMMES_SCENE_H
#define QONYS_LIVE_PROGRAMMES_SCENE_H

#include "scene.h"

// What the second world spent beyond the first, by residents that gaining regions have more; tenge. NAN: no region gained.
double live_cost_mover(const struct live_country *country, const struct live_stores *stores, int slot);
// Sparklines up to the slot: of that, where there are two worlds, and of what budgets have left. Returns the height used.
double live_sparks_draw(struct qon_canvas *canvas, const struct live_country *country, const struct live_stores *stores, int worlds,
                        int slot, struct qon_box box);
void live_programmes_short(struct qon_canvas *canvas, const struct live_store *store, int slot, struct qon_box box);
// Rows from `first` on; returns the first that found no room.
int live_programmes_table(struct qon_canvas *canvas, const struct live_store *store, int slot, int first, struct qon_box box, double size);

#endif
