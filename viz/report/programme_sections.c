// SPDX-License-Identifier: GPL-3.0-or-later
// Programmes (take-up, refusals, money, exhaustion) and the targets of the concept.
#include "document.h"
#include <math.h>
#include <string.h>

static void outcome_add(struct qon_document *d, int count, const struct qon_programme_row *p) {
    enum { SEGMENTS = 4 };
    static const enum qon_text_id word[SEGMENTS] = {QON_T_GRANTED, QON_T_REFUSED_QUOTA, QON_T_REFUSED_BUDGET, QON_T_NOT_ELIGIBLE};
    struct qon_bars *bars = qon_arena_take(d->arena, 1, sizeof *bars);
    const char **label = qon_arena_take(d->arena, (size_t)count + 1, sizeof *label);
    const char **segment = qon_arena_take(d->arena, SEGMENTS, sizeof *segment);
    int *colour = qon_arena_take(d->arena, SEGMENTS, sizeof *colour);
    double *value = qon_arena_take(d->arena, SEGMENTS * (size_t)count + 1, sizeof *value);
    for (int s = 0; s < SEGMENTS; s++) {
        segment[s] = qon_t(d, word[s]);
        colour[s] = s == 3 ? QON_NODATA : QON_HUE + s;
    }
    for (int i = 0; i < count; i++) {
        label[i] = p[i].title;
        value[SEGMENTS * i] = p[i].granted;
        value[SEGMENTS * i + 1] = p[i].refused_quota;
        value[SEGMENTS * i + 2] = p[i].refused_budget;
        value[SEGMENTS * i + 3] = fmax(0, p[i].applicants - p[i].eligible);
    }
    *bars = (struct qon_bars){.rows = count,
                              .segments = SEGMENTS,
                              .label = label,
                              .segment = segment,
                              .colour = colour,
                              .value = value,
                              .stacked = true,
                              .unit = qon_t(d, QON_T_HOUSEHOLDS)};
    qon_figure_add(d, qon_t(d, QON_T_OUTCOME), qon_draw_bars, qon_bars_height, bars, NULL, false);
}

static void spending_add(struct qon_document *d, int programmes, const struct qon_programme_row *p, int count,
                         const struct qon_programme_month *m) {
    const struct qon_source_run *run = &d->source->run[d->run];
    struct qon_lines *lines = qon_arena_take(d->arena, 1, sizeof *lines);
    int most = programmes < QON_HUES ? programmes : QON_HUES;
    struct qon_line *line = qon_arena_take(d->arena, (size_t)most + 1, sizeof *line);
    for (int i = 0; i < most; i++) {
        double *value = qon_arena_take(d->arena, (size_t)run->months, sizeof *value);
        for (int k = 0; k < count; k++) {
            if (strcmp(m[k].programme, p[i].name) == 0) {
                value[m[k].month] += m[k].spent_tenge / 1e6;
            }
        }
        for (int k = 1; k < run->months; k++) {
            value[k] += value[k - 1];
        }
        line[i] = (struct qon_line){.name = p[i].title, .value = value, .colour = QON_HUE + i};
    }
    *lines = (struct qon_lines){.lines = most,
                                .line = line,
                                .count = run->months,
                                .month = run->start,
                                .step = 1,
                                .from_zero = true,
                                .unit = qon_t(d, QON_T_MILLION_TENGE)};
    qon_figure_add(d, qon_t(d, QON_T_SPENDING), qon_draw_lines, qon_lines_height, lines, NULL, false);
}

static void exhaustion_add(struct qon_document *d, int programmes, const struct qon_programme_row *p, int count,
                           const struct qon_programme_month *m) {
    static const enum qon_text_id head[] = {QON_T_PROGRAMME,      QON_T_YEAR,        QON_T_GRANTED,     QON_T_REFUSED_QUOTA,
                                            QON_T_REFUSED_BUDGET, QON_T_FIRST_QUOTA, QON_T_FIRST_BUDGET};
    const struct qon_source_run *run = &d->source->run[d->run];
    struct qon_rows *rows = qon_rows_start(d, 7, head);
    for (int i = 0; i < programmes; i++) {
        for (int year = run->start / 12; year <= (run->start + run->months - 1) / 12; year++) {
            double granted = 0, quota = 0, budget = 0;
            int first_quota = -1, first_budget = -1;
            bool any = false;
            for (int k = 0; k < count; k++) {
                int month = run->start + m[k].month;
                if (month / 12 != year || strcmp(m[k].programme, p[i].name) != 0) {
                    continue;
                }
                any = true;
                granted += m[k].granted;
                quota += m[k].refused_quota;
                budget += m[k].refused_budget;
                first_quota = first_quota < 0 && m[k].refused_quota > 0 ? month : first_quota;
                first_budget = first_budget < 0 && m[k].refused_budget > 0 ? month : first_budget;
            }
            if (!any || (first_quota < 0 && first_budget < 0)) {
                continue; // nothing ran out
            }
            const char *none = qon_t(d, QON_T_NEVER);
            const char *cell[] = {p[i].title,
                                  qon_arena_format(d->arena, "%d", 1900 + year),
                                  qon_number(d, granted, 0, 0),
                                  qon_number(d, quota, 0, 0),
                                  qon_number(d, budget, 0, 0),
                                  first_quota < 0 ? none : qon_month(d, first_quota),
                                  first_budget < 0 ? none : qon_month(d, first_budget)};
            qon_rows_add(rows, cell);
        }
    }
    if (rows->rows > 0) {
        qon_rows_end(rows, qon_t(d, QON_T_EXHAUSTION), false);
        qon_block_add(d, QON_BLOCK_NOTE, qon_t(d, QON_T_EXHAUSTION_NOTE));
    } else {
        qon_block_add(d, QON_BLOCK_NOTE, qon_t(d, QON_T_NEVER_EXHAUSTED));
    }
}

static void money_table(struct qon_document *d, int count, const struct qon_programme_row *p) {
    static const enum qon_text_id head[] = {QON_T_PROGRAMME, QON_T_MOVERS,    QON_T_SPENT,     QON_T_CLAWED_BACK,
                                            QON_T_BOUND,     QON_T_STAYED_12, QON_T_STAYED_24, QON_T_STAYED_36};
    struct qon_rows *rows = qon_rows_start(d, 8, head);
    for (int i = 0; i < count; i++) {
        const char *cell[] = {p[i].title,
                              qon_number(d, p[i].movers, 0, 0),
                              qon_number(d, p[i].spent_tenge / 1e6, 1, 0),
                              qon_number(d, p[i].clawed_back_tenge / 1e6, 1, 0),
                              qon_number(d, p[i].bound, 0, 0),
                              qon_number(d, p[i].retained[0], 0, 0),
                              qon_number(d, p[i].retained[1], 0, 0),
                              qon_number(d, p[i].retained[2], 0, 0)};
        qon_rows_add(rows, cell);
    }
    qon_rows_end(rows, NULL, false);
}

void qon_section_programmes(struct qon_document *d) {
    static const enum qon_text_id head[] = {QON_T_PROGRAMME, QON_T_APPLICANTS,    QON_T_ELIGIBLE,      QON_T_GRANTED,
                                            QON_T_TAKE_UP,   QON_T_REFUSED_QUOTA, QON_T_REFUSED_BUDGET};
    qon_section_start(d, QON_T_PROGRAMMES, "programmes");
    struct qon_programme_row *p;
    struct qon_programme_month *m;
    int count = qon_source_programmes(d->source, d->run, &p);
    if (count == 0) {
        qon_block_add(d, QON_BLOCK_NOTE, qon_t(d, QON_T_WHY_NO_PROGRAMMES));
        return;
    }
    for (int i = 0; i < count; i++) {
        p[i].title = qon_programme_title(d->source, d->run, p[i].name, d->language);
    }
    struct qon_rows *rows = qon_rows_start(d, 7, head);
    for (int i = 0; i < count; i++) {
        double share = p[i].eligible > 0 ? 100 * p[i].granted / p[i].eligible : NAN;
        const char *cell[] = {p[i].title,
                              qon_number(d, p[i].applicants, 0, 0),
                              qon_number(d, p[i].eligible, 0, 0),
                              qon_number(d, p[i].granted, 0, 0),
                              qon_number(d, share, 0, QON_PERCENT),
                              qon_number(d, p[i].refused_quota, 0, 0),
                              qon_number(d, p[i].refused_budget, 0, 0)};
        qon_rows_add(rows, cell);
    }
    qon_rows_end(rows, NULL, false);
    money_table(d, count, p);
    qon_block_add(d, QON_BLOCK_NOTE, qon_t(d, QON_T_PROGRAMME_NOTE));
    outcome_add(d, count, p);
    int months = qon_source_programme_months(d->source, d->run, &m);
    spending_add(d, count, p, months, m);
    exhaustion_add(d, count, p, months, m);
}

void qon_section_targets(struct qon_document *d) {
    static const enum qon_text_id head[] = {QON_T_TARGET, QON_T_VALUE, QON_T_GOAL, QON_T_VERDICT};
    qon_section_start(d, QON_T_TARGETS, "targets");
    struct qon_target_row *t;
    int count = qon_source_targets(d->source, d->run, &t);
    if (count == 0) {
        qon_block_add(d, QON_BLOCK_NOTE, qon_t(d, QON_T_WHY_NO_TARGETS));
        return;
    }
    struct qon_rows *rows = qon_rows_start(d, 4, head);
    for (int i = 0; i < count; i++) {
        int digits = qon_digits_for(t[i].goal) + 1;
        const char *goal = qon_arena_format(d->arena, qon_t(d, t[i].at_most ? QON_T_AT_MOST : QON_T_AT_LEAST),
                                            qon_number(d, t[i].goal, qon_digits_for(t[i].goal), 0));
        enum qon_text_id verdict = !t[i].applies ? QON_T_NOT_MEASURED : t[i].met ? QON_T_MET : QON_T_MISSED;
        const char *mark = !t[i].applies ? "" : t[i].met ? "\xe2\x9c\x93\xc2\xa0" : "\xe2\x9c\x97\xc2\xa0";
        const char *cell[] = {t[i].label[d->language], qon_number(d, t[i].applies ? t[i].value : NAN, digits, 0), goal,
                              qon_arena_format(d->arena, "%s%s", mark, qon_t(d, verdict))};
        qon_rows_add(rows, cell);
        rows->colour[(rows->rows - 1) * 4 + 3] = !t[i].applies ? QON_MUTED : t[i].met ? QON_GOOD : QON_BAD;
    }
    qon_rows_end(rows, NULL, false);
}
