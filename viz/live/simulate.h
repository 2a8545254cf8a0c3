// SPDX-License-Identifier: GPL-3.0-or-later
// The simulation behind the window: one or two worlds on a thread of their own (which starts those of the parallel loops). It takes
// orders between months and never waits for the window while it has one to carry out.
#ifndef QONYS_LIVE_SIMULATE_H
#define QONYS_LIVE_SIMULATE_H

#include "plan.h"
#include "store.h"

enum live_stage { LIVE_MAKING, LIVE_READY, LIVE_RUNNING, LIVE_DONE, LIVE_FAILED };

struct live_state { // as the window sees it
    enum live_stage stage;
    bool playing;
    int worlds;
    uint64_t digest[LIVE_WORLDS];     // when done
    double seconds_run;               // spent on months, since the start
    int starts;                       // how often the stores were made anew
    int orders;                       // changes carried out or refused
    int32_t next;                     // month to be computed next
    char refused[QON_FAULT_TEXT_MAX]; // why the last one was; "" when it was carried out
    char fault[QON_FAULT_TEXT_MAX];   // why the run failed
};

enum { LIVE_NEXT = -1 };

struct live_simulation;

// errors: NULL when no thread could be started.
struct live_simulation *live_simulation_start(const struct live_plan *plan, bool playing, double months_second);
void live_simulation_stop(struct live_simulation *simulation); // ends after the month at hand, frees
void live_simulation_play(struct live_simulation *simulation, bool playing);
void live_simulation_step(struct live_simulation *simulation);                        // one month more, paused or not
void live_simulation_speed(struct live_simulation *simulation, double months_second); // 0: as fast as it goes
// From the first month again, with the journal; forget: as it was before all changes by hand.
void live_simulation_restart(struct live_simulation *simulation, bool forget);
// Changes of the last world from `month` on (LIVE_NEXT: the one computed next; the months of the rows do not count). A month that is
// past is gone back to: the run begins anew and goes on to it at once. branch: a second world is split off first, which differs from the
// first by these changes only. state.orders tells when it is done.
void live_simulation_change(struct live_simulation *simulation, int32_t month, const struct live_dated *changes, bool branch);
void live_simulation_look(struct live_simulation *simulation, struct live_state *state);
void live_simulation_plan(struct live_simulation *simulation, struct live_plan *plan); // with the journals as they are now
// The store of a world, held for the caller, who drops it; NULL when there is none yet.
struct live_store *live_simulation_store(struct live_simulation *simulation, int world);

#endif
