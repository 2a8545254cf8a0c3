// SPDX-License-Identifier: GPL-3.0-or-later
// Selection of the smallest ranks of a list: queues are cut at a place limit, and only those served need to be in order.
#ifndef QONYS_MODEL_SELECT_H
#define QONYS_MODEL_SELECT_H

#include <math.h>
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

// Defines `int64_t name(type *list, int64_t count, int64_t keep)`: brings the `keep` items with the smallest .rank to the front, and a few
// more behind them; how many. Ranks of 64 bits are near uniform, so that all are among those below a little more than the share's quantile:
// one pass without a branch that chance decides. Where they are not, select() does it, made by QON_SELECT_SMALLEST.
#define QON_SELECT_UNIFORM(type, name, select)                                   \
    static int64_t name(type *list, int64_t count, int64_t keep) {               \
        double share = (double)keep / (double)count;                             \
        double wanted = (double)keep + 4 * sqrt((double)keep * (1 - share)) + 4; \
        int64_t low = 0;                                                         \
        if (wanted < 0.9 * (double)count) {                                      \
            uint64_t most = (uint64_t)(wanted / (double)count * 0x1p64);         \
            for (int64_t i = 0; i < count; i++) {                                \
                type item = list[i];                                             \
                list[i] = list[low];                                             \
                list[low] = item;                                                \
                low += item.rank <= most;                                        \
            }                                                                    \
        }                                                                        \
        if (low < keep) {                                                        \
            select(list, count, keep);                                           \
            low = keep;                                                          \
        }                                                                        \
        return low;                                                              \
    }

// Defines `void name(type *list, int64_t count)`: sorts by .rank, an unsigned integer. Ranks are random, so plain quicksort does (Hoare
// 1962); long lists are first dealt in place into heaps by the top bits of their ranks, most of which are short (McIlroy, Bostic, McIlroy
// 1993), where a branch foretells nothing.
#define QON_SORT_BY_RANK(type, name)                                       \
    static void name##_short(type *list, int64_t count) {                  \
        while (count > 12) {                                               \
            type pivot = list[count / 2];                                  \
            int64_t i = 0, j = count - 1;                                  \
            while (i <= j) {                                               \
                while (list[i].rank < pivot.rank) {                        \
                    i++;                                                   \
                }                                                          \
                while (pivot.rank < list[j].rank) {                        \
                    j--;                                                   \
                }                                                          \
                if (i <= j) {                                              \
                    type swap = list[i];                                   \
                    list[i++] = list[j];                                   \
                    list[j--] = swap;                                      \
                }                                                          \
            }                                                              \
            if (j + 1 < count - i) {                                       \
                name##_short(list, j + 1);                                 \
                list += i;                                                 \
                count -= i;                                                \
            } else {                                                       \
                name##_short(list + i, count - i);                         \
                count = j + 1;                                             \
            }                                                              \
        }                                                                  \
        for (int64_t i = 1; i < count; i++) {                              \
            type item = list[i];                                           \
            int64_t j = i;                                                 \
            for (; j > 0 && item.rank < list[j - 1].rank; j--) {           \
                list[j] = list[j - 1];                                     \
            }                                                              \
            list[j] = item;                                                \
        }                                                                  \
    }                                                                      \
    static void name(type *list, int64_t count) {                          \
        int64_t next[256] = {0}, end[256];                                 \
        uint64_t most = 0;                                                 \
        if (count <= 64) {                                                 \
            name##_short(list, count);                                     \
            return;                                                        \
        }                                                                  \
        for (int64_t i = 0; i < count; i++) {                              \
            most = list[i].rank > most ? list[i].rank : most;              \
        }                                                                  \
        int shift = most >> 8 == 0 ? 0 : 56 - __builtin_clzll(most);       \
        for (int64_t i = 0; i < count; i++) {                              \
            next[(uint64_t)list[i].rank >> shift]++;                       \
        }                                                                  \
        for (int64_t heap = 0, sum = 0; heap < 256; heap++) {              \
            int64_t own = next[heap];                                      \
            next[heap] = sum;                                              \
            end[heap] = sum += own;                                        \
        }                                                                  \
        for (int64_t heap = 0, from = 0; heap < 256; from = end[heap++]) { \
            while (next[heap] < end[heap]) {                               \
                type item = list[next[heap]];                              \
                int64_t to = (int64_t)((uint64_t)item.rank >> shift);      \
                while (to != heap) {                                       \
                    type other = list[next[to]];                           \
                    list[next[to]++] = item;                               \
                    item = other;                                          \
                    to = (int64_t)((uint64_t)item.rank >> shift);          \
                }                                                          \
                list[next[heap]++] = item;                                 \
            }                                                              \
            name##_short(list + from, end[heap] - from);                   \
        }                                                                  \
    }

#endif
