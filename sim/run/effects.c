// SPDX-License-Identifier: GPL-3.0-or-later
// From the counts of a pair to its effects (effects.def). ODD tag M-COMPARE-1.
//
// The additionality guide (English Partnerships 2008) writes net additional = gross (1 - leakage) (1 - displacement) (1 - substitution)
// multiplier - reference. Here the reference case is counted person by person, so that gross - reference is the number of induced movers,
// displacement is of moves and the multiplier what spill-over adds: the product is movers_additional to the person. Markets shuffle people
// in both directions: a vacancy that is taken here opens a flat there. So only the balance of displaced and spill-over counts, as
// displacement where more lose a move than gain one, as multiplier where more gain one; both stand whole in the ledger. Leakage and
// substitution are told beside it: those who left again and jobs taken from residents are no moves.
#include "compare.h"

#include <math.h>

static double percent(double part, double whole) {
    return whole > 0 ? 100 * part / whole : (double)NAN;
}

static double class_sum(const struct qon_pair *pair, int class, const int64_t *of) {
    int64_t sum = 0;
    for (int32_t p = 0; p <= pair->alt->programmes; p++) {
        sum += of[p * QON_CLASSES + class];
    }
    return (double)sum;
}

static double money_of(const struct qon_traced *t) {
    double tiyn = 0;
    for (int32_t p = 0; p < t->programmes; p++) {
        tiyn += (double)(t->spent[p] - t->clawed[p]);
    }
    return tiyn * t->scale / 100;
}

static double refused_of(const struct qon_traced *t) {
    int64_t sum = 0;
    for (int32_t p = 0; p < t->programmes; p++) {
        sum += t->refused[p];
    }
    return (double)sum * t->scale;
}

static double month_index(const struct qon_pair *pair, int32_t month) {
    return month == INT32_MAX ? (double)NAN : month - pair->alt->start;
}

static void of_movers(const struct qon_pair *pair, double *e) {
    double scale = pair->alt->scale;
    double paid = (double)pair->count[QON_COUNT_MOVERS_PAID], induced = (double)pair->count[QON_COUNT_INDUCED_MOVERS];
    double displaced = (double)pair->count[QON_COUNT_DISPLACED_MOVE];
    double spill = class_sum(pair, QON_CLASS_SPILL_OVER, pair->persons);
    e[QON_EFFECT_movers_paid] = scale * paid;
    e[QON_EFFECT_induced_movers] = scale * induced;
    e[QON_EFFECT_movers_additional] = scale * (induced - displaced + spill);
    e[QON_EFFECT_additionality_gross] = scale * paid;
    e[QON_EFFECT_additionality_reference] = scale * (paid - induced);
    double lost = displaced > spill ? displaced - spill : 0;
    e[QON_EFFECT_displacement_share] = percent(lost, induced);
    e[QON_EFFECT_multiplier] = induced > lost ? (induced - displaced + spill) / (induced - lost) : (double)NAN;
    e[QON_EFFECT_leakage_share] = percent((double)pair->count[QON_COUNT_LEAKED], paid);
    for (int k = 0; k < 3; k++) {
        e[QON_EFFECT_retained_12_share + k] =
            percent((double)pair->count[QON_COUNT_KEPT_12 + k], (double)pair->count[QON_COUNT_SEEN_12 + k]);
    }
}

static void of_others(const struct qon_pair *pair, double *e) {
    static const struct {
        enum qon_effect effect;
        enum qon_count count;
    } plain[] = {{QON_EFFECT_displaced_move, QON_COUNT_DISPLACED_MOVE},
                 {QON_EFFECT_displaced_place, QON_COUNT_DISPLACED_PLACE},
                 {QON_EFFECT_displaced_job, QON_COUNT_DISPLACED_JOB},
                 {QON_EFFECT_gained_job, QON_COUNT_GAINED_JOB},
                 {QON_EFFECT_displaced_origin, QON_COUNT_DISPLACED_ORIGIN},
                 {QON_EFFECT_displaced_destination, QON_COUNT_DISPLACED_DESTINATION},
                 {QON_EFFECT_paths_changed, QON_COUNT_CHANGED},
                 {QON_EFFECT_paths_drifted, QON_COUNT_DRIFTED},
                 {QON_EFFECT_winners, QON_COUNT_WINNERS},
                 {QON_EFFECT_losers, QON_COUNT_LOSERS}};
    double scale = pair->alt->scale;
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        e[plain[i].effect] = scale * (double)pair->count[plain[i].count];
    }
    e[QON_EFFECT_drift_share] = percent((double)pair->count[QON_COUNT_DRIFTED], (double)pair->count[QON_COUNT_PERSONS_EVER]);
    e[QON_EFFECT_month_reached] = month_index(pair, pair->month_reached);
    e[QON_EFFECT_month_changed] = month_index(pair, pair->month_changed);
    double grown = (double)pair->count[QON_COUNT_GROWN];
    e[QON_EFFECT_gain_tenge_month] = grown > 0 ? (double)pair->count[QON_COUNT_GAIN_TIYN] / 100 / grown : (double)NAN;
    double lost = (double)(pair->count[QON_COUNT_SUPPORTED_LOST] - pair->count[QON_COUNT_SUPPORTED_GAINED]);
    e[QON_EFFECT_substitution_share] = percent(lost, (double)pair->count[QON_COUNT_PAID_EMPLOYED]);
}

void qon_effects_of(const struct qon_pair *pair, double *e) {
    static const enum qon_effect of_class[] = {QON_EFFECT_induced,     QON_EFFECT_deadweight, QON_EFFECT_diverted,
                                               QON_EFFECT_accelerated, QON_EFFECT_displaced,  QON_EFFECT_spill_over};
    double scale = pair->alt->scale, paid = 0;
    for (int c = 0; c < QON_CLASS_UNAFFECTED; c++) {
        e[of_class[c]] = scale * class_sum(pair, c, pair->persons);
        paid += c < QON_CLASSES_PAID ? e[of_class[c]] : 0;
    }
    e[QON_EFFECT_persons_paid] = paid;
    e[QON_EFFECT_deadweight_share] = percent(e[QON_EFFECT_deadweight], paid);
    e[QON_EFFECT_money_tenge] = money_of(pair->alt) - money_of(pair->base);
    e[QON_EFFECT_unmet_demand] = refused_of(pair->alt) - refused_of(pair->base);
    of_movers(pair, e);
    of_others(pair, e);
    for (int i = QON_EFFECT_cost_per_additional_tenge; i <= QON_EFFECT_cost_per_retained_36_tenge; i++) {
        e[i] = qon_effect_cost(e, (enum qon_effect)i);
    }
}
