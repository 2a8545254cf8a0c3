// SPDX-License-Identifier: GPL-3.0-or-later
// What one cell cannot show: tables whose rows do not add up, cover too little, or contradict one another.
#include "check.h"
#include <math.h>
#include <qonys/memory.h>
#include <string.h>

struct qon_place qon_row_place(const struct qon_reading *reading, const struct qon_named_file *file, int64_t row, const char *column) {
    bool known = file->line != NULL && row >= 0;
    return (struct qon_place){file->path, known ? file->line[row] : 0, 0, column};
}

void qon_word_check(struct qon_reading *reading, const struct qon_named_file *file, const char *column, char *const *texts, int64_t rows,
                    const char *const *words, size_t count) {
    for (int64_t row = 0; row < rows; row++) {
        bool known = false;
        for (size_t i = 0; i < count && !known; i++) {
            known = strcmp(texts[row], words[i]) == 0;
        }
        if (!known) {
            char hint[128];
            char all[256] = "";
            for (size_t i = 0; i < count; i++) {
                size_t used = strlen(all);
                snprintf(all + used, sizeof all - used, "%s%s", i == 0 ? "" : ", ", words[i]);
            }
            qon_fault_add(reading->faults, qon_row_place(reading, file, row, column), "is \"%.60s\", expected one of %s%s", texts[row], all,
                          qon_nearest_text(texts[row], words, count, hint));
        }
    }
}

// The shares of each owner add up to 1; of[row] is the owner of a row, ids[owners] are their names.
static enum qon_status shares_check(struct qon_reading *reading, const char *table, int64_t rows, const int32_t *of, const double *share,
                                    const char *owner, char *const *ids, int64_t owners) {
    enum qon_status status = QON_OK;
    const struct qon_named_file *file = qon_named_file(reading, table);
    double *sum = NULL;
    int64_t *first = NULL;
    QON_TRY(qon_take(&sum, (size_t)owners, sizeof *sum));
    QON_TRY(qon_take(&first, (size_t)owners, sizeof *first)); // row + 1
    for (int64_t row = 0; row < rows; row++) {
        sum[of[row]] += share[row];
        first[of[row]] = first[of[row]] == 0 ? row + 1 : first[of[row]];
    }
    for (int64_t one = 0; one < owners; one++) {
        if (fabs(sum[one] - 1) > QON_SHARES_TOLERANCE) {
            qon_fault_add(reading->faults, qon_row_place(reading, file, first[one] - 1, "share"),
                          first[one] == 0 ? "the %s %s has no rows; its shares add up to %.10g, expected 1"
                                          : "the shares of the %s %s add up to %.10g, expected 1",
                          owner, ids[one], sum[one]);
        }
    }
done:
    qon_free(sum);
    qon_free(first);
    return status;
}

static bool sound(struct qon_reading *reading, const char *table) {
    return qon_named_file(reading, table)->sound;
}

static enum qon_status employers_check(struct qon_reading *reading) {
    enum qon_status status = QON_OK;
    const struct qon_tables *tables = &reading->scenario->tables;
    if (sound(reading, "zones") && sound(reading, "sector_shares")) {
        const struct qon_table_sector_shares *shares = &tables->sector_shares;
        QON_TRY(shares_check(reading, "sector_shares", shares->rows, shares->zone, shares->share, "zone", tables->zones.id,
                             tables->zones.rows));
    }
    if (sound(reading, "sectors") && sound(reading, "sector_occupations")) {
        const struct qon_table_sector_occupations *staff = &tables->sector_occupations;
        QON_TRY(shares_check(reading, "sector_occupations", staff->rows, staff->sector, staff->share, "sector", tables->sectors.id,
                             tables->sectors.rows));
    }
done:
    return status;
}

static void column_sum_check(struct qon_reading *reading, const char *table, const char *column, const double *values, int64_t rows,
                             double tolerance) {
    double sum = 0;
    for (int64_t row = 0; row < rows; row++) {
        sum += values[row];
    }
    if (fabs(sum - 1) > tolerance) {
        qon_fault_add(reading->faults, qon_row_place(reading, qon_named_file(reading, table), -1, column), "adds up to %.10g, expected 1",
                      sum);
    }
}

static void zones_check(struct qon_reading *reading) {
    static const char *const kinds[] = {"urban", "rural"};
    const struct qon_table_zones *zones = &reading->scenario->tables.zones;
    const struct qon_named_file *file = qon_named_file(reading, "zones");
    qon_word_check(reading, file, "kind", zones->kind, zones->rows, kinds, 2);
    int64_t residents = 0;
    for (int64_t row = 0; row < zones->rows; row++) {
        residents += zones->persons[row];
        if (zones->men[row] > zones->persons[row]) {
            qon_fault_add(reading->faults, qon_row_place(reading, file, row, "men"), "%lld men in %s, which has %lld persons",
                          (long long)zones->men[row], zones->id[row], (long long)zones->persons[row]);
        }
    }
    if (zones->rows > 0 && residents == 0) {
        qon_fault_add(reading->faults, qon_row_place(reading, file, -1, "persons"), "no zone has residents");
    }
}

static enum qon_status regions_check(struct qon_reading *reading) {
    enum qon_status status = QON_OK;
    const struct qon_tables *tables = &reading->scenario->tables;
    int64_t *residents = NULL;
    int32_t *zones = NULL;
    QON_TRY(qon_take(&residents, (size_t)tables->regions.rows, sizeof *residents));
    QON_TRY(qon_take(&zones, (size_t)tables->regions.rows, sizeof *zones));
    for (int64_t zone = 0; zone < tables->zones.rows; zone++) {
        zones[tables->zones.region[zone]]++;
        residents[tables->zones.region[zone]] += tables->zones.persons[zone];
    }
    for (int64_t region = 0; region < tables->regions.rows; region++) {
        if (zones[region] == 0) {
            qon_fault_add(reading->faults, qon_row_place(reading, qon_named_file(reading, "regions"), region, "id"),
                          "the region %s has no zone", tables->regions.id[region]);
        }
    }
    if (sound(reading, "external_stocks")) { // they are among the residents
        const struct qon_table_external_stocks *stocks = &tables->external_stocks;
        for (int64_t row = 0; row < stocks->rows; row++) {
            int32_t region = stocks->region[row];
            residents[region] -= stocks->persons[row];
            if (residents[region] < 0 && zones[region] > 0) {
                qon_fault_add(reading->faults, qon_row_place(reading, qon_named_file(reading, "external_stocks"), row, "persons"),
                              "with this row %s has %lld more of such residents than residents at all", tables->regions.id[region],
                              (long long)-residents[region]);
                zones[region] = 0; // once is enough
            }
        }
    }
done:
    qon_free(residents);
    qon_free(zones);
    return status;
}

static void external_check(struct qon_reading *reading) {
    static const char *const kinds[] = {"kandas",   "immigration", "emigration", "permit_1", "permit_2",
                                        "permit_3", "permit_4",    "seasonal",   "eaeu",     "unregistered"};
    static const char *const legals[] = {"kandas", "permit_1", "permit_2", "permit_3", "permit_4", "seasonal", "eaeu", "unregistered"};
    const struct qon_tables *tables = &reading->scenario->tables;
    bool kandas = false;
    if (sound(reading, "external_flows")) {
        const struct qon_table_external_flows *flows = &tables->external_flows;
        qon_word_check(reading, qon_named_file(reading, "external_flows"), "kind", flows->kind, flows->rows, kinds,
                       sizeof kinds / sizeof kinds[0]);
        for (int64_t row = 0; row < flows->rows; row++) {
            kandas = kandas || (strcmp(flows->kind[row], "kandas") == 0 && flows->persons[row] > 0);
        }
    }
    if (sound(reading, "external_stocks")) {
        qon_word_check(reading, qon_named_file(reading, "external_stocks"), "legal", tables->external_stocks.legal,
                       tables->external_stocks.rows, legals, sizeof legals / sizeof legals[0]);
    }
    if (sound(reading, "kandas_origins") && (tables->kandas_origins.rows > 0 || kandas)) {
        column_sum_check(reading, "kandas_origins", "share", tables->kandas_origins.share, tables->kandas_origins.rows,
                         QON_SHARES_TOLERANCE);
    }
}

// Tables that list what there is must list something.
static void rows_check(struct qon_reading *reading) {
    static const char *const names[] = {"regions", "zones", "skills", "educations", "occupations", "sectors"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct qon_named_file *file = qon_named_file(reading, names[i]);
        int64_t rows;
        memcpy(&rows, (const char *)&reading->scenario->tables + qon_table_kind_find(names[i])->offset, sizeof rows);
        if (file->sound && rows == 0) {
            qon_fault_add(reading->faults, qon_row_place(reading, file, -1, NULL), "the table %s has no rows", names[i]);
            file->sound = false;
        }
    }
}

// Two rows for one pair of regions would leave open which holds.
static enum qon_status pairs_check(struct qon_reading *reading, const char *table, int64_t rows, const int32_t *origin,
                                   const int32_t *destination) {
    enum qon_status status = QON_OK;
    int64_t regions = reading->scenario->tables.regions.rows;
    const struct qon_named_file *file = qon_named_file(reading, table);
    int32_t *line_of = NULL;
    if (!file->sound || !sound(reading, "regions") || rows == 0) {
        return QON_OK;
    }
    QON_TRY(qon_take(&line_of, (size_t)(regions * regions), sizeof *line_of));
    for (int64_t row = 0; row < rows; row++) {
        int32_t *line = &line_of[origin[row] * regions + destination[row]];
        if (*line != 0) {
            qon_fault_add(reading->faults, qon_row_place(reading, file, row, "origin"), "the pair %s, %s is given twice, first in line %d",
                          reading->scenario->tables.regions.id[origin[row]], reading->scenario->tables.regions.id[destination[row]], *line);
        } else {
            *line = file->line[row];
        }
    }
done:
    qon_free(line_of);
    return status;
}

enum qon_status qon_tables_check(struct qon_reading *reading) {
    enum qon_status status = QON_OK;
    const struct qon_tables *tables = &reading->scenario->tables;
    rows_check(reading);
    if (sound(reading, "zones")) {
        zones_check(reading);
        if (sound(reading, "regions")) {
            QON_TRY(regions_check(reading));
        }
    }
    if (sound(reading, "educations")) {
        column_sum_check(reading, "educations", "entry_share", tables->educations.entry_share, tables->educations.rows,
                         QON_SHARES_TOLERANCE);
    }
    QON_TRY(employers_check(reading));
    external_check(reading);
    QON_TRY(pairs_check(reading, "distances", tables->distances.rows, tables->distances.origin, tables->distances.destination));
    QON_TRY(pairs_check(reading, "network", tables->network.rows, tables->network.origin, tables->network.destination));
    QON_TRY(qon_population_check(reading));
done:
    return status;
}
