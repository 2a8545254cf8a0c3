// SPDX-License-Identifier: GPL-3.0-or-later
// A comparison: first the topsheet, then where it shows, whom it reaches, what it costs.
#include "document.h"
#include "interval.h"
#include <math.h>
#include <string.h>

enum { CLASSES = 6, INDUCED = 0, DEADWEIGHT, DIVERTED, ACCELERATED, DISPLACED, SPILL_OVER, PAID = 4 };
static const char *const class_name[CLASSES] = {"induced", "deadweight", "diverted", "accelerated", "displaced", "spill_over"};
static const enum qon_text_id class_word[CLASSES] = {QON_T_INDUCED,     QON_T_DEADWEIGHT_LONG, QON_T_DIVERTED,
                                                     QON_T_ACCELERATED, QON_T_DISPLACED,       QON_T_SPILL_OVER};

struct ledger {
    int programmes, replicates;
    const char **programme;
    double *persons; // [(programme * CLASSES + class) * replicates + replicate]
    double *tenge;
    double *overhead; // [replicate] tenge that go to no person
};

static int count_of(struct qon_document *d, const char *sql) {
    sqlite3_stmt *s = qon_source_query(d->source, sql);
    sqlite3_bind_text(s, 1, d->base_name, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 2, d->alt_name, -1, SQLITE_STATIC);
    int count = qon_source_next(d->source, s) ? sqlite3_column_int(s, 0) : 0;
    sqlite3_finalize(s);
    return count;
}

static int find(const char *const *list, int count, const char *name) {
    for (int i = 0; name && i < count; i++) {
        if (list[i] && strcmp(list[i], name) == 0) {
            return i;
        }
    }
    return -1;
}

// Replicates are numbered from what stands in the file, in order.
static int replicate_of(int *number, int *count, int most, int replicate) {
    for (int i = 0; i < *count; i++) {
        if (number[i] == replicate) {
            return i;
        }
    }
    if (*count == most) {
        return -1;
    }
    number[*count] = replicate;
    return (*count)++;
}

static bool ledger_read(struct qon_document *d, struct ledger *l) {
    *l = (struct ledger){0};
    int programmes = count_of(d, "SELECT count(DISTINCT coalesce(programme, '')) FROM ledger WHERE base=?1 AND alt=?2");
    l->replicates = count_of(d, "SELECT count(DISTINCT replicate) FROM ledger WHERE base=?1 AND alt=?2");
    if (programmes == 0 || l->replicates == 0) {
        return false;
    }
    size_t size = (size_t)programmes * CLASSES * (size_t)l->replicates;
    l->programme = qon_arena_take(d->arena, (size_t)programmes, sizeof *l->programme);
    l->persons = qon_arena_take(d->arena, size, sizeof *l->persons);
    l->tenge = qon_arena_take(d->arena, size, sizeof *l->tenge);
    l->overhead = qon_arena_take(d->arena, (size_t)l->replicates, sizeof *l->overhead);
    int *number = qon_arena_take(d->arena, (size_t)l->replicates, sizeof *number);
    int numbers = 0;
    sqlite3_stmt *s =
        qon_source_query(d->source, "SELECT replicate, programme, class, persons, tiyn/100.0 FROM ledger WHERE base=?1 AND alt=?2"
                                    " ORDER BY replicate, programme");
    sqlite3_bind_text(s, 1, d->base_name, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 2, d->alt_name, -1, SQLITE_STATIC);
    while (qon_source_next(d->source, s)) {
        const char *name = qon_source_text(d->source, s, 1);
        name = name ? name : "";
        int p = find(l->programme, l->programmes, name);
        if (p < 0 && l->programmes < programmes) {
            p = l->programmes;
            l->programme[l->programmes++] = name;
        }
        int c = find(class_name, CLASSES, (const char *)sqlite3_column_text(s, 2));
        int r = replicate_of(number, &numbers, l->replicates, sqlite3_column_int(s, 0));
        if (r >= 0 && strcmp((const char *)sqlite3_column_text(s, 2), "overhead") == 0) {
            l->overhead[r] += sqlite3_column_double(s, 4);
        }
        if (p >= 0 && c >= 0 && r >= 0) {
            size_t at = ((size_t)p * CLASSES + (size_t)c) * (size_t)l->replicates + (size_t)r;
            l->persons[at] += sqlite3_column_double(s, 3);
            l->tenge[at] += sqlite3_column_double(s, 4);
        }
    }
    sqlite3_finalize(s);
    return true;
}

// Sum over programmes: out[replicates].
static double *over_programmes(struct qon_document *d, const struct ledger *l, const double *of, int class) {
    double *out = qon_arena_take(d->arena, (size_t)l->replicates, sizeof *out);
    for (int p = 0; p < l->programmes; p++) {
        for (int r = 0; r < l->replicates; r++) {
            out[r] += of[((size_t)p * CLASSES + (size_t) class) * (size_t)l->replicates + (size_t)r];
        }
    }
    return out;
}

static const char *interval_text(struct qon_document *d, struct qon_interval i, int digits, int flags, bool words) {
    if (i.count < 2) {
        return words ? qon_t(d, QON_T_ONE_REPLICATE) : "–";
    }
    if (!isfinite(i.low)) {
        return words ? qon_t(d, QON_T_INTERVAL_OPEN) : "–";
    }
    const char *low = qon_number(d, i.low, digits, flags);
    const char *high = qon_number(d, i.high, digits, flags);
    return words ? qon_arena_format(d->arena, qon_t(d, QON_T_INTERVAL), low, high) : qon_arena_format(d->arena, "%s … %s", low, high);
}

struct totals {
    double *class_persons[CLASSES];
    double *paid, *additional, *money, *deadweight_share;
    struct qon_interval additional_mean, cost, share, spent;
};

// The country's values of an effect by replicate, in order; false when the comparison did not tell them all.
static bool effect_values(struct qon_document *d, const char *name, double *value, int replicates) {
    int count = 0;
    sqlite3_stmt *s = qon_source_query(d->source, "SELECT value FROM effect WHERE base=?1 AND alt=?2 AND indicator=?3 AND zone='ALL'"
                                                  " ORDER BY replicate");
    sqlite3_bind_text(s, 1, d->base_name, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 2, d->alt_name, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 3, name, -1, SQLITE_STATIC);
    while (qon_source_next(d->source, s)) {
        double v = qon_source_number(s, 0);
        if (count < replicates) {
            value[count] = v;
        }
        count++;
    }
    sqlite3_finalize(s);
    return count == replicates;
}

static void totals_make(struct qon_document *d, const struct ledger *l, struct totals *t) {
    size_t n = (size_t)l->replicates;
    t->paid = qon_arena_take(d->arena, n, sizeof *t->paid);
    t->additional = qon_arena_take(d->arena, n, sizeof *t->additional);
    t->money = qon_arena_take(d->arena, n, sizeof *t->money);
    t->deadweight_share = qon_arena_take(d->arena, n, sizeof *t->deadweight_share);
    for (int c = 0; c < CLASSES; c++) {
        t->class_persons[c] = over_programmes(d, l, l->persons, c);
        const double *money = over_programmes(d, l, l->tenge, c);
        for (size_t r = 0; r < n; r++) {
            t->money[r] += money[r];
            t->paid[r] += c < PAID ? t->class_persons[c][r] : 0;
        }
    }
    // Of the displaced only those count who lose a move: the comparison tells.
    double *told = qon_arena_take(d->arena, n, sizeof *told);
    bool tells = effect_values(d, "movers_additional", told, l->replicates);
    for (size_t r = 0; r < n; r++) {
        t->money[r] += l->overhead[r];
        t->additional[r] =
            tells ? told[r] : t->class_persons[INDUCED][r] - t->class_persons[DISPLACED][r] + t->class_persons[SPILL_OVER][r];
        t->deadweight_share[r] = t->paid[r] > 0 ? 100 * t->class_persons[DEADWEIGHT][r] / t->paid[r] : NAN;
    }
    t->additional_mean = qon_interval_mean(t->additional, l->replicates);
    t->share = qon_interval_mean(t->deadweight_share, l->replicates);
    t->spent = qon_interval_mean(t->money, l->replicates);
    t->cost = qon_interval_ratio(t->money, t->additional, l->replicates);
    // A cost per mover of a policy that moves nobody, or drives away, means nothing.
    if (!(t->additional_mean.mean > 0)) {
        t->cost = (struct qon_interval){NAN, NAN, NAN, l->replicates};
    }
}

static void topsheet_table(struct qon_document *d, const struct ledger *l, const struct totals *t) {
    static const enum qon_text_id head[] = {QON_T_CLASS, QON_T_PERSONS, QON_T_INTERVAL_HEAD, QON_T_SHARE, QON_T_MILLION_TENGE};
    struct qon_rows *rows = qon_rows_start(d, 5, head);
    double paid = qon_interval_mean(t->paid, l->replicates).mean;
    for (int c = 0; c < CLASSES; c++) {
        struct qon_interval persons = qon_interval_mean(t->class_persons[c], l->replicates);
        struct qon_interval money = qon_interval_mean(over_programmes(d, l, l->tenge, c), l->replicates);
        const char *cell[] = {qon_t(d, class_word[c]), qon_number(d, persons.mean, 0, 0), interval_text(d, persons, 0, 0, false),
                              c < PAID ? qon_number(d, 100 * persons.mean / paid, 0, QON_PERCENT) : "",
                              qon_number(d, money.mean / 1e6, 1, 0)};
        qon_rows_add(rows, cell);
    }
    const char *cell[] = {qon_t(d, QON_T_ADDITIONAL), qon_number(d, t->additional_mean.mean, 0, 0),
                          interval_text(d, t->additional_mean, 0, 0, false), "", qon_number(d, t->spent.mean / 1e6, 1, 0)};
    qon_rows_add(rows, cell);
    rows->strong[rows->rows - 1] = true;
    qon_rows_end(rows, NULL, false);
}

static const struct {
    const char *name, *unit;
    int digits;
    const char *label[3];
} effects[] = {
#define EFFECT(name, unit, digits, main, en, kk, ru, meaning) {#name, unit, digits, {en, kk, ru}},
#include <qonys/effects.def>
#undef EFFECT
};

static const char *effect_unit(struct qon_document *d, const char *unit) {
    static const struct {
        const char *unit;
        enum qon_text_id word;
    } known[] = {
        {"person", QON_T_UNIT_PERSONS}, {"percent", QON_T_UNIT_PERCENT}, {"tenge", QON_T_UNIT_TENGE}, {"month", QON_T_UNIT_MONTHS}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(known[i].unit, unit) == 0) {
            return qon_t(d, known[i].word);
        }
    }
    return unit;
}

// A cost per mover is the quotient of means, here as on the card above; other effects are means of replicates.
static struct qon_interval effect_interval(struct qon_document *d, const struct totals *t, const char *name, const double *value, int n) {
    static const char prefix[] = "cost_per_retained_";
    if (strcmp(name, "cost_per_additional_tenge") == 0) {
        return t->cost;
    }
    if (strncmp(name, prefix, sizeof prefix - 1) != 0 || !(t->additional_mean.mean > 0)) {
        return qon_interval_mean(value, n);
    }
    char share_name[64];
    double *share = qon_arena_take(d->arena, (size_t)n, sizeof *share);
    snprintf(share_name, sizeof share_name, "retained_%.2s_share", name + sizeof prefix - 1);
    if (!effect_values(d, share_name, share, n)) {
        return qon_interval_mean(value, n);
    }
    for (int r = 0; r < n; r++) {
        share[r] *= t->additional[r] / 100;
    }
    return qon_interval_ratio(t->money, share, n);
}

static void effects_table(struct qon_document *d, const struct ledger *l, const struct totals *t) {
    static const enum qon_text_id head[] = {QON_T_EFFECT, QON_T_UNIT, QON_T_MEAN, QON_T_INTERVAL_HEAD};
    struct qon_rows *rows = qon_rows_start(d, 4, head);
    rows->align[1] = QON_LEFT;
    double *value = qon_arena_take(d->arena, (size_t)l->replicates, sizeof *value);
    for (size_t i = 0; i < sizeof effects / sizeof effects[0]; i++) {
        if (!effect_values(d, effects[i].name, value, l->replicates)) {
            continue;
        }
        struct qon_interval e = effect_interval(d, t, effects[i].name, value, l->replicates);
        const char *cell[] = {effects[i].label[d->language], effect_unit(d, effects[i].unit),
                              isfinite(e.mean) && e.count > 0 ? qon_number(d, e.mean, effects[i].digits, 0) : "–",
                              interval_text(d, e, effects[i].digits, 0, false)};
        qon_rows_add(rows, cell);
    }
    if (rows->rows > 0) {
        qon_rows_end(rows, qon_t(d, QON_T_EFFECTS_TABLE), false);
    }
}

static void topsheet(struct qon_document *d, const struct ledger *l) {
    struct totals t;
    totals_make(d, l, &t);
    struct qon_block *cards = qon_block_add(d, QON_BLOCK_CARDS, NULL);
    qon_card_add(d, cards,
                 (struct qon_card){"additional_movers", qon_t(d, QON_T_ADDITIONAL), qon_number(d, t.additional_mean.mean, 0, 0),
                                   interval_text(d, t.additional_mean, 0, 0, true), t.additional_mean.mean});
    const char *share = qon_arena_format(d->arena, "%s; %s", qon_t(d, QON_T_OF_PAID), interval_text(d, t.share, 0, QON_PERCENT, true));
    qon_card_add(d, cards,
                 (struct qon_card){"deadweight_share", qon_t(d, QON_T_DEADWEIGHT), qon_number(d, t.share.mean, 0, QON_PERCENT), share,
                                   t.share.mean});
    qon_card_add(d, cards,
                 (struct qon_card){"cost_per_additional_mover", qon_t(d, QON_T_COST_PER), qon_number(d, t.cost.mean, 0, 0),
                                   interval_text(d, t.cost, 0, 0, true), t.cost.mean});
    struct qon_interval million = {t.spent.mean / 1e6, t.spent.low / 1e6, t.spent.high / 1e6, t.spent.count};
    qon_card_add(d, cards,
                 (struct qon_card){"money_spent", qon_t(d, QON_T_COST_ALL), qon_number(d, million.mean, 1, 0),
                                   interval_text(d, million, 1, 0, true), t.spent.mean});
    double paid = qon_interval_mean(t.paid, l->replicates).mean;
    if (paid > 0) {
        double induced = 100 * qon_interval_mean(t.class_persons[INDUCED], l->replicates).mean / paid;
        double anyway = 100 * qon_interval_mean(t.class_persons[DEADWEIGHT], l->replicates).mean / paid;
        qon_block_add(d, QON_BLOCK_TEXT,
                      qon_arena_format(d->arena, qon_t(d, QON_T_TOP_SENTENCE), qon_number(d, induced, 0, 0), qon_number(d, anyway, 0, 0)));
    }
    topsheet_table(d, l, &t);
    qon_block_add(d, QON_BLOCK_NOTE, qon_arena_format(d->arena, qon_t(d, QON_T_TOP_METHOD), qon_number(d, l->replicates, 0, 0)));
    effects_table(d, l, &t);
}

static void stacked_add(struct qon_document *d, const struct ledger *l, const double *of, double scale, enum qon_text_id title,
                        enum qon_text_id unit, int digits, const char *caption) {
    struct qon_bars *bars = qon_arena_take(d->arena, 1, sizeof *bars);
    const char **label = qon_arena_take(d->arena, (size_t)l->programmes, sizeof *label);
    const char **segment = qon_arena_take(d->arena, PAID, sizeof *segment);
    int *colour = qon_arena_take(d->arena, PAID, sizeof *colour);
    double *value = qon_arena_take(d->arena, PAID * (size_t)l->programmes, sizeof *value);
    for (int c = 0; c < PAID; c++) {
        segment[c] = qon_t(d, class_word[c]);
        static const int hue[PAID] = {QON_HUE, QON_NODATA, QON_HUE + 2, QON_HUE + 4};
        colour[c] = hue[c];
    }
    int rows = 0;
    for (int p = 0; p < l->programmes; p++) {
        if (*l->programme[p] == 0) {
            continue; // those whom nobody paid
        }
        label[rows] = qon_programme_title(d->source, d->run, l->programme[p], d->language);
        for (int c = 0; c < PAID; c++) {
            const double *row = of + ((size_t)p * CLASSES + (size_t)c) * (size_t)l->replicates;
            value[rows * PAID + c] = qon_interval_mean(row, l->replicates).mean * scale;
        }
        rows++;
    }
    *bars = (struct qon_bars){.rows = rows,
                              .segments = PAID,
                              .label = label,
                              .segment = segment,
                              .colour = colour,
                              .value = value,
                              .stacked = true,
                              .digits = digits,
                              .unit = qon_t(d, unit)};
    qon_figure_add(d, qon_t(d, title), qon_draw_bars, qon_bars_height, bars, caption, false);
}

// ---------------------------------------------------------------------------------------------------------------- effects

struct effect {
    int replicates;
    struct qon_interval *region; // [regions]
    struct qon_interval country;
    bool found;
};

static struct effect effect_read(struct qon_document *d, const char *indicator) {
    struct qon_source *source = d->source;
    struct effect e = {.replicates = count_of(d, "SELECT count(DISTINCT replicate) FROM effect WHERE base=?1 AND alt=?2")};
    size_t n = (size_t)e.replicates;
    size_t regions = (size_t)source->regions + 1; // the last one is the country
    double *sum = qon_arena_take(d->arena, regions * n + 1, sizeof *sum);
    double *weight = qon_arena_take(d->arena, regions * n + 1, sizeof *weight);
    int *number = qon_arena_take(d->arena, n + 1, sizeof *number);
    int numbers = 0;
    int known = qon_source_indicator(source, indicator);
    bool additive = known >= 0 && source->indicator[known].additive;
    sqlite3_stmt *s =
        qon_source_query(source, "SELECT replicate, zone, value FROM effect WHERE base=?1 AND alt=?2 AND indicator=?3 ORDER BY replicate");
    sqlite3_bind_text(s, 1, d->base_name, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 2, d->alt_name, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 3, indicator, -1, SQLITE_STATIC);
    while (qon_source_next(source, s)) {
        int zone = qon_source_zone(source, (const char *)sqlite3_column_text(s, 1));
        int r = replicate_of(number, &numbers, e.replicates, sqlite3_column_int(s, 0));
        double v = qon_source_number(s, 2);
        if (zone < 0 || r < 0 || !isfinite(v) || (zone < source->zones && source->zone[zone].region < 0)) {
            continue;
        }
        size_t region = zone == source->zones ? regions - 1 : (size_t)source->zone[zone].region;
        double w = additive || zone == source->zones ? 1 : source->zone[zone].persons_start;
        sum[region * n + (size_t)r] += v * w;
        weight[region * n + (size_t)r] += w;
        e.found = true;
    }
    sqlite3_finalize(s);
    e.region = qon_arena_take(d->arena, regions, sizeof *e.region);
    for (size_t k = 0; k < regions; k++) {
        for (size_t r = 0; r < n; r++) {
            double w = weight[k * n + r];
            sum[k * n + r] = w > 0 ? (additive ? sum[k * n + r] : sum[k * n + r] / w) : NAN;
        }
        e.region[k] = qon_interval_mean(sum + k * n, e.replicates);
    }
    e.country = e.region[regions - 1];
    return e;
}

static bool includes_zero(struct qon_interval i) {
    return isfinite(i.low) && i.low <= 0 && i.high >= 0;
}

static int effect_digits(double largest) {
    return largest >= 100 ? 0 : largest >= 1 ? 1 : largest >= 0.1 ? 2 : 3;
}

static void effect_map(struct qon_document *d, const char *indicator, const struct effect *e) {
    int n = d->source->regions;
    struct qon_choropleth *map = qon_arena_take(d->arena, 1, sizeof *map);
    double *value = qon_arena_take(d->arena, (size_t)n + 1, sizeof *value);
    bool *faint = qon_arena_take(d->arena, (size_t)n + 1, sizeof *faint);
    double largest = 0;
    for (int r = 0; r < n; r++) {
        value[r] = e->region[r].mean;
        faint[r] = includes_zero(e->region[r]);
        largest = isfinite(value[r]) ? fmax(largest, fabs(value[r])) : largest;
    }
    int known = qon_source_indicator(d->source, indicator);
    const char *label = known >= 0 ? d->source->indicator[known].label[d->language] : indicator;
    *map =
        (struct qon_choropleth){.map = &d->map,
                                .value = value,
                                .label = d->label,
                                .digits = effect_digits(largest),
                                .with_sign = true,
                                .faint = faint,
                                .caption = qon_arena_format(d->arena, qon_t(d, QON_T_DIFF_KEY), label, qon_number(d, e->replicates, 0, 0)),
                                .no_data = qon_t(d, QON_T_NO_DATA)};
    qon_classes_make_diverging(&map->classes, value, n, 7);
    const char *title = strcmp(indicator, "population") == 0 ? qon_t(d, QON_T_DIFF_POPULATION) : label;
    qon_figure_add(d, title, qon_draw_choropleth, qon_choropleth_height, map, NULL, false);
}

static void effect_bars(struct qon_document *d, const struct effect *e) {
    int n = d->source->regions;
    struct qon_bars *bars = qon_arena_take(d->arena, 1, sizeof *bars);
    double *value = qon_arena_take(d->arena, 3 * (size_t)n + 1, sizeof *value);
    const char **label = qon_arena_take(d->arena, (size_t)n + 1, sizeof *label);
    int *colour = qon_arena_take(d->arena, 1, sizeof *colour);
    *colour = QON_HUE;
    for (int r = 0; r < n; r++) {
        int at = r;
        for (; at > 0 && value[at - 1] < e->region[r].mean; at--) {
            value[at] = value[at - 1];
            value[n + at] = value[n + at - 1];
            value[2 * n + at] = value[2 * n + at - 1];
            label[at] = label[at - 1];
        }
        value[at] = e->region[r].mean;
        value[n + at] = e->region[r].low;
        value[2 * n + at] = e->region[r].high;
        label[at] = d->label[r];
    }
    *bars = (struct qon_bars){.rows = n,
                              .segments = 1,
                              .label = label,
                              .colour = colour,
                              .value = value,
                              .low = value + n,
                              .high = value + 2 * n,
                              .flags = QON_SIGNED,
                              .unit = qon_t(d, QON_T_PERSONS)};
    qon_figure_add(d, qon_t(d, QON_T_BY_REGION), qon_draw_bars, qon_bars_height, bars, NULL, false);
}

static void effect_table(struct qon_document *d) {
    static const enum qon_text_id head[] = {QON_T_INDICATOR, QON_T_DIFFERENCE_WORD, QON_T_INTERVAL_HEAD};
    struct qon_rows *rows = qon_rows_start(d, 3, head);
    for (int i = 0; i < d->source->indicators; i++) {
        const char *name = d->source->indicator[i].name;
        if (strstr(name, "_age_") && strncmp(name, "population", 10) == 0) {
            continue; // a row for each age group would bury the rest
        }
        struct effect e = effect_read(d, name);
        if (!e.found || e.country.count == 0) {
            continue;
        }
        int digits = effect_digits(fabs(e.country.mean));
        const char *cell[] = {d->source->indicator[i].label[d->language], qon_number(d, e.country.mean, digits, QON_SIGNED),
                              interval_text(d, e.country, digits, QON_SIGNED, false)};
        qon_rows_add(rows, cell);
    }
    if (rows->rows > 0) {
        qon_rows_end(rows, qon_t(d, QON_T_DIFF_TABLE), false);
    }
}

static void budget(struct qon_document *d, const struct ledger *l, bool ledger) {
    qon_section_start(d, QON_T_BUDGET, "budget");
    if (ledger) {
        stacked_add(d, l, l->tenge, 1e-6, QON_T_MONEY_BY_CLASS, QON_T_MILLION_TENGE, 1, qon_t(d, QON_T_MONEY_NOTE));
    }
    struct qon_programme_month *m;
    int count = qon_source_programme_months(d->source, d->run, &m);
    if (count == 0) {
        qon_block_add(d, QON_BLOCK_NOTE, qon_t(d, QON_T_WHY_NO_PROGRAMMES));
        return;
    }
    const struct qon_source_run *run = &d->source->run[d->run];
    int first = run->start / 12;
    int years = (run->start + run->months - 1) / 12 - first + 1;
    struct qon_bars *bars = qon_arena_take(d->arena, 1, sizeof *bars);
    double *value = qon_arena_take(d->arena, (size_t)years, sizeof *value);
    const char **label = qon_arena_take(d->arena, (size_t)years, sizeof *label);
    int *colour = qon_arena_take(d->arena, 1, sizeof *colour);
    *colour = QON_HUE;
    for (int y = 0; y < years; y++) {
        label[y] = qon_arena_format(d->arena, "%d", 1900 + first + y);
    }
    for (int i = 0; i < count; i++) {
        value[(run->start + m[i].month) / 12 - first] += m[i].spent_tenge / 1e6;
    }
    *bars = (struct qon_bars){
        .rows = years, .segments = 1, .label = label, .colour = colour, .value = value, .digits = 1, .unit = qon_t(d, QON_T_MILLION_TENGE)};
    qon_figure_add(d, qon_t(d, QON_T_PER_YEAR), qon_draw_bars, qon_bars_height, bars, NULL, false);
}

void qon_sections_comparison(struct qon_document *d) {
    struct ledger l;
    qon_section_start(d, QON_T_TOPSHEET, "topsheet");
    bool ledger = ledger_read(d, &l);
    if (ledger) {
        topsheet(d, &l);
    } else {
        qon_block_add(d, QON_BLOCK_NOTE, qon_t(d, QON_T_WHY_NO_LEDGER));
    }
    qon_section_start(d, QON_T_DIFFERENCE, "differences");
    static const char *const mapped[] = {"population", "unemployment_rate", "wage_mean", "rent"};
    struct effect population = effect_read(d, "population");
    bool any = false;
    for (size_t i = 0; i < sizeof mapped / sizeof *mapped; i++) {
        struct effect e = effect_read(d, mapped[i]);
        any = any || e.found;
        if (e.found && d->map.regions > 0) {
            effect_map(d, mapped[i], &e);
        }
    }
    if (any) {
        if (d->map.regions == 0) {
            qon_block_add(d, QON_BLOCK_NOTE, qon_t(d, QON_T_WHY_NO_MAP));
        }
        effect_table(d);
    } else {
        qon_block_add(d, QON_BLOCK_NOTE, qon_t(d, QON_T_WHY_NO_EFFECTS));
    }
    qon_section_start(d, QON_T_DISTRIBUTION, "distribution");
    if (ledger) {
        stacked_add(d, &l, l.persons, 1, QON_T_BY_CLASS, QON_T_PERSONS, 0, NULL);
    } else {
        qon_block_add(d, QON_BLOCK_NOTE, qon_t(d, QON_T_WHY_NO_LEDGER));
    }
    qon_compare_groups(d);
    if (population.found) {
        effect_bars(d, &population);
    }
    budget(d, &l, ledger);
}
