// SPDX-License-Identifier: GPL-3.0-or-later
// qonys diff: what two scenarios differ in, as an aligned table a group, or as JSON.
#include "app.h"

#include <qonys/difference.h>
#include <string.h>

struct values {
    struct qon_option_changes changes;
    bool all;
    bool json;
};

static const struct qon_option options[] = {
    {"--all", NULL, "with titles, sources, notes and paths of files, and every row of tables", QON_OPTION_SWITCH,
     offsetof(struct values, all), NULL, 0, 0},
    {"--set", "PATH=VALUE", "change a value of B, e.g. choice.home_premium=1.2; may be given often", QON_OPTION_SET,
     offsetof(struct values, changes), NULL, 0, 0},
    {"--json", NULL, "as one JSON object, with every row of tables", QON_OPTION_SWITCH, offsetof(struct values, json), NULL, 0, 0},
};

enum { ROWS_SHOWN = 10, CELL_WIDTH_MOST = 32, PATH_WIDTH_MOST = 60, TEXT_SIZE = 512 };

// What a table shows of a difference.
struct line {
    char path[TEXT_SIZE], base[TEXT_SIZE], alternative[TEXT_SIZE];
    const char *unit, *meaning;
};

static int letters(const char *text) {
    int count = 0;
    for (; *text; text++) {
        count += ((unsigned char)*text & 0xC0) != 0x80;
    }
    return count;
}

// Cuts to `most` letters, the last of which then is an ellipsis. most: fewer than TEXT_SIZE / 8.
static void cut(char *text, int most) {
    if (letters(text) <= most) {
        return;
    }
    int count = 0;
    for (char *at = text; *at; at++) {
        count += ((unsigned char)*at & 0xC0) != 0x80;
        if (count == most) {
            memcpy(at, "…", sizeof "…");
            return;
        }
    }
}

// JSON as people read it: a single text without quotes.
static void plain(char text[TEXT_SIZE], const char *json) {
    size_t length = strlen(json);
    bool quoted = length >= 2 && json[0] == '"' && !strchr(json, '\\');
    length = length < TEXT_SIZE - 8 ? length : TEXT_SIZE - 8;
    snprintf(text, TEXT_SIZE, "%.*s", (int)(quoted && length >= 2 && json[length - 1] == '"' ? length - 2 : length), json + quoted);
    cut(text, CELL_WIDTH_MOST);
}

static void side(char text[TEXT_SIZE], const struct qon_difference *d, bool alternative) {
    const char *own = alternative ? d->alternative : d->base, *other = alternative ? d->base : d->alternative;
    if (d->whole && own != NULL && other == NULL && strlen(own) > CELL_WIDTH_MOST) {
        snprintf(text, TEXT_SIZE, "there");
    } else if (own == NULL) {
        snprintf(text, TEXT_SIZE, "-");
    } else {
        plain(text, own);
    }
}

static void line_make(struct line *line, const struct qon_difference *d) {
    size_t group = strlen(d->group);
    bool within = group > 0 && strncmp(d->path, d->group, group) == 0 && (d->path[group] == '.' || d->path[group] == '[');
    const char *path = within ? d->path + group + (d->path[group] == '.') : d->path;
    snprintf(line->path, sizeof line->path, "%s", strcmp(d->path, d->group) == 0 ? "(all of it)" : path);
    cut(line->path, PATH_WIDTH_MOST);
    side(line->base, d, false);
    side(line->alternative, d, true);
    line->unit = d->unit && strcmp(d->unit, "1") != 0 ? d->unit : NULL;
    line->meaning = d->meaning;
}

static void padded(const char *text, int width) {
    int missing = width - letters(text);
    printf("%s%*s", text, missing > 0 ? missing : 0, "");
}

static int wider(int width, const char *text) {
    int own = letters(text);
    return own > width ? own : width;
}

// The differences from..to, all of one group.
static void group_print(const struct qon_difference *rows, size_t count, bool all) {
    bool table = strchr(rows->group, '.') != NULL && strncmp(rows->group, "programmes", strlen("programmes")) != 0;
    size_t shown = all || !table || count <= ROWS_SHOWN + 1 ? count : ROWS_SHOWN;
    int width[3] = {0, 1, 1};
    struct line line;
    for (size_t i = 0; i < shown; i++) {
        line_make(&line, &rows[i]);
        width[0] = wider(width[0], line.path);
        width[1] = wider(width[1], line.base);
        width[2] = wider(width[2], line.alternative);
    }
    printf("\n%s\n", rows->group[0] ? rows->group : "scenario");
    for (size_t i = 0; i < shown; i++) {
        line_make(&line, &rows[i]);
        fputs("  ", stdout);
        padded(line.path, width[0] + 2);
        padded(line.base, width[1]);
        fputs("  →  ", stdout);
        padded(line.alternative, line.meaning || line.unit ? width[2] + 2 : 0);
        printf("%s%s%s%s\n", line.meaning ? line.meaning : "", line.unit ? " [" : "", line.unit ? line.unit : "", line.unit ? "]" : "");
    }
    if (shown < count) {
        printf("  and %zu more (--all shows them)\n", count - shown);
    }
}

static void text_print(const struct qon_scenario *base, const struct qon_scenario *alternative, const struct qon_differences *d, bool all) {
    printf("A: %s (%s)\nB: %s (%s)\n", base->name, base->file, alternative->name, alternative->file);
    for (size_t i = 0, next; i < d->count; i = next) {
        for (next = i + 1; next < d->count && strcmp(d->row[next].group, d->row[i].group) == 0; next++) {
        }
        group_print(&d->row[i], next - i, all);
    }
    if (d->count == 0) {
        puts("no differences");
    } else {
        printf("\n%zu difference%s\n", d->count, d->count == 1 ? "" : "s");
    }
}

static void scenario_json(const char *key, const struct qon_scenario *scenario) {
    printf("\"%s\": {\"name\": ", key);
    qon_json_text(stdout, scenario->name);
    fputs(", \"file\": ", stdout);
    qon_json_text(stdout, scenario->file);
    fputs("}, ", stdout);
}

static void json_print(const struct qon_scenario *base, const struct qon_scenario *alternative, const struct qon_differences *d) {
    fputs("{", stdout);
    scenario_json("base", base);
    scenario_json("alternative", alternative);
    printf("\"count\": %zu, \"differences\": [", d->count);
    for (size_t i = 0; i < d->count; i++) {
        const struct qon_difference *row = &d->row[i];
        printf("%s\n {\"group\": ", i > 0 ? "," : "");
        qon_json_text(stdout, row->group);
        fputs(", \"path\": ", stdout);
        qon_json_text(stdout, row->path);
        printf(", \"base\": %s, \"alternative\": %s, \"unit\": ", row->base ? row->base : "null",
               row->alternative ? row->alternative : "null");
        qon_json_text(stdout, row->unit);
        fputs(", \"meaning\": ", stdout);
        qon_json_text(stdout, row->meaning);
        const char *change = row->base == NULL ? "added" : row->alternative == NULL ? "removed" : "changed";
        printf(", \"change\": \"%s\", \"note\": %s}", change, row->note ? "true" : "false");
    }
    puts("]}");
}

static enum qon_status diff(const void *given, const char *const *operands, const char *command, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    const struct values *values = given;
    struct qon_scenario base = {0}, alternative = {0};
    struct qon_differences differences = {0};
    QON_TRY(qon_scenario_load(&base, operands[0], NULL, 0, faults));
    QON_TRY(qon_scenario_load(&alternative, operands[1], values->changes.change, values->changes.count, faults));
    QON_TRY(qon_differences_make(&base, &alternative, values->all, &differences, faults));
    if (values->json) {
        json_print(&base, &alternative, &differences);
    } else {
        text_print(&base, &alternative, &differences, values->all);
    }
done:
    qon_differences_free(&differences);
    qon_scenario_free(&base);
    qon_scenario_free(&alternative);
    return status;
}

const struct qon_verb qon_verb_diff = {
    .name = "diff",
    .operands = "A B",
    .operands_least = 2,
    .operands_most = 2,
    .meaning = "Says what two scenarios differ in: settings, programmes, tables cell by cell; with units and meanings.",
    .more =
        "Both are read as a run reads them: what they extend is merged, defaults are filled in. Rows of tables are matched by their ids\n"
        "(or by regions, years, ages and names in them), programmes by name; `there` stands for a programme, a row or a table that one\n"
        "side has and the other has not. The exit code is 0 whether or not they differ.",
    .options = options,
    .options_count = sizeof options / sizeof options[0],
    .values_size = sizeof(struct values),
    .run = diff,
};
