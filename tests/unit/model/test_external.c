// SPDX-License-Identifier: GPL-3.0-or-later
// Flows over the border. ODD tags M-KANDAS-1, M-IMMIGRATION-1, M-UNREGISTERED-1, M-EMIGRATION-1.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "checks.h"
#include "handmade.h"

// Zones 0 and 2 belong to region 0 and have 300 and 100 residents; zone 1 is region 1.
static void country(struct handmade *c, const char *kind, double region_0, double region_1, uint32_t blocks) {
    static const int residents[] = {300, 200, 100};
    handmade_init(c, (struct handmade_size){3, 2, 2, 2, 2, 240});
    handmade_flow(c, kind, 0, region_0);
    handmade_flow(c, kind, 1, region_1);
    handmade_open(c, blocks, 40000, 40000, 1);
    for (uint32_t z = 0; z < 3; z++) {
        for (int i = 0; i < residents[z]; i++) {
            handmade_member(c, (uint32_t)i % blocks, handmade_household(c, (uint32_t)i % blocks, z, 0), QON_HEAD, QON_MALE, 40,
                            QON_INACTIVE);
        }
    }
    handmade_close(c);
    qon_external_clock(&c->world);
}

static void month_next(struct handmade *c) {
    c->world.month++;
    qon_external_clock(&c->world);
}

struct family {
    int adults, children;
    double head_age, spouse_age, oldest_child;
};

static struct family look_at(const struct qon_block *b, int32_t month, uint32_t household) {
    const struct qon_persons *p = &b->persons;
    struct family f = {0};
    uint32_t head = b->households.head[household];
    for (uint32_t row = head; row != QON_NONE; row = p->next[row]) {
        double age = (month - p->birth_month[row]) / 12.0;
        f.adults += p->role[row] <= QON_SPOUSE;
        f.children += p->role[row] == QON_OFFSPRING;
        f.head_age = row == head ? age : f.head_age;
        if (p->role[row] == QON_SPOUSE) {
            assert_int_not_equal(p->sex[row], p->sex[head]);
            f.spouse_age = age;
        } else if (p->role[row] == QON_OFFSPRING) {
            f.oldest_child = age > f.oldest_child ? age : f.oldest_child;
        }
    }
    return f;
}

static void families_come_in_the_numbers_of_the_table(void **state) {
    enum { MONTHS = 60 };
    struct handmade c;
    country(&c, "kandas", 2400, 600, 2);
    double came[3] = {0}, families = 0, couples = 0, children = 0;
    for (int m = 0; m < MONTHS; m++) {
        qon_tally_month_clear(&c.world);
        for (uint32_t b = 0; b < 2; b++) {
            qon_external_block(&c.world, &c.world.block[b]);
        }
        for (int z = 0; z < 3; z++) {
            came[z] += (double)c.world.tally.events[QON_EVENT_arrivals_kandas * 3 + z];
        }
        month_next(&c);
    }
    for (uint32_t b = 0; b < 2; b++) {
        const struct qon_block *block = &c.world.block[b];
        for (uint32_t row = block->persons.founders; row < block->persons.count; row++) {
            assert_int_equal(block->persons.legal[row], QON_KANDAS);
            assert_true(block->persons.origin[row] >= c.world.zones); // a country, not a zone
            assert_true(block->persons.id[row] >> 63 == 1);
        }
        for (uint32_t h = block->households.founders; h < block->households.count; h++) {
            struct family f = look_at(block, block->households.moved_month[h], h);
            families++;
            couples += f.adults == 2;
            children += f.children;
            assert_true(f.head_age >= 19.9 && f.head_age <= 75.1);
            assert_true(f.children == 0 || (f.adults == 2 && f.oldest_child <= 18 && f.spouse_age - f.oldest_child >= 17.9));
            assert_true(block->households.savings_tiyn[h] > 0);
        }
    }
    const struct qon_settings *set = &c.scenario.settings;
    double share = set->external.family_spouse_share, mean = set->external.family_children_mean, size = 1 + share * (1 + mean);
    // Variance of the persons of one family, the number of families being certain but for rounding.
    double variance = share * (1 - share) * (1 + mean) * (1 + mean) + share * mean * (1 - mean / 4);
    double in_0 = 200.0 * MONTHS, in_1 = 50.0 * MONTHS;
    check_count(came[0] + came[2], in_0, in_0 / size * variance + MONTHS * size * size / 4, "arrivals in region 0");
    check_count(came[1], in_1, in_1 / size * variance + MONTHS * size * size / 4, "arrivals in region 1");
    check_count(came[0], 0.75 * (came[0] + came[2]), 0.1875 * (came[0] + came[2]) * size * 2, "in the larger zone of the region");
    check_count(couples, share * families, share * (1 - share) * families, "families with a spouse");
    check_count(children, mean * couples, mean * (1 - mean / 4) * couples, "children of couples");
    check_world(&c.world);
    assert_true(c.world.money.brought > 0);
    handmade_free(&c);
}

static void other_immigrants_are_citizens_and_the_factor_scales_them(void **state) {
    struct handmade c;
    country(&c, "immigration", 12000, 0, 1);
    qon_external_block(&c.world, &c.world.block[0]);
    int64_t plain = event_sum(&c.world, QON_EVENT_arrivals_immigration);
    qon_tally_month_clear(&c.world);
    c.scenario.settings.external.immigration_factor = 2;
    month_next(&c);
    qon_external_block(&c.world, &c.world.block[0]);
    check_count((double)plain, 1000, 2000, "as the table says");
    check_count((double)event_sum(&c.world, QON_EVENT_arrivals_immigration), 2000, 4000, "twice");
    const struct qon_persons *p = &c.world.block[0].persons;
    for (uint32_t row = p->founders; row < p->count; row++) {
        assert_int_equal(p->legal[row], QON_CITIZEN);
    }
    check_world(&c.world);
    handmade_free(&c);
}

static void unregistered_workers_come_alone_and_work(void **state) {
    struct handmade c;
    country(&c, "unregistered", 1200, 2400, 1);
    for (int m = 0; m < 10; m++) {
        qon_external_block(&c.world, &c.world.block[0]);
        month_next(&c);
    }
    assert_int_equal(event_sum(&c.world, QON_EVENT_arrivals_unregistered), 3000); // 100 and 200 a month, no rounding
    const struct qon_block *b = &c.world.block[0];
    for (uint32_t row = b->persons.founders; row < b->persons.count; row++) {
        if (b->persons.status[row] == QON_GONE) { // has left again
            continue;
        }
        assert_int_equal(b->persons.status[row], QON_SELF_EMPLOYED);
        assert_int_equal(b->households.members[b->persons.household[row]], 1);
    }
    check_world(&c.world);
    handmade_free(&c);
}

static void who_comes_does_not_depend_on_the_number_of_blocks(void **state) {
    uint64_t sums[3];
    for (uint32_t blocks = 1; blocks <= 3; blocks++) {
        struct handmade c;
        country(&c, "kandas", 600, 1200, blocks);
        sums[blocks - 1] = 0;
        for (uint32_t b = 0; b < blocks; b++) {
            qon_external_block(&c.world, &c.world.block[b]);
        }
        for (uint32_t b = 0; b < blocks; b++) {
            const struct qon_persons *p = &c.world.block[b].persons;
            for (uint32_t row = p->founders; row < p->count; row++) {
                sums[blocks - 1] += qon_mix(p->id[row] ^ (uint64_t)(uint16_t)p->birth_month[row] << 8 ^ p->sex[row]);
            }
        }
        handmade_free(&c);
    }
    assert_true(sums[0] == sums[1] && sums[1] == sums[2]);
}

// Families of three and grown-up members beside them.
static void emigrants_of_the_first_year_are_those_of_the_table_and_go_with_all_they_have(void **state) {
    enum { FAMILIES = 30000 };
    struct handmade c;
    handmade_init(&c, (struct handmade_size){1, 1, 1, 1, 1, 24});
    handmade_flow(&c, "emigration", 0, 6000);
    handmade_open(&c, 1, 8 * FAMILIES, 8 * FAMILIES, 1);
    for (int i = 0; i < FAMILIES; i++) {
        uint32_t home = handmade_household(&c, 0, 0, 100);
        handmade_member(&c, 0, home, QON_HEAD, QON_MALE, 40, QON_INACTIVE);
        handmade_member(&c, 0, home, QON_SPOUSE, QON_FEMALE, 40, QON_INACTIVE);
        handmade_member(&c, 0, home, QON_OFFSPRING, QON_MALE, 10, QON_CHILD);
        handmade_member(&c, 0, home, QON_OFFSPRING, QON_FEMALE, 20, QON_INACTIVE);
    }
    handmade_close(&c);
    double left = 0;
    for (int m = 0; m < 12; m++) {
        run_months(&c.world, 1);
        left += (double)event_sum(&c.world, QON_EVENT_departures_emigration);
    }
    // Three of five emigrants go in families of four; fewer and fewer remain.
    check_count(left, 6000 * 0.975, 6000 * (0.62 * 4 + 0.38), "emigrants of the first year");
    const struct qon_persons *p = &c.world.block[0].persons;
    const struct qon_households *h = &c.world.block[0].households;
    int daughters = 0, whole = 0;
    for (uint32_t i = 0; i < FAMILIES; i++) {
        uint32_t head = 4 * i;
        assert_int_equal(p->status[head] == QON_GONE, p->status[head + 1] == QON_GONE);
        assert_int_equal(p->status[head] == QON_GONE, p->status[head + 2] == QON_GONE);
        assert_true(p->status[head] != QON_GONE || p->status[head + 3] == QON_GONE);
        whole += p->status[head] == QON_GONE;
        daughters += p->status[head] != QON_GONE && p->status[head + 3] == QON_GONE;
        assert_true((h->members[i] == 0) == (p->status[head] == QON_GONE));
    }
    assert_true(daughters > 50 && whole > 50);
    assert_int_equal(c.world.money.taken, 10000 * whole);
    check_world(&c.world);
    handmade_free(&c);
}

// The wish is formed before the month's deaths and unions: who has died since, or has just married, does not go.
static void who_wished_to_leave_and_died_or_married_since_does_not_go(void **state) {
    struct handmade c;
    handmade_init(&c, (struct handmade_size){1, 1, 1, 1, 1, 24});
    handmade_open(&c, 1, 64, 64, 1);
    for (int i = 0; i < 3; i++) {
        uint32_t home = handmade_household(&c, 0, 0, 100);
        handmade_member(&c, 0, home, QON_HEAD, QON_MALE, 40, QON_INACTIVE);
        handmade_member(&c, 0, home, QON_SPOUSE, QON_FEMALE, 40, QON_INACTIVE);
    }
    handmade_close(&c);
    struct qon_block *block = &c.world.block[0];
    const uint32_t wished[] = {0, 2, 5}; // the first head stays alive, the second dies, the third's spouse has just come
    qon_person_gone(&c.world, block, 2);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(qon_rows_push(&c.world.model->emigrants[0], wished[i]), QON_OK);
    }
    qon_emigration(&c.world, block);
    const bool gone[] = {true, true, true, false, false, false};
    for (uint32_t row = 0; row < 6; row++) {
        assert_int_equal(block->persons.status[row] == QON_GONE, gone[row]);
    }
    assert_int_equal(event_sum(&c.world, QON_EVENT_departures_emigration), 2);
    handmade_free(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(families_come_in_the_numbers_of_the_table),
        cmocka_unit_test(other_immigrants_are_citizens_and_the_factor_scales_them),
        cmocka_unit_test(unregistered_workers_come_alone_and_work),
        cmocka_unit_test(who_comes_does_not_depend_on_the_number_of_blocks),
        cmocka_unit_test(emigrants_of_the_first_year_are_those_of_the_table_and_go_with_all_they_have),
        cmocka_unit_test(who_wished_to_leave_and_died_or_married_since_does_not_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
