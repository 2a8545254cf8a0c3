// SPDX-License-Identifier: GPL-3.0-or-later
// What the report reads of a results file. Only source.c and source_extra.c know SQL.
#ifndef QONYS_REPORT_SOURCE_H
#define QONYS_REPORT_SOURCE_H

#include "arena.h"
#include <qonys/scenario.h>
#include <qonys/status.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

struct qon_source_run {
    int number;
    const char *scenario;
    const char *title[QON_LANGUAGES]; // the scenario's name where there is no title
    int32_t start;                    // since 1900-01
    int32_t months;
};

struct qon_source_region {
    const char *id;
    const char *name[QON_LANGUAGES];
    const char *shorter[QON_LANGUAGES]; // without the words for "region", for maps
};

struct qon_source_zone {
    const char *id;
    int region;
    const char *kind;
    double area_km2;
    double persons_start;
};

struct qon_source_indicator {
    const char *name, *unit, *meaning, *source;
    const char *label[QON_LANGUAGES];
    bool flow, additive;
};

struct qon_panel { // one indicator of one run
    int run, indicator;
    double *value; // [month * (zones + 1) + zone]; column `zones` is the country; NAN: nothing known
    struct qon_panel *next;
};

struct qon_source {
    sqlite3 *sqlite;
    struct qon_arena *arena;
    const char *path;
    int runs, regions, zones, indicators;
    struct qon_source_run *run;
    struct qon_source_region *region;
    struct qon_source_zone *zone;
    struct qon_source_indicator *indicator;
    struct qon_boundaries boundaries; // regions == 0 without boundaries
    struct qon_panel *panels;         // read so far
    char fault[600];                  // message of a failed open or read
};

// Opens read-only; what is read lives in the arena. false: fault says why, *status is QON_USER or QON_MACHINE.
bool qon_source_open(struct qon_source *source, struct qon_arena *arena, const char *path, enum qon_status *status);
void qon_source_close(struct qon_source *source);

// A prepared statement over the open file; ends the program (3) when the file turns out to be broken. Finalise with sqlite3_finalize.
sqlite3_stmt *qon_source_query(struct qon_source *source, const char *sql);
bool qon_source_next(struct qon_source *source, sqlite3_stmt *statement);                    // a further row?
const char *qon_source_text(struct qon_source *source, sqlite3_stmt *statement, int column); // copied; NULL stays NULL
double qon_source_number(sqlite3_stmt *statement, int column);                               // NAN for NULL
bool qon_source_has(struct qon_source *source, const char *table);                           // rows in it?

int qon_source_indicator(const struct qon_source *source, const char *name); // -1: unknown
int qon_source_zone(const struct qon_source *source, const char *id);        // number of zones for ALL, -1: unknown or NULL
int qon_source_region(const struct qon_source *source, const char *id);      // -1: unknown
int32_t qon_month_parse(const char *text);                                   // "2017-01" to months since 1900-01; -1: no month

// Values of an indicator by month and zone, read once. NULL: no such indicator, or no row of it in this run.
const double *qon_source_panel(struct qon_source *source, int run, const char *indicator);
// The country, [months]; NULL as above.
const double *qon_source_country(struct qon_source *source, int run, const char *indicator);
// By region, [regions]: sums over months [from, to) of what is counted over a month, else the state at month to - 1. What does not add up
// over zones is weighted (wages by employees, unemployment by the labour force, rents by households, density by area, otherwise by
// residents). NULL as above.
const double *qon_source_by_region(struct qon_source *source, int run, const char *indicator, int from, int to);

struct qon_programme_row { // sums
    const char *name, *title;
    int region; // -1: all
    double applicants, eligible, granted, refused_quota, refused_budget, movers, spent_tenge, clawed_back_tenge, bound, retained[3];
};
struct qon_programme_month {
    const char *programme;
    int month; // from the run's start
    double granted, refused_quota, refused_budget, spent_tenge;
};

struct qon_target_row {
    const char *name;
    const char *label[QON_LANGUAGES];
    double value, goal;
    bool at_most, applies, met;
};

// Moves of a run between regions, persons over months [from, to): matrix[regions * regions]; diagonal holds moves within the region.
// Returns false when there are none.
bool qon_source_flows(struct qon_source *source, int run, int from, int to, double *matrix);
int qon_source_programmes(struct qon_source *source, int run, struct qon_programme_row **row); // whole run, by name
int qon_source_programme_months(struct qon_source *source, int run, struct qon_programme_month **row);
int qon_source_targets(struct qon_source *source, int run, struct qon_target_row **row);
const char *qon_source_fact(struct qon_source *source, int run, const char *column); // of table run; NULL: absent
const char *qon_programme_title(struct qon_source *source, int run, const char *name, enum qon_language language);

#endif
