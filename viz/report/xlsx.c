// SPDX-License-Identifier: GPL-3.0-or-later
// The workbook: one sheet a table, heads frozen and filtered, numbers and months as such, a sheet of charts, a sheet of definitions.
#include "export.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

struct book {
    lxw_workbook *workbook;
    lxw_format *head, *title, *month, *wrapped;
    lxw_format *number[4]; // by decimals
};

static void formats_make(struct book *book) {
    static const char *const number[4] = {"#,##0", "#,##0.0", "#,##0.00", "#,##0.000"};
    book->head = workbook_add_format(book->workbook);
    format_set_bold(book->head);
    format_set_text_wrap(book->head);
    format_set_align(book->head, LXW_ALIGN_VERTICAL_TOP);
    format_set_bg_color(book->head, 0xe9ecee);
    format_set_bottom(book->head, LXW_BORDER_THIN);
    book->title = workbook_add_format(book->workbook);
    format_set_bold(book->title);
    format_set_font_size(book->title, 14);
    book->month = workbook_add_format(book->workbook);
    format_set_num_format(book->month, "yyyy-mm");
    format_set_align(book->month, LXW_ALIGN_LEFT);
    book->wrapped = workbook_add_format(book->workbook);
    format_set_text_wrap(book->wrapped);
    format_set_align(book->wrapped, LXW_ALIGN_VERTICAL_TOP);
    for (int i = 0; i < 4; i++) {
        book->number[i] = workbook_add_format(book->workbook);
        format_set_num_format(book->number[i], number[i]);
    }
}

static int letters(const char *text) {
    int count = 0;
    for (; text && *text; text++) {
        count += ((unsigned char)*text & 0xc0) != 0x80;
    }
    return count;
}

// As wide as the widest of the first cells, within reason.
static double column_width(const struct qon_grid *grid, int c) {
    int widest = letters(grid->column[c].head) / 2;
    for (int r = 0; r < grid->rows && r < 200; r++) {
        const struct qon_grid_cell *cell = &grid->cell[(size_t)r * (size_t)grid->columns + (size_t)c];
        int width = grid->column[c].kind == QON_CELL_NUMBER ? 11 : letters(cell->text);
        widest = width > widest ? width : widest;
    }
    return widest < 9 ? 10 : widest > 60 ? 62 : widest + 2;
}

static bool cell_write(const struct book *book, lxw_worksheet *sheet, const struct qon_grid *grid, int r, int c) {
    const struct qon_grid_column *column = &grid->column[c];
    const struct qon_grid_cell *cell = &grid->cell[(size_t)r * (size_t)grid->columns + (size_t)c];
    lxw_row_t row = (lxw_row_t)r + 1;
    lxw_col_t col = (lxw_col_t)c;
    if (column->kind == QON_CELL_NUMBER) {
        lxw_format *format = book->number[column->digits < 4 ? column->digits : 3];
        return !isfinite(cell->number) || worksheet_write_number(sheet, row, col, cell->number, format) == LXW_NO_ERROR;
    }
    if (!cell->text) {
        return true;
    }
    int32_t month = column->kind == QON_CELL_MONTH && strlen(cell->text) == 7 ? qon_month_parse(cell->text) : -1;
    if (month >= 0) {
        lxw_datetime date = {.year = 1900 + month / 12, .month = month % 12 + 1, .day = 1};
        return worksheet_write_datetime(sheet, row, col, &date, book->month) == LXW_NO_ERROR;
    }
    lxw_format *format = letters(cell->text) > 60 ? book->wrapped : NULL;
    return worksheet_write_string(sheet, row, col, cell->text, format) == LXW_NO_ERROR;
}

static bool sheet_write(const struct book *book, const struct qon_grid *grid) {
    lxw_worksheet *sheet = workbook_add_worksheet(book->workbook, grid->sheet);
    if (!sheet) {
        return false;
    }
    bool ok = true;
    for (int c = 0; c < grid->columns; c++) {
        worksheet_set_column(sheet, (lxw_col_t)c, (lxw_col_t)c, column_width(grid, c), NULL);
        ok = worksheet_write_string(sheet, 0, (lxw_col_t)c, grid->column[c].head, book->head) == LXW_NO_ERROR && ok;
    }
    for (int r = 0; r < grid->rows && ok; r++) {
        for (int c = 0; c < grid->columns && ok; c++) {
            ok = cell_write(book, sheet, grid, r, c);
        }
    }
    worksheet_set_row(sheet, 0, 48, NULL); // three lines
    worksheet_freeze_panes(sheet, 1, strcmp(grid->name, "series") == 0 ? 5 : 1);
    worksheet_autofilter(sheet, 0, 0, (lxw_row_t)grid->rows, (lxw_col_t)(grid->columns - 1));
    worksheet_set_landscape(sheet);
    worksheet_fit_to_pages(sheet, 1, 0);
    worksheet_repeat_rows(sheet, 0, 0);
    return ok;
}

static int column_find(const struct qon_grid *grid, const char *name) {
    for (int c = 0; grid && c < grid->columns; c++) {
        if (strcmp(grid->column[c].name, name) == 0) {
            return c;
        }
    }
    return -1;
}

struct chart_plan {
    const char *grid, *category, *value;
    uint8_t type;
};

// A chart over the first rows of a sheet; places them two abreast. Returns whether it was drawn.
static bool chart_add(const struct book *book, lxw_worksheet *sheet, const struct qon_grid *grid, const struct chart_plan *plan,
                      int place) {
    int category = column_find(grid, plan->category);
    int value = column_find(grid, plan->value);
    if (!grid || category < 0 || value < 0) {
        return false;
    }
    lxw_row_t last = (lxw_row_t)(grid->country_rows > 0 ? grid->country_rows : grid->rows);
    lxw_chart *chart = workbook_add_chart(book->workbook, plan->type);
    lxw_chart_series *series = chart_add_series(chart, NULL, NULL);
    if (!chart || !series) {
        return false;
    }
    chart_series_set_categories(series, grid->sheet, 1, (lxw_col_t)category, last, (lxw_col_t)category);
    chart_series_set_values(series, grid->sheet, 1, (lxw_col_t)value, last, (lxw_col_t)value);
    chart_series_set_name_range(series, grid->sheet, 0, (lxw_col_t)value);
    chart_title_set_name(chart, grid->column[value].head);
    chart_legend_set_position(chart, LXW_CHART_LEGEND_NONE);
    double first = grid->cell[value].number;
    chart_axis_set_num_format(chart->y_axis, grid->column[value].digits && fabs(first) < 1000 ? "#,##0.0" : "#,##0");
    if (plan->type == LXW_CHART_LINE) {
        lxw_chart_line line = {.color = 0x2066ac, .width = 2};
        chart_series_set_line(series, &line);
        chart_axis_set_num_format(chart->x_axis, "yyyy-mm");
        chart_axis_set_interval_unit(chart->x_axis, 6);
        chart_axis_set_interval_tick(chart->x_axis, 6);
    } else {
        lxw_chart_fill fill = {.color = 0x2066ac};
        chart_series_set_fill(series, &fill);
        chart_axis_set_reverse(chart->x_axis); // the first region on top
        chart_axis_set_label_position(chart->x_axis, LXW_CHART_AXIS_LABEL_POSITION_LOW);
    }
    lxw_chart_options options = {.x_scale = 1.25, .y_scale = 1.25};
    lxw_row_t row = (lxw_row_t)(2 + (place / 2) * 20);
    return worksheet_insert_chart_opt(sheet, row, (lxw_col_t)(place % 2 ? 10 : 0), chart, &options) == LXW_NO_ERROR;
}

static bool charts_write(struct qon_document *d, const struct book *book, struct qon_grid *grid, int count) {
    static const struct chart_plan plan[] = {
        {"series", "month", "population", LXW_CHART_LINE},         {"series", "month", "unemployment_rate", LXW_CHART_LINE},
        {"series", "month", "arrivals_region", LXW_CHART_LINE},    {"series", "month", "wage_mean", LXW_CHART_LINE},
        {"regions", "region", "population", LXW_CHART_BAR},        {"regions", "region", "net_migration_region", LXW_CHART_BAR},
        {"regions", "region", "unemployment_rate", LXW_CHART_BAR}, {"regions", "region", "wage_mean", LXW_CHART_BAR}};
    lxw_worksheet *sheet = workbook_add_worksheet(book->workbook, qon_t(d, QON_T_SHEET_CHARTS));
    if (!sheet) {
        return false;
    }
    worksheet_write_string(sheet, 0, 0, d->title, book->title);
    worksheet_gridlines(sheet, LXW_HIDE_ALL_GRIDLINES);
    worksheet_set_landscape(sheet);
    worksheet_fit_to_pages(sheet, 1, 0);
    int place = 0;
    for (size_t i = 0; i < sizeof plan / sizeof *plan; i++) {
        place += chart_add(book, sheet, qon_grid_find(grid, count, plan[i].grid), &plan[i], place);
    }
    return true;
}

bool qon_xlsx_write(struct qon_document *d, const char *path) {
    const char *part = qon_part_name(d->arena, path);
    struct qon_grid grid[QON_GRIDS_MOST];
    int count = qon_grids_make(d, grid);
    // A fixed date: the same results give the same workbook.
    struct book book = {.workbook = workbook_new(part)};
    if (!book.workbook) {
        return qon_part_done(part, path, false);
    }
    lxw_doc_properties properties = {
        .title = qon_arena_copy(d->arena, d->title), .comments = qon_arena_copy(d->arena, "Qonys " QON_VERSION), .created = 1};
    workbook_set_properties(book.workbook, &properties);
    formats_make(&book);
    bool ok = true;
    for (int i = 0; i < count && ok; i++) {
        ok = sheet_write(&book, &grid[i]);
        if (i == 0) {
            ok = ok && charts_write(d, &book, grid, count);
        }
    }
    ok = workbook_close(book.workbook) == LXW_NO_ERROR && ok;
    return qon_part_done(part, path, ok);
}
