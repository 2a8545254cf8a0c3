// SPDX-License-Identifier: GPL-3.0-or-later
// What the phases of a month share: what is derived from settings and tables, and the small verbs on persons and households.
// Private to sim/model.
#ifndef QONYS_MODEL_MODEL_H
#define QONYS_MODEL_MODEL_H

#include <qonys/explog.h>
#include <qonys/kernels.h>
#include <qonys/memory.h>
#include <qonys/observer.h>
#include <qonys/par.h>
#include <qonys/random.h>
#include <qonys/share.h>
#include <qonys/step.h>

enum { QON_ARRIVAL_KINDS = 4, QON_MEMBERS_MOST = 20, QON_KEPT_MONTHS = 64 };
enum { QON_PROFILE_WORKER = 0, QON_PROFILE_PENSION = 1, QON_PROFILES_EXTRA = 2, QON_PHASES_MOST = 24 };

// Zones that people of each origin know of: everybody weighs the same list, each with a personal draw whether a zone is considered.
// All [origin * QON_LIST_PLACES + k]; beyond the zones that are known: QON_NOWHERE, 0.
struct qon_known {
    uint32_t *zone;
    uint32_t *threshold; // considered when a 32-bit draw is below
    uint64_t *number;    // state of that draw
    double *weight;      // of the way this month, as route_weight
};

// Who comes from abroad in a month, of a kind and to a region.
struct qon_arrivals {
    double persons;  // scaled
    double rounding; // the chance by which their families become a whole number
    uint32_t offset; // of the block that the first family belongs to
};

// Employers of some jobs that were left. What a phase of blocks writes of persons waits for memory, and an atomic addition waits for all of
// that; so staff is counted when a block is done. No phase of blocks reads it.
enum { QON_LEFT_MOST = 1024 };
struct qon_left {
    uint32_t count;
    uint32_t employer[QON_LEFT_MOST];
};

// Lists of one thread.
struct qon_lane {
    struct qon_rows list[2];
    struct qon_tally own;            // what the thread adds to totals
    struct qon_money money;          // and to those of money
    int64_t *measures;               // and to the programmes' month, as ledger.month
    struct qon_left left;            // jobs
    double seconds[QON_PHASES_MOST]; // spent in each phase of blocks since they were last counted
};

struct qon_phase_time {
    const char *name;
    double seconds;
    int64_t calls;
};

struct qon_programmes_model;
struct qon_explanation;
struct qon_unit;

struct qon_plain_rank {
    uint64_t rank;
};

struct qon_model {
    const struct qon_kernels *kernels; // asked for once
    double death_factor_max, birth_factor_max, emigration_rate_max,
        emigration_zone_max; // caps: most that anchors and settings give in any zone
    // Schedules by sex and age, from the table.
    double death_rate[2][QON_AGES], birth_rate[QON_AGES], union_rate[2][QON_AGES], leave_rate[2][QON_AGES];
    double participation[2][QON_AGES];
    double calendar_prob[2][QON_AGES][QON_CAL_LEAVE_HOME + 1]; // caps of the year's events
    double birth_single_most;                                  // part of the cap that those in no couple reach
    double rogers[QON_AGES];                                   // Rogers-Castro schedule at the middle of the year of age
    double *education_entry;                                   // [education] cumulated shares of paths
    int32_t *education_end_months;                             // [education]
    int32_t milestones[16];                                    // ages in months at which a status may change, ascending, both sexes
    int32_t milestones_count;
    double *sector_mix;     // [sector * combos + k] cumulated shares of (occupation, skill)
    int32_t *zone_region;   // [zone]
    uint16_t *zone_climate; // [zone]
    uint32_t *region_zones; // zones grouped by region
    int32_t *region_first;  // [regions + 1] into region_zones
    double *distance_km;    // [origin * zones + destination]; the diagonal is the mean distance of a local move
    int32_t known_count;    // zones in each list
    struct qon_known known;
    double home_weight, kin_weight;             // exp of the premium for staying and for kin
    double member_weight[QON_MEMBERS_MOST + 1]; // [travellers] exp of minus the cost of further members
    double savings_kept[QON_KEPT_MONTHS];       // [months] part of savings that is not spent in so many months
    double mobility_most;                       // largest factor of a zone on the hazard of considering a move
    double price_index;                         // of this month, relative to the start
    // Made anew each month by qon_choice_prepare.
    double *place_weight; // [profile * zones + zone] exp of the part of utility of the place; profile = occupation * skills + skill, then
                          // extras
    double *place_income; // [profile * zones + zone] expected income of a month, tiyn
    double *route_weight; // [origin * zones + destination] exp of network less cost
    double *route_cost, *route_far; // [origin * zones + destination] utility lost by a move, and exp of minus it; fixed
    double *local_weight;           // [zone] exp of the cost of a local move, 0 where there is none
    // Lists over the country, made anew each month.
    struct qon_seekers *search;               // [blocks]
    struct qon_considering_list *considering; // [blocks]
    struct qon_rows *emigrants;               // [blocks] who would leave the country this month
    struct qon_grown *grown;                  // [blocks] see candidates.c
    struct qon_vacancy *vacancies;
    int64_t vacancies_count, vacancies_capacity;
    double *entry_weight;       // [(zone * skills + skill) * occupations + occupation] cumulated: where entrants to the labour force turn
    double *zone_wage;          // [zone] mean wage level of this month, tiyn
    double *zone_population;    // [zone] residents at the start of this month
    const char **external_kind; // [external_kinds] of the table external_flows
    int32_t *external_row_kind; // [row of the table]
    double *external_persons;   // [kind * regions + region] a year, of external_year
    int64_t *external_far;      // the same: how far the year is that they are taken from
    int32_t external_kinds, external_year;
    struct qon_arrivals *arrivals;           // [kind of arrival * regions + region] of this month
    double *zone_demand;                     // [zone] factor on desired staff of this month
    void *permit_opening, *permit_applicant; // [permit_openings] lists of permits.c, kept for their room
    int64_t permit_openings;
    uint32_t *openings;    // [employers] room for those whose vacancies matching left open (permits.c)
    struct qon_lane *lane; // [lanes], one a thread
    int32_t lanes;
    struct qon_seeker *seekers_by_cell; // matching's lists, kept from month to month
    struct qon_unit *vacancies_by_cell; //
    struct qon_plain_rank *plain_ranks; // of seekers as they are without programmes
    int64_t seekers_by_cell_capacity, vacancies_by_cell_capacity, plain_ranks_capacity;
    int64_t *cell_first; // [2 * (cells + 1)]
    struct qon_phase_time phase[QON_PHASES_MOST];
    int32_t phases;
    struct qon_programmes_model *programmes; // NULL: the scenario has none (programmes.h)
    struct qon_cohorts *cohorts;             // [blocks] founders by sex and birth month (calendar_founders.c)
    bool calendar_ready;                     // the lists of this year stand
    bool memory_short;                       // a list could not grow inside a phase; the step then fails
    int64_t persons_before;                  // residents at the start of the month, for the balance
    struct qon_explanation *probe;           // [probes] persons whose month is to be explained (explain.c)
    int32_t probes;                          // usually 0
    double *probe_share; // as place_income: chances of work as they were when utilities were made; NULL until there was a probe
};

// Founders of a block by sex and birth month, from the first January on.
struct qon_cohorts {
    int32_t least;   // birth month of the first
    uint32_t births; // months of birth from there on
    uint32_t *first; // [2 * births + 1]: where the cohort sex * births + month - least begins in row[]
    uint16_t *row;   // [founders]; NULL: not known yet, or more than 16 bits hold
};

// One who may consider a move this month, with what neither a job that is found nor a permit changes until then (trigger.c). It is noted
// while the columns it comes from are in the cache.
struct qon_considering {
    uint32_t row, household;
    uint32_t profile; // of the decider
    uint16_t zone, kin;
    uint8_t members; // of the household
    bool head;
    bool employed; // when it was noted
    uint8_t when;
};

// Those of one block.
struct qon_considering_list {
    struct qon_considering *list;
    uint64_t *quick; // as many: programmes on moves whose terms that stand in tables hold (programmes.h); only where there are some
    uint32_t count, capacity;
};

struct qon_seeker {
    uint64_t rank; // lower is hired first
    uint32_t block, row;
    uint32_t cell;
    int16_t programme; // that brings this seeker forward, -1: none (programmes)
    bool shifted;      // rank is not the plain one
    bool supported;    // a programme on hires may be for this one
};

// The seekers of one block, made anew each month.
struct qon_seekers {
    struct qon_seeker *list;
    uint32_t count, capacity;
};

struct qon_vacancy {
    uint64_t rank;
    uint32_t employer;
    uint32_t cell;
};

static inline uint64_t qon_month_key(const struct qon_world *world, enum qon_purpose purpose) {
    return qon_key(world->scenario->seed, purpose, world->month);
}
static inline uint64_t qon_life_key(const struct qon_world *world, enum qon_purpose purpose) {
    return qon_key(world->scenario->seed, purpose, 0);
}
static inline void qon_add(int64_t *total, int64_t amount) {
    __atomic_fetch_add(total, amount, __ATOMIC_RELAXED);
}
// To a sum of money: to the thread's own while a phase of blocks is done.
#define QON_MONEY_ADD(world, block, what, amount)    \
    do {                                             \
        if ((block)->money != NULL) {                \
            (block)->money->what += (amount);        \
        } else {                                     \
            qon_add(&(world)->money.what, (amount)); \
        }                                            \
    } while (0)
// Bits that are 1, as an x86-64 of 2003 counts them: in line, where the compiler's own would be a call.
static inline uint32_t qon_bits_count(uint64_t x) {
    x -= x >> 1 & 0x5555555555555555ULL;
    x = (x & 0x3333333333333333ULL) + (x >> 2 & 0x3333333333333333ULL);
    return (uint32_t)(((x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fULL) * 0x0101010101010101ULL >> 56);
}
// Writes begin + i for each bit i, `together` at a time whether there are so many or not: how many there are, which chance decides, is
// guessed wrong seldom then. Returns how many; row: room for `together` more.
static inline uint32_t qon_bits_list(uint64_t mask, uint32_t begin, uint32_t together, uint32_t *row) {
    uint32_t count = qon_bits_count(mask);
    uint32_t at = 0;
    do { // also when there are none
        for (uint32_t i = at; i < at + together; i++) {
            row[i] = begin + (uint32_t)__builtin_ctzll(mask | 1ULL << 63);
            mask &= mask - 1;
        }
        at += together;
    } while (at < count);
    return count;
}
static inline void qon_memory_short(const struct qon_world *world) { // from any thread
    __atomic_store_n(&world->model->memory_short, true, __ATOMIC_RELAXED);
}
static inline void qon_staff_add(int32_t *staff, int32_t amount) {
    __atomic_fetch_add(staff, amount, __ATOMIC_RELAXED);
}
// Persons' columns are read by row in no order. Reading ahead hides the time that memory takes: what hangs on what was read is fetched a
// step later, when that has arrived.
enum { QON_AHEAD = 40, QON_AHEAD_HALF = 20 };
// A function that only fetches has no effect that gcc sees: its calls are dropped, unless it is inlined before gcc looks.
#define QON_FETCHES inline __attribute__((always_inline))
static QON_FETCHES void qon_ahead_person(const struct qon_persons *p, uint32_t row) {
    __builtin_prefetch(&p->household[row]);
    __builtin_prefetch(&p->birth_month[row]);
    __builtin_prefetch(&p->status[row]);
    __builtin_prefetch(&p->role[row]);
    __builtin_prefetch(&p->legal[row]);
    __builtin_prefetch(&p->sex[row]);
}
// For every step over a list that reads the persons' zones: `i` is at work.
static QON_FETCHES void qon_ahead(const struct qon_block *block, const struct qon_rows *rows, uint32_t i) {
    if (i + QON_AHEAD < rows->count) {
        qon_ahead_person(&block->persons, rows->row[i + QON_AHEAD]);
    }
    if (i + QON_AHEAD_HALF < rows->count) {
        uint32_t household = block->persons.household[rows->row[i + QON_AHEAD_HALF]];
        if (household != QON_NONE) {
            __builtin_prefetch(&block->households.zone[household]);
            __builtin_prefetch(&block->households.coupled[household]);
            __builtin_prefetch(&block->households.members[household]);
            __builtin_prefetch(&block->households.head[household]);
        }
    }
}
// What ends a person's stay is read from and written to a dozen columns, and to five of the household.
static QON_FETCHES void qon_ahead_gone(const struct qon_block *block, uint32_t row) {
    const struct qon_persons *p = &block->persons;
    const struct qon_households *h = &block->households;
    uint32_t household = p->household[row];
    __builtin_prefetch(&p->employer[row], 1);
    __builtin_prefetch(&p->next[row], 1);
    __builtin_prefetch(&p->status_month[row], 1);
    __builtin_prefetch(&p->birth_month[row]);
    __builtin_prefetch(&p->sex[row]);
    __builtin_prefetch(&p->role[row]);
    __builtin_prefetch(&p->education[row]);
    if (p->status[row] == QON_EMPLOYED || p->status[row] == QON_UNEMPLOYED) { // otherwise not looked at
        __builtin_prefetch(&p->wage_tiyn_month[row], 1);
        __builtin_prefetch(&p->occupation[row]);
        __builtin_prefetch(&p->skill[row]);
    }
    __builtin_prefetch(&h->zone[household]);
    __builtin_prefetch(&h->head[household], 1);
    __builtin_prefetch(&h->members[household], 1);
    __builtin_prefetch(&h->coupled[household], 1);
    __builtin_prefetch(&h->savings_tiyn[household], 1);
}
// Of a person's totals that of the cohort, one of tens of thousands; the others are few. The person's birth and sex are at hand.
static QON_FETCHES void qon_ahead_cohort(const struct qon_block *block, uint32_t row, uint32_t zone) {
    const struct qon_tally *own = block->own;
    if (own != NULL && own->cohort != NULL) {
        const struct qon_persons *p = &block->persons;
        __builtin_prefetch(&own->cohort[((int64_t)zone * 2 + p->sex[row]) * own->cohorts + p->birth_month[row] - own->cohort_from], 1);
    }
}
static inline bool qon_is_foreign(uint8_t legal) {
    return legal >= QON_PERMIT_1 && legal <= QON_UNREGISTERED;
}
static inline bool qon_is_permit(uint8_t legal) {
    return legal >= QON_PERMIT_1 && legal <= QON_SEASONAL;
}

// ---- people.c: verbs on persons and households of one block. None fails: capacity is reserved before a phase.
uint32_t qon_person_new(struct qon_block *block, uint64_t id);
uint32_t qon_household_new(struct qon_world *world, struct qon_block *block, uint64_t id, uint32_t zone);
void qon_household_join(struct qon_block *block, uint32_t household, uint32_t person, enum qon_role role); // appended (a spouse second)
void qon_household_leave(struct qon_world *world, struct qon_block *block, uint32_t person); // next head is found; may end the household
void qon_person_leave_job(struct qon_world *world, struct qon_block *block, uint32_t person, enum qon_labour status);
void qon_left_count(struct qon_world *world, struct qon_left *left); // takes them from staff
void qon_person_status(struct qon_world *world, struct qon_block *block, uint32_t person, enum qon_labour status);
void qon_person_gone(struct qon_world *world, struct qon_block *block, uint32_t person);   // died or departed; leaves job and household
void qon_person_arrive(struct qon_world *world, struct qon_block *block, uint32_t person); // tally and calendar of a new resident
int64_t qon_savings_gain(const struct qon_world *world, const struct qon_block *block, uint32_t household); // not yet accrued
void qon_savings_accrue(struct qon_world *world, struct qon_block *block, uint32_t household);
// Brings the savings of some candidates' households up to date, at most QON_SAVINGS_TOGETHER, but for the sums of money; what was saved.
enum { QON_SAVINGS_TOGETHER = 64 };
int64_t qon_savings_bring_many(const struct qon_world *world, struct qon_block *block, const struct qon_considering *candidates,
                               uint32_t count);
void qon_savings_terms(struct qon_world *world); // what settings make of months that are not yet accrued
uint32_t qon_occupation_draw(const struct qon_world *world, uint64_t id, uint32_t zone, uint32_t skill, uint64_t key);
uint32_t qon_wage_draw(const struct qon_world *world, uint64_t person, uint32_t employer, uint32_t cell);
// The same for some persons hired in a cell: person[count], employer[count], wage_tiyn[count].
void qon_wages_draw(const struct qon_world *world, const struct qon_kernels *kernels, const uint64_t *person, const uint32_t *employer,
                    uint32_t count, uint32_t cell, uint32_t *wage_tiyn);
enum qon_status qon_rows_push(struct qon_rows *rows, uint32_t row);
enum qon_status qon_rows_reserve(struct qon_rows *rows, uint32_t capacity);

// ---- candidates.c: rows drawn at probability `cap`, a pure function of (key, id). Needs rows->capacity >= persons.count.
void qon_candidates(const struct qon_block *block, uint64_t key, double cap, struct qon_rows *rows);
// Some of a block in the order of rows, with their ids: they are listed as they come. The gone leave it when it has grown by an eighth.
struct qon_person_list {
    uint32_t *row;
    uint64_t *id;
    uint32_t count, capacity;
    uint32_t here; // were listed after the gone had left it
    uint32_t seen; // rows of the block that are listed, or passed over
};
// The later persons of a block (born or arrived in the run) who are no children. Who stops being one is noted; where that are many in a
// month, the list is made anew.
enum { QON_MATURED_MOST = 8 };
struct qon_grown {
    struct qon_person_list list;
    uint32_t matured[QON_MATURED_MOST], matured_count;
};
void qon_grown_note(const struct qon_world *world, const struct qon_block *block, uint32_t row);
// As qon_candidates, but of later persons only those who are no children. Some of the gone are among them.
void qon_candidates_grown(const struct qon_world *world, const struct qon_block *block, uint64_t key, double cap, struct qon_rows *rows);
// Those of a block who are no citizens by their legal status, which never changes. Candidates of one status (not citizens), some of the
// gone among them. errors: QON_MACHINE.
struct qon_non_citizens {
    struct qon_person_list by_legal[QON_LEGALS];
};
enum qon_status qon_candidates_legal(const struct qon_block *block, struct qon_non_citizens *non_citizens, uint64_t key, double cap,
                                     uint8_t legal, struct qon_rows *rows);
// Bit i: column[i] is the value, or at least so much; of at most 64, the bits beyond are 0.
uint64_t qon_bits_equal(const uint8_t *column, uint32_t count, uint8_t value);
uint64_t qon_bits_since(const int16_t *column, uint32_t count, int16_t least);
// The rows of 0..count-1 in which a column has the value, in order; how many. row: room for count.
uint32_t qon_rows_where(const uint8_t *column, uint32_t count, uint8_t value, uint32_t *row);

// A woman bears at most once a year, so the chance is the rate itself, not 1 - exp(-rate), which would lose a seventh of the births.
static inline double qon_birth_prob(double rate) {
    return rate < 1 ? rate : 1;
}

// ---- calendar.c
void qon_calendar_caps(struct qon_world *world);            // after the caps of the anchors
enum qon_status qon_calendar_fill(struct qon_world *world); // events of the rest of world->month's calendar year
void qon_calendar_add(struct qon_world *world, struct qon_block *block, uint32_t person); // a newcomer of this month
uint32_t qon_education_path(const struct qon_world *world, uint64_t id);                  // level that ends this person's education

// ---- the phases, in the order of step.c; each works on one block or on the country
enum qon_status qon_anchors_make(struct qon_world *world);
void qon_anchors_caps(struct qon_world *world);
void qon_clock(struct qon_world *world); // what the blocks read of the country this month: wages, residents, where entrants turn
uint32_t qon_household_start(struct qon_world *world, struct qon_block *block, uint32_t person, uint32_t zone, enum qon_purpose kind);
void qon_emigrants_block(struct qon_world *world, struct qon_block *block); // who would leave the country, and may be kept
void qon_emigration(struct qon_world *world, struct qon_block *block);      // who does; part of the following
void qon_demography_block(struct qon_world *world, struct qon_block *block);
void qon_external_block(struct qon_world *world, struct qon_block *block);
enum qon_status qon_external_init(struct qon_world *world);
double qon_external_year(const struct qon_world *world, const char *kind, int32_t region); // persons a year; not from several threads
void qon_external_clock(struct qon_world *world);
int64_t qon_external_most(const struct qon_world *world); // persons that may arrive in a month, roughly
void qon_labour_block(struct qon_world *world, struct qon_block *block);
void qon_indexation_block(struct qon_world *world, struct qon_block *block);
enum qon_status qon_employers_post(struct qon_world *world);
void qon_search_block(struct qon_world *world, struct qon_block *block);
void qon_candidates_block(struct qon_world *world, struct qon_block *block); // who may consider a move this month
enum qon_status qon_matching(struct qon_world *world);
enum qon_status qon_matching_alone(struct qon_world *world); // markets off
double qon_permits_most(const struct qon_world *world);      // persons that the tables let come on permit in a month
int64_t qon_permits_in_force(const struct qon_world *world); // categories 1 to 4
enum qon_status qon_permits(struct qon_world *world);
enum qon_status qon_choice_init(struct qon_world *world);
void qon_choice_routes(struct qon_world *world); // after the distances: what ways cost
void qon_choice_prepare(struct qon_world *world);
void qon_relocation_block(struct qon_world *world, struct qon_block *block);
void qon_moves_block(struct qon_world *world, struct qon_block *block); // after the allocation, with programmes
int64_t qon_move_cost_tiyn(const struct qon_world *world, uint32_t origin, uint32_t destination, uint32_t travellers);
uint64_t qon_seeker_rank(const struct qon_world *world, uint64_t id); // of this month, without programmes
void qon_feedback(struct qon_world *world);
bool qon_balance(const struct qon_world *world, char text[256]);

#endif
