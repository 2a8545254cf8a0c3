// SPDX-License-Identifier: GPL-3.0-or-later
// Parallel loops visit every item once and give one result for any number of threads and any order of chunks.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs those first
#include <cmocka.h>
#include <math.h>
#include <qonys/explog.h>
#include <qonys/par.h>
#include <qonys/random.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ITEMS = 100003, CHUNK = 1000, CHUNKS = ITEMS / CHUNK + 1 };

struct work {
    _Atomic int visits[ITEMS];
    double chunk_sum[CHUNKS];
    int64_t order[CHUNKS]; // begin of the n-th chunk started
    atomic_int started;
    atomic_int wrong; // chunks or threads outside their limits
    int64_t count;
    int64_t chunk;
};

static void body(void *context, int64_t begin, int64_t end, int thread) {
    struct work *work = context;
    if (begin % work->chunk != 0 || end <= begin || end > work->count || end - begin > work->chunk || thread < 0 ||
        thread >= qon_par_threads()) {
        atomic_fetch_add(&work->wrong, 1);
        return;
    }
    work->order[atomic_fetch_add(&work->started, 1)] = begin;
    double sum = 0;
    for (int64_t i = begin; i < end; i++) {
        atomic_fetch_add(&work->visits[i], 1);
        sum += qon_exp(-10 * qon_draw_unit(5, (uint64_t)i, 0));
    }
    work->chunk_sum[begin / work->chunk] = sum;
}

static double run(struct work *work, int threads, const char *shuffle, int64_t count, int64_t chunk) {
    memset(work, 0, sizeof *work);
    work->count = count;
    work->chunk = chunk;
    if (shuffle == NULL) {
        unsetenv("QONYS_PAR_SHUFFLE");
    } else {
        setenv("QONYS_PAR_SHUFFLE", shuffle, 1);
    }
    qon_par_threads_set(threads);
    qon_par_for(count, chunk, body, work);
    unsetenv("QONYS_PAR_SHUFFLE");
    double sum = 0;
    for (int64_t i = 0; i < (count + chunk - 1) / chunk; i++) {
        sum += work->chunk_sum[i];
    }
    assert_int_equal(work->wrong, 0);
    for (int64_t i = 0; i < ITEMS; i++) {
        assert_int_equal(work->visits[i], i < count);
    }
    return sum;
}

static void the_result_is_the_same_for_any_threads_and_any_order(void **state) {
    struct work *work = malloc(sizeof *work);
    double want = run(work, 1, NULL, ITEMS, CHUNK);
    assert_true(want > 0);
    const char *shuffles[] = {NULL, "1", "2", "987654321"};
    for (int threads = 1; threads <= 4; threads *= 2) {
        for (int i = 0; i < 4; i++) {
            double got = run(work, threads, shuffles[i], ITEMS, CHUNK);
            assert_memory_equal(&got, &want, sizeof got);
        }
    }
    free(work);
}

static void shuffling_does_change_the_order(void **state) {
    struct work *work = malloc(sizeof *work);
    int64_t order[3][CHUNKS];
    const char *shuffles[3] = {NULL, "1", "2"};
    for (int i = 0; i < 3; i++) {
        run(work, 1, shuffles[i], ITEMS, CHUNK);
        memcpy(order[i], work->order, sizeof order[i]);
    }
    for (int i = 0; i < CHUNKS; i++) {
        assert_int_equal(order[0][i], (int64_t)i * CHUNK);
    }
    assert_memory_not_equal(order[0], order[1], sizeof order[0]);
    assert_memory_not_equal(order[1], order[2], sizeof order[0]);
    free(work);
}

static void every_count_of_chunks_is_covered(void **state) {
    struct work *work = malloc(sizeof *work);
    const int64_t counts[] = {0, 1, 2, 3, 4, 5, 7, 16, 17, 63, 64, 65, 100};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        run(work, 2, NULL, counts[i], 1);
        run(work, 2, "7", counts[i], 1);
        run(work, 2, "7", counts[i], 5);
    }
    run(work, 2, NULL, 100, ITEMS); // one chunk, shorter than asked
    qon_par_for(-5, 1, body, work);
    assert_int_equal(work->started, 1);
    free(work);
}

struct outer {
    atomic_long inner;
    atomic_int wrong;
};

static void inner_body(void *context, int64_t begin, int64_t end, int thread) {
    struct outer *outer = ((void **)context)[0];
    if (thread != *(int *)((void **)context)[1]) {
        atomic_fetch_add(&outer->wrong, 1);
    }
    atomic_fetch_add(&outer->inner, end - begin);
}

static void outer_body(void *context, int64_t begin, int64_t end, int thread) {
    void *both[2] = {context, &thread};
    qon_par_for(10, 3, inner_body, both);
}

static void a_loop_inside_a_loop_stays_on_its_thread(void **state) {
    struct outer outer = {0};
    qon_par_threads_set(4);
    qon_par_for(50, 1, outer_body, &outer);
    assert_int_equal(outer.inner, 500);
    assert_int_equal(outer.wrong, 0);
}

static void the_number_of_threads_is_clamped(void **state) {
    qon_par_threads_set(3);
    assert_int_equal(qon_par_threads(), 3);
    qon_par_threads_set(100000);
    assert_int_equal(qon_par_threads(), 256);
    qon_par_threads_set(0);
    assert_in_range(qon_par_threads(), 1, 256);
    qon_par_threads_set(-1);
    assert_in_range(qon_par_threads(), 1, 256);
}

static void clocks_go_forward(void **state) {
    double wall = qon_time_wall();
    double cpu = qon_time_cpu();
    volatile uint32_t work = 0;
    for (uint32_t i = 0; i < 3000000; i++) {
        work = work * 3 + i;
    }
    assert_true(qon_time_wall() > wall);
    assert_true(qon_time_cpu() > cpu);
    assert_true(qon_time_wall() - wall < 60);
}

static void environment(const char *name, const char *value) {
    if (value == NULL) {
        unsetenv(name);
    } else {
        setenv(name, value, 1);
    }
}

// Starts this program again with these in the environment (NULL: nothing there); it tells which policy it finds by its exit code.
static int policy_seen(const char *policy, const char *bind) {
    pid_t child = fork();
    if (child == 0) {
        char *argv[] = {(char *)(uintptr_t) "test_par", (char *)(uintptr_t) "policy", NULL};
        environment("OMP_WAIT_POLICY", policy);
        environment("OMP_PROC_BIND", bind);
        execv("/proc/self/exe", argv);
        _exit(99);
    }
    int status = 0;
    assert_true(waitpid(child, &status, 0) == child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int policy_tell(char **argv) {
    qon_par_wait_passive(argv);
    const char *policy = getenv("OMP_WAIT_POLICY");
    return policy == NULL ? 3 : strcmp(policy, "passive") == 0 ? 4 : strcmp(policy, "active") == 0 ? 5 : 6;
}

static void waiting_is_passive_unless_the_user_says_otherwise(void **state) {
    assert_int_equal(policy_seen(NULL, NULL), 4);
    assert_int_equal(policy_seen("passive", NULL), 4);
    assert_int_equal(policy_seen("active", NULL), 5);
    assert_int_equal(policy_seen(NULL, "true"), 3); // a thread that is bound to a processor would stay alone there in a new start
}

int main(int argc, char **argv) {
    if (argc > 1) {
        return policy_tell(argv);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_result_is_the_same_for_any_threads_and_any_order),
        cmocka_unit_test(shuffling_does_change_the_order),
        cmocka_unit_test(every_count_of_chunks_is_covered),
        cmocka_unit_test(a_loop_inside_a_loop_stays_on_its_thread),
        cmocka_unit_test(the_number_of_threads_is_clamped),
        cmocka_unit_test(waiting_is_passive_unless_the_user_says_otherwise),
        cmocka_unit_test(clocks_go_forward),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
