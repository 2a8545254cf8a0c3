// SPDX-License-Identifier: GPL-3.0-or-later
// Selection and sorting by rank, whatever the ranks are: uniform, in heaps, all the same, in order. ODD tag M-MATCH-1.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <qonys/random.h>
#include <stdlib.h>

#include "../../../sim/model/select.h"

struct item {
    uint64_t rank;
    uint32_t content; // follows from the rank, so that a mixed-up item is seen
};
QON_SELECT_SMALLEST(struct item, select_items)
QON_SORT_BY_RANK(struct item, sort_items)

enum kind { UNIFORM, LOW, HEAPED, EQUAL, UPWARDS, DOWNWARDS, EXPONENTIAL, EXTREME, KINDS };
enum { MOST = 9000 };

static uint64_t rank_of(enum kind kind, int64_t i, int64_t count) {
    uint64_t draw = qon_mix((uint64_t)(i + 7 * count + kind));
    switch (kind) {
    case LOW:
        return draw % 100;
    case HEAPED: // most close together, a few far away
        return draw % 50 == 0 ? draw : 0x4000000000000000ULL + draw % 1000;
    case EQUAL:
        return 42;
    case UPWARDS:
        return (uint64_t)i << 40;
    case DOWNWARDS:
        return (uint64_t)(count - i) << 20;
    case EXPONENTIAL:
        return draw >> (draw % 61);
    case EXTREME:
        return draw % 3 == 0 ? 0 : draw % 3 == 1 ? UINT64_MAX : draw;
    default:
        return draw;
    }
}

static void fill(struct item *list, enum kind kind, int64_t count) {
    for (int64_t i = 0; i < count; i++) {
        list[i].rank = rank_of(kind, i, count);
        list[i].content = (uint32_t)qon_mix(list[i].rank);
    }
}

static int by_rank(const void *a, const void *b) {
    uint64_t x = ((const struct item *)a)->rank, y = ((const struct item *)b)->rank;
    return (x > y) - (x < y);
}

static void lists_of_any_ranks_are_sorted(void **state) {
    static struct item list[MOST], expected[MOST];
    static const int64_t counts[] = {0, 1, 2, 8, 9, 10, 37, 64, 500, 2047, 2048, 2049, MOST};
    for (enum kind kind = 0; kind < KINDS; kind++) {
        for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
            fill(list, kind, counts[c]);
            fill(expected, kind, counts[c]);
            qsort(expected, (size_t)counts[c], sizeof *expected, by_rank);
            sort_items(list, counts[c]);
            for (int64_t i = 0; i < counts[c]; i++) {
                assert_true(list[i].rank == expected[i].rank);
                assert_int_equal(list[i].content, (uint32_t)qon_mix(list[i].rank));
            }
        }
    }
}

static void the_smallest_come_to_the_front(void **state) {
    static struct item list[MOST], expected[MOST];
    static const int64_t counts[] = {1, 5, 100, MOST};
    for (enum kind kind = 0; kind < KINDS; kind++) {
        for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
            for (int64_t keep = 0; keep <= counts[c]; keep += 1 + keep / 2) {
                fill(list, kind, counts[c]);
                fill(expected, kind, counts[c]);
                qsort(expected, (size_t)counts[c], sizeof *expected, by_rank);
                select_items(list, counts[c], keep);
                qsort(list, (size_t)keep, sizeof *list, by_rank);
                qsort(list + keep, (size_t)(counts[c] - keep), sizeof *list, by_rank);
                for (int64_t i = 0; i < counts[c]; i++) {
                    assert_true(list[i].rank == expected[i].rank);
                    assert_int_equal(list[i].content, (uint32_t)qon_mix(list[i].rank));
                }
            }
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_of_any_ranks_are_sorted),
        cmocka_unit_test(the_smallest_come_to_the_front),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
