// SPDX-License-Identifier: GPL-3.0-or-later
// An explanation as JSON: keys are fixed, money in tenge, ids as texts (they do not fit into a double).
#include "explain.h"

#include <inttypes.h>

static const char *const statuses[] = {"child", "student", "employed", "self_employed", "unemployed", "inactive", "retired", "gone"};
static const char *const roles[] = {"head", "spouse", "offspring", "other"};
static const char *const legals[] = {"citizen",  "kandas",   "permit_1", "permit_2",    "permit_3",
                                     "permit_4", "seasonal", "eaeu",     "unregistered"};
static const char *const ats[] = {"move", "hire", "residence", "arrival", "emigration", "school", "country"};
static const char *const reasons[] = {"asked", "place", "support", "considered", "never"};
static const char *const verdicts[] = {"closed", "origin", "had", "excluded", "unaware", "condition", "known"};
static const char *const outcomes[] = {"waits", "granted", "no_place", "no_money", "package_refused"};
static const char *const deciding[] = {"yes", "minor", "spouse", "permit"};

const char *const qon_part_names[QON_UTILITY_PARTS] = {
#define PART(name, en, kk, ru, meaning) #name,
#include <qonys/utility_parts.def>
#undef PART
};
const char *const qon_factor_names[QON_TRIGGER_FACTORS] = {
#define FACTOR(name, en, kk, ru, meaning) #name,
#include <qonys/trigger_factors.def>
#undef FACTOR
};

const char *qon_status_name(uint8_t status) {
    return statuses[status];
}
const char *qon_role_name(uint8_t role) {
    return roles[role];
}
const char *qon_legal_name(uint8_t legal) {
    return legals[legal];
}
const char *qon_at_name(enum qon_at at) {
    return ats[at];
}
const char *qon_reason_name(enum qon_explain_reason reason) {
    return reasons[reason];
}
const char *qon_verdict_name(enum qon_verdict verdict) {
    return verdicts[verdict];
}
const char *qon_outcome_name(enum qon_outcome_kind outcome) {
    return outcomes[outcome];
}
const char *qon_decides_name(enum qon_decides decides) {
    return deciding[decides];
}

// ---- members

static void key(const char *name, bool *first) {
    printf("%s\"%s\": ", *first ? "" : ", ", name);
    *first = false;
}
static void text(const char *name, const char *value, bool *first) {
    key(name, first);
    qon_json_text(stdout, value);
}
static void real(const char *name, double value, bool *first) {
    key(name, first);
    qon_json_real(stdout, value);
}
static void truth(const char *name, bool value, bool *first) {
    key(name, first);
    fputs(value ? "true" : "false", stdout);
}
static void month(const char *name, int32_t value, bool *first) {
    char at[16];
    key(name, first);
    if (value <= 0) {
        fputs("null", stdout);
    } else {
        qon_month_format(value, at);
        printf("\"%s\"", at);
    }
}
static void id(const char *name, uint64_t value, bool *first) {
    key(name, first);
    printf("\"%" PRIu64 "\"", value);
}

static void programmes(const char *name, const struct qon_scenario *scenario, uint64_t mask, bool *first) {
    key(name, first);
    fputs("[", stdout);
    for (const char *between = ""; mask != 0; mask &= mask - 1, between = ", ") {
        fputs(between, stdout);
        qon_json_text(stdout, scenario->programmes.row[__builtin_ctzll(mask)].name);
    }
    fputs("]", stdout);
}

static void place_json(const struct qon_scenario *scenario, const struct qon_explained_place *p) {
    bool first = true, inner = true;
    fputs("{", stdout);
    text("zone", scenario->tables.zones.id[p->zone], &first);
    text("kind", p->stay ? "stay" : p->local ? "local" : "move", &first);
    truth("kin", p->kin, &first);
    truth("weighed", p->weighed, &first);
    truth("weighed_with_programmes", p->weighed_with, &first);
    real("known_rank", p->rank, &first);
    real("known_share", p->known_share, &first);
    real("known_draw", p->known_draw, &first);
    real("wage_tenge_month", p->wage_tiyn_month / 100, &first);
    real("employed_share", p->employed_share, &first);
    real("income_tenge_month", p->income_tiyn / 100, &first);
    real("rent_tenge_month", p->rent_tiyn_month / 100, &first);
    real("network_per_1000", p->network_per_1000, &first);
    real("km", p->km, &first);
    key("parts", &first);
    fputs("{", stdout);
    for (int i = 0; i < QON_UTILITY_PARTS; i++) {
        real(qon_part_names[i], p->part[i], &inner);
    }
    fputs("}", stdout);
    real("utility", p->utility, &first);
    real("gumbel", p->gumbel, &first);
    real("total", p->total, &first);
    real("cost_tenge", (double)p->cost_tiyn / 100, &first);
    truth("affordable", p->affordable, &first);
    programmes("programmes", scenario, p->programmes, &first);
    real("annuity_tenge_month", p->annuity_tiyn / 100, &first);
    real("support", p->support, &first);
    real("cash_tenge", (double)p->cash_tiyn / 100, &first);
    real("total_with_programmes", p->total_with, &first);
    truth("affordable_with_programmes", p->affordable_with, &first);
    truth("wished", p->wished, &first);
    truth("chosen", p->best, &first);
    truth("chosen_with_programmes", p->best_with, &first);
    fputs("}", stdout);
}

static void programme_json(const struct qon_scenario *scenario, const struct qon_explained_programme *p) {
    bool first = true;
    fputs("{", stdout);
    text("programme", scenario->programmes.row[p->programme].name, &first);
    text("verdict", qon_verdict_name(p->verdict), &first);
    real("aware_share", p->aware_share, &first);
    real("aware_draw", p->aware_draw, &first);
    truth("helps", p->helps, &first);
    text("condition", p->condition[0] ? p->condition : NULL, &first);
    fputs("}", stdout);
}

static void offer_json(const struct qon_scenario *scenario, const struct qon_explained_decision *d, const struct qon_explained_offer *o) {
    bool first = true;
    fputs("{", stdout);
    text("programme", scenario->programmes.row[o->programme].name, &first);
    text("zone", scenario->tables.zones.id[d->place[o->place].zone], &first);
    truth("local", d->place[o->place].local, &first);
    real("annuity_tenge_month", o->annuity_tiyn / 100, &first);
    real("cash_tenge", (double)o->cash_tiyn / 100, &first);
    truth("taken", o->taken, &first);
    fputs("}", stdout);
}

static void trigger_json(const struct qon_explained_decision *d, bool *first) {
    bool inner = true;
    id("person", d->id, first);
    text("decides", qon_decides_name(d->decides), first);
    key("factors", first);
    fputs("{", stdout);
    for (int i = 0; i < QON_TRIGGER_FACTORS; i++) {
        real(qon_factor_names[i], d->factor[i], &inner);
    }
    fputs("}", stdout);
    real("hazard_month", d->hazard, first);
    real("cap_month", d->cap, first);
    truth("candidate", d->candidate, first);
    real("threshold", d->threshold, first);
    truth("considers", d->considers, first);
    real("travellers", d->travellers, first);
    real("savings_tenge", (double)d->savings_tiyn / 100, first);
}

static void decision_json(const char *name, const struct qon_scenario *scenario, const struct qon_explained_decision *d, bool *outer) {
    bool first = true;
    key(name, outer);
    if (!d->there) {
        fputs("null", stdout);
        return;
    }
    fputs("{", stdout);
    trigger_json(d, &first);
    key("places", &first);
    for (int32_t i = 0; i < d->places; i++) {
        fputs(i > 0 ? ",\n  " : "[\n  ", stdout);
        place_json(scenario, &d->place[i]);
    }
    fputs(d->places > 0 ? "]" : "[]", stdout);
    programmes("wanted", scenario, d->wanted, &first);
    text("won_without_support",
         d->considers && d->without_support >= 0 ? scenario->tables.zones.id[d->place[d->without_support].zone] : NULL, &first);
    key("programmes", &first);
    for (int32_t i = 0; i < d->programmes; i++) {
        fputs(i > 0 ? ",\n  " : "[\n  ", stdout);
        programme_json(scenario, &d->programme[i]);
    }
    fputs(d->programmes > 0 ? "]" : "[]", stdout);
    key("offers", &first);
    for (int32_t i = 0; i < d->offers; i++) {
        fputs(i > 0 ? ",\n  " : "[\n  ", stdout);
        offer_json(scenario, d, &d->offer[i]);
    }
    fputs(d->offers > 0 ? "]}" : "[]}", stdout);
}

static void application_json(const struct qon_scenario *scenario, const struct qon_explained_application *a) {
    bool first = true;
    fputs("{", stdout);
    text("programme", scenario->programmes.row[a->programme].name, &first);
    text("at", qon_at_name(a->at), &first);
    text("zone", scenario->tables.zones.id[a->zone], &first);
    truth("by_head", a->by_head, &first);
    truth("windfall", a->windfall, &first);
    text("outcome", qon_outcome_name(a->outcome), &first);
    real("rank", a->first, &first);
    real("position", (double)a->position, &first);
    real("queue", (double)a->many, &first);
    real("cost_tenge", (double)a->cost_tiyn / 100, &first);
    fputs("}", stdout);
}

static void state_json(const struct qon_scenario *s, const struct qon_explanation *e, bool *first) {
    const struct qon_tables *t = &s->tables;
    bool inner = true;
    text("zone", t->zones.id[e->zone], first);
    text("zone_of_kin", t->zones.id[e->kin], first);
    real("age_years", (e->age_months) / 12, first);
    text("sex", e->sex == QON_MALE ? "male" : "female", first);
    text("education", t->educations.id[e->education], first);
    text("occupation", e->occupation == QON_NO_OCCUPATION ? NULL : t->occupations.id[e->occupation], first);
    text("skill", t->skills.id[e->skill], first);
    text("status", qon_status_name(e->status), first);
    text("legal", qon_legal_name(e->legal), first);
    text("role", qon_role_name(e->role), first);
    real("wage_tenge_month", (double)e->wage_tiyn_month / 100, first);
    key("household", first);
    fputs("{", stdout);
    id("id", e->household_id, &inner);
    real("savings_tenge", (double)e->savings_tiyn / 100, &inner);
    truth("owner", e->owner, &inner);
    month("moved", e->moved_month, &inner);
    fputs(", \"members\": [", stdout);
    for (int i = 0; i < e->members; i++) {
        printf("%s{\"id\": \"%" PRIu64 "\", \"role\": \"%s\", \"sex\": \"%s\", \"age_years\": %d, \"status\": \"%s\"}", i > 0 ? ", " : "",
               e->member[i].id, qon_role_name(e->member[i].role), e->member[i].sex == QON_MALE ? "male" : "female", e->member[i].age,
               qon_status_name(e->member[i].status));
    }
    fputs("]}", stdout);
    programmes("had", s, e->had, first);
}

static void side_json(const struct qon_explained *x, int side) {
    const struct qon_scenario *s = x->scenario[side];
    const struct qon_explanation *e = &x->pair->side[side];
    bool first = true, there = e->state == QON_THERE;
    fputs("{", stdout);
    text("scenario", s->name, &first);
    id("seed", s->seed, &first);
    text("state", there ? "resident" : e->state == QON_NOT_THERE ? "not there" : "gone", &first);
    month("gone", x->pair->gone_month[side], &first);
    if (there) {
        state_json(s, e, &first);
        decision_json("own_decision", s, &e->own, &first);
        decision_json("head_decision", s, &e->head_decision, &first);
    }
    key("applications", &first);
    for (int32_t i = 0; i < e->applications; i++) {
        fputs(i > 0 ? ", " : "[", stdout);
        application_json(s, &e->application[i]);
    }
    fputs(e->applications > 0 ? "]" : "[]", stdout);
    programmes("granted", s, e->granted, &first);
    truth("moved", e->moved, &first);
    truth("moved_within_zone", e->moved_local, &first);
    truth("moved_with_head", e->moved_with_head, &first);
    truth("move_failed", e->move_failed, &first);
    text("zone_after", there ? s->tables.zones.id[e->zone_after] : NULL, &first);
    fputs("}", stdout);
}

void qon_explain_json(const struct qon_explained *x) {
    bool first = true;
    fputs("{", stdout);
    id("person", x->pair->side[0].person, &first);
    month("month", x->pair->month, &first);
    text("reason", qon_reason_name(x->pair->reason), &first);
    id("founders", x->pair->founders, &first);
    fputs(",\n \"base\": ", stdout);
    side_json(x, 0);
    fputs(",\n \"alternative\": ", stdout);
    side_json(x, 1);
    puts("}");
}
