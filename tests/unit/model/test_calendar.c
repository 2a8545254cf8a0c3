// SPDX-License-Identifier: GPL-3.0-or-later
// The lists of those to whom something may happen: of a year (calendar) and of a month (candidates). ODD tags M-CALENDAR-1, M-CANDIDATE-1.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../../../sim/model/calendar.h"
#include "checks.h"
#include "handmade.h"

enum { MANY = 24000 };

static void country(struct handmade *c, int persons, int age) {
    handmade_init(c, (struct handmade_size){1, 1, 2, 1, 1, 60});
    handmade_rates(c->scenario.tables.schedules.leave_home_rate_year, c, QON_MALE, 0, 100,
                   1 / c->scenario.settings.demography.leave_home_rate_factor);
    handmade_rates(c->scenario.tables.schedules.union_rate_year, c, QON_MALE, 0, 100, 0.5);
    handmade_open(c, 1, (uint32_t)persons + 16, (uint32_t)persons + 16, 1);
    for (int i = 0; i < persons; i++) {
        handmade_member(c, 0, handmade_household(c, 0, 0, 0), QON_HEAD, QON_MALE, age, QON_INACTIVE);
    }
    handmade_close(c);
}

static void events_of_a_year_are_spread_evenly_over_its_months(void **state) {
    struct handmade c;
    country(&c, MANY, 30);
    assert_int_equal(qon_calendar_fill(&c.world), QON_OK);
    double even[12];
    int64_t found[12];
    static const struct {
        enum qon_calendar list;
        double rate;
    } lists[] = {{QON_CAL_LEAVE_HOME, 1}, {QON_CAL_UNION, 0.5}};
    for (int i = 0; i < 2; i++) {
        double total = 0;
        for (int m = 0; m < 12; m++) {
            even[m] = 1.0 / 12;
            found[m] = c.world.block[0].calendar[lists[i].list][m].count;
            total += (double)found[m];
        }
        double chance = 1 - exp(-lists[i].rate);
        check_shares(found, even, 12, "months");
        check_count(total, MANY * chance, MANY * chance * (1 - chance), "candidates of the year");
    }
    for (int m = 0; m < 12; m++) {
        assert_int_equal(c.world.block[0].calendar[QON_CAL_BIRTH][m].count, 0);
        assert_int_equal(c.world.block[0].calendar[QON_CAL_DEATH][m].count, 0);
    }
    handmade_free(&c);
}

static void lists_made_again_hold_what_those_of_january_held_for_the_months_left(void **state) {
    struct handmade c;
    uint32_t *january[12], counts[12];
    country(&c, 2000, 30);
    assert_int_equal(qon_calendar_fill(&c.world), QON_OK);
    for (int m = 0; m < 12; m++) {
        const struct qon_rows *rows = &c.world.block[0].calendar[QON_CAL_UNION][m];
        counts[m] = rows->count;
        january[m] = NULL;
        assert_int_equal(qon_take(&january[m], rows->count + 1, sizeof(uint32_t)), QON_OK);
        memcpy(january[m], rows->row, rows->count * sizeof(uint32_t));
    }
    c.world.month += 7;
    assert_int_equal(qon_calendar_fill(&c.world), QON_OK);
    for (int m = 0; m < 12; m++) {
        const struct qon_rows *rows = &c.world.block[0].calendar[QON_CAL_UNION][m];
        assert_int_equal(rows->count, m < 7 ? 0 : counts[m]);
        assert_memory_equal(rows->row, january[m], rows->count * sizeof(uint32_t));
        qon_free(january[m]);
    }
    handmade_free(&c);
}

static void newcomers_have_events_from_the_month_after_they_came(void **state) {
    struct handmade c;
    uint32_t before[12], later = 0;
    country(&c, 4000, 30);
    c.world.month += 4;
    struct qon_block *b = &c.world.block[0];
    b->persons.founders = 0; // all come later
    for (uint32_t row = 0; row < 4000; row++) {
        qon_calendar_add(&c.world, b, row);
    }
    for (int m = 0; m < 12; m++) {
        before[m] = b->calendar[QON_CAL_UNION][m].count;
        assert_true(m > 4 || before[m] == 0);
        later += before[m];
    }
    double chance = (1 - exp(-0.5)) * 7 / 12;
    check_count(later, 4000 * chance, 4000 * chance, "seven months of the year");
    // And they are those that would have been theirs, had they been there in January.
    c.world.month -= 4;
    assert_int_equal(qon_calendar_fill(&c.world), QON_OK);
    for (int m = 5; m < 12; m++) {
        assert_int_equal(b->calendar[QON_CAL_UNION][m].count, before[m]);
    }
    handmade_free(&c);
}

// Founders of many cohorts, each with chances of its own, among them 0 and 1.
static void founders_have_the_chances_of_their_sex_and_age(void **state) {
    enum { AGES = 60, EACH = 400 };
    struct handmade c;
    handmade_init(&c, (struct handmade_size){1, 1, 2, 1, 1, 60});
    handmade_open(&c, 1, AGES * EACH + 16, AGES * EACH + 16, 1);
    for (int i = 0; i < AGES * EACH; i++) { // neighbours differ in age
        handmade_member(&c, 0, handmade_household(&c, 0, 0, 0), QON_HEAD, i / AGES % 2 ? QON_MALE : QON_FEMALE, 1 + i % AGES, QON_INACTIVE);
    }
    handmade_close(&c);
    struct qon_block *b = &c.world.block[0];
    struct qon_year year = {c.world.month, 0};
    double expected = 0, variance = 0, found = 0, sure = 0;
    for (int age = 0; age < QON_AGES; age++) {
        for (int sex = 0; sex < 2; sex++) {
            c.world.model->calendar_prob[sex][age][QON_CAL_UNION] = age % 5 == 4 ? 1 : age % 5 == 3 ? 0 : 0.002 * age * (1 + sex);
        }
    }
    for (uint32_t row = 0; row < b->persons.count; row++) {
        double prob =
            c.world.model->calendar_prob[b->persons.sex[row]][qon_calendar_age(&year, b->persons.birth_month[row])][QON_CAL_UNION];
        expected += prob;
        variance += prob * (1 - prob);
        sure += prob == 1;
    }
    assert_int_equal(qon_calendar_fill(&c.world), QON_OK);
    int64_t by_month[12];
    double even[12];
    for (int m = 0; m < 12; m++) {
        const struct qon_rows *rows = &b->calendar[QON_CAL_UNION][m];
        by_month[m] = rows->count;
        even[m] = 1.0 / 12;
        for (uint32_t i = 0; i < rows->count; i++) {
            uint32_t row = rows->row[i];
            int age = qon_calendar_age(&year, b->persons.birth_month[row]);
            assert_true(i == 0 || row > rows->row[i - 1]);
            assert_true(age % 5 != 3);
            sure -= age % 5 == 4;
            found++;
        }
    }
    assert_true(sure == 0); // each of those whose chance is 1, once
    check_count(found, expected, variance, "candidates");
    check_shares(by_month, even, 12, "months");
    handmade_free(&c);
}

static void milestones_stand_in_the_month_of_the_birthday(void **state) {
    struct handmade c;
    handmade_init(&c, (struct handmade_size){1, 1, 2, 1, 1, 60});
    handmade_open(&c, 1, 16, 16, 1);
    const int32_t women = (int32_t)(12 * c.scenario.settings.demography.retirement_women_years);
    const int32_t ages_months[] = {12 * 16 - 3, 12 * 18 - 3, 12 * 20 - 3, 12 * 63 - 3, women - 3, 12 * 30 - 3, 12 * 16 - 13};
    assert_true(women < 12 * 63);
    for (int i = 0; i < 7; i++) {
        uint32_t row = handmade_member(&c, 0, handmade_household(&c, 0, 0, 0), QON_HEAD, QON_MALE, 20, QON_INACTIVE);
        c.world.block[0].persons.birth_month[row] = (int16_t)(c.world.month - ages_months[i]);
    }
    handmade_close(&c);
    for (int later = 0; later < 2; later++) { // founders, and the same as later persons
        c.world.block[0].persons.founders = later ? 0 : c.world.block[0].persons.founders;
        assert_int_equal(qon_calendar_fill(&c.world), QON_OK);
        for (int m = 0; m < 12; m++) {
            const struct qon_rows *rows = &c.world.block[0].calendar[QON_CAL_AGE][m];
            assert_int_equal(rows->count, m == 3 ? 5 : 0); // 16, the end of school, that of higher education, both pensions
        }
    }
    handmade_free(&c);
}

static uint32_t departures(const struct qon_block *b, int month) {
    return b->calendar[QON_CAL_DEPARTURE][month].count;
}

static void permits_end_after_whole_terms(void **state) {
    struct handmade c;
    country(&c, MANY, 30);
    struct qon_block *b = &c.world.block[0];
    c.scenario.settings.employers.permit_renewal_share = 0;
    c.scenario.settings.employers.permit_months = 6;
    for (uint32_t row = 0; row < MANY; row++) {
        b->persons.legal[row] = QON_PERMIT_3;
        b->persons.arrival_month[row] = (int16_t)c.world.month;
    }
    assert_int_equal(qon_calendar_fill(&c.world), QON_OK);
    int64_t found[6];
    for (int m = 0; m < 12; m++) { // founders' terms began at any time before
        assert_true(m < 6 || departures(b, m) == 0);
        found[m < 6 ? m : 0] = m < 6 ? departures(b, m) : found[0];
    }
    check_shares(found, (double[]){1.0 / 6, 1.0 / 6, 1.0 / 6, 1.0 / 6, 1.0 / 6, 1.0 / 6}, 6, "months left to founders");
    b->persons.founders = 0; // now all have come this month, and have the ends of six months
    assert_int_equal(qon_calendar_fill(&c.world), QON_OK);
    for (int m = 0; m < 12; m++) {
        assert_int_equal(departures(b, m), m == 6 ? MANY : 0);
    }
    c.scenario.settings.employers.permit_months = 2;
    c.scenario.settings.employers.permit_renewal_share = 0.7;
    assert_int_equal(qon_calendar_fill(&c.world), QON_OK);
    double left = MANY;
    for (int m = 2; m < 12; m += 2) {
        check_count(departures(b, m), 0.3 * left, 0.21 * left, "not renewed");
        left -= departures(b, m);
        assert_int_equal(departures(b, m + 1), 0);
    }
    handmade_free(&c);
}

static void unregistered_workers_leave_at_a_constant_rate(void **state) {
    struct handmade c;
    country(&c, MANY, 30);
    struct qon_block *b = &c.world.block[0];
    c.scenario.settings.external.unregistered_stay_months = 8;
    c.scenario.settings.external.eaeu_stay_months = 40;
    for (uint32_t row = 0; row < MANY; row++) {
        b->persons.legal[row] = row % 2 ? QON_UNREGISTERED : QON_EAEU;
    }
    assert_int_equal(qon_calendar_fill(&c.world), QON_OK);
    double left[2] = {MANY / 2.0, MANY / 2.0};
    for (int m = 0; m < 12; m++) {
        double gone[2] = {0};
        for (uint32_t i = 0; i < departures(b, m); i++) {
            gone[b->calendar[QON_CAL_DEPARTURE][m].row[i] % 2]++;
        }
        check_count(gone[1], left[1] * (1 - exp(-1.0 / 8)), left[1] * 0.12, "unregistered");
        check_count(gone[0], left[0] * (1 - exp(-1.0 / 40)), left[0] * 0.025, "EAEU");
        left[0] -= gone[0];
        left[1] -= gone[1];
    }
    handmade_free(&c);
}

// ---- candidates of a month

enum { PERSONS = 400, KEYS = 6000 };

static void everybody_is_a_candidate_with_the_chance_of_the_cap(void **state) {
    static const double caps[] = {0.003, 0.05, 0.4};
    struct handmade c;
    static int64_t times[PERSONS], together;
    double even[PERSONS];
    country(&c, PERSONS, 30);
    struct qon_block *b = &c.world.block[0];
    b->persons.founders = PERSONS / 2; // the others as if born or arrived later
    for (uint32_t row = PERSONS / 2; row < PERSONS; row++) {
        b->persons.id[row] = qon_id_make(row, 1, QON_DRAW_BIRTH);
    }
    struct qon_rows *rows = &c.scratch[0];
    for (int k = 0; k < 3; k++) {
        double cap = caps[k], all = 0, founders = 0;
        memset(times, 0, sizeof times);
        together = 0;
        for (int key = 0; key < KEYS; key++) {
            qon_candidates(b, qon_key(1, QON_DRAW_TEST, key), cap, rows);
            for (uint32_t i = 0; i < rows->count; i++) {
                assert_true(i == 0 || rows->row[i] > rows->row[i - 1]); // in order, nobody twice
                times[rows->row[i]]++;
                founders += rows->row[i] < PERSONS / 2;
                together += i > 0 && rows->row[i] == rows->row[i - 1] + 1;
            }
            all += rows->count;
        }
        double n = (double)PERSONS * KEYS, variance = n * cap * (1 - cap);
        check_count(all, n * cap, variance, "all");
        check_count(founders, n / 2 * cap, variance / 2, "founders");
        check_count((double)together, (n - KEYS) * cap * cap, n * cap * cap * (1 + 2 * cap), "neighbours together, as if independent");
        for (int i = 0; i < PERSONS; i++) {
            even[i] = 1.0 / PERSONS;
        }
        if (cap * KEYS > 100) {
            check_shares(times, even, PERSONS, "persons");
        }
    }
    qon_candidates(b, 5, 1, rows);
    assert_int_equal(rows->count, PERSONS);
    qon_candidates(b, 5, 0, rows);
    assert_int_equal(rows->count, 0);
    handmade_free(&c);
}

static void a_later_persons_draw_belongs_to_its_id_and_not_to_its_row(void **state) {
    struct handmade c;
    country(&c, PERSONS, 30);
    struct qon_block *b = &c.world.block[0];
    struct qon_rows *rows = &c.scratch[0];
    uint64_t drawn[PERSONS];
    b->persons.founders = 0;
    for (uint32_t row = 0; row < PERSONS; row++) {
        b->persons.id[row] = qon_id_make(row, 1, QON_DRAW_BIRTH);
    }
    qon_candidates(b, 77, 0.3, rows);
    uint32_t count = rows->count;
    for (uint32_t i = 0; i < count; i++) {
        drawn[count - 1 - i] = b->persons.id[rows->row[i]];
    }
    for (uint32_t row = 0; row < PERSONS / 2; row++) {
        uint64_t id = b->persons.id[row];
        b->persons.id[row] = b->persons.id[PERSONS - 1 - row];
        b->persons.id[PERSONS - 1 - row] = id;
    }
    qon_candidates(b, 77, 0.3, rows);
    assert_int_equal(rows->count, count);
    for (uint32_t i = 0; i < count; i++) {
        assert_true(b->persons.id[rows->row[i]] == drawn[i]);
    }
    handmade_free(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_of_a_year_are_spread_evenly_over_its_months),
        cmocka_unit_test(lists_made_again_hold_what_those_of_january_held_for_the_months_left),
        cmocka_unit_test(newcomers_have_events_from_the_month_after_they_came),
        cmocka_unit_test(founders_have_the_chances_of_their_sex_and_age),
        cmocka_unit_test(milestones_stand_in_the_month_of_the_birthday),
        cmocka_unit_test(permits_end_after_whole_terms),
        cmocka_unit_test(unregistered_workers_leave_at_a_constant_rate),
        cmocka_unit_test(everybody_is_a_candidate_with_the_chance_of_the_cap),
        cmocka_unit_test(a_later_persons_draw_belongs_to_its_id_and_not_to_its_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
