// SPDX-License-Identifier: GPL-3.0-or-later
// Groups of persons by what they were at the start: sex, age, education, zone, decile of household income a head, type of household.
#include "groups.h"

#include <qonys/memory.h>
#include <qonys/observer.h>
#include <qonys/par.h>
#include <string.h>

const char *const qon_grouping_name[QON_GROUPINGS] = {"", "sex", "age", "education", "origin", "destination", "income", "household"};

static const int32_t band_from[QON_AGE_BANDS + 1] = {0, 16, 20, 25, 30, 35, 45, 55, 65, 1000};
static const char *const band_name[QON_AGE_BANDS] = {"0-15", "16-19", "20-24", "25-29", "30-34", "35-44", "45-54", "55-64", "65+"};
static const char *const type_name[QON_HOUSEHOLD_TYPES] = {"single", "couple", "couple_children", "lone_parent", "other"};

_Static_assert(QON_ZONES_MOST <= 1 << QON_CODE_PROFILE, "zones and regions fit their fields");

struct qon_group_field qon_group_field(enum qon_grouping by) {
    static const struct qon_group_field field[QON_GROUPINGS] = {
        [QON_BY_SEX] = {0, 1},     [QON_BY_AGE] = {1, 4},        [QON_BY_EDUCATION] = {5, 8},
        [QON_BY_INCOME] = {13, 4}, [QON_BY_HOUSEHOLD] = {17, 3}, [QON_BY_ORIGIN] = {20, 12}};
    return field[by];
}

static uint32_t trait_of(enum qon_grouping by, uint32_t group) {
    return group << qon_group_field(by).from;
}

static int household_type(const struct qon_world *world, const struct qon_block *block, uint32_t household) {
    const struct qon_persons *p = &block->persons;
    const struct qon_households *h = &block->households;
    int32_t minors = 0, grown = 0;
    for (uint32_t m = h->head[household]; m != QON_NONE; m = p->next[m]) {
        bool minor = world->month - p->birth_month[m] < 12 * 18;
        minors += minor;
        grown += !minor;
    }
    if (h->coupled[household]) {
        return grown > 2 ? 4 : minors > 0 ? 2 : 1;
    }
    return grown == 1 && minors == 0 ? 0 : grown == 1 ? 3 : 4;
}

static int64_t income_a_head(const struct qon_block *block, uint32_t household) {
    const struct qon_persons *p = &block->persons;
    int64_t sum = 0, members = 0;
    for (uint32_t m = block->households.head[household]; m != QON_NONE; m = p->next[m]) {
        sum += p->wage_tiyn_month[m];
        members++;
    }
    return members > 0 ? sum / members : 0;
}

// Bounds of the deciles from a histogram in steps of 500 tenge.
enum { STEPS = 4096, STEP_TIYN = 50000, MONTHS = 12 * 128 };

struct taking {
    struct qon_groups *groups;
    const struct qon_world *world;
    int64_t *steps;        // [STEPS] persons
    int32_t decile[STEPS]; // of a step
    uint32_t band[MONTHS]; // trait of the band of age, by months since birth
};

static int32_t step_of(int64_t tiyn) {
    int64_t step = tiyn / STEP_TIYN;
    return step < STEPS ? (int32_t)step : STEPS - 1;
}

static void count_incomes(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    struct taking *t = context;
    for (int64_t b = begin; b < end; b++) {
        const struct qon_block *block = &t->world->block[b];
        uint32_t steps[STEPS] = {0};
        for (uint32_t h = 0; h < block->households.count; h++) {
            if (block->households.members[h] > 0) {
                steps[step_of(income_a_head(block, h))] += block->households.members[h];
            }
        }
        for (int i = 0; i < STEPS; i++) {
            __atomic_fetch_add(&t->steps[i], steps[i], __ATOMIC_RELAXED);
        }
    }
}

// A step belongs to the decile of its middle person, so that equal incomes stand together.
static void deciles(struct taking *t) {
    int64_t total = 0, before = 0;
    for (int i = 0; i < STEPS; i++) {
        total += t->steps[i];
    }
    for (int i = 0; i < STEPS; i++) {
        int64_t middle = before + t->steps[i] / 2;
        t->decile[i] = total > 0 ? (int32_t)(middle * QON_INCOME_DECILES / total) : 0;
        before += t->steps[i];
    }
}

static void fill_places(const struct qon_world *world, const struct qon_block *block, uint32_t *place) {
    const struct qon_persons *p = &block->persons;
    for (uint32_t row = 0; row < p->founders; row++) {
        bool grown = world->month - p->birth_month[row] >= 12 * 18;
        place[row] = (uint32_t)block->households.zone[p->household[row]] | (uint32_t)qon_profile_of(world, block, row) << QON_CODE_PROFILE |
                     (uint32_t)grown << QON_CODE_GROWN;
    }
}

static uint32_t band_of(int32_t age) {
    uint32_t band = 0;
    while (age >= band_from[band + 1]) {
        band++;
    }
    return band;
}

// What the members of a household have in common.
static uint32_t household_traits(const struct taking *t, const struct qon_block *block, uint32_t household) {
    const int32_t *region = t->world->scenario->tables.zones.region;
    return trait_of(QON_BY_INCOME, (uint32_t)t->decile[step_of(income_a_head(block, household))]) |
           trait_of(QON_BY_HOUSEHOLD, (uint32_t)household_type(t->world, block, household)) |
           trait_of(QON_BY_ORIGIN, (uint32_t)region[block->households.zone[household]]);
}

// Members of a household stand together at the start.
static void fill_traits(const struct taking *t, const struct qon_block *block, uint32_t *trait) {
    const struct qon_persons *p = &block->persons;
    uint32_t household = QON_NONE, common = 0;
    for (uint32_t row = 0; row < p->founders; row++) {
        if (p->household[row] != household) {
            household = p->household[row];
            common = household_traits(t, block, household);
        }
        int32_t months = t->world->month - p->birth_month[row];
        uint32_t band = months >= 0 && months < MONTHS ? t->band[months] : trait_of(QON_BY_AGE, band_of(months / 12));
        trait[row] = trait_of(QON_BY_SEX, p->sex[row]) | band | trait_of(QON_BY_EDUCATION, p->education[row]) | common;
    }
}

static void fill(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    struct taking *t = context;
    for (int64_t b = begin; b < end; b++) {
        const struct qon_block *block = &t->world->block[b];
        fill_places(t->world, block, t->groups->place[b]);
        if (t->groups->trait != NULL) {
            fill_traits(t, block, t->groups->trait[b]);
        }
    }
}

void qon_groups_names(struct qon_groups *groups, const struct qon_scenario *scenario) {
    *groups = (struct qon_groups){.zones = (int32_t)scenario->tables.zones.rows,
                                  .regions = (int32_t)scenario->tables.regions.rows,
                                  .educations = (int32_t)scenario->tables.educations.rows,
                                  .places_only = groups->places_only,
                                  .scenario = scenario};
}

static enum qon_status halves_take(uint32_t ***half, const struct qon_world *world) {
    enum qon_status status = QON_OK;
    QON_TRY(qon_take(half, world->blocks, sizeof **half));
    for (uint32_t b = 0; b < world->blocks; b++) {
        QON_TRY(qon_take(&(*half)[b], world->block[b].persons.founders, sizeof *(*half)[b]));
    }
done:
    return status;
}

enum qon_status qon_groups_take(struct qon_groups *groups, const struct qon_world *world) {
    enum qon_status status = QON_OK;
    struct taking *taking = NULL;
    if (groups->place != NULL) {
        return QON_OK;
    }
    qon_groups_names(groups, world->scenario);
    groups->blocks = world->blocks;
    QON_TRY(qon_take(&taking, 1, sizeof *taking));
    QON_TRY(qon_take(&taking->steps, STEPS, sizeof *taking->steps));
    taking->groups = groups;
    taking->world = world;
    QON_TRY(halves_take(&groups->place, world));
    if (!groups->places_only) {
        QON_TRY(halves_take(&groups->trait, world));
        qon_par_for(world->blocks, 1, count_incomes, taking);
        deciles(taking);
        for (int32_t months = 0; months < MONTHS; months++) {
            taking->band[months] = trait_of(QON_BY_AGE, band_of(months / 12));
        }
    }
    qon_par_for(world->blocks, 1, fill, taking);
done:
    if (taking != NULL) {
        qon_free(taking->steps);
    }
    qon_free(taking);
    return status;
}

static void halves_free(uint32_t ***half, uint32_t blocks) {
    for (uint32_t b = 0; *half != NULL && b < blocks; b++) {
        qon_free((*half)[b]);
    }
    qon_free(*half);
    *half = NULL;
}

void qon_groups_clear(struct qon_groups *groups) {
    halves_free(&groups->place, groups->blocks);
    halves_free(&groups->trait, groups->blocks);
}

void qon_groups_free(struct qon_groups *groups) {
    qon_groups_clear(groups);
    *groups = (struct qon_groups){0};
}

int32_t qon_group_count(const struct qon_groups *groups, enum qon_grouping by) {
    const int32_t count[QON_GROUPINGS] = {
        0, 2, QON_AGE_BANDS, groups->educations, groups->regions, groups->regions, QON_INCOME_DECILES, QON_HOUSEHOLD_TYPES};
    return count[by] + 1;
}

int32_t qon_group_of(const struct qon_groups *groups, uint64_t code, enum qon_grouping by, uint32_t zone_end) {
    if (by == QON_BY_DESTINATION) {
        return zone_end < (uint32_t)groups->zones ? groups->scenario->tables.zones.region[zone_end] : groups->regions;
    }
    return (int32_t)qon_group_read((uint32_t)(code >> QON_CODE_TRAITS), qon_group_field(by));
}

const char *qon_group_name(const struct qon_groups *groups, enum qon_grouping by, int32_t group, char text[32]) {
    const struct qon_tables *tables = &groups->scenario->tables;
    if (by == QON_BY_NOTHING) {
        return "";
    }
    if (group == qon_group_count(groups, by) - 1) {
        return by == QON_BY_DESTINATION ? "gone" : "later";
    }
    switch (by) {
    case QON_BY_SEX:
        return group == QON_MALE ? "male" : "female";
    case QON_BY_AGE:
        return band_name[group];
    case QON_BY_EDUCATION:
        return tables->educations.id[group];
    case QON_BY_ORIGIN:
    case QON_BY_DESTINATION:
        return tables->regions.id[group];
    case QON_BY_INCOME:
        snprintf(text, 32, "%d", group + 1);
        return text;
    default:
        return type_name[group];
    }
}
