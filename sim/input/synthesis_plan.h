// SPDX-License-Identifier: GPL-3.0-or-later
// Of the synthesis only: the plan of a synthetic population, which says before anybody is made how many of each sort there are.
//
// The trick (ODD tag S-BLOCK-1): a PORTION is the part of a zone that lives in one block. A zone's persons of one sex and age (a cell) are
// dealt over its portions by a formula, so every person has a rank within the cell that needs no count of others; the rank is scattered
// over the cell's whole numbers of every labour status and education, that gives a rank among the employed of a skill, which is scattered
// over jobs, and those over the employers' seats. Each scatter is a keyed bijection. So totals are exact, and blocks are made in parallel
// in one pass.
//
// Invariants: 1. the sum of a cell over portions is the cell; 2. the sum of `joint` of a cell is its persons less its foreign ones; 3. the
// seats of a zone and sector are the employees of that sector; 4. no draw depends on a thread or on the order of blocks.
#ifndef QONYS_INPUT_SYNTHESIS_PLAN_H
#define QONYS_INPUT_SYNTHESIS_PLAN_H

#include <qonys/kernels.h>
#include <qonys/random.h>
#include <qonys/synthesis.h>

enum {
    QON_SYNTH_ADULT = 18,   // years: from here on one may head a household
    QON_SYNTH_WORKING = 16, // years: from here on one has a labour status
    QON_SYNTH_WORKING_AGES = QON_AGES - QON_SYNTH_WORKING,
    QON_SYNTH_CELLS = 2 * QON_AGES,
    QON_SYNTH_STATUSES = 6,        // QON_STUDENT..QON_RETIRED
    QON_SYNTH_PORTION_LEAST = 400, // persons: smaller zones live in fewer blocks, so that households and couples can form
};

// Persons of one zone, sex and age.
struct qon_synth_cell {
    uint32_t persons;
    uint32_t foreign; // holders of permits and unregistered workers among them
    uint32_t start;   // portion that gets the first of what is left after equal shares
};

struct qon_synth_zone {
    int64_t persons;
    int64_t of_sex[2];
    int64_t households;
    uint32_t portions;
    uint32_t first_block; // of portion 0; portion i is in block (first_block + i) mod blocks
    int32_t kind;
    struct qon_synth_cell cell[QON_SYNTH_CELLS]; // [sex][age]
    int64_t stock[QON_LEGALS];                   // residents of each legal status but citizens
    int64_t foreign;                             // permits, seasonal and unregistered: live alone and work
    int64_t status[QON_LABOURS];                 // residents of working age, foreign ones among them
    uint32_t *joint;                             // [sex][age - 16][status * educations + education]: cumulative, without foreign ones
    uint32_t *employed;                          // [sex][age - 16][education]: employed of the same skill in cells before
    uint32_t foreign_before[QON_SYNTH_CELLS];    // foreign persons in cells before
};

struct qon_synth_range { // ages whose education is given together
    int32_t kind;
    int32_t from;
    int32_t to;
};

struct qon_synth {
    const struct qon_scenario *scenario;
    const struct qon_tables *tables;
    struct qon_world *world;
    struct qon_faults *faults;
    const struct qon_kernels *kernels;
    uint32_t blocks;
    int32_t zones, educations, occupations, skills, sectors;
    int32_t kinds;
    const char **kind_name;
    struct qon_synth_zone *zone;
    double pyramid[QON_SYNTH_CELLS]; // share of the population (schedules)
    double coupled[QON_SYNTH_CELLS]; // schedules, as the others below
    double participation[QON_SYNTH_CELLS];
    double student[QON_SYNTH_CELLS];
    double fertility[QON_AGES];
    double fertility_before[QON_AGES]; // children born by a woman of that age, all births
    int16_t age_noise[256];            // quantiles of the months by which couples' ages scatter
    double *education_given;           // [kind][age - 16][status][education]: probability of the education

    double move_rate[12 * QON_AGES];                     // [age in months] moves a year before the start, of heads
    uint64_t key_attribute, key_job, key_money, key_kin; // qon_key of the purposes drawn once for many

    // Jobs (synthesis_jobs.c): a job is a pair of sector and occupation, sector-major.
    int32_t jobs;
    uint32_t *job_end;        // [zone][skill][job]: cumulative persons
    uint32_t *job_seat;       // [zone][skill][job]: first seat of the job in its zone and sector
    uint32_t *occupation_end; // [zone][skill][occupation]: cumulative probability in 1/2^32, of those who work elsewhere
    double *wage_norm;        // [zone]: factor that makes the mean over employees the zone's wage
    uint64_t *skill_key;      // [zone][skill]: scatters ranks over jobs
    uint64_t *sector_key;     // [zone][sector]: scatters the persons of a sector over seats
    int64_t *skilled;         // [zone][skill]: employed without foreign ones

    // Employers (synthesis_employers.c)
    int64_t *sector_staff;      // [zone][sector]
    uint32_t *sector_first;     // [zone * sectors + sector], and one more: rows of employers
    uint32_t *sector_seats;     // [zone][sector]: seats that are not taken by foreign staff
    uint32_t *seat_end;         // [employer]: cumulative seats within its zone and sector
    int64_t *guide_first;       // [zone * sectors + sector]: into guide
    uint32_t *guide;            // employer of every sixteenth seat
    int64_t *foreign_first;     // [zone * 2 + group], and one more: into foreign_employer
    uint32_t *foreign_employer; // employers of foreign staff

    // Portions (synthesis.c)
    uint32_t *portion_first;      // [zone]: index of its portion 0
    uint32_t *portion_households; // [portion]
    uint32_t portion_most;        // persons of the largest
    float *kin_end;               // [zone][zone]: cumulative weight of kin; NULL without a network
};

// First index whose end is above `at` (cumulative counts).
static inline uint32_t qon_synth_above(const uint32_t *end, uint32_t count, uint32_t at) {
    uint32_t low = 0;
    while (count > 1) {
        uint32_t half = count / 2;
        low += half * (end[low + half - 1] <= at); // no branch: the outcome is chance
        count -= half;
    }
    return low;
}

// What a key of qon_synth_key belongs to.
enum qon_synth_place {
    QON_SYNTH_CELL,         // zone and cell
    QON_SYNTH_SKILL,        // zone and skill
    QON_SYNTH_SECTOR,       // zone and sector
    QON_SYNTH_FOREIGN,      // zone
    QON_SYNTH_FOREIGN_SEAT, // zone and group of permits
    QON_SYNTH_SPREAD,       // portion and legal status
    QON_SYNTH_PORTION,      // portion
};

// Key of what belongs to `place` (a cell, a zone and skill, ...) in a purpose.
static inline uint64_t qon_synth_key(const struct qon_synth *s, enum qon_purpose purpose, enum qon_synth_place kind, uint64_t place) {
    return qon_mix(qon_key(s->scenario->seed, purpose, 0) ^ qon_mix(place * 16U + (uint64_t)kind + 1U));
}

// A bijection of [0, count) that scatters: odd multiplications and shifts are bijections of the next power of two, walked until inside.
static inline uint32_t qon_synth_scatter(uint64_t key, uint32_t x, uint32_t count) {
    if (count < 2) {
        return 0;
    }
    unsigned bits = 32U - (unsigned)__builtin_clz(count - 1U);
    unsigned shift = (bits + 1U) / 2U;
    uint32_t mask = UINT32_MAX >> (32U - bits);
    uint32_t odd = (uint32_t)key | 1U;
    uint32_t add = (uint32_t)(key >> 32);
    do {
        x = (x * odd + add) & mask;
        x ^= x >> shift;
        x = (x * 0x9e3779b1U + odd) & mask;
        x ^= x >> shift;
        x = (x * (add | 1U)) & mask;
        x ^= x >> shift;
    } while (x >= count);
    return x;
}

// Part of `total` that portion i of n gets, and that those before it get: equal shares, what is left to the portions from `start` on.
static inline uint32_t qon_synth_dealt(uint32_t total, uint32_t start, uint32_t n, uint32_t i) {
    uint32_t place = i >= start ? i - start : i + n - start;
    return total / n + (place < total % n);
}
static inline uint32_t qon_synth_dealt_before(uint32_t total, uint32_t start, uint32_t n, uint32_t i) {
    uint32_t end = start + total % n;
    uint32_t extra = (i < end ? i : end) - (i < start ? i : start);
    if (end > n) {
        extra += i < end - n ? i : end - n;
    }
    return total / n * i + extra;
}

static inline bool qon_synth_alone(int legal) { // lives alone and works: of the foreign ones
    return (legal >= QON_PERMIT_1 && legal <= QON_SEASONAL) || legal == QON_UNREGISTERED;
}

enum qon_status qon_synth_zones(struct qon_synth *s);     // zones: persons by sex; number of blocks
enum qon_status qon_synth_margins(struct qon_synth *s);   // zones: cells, portions, stocks, households
enum qon_status qon_synth_labour(struct qon_synth *s);    // zones: statuses, education, joint
enum qon_status qon_synth_employers(struct qon_synth *s); // the world's employers and their seats
enum qon_status qon_synth_jobs(struct qon_synth *s);      // jobs, wage levels

// What a person is beside household and age.
struct qon_synth_person {
    uint8_t sex, age, education, occupation, skill, status, legal, role;
    uint32_t employer;
    uint32_t wage_tiyn_month;
    uint32_t seat, guide; // of the employed until the employer is found: seat in the sector, place in the guide; guide QON_NONE: none
};

// One block in the making, and one portion of it.
struct qon_synth_portion {
    const struct qon_synth *synth;
    struct qon_block *block;
    uint32_t zone;
    uint32_t index;                    // of the zone's portions
    uint32_t persons[QON_SYNTH_CELLS]; // without foreign ones
    uint32_t foreign[QON_SYNTH_CELLS];
    uint32_t rank[QON_SYNTH_CELLS]; // of the next person of the cell, in the zone
    uint32_t foreign_rank[QON_SYNTH_CELLS];
    uint64_t key[QON_SYNTH_CELLS]; // scatters ranks over statuses and educations
    struct qon_pcg ages;           // generator of birth months
    struct qon_pcg members;        // generator of the composition of households
};

// Gives the next person of the cell its education, labour status and job, but for the employer and the wage. id: for draws.
struct qon_synth_person qon_synth_person_next(struct qon_synth_portion *portion, uint32_t cell, uint64_t id);
struct qon_synth_person qon_synth_foreign_next(struct qon_synth_portion *portion, uint32_t cell, uint64_t id);
void qon_synth_job(const struct qon_synth *s, uint32_t zone, uint32_t rank, struct qon_synth_person *person); // occupation and seat
// Then who employs them, at what wage: of a list of persons of one zone, those with a seat. Their ids follow one another.
void qon_synth_employers_find(const struct qon_synth *s, uint32_t zone, uint64_t first_id, struct qon_synth_person *list, uint32_t count);
void qon_synth_occupation(const struct qon_synth *s, uint32_t zone, uint64_t id, struct qon_synth_person *person);
void qon_synth_foreign_job(const struct qon_synth *s, uint32_t zone, uint32_t rank, uint64_t id, struct qon_synth_person *person);

// Sets the counts and ranks of a portion.
void qon_synth_portion_begin(struct qon_synth_portion *portion, const struct qon_synth *s, uint32_t zone, uint32_t index);

// Scratch of one thread for portions of up to `most` persons (synthesis_nest.c).
struct qon_synth_nest;
enum qon_status qon_synth_nest_take(struct qon_synth_nest **nest, uint32_t most);
void qon_synth_nest_free(struct qon_synth_nest *nest);

// Households that a begun portion will have, foreign ones first.
uint32_t qon_synth_households_count(const struct qon_synth_portion *portion);

// Makes the persons and households of a portion: rows are added to the block, whose capacity suffices.
void qon_synth_households(struct qon_synth_portion *portion, struct qon_synth_nest *nest);

#endif
