// SPDX-License-Identifier: GPL-3.0-or-later
// The country made by hand: every column of every table of the scenario, a neutral value in each.
#include "handmade.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void take(void *out, int64_t count, size_t size) {
    QON_REQUIRE(qon_take(out, (size_t)(count > 0 ? count : 1), size) == QON_OK);
}

static char **texts(int64_t rows) {
    char **column = NULL;
    take(&column, rows, sizeof *column);
    for (int64_t i = 0; i < rows; i++) {
        char text[32];
        snprintf(text, sizeof text, "row%lld", (long long)i);
        column[i] = qon_string_copy(text);
    }
    return column;
}

static double *numbers(int64_t rows, double initial) {
    double *column = NULL;
    take(&column, rows, sizeof *column);
    for (int64_t i = 0; i < rows; i++) {
        column[i] = isnan(initial) ? 0 : initial;
    }
    return column;
}

static int64_t *wholes(int64_t rows) {
    int64_t *column = NULL;
    take(&column, rows, sizeof *column);
    return column;
}

static bool *switches(int64_t rows) {
    bool *column = NULL;
    take(&column, rows, sizeof *column);
    return column;
}

static int32_t *refs(int64_t rows) {
    int32_t *column = NULL;
    take(&column, rows, sizeof *column);
    return column;
}

// Columns of all tables, for the rows already set in each.
static void columns_take(struct qon_tables *tables) {
#define TABLE_BEGIN(table, path, required, meaning) \
    {                                               \
        struct qon_table_##table *own = &tables->table;
#define TABLE_END(table)                                              }
#define TEXT(table, name, required, meaning)                          own->name = texts(own->rows);
#define NUMBER(table, name, unit, minimum, maximum, initial, meaning) own->name = numbers(own->rows, initial);
#define WHOLE(table, name, unit, minimum, maximum, initial, meaning)  own->name = wholes(own->rows);
#define SWITCH(table, name, initial, meaning)                         own->name = switches(own->rows);
#define REF(table, name, target, required, meaning)                   own->name = refs(own->rows);
#include <qonys/tables.def>
#undef TABLE_BEGIN
#undef TABLE_END
#undef TEXT
#undef NUMBER
#undef WHOLE
#undef SWITCH
#undef REF
}

static void rename_text(char **text, const char *by) {
    qon_free(*text);
    *text = qon_string_copy(by);
}

static void zones_fill(struct qon_table_zones *t, int regions) {
    for (int64_t z = 0; z < t->rows; z++) {
        t->region[z] = (int32_t)(z % regions);
        rename_text(&t->kind[z], "urban");
        rename_text(&t->climate[z], "same");
        t->area_km2[z] = 100;
        t->lon_deg[z] = 60 + (double)z;
        t->lat_deg[z] = 50;
        t->household_size_mean[z] = 2;
        t->wage_tenge_month[z] = 100000;
        t->rent_tenge_month[z] = 40000;
    }
}

static void people_fill(struct qon_tables *t) {
    for (int64_t i = 0; i < t->schedules.rows; i++) {
        rename_text(&t->schedules.sex[i], i < QON_AGES ? "m" : "f");
        t->schedules.age[i] = i % QON_AGES;
        t->schedules.population_share[i] = 1.0 / (double)t->schedules.rows;
        t->schedules.participation_share[i] = 1;
    }
    for (int64_t i = 0; i < t->educations.rows; i++) {
        t->educations.skill[i] = (int32_t)(i < t->skills.rows ? i : t->skills.rows - 1);
        t->educations.end_years[i] = 18 + 2.0 * (double)i;
        t->educations.entry_share[i] = 1.0 / (double)t->educations.rows;
    }
    for (int64_t i = 0; i < t->skills.rows; i++) {
        t->skills.wage_factor[i] = 1;
    }
    for (int64_t i = 0; i < t->occupations.rows; i++) {
        t->occupations.wage_factor[i] = 1;
    }
    for (int64_t i = 0; i < t->sector_occupations.rows; i++) {
        t->sector_occupations.occupation[i] = (int32_t)(i / t->skills.rows);
        t->sector_occupations.skill[i] = (int32_t)(i % t->skills.rows);
        t->sector_occupations.share[i] = 1.0 / (double)t->sector_occupations.rows;
    }
    t->kandas_origins.share[0] = 1;
}

static void settings_quiet(struct qon_settings *set) {
    qon_settings_default(set);
    set->labour.separation_prob_month = 0;
    set->labour.separation_young_factor = 1;
    set->labour.separation_cap_month = 1;
    set->labour.informal_entry_month = 0;
    set->labour.informal_search_share = 0;
    set->labour.retraining_prob_month = 0;
    set->labour.demand_growth_year = 0;
    set->labour.demand_shock_sd = 0;
    set->labour.wage_tightness_elasticity = 0;
    set->labour.wage_growth_year = 0;
    set->labour.wage_spread_sd = 0;
    set->trigger.hazard_scale_month = 0;
    set->trigger.hazard_cap_month = 1;
    set->choice.income_weight = 0;
    set->choice.rent_weight = 0;
    set->choice.network_weight = 0;
    set->choice.kin_weight = 0;
    set->choice.cost_fixed = 0;
    set->choice.cost_distance = 0;
    set->choice.cost_member = 0;
    set->choice.cost_climate = 0;
    set->choice.home_premium = 0;
    set->choice.information_scale = 1e6;
    set->choice.considered_most = 30;
    set->choice.money_fixed_tenge = 0;
    set->choice.money_km_tenge = 0;
    set->choice.money_deposit_months = 0;
    set->choice.saving_share = 0;
    set->choice.savings_spent_month = 0;
}

void handmade_init(struct handmade *country, struct handmade_size size) {
    struct qon_scenario *scenario = &country->scenario;
    struct qon_tables *t = &scenario->tables;
    memset(country, 0, sizeof *country);
    scenario->file = qon_string_copy("handmade.json");
    scenario->name = qon_string_copy("handmade");
    scenario->start = qon_month_parse("2017-01");
    scenario->months = size.months;
    scenario->seed = 20170929;
    scenario->scale = 1;
    settings_quiet(&scenario->settings);
    t->regions.rows = size.regions;
    t->zones.rows = size.zones;
    t->schedules.rows = 2 * (int64_t)QON_AGES;
    t->educations.rows = size.educations;
    t->skills.rows = size.skills;
    t->occupations.rows = size.occupations;
    t->sectors.rows = 1;
    t->sector_occupations.rows = (int64_t)size.occupations * size.skills;
    t->kandas_origins.rows = 1;
    columns_take(t);
    zones_fill(&t->zones, size.regions);
    people_fill(t);
}

void handmade_flow(struct handmade *country, const char *kind, int region, double persons_year) {
    struct qon_table_external_flows *t = &country->scenario.tables.external_flows;
    size_t rows = (size_t)t->rows;
    QON_REQUIRE(qon_grow(&t->year, rows, rows + 1, sizeof *t->year) == QON_OK);
    QON_REQUIRE(qon_grow(&t->kind, rows, rows + 1, sizeof *t->kind) == QON_OK);
    QON_REQUIRE(qon_grow(&t->region, rows, rows + 1, sizeof *t->region) == QON_OK);
    QON_REQUIRE(qon_grow(&t->persons, rows, rows + 1, sizeof *t->persons) == QON_OK);
    t->year[rows] = 2017;
    t->kind[rows] = qon_string_copy(kind);
    t->region[rows] = region;
    t->persons[rows] = persons_year;
    t->rows++;
}

void handmade_rates(double *column, const struct handmade *country, int sex, int age_from, int age_to, double value) {
    const struct qon_table_schedules *t = &country->scenario.tables.schedules;
    for (int64_t i = 0; i < t->rows; i++) {
        bool own = (t->sex[i][0] == 'm') == (sex == QON_MALE);
        column[i] = own && t->age[i] >= age_from && t->age[i] <= age_to ? value : column[i];
    }
}

void handmade_open(struct handmade *country, uint32_t blocks, uint32_t persons, uint32_t households, uint32_t employers) {
    struct qon_world *w = &country->world;
    const struct qon_table_zones *t = &country->scenario.tables.zones;
    QON_REQUIRE(qon_world_init(w, &country->scenario, blocks, employers, NULL) == QON_OK);
    for (uint32_t b = 0; b < blocks; b++) {
        QON_REQUIRE(qon_block_reserve(&w->block[b], persons, households) == QON_OK);
    }
    for (int i = 0; i < 2; i++) {
        QON_REQUIRE(qon_rows_reserve(&country->scratch[i], 6 * persons + 64) == QON_OK);
    }
    for (int32_t z = 0; z < w->zones; z++) {
        w->places.rent_tiyn[z] = 100 * t->rent_tenge_month[z];
        for (int64_t c = 0; c < w->cells / w->zones; c++) {
            w->places.wage_tiyn[z * (w->cells / w->zones) + c] = 100 * t->wage_tenge_month[z];
        }
    }
}

uint32_t handmade_employer(struct handmade *country, uint32_t zone, int32_t staff_start) {
    struct qon_employers *e = &country->world.employers;
    QON_REQUIRE(e->count < e->capacity);
    uint32_t row = e->count++;
    e->zone[row] = (uint16_t)zone;
    e->staff_start[row] = (float)staff_start;
    e->premium[row] = 1;
    return row;
}

uint32_t handmade_household(struct handmade *country, uint32_t block, uint32_t zone, int64_t savings_tenge) {
    struct qon_block *own = &country->world.block[block];
    uint32_t row = qon_household_new(&country->world, own, 0, zone);
    own->households.moved_month[row] = QON_ALWAYS;
    own->households.savings_tiyn[row] = 100 * savings_tenge;
    return row;
}

uint32_t handmade_member(struct handmade *country, uint32_t block, uint32_t household, enum qon_role role, enum qon_sex sex,
                         int32_t age_years, enum qon_labour status) {
    struct qon_block *own = &country->world.block[block];
    struct qon_persons *p = &own->persons;
    uint32_t row = qon_person_new(own, 0);
    bool works = status == QON_EMPLOYED || status == QON_SELF_EMPLOYED || status == QON_UNEMPLOYED;
    p->birth_month[row] = (int16_t)(country->world.month - 12 * age_years - 6); // half a year past the birthday
    p->arrival_month[row] = QON_ALWAYS;
    p->status_month[row] = QON_ALWAYS;
    p->origin[row] = own->households.zone[household];
    p->sex[row] = (uint8_t)sex;
    p->occupation[row] = works ? 0 : QON_NO_OCCUPATION;
    p->status[row] = (uint8_t)status;
    qon_household_join(own, household, row, role);
    return row;
}

void handmade_employ(struct handmade *country, uint32_t block, uint32_t person, uint32_t employer, int64_t wage_tenge) {
    struct qon_persons *p = &country->world.block[block].persons;
    p->employer[person] = employer;
    p->wage_tiyn_month[person] = (uint32_t)(100 * wage_tenge);
    p->status[person] = QON_EMPLOYED;
    country->world.employers.staff[employer]++;
}

static int64_t founders_number(struct qon_world *w) {
    uint64_t persons = 0, households = 0;
    int64_t savings = 0;
    for (uint32_t b = 0; b < w->blocks; b++) {
        struct qon_block *block = &w->block[b];
        block->founder_id = persons;
        block->founder_household_id = households;
        block->persons.founders = block->persons.count;
        block->households.founders = block->households.count;
        for (uint32_t i = 0; i < block->persons.count; i++) {
            block->persons.id[i] = persons++;
        }
        for (uint32_t i = 0; i < block->households.count; i++) {
            block->households.id[i] = households++;
            savings += block->households.savings_tiyn[i];
        }
    }
    w->persons_start = (int64_t)persons;
    return savings;
}

void handmade_close(struct handmade *country) {
    struct qon_world *w = &country->world;
    w->money.savings = w->money.savings_start = founders_number(w);
    QON_REQUIRE(qon_tally_recount(w) == QON_OK);
    for (int32_t z = 0; z < w->zones; z++) {
        w->places.households_log[z] = qon_log((double)w->tally.households[z] + 1);
    }
    QON_REQUIRE(qon_model_init(w, NULL) == QON_OK);
    for (uint32_t b = 0; b < w->blocks; b++) {
        w->block[b].scratch = country->scratch;
    }
    qon_clock(w);
}

void handmade_free(struct handmade *country) {
    qon_model_free(&country->world);
    qon_world_free(&country->world);
    qon_scenario_free(&country->scenario);
    qon_free(country->scratch[0].row);
    qon_free(country->scratch[1].row);
}
