// SPDX-License-Identifier: GPL-3.0-or-later
// Pieces of checkpoints made narrow: whatever the items, they come back the same, with the same bytes from every instruction set; whatever
// a damaged piece says, nothing is written beyond the items.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <qonys/memory.h>
#include <qonys/random.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "../../../sim/record/checkpoint.h"

enum { ROWS_MOST = 2 * QON_CP_SEGMENT + 100, GUARD = 64 };

static struct qon_pcg dice;

static uint32_t below(uint32_t n) {
    return qon_below(qon_pcg_next(&dice), n);
}

enum kind { ZERO, NOISE, ONES, FEW, MANY_ABSENT, FEW_ABSENT, SORTED, KINDS };

static uint64_t value_of(enum kind kind, uint64_t row) {
    switch (kind) {
    case NOISE:
        return (uint64_t)qon_pcg_next(&dice) << 32 | qon_pcg_next(&dice);
    case ONES:
        return UINT64_MAX;
    case FEW:
        return below(5);
    case MANY_ABSENT:
        return below(10) < 6 ? UINT64_MAX : below(1000);
    case FEW_ABSENT:
        return below(1000) < 3 ? UINT64_MAX : row;
    case SORTED:
        return row / 3;
    case ZERO:
    default:
        return 0;
    }
}

static void items_make(uint8_t *items, uint64_t count, size_t size, enum kind kind) {
    for (uint64_t i = 0; i < count; i++) {
        uint64_t value = value_of(kind, i);
        memcpy(items + i * size, &value, size);
    }
}

struct room {
    uint8_t *items, *back, *packed, *again;
    uint64_t room;
};

static struct room room_make(void) {
    struct room room = {.room = qon_cp_packed_most(QON_CP_NARROW, ROWS_MOST, 8)};
    room.items = malloc(ROWS_MOST * 8 + GUARD);
    room.back = malloc(ROWS_MOST * 8 + GUARD);
    room.packed = malloc(room.room);
    room.again = malloc(room.room);
    assert_true(room.items != NULL && room.back != NULL && room.packed != NULL && room.again != NULL);
    return room;
}

static void room_free(struct room *room) {
    free(room->items);
    free(room->back);
    free(room->packed);
    free(room->again);
}

static struct qon_cp_scratch scratch_take(void) {
    return (struct qon_cp_scratch){.context = ZSTD_createDCtx(), .kernels = qon_kernels()};
}

static void items_come_back(const struct room *room, struct qon_cp_packer *packer, struct qon_cp_scratch *scratch, uint64_t count,
                            size_t size, uint64_t lead) {
    uint64_t most = qon_cp_packed_most(QON_CP_NARROW, count, size);
    uint64_t stored = qon_cp_pack(packer, QON_CP_NARROW, room->items, count, size, lead, room->packed, most);
    assert_true(stored > 0 && stored <= most);
    memset(room->items, 0, lead * size); // not read: as if they had been 0
    memset(room->back, 0, count * size);
    memset(room->back + count * size, 0xa5, GUARD);
    assert_int_equal(qon_cp_narrow_unpack(scratch, room->packed, stored, count, size, room->back), QON_CP_FINE);
    assert_memory_equal(room->back, room->items, count * size);
    for (int i = 0; i < GUARD; i++) {
        assert_int_equal(room->back[count * size + (uint64_t)i], 0xa5);
    }
    static const char *const names[] = {"v4", "v3", "v2", "plain"};
    const struct qon_kernels *best = packer->kernels;
    for (size_t n = 0; n < sizeof names / sizeof names[0]; n++) {
        packer->kernels = qon_kernels_named(names[n]);
        if (packer->kernels != NULL) {
            assert_int_equal(qon_cp_pack(packer, QON_CP_NARROW, room->items, count, size, lead, room->again, most), stored);
            assert_memory_equal(room->again, room->packed, stored);
        }
    }
    packer->kernels = best;
}

static void items_of_any_kind_and_number_come_back(void **state) {
    static const uint64_t counts[] = {0, 1, 7, 8, 9, 63, 64, 65, 2047, 2048, 2049, 5003};
    struct room room = room_make();
    struct qon_cp_packer packer = {0};
    struct qon_cp_scratch scratch = scratch_take();
    dice = qon_pcg_keyed(3, 5);
    assert_int_equal(qon_cp_packer_init(&packer, ROWS_MOST), QON_OK);
    for (size_t size = 1; size <= 8; size *= 2) {
        for (int kind = 0; kind < KINDS; kind++) {
            for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
                items_make(room.items, counts[c], size, kind);
                items_come_back(&room, &packer, &scratch, counts[c], size, 0);
                if (counts[c] > 0) {
                    items_make(room.items, counts[c], size, kind);
                    items_come_back(&room, &packer, &scratch, counts[c], size, below((uint32_t)counts[c]) + 1U);
                }
            }
        }
    }
    for (size_t size = 1; size <= 8; size *= 2) { // several segments
        const uint64_t leads[] = {0, 1000, QON_CP_SEGMENT, QON_CP_SEGMENT + 77, ROWS_MOST};
        for (size_t l = 0; l < sizeof leads / sizeof leads[0]; l++) {
            items_make(room.items, ROWS_MOST, size, l % 2 == 0 ? MANY_ABSENT : NOISE);
            items_come_back(&room, &packer, &scratch, ROWS_MOST, size, leads[l]);
        }
    }
    qon_cp_packer_free(&packer);
    qon_cp_scratch_free(&scratch);
    room_free(&room);
}

static void a_packer_made_for_few_rows_does_for_them(void **state) {
    struct room room = room_make();
    struct qon_cp_scratch scratch = scratch_take();
    for (uint64_t rows = 1; rows < 200; rows += 13) {
        struct qon_cp_packer packer = {0};
        assert_int_equal(qon_cp_packer_init(&packer, rows), QON_OK);
        for (int kind = 0; kind < KINDS; kind++) {
            items_make(room.items, rows, 8, kind);
            items_come_back(&room, &packer, &scratch, rows, 8, 0);
        }
        qon_cp_packer_free(&packer);
    }
    qon_cp_scratch_free(&scratch);
    room_free(&room);
}

static void columns_of_numbers_become_small(void **state) {
    struct room room = room_make();
    struct qon_cp_packer packer = {0};
    assert_int_equal(qon_cp_packer_init(&packer, 65536), QON_OK);
    static const struct {
        enum kind kind;
        size_t size;
        uint64_t most; // bytes
    } wanted[] = {{ZERO, 8, 100},
                  {ONES, 4, 100},
                  {FEW, 1, 65536 * 3 / 8 + 200},                   // three bits a row
                  {MANY_ABSENT, 4, 65536 * 2 / 5 * 10 / 8 + 9500}, // ten bits a row that is there, and one for each
                  {NOISE, 8, 65536 * 8 + 300}};
    dice = qon_pcg_keyed(7, 5);
    for (size_t w = 0; w < sizeof wanted / sizeof wanted[0]; w++) {
        items_make(room.items, 65536, wanted[w].size, wanted[w].kind);
        uint64_t stored = qon_cp_pack(&packer, QON_CP_NARROW, room.items, 65536, wanted[w].size, 0, room.packed, room.room);
        assert_in_range(stored, 1, wanted[w].most);
    }
    qon_cp_packer_free(&packer);
    room_free(&room);
}

// The head of the first segment is changed and packed again, which no checksum notices.
static void pieces_that_contradict_themselves_are_refused(void **state) {
    enum { COUNT = 700, HEAD = 64, PLAIN_MOST = 20000 };
    struct room room = room_make();
    struct qon_cp_packer packer = {0};
    struct qon_cp_scratch scratch = scratch_take();
    uint8_t plain[PLAIN_MOST];
    int refused = 0;
    dice = qon_pcg_keyed(9, 5);
    assert_int_equal(qon_cp_packer_init(&packer, COUNT), QON_OK);
    for (int round = 0; round < 20000; round++) {
        size_t size = (size_t)1 << below(4);
        items_make(room.items, COUNT, size, below(KINDS));
        uint64_t stored = qon_cp_pack(&packer, QON_CP_NARROW, room.items, COUNT, size, below(3) * 100, room.packed, room.room);
        size_t frame = ZSTD_findFrameCompressedSize(room.packed, stored);
        size_t bytes = ZSTD_decompress(plain, sizeof plain, room.packed, frame);
        assert_true(bytes >= HEAD && bytes <= sizeof plain);
        uint32_t at = below(HEAD + 8);
        plain[at] = below(2) == 0 ? (uint8_t)(plain[at] ^ 1U << below(8)) : (uint8_t)below(256);
        bytes -= below(20) == 0 ? below(9) : 0;
        size_t changed = ZSTD_compress(room.again, room.room, plain, bytes, 1);
        assert_false(ZSTD_isError(changed));
        memcpy(room.again + changed, room.packed + frame, stored - frame);
        memset(room.back, 0, COUNT * size);
        memset(room.back + COUNT * size, 0xa5, GUARD);
        enum qon_cp_result result = qon_cp_narrow_unpack(&scratch, room.again, changed + stored - frame, COUNT, size, room.back);
        assert_true(result == QON_CP_FINE || result == QON_CP_DAMAGED);
        refused += result == QON_CP_DAMAGED;
        for (int i = 0; i < GUARD; i++) {
            assert_int_equal(room.back[COUNT * size + (uint64_t)i], 0xa5);
        }
    }
    assert_in_range(refused, 5000, 19999); // the others hold other values
    // Cut, longer, of another size, no frame at all.
    items_make(room.items, COUNT, 4, FEW);
    uint64_t stored = qon_cp_pack(&packer, QON_CP_NARROW, room.items, COUNT, 4, 0, room.packed, room.room);
    for (uint64_t kept = 0; kept < stored; kept++) {
        assert_int_equal(qon_cp_narrow_unpack(&scratch, room.packed, kept, COUNT, 4, room.back), QON_CP_DAMAGED);
    }
    memcpy(room.packed + stored, room.packed, stored);
    assert_int_equal(qon_cp_narrow_unpack(&scratch, room.packed, 2 * stored, COUNT, 4, room.back), QON_CP_DAMAGED);
    assert_int_equal(qon_cp_narrow_unpack(&scratch, room.packed, stored, COUNT + 1, 4, room.back), QON_CP_DAMAGED);
    assert_int_equal(qon_cp_narrow_unpack(&scratch, room.packed, stored, COUNT, 3, room.back), QON_CP_DAMAGED);
    assert_int_equal(qon_cp_narrow_unpack(&scratch, "no frame", 8, COUNT, 4, room.back), QON_CP_DAMAGED);
    assert_int_equal(qon_cp_narrow_unpack(&scratch, room.packed, stored, COUNT, 4, room.back), QON_CP_FINE);
    qon_cp_packer_free(&packer);
    qon_cp_scratch_free(&scratch);
    room_free(&room);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_of_any_kind_and_number_come_back),
        cmocka_unit_test(a_packer_made_for_few_rows_does_for_them),
        cmocka_unit_test(columns_of_numbers_become_small),
        cmocka_unit_test(pieces_that_contradict_themselves_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
