// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate.h"
#include <pthread.h>
#include <qonys/checkpoint.h>
#include <qonys/memory.h>
#include <qonys/par.h>
#include <qonys/step.h>
#include <qonys/synthesis.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct order {
    bool wanted, branch;
    int32_t month;
    struct live_dated changes;
};

// `lock` guards what stands above it. It is held for copies only, never while anything is computed.
struct live_simulation {
    pthread_t thread;
    pthread_cond_t signal;
    bool playing, quit, restart, forget;
    int steps;
    double months_second;
    struct live_plan plan; // as carried out
    struct order order;
    struct live_state state;
    struct live_store *store[LIVE_WORLDS];
    pthread_mutex_t lock;
    // The thread's own.
    struct live_plan first; // as given at the start
    struct live_plan next;  // being tried
    struct order taken;
    struct qon_scenario scenario[LIVE_WORLDS];
    struct qon_scenario *former; // replaced within the run; tables of theirs may still be pointed to
    int formers;
    struct qon_world world[LIVE_WORLDS];
    int worlds;
};

static void worlds_free(struct live_simulation *s) {
    for (int w = 0; w < LIVE_WORLDS; w++) {
        qon_model_free(&s->world[w]);
        qon_world_free(&s->world[w]);
        qon_scenario_free(&s->scenario[w]);
        memset(&s->world[w], 0, sizeof s->world[w]);
    }
    for (int i = 0; i < s->formers; i++) {
        qon_scenario_free(&s->former[i]);
    }
    s->formers = 0;
    s->worlds = 0;
}

static enum qon_status world_make(struct live_simulation *s, const struct live_plan *plan, int w, struct live_store **store,
                                  struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    QON_TRY(live_plan_read(plan, w, &s->scenario[w], faults));
    if (w > 0 && (s->scenario[w].tables.zones.rows != s->scenario[0].tables.zones.rows || s->scenario[w].start != s->scenario[0].start ||
                  s->scenario[w].tables.regions.rows != s->scenario[0].tables.regions.rows ||
                  s->scenario[w].scale != s->scenario[0].scale || s->scenario[w].seed != s->scenario[0].seed)) {
        QON_TRY(qon_fault_add(faults, (struct qon_place){.file = plan->file[w]},
                              "the two scenarios differ in zones, start, scale or seed, so there is no difference to show"));
    }
    QON_TRY(qon_synthesis(&s->world[w], &s->scenario[w], faults));
    QON_TRY(qon_model_init(&s->world[w], faults));
    *store = live_store_make(&s->world[w]);
    status = *store ? live_store_add(*store, &s->world[w]) : QON_MACHINE;
done:
    return status;
}

static const char *fault_text(const struct qon_faults *faults) {
    return faults->kept > 0 ? faults->text[0] : "not enough memory for this run";
}

static void failed(struct live_simulation *s, const struct qon_faults *faults) {
    pthread_mutex_lock(&s->lock);
    s->state.stage = LIVE_FAILED;
    snprintf(s->state.fault, sizeof s->state.fault, "%s", fault_text(faults));
    pthread_mutex_unlock(&s->lock);
    worlds_free(s);
}

// Worlds and stores as the plan has them; the former stores go to those who still hold them.
static void begin(struct live_simulation *s, const struct live_plan *plan) {
    struct qon_faults faults;
    struct live_store *store[LIVE_WORLDS] = {0}, *former[LIVE_WORLDS];
    enum qon_status status = QON_OK;
    qon_faults_init(&faults);
    pthread_mutex_lock(&s->lock);
    s->state.stage = LIVE_MAKING;
    pthread_mutex_unlock(&s->lock);
    worlds_free(s);
    for (int w = 0; w < plan->worlds && status == QON_OK; w++) {
        status = world_make(s, plan, w, &store[w], &faults);
    }
    if (status != QON_OK) {
        failed(s, &faults);
        memcpy(former, store, sizeof former);
    } else {
        s->worlds = plan->worlds;
        pthread_mutex_lock(&s->lock);
        memcpy(former, s->store, sizeof former);
        memcpy(s->store, store, sizeof store);
        s->state.stage = LIVE_READY;
        s->state.worlds = plan->worlds;
        s->state.seconds_run = 0;
        s->state.next = s->world[0].month;
        s->state.starts++;
        s->state.fault[0] = '\0';
        pthread_mutex_unlock(&s->lock);
    }
    for (int w = 0; w < LIVE_WORLDS; w++) {
        live_store_drop(former[w]);
    }
}

static void month(struct live_simulation *s) {
    struct qon_faults faults;
    qon_faults_init(&faults);
    double begun = qon_time_wall();
    enum qon_status status = QON_OK;
    for (int w = 0; w < s->worlds && status == QON_OK; w++) {
        status = qon_step(&s->world[w], &faults);
        status = status == QON_OK ? live_store_add(s->store[w], &s->world[w]) : status;
    }
    if (status != QON_OK) {
        failed(s, &faults);
        return;
    }
    bool done = false;
    uint64_t digest[LIVE_WORLDS] = {0};
    double seconds = qon_time_wall() - begun;
    for (int w = 0; w < s->worlds; w++) {
        done = done || s->world[w].months_done >= s->scenario[w].months;
    }
    for (int w = 0; done && w < s->worlds; w++) {
        digest[w] = qon_world_digest(&s->world[w]);
    }
    pthread_mutex_lock(&s->lock);
    memcpy(s->state.digest, digest, sizeof digest);
    s->state.seconds_run += seconds;
    s->state.next = s->world[0].month;
    s->state.stage = done ? LIVE_DONE : LIVE_RUNNING;
    pthread_mutex_unlock(&s->lock);
}

// --- changes ----------------------------------------------------------------------------------------------------------------------

// The scenario of a world gives way to one that is the same up to this month. What pointed into it still may.
static enum qon_status scenario_replace(struct live_simulation *s, int w, struct qon_scenario *by) {
    enum qon_status status = qon_grow(&s->former, (size_t)s->formers, (size_t)s->formers + 1, sizeof *s->former);
    if (status == QON_OK) {
        s->former[s->formers++] = s->scenario[w];
        s->scenario[w] = *by;
        s->world[w].scenario = &s->scenario[w];
        memset(by, 0, sizeof *by);
    }
    return status;
}

// A second world in the state of the first: by way of a checkpoint, which holds all that a run goes on from.
static enum qon_status world_split(struct live_simulation *s, struct qon_scenario *scenario, struct live_store **store,
                                   struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct qon_checkpoint_info info;
    char path[512];
    const char *folder = getenv("TMPDIR");
    snprintf(path, sizeof path, "%.400s/qonys-branch-%ld.qonys", folder && *folder ? folder : "/tmp", (long)getpid());
    s->scenario[1] = *scenario;
    memset(scenario, 0, sizeof *scenario);
    QON_TRY(qon_checkpoint_save(&s->world[0], NULL, path, faults));
    QON_TRY(qon_checkpoint_load(&s->world[1], &s->scenario[1], path, &info, faults));
    QON_TRY(qon_model_init(&s->world[1], faults));
    *store = live_store_copy(s->store[0], &s->world[1]);
    status = *store ? QON_OK : QON_MACHINE;
done:
    unlink(path);
    if (status != QON_OK) {
        qon_model_free(&s->world[1]);
        qon_world_free(&s->world[1]);
        qon_scenario_free(&s->scenario[1]);
        memset(&s->world[1], 0, sizeof s->world[1]);
    }
    return status;
}

static enum qon_status in_place(struct live_simulation *s, struct qon_scenario *scenario, bool branch, struct qon_faults *faults) {
    struct live_store *store = NULL;
    if (!branch) {
        return scenario_replace(s, s->worlds - 1, scenario);
    }
    enum qon_status status = world_split(s, scenario, &store, faults);
    if (status == QON_OK) {
        s->worlds = 2;
        pthread_mutex_lock(&s->lock);
        s->store[1] = store;
        s->state.worlds = 2;
        s->state.starts++;
        pthread_mutex_unlock(&s->lock);
    }
    return status;
}

static enum qon_status next_make(struct live_simulation *s, int32_t month, struct qon_faults *faults) {
    struct live_plan *next = &s->next;
    const struct live_dated *changes = &s->taken.changes;
    *next = s->plan; // this thread alone writes it
    if (s->taken.branch && next->worlds == 1) {
        next->worlds = 2;
        next->file[1] = next->file[0];
        next->dated[1] = next->dated[0];
    }
    for (int i = 0; i < changes->count; i++) {
        if (!live_dated_set(&next->dated[next->worlds - 1], month, changes->row[i].path, changes->row[i].value)) {
            return qon_fault_add(faults, (struct qon_place){0}, "the journal is full");
        }
    }
    return QON_OK;
}

// Carries out the order taken. *until: months to be computed at once.
static enum qon_status change(struct live_simulation *s, int *until, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct qon_scenario scenario = {0};
    bool branch = s->taken.branch && s->worlds == 1;
    if (s->worlds == 0) {
        return qon_fault_add(faults, (struct qon_place){0}, "there is no run to change");
    }
    int32_t start = s->scenario[0].start, due = s->world[0].month;
    int32_t month = s->taken.month == LIVE_NEXT ? due : s->taken.month;
    bool over = month >= start + s->scenario[s->worlds - 1].months;
    QON_TRY(over ? qon_fault_add(faults, (struct qon_place){0}, "the run has ended; go back to the month after which it shall hold")
                 : QON_OK);
    QON_TRY(next_make(s, month, faults));
    QON_TRY(live_plan_read(&s->next, s->next.worlds - 1, &scenario, faults));
    if (month == due) {
        QON_TRY(in_place(s, &scenario, branch, faults));
    }
    pthread_mutex_lock(&s->lock);
    s->plan = s->next;
    pthread_mutex_unlock(&s->lock);
    if (month != due) {
        begin(s, &s->plan);
        *until = month - start;
    }
done:
    qon_scenario_free(&scenario);
    return status;
}

static void order_carry_out(struct live_simulation *s) {
    struct qon_faults faults;
    int until = 0;
    qon_faults_init(&faults);
    enum qon_status status = change(s, &until, &faults);
    pthread_mutex_lock(&s->lock);
    s->steps += until;
    s->state.orders++;
    snprintf(s->state.refused, sizeof s->state.refused, "%s", status == QON_OK ? "" : fault_text(&faults));
    pthread_mutex_unlock(&s->lock);
}

static void restart_carry_out(struct live_simulation *s, bool forget) {
    pthread_mutex_lock(&s->lock);
    if (forget) {
        s->plan = s->first;
    }
    pthread_mutex_unlock(&s->lock);
    begin(s, &s->plan);
}

// --- the thread -------------------------------------------------------------------------------------------------------------------

// Sleeps until the month is due or an order comes in; true when one is to be computed. Called with the lock held.
static bool month_due(struct live_simulation *s, double begun) {
    if (s->steps > 0) {
        s->steps--;
        return true;
    }
    if (!s->playing) {
        pthread_cond_wait(&s->signal, &s->lock);
        return false;
    }
    double wait = s->months_second > 0 ? begun + 1 / s->months_second - qon_time_wall() : 0;
    if (wait <= 0) {
        return true;
    }
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    int64_t nanoseconds = until.tv_nsec + (int64_t)(1e9 * wait);
    until.tv_sec += (time_t)(nanoseconds / 1000000000);
    until.tv_nsec = (long)(nanoseconds % 1000000000);
    pthread_cond_timedwait(&s->signal, &s->lock, &until);
    return false;
}

enum task { TASK_NONE, TASK_QUIT, TASK_RESTART, TASK_ORDER, TASK_MONTH };

// What comes next. An order waits for the months that another one asked for.
static enum task task_next(struct live_simulation *s, double begun, bool *forget) {
    bool able = s->state.stage == LIVE_READY || s->state.stage == LIVE_RUNNING;
    if (s->quit) {
        return TASK_QUIT;
    }
    if (s->restart) {
        s->restart = false;
        *forget = s->forget;
        s->state.stage = LIVE_MAKING;
        return TASK_RESTART;
    }
    if (able && s->steps > 0) {
        s->steps--;
        return TASK_MONTH;
    }
    if (s->order.wanted) {
        s->taken = s->order;
        s->order.wanted = false;
        return TASK_ORDER;
    }
    if (able) {
        return month_due(s, begun) ? TASK_MONTH : TASK_NONE;
    }
    s->steps = 0;
    pthread_cond_wait(&s->signal, &s->lock);
    return TASK_NONE;
}

static void *loop(void *context) {
    struct live_simulation *s = context;
    double begun = 0;
    enum task task;
    do {
        bool forget = false;
        pthread_mutex_lock(&s->lock);
        task = task_next(s, begun, &forget);
        pthread_mutex_unlock(&s->lock);
        if (task == TASK_RESTART) {
            restart_carry_out(s, forget);
        } else if (task == TASK_ORDER) {
            order_carry_out(s);
        } else if (task == TASK_MONTH) {
            begun = qon_time_wall();
            month(s);
        }
    } while (task != TASK_QUIT);
    worlds_free(s);
    qon_free(s->former);
    return NULL;
}

struct live_simulation *live_simulation_start(const struct live_plan *plan, bool playing, double months_second) {
    struct live_simulation *s = NULL;
    if (qon_take(&s, 1, sizeof *s) != QON_OK) {
        return NULL;
    }
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->signal, NULL);
    s->plan = s->first = *plan;
    s->restart = true;
    s->playing = playing;
    s->months_second = months_second;
    if (pthread_create(&s->thread, NULL, loop, s) != 0) {
        qon_free(s);
        return NULL;
    }
    return s;
}

void live_simulation_stop(struct live_simulation *s) {
    if (!s) {
        return;
    }
    pthread_mutex_lock(&s->lock);
    s->quit = true;
    pthread_cond_signal(&s->signal);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->thread, NULL);
    for (int w = 0; w < LIVE_WORLDS; w++) {
        live_store_drop(s->store[w]);
    }
    pthread_cond_destroy(&s->signal);
    pthread_mutex_destroy(&s->lock);
    qon_free(s);
}

void live_simulation_play(struct live_simulation *s, bool playing) {
    pthread_mutex_lock(&s->lock);
    s->playing = playing;
    pthread_cond_signal(&s->signal);
    pthread_mutex_unlock(&s->lock);
}

void live_simulation_step(struct live_simulation *s) {
    pthread_mutex_lock(&s->lock);
    s->steps++;
    pthread_cond_signal(&s->signal);
    pthread_mutex_unlock(&s->lock);
}

void live_simulation_speed(struct live_simulation *s, double months_second) {
    pthread_mutex_lock(&s->lock);
    s->months_second = months_second;
    pthread_cond_signal(&s->signal);
    pthread_mutex_unlock(&s->lock);
}

void live_simulation_restart(struct live_simulation *s, bool forget) {
    pthread_mutex_lock(&s->lock);
    s->restart = true;
    s->forget = forget;
    s->steps = 0;
    s->state.stage = LIVE_MAKING;
    pthread_cond_signal(&s->signal);
    pthread_mutex_unlock(&s->lock);
}

void live_simulation_change(struct live_simulation *s, int32_t month, const struct live_dated *changes, bool branch) {
    pthread_mutex_lock(&s->lock);
    s->order.wanted = true;
    s->order.branch = branch;
    s->order.month = month;
    s->order.changes = *changes;
    pthread_cond_signal(&s->signal);
    pthread_mutex_unlock(&s->lock);
}

void live_simulation_look(struct live_simulation *s, struct live_state *state) {
    pthread_mutex_lock(&s->lock);
    *state = s->state;
    state->playing = s->playing;
    pthread_mutex_unlock(&s->lock);
}

void live_simulation_plan(struct live_simulation *s, struct live_plan *plan) {
    pthread_mutex_lock(&s->lock);
    *plan = s->plan;
    pthread_mutex_unlock(&s->lock);
}

struct live_store *live_simulation_store(struct live_simulation *s, int world) {
    pthread_mutex_lock(&s->lock);
    struct live_store *store = s->store[world];
    if (store) {
        live_store_hold(store);
    }
    pthread_mutex_unlock(&s->lock);
    return store;
}
