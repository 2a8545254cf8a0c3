// SPDX-License-Identifier: GPL-3.0-or-later
// The world's memory: sizes from the tables, columns grown by looping over their descriptions.
#include <qonys/world.h>

#include "tally.h"
#include <qonys/memory.h>
#include <qonys/share.h>
#include <string.h>

enum {
    COHORT_YEARS = 111,     // ages 0..110 at the start
    ROWS_MOST = 0x7fffffff, // rows of a table; below QON_NONE
};

// The columns of a table stand one after another in one piece of memory, each from a multiple of 64 bytes: a large piece is mapped, and the
// unused rows at the end of a column cost nothing until they are touched.
static size_t column_bytes(const struct qon_column *column, uint64_t rows) {
    return (rows * column->size + 63) / 64 * 64;
}

// The first rows of a column of ids, founders', are not written: their pages take no memory as long as nobody writes zeros there.
static size_t ids_unwritten(const struct qon_column *column, const char *data, size_t rows) {
    size_t row = 0;
    for (uint64_t id = 0; strcmp(column->name, "id") == 0 && row < rows; row++) {
        memcpy(&id, data + row * sizeof id, sizeof id);
        if (id != 0) {
            break;
        }
    }
    return row;
}

// Grows every column of a table to at least `wanted` rows. A later growth takes an eighth more, so that months with few newcomers seldom
// copy. On failure everything is as before.
static enum qon_status columns_grow(void *table, const struct qon_column *columns, size_t columns_count, uint32_t *capacity,
                                    uint64_t wanted) {
    enum qon_status status = QON_OK;
    if (wanted <= *capacity) {
        return QON_OK;
    }
    uint64_t with_slack = (uint64_t)*capacity + *capacity / 8;
    uint64_t rows = wanted > with_slack ? wanted : with_slack;
    QON_REQUIRE(rows <= (uint64_t)ROWS_MOST);
    size_t bytes = 0;
    for (size_t i = 0; i < columns_count; i++) {
        bytes += column_bytes(&columns[i], rows);
    }
    char *piece = NULL;
    QON_TRY(qon_take(&piece, bytes, 1));
    char *old = NULL, *place = piece;
    for (size_t i = 0; i < columns_count; i++) {
        char **column = (char **)(void *)((char *)table + columns[i].offset);
        old = i == 0 ? *column : old;
        if (*column != NULL) {
            size_t unwritten = ids_unwritten(&columns[i], *column, *capacity) * columns[i].size;
            memcpy(place + unwritten, *column + unwritten, *capacity * columns[i].size - unwritten);
        }
        *column = place;
        place += column_bytes(&columns[i], rows);
    }
    qon_free(old);
    *capacity = (uint32_t)rows;
done:
    return status;
}

static void columns_free(void *table, const struct qon_column *columns, size_t columns_count) {
    for (size_t i = 0; i < columns_count; i++) {
        void **column = (void **)(void *)((char *)table + columns[i].offset);
        if (i == 0) {
            qon_free(*column); // the piece of all columns
        }
        *column = NULL;
    }
}

enum qon_status qon_block_reserve(struct qon_block *block, uint32_t persons, uint32_t households) {
    enum qon_status status = QON_OK;
    QON_TRY(columns_grow(&block->persons, qon_person_columns, qon_person_columns_count, &block->persons.capacity, persons));
    QON_TRY(columns_grow(&block->households, qon_household_columns, qon_household_columns_count, &block->households.capacity, households));
done:
    return status;
}

enum qon_status qon_commitments_reserve(struct qon_commitments *commitments, uint32_t count) {
    return columns_grow(commitments, qon_commitment_columns, qon_commitment_columns_count, &commitments->capacity, count);
}

enum qon_status qon_waiting_reserve(struct qon_waiting *waiting, uint32_t count) {
    return columns_grow(waiting, qon_waiting_columns, qon_waiting_columns_count, &waiting->capacity, count);
}

// But for the founders' ids, which nobody writes.
static void columns_populate(void *table, const struct qon_column *columns, size_t columns_count, uint32_t rows) {
    for (size_t i = 0; i < columns_count; i++) {
        if (strcmp(columns[i].name, "id") == 0) {
            continue;
        }
        qon_populate(*(void **)(void *)((char *)table + columns[i].offset), rows * columns[i].size);
    }
}

void qon_block_populate(struct qon_block *block, uint32_t persons, uint32_t households) {
    columns_populate(&block->persons, qon_person_columns, qon_person_columns_count, persons);
    columns_populate(&block->households, qon_household_columns, qon_household_columns_count, households);
}

enum qon_status qon_employers_reserve(struct qon_employers *employers, uint32_t count) {
    return columns_grow(employers, qon_employer_columns, qon_employer_columns_count, &employers->capacity, count);
}

// The columns hold zones in 16 bits and categories in 8.
static enum qon_status sizes_check(const struct qon_tables *tables, struct qon_faults *faults) {
    const struct {
        int64_t rows;
        int64_t most;
        const char *path;
    } sizes[] = {
        {tables->zones.rows, QON_ZONES_MOST, "geography.zones"},
        {tables->regions.rows, QON_ZONES_MOST, "geography.regions"},
        {tables->educations.rows, UINT8_MAX, "population.educations"},
        {tables->occupations.rows, QON_NO_OCCUPATION, "labour.occupations"},
        {tables->skills.rows, UINT8_MAX, "labour.skills"},
        {tables->sectors.rows, UINT8_MAX, "employers.sectors"},
    };
    enum qon_status status = QON_OK;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        if (sizes[i].rows < 1 || sizes[i].rows > sizes[i].most) {
            status =
                qon_fault_add(faults, (struct qon_place){.path = sizes[i].path}, "the table has %lld rows; from 1 to %lld are possible",
                              (long long)sizes[i].rows, (long long)sizes[i].most);
        }
    }
    return status;
}

static enum qon_status places_init(struct qon_world *world) {
    enum qon_status status = QON_OK;
    struct qon_places *places = &world->places;
    size_t zones = (size_t)world->zones;
    size_t cells = (size_t)world->cells;
    QON_TRY(qon_take(&places->wage_tiyn, cells, sizeof(double)));
    QON_TRY(qon_take(&places->rent_tiyn, zones, sizeof(double)));
    QON_TRY(qon_take(&places->households_log, zones, sizeof(double)));
    QON_TRY(qon_take(&places->network, zones * zones, sizeof(double)));
    QON_TRY(qon_take(&places->vacancies, cells, sizeof(int64_t)));
    QON_TRY(qon_take(&places->hires, cells, sizeof(int64_t)));
    QON_TRY(qon_take(&places->tightness_start, cells, sizeof(double)));
#define ANCHOR(name, unit, meaning) QON_TRY(qon_take(&world->anchors.name, zones, sizeof(double)));
#include <qonys/anchors.def>
#undef ANCHOR
done:
    return status;
}

static enum qon_status ledger_init(struct qon_world *world) {
    enum qon_status status = QON_OK;
    struct qon_ledger *ledger = &world->ledger;
    const struct qon_programmes *programmes = &world->scenario->programmes;
    size_t count = (size_t)programmes->count;
    size_t zones = (size_t)world->zones;
    size_t measures = count * (size_t)world->regions * QON_MEASURES;
    for (int32_t i = 0; i < programmes->count; i++) {
        ledger->quotas += programmes->row[i].quotas_count;
        ledger->budgets += programmes->row[i].budgets_count;
    }
    QON_TRY(qon_take(&ledger->month, measures, sizeof(int64_t)));
    QON_TRY(qon_take(&ledger->total, measures, sizeof(int64_t)));
    QON_TRY(qon_take(&ledger->quota_left, (size_t)ledger->quotas, sizeof(int64_t)));
    QON_TRY(qon_take(&ledger->budget_left, (size_t)ledger->budgets, sizeof(int64_t)));
    QON_TRY(qon_take(&ledger->grants, count, sizeof(int64_t)));
    QON_TRY(qon_take(&ledger->other_tiyn, count, sizeof(int64_t)));
    QON_TRY(qon_take(&ledger->since, count, sizeof(int32_t)));
    QON_TRY(qon_take(&ledger->exhausted, count, sizeof(int32_t)));
    QON_TRY(qon_take(&ledger->aware, count * zones, sizeof(double)));
    QON_TRY(qon_take(&ledger->heard, count * zones, sizeof(int64_t)));
    QON_TRY(qon_take(&ledger->employer_tiyn, zones, sizeof(int64_t)));
done:
    return status;
}

static void ledger_free(struct qon_ledger *ledger) {
    void *owned[] = {ledger->month,     ledger->total, ledger->quota_left, ledger->budget_left,   ledger->grants, ledger->other_tiyn,
                     ledger->exhausted, ledger->aware, ledger->heard,      ledger->employer_tiyn, ledger->since};
    for (size_t i = 0; i < sizeof owned / sizeof owned[0]; i++) {
        qon_free(owned[i]);
    }
}

enum qon_status qon_world_init(struct qon_world *world, const struct qon_scenario *scenario, uint32_t blocks, uint32_t employers,
                               struct qon_faults *faults) {
    const struct qon_tables *tables = &scenario->tables;
    enum qon_status status = QON_OK;
    *world = (struct qon_world){.scenario = scenario, .month = scenario->start};
    QON_TRY(sizes_check(tables, faults));
    world->zones = (int32_t)tables->zones.rows;
    world->regions = (int32_t)tables->regions.rows;
    world->educations = (int32_t)tables->educations.rows;
    world->occupations = (int32_t)tables->occupations.rows;
    world->skills = (int32_t)tables->skills.rows;
    world->sectors = (int32_t)tables->sectors.rows;
    world->cells = (int64_t)world->zones * world->occupations * world->skills;
    world->tally.cohort_from = scenario->start - 12 * COHORT_YEARS;
    world->tally.cohorts = 12 * COHORT_YEARS + scenario->months + 1;
    status = qon_tally_init(world, &world->tally, true);
    if (status == QON_OK) {
        status = places_init(world);
    }
    if (status == QON_OK) {
        status = ledger_init(world);
    }
    if (status == QON_OK) {
        status = qon_take(&world->block, blocks, sizeof *world->block);
    }
    if (status == QON_OK) {
        world->blocks = blocks;
        world->ranks = qon_ranks_count();
        world->rank = qon_ranks_rank();
        world->own_first = (uint32_t)((uint64_t)blocks * (uint32_t)world->rank / (uint32_t)world->ranks);
        world->own_end = (uint32_t)((uint64_t)blocks * ((uint32_t)world->rank + 1) / (uint32_t)world->ranks);
        for (uint32_t b = 0; b < blocks; b++) {
            world->block[b].index = b;
        }
        status = qon_employers_reserve(&world->employers, employers);
    }
    if (status != QON_OK) {
        status = qon_fault_machine(faults, (struct qon_place){0}, "not enough memory for a world of %d zones", world->zones);
    }
done:
    if (status != QON_OK) {
        qon_world_free(world);
    }
    return status;
}

void qon_block_free(struct qon_block *block) {
    columns_free(&block->persons, qon_person_columns, qon_person_columns_count);
    columns_free(&block->households, qon_household_columns, qon_household_columns_count);
    columns_free(&block->commitments, qon_commitment_columns, qon_commitment_columns_count);
    columns_free(&block->waiting, qon_waiting_columns, qon_waiting_columns_count);
    for (int calendar = 0; calendar < QON_CALENDARS; calendar++) {
        for (int month = 0; month < 12; month++) {
            qon_free(block->calendar[calendar][month].row);
        }
    }
    qon_free(block->searching.row);
    *block = (struct qon_block){.index = block->index};
}

void qon_world_free(struct qon_world *world) {
    qon_share_free(world);
    for (uint32_t b = 0; b < world->blocks; b++) {
        qon_block_free(&world->block[b]);
    }
    qon_free(world->block);
    columns_free(&world->employers, qon_employer_columns, qon_employer_columns_count);
    qon_tally_free(&world->tally);
    qon_free(world->places.wage_tiyn);
    qon_free(world->places.rent_tiyn);
    qon_free(world->places.households_log);
    qon_free(world->places.network);
    qon_free(world->places.vacancies);
    qon_free(world->places.hires);
    qon_free(world->places.tightness_start);
    ledger_free(&world->ledger);
#define ANCHOR(name, unit, meaning) qon_free(world->anchors.name);
#include <qonys/anchors.def>
#undef ANCHOR
    *world = (struct qon_world){0};
}
