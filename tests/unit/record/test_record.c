// SPDX-License-Identifier: GPL-3.0-or-later
// The results file: whole or absent, readable by our own reader, by SQLite and as a GeoPackage.
#include "../../../sim/record/record.h"
#include "../../support/small_country.h"
// cmocka wants these before it
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <dirent.h>
#include <math.h>
#include <qonys/record.h>
#include <qonys/results.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64]; // of one test, removed after it

static int folder_setup(void **state) {
    snprintf(folder, sizeof folder, "/tmp/qonys-record-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int folder_teardown(void **state) {
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static int entries(const char *path) {
    DIR *dir = opendir(path);
    int count = 0;
    for (struct dirent *entry = dir ? readdir(dir) : NULL; entry; entry = readdir(dir)) {
        count += entry->d_name[0] != '.';
    }
    if (dir) {
        closedir(dir);
    }
    return count;
}

// Six months of moves: three persons from B-U to A-U every month, a kandas in the second.
static void month_fill(struct small_country *c, int month) {
    struct qon_world *w = &c->world;
    qon_tally_month_clear(w);
    small_persons(c, 0, QON_FEMALE, 25 * 12, QON_EMPLOYED, month == 0 ? 100 : 3);
    qon_tally_event(w, NULL, QON_EVENT_arrivals_region, 0, 3);
    qon_tally_event(w, NULL, QON_EVENT_departures_region, 2, 3);
    qon_tally_flow(w, 2, 0, 3, 1);
    qon_tally_flow(w, 0, 1, 2, 2);
    qon_tally_flow(w, 1, 1, 5, 4);
    if (month == 1) {
        qon_tally_event(w, NULL, QON_EVENT_arrivals_kandas, 1, 7);
    }
    w->month++;
    w->months_done++;
}

static const struct qon_provenance provenance = {.command = "qonys run small.json",
                                                 .seconds_run = 1.5,
                                                 .persons = 115,
                                                 .person_months = 650,
                                                 .threads = 2,
                                                 .digest = 0x0123456789abcdefULL};

static enum qon_status run_record(const char *where, char *path, struct qon_faults *faults) {
    struct small_country c;
    struct qon_record *record = NULL;
    small_country_init(&c);
    enum qon_status status = qon_record_open(&record, &c.world, where, faults);
    for (int month = 0; month < SMALL_MONTHS && status == QON_OK; month++) {
        month_fill(&c, month);
        status = qon_record_month(record, &c.world, faults);
    }
    if (status == QON_OK) {
        status = qon_record_close(record, &c.world, &provenance, path, faults);
    }
    small_country_free(&c);
    return status;
}

static void run_good(char *path) {
    struct qon_faults faults;
    qon_faults_init(&faults);
    if (run_record(folder, path, &faults) != QON_OK) {
        fail_msg("%s", faults.text[0]);
    }
}

static double scalar(const char *path, const char *sql) {
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    double value = sqlite3_column_double(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return value;
}

static void what_is_recorded_is_read_back(void **state) {
    char path[4096];
    int32_t count = 0;
    double values[SMALL_MONTHS * (SMALL_ZONES + 1)];
    struct qon_results *results = NULL;
    run_good(path);
    assert_int_equal(qon_results_open(&results, path, NULL), QON_OK);
    const struct qon_results_run *run = qon_results_runs(results, &count);
    assert_int_equal(count, 1);
    assert_string_equal(run->scenario, "small");
    assert_string_equal(run->title[QON_EN], "Small country");
    assert_null(run->title[QON_KK]);
    assert_int_equal(run->start, qon_month_parse("2017-01"));
    assert_int_equal(run->months, SMALL_MONTHS);
    int32_t population = qon_results_indicator_find(results, "population");
    assert_int_equal(qon_results_series(results, run, population, 0, values, NULL), QON_OK);
    assert_true(values[0] == 1000 && values[1] == 1030 && values[5] == 1150);
    assert_int_equal(qon_results_series(results, run, population, SMALL_ZONES, values, NULL), QON_OK);
    assert_true(values[0] == 1000 && values[5] == 1150);
    assert_int_equal(qon_results_panel(results, run, population, values, NULL), QON_OK);
    assert_true(values[(SMALL_ZONES + 1) * 5 + 0] == 1150 && values[(SMALL_ZONES + 1) * 5 + 2] == 0);
    int32_t rate = qon_results_indicator_find(results, "unemployment_rate");
    assert_int_equal(qon_results_series(results, run, rate, 2, values, NULL), QON_OK);
    assert_true(isnan(values[0]));
    assert_int_equal(qon_results_zone_find(results, "B-U"), 2);
    assert_int_equal(qon_results_zone_find(results, "nowhere"), -1);
    qon_results_close(results);
}

static void a_whole_month_is_read_back(void **state) {
    char path[4096];
    int32_t indicators = 0;
    struct qon_results *results = NULL;
    run_good(path);
    assert_int_equal(qon_results_open(&results, path, NULL), QON_OK);
    int32_t runs = 0;
    const struct qon_results_run *run = qon_results_runs(results, &runs);
    (void)qon_results_indicators(results, &indicators);
    double *values = NULL;
    assert_int_equal(qon_take(&values, (size_t)indicators * (SMALL_ZONES + 1), sizeof *values), QON_OK);
    assert_int_equal(qon_results_month(results, run, 1, values, NULL), QON_OK);
    int32_t kandas = qon_results_indicator_find(results, "arrivals_kandas");
    assert_true(values[kandas * (SMALL_ZONES + 1) + 1] == 70);
    assert_true(values[kandas * (SMALL_ZONES + 1) + SMALL_ZONES] == 70);
    qon_free(values);
    qon_results_close(results);
}

static void flows_are_summed_by_kind_and_period(void **state) {
    enum { STRIDE = SMALL_ZONES + 1 };
    char path[4096];
    int32_t count = 0;
    double persons[STRIDE * STRIDE];
    struct qon_results *results = NULL;
    run_good(path);
    assert_int_equal(qon_results_open(&results, path, NULL), QON_OK);
    const struct qon_results_run *run = qon_results_runs(results, &count);
    assert_int_equal(qon_results_flows(results, run, 0, SMALL_MONTHS, "region", persons, NULL), QON_OK);
    assert_true(persons[2 * STRIDE + 0] == 180 && persons[0 * STRIDE + 1] == 0);
    assert_int_equal(qon_results_flows(results, run, 1, 3, NULL, persons, NULL), QON_OK);
    assert_true(persons[2 * STRIDE + 0] == 60 && persons[0 * STRIDE + 1] == 40 && persons[1 * STRIDE + 1] == 100);
    assert_true(persons[SMALL_ZONES * STRIDE + 1] == 70); // from abroad
    assert_int_equal(qon_results_flows(results, run, 2, 3, NULL, persons, NULL), QON_OK);
    assert_true(persons[SMALL_ZONES * STRIDE + 1] == 0);
    qon_results_close(results);
    assert_true(scalar(path, "SELECT count(*) FROM flow") == 3 * SMALL_MONTHS + 1); // pairs without moves have no row
    assert_true(scalar(path, "SELECT households FROM flow WHERE kind = 'region' LIMIT 1") == 10);
}

static void boundaries_come_back_closed_and_in_order(void **state) {
    char path[4096];
    struct qon_results *results = NULL;
    run_good(path);
    assert_int_equal(qon_results_open(&results, path, NULL), QON_OK);
    const struct qon_boundaries *b = qon_results_boundaries(results);
    assert_int_equal(b->regions, 2);
    assert_int_equal(b->parts, 4);
    assert_int_equal(b->region_part[1], 3);
    assert_int_equal(b->region_part[2], 4);
    assert_true(b->part_outer[0] && !b->part_outer[1] && b->part_outer[2] && b->part_outer[3]);
    assert_int_equal(b->part_point[3] - b->part_point[2], 4); // the island's ring was open
    assert_true(b->lon_deg[b->part_point[2]] == 75 && b->lon_deg[b->part_point[3] - 1] == 75);
    qon_results_close(results);
}

static void the_run_is_described(void **state) {
    char path[4096];
    int32_t count = 0;
    struct qon_results *results = NULL;
    run_good(path);
    assert_int_equal(qon_results_open(&results, path, NULL), QON_OK);
    const struct qon_results_run *run = qon_results_runs(results, &count);
    static const char *const facts[][2] = {{"state_digest", "0123456789abcdef"},
                                           {"digest", "0123456789abcdef"},
                                           {"seed", "18446744073709551615"},
                                           {"scenario_json", "{\"qonys\":1}"},
                                           {"unused", "[]"},
                                           {"person_months", "650"},
                                           {"version", QON_VERSION},
                                           {"command", "qonys run small.json"}};
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
        char *fact = qon_results_fact(results, run, facts[i][0]);
        assert_non_null(fact);
        assert_string_equal(fact, facts[i][1]);
        qon_free(fact);
    }
    assert_null(qon_results_fact(results, run, "fid; DROP TABLE run"));
    qon_results_close(results);
    assert_true(scalar(path, "SELECT length(hash) = 16 AND length(machine) > 5 AND length(compiler) > 3 FROM run") == 1);
}

static void targets_that_do_not_apply_are_null(void **state) {
    char path[4096];
    int32_t count = 0;
    struct qon_results *results = NULL;
    struct qon_results_target *targets = NULL;
    run_good(path);
    assert_int_equal(qon_results_open(&results, path, NULL), QON_OK);
    const struct qon_results_run *run = qon_results_runs(results, &count);
    assert_int_equal(qon_results_targets(results, run, &targets, &count, NULL), QON_OK);
    assert_int_equal(count, QON_TARGETS);
    assert_string_equal(targets[1].name, "foreign_quota");
    assert_true(targets[1].applies && targets[1].met && targets[1].at_most && targets[1].value == 0);
    assert_false(targets[4].applies);
    assert_true(isnan(targets[4].value));
    qon_results_targets_free(targets, count);
    qon_results_close(results);
    assert_true(scalar(path, "SELECT count(*) FROM target WHERE value IS NULL AND met IS NULL") >= 1);
}

static void the_file_is_a_geopackage(void **state) {
    char path[4096];
    run_good(path);
    assert_true(scalar(path, "PRAGMA application_id") == 0x47504B47);
    assert_true(scalar(path, "PRAGMA user_version") == 10300);
    assert_true(scalar(path, "SELECT count(*) FROM gpkg_contents WHERE data_type = 'features'") == 2);
    assert_true(scalar(path, "SELECT count(*) FROM zone WHERE substr(hex(geom), 1, 8) = '47500003'") == 3);
    assert_true(scalar(path, "SELECT max_x FROM gpkg_contents WHERE table_name = 'zone'") == 81);
    // every table and column is registered and defined
    assert_true(scalar(path,
                       "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'gpkg%' AND name NOT LIKE 'sqlite%' "
                       "AND name NOT IN (SELECT table_name FROM gpkg_contents)") == 0);
    assert_true(scalar(path, "SELECT count(*) FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE "
                             "'gpkg%' AND t.name NOT LIKE 'sqlite%' AND c.name NOT IN ('fid', 'geom') AND NOT EXISTS (SELECT 1 FROM "
                             "definition d WHERE d.name = t.name AND d.field = c.name)") == 0);
}

static void an_unwritable_folder_is_the_machines_failure(void **state) {
    struct qon_faults faults;
    char where[128];
    char file[128];
    qon_faults_init(&faults);
    snprintf(file, sizeof file, "%s/file", folder);
    FILE *stream = fopen(file, "w");
    assert_non_null(stream);
    fclose(stream);
    snprintf(where, sizeof where, "%s/file/out", folder); // a file stands where the folder should
    assert_int_equal(run_record(where, NULL, &faults), QON_MACHINE);
    assert_int_equal(faults.kept, 1);
    assert_non_null(strstr(faults.text[0], "cannot make the folder"));
    assert_int_equal(entries(folder), 1);
}

static void a_failed_run_leaves_no_folders_behind(void **state) {
    struct small_country c;
    struct qon_record *record = NULL;
    char where[128];
    small_country_init(&c);
    snprintf(where, sizeof where, "%s/new/out", folder);
    assert_int_equal(qon_record_open(&record, &c.world, where, NULL), QON_OK);
    assert_int_equal(entries(folder), 1);
    qon_record_abandon(record);
    assert_int_equal(entries(folder), 0);
    small_country_free(&c);
}

static void a_full_disk_leaves_the_older_file_as_it_was(void **state) {
    struct qon_faults faults;
    struct stat before, after;
    char path[4096];
    run_good(path);
    assert_int_equal(stat(path, &before), 0);
    // A limit on the size of files fails writes as a full disk does, without needing a small disk.
    struct rlimit old, small;
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = old;
    small.rlim_cur = 20000;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    qon_faults_init(&faults);
    enum qon_status status = run_record(folder, NULL, &faults);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    signal(SIGXFSZ, handler);
    assert_int_equal(status, QON_MACHINE);
    assert_non_null(strstr(faults.text[0], "cannot write the results"));
    assert_int_equal(stat(path, &after), 0);
    assert_true(before.st_ino == after.st_ino && before.st_size == after.st_size);
    assert_int_equal(entries(folder), 1); // no part file
    assert_true(scalar(path, "SELECT count(*) FROM run") == 1);
}

static void a_file_that_another_program_reads_is_replaced_unharmed(void **state) {
    char path[4096];
    sqlite3 *other = NULL;
    run_good(path);
    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    // As a map program does: write-ahead log, an edit, and a reading transaction that stays open.
    assert_int_equal(
        sqlite3_exec(other, "PRAGMA journal_mode=WAL; UPDATE run SET scenario = 'edited'; BEGIN; SELECT * FROM run", NULL, NULL, NULL),
        SQLITE_OK);
    run_good(path);
    assert_true(scalar(path, "SELECT scenario = 'small' AND months = 6 FROM run") == 1);
    assert_true(scalar(path, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'") == 1);
    assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
    assert_true(scalar(path, "SELECT scenario = 'small' FROM run") == 1);
    assert_int_equal(entries(folder), 1);
}

static void a_file_that_another_program_writes_to_is_left_to_it(void **state) {
    char path[4096], beside[4200];
    sqlite3 *other = NULL;
    struct qon_faults faults;
    qon_faults_init(&faults);
    run_good(path);
    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN; UPDATE run SET months = 1", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(run_record(folder, path, &faults), QON_MACHINE); // before anything is computed
    assert_non_null(strstr(faults.text[0], "another program is writing to this file"));
    assert_int_equal(entries(folder), 2); // the file and the other program's journal
    // At the end of a run: the new file stands beside the locked one.
    snprintf(path, sizeof path, "%s/results.gpkg", folder);
    snprintf(beside, sizeof beside, "%s/part", folder);
    FILE *part = fopen(beside, "w");
    assert_non_null(part);
    assert_int_equal(fputs("new", part) >= 0 && fclose(part) == 0, 1);
    qon_faults_init(&faults);
    assert_int_equal(qon_results_place(folder, beside, path, &faults), QON_MACHINE);
    assert_non_null(strstr(faults.text[0], "results.gpkg.new"));
    assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
    assert_true(scalar(path, "SELECT months FROM run") == 1);
    snprintf(beside, sizeof beside, "%s/results.gpkg.new", folder);
    assert_int_equal(unlink(beside), 0);
    assert_int_equal(entries(folder), 1);
}

static void lack_of_memory_is_told_and_leaves_nothing(void **state) {
    int failures = 0;
    enum qon_status status = QON_MACHINE;
    for (long after = 0; status != QON_OK && after < 10000; after++) {
        struct small_country c;
        struct qon_record *record = NULL;
        struct qon_faults faults;
        qon_faults_init(&faults);
        small_country_init(&c);
        month_fill(&c, 0);
        qon_memory_fail_after(after);
        status = qon_record_open(&record, &c.world, folder, &faults);
        if (status == QON_OK) {
            status = qon_record_month(record, &c.world, &faults);
            if (status == QON_OK) {
                status = qon_record_close(record, &c.world, &provenance, NULL, &faults);
            } else {
                qon_record_abandon(record);
            }
        }
        qon_memory_fail_after(-1);
        if (status != QON_OK) {
            failures++;
            assert_int_equal(status, QON_MACHINE);
            assert_true(faults.count >= 1);
            assert_int_equal(entries(folder), 0);
        }
        small_country_free(&c);
    }
    assert_int_equal(status, QON_OK);
    assert_true(failures > 5);
}

static void a_zone_cannot_be_called_as_the_country(void **state) {
    struct small_country c;
    struct qon_record *record = NULL;
    struct qon_faults faults;
    qon_faults_init(&faults);
    small_country_init(&c);
    strcpy(c.scenario.tables.zones.id[0], "ALL");
    assert_int_equal(qon_record_open(&record, &c.world, folder, &faults), QON_USER);
    assert_non_null(strstr(faults.text[0], "geography.zones"));
    small_country_free(&c);
}

static void what_is_no_results_file_is_the_users_mistake(void **state) {
    struct qon_faults faults;
    struct qon_results *results = NULL;
    char path[128];
    qon_faults_init(&faults);
    snprintf(path, sizeof path, "%s/absent.gpkg", folder);
    assert_int_equal(qon_results_open(&results, path, &faults), QON_USER);
    snprintf(path, sizeof path, "%s/text.gpkg", folder);
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    for (int i = 0; i < 500; i++) {
        fputs("this is no database\n", stream);
    }
    fclose(stream);
    assert_int_equal(qon_results_open(&results, path, &faults), QON_USER);
    snprintf(path, sizeof path, "%s/other.sqlite", folder);
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "CREATE TABLE t(a)", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    assert_int_equal(qon_results_open(&results, path, &faults), QON_USER);
    assert_null(results);
    assert_int_equal(faults.count, 3);
    assert_non_null(strstr(faults.text[2], "not a results file"));
}

static void a_country_without_boundaries_has_no_shapes(void **state) {
    struct small_country c;
    struct qon_record *record = NULL;
    struct qon_results *results = NULL;
    char path[4096];
    small_country_init(&c);
    c.scenario.boundaries.regions = 0;
    assert_int_equal(qon_record_open(&record, &c.world, folder, NULL), QON_OK);
    month_fill(&c, 0);
    assert_int_equal(qon_record_month(record, &c.world, NULL), QON_OK);
    assert_int_equal(qon_record_close(record, &c.world, &provenance, path, NULL), QON_OK);
    assert_true(scalar(path, "SELECT count(*) FROM zone WHERE geom IS NULL") == SMALL_ZONES);
    assert_int_equal(qon_results_open(&results, path, NULL), QON_OK);
    assert_int_equal(qon_results_boundaries(results)->regions, 0);
    qon_results_close(results);
    small_country_free(&c);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, folder_setup, folder_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(what_is_recorded_is_read_back),
        TEST(a_whole_month_is_read_back),
        TEST(flows_are_summed_by_kind_and_period),
        TEST(boundaries_come_back_closed_and_in_order),
        TEST(the_run_is_described),
        TEST(targets_that_do_not_apply_are_null),
        TEST(the_file_is_a_geopackage),
        TEST(an_unwritable_folder_is_the_machines_failure),
        TEST(a_failed_run_leaves_no_folders_behind),
        TEST(a_full_disk_leaves_the_older_file_as_it_was),
        TEST(a_file_that_another_program_reads_is_replaced_unharmed),
        TEST(a_file_that_another_program_writes_to_is_left_to_it),
        TEST(lack_of_memory_is_told_and_leaves_nothing),
        TEST(a_zone_cannot_be_called_as_the_country),
        TEST(what_is_no_results_file_is_the_users_mistake),
        TEST(a_country_without_boundaries_has_no_shapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
