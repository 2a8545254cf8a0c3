// SPDX-License-Identifier: GPL-3.0-or-later
// Worlds: memory of columns, totals by zone, digest, invariants. The world of these tests is one block of two households in two zones.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs those first
#include <cmocka.h>
#include <qonys/memory.h>
#include <qonys/par.h>
#include <qonys/world.h>
#include <string.h>

enum { ZONES = 2, EDUCATIONS = 2, OCCUPATIONS = 2, SKILLS = 2, PERSONS = 5, START = 117 * 12 };

static struct qon_scenario scenario;
static struct qon_world world;
static struct qon_faults faults;

static void scenario_set(void) {
    scenario = (struct qon_scenario){.start = START, .months = 12, .scale = 1, .seed = 1};
    scenario.tables.zones.rows = ZONES;
    scenario.tables.regions.rows = 1;
    scenario.tables.educations.rows = EDUCATIONS;
    scenario.tables.occupations.rows = OCCUPATIONS;
    scenario.tables.skills.rows = SKILLS;
    scenario.tables.sectors.rows = 1;
    qon_faults_init(&faults);
}

static void person_set(uint32_t row, uint32_t household, uint32_t next, enum qon_role role, enum qon_labour status, int age) {
    struct qon_persons *p = &world.block[0].persons;
    p->id[row] = row;
    p->household[row] = household;
    p->next[row] = next;
    p->employer[row] = status == QON_EMPLOYED ? 0 : QON_NONE;
    p->wage_tiyn_month[row] = status == QON_EMPLOYED ? 1000 + row : 0;
    p->birth_month[row] = (int16_t)(START - 12 * age);
    p->sex[row] = row % 2;
    p->education[row] = age > 18;
    p->occupation[row] = age > 18 ? 1 : QON_NO_OCCUPATION;
    p->skill[row] = age > 18;
    p->status[row] = (uint8_t)status;
    p->role[row] = (uint8_t)role;
}

static void household_set(uint32_t row, uint32_t head, uint8_t members, uint16_t zone, bool coupled) {
    struct qon_households *h = &world.block[0].households;
    h->id[row] = row;
    h->head[row] = head;
    h->members[row] = members;
    h->zone[row] = zone;
    h->kin[row] = zone;
    h->coupled[row] = coupled;
    h->savings_tiyn[row] = 100 * (row + 1);
}

// A couple with a child in zone 0; an unemployed mother and her daughter in zone 1. Two persons are employed by employer 0.
static int world_make(void **state) {
    scenario_set();
    assert_int_equal(qon_world_init(&world, &scenario, 1, 1, &faults), QON_OK);
    assert_int_equal(qon_block_reserve(&world.block[0], PERSONS, 2), QON_OK);
    world.block[0].persons.count = world.block[0].persons.founders = PERSONS;
    world.block[0].households.count = world.block[0].households.founders = 2;
    world.employers.count = 1;
    world.employers.staff[0] = 2;
    person_set(0, 0, 1, QON_HEAD, QON_EMPLOYED, 40);
    person_set(1, 0, 2, QON_SPOUSE, QON_EMPLOYED, 38);
    person_set(2, 0, QON_NONE, QON_OFFSPRING, QON_CHILD, 9);
    person_set(3, 1, 4, QON_HEAD, QON_UNEMPLOYED, 30);
    person_set(4, 1, QON_NONE, QON_OFFSPRING, QON_CHILD, 3);
    household_set(0, 0, 3, 0, true);
    household_set(1, 3, 2, 1, false);
    world.money.savings = world.money.savings_start = 300;
    assert_int_equal(qon_tally_recount(&world), QON_OK);
    return 0;
}

static int world_unmake(void **state) {
    qon_world_free(&world);
    return 0;
}

static void a_recount_finds_residents_staff_seekers_and_wages(void **state) {
    const struct qon_tally *t = &world.tally;
    int64_t cell[2] = {qon_cell(&world, 0, 1, 1), qon_cell(&world, 1, 1, 1)};
    assert_int_equal(t->households[0], 1);
    assert_int_equal(t->labour[QON_EMPLOYED], 2);
    assert_int_equal(t->labour[QON_LABOURS + QON_UNEMPLOYED], 1);
    assert_int_equal(t->staff[cell[0]], 2);
    assert_int_equal(t->staff[cell[1]], 0);
    assert_int_equal(t->seekers[cell[1]], 1);
    assert_int_equal(t->wages_tiyn[0], 2001);
    assert_int_equal(t->education[0], 1);
    assert_int_equal(t->education[1], 2);
    assert_int_equal(t->legal[QON_CITIZEN], 3);
    assert_int_equal(t->cohort[(0 * 2 + QON_FEMALE) * t->cohorts + START - 12 * 38 - t->cohort_from], 1);
}

static void cohorts_reach_from_the_oldest_to_births_in_the_last_month(void **state) {
    assert_true(world.tally.cohort_from <= START - 12 * 110 - 11);
    assert_true(world.tally.cohort_from + world.tally.cohorts > START + scenario.months - 1);
}

static void taking_away_and_adding_a_person_changes_nothing(void **state) {
    uint64_t before = qon_world_digest(&world);
    qon_tally_person(&world, &world.block[0], 1, 0, -1);
    assert_int_equal(world.tally.labour[QON_EMPLOYED], 1);
    assert_int_equal(world.tally.wages_tiyn[0], 1000);
    assert_true(qon_world_digest(&world) != before);
    qon_tally_person(&world, &world.block[0], 1, 0, 1);
    assert_true(qon_world_digest(&world) == before);
}

static void tally_much(void *context, int64_t begin, int64_t end, int thread) {
    for (int64_t i = begin; i < end; i++) {
        qon_tally_person(&world, &world.block[0], (uint32_t)(i % PERSONS), i % 2, 1);
        qon_tally_household(&world, NULL, 0, 1);
        qon_tally_event(&world, NULL, QON_EVENT_births, 1, 2);
        qon_tally_flow(&world, 0, 1, 3, 1);
    }
}

static void several_threads_lose_no_count(void **state) {
    enum { TIMES = 200000 };
    qon_par_threads_set(4);
    qon_par_for(TIMES, 100, tally_much, NULL);
    qon_par_threads_set(0);
    int64_t residents = 0;
    for (int i = 0; i < ZONES * QON_LABOURS; i++) {
        residents += world.tally.labour[i];
    }
    assert_int_equal(residents, PERSONS + TIMES);
    assert_int_equal(world.tally.households[0], 1 + TIMES);
    assert_int_equal(world.tally.events[QON_EVENT_births * ZONES + 1], 2 * TIMES);
    assert_int_equal(world.tally.flow_persons[1], 3 * TIMES);
    assert_int_equal(world.tally.flow_households[1], TIMES);
}

static void a_new_month_clears_flows_and_keeps_stocks(void **state) {
    qon_tally_event(&world, NULL, QON_EVENT_deaths, 0, 1);
    qon_tally_flow(&world, 1, 0, 2, 1);
    qon_tally_month_clear(&world);
    assert_int_equal(world.tally.events[QON_EVENT_deaths * ZONES], 0);
    assert_int_equal(world.tally.flow_persons[ZONES], 0);
    assert_int_equal(world.tally.labour[QON_EMPLOYED], 2);
}

static void growing_keeps_rows_and_zeroes_new_ones(void **state) {
    struct qon_block *block = &world.block[0];
    uint64_t before = qon_world_digest(&world);
    assert_int_equal(qon_block_reserve(block, 100000, 40000), QON_OK);
    assert_true(block->persons.capacity >= 100000 && block->households.capacity >= 40000);
    assert_true(qon_world_digest(&world) == before);
    for (uint32_t row = PERSONS; row < block->persons.capacity; row++) {
        assert_true(block->persons.id[row] == 0 && block->persons.children[row] == 0);
    }
    uint32_t capacity = block->persons.capacity;
    assert_int_equal(qon_block_reserve(block, 10, 10), QON_OK); // never shrinks
    assert_int_equal(block->persons.capacity, capacity);
}

static void a_failed_growth_keeps_the_block(void **state) {
    struct qon_block *block = &world.block[0];
    uint64_t before = qon_world_digest(&world);
    uint32_t capacity = block->persons.capacity;
    qon_memory_fail_after(0);
    assert_int_equal(qon_block_reserve(block, 1000000, 10), QON_MACHINE);
    qon_memory_fail_after(-1);
    assert_int_equal(block->persons.capacity, capacity);
    assert_true(qon_world_digest(&world) == before);
}

static void a_world_that_does_not_fit_into_memory_leaves_nothing(void **state) {
    int failures = 0;
    for (long after = 0;; after++) {
        struct qon_world other;
        qon_faults_init(&faults);
        qon_memory_fail_after(after);
        enum qon_status status = qon_world_init(&other, &scenario, 2, 10, &faults);
        qon_memory_fail_after(-1);
        if (status == QON_OK) {
            qon_world_free(&other);
            break;
        }
        assert_int_equal(status, QON_MACHINE);
        assert_int_equal(faults.count, 1);
        assert_null(other.block);
        assert_null(other.tally.cohort);
        failures++;
    }
    assert_true(failures > 10);
}

static void tables_too_large_for_the_columns_are_refused(void **state) {
    struct qon_world other;
    int64_t *const rows[] = {&scenario.tables.zones.rows, &scenario.tables.occupations.rows, &scenario.tables.educations.rows};
    const int64_t many[] = {QON_ZONES_MOST + 1, 256, 0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t kept = *rows[i];
        *rows[i] = many[i];
        qon_faults_init(&faults);
        assert_int_equal(qon_world_init(&other, &scenario, 1, 0, &faults), QON_USER);
        assert_int_equal(faults.count, 1);
        *rows[i] = kept;
    }
}

// Swaps two rows of every column of persons; nobody else moves.
static void persons_swap(uint32_t a, uint32_t b) {
    for (size_t i = 0; i < qon_person_columns_count; i++) {
        char **column = (char **)(void *)((char *)&world.block[0].persons + qon_person_columns[i].offset);
        size_t size = qon_person_columns[i].size;
        char kept[8];
        memcpy(kept, *column + a * size, size);
        memcpy(*column + a * size, *column + b * size, size);
        memcpy(*column + b * size, kept, size);
    }
}

static void the_digest_does_not_depend_on_the_order_of_rows(void **state) {
    struct qon_persons *p = &world.block[0].persons;
    p->founders = 0; // whose ids are their places
    uint64_t before = qon_world_digest(&world);
    persons_swap(2, 4); // the two children, last in their chains
    p->next[1] = 4;
    p->next[3] = 2;
    assert_true(qon_world_digest(&world) == before);
    p->next[1] = 2; // each with the other family
    p->next[3] = 4;
    assert_true(qon_world_digest(&world) != before);
}

static void the_digest_does_not_count_those_who_are_gone(void **state) {
    uint64_t before = qon_world_digest(&world);
    assert_int_equal(qon_block_reserve(&world.block[0], PERSONS + 1, 3), QON_OK);
    world.block[0].persons.count++;
    world.block[0].persons.status[PERSONS] = QON_GONE;
    world.block[0].households.count++; // without members: ended
    assert_true(qon_world_digest(&world) == before);
}

static bool is_row(const char *name) {
    return strcmp(name, "household") == 0 || strcmp(name, "next") == 0 || strcmp(name, "head") == 0;
}

static void columns_change_the_digest(void *table, const struct qon_column *columns, size_t count) {
    uint64_t before = qon_world_digest(&world);
    for (size_t i = 0; i < count; i++) {
        if (is_row(columns[i].name)) {
            continue;
        }
        unsigned char *value = *(unsigned char **)(void *)((char *)table + columns[i].offset);
        value[0] ^= 1;
        if (qon_world_digest(&world) == before) {
            fail_msg("%s does not count", columns[i].name);
        }
        value[0] ^= 1;
        assert_true(qon_world_digest(&world) == before);
    }
}

static void the_digest_sees_every_column(void **state) {
    world.block[0].persons.founders = world.block[0].households.founders = 0; // of others the id is read
    columns_change_the_digest(&world.block[0].persons, qon_person_columns, qon_person_columns_count);
    columns_change_the_digest(&world.block[0].households, qon_household_columns, qon_household_columns_count);
    columns_change_the_digest(&world.employers, qon_employer_columns, qon_employer_columns_count);
    uint64_t before = qon_world_digest(&world);
    world.places.rent_tiyn[1] += 1;
    assert_true(qon_world_digest(&world) != before);
    world.places.rent_tiyn[1] -= 1;
    world.money.saved++;
    assert_true(qon_world_digest(&world) != before);
}

static void a_sound_world_passes(void **state) {
    char text[256];
    assert_true(qon_world_check(&world, false, text));
    assert_true(qon_world_check(&world, true, text));
    assert_string_equal(text, "");
}

static void check_breach(bool shallow, const char *word) {
    char text[256];
    assert_true(qon_world_check(&world, false, text) != shallow);
    assert_false(qon_world_check(&world, true, text));
    if (strstr(text, word) == NULL || strstr(text, "2017-01") == NULL) {
        fail_msg("\"%s\" does not tell of %s in 2017-01", text, word);
    }
}

static void totals_that_disagree_are_found(void **state) {
    world.tally.education[1]++;
    check_breach(true, "zone 0");
}

static void totals_that_a_recount_does_not_give_are_found(void **state) {
    world.tally.education[0]++;
    world.tally.education[1]--;
    check_breach(false, "recount");
}

static void money_from_nowhere_is_found(void **state) {
    world.money.savings++;
    check_breach(true, "savings");
}

static void savings_outside_the_books_are_found(void **state) {
    world.block[0].households.savings_tiyn[1]++;
    check_breach(false, "savings");
}

static void staff_that_nobody_is_is_found(void **state) {
    world.employers.staff[0]++;
    check_breach(true, "staff");
}

static void employment_without_an_employer_is_found(void **state) {
    world.block[0].persons.employer[1] = QON_NONE;
    check_breach(false, "employer");
}

static void a_chain_that_runs_in_a_circle_is_found(void **state) {
    world.block[0].persons.next[2] = 0;
    check_breach(false, "household 0");
}

static void a_member_of_no_household_is_found(void **state) {
    world.block[0].persons.next[1] = QON_NONE;
    world.block[0].households.members[0] = 2;
    check_breach(false, "members");
}

static void a_spouse_who_is_not_second_is_found(void **state) {
    world.block[0].persons.role[1] = QON_OTHER_MEMBER;
    check_breach(false, "role");
}

static void a_changed_id_is_found(void **state) {
    world.block[0].persons.id[3] = 7;
    check_breach(false, "founder");
}

static void founders_are_known_by_their_place(void **state) {
    struct qon_block *block = &world.block[0];
    uint64_t before = qon_world_digest(&world);
    block->founder_id = 100;
    block->founder_household_id = 50;
    assert_int_equal(qon_person_id(block, 3), 103);
    assert_int_equal(qon_household_id(block, 1), 51);
    assert_true(qon_world_digest(&world) != before);
    block->persons.founders = 3;
    block->households.founders = 1;
    assert_int_equal(qon_person_id(block, 3), 3); // as written
    assert_int_equal(qon_household_id(block, 1), 1);
}

static void one_id_for_two_is_found(void **state) {
    struct qon_persons *p = &world.block[0].persons;
    p->founders = 3;
    p->id[3] = p->id[4] = 1ULL << 63 | 5;
    check_breach(false, "one id");
}

#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, world_make, world_unmake)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_WORLD(a_recount_finds_residents_staff_seekers_and_wages),
        WITH_WORLD(cohorts_reach_from_the_oldest_to_births_in_the_last_month),
        WITH_WORLD(taking_away_and_adding_a_person_changes_nothing),
        WITH_WORLD(several_threads_lose_no_count),
        WITH_WORLD(a_new_month_clears_flows_and_keeps_stocks),
        WITH_WORLD(growing_keeps_rows_and_zeroes_new_ones),
        WITH_WORLD(a_failed_growth_keeps_the_block),
        WITH_WORLD(a_world_that_does_not_fit_into_memory_leaves_nothing),
        WITH_WORLD(tables_too_large_for_the_columns_are_refused),
        WITH_WORLD(the_digest_does_not_depend_on_the_order_of_rows),
        WITH_WORLD(the_digest_does_not_count_those_who_are_gone),
        WITH_WORLD(the_digest_sees_every_column),
        WITH_WORLD(a_sound_world_passes),
        WITH_WORLD(totals_that_disagree_are_found),
        WITH_WORLD(totals_that_a_recount_does_not_give_are_found),
        WITH_WORLD(money_from_nowhere_is_found),
        WITH_WORLD(savings_outside_the_books_are_found),
        WITH_WORLD(staff_that_nobody_is_is_found),
        WITH_WORLD(employment_without_an_employer_is_found),
        WITH_WORLD(a_chain_that_runs_in_a_circle_is_found),
        WITH_WORLD(a_member_of_no_household_is_found),
        WITH_WORLD(a_spouse_who_is_not_second_is_found),
        WITH_WORLD(a_changed_id_is_found),
        WITH_WORLD(founders_are_known_by_their_place),
        WITH_WORLD(one_id_for_two_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
