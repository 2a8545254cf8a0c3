// SPDX-License-Identifier: GPL-3.0-or-later
// What the files of benefit kinds share. Private to sim/model.
#ifndef QONYS_MODEL_BENEFIT_KIND_H
#define QONYS_MODEL_BENEFIT_KIND_H

#include <qonys/benefit.h>

#define BENEFIT(kind) extern const struct qon_benefit_kind qon_benefit_##kind;
#include <qonys/benefits.def>
#undef BENEFIT

// Rows of a kind's field table: its struct is `struct settings`.
#define QON_B_PLACE(name) offsetof(struct settings, name)
#define QON_B_NUMBER(name, unit, minimum, maximum, initial, low, high, meaning, source) \
    { #name, QON_F64, QON_B_PLACE(name), unit, minimum, maximum, initial, low, high, NULL, meaning, source }
#define QON_B_COUNT(name, unit, minimum, maximum, initial, low, high, meaning, source) \
    { #name, QON_I32, QON_B_PLACE(name), unit, minimum, maximum, initial, low, high, NULL, meaning, source }
#define QON_B_TENGE(name, meaning) \
    { #name, QON_I64, QON_B_PLACE(name), "tiyn", 0, 1e12, 0, 0, 0, NULL, meaning ", in tenge", "definition" }
#define QON_B_MCI(name, meaning) \
    { #name, QON_F64, QON_B_PLACE(name), "MCI", 0, 1e6, 0, 0, 0, NULL, meaning ", in monthly calculation indices", "definition" }
#define QON_B_SWITCH(name, initial, meaning) \
    { #name, QON_BOOL, QON_B_PLACE(name), "1", 0, 1, initial, 0, 0, NULL, meaning, "definition" }
#define QON_B_CHOICE(name, choices, most, initial, meaning) \
    { #name, QON_I32, QON_B_PLACE(name), "1", 0, most, initial, 0, 0, choices, meaning, "definition" }
#define QON_B_REF(name, table, meaning) \
    { #name, QON_REF, QON_B_PLACE(name), "id", 0, 0, -1, 0, 0, table, meaning, "definition" }

#define QON_B_COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

enum {
    QON_AT_BIT_MOVE = 1U << QON_AT_MOVE,
    QON_AT_BIT_HIRE = 1U << QON_AT_HIRE,
    QON_AT_BIT_RESIDENCE = 1U << QON_AT_RESIDENCE,
    QON_AT_BIT_ARRIVAL = 1U << QON_AT_ARRIVAL,
    QON_AT_BIT_EMIGRATION = 1U << QON_AT_EMIGRATION,
    QON_AT_BIT_SCHOOL = 1U << QON_AT_SCHOOL,
    QON_AT_BIT_COUNTRY = 1U << QON_AT_COUNTRY,
    QON_AT_PEOPLE =
        QON_AT_BIT_MOVE | QON_AT_BIT_HIRE | QON_AT_BIT_RESIDENCE | QON_AT_BIT_ARRIVAL | QON_AT_BIT_EMIGRATION | QON_AT_BIT_SCHOOL,
};

// An amount in MCI of the month, to the nearest tiyn.
static inline int64_t qon_mci_tiyn(double mci, const struct qon_asker *asker) {
    return (int64_t)(mci * (double)asker->mci_tiyn + 0.5);
}
static inline int64_t qon_least(int64_t a, int64_t b) {
    return a < b ? a : b;
}
static inline int64_t qon_most(int64_t a, int64_t b) {
    return a > b ? a : b;
}
bool qon_zone_is_urban(const struct qon_world *world, uint32_t zone);

// Part of a loan's principal that is a gift: what its payments, discounted at the market rate, fall short of it. Equal monthly payments,
// nominal yearly rates in percent. 0 when the rate is not below the market's.
double qon_grant_element(double rate_percent_year, double market_percent_year, int32_t months);

#endif
