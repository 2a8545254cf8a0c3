// SPDX-License-Identifier: GPL-3.0-or-later
// Where the scenario's figures come from, and how the run was computed.
#include "document.h"
#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum origin { PUBLISHED, DERIVED, ASSUMED, DEFINED, UNSOURCED, ORIGINS };

struct walk {
    struct qon_document *document;
    struct qon_rows *assumed, *others, *files;
    int count[ORIGINS];
};

static enum origin origin_of(const char *source) {
    static const struct {
        const char *start;
        enum origin origin;
    } rule[] = {{"assum", ASSUMED},    {"own est", DERIVED},    {"derived", DERIVED},   {"calibrat", DERIVED},
                {"own calc", DERIVED}, {"definition", DEFINED}, {"technical", DEFINED}, {"switch", DEFINED}};
    for (size_t i = 0; i < sizeof rule / sizeof *rule; i++) {
        if (strncmp(source, rule[i].start, strlen(rule[i].start)) == 0) {
            return rule[i].origin;
        }
    }
    return PUBLISHED;
}

static const char *value_text(struct qon_document *d, const cJSON *value) {
    if (cJSON_IsNumber(value)) {
        double v = value->valuedouble;
        char text[40];
        // As many digits as the figure has, up to 12.
        snprintf(text, sizeof text, "%.12g", v);
        const char *point = strchr(text, '.');
        int digits = point && !strchr(text, 'e') ? (int)strlen(point + 1) : 0;
        return strchr(text, 'e') ? qon_arena_copy(d->arena, text) : qon_number(d, v, digits, 0);
    }
    if (cJSON_IsString(value)) {
        return qon_arena_copy(d->arena, value->valuestring);
    }
    return cJSON_IsTrue(value) ? "true" : "false";
}

static void leaf(struct walk *walk, const char *path, const cJSON *value, const char *source) {
    struct qon_document *d = walk->document;
    enum origin origin = origin_of(source);
    walk->count[origin]++;
    const char *cell[] = {path, value_text(d, value), qon_arena_copy(d->arena, source)};
    qon_rows_add(origin == ASSUMED ? walk->assumed : walk->others, cell);
}

static void walk_json(struct walk *walk, const cJSON *node, const char *path, int depth) {
    if (depth > 40) {
        return;
    }
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(node, "value");
    const char *source = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(node, "source"));
    if (cJSON_IsObject(node) && value && source && !cJSON_IsObject(value) && !cJSON_IsArray(value)) {
        leaf(walk, path, value, source);
        return;
    }
    const char *file = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(node, "file"));
    if (cJSON_IsObject(node) && file) {
        const cJSON *rows = cJSON_GetObjectItemCaseSensitive(node, "rows");
        const char *hash = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(node, "xxhash64"));
        const char *cell[] = {path, qon_arena_copy(walk->document->arena, file),
                              cJSON_IsNumber(rows) ? qon_number(walk->document, rows->valuedouble, 0, 0) : "",
                              qon_arena_copy(walk->document->arena, hash)};
        qon_rows_add(walk->files, cell);
        return;
    }
    if (cJSON_IsNumber(node)) {
        // The first level says how to run (months, scale), which needs no source.
        walk->count[UNSOURCED] += depth > 1;
        return;
    }
    int i = 0;
    const cJSON *child = NULL;
    cJSON_ArrayForEach(child, node) {
        const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(child, "name"));
        const char *key = cJSON_IsArray(node) ? (name ? name : qon_arena_format(walk->document->arena, "%d", i)) : child->string;
        const char *deeper = cJSON_IsArray(node) ? qon_arena_format(walk->document->arena, "%s[%s]", path, key)
                             : *path             ? qon_arena_format(walk->document->arena, "%s.%s", path, key)
                                                 : key;
        walk_json(walk, child, qon_arena_copy(walk->document->arena, deeper), depth + 1);
        i++;
    }
}

static void unused_add(struct qon_document *d) {
    const char *text = qon_source_fact(d->source, d->run, "unused");
    cJSON *list = text ? cJSON_Parse(text) : NULL;
    const char *joined = NULL;
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, list) {
        const char *path = cJSON_GetStringValue(item);
        if (path) {
            joined = joined ? qon_arena_format(d->arena, "%s, %s", joined, path) : qon_arena_copy(d->arena, path);
        }
    }
    if (joined) {
        qon_block_add(d, QON_BLOCK_NOTE, qon_arena_format(d->arena, qon_t(d, QON_T_UNUSED), joined));
    }
    cJSON_Delete(list);
}

void qon_section_assumptions(struct qon_document *d) {
    static const enum qon_text_id head[] = {QON_T_SETTING, QON_T_VALUE, QON_T_SOURCE};
    static const enum qon_text_id file_head[] = {QON_T_SETTING, QON_T_FILE, QON_T_FILE_ROWS, QON_T_FILE_HASH};
    qon_section_start(d, QON_T_ASSUMPTIONS, "assumptions");
    const char *text = qon_source_fact(d->source, d->run, "scenario_json");
    cJSON *scenario = text ? cJSON_Parse(text) : NULL;
    if (!scenario) {
        qon_block_add(d, QON_BLOCK_NOTE, qon_t(d, QON_T_WHY_NO_SOURCES));
        return;
    }
    struct walk walk = {.document = d,
                        .assumed = qon_rows_start(d, 3, head),
                        .others = qon_rows_start(d, 3, head),
                        .files = qon_rows_start(d, 4, file_head)};
    walk.files->align[1] = QON_LEFT;
    walk.assumed->align[2] = walk.others->align[2] = QON_LEFT;
    walk_json(&walk, scenario, "", 0);
    cJSON_Delete(scenario);
    const int *n = walk.count;
    qon_block_add(d, QON_BLOCK_TEXT,
                  qon_arena_format(d->arena, qon_t(d, QON_T_SOURCE_INTRO),
                                   qon_number(d, n[PUBLISHED] + n[DERIVED] + n[ASSUMED] + n[DEFINED], 0, 0),
                                   qon_number(d, n[PUBLISHED], 0, 0), qon_number(d, n[DERIVED], 0, 0), qon_number(d, n[ASSUMED], 0, 0),
                                   qon_number(d, n[DEFINED], 0, 0)));
    if (n[UNSOURCED] > 0) {
        qon_block_add(d, QON_BLOCK_NOTE, qon_arena_format(d->arena, qon_t(d, QON_T_SOURCE_NONE), qon_number(d, n[UNSOURCED], 0, 0)));
    }
    unused_add(d);
    if (walk.files->rows > 0) {
        qon_rows_end(walk.files, qon_t(d, QON_T_SOURCE_FILES), false);
    }
    if (walk.assumed->rows > 0) {
        qon_rows_end(walk.assumed, qon_t(d, QON_T_SOURCE_ASSUMED), false);
    }
    if (walk.others->rows > 0) {
        qon_rows_end(walk.others, qon_t(d, QON_T_SOURCE_OTHER), true);
    }
}

void qon_section_provenance(struct qon_document *d) {
    static const struct {
        const char *column;
        enum qon_text_id word;
        int digits; // -1: text
    } fact[] = {{"scenario", QON_T_FACT_SCENARIO, -1},  {"command", QON_T_FACT_COMMAND, -1},
                {"seed", QON_T_FACT_SEED, -1},          {"scale", QON_T_FACT_SCALE, 0},
                {"hash", QON_T_FACT_HASH, -1},          {"state_digest", QON_T_FACT_DIGEST, -1},
                {"version", QON_T_FACT_VERSION, -1},    {"compiler", QON_T_FACT_COMPILER, -1},
                {"machine", QON_T_FACT_MACHINE, -1},    {"threads", QON_T_FACT_THREADS, 0},
                {"persons", QON_T_FACT_PERSONS, 0},     {"households", QON_T_FACT_HOUSEHOLDS, 0},
                {"employers", QON_T_FACT_EMPLOYERS, 0}, {"seconds_synthesis", QON_T_FACT_SYNTHESIS, 1},
                {"seconds_run", QON_T_FACT_RUN, 1},     {"started", QON_T_FACT_STARTED, -1},
                {"written", QON_T_FACT_WRITTEN, -1}};
    static const enum qon_text_id head[] = {QON_T_FACT, QON_T_VALUE, QON_T_VALUE};
    qon_section_start(d, QON_T_PROVENANCE, "provenance");
    int columns = d->base >= 0 ? 3 : 2;
    struct qon_rows *rows = qon_rows_start(d, columns, head);
    rows->align[1] = QON_LEFT;
    if (columns == 3) {
        rows->align[2] = QON_LEFT;
        rows->head[1] = d->source->run[d->run].title[d->language];
        rows->head[2] = d->source->run[d->base].title[d->language];
    }
    for (size_t i = 0; i < sizeof fact / sizeof *fact; i++) {
        const char *cell[3] = {qon_t(d, fact[i].word), NULL, NULL};
        bool any = false;
        for (int c = 1; c < columns; c++) {
            const char *text = qon_source_fact(d->source, c == 1 ? d->run : d->base, fact[i].column);
            any = any || text;
            cell[c] = text && fact[i].digits >= 0 ? qon_number(d, strtod(text, NULL), fact[i].digits, 0) : text;
        }
        if (any) {
            qon_rows_add(rows, cell);
        }
    }
    qon_rows_end(rows, NULL, false);
}
