// SPDX-License-Identifier: GPL-3.0-or-later
// What a run leaves in memory until its results are written. Shared by record.c (collects) and write.c (writes).
#ifndef QONYS_RECORD_RECORD_H
#define QONYS_RECORD_RECORD_H

#include <qonys/record.h>

enum { QON_PATH_MOST = 4096, QON_FOLDERS_MOST = 64 };

// Kinds of flows: the first three are moves inside the country, the others one arrival or departure each.
struct qon_flow_kind {
    const char *name;
    enum qon_event event;
    bool arrival;
};
enum { QON_FLOW_REGION, QON_FLOW_ZONE, QON_FLOW_LOCAL, QON_FLOW_KINDS = 10 };
extern const struct qon_flow_kind qon_flow_kinds[QON_FLOW_KINDS];

struct qon_flow {
    int64_t persons;    // agents
    int64_t households; // agents; -1: not counted
    int32_t month;      // index of the record's months
    int32_t origin;     // zone, -1: another country
    int32_t destination;
    int32_t kind;
    int32_t programme; // that paid most of the move, -1: none
};

struct qon_record {
    char folder[QON_PATH_MOST];
    char path[QON_PATH_MOST];
    char part[QON_PATH_MOST]; // path of the file being written
    char started[40];         // UTC
    int32_t folders_made;     // by us, the last ones of `folder`
    int32_t zones;
    int32_t indicators;
    struct qon_indicator *indicator;
    int64_t *persons_start; // [zone]: agents
    int32_t months;         // recorded
    int32_t months_capacity;
    int32_t *month; // [months]: since 1900-01
    double *series; // [month][indicator][zone, then the country]
    int64_t flows;
    int64_t flows_capacity;
    struct qon_flow *flow;
    int32_t programmes, regions;
    int64_t grants; // rows of programmes: month, programme, region, then the measures of measures.def; rows of zeros are left out
    int64_t grants_capacity;
    int64_t *grant;                 // [grants][QON_GRANT_WIDTH]
    struct qon_selection selection; // what is written; its names belong to the caller
};
enum { QON_GRANT_WIDTH = 3 + QON_MEASURES };

void qon_time_utc(char text[40]); // "2017-09-29T12:00:00.000Z"

// Whether another program is writing to the database `path` now (waits a second for it to end); false where there is none, or who
// only reads.
bool qon_results_locked(const char *path);

// Forces `part` to the disk and gives it its final name `path`, both in `folder`. errors: QON_MACHINE, among them a `path` that another
// program is writing to: then that file stays and the new one is `path`.new.
enum qon_status qon_results_place(const char *folder, const char *part, const char *path, struct qon_faults *faults);

// Paths of the plans in a study's folder, sorted; none when it is no such folder.
enum qon_status qon_plans_find(const char *folder, char ***paths, int *count);
void qon_plans_free(char **paths, int count);

// Tables of a results file that a plan holds.
enum { QON_PLAN_TABLES = 4 };
extern const char *const qon_plan_tables[QON_PLAN_TABLES];

struct qon_database;
enum qon_status qon_record_indexes(struct qon_database *database); // of all tables

// Whether an indicator is written.
bool qon_record_wanted(const struct qon_record *record, int32_t indicator);

// Fills a new database with everything.
enum qon_status qon_record_write(const struct qon_record *record, const struct qon_world *world, const struct qon_provenance *provenance,
                                 struct qon_faults *faults);

#endif
