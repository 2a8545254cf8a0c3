// SPDX-License-Identifier: GPL-3.0-or-later
// The readers and writers of programmes; private to sim/input.
//
// programmes.c reads the array, programme_values.c single values and benefits, programme_limits.c quotas and budgets, programme_terms.c the
// trees that conditions are compiled from. programmes_write.c gives the effective form, programmes_schema.c the JSON Schema. All of
// them loop over the field tables of include/qonys/programme.h, benefit.h and the attributes of predicate.h.
#ifndef QONYS_INPUT_PROGRAMMES_H
#define QONYS_INPUT_PROGRAMMES_H

#include "reading.h"
#include "write.h"
#include <qonys/benefit.h>
#include <qonys/predicate.h>

enum { QON_TERMS_MOST = 4096, QON_LIMITS_MOST = 65536, QON_NOTES = 2 };

extern const char *const qon_programme_notes[QON_NOTES]; // texts that may stand in a programme and in a benefit

// Keys of a programme beside the fields of its table, keys of a quota and of a budget beside regions.
enum { QON_PROGRAMME_KEYS = 12, QON_QUOTA_KEYS = 3, QON_BUDGET_KEYS = 1 };
extern const char *const qon_programme_keys[QON_PROGRAMME_KEYS];
extern const char *const qon_quota_keys[QON_QUOTA_KEYS];
extern const char *const qon_budget_keys[QON_BUDGET_KEYS];

// Numbers in lists and objects that have no table of their own, and choices, as fields for checking, schema and describe.
extern const struct qon_field qon_places_field, qon_money_field, qon_points_field, qon_counts_field, qon_region_of_field, qon_unit_field;

// What all of one reading's programmes share.
struct qon_policy {
    struct qon_reading *reading;
    const char **names; // of all programmes, in order; NULL where there is none
    size_t names_count;
    bool sound; // the tables that programmes name are there without a fault
};

// programme_values.c
// A field: a number, a switch, a month; a choice by its text; a reference by its id.
void qon_policy_field(const struct qon_policy *policy, struct qon_json *leaf, const struct qon_field *field, void *place);
void qon_policy_section(const struct qon_policy *policy, struct qon_json *object, const struct qon_section *section, void *base);
enum qon_status qon_benefits_read(const struct qon_policy *policy, struct qon_json *list, struct qon_programme *programme);
// Row of `text` among the programmes' names, or -1 with a fault.
int32_t qon_policy_named(const struct qon_policy *policy, const struct qon_json *text);

// programme_terms.c: compiles the condition at `node` (NULL: everybody).
enum qon_status qon_condition_read(const struct qon_policy *policy, struct qon_json *node, struct qon_predicate *out);

// programme_limits.c
enum qon_status qon_quota_read(const struct qon_policy *policy, struct qon_json *node, struct qon_programme *programme);
enum qon_status qon_budget_read(const struct qon_policy *policy, struct qon_json *node, struct qon_programme *programme);

// programmes_write.c, programmes_schema.c
void qon_programmes_write(const struct qon_reading *reading, struct qon_write *write);
void qon_programmes_schema(struct qon_write *write, const char *key);       // the property `programmes`
void qon_programmes_definitions(struct qon_write *write);                   // what it refers to, within $defs
void qon_programmes_array_schema(struct qon_write *write, const char *key); // programmes that extend nothing

#endif
