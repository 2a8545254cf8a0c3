// SPDX-License-Identifier: GPL-3.0-or-later
// What the two halves of the calendar share: of founders (calendar_founders.c) and of later persons (calendar.c). Private to sim/model.
#ifndef QONYS_MODEL_CALENDAR_H
#define QONYS_MODEL_CALENDAR_H

#include "model.h"

enum { QON_CAL_DRAWN = QON_CAL_LEAVE_HOME + 1 }; // the lists that chance fills; those before QON_CAL_AGE

// The calendar year that lists are made for.
struct qon_year {
    int32_t january; // months since 1900-01
    int32_t first;   // of the months 0..11 the first that still counts
};

static inline int32_t qon_calendar_age(const struct qon_year *year, int32_t birth) { // in years, at the middle of the year
    int32_t age = (year->january + 6 - birth) / 12;
    return age < 0 ? 0 : age > QON_AGES - 1 ? QON_AGES - 1 : age;
}

// Lists of one thread, as long as the longest block so far.
struct qon_founders_scratch {
    uint32_t *first; // [(sex * births + birth month - least) + 1]: where a cohort begins in row[]
    uint32_t *row;   // [founders] by sex and birth month
    uint8_t *mark;   // [founders] 1 + month of the year in which something may happen, 0: nothing
    uint32_t cohorts, founders;
};

// Puts the founders of a block into the year's lists, all but those of departures. Both are pure functions of (seed, year, block): of who
// the founders are, their sexes and births. errors: QON_MACHINE.
enum qon_status qon_calendar_founders(struct qon_world *world, struct qon_block *block, const struct qon_year *year,
                                      struct qon_founders_scratch *scratch);
void qon_calendar_founders_free(struct qon_founders_scratch *scratch);

#endif
