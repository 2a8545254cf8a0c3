// SPDX-License-Identifier: GPL-3.0-or-later
// A run from scenario to results: synthesis, months, recording, summary.
#ifndef QONYS_RUNNER_H
#define QONYS_RUNNER_H

#include <qonys/checkpoint.h>
#include <qonys/fault.h>
#include <qonys/indicator.h>
#include <qonys/plan.h>
#include <signal.h>

enum qon_run_stage { QON_RUN_SYNTHESIS, QON_RUN_RESUMED, QON_RUN_MONTH, QON_RUN_WRITING };

// What is told while a run goes on: before the synthesis (or when a checkpoint has been read), before the first month (months_done 0),
// after every month, before writing.
struct qon_run_progress {
    enum qon_run_stage stage;
    int32_t month;       // the month just computed, since 1900-01 (months_done > 0)
    int32_t months_done; //
    int32_t months;      // of the scenario
    int64_t persons;     // agents resident now
    int64_t person_months;
    int64_t person_months_before; // of these and of months_done, those that a checkpoint brought
    int32_t months_before;
    double seconds;                            // since the first month began
    const struct qon_checkpoint_info *resumed; // NULL: not from a checkpoint
};

// Looks at the world of a run, and may set world->observer; it must not change the state. An error ends the run.
struct qon_run_hooks {
    void *context;
    enum qon_status (*begun)(void *context, struct qon_world *world); // before the first month
    enum qon_status (*month)(void *context, struct qon_world *world); // after each
    enum qon_status (*ended)(void *context, struct qon_world *world); // after the last, when the summary stands
};

struct qon_run_options {
    const char *folder;                                                    // where results.gpkg goes; NULL: nothing is written
    const char *command;                                                   // as typed, for the record; may be NULL
    const struct qon_selection *selection;                                 // what of the run is written; NULL: everything
    void (*watch)(void *context, const struct qon_run_progress *progress); // may be NULL
    void *context;
    const volatile sig_atomic_t *stop; // the run ends after the month in which this becomes non-zero; may be NULL
    const char *resume;                // checkpoint to go on from; NULL: the run starts with the synthesis
    const char *checkpoint;            // where checkpoints go, in a folder that is there or is `folder`; NULL: none is written
    int32_t checkpoint_every;          // months between them; 0: only when the run is stopped or asked to save
    const struct qon_run_hooks *hooks; // may be NULL
    struct qon_world *start;           // made for the scenario: it is taken instead of a synthesis, and left empty; NULL: none
    struct qon_world *spare;           // where the world goes at the end instead of being freed, without its model; NULL: none
    volatile sig_atomic_t *save; // a checkpoint is written after the month in which this becomes non-zero (and is set to 0); may be NULL
};

enum { QON_RUN_PHASES_MOST = 40, QON_RUN_NAME_MAX = 64, QON_RUN_PATH_MAX = 4096 };

struct qon_run_phase {
    char name[QON_RUN_NAME_MAX];
    double seconds;
    int64_t calls;
};

// What a programme did over the run, all regions: the measures of measures.def times the scale (stocks: at the end).
struct qon_run_programme {
    int64_t measure[QON_MEASURES];
    int32_t exhausted; // first month in which an applicant was refused for lack of places or money; 0: none
    // Under the limits of the last month in which it was open: the least left by those of the whole country; where there are none, the sum
    // over those of regions and groups. QON_NO_LIMIT: there are none, or the programme has not begun.
    int64_t places_left, tiyn_left;
};
enum { QON_NO_LIMIT = -1 };
// places_left and tiyn_left of a programme after the month computed last, persons and money of the whole country.
void qon_run_programme_left(const struct qon_world *world, int32_t programme, int64_t *places_left, int64_t *tiyn_left);

// Counts of agents are as simulated; moves, births and deaths are persons (multiplied by the scale).
struct qon_run_summary {
    int64_t persons, households, employers, person_months; // agents: residents, households at the end; employers; sum over months
    int32_t month;                                         // last month computed, since 1900-01
    int32_t months;                                        // computed
    int32_t threads;
    double seconds_synthesis, seconds_run, seconds_write;
    double bytes_per_person; // highest resident memory of the process up to the last month, divided by persons
    uint64_t digest;
    double moves_region, moves_within, births, deaths; // over the run
    double unemployment_percent;                       // at the end; NAN without a labour force
    struct qon_target targets[QON_TARGETS];
    struct qon_run_programme programmes[QON_PROGRAMMES_MOST]; // as many as the scenario has
    struct qon_run_phase phases[QON_RUN_PHASES_MOST];
    int phases_count;
    char results[QON_RUN_PATH_MAX];    // "" when nothing was written
    char checkpoint[QON_RUN_PATH_MAX]; // the last one written; "" when none was
    double seconds_checkpoint;
};

// errors: QON_USER (tables that do not fit together), QON_MACHINE; QON_INTERRUPTED when stopped: then no results are written, but a
// checkpoint where one may be, and the summary holds what was computed. After a resumption the results and sums are those of the whole run;
// when it branches (another seed, other settings), those from the branch on. threads: as qon_par_threads_set says.
enum qon_status qon_run(const struct qon_scenario *scenario, const struct qon_run_options *options, struct qon_run_summary *summary,
                        struct qon_faults *faults);

#endif
