// SPDX-License-Identifier: GPL-3.0-or-later
// The simulation behind the window: one or two worlds on a thread of their own (which starts those of the parallel loops). It takes
// orders between months and never waits for the window while it has one to carry out.
#ifndef QONYS_LIVE_SIMULATE_H
#define QONYS_LIVE_SIMULATE_H

#include "store.h"
#include <qonys/fault.h>
#include <qonys/input.h>

enum { LIVE_WORLDS = 2, LIVE_CHANGES_MOST = 96, LIVE_TEXT_MAX = 256 };
enum live_stage { LIVE_MAKING, LIVE_READY, LIVE_RUNNING, LIVE_DONE, LIVE_FAILED };

// Changes of the scenario, as --set takes them.
struct live_changes {
    int count;
    char path[LIVE_CHANGES_MOST][LIVE_TEXT_MAX];
    char value[LIVE_CHANGES_MOST][LIVE_TEXT_MAX];
};
void live_changes_set(struct live_changes *changes, const char *path, const char *value); // replaces a former one of the path
enum qon_status live_scenario_load(struct qon_scenario *scenario, const char *file, const struct live_changes *given,
                                   const struct live_changes *more, struct qon_faults *faults); // more: NULL allowed

struct live_plan { // of a start
    int worlds;
    const char *file[LIVE_WORLDS]; // outlives the simulation
    struct live_changes given;     // of all worlds
    struct live_changes by_hand;   // of the last one
};

struct live_state { // as the window sees it
    enum live_stage stage;
    int worlds;
    uint64_t digest[LIVE_WORLDS]; // when done
    double seconds_run;           // spent on months, since the start
    int starts;                   // how often the run was begun
    char fault[QON_FAULT_TEXT_MAX];
};

struct live_simulation;

// errors: NULL when no thread could be started.
struct live_simulation *live_simulation_start(const struct live_plan *plan, bool playing, double months_second);
void live_simulation_stop(struct live_simulation *simulation); // ends after the month at hand, frees
void live_simulation_play(struct live_simulation *simulation, bool playing);
bool live_simulation_playing(struct live_simulation *simulation);
void live_simulation_step(struct live_simulation *simulation);                        // one month more, paused or not
void live_simulation_speed(struct live_simulation *simulation, double months_second); // 0: as fast as it goes
void live_simulation_restart(struct live_simulation *simulation, const struct live_plan *plan);
void live_simulation_look(struct live_simulation *simulation, struct live_state *state);
// The store of a world, held for the caller, who drops it; NULL when there is none yet.
struct live_store *live_simulation_store(struct live_simulation *simulation, int world);

#endif
