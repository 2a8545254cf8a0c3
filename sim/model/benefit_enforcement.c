// SPDX-License-Identifier: GPL-3.0-or-later
// Enforcement against unregistered work: fewer come, and some of those who are there are made to leave. ODD tag M-BENEFIT-ENFORCEMENT-1.
#include "benefit_kind.h"

struct settings {
    double arrivals_factor, leave_month;
    int64_t month_tenge;
};

static const struct qon_field fields[] = {
    QON_B_NUMBER(arrivals_factor, "1", 0, 1, 0.8, 0.5, 1, "factor on arrivals of unregistered workers", "assumption"),
    QON_B_NUMBER(leave_month, "1/month", 0, 1, 0.02, 0, 0.1, "chance that one is found and made to leave in a month", "assumption"),
    QON_B_TENGE(month_tenge, "what it costs a month in each zone"),
};

static void levers(const void *settings, int32_t months, int32_t country, struct qon_levers *out) {
    (void)months;
    (void)country;
    const struct settings *s = settings;
    out->unregistered *= s->arrivals_factor;
    out->unregistered_leave = 1 - (1 - out->unregistered_leave) * (1 - s->leave_month);
    out->cost_tiyn += s->month_tenge;
}

const struct qon_benefit_kind qon_benefit_enforcement = {"enforcement",
                                                         "checks against unregistered work",
                                                         fields,
                                                         QON_B_COUNT_OF(fields),
                                                         sizeof(struct settings),
                                                         QON_AT_BIT_COUNTRY,
                                                         NULL,
                                                         levers,
                                                         NULL};
