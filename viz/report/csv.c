// SPDX-License-Identifier: GPL-3.0-or-later
// A folder of CSV files. Russian and Kazakh Excel want a byte order mark, semicolons and decimal commas; the English files are plain:
// commas, points, machine names as heads.
#include "export.h"
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static void text_put(FILE *file, const char *text) {
    if (!strpbrk(text, ",;\"\r\n")) {
        fputs(text, file);
        return;
    }
    fputc('"', file);
    for (const char *c = text; *c; c++) {
        if (*c == '"') {
            fputc('"', file);
        }
        fputc(*c, file);
    }
    fputc('"', file);
}

static void number_put(FILE *file, double number, bool comma) {
    char text[40];
    if (!isfinite(number)) {
        return;
    }
    snprintf(text, sizeof text, "%.15g", number);
    char *point = strchr(text, '.');
    if (point && comma) {
        *point = ',';
    }
    fputs(text, file);
}

static bool grid_write(const struct qon_document *d, const struct qon_grid *grid, const char *folder) {
    bool plain = d->language == QON_EN;
    const char *path = qon_arena_format(d->arena, "%s/%s.csv", folder, grid->name);
    const char *part = qon_part_name(d->arena, path);
    const char *separator = plain ? "," : ";";
    const char *end = plain ? "\n" : "\r\n";
    FILE *file = fopen(part, "w");
    if (!file) {
        return qon_part_done(part, path, false);
    }
    fputs(plain ? "" : "\xef\xbb\xbf", file);
    for (int c = 0; c < grid->columns; c++) {
        fputs(c ? separator : "", file);
        text_put(file, plain ? grid->column[c].name : grid->column[c].head);
    }
    fputs(end, file);
    for (int r = 0; r < grid->rows; r++) {
        for (int c = 0; c < grid->columns; c++) {
            const struct qon_grid_cell *cell = &grid->cell[(size_t)r * (size_t)grid->columns + (size_t)c];
            fputs(c ? separator : "", file);
            if (grid->column[c].kind == QON_CELL_NUMBER) {
                number_put(file, cell->number, !plain);
            } else if (cell->text) {
                text_put(file, cell->text);
            }
        }
        fputs(end, file);
    }
    bool good = !ferror(file);
    good = fclose(file) == 0 && good;
    return qon_part_done(part, path, good);
}

bool qon_csv_write(struct qon_document *d, const char *folder) {
    if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
        fprintf(stderr, "qonys-report: cannot make the folder %s: %s\n", folder, strerror(errno));
        return false;
    }
    struct qon_grid grid[QON_GRIDS_MOST];
    int count = qon_grids_make(d, grid);
    bool ok = true;
    for (int i = 0; i < count && ok; i++) {
        ok = grid_write(d, &grid[i], folder);
    }
    return ok;
}
