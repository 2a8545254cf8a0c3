// SPDX-License-Identifier: GPL-3.0-or-later
// Rent support: money by month for a time, by size of the family and kind of settlement. ODD tag M-BENEFIT-RENT-1.
#include "benefit_kind.h"

struct settings {
    double month_mci, member_month_mci, most_month_mci, urban_factor;
    int64_t month_tenge;
    int32_t months;
    bool within_rent;
};

static const struct qon_field fields[] = {
    QON_B_MCI(month_mci, "amount of a month"),
    QON_B_TENGE(month_tenge, "amount of a month"),
    QON_B_MCI(member_month_mci, "added to it for each further member"),
    QON_B_MCI(most_month_mci, "most of a month; 0: no limit"),
    QON_B_NUMBER(urban_factor, "1", 0, 10, 1, 1, 2, "factor on the amount in urban zones", "definition"),
    QON_B_COUNT(months, "month", 1, 120, 12, 6, 24, "how many months it is paid", "12 months in the rules of 2017"),
    QON_B_SWITCH(within_rent, false, "at most the usual rent of the zone"),
};

static void offer(const void *settings, const struct qon_asker *asker, struct qon_offer *out) {
    const struct settings *s = settings;
    double mci = s->month_mci + s->member_month_mci * (asker->members - 1);
    double factor = qon_zone_is_urban(asker->world, asker->zone) ? s->urban_factor : 1;
    int64_t amount = (int64_t)(factor * (double)(qon_mci_tiyn(mci, asker) + s->month_tenge) + 0.5);
    amount = s->most_month_mci > 0 ? qon_least(amount, qon_mci_tiyn(s->most_month_mci, asker)) : amount;
    amount = s->within_rent ? qon_least(amount, asker->rent_tiyn_month) : amount;
    // Two supports of different length run as one of the longer with the same sum, to the tiyn below.
    int32_t months = s->months > out->monthly_months ? s->months : out->monthly_months;
    out->monthly_tiyn = (out->monthly_tiyn * out->monthly_months + amount * s->months) / months;
    out->monthly_months = months;
}

static const char *check(const void *settings) {
    const struct settings *s = settings;
    return s->month_mci > 0 || s->month_tenge > 0 ? NULL : "gives nothing: month_mci or month_tenge is missing";
}

const struct qon_benefit_kind qon_benefit_rent_support = {"rent_support",
                                                          "money by month for rent, by family size and settlement",
                                                          fields,
                                                          QON_B_COUNT_OF(fields),
                                                          sizeof(struct settings),
                                                          QON_AT_PEOPLE,
                                                          offer,
                                                          NULL,
                                                          check};
