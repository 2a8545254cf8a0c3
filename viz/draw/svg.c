// SPDX-License-Identifier: GPL-3.0-or-later
// An SVG element from Cairo's SVG surface: the symbolic colours become custom properties of CSS, ids get a prefix (several figures share a
// page), coordinates lose the digits that nobody sees, texts are added as text.
#include "sink.h"
#include <cairo-svg.h>
#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static bool grow(struct qon_sink *buffer, size_t more) {
    if (buffer->used + more + 1 > buffer->room) {
        size_t room = 2 * (buffer->room + more) + 1024;
        char *text = realloc(buffer->text, room);
        if (!text) {
            return false;
        }
        buffer->text = text;
        buffer->room = room;
    }
    return true;
}

static bool put(struct qon_sink *buffer, const char *text, size_t length) {
    if (!grow(buffer, length)) {
        return false;
    }
    memcpy(buffer->text + buffer->used, text, length);
    buffer->used += length;
    buffer->text[buffer->used] = 0;
    return true;
}

__attribute__((format(printf, 2, 3))) static bool put_format(struct qon_sink *buffer, const char *format, ...) {
    char text[400];
    va_list list;
    va_start(list, format);
    int length = vsnprintf(text, sizeof text, format, list);
    va_end(list);
    return put(buffer, text, (size_t)length < sizeof text ? (size_t)length : sizeof text - 1);
}

static bool put_escaped(struct qon_sink *buffer, const char *text, size_t length) {
    bool ok = true;
    for (size_t i = 0; ok && i < length; i++) {
        const char *entity = text[i] == '<' ? "&lt;" : text[i] == '&' ? "&amp;" : text[i] == '"' ? "&quot;" : NULL;
        ok = entity ? put(buffer, entity, strlen(entity)) : put(buffer, text + i, 1);
    }
    return ok;
}

// A number with at most two decimals and no trailing zeros.
static void number_print(char *out, size_t size, double value) {
    snprintf(out, size, "%.2f", value);
    char *end = out + strlen(out) - 1;
    while (*end == '0') {
        *end-- = 0;
    }
    if (*end == '.') {
        *end = 0;
    }
    if (strcmp(out, "-0") == 0) {
        memcpy(out, "0", 2);
    }
}

void qon_sink_add(struct qon_canvas *canvas, double x, double y, double width, const char *text, size_t length,
                  const struct qon_style *style) {
    static const char *const anchor[] = {[QON_LEFT] = "", [QON_CENTRE] = " text-anchor=\"middle\"", [QON_RIGHT] = " text-anchor=\"end\""};
    while (length > 0 && text[length - 1] == ' ') {
        length--;
    }
    char at_x[40], at_y[40], wide[40], size[40];
    cairo_user_to_device(canvas->cairo, &x, &y);
    number_print(at_x, sizeof at_x, x);
    number_print(at_y, sizeof at_y, y);
    number_print(wide, sizeof wide, width);
    number_print(size, sizeof size, style->size);
    struct qon_sink *sink = canvas->sink;
    bool ok = put_format(sink, "<text x=\"%s\" y=\"%s\" font-size=\"%s\"", at_x, at_y, size);
    // A single character needs no length; stretching it would look odd.
    ok = ok && (length < 3 || put_format(sink, " textLength=\"%s\" lengthAdjust=\"spacingAndGlyphs\"", wide));
    ok = ok && put_format(sink, "%s style=\"fill:var(--%s)%s", anchor[style->align], qon_colour_name(style->colour),
                          style->weight >= 600 ? ";font-weight:600" : "");
    ok = ok && (!style->halo || put_format(sink,
                                           ";paint-order:stroke;stroke:var(--%s);stroke-opacity:.92;stroke-width:3.6"
                                           ";stroke-linejoin:round",
                                           qon_colour_name(style->rim)));
    ok = ok && put(sink, "\"", 1);
    ok = ok && (!style->upwards || put_format(sink, " transform=\"rotate(-90 %s %s)\"", at_x, at_y));
    ok = ok && put(sink, ">", 1) && put_escaped(sink, text, length) && put(sink, "</text>\n", 8);
    canvas->failed = canvas->failed || !ok;
}

static cairo_status_t collect(void *closure, const unsigned char *data, unsigned int length) {
    return put(closure, (const char *)data, length) ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_NO_MEMORY;
}

// rgb(0.39%,99.6%,1.2%) of a symbol becomes var(--name). Returns the characters read, 0: not a symbol.
static size_t colour_rewrite(struct qon_sink *out, const char *at) {
    double r, g, b;
    int length = 0;
    if (sscanf(at, "rgb(%lf%%,%lf%%,%lf%%)%n", &r, &g, &b, &length) < 3 || length == 0) {
        return 0;
    }
    uint32_t rgb = (uint32_t)lround(r * 2.55) << 16 | (uint32_t)lround(g * 2.55) << 8 | (uint32_t)lround(b * 2.55);
    if (rgb >= QON_SYMBOL && rgb < QON_SYMBOL + QON_COLOURS) {
        put_format(out, "var(--%s)", qon_colour_name((int)(rgb - QON_SYMBOL)));
    } else {
        put_format(out, "#%06x", (unsigned)rgb);
    }
    return (size_t)length;
}

static bool body_rewrite(struct qon_sink *out, const char *at, const char *end, const char *id) {
    static const char *const word[] = {"id=\"", "url(#", "xlink:href=\"#"};
    static const char *const word_out[] = {"id=\"", "url(#", "href=\"#"};
    bool ok = true;
    bool quiet = false; // within an attribute whose digits are not coordinates
    while (ok && at < end) {
        size_t done = 0;
        for (size_t i = 0; i < sizeof word / sizeof *word && !done; i++) {
            if (strncmp(at, word[i], strlen(word[i])) == 0) {
                ok = put_format(out, "%s%s-", word_out[i], id);
                done = strlen(word[i]);
                quiet = i != 1;
            }
        }
        if (!done && strncmp(at, "rgb(", 4) == 0) {
            done = colour_rewrite(out, at);
        }
        if (!done && !quiet && (isdigit((unsigned char)*at) || (*at == '-' && isdigit((unsigned char)at[1])))) {
            char *stop;
            char number[40];
            number_print(number, sizeof number, strtod(at, &stop));
            ok = put(out, number, strlen(number));
            done = (size_t)(stop - at);
        }
        if (!done) {
            quiet = quiet && *at != '"';
            ok = put(out, at, 1);
            done = 1;
        }
        at += done;
    }
    return ok;
}

static char *assemble(const struct qon_sink *raw, const struct qon_sink *texts, double width, double height, const char *id,
                      const char *title) {
    const char *from = strstr(raw->text, "<svg");
    from = from ? strchr(from, '>') : NULL;
    const char *to = from ? strstr(from, "</svg>") : NULL;
    struct qon_sink out = {0};
    bool ok = to != NULL;
    ok = ok && put_format(&out, "<svg viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" height=\"%.0f\" role=\"img\" aria-label=\"", width, height,
                          width, height);
    ok = ok && put_escaped(&out, title, strlen(title)) && put(&out, "\">", 2);
    ok = ok && body_rewrite(&out, from + 1, to, id);
    ok = ok && (!texts->text || put(&out, texts->text, texts->used)) && put(&out, "</svg>", 6);
    if (!ok) {
        free(out.text);
        out.text = NULL;
    }
    return out.text;
}

char *qon_svg_make(double width, double height, enum qon_language language, const char *id, const char *title, qon_draw_function *draw,
                   const void *figure) {
    struct qon_sink raw = {0};
    struct qon_sink texts = {0};
    cairo_surface_t *surface = cairo_svg_surface_create_for_stream(collect, &raw, width, height);
    cairo_svg_surface_set_document_unit(surface, CAIRO_SVG_UNIT_PX);
    cairo_t *cairo = cairo_create(surface);
    struct qon_canvas canvas;
    qon_canvas_init(&canvas, cairo, NULL, language);
    canvas.sink = &texts;
    draw(&canvas, figure, (struct qon_box){0, 0, width, height});
    bool ok = !canvas.failed && cairo_status(cairo) == CAIRO_STATUS_SUCCESS;
    qon_canvas_free(&canvas);
    cairo_destroy(cairo);
    cairo_surface_finish(surface);
    ok = ok && cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS && raw.text;
    cairo_surface_destroy(surface);
    char *svg = ok ? assemble(&raw, &texts, width, height, id, title) : NULL;
    free(raw.text);
    free(texts.text);
    return svg;
}
