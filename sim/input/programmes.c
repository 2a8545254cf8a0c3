// SPDX-License-Identifier: GPL-3.0-or-later
// The programmes of a scenario: an array of objects, each with a name of its own.
#include "programmes.h"
#include "header.h"
#include <qonys/memory.h>
#include <string.h>

const char *const qon_programme_keys[QON_PROGRAMME_KEYS] = {"name",  "title",  "source", "note",     "eligible",       "benefits",
                                                            "quota", "budget", "points", "priority", "exclusive_with", "stacks_with"};
const struct qon_field qon_points_field = {"points", QON_F64, 0, "point", -1e6, 1e6, 0, 0, 0, NULL, "points for those who meet `who`",
                                           NULL};

// The tables that conditions, references and limits name.
static bool tables_sound(struct qon_reading *reading) {
    static const char *const tables[] = {"regions", "zones", "educations", "occupations", "skills", "sectors", "kandas_origins"};
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        const struct qon_named_file *file = qon_named_file(reading, tables[i]);
        if (!file->sound || file->partial) {
            return false;
        }
    }
    return true;
}

static void keys_check(const struct qon_policy *policy, const struct qon_json *object) {
    size_t sections;
    const struct qon_section *section = qon_programme_sections(&sections);
    const char *names[QON_KEYS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < QON_PROGRAMME_KEYS; i++) {
        names[count++] = qon_programme_keys[i];
    }
    for (size_t s = 0; s < sections; s++) {
        if (section[s].name[0] != '\0') {
            names[count++] = section[s].name;
        }
        for (size_t f = 0; f < section[s].fields_count && section[s].name[0] == '\0'; f++) {
            names[count++] = section[s].fields[f].name;
        }
    }
    QON_REQUIRE(count <= QON_KEYS_MAX);
    qon_keys_check(policy->reading, object, names, count);
}

static void sections_read(const struct qon_policy *policy, struct qon_json *object, struct qon_programme *programme) {
    size_t count;
    const struct qon_section *section = qon_programme_sections(&count);
    for (size_t s = 0; s < count; s++) {
        if (section[s].name[0] == '\0') {
            qon_policy_section(policy, object, &section[s], programme);
            continue;
        }
        struct qon_json *inner = qon_json_given(object, section[s].name);
        if (inner == NULL || !qon_leaf_object(policy->reading, inner)) {
            continue;
        }
        const char *names[QON_KEYS_MAX];
        for (size_t f = 0; f < section[s].fields_count; f++) {
            names[f] = section[s].fields[f].name;
        }
        qon_keys_check(policy->reading, inner, names, section[s].fields_count);
        qon_policy_section(policy, inner, &section[s], programme);
    }
}

static enum qon_status texts_read(const struct qon_policy *policy, struct qon_json *object, struct qon_programme *programme) {
    const char *titles[QON_LANGUAGES] = {NULL};
    qon_languages_read(policy->reading, object, "title", titles);
    for (int i = 0; i < QON_TITLES; i++) {
        programme->title[i] = qon_string_copy(titles[i]);
        if (titles[i] != NULL && programme->title[i] == NULL) {
            return QON_MACHINE;
        }
    }
    for (size_t i = 0; i < QON_NOTES; i++) {
        struct qon_json *note = qon_json_given(object, qon_programme_notes[i]);
        const char *text = note == NULL ? NULL : qon_leaf_text(policy->reading, note);
        if (text != NULL && strcmp(qon_programme_notes[i], "source") == 0) {
            programme->source = qon_string_copy(text);
            if (programme->source == NULL) {
                return QON_MACHINE;
            }
        }
    }
    return QON_OK;
}

static void waiting_check(const struct qon_policy *policy, const struct qon_json *object, const struct qon_programme *programme) {
    const struct qon_json *months = qon_json_given(object, "waiting_months");
    bool nobody = programme->at == QON_AT_HIRE || programme->at == QON_AT_EMIGRATION || programme->at == QON_AT_COUNTRY;
    if (months != NULL && programme->waiting_months > 0 && nobody) {
        char path[QON_JSON_PATH_MAX];
        qon_fault_add(policy->reading->faults, qon_json_place(months, path),
                      "nobody can wait: \"at\" is hire, emigration or country, where the occasion passes with the month");
    }
}

static void time_check(const struct qon_policy *policy, const struct qon_json *object, const struct qon_programme *programme) {
    const struct qon_json *to = qon_json_given(object, "to");
    if (programme->from > programme->to && to != NULL && qon_json_given(object, "from") != NULL) {
        char path[QON_JSON_PATH_MAX];
        char from[16];
        qon_month_format(programme->from, from);
        qon_fault_add(policy->reading->faults, qon_json_place(to, path), "the programme ends before it begins (%s)", from);
    }
}

// ---- who comes first

static enum qon_status score_read(const struct qon_policy *policy, struct qon_json *element, bool points, struct qon_score *score) {
    static const char *const names[] = {"points", "who", "note"};
    if (!points) {
        return qon_condition_read(policy, element, &score->who);
    }
    if (!qon_leaf_object(policy->reading, element)) {
        return QON_OK;
    }
    qon_keys_check(policy->reading, element, names, sizeof names / sizeof names[0]);
    struct qon_json *number = qon_json_given(element, "points");
    if (number == NULL) {
        char path[QON_JSON_PATH_MAX];
        qon_fault_add(policy->reading->faults, qon_json_place(element, path), "\"points\" is missing");
    } else {
        qon_policy_field(policy, number, &qon_points_field, &score->points);
    }
    return qon_condition_read(policy, qon_json_given(element, "who"), &score->who);
}

static enum qon_status scores_read(const struct qon_policy *policy, struct qon_json *object, struct qon_programme *programme) {
    enum qon_status status = QON_OK;
    struct qon_faults *faults = policy->reading->faults;
    static const struct {
        const char *key;
        enum qon_ration ration;
    } kinds[] = {{"points", QON_POINTS}, {"priority", QON_PRIORITY}};
    char path[QON_JSON_PATH_MAX];
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        struct qon_json *list = qon_json_given(object, kinds[k].key);
        if (list == NULL && programme->ration == kinds[k].ration) {
            qon_fault_add(faults, qon_json_place(object, path), "\"ration\" is %s, so a list \"%s\" must say who comes first", kinds[k].key,
                          kinds[k].key);
        }
        if (list == NULL) {
            continue;
        }
        if (programme->ration != kinds[k].ration) {
            qon_fault_add(faults, qon_json_key_place(list, path), "is of no use unless \"ration\" is \"%s\"", kinds[k].key);
            continue;
        }
        if (list->type != QON_JSON_ARRAY) {
            qon_fault_add(faults, qon_json_place(list, path), "is %s, expected an array", qon_json_type_name(list->type));
            continue;
        }
        QON_TRY(qon_take(&programme->scores, qon_json_count(list), sizeof *programme->scores));
        for (struct qon_json *element = list->child; element != NULL; element = element->next) {
            QON_TRY(score_read(policy, element, kinds[k].ration == QON_POINTS, &programme->scores[programme->scores_count++]));
        }
    }
done:
    return status;
}

// ---- stacking

// The programmes that a list names, bit by bit.
static uint64_t names_mask(const struct qon_policy *policy, struct qon_json *list, int32_t own) {
    uint64_t mask = 0;
    char path[QON_JSON_PATH_MAX];
    if (list->type != QON_JSON_ARRAY) {
        qon_fault_add(policy->reading->faults, qon_json_place(list, path), "is %s, expected an array of names of programmes",
                      qon_json_type_name(list->type));
        return 0;
    }
    for (struct qon_json *name = list->child; name != NULL; name = name->next) {
        int32_t other = qon_leaf_text(policy->reading, name) == NULL ? -1 : qon_policy_named(policy, name);
        if (other == own) {
            qon_fault_add(policy->reading->faults, qon_json_place(name, path), "is the programme itself");
        } else if (other >= 0 && other < QON_PROGRAMMES_MOST) {
            mask |= 1ULL << other;
        }
    }
    return mask;
}

// exclusive_with: not together with these; stacks_with: together with these only. What one excludes excludes it.
static void stacking_read(const struct qon_policy *policy, const struct qon_json *object, int32_t own) {
    struct qon_programmes *programmes = &policy->reading->scenario->programmes;
    struct qon_json *exclusive = qon_json_given(object, "exclusive_with"), *stacks = qon_json_given(object, "stacks_with");
    uint64_t mask = 0, all = programmes->count < 64 ? (1ULL << programmes->count) - 1 : UINT64_MAX;
    if (exclusive != NULL && stacks != NULL) {
        char path[QON_JSON_PATH_MAX];
        qon_fault_add(policy->reading->faults, qon_json_key_place(stacks, path), "say either exclusive_with or stacks_with, not both");
    }
    if (exclusive != NULL) {
        mask |= names_mask(policy, exclusive, own);
    }
    if (stacks != NULL) {
        mask |= all & ~names_mask(policy, stacks, own);
    }
    mask &= ~(1ULL << own);
    programmes->row[own].excludes |= mask;
    for (int32_t other = 0; other < programmes->count; other++) {
        programmes->row[other].excludes |= (mask >> other & 1) << own;
    }
}

// ---- the programme

// Everything read is used, but what lies outside the run's time: the whole programme, or single years of its limits.
static void used_mark(struct qon_json *node, bool used) {
    bool inner = node->type == QON_JSON_OBJECT || node->type == QON_JSON_ARRAY;
    node->used = used && !inner;
    for (struct qon_json *child = node->child; child != NULL; child = child->next) {
        used_mark(child, used);
    }
}

static void years_mark(const struct qon_scenario *scenario, struct qon_json *node) {
    for (struct qon_json *child = node->child; child != NULL; child = child->next) {
        char month[16];
        if (child->key != NULL && strlen(child->key) == 4) {
            snprintf(month, sizeof month, "%.4s-01", child->key);
            int32_t january = qon_month_parse(month);
            if (january >= 0 && (january + 11 < scenario->start || january >= scenario->start + scenario->months)) {
                used_mark(child, false);
                continue;
            }
        }
        years_mark(scenario, child);
    }
}

static enum qon_status programme_read(const struct qon_policy *policy, struct qon_json *object, int32_t own) {
    enum qon_status status = QON_OK;
    const struct qon_scenario *scenario = policy->reading->scenario;
    struct qon_programme *programme = &policy->reading->scenario->programmes.row[own];
    qon_programme_default(programme, scenario->start, scenario->months);
    programme->name = qon_string_copy(policy->names[own] != NULL ? policy->names[own] : "");
    QON_TRY(programme->name == NULL ? QON_MACHINE : QON_OK);
    programme->key = qon_programme_key(programme->name);
    if (object->type != QON_JSON_OBJECT) {
        return QON_OK; // a fault already
    }
    keys_check(policy, object);
    QON_TRY(texts_read(policy, object, programme));
    sections_read(policy, object, programme);
    time_check(policy, object, programme);
    waiting_check(policy, object, programme);
    QON_TRY(qon_condition_read(policy, qon_json_given(object, "eligible"), &programme->eligible));
    QON_TRY(qon_benefits_read(policy, qon_json_given(object, "benefits"), programme));
    struct qon_json *quota = qon_json_given(object, "quota"), *budget = qon_json_given(object, "budget");
    QON_TRY(qon_quota_read(policy, quota, programme));
    QON_TRY(qon_budget_read(policy, budget, programme));
    QON_TRY(scores_read(policy, object, programme));
    used_mark(object, programme->to >= scenario->start && programme->from < scenario->start + scenario->months);
    for (int i = 0; i < 2; i++) {
        if ((i == 0 ? quota : budget) != NULL) {
            years_mark(scenario, i == 0 ? quota : budget);
        }
    }
done:
    return status;
}

// The name of an element, or NULL with a fault.
static const char *name_read(struct qon_reading *reading, const struct qon_json *list, struct qon_json *programme) {
    char path[QON_JSON_PATH_MAX];
    if (!qon_leaf_object(reading, programme)) {
        return NULL;
    }
    struct qon_json *name = qon_json_given(programme, "name");
    if (name == NULL) {
        qon_fault_add(reading->faults, qon_json_place(programme, path), "\"name\" is missing");
        return NULL;
    }
    const char *text = qon_leaf_text(reading, name);
    if (text == NULL) {
        return NULL;
    }
    if (!qon_name_good(text)) {
        qon_fault_add(reading->faults, qon_json_place(name, path), "expected 1 to %d letters a-z, A-Z, digits, - and _",
                      QON_NAME_LETTERS_MAX);
    } else if (qon_json_named(list, text) != programme) {
        qon_fault_add(reading->faults, qon_json_place(name, path), "the name %s is given to two programmes", text);
    }
    return text;
}

static enum qon_status list_read(struct qon_policy *policy, struct qon_json *list) {
    enum qon_status status = QON_OK;
    struct qon_reading *reading = policy->reading;
    struct qon_programmes *programmes = &reading->scenario->programmes;
    char path[QON_JSON_PATH_MAX];
    size_t count = qon_json_count(list);
    if (count > QON_PROGRAMMES_MOST) {
        qon_fault_add(reading->faults, qon_json_place(list, path), "%zu programmes, expected at most %d", count, QON_PROGRAMMES_MOST);
        return QON_OK;
    }
    QON_TRY(qon_arena_take(&reading->arena, &policy->names, (count + 1) * sizeof *policy->names));
    for (struct qon_json *programme = list->child; programme != NULL; programme = programme->next) {
        policy->names[policy->names_count++] = name_read(reading, list, programme);
    }
    QON_TRY(qon_take(&programmes->row, count, sizeof *programmes->row));
    programmes->count = (int32_t)count;
    int32_t own = 0;
    for (struct qon_json *programme = list->child; programme != NULL; programme = programme->next) {
        QON_TRY(programme_read(policy, programme, own++));
    }
    own = 0;
    for (struct qon_json *programme = list->child; programme != NULL; programme = programme->next) {
        stacking_read(policy, programme, own++);
    }
done:
    return status;
}

enum qon_status qon_programmes_read(struct qon_reading *reading) {
    char path[QON_JSON_PATH_MAX];
    struct qon_json *list = qon_json_given(reading->root, "programmes");
    if (list == NULL) {
        return QON_OK;
    }
    list->used = list->child == NULL;
    if (list->type != QON_JSON_ARRAY) {
        qon_fault_add(reading->faults, qon_json_place(list, path), "is %s, expected an array of programmes",
                      qon_json_type_name(list->type));
        return QON_OK;
    }
    struct qon_policy policy = {.reading = reading, .sound = tables_sound(reading)};
    return list_read(&policy, list);
}
