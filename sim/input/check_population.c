// SPDX-License-Identifier: GPL-3.0-or-later
// Cross-checks of the tables by age: every age is covered once, shares add up.
#include "check.h"
#include <math.h>
#include <qonys/memory.h>
#include <string.h>

enum { AGES = 121, SCHEDULE_AGES = 101 };

static const char *const sexes[] = {"m", "f"};
static const char *const zone_kinds[] = {"urban", "rural"};

static void schedules_check(struct qon_reading *reading) {
    const struct qon_table_schedules *schedules = &reading->scenario->tables.schedules;
    const struct qon_named_file *file = qon_named_file(reading, "schedules");
    int64_t row_of[2][SCHEDULE_AGES];
    long faults = reading->faults->count;
    double sum = 0;
    memset(row_of, -1, sizeof row_of);
    qon_word_check(reading, file, "sex", schedules->sex, schedules->rows, sexes, 2);
    if (reading->faults->count > faults) {
        return;
    }
    for (int64_t row = 0; row < schedules->rows; row++) {
        int64_t *seen = &row_of[strcmp(schedules->sex[row], "f") == 0][schedules->age[row]];
        if (*seen >= 0) {
            qon_fault_add(reading->faults, qon_row_place(reading, file, row, "age"), "sex %s, age %lld is given twice, first in line %d",
                          schedules->sex[row], (long long)schedules->age[row], file->line[*seen]);
        }
        *seen = row;
        sum += schedules->population_share[row];
    }
    for (int sex = 0; sex < 2; sex++) {
        for (int age = 0; age < SCHEDULE_AGES; age++) {
            if (row_of[sex][age] < 0) {
                qon_fault_add(reading->faults, qon_row_place(reading, file, -1, "age"),
                              "there is no row for sex %s, age %d; found %lld rows, expected 202 (m and f, ages 0 to 100)", sexes[sex], age,
                              (long long)schedules->rows);
            }
        }
    }
    if (fabs(sum - 1) > QON_SCHEDULE_TOLERANCE) {
        qon_fault_add(reading->faults, qon_row_place(reading, file, -1, "population_share"), "adds up to %.10g, expected 1", sum);
    }
}

static bool span_check(struct qon_reading *reading, const struct qon_named_file *file, int64_t row, const char *column, int64_t from,
                       int64_t to) {
    if (from > to) {
        qon_fault_add(reading->faults, qon_row_place(reading, file, row, column), "the first age is %lld, the last %lld", (long long)from,
                      (long long)to);
    }
    return from <= to;
}

// Levels of education of one kind of zone: at each age from the end of school on they add up to 1 (pupils have the first level, their rows
// are not used). Neighbouring ages with the same sum are one fault.
static void education_kind_check(struct qon_reading *reading, const char *kind) {
    const struct qon_table_education_shares *shares = &reading->scenario->tables.education_shares;
    const struct qon_named_file *file = qon_named_file(reading, "education_shares");
    double sum[AGES] = {0};
    for (int64_t row = 0; row < shares->rows; row++) {
        if (strcmp(shares->kind[row], kind) == 0) {
            for (int64_t age = shares->age_from[row]; age <= shares->age_to[row]; age++) {
                sum[age] += shares->share[row];
            }
        }
    }
    for (int from = (int)ceil(reading->scenario->settings.demography.school_end_years); from < AGES;) {
        int to = from;
        while (to + 1 < AGES && sum[to + 1] == sum[from]) {
            to++;
        }
        if (fabs(sum[from] - 1) > QON_SHARES_TOLERANCE) {
            qon_fault_add(reading->faults, qon_row_place(reading, file, -1, "share"),
                          "the shares of kind %s, ages %d to %d, add up to %.10g, expected 1", kind, from, to, sum[from]);
        }
        from = to + 1;
    }
}

static void educations_check(struct qon_reading *reading) {
    const struct qon_table_education_shares *shares = &reading->scenario->tables.education_shares;
    const struct qon_named_file *file = qon_named_file(reading, "education_shares");
    long faults = reading->faults->count;
    qon_word_check(reading, file, "kind", shares->kind, shares->rows, zone_kinds, 2);
    for (int64_t row = 0; row < shares->rows; row++) {
        span_check(reading, file, row, "age_from", shares->age_from[row], shares->age_to[row]);
    }
    for (int kind = 0; kind < 2 && reading->faults->count == faults; kind++) {
        education_kind_check(reading, zone_kinds[kind]);
    }
}

// Groups of one region cover the ages of a sex once each.
static void region_ages_check(struct qon_reading *reading, int64_t region, const char *sex, const char *column, const int64_t *from,
                              const int64_t *to) {
    const struct qon_table_age_groups *groups = &reading->scenario->tables.age_groups;
    const struct qon_named_file *file = qon_named_file(reading, "age_groups");
    int covered[AGES] = {0};
    for (int64_t row = 0; row < groups->rows; row++) {
        for (int64_t age = from[row]; groups->region[row] == region && age <= to[row]; age++) {
            covered[age]++;
        }
    }
    for (int age = 0; age < AGES; age++) {
        if (covered[age] != 1) {
            qon_fault_add(reading->faults, qon_row_place(reading, file, -1, column),
                          "the age %d of %s is in %d groups of the region %s, expected 1", age, sex, covered[age],
                          reading->scenario->tables.regions.id[region]);
            return; // the first says enough
        }
    }
}

static enum qon_status age_groups_check(struct qon_reading *reading) {
    enum qon_status status = QON_OK;
    const struct qon_tables *tables = &reading->scenario->tables;
    const struct qon_table_age_groups *groups = &tables->age_groups;
    const struct qon_named_file *file = qon_named_file(reading, "age_groups");
    double *sum = NULL;
    bool good = true;
    QON_TRY(qon_take(&sum, (size_t)tables->regions.rows, sizeof *sum));
    for (int64_t row = 0; row < groups->rows; row++) {
        good = span_check(reading, file, row, "men_from", groups->men_from[row], groups->men_to[row]) && good;
        good = span_check(reading, file, row, "women_from", groups->women_from[row], groups->women_to[row]) && good;
        sum[groups->region[row]] += groups->share[row];
    }
    for (int64_t region = 0; region < tables->regions.rows && good && groups->rows > 0; region++) {
        if (fabs(sum[region] - 1) > QON_SHARES_TOLERANCE) {
            qon_fault_add(reading->faults, qon_row_place(reading, file, -1, "share"),
                          "the shares of the region %s add up to %.10g, expected 1", tables->regions.id[region], sum[region]);
        }
        region_ages_check(reading, region, "men", "men_from", groups->men_from, groups->men_to);
        region_ages_check(reading, region, "women", "women_from", groups->women_from, groups->women_to);
    }
done:
    qon_free(sum);
    return status;
}

enum qon_status qon_population_check(struct qon_reading *reading) {
    if (qon_named_file(reading, "schedules")->sound) {
        schedules_check(reading);
    }
    if (qon_named_file(reading, "education_shares")->sound) {
        educations_check(reading);
    }
    if (qon_named_file(reading, "age_groups")->sound && qon_named_file(reading, "regions")->sound) {
        return age_groups_check(reading);
    }
    return QON_OK;
}
