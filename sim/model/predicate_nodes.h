// SPDX-License-Identifier: GPL-3.0-or-later
// The operations of compiled predicates. Private to sim/model.
#ifndef QONYS_MODEL_PREDICATE_NODES_H
#define QONYS_MODEL_PREDICATE_NODES_H

enum qon_predicate_op {
    QON_OP_ALL,
    QON_OP_ANY,
    QON_OP_NOT,
    QON_OP_TEST,        // an attribute in a set or a range
    QON_OP_ORIGIN,      // the zone left is in a set
    QON_OP_DESTINATION, // the zone moved to is in a set
};

// Tests that need no look at the table of attributes. Values that they do not cover go the long way.
enum qon_predicate_fast {
    QON_FAST_NONE,
    QON_FAST_PERSON,    // a column of persons of one byte
    QON_FAST_STATUS,    // status: at a hire that before it
    QON_FAST_HOUSEHOLD, // a column of households of one byte
    QON_FAST_EMPLOYER,  // a column of employers of one byte
    QON_FAST_AGE,       // age in completed years
    QON_FAST_RESIDENT,  // months since arrival
    // Small numbers too, which stand in the tables of eligibility.c; a single test goes the long way.
    QON_FAST_ORIGIN,     // zone that the person came from
    QON_FAST_REGISTERED, // months since registration as unemployed
    QON_FAST_JOB_TERM,   // drawn, so dearer than the others
};
enum { QON_FAST_VALUES = 64 };

#endif
