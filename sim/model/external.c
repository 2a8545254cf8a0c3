// SPDX-License-Identifier: GPL-3.0-or-later
// Flows over the border in one block: families of kandas and other immigrants, unregistered and EAEU workers, departures of foreign workers
// at the end of their stay; emigration.c has those who leave for good. ODD tags M-KANDAS-1, M-IMMIGRATION-1, M-UNREGISTERED-1.
//
// The yearly amounts of the table external_flows are exogenous. A month's families of a kind and region are numbered; number j belongs to
// block (j + offset) mod blocks and draws all it needs from its own key, so who comes does not depend on blocks' order.
#include "model.h"
#include "programmes.h"

#include <string.h>

struct kind {
    const char *name; // in external_flows
    enum qon_purpose purpose;
    enum qon_legal legal;
    enum qon_event event;
    bool family;
};

static const struct kind kinds[] = {
    {"kandas", QON_DRAW_KANDAS, QON_KANDAS, QON_EVENT_arrivals_kandas, true},
    {"immigration", QON_DRAW_IMMIGRATION, QON_CITIZEN, QON_EVENT_arrivals_immigration, true},
    {"unregistered", QON_DRAW_UNREGISTERED, QON_UNREGISTERED, QON_EVENT_arrivals_unregistered, false},
    {"eaeu", QON_DRAW_FOREIGN, QON_EAEU, QON_EVENT_arrivals_immigration, false},
};
enum { KINDS = sizeof kinds / sizeof kinds[0], CHILDREN_MOST = 4 };

static double family_size(const struct qon_settings *set) {
    return 1 + set->external.family_spouse_share * (1 + set->external.family_children_mean);
}

int64_t qon_external_most(const struct qon_world *world) {
    double persons = qon_permits_most(world);
    for (int32_t r = 0; r < world->regions; r++) {
        for (int k = 0; k < KINDS; k++) {
            persons += qon_external_year(world, kinds[k].name, r) / 12;
        }
    }
    double gain = world->model != NULL && world->model->programmes != NULL ? world->model->programmes->kandas_gain_mean : 0;
    return (int64_t)(persons * (1 + gain) / world->scenario->scale) + 1;
}

// The kind's place among the kinds of the table, in order of appearance; -1: none.
static int32_t kind_find(const struct qon_model *m, const char *kind) {
    for (int32_t k = 0; k < m->external_kinds; k++) {
        if (strcmp(m->external_kind[k], kind) == 0) {
            return k;
        }
    }
    return -1;
}

// Persons a year of all kinds and regions, taken from the nearest year listed (of two equally near ones the later).
static void year_read(const struct qon_world *world, int32_t year) {
    const struct qon_table_external_flows *t = &world->scenario->tables.external_flows;
    struct qon_model *m = world->model;
    int64_t places = (int64_t)m->external_kinds * world->regions;
    for (int64_t i = 0; i < places; i++) {
        m->external_far[i] = INT64_MAX;
        m->external_persons[i] = 0;
    }
    for (int64_t i = 0; i < t->rows; i++) {
        int64_t far = t->year[i] > year ? 2 * (t->year[i] - year) : 2 * (year - t->year[i]) + 1;
        int64_t place = (int64_t)m->external_row_kind[i] * world->regions + t->region[i];
        if (far < m->external_far[place]) {
            m->external_far[place] = far;
            m->external_persons[place] = t->persons[i];
        }
    }
    m->external_year = year;
}

enum qon_status qon_external_init(struct qon_world *world) {
    enum qon_status status = QON_OK;
    const struct qon_table_external_flows *t = &world->scenario->tables.external_flows;
    struct qon_model *m = world->model;
    QON_TRY(qon_take(&m->external_kind, (size_t)t->rows + 1, sizeof *m->external_kind));
    QON_TRY(qon_take(&m->external_row_kind, (size_t)t->rows + 1, sizeof *m->external_row_kind));
    for (int64_t i = 0; i < t->rows; i++) {
        int32_t kind = kind_find(m, t->kind[i]);
        if (kind < 0) {
            kind = m->external_kinds;
            m->external_kind[m->external_kinds++] = t->kind[i];
        }
        m->external_row_kind[i] = kind;
    }
    size_t places = (size_t)m->external_kinds * (size_t)world->regions;
    QON_TRY(qon_take(&m->external_persons, places + 1, sizeof *m->external_persons));
    QON_TRY(qon_take(&m->external_far, places + 1, sizeof *m->external_far));
    year_read(world, 1900 + world->month / 12);
done:
    return status;
}

double qon_external_year(const struct qon_world *world, const char *kind, int32_t region) {
    int32_t year = 1900 + world->month / 12, k = kind_find(world->model, kind);
    if (world->model->external_year != year) {
        year_read(world, year);
    }
    return k >= 0 ? world->model->external_persons[(int64_t)k * world->regions + region] : 0;
}

static uint32_t zone_in_region(const struct qon_world *world, int32_t region, double u) {
    const struct qon_model *m = world->model;
    double total = 0;
    for (int32_t i = m->region_first[region]; i < m->region_first[region + 1]; i++) {
        total += m->zone_population[m->region_zones[i]];
    }
    int32_t last = m->region_first[region + 1] - 1;
    for (int32_t i = m->region_first[region]; i < last; i++) {
        u -= total > 0 ? m->zone_population[m->region_zones[i]] / total : 1;
        if (u < 0) {
            return m->region_zones[i];
        }
    }
    return m->region_zones[last];
}

static uint32_t education_of_arrival(const struct qon_world *world, double u) {
    const struct qon_table_educations *t = &world->scenario->tables.educations;
    double total = 0;
    for (int64_t i = 0; i < t->rows; i++) {
        total += t->arrival_share[i];
    }
    const double *share = total > 0 ? t->arrival_share : t->entry_share;
    u *= total > 0 ? total : 1;
    uint32_t level = 0;
    while (level < (uint32_t)t->rows - 1 && u >= share[level]) {
        u -= share[level++];
    }
    return level;
}

// A person of given sex and age at arrival; attributes by own draws. Joins `household`, or starts one when QON_NONE.
static uint32_t settle(struct qon_world *world, struct qon_block *block, const struct kind *kind, uint64_t id, uint32_t zone,
                       uint32_t household, enum qon_role role, enum qon_sex sex, int32_t age_months, uint16_t origin) {
    struct qon_persons *p = &block->persons;
    const struct qon_settings *set = &world->scenario->settings;
    uint64_t key = qon_month_key(world, kind->purpose);
    uint32_t row = qon_person_new(block, id);
    p->birth_month[row] = (int16_t)(world->month - age_months);
    p->arrival_month[row] = (int16_t)world->month;
    p->status_month[row] = (int16_t)world->month;
    p->origin[row] = origin;
    p->sex[row] = (uint8_t)sex;
    p->legal[row] = (uint8_t)kind->legal;
    qon_ahead_cohort(block, row, zone);
    int32_t age = age_months / 12;
    double pension = sex == QON_MALE ? set->demography.retirement_men_years : set->demography.retirement_women_years;
    uint32_t education = age < set->demography.school_end_years ? 0 : education_of_arrival(world, qon_draw_unit(key, id, 10));
    p->education[row] = (uint8_t)education;
    uint32_t skill = (uint32_t)world->scenario->tables.educations.skill[education];
    p->skill[row] = (uint8_t)skill;
    double take_part = world->model->participation[sex][age < QON_AGES ? age : QON_AGES - 1] * world->anchors.participation[zone];
    if (age < 16) {
        p->status[row] = QON_CHILD;
    } else if (age < set->demography.school_end_years) {
        p->status[row] = QON_STUDENT;
    } else {
        p->occupation[row] = (uint8_t)qon_occupation_draw(world, id, zone, skill, qon_life_key(world, QON_DRAW_OCCUPATION));
        bool takes = !kind->family || qon_draw_unit(key, id, 11) < take_part;
        p->status[row] = !kind->family ? QON_SELF_EMPLOYED : age >= pension ? QON_RETIRED : takes ? QON_UNEMPLOYED : QON_INACTIVE;
    }
    if (household == QON_NONE) {
        household = qon_household_start(world, block, row, zone, kind->purpose);
    } else {
        qon_household_join(block, household, row, role);
    }
    qon_person_arrive(world, block, row);
    qon_tally_event(world, block, kind->event, zone, 1);
    return row;
}

// extra: one of the families that come since something is done in their country.
static uint16_t country_of_origin(const struct qon_world *world, const struct kind *kind, double u, bool extra) {
    const struct qon_table_kandas_origins *t = &world->scenario->tables.kandas_origins;
    int64_t country = 0;
    if (kind->legal == QON_KANDAS) {
        const struct qon_programmes_model *pm = world->model->programmes;
        for (; country < t->rows - 1; country++) {
            double share = extra ? t->share[country] * pm->kandas_gain[country] / pm->kandas_gain_mean : t->share[country];
            if (u < share) {
                break;
            }
            u -= share;
        }
    }
    return (uint16_t)(world->zones + country);
}

static void bring_savings(struct qon_world *world, struct qon_block *block, uint32_t household, uint32_t zone, double u) {
    const struct qon_settings *set = &world->scenario->settings;
    double ln = set->choice.savings_sd * qon_normal_quantile(u);
    double savings = set->choice.savings_months_mean * world->model->zone_wage[zone] * qon_exp(ln < 5 ? ln : 5);
    int64_t tiyn = (int64_t)savings;
    block->households.savings_tiyn[household] += tiyn;
    QON_MONEY_ADD(world, block, brought, tiyn);
    QON_MONEY_ADD(world, block, savings, tiyn);
}

// Enforcement keeps some unregistered workers out.
static bool turned_away(const struct qon_world *world, uint32_t zone, uint64_t id) {
    const struct qon_programmes_model *pm = world->model->programmes;
    return pm != NULL && pm->levers[zone].unregistered < 1 &&
           qon_draw_unit(qon_life_key(world, QON_DRAW_ENFORCEMENT), id, 0) >= pm->levers[zone].unregistered;
}

static void family(struct qon_world *world, struct qon_block *block, const struct kind *kind, uint64_t id, int32_t region, bool extra) {
    const struct qon_settings *set = &world->scenario->settings;
    struct qon_pcg pcg = qon_pcg_keyed(qon_month_key(world, kind->purpose), id);
    uint32_t zone = zone_in_region(world, region, qon_unit(qon_pcg_next(&pcg)));
    if (kind->legal == QON_UNREGISTERED && turned_away(world, zone, id)) {
        return;
    }
    double u_age = qon_unit(qon_pcg_next(&pcg));
    enum qon_sex sex = qon_pcg_next(&pcg) & 0x80000000U ? QON_FEMALE : QON_MALE;
    bool spouse = kind->family && qon_unit(qon_pcg_next(&pcg)) < set->external.family_spouse_share;
    double u_country = qon_unit(qon_pcg_next(&pcg)), u_money = qon_unit(qon_pcg_next(&pcg)), u_gap = qon_unit(qon_pcg_next(&pcg));
    // Heads: nine of ten between 20 and 55, the rest between 60 and 75 (kandas_profile.csv: 6.1 % pensioners).
    double years = u_age < 0.9 || spouse || !kind->family ? 20 + 35 * (u_age < 0.9 ? u_age / 0.9 : u_age) : 60 + 150 * (u_age - 0.9);
    uint16_t origin = country_of_origin(world, kind, u_country, extra);
    uint32_t head = settle(world, block, kind, id, zone, QON_NONE, QON_HEAD, sex, (int32_t)(12 * years), origin);
    uint32_t household = block->persons.household[head];
    bring_savings(world, block, household, zone, u_money);
    if (!spouse) {
        return;
    }
    double spouse_years = years + (sex == QON_MALE ? -5 : 0) + 5 * u_gap;
    spouse_years = spouse_years < 19 ? 19 : spouse_years; // so that every couple may have children, and as many come as the table says
    settle(world, block, kind, qon_id_make(id, 1, kind->purpose), zone, household, QON_SPOUSE, sex == QON_MALE ? QON_FEMALE : QON_MALE,
           (int32_t)(12 * spouse_years), origin);
    double child_share = set->external.family_children_mean / CHILDREN_MOST;
    for (uint64_t c = 0; c < CHILDREN_MOST; c++) {
        double u_child = qon_unit(qon_pcg_next(&pcg)), u_years = qon_unit(qon_pcg_next(&pcg));
        enum qon_sex child_sex = qon_pcg_next(&pcg) & 0x80000000U ? QON_FEMALE : QON_MALE;
        double oldest = spouse_years - 18 < 18 ? spouse_years - 18 : 18;
        if (u_child < child_share && oldest > 0) {
            settle(world, block, kind, qon_id_make(id, 2 + c, kind->purpose), zone, household, QON_OFFSPRING, child_sex,
                   (int32_t)(12 * oldest * u_years), origin);
        }
    }
}

static void arrivals(struct qon_world *world, struct qon_block *block, const struct kind *kind, double factor) {
    const struct qon_settings *set = &world->scenario->settings;
    double size = kind->family ? family_size(set) : 1;
    for (int32_t r = 0; r < world->regions; r++) {
        const struct qon_arrivals *month = &world->model->arrivals[(kind - kinds) * world->regions + r];
        double persons = factor * month->persons;
        uint64_t family_key = (uint64_t)(kind - kinds) << 32 | (uint32_t)r;
        int64_t plain = qon_round_random(persons / size, month->rounding), families = plain;
        if (kind->legal == QON_KANDAS && world->model->programmes != NULL) {
            families = qon_round_random(persons * (1 + world->model->programmes->kandas_gain_mean) / size, month->rounding);
        }
        uint32_t first = block->index + world->blocks - month->offset;
        for (int64_t j = first < world->blocks ? first : first - world->blocks; j < families; j += world->blocks) {
            uint64_t id = qon_id_make(family_key << 16 ^ (uint64_t)world->month << 48, (uint64_t)j, kind->purpose);
            family(world, block, kind, id, r, j >= plain);
        }
    }
}

enum { TOGETHER = 64 };

// Of some rows those of foreigners who are here, up to the end of the list; what their departure touches is on its way then.
static uint32_t departing(const struct qon_block *block, const uint32_t *rows, uint32_t count, uint32_t *row) {
    const struct qon_persons *p = &block->persons;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        __builtin_prefetch(&p->status[rows[i]], 1);
        __builtin_prefetch(&p->legal[rows[i]]);
        __builtin_prefetch(&p->household[rows[i]], 1);
    }
    for (uint32_t i = 0; i < count; i++) {
        row[kept] = rows[i];
        kept += p->status[rows[i]] != QON_GONE && qon_is_foreign(p->legal[rows[i]]);
    }
    for (uint32_t i = 0; i < kept; i++) {
        qon_ahead_gone(block, row[i]);
    }
    for (uint32_t i = 0; i < kept; i++) {
        qon_ahead_cohort(block, row[i], block->households.zone[p->household[row[i]]]);
    }
    return kept;
}

static void departures(struct qon_world *world, struct qon_block *block) {
    const struct qon_rows *list = &block->calendar[QON_CAL_DEPARTURE][world->month % 12];
    const struct qon_persons *p = &block->persons;
    uint32_t row[TOGETHER];
    for (uint32_t begin = 0; begin < list->count; begin += TOGETHER) {
        uint32_t count = departing(block, list->row + begin, list->count - begin < TOGETHER ? list->count - begin : TOGETHER, row);
        for (uint32_t i = 0; i < count; i++) {
            uint32_t zone = block->households.zone[p->household[row[i]]];
            enum qon_event event = qon_is_permit(p->legal[row[i]])        ? QON_EVENT_departures_permit
                                   : p->legal[row[i]] == QON_UNREGISTERED ? QON_EVENT_departures_unregistered
                                                                          : QON_EVENT_departures_emigration;
            qon_person_gone(world, block, row[i]);
            qon_tally_event(world, block, event, zone, 1);
        }
    }
}

// Enforcement: unregistered workers who are found leave.
static void enforcement(struct qon_world *world, struct qon_block *block) {
    const struct qon_programmes_model *pm = world->model->programmes;
    const struct qon_persons *p = &block->persons;
    if (pm == NULL || pm->leave_most <= 0) {
        return;
    }
    uint64_t key = qon_month_key(world, QON_DRAW_ENFORCEMENT);
    struct qon_rows *rows = &block->scratch[0];
    if (qon_candidates_legal(block, &pm->non_citizens[block->index], key, pm->leave_most, QON_UNREGISTERED, rows) != QON_OK) {
        qon_memory_short(world);
        return;
    }
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows->row[i];
        qon_ahead(block, rows, i);
        if (p->status[row] == QON_GONE || p->legal[row] != QON_UNREGISTERED) {
            continue;
        }
        uint32_t zone = block->households.zone[p->household[row]];
        if (qon_draw_unit(key, qon_person_id(block, row), 2) * pm->leave_most < pm->levers[zone].unregistered_leave) {
            qon_person_gone(world, block, row);
            qon_tally_event(world, block, QON_EVENT_departures_unregistered, zone, 1);
        }
    }
}

void qon_external_clock(struct qon_world *world) {
    for (int k = 0; k < KINDS; k++) {
        uint64_t key = qon_month_key(world, kinds[k].purpose);
        for (int32_t r = 0; r < world->regions; r++) {
            uint64_t family_key = (uint64_t)k << 32 | (uint32_t)r;
            world->model->arrivals[k * world->regions + r] =
                (struct qon_arrivals){.persons = qon_external_year(world, kinds[k].name, r) / 12 / world->scenario->scale,
                                      .rounding = qon_draw_unit(key, family_key, 20),
                                      .offset = qon_below(qon_draw(key, family_key, 21), world->blocks)};
        }
    }
}

void qon_external_block(struct qon_world *world, struct qon_block *block) {
    const struct qon_settings *set = &world->scenario->settings;
    departures(world, block);
    enforcement(world, block);
    qon_emigration(world, block);
    arrivals(world, block, &kinds[0], set->external.kandas_factor);
    arrivals(world, block, &kinds[1], set->external.immigration_factor);
    arrivals(world, block, &kinds[2], 1);
    arrivals(world, block, &kinds[3], 1);
}
