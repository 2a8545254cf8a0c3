// SPDX-License-Identifier: GPL-3.0-or-later
// How a population is built, rule by rule, on a made-up country of three blocks (the margins of the real one: theory/test_synthesis). ODD
// tags S-BLOCK-1, S-FAMILY-1, S-FOREIGN-1, S-EMPLOYER-1, S-JOB-1, S-PAST-1.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "checks.h"
#include "loading.h"
#include <qonys/explog.h>
#include <qonys/synthesis.h>

enum { ZONES = 9, PERSONS = 190000, ZONES_MOST = 16, SECTORS_MOST = 16 };

static struct loading loading;
static struct qon_world world;

static int make(void **state) {
    scratch_make(loading.folder);
    scratch_path(loading.file, loading.folder, "scenario.json");
    if (make_country(ZONES, PERSONS, loading.folder) != 0 || loading_load(&loading, NULL, 0) != QON_OK ||
        qon_synthesis(&world, &loading.scenario, &loading.faults) != QON_OK) {
        print_error("%s\n", loading.faults.text[0]);
        return 1;
    }
    return 0;
}

static int unmake(void **state) {
    qon_world_free(&world);
    loading_free(&loading);
    return 0;
}

// For each household: its block and row.
#define EACH_HOUSEHOLD(b, row)                                                                   \
    for (const struct qon_block *b = world.block, *b##_end = b + world.blocks; b < b##_end; b++) \
        for (uint32_t row = 0; row < b->households.count; row++)
#define EACH_PERSON(b, row)                                                                      \
    for (const struct qon_block *b = world.block, *b##_end = b + world.blocks; b < b##_end; b++) \
        for (uint32_t row = 0; row < b->persons.count; row++)

static bool foreign(const struct qon_block *b, uint32_t person) {
    uint8_t legal = b->persons.legal[person];
    return (legal >= QON_PERMIT_1 && legal <= QON_SEASONAL) || legal == QON_UNREGISTERED;
}

// S-BLOCK-1
static void every_block_is_a_sample_of_every_zone(void **state) {
    int64_t persons[ZONES_MOST][8] = {{0}}, women[ZONES_MOST][8] = {{0}};
    assert_int_equal(world.blocks, 3);
    EACH_PERSON(b, row) {
        uint32_t zone = b->households.zone[b->persons.household[row]];
        persons[zone][b->index]++;
        women[zone][b->index] += b->persons.sex[row] == QON_FEMALE;
    }
    for (int z = 0; z < ZONES; z++) {
        for (int b = 1; b < 3; b++) { // dealt by cells of sex and age, each within one person
            assert_in_range(persons[z][b] - persons[z][0] + 1, 0, 2);
            assert_in_range(women[z][b] - women[z][0] + 1, 0, 2);
        }
    }
}

// S-FAMILY-1
static void households_are_as_many_as_the_mean_size_says_and_each_has_a_grown_up_head(void **state) {
    const struct qon_table_zones *t = &loading.scenario.tables.zones;
    for (int32_t z = 0; z < world.zones; z++) {
        assert_int_equal(world.tally.households[z], (int64_t)((double)t->persons[z] / t->household_size_mean[z] + 0.5));
    }
    EACH_HOUSEHOLD(b, row) {
        assert_true(world.month - b->persons.birth_month[b->households.head[row]] >= 12 * 18);
    }
}

static void as_many_live_in_couples_as_the_schedules_say(void **state) {
    const struct qon_table_schedules *t = &loading.scenario.tables.schedules;
    double wanted = 0, found = 0, share[2][QON_AGES] = {{0}};
    int64_t heads_by_earnings = 0, compared = 0;
    for (int64_t i = 0; i < t->rows; i++) {
        share[t->sex[i][0] == 'f'][t->age[i]] = t->age[i] >= 18 ? t->coupled_share[i] : 0;
    }
    EACH_PERSON(b, row) {
        int32_t age = qon_age_years(world.month, b->persons.birth_month[row]);
        wanted += 0.5 * share[b->persons.sex[row]][age < QON_AGES ? age : QON_AGES - 1];
    }
    EACH_HOUSEHOLD(b, row) {
        if (b->households.coupled[row]) {
            uint32_t head = b->households.head[row], spouse = b->persons.next[head];
            found++;
            assert_int_not_equal(b->persons.sex[head], b->persons.sex[spouse]);
            if (b->persons.status[head] == QON_EMPLOYED && b->persons.status[spouse] == QON_EMPLOYED) {
                compared++;
                heads_by_earnings += b->persons.wage_tiyn_month[head] >= b->persons.wage_tiyn_month[spouse];
            }
        }
    }
    check_near(found / wanted, 1, 0.03, "couples");                // foreign workers live alone; a few couples live with others
    assert_true(compared > 1000 && heads_by_earnings == compared); // the main earner is the head
}

static void children_live_with_a_woman_who_may_have_borne_them(void **state) {
    int64_t with_mother = 0, possible = 0, children = 0;
    EACH_HOUSEHOLD(b, row) {
        uint32_t head = b->households.head[row], mother = b->persons.sex[head] == QON_FEMALE ? head : QON_NONE;
        if (mother == QON_NONE && b->households.coupled[row]) {
            mother = b->persons.next[head];
        }
        for (uint32_t m = head; m != QON_NONE; m = b->persons.next[m]) {
            bool child = world.month - b->persons.birth_month[m] < 12 * 18;
            children += child;
            if (child && mother != QON_NONE && b->persons.role[m] == QON_OFFSPRING) {
                int32_t years = (b->persons.birth_month[m] - b->persons.birth_month[mother]) / 12;
                with_mother++;
                possible += years >= 16 && years <= 46;
            }
        }
    }
    assert_true((double)with_mother > 0.8 * (double)children);
    assert_true((double)possible >= 0.999 * (double)with_mother);
}

// S-FOREIGN-1
static void foreign_workers_live_alone_and_work(void **state) {
    int64_t found = 0;
    EACH_PERSON(b, row) {
        if (foreign(b, row)) {
            int32_t age = qon_age_years(world.month, b->persons.birth_month[row]);
            found++;
            assert_int_equal(b->households.members[b->persons.household[row]], 1);
            assert_int_equal(b->persons.status[row], b->persons.legal[row] == QON_UNREGISTERED ? QON_SELF_EMPLOYED : QON_EMPLOYED);
            assert_in_range(age, 18, 62);
        }
    }
    assert_true(found > 100);
    const struct qon_employers *e = &world.employers;
    for (uint32_t i = 0; i < e->count; i++) {
        assert_true(e->foreign_12[i] <= 0.3 * e->staff[i] + 1e-9 && e->foreign_34[i] <= 0.1 * e->staff[i] + 1e-9);
    }
}

// S-EMPLOYER-1
static void staff_of_zones_by_sector_is_that_of_the_table(void **state) {
    const struct qon_table_sector_shares *t = &loading.scenario.tables.sector_shares;
    double staff[ZONES_MOST][SECTORS_MOST] = {{0}};
    for (uint32_t i = 0; i < world.employers.count; i++) {
        staff[world.employers.zone[i]][world.employers.sector[i]] += world.employers.staff[i];
        assert_true(world.employers.staff[i] >= 1);
        assert_int_equal(world.employers.staff_start[i], world.employers.staff[i]);
    }
    for (int64_t i = 0; i < t->rows; i++) {
        double employed = (double)world.tally.labour[t->zone[i] * QON_LABOURS + QON_EMPLOYED];
        check_near(staff[t->zone[i]][t->sector[i]], t->share[i] * employed, 1, "staff of a sector");
    }
}

// The last employer of a zone and sector takes what is left; the others follow the truncated Pareto distribution.
static void sizes_of_employers_follow_the_pareto_distribution(void **state) {
    const struct qon_settings *set = &loading.scenario.settings;
    const struct qon_employers *e = &world.employers;
    for (int32_t sector = 0; sector < world.sectors; sector++) {
        double factor = loading.scenario.tables.sectors.size_factor[sector], least = set->employers.size_least * factor;
        double most = set->employers.size_most * factor, x = floor(3 * least) + 0.5; // rounding goes up from here
        double count = 0, above = 0;
        for (uint32_t i = 0; i + 1 < e->count; i++) {
            if (e->sector[i] == sector && e->sector[i + 1] == sector && e->zone[i + 1] == e->zone[i]) {
                count++;
                above += e->staff[i] > x;
                assert_true(e->staff[i] >= (int32_t)(least + 0.5) && e->staff[i] <= most + 0.5);
            }
        }
        double k = set->employers.size_exponent, cut = pow(least / most, k), expected = (pow(least / x, k) - cut) / (1 - cut);
        check_near(above, expected * count, 4.5 * sqrt(expected * count) + ZONES, "employers above three times the least size");
    }
}

// S-JOB-1
static void skills_come_from_education_and_occupations_from_the_sector(void **state) {
    const struct qon_table_sector_occupations *t = &loading.scenario.tables.sector_occupations;
    bool known[SECTORS_MOST][32] = {{false}};
    for (int64_t i = 0; i < t->rows; i++) {
        known[t->sector[i]][t->occupation[i]] = true;
    }
    EACH_PERSON(b, row) {
        assert_int_equal(b->persons.skill[row], loading.scenario.tables.educations.skill[b->persons.education[row]]);
        if (b->persons.status[row] == QON_EMPLOYED && !foreign(b, row)) {
            assert_true(known[world.employers.sector[b->persons.employer[row]]][b->persons.occupation[row]]);
        }
    }
}

static void the_mean_wage_is_that_of_the_zone(void **state) {
    const struct qon_settings *set = &loading.scenario.settings;
    double squares[ZONES_MOST] = {0};
    for (uint32_t i = 0; i < world.employers.count; i++) {
        squares[world.employers.zone[i]] += (double)world.employers.staff[i] * world.employers.staff[i];
    }
    for (int32_t z = 0; z < world.zones; z++) {
        double n = (double)world.tally.labour[z * QON_LABOURS + QON_EMPLOYED];
        double wage = (double)world.tally.wages_tiyn[z] / 100 / n, level = loading.scenario.tables.zones.wage_tenge_month[z];
        double own = exp(set->labour.wage_spread_sd * set->labour.wage_spread_sd) - 1;
        double employers = exp(set->employers.productivity_sd * set->employers.productivity_sd) - 1;
        check_near(wage / level, 1, 0.01 + 4.5 * sqrt(1.5 * own / n + employers * squares[z] / n / n), loading.scenario.tables.zones.id[z]);
    }
}

// S-PAST-1
static void the_past_of_households_is_drawn_so_that_the_first_month_is_like_others(void **state) {
    const struct qon_settings *set = &loading.scenario.settings;
    double households = 0, kin = 0, poor = 0, came = 0, came_expected = 0, settled = 0, owners = 0, events = 0, events_expected = 0;
    EACH_HOUSEHOLD(b, row) {
        const struct qon_households *h = &b->households;
        uint32_t head = h->head[row];
        if (foreign(b, head)) {
            assert_int_equal(h->kin[row], h->zone[row]);
            assert_int_equal(h->owner[row], 0);
            continue;
        }
        int workers = 0;
        for (uint32_t m = head; m != QON_NONE; m = b->persons.next[m]) {
            workers += b->persons.status[m] == QON_EMPLOYED;
            assert_int_equal(b->persons.arrival_month[m], h->moved_month[row]);
        }
        double rate = set->trigger.start_moves_factor * qon_rogers_castro(set, (world.month - b->persons.birth_month[head]) / 12.0);
        households++;
        kin += h->kin[row] != h->zone[row];
        poor += (double)h->savings_tiyn[row] / 100 <
                set->choice.savings_months_mean * loading.scenario.tables.zones.wage_tenge_month[h->zone[row]];
        came += h->moved_month[row] != QON_ALWAYS;
        came_expected += 1 - exp(-rate * set->trigger.tenure_months / 12);
        assert_true(h->moved_month[row] == QON_ALWAYS || h->moved_month[row] < world.month);
        assert_true(h->moved_month[row] == QON_ALWAYS || !h->owner[row]);
        settled += h->moved_month[row] == QON_ALWAYS;
        owners += h->owner[row];
        events += h->event_month[row] != QON_ALWAYS;
        events_expected += 1 - exp(-set->labour.separation_prob_month * workers * 24);
        assert_true(h->event_month[row] == QON_ALWAYS || (h->event_month[row] < world.month && h->event_month[row] >= world.month - 24));
    }
    check_count(kin, 0.2 * households, 0.16 * households, "kin in another zone");
    check_count(poor, 0.5 * households, 0.25 * households, "savings below the median");
    check_count(came, came_expected, came_expected, "came lately");
    check_count(owners, set->choice.owner_share * settled, 0.25 * settled, "owners among those long there");
    check_count(events, events_expected, events_expected, "lost a job before the start");
    check_world(&world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_block_is_a_sample_of_every_zone),
        cmocka_unit_test(households_are_as_many_as_the_mean_size_says_and_each_has_a_grown_up_head),
        cmocka_unit_test(as_many_live_in_couples_as_the_schedules_say),
        cmocka_unit_test(children_live_with_a_woman_who_may_have_borne_them),
        cmocka_unit_test(foreign_workers_live_alone_and_work),
        cmocka_unit_test(staff_of_zones_by_sector_is_that_of_the_table),
        cmocka_unit_test(sizes_of_employers_follow_the_pareto_distribution),
        cmocka_unit_test(skills_come_from_education_and_occupations_from_the_sector),
        cmocka_unit_test(the_mean_wage_is_that_of_the_zone),
        cmocka_unit_test(the_past_of_households_is_drawn_so_that_the_first_month_is_like_others),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
