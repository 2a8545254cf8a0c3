// SPDX-License-Identifier: GPL-3.0-or-later
// The strict JSON reader: what it takes, what it refuses, and where it says things stand.
#include "../../../sim/input/json.h"
#include "../../../sim/input/text.h"
#include <locale.h>
#include <qonys/memory.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static const struct qon_json_source source = {"t.json", ""};

static enum qon_status parse(const char *text, size_t length, struct qon_json **out, struct qon_arena *arena, struct qon_faults *faults) {
    qon_faults_init(faults);
    return qon_json_parse(out, text, length, &source, arena, faults);
}

static void refuses_length(const char *text, size_t length, const char *message) {
    static struct qon_faults faults;
    struct qon_arena arena = {NULL};
    struct qon_json *node;
    assert_int_equal(parse(text, length, &node, &arena, &faults), QON_USER);
    assert_null(node);
    assert_int_equal(faults.count, 1);
    assert_string_equal(faults.text[0], message);
    qon_arena_free(&arena);
}

static void refuses(const char *text, const char *message) {
    refuses_length(text, strlen(text), message);
}

static void nodes_know_their_line_column_and_path(void **state) {
    static struct qon_faults faults;
    struct qon_arena arena = {NULL};
    struct qon_json *root;
    const char *text = "{\n  \"a\": [1, {\"қазақ\": true, \"b\": -2.5e1}],\n  \"c\": \"x\\u0436\\ud83d\\ude00\"\n}\n";
    assert_int_equal(parse(text, strlen(text), &root, &arena, &faults), QON_OK);
    assert_int_equal(root->line, 1);
    struct qon_json *b = qon_json_find(qon_json_find(root, "a")->last, "b");
    assert_int_equal(b->line, 2);
    assert_int_equal(b->key_column, 28); // letters, not bytes
    assert_int_equal(b->column, 33);
    assert_true(b->number == -25);
    assert_string_equal(b->text, "-2.5e1");
    char path[QON_JSON_PATH_MAX];
    qon_json_path(b, path);
    assert_string_equal(path, "a[1].b");
    assert_string_equal(qon_json_find(root, "c")->text, "xж😀");
    assert_int_equal(qon_json_find(root, "c")->line, 3);
    assert_true(qon_json_find(b->parent, "қазақ")->truth);
    qon_arena_free(&arena);
}

static void broken_grammar_is_refused_at_its_place(void **state) {
    refuses("", "t.json:1:1: the text ends too early, expected a value");
    refuses("{\"a\": 1,\n \"b\" 2}", "t.json:2:6: found '2', expected ':' after a key");
    refuses("[1, 2", "t.json:1:6: the text ends too early, expected ',' or ']'");
    refuses("[1 2]", "t.json:1:4: found '2', expected ',' or ']'");
    refuses("[1]]", "t.json:1:4: found ']', expected the end of the text");
    refuses("{a: 1}", "t.json:1:2: found 'a', expected a key in double quotes, or '}'");
    refuses("{'a': 1}", "t.json:1:2: found ''', expected a key in double quotes, or '}'");
    refuses("[nul]", "t.json:1:2: found 'n', expected a value");
    refuses("[NaN]", "t.json:1:2: found 'N', expected a value");
    refuses("[ж]", "t.json:1:2: found 'ж', expected a value");
    refuses("{\"a\": }", "t.json:1:7: found '}', expected a value");
}

static void comments_and_trailing_commas_are_refused(void **state) {
    refuses("{\n  // hello\n}", "t.json:2:3: comments are not JSON, expected a key in double quotes, or '}'");
    refuses("[1, /* x */ 2]", "t.json:1:5: comments are not JSON, expected a value");
    refuses("[1] # x", "t.json:1:5: comments are not JSON, expected the end of the text");
    refuses("[1,\n 2,\n]", "t.json:2:3: a comma after the last member");
    refuses("{\"a\": 1, }", "t.json:1:8: a comma after the last member");
    refuses("[,]", "t.json:1:2: found ',', expected a value");
}

static void numbers_follow_the_grammar(void **state) {
    refuses("[012]", "t.json:1:2: a number does not start with 0 (write 12, not 012)");
    refuses("[-012]", "t.json:1:2: a number does not start with 0 (write 12, not 012)");
    refuses("[1.]", "t.json:1:2: not a number, expected digits, and digits after a point or an e");
    refuses("[1.e3]", "t.json:1:2: not a number, expected digits, and digits after a point or an e");
    refuses("[-]", "t.json:1:2: not a number, expected digits, and digits after a point or an e");
    refuses("[1e]", "t.json:1:2: not a number, expected digits, and digits after a point or an e");
    refuses("[.5]", "t.json:1:2: found '.', expected a value");
    refuses("[+1]", "t.json:1:2: found '+', expected a value");
    refuses("[0x10]", "t.json:1:3: found 'x', expected ',' or ']'");
    refuses("[1e999]", "t.json:1:2: a number too large to be represented");
    refuses("[-1e999]", "t.json:1:2: a number too large to be represented");
    refuses("[1111111111222222222233333333334444444444555555555566666666667]", "t.json:1:2: a number of more than 60 letters");
}

static void texts_are_utf8_without_control_characters(void **state) {
    refuses("[\"a\nb\"]", "t.json:1:2: a text is not closed on its line");
    refuses("[\"abc", "t.json:1:2: a text is not closed");
    refuses("[\"a\tb\"]", "t.json:1:4: control character 0x09, expected it to be written as an escape");
    refuses_length("[\"a\0b\"]", 7, "t.json:1:4: control character 0x00, expected it to be written as an escape");
    refuses("[\"\\u0000\"]", "t.json:1:3: \\u0000 is not accepted in a text");
    refuses("[\"\\x41\"]", "t.json:1:3: unknown escape in a text, expected one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX");
    refuses("[\"\\u12g4\"]", "t.json:1:3: \\u must be followed by four hexadecimal digits");
    refuses("[\"\\ud800\"]", "t.json:1:3: lone surrogate: \\ud800 to \\udbff and \\udc00 to \\udfff come in pairs");
    refuses("[\"\\udc00\\ud800\"]", "t.json:1:3: lone surrogate: \\ud800 to \\udbff and \\udc00 to \\udfff come in pairs");
    refuses("[\"\\ud800\\u0041\"]", "t.json:1:3: lone surrogate: \\ud800 to \\udbff and \\udc00 to \\udfff come in pairs");
    refuses("[\"қ\xff\"]", "t.json:1:4: invalid UTF-8 (byte 0xff)");
    refuses("[\"\xc0\xaf\"]", "t.json:1:3: invalid UTF-8 (byte 0xc0)");         // overlong
    refuses("[\"\xe0\x80\xaf\"]", "t.json:1:3: invalid UTF-8 (byte 0xe0)");     // overlong
    refuses("[\"\xed\xa0\x80\"]", "t.json:1:3: invalid UTF-8 (byte 0xed)");     // surrogate
    refuses("[\"\xf4\x90\x80\x80\"]", "t.json:1:3: invalid UTF-8 (byte 0xf4)"); // above U+10FFFF
    refuses("[\"\xd0\"]", "t.json:1:3: invalid UTF-8 (byte 0xd0)");             // cut off
    refuses("\xff", "t.json:1:1: invalid UTF-8 (byte 0xff)");
}

static void keys_given_twice_are_refused_however_they_are_written(void **state) {
    refuses("{\"a\": 1,\n \"b\": {\"k\": 1, \"\\u006b\": 2}}", "t.json:2:16: b.k: the key is given twice, first in line 2");
    refuses("{\"a\": 1,\n \"a\": 2}", "t.json:2:2: a: the key is given twice, first in line 1");
}

static void nesting_ends_at_200(void **state) {
    char text[512];
    static struct qon_faults faults;
    struct qon_arena arena = {NULL};
    struct qon_json *root;
    memset(text, '[', 200);
    memset(text + 200, ']', 200);
    text[400] = '\0';
    assert_int_equal(parse(text, 400, &root, &arena, &faults), QON_OK);
    qon_arena_free(&arena);
    memset(text, '[', 201);
    memset(text + 201, ']', 201);
    text[402] = '\0';
    refuses(text, "t.json:1:201: nested more than 200 deep");
}

static void sixty_megabytes_of_brackets_are_refused_at_once(void **state) {
    size_t length = 60U << 20;
    char *text;
    assert_int_equal(qon_take(&text, length + 1, 1), QON_OK);
    memset(text, '[', length);
    clock_t start = clock();
    refuses_length(text, length, "t.json:1:201: nested more than 200 deep");
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 1);
    qon_free(text);
}

static void a_byte_order_mark_and_large_flat_texts_are_taken(void **state) {
    static struct qon_faults faults;
    struct qon_arena arena = {NULL};
    struct qon_json *root;
    size_t count = 200000;
    char *text;
    assert_int_equal(parse("\xef\xbb\xbf[7]", 6, &root, &arena, &faults), QON_OK);
    assert_int_equal(root->column, 1);
    assert_int_equal(qon_take(&text, count * 2 + 3, 1), QON_OK);
    text[0] = '[';
    for (size_t i = 0; i < count; i++) {
        text[1 + 2 * i] = '1';
        text[2 + 2 * i] = i + 1 < count ? ',' : ']';
    }
    assert_int_equal(parse(text, count * 2 + 1, &root, &arena, &faults), QON_OK);
    assert_int_equal(qon_json_count(root), count);
    assert_int_equal(root->last->column, 2 * count);
    qon_free(text);
    qon_arena_free(&arena);
}

static void a_flat_text_of_too_many_values_is_refused(void **state) {
    size_t count = QON_JSON_VALUES_MAX; // and the array itself
    char *text;
    assert_int_equal(qon_take(&text, count * 2 + 2, 1), QON_OK);
    text[0] = '[';
    for (size_t i = 0; i < count; i++) {
        text[1 + 2 * i] = '1';
        text[2 + 2 * i] = i + 1 < count ? ',' : ']';
    }
    refuses_length(text, count * 2 + 1, "t.json:1:8000000: more than 4000000 keys and values, the most that is read");
    qon_free(text);
}

static void a_path_counts_elements_also_after_one_is_removed(void **state) {
    static struct qon_faults faults;
    struct qon_arena arena = {NULL};
    struct qon_json *root;
    char path[QON_JSON_PATH_MAX];
    assert_int_equal(parse("[1, 2, {\"a\": [3]}]", 18, &root, &arena, &faults), QON_OK);
    qon_json_path(root->last->child->child, path);
    assert_string_equal(path, "[2].a[0]");
    qon_json_remove(root->child->next);
    qon_json_path(root->last->child->child, path);
    assert_string_equal(path, "[1].a[0]");
    qon_json_replace(root->child, root->last->child);
    qon_json_path(root->child->child, path);
    assert_string_equal(path, "[0][0]");
    qon_arena_free(&arena);
}

static void failing_memory_is_the_machines_fault(void **state) {
    static struct qon_faults faults;
    const char *text = "{\"a\": [1, 2, {\"b\": \"c\", \"d\": null}], \"e\": {\"f\": 1, \"g\": 2}}";
    int failed = 0;
    for (long after = 0;; after++) {
        struct qon_arena arena = {NULL};
        struct qon_json *root;
        qon_memory_fail_after(after);
        enum qon_status status = parse(text, strlen(text), &root, &arena, &faults);
        qon_memory_fail_after(-1);
        qon_arena_free(&arena);
        if (status == QON_OK) {
            break;
        }
        failed++;
        assert_int_equal(status, QON_MACHINE);
        assert_int_equal(faults.worst, QON_MACHINE);
    }
    assert_true(failed >= 3);
}

static void numbers_are_written_to_be_read_back_in_any_locale(void **state) {
    static const double numbers[] = {
        0, -0.0, 0.1, 1.0 / 3, 2269, 1e300, 5e-324, 123456789.123456789, -1.7976931348623157e308, 0.30000000000000004};
    setlocale(LC_ALL, "de_DE.UTF-8"); // a decimal comma, where it is installed
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        char text[32];
        double back;
        qon_number_format(numbers[i], text);
        assert_null(strchr(text, ','));
        assert_true(qon_number_parse(text, &back));
        assert_memory_equal(&back, &numbers[i], sizeof back);
    }
    setlocale(LC_ALL, "C");
    double number;
    assert_false(qon_number_parse("1,5", &number));
    assert_false(qon_number_parse(" 1", &number));
    assert_false(qon_number_parse("1 ", &number));
    assert_false(qon_number_parse("inf", &number));
    assert_false(qon_number_parse("", &number));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_know_their_line_column_and_path),
        cmocka_unit_test(broken_grammar_is_refused_at_its_place),
        cmocka_unit_test(comments_and_trailing_commas_are_refused),
        cmocka_unit_test(numbers_follow_the_grammar),
        cmocka_unit_test(texts_are_utf8_without_control_characters),
        cmocka_unit_test(keys_given_twice_are_refused_however_they_are_written),
        cmocka_unit_test(nesting_ends_at_200),
        cmocka_unit_test(sixty_megabytes_of_brackets_are_refused_at_once),
        cmocka_unit_test(a_byte_order_mark_and_large_flat_texts_are_taken),
        cmocka_unit_test(a_flat_text_of_too_many_values_is_refused),
        cmocka_unit_test(a_path_counts_elements_also_after_one_is_removed),
        cmocka_unit_test(failing_memory_is_the_machines_fault),
        cmocka_unit_test(numbers_are_written_to_be_read_back_in_any_locale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
