// SPDX-License-Identifier: GPL-3.0-or-later
// Months are read strictly and written back alike.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs those first
#include <cmocka.h>
#include <qonys/field.h>
#include <string.h>

static void months_count_from_1900(void **state) {
    assert_int_equal(qon_month_parse("1900-01"), 0);
    assert_int_equal(qon_month_parse("1900-12"), 11);
    assert_int_equal(qon_month_parse("2017-01"), 117 * 12);
}

static void every_month_comes_back_as_it_was(void **state) {
    char text[16];
    for (int32_t month = 0; month < 8100 * 12; month++) {
        qon_month_format(month, text);
        assert_int_equal(strlen(text), 7);
        assert_int_equal(qon_month_parse(text), month);
    }
}

static void months_before_1900_and_the_farthest_can_be_written(void **state) {
    char text[16];
    qon_month_format(-1, text);
    assert_string_equal(text, "1899-12");
    qon_month_format(-12, text);
    assert_string_equal(text, "1899-01");
    qon_month_format(-13, text);
    assert_string_equal(text, "1898-12");
    qon_month_format(INT32_MAX, text);
    assert_string_equal(text, "178958870-08");
    qon_month_format(INT32_MIN + 11, text);
    assert_string_equal(text, "-178955070-04");
}

static void a_malformed_month_is_refused(void **state) {
    const char *wrong[] = {"",        "2017",     "2017-",    "2017-1",   "2017-00", "2017-13", "2017-1a", "1899-12", "17-01",
                           "2017/01", "2017-011", " 2017-01", "2017-01 ", "+017-01", "-017-01", "201 -01", "2017--1", "٢٠١٧-٠١"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(qon_month_parse(wrong[i]), -1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(months_count_from_1900),
        cmocka_unit_test(every_month_comes_back_as_it_was),
        cmocka_unit_test(months_before_1900_and_the_farthest_can_be_written),
        cmocka_unit_test(a_malformed_month_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
