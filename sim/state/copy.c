// SPDX-License-Identifier: GPL-3.0-or-later
// A second world from one that has just been made, which stays or goes: for the runs of a comparison, which begin with the same people.
#include <qonys/memory.h>
#include <qonys/par.h>
#include <qonys/world.h>
#include <string.h>

// Rows of the columns of one table; both have room. Founders' ids are not written anywhere.
static void columns_copy(void *to, const void *from, const struct qon_column *columns, size_t count, uint32_t rows, uint32_t founders) {
    for (size_t i = 0; i < count; i++) {
        void *target;
        const void *source;
        memcpy(&target, (const char *)to + columns[i].offset, sizeof target);
        memcpy(&source, (const char *)from + columns[i].offset, sizeof source);
        size_t first = strcmp(columns[i].name, "id") == 0 ? founders * columns[i].size : 0;
        if (rows > 0) {
            memcpy((char *)target + first, (const char *)source + first, rows * columns[i].size - first);
        }
    }
}

static enum qon_status block_copy(struct qon_block *to, const struct qon_block *from) {
    enum qon_status status = QON_OK;
    QON_REQUIRE(from->commitments.count == 0);
    QON_TRY(qon_block_reserve(to, from->persons.capacity, from->households.capacity));
    qon_block_populate(to, from->persons.count, from->households.count);
    to->founder_id = from->founder_id;
    to->founder_household_id = from->founder_household_id;
    to->persons.count = from->persons.count;
    to->persons.founders = from->persons.founders;
    to->households.count = from->households.count;
    to->households.founders = from->households.founders;
    columns_copy(&to->persons, &from->persons, qon_person_columns, qon_person_columns_count, from->persons.count, from->persons.founders);
    columns_copy(&to->households, &from->households, qon_household_columns, qon_household_columns_count, from->households.count,
                 from->households.founders);
done:
    return status;
}

struct copying {
    struct qon_world *to;
    const struct qon_world *from;
    int failed;
};

static void blocks_copy(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    struct copying *copying = context;
    for (int64_t b = begin; b < end; b++) {
        if (block_copy(&copying->to->block[b], &copying->from->block[b]) != QON_OK) {
            __atomic_store_n(&copying->failed, 1, __ATOMIC_RELAXED);
        }
    }
}

// Everything but the blocks' rows and the employers.
static enum qon_status frame_copy(struct qon_world *to, const struct qon_world *from, const struct qon_scenario *scenario,
                                  uint32_t employers, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct qon_part target[QON_PARTS_MOST], source[QON_PARTS_MOST];
    QON_REQUIRE(from->months_done == 0 && from->model == NULL && from->month == scenario->start);
    QON_TRY(qon_world_init(to, scenario, from->blocks, employers, faults));
    int count = qon_world_parts(to, target);
    QON_REQUIRE(qon_world_parts(from, source) == count);
    for (int i = 0; i < count; i++) {
        if (!target[i].apart) { // the books of programmes are each scenario's own, and empty
            QON_REQUIRE(target[i].count == source[i].count);
            memcpy(qon_part_write(to, &target[i]), qon_part_read(from, &source[i]), (size_t)target[i].count * target[i].size);
        }
    }
done:
    return status;
}

enum qon_status qon_world_copy(struct qon_world *to, const struct qon_world *from, const struct qon_scenario *scenario,
                               struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct copying copying = {to, from, 0};
    QON_TRY(frame_copy(to, from, scenario, from->employers.count, faults));
    to->employers.count = from->employers.count;
    columns_copy(&to->employers, &from->employers, qon_employer_columns, qon_employer_columns_count, from->employers.count, 0);
    qon_par_for(to->blocks, 1, blocks_copy, &copying);
    if (copying.failed) {
        qon_world_free(to);
        status = qon_fault_machine(faults, (struct qon_place){0}, "not enough memory for a second world");
    }
done:
    return status;
}

enum qon_status qon_world_move(struct qon_world *to, struct qon_world *from, const struct qon_scenario *scenario,
                               struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    QON_TRY(frame_copy(to, from, scenario, 0, faults));
    for (uint32_t b = 0; b < to->blocks; b++) {
        QON_REQUIRE(from->block[b].commitments.count == 0);
        to->block[b] = from->block[b];
        from->block[b] = (struct qon_block){.index = b};
    }
    to->employers = from->employers;
    from->employers = (struct qon_employers){0};
    qon_world_free(from);
done:
    return status;
}
