// SPDX-License-Identifier: GPL-3.0-or-later
// Writing what happened: the results file, SQLite and GeoPackage at once. Whole or absent: written beside and renamed.
#ifndef QONYS_RECORD_H
#define QONYS_RECORD_H

#include <qonys/fault.h>
#include <qonys/indicator.h>
#include <qonys/plan.h>

struct qon_record; // one results file being written

// What is known of a run beside its state, for the table `run`.
struct qon_provenance {
    const char *command; // as typed
    double seconds_synthesis;
    double seconds_run;
    int64_t persons, households, employers, person_months;
    double bytes_per_person;
    int32_t threads;
    uint64_t digest;
    const struct qon_target *targets; // [QON_TARGETS]; NULL: observed when they are written
};

// Takes note of the scenario, zones, indicators. Keeps series in memory (8 bytes a value) until close. The folder is made when absent.
// errors: QON_MACHINE with a message when the folder cannot be made or written.
enum qon_status qon_record_open(struct qon_record **record, const struct qon_world *world, const char *folder, struct qon_faults *faults);

// What of the run is written; NULL, or never called: everything. `selection` must outlive the record.
void qon_record_select(struct qon_record *record, const struct qon_selection *selection);

// Adds the month just computed (series and flows). Called after every qon_step. errors: QON_MACHINE.
enum qon_status qon_record_month(struct qon_record *record, const struct qon_world *world, struct qon_faults *faults);

// Over ranks only the first has a record; the others call this instead, so that it learns what their blocks know. errors: QON_MACHINE.
enum qon_status qon_record_follow(const struct qon_world *world, struct qon_faults *faults);

// Writes `folder`/results.gpkg (to results.gpkg.part, fsync, rename) and frees the record. On failure nothing stands under the final name
// and the part file is removed. `path_out` (4096 bytes) gets the file's path.
enum qon_status qon_record_close(struct qon_record *record, const struct qon_world *world, const struct qon_provenance *provenance,
                                 char *path_out, struct qon_faults *faults);

// The sum over the months so far of an indicator's value for the country; 0 when there is no such indicator.
double qon_record_sum(const struct qon_record *record, const char *indicator);

void qon_record_abandon(struct qon_record *record); // frees, writes nothing

#endif
