// SPDX-License-Identifier: GPL-3.0-or-later
// Programmes that administer permits: in their regions the places of a category are those of their quotas, spread over the rest of the
// year, and employers stand in the order of the programme's points or priority. ODD tag M-PERMIT-2.
#include "programmes.h"

#include <math.h>

int qon_permit_programme(const struct qon_world *world, int category, int32_t region) {
    const struct qon_programmes_model *pm = world->model->programmes;
    if (pm == NULL) {
        return -1;
    }
    for (uint64_t left = pm->open[QON_AT_COUNTRY]; left != 0; left &= left - 1) {
        int p = __builtin_ctzll(left);
        const struct qon_programme *own = qon_programme_of(world, p);
        if ((pm->permits[p] >> category & 1) == 0) {
            continue;
        }
        for (int32_t q = 0; q < own->quotas_count; q++) {
            bool here = own->quotas[q].region == region || own->quotas[q].region == QON_ALL_REGIONS;
            if (here && qon_limit_holds_in(own->quotas[q].year, 1900 + world->month / 12)) {
                return p;
            }
        }
    }
    return -1;
}

static bool counts(const struct qon_world *world, const struct qon_quota *quota, int32_t region) {
    return (quota->region == region || quota->region == QON_ALL_REGIONS) && qon_limit_holds_in(quota->year, 1900 + world->month / 12);
}

int64_t qon_permit_places(const struct qon_world *world, int programme, int32_t region, double u) {
    const struct qon_programme *own = qon_programme_of(world, programme);
    const int64_t *left = world->ledger.quota_left + world->model->programmes->quota_first[programme];
    int64_t places = INT64_MAX;
    for (int32_t q = 0; q < own->quotas_count; q++) {
        if (counts(world, &own->quotas[q], region)) {
            // What is left is spread over the months left: of the year, or of the programme.
            int32_t months = own->quotas[q].year == QON_WHOLE_TIME ? own->to - world->month + 1 : 12 - world->month % 12;
            int64_t now = qon_round_random((double)left[q] / months, u);
            now = now < left[q] ? now : left[q];
            places = now < places ? now : places;
        }
    }
    return places;
}

void qon_permit_taken(struct qon_world *world, int programme, uint32_t zone) {
    const struct qon_programme *own = qon_programme_of(world, programme);
    int64_t *left = world->ledger.quota_left + world->model->programmes->quota_first[programme];
    for (int32_t q = 0; q < own->quotas_count; q++) {
        left[q] -= counts(world, &own->quotas[q], world->model->zone_region[zone]);
    }
    qon_measure_add(world, programme, zone, QON_MEASURE_granted, 1);
    world->ledger.grants[programme]++;
}

double qon_permit_rank(const struct qon_world *world, int programme, uint32_t employer, double rank) {
    const struct qon_programme *own = qon_programme_of(world, programme);
    struct qon_ask ask = {world,    NULL, QON_NONE, QON_NONE, world->employers.zone[employer], world->employers.zone[employer],
                          employer, NULL};
    if (!qon_predicate_holds(&own->eligible, &ask)) {
        return HUGE_VAL;
    }
    // The race decides between equals only: it is brought below 1, and points count in whole steps of their own.
    return qon_rank_first(own, &ask) + rank / (1 + rank) * 1e-9;
}

double qon_permit_share(const struct qon_world *world, uint32_t zone, double share) {
    const struct qon_programmes_model *pm = world->model->programmes;
    return pm != NULL && pm->levers[zone].permit_share_most > 0 ? pm->levers[zone].permit_share_most : share;
}
