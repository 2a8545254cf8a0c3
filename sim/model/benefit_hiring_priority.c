// SPDX-License-Identifier: GPL-3.0-or-later
// Priority in hiring: the eligible come sooner in the queue of seekers. Costs nothing; others are displaced. ODD tag M-BENEFIT-PRIORITY-1.
#include "benefit_kind.h"

struct settings {
    double rank_gain;
};

static const struct qon_field fields[] = {
    QON_B_NUMBER(rank_gain, "1", 0, 10, 0.5, 0.2, 2, "part by which the chance to be hired first is higher", "assumption"),
};

static void offer(const void *settings, const struct qon_asker *asker, struct qon_offer *out) {
    (void)asker;
    out->rank_gain += ((const struct settings *)settings)->rank_gain;
}

const struct qon_benefit_kind qon_benefit_hiring_priority = {"hiring_priority",
                                                             "the eligible come sooner in the queue of seekers",
                                                             fields,
                                                             QON_B_COUNT_OF(fields),
                                                             sizeof(struct settings),
                                                             QON_AT_BIT_HIRE,
                                                             offer,
                                                             NULL,
                                                             NULL};
