// SPDX-License-Identifier: GPL-3.0-or-later
// Field tables: each value of a settings struct, and each column of an input table, is declared once, as one row. Scenario reading, range
// checks, --set, describe, the JSON schema, sliders, calibration ranges, CSV headings and labels are loops over these rows.
#ifndef QONYS_FIELD_H
#define QONYS_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum qon_type {
    QON_F64,   // double
    QON_I32,   // int32_t
    QON_I64,   // int64_t (money: tenge in files, tiyn in memory when the unit says tiyn)
    QON_BOOL,  // bool; true/false in JSON, 0/1 in CSV
    QON_MONTH, // int32_t months since 1900-01; "YYYY-MM" in files
    QON_TEXT,  // char *, UTF-8
    QON_REF,   // int32_t row of another input table; that table's id in files
};

struct qon_field {
    const char *name; // important word first, unit last
    enum qon_type type;
    size_t offset;       // in its struct: of the value (settings) or of the column's pointer (tables)
    const char *unit;    // "1" for a pure number, "1/month", "tenge/month", "km", ...
    double minimum;      // of what is accepted, inclusive
    double maximum;      //
    double initial;      // default when absent; NAN: it must be given
    double low;          // plausible range, for sensitivity and sliders (low == high: not varied)
    double high;         //
    const char *refers;  // QON_REF: name of the table referred to
    const char *meaning; // one sentence
    const char *source;  // paper, statistic, or "assumption"
};

struct qon_section {
    const char *name; // JSON key of the object, e.g. "choice"
    const char *meaning;
    const struct qon_field *fields;
    size_t fields_count;
    size_t offset; // of the section's struct in struct qon_settings
};

struct qon_table_kind {
    const char *name; // "zones"
    const char *path; // where the scenario names its file: "geography.zones"
    bool required;
    const char *meaning;
    const struct qon_field *fields; // offset: of the column pointer in the table's struct
    size_t fields_count;
    size_t offset; // of the table's struct in struct qon_tables; its first member is `int64_t rows`
    size_t size;   // of that struct
};

int32_t qon_month_parse(const char *text);           // "2017-01" -> months since 1900-01; -1 when malformed
void qon_month_format(int32_t month, char text[16]); // the reverse: "YYYY-MM"

#endif
