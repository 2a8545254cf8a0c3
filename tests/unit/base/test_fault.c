// SPDX-License-Identifier: GPL-3.0-or-later
// Faults keep their place and their number; a misspelt name finds its like.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs those first
#include <cmocka.h>
#include <qonys/fault.h>
#include <string.h>

static void a_fault_tells_its_place_as_far_as_it_is_known(void **state) {
    struct qon_faults faults;
    qon_faults_init(&faults);
    assert_int_equal(qon_fault_add(&faults, (struct qon_place){"a.json", 3, 14, "choice.scale"}, "expected a number, got %s", "text"),
                     QON_USER);
    qon_fault_add(&faults, (struct qon_place){"a.json", 3, 0, NULL}, "one");
    qon_fault_add(&faults, (struct qon_place){"a.json", 0, 9, NULL}, "two");
    qon_fault_add(&faults, (struct qon_place){NULL, 0, 0, "--seed"}, "three");
    qon_fault_add(&faults, (struct qon_place){NULL, 0, 0, NULL}, "100 %% of it");
    assert_string_equal(faults.text[0], "a.json:3:14: choice.scale: expected a number, got text");
    assert_string_equal(faults.text[1], "a.json:3: one");
    assert_string_equal(faults.text[2], "a.json: two");
    assert_string_equal(faults.text[3], "--seed: three");
    assert_string_equal(faults.text[4], "100 % of it");
    assert_int_equal(faults.worst, QON_USER);
}

static void twenty_faults_are_kept_and_all_are_counted(void **state) {
    struct qon_faults faults;
    qon_faults_init(&faults);
    for (int i = 0; i < 1000; i++) {
        qon_fault_add(&faults, (struct qon_place){"t.csv", i + 1, 0, NULL}, "row %d", i);
    }
    assert_int_equal(faults.kept, QON_FAULTS_KEPT);
    assert_int_equal(faults.count, 1000);
    assert_string_equal(faults.text[0], "t.csv:1: row 0");
    assert_string_equal(faults.text[19], "t.csv:20: row 19");
}

static void a_failure_of_the_machine_is_told_even_after_twenty_faults(void **state) {
    struct qon_faults faults;
    qon_faults_init(&faults);
    for (int i = 0; i < 25; i++) {
        qon_fault_add(&faults, (struct qon_place){0}, "user");
    }
    assert_int_equal(qon_fault_machine(&faults, (struct qon_place){0}, "out of memory"), QON_MACHINE);
    assert_int_equal(faults.worst, QON_MACHINE);
    assert_int_equal(faults.count, 26);
    assert_string_equal(faults.text[19], "out of memory");
    qon_fault_add(&faults, (struct qon_place){0}, "user");
    assert_int_equal(faults.worst, QON_MACHINE);
    assert_string_equal(faults.text[19], "out of memory");
}

static void a_fault_without_a_collector_is_only_a_status(void **state) {
    assert_int_equal(qon_fault_add(NULL, (struct qon_place){0}, "dropped"), QON_USER);
    assert_int_equal(qon_fault_machine(NULL, (struct qon_place){0}, "dropped"), QON_MACHINE);
}

static void a_long_message_ends_with_a_whole_letter(void **state) {
    char text[2000] = "";
    for (int i = 0; i < 600; i++) {
        strcat(text, "қ"); // two bytes each
    }
    for (int shift = 0; shift < 2; shift++) { // an odd and an even place of the cut
        struct qon_faults faults;
        qon_faults_init(&faults);
        qon_fault_add(&faults, (struct qon_place){0}, "%s%s", shift ? "x" : "", text);
        size_t length = strlen(faults.text[0]);
        assert_in_range(length, QON_FAULT_TEXT_MAX - 3, QON_FAULT_TEXT_MAX - 1);
        assert_int_equal((length - (size_t)shift) % 2, 0);
        assert_memory_equal(faults.text[0] + shift, text, length - (size_t)shift);
    }
}

static void a_very_long_place_leaves_the_text_ended(void **state) {
    char path[3000];
    memset(path, 'p', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    struct qon_faults faults;
    qon_faults_init(&faults);
    qon_fault_add(&faults, (struct qon_place){path, 1, 1, path}, "message %s", path);
    assert_int_equal(strlen(faults.text[0]), QON_FAULT_TEXT_MAX - 1);
}

static void the_nearest_name_is_the_one_meant(void **state) {
    const char *names[] = {"income_weight", NULL, "rent_weight", "home_premium", "run"};
    assert_string_equal(qon_name_nearest("incom_weight", names, 5), "income_weight");
    assert_string_equal(qon_name_nearest("HOME_PREMIUM", names, 5), "home_premium");
    assert_string_equal(qon_name_nearest("homepremuim", names, 5), "home_premium");
    assert_string_equal(qon_name_nearest("rnu", names, 5), "run"); // neighbours swapped: one step, not two
    assert_string_equal(qon_name_nearest("rent_weight", names, 5), "rent_weight");
}

static void a_name_more_than_a_third_off_is_not_offered(void **state) {
    const char *names[] = {"income_weight", "run", "abcdef"};
    assert_null(qon_name_nearest("population", names, 3));
    assert_null(qon_name_nearest("", names, 3));
    assert_null(qon_name_nearest(NULL, names, 3));
    assert_null(qon_name_nearest("run", NULL, 0));
    assert_string_equal(qon_name_nearest("abcdxx", names, 3), "abcdef"); // two of six
    assert_null(qon_name_nearest("abcxxx", names, 3));                   // three of six
    char text[5000];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_null(qon_name_nearest(text, names, 3));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fault_tells_its_place_as_far_as_it_is_known),
        cmocka_unit_test(twenty_faults_are_kept_and_all_are_counted),
        cmocka_unit_test(a_failure_of_the_machine_is_told_even_after_twenty_faults),
        cmocka_unit_test(a_fault_without_a_collector_is_only_a_status),
        cmocka_unit_test(a_long_message_ends_with_a_whole_letter),
        cmocka_unit_test(a_very_long_place_leaves_the_text_ended),
        cmocka_unit_test(the_nearest_name_is_the_one_meant),
        cmocka_unit_test(a_name_more_than_a_third_off_is_not_offered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
