// SPDX-License-Identifier: GPL-3.0-or-later
// Programmes for which nobody applies: they change rates in their zones and cost by month. ODD tag M-LEVERS-1.
#include "programmes.h"

#include <string.h>

// A zone's budgets of a programme in force this month; takes the cost from them when all can bear it.
static bool afford(struct qon_world *world, int programme, uint32_t zone, int64_t cost) {
    const struct qon_programme *row = qon_programme_of(world, programme);
    int64_t *left = world->ledger.budget_left + world->model->programmes->budget_first[programme];
    int32_t region = world->model->zone_region[zone], year = 1900 + world->month / 12;
    for (int pass = 0; pass < 2; pass++) {
        for (int32_t b = 0; b < row->budgets_count; b++) {
            const struct qon_budget *budget = &row->budgets[b];
            bool counts = (budget->region == QON_ALL_REGIONS || budget->region == region) && qon_limit_holds_in(budget->year, year);
            if (counts && pass == 0 && (left[b] < cost || left[b] == 0)) {
                return false;
            }
            left[b] -= counts && pass == 1 ? cost : 0;
        }
    }
    qon_measure_add(world, programme, zone, QON_MEASURE_spent_tiyn, cost);
    qon_measure_add(world, programme, zone, QON_MEASURE_committed_tiyn, cost);
    world->ledger.other_tiyn[programme] += cost;
    return true;
}

// A quota of no places closes the programme in its region.
static bool closed(const struct qon_world *world, int programme, uint32_t zone) {
    const struct qon_programme *row = qon_programme_of(world, programme);
    int32_t region = world->model->zone_region[zone], year = 1900 + world->month / 12;
    for (int32_t q = 0; q < row->quotas_count; q++) {
        const struct qon_quota *quota = &row->quotas[q];
        bool counts = (quota->region == QON_ALL_REGIONS || quota->region == region) && qon_limit_holds_in(quota->year, year);
        if (counts && quota->places == 0 && quota->group.nodes == 0) {
            return true;
        }
    }
    return false;
}

static void tell(struct qon_world *world, uint32_t zone, const struct qon_levers *levers) {
    for (int p = 0; p < world->scenario->programmes.count; p++) {
        if (levers->about < 0 || levers->about == p) {
            double *aware = &world->ledger.aware[(int64_t)p * world->zones + zone];
            *aware = 1 - (1 - *aware) * (1 - levers->awareness);
        }
    }
}

static const struct qon_levers neutral = {.about = -1, .kandas = 1, .unregistered = 1, .kandas_rank = 1};

static void act(struct qon_world *world, uint32_t zone, const struct qon_levers *own) {
    struct qon_programmes_model *pm = world->model->programmes;
    struct qon_levers *out = &pm->levers[zone];
    out->unregistered *= own->unregistered;
    out->unregistered_leave = 1 - (1 - out->unregistered_leave) * (1 - own->unregistered_leave);
    out->kandas_rank *= own->kandas_rank;
    out->permits |= own->permits;
    out->permit_share_most = own->permit_share_most > 0 ? own->permit_share_most : out->permit_share_most;
    pm->leave_most = out->unregistered_leave > pm->leave_most ? out->unregistered_leave : pm->leave_most;
    pm->any_rank |= own->kandas_rank > 1;
    if (own->awareness > 0) {
        tell(world, zone, own);
    }
}

// What is done abroad has no zone: it is booked in the first zone that the programme's conditions allow.
static void act_abroad(struct qon_world *world, const struct qon_benefit *benefit, int32_t months) {
    struct qon_programmes_model *pm = world->model->programmes;
    for (int64_t c = 0; c < world->scenario->tables.kandas_origins.rows; c++) {
        struct qon_levers own = neutral;
        benefit->kind->levers(benefit->settings, months, (int32_t)c, &own);
        pm->kandas_gain[c] = (1 + pm->kandas_gain[c]) * own.kandas - 1;
    }
}

static void apply(struct qon_world *world, int programme, uint32_t zone, bool first) {
    const struct qon_programme *row = qon_programme_of(world, programme);
    int32_t months = world->month - row->from;
    for (int32_t b = 0; b < row->benefits_count; b++) {
        const struct qon_benefit *benefit = &row->benefits[b];
        struct qon_levers own = neutral;
        if (benefit->kind->levers == NULL) {
            continue;
        }
        benefit->kind->levers(benefit->settings, months, -1, &own);
        int64_t cost = own.cost_tiyn + (first ? own.abroad_tiyn : 0);
        if (closed(world, programme, zone) || !afford(world, programme, zone, cost / world->scenario->scale)) {
            continue;
        }
        act(world, zone, &own);
        world->model->programmes->permits[programme] |= own.permits;
        if (first) {
            act_abroad(world, benefit, months);
        }
    }
}

void qon_levers_month(struct qon_world *world) {
    struct qon_programmes_model *pm = world->model->programmes;
    const struct qon_table_kandas_origins *origins = &world->scenario->tables.kandas_origins;
    for (int32_t z = 0; z < world->zones; z++) {
        pm->levers[z] = neutral;
    }
    for (int64_t c = 0; c < origins->rows; c++) {
        pm->kandas_gain[c] = 0;
    }
    pm->leave_most = 0;
    for (int p = 0; p < world->scenario->programmes.count; p++) {
        if ((pm->open[QON_AT_COUNTRY] >> p & 1) == 0) {
            continue;
        }
        bool first = true;
        for (int32_t z = 0; z < world->zones; z++) {
            int64_t at = (int64_t)p * world->zones + z;
            if (pm->origin_fits[at] && pm->destination_fits[at]) {
                apply(world, p, (uint32_t)z, first);
                first = false;
            }
        }
    }
    pm->kandas_gain_mean = 0;
    for (int64_t c = 0; c < origins->rows; c++) {
        pm->kandas_gain_mean += origins->share[c] * pm->kandas_gain[c];
    }
}
