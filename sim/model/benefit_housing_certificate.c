// SPDX-License-Identifier: GPL-3.0-or-later
// Housing certificate: a share of the price of a dwelling up to a cap, for those without one. ODD tag M-BENEFIT-CERTIFICATE-1.
#include "benefit_kind.h"

struct settings {
    double share, most_mci, price_rent_months;
    bool owners;
};

static const struct qon_field fields[] = {
    QON_B_NUMBER(share, "1", 0, 1, 0.5, 0.3, 0.7, "part of the price that it pays", "50 % in the rules of 2023"),
    QON_B_MCI(most_mci, "most that it pays; 0: no limit"),
    QON_B_NUMBER(price_rent_months, "month", 1, 1000, 150, 100, 220, "price of a dwelling in monthly rents", "assumption"),
    QON_B_SWITCH(owners, true, "given to those too who own a dwelling where they live now"),
};

static void offer(const void *settings, const struct qon_asker *asker, struct qon_offer *out) {
    const struct settings *s = settings;
    if (asker->owner && !s->owners) {
        return;
    }
    int64_t amount = (int64_t)(s->share * s->price_rent_months * (double)asker->rent_tiyn_month + 0.5);
    amount = s->most_mci > 0 ? qon_least(amount, qon_mci_tiyn(s->most_mci, asker)) : amount;
    out->worth_tiyn += amount;
    out->other_tiyn += amount;
}

const struct qon_benefit_kind qon_benefit_housing_certificate = {"housing_certificate",
                                                                 "a share of the price of a dwelling up to a cap",
                                                                 fields,
                                                                 QON_B_COUNT_OF(fields),
                                                                 sizeof(struct settings),
                                                                 QON_AT_BIT_MOVE | QON_AT_BIT_RESIDENCE | QON_AT_BIT_ARRIVAL |
                                                                     QON_AT_BIT_EMIGRATION,
                                                                 offer,
                                                                 NULL,
                                                                 NULL};
