// SPDX-License-Identifier: GPL-3.0-or-later
// The digest of a state: a 64-bit sum over agents of a hash of what they are.
//
// A sum does not depend on the order of rows, blocks, threads or ranks; rows stand in it as the ids of whom they mean. Those who are gone
// and households that have ended do not count, so that their rows may be dropped.
#include <qonys/par.h>
#include <qonys/ranks.h>
#include <qonys/world.h>
#include <string.h>
#include <xxhash.h>

// One agent's columns side by side, rows replaced by ids. Zeroed first, so that padding never differs.
struct person_image {
    uint64_t household_id;
    uint64_t next_id;
    struct {
#define COLUMN(type, name, unit, meaning) type name;
#include <qonys/persons_columns.def>
#undef COLUMN
    } own;
};

struct household_image {
    uint64_t head_id;
    struct {
#define COLUMN(type, name, unit, meaning) type name;
#include <qonys/households_columns.def>
#undef COLUMN
    } own;
};

struct employer_image {
    uint64_t row;
    struct {
#define COLUMN(type, name, unit, meaning) type name;
#include <qonys/employers_columns.def>
#undef COLUMN
    } own;
};

struct commitment_image {
    uint64_t programme_key; // its place in the scenario is none of its features
    struct {
#define COLUMN(type, name, unit, meaning) type name;
#include <qonys/commitments_columns.def>
#undef COLUMN
    } own;
};

struct waiting_image {
    uint64_t programmes; // sum of the keys of those wanted
    struct {
#define COLUMN(type, name, unit, meaning) type name;
#include <qonys/waiting_columns.def>
#undef COLUMN
    } own;
};

enum { SEED_PERSON = 1, SEED_HOUSEHOLD, SEED_EMPLOYER, SEED_TABLE, SEED_COMMITMENT, SEED_LEDGER, SEED_WAITING };

static uint64_t persons_sum(const struct qon_block *block) {
    const struct qon_persons *p = &block->persons;
    uint64_t sum = 0;
    struct person_image image;
    memset(&image, 0, sizeof image);
    for (uint32_t i = 0; i < p->count; i++) {
        if (p->status[i] == QON_GONE) {
            continue;
        }
#define COLUMN(type, name, unit, meaning) image.own.name = p->name[i];
#include <qonys/persons_columns.def>
#undef COLUMN
        image.own.id = qon_person_id(block, i);
        image.household_id = qon_household_id(block, p->household[i]);
        image.next_id = p->next[i] == QON_NONE ? UINT64_MAX : qon_person_id(block, p->next[i]);
        image.own.household = 0;
        image.own.next = 0;
        sum += XXH3_64bits_withSeed(&image, sizeof image, SEED_PERSON);
    }
    return sum;
}

static uint64_t households_sum(const struct qon_block *block) {
    const struct qon_households *h = &block->households;
    uint64_t sum = 0;
    struct household_image image;
    memset(&image, 0, sizeof image);
    for (uint32_t i = 0; i < h->count; i++) {
        if (h->members[i] == 0) {
            continue;
        }
#define COLUMN(type, name, unit, meaning) image.own.name = h->name[i];
#include <qonys/households_columns.def>
#undef COLUMN
        image.own.id = qon_household_id(block, i);
        image.head_id = qon_person_id(block, h->head[i]);
        image.own.head = 0;
        sum += XXH3_64bits_withSeed(&image, sizeof image, SEED_HOUSEHOLD);
    }
    return sum;
}

static uint64_t employers_sum(const struct qon_employers *e) {
    uint64_t sum = 0;
    struct employer_image image;
    memset(&image, 0, sizeof image);
    for (uint32_t i = 0; i < e->count; i++) {
#define COLUMN(type, name, unit, meaning) image.own.name = e->name[i];
#include <qonys/employers_columns.def>
#undef COLUMN
        image.row = i;
        sum += XXH3_64bits_withSeed(&image, sizeof image, SEED_EMPLOYER);
    }
    return sum;
}

static uint64_t commitments_sum(const struct qon_world *world, const struct qon_block *block) {
    const struct qon_commitments *c = &block->commitments;
    uint64_t sum = 0;
    struct commitment_image image;
    memset(&image, 0, sizeof image);
    for (uint32_t i = 0; i < c->count; i++) {
#define COLUMN(type, name, unit, meaning) image.own.name = c->name[i];
#include <qonys/commitments_columns.def>
#undef COLUMN
        image.programme_key = world->scenario->programmes.row[c->programme[i]].key;
        image.own.programme = 0;
        image.own.person = 0;
        sum += XXH3_64bits_withSeed(&image, sizeof image, SEED_COMMITMENT);
    }
    return sum;
}

// Those who wait for programmes that have given nothing yet have changed nothing, and leave no trace.
static uint64_t waiting_sum(const struct qon_world *world, const struct qon_block *block) {
    const struct qon_waiting *w = &block->waiting;
    uint64_t sum = 0;
    struct waiting_image image;
    memset(&image, 0, sizeof image);
    for (uint32_t i = 0; i < w->count; i++) {
        int64_t grants = 0;
        image.programmes = 0;
#define COLUMN(type, name, unit, meaning) image.own.name = w->name[i];
#include <qonys/waiting_columns.def>
#undef COLUMN
        for (uint64_t left = w->wanted[i]; left != 0; left &= left - 1) {
            image.programmes += world->scenario->programmes.row[__builtin_ctzll(left)].key;
            grants += world->ledger.grants[__builtin_ctzll(left)];
        }
        image.own.wanted = 0;
        image.own.person = 0;
        sum += grants > 0 ? XXH3_64bits_withSeed(&image, sizeof image, SEED_WAITING) : 0;
    }
    return sum;
}

struct digest {
    const struct qon_world *world;
    uint64_t sum;
};

static void digest_blocks(void *context, int64_t begin, int64_t end, int thread) {
    struct digest *digest = context;
    uint64_t sum = 0;
    for (int64_t b = begin; b < end; b++) {
        const struct qon_block *block = &digest->world->block[b];
        sum += persons_sum(block) + households_sum(block) + commitments_sum(digest->world, block) + waiting_sum(digest->world, block);
    }
    (void)__atomic_fetch_add(&digest->sum, sum, __ATOMIC_RELAXED); // modulo 2^64, so in any order
}

// Tables are ordered by zone and cell, so their hash is chained: what stands where matters.
static uint64_t chain(uint64_t hash, const void *array, int64_t count, size_t size) {
    return count > 0 ? XXH3_64bits_withSeed(array, (size_t)count * size, hash) : hash;
}

static uint64_t tables_hash(const struct qon_world *world) {
    struct qon_part parts[QON_PARTS_MOST];
    int count = qon_world_parts(world, parts);
    uint64_t hash = SEED_TABLE;
    for (int i = 0; i < count; i++) {
        hash = parts[i].apart ? hash : chain(hash, qon_part_read(world, &parts[i]), parts[i].count, parts[i].size);
    }
    return hash;
}

// What is left of each programme that has granted or spent something. One that has not leaves no trace: its awareness and its refusals have
// changed nothing.
static uint64_t ledger_sum(const struct qon_world *world) {
    const struct qon_ledger *l = &world->ledger;
    int64_t measures = (int64_t)world->regions * QON_MEASURES;
    uint64_t sum = 0;
    const int64_t *quota = l->quota_left, *budget = l->budget_left;
    for (int32_t i = 0; i < world->scenario->programmes.count; i++) {
        const struct qon_programme *programme = &world->scenario->programmes.row[i];
        if (l->grants[i] != 0 || l->other_tiyn[i] != 0) {
            int64_t scalars[] = {l->grants[i], l->other_tiyn[i], l->exhausted[i]};
            uint64_t hash = chain(SEED_LEDGER + programme->key, scalars, 3, sizeof *scalars);
            hash = chain(hash, l->total + i * measures, measures, sizeof(int64_t));
            hash = chain(hash, quota, programme->quotas_count, sizeof(int64_t));
            hash = chain(hash, budget, programme->budgets_count, sizeof(int64_t));
            hash = chain(hash, l->aware + (int64_t)i * world->zones, world->zones, sizeof(double));
            sum += chain(hash, l->heard + (int64_t)i * world->zones, world->zones, sizeof(int64_t));
        }
        quota += programme->quotas_count;
        budget += programme->budgets_count;
    }
    return sum;
}

uint64_t qon_world_digest(const struct qon_world *world) {
    struct digest digest = {world, 0};
    qon_par_for(world->blocks, 1, digest_blocks, &digest);
    if (world->ranks > 1) {
        int64_t sum = (int64_t)digest.sum;
        qon_ranks_sum_i64(&sum, 1);
        digest.sum = (uint64_t)sum;
    }
    return digest.sum + employers_sum(&world->employers) + tables_hash(world) + ledger_sum(world);
}
