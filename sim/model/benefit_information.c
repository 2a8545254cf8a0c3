// SPDX-License-Identifier: GPL-3.0-or-later
// Information: job fairs and campaigns make programmes known in the zones they are held in. ODD tag M-BENEFIT-INFORMATION-1.
#include "benefit_kind.h"

struct settings {
    double reach;
    int64_t cost_tenge;
    int32_t every_months, about;
};

static const struct qon_field fields[] = {
    QON_B_NUMBER(reach, "1", 0, 1, 0.05, 0.01, 0.2, "part of those who did not know, reached each time", "assumption"),
    QON_B_COUNT(every_months, "month", 1, 120, 12, 1, 12, "months from one fair or campaign to the next", "yearly in the plan of measures"),
    QON_B_TENGE(cost_tenge, "what each costs in each zone"),
    QON_B_REF(about, "programmes", "programme that is made known; absent: all"),
};

static void levers(const void *settings, int32_t months, int32_t country, struct qon_levers *out) {
    (void)country;
    const struct settings *s = settings;
    if (months % s->every_months == 0) {
        out->awareness = 1 - (1 - out->awareness) * (1 - s->reach);
        out->about = s->about;
        out->cost_tiyn += s->cost_tenge;
    }
}

const struct qon_benefit_kind qon_benefit_information = {"information",
                                                         "job fairs and campaigns: programmes become known",
                                                         fields,
                                                         QON_B_COUNT_OF(fields),
                                                         sizeof(struct settings),
                                                         QON_AT_BIT_COUNTRY,
                                                         NULL,
                                                         levers,
                                                         NULL};
