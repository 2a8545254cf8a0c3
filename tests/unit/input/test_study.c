// SPDX-License-Identifier: GPL-3.0-or-later
// Studies: what is read, and what is refused with which words.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs those first
#include <cmocka.h>

#include "scratch.h"
#include <qonys/memory.h>
#include <qonys/plan.h>
#include <stdio.h>
#include <string.h>

static const char whole[] =
    "{\"qonys_study\": 1, \"name\": \"all\", \"title\": {\"en\": \"All\", \"ru\": \"Всё\"},\n"
    " \"scenarios\": [\"a.json\", \"/b.json\"], \"scale\": 100, \"months\": 24,\n"
    " \"set\": {\"choice.home_premium\": 1.5, \"programmes.p\": null},\n"
    " \"axes\": [{\"path\": \"x.list\", \"values\": [1, \"two\", true, {\"value\": 3}]},\n"
    "          {\"name\": \"steps\", \"path\": \"x.steps\", \"from\": 0, \"to\": 1, \"steps\": 5},\n"
    "          {\"path\": \"x.whole\", \"from\": 1, \"to\": 6, \"whole\": true}],\n"
    " \"design\": {\"latin_hypercube\": 10, \"seed\": 5}, \"replicates\": 3,\n"
    " \"record\": {\"series\": \"end\", \"zones\": false, \"flows\": false, \"programmes\": false, \"indicators\": [\"births\"]}}";

struct loaded {
    char folder[SCRATCH_PATH_MAX];
    char file[SCRATCH_PATH_MAX];
    struct qon_study study;
    struct qon_faults faults;
    enum qon_status status;
};

static void load(struct loaded *loaded, const char *text) {
    scratch_make(loaded->folder);
    scratch_path(loaded->file, loaded->folder, "study.json");
    scratch_text(loaded->folder, "study.json", text);
    qon_faults_init(&loaded->faults);
    loaded->status = qon_study_load(&loaded->study, loaded->file, &loaded->faults);
}

static void unload(struct loaded *loaded) {
    qon_study_free(&loaded->study);
    scratch_remove(loaded->folder);
}

static void everything_is_read(void **state) {
    struct loaded l;
    char path[SCRATCH_PATH_MAX];
    load(&l, whole);
    const struct qon_study *s = &l.study;
    if (l.status != QON_OK) {
        fail_msg("%s", l.faults.text[0]);
    }
    scratch_path(path, l.folder, "a.json");
    assert_string_equal(s->name, "all");
    assert_string_equal(s->title[QON_RU], "Всё");
    assert_int_equal(s->scenarios, 2);
    assert_string_equal(s->scenario[0], path);
    assert_string_equal(s->scenario[1], "/b.json");
    assert_int_equal(s->fixed, 4);
    assert_string_equal(s->fixed_path[0], "scale");
    assert_string_equal(s->fixed_value[1], "24");
    assert_string_equal(s->fixed_value[3], "null");
    assert_int_equal(s->fixed_line[2], 3);
    assert_int_equal(s->axes, 3);
    assert_string_equal(s->axis[0].name, "x.list");
    assert_int_equal(s->axis[0].values, 4);
    assert_string_equal(s->axis[0].value[1], "\"two\"");
    assert_string_equal(s->axis[0].value[2], "true");
    assert_non_null(strstr(s->axis[0].value[3], "\"value\": 3"));
    static const char *const steps[] = {"0", "0.25", "0.5", "0.75", "1"};
    for (int i = 0; i < 5; i++) {
        assert_string_equal(s->axis[1].value[i], steps[i]);
    }
    assert_int_equal(s->axis[2].values, 0);
    assert_true(s->axis[2].whole && s->axis[2].from == 1 && s->axis[2].to == 6);
    assert_int_equal(s->design, QON_DESIGN_LATIN);
    assert_true(s->points == 10 && s->design_seed == 5 && s->replicates == 3);
    assert_true(s->selection.series == QON_RECORD_END && s->selection.country_only && s->selection.no_flows && s->selection.no_programmes);
    assert_string_equal(s->selection.indicator[0], "births");
    unload(&l);
}

static void without_a_word_one_run_is_recorded_whole(void **state) {
    struct loaded l;
    load(&l, "{\"qonys_study\": 1, \"name\": \"n\", \"scenarios\": [\"a.json\"]}");
    assert_int_equal(l.status, QON_OK);
    assert_true(l.study.axes == 0 && l.study.points == 1 && l.study.replicates == 1 && l.study.fixed == 0);
    struct qon_selection everything = {0};
    assert_memory_equal(&l.study.selection, &everything, sizeof everything);
    unload(&l);
}

// One change of the study above, and the one fault that it must bring.
struct spoil {
    const char *old, *by, *says;
};

static void each_mistake_is_told_with_its_place_and_nothing_else(void **state) {
    static const struct spoil spoils[] = {
        {"\"qonys_study\": 1", "\"qonys_study\": 2", ":1:17: qonys_study: is 2, expected 1, the only version of the format"},
        {"\"qonys_study\": 1, ", "", ":1:1: qonys_study: is missing, expected \"qonys_study\": 1, the version of the format"},
        {"\"name\": \"all\"", "\"name\": \"a b\"",
         ":1:28: name: is the text \"a b\", expected a name of up to 64 letters a-z, A-Z, digits, - and _"},
        {"\"replicates\"", "\"replicate\"", ":7:48: replicate: there is no such key (did you mean replicates?)"},
        {"\"replicates\": 3", "\"replicates\": 0", ":7:62: replicates: is 0, expected a whole number from 1 to 100000"},
        {"[\"a.json\", \"/b.json\"]", "[]", ":2:15: scenarios: is an array, expected an array of paths of scenario files"},
        {"\"a.json\"", "7", ":2:16: scenarios[0]: is 7, expected the path of a scenario file"},
        {"[1, \"two\", true, {\"value\": 3}]", "[]", ":4:40: axes[0].values: is an array, expected an array of at least one value"},
        {"\"two\"", "1", ":4:44: axes[0].values[1]: is 1, expected each value once"},
        {"\"x.steps\"", "\"x.list\"", ":5:37: axes[1].path: is the text \"x.list\", expected each setting in one axis"},
        {"\"x.steps\"", "\"scale\"", ":5:37: axes[1].path: is the text \"scale\", expected a setting that is not set for all runs too"},
        {"\"path\": \"x.steps\", ", "", ":5:11: axes[1].path: is missing, expected the path of a setting, such as choice.home_premium"},
        {"\"to\": 1, ", "", ":5:11: axes[1].to: is missing, expected the end of a range (from and to), or values"},
        {"\"to\": 1,", "\"to\": 0,", ":5:65: axes[1].to: is 0, expected more than \"from\""},
        {"\"steps\": 5", "\"steps\": 1", ":5:77: axes[1].steps: is 1, expected a whole number from 2 to 100000"},
        {"\"from\": 1,", "\"from\": 1.5,", ":6:39: axes[2].from: is 1.5, expected whole numbers as ends of a range of whole numbers"},
        {"\"values\": [1,", "\"from\": 2, \"values\": [1,", ":4:38: axes[0].from: is 2, expected either values, or from and to"},
        {"\"latin_hypercube\": 10", "\"latin_hypercube\": 10, \"sobol\": 3",
         ":7:12: design: is an object, expected \"grid\", {\"latin_hypercube\": N} or {\"sobol\": N}"},
        {"\"latin_hypercube\": 10", "\"sobol\": 10", ":7:34: design.seed: is 5, expected none: a Sobol sequence is not random"},
        {"\"design\": {\"latin_hypercube\": 10, \"seed\": 5}, ", "",
         ":1:1: design: is missing, expected it, or \"steps\", where an axis has a range (\"from\", \"to\")"},
        {"\"whole\": true", "\"steps\": 2", ":7:12: design: is an object, expected an axis with \"from\" and \"to\" to sample"},
        {"\"latin_hypercube\": 10", "\"latin_hypercube\": 1000000", ": has 120000000 runs, expected at most 1000000"},
        {"\"series\": \"end\"", "\"series\": \"ends\"",
         ":8:23: record.series: is the text \"ends\", expected \"months\", \"years\" or \"end\""},
        {"\"zones\": false", "\"zones\": 0", ":8:39: record.zones: is 0, expected true or false"},
        {"[\"births\"]", "[]",
         ":8:97: record.indicators: is an array, expected an array of names of indicators (qonys describe indicators)"},
        {"\"set\": {", "\"set\": [], \"title\": {", ":3:13: title: "},
        {"\"qonys_study\": 1, ", "\"qonys_study\": 1,, ", ":1:19: "},
    };
    int wrong = 0;
    for (size_t i = 0; i < sizeof spoils / sizeof spoils[0]; i++) {
        struct loaded l;
        char text[sizeof whole + 400];
        const char *at = strstr(whole, spoils[i].old);
        assert_non_null(at);
        snprintf(text, sizeof text, "%.*s%s%s", (int)(at - whole), whole, spoils[i].by, at + strlen(spoils[i].old));
        load(&l, text);
        assert_int_equal(l.status, QON_USER);
        assert_null(l.study.name);
        const char *said = l.faults.text[0] + strlen(l.file);
        if (l.faults.count != 1 || strncmp(said, spoils[i].says, strlen(spoils[i].says)) != 0) {
            print_message("%ld faults for %s, said: %s\n", l.faults.count, spoils[i].by, said);
            wrong++;
        }
        unload(&l);
    }
    assert_int_equal(wrong, 0);
}

static void all_mistakes_are_told_at_once(void **state) {
    struct loaded l;
    load(&l, "{\"qonys_study\": 1, \"name\": 1, \"axes\": [{\"pat\": \"a\"}, 5], \"record\": {\"serie\": 1}}");
    assert_int_equal(l.status, QON_USER);
    assert_int_equal(l.faults.count, 8); // name, scenarios, pat, path, from, to, 5, serie
    unload(&l);
}

static void failing_memory_leaves_nothing_behind(void **state) {
    static const struct qon_study zeroed;
    char folder[SCRATCH_PATH_MAX], file[SCRATCH_PATH_MAX];
    scratch_make(folder);
    scratch_text(folder, "study.json", whole);
    scratch_path(file, folder, "study.json");
    enum qon_status status = QON_MACHINE;
    int failed = 0;
    for (long after = 0; status != QON_OK && after < 10000; after++) {
        struct qon_study study;
        struct qon_faults faults;
        qon_faults_init(&faults);
        qon_memory_fail_after(after);
        status = qon_study_load(&study, file, &faults);
        qon_memory_fail_after(-1);
        if (status != QON_OK) {
            assert_int_equal(status, QON_MACHINE);
            assert_memory_equal(&study, &zeroed, sizeof zeroed);
            failed++;
        }
        qon_study_free(&study);
    }
    assert_true(status == QON_OK && failed > 30);
    scratch_remove(folder);
}

static void the_shipped_study_is_read(void **state) {
    struct qon_study study;
    struct qon_faults faults;
    qon_faults_init(&faults);
    if (qon_study_load(&study, QON_SOURCE_DIR "/scenarios/study-grant-awareness.json", &faults) != QON_OK) {
        fail_msg("%s", faults.text[0]);
    }
    for (int language = 0; language < QON_LANGUAGES; language++) {
        assert_non_null(study.title[language]);
    }
    assert_int_equal(study.axes, 2);
    qon_study_free(&study);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_read),
        cmocka_unit_test(without_a_word_one_run_is_recorded_whole),
        cmocka_unit_test(each_mistake_is_told_with_its_place_and_nothing_else),
        cmocka_unit_test(all_mistakes_are_told_at_once),
        cmocka_unit_test(failing_memory_leaves_nothing_behind),
        cmocka_unit_test(the_shipped_study_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
