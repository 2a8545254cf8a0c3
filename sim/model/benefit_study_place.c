// SPDX-License-Identifier: GPL-3.0-or-later
// Study place away from home, with a stipend: the level of education it leads to, and (by the programme's bond) years of work there.
// ODD tag M-BENEFIT-STUDY-1.
#include "benefit_kind.h"

struct settings {
    double stipend_month_mci, place_year_mci;
    int64_t place_year_tenge;
    int32_t months, education;
};

static const struct qon_field fields[] = {
    QON_B_COUNT(months, "month", 1, 120, 36, 24, 48, "length of the studies", "definition"),
    QON_B_MCI(stipend_month_mci, "paid to the student each month"),
    QON_B_MCI(place_year_mci, "what the place costs the budget a year"),
    QON_B_TENGE(place_year_tenge, "what the place costs the budget a year"),
    QON_B_REF(education, "educations", "level that it leads to; absent: the student's own path"),
};

static void offer(const void *settings, const struct qon_asker *asker, struct qon_offer *out) {
    const struct settings *s = settings;
    int64_t year = qon_mci_tiyn(s->place_year_mci, asker) + s->place_year_tenge;
    int64_t stipend = qon_mci_tiyn(s->stipend_month_mci, asker);
    out->other_tiyn += year * s->months / 12;
    out->worth_tiyn += year * s->months / 12;
    int32_t months = s->months > out->monthly_months ? s->months : out->monthly_months;
    out->monthly_tiyn = (out->monthly_tiyn * out->monthly_months + stipend * s->months) / months;
    out->monthly_months = months;
    // The journey and the lodging are the institution's.
    out->relief_tiyn += asker->moving_tiyn;
    out->education = s->education >= 0 ? s->education : out->education;
}

const struct qon_benefit_kind qon_benefit_study_place = {"study_place",
                                                         "a place at a university or college elsewhere, with a stipend",
                                                         fields,
                                                         QON_B_COUNT_OF(fields),
                                                         sizeof(struct settings),
                                                         QON_AT_BIT_SCHOOL,
                                                         offer,
                                                         NULL,
                                                         NULL};
