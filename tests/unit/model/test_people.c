// SPDX-License-Identifier: GPL-3.0-or-later
// Verbs on persons and households. ODD tags S-HOUSEHOLD-1, M-SAVINGS-1.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "checks.h"
#include "handmade.h"

enum { HEAD, SPOUSE, SON, DAUGHTER, GRANDMOTHER, MEMBERS };

// One family of five in zone 0, its head in work, and somebody who lives alone in zone 1.
static void family(struct handmade *c) {
    handmade_init(c, (struct handmade_size){2, 2, 1, 2, 1, 120});
    handmade_open(c, 1, 32, 32, 2);
    uint32_t employer = handmade_employer(c, 0, 1);
    uint32_t home = handmade_household(c, 0, 0, 5000);
    uint32_t head = handmade_member(c, 0, home, QON_HEAD, QON_MALE, 40, QON_UNEMPLOYED);
    handmade_member(c, 0, home, QON_SPOUSE, QON_FEMALE, 38, QON_INACTIVE);
    handmade_member(c, 0, home, QON_OFFSPRING, QON_MALE, 12, QON_CHILD);
    handmade_member(c, 0, home, QON_OFFSPRING, QON_FEMALE, 19, QON_STUDENT);
    handmade_member(c, 0, home, QON_OTHER_MEMBER, QON_FEMALE, 70, QON_RETIRED);
    handmade_employ(c, 0, head, employer, 120000);
    handmade_member(c, 0, handmade_household(c, 0, 1, 900), QON_HEAD, QON_FEMALE, 30, QON_UNEMPLOYED);
    handmade_close(c);
}

static void chain_is(const struct handmade *c, uint32_t household, int count, const uint32_t *rows) {
    const struct qon_block *b = &c->world.block[0];
    uint32_t row = b->households.head[household];
    for (int i = 0; i < count; i++) {
        assert_int_equal(row, rows[i]);
        assert_int_equal(b->persons.household[row], household);
        row = b->persons.next[row];
    }
    assert_int_equal(row, QON_NONE);
    assert_int_equal(b->households.members[household], count);
}

static void members_stand_head_first_spouse_second_others_as_they_came(void **state) {
    struct handmade c;
    family(&c);
    chain_is(&c, 0, MEMBERS, (uint32_t[]){HEAD, SPOUSE, SON, DAUGHTER, GRANDMOTHER});
    assert_int_equal(c.world.block[0].households.coupled[0], 1);
    assert_int_equal(c.world.tally.households[0], 1);
    check_world(&c.world);
    handmade_free(&c);
}

static void the_spouse_succeeds_a_head_who_dies(void **state) {
    struct handmade c;
    family(&c);
    struct qon_block *b = &c.world.block[0];
    qon_person_gone(&c.world, b, HEAD);
    chain_is(&c, 0, 4, (uint32_t[]){SPOUSE, SON, DAUGHTER, GRANDMOTHER});
    assert_int_equal(b->persons.role[SPOUSE], QON_HEAD);
    assert_int_equal(b->households.coupled[0], 0);
    assert_int_equal(b->persons.status[HEAD], QON_GONE);
    assert_int_equal(c.world.employers.staff[0], 0);
    assert_int_equal(c.world.tally.wages_tiyn[0], 0);
    assert_int_equal(b->households.savings_tiyn[0], 500000); // the family keeps what it has
    check_world(&c.world);
    handmade_free(&c);
}

static void without_a_spouse_the_oldest_becomes_head_and_stands_first(void **state) {
    struct handmade c;
    family(&c);
    struct qon_block *b = &c.world.block[0];
    qon_person_gone(&c.world, b, SPOUSE);
    assert_int_equal(b->households.coupled[0], 0);
    qon_person_gone(&c.world, b, HEAD);
    chain_is(&c, 0, 3, (uint32_t[]){GRANDMOTHER, SON, DAUGHTER});
    assert_int_equal(b->persons.role[GRANDMOTHER], QON_HEAD);
    check_world(&c.world);
    handmade_free(&c);
}

static void of_two_of_one_age_the_lower_id_becomes_head(void **state) {
    for (int order = 0; order < 2; order++) {
        struct handmade c;
        family(&c);
        struct qon_block *b = &c.world.block[0];
        b->persons.birth_month[SON] = b->persons.birth_month[DAUGHTER];
        b->persons.founders = 0; // whose ids are their places
        b->persons.id[SON] = order == 0 ? 2 : 3;
        b->persons.id[DAUGHTER] = order == 0 ? 3 : 2;
        qon_household_leave(&c.world, b, GRANDMOTHER);
        qon_household_leave(&c.world, b, SPOUSE);
        qon_household_leave(&c.world, b, HEAD);
        assert_int_equal(b->households.head[0], order == 0 ? SON : DAUGHTER);
        handmade_free(&c);
    }
}

static void a_household_of_nobody_ends_and_its_savings_leave_the_account(void **state) {
    struct handmade c;
    family(&c);
    struct qon_block *b = &c.world.block[0];
    uint32_t alone = MEMBERS;
    qon_person_gone(&c.world, b, alone);
    assert_int_equal(b->households.members[1], 0);
    assert_int_equal(b->households.savings_tiyn[1], 0);
    assert_int_equal(c.world.money.taken, 90000);
    assert_int_equal(c.world.money.savings, 500000);
    assert_int_equal(c.world.tally.households[1], 0);
    check_world(&c.world);
    handmade_free(&c);
}

static void who_leaves_founds_a_household_of_its_own(void **state) {
    struct handmade c;
    family(&c);
    struct qon_block *b = &c.world.block[0];
    qon_household_leave(&c.world, b, DAUGHTER);
    uint32_t home = qon_household_start(&c.world, b, DAUGHTER, 0, QON_DRAW_LEAVE_HOME);
    chain_is(&c, 0, 4, (uint32_t[]){HEAD, SPOUSE, SON, GRANDMOTHER});
    chain_is(&c, home, 1, (uint32_t[]){DAUGHTER});
    assert_int_equal(b->persons.role[DAUGHTER], QON_HEAD);
    assert_int_equal(c.world.tally.households[0], 2);
    assert_int_equal(b->households.id[home] >> 63, 1); // not a founder's
    assert_true(b->households.id[home] != qon_id_make(b->persons.id[DAUGHTER], (uint64_t)c.world.month + 1, QON_DRAW_LEAVE_HOME));
    check_world(&c.world);
    handmade_free(&c);
}

static void leaving_a_job_frees_the_place_and_the_permit(void **state) {
    static const uint8_t legal[] = {QON_CITIZEN, QON_PERMIT_1, QON_PERMIT_2, QON_PERMIT_3, QON_PERMIT_4, QON_SEASONAL, QON_EAEU};
    for (size_t i = 0; i < sizeof legal; i++) {
        struct handmade c;
        family(&c);
        struct qon_employers *e = &c.world.employers;
        bool high = legal[i] == QON_PERMIT_1 || legal[i] == QON_PERMIT_2, low = !high && qon_is_permit(legal[i]);
        c.world.block[0].persons.legal[HEAD] = legal[i];
        e->staff[0] = 10;
        e->foreign_12[0] = 3;
        e->foreign_34[0] = 2;
        qon_person_leave_job(&c.world, &c.world.block[0], HEAD, QON_UNEMPLOYED);
        assert_int_equal(e->staff[0], 9);
        assert_int_equal(e->foreign_12[0], 3 - high);
        assert_int_equal(e->foreign_34[0], 2 - low);
        assert_int_equal(c.world.block[0].persons.wage_tiyn_month[HEAD], 0);
        assert_int_equal(c.world.tally.labour[QON_EMPLOYED], 0);
        assert_int_equal(c.world.tally.labour[QON_UNEMPLOYED], 1);
        handmade_free(&c);
    }
}

// s' = s (1 - spent) + share x income, n times.
static void savings_follow_income_and_tend_to_a_level(void **state) {
    struct handmade c;
    family(&c);
    struct qon_households *h = &c.world.block[0].households;
    c.scenario.settings.choice.saving_share = 0.08;
    c.scenario.settings.choice.savings_spent_month = 0.04;
    qon_savings_terms(&c.world);
    double expected = 500000;
    for (int month = 1; month <= 30; month++) {
        expected = expected * 0.96 + 0.08 * 12000000;
    }
    c.world.month += 30;
    qon_savings_accrue(&c.world, &c.world.block[0], 0);
    check_near((double)h->savings_tiyn[0], expected, 2, "after 30 months at once");
    assert_int_equal(c.world.money.saved, h->savings_tiyn[0] - 500000);
    int64_t before = h->savings_tiyn[0];
    qon_savings_accrue(&c.world, &c.world.block[0], 0);
    assert_int_equal(h->savings_tiyn[0], before); // once a month
    c.world.month += 1000;
    qon_savings_accrue(&c.world, &c.world.block[0], 0);
    check_near((double)h->savings_tiyn[0], 2 * 12000000, 2, "two months of wage");
    c.scenario.settings.choice.savings_spent_month = 0;
    qon_savings_terms(&c.world);
    c.world.month += 10;
    qon_savings_accrue(&c.world, &c.world.block[0], 0);
    check_near((double)h->savings_tiyn[0], 2 * 12000000 + 10 * 0.08 * 12000000, 3, "nothing spent");
    check_world(&c.world);
    handmade_free(&c);
}

static void wages_are_the_level_times_premium_with_the_stated_spread_and_a_floor(void **state) {
    enum { DRAWS = 20000 };
    struct handmade c;
    family(&c);
    c.world.employers.premium[0] = 1.5F;
    c.scenario.settings.labour.wage_spread_sd = 0.35;
    double sum = 0, logs = 0, squares = 0;
    for (uint64_t id = 0; id < DRAWS; id++) {
        double wage = qon_wage_draw(&c.world, id, 0, 0);
        sum += wage;
        logs += log(wage);
        squares += log(wage) * log(wage);
    }
    double spread = sqrt(exp(0.35 * 0.35) - 1);
    check_near(sum / DRAWS, 15000000, 4.5 * 15000000 * spread / sqrt(DRAWS), "mean wage");
    check_near(sqrt(squares / DRAWS - (logs / DRAWS) * (logs / DRAWS)), 0.35, 4.5 * 0.35 / sqrt(2 * DRAWS), "spread of ln wage");
    int64_t minimum = 20000000;
    int32_t from = 0;
    c.scenario.minimum_wage = (struct qon_steps){1, &from, &minimum};
    for (uint64_t id = 0; id < 1000; id++) {
        assert_true(qon_wage_draw(&c.world, id, 0, 0) >= minimum);
    }
    c.scenario.minimum_wage = (struct qon_steps){0, NULL, NULL};
    handmade_free(&c);
}

static void entrants_turn_to_occupations_as_staff_and_vacancies_are_distributed(void **state) {
    struct handmade c;
    int64_t found[2] = {0};
    family(&c);
    c.world.tally.staff[qon_cell(&c.world, 0, 0, 0)] = 600;
    c.world.tally.staff[qon_cell(&c.world, 0, 1, 0)] = 200;
    c.world.places.vacancies[qon_cell(&c.world, 0, 1, 0)] = 10; // each counts as twenty of staff
    qon_clock(&c.world);
    for (uint64_t id = 0; id < 20000; id++) {
        found[qon_occupation_draw(&c.world, id, 0, 0, 12345)]++;
    }
    check_shares(found, (double[]){0.6, 0.4}, 2, "occupations");
    handmade_free(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_stand_head_first_spouse_second_others_as_they_came),
        cmocka_unit_test(the_spouse_succeeds_a_head_who_dies),
        cmocka_unit_test(without_a_spouse_the_oldest_becomes_head_and_stands_first),
        cmocka_unit_test(of_two_of_one_age_the_lower_id_becomes_head),
        cmocka_unit_test(a_household_of_nobody_ends_and_its_savings_leave_the_account),
        cmocka_unit_test(who_leaves_founds_a_household_of_its_own),
        cmocka_unit_test(leaving_a_job_frees_the_place_and_the_permit),
        cmocka_unit_test(savings_follow_income_and_tend_to_a_level),
        cmocka_unit_test(wages_are_the_level_times_premium_with_the_stated_spread_and_a_floor),
        cmocka_unit_test(entrants_turn_to_occupations_as_staff_and_vacancies_are_distributed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
