// SPDX-License-Identifier: GPL-3.0-or-later
// The numbers at the top of a scenario, as a field table; private to sim/input.
#ifndef QONYS_INPUT_HEADER_H
#define QONYS_INPUT_HEADER_H

#include "reading.h"

enum { QON_HEADER_FIELDS = 3, QON_NAME_LETTERS_MAX = 64, QON_SEED_INITIAL = 1 };

extern const struct qon_field qon_header_fields[QON_HEADER_FIELDS]; // offsets within struct qon_scenario

bool qon_name_good(const char *name); // letters, digits, - and _

// A member such as {"en": ..., "kk": ..., "ru": ...} of an object; texts that are absent stay as they were.
void qon_languages_read(struct qon_reading *reading, const struct qon_json *object, const char *key, const char *texts[QON_LANGUAGES]);

#endif
