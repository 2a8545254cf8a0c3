// SPDX-License-Identifier: GPL-3.0-or-later
// What a predicate can name: attributes of persons, households, employers, zones and moves. Private to sim/model.
#ifndef QONYS_MODEL_ATTRIBUTES_H
#define QONYS_MODEL_ATTRIBUTES_H

#include <qonys/predicate.h>

enum qon_subject { QON_OF_PERSON, QON_OF_HOUSEHOLD, QON_OF_EMPLOYER, QON_OF_MOVE, QON_OF_ZONE };

// How a file gives a value: a number, true or false, a month, or a code (the id of a row of a table, one of some labels).
enum qon_values { QON_VALUES_NUMBER, QON_VALUES_SWITCH, QON_VALUES_MONTH, QON_VALUES_TABLE, QON_VALUES_LABELS };

struct qon_attribute_row {
    enum qon_subject subject;
    const char *name;
    enum qon_values values;
    const char *codes; // name of the table, or labels separated by '|'; for numbers the unit
    const char *meaning;
    // 0 for columns, which stand at `offset` with items of `size` bytes of type: 0 unsigned, 1 signed, 2 floating.
    int derived;
    size_t offset, size;
    int type;
};

enum qon_derived {
    QON_COLUMN,
    QON_AGE_YEARS,
    QON_AGE_MONTHS,
    QON_REGISTERED_MONTHS,
    QON_RESIDENT_MONTHS,
    QON_WAGE_TENGE,
    QON_COUNTRY,
    QON_JOB_TERM,
    QON_EARLIER_BENEFITS,
    QON_MINORS,
    QON_SAVINGS_TENGE,
    QON_SAME_REGION,
    QON_SAME_ZONE,
    QON_DISTANCE_KM,
};

// What the values of a row are, for columns from their unit; false for what only memory knows (rows, ids).
bool qon_column_values(const struct qon_attribute_row *row, enum qon_values *values, const char **codes);

// Rows in order; *count of them. Zones are not among them: their tests are sets of zones made when compiled.
const struct qon_attribute_row *qon_attribute_rows(int32_t *count);

// Months since arrival in the zone; ten years at least for those who came before the start.
int32_t qon_resident_months_settled(const struct qon_world *world); // of those who came before the start
int32_t qon_resident_months(const struct qon_world *world, const struct qon_persons *persons, uint32_t row);

bool qon_registered_months(const struct qon_ask *ask, int32_t *months); // as unemployed; false: is not

// The employer asked about: as said, or where the person asked about works; QON_NONE: none.
static inline uint32_t qon_ask_employer(const struct qon_ask *ask) {
    uint32_t own = ask->person != QON_NONE ? ask->block->persons.employer[ask->person] : QON_NONE;
    return ask->employer != QON_NONE ? ask->employer : own;
}

// The value for those asked about; false: there is none, and the test does not hold. Earlier benefits give a mask of programmes.
bool qon_attribute_value(const struct qon_attribute_row *row, const struct qon_ask *ask, double *value);

#endif
