// SPDX-License-Identifier: GPL-3.0-or-later
// What the cross-checks of tables share; private to sim/input.
#ifndef QONYS_INPUT_CHECK_H
#define QONYS_INPUT_CHECK_H

#include "reading.h"

#define QON_SHARES_TOLERANCE   1e-6
#define QON_SCHEDULE_TOLERANCE 1e-3 // shares of 202 rows, as published: rounded

// Place of a row (row -1: of the file) and a column.
struct qon_place qon_row_place(const struct qon_reading *reading, const struct qon_named_file *file, int64_t row, const char *column);

// Every text is one of words[count].
void qon_word_check(struct qon_reading *reading, const struct qon_named_file *file, const char *column, char *const *texts, int64_t rows,
                    const char *const *words, size_t count);

// check_population.c: schedules, age groups, shares of education.
enum qon_status qon_population_check(struct qon_reading *reading);

#endif
