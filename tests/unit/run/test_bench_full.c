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

static struct qon_bench_full bench(const char *months, int threads) {
    struct qon_faults faults;
    struct qon_bench_full result;
    const struct qon_override changes[] = {{"months", months}, {"scale", "2000"}};
    qon_faults_init(&faults);
    qon_par_threads_set(threads);
    enum qon_status status = qon_bench_full("scenarios/baseline.json", changes, 2, false, &result, &faults);
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
    assert_int_equal(qon_bench_full("scenarios/nowhere.json", NULL, 0, false, &result, &faults), QON_USER);
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_months_asked_for_are_run_and_timed),
        cmocka_unit_test(threads_do_not_change_the_digest_and_months_do),
        cmocka_unit_test(a_missing_scenario_is_the_users_mistake),
        cmocka_unit_test(the_report_has_a_line_for_each_phase),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
