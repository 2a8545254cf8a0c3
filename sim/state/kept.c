// SPDX-License-Identifier: GPL-3.0-or-later
// Packing a world that has just been made, and making it stand again.
//
// After a synthesis many columns say little: members of a household follow one another, most have always lived where they live. Each
// column of each block is kept in the shortest of a few codes that can be told and read back at the speed of memory. What the rows of a
// world in use take is more than these save: the pages of a world that has been run are used again, since taking fresh ones costs more
// than filling them.
#include <qonys/kept.h>

#include <qonys/memory.h>
#include <qonys/par.h>
#include <string.h>

enum code {
    PLAIN, // as it is
    SAME,  // one value
    RUNS,  // rows at which the value changes, and the values
    STEPS, // 4 bytes: ascending by less than 256: the first, then bytes
    LINKS, // 4 bytes: a later row, by less than 256, or QON_NONE: bytes, 0 for none
};
enum { COLUMNS_MOST = 32, STEP_MOST = 255 };

struct packed {
    char *data;                  // columns one after another
    size_t at[COLUMNS_MOST + 1]; // where each begins, bytes
    uint8_t code[COLUMNS_MOST];  // enum code
    uint32_t runs[COLUMNS_MOST]; // of RUNS
};

struct qon_kept_block {
    uint64_t founder_id, founder_household_id;
    uint32_t persons, households;                    // rows, all founders
    uint32_t persons_room, households_room;          // capacities
    struct packed person_columns, household_columns; //
};

static const char *column_of(const void *table, const struct qon_column *column) {
    const char *data;
    memcpy(&data, (const char *)table + column->offset, sizeof data);
    return data;
}

static inline uint64_t value_at(const char *data, size_t size, uint32_t row) {
    uint64_t value = 0;
    memcpy(&value, data + row * size, size);
    return value;
}

// Rows that differ from the one before; more than `most`: some number above it.
static inline uint32_t changes_of(const char *data, size_t size, uint32_t rows, uint32_t most) {
    uint32_t changes = 0;
    for (uint32_t row = 1; row < rows && changes <= most;) {
        uint32_t end = rows - row > 1024 ? row + 1024 : rows;
        for (; row < end; row++) {
            changes += value_at(data, size, row) != value_at(data, size, row - 1);
        }
    }
    return changes;
}

static uint32_t changes(const char *data, size_t size, uint32_t rows, uint32_t most) {
    switch (size) { // loops of fixed size
    case 1:
        return changes_of(data, 1, rows, most);
    case 2:
        return changes_of(data, 2, rows, most);
    case 4:
        return changes_of(data, 4, rows, most);
    default:
        return changes_of(data, 8, rows, most);
    }
}

static bool steps(const uint32_t *value, uint32_t rows) {
    uint32_t largest = 0;
    for (uint32_t row = 1; row < rows && largest <= STEP_MOST;) {
        uint32_t end = rows - row > 1024 ? row + 1024 : rows;
        for (; row < end; row++) { // a step down is a large one
            uint32_t step = value[row] - value[row - 1];
            largest = step > largest ? step : largest;
        }
    }
    return largest <= STEP_MOST;
}

static bool links(const uint32_t *value, uint32_t rows) {
    bool good = true;
    for (uint32_t row = 0; row < rows && good;) {
        uint32_t end = rows - row > 1024 ? row + 1024 : rows;
        for (; row < end; row++) {
            good &= value[row] == QON_NONE || value[row] - row - 1 < STEP_MOST;
        }
    }
    return good;
}

static inline void runs_write_of(char *to, const char *data, size_t size, uint32_t rows, uint32_t runs) {
    char *value = to + runs * sizeof(uint32_t);
    uint32_t run = 0;
    for (uint32_t row = 0; row < rows; row++) {
        if (row == 0 || value_at(data, size, row) != value_at(data, size, row - 1)) {
            memcpy(to + run * sizeof row, &row, sizeof row);
            memcpy(value + run * size, data + row * size, size);
            run++;
        }
    }
}

static void runs_write(char *to, const char *data, size_t size, uint32_t rows, uint32_t runs) {
    switch (size) {
    case 1:
        runs_write_of(to, data, 1, rows, runs);
        break;
    case 2:
        runs_write_of(to, data, 2, rows, runs);
        break;
    case 4:
        runs_write_of(to, data, 4, rows, runs);
        break;
    default:
        runs_write_of(to, data, 8, rows, runs);
    }
}

// A column's code, and its bytes.
static size_t code_choose(const char *data, size_t size, uint32_t rows, uint8_t *code, uint32_t *runs) {
    uint32_t most = (uint32_t)(rows * size / 2 / (sizeof(uint32_t) + size));
    const uint32_t *value = size == sizeof *value ? (const uint32_t *)(const void *)data : NULL;
    *runs = 1 + changes(data, size, rows, most);
    *code = *runs == 1                            ? SAME
            : *runs <= most                       ? RUNS
            : value != NULL && steps(value, rows) ? STEPS
            : value != NULL && links(value, rows) ? LINKS
                                                  : PLAIN;
    return *code == SAME    ? size
           : *code == RUNS  ? *runs * (sizeof(uint32_t) + size)
           : *code == STEPS ? sizeof *value + rows - 1
           : *code == LINKS ? rows
                            : rows * size;
}

static void column_pack(char *to, const char *data, size_t size, uint32_t rows, enum code code, uint32_t runs) {
    const uint32_t *value = (const uint32_t *)(const void *)data;
    switch (code) {
    case SAME:
        memcpy(to, data, size);
        break;
    case RUNS:
        runs_write(to, data, size, rows, runs);
        break;
    case STEPS:
        memcpy(to, value, sizeof *value);
        for (uint32_t row = 1; row < rows; row++) {
            to[sizeof *value + row - 1] = (char)(value[row] - value[row - 1]);
        }
        break;
    case LINKS:
        for (uint32_t row = 0; row < rows; row++) {
            to[row] = (char)(value[row] == QON_NONE ? 0 : value[row] - row);
        }
        break;
    default:
        memcpy(to, data, rows * size);
    }
}

static void runs_read(const char *from, char *data, size_t size, uint32_t rows, uint32_t runs) {
    const char *value = from + runs * sizeof(uint32_t);
    for (uint32_t run = 0; run < runs; run++) {
        uint32_t row, end = rows;
        memcpy(&row, from + run * sizeof row, sizeof row);
        if (run + 1 < runs) {
            memcpy(&end, from + (run + 1) * sizeof end, sizeof end);
        }
        for (; row < end; row++) {
            memcpy(data + row * size, value + run * size, size);
        }
    }
}

static inline void same_read_of(const char *from, char *data, size_t size, uint32_t rows) {
    for (uint32_t row = 0; row < rows; row++) {
        memcpy(data + row * size, from, size);
    }
}

static void same_read(const char *from, char *data, size_t size, uint32_t rows) {
    switch (size) {
    case 1:
        memset(data, *from, rows);
        break;
    case 2:
        same_read_of(from, data, 2, rows);
        break;
    case 4:
        same_read_of(from, data, 4, rows);
        break;
    default:
        same_read_of(from, data, 8, rows);
    }
}

static void column_unpack(const char *from, char *data, size_t size, uint32_t rows, enum code code, uint32_t runs) {
    uint32_t *value = (uint32_t *)(void *)data, before;
    switch (code) {
    case SAME:
        same_read(from, data, size, rows);
        break;
    case RUNS:
        runs_read(from, data, size, rows, runs);
        break;
    case STEPS:
        memcpy(&before, from, sizeof before);
        value[0] = before;
        for (uint32_t row = 1; row < rows; row++) {
            before += (uint8_t)from[sizeof before + row - 1];
            value[row] = before;
        }
        break;
    case LINKS:
        for (uint32_t row = 0; row < rows; row++) {
            value[row] = from[row] == 0 ? QON_NONE : row + (uint8_t)from[row];
        }
        break;
    default:
        memcpy(data, from, rows * size);
    }
}

// Founders' ids are not written anywhere.
static bool is_id(const struct qon_column *column) {
    return strcmp(column->name, "id") == 0;
}

static enum qon_status table_pack(struct packed *packed, const void *table, const struct qon_column *columns, size_t count, uint32_t rows) {
    enum qon_status status = QON_OK;
    QON_REQUIRE(count <= COLUMNS_MOST);
    *packed = (struct packed){0};
    for (size_t i = 0; i < count && rows > 0; i++) {
        packed->at[i + 1] = packed->at[i];
        if (!is_id(&columns[i])) {
            packed->at[i + 1] += code_choose(column_of(table, &columns[i]), columns[i].size, rows, &packed->code[i], &packed->runs[i]);
        }
    }
    QON_TRY(qon_take(&packed->data, packed->at[rows > 0 ? count : 0], 1));
    for (size_t i = 0; i < count && rows > 0; i++) {
        if (!is_id(&columns[i])) {
            column_pack(packed->data + packed->at[i], column_of(table, &columns[i]), columns[i].size, rows, (enum code)packed->code[i],
                        packed->runs[i]);
        }
    }
done:
    return status;
}

// Rows [rows, used) are made as if nobody had been there.
static void table_unpack(const struct packed *packed, void *table, const struct qon_column *columns, size_t count, uint32_t rows,
                         uint32_t used) {
    for (size_t i = 0; i < count; i++) {
        char *data;
        memcpy(&data, (char *)table + columns[i].offset, sizeof data);
        if (rows > 0 && !is_id(&columns[i])) {
            column_unpack(packed->data + packed->at[i], data, columns[i].size, rows, (enum code)packed->code[i], packed->runs[i]);
        }
        if (used > rows) {
            memset(data + rows * columns[i].size, 0, (used - rows) * columns[i].size);
        }
    }
}

// Everything but the blocks' rows.
static enum qon_status frame_copy(struct qon_world *to, const struct qon_world *from, const struct qon_scenario *scenario,
                                  struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct qon_part target[QON_PARTS_MOST], source[QON_PARTS_MOST];
    QON_REQUIRE(from->months_done == 0 && from->model == NULL && from->month == scenario->start);
    QON_TRY(qon_world_init(to, scenario, from->blocks, from->employers.count, faults));
    int count = qon_world_parts(to, target);
    QON_REQUIRE(qon_world_parts(from, source) == count);
    for (int i = 0; i < count; i++) {
        if (!target[i].apart) { // the books of programmes are each scenario's own, and empty
            QON_REQUIRE(target[i].count == source[i].count);
            memcpy(qon_part_write(to, &target[i]), qon_part_read(from, &source[i]), (size_t)target[i].count * target[i].size);
        }
    }
    to->persons_start = from->persons_start;
    to->employers.count = from->employers.count;
    for (size_t i = 0; i < qon_employer_columns_count && from->employers.count > 0; i++) {
        char *data;
        memcpy(&data, (char *)&to->employers + qon_employer_columns[i].offset, sizeof data);
        memcpy(data, column_of(&from->employers, &qon_employer_columns[i]), from->employers.count * qon_employer_columns[i].size);
    }
done:
    return status;
}

// Of both directions: `from` is packed, or `to` and the rows of `spare` become the kept world.
struct keeping {
    struct qon_kept *kept;
    const struct qon_world *from;
    const struct qon_kept *source;
    struct qon_world *to, *spare;
    int failed;
};

static enum qon_status block_pack(struct qon_kept_block *kept, const struct qon_block *block) {
    enum qon_status status = QON_OK;
    QON_REQUIRE(block->commitments.count == 0 && block->persons.count == block->persons.founders);
    QON_REQUIRE(block->households.count == block->households.founders);
    *kept = (struct qon_kept_block){.founder_id = block->founder_id,
                                    .founder_household_id = block->founder_household_id,
                                    .persons = block->persons.count,
                                    .households = block->households.count,
                                    .persons_room = block->persons.capacity,
                                    .households_room = block->households.capacity};
    QON_TRY(table_pack(&kept->person_columns, &block->persons, qon_person_columns, qon_person_columns_count, kept->persons));
    QON_TRY(table_pack(&kept->household_columns, &block->households, qon_household_columns, qon_household_columns_count, kept->households));
done:
    return status;
}

static void blocks_pack(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    struct keeping *keeping = context;
    for (int64_t b = begin; b < end; b++) {
        if (block_pack(&keeping->kept->block[b], &keeping->from->block[b]) != QON_OK) {
            __atomic_store_n(&keeping->failed, 1, __ATOMIC_RELAXED);
        }
    }
}

static enum qon_status block_unpack(const struct qon_kept_block *kept, struct qon_block *to, struct qon_block *spare) {
    enum qon_status status = QON_OK;
    uint32_t persons_used = 0, households_used = 0;
    if (spare != NULL && spare->persons.capacity >= kept->persons_room && spare->households.capacity >= kept->households_room) {
        persons_used = spare->persons.count;
        households_used = spare->households.count;
        to->persons = spare->persons;
        to->households = spare->households;
        spare->persons = (struct qon_persons){0};
        spare->households = (struct qon_households){0};
    } else {
        QON_TRY(qon_block_reserve(to, kept->persons_room, kept->households_room));
        qon_block_populate(to, kept->persons, kept->households);
    }
    to->founder_id = kept->founder_id;
    to->founder_household_id = kept->founder_household_id;
    to->persons.count = to->persons.founders = kept->persons;
    to->households.count = to->households.founders = kept->households;
    table_unpack(&kept->person_columns, &to->persons, qon_person_columns, qon_person_columns_count, kept->persons, persons_used);
    table_unpack(&kept->household_columns, &to->households, qon_household_columns, qon_household_columns_count, kept->households,
                 households_used);
done:
    return status;
}

static void blocks_unpack(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    struct keeping *keeping = context;
    for (int64_t b = begin; b < end; b++) {
        struct qon_block *spare = b < keeping->spare->blocks ? &keeping->spare->block[b] : NULL;
        if (block_unpack(&keeping->source->block[b], &keeping->to->block[b], spare) != QON_OK) {
            __atomic_store_n(&keeping->failed, 1, __ATOMIC_RELAXED);
        }
    }
}

enum qon_status qon_kept_make(struct qon_kept *kept, const struct qon_world *world, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct keeping keeping = {.kept = kept, .from = world};
    *kept = (struct qon_kept){0};
    QON_TRY(frame_copy(&kept->frame, world, world->scenario, faults));
    QON_TRY(qon_take(&kept->block, world->blocks, sizeof *kept->block));
    qon_par_for(world->blocks, 1, blocks_pack, &keeping);
    status = keeping.failed ? QON_MACHINE : QON_OK;
done:
    if (status != QON_OK) {
        qon_kept_free(kept);
        status = qon_fault_machine(faults, (struct qon_place){0}, "not enough memory to keep the people of a world");
    }
    return status;
}

enum qon_status qon_kept_restore(const struct qon_kept *kept, struct qon_world *world, const struct qon_scenario *scenario,
                                 struct qon_world *spare, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct keeping keeping = {.source = kept, .to = world, .spare = spare};
    QON_TRY(frame_copy(world, &kept->frame, scenario, faults));
    qon_par_for(world->blocks, 1, blocks_unpack, &keeping);
    if (keeping.failed) {
        qon_world_free(world);
        status = qon_fault_machine(faults, (struct qon_place){0}, "not enough memory for a second world");
    }
done:
    qon_world_free(spare);
    return status;
}

void qon_kept_free(struct qon_kept *kept) {
    for (uint32_t b = 0; kept->block != NULL && b < kept->frame.blocks; b++) {
        qon_free(kept->block[b].person_columns.data);
        qon_free(kept->block[b].household_columns.data);
    }
    qon_free(kept->block);
    qon_world_free(&kept->frame);
    *kept = (struct qon_kept){0};
}
