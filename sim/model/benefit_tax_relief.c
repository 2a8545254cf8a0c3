// SPDX-License-Identifier: GPL-3.0-or-later
// Tax relief: part of the wage, up to a cap, that the worker or the employer does not pay as tax. ODD tag M-BENEFIT-TAX-1.
#include "benefit_kind.h"

struct settings {
    double wage_share, rank_gain;
    int64_t most_month_tenge;
    int32_t months, who;
};

static const struct qon_field fields[] = {
    QON_B_CHOICE(who, "worker|employer", 1, 0, "whose tax it is"),
    QON_B_NUMBER(wage_share, "1", 0, 1, 0.1, 0.05, 0.2, "tax not paid, part of the wage", "personal income tax of 10 %, remembered"),
    QON_B_TENGE(most_month_tenge, "most of a month; 0: no limit"),
    QON_B_COUNT(months, "month", 1, 240, 12, 6, 36, "how long", "definition"),
    QON_B_NUMBER(rank_gain, "1", 0, 10, 0.2, 0, 1, "part by which the chance to be hired first is higher (relief of employers)",
                 "assumption"),
};

static void offer(const void *settings, const struct qon_asker *asker, struct qon_offer *out) {
    const struct settings *s = settings;
    int64_t month = (int64_t)(s->wage_share * (double)asker->income_tiyn_month + 0.5);
    month = s->most_month_tenge > 0 ? qon_least(month, s->most_month_tenge) : month;
    int64_t *rate = s->who == 0 ? &out->monthly_tiyn : &out->employer_tiyn_month;
    int32_t *length = s->who == 0 ? &out->monthly_months : &out->employer_months;
    int32_t months = s->months > *length ? s->months : *length;
    *rate = (*rate * *length + month * s->months) / months;
    *length = months;
    out->rank_gain += s->who == 1 ? s->rank_gain : 0;
}

const struct qon_benefit_kind qon_benefit_tax_relief = {"tax_relief",
                                                        "tax that the worker or the employer need not pay for some months",
                                                        fields,
                                                        QON_B_COUNT_OF(fields),
                                                        sizeof(struct settings),
                                                        QON_AT_BIT_MOVE | QON_AT_BIT_HIRE | QON_AT_BIT_RESIDENCE | QON_AT_BIT_ARRIVAL,
                                                        offer,
                                                        NULL,
                                                        NULL};
