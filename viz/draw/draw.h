// SPDX-License-Identifier: GPL-3.0-or-later
// The drawing layer: maps, flows, charts, pyramids, matrices, tables on any Cairo surface. The window, the report's SVG and its PDF call
// the same functions.
//
// Rules that hold throughout:
//  1. a colour is named by its role (enum qon_colour), never by its value: a theme gives the values, light or dark;
//  2. a figure fills the box it is given and never draws outside it; qon_<figure>_height says how high a box it wants for a width;
//  3. a value that is absent is NAN and is drawn as "no data", never as zero;
//  4. classes are shown with their limits and with the number of regions in each;
//  5. nothing is drawn at random: dots stand where a hash of (region, number of the dot) puts them.
//
// Lengths are in the units of the canvas (pixels, points). Strings are UTF-8 and owned by the caller. Nothing here prints or exits; when
// memory runs out canvas.failed is set and the figure stays incomplete.
#ifndef QONYS_VIZ_DRAW_H
#define QONYS_VIZ_DRAW_H

#include <cairo.h>
#include <pango/pangocairo.h>
#include <qonys/scenario.h>
#include <qonys/status.h>
#include <stdbool.h>
#include <stdint.h>

// ---------------------------------------------------------------------------------------------------------------- colours (theme.c)

enum { QON_HUES = 7, QON_RAMP = 9 };
enum qon_colour {
    QON_PAPER,                    // ground
    QON_PANEL,                    // ground of cards and of every second row
    QON_INK,                      // text
    QON_MUTED,                    // secondary text
    QON_GRID,                     // hair lines
    QON_LAND,                     // a region that carries no value of its own
    QON_NODATA,                   // the no-data class
    QON_BORDER,                   // boundaries of regions
    QON_GOOD,                     // a target met
    QON_BAD,                      // a target missed
    QON_HUE,                      // QON_HUE + i: categories
    QON_SEQ = QON_HUE + QON_HUES, // QON_SEQ + i: sequential ramp, low to high
    QON_DIV = QON_SEQ + QON_RAMP, // QON_DIV + i: diverging ramp, most negative to most positive; the middle is neutral
    QON_COLOURS = QON_DIV + QON_RAMP,
};

struct qon_theme {
    uint32_t rgb[QON_COLOURS]; // 0xRRGGBB
};

// Ramps are interpolated in OKLab between control points of our own, monotonous in lightness; told apart with the common kinds of colour
// blindness (a test asserts it). In the dark theme high values are light, so that "more" always stands out from the ground.
void qon_theme_make(struct qon_theme *theme, bool dark);
const char *qon_colour_name(int colour);         // as a CSS custom property without dashes: "ink", "seq3"
int qon_ramp_colour(int ramp, int i, int count); // colour of class i of `count` (1..9); ramp is QON_SEQ or QON_DIV
int qon_colour_on(int colour);                   // QON_INK or QON_PAPER, whichever can be read on a ramp's colour

// ---------------------------------------------------------------------------------------------------------------- canvas (canvas.c)

struct qon_box {
    double x, y, w, h;
};
struct qon_sink; // texts collected for SVG (svg.c)

struct qon_canvas {
    cairo_t *cairo;                // borrowed
    const struct qon_theme *theme; // borrowed; NULL: colours are written as symbols for svg.c to replace
    enum qon_language language;    // of numbers and months
    PangoLayout *layout;           // owned
    struct qon_sink *sink;         // not NULL: texts are collected, not drawn
    bool failed;                   // memory ran out or Cairo reported an error
    char text[160];                // what the layout holds, so that measuring and drawing shape a text once; "": unknown
    double size, most, width;
    int weight;
};

void qon_canvas_init(struct qon_canvas *canvas, cairo_t *cairo, const struct qon_theme *theme, enum qon_language language);
void qon_canvas_free(struct qon_canvas *canvas);

enum qon_align { QON_LEFT, QON_CENTRE, QON_RIGHT };
struct qon_style {
    double size; // of the type
    int weight;  // 400, 600 or 700; 0 means 400
    int colour;  // enum qon_colour
    enum qon_align align;
    bool halo;    // a rim of the colour `rim`, for text on maps
    bool upwards; // turned by a quarter, reading from bottom to top
    double most;  // widest allowed, then shortened with an ellipsis; 0: any
    int rim;      // enum qon_colour; 0 is QON_PAPER
};

void qon_canvas_colour(struct qon_canvas *canvas, int colour, double opacity);
void qon_draw_text(struct qon_canvas *canvas, double x, double baseline, const char *text, const struct qon_style *style);
double qon_text_width(struct qon_canvas *canvas, const char *text, const struct qon_style *style);
// Sets `text` in lines within box.w and returns the height; draws when `draw`. Line height is 1.4 times the size.
double qon_draw_paragraph(struct qon_canvas *canvas, struct qon_box box, const char *text, const struct qon_style *style, bool draw);
double qon_paragraph_height(const char *text, double size, double width); // without a canvas at hand
void qon_draw_line(struct qon_canvas *canvas, double x0, double y0, double x1, double y1, int colour, double width);
void qon_draw_box(struct qon_canvas *canvas, struct qon_box box, int colour, double opacity); // filled
// Swatches with words, wrapped within box.w; returns the height used.
double qon_draw_legend(struct qon_canvas *canvas, struct qon_box box, int count, const char *const *word, const int *colour, bool draw);

// One SVG element: real text (selectable, set to the width measured here, so that no other font breaks the layout), colours as CSS
// custom properties var(--ink) and so on, ids prefixed with `id`. `title` is its accessible name. Free with free(); NULL on failure.
typedef double qon_height_function(const void *figure, double width);
typedef void qon_draw_function(struct qon_canvas *canvas, const void *figure, struct qon_box box);
char *qon_svg_make(double width, double height, enum qon_language language, const char *id, const char *title, qon_draw_function *draw,
                   const void *figure);
// The custom properties of a theme: "--ink:#1b1e23;--muted:..." into out.
void qon_theme_css(const struct qon_theme *theme, char *out, size_t size);

// ---------------------------------------------------------------------------------------------------------------- numbers (format.c)

enum qon_format_flags { QON_PLAIN = 0, QON_SIGNED = 1, QON_SHORT = 2, QON_PERCENT = 4 };
// A number as the language writes it: 1,234.5 (en), 1 234,5 (kk, ru; no-break spaces); minus is U+2212; NAN is a dash. QON_SHORT: 18.1 M,
// 18,1 млн; QON_PERCENT appends the sign. digits: decimals (after shortening), -1: as many as three significant figures need.
void qon_format_number(char *out, size_t size, double value, int digits, int flags, enum qon_language language);
void qon_format_month(char *out, size_t size, int32_t month, enum qon_language language); // month since 1900-01: Jan 2017, янв. 2017
int qon_digits_for(double step);                                                          // decimals that tell apart values `step` apart
// A tick of a scale whose ticks lie `step` apart: the same decimals all along.
void qon_format_tick(char *out, size_t size, double value, double step, int flags, enum qon_language language);

// ---------------------------------------------------------------------------------------------------------------- classes (classes.c)

enum { QON_CLASSES_MOST = 9, QON_TICKS_MOST = 24 };
enum qon_class_rule { QON_QUANTILES, QON_JENKS, QON_EQUAL };
struct qon_classes {
    int count;                          // 0: nothing to class
    double limit[QON_CLASSES_MOST + 1]; // class i is limit[i] <= value < limit[i + 1]; the last one includes its upper limit
    int members[QON_CLASSES_MOST];      // values in each
    int digits;                         // decimals that the limits need
    bool diverging;                     // symmetrical about zero
};
// Limits between classes are the roundest numbers that leave the membership as the rule made it; fewer classes come out when values tie.
// values may hold NAN (left out). errors: classes->count = 0 without values or memory.
void qon_classes_make(struct qon_classes *classes, enum qon_class_rule rule, const double *values, int count, int wanted);
// Odd number of equal classes about zero, round width, the outer ones open to the extremes.
void qon_classes_make_diverging(struct qon_classes *classes, const double *values, int count, int wanted);
int qon_class_of(const struct qon_classes *classes, double value); // -1: no data or outside
int qon_class_colour(const struct qon_classes *classes, double value);
// Round ticks from at or below `low` to at or above `high`; returns their number (2..QON_TICKS_MOST).
int qon_ticks_make(double low, double high, int wanted, double tick[QON_TICKS_MOST]);

// ---------------------------------------------------------------------------------------------------------------- geography (geography.c)

// Albers equal-area conic; parallels at a sixth and five sixths of the range of latitudes. About the equator, where the cone degenerates:
// Lambert's cylindrical equal-area.
struct qon_projection {
    double lon0, n, c, rho0; // radians; n = 0: cylindrical, c = cosine of the true parallel
};
void qon_projection_fit(struct qon_projection *projection, double west, double south, double east, double north); // degrees
void qon_project(const struct qon_projection *projection, double lon_deg, double lat_deg, double *x,
                 double *y); // on the unit sphere, y north

struct qon_map_region {
    int first_ring, rings;
    double x0, y0, x1, y1;   // bounding box
    double label_x, label_y; // the point farthest from the boundary (within 1 %)
    double room;             // its distance from the boundary
    double area;             // on the unit sphere
};
// Projected boundaries, ready to draw at any size.
struct qon_map {
    int regions;
    struct qon_map_region *region;
    int rings;
    int *ring_point; // rings + 1
    double *x, *y;   // points, y grows southwards
    double x0, y0, x1, y1;
    bool cut; // x0..y1 were set by the caller to a part of the map: what lies outside the body of a figure is cut off
};
// From rings of lon/lat (even-odd rule: holes need no mark). False: nothing to draw or no memory; map is then empty.
bool qon_map_make(struct qon_map *map, const struct qon_boundaries *boundaries);
void qon_map_free(struct qon_map *map);
struct qon_view { // how a map lies in a box
    double scale, dx, dy;
};
struct qon_view qon_map_view(const struct qon_map *map, struct qon_box box);
bool qon_map_inside(const struct qon_map *map, int region, double x, double y);                 // projected point
int qon_map_find(const struct qon_map *map, const struct qon_view *view, double px, double py); // region under a pixel, -1: none

// ---------------------------------------------------------------------------------------------------------------- maps (map.c, dots.c,
// flows.c)

struct qon_dots;
struct qon_choropleth {
    const struct qon_map *map;
    const double *value;      // [region]
    const char *const *label; // [region] short names; NULL: none
    struct qon_classes classes;
    int digits;                  // decimals of values on the map
    bool with_sign;              // differences
    const bool *faint;           // [region] value lies within the noise: written in brackets; NULL: none
    const char *caption;         // over the legend: what is shown, unit, how classed
    const char *no_data;         // words of the no-data class
    const struct qon_dots *dots; // persons over the colours; NULL: none. Its map, labels and caption are not used
};
double qon_choropleth_height(const void *figure, double width);
void qon_draw_choropleth(struct qon_canvas *canvas, const void *figure, struct qon_box box);

struct qon_dots {
    const struct qon_map *map;
    const double *persons;    // [region]
    const char *const *label; // [region] or NULL
    double each;              // persons a dot stands for; 0: chosen so that 600 to 1500 dots come out
    const char *caption;      // printf format with one %s: "one dot: %s persons"
};
double qon_dots_each(const struct qon_dots *figure);
double qon_dots_height(const void *figure, double width);
void qon_draw_dots(struct qon_canvas *canvas, const void *figure, struct qon_box box);

struct qon_flow {
    int from, to; // regions
    double persons;
};
struct qon_arcs {
    const struct qon_map *map;
    const struct qon_flow *flow; // sorted by qon_flows_sort
    int count;
    int most;                 // drawn at most; 0: 50
    const double *balance;    // [region] net gain, shades the regions by sign; NULL: plain
    const char *const *label; // [region] or NULL
    const char *caption;      // over the legend
};
void qon_flows_sort(struct qon_flow *flow, int count); // largest first; ties by from, to
// Flows drawn and the share of all persons that they carry.
int qon_arcs_shown(const struct qon_arcs *figure, double *share);
double qon_arcs_height(const void *figure, double width);
void qon_draw_arcs(struct qon_canvas *canvas, const void *figure, struct qon_box box);

// ---------------------------------------------------------------------------------------------------------------- charts

struct qon_line {
    const char *name;
    const double *value;      // [count]
    const double *low, *high; // [count] band, or NULL
    int colour;
    bool dashed;
};
struct qon_lines {
    int lines;
    const struct qon_line *line;
    int count;      // months
    int32_t month;  // of the first value, since 1900-01
    int step;       // months between values: 1, or 12 for years
    bool from_zero; // the scale starts at zero
    const char *unit;
    int flags; // of qon_format_number for the scale
};
double qon_lines_height(const void *figure, double width);
void qon_draw_lines(struct qon_canvas *canvas, const void *figure, struct qon_box box);

// Horizontal bars: one row a label, segments side by side (stacked) or below each other.
struct qon_bars {
    int rows, segments;
    const char *const *label;   // [row]
    const char *const *segment; // [segment] words of the legend; NULL with one segment
    const int *colour;          // [segment]; with QON_SIGNED and one segment, negative bars take the next hue
    const double *value;        // [row * segments + segment]
    const double *low, *high;   // interval of each value, or NULL
    bool stacked;
    int digits, flags; // of the values written
    const char *unit;
};
double qon_bars_height(const void *figure, double width);
void qon_draw_bars(struct qon_canvas *canvas, const void *figure, struct qon_box box);

// Men to the left, women to the right; the outline is an earlier date.
struct qon_pyramid {
    int groups;                              // youngest first
    const char *const *label;                // [group]
    const double *men, *women;               // [group]
    const double *men_before, *women_before; // or NULL
    const char *word_men, *word_women, *word_now, *word_before;
    double most; // scale in shares of the total, so that several can be compared; 0: own
};
double qon_pyramid_height(const void *figure, double width);
void qon_draw_pyramid(struct qon_canvas *canvas, const void *figure, struct qon_box box);
double qon_pyramid_most(const struct qon_pyramid *figure); // largest share

struct qon_matrix {
    int rows, columns;
    const char *const *row_label;    // [rows]
    const char *const *column_label; // [columns]
    const double *value;             // [row * columns + column]; NAN: empty
    struct qon_classes classes;
    int digits, flags;
    const char *row_word, *column_word; // what rows and columns are ("from", "to")
    const char *caption;
};
double qon_matrix_height(const void *figure, double width);
void qon_draw_matrix(struct qon_canvas *canvas, const void *figure, struct qon_box box);

// A table with a head; columns get the room that their content needs, text wraps.
struct qon_table {
    int rows, columns;
    const char *const *head;     // [column]
    const char *const *cell;     // [row * columns + column]
    const enum qon_align *align; // [column]
    const int *colour;           // [row * columns + column] of the text, 0: ink; or NULL
    const bool *strong;          // [row] set in bold; or NULL
};
// Draws rows from `first` on as far as they fit; returns the number of the first row not drawn and the height used.
int qon_draw_table(struct qon_canvas *canvas, const struct qon_table *table, int first, struct qon_box box, double size, double *height);

#endif
