// SPDX-License-Identifier: GPL-3.0-or-later
// A report as a list of blocks, written once by the sections and laid out by html.c and pdf.c.
#ifndef QONYS_REPORT_DOCUMENT_H
#define QONYS_REPORT_DOCUMENT_H

#include "../draw/draw.h"
#include "source.h"

enum qon_text_id {
#define TEXT(id, en, kk, ru) QON_T_##id,
#include "texts.def"
#undef TEXT
    QON_TEXTS,
};
const char *qon_words(enum qon_language language, enum qon_text_id id);

enum qon_block_kind { QON_BLOCK_HEADING, QON_BLOCK_TEXT, QON_BLOCK_NOTE, QON_BLOCK_CARDS, QON_BLOCK_FIGURE, QON_BLOCK_TABLE };

struct qon_card {
    const char *key; // for scripts and tests
    const char *label, *value, *detail;
    double raw;
};

struct qon_block {
    enum qon_block_kind kind;
    struct qon_block *next;
    const char *text; // heading, text, note, title of a figure or table; NULL: none
    const char *id;   // heading of a section
    int cards;
    struct qon_card *card;
    qon_draw_function *draw;
    qon_height_function *height;
    const void *figure;
    const char *caption; // under a figure
    bool half;           // two such figures stand side by side
    struct qon_table table;
    bool folded; // a long table: folded in HTML, left out of PDF
};

struct qon_document {
    struct qon_arena *arena;
    struct qon_source *source;
    enum qon_language language;
    const char *title, *subtitle, *intro;
    struct qon_block *first, *last;
    struct qon_map map;               // regions == 0 without boundaries
    const char **label;               // [region] short names in the language
    int run;                          // the run reported on: of the alternative in a comparison
    int base;                         // run of the base in a comparison; -1 otherwise
    const char *alt_name, *base_name; // scenarios of a comparison; NULL otherwise
};

// Builds the whole report. The document lives in the source's arena; qon_document_free frees the map.
void qon_document_make(struct qon_document *document, struct qon_source *source, enum qon_language language);
void qon_document_free(struct qon_document *document);

// For the sections.
const char *qon_t(const struct qon_document *document, enum qon_text_id id);
struct qon_block *qon_block_add(struct qon_document *document, enum qon_block_kind kind, const char *text);
void qon_section_start(struct qon_document *document, enum qon_text_id title, const char *id);
// Numbers as text of the arena.
const char *qon_number(const struct qon_document *document, double value, int digits, int flags);
const char *qon_month(const struct qon_document *document, int32_t month);
void qon_figure_add(struct qon_document *document, const char *title, qon_draw_function *draw, qon_height_function *height,
                    const void *figure, const char *caption, bool half);
void qon_card_add(struct qon_document *document, struct qon_block *cards, struct qon_card card);

// A table under construction; every cell is text. Columns from 1 on are numbers (right), unless said otherwise.
struct qon_rows {
    struct qon_document *document;
    int columns, rows, room;
    const char **head, **cell;
    enum qon_align *align;
    int *colour;
    bool *strong;
};
struct qon_rows *qon_rows_start(struct qon_document *document, int columns, const enum qon_text_id *head);
void qon_rows_add(struct qon_rows *rows, const char *const *cell); // copies the pointers
struct qon_block *qon_rows_end(struct qon_rows *rows, const char *title, bool folded);

// Lines of the country by month: indicators in one figure, bands over the replicates of the run's scenario, the base dashed.
// False: none of the indicators is there.
bool qon_lines_add(struct qon_document *document, const char *title, const char *unit, int indicators, const char *const *indicator,
                   bool half);

// The sections, in the order of the report.
void qon_compare_groups(struct qon_document *d); // tables of the distribution, where there is one
void qon_sections_comparison(struct qon_document *document);
void qon_section_summary(struct qon_document *document);
void qon_section_people(struct qon_document *document);
void qon_section_migration(struct qon_document *document);
void qon_section_course(struct qon_document *document);
void qon_section_ages(struct qon_document *document);
void qon_section_labour(struct qon_document *document);
void qon_section_programmes(struct qon_document *document);
void qon_section_targets(struct qon_document *document);
void qon_section_assumptions(struct qon_document *document);
void qon_section_provenance(struct qon_document *document);

// Layouts. false: not written; the final name is untouched and a message is on standard error.
bool qon_html_write(const struct qon_document *document, const char *path);
bool qon_pdf_write(const struct qon_document *document, const char *path);
bool qon_xlsx_write(struct qon_document *document, const char *path);
bool qon_csv_write(struct qon_document *document, const char *folder);

// Writing beside and renaming.
const char *qon_part_name(struct qon_arena *arena, const char *path);
bool qon_part_done(const char *part, const char *path, bool good); // renames, or removes and prints

#endif
