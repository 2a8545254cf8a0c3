// SPDX-License-Identifier: GPL-3.0-or-later
// Keys, clicks and what they change.
#include "ui.h"
#include "words.h"
#include <glib.h>
#include <math.h>
#include <qonys/par.h>
#include <string.h>

static const double speeds[] = {0.5, 1, 2, 4, 8, 16, 0}; // months a second; 0: as fast as it goes
enum { SPEEDS = sizeof speeds / sizeof speeds[0] };

bool live_ui_refresh(struct live_ui *ui) {
    struct live_state state;
    live_simulation_look(ui->simulation, &state);
    bool changed = memcmp(&state, &ui->state, sizeof state) != 0;
    if (state.starts != ui->starts) {
        for (int w = 0; w < LIVE_WORLDS; w++) {
            live_store_drop(ui->stores.of[w]);
            ui->stores.of[w] = w < state.worlds ? live_simulation_store(ui->simulation, w) : NULL;
        }
        ui->starts = state.starts;
    }
    ui->state = state;
    int months = ui->stores.of[0] ? live_store_months(ui->stores.of[0]) : 0;
    if (ui->stores.of[1] && live_store_months(ui->stores.of[1]) < months) {
        months = live_store_months(ui->stores.of[1]);
    }
    changed = changed || months != ui->months;
    ui->months = months;
    if (*ui->message && qon_time_wall() > ui->message_until) {
        *ui->message = '\0';
        changed = true;
    }
    return changed;
}

int live_ui_slot(const struct live_ui *ui) {
    return ui->slot < 0 || ui->slot >= ui->months ? ui->months - 1 : ui->slot;
}

int live_ui_place(const struct live_ui *ui) {
    return ui->hovered < ui->country.regions ? ui->hovered : ui->selected;
}

static int worlds(const struct live_ui *ui) {
    return ui->stores.of[1] ? 2 : 1;
}

void live_ui_scene(const struct live_ui *ui, struct live_scene *scene) {
    memset(scene, 0, sizeof *scene);
    struct live_map_scene *map = &scene->map;
    map->width = (int)ui->layout.map.w;
    map->height = (int)ui->layout.map.h;
    map->scale = ui->scale;
    map->dark = ui->dark;
    map->language = ui->language;
    map->mode = ui->mode;
    map->kind = ui->kind;
    map->indicator = ui->indicator;
    map->slot = live_ui_slot(ui);
    map->worlds = worlds(ui);
    map->starts = ui->starts;
    map->zoom = ui->zoom;
    scene->panel = (struct live_panel_scene){.width = (int)ui->layout.panel.w,
                                             .height = (int)ui->layout.panel.h,
                                             .scale = ui->scale,
                                             .dark = ui->dark,
                                             .language = ui->language,
                                             .kind = ui->kind,
                                             .indicator = ui->indicator,
                                             .slot = map->slot,
                                             .worlds = map->worlds,
                                             .starts = ui->starts,
                                             .months = ui->months,
                                             .region = live_ui_place(ui)};
}

void live_ui_say(struct live_ui *ui, const char *text) {
    snprintf(ui->message, sizeof ui->message, "%s", text);
    ui->message_until = qon_time_wall() + 6;
    ui->changed = true;
}

// --- lists ------------------------------------------------------------------------------------------------------------------------

static bool holds(const char *text, const char *query) {
    char *low_text = g_utf8_strdown(text, -1);
    char *low_query = g_utf8_strdown(query, -1);
    bool found = strstr(low_text, low_query) != NULL;
    g_free(low_text);
    g_free(low_query);
    return found;
}

void live_ui_list(struct live_ui *ui) {
    ui->listed = 0;
    if (ui->overlay == LIVE_MENU) {
        for (int i = 0; i < ui->country.indicators && ui->listed < LIVE_LIST_MOST; i++) {
            const struct qon_indicator *indicator = &ui->country.indicator[i];
            if (holds(indicator->label[ui->language], ui->query) || holds(indicator->name, ui->query)) {
                ui->list[ui->listed++] = i;
            }
        }
    } else if (ui->overlay == LIVE_SEARCH) {
        for (int r = 0; r < ui->country.regions && ui->listed < LIVE_LIST_MOST; r++) {
            bool found = holds(ui->country.scenario->tables.regions.id[r], ui->query);
            for (int l = 0; l < QON_LANGUAGES; l++) {
                found = found || holds(live_region_name(&ui->country, r, (enum qon_language)l), ui->query);
            }
            if (found) {
                ui->list[ui->listed++] = r;
            }
        }
    } else if (ui->overlay == LIVE_POLICY) {
        for (int i = 0; i < ui->policy.parameters && ui->listed < LIVE_LIST_MOST; i++) {
            ui->list[ui->listed++] = i;
        }
    }
    ui->row = ui->row >= ui->listed ? ui->listed - 1 : ui->row;
    ui->row = ui->row < 0 ? 0 : ui->row;
}

static void overlay_open(struct live_ui *ui, enum live_overlay overlay) {
    ui->overlay = ui->overlay == overlay ? LIVE_NO_OVERLAY : overlay;
    *ui->query = '\0';
    ui->row = 0;
    ui->swallow = true;
    live_ui_list(ui);
    for (int i = 0; overlay == LIVE_MENU && i < ui->listed; i++) {
        ui->row = ui->list[i] == ui->indicator ? i : ui->row;
    }
}

// --- the map ----------------------------------------------------------------------------------------------------------------------

static void zoom_keep(struct live_ui *ui) {
    struct live_zoom *zoom = &ui->zoom;
    const struct qon_map *map = &ui->map;
    zoom->factor = fmin(fmax(zoom->factor, 1), 40);
    if (zoom->factor <= 1.001) {
        *zoom = (struct live_zoom){1, (map->x0 + map->x1) / 2, (map->y0 + map->y1) / 2};
        return;
    }
    zoom->x = fmin(fmax(zoom->x, map->x0), map->x1);
    zoom->y = fmin(fmax(zoom->y, map->y0), map->y1);
}

// The point under the pointer stays where it is.
static void zoom_by(struct live_ui *ui, double factor, double px, double py) {
    const struct qon_view *view = &ui->painting.view;
    double x = view->scale > 0 ? (px - ui->layout.map.x - view->dx) / view->scale : ui->zoom.x;
    double y = view->scale > 0 ? (py - ui->layout.map.y - view->dy) / view->scale : ui->zoom.y;
    double former = ui->zoom.factor;
    ui->zoom.factor = fmin(fmax(former * factor, 1), 40);
    ui->zoom.x = x + (ui->zoom.x - x) * former / ui->zoom.factor;
    ui->zoom.y = y + (ui->zoom.y - y) * former / ui->zoom.factor;
    zoom_keep(ui);
}

static void pan_by(struct live_ui *ui, double px, double py) {
    double scale = ui->painting.view.scale;
    if (ui->zoom.factor > 1 && scale > 0) {
        ui->zoom.x -= px / scale;
        ui->zoom.y -= py / scale;
        zoom_keep(ui);
    }
}

// --- time -------------------------------------------------------------------------------------------------------------------------

static void slot_move(struct live_ui *ui, int by) {
    int slot = live_ui_slot(ui) + by;
    slot = slot < 0 ? 0 : slot;
    ui->slot = slot >= ui->months - 1 ? -1 : slot;
}

static void slider_set(struct live_ui *ui, double x) {
    int most = ui->stores.of[0] ? ui->stores.of[0]->most - 1 : 1;
    int slot = (int)lround((x - ui->slider.x) / fmax(1, ui->slider.w) * most);
    slot = slot < 0 ? 0 : slot;
    ui->slot = slot >= ui->months - 1 ? -1 : slot;
}

static void speed_change(struct live_ui *ui, int by) {
    int at = SPEEDS - 1;
    for (int i = 0; i < SPEEDS; i++) {
        at = speeds[i] == ui->months_second ? i : at;
    }
    at += by;
    ui->months_second = speeds[at < 0 ? 0 : at >= SPEEDS ? SPEEDS - 1 : at];
    live_simulation_speed(ui->simulation, ui->months_second);
}

static void restart(struct live_ui *ui) {
    live_policy_changes(&ui->policy, &ui->plan.by_hand);
    live_simulation_restart(ui->simulation, &ui->plan);
    ui->slot = -1;
}

// With and without the changes made by hand, from the start.
static void branch(struct live_ui *ui) {
    if (ui->plan.worlds == 1) {
        ui->plan.worlds = 2;
        ui->plan.file[1] = ui->plan.file[0];
        ui->indicator = ui->country.population;
        ui->mode = LIVE_VALUES;
    }
    restart(ui);
}

static void scenario_save(struct live_ui *ui) {
    struct qon_faults faults;
    char path[300], text[400];
    snprintf(path, sizeof path, "%.200s-by-hand.json", ui->country.scenario->name);
    qon_faults_init(&faults);
    bool saved = live_policy_save(&ui->policy, &ui->plan, path, &faults) == QON_OK;
    snprintf(text, sizeof text, saved ? LIVE_SAY(saved, ui->language) : LIVE_SAY(not_saved, ui->language), path);
    live_ui_say(ui, !saved && faults.kept > 0 ? faults.text[0] : text);
}

// --- keys -------------------------------------------------------------------------------------------------------------------------

static void row_take(struct live_ui *ui) {
    if (ui->overlay == LIVE_POLICY) {
        restart(ui);
        return;
    }
    if (ui->row < ui->listed) {
        *(ui->overlay == LIVE_MENU ? &ui->indicator : &ui->selected) = ui->list[ui->row];
        ui->mode = ui->overlay == LIVE_MENU && ui->mode == LIVE_FLOWS ? LIVE_VALUES : ui->mode;
    }
    ui->overlay = LIVE_NO_OVERLAY;
}

static bool overlay_key(struct live_ui *ui, SDL_Keycode key, SDL_Keymod mod) {
    double steps = mod & KMOD_SHIFT ? 10 : 1;
    int32_t month = ui->stores.of[0] ? ui->stores.of[0]->start + live_ui_slot(ui) : ui->country.scenario->start;
    size_t length = strlen(ui->query);
    switch (key) {
    case SDLK_ESCAPE:
        ui->overlay = LIVE_NO_OVERLAY;
        return true;
    case SDLK_UP:
    case SDLK_DOWN:
    case SDLK_PAGEUP:
    case SDLK_PAGEDOWN:
        ui->row += (key == SDLK_UP || key == SDLK_PAGEUP ? -1 : 1) * (key == SDLK_UP || key == SDLK_DOWN ? 1 : 10);
        live_ui_list(ui);
        return true;
    case SDLK_RETURN:
    case SDLK_KP_ENTER:
        row_take(ui);
        return true;
    case SDLK_BACKSPACE:
        while (length > 0 && ((unsigned char)ui->query[--length] & 0xc0) == 0x80) {
        }
        ui->query[length] = '\0';
        live_ui_list(ui);
        return true;
    case SDLK_LEFT:
    case SDLK_RIGHT:
        if (ui->overlay == LIVE_POLICY && ui->row < ui->listed) {
            live_policy_move(&ui->policy, ui->list[ui->row], key == SDLK_LEFT ? -steps : steps, month);
            return true;
        }
        return ui->overlay == LIVE_MENU || ui->overlay == LIVE_SEARCH;
    default: // letters go into the query
        return (ui->overlay == LIVE_MENU || ui->overlay == LIVE_SEARCH) && key >= ' ' && key < 0x10000;
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
        pan_by(ui, across ? -60 * sign : 0, across ? 0 : -60 * sign);
    } else if (across) {
        slot_move(ui, sign * (mod & KMOD_SHIFT ? 12 : 1));
    }
}

static bool view_key(struct live_ui *ui, SDL_Keycode key, SDL_Keymod mod) {
    double cx = ui->layout.map.x + ui->layout.map.w / 2;
    double cy = ui->layout.map.y + ui->layout.map.h / 2;
    int regions = ui->country.regions;
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
        zoom_by(ui, 1.3, cx, cy);
        return true;
    case SDLK_MINUS:
    case SDLK_KP_MINUS:
        zoom_by(ui, 1 / 1.3, cx, cy);
        return true;
    case SDLK_0:
        ui->zoom.factor = 1;
        zoom_keep(ui);
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

static bool run_key(struct live_ui *ui, SDL_Keycode key) {
    switch (key) {
    case SDLK_SPACE:
        live_simulation_play(ui->simulation, !live_simulation_playing(ui->simulation));
        ui->slot = -1;
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
        restart(ui);
        return true;
    case SDLK_b:
        branch(ui);
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
        overlay_open(ui, LIVE_MENU);
        break;
    case SDLK_SLASH:
    case SDLK_KP_DIVIDE:
        overlay_open(ui, LIVE_SEARCH);
        break;
    case SDLK_e:
        overlay_open(ui, LIVE_POLICY);
        break;
    case SDLK_h:
    case SDLK_F1:
    case SDLK_QUESTION:
        overlay_open(ui, LIVE_HELP);
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
    if (!view_key(ui, key, mod) && !run_key(ui, key)) {
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

// --- the pointer ------------------------------------------------------------------------------------------------------------------

static bool inside(struct qon_box box, double x, double y) {
    return x >= box.x && y >= box.y && x < box.x + box.w && y < box.y + box.h;
}

static int region_at(const struct live_ui *ui, double x, double y) {
    if (!inside(ui->layout.map, x, y) || ui->painting.view.scale <= 0) {
        return ui->country.regions;
    }
    int region = qon_map_find(&ui->map, &ui->painting.view, x - ui->layout.map.x, y - ui->layout.map.y);
    return region < 0 ? ui->country.regions : region;
}

void live_ui_move(struct live_ui *ui, double x, double y) {
    double dx = x - ui->mouse_x;
    double dy = y - ui->mouse_y;
    ui->mouse_x = x;
    ui->mouse_y = y;
    ui->changed = true;
    if (ui->sliding) {
        slider_set(ui, x);
    } else if (ui->dragging) {
        ui->moved = ui->moved || fabs(dx) + fabs(dy) > 2;
        pan_by(ui, dx, dy);
    } else {
        ui->hovered = ui->overlay == LIVE_NO_OVERLAY ? region_at(ui, x, y) : ui->country.regions;
    }
}

void live_ui_press(struct live_ui *ui, double x, double y) {
    live_ui_move(ui, x, y);
    for (int i = ui->hits - 1; i >= 0; i--) {
        const struct live_hit *hit = &ui->hit[i];
        if (!inside(hit->box, x, y)) {
            continue;
        }
        if (hit->slider) {
            ui->sliding = true;
            slider_set(ui, x);
        } else if (hit->row >= 0) {
            ui->row = hit->row;
            if (ui->overlay == LIVE_POLICY) { // left half of the slider: less, right half: more
                struct live_parameter *p = &ui->policy.parameter[ui->list[ui->row]];
                double to = p->low + (p->high - p->low) * fmin(fmax((x - hit->box.x) / hit->box.w, 0), 1);
                int32_t month = ui->stores.of[0] ? ui->stores.of[0]->start + live_ui_slot(ui) : 0;
                live_policy_move(&ui->policy, ui->list[ui->row], p->step > 0 ? (to - p->value) / p->step : 0, month);
            } else {
                row_take(ui);
            }
        } else {
            live_ui_key(ui, hit->key, KMOD_NONE);
            ui->swallow = false;
        }
        return;
    }
    if (ui->overlay == LIVE_NO_OVERLAY && inside(ui->layout.map, x, y)) {
        ui->dragging = true;
        ui->moved = false;
    } else if (ui->overlay != LIVE_NO_OVERLAY) {
        ui->overlay = LIVE_NO_OVERLAY;
    }
}

void live_ui_release(struct live_ui *ui) {
    if (ui->dragging && !ui->moved) {
        ui->selected = region_at(ui, ui->mouse_x, ui->mouse_y);
        ui->changed = true;
    }
    ui->dragging = false;
    ui->sliding = false;
}

void live_ui_wheel(struct live_ui *ui, double steps) {
    ui->changed = true;
    if (ui->overlay != LIVE_NO_OVERLAY) {
        ui->row -= (int)steps;
        live_ui_list(ui);
    } else {
        zoom_by(ui, pow(1.2, steps), ui->mouse_x, ui->mouse_y);
    }
}
