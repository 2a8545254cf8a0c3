// SPDX-License-Identifier: GPL-3.0-or-later
// What is drawn over map and panel in every frame: bars, buttons, the slider of time, the hint at the pointer.
#include "controls.h"
#include "words.h"
#include <math.h>
#include <string.h>

void live_hit_add(struct live_ui *ui, struct live_hit hit) {
    if (ui->hits < LIVE_HITS_MOST) {
        ui->hit[ui->hits++] = hit;
    }
}

void live_round_box(struct qon_canvas *canvas, struct qon_box box, double radius, int colour, double opacity) {
    cairo_t *cairo = canvas->cairo;
    cairo_new_sub_path(cairo);
    cairo_arc(cairo, box.x + box.w - radius, box.y + radius, radius, -M_PI / 2, 0);
    cairo_arc(cairo, box.x + box.w - radius, box.y + box.h - radius, radius, 0, M_PI / 2);
    cairo_arc(cairo, box.x + radius, box.y + box.h - radius, radius, M_PI / 2, M_PI);
    cairo_arc(cairo, box.x + radius, box.y + radius, radius, M_PI, 3 * M_PI / 2);
    cairo_close_path(cairo);
    qon_canvas_colour(canvas, colour, opacity);
    cairo_fill(cairo);
}

static bool under_pointer(const struct live_ui *ui, struct qon_box box) {
    return ui->mouse_x >= box.x && ui->mouse_y >= box.y && ui->mouse_x < box.x + box.w && ui->mouse_y < box.y + box.h;
}

// Returns the place for the next one.
static double button_draw(struct live_ui *ui, struct qon_canvas *canvas, double x, double y, const char *word, const char *key_name,
                          SDL_Keycode key, bool active) {
    struct qon_style style = {.size = 12, .weight = 600, .colour = active ? QON_PAPER : QON_INK};
    struct qon_style small = {.size = 10, .colour = active ? QON_PAPER : QON_MUTED};
    double wide = qon_text_width(canvas, word, &style);
    bool narrow = ui->width < 1240; // the word only
    double key_wide = narrow ? -6 : qon_text_width(canvas, key_name, &small);
    struct qon_box box = {x, y, wide + key_wide + 24, 26};
    if (box.x + box.w > ui->width - 8) {
        return x; // a narrow window: the key still works
    }
    live_round_box(canvas, box, 5, active ? QON_HUE : QON_GRID, under_pointer(ui, box) ? 1 : 0.75);
    qon_draw_text(canvas, x + 9, y + 17.5, word, &style);
    if (!narrow) {
        qon_draw_text(canvas, x + 15 + wide, y + 17.5, key_name, &small);
    }
    live_hit_add(ui, (struct live_hit){.box = box, .key = key, .row = -1});
    return x + box.w + (narrow ? 4 : 7);
}

// What the difference is taken to.
static void compared_draw(struct live_ui *ui, struct qon_canvas *canvas, double x) {
    bool same = strcmp(ui->plan.file[0], ui->plan.file[1]) == 0;
    struct qon_style style = {.size = 13, .colour = QON_HUE, .weight = 600, .most = ui->width - x - 360};
    char text[LIVE_TITLE_MAX + 100];
    if (ui->stores.of[0] && style.most > 60) {
        snprintf(text, sizeof text, LIVE_SAY(compared, ui->language),
                 same ? LIVE_SAY(base, ui->language) : ui->stores.of[0]->title[ui->language]);
        qon_draw_text(canvas, x, 27, text, &style);
    }
}

static void top_draw(struct live_ui *ui, struct qon_canvas *canvas) {
    static const enum live_word stage_word[] = {[LIVE_MAKING] = LIVE_WORD_making,
                                                [LIVE_READY] = LIVE_WORD_ready,
                                                [LIVE_RUNNING] = LIVE_WORD_running,
                                                [LIVE_DONE] = LIVE_WORD_done,
                                                [LIVE_FAILED] = LIVE_WORD_failed};
    const struct qon_scenario *scenario = ui->country.scenario;
    const char *title = scenario->title[ui->language] ? scenario->title[ui->language] : scenario->name;
    struct qon_style big = {.size = 16, .weight = 700, .colour = QON_INK, .most = 0.5 * ui->width};
    struct qon_style bold = {.size = 16, .weight = 600, .colour = QON_INK, .align = QON_RIGHT};
    struct qon_style small = {.size = 12, .colour = QON_MUTED, .align = QON_RIGHT};
    char month[64] = "", speed[64], text[200];
    bool running = ui->state.stage == LIVE_RUNNING || ui->state.stage == LIVE_READY;
    bool playing = ui->state.playing;
    enum live_word stage = running && !playing ? LIVE_WORD_paused : running && playing ? LIVE_WORD_running : stage_word[ui->state.stage];
    qon_draw_box(canvas, ui->layout.top, QON_PAPER, 1);
    qon_draw_text(canvas, 14, 27, title, &big);
    if (ui->plan.worlds > 1) {
        compared_draw(ui, canvas, 14 + fmin(qon_text_width(canvas, title, &big), big.most) + 14);
    }
    if (ui->stores.of[0] && ui->months > 0) {
        qon_format_month(month, sizeof month, ui->stores.of[0]->start + live_ui_slot(ui), ui->language);
    }
    double x = ui->width - 14;
    qon_draw_text(canvas, x, 27, month, &bold);
    qon_draw_line(canvas, 0, ui->layout.top.h - 0.5, ui->width, ui->layout.top.h - 0.5, QON_GRID, 1);
    x -= 112;
    if (ui->width < 700) {
        return; // no room beside title and month; the title of the window says it, too
    }
    snprintf(speed, sizeof speed, LIVE_SAY(months_second, ui->language), ui->months_second);
    snprintf(text, sizeof text, "%s · %s", live_word(stage, ui->language), ui->months_second > 0 ? speed : LIVE_SAY(fastest, ui->language));
    qon_draw_text(canvas, x, 27, text, &small);
}

static void slider_draw(struct live_ui *ui, struct qon_canvas *canvas, double y) {
    int most = ui->stores.of[0] ? ui->stores.of[0]->most - 1 : 1;
    int start = ui->stores.of[0] ? ui->stores.of[0]->start : ui->country.scenario->start - 1;
    struct qon_box track = {20, y, ui->width - 40, 5};
    ui->slider = track;
    live_round_box(canvas, track, 2.5, QON_GRID, 1);
    double done = ui->months > 1 ? track.w * (ui->months - 1) / most : 0;
    if (done > 5) {
        live_round_box(canvas, (struct qon_box){track.x, y, done, 5}, 2.5, QON_HUE, 0.5);
    }
    struct qon_style style = {.size = 9.5, .colour = QON_MUTED, .align = QON_CENTRE};
    for (int s = 0; s <= most; s++) {
        if ((start + s) % 12 == 0 && most < 480) {
            char year[16];
            double x = track.x + track.w * s / most;
            snprintf(year, sizeof year, "%d", 1900 + (start + s) / 12);
            qon_draw_line(canvas, x, y + 7, x, y + 10, QON_MUTED, 0.8);
            qon_draw_text(canvas, x, y + 19, year, &style);
        }
    }
    int slot = live_ui_slot(ui);
    double x = track.x + (slot > 0 ? track.w * slot / most : 0);
    cairo_arc(canvas->cairo, x, y + 2.5, ui->sliding ? 8 : 6.5, 0, 2 * M_PI);
    qon_canvas_colour(canvas, QON_HUE, 1);
    cairo_fill(canvas->cairo);
    live_hit_add(ui, (struct live_hit){.box = {track.x - 8, y - 8, track.w + 16, 22}, .row = -1, .slider = true});
}

static void bottom_draw(struct live_ui *ui, struct qon_canvas *canvas) {
    static const enum live_word mode_word[LIVE_MODES] = {LIVE_WORD_map_values, LIVE_WORD_map_dots, LIVE_WORD_map_flows};
    bool playing = ui->state.playing && ui->state.stage != LIVE_DONE;
    enum qon_language language = ui->language;
    enum live_overlay overlay = ui->overlay;
    double y = ui->layout.bottom.y;
    double x = 14;
    char text[100];
    qon_draw_box(canvas, ui->layout.bottom, QON_PAPER, 1);
    qon_draw_line(canvas, 0, y + 0.5, ui->width, y + 0.5, QON_GRID, 1);
    slider_draw(ui, canvas, y + 13);
    y += 40;
    x = button_draw(ui, canvas, x, y, playing ? LIVE_SAY(pause, language) : LIVE_SAY(play, language), "Space", SDLK_SPACE, true);
    x = button_draw(ui, canvas, x, y, LIVE_SAY(step, language), ".", SDLK_PERIOD, false);
    x = button_draw(ui, canvas, x, y, "«", "[", SDLK_LEFTBRACKET, false);
    x = button_draw(ui, canvas, x, y, "»", "]", SDLK_RIGHTBRACKET, false);
    x = button_draw(ui, canvas, x, y, LIVE_SAY(restart, language), "r", SDLK_r, false);
    x = button_draw(ui, canvas, x + 10, y, LIVE_SAY(indicator, language), "i", SDLK_i, overlay == LIVE_MENU);
    snprintf(text, sizeof text, "%s: %s", LIVE_SAY(view, language), live_word(mode_word[ui->mode], language));
    x = button_draw(ui, canvas, x, y, text, "m", SDLK_m, false);
    x = button_draw(ui, canvas, x, y, LIVE_SAY(find, language), "/", SDLK_SLASH, overlay == LIVE_SEARCH);
    x = button_draw(ui, canvas, x + 10, y, LIVE_SAY(policy, language), "e", SDLK_e, overlay == LIVE_POLICY);
    x = button_draw(ui, canvas, x, y, LIVE_SAY(branch, language), "b", SDLK_b, ui->plan.worlds > 1);
    x = button_draw(ui, canvas, x, y, LIVE_SAY(programmes, language), "g", SDLK_g, overlay == LIVE_PROGRAMMES);
    x = button_draw(ui, canvas, x + 10, y, LIVE_SAY(picture, language), "s", SDLK_s, false);
    button_draw(ui, canvas, x, y, LIVE_SAY(help, language), "h", SDLK_h, overlay == LIVE_HELP);
}

static void region_outline(struct live_ui *ui, struct qon_canvas *canvas, int region, double width, int colour) {
    const struct qon_view *view = &ui->painting.view;
    const struct qon_map_region *r = &ui->map.region[region];
    cairo_t *cairo = canvas->cairo;
    cairo_save(cairo);
    cairo_rectangle(cairo, ui->layout.map.x, ui->layout.map.y, ui->layout.map.w, ui->layout.map.h);
    cairo_clip(cairo);
    for (int ring = r->first_ring; ring < r->first_ring + r->rings; ring++) {
        double last_x = -1e9;
        double last_y = -1e9;
        cairo_new_sub_path(cairo);
        for (int i = ui->map.ring_point[ring]; i < ui->map.ring_point[ring + 1]; i++) {
            double x = ui->layout.map.x + view->dx + view->scale * ui->map.x[i];
            double y = ui->layout.map.y + view->dy + view->scale * ui->map.y[i];
            if (fabs(x - last_x) + fabs(y - last_y) >= 1.5) {
                cairo_line_to(cairo, x, y);
                last_x = x;
                last_y = y;
            }
        }
        cairo_close_path(cairo);
    }
    qon_canvas_colour(canvas, colour, 1);
    cairo_set_line_width(cairo, width);
    cairo_set_line_join(cairo, CAIRO_LINE_JOIN_BEVEL);
    cairo_stroke(cairo);
    cairo_restore(cairo);
}

// Name and value at the pointer.
struct hint {
    struct qon_box box;
    const char *name;
    char text[400];
};

static const struct qon_style hint_name = {.size = 13, .weight = 700, .colour = QON_INK};
static const struct qon_style hint_text = {.size = 12, .colour = QON_INK};

static bool hint_make(struct live_ui *ui, struct qon_canvas *canvas, struct hint *hint) {
    int slot = ui->painting.scene.map.slot;
    if (ui->overlay != LIVE_NO_OVERLAY || ui->hovered >= ui->country.regions || slot < 0 || slot >= ui->months || ui->dragging) {
        return false;
    }
    bool two = ui->stores.of[1] != NULL;
    const struct qon_indicator *indicator = &ui->country.indicator[ui->indicator];
    double value = live_scene_value(&ui->country, &ui->stores, two ? 2 : 1, slot, ui->indicator, ui->hovered, ui->kind, true);
    char number[64];
    hint->name = live_region_name(&ui->country, ui->hovered, ui->language);
    qon_format_number(number, sizeof number, value, live_digits(&ui->country, ui->indicator), two ? QON_SIGNED : 0, ui->language);
    snprintf(hint->text, sizeof hint->text, "%s %s", number, live_unit(indicator->unit, ui->language, two));
    double w = fmax(qon_text_width(canvas, hint->name, &hint_name), qon_text_width(canvas, hint->text, &hint_text)) + 20;
    struct qon_box box = {ui->mouse_x + 16, ui->mouse_y + 14, w, 46};
    double right = ui->layout.map.x + ui->layout.map.w;
    box.x = box.x + w > right ? fmax(4, ui->mouse_x - w - 12) : box.x; // the panel stays free
    box.y = fmin(box.y, ui->layout.bottom.y - box.h - 4);
    hint->box = box;
    return true;
}

static void hint_draw(struct live_ui *ui, struct qon_canvas *canvas) {
    struct hint hint;
    if (hint_make(ui, canvas, &hint)) {
        struct qon_box box = hint.box;
        live_round_box(canvas, (struct qon_box){box.x - 1, box.y - 1, box.w + 2, box.h + 2}, 6, QON_MUTED, 0.6);
        live_round_box(canvas, box, 5, QON_PAPER, 1);
        qon_draw_text(canvas, box.x + 10, box.y + 19, hint.name, &hint_name);
        qon_draw_text(canvas, box.x + 10, box.y + 36, hint.text, &hint_text);
    }
}

struct qon_box live_pointer_box(struct live_ui *ui, struct qon_canvas *canvas) {
    struct qon_box none = {0};
    struct hint hint;
    if (ui->hovered >= ui->country.regions || ui->painting.number == 0) {
        return none;
    }
    const struct qon_view *view = &ui->painting.view;
    const struct qon_map_region *r = &ui->map.region[ui->hovered];
    double x0 = ui->layout.map.x + view->dx + view->scale * r->x0 - 4;
    double y0 = ui->layout.map.y + view->dy + view->scale * r->y0 - 4;
    double x1 = ui->layout.map.x + view->dx + view->scale * r->x1 + 4;
    double y1 = ui->layout.map.y + view->dy + view->scale * r->y1 + 4;
    x0 = fmax(x0, ui->layout.map.x);
    y0 = fmax(y0, ui->layout.map.y);
    x1 = fmin(x1, ui->layout.map.x + ui->layout.map.w);
    y1 = fmin(y1, ui->layout.map.y + ui->layout.map.h);
    if (hint_make(ui, canvas, &hint)) {
        x0 = fmin(x0, hint.box.x - 3);
        y0 = fmin(y0, hint.box.y - 3);
        x1 = fmax(x1, hint.box.x + hint.box.w + 3);
        y1 = fmax(y1, hint.box.y + hint.box.h + 3);
    }
    return x1 > x0 ? (struct qon_box){x0, y0, x1 - x0, y1 - y0} : none;
}

static void message_draw(struct live_ui *ui, struct qon_canvas *canvas) {
    const char *text = ui->state.stage == LIVE_FAILED ? ui->state.fault : ui->message;
    if (ui->months == 0 && ui->state.stage == LIVE_MAKING) {
        text = LIVE_SAY(making, ui->language);
    }
    if (!*text) {
        return;
    }
    struct qon_style style = {.size = 13, .weight = 600, .colour = QON_PAPER, .align = QON_CENTRE, .most = ui->width - 80};
    double w = fmin(qon_text_width(canvas, text, &style) + 32, ui->width - 40);
    struct qon_box box = {fmax(8, ui->layout.map.x + (ui->layout.map.w - w) / 2), ui->layout.top.h + 8, w, 30};
    live_round_box(canvas, box, 6, ui->state.stage == LIVE_FAILED ? QON_BAD : QON_INK, 0.92);
    qon_draw_text(canvas, box.x + w / 2, box.y + 20, text, &style);
}

static void outlines_draw(struct live_ui *ui, struct qon_canvas *canvas) {
    if (ui->selected < ui->country.regions && ui->painting.number > 0) {
        region_outline(ui, canvas, ui->selected, 2.5, QON_INK);
    }
    if (ui->hovered < ui->country.regions && ui->painting.number > 0) {
        region_outline(ui, canvas, ui->hovered, 1.5, QON_INK);
    }
}

void live_pointer_draw(struct live_ui *ui, struct qon_canvas *canvas) {
    outlines_draw(ui, canvas);
    message_draw(ui, canvas);
    hint_draw(ui, canvas);
}

void live_controls_draw(struct live_ui *ui, struct qon_canvas *canvas) {
    ui->hits = 0;
    outlines_draw(ui, canvas);
    top_draw(ui, canvas);
    bottom_draw(ui, canvas);
    message_draw(ui, canvas);
    if (ui->overlay != LIVE_NO_OVERLAY) {
        live_overlay_draw(ui, canvas);
    } else {
        hint_draw(ui, canvas);
    }
}
