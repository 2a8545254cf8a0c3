// SPDX-License-Identifier: GPL-3.0-or-later
// One month: a list of phases and nothing else. ODD tag M-STEP-1.
//
// Two kinds of phases alternate: those that work on one block at a time (persons and households; they read tables of the country that no
// block writes), and those that work on the country (employers, queues, markets). Block phases that follow one another are done on one
// block after the other, while its columns are in the cache. Programmes have their place between employers and moves. Over ranks each does
// the blocks of its own, and all do the phases of the country alike; between them they exchange what blocks added (share.h).
#include "relocation.h"

#include <string.h>

struct phase {
    const char *name;
    void (*block)(struct qon_world *world, struct qon_block *block); // one of the two
    enum qon_status (*country)(struct qon_world *world);
    bool programmes; // has nothing to do without programmes
    bool emigrants;  // nor without one for those who would leave the country
};

static enum qon_status reserve_all(struct qon_world *world);
static enum qon_status calendar(struct qon_world *world);
static enum qon_status prepare(struct qon_world *world);
static enum qon_status respond(struct qon_world *world);
static enum qon_status post(struct qon_world *world);
static enum qon_status permits(struct qon_world *world);
static enum qon_status policy(struct qon_world *world);
static void indexation(struct qon_world *world, struct qon_block *block);

static const struct phase phases[] = {
    {.name = "reserve", .country = reserve_all},                                 // room for this month's newcomers
    {.name = "calendar", .country = calendar},                                   // January: who may die, bear, marry, leave school
    {.name = "policy", .country = policy},                                       // 1, 6: quotas, budgets, awareness, levers
    {.name = "emigrants", .block = qon_emigrants_block},                         // 3, ahead: who would emigrate and may be kept
    {.name = "retained", .country = qon_allocation, .emigrants = true},          //
    {.name = "demography", .block = qon_demography_block},                       // 2
    {.name = "external", .block = qon_external_block},                           // 3
    {.name = "indexation", .block = indexation},                                 // January: wages of existing contracts
    {.name = "separation", .block = qon_labour_block},                           // 5, first half
    {.name = "candidates", .block = qon_candidates_block},                       // 7, ahead: who may consider a move
    {.name = "search", .block = qon_search_block},                               // 5: who looks for a job
    {.name = "employers", .country = post},                                      // 4: demand and vacancies, after the leavers
    {.name = "matching", .country = qon_matching},                               // 5, second half
    {.name = "permits", .country = permits},                                     // 4: foreign staff for what stays open
    {.name = "utilities", .country = prepare},                                   // what 7 reads
    {.name = "commitments", .block = qon_commitments_block, .programmes = true}, // 9: payments, early leaving, ends of bonds
    {.name = "relocation", .block = qon_relocation_block},                       // 7, and 9 without programmes
    {.name = "allocation", .country = qon_allocation, .programmes = true},       // 8
    {.name = "moves", .block = qon_moves_block, .programmes = true},             // 9 with programmes
    {.name = "feedback", .country = respond},                                    // 10
};
enum { PHASES = sizeof phases / sizeof phases[0] };

static uint32_t longest(const struct qon_block *block, enum qon_calendar list) {
    uint32_t most = 0;
    for (int m = 0; m < 12; m++) {
        most = block->calendar[list][m].count > most ? block->calendar[list][m].count : most;
    }
    return most;
}

// Rows that this month may add to a block: births, unions, those who leave home, movers, arrivals. Over-estimates are not touched.
static enum qon_status reserve_block(struct qon_world *world, struct qon_block *block, int64_t arrivals) {
    enum qon_status status = QON_OK;
    double cap = world->scenario->settings.trigger.hazard_cap_month;
    uint32_t births = longest(block, QON_CAL_BIRTH);
    uint32_t persons = block->persons.count + births + 1024 + (uint32_t)(2 * arrivals);
    uint32_t splits = longest(block, QON_CAL_UNION) + longest(block, QON_CAL_LEAVE_HOME) + (uint32_t)(1.2 * cap * block->persons.count);
    uint32_t households = block->households.count + splits + 1024 + (uint32_t)(2 * arrivals);
    if (persons > block->persons.capacity) {
        persons += block->persons.count / 32;
    }
    if (households > block->households.capacity) {
        households += block->households.count / 16;
    }
    QON_TRY(qon_block_reserve(block, persons, households));
done:
    return status;
}

struct reservation {
    struct qon_world *world;
    int64_t arrivals;
    enum qon_status status;
};

static void reserve_blocks(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    struct reservation *r = context;
    for (int64_t b = begin; b < end; b++) {
        if (qon_owns(r->world, b) && reserve_block(r->world, &r->world->block[b], r->arrivals) != QON_OK) {
            __atomic_store_n(&r->status, QON_MACHINE, __ATOMIC_RELAXED);
        }
    }
}

static int64_t measures_of(const struct qon_world *world) { // numbers in ledger.month
    return (int64_t)world->scenario->programmes.count * world->regions * QON_MEASURES;
}

// The lists that a thread works with: candidates (or 8 numbers for each who may form a union), and moves at two numbers each.
static enum qon_status lanes_reserve(struct qon_world *world) {
    enum qon_status status = QON_OK;
    struct qon_model *m = world->model;
    uint32_t persons = 0;
    for (uint32_t b = 0; b < world->blocks; b++) {
        uint32_t union_numbers = 8 * longest(&world->block[b], QON_CAL_UNION);
        uint32_t capacity = world->block[b].persons.capacity;
        persons = capacity > persons ? capacity : persons;
        persons = union_numbers > persons ? union_numbers : persons;
    }
    if (m->lanes < qon_par_threads()) {
        QON_TRY(qon_grow(&m->lane, (size_t)m->lanes, (size_t)qon_par_threads(), sizeof *m->lane));
        m->lanes = qon_par_threads();
    }
    for (int t = 0; t < m->lanes; t++) {
        QON_TRY(qon_rows_reserve(&m->lane[t].list[0], persons));
        QON_TRY(qon_rows_reserve(&m->lane[t].list[1], 2 * persons));
        if (m->lane[t].own.events == NULL) {
            QON_TRY(qon_tally_own_init(world, &m->lane[t].own));
        }
        if (m->lane[t].measures == NULL && m->programmes != NULL) {
            QON_TRY(qon_take(&m->lane[t].measures, (size_t)measures_of(world), sizeof *m->lane[t].measures));
        }
    }
done:
    return status;
}

static enum qon_status reserve_all(struct qon_world *world) {
    struct reservation r = {world, qon_external_most(world) / world->blocks + 1, QON_OK};
    qon_par_for(world->blocks, 1, reserve_blocks, &r);
    return r.status != QON_OK ? r.status : lanes_reserve(world);
}

static enum qon_status calendar(struct qon_world *world) {
    bool january = world->month % 12 == 0;
    enum qon_status status = january || !world->model->calendar_ready ? qon_calendar_fill(world) : QON_OK;
    world->model->calendar_ready = true;
    return status != QON_OK ? status : reserve_all(world); // the year's lists tell how many may come
}

static void indexation(struct qon_world *world, struct qon_block *block) {
    if (world->month % 12 == 0 && world->month > world->scenario->start) {
        qon_indexation_block(world, block);
    }
}

static enum qon_status prepare(struct qon_world *world) {
    qon_choice_prepare(world);
    if (world->model->programmes != NULL) {
        qon_support_most_make(world);
    }
    for (uint32_t b = 0; world->model->programmes != NULL && b < world->blocks; b++) {
        world->model->programmes->applications[b].count = 0; // those kept in the country are done with
    }
    memset(world->ledger.employer_tiyn, 0, (size_t)world->zones * sizeof *world->ledger.employer_tiyn);
    qon_books_note(world); // of permits too
    return QON_OK;
}

static enum qon_status respond(struct qon_world *world) {
    enum qon_status status = QON_OK;
    QON_TRY(qon_exchange(world, QON_AFTER_MONTH));
    qon_feedback(world);
    qon_ledger_close(world);
done:
    return status;
}

static enum qon_status post(struct qon_world *world) {
    enum qon_status status = QON_OK;
    QON_TRY(qon_exchange(world, QON_AFTER_BLOCKS)); // who left, and who seeks
    QON_TRY(qon_employers_post(world));
done:
    return status;
}

static enum qon_status permits(struct qon_world *world) {
    enum qon_status status = QON_OK;
    QON_TRY(qon_exchange(world, world->scenario->settings.feedback.markets ? QON_AFTER_HIRES : QON_AFTER_BLOCKS));
    QON_TRY(qon_permits(world));
done:
    return status;
}

static enum qon_status policy(struct qon_world *world) {
    enum qon_status status = QON_OK;
    QON_TRY(qon_programmes_clock(world));
    qon_books_note(world);
done:
    return status;
}

// Phases first..last, all of blocks.
struct run {
    struct qon_world *world;
    int first, last;
};

static bool idle(const struct qon_world *world, int i) {
    const struct qon_programmes_model *pm = world->model->programmes;
    return (phases[i].programmes && pm == NULL) || (phases[i].emigrants && (pm == NULL || pm->open[QON_AT_EMIGRATION] == 0));
}

static void run_blocks(void *context, int64_t begin, int64_t end, int thread) {
    struct run *run = context;
    struct qon_lane *lane = &run->world->model->lane[thread];
    for (int64_t b = begin; b < end; b++) {
        struct qon_block *block = &run->world->block[b];
        if (!qon_owns(run->world, b)) {
            continue;
        }
        block->scratch = lane->list;
        block->own = &lane->own;
        block->money = &lane->money;
        block->measures = lane->measures;
        block->left = &lane->left;
        double since = qon_time_wall();
        for (int i = run->first; i <= run->last; i++) {
            if (phases[i].block != NULL && !idle(run->world, i)) {
                phases[i].block(run->world, block);
            }
            double now = qon_time_wall();
            lane->seconds[i] += now - since;
            since = now;
        }
        qon_left_count(run->world, &lane->left);
        block->own = NULL;
        block->money = NULL;
        block->measures = NULL;
        block->left = NULL;
    }
}

// What a thread added up alone.
static void own_merge(struct qon_world *world, struct qon_lane *lane) {
    const struct qon_money *own = &lane->money;
    qon_tally_own_merge(world, &lane->own);
    world->money.savings += own->savings;
    world->money.saved += own->saved;
    world->money.brought += own->brought;
    world->money.moving += own->moving;
    world->money.taken += own->taken;
    world->money.granted += own->granted;
    world->money.clawed += own->clawed;
    lane->money = (struct qon_money){0};
    for (int64_t i = 0; lane->measures != NULL && i < measures_of(world); i++) {
        world->ledger.month[i] += lane->measures[i];
        lane->measures[i] = 0;
    }
}

// A group's wall time is shared among its phases as the threads' times are.
static void count_time(struct qon_world *world, int first, int last, double wall) {
    struct qon_model *m = world->model;
    double sum = 0, part[PHASES] = {0};
    for (int t = 0; t < m->lanes; t++) {
        for (int i = first; i <= last; i++) {
            part[i] += m->lane[t].seconds[i];
            sum += m->lane[t].seconds[i];
            m->lane[t].seconds[i] = 0;
        }
    }
    for (int i = first; i <= last; i++) {
        m->phase[i].seconds += sum > 0 ? wall * part[i] / sum : first == last ? wall : 0;
        m->phase[i].calls++;
    }
}

// Runs phase i and those of blocks that follow it at once; *last is the last that was run.
static enum qon_status run_phases(struct qon_world *world, int i, int *last) {
    double start = qon_time_wall();
    enum qon_status status = QON_OK;
    *last = i;
    if (phases[i].country != NULL) {
        status = idle(world, i) ? QON_OK : phases[i].country(world);
    } else {
        bool alone = world->model->probes > 0; // what each phase did is to be told apart
        while (!alone && *last + 1 < PHASES && (phases[*last + 1].block != NULL || idle(world, *last + 1))) {
            (*last)++;
        }
        while (phases[*last].block == NULL) {
            (*last)--;
        }
        struct run run = {world, i, *last};
        qon_share_blocks(world, true);
        qon_par_for(world->blocks, 1, run_blocks, &run);
        for (int t = 0; t < world->model->lanes; t++) {
            own_merge(world, &world->model->lane[t]);
        }
        qon_share_blocks(world, false);
        status = world->model->memory_short ? QON_MACHINE : QON_OK;
    }
    count_time(world, i, *last, qon_time_wall() - start);
    return status;
}

enum qon_status qon_step(struct qon_world *world, struct qon_faults *faults) {
    char text[256], month[16];
    qon_month_format(world->month, month);
    qon_tally_month_clear(world);
    qon_clock(world);
    for (int i = 0, last; i < PHASES; i = last + 1) {
        if (run_phases(world, i, &last) != QON_OK) {
            return qon_fault_machine(faults, (struct qon_place){0}, "out of memory in %s, phase %s", month, phases[last].name);
        }
        if (world->model->probes > 0) {
            qon_explain_phase(world, phases[last].name);
        }
    }
    if (!qon_balance(world, text)) {
        return qon_fault_machine(faults, (struct qon_place){0}, "%s: conservation is broken: %s", month, text);
    }
    if (world->model->probes > 0) {
        qon_explain_end(world);
    }
    world->month++;
    world->months_done++;
    return QON_OK;
}

const char *qon_step_phase(const struct qon_world *world, int i, double *seconds, int64_t *calls) {
    if (i < 0 || i >= PHASES) {
        return NULL;
    }
    *seconds = world->model->phase[i].seconds;
    *calls = world->model->phase[i].calls;
    return phases[i].name;
}
