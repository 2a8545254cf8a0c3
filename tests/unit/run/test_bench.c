// SPDX-License-Identifier: GPL-3.0-or-later
// The relocation bench does on both sides what its header says, and ours gives the same for every number of threads and instruction set.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs those first
#include <cmocka.h>
#include <math.h>
#include <qonys/bench.h>
#include <qonys/kernels.h>
#include <qonys/memory.h>
#include <qonys/par.h>
#include <stdlib.h>
#include <string.h>

static struct qon_bench_relocation bench(int64_t persons, int32_t months, bool plain) {
    struct qon_faults faults;
    struct qon_bench_relocation result;
    struct qon_bench_options options = {persons, months, 1, 20170929, plain};
    qon_faults_init(&faults);
    assert_int_equal(qon_bench_relocation(&options, &result, &faults), QON_OK);
    return result;
}

static void both_sides_move_alike(void **state) {
    enum { PERSONS = 1000000 };
    struct qon_bench_relocation result = bench(PERSONS, 60, true);
    const struct qon_bench_side *sides[] = {&result.ours, &result.plain};
    for (int s = 0; s < 2; s++) {
        int64_t people = 0;
        assert_true(fabs((double)sides[s]->considered / PERSONS - 1) < 0.005); // 60 months at 1/60
        assert_true(fabs((double)sides[s]->moves / (double)sides[s]->considered - 0.55) < 0.02);
        for (int r = 0; r < QON_BENCH_REGIONS; r++) {
            people += sides[s]->residents[r];
        }
        assert_int_equal(people, PERSONS);
        assert_true(sides[s]->ns_cpu > 0);
    }
    for (int r = 0; r < QON_BENCH_REGIONS; r++) {
        double here = (double)result.ours.residents[r] / PERSONS, there = (double)result.plain.residents[r] / PERSONS;
        assert_true(fabs(here - there) < 0.01 * there + 3 * sqrt(2 * there / PERSONS)); // 1 %, and chance
    }
}

static void threads_and_instruction_sets_do_not_change_who_lives_where(void **state) {
    const char *const names[] = {"plain", "v2", "v3", "v4"};
    enum { PERSONS = 300001 }; // the last chunk is not full
    qon_par_threads_set(1);
    uint64_t digest = bench(PERSONS, 24, false).ours.digest;
    for (int n = 0; n < 4; n++) {
        setenv("QONYS_ISA", names[n], 1);
        for (int threads = 1; qon_kernels_named(names[n]) != NULL && threads <= 4; threads *= 2) {
            qon_par_threads_set(threads);
            struct qon_bench_relocation result = bench(PERSONS, 24, false);
            assert_string_equal(result.isa, names[n]);
            assert_int_equal(result.ours.digest, digest);
        }
    }
    unsetenv("QONYS_ISA");
    qon_par_threads_set(1);
    assert_int_not_equal(bench(PERSONS, 23, false).ours.digest, digest);
    qon_par_threads_set(0);
}

static void tiny_towns_run(void **state) {
    for (int64_t persons = 1; persons < 200; persons += 66) {
        struct qon_bench_relocation result = bench(persons, 12, true);
        assert_true(result.ours.moves <= result.ours.considered);
        assert_true(result.plain.moves <= result.plain.considered);
    }
}

static void options_out_of_range_are_the_users_mistake(void **state) {
    const struct qon_bench_options wrong[] = {
        {0, 60, 1, 1, false}, {1LL << 40, 60, 1, 1, false}, {1, 0, 1, 1, false}, {1, 60, 0, 1, false}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct qon_faults faults;
        struct qon_bench_relocation result;
        qon_faults_init(&faults);
        assert_int_equal(qon_bench_relocation(&wrong[i], &result, &faults), QON_USER);
        assert_int_equal(faults.kept, 1);
        assert_int_equal(strncmp(faults.text[0], "--", 2), 0);
    }
}

static void lack_of_memory_is_told(void **state) {
    const struct qon_bench_options options = {1000, 2, 1, 1, true};
    int failures = 0;
    for (long after = 0; after < 40; after++) {
        struct qon_faults faults;
        struct qon_bench_relocation result;
        qon_faults_init(&faults);
        qon_memory_fail_after(after);
        enum qon_status status = qon_bench_relocation(&options, &result, &faults);
        qon_memory_fail_after(-1);
        if (status == QON_OK) {
            break;
        }
        failures++;
        assert_int_equal(status, QON_MACHINE);
        assert_int_equal(faults.kept, 1);
    }
    assert_in_range(failures, 8, 39);
}

static void reports_hold_the_figures(void **state) {
    const struct qon_bench_options options = {1000, 60, 1, 1, true};
    struct qon_bench_relocation result = {.ours = {.ns_cpu = 2, .considered = 100, .moves = 55, .digest = 0xabc}, .plain = {.ns_cpu = 8}};
    result.isa = "v3";
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    qon_bench_relocation_write(&options, &result, false, out);
    qon_bench_relocation_write(&options, &result, true, out);
    fclose(out);
    assert_non_null(strstr(text, "\nratio: 0.2500\n"));
    assert_non_null(strstr(text, "\nmoves_per_consideration: 0.5500\n"));
    assert_non_null(strstr(text, "\nstate_digest: 0000000000000abc\n"));
    assert_non_null(strstr(text, "{\"bench\": \"relocation\", \"machine\": \""));
    assert_non_null(strstr(text, "\"isa\": \"v3\""));
    assert_non_null(strstr(text, "\"state_digest\": \"0000000000000abc\"}\n"));
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_sides_move_alike),  cmocka_unit_test(threads_and_instruction_sets_do_not_change_who_lives_where),
        cmocka_unit_test(tiny_towns_run),         cmocka_unit_test(options_out_of_range_are_the_users_mistake),
        cmocka_unit_test(lack_of_memory_is_told), cmocka_unit_test(reports_hold_the_figures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
