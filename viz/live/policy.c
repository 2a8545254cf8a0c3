// SPDX-License-Identifier: GPL-3.0-or-later
// Values are read from the effective scenario, which holds every field in the units of files; ranges from the field tables.
#include "policy.h"
#include <cjson/cJSON.h>
#include <math.h>
#include <qonys/benefit.h>
#include <qonys/memory.h>
#include <string.h>

enum { PARAMETERS_MOST = 4096, DEPTH_MOST = 6 };

struct making {
    struct live_policy *policy;
    const char *programme; // name
    int row;
};

static const cJSON *bare(const cJSON *node) { // {"value": X, "source": ...} or X
    const cJSON *value = cJSON_IsObject(node) ? cJSON_GetObjectItemCaseSensitive(node, "value") : NULL;
    return value ? value : node;
}

static bool is_choice(const struct qon_field *field) {
    return field && field->type == QON_I32 && field->refers != NULL;
}

static double number_of(const struct qon_field *field, const cJSON *node) {
    const cJSON *value = bare(node);
    if (cJSON_IsString(value)) {
        return is_choice(field) ? qon_choice_find(field->refers, value->valuestring) : qon_month_parse(value->valuestring);
    }
    return cJSON_IsBool(value) ? cJSON_IsTrue(value) : cJSON_IsNumber(value) ? value->valuedouble : (double)NAN;
}

// A hundred steps over the plausible range, round in the decimal system.
static double step_of(double low, double high, bool whole) {
    double raw = (high - low) / 100;
    double power = raw > 0 ? pow(10, floor(log10(raw))) : 1;
    double part = raw / power;
    double step = power * (part < 1.5 ? 1 : part < 3.5 ? 2 : part < 7.5 ? 5 : 10);
    return whole ? fmax(1, round(step)) : step;
}

static void range_make(struct live_parameter *p) {
    const struct qon_field *field = p->field;
    bool whole = !field || field->type != QON_F64;
    p->low = 0;
    p->high = p->value > 0 ? 4 * p->value : 1000;
    if (field && (field->type == QON_BOOL || is_choice(field))) {
        p->high = field->type == QON_BOOL ? 1 : field->maximum;
        p->step = 1;
        return;
    }
    if (field && field->type == QON_MONTH) {
        p->low = p->value - 240;
        p->high = p->value + 240;
        p->step = 1;
        return;
    }
    if (field && field->low < field->high) {
        p->low = fmin(field->low, p->value);
        p->high = fmax(field->high, p->value);
    } else if (field) {
        p->low = field->minimum;
        p->high = fmax(fmin(field->maximum, p->high), p->low);
    }
    p->step = step_of(p->low, p->high, whole);
}

static void add(struct making *m, const char *label, const struct qon_field *field, const cJSON *node) {
    struct live_policy *policy = m->policy;
    double value = node ? number_of(field, node) : (double)NAN;
    if (!isfinite(value) || policy->parameters == PARAMETERS_MOST) {
        return;
    }
    struct live_parameter *p = &policy->parameter[policy->parameters++];
    *p = (struct live_parameter){.programme = m->row, .field = field, .value = value, .initial = value};
    snprintf(p->label, sizeof p->label, "%s", label);
    snprintf(p->path, sizeof p->path, "programmes.%.80s.%.160s", m->programme, label);
    range_make(p);
}

static void fields_add(struct making *m, const char *prefix, const struct qon_field *fields, size_t count, const cJSON *object) {
    for (size_t f = 0; f < count; f++) {
        char label[LIVE_TEXT_MAX];
        bool fixed = strcmp(fields[f].name, "at") == 0; // changes what the programme is
        snprintf(label, sizeof label, "%s%s%s", prefix, *prefix ? "." : "", fields[f].name);
        if (!fixed && fields[f].type != QON_TEXT && fields[f].type != QON_REF) {
            add(m, label, &fields[f], cJSON_GetObjectItemCaseSensitive(object, fields[f].name));
        }
    }
}

// Numbers of a quota or budget, wherever they stand in it.
static void limits_add(struct making *m, const char *label, const cJSON *node, int depth) {
    if (!node || depth > DEPTH_MOST) {
        return;
    }
    if (cJSON_IsNumber(bare(node))) {
        add(m, label, NULL, node);
        return;
    }
    const cJSON *child;
    int i = 0;
    cJSON_ArrayForEach(child, node) {
        char below[LIVE_TEXT_MAX];
        if (child->string && (strcmp(child->string, "group") == 0 || strcmp(child->string, "source") == 0)) {
            continue;
        }
        if (child->string) {
            snprintf(below, sizeof below, "%.180s.%.60s", label, child->string);
        } else {
            snprintf(below, sizeof below, "%.200s[%d]", label, i++);
        }
        limits_add(m, below, child, depth + 1);
    }
}

static void programme_add(struct making *m, const struct qon_programme *programme, const cJSON *object) {
    size_t count;
    const struct qon_section *section = qon_programme_sections(&count);
    for (int32_t b = 0; b < programme->benefits_count; b++) {
        const struct qon_benefit_kind *kind = programme->benefits[b].kind;
        char prefix[64];
        snprintf(prefix, sizeof prefix, "benefits[%d]", b);
        fields_add(m, prefix, kind->fields, kind->fields_count,
                   cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(object, "benefits"), b));
    }
    limits_add(m, "quota", cJSON_GetObjectItemCaseSensitive(object, "quota"), 0);
    limits_add(m, "budget", cJSON_GetObjectItemCaseSensitive(object, "budget"), 0);
    for (size_t s = 0; s < count; s++) {
        const cJSON *of = *section[s].name ? cJSON_GetObjectItemCaseSensitive(object, section[s].name) : object;
        fields_add(m, section[s].name, section[s].fields, section[s].fields_count, of);
    }
}

enum qon_status live_policy_make(struct live_policy *policy, const struct qon_scenario *scenario) {
    enum qon_status status = QON_OK;
    cJSON *root = cJSON_Parse(scenario->effective);
    memset(policy, 0, sizeof *policy);
    QON_TRY(root ? QON_OK : QON_MACHINE);
    QON_TRY(qon_take(&policy->parameter, PARAMETERS_MOST, sizeof *policy->parameter));
    QON_TRY(qon_take(&policy->journal, LIVE_JOURNAL_MOST, sizeof *policy->journal));
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(root, "programmes");
    for (int p = 0; p < scenario->programmes.count; p++) {
        struct making m = {policy, scenario->programmes.row[p].name, p};
        programme_add(&m, &scenario->programmes.row[p], cJSON_GetArrayItem(list, p));
    }
done:
    cJSON_Delete(root);
    return status;
}

void live_policy_free(struct live_policy *policy) {
    qon_free(policy->parameter);
    qon_free(policy->journal);
    memset(policy, 0, sizeof *policy);
}

void live_parameter_text(const struct live_parameter *p, double value, char text[LIVE_TEXT_MAX]) {
    char small[64];
    if (p->field && p->field->type == QON_BOOL) {
        snprintf(text, LIVE_TEXT_MAX, "%s", value != 0 ? "true" : "false");
    } else if (is_choice(p->field)) {
        snprintf(text, LIVE_TEXT_MAX, "%s", qon_choice_text(p->field->refers, (int32_t)value, small));
    } else if (p->field && p->field->type == QON_MONTH) {
        qon_month_format((int32_t)value, small);
        snprintf(text, LIVE_TEXT_MAX, "%s", small);
    } else {
        snprintf(text, LIVE_TEXT_MAX, "%.12g", value);
    }
}

bool live_policy_move(struct live_policy *policy, int parameter, double steps, int32_t month) {
    struct live_parameter *p = &policy->parameter[parameter];
    double value = fmin(fmax(p->value + steps * p->step, p->low), p->high);
    value = p->step > 0 ? round(value / p->step) * p->step : value;
    if (fabs(value - p->value) < 1e-9 * fmax(1, fabs(value))) {
        return false;
    }
    p->value = value;
    // One line a parameter and month: moving on is not a new decision.
    int i = policy->events - 1;
    bool goes_on = i >= 0 && policy->journal[i].month == month && strcmp(policy->journal[i].path, p->path) == 0;
    if (!goes_on && policy->events < LIVE_JOURNAL_MOST) {
        i = policy->events++;
    }
    if (i >= 0) {
        policy->journal[i].month = month;
        snprintf(policy->journal[i].path, sizeof policy->journal[i].path, "%s", p->path);
        live_parameter_text(p, value, policy->journal[i].value);
    }
    return true;
}

void live_policy_changes(const struct live_policy *policy, struct live_changes *changes) {
    memset(changes, 0, sizeof *changes);
    for (int i = 0; i < policy->parameters; i++) {
        const struct live_parameter *p = &policy->parameter[i];
        char text[LIVE_TEXT_MAX];
        if (p->value != p->initial) {
            live_parameter_text(p, p->value, text);
            live_changes_set(changes, p->path, text);
        }
    }
}

static void journal_text(const struct live_policy *policy, char *text, size_t size) {
    size_t length = (size_t)snprintf(text, size, "Changed by hand in the window:");
    for (int i = 0; i < policy->events && length < size; i++) {
        char month[16];
        qon_month_format(policy->journal[i].month, month);
        length +=
            (size_t)snprintf(text + length, size - length, " [%s shown] %s=%s;", month, policy->journal[i].path, policy->journal[i].value);
    }
}

// The programmes as they are in effect; what else was given on the command line is repeated.
static cJSON *scenario_tree(const struct live_policy *policy, const struct live_plan *plan, const struct qon_scenario *scenario,
                            const char *base) {
    cJSON *root = cJSON_CreateObject();
    cJSON *effective = cJSON_Parse(scenario->effective);
    char name[200], notes[8000], number[32];
    snprintf(name, sizeof name, "%.150s-by-hand", scenario->name);
    journal_text(policy, notes, sizeof notes);
    snprintf(number, sizeof number, "%llu", (unsigned long long)scenario->seed);
    cJSON_AddNumberToObject(root, "qonys", 1);
    cJSON_AddStringToObject(root, "extends", base);
    cJSON_AddStringToObject(root, "name", name);
    cJSON_AddStringToObject(cJSON_AddObjectToObject(root, "description"), "en", notes);
    cJSON_AddStringToObject(root, "seed", number);
    cJSON_AddNumberToObject(root, "months", scenario->months);
    cJSON_AddNumberToObject(root, "scale", scenario->scale);
    cJSON *programmes = cJSON_DetachItemFromObjectCaseSensitive(effective, "programmes");
    if (programmes) {
        cJSON_AddItemToObject(root, "programmes", programmes);
    }
    cJSON_Delete(effective);
    return root;
}

enum qon_status live_policy_save(const struct live_policy *policy, const struct live_plan *plan, const char *path,
                                 struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct qon_scenario scenario = {0};
    struct live_changes changes;
    const char *file = plan->file[plan->worlds - 1];
    char *text = NULL;
    char *base = realpath(file, NULL);
    live_policy_changes(policy, &changes);
    QON_TRY(live_scenario_load(&scenario, file, &plan->given, &changes, faults));
    cJSON *root = scenario_tree(policy, plan, &scenario, base ? base : file);
    text = cJSON_Print(root);
    cJSON_Delete(root);
    FILE *out = text ? fopen(path, "w") : NULL;
    bool wrote = out && fputs(text, out) >= 0 && fputs("\n", out) >= 0;
    wrote = out && fclose(out) == 0 && wrote;
    status = wrote ? QON_OK : qon_fault_machine(faults, (struct qon_place){.file = path}, "cannot be written");
done:
    free(base);
    cJSON_free(text);
    qon_scenario_free(&scenario);
    return status;
}
