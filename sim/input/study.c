// SPDX-License-Identifier: GPL-3.0-or-later
// Reading a study. Like a scenario it is read to its end, so that one reading shows every fault; only the values of settings are left as
// JSON, for the scenario's own reader to judge, with their places here.
#include "header.h"
#include "text.h"
#include "write.h"
#include <math.h>
#include <qonys/memory.h>
#include <qonys/plan.h>
#include <string.h>

enum { STEPS_MOST = 100000 };

struct study_reading {
    struct qon_reading reading; // arena, faults, root
    struct qon_study *study;
};

#define NAMES_COUNT(names) (sizeof(names) / sizeof(names)[0])

static void expected(struct study_reading *r, const struct qon_json *node, const char *what) {
    char path[QON_JSON_PATH_MAX];
    struct qon_place place = qon_json_place(node, path);
    if (node->type == QON_JSON_NUMBER || node->type == QON_JSON_STRING) {
        (void)qon_fault_add(r->reading.faults, place, "is %s%.60s%s, expected %s", node->type == QON_JSON_STRING ? "the text \"" : "",
                            node->text, node->type == QON_JSON_STRING ? "\"" : "", what);
    } else {
        (void)qon_fault_add(r->reading.faults, place, "is %s, expected %s", qon_json_type_name(node->type), what);
    }
}

static void missing(struct study_reading *r, const struct qon_json *object, const char *key, const char *what) {
    char path[QON_JSON_PATH_MAX], whole[QON_JSON_PATH_MAX + 80];
    struct qon_place place = qon_json_place(object, path);
    snprintf(whole, sizeof whole, "%s%s%.64s", path, *path ? "." : "", key);
    place.path = whole;
    (void)qon_fault_add(r->reading.faults, place, "is missing, expected %s", what);
}

static enum qon_status text_copy(char **to, const char *text) {
    *to = qon_string_copy(text);
    return *to || !text ? QON_OK : QON_MACHINE;
}

// The JSON of a node, as text.
static enum qon_status json_copy(char **to, const struct qon_json *node) {
    struct qon_write write = {0};
    if (node->type == QON_JSON_NUMBER) {
        return text_copy(to, node->text);
    }
    struct qon_json alone = *node;
    alone.next = NULL;
    qon_write_tree(&write, NULL, &alone);
    return qon_write_end(&write, to);
}

// A whole number in [low, high]; `initial` when the key is absent.
static int64_t whole_read(struct study_reading *r, const struct qon_json *object, const char *key, int64_t low, int64_t high,
                          int64_t initial) {
    const struct qon_json *node = qon_json_given(object, key);
    if (!node) {
        return initial;
    }
    if (node->type != QON_JSON_NUMBER || node->number != floor(node->number) || node->number < (double)low || node->number > (double)high) {
        char what[80];
        snprintf(what, sizeof what, "a whole number from %lld to %lld", (long long)low, (long long)high);
        expected(r, node, what);
        return initial;
    }
    return (int64_t)node->number;
}

static bool truth_read(struct study_reading *r, const struct qon_json *object, const char *key, bool initial) {
    const struct qon_json *node = qon_json_given(object, key);
    if (node && node->type != QON_JSON_BOOL) {
        expected(r, node, "true or false");
    }
    return node && node->type == QON_JSON_BOOL ? node->truth : initial;
}

// --- head -------------------------------------------------------------------------------------------------------------------------

static enum qon_status head_read(struct study_reading *r) {
    enum qon_status status = QON_OK;
    struct qon_json *root = r->reading.root;
    const char *titles[QON_LANGUAGES] = {NULL};
    struct qon_json *name = qon_json_given(root, "name");
    if (!name) {
        missing(r, root, "name", "a name of letters, digits, - and _");
    } else if (name->type != QON_JSON_STRING || !qon_name_good(name->text)) {
        expected(r, name, "a name of up to 64 letters a-z, A-Z, digits, - and _");
    } else {
        QON_TRY(text_copy(&r->study->name, name->text));
    }
    qon_languages_read(&r->reading, root, "title", titles);
    for (int language = 0; language < QON_LANGUAGES; language++) {
        QON_TRY(text_copy(&r->study->title[language], titles[language]));
    }
done:
    return status;
}

static enum qon_status scenarios_read(struct study_reading *r) {
    enum qon_status status = QON_OK;
    struct qon_study *study = r->study;
    const struct qon_json *list = qon_json_given(r->reading.root, "scenarios");
    if (!list) {
        missing(r, r->reading.root, "scenarios", "an array of paths of scenario files");
        goto done;
    }
    size_t count = qon_json_count(list);
    if (list->type != QON_JSON_ARRAY || count == 0 || count > 10000) {
        expected(r, list, "an array of paths of scenario files");
        goto done;
    }
    QON_TRY(qon_take(&study->scenario, count, sizeof *study->scenario));
    QON_TRY(qon_take(&study->scenario_line, count, sizeof *study->scenario_line));
    QON_TRY(qon_take(&study->scenario_column, count, sizeof *study->scenario_column));
    for (const struct qon_json *node = list->child; node; node = node->next) {
        const char *path = NULL;
        if (node->type != QON_JSON_STRING || !*node->text) {
            expected(r, node, "the path of a scenario file");
            continue;
        }
        QON_TRY(qon_arena_path(&r->reading.arena, node->source->folder, node->text, &path));
        study->scenario_line[study->scenarios] = node->line;
        study->scenario_column[study->scenarios] = node->column;
        QON_TRY(text_copy(&study->scenario[study->scenarios], path));
        study->scenarios++;
    }
done:
    return status;
}

static enum qon_status fixed_add(struct study_reading *r, const char *path, const struct qon_json *node) {
    struct qon_study *study = r->study;
    if (study->fixed == QON_FIXED_MOST) {
        expected(r, node, "at most 100 changes; put them into a scenario file");
        return QON_OK;
    }
    int32_t at = study->fixed++;
    study->fixed_line[at] = node->line;
    study->fixed_column[at] = node->column;
    enum qon_status status = text_copy(&study->fixed_path[at], path);
    return status == QON_OK ? json_copy(&study->fixed_value[at], node) : status;
}

static enum qon_status fixed_read(struct study_reading *r) {
    enum qon_status status = QON_OK;
    static const char *const shorts[] = {"scale", "months"};
    const struct qon_json *set = qon_json_given(r->reading.root, "set");
    for (size_t i = 0; i < NAMES_COUNT(shorts); i++) {
        const struct qon_json *node = qon_json_given(r->reading.root, shorts[i]);
        if (node) {
            QON_TRY(fixed_add(r, shorts[i], node));
        }
    }
    if (set && set->type != QON_JSON_OBJECT) {
        expected(r, set, "an object of paths and values");
        goto done;
    }
    for (const struct qon_json *node = set ? set->child : NULL; node; node = node->next) {
        QON_TRY(fixed_add(r, node->key, node));
    }
done:
    return status;
}

// --- axes -------------------------------------------------------------------------------------------------------------------------

static enum qon_status values_take(struct qon_axis *axis, size_t count) {
    enum qon_status status = QON_OK;
    QON_TRY(qon_take(&axis->value, count, sizeof *axis->value));
    QON_TRY(qon_take(&axis->line, count, sizeof *axis->line));
    QON_TRY(qon_take(&axis->column, count, sizeof *axis->column));
done:
    return status;
}

static enum qon_status list_read(struct study_reading *r, struct qon_axis *axis, const struct qon_json *list) {
    enum qon_status status = QON_OK;
    size_t count = qon_json_count(list);
    if (list->type != QON_JSON_ARRAY || count == 0 || count > STEPS_MOST) {
        expected(r, list, "an array of at least one value");
        goto done;
    }
    QON_TRY(values_take(axis, count));
    for (const struct qon_json *node = list->child; node; node = node->next) {
        axis->line[axis->values] = node->line;
        axis->column[axis->values] = node->column;
        QON_TRY(json_copy(&axis->value[axis->values], node));
        for (int32_t before = 0; before < axis->values; before++) {
            if (strcmp(axis->value[before], axis->value[axis->values]) == 0) {
                expected(r, node, "each value once");
                break;
            }
        }
        axis->values++;
    }
done:
    return status;
}

static bool bound_read(struct study_reading *r, const struct qon_json *object, const char *key, double *out) {
    const struct qon_json *node = qon_json_given(object, key);
    if (!node) {
        missing(r, object, key, "the end of a range (from and to), or values");
        return false;
    }
    if (node->type != QON_JSON_NUMBER) {
        expected(r, node, "a number");
        return false;
    }
    *out = node->number;
    return true;
}

// A range in steps, both ends included, becomes a list; a range without them is left to the design.
static enum qon_status range_read(struct study_reading *r, struct qon_axis *axis, const struct qon_json *object) {
    enum qon_status status = QON_OK;
    const struct qon_json *from = qon_json_given(object, "from");
    bool both = bound_read(r, object, "from", &axis->from);
    both = bound_read(r, object, "to", &axis->to) && both;
    int64_t steps = whole_read(r, object, "steps", 2, STEPS_MOST, 0);
    axis->whole = truth_read(r, object, "whole", false);
    bool stepped = qon_json_given(object, "steps") != NULL;
    if (!both || (stepped && steps == 0)) {
        goto done;
    }
    if (!(axis->from < axis->to)) {
        expected(r, qon_json_find(object, "to"), "more than \"from\"");
        goto done;
    }
    if (axis->whole && (floor(axis->from) != axis->from || floor(axis->to) != axis->to)) {
        expected(r, from, "whole numbers as ends of a range of whole numbers");
        goto done;
    }
    QON_TRY(values_take(axis, stepped ? (size_t)steps : 1));
    axis->line[0] = from->line; // of a sampled range: where its values stand
    axis->column[0] = from->column;
    for (int64_t i = 0; i < steps; i++) {
        char text[32];
        double value = i == steps - 1 ? axis->to : axis->from + (axis->to - axis->from) * ((double)i / (double)(steps - 1));
        qon_number_format(axis->whole ? floor(value + 0.5) : value, text);
        axis->line[i] = from->line;
        axis->column[i] = from->column;
        QON_TRY(text_copy(&axis->value[i], text));
        axis->values++;
    }
done:
    return status;
}

static enum qon_status axis_read(struct study_reading *r, struct qon_axis *axis, const struct qon_json *object) {
    static const char *const keys[] = {"name", "path", "values", "from", "to", "steps", "whole"};
    enum qon_status status = QON_OK;
    qon_keys_check(&r->reading, object, keys, NAMES_COUNT(keys));
    const struct qon_json *path = qon_json_given(object, "path");
    const struct qon_json *name = qon_json_given(object, "name");
    const struct qon_json *values = qon_json_given(object, "values");
    if (!path) {
        missing(r, object, "path", "the path of a setting, such as choice.home_premium");
    } else if (path->type != QON_JSON_STRING || !*path->text) {
        expected(r, path, "the path of a setting, such as choice.home_premium");
    } else {
        QON_TRY(text_copy(&axis->path, path->text));
        QON_TRY(text_copy(&axis->name, path->text));
    }
    if (name && (name->type != QON_JSON_STRING || !qon_name_good(name->text))) {
        expected(r, name, "a name of up to 64 letters a-z, A-Z, digits, - and _");
    } else if (name) {
        qon_free(axis->name);
        QON_TRY(text_copy(&axis->name, name->text));
    }
    if (values) {
        static const char *const others[] = {"from", "to", "steps", "whole"};
        for (size_t i = 0; i < NAMES_COUNT(others); i++) {
            if (qon_json_given(object, others[i])) {
                expected(r, qon_json_find(object, others[i]), "either values, or from and to");
            }
        }
    }
    status = values ? list_read(r, axis, values) : range_read(r, axis, object);
done:
    return status;
}

static void axis_same(struct study_reading *r, const struct qon_axis *axis, const struct qon_json *object) {
    const struct qon_study *study = r->study;
    for (const struct qon_axis *other = study->axis; other < axis; other++) {
        if (axis->path && other->path && strcmp(axis->path, other->path) == 0) {
            expected(r, qon_json_find(object, "path"), "each setting in one axis");
        } else if (axis->name && other->name && strcmp(axis->name, other->name) == 0) {
            expected(r, qon_json_find(object, "name"), "each name once");
        }
    }
    for (int32_t i = 0; axis->path && i < study->fixed; i++) {
        if (strcmp(axis->path, study->fixed_path[i]) == 0) {
            expected(r, qon_json_find(object, "path"), "a setting that is not set for all runs too");
        }
    }
}

static enum qon_status axes_read(struct study_reading *r) {
    enum qon_status status = QON_OK;
    struct qon_study *study = r->study;
    const struct qon_json *list = qon_json_given(r->reading.root, "axes");
    if (list && (list->type != QON_JSON_ARRAY || qon_json_count(list) > QON_AXES_MOST)) {
        expected(r, list, "an array of at most 40 axes");
        goto done;
    }
    for (struct qon_json *node = list ? list->child : NULL; node; node = node->next) {
        if (!qon_leaf_object(&r->reading, node)) {
            continue;
        }
        struct qon_axis *axis = &study->axis[study->axes++];
        QON_TRY(axis_read(r, axis, node));
        axis_same(r, axis, node);
    }
done:
    return status;
}

// --- design, record ---------------------------------------------------------------------------------------------------------------

// "grid", {"latin_hypercube": n, "seed": s} or {"sobol": n}
static void design_read(struct study_reading *r) {
    static const char *const keys[] = {"latin_hypercube", "sobol", "seed"};
    static const char what[] = "\"grid\", {\"latin_hypercube\": N} or {\"sobol\": N}";
    struct qon_study *study = r->study;
    struct qon_json *node = qon_json_given(r->reading.root, "design");
    int32_t sampled = 0;
    study->points = 1;
    if (node && node->type == QON_JSON_OBJECT) {
        qon_keys_check(&r->reading, node, keys, NAMES_COUNT(keys));
        bool latin = qon_json_given(node, keys[0]) != NULL, sobol = qon_json_given(node, keys[1]) != NULL;
        if (latin == sobol) {
            expected(r, node, what);
            return;
        }
        study->design = latin ? QON_DESIGN_LATIN : QON_DESIGN_SOBOL;
        study->points = (int32_t)whole_read(r, node, latin ? keys[0] : keys[1], 1, QON_RUNS_MOST, 1);
        if (sobol && qon_json_given(node, "seed")) {
            expected(r, qon_json_find(node, "seed"), "none: a Sobol sequence is not random");
        }
        study->design_seed = (uint64_t)whole_read(r, node, "seed", 0, INT64_C(1) << 53, 1);
    } else if (node && (node->type != QON_JSON_STRING || strcmp(node->text, "grid") != 0)) {
        expected(r, node, what);
    }
    for (int32_t a = 0; a < study->axes; a++) {
        sampled += study->axis[a].values == 0;
    }
    if (r->reading.faults->count > 0) {
        return;
    }
    if (study->design == QON_DESIGN_GRID && sampled > 0) {
        missing(r, r->reading.root, "design", "it, or \"steps\", where an axis has a range (\"from\", \"to\")");
    } else if (study->design != QON_DESIGN_GRID && sampled == 0) {
        expected(r, node, "an axis with \"from\" and \"to\" to sample");
    }
}

static enum qon_status indicators_read(struct study_reading *r, const struct qon_json *list) {
    enum qon_status status = QON_OK;
    struct qon_study *study = r->study;
    size_t count = qon_json_count(list);
    if (list->type != QON_JSON_ARRAY || count == 0) {
        expected(r, list, "an array of names of indicators (qonys describe indicators)");
        goto done;
    }
    QON_TRY(qon_take(&study->selection.indicator, count, sizeof *study->selection.indicator));
    QON_TRY(qon_take(&study->indicator_line, count, sizeof *study->indicator_line));
    QON_TRY(qon_take(&study->indicator_column, count, sizeof *study->indicator_column));
    for (const struct qon_json *node = list->child; node; node = node->next) {
        int32_t at = study->selection.indicators;
        if (node->type != QON_JSON_STRING) {
            expected(r, node, "the name of an indicator");
            continue;
        }
        study->indicator_line[at] = node->line;
        study->indicator_column[at] = node->column;
        QON_TRY(text_copy(&study->selection.indicator[at], node->text));
        study->selection.indicators++;
    }
done:
    return status;
}

static enum qon_status record_read(struct study_reading *r) {
    static const char *const keys[] = {"series", "zones", "flows", "programmes", "indicators"};
    static const char *const series[] = {[QON_RECORD_MONTHS] = "months", [QON_RECORD_YEARS] = "years", [QON_RECORD_END] = "end"};
    struct qon_selection *selection = &r->study->selection;
    struct qon_json *record = qon_json_given(r->reading.root, "record");
    if (!record || !qon_leaf_object(&r->reading, record)) {
        return QON_OK;
    }
    qon_keys_check(&r->reading, record, keys, NAMES_COUNT(keys));
    const struct qon_json *node = qon_json_given(record, "series");
    bool known = !node;
    for (size_t i = 0; node && node->type == QON_JSON_STRING && i < NAMES_COUNT(series); i++) {
        if (strcmp(node->text, series[i]) == 0) {
            selection->series = (enum qon_record_series)i;
            known = true;
        }
    }
    if (!known) {
        expected(r, node, "\"months\", \"years\" or \"end\"");
    }
    selection->country_only = !truth_read(r, record, "zones", true);
    selection->no_flows = !truth_read(r, record, "flows", true);
    selection->no_programmes = !truth_read(r, record, "programmes", true);
    node = qon_json_given(record, "indicators");
    return node ? indicators_read(r, node) : QON_OK;
}

// --- all --------------------------------------------------------------------------------------------------------------------------

static bool version_known(struct study_reading *r) {
    const struct qon_json *root = r->reading.root;
    const struct qon_json *version = qon_json_find(root, "qonys_study");
    if (root->type != QON_JSON_OBJECT) {
        expected(r, root, "a study: an object");
    } else if (!version) {
        missing(r, root, "qonys_study",
                qon_json_find(root, "qonys") ? "\"qonys_study\": 1; this looks like a scenario, not a study"
                                             : "\"qonys_study\": 1, the version of the format");
    } else if (version->type != QON_JSON_NUMBER || version->number != 1) {
        expected(r, version, "1, the only version of the format");
    }
    return r->reading.faults->count == 0;
}

// Runs of the whole study must be countable.
static void runs_check(struct study_reading *r) {
    const struct qon_study *study = r->study;
    double runs = (double)study->scenarios * study->points * study->replicates;
    for (int32_t a = 0; a < study->axes; a++) {
        runs *= study->axis[a].values > 0 ? study->axis[a].values : 1;
    }
    if (r->reading.faults->count == 0 && runs > QON_RUNS_MOST) {
        (void)qon_fault_add(r->reading.faults, (struct qon_place){study->file, 0, 0, NULL}, "has %.0f runs, expected at most %d", runs,
                            QON_RUNS_MOST);
    }
}

static enum qon_status parts_read(struct study_reading *r) {
    static const char *const keys[] = {"qonys_study", "name", "title",  "scenarios",  "scale",  "months",
                                       "set",         "axes", "design", "replicates", "record", "description"};
    enum qon_status status = QON_OK;
    struct qon_study *study = r->study;
    struct qon_place place = {study->file, 0, 0, NULL};
    const char *description[QON_LANGUAGES] = {NULL};
    QON_TRY(qon_json_load(&r->reading.root, study->file, place, &r->reading.arena, r->reading.faults));
    if (!version_known(r)) {
        return QON_USER;
    }
    qon_keys_check(&r->reading, r->reading.root, keys, NAMES_COUNT(keys));
    QON_TRY(head_read(r));
    qon_languages_read(&r->reading, r->reading.root, "description", description); // for the reader of the file
    QON_TRY(scenarios_read(r));
    QON_TRY(fixed_read(r));
    QON_TRY(axes_read(r));
    design_read(r);
    study->replicates = (int32_t)whole_read(r, r->reading.root, "replicates", 1, 100000, 1);
    QON_TRY(record_read(r));
    runs_check(r);
done:
    return status;
}

enum qon_status qon_study_load(struct qon_study *study, const char *file, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct qon_faults own;
    struct study_reading r = {.study = study};
    memset(study, 0, sizeof *study);
    qon_faults_init(&own);
    r.reading.faults = faults && faults->count == 0 ? faults : &own;
    QON_TRY(text_copy(&study->file, file));
    QON_TRY(parts_read(&r));
done:
    if (status == QON_MACHINE && r.reading.faults->worst != QON_MACHINE) {
        (void)qon_fault_machine(r.reading.faults, (struct qon_place){file, 0, 0, NULL}, "not enough memory to read the study");
    }
    status = r.reading.faults->count > 0 ? r.reading.faults->worst : status;
    qon_arena_free(&r.reading.arena);
    if (status != QON_OK) {
        qon_study_free(study);
    }
    return status;
}

static void axis_free(struct qon_axis *axis) {
    for (int32_t v = 0; v < axis->values; v++) {
        qon_free(axis->value[v]);
    }
    qon_free(axis->value);
    qon_free(axis->line);
    qon_free(axis->column);
    qon_free(axis->name);
    qon_free(axis->path);
}

void qon_study_free(struct qon_study *study) {
    for (int32_t a = 0; a < study->axes; a++) {
        axis_free(&study->axis[a]);
    }
    for (int32_t i = 0; i < study->fixed; i++) {
        qon_free(study->fixed_path[i]);
        qon_free(study->fixed_value[i]);
    }
    for (int32_t i = 0; i < study->scenarios; i++) {
        qon_free(study->scenario[i]);
    }
    for (int32_t i = 0; i < study->selection.indicators; i++) {
        qon_free(study->selection.indicator[i]);
    }
    for (int language = 0; language < QON_LANGUAGES; language++) {
        qon_free(study->title[language]);
    }
    qon_free(study->selection.indicator);
    qon_free(study->indicator_line);
    qon_free(study->indicator_column);
    qon_free(study->scenario);
    qon_free(study->scenario_line);
    qon_free(study->scenario_column);
    qon_free(study->file);
    qon_free(study->name);
    memset(study, 0, sizeof *study);
}
