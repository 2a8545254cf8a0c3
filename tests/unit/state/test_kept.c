// SPDX-License-Identifier: GPL-3.0-or-later
// People that are kept packed and stand again: every column as it was, whatever was in it, in fresh memory and in that of a world that has
// been run. The worlds of these tests have rows of no meaning.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs those first
#include <cmocka.h>
#include <qonys/kept.h>
#include <qonys/memory.h>
#include <qonys/random.h>
#include <string.h>

enum { ZONES = 3, BLOCKS = 2, PERSONS = 5000, HOUSEHOLDS = 2000, LATER = 300, PATTERNS = 7, START = 117 * 12 };

static struct qon_scenario scenario, other;
static struct qon_world world;
static struct qon_faults faults;

static void scenario_set(struct qon_scenario *s) {
    *s = (struct qon_scenario){.start = START, .months = 12, .scale = 1, .seed = 1};
    s->tables.zones.rows = ZONES;
    s->tables.regions.rows = 1;
    s->tables.educations.rows = s->tables.occupations.rows = s->tables.skills.rows = 2;
    s->tables.sectors.rows = 1;
    qon_faults_init(&faults);
}

// One value; few changes; ascending a little; the row after or none; ascending with one leap; links with one too far; anything.
static uint64_t value_of(int pattern, uint32_t row) {
    uint64_t any = qon_mix(row + 77);
    switch (pattern) {
    case 0:
        return 42;
    case 1:
        return row / 900 * 3;
    case 2:
        return 10 + row * 2 + row / 7;
    case 3:
        return any % 3 == 0 ? QON_NONE : row + 1 + any % 200;
    case 4:
        return row + (row > 4000 ? 256 : 0);
    case 5:
        return row == 1999 ? row + 256 : row + 1;
    default:
        return any;
    }
}

static char *data_of(void *table, const struct qon_column *column) {
    char *data;
    memcpy(&data, (char *)table + column->offset, sizeof data);
    return data;
}

static bool is_id(const struct qon_column *column) {
    return strcmp(column->name, "id") == 0;
}

static void table_fill(void *table, const struct qon_column *columns, size_t count, uint32_t rows, int shift) {
    for (size_t i = 0; i < count; i++) {
        for (uint32_t row = 0; row < rows && !is_id(&columns[i]); row++) {
            uint64_t value = value_of((int)(i + (size_t)shift) % PATTERNS, row);
            memcpy(data_of(table, &columns[i]) + row * columns[i].size, &value, columns[i].size);
        }
    }
}

// Rows [0, rows) as they were filled, all after them zero, founders' ids too.
static void table_check(void *table, const struct qon_column *columns, size_t count, uint32_t rows, uint32_t capacity, int shift) {
    for (size_t i = 0; i < count; i++) {
        for (uint32_t row = 0; row < capacity; row++) {
            uint64_t value = 0, found = 0;
            if (row < rows && !is_id(&columns[i])) {
                uint64_t whole = value_of((int)(i + (size_t)shift) % PATTERNS, row);
                memcpy(&value, &whole, columns[i].size);
            }
            memcpy(&found, data_of(table, &columns[i]) + row * columns[i].size, columns[i].size);
            if (found != value) {
                fail_msg("%s, row %u: %llu, not %llu", columns[i].name, row, (unsigned long long)found, (unsigned long long)value);
            }
        }
    }
}

static void block_fill(struct qon_block *block, int shift) {
    assert_int_equal(qon_block_reserve(block, PERSONS + LATER, HOUSEHOLDS + LATER), QON_OK);
    block->founder_id = 1000 * (block->index + 1);
    block->founder_household_id = 500 * (block->index + 1);
    block->persons.count = block->persons.founders = PERSONS;
    block->households.count = block->households.founders = HOUSEHOLDS;
    table_fill(&block->persons, qon_person_columns, qon_person_columns_count, PERSONS, shift);
    table_fill(&block->households, qon_household_columns, qon_household_columns_count, HOUSEHOLDS, shift);
}

// The last block has no rows, as those of other ranks.
static int world_make(void **state) {
    (void)state;
    scenario_set(&scenario);
    scenario_set(&other);
    assert_int_equal(qon_world_init(&world, &scenario, BLOCKS + 1, 3, &faults), QON_OK);
    for (int b = 0; b < BLOCKS; b++) {
        block_fill(&world.block[b], b);
    }
    world.employers.count = 3;
    world.employers.staff[2] = 17;
    world.money.savings = 12345;
    world.tally.households[1] = 99;
    world.persons_start = BLOCKS * PERSONS;
    return 0;
}

static int world_unmake(void **state) {
    (void)state;
    qon_world_free(&world);
    return 0;
}

static void check(struct qon_world *w) {
    assert_ptr_equal(w->scenario, &other);
    assert_int_equal(w->blocks, BLOCKS + 1);
    assert_int_equal(w->employers.count, 3);
    assert_int_equal(w->employers.staff[2], 17);
    assert_int_equal(w->money.savings, 12345);
    assert_int_equal(w->tally.households[1], 99);
    assert_int_equal(w->persons_start, BLOCKS * PERSONS);
    assert_int_equal(w->block[BLOCKS].persons.count, 0);
    for (int b = 0; b < BLOCKS; b++) {
        struct qon_block *block = &w->block[b];
        assert_int_equal(block->founder_id, 1000 * (b + 1));
        assert_int_equal(block->founder_household_id, 500 * (b + 1));
        assert_int_equal(block->persons.count, PERSONS);
        assert_int_equal(block->persons.founders, PERSONS);
        assert_int_equal(block->households.count, HOUSEHOLDS);
        assert_int_equal(block->households.founders, HOUSEHOLDS);
        table_check(&block->persons, qon_person_columns, qon_person_columns_count, PERSONS, block->persons.capacity, b);
        table_check(&block->households, qon_household_columns, qon_household_columns_count, HOUSEHOLDS, block->households.capacity, b);
    }
}

// What a run does to a world, as far as memory goes.
static void use(struct qon_world *w) {
    for (int b = 0; b < BLOCKS; b++) {
        struct qon_block *block = &w->block[b];
        block->persons.count += LATER;
        block->households.count += LATER;
        table_fill(&block->persons, qon_person_columns, qon_person_columns_count, block->persons.count, b + 3);
        table_fill(&block->households, qon_household_columns, qon_household_columns_count, block->households.count, b + 3);
        for (uint32_t row = PERSONS; row < block->persons.count; row++) {
            block->persons.id[row] = row;
        }
    }
    w->money.savings = 0;
    w->tally.households[1] = 0;
    w->employers.staff[2] = 0;
}

static void people_stand_again_in_fresh_and_in_used_memory(void **state) {
    (void)state;
    struct qon_kept kept;
    struct qon_world again, fresh, none = {0};
    assert_int_equal(qon_kept_make(&kept, &world, &faults), QON_OK);
    const void *rows = world.block[0].persons.household;
    use(&world);
    assert_int_equal(qon_kept_restore(&kept, &again, &other, &world, &faults), QON_OK);
    assert_null(world.block);
    assert_ptr_equal(again.block[0].persons.household, rows);
    check(&again);
    assert_int_equal(qon_kept_restore(&kept, &fresh, &other, &none, &faults), QON_OK);
    check(&fresh);
    use(&again); // a third time
    assert_int_equal(qon_kept_restore(&kept, &world, &other, &again, &faults), QON_OK);
    qon_kept_free(&kept);
    check(&world);
    assert_null(kept.block);
    qon_world_free(&fresh);
}

static void without_memory_nothing_is_left(void **state) {
    (void)state;
    struct qon_kept kept;
    struct qon_world again;
    int failures = 0;
    for (long after = 0;; after++) {
        struct qon_world none = {0};
        qon_faults_init(&faults);
        qon_memory_fail_after(after);
        enum qon_status status = qon_kept_make(&kept, &world, &faults);
        if (status == QON_OK) {
            status = qon_kept_restore(&kept, &again, &other, &none, &faults);
            assert_true(status == QON_OK || again.block == NULL);
        } else {
            assert_null(kept.block);
            assert_null(kept.frame.block);
        }
        qon_memory_fail_after(-1);
        qon_kept_free(&kept);
        if (status == QON_OK) {
            qon_world_free(&again);
            break;
        }
        assert_int_equal(status, QON_MACHINE);
        assert_true(faults.count > 0);
        failures++;
    }
    assert_true(failures > 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(people_stand_again_in_fresh_and_in_used_memory, world_make, world_unmake),
        cmocka_unit_test_setup_teardown(without_memory_nothing_is_left, world_make, world_unmake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
