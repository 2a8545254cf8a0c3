// SPDX-License-Identifier: GPL-3.0-or-later
// The form of a checkpoint file. Private to sim/record.
//
//   header     64 bytes, struct qon_cp_header: magic, format, where the directory stands, checksums
//   pieces     the items of one column in one block: one zstd frame of them as they are; or made narrow and then packed by zstd, a segment
//              of rows after the other (checkpoint_narrow.c); or, in files of format 1, one frame of all first bytes, all second bytes, ...
//   directory  one zstd frame: the columns (group, size, order, name, type), then the pieces (struct qon_cp_piece)
//
// Everything is a column with a name: agents' attributes (a piece a block), arrays of the world, the series recorded so far, the identity
// of the scenario. A program that knows a name takes it; what it does not know it passes over. All numbers little-endian.
#ifndef QONYS_RECORD_CHECKPOINT_H
#define QONYS_RECORD_CHECKPOINT_H

#include <qonys/checkpoint.h>
#include <qonys/kernels.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "checkpoints are written as memory stands");

#define QON_CP_MAGIC "\x89QONYS\r\n" // a transfer as text spoils it at once

enum {
    QON_CP_COLUMNS_MOST = 4096,
    QON_CP_NAME_MOST = 48,
    QON_CP_RATIO_MOST = 1000, // more state than this many bytes for each byte of the file is not believed
    QON_CP_DIMENSIONS = 7,
    QON_CP_FLOW_KINDS_MOST = 1024,
    QON_CP_SEGMENT = 1 << 17, // rows
};

enum qon_cp_group {
    QON_CP_INFO,
    QON_CP_BLOCKS,
    QON_CP_PERSONS,
    QON_CP_HOUSEHOLDS,
    QON_CP_EMPLOYERS,
    QON_CP_WORLD,
    QON_CP_RECORD,
    QON_CP_COMMITMENTS, // since 0.1.0 of 24 November 2026; absent in a file without programmes
    QON_CP_WAITING,     // likewise
    QON_CP_GROUPS
};

struct qon_cp_header {
    char magic[8];
    uint32_t format;
    uint32_t header_bytes;
    uint64_t file_bytes;
    uint64_t directory_offset;
    uint64_t directory_stored; // bytes in the file
    uint64_t directory_bytes;  // unpacked
    uint64_t directory_hash;   // of what is stored
    uint64_t header_hash;      // of the bytes before it
};
_Static_assert(sizeof(struct qon_cp_header) == 64, "the header has no holes");

enum qon_cp_order { QON_CP_PLAIN, QON_CP_PLANES, QON_CP_NARROW, QON_CP_ORDERS }; // planes in format 1, narrow since format 2

struct qon_cp_column {
    uint8_t group;
    uint8_t size;
    uint8_t order; // of the bytes of items
    char name[QON_CP_NAME_MOST];
    char type[16];
};

struct qon_cp_piece {
    uint32_t column;
    uint32_t block; // 0 for what belongs to no block
    uint64_t items;
    uint64_t offset;
    uint64_t stored;
    uint64_t hash; // XXH3-64 of what is stored
};
_Static_assert(sizeof(struct qon_cp_piece) == 40, "pieces have no holes");

// ---- checkpoint_file.c: a file opened for reading, its directory checked against its size
struct qon_cp_file {
    const char *path;
    int handle;
    uint64_t bytes;
    uint64_t state_bytes; // of all pieces
    uint32_t format;
    uint32_t columns;
    struct qon_cp_column *column;
    uint64_t pieces;
    struct qon_cp_piece *piece; // ordered by column, then by block; no two the same
    uint64_t stored_most;       // longest piece
};

struct qon_cp_scratch { // of one thread
    void *stored;
    void *planes; // grown when needed
    uint64_t planes_bytes;
    void *context; // ZSTD_DCtx
    const struct qon_kernels *kernels;
};

enum qon_status qon_cp_open(struct qon_cp_file *file, const char *path, struct qon_faults *faults);
void qon_cp_close(struct qon_cp_file *file);
enum qon_status qon_cp_scratch_init(struct qon_cp_scratch *scratch, const struct qon_cp_file *file);
void qon_cp_scratch_free(struct qon_cp_scratch *scratch);

int64_t qon_cp_column_find(const struct qon_cp_file *file, enum qon_cp_group group, const char *name); // -1: not there
const struct qon_cp_piece *qon_cp_piece_find(const struct qon_cp_file *file, int64_t column, uint32_t block);

enum qon_cp_result { QON_CP_FINE, QON_CP_DAMAGED, QON_CP_UNREADABLE, QON_CP_SHORT };
// Reads, checks and unpacks one piece into items * size bytes at `out`, which are 0 before: leading zeros are not written, so that they
// take no memory. Safe from several threads, each with its own scratch.
enum qon_cp_result qon_cp_piece_read(const struct qon_cp_file *file, const struct qon_cp_piece *piece, struct qon_cp_scratch *scratch,
                                     void *out);
enum qon_cp_result qon_cp_piece_verify(const struct qon_cp_file *file, const struct qon_cp_piece *piece, struct qon_cp_scratch *scratch);
// The fault that belongs to a result other than fine.
enum qon_status qon_cp_piece_fault(const struct qon_cp_file *file, const struct qon_cp_piece *piece, enum qon_cp_result result,
                                   struct qon_faults *faults);
// A whole column that belongs to no block: *out (qon_free) has *items items, and a zero byte behind them. Not there: *out is NULL.
enum qon_status qon_cp_array(const struct qon_cp_file *file, enum qon_cp_group group, const char *name, const char *type, void *out,
                             int64_t *items, struct qon_faults *faults);
enum qon_status qon_cp_fault(const struct qon_cp_file *file, struct qon_faults *faults, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// ---- checkpoint_narrow.c: the items of a piece made narrow and packed, and back
struct qon_cp_packer { // of one thread
    const struct qon_kernels *kernels;
    void *context;   // ZSTD_CCtx
    uint8_t *dense;  // items that are there
    uint8_t *planes; //
    uint8_t *first;  // frame, not packed
    uint8_t *second; //
};
enum qon_status qon_cp_packer_init(struct qon_cp_packer *packer, uint64_t items_most);
void qon_cp_packer_free(struct qon_cp_packer *packer);
// Bytes that a piece takes at most.
uint64_t qon_cp_packed_most(enum qon_cp_order order, uint64_t items, size_t size);
// Packs `count` items of `size` bytes (1, 2, 4 or 8 when narrow) into out[room]. The first `lead` are zero whatever stands there: they are
// not read. Returns the bytes taken, 0 on lack of memory.
uint64_t qon_cp_pack(const struct qon_cp_packer *packer, enum qon_cp_order order, const void *items, uint64_t count, size_t size,
                     uint64_t lead, void *out, uint64_t room);
// Back, of a piece that is narrow. out: as for qon_cp_piece_read. Whatever the bytes: nothing is written beyond items * size.
enum qon_cp_result qon_cp_narrow_unpack(struct qon_cp_scratch *scratch, const void *stored, uint64_t bytes, uint64_t items, size_t size,
                                        void *out);

// ---- checkpoint_identity.c: what a scenario is, and whether a state fits it
struct qon_cp_identity {
    char *dimension[QON_CP_DIMENSIONS]; // ids of rows, a line each
    uint64_t values_hash;               // settings, tables, steps
    uint64_t text_hash;                 // effective JSON
    uint64_t rest_hash;                 // effective JSON without the lines of months and seed
};
const char *qon_cp_dimension_name(int d);
enum qon_status qon_cp_identity_make(struct qon_cp_identity *identity, const struct qon_scenario *scenario);
void qon_cp_identity_free(struct qon_cp_identity *identity);
// Compares with the file's; sets info->other.
enum qon_status qon_cp_identity_check(const struct qon_cp_file *file, const struct qon_scenario *scenario, struct qon_checkpoint_info *info,
                                      struct qon_faults *faults);

// ---- checkpoint_programmes.c: the books of programmes, found by name
// Names of the programmes, and what each of their limits limits, a line each; free with qon_free. NULL on lack of memory.
char *qon_cp_programmes(const struct qon_scenario *scenario);
char *qon_cp_limits(const struct qon_scenario *scenario);
struct qon_cp_books {
    char *names;                         // of the file's programmes, a line each
    int32_t file_programmes;             //
    int32_t file_quotas, file_budgets;   // limits in the file
    int32_t theirs[QON_PROGRAMMES_MOST]; // the file's number of each of ours, -1: it has none
    int32_t ours[QON_PROGRAMMES_MOST];   // our number of each of the file's
    int32_t *limit, limits;              // the file's number (quotas, then budgets) of each limit of ours, -1: it has none
    bool other;                          // programmes or their order differ
};
enum qon_status qon_cp_books_match(struct qon_cp_books *books, const struct qon_cp_file *file, const struct qon_scenario *scenario,
                                   struct qon_faults *faults);
void qon_cp_books_free(struct qon_cp_books *books);
// Into world->ledger, after its month is known. Programmes that the file does not have begin in this month, limits that it does not have
// are full.
enum qon_status qon_cp_books_read(const struct qon_cp_books *books, const struct qon_cp_file *file, struct qon_world *world,
                                  struct qon_faults *faults);
// Grants and waiting lists as read get our numbers of programmes. errors: QON_USER when grants are of a programme that is not ours.
enum qon_status qon_cp_books_renumber(const struct qon_cp_books *books, const struct qon_cp_file *file, struct qon_world *world,
                                      struct qon_faults *faults);

// ---- checkpoint_record.c
void qon_cp_flow_kinds(char text[QON_CP_FLOW_KINDS_MOST]); // what the numbers of flows' kinds mean, a line each

// ---- checkpoint_check.c
// Every code, row and number of the columns is in its range, so that counting cannot go astray; `text` says what is not.
bool qon_cp_values_check(const struct qon_world *world, char text[256]);

#endif
