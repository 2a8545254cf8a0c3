// SPDX-License-Identifier: GPL-3.0-or-later
// Compiled predicates: evaluation. predicate_compile.c makes them. ODD tag M-ELIGIBLE-1.
//
// A predicate is a list of nodes in prefix order; the first is an `all`, whose children can be asked for in parts, by what they read: those
// on persons once for each decider, those on zones once for each of few zones, the rest for each pair.
#include "attributes.h"
#include "predicate_nodes.h"
#include "programmes.h"

static bool in_set(const struct qon_predicate *p, const struct qon_predicate_node *n, double value) {
    if (!(value >= 0) || !(value < 64.0 * n->set_words)) {
        return false;
    }
    uint32_t code = (uint32_t)value;
    return (p->words[n->set + code / 64] >> code % 64 & 1) != 0;
}

static bool test(const struct qon_predicate *p, const struct qon_predicate_node *n, const struct qon_ask *ask) {
    if (n->op == QON_OP_ORIGIN || n->op == QON_OP_DESTINATION) {
        uint32_t zone = n->op == QON_OP_ORIGIN ? ask->origin : ask->destination;
        return zone != QON_NONE && in_set(p, n, zone);
    }
    int32_t count;
    const struct qon_attribute_row *row = &qon_attribute_rows(&count)[n->attribute];
    if (row->derived == QON_EARLIER_BENEFITS) {
        return ask->person != QON_NONE && (qon_earlier_benefits(ask->world, ask->block, ask->person) & p->words[n->set]) != 0;
    }
    double value;
    if (!qon_attribute_value(row, ask, &value)) {
        return false;
    }
    return n->set_words > 0 ? in_set(p, n, value) : value >= n->minimum && value <= n->maximum;
}

static bool holds(const struct qon_predicate *p, uint32_t at, const struct qon_ask *ask) {
    const struct qon_predicate_node *n = &p->node[at];
    if (n->op == QON_OP_NOT) {
        return !holds(p, at + 1, ask);
    }
    if (n->op != QON_OP_ALL && n->op != QON_OP_ANY) {
        return test(p, n, ask);
    }
    bool any = n->op == QON_OP_ANY;
    for (uint32_t child = at + 1; child < n->end; child = p->node[child].end) {
        if (holds(p, child, ask) == any) {
            return any;
        }
    }
    return !any;
}

bool qon_predicate_holds(const struct qon_predicate *predicate, const struct qon_ask *ask) {
    return predicate->nodes == 0 || holds(predicate, 0, ask);
}

bool qon_predicate_part(const struct qon_predicate *predicate, const struct qon_ask *ask, unsigned reads, unsigned beyond) {
    if (predicate->nodes == 0) {
        return true;
    }
    for (uint32_t child = 1; child < predicate->node[0].end; child = predicate->node[child].end) {
        unsigned own = predicate->node[child].reads;
        if ((own & ~reads) == 0 && (beyond == 0 || (own & ~beyond) != 0) && !holds(predicate, child, ask)) {
            return false;
        }
    }
    return true;
}

int64_t qon_predicate_failing(const struct qon_predicate *predicate, const struct qon_ask *ask, unsigned reads) {
    for (uint32_t child = 1; predicate->nodes > 0 && child < predicate->node[0].end; child = predicate->node[child].end) {
        if ((predicate->node[child].reads & ~reads) == 0 && !holds(predicate, child, ask)) {
            uint32_t at = child;
            while (predicate->node[at].op == QON_OP_ALL) { // the first below it that fails
                uint32_t below = at + 1;
                while (holds(predicate, below, ask)) {
                    below = predicate->node[below].end;
                }
                at = below;
            }
            return at;
        }
    }
    return -1;
}

bool qon_predicate_mixed(const struct qon_predicate *predicate, const struct qon_ask *ask) {
    for (uint32_t child = 1; predicate->nodes > 0 && child < predicate->node[0].end; child = predicate->node[child].end) {
        unsigned own = predicate->node[child].reads;
        bool apart =
            (own & ~(unsigned)(QON_READS_PERSON | QON_READS_EMPLOYER)) == 0 || own == QON_READS_ORIGIN || own == QON_READS_DESTINATION;
        if (!apart && !holds(predicate, child, ask)) {
            return false;
        }
    }
    return true;
}
