// SPDX-License-Identifier: GPL-3.0-or-later
// Foreign staff on permit: no cap, amount or quota is passed. ODD tag M-PERMIT-1.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "checks.h"
#include "handmade.h"

enum { EMPLOYERS = 40 };

static int32_t staff_of(int employer) {
    return employer % 4 == 0 ? 2 : employer % 4 == 1 ? 9 : employer % 4 == 2 ? 60 : 300;
}

// Employers of many sizes in two regions, all with vacancies; the staff live beside them.
static void country(struct handmade *c, const char *kind, double region_0, double region_1) {
    handmade_init(c, (struct handmade_size){2, 2, 3, 2, 3, 60});
    handmade_flow(c, kind, 0, region_0);
    handmade_flow(c, kind, 1, region_1);
    c->scenario.settings.employers.foreign_quota_share = 1;
    handmade_open(c, 1, 12000, 12000, EMPLOYERS);
    for (int i = 0; i < EMPLOYERS; i++) {
        uint32_t zone = (uint32_t)i / 4 % 2, employer = handmade_employer(c, zone, 2 * staff_of(i));
        for (int k = 0; k < staff_of(i); k++) {
            uint32_t row = handmade_member(c, 0, handmade_household(c, 0, zone, 0), QON_HEAD, QON_MALE, 40, QON_UNEMPLOYED);
            handmade_employ(c, 0, row, employer, 100000);
        }
    }
    handmade_close(c);
}

static void issue_month(struct handmade *c) {
    qon_tally_month_clear(&c->world);
    qon_clock(&c->world);
    assert_int_equal(qon_employers_post(&c->world), QON_OK);
    assert_int_equal(qon_permits(&c->world), QON_OK);
    c->world.month++;
}

static void no_employer_passes_the_caps_at_issue(void **state) {
    static const struct {
        const char *kind;
        double cap;
        bool high;
    } kinds[] = {
        {"permit_1", 0.3, true}, {"permit_2", 0.3, true}, {"permit_3", 0.1, false}, {"permit_4", 0.1, false}, {"seasonal", 0.1, false}};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        struct handmade c;
        country(&c, kinds[k].kind, 1e6, 1e6); // as many as they like
        const struct qon_employers *e = &c.world.employers;
        int64_t total = 0;
        for (int month = 0; month < 14; month++) {
            int32_t before[EMPLOYERS], staff[EMPLOYERS];
            for (int i = 0; i < EMPLOYERS; i++) {
                before[i] = kinds[k].high ? e->foreign_12[i] : e->foreign_34[i];
                staff[i] = e->staff[i];
            }
            issue_month(&c);
            for (int i = 0; i < EMPLOYERS; i++) {
                int32_t held = kinds[k].high ? e->foreign_12[i] : e->foreign_34[i];
                assert_true(held == before[i] || held <= kinds[k].cap * e->staff[i] + 1e-9);
                assert_true(held - before[i] <= 1 + staff[i] / 20); // a twentieth of staff in a month
                assert_int_equal(kinds[k].high ? e->foreign_34[i] : e->foreign_12[i], 0);
                total += held - before[i];
            }
            check_world(&c.world);
        }
        assert_true(total > 200);
        for (int i = 0; i < EMPLOYERS; i++) { // and the cap is reached: one more would pass it
            int32_t held = kinds[k].high ? e->foreign_12[i] : e->foreign_34[i];
            assert_true(held + 1 > kinds[k].cap * (e->staff[i] + 1));
        }
        handmade_free(&c);
    }
}

static void regions_get_what_the_table_gives_them(void **state) {
    struct handmade c;
    country(&c, "permit_3", 60, 24);
    for (int month = 0; month < 6; month++) {
        issue_month(&c);
        assert_int_equal(c.world.tally.events[QON_EVENT_arrivals_permit * 2], 5);
        assert_int_equal(c.world.tally.events[QON_EVENT_arrivals_permit * 2 + 1], 2);
    }
    assert_int_equal(qon_permits_in_force(&c.world), 42);
    const struct qon_block *b = &c.world.block[0];
    for (uint32_t row = b->persons.founders; row < b->persons.count; row++) {
        assert_int_equal(b->persons.status[row], QON_EMPLOYED);
        assert_int_equal(b->persons.legal[row], QON_PERMIT_3);
        assert_int_equal(b->persons.skill[row], 2); // specialists
        assert_int_equal(b->households.zone[b->persons.household[row]], c.world.employers.zone[b->persons.employer[row]]);
    }
    handmade_free(&c);
}

static void the_quota_of_the_country_is_kept(void **state) {
    struct handmade c;
    country(&c, "permit_4", 1e6, 1e6);
    c.scenario.settings.employers.foreign_quota_share = 0.007;
    for (int month = 0; month < 8; month++) {
        int64_t force = c.world.tally.labour[QON_EMPLOYED] + c.world.tally.labour[QON_LABOURS + QON_EMPLOYED];
        issue_month(&c);
        assert_true(qon_permits_in_force(&c.world) <= (int64_t)(0.007 * (double)force));
    }
    assert_true(qon_permits_in_force(&c.world) > 15);
    handmade_free(&c);
}

static void seasonal_workers_do_not_count_under_the_quota(void **state) {
    struct handmade c;
    country(&c, "seasonal", 120, 120);
    c.scenario.settings.employers.foreign_quota_share = 0;
    issue_month(&c);
    assert_int_equal(event_sum(&c.world, QON_EVENT_arrivals_permit), 20);
    assert_int_equal(qon_permits_in_force(&c.world), 0);
    handmade_free(&c);
}

static void sectors_that_use_no_foreign_staff_do_not_apply(void **state) {
    struct handmade c;
    country(&c, "permit_2", 1e6, 1e6);
    c.scenario.tables.sectors.foreign_factor[0] = 0;
    issue_month(&c);
    assert_int_equal(event_sum(&c.world, QON_EVENT_arrivals_permit), 0);
    handmade_free(&c);
}

// Who is served with few places is served with many.
static void a_larger_amount_only_adds_employers_to_those_served(void **state) {
    bool served[2][EMPLOYERS];
    for (int i = 0; i < 2; i++) {
        struct handmade c;
        country(&c, "permit_3", i == 0 ? 36 : 96, 0);
        issue_month(&c);
        assert_int_equal(event_sum(&c.world, QON_EVENT_arrivals_permit), i == 0 ? 3 : 8);
        for (int e = 0; e < EMPLOYERS; e++) {
            served[i][e] = c.world.employers.foreign_34[e] > 0;
        }
        handmade_free(&c);
    }
    for (int e = 0; e < EMPLOYERS; e++) {
        assert_true(!served[0][e] || served[1][e]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_employer_passes_the_caps_at_issue),
        cmocka_unit_test(regions_get_what_the_table_gives_them),
        cmocka_unit_test(the_quota_of_the_country_is_kept),
        cmocka_unit_test(seasonal_workers_do_not_count_under_the_quota),
        cmocka_unit_test(sectors_that_use_no_foreign_staff_do_not_apply),
        cmocka_unit_test(a_larger_amount_only_adds_employers_to_those_served),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
