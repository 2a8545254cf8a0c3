// SPDX-License-Identifier: GPL-3.0-or-later
// The state of a run: everything that changes. Settings and tables never do.
//
// The trick: the country is dealt into BLOCKS. A block is a small country of its own, a sample of about 65,536 founders with members of
// every zone, its households whole. Persons meet persons (union, birth, household) only inside their block and never leave it when
// they move between zones; blocks meet only in integer tables (cells, employers, zones) whose sums do not depend on order. So blocks are
// the unit of threads and of MPI ranks, a block's columns stay in the cache while it is worked on, and the result is the same for any
// number of either.
//
// Invariants (qon_world_check states them):
//  1. every person not gone is a member of exactly one household of its block; persons.next chains its members, head first, the spouse
//     second when coupled; households.members counts them;
//  2. a person's zone is its household's zone;
//  3. status EMPLOYED if and only if employer is not QON_NONE; an employer's staff is the number of its employees;
//  4. totals of struct qon_tally equal a recount;
//  5. a row is never reused within a run; ids are unique.
#ifndef QONYS_WORLD_H
#define QONYS_WORLD_H

#include <qonys/fault.h>
#include <qonys/scenario.h>

#define QON_NONE          UINT32_MAX
#define QON_NO_OCCUPATION UINT8_MAX
#define QON_ALWAYS        INT16_MIN

enum { QON_BLOCK_PERSONS = 65536, QON_ZONES_MOST = 4096, QON_AGES = 101 };

enum qon_sex { QON_MALE, QON_FEMALE };
enum qon_labour {
    QON_CHILD,
    QON_STUDENT,
    QON_EMPLOYED,
    QON_SELF_EMPLOYED, // self-employed and informal
    QON_UNEMPLOYED,
    QON_INACTIVE,
    QON_RETIRED,
    QON_LABOURS,
    QON_GONE = QON_LABOURS, // dead or departed
};
enum qon_legal {
    QON_CITIZEN,
    QON_KANDAS,
    QON_PERMIT_1,
    QON_PERMIT_2,
    QON_PERMIT_3,
    QON_PERMIT_4,
    QON_SEASONAL,
    QON_EAEU,
    QON_UNREGISTERED,
    QON_LEGALS,
};
enum qon_role { QON_HEAD, QON_SPOUSE, QON_OFFSPRING, QON_OTHER_MEMBER, QON_ROLES };

// Columns of one block. Capacity grows between months only.
struct qon_persons {
    uint32_t count;    // rows used, gone ones too
    uint32_t capacity; //
    uint32_t founders; // the first rows, whose id is block->founder_id + row
#define COLUMN(type, name, unit, meaning) type *name;
#include <qonys/persons_columns.def>
#undef COLUMN
};

struct qon_households {
    uint32_t count;
    uint32_t capacity;
    uint32_t founders;
#define COLUMN(type, name, unit, meaning) type *name;
#include <qonys/households_columns.def>
#undef COLUMN
};

struct qon_employers {
    uint32_t count;
    uint32_t capacity;
#define COLUMN(type, name, unit, meaning) type *name;
#include <qonys/employers_columns.def>
#undef COLUMN
};

struct qon_commitments {
    uint32_t count;
    uint32_t capacity;
#define COLUMN(type, name, unit, meaning) type *name;
#include <qonys/commitments_columns.def>
#undef COLUMN
};

// Those refused for lack of places or money who wait for them. ODD tag M-WAIT-1.
struct qon_waiting {
    uint32_t count;
    uint32_t capacity;
#define COLUMN(type, name, unit, meaning) type *name;
#include <qonys/waiting_columns.def>
#undef COLUMN
};

// One row a column, made from the .def files: growth, digest, checkpoint and describe loop over it.
struct qon_column {
    const char *name;
    const char *type; // "uint8_t", ...
    size_t size;      // bytes a row
    size_t offset;    // of the column's pointer in its struct
    const char *unit;
    const char *meaning;
};
extern const struct qon_column qon_person_columns[];
extern const size_t qon_person_columns_count;
extern const struct qon_column qon_household_columns[];
extern const size_t qon_household_columns_count;
extern const struct qon_column qon_employer_columns[];
extern const size_t qon_employer_columns_count;

extern const struct qon_column qon_commitment_columns[];
extern const size_t qon_commitment_columns_count;
extern const struct qon_column qon_waiting_columns[];
extern const size_t qon_waiting_columns_count;

// A list of rows that grows between months.
struct qon_rows {
    uint32_t count;
    uint32_t capacity;
    uint32_t *row;
};

enum qon_calendar { QON_CAL_DEATH, QON_CAL_BIRTH, QON_CAL_UNION, QON_CAL_LEAVE_HOME, QON_CAL_AGE, QON_CAL_DEPARTURE, QON_CALENDARS };

struct qon_block {
    uint32_t index;
    uint64_t founder_id;           // id of row 0 of persons
    uint64_t founder_household_id; // id of row 0 of households
    struct qon_persons persons;
    struct qon_households households;
    struct qon_commitments commitments;
    struct qon_waiting waiting;
    struct qon_rows calendar[QON_CALENDARS][12]; // candidates by event and month of the calendar year
    struct qon_rows searching;                   // self-employed who look for a job this month
    struct qon_rows *scratch;                    // two lists of the thread at work on the block; set for a phase
    struct qon_tally *own;                       // totals of that thread, added to the world's after the phase; NULL: none
    struct qon_money *money;                     // the same of money
    int64_t *measures;                           // and of the programmes' month, as ledger.month
    struct qon_left *left;                       // jobs that its people left, not yet taken from staff; NULL: taken at once (model.h)
};

enum qon_event {
#define EVENT(name, en, kk, ru) QON_EVENT_##name,
#include <qonys/events.def>
#undef EVENT
    QON_EVENTS
};

// Totals by zone, kept up to date with every change. All integers.
struct qon_tally {
    int64_t *cohort;          // [zone][sex][birth month - cohort_from]: residents
    int32_t cohort_from;      // birth month of the first column
    int32_t cohorts;          // number of birth months
    int64_t *education;       // [zone][education]: residents
    int64_t *legal;           // [zone][legal]
    int64_t *labour;          // [zone][labour]
    int64_t *households;      // [zone]
    int64_t *staff;           // [cell]: employed persons; cell = (zone * occupations + occupation) * skills + skill
    int64_t *seekers;         // [cell]: unemployed persons
    int64_t *wages_tiyn;      // [zone]: sum of wages of the employed
    int64_t *events;          // [event][zone], of this month
    int64_t *flow_persons;    // [origin][destination], of this month, moves between zones; the diagonal holds moves within the zone
    int64_t *flow_households; // [origin][destination]
};

// What a zone is this month beside its residents.
struct qon_places {
    double *wage_tiyn;       // [cell]: wage level
    double *rent_tiyn;       // [zone]
    double *households_log;  // [zone]: ln households at the last feedback
    double *network;         // [origin * zones + destination]: stock of earlier movers, persons
    int64_t *vacancies;      // [cell]: posted this month
    int64_t *hires;          // [cell]: this month
    double *tightness_start; // [zone]: vacancies per seeker in the first month
};

enum qon_measure {
#define MEASURE(name, unit, stock, meaning) QON_MEASURE_##name,
#include <qonys/measures.def>
#undef MEASURE
    QON_MEASURES
};

// What programmes have done, and what is left of them. Counts in agents, money as paid to agents (for the country: times the scale). A
// programme that has granted nothing leaves no trace in the digest.
struct qon_ledger {
    int64_t *month;          // [(programme * regions + region) * QON_MEASURES + measure]: of this month
    int64_t *total;          // the same, whole run; stocks: as of now
    int64_t *quota_left;     // [all quotas, programme by programme]
    int64_t *budget_left;    // [all budgets] tiyn
    int64_t *grants;         // [programme]
    int64_t *other_tiyn;     // [programme] spent that is no grant: fairs, centres, checks
    int32_t *since;          // [programme] month in which a branch of a run began it; 0: it was there from the run's start
    int32_t *exhausted;      // [programme] first month in which an applicant was refused for lack of places or money, 0: none
    double *aware;           // [programme * zones + zone] share of households that know the programme
    int64_t *heard;          // [programme * zones + zone] beneficiaries who left the zone, persons
    int64_t *employer_tiyn;  // [zone] paid to employers this month
    int32_t quotas, budgets; // lengths
};

// Money that crosses the border of households' savings, tiyn, whole run.
// savings = start + saved + brought + granted - moving - taken - clawed.
struct qon_money {
    int64_t savings;       // sum over households, as of their savings_month
    int64_t savings_start; //
    int64_t saved;         // accrued from income, less what was spent on other things than moves
    int64_t brought;       // with arrivals from abroad
    int64_t moving;        // spent on moves
    int64_t taken;         // with departures and at the end of households
    int64_t granted;       // cash from programmes
    int64_t clawed;        // paid back to programmes
};

// What ties national schedules to each zone: made by qon_model_init from the population at the start, unless a checkpoint brought them.
struct qon_anchors {
    int32_t made;                                 // 0: not yet
#define ANCHOR(name, unit, meaning) double *name; // [zone]
#include <qonys/anchors.def>
#undef ANCHOR
};

struct qon_observer;
struct qon_shared;
struct qon_changes;

struct qon_world {
    const struct qon_scenario *scenario;
    int32_t month;       // month being computed, since 1900-01; after synthesis: scenario->start
    int32_t months_done; //
    int32_t zones, regions, educations, occupations, skills, sectors;
    int64_t cells; // zones * occupations * skills
    uint32_t blocks;
    struct qon_block *block;
    int32_t ranks, rank;         // that share the world, and which this one is (ranks.h): 1 and 0 when nobody else does
    uint32_t own_first, own_end; // blocks of this rank; the others have no rows here
    struct qon_shared *share;    // what is kept for the exchange (share.h); NULL with one rank; not state
    struct qon_changes *changes; // where blocks' additions to totals and staff go now; NULL: to the totals themselves
    struct qon_employers employers;
    struct qon_tally tally;
    struct qon_places places;
    struct qon_money money;
    struct qon_anchors anchors;
    struct qon_ledger ledger;
    int64_t persons_start;         // residents at the start
    struct qon_observer *observer; // NULL: nobody writes down what happens to persons (observer.h); not state
    struct qon_model *model;       // what the model derives from settings and tables (schedules, distances, shares); not state
};

// Makes an empty world for the scenario: sizes, tally, places; blocks with capacity for the founders given by block. persons_of[b] and
// households_of[b] are capacities; employers is a capacity. errors: QON_MACHINE.
enum qon_status qon_world_init(struct qon_world *world, const struct qon_scenario *scenario, uint32_t blocks, uint32_t employers,
                               struct qon_faults *faults);
enum qon_status qon_block_reserve(struct qon_block *block, uint32_t persons, uint32_t households); // grow to at least
enum qon_status qon_commitments_reserve(struct qon_commitments *commitments, uint32_t count);
enum qon_status qon_waiting_reserve(struct qon_waiting *waiting, uint32_t count);
void qon_block_populate(struct qon_block *block, uint32_t persons, uint32_t households); // pages of so many rows at once (a hint)
enum qon_status qon_employers_reserve(struct qon_employers *employers, uint32_t count);
void qon_world_free(struct qon_world *world);
void qon_block_free(struct qon_block *block); // its rows and lists

// Who stands in a row. A founder's id follows from the row; its place in the column is not written (and takes no memory).
static inline uint64_t qon_person_id(const struct qon_block *block, uint32_t row) {
    return row < block->persons.founders ? block->founder_id + row : block->persons.id[row];
}
static inline uint64_t qon_household_id(const struct qon_block *block, uint32_t row) {
    return row < block->households.founders ? block->founder_household_id + row : block->households.id[row];
}

static inline int64_t qon_cell(const struct qon_world *world, uint32_t zone, uint32_t occupation, uint32_t skill) {
    return ((int64_t)zone * world->occupations + occupation) * world->skills + skill;
}
static inline int32_t qon_age_years(int32_t month, int32_t birth_month) {
    return (month - birth_month) / 12;
}

static inline bool qon_owns(const struct qon_world *world, int64_t block) {
    return block >= world->own_first && block < world->own_end;
}

// Totals that each thread adds to alone while phases of blocks are done, where its block says so (block->own): all but flows, and cohorts
// where there are many zones. errors: QON_MACHINE. merge: adds them to the world's, and clears them.
enum qon_status qon_tally_own_init(const struct qon_world *world, struct qon_tally *own);
void qon_tally_own_merge(struct qon_world *world, struct qon_tally *own);
void qon_tally_own_free(struct qon_tally *own);

// Adds (sign +1) or takes away (-1) person `row` of the block from the totals of zone `zone`. Safe from several threads at once. Here and
// below: block: that is worked on, or NULL in phases of the country.
void qon_tally_person(struct qon_world *world, const struct qon_block *block, uint32_t row, uint32_t zone, int sign);
// Only what follows from the labour status: labour, staff, seekers, wages. Part of qon_tally_person.
void qon_tally_labour(struct qon_world *world, const struct qon_block *block, uint32_t row, uint32_t zone, int sign);
void qon_tally_education(struct qon_world *world, const struct qon_block *block, uint32_t zone, uint32_t education, int sign);
// Of one cell so many find a job, with these wages together: as qon_tally_labour before and after for each.
void qon_tally_hired(struct qon_world *world, int64_t cell, int64_t unemployed, int64_t self_employed, int64_t wages_tiyn);
void qon_tally_household(struct qon_world *world, const struct qon_block *block, uint32_t zone, int sign);
void qon_tally_event(struct qon_world *world, const struct qon_block *block, enum qon_event event, uint32_t zone, int64_t count);
void qon_tally_flow(struct qon_world *world, uint32_t origin, uint32_t destination, int64_t persons, int64_t households);
void qon_tally_month_clear(struct qon_world *world);        // events and flows
enum qon_status qon_tally_recount(struct qon_world *world); // all stocks from the columns, in parallel; of all ranks
void qon_tally_wages(struct qon_world *world, const struct qon_block *block, uint32_t zone, int64_t tiyn); // of the employed

// The state beside the agents' columns as a list of named arrays and single values: digest and checkpoint loop over it, so a new array of
// tally, places, anchors or money needs one line in parts.c and nothing else.
struct qon_part {
    char name[48];    // "places.rent_tiyn", "money.savings", ...
    const char *type; // "int64_t", "int32_t" or "double"
    size_t size;      // bytes an item
    int64_t count;    // items, for the sizes of this world
    size_t offset;    // in struct qon_world, of the pointer or (alone) of the value
    bool alone;
    bool stock; // follows from the columns by qon_tally_recount
    bool apart; // of the ledger: the digest takes it programme by programme
};
enum { QON_PARTS_MOST = 80 };
int qon_world_parts(const struct qon_world *world, struct qon_part parts[QON_PARTS_MOST]); // how many
const void *qon_part_read(const struct qon_world *world, const struct qon_part *part);
void *qon_part_write(struct qon_world *world, const struct qon_part *part);

// 64-bit digest of the whole state: the sum over agents of a hash of their columns (rows replaced by ids), plus tables. Does not depend
// on the order of rows, threads or ranks.
uint64_t qon_world_digest(const struct qon_world *world);

// Checks the invariants; a breach is described in `text` (month, rule) and false is returned. deep: recount everything.
bool qon_world_check(const struct qon_world *world, bool deep, char text[256]);

#endif
