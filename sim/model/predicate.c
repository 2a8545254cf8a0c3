// SPDX-License-Identifier: GPL-3.0-or-later
// Compiled predicates: evaluation. predicate_compile.c makes them. ODD tag M-ELIGIBLE-1.
//
// A predicate is a list of nodes in prefix order; the first is an `all`, whose children can be asked for in parts, by what they read: those
// on persons once for each decider, those on zones once for each of few zones, the rest for each pair.
#include "attributes.h"
#include "predicate_nodes.h"
#include "programmes.h"

#include <string.h>

static bool in_set(const struct qon_predicate *p, const struct qon_predicate_node *n, uint32_t code) {
    return code < 64 * n->set_words && (p->words[n->set + code / 64] >> code % 64 & 1) != 0;
}

// The long way: by the table of attributes.
static bool test_attribute(const struct qon_predicate *p, const struct qon_predicate_node *n, const struct qon_ask *ask) {
    int32_t count;
    const struct qon_attribute_row *row = &qon_attribute_rows(&count)[n->attribute];
    if (row->derived == QON_EARLIER_BENEFITS) {
        return ask->person != QON_NONE && (qon_earlier_benefits(ask->world, ask->block, ask->person) & p->words[n->set]) != 0;
    }
    double value;
    if (!qon_attribute_value(row, ask, &value)) {
        return false;
    }
    return n->set_words > 0 ? value >= 0 && value < 4e9 && in_set(p, n, (uint32_t)value) : value >= n->minimum && value <= n->maximum;
}

static uint8_t byte_of(const void *table, uint32_t offset, uint32_t row) {
    const uint8_t *column;
    memcpy(&column, (const char *)table + offset, sizeof column);
    return column[row];
}

// The value of a test on a byte; false: those asked about have none.
static bool fast_value(const struct qon_predicate_node *n, const struct qon_ask *ask, uint8_t *value) {
    if (n->fast == QON_FAST_HOUSEHOLD) {
        *value = ask->household != QON_NONE ? byte_of(&ask->block->households, n->offset, ask->household) : 0;
        return ask->household != QON_NONE;
    }
    if (n->fast == QON_FAST_EMPLOYER) {
        uint32_t employer = qon_ask_employer(ask);
        *value = employer != QON_NONE ? byte_of(&ask->world->employers, n->offset, employer) : 0;
        return employer != QON_NONE;
    }
    if (ask->person == QON_NONE) {
        return false;
    }
    *value =
        n->fast == QON_FAST_STATUS && ask->before != NULL ? ask->before->status : byte_of(&ask->block->persons, n->offset, ask->person);
    return true;
}

static bool test(const struct qon_predicate *p, const struct qon_predicate_node *n, const struct qon_ask *ask) {
    if (n->op == QON_OP_ORIGIN || n->op == QON_OP_DESTINATION) {
        uint32_t zone = n->op == QON_OP_ORIGIN ? ask->origin : ask->destination;
        return zone != QON_NONE && in_set(p, n, zone);
    }
    if (n->fast == QON_FAST_NONE || n->fast > QON_FAST_RESIDENT) {
        return test_attribute(p, n, ask);
    }
    if (n->fast == QON_FAST_AGE || n->fast == QON_FAST_RESIDENT) {
        if (ask->person == QON_NONE) {
            return false;
        }
        const struct qon_persons *persons = &ask->block->persons;
        int32_t number = n->fast == QON_FAST_AGE ? qon_age_years(ask->world->month, persons->birth_month[ask->person])
                                                 : qon_resident_months(ask->world, persons, ask->person);
        return number >= n->minimum && number <= n->maximum;
    }
    uint8_t value;
    if (!fast_value(n, ask, &value)) {
        return false;
    }
    return value < QON_FAST_VALUES ? (n->bits >> value & 1) != 0 : test_attribute(p, n, ask);
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

bool qon_predicate_term(const struct qon_predicate *predicate, const struct qon_predicate_node *term, const struct qon_ask *ask) {
    return holds(predicate, (uint32_t)(term - predicate->node), ask);
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
        bool apart = (own & ~(unsigned)(QON_READS_PERSON | QON_READS_EMPLOYER)) == 0 ||
                     (own & ~(unsigned)(QON_READS_ORIGIN | QON_READS_DESTINATION)) == 0;
        if (!apart && !holds(predicate, child, ask)) {
            return false;
        }
    }
    return true;
}
