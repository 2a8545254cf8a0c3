// SPDX-License-Identifier: GPL-3.0-or-later
// Tables for other programs: regions first, then the tables of the results file, with words in the report's language.
#include "export.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static void grid_start(struct qon_document *d, struct qon_grid *grid, const char *name, enum qon_text_id sheet, int columns) {
    *grid = (struct qon_grid){.name = name, .sheet = qon_t(d, sheet), .columns = columns};
    grid->column = qon_arena_take(d->arena, (size_t)columns, sizeof *grid->column);
}

static void column_set(struct qon_grid *grid, int c, const char *name, const char *head, enum qon_cell_kind kind, int digits) {
    grid->column[c] = (struct qon_grid_column){name, head, kind, digits};
}

// A row of empty cells at the end.
static struct qon_grid_cell *row_add(struct qon_document *d, struct qon_grid *grid) {
    size_t width = (size_t)grid->columns;
    if (grid->rows == grid->room) {
        int room = 2 * grid->room + 256;
        struct qon_grid_cell *cell = qon_arena_take(d->arena, (size_t)room * width, sizeof *cell);
        if (grid->rows > 0) {
            memcpy(cell, grid->cell, (size_t)grid->rows * width * sizeof *cell);
        }
        grid->cell = cell;
        grid->room = room;
    }
    struct qon_grid_cell *row = grid->cell + (size_t)grid->rows * width;
    for (size_t c = 0; c < width; c++) {
        row[c].number = NAN;
    }
    grid->rows++;
    return row;
}

struct query_column {
    const char *name;
    enum qon_text_id head;
    enum qon_cell_kind kind;
    int digits;
};

// A grid straight from a query; its columns in order.
static void grid_query(struct qon_document *d, struct qon_grid *grid, const char *name, enum qon_text_id sheet, int columns,
                       const struct query_column *column, const char *sql) {
    grid_start(d, grid, name, sheet, columns);
    for (int c = 0; c < columns; c++) {
        column_set(grid, c, column[c].name, qon_t(d, column[c].head), column[c].kind, column[c].digits);
    }
    sqlite3_stmt *s = qon_source_query(d->source, sql);
    while (qon_source_next(d->source, s) && grid->rows < QON_GRID_ROWS_MOST) {
        struct qon_grid_cell *row = row_add(d, grid);
        for (int c = 0; c < columns; c++) {
            if (column[c].kind == QON_CELL_NUMBER) {
                row[c].number = qon_source_number(s, c);
            } else {
                row[c].text = qon_source_text(d->source, s, c);
            }
        }
    }
    sqlite3_finalize(s);
}

static void regions_make(struct qon_document *d, struct qon_grid *grid) {
    static const struct {
        const char *name;
        enum qon_text_id head;
        int digits;
    } column[] = {{"region", QON_T_REGION, 0},
                  {"population", QON_T_POPULATION, 0},
                  {"births", QON_T_BIRTHS, 0},
                  {"deaths", QON_T_DEATHS, 0},
                  {"arrivals_region", QON_T_ARRIVALS, 0},
                  {"departures_region", QON_T_DEPARTURES, 0},
                  {"net_migration_region", QON_T_NET, 0},
                  {"net_migration_external", QON_T_NET_EXTERNAL, 0},
                  {"density", QON_T_DENSITY, 1},
                  {"unemployment_rate", QON_T_UNEMPLOYMENT, 1},
                  {"wage_mean", QON_T_WAGE, 0},
                  {"rent", QON_T_RENT, 0},
                  {"ageing_index", QON_T_AGEING, 1}};
    enum { COLUMNS = sizeof column / sizeof *column };
    int months = d->source->run[d->run].months;
    const double *value[COLUMNS];
    int used[COLUMNS];
    int columns = 0;
    for (int c = 0; c < COLUMNS; c++) {
        value[c] = c == 0 ? NULL : qon_source_by_region(d->source, d->run, column[c].name, 0, months);
        if (c == 0 || value[c]) {
            used[columns++] = c;
        }
    }
    grid_start(d, grid, "regions", QON_T_SHEET_REGIONS, columns);
    for (int c = 0; c < columns; c++) {
        column_set(grid, c, column[used[c]].name, qon_t(d, column[used[c]].head), c == 0 ? QON_CELL_TEXT : QON_CELL_NUMBER,
                   column[used[c]].digits);
    }
    for (int r = 0; r < d->source->regions && columns > 1; r++) {
        struct qon_grid_cell *row = row_add(d, grid);
        row[0].text = d->source->region[r].name[d->language];
        for (int c = 1; c < columns; c++) {
            row[c].number = value[used[c]][r];
        }
    }
}

// One row a month and zone, one column an indicator; the country's months come first.
static void series_make(struct qon_document *d, struct qon_grid *grid) {
    enum { FIXED = 5 };
    struct qon_source *source = d->source;
    int *indicator = qon_arena_take(d->arena, (size_t)source->indicators + 1, sizeof *indicator);
    int used = 0;
    for (int i = 0; i < source->indicators; i++) {
        if (qon_source_panel(source, d->run, source->indicator[i].name)) {
            indicator[used++] = i;
        }
    }
    grid_start(d, grid, "series", QON_T_SHEET_SERIES, FIXED + used);
    column_set(grid, 0, "run", qon_t(d, QON_T_COLUMN_RUN), QON_CELL_NUMBER, 0);
    column_set(grid, 1, "month", qon_t(d, QON_T_COLUMN_MONTH), QON_CELL_MONTH, 0);
    column_set(grid, 2, "zone", qon_t(d, QON_T_COLUMN_ZONE), QON_CELL_TEXT, 0);
    column_set(grid, 3, "region", qon_t(d, QON_T_COLUMN_REGION), QON_CELL_TEXT, 0);
    column_set(grid, 4, "kind", qon_t(d, QON_T_COLUMN_KIND), QON_CELL_TEXT, 0);
    for (int i = 0; i < used; i++) {
        const struct qon_source_indicator *its = &source->indicator[indicator[i]];
        column_set(grid, FIXED + i, its->name, its->label[d->language], QON_CELL_NUMBER, its->additive ? 0 : 2);
    }
    const struct qon_source_run *run = &source->run[d->run];
    grid->country_rows = run->months;
    for (int k = 0; k <= source->zones && used > 0; k++) {
        int zone = k == 0 ? source->zones : k - 1;
        for (int m = 0; m < run->months && grid->rows < QON_GRID_ROWS_MOST; m++) {
            struct qon_grid_cell *row = row_add(d, grid);
            int32_t month = run->start + m;
            row[0].number = run->number;
            row[1].text = qon_arena_format(d->arena, "%04d-%02d", 1900 + month / 12, month % 12 + 1);
            row[2].text = k == 0 ? "ALL" : source->zone[zone].id;
            int region = k == 0 ? -1 : source->zone[zone].region;
            row[3].text = k == 0 ? qon_t(d, QON_T_COUNTRY) : region >= 0 ? source->region[region].name[d->language] : NULL;
            row[4].text = k == 0 ? NULL : source->zone[zone].kind;
            for (int i = 0; i < used; i++) {
                const double *panel = qon_source_panel(source, d->run, source->indicator[indicator[i]].name);
                row[FIXED + i].number = panel[(size_t)m * (size_t)(source->zones + 1) + (size_t)zone];
            }
        }
    }
}

static void flows_make(struct qon_document *d, struct qon_grid *grid) {
    static const struct query_column column[] = {
        {"run", QON_T_COLUMN_RUN, QON_CELL_NUMBER, 0},         {"month", QON_T_COLUMN_MONTH, QON_CELL_MONTH, 0},
        {"origin", QON_T_COLUMN_ORIGIN, QON_CELL_TEXT, 0},     {"destination", QON_T_COLUMN_DESTINATION, QON_CELL_TEXT, 0},
        {"kind", QON_T_COLUMN_KIND, QON_CELL_TEXT, 0},         {"programme", QON_T_PROGRAMME, QON_CELL_TEXT, 0},
        {"persons", QON_T_COLUMN_PERSONS, QON_CELL_NUMBER, 0}, {"households", QON_T_COLUMN_HOUSEHOLDS, QON_CELL_NUMBER, 0}};
    sqlite3_stmt *s = qon_source_query(d->source, "SELECT count(*) FROM flow");
    bool few = qon_source_next(d->source, s) && sqlite3_column_int64(s, 0) <= QON_GRID_ROWS_MOST;
    sqlite3_finalize(s);
    // More rows than a sheet holds: years instead of months.
    grid_query(d, grid, "flow", QON_T_SHEET_FLOWS, 8, column,
               few ? "SELECT run, month, origin, destination, kind, programme, persons, households FROM flow ORDER BY fid"
                   : "SELECT run, substr(month,1,4), origin, destination, kind, programme, sum(persons), sum(households) FROM flow"
                     " GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2");
}

static void rest_make(struct qon_document *d, struct qon_grid *grid) {
    static const struct query_column programme[] = {{"run", QON_T_COLUMN_RUN, QON_CELL_NUMBER, 0},
                                                    {"month", QON_T_COLUMN_MONTH, QON_CELL_MONTH, 0},
                                                    {"programme", QON_T_PROGRAMME, QON_CELL_TEXT, 0},
                                                    {"region", QON_T_REGION, QON_CELL_TEXT, 0},
                                                    {"applicants", QON_T_APPLICANTS, QON_CELL_NUMBER, 0},
                                                    {"eligible", QON_T_ELIGIBLE, QON_CELL_NUMBER, 0},
                                                    {"granted", QON_T_GRANTED, QON_CELL_NUMBER, 0},
                                                    {"refused_quota", QON_T_REFUSED_QUOTA, QON_CELL_NUMBER, 0},
                                                    {"refused_budget", QON_T_REFUSED_BUDGET, QON_CELL_NUMBER, 0},
                                                    {"movers", QON_T_MOVERS, QON_CELL_NUMBER, 0},
                                                    {"spent_million_tenge", QON_T_SPENT, QON_CELL_NUMBER, 3},
                                                    {"clawed_back_million_tenge", QON_T_CLAWED_BACK, QON_CELL_NUMBER, 3},
                                                    {"bound", QON_T_BOUND, QON_CELL_NUMBER, 0},
                                                    {"retained_12", QON_T_STAYED_12, QON_CELL_NUMBER, 0},
                                                    {"retained_24", QON_T_STAYED_24, QON_CELL_NUMBER, 0},
                                                    {"retained_36", QON_T_STAYED_36, QON_CELL_NUMBER, 0}};
    static const struct query_column effect[] = {
        {"base", QON_T_FACT_SCENARIO, QON_CELL_TEXT, 0}, {"alt", QON_T_FACT_SCENARIO, QON_CELL_TEXT, 0},
        {"replicate", QON_T_RUN, QON_CELL_NUMBER, 0},    {"indicator", QON_T_INDICATOR, QON_CELL_TEXT, 0},
        {"zone", QON_T_COLUMN_ZONE, QON_CELL_TEXT, 0},   {"value", QON_T_DIFFERENCE_WORD, QON_CELL_NUMBER, 3}};
    static const struct query_column ledger[] = {{"base", QON_T_FACT_SCENARIO, QON_CELL_TEXT, 0},
                                                 {"alt", QON_T_FACT_SCENARIO, QON_CELL_TEXT, 0},
                                                 {"replicate", QON_T_RUN, QON_CELL_NUMBER, 0},
                                                 {"programme", QON_T_PROGRAMME, QON_CELL_TEXT, 0},
                                                 {"class", QON_T_CLASS, QON_CELL_TEXT, 0},
                                                 {"persons", QON_T_PERSONS, QON_CELL_NUMBER, 0},
                                                 {"million_tenge", QON_T_MILLION_TENGE, QON_CELL_NUMBER, 3}};
    static const struct query_column zone[] = {{"id", QON_T_COLUMN_ID, QON_CELL_TEXT, 0},
                                               {"region", QON_T_COLUMN_REGION, QON_CELL_TEXT, 0},
                                               {"kind", QON_T_COLUMN_KIND, QON_CELL_TEXT, 0},
                                               {"area_km2", QON_T_AREA, QON_CELL_NUMBER, 0},
                                               {"persons_start", QON_T_AT_START, QON_CELL_NUMBER, 0}};
    grid_query(d, &grid[0], "programme", QON_T_PROGRAMMES, 16, programme,
               "SELECT run, month, programme, region, applicants, eligible, granted, refused_quota, refused_budget, movers, spent_tiyn/1e8,"
               " clawed_back_tiyn/1e8, bound, retained_12, retained_24, retained_36 FROM programme ORDER BY fid");
    grid_query(d, &grid[1], "effect", QON_T_SHEET_EFFECT, 6, effect,
               "SELECT base, alt, replicate, indicator, zone, value FROM effect ORDER BY fid");
    grid_query(d, &grid[2], "ledger", QON_T_SHEET_LEDGER, 7, ledger,
               "SELECT base, alt, replicate, programme, class, persons, tiyn/1e8 FROM ledger ORDER BY fid");
    grid_query(d, &grid[3], "zone", QON_T_SHEET_ZONES, 5, zone, "SELECT id, region, kind, area_km2, persons_start FROM zone ORDER BY fid");
}

static void targets_make(struct qon_document *d, struct qon_grid *grid) {
    grid_start(d, grid, "target", QON_T_TARGETS, 5);
    column_set(grid, 0, "run", qon_t(d, QON_T_COLUMN_RUN), QON_CELL_NUMBER, 0);
    column_set(grid, 1, "name", qon_t(d, QON_T_TARGET), QON_CELL_TEXT, 0);
    column_set(grid, 2, "value", qon_t(d, QON_T_VALUE), QON_CELL_NUMBER, 2);
    column_set(grid, 3, "goal", qon_t(d, QON_T_GOAL), QON_CELL_NUMBER, 2);
    column_set(grid, 4, "verdict", qon_t(d, QON_T_VERDICT), QON_CELL_TEXT, 0);
    for (int r = 0; r < d->source->runs; r++) {
        struct qon_target_row *t;
        int count = qon_source_targets(d->source, r, &t);
        for (int i = 0; i < count; i++) {
            struct qon_grid_cell *row = row_add(d, grid);
            row[0].number = d->source->run[r].number;
            row[1].text = t[i].label[d->language];
            row[2].number = t[i].applies ? t[i].value : NAN;
            row[3].number = t[i].goal;
            row[4].text = qon_t(d, !t[i].applies ? QON_T_NOT_MEASURED : t[i].met ? QON_T_MET : QON_T_MISSED);
        }
    }
}

// What every indicator, table and column means.
static void definitions_make(struct qon_document *d, struct qon_grid *grid) {
    grid_start(d, grid, "definition", QON_T_SHEET_DEFINITIONS, 5);
    column_set(grid, 0, "table", qon_t(d, QON_T_COLUMN_TABLE), QON_CELL_TEXT, 0);
    column_set(grid, 1, "name", qon_t(d, QON_T_COLUMN_COLUMN), QON_CELL_TEXT, 0);
    column_set(grid, 2, "label", qon_t(d, QON_T_COLUMN_NAME), QON_CELL_TEXT, 0);
    column_set(grid, 3, "unit", qon_t(d, QON_T_COLUMN_UNIT), QON_CELL_TEXT, 0);
    column_set(grid, 4, "meaning", qon_t(d, QON_T_COLUMN_MEANING), QON_CELL_TEXT, 0);
    for (int i = 0; i < d->source->indicators; i++) {
        const struct qon_source_indicator *its = &d->source->indicator[i];
        struct qon_grid_cell *row = row_add(d, grid);
        row[0].text = "series";
        row[1].text = its->name;
        row[2].text = its->label[d->language];
        row[3].text = its->unit;
        row[4].text = its->meaning;
    }
    if (!qon_source_has(d->source, "definition")) {
        return;
    }
    sqlite3_stmt *s = qon_source_query(d->source, "SELECT name, field, unit, meaning FROM definition ORDER BY fid");
    while (qon_source_next(d->source, s)) {
        struct qon_grid_cell *row = row_add(d, grid);
        row[0].text = qon_source_text(d->source, s, 0);
        row[1].text = qon_source_text(d->source, s, 1);
        row[3].text = qon_source_text(d->source, s, 2);
        row[4].text = qon_source_text(d->source, s, 3);
    }
    sqlite3_finalize(s);
}

static void run_make(struct qon_document *d, struct qon_grid *grid) {
    static const struct query_column column[] = {
        {"run", QON_T_COLUMN_RUN, QON_CELL_NUMBER, 0},        {"scenario", QON_T_FACT_SCENARIO, QON_CELL_TEXT, 0},
        {"command", QON_T_FACT_COMMAND, QON_CELL_TEXT, 0},    {"seed", QON_T_FACT_SEED, QON_CELL_TEXT, 0},
        {"scale", QON_T_FACT_SCALE, QON_CELL_NUMBER, 0},      {"hash", QON_T_FACT_HASH, QON_CELL_TEXT, 0},
        {"version", QON_T_FACT_VERSION, QON_CELL_TEXT, 0},    {"compiler", QON_T_FACT_COMPILER, QON_CELL_TEXT, 0},
        {"machine", QON_T_FACT_MACHINE, QON_CELL_TEXT, 0},    {"written", QON_T_FACT_WRITTEN, QON_CELL_TEXT, 0},
        {"state_digest", QON_T_FACT_DIGEST, QON_CELL_TEXT, 0}};
    grid_query(d, grid, "run", QON_T_RUN, 11, column,
               "SELECT run, scenario, command, seed, scale, hash, version, compiler, machine, written, state_digest FROM run ORDER BY run");
}

int qon_grids_make(struct qon_document *d, struct qon_grid *grid) {
    struct qon_grid all[QON_GRIDS_MOST];
    int count = 0;
    regions_make(d, &all[count++]);
    series_make(d, &all[count++]);
    flows_make(d, &all[count++]);
    targets_make(d, &all[count++]);
    rest_make(d, &all[count]);
    count += 4;
    run_make(d, &all[count++]);
    definitions_make(d, &all[count++]);
    int kept = 0;
    for (int i = 0; i < count; i++) {
        if (all[i].rows > 0) {
            grid[kept++] = all[i];
        }
    }
    return kept;
}

struct qon_grid *qon_grid_find(struct qon_grid *grid, int count, const char *name) {
    for (int i = 0; i < count; i++) {
        if (strcmp(grid[i].name, name) == 0) {
            return &grid[i];
        }
    }
    return NULL;
}
