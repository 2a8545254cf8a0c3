// SPDX-License-Identifier: GPL-3.0-or-later
// From the tree of a predicate, as the scenario gives it, to its nodes. Tests on zones become sets of zones here, since tables never
// change.
#include "attributes.h"
#include "predicate_nodes.h"

#include <math.h>
#include <qonys/memory.h>
#include <stdarg.h>
#include <string.h>

enum context { AT_TOP, IN_PERSON, IN_HOUSEHOLD, IN_EMPLOYER, IN_ORIGIN, IN_DESTINATION };

struct compile {
    struct qon_predicate *out;
    uint32_t nodes_room, words_room;
    const struct qon_tables *tables;
    const char *const *names; // of programmes
    size_t names_count;
    struct qon_faults *faults;
    enum qon_status status; // QON_MACHINE once memory is short
    bool wrong;             // a fault was found
};

enum { NAMES_MOST = 5000 };

static void __attribute__((format(printf, 3, 4))) fault(struct compile *c, struct qon_place place, const char *format, ...) {
    char text[400];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    qon_fault_add(c->faults, place, "%s", text);
    c->wrong = true;
}

static void fault_name(struct compile *c, struct qon_place place, const char *what, const char *word, const char *const *names,
                       size_t count) {
    const char *nearest = qon_name_nearest(word, names, count);
    fault(c, place, "there is no %s \"%.60s\"%s%s%s", what, word, nearest != NULL ? " (did you mean " : "", nearest != NULL ? nearest : "",
          nearest != NULL ? "?)" : "");
}

static uint32_t node_new(struct compile *c, enum qon_predicate_op op, unsigned reads) {
    struct qon_predicate *p = c->out;
    if (p->nodes == c->nodes_room && c->status == QON_OK) {
        uint32_t room = c->nodes_room * 2 + 16;
        c->status = qon_grow(&p->node, c->nodes_room, room, sizeof *p->node);
        c->nodes_room = c->status == QON_OK ? room : c->nodes_room;
    }
    if (c->status != QON_OK) {
        return 0;
    }
    uint32_t at = p->nodes++;
    p->node[at] = (struct qon_predicate_node){.op = (uint8_t)op, .reads = (uint8_t)reads, .end = at + 1};
    return at;
}

static void node_close(struct compile *c, uint32_t at) {
    struct qon_predicate *p = c->out;
    if (c->status != QON_OK) {
        return;
    }
    p->node[at].end = p->nodes;
    for (uint32_t child = at + 1; child < p->nodes; child = p->node[child].end) {
        p->node[at].reads |= p->node[child].reads;
    }
}

static void set_new(struct compile *c, uint32_t at, uint32_t bits) {
    struct qon_predicate *p = c->out;
    uint32_t words = (bits + 63) / 64;
    if (c->status == QON_OK && p->words_count + words > c->words_room) {
        uint32_t room = c->words_room * 2 + words + 8;
        c->status = qon_grow(&p->words, c->words_room, room, sizeof *p->words);
        c->words_room = c->status == QON_OK ? room : c->words_room;
    }
    if (c->status == QON_OK) {
        p->node[at].set = p->words_count;
        p->node[at].set_words = words;
        p->words_count += words;
    }
}

static void set_add(struct compile *c, uint32_t at, int64_t code) {
    if (c->status == QON_OK && code >= 0) {
        c->out->words[c->out->node[at].set + (uint32_t)code / 64] |= 1ULL << (uint32_t)code % 64;
    }
}

// ---- values

// The number that `term` gives: a number, or a month as text where months are meant.
static bool number_of(struct compile *c, const struct qon_term *term, enum qon_values values, double *out) {
    if (term->kind == QON_TERM_NUMBER) {
        *out = term->number;
        return true;
    }
    int32_t month = term->kind == QON_TERM_TEXT && values == QON_VALUES_MONTH ? qon_month_parse(term->text) : -1;
    if (month < 0) {
        fault(c, term->place, values == QON_VALUES_MONTH ? "expected a month \"YYYY-MM\"" : "expected a number");
        return false;
    }
    *out = month;
    return true;
}

struct range {
    double minimum, maximum;
};

// {"min": 18, "max": 35}, {"at_least": 18}, {"above": 17.5}, ... or one number, or true and false.
static bool range_of(struct compile *c, const struct qon_term *term, enum qon_values values, struct range *range) {
    static const char *const names[] = {"min", "at_least", "above", "max", "at_most", "below"};
    *range = (struct range){-HUGE_VAL, HUGE_VAL};
    if (term->kind == QON_TERM_SWITCH && values == QON_VALUES_SWITCH) {
        *range = (struct range){term->truth, term->truth};
        return true;
    }
    if (values == QON_VALUES_SWITCH) {
        fault(c, term->place, "expected true or false");
        return false;
    }
    if (term->kind != QON_TERM_OBJECT) {
        bool good = number_of(c, term, values, &range->minimum);
        range->maximum = range->minimum;
        return good;
    }
    bool good = term->child != NULL;
    if (!good) {
        fault(c, term->place, "is empty, expected {\"min\": ..., \"max\": ...}");
    }
    for (const struct qon_term *bound = term->child; bound != NULL; bound = bound->next) {
        size_t i = 0;
        while (i < 6 && strcmp(names[i], bound->key) != 0) {
            i++;
        }
        double number;
        if (i == 6) {
            fault_name(c, bound->key_place, "comparison", bound->key, names, 6);
            good = false;
        } else if (!number_of(c, bound, values, &number)) {
            good = false;
        } else if (i < 3) {
            range->minimum = fmax(range->minimum, i == 2 ? nextafter(number, HUGE_VAL) : number);
        } else {
            range->maximum = fmin(range->maximum, i == 5 ? nextafter(number, -HUGE_VAL) : number);
        }
    }
    if (good && range->minimum > range->maximum) {
        fault(c, term->place, "nothing lies in this range");
        good = false;
    }
    return good;
}

// Calls add(context, text term) for each text of a list, or for the one text.
static bool texts_each(struct compile *c, const struct qon_term *term, void (*add)(void *context, const struct qon_term *text),
                       void *context) {
    const struct qon_term *first = term->kind == QON_TERM_LIST ? term->child : term;
    if (first == NULL) {
        fault(c, term->place, "is empty: nobody would be eligible");
        return false;
    }
    for (const struct qon_term *text = first; text != NULL; text = term->kind == QON_TERM_LIST ? text->next : NULL) {
        if (text->kind != QON_TERM_TEXT) {
            fault(c, text->place, "expected a text or a list of texts");
            return false;
        }
        add(context, text);
    }
    return true;
}

// ---- codes: rows of a table by id, or labels

struct codes {
    struct compile *c;
    uint32_t at;
    const char *names[NAMES_MOST];
    size_t count;
    const char *what;
};

static void code_add(void *context, const struct qon_term *text) {
    struct codes *codes = context;
    for (size_t i = 0; i < codes->count; i++) {
        if (codes->names[i] != NULL && strcmp(codes->names[i], text->text) == 0) {
            set_add(codes->c, codes->at, (int64_t)i);
            return;
        }
    }
    fault_name(codes->c, text->place, codes->what, text->text, codes->names, codes->count);
}

// Ids of a table; the first text column holds them.
static size_t table_ids(const struct qon_tables *tables, const char *table, const char **names) {
    const struct qon_table_kind *kind = qon_table_kind_find(table);
    QON_REQUIRE(kind != NULL && kind->fields[0].type == QON_TEXT);
    const char *place = (const char *)tables + kind->offset;
    int64_t rows;
    char *const *ids;
    memcpy(&rows, place, sizeof rows);
    memcpy(&ids, place + kind->fields[0].offset, sizeof ids);
    QON_REQUIRE(rows <= NAMES_MOST);
    for (int64_t i = 0; i < rows; i++) {
        names[i] = ids[i];
    }
    return (size_t)rows;
}

static enum qon_status codes_compile(struct compile *c, uint32_t at, enum qon_values values, const char *source, const char *attribute,
                                     const struct qon_term *term) {
    struct codes *codes = NULL;
    char labels[256];
    if (qon_take(&codes, 1, sizeof *codes) != QON_OK) {
        return QON_MACHINE;
    }
    codes->c = c;
    codes->at = at;
    codes->what = attribute;
    if (values == QON_VALUES_LABELS) {
        snprintf(labels, sizeof labels, "%s", source);
        for (char *rest = labels; rest != NULL;) {
            codes->names[codes->count++] = strsep(&rest, "|");
        }
    } else if (strcmp(source, "programmes") == 0) {
        for (size_t i = 0; i < c->names_count && i < NAMES_MOST; i++) {
            codes->names[codes->count++] = c->names[i];
        }
    } else {
        codes->count = table_ids(c->tables, source, codes->names);
    }
    set_new(c, at, codes->count > 0 ? (uint32_t)codes->count : 1);
    texts_each(c, term, code_add, codes);
    qon_free(codes);
    return QON_OK;
}

// ---- attributes

static void attribute_compile(struct compile *c, int32_t index, const struct qon_attribute_row *row, const struct qon_term *term) {
    enum qon_values values;
    const char *source;
    struct range range;
    (void)qon_column_values(row, &values, &source);
    unsigned reads = row->subject == QON_OF_EMPLOYER ? QON_READS_EMPLOYER
                     : row->subject == QON_OF_MOVE   ? QON_READS_ORIGIN | QON_READS_DESTINATION
                                                     : QON_READS_PERSON;
    uint32_t at = node_new(c, QON_OP_TEST, reads);
    if (c->status != QON_OK) {
        return;
    }
    c->out->node[at].attribute = (uint16_t)index;
    if (values == QON_VALUES_TABLE || values == QON_VALUES_LABELS) {
        if (codes_compile(c, at, values, source, row->name, term) != QON_OK) {
            c->status = QON_MACHINE;
        }
    } else if (range_of(c, term, values, &range)) {
        c->out->node[at].minimum = range.minimum;
        c->out->node[at].maximum = range.maximum;
    }
}

struct zone_texts {
    struct compile *c;
    uint32_t at;
    char *const *texts; // of each row
    const int32_t *row; // of each zone; NULL: the zone itself
    int64_t zones;
    const char *what;
};

static void zone_text_add(void *context, const struct qon_term *text) {
    struct zone_texts *z = context;
    bool found = false;
    for (int64_t i = 0; i < z->zones; i++) {
        const char *own = z->texts[z->row != NULL ? z->row[i] : i];
        if (own != NULL && strcmp(own, text->text) == 0) {
            set_add(z->c, z->at, i);
            found = true;
        }
    }
    if (!found) {
        const char *names[QON_ZONES_MOST];
        for (int64_t i = 0; i < z->zones; i++) {
            names[i] = z->texts[z->row != NULL ? z->row[i] : i];
        }
        fault_name(z->c, text->place, z->what, text->text, names, (size_t)z->zones);
    }
}

static double zone_number(const struct qon_field *field, const void *column, int64_t zone) {
    switch (field->type) {
    case QON_F64:
        return ((const double *)column)[zone];
    case QON_I64:
        return (double)((const int64_t *)column)[zone];
    default:
        return ((const bool *)column)[zone];
    }
}

// A test on a column of the table zones, or the macroregion: the set of zones for which it holds.
static bool zone_compile(struct compile *c, enum context context, const struct qon_term *term) {
    const struct qon_table_kind *kind = qon_table_kind_find("zones");
    const struct qon_table_zones *zones = &c->tables->zones;
    const struct qon_field *field = NULL;
    for (size_t f = 0; f < kind->fields_count; f++) {
        field = strcmp(kind->fields[f].name, term->key) == 0 ? &kind->fields[f] : field;
    }
    bool macroregion = strcmp(term->key, "macroregion") == 0;
    if (field == NULL && !macroregion) {
        return false;
    }
    uint32_t at = node_new(c, context == IN_ORIGIN ? QON_OP_ORIGIN : QON_OP_DESTINATION,
                           context == IN_ORIGIN ? QON_READS_ORIGIN : QON_READS_DESTINATION);
    set_new(c, at, (uint32_t)zones->rows);
    if (c->status != QON_OK) {
        return true;
    }
    if (macroregion || field->type == QON_TEXT || field->type == QON_REF) {
        struct zone_texts texts = {c, at, c->tables->regions.macroregion, zones->region, zones->rows, term->key};
        if (!macroregion && field->type == QON_REF) {
            texts.texts = c->tables->regions.id; // the only reference of zones
        } else if (!macroregion) {
            memcpy(&texts.texts, (const char *)zones + field->offset, sizeof texts.texts);
            texts.row = NULL;
        }
        texts_each(c, term, zone_text_add, &texts);
        return true;
    }
    struct range range;
    const void *column;
    memcpy(&column, (const char *)zones + field->offset, sizeof column);
    if (range_of(c, term, field->type == QON_BOOL ? QON_VALUES_SWITCH : QON_VALUES_NUMBER, &range)) {
        for (int64_t i = 0; i < zones->rows; i++) {
            double value = zone_number(field, column, i);
            set_add(c, at, value >= range.minimum && value <= range.maximum ? i : -1);
        }
    }
    return true;
}

static void unknown_key(struct compile *c, enum context context, const struct qon_term *term) {
    const char *names[200] = {"all", "any", "not", "person", "household", "origin", "destination", "employer"};
    size_t count = context == AT_TOP ? 8 : 3;
    int32_t rows_count;
    const struct qon_attribute_row *rows = qon_attribute_rows(&rows_count);
    struct qon_attribute attribute;
    (void)rows;
    for (int32_t i = 0; qon_attribute_get(i, &attribute) && count < 199; i++) {
        bool zone = strcmp(attribute.subject, "zone") == 0;
        bool wanted = context == IN_ORIGIN || context == IN_DESTINATION ? zone
                      : context == IN_EMPLOYER                          ? strcmp(attribute.subject, "employer") == 0
                      : context == IN_PERSON                            ? strcmp(attribute.subject, "person") == 0
                      : context == IN_HOUSEHOLD                         ? strcmp(attribute.subject, "household") == 0
                                                                        : !zone && strcmp(attribute.subject, "employer") != 0;
        if (wanted) {
            names[count++] = attribute.name;
        }
    }
    fault_name(c, term->key_place, "attribute", term->key, names, count);
}

static void key_attribute(struct compile *c, enum context context, const struct qon_term *term) {
    if ((context == IN_ORIGIN || context == IN_DESTINATION) && zone_compile(c, context, term)) {
        return;
    }
    int32_t count;
    const struct qon_attribute_row *rows = qon_attribute_rows(&count);
    for (int32_t i = 0; i < count && context != IN_ORIGIN && context != IN_DESTINATION; i++) {
        enum qon_subject s = rows[i].subject;
        bool here = context == AT_TOP         ? s != QON_OF_EMPLOYER
                    : context == IN_PERSON    ? s == QON_OF_PERSON
                    : context == IN_HOUSEHOLD ? s == QON_OF_HOUSEHOLD
                                              : s == QON_OF_EMPLOYER;
        enum qon_values values;
        const char *source;
        if (here && strcmp(rows[i].name, term->key) == 0 && qon_column_values(&rows[i], &values, &source)) {
            attribute_compile(c, i, &rows[i], term);
            return;
        }
    }
    unknown_key(c, context, term);
}

// How a test can be answered without the table of attributes, once all sets are made.
static void fast_set(const struct qon_predicate *p, struct qon_predicate_node *n) {
    int32_t count;
    const struct qon_attribute_row *row = &qon_attribute_rows(&count)[n->attribute];
    if (n->op != QON_OP_TEST) {
        return;
    }
    if (row->derived == QON_AGE_YEARS) {
        n->fast = QON_FAST_AGE;
    } else if (row->derived == QON_RESIDENT_MONTHS) {
        n->fast = QON_FAST_RESIDENT;
    } else if (row->derived == QON_REGISTERED_MONTHS) {
        n->fast = QON_FAST_REGISTERED;
    } else if (row->derived == QON_JOB_TERM) {
        n->fast = QON_FAST_JOB_TERM;
    } else if (row->derived == QON_COLUMN && row->subject == QON_OF_PERSON && row->offset == offsetof(struct qon_persons, origin)) {
        n->fast = QON_FAST_ORIGIN;
    } else if (row->derived == QON_COLUMN && row->size == 1) {
        bool status = row->subject == QON_OF_PERSON && row->offset == offsetof(struct qon_persons, status);
        n->fast = status                            ? QON_FAST_STATUS
                  : row->subject == QON_OF_PERSON   ? QON_FAST_PERSON
                  : row->subject == QON_OF_EMPLOYER ? QON_FAST_EMPLOYER
                                                    : QON_FAST_HOUSEHOLD;
        n->offset = (uint32_t)row->offset;
        for (int v = 0; v < QON_FAST_VALUES; v++) {
            bool in = n->set_words > 0 ? (p->words[n->set] >> v & 1) != 0 : v >= n->minimum && v <= n->maximum;
            n->bits |= (uint64_t)in << v;
        }
    }
}

// ---- structure

static void object_compile(struct compile *c, enum context context, const struct qon_term *object);

static void list_compile(struct compile *c, enum context context, const struct qon_term *term) {
    if (term->kind != QON_TERM_LIST) {
        fault(c, term->place, "expected a list of conditions");
        return;
    }
    for (const struct qon_term *child = term->child; child != NULL; child = child->next) {
        // Within an `any` each element is one condition, whatever keys it has.
        uint32_t at = node_new(c, QON_OP_ALL, 0);
        object_compile(c, context, child);
        node_close(c, at);
    }
}

static void key_compile(struct compile *c, enum context context, const struct qon_term *term) {
    static const struct {
        const char *name;
        enum context context;
    } subjects[] = {{"person", IN_PERSON},
                    {"household", IN_HOUSEHOLD},
                    {"employer", IN_EMPLOYER},
                    {"origin", IN_ORIGIN},
                    {"destination", IN_DESTINATION}};
    if (strcmp(term->key, "all") == 0) { // of an `all` within an `all`: the same list
        if (term->kind != QON_TERM_LIST) {
            fault(c, term->place, "expected a list of conditions");
            return;
        }
        for (const struct qon_term *child = term->child; child != NULL; child = child->next) {
            object_compile(c, context, child);
        }
        return;
    }
    if (strcmp(term->key, "any") == 0) {
        uint32_t at = node_new(c, QON_OP_ANY, 0);
        list_compile(c, context, term);
        node_close(c, at);
        return;
    }
    if (strcmp(term->key, "not") == 0) {
        uint32_t at = node_new(c, QON_OP_NOT, 0);
        uint32_t all = node_new(c, QON_OP_ALL, 0);
        object_compile(c, context, term);
        node_close(c, all);
        node_close(c, at);
        return;
    }
    for (size_t i = 0; i < sizeof subjects / sizeof subjects[0] && context == AT_TOP; i++) {
        if (strcmp(term->key, subjects[i].name) == 0) {
            object_compile(c, subjects[i].context, term);
            return;
        }
    }
    key_attribute(c, context, term);
}

static void object_compile(struct compile *c, enum context context, const struct qon_term *object) {
    if (object->kind != QON_TERM_OBJECT) {
        fault(c, object->place, "expected a condition such as {\"age_years\": {\"min\": 18}}");
        return;
    }
    for (const struct qon_term *key = object->child; key != NULL; key = key->next) {
        key_compile(c, context, key);
    }
}

enum qon_status qon_predicate_compile(struct qon_predicate *out, const struct qon_term *term, const struct qon_tables *tables,
                                      const char *const *names, size_t names_count, struct qon_faults *faults) {
    struct compile c = {.out = out, .tables = tables, .names = names, .names_count = names_count, .faults = faults};
    *out = (struct qon_predicate){0};
    if (term == NULL || term->kind == QON_TERM_NULL) {
        return QON_OK;
    }
    uint32_t at = node_new(&c, QON_OP_ALL, 0);
    object_compile(&c, AT_TOP, term);
    node_close(&c, at);
    if (c.status != QON_OK || c.wrong) {
        qon_predicate_free(out);
        return c.status != QON_OK ? qon_fault_machine(faults, term->place, "out of memory for a condition") : QON_USER;
    }
    for (uint32_t i = 0; i < out->nodes; i++) {
        fast_set(out, &out->node[i]);
    }
    out->reads = out->node[0].reads;
    if (out->nodes == 1) {
        qon_predicate_free(out); // no condition: everybody
    }
    return QON_OK;
}
