// SPDX-License-Identifier: GPL-3.0-or-later
// A run from scenario to results, as another program would call it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "loading.h"
#include <qonys/par.h>
#include <qonys/results.h>
#include <qonys/runner.h>
#include <unistd.h>

enum { MONTHS = 5 };

static void country_load(struct loading *loading) {
    static const struct qon_override five = {"months", "5"};
    loading_make(loading);
    loading_good(loading, &five, 1);
}

struct watched {
    int synthesis, months, writing;
    int32_t last_month;
    int64_t persons;
    volatile sig_atomic_t stop;
    int stop_after; // months; 0: never
};

static void watch(void *context, const struct qon_run_progress *progress) {
    struct watched *watched = context;
    watched->synthesis += progress->stage == QON_RUN_SYNTHESIS;
    watched->writing += progress->stage == QON_RUN_WRITING;
    if (progress->stage == QON_RUN_MONTH && progress->months_done > 0) {
        watched->months++;
        assert_int_equal(progress->months_done, watched->months);
        watched->last_month = progress->month;
        watched->persons = progress->persons;
        watched->stop = watched->stop_after && progress->months_done >= watched->stop_after;
    }
}

static void every_month_is_told_and_summed_up(void **state) {
    struct loading loading;
    struct watched watched = {0};
    struct qon_run_summary summary;
    country_load(&loading);
    struct qon_run_options options = {.watch = watch, .context = &watched};
    assert_int_equal(qon_run(&loading.scenario, &options, &summary, &loading.faults), QON_OK);
    assert_int_equal(watched.synthesis, 1);
    assert_int_equal(watched.months, MONTHS);
    assert_int_equal(watched.writing, 0); // no folder: nothing to write
    assert_int_equal(watched.last_month, loading.scenario.start + MONTHS - 1);
    assert_int_equal(summary.month, watched.last_month);
    assert_int_equal(summary.months, MONTHS);
    assert_int_equal(summary.persons, watched.persons);
    assert_in_range(summary.persons, 9000, 11000);
    assert_in_range(summary.person_months, 9000 * MONTHS, 11000 * MONTHS);
    assert_true(summary.households > 0 && summary.households < summary.persons);
    assert_true(summary.births > 0 && summary.deaths > 0 && summary.moves_within > 0);
    assert_true(summary.unemployment_percent > 0 && summary.unemployment_percent < 100);
    assert_true(summary.phases_count > 0 && *summary.phases[0].name);
    assert_string_equal(summary.results, "");
    loading_free(&loading);
}

static void the_file_says_what_the_summary_says(void **state) {
    struct loading loading;
    struct watched watched = {0};
    struct qon_run_summary summary, without;
    struct qon_results *results = NULL;
    char folder[SCRATCH_PATH_MAX];
    char digest[24];
    int32_t runs = 0;
    double values[MONTHS];
    double births = 0;
    country_load(&loading);
    scratch_path(folder, loading.folder, "out");
    struct qon_run_options options = {.folder = folder, .command = "test", .watch = watch, .context = &watched};
    assert_int_equal(qon_run(&loading.scenario, &options, &summary, &loading.faults), QON_OK);
    assert_int_equal(watched.writing, 1);
    assert_int_equal(qon_results_open(&results, summary.results, &loading.faults), QON_OK);
    const struct qon_results_run *run = qon_results_runs(results, &runs);
    char *fact = qon_results_fact(results, run, "state_digest");
    snprintf(digest, sizeof digest, "%016llx", (unsigned long long)summary.digest);
    assert_string_equal(fact, digest);
    qon_free(fact);
    int32_t country = 0;
    (void)qon_results_zones(results, &country);
    assert_int_equal(qon_results_series(results, run, qon_results_indicator_find(results, "births"), country, values, NULL), QON_OK);
    for (int m = 0; m < MONTHS; m++) {
        births += values[m];
    }
    assert_true(births == summary.births);
    qon_results_close(results);
    // the output has no part in the state
    options.folder = NULL;
    options.watch = NULL;
    assert_int_equal(qon_run(&loading.scenario, &options, &without, &loading.faults), QON_OK);
    assert_true(without.digest == summary.digest);
    loading_free(&loading);
}

static void a_stop_ends_the_run_after_its_month_and_writes_nothing(void **state) {
    struct loading loading;
    struct watched watched = {.stop_after = 2};
    struct qon_run_summary summary;
    char folder[SCRATCH_PATH_MAX];
    country_load(&loading);
    scratch_path(folder, loading.folder, "out");
    struct qon_run_options options = {.folder = folder, .watch = watch, .context = &watched, .stop = &watched.stop};
    assert_int_equal(qon_run(&loading.scenario, &options, &summary, &loading.faults), QON_INTERRUPTED);
    assert_int_equal(summary.months, 2);
    assert_int_equal(summary.month, loading.scenario.start + 1);
    assert_int_equal(access(folder, F_OK), -1);
    assert_int_equal(loading.faults.count, 0);
    loading_free(&loading);
}

static void a_folder_that_cannot_be_written_fails_before_the_first_month(void **state) {
    struct loading loading;
    struct watched watched = {0};
    struct qon_run_summary summary;
    char folder[SCRATCH_PATH_MAX];
    country_load(&loading);
    scratch_path(folder, loading.folder, "scenario.json/out");
    struct qon_run_options options = {.folder = folder, .watch = watch, .context = &watched};
    assert_int_equal(qon_run(&loading.scenario, &options, &summary, &loading.faults), QON_MACHINE);
    assert_int_equal(loading.faults.count, 1);
    assert_int_equal(watched.months, 0);
    loading_free(&loading);
}

static void lack_of_memory_is_the_machines_failure(void **state) {
    struct loading loading;
    struct qon_run_summary summary;
    char folder[SCRATCH_PATH_MAX];
    int failures = 0;
    country_load(&loading);
    scratch_path(folder, loading.folder, "out");
    struct qon_run_options options = {.folder = folder};
    qon_par_threads_set(1);
    enum qon_status status = QON_MACHINE;
    for (long after = 0; status != QON_OK && after < 100000; after += after < 40 ? 1 : after / 8) {
        qon_faults_init(&loading.faults);
        qon_memory_fail_after(after);
        status = qon_run(&loading.scenario, &options, &summary, &loading.faults);
        qon_memory_fail_after(-1);
        if (status != QON_OK) {
            failures++;
            assert_int_equal(status, QON_MACHINE);
            assert_true(loading.faults.count >= 1);
            assert_int_equal(access(folder, F_OK), -1);
        }
    }
    assert_int_equal(status, QON_OK);
    assert_true(failures > 20);
    loading_free(&loading);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_month_is_told_and_summed_up),
        cmocka_unit_test(the_file_says_what_the_summary_says),
        cmocka_unit_test(a_stop_ends_the_run_after_its_month_and_writes_nothing),
        cmocka_unit_test(a_folder_that_cannot_be_written_fails_before_the_first_month),
        cmocka_unit_test(lack_of_memory_is_the_machines_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
