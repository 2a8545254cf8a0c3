// SPDX-License-Identifier: GPL-3.0-or-later
// Training: a course of some months that the budget pays, then a better wage, a better place in the queue of seekers, perhaps another
// occupation. ODD tag M-BENEFIT-TRAINING-1.
#include "benefit_kind.h"

struct settings {
    double cost_mci, stipend_month_mci, wage_gain, rank_gain;
    int64_t cost_tenge;
    int32_t months, place, occupation;
};

static const struct qon_field fields[] = {
    QON_B_COUNT(months, "month", 0, 60, 3, 1, 10, "length of the course", "assumption"),
    QON_B_MCI(cost_mci, "cost of the course"),
    QON_B_TENGE(cost_tenge, "cost of the course"),
    QON_B_MCI(stipend_month_mci, "paid to the trainee each month of the course"),
    QON_B_NUMBER(wage_gain, "1", 0, 1, 0.05, 0, 0.15, "part by which later wages are higher",
                 "Card, Kluve, Weber 2018: small gains; assumption"),
    QON_B_NUMBER(rank_gain, "1", 0, 10, 0.3, 0.1, 0.7, "part by which the chance to be hired first is higher", "assumption"),
    QON_B_CHOICE(place, "origin|employer", 1, 0, "before the move, or at the receiving enterprise (nothing is waited for)"),
    QON_B_REF(occupation, "occupations", "occupation that the course leads to; absent: as before"),
};

static void offer(const void *settings, const struct qon_asker *asker, struct qon_offer *out) {
    const struct settings *s = settings;
    int64_t stipend = qon_mci_tiyn(s->stipend_month_mci, asker);
    out->other_tiyn += qon_mci_tiyn(s->cost_mci, asker) + s->cost_tenge;
    out->later_tiyn += stipend * s->months;
    // Two years of the better wage are what the trainee counts.
    out->worth_tiyn += (int64_t)(24 * s->wage_gain * (double)asker->income_tiyn_month + 0.5);
    out->wage_gain += s->wage_gain;
    out->rank_gain += s->rank_gain;
    int32_t wait = s->place == 0 ? s->months : 0;
    out->training_months = wait > out->training_months ? wait : out->training_months;
    out->occupation = s->occupation >= 0 ? s->occupation : out->occupation;
}

const struct qon_benefit_kind qon_benefit_training = {"training",
                                                      "a course, then better wages and chances, perhaps another occupation",
                                                      fields,
                                                      QON_B_COUNT_OF(fields),
                                                      sizeof(struct settings),
                                                      QON_AT_BIT_MOVE | QON_AT_BIT_HIRE | QON_AT_BIT_RESIDENCE | QON_AT_BIT_ARRIVAL,
                                                      offer,
                                                      NULL,
                                                      NULL};
