// SPDX-License-Identifier: GPL-3.0-or-later
// One page, nothing fetched: styles and pictures stand in it. Every wide figure is drawn twice, for a desk and for a phone, so that its
// letters keep their size; style sheets choose.
#include "document.h"
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *qon_part_name(struct qon_arena *arena, const char *path) {
    return qon_arena_format(arena, "%s.part", path);
}

bool qon_part_done(const char *part, const char *path, bool good) {
    if (good && rename(part, path) == 0) {
        return true;
    }
    fprintf(stderr, "qonys-report: cannot write %s: %s\n", path, strerror(errno));
    unlink(part);
    return false;
}

static void escaped(FILE *file, const char *text) {
    for (const char *c = text; *c; c++) {
        const char *entity = *c == '<' ? "&lt;" : *c == '>' ? "&gt;" : *c == '&' ? "&amp;" : *c == '"' ? "&quot;" : NULL;
        if (entity) {
            fputs(entity, file);
        } else {
            fputc(*c, file);
        }
    }
}

// A path or a digest has no spaces: it may be broken after its dots and lines.
static void cell_escaped(FILE *file, const char *text) {
    if (strlen(text) < 20 || strchr(text, ' ')) {
        escaped(file, text);
        return;
    }
    for (const char *c = text; *c; c++) {
        char one[2] = {*c, 0};
        escaped(file, one);
        if (strchr("._/", *c)) {
            fputs("<wbr>", file);
        }
    }
}

static const char style[] =
    "*{box-sizing:border-box}"
    "html{color-scheme:light dark;-webkit-text-size-adjust:100%}"
    "body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 \"Noto Sans\",\"Segoe UI\",Roboto,system-ui,\"DejaVu "
    "Sans\",sans-serif}"
    "main,header,footer{max-width:808px;margin:0 auto;padding:0 24px}"
    "header{padding-top:40px}"
    ".kind{margin:0;color:var(--muted);font-size:14px;letter-spacing:.02em}"
    "h1{margin:2px 0 8px;font-size:32px;line-height:1.2;font-weight:700;text-wrap:balance}"
    ".intro{margin:0 0 20px;color:var(--muted)}"
    "nav{display:flex;flex-wrap:wrap;gap:6px 18px;padding:12px 0;border-top:1px solid var(--grid);border-bottom:1px solid "
    "var(--grid);font-size:14px}"
    "nav a,a{color:var(--hue0);text-decoration:none}nav a:hover{text-decoration:underline}"
    "nav a:focus-visible,summary:focus-visible{outline:2px solid var(--hue0);outline-offset:2px}"
    "h2{margin:52px 0 14px;font-size:23px;line-height:1.25;scroll-margin-top:12px}"
    "h3{margin:0 0 8px;font-size:16px;font-weight:600}"
    "p{margin:0 0 14px;max-width:68ch}.note{color:var(--muted);font-size:14px}"
    ".cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(168px,1fr));gap:12px;margin:0 0 20px}"
    ".card{background:var(--panel);border-radius:8px;padding:12px 14px;display:grid;grid-template-rows:subgrid;grid-row:span 3;row-gap:0}"
    ".card dt{font-size:13px;color:var(--muted);line-height:1.35}.card dd{margin:0}"
    ".card .value{font-size:23px;font-weight:700;line-height:1.3;white-space:nowrap;font-variant-numeric:tabular-nums}"
    ".card .detail{font-size:12.5px;color:var(--muted);line-height:1.35}"
    "figure{margin:0 0 30px;min-width:0}figcaption{color:var(--muted);font-size:13.5px;line-height:1.45;margin-top:6px;max-width:88ch}"
    "svg{display:block;max-width:100%;height:auto;font-family:\"Noto Sans\",\"Segoe UI\",Roboto,system-ui,\"DejaVu Sans\",sans-serif}"
    ".narrow{display:none}"
    ".pair{display:grid;grid-template-columns:1fr 1fr;gap:0 24px;align-items:start}"
    ".scroll{overflow-x:auto;margin:0 0 26px}"
    "table{border-collapse:collapse;width:100%;font-size:14px;line-height:1.4;font-variant-numeric:tabular-nums}"
    "th{font-weight:600;color:var(--muted);text-align:left;vertical-align:bottom;border-bottom:1px solid var(--muted)}"
    "td{border-bottom:1px solid var(--grid);vertical-align:top}th,td{padding:6px 10px}"
    "th:first-child,td:first-child{padding-left:0}th:last-child,td:last-child{padding-right:0}"
    "th:first-child,td:first-child{position:sticky;left:0;background:var(--paper)}th.r{min-width:6.5em}"
    ".r{text-align:right}td.n{white-space:nowrap}td.long{overflow-wrap:anywhere;min-width:12ch}tr.strong td{font-weight:600}"
    "details{margin:0 0 20px}summary{cursor:pointer;font-weight:600;margin-bottom:8px}"
    "footer{padding-top:24px;padding-bottom:48px;color:var(--muted);font-size:13px}"
    "@media(min-width:721px){td:first-child{min-width:15.5em}}"
    "@media(max-width:720px){main,header,footer{padding-left:16px;padding-right:16px}header{padding-top:24px}h1{font-size:25px}h2{font-"
    "size:20px;margin-top:40px}"
    ".wide{display:none}.narrow{display:block}.pair{grid-template-columns:minmax(0,1fr)}.cards{grid-template-columns:repeat(auto-fill,"
    "minmax(140px,1fr))}"
    "td:first-child{min-width:9em}.card .value{font-size:19px}.pair svg{width:100%}table{font-size:13px}th,td{padding:5px 8px}}"
    "@media print{body{font-size:10.5pt}nav{display:none}.wide{display:block}.narrow{display:none}.pair{grid-template-columns:1fr 1fr}"
    "th:first-child,td:first-child{position:static}figure,.card,tr{break-inside:avoid}h2,h3{break-after:avoid}.scroll{overflow:visible}"
    "header{padding-top:0}main,header,footer{max-width:"
    "none}}";

static void head_write(const struct qon_document *d, FILE *file) {
    static const char *const tag[QON_LANGUAGES] = {[QON_EN] = "en", [QON_KK] = "kk", [QON_RU] = "ru"};
    struct qon_theme theme;
    char css[1200];
    fprintf(file, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n", tag[d->language]);
    fputs("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<link rel=\"icon\" href=\"data:,\">\n<title>", file);
    escaped(file, d->title);
    fputs(" – Qonys</title>\n<style>\n", file);
    qon_theme_make(&theme, false);
    qon_theme_css(&theme, css, sizeof css);
    fprintf(file, ":root{%s}\n", css);
    qon_theme_make(&theme, true);
    qon_theme_css(&theme, css, sizeof css);
    // On paper the light colours stay.
    fprintf(file, "@media screen and (prefers-color-scheme:dark){:root{%s}}\n%s\n</style>\n</head>\n<body>\n", css, style);
    fputs("<header>\n<p class=\"kind\">", file);
    escaped(file, d->subtitle);
    fputs("</p>\n<h1>", file);
    escaped(file, d->title);
    fputs("</h1>\n<p class=\"intro\">", file);
    escaped(file, d->intro);
    fprintf(file, "</p>\n<nav aria-label=\"%s\">", qon_t(d, QON_T_CONTENTS));
    for (const struct qon_block *b = d->first; b; b = b->next) {
        if (b->kind == QON_BLOCK_HEADING) {
            fprintf(file, "<a href=\"#%s\">", b->id);
            escaped(file, b->text);
            fputs("</a>", file);
        }
    }
    fputs("</nav>\n</header>\n<main>\n", file);
}

static void cards_write(const struct qon_block *b, FILE *file) {
    fputs("<dl class=\"cards\">\n", file);
    for (int i = 0; i < b->cards; i++) {
        const struct qon_card *c = &b->card[i];
        fprintf(file, "<div class=\"card\" data-key=\"%s\" data-raw=\"", c->key);
        if (isfinite(c->raw)) {
            fprintf(file, "%.17g", c->raw);
        }
        fputs("\"><dt>", file);
        escaped(file, c->label);
        fputs("</dt><dd class=\"value\">", file);
        escaped(file, c->value);
        fputs("</dd><dd class=\"detail\">", file);
        escaped(file, c->detail);
        fputs("</dd></div>\n", file);
    }
    fputs("</dl>\n", file);
}

static bool svg_write(const struct qon_document *d, const struct qon_block *b, FILE *file, double width, const char *class, int number) {
    char id[40];
    snprintf(id, sizeof id, "f%d%c", number, *class);
    char *svg = qon_svg_make(width, ceil(b->height(b->figure, width)), d->language, id, b->text, b->draw, b->figure);
    if (svg) {
        fprintf(file, "<div class=\"%s\">%s</div>\n", class, svg);
    }
    free(svg);
    return svg != NULL;
}

static bool figure_write(const struct qon_document *d, const struct qon_block *b, FILE *file, int number) {
    fputs("<figure>\n<h3>", file);
    escaped(file, b->text);
    fputs("</h3>\n", file);
    bool ok = b->half ? svg_write(d, b, file, 368, "both", number)
                      : svg_write(d, b, file, 760, "wide", number) && svg_write(d, b, file, 328, "narrow", number);
    if (b->caption) {
        fputs("<figcaption>", file);
        escaped(file, b->caption);
        fputs("</figcaption>\n", file);
    }
    fputs("</figure>\n", file);
    return ok;
}

static void cell_write(const struct qon_table *t, int r, int c, FILE *file) {
    const char *text = r < 0 ? t->head[c] : t->cell[r * t->columns + c];
    bool right = t->align[c] == QON_RIGHT;
    int colour = r >= 0 && t->colour ? t->colour[r * t->columns + c] : 0;
    bool longish = strlen(text) > 30;
    fprintf(file, "<%s%s", r < 0 ? "th scope=\"col\"" : "td", right ? " class=\"r" : longish && r >= 0 ? " class=\"long\"" : "");
    if (right) {
        fputs(r < 0 || longish ? "\"" : " n\"", file);
    }
    if (colour) {
        fprintf(file, " style=\"color:var(--%s);font-weight:600\"", qon_colour_name(colour));
    }
    fputc('>', file);
    cell_escaped(file, text);
    fputs(r < 0 ? "</th>" : "</td>", file);
}

static void table_write(const struct qon_block *b, FILE *file) {
    const struct qon_table *t = &b->table;
    if (b->folded) {
        fputs("<details><summary>", file);
        escaped(file, b->text);
        fputs("</summary>\n", file);
    } else if (b->text) {
        fputs("<h3>", file);
        escaped(file, b->text);
        fputs("</h3>\n", file);
    }
    fputs("<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr>", file);
    for (int c = 0; c < t->columns; c++) {
        cell_write(t, -1, c, file);
    }
    fputs("</tr></thead>\n<tbody>\n", file);
    for (int r = 0; r < t->rows; r++) {
        fputs(t->strong && t->strong[r] ? "<tr class=\"strong\">" : "<tr>", file);
        for (int c = 0; c < t->columns; c++) {
            cell_write(t, r, c, file);
        }
        fputs("</tr>\n", file);
    }
    fputs(b->folded ? "</tbody></table></div></details>\n" : "</tbody></table></div>\n", file);
}

static bool body_write(const struct qon_document *d, FILE *file) {
    bool ok = true;
    bool section = false;
    int number = 0;
    for (const struct qon_block *b = d->first; b && ok; b = b->next) {
        switch (b->kind) {
        case QON_BLOCK_HEADING:
            fprintf(file, "%s<section aria-labelledby=\"%s\">\n<h2 id=\"%s\">", section ? "</section>\n" : "", b->id, b->id);
            section = true;
            escaped(file, b->text);
            fputs("</h2>\n", file);
            break;
        case QON_BLOCK_TEXT:
        case QON_BLOCK_NOTE:
            fputs(b->kind == QON_BLOCK_TEXT ? "<p>" : "<p class=\"note\">", file);
            escaped(file, b->text);
            fputs("</p>\n", file);
            break;
        case QON_BLOCK_CARDS:
            cards_write(b, file);
            break;
        case QON_BLOCK_TABLE:
            table_write(b, file);
            break;
        case QON_BLOCK_FIGURE:
            if (b->half && b->next && b->next->kind == QON_BLOCK_FIGURE && b->next->half) {
                fputs("<div class=\"pair\">\n", file);
                ok = figure_write(d, b, file, number++) && figure_write(d, b->next, file, number++);
                fputs("</div>\n", file);
                b = b->next;
            } else {
                ok = figure_write(d, b, file, number++);
            }
            break;
        }
    }
    fputs(section ? "</section>\n" : "", file);
    return ok;
}

bool qon_html_write(const struct qon_document *d, const char *path) {
    const char *part = qon_part_name(d->arena, path);
    FILE *file = fopen(part, "w");
    bool ok = file != NULL;
    if (ok) {
        head_write(d, file);
        ok = body_write(d, file);
        fputs("</main>\n<footer>Qonys " QON_VERSION "</footer>\n</body>\n</html>\n", file);
        ok = !ferror(file) && ok;
        ok = fclose(file) == 0 && ok;
    }
    return qon_part_done(part, path, ok);
}
