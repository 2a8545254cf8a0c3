// SPDX-License-Identifier: GPL-3.0-or-later
// The bench of the whole model runs the scenario it is given and counts what it ran.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs those first
#include <cmocka.h>
#include <math.h>
#include <qonys/bench.h>
#include <qonys/par.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct qon_bench_full bench(const char *months, int threads) {
    struct qon_faults faults;
    struct qon_bench_full result;
    const struct qon_override changes[] = {{"months", months}, {"scale", "2000"}};
    qon_faults_init(&faults);
    qon_par_threads_set(threads);
    enum qon_status status = qon_bench_full("scenarios/baseline.json", changes, 2, false, 2, &result, &faults);
    if (status != QON_OK) {
        fail_msg("%s", faults.text[0]);
    }
    return result;
}

static void the_months_asked_for_are_run_and_timed(void **state) {
    struct qon_bench_full result = bench("3", 1);
    double timed = 0;
    assert_in_range(result.persons_start, 8000, 10000); // 17.9 million / 2000
    assert_true(fabs((double)result.person_months / (3.0 * (double)result.persons_start) - 1) < 0.01);
    assert_true(result.households > 0 && result.households < result.persons_end);
    assert_true(result.employers > 0);
    assert_true(result.phases > 5);
    for (int32_t i = 0; i < result.phases; i++) {
        assert_int_equal(result.phase[i].calls, 3);
        timed += result.phase[i].seconds;
    }
    assert_true(timed > 0 && timed <= result.seconds_run);
    assert_true(result.ns_cpu > 0 && result.bytes_per_person > 0 && result.seconds_synthesis > 0);
    assert_true(result.plain_ns_cpu == 0); // not asked for
}

static void threads_do_not_change_the_digest_and_months_do(void **state) {
    uint64_t digest = bench("2", 1).digest;
    assert_int_equal(bench("2", 2).digest, digest);
    assert_int_not_equal(bench("3", 1).digest, digest);
}

static void a_missing_scenario_is_the_users_mistake(void **state) {
    struct qon_faults faults;
    struct qon_bench_full result;
    qon_faults_init(&faults);
    assert_int_equal(qon_bench_full("scenarios/nowhere.json", NULL, 0, false, 1, &result, &faults), QON_USER);
    assert_non_null(strstr(faults.text[0], "nowhere.json"));
}

static void the_report_has_a_line_for_each_phase(void **state) {
    struct qon_bench_full result = bench("2", 1);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    qon_bench_full_write(&result, false, out);
    qon_bench_full_write(&result, true, out);
    fclose(out);
    for (int32_t i = 0; i < result.phases; i++) {
        char key[80];
        snprintf(key, sizeof key, "\nphase_%s_calls: 2\n", result.phase[i].name);
        assert_non_null(strstr(text, key));
        snprintf(key, sizeof key, ", \"phase_%s_calls\": 2,", result.phase[i].name);
        assert_non_null(strstr(text, key));
    }
    assert_null(strstr(text, "\nratio: ")); // the reference was not run
    free(text);
}

static double figure(const struct qon_bench_part *part, const char *key) {
    for (int i = 0; i < part->figures; i++) {
        if (strcmp(part->figure[i].key, key) == 0) {
            return part->figure[i].value;
        }
    }
    fail_msg("no figure %s", key);
    return 0;
}

static void what_surrounds_the_months_is_timed(void **state) {
    const struct qon_override changes[] = {{"months", "2"}, {"scale", "2000"}};
    const char *baseline = "scenarios/baseline.json";
    char folder[] = "/tmp/qonys-bench-XXXXXX";
    struct qon_bench_part part;
    struct qon_faults faults;
    qon_faults_init(&faults);
    assert_non_null(mkdtemp(folder));
    assert_int_equal(qon_bench_world(QON_BENCH_SYNTHESIS, baseline, changes, 2, folder, &part, &faults), QON_OK);
    assert_in_range((int64_t)figure(&part, "persons"), 8000, 10000);
    assert_true(figure(&part, "seconds") > 0 && figure(&part, "ns_person") > 0);
    assert_int_equal(qon_bench_world(QON_BENCH_CHECKPOINT, baseline, changes, 2, folder, &part, &faults), QON_OK);
    assert_true(part.digest != 0); // of the state read back, which the bench compares with the one saved
    assert_true(figure(&part, "file_gb") > 0 && figure(&part, "load_seconds") > 0);
    assert_int_equal(qon_bench_world(QON_BENCH_RESULTS, baseline, changes, 2, folder, &part, &faults), QON_OK);
    assert_int_equal(part.digest, bench("2", 1).digest);
    assert_true(figure(&part, "file_mb") > 0.1 && figure(&part, "months") == 2);
    char made[64];
    snprintf(made, sizeof made, "%s/a/b", folder); // folders that it makes itself go with their files
    assert_int_equal(qon_bench_world(QON_BENCH_RESULTS, baseline, changes, 2, made, &part, &faults), QON_OK);
    assert_int_equal(rmdir(folder), 0); // nothing is left behind in what was there before
    assert_int_equal(qon_bench_compare(baseline, "scenarios/diploma-to-village.json", changes, 2, &part, &faults), QON_OK);
    assert_true(figure(&part, "ratio") > 1 && figure(&part, "peak_gb") > 0);
}

static void memory_has_a_speed(void **state) {
    double speed = 0;
    assert_int_equal(qon_bench_memory_speed(&speed), QON_OK);
    assert_true(speed > 1e8 && speed < 1e13);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_months_asked_for_are_run_and_timed),  cmocka_unit_test(threads_do_not_change_the_digest_and_months_do),
        cmocka_unit_test(a_missing_scenario_is_the_users_mistake), cmocka_unit_test(the_report_has_a_line_for_each_phase),
        cmocka_unit_test(what_surrounds_the_months_is_timed),      cmocka_unit_test(memory_has_a_speed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
