// SPDX-License-Identifier: GPL-3.0-or-later
// Checkpoints of earlier formats: what they hold is still read. format_1.qonys was written on 24 November 2026 by the last version that
// wrote format 1 (a country of 2 zones and 300 persons of tests/support after 9 months).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "loading.h"
#include <fcntl.h>
#include <qonys/checkpoint.h>
#include <qonys/memory.h>
#include <qonys/step.h>
#include <qonys/synthesis.h>
#include <unistd.h>
#include <xxhash.h>
#include <zstd.h>

#include "../../../sim/record/checkpoint.h"

enum { BYTES_MOST = 1 << 22 };
static const uint64_t HASH_BEFORE = 0x05c54750469b61a4ULL; // of the stored file, by the version that wrote it

// XXH3-64 of the names, items and contents of all pieces in the order of the directory; *kinds: orders of columns met.
static uint64_t contents_hash(const char *path, unsigned *kinds) {
    struct qon_cp_file file;
    struct qon_cp_scratch scratch;
    struct qon_faults faults;
    uint64_t hash = 0;
    qon_faults_init(&faults);
    if (qon_cp_open(&file, path, &faults) != QON_OK) {
        fail_msg("%s", faults.text[0]);
    }
    assert_int_equal(qon_cp_scratch_init(&scratch, &file), QON_OK);
    *kinds = 0;
    for (uint64_t i = 0; i < file.pieces; i++) {
        const struct qon_cp_piece *piece = &file.piece[i];
        const struct qon_cp_column *column = &file.column[piece->column];
        uint64_t bytes = piece->items * column->size;
        uint8_t *items = calloc(bytes + 1, 1);
        assert_non_null(items);
        assert_int_equal(qon_cp_piece_read(&file, piece, &scratch, items), QON_CP_FINE);
        hash = XXH3_64bits_withSeed(column->name, strlen(column->name), hash + piece->block);
        hash = XXH3_64bits_withSeed(items, bytes, hash + piece->items);
        *kinds |= 1U << column->order;
        free(items);
    }
    qon_cp_scratch_free(&scratch);
    qon_cp_close(&file);
    return hash;
}

static void a_stored_file_of_format_1_holds_what_it_did(void **state) {
    struct qon_checkpoint_info info;
    unsigned kinds;
    const char *path = QON_SOURCE_DIR "/tests/unit/record/format_1.qonys";
    assert_int_equal(qon_checkpoint_look(path, &info, NULL, NULL), QON_OK);
    assert_int_equal(info.format, 1);
    assert_int_equal(info.months_done, 9);
    assert_string_equal(info.scenario, "made_up_2");
    assert_true(info.has_record);
    assert_true(contents_hash(path, &kinds) == HASH_BEFORE); // as that version read it
    assert_int_equal(kinds, 1U << QON_CP_PLAIN | 1U << QON_CP_PLANES);
}

// ---- a file of this version written over in format 1 --------------------------------------------------------------------------------

struct out {
    uint8_t *bytes;
    uint64_t length;
};

static void put(struct out *out, const void *bytes, uint64_t length) {
    assert_true(out->length + length <= BYTES_MOST);
    memcpy(out->bytes + out->length, bytes, length);
    out->length += length;
}

static uint64_t put_frame(struct out *out, const void *plain, uint64_t bytes) {
    size_t stored = ZSTD_compress(out->bytes + out->length, BYTES_MOST - out->length, plain, bytes, 1);
    assert_false(ZSTD_isError(stored));
    out->length += stored;
    return stored;
}

static void put_text(struct out *out, const char *text) {
    uint8_t length = (uint8_t)strlen(text);
    put(out, &length, 1);
    put(out, text, length);
}

// `spoil` (may be NULL) is called with the items of each piece.
static void write_format_1(const char *path, void (*spoil)(const struct qon_cp_column *column, uint8_t *items, uint64_t count)) {
    struct qon_cp_file file;
    struct qon_cp_scratch scratch;
    struct out out = {calloc(BYTES_MOST, 1), sizeof(struct qon_cp_header)}, directory = {calloc(BYTES_MOST, 1), 0};
    assert_true(out.bytes != NULL && directory.bytes != NULL);
    assert_int_equal(qon_cp_open(&file, path, NULL), QON_OK);
    assert_int_equal(qon_cp_scratch_init(&scratch, &file), QON_OK);
    put(&directory, &file.columns, sizeof file.columns);
    for (uint32_t c = 0; c < file.columns; c++) {
        const struct qon_cp_column *column = &file.column[c];
        uint8_t of[3] = {column->group, column->size, column->size >= 4 ? QON_CP_PLANES : QON_CP_PLAIN};
        put(&directory, of, sizeof of);
        put_text(&directory, column->name);
        put_text(&directory, column->type);
    }
    put(&directory, &file.pieces, sizeof file.pieces);
    for (uint64_t i = 0; i < file.pieces; i++) {
        struct qon_cp_piece piece = file.piece[i];
        const struct qon_cp_column *column = &file.column[piece.column];
        uint64_t bytes = piece.items * column->size;
        uint8_t *items = calloc(bytes + 1, 1), *planes = calloc(bytes + 1, 1);
        assert_true(items != NULL && planes != NULL);
        assert_int_equal(qon_cp_piece_read(&file, &piece, &scratch, items), QON_CP_FINE);
        if (spoil != NULL) {
            spoil(column, items, piece.items);
        }
        for (uint64_t b = 0; b < bytes; b++) {
            planes[b % column->size * piece.items + b / column->size] = items[b];
        }
        piece.offset = out.length;
        piece.stored = put_frame(&out, column->size >= 4 ? planes : items, bytes);
        piece.hash = XXH3_64bits(out.bytes + piece.offset, piece.stored);
        put(&directory, &piece, sizeof piece);
        free(planes);
        free(items);
    }
    struct qon_cp_header header = {
        .format = 1, .header_bytes = sizeof header, .directory_offset = out.length, .directory_bytes = directory.length};
    header.directory_stored = put_frame(&out, directory.bytes, directory.length);
    header.directory_hash = XXH3_64bits(out.bytes + header.directory_offset, header.directory_stored);
    header.file_bytes = out.length;
    memcpy(header.magic, QON_CP_MAGIC, sizeof header.magic);
    header.header_hash = XXH3_64bits(&header, offsetof(struct qon_cp_header, header_hash));
    memcpy(out.bytes, &header, sizeof header);
    qon_cp_scratch_free(&scratch);
    qon_cp_close(&file);
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(out.bytes, 1, out.length, stream), out.length);
    assert_int_equal(fclose(stream), 0);
    free(directory.bytes);
    free(out.bytes);
}

struct run {
    struct loading country;
    struct qon_world world;
    char path[SCRATCH_PATH_MAX];
};

static void run_make(struct run *run, int months) {
    memset(run, 0, sizeof *run);
    scratch_make(run->country.folder);
    assert_int_equal(make_country(3, 3000, run->country.folder), 0);
    scratch_path(run->country.file, run->country.folder, "scenario.json");
    scratch_path(run->path, run->country.folder, "state.qonys");
    loading_good(&run->country, NULL, 0);
    assert_int_equal(qon_synthesis(&run->world, &run->country.scenario, NULL), QON_OK);
    assert_int_equal(qon_model_init(&run->world, NULL), QON_OK);
    for (int m = 0; m < months; m++) {
        assert_int_equal(qon_step(&run->world, NULL), QON_OK);
    }
}

static void run_free(struct run *run) {
    qon_model_free(&run->world);
    qon_world_free(&run->world);
    loading_free(&run->country);
}

static void refused(const struct run *run, const char *words) {
    struct qon_world world;
    struct qon_checkpoint_info info;
    struct qon_faults faults;
    qon_faults_init(&faults);
    assert_int_equal(qon_checkpoint_load(&world, &run->country.scenario, run->path, &info, &faults), QON_USER);
    if (strstr(faults.text[0], words) == NULL) {
        fail_msg("said: %s; expected: %s", faults.text[0], words);
    }
}

static void a_run_goes_on_from_a_file_of_format_1(void **state) {
    struct run run;
    struct qon_world world;
    struct qon_checkpoint_info info;
    unsigned kinds;
    run_make(&run, 6);
    assert_int_equal(qon_checkpoint_save(&run.world, NULL, run.path, NULL), QON_OK);
    uint64_t contents = contents_hash(run.path, &kinds);
    assert_int_equal(kinds, 1U << QON_CP_PLAIN | 1U << QON_CP_NARROW);
    write_format_1(run.path, NULL);
    assert_int_equal(contents_hash(run.path, &kinds), contents);
    assert_int_equal(kinds, 1U << QON_CP_PLAIN | 1U << QON_CP_PLANES);
    assert_int_equal(qon_checkpoint_load(&world, &run.country.scenario, run.path, &info, NULL), QON_OK);
    assert_int_equal(info.format, 1);
    assert_int_equal(info.notes, 0);
    assert_true(qon_world_digest(&world) == qon_world_digest(&run.world));
    assert_int_equal(qon_model_init(&world, NULL), QON_OK);
    for (int m = 0; m < 3; m++) {
        assert_int_equal(qon_step(&world, NULL), QON_OK);
        assert_int_equal(qon_step(&run.world, NULL), QON_OK);
    }
    assert_true(qon_world_digest(&world) == qon_world_digest(&run.world));
    qon_model_free(&world);
    qon_world_free(&world);
    run_free(&run);
}

// ---- ids: founders' follow from their rows -------------------------------------------------------------------------------------------

static void founder_spoil(const struct qon_cp_column *column, uint8_t *items, uint64_t count) {
    if (strcmp(column->name, "id") == 0 && column->group == QON_CP_PERSONS) {
        uint64_t wrong = 5;
        memcpy(items + 100 * sizeof wrong, &wrong, sizeof wrong);
    }
}

static void household_spoil(const struct qon_cp_column *column, uint8_t *items, uint64_t count) {
    if (strcmp(column->name, "id") == 0 && column->group == QON_CP_HOUSEHOLDS) {
        uint64_t wrong = 1;
        memcpy(items + 3 * sizeof wrong, &wrong, sizeof wrong);
    }
}

// Format 1 held them, so a file could say them wrongly.
static void wrong_ids_of_founders_in_a_file_are_refused(void **state) {
    struct run run;
    run_make(&run, 1);
    assert_int_equal(qon_checkpoint_save(&run.world, NULL, run.path, NULL), QON_OK);
    write_format_1(run.path, founder_spoil);
    refused(&run, "block 0 person 100: a founder's id is not its place");
    assert_int_equal(qon_checkpoint_save(&run.world, NULL, run.path, NULL), QON_OK);
    write_format_1(run.path, household_spoil);
    refused(&run, "block 0 household 3: a founder's id is not its place");
    run_free(&run);
}

// Format 2 does not: what stands in their places in memory is not read, hence not wrong in the file. Those of newcomers are.
static void ids_of_founders_are_not_stored_and_wrong_ones_of_newcomers_refused(void **state) {
    struct run run;
    struct qon_world world;
    struct qon_checkpoint_info info;
    run_make(&run, 12);
    struct qon_block *block = &run.world.block[0];
    uint64_t digest = qon_world_digest(&run.world);
    assert_true(block->persons.count > block->persons.founders + 1 && block->persons.founders > 100);
    block->persons.id[100] = 5;
    block->households.id[3] = 1;
    assert_int_equal(qon_checkpoint_save(&run.world, NULL, run.path, NULL), QON_OK);
    block->persons.id[100] = 0;
    block->households.id[3] = 0;
    assert_int_equal(qon_checkpoint_load(&world, &run.country.scenario, run.path, &info, NULL), QON_OK);
    assert_true(qon_world_digest(&world) == digest);
    assert_int_equal(world.block[0].persons.id[100], 0);
    assert_int_equal(world.block[0].households.id[3], 0);
    qon_world_free(&world);
    uint64_t *newcomer = &block->persons.id[block->persons.founders];
    const uint64_t wrong[] = {5, 0, newcomer[1]};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        uint64_t kept = newcomer[0];
        newcomer[0] = wrong[i];
        assert_int_equal(qon_checkpoint_save(&run.world, NULL, run.path, NULL), QON_OK);
        newcomer[0] = kept;
        refused(&run, "two persons have one id, or a later one has a founder's");
    }
    run_free(&run);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stored_file_of_format_1_holds_what_it_did),
        cmocka_unit_test(a_run_goes_on_from_a_file_of_format_1),
        cmocka_unit_test(wrong_ids_of_founders_in_a_file_are_refused),
        cmocka_unit_test(ids_of_founders_are_not_stored_and_wrong_ones_of_newcomers_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
