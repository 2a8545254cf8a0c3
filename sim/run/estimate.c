// SPDX-License-Identifier: GPL-3.0-or-later
// Time and memory of a run from what its scenario says.
#include <qonys/estimate.h>

#include <qonys/world.h>

static const double nanoseconds_synthesis = 200;   // of one thread, a person
static const double nanoseconds_person_month = 20; // of one thread
static const double bytes_fixed = 15e6;            // program, libraries, tables, series
static const double bytes_beside_columns =
    -2;                                // a person: calendars, lists for kernels, room for growth, less the ids of founders, which take none
static const double bytes_month = 0.3; // a person and month: rows of newcomers and of new households

static size_t columns_bytes(const struct qon_column *columns, size_t count) {
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++) {
        bytes += columns[i].size;
    }
    return bytes;
}

struct qon_estimate qon_run_estimate(const struct qon_scenario *scenario, int threads) {
    const struct qon_table_zones *zones = &scenario->tables.zones;
    struct qon_estimate e = {.threads = threads};
    for (int64_t z = 0; z < zones->rows; z++) {
        e.persons += (double)zones->persons[z] / scenario->scale;
        e.households += (double)zones->persons[z] / zones->household_size_mean[z] / scenario->scale;
    }
    double beside = bytes_beside_columns + bytes_month * scenario->months;
    e.bytes = bytes_fixed + e.persons * (beside + (double)columns_bytes(qon_person_columns, qon_person_columns_count)) +
              e.households * (double)columns_bytes(qon_household_columns, qon_household_columns_count);
    e.seconds_synthesis = 1e-9 * nanoseconds_synthesis * e.persons / threads;
    e.seconds_run = 1e-9 * nanoseconds_person_month * e.persons * scenario->months / threads;
    return e;
}
