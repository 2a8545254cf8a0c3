// SPDX-License-Identifier: GPL-3.0-or-later
// Predicates: who is eligible. A small declarative language, compiled once and evaluated in bulk.
//
//   {"all": [P, ...]}  {"any": [P, ...]}  {"not": P}
//   {"education": ["college", "higher"]}             one of these values
//   {"education": "higher"}                          the same with one
//   {"age_years": {"min": 18, "max": 35}}            a range, inclusive; also {"at_least": 18}, {"at_most": 35}, {"above": x}, {"below": x}
//   {"owner": true}                                  a switch
//   {"destination": {"kind": "rural", "designated_reception": true}}     all of these, of the destination; likewise origin, household,
//                                                    person, employer
//   {"education": "higher", "age_years": {"max": 35}}                    several keys: all of them
//
// Attributes of persons, households and employers are the columns of the *_columns.def files (codes by the ids of their table or the
// names of their labels) and some derived from them; of zones, the columns of the table zones, and macroregion. `qon_attribute_get`
// lists them all.
#ifndef QONYS_PREDICATE_H
#define QONYS_PREDICATE_H

#include <qonys/fault.h>
#include <qonys/programme.h>
#include <qonys/world.h>

// The tree that sim/input builds from JSON, one node a value. Only read here; texts are not kept.
enum qon_term_kind { QON_TERM_NULL, QON_TERM_SWITCH, QON_TERM_NUMBER, QON_TERM_TEXT, QON_TERM_LIST, QON_TERM_OBJECT };
struct qon_term {
    enum qon_term_kind kind;
    const char *key;             // within an object, else NULL
    const char *text;            // TEXT
    double number;               // NUMBER
    bool truth;                  // SWITCH
    const struct qon_term *next; // in its list or object
    const struct qon_term *child;
    struct qon_place place;     // of the value
    struct qon_place key_place; // of the key
};

// Compiles; `term` NULL or an empty object: everybody. names are those of all programmes of the scenario (for "earlier_benefits").
// errors: QON_USER with faults (unknown attribute or value with the nearest one, a range on a code, an empty list, ...), QON_MACHINE.
enum qon_status qon_predicate_compile(struct qon_predicate *out, const struct qon_term *term, const struct qon_tables *tables,
                                      const char *const *names, size_t names_count, struct qon_faults *faults);

// Whom a predicate is asked about. Rows that the asker does not have are QON_NONE; a test on them does not hold.
struct qon_ask {
    const struct qon_world *world;
    const struct qon_block *block;
    uint32_t person;
    uint32_t household;
    uint32_t origin;      // zone
    uint32_t destination; // zone
    uint32_t employer;
};

bool qon_predicate_holds(const struct qon_predicate *predicate, const struct qon_ask *ask);

// Only the terms of the outermost `all` that read nothing beyond `reads` and, if `beyond` is not 0, at least something not in `beyond`.
// qon_predicate_part(p, a, PERSON, 0) && qon_predicate_part(p, a, PERSON | DESTINATION, PERSON) == all terms on either.
bool qon_predicate_part(const struct qon_predicate *predicate, const struct qon_ask *ask, unsigned reads, unsigned beyond);

// The terms that neither part on (person | employer), nor on the origin alone, nor on the destination alone holds.
bool qon_predicate_mixed(const struct qon_predicate *predicate, const struct qon_ask *ask);

// The first node that fails among the terms of the outermost `all` that read nothing beyond `reads`, within nested `all` the first below;
// -1: none fails.
int64_t qon_predicate_failing(const struct qon_predicate *predicate, const struct qon_ask *ask, unsigned reads);

// A node in words, such as "education is basic, not one of college, higher"; cut to `size` bytes.
void qon_predicate_describe(const struct qon_predicate *predicate, uint32_t node, const struct qon_ask *ask, char *text, size_t size);

struct qon_attribute {
    const char *subject; // "person", "household", "employer", "zone" (origin and destination), "move"
    const char *name;
    const char *values; // what a file may say: a table's name, labels separated by '|', or a unit
    const char *meaning;
};
// The i-th attribute, for describe and the schema; false past the last.
bool qon_attribute_get(int32_t i, struct qon_attribute *attribute);

#endif
