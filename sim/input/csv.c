// SPDX-License-Identifier: GPL-3.0-or-later
// Cells are cut out of the text in place: a quoted cell is never longer than what it was written as.
#include "csv.h"
#include "text.h"
#include <qonys/memory.h>
#include <string.h>

enum qon_status qon_csv_open(struct qon_csv *csv, const char *file, char *text, size_t length, struct qon_faults *faults) {
    *csv = (struct qon_csv){.file = file, .at = text, .end = text + length, .line = 1, .faults = faults};
    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        csv->at += 3;
    }
    csv->line_start = csv->at;
    while (csv->end > csv->at && (csv->end[-1] == '\n' || csv->end[-1] == '\r')) { // blank lines at the end are no records
        csv->end--;
    }
    size_t bad = qon_utf8_check(text, length);
    if (bad < length) {
        int line;
        int column;
        qon_text_locate(text, bad, &line, &column);
        unsigned char byte = (unsigned char)text[bad];
        return qon_fault_add(faults, (struct qon_place){file, line, column, NULL}, "%s (byte 0x%02x)",
                             byte < 0x20 ? "a control character" : "invalid UTF-8", byte);
    }
    return QON_OK;
}

static int column(const struct qon_csv *csv, const char *at) {
    return (int)(at - csv->line_start) - csv->followers + 1;
}

static void letter_pass(struct qon_csv *csv) {
    csv->followers += ((unsigned char)*csv->at & 0xc0U) == 0x80U;
    csv->at++;
}

static void line_pass(struct qon_csv *csv) { // csv->at stands behind a line feed
    csv->line++;
    csv->line_start = csv->at;
    csv->followers = 0;
}

static enum qon_status cell_add(struct qon_csv *csv, struct qon_csv_cell cell) {
    if (csv->count == csv->room) {
        size_t room = csv->room == 0 ? 64 : csv->room * 2;
        enum qon_status status = qon_grow(&csv->cells, csv->room, room, sizeof *csv->cells);
        if (status != QON_OK) {
            return status;
        }
        csv->room = room;
    }
    csv->cells[csv->count++] = cell;
    return QON_OK;
}

// Passes a quoted cell; csv->at stands on the opening quote. *after: where its text ends.
static enum qon_status quoted_pass(struct qon_csv *csv, const struct qon_csv_cell *cell, char **after) {
    char *to = csv->at++;
    while (csv->at < csv->end) {
        if (*csv->at == '"') {
            csv->at++;
            if (csv->at == csv->end || *csv->at != '"') {
                *after = to;
                return QON_OK;
            }
        }
        char letter = *csv->at;
        *to++ = letter;
        letter_pass(csv);
        if (letter == '\n') {
            line_pass(csv);
        }
    }
    return qon_fault_add(csv->faults, (struct qon_place){csv->file, cell->line, cell->column, NULL}, "a quote is not closed");
}

static enum qon_status fault_here(const struct qon_csv *csv, const char *message) {
    return qon_fault_add(csv->faults, (struct qon_place){csv->file, csv->line, column(csv, csv->at), NULL}, "%s", message);
}

// Passes one cell and what ends it. *last: it ends the record.
static enum qon_status cell_pass(struct qon_csv *csv, bool *last) {
    enum qon_status status = QON_OK;
    struct qon_csv_cell cell = {csv->at, csv->line, column(csv, csv->at)};
    char *after = NULL;
    if (csv->at < csv->end && *csv->at == '"') {
        QON_TRY(quoted_pass(csv, &cell, &after));
    } else {
        while (csv->at < csv->end && *csv->at != ',' && *csv->at != '\n' && *csv->at != '\r') {
            if (*csv->at == '"') {
                return fault_here(csv, "a quote within a cell; put the whole cell in quotes and double the quotes in it");
            }
            letter_pass(csv);
        }
        after = csv->at;
    }
    QON_TRY(cell_add(csv, cell));
    char found = csv->at < csv->end ? *csv->at : '\n';
    if (found == '\r' && csv->at + 1 < csv->end && csv->at[1] == '\n') {
        csv->at++;
        found = '\n';
    }
    if (found != ',' && found != '\n') {
        return fault_here(csv, found == '\r' ? "a carriage return without a line feed"
                                             : "expected a comma or the end of the line after a quote");
    }
    if (csv->at < csv->end) {
        csv->at++;
    }
    *after = '\0';
    *last = found == '\n';
    if (*last) {
        line_pass(csv);
    }
done:
    return status;
}

enum qon_status qon_csv_next(struct qon_csv *csv, bool *more) {
    enum qon_status status = QON_OK;
    csv->count = 0;
    *more = csv->at < csv->end;
    bool last = !*more;
    while (!last) {
        QON_TRY(cell_pass(csv, &last));
    }
done:
    return status;
}

void qon_csv_free(struct qon_csv *csv) {
    qon_free(csv->cells);
    csv->cells = NULL;
}
