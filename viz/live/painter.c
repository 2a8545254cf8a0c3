// SPDX-License-Identifier: GPL-3.0-or-later
#include "painter.h"
#include <math.h>
#include <pthread.h>
#include <qonys/memory.h>
#include <qonys/par.h>
#include <string.h>
#include <time.h>

enum { EACH_MS = 150 }; // between paintings that differ in the month only

// Three sets of surfaces: one painted on, one finished, one shown.
struct sheet {
    struct live_painting painting;
};

struct live_painter {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t asked;
    const struct live_country *country;
    const struct qon_map *map;
    struct qon_theme theme[2];
    bool quit, wanted, fresh; // fresh: the finished sheet has not been shown
    struct live_scene scene;
    struct live_stores stores;
    struct sheet sheet[3];
    int back, finished, front;
    struct live_scene last; // painted last
    int number;
    double seconds, painted;
};

static void stores_drop(struct live_stores *stores) {
    for (int w = 0; w < LIVE_WORLDS; w++) {
        live_store_drop(stores->of[w]);
        stores->of[w] = NULL;
    }
}

static void surface_fit(cairo_surface_t **surface, int width, int height, double scale) {
    int w = (int)ceil(fmax(1, width) * scale);
    int h = (int)ceil(fmax(1, height) * scale);
    if (!*surface || cairo_image_surface_get_width(*surface) != w || cairo_image_surface_get_height(*surface) != h) {
        if (*surface) {
            cairo_surface_destroy(*surface);
        }
        *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, w, h);
    }
    cairo_surface_set_device_scale(*surface, scale, scale);
}

static void map_paint(struct live_painter *p, struct live_painting *to, const struct live_scene *scene, const struct live_stores *stores) {
    surface_fit(&to->map, scene->map.width, scene->map.height, scene->map.scale);
    cairo_t *cairo = cairo_create(to->map);
    struct qon_canvas canvas;
    qon_canvas_init(&canvas, cairo, &p->theme[scene->map.dark], (enum qon_language)scene->map.language);
    live_map_draw(&canvas, p->country, p->map, stores, &scene->map, &to->view);
    qon_canvas_free(&canvas);
    cairo_destroy(cairo);
}

static void panel_paint(struct live_painter *p, struct live_painting *to, const struct live_scene *scene,
                        const struct live_stores *stores) {
    surface_fit(&to->panel, scene->panel.width, scene->panel.height, scene->panel.scale);
    cairo_t *cairo = cairo_create(to->panel);
    struct qon_canvas canvas;
    qon_canvas_init(&canvas, cairo, &p->theme[scene->panel.dark], (enum qon_language)scene->panel.language);
    live_panel_draw(&canvas, p->country, stores, &scene->panel);
    qon_canvas_free(&canvas);
    cairo_destroy(cairo);
}

// Only what this sheet does not show yet.
static void paint(struct live_painter *p, struct live_painting *to, const struct live_scene *scene, const struct live_stores *stores) {
    bool first = to->number == 0;
    if (first || memcmp(&to->scene.map, &scene->map, sizeof scene->map) != 0) {
        map_paint(p, to, scene, stores);
    }
    if (first || memcmp(&to->scene.panel, &scene->panel, sizeof scene->panel) != 0) {
        panel_paint(p, to, scene, stores);
    }
    to->scene = *scene;
}

// Does the scene differ from the one last painted in the month only?
static bool month_only(const struct live_scene *scene, const struct live_scene *former) {
    struct live_scene same = *scene;
    same.map.slot = former->map.slot;
    same.panel.slot = former->panel.slot;
    same.panel.months = former->panel.months;
    return memcmp(&same, former, sizeof same) == 0;
}

static void until_due(struct live_painter *p) {
    while (!p->quit && p->number > 0 && month_only(&p->scene, &p->last)) {
        double wait = p->painted + EACH_MS / 1000.0 - qon_time_wall();
        if (wait <= 0) {
            return;
        }
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        int64_t nanoseconds = until.tv_nsec + (int64_t)(1e9 * wait);
        until.tv_sec += (time_t)(nanoseconds / 1000000000);
        until.tv_nsec = (long)(nanoseconds % 1000000000);
        pthread_cond_timedwait(&p->asked, &p->lock, &until);
    }
}

static void *loop(void *context) {
    struct live_painter *p = context;
    pthread_mutex_lock(&p->lock);
    while (!p->quit) {
        if (!p->wanted) {
            pthread_cond_wait(&p->asked, &p->lock);
            continue;
        }
        until_due(p);
        struct live_scene scene = p->scene;
        struct live_stores stores = p->stores;
        memset(&p->stores, 0, sizeof p->stores);
        p->wanted = false;
        struct live_painting *to = &p->sheet[p->back].painting;
        pthread_mutex_unlock(&p->lock);
        double begun = qon_time_wall();
        paint(p, to, &scene, &stores);
        stores_drop(&stores);
        pthread_mutex_lock(&p->lock);
        p->last = scene;
        p->painted = qon_time_wall();
        p->seconds += p->painted - begun;
        to->number = ++p->number;
        int back = p->finished;
        p->finished = p->back;
        p->back = back;
        p->fresh = true;
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

struct live_painter *live_painter_start(const struct live_country *country, const struct qon_map *map) {
    struct live_painter *p = NULL;
    if (qon_take(&p, 1, sizeof *p) != QON_OK) {
        return NULL;
    }
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->asked, NULL);
    p->country = country;
    p->map = map;
    qon_theme_make(&p->theme[0], false);
    qon_theme_make(&p->theme[1], true);
    p->finished = 1;
    p->front = 2;
    if (pthread_create(&p->thread, NULL, loop, p) != 0) {
        qon_free(p);
        return NULL;
    }
    return p;
}

void live_painter_stop(struct live_painter *p) {
    if (!p) {
        return;
    }
    pthread_mutex_lock(&p->lock);
    p->quit = true;
    pthread_cond_signal(&p->asked);
    pthread_mutex_unlock(&p->lock);
    pthread_join(p->thread, NULL);
    stores_drop(&p->stores);
    for (int i = 0; i < 3; i++) {
        cairo_surface_destroy(p->sheet[i].painting.map);
        cairo_surface_destroy(p->sheet[i].painting.panel);
    }
    pthread_cond_destroy(&p->asked);
    pthread_mutex_destroy(&p->lock);
    qon_free(p);
}

void live_painter_ask(struct live_painter *p, const struct live_scene *scene, const struct live_stores *stores) {
    pthread_mutex_lock(&p->lock);
    stores_drop(&p->stores);
    for (int w = 0; w < LIVE_WORLDS; w++) {
        if (stores->of[w]) {
            live_store_hold(stores->of[w]);
        }
    }
    p->stores = *stores;
    p->scene = *scene;
    p->wanted = true;
    pthread_cond_signal(&p->asked);
    pthread_mutex_unlock(&p->lock);
}

void live_painter_newest(struct live_painter *p, struct live_painting *painting) {
    pthread_mutex_lock(&p->lock);
    if (p->fresh) {
        int front = p->finished;
        p->finished = p->front;
        p->front = front;
        p->fresh = false;
    }
    *painting = p->sheet[p->front].painting;
    pthread_mutex_unlock(&p->lock);
}

double live_painter_seconds(struct live_painter *p, int *paintings) {
    pthread_mutex_lock(&p->lock);
    double seconds = p->seconds;
    *paintings = p->number;
    pthread_mutex_unlock(&p->lock);
    return seconds;
}
