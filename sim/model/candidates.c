// SPDX-License-Identifier: GPL-3.0-or-later
// Candidates: the few persons to whom something may happen this month, found without visiting the others.
//
// Founders are drawn by geometric skips over their rows (a founder's row in its block is part of its identity, so the draw is a pure
// function of (key, block, row)); those born or arrived later, and the few who are no citizens where only they count, by one keyed draw
// each. Both give every person the probability `cap`, independently; the phase then accepts a candidate with probability hazard / cap.
// cost: cap * founders skips of about 2 ns, and 1 to 3 ns for each later person. ODD tag M-CANDIDATE-1.
#include "model.h"

#include <qonys/kernels.h>
#include <qonys/memory.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

// Bit i: column[i] is `value`, of 64.
static uint64_t all_equal(const uint8_t *column, uint8_t value) {
    uint64_t mask = 0;
#ifdef __SSE2__ // every x86-64 machine has it
    const __m128i wanted = _mm_set1_epi8((char)value);
    for (int i = 0; i < 4; i++) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(column + 16 * i));
        mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted)) << 16 * i;
    }
#else
    for (int i = 0; i < 64; i++) {
        mask |= (uint64_t)(column[i] == value) << i;
    }
#endif
    return mask;
}

// The same of at most 64; bits beyond are 0.
uint64_t qon_bits_equal(const uint8_t *column, uint32_t count, uint8_t value) {
    uint8_t bytes[64] = {0};
    if (count >= 64) {
        return all_equal(column, value);
    }
    memcpy(bytes, column, count);
    return all_equal(bytes, value) & ((1ULL << count) - 1);
}

// Bit i: column[i] is at least `least`, of 64.
static uint64_t all_since(const int16_t *column, int16_t least) {
    uint64_t mask = 0;
#ifdef __SSE2__
    const __m128i before = _mm_set1_epi16(least);
    for (int i = 0; i < 4; i++) {
        __m128i low = _mm_loadu_si128((const __m128i *)(const void *)(column + 16 * i));
        __m128i high = _mm_loadu_si128((const __m128i *)(const void *)(column + 16 * i + 8));
        __m128i less = _mm_packs_epi16(_mm_cmpgt_epi16(before, low), _mm_cmpgt_epi16(before, high));
        mask |= (uint64_t)(uint32_t)(~_mm_movemask_epi8(less) & 0xffff) << 16 * i;
    }
#else
    for (int i = 0; i < 64; i++) {
        mask |= (uint64_t)(column[i] >= least) << i;
    }
#endif
    return mask;
}

uint64_t qon_bits_since(const int16_t *column, uint32_t count, int16_t least) {
    int16_t months[64] = {0};
    if (count >= 64) {
        return all_since(column, least);
    }
    memcpy(months, column, count * sizeof *column);
    return all_since(months, least) & ((1ULL << count) - 1);
}

// 64 are compared at a time.
uint32_t qon_rows_where(const uint8_t *column, uint32_t count, uint8_t value, uint32_t *row) {
    uint32_t begin = 0, found = 0;
    for (; begin + 128 <= count; begin += 64) { // there is room for what is written in vain
        found += qon_bits_list(all_equal(column + begin, value), begin, 4, row + found);
    }
    for (; begin < count; begin++) {
        row[found] = begin;
        found += column[begin] == value;
    }
    return found;
}

void qon_candidates(const struct qon_block *block, uint64_t key, double cap, struct qon_rows *rows) {
    const struct qon_persons *p = &block->persons;
    const struct qon_kernels *kernels = qon_kernels();
    QON_REQUIRE(rows->capacity >= p->count);
    rows->count = kernels->skips(key, block->founder_id, cap, p->founders, rows->row);
    rows->count += kernels->sieve(key, 1, cap, p->id, p->founders, p->count, rows->row + rows->count);
}

// Adds to `rows` the candidates among later persons who are neither children nor gone. Only for them is drawn, some together.
static void later_candidates(const struct qon_block *block, uint64_t key, double cap, struct qon_rows *rows) {
    enum { TOGETHER = 256 };
    const struct qon_persons *p = &block->persons;
    const struct qon_kernels *kernels = qon_kernels();
    uint64_t id[TOGETHER];
    uint32_t own[TOGETHER], drawn[TOGETHER], count = 0;
    for (uint32_t row = p->founders; row < p->count; row += 64) {
        uint32_t left = p->count - row < 64 ? p->count - row : 64;
        uint64_t fit = ~qon_bits_equal(p->status + row, left, QON_CHILD) & ~qon_bits_equal(p->status + row, left, QON_GONE);
        fit = left < 64 ? fit & ((1ULL << left) - 1) : fit;
        for (; fit != 0; fit &= fit - 1) {
            own[count] = row + (uint32_t)__builtin_ctzll(fit);
            __builtin_prefetch(&p->id[own[count++]]);
        }
        if (count > TOGETHER - 64 || row + 64 >= p->count) {
            for (uint32_t i = 0; i < count; i++) {
                id[i] = p->id[own[i]];
            }
            uint32_t hits = kernels->sieve(key, 1, cap, id, 0, count, drawn);
            for (uint32_t i = 0; i < hits; i++) {
                rows->row[rows->count++] = own[drawn[i]];
            }
            count = 0;
        }
    }
}

void qon_candidates_grown(const struct qon_block *block, uint64_t key, double cap, struct qon_rows *rows) {
    const struct qon_persons *p = &block->persons;
    QON_REQUIRE(rows->capacity >= p->count);
    rows->count = qon_kernels()->skips(key, block->founder_id, cap, p->founders, rows->row);
    later_candidates(block, key, cap, rows);
}

static enum qon_status legal_push(const struct qon_block *block, struct qon_legal_list *list, uint32_t row) {
    enum qon_status status = QON_OK;
    if (list->count == list->capacity) {
        uint32_t capacity = list->capacity + list->capacity / 2 + 64;
        QON_TRY(qon_grow(&list->row, list->capacity, capacity, sizeof *list->row));
        QON_TRY(qon_grow(&list->id, list->capacity, capacity, sizeof *list->id));
        list->capacity = capacity;
    }
    list->row[list->count] = row;
    list->id[list->count++] = qon_person_id(block, row);
done:
    return status;
}

static enum qon_status legal_extend(const struct qon_block *block, struct qon_legal_list *list, uint8_t legal) {
    const struct qon_persons *p = &block->persons;
    enum qon_status status = QON_OK;
    for (uint32_t row = list->seen; row < p->count; row += 64) {
        uint32_t left = p->count - row < 64 ? p->count - row : 64;
        for (uint64_t own = qon_bits_equal(p->legal + row, left, legal); own != 0; own &= own - 1) {
            QON_TRY(legal_push(block, list, row + (uint32_t)__builtin_ctzll(own)));
        }
    }
    list->seen = p->count;
done:
    return status;
}

static void legal_shrink(const struct qon_block *block, struct qon_legal_list *list) {
    const uint8_t *status = block->persons.status;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        if (i + QON_AHEAD < list->count) {
            __builtin_prefetch(&status[list->row[i + QON_AHEAD]]);
        }
        list->row[kept] = list->row[i];
        list->id[kept] = list->id[i];
        kept += status[list->row[i]] != QON_GONE;
    }
    list->count = list->here = kept;
}

enum qon_status qon_candidates_legal(const struct qon_block *block, struct qon_non_citizens *non_citizens, uint64_t key, double cap,
                                     uint8_t legal, struct qon_rows *rows) {
    enum qon_status status = QON_OK;
    struct qon_legal_list *list = &non_citizens->by_legal[legal];
    QON_REQUIRE(rows->capacity >= block->persons.count);
    rows->count = 0;
    QON_TRY(legal_extend(block, list, legal));
    if (list->count > list->here + list->here / 8) {
        legal_shrink(block, list);
    }
    rows->count = qon_kernels()->sieve(key, 1, cap, list->id, 0, list->count, rows->row);
    for (uint32_t i = 0; i < rows->count; i++) {
        rows->row[i] = list->row[rows->row[i]];
    }
done:
    return status;
}
