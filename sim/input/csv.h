// SPDX-License-Identifier: GPL-3.0-or-later
// CSV by RFC 4180, one record at a time; private to sim/input.
#ifndef QONYS_INPUT_CSV_H
#define QONYS_INPUT_CSV_H

#include <qonys/fault.h>

struct qon_csv_cell {
    char *text; // ends with a zero byte
    int line, column;
};

struct qon_csv {
    const char *file; // for messages
    char *at, *end;   // of the text, changed as it is read
    char *line_start;
    int followers; // bytes of this line that continue a letter
    int line;
    struct qon_csv_cell *cells; // of the record read last (qon_take)
    size_t count, room;
    struct qon_faults *faults;
};

// text[0..length) followed by a zero byte; a byte order mark is passed over. Cells point into the text. Free with qon_csv_free.
// errors: QON_USER when the text is not UTF-8 or has control characters.
enum qon_status qon_csv_open(struct qon_csv *csv, const char *file, char *text, size_t length, struct qon_faults *faults);

// Reads the next record into csv->cells. *more is false at the end; blank lines at the end of the file are no records.
// errors: QON_USER when quotes are wrong (nothing after it can be trusted), QON_MACHINE.
enum qon_status qon_csv_next(struct qon_csv *csv, bool *more);

void qon_csv_free(struct qon_csv *csv);

#endif
