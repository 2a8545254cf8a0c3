// SPDX-License-Identifier: GPL-3.0-or-later
// From a checkpoint to a world. The file is not trusted (checkpoint_file.c) and neither is the state in it: it is looked at value by value,
// counted, and held against the invariants before anybody uses it.
#include "checkpoint.h"

#include <qonys/memory.h>
#include <qonys/par.h>
#include <qonys/ranks.h>
#include <stdarg.h>
#include <string.h>

enum { ROWS_MOST = 1 << 26, BLOCKS_MOST = 1 << 24, EMPLOYERS_MOST = 0x7fffffff };

static void note(struct qon_checkpoint_info *info, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void note(struct qon_checkpoint_info *info, const char *format, ...) {
    if (info->notes < QON_CHECKPOINT_NOTES) {
        va_list values;
        va_start(values, format);
        (void)vsnprintf(info->note[info->notes++], sizeof info->note[0], format, values);
        va_end(values);
    }
}

// ---- head ------------------------------------------------------------------------------------------------------------------------

static enum qon_status text_copy(const struct qon_cp_file *file, const char *name, char *out, size_t capacity, struct qon_faults *faults) {
    char *text;
    int64_t length;
    enum qon_status status = qon_cp_array(file, QON_CP_INFO, name, "text", &text, &length, faults);
    if (status == QON_OK && text != NULL) {
        size_t kept = 0;
        for (int64_t i = 0; i < length && kept + 1 < capacity; i++) { // it may be printed: nothing that steers a terminal
            out[kept++] = (unsigned char)text[i] < ' ' || text[i] == 0x7f ? '?' : text[i];
        }
        out[kept] = '\0';
        qon_free(text);
    }
    return status;
}

static enum qon_status word_read(const struct qon_cp_file *file, const char *name, uint64_t *out, struct qon_faults *faults) {
    uint64_t *value;
    int64_t items;
    enum qon_status status = qon_cp_array(file, QON_CP_INFO, name, "uint64_t", &value, &items, faults);
    if (status == QON_OK && value != NULL) {
        *out = items > 0 ? value[0] : 0;
        qon_free(value);
    }
    return status;
}

static enum qon_status month_read(const struct qon_cp_file *file, const char *name, int32_t *out, struct qon_faults *faults) {
    int32_t *value = NULL;
    int64_t items;
    enum qon_status status = qon_cp_array(file, QON_CP_WORLD, name, "int32_t", &value, &items, faults);
    if (status == QON_OK && (value == NULL || items != 1)) {
        status = qon_cp_fault(file, faults, "the checkpoint does not say its %s", name);
    } else if (status == QON_OK) {
        *out = value[0];
    }
    qon_free(value);
    return status;
}

static enum qon_status info_read(const struct qon_cp_file *file, struct qon_checkpoint_info *info, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    *info =
        (struct qon_checkpoint_info){.format = (int)file->format, .bytes = (int64_t)file->bytes, .state_bytes = (int64_t)file->state_bytes};
    QON_TRY(text_copy(file, "version", info->version, sizeof info->version, faults));
    QON_TRY(text_copy(file, "scenario", info->scenario, sizeof info->scenario, faults));
    QON_TRY(word_read(file, "seed", &info->seed, faults));
    QON_TRY(word_read(file, "text_hash", &info->hash, faults));
    QON_TRY(month_read(file, "month", &info->month, faults));
    QON_TRY(month_read(file, "months_done", &info->months_done, faults));
    info->has_record = qon_cp_column_find(file, QON_CP_RECORD, "series") >= 0;
    int64_t id = qon_cp_column_find(file, QON_CP_PERSONS, "id");
    for (uint64_t i = 0; i < file->pieces; i++) {
        info->persons_rows += file->piece[i].column == id ? (int64_t)file->piece[i].items : 0;
    }
done:
    return status;
}

enum qon_status qon_checkpoint_look(const char *path, struct qon_checkpoint_info *info, char **effective, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct qon_cp_file file;
    int64_t length;
    QON_TRY(qon_cp_open(&file, path, faults));
    status = info_read(&file, info, faults);
    if (status == QON_OK && effective != NULL) {
        status = qon_cp_array(&file, QON_CP_INFO, "effective", "text", effective, &length, faults);
    }
    qon_cp_close(&file);
done:
    return status;
}

// ---- blocks ----------------------------------------------------------------------------------------------------------------------

enum { FOUNDER_ID, FOUNDER_HOUSEHOLD_ID, PERSONS, PERSONS_FOUNDERS, HOUSEHOLDS, HOUSEHOLDS_FOUNDERS, COMMITMENTS, WAITING, BLOCK_NUMBERS };

struct loading {
    struct qon_world *world;
    const struct qon_cp_file *file;
    struct qon_checkpoint_info *info;
    uint64_t *number[BLOCK_NUMBERS]; // [block]
    int64_t blocks;
    // Where each of our columns stands in the file; -1: it does not.
    int64_t person_column[64], household_column[64], commitment_column[64], waiting_column[64];
    struct qon_cp_books books;
    struct qon_cp_scratch *scratch; // [threads]
    int64_t failed;                 // piece of the first failure, by order in the file; pieces: none
    int result[QON_CP_SHORT + 1];   // whether a result has been met
};

static enum qon_status block_numbers(struct loading *l, struct qon_faults *faults) {
    static const char *const names[BLOCK_NUMBERS] = {"founder_id", "founder_household_id", "persons",     "persons_founders",
                                                     "households", "households_founders",  "commitments", "waiting"};
    enum qon_status status = QON_OK;
    for (int i = 0; i < BLOCK_NUMBERS; i++) {
        int64_t items;
        QON_TRY(qon_cp_array(l->file, QON_CP_BLOCKS, names[i], "uint64_t", &l->number[i], &items, faults));
        if (i >= COMMITMENTS && l->number[i] == NULL) { // an older file
            QON_TRY(qon_take(&l->number[i], (size_t)l->blocks, sizeof *l->number[i]));
            items = l->blocks;
        }
        if (l->number[i] == NULL || items < 1 || items > BLOCKS_MOST || (i > 0 && items != l->blocks)) {
            return qon_cp_fault(l->file, faults, "the checkpoint's list of blocks is not whole");
        }
        l->blocks = items;
    }
    for (int64_t b = 0; b < l->blocks; b++) {
        if (l->number[PERSONS][b] > ROWS_MOST || l->number[HOUSEHOLDS][b] > ROWS_MOST || l->number[COMMITMENTS][b] > ROWS_MOST ||
            l->number[WAITING][b] > ROWS_MOST || l->number[PERSONS_FOUNDERS][b] > l->number[PERSONS][b] ||
            l->number[HOUSEHOLDS_FOUNDERS][b] > l->number[HOUSEHOLDS][b]) {
            return qon_cp_fault(l->file, faults, "the checkpoint's block %lld has impossible numbers of rows", (long long)b);
        }
    }
done:
    return status;
}

// Finds one of our columns in the file and sees that each block has a piece of the right length (rows may be NULL: one piece, any length).
static enum qon_status column_match(struct loading *l, enum qon_cp_group group, const struct qon_column *column, const uint64_t *rows,
                                    int64_t *out, struct qon_faults *faults) {
    const struct qon_cp_file *file = l->file;
    int64_t found = qon_cp_column_find(file, group, column->name);
    *out = found;
    if (found < 0) {
        note(l->info, "the column %s is not in the file: it is zero", column->name);
        return QON_OK;
    }
    if (file->column[found].size != column->size || strcmp(file->column[found].type, column->type) != 0) {
        return qon_cp_fault(file, faults, "the checkpoint's column %s is of type %s, expected %s", column->name, file->column[found].type,
                            column->type);
    }
    for (int64_t b = 0; rows != NULL && b < l->blocks; b++) {
        const struct qon_cp_piece *piece = qon_cp_piece_find(file, found, (uint32_t)b);
        if (piece == NULL || piece->items != rows[b]) {
            return qon_cp_fault(file, faults, "the checkpoint's column %s lacks rows in block %lld", column->name, (long long)b);
        }
    }
    return QON_OK;
}

static enum qon_status columns_match(struct loading *l, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    QON_REQUIRE(qon_person_columns_count <= 64 && qon_household_columns_count <= 64);
    for (size_t c = 0; c < qon_person_columns_count; c++) {
        QON_TRY(column_match(l, QON_CP_PERSONS, &qon_person_columns[c], l->number[PERSONS], &l->person_column[c], faults));
    }
    for (size_t c = 0; c < qon_household_columns_count; c++) {
        QON_TRY(column_match(l, QON_CP_HOUSEHOLDS, &qon_household_columns[c], l->number[HOUSEHOLDS], &l->household_column[c], faults));
    }
    for (size_t c = 0; c < qon_commitment_columns_count; c++) {
        QON_TRY(column_match(l, QON_CP_COMMITMENTS, &qon_commitment_columns[c], l->number[COMMITMENTS], &l->commitment_column[c], faults));
    }
    for (size_t c = 0; c < qon_waiting_columns_count; c++) {
        QON_TRY(column_match(l, QON_CP_WAITING, &qon_waiting_columns[c], l->number[WAITING], &l->waiting_column[c], faults));
    }
done:
    return status;
}

static bool column_known(const char *name, const struct qon_column *columns, size_t count) {
    for (size_t c = 0; c < count; c++) {
        if (strcmp(columns[c].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static bool part_known(const struct qon_world *world, const char *name) {
    struct qon_part parts[QON_PARTS_MOST];
    int count = qon_world_parts(world, parts);
    for (int i = 0; i < count; i++) {
        if (strcmp(parts[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static bool known_here(const struct loading *l, const struct qon_cp_column *column) {
    return column->group == QON_CP_PERSONS       ? column_known(column->name, qon_person_columns, qon_person_columns_count)
           : column->group == QON_CP_HOUSEHOLDS  ? column_known(column->name, qon_household_columns, qon_household_columns_count)
           : column->group == QON_CP_COMMITMENTS ? column_known(column->name, qon_commitment_columns, qon_commitment_columns_count)
           : column->group == QON_CP_WAITING     ? column_known(column->name, qon_waiting_columns, qon_waiting_columns_count)
           : column->group == QON_CP_EMPLOYERS   ? column_known(column->name, qon_employer_columns, qon_employer_columns_count)
           : column->group == QON_CP_WORLD       ? part_known(l->world, column->name)
                                                 : column->group < QON_CP_GROUPS;
}

static void note_unknown(struct loading *l) {
    for (uint32_t c = 0; c < l->file->columns; c++) {
        if (!known_here(l, &l->file->column[c])) {
            note(l->info, "the column %s of the file is unknown: it is passed over", l->file->column[c].name);
        }
    }
}

// ---- reading ---------------------------------------------------------------------------------------------------------------------

// Remembers the first failed piece in the order of the file, so that the message does not depend on threads.
static void piece_failed(struct loading *l, const struct qon_cp_piece *piece, enum qon_cp_result result) {
    int64_t at = piece - l->file->piece;
    int64_t first = __atomic_load_n(&l->failed, __ATOMIC_RELAXED);
    while (at < first && !__atomic_compare_exchange_n(&l->failed, &first, at, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
    }
    __atomic_store_n(&l->result[result], 1, __ATOMIC_RELAXED);
}

static void table_read(struct loading *l, void *table, const struct qon_column *columns, size_t count, const int64_t *where, uint32_t block,
                       struct qon_cp_scratch *scratch) {
    for (size_t c = 0; c < count; c++) {
        const struct qon_cp_piece *piece = qon_cp_piece_find(l->file, where[c], block);
        if (piece != NULL && piece->items > 0) {
            void *array;
            memcpy(&array, (char *)table + columns[c].offset, sizeof array);
            enum qon_cp_result result = qon_cp_piece_read(l->file, piece, scratch, array);
            if (result != QON_CP_FINE) {
                piece_failed(l, piece, result);
                return;
            }
        }
    }
}

static void blocks_read(void *context, int64_t begin, int64_t end, int thread) {
    struct loading *l = context;
    for (int64_t b = begin; b < end; b++) {
        struct qon_block *block = &l->world->block[b];
        uint32_t persons = (uint32_t)l->number[PERSONS][b], households = (uint32_t)l->number[HOUSEHOLDS][b];
        if (__atomic_load_n(&l->failed, __ATOMIC_RELAXED) < (int64_t)l->file->pieces) {
            return;
        }
        if (!qon_owns(l->world, b)) {
            continue;
        }
        uint32_t commitments = (uint32_t)l->number[COMMITMENTS][b], waiting = (uint32_t)l->number[WAITING][b];
        if (qon_block_reserve(block, persons, households) != QON_OK ||
            qon_commitments_reserve(&block->commitments, commitments) != QON_OK ||
            qon_waiting_reserve(&block->waiting, waiting) != QON_OK) {
            piece_failed(l, l->file->piece, QON_CP_SHORT);
            return;
        }
        table_read(l, &block->persons, qon_person_columns, qon_person_columns_count, l->person_column, (uint32_t)b, &l->scratch[thread]);
        table_read(l, &block->households, qon_household_columns, qon_household_columns_count, l->household_column, (uint32_t)b,
                   &l->scratch[thread]);
        table_read(l, &block->commitments, qon_commitment_columns, qon_commitment_columns_count, l->commitment_column, (uint32_t)b,
                   &l->scratch[thread]);
        table_read(l, &block->waiting, qon_waiting_columns, qon_waiting_columns_count, l->waiting_column, (uint32_t)b, &l->scratch[thread]);
        block->commitments.count = commitments;
        block->waiting.count = waiting;
        block->founder_id = l->number[FOUNDER_ID][b];
        block->founder_household_id = l->number[FOUNDER_HOUSEHOLD_ID][b];
        block->persons.count = persons;
        block->persons.founders = (uint32_t)l->number[PERSONS_FOUNDERS][b];
        block->households.count = households;
        block->households.founders = (uint32_t)l->number[HOUSEHOLDS_FOUNDERS][b];
    }
}

static enum qon_status agents_read(struct loading *l, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    int threads = qon_par_threads();
    l->failed = (int64_t)l->file->pieces;
    QON_TRY(qon_take(&l->scratch, (size_t)threads, sizeof *l->scratch));
    for (int t = 0; t < threads; t++) {
        QON_TRY(qon_cp_scratch_init(&l->scratch[t], l->file));
    }
    qon_par_for(l->blocks, 1, blocks_read, l);
    if (l->failed < (int64_t)l->file->pieces) {
        enum qon_cp_result result = l->result[QON_CP_SHORT]        ? QON_CP_SHORT
                                    : l->result[QON_CP_UNREADABLE] ? QON_CP_UNREADABLE
                                                                   : QON_CP_DAMAGED;
        status = qon_cp_piece_fault(l->file, &l->file->piece[l->failed], result, faults);
    }
done:
    return status;
}

// What the state does not need is held against its checksum all the same: a file is either whole or refused.
static enum qon_status rest_verify(struct loading *l, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    for (uint64_t i = 0; i < l->file->pieces; i++) {
        const struct qon_cp_piece *piece = &l->file->piece[i];
        const struct qon_cp_column *column = &l->file->column[piece->column];
        if (column->group == QON_CP_INFO || column->group == QON_CP_RECORD || piece->items == 0 || !known_here(l, column)) {
            QON_TRY(qon_cp_piece_fault(l->file, piece, qon_cp_piece_verify(l->file, piece, &l->scratch[0]), faults));
        }
    }
done:
    return status;
}

static enum qon_status employers_read(struct loading *l, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    for (size_t c = 0; c < qon_employer_columns_count; c++) {
        const struct qon_column *column = &qon_employer_columns[c];
        int64_t found;
        void *array;
        QON_TRY(column_match(l, QON_CP_EMPLOYERS, column, NULL, &found, faults));
        const struct qon_cp_piece *piece = qon_cp_piece_find(l->file, found, 0);
        if (found >= 0 && (piece == NULL || piece->items != l->world->employers.count)) {
            return qon_cp_fault(l->file, faults, "the checkpoint's column %s lacks rows of employers", column->name);
        }
        if (piece != NULL && piece->items > 0) {
            memcpy(&array, (char *)&l->world->employers + column->offset, sizeof array);
            QON_TRY(qon_cp_piece_fault(l->file, piece, qon_cp_piece_read(l->file, piece, &l->scratch[0], array), faults));
        }
    }
done:
    return status;
}

static enum qon_status parts_read(struct loading *l, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct qon_part parts[QON_PARTS_MOST];
    int count = qon_world_parts(l->world, parts);
    for (int i = 0; i < count; i++) {
        const struct qon_part *part = &parts[i];
        int64_t found = qon_cp_column_find(l->file, QON_CP_WORLD, part->name);
        const struct qon_cp_piece *piece = qon_cp_piece_find(l->file, found, 0);
        if (part->stock || part->apart) { // counted afterwards; read by programmes
            continue;
        }
        if (found < 0) {
            note(l->info, "%s is not in the file: it is zero", part->name);
            continue;
        }
        if (piece == NULL || piece->items != (uint64_t)part->count || l->file->column[found].size != part->size ||
            strcmp(l->file->column[found].type, part->type) != 0) {
            return qon_cp_fault(l->file, faults, "the checkpoint's %s is not of the form %s[%lld]", part->name, part->type,
                                (long long)part->count);
        }
        void *array = qon_part_write(l->world, part);
        if (part->count > 0) {
            memset(array, 0, (size_t)part->count * part->size);
        }
        QON_TRY(qon_cp_piece_fault(l->file, piece, qon_cp_piece_read(l->file, piece, &l->scratch[0], array), faults));
    }
done:
    return status;
}

// ---- the whole -------------------------------------------------------------------------------------------------------------------

// The books of programmes, and a word on those that only one side has.
static enum qon_status books_read(struct loading *l, const struct qon_scenario *scenario, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    QON_TRY(qon_cp_books_read(&l->books, l->file, l->world, faults));
    QON_TRY(qon_ranks_agree(qon_cp_books_renumber(&l->books, l->file, l->world, faults))); // adds to the books
    l->info->other |= l->books.other ? QON_OTHER_TEXT : 0;
    for (int32_t p = 0; p < scenario->programmes.count; p++) {
        if (l->books.theirs[p] < 0) {
            note(l->info, "the programme %.60s is not in the file: it begins with the branch, or later", scenario->programmes.row[p].name);
        }
    }
    const char *name = l->books.names;
    for (int32_t p = 0; p < l->books.file_programmes; p++) {
        int length = (int)strcspn(name, "\n");
        if (l->books.ours[p] < 0) {
            note(l->info, "the programme %.*s of the file is not in the scenario: it ends", length < 60 ? length : 60, name);
        }
        name += length + 1;
    }
done:
    return status;
}

static enum qon_status employers_count(const struct qon_cp_file *file, uint32_t *count, struct qon_faults *faults) {
    const struct qon_cp_piece *piece = qon_cp_piece_find(file, qon_cp_column_find(file, QON_CP_EMPLOYERS, "staff"), 0);
    if (piece == NULL || piece->items > EMPLOYERS_MOST) {
        return qon_cp_fault(file, faults, "the checkpoint does not say how many employers there are");
    }
    *count = (uint32_t)piece->items;
    return QON_OK;
}

// What ranks find in their blocks is agreed on before they count together.
static enum qon_status state_check(struct loading *l, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    char text[256];
    if (!qon_cp_values_check(l->world, text)) {
        status = qon_cp_fault(l->file, faults, "the checkpoint holds an impossible state: %s", text);
    }
    status = qon_ranks_agree(status);
    if (status != QON_OK) {
        return status;
    }
    if (qon_tally_recount(l->world) != QON_OK) {
        return qon_fault_machine(faults, (struct qon_place){.file = l->file->path}, "not enough memory to count the state");
    }
    if (!qon_world_check(l->world, true, text)) {
        if (strstr(text, "not enough memory") != NULL) { // the check could not be made, which is nobody's state
            return qon_fault_machine(faults, (struct qon_place){.file = l->file->path}, "%s", text);
        }
        if (strstr(text, "another rank") != NULL) { // which says what
            return QON_USER;
        }
        return qon_cp_fault(l->file, faults, "the checkpoint holds an impossible state: %s", text);
    }
    return QON_OK;
}

static void loading_free(struct loading *l) {
    for (int i = 0; i < BLOCK_NUMBERS; i++) {
        qon_free(l->number[i]);
    }
    for (int t = 0; l->scratch != NULL && t < qon_par_threads(); t++) {
        qon_cp_scratch_free(&l->scratch[t]);
    }
    qon_free(l->scratch);
    qon_cp_books_free(&l->books);
}

static enum qon_status file_read(struct loading *l, const struct qon_scenario *scenario, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    uint32_t employers = 0;
    long before = faults == NULL ? 0 : faults->count;
    QON_TRY(info_read(l->file, l->info, faults));
    QON_TRY(qon_cp_identity_check(l->file, scenario, l->info, faults));
    QON_TRY(block_numbers(l, faults));
    QON_TRY(qon_cp_books_match(&l->books, l->file, scenario, faults));
    QON_TRY(columns_match(l, faults));
    QON_TRY(employers_count(l->file, &employers, faults));
    QON_TRY(qon_world_init(l->world, scenario, (uint32_t)l->blocks, employers, faults));
    l->world->employers.count = employers;
    note_unknown(l);
    QON_TRY(agents_read(l, faults));
    QON_TRY(employers_read(l, faults));
    QON_TRY(parts_read(l, faults));
    QON_TRY(rest_verify(l, faults));
done:
    if (status == QON_MACHINE && faults != NULL && faults->count == before) {
        (void)qon_fault_machine(faults, (struct qon_place){.file = l->file->path}, "not enough memory to read the checkpoint");
    }
    return status;
}

static enum qon_status world_read(struct loading *l, const struct qon_scenario *scenario, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    QON_TRY(qon_ranks_agree(file_read(l, scenario, faults)));
    QON_TRY(books_read(l, scenario, faults));
    QON_TRY(state_check(l, faults));
done:
    return status;
}

// Opened by all ranks or by none.
static enum qon_status open_all(struct qon_cp_file *file, const char *path, struct qon_faults *faults) {
    enum qon_status own = qon_cp_open(file, path, faults), status = qon_ranks_agree(own);
    if (status != QON_OK && own == QON_OK) {
        qon_cp_close(file);
    }
    return status;
}

enum qon_status qon_checkpoint_load(struct qon_world *world, const struct qon_scenario *scenario, const char *path,
                                    struct qon_checkpoint_info *info, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct qon_cp_file file;
    struct loading loading = {.world = world, .file = &file, .info = info};
    *world = (struct qon_world){0};
    QON_TRY(open_all(&file, path, faults));
    status = world_read(&loading, scenario, faults);
    if (status != QON_OK) {
        qon_world_free(world);
    }
    loading_free(&loading);
    qon_cp_close(&file);
done:
    return status;
}
