// SPDX-License-Identifier: GPL-3.0-or-later
// Candidates: the few persons to whom something may happen this month, found without visiting the others.
//
// Founders are drawn by geometric skips over their rows (a founder's row in its block is part of its identity, so the draw is a pure
// function of (key, block, row)); those born or arrived later, and the few who are no citizens where only they count, by one keyed draw
// each, in lists that are kept from month to month. Both give every person the probability `cap`, independently; the phase then accepts a
// candidate with probability hazard / cap. cost: cap * founders skips of about 2 ns, and 1 to 3 ns for each later person. ODD tag
// M-CANDIDATE-1.
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

static enum qon_status list_reserve(struct qon_person_list *list, uint32_t count) {
    enum qon_status status = QON_OK;
    if (count > list->capacity) {
        uint32_t capacity = count + count / 2 + 64;
        QON_TRY(qon_grow(&list->row, list->capacity, capacity, sizeof *list->row));
        QON_TRY(qon_grow(&list->id, list->capacity, capacity, sizeof *list->id));
        list->capacity = capacity;
    }
done:
    return status;
}

// Adds the rows row + i for the bits i of a mask.
static enum qon_status list_add(const struct qon_block *block, struct qon_person_list *list, uint32_t row, uint64_t mask) {
    enum qon_status status = QON_OK;
    QON_TRY(list_reserve(list, list->count + qon_bits_count(mask)));
    for (; mask != 0; mask &= mask - 1) {
        uint32_t own = row + (uint32_t)__builtin_ctzll(mask);
        list->row[list->count] = own;
        list->id[list->count++] = qon_person_id(block, own);
    }
done:
    return status;
}

// The gone leave a list that has grown by an eighth since they last did.
static void list_shrink(const struct qon_block *block, struct qon_person_list *list) {
    const uint8_t *status = block->persons.status;
    uint32_t kept = 0;
    if (list->count <= list->here + list->here / 8) {
        return;
    }
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

// Adds to `rows` those of the list that are drawn.
static void list_draw_from(const struct qon_person_list *list, uint64_t key, double cap, struct qon_rows *rows) {
    uint32_t *drawn = rows->row + rows->count, count = qon_kernels()->sieve(key, 1, cap, list->id, 0, list->count, drawn);
    for (uint32_t i = 0; i < count; i++) {
        drawn[i] = list->row[drawn[i]];
    }
    rows->count += count;
}

// Puts one who was passed over as a child where the row belongs.
static enum qon_status list_insert(const struct qon_block *block, struct qon_person_list *list, uint32_t row) {
    enum qon_status status = QON_OK;
    uint32_t low = 0, high = list->count;
    QON_TRY(list_reserve(list, list->count + 1));
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        low = list->row[middle] < row ? middle + 1 : low;
        high = list->row[middle] < row ? high : middle;
    }
    memmove(list->row + low + 1, list->row + low, (list->count - low) * sizeof *list->row);
    memmove(list->id + low + 1, list->id + low, (list->count - low) * sizeof *list->id);
    list->row[low] = row;
    list->id[low] = qon_person_id(block, row);
    list->count++;
done:
    return status;
}

void qon_grown_note(const struct qon_world *world, const struct qon_block *block, uint32_t row) {
    struct qon_grown *grown = &world->model->grown[block->index];
    if (row >= block->persons.founders && row < grown->list.seen) { // else it will be seen
        uint32_t at = grown->matured_count++;
        grown->matured[at < QON_MATURED_MOST ? at : 0] = row;
    }
}

static enum qon_status grown_extend(const struct qon_block *block, struct qon_grown *grown) {
    enum qon_status status = QON_OK;
    const struct qon_persons *p = &block->persons;
    struct qon_person_list *list = &grown->list;
    if (grown->matured_count > QON_MATURED_MOST) { // anew
        grown->matured_count = 0;
        list->count = list->here = list->seen = 0;
    }
    for (; grown->matured_count > 0; grown->matured_count--) {
        QON_TRY(list_insert(block, list, grown->matured[grown->matured_count - 1]));
    }
    list->seen = list->seen > p->founders ? list->seen : p->founders;
    for (uint32_t row = list->seen; row < p->count; row += 64) {
        uint32_t left = p->count - row < 64 ? p->count - row : 64;
        uint64_t others = qon_bits_equal(p->status + row, left, QON_CHILD) | qon_bits_equal(p->status + row, left, QON_GONE);
        QON_TRY(list_add(block, list, row, ~others & (left < 64 ? (1ULL << left) - 1 : UINT64_MAX)));
    }
    list->seen = p->count;
    list_shrink(block, list);
done:
    return status;
}

void qon_candidates_grown(const struct qon_world *world, const struct qon_block *block, uint64_t key, double cap, struct qon_rows *rows) {
    const struct qon_persons *p = &block->persons;
    struct qon_grown *grown = &world->model->grown[block->index];
    QON_REQUIRE(rows->capacity >= p->count);
    rows->count = qon_kernels()->skips(key, block->founder_id, cap, p->founders, rows->row);
    if (grown_extend(block, grown) != QON_OK) {
        qon_memory_short(world);
        return;
    }
    list_draw_from(&grown->list, key, cap, rows);
}

enum qon_status qon_candidates_legal(const struct qon_block *block, struct qon_non_citizens *non_citizens, uint64_t key, double cap,
                                     uint8_t legal, struct qon_rows *rows) {
    enum qon_status status = QON_OK;
    const struct qon_persons *p = &block->persons;
    struct qon_person_list *list = &non_citizens->by_legal[legal];
    QON_REQUIRE(rows->capacity >= p->count);
    rows->count = 0;
    for (uint32_t row = list->seen; row < p->count; row += 64) {
        QON_TRY(list_add(block, list, row, qon_bits_equal(p->legal + row, p->count - row, legal)));
    }
    list->seen = p->count;
    list_shrink(block, list);
    list_draw_from(list, key, cap, rows);
done:
    return status;
}
