// SPDX-License-Identifier: GPL-3.0-or-later
// Whom a policy reaches: the table `distribution` of a comparison, one table a grouping.
#include "document.h"
#include <math.h>
#include <string.h>

enum { COLUMNS = 7 };

static const struct {
    const char *attribute, *value, *label[QON_LANGUAGES];
} words[] = {
#define GROUP(attribute, value, en, kk, ru) {attribute, value, {[QON_EN] = en, [QON_KK] = kk, [QON_RU] = ru}},
#include "groups.def"
#undef GROUP
};

// Attribute or group in the language; what has no words stays as it is: bands of ages, numbers of tenths, a country's own lists.
static const char *word_of(struct qon_document *d, const char *attribute, const char *value) {
    int region = strcmp(attribute, "origin") == 0 || strcmp(attribute, "destination") == 0 ? qon_source_region(d->source, value) : -1;
    if (region >= 0) {
        return d->source->region[region].name[d->language];
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        bool of_it = !*words[i].attribute || strcmp(words[i].attribute, attribute) == 0;
        if (of_it && strcmp(words[i].value, value) == 0) {
            return words[i].label[d->language];
        }
    }
    return *value ? value : attribute;
}

// One group: its words, then what is counted of it.
struct group {
    const char *label;
    double paid, induced, displaced, winners, losers, gain, population;
};

static void count(struct group *g, const char *what, double value) {
    const struct {
        const char *name;
        double *place;
    } all[] = {{"paid", &g->paid},     {"induced", &g->induced}, {"displaced", &g->displaced},  {"winners", &g->winners},
               {"losers", &g->losers}, {"gain", &g->gain},       {"population", &g->population}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (strcmp(all[i].name, what) == 0) {
            *all[i].place += value;
        }
    }
}

static void row_add(struct qon_document *d, struct qon_rows *rows, const struct group *g) {
    const char *cell[COLUMNS] = {g->label,
                                 qon_number(d, g->paid, 0, 0),
                                 qon_number(d, g->induced, 0, 0),
                                 qon_number(d, g->displaced, 0, 0),
                                 qon_number(d, g->winners, 0, 0),
                                 qon_number(d, g->losers, 0, 0),
                                 g->population > 0 ? qon_number(d, g->gain / g->population, 0, QON_SIGNED) : "–"};
    qon_rows_add(rows, cell);
}

// A grouping by one or two attributes; groups in the order of the file.
static void grouping(struct qon_document *d, const char *first, const char *second) {
    static const enum qon_text_id head[COLUMNS] = {QON_T_GROUP,   QON_T_PAID_WORD, QON_T_INDUCED_WORD, QON_T_DISPLACED_WORD,
                                                   QON_T_WINNERS, QON_T_LOSERS,    QON_T_GAIN_PER_HEAD};
    struct qon_rows *rows = qon_rows_start(d, COLUMNS, head);
    struct group g = {0};
    const char *one = NULL, *other = NULL;
    sqlite3_stmt *s = qon_source_query(d->source, "SELECT value_1, value_2, indicator, alt_value FROM distribution WHERE base=?1 AND alt=?2"
                                                  " AND attribute_1=?3 AND coalesce(attribute_2, '')=?4 ORDER BY fid");
    sqlite3_bind_text(s, 1, d->base_name, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 2, d->alt_name, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 3, first, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 4, second, -1, SQLITE_STATIC);
    while (qon_source_next(d->source, s)) {
        const char *a = qon_source_text(d->source, s, 0), *b = qon_source_text(d->source, s, 1);
        b = b ? b : "";
        if (one == NULL || strcmp(one, a) != 0 || strcmp(other, b) != 0) {
            if (one != NULL) {
                row_add(d, rows, &g);
            }
            const char *words_a = word_of(d, first, a), *words_b = *b ? word_of(d, second, b) : "";
            bool both = *b && strcmp(words_a, words_b) != 0; // who came later belongs to no group of either
            g = (struct group){.label = both ? qon_arena_format(d->arena, "%s, %s", words_a, words_b) : words_a};
            one = a;
            other = b;
        }
        count(&g, (const char *)sqlite3_column_text(s, 2), qon_source_number(s, 3));
    }
    sqlite3_finalize(s);
    if (one != NULL) {
        row_add(d, rows, &g);
        const char *title =
            *second ? qon_arena_format(d->arena, "%s, %s", word_of(d, first, ""), word_of(d, second, "")) : word_of(d, first, "");
        qon_rows_end(rows, qon_arena_format(d->arena, "%s: %s", qon_t(d, QON_T_BY_GROUP), title), false);
    }
}

void qon_compare_groups(struct qon_document *d) {
    if (!qon_source_has(d->source, "distribution")) {
        return;
    }
    const char *first[16], *second[16];
    int count_of = 0;
    sqlite3_stmt *s = qon_source_query(d->source, "SELECT attribute_1, coalesce(attribute_2, ''), min(fid) AS place FROM distribution"
                                                  " WHERE base=?1 AND alt=?2 GROUP BY 1, 2 ORDER BY place");
    sqlite3_bind_text(s, 1, d->base_name, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 2, d->alt_name, -1, SQLITE_STATIC);
    while (count_of < 16 && qon_source_next(d->source, s)) {
        first[count_of] = qon_source_text(d->source, s, 0);
        second[count_of++] = qon_source_text(d->source, s, 1);
    }
    sqlite3_finalize(s);
    for (int i = 0; i < count_of; i++) {
        grouping(d, first[i], second[i]);
    }
}
