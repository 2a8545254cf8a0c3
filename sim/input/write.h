// SPDX-License-Identifier: GPL-3.0-or-later
// Writing JSON to memory, indented by two spaces; private to sim/input.
#ifndef QONYS_INPUT_WRITE_H
#define QONYS_INPUT_WRITE_H

#include "json.h"
#include <stdint.h>

enum { QON_WRITE_DEPTH_MAX = QON_JSON_DEPTH_MAX + 32 };

struct qon_write {
    char *text; // qon_take; ends with a zero byte
    size_t length, room;
    bool failed; // memory ran out: all further calls do nothing
    int depth;
    bool any[QON_WRITE_DEPTH_MAX]; // a member was written at this depth
};

// key: of the member in the object that is open; NULL in an array and at the root.
void qon_write_open(struct qon_write *write, const char *key, char bracket);
void qon_write_close(struct qon_write *write, char bracket);
void qon_write_text(struct qon_write *write, const char *key, const char *text); // nothing when text is NULL
void qon_write_number(struct qon_write *write, const char *key, double number);
void qon_write_whole(struct qon_write *write, const char *key, int64_t number);
void qon_write_truth(struct qon_write *write, const char *key, bool truth);
void qon_write_null(struct qon_write *write, const char *key);
void qon_write_format(struct qon_write *write, const char *key, const char *format, ...) // a text
    __attribute__((format(printf, 3, 4)));

// A tree as it stands, numbers as they were written; members of objects that are null are left out.
void qon_write_tree(struct qon_write *write, const char *key, const struct qon_json *node);

// Hands the text over (to be freed with qon_free), or gives NULL and QON_MACHINE.
enum qon_status qon_write_end(struct qon_write *write, char **text);

#endif
