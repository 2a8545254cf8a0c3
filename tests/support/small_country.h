// SPDX-License-Identifier: GPL-3.0-or-later
// A country of two regions and three zones made by hand, for tests of what only reads a world: tables, totals and places are filled,
// persons only where a test needs them.
#ifndef QONYS_TESTS_SMALL_COUNTRY_H
#define QONYS_TESTS_SMALL_COUNTRY_H

#include <qonys/memory.h>
#include <qonys/world.h>
#include <string.h>

enum { SMALL_REGIONS = 2, SMALL_ZONES = 3, SMALL_MONTHS = 6 };

struct small_country {
    struct qon_scenario scenario;
    struct qon_world world;
};

static inline char **small_texts(int count, const char *const *texts) {
    char **column = NULL;
    QON_REQUIRE(qon_take(&column, (size_t)count, sizeof *column) == QON_OK);
    for (int i = 0; i < count; i++) {
        column[i] = qon_string_copy(texts[i]);
    }
    return column;
}

static inline void small_zones(struct qon_table_zones *zones) {
    static const int32_t region[] = {0, 0, 1};
    static const double area[] = {10, 90, 100};
    zones->rows = SMALL_ZONES;
    zones->id = small_texts(SMALL_ZONES, (const char *const[]){"A-U", "A-R", "B-U"});
    zones->kind = small_texts(SMALL_ZONES, (const char *const[]){"urban", "rural", "urban"});
    QON_REQUIRE(qon_take(&zones->region, SMALL_ZONES, sizeof(int32_t)) == QON_OK);
    QON_REQUIRE(qon_take(&zones->area_km2, SMALL_ZONES, sizeof(double)) == QON_OK);
    QON_REQUIRE(qon_take(&zones->lon_deg, SMALL_ZONES, sizeof(double)) == QON_OK);
    QON_REQUIRE(qon_take(&zones->lat_deg, SMALL_ZONES, sizeof(double)) == QON_OK);
    for (int z = 0; z < SMALL_ZONES; z++) {
        zones->region[z] = region[z];
        zones->area_km2[z] = area[z];
        zones->lon_deg[z] = 70 + z;
        zones->lat_deg[z] = 50;
    }
}

static inline void small_boundaries(struct qon_boundaries *b) {
    // Region 0: a square with a hole and an island whose ring is left open; region 1: a triangle.
    static const double points[][2] = {{70, 50}, {74, 50}, {74, 54}, {70, 54}, {70, 50}, {71, 51}, {71, 52}, {72, 52}, {72, 51},
                                       {71, 51}, {75, 50}, {76, 50}, {76, 51}, {80, 50}, {81, 50}, {80, 51}, {80, 50}};
    static const int32_t part_point[] = {0, 5, 10, 13, 17};
    static const bool part_outer[] = {true, false, true, true};
    static const int32_t region_part[] = {0, 3, 4};
    b->regions = SMALL_REGIONS;
    b->parts = 4;
    QON_REQUIRE(qon_take(&b->region_part, 3, sizeof(int32_t)) == QON_OK);
    QON_REQUIRE(qon_take(&b->part_point, 5, sizeof(int32_t)) == QON_OK);
    QON_REQUIRE(qon_take(&b->part_outer, 4, sizeof(bool)) == QON_OK);
    QON_REQUIRE(qon_take(&b->lon_deg, 17, sizeof(double)) == QON_OK);
    QON_REQUIRE(qon_take(&b->lat_deg, 17, sizeof(double)) == QON_OK);
    memcpy(b->region_part, region_part, sizeof region_part);
    memcpy(b->part_point, part_point, sizeof part_point);
    memcpy(b->part_outer, part_outer, sizeof part_outer);
    for (int i = 0; i < 17; i++) {
        b->lon_deg[i] = points[i][0];
        b->lat_deg[i] = points[i][1];
    }
}

static inline void small_names(char ***id, char ***en, char ***kk, char ***ru, int count, const char *const *texts) {
    *id = small_texts(count, texts);
    *en = small_texts(count, texts);
    *kk = small_texts(count, texts);
    *ru = small_texts(count, texts);
}

// Everything zero but the tables; one block without persons, room for 4 employers.
static inline void small_country_init(struct small_country *country) {
    struct qon_scenario *scenario = &country->scenario;
    struct qon_tables *t = &scenario->tables;
    memset(country, 0, sizeof *country);
    scenario->file = qon_string_copy("small.json");
    scenario->name = qon_string_copy("small");
    scenario->title[QON_EN] = qon_string_copy("Small country");
    scenario->effective = qon_string_copy("{\"qonys\":1}");
    scenario->unused = qon_string_copy("[]");
    scenario->start = qon_month_parse("2017-01");
    scenario->months = SMALL_MONTHS;
    scenario->seed = UINT64_MAX;
    scenario->scale = 10;
    qon_settings_default(&scenario->settings);
    t->regions.rows = SMALL_REGIONS;
    small_names(&t->regions.id, &t->regions.name_en, &t->regions.name_kk, &t->regions.name_ru, SMALL_REGIONS,
                (const char *const[]){"A", "B"});
    t->regions.macroregion = small_texts(SMALL_REGIONS, (const char *const[]){"north", "south"});
    small_zones(&t->zones);
    t->educations.rows = 2;
    small_names(&t->educations.id, &t->educations.name_en, &t->educations.name_kk, &t->educations.name_ru, 2,
                (const char *const[]){"basic", "higher"});
    t->occupations.rows = 1;
    small_names(&t->occupations.id, &t->occupations.name_en, &t->occupations.name_kk, &t->occupations.name_ru, 1,
                (const char *const[]){"any"});
    t->skills.rows = 2;
    small_names(&t->skills.id, &t->skills.name_en, &t->skills.name_kk, &t->skills.name_ru, 2, (const char *const[]){"low", "high"});
    t->sectors.rows = 1;
    small_names(&t->sectors.id, &t->sectors.name_en, &t->sectors.name_kk, &t->sectors.name_ru, 1, (const char *const[]){"all"});
    small_boundaries(&scenario->boundaries);
    QON_REQUIRE(qon_world_init(&country->world, scenario, 1, 4, NULL) == QON_OK);
}

static inline void small_country_free(struct small_country *country) {
    qon_world_free(&country->world);
    qon_scenario_free(&country->scenario);
}

// Adds persons of one sex and of `age_months` at the world's month to the totals (labour: the status of all of them).
static inline void small_persons(struct small_country *country, int zone, int sex, int age_months, enum qon_labour labour,
                                 int64_t persons) {
    struct qon_world *w = &country->world;
    int64_t column = w->month - age_months - w->tally.cohort_from;
    w->tally.cohort[((int64_t)zone * 2 + sex) * w->tally.cohorts + column] += persons;
    w->tally.labour[zone * QON_LABOURS + labour] += persons;
    w->tally.legal[zone * QON_LEGALS + QON_CITIZEN] += persons;
    w->tally.education[zone * w->educations + (age_months >= 216)] += persons;
}

#endif
