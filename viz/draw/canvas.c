// SPDX-License-Identifier: GPL-3.0-or-later
// Text, lines and boxes, which everything else is made of.
#include "sink.h"
#include <math.h>
#include <string.h>

void qon_canvas_init(struct qon_canvas *canvas, cairo_t *cairo, const struct qon_theme *theme, enum qon_language language) {
    *canvas = (struct qon_canvas){.cairo = cairo, .theme = theme, .language = language};
    // Unhinted measures: the same layout at any scale and on any surface.
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    canvas->layout = pango_cairo_create_layout(cairo);
    pango_cairo_context_set_font_options(pango_layout_get_context(canvas->layout), options);
    cairo_font_options_destroy(options);
    static const char *const tag[QON_LANGUAGES] = {[QON_EN] = "en", [QON_KK] = "kk", [QON_RU] = "ru"};
    pango_context_set_language(pango_layout_get_context(canvas->layout), pango_language_from_string(tag[language]));
    pango_layout_context_changed(canvas->layout);
}

void qon_canvas_free(struct qon_canvas *canvas) {
    if (canvas->layout) {
        g_object_unref(canvas->layout);
        canvas->layout = NULL;
    }
}

void qon_canvas_colour(struct qon_canvas *canvas, int colour, double opacity) {
    QON_REQUIRE(colour >= 0 && colour < QON_COLOURS);
    uint32_t rgb = canvas->theme ? canvas->theme->rgb[colour] : QON_SYMBOL + (uint32_t)colour;
    cairo_set_source_rgba(canvas->cairo, (rgb >> 16) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0, opacity);
}

// Is that what the layout holds? Shaping costs most of a text.
static bool layout_is(const struct qon_canvas *canvas, const char *text, const struct qon_style *style, double width) {
    return *canvas->text && strcmp(canvas->text, text) == 0 && canvas->size == style->size && canvas->weight == style->weight &&
           canvas->most == style->most && canvas->width == width;
}

static void layout_set(struct qon_canvas *canvas, const char *text, const struct qon_style *style, double width) {
    if (layout_is(canvas, text, style, width)) {
        return;
    }
    size_t length = strlen(text);
    memcpy(canvas->text, text, length < sizeof canvas->text ? length + 1 : 0);
    canvas->text[length < sizeof canvas->text ? length : 0] = '\0';
    canvas->size = style->size;
    canvas->weight = style->weight;
    canvas->most = style->most;
    canvas->width = width;
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family(font, "Noto Sans,DejaVu Sans,sans-serif");
    pango_font_description_set_absolute_size(font, style->size * PANGO_SCALE);
    pango_font_description_set_weight(font, style->weight ? (PangoWeight)style->weight : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(canvas->layout, font);
    pango_font_description_free(font);
    pango_layout_set_ellipsize(canvas->layout, style->most > 0 && width <= 0 ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
    pango_layout_set_wrap(canvas->layout, PANGO_WRAP_WORD_CHAR);
    double limit = width > 0 ? width : style->most;
    pango_layout_set_width(canvas->layout, limit > 0 ? (int)ceil(limit * PANGO_SCALE) : -1);
    pango_layout_set_text(canvas->layout, text, -1);
}

double qon_text_width(struct qon_canvas *canvas, const char *text, const struct qon_style *style) {
    layout_set(canvas, text, style, 0);
    PangoRectangle logical;
    pango_layout_get_extents(canvas->layout, NULL, &logical);
    return (double)logical.width / PANGO_SCALE;
}

static void line_show(struct qon_canvas *canvas, PangoLayoutLine *line, double x, double y, const struct qon_style *style) {
    cairo_save(canvas->cairo);
    cairo_move_to(canvas->cairo, x, y);
    if (style->upwards) {
        cairo_rotate(canvas->cairo, -M_PI / 2);
    }
    if (style->halo) {
        pango_cairo_layout_line_path(canvas->cairo, line);
        qon_canvas_colour(canvas, style->rim, 0.92);
        cairo_set_line_width(canvas->cairo, 3.6);
        cairo_set_line_join(canvas->cairo, CAIRO_LINE_JOIN_ROUND);
        cairo_stroke(canvas->cairo);
        cairo_move_to(canvas->cairo, x, y);
    }
    qon_canvas_colour(canvas, style->colour, 1);
    pango_cairo_show_layout_line(canvas->cairo, line);
    cairo_restore(canvas->cairo);
}

// The text after shortening, for the sink: Pango keeps the whole text of an ellipsized line.
static void sink_fit(struct qon_canvas *canvas, char *text, size_t size, const char *whole, const struct qon_style *style) {
    struct qon_style free_style = *style;
    free_style.most = 0;
    snprintf(text, size, "%s", whole);
    size_t length = strlen(text);
    while (length > 0 && qon_text_width(canvas, text, &free_style) > style->most) {
        do {
            length--;
        } while (length > 0 && ((unsigned char)whole[length] & 0xc0) == 0x80);
        snprintf(text, size, "%.*s\xe2\x80\xa6", (int)length, whole);
    }
}

void qon_draw_text(struct qon_canvas *canvas, double x, double baseline, const char *text, const struct qon_style *style) {
    if (!text || !*text) {
        return;
    }
    char fitted[600];
    double width = qon_text_width(canvas, text, style);
    if (canvas->sink) {
        if (style->most > 0) {
            sink_fit(canvas, fitted, sizeof fitted, text, style);
            text = fitted;
            struct qon_style free_style = *style;
            free_style.most = 0;
            width = qon_text_width(canvas, text, &free_style);
        }
        qon_sink_add(canvas, x, baseline, width, text, strlen(text), style);
        return;
    }
    double shift = style->align == QON_CENTRE ? width / 2 : style->align == QON_RIGHT ? width : 0;
    layout_set(canvas, text, style, 0);
    PangoLayoutLine *line = pango_layout_get_line_readonly(canvas->layout, 0);
    line_show(canvas, line, style->upwards ? x : x - shift, style->upwards ? baseline + shift : baseline, style);
}

double qon_draw_paragraph(struct qon_canvas *canvas, struct qon_box box, const char *text, const struct qon_style *style, bool draw) {
    layout_set(canvas, text, style, box.w);
    int lines = pango_layout_get_line_count(canvas->layout);
    double height = 1.4 * style->size;
    for (int i = 0; draw && i < lines; i++) {
        PangoLayoutLine *line = pango_layout_get_line_readonly(canvas->layout, i);
        PangoRectangle logical;
        pango_layout_line_get_extents(line, NULL, &logical);
        double width = (double)logical.width / PANGO_SCALE;
        double slack = box.w - width;
        double x = box.x + (style->align == QON_CENTRE ? slack / 2 : style->align == QON_RIGHT ? slack : 0);
        double y = box.y + i * height + 1.08 * style->size;
        if (canvas->sink) {
            struct qon_style plain = *style;
            plain.align = QON_LEFT;
            qon_sink_add(canvas, x, y, width, text + line->start_index, (size_t)line->length, &plain);
        } else {
            line_show(canvas, line, x, y, style);
        }
    }
    return lines * height;
}

double qon_paragraph_height(const char *text, double size, double width) {
    cairo_surface_t *surface = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, NULL);
    cairo_t *cairo = cairo_create(surface);
    struct qon_canvas canvas;
    qon_canvas_init(&canvas, cairo, NULL, QON_EN);
    const struct qon_style style = {.size = size, .colour = QON_INK};
    double height = qon_draw_paragraph(&canvas, (struct qon_box){0, 0, width, 0}, text, &style, false);
    qon_canvas_free(&canvas);
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
    return height;
}

void qon_draw_line(struct qon_canvas *canvas, double x0, double y0, double x1, double y1, int colour, double width) {
    cairo_move_to(canvas->cairo, x0, y0);
    cairo_line_to(canvas->cairo, x1, y1);
    qon_canvas_colour(canvas, colour, 1);
    cairo_set_line_width(canvas->cairo, width);
    cairo_stroke(canvas->cairo);
}

void qon_draw_box(struct qon_canvas *canvas, struct qon_box box, int colour, double opacity) {
    cairo_rectangle(canvas->cairo, box.x, box.y, box.w, box.h);
    qon_canvas_colour(canvas, colour, opacity);
    cairo_fill(canvas->cairo);
}

double qon_draw_legend(struct qon_canvas *canvas, struct qon_box box, int count, const char *const *word, const int *colour, bool draw) {
    const struct qon_style style = {.size = 11, .colour = QON_INK};
    double x = box.x;
    double y = box.y;
    for (int i = 0; i < count; i++) {
        double width = 16 + qon_text_width(canvas, word[i], &style);
        if (x > box.x && x + width > box.x + box.w) {
            x = box.x;
            y += 17;
        }
        if (draw) {
            qon_draw_box(canvas, (struct qon_box){x, y + 3, 11, 11}, colour[i], 1);
            struct qon_style fitted = style;
            fitted.most = box.w - 16;
            qon_draw_text(canvas, x + 16, y + 12.5, word[i], &fitted);
        }
        x += width + 16;
    }
    return y + 17 - box.y;
}
