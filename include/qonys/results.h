// SPDX-License-Identifier: GPL-3.0-or-later
// Reading a results file (results.gpkg): what report, window and comparisons need, without knowing its SQL.
#ifndef QONYS_RESULTS_H
#define QONYS_RESULTS_H

#include <qonys/fault.h>
#include <qonys/scenario.h>

#define QON_RESULTS_ALL "ALL" // the country's row in the column `zone` of `series`

struct qon_results; // one results file, opened for reading

struct qon_results_run {
    int32_t run;    // its number in the tables
    char *scenario; // name
    char *title[QON_LANGUAGES];
    int32_t start;  // first month recorded, since 1900-01
    int32_t months; // months recorded
};

struct qon_results_region {
    char *id;
    char *name[QON_LANGUAGES];
    char *macroregion;
};

struct qon_results_zone {
    char *id;
    int32_t region; // index among the regions
    char *kind;     // urban or rural
    double lon_deg, lat_deg;
    double area_km2;
    double persons_start; // residents at the start
};

struct qon_results_indicator {
    char *name;
    char *unit;
    char *label[QON_LANGUAGES];
    char *meaning;
    bool flow;
    bool additive;
};

struct qon_results_target {
    char *name;
    char *label[QON_LANGUAGES];
    double value; // NAN when the target does not apply
    double goal;
    bool at_most;
    bool applies;
    bool met;
};

// Opens read-only and reads runs, regions, zones, indicators, boundaries. errors: QON_USER when there is no such file or it is no results
// file of this program, QON_MACHINE when it cannot be read. On failure *results is NULL.
enum qon_status qon_results_open(struct qon_results **results, const char *path, struct qon_faults *faults);
void qon_results_close(struct qon_results *results); // NULL allowed

// Lists, owned by `results`; *count of them.
const struct qon_results_run *qon_results_runs(const struct qon_results *results, int32_t *count);
const struct qon_results_region *qon_results_regions(const struct qon_results *results, int32_t *count);
const struct qon_results_zone *qon_results_zones(const struct qon_results *results, int32_t *count);
const struct qon_results_indicator *qon_results_indicators(const struct qon_results *results, int32_t *count);
const struct qon_boundaries *qon_results_boundaries(const struct qon_results *results);  // regions == 0 when there are none
int32_t qon_results_indicator_find(const struct qon_results *results, const char *name); // -1 when unknown
int32_t qon_results_zone_find(const struct qon_results *results, const char *id);        // -1 when unknown

// values[run->months] of one indicator in one zone (index; the number of zones stands for the country), NAN where nothing is known.
enum qon_status qon_results_series(struct qon_results *results, const struct qon_results_run *run, int32_t indicator, int32_t zone,
                                   double *values, struct qon_faults *faults);

// values[months * (zones + 1)] of one indicator, month by month; column `zones` is the country.
enum qon_status qon_results_panel(struct qon_results *results, const struct qon_results_run *run, int32_t indicator, double *values,
                                  struct qon_faults *faults);

// Everything of one month (index from run->start): values[indicators * (zones + 1)].
enum qon_status qon_results_month(struct qon_results *results, const struct qon_results_run *run, int32_t month_index, double *values,
                                  struct qon_faults *faults);

// Adds up the persons who moved in months [from, to) (indices): persons[(zones + 1) * (zones + 1)], origin by destination, index `zones`
// is abroad. kind: "region", "zone", "local", "kandas", ... or NULL for all.
enum qon_status qon_results_flows(struct qon_results *results, const struct qon_results_run *run, int32_t from, int32_t to,
                                  const char *kind, double *persons, struct qon_faults *faults);

// The targets of a run, in order: *count of them; free with qon_results_targets_free.
enum qon_status qon_results_targets(struct qon_results *results, const struct qon_results_run *run, struct qon_results_target **targets,
                                    int32_t *count, struct qon_faults *faults);
void qon_results_targets_free(struct qon_results_target *targets, int32_t count);

// A column of the table `run` as text (e.g. "state_digest", "seconds_run", "scenario_json"); NULL when absent. Free with qon_free.
char *qon_results_fact(struct qon_results *results, const struct qon_results_run *run, const char *column);

#endif
