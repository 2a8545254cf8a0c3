// SPDX-License-Identifier: GPL-3.0-or-later
// Demography of a month. ODD tags M-AGE-1, M-DEATH-1, M-BIRTH-1, M-UNION-1, M-HOME-1, M-ANCHOR-1.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "checks.h"
#include "handmade.h"

static struct qon_rows *today(struct handmade *c, enum qon_calendar list) {
    return &c->world.block[0].calendar[list][c->world.month % 12];
}

static void is_candidate(struct handmade *c, enum qon_calendar list, uint32_t row) {
    assert_int_equal(qon_rows_push(today(c, list), row), QON_OK);
}

static uint32_t alone(struct handmade *c, uint32_t zone, enum qon_sex sex, int age, int64_t savings_tenge) {
    return handmade_member(c, 0, handmade_household(c, 0, zone, savings_tenge), QON_HEAD, sex, age, QON_INACTIVE);
}

static void children_are_born_by_women_of_bearing_age_into_their_household(void **state) {
    enum { EACH = 300 };
    static const int ages[] = {10, 14, 16, 25, 40, 48, 51, 60};
    struct handmade c;
    handmade_init(&c, (struct handmade_size){1, 1, 2, 1, 1, 24});
    handmade_rates(c.scenario.tables.schedules.birth_rate_year, &c, QON_FEMALE, 15, 49, 0.3);
    c.scenario.settings.demography.birth_coupled_factor = c.scenario.settings.demography.birth_single_factor = 1;
    c.scenario.tables.zones.births_per_1000_year[0] = 1000.0 * (0.3 * 5 * EACH) / (2 * 8 * EACH); // factor 1
    handmade_open(&c, 1, 32 * EACH, 32 * EACH, 1);
    for (int i = 0; i < 8 * EACH; i++) {
        uint32_t household = handmade_household(&c, 0, 0, 0);
        handmade_member(&c, 0, household, QON_HEAD, QON_MALE, ages[i % 8], QON_INACTIVE);
        uint32_t woman = handmade_member(&c, 0, household, QON_OTHER_MEMBER, QON_FEMALE, ages[i % 8], QON_INACTIVE);
        c.world.block[0].persons.legal[woman] = i % 16 < 8 ? QON_CITIZEN : QON_KANDAS;
    }
    handmade_close(&c);
    check_near(c.world.anchors.birth_factor[0], 1, 1e-9, "factor that gives the zone's births");
    double births = 0;
    for (int m = 0; m < 12; m++) {
        run_months(&c.world, 1);
        births += (double)event_sum(&c.world, QON_EVENT_births);
    }
    const struct qon_persons *p = &c.world.block[0].persons;
    check_count(births, 0.3 * 5 * EACH, 0.3 * 0.7 * 5 * EACH, "births of the first year, as the crude rate says");
    assert_int_equal(p->count - p->founders, (int64_t)births);
    int64_t boys = 0;
    for (uint32_t row = 0; row < p->founders; row++) {
        int age = ages[row / 2 % 8] + 1; // in the middle of the year
        assert_true(p->children[row] == 0 || (p->sex[row] == QON_FEMALE && age >= 15 && age < 50));
        assert_true(p->children[row] <= 1); // at most one a year
    }
    for (uint32_t row = p->founders; row < p->count; row++) {
        uint32_t mother = p->next[c.world.block[0].households.head[p->household[row]]];
        assert_int_equal(p->children[mother], 1);
        assert_int_equal(p->legal[row], p->legal[mother]);
        assert_int_equal(p->role[row], QON_OFFSPRING);
        assert_int_equal(p->status[row], QON_CHILD);
        assert_true(p->id[row] == qon_id_make(p->id[mother], 0, QON_DRAW_BIRTH));
        boys += p->sex[row] == QON_MALE;
    }
    check_count((double)boys, births * c.scenario.settings.demography.birth_male_share, births / 4, "boys");
    check_world(&c.world);
    handmade_free(&c);
}

static void women_in_unions_bear_more_as_the_factors_say(void **state) {
    enum { EACH = 4000 };
    struct handmade c;
    handmade_init(&c, (struct handmade_size){1, 1, 2, 1, 1, 24});
    handmade_rates(c.scenario.tables.schedules.birth_rate_year, &c, QON_FEMALE, 15, 49, 0.2);
    c.scenario.settings.demography.birth_coupled_factor = 1.6;
    c.scenario.settings.demography.birth_single_factor = 0.3;
    c.scenario.tables.zones.births_per_1000_year[0] = 1000 * 0.2 * (1.6 + 0.3) / 3; // factor 1: a third are men
    handmade_open(&c, 1, 8 * EACH, 8 * EACH, 1);
    for (int i = 0; i < EACH; i++) {
        uint32_t household = handmade_household(&c, 0, 0, 0);
        handmade_member(&c, 0, household, QON_HEAD, QON_FEMALE, 28, QON_INACTIVE);
        handmade_member(&c, 0, household, QON_SPOUSE, QON_MALE, 28, QON_INACTIVE);
        alone(&c, 0, QON_FEMALE, 28, 0);
    }
    handmade_close(&c);
    run_months(&c.world, 12);
    double coupled = 0, single = 0;
    for (uint32_t row = 0; row < 3 * EACH; row += 3) {
        coupled += c.world.block[0].persons.children[row];
        single += c.world.block[0].persons.children[row + 2];
    }
    check_count(coupled, 0.32 * EACH, 0.32 * 0.68 * EACH, "in a union");
    check_count(single, 0.06 * EACH, 0.06 * 0.94 * EACH, "without");
    handmade_free(&c);
}

static void deaths_of_the_first_year_are_those_of_the_zone(void **state) {
    enum { EACH = 20000 };
    struct handmade c;
    handmade_init(&c, (struct handmade_size){2, 1, 2, 1, 1, 24});
    handmade_rates(c.scenario.tables.schedules.death_rate_year, &c, QON_MALE, 0, 100, 0.01);
    c.scenario.tables.zones.deaths_per_1000_year[0] = 7;
    c.scenario.tables.zones.deaths_per_1000_year[1] = 14;
    handmade_open(&c, 1, 2 * EACH, 2 * EACH, 1);
    for (uint32_t i = 0; i < 2 * EACH; i++) {
        alone(&c, i % 2, QON_MALE, 50, 10);
    }
    handmade_close(&c);
    double deaths[2] = {0};
    for (int m = 0; m < 12; m++) {
        run_months(&c.world, 1);
        for (int z = 0; z < 2; z++) {
            deaths[z] += (double)c.world.tally.events[QON_EVENT_deaths * 2 + z];
        }
    }
    check_count(deaths[0], 0.007 * EACH, 0.007 * EACH, "at 7 per 1000");
    check_count(deaths[1], 0.014 * EACH, 0.014 * EACH, "at 14 per 1000");
    assert_int_equal(c.world.money.taken, (int64_t)(1000 * (deaths[0] + deaths[1])));
    check_world(&c.world);
    handmade_free(&c);
}

// ---- unions: the candidates of the month are said, who is paired with whom is looked at

static void candidates_of_one_zone_are_paired_and_live_together(void **state) {
    struct handmade c;
    handmade_init(&c, (struct handmade_size){2, 1, 1, 1, 1, 24});
    handmade_open(&c, 1, 64, 64, 1);
    uint32_t man = alone(&c, 0, QON_MALE, 25, 300), woman = alone(&c, 0, QON_FEMALE, 24, 200);
    uint32_t far = alone(&c, 1, QON_FEMALE, 24, 100);  // in the other zone
    uint32_t widow = alone(&c, 0, QON_FEMALE, 30, 50); // has a child to care for
    handmade_member(&c, 0, 3, QON_OFFSPRING, QON_FEMALE, 3, QON_CHILD);
    handmade_close(&c);
    is_candidate(&c, QON_CAL_UNION, man);
    is_candidate(&c, QON_CAL_UNION, woman);
    is_candidate(&c, QON_CAL_UNION, far);
    is_candidate(&c, QON_CAL_UNION, widow);
    qon_demography_block(&c.world, &c.world.block[0]);
    const struct qon_persons *p = &c.world.block[0].persons;
    const struct qon_households *h = &c.world.block[0].households;
    assert_int_equal(event_sum(&c.world, QON_EVENT_unions), 1);
    assert_int_equal(p->household[woman], p->household[man]);
    assert_int_equal(p->role[man], QON_HEAD);
    assert_int_equal(p->role[woman], QON_SPOUSE);
    assert_int_equal(h->coupled[p->household[man]], 1);
    assert_int_equal(h->savings_tiyn[p->household[man]], 50000); // what both saved
    assert_int_equal(h->event_month[p->household[man]], c.world.month);
    assert_int_equal(p->role[far], QON_HEAD);
    assert_int_equal(p->role[widow], QON_HEAD);
    assert_int_equal(c.world.tally.households[0], 2);
    check_world(&c.world);
    handmade_free(&c);
}

static void brother_and_sister_are_not_paired(void **state) {
    struct handmade c;
    handmade_init(&c, (struct handmade_size){1, 1, 1, 1, 1, 24});
    handmade_open(&c, 1, 64, 64, 1);
    uint32_t home = handmade_household(&c, 0, 0, 0);
    handmade_member(&c, 0, home, QON_HEAD, QON_MALE, 50, QON_INACTIVE);
    uint32_t son = handmade_member(&c, 0, home, QON_OFFSPRING, QON_MALE, 22, QON_INACTIVE);
    uint32_t daughter = handmade_member(&c, 0, home, QON_OFFSPRING, QON_FEMALE, 20, QON_INACTIVE);
    handmade_close(&c);
    is_candidate(&c, QON_CAL_UNION, son);
    is_candidate(&c, QON_CAL_UNION, daughter);
    qon_demography_block(&c.world, &c.world.block[0]);
    assert_int_equal(event_sum(&c.world, QON_EVENT_unions), 0);
    assert_int_equal(c.world.block[0].households.members[0], 3);
    handmade_free(&c);
}

static void as_many_pairs_form_as_the_fewer_of_both_sexes_and_nobody_is_in_two(void **state) {
    enum { MEN = 70, WOMEN = 50 };
    struct handmade c;
    handmade_init(&c, (struct handmade_size){2, 1, 1, 1, 1, 24});
    handmade_open(&c, 1, 512, 512, 1);
    for (uint32_t z = 0; z < 2; z++) {
        for (int i = 0; i < MEN; i++) {
            alone(&c, z, QON_MALE, 25, 1);
        }
        for (int i = 0; i < WOMEN; i++) {
            uint32_t home = handmade_household(&c, 0, z, 0); // with her father
            handmade_member(&c, 0, home, QON_HEAD, QON_MALE, 55, QON_INACTIVE);
            handmade_member(&c, 0, home, QON_OFFSPRING, QON_FEMALE, 25, QON_INACTIVE);
        }
    }
    handmade_close(&c);
    for (uint32_t row = 0; row < c.world.block[0].persons.count; row++) {
        is_candidate(&c, QON_CAL_UNION, row);
    }
    qon_demography_block(&c.world, &c.world.block[0]);
    assert_int_equal(c.world.tally.events[QON_EVENT_unions * 2], WOMEN);
    assert_int_equal(c.world.tally.events[QON_EVENT_unions * 2 + 1], WOMEN);
    check_world(&c.world); // spouses stand second, every person in one household
    handmade_free(&c);
}

static void grown_up_members_leave_home_within_the_zone(void **state) {
    struct handmade c;
    handmade_init(&c, (struct handmade_size){1, 1, 1, 1, 1, 24});
    handmade_open(&c, 1, 64, 64, 1);
    uint32_t home = handmade_household(&c, 0, 0, 700);
    uint32_t head = handmade_member(&c, 0, home, QON_HEAD, QON_MALE, 50, QON_INACTIVE);
    uint32_t wife = handmade_member(&c, 0, home, QON_SPOUSE, QON_FEMALE, 50, QON_INACTIVE);
    uint32_t son = handmade_member(&c, 0, home, QON_OFFSPRING, QON_MALE, 22, QON_INACTIVE);
    uint32_t child = handmade_member(&c, 0, home, QON_OFFSPRING, QON_FEMALE, 9, QON_CHILD);
    handmade_close(&c);
    for (uint32_t row = head; row <= child; row++) {
        is_candidate(&c, QON_CAL_LEAVE_HOME, row);
    }
    qon_demography_block(&c.world, &c.world.block[0]);
    const struct qon_persons *p = &c.world.block[0].persons;
    assert_int_equal(p->household[wife], home);
    assert_int_equal(p->household[child], home);
    assert_int_not_equal(p->household[son], home);
    assert_int_equal(p->role[son], QON_HEAD);
    assert_int_equal(c.world.block[0].households.savings_tiyn[home], 70000);
    assert_int_equal(c.world.tally.households[0], 2);
    check_world(&c.world);
    handmade_free(&c);
}

// ---- age

static void age_exactly(struct handmade *c, uint32_t row, int32_t months) {
    c->world.block[0].persons.birth_month[row] = (int16_t)(c->world.month - months);
}

static void at_sixteen_a_child_becomes_a_student(void **state) {
    struct handmade c;
    handmade_init(&c, (struct handmade_size){1, 1, 2, 1, 1, 24});
    handmade_open(&c, 1, 16, 16, 1);
    uint32_t row = handmade_member(&c, 0, handmade_household(&c, 0, 0, 0), QON_HEAD, QON_MALE, 15, QON_CHILD);
    age_exactly(&c, row, 12 * 16);
    handmade_close(&c);
    run_months(&c.world, 1);
    assert_int_equal(c.world.block[0].persons.status[row], QON_STUDENT);
    check_world(&c.world);
    handmade_free(&c);
}

// Two levels, taken up by a half each: one ends at 18, with school, the other at 20. Of those who end, 0.8 take part in the labour force.
static void education_ends_by_the_path_and_leads_into_the_labour_force(void **state) {
    enum { PUPILS = 4000 };
    struct handmade c;
    handmade_init(&c, (struct handmade_size){1, 1, 2, 3, 2, 60});
    handmade_rates(c.scenario.tables.schedules.participation_share, &c, QON_MALE, 0, 100, 0.8);
    handmade_open(&c, 1, PUPILS + 8, PUPILS + 8, 1);
    for (int i = 0; i < PUPILS; i++) {
        uint32_t row = handmade_member(&c, 0, handmade_household(&c, 0, 0, 0), QON_HEAD, QON_MALE, 17, QON_STUDENT);
        age_exactly(&c, row, 12 * 18 - 1);
    }
    handmade_close(&c);
    c.world.anchors.participation[0] = 1; // nobody of them works yet
    const struct qon_persons *p = &c.world.block[0].persons;
    double in_force = 0, left = 0;
    run_months(&c.world, 1);
    for (uint32_t row = 0; row < PUPILS; row++) {
        assert_int_equal(p->status[row], QON_STUDENT);
    }
    run_months(&c.world, 1);
    for (uint32_t row = 0; row < PUPILS; row++) {
        bool lower = qon_education_path(&c.world, p->id[row]) == 0;
        assert_true((p->status[row] == QON_STUDENT) == !lower);
        left += lower;
        in_force += p->status[row] == QON_UNEMPLOYED;
        assert_true(p->status[row] == QON_STUDENT || (p->skill[row] == 0 && p->occupation[row] < 3));
    }
    check_count(left, PUPILS / 2.0, PUPILS / 4.0, "who leaves with school");
    check_count(in_force, 0.8 * left, 0.16 * left, "of them in the labour force");
    run_months(&c.world, 24);
    for (uint32_t row = 0; row < PUPILS; row++) {
        bool lower = qon_education_path(&c.world, p->id[row]) == 0;
        assert_true(p->status[row] == QON_UNEMPLOYED || p->status[row] == QON_INACTIVE);
        assert_int_equal(p->education[row], !lower);
        assert_int_equal(p->skill[row], !lower);
    }
    check_world(&c.world);
    handmade_free(&c);
}

static void at_pension_age_those_without_work_retire_and_of_the_others_the_schedules_part_stays(void **state) {
    enum { EACH = 2000 };
    struct handmade c;
    handmade_init(&c, (struct handmade_size){1, 1, 2, 1, 1, 24});
    double *column = c.scenario.tables.schedules.participation_share;
    handmade_rates(column, &c, QON_MALE, 63, 100, 0.3);
    handmade_rates(column, &c, QON_MALE, 0, 62, 0.6);
    handmade_open(&c, 1, 2 * EACH + 8, 2 * EACH + 8, 1);
    uint32_t employer = handmade_employer(&c, 0, EACH);
    for (int i = 0; i < 2 * EACH; i++) {
        uint32_t row = handmade_member(&c, 0, handmade_household(&c, 0, 0, 0), QON_HEAD, QON_MALE, 62, QON_UNEMPLOYED);
        if (i < EACH) {
            handmade_employ(&c, 0, row, employer, 100000);
        }
        age_exactly(&c, row, 12 * 63);
    }
    handmade_close(&c);
    assert_int_equal(qon_calendar_fill(&c.world), QON_OK);
    qon_demography_block(&c.world, &c.world.block[0]);
    const int64_t *labour = c.world.tally.labour;
    check_count((double)labour[QON_EMPLOYED], 0.5 * EACH, 0.25 * EACH, "who stays in work");
    assert_int_equal(labour[QON_UNEMPLOYED], 0);
    assert_int_equal(labour[QON_RETIRED], 2 * EACH - labour[QON_EMPLOYED]);
    assert_int_equal(c.world.employers.staff[0], labour[QON_EMPLOYED]);
    check_world(&c.world);
    handmade_free(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(children_are_born_by_women_of_bearing_age_into_their_household),
        cmocka_unit_test(women_in_unions_bear_more_as_the_factors_say),
        cmocka_unit_test(deaths_of_the_first_year_are_those_of_the_zone),
        cmocka_unit_test(candidates_of_one_zone_are_paired_and_live_together),
        cmocka_unit_test(brother_and_sister_are_not_paired),
        cmocka_unit_test(as_many_pairs_form_as_the_fewer_of_both_sexes_and_nobody_is_in_two),
        cmocka_unit_test(grown_up_members_leave_home_within_the_zone),
        cmocka_unit_test(at_sixteen_a_child_becomes_a_student),
        cmocka_unit_test(education_ends_by_the_path_and_leads_into_the_labour_force),
        cmocka_unit_test(at_pension_age_those_without_work_retire_and_of_the_others_the_schedules_part_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
