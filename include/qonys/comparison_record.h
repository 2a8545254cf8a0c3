// SPDX-License-Identifier: GPL-3.0-or-later
// One results file from several, and the tables that only a comparison fills.
#ifndef QONYS_COMPARISON_RECORD_H
#define QONYS_COMPARISON_RECORD_H

#include <qonys/fault.h>
#include <qonys/scenario.h>

// What a comparison says of an alternative beside the differences of indicators.
enum qon_effect {
#define EFFECT(name, unit, digits, main, en, kk, ru, meaning) QON_EFFECT_##name,
#include <qonys/effects.def>
#undef EFFECT
    QON_EFFECTS
};

struct qon_effect_row {
    const char *name, *unit;
    int digits;
    bool main;
    const char *label[QON_LANGUAGES];
    const char *meaning;
};
extern const struct qon_effect_row qon_effect_rows[QON_EFFECTS];

// Rows of the tables `effect`, `ledger`, `distribution` (result_tables.c). Texts are not copied.
struct qon_effect_entry {
    const char *base, *alt, *indicator, *zone;
    int32_t replicate;
    double value;
};
struct qon_ledger_entry {
    const char *base, *alt, *programme, *class_name; // programme: NULL where nobody's
    int32_t replicate;
    int64_t persons, tiyn;
};
struct qon_distribution_entry {
    const char *base, *alt, *indicator, *first, *first_value, *second, *second_value;
    double base_value, alt_value; // NAN: NULL
};

struct qon_comparison_rows {
    const struct qon_effect_entry *effect;
    int64_t effects;
    const struct qon_ledger_entry *ledger;
    int64_t ledgers;
    const struct qon_distribution_entry *distribution;
    int64_t distributions;
};

// Joins results files (the first, which is taken away, gives regions, zones, indicators; runs are numbered from 1 in order), adds the rows,
// and puts the whole at `folder`/results.gpkg: beside, fsync, rename. path_out: 4096 bytes. errors: QON_MACHINE, and nothing stands under
// the final name.
enum qon_status qon_comparison_write(const char *folder, const char *const *parts, int32_t count, const struct qon_comparison_rows *rows,
                                     char *path_out, struct qon_faults *faults);

#endif
