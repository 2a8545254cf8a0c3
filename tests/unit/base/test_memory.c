// SPDX-License-Identifier: GPL-3.0-or-later
// Memory is zeroed and aligned, keeps what it holds when it grows, and fails without harm.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs those first
#include <cmocka.h>
#include <qonys/memory.h>
#include <string.h>

static int is_zero(const unsigned char *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (bytes[i] != 0) {
            return 0;
        }
    }
    return 1;
}

static void memory_is_zeroed_and_aligned_at_every_size(void **state) {
    const size_t sizes[] = {1, 63, 64, 65, 4096, (1 << 20) - 65, (1 << 20) - 64, 1 << 20, (1 << 20) + 1, 5000000};
    for (int again = 0; again < 2; again++) { // the second time small pieces come back dirty from the C library
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            unsigned char *bytes;
            assert_int_equal(qon_take(&bytes, sizes[i], 1), QON_OK);
            assert_int_equal((uintptr_t)bytes % 64, 0);
            assert_true(is_zero(bytes, sizes[i]));
            memset(bytes, 0xa5, sizes[i]);
            qon_free(bytes);
        }
    }
}

static void nothing_is_no_failure(void **state) {
    int *items = (int *)&state;
    assert_int_equal(qon_take(&items, 0, sizeof *items), QON_OK);
    assert_null(items);
    qon_free(NULL);
}

static void a_product_that_overflows_fails(void **state) {
    char *items = (char *)&state;
    assert_int_equal(qon_take(&items, SIZE_MAX / 2, 3), QON_MACHINE);
    assert_null(items);
    assert_int_equal(qon_take(&items, SIZE_MAX - 10, 1), QON_MACHINE);
    assert_int_equal(qon_take(&items, SIZE_MAX / 8, 2), QON_MACHINE); // more than any machine has
}

// From small to small, small to mapped, mapped to mapped.
static void growing_keeps_what_is_there_and_zeroes_the_rest(void **state) {
    const size_t counts[] = {10, 100, 1000, 200000, 300000, 5000000, 5000001};
    uint32_t *items;
    assert_int_equal(qon_take(&items, counts[0], sizeof *items), QON_OK);
    for (size_t step = 0; step + 1 < sizeof counts / sizeof counts[0]; step++) {
        for (size_t i = 0; i < counts[step]; i++) {
            items[i] = (uint32_t)(i * 2654435761U + 1);
        }
        size_t kept = counts[step] - step; // what lies beyond the items to keep is to be zero too
        assert_int_equal(qon_grow(&items, kept, counts[step + 1], sizeof *items), QON_OK);
        assert_int_equal((uintptr_t)items % 64, 0);
        for (size_t i = 0; i < kept; i++) {
            assert_int_equal(items[i], (uint32_t)(i * 2654435761U + 1));
        }
        assert_true(is_zero((unsigned char *)(items + kept), (counts[step + 1] - kept) * sizeof *items));
    }
    qon_free(items);
}

static void memory_shrinks_too(void **state) {
    uint64_t *items = NULL;
    assert_int_equal(qon_grow(&items, 0, 1000000, sizeof *items), QON_OK); // from nothing
    items[99] = 7;
    assert_int_equal(qon_grow(&items, 1000000, 500000, sizeof *items), QON_OK);
    assert_int_equal(items[99], 7);
    assert_int_equal(qon_grow(&items, 500000, 100, sizeof *items), QON_OK);
    assert_int_equal(items[99], 7);
    assert_int_equal(qon_grow(&items, 100, 0, sizeof *items), QON_OK);
    assert_null(items);
}

static void growth_that_fails_changes_nothing(void **state) {
    const size_t counts[] = {10, 1000000}; // small, mapped
    for (int c = 0; c < 2; c++) {
        uint64_t *items;
        assert_int_equal(qon_take(&items, counts[c], sizeof *items), QON_OK);
        items[9] = 99;
        uint64_t *before = items;
        qon_memory_fail_after(0);
        assert_int_equal(qon_grow(&items, counts[c], 2 * counts[c], sizeof *items), QON_MACHINE);
        qon_memory_fail_after(-1);
        assert_ptr_equal(items, before);
        assert_int_equal(items[9], 99);
        assert_int_equal(qon_grow(&items, counts[c], SIZE_MAX / 4, sizeof *items), QON_MACHINE);
        assert_int_equal(qon_grow(&items, counts[c], SIZE_MAX / 32, sizeof *items), QON_MACHINE);
        assert_ptr_equal(items, before);
        assert_int_equal(qon_grow(&items, counts[c], 2 * counts[c], sizeof *items), QON_OK);
        assert_int_equal(items[9], 99);
        qon_free(items);
    }
}

static void memory_fails_when_a_test_asks_for_it(void **state) {
    char *items;
    qon_memory_fail_after(2);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(qon_take(&items, 100, 1), QON_OK);
        qon_free(items);
    }
    assert_int_equal(qon_take(&items, 100, 1), QON_MACHINE);
    assert_null(items);
    assert_int_equal(qon_take(&items, 100, 1), QON_OK); // only the one following
    qon_free(items);
    qon_memory_fail_after(0);
    assert_null(qon_string_copy("text"));
    qon_memory_fail_after(-1);
}

static void a_text_is_copied(void **state) {
    char text[] = "Қоныс";
    char *copy = qon_string_copy(text);
    text[0] = 'x';
    assert_string_equal(copy, "Қоныс");
    qon_free(copy);
    copy = qon_string_copy("");
    assert_string_equal(copy, "");
    qon_free(copy);
    assert_null(qon_string_copy(NULL));
}

static void the_peak_grows_with_what_is_touched_only(void **state) {
    const size_t bytes = (size_t)256 << 20;
    uint64_t before = qon_memory_peak_bytes();
    unsigned char *untouched;
    assert_int_equal(qon_take(&untouched, bytes, 4), QON_OK);
    assert_true(qon_memory_peak_bytes() < before + bytes / 4);
    unsigned char *touched;
    assert_int_equal(qon_take(&touched, bytes / 4, 1), QON_OK);
    memset(touched, 1, bytes / 4);
    assert_true(qon_memory_peak_bytes() >= bytes / 4);
    qon_free(untouched);
    qon_free(touched);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_aligned_at_every_size),
        cmocka_unit_test(nothing_is_no_failure),
        cmocka_unit_test(a_product_that_overflows_fails),
        cmocka_unit_test(growing_keeps_what_is_there_and_zeroes_the_rest),
        cmocka_unit_test(memory_shrinks_too),
        cmocka_unit_test(growth_that_fails_changes_nothing),
        cmocka_unit_test(memory_fails_when_a_test_asks_for_it),
        cmocka_unit_test(a_text_is_copied),
        cmocka_unit_test(the_peak_grows_with_what_is_touched_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
