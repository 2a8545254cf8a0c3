// SPDX-License-Identifier: GPL-3.0-or-later
// Loan below the market rate. Its worth to the borrower, and its cost to the budget, is the grant element: what the payments, discounted
// at the market rate, fall short of the principal. For those without a dwelling part of it meets the costs of the move.
// ODD tag M-BENEFIT-LOAN-1.
#include "benefit_kind.h"

#include <qonys/explog.h>

struct settings {
    double principal_mci, rate_percent_year, market_percent_year, cash_share;
    int64_t principal_tenge;
    int32_t term_months;
};

static const struct qon_field fields[] = {
    QON_B_MCI(principal_mci, "amount lent"),
    QON_B_TENGE(principal_tenge, "amount lent"),
    QON_B_NUMBER(rate_percent_year, "percent/year", 0, 100, 0.01, 0.01, 5, "nominal rate", "0.01 % in the programme of 2009"),
    QON_B_NUMBER(market_percent_year, "percent/year", 0, 100, 15, 10, 20, "nominal rate of loans without support", "assumption"),
    QON_B_COUNT(term_months, "month", 1, 600, 180, 60, 300, "term, in equal monthly payments", "15 years in the programme of 2009"),
    QON_B_NUMBER(cash_share, "1", 0, 1, 0.05, 0, 0.2, "part that can meet the costs of the move of those without a dwelling", "assumption"),
};

// Value of a payment of 1 at the end of each of n months.
static double annuity(double percent_year, int32_t months) {
    double rate = percent_year / 1200;
    return rate < 1e-12 ? months : (1 - qon_exp(-months * qon_log(1 + rate))) / rate;
}

double qon_grant_element(double rate_percent_year, double market_percent_year, int32_t months) {
    double element = 1 - annuity(market_percent_year, months) / annuity(rate_percent_year, months);
    return element > 0 ? element : 0;
}

static void offer(const void *settings, const struct qon_asker *asker, struct qon_offer *out) {
    const struct settings *s = settings;
    int64_t principal = qon_mci_tiyn(s->principal_mci, asker) + s->principal_tenge;
    int64_t gift = (int64_t)(qon_grant_element(s->rate_percent_year, s->market_percent_year, s->term_months) * (double)principal + 0.5);
    out->lent_tiyn += principal;
    out->worth_tiyn += gift;
    out->other_tiyn += gift;
    out->relief_tiyn += asker->owner ? 0 : (int64_t)(s->cash_share * (double)principal);
}

static const char *check(const void *settings) {
    const struct settings *s = settings;
    return s->principal_mci > 0 || s->principal_tenge > 0 ? NULL : "lends nothing: principal_mci or principal_tenge is missing";
}

const struct qon_benefit_kind qon_benefit_loan = {"loan",
                                                  "loan below the market rate; it costs the budget its grant element",
                                                  fields,
                                                  QON_B_COUNT_OF(fields),
                                                  sizeof(struct settings),
                                                  QON_AT_BIT_MOVE | QON_AT_BIT_RESIDENCE | QON_AT_BIT_ARRIVAL | QON_AT_BIT_EMIGRATION,
                                                  offer,
                                                  NULL,
                                                  check};
