// SPDX-License-Identifier: GPL-3.0-or-later
// The exchange between ranks of what their blocks did to the country.
#include "tally.h"

#include <qonys/memory.h>
#include <qonys/par.h>
#include <qonys/share.h>
#include <string.h>

struct qon_shared {
    struct qon_changes changes;
    int64_t *noted; // books and money when all ranks had the same, in the order of books_list
    int64_t books;  // numbers in it
};

// ---- books and money

struct book {
    int64_t *values;
    int64_t count;
};
enum { BOOKS = 13, EMPLOYER_BYTES_MOST = 20 };

// What blocks write of books and money; how many numbers.
static int64_t books_list(struct qon_world *world, struct book list[BOOKS]) {
    struct qon_ledger *l = &world->ledger;
    struct qon_money *m = &world->money;
    int64_t programmes = world->scenario->programmes.count, total = 0;
    const struct book all[BOOKS] = {
        {l->month, programmes * world->regions * QON_MEASURES},
        {l->quota_left, l->quotas},
        {l->budget_left, l->budgets},
        {l->grants, programmes},
        {l->heard, programmes * world->zones},
        {l->employer_tiyn, world->zones},
        {&m->savings, 1},
        {&m->saved, 1},
        {&m->brought, 1},
        {&m->moving, 1},
        {&m->taken, 1},
        {&m->granted, 1},
        {&m->clawed, 1},
    };
    for (int i = 0; i < BOOKS; i++) {
        list[i] = all[i];
        total += all[i].count;
    }
    return total;
}

void qon_books_note(struct qon_world *world) {
    struct book list[BOOKS];
    if (world->share == NULL) {
        return;
    }
    int64_t *to = world->share->noted;
    (void)books_list(world, list);
    for (int i = 0; i < BOOKS; to += list[i++].count) {
        if (list[i].count > 0) {
            memcpy(to, list[i].values, (size_t)list[i].count * sizeof *to);
        }
    }
}

// What has been added to the books since they were noted.
static void books_changes(struct qon_world *world, int64_t *out) {
    struct book list[BOOKS];
    const int64_t *noted = world->share->noted;
    (void)books_list(world, list);
    for (int i = 0; i < BOOKS; i++) {
        for (int64_t k = 0; k < list[i].count; k++) {
            *out++ = list[i].values[k] - *noted++;
        }
    }
}

static void books_set(struct qon_world *world, const int64_t *changes) {
    struct book list[BOOKS];
    int64_t *noted = world->share->noted;
    (void)books_list(world, list);
    for (int i = 0; i < BOOKS; i++) {
        for (int64_t k = 0; k < list[i].count; k++) {
            *noted += *changes++;
            list[i].values[k] = *noted++;
        }
    }
}

enum qon_status qon_exchange_books(struct qon_world *world) {
    enum qon_status status = QON_OK;
    int64_t *changes = NULL;
    if (world->share == NULL) {
        return QON_OK;
    }
    QON_TRY(qon_take(&changes, (size_t)world->share->books, sizeof *changes));
    books_changes(world, changes);
    qon_ranks_sum_i64(changes, world->share->books);
    books_set(world, changes);
done:
    qon_free(changes);
    return status;
}

// ---- totals

// Counts of a month fit 32 bits, money does not.
static bool is_money(const struct qon_tally_part *part) {
    return part->offset == offsetof(struct qon_tally, wages_tiyn);
}
static bool is_late(const struct qon_tally_part *part) {
    return part->offset == offsetof(struct qon_tally, cohort) || part->offset == offsetof(struct qon_tally, flow_persons) ||
           part->offset == offsetof(struct qon_tally, flow_households);
}

// Both ways between the arrays of changes and one list of numbers: out of them, or (put) added to the totals.
static int64_t counts_pack(struct qon_world *world, bool whole, int32_t *list, bool put) {
    struct qon_tally_part parts[QON_TALLY_PARTS];
    int64_t at = 0;
    qon_tally_parts(world, parts);
    for (int i = 0; i < QON_TALLY_PARTS; i++) {
        if (is_money(&parts[i]) || (is_late(&parts[i]) && !whole)) {
            continue;
        }
        int64_t *own = *qon_tally_array(&world->share->changes.tally, &parts[i]), *all = *qon_tally_array(&world->tally, &parts[i]);
        for (int64_t k = 0; list != NULL && !put && k < parts[i].count; k++) {
            list[at + k] = (int32_t)own[k];
            own[k] = 0;
        }
        for (int64_t k = 0; list != NULL && put && k < parts[i].count; k++) {
            all[k] += list[at + k];
        }
        at += parts[i].count;
    }
    return at;
}

static enum qon_status counts_exchange(struct qon_world *world, bool whole) {
    enum qon_status status = QON_OK;
    int32_t *list = NULL;
    int64_t count = counts_pack(world, whole, NULL, false);
    QON_TRY(qon_take(&list, (size_t)count, sizeof *list));
    (void)counts_pack(world, whole, list, false);
    qon_ranks_sum_i32(list, count);
    (void)counts_pack(world, whole, list, true);
done:
    qon_free(list);
    return status;
}

static enum qon_status money_exchange(struct qon_world *world) {
    enum qon_status status = QON_OK;
    struct qon_shared *share = world->share;
    int64_t *list = NULL;
    QON_TRY(qon_take(&list, (size_t)(world->zones + share->books), sizeof *list));
    memcpy(list, share->changes.tally.wages_tiyn, (size_t)world->zones * sizeof *list);
    memset(share->changes.tally.wages_tiyn, 0, (size_t)world->zones * sizeof *list);
    books_changes(world, list + world->zones);
    qon_ranks_sum_i64(list, world->zones + share->books);
    for (int32_t z = 0; z < world->zones; z++) {
        world->tally.wages_tiyn[z] += list[z];
    }
    books_set(world, list + world->zones);
done:
    qon_free(list);
    return status;
}

// ---- employers: a rank hands on those that its blocks changed, a few bytes each: how many were passed over, what was added

static unsigned char *number_put(unsigned char *to, uint64_t number) {
    for (; number >= 128; number >>= 7) {
        *to++ = (unsigned char)(number | 128);
    }
    *to++ = (unsigned char)number;
    return to;
}

static const unsigned char *number_get(const unsigned char *from, uint64_t *number) {
    unsigned shift = 0;
    *number = 0;
    for (; *from >= 128; from++, shift += 7) {
        *number |= (uint64_t)(*from & 127) << shift;
    }
    *number |= (uint64_t)*from << shift;
    return from + 1;
}

static uint64_t fold(int32_t signed_number) { // 0, -1, 1, -2, ... become 0, 1, 2, 3, ...
    return (uint64_t)(((uint32_t)signed_number << 1) ^ (uint32_t)(signed_number >> 31));
}
static int32_t unfold(uint64_t number) {
    return (int32_t)((uint32_t)(number >> 1) ^ -(uint32_t)(number & 1));
}

// Employers are packed and added a chunk at a time, by all threads.
enum { CHUNK = 8192 };

struct parcels {
    struct qon_world *world;
    int64_t chunks;
    unsigned char *room; // where this rank's chunks are packed, far apart: pages that are not written cost nothing
    int64_t *length;     // [rank * chunks + chunk] bytes
    int64_t *first;      // the same: where they begin among those of all
    unsigned char *all;
    bool hires; // all staff that was added took a vacancy
};

// Writes the changes of a chunk of employers and clears them; bytes.
static int64_t chunk_pack(struct qon_changes *c, uint32_t begin, uint32_t end, unsigned char *out) {
    unsigned char *to = out;
    uint32_t passed = 0;
    for (uint32_t e = begin; e < end; e++, passed++) {
        bool foreign = (c->foreign_12[e] | c->foreign_34[e]) != 0;
        if (c->staff[e] == 0 && !foreign) {
            continue;
        }
        to = number_put(to, (uint64_t)passed << 1 | foreign);
        to = number_put(to, fold(c->staff[e]));
        if (foreign) {
            to = number_put(number_put(to, fold(c->foreign_12[e])), fold(c->foreign_34[e]));
        }
        c->staff[e] = c->foreign_12[e] = c->foreign_34[e] = 0;
        passed = UINT32_MAX; // 0 at the next
    }
    return to - out;
}

static void chunks_pack(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    struct parcels *p = context;
    int64_t chunk = begin / CHUNK;
    p->length[p->world->rank * p->chunks + chunk] =
        chunk_pack(&p->world->share->changes, (uint32_t)begin, (uint32_t)end, p->room + begin * EMPLOYER_BYTES_MOST);
}

static void chunk_add(struct qon_employers *e, uint32_t row, const unsigned char *from, int64_t bytes, bool hires) {
    const unsigned char *end = from + bytes;
    for (; from < end; row++) {
        uint64_t head, staff, high, low;
        from = number_get(number_get(from, &head), &staff);
        row += (uint32_t)(head >> 1);
        QON_REQUIRE(row < e->count);
        e->staff[row] += unfold(staff);
        e->vacancies[row] -= hires ? unfold(staff) : 0;
        if (head & 1) {
            from = number_get(number_get(from, &high), &low);
            e->foreign_12[row] += unfold(high);
            e->foreign_34[row] += unfold(low);
        }
    }
}

static void chunks_add(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    struct parcels *p = context;
    for (int r = 0; r < p->world->ranks; r++) {
        int64_t at = r * p->chunks + begin / CHUNK;
        chunk_add(&p->world->employers, (uint32_t)begin, p->all + p->first[at], p->length[at], p->hires);
    }
}

static enum qon_status employers_exchange(struct qon_world *world, bool hires) {
    enum qon_status status = QON_OK;
    struct parcels p = {.world = world, .chunks = (world->employers.count + CHUNK - 1) / CHUNK, .hires = hires};
    unsigned char *own = NULL;
    int64_t *bytes = NULL, total = 0, packed = 0;
    size_t lengths = (size_t)(world->ranks * p.chunks);
    QON_TRY(qon_take(&bytes, (size_t)world->ranks, sizeof *bytes));
    QON_TRY(qon_take(&p.length, lengths, sizeof *p.length));
    QON_TRY(qon_take(&p.first, lengths, sizeof *p.first));
    QON_TRY(qon_take(&p.room, (size_t)world->employers.count + 1, EMPLOYER_BYTES_MOST));
    qon_par_for(world->employers.count, CHUNK, chunks_pack, &p);
    qon_ranks_sum_i64(p.length, (int64_t)lengths); // those of others are 0 here
    for (int r = 0; r < world->ranks; r++) {
        for (int64_t c = 0; c < p.chunks; c++) {
            p.first[r * p.chunks + c] = total;
            total += p.length[r * p.chunks + c];
            bytes[r] += p.length[r * p.chunks + c];
        }
    }
    QON_TRY(qon_take(&own, (size_t)bytes[world->rank] + 1, 1));
    QON_TRY(qon_take(&p.all, (size_t)total + 1, 1));
    for (int64_t c = 0; c < p.chunks; c++) {
        int64_t length = p.length[world->rank * p.chunks + c];
        memcpy(own + packed, p.room + c * CHUNK * EMPLOYER_BYTES_MOST, (size_t)length);
        packed += length;
    }
    qon_ranks_gather(own, bytes, p.all);
    qon_par_for(world->employers.count, CHUNK, chunks_add, &p);
done:
    qon_free(bytes);
    qon_free(own);
    qon_free(p.length);
    qon_free(p.first);
    qon_free(p.room);
    qon_free(p.all);
    return status;
}

// ---- the whole

enum qon_status qon_exchange(struct qon_world *world, enum qon_exchanged after) {
    enum qon_status status = QON_OK;
    if (world->share == NULL) {
        return QON_OK;
    }
    QON_TRY(counts_exchange(world, after == QON_AFTER_MONTH));
    QON_TRY(money_exchange(world));
    QON_TRY(employers_exchange(world, after == QON_AFTER_HIRES));
done:
    return status;
}

void qon_share_blocks(struct qon_world *world, bool blocks) {
    world->changes = blocks && world->share != NULL ? &world->share->changes : NULL;
}

enum qon_status qon_share_begin(struct qon_world *world) {
    enum qon_status status = QON_OK;
    struct book list[BOOKS];
    if (world->ranks < 2 || world->share != NULL) {
        return QON_OK;
    }
    QON_TRY(qon_take(&world->share, 1, sizeof *world->share));
    struct qon_shared *share = world->share;
    size_t employers = (size_t)world->employers.count + 1;
    share->books = books_list(world, list);
    QON_TRY(qon_take(&share->noted, (size_t)share->books, sizeof *share->noted));
    QON_TRY(qon_tally_init(world, &share->changes.tally, true));
    QON_TRY(qon_take(&share->changes.staff, employers, sizeof(int32_t)));
    QON_TRY(qon_take(&share->changes.foreign_12, employers, sizeof(int32_t)));
    QON_TRY(qon_take(&share->changes.foreign_34, employers, sizeof(int32_t)));
    qon_books_note(world);
done:
    return status;
}

void qon_share_free(struct qon_world *world) {
    struct qon_shared *share = world->share;
    if (share != NULL) {
        qon_tally_free(&share->changes.tally);
        qon_free(share->changes.staff);
        qon_free(share->changes.foreign_12);
        qon_free(share->changes.foreign_34);
        qon_free(share->noted);
        qon_free(share);
    }
    world->share = NULL;
    world->changes = NULL;
}
