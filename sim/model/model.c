// SPDX-License-Identifier: GPL-3.0-or-later
// The model's derived data: schedules and shares from tables, geography, caps of hazards. Made once; the monthly parts by qon_clock.
#include "model.h"
#include "programmes.h"

#include <string.h>

// Rogers and Castro 1981, seven parameters: childhood, labour force, constant. ODD tag M-TRIGGER-2.
double qon_rogers_castro(const struct qon_settings *set, double age) {
    double away = age - set->trigger.rogers_mu2;
    double inner = -set->trigger.rogers_lambda2 * away;
    double labour = inner > 700 ? 0 : qon_exp(-set->trigger.rogers_alpha2 * away - qon_exp(inner));
    return set->trigger.rogers_a1 * qon_exp(-set->trigger.rogers_alpha1 * age) + set->trigger.rogers_a2 * labour +
           set->trigger.rogers_constant;
}

static void schedules(struct qon_world *world) {
    const struct qon_table_schedules *t = &world->scenario->tables.schedules;
    const struct qon_settings *set = &world->scenario->settings;
    struct qon_model *m = world->model;
    for (int64_t i = 0; i < t->rows; i++) {
        int sex = t->sex[i][0] == 'm' ? QON_MALE : QON_FEMALE;
        int64_t age = t->age[i];
        m->death_rate[sex][age] = t->death_rate_year[i];
        m->union_rate[sex][age] = t->union_rate_year[i] * set->demography.union_rate_factor;
        m->leave_rate[sex][age] = t->leave_home_rate_year[i] * set->demography.leave_home_rate_factor;
        m->participation[sex][age] = t->participation_share[i];
        if (sex == QON_FEMALE) {
            m->birth_rate[age] = t->birth_rate_year[i];
        }
    }
    for (int age = 0; age < QON_AGES; age++) {
        m->rogers[age] = qon_rogers_castro(set, age + 0.5);
    }
}

// In ascending order, each once.
static void add_milestone(struct qon_model *m, int32_t months) {
    int32_t at = 0;
    while (at < m->milestones_count && m->milestones[at] < months) {
        at++;
    }
    if (at < m->milestones_count && m->milestones[at] == months) {
        return;
    }
    QON_REQUIRE(m->milestones_count < (int32_t)(sizeof m->milestones / sizeof m->milestones[0]));
    memmove(m->milestones + at + 1, m->milestones + at, (size_t)(m->milestones_count - at) * sizeof *m->milestones);
    m->milestones[at] = months;
    m->milestones_count++;
}

static enum qon_status education(struct qon_world *world) {
    enum qon_status status = QON_OK;
    const struct qon_table_educations *t = &world->scenario->tables.educations;
    const struct qon_settings *set = &world->scenario->settings;
    struct qon_model *m = world->model;
    int32_t school_end = (int32_t)(12 * set->demography.school_end_years);
    QON_TRY(qon_take(&m->education_entry, (size_t)t->rows, sizeof *m->education_entry));
    QON_TRY(qon_take(&m->education_end_months, (size_t)t->rows, sizeof *m->education_end_months));
    add_milestone(m, 12 * 16);
    add_milestone(m, school_end);
    double total = 0;
    for (int64_t i = 0; i < t->rows; i++) {
        int32_t end = (int32_t)(12 * t->end_years[i]);
        m->education_end_months[i] = end > school_end ? end : school_end;
        total += t->entry_share[i];
        m->education_entry[i] = total;
        if (i < 12) {
            add_milestone(m, m->education_end_months[i]);
        }
    }
    add_milestone(m, (int32_t)(12 * set->demography.retirement_men_years));
    add_milestone(m, (int32_t)(12 * set->demography.retirement_women_years));
done:
    return status;
}

static enum qon_status sectors(struct qon_world *world) {
    enum qon_status status = QON_OK;
    const struct qon_table_sector_occupations *t = &world->scenario->tables.sector_occupations;
    struct qon_model *m = world->model;
    int64_t combos = (int64_t)world->occupations * world->skills;
    QON_TRY(qon_take(&m->sector_mix, (size_t)(world->sectors * combos), sizeof *m->sector_mix));
    for (int64_t i = 0; i < t->rows; i++) {
        m->sector_mix[t->sector[i] * combos + t->occupation[i] * world->skills + t->skill[i]] += t->share[i];
    }
    for (int32_t s = 0; s < world->sectors; s++) {
        for (int64_t c = 1; c < combos; c++) {
            m->sector_mix[s * combos + c] += m->sector_mix[s * combos + c - 1];
        }
    }
done:
    return status;
}

static uint16_t text_number(char *const *texts, int32_t index) {
    for (int32_t i = 0; i < index; i++) {
        if (strcmp(texts[i], texts[index]) == 0) {
            return (uint16_t)i;
        }
    }
    return (uint16_t)index;
}

static enum qon_status zones(struct qon_world *world) {
    enum qon_status status = QON_OK;
    const struct qon_table_zones *t = &world->scenario->tables.zones;
    struct qon_model *m = world->model;
    size_t count = (size_t)world->zones;
    QON_TRY(qon_take(&m->zone_region, count, sizeof *m->zone_region));
    QON_TRY(qon_take(&m->zone_climate, count, sizeof *m->zone_climate));
    QON_TRY(qon_take(&m->region_zones, count, sizeof *m->region_zones));
    QON_TRY(qon_take(&m->region_first, (size_t)world->regions + 1, sizeof *m->region_first));
    QON_TRY(qon_take(&m->zone_wage, count, sizeof *m->zone_wage));
    QON_TRY(qon_take(&m->zone_population, count, sizeof *m->zone_population));
    QON_TRY(qon_take(&m->zone_demand, count, sizeof *m->zone_demand));
    QON_TRY(qon_take(&m->arrivals, (size_t)world->regions * QON_ARRIVAL_KINDS, sizeof *m->arrivals));
    QON_TRY(qon_take(&m->entry_weight, (size_t)world->cells, sizeof *m->entry_weight));
    QON_TRY(qon_take(&m->search, world->blocks, sizeof *m->search));
    QON_TRY(qon_take(&m->considering, world->blocks, sizeof *m->considering));
    QON_TRY(qon_take(&m->grown, world->blocks, sizeof *m->grown));
    QON_TRY(qon_take(&m->emigrants, world->blocks, sizeof *m->emigrants));
    QON_TRY(qon_take(&m->cohorts, world->blocks, sizeof *m->cohorts));
    QON_TRY(qon_take(&m->openings, world->employers.count, sizeof *m->openings));
    int32_t placed = 0;
    for (int32_t r = 0; r < world->regions; r++) {
        m->region_first[r] = placed;
        for (int32_t z = 0; z < world->zones; z++) {
            if (t->region[z] == r) {
                m->region_zones[placed++] = (uint32_t)z;
            }
        }
    }
    m->region_first[world->regions] = placed;
    for (int32_t z = 0; z < world->zones; z++) {
        m->zone_region[z] = t->region[z];
        m->zone_climate[z] = text_number(t->climate, z);
    }
done:
    return status;
}

static double most_of(const double *values, int64_t count) {
    double most = 0;
    for (int64_t i = 0; i < count; i++) {
        most = values[i] > most ? values[i] : most;
    }
    return most;
}

static void choice_constants(struct qon_world *world) {
    const struct qon_settings *set = &world->scenario->settings;
    const struct qon_tables *t = &world->scenario->tables;
    struct qon_model *m = world->model;
    m->home_weight = qon_exp(set->choice.home_premium);
    m->kin_weight = qon_exp(set->choice.kin_weight);
    for (int n = 0; n <= QON_MEMBERS_MOST; n++) {
        m->member_weight[n] = qon_exp(-set->choice.cost_member * (n > 0 ? n - 1 : 0));
    }
    qon_savings_terms(world);
    m->mobility_most = most_of(t->zones.mobility, t->zones.rows);
}

// Without markets the zone stays as it was at the start, but for the common growth of wages; returns residents.
static int64_t wages_and_residents(struct qon_world *world, int32_t zone) {
    struct qon_model *m = world->model;
    int32_t combos = world->occupations * world->skills;
    double bill = 0, staff = 0;
    int64_t residents = 0;
    for (int32_t c = 0; c < combos; c++) {
        int64_t cell = (int64_t)zone * combos + c;
        double weight = (double)world->tally.staff[cell] + 0.001;
        bill += weight * world->places.wage_tiyn[cell];
        staff += weight;
    }
    for (int32_t l = 0; l < QON_LEGALS; l++) {
        residents += world->tally.legal[(int64_t)zone * QON_LEGALS + l];
    }
    m->zone_wage[zone] = bill / staff;
    m->zone_population[zone] = (double)residents;
    if (!world->scenario->settings.feedback.markets && world->anchors.made) {
        m->zone_wage[zone] = world->anchors.wage[zone] * m->price_index;
        m->zone_population[zone] = world->anchors.population[zone];
    }
    return residents;
}

static void entry_weights(struct qon_world *world, int32_t zone) {
    struct qon_model *m = world->model;
    for (int32_t s = 0; s < world->skills; s++) {
        double *cumulated = m->entry_weight + ((int64_t)zone * world->skills + s) * world->occupations;
        double total = 0;
        for (int32_t o = 0; o < world->occupations; o++) {
            int64_t cell = qon_cell(world, (uint32_t)zone, (uint32_t)o, (uint32_t)s);
            bool markets = world->scenario->settings.feedback.markets; // without, entrants turn anywhere alike
            total += markets ? (double)(world->tally.staff[cell] + 20 * world->places.vacancies[cell]) + 0.01 : 1;
            cumulated[o] = total;
        }
    }
}

void qon_clock(struct qon_world *world) {
    double years = (world->month - world->scenario->start) / 12.0;
    world->model->price_index = qon_exp(years * qon_log(1 + world->scenario->settings.labour.wage_growth_year));
    world->model->persons_before = 0;
    for (int32_t z = 0; z < world->zones; z++) {
        world->model->persons_before += wages_and_residents(world, z);
        entry_weights(world, z);
    }
    qon_external_clock(world);
}

enum qon_status qon_model_init(struct qon_world *world, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    QON_REQUIRE(world->model == NULL);
    QON_TRY(qon_take(&world->model, 1, sizeof *world->model));
    world->model->kernels = qon_kernels();
    QON_TRY(qon_share_begin(world));
    schedules(world);
    QON_TRY(education(world));
    QON_TRY(sectors(world));
    QON_TRY(zones(world));
    choice_constants(world);
    QON_TRY(qon_external_init(world));
    if (!world->anchors.made) { // a checkpoint brings those of its start
        QON_TRY(qon_anchors_make(world));
    }
    qon_anchors_caps(world);
    qon_calendar_caps(world);
    QON_TRY(qon_choice_init(world));
    QON_TRY(qon_programmes_init(world));
done:
    if (status != QON_OK) {
        qon_fault_machine(faults, (struct qon_place){0}, "out of memory for the tables of the model");
    }
    return status;
}

void qon_model_free(struct qon_world *world) {
    struct qon_model *m = world->model;
    if (m == NULL) {
        return;
    }
    qon_programmes_free_model(world);
    void *owned[] = {m->place_income,      m->probe_share,      m->education_entry,
                     m->sector_mix,        m->zone_region,      m->education_end_months,
                     m->zone_climate,      m->region_zones,     m->region_first,
                     m->distance_km,       m->known.zone,       m->known.threshold,
                     m->known.number,      m->known.weight,     m->place_weight,
                     m->route_weight,      m->local_weight,     m->vacancies,
                     m->zone_wage,         m->entry_weight,     m->zone_population,
                     m->zone_demand,       m->arrivals,         m->external_kind,
                     m->external_row_kind, m->external_persons, m->external_far,
                     m->route_cost,        m->route_far,        m->search,
                     m->cohorts,           m->openings,         m->lane,
                     m->seekers_by_cell,   m->plain_ranks,      m->vacancies_by_cell,
                     m->cell_first,        m->considering,      m->permit_opening,
                     m->permit_applicant,  m->emigrants,        m->grown};
    for (uint32_t b = 0; m->considering != NULL && b < world->blocks; b++) {
        qon_free(m->considering[b].list);
        qon_free(m->considering[b].quick);
    }
    for (uint32_t b = 0; m->grown != NULL && b < world->blocks; b++) {
        qon_free(m->grown[b].list.row);
        qon_free(m->grown[b].list.id);
    }
    for (uint32_t b = 0; m->emigrants != NULL && b < world->blocks; b++) {
        qon_free(m->emigrants[b].row);
    }
    for (uint32_t b = 0; m->search != NULL && b < world->blocks; b++) {
        qon_free(m->search[b].list);
    }
    for (uint32_t b = 0; m->cohorts != NULL && b < world->blocks; b++) {
        qon_free(m->cohorts[b].first);
        qon_free(m->cohorts[b].row);
    }
    for (int t = 0; t < m->lanes; t++) {
        qon_free(m->lane[t].list[0].row);
        qon_free(m->lane[t].list[1].row);
        qon_free(m->lane[t].measures);
        qon_tally_own_free(&m->lane[t].own);
    }
    for (size_t i = 0; i < sizeof owned / sizeof owned[0]; i++) {
        qon_free(owned[i]);
    }
    qon_free(m);
    world->model = NULL;
}
