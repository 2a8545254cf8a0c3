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

#endif
