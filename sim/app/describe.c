// SPDX-License-Identifier: GPL-3.0-or-later
// qonys describe: what can be set, read and observed, from the same tables that the program works with.
//
// Every topic gives its items one after another; what is shown of an item (a line, all its fields, a JSON object, nothing because of the
// filter) is decided in one place.
#include "app.h"

#include <math.h>
#include <qonys/benefit.h>
#include <qonys/indicator.h>
#include <qonys/memory.h>
#include <qonys/predicate.h>
#include <qonys/random.h>
#include <qonys/result_tables.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct values {
    bool json;
    enum qon_language language;
};

static const struct qon_option options[] = {
    {"--json", NULL, "as a JSON array of objects", QON_OPTION_SWITCH, offsetof(struct values, json), NULL, 0, 0},
    {"--lang", "kk|ru|en", "language of indicators' labels", QON_OPTION_LANGUAGE, offsetof(struct values, language), NULL, 0, 0},
};

// --- items ------------------------------------------------------------------------------------------------------------------------

enum { FIELDS_MOST = 16, NAME_MOST = 128, TEXT_MOST = 512 };

struct field {
    const char *key;
    bool number;
    double real;
    char text[TEXT_MOST];
};

struct listing {
    bool json;
    enum qon_language language;
    const char *filter; // NULL: everything, a line each
    int shown;
    struct field field[FIELDS_MOST]; // of the item being given
    int fields;
    char name[NAME_MOST];
    char **names; // all items' names, for "did you mean"
    size_t names_count;
    enum qon_status status;
};

static void item(struct listing *l, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Begins an item with its name.
static void item(struct listing *l, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(l->name, sizeof l->name, format, arguments);
    va_end(arguments);
    l->fields = 0;
}

static struct field *field_next(struct listing *l, const char *key) {
    QON_REQUIRE(l->fields < FIELDS_MOST);
    struct field *field = &l->field[l->fields++];
    field->key = key;
    return field;
}

static void text(struct listing *l, const char *key, const char *value) {
    if (value && *value) {
        struct field *field = field_next(l, key);
        field->number = false;
        snprintf(field->text, sizeof field->text, "%s", value);
    }
}

static void real(struct listing *l, const char *key, double value) {
    if (isfinite(value)) {
        struct field *field = field_next(l, key);
        field->number = true;
        field->real = value;
        snprintf(field->text, sizeof field->text, "%.15g", value);
    }
}

// The filter is a name, or the part of it before a point.
static bool wanted(const struct listing *l) {
    size_t length = l->filter ? strlen(l->filter) : 0;
    return !l->filter || (strncmp(l->name, l->filter, length) == 0 && (l->name[length] == 0 || l->name[length] == '.'));
}

static void item_json(const struct listing *l) {
    fputs(l->shown ? ",\n {\"name\": " : "[\n {\"name\": ", stdout);
    qon_json_text(stdout, l->name);
    for (int i = 0; i < l->fields; i++) {
        printf(", \"%s\": ", l->field[i].key);
        if (l->field[i].number) {
            qon_json_real(stdout, l->field[i].real);
        } else {
            qon_json_text(stdout, l->field[i].text);
        }
    }
    fputs("}", stdout);
}

static const char *field_of(const struct listing *l, const char *key) {
    for (int i = 0; i < l->fields; i++) {
        if (strcmp(l->field[i].key, key) == 0) {
            return l->field[i].text;
        }
    }
    return NULL;
}

static void item_text(const struct listing *l) {
    if (l->filter) {
        printf("%s\n", l->name);
        for (int i = 0; i < l->fields; i++) {
            printf("    %-10s %s\n", l->field[i].key, l->field[i].text);
        }
        return;
    }
    const char *unit = field_of(l, "unit");
    const char *meaning = field_of(l, "meaning");
    printf("%-44s %s%s%s%s\n", l->name, meaning ? meaning : "", unit ? " [" : "", unit ? unit : "", unit ? "]" : "");
}

// Ends an item: remembers its name, shows it when it is wanted.
static void done(struct listing *l) {
    if (l->status == QON_OK) {
        l->status = qon_grow(&l->names, l->names_count, l->names_count + 1, sizeof *l->names);
    }
    if (l->status == QON_OK) {
        l->names[l->names_count++] = qon_string_copy(l->name);
    }
    if (!wanted(l)) {
        return;
    }
    if (l->json) {
        item_json(l);
    } else {
        item_text(l);
    }
    l->shown++;
}

// --- topics -----------------------------------------------------------------------------------------------------------------------

static const char *type_name(enum qon_type type) {
    static const char *const names[] = {
        [QON_F64] = "number",    [QON_I32] = "whole number", [QON_I64] = "whole number", [QON_BOOL] = "true or false",
        [QON_MONTH] = "YYYY-MM", [QON_TEXT] = "text",        [QON_REF] = "id",
    };
    return names[type];
}

static void field_give(struct listing *l, const struct qon_field *field) {
    text(l, "meaning", field->meaning);
    char choice[64];
    bool choices = field->type == QON_I32 && field->refers != NULL;
    bool money = strcmp(field->unit, "tiyn") == 0; // in memory; files say tenge
    text(l, "unit", choices ? NULL : money ? "tenge" : field->unit);
    text(l, "type", choices ? "choice" : money ? "number" : type_name(field->type));
    text(l, choices ? "one of" : "refers", field->refers);
    if (!choices && (field->type == QON_F64 || field->type == QON_I32 || field->type == QON_I64)) {
        real(l, "minimum", field->minimum);
        real(l, "maximum", field->maximum);
    }
    if (choices) {
        text(l, "default", qon_choice_text(field->refers, (int32_t)field->initial, choice));
    } else if (field->type == QON_REF) {
        text(l, "default", field->initial == 0 ? NULL : "absent");
    } else if (field->type == QON_BOOL) {
        text(l, "default", isnan(field->initial) ? NULL : field->initial != 0 ? "true" : "false");
    } else {
        real(l, "default", field->initial);
    }
    if (field->low != field->high) {
        real(l, "low", field->low);
        real(l, "high", field->high);
    }
    text(l, "source", field->source);
}

static void parameters(struct listing *l) {
    size_t count = 0;
    const struct qon_section *sections = qon_settings_sections(&count);
    for (size_t s = 0; s < count; s++) {
        for (size_t f = 0; f < sections[s].fields_count; f++) {
            item(l, "%s.%s", sections[s].name, sections[s].fields[f].name);
            field_give(l, &sections[s].fields[f]);
            done(l);
        }
    }
}

static void programmes(struct listing *l) {
    size_t count = 0;
    const struct qon_section *sections = qon_programme_sections(&count);
    for (size_t s = 0; s < count; s++) {
        for (size_t f = 0; f < sections[s].fields_count; f++) {
            item(l, "%s%s%s", sections[s].name, *sections[s].name ? "." : "", sections[s].fields[f].name);
            field_give(l, &sections[s].fields[f]);
            done(l);
        }
    }
}

// The events that a kind can hang on, as "at" of a programme says them.
static void events_of(const struct qon_benefit_kind *kind, char names[TEXT_MOST]) {
    size_t count = 0;
    const struct qon_section *own = qon_programme_sections(&count);
    size_t length = 0;
    names[0] = 0;
    for (size_t f = 0; f < own->fields_count; f++) {
        char name[64];
        for (int32_t a = 0; strcmp(own->fields[f].name, "at") == 0 && qon_choice_text(own->fields[f].refers, a, name) != NULL; a++) {
            if ((kind->at >> a & 1) != 0) {
                length += (size_t)snprintf(names + length, TEXT_MOST - length, "%s%s", length ? ", " : "", name);
            }
        }
    }
}

static void benefits(struct listing *l) {
    size_t count = 0;
    const struct qon_benefit_kind *const *kinds = qon_benefit_kinds(&count);
    for (size_t k = 0; k < count; k++) {
        char names[TEXT_MOST];
        events_of(kinds[k], names);
        item(l, "%s", kinds[k]->name);
        text(l, "meaning", kinds[k]->meaning);
        text(l, "at", names);
        done(l);
        for (size_t f = 0; f < kinds[k]->fields_count; f++) {
            item(l, "%s.%s", kinds[k]->name, kinds[k]->fields[f].name);
            field_give(l, &kinds[k]->fields[f]);
            done(l);
        }
    }
}

static void attributes(struct listing *l) {
    struct qon_attribute attribute;
    for (int32_t i = 0; qon_attribute_get(i, &attribute); i++) {
        item(l, "%s.%s", attribute.subject, attribute.name);
        text(l, "meaning", attribute.meaning);
        text(l, "values", attribute.values);
        done(l);
    }
}

static void tables(struct listing *l) {
    size_t count = 0;
    const struct qon_table_kind *kinds = qon_table_kinds(&count);
    for (size_t t = 0; t < count; t++) {
        item(l, "%s", kinds[t].name);
        text(l, "meaning", kinds[t].meaning);
        text(l, "path", kinds[t].path);
        text(l, "required", kinds[t].required ? "yes" : "no");
        done(l);
        for (size_t f = 0; f < kinds[t].fields_count; f++) {
            item(l, "%s.%s", kinds[t].name, kinds[t].fields[f].name);
            field_give(l, &kinds[t].fields[f]);
            done(l);
        }
    }
}

static void indicators(struct listing *l) {
    struct qon_world world = {0}; // those that need no table of a scenario
    int32_t count = qon_indicators_count(&world);
    for (int32_t i = 0; i < count; i++) {
        struct qon_indicator indicator;
        qon_indicator_get(&world, i, &indicator);
        item(l, "%s", indicator.name);
        text(l, "label", indicator.label[l->language]);
        text(l, "meaning", indicator.meaning);
        text(l, "unit", indicator.unit);
        text(l, "kind", indicator.flow ? "counted over the month" : "as it stands at the month's end");
        text(l, "country", indicator.additive ? "sum over zones" : "computed on its own");
        text(l, "source", indicator.source);
        done(l);
    }
    item(l, "population_education_ID");
    text(l, "meaning", "residents by highest level of education, one indicator for each row of the table educations");
    text(l, "unit", "person");
    done(l);
}

static void columns_give(struct listing *l, const char *table, const struct qon_column *columns, size_t count) {
    for (size_t i = 0; i < count; i++) {
        item(l, "%s.%s", table, columns[i].name);
        text(l, "meaning", columns[i].meaning);
        text(l, "unit", columns[i].unit);
        text(l, "type", columns[i].type);
        real(l, "bytes", (double)columns[i].size);
        done(l);
    }
}

static void columns(struct listing *l) {
    columns_give(l, "persons", qon_person_columns, qon_person_columns_count);
    columns_give(l, "households", qon_household_columns, qon_household_columns_count);
    columns_give(l, "employers", qon_employer_columns, qon_employer_columns_count);
}

static void events(struct listing *l) {
    static const struct {
        const char *name;
        const char *label[QON_LANGUAGES];
    } rows[] = {
#define EVENT(name, en, kk, ru) {#name, {en, kk, ru}},
#include <qonys/events.def>
#undef EVENT
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        item(l, "%s", rows[i].name);
        text(l, "meaning", rows[i].label[l->language]);
        done(l);
    }
}

static void draws(struct listing *l) {
    static const struct {
        const char *name;
        int number;
        const char *meaning;
    } rows[] = {
#define DRAW(name, number, meaning) {#name, (number), meaning},
#include <qonys/draws.def>
#undef DRAW
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        item(l, "%s", rows[i].name);
        text(l, "meaning", rows[i].meaning);
        real(l, "number", rows[i].number);
        done(l);
    }
}

static void results(struct listing *l) {
    size_t count = 0;
    const struct qon_result_table *list = qon_result_tables(&count);
    for (size_t t = 0; t < count; t++) {
        item(l, "%s", list[t].name);
        text(l, "meaning", list[t].meaning);
        done(l);
        for (int c = 0; c < qon_result_columns(&list[t]); c++) {
            item(l, "%s.%s", list[t].name, list[t].columns[c].name);
            text(l, "meaning", list[t].columns[c].meaning);
            text(l, "unit", list[t].columns[c].unit);
            text(l, "type", list[t].columns[c].type);
            done(l);
        }
    }
}

static const struct topic {
    const char *name;
    const char *meaning;
    void (*give)(struct listing *l); // NULL: the JSON schema
} topics[] = {
    {"parameters", "numbers of the model that a scenario can set", parameters},
    {"tables", "input tables and their columns", tables},
    {"programmes", "numbers and choices of a programme", programmes},
    {"benefits", "kinds of benefits and their settings", benefits},
    {"attributes", "what conditions of programmes can name", attributes},
    {"schema", "JSON Schema of scenario files", NULL},
    {"indicators", "what a run reports by month and zone", indicators},
    {"results", "tables of the results file", results},
    {"columns", "attributes of persons, households, employers", columns},
    {"events", "what happens to persons in a month", events},
    {"draws", "purposes of random draws", draws},
};
enum { TOPICS = sizeof topics / sizeof topics[0] };

// --- the verb ---------------------------------------------------------------------------------------------------------------------

static enum qon_status topic_unknown(const char *given, struct qon_faults *faults) {
    const char *names[TOPICS];
    for (int i = 0; i < TOPICS; i++) {
        names[i] = topics[i].name;
    }
    const char *nearest = qon_name_nearest(given, names, TOPICS);
    struct qon_place place = {.path = given};
    if (nearest) {
        return qon_fault_add(faults, place, "unknown topic of qonys describe (did you mean %s?)", nearest);
    }
    return qon_fault_add(faults, place, "unknown topic of qonys describe; qonys describe lists them");
}

static enum qon_status schema_print(struct qon_faults *faults) {
    char *schema = qon_scenario_schema();
    if (!schema) {
        return qon_fault_machine(faults, (struct qon_place){0}, "not enough memory for the schema");
    }
    puts(schema);
    qon_free(schema);
    return QON_OK;
}

static enum qon_status name_unknown(const struct listing *l, const struct topic *topic, struct qon_faults *faults) {
    const char *nearest = qon_name_nearest(l->filter, (const char *const *)l->names, l->names_count);
    struct qon_place place = {.path = l->filter};
    if (nearest) {
        return qon_fault_add(faults, place, "is not among the %s (did you mean %s?)", topic->name, nearest);
    }
    return qon_fault_add(faults, place, "is not among the %s; qonys describe %s lists them", topic->name, topic->name);
}

static enum qon_status topic_print(const struct topic *topic, const char *filter, const struct values *values, struct qon_faults *faults) {
    struct listing *l = NULL;
    enum qon_status status = qon_take(&l, 1, sizeof *l);
    if (status != QON_OK) {
        return qon_fault_machine(faults, (struct qon_place){0}, "not enough memory");
    }
    l->json = values->json;
    l->language = values->language;
    l->filter = filter;
    topic->give(l);
    fputs(l->json && l->shown > 0 ? "\n]\n" : "", stdout);
    if (l->status != QON_OK) {
        status = qon_fault_machine(faults, (struct qon_place){0}, "not enough memory");
    } else if (l->shown == 0) {
        status = name_unknown(l, topic, faults);
    }
    for (size_t i = 0; i < l->names_count; i++) {
        qon_free(l->names[i]);
    }
    qon_free(l->names);
    qon_free(l);
    return status;
}

static enum qon_status describe(const void *given, const char *const *operands, const char *command, struct qon_faults *faults) {
    if (!operands[0]) {
        for (int i = 0; i < TOPICS; i++) {
            printf("%-12s %s\n", topics[i].name, topics[i].meaning);
        }
        return QON_OK;
    }
    for (int i = 0; i < TOPICS; i++) {
        if (strcmp(operands[0], topics[i].name) == 0) {
            return topics[i].give ? topic_print(&topics[i], operands[1], given, faults) : schema_print(faults);
        }
    }
    return topic_unknown(operands[0], faults);
}

const struct qon_verb qon_verb_describe = {
    .name = "describe",
    .operands = "[TOPIC [NAME]]",
    .operands_least = 0,
    .operands_most = 2,
    .meaning = "Says what can be set, read and observed.",
    .more =
        "Topics: parameters, tables, programmes, benefits, attributes, schema, indicators, results, columns, events, draws.\n"
        "NAME shows one item with all that is known of it, e.g. qonys describe parameters choice.home_premium, or all of a group, e.g.\n"
        "qonys describe parameters choice.",
    .options = options,
    .options_count = sizeof options / sizeof options[0],
    .values_size = sizeof(struct values),
    .run = describe,
};
