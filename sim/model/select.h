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

#endif
