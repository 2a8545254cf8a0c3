// SPDX-License-Identifier: GPL-3.0-or-later
// Labour: separations, informal work, retraining, seekers, indexation. ODD tags M-SEPARATION-1, M-INFORMAL-1, M-RETRAIN-1, M-INDEXATION-1.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "checks.h"
#include "handmade.h"

enum { EACH = 8000 };

// Four employers, and EACH persons of every age given, employed by them in turn.
static void workers(struct handmade *c, int ages_count, const int *ages, enum qon_labour status) {
    uint32_t persons = (uint32_t)(ages_count * EACH);
    handmade_init(c, (struct handmade_size){2, 1, 1, 2, 1, 60});
    handmade_open(c, 1, persons + 8, persons + 8, 4);
    for (int e = 0; e < 4; e++) {
        handmade_employer(c, 0, ages_count * EACH / 4);
    }
    for (uint32_t i = 0; i < persons; i++) {
        uint32_t row = handmade_member(c, 0, handmade_household(c, 0, 0, 0), QON_HEAD, QON_MALE, ages[(int)i % ages_count], QON_UNEMPLOYED);
        c->world.block[0].persons.status[row] = (uint8_t)status;
        if (status == QON_EMPLOYED) {
            handmade_employ(c, 0, row, i / (persons / 4), 100000);
        }
    }
    handmade_close(c);
}

static void jobs_end_at_the_stated_rates_of_young_and_old(void **state) {
    static const int ages[] = {25, 45, 65};
    struct handmade c;
    workers(&c, 3, ages, QON_EMPLOYED);
    c.scenario.settings.labour.separation_prob_month = 0.02;
    c.scenario.settings.labour.separation_young_factor = 1.6;
    c.scenario.settings.labour.separation_cap_month = 0.05;
    qon_labour_block(&c.world, &c.world.block[0]);
    const struct qon_persons *p = &c.world.block[0].persons;
    double ended[3] = {0};
    for (uint32_t row = 0; row < p->count; row++) {
        bool left = p->status[row] != QON_EMPLOYED;
        ended[row % 3] += left;
        assert_true(!left || p->status[row] == (row % 3 == 2 ? QON_RETIRED : QON_UNEMPLOYED)); // at pension age nobody seeks on
        assert_true(!left || c.world.block[0].households.event_month[row] == c.world.month);
    }
    check_count(ended[0], 0.032 * EACH, 0.032 * EACH, "under 30");
    check_count(ended[1], 0.02 * EACH, 0.02 * EACH, "of 45");
    check_count(ended[2], 0.02 * EACH, 0.02 * EACH, "past pension age");
    assert_int_equal(event_sum(&c.world, QON_EVENT_separations), (int64_t)(ended[0] + ended[1] + ended[2]));
    check_world(&c.world);
    handmade_free(&c);
}

static void holders_of_permits_keep_their_job_and_excess_staff_goes(void **state) {
    static const int ages[] = {40, 41};
    struct handmade c;
    workers(&c, 2, ages, QON_EMPLOYED);
    struct qon_employers *e = &c.world.employers;
    c.scenario.settings.labour.separation_cap_month = 0.2;
    e->excess_share[1] = 0.1F;
    struct qon_persons *p = &c.world.block[0].persons;
    for (uint32_t row = 0; row < p->count; row += 2) {
        p->legal[row] = QON_PERMIT_3;
        e->foreign_34[p->employer[row]]++;
    }
    assert_int_equal(qon_tally_recount(&c.world), QON_OK);
    int32_t before = e->staff[1];
    qon_labour_block(&c.world, &c.world.block[0]);
    for (uint32_t row = 0; row < p->count; row += 2) {
        assert_int_equal(p->status[row], QON_EMPLOYED);
    }
    check_count(before - e->staff[1], 0.1 * before / 2, 0.1 * before / 2, "let go");
    assert_int_equal(e->staff[0], before);
    check_world(&c.world);
    handmade_free(&c);
}

static void the_unemployed_take_up_informal_work_or_turn_to_occupations_in_demand(void **state) {
    static const int ages[] = {30, 50};
    struct handmade c;
    workers(&c, 2, ages, QON_UNEMPLOYED);
    c.scenario.settings.labour.separation_cap_month = 0.2;
    c.scenario.settings.labour.informal_entry_month = 0.05;
    c.scenario.settings.labour.retraining_prob_month = 0.08;
    c.world.places.vacancies[qon_cell(&c.world, 0, 1, 0)] = 1000000; // only the other occupation is wanted
    qon_clock(&c.world);
    qon_labour_block(&c.world, &c.world.block[0]);
    const struct qon_persons *p = &c.world.block[0].persons;
    double informal = 0, turned = 0;
    for (uint32_t row = 0; row < p->count; row++) {
        informal += p->status[row] == QON_SELF_EMPLOYED;
        turned += p->occupation[row] == 1;
    }
    check_count(informal, 0.05 * 2 * EACH, 0.05 * 2 * EACH, "informal work");
    double rate = 0.15 * 0.4; // candidates at 0.2 who do not take up informal work (0.15), of whom 0.08 / 0.2 turn
    check_count(turned, rate * 2 * EACH, rate * 2 * EACH, "retrained");
    check_world(&c.world);
    handmade_free(&c);
}

static void seekers_are_the_unemployed_and_the_stated_part_of_the_self_employed(void **state) {
    static const int ages[] = {30, 50, 40};
    struct handmade c;
    workers(&c, 3, ages, QON_SELF_EMPLOYED);
    struct qon_persons *p = &c.world.block[0].persons;
    for (uint32_t row = 0; row < p->count; row++) {
        p->status[row] = row % 3 == 0 ? QON_UNEMPLOYED : QON_SELF_EMPLOYED;
        p->legal[row] = row % 3 == 2 ? QON_UNREGISTERED : QON_CITIZEN;
    }
    assert_int_equal(qon_tally_recount(&c.world), QON_OK);
    c.scenario.settings.labour.informal_search_share = 0.03;
    c.scenario.settings.labour.separation_cap_month = 0.05;
    qon_labour_block(&c.world, &c.world.block[0]);
    qon_search_block(&c.world, &c.world.block[0]);
    const struct qon_seekers *found = &c.world.model->search[0];
    double kinds[3] = {0};
    for (uint32_t i = 0; i < found->count; i++) {
        assert_int_not_equal(found->list[i].cell, QON_NONE);
        kinds[found->list[i].row % 3]++;
    }
    assert_int_equal(kinds[0], EACH);
    check_count(kinds[1], 0.03 * EACH, 0.03 * EACH, "self-employed who look for a job");
    assert_int_equal(kinds[2], 0); // unregistered workers stay informal
    handmade_free(&c);
}

static void wages_rise_in_january_and_stand_at_least_at_the_minimum(void **state) {
    static const int ages[] = {40};
    struct handmade c;
    workers(&c, 1, ages, QON_EMPLOYED);
    c.scenario.settings.labour.wage_growth_year = 0.07;
    struct qon_persons *p = &c.world.block[0].persons;
    p->wage_tiyn_month[0] = 1000;
    p->wage_tiyn_month[1] = UINT32_MAX - 5;
    int64_t minimum = 2000000;
    int32_t from = 0;
    c.scenario.minimum_wage = (struct qon_steps){1, &from, &minimum};
    assert_int_equal(qon_tally_recount(&c.world), QON_OK);
    run_months(&c.world, 12); // the first January is that of the start: nothing rises
    assert_int_equal(p->wage_tiyn_month[2], 10000000);
    run_months(&c.world, 1);
    check_near(p->wage_tiyn_month[2], 10700000, 12, "seven per cent more");
    assert_int_equal(p->wage_tiyn_month[0], minimum);
    assert_int_equal(p->wage_tiyn_month[1], UINT32_MAX);
    check_world(&c.world);
    run_months(&c.world, 11);
    check_near(p->wage_tiyn_month[2], 10700000, 12, "once a year");
    c.scenario.minimum_wage = (struct qon_steps){0, NULL, NULL};
    handmade_free(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jobs_end_at_the_stated_rates_of_young_and_old),
        cmocka_unit_test(holders_of_permits_keep_their_job_and_excess_staff_goes),
        cmocka_unit_test(the_unemployed_take_up_informal_work_or_turn_to_occupations_in_demand),
        cmocka_unit_test(seekers_are_the_unemployed_and_the_stated_part_of_the_self_employed),
        cmocka_unit_test(wages_rise_in_january_and_stand_at_least_at_the_minimum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
