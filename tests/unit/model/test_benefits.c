// SPDX-License-Identifier: GPL-3.0-or-later
// What each kind of benefit gives and costs, against figures reckoned by hand. ODD tags M-BENEFIT-GRANT-1, M-BENEFIT-RENT-1,
// M-BENEFIT-LOAN-1, M-BENEFIT-LAND-1, M-BENEFIT-CERTIFICATE-1, M-BENEFIT-TRAINING-1, M-BENEFIT-EMPLOYER-1, M-BENEFIT-TAX-1,
// M-BENEFIT-PRIORITY-1, M-BENEFIT-STUDY-1, M-BENEFIT-ADAPTATION-1, M-BENEFIT-INFORMATION-1, M-BENEFIT-CULTURE-1,
// M-BENEFIT-ENFORCEMENT-1, M-BENEFIT-RETENTION-1, M-BENEFIT-PERMIT-1.
#include "../../support/policy.h"
#include "../../support/small_country.h"
// cmocka wants these before it
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>

#include "../../../sim/model/benefit_kind.h"
#include "../../../sim/model/programmes.h"

static struct small_country country;

// Four members, two of them minors; MCI 2,269 tenge; income 100,000, rent 40,000, the move costs 60,000 tenge; destination A-R (rural).
static struct qon_asker asker(void) {
    return (struct qon_asker){.world = &country.world,
                              .mci_tiyn = 226900,
                              .members = 4,
                              .minors = 2,
                              .income_tiyn_month = 10000000,
                              .rent_tiyn_month = 4000000,
                              .moving_tiyn = 6000000,
                              .zone = 1};
}

static struct qon_offer offer(const char *kind, const char *settings) {
    struct qon_benefit benefit = policy_benefit(kind, settings);
    struct qon_asker who = asker();
    struct qon_offer out = {.occupation = -1, .education = -1};
    benefit.kind->offer(benefit.settings, &who, &out);
    qon_free(benefit.settings);
    return out;
}

static struct qon_levers levers(const char *kind, const char *settings, int32_t months, int32_t at_country) {
    struct qon_benefit benefit = policy_benefit(kind, settings);
    struct qon_levers out = {.about = -1, .kandas = 1, .unregistered = 1, .kandas_rank = 1};
    benefit.kind->levers(benefit.settings, months, at_country, &out);
    qon_free(benefit.settings);
    return out;
}

static void a_loan_below_the_market_rate_is_worth_its_grant_element(void **state) {
    (void)state;
    // 9.83 million tenge over 15 years at 1 % instead of 15 %: 5.63 million, 57 %; at 0.01 %: 5.93 million, 60 %.
    assert_true(fabs(qon_grant_element(1, 15, 180) - 0.572) < 0.0005);
    assert_true(fabs(9.83 * qon_grant_element(1, 15, 180) - 5.63) < 0.005);
    assert_true(fabs(9.83 * qon_grant_element(0.01, 15, 180) - 5.93) < 0.005);
    assert_true(fabs(qon_grant_element(0.01, 15, 180) - 0.603) < 0.0005);
    assert_true(qon_grant_element(15, 15, 180) < 1e-12);
    assert_true(qon_grant_element(20, 15, 180) == 0);
    struct qon_offer out = offer("loan", "principal_tenge=9830000 rate_percent_year=1 cash_share=0.1");
    assert_true(fabs((double)out.worth_tiyn / 100 - 5.63e6) < 5e3);
    assert_int_equal(out.other_tiyn, out.worth_tiyn);
    assert_int_equal(out.relief_tiyn, 98300000);
    assert_int_equal(qon_offer_cost(&out), out.worth_tiyn);
}

static void a_grant_goes_to_the_applicant_or_to_each_member(void **state) {
    (void)state;
    assert_int_equal(offer("grant", "amount_mci=70").upfront_tiyn, 70 * 226900);
    assert_int_equal(offer("grant", "amount_mci=35 per=1").upfront_tiyn, 4 * 35 * 226900);
    assert_int_equal(offer("grant", "amount_mci=35 member_mci=10").upfront_tiyn, 65 * 226900);
    struct qon_offer later = offer("grant", "amount_tenge=1000 paid=1 minors_tenge=500");
    assert_int_equal(later.upfront_tiyn, 0);
    assert_int_equal(later.later_tiyn, 150000);
    assert_int_equal(offer("grant", "amount_tenge=1000000 within_cost=1").upfront_tiyn, 6000000);
}

static void rent_support_follows_size_settlement_and_rent(void **state) {
    (void)state;
    struct qon_offer out = offer("rent_support", "month_mci=15 member_month_mci=2 months=12");
    assert_int_equal(out.monthly_tiyn, 21 * 226900);
    assert_int_equal(out.monthly_months, 12);
    assert_int_equal(offer("rent_support", "month_mci=15 member_month_mci=10 most_month_mci=30").monthly_tiyn, 30 * 226900);
    assert_int_equal(offer("rent_support", "month_mci=25 within_rent=1").monthly_tiyn, 4000000);
    assert_int_equal(offer("rent_support", "month_mci=15 urban_factor=2").monthly_tiyn, 15 * 226900); // A-R is rural
    assert_int_equal(qon_offer_cost(&out), 12 * 21 * 226900);
}

static void what_is_not_cash_is_worth_something_and_costs_the_budget(void **state) {
    (void)state;
    struct qon_offer land = offer("land", "area_hectare=0.5 worth_tenge_hectare=1000000 cost_tenge_hectare=200000");
    assert_int_equal(land.worth_tiyn, 50000000);
    assert_int_equal(land.other_tiyn, 10000000);
    struct qon_offer flat = offer("housing_certificate", "share=0.5 price_rent_months=100 most_mci=0");
    assert_int_equal(flat.worth_tiyn, 50 * 4000000);
    assert_int_equal(offer("housing_certificate", "share=0.5 price_rent_months=100 most_mci=500").worth_tiyn, 500 * 226900);
    struct qon_offer course = offer("training", "months=3 cost_tenge=90000 stipend_month_mci=10 wage_gain=0.05 rank_gain=0.3");
    assert_int_equal(course.other_tiyn, 9000000);
    assert_int_equal(course.later_tiyn, 3 * 10 * 226900);
    assert_int_equal(course.worth_tiyn, 24 * 500000);
    assert_int_equal(course.training_months, 3);
    assert_int_equal(offer("training", "months=3 place=1").training_months, 0);
    struct qon_offer study = offer("study_place", "months=24 stipend_month_mci=10 place_year_tenge=300000 education=1");
    assert_int_equal(study.other_tiyn, 60000000);
    assert_int_equal(study.monthly_tiyn, 10 * 226900);
    assert_int_equal(study.relief_tiyn, 6000000);
    assert_int_equal(study.education, 1);
}

static void employers_are_paid_by_month(void **state) {
    (void)state;
    struct qon_offer once = offer("employer_subsidy", "once_mci=400 months=10");
    assert_int_equal(once.employer_tiyn_month, 40 * 226900);
    assert_int_equal(qon_offer_cost(&once), 400 * 226900);
    assert_int_equal(offer("employer_subsidy", "wage_share=0.35").employer_tiyn_month, 3500000);
    assert_int_equal(offer("tax_relief", "who=1 wage_share=0.1 most_month_tenge=8000").employer_tiyn_month, 800000);
    assert_int_equal(offer("tax_relief", "who=0 wage_share=0.1").monthly_tiyn, 1000000);
    assert_true(offer("hiring_priority", "rank_gain=0.7").rank_gain == 0.7);
    assert_int_equal(offer("retention", "wage_share=0.2 months=36").monthly_tiyn, 2000000);
}

static void levers_act_on_their_rates(void **state) {
    (void)state;
    assert_true(levers("information", "reach=0.2 every_months=6", 12, -1).awareness > 0.19);
    assert_true(levers("information", "reach=0.2 every_months=6", 13, -1).awareness == 0);
    assert_true(levers("cultural_centre", "country=1 gain=0.5", 0, 1).kandas == 1.5);
    assert_true(levers("cultural_centre", "country=1 gain=0.5", 0, 0).kandas == 1);
    struct qon_levers checks = levers("enforcement", "arrivals_factor=0.8 leave_month=0.05 month_tenge=10", 0, -1);
    assert_true(checks.unregistered == 0.8 && fabs(checks.unregistered_leave - 0.05) < 1e-15 && checks.cost_tiyn == 1000);
    assert_true(levers("adaptation_centre", "rank_gain=0.4", 0, -1).kandas_rank == 1.4);
    assert_int_equal(levers("permit", "category=3", 0, -1).permits, 8);
}

static void every_kind_says_what_it_is_and_has_good_defaults(void **state) {
    (void)state;
    size_t count;
    const struct qon_benefit_kind *const *kinds = qon_benefit_kinds(&count);
    assert_true(count >= 16);
    for (size_t k = 0; k < count; k++) {
        struct qon_benefit benefit = policy_benefit(kinds[k]->name, "");
        assert_ptr_equal(benefit.kind, kinds[k]);
        assert_true(kinds[k]->at != 0 && kinds[k]->meaning[0] != '\0' && kinds[k]->fields_count > 0);
        assert_true(kinds[k]->offer != NULL || kinds[k]->levers != NULL);
        for (size_t f = 0; f < kinds[k]->fields_count; f++) {
            const struct qon_field *field = &kinds[k]->fields[f];
            assert_true(field->meaning[0] != '\0' && field->source[0] != '\0' && field->unit[0] != '\0');
            assert_true(field->type == QON_REF || (field->initial >= field->minimum && field->initial <= field->maximum));
            assert_true(field->offset < kinds[k]->size);
        }
        qon_free(benefit.settings);
    }
    assert_null(qon_benefit_kind_find("no such kind"));
    struct qon_benefit nothing = policy_benefit("grant", "");
    assert_non_null(nothing.kind->check(nothing.settings)); // a grant of nothing is a mistake
    qon_free(nothing.settings);
}

static int setup(void **state) {
    (void)state;
    small_country_init(&country);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    small_country_free(&country);
    return 0;
}

static double worth(const struct qon_benefit *benefit, const struct qon_asker *who) {
    struct qon_offer out = {.occupation = -1, .education = -1};
    benefit->kind->offer(benefit->settings, who, &out);
    return (double)(out.upfront_tiyn + out.later_tiyn + out.worth_tiyn) +
           (double)out.monthly_tiyn * qon_annuity_value(0.01, out.monthly_months);
}

static void settings_draw(const struct qon_benefit *benefit, uint64_t *seed) {
    for (size_t f = 0; f < benefit->kind->fields_count; f++) {
        const struct qon_field *field = &benefit->kind->fields[f];
        void *place = (char *)benefit->settings + field->offset;
        *seed = qon_mix(*seed + 1);
        double u = (double)(*seed >> 11) * 0x1p-53;
        if (field->type == QON_F64) {
            *(double *)place = field->minimum + u * ((field->maximum < 1000 ? field->maximum : 1000) - field->minimum);
        } else if (field->type == QON_I64) {
            *(int64_t *)place = (int64_t)(u * 1e8) * (int64_t)(*seed & 1);
        } else if (field->type == QON_BOOL) {
            *(bool *)place = u < 0.5;
        } else if (field->type == QON_I32) {
            *(int32_t *)place = (int32_t)(field->minimum + u * ((field->maximum < 200 ? field->maximum : 200) - field->minimum));
        }
    }
}

// What lets destinations be passed over unasked (benefit.h): nobody is offered more than one with more of everything and no dwelling.
static void offers_are_worth_no_less_to_those_with_more(void **state) {
    (void)state;
    uint64_t seed = 7;
    size_t count;
    const struct qon_benefit_kind *const *kinds = qon_benefit_kinds(&count);
    int positive = 0;
    for (size_t k = 0; k < count; k++) {
        struct qon_benefit benefit = {kinds[k], NULL};
        assert_int_equal(qon_take(&benefit.settings, 1, kinds[k]->size), QON_OK);
        for (int round = 0; round < 200 && kinds[k]->offer != NULL; round++) {
            qon_benefit_default(kinds[k], benefit.settings);
            settings_draw(&benefit, &seed);
            struct qon_asker who = asker(), more = asker();
            seed = qon_mix(seed + 1);
            who.members = 1 + (int32_t)(seed & 3);
            who.minors = (int32_t)(seed >> 2 & 1);
            who.owner = (seed >> 3 & 1) != 0;
            who.income_tiyn_month = (int64_t)(seed >> 8 & 0xffffff);
            who.rent_tiyn_month = (int64_t)(seed >> 32 & 0xffffff);
            who.moving_tiyn = (int64_t)(seed >> 40 & 0xffffff);
            who.savings_tiyn = (int64_t)(seed >> 20 & 0xffffff);
            more.members = who.members;
            more.minors = 1;
            more.owner = false;
            more.income_tiyn_month = more.rent_tiyn_month = 0x1000000;
            more.moving_tiyn = (int64_t)1e15;
            more.savings_tiyn = 0;
            double least = worth(&benefit, &who);
            positive += least > 0;
            assert_true(least <= worth(&benefit, &more));
        }
        qon_free(benefit.settings);
    }
    assert_true(positive > 800);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_loan_below_the_market_rate_is_worth_its_grant_element),
        cmocka_unit_test(a_grant_goes_to_the_applicant_or_to_each_member),
        cmocka_unit_test(rent_support_follows_size_settlement_and_rent),
        cmocka_unit_test(what_is_not_cash_is_worth_something_and_costs_the_budget),
        cmocka_unit_test(employers_are_paid_by_month),
        cmocka_unit_test(levers_act_on_their_rates),
        cmocka_unit_test(every_kind_says_what_it_is_and_has_good_defaults),
        cmocka_unit_test(offers_are_worth_no_less_to_those_with_more),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
