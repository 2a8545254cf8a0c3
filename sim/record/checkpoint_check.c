// SPDX-License-Identifier: GPL-3.0-or-later
// A state that came from a file is looked at before it is used: every row, code and month in its range and every number finite, so that
// counting and the phases stay inside their arrays whatever the file said. What the invariants demand beyond that, qon_world_check says.
#include "checkpoint.h"

#include <math.h>
#include <qonys/par.h>
#include <string.h>

struct checking {
    const struct qon_world *world;
    uint32_t origins;
    int64_t failed; // first block with a breach, or blocks
};

static bool month_sound(const struct qon_world *world, int32_t month) {
    return month == QON_ALWAYS || (month >= 0 && month <= world->month);
}

static bool person_sound(const struct checking *c, const struct qon_block *block, uint32_t i) {
    const struct qon_world *world = c->world;
    const struct qon_persons *p = &block->persons;
    int32_t cohort = p->birth_month[i] - world->tally.cohort_from;
    return p->status[i] < QON_LABOURS && p->household[i] < block->households.count && (p->next[i] < p->count || p->next[i] == QON_NONE) &&
           (p->employer[i] < world->employers.count || p->employer[i] == QON_NONE) && cohort >= 0 && cohort < world->tally.cohorts &&
           p->birth_month[i] <= world->month && month_sound(world, p->arrival_month[i]) && month_sound(world, p->status_month[i]) &&
           p->origin[i] < c->origins && p->sex[i] <= QON_FEMALE && p->education[i] < world->educations && p->skill[i] < world->skills &&
           p->legal[i] < QON_LEGALS && p->role[i] < QON_ROLES &&
           (p->occupation[i] < world->occupations ||
            (p->occupation[i] == QON_NO_OCCUPATION && p->status[i] != QON_EMPLOYED && p->status[i] != QON_UNEMPLOYED));
}

static bool household_sound(const struct checking *c, const struct qon_block *block, uint32_t i) {
    const struct qon_households *h = &block->households;
    bool ended = h->members[i] == 0;
    // Savings of the whole country must fit into 63 bits.
    return h->zone[i] < c->world->zones && h->kin[i] < c->world->zones && (ended || h->head[i] < block->persons.count) &&
           h->savings_tiyn[i] >= 0 && h->savings_tiyn[i] < (int64_t)1 << 60 && month_sound(c->world, h->savings_month[i]) &&
           h->savings_month[i] != QON_ALWAYS && month_sound(c->world, h->moved_month[i]) && month_sound(c->world, h->event_month[i]) &&
           h->owner[i] <= 1 && h->coupled[i] <= 1;
}

// A grant given in another zone of work may outlive its employer, never its person.
static bool grant_sound(const struct checking *c, const struct qon_block *block, uint32_t i) {
    const struct qon_world *world = c->world;
    const struct qon_commitments *g = &block->commitments;
    return g->person[i] < block->persons.count && g->programme[i] < world->scenario->programmes.count &&
           (g->employer[i] < world->employers.count || g->employer[i] == QON_NONE) && g->origin[i] < world->zones &&
           g->destination[i] < world->zones && g->month[i] >= 0 && g->month[i] <= world->month && g->monthly_left[i] >= 0 &&
           g->employer_left[i] >= 0 && g->paid_tiyn[i] >= 0 && g->monthly_tiyn[i] >= 0 && g->employer_tiyn_month[i] >= 0 &&
           g->later_tiyn[i] >= 0 && (g->education[i] == UINT8_MAX || g->education[i] < world->educations) &&
           (g->new_occupation[i] == QON_NO_OCCUPATION || g->new_occupation[i] < world->occupations);
}

// Rows in the order of persons, which finding them relies on.
static bool wish_sound(const struct checking *c, const struct qon_block *block, uint32_t i) {
    const struct qon_world *world = c->world;
    const struct qon_waiting *w = &block->waiting;
    int32_t count = world->scenario->programmes.count;
    return w->person[i] < block->persons.count && (i == 0 || w->person[i - 1] <= w->person[i]) && w->wanted[i] != 0 &&
           (count == QON_PROGRAMMES_MOST || w->wanted[i] >> count == 0) && w->origin[i] < world->zones &&
           w->destination[i] < world->zones && w->month[i] >= 0 && w->month[i] <= world->month && w->local[i] <= 1 &&
           (w->at[i] == QON_AT_MOVE || w->at[i] == QON_AT_SCHOOL || w->at[i] == QON_AT_RESIDENCE || w->at[i] == QON_AT_ARRIVAL);
}

static bool block_sound(const struct checking *c, const struct qon_block *block, const char **kind, uint32_t *row) {
    for (uint32_t i = 0; i < block->persons.count; i++) {
        if (block->persons.status[i] != QON_GONE && !person_sound(c, block, i)) {
            *kind = "person";
            *row = i;
            return false;
        }
    }
    for (uint32_t i = 0; i < block->households.count; i++) {
        if (!household_sound(c, block, i)) {
            *kind = "household";
            *row = i;
            return false;
        }
    }
    for (uint32_t i = 0; i < block->commitments.count; i++) {
        if (!grant_sound(c, block, i)) {
            *kind = "grant";
            *row = i;
            return false;
        }
    }
    for (uint32_t i = 0; i < block->waiting.count; i++) {
        if (!wish_sound(c, block, i)) {
            *kind = "wish";
            *row = i;
            return false;
        }
    }
    return true;
}

static void check_blocks(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    struct checking *c = context;
    const char *kind;
    uint32_t row;
    for (int64_t b = begin; b < end; b++) {
        if (!block_sound(c, &c->world->block[b], &kind, &row)) {
            int64_t first = __atomic_load_n(&c->failed, __ATOMIC_RELAXED);
            while (b < first && !__atomic_compare_exchange_n(&c->failed, &first, b, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
            }
        }
    }
}

static bool within(double value, double least, double most) {
    return value >= least && value <= most; // false for NAN
}

// Nobody employs more than there are people. A shock to demand is at most sqrt(3) of its deviation, of which 0.95 a month is kept; a
// branch may have smaller shocks than the run before it.
static bool employer_sound(const struct qon_world *world, uint32_t i, double most) {
    const struct qon_employers *e = &world->employers;
    const double log_most = fmax(8, 35 * world->scenario->settings.labour.demand_shock_sd);
    return e->zone[i] < world->zones && e->sector[i] < world->sectors && within(e->staff[i], 0, most) &&
           within(e->foreign_12[i], 0, most) && within(e->foreign_34[i], 0, most) && within(e->desired[i], 0, 1e8) &&
           within(e->vacancies[i], 0, 1e8) && within((double)e->staff_start[i], 0, most) &&
           within((double)e->demand_log[i], -log_most, log_most) && within((double)e->premium[i], 0, 1000) &&
           within((double)e->excess_share[i], 0, 1);
}

// Counts of a cell, which are added up and weighed; money and counts beside these, which are added to for years.
static bool counts_sound(const struct qon_world *world, const struct qon_part *part) {
    const int64_t *values = qon_part_read(world, part);
    bool cells = strncmp(part->name, "places.", 7) == 0;
    const int64_t least = cells ? 0 : -((int64_t)1 << 58), most = cells ? (int64_t)1 << 40 : (int64_t)1 << 58;
    for (int64_t k = 0; k < part->count; k++) {
        if (values[k] < least || values[k] > most) {
            return false;
        }
    }
    return true;
}

// Arrays of the country hold finite numbers that can be reckoned with; what must add up is left to the invariants.
static const char *parts_unsound(const struct qon_world *world, const struct qon_part *parts, int count) {
    for (int i = 0; i < count; i++) {
        if (strcmp(parts[i].type, "double") == 0) {
            const double *values = qon_part_read(world, &parts[i]);
            for (int64_t k = 0; k < parts[i].count; k++) {
                if (!within(values[k], -1e15, 1e15)) {
                    return parts[i].name;
                }
            }
        } else if (strcmp(parts[i].type, "int64_t") == 0 && !counts_sound(world, &parts[i])) {
            return parts[i].name;
        }
    }
    return NULL;
}

bool qon_cp_values_check(const struct qon_world *world, char text[256]) {
    int64_t origins = world->scenario->tables.kandas_origins.rows;
    struct checking c = {world, (uint32_t)(world->zones + (origins > 0 ? origins : 1)), world->blocks};
    struct qon_part parts[QON_PARTS_MOST];
    const char *unsound = parts_unsound(world, parts, qon_world_parts(world, parts));
    if (unsound != NULL) {
        (void)snprintf(text, 256, "%.64s holds what is no number or far too large", unsound);
        return false;
    }
    double persons = world->ranks > 1 ? 1e8 : 0; // of other ranks, no rows are known
    for (uint32_t b = 0; b < world->blocks; b++) {
        persons += world->block[b].persons.count;
    }
    for (uint32_t i = 0; i < world->employers.count; i++) {
        if (!employer_sound(world, i, persons)) {
            (void)snprintf(text, 256, "employer %u has a value out of range", i);
            return false;
        }
    }
    qon_par_for(world->blocks, 1, check_blocks, &c);
    if (c.failed < world->blocks) {
        const char *kind = "";
        uint32_t row = 0;
        (void)block_sound(&c, &world->block[c.failed], &kind, &row);
        (void)snprintf(text, 256, "%s %u of block %u has a value out of range", kind, row, (unsigned)c.failed);
        return false;
    }
    return true;
}
