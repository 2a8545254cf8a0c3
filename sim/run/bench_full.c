// SPDX-License-Identifier: GPL-3.0-or-later
// The bench of the whole model: reads a scenario, makes its people, runs its months, and tells what a person-month cost and where.
#include "bench_town.h"

#include <qonys/kernels.h>
#include <qonys/memory.h>
#include <qonys/par.h>
#include <qonys/ranks.h>
#include <qonys/step.h>
#include <qonys/synthesis.h>

enum { PLAIN_PERSONS_MOST = 20000000, PLAIN_MILLION = 1000000, PLAIN_MONTHS = 12 };

int64_t qon_bench_residents(const struct qon_world *world) {
    int64_t sum = 0;
    for (int64_t i = 0; i < (int64_t)world->zones * QON_LABOURS; i++) {
        sum += world->tally.labour[i];
    }
    return sum;
}

static int64_t households(const struct qon_world *world) {
    int64_t sum = 0;
    for (int32_t z = 0; z < world->zones; z++) {
        sum += world->tally.households[z];
    }
    return sum;
}

static enum qon_status people_make(const struct qon_scenario *scenario, struct qon_world *world, struct qon_bench_full *result,
                                   struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    double cpu = qon_time_cpu(), wall = qon_time_wall();
    QON_TRY(qon_synthesis(world, scenario, faults));
    QON_TRY(qon_model_init(world, faults));
    result->cpu_synthesis = qon_time_cpu() - cpu;
    result->seconds_synthesis = qon_time_wall() - wall;
    result->persons_start = qon_bench_residents(world);
done:
    return status;
}

static enum qon_status months_run(const struct qon_scenario *scenario, struct qon_world *world, struct qon_bench_full *result,
                                  struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    double cpu = qon_time_cpu(), wall = qon_time_wall();
    int64_t handed = qon_ranks_bytes();
    double within = qon_ranks_cpu();
    for (int32_t m = 0; m < scenario->months; m++) {
        result->person_months += qon_bench_residents(world);
        QON_TRY(qon_step(world, faults));
        for (int32_t z = 0; z < world->zones; z++) {
            result->decisions += world->tally.events[(int64_t)QON_EVENT_considered * world->zones + z];
        }
    }
    result->cpu_run = qon_time_cpu() - cpu;
    result->bytes_ranks = qon_ranks_bytes() - handed;
    result->cpu_ranks = qon_ranks_cpu() - within;
    result->seconds_run = qon_time_wall() - wall;
    result->ns_wall = 1e9 * result->seconds_run / (double)result->person_months;
done:
    return status;
}

double qon_bench_state_bytes(const struct qon_world *world) {
    double bytes = 0;
    for (uint32_t b = 0; b < world->blocks; b++) {
        for (size_t c = 0; c < qon_person_columns_count; c++) {
            bytes += (double)qon_person_columns[c].size * world->block[b].persons.count;
        }
        for (size_t c = 0; c < qon_household_columns_count; c++) {
            bytes += (double)qon_household_columns[c].size * world->block[b].households.count;
        }
        const struct qon_block *block = &world->block[b]; // founders' ids are not written
        bytes -= (double)sizeof(uint64_t) * ((double)block->persons.founders + (double)block->households.founders);
    }
    for (size_t c = 0; c < qon_employer_columns_count; c++) {
        bytes += (double)qon_employer_columns[c].size * world->employers.count;
    }
    return bytes;
}

// What each rank has its part of becomes that of all.
static void ranks_sum(struct qon_bench_full *result, double *bytes) {
    double *const parts[] = {&result->cpu_synthesis, &result->cpu_run, &result->cpu_ranks, &result->state_bytes, bytes};
    static const double units[] = {1e-9, 1e-9, 1e-9, 1, 1};
    enum { PARTS = sizeof parts / sizeof parts[0] };
    int64_t sums[PARTS + 1] = {result->bytes_ranks};
    for (int i = 0; i < PARTS; i++) {
        sums[i + 1] = (int64_t)(*parts[i] / units[i]);
    }
    qon_ranks_sum_i64(sums, PARTS + 1);
    result->bytes_ranks = sums[0];
    for (int i = 0; i < PARTS; i++) {
        *parts[i] = (double)sums[i + 1] * units[i];
    }
}

static void world_tell(const struct qon_world *world, struct qon_bench_full *result) {
    struct qon_bench_phase phase = {0};
    double bytes = (double)qon_memory_peak_bytes();
    result->persons_end = qon_bench_residents(world);
    result->households = households(world);
    result->employers = world->employers.count;
    result->state_bytes = qon_bench_state_bytes(world);
    result->ranks = qon_ranks_count();
    if (result->ranks > 1) {
        ranks_sum(result, &bytes);
    }
    result->bytes_per_person = result->persons_end > 0 ? bytes / (double)result->persons_end : 0;
    result->ns_cpu = 1e9 * result->cpu_run / (double)result->person_months;
    result->digest = qon_world_digest(world);
    while (result->phases < QON_BENCH_PHASES &&
           (phase.name = qon_step_phase(world, result->phases, &phase.seconds, &phase.calls)) != NULL) {
        result->phase[result->phases++] = phase;
    }
}

// The reference costs more the more persons it has, as everything does whose friends no cache holds.
static enum qon_status plain_time(uint64_t seed, int64_t persons, int repeats, double *ns_cpu) {
    enum qon_status status = QON_OK;
    struct town town = {0};
    struct bench_plain *plain = NULL;
    double least = 1e300;
    QON_TRY(qon_town_make(&town, persons, seed));
    QON_TRY(qon_bench_plain_create(&plain, &town));
    for (int i = 0; i < repeats; i++) {
        qon_bench_plain_reset(plain);
        double cpu = qon_time_cpu();
        qon_bench_plain_run(plain, PLAIN_MONTHS);
        cpu = qon_time_cpu() - cpu;
        least = cpu < least ? cpu : least;
    }
    *ns_cpu = 1e9 * least / ((double)persons * PLAIN_MONTHS);
done:
    qon_bench_plain_destroy(plain);
    qon_town_free(&town);
    return status;
}

static enum qon_status run_once(const struct qon_scenario *scenario, struct qon_bench_full *result, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct qon_world world = {0};
    *result = (struct qon_bench_full){.isa = qon_kernels()->name};
    QON_TRY(people_make(scenario, &world, result, faults));
    QON_TRY(months_run(scenario, &world, result, faults));
    world_tell(&world, result);
done:
    qon_model_free(&world);
    qon_world_free(&world);
    return status;
}

enum qon_status qon_bench_full(const char *scenario, const struct qon_override *overrides, int overrides_count, bool plain, int repeats,
                               struct qon_bench_full *result, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct qon_scenario read = {0};
    QON_TRY(qon_scenario_load(&read, scenario, overrides, overrides_count, faults));
    QON_TRY(run_once(&read, result, faults));
    for (int i = 1; i < repeats; i++) {
        struct qon_bench_full again;
        QON_TRY(run_once(&read, &again, faults));
        QON_REQUIRE(again.digest == result->digest);
        *result = again.cpu_run < result->cpu_run ? again : *result;
    }
    if (plain && result->ranks == 1) {
        int64_t persons = result->persons_start < PLAIN_PERSONS_MOST ? result->persons_start : PLAIN_PERSONS_MOST;
        QON_TRY(plain_time(read.seed, persons > 1 ? persons : 1, repeats > 3 ? repeats : 3, &result->plain_ns_cpu));
        QON_TRY(plain_time(read.seed, PLAIN_MILLION, 5, &result->plain_million_ns_cpu));
        QON_TRY(qon_bench_memory_speed(&result->memory_bytes_second));
    }
done:
    qon_scenario_free(&read);
    return status;
}
