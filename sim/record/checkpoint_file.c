// SPDX-License-Identifier: GPL-3.0-or-later
// Reading a checkpoint file without trusting it.
//
// Invariants: 1. no length or place from the file is used before it is checked against the size of the file; 2. memory is taken only for
// what the size of the file makes plausible; 3. what is unpacked has had its checksum compared first.
#include "checkpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <qonys/memory.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>
#include <zstd.h>

static const uint64_t BYTES_MOST = (uint64_t)1 << 44; // of one column in one block, unpacked

enum qon_status qon_cp_fault(const struct qon_cp_file *file, struct qon_faults *faults, const char *format, ...) {
    char text[QON_FAULT_TEXT_MAX];
    va_list values;
    va_start(values, format);
    (void)vsnprintf(text, sizeof text, format, values);
    va_end(values);
    return qon_fault_add(faults, (struct qon_place){.file = file->path}, "%s", text);
}

static enum qon_status memory_fault(const struct qon_cp_file *file, struct qon_faults *faults) {
    return qon_fault_machine(faults, (struct qon_place){.file = file->path}, "not enough memory to read the checkpoint");
}

// Reads exactly `length` bytes; false with errno 0 when the file ends before.
static bool read_all(int handle, void *out, uint64_t length, uint64_t offset) {
    uint64_t done = 0;
    while (done < length) {
        ssize_t got = pread(handle, (char *)out + done, length - done, (off_t)(offset + done));
        if (got > 0) {
            done += (uint64_t)got;
        } else if (got == 0 || errno != EINTR) {
            errno = got == 0 ? 0 : errno;
            return false;
        }
    }
    return true;
}

static enum qon_status read_or_fault(const struct qon_cp_file *file, void *out, uint64_t length, uint64_t offset,
                                     struct qon_faults *faults) {
    if (read_all(file->handle, out, length, offset)) {
        return QON_OK;
    }
    if (errno != 0) {
        return qon_fault_machine(faults, (struct qon_place){.file = file->path}, "cannot read the checkpoint: %s", strerror(errno));
    }
    return qon_cp_fault(file, faults, "the checkpoint became shorter while it was read");
}

static enum qon_status header_read(struct qon_cp_file *file, struct qon_cp_header *header, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    uint64_t length = file->bytes < sizeof *header ? file->bytes : sizeof *header;
    *header = (struct qon_cp_header){0};
    QON_TRY(read_or_fault(file, header, length, 0, faults));
    if (length < sizeof header->magic || memcmp(header->magic, QON_CP_MAGIC, sizeof header->magic) != 0) {
        return qon_cp_fault(file, faults, "is not a checkpoint of qonys");
    }
    if (length < sizeof *header) {
        return qon_cp_fault(file, faults, "the checkpoint is cut: it has %llu bytes, its head alone %zu", (unsigned long long)file->bytes,
                            sizeof *header);
    }
    if (header->header_hash != XXH3_64bits(header, offsetof(struct qon_cp_header, header_hash))) {
        return qon_cp_fault(file, faults, "the checkpoint is damaged: the checksum of its head is wrong");
    }
    file->format = header->format;
    if (header->format > QON_CHECKPOINT_FORMAT) {
        return qon_cp_fault(file, faults, "the checkpoint has format %u; this version of qonys reads up to %d", header->format,
                            QON_CHECKPOINT_FORMAT);
    }
    if (header->file_bytes != file->bytes) {
        return qon_cp_fault(file, faults, "the checkpoint is %s: it has %llu bytes instead of %llu",
                            file->bytes < header->file_bytes ? "cut" : "longer than it was written", (unsigned long long)file->bytes,
                            (unsigned long long)header->file_bytes);
    }
    if (header->header_bytes != sizeof *header || header->format < 1 || header->directory_offset < sizeof *header ||
        header->directory_offset > file->bytes || header->directory_stored != file->bytes - header->directory_offset ||
        header->directory_bytes / QON_CP_RATIO_MOST > file->bytes) {
        return qon_cp_fault(file, faults, "the checkpoint is damaged: its head contradicts itself");
    }
done:
    return status;
}

// ---- directory -------------------------------------------------------------------------------------------------------------------

struct cursor {
    const unsigned char *at;
    uint64_t left;
};

static bool take_bytes(struct cursor *cursor, void *out, uint64_t length) {
    if (length > cursor->left) {
        return false;
    }
    memcpy(out, cursor->at, length);
    cursor->at += length;
    cursor->left -= length;
    return true;
}

static bool take_text(struct cursor *cursor, char *out, size_t capacity) {
    uint8_t length;
    if (!take_bytes(cursor, &length, 1) || length == 0 || length >= capacity || !take_bytes(cursor, out, length)) {
        return false;
    }
    for (int i = 0; i < length; i++) {
        if (out[i] < '!' || out[i] > '~') {
            return false;
        }
    }
    return true;
}

static bool column_take(struct cursor *cursor, struct qon_cp_column *column) {
    return take_bytes(cursor, &column->group, 1) && take_bytes(cursor, &column->size, 1) && column->size >= 1 && column->size <= 64 &&
           take_bytes(cursor, &column->order, 1) && column->order < QON_CP_ORDERS && take_text(cursor, column->name, sizeof column->name) &&
           take_text(cursor, column->type, sizeof column->type);
}

static bool piece_plausible(const struct qon_cp_file *file, const struct qon_cp_piece *piece, uint64_t end) {
    return piece->column < file->columns && piece->offset >= sizeof(struct qon_cp_header) && piece->offset <= end && piece->stored >= 1 &&
           piece->stored <= end - piece->offset && piece->items <= BYTES_MOST / file->column[piece->column].size;
}

static bool piece_follows(const struct qon_cp_piece *before, const struct qon_cp_piece *piece) {
    return before->column < piece->column || (before->column == piece->column && before->block < piece->block);
}

// Fills columns and pieces from the unpacked directory. QON_USER: it makes no sense.
static enum qon_status directory_parse(struct qon_cp_file *file, struct cursor cursor, uint64_t end) {
    enum qon_status status = QON_OK;
    uint64_t claimed = 0;
    if (!take_bytes(&cursor, &file->columns, sizeof file->columns) || file->columns > QON_CP_COLUMNS_MOST) {
        file->columns = 0;
        return QON_USER;
    }
    QON_TRY(qon_take(&file->column, file->columns, sizeof *file->column));
    for (uint32_t c = 0; c < file->columns; c++) {
        if (!column_take(&cursor, &file->column[c])) {
            return QON_USER;
        }
    }
    if (!take_bytes(&cursor, &file->pieces, sizeof file->pieces) || file->pieces != cursor.left / sizeof *file->piece ||
        cursor.left % sizeof *file->piece != 0) {
        file->pieces = 0;
        return QON_USER;
    }
    QON_TRY(qon_take(&file->piece, file->pieces, sizeof *file->piece));
    for (uint64_t i = 0; i < file->pieces; i++) {
        struct qon_cp_piece *piece = &file->piece[i];
        if (!take_bytes(&cursor, piece, sizeof *piece) || !piece_plausible(file, piece, end) ||
            (i > 0 && !piece_follows(piece - 1, piece))) {
            return QON_USER;
        }
        uint64_t bytes = piece->items * file->column[piece->column].size;
        file->state_bytes += bytes;
        // The scenario's sizes, not the file's, decide what memory arrays of the world take, and arrays of zeros pack without limit.
        claimed += file->column[piece->column].group == QON_CP_WORLD ? 0 : bytes;
        if (claimed / QON_CP_RATIO_MOST > file->bytes || file->state_bytes > BYTES_MOST) {
            return QON_USER;
        }
        file->stored_most = piece->stored > file->stored_most ? piece->stored : file->stored_most;
    }
done:
    return status;
}

static enum qon_status directory_read(struct qon_cp_file *file, const struct qon_cp_header *header, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    unsigned char *stored = NULL, *plain = NULL;
    bool sound = false;
    if (qon_take(&stored, header->directory_stored + 1, 1) != QON_OK) {
        return memory_fault(file, faults);
    }
    QON_TRY(read_or_fault(file, stored, header->directory_stored, header->directory_offset, faults));
    if (header->directory_hash == XXH3_64bits(stored, header->directory_stored) &&
        ZSTD_getFrameContentSize(stored, header->directory_stored) == header->directory_bytes) {
        status = qon_take(&plain, header->directory_bytes + 1, 1);
        if (status == QON_OK) {
            sound = ZSTD_decompress(plain, header->directory_bytes, stored, header->directory_stored) == header->directory_bytes;
        }
        if (sound) {
            status = directory_parse(file, (struct cursor){plain, header->directory_bytes}, header->directory_offset);
            sound = status != QON_USER;
        }
    }
    if (status == QON_MACHINE) {
        status = memory_fault(file, faults);
    } else if (!sound) {
        status = qon_cp_fault(file, faults, "the checkpoint is damaged: its directory cannot be read");
    }
done:
    qon_free(plain);
    qon_free(stored);
    return status;
}

enum qon_status qon_cp_open(struct qon_cp_file *file, const char *path, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct qon_cp_header header;
    struct stat about;
    *file = (struct qon_cp_file){.path = path, .handle = open(path, O_RDONLY | O_CLOEXEC)};
    if (file->handle < 0 || fstat(file->handle, &about) != 0) {
        status = errno == ENOENT || errno == EACCES || errno == ENOTDIR
                     ? qon_cp_fault(file, faults, "cannot open the checkpoint: %s", strerror(errno))
                     : qon_fault_machine(faults, (struct qon_place){.file = path}, "cannot open the checkpoint: %s", strerror(errno));
        goto done;
    }
    if (!S_ISREG(about.st_mode)) {
        status = qon_cp_fault(file, faults, "is not a checkpoint of qonys, not even a file");
        goto done;
    }
    file->bytes = (uint64_t)about.st_size;
    QON_TRY(header_read(file, &header, faults));
    QON_TRY(directory_read(file, &header, faults));
done:
    if (status != QON_OK) {
        qon_cp_close(file);
    }
    return status;
}

void qon_cp_close(struct qon_cp_file *file) {
    if (file->handle >= 0) {
        close(file->handle);
    }
    file->handle = -1;
    qon_free(file->column);
    qon_free(file->piece);
    file->column = NULL;
    file->piece = NULL;
    file->columns = 0;
    file->pieces = 0;
}

// ---- pieces ----------------------------------------------------------------------------------------------------------------------

enum qon_status qon_cp_scratch_init(struct qon_cp_scratch *scratch, const struct qon_cp_file *file) {
    *scratch = (struct qon_cp_scratch){.context = ZSTD_createDCtx(), .kernels = qon_kernels()};
    return scratch->context == NULL ? QON_MACHINE : qon_take(&scratch->stored, file->stored_most, 1);
}

void qon_cp_scratch_free(struct qon_cp_scratch *scratch) {
    (void)ZSTD_freeDCtx(scratch->context);
    qon_free(scratch->stored);
    qon_free(scratch->planes);
}

// From planes of bytes.
static void items_join(const void *planes, uint64_t count, size_t size, void *items) {
    const unsigned char *from = planes;
    unsigned char *to = items;
    for (uint64_t i = 0; i < count; i++) {
        for (size_t p = 0; p < size; p++) {
            to[i * size + p] = from[p * count + i];
        }
    }
}

int64_t qon_cp_column_find(const struct qon_cp_file *file, enum qon_cp_group group, const char *name) {
    for (uint32_t c = 0; c < file->columns; c++) {
        if (file->column[c].group == group && strcmp(file->column[c].name, name) == 0) {
            return c;
        }
    }
    return -1;
}

const struct qon_cp_piece *qon_cp_piece_find(const struct qon_cp_file *file, int64_t column, uint32_t block) {
    struct qon_cp_piece wanted = {.column = (uint32_t)column, .block = block};
    uint64_t low = 0, high = file->pieces;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (piece_follows(&file->piece[middle], &wanted)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    bool found = column >= 0 && low < file->pieces && file->piece[low].column == wanted.column && file->piece[low].block == block;
    return found ? &file->piece[low] : NULL;
}

enum qon_cp_result qon_cp_piece_verify(const struct qon_cp_file *file, const struct qon_cp_piece *piece, struct qon_cp_scratch *scratch) {
    if (!read_all(file->handle, scratch->stored, piece->stored, piece->offset)) {
        return errno != 0 ? QON_CP_UNREADABLE : QON_CP_DAMAGED;
    }
    return XXH3_64bits(scratch->stored, piece->stored) == piece->hash ? QON_CP_FINE : QON_CP_DAMAGED;
}

// One frame of zstd.
static enum qon_cp_result frame_read(const struct qon_cp_piece *piece, bool planes, size_t size, struct qon_cp_scratch *scratch,
                                     void *out) {
    uint64_t bytes = piece->items * size;
    if (ZSTD_getFrameContentSize(scratch->stored, piece->stored) != bytes) {
        return QON_CP_DAMAGED;
    }
    if (planes && bytes > scratch->planes_bytes) {
        qon_free(scratch->planes);
        scratch->planes = NULL;
        scratch->planes_bytes = 0;
        if (qon_take(&scratch->planes, bytes, 1) != QON_OK) {
            return QON_CP_SHORT;
        }
        scratch->planes_bytes = bytes;
    }
    void *plain = planes && bytes > 0 ? scratch->planes : out;
    if (ZSTD_decompressDCtx(scratch->context, plain, bytes, scratch->stored, piece->stored) != bytes) {
        return QON_CP_DAMAGED;
    }
    if (planes) {
        items_join(plain, piece->items, size, out);
    }
    return QON_CP_FINE;
}

enum qon_cp_result qon_cp_piece_read(const struct qon_cp_file *file, const struct qon_cp_piece *piece, struct qon_cp_scratch *scratch,
                                     void *out) {
    const struct qon_cp_column *column = &file->column[piece->column];
    enum qon_cp_result result = qon_cp_piece_verify(file, piece, scratch);
    if (result != QON_CP_FINE) {
        return result;
    }
    return column->order == QON_CP_NARROW ? qon_cp_narrow_unpack(scratch, scratch->stored, piece->stored, piece->items, column->size, out)
                                          : frame_read(piece, column->order == QON_CP_PLANES, column->size, scratch, out);
}

enum qon_status qon_cp_piece_fault(const struct qon_cp_file *file, const struct qon_cp_piece *piece, enum qon_cp_result result,
                                   struct qon_faults *faults) {
    switch (result) {
    case QON_CP_FINE:
        return QON_OK;
    case QON_CP_UNREADABLE:
        return qon_fault_machine(faults, (struct qon_place){.file = file->path}, "cannot read the checkpoint: the disk reports an error");
    case QON_CP_SHORT:
        return memory_fault(file, faults);
    case QON_CP_DAMAGED:
    default:
        return qon_cp_fault(file, faults, "the checkpoint is damaged: block %u of the column %s has a wrong checksum", piece->block,
                            file->column[piece->column].name);
    }
}

static size_t type_size(const char *type) {
    static const struct {
        const char *type;
        size_t size;
    } types[] = {{"text", 1},
                 {"int32_t", sizeof(int32_t)},
                 {"int64_t", sizeof(int64_t)},
                 {"uint64_t", sizeof(uint64_t)},
                 {"uint32_t", sizeof(uint32_t)},
                 {"double", sizeof(double)}};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (strcmp(types[i].type, type) == 0) {
            return types[i].size;
        }
    }
    return 0;
}

enum qon_status qon_cp_array(const struct qon_cp_file *file, enum qon_cp_group group, const char *name, const char *type, void *out,
                             int64_t *items, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct qon_cp_scratch scratch = {.stored = NULL};
    void *array = NULL;
    int64_t column = qon_cp_column_find(file, group, name);
    const struct qon_cp_piece *piece = qon_cp_piece_find(file, column, 0);
    *items = 0;
    memcpy(out, &array, sizeof array);
    if (piece == NULL) {
        return QON_OK;
    }
    if (strcmp(file->column[column].type, type) != 0 || file->column[column].size != type_size(type)) {
        return qon_cp_fault(file, faults, "the checkpoint's %s is of type %s (%d bytes), expected %s", name, file->column[column].type,
                            file->column[column].size, type);
    }
    if (piece->items * file->column[column].size / QON_CP_RATIO_MOST > file->bytes) {
        return qon_cp_fault(file, faults, "the checkpoint's %s claims to have %llu items", name, (unsigned long long)piece->items);
    }
    if (qon_cp_scratch_init(&scratch, file) != QON_OK || qon_take(&array, piece->items * file->column[column].size + 1, 1) != QON_OK) {
        status = memory_fault(file, faults);
        goto done;
    }
    QON_TRY(qon_cp_piece_fault(file, piece, qon_cp_piece_read(file, piece, &scratch, array), faults));
    *items = (int64_t)piece->items;
    memcpy(out, &array, sizeof array);
done:
    if (status != QON_OK) {
        qon_free(array);
    }
    qon_cp_scratch_free(&scratch);
    return status;
}
