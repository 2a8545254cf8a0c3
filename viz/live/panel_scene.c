// SPDX-License-Identifier: GPL-3.0-or-later
// The panel: the series of the chosen indicator, the age structure, and the programmes, all of the place pointed at.
#include "programmes_scene.h"
#include "words.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { AGE_GROUPS_MOST = 40, PAD = 14, TABLE_LEAST = 90 };

struct panel {
    struct qon_canvas *canvas;
    const struct live_country *country;
    const struct live_stores *stores;
    const struct live_panel_scene *scene;
    enum qon_language language;
    double y, w;
};

static const struct qon_style heading = {.size = 12, .weight = 600, .colour = QON_MUTED};

static void place_draw(struct panel *p) {
    static const enum live_word kind_word[LIVE_KINDS] = {LIVE_WORD_all_kinds, LIVE_WORD_urban, LIVE_WORD_rural};
    const struct live_panel_scene *scene = p->scene;
    const struct qon_indicator *indicator = &p->country->indicator[scene->indicator];
    bool country = scene->region == p->country->regions;
    struct qon_style big = {.size = 19, .weight = 700, .colour = QON_INK, .most = p->w};
    struct qon_style small = {.size = 12, .colour = QON_MUTED, .most = p->w};
    char text[500], number[64], month[64];
    qon_draw_text(p->canvas, PAD, p->y + 20,
                  country ? LIVE_SAY(country, p->language) : live_region_name(p->country, scene->region, p->language), &big);
    double value = live_scene_value(p->country, p->stores, scene->worlds, scene->slot, scene->indicator, scene->region,
                                    (enum live_kind)scene->kind, true);
    qon_format_number(number, sizeof number, value, live_digits(p->country, scene->indicator), scene->worlds > 1 ? QON_SIGNED : 0,
                      p->language);
    qon_format_month(month, sizeof month, p->stores->of[0]->start + scene->slot, p->language);
    snprintf(text, sizeof text, "%s, %s: %s %s", month,
             country ? live_word(kind_word[0], p->language) : live_word(kind_word[scene->kind], p->language), number,
             live_unit(indicator->unit, p->language, scene->worlds > 1));
    qon_draw_text(p->canvas, PAD, p->y + 40, text, &small);
    p->y += 54;
}

// Of two worlds the difference: beside the level, it could not be seen.
static void series_draw(struct panel *p, double height) {
    const struct live_panel_scene *scene = p->scene;
    const struct qon_indicator *indicator = &p->country->indicator[scene->indicator];
    int count = p->stores->of[0]->most;
    double *value = calloc((size_t)count, sizeof *value);
    char label[QON_INDICATOR_LABEL_MAX + 64];
    if (!value) {
        p->canvas->failed = true;
        return;
    }
    for (int s = 0; s < count; s++) {
        value[s] = s < scene->months ? live_scene_value(p->country, p->stores, scene->worlds, s, scene->indicator, scene->region,
                                                        (enum live_kind)scene->kind, false)
                                     : (double)NAN;
    }
    struct qon_style style = heading;
    style.most = p->w;
    snprintf(label, sizeof label, scene->worlds > 1 ? LIVE_SAY(difference, p->language) : "%s", indicator->label[p->language]);
    qon_draw_text(p->canvas, PAD, p->y + 10, label, &style);
    struct qon_line line = {.name = LIVE_SAY(alt, p->language), .value = value, .colour = QON_HUE};
    struct qon_lines figure = {.lines = 1,
                               .line = &line,
                               .count = count,
                               .month = p->stores->of[0]->start,
                               .step = 1,
                               .from_zero = scene->worlds > 1,
                               .unit = live_unit(indicator->unit, p->language, scene->worlds > 1),
                               .flags = QON_SHORT | (scene->worlds > 1 ? QON_SIGNED : 0)};
    qon_draw_lines(p->canvas, &figure, (struct qon_box){PAD, p->y + 18, p->w, height - 18});
    p->y += height + 12;
    free(value);
}

// Age groups are the indicators population_male_age_<from>_<to>.
static void pyramid_draw(struct panel *p, double height) {
    static const char male[] = "population_male_age_";
    static const char female[] = "population_female_age_";
    const struct live_panel_scene *scene = p->scene;
    const struct live_store *store = p->stores->of[scene->worlds - 1];
    const char *label[AGE_GROUPS_MOST];
    char text[AGE_GROUPS_MOST][24];
    double value[4][AGE_GROUPS_MOST];
    int groups[2] = {0, 0};
    for (int i = 0; i < p->country->indicators; i++) {
        const char *name = p->country->indicator[i].name;
        int sex = strncmp(name, male, sizeof male - 1) == 0 ? 0 : strncmp(name, female, sizeof female - 1) == 0 ? 1 : -1;
        if (sex < 0 || groups[sex] == AGE_GROUPS_MOST) {
            continue;
        }
        int g = groups[sex]++;
        snprintf(text[g], sizeof text[g], "%s", name + (sex == 0 ? sizeof male : sizeof female) - 1);
        char *mark = strchr(text[g], '_');
        if (mark) {
            bool over = strcmp(mark, "_over") == 0;
            *mark = over ? '+' : '-';
            mark[over] = over ? '\0' : mark[0];
        }
        label[g] = text[g];
        value[sex][g] = live_value(p->country, store, scene->slot, i, scene->region, (enum live_kind)scene->kind, false);
        value[2 + sex][g] = live_value(p->country, store, 0, i, scene->region, (enum live_kind)scene->kind, false);
    }
    qon_draw_text(p->canvas, PAD, p->y + 10, LIVE_SAY(pyramid, p->language), &heading);
    struct qon_pyramid figure = {.groups = groups[0],
                                 .label = label,
                                 .men = value[0],
                                 .women = value[1],
                                 .men_before = value[2],
                                 .women_before = value[3],
                                 .word_men = LIVE_SAY(men, p->language),
                                 .word_women = LIVE_SAY(women, p->language),
                                 .word_now = LIVE_SAY(now, p->language),
                                 .word_before = LIVE_SAY(at_start, p->language)};
    qon_draw_pyramid(p->canvas, &figure, (struct qon_box){PAD, p->y + 18, p->w, height - 18});
    p->y += height + 10;
}

static void programmes_draw(struct panel *p, double bottom) {
    const struct live_store *store = p->stores->of[p->scene->worlds - 1];
    if (bottom - p->y < TABLE_LEAST) {
        return; // not half a table
    }
    qon_draw_text(p->canvas, PAD, p->y + 10, LIVE_SAY(programmes, p->language), &heading);
    if (store->programmes == 0) {
        const struct qon_style style = {.size = 11.5, .colour = QON_MUTED};
        qon_draw_text(p->canvas, PAD, p->y + 30, LIVE_SAY(no_programmes, p->language), &style);
        return;
    }
    p->y += 18;
    live_programmes_short(p->canvas, store, p->scene->slot, (struct qon_box){PAD, p->y, p->w, bottom - p->y});
}

void live_panel_draw(struct qon_canvas *canvas, const struct live_country *country, const struct live_stores *stores,
                     const struct live_panel_scene *scene) {
    struct panel p = {canvas, country, stores, scene, (enum qon_language)scene->language, 8, scene->width - 2 * PAD};
    qon_draw_box(canvas, (struct qon_box){0, 0, scene->width, scene->height}, QON_PANEL, 1);
    if (!stores->of[0] || scene->slot < 0 || scene->width < 200) {
        return;
    }
    place_draw(&p);
    double room = scene->height - p.y;
    bool programmes = stores->of[scene->worlds - 1]->programmes > 0;
    series_draw(&p, fmax(100, (programmes ? 0.26 : 0.34) * room));
    if (programmes) {
        p.y += live_sparks_draw(canvas, country, stores, scene->worlds, scene->slot, (struct qon_box){PAD, p.y, p.w, 0});
    }
    double pyramid = fmax(150, (programmes ? 0.34 : 0.52) * room);
    bool table = scene->height - 8 - (p.y + pyramid + 10) >= TABLE_LEAST;
    pyramid_draw(&p, table ? pyramid : fmax(150, scene->height - 16 - p.y));
    programmes_draw(&p, scene->height - 8);
}
