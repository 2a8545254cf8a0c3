// SPDX-License-Identifier: GPL-3.0-or-later
// A column made narrow before zstd sees it, which is what saves time: zstd takes 1 to 2 ns a byte, the loops here 0.1 to 0.3.
//
// A piece is cut into segments of QON_CP_SEGMENT rows. Of each segment
//   1. leading rows that are zero (founders' ids, which follow from the row) are left out, not even read;
//   2. when many rows hold one value (no employer, no wage, "before the start") these are left out, a bit a row says which are there;
//   3. the rest is dealt into planes of bits, and a plane that is the same in all rows is a bit of the head.
// The planes go into two frames of zstd. The first has the head, the bits of 2 and the planes that come out smaller; the second those that
// look like noise: zstd finds nothing in them, and told not to look it hardly takes time.
#include "checkpoint.h"

#include <qonys/kernels.h>
#include <qonys/memory.h>
#include <string.h>
#include <zstd.h>

// The search for repetitions is all but switched off; what zstd has to do is the entropy of bytes.
enum { LEVEL = -50, SAMPLE = 32, ASKED = 16, ALIKE = 8, SAMPLED_FROM = 64, LINE = 64, SQUEEZED_FROM = 16 };
enum { FRAME_MOST = 128 }; // by so much two frames may be longer than one, of the same bytes together
// ZSTD_c_literalCompressionMode by its stable name. Were it refused, files would only be larger.
enum { ENTROPY_ALWAYS = 1, ENTROPY_NEVER = 2 };

struct narrow_head {
    uint64_t rows;
    uint64_t absent;                          // value of the rows left out by 2
    uint64_t lead;                            // rows left out by 1
    uint64_t kept;                            // rows in planes
    uint64_t gaps;                            // whether rows are left out by 2
    uint8_t varies[8], constant[8], apart[8]; // by byte of items, a bit a plane: stored; else its bits; in the second frame
};
_Static_assert(sizeof(struct narrow_head) == 64, "heads of segments have no holes");

static uint64_t least(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

static uint64_t plane_bytes(uint64_t rows) {
    return (rows + 7) / 8;
}

static uint64_t first_most(uint64_t rows, size_t size) {
    return sizeof(struct narrow_head) + plane_bytes(rows) * (8 * size + 1);
}

// ---- packing ---------------------------------------------------------------------------------------------------------------------

// Planes stand a line of the cache further apart than they are long: at a multiple of 4096 bytes they would push one another out of it.
static uint64_t plane_stride(uint64_t rows) {
    return (plane_bytes(rows) + LINE - 1) / LINE * LINE + LINE;
}

uint64_t qon_cp_packed_most(enum qon_cp_order order, uint64_t items, size_t size) {
    if (order != QON_CP_NARROW) {
        return ZSTD_compressBound(items * size);
    }
    uint64_t most = 0;
    for (uint64_t left = items;; left -= QON_CP_SEGMENT) {
        uint64_t rows = least(left, QON_CP_SEGMENT);
        most += ZSTD_compressBound(first_most(rows, size)) + FRAME_MOST; // what is not in one frame is in the other
        if (rows == left) {
            return most;
        }
    }
}

enum qon_status qon_cp_packer_init(struct qon_cp_packer *packer, uint64_t items_most) {
    enum qon_status status = QON_OK;
    uint64_t rows = least(items_most, QON_CP_SEGMENT);
    packer->kernels = qon_kernels();
    packer->context = ZSTD_createCCtx();
    QON_TRY(packer->context == NULL ? QON_MACHINE : QON_OK);
    (void)ZSTD_CCtx_setParameter(packer->context, ZSTD_c_compressionLevel, LEVEL);
    QON_TRY(qon_take(&packer->dense, rows + 1, sizeof(uint64_t)));
    QON_TRY(qon_take(&packer->planes, 64 * plane_stride(rows), 1));
    QON_TRY(qon_take(&packer->first, first_most(rows, sizeof(uint64_t)), 1));
    QON_TRY(qon_take(&packer->second, 64 * plane_bytes(rows) + 1, 1));
done:
    return status;
}

void qon_cp_packer_free(struct qon_cp_packer *packer) {
    (void)ZSTD_freeCCtx(packer->context);
    qon_free(packer->dense);
    qon_free(packer->planes);
    qon_free(packer->first);
    qon_free(packer->second);
}

// The value that many rows hold, by a sample; of items of four bytes QON_NONE, which rows may hold that are too few for the sample and
// which alone makes every plane vary.
static bool absent_choose(const uint8_t *items, uint64_t rows, size_t size, uint64_t *absent) {
    uint64_t seen[SAMPLE];
    int most = 0;
    if (size < 2 || rows < SAMPLED_FROM) {
        return false;
    }
    for (uint64_t i = 0; i < SAMPLE; i++) {
        seen[i] = 0;
        memcpy(&seen[i], items + rows * i / SAMPLE * size, size);
    }
    for (int i = 0; i < ASKED; i++) {
        int same = 0;
        for (int j = 0; j < SAMPLE; j++) {
            same += seen[j] == seen[i];
        }
        if (same > most) {
            most = same;
            *absent = seen[i];
        }
    }
    if (most < ALIKE && size == sizeof(uint32_t)) {
        *absent = QON_NONE;
        return true;
    }
    return most >= ALIKE;
}

// Eight rows together, which compilers unroll; the last few by themselves.
#define GAPS_LEAVE(name, type)                                                                                                          \
    static inline uint64_t name##_few(const uint8_t *restrict items, unsigned rows, type absent, uint8_t *restrict dense,               \
                                      uint8_t *restrict there) {                                                                        \
        uint64_t kept = 0;                                                                                                              \
        unsigned bits = 0;                                                                                                              \
        for (unsigned j = 0; j < rows; j++) {                                                                                           \
            type value;                                                                                                                 \
            memcpy(&value, items + j * sizeof value, sizeof value);                                                                     \
            memcpy(dense + kept * sizeof value, &value, sizeof value); /* overwritten by the next when it is absent */                  \
            kept += value != absent;                                                                                                    \
            bits |= (unsigned)(value != absent) << j;                                                                                   \
        }                                                                                                                               \
        *there = (uint8_t)bits;                                                                                                         \
        return kept;                                                                                                                    \
    }                                                                                                                                   \
    static uint64_t name(const uint8_t *restrict items, uint64_t rows, type absent, uint8_t *restrict dense, uint8_t *restrict there) { \
        uint64_t kept = 0, row = 0;                                                                                                     \
        for (; row + 8 <= rows; row += 8) {                                                                                             \
            kept += name##_few(items + row * sizeof absent, 8, absent, dense + kept * sizeof absent, there + row / 8);                  \
        }                                                                                                                               \
        if (row < rows) {                                                                                                               \
            kept +=                                                                                                                     \
                name##_few(items + row * sizeof absent, (unsigned)(rows - row), absent, dense + kept * sizeof absent, there + row / 8); \
        }                                                                                                                               \
        return kept;                                                                                                                    \
    }
GAPS_LEAVE(gaps_leave_2, uint16_t)
GAPS_LEAVE(gaps_leave_4, uint32_t)
GAPS_LEAVE(gaps_leave_8, uint64_t)

static uint64_t gaps_leave(const uint8_t *items, uint64_t rows, size_t size, uint64_t absent, uint8_t *dense, uint8_t *there) {
    return size == 2   ? gaps_leave_2(items, rows, (uint16_t)absent, dense, there)
           : size == 4 ? gaps_leave_4(items, rows, (uint32_t)absent, dense, there)
                       : gaps_leave_8(items, rows, absent, dense, there);
}

// The last rows are filled up to eight with the last.
static void planes_make(const struct qon_cp_packer *packer, const uint8_t *items, uint64_t rows, size_t size, struct narrow_head *head) {
    uint8_t any[8] = {0}, all[8], last[64];
    uint64_t stride = plane_stride(rows), whole = rows / 8 * 8;
    memset(all, 0xff, sizeof all);
    for (uint64_t row = 0; row < whole; row += QON_BITS_ROWS) {
        packer->kernels->bits_split(items + row * size, (uint32_t)size, (uint32_t)least(whole - row, QON_BITS_ROWS), stride,
                                    packer->planes + row / 8, any, all);
    }
    if (rows > whole) {
        for (uint64_t i = 0; i < 8; i++) {
            memcpy(last + i * size, items + least(whole + i, rows - 1) * size, size);
        }
        packer->kernels->bits_split(last, (uint32_t)size, 8, stride, packer->planes + whole / 8, any, all);
    }
    for (size_t p = 0; p < size && rows > 0; p++) {
        head->varies[p] = any[p] ^ all[p];
        head->constant[p] = all[p];
    }
}

// Bits of which one in eight is 1, or fewer, or that stand in runs, have many bytes 0 or 255; of noise one in 128 is.
static bool looks_like_noise(const uint8_t *plane, uint64_t bytes) {
    uint64_t even = 0;
    for (uint64_t first = 0; first < bytes; first += 128) { // sums of bytes, which compilers make vectors of
        uint8_t sum = 0;
        uint64_t count = least(bytes - first, 128);
        for (uint64_t i = 0; i < count; i++) {
            sum += (uint8_t)(plane[first + i] + 1) < 2;
        }
        even += sum;
    }
    return even * SQUEEZED_FROM < bytes;
}

static uint64_t frame_pack(const struct qon_cp_packer *packer, int entropy, const void *plain, uint64_t bytes, uint8_t *out,
                           uint64_t room) {
    (void)ZSTD_CCtx_setParameter(packer->context, ZSTD_c_experimentalParam5, entropy);
    size_t stored = ZSTD_compress2(packer->context, out, room, plain, bytes);
    return ZSTD_isError(stored) ? 0 : stored;
}

static uint64_t segment_pack(const struct qon_cp_packer *packer, const uint8_t *items, uint64_t rows, size_t size, uint64_t lead,
                             uint8_t *out, uint64_t room) {
    struct narrow_head head = {.rows = rows, .lead = lead, .kept = rows - lead};
    uint64_t first = sizeof head, second = 0, stored;
    items += lead * size;
    head.gaps = absent_choose(items, head.kept, size, &head.absent);
    if (head.gaps != 0) {
        head.kept = gaps_leave(items, rows - lead, size, head.absent, packer->dense, packer->first + first);
        first += plane_bytes(rows - lead);
        items = packer->dense;
    }
    planes_make(packer, items, head.kept, size, &head);
    uint64_t bytes = plane_bytes(head.kept), stride = plane_stride(head.kept);
    for (unsigned i = 0; i < 8 * size; i++) {
        const uint8_t *plane = packer->planes + i * stride;
        if ((head.varies[i / 8] >> i % 8 & 1) == 0) {
            continue;
        }
        if (looks_like_noise(plane, bytes)) {
            head.apart[i / 8] |= (uint8_t)(1U << i % 8);
            memcpy(packer->second + second, plane, bytes);
            second += bytes;
        } else {
            memcpy(packer->first + first, plane, bytes);
            first += bytes;
        }
    }
    for (size_t p = 0; p < size; p++) {
        head.constant[p] &= (uint8_t)~head.varies[p];
    }
    memcpy(packer->first, &head, sizeof head);
    stored = frame_pack(packer, ENTROPY_ALWAYS, packer->first, first, out, room);
    if (stored != 0 && second > 0) {
        uint64_t apart = frame_pack(packer, ENTROPY_NEVER, packer->second, second, out + stored, room - stored);
        stored = apart == 0 ? 0 : stored + apart;
    }
    return stored;
}

uint64_t qon_cp_pack(const struct qon_cp_packer *packer, enum qon_cp_order order, const void *items, uint64_t count, size_t size,
                     uint64_t lead, void *out, uint64_t room) {
    uint64_t stored = 0, row = 0;
    if (order != QON_CP_NARROW) {
        return frame_pack(packer, ENTROPY_ALWAYS, count > 0 ? items : "", count * size, out, room);
    }
    do {
        uint64_t rows = least(count - row, QON_CP_SEGMENT);
        const uint8_t *from = rows > 0 ? (const uint8_t *)items + row * size : (const uint8_t *)"";
        uint64_t bytes =
            segment_pack(packer, from, rows, size, least(lead > row ? lead - row : 0, rows), (uint8_t *)out + stored, room - stored);
        if (bytes == 0) {
            return 0;
        }
        stored += bytes;
        row += rows;
    } while (row < count);
    return stored;
}

// ---- unpacking -------------------------------------------------------------------------------------------------------------------

struct narrow_room { // parts of the scratch, for segments of so many rows
    uint8_t *first, *second, *dense;
    uint64_t first_bytes, second_bytes;
};

static enum qon_status room_make(struct qon_cp_scratch *scratch, uint64_t rows, size_t size, struct narrow_room *room) {
    *room = (struct narrow_room){.first_bytes = first_most(rows, size), .second_bytes = 8 * size * plane_bytes(rows)};
    uint64_t dense = (room->first_bytes + room->second_bytes + LINE - 1) / LINE * LINE;
    uint64_t bytes = dense + (rows + 1) * size;
    if (bytes > scratch->planes_bytes) {
        qon_free(scratch->planes);
        scratch->planes = NULL;
        scratch->planes_bytes = 0;
        if (qon_take(&scratch->planes, bytes, 1) != QON_OK) {
            return QON_MACHINE;
        }
        scratch->planes_bytes = bytes;
    }
    room->first = scratch->planes;
    room->second = room->first + room->first_bytes;
    room->dense = room->first + dense;
    return QON_OK;
}

#define GAPS_FILL(name, type)                                                                                                             \
    static inline uint64_t name##_few(const uint8_t *restrict dense, unsigned rows, type absent, unsigned there, uint8_t *restrict out) { \
        uint64_t kept = 0;                                                                                                                \
        for (unsigned j = 0; j < rows; j++) {                                                                                             \
            type value;                                                                                                                   \
            memcpy(&value, dense + kept * sizeof value, sizeof value);                                                                    \
            value = (there >> j & 1U) != 0 ? value : absent;                                                                              \
            memcpy(out + j * sizeof value, &value, sizeof value);                                                                         \
            kept += there >> j & 1U;                                                                                                      \
        }                                                                                                                                 \
        return kept;                                                                                                                      \
    }                                                                                                                                     \
    static void name(const uint8_t *restrict dense, uint64_t rows, type absent, const uint8_t *restrict there, uint8_t *restrict out) {   \
        uint64_t kept = 0, row = 0;                                                                                                       \
        for (; row + 8 <= rows; row += 8) {                                                                                               \
            kept += name##_few(dense + kept * sizeof absent, 8, absent, there[row / 8], out + row * sizeof absent);                       \
        }                                                                                                                                 \
        if (row < rows) {                                                                                                                 \
            (void)name##_few(dense + kept * sizeof absent, (unsigned)(rows - row), absent, there[row / 8], out + row * sizeof absent);    \
        }                                                                                                                                 \
    }
GAPS_FILL(gaps_fill_2, uint16_t)
GAPS_FILL(gaps_fill_4, uint32_t)
GAPS_FILL(gaps_fill_8, uint64_t)

static void gaps_fill(const uint8_t *dense, uint64_t rows, size_t size, uint64_t absent, const uint8_t *there, uint8_t *out) {
    if (size == 2) {
        gaps_fill_2(dense, rows, (uint16_t)absent, there, out);
    } else if (size == 4) {
        gaps_fill_4(dense, rows, (uint32_t)absent, there, out);
    } else {
        gaps_fill_8(dense, rows, absent, there, out);
    }
}

// Exactly `kept` of the rows are there, and no bit beyond them is 1.
static bool gaps_sound(const uint8_t *there, uint64_t rows, uint64_t kept) {
    uint64_t count = 0;
    for (uint64_t i = 0; i < plane_bytes(rows); i++) {
        count += (uint64_t)__builtin_popcount(there[i]);
    }
    return count == kept && (rows % 8 == 0 || there[rows / 8] >> rows % 8 == 0);
}

static bool head_sound(const struct narrow_head *head, uint64_t rows, size_t size) {
    for (size_t p = 0; p < sizeof head->varies; p++) {
        if ((head->constant[p] & head->varies[p]) != 0 || (head->apart[p] & ~head->varies[p]) != 0 || (p >= size && head->varies[p] != 0)) {
            return false;
        }
    }
    return head->rows == rows && head->lead <= rows && head->kept <= rows - head->lead &&
           (head->gaps != 0 ? size > 1 : head->kept == rows - head->lead);
}

static void planes_join(const struct qon_kernels *kernels, const uint8_t *const *plane, uint64_t rows, size_t size, const uint8_t *constant,
                        uint8_t *out) {
    uint8_t last[64];
    uint64_t whole = rows / 8 * 8;
    for (uint64_t row = 0; row < whole; row += QON_BITS_ROWS) {
        kernels->bits_join(plane, (uint32_t)size, (uint32_t)least(whole - row, QON_BITS_ROWS), row / 8, constant, out + row * size);
    }
    if (rows > whole) {
        kernels->bits_join(plane, (uint32_t)size, 8, whole / 8, constant, last);
        memcpy(out + whole * size, last, (rows - whole) * size);
    }
}

// Takes one frame; SIZE_MAX: it is none, or longer than the room.
static size_t frame_unpack(const struct qon_cp_scratch *scratch, const uint8_t **stored, uint64_t *left, void *out, uint64_t room) {
    size_t bytes = ZSTD_findFrameCompressedSize(*stored, *left);
    if (ZSTD_isError(bytes)) {
        return SIZE_MAX;
    }
    size_t plain = ZSTD_decompressDCtx(scratch->context, out, room, *stored, bytes);
    *stored += bytes;
    *left -= bytes;
    return ZSTD_isError(plain) ? SIZE_MAX : plain;
}

static bool segment_unpack(const struct qon_cp_scratch *scratch, const struct narrow_room *room, const uint8_t **stored, uint64_t *left,
                           uint64_t rows, size_t size, uint8_t *out) {
    struct narrow_head head;
    const uint8_t *plane[64] = {NULL};
    uint64_t bytes = frame_unpack(scratch, stored, left, room->first, room->first_bytes);
    if (bytes == SIZE_MAX || bytes < sizeof head) {
        return false;
    }
    memcpy(&head, room->first, sizeof head);
    if (!head_sound(&head, rows, size)) {
        return false;
    }
    uint64_t first = sizeof head, second = 0, each = plane_bytes(head.kept), of = rows - head.lead;
    const uint8_t *there = room->first + first;
    first += head.gaps != 0 ? plane_bytes(of) : 0;
    for (unsigned i = 0; i < 8 * size; i++) {
        unsigned bit = 1U << i % 8;
        if ((head.apart[i / 8] & bit) != 0) {
            plane[i] = room->second + second;
            second += each;
        } else if ((head.varies[i / 8] & bit) != 0) {
            plane[i] = room->first + first;
            first += each;
        }
    }
    if (first != bytes || (second > 0 && frame_unpack(scratch, stored, left, room->second, room->second_bytes) != second) ||
        (head.gaps != 0 && !gaps_sound(there, of, head.kept))) {
        return false;
    }
    if (of == 0) {
        return true;
    }
    out += head.lead * size;
    planes_join(scratch->kernels, plane, head.kept, size, head.constant, head.gaps != 0 ? room->dense : out);
    if (head.gaps != 0) {
        gaps_fill(room->dense, of, size, head.absent, there, out);
    }
    return true;
}

enum qon_cp_result qon_cp_narrow_unpack(struct qon_cp_scratch *scratch, const void *stored, uint64_t bytes, uint64_t items, size_t size,
                                        void *out) {
    struct narrow_room room;
    const uint8_t *at = stored;
    uint64_t row = 0;
    if (size != 1 && size != 2 && size != 4 && size != 8) {
        return QON_CP_DAMAGED;
    }
    if (room_make(scratch, least(items, QON_CP_SEGMENT), size, &room) != QON_OK) {
        return QON_CP_SHORT;
    }
    do {
        uint64_t rows = least(items - row, QON_CP_SEGMENT);
        if (!segment_unpack(scratch, &room, &at, &bytes, rows, size, (uint8_t *)out + row * size)) {
            return QON_CP_DAMAGED;
        }
        row += rows;
    } while (row < items);
    return bytes == 0 ? QON_CP_FINE : QON_CP_DAMAGED;
}
