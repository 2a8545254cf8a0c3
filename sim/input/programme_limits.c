// SPDX-License-Identifier: GPL-3.0-or-later
// Quotas and budgets: a number (a year, in all), or amounts by region and year, or a list of such.
//
//   "quota": 500                                                      500 places a year
//   "quota": {"KZ-PAV": 300, "KZ-SEV": {"2018": 100, "2019": 120}}    by region; a region or a year that is not named has no place
//   "quota": {"all": 1000, "KZ-PAV": 300}                             1000 in all, at most 300 of them in one region
//   "quota": {"KZ-PAV": {"each_year": 300, "2020": 500, "whole_time": 1200}, "others": 50}
//   "quota": {"all": {"each_year": 40}, "counts": "members", "region_of": "origin", "group": {"job_term": "temporary"}}
//
// Budgets likewise, in tenge or by "unit" in MCI of each year's start.
#include "programmes.h"
#include <qonys/memory.h>
#include <string.h>

const char *const qon_quota_keys[QON_QUOTA_KEYS] = {"counts", "region_of", "group"};
const char *const qon_budget_keys[QON_BUDGET_KEYS] = {"unit"};

const struct qon_field qon_places_field = {"places", QON_I64, 0, "place", 0, 1e9, 0, 0, 0, NULL, "most grants", NULL};
const struct qon_field qon_money_field = {"money", QON_F64, 0, "tenge or MCI", 0, 1e14, 0, 0, 0, NULL, "most money promised", NULL};
const struct qon_field qon_counts_field = {
    "counts", QON_I32, 0, "1", 0, 1, 0, 0, 0, "grants|members", "whether each grant takes a place, or each person who moves with it", NULL};
const struct qon_field qon_region_of_field = {
    "region_of", QON_I32, 0, "1", 0, 1, 0, 0, 0, "destination|origin", "whose region it is: of the place gone to, or of the one left",
    NULL};
const struct qon_field qon_unit_field = {"unit", QON_I32, 0, "1", 0, 1, 0, 0, 0, "tenge|mci", "unit of the amounts", NULL};

enum { UNIT_TENGE, UNIT_MCI };

struct amount {
    int32_t region, year;
    double number;
};

// The amounts of one object.
struct limits {
    const struct qon_policy *policy;
    const struct qon_field *field;
    const char *const *keys; // beside regions
    size_t keys_count;
    int32_t first_year, last_year; // of the programme within the run
    bool by_year;                  // a yearly amount is needed for each year by itself
    struct amount *amount;
    size_t count, room;
    const struct qon_json *node;
};

static enum qon_status amount_add(struct limits *limits, int32_t region, int32_t year, double number) {
    if (limits->count == limits->room) {
        if (limits->room >= QON_LIMITS_MOST) {
            char path[QON_JSON_PATH_MAX];
            return qon_fault_add(limits->policy->reading->faults, qon_json_place(limits->node, path),
                                 "gives more than %d amounts by region and year", QON_LIMITS_MOST);
        }
        size_t room = limits->room * 2 + 32;
        enum qon_status status = qon_grow(&limits->amount, limits->room, room, sizeof *limits->amount);
        if (status != QON_OK) {
            return status;
        }
        limits->room = room;
    }
    limits->amount[limits->count++] = (struct amount){region, year, number};
    return QON_OK;
}

static enum qon_status each_year_add(struct limits *limits, int32_t region, double number) {
    enum qon_status status = QON_OK;
    if (!limits->by_year) {
        return amount_add(limits, region, QON_EACH_YEAR, number);
    }
    for (int32_t year = limits->first_year; year <= limits->last_year; year++) {
        QON_TRY(amount_add(limits, region, year, number));
    }
done:
    return status;
}

static int32_t year_parse(const char *text) {
    char month[16];
    snprintf(month, sizeof month, "%.8s-01", text);
    int32_t parsed = strlen(text) == 4 ? qon_month_parse(month) : -1;
    return parsed < 0 ? -1 : 1900 + parsed / 12;
}

// What a year has: by itself, else as each year, else nothing. Its number has been checked.
static double year_amount(const struct limits *limits, const struct qon_json *years, int32_t year, double each) {
    char key[16];
    double number = each;
    snprintf(key, sizeof key, "%04d", (int)year);
    struct qon_json *leaf = qon_json_given(years, key);
    if (leaf != NULL) {
        const struct qon_json *value = leaf->type == QON_JSON_OBJECT ? qon_json_find(leaf, "value") : leaf;
        number = value != NULL ? value->number : 0;
    }
    return number;
}

static enum qon_status years_read(struct limits *limits, struct qon_json *years, int32_t region) {
    enum qon_status status = QON_OK;
    struct qon_reading *reading = limits->policy->reading;
    double each = 0, whole = 0, number;
    bool any_each = false, any_whole = false, any_year = false, any = false;
    char path[QON_JSON_PATH_MAX];
    for (struct qon_json *leaf = years->child; leaf != NULL; leaf = leaf->next) {
        if (leaf->type == QON_JSON_NULL) {
            continue;
        }
        any = true;
        int32_t year = year_parse(leaf->key);
        bool is_each = strcmp(leaf->key, "each_year") == 0, is_whole = strcmp(leaf->key, "whole_time") == 0;
        if (year < 0 && !is_each && !is_whole) {
            static const char *const names[] = {"each_year", "whole_time"};
            char hint[128];
            qon_fault_add(reading->faults, qon_json_key_place(leaf, path), "the key is neither a year YYYY nor each_year nor whole_time%s",
                          qon_nearest_text(leaf->key, names, 2, hint));
        } else if (qon_leaf_number(reading, leaf, limits->field, &number)) {
            each = is_each ? number : each;
            whole = is_whole ? number : whole;
            any_each |= is_each;
            any_whole |= is_whole;
            any_year |= year >= 0;
        }
    }
    if (any_year) {
        for (int32_t year = limits->first_year; year <= limits->last_year; year++) {
            QON_TRY(amount_add(limits, region, year, year_amount(limits, years, year, each)));
        }
    } else if (any_each) {
        QON_TRY(each_year_add(limits, region, each));
    }
    if (any_whole) {
        QON_TRY(amount_add(limits, region, QON_WHOLE_TIME, whole));
    }
    if (!any) {
        qon_fault_add(reading->faults, qon_json_place(years, path), "gives no amount, expected a number or numbers by year");
    }
done:
    return status;
}

// A number, or numbers by year.
static enum qon_status region_read(struct limits *limits, struct qon_json *node, int32_t region) {
    if (node->type == QON_JSON_OBJECT && qon_json_find(node, "value") == NULL) {
        return years_read(limits, node, region);
    }
    double number;
    return qon_leaf_number(limits->policy->reading, node, limits->field, &number) ? each_year_add(limits, region, number) : QON_OK;
}

static bool is_own_key(const struct limits *limits, const char *key) {
    for (size_t i = 0; i < limits->keys_count; i++) {
        if (strcmp(limits->keys[i], key) == 0) {
            return true;
        }
    }
    return false;
}

// Row of the region, QON_ALL_REGIONS, or -2 when there is none (with a fault, if the regions are known).
static int32_t region_find(struct limits *limits, const struct qon_json *node) {
    const struct qon_table_regions *regions = &limits->policy->reading->scenario->tables.regions;
    if (strcmp(node->key, "all") == 0) {
        return QON_ALL_REGIONS;
    }
    for (int64_t r = 0; limits->policy->sound && r < regions->rows; r++) {
        if (strcmp(regions->id[r], node->key) == 0) {
            return (int32_t)r;
        }
    }
    if (limits->policy->sound) {
        const char *names[QON_ZONES_MOST + QON_QUOTA_KEYS + 2];
        size_t count = 0;
        names[count++] = "all";
        names[count++] = "others";
        for (size_t i = 0; i < limits->keys_count; i++) {
            names[count++] = limits->keys[i];
        }
        for (int64_t r = 0; r < regions->rows && r < QON_ZONES_MOST; r++) {
            names[count++] = regions->id[r];
        }
        char path[QON_JSON_PATH_MAX];
        char hint[128];
        qon_fault_add(limits->policy->reading->faults, qon_json_key_place(node, path), "there is no such region or key%s",
                      qon_nearest_text(node->key, names, count, hint));
    }
    return -2;
}

// Regions that are not named: as "others" says; else bound by "all" only; else they have nothing.
static enum qon_status others_read(struct limits *limits, struct qon_json *object, const bool *named) {
    enum qon_status status = QON_OK;
    struct qon_json *others = qon_json_given(object, "others");
    if (others == NULL && qon_json_given(object, "all") != NULL) {
        return QON_OK;
    }
    size_t from = limits->count;
    if (others != NULL) {
        QON_TRY(region_read(limits, others, QON_ALL_REGIONS));
    } else {
        QON_TRY(amount_add(limits, QON_ALL_REGIONS, QON_EACH_YEAR, 0));
    }
    size_t models = limits->count - from;
    int64_t rows = limits->policy->reading->scenario->tables.regions.rows;
    for (int64_t r = 0; r < rows; r++) {
        for (size_t i = 0; i < models && !named[r]; i++) {
            struct amount model = limits->amount[from + i];
            QON_TRY(amount_add(limits, (int32_t)r, model.year, model.number));
        }
    }
    for (size_t i = from; i + models < limits->count; i++) { // the models were for no region
        limits->amount[i] = limits->amount[i + models];
    }
    limits->count -= models;
done:
    return status;
}

static enum qon_status regions_read(struct limits *limits, struct qon_json *object) {
    enum qon_status status = QON_OK;
    bool *named = NULL;
    int64_t rows = limits->policy->reading->scenario->tables.regions.rows;
    size_t given = 0;
    QON_TRY(qon_take(&named, (size_t)rows + 1, sizeof *named));
    for (struct qon_json *node = object->child; node != NULL; node = node->next) {
        if (is_own_key(limits, node->key)) {
            continue;
        }
        given += node->type != QON_JSON_NULL;
        if (strcmp(node->key, "others") == 0) {
            continue;
        }
        int32_t region = region_find(limits, node);
        if (node->type != QON_JSON_NULL && region > -2) {
            QON_TRY(region_read(limits, node, region));
            named[region >= 0 ? region : rows] = true;
        }
    }
    if (given == 0) {
        char path[QON_JSON_PATH_MAX];
        qon_fault_add(limits->policy->reading->faults, qon_json_place(object, path),
                      "gives no amount, expected \"all\", \"others\" or regions");
    } else if (limits->policy->sound) {
        QON_TRY(others_read(limits, object, named));
    }
done:
    qon_free(named);
    return status;
}

// The years that a programme and the run have in common.
static void years_set(struct limits *limits, const struct qon_programme *programme) {
    const struct qon_scenario *scenario = limits->policy->reading->scenario;
    int32_t end = scenario->start + scenario->months - 1;
    int32_t from = programme->from > scenario->start ? programme->from : scenario->start;
    int32_t to = programme->to < end ? programme->to : end;
    limits->first_year = 1900 + from / 12;
    limits->last_year = 1900 + to / 12;
}

static enum qon_status amounts_read(struct limits *limits, struct qon_json *node, const struct qon_programme *programme) {
    limits->node = node;
    years_set(limits, programme);
    if (node->type == QON_JSON_OBJECT && qon_json_find(node, "value") == NULL) {
        return regions_read(limits, node);
    }
    return region_read(limits, node, QON_ALL_REGIONS);
}

static void choice_key(const struct qon_policy *policy, struct qon_json *node, const struct qon_field *field, int32_t *out) {
    struct qon_json *leaf = node->type == QON_JSON_OBJECT ? qon_json_given(node, field->name) : NULL;
    if (leaf != NULL) {
        qon_policy_field(policy, leaf, field, out);
    }
}

// ---- quotas

// The rows of one quota share its group, and each owns a copy.
static enum qon_status group_copy(const struct qon_predicate *from, struct qon_predicate *to) {
    enum qon_status status = QON_OK;
    *to = (struct qon_predicate){.nodes = from->nodes, .words_count = from->words_count, .reads = from->reads};
    QON_TRY(qon_take(&to->node, from->nodes, sizeof *to->node));
    QON_TRY(qon_take(&to->words, from->words_count, sizeof *to->words));
    if (from->nodes > 0) {
        memcpy(to->node, from->node, from->nodes * sizeof *to->node);
    }
    if (from->words_count > 0) {
        memcpy(to->words, from->words, from->words_count * sizeof *to->words);
    }
done:
    return status;
}

static enum qon_status quota_one(const struct qon_policy *policy, struct qon_json *node, struct qon_programme *programme) {
    enum qon_status status = QON_OK;
    struct limits limits = {.policy = policy, .field = &qon_places_field, .keys = qon_quota_keys, .keys_count = QON_QUOTA_KEYS};
    struct qon_predicate group = {0};
    int32_t members = 0, origin = 0;
    choice_key(policy, node, &qon_counts_field, &members);
    choice_key(policy, node, &qon_region_of_field, &origin);
    QON_TRY(qon_condition_read(policy, node->type == QON_JSON_OBJECT ? qon_json_given(node, "group") : NULL, &group));
    QON_TRY(amounts_read(&limits, node, programme));
    QON_TRY(qon_grow(&programme->quotas, (size_t)programme->quotas_count, (size_t)programme->quotas_count + limits.count,
                     sizeof *programme->quotas));
    for (size_t i = 0; i < limits.count; i++) {
        struct qon_quota *quota = &programme->quotas[programme->quotas_count++];
        *quota = (struct qon_quota){.region = limits.amount[i].region,
                                    .year = limits.amount[i].year,
                                    .places = (int64_t)limits.amount[i].number,
                                    .of_origin = origin == 1,
                                    .members = members == 1};
        QON_TRY(group_copy(&group, &quota->group));
    }
done:
    qon_predicate_free(&group);
    qon_free(limits.amount);
    return status == QON_USER ? QON_OK : status;
}

// Calls read for the node, or for each element when it is an array.
static enum qon_status each_read(const struct qon_policy *policy, struct qon_json *node, struct qon_programme *programme,
                                 enum qon_status (*read)(const struct qon_policy *, struct qon_json *, struct qon_programme *)) {
    enum qon_status status = QON_OK;
    if (node == NULL) {
        return QON_OK;
    }
    if (node->type != QON_JSON_ARRAY) {
        return read(policy, node, programme);
    }
    for (struct qon_json *element = node->child; element != NULL; element = element->next) {
        QON_TRY(read(policy, element, programme));
    }
done:
    return status;
}

enum qon_status qon_quota_read(const struct qon_policy *policy, struct qon_json *node, struct qon_programme *programme) {
    return each_read(policy, node, programme, quota_one);
}

// ---- budgets

// The index at the start of the year, or of the programme when it starts later.
static int64_t mci_of(const struct qon_scenario *scenario, const struct qon_programme *programme, int32_t year) {
    int32_t month = year > 0 ? (year - 1900) * 12 : programme->from;
    return qon_steps_at(&scenario->mci, month > programme->from ? month : programme->from);
}

static enum qon_status budget_one(const struct qon_policy *policy, struct qon_json *node, struct qon_programme *programme) {
    enum qon_status status = QON_OK;
    struct limits limits = {.policy = policy, .field = &qon_money_field, .keys = qon_budget_keys, .keys_count = QON_BUDGET_KEYS};
    const struct qon_scenario *scenario = policy->reading->scenario;
    int32_t unit = UNIT_TENGE;
    choice_key(policy, node, &qon_unit_field, &unit);
    limits.by_year = unit == UNIT_MCI; // whose worth changes
    QON_TRY(amounts_read(&limits, node, programme));
    QON_TRY(qon_grow(&programme->budgets, (size_t)programme->budgets_count, (size_t)programme->budgets_count + limits.count,
                     sizeof *programme->budgets));
    for (size_t i = 0; i < limits.count; i++) {
        const struct amount *amount = &limits.amount[i];
        double rate = unit == UNIT_MCI ? (double)mci_of(scenario, programme, amount->year) : 100;
        programme->budgets[programme->budgets_count++] = (struct qon_budget){
            amount->region, amount->year, amount->number * rate < 4e18 ? (int64_t)(amount->number * rate + 0.5) : (int64_t)4e18};
    }
done:
    qon_free(limits.amount);
    return status == QON_USER ? QON_OK : status;
}

enum qon_status qon_budget_read(const struct qon_policy *policy, struct qon_json *node, struct qon_programme *programme) {
    return each_read(policy, node, programme, budget_one);
}
