// SPDX-License-Identifier: GPL-3.0-or-later
// What two scenarios differ in, inheritance, --set and defaults resolved: value by value, table by table, cell by cell.
#ifndef QONYS_DIFFERENCE_H
#define QONYS_DIFFERENCE_H

#include <qonys/fault.h>
#include <qonys/scenario.h>

// One value that differs.
struct qon_difference {
    const char *group;       // "choice", "programmes.NAME", path of a table ("geography.zones"), "" for what stands at the top
    const char *path;        // as messages and --set name it; of a cell: geography.zones[KZ-AKM-U].amenity
    const char *base;        // JSON, as files have it (money in tenge); NULL: not there
    const char *alternative; // likewise
    const char *unit;        // from the table that declares the value; NULL: none, or a text or a switch
    const char *meaning;     // NULL: no table says; of a whole programme its title
    bool whole;              // more than a value: a programme, a benefit, a row of a table, a table
    bool note;               // source, range, note, title, name, path of a file: nothing that a run depends on
};

struct qon_differences {
    struct qon_difference *row; // in the order of the effective scenario
    size_t count;
    size_t capacity;
    void *memory; // of the texts
};

// Rows of tables are matched by their ids, else by all texts, references, years and ages in them; programmes and other elements with a name
// by name, elements of other lists by kind or by their only key, `priority` by place. Lists of texts are sets. notes: with the differences
// that are notes. cost: sizes of the scenarios times log. errors: QON_MACHINE; *differences is then empty.
enum qon_status qon_differences_make(const struct qon_scenario *base, const struct qon_scenario *alternative, bool notes,
                                     struct qon_differences *differences, struct qon_faults *faults);
void qon_differences_free(struct qon_differences *differences); // and zeroes it

#endif
