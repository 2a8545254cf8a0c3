// SPDX-License-Identifier: GPL-3.0-or-later
// A scenario: everything a run is told, read once and never changed. Made by sim/input, read by all.
#ifndef QONYS_SCENARIO_H
#define QONYS_SCENARIO_H

#include <qonys/programme.h>
#include <qonys/settings.h>
#include <qonys/tables.h>

enum qon_language { QON_EN, QON_KK, QON_RU, QON_LANGUAGES };

// A value that changes at dates: value[i] holds from month from[i] on; before the first, the first.
struct qon_steps {
    int32_t count;
    int32_t *from; // months since 1900-01, ascending
    int64_t *tiyn; // value in tiyn
};

// Boundaries of regions: rings of lon/lat degrees. part[i]..part[i+1] are points of ring i; region_part[r]..region_part[r+1] rings of
// region r.
struct qon_boundaries {
    int32_t regions;      // rows of the table regions; 0 without boundaries
    int32_t *region_part; // regions + 1
    int32_t parts;
    int32_t *part_point; // parts + 1
    bool *part_outer;    // outer ring, or hole
    double *lon_deg;     // points
    double *lat_deg;
};

// Dated changes: from a month on the scenario reads as `as`, which has programmes of its own and shares all else with the scenario it
// belongs to. ODD tag M-CHANGE-1.
struct qon_scenario;
struct qon_stage {
    int32_t from; // since 1900-01
    struct qon_scenario *as;
};

struct qon_scenario {
    char *file;                       // path as given
    char *name;                       // letters, digits, - and _
    char *title[QON_LANGUAGES];       // may be NULL
    int32_t start;                    // first month, since 1900-01
    int32_t months;                   // 1..1200
    uint64_t seed;                    //
    int32_t scale;                    // one agent stands for this many persons, 1..1000000
    struct qon_settings settings;     //
    struct qon_tables tables;         //
    struct qon_steps mci;             // monthly calculation index
    struct qon_steps minimum_wage;    //
    struct qon_programmes programmes; // before the first change
    struct qon_stage *stage;          // by month, ascending
    int32_t stages;                   //
    struct qon_boundaries boundaries;
    char *effective; // the whole scenario as JSON: inheritance and --set resolved, defaults filled in
    char *unused;    // JSON array of paths that were given and are not used (may be "[]")
};

int64_t qon_steps_at(const struct qon_steps *steps, int32_t month); // tiyn; 0 when empty
// The scenario as it stands in a month: itself, or one of its stages (which may be asked as well).
const struct qon_scenario *qon_scenario_at(const struct qon_scenario *scenario, int32_t month);
void qon_scenario_seed_set(struct qon_scenario *scenario, uint64_t seed); // of all its stages too
void qon_scenario_free(struct qon_scenario *scenario);                    // and zeroes it

#endif
