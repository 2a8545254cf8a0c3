// SPDX-License-Identifier: GPL-3.0-or-later
// The tables of the workbook and of the CSV folder.
#ifndef QONYS_REPORT_EXPORT_H
#define QONYS_REPORT_EXPORT_H

#include "document.h"

enum qon_cell_kind { QON_CELL_TEXT, QON_CELL_NUMBER, QON_CELL_MONTH };

struct qon_grid_column {
    const char *name; // machine name, heads of plain CSV
    const char *head; // in the report's language
    enum qon_cell_kind kind;
    int digits; // decimals shown
};

struct qon_grid_cell {
    const char *text; // TEXT and MONTH ("2017-01"); NULL: empty
    double number;    // NUMBER; NAN: empty
};

struct qon_grid {
    const char *name;  // file name without ending
    const char *sheet; // at most 31 characters, as Excel wants it
    int columns, rows, room;
    struct qon_grid_column *column;
    struct qon_grid_cell *cell; // [row * columns + column]
    int country_rows;           // of series: the first rows are the country, one a month
};

enum { QON_GRIDS_MOST = 16, QON_GRID_ROWS_MOST = 1000000 }; // a sheet of Excel holds 1,048,576 rows
// All tables that hold rows, in the order of the workbook; returns their number.
int qon_grids_make(struct qon_document *document, struct qon_grid *grid);
struct qon_grid *qon_grid_find(struct qon_grid *grid, int count, const char *name);

#endif
