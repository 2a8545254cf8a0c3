// SPDX-License-Identifier: GPL-3.0-or-later
// Fuzzing checkpoints. The first byte says what the rest is: a whole file; the directory of a good one, with checksums made right; changes
// to that directory; changes to the state before it is saved; changes to what a piece unpacks to. Whatever the bytes: no crash, and either
// a world that keeps the invariants, goes on for a month and can be saved again, or a fault that says why not.
#include "../../sim/record/checkpoint.h"
#include "country.h"
#include "scratch.h"
#include <qonys/input.h>
#include <qonys/memory.h>
#include <qonys/par.h>
#include <qonys/step.h>
#include <qonys/synthesis.h>
#include <string.h>
#include <xxhash.h>
#include <zstd.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CHANGE = 6, DIRECTORY_MOST = 1 << 20 };

// What a fuzzing process keeps between inputs.
static struct {
    char folder[SCRATCH_PATH_MAX], path[SCRATCH_PATH_MAX];
    struct qon_scenario scenario;
    struct qon_world world;
    char *good; // bytes of a good file
    size_t length;
    char *directory; // of it, unpacked
    size_t directory_bytes;
    uint64_t pieces;
} fuzz;

static void clean(void) {
    scratch_remove(fuzz.folder);
}

static void write_file(const void *bytes, size_t length) {
    scratch_write(fuzz.folder, "state.qonys", bytes, length);
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc;
    (void)argv;
    char file[SCRATCH_PATH_MAX];
    struct qon_cp_header header;
    qon_par_threads_set(1);
    scratch_make(fuzz.folder);
    QON_REQUIRE(make_country(3, 600, fuzz.folder) == 0);
    scratch_path(file, fuzz.folder, "scenario.json");
    scratch_path(fuzz.path, fuzz.folder, "state.qonys");
    QON_REQUIRE(qon_scenario_load(&fuzz.scenario, file, NULL, 0, NULL) == QON_OK);
    QON_REQUIRE(qon_synthesis(&fuzz.world, &fuzz.scenario, NULL) == QON_OK);
    QON_REQUIRE(qon_model_init(&fuzz.world, NULL) == QON_OK && qon_step(&fuzz.world, NULL) == QON_OK);
    QON_REQUIRE(qon_checkpoint_save(&fuzz.world, NULL, fuzz.path, NULL) == QON_OK);
    FILE *stream = fopen(fuzz.path, "rb");
    QON_REQUIRE(stream != NULL && qon_take(&fuzz.good, 1 << 22, 1) == QON_OK);
    fuzz.length = fread(fuzz.good, 1, 1 << 22, stream);
    fclose(stream);
    memcpy(&header, fuzz.good, sizeof header);
    fuzz.directory_bytes = header.directory_bytes;
    QON_REQUIRE(header.directory_bytes < DIRECTORY_MOST && qon_take(&fuzz.directory, DIRECTORY_MOST, 1) == QON_OK);
    QON_REQUIRE(ZSTD_decompress(fuzz.directory, DIRECTORY_MOST, fuzz.good + header.directory_offset, header.directory_stored) ==
                fuzz.directory_bytes);
    struct qon_cp_file opened;
    QON_REQUIRE(qon_cp_open(&opened, fuzz.path, NULL) == QON_OK);
    fuzz.pieces = opened.pieces;
    qon_cp_close(&opened);
    return atexit(clean);
}

// Writes the good file with another directory.
static void directory_write(const void *directory, size_t bytes) {
    static char packed[DIRECTORY_MOST * 2];
    struct qon_cp_header header;
    memcpy(&header, fuzz.good, sizeof header);
    header.directory_bytes = bytes;
    header.directory_stored = ZSTD_compress(packed, sizeof packed, directory, bytes, 1);
    header.directory_hash = XXH3_64bits(packed, header.directory_stored);
    header.file_bytes = header.directory_offset + header.directory_stored;
    header.header_hash = XXH3_64bits(&header, offsetof(struct qon_cp_header, header_hash));
    char *file;
    QON_REQUIRE(qon_take(&file, header.file_bytes, 1) == QON_OK);
    memcpy(file, fuzz.good, header.directory_offset);
    memcpy(file, &header, sizeof header);
    memcpy(file + header.directory_offset, packed, header.directory_stored);
    write_file(file, header.file_bytes);
    qon_free(file);
}

static void load(void) {
    static struct qon_faults faults;
    static const struct qon_world empty;
    struct qon_world world;
    struct qon_checkpoint_info info;
    char text[256];
    qon_faults_init(&faults);
    enum qon_status status = qon_checkpoint_load(&world, &fuzz.scenario, fuzz.path, &info, &faults);
    if (status != QON_OK) {
        QON_REQUIRE(status == QON_USER && faults.count == 1 && strstr(faults.text[0], fuzz.path) != NULL);
        QON_REQUIRE(memcmp(&world, &empty, sizeof world) == 0);
        return;
    }
    QON_REQUIRE(faults.count == 0 && qon_world_check(&world, true, text));
    QON_REQUIRE(qon_model_init(&world, &faults) == QON_OK);
    if (qon_step(&world, &faults) == QON_OK) {
        QON_REQUIRE(qon_checkpoint_save(&world, NULL, fuzz.path, &faults) == QON_OK);
    }
    qon_model_free(&world);
    qon_world_free(&world);
}

struct spot {
    unsigned char *at;
    size_t bytes;
};

static struct spot spot_of(unsigned char *table, const struct qon_column *column, uint32_t rows, uint32_t row) {
    unsigned char *array;
    memcpy(&array, table + column->offset, sizeof array);
    return (struct spot){rows > 0 ? array + (size_t)(row % rows) * column->size : NULL, column->size};
}

// The value that a change speaks of: kind, column, row (2 bytes).
static struct spot spot_find(struct qon_world *world, const uint8_t *change) {
    struct qon_block *block = &world->block[0];
    uint32_t row = change[2] | (uint32_t)change[3] << 8;
    struct qon_part parts[QON_PARTS_MOST];
    switch (change[0] % 4) {
    case 0:
        return spot_of((unsigned char *)&block->persons, &qon_person_columns[change[1] % qon_person_columns_count], block->persons.count,
                       row);
    case 1:
        return spot_of((unsigned char *)&block->households, &qon_household_columns[change[1] % qon_household_columns_count],
                       block->households.count, row);
    case 2:
        return spot_of((unsigned char *)&world->employers, &qon_employer_columns[change[1] % qon_employer_columns_count],
                       world->employers.count, row);
    default:
        break;
    }
    struct qon_part *part = &parts[change[1] % qon_world_parts(world, parts)];
    unsigned char *array = qon_part_write(world, part);
    return (struct spot){part->count > 0 ? array + (size_t)(row % part->count) * part->size : NULL, part->size};
}

static void state_change(const uint8_t *data, size_t size) {
    struct {
        unsigned char *at;
        unsigned char was;
    } undo[64];
    size_t changes = size / CHANGE < 64 ? size / CHANGE : 64;
    for (size_t i = 0; i < changes; i++) {
        struct spot spot = spot_find(&fuzz.world, data + i * CHANGE);
        undo[i].at = spot.at == NULL ? NULL : spot.at + data[i * CHANGE + 4] % spot.bytes;
        if (undo[i].at != NULL) {
            undo[i].was = *undo[i].at;
            *undo[i].at = data[i * CHANGE + 5];
        }
    }
    QON_REQUIRE(qon_checkpoint_save(&fuzz.world, NULL, fuzz.path, NULL) == QON_OK);
    for (size_t i = changes; i-- > 0;) {
        if (undo[i].at != NULL) {
            *undo[i].at = undo[i].was;
        }
    }
}

static void directory_change(const uint8_t *data, size_t size) {
    static char directory[DIRECTORY_MOST];
    memcpy(directory, fuzz.directory, fuzz.directory_bytes);
    for (size_t i = 0; i + 3 <= size; i += 3) {
        directory[(data[i] | (size_t)data[i + 1] << 8) % fuzz.directory_bytes] = (char)data[i + 2];
    }
    directory_write(directory, fuzz.directory_bytes);
}

// Piece (2 bytes), then changes to its first frame: place (2 bytes) and value. It is packed anew and stands behind the others.
static void piece_change(const uint8_t *data, size_t size) {
    static char directory[DIRECTORY_MOST], plain[1 << 20];
    struct qon_cp_header header;
    struct qon_cp_piece piece;
    uint64_t pieces;
    char *file;
    if (size < 2) {
        return;
    }
    memcpy(&header, fuzz.good, sizeof header);
    memcpy(directory, fuzz.directory, fuzz.directory_bytes);
    char *first = directory + fuzz.directory_bytes - fuzz.pieces * sizeof piece; // the last part of the directory
    memcpy(&pieces, first - sizeof pieces, sizeof pieces);
    QON_REQUIRE(pieces == fuzz.pieces);
    char *entry = first + (data[0] | (uint64_t)data[1] << 8) % pieces * sizeof piece;
    memcpy(&piece, entry, sizeof piece);
    size_t frame = ZSTD_findFrameCompressedSize(fuzz.good + piece.offset, piece.stored);
    size_t bytes = ZSTD_decompress(plain, sizeof plain, fuzz.good + piece.offset, frame);
    QON_REQUIRE(!ZSTD_isError(frame) && !ZSTD_isError(bytes));
    for (size_t i = 2; i + 3 <= size && bytes > 0; i += 3) {
        plain[(data[i] | (size_t)data[i + 1] << 8) % bytes] = (char)data[i + 2];
    }
    size_t most = header.directory_offset + ZSTD_compressBound(bytes) + piece.stored + ZSTD_compressBound(fuzz.directory_bytes);
    QON_REQUIRE(qon_take(&file, most, 1) == QON_OK);
    memcpy(file, fuzz.good, header.directory_offset);
    char *to = file + header.directory_offset;
    size_t packed = ZSTD_compress(to, ZSTD_compressBound(bytes), plain, bytes, 1);
    QON_REQUIRE(!ZSTD_isError(packed));
    memcpy(to + packed, fuzz.good + piece.offset + frame, piece.stored - frame);
    piece.stored = packed + piece.stored - frame;
    piece.offset = header.directory_offset;
    piece.hash = XXH3_64bits(to, piece.stored);
    memcpy(entry, &piece, sizeof piece);
    header.directory_offset += piece.stored;
    header.directory_stored =
        ZSTD_compress(to + piece.stored, ZSTD_compressBound(fuzz.directory_bytes), directory, fuzz.directory_bytes, 1);
    header.directory_hash = XXH3_64bits(to + piece.stored, header.directory_stored);
    header.file_bytes = header.directory_offset + header.directory_stored;
    header.header_hash = XXH3_64bits(&header, offsetof(struct qon_cp_header, header_hash));
    memcpy(file, &header, sizeof header);
    write_file(file, header.file_bytes);
    qon_free(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1 || size > DIRECTORY_MOST) {
        return 0;
    }
    switch (data[0] % 5) {
    case 0:
        write_file(data + 1, size - 1);
        break;
    case 1:
        directory_write(data + 1, size - 1);
        break;
    case 2:
        directory_change(data + 1, size - 1);
        break;
    case 3:
        state_change(data + 1, size - 1);
        break;
    default:
        write_file(fuzz.good, fuzz.length);
        piece_change(data + 1, size - 1);
        break;
    }
    load();
    return 0;
}
