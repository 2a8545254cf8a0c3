// SPDX-License-Identifier: GPL-3.0-or-later
// Employer subsidy: money by month to the employer as long as the subsidised person stays. ODD tag M-BENEFIT-EMPLOYER-1.
#include "benefit_kind.h"

struct settings {
    double month_mci, wage_share, once_mci, rank_gain;
    int64_t month_tenge;
    int32_t months;
};

static const struct qon_field fields[] = {
    QON_B_MCI(month_mci, "amount of a month"),
    QON_B_TENGE(month_tenge, "amount of a month"),
    QON_B_NUMBER(wage_share, "1", 0, 1, 0, 0, 0.7, "part of the wage that is paid besides", "definition"),
    QON_B_MCI(once_mci, "whole amount besides, paid in equal parts over the months"),
    QON_B_COUNT(months, "month", 1, 120, 12, 3, 24, "months it is paid, while the person stays with the employer", "definition"),
    QON_B_NUMBER(rank_gain, "1", 0, 10, 0.5, 0.1, 2, "part by which the chance of the subsidised to be hired first is higher",
                 "assumption"),
};

static void offer(const void *settings, const struct qon_asker *asker, struct qon_offer *out) {
    const struct settings *s = settings;
    int64_t month = qon_mci_tiyn(s->month_mci, asker) + s->month_tenge + qon_mci_tiyn(s->once_mci, asker) / s->months;
    month += (int64_t)(s->wage_share * (double)asker->income_tiyn_month + 0.5);
    int32_t months = s->months > out->employer_months ? s->months : out->employer_months;
    out->employer_tiyn_month = (out->employer_tiyn_month * out->employer_months + month * s->months) / months;
    out->employer_months = months;
    out->rank_gain += s->rank_gain;
}

static const char *check(const void *settings) {
    const struct settings *s = settings;
    bool any = s->month_mci > 0 || s->month_tenge > 0 || s->wage_share > 0 || s->once_mci > 0;
    return any ? NULL : "pays nothing: month_mci, month_tenge, once_mci or wage_share is missing";
}

const struct qon_benefit_kind qon_benefit_employer_subsidy = {
    "employer_subsidy",
    "money by month to the employer of a subsidised person, while that person stays",
    fields,
    QON_B_COUNT_OF(fields),
    sizeof(struct settings),
    QON_AT_BIT_HIRE,
    offer,
    NULL,
    check};
