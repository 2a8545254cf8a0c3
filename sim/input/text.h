// SPDX-License-Identifier: GPL-3.0-or-later
// Letters, numbers and files as text, the same in every locale; private to sim/input.
#ifndef QONYS_INPUT_TEXT_H
#define QONYS_INPUT_TEXT_H

#include <qonys/fault.h>
#include <stddef.h>
#include <stdint.h>

// Length in bytes (1..4) of the UTF-8 letter at text[0..left), or 0 when the bytes are none (RFC 3629: no surrogates, nothing above
// U+10FFFF, no overlong form). left > 0.
size_t qon_utf8_length(const char *text, size_t left);

// Offset of the first byte that is not UTF-8, or that is a control character other than tab, line feed and carriage return; `length` when
// all is well.
size_t qon_utf8_check(const char *text, size_t length);

enum { QON_NUMBER_LETTERS_MAX = 60 }; // longest number accepted (cJSON cuts longer ones)

// Letters that the JSON number at the start of `text` (NUL-terminated) takes; 0 when there is none.
size_t qon_number_length(const char *text);

// The number that `text` is from its first letter to its last, by the grammar of JSON; false when it is none, too long or too large.
bool qon_number_parse(const char *text, double *out);

// The shortest decimal form that reads back as the same double. text[32].
void qon_number_format(double number, char *text);

// Reads a whole file, with a zero byte added. Files above `limit` bytes are refused. Free *text with qon_free.
// `place` is where a fault stands; `path` is named in the message when it is not the place's own file.
enum qon_status qon_file_read(const char *path, size_t limit, char **text, size_t *length, struct qon_place place,
                              struct qon_faults *faults);

// Line and column (letters, both from 1) of the byte at `offset`.
void qon_text_locate(const char *text, size_t offset, int *line, int *column);

#endif
