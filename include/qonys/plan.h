// SPDX-License-Identifier: GPL-3.0-or-later
// A study of many runs, as its file says: which scenarios, which values of which settings, how many replicates, what is recorded.
// scenarios/README.md describes the file.
#ifndef QONYS_PLAN_H
#define QONYS_PLAN_H

#include <qonys/fault.h>
#include <qonys/scenario.h>

enum { QON_AXES_MOST = 40, QON_FIXED_MOST = 100 };
#define QON_RUNS_MOST 1000000

enum qon_record_series { QON_RECORD_MONTHS, QON_RECORD_YEARS, QON_RECORD_END };

// What of a run stands in its results. Zeroed: everything.
struct qon_selection {
    enum qon_record_series series; // every month; sums and ends of calendar years; those of the whole run
    bool country_only;             // no single zones
    bool no_flows, no_programmes;
    int32_t indicators; // 0: all
    char **indicator;
};

// A setting that varies. A list (a range in steps is one), or, with values == 0, a range that the design samples.
struct qon_axis {
    char *name; // heading in the results
    char *path; // as in --set
    int32_t values;
    char **value;    // JSON
    int *line;       // of each value, in the study
    int *column;     //
    double from, to; // sampled
    bool whole;      // sampled: whole numbers, both ends included
};

enum qon_design { QON_DESIGN_GRID, QON_DESIGN_LATIN, QON_DESIGN_SOBOL };

struct qon_study {
    char *file;
    char *name;
    char *title[QON_LANGUAGES];
    int32_t scenarios;
    char **scenario;                      // paths, as they are opened
    int *scenario_line, *scenario_column; //
    int32_t fixed;                        // changes of every run
    char *fixed_path[QON_FIXED_MOST];
    char *fixed_value[QON_FIXED_MOST];
    int fixed_line[QON_FIXED_MOST], fixed_column[QON_FIXED_MOST];
    int32_t axes;
    struct qon_axis axis[QON_AXES_MOST];
    enum qon_design design;
    int32_t points;       // of the design; 1 for a grid
    uint64_t design_seed; // of the Latin hypercube
    int32_t replicates;
    struct qon_selection selection;
    int *indicator_line, *indicator_column;
};

// Reads a study, strictly; what it names (scenarios, paths of settings, indicators) is looked at by those who use it.
// errors: QON_USER (see faults), QON_MACHINE. On failure *study is zeroed.
enum qon_status qon_study_load(struct qon_study *study, const char *file, struct qon_faults *faults);
void qon_study_free(struct qon_study *study); // and zeroes it

#endif
