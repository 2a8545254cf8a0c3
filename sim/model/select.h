// SPDX-License-Identifier: GPL-3.0-or-later
// Selection of the smallest ranks of a list: queues are cut at a place limit, and only those served need to be in order.
#ifndef QONYS_MODEL_SELECT_H
#define QONYS_MODEL_SELECT_H

#include <stdint.h>

// Defines `void name(type *list, int64_t count, int64_t keep)`: brings the `keep` items with the smallest .rank to the front, in no
// order (Hoare 1961). cost: linear in count.
#define QON_SELECT_SMALLEST(type, name)                         \
    static void name(type *list, int64_t count, int64_t keep) { \
        int64_t low = 0, high = count - 1;                      \
        while (low < high && keep > low && keep <= high) {      \
            type pivot = list[(low + high) / 2];                \
            int64_t i = low, j = high;                          \
            while (i <= j) {                                    \
                while (list[i].rank < pivot.rank) {             \
                    i++;                                        \
                }                                               \
                while (pivot.rank < list[j].rank) {             \
                    j--;                                        \
                }                                               \
                if (i <= j) {                                   \
                    type swap = list[i];                        \
                    list[i++] = list[j];                        \
                    list[j--] = swap;                           \
                }                                               \
            }                                                   \
            if (keep <= j) {                                    \
                high = j;                                       \
            } else if (keep >= i) {                             \
                low = i;                                        \
            } else {                                            \
                return;                                         \
            }                                                   \
        }                                                       \
    }

// Defines `void name(type *list, int64_t count)`: sorts by .rank. Ranks are random, so plain quicksort does (Hoare 1962); several times
// faster than qsort with its calls.
#define QON_SORT_BY_RANK(type, name)                             \
    static void name(type *list, int64_t count) {                \
        while (count > 12) {                                     \
            type pivot = list[count / 2];                        \
            int64_t i = 0, j = count - 1;                        \
            while (i <= j) {                                     \
                while (list[i].rank < pivot.rank) {              \
                    i++;                                         \
                }                                                \
                while (pivot.rank < list[j].rank) {              \
                    j--;                                         \
                }                                                \
                if (i <= j) {                                    \
                    type swap = list[i];                         \
                    list[i++] = list[j];                         \
                    list[j--] = swap;                            \
                }                                                \
            }                                                    \
            if (j + 1 < count - i) {                             \
                name(list, j + 1);                               \
                list += i;                                       \
                count -= i;                                      \
            } else {                                             \
                name(list + i, count - i);                       \
                count = j + 1;                                   \
            }                                                    \
        }                                                        \
        for (int64_t i = 1; i < count; i++) {                    \
            type item = list[i];                                 \
            int64_t j = i;                                       \
            for (; j > 0 && item.rank < list[j - 1].rank; j--) { \
                list[j] = list[j - 1];                           \
            }                                                    \
            list[j] = item;                                      \
        }                                                        \
    }

#endif
