// SPDX-License-Identifier: GPL-3.0-or-later
// Help, lists to choose from, and the sliders of programmes' parameters.
#include "controls.h"
#include "programmes_scene.h"
#include "words.h"
#include <math.h>
#include <string.h>

static struct qon_box sheet_draw(struct live_ui *ui, struct qon_canvas *canvas, double w, double h, const char *title) {
    w = fmin(w, ui->width - 24);
    h = fmin(h, ui->height - 24);
    struct qon_box box = {(ui->width - w) / 2, (ui->height - h) / 2, w, h};
    struct qon_style style = {.size = 17, .weight = 700, .colour = QON_INK};
    qon_draw_box(canvas, (struct qon_box){0, 0, ui->width, ui->height}, ui->dark ? QON_PAPER : QON_INK, ui->dark ? 0.6 : 0.25);
    live_round_box(canvas, (struct qon_box){box.x - 1, box.y - 1, box.w + 2, box.h + 2}, 10, QON_GRID, 1);
    live_round_box(canvas, box, 9, QON_PAPER, 1);
    qon_draw_text(canvas, box.x + 22, box.y + 32, title, &style);
    ui->sheet = box;
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

static void slider_draw(struct qon_canvas *canvas, struct qon_box track, const struct live_parameter *p) {
    bool draft = p->value != p->effect;
    double span = p->high - p->low;
    double was = span > 0 ? fmin(fmax((p->effect - p->low) / span, 0), 1) : 0;
    double at = span > 0 ? fmin(fmax((p->value - p->low) / span, 0), 1) : 0;
    int colour = draft ? QON_HUE + 1 : QON_HUE;
    live_round_box(canvas, track, 2, QON_MUTED, 0.35);
    if (at > 0.01) {
        live_round_box(canvas, (struct qon_box){track.x, track.y, fmax(4, at * track.w), track.h}, 2, colour, 0.6);
    }
    qon_draw_line(canvas, track.x + was * track.w, track.y - 5, track.x + was * track.w, track.y + 9, QON_MUTED, 1.5);
    cairo_arc(canvas->cairo, track.x + at * track.w, track.y + 2, 6.5, 0, 2 * M_PI);
    qon_canvas_colour(canvas, colour, 1);
    cairo_fill(canvas->cairo);
}

// Two states: a switch that lies to the left or to the right. More of them: dots in a row.
static void switch_draw(struct qon_canvas *canvas, struct qon_box track, const struct live_parameter *p) {
    bool draft = p->value != p->effect;
    int colour = draft ? QON_HUE + 1 : QON_HUE;
    int states = (int)(p->high - p->low) + 1;
    if (states == 2) {
        bool on = p->value > p->low;
        struct qon_box box = {track.x, track.y - 5, 28, 14};
        live_round_box(canvas, box, 7, on ? colour : QON_MUTED, on ? 1 : 0.5);
        cairo_arc(canvas->cairo, box.x + (on ? 21 : 7), box.y + 7, 5, 0, 2 * M_PI);
        qon_canvas_colour(canvas, QON_PAPER, 1);
        cairo_fill(canvas->cairo);
        return;
    }
    for (int i = 0; i < states; i++) {
        bool here = i == (int)(p->value - p->low);
        cairo_arc(canvas->cairo, track.x + track.w * i / (states - 1), track.y + 2, here ? 6.5 : 3.5, 0, 2 * M_PI);
        qon_canvas_colour(canvas, here ? colour : QON_MUTED, here ? 1 : 0.6);
        cairo_fill(canvas->cairo);
    }
}

static const char *programme_title(const struct live_ui *ui, int programme) {
    const struct qon_programme *row = &ui->country.scenario->programmes.row[programme];
    return row->title[ui->language] ? row->title[ui->language] : row->name;
}

// "quota KZ-AKM each_year" and "grant · amount_mci" in words of the language.
static void label_text(const struct live_ui *ui, const struct live_parameter *p, char *out, size_t size) {
    const struct qon_tables *tables = &ui->country.scenario->tables;
    char label[LIVE_TEXT_MAX], name[LIVE_NAME_MAX], *rest = NULL;
    size_t used = 0;
    *out = '\0';
    snprintf(label, sizeof label, "%s", p->label);
    for (char *part = strtok_r(label, " ", &rest); part; part = strtok_r(NULL, " ", &rest)) {
        const char *word = live_field_word(part, ui->language);
        for (int r = 0; r < ui->country.regions; r++) {
            if (strcmp(tables->regions.id[r], part) == 0) {
                live_region_short(&ui->country, r, ui->language, name);
                word = name;
            }
        }
        if (strcmp(part, "·") != 0 && used < size) {
            int wrote = snprintf(out + used, size - used, "%s%s", used > 0 ? " · " : "", word);
            used += wrote > 0 ? (size_t)wrote : 0;
        }
    }
}

// A number as people write it; a choice in words.
static void value_text(const struct live_ui *ui, const struct live_parameter *p, double value, char text[LIVE_TEXT_MAX]) {
    bool number = !live_parameter_switch(p) && !(p->field && p->field->type == QON_MONTH);
    if (number) {
        int digits = 0; // as many as it has
        for (double part = value; digits < 6 && fabs(part - round(part)) > 1e-7; part *= 10) {
            digits++;
        }
        qon_format_number(text, LIVE_TEXT_MAX, value, digits, 0, ui->language);
    } else if (p->field->type == QON_MONTH) {
        qon_format_month(text, LIVE_TEXT_MAX, (int32_t)value, ui->language);
    } else {
        char key[LIVE_TEXT_MAX];
        live_parameter_text(p, value, key);
        snprintf(text, LIVE_TEXT_MAX, "%s", live_field_word(key, ui->language));
    }
}

static void parameter_draw(struct live_ui *ui, struct qon_canvas *canvas, struct qon_box row, int i, bool first) {
    const struct live_parameter *p = &ui->policy.parameter[ui->list[i]];
    bool chosen = i == ui->row, draft = p->value != p->effect;
    char text[LIVE_TEXT_MAX], label[2 * LIVE_TEXT_MAX];
    struct qon_style name = {.size = 12, .colour = QON_INK, .weight = chosen ? 700 : 400, .most = 0.28 * row.w};
    struct qon_style title = {.size = 12, .weight = 700, .colour = QON_INK, .most = 0.25 * row.w};
    struct qon_style value = {.size = 12, .weight = 700, .colour = draft ? QON_HUE + 1 : QON_INK, .most = 0.15 * row.w};
    if (chosen) {
        live_round_box(canvas, (struct qon_box){row.x - 8, row.y, row.w + 16, row.h}, 5, QON_GRID, 0.8);
    }
    if (first) {
        qon_draw_text(canvas, row.x, row.y + 16, programme_title(ui, p->programme), &title);
    }
    label_text(ui, p, label, sizeof label);
    qon_draw_text(canvas, row.x + 0.27 * row.w, row.y + 16, label, &name);
    struct qon_box track = {row.x + 0.57 * row.w, row.y + row.h / 2 - 2, 0.25 * row.w, 4};
    if (live_parameter_switch(p)) {
        switch_draw(canvas, track, p);
    } else {
        slider_draw(canvas, track, p);
    }
    value_text(ui, p, p->value, text);
    qon_draw_text(canvas, row.x + 0.85 * row.w, row.y + 16, text, &value);
    live_hit_add(ui, (struct live_hit){.box = {track.x, row.y, track.w, row.h}, .row = i});
}

// The last lines of the journal, newest first.
static void journal_draw(struct live_ui *ui, struct qon_canvas *canvas, struct qon_box box) {
    const struct live_dated *journal = &ui->plan.dated[ui->plan.worlds - 1];
    struct qon_style bold = {.size = 12, .weight = 600, .colour = QON_MUTED, .most = box.w};
    struct qon_style line = {.size = 11.5, .colour = QON_INK, .most = box.w - 96};
    char text[700], month[64];
    snprintf(text, sizeof text, LIVE_SAY(journal, ui->language), journal->count);
    qon_draw_line(canvas, box.x, box.y, box.x + box.w, box.y, QON_GRID, 1);
    qon_draw_text(canvas, box.x, box.y + 20, text, &bold);
    for (int i = 0; i < 3 && i < journal->count; i++) {
        const struct live_change *change = &journal->row[journal->count - 1 - i];
        qon_format_month(month, sizeof month, change->month, ui->language);
        snprintf(text, sizeof text, "%s = %s", change->path, change->value);
        qon_draw_text(canvas, box.x, box.y + 40 + 17.0 * i, month, &bold);
        qon_draw_text(canvas, box.x + 96, box.y + 40 + 17.0 * i, text, &line);
    }
}

static void policy_draw(struct live_ui *ui, struct qon_canvas *canvas) {
    char title[200], month[64];
    qon_format_month(month, sizeof month, live_ui_change_month(ui), ui->language);
    snprintf(title, sizeof title, LIVE_SAY(policy_from, ui->language), month);
    struct qon_box box = sheet_draw(ui, canvas, 980, 0.92 * ui->height, title);
    struct qon_style hint = {.size = 11.5, .colour = QON_MUTED};
    struct qon_style line = {.size = 12, .colour = QON_INK, .most = box.w - 44};
    double top = box.y + 46 +
                 qon_draw_paragraph(canvas, (struct qon_box){box.x + 22, box.y + 42, box.w - 44, 0}, LIVE_SAY(policy_hint, ui->language),
                                    &hint, true);
    if (ui->listed == 0) {
        qon_draw_text(canvas, box.x + 22, top + 20, LIVE_SAY(no_programmes, ui->language), &line);
        return;
    }
    const struct live_parameter *chosen = &ui->policy.parameter[ui->list[ui->row]];
    double bottom = box.y + box.h - 128;
    int fit = (int)((bottom - top) / 24);
    int first = first_row(ui, fit);
    for (int i = first; i < ui->listed && i < first + fit; i++) {
        bool titled = i == first || ui->policy.parameter[ui->list[i - 1]].programme != ui->policy.parameter[ui->list[i]].programme;
        parameter_draw(ui, canvas, (struct qon_box){box.x + 22, top + 24.0 * (i - first), box.w - 44, 24}, i, titled);
    }
    char text[900];
    bool told = ui->language == QON_EN && chosen->field && chosen->field->meaning; // the field tables speak English
    snprintf(text, sizeof text, told ? "%s: %s" : "%s", chosen->path, told ? chosen->field->meaning : "");
    qon_draw_text(canvas, box.x + 22, bottom + 22, text, &line);
    journal_draw(ui, canvas, (struct qon_box){box.x + 22, bottom + 34, box.w - 44, 90});
}

static void programmes_sheet_draw(struct live_ui *ui, struct qon_canvas *canvas) {
    double high = fmin(0.92 * ui->height, 110 + 42.0 * ui->listed);
    struct qon_box box = sheet_draw(ui, canvas, 980, high, LIVE_SAY(programmes, ui->language));
    const struct live_store *store = ui->stores.of[1] ? ui->stores.of[1] : ui->stores.of[0];
    int slot = live_ui_slot(ui);
    if (store && slot >= 0) {
        live_programmes_table(canvas, store, slot, ui->row, (struct qon_box){box.x + 22, box.y + 50, box.w - 44, box.h - 66}, 12);
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
    case LIVE_PROGRAMMES:
        programmes_sheet_draw(ui, canvas);
        break;
    case LIVE_NO_OVERLAY:
        break;
    }
}
