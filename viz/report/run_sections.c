// SPDX-License-Identifier: GPL-3.0-or-later
// What a run came to: headline figures, people, migration, course, ages, labour.
#include "document.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static int months_of(const struct qon_document *d) {
    return d->source->run[d->run].months;
}

static double sum(const double *value, int count) {
    double total = 0;
    for (int i = 0; i < count; i++) {
        total += isfinite(value[i]) ? value[i] : 0;
    }
    return total;
}

static const char *last_month(const struct qon_document *d) {
    const struct qon_source_run *run = &d->source->run[d->run];
    return qon_month(d, run->start + run->months - 1);
}

static void card_sum(struct qon_document *d, struct qon_block *cards, const char *indicator, enum qon_text_id label, int flags) {
    const double *value = qon_source_country(d->source, d->run, indicator);
    if (value) {
        double total = sum(value, months_of(d));
        qon_card_add(d, cards,
                     (struct qon_card){indicator, qon_t(d, label), qon_number(d, total, 0, flags), qon_t(d, QON_T_OVER_RUN), total});
    }
}

static void card_last(struct qon_document *d, struct qon_block *cards, const char *indicator, enum qon_text_id label, int digits,
                      int flags) {
    const double *value = qon_source_country(d->source, d->run, indicator);
    int months = months_of(d);
    if (value && isfinite(value[months - 1])) {
        double last = value[months - 1];
        const char *detail = qon_arena_format(d->arena, qon_t(d, QON_T_IN_MONTH), last_month(d));
        qon_card_add(d, cards, (struct qon_card){indicator, qon_t(d, label), qon_number(d, last, digits, flags), detail, last});
    }
}

// Residents at the start by region: as the zones state them.
static double *start_by_region(struct qon_document *d) {
    double *value = qon_arena_take(d->arena, (size_t)d->source->regions + 1, sizeof *value);
    for (int z = 0; z < d->source->zones; z++) {
        const struct qon_source_zone *zone = &d->source->zone[z];
        if (zone->region >= 0) {
            value[zone->region] += zone->persons_start;
        }
    }
    return value;
}

void qon_section_summary(struct qon_document *d) {
    qon_section_start(d, QON_T_SUMMARY, "summary");
    struct qon_block *cards = qon_block_add(d, QON_BLOCK_CARDS, NULL);
    const double *population = qon_source_country(d->source, d->run, "population");
    if (population) {
        double last = population[months_of(d) - 1];
        double first = sum(start_by_region(d), d->source->regions);
        const char *detail =
            qon_arena_format(d->arena, qon_t(d, QON_T_SINCE_START), qon_number(d, 100 * (last / first - 1), 1, QON_SIGNED | QON_PERCENT));
        qon_card_add(d, cards, (struct qon_card){"population", qon_t(d, QON_T_POPULATION), qon_number(d, last, 0, 0), detail, last});
    }
    card_sum(d, cards, "births", QON_T_BIRTHS, 0);
    card_sum(d, cards, "deaths", QON_T_DEATHS, 0);
    card_sum(d, cards, "arrivals_region", QON_T_MOVES_REGION, 0);
    card_sum(d, cards, "moves_within_region", QON_T_MOVES_WITHIN, 0);
    card_sum(d, cards, "net_migration_external", QON_T_NET_EXTERNAL, QON_SIGNED);
    card_last(d, cards, "unemployment_rate", QON_T_UNEMPLOYMENT, 1, QON_PERCENT);
    card_last(d, cards, "wage_mean", QON_T_WAGE, 0, 0);
    if (cards->cards == 0) {
        qon_block_add(d, QON_BLOCK_NOTE, qon_t(d, QON_T_WHY_NO_SERIES));
    }
}

static void map_add(struct qon_document *d, const char *title, const double *value, struct qon_classes classes, int digits, bool with_sign,
                    const char *key) {
    struct qon_choropleth *map = qon_arena_take(d->arena, 1, sizeof *map);
    *map = (struct qon_choropleth){.map = &d->map,
                                   .value = value,
                                   .label = d->label,
                                   .classes = classes,
                                   .digits = digits,
                                   .with_sign = with_sign,
                                   .caption = key,
                                   .no_data = qon_t(d, QON_T_NO_DATA)};
    qon_figure_add(d, title, qon_draw_choropleth, qon_choropleth_height, map, NULL, false);
}

// Residents by area of the whole region.
static double *density_of(struct qon_document *d, const double *persons) {
    double *density = qon_arena_take(d->arena, (size_t)d->source->regions + 1, sizeof *density);
    double *area = qon_arena_take(d->arena, (size_t)d->source->regions + 1, sizeof *area);
    for (int z = 0; z < d->source->zones; z++) {
        if (d->source->zone[z].region >= 0) {
            area[d->source->zone[z].region] += d->source->zone[z].area_km2;
        }
    }
    for (int r = 0; r < d->source->regions; r++) {
        density[r] = area[r] > 0 ? persons[r] / area[r] : NAN;
    }
    return density;
}

static double *net_of(struct qon_document *d, const double *matrix) {
    int n = d->source->regions;
    double *net = qon_arena_take(d->arena, (size_t)n + 1, sizeof *net);
    for (int a = 0; a < n; a++) {
        for (int b = 0; b < n; b++) {
            if (a != b) {
                net[a] -= matrix[a * n + b];
                net[b] += matrix[a * n + b];
            }
        }
    }
    return net;
}

static double *flows_of(struct qon_document *d) {
    size_t n = (size_t)d->source->regions;
    double *matrix = qon_arena_take(d->arena, n * n + 1, sizeof *matrix);
    return qon_source_flows(d->source, d->run, 0, months_of(d), matrix) ? matrix : NULL;
}

static void people_table(struct qon_document *d, const double *start, const double *now, const double *density) {
    static const enum qon_text_id head[] = {QON_T_REGION, QON_T_AT_START, QON_T_AT_END, QON_T_CHANGE, QON_T_DENSITY};
    struct qon_rows *rows = qon_rows_start(d, 5, head);
    for (int r = 0; r < d->source->regions; r++) {
        const char *cell[] = {d->source->region[r].name[d->language], qon_number(d, start[r], 0, 0), qon_number(d, now[r], 0, 0),
                              qon_number(d, 100 * (now[r] / start[r] - 1), 1, QON_SIGNED | QON_PERCENT), qon_number(d, density[r], 1, 0)};
        qon_rows_add(rows, cell);
    }
    double first = sum(start, d->source->regions);
    double last = sum(now, d->source->regions);
    double area = 0;
    for (int z = 0; z < d->source->zones; z++) {
        area += d->source->zone[z].area_km2;
    }
    const char *cell[] = {qon_t(d, QON_T_COUNTRY), qon_number(d, first, 0, 0), qon_number(d, last, 0, 0),
                          qon_number(d, 100 * (last / first - 1), 1, QON_SIGNED | QON_PERCENT), qon_number(d, last / area, 1, 0)};
    qon_rows_add(rows, cell);
    rows->strong[rows->rows - 1] = true;
    qon_rows_end(rows, qon_t(d, QON_T_POPULATION), false);
}

void qon_section_people(struct qon_document *d) {
    qon_section_start(d, QON_T_PEOPLE, "people");
    const double *now = qon_source_by_region(d->source, d->run, "population", months_of(d) - 1, months_of(d));
    if (!now) {
        qon_block_add(d, QON_BLOCK_NOTE, qon_t(d, QON_T_WHY_NO_POPULATION));
        return;
    }
    const double *density = density_of(d, now);
    if (d->map.regions > 0) {
        struct qon_classes classes;
        qon_classes_make(&classes, QON_QUANTILES, density, d->source->regions, 5);
        const char *key = qon_arena_format(d->arena, qon_t(d, QON_T_MAP_DENSITY_KEY), last_month(d));
        map_add(d, qon_t(d, QON_T_MAP_DENSITY), density, classes, 1, false, key);
        struct qon_dots *dots = qon_arena_take(d->arena, 1, sizeof *dots);
        *dots = (struct qon_dots){.map = &d->map, .persons = now, .label = d->label, .caption = qon_t(d, QON_T_DOTS_KEY)};
        qon_figure_add(d, qon_t(d, QON_T_MAP_DOTS), qon_draw_dots, qon_dots_height, dots, NULL, false);
    } else {
        qon_block_add(d, QON_BLOCK_NOTE, qon_t(d, QON_T_WHY_NO_MAP));
    }
    people_table(d, start_by_region(d), now, density);
}

static void arcs_add(struct qon_document *d, const double *matrix) {
    int n = d->source->regions;
    struct qon_arcs *arcs = qon_arena_take(d->arena, 1, sizeof *arcs);
    struct qon_flow *flow = qon_arena_take(d->arena, (size_t)n * (size_t)n + 1, sizeof *flow);
    int count = 0;
    for (int i = 0; i < n * n; i++) {
        if (i / n != i % n && matrix[i] > 0) {
            flow[count++] = (struct qon_flow){i / n, i % n, matrix[i]};
        }
    }
    qon_flows_sort(flow, count);
    *arcs =
        (struct qon_arcs){.map = &d->map, .flow = flow, .count = count, .most = 50, .label = d->label, .caption = qon_t(d, QON_T_ARCS_KEY)};
    double share;
    int shown = qon_arcs_shown(arcs, &share);
    const char *caption = qon_arena_format(d->arena, qon_t(d, QON_T_ARCS_CAPTION), qon_number(d, shown, 0, 0), qon_number(d, count, 0, 0),
                                           qon_number(d, 100 * share, 0, QON_PERCENT));
    qon_figure_add(d, qon_t(d, QON_T_ARCS), qon_draw_arcs, qon_arcs_height, arcs, caption, false);
}

static void matrix_add(struct qon_document *d, const double *matrix) {
    int n = d->source->regions;
    struct qon_matrix *figure = qon_arena_take(d->arena, 1, sizeof *figure);
    double *value = qon_arena_take(d->arena, (size_t)n * (size_t)n + 1, sizeof *value);
    double most = 0;
    for (int i = 0; i < n * n; i++) {
        most = i / n != i % n ? fmax(most, matrix[i]) : most;
    }
    bool thousand = most >= 10000;
    for (int i = 0; i < n * n; i++) {
        value[i] = i / n == i % n ? NAN : matrix[i] / (thousand ? 1000 : 1);
    }
    *figure = (struct qon_matrix){.rows = n,
                                  .columns = n,
                                  .row_label = d->label,
                                  .column_label = d->label,
                                  .value = value,
                                  .digits = thousand ? 1 : 0,
                                  .row_word = qon_t(d, QON_T_FROM),
                                  .column_word = qon_t(d, QON_T_TO),
                                  .caption = qon_t(d, thousand ? QON_T_MATRIX_KEY_THOUSAND : QON_T_MATRIX_KEY)};
    qon_classes_make(&figure->classes, QON_QUANTILES, value, n * n, 7);
    qon_figure_add(d, qon_t(d, QON_T_MATRIX), qon_draw_matrix, qon_matrix_height, figure, NULL, false);
}

static void migration_table(struct qon_document *d, const double *matrix, const double *net, const double *rate) {
    static const enum qon_text_id head[] = {QON_T_REGION, QON_T_ARRIVALS,     QON_T_DEPARTURES,
                                            QON_T_NET,    QON_T_NET_PER_1000, QON_T_MOVES_WITHIN};
    int n = d->source->regions;
    struct qon_rows *rows = qon_rows_start(d, 6, head);
    for (int r = 0; r < n; r++) {
        double in = 0;
        double out = 0;
        for (int k = 0; k < n; k++) {
            in += k != r ? matrix[k * n + r] : 0;
            out += k != r ? matrix[r * n + k] : 0;
        }
        const char *cell[] = {d->source->region[r].name[d->language],
                              qon_number(d, in, 0, 0),
                              qon_number(d, out, 0, 0),
                              qon_number(d, net[r], 0, QON_SIGNED),
                              qon_number(d, rate[r], 1, QON_SIGNED),
                              qon_number(d, matrix[r * n + r], 0, 0)};
        qon_rows_add(rows, cell);
    }
    qon_rows_end(rows, qon_t(d, QON_T_MIGRATION), false);
}

void qon_section_migration(struct qon_document *d) {
    qon_section_start(d, QON_T_MIGRATION, "migration");
    const double *matrix = flows_of(d);
    if (!matrix) {
        qon_block_add(d, QON_BLOCK_NOTE, qon_t(d, QON_T_WHY_NO_FLOWS));
        return;
    }
    int n = d->source->regions;
    const double *net = net_of(d, matrix);
    const double *start = start_by_region(d);
    const double *now = qon_source_by_region(d->source, d->run, "population", months_of(d) - 1, months_of(d));
    double *rate = qon_arena_take(d->arena, (size_t)n + 1, sizeof *rate);
    for (int r = 0; r < n; r++) {
        double mean = now ? 0.5 * (start[r] + now[r]) : start[r];
        rate[r] = mean > 0 ? 1000 * net[r] / mean / (months_of(d) / 12.0) : NAN;
    }
    if (d->map.regions > 0) {
        struct qon_classes classes;
        qon_classes_make_diverging(&classes, rate, n, 7);
        map_add(d, qon_t(d, QON_T_MAP_NET), rate, classes, 1, true, qon_t(d, QON_T_MAP_NET_KEY));
        arcs_add(d, matrix);
    } else {
        qon_block_add(d, QON_BLOCK_NOTE, qon_t(d, QON_T_WHY_NO_MAP));
    }
    migration_table(d, matrix, net, rate);
    matrix_add(d, matrix);
}

void qon_section_course(struct qon_document *d) {
    static const char *const population[] = {"population"};
    static const char *const vital[] = {"births", "deaths"};
    static const char *const moves[] = {"arrivals_region", "moves_within_region"};
    static const char *const external[] = {"net_migration_external", "arrivals_kandas"};
    qon_section_start(d, QON_T_COURSE, "course");
    bool any = qon_lines_add(d, qon_t(d, QON_T_POPULATION), qon_t(d, QON_T_PERSONS), 1, population, true);
    const char *vital_title = qon_arena_format(d->arena, "%s, %s", qon_t(d, QON_T_BIRTHS), qon_t(d, QON_T_DEATHS));
    any |= qon_lines_add(d, vital_title, qon_t(d, QON_T_PERSONS_MONTH), 2, vital, true);
    const char *moves_title = qon_t(d, QON_T_MOVES_REGION);
    bool within = qon_source_country(d->source, d->run, "moves_within_region") != NULL;
    any |= qon_lines_add(d, moves_title, qon_t(d, QON_T_PERSONS_MONTH), within && d->base < 0 ? 2 : 1, moves, true);
    any |= qon_lines_add(d, qon_t(d, QON_T_NET_EXTERNAL), qon_t(d, QON_T_PERSONS_MONTH), d->base < 0 ? 2 : 1, external, true);
    bool alone = true;
    for (int r = 0; r < d->source->runs; r++) {
        alone = alone && (r == d->run || strcmp(d->source->run[r].scenario, d->source->run[d->run].scenario) != 0);
    }
    if (!any) {
        qon_block_add(d, QON_BLOCK_NOTE, qon_t(d, QON_T_WHY_NO_SERIES));
    } else if (alone) {
        qon_block_add(d, QON_BLOCK_NOTE, qon_t(d, QON_T_NO_BAND));
    }
}

// ---------------------------------------------------------------------------------------------------------------- ages

enum { GROUPS_MOST = 40 };
struct ages {
    int groups;
    const char *label[GROUPS_MOST];
    int men[GROUPS_MOST], women[GROUPS_MOST]; // indicators
};

// population_male_age_20_24, population_male_age_80_over: whatever groups the results hold, youngest first.
static void ages_find(struct qon_document *d, struct ages *ages) {
    static const char prefix[] = "population_male_age_";
    memset(ages, 0, sizeof *ages);
    int from[GROUPS_MOST];
    for (int i = 0; i < d->source->indicators && ages->groups < GROUPS_MOST; i++) {
        const char *name = d->source->indicator[i].name;
        int low, high;
        if (strncmp(name, prefix, sizeof prefix - 1) != 0 || sscanf(name + sizeof prefix - 1, "%d", &low) != 1) {
            continue;
        }
        int women = qon_source_indicator(d->source, qon_arena_format(d->arena, "population_female_age_%s", name + sizeof prefix - 1));
        if (women < 0) {
            continue;
        }
        bool open = sscanf(name + sizeof prefix - 1, "%d_%d", &low, &high) != 2;
        int at = ages->groups++;
        for (; at > 0 && from[at - 1] > low; at--) {
            from[at] = from[at - 1];
            ages->label[at] = ages->label[at - 1];
            ages->men[at] = ages->men[at - 1];
            ages->women[at] = ages->women[at - 1];
        }
        from[at] = low;
        ages->label[at] = open ? qon_arena_format(d->arena, "%d+", low) : qon_arena_format(d->arena, "%d–%d", low, high);
        ages->men[at] = i;
        ages->women[at] = women;
    }
}

// region -1: the country.
static double *ages_values(struct qon_document *d, const struct ages *ages, const int *indicator, int region, int month) {
    double *value = qon_arena_take(d->arena, (size_t)ages->groups + 1, sizeof *value);
    for (int g = 0; g < ages->groups; g++) {
        const char *name = d->source->indicator[indicator[g]].name;
        const double *of =
            region < 0 ? qon_source_country(d->source, d->run, name) : qon_source_by_region(d->source, d->run, name, month, month + 1);
        value[g] = !of ? 0 : region < 0 ? of[month] : of[region];
        value[g] = isfinite(value[g]) ? value[g] : 0;
    }
    return value;
}

static struct qon_pyramid *pyramid_make(struct qon_document *d, const struct ages *ages, int region) {
    struct qon_pyramid *p = qon_arena_take(d->arena, 1, sizeof *p);
    const char **label = qon_arena_take(d->arena, GROUPS_MOST, sizeof *label);
    memcpy(label, ages->label, sizeof ages->label);
    const struct qon_source_run *run = &d->source->run[d->run];
    int last = months_of(d) - 1;
    *p = (struct qon_pyramid){.groups = ages->groups,
                              .label = label,
                              .men = ages_values(d, ages, ages->men, region, last),
                              .women = ages_values(d, ages, ages->women, region, last),
                              .men_before = last > 0 ? ages_values(d, ages, ages->men, region, 0) : NULL,
                              .women_before = last > 0 ? ages_values(d, ages, ages->women, region, 0) : NULL,
                              .word_men = qon_t(d, QON_T_MEN),
                              .word_women = qon_t(d, QON_T_WOMEN),
                              .word_now = qon_month(d, run->start + last),
                              .word_before = qon_month(d, run->start)};
    return p;
}

static void bars_by_region(struct qon_document *d, const char *title, const char *indicator, int digits, int flags, const char *unit,
                           const char *caption, bool half) {
    int n = d->source->regions;
    const double *now = qon_source_by_region(d->source, d->run, indicator, months_of(d) - 1, months_of(d));
    if (!now) {
        return;
    }
    struct qon_bars *bars = qon_arena_take(d->arena, 1, sizeof *bars);
    const char **label = qon_arena_take(d->arena, (size_t)n + 1, sizeof *label);
    double *value = qon_arena_take(d->arena, (size_t)n + 1, sizeof *value);
    int *colour = qon_arena_take(d->arena, 1, sizeof *colour);
    *colour = QON_HUE;
    for (int r = 0; r < n; r++) { // sorted, largest first
        int at = r;
        double v = isfinite(now[r]) ? now[r] : -INFINITY;
        for (; at > 0 && (isfinite(value[at - 1]) ? value[at - 1] : -INFINITY) < v; at--) {
            value[at] = value[at - 1];
            label[at] = label[at - 1];
        }
        value[at] = now[r];
        label[at] = d->label[r];
    }
    *bars = (struct qon_bars){
        .rows = n, .segments = 1, .label = label, .colour = colour, .value = value, .digits = digits, .flags = flags, .unit = unit};
    qon_figure_add(d, title, qon_draw_bars, qon_bars_height, bars, caption, half);
}

void qon_section_ages(struct qon_document *d) {
    struct ages ages;
    qon_section_start(d, QON_T_AGES, "ages");
    ages_find(d, &ages);
    if (ages.groups == 0 || !qon_source_panel(d->source, d->run, d->source->indicator[ages.men[0]].name)) {
        qon_block_add(d, QON_BLOCK_NOTE, qon_t(d, QON_T_WHY_NO_AGES));
        return;
    }
    const double *ageing = qon_source_by_region(d->source, d->run, "ageing_index", months_of(d) - 1, months_of(d));
    int oldest = -1;
    int youngest = -1;
    for (int r = 0; ageing && r < d->source->regions; r++) {
        if (isfinite(ageing[r])) {
            oldest = oldest < 0 || ageing[r] > ageing[oldest] ? r : oldest;
            youngest = youngest < 0 || ageing[r] < ageing[youngest] ? r : youngest;
        }
    }
    const char *note = qon_t(d, QON_T_PYRAMID_NOTE);
    struct qon_pyramid *country = pyramid_make(d, &ages, -1);
    qon_figure_add(d, qon_t(d, QON_T_PYRAMID_COUNTRY), qon_draw_pyramid, qon_pyramid_height, country, note, true);
    bars_by_region(d, qon_t(d, QON_T_AGEING), "ageing_index", 1, 0, "", qon_t(d, QON_T_AGEING_NOTE), true);
    if (oldest < 0 || oldest == youngest) {
        return;
    }
    struct qon_pyramid *old = pyramid_make(d, &ages, oldest);
    struct qon_pyramid *young = pyramid_make(d, &ages, youngest);
    // One scale for all three.
    country->most = fmax(qon_pyramid_most(country), fmax(qon_pyramid_most(old), qon_pyramid_most(young)));
    old->most = young->most = country->most;
    const char *old_title = qon_arena_format(d->arena, qon_t(d, QON_T_PYRAMID_OLDEST), d->label[oldest]);
    const char *young_title = qon_arena_format(d->arena, qon_t(d, QON_T_PYRAMID_YOUNGEST), d->label[youngest]);
    qon_figure_add(d, old_title, qon_draw_pyramid, qon_pyramid_height, old, NULL, true);
    qon_figure_add(d, young_title, qon_draw_pyramid, qon_pyramid_height, young, NULL, true);
}

// ---------------------------------------------------------------------------------------------------------------- labour

void qon_section_labour(struct qon_document *d) {
    static const char *const unemployment[] = {"unemployment_rate"};
    static const char *const wage[] = {"wage_mean"};
    static const char *const vacancies[] = {"unemployed", "vacancies"};
    static const char *const rent[] = {"rent"};
    qon_section_start(d, QON_T_LABOUR, "labour");
    const double *rate = qon_source_by_region(d->source, d->run, "unemployment_rate", months_of(d) - 1, months_of(d));
    const double *wages = qon_source_by_region(d->source, d->run, "wage_mean", months_of(d) - 1, months_of(d));
    if (!rate && !wages) {
        qon_block_add(d, QON_BLOCK_NOTE, qon_t(d, QON_T_WHY_NO_LABOUR));
        return;
    }
    if (rate && d->map.regions > 0) {
        struct qon_classes classes;
        qon_classes_make(&classes, QON_JENKS, rate, d->source->regions, 5);
        const char *key = qon_arena_format(d->arena, qon_t(d, QON_T_UNEMPLOYMENT_MAP_KEY), last_month(d));
        map_add(d, qon_t(d, QON_T_UNEMPLOYMENT), rate, classes, 1, false, key);
    }
    qon_lines_add(d, qon_t(d, QON_T_UNEMPLOYMENT), qon_t(d, QON_T_PERCENT), 1, unemployment, true);
    bool both = d->base < 0 && qon_source_country(d->source, d->run, "vacancies");
    const char *title = qon_source_indicator(d->source, "unemployed") >= 0
                            ? d->source->indicator[qon_source_indicator(d->source, "unemployed")].label[d->language]
                            : "";
    qon_lines_add(d, title, qon_t(d, QON_T_PERSONS), both ? 2 : 1, vacancies, true);
    const char *by_region = qon_arena_format(d->arena, qon_t(d, QON_T_BY_REGION_IN), last_month(d));
    qon_lines_add(d, qon_t(d, QON_T_WAGE), "", 1, wage, true);
    qon_lines_add(d, qon_t(d, QON_T_RENT), "", 1, rent, true);
    bars_by_region(d, qon_t(d, QON_T_WAGE), "wage_mean", 0, 0, "", by_region, true);
    bars_by_region(d, qon_t(d, QON_T_RENT), "rent", 0, 0, "", by_region, true);
}
