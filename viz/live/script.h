// SPDX-License-Identifier: GPL-3.0-or-later
// A session written down: one event a line, so that tests do what a user does without sleeping. Empty lines and lines that begin with #
// are passed over.
//
//   key NAME            as SDL names it, with shift+ or ctrl+ before it: key space, key shift+left
//   text WORDS          typed into the search of an overlay
//   move X Y, click X Y, drag X0 Y0 X1 Y1, wheel STEPS      in points of the window
//   resize W H
//   press X Y, release  a button held down
//   row WORDS           of a list or of the policy sheet: chooses the first whose text has them
//   wait-month N        until N months are computed; wait-done; wait-start: until the population is made; wait-restart: made anew
//   wait-change         until the change last asked for is carried out or refused
//   wait-painted        until all that is to be seen is painted
//   screenshot FILE     the same, and saves the picture
//   tell                prints what is shown: key: value
//   quit
#ifndef QONYS_LIVE_SCRIPT_H
#define QONYS_LIVE_SCRIPT_H

#include "ui.h"

struct live_script {
    char *text;
    char *next; // line to come
    int line;   // its number
    bool fault; // a line could not be understood or a wait took too long
    char path[512];
    double waiting_since; // 0: not waiting
    int starts;           // at the last restart waited for
    int orders;           // changes waited for
    // Wishes for the window.
    bool picture;
    char picture_path[512];
    int resize_w, resize_h;
};

enum qon_status live_script_load(struct live_script *script, const char *path, struct qon_faults *faults);
void live_script_free(struct live_script *script);
// Carries out the next line if it is due; settled: what is painted is what is to be seen. Once a frame.
void live_script_step(struct live_script *script, struct live_ui *ui, bool settled);

#endif
