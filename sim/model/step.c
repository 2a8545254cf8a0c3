// SPDX-License-Identifier: GPL-3.0-or-later
// One month: a list of phases and nothing else. ODD tag M-STEP-1.
//
// Two kinds of phases alternate: those that work on one block at a time (persons and households; they read tables of the country that no
// block writes), and those that work on the country (employers, queues, markets). Programmes have their place between employers and moves.
#include "model.h"
#include "programmes.h"

#include <string.h>

struct phase {
    const char *name;
    void (*block)(struct qon_world *world, struct qon_block *block); // one of the two
    enum qon_status (*country)(struct qon_world *world);
};

static enum qon_status reserve_all(struct qon_world *world);
static enum qon_status calendar(struct qon_world *world);
static enum qon_status prepare(struct qon_world *world);
static enum qon_status respond(struct qon_world *world);
static void indexation(struct qon_world *world, struct qon_block *block);

static const struct phase phases[] = {
    {"reserve", NULL, reserve_all},               // room for this month's newcomers
    {"calendar", NULL, calendar},                 // in January: who may die, bear, marry, leave school this year
    {"policy", NULL, qon_programmes_clock},       // 1 and 6: what is open, quotas and budgets of the year, awareness, levers
    {"demography", qon_demography_block, NULL},   // 2
    {"retention", qon_retention_block, NULL},     // 3: who would leave the country and may be kept
    {"retained", NULL, qon_allocation},           //
    {"external", qon_external_block, NULL},       // 3
    {"indexation", indexation, NULL},             // in January: wages of existing contracts
    {"separation", qon_labour_block, NULL},       // 5, first half
    {"employers", NULL, qon_employers_post},      // 4: demand and vacancies, after the leavers
    {"matching", NULL, qon_matching},             // 5, second half
    {"permits", NULL, qon_permits},               // 4, foreign staff for what stays open
    {"utilities", NULL, prepare},                 // what 7 reads
    {"commitments", qon_commitments_block, NULL}, // 9: payments, early leaving, ends of bonds
    {"relocation", qon_relocation_block, NULL},   // 7, and 9 without programmes
    {"allocation", NULL, qon_allocation},         // 8
    {"moves", qon_moves_block, NULL},             // 9 with programmes
    {"feedback", NULL, respond},                  // 10
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
        if (reserve_block(r->world, &r->world->block[b], r->arrivals) != QON_OK) {
            __atomic_store_n(&r->status, QON_MACHINE, __ATOMIC_RELAXED);
        }
    }
}

// The lists that a thread works with: candidates (or 6 numbers for each who may form a union), and moves at two numbers each.
static enum qon_status lanes_reserve(struct qon_world *world) {
    enum qon_status status = QON_OK;
    struct qon_model *m = world->model;
    uint32_t persons = 0;
    for (uint32_t b = 0; b < world->blocks; b++) {
        uint32_t union_numbers = 6 * longest(&world->block[b], QON_CAL_UNION);
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
    for (uint32_t b = 0; world->model->programmes != NULL && b < world->blocks; b++) {
        world->model->programmes->applications[b].count = 0; // those kept in the country are done with
    }
    memset(world->ledger.employer_tiyn, 0, (size_t)world->zones * sizeof *world->ledger.employer_tiyn);
    return QON_OK;
}

static enum qon_status respond(struct qon_world *world) {
    qon_feedback(world);
    qon_ledger_close(world);
    return QON_OK;
}

struct run {
    struct qon_world *world;
    const struct phase *phase;
};

static void run_blocks(void *context, int64_t begin, int64_t end, int thread) {
    struct run *run = context;
    for (int64_t b = begin; b < end; b++) {
        run->world->block[b].scratch = run->world->model->lane[thread].list;
        run->phase->block(run->world, &run->world->block[b]);
    }
}

static enum qon_status run_phase(struct qon_world *world, int i) {
    struct qon_phase_time *time = &world->model->phase[i];
    double start = qon_time_wall();
    enum qon_status status = QON_OK;
    if (phases[i].country != NULL) {
        status = phases[i].country(world);
    } else {
        struct run run = {world, &phases[i]};
        qon_par_for(world->blocks, 1, run_blocks, &run);
        status = world->model->memory_short ? QON_MACHINE : QON_OK;
    }
    time->name = phases[i].name;
    time->seconds += qon_time_wall() - start;
    time->calls++;
    return status;
}

enum qon_status qon_step(struct qon_world *world, struct qon_faults *faults) {
    char text[256], month[16];
    qon_month_format(world->month, month);
    qon_tally_month_clear(world);
    qon_clock(world);
    for (int i = 0; i < PHASES; i++) {
        if (run_phase(world, i) != QON_OK) {
            return qon_fault_machine(faults, (struct qon_place){0}, "out of memory in %s, phase %s", month, phases[i].name);
        }
    }
    if (!qon_balance(world, text)) {
        return qon_fault_machine(faults, (struct qon_place){0}, "%s: conservation is broken: %s", month, text);
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
