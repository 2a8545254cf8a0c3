// SPDX-License-Identifier: GPL-3.0-or-later
// Selection of the smallest ranks of a list: queues are cut at a place limit, and only those served need to be in order.
#ifndef QONYS_MODEL_SELECT_H
#define QONYS_MODEL_SELECT_H

#include <stdint.h>
#include <string.h>

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

enum { QON_SPREAD_MOST = 2048, QON_SPREAD_HEAP = 16 };

// Defines `void name(type *list, int64_t count)`: sorts by .rank, an unsigned integer. Ranks are random, and a branch that depends on one
// foretells nothing: so as few as can be. A list of some hundreds is spread over twice as many heaps by where its ranks are between the
// least and the largest, as letters are by their first; what then stands in the wrong order is put right by insertion, a step for every
// eighth (Isaac, Singleton 1956). Longer lists are first dealt in place into heaps by the top bits of their ranks (McIlroy, Bostic, McIlroy
// 1993). Where ranks lie close together, plain quicksort does (Hoare 1962).
#define QON_SORT_BY_RANK(type, name)                                                               \
    static void name##_insert(type *list, const type *from, int64_t count) { /* may be the same */ \
        for (int64_t i = 0; i < count; i++) {                                                      \
            type item = from[i];                                                                   \
            int64_t j = i;                                                                         \
            for (; j > 0 && item.rank < list[j - 1].rank; j--) {                                   \
                list[j] = list[j - 1];                                                             \
            }                                                                                      \
            list[j] = item;                                                                        \
        }                                                                                          \
    }                                                                                              \
    static void name##_quick(type *list, int64_t count) {                                          \
        while (count > 12) {                                                                       \
            type pivot = list[count / 2];                                                          \
            int64_t i = 0, j = count - 1;                                                          \
            while (i <= j) {                                                                       \
                while (list[i].rank < pivot.rank) {                                                \
                    i++;                                                                           \
                }                                                                                  \
                while (pivot.rank < list[j].rank) {                                                \
                    j--;                                                                           \
                }                                                                                  \
                if (i <= j) {                                                                      \
                    type swap = list[i];                                                           \
                    list[i++] = list[j];                                                           \
                    list[j--] = swap;                                                              \
                }                                                                                  \
            }                                                                                      \
            if (j + 1 < count - i) {                                                               \
                name##_quick(list, j + 1);                                                         \
                list += i;                                                                         \
                count -= i;                                                                        \
            } else {                                                                               \
                name##_quick(list + i, count - i);                                                 \
                count = j + 1;                                                                     \
            }                                                                                      \
        }                                                                                          \
        name##_insert(list, list, count);                                                          \
    }                                                                                              \
    static void name##_short(type *list, int64_t count) {                                          \
        uint16_t next[2 * QON_SPREAD_MOST + 1], heap[QON_SPREAD_MOST], most = 0;                   \
        type spread[QON_SPREAD_MOST];                                                              \
        uint64_t least = UINT64_MAX, last = 0;                                                     \
        if (count <= 8 || count > QON_SPREAD_MOST) {                                               \
            name##_quick(list, count);                                                             \
            return;                                                                                \
        }                                                                                          \
        for (int64_t i = 0; i < count; i++) {                                                      \
            least = list[i].rank < least ? list[i].rank : least;                                   \
            last = list[i].rank > last ? list[i].rank : last;                                      \
        }                                                                                          \
        int shift = (last - least) >> 32 == 0 ? 0 : 32 - __builtin_clzll(last - least);            \
        uint64_t factor = ((uint64_t)(2 * count) << 32) / (((last - least) >> shift) + 1);         \
        memset(next, 0, (size_t)(2 * count + 1) * sizeof *next);                                   \
        for (int64_t i = 0; i < count; i++) {                                                      \
            heap[i] = (uint16_t)((((list[i].rank - least) >> shift) * factor) >> 32);              \
            uint16_t own = ++next[heap[i] + 1];                                                    \
            most = own > most ? own : most;                                                        \
        }                                                                                          \
        if (most > QON_SPREAD_HEAP) {                                                              \
            name##_quick(list, count);                                                             \
            return;                                                                                \
        }                                                                                          \
        for (int64_t h = 1; h < 2 * count; h++) {                                                  \
            next[h] = (uint16_t)(next[h] + next[h - 1]);                                           \
        }                                                                                          \
        for (int64_t i = 0; i < count; i++) {                                                      \
            spread[next[heap[i]]++] = list[i];                                                     \
        }                                                                                          \
        name##_insert(list, spread, count);                                                        \
    }                                                                                              \
    static void name(type *list, int64_t count) {                                                  \
        int64_t next[256] = {0}, end[256];                                                         \
        uint64_t most = 0;                                                                         \
        if (count <= QON_SPREAD_MOST) {                                                            \
            name##_short(list, count);                                                             \
            return;                                                                                \
        }                                                                                          \
        for (int64_t i = 0; i < count; i++) {                                                      \
            most = list[i].rank > most ? list[i].rank : most;                                      \
        }                                                                                          \
        int shift = most >> 8 == 0 ? 0 : 56 - __builtin_clzll(most);                               \
        for (int64_t i = 0; i < count; i++) {                                                      \
            next[(uint64_t)list[i].rank >> shift]++;                                               \
        }                                                                                          \
        for (int64_t heap = 0, sum = 0; heap < 256; heap++) {                                      \
            int64_t own = next[heap];                                                              \
            next[heap] = sum;                                                                      \
            end[heap] = sum += own;                                                                \
        }                                                                                          \
        for (int64_t heap = 0, from = 0; heap < 256; from = end[heap++]) {                         \
            while (next[heap] < end[heap]) {                                                       \
                type item = list[next[heap]];                                                      \
                int64_t to = (int64_t)((uint64_t)item.rank >> shift);                              \
                while (to != heap) {                                                               \
                    type other = list[next[to]];                                                   \
                    list[next[to]++] = item;                                                       \
                    item = other;                                                                  \
                    to = (int64_t)((uint64_t)item.rank >> shift);                                  \
                }                                                                                  \
                list[next[heap]++] = item;                                                         \
            }                                                                                      \
            name##_short(list + from, end[heap] - from);                                           \
        }                                                                                          \
    }

#endif
