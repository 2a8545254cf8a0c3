// SPDX-License-Identifier: GPL-3.0-or-later
// Employers: desired staff, vacancies, permits for foreign staff. ODD tags M-DEMAND-1, M-VACANCY-1, M-PERMIT-1.
//
// Desired staff = staff at the start x own demand (mean-reverting) x the zone's factor: growth, residents relative to the start for the
// local part, wage level relative to its trend to the power of minus the elasticity. A frozen draw rounds it, so that small employers do
// not flicker. Every vacancy of a month is a unit with an occupation and skill from the sector's mix and a rank in the queue of its cell.
#include "model.h"

#include <math.h>
#include <qonys/kernels.h>

// What subsidies paid last month lower the wage bill by raises desired staff. ODD tag M-SUBSIDY-1.
static double subsidy_response(const struct qon_world *world, int32_t zone) {
    double paid = (double)world->ledger.employer_tiyn[zone], bill = (double)world->tally.wages_tiyn[zone];
    return paid > 0 && bill > 0 ? 1 + world->scenario->settings.policy.hire_elasticity * (paid < bill ? paid / bill : 1) : 1;
}

// Whatever a scenario or the state in a checkpoint says: no wage level is taken for less than a hundredth or more than a hundred times its
// trend, and what an employer wants has limits far beyond any that has been, so that the list of vacancies stays within memory.
static const double STAFF_MOST = 1e8;
static const double STAFF_MOST_RESIDENT = 1000; // over all residents of the country
static const double WAGE_RATIO_MOST = 100;

static double wage_ratio(double wage, double expected) {
    double ratio = wage > 0 && expected > 0 ? wage / expected : 1;
    return fmin(fmax(ratio, 1 / WAGE_RATIO_MOST), WAGE_RATIO_MOST);
}

static const double REVERSION_MONTH = 0.95; // own demand keeps this part from month to month: half-life of a shock about 13 months

static void zone_demand(struct qon_world *world) {
    const struct qon_settings *set = &world->scenario->settings;
    struct qon_model *m = world->model;
    double years = (world->month - world->scenario->start) / 12.0;
    double trend = qon_exp(years * qon_log(1 + set->labour.wage_growth_year));
    for (int32_t z = 0; z < world->zones; z++) {
        double residents = world->anchors.population[z] > 0 ? m->zone_population[z] / world->anchors.population[z] : 1;
        double local = set->labour.demand_local_share;
        double wage = wage_ratio(m->zone_wage[z], world->anchors.wage[z] * trend);
        double response = set->feedback.markets ? qon_exp(-set->labour.demand_wage_elasticity * qon_log(wage)) : 1;
        m->zone_demand[z] = (1 - local + (set->feedback.markets ? local * residents : local)) * response * subsidy_response(world, z);
    }
}

struct post {
    struct qon_world *world;
    double growth[256]; // [sector] to the power of the years passed
    double staff_most;  // of one employer
    bool write;         // second pass: units into the list
    int64_t *first;     // [chunk + 1]
};

enum { CHUNK = 4096 };

static uint32_t unit_cell(const struct qon_world *world, uint32_t employer, double u) {
    const struct qon_employers *e = &world->employers;
    int32_t combos = world->occupations * world->skills;
    const double *mix = world->model->sector_mix + (int64_t)e->sector[employer] * combos;
    int32_t low = 0;
    u *= mix[combos - 1];
    for (int32_t count = combos; count > 1;) { // the first that lies above u, else the last; without a branch that chance decides
        int32_t half = count / 2;
        low += u >= mix[low + half - 1] ? half : 0;
        count -= half;
    }
    return (uint32_t)((int64_t)e->zone[employer] * combos + low);
}

static void plan(struct qon_world *world, const struct post *post, uint32_t row, double shock_unit, double round_unit) {
    const struct qon_settings *set = &world->scenario->settings;
    struct qon_employers *e = &world->employers;
    // A uniform shock of the wanted standard deviation: half as dear as a normal one, and the sum over months is near normal.
    double shock = (shock_unit - 0.5) * 3.4641016151377544 * set->labour.demand_shock_sd;
    double demand = REVERSION_MONTH * (double)e->demand_log[row] + shock;
    e->demand_log[row] = (float)demand;
    double wanted = (double)e->staff_start[row] * qon_exp(demand) * world->model->zone_demand[e->zone[row]] * post->growth[e->sector[row]];
    wanted = wanted > 0 ? wanted < post->staff_most ? wanted : post->staff_most : 0;
    e->desired[row] = (int32_t)(wanted + round_unit);
    int32_t gap = e->desired[row] - e->staff[row];
    e->vacancies[row] = gap > 0 ? gap : 0;
    // A third of the excess beyond 5 % of staff goes in a month; read by the separations of the next one.
    float excess = e->staff[row] > 0 ? (float)-gap / (float)e->staff[row] - 0.05F : 0;
    e->excess_share[row] = excess > 0 && set->feedback.markets ? excess / 3 : 0;
}

// The plans of some employers; the number of vacancies.
static int64_t plans(struct qon_world *world, const struct post *post, uint32_t begin, uint32_t end) {
    enum { TOGETHER = 256 };
    const struct qon_kernels *kernels = qon_kernels();
    uint64_t shock_key = qon_month_key(world, QON_DRAW_DEMAND), round_key = qon_life_key(world, QON_DRAW_DEMAND), id[TOGETHER];
    uint32_t same[TOGETHER] = {0}, shock[TOGETHER], round[TOGETHER]; // alternative 0
    int64_t vacancies = 0;
    for (uint32_t first = begin; first < end; first += TOGETHER) {
        uint32_t count = end - first < TOGETHER ? end - first : TOGETHER;
        for (uint32_t i = 0; i < count; i++) {
            id[i] = first + i;
        }
        kernels->draws(shock_key, id, same, count, shock);
        kernels->draws(round_key, id, same, count, round);
        for (uint32_t i = 0; i < count; i++) {
            plan(world, post, first + i, qon_unit(shock[i]), qon_unit(round[i]));
            vacancies += world->employers.vacancies[first + i];
        }
    }
    return vacancies;
}

static void post_chunk(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    struct post *post = context;
    struct qon_world *world = post->world;
    struct qon_employers *e = &world->employers;
    if (!post->write) {
        post->first[begin / CHUNK] = plans(world, post, (uint32_t)begin, (uint32_t)end);
        return;
    }
    uint64_t unit_key = qon_month_key(world, QON_DRAW_VACANCY);
    int64_t units = 0;
    struct qon_vacancy *out = world->model->vacancies_count > 0 ? world->model->vacancies + post->first[begin / CHUNK] : NULL;
    for (uint32_t row = (uint32_t)begin; row < (uint32_t)end; row++) {
        if (e->vacancies[row] == 0) {
            continue;
        }
        struct qon_pcg pcg = qon_pcg_keyed(unit_key, row);
        for (int32_t v = 0; v < e->vacancies[row]; v++) {
            uint32_t cell = unit_cell(world, row, qon_unit(qon_pcg_next(&pcg)));
            uint64_t high = qon_pcg_next(&pcg);
            out[units++] = (struct qon_vacancy){high << 32 | qon_pcg_next(&pcg), row, cell};
        }
    }
}

enum qon_status qon_employers_post(struct qon_world *world) {
    enum qon_status status = QON_OK;
    const struct qon_settings *set = &world->scenario->settings;
    struct qon_model *m = world->model;
    int64_t chunks = (world->employers.count + CHUNK - 1) / CHUNK;
    struct post post = {.world = world};
    QON_TRY(qon_take(&post.first, (size_t)chunks + 1, sizeof *post.first));
    zone_demand(world);
    double residents = 0;
    for (int32_t z = 0; z < world->zones; z++) {
        residents += m->zone_population[z];
    }
    post.staff_most = residents > 0 ? fmin(STAFF_MOST_RESIDENT * residents, STAFF_MOST) : STAFF_MOST;
    double years = (world->month - world->scenario->start) / 12.0;
    for (int32_t s = 0; s < world->sectors; s++) {
        double growth = 1 + set->labour.demand_growth_year + world->scenario->tables.sectors.demand_growth_year[s];
        post.growth[s] = qon_exp(years * qon_log(growth > 0.01 ? growth : 0.01));
    }
    qon_par_for(world->employers.count, CHUNK, post_chunk, &post);
    int64_t total = 0;
    for (int64_t c = 0; c < chunks; c++) {
        int64_t count = post.first[c];
        post.first[c] = total;
        total += count;
    }
    if (total > m->vacancies_capacity) {
        int64_t capacity = total + total / 4;
        qon_free(m->vacancies);
        m->vacancies = NULL;
        m->vacancies_capacity = 0;
        QON_TRY(qon_take(&m->vacancies, (size_t)capacity, sizeof *m->vacancies));
        m->vacancies_capacity = capacity;
    }
    m->vacancies_count = total;
    post.write = true;
    qon_par_for(world->employers.count, CHUNK, post_chunk, &post);
done:
    qon_free(post.first);
    return status;
}
