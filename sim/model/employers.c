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

enum { CHUNK = 4096, TOGETHER = 256 }; // employers: of a thread, and column by column
enum { GUIDES = 256, GUIDE_SHIFT = 24 };

struct post {
    struct qon_world *world;
    double growth[256]; // [sector] to the power of the years passed
    double staff_most;  // of one employer
    bool write;         // second pass: units into the list
    int64_t *first;     // [chunk + 1]
    uint16_t *guide;    // [sector * GUIDES + top bits of a draw] where to begin the search for occupation and skill
};

// Own demand moves on, in logs. A uniform shock of the wanted standard deviation: half as dear as a normal one, and the sum over months is
// near normal.
static void demand_move(float *restrict demand_log, const uint32_t *restrict shock, double sd, uint32_t count, double *restrict demand) {
    for (uint32_t i = 0; i < count; i++) {
        demand[i] = REVERSION_MONTH * (double)demand_log[i] + (qon_unit(shock[i]) - 0.5) * 3.4641016151377544 * sd;
        demand_log[i] = (float)demand[i];
    }
}

struct factors {
    double demand[TOGETHER], zone[TOGETHER], growth[TOGETHER]; // on staff at the start
    uint32_t round[TOGETHER];                                  // frozen draws
};

static void desired_make(const struct factors *restrict factors, const float *restrict staff_start, double most, uint32_t count,
                         int32_t *restrict desired) {
    for (uint32_t i = 0; i < count; i++) {
        double wanted = (double)staff_start[i] * factors->demand[i] * factors->zone[i] * factors->growth[i];
        wanted = wanted < most ? wanted : most;
        wanted = wanted > 0 ? wanted : 0;
        desired[i] = (int32_t)(wanted + qon_unit(factors->round[i]));
    }
}

// Returns the number of vacancies.
static int64_t gaps_make(const int32_t *restrict desired, const int32_t *restrict staff, bool markets, uint32_t count,
                         int32_t *restrict vacancies, float *restrict excess_share) {
    int64_t sum = 0;
    for (uint32_t i = 0; i < count; i++) {
        int32_t gap = desired[i] - staff[i];
        vacancies[i] = gap > 0 ? gap : 0;
        sum += vacancies[i];
        // A third of the excess beyond 5 % of staff goes in a month; read by the separations of the next one.
        float excess = staff[i] > 0 ? (float)-gap / (float)staff[i] - 0.05F : 0;
        excess_share[i] = markets && excess > 0 ? excess / 3 : 0;
    }
    return sum;
}

// The plans of some employers; the number of vacancies.
static int64_t plans(struct qon_world *world, const struct post *post, uint32_t begin, uint32_t end) {
    const struct qon_kernels *kernels = world->model->kernels;
    const struct qon_settings *set = &world->scenario->settings;
    const struct qon_employers *e = &world->employers;
    uint64_t shock_key = qon_month_key(world, QON_DRAW_DEMAND), round_key = qon_life_key(world, QON_DRAW_DEMAND), id[TOGETHER];
    uint32_t same[TOGETHER] = {0}, shock[TOGETHER]; // alternative 0
    struct factors factors;
    int64_t vacancies = 0;
    for (uint32_t first = begin; first < end; first += TOGETHER) {
        uint32_t count = end - first < TOGETHER ? end - first : TOGETHER;
        for (uint32_t i = 0; i < count; i++) {
            id[i] = first + i;
            factors.zone[i] = world->model->zone_demand[e->zone[first + i]];
            factors.growth[i] = post->growth[e->sector[first + i]];
        }
        kernels->draws(shock_key, id, same, count, shock);
        kernels->draws(round_key, id, same, count, factors.round);
        demand_move(e->demand_log + first, shock, set->labour.demand_shock_sd, count, factors.demand);
        kernels->exps(factors.demand, count);
        desired_make(&factors, e->staff_start + first, post->staff_most, count, e->desired + first);
        vacancies +=
            gaps_make(e->desired + first, e->staff + first, set->feedback.markets, count, e->vacancies + first, e->excess_share + first);
    }
    return vacancies;
}

// The first of the sector's cumulated shares that lies above u of their sum, from the `from`-th on; else the last.
static int32_t combo_find(const struct qon_world *world, int32_t sector, double u, int32_t from) {
    int32_t combos = world->occupations * world->skills;
    const double *mix = world->model->sector_mix + (int64_t)sector * combos;
    u *= mix[combos - 1];
    while (from < combos - 1 && u >= mix[from]) {
        from++;
    }
    return from;
}

// Where the search begins for draws with the same top bits: all but a few end there, so that no branch is decided by chance.
static void guide_make(const struct qon_world *world, uint16_t *guide) {
    for (int32_t s = 0; s < world->sectors; s++) {
        for (uint32_t top = 0, from = 0; top < GUIDES; top++) {
            from = (uint32_t)combo_find(world, s, qon_unit(top << GUIDE_SHIFT), (int32_t)from);
            guide[(size_t)s * GUIDES + top] = (uint16_t)from;
        }
    }
}

static uint32_t unit_cell(const struct post *post, uint32_t employer, uint32_t draw) {
    const struct qon_world *world = post->world;
    int32_t sector = world->employers.sector[employer], from = post->guide[sector * GUIDES + (draw >> GUIDE_SHIFT)];
    return (uint32_t)((int64_t)world->employers.zone[employer] * world->occupations * world->skills +
                      combo_find(world, sector, qon_unit(draw), from));
}

enum { UNIT_DRAWS = 3 }; // which cell, and both halves of the rank

static inline struct qon_vacancy vacancy_make(const struct post *post, uint32_t employer, uint32_t cell, uint32_t high, uint32_t low) {
    return (struct qon_vacancy){(uint64_t)high << 32 | low, employer, unit_cell(post, employer, cell)};
}

// The units of some employers, at most TOGETHER, in their order; how many. Most who have any have one: first ones are drawn as a vector,
// the others of those who have several after them.
static int64_t units_write(const struct post *post, uint32_t begin, uint32_t end, struct qon_vacancy *out) {
    const int32_t *vacancies = post->world->employers.vacancies;
    uint64_t key = qon_month_key(post->world, QON_DRAW_VACANCY), id[TOGETHER] = {0};
    uint32_t draw[UNIT_DRAWS * TOGETHER], several[TOGETHER], count = 0, severals = 0;
    int64_t units = 0, at[TOGETHER];
    for (uint32_t row = begin; row < end; row++) { // without a branch that chance decides
        id[count] = row;
        count += vacancies[row] > 0;
    }
    post->world->model->kernels->sequences(key, id, count, UNIT_DRAWS, draw);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t row = (uint32_t)id[i];
        out[units] = vacancy_make(post, row, draw[i], draw[count + i], draw[2 * count + i]);
        several[severals] = row;
        at[severals] = units + 1;
        severals += vacancies[row] > 1;
        units += vacancies[row];
    }
    for (uint32_t i = 0; i < severals; i++) {
        uint32_t row = several[i];
        struct qon_vacancy *next = out + at[i];
        struct qon_pcg pcg = qon_pcg_keyed(key, row);
        for (int d = 0; d < UNIT_DRAWS; d++) {
            (void)qon_pcg_next(&pcg);
        }
        for (int32_t v = 1; v < vacancies[row]; v++) {
            uint32_t cell = qon_pcg_next(&pcg), high = qon_pcg_next(&pcg);
            *next++ = vacancy_make(post, row, cell, high, qon_pcg_next(&pcg));
        }
    }
    return units;
}

static void post_chunk(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    struct post *post = context;
    struct qon_world *world = post->world;
    int64_t *first = &post->first[begin / CHUNK];
    if (!post->write) {
        *first = plans(world, post, (uint32_t)begin, (uint32_t)end);
        return;
    }
    struct qon_vacancy *out = world->model->vacancies_count > 0 ? world->model->vacancies + *first : NULL;
    for (int64_t row = begin; row < end && out != NULL; row += TOGETHER) {
        out += units_write(post, (uint32_t)row, (uint32_t)(row + TOGETHER < end ? row + TOGETHER : end), out);
    }
}

enum qon_status qon_employers_post(struct qon_world *world) {
    enum qon_status status = QON_OK;
    const struct qon_settings *set = &world->scenario->settings;
    struct qon_model *m = world->model;
    int64_t chunks = (world->employers.count + CHUNK - 1) / CHUNK;
    struct post post = {.world = world};
    QON_TRY(qon_take(&post.first, (size_t)chunks + 1, sizeof *post.first));
    QON_TRY(qon_take(&post.guide, (size_t)world->sectors * GUIDES, sizeof *post.guide));
    guide_make(world, post.guide);
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
    qon_free(post.guide);
    return status;
}
