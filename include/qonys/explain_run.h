// SPDX-License-Identifier: GPL-3.0-or-later
// One person in two worlds of the same luck: runs both to the month that is asked for, or that says most, and explains it in both.
#ifndef QONYS_EXPLAIN_RUN_H
#define QONYS_EXPLAIN_RUN_H

#include <qonys/explain.h>
#include <qonys/fault.h>

// Why this month.
enum qon_explain_reason {
    QON_EXPLAIN_ASKED,      // it was asked for
    QON_EXPLAIN_PLACE,      // the first after which the person lives in different zones, or lives (in the country) in one world only
    QON_EXPLAIN_SUPPORT,    // the first after which the person has had different programmes
    QON_EXPLAIN_CONSIDERED, // the worlds do not differ for this person; the last month in which a move was considered
    QON_EXPLAIN_NEVER,      // no move was ever considered; the last month
};

struct qon_explain_request {
    uint64_t person;
    int32_t month;                                                     // since 1900-01; 0: the one that says most
    void (*watch)(void *context, int32_t months_done, int32_t months); // after every month; may be NULL
    void *context;
};

struct qon_explained_pair {
    enum qon_explain_reason reason;
    int32_t month;
    uint64_t founders;              // ids below it are those of the population at the start
    struct qon_explanation side[2]; // base, alternative
    int32_t gone_month[2];          // in which it did; 0: not
    const char *gone_phase[2];      // "demography": died; else left
};

// errors: QON_USER: the scenarios do not start alike (month, seed, scale, zones, population), the month is outside the run, nobody has the
// id; QON_MACHINE. Two worlds stand in memory at once.
enum qon_status qon_explain_pair(const struct qon_scenario *base, const struct qon_scenario *alternative,
                                 const struct qon_explain_request *request, struct qon_explained_pair *pair, struct qon_faults *faults);
void qon_explained_pair_free(struct qon_explained_pair *pair);

#endif
