// SPDX-License-Identifier: GPL-3.0-or-later
// What the user sees and does: the state of the window without the window itself, so that keys, clicks and scripts take the same way.
#ifndef QONYS_LIVE_UI_H
#define QONYS_LIVE_UI_H

#include "painter.h"
#include "policy.h"
#include <SDL.h>

enum live_overlay { LIVE_NO_OVERLAY, LIVE_HELP, LIVE_MENU, LIVE_SEARCH, LIVE_POLICY, LIVE_PROGRAMMES };
enum { LIVE_HITS_MOST = 200, LIVE_QUERY_MAX = 64, LIVE_LIST_MOST = 4096 };

struct live_hit { // a place that can be clicked
    struct qon_box box;
    SDL_Keycode key; // the key it stands for; 0: see row, slider
    int row;         // of the list on show, -1: none
    bool slider;     // of time
};

struct live_ui {
    struct live_country country;
    struct qon_map map;
    struct live_simulation *simulation;
    struct live_plan plan; // as the simulation has it: with the journal
    int first_worlds;      // before a branch
    struct live_dated own; // changes of the scenario itself
    struct live_policy policy;
    struct live_dated draft; // being sent
    struct qon_theme theme[2];
    // What is shown.
    enum qon_language language;
    bool dark;
    enum live_mode mode;
    enum live_kind kind;
    int indicator, slot, selected, hovered; // slot -1: the newest; regions: country->regions is none
    struct live_zoom zoom;
    enum live_overlay overlay;
    char query[LIVE_QUERY_MAX];
    int row; // of the list
    int list[LIVE_LIST_MOST], listed;
    char message[QON_FAULT_TEXT_MAX];
    double message_until;
    // What goes on.
    double mouse_x, mouse_y;
    bool dragging, sliding, moved;
    struct live_hit turned; // the slider of a parameter that is held; row -1: none
    bool resume;            // the run goes on when the policy sheet closes
    int orders;             // changes whose outcome was told
    bool swallow;           // the letter that opened an overlay is not part of its query
    double months_second;
    struct live_state state;
    struct live_stores stores;
    int months; // published by all worlds
    int starts; // of the stores
    // Wishes for the window.
    bool quit, full_screen, picture, recording, changed;
    bool pointed; // only what follows the pointer has changed
    int pictures;
    // Where things are.
    struct live_layout layout;
    double width, height, scale;
    struct live_painting painting;
    struct live_hit hit[LIVE_HITS_MOST];
    int hits;
    struct qon_box slider, sheet; // of time; of the overlay on show
};

// Takes the newest months and state; true when something changed.
bool live_ui_refresh(struct live_ui *ui);
void live_ui_painted(struct live_ui *ui);    // another painting is shown: what lies under the pointer may be another region
int live_ui_slot(const struct live_ui *ui);  // shown now; -1: none yet
int live_ui_place(const struct live_ui *ui); // region that the panel is about
void live_ui_scene(const struct live_ui *ui, struct live_scene *scene);
void live_ui_say(struct live_ui *ui, const char *text);
int32_t live_ui_change_month(const struct live_ui *ui);              // from which a change made now would hold
void live_ui_overlay(struct live_ui *ui, enum live_overlay overlay); // opens it, or closes it when it is open
void live_ui_row_take(struct live_ui *ui);                           // what Enter does with the row chosen
void live_ui_zoom(struct live_ui *ui, double factor, double px, double py);
void live_ui_pan(struct live_ui *ui, double px, double py);
void live_ui_slot_move(struct live_ui *ui, int by);
void live_ui_apply(struct live_ui *ui, bool branch); // the drafts, from live_ui_change_month on

void live_ui_key(struct live_ui *ui, SDL_Keycode key, SDL_Keymod mod);
void live_ui_text(struct live_ui *ui, const char *text);
void live_ui_move(struct live_ui *ui, double x, double y);
void live_ui_press(struct live_ui *ui, double x, double y);
void live_ui_release(struct live_ui *ui);
void live_ui_wheel(struct live_ui *ui, double steps);
void live_ui_list(struct live_ui *ui); // makes the rows of the overlay on show
const char *live_ui_row_text(const struct live_ui *ui, int row);

void live_controls_draw(struct live_ui *ui, struct qon_canvas *canvas);
// What follows the pointer: the outline of the region below it and the hint. The box holds all of it, w 0: nothing. The drawing is within
// the canvas' clip, over map and panel drawn there afresh.
struct qon_box live_pointer_box(struct live_ui *ui, struct qon_canvas *canvas);
void live_pointer_draw(struct live_ui *ui, struct qon_canvas *canvas);

#endif
