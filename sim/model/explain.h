// SPDX-License-Identifier: GPL-3.0-or-later
// What the files that explain share. Private to sim/model.
#ifndef QONYS_MODEL_EXPLAIN_H
#define QONYS_MODEL_EXPLAIN_H

#include "relocation.h"

// explain_places.c: fills places, offers and programmes of a decision from the state in which the decider decides. What the model made of
// it is `made`, as it stands among the proposals; `applied` the application that it leads to, or NULL. The explained choice must be the
// same.
enum qon_status qon_explain_places(const struct qon_world *world, const struct qon_block *block, const struct qon_decider *decider,
                                   uint32_t made, const struct qon_application *applied, struct qon_explained_decision *out);

#endif
