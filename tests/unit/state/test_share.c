// SPDX-License-Identifier: GPL-3.0-or-later
// The exchange of a world dealt to two ranks. The job is made up: the other rank adds what this one adds, so all comes twice. ODD tag
// M-RANKS-1.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs those first
#include <cmocka.h>
#include <qonys/share.h>
#include <string.h>

enum { EMPLOYERS = 70000, BLOCKS = 5 };

// The other rank does as this one. Where ranks tell each other lengths, the first half of the list is this one's and the second still 0.
static void twice_i64(int64_t *values, int64_t count) {
    bool halves = count % 2 == 0 && count > 0;
    for (int64_t i = count / 2; i < count; i++) {
        halves &= values[i] == 0;
    }
    for (int64_t i = 0; i < count; i++) {
        values[i] = halves ? values[i % (count / 2)] : 2 * values[i];
    }
}
static void twice_i32(int32_t *values, int64_t count) {
    for (int64_t i = 0; i < count; i++) {
        values[i] *= 2;
    }
}
static void twice_gather(const void *own, const int64_t *bytes, void *all) {
    memcpy(all, own, (size_t)bytes[0]);
    memcpy((char *)all + bytes[0], own, (size_t)bytes[1]);
}

static const struct qon_ranks_calls two = {.rank = 0, .count = 2, .sum_i64 = twice_i64, .sum_i32 = twice_i32, .gather = twice_gather};
static const struct qon_ranks_calls none = {0};

static struct qon_scenario scenario;
static struct qon_world world;

static int make(void **state) {
    static struct qon_faults faults;
    qon_faults_init(&faults);
    scenario = (struct qon_scenario){.start = 117 * 12, .months = 12, .scale = 1};
    scenario.tables.zones.rows = 2;
    scenario.tables.regions.rows = scenario.tables.educations.rows = scenario.tables.occupations.rows = 1;
    scenario.tables.skills.rows = scenario.tables.sectors.rows = 1;
    qon_ranks_set(&two);
    qon_ranks_together(true);
    assert_int_equal(qon_world_init(&world, &scenario, BLOCKS, EMPLOYERS, &faults), QON_OK);
    world.employers.count = EMPLOYERS;
    assert_int_equal(qon_share_begin(&world), QON_OK);
    return 0;
}

static int unmake(void **state) {
    qon_world_free(&world);
    qon_ranks_together(false);
    qon_ranks_set(&none);
    return 0;
}

static void blocks_are_dealt(void **state) {
    assert_int_equal(world.ranks, 2);
    assert_int_equal(world.own_first, 0);
    assert_int_equal(world.own_end, 2); // of five; the other has three
    assert_true(qon_owns(&world, 1));
    assert_false(qon_owns(&world, 2));
}

static void totals(void **state) {
    world.tally.households[1] = 10;
    qon_share_blocks(&world, true);
    qon_tally_household(&world, NULL, 1, -1);
    qon_tally_event(&world, NULL, QON_EVENT_births, 0, 3);
    qon_tally_flow(&world, 0, 1, 4, 2);
    qon_tally_wages(&world, NULL, 1, INT64_C(70000000000));
    assert_int_equal(world.tally.households[1], 10); // kept apart
    qon_share_blocks(&world, false);
    assert_int_equal(qon_exchange(&world, QON_AFTER_BLOCKS), QON_OK);
    assert_int_equal(world.tally.households[1], 8);
    assert_int_equal(world.tally.events[(int64_t)QON_EVENT_births * 2], 6);
    assert_int_equal(world.tally.wages_tiyn[1], INT64_C(140000000000));
    assert_int_equal(world.tally.flow_persons[1], 0); // waits for the end of the month
    assert_int_equal(qon_exchange(&world, QON_AFTER_MONTH), QON_OK);
    assert_int_equal(world.tally.flow_persons[1], 8);
    assert_int_equal(world.tally.households[1], 8); // not once more
    qon_tally_household(&world, NULL, 1, 1);        // in a phase of the country
    assert_int_equal(world.tally.households[1], 9);
}

static void employers(void **state) {
    // Neighbours, far apart, first and last; few and many; staff alone and foreigners.
    static const struct {
        uint32_t row;
        int32_t staff, high, low;
    } changes[] = {{0, -1, 0, 0}, {1, 300, 0, 0}, {2, -1, -1, 0}, {200, 0, 2, -2}, {69000, -70000, 0, -64}, {EMPLOYERS - 1, 1, 0, 0}};
    enum { CHANGES = sizeof changes / sizeof changes[0] };
    for (int i = 0; i < CHANGES; i++) {
        world.employers.staff[changes[i].row] = 100000;
        world.employers.vacancies[changes[i].row] = 5;
        qon_share_blocks(&world, true);
        qon_staff_open(&world)[changes[i].row] += changes[i].staff;
        qon_foreign_open(&world, true)[changes[i].row] += changes[i].high;
        qon_foreign_open(&world, false)[changes[i].row] += changes[i].low;
        qon_share_blocks(&world, false);
    }
    for (int hires = 0; hires < 2; hires++) {
        int64_t sum = 0;
        assert_int_equal(qon_exchange(&world, hires ? QON_AFTER_HIRES : QON_AFTER_BLOCKS), QON_OK);
        for (int i = 0; i < CHANGES; i++) {
            uint32_t row = changes[i].row;
            assert_int_equal(world.employers.staff[row], 100000 + (hires ? 4 : 2) * changes[i].staff);
            assert_int_equal(world.employers.foreign_12[row], 2 * changes[i].high);
            assert_int_equal(world.employers.foreign_34[row], 2 * changes[i].low);
            assert_int_equal(world.employers.vacancies[row], 5 - (hires ? 2 : 0) * changes[i].staff);
            qon_share_blocks(&world, true);
            qon_staff_open(&world)[row] += hires ? 0 : changes[i].staff;
            qon_share_blocks(&world, false);
            sum += world.employers.staff[row];
        }
        for (uint32_t row = 0; row < EMPLOYERS; row++) {
            sum -= world.employers.staff[row];
        }
        assert_int_equal(sum, 0); // nobody else's changed
    }
}

static void books(void **state) {
    world.ledger.employer_tiyn[1] = 50; // by all alike
    qon_books_note(&world);
    world.ledger.employer_tiyn[1] += 7; // by this rank's blocks
    world.money.saved += 11;
    world.money.clawed -= 1;
    assert_int_equal(qon_exchange_books(&world), QON_OK);
    assert_int_equal(world.ledger.employer_tiyn[1], 64);
    assert_int_equal(world.money.saved, 22);
    assert_int_equal(world.money.clawed, -2);
    assert_int_equal(qon_exchange(&world, QON_AFTER_BLOCKS), QON_OK);
    assert_int_equal(world.ledger.employer_tiyn[1], 64);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(blocks_are_dealt, make, unmake),
        cmocka_unit_test_setup_teardown(totals, make, unmake),
        cmocka_unit_test_setup_teardown(employers, make, unmake),
        cmocka_unit_test_setup_teardown(books, make, unmake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
