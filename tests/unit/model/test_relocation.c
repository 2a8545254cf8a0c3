// SPDX-License-Identifier: GPL-3.0-or-later
// Who considers a move, what it costs, and what happens to those who move. ODD tags M-TRIGGER-1, M-TENURE-1, M-CHOICE-3, M-LIQUIDITY-1,
// M-MOVE-1, M-MOVE-2.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "checks.h"
#include "handmade.h"

// Two zones; zone 1 is so much better that everybody who may go there does. A child keeps it populated.
static void pull(struct handmade *c, uint32_t persons) {
    handmade_init(c, (struct handmade_size){2, 2, 2, 1, 1, 60});
    c->scenario.settings.trigger.hazard_scale_month = 1e6;
    c->scenario.settings.choice.information_population_weight = 0;
    c->scenario.tables.zones.amenity[1] = 20;
    handmade_open(c, 1, persons + 8, 2 * persons + 8, 2);
    handmade_member(c, 0, handmade_household(c, 0, 1, 0), QON_HEAD, QON_MALE, 5, QON_CHILD);
}

static void relocate(struct handmade *c) {
    qon_tally_month_clear(&c->world);
    qon_clock(&c->world);
    qon_choice_prepare(&c->world);
    qon_candidates_block(&c->world, &c->world.block[0]);
    qon_relocation_block(&c->world, &c->world.block[0]);
}

static void a_household_moves_with_all_its_members(void **state) {
    struct handmade c;
    pull(&c, 16);
    uint32_t employer = handmade_employer(&c, 0, 2);
    uint32_t home = handmade_household(&c, 0, 0, 1000);
    uint32_t head = handmade_member(&c, 0, home, QON_HEAD, QON_FEMALE, 40, QON_UNEMPLOYED);
    uint32_t spouse = handmade_member(&c, 0, home, QON_SPOUSE, QON_MALE, 40, QON_SELF_EMPLOYED);
    uint32_t child = handmade_member(&c, 0, home, QON_OFFSPRING, QON_MALE, 8, QON_CHILD);
    handmade_employ(&c, 0, head, employer, 100000);
    c.world.block[0].households.owner[home] = 1;
    handmade_close(&c);
    relocate(&c);
    const struct qon_persons *p = &c.world.block[0].persons;
    const struct qon_households *h = &c.world.block[0].households;
    assert_int_equal(h->zone[home], 1);
    assert_int_equal(h->kin[home], 0); // where it came from
    assert_int_equal(h->owner[home], 0);
    assert_int_equal(h->moved_month[home], c.world.month);
    assert_int_equal(p->status[head], QON_UNEMPLOYED); // the job is lost, the search begins there
    assert_int_equal(p->employer[head], QON_NONE);
    assert_int_equal(c.world.employers.staff[employer], 0);
    assert_int_equal(p->status[spouse], QON_UNEMPLOYED);
    assert_int_equal(p->status[child], QON_CHILD);
    for (uint32_t row = head; row <= child; row++) {
        assert_int_equal(p->household[row], home);
        assert_int_equal(p->origin[row], 0);
        assert_int_equal(p->arrival_month[row], c.world.month);
    }
    assert_int_equal(c.world.tally.flow_persons[0 * 2 + 1], 3);
    assert_int_equal(c.world.tally.flow_households[0 * 2 + 1], 1);
    assert_int_equal(event_sum(&c.world, QON_EVENT_departures_region), 3);
    assert_int_equal(event_sum(&c.world, QON_EVENT_considered), 1); // the head decides, not the spouse, not the child
    check_world(&c.world);
    handmade_free(&c);
}

static void zones_of_one_region_are_counted_apart(void **state) {
    struct handmade c;
    pull(&c, 16);
    c.scenario.tables.zones.region[1] = 0;
    handmade_member(&c, 0, handmade_household(&c, 0, 0, 0), QON_HEAD, QON_FEMALE, 40, QON_INACTIVE);
    handmade_close(&c);
    relocate(&c);
    assert_int_equal(event_sum(&c.world, QON_EVENT_arrivals_region), 0);
    assert_int_equal(event_sum(&c.world, QON_EVENT_arrivals_zone), 1);
    assert_int_equal(event_sum(&c.world, QON_EVENT_departures_zone), 1);
    check_world(&c.world);
    handmade_free(&c);
}

// 40,000 fixed, 15 by km and member, one month's rent of 40,000 there.
static void who_cannot_pay_stays_and_is_counted(void **state) {
    for (int members = 1; members <= 3; members++) {
        for (int short_of = 0; short_of < 2; short_of++) {
            struct handmade c;
            pull(&c, 16);
            struct qon_settings *set = &c.scenario.settings;
            set->choice.money_fixed_tenge = 40000;
            set->choice.money_km_tenge = 15;
            set->choice.money_deposit_months = 1;
            uint32_t home = handmade_household(&c, 0, 0, 0);
            handmade_member(&c, 0, home, QON_HEAD, QON_FEMALE, 40, QON_INACTIVE);
            for (int m = 1; m < members; m++) {
                handmade_member(&c, 0, home, QON_OFFSPRING, QON_MALE, 8, QON_CHILD);
            }
            handmade_close(&c);
            double km = c.world.model->distance_km[1];
            check_near(km, 6371 * 2 * asin(sin(0.5 * M_PI / 180) * cos(50 * M_PI / 180)), 0.2, "great circle");
            int64_t cost = (int64_t)(100 * (40000 + 15 * km * members) + 4000000);
            qon_clock(&c.world);
            assert_int_equal(qon_move_cost_tiyn(&c.world, 0, 1, (uint32_t)members), cost);
            int64_t savings = cost - short_of;
            c.world.block[0].households.savings_tiyn[home] = savings;
            c.world.money.savings = c.world.money.savings_start = savings;
            relocate(&c);
            assert_int_equal(c.world.block[0].households.zone[home], short_of ? 0 : 1);
            assert_int_equal(event_sum(&c.world, QON_EVENT_illiquid), short_of);
            assert_int_equal(c.world.money.moving, short_of ? 0 : cost);
            assert_int_equal(c.world.block[0].households.savings_tiyn[home], short_of ? savings : 0);
            check_world(&c.world);
            handmade_free(&c);
        }
    }
}

static void a_grown_up_member_splits_off_with_an_equal_share_of_the_savings(void **state) {
    struct handmade c;
    pull(&c, 16);
    uint32_t home = handmade_household(&c, 0, 0, 1000);
    uint32_t head = handmade_member(&c, 0, home, QON_HEAD, QON_FEMALE, 60, QON_INACTIVE);
    uint32_t son = handmade_member(&c, 0, home, QON_OFFSPRING, QON_MALE, 22, QON_SELF_EMPLOYED);
    uint32_t child = handmade_member(&c, 0, home, QON_OFFSPRING, QON_MALE, 17, QON_STUDENT);
    uint32_t baby = handmade_member(&c, 0, home, QON_OFFSPRING, QON_MALE, 1, QON_CHILD);
    c.world.block[0].persons.legal[head] = QON_PERMIT_1; // does not move
    handmade_close(&c);
    relocate(&c);
    const struct qon_persons *p = &c.world.block[0].persons;
    const struct qon_households *h = &c.world.block[0].households;
    assert_int_equal(p->household[child], home);
    assert_int_equal(p->household[baby], home);
    assert_int_equal(h->zone[home], 0);
    uint32_t own = p->household[son];
    assert_int_not_equal(own, home);
    assert_int_equal(h->zone[own], 1);
    assert_int_equal(p->role[son], QON_HEAD);
    assert_int_equal(p->status[son], QON_UNEMPLOYED);
    assert_int_equal(h->savings_tiyn[own], 25000);
    assert_int_equal(h->savings_tiyn[home], 75000);
    assert_int_equal(h->kin[own], 0);
    assert_int_equal(c.world.tally.households[0], 1);
    assert_int_equal(c.world.tally.households[1], 2);
    assert_int_equal(event_sum(&c.world, QON_EVENT_considered), 1);
    check_world(&c.world);
    handmade_free(&c);
}

// A third of the savings pays for the grown-up daughter's move within the zone; what is left does not take the others to the other zone.
static void a_household_whose_member_took_what_it_needed_stays(void **state) {
    enum { MANY = 400 };
    struct handmade c;
    pull(&c, 3 * MANY);
    c.scenario.settings.choice.home_premium = -20; // all want to go, half of them to the other zone
    c.scenario.settings.choice.money_fixed_tenge = 1000;
    c.scenario.settings.choice.money_km_tenge = 50;
    c.scenario.tables.zones.amenity[1] = 0;
    c.scenario.tables.zones.local_moves[0] = true;
    for (int i = 0; i < MANY; i++) {
        uint32_t home = handmade_household(&c, 0, 0, 0);
        handmade_member(&c, 0, home, QON_HEAD, QON_FEMALE, 60, QON_INACTIVE);
        handmade_member(&c, 0, home, QON_OFFSPRING, QON_MALE, 8, QON_CHILD);
        handmade_member(&c, 0, home, QON_OFFSPRING, QON_FEMALE, 22, QON_INACTIVE);
    }
    handmade_close(&c);
    int64_t needed = qon_move_cost_tiyn(&c.world, 0, 1, 3);
    assert_true(needed / 3 < qon_move_cost_tiyn(&c.world, 0, 1, 1)); // her share does not take her there
    for (uint32_t i = 1; i <= MANY; i++) {
        c.world.block[0].households.savings_tiyn[i] = needed;
    }
    c.world.money.savings = c.world.money.savings_start = needed * MANY;
    relocate(&c);
    double local = (double)event_sum(&c.world, QON_EVENT_moves_local), households = (local - MANY) / 2;
    assert_int_equal(c.world.tally.flow_persons[1], 0);
    check_count(households, MANY / 2.0, MANY / 4.0, "families that move within the zone, of two persons each");
    double wishes = (double)event_sum(&c.world, QON_EVENT_illiquid);
    check_count(wishes, MANY, MANY / 2.0, "daughters and families that wanted to go farther");
    assert_int_equal(c.world.money.moving, 100000 * (int64_t)(MANY + households));
    check_world(&c.world);
    handmade_free(&c);
}

static void a_move_within_the_zone_changes_the_settlement_only(void **state) {
    enum { MANY = 20000 };
    struct handmade c;
    handmade_init(&c, (struct handmade_size){1, 1, 1, 1, 1, 60});
    c.scenario.settings.trigger.hazard_scale_month = 1e6;
    c.scenario.settings.choice.home_premium = log(3);
    c.scenario.settings.choice.money_fixed_tenge = 10;
    c.scenario.tables.zones.local_moves[0] = true;
    handmade_open(&c, 1, MANY, MANY, 1);
    for (int i = 0; i < MANY; i++) {
        handmade_member(&c, 0, handmade_household(&c, 0, 0, 20), QON_HEAD, QON_MALE, 30, QON_INACTIVE);
    }
    handmade_close(&c);
    relocate(&c);
    double moved = (double)event_sum(&c.world, QON_EVENT_moves_local);
    check_count(moved, 0.25 * MANY, 0.1875 * MANY, "one of four: weights 3 and 1");
    assert_int_equal(c.world.tally.flow_persons[0], (int64_t)moved); // the diagonal
    assert_int_equal(c.world.money.moving, 1000 * (int64_t)moved);
    assert_int_equal(c.world.block[0].households.moved_month[0], QON_ALWAYS);
    assert_int_equal(event_sum(&c.world, QON_EVENT_departures_zone), 0);
    check_world(&c.world);
    handmade_free(&c);
}

// ---- consideration

static void a_zone_that_the_origin_does_not_know_is_not_chosen_but_that_of_kin_is(void **state) {
    enum { MANY = 8000 };
    struct handmade c;
    handmade_init(&c, (struct handmade_size){3, 3, 1, 1, 1, 60});
    struct qon_settings *set = &c.scenario.settings;
    set->trigger.hazard_scale_month = 1e6;
    set->choice.information_population_weight = 0;
    set->choice.information_distance_weight = 1;
    set->choice.home_premium = -20; // all want to go
    handmade_open(&c, 1, MANY + 8, MANY + 8, 1);
    for (int i = 0; i < MANY; i++) {
        uint32_t home = handmade_household(&c, 0, 0, 0);
        c.world.block[0].households.kin[home] = i % 4 == 0 ? 2 : 0;
        handmade_member(&c, 0, home, QON_HEAD, QON_MALE, 30, QON_INACTIVE);
    }
    for (uint32_t z = 1; z < 3; z++) {
        handmade_member(&c, 0, handmade_household(&c, 0, z, 0), QON_HEAD, QON_MALE, 5, QON_CHILD);
    }
    set->choice.information_scale = 0.5;
    handmade_close(&c);
    relocate(&c);
    // One thinks of zone k with 1 - exp(-a 100 / km); who thinks of none stays, of two goes to either.
    double know[2] = {1 - exp(-0.5 * 100 / c.world.model->distance_km[1]), 1 - exp(-0.5 * 100 / c.world.model->distance_km[2])};
    double plain = 0.75 * MANY, kin = 0.25 * MANY, both = know[0] * know[1];
    double to_1 = plain * (know[0] - both / 2) + kin * know[0] / 2, to_2 = plain * (know[1] - both / 2) + kin * (1 - know[0] / 2);
    check_count((double)c.world.tally.flow_persons[1], to_1, to_1, "to the nearer zone");
    check_count((double)c.world.tally.flow_persons[2], to_2, to_2, "to the farther one, and to kin");
    handmade_free(&c);
}

static void what_one_knows_is_the_same_every_month(void **state) {
    enum { MANY = 2000 };
    struct handmade c;
    pull(&c, MANY);
    c.scenario.settings.choice.information_scale = 0.5;
    for (int i = 0; i < MANY; i++) {
        handmade_member(&c, 0, handmade_household(&c, 0, 0, 0), QON_HEAD, QON_MALE, 30, QON_INACTIVE);
    }
    handmade_close(&c);
    relocate(&c);
    int64_t first = c.world.tally.flow_persons[1];
    assert_in_range(first, MANY / 10, MANY);
    for (int m = 0; m < 3; m++) {
        c.world.month++;
        relocate(&c);
        assert_int_equal(c.world.tally.flow_persons[1], 0); // who knew of zone 1 has gone
    }
    handmade_free(&c);
}

// ---- trigger

enum { EACH = 30000 };

// Deciders who consider in a month, relative to the plain ones; `make` gives those of the other half what is tested.
static double considered(void (*make)(struct handmade *c, uint32_t household, uint32_t row)) {
    struct handmade c;
    double count[2];
    for (int turn = 0; turn < 2; turn++) {
        handmade_init(&c, (struct handmade_size){1, 1, 2, 1, 1, 60});
        c.scenario.settings.trigger.hazard_scale_month = 2;
        c.scenario.settings.trigger.hazard_cap_month = 0.5;
        c.scenario.settings.trigger.recent_months = 24;
        c.scenario.tables.educations.trigger_factor[1] = 1.4;
        handmade_open(&c, 1, 2 * EACH, 2 * EACH, 1);
        for (int i = 0; i < EACH; i++) {
            uint32_t home = handmade_household(&c, 0, 0, 0);
            uint32_t row = handmade_member(&c, 0, home, QON_HEAD, QON_MALE, 30, QON_INACTIVE);
            if (turn == 1) {
                make(&c, home, row);
            }
        }
        handmade_close(&c);
        qon_tally_month_clear(&c.world);
        relocate(&c);
        count[turn] = (double)event_sum(&c.world, QON_EVENT_considered);
        handmade_free(&c);
    }
    return count[1] / count[0];
}

static void owner(struct handmade *c, uint32_t household, uint32_t row) {
    (void)row;
    c->world.block[0].households.owner[household] = 1;
}
static void unemployed(struct handmade *c, uint32_t household, uint32_t row) {
    (void)household;
    c->world.block[0].persons.status[row] = QON_UNEMPLOYED;
    c->world.block[0].persons.occupation[row] = 0;
}
static void informal(struct handmade *c, uint32_t household, uint32_t row) {
    unemployed(c, household, row);
    c->world.block[0].persons.status[row] = QON_SELF_EMPLOYED;
}
static void student(struct handmade *c, uint32_t household, uint32_t row) {
    (void)household;
    c->world.block[0].persons.status[row] = QON_STUDENT;
}
static void came_lately(struct handmade *c, uint32_t household, uint32_t row) {
    (void)household;
    c->world.block[0].persons.arrival_month[row] = (int16_t)(c->world.month - 23);
}
static void came_long_ago(struct handmade *c, uint32_t household, uint32_t row) {
    (void)household;
    c->world.block[0].persons.arrival_month[row] = (int16_t)(c->world.month - 24);
}
static void life_event(struct handmade *c, uint32_t household, uint32_t row) {
    (void)row;
    c->world.block[0].households.event_month[household] = (int16_t)(c->world.month - 11);
}
static void school_child(struct handmade *c, uint32_t household, uint32_t row) {
    (void)row;
    handmade_member(c, 0, household, QON_OFFSPRING, QON_MALE, 10, QON_CHILD);
}
static void baby(struct handmade *c, uint32_t household, uint32_t row) {
    (void)row;
    handmade_member(c, 0, household, QON_OFFSPRING, QON_MALE, 2, QON_CHILD);
}
static void educated(struct handmade *c, uint32_t household, uint32_t row) {
    (void)household;
    c->world.block[0].persons.education[row] = 1;
}
static void on_permit(struct handmade *c, uint32_t household, uint32_t row) {
    (void)household;
    c->world.block[0].persons.legal[row] = QON_PERMIT_2;
}
static void minor(struct handmade *c, uint32_t household, uint32_t row) {
    (void)household;
    c->world.block[0].persons.birth_month[row] = (int16_t)(c->world.month - 12 * 18 + 1);
}
// Who moved three years ago owns again with choice.owner_share.
static void settled_again(struct handmade *c, uint32_t household, uint32_t row) {
    (void)row;
    c->world.block[0].households.moved_month[household] = (int16_t)(c->world.month - 36);
}
static void not_yet_settled(struct handmade *c, uint32_t household, uint32_t row) {
    (void)row;
    c->world.block[0].households.moved_month[household] = (int16_t)(c->world.month - 35);
}

static void every_factor_of_the_trigger_has_its_effect(void **state) {
    struct qon_settings set;
    qon_settings_default(&set);
    const struct {
        const char *what;
        void (*make)(struct handmade *c, uint32_t household, uint32_t row);
        double factor;
    } cases[] = {
        {"owner", owner, set.trigger.factor_owner},
        {"unemployed", unemployed, set.trigger.factor_unemployed},
        {"informal", informal, set.trigger.factor_informal},
        {"student", student, set.trigger.factor_student},
        {"came lately", came_lately, set.trigger.factor_recent_mover},
        {"came long ago", came_long_ago, 1},
        {"life event", life_event, set.trigger.factor_life_event},
        {"school child", school_child, set.trigger.factor_school_children},
        {"baby", baby, 1},
        {"educated", educated, 1.4},
        {"on permit", on_permit, 0},
        {"minor", minor, 0},
        {"settled again", settled_again, 1 - set.choice.owner_share * (1 - set.trigger.factor_owner)},
        {"not yet settled", not_yet_settled, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double plain = EACH * 2 * 0.021; // the schedule at 30, at least 0.021
        check_near(considered(cases[i].make), cases[i].factor, 4.5 * sqrt((cases[i].factor + 1) * cases[i].factor / plain), cases[i].what);
    }
}

static void members_beside_the_couple_consider_as_the_factor_says(void **state) {
    struct handmade c;
    handmade_init(&c, (struct handmade_size){1, 1, 1, 1, 1, 60});
    c.scenario.settings.trigger.hazard_scale_month = 2;
    c.scenario.settings.trigger.hazard_cap_month = 0.5;
    handmade_open(&c, 1, 2 * EACH, 2 * EACH, 1);
    for (int i = 0; i < EACH; i++) {
        uint32_t home = handmade_household(&c, 0, 0, 0);
        handmade_member(&c, 0, home, QON_HEAD, QON_MALE, 5, QON_CHILD); // so that only the member decides
        handmade_member(&c, 0, home, QON_OTHER_MEMBER, QON_MALE, 30, QON_INACTIVE);
    }
    handmade_close(&c);
    relocate(&c);
    double expected = EACH * 2 * qon_rogers_castro(&c.scenario.settings, 30.5) * c.scenario.settings.trigger.factor_member;
    check_count((double)event_sum(&c.world, QON_EVENT_considered), expected, expected, "members");
    handmade_free(&c);
}

// Of many unemployed heads some find a job after the candidates were found: these consider a move as the employed do, the others as before.
static double considered_when_hired(double factor_unemployed, bool hired) {
    struct handmade c;
    handmade_init(&c, (struct handmade_size){1, 1, 1, 1, 1, 60});
    c.scenario.settings.trigger.hazard_scale_month = 2;
    c.scenario.settings.trigger.hazard_cap_month = 0.5;
    c.scenario.settings.trigger.factor_unemployed = factor_unemployed;
    handmade_open(&c, 1, EACH, EACH, 1);
    for (int i = 0; i < EACH; i++) {
        handmade_member(&c, 0, handmade_household(&c, 0, 0, 0), QON_HEAD, QON_MALE, 30, QON_UNEMPLOYED);
    }
    handmade_close(&c);
    qon_tally_month_clear(&c.world);
    qon_clock(&c.world);
    qon_choice_prepare(&c.world);
    qon_candidates_block(&c.world, &c.world.block[0]);
    for (uint32_t row = 0; hired && row < EACH; row++) {
        c.world.block[0].persons.status[row] = QON_EMPLOYED; // as matching writes it
    }
    qon_relocation_block(&c.world, &c.world.block[0]);
    double sum = (double)event_sum(&c.world, QON_EVENT_considered);
    handmade_free(&c);
    return sum;
}

static void who_found_a_job_in_between_considers_as_the_employed_do(void **state) {
    struct qon_settings set;
    qon_settings_default(&set);
    double employed = EACH * 2 * qon_rogers_castro(&set, 30.5);
    const double factors[] = {5, 0.2, 0};
    for (size_t i = 0; i < sizeof factors / sizeof *factors; i++) {
        check_count(considered_when_hired(factors[i], true), employed, employed, "hired");
        check_count(considered_when_hired(factors[i], false), factors[i] * employed, factors[i] * employed, "not hired");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_household_moves_with_all_its_members),
        cmocka_unit_test(zones_of_one_region_are_counted_apart),
        cmocka_unit_test(who_cannot_pay_stays_and_is_counted),
        cmocka_unit_test(a_grown_up_member_splits_off_with_an_equal_share_of_the_savings),
        cmocka_unit_test(a_household_whose_member_took_what_it_needed_stays),
        cmocka_unit_test(a_move_within_the_zone_changes_the_settlement_only),
        cmocka_unit_test(a_zone_that_the_origin_does_not_know_is_not_chosen_but_that_of_kin_is),
        cmocka_unit_test(what_one_knows_is_the_same_every_month),
        cmocka_unit_test(every_factor_of_the_trigger_has_its_effect),
        cmocka_unit_test(members_beside_the_couple_consider_as_the_factor_says),
        cmocka_unit_test(who_found_a_job_in_between_considers_as_the_employed_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
