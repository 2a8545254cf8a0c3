// SPDX-License-Identifier: GPL-3.0-or-later
// Keys and what they change: all of the window can be worked by them.
#include "ui.h"
#include "words.h"
#include <math.h>
#include <string.h>
#include <sys/stat.h>

static const double speeds[] = {0.5, 1, 2, 4, 8, 16, 0}; // months a second; 0: as fast as it goes
enum { SPEEDS = sizeof speeds / sizeof speeds[0] };

static void speed_change(struct live_ui *ui, int by) {
    int at = SPEEDS - 1;
    for (int i = 0; i < SPEEDS; i++) {
        at = speeds[i] == ui->months_second ? i : at;
    }
    at += by;
    ui->months_second = speeds[at < 0 ? 0 : at >= SPEEDS ? SPEEDS - 1 : at];
    live_simulation_speed(ui->simulation, ui->months_second);
}

// --- keys -------------------------------------------------------------------------------------------------------------------------

static void restart(struct live_ui *ui, bool forget) {
    live_simulation_restart(ui->simulation, forget);
    if (forget) {
        ui->plan.worlds = ui->first_worlds;
        ui->plan.dated[0].count = ui->plan.dated[1].count = 0;
        live_ui_say(ui, LIVE_SAY(forgotten, ui->language));
    }
    ui->slot = -1;
}

// Beside the user's files, never over one.
static void scenario_save(struct live_ui *ui) {
    struct qon_faults faults;
    struct stat there;
    char path[300], text[400];
    int n = 1;
    do {
        snprintf(path, sizeof path, n == 1 ? "%.200s-by-hand.json" : "%.200s-by-hand-%d.json", ui->country.scenario->name, n);
    } while (stat(path, &there) == 0 && ++n < 1000);
    qon_faults_init(&faults);
    live_simulation_plan(ui->simulation, &ui->plan);
    bool saved = live_plan_save(&ui->plan, ui->plan.worlds - 1, path, &faults) == QON_OK;
    snprintf(text, sizeof text, saved ? LIVE_SAY(saved, ui->language) : LIVE_SAY(not_saved, ui->language), path);
    live_ui_say(ui, !saved && faults.kept > 0 ? faults.text[0] : text);
}

static void query_shorten(struct live_ui *ui) {
    size_t length = strlen(ui->query);
    while (length > 0 && ((unsigned char)ui->query[--length] & 0xc0) == 0x80) {
    }
    ui->query[length] = '\0';
    live_ui_list(ui);
}

// The first parameter of the next programme.
static void programme_next(struct live_ui *ui, int by) {
    const struct live_parameter *p = ui->policy.parameter;
    int row = ui->row;
    int of = p[ui->list[row]].programme;
    while (row >= 0 && row < ui->listed && p[ui->list[row]].programme == of) {
        row += by;
    }
    row = row < 0 ? ui->listed - 1 : row >= ui->listed ? 0 : row;
    of = p[ui->list[row]].programme;
    while (row > 0 && p[ui->list[row - 1]].programme == of) {
        row--;
    }
    ui->row = row;
}

// Keys of the policy sheet; false: none of them.
static bool policy_key(struct live_ui *ui, SDL_Keycode key, SDL_Keymod mod) {
    double steps = mod & KMOD_SHIFT ? 10 : 1;
    if (ui->listed == 0) {
        return false;
    }
    struct live_parameter *p = &ui->policy.parameter[ui->list[ui->row]];
    switch (key) {
    case SDLK_LEFT:
    case SDLK_RIGHT:
        live_policy_move(&ui->policy, ui->list[ui->row], key == SDLK_LEFT ? -steps : steps);
        return true;
    case SDLK_HOME:
        live_policy_put(&ui->policy, ui->list[ui->row], p->low);
        return true;
    case SDLK_END:
        live_policy_put(&ui->policy, ui->list[ui->row], p->high);
        return true;
    case SDLK_BACKSPACE:
        p->value = p->effect;
        return true;
    case SDLK_TAB:
        programme_next(ui, mod & KMOD_SHIFT ? -1 : 1);
        return true;
    default:
        return false;
    }
}

static bool overlay_key(struct live_ui *ui, SDL_Keycode key, SDL_Keymod mod) {
    bool typing = ui->overlay == LIVE_MENU || ui->overlay == LIVE_SEARCH;
    int page = key == SDLK_PAGEUP || key == SDLK_PAGEDOWN ? 10 : 1;
    if (ui->overlay == LIVE_POLICY && policy_key(ui, key, mod)) {
        return true;
    }
    switch (key) {
    case SDLK_ESCAPE:
        live_ui_overlay(ui, ui->overlay);
        return true;
    case SDLK_UP:
    case SDLK_DOWN:
    case SDLK_PAGEUP:
    case SDLK_PAGEDOWN:
        ui->row += key == SDLK_UP || key == SDLK_PAGEUP ? -page : page;
        live_ui_list(ui);
        return true;
    case SDLK_RETURN:
    case SDLK_KP_ENTER:
        live_ui_row_take(ui);
        return true;
    case SDLK_BACKSPACE:
        query_shorten(ui);
        return true;
    case SDLK_LEFT:
    case SDLK_RIGHT:
        return typing;
    default: // letters go into the query
        return typing && key >= ' ' && key < 0x10000;
    }
}

static void indicator_show(struct live_ui *ui, const char *name) {
    for (int i = 0; i < ui->country.indicators; i++) {
        if (strcmp(ui->country.indicator[i].name, name) == 0) {
            ui->indicator = i;
            ui->mode = ui->mode == LIVE_FLOWS ? LIVE_VALUES : ui->mode;
        }
    }
}

static void arrow_key(struct live_ui *ui, SDL_Keycode key, SDL_Keymod mod) {
    int sign = key == SDLK_LEFT || key == SDLK_UP ? -1 : 1;
    bool across = key == SDLK_LEFT || key == SDLK_RIGHT;
    if (mod & KMOD_CTRL) {
        live_ui_pan(ui, across ? -60 * sign : 0, across ? 0 : -60 * sign);
    } else if (across) {
        live_ui_slot_move(ui, sign * (mod & KMOD_SHIFT ? 12 : 1));
    }
}

static bool view_key(struct live_ui *ui, SDL_Keycode key, SDL_Keymod mod) {
    double cx = ui->layout.map.x + ui->layout.map.w / 2;
    double cy = ui->layout.map.y + ui->layout.map.h / 2;
    int regions = ui->country.regions;
    const struct qon_view *view = &ui->painting.view;
    if (ui->selected < regions && view->scale > 0) { // about the region chosen while it is in view
        double x = ui->layout.map.x + view->dx + view->scale * ui->map.region[ui->selected].label_x;
        double y = ui->layout.map.y + view->dy + view->scale * ui->map.region[ui->selected].label_y;
        bool seen = x > ui->layout.map.x && y > ui->layout.map.y && x < ui->layout.panel.x && y < ui->layout.bottom.y;
        cx = seen ? x : cx;
        cy = seen ? y : cy;
    }
    switch (key) {
    case SDLK_LEFT:
    case SDLK_RIGHT:
    case SDLK_UP:
    case SDLK_DOWN:
        arrow_key(ui, key, mod);
        return true;
    case SDLK_HOME:
        ui->slot = 0;
        return true;
    case SDLK_END:
        ui->slot = -1;
        return true;
    case SDLK_PLUS:
    case SDLK_EQUALS:
    case SDLK_KP_PLUS:
        live_ui_zoom(ui, 1.3, cx, cy);
        return true;
    case SDLK_MINUS:
    case SDLK_KP_MINUS:
        live_ui_zoom(ui, 1 / 1.3, cx, cy);
        return true;
    case SDLK_0:
        live_ui_zoom(ui, 0, cx, cy);
        return true;
    case SDLK_TAB: // through all regions and the country
        ui->selected = (ui->selected + (mod & KMOD_SHIFT ? regions : 1)) % (regions + 1);
        ui->hovered = regions;
        return true;
    case SDLK_d:
        indicator_show(ui, "density");
        return true;
    case SDLK_p:
        indicator_show(ui, "population");
        return true;
    case SDLK_u:
        indicator_show(ui, "unemployment_rate");
        return true;
    case SDLK_n:
        indicator_show(ui, "net_migration_region");
        return true;
    case SDLK_m:
        ui->mode = (enum live_mode)((ui->mode + 1) % LIVE_MODES);
        return true;
    case SDLK_k:
        ui->kind = (enum live_kind)((ui->kind + 1) % LIVE_KINDS);
        return true;
    default:
        return false;
    }
}

static void play_toggle(struct live_ui *ui) {
    bool playing = !ui->state.playing;
    if (ui->state.stage == LIVE_DONE) { // once more
        live_simulation_restart(ui->simulation, false);
        playing = true;
    }
    ui->state.playing = playing; // so that two keys within a frame are two changes
    live_simulation_play(ui->simulation, playing);
    ui->resume = ui->overlay == LIVE_POLICY && playing;
    ui->slot = -1;
}

static bool run_key(struct live_ui *ui, SDL_Keycode key, SDL_Keymod mod) {
    switch (key) {
    case SDLK_SPACE:
        play_toggle(ui);
        return true;
    case SDLK_PERIOD:
        live_simulation_step(ui->simulation);
        ui->slot = -1;
        return true;
    case SDLK_LEFTBRACKET:
    case SDLK_RIGHTBRACKET:
        speed_change(ui, key == SDLK_LEFTBRACKET ? -1 : 1);
        return true;
    case SDLK_r:
        restart(ui, (mod & KMOD_SHIFT) != 0);
        return true;
    case SDLK_b:
        live_ui_apply(ui, true);
        return true;
    case SDLK_w:
        scenario_save(ui);
        return true;
    default:
        return false;
    }
}

static void window_key(struct live_ui *ui, SDL_Keycode key) {
    switch (key) {
    case SDLK_i:
        live_ui_overlay(ui, LIVE_MENU);
        break;
    case SDLK_SLASH:
    case SDLK_KP_DIVIDE:
        live_ui_overlay(ui, LIVE_SEARCH);
        break;
    case SDLK_e:
        live_ui_overlay(ui, LIVE_POLICY);
        break;
    case SDLK_g:
        live_ui_overlay(ui, LIVE_PROGRAMMES);
        break;
    case SDLK_h:
    case SDLK_F1:
    case SDLK_QUESTION:
        live_ui_overlay(ui, LIVE_HELP);
        break;
    case SDLK_s:
        ui->picture = true;
        break;
    case SDLK_v:
        ui->recording = !ui->recording;
        break;
    case SDLK_f:
    case SDLK_F11:
        ui->full_screen = !ui->full_screen;
        break;
    case SDLK_t:
        ui->dark = !ui->dark;
        break;
    case SDLK_l:
        ui->language = (enum qon_language)((ui->language + 1) % QON_LANGUAGES);
        break;
    case SDLK_q:
        ui->quit = true;
        break;
    default:
        break;
    }
}

void live_ui_key(struct live_ui *ui, SDL_Keycode key, SDL_Keymod mod) {
    ui->changed = true;
    if (ui->overlay != LIVE_NO_OVERLAY && overlay_key(ui, key, mod)) {
        return;
    }
    if (!view_key(ui, key, mod) && !run_key(ui, key, mod)) {
        window_key(ui, key);
    }
}

void live_ui_text(struct live_ui *ui, const char *text) {
    if (!ui->swallow && (ui->overlay == LIVE_MENU || ui->overlay == LIVE_SEARCH) && strlen(ui->query) + strlen(text) < LIVE_QUERY_MAX) {
        strcat(ui->query, text);
        ui->row = 0;
        live_ui_list(ui);
        ui->changed = true;
    }
}
