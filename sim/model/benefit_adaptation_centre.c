// SPDX-License-Identifier: GPL-3.0-or-later
// Adaptation and integration centre: kandas of its zones find jobs sooner. ODD tag M-BENEFIT-ADAPTATION-1.
#include "benefit_kind.h"

struct settings {
    double rank_gain;
    int64_t month_tenge;
};

static const struct qon_field fields[] = {
    QON_B_NUMBER(rank_gain, "1", 0, 10, 0.4, 0.1, 1, "part by which the chance of kandas to be hired first is higher", "assumption"),
    QON_B_TENGE(month_tenge, "what it costs a month in each zone"),
};

static void levers(const void *settings, int32_t months, int32_t country, struct qon_levers *out) {
    (void)months;
    (void)country;
    const struct settings *s = settings;
    out->kandas_rank *= 1 + s->rank_gain;
    out->cost_tiyn += s->month_tenge;
}

const struct qon_benefit_kind qon_benefit_adaptation_centre = {"adaptation_centre",
                                                               "courses and placement for kandas of the zones",
                                                               fields,
                                                               QON_B_COUNT_OF(fields),
                                                               sizeof(struct settings),
                                                               QON_AT_BIT_COUNTRY,
                                                               NULL,
                                                               levers,
                                                               NULL};
