// SPDX-License-Identifier: GPL-3.0-or-later
// Employers: desired staff, vacancies, and matching of seekers to them. ODD tags M-DEMAND-1, M-VACANCY-1, M-MATCH-1, M-MATCH-2.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "checks.h"
#include "handmade.h"

static void country(struct handmade *c, int zones, uint32_t employers) {
    handmade_init(c, (struct handmade_size){zones, 1, 1, 2, 2, 600});
    handmade_open(c, 2, 4096, 4096, employers);
}

static void desired_staff_is_rounded_by_a_draw_that_does_not_flicker(void **state) {
    enum { EMPLOYERS = 8000 };
    struct handmade c;
    country(&c, 1, EMPLOYERS);
    for (int i = 0; i < EMPLOYERS; i++) {
        c.world.employers.staff_start[handmade_employer(&c, 0, 0)] = 2.3F;
    }
    handmade_close(&c);
    const struct qon_employers *e = &c.world.employers;
    static int32_t first[EMPLOYERS];
    double sum = 0;
    for (int month = 0; month < 3; month++) {
        assert_int_equal(qon_employers_post(&c.world), QON_OK);
        for (int i = 0; i < EMPLOYERS; i++) {
            assert_true(e->desired[i] == 2 || e->desired[i] == 3);
            assert_true(month == 0 || e->desired[i] == first[i]);
            first[i] = e->desired[i];
            sum += month == 0 ? e->desired[i] : 0;
            assert_int_equal(e->vacancies[i], e->desired[i]); // nobody works there
        }
        c.world.month++;
    }
    check_count(sum, 2.3 * EMPLOYERS, 0.21 * EMPLOYERS, "desired staff of all");
    handmade_free(&c);
}

static void demand_answers_to_growth_residents_and_wages(void **state) {
    struct handmade c;
    country(&c, 1, 4);
    handmade_employer(&c, 0, 50000);
    for (int i = 0; i < 100; i++) {
        handmade_member(&c, 0, handmade_household(&c, 0, 0, 0), QON_HEAD, QON_MALE, 40, QON_INACTIVE);
    }
    handmade_close(&c);
    struct qon_settings *set = &c.scenario.settings;
    set->labour.demand_growth_year = 0.02;
    c.scenario.tables.sectors.demand_growth_year[0] = 0.01;
    set->labour.demand_local_share = 0.7;
    set->labour.demand_wage_elasticity = 0.5;
    c.world.month += 24;
    c.world.model->zone_population[0] = 110;
    c.world.model->zone_wage[0] *= 1.2;
    assert_int_equal(qon_employers_post(&c.world), QON_OK);
    double expected = 50000 * pow(1.03, 2) * (0.3 + 0.7 * 1.1) * pow(1.2, -0.5);
    check_near(c.world.employers.desired[0], expected, 1, "desired staff");
    set->feedback.markets = false;
    assert_int_equal(qon_employers_post(&c.world), QON_OK);
    check_near(c.world.employers.desired[0], 50000 * pow(1.03, 2), 1, "with markets off");
    set->feedback.markets = true;
    set->labour.wage_growth_year = pow(1.2, 0.5) - 1; // as much as prices have grown: no response
    assert_int_equal(qon_employers_post(&c.world), QON_OK);
    check_near(c.world.employers.desired[0], 50000 * pow(1.03, 2) * 1.07, 1, "wages at their trend");
    handmade_free(&c);
}

// Own demand keeps 0.95 of its log: its deviation tends to shock / sqrt(1 - 0.95^2).
static void own_demand_has_the_stated_spread(void **state) {
    enum { EMPLOYERS = 4000 };
    struct handmade c;
    country(&c, 1, EMPLOYERS);
    for (int i = 0; i < EMPLOYERS; i++) {
        handmade_employer(&c, 0, 0);
    }
    handmade_close(&c);
    c.scenario.settings.labour.demand_shock_sd = 0.04;
    double squares = 0, sum = 0;
    for (int month = 0; month < 120; month++) {
        assert_int_equal(qon_employers_post(&c.world), QON_OK);
        c.world.month++;
    }
    for (int i = 0; i < EMPLOYERS; i++) {
        double x = (double)c.world.employers.demand_log[i];
        sum += x;
        squares += x * x;
    }
    double sd = 0.04 / sqrt(1 - 0.95 * 0.95);
    check_near(sum / EMPLOYERS, 0, 4.5 * sd / sqrt(EMPLOYERS), "mean");
    check_near(sqrt(squares / EMPLOYERS), sd, 4.5 * sd / sqrt(2 * EMPLOYERS), "standard deviation");
    handmade_free(&c);
}

static void every_missing_person_is_a_vacancy_of_the_sectors_mix(void **state) {
    struct handmade c;
    country(&c, 2, 8);
    struct qon_table_sector_occupations *mix = &c.scenario.tables.sector_occupations; // (occupation, skill): 00 01 10 11
    static const double share[] = {0.4, 0.3, 0.2, 0.1};
    memcpy(mix->share, share, sizeof share);
    handmade_employer(&c, 0, 9000);
    handmade_employer(&c, 1, 11000);
    uint32_t shrinking = handmade_employer(&c, 0, 50);
    uint32_t within = handmade_employer(&c, 0, 98);
    handmade_close(&c);
    c.world.employers.staff[0] = 1000;
    c.world.employers.staff[shrinking] = 100;
    c.world.employers.staff[within] = 100;
    assert_int_equal(qon_employers_post(&c.world), QON_OK);
    assert_int_equal(c.world.model->vacancies_count, 8000 + 11000);
    int64_t found[4] = {0}, by_employer[2] = {0};
    for (int64_t i = 0; i < c.world.model->vacancies_count; i++) {
        const struct qon_vacancy *v = &c.world.model->vacancies[i];
        assert_int_equal(v->cell / 4, c.world.employers.zone[v->employer]);
        found[v->cell % 4]++;
        by_employer[v->employer]++;
    }
    assert_int_equal(by_employer[0], 8000);
    check_shares(found, share, 4, "occupation and skill");
    // 100 persons instead of 50: a third of what is beyond 5 % goes in a month; instead of 98: nobody has to.
    check_near((double)c.world.employers.excess_share[shrinking], (0.5 - 0.05) / 3, 1e-6, "excess");
    assert_true(c.world.employers.excess_share[within] == 0);
    handmade_free(&c);
}

// ---- matching

// `seekers` persons dealt over two blocks, in cell (zone 0, occupation 0, skill 0); an employer with `places` in the same cell.
static void queue(struct handmade *c, int seekers, int places) {
    static const double share[] = {1, 0, 0, 0};
    country(c, 2, 4);
    memcpy(c->scenario.tables.sector_occupations.share, share, sizeof share);
    handmade_employer(c, 0, places);
    handmade_employer(c, 0, places);
    for (int i = 0; i < seekers; i++) {
        uint32_t block = (uint32_t)i % 2;
        handmade_member(c, block, handmade_household(c, block, 0, 0), QON_HEAD, QON_MALE, 40, QON_UNEMPLOYED);
    }
    for (int i = 0; i < 50; i++) { // others: another zone, another occupation
        uint32_t row = handmade_member(c, 0, handmade_household(c, 0, i % 2 ? 1 : 0, 0), QON_HEAD, QON_MALE, 40, QON_UNEMPLOYED);
        c->world.block[0].persons.occupation[row] = i % 2 ? 0 : 1;
    }
    handmade_close(c);
    assert_int_equal(qon_employers_post(&c->world), QON_OK);
}

static void search_and_match(struct qon_world *world) {
    for (uint32_t b = 0; b < world->blocks; b++) {
        qon_search_block(world, &world->block[b]);
    }
    assert_int_equal(qon_matching(world), QON_OK);
}

static void nobody_is_hired_where_seekers_or_vacancies_end(void **state) {
    static const int cases[][3] = {{10, 40, 10}, {60, 10, 20}, {0, 5, 0}, {7, 0, 0}}; // seekers, places of each of two employers, hires
    for (int i = 0; i < 4; i++) {
        struct handmade c;
        queue(&c, cases[i][0], cases[i][1]);
        c.scenario.settings.labour.matching_efficiency = 10; // more than there are
        search_and_match(&c.world);
        assert_int_equal(event_sum(&c.world, QON_EVENT_hires), cases[i][2]);
        assert_int_equal(c.world.places.hires[0], cases[i][2]);
        assert_int_equal(c.world.places.vacancies[0], 2 * cases[i][1]);
        assert_int_equal(c.world.employers.staff[0] + c.world.employers.staff[1], cases[i][2]);
        check_world(&c.world);
        handmade_free(&c);
    }
}

static void those_with_the_lowest_ranks_are_hired(void **state) {
    struct handmade c;
    queue(&c, 1000, 200);
    c.scenario.settings.labour.matching_efficiency = 0.3;
    search_and_match(&c.world);
    int64_t hires = c.world.places.hires[0];
    assert_in_range(hires, 150, 350);
    uint64_t last_hired = 0, first_left = UINT64_MAX;
    for (uint32_t b = 0; b < 2; b++) {
        const struct qon_persons *p = &c.world.block[b].persons;
        for (uint32_t row = 0; row < p->count; row++) {
            uint64_t rank = qon_seeker_rank(&c.world, p->id[row]);
            if (p->status[row] == QON_EMPLOYED) {
                assert_int_equal(p->occupation[row], 0);
                assert_int_equal(c.world.block[b].households.zone[p->household[row]], 0);
                assert_int_equal(p->wage_tiyn_month[row], 10000000);
                last_hired = rank > last_hired ? rank : last_hired;
            } else if (p->occupation[row] == 0 && c.world.block[b].households.zone[p->household[row]] == 0) {
                first_left = rank < first_left ? rank : first_left;
            }
        }
    }
    assert_true(last_hired < first_left);
    check_world(&c.world);
    handmade_free(&c);
}

// Seekers or vacancies whose ranks are not spread as draws are: those served are found all the same.
static void whoever_has_the_lowest_ranks_is_served_however_ranks_are_spread(void **state) {
    for (int high = 0; high < 4; high++) { // 1: all seekers' ranks are high, 2: all vacancies'
        struct handmade c;
        queue(&c, 3000, 800);
        struct qon_model *m = c.world.model;
        c.scenario.settings.labour.matching_efficiency = 0.2;
        for (uint32_t b = 0; b < 2; b++) {
            qon_search_block(&c.world, &c.world.block[b]);
            for (uint32_t i = 0; i < m->search[b].count; i++) {
                struct qon_seeker *seeker = &m->search[b].list[i];
                seeker->rank = (high & 1) != 0 ? UINT64_MAX - (seeker->rank >> 8) : seeker->rank;
            }
        }
        for (int64_t i = 0; i < m->vacancies_count; i++) {
            m->vacancies[i].rank = (high & 2) != 0 ? UINT64_MAX - (m->vacancies[i].rank >> 8) : m->vacancies[i].rank;
        }
        assert_int_equal(qon_matching(&c.world), QON_OK);
        int64_t hires = c.world.places.hires[0];
        assert_in_range(hires, 300, 600);
        uint64_t last_hired = 0, first_left = UINT64_MAX;
        for (uint32_t b = 0; b < 2; b++) {
            for (uint32_t i = 0; i < m->search[b].count; i++) {
                const struct qon_seeker *seeker = &m->search[b].list[i];
                bool hired = c.world.block[b].persons.status[seeker->row] == QON_EMPLOYED;
                last_hired = hired && seeker->rank > last_hired ? seeker->rank : last_hired;
                first_left = !hired && seeker->cell == 0 && seeker->rank < first_left ? seeker->rank : first_left;
            }
        }
        assert_true(last_hired < first_left);
        int64_t low[2] = {0}; // of each employer's vacancies those with the lowest ranks: counted from all that are below the last filled
        const struct qon_employers *e = &c.world.employers;
        for (int64_t i = 0; i < m->vacancies_count; i++) {
            int64_t below = 0;
            for (int64_t j = 0; j < m->vacancies_count; j++) {
                below += m->vacancies[j].rank < m->vacancies[i].rank;
            }
            low[m->vacancies[i].employer] += below < hires;
        }
        for (int k = 0; k < 2; k++) {
            assert_int_equal(e->staff[k], low[k]);
            assert_int_equal(e->vacancies[k], 800 - low[k]);
        }
        check_world(&c.world);
        handmade_free(&c);
    }
}

static void a_self_employed_seeker_leaves_informal_work_for_the_job(void **state) {
    struct handmade c;
    queue(&c, 4, 10);
    struct qon_persons *p = &c.world.block[0].persons;
    p->status[0] = QON_SELF_EMPLOYED;
    assert_int_equal(qon_tally_recount(&c.world), QON_OK);
    assert_int_equal(qon_rows_push(&c.world.block[0].searching, 0), QON_OK);
    c.scenario.settings.labour.matching_efficiency = 10;
    search_and_match(&c.world);
    assert_int_equal(p->status[0], QON_EMPLOYED);
    assert_int_equal(c.world.tally.labour[QON_SELF_EMPLOYED], 0);
    check_world(&c.world);
    handmade_free(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(desired_staff_is_rounded_by_a_draw_that_does_not_flicker),
        cmocka_unit_test(demand_answers_to_growth_residents_and_wages),
        cmocka_unit_test(own_demand_has_the_stated_spread),
        cmocka_unit_test(every_missing_person_is_a_vacancy_of_the_sectors_mix),
        cmocka_unit_test(nobody_is_hired_where_seekers_or_vacancies_end),
        cmocka_unit_test(those_with_the_lowest_ranks_are_hired),
        cmocka_unit_test(whoever_has_the_lowest_ranks_is_served_however_ranks_are_spread),
        cmocka_unit_test(a_self_employed_seeker_leaves_informal_work_for_the_job),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
