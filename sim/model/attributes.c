// SPDX-License-Identifier: GPL-3.0-or-later
// The attributes that predicates name: every column of the .def files that means something by itself, and some derived from them.
#include "attributes.h"
#include "programmes.h"

#include <string.h>

static const char labours[] = "child|student|employed|self_employed|unemployed|inactive|retired";
static const char legals[] = "citizen|kandas|permit_1|permit_2|permit_3|permit_4|seasonal|eaeu|unregistered";
static const char roles[] = "head|spouse|offspring|other";

// A column's place; what its values are follows from its unit (see qon_column_values).
#define TYPE_OF(type) _Generic((type)0, float : 2, double : 2, int16_t : 1, int32_t : 1, int64_t : 1, default : 0)

#define COLUMN(type, name, unit, meaning) \
    {QON_OF_PERSON, #name, QON_VALUES_NUMBER, unit, meaning, QON_COLUMN, offsetof(struct qon_persons, name), sizeof(type), TYPE_OF(type)},
#define HOUSEHOLD_COLUMN(type, name, unit, meaning)                                                                       \
    {QON_OF_HOUSEHOLD, #name,        QON_VALUES_NUMBER, unit, meaning, QON_COLUMN, offsetof(struct qon_households, name), \
     sizeof(type),     TYPE_OF(type)},
#define EMPLOYER_COLUMN(type, name, unit, meaning)                                                                      \
    {QON_OF_EMPLOYER, #name,        QON_VALUES_NUMBER, unit, meaning, QON_COLUMN, offsetof(struct qon_employers, name), \
     sizeof(type),    TYPE_OF(type)},
#define DERIVED(subject, name, values, codes, which, meaning) \
    { subject, name, values, codes, meaning, which, 0, 0, 0 }

static const struct qon_attribute_row rows[] = {
    DERIVED(QON_OF_PERSON, "age_years", QON_VALUES_NUMBER, "year", QON_AGE_YEARS, "age in completed years"),
    DERIVED(QON_OF_PERSON, "age_months", QON_VALUES_NUMBER, "month", QON_AGE_MONTHS, "age in months"),
    DERIVED(QON_OF_PERSON, "registered_months", QON_VALUES_NUMBER, "month", QON_REGISTERED_MONTHS,
            "months since registration as unemployed at the employment service; none for others"),
    DERIVED(QON_OF_PERSON, "resident_months", QON_VALUES_NUMBER, "month", QON_RESIDENT_MONTHS,
            "months since arrival in the zone; ten years at least for those who came before the start of the run"),
    DERIVED(QON_OF_PERSON, "wage_tenge_month", QON_VALUES_NUMBER, "tenge/month", QON_WAGE_TENGE, "gross wage; 0 without a job"),
    DERIVED(QON_OF_PERSON, "country", QON_VALUES_TABLE, "kandas_origins", QON_COUNTRY, "country that an arrival from abroad came from"),
    DERIVED(QON_OF_PERSON, "job_term", QON_VALUES_LABELS, "temporary|years_1_3|long", QON_JOB_TERM,
            "term of the job that waits for this person this year: temporary, 1 to 3 years, long-term"),
    DERIVED(QON_OF_PERSON, "earlier_benefits", QON_VALUES_TABLE, "programmes", QON_EARLIER_BENEFITS,
            "programmes that gave something before"),
#include <qonys/persons_columns.def>
    DERIVED(QON_OF_HOUSEHOLD, "minors", QON_VALUES_NUMBER, "person", QON_MINORS, "members under 18 years of age"),
    DERIVED(QON_OF_HOUSEHOLD, "savings_tenge", QON_VALUES_NUMBER, "tenge", QON_SAVINGS_TENGE, "savings"),
#undef COLUMN
#define COLUMN HOUSEHOLD_COLUMN
#include <qonys/households_columns.def>
#undef COLUMN
#define COLUMN EMPLOYER_COLUMN
#include <qonys/employers_columns.def>
#undef COLUMN
    DERIVED(QON_OF_MOVE, "same_region", QON_VALUES_SWITCH, "1", QON_SAME_REGION, "the move stays within the region"),
    DERIVED(QON_OF_MOVE, "same_zone", QON_VALUES_SWITCH, "1", QON_SAME_ZONE, "the move stays within the zone: to another settlement"),
    DERIVED(QON_OF_MOVE, "distance_km", QON_VALUES_NUMBER, "km", QON_DISTANCE_KM, "length of the move"),
};

const struct qon_attribute_row *qon_attribute_rows(int32_t *count) {
    *count = (int32_t)(sizeof rows / sizeof rows[0]);
    return rows;
}

// What a column's values are, from its unit: false for what only this run's memory knows (rows, ids).
bool qon_column_values(const struct qon_attribute_row *row, enum qon_values *values, const char **codes) {
    static const struct {
        const char *unit, *name; // name NULL: any
        enum qon_values values;
        const char *codes;
    } known[] = {
        {"row", "education", QON_VALUES_TABLE, "educations"},
        {"row", "occupation", QON_VALUES_TABLE, "occupations"},
        {"row", "skill", QON_VALUES_TABLE, "skills"},
        {"row", "sector", QON_VALUES_TABLE, "sectors"},
        {"zone", NULL, QON_VALUES_TABLE, "zones"},
        {"qon_labour", NULL, QON_VALUES_LABELS, labours},
        {"qon_legal", NULL, QON_VALUES_LABELS, legals},
        {"qon_role", NULL, QON_VALUES_LABELS, roles},
        {"0 male, 1 female", NULL, QON_VALUES_LABELS, "male|female"},
        {"0/1", NULL, QON_VALUES_SWITCH, "1"},
        {"month", NULL, QON_VALUES_MONTH, "month"},
    };
    *values = row->values;
    *codes = row->codes;
    if (row->derived != QON_COLUMN) {
        return true;
    }
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(known[i].unit, row->codes) == 0 && (known[i].name == NULL || strcmp(known[i].name, row->name) == 0)) {
            *values = known[i].values;
            *codes = known[i].codes;
            return true;
        }
    }
    return strcmp(row->codes, "row") != 0 && strcmp(row->codes, "id") != 0;
}

static double column_value(const struct qon_attribute_row *row, const void *table, uint32_t index) {
    const char *column;
    memcpy(&column, (const char *)table + row->offset, sizeof column);
    const void *item = column + (size_t)index * row->size;
    if (row->type == 2) {
        return (double)*(const float *)item;
    }
    switch (row->size) {
    case 1:
        return *(const uint8_t *)item;
    case 2:
        return row->type == 1 ? *(const int16_t *)item : *(const uint16_t *)item;
    case 4:
        return row->type == 1 ? *(const int32_t *)item : (double)*(const uint32_t *)item;
    default:
        return (double)*(const int64_t *)item;
    }
}

static double minors(const struct qon_ask *ask) {
    const struct qon_persons *p = &ask->block->persons;
    int count = 0;
    for (uint32_t m = ask->block->households.head[ask->household]; m != QON_NONE; m = p->next[m]) {
        count += ask->world->month - p->birth_month[m] < 12 * 18;
    }
    return count;
}

int32_t qon_resident_months_settled(const struct qon_world *world) {
    return world->month - world->scenario->start + 120;
}

int32_t qon_resident_months(const struct qon_world *world, const struct qon_persons *p, uint32_t row) {
    int32_t arrival = p->arrival_month[row];
    return arrival == QON_ALWAYS ? qon_resident_months_settled(world) : world->month - arrival;
}

// The hired are asked about as what they were before.
static uint8_t status_of(const struct qon_ask *ask) {
    return ask->before != NULL ? ask->before->status : ask->block->persons.status[ask->person];
}

static int16_t status_month_of(const struct qon_ask *ask) {
    return ask->before != NULL ? ask->before->status_month : ask->block->persons.status_month[ask->person];
}

// Before the start nothing is known: those who were unemployed then are taken as registered for a year already.
bool qon_registered_months(const struct qon_ask *ask, int32_t *months) {
    int32_t since = status_month_of(ask);
    *months = since == QON_ALWAYS ? ask->world->month - ask->world->scenario->start + 12 : ask->world->month - since;
    return status_of(ask) == QON_UNEMPLOYED;
}

static bool person_value(const struct qon_attribute_row *row, const struct qon_ask *ask, double *value) {
    const struct qon_persons *p = &ask->block->persons;
    uint32_t person = ask->person;
    int32_t month = ask->world->month;
    int32_t months;
    switch ((enum qon_derived)row->derived) {
    case QON_AGE_YEARS:
        *value = qon_age_years(month, p->birth_month[person]);
        return true;
    case QON_AGE_MONTHS:
        *value = month - p->birth_month[person];
        return true;
    case QON_REGISTERED_MONTHS:
        if (!qon_registered_months(ask, &months)) {
            return false;
        }
        *value = months;
        return true;
    case QON_RESIDENT_MONTHS:
        *value = qon_resident_months(ask->world, p, person);
        return true;
    case QON_WAGE_TENGE:
        *value = p->wage_tiyn_month[person] / 100.0;
        return true;
    case QON_COUNTRY:
        *value = (double)p->origin[person] - ask->world->zones;
        return *value >= 0;
    case QON_JOB_TERM:
        *value = qon_job_term(ask->world, qon_person_id(ask->block, person));
        return true;
    case QON_EARLIER_BENEFITS:
        return true; // answered by qon_earlier_benefits, since a double does not hold the mask
    default:
        *value = row->offset == offsetof(struct qon_persons, status)         ? status_of(ask)
                 : row->offset == offsetof(struct qon_persons, status_month) ? status_month_of(ask)
                                                                             : column_value(row, p, person);
        return true;
    }
}

static bool move_value(const struct qon_attribute_row *row, const struct qon_ask *ask, double *value) {
    const struct qon_model *m = ask->world->model;
    if (ask->origin == QON_NONE || ask->destination == QON_NONE) {
        return false;
    }
    if (row->derived == QON_SAME_ZONE) {
        *value = ask->origin == ask->destination;
        return true;
    }
    *value = row->derived == QON_SAME_REGION ? m->zone_region[ask->origin] == m->zone_region[ask->destination]
                                             : m->distance_km[(int64_t)ask->origin * ask->world->zones + ask->destination];
    return true;
}

bool qon_attribute_value(const struct qon_attribute_row *row, const struct qon_ask *ask, double *value) {
    switch (row->subject) {
    case QON_OF_PERSON:
        return ask->person != QON_NONE && person_value(row, ask, value);
    case QON_OF_HOUSEHOLD:
        if (ask->household == QON_NONE) {
            return false;
        }
        *value = row->derived == QON_MINORS          ? minors(ask)
                 : row->derived == QON_SAVINGS_TENGE ? (double)ask->block->households.savings_tiyn[ask->household] / 100
                                                     : column_value(row, &ask->block->households, ask->household);
        return true;
    case QON_OF_EMPLOYER: {
        uint32_t employer = qon_ask_employer(ask);
        if (employer == QON_NONE) {
            return false;
        }
        *value = column_value(row, &ask->world->employers, employer);
        return true;
    }
    case QON_OF_MOVE:
        return move_value(row, ask, value);
    default:
        return false;
    }
}

static const char *const subject_names[] = {"person", "household", "employer", "move", "zone"};

bool qon_attribute_get(int32_t i, struct qon_attribute *attribute) {
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        enum qon_values values;
        const char *codes;
        if (qon_column_values(&rows[r], &values, &codes) && i-- == 0) {
            *attribute = (struct qon_attribute){subject_names[rows[r].subject], rows[r].name, codes, rows[r].meaning};
            attribute->values = values == QON_VALUES_SWITCH ? "true|false" : codes;
            return true;
        }
    }
    const struct qon_table_kind *zones = qon_table_kind_find("zones");
    if (i < (int32_t)zones->fields_count) {
        const struct qon_field *field = &zones->fields[i];
        const char *text = field->type == QON_BOOL ? "true|false" : field->type == QON_REF ? field->refers : field->unit;
        *attribute = (struct qon_attribute){"zone", field->name, text, field->meaning};
        return true;
    }
    if (i == (int32_t)zones->fields_count) {
        *attribute = (struct qon_attribute){"zone", "macroregion", "text", "group of regions that the zone's region belongs to"};
        return true;
    }
    return false;
}
