// SPDX-License-Identifier: GPL-3.0-or-later
// Cultural centre abroad: more kandas come from its country. ODD tag M-BENEFIT-CULTURE-1.
#include "benefit_kind.h"

struct settings {
    double gain;
    int64_t month_tenge;
    int32_t country;
};

static const struct qon_field fields[] = {
    QON_B_REF(country, "kandas_origins", "country it works in; absent: all"),
    QON_B_NUMBER(gain, "1", 0, 10, 0.1, 0, 0.5, "part by which arrivals from there rise", "assumption"),
    QON_B_TENGE(month_tenge, "what it costs a month"),
};

static void levers(const void *settings, int32_t months, int32_t country, struct qon_levers *out) {
    (void)months;
    const struct settings *s = settings;
    if (country >= 0 && (s->country < 0 || s->country == country)) {
        out->kandas *= 1 + s->gain;
    }
    out->abroad_tiyn += s->month_tenge;
}

const struct qon_benefit_kind qon_benefit_cultural_centre = {"cultural_centre",
                                                             "a centre abroad: more kandas come from its country",
                                                             fields,
                                                             QON_B_COUNT_OF(fields),
                                                             sizeof(struct settings),
                                                             QON_AT_BIT_COUNTRY,
                                                             NULL,
                                                             levers,
                                                             NULL};
