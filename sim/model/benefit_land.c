// SPDX-License-Identifier: GPL-3.0-or-later
// Land plot for a garden, a business or a farm: worth something to the applicant, not cash. ODD tag M-BENEFIT-LAND-1.
#include "benefit_kind.h"

struct settings {
    double area_hectare;
    int64_t worth_tenge_hectare, cost_tenge_hectare;
};

static const struct qon_field fields[] = {
    QON_B_NUMBER(area_hectare, "hectare", 0, 10000, 0.1, 0.06, 10, "area of the plot", "definition"),
    QON_B_TENGE(worth_tenge_hectare, "what a hectare is worth to the applicant"),
    QON_B_TENGE(cost_tenge_hectare, "what a hectare costs the budget (surveying, roads, mains)"),
};

static void offer(const void *settings, const struct qon_asker *asker, struct qon_offer *out) {
    (void)asker;
    const struct settings *s = settings;
    out->worth_tiyn += (int64_t)(s->area_hectare * (double)s->worth_tenge_hectare + 0.5);
    out->other_tiyn += (int64_t)(s->area_hectare * (double)s->cost_tenge_hectare + 0.5);
}

const struct qon_benefit_kind qon_benefit_land = {"land",
                                                  "land plot for a garden, a business or a farm",
                                                  fields,
                                                  QON_B_COUNT_OF(fields),
                                                  sizeof(struct settings),
                                                  QON_AT_BIT_MOVE | QON_AT_BIT_RESIDENCE | QON_AT_BIT_ARRIVAL | QON_AT_BIT_EMIGRATION,
                                                  offer,
                                                  NULL,
                                                  NULL};
