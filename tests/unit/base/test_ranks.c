// SPDX-License-Identifier: GPL-3.0-or-later
// The calls between ranks: nothing when alone, and what is handed to a job of two, which is made up here: the other rank does as this one.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs those first
#include <cmocka.h>
#include <qonys/ranks.h>
#include <string.h>

static int ended;

static void twice_i64(int64_t *values, int64_t count) {
    for (int64_t i = 0; i < count; i++) {
        values[i] = (int64_t)(2 * (uint64_t)values[i]);
    }
}
static void twice_i32(int32_t *values, int64_t count) {
    for (int64_t i = 0; i < count; i++) {
        values[i] *= 2;
    }
}
static void twice_gather(const void *own, const int64_t *bytes, void *all) {
    memcpy(all, own, (size_t)bytes[0]);
    memcpy((char *)all + bytes[0], own, (size_t)bytes[1]);
}
static void other_swap(const void *own, const int64_t *out, void *all, const int64_t *in) {
    memcpy(all, own, (size_t)in[0]); // what is for this one
    memcpy((char *)all + in[0], (const char *)own, (size_t)in[1]);
}
static void no_pass(int from, int to, void *data, int64_t bytes) {
    memset(data, 'x', (size_t)bytes);
}
static void note_end(int code) {
    ended = code;
}
static const struct qon_ranks_calls two = {0, 2, twice_i64, twice_i32, twice_gather, other_swap, no_pass, note_end};
static const struct qon_ranks_calls none = {0};

static void alone(void **state) {
    int64_t values[2] = {3, -4}, bytes = 16, all[2] = {0, 0};
    int32_t small = 5;
    assert_int_equal(qon_ranks_all(), 1);
    assert_int_equal(qon_ranks_count(), 1);
    qon_ranks_sum_i64(values, 2);
    qon_ranks_sum_i32(&small, 1);
    qon_ranks_gather(values, &bytes, all);
    assert_int_equal(values[1], -4);
    assert_int_equal(small, 5);
    assert_memory_equal(values, all, sizeof all);
    memset(all, 0, sizeof all);
    qon_ranks_swap(values, &bytes, all, &bytes);
    assert_memory_equal(values, all, sizeof all);
    qon_ranks_share(7, all);
    assert_int_equal(all[0], 7);
    assert_int_equal(qon_ranks_agree(QON_INTERRUPTED), QON_INTERRUPTED);
    assert_int_equal(qon_ranks_bytes(), 0);
    qon_ranks_end(QON_MACHINE); // there is nobody else to be ended
}

// Processes of a job that each do runs of their own are not asked.
static void apart(void **state) {
    int64_t value = 3;
    qon_ranks_set(&two);
    assert_int_equal(qon_ranks_all(), 2);
    assert_int_equal(qon_ranks_count(), 1);
    qon_ranks_sum_i64(&value, 1);
    assert_int_equal(value, 3);
    qon_ranks_set(&none);
}

static void together(void **state) {
    int64_t values[3] = {3, -4, INT64_MIN}, bytes[2] = {8, 8}, all[2] = {0, 0};
    int32_t small[2] = {5, -6};
    char text[4] = "abc";
    qon_ranks_set(&two);
    qon_ranks_together(true);
    assert_int_equal(qon_ranks_count(), 2);
    qon_ranks_sum_i64(values, 3);
    qon_ranks_sum_i32(small, 2);
    assert_int_equal(values[1], -8);
    assert_int_equal(values[2], 0); // modulo 2^64
    assert_int_equal(small[1], -12);
    qon_ranks_gather(values, bytes, all);
    assert_int_equal(all[1], 6);
    assert_int_equal(qon_ranks_bytes(), 24 + 8 + 8);
    qon_ranks_swap(values, bytes, all, bytes);
    assert_int_equal(qon_ranks_bytes(), 40 + 8); // what stays here is handed to nobody
    qon_ranks_pass(1, 0, text, 3);
    assert_string_equal(text, "xxx");
    assert_int_equal(qon_ranks_bytes(), 48); // received
    assert_int_equal(qon_ranks_agree(QON_OK), QON_OK);
    assert_false(qon_ranks_agreed());
    assert_int_equal(qon_ranks_agree(QON_USER), QON_USER);
    assert_true(qon_ranks_agreed());
    qon_ranks_end(QON_MACHINE);
    assert_int_equal(ended, QON_MACHINE);
    qon_ranks_together(false);
    qon_ranks_set(&none);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(alone), cmocka_unit_test(apart), cmocka_unit_test(together)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
