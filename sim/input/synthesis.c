// SPDX-License-Identifier: GPL-3.0-or-later
// The synthetic population: plans it, then makes its blocks in parallel. See synthesis_plan.h for how the parts fit.
#include "synthesis_plan.h"

#include <math.h>
#include <qonys/explog.h>
#include <qonys/memory.h>
#include <qonys/par.h>
#include <qonys/ranks.h>
#include <qonys/step.h>
#include <string.h>

static const double SPOUSE_NOISE_MONTHS = 25.5; // sd of each spouse's place in the order of ages; the difference then has about 3 years

static enum qon_status schedules_read(struct qon_synth *s) {
    const struct qon_table_schedules *t = &s->tables->schedules;
    for (int64_t i = 0; i < t->rows; i++) {
        bool woman = strcmp(t->sex[i], "f") == 0;
        if (!woman && strcmp(t->sex[i], "m") != 0) {
            return qon_fault_add(s->faults, (struct qon_place){.path = "population.schedules: sex"}, "\"%s\" is neither m nor f",
                                 t->sex[i]);
        }
        int64_t c = (woman ? QON_AGES : 0) + t->age[i];
        s->pyramid[c] = t->population_share[i];
        s->coupled[c] = t->coupled_share[i];
        s->participation[c] = t->participation_share[i];
        s->student[c] = t->student_share[i];
        if (woman) {
            s->fertility[t->age[i]] = t->birth_rate_year[i];
        }
    }
    double sum = 0;
    for (int age = 0; age < QON_AGES; age++) {
        s->fertility_before[age] = sum;
        sum += s->fertility[age];
    }
    for (int age = 15; age <= 49 && sum <= 0; age++) { // mothers are sought by fertility: without one, evenly
        s->fertility[age] = 1.0;
    }
    for (int i = 0; i < 256; i++) {
        double months = SPOUSE_NOISE_MONTHS * qon_normal_quantile((i + 0.5) / 256);
        s->age_noise[i] = (int16_t)floor(months + 0.5);
    }
    return QON_OK;
}

// Numbers the kinds of zones in the order in which they appear.
static enum qon_status kinds_find(struct qon_synth *s) {
    enum qon_status status = QON_OK;
    QON_TRY(qon_take(&s->kind_name, (size_t)s->zones, sizeof *s->kind_name));
    for (int32_t z = 0; z < s->zones; z++) {
        const char *name = s->tables->zones.kind[z];
        int32_t kind = 0;
        while (kind < s->kinds && strcmp(s->kind_name[kind], name) != 0) {
            kind++;
        }
        if (kind == s->kinds) {
            s->kind_name[s->kinds++] = name;
        }
        s->zone[z].kind = kind;
    }
done:
    return status;
}

static enum qon_status plan_take(struct qon_synth *s) {
    enum qon_status status = QON_OK;
    s->zones = (int32_t)s->tables->zones.rows;
    s->educations = (int32_t)s->tables->educations.rows;
    s->occupations = (int32_t)s->tables->occupations.rows;
    s->skills = (int32_t)s->tables->skills.rows;
    s->sectors = (int32_t)s->tables->sectors.rows;
    s->kernels = qon_kernels();
    s->key_attribute = qon_key(s->scenario->seed, QON_DRAW_SYNTHESIS_ATTRIBUTE, 0);
    s->key_job = qon_key(s->scenario->seed, QON_DRAW_SYNTHESIS_JOB, 0);
    s->key_money = qon_key(s->scenario->seed, QON_DRAW_SYNTHESIS_MONEY, 0);
    s->key_kin = qon_key(s->scenario->seed, QON_DRAW_KIN, 0);
    for (int months = 0; months < 12 * QON_AGES; months++) {
        const struct qon_settings *set = &s->scenario->settings;
        s->move_rate[months] = set->trigger.start_moves_factor * qon_rogers_castro(set, months / 12.0);
    }
    QON_TRY(qon_take(&s->zone, (size_t)s->zones, sizeof *s->zone));
    QON_TRY(kinds_find(s));
    QON_TRY(schedules_read(s));
done:
    return status;
}

static void plan_free(struct qon_synth *s) {
    for (int32_t z = 0; s->zone != NULL && z < s->zones; z++) {
        qon_free(s->zone[z].joint);
        qon_free(s->zone[z].employed);
    }
    qon_free(s->zone);
    qon_free(s->kind_name);
    qon_free(s->education_given);
    qon_free(s->job_end);
    qon_free(s->job_seat);
    qon_free(s->occupation_end);
    qon_free(s->wage_norm);
    qon_free(s->skilled);
    qon_free(s->skill_key);
    qon_free(s->sector_key);
    qon_free(s->sector_staff);
    qon_free(s->sector_first);
    qon_free(s->sector_seats);
    qon_free(s->seat_end);
    qon_free(s->guide_first);
    qon_free(s->guide);
    qon_free(s->foreign_first);
    qon_free(s->foreign_employer);
    qon_free(s->portion_first);
    qon_free(s->portion_households);
    qon_free(s->kin_end);
}

// Portion of a zone in a block; false when it has none there.
static bool portion_in(const struct qon_synth *s, int32_t zone, uint32_t block, uint32_t *index) {
    const struct qon_synth_zone *plan = &s->zone[zone];
    *index = block >= plan->first_block ? block - plan->first_block : block + s->blocks - plan->first_block;
    return *index < plan->portions;
}

static uint32_t portion_persons(const struct qon_synth_zone *plan, uint32_t index) { // as cells are dealt one after another
    return qon_synth_dealt((uint32_t)plan->persons, 0, plan->portions, index);
}

// ---- What zones are beside their residents. ODD tag S-PAST-1.

// The stock of earlier movers between regions, shared among pairs of different zones by their persons. A yearly flow that went on for long
// and is forgotten at network_decay_year has left flow / decay.
static void network_share(struct qon_synth *s, const double *region_persons, const double *region_squares) {
    const struct qon_table_network *t = &s->tables->network;
    const int32_t *region = s->tables->zones.region;
    double decay = s->scenario->settings.feedback.network_decay_year;
    double years = decay > 0.01 ? 1 / decay : 100;
    double *network = s->world->places.network;
    for (int64_t i = 0; i < t->rows; i++) {
        int32_t from = t->origin[i];
        int32_t to = t->destination[i];
        double pairs = region_persons[from] * region_persons[to] - (from == to ? region_squares[from] : 0.0);
        for (int32_t a = 0; a < s->zones && pairs > 0; a++) {
            for (int32_t b = 0; region[a] == from && b < s->zones; b++) {
                if (region[b] == to && a != b) {
                    double share = (double)s->zone[a].persons * (double)s->zone[b].persons / pairs;
                    network[(int64_t)a * s->zones + b] += years * t->persons[i] / s->scenario->scale * share;
                }
            }
        }
    }
}

// Kin live where movers came from and where they went to.
static enum qon_status kin_cumulate(struct qon_synth *s) {
    enum qon_status status = QON_OK;
    const double *network = s->world->places.network;
    QON_TRY(qon_take(&s->kin_end, (size_t)s->zones * (size_t)s->zones, sizeof *s->kin_end));
    for (int64_t a = 0; a < s->zones; a++) {
        double sum = 0;
        for (int64_t b = 0; b < s->zones; b++) {
            sum += network[a * s->zones + b] + network[b * s->zones + a];
            s->kin_end[a * s->zones + b] = (float)sum;
        }
    }
done:
    return status;
}

static enum qon_status places_fill(struct qon_synth *s) {
    enum qon_status status = QON_OK;
    double *persons = NULL;
    double *squares = NULL;
    QON_TRY(qon_take(&persons, (size_t)s->tables->regions.rows, sizeof *persons));
    QON_TRY(qon_take(&squares, (size_t)s->tables->regions.rows, sizeof *squares));
    for (int32_t z = 0; z < s->zones; z++) {
        double residents = (double)s->zone[z].persons;
        persons[s->tables->zones.region[z]] += residents;
        squares[s->tables->zones.region[z]] += residents * residents;
        s->world->places.rent_tiyn[z] = 100.0 * s->tables->zones.rent_tenge_month[z];
    }
    if (s->tables->network.rows > 0) {
        network_share(s, persons, squares);
        QON_TRY(kin_cumulate(s));
    }
done:
    qon_free(persons);
    qon_free(squares);
    return status;
}

// ---- Blocks.

static void households_count(void *context, int64_t begin, int64_t end, int thread) {
    struct qon_synth *s = context;
    for (int64_t block = begin; block < end; block++) {
        for (int32_t z = 0; z < s->zones; z++) {
            uint32_t index;
            if (qon_owns(s->world, block) && portion_in(s, z, (uint32_t)block, &index)) {
                struct qon_synth_portion portion;
                qon_synth_portion_begin(&portion, s, (uint32_t)z, index);
                s->portion_households[s->portion_first[z] + index] = qon_synth_households_count(&portion);
            }
        }
    }
}

// Numbers portions and counts their persons and households, from which blocks get their sizes and first ids.
static enum qon_status blocks_plan(struct qon_synth *s) {
    enum qon_status status = QON_OK;
    uint32_t portions = 0;
    uint64_t persons = 0;
    uint64_t households = 0;
    QON_TRY(qon_take(&s->portion_first, (size_t)s->zones, sizeof *s->portion_first));
    for (int32_t z = 0; z < s->zones; z++) {
        s->portion_first[z] = portions;
        portions += s->zone[z].portions;
    }
    QON_TRY(qon_take(&s->portion_households, portions, sizeof *s->portion_households));
    qon_par_for(s->blocks, 1, households_count, s);
    qon_ranks_sum_i32((int32_t *)(void *)s->portion_households, portions); // of other ranks' blocks: 0 here
    for (uint32_t b = 0; b < s->blocks; b++) {
        struct qon_block *block = &s->world->block[b];
        block->founder_id = persons;
        block->founder_household_id = households;
        for (int32_t z = 0; z < s->zones; z++) {
            uint32_t index;
            if (portion_in(s, z, b, &index)) {
                uint32_t size = portion_persons(&s->zone[z], index);
                uint32_t formed = s->portion_households[s->portion_first[z] + index];
                block->persons.founders += size;
                block->households.founders += formed;
                s->portion_most = size > s->portion_most ? size : s->portion_most;
            }
        }
        persons += block->persons.founders;
        households += block->households.founders;
        if (!qon_owns(s->world, b)) {
            *block = (struct qon_block){.index = b};
        }
    }
    s->world->persons_start = (int64_t)persons;
done:
    return status;
}

struct filling {
    struct qon_synth *synth;
    struct qon_synth_nest **nest; // [thread]
    int64_t savings_tiyn;
    bool failed;
};

static void block_fill(struct filling *filling, uint32_t index, struct qon_synth_nest *nest) {
    const struct qon_synth *s = filling->synth;
    struct qon_block *block = &s->world->block[index];
    int64_t savings_tiyn = 0;
    // Room for some years of newcomers at once: rows that nobody touches take no memory, growing later copies all columns.
    uint32_t persons = block->persons.founders, households = block->households.founders;
    if (qon_block_reserve(block, persons + persons / 5 + 2048, households + households * 3 / 4 + persons / 10 + 2048) != QON_OK) {
        __atomic_store_n(&filling->failed, true, __ATOMIC_RELAXED);
        return;
    }
    qon_block_populate(block, persons, households);
    for (int32_t z = 0; z < s->zones; z++) {
        uint32_t place;
        if (portion_in(s, z, index, &place)) {
            struct qon_synth_portion portion;
            qon_synth_portion_begin(&portion, s, (uint32_t)z, place);
            portion.block = block;
            qon_synth_households(&portion, nest);
        }
    }
    QON_REQUIRE(block->persons.count == block->persons.founders && block->households.count == block->households.founders);
    for (uint32_t i = 0; i < block->households.count; i++) {
        savings_tiyn += block->households.savings_tiyn[i];
    }
    (void)__atomic_fetch_add(&filling->savings_tiyn, savings_tiyn, __ATOMIC_RELAXED);
}

static void blocks_body(void *context, int64_t begin, int64_t end, int thread) {
    struct filling *filling = context;
    for (int64_t b = begin; b < end; b++) {
        if (qon_owns(filling->synth->world, b)) {
            block_fill(filling, (uint32_t)b, filling->nest[thread]);
        }
    }
}

static enum qon_status blocks_fill(struct qon_synth *s) {
    enum qon_status status = QON_OK;
    struct filling filling = {.synth = s};
    int threads = qon_par_threads();
    QON_TRY(qon_take(&filling.nest, (size_t)threads, sizeof *filling.nest));
    for (int i = 0; i < threads; i++) {
        QON_TRY(qon_synth_nest_take(&filling.nest[i], s->portion_most));
    }
    qon_par_for(s->blocks, 1, blocks_body, &filling);
    status = filling.failed ? QON_MACHINE : QON_OK;
    qon_ranks_sum_i64(&filling.savings_tiyn, 1);
    s->world->money.savings = filling.savings_tiyn;
    s->world->money.savings_start = filling.savings_tiyn;
done:
    for (int i = 0; filling.nest != NULL && i < threads; i++) {
        qon_synth_nest_free(filling.nest[i]);
    }
    qon_free(filling.nest);
    return status;
}

static enum qon_status world_make(struct qon_synth *s) {
    enum qon_status status = QON_OK;
    QON_TRY(qon_synth_margins(s));
    QON_TRY(qon_synth_labour(s));
    QON_TRY(qon_synth_employers(s));
    QON_TRY(qon_synth_jobs(s));
    QON_TRY(places_fill(s));
    QON_TRY(blocks_plan(s));
    QON_TRY(blocks_fill(s));
    QON_TRY(qon_tally_recount(s->world));
    for (int32_t z = 0; z < s->zones; z++) {
        s->world->places.households_log[z] =
            qon_log((double)s->world->tally.households[z] + 1); // as feedback has it: nobody may live there
    }
done:
    return status;
}

enum qon_status qon_synthesis(struct qon_world *world, const struct qon_scenario *scenario, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct qon_synth s = {.scenario = scenario, .tables = &scenario->tables, .world = world, .faults = faults};
    bool told = false;
    *world = (struct qon_world){0};
    status = plan_take(&s);
    if (status == QON_OK) {
        status = qon_synth_zones(&s);
    }
    if (status == QON_OK) {
        status = qon_world_init(world, scenario, s.blocks, 0, faults); // refuses tables too large for the columns
        told = status == QON_MACHINE;
    }
    if (status == QON_OK) {
        status = world_make(&s);
    }
    if (status == QON_MACHINE && !told) {
        (void)qon_fault_machine(faults, (struct qon_place){.file = scenario->file}, "not enough memory for the synthetic population");
    }
    plan_free(&s);
    if (status != QON_OK) {
        qon_world_free(world);
    }
    return status;
}
