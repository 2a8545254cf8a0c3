// SPDX-License-Identifier: GPL-3.0-or-later
// Permits for foreign workers: places of a category are those of the programme's quotas by region and year, given by the programme's
// points. ODD tag M-BENEFIT-PERMIT-1.
#include "benefit_kind.h"

struct settings {
    int32_t category;
    double staff_share_most;
};

static const struct qon_field fields[] = {
    QON_B_CHOICE(category, "category_1|category_2|category_3|category_4|seasonal", 4, 0, "which permits"),
    QON_B_NUMBER(staff_share_most, "1", 0, 1, 0, 0, 0.3, "most foreign staff, share of an employer's staff; 0: as the settings say",
                 "definition"),
};

static void levers(const void *settings, int32_t months, int32_t country, struct qon_levers *out) {
    (void)months;
    (void)country;
    const struct settings *s = settings;
    out->permits |= 1U << s->category;
    out->permit_share_most = s->staff_share_most > 0 ? s->staff_share_most : out->permit_share_most;
}

const struct qon_benefit_kind qon_benefit_permit = {
    "permit",
    "places for foreign workers on permit, by region and year as the programme's quotas say",
    fields,
    QON_B_COUNT_OF(fields),
    sizeof(struct settings),
    QON_AT_BIT_COUNTRY,
    NULL,
    levers,
    NULL};
