// SPDX-License-Identifier: GPL-3.0-or-later
// Retention: money by month for those who stay in the country. ODD tag M-BENEFIT-RETENTION-1.
#include "benefit_kind.h"

struct settings {
    double month_mci, wage_share;
    int64_t month_tenge;
    int32_t months;
};

static const struct qon_field fields[] = {
    QON_B_MCI(month_mci, "amount of a month"),
    QON_B_TENGE(month_tenge, "amount of a month"),
    QON_B_NUMBER(wage_share, "1", 0, 10, 0, 0, 0.5, "part of the wage that is added", "definition"),
    QON_B_COUNT(months, "month", 1, 240, 36, 12, 84, "how long", "definition"),
};

static void offer(const void *settings, const struct qon_asker *asker, struct qon_offer *out) {
    const struct settings *s = settings;
    int64_t month = qon_mci_tiyn(s->month_mci, asker) + s->month_tenge + (int64_t)(s->wage_share * (double)asker->income_tiyn_month + 0.5);
    int32_t months = s->months > out->monthly_months ? s->months : out->monthly_months;
    out->monthly_tiyn = (out->monthly_tiyn * out->monthly_months + month * s->months) / months;
    out->monthly_months = months;
}

static const char *check(const void *settings) {
    const struct settings *s = settings;
    return s->month_mci > 0 || s->month_tenge > 0 || s->wage_share > 0 ? NULL
                                                                       : "pays nothing: month_mci, month_tenge or wage_share is missing";
}

const struct qon_benefit_kind qon_benefit_retention = {"retention",
                                                       "money by month for those who do not leave the country",
                                                       fields,
                                                       QON_B_COUNT_OF(fields),
                                                       sizeof(struct settings),
                                                       QON_AT_BIT_RESIDENCE | QON_AT_BIT_EMIGRATION,
                                                       offer,
                                                       NULL,
                                                       check};
