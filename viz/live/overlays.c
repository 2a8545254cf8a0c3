// SPDX-License-Identifier: GPL-3.0-or-later
// Help, lists to choose from, and the sliders of programmes' parameters.
#include "controls.h"
#include "words.h"
#include <math.h>
#include <string.h>

static struct qon_box sheet_draw(struct live_ui *ui, struct qon_canvas *canvas, double w, double h, const char *title) {
    w = fmin(w, ui->width - 24);
    h = fmin(h, ui->height - 24);
    struct qon_box box = {(ui->width - w) / 2, (ui->height - h) / 2, w, h};
    struct qon_style style = {.size = 17, .weight = 700, .colour = QON_INK};
    qon_draw_box(canvas, (struct qon_box){0, 0, ui->width, ui->height}, QON_INK, 0.25);
    live_round_box(canvas, box, 9, QON_PAPER, 1);
    qon_draw_text(canvas, box.x + 22, box.y + 32, title, &style);
    ui->hits = 0; // nothing below can be clicked
    return box;
}

static void help_draw(struct live_ui *ui, struct qon_canvas *canvas) {
    int lines = live_help_lines();
    struct qon_box box = sheet_draw(ui, canvas, 620, 60 + 23.0 * lines, LIVE_SAY(help, ui->language));
    double each = fmin(23, (box.h - 60) / lines);
    struct qon_style key = {.size = 12, .weight = 700, .colour = QON_INK};
    struct qon_style text = {.size = 12, .colour = QON_INK, .most = box.w - 190};
    for (int i = 0; i < lines; i++) {
        double y = box.y + 58 + each * i;
        qon_draw_text(canvas, box.x + 22, y, live_help_keys(i), &key);
        qon_draw_text(canvas, box.x + 170, y, live_help_text(i, ui->language), &text);
    }
}

// The rows about the chosen one that fit into the box.
static int first_row(const struct live_ui *ui, int fit) {
    int first = ui->row - fit / 2;
    first = first + fit > ui->listed ? ui->listed - fit : first;
    return first < 0 ? 0 : first;
}

static void list_draw(struct live_ui *ui, struct qon_canvas *canvas) {
    bool menu = ui->overlay == LIVE_MENU;
    struct qon_box box =
        sheet_draw(ui, canvas, 560, 0.8 * ui->height, menu ? LIVE_SAY(indicator, ui->language) : LIVE_SAY(find, ui->language));
    struct qon_style style = {.size = 13, .colour = QON_INK, .most = box.w - 60};
    struct qon_style hint = {.size = 12, .colour = QON_MUTED, .most = box.w - 60};
    live_round_box(canvas, (struct qon_box){box.x + 20, box.y + 46, box.w - 40, 28}, 5, QON_PANEL, 1);
    char typed[LIVE_QUERY_MAX + 8];
    snprintf(typed, sizeof typed, "%s▏", ui->query);
    qon_draw_text(canvas, box.x + 30, box.y + 65, *ui->query ? typed : LIVE_SAY(search_hint, ui->language), *ui->query ? &style : &hint);
    int fit = (int)((box.h - 100) / 24);
    int first = first_row(ui, fit);
    for (int i = first; i < ui->listed && i < first + fit; i++) {
        struct qon_box row = {box.x + 20, box.y + 84 + 24.0 * (i - first), box.w - 40, 23};
        bool chosen = i == ui->row;
        if (chosen) {
            live_round_box(canvas, row, 4, QON_HUE, 1);
        }
        style.colour = chosen ? QON_PAPER : QON_INK;
        style.weight = chosen ? 600 : 400;
        const char *text =
            menu ? ui->country.indicator[ui->list[i]].label[ui->language] : live_region_name(&ui->country, ui->list[i], ui->language);
        qon_draw_text(canvas, row.x + 10, row.y + 16, text, &style);
        live_hit_add(ui, (struct live_hit){.box = row, .row = i});
    }
}

static void parameter_draw(struct live_ui *ui, struct qon_canvas *canvas, struct qon_box row, int i) {
    const struct live_parameter *p = &ui->policy.parameter[ui->list[i]];
    const char *const *titles = (const char *const *)ui->country.scenario->programmes.row[p->programme].title;
    const char *title = titles[ui->language] ? titles[ui->language] : ui->country.scenario->programmes.row[p->programme].name;
    bool first = i == 0 || ui->policy.parameter[ui->list[i - 1]].programme != p->programme;
    bool chosen = i == ui->row;
    char text[LIVE_TEXT_MAX];
    struct qon_style name = {.size = 11.5, .colour = QON_INK, .weight = chosen ? 700 : 400, .most = 0.27 * row.w};
    struct qon_style muted = {.size = 11.5, .weight = 600, .colour = QON_MUTED, .most = 0.25 * row.w};
    struct qon_style value = {.size = 11.5, .weight = 700, .colour = p->value != p->initial ? QON_HUE + 1 : QON_INK, .most = 0.14 * row.w};
    if (chosen) {
        live_round_box(canvas, (struct qon_box){row.x - 6, row.y, row.w + 12, row.h}, 4, QON_GRID, 0.7);
    }
    if (first) {
        qon_draw_text(canvas, row.x, row.y + 16, title, &muted);
    }
    qon_draw_text(canvas, row.x + 0.27 * row.w, row.y + 16, p->label, &name);
    struct qon_box track = {row.x + 0.56 * row.w, row.y + row.h / 2 - 2, 0.26 * row.w, 4};
    live_round_box(canvas, track, 2, QON_MUTED, 0.5);
    double span = p->high - p->low;
    double was = span > 0 ? (p->initial - p->low) / span : 0;
    double at = span > 0 ? (p->value - p->low) / span : 0;
    qon_draw_line(canvas, track.x + was * track.w, track.y - 4, track.x + was * track.w, track.y + 8, QON_MUTED, 1.2);
    cairo_arc(canvas->cairo, track.x + at * track.w, track.y + 2, 6, 0, 2 * M_PI);
    qon_canvas_colour(canvas, p->value != p->initial ? QON_HUE + 1 : QON_HUE, 1);
    cairo_fill(canvas->cairo);
    live_parameter_text(p, p->value, text);
    qon_draw_text(canvas, row.x + 0.85 * row.w, row.y + 16, text, &value);
    live_hit_add(ui, (struct live_hit){.box = {track.x, row.y, track.w, row.h}, .row = i});
}

static void policy_draw(struct live_ui *ui, struct qon_canvas *canvas) {
    struct qon_box box = sheet_draw(ui, canvas, 920, 0.88 * ui->height, LIVE_SAY(policy, ui->language));
    struct qon_style hint = {.size = 12, .colour = QON_MUTED, .most = box.w - 44};
    struct qon_style line = {.size = 11, .colour = QON_INK, .most = box.w - 44};
    qon_draw_text(canvas, box.x + 22, box.y + 52, LIVE_SAY(policy_hint, ui->language), &hint);
    if (ui->listed == 0) {
        qon_draw_text(canvas, box.x + 22, box.y + 90, LIVE_SAY(no_programmes, ui->language), &hint);
        return;
    }
    const struct live_parameter *chosen = &ui->policy.parameter[ui->list[ui->row]];
    double top = box.y + 84;
    double bottom = box.y + box.h - 92;
    if (chosen->field && chosen->field->meaning) {
        qon_draw_text(canvas, box.x + 22, box.y + 72, chosen->field->meaning, &line);
    }
    int fit = (int)((bottom - top) / 24);
    int first = first_row(ui, fit);
    for (int i = first; i < ui->listed && i < first + fit; i++) {
        parameter_draw(ui, canvas, (struct qon_box){box.x + 22, top + 24.0 * (i - first), box.w - 44, 24}, i);
    }
    char text[700], month[64];
    snprintf(text, sizeof text, LIVE_SAY(journal, ui->language), ui->policy.events);
    hint.weight = 600;
    qon_draw_text(canvas, box.x + 22, bottom + 22, text, &hint);
    for (int i = 0; i < 3 && i < ui->policy.events; i++) {
        const struct live_event *event = &ui->policy.journal[ui->policy.events - 1 - i];
        qon_format_month(month, sizeof month, event->month, ui->language);
        snprintf(text, sizeof text, "%s: %s = %s", month, event->path, event->value);
        qon_draw_text(canvas, box.x + 22, bottom + 42 + 17.0 * i, text, &line);
    }
}

void live_overlay_draw(struct live_ui *ui, struct qon_canvas *canvas) {
    switch (ui->overlay) {
    case LIVE_HELP:
        help_draw(ui, canvas);
        break;
    case LIVE_MENU:
    case LIVE_SEARCH:
        list_draw(ui, canvas);
        break;
    case LIVE_POLICY:
        policy_draw(ui, canvas);
        break;
    case LIVE_NO_OVERLAY:
        break;
    }
}
