// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate.h"
#include <pthread.h>
#include <qonys/memory.h>
#include <qonys/par.h>
#include <qonys/step.h>
#include <qonys/synthesis.h>
#include <string.h>
#include <time.h>

// `lock` guards all but worlds and scenarios, which are the thread's own. It is held for copies of a few bytes only.
struct live_simulation {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t order;
    bool playing, quit, restart;
    int steps;
    double months_second;
    struct live_plan plan;
    struct live_state state;
    struct live_store *store[LIVE_WORLDS];
    struct qon_scenario scenario[LIVE_WORLDS];
    struct qon_world world[LIVE_WORLDS];
    int worlds;
};

void live_changes_set(struct live_changes *changes, const char *path, const char *value) {
    int i = 0;
    while (i < changes->count && strcmp(changes->path[i], path) != 0) {
        i++;
    }
    if (i == LIVE_CHANGES_MOST) {
        return;
    }
    snprintf(changes->path[i], LIVE_TEXT_MAX, "%s", path);
    snprintf(changes->value[i], LIVE_TEXT_MAX, "%s", value);
    changes->count += i == changes->count;
}

enum qon_status live_scenario_load(struct qon_scenario *scenario, const char *file, const struct live_changes *given,
                                   const struct live_changes *more, struct qon_faults *faults) {
    struct qon_override override[2 * LIVE_CHANGES_MOST];
    int count = 0;
    const struct live_changes *lists[2] = {given, more};
    for (int k = 0; k < 2; k++) {
        for (int i = 0; lists[k] && i < lists[k]->count; i++) {
            override[count++] = (struct qon_override){lists[k]->path[i], lists[k]->value[i]};
        }
    }
    return qon_scenario_load(scenario, file, override, count, faults);
}

static void stage_set(struct live_simulation *s, enum live_stage stage) {
    pthread_mutex_lock(&s->lock);
    s->state.stage = stage;
    pthread_mutex_unlock(&s->lock);
}

static void worlds_free(struct live_simulation *s) {
    for (int w = 0; w < LIVE_WORLDS; w++) {
        qon_model_free(&s->world[w]);
        qon_world_free(&s->world[w]);
        qon_scenario_free(&s->scenario[w]);
        memset(&s->world[w], 0, sizeof s->world[w]);
    }
    s->worlds = 0;
}

static enum qon_status world_make(struct live_simulation *s, const struct live_plan *plan, int w, struct live_store **store,
                                  struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    bool last = w == plan->worlds - 1;
    QON_TRY(live_scenario_load(&s->scenario[w], plan->file[w], &plan->given, last ? &plan->by_hand : NULL, faults));
    if (w > 0 && (s->scenario[w].tables.zones.rows != s->scenario[0].tables.zones.rows || s->scenario[w].start != s->scenario[0].start ||
                  s->scenario[w].tables.regions.rows != s->scenario[0].tables.regions.rows)) {
        QON_TRY(qon_fault_add(faults, (struct qon_place){.file = plan->file[w]},
                              "the two scenarios differ in zones or start, so there is no difference to show"));
    }
    QON_TRY(qon_synthesis(&s->world[w], &s->scenario[w], faults));
    QON_TRY(qon_model_init(&s->world[w], faults));
    *store = live_store_make(&s->world[w]);
    status = *store ? live_store_add(*store, &s->world[w]) : QON_MACHINE;
done:
    return status;
}

static void failed(struct live_simulation *s, const struct qon_faults *faults) {
    pthread_mutex_lock(&s->lock);
    s->state.stage = LIVE_FAILED;
    snprintf(s->state.fault, sizeof s->state.fault, "%s", faults->kept > 0 ? faults->text[0] : "not enough memory for this run");
    pthread_mutex_unlock(&s->lock);
}

static void begin(struct live_simulation *s, const struct live_plan *plan) {
    struct qon_faults faults;
    struct live_store *store[LIVE_WORLDS] = {0};
    enum qon_status status = QON_OK;
    qon_faults_init(&faults);
    worlds_free(s);
    for (int w = 0; w < plan->worlds && status == QON_OK; w++) {
        status = world_make(s, plan, w, &store[w], &faults);
    }
    if (status == QON_OK) {
        s->worlds = plan->worlds;
        struct live_store *former[LIVE_WORLDS];
        pthread_mutex_lock(&s->lock);
        memcpy(former, s->store, sizeof former);
        memcpy(s->store, store, sizeof store);
        s->state.stage = LIVE_READY;
        s->state.worlds = plan->worlds;
        s->state.seconds_run = 0;
        s->state.starts++;
        s->state.fault[0] = '\0';
        pthread_mutex_unlock(&s->lock);
        memcpy(store, former, sizeof store);
    } else {
        failed(s, &faults);
        worlds_free(s);
    }
    for (int w = 0; w < LIVE_WORLDS; w++) {
        live_store_drop(store[w]);
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
        worlds_free(s);
        return;
    }
    bool done = s->world[0].months_done >= s->scenario[0].months;
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
    s->state.stage = done ? LIVE_DONE : LIVE_RUNNING;
    pthread_mutex_unlock(&s->lock);
}

// Sleeps until the month is due or an order comes in; true when one is to be computed. Called with the lock held.
static bool month_due(struct live_simulation *s, double begun) {
    if (s->steps > 0) {
        s->steps--;
        return true;
    }
    if (!s->playing) {
        pthread_cond_wait(&s->order, &s->lock);
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
    pthread_cond_timedwait(&s->order, &s->lock, &until);
    return false;
}

static void *loop(void *context) {
    struct live_simulation *s = context;
    double begun = 0;
    for (;;) {
        pthread_mutex_lock(&s->lock);
        if (s->quit) {
            pthread_mutex_unlock(&s->lock);
            break;
        }
        struct live_plan plan;
        bool restart = s->restart;
        bool able = s->worlds > 0 && (s->state.stage == LIVE_READY || s->state.stage == LIVE_RUNNING);
        bool due = false;
        if (restart) {
            plan = s->plan;
            s->restart = false;
            s->state.stage = LIVE_MAKING;
        } else if (able) {
            due = month_due(s, begun);
        } else {
            s->steps = 0;
            pthread_cond_wait(&s->order, &s->lock);
        }
        pthread_mutex_unlock(&s->lock);
        if (restart) {
            begin(s, &plan);
        } else if (due) {
            begun = qon_time_wall();
            month(s);
        }
    }
    worlds_free(s);
    return NULL;
}

struct live_simulation *live_simulation_start(const struct live_plan *plan, bool playing, double months_second) {
    struct live_simulation *s = NULL;
    if (qon_take(&s, 1, sizeof *s) != QON_OK) {
        return NULL;
    }
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->order, NULL);
    s->plan = *plan;
    s->restart = true;
    s->playing = playing;
    s->months_second = months_second;
    stage_set(s, LIVE_MAKING);
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
    pthread_cond_signal(&s->order);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->thread, NULL);
    for (int w = 0; w < LIVE_WORLDS; w++) {
        live_store_drop(s->store[w]);
    }
    pthread_cond_destroy(&s->order);
    pthread_mutex_destroy(&s->lock);
    qon_free(s);
}

void live_simulation_play(struct live_simulation *s, bool playing) {
    pthread_mutex_lock(&s->lock);
    s->playing = playing;
    pthread_cond_signal(&s->order);
    pthread_mutex_unlock(&s->lock);
}

bool live_simulation_playing(struct live_simulation *s) {
    pthread_mutex_lock(&s->lock);
    bool playing = s->playing;
    pthread_mutex_unlock(&s->lock);
    return playing;
}

void live_simulation_step(struct live_simulation *s) {
    pthread_mutex_lock(&s->lock);
    s->steps++;
    pthread_cond_signal(&s->order);
    pthread_mutex_unlock(&s->lock);
}

void live_simulation_speed(struct live_simulation *s, double months_second) {
    pthread_mutex_lock(&s->lock);
    s->months_second = months_second;
    pthread_cond_signal(&s->order);
    pthread_mutex_unlock(&s->lock);
}

void live_simulation_restart(struct live_simulation *s, const struct live_plan *plan) {
    pthread_mutex_lock(&s->lock);
    s->plan = *plan;
    s->restart = true;
    s->steps = 0;
    s->state.stage = LIVE_MAKING;
    pthread_cond_signal(&s->order);
    pthread_mutex_unlock(&s->lock);
}

void live_simulation_look(struct live_simulation *s, struct live_state *state) {
    pthread_mutex_lock(&s->lock);
    *state = s->state;
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
