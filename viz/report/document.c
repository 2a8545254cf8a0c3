// SPDX-License-Identifier: GPL-3.0-or-later
// Blocks, words, numbers, tables in the making.
#include "document.h"
#include <math.h>
#include <string.h>

const char *qon_words(enum qon_language language, enum qon_text_id id) {
    static const char *const words[QON_TEXTS][QON_LANGUAGES] = {
#define TEXT(id, en, kk, ru) [QON_T_##id] = {[QON_EN] = en, [QON_KK] = kk, [QON_RU] = ru},
#include "texts.def"
#undef TEXT
    };
    return words[id][language];
}

const char *qon_t(const struct qon_document *document, enum qon_text_id id) {
    return qon_words(document->language, id);
}

struct qon_block *qon_block_add(struct qon_document *document, enum qon_block_kind kind, const char *text) {
    struct qon_block *block = qon_arena_take(document->arena, 1, sizeof *block);
    block->kind = kind;
    block->text = text;
    if (document->last) {
        document->last->next = block;
    } else {
        document->first = block;
    }
    document->last = block;
    return block;
}

void qon_section_start(struct qon_document *document, enum qon_text_id title, const char *id) {
    qon_block_add(document, QON_BLOCK_HEADING, qon_t(document, title))->id = id;
}

const char *qon_number(const struct qon_document *document, double value, int digits, int flags) {
    char text[500];
    qon_format_number(text, sizeof text, value, digits, flags, document->language);
    return qon_arena_copy(document->arena, text);
}

const char *qon_month(const struct qon_document *document, int32_t month) {
    char text[80];
    qon_format_month(text, sizeof text, month, document->language);
    return qon_arena_copy(document->arena, text);
}

void qon_figure_add(struct qon_document *document, const char *title, qon_draw_function *draw, qon_height_function *height,
                    const void *figure, const char *caption, bool half) {
    struct qon_block *block = qon_block_add(document, QON_BLOCK_FIGURE, title);
    block->draw = draw;
    block->height = height;
    block->figure = figure;
    block->caption = caption;
    block->half = half;
}

void qon_card_add(struct qon_document *document, struct qon_block *cards, struct qon_card card) {
    enum { MOST = 12 };
    if (!cards->card) {
        cards->card = qon_arena_take(document->arena, MOST, sizeof *cards->card);
    }
    QON_REQUIRE(cards->cards < MOST);
    cards->card[cards->cards++] = card;
}

struct qon_rows *qon_rows_start(struct qon_document *document, int columns, const enum qon_text_id *head) {
    struct qon_rows *rows = qon_arena_take(document->arena, 1, sizeof *rows);
    rows->document = document;
    rows->columns = columns;
    rows->head = qon_arena_take(document->arena, (size_t)columns, sizeof *rows->head);
    rows->align = qon_arena_take(document->arena, (size_t)columns, sizeof *rows->align);
    for (int c = 0; c < columns; c++) {
        rows->head[c] = qon_t(document, head[c]);
        rows->align[c] = c == 0 ? QON_LEFT : QON_RIGHT;
    }
    return rows;
}

void qon_rows_add(struct qon_rows *rows, const char *const *cell) {
    size_t width = (size_t)rows->columns;
    if (rows->rows == rows->room) {
        struct qon_arena *arena = rows->document->arena;
        int room = 2 * rows->room + 16;
        const char **cells = qon_arena_take(arena, (size_t)room * width, sizeof *cells);
        int *colour = qon_arena_take(arena, (size_t)room * width, sizeof *colour);
        bool *strong = qon_arena_take(arena, (size_t)room, sizeof *strong);
        if (rows->rows > 0) {
            memcpy(cells, rows->cell, (size_t)rows->rows * width * sizeof *cells);
            memcpy(colour, rows->colour, (size_t)rows->rows * width * sizeof *colour);
            memcpy(strong, rows->strong, (size_t)rows->rows * sizeof *strong);
        }
        rows->cell = cells;
        rows->colour = colour;
        rows->strong = strong;
        rows->room = room;
    }
    for (size_t c = 0; c < width; c++) {
        rows->cell[(size_t)rows->rows * width + c] = cell[c] ? cell[c] : "";
    }
    rows->rows++;
}

struct qon_block *qon_rows_end(struct qon_rows *rows, const char *title, bool folded) {
    struct qon_block *block = qon_block_add(rows->document, QON_BLOCK_TABLE, title);
    block->folded = folded;
    block->table = (struct qon_table){rows->rows, rows->columns, rows->head, rows->cell, rows->align, rows->colour, rows->strong};
    return block;
}

// ---------------------------------------------------------------------------------------------------------------- lines of the country

static void band_add(struct qon_document *document, int run, const char *indicator, double **low, double **high, int *replicates) {
    struct qon_source *source = document->source;
    int months = source->run[run].months;
    *low = NULL;
    *high = NULL;
    *replicates = 0;
    for (int r = 0; r < source->runs; r++) {
        if (strcmp(source->run[r].scenario, source->run[run].scenario) != 0 || source->run[r].start != source->run[run].start) {
            continue;
        }
        const double *value = qon_source_country(source, r, indicator);
        if (!value) {
            continue;
        }
        (*replicates)++;
        if (!*low) {
            *low = qon_arena_take(document->arena, (size_t)months, sizeof **low);
            *high = qon_arena_take(document->arena, (size_t)months, sizeof **high);
            memcpy(*low, value, sizeof **low * (size_t)months);
            memcpy(*high, value, sizeof **high * (size_t)months);
        }
        for (int i = 0; i < months && i < source->run[r].months; i++) {
            (*low)[i] = fmin((*low)[i], value[i]);
            (*high)[i] = fmax((*high)[i], value[i]);
        }
    }
    if (*replicates < 2) {
        *low = NULL;
        *high = NULL;
    }
}

bool qon_lines_add(struct qon_document *document, const char *title, const char *unit, int indicators, const char *const *indicator,
                   bool half) {
    struct qon_source *source = document->source;
    struct qon_lines *figure = qon_arena_take(document->arena, 1, sizeof *figure);
    struct qon_line *line = qon_arena_take(document->arena, 2 * (size_t)indicators, sizeof *line);
    const struct qon_source_run *run = &source->run[document->run];
    int most = 0;
    for (int i = 0; i < indicators; i++) {
        for (int k = 0; k < (document->base >= 0 ? 2 : 1); k++) {
            int from = k == 0 ? document->run : document->base;
            const double *value = qon_source_country(source, from, indicator[i]);
            if (!value || source->run[from].months != run->months) {
                continue;
            }
            struct qon_line *l = &line[figure->lines++];
            const char *name = source->indicator[qon_source_indicator(source, indicator[i])].label[document->language];
            const char *scenario = source->run[from].title[document->language];
            l->name = document->base < 0 ? name : indicators == 1 ? scenario : qon_arena_format(document->arena, "%s: %s", name, scenario);
            l->value = value;
            // Beside one line of the alternative the base stands back.
            l->colour = k == 1 && indicators == 1 ? QON_MUTED : QON_HUE + i;
            l->dashed = k == 1;
            double *low, *high;
            int replicates;
            band_add(document, from, indicator[i], &low, &high, &replicates);
            l->low = low;
            l->high = high;
            most = replicates > most ? replicates : most;
        }
    }
    if (figure->lines == 0) {
        return false;
    }
    figure->line = line;
    figure->count = run->months;
    figure->month = run->start;
    figure->step = 1;
    figure->unit = unit;
    figure->flags = QON_SHORT;
    const char *caption =
        most > 1 ? qon_arena_format(document->arena, qon_t(document, QON_T_BAND), qon_number(document, most, 0, 0)) : NULL;
    qon_figure_add(document, title, qon_draw_lines, qon_lines_height, figure, caption, half);
    return true;
}

// ---------------------------------------------------------------------------------------------------------------- the whole

static void comparison_find(struct qon_document *document) {
    struct qon_source *source = document->source;
    document->run = 0;
    document->base = -1;
    bool ledger = qon_source_has(source, "ledger");
    if (!ledger && !qon_source_has(source, "effect")) {
        return;
    }
    sqlite3_stmt *s = qon_source_query(source, ledger ? "SELECT base, alt FROM ledger ORDER BY fid LIMIT 1"
                                                      : "SELECT base, alt FROM effect ORDER BY fid LIMIT 1");
    if (qon_source_next(source, s)) {
        document->base_name = qon_source_text(source, s, 0);
        document->alt_name = qon_source_text(source, s, 1);
    }
    sqlite3_finalize(s);
    for (int r = source->runs - 1; r >= 0; r--) {
        if (document->alt_name && strcmp(source->run[r].scenario, document->alt_name) == 0) {
            document->run = r;
        }
        if (document->base_name && strcmp(source->run[r].scenario, document->base_name) == 0) {
            document->base = r;
        }
    }
}

static void front_make(struct qon_document *document) {
    struct qon_source *source = document->source;
    struct qon_arena *arena = document->arena;
    const struct qon_source_run *run = &source->run[document->run];
    const char *title = run->title[document->language];
    document->title = title;
    document->subtitle = qon_t(document, QON_T_REPORT);
    if (document->alt_name) {
        const char *base = document->base >= 0 ? source->run[document->base].title[document->language] : document->base_name;
        document->title = qon_arena_format(arena, qon_t(document, QON_T_AGAINST), title, base);
        document->subtitle = qon_t(document, QON_T_COMPARISON);
    }
    const char *period = qon_arena_format(arena, qon_t(document, QON_T_PERIOD), qon_month(document, run->start),
                                          qon_month(document, run->start + run->months - 1), qon_number(document, run->months, 0, 0));
    const char *scale = qon_source_fact(source, document->run, "scale");
    bool one = !scale || strcmp(scale, "1") == 0;
    const char *words = one ? qon_t(document, QON_T_SCALE_ONE) : qon_arena_format(arena, qon_t(document, QON_T_SCALE_MANY), scale);
    document->intro = qon_arena_format(arena, "%s · %s", period, words);
}

void qon_document_make(struct qon_document *document, struct qon_source *source, enum qon_language language) {
    *document = (struct qon_document){.arena = source->arena, .source = source, .language = language};
    document->label = qon_arena_take(source->arena, (size_t)source->regions + 1, sizeof *document->label);
    for (int r = 0; r < source->regions; r++) {
        document->label[r] = source->region[r].shorter[language];
    }
    if (source->boundaries.regions > 0) {
        qon_map_make(&document->map, &source->boundaries);
    }
    comparison_find(document);
    front_make(document);
    if (document->alt_name) {
        qon_sections_comparison(document);
    }
    qon_section_summary(document);
    qon_section_people(document);
    qon_section_migration(document);
    qon_section_course(document);
    qon_section_ages(document);
    qon_section_labour(document);
    qon_section_programmes(document);
    qon_section_targets(document);
    qon_section_assumptions(document);
    qon_section_provenance(document);
}

void qon_document_free(struct qon_document *document) {
    qon_map_free(&document->map);
}
