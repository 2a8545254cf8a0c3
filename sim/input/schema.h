// SPDX-License-Identifier: GPL-3.0-or-later
// What the writers of the JSON Schema share; private to sim/input.
#ifndef QONYS_INPUT_SCHEMA_H
#define QONYS_INPUT_SCHEMA_H

#include "reading.h"
#include "write.h"

extern const char qon_schema_month[]; // patterns of a month and of a name
extern const char qon_schema_name[];

// A value of a field, or one with its source; null (absent) unless it must be given.
void qon_schema_leaf(struct qon_write *write, const char *key, const struct qon_field *field, bool with_default);
void qon_schema_languages(struct qon_write *write, const char *key); // texts by language

#endif
