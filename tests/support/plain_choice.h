// SPDX-License-Identifier: GPL-3.0-or-later
// A country in which nothing but the formula of utility counts, and what the logit formula says of it. Include after cmocka.h.
#ifndef QONYS_TESTS_PLAIN_CHOICE_H
#define QONYS_TESTS_PLAIN_CHOICE_H

#include "../../sim/model/programmes.h"
#include "loading.h"
#include "policy_run.h"

enum { TARGET = 3 }; // the zone that programmes help to move to

// Everybody weighs all zones every month, has the money, and nothing but the formula of utility counts.
static inline void plain(struct qon_scenario *s) {
    s->settings.choice.information_scale = 1000000;
    s->settings.choice.considered_most = 30;
    s->settings.choice.money_fixed_tenge = 0;
    s->settings.choice.money_km_tenge = 0;
    s->settings.choice.money_deposit_months = 0;
    s->settings.choice.kin_weight = 0;
    s->settings.choice.cost_member = 0;
    s->settings.labour.retraining_prob_month = 0;
    s->settings.policy.bound_cost_share = 0;
    s->settings.policy.discount_percent_year = 0;
    s->settings.policy.horizon_months = 36;
    s->settings.trigger.hazard_cap_month = 1;
    s->settings.trigger.hazard_scale_month = 10;
    s->settings.trigger.rogers_a1 = s->settings.trigger.rogers_a2 = 0;
    s->settings.trigger.rogers_constant = 1;
    s->settings.feedback.markets = false;
}

// A relief of a share of income over the whole horizon: the annuity is that share of income for everybody.
static inline struct qon_programme *relief(struct qon_scenario *scenario, const char *eligible, double share) {
    char settings[80];
    snprintf(settings, sizeof settings, "who=0 wage_share=%.17g months=36", share);
    struct qon_programme *own = policy_add(scenario, "relief", QON_AT_MOVE, eligible);
    policy_give(own, "tax_relief", settings);
    return own;
}

struct decider {
    uint32_t zone, profile;
    int32_t travellers;
};

// Those who will decide, as they stand before the month.
static inline int64_t deciders(const struct qon_world *w, struct decider *list) {
    int64_t count = 0;
    for (uint32_t b = 0; b < w->blocks; b++) {
        const struct qon_persons *p = &w->block[b].persons;
        for (uint32_t row = 0; row < p->count; row++) {
            bool adult = w->month - p->birth_month[row] >= 12 * 18;
            if (!adult || p->role[row] == QON_SPOUSE || p->status[row] == QON_GONE || qon_is_permit(p->legal[row])) {
                continue;
            }
            uint8_t status = p->status[row];
            bool works = status == QON_EMPLOYED || status == QON_SELF_EMPLOYED || status == QON_UNEMPLOYED;
            uint32_t extra = (uint32_t)(w->occupations * w->skills) + (status == QON_STUDENT ? QON_PROFILE_WORKER : QON_PROFILE_PENSION);
            list[count++] = (struct decider){w->block[b].households.zone[p->household[row]],
                                             works && p->occupation[row] != QON_NO_OCCUPATION
                                                 ? (uint32_t)p->occupation[row] * (uint32_t)w->skills + p->skill[row]
                                                 : extra,
                                             p->role[row] == QON_HEAD ? w->block[b].households.members[p->household[row]] : 1};
        }
    }
    return count;
}

// The logit formula: the chance that a decider moves to TARGET, whose weight is `factor` times what it is.
static inline double chance(const struct qon_world *w, const struct decider *d, double factor) {
    const struct qon_model *m = w->model;
    const double *place = m->place_weight + (int64_t)d->profile * w->zones;
    double total = place[d->zone] * (m->home_weight + m->local_weight[d->zone]), target = 0;
    for (int32_t z = 0; z < w->zones; z++) {
        if ((uint32_t)z != d->zone) {
            double weight = place[z] * m->route_weight[(int64_t)d->zone * w->zones + z] * (z == TARGET ? factor : 1);
            total += weight;
            target = z == TARGET ? weight : target;
        }
    }
    return target / total;
}

#endif
