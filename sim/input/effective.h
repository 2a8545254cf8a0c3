// SPDX-License-Identifier: GPL-3.0-or-later
// What the writers of the effective scenario share; private to sim/input.
#ifndef QONYS_INPUT_EFFECTIVE_H
#define QONYS_INPUT_EFFECTIVE_H

#include "reading.h"
#include "write.h"

// A value; with what stood beside it where `leaf`, as it was given, has a source. leaf may be NULL.
void qon_effective_leaf(struct qon_write *write, const struct qon_field *field, const void *place, const struct qon_json *leaf);

#endif
