// SPDX-License-Identifier: GPL-3.0-or-later
// A condition in words: what it asks for and what was found. ODD tag M-ELIGIBLE-1.
#include "attributes.h"
#include "predicate_nodes.h"
#include "programmes.h"

#include <stdarg.h>
#include <string.h>

struct words {
    char *text;
    size_t size, length;
};

static void put(struct words *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(struct words *w, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int wrote = w->length < w->size ? vsnprintf(w->text + w->length, w->size - w->length, format, arguments) : 0;
    va_end(arguments);
    w->length += wrote > 0 ? (size_t)wrote : 0;
    w->length = w->length < w->size ? w->length : w->size - 1;
}

// The id of a row of a table; NULL when there is none.
static const char *id_of(const struct qon_world *world, const char *table, uint32_t row) {
    if (strcmp(table, "programmes") == 0) {
        return row < (uint32_t)world->scenario->programmes.count ? world->scenario->programmes.row[row].name : NULL;
    }
    const struct qon_table_kind *kind = qon_table_kind_find(table);
    QON_REQUIRE(kind != NULL);
    const char *start = (const char *)&world->scenario->tables + kind->offset;
    int64_t rows;
    char *const *ids;
    memcpy(&rows, start, sizeof rows);
    memcpy(&ids, start + kind->fields[0].offset, sizeof ids); // tables that are referred to begin with their id
    return row < rows ? ids[row] : NULL;
}

static void value_put(struct words *w, const struct qon_world *world, enum qon_values values, const char *codes, double value) {
    char text[64];
    if (values == QON_VALUES_TABLE || values == QON_VALUES_LABELS) {
        bool code = value >= 0 && value < 65536;
        const char *id = !code                        ? NULL
                         : values == QON_VALUES_TABLE ? id_of(world, codes, (uint32_t)value)
                                                      : qon_choice_text(codes, (int32_t)value, text);
        put(w, "%s", id != NULL ? id : "none");
    } else if (values == QON_VALUES_SWITCH) {
        put(w, "%s", value != 0 ? "true" : "false");
    } else if (values == QON_VALUES_MONTH) {
        char month[16];
        qon_month_format((int32_t)value, month);
        put(w, "%s", value < 0 ? "before the start" : month);
    } else {
        put(w, "%.6g", value);
    }
}

// The codes of a set, the first few of them.
static void set_put(struct words *w, const struct qon_predicate *p, const struct qon_predicate_node *n, const struct qon_world *world,
                    enum qon_values values, const char *codes) {
    int shown = 0;
    for (uint32_t code = 0; code < 64 * n->set_words; code++) {
        if ((p->words[n->set + code / 64] >> code % 64 & 1) != 0) {
            put(w, "%s", shown > 0 ? ", " : "");
            if (shown++ == 8) {
                put(w, "...");
                return;
            }
            value_put(w, world, values, codes, code);
        }
    }
}

static void range_put(struct words *w, const struct qon_predicate_node *n, const struct qon_world *world, enum qon_values values) {
    bool low = n->minimum > -1e300, high = n->maximum < 1e300;
    if (low && high && n->minimum == n->maximum) {
        value_put(w, world, values, "", n->minimum);
        return;
    }
    put(w, "%s", low ? "at least " : "at most ");
    value_put(w, world, values, "", low ? n->minimum : n->maximum);
    if (low && high) {
        put(w, ", at most ");
        value_put(w, world, values, "", n->maximum);
    }
}

static void test_put(struct words *w, const struct qon_predicate *p, const struct qon_predicate_node *n, const struct qon_ask *ask) {
    int32_t count;
    const struct qon_attribute_row *row = &qon_attribute_rows(&count)[n->attribute];
    enum qon_values values;
    const char *codes;
    double value;
    if (!qon_column_values(row, &values, &codes)) {
        values = QON_VALUES_NUMBER;
    }
    put(w, "%s is ", row->name);
    if (row->derived == QON_EARLIER_BENEFITS) {
        put(w, "another");
    } else if (qon_attribute_value(row, ask, &value)) {
        value_put(w, ask->world, values, codes, value);
    } else {
        put(w, "none");
    }
    put(w, ", asked for: ");
    if (n->set_words > 0) {
        set_put(w, p, n, ask->world, values, codes);
    } else {
        range_put(w, n, ask->world, values);
    }
}

void qon_predicate_describe(const struct qon_predicate *predicate, uint32_t node, const struct qon_ask *ask, char *text, size_t size) {
    const struct qon_predicate_node *n = &predicate->node[node];
    struct words w = {text, size, 0};
    text[0] = '\0';
    if (n->op == QON_OP_TEST) {
        test_put(&w, predicate, n, ask);
    } else if (n->op == QON_OP_ORIGIN || n->op == QON_OP_DESTINATION) {
        uint32_t zone = n->op == QON_OP_ORIGIN ? ask->origin : ask->destination;
        put(&w, "%s is %s, asked for: ", n->op == QON_OP_ORIGIN ? "the zone left" : "the destination",
            zone == QON_NONE ? "none" : id_of(ask->world, "zones", zone));
        set_put(&w, predicate, n, ask->world, QON_VALUES_TABLE, "zones");
    } else if (n->op == QON_OP_NOT) {
        put(&w, "holds what must not: ");
        qon_predicate_describe(predicate, node + 1, ask, text + w.length, size - w.length);
    } else {
        put(&w, "none of these holds: ");
        for (uint32_t child = node + 1; child < n->end && w.length + 1 < size; child = predicate->node[child].end) {
            put(&w, "%s", child > node + 1 ? "; " : "");
            qon_predicate_describe(predicate, child, ask, text + w.length, size - w.length);
            w.length += strlen(text + w.length);
        }
    }
}
