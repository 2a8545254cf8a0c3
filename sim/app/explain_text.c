// SPDX-License-Identifier: GPL-3.0-or-later
// An explanation as tables: the person in both worlds side by side, then for each decision the places as columns and the terms as rows.
#include "explain.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum word {
#define WORD(name, en, kk, ru) W_##name,
#include "explain_words.def"
#undef WORD
    WORDS
};
static const char *const words[WORDS][QON_LANGUAGES] = {
#define WORD(name, en, kk, ru) {en, kk, ru},
#include "explain_words.def"
#undef WORD
};
static const char *const part_labels[QON_UTILITY_PARTS][QON_LANGUAGES] = {
#define PART(name, en, kk, ru, meaning) {en, kk, ru},
#include <qonys/utility_parts.def>
#undef PART
};
static const char *const factor_labels[QON_TRIGGER_FACTORS][QON_LANGUAGES] = {
#define FACTOR(name, en, kk, ru, meaning) {en, kk, ru},
#include <qonys/trigger_factors.def>
#undef FACTOR
};

enum { LABEL = 28, SIDE = 46, PLACE = 17, PLACES_SHOWN = 6, CELL = 512 };

static const char *say(const struct qon_explained *x, enum word word) {
    return words[word][x->language];
}

static const enum word status_words[] = {W_child, W_student, W_employee, W_self_employed, W_unemployed, W_inactive, W_retired, W_none};
static const enum word role_words[QON_ROLES] = {W_head, W_partner, W_offspring, W_other_member};

static void padded(const char *text, int width) {
    int letters = 0;
    for (const char *c = text; *c; c++) {
        letters += ((unsigned char)*c & 0xC0) != 0x80;
    }
    fputs(text, stdout);
    for (; letters < width; letters++) {
        putchar(' ');
    }
}

// ---- two sides

static void row(const char *label, char cell[2][CELL]) {
    fputs("  ", stdout);
    padded(label, LABEL);
    if (strcmp(cell[0], cell[1]) == 0) {
        printf("%s\n", cell[0]); // the same in both
        return;
    }
    padded(cell[0], SIDE);
    printf("  %s\n", cell[1]);
}

static const char *name_of(const struct qon_explained *x, char *const *en, char *const *kk, char *const *ru, int32_t i) {
    return x->language == QON_RU ? ru[i] : x->language == QON_KK ? kk[i] : en[i];
}

static const char *zone_text(const struct qon_explained *x, uint32_t zone, char text[CELL]) {
    const struct qon_tables *t = &x->scenario[0]->tables;
    const struct qon_table_regions *r = &t->regions;
    snprintf(text, CELL, "%s (%s, %s)", t->zones.id[zone], name_of(x, r->name_en, r->name_kk, r->name_ru, t->zones.region[zone]),
             t->zones.kind[zone]);
    return text;
}

static const char *tenge(int64_t tiyn, char text[CELL]) {
    char grouped[32];
    snprintf(text, CELL, "%s", qon_grouped(tiyn / 100, grouped));
    return text;
}

static void names_of_mask(const struct qon_explained *x, const struct qon_scenario *s, uint64_t mask, char text[CELL]) {
    size_t length = 0;
    snprintf(text, CELL, "%s", say(x, W_none));
    for (; mask != 0 && length < CELL; mask &= mask - 1) {
        int wrote = snprintf(text + length, CELL - length, "%s%s", length > 0 ? ", " : "", s->programmes.row[__builtin_ctzll(mask)].name);
        length += wrote > 0 ? (size_t)wrote : 0;
    }
}

static void members_text(const struct qon_explained *x, const struct qon_explanation *e, char text[CELL]) {
    size_t length = 0;
    text[0] = 0;
    for (int i = 0; i < e->members && length < CELL - 64; i++) {
        const struct qon_explained_member *m = &e->member[i];
        int wrote = snprintf(text + length, CELL - length, "%s%s %d%s", i > 0 ? ", " : "", say(x, role_words[m->role]), m->age,
                             m->id == e->person ? " *" : "");
        length += wrote > 0 ? (size_t)wrote : 0;
    }
}

enum attribute { ZONE, KIN, AGE, SEX, EDUCATION, OCCUPATION, STATUS, LEGAL, WAGE, ROLE, MEMBERS, SAVINGS, DWELLING, HAD, ATTRIBUTES };
static const enum word attribute_words[ATTRIBUTES] = {W_zone,  W_kin,  W_age,  W_sex,     W_education, W_occupation, W_status,
                                                      W_legal, W_wage, W_role, W_members, W_savings,   W_dwelling,   W_had};

static const char *attribute_word(const struct qon_explained *x, int side, enum attribute which) {
    const struct qon_explanation *e = &x->pair->side[side];
    const struct qon_tables *t = &x->scenario[side]->tables;
    switch (which) {
    case SEX:
        return say(x, e->sex == QON_MALE ? W_male : W_female);
    case EDUCATION:
        return name_of(x, t->educations.name_en, t->educations.name_kk, t->educations.name_ru, e->education);
    case OCCUPATION:
        return e->occupation == QON_NO_OCCUPATION
                   ? say(x, W_none)
                   : name_of(x, t->occupations.name_en, t->occupations.name_kk, t->occupations.name_ru, e->occupation);
    case STATUS:
        return say(x, status_words[e->status]);
    case LEGAL:
        return qon_legal_name(e->legal);
    case ROLE:
        return say(x, role_words[e->role]);
    default:
        return say(x, e->owner ? W_own_dwelling : W_rented);
    }
}

static void attribute_text(const struct qon_explained *x, int side, enum attribute which, char text[CELL]) {
    const struct qon_explanation *e = &x->pair->side[side];
    switch (which) {
    case ZONE:
    case KIN:
        zone_text(x, which == ZONE ? e->zone : e->kin, text);
        return;
    case AGE:
        snprintf(text, CELL, "%d", e->age_months / 12);
        return;
    case WAGE:
    case SAVINGS:
        tenge(which == WAGE ? e->wage_tiyn_month : e->savings_tiyn, text);
        return;
    case MEMBERS:
        members_text(x, e, text);
        return;
    case HAD:
        names_of_mask(x, x->scenario[side], e->had, text);
        return;
    default:
        snprintf(text, CELL, "%s", attribute_word(x, side, which));
    }
}

static void absence_text(const struct qon_explained *x, int side, char text[CELL]) {
    char month[16] = "";
    if (x->pair->side[side].state == QON_NOT_THERE) {
        snprintf(text, CELL, "%s", say(x, W_not_there));
        return;
    }
    const char *phase = x->pair->gone_phase[side];
    qon_month_format(x->pair->gone_month[side], month);
    snprintf(text, CELL, "%s %s", say(x, phase && strcmp(phase, "demography") == 0 ? W_died : W_left), month);
}

static bool there(const struct qon_explained *x, int side) {
    return x->pair->side[side].state == QON_THERE;
}

static void person_print(const struct qon_explained *x) {
    char cell[2][CELL];
    for (int which = 0; which < ATTRIBUTES; which++) {
        for (int side = 0; side < 2; side++) {
            if (there(x, side)) {
                attribute_text(x, side, (enum attribute)which, cell[side]);
            } else if (which == 0) {
                absence_text(x, side, cell[side]);
            } else {
                cell[side][0] = 0;
            }
        }
        row(say(x, attribute_words[which]), cell);
    }
}

// ---- who considers

static const struct qon_explained_decision *decision_of(const struct qon_explained *x, int side, bool head) {
    const struct qon_explanation *e = &x->pair->side[side];
    return head ? &e->head_decision : &e->own;
}

static void decides_text(const struct qon_explained *x, const struct qon_explained_decision *d, char text[CELL]) {
    static const enum word why[] = {W_yes, W_minor, W_spouse, W_permit};
    bool able = d->decides == QON_DECIDES;
    snprintf(text, CELL, "%s", say(x, !able ? why[d->decides] : d->considers ? W_yes : W_no));
}

static void decision_print(const struct qon_explained *x, bool head) {
    const struct qon_explained_decision *d[2] = {decision_of(x, 0, head), decision_of(x, 1, head)};
    char cell[2][CELL];
    bool able[2] = {d[0]->there && d[0]->decides == QON_DECIDES, d[1]->there && d[1]->decides == QON_DECIDES};
    if (!d[0]->there && !d[1]->there) {
        return;
    }
    printf("\n%s\n", say(x, head ? W_head_decision : W_own_decision));
    for (int f = 0; f < QON_TRIGGER_FACTORS; f++) {
        bool any = false;
        for (int side = 0; side < 2; side++) {
            snprintf(cell[side], CELL, "%.4g", d[side]->factor[f]);
            any |= able[side] && d[side]->factor[f] != 1;
            cell[side][able[side] ? CELL - 1 : 0] = 0;
        }
        if (any) {
            row(factor_labels[f][x->language], cell);
        }
    }
    for (int line = able[0] || able[1] ? 0 : 3; line < 4; line++) {
        static const enum word label[] = {W_hazard, W_drawn, W_threshold, W_considers};
        for (int side = 0; side < 2; side++) {
            cell[side][0] = 0;
            if (line == 3 && d[side]->there) {
                decides_text(x, d[side], cell[side]);
            } else if (able[side] && line == 1) {
                snprintf(cell[side], CELL, "%s (%.3g)", say(x, d[side]->candidate ? W_yes : W_no), d[side]->cap);
            } else if (able[side] && line < 3) {
                snprintf(cell[side], CELL, "%.4g", line == 0 ? d[side]->hazard : d[side]->threshold);
            }
        }
        row(say(x, label[line]), cell);
    }
}

// ---- places

// Of the places that count, the best first; how many are shown.
static int places_order(const struct qon_explained_decision *d, const struct qon_explained_place *list[PLACES_SHOWN], int *left_out) {
    int count = 0;
    *left_out = 0;
    for (int32_t i = 0; i < d->places; i++) {
        const struct qon_explained_place *own = &d->place[i];
        if (!own->weighed && !own->weighed_with) {
            continue;
        }
        bool chosen = own->best || own->best_with || own->stay; // always shown
        int at = count;
        while (at > 0 && (list[at - 1]->total_with < own->total_with) && !(list[at - 1]->best_with && !own->best_with)) {
            at--;
        }
        at = own->best_with ? 0 : at;
        if (count == PLACES_SHOWN) {
            (*left_out)++;
            if (at == count && !chosen) {
                continue;
            }
            count--; // the last gives way, unless it must be shown
            if (list[count]->best || list[count]->stay) {
                const struct qon_explained_place *kept = list[count];
                list[count] = list[count - 1];
                list[count - 1] = kept;
            }
            at = at > count ? count : at;
        }
        memmove(list + at + 1, list + at, (size_t)(count - at) * sizeof(struct qon_explained_place *));
        list[at] = own;
        count++;
    }
    return count;
}

enum line {
    CELL_WAGE,
    EMPLOYED,
    INCOME,
    RENT,
    KM,
    PARTS,
    UTILITY = PARTS + QON_UTILITY_PARTS,
    LUCK,
    TOTAL,
    ANNUITY,
    SUPPORT,
    TOTAL_WITH,
    COST,
    CASH,
    AFFORDABLE,
    CHOICE,
    LINES
};

static const char *line_label(const struct qon_explained *x, int line) {
    static const enum word before[] = {W_cell_wage, W_employed, W_income, W_rent, W_km};
    static const enum word after[] = {W_utility,    W_luck, W_total, W_annuity,    W_support,
                                      W_total_with, W_cost, W_cash,  W_affordable, W_choice};
    return line < PARTS ? say(x, before[line]) : line < UTILITY ? part_labels[line - PARTS][x->language] : say(x, after[line - UTILITY]);
}

// False: this line is about nothing in this place.
static bool line_number(const struct qon_explained_place *p, int line, double *value, bool *money) {
    double figures[] = {p->wage_tiyn_month / 100, p->employed_share, p->income_tiyn / 100, p->rent_tiyn_month / 100, p->km};
    double sums[] = {p->utility,
                     p->gumbel,
                     p->total,
                     p->annuity_tiyn / 100,
                     p->support,
                     p->total_with,
                     (double)p->cost_tiyn / 100,
                     (double)p->cash_tiyn / 100};
    *money = line == CELL_WAGE || line == INCOME || line == RENT || line == ANNUITY || line == COST || line == CASH || line == KM;
    *value = line < PARTS ? figures[line] : line < UTILITY ? p->part[line - PARTS] : sums[line - UTILITY];
    return *value != 0 || line == UTILITY || line == TOTAL || line == TOTAL_WITH;
}

static void choice_text(const struct qon_explained *x, const struct qon_explained_place *p, char text[CELL]) {
    text[0] = 0;
    if (p->best && p->best_with) {
        snprintf(text, CELL, "%s", say(x, W_chosen));
    } else if (p->best || p->best_with) {
        snprintf(text, CELL, "%s", say(x, p->best ? W_without : W_with));
    } else if (p->wished_not) {
        snprintf(text, CELL, "%s", say(x, W_wish));
    }
}

static bool line_text(const struct qon_explained *x, const struct qon_explained_place *p, int line, char text[CELL]) {
    double value = 0;
    bool money = false, any = true;
    char grouped[32];
    if (line == AFFORDABLE) {
        bool helped = p->affordable_with && !p->affordable;
        snprintf(text, CELL, "%s", helped ? say(x, W_with) : say(x, p->affordable_with ? W_yes : W_no));
    } else if (line == CHOICE) {
        choice_text(x, p, text);
    } else {
        any = line_number(p, line, &value, &money);
        if (money) {
            snprintf(text, CELL, "%s", qon_grouped((int64_t)llround(value), grouped));
        } else {
            snprintf(text, CELL, line == EMPLOYED ? "%.3f" : "%.2f", value);
        }
    }
    return any;
}

static void heading_print(const struct qon_explained *x, const struct qon_explained_place *const *list, int count) {
    const struct qon_table_zones *zones = &x->scenario[0]->tables.zones;
    char text[CELL];
    fputs("  ", stdout);
    padded("", LABEL);
    for (int i = 0; i < count; i++) {
        snprintf(text, CELL, "%s", zones->id[list[i]->zone]);
        padded(text, PLACE);
    }
    fputs("\n  ", stdout);
    padded("", LABEL);
    for (int i = 0; i < count; i++) {
        padded(list[i]->stay ? say(x, W_stay) : list[i]->local ? say(x, W_within) : "", PLACE);
    }
    puts("");
}

static void places_print(const struct qon_explained *x, int side, bool head) {
    const struct qon_explained_decision *d = decision_of(x, side, head);
    const struct qon_explained_place *list[PLACES_SHOWN + 1];
    char text[CELL];
    int left_out;
    if (!d->there || !d->considers) {
        return;
    }
    int count = places_order(d, list, &left_out);
    bool supported = d->offers > 0;
    printf("\n%s, %s (%s %s)\n", say(x, W_places), say(x, side == 0 ? W_base : W_alternative), tenge(d->savings_tiyn, text),
           say(x, W_savings_short));
    heading_print(x, list, count);
    for (int line = 0; line < LINES; line++) {
        bool any = false;
        for (int i = 0; i < count; i++) {
            any |= line_text(x, list[i], line, text);
        }
        if (!any || (!supported && line >= ANNUITY && line <= TOTAL_WITH)) {
            continue;
        }
        fputs("  ", stdout);
        padded(line_label(x, line), LABEL);
        for (int i = 0; i < count; i++) {
            bool own = line_text(x, list[i], line, text);
            padded(own ? text : "", PLACE);
        }
        puts("");
    }
    if (d->without_support >= 0) {
        printf("  %s: %s\n", x->scenario[side]->tables.zones.id[d->place[d->without_support].zone], say(x, W_without_support));
    }
    if (left_out > 0) {
        printf("  + %d: %s\n", left_out, say(x, W_more));
    }
}

// ---- programmes

static void verdict_text(const struct qon_explained *x, const struct qon_explained_programme *p, char text[CELL]) {
    static const enum word word[] = {W_closed, W_origin, W_had_it, W_excluded, W_unaware, W_condition, W_known};
    enum word own = p->verdict == QON_VERDICT_ORIGIN && !p->condition[0] ? W_unheard
                    : p->verdict == QON_VERDICT_KNOWN && !p->helps       ? W_no_place_fits
                                                                         : word[p->verdict];
    if (p->verdict == QON_VERDICT_UNAWARE) {
        snprintf(text, CELL, "%s (%.2f > %.2f)", say(x, own), p->aware_draw, p->aware_share);
    } else {
        snprintf(text, CELL, "%s%s%s", say(x, own), p->condition[0] ? ": " : "", p->condition);
    }
}

static void programmes_print(const struct qon_explained *x, int side, bool head) {
    const struct qon_explained_decision *d = decision_of(x, side, head);
    const struct qon_scenario *s = x->scenario[side];
    char text[CELL];
    if (!d->there || !d->considers || d->programmes == 0) {
        return;
    }
    printf("\n%s, %s\n", say(x, W_programmes), say(x, side == 0 ? W_base : W_alternative));
    for (int32_t i = 0; i < d->programmes; i++) {
        verdict_text(x, &d->programme[i], text);
        fputs("  ", stdout);
        padded(s->programmes.row[d->programme[i].programme].name, LABEL);
        printf("%s\n", text);
        for (int32_t o = 0; o < d->offers; o++) { // what it is worth in the place that is chosen
            const struct qon_explained_place *place = &d->place[d->offer[o].place];
            if (d->offer[o].programme == d->programme[i].programme && (place->best_with || place->best)) {
                char annuity[CELL], cash[CELL];
                printf("    %s: %s %s, %s %s%s\n", s->tables.zones.id[place->zone], say(x, W_annuity),
                       tenge((int64_t)d->offer[o].annuity_tiyn, annuity), say(x, W_cash), tenge(d->offer[o].cash_tiyn, cash),
                       d->offer[o].taken ? " *" : "");
            }
        }
    }
}

static void applications_print(const struct qon_explained *x, int side) {
    static const enum word outcome[] = {W_none, W_granted, W_no_place, W_no_money, W_package};
    const struct qon_explanation *e = &x->pair->side[side];
    const struct qon_scenario *s = x->scenario[side];
    for (int32_t i = 0; i < e->applications; i++) {
        const struct qon_explained_application *a = &e->application[i];
        const struct qon_programme *own = &s->programmes.row[a->programme];
        if (i == 0) {
            printf("\n%s, %s\n", say(x, W_applications), say(x, side == 0 ? W_base : W_alternative));
        }
        fputs("  ", stdout);
        padded(own->name, LABEL);
        printf("%s%s%s: %s, %" PRId64 "/%" PRId64 " %s", a->at == QON_AT_MOVE ? "" : qon_at_name(a->at), a->at == QON_AT_MOVE ? "" : ", ",
               s->tables.zones.id[a->zone], say(x, outcome[a->outcome]), a->position, a->many, say(x, W_queue));
        if (own->ration == QON_POINTS) {
            printf(", %g %s", -a->first + 0.0, say(x, W_points));
        }
        puts("");
    }
}

static void result_text(const struct qon_explained *x, int side, char text[CELL]) {
    const struct qon_explanation *e = &x->pair->side[side];
    char names[CELL];
    if (!there(x, side)) {
        absence_text(x, side, text);
        return;
    }
    enum word what = e->zone_after != e->zone ? W_moves_to : e->moved_local ? W_moves_within : W_stays;
    names_of_mask(x, x->scenario[side], e->granted, names);
    snprintf(text, CELL, "%s %s%s%s%s%s%s%.100s", say(x, what), x->scenario[side]->tables.zones.id[e->zone_after],
             e->moved_with_head ? " " : "", e->moved_with_head ? say(x, W_with_head) : "", e->move_failed ? "; " : "",
             e->move_failed ? say(x, W_failed) : "", e->granted ? "; " : "", e->granted ? names : "");
}

void qon_explain_text(const struct qon_explained *x) {
    static const enum word reason[] = {W_asked, W_place_differs, W_support_differs, W_last_considered, W_never};
    char month[16], cell[2][CELL];
    qon_month_format(x->pair->month, month);
    printf("%s %" PRIu64 " (0x%" PRIx64 "), %s: %s\n\n", say(x, W_person), x->pair->side[0].person, x->pair->side[0].person, month,
           say(x, reason[x->pair->reason]));
    for (int side = 0; side < 2; side++) {
        snprintf(cell[side], CELL, "%s: %s", say(x, side == 0 ? W_base : W_alternative), x->scenario[side]->name);
    }
    row("", cell);
    person_print(x);
    for (int side = 0; side < 2; side++) {
        result_text(x, side, cell[side]);
    }
    row(say(x, W_result), cell);
    for (int head = 0; head < 2; head++) {
        decision_print(x, head == 1);
        for (int side = 0; side < 2; side++) {
            places_print(x, side, head == 1);
            programmes_print(x, side, head == 1);
        }
    }
    applications_print(x, 0);
    applications_print(x, 1);
}
