// SPDX-License-Identifier: GPL-3.0-or-later
// The state of the window and what the pointer changes in it.
#include "ui.h"
#include "words.h"
#include <glib.h>
#include <math.h>
#include <qonys/par.h>
#include <string.h>

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
    if (ui->overlay == LIVE_PROGRAMMES) {
        ui->listed = ui->stores.of[0] ? ui->stores.of[ui->stores.of[1] ? 1 : 0]->programmes : 0;
    }
    ui->row = ui->row >= ui->listed ? ui->listed - 1 : ui->row;
    ui->row = ui->row < 0 ? 0 : ui->row;
}

const char *live_ui_row_text(const struct live_ui *ui, int row) {
    switch (ui->overlay) {
    case LIVE_MENU:
        return ui->country.indicator[ui->list[row]].label[ui->language];
    case LIVE_SEARCH:
        return live_region_name(&ui->country, ui->list[row], ui->language);
    case LIVE_POLICY:
        return ui->policy.parameter[ui->list[row]].path;
    default:
        return "";
    }
}

void live_ui_overlay(struct live_ui *ui, enum live_overlay overlay) {
    bool was_policy = ui->overlay == LIVE_POLICY;
    ui->overlay = ui->overlay == overlay ? LIVE_NO_OVERLAY : overlay;
    *ui->query = '\0';
    ui->row = 0;
    ui->swallow = true;
    ui->turned.row = -1;
    if (was_policy && ui->overlay != LIVE_POLICY && ui->resume) {
        live_simulation_play(ui->simulation, true);
    }
    if (ui->overlay == LIVE_POLICY && !was_policy) { // the run stands still while a decision is made
        ui->resume = ui->state.playing && ui->state.stage != LIVE_DONE;
        live_simulation_play(ui->simulation, false);
        live_policy_show(&ui->policy, &ui->own, &ui->plan.dated[ui->plan.worlds - 1], live_ui_change_month(ui));
    }
    live_ui_list(ui);
    for (int i = 0; ui->overlay == LIVE_MENU && i < ui->listed; i++) {
        ui->row = ui->list[i] == ui->indicator ? i : ui->row;
    }
}

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

void live_ui_row_take(struct live_ui *ui) {
    if (ui->overlay == LIVE_POLICY) {
        live_ui_apply(ui, false);
        return;
    }
    if (ui->row < ui->listed && (ui->overlay == LIVE_MENU || ui->overlay == LIVE_SEARCH)) {
        *(ui->overlay == LIVE_MENU ? &ui->indicator : &ui->selected) = ui->list[ui->row];
        ui->mode = ui->overlay == LIVE_MENU && ui->mode == LIVE_FLOWS ? LIVE_VALUES : ui->mode;
        if (ui->overlay == LIVE_SEARCH && ui->zoom.factor > 1) { // what was looked for is to be seen
            ui->zoom.x = ui->map.region[ui->selected].label_x;
            ui->zoom.y = ui->map.region[ui->selected].label_y;
            zoom_keep(ui);
        }
    }
    ui->overlay = LIVE_NO_OVERLAY;
}

// --- changes ----------------------------------------------------------------------------------------------------------------------

int32_t live_ui_change_month(const struct live_ui *ui) {
    int slot = live_ui_slot(ui);
    return ui->stores.of[0] ? ui->stores.of[0]->start + slot + 1 : ui->country.scenario->start;
}

void live_ui_apply(struct live_ui *ui, bool branch) {
    bool newest = ui->slot < 0 || ui->slot >= ui->months - 1;
    int drafts = live_policy_drafts(&ui->policy, &ui->draft);
    branch = branch && ui->plan.worlds == 1;
    if (drafts == 0 && !branch) {
        live_ui_say(ui, LIVE_SAY(nothing_changed, ui->language));
        return;
    }
    live_simulation_change(ui->simulation, newest ? LIVE_NEXT : live_ui_change_month(ui), &ui->draft, branch);
    if (ui->overlay == LIVE_POLICY) {
        live_ui_overlay(ui, LIVE_POLICY);
    }
    ui->slot = -1;
}

// What became of a change.
static void outcome_tell(struct live_ui *ui) {
    char text[300], month[64];
    int before = ui->plan.worlds;
    const struct live_dated *journal = &ui->plan.dated[ui->state.worlds > 0 ? ui->state.worlds - 1 : 0];
    live_simulation_plan(ui->simulation, &ui->plan);
    if (*ui->state.refused) {
        live_ui_say(ui, ui->state.refused);
        return;
    }
    if (ui->plan.worlds > before) { // the question is now what it makes of it
        ui->indicator = ui->country.population;
        ui->mode = LIVE_VALUES;
        live_ui_say(ui, LIVE_SAY(branched, ui->language));
    } else if (journal->count > 0) {
        qon_format_month(month, sizeof month, ui->plan.dated[ui->plan.worlds - 1].row[journal->count - 1].month, ui->language);
        snprintf(text, sizeof text, LIVE_SAY(changed_from, ui->language), month);
        live_ui_say(ui, text);
    }
}

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
    if (state.orders != ui->orders) {
        ui->orders = state.orders;
        outcome_tell(ui);
    }
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

// --- the map ----------------------------------------------------------------------------------------------------------------------

// The point under the pointer stays where it is.
void live_ui_zoom(struct live_ui *ui, double factor, double px, double py) {
    const struct qon_view *view = &ui->painting.view;
    double x = view->scale > 0 ? (px - ui->layout.map.x - view->dx) / view->scale : ui->zoom.x;
    double y = view->scale > 0 ? (py - ui->layout.map.y - view->dy) / view->scale : ui->zoom.y;
    double former = ui->zoom.factor;
    ui->zoom.factor = fmin(fmax(former * factor, 1), 40);
    ui->zoom.x = x + (ui->zoom.x - x) * former / ui->zoom.factor;
    ui->zoom.y = y + (ui->zoom.y - y) * former / ui->zoom.factor;
    zoom_keep(ui);
}

void live_ui_pan(struct live_ui *ui, double px, double py) {
    double scale = ui->painting.view.scale;
    if (ui->zoom.factor > 1 && scale > 0) {
        ui->zoom.x -= px / scale;
        ui->zoom.y -= py / scale;
        zoom_keep(ui);
    }
}

// --- time -------------------------------------------------------------------------------------------------------------------------

void live_ui_slot_move(struct live_ui *ui, int by) {
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

void live_ui_painted(struct live_ui *ui) {
    if (ui->hovered < ui->country.regions && !ui->dragging) {
        ui->hovered = region_at(ui, ui->mouse_x, ui->mouse_y);
    }
}

// The slider of a parameter follows the pointer.
static void turn(struct live_ui *ui, double x) {
    const struct live_hit *hit = &ui->turned;
    const struct live_parameter *p = &ui->policy.parameter[ui->list[hit->row]];
    double part = fmin(fmax((x - hit->box.x) / hit->box.w, 0), 1);
    live_policy_put(&ui->policy, ui->list[hit->row], p->low + (p->high - p->low) * part);
}

// The place to click under the pointer; -1: none. Buttons are brighter there.
static int hit_at(const struct live_ui *ui, double x, double y) {
    for (int i = ui->hits - 1; i >= 0; i--) {
        if (inside(ui->hit[i].box, x, y)) {
            return i;
        }
    }
    return -1;
}

void live_ui_move(struct live_ui *ui, double x, double y) {
    double dx = x - ui->mouse_x;
    double dy = y - ui->mouse_y;
    bool held = ui->sliding || ui->turned.row >= 0 || ui->dragging;
    ui->changed = ui->changed || held || hit_at(ui, x, y) != hit_at(ui, ui->mouse_x, ui->mouse_y);
    ui->pointed = ui->pointed || dx != 0 || dy != 0;
    ui->mouse_x = x;
    ui->mouse_y = y;
    if (ui->sliding) {
        slider_set(ui, x);
    } else if (ui->turned.row >= 0) {
        turn(ui, x);
    } else if (ui->dragging) {
        ui->moved = ui->moved || fabs(dx) + fabs(dy) > 2;
        live_ui_pan(ui, dx, dy);
    } else {
        ui->hovered = ui->overlay == LIVE_NO_OVERLAY ? region_at(ui, x, y) : ui->country.regions;
    }
}

void live_ui_press(struct live_ui *ui, double x, double y) {
    live_ui_move(ui, x, y);
    ui->changed = true;
    int at = hit_at(ui, x, y);
    if (at >= 0) {
        const struct live_hit *hit = &ui->hit[at];
        if (hit->slider) {
            ui->sliding = true;
            slider_set(ui, x);
        } else if (hit->row >= 0) {
            ui->row = hit->row;
            if (ui->overlay == LIVE_POLICY) {
                ui->turned = *hit;
                turn(ui, x);
            } else {
                live_ui_row_take(ui);
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
    } else if (ui->overlay != LIVE_NO_OVERLAY && !inside(ui->sheet, x, y)) {
        live_ui_overlay(ui, ui->overlay);
    }
}

void live_ui_release(struct live_ui *ui) {
    ui->changed = true;
    if (ui->dragging && !ui->moved) {
        ui->selected = region_at(ui, ui->mouse_x, ui->mouse_y);
    }
    ui->dragging = false;
    ui->sliding = false;
    ui->turned.row = -1;
}

void live_ui_wheel(struct live_ui *ui, double steps) {
    ui->changed = true;
    if (ui->overlay != LIVE_NO_OVERLAY) {
        ui->row -= (int)steps;
        live_ui_list(ui);
    } else {
        live_ui_zoom(ui, pow(1.2, steps), ui->mouse_x, ui->mouse_y);
    }
}
