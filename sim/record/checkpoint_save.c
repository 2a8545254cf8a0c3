// SPDX-License-Identifier: GPL-3.0-or-later
// Writing a checkpoint: the pieces are packed in parallel and written as they come, the directory and the head at the end.
//
// Over ranks the first writes the file; the others pack the pieces of their blocks and hand them to it, a buffer at a time.
//
// Invariants: 1. nothing stands under the final name but a whole file that the disk has confirmed; 2. on failure the part file is gone and
// the former checkpoint untouched; 3. the world is only read.
#include "checkpoint.h"
#include "record.h"

#include <errno.h>
#include <fcntl.h>
#include <qonys/memory.h>
#include <qonys/par.h>
#include <qonys/ranks.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>
#include <zstd.h>

enum {
    NARROW_FROM = 64,        // items of an array
    WRITTEN_FROM = 1 << 18,  // bytes; a piece at a time, of some 14 kB, costs the kernel three times as much
    WAITING_MOST = 256,      // pieces
    DISK_STRIDE = 8 << 20,   // bytes after which the disk is asked to begin
    HANDED_BYTES = 64 << 20, // packed at a time by a rank that does not write
    PART_BYTES = 1 << 20     // received at a time
};

struct source { // what a piece is made from
    const void *data;
    uint32_t column, block;
    uint64_t items;
    uint64_t lead; // of them, not read: zero
};

struct lane { // of one thread
    struct qon_cp_packer packer;
    uint8_t *packed; // pieces that are not written yet
    uint64_t filled;
    int64_t piece[WAITING_MOST]; // which they are
    int pieces;
};

struct saving {
    const struct qon_world *world;
    const struct qon_record *record;
    struct qon_cp_identity identity;
    char *indicators; // names, a line each
    char *programmes, *limits;
    char flow_kinds[QON_CP_FLOW_KINDS_MOST];
    void *flows[7];      // the flows of the record by column
    uint64_t numbers[8]; // what the identity's numbers stand in while they are written
    void *block_numbers[8];
    struct qon_cp_column *column;
    uint32_t columns;
    struct source *source;
    uint64_t sources, sources_capacity;
    struct qon_cp_piece *piece;
    uint64_t pieces;     // of the file: those of all ranks
    uint64_t items_most; // of a piece
    uint64_t bytes_most; // of a piece, packed
    bool collected;      // what the other ranks have to hand on
    int handle;
    char *part;        // of the first rank: what it has received
    char *buffer;      // of a rank that hands on what it packs, in place of the file
    uint64_t end;      // bytes claimed so far
    int error;         // errno of the first failure
    struct lane *lane; // [threads]
};

// ---- what there is to write ------------------------------------------------------------------------------------------------------

// A column of few items is not worth the head of a segment.
static uint32_t column_add(struct saving *s, enum qon_cp_group group, const char *name, const char *type, size_t size, bool few) {
    QON_REQUIRE(s->columns < QON_CP_COLUMNS_MOST && strlen(name) < QON_CP_NAME_MOST && strlen(type) < sizeof s->column->type);
    struct qon_cp_column *column = &s->column[s->columns];
    bool numbers = strcmp(type, "text") != 0 && (size == 1 || size == 2 || size == 4 || size == 8);
    *column =
        (struct qon_cp_column){.group = (uint8_t)group, .size = (uint8_t)size, .order = numbers && !few ? QON_CP_NARROW : QON_CP_PLAIN};
    (void)snprintf(column->name, sizeof column->name, "%s", name);
    (void)snprintf(column->type, sizeof column->type, "%s", type);
    return s->columns++;
}

static uint64_t most(uint64_t a, uint64_t b) {
    return a > b ? a : b;
}

// lead: so many of the first items are zero and not read.
static enum qon_status source_add(struct saving *s, uint32_t column, uint32_t block, const void *data, uint64_t items, uint64_t lead) {
    enum qon_status status = QON_OK;
    if (s->sources == s->sources_capacity) {
        uint64_t capacity = 2 * s->sources_capacity + 256;
        QON_TRY(qon_grow(&s->source, s->sources_capacity, capacity, sizeof *s->source));
        s->sources_capacity = capacity;
    }
    s->source[s->sources++] = (struct source){data, column, block, items, lead};
    s->items_most = most(s->items_most, items);
    s->bytes_most = most(s->bytes_most, qon_cp_packed_most(s->column[column].order, items, s->column[column].size));
done:
    return status;
}

static enum qon_status array_add(struct saving *s, enum qon_cp_group group, const char *name, const char *type, size_t size,
                                 const void *data, int64_t items) {
    return source_add(s, column_add(s, group, name, type, size, items < NARROW_FROM), 0, data, (uint64_t)items, 0);
}

static enum qon_status text_add(struct saving *s, const char *name, const char *text) {
    return array_add(s, QON_CP_INFO, name, "text", 1, text, (int64_t)strlen(text));
}

static enum qon_status identity_add(struct saving *s) {
    enum qon_status status = QON_OK;
    const struct qon_scenario *scenario = s->world->scenario;
    QON_TRY(qon_cp_identity_make(&s->identity, scenario));
    const struct {
        const char *name;
        uint64_t value;
    } numbers[] = {{"seed", scenario->seed},
                   {"start", (uint64_t)scenario->start},
                   {"months", (uint64_t)scenario->months},
                   {"scale", (uint64_t)scenario->scale},
                   {"values_hash", s->identity.values_hash},
                   {"text_hash", s->identity.text_hash},
                   {"rest_hash", s->identity.rest_hash}};
    QON_TRY(text_add(s, "version", QON_VERSION));
    QON_TRY(text_add(s, "scenario", scenario->name == NULL ? "" : scenario->name));
    QON_TRY(text_add(s, "effective", scenario->effective == NULL ? "{}" : scenario->effective));
    s->programmes = qon_cp_programmes(scenario);
    QON_TRY(s->programmes == NULL ? QON_MACHINE : QON_OK);
    QON_TRY(text_add(s, "programmes", s->programmes));
    s->limits = qon_cp_limits(scenario);
    QON_TRY(s->limits == NULL ? QON_MACHINE : QON_OK);
    QON_TRY(text_add(s, "limits", s->limits));
    for (int d = 0; d < QON_CP_DIMENSIONS; d++) {
        QON_TRY(text_add(s, qon_cp_dimension_name(d), s->identity.dimension[d]));
    }
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        s->numbers[i] = numbers[i].value;
        QON_TRY(array_add(s, QON_CP_INFO, numbers[i].name, "uint64_t", sizeof(uint64_t), &s->numbers[i], 1));
    }
done:
    return status;
}

// What a block has beside its columns, as columns over blocks.
static enum qon_status blocks_add(struct saving *s) {
    static const char *const names[] = {"founder_id", "founder_household_id", "persons",     "persons_founders",
                                        "households", "households_founders",  "commitments", "waiting"};
    enum qon_status status = QON_OK;
    for (int i = 0; i < 8; i++) {
        uint64_t *values;
        QON_TRY(qon_take(&s->block_numbers[i], s->world->blocks, sizeof *values));
        values = s->block_numbers[i];
        for (uint32_t b = 0; b < s->world->blocks; b++) {
            const struct qon_block *block = &s->world->block[b];
            const uint64_t of[] = {block->founder_id,       block->founder_household_id, block->persons.count,     block->persons.founders,
                                   block->households.count, block->households.founders,  block->commitments.count, block->waiting.count};
            values[b] = of[i];
        }
        QON_TRY(array_add(s, QON_CP_BLOCKS, names[i], "uint64_t", sizeof *values, values, s->world->blocks));
    }
done:
    return status;
}

static const void *column_of(const void *table, const struct qon_column *column) {
    const void *array;
    memcpy(&array, (const char *)table + column->offset, sizeof array);
    return array;
}

// Founders' ids follow from their rows and are not written in memory: reading them would only fetch pages of zeros.
static uint64_t lead_of(const struct qon_column *column, uint32_t founders) {
    return strcmp(column->name, "id") == 0 ? founders : 0;
}

static enum qon_status agents_add(struct saving *s) {
    enum qon_status status = QON_OK;
    const struct qon_world *world = s->world;
    for (size_t c = 0; c < qon_person_columns_count; c++) {
        const struct qon_column *column = &qon_person_columns[c];
        uint32_t number = column_add(s, QON_CP_PERSONS, column->name, column->type, column->size, false);
        for (uint32_t b = 0; b < world->blocks; b++) {
            const struct qon_persons *persons = &world->block[b].persons;
            QON_TRY(source_add(s, number, b, column_of(persons, column), persons->count, lead_of(column, persons->founders)));
        }
    }
    for (size_t c = 0; c < qon_household_columns_count; c++) {
        const struct qon_column *column = &qon_household_columns[c];
        uint32_t number = column_add(s, QON_CP_HOUSEHOLDS, column->name, column->type, column->size, false);
        for (uint32_t b = 0; b < world->blocks; b++) {
            const struct qon_households *households = &world->block[b].households;
            QON_TRY(source_add(s, number, b, column_of(households, column), households->count, lead_of(column, households->founders)));
        }
    }
    for (size_t c = 0; c < qon_commitment_columns_count; c++) {
        const struct qon_column *column = &qon_commitment_columns[c];
        uint32_t number = column_add(s, QON_CP_COMMITMENTS, column->name, column->type, column->size, false);
        for (uint32_t b = 0; b < world->blocks; b++) {
            QON_TRY(source_add(s, number, b, column_of(&world->block[b].commitments, column), world->block[b].commitments.count, 0));
        }
    }
    for (size_t c = 0; c < qon_waiting_columns_count; c++) {
        const struct qon_column *column = &qon_waiting_columns[c];
        uint32_t number = column_add(s, QON_CP_WAITING, column->name, column->type, column->size, false);
        for (uint32_t b = 0; b < world->blocks; b++) {
            QON_TRY(source_add(s, number, b, column_of(&world->block[b].waiting, column), world->block[b].waiting.count, 0));
        }
    }
    for (size_t c = 0; c < qon_employer_columns_count; c++) {
        const struct qon_column *column = &qon_employer_columns[c];
        QON_TRY(array_add(s, QON_CP_EMPLOYERS, column->name, column->type, column->size, column_of(&world->employers, column),
                          world->employers.count));
    }
done:
    return status;
}

// Stocks of the tally are left out: a count of the columns gives them again.
static enum qon_status parts_add(struct saving *s) {
    enum qon_status status = QON_OK;
    struct qon_part parts[QON_PARTS_MOST];
    int count = qon_world_parts(s->world, parts);
    for (int i = 0; i < count; i++) {
        if (!parts[i].stock) {
            QON_TRY(array_add(s, QON_CP_WORLD, parts[i].name, parts[i].type, parts[i].size, qon_part_read(s->world, &parts[i]),
                              parts[i].count));
        }
    }
done:
    return status;
}

static enum qon_status flows_add(struct saving *s) {
    enum qon_status status = QON_OK;
    const struct qon_record *r = s->record;
    static const char *const names[] = {"flow.persons",     "flow.households", "flow.month",    "flow.origin",
                                        "flow.destination", "flow.kind",       "flow.programme"};
    for (int i = 0; i < 7; i++) {
        int64_t *values;
        QON_TRY(qon_take(&s->flows[i], (size_t)r->flows, sizeof *values));
        values = s->flows[i];
        for (int64_t f = 0; f < r->flows; f++) {
            const struct qon_flow *flow = &r->flow[f];
            const int64_t of[] = {flow->persons,     flow->households, flow->month,    flow->origin,
                                  flow->destination, flow->kind,       flow->programme};
            values[f] = of[i];
        }
        QON_TRY(array_add(s, QON_CP_RECORD, names[i], "int64_t", sizeof *values, values, r->flows));
    }
done:
    return status;
}

static enum qon_status record_add(struct saving *s) {
    enum qon_status status = QON_OK;
    const struct qon_record *r = s->record;
    if (r == NULL) {
        return QON_OK;
    }
    QON_TRY(qon_take(&s->indicators, (size_t)r->indicators * (QON_INDICATOR_NAME_MAX + 1) + 1, 1));
    for (int32_t i = 0; i < r->indicators; i++) {
        strcat(strcat(s->indicators + strlen(s->indicators), r->indicator[i].name), "\n");
    }
    qon_cp_flow_kinds(s->flow_kinds);
    QON_TRY(array_add(s, QON_CP_RECORD, "indicators", "text", 1, s->indicators, (int64_t)strlen(s->indicators)));
    QON_TRY(array_add(s, QON_CP_RECORD, "flow.kinds", "text", 1, s->flow_kinds, (int64_t)strlen(s->flow_kinds)));
    QON_TRY(array_add(s, QON_CP_RECORD, "persons_start", "int64_t", sizeof(int64_t), r->persons_start, r->zones));
    QON_TRY(array_add(s, QON_CP_RECORD, "month", "int32_t", sizeof(int32_t), r->month, r->months));
    QON_TRY(
        array_add(s, QON_CP_RECORD, "series", "double", sizeof(double), r->series, (int64_t)r->months * r->indicators * (r->zones + 1)));
    QON_TRY(flows_add(s));
    QON_TRY(array_add(s, QON_CP_RECORD, "programme.rows", "int64_t", sizeof(int64_t), r->grant, r->grants * QON_GRANT_WIDTH));
done:
    return status;
}

// ---- writing ---------------------------------------------------------------------------------------------------------------------

static bool write_all(int handle, const void *data, uint64_t length, uint64_t offset) {
    uint64_t done = 0;
    while (done < length) {
        ssize_t put = pwrite(handle, (const char *)data + done, length - done, (off_t)(offset + done));
        if (put > 0) {
            done += (uint64_t)put;
        } else if (put == 0 || errno != EINTR) {
            errno = put == 0 ? EIO : errno;
            return false;
        }
    }
    return true;
}

static void failed(struct saving *s, int error) {
    int none = 0;
    (void)__atomic_compare_exchange_n(&s->error, &none, error, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

// Writes what a lane has packed. Its place in the file is claimed when the length is known, so the order of pieces there is by chance; the
// directory's is not.
static void lane_write(struct saving *s, struct lane *lane) {
    uint64_t length = lane->filled, offset = __atomic_fetch_add(&s->end, length, __ATOMIC_RELAXED);
    for (int i = 0; i < lane->pieces; i++) {
        s->piece[lane->piece[i]].offset += offset;
    }
    lane->pieces = 0;
    lane->filled = 0;
    if (s->buffer != NULL) {
        memcpy(s->buffer + offset, lane->packed, length);
        return;
    }
    if (!write_all(s->handle, lane->packed, length, offset)) {
        failed(s, errno);
        return;
    }
    uint64_t stride = offset / DISK_STRIDE;
    if (stride != (offset + length) / DISK_STRIDE) { // only a hint: the disk works while the rest is packed
        (void)sync_file_range(s->handle, (off_t)(stride * DISK_STRIDE), DISK_STRIDE, SYNC_FILE_RANGE_WRITE);
    }
}

// Packs the pieces begin..end-1 and writes them when there are enough; the last wait for pieces_write_all.
static void pieces_write(void *context, int64_t begin, int64_t end, int thread) {
    struct saving *s = context;
    struct lane *lane = &s->lane[thread];
    for (int64_t i = begin; i < end && __atomic_load_n(&s->error, __ATOMIC_RELAXED) == 0; i++) {
        const struct source *source = &s->source[i];
        const struct qon_cp_column *column = &s->column[source->column];
        uint8_t *packed = lane->packed + lane->filled;
        uint64_t stored =
            qon_cp_pack(&lane->packer, column->order, source->data, source->items, column->size, source->lead, packed, s->bytes_most);
        if (stored == 0) {
            failed(s, ENOMEM);
            return;
        }
        s->piece[i] =
            (struct qon_cp_piece){source->column, source->block, source->items, lane->filled, stored, XXH3_64bits(packed, stored)};
        lane->piece[lane->pieces++] = i;
        lane->filled += stored;
        if (lane->filled >= WRITTEN_FROM || lane->pieces == WAITING_MOST) {
            lane_write(s, lane);
        }
    }
}

struct range {
    struct saving *saving;
    int64_t from;
};

static void range_write(void *context, int64_t begin, int64_t end, int thread) {
    const struct range *range = context;
    pieces_write(range->saving, range->from + begin, range->from + end, thread);
}

// The pieces of the sources from..end-1.
static void pieces_write_all(struct saving *s, uint64_t from, uint64_t end) {
    struct range range = {s, (int64_t)from};
    qon_par_for((int64_t)(end - from), 1, range_write, &range);
    for (int t = 0; t < qon_par_threads() && s->error == 0; t++) {
        if (s->lane[t].pieces > 0) {
            lane_write(s, &s->lane[t]);
        }
    }
}

static enum qon_status lanes_init(struct saving *s) {
    enum qon_status status = QON_OK;
    int threads = qon_par_threads();
    QON_TRY(qon_take(&s->lane, (size_t)threads, sizeof *s->lane));
    for (int t = 0; t < threads; t++) {
        QON_TRY(qon_cp_packer_init(&s->lane[t].packer, s->items_most));
        QON_TRY(qon_take(&s->lane[t].packed, WRITTEN_FROM + s->bytes_most, 1));
    }
done:
    return status;
}

// ---- over ranks: a rank hands on buffers of pieces; before each `pieces` and `bytes`, at the end pieces = 0, or the error below 0

static const struct qon_cp_column *column_of_source(const struct saving *s, const struct source *source) {
    return &s->column[source->column];
}

// Each rank keeps what it packs: agents of its blocks, and the first all that belongs to no block.
static void sources_keep(struct saving *s) {
    uint64_t kept = 0;
    for (uint64_t i = 0; i < s->sources; i++) {
        uint8_t group = column_of_source(s, &s->source[i])->group;
        bool agents = group == QON_CP_PERSONS || group == QON_CP_HOUSEHOLDS || group == QON_CP_COMMITMENTS || group == QON_CP_WAITING;
        if (agents ? qon_owns(s->world, s->source[i].block) : s->world->rank == 0) {
            s->source[kept++] = s->source[i];
        }
    }
    s->sources = kept;
}

struct parcel {
    int64_t pieces, bytes;
};

// In parts, so that the first needs no memory to let pass what it cannot keep.
static void hand(int rank, void *data, int64_t bytes) {
    for (int64_t at = 0; at < bytes; at += PART_BYTES) {
        qon_ranks_pass(rank, 0, (char *)data + at, bytes - at < PART_BYTES ? bytes - at : PART_BYTES);
    }
}

static void parcel_hand(int rank, struct parcel parcel, struct qon_cp_piece *piece, char *data) {
    hand(rank, &parcel, sizeof parcel);
    hand(rank, piece, parcel.pieces > 0 ? parcel.pieces * (int64_t)sizeof *piece : 0);
    hand(rank, data, parcel.bytes);
}

// Sources from..: as many as surely fit into the buffer, at least one.
static uint64_t parcel_end(const struct saving *s, uint64_t from, uint64_t room) {
    uint64_t end = from, bytes = 0;
    while (end < s->sources) {
        const struct qon_cp_column *column = column_of_source(s, &s->source[end]);
        bytes += qon_cp_packed_most(column->order, s->source[end].items, column->size);
        if (bytes > room && end > from) {
            break;
        }
        end++;
    }
    return end;
}

// All that a rank other than the first does. The end is told whatever happens: the first waits for it.
static enum qon_status pieces_hand(struct saving *s) {
    enum qon_status status = QON_OK;
    uint64_t room = most(s->bytes_most, HANDED_BYTES);
    QON_TRY(qon_take(&s->piece, s->sources + 1, sizeof *s->piece));
    QON_TRY(qon_take(&s->buffer, room, 1));
    QON_TRY(lanes_init(s));
    for (uint64_t from = 0, end; from < s->sources && s->error == 0; from = end) {
        end = parcel_end(s, from, room);
        s->end = 0;
        pieces_write_all(s, from, end);
        if (s->error == 0) {
            parcel_hand(s->world->rank, (struct parcel){(int64_t)(end - from), (int64_t)s->end}, s->piece + from, s->buffer);
        }
    }
done:
    status = status == QON_OK && s->error != 0 ? QON_MACHINE : status;
    parcel_hand(s->world->rank, (struct parcel){status == QON_OK ? 0 : -1, 0}, NULL, NULL);
    return status;
}

// Takes in what one rank hands on. After a failure it is only let pass.
static void rank_collect(struct saving *s, int rank) {
    char *part = s->part;
    for (;;) {
        struct parcel parcel;
        uint64_t base = s->end;
        qon_ranks_pass(rank, 0, &parcel, sizeof parcel);
        if (parcel.pieces <= 0) {
            failed(s, parcel.pieces < 0 ? ENOMEM : 0);
            return;
        }
        int64_t length = parcel.pieces * (int64_t)sizeof *s->piece;
        for (int64_t at = 0; at < length; at += PART_BYTES) {
            int64_t bytes = length - at < PART_BYTES ? length - at : PART_BYTES;
            qon_ranks_pass(rank, 0, part, bytes);
            if (s->piece != NULL) { // room for all that there are
                memcpy((char *)(s->piece + s->sources) + at, part, (size_t)bytes);
            }
        }
        for (int64_t i = 0; s->piece != NULL && i < parcel.pieces; i++) {
            s->piece[s->sources++].offset += base;
        }
        for (int64_t at = 0; at < parcel.bytes; at += PART_BYTES) {
            int64_t bytes = parcel.bytes - at < PART_BYTES ? parcel.bytes - at : PART_BYTES;
            qon_ranks_pass(rank, 0, part, bytes);
            if (s->error == 0 && s->handle >= 0 && !write_all(s->handle, part, (uint64_t)bytes, base + (uint64_t)at)) {
                failed(s, errno);
            }
        }
        s->end = base + (uint64_t)parcel.bytes;
    }
}

static int piece_order(const void *a, const void *b) {
    const struct qon_cp_piece *x = a, *y = b;
    return x->column != y->column ? (x->column < y->column ? -1 : 1) : (x->block > y->block) - (x->block < y->block);
}

// The first rank, once: the pieces of the others, and all in the order of the directory.
static void collect(struct saving *s) {
    if (s->world->ranks < 2 || s->collected) {
        return;
    }
    s->collected = true;
    for (int rank = 1; rank < s->world->ranks; rank++) {
        rank_collect(s, rank);
    }
    if (s->error == 0) {
        qsort(s->piece, s->sources, sizeof *s->piece, piece_order);
    }
}

struct bytes {
    unsigned char *data;
    uint64_t length;
};

static void put(struct bytes *bytes, const void *data, uint64_t length) {
    memcpy(bytes->data + bytes->length, data, length);
    bytes->length += length;
}

static void put_text(struct bytes *bytes, const char *text) {
    uint8_t length = (uint8_t)strlen(text);
    put(bytes, &length, 1);
    put(bytes, text, length);
}

static enum qon_status directory_write(struct saving *s, struct qon_cp_header *header) {
    enum qon_status status = QON_OK;
    struct bytes plain = {NULL, 0};
    void *packed = NULL;
    size_t most = 16 + s->columns * (sizeof(struct qon_cp_column) + 4) + s->sources * sizeof *s->piece;
    QON_TRY(qon_take(&plain.data, most, 1));
    QON_TRY(qon_take(&packed, ZSTD_compressBound(most), 1));
    put(&plain, &s->columns, sizeof s->columns);
    for (uint32_t c = 0; c < s->columns; c++) {
        put(&plain, &s->column[c].group, 1);
        put(&plain, &s->column[c].size, 1);
        put(&plain, &s->column[c].order, 1);
        put_text(&plain, s->column[c].name);
        put_text(&plain, s->column[c].type);
    }
    put(&plain, &s->sources, sizeof s->sources);
    put(&plain, s->piece, s->sources * sizeof *s->piece);
    size_t stored = ZSTD_compress(packed, ZSTD_compressBound(most), plain.data, plain.length, 1);
    QON_TRY(ZSTD_isError(stored) ? QON_MACHINE : QON_OK);
    *header = (struct qon_cp_header){.format = QON_CHECKPOINT_FORMAT,
                                     .header_bytes = sizeof *header,
                                     .file_bytes = s->end + stored,
                                     .directory_offset = s->end,
                                     .directory_stored = stored,
                                     .directory_bytes = plain.length,
                                     .directory_hash = XXH3_64bits(packed, stored)};
    memcpy(header->magic, QON_CP_MAGIC, sizeof header->magic);
    header->header_hash = XXH3_64bits(header, offsetof(struct qon_cp_header, header_hash));
    if (!write_all(s->handle, packed, stored, s->end)) {
        failed(s, errno);
    }
done:
    qon_free(packed);
    qon_free(plain.data);
    return status;
}

// Everything into the open part file. Failures of the disk are left in s->error.
static enum qon_status contents_write(struct saving *s) {
    enum qon_status status = QON_OK;
    struct qon_cp_header header;
    QON_TRY(lanes_init(s));
    s->end = sizeof header;
    pieces_write_all(s, 0, s->sources);
    collect(s);
    if (s->error == 0) {
        QON_TRY(directory_write(s, &header));
    }
    if (s->error == 0 && (!write_all(s->handle, &header, sizeof header, 0) || fsync(s->handle) != 0)) {
        failed(s, errno);
    }
done:
    return status;
}

// A renamed file is only safe when its folder has been written too.
static int folder_sync(const char *path) {
    char folder[QON_PATH_MOST];
    const char *slash = strrchr(path, '/');
    int length = slash == NULL ? 0 : slash == path ? 1 : (int)(slash - path);
    (void)snprintf(folder, sizeof folder, "%.*s", length == 0 ? 1 : length, length == 0 ? "." : path);
    int handle = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int error = handle < 0 || (fsync(handle) != 0 && errno != EINVAL) ? errno : 0;
    if (handle >= 0) {
        close(handle);
    }
    return error;
}

static enum qon_status file_write(struct saving *s, const char *path, struct qon_faults *faults) {
    char part[QON_PATH_MOST];
    int length = snprintf(part, sizeof part, "%s.part", path);
    if (length < 0 || (size_t)length >= sizeof part || length == 5) {
        return qon_fault_machine(faults, (struct qon_place){0}, "the checkpoint's path is %s", length == 5 ? "empty" : "too long");
    }
    s->handle = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    enum qon_status status = QON_OK;
    if (s->handle < 0) {
        failed(s, errno);
    } else {
        status = contents_write(s);
        if (close(s->handle) != 0) {
            failed(s, errno);
        }
        if (status == QON_OK && s->error == 0 && rename(part, path) != 0) {
            failed(s, errno);
        }
        if (status != QON_OK || s->error != 0) {
            unlink(part);
        } else {
            failed(s, folder_sync(path));
        }
    }
    if (s->error != 0) {
        status = qon_fault_machine(faults, (struct qon_place){.file = path}, "cannot write the checkpoint: %s", strerror(s->error));
    }
    return status;
}

static void saving_free(struct saving *s) {
    for (int t = 0; s->lane != NULL && t < qon_par_threads(); t++) {
        qon_cp_packer_free(&s->lane[t].packer);
        qon_free(s->lane[t].packed);
    }
    for (size_t i = 0; i < sizeof s->flows / sizeof *s->flows; i++) {
        qon_free(s->flows[i]);
    }
    for (size_t i = 0; i < sizeof s->block_numbers / sizeof *s->block_numbers; i++) {
        qon_free(s->block_numbers[i]);
    }
    qon_cp_identity_free(&s->identity);
    qon_free(s->indicators);
    qon_free(s->programmes);
    qon_free(s->limits);
    qon_free(s->lane);
    qon_free(s->column);
    qon_free(s->source);
    qon_free(s->piece);
    qon_free(s->buffer);
    qon_free(s->part);
}

static enum qon_status contents_list(struct saving *s) {
    enum qon_status status = QON_OK;
    QON_TRY(qon_take(&s->column, QON_CP_COLUMNS_MOST, sizeof *s->column));
    QON_TRY(identity_add(s));
    QON_TRY(blocks_add(s));
    QON_TRY(agents_add(s));
    QON_TRY(parts_add(s));
    QON_TRY(record_add(s));
    if (s->world->ranks > 1) {
        sources_keep(s);
        QON_TRY(qon_take(&s->part, PART_BYTES, 1));
    }
done:
    return status;
}

enum qon_status qon_checkpoint_save(const struct qon_world *world, const struct qon_record *record, const char *path,
                                    struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct saving saving = {.world = world, .record = record, .handle = -1};
    long before = faults == NULL ? 0 : faults->count;
    QON_TRY(qon_ranks_agree(contents_list(&saving)));
    for (int i = 0; i < 8 && world->ranks > 1; i++) { // of a block that another rank has: 0 here
        qon_ranks_sum_i64(saving.block_numbers[i], world->blocks);
    }
    int64_t pieces = (int64_t)saving.sources;
    qon_ranks_sum_i64(&pieces, world->ranks > 1 ? 1 : 0);
    saving.pieces = (uint64_t)pieces;
    if (world->rank > 0) {
        status = pieces_hand(&saving);
        goto done;
    }
    status = qon_take(&saving.piece, saving.pieces, sizeof *saving.piece);
    if (status == QON_OK) {
        status = file_write(&saving, path, faults);
    }
    collect(&saving); // after a failure: the others must not wait
done:
    saving_free(&saving);
    if (status != QON_OK && faults != NULL && faults->count == before) {
        (void)qon_fault_machine(faults, (struct qon_place){.file = path}, "not enough memory to write the checkpoint");
    }
    return status;
}
