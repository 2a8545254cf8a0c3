// SPDX-License-Identifier: GPL-3.0-or-later
// Grant: money once, for the applicant and for each further member, before the move or afterwards. ODD tag M-BENEFIT-GRANT-1.
#include "benefit_kind.h"

struct settings {
    double amount_mci, member_mci;
    int64_t amount_tenge, member_tenge, minors_tenge;
    int32_t per, paid;
    bool within_cost;
};

static const struct qon_field fields[] = {
    QON_B_MCI(amount_mci, "amount"),
    QON_B_TENGE(amount_tenge, "amount"),
    QON_B_MCI(member_mci, "added for each further member"),
    QON_B_TENGE(member_tenge, "added for each further member"),
    QON_B_TENGE(minors_tenge, "added once when minors come along"),
    QON_B_CHOICE(per, "applicant|member", 1, 0, "whether the amount is given once or for each member"),
    QON_B_CHOICE(paid, "upfront|reimbursed", 1, 0, "before the move, so that it helps to pay for it, or afterwards"),
    QON_B_SWITCH(within_cost, false, "at most what the move costs (deduction of the costs of a move)"),
};

static void offer(const void *settings, const struct qon_asker *asker, struct qon_offer *out) {
    const struct settings *s = settings;
    int64_t amount = (qon_mci_tiyn(s->amount_mci, asker) + s->amount_tenge) * (s->per == 1 ? asker->members : 1);
    amount += (qon_mci_tiyn(s->member_mci, asker) + s->member_tenge) * (asker->members - 1);
    amount += asker->minors > 0 ? s->minors_tenge : 0;
    amount = s->within_cost ? qon_least(amount, asker->moving_tiyn) : amount;
    *(s->paid == 0 ? &out->upfront_tiyn : &out->later_tiyn) += amount;
}

static const char *check(const void *settings) {
    const struct settings *s = settings;
    bool any = s->amount_mci > 0 || s->amount_tenge > 0 || s->member_mci > 0 || s->member_tenge > 0 || s->minors_tenge > 0;
    return any ? NULL : "gives nothing: amount_mci or amount_tenge is missing";
}

const struct qon_benefit_kind qon_benefit_grant = {"grant",
                                                   "money once, per applicant or per member, before the move or reimbursed",
                                                   fields,
                                                   QON_B_COUNT_OF(fields),
                                                   sizeof(struct settings),
                                                   QON_AT_PEOPLE,
                                                   offer,
                                                   NULL,
                                                   check};
