// SPDX-License-Identifier: GPL-3.0-or-later
// Faults: what is wrong with what the user gave us, each with its place. Collected, not printed: only sim/app prints.
#ifndef QONYS_FAULT_H
#define QONYS_FAULT_H

#include <qonys/status.h>
#include <stdbool.h>
#include <stddef.h>

enum { QON_FAULTS_KEPT = 20, QON_FAULT_TEXT_MAX = 800 };

// Where a fault stands. Any part may be absent: file NULL, line 0, column 0, path NULL (a JSON path such as
// programmes[2].quota, a table's column, or a command-line option).
struct qon_place {
    const char *file;
    int line;
    int column;
    const char *path;
};

struct qon_faults {
    char text[QON_FAULTS_KEPT][QON_FAULT_TEXT_MAX]; // `file:line:column: path: message`, ready to print
    int kept;                                       // texts filled
    long count;                                     // faults found, kept or not
    enum qon_status worst;                          // QON_USER or QON_MACHINE when count > 0
};

void qon_faults_init(struct qon_faults *faults);

// Adds one fault of the user's (printf-style message: what is wrong, what was expected). Keeps the first 20, counts all.
// faults may be NULL (the fault is dropped). Returns QON_USER, so `return qon_fault_add(...)` reads well.
enum qon_status qon_fault_add(struct qon_faults *faults, struct qon_place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// The same for a failure of the machine; returns QON_MACHINE.
enum qon_status qon_fault_machine(struct qon_faults *faults, struct qon_place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// The name nearest to `word` (Damerau-Levenshtein, case folded), or NULL when none is near enough (more than a third of the
// letters differ). names[count] are not owned; NULL entries are skipped.
const char *qon_name_nearest(const char *word, const char *const *names, size_t count);

#endif
