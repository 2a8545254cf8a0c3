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

// `label` is short, `path` is the part of the path below the programme.
static void add(struct making *m, const char *label, const char *path, const struct qon_field *field, const cJSON *node) {
    struct live_policy *policy = m->policy;
    double value = node ? number_of(field, node) : (double)NAN;
    if (!isfinite(value) || policy->parameters == PARAMETERS_MOST) {
        return;
    }
    struct live_parameter *p = &policy->parameter[policy->parameters++];
    *p = (struct live_parameter){.programme = m->row, .field = field, .value = value, .initial = value, .effect = value};
    snprintf(p->label, sizeof p->label, "%s", label);
    snprintf(p->path, sizeof p->path, "programmes.%.80s.%.160s", m->programme, path);
    range_make(p);
}

static void fields_add(struct making *m, const char *word, const char *prefix, const struct qon_field *fields, size_t count,
                       const cJSON *object) {
    for (size_t f = 0; f < count; f++) {
        char label[LIVE_TEXT_MAX], path[LIVE_TEXT_MAX];
        bool fixed = strcmp(fields[f].name, "at") == 0; // changes what the programme is
        snprintf(label, sizeof label, "%s%s%s", word, *word ? " · " : "", fields[f].name);
        snprintf(path, sizeof path, "%s%s%s", prefix, *prefix ? "." : "", fields[f].name);
        if (!fixed && fields[f].type != QON_TEXT && fields[f].type != QON_REF) {
            add(m, label, path, &fields[f], cJSON_GetObjectItemCaseSensitive(object, fields[f].name));
        }
    }
}

// Numbers of a quota or budget, wherever they stand in it.
static void limits_add(struct making *m, const char *label, const cJSON *node, int depth) {
    if (!node || depth > DEPTH_MOST) {
        return;
    }
    if (cJSON_IsNumber(bare(node))) {
        char text[LIVE_TEXT_MAX];
        snprintf(text, sizeof text, "%s", label);
        for (char *at = strchr(text, '.'); at; at = strchr(at, '.')) {
            *at = ' ';
        }
        add(m, text, label, NULL, node);
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
        fields_add(m, kind->name, prefix, kind->fields, kind->fields_count,
                   cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(object, "benefits"), b));
    }
    limits_add(m, "quota", cJSON_GetObjectItemCaseSensitive(object, "quota"), 0);
    limits_add(m, "budget", cJSON_GetObjectItemCaseSensitive(object, "budget"), 0);
    for (size_t s = 0; s < count; s++) {
        const cJSON *of = *section[s].name ? cJSON_GetObjectItemCaseSensitive(object, section[s].name) : object;
        fields_add(m, section[s].name, section[s].name, section[s].fields, section[s].fields_count, of);
    }
}

enum qon_status live_policy_make(struct live_policy *policy, const struct qon_scenario *scenario) {
    enum qon_status status = QON_OK;
    cJSON *root = cJSON_Parse(scenario->effective);
    memset(policy, 0, sizeof *policy);
    QON_TRY(root ? QON_OK : QON_MACHINE);
    QON_TRY(qon_take(&policy->parameter, PARAMETERS_MOST, sizeof *policy->parameter));
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

bool live_parameter_switch(const struct live_parameter *p) {
    return p->field && (p->field->type == QON_BOOL || is_choice(p->field));
}

// The value that a text of --set stands for; NAN: none.
static double text_value(const struct live_parameter *p, const char *text) {
    cJSON *node = cJSON_ParseWithOpts(text, NULL, true);
    node = node ? node : cJSON_CreateString(text);
    double value = number_of(p->field, node);
    cJSON_Delete(node);
    return value;
}

static void effects_take(struct live_policy *policy, const struct live_dated *dated, int32_t from, int32_t to) {
    for (int i = 0; i < dated->count; i++) {
        const struct live_change *change = &dated->row[i];
        for (int k = 0; k < policy->parameters && change->month >= from && change->month <= to; k++) {
            struct live_parameter *p = &policy->parameter[k];
            double value = strcmp(p->path, change->path) == 0 ? text_value(p, change->value) : (double)NAN;
            p->effect = isfinite(value) ? value : p->effect;
        }
    }
}

void live_policy_show(struct live_policy *policy, const struct live_dated *own, const struct live_dated *journal, int32_t month) {
    int32_t first = month;
    for (int i = 0; i < policy->parameters; i++) {
        policy->parameter[i].effect = policy->parameter[i].initial;
    }
    for (int i = 0; i < own->count + journal->count; i++) {
        int32_t of = i < own->count ? own->row[i].month : journal->row[i - own->count].month;
        first = of < first ? of : first;
    }
    for (int32_t m = first; m <= month; m++) { // in the order in which a run takes them
        effects_take(policy, own, m, m);
        effects_take(policy, journal, m, m);
    }
    for (int i = 0; i < policy->parameters; i++) {
        policy->parameter[i].value = policy->parameter[i].effect;
    }
}

void live_policy_put(struct live_policy *policy, int parameter, double value) {
    struct live_parameter *p = &policy->parameter[parameter];
    value = p->step > 0 ? round(value / p->step) * p->step : value;
    value = fmin(fmax(value, p->low), p->high);
    p->value = fabs(value - p->effect) < 1e-9 * fmax(1, fabs(value)) ? p->effect : value;
}

bool live_policy_move(struct live_policy *policy, int parameter, double steps) {
    struct live_parameter *p = &policy->parameter[parameter];
    double before = p->value;
    live_policy_put(policy, parameter, p->value + steps * p->step);
    return p->value != before;
}

int live_policy_drafts(const struct live_policy *policy, struct live_dated *changes) {
    int count = 0;
    if (changes) {
        changes->count = 0;
    }
    for (int i = 0; i < policy->parameters; i++) {
        const struct live_parameter *p = &policy->parameter[i];
        char text[LIVE_TEXT_MAX];
        if (p->value != p->effect) {
            count++;
            live_parameter_text(p, p->value, text);
            if (changes) {
                (void)live_dated_set(changes, 0, p->path, text);
            }
        }
    }
    return count;
}
