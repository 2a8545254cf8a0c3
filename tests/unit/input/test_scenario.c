// SPDX-License-Identifier: GPL-3.0-or-later
// Scenarios that are good: values, defaults, sources, inheritance, --set, what is written down again.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs those first
#include <cmocka.h>

#include "loading.h"
#include <math.h>

static void a_whole_scenario_is_read(void **state) {
    struct loading loading;
    loading_make(&loading);
    loading_good(&loading, NULL, 0);
    const struct qon_scenario *scenario = &loading.scenario;
    assert_string_equal(scenario->name, "made_up_3");
    assert_string_equal(scenario->file, loading.file);
    assert_string_equal(scenario->title[QON_KK], "Ойдан шығарылған ел");
    assert_int_equal(scenario->start, (2017 - 1900) * 12);
    assert_int_equal(scenario->months, 12);
    assert_int_equal(scenario->seed, 20170929);
    assert_int_equal(scenario->scale, 1);
    assert_true(scenario->settings.labour.matching_elasticity == 0.6);
    assert_true(scenario->settings.choice.income_weight == 1.36); // its default
    assert_true(scenario->settings.feedback.markets);
    assert_int_equal(scenario->tables.zones.rows, 3);
    assert_string_equal(scenario->tables.zones.id[1], "R0000-R");
    assert_int_equal(scenario->tables.zones.region[2], 1);
    assert_int_equal(scenario->tables.zones.persons[0] + scenario->tables.zones.persons[1] + scenario->tables.zones.persons[2], 10000);
    assert_true(scenario->tables.zones.mobility[0] == 1); // the column is absent
    assert_true(scenario->tables.zones.local_moves[0]);
    assert_int_equal(scenario->tables.schedules.rows, 202);
    assert_int_equal(qon_steps_at(&scenario->mci, (2017 - 1900) * 12 + 11), 226900);
    assert_int_equal(qon_steps_at(&scenario->mci, (2018 - 1900) * 12), 240500);
    assert_int_equal(qon_steps_at(&scenario->minimum_wage, scenario->start), 2445900);
    loading_free(&loading);
}

static void boundaries_are_rings_by_region(void **state) {
    struct loading loading;
    loading_make(&loading);
    loading_good(&loading, NULL, 0);
    const struct qon_boundaries *boundaries = &loading.scenario.boundaries;
    assert_int_equal(boundaries->regions, 2);
    assert_int_equal(boundaries->parts, 3);
    assert_int_equal(boundaries->region_part[1], 2); // the first region has a lake
    assert_int_equal(boundaries->region_part[2], 3);
    assert_true(boundaries->part_outer[0] && !boundaries->part_outer[1] && boundaries->part_outer[2]);
    assert_int_equal(boundaries->part_point[1], 5);
    assert_int_equal(boundaries->part_point[2], 9);
    assert_int_equal(boundaries->part_point[3], 14);
    for (int part = 0; part < 3; part++) {
        int first = boundaries->part_point[part];
        int last = boundaries->part_point[part + 1] - 1;
        assert_true(boundaries->lon_deg[first] == boundaries->lon_deg[last] && boundaries->lat_deg[first] == boundaries->lat_deg[last]);
    }
    loading_free(&loading);
}

static void a_thousand_zones_are_read(void **state) {
    struct loading loading;
    loading_make(&loading);
    assert_int_equal(make_country(1000, 18000000, loading.folder), 0);
    loading_good(&loading, NULL, 0);
    assert_int_equal(loading.scenario.tables.zones.rows, 1000);
    assert_int_equal(loading.scenario.tables.sector_shares.rows, 6000);
    assert_int_equal(loading.scenario.boundaries.regions, 500);
    int64_t persons = 0;
    for (int zone = 0; zone < 1000; zone++) {
        persons += loading.scenario.tables.zones.persons[zone];
        assert_int_equal(loading.scenario.tables.zones.region[zone], zone / 2);
    }
    assert_int_equal(persons, 18000000);
    loading_free(&loading);
}

static void seeds_are_exact_to_the_last_digit(void **state) {
    static const struct {
        const char *given;
        uint64_t seed;
    } seeds[] = {{"18446744073709551615", UINT64_MAX},
                 {"\"18446744073709551615\"", UINT64_MAX},
                 {"9007199254740993", 9007199254740993},
                 {"0", 0},
                 {"1e3", 1000},
                 {"{\"value\": 7, \"source\": \"x\"}", 7}};
    struct loading loading;
    loading_make(&loading);
    for (size_t i = 0; i < sizeof seeds / sizeof seeds[0]; i++) {
        struct qon_override override = {"seed", seeds[i].given};
        loading_good(&loading, &override, 1);
        assert_true(loading.scenario.seed == seeds[i].seed);
    }
    loading_free(&loading);
}

static void extending_merges_by_key_and_by_name_and_null_removes(void **state) {
    struct loading loading;
    loading_make(&loading);
    scratch_replace(
        loading.folder, "scenario.json", "\"programmes\": []",
        "\"choice\": {\"home_premium\": {\"value\": 2, \"source\": \"base\"}, \"kin_weight\": 3},\n"
        "\"programmes\": [{\"name\": \"grant\", \"quota\": 10, \"from\": \"2017-01\"}, {\"name\": \"loan\"}, {\"name\": \"old\"}]");
    scratch_text(loading.folder, "middle.json",
                 "{\"qonys\": 1, \"extends\": \"scenario.json\", \"name\": \"middle\", \"months\": 24,"
                 " \"choice\": {\"home_premium\": {\"value\": 2.5}, \"kin_weight\": null},"
                 " \"programmes\": [{\"name\": \"grant\", \"quota\": 20}, {\"name\": \"new\"}]}");
    scratch_text(loading.folder, "top.json",
                 "{\"qonys\": 1, \"extends\": \"middle.json\", \"name\": \"top\", \"programmes\": {\"old\": null, \"loan\": "
                 "{\"take_up_month\": 0.25}}}");
    scratch_path(loading.file, loading.folder, "top.json");
    loading_good(&loading, NULL, 0);
    assert_string_equal(loading.scenario.name, "top");
    assert_int_equal(loading.scenario.months, 24);
    assert_true(loading.scenario.settings.choice.home_premium == 2.5);
    assert_true(loading.scenario.settings.choice.kin_weight == 1);
    assert_null(strstr(loading.scenario.effective, "\"base\"")); // the old source does not stand by the new value
    const char *programmes = strstr(loading.scenario.effective, "\"programmes\"");
    assert_non_null(programmes);
    const struct qon_programmes *read = &loading.scenario.programmes;
    assert_int_equal(read->count, 3);
    assert_string_equal(read->row[0].name, "grant");
    assert_int_equal(read->row[0].quotas[0].places, 20);
    assert_int_equal(read->row[0].from, (2017 - 1900) * 12);
    assert_string_equal(read->row[1].name, "loan");
    assert_true(read->row[1].take_up_month == 0.25);
    assert_string_equal(read->row[2].name, "new");
    assert_non_null(strstr(programmes, "\"quota\": 20"));
    assert_non_null(strstr(programmes, "\"take_up_month\": 0.25"));
    assert_non_null(strstr(programmes, "\"name\": \"new\""));
    assert_null(strstr(programmes, "\"name\": \"old\""));
    loading_free(&loading);
}

static void tables_are_sought_beside_the_file_that_names_them(void **state) {
    struct loading loading;
    loading_make(&loading);
    char below[SCRATCH_PATH_MAX];
    scratch_path(below, loading.folder, "below");
    assert_int_equal(make_country(5, 10000, below), 0); // another country, of five zones
    scratch_text(below, "child.json",
                 "{\"qonys\": 1, \"extends\": \"../scenario.json\", \"name\": \"child\", \"labour\": {\"skills\": \"other.csv\"}}");
    scratch_text(below, "other.csv", "id,name_en,name_kk,name_ru,wage_factor\nlow,l,l,l,0.5\nmedium,m,m,m,1\nhigh,h,h,h,2\n");
    scratch_path(loading.file, below, "child.json");
    loading_good(&loading, NULL, 0);
    assert_int_equal(loading.scenario.tables.zones.rows, 3);
    assert_true(loading.scenario.tables.skills.wage_factor[2] == 2);
    loading_free(&loading);
}

static void set_reaches_settings_arrays_and_sources(void **state) {
    struct loading loading;
    loading_make(&loading);
    scratch_replace(loading.folder, "scenario.json", "\"programmes\": []",
                    "\"programmes\": [{\"name\": \"grant\", \"quota\": 10}, {\"name\": \"loan\", \"quota\": {\"R0000\": 5}}]");
    const struct qon_override overrides[] = {{"choice.home_premium", "1.25"},
                                             {"feedback.markets", "false"},
                                             {"start", "2018-03"},
                                             {"name", "bare-word"},
                                             {"programmes.grant.quota", "0"},
                                             {"programmes[1].quota.R0000", "7"},
                                             {"programmes.loan.quota.R0001", "8"},
                                             {"labour.matching_elasticity.value", "0.55"},
                                             {"title.en", "\"Two words\""},
                                             {"calendar.mci_tenge.2018-01", "2500.5"},
                                             {"labour.matching_efficiency", "{\"value\": 0.5, \"source\": \"the command\"}"},
                                             {"choice.kin_weight", "null"}};
    loading_good(&loading, overrides, sizeof overrides / sizeof overrides[0]);
    assert_true(loading.scenario.settings.choice.home_premium == 1.25);
    assert_false(loading.scenario.settings.feedback.markets);
    assert_int_equal(loading.scenario.start, (2018 - 1900) * 12 + 2);
    assert_string_equal(loading.scenario.name, "bare-word");
    assert_string_equal(loading.scenario.title[QON_EN], "Two words");
    assert_true(loading.scenario.settings.labour.matching_elasticity == 0.55);
    assert_true(loading.scenario.settings.labour.matching_efficiency == 0.5);
    assert_int_equal(qon_steps_at(&loading.scenario.mci, loading.scenario.start), 250050);
    const char *programmes = strstr(loading.scenario.effective, "\"programmes\"");
    assert_non_null(strstr(programmes, "\"quota\": 0"));
    assert_non_null(strstr(programmes, "\"R0000\": 7,\n        \"R0001\": 8"));
    const struct qon_override removal = {"programmes.grant", "null"};
    loading_good(&loading, &removal, 1);
    assert_null(strstr(loading.scenario.effective, "\"grant\""));
    loading_free(&loading);
}

static void a_path_that_leads_nowhere_is_refused_with_the_nearest_name(void **state) {
    static const struct {
        struct qon_override override;
        const char *says;
    } cases[] = {
        {{"choice.home_premum", "1"}, "--set: choice.home_premum: there is no such key (did you mean home_premium?)"},
        {{"choise.home_premium", "1"}, "--set: choise: there is no such key (did you mean choice?)"},
        {{"choice.home_premum", "null"}, "--set: choice.home_premum: there is no such key (did you mean home_premium?)"},
        {{"programmes.grnt.quota", "1"}, "--set: programmes.grnt.quota: there is no element named grnt (did you mean grant?)"},
        {{"programmes[1].quota", "1"}, "--set: programmes[1].quota: there is no element [1], the array has 1"},
        {{"months.value.x", "1"}, "--set: months.value.x: months is a number and has no part value"},
        {{"choice..x", "1"}, "--set: choice..x: expected a path such as choice.home_premium or programmes[0].quota"},
        {{"choice.", "1"}, "--set: choice.: a name must follow the point"},
        {{"programmes[x]", "1"}, "--set: programmes[x]: expected a number and ] after ["},
        {{"programmes[0", "1"}, "--set: programmes[0: expected a number and ] after ["},
        {{"", "1"}, "--set: expected a path such as choice.home_premium or programmes[0].quota"},
        {{"extends", "x.json"}, "--set: extends: can be set in the file only"},
        {{"choice.home_premium", "x"}, "--set: choice.home_premium: is the text \"x\", expected a number"},
        {{"choice.home_premium", "99"}, "--set: choice.home_premium: is 99, expected -20 to 20"},
        {{"choice", "{\"a\": "}, "--set:1:7: the text ends too early, expected a value"},
    };
    struct loading loading;
    loading_make(&loading);
    scratch_replace(loading.folder, "scenario.json", "\"programmes\": []", "\"programmes\": [{\"name\": \"grant\"}]");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(loading_load(&loading, &cases[i].override, 1), QON_USER);
        loading_says(&loading, cases[i].says);
        assert_int_equal(loading.faults.count, 1);
    }
    loading_free(&loading);
}

static void the_effective_scenario_read_again_is_the_same(void **state) {
    struct loading loading;
    loading_make(&loading);
    const struct qon_override overrides[] = {{"choice.income_weight", "1.2345678901234567"},
                                             {"description.en", "\"a \\\"quoted\\\" text\\n\""},
                                             {"choice.money_fixed_tenge", "{\"value\": 1e5, \"source\": \"s\", \"range\": [1, 2]}"},
                                             {"observe", "[\"population\"]"}};
    loading_good(&loading, overrides, 4);
    char *first = strdup(loading.scenario.effective);
    assert_non_null(first);
    assert_non_null(strstr(first, "\"income_weight\": 1.2345678901234567"));
    scratch_text(loading.folder, "effective.json", first);
    scratch_path(loading.file, loading.folder, "effective.json");
    loading_good(&loading, NULL, 0);
    assert_string_equal(loading.scenario.effective, first);
    scratch_replace(loading.folder, "skills.csv", "0.75", "0.76"); // a table that is no longer what it was
    assert_int_equal(loading_load(&loading, NULL, 0), QON_USER);
    assert_non_null(strstr(loading.faults.text[0], "skills.csv has changed: its xxhash64 is "));
    free(first);
    loading_free(&loading);
}

static void what_is_given_and_not_used_is_listed(void **state) {
    struct loading loading;
    loading_make(&loading);
    const struct qon_override until = {"months", "13"};
    loading_good(&loading, &until, 1);
    assert_string_equal(loading.scenario.unused, "[]");
    const struct qon_override late[] = {{"start", "2018-01"}, {"calendar.mci_tenge.2016-01", "{\"value\": 2121, \"source\": \"s\"}"}};
    loading_good(&loading, late, 2);
    assert_string_equal(loading.scenario.unused, "[\n  \"calendar.mci_tenge.2017-01\",\n  \"calendar.mci_tenge.2016-01\"\n]");
    loading_free(&loading);
}

static void tables_may_have_quotes_crlf_a_mark_and_any_order(void **state) {
    struct loading loading;
    loading_make(&loading);
    scratch_text(loading.folder, "skills.csv",
                 "\xef\xbb\xbfname_ru,source,wage_factor,\"id\",name_kk,name_en\r\n"
                 "\"низкая, \"\"очень\"\"\",,0.75,low,т,\"two\r\nlines\"\r\n,x,1,medium,о,m\r\nв,,1.5e0,\"high\",ж,h");
    assert_int_equal(loading_load(&loading, NULL, 0), QON_USER);
    loading_says(&loading, "skills.csv:4:1: name_ru: is missing: Russian name"); // the text of two lines was counted
    scratch_replace(loading.folder, "skills.csv", "\r\n,x", "\r\nс,x");
    loading_good(&loading, NULL, 0);
    const struct qon_table_skills *skills = &loading.scenario.tables.skills;
    assert_int_equal(skills->rows, 3);
    assert_string_equal(skills->name_ru[0], "низкая, \"очень\"");
    assert_string_equal(skills->name_en[0], "two\r\nlines");
    assert_string_equal(skills->id[2], "high");
    assert_true(skills->wage_factor[2] == 1.5);
    loading_free(&loading);
}

static void every_table_belongs_to_a_group_that_can_be_given(void **state) {
    struct loading loading;
    loading_make(&loading);
    size_t count;
    const struct qon_table_kind *kinds = qon_table_kinds(&count);
    for (size_t k = 0; k < count; k++) {
        char expected[512];
        const struct qon_override absent = {kinds[k].path, "null"};
        enum qon_status status = loading_load(&loading, &absent, 1);
        assert_int_equal(status, kinds[k].required ? QON_USER : QON_OK);
        if (kinds[k].required) {
            snprintf(expected, sizeof expected, "scenario.json:1:1: %s: is missing: the path of a CSV file of %s", kinds[k].path,
                     kinds[k].meaning);
            loading_says(&loading, expected);
            assert_int_equal(loading.faults.count, 1); // and nothing that only follows from it
        }
    }
    loading_free(&loading);
}

// Fails each take in turn, the first thousand of them, then every hundredth.
static void failing_memory_leaves_nothing_behind(void **state) {
    static const struct qon_scenario zeroed;
    struct loading loading;
    loading_make(&loading);
    bool done = false;
    for (long after = 0; !done; after += after < 1000 ? 1 : 100) {
        qon_memory_fail_after(after);
        enum qon_status status = loading_load(&loading, NULL, 0);
        qon_memory_fail_after(-1);
        done = status == QON_OK;
        if (!done) {
            assert_int_equal(status, QON_MACHINE);
            assert_int_equal(loading.faults.worst, QON_MACHINE);
            assert_memory_equal(&loading.scenario, &zeroed, sizeof zeroed);
        }
    }
    loading_free(&loading);
}

static const struct qon_override changing[] = {
    {"programmes", "[{\"name\": \"grant\", \"at\": \"residence\", \"take_up_month\": 0.1, \"awareness\": {\"start_share\": 1}}]"},
    {"changes", "[{\"month\": \"2017-09\", \"path\": \"programmes[0].take_up_month\", \"value\": 0.3},"
                "{\"month\": \"2017-04\", \"path\": \"programmes.grant.take_up_month\", \"value\": 0.2},"
                "{\"month\": \"2017-09\", \"path\": \"programmes.grant.carry_over\", \"value\": true}]"}};

// M-CHANGE-1: a stage for each month, in order; each shares all but programmes; the last change of a value holds on.
static void changes_at_dates_make_stages(void **state) {
    struct loading loading;
    loading_make(&loading);
    loading_good(&loading, changing, 2);
    struct qon_scenario *scenario = &loading.scenario;
    assert_int_equal(scenario->stages, 2);
    const struct qon_scenario *april = qon_scenario_at(scenario, scenario->start + 3);
    const struct qon_scenario *later = qon_scenario_at(april, scenario->start + 11); // a stage knows the others
    assert_ptr_equal(qon_scenario_at(scenario, scenario->start + 2), scenario);
    assert_ptr_equal(qon_scenario_at(scenario, scenario->start + 7), april);
    assert_ptr_equal(april, scenario->stage[0].as);
    assert_ptr_equal(later, scenario->stage[1].as);
    assert_true(scenario->programmes.row[0].take_up_month == 0.1 && april->programmes.row[0].take_up_month == 0.2);
    assert_true(later->programmes.row[0].take_up_month == 0.3 && later->programmes.row[0].carry_over);
    assert_false(april->programmes.row[0].carry_over);
    assert_ptr_equal(later->tables.zones.persons, scenario->tables.zones.persons);
    qon_scenario_seed_set(scenario, 7);
    assert_true(scenario->seed == 7 && april->seed == 7 && later->seed == 7);
    loading_free(&loading);
}

static void failing_memory_leaves_no_stage_behind(void **state) {
    static const struct qon_scenario zeroed;
    struct loading loading;
    loading_make(&loading);
    bool done = false;
    for (long after = 0; !done; after += 7) {
        qon_memory_fail_after(after);
        enum qon_status status = loading_load(&loading, changing, 2);
        qon_memory_fail_after(-1);
        done = status == QON_OK;
        assert_true(done || memcmp(&loading.scenario, &zeroed, sizeof zeroed) == 0);
    }
    loading_free(&loading);
}

static void the_schema_is_json_and_needs_memory(void **state) {
    qon_memory_fail_after(0);
    assert_null(qon_scenario_schema());
    qon_memory_fail_after(-1);
    char *schema = qon_scenario_schema();
    assert_non_null(schema);
    assert_non_null(strstr(schema, "\"home_premium\": {\n"));
    qon_free(schema);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_scenario_is_read),
        cmocka_unit_test(boundaries_are_rings_by_region),
        cmocka_unit_test(a_thousand_zones_are_read),
        cmocka_unit_test(seeds_are_exact_to_the_last_digit),
        cmocka_unit_test(extending_merges_by_key_and_by_name_and_null_removes),
        cmocka_unit_test(tables_are_sought_beside_the_file_that_names_them),
        cmocka_unit_test(set_reaches_settings_arrays_and_sources),
        cmocka_unit_test(a_path_that_leads_nowhere_is_refused_with_the_nearest_name),
        cmocka_unit_test(the_effective_scenario_read_again_is_the_same),
        cmocka_unit_test(what_is_given_and_not_used_is_listed),
        cmocka_unit_test(tables_may_have_quotes_crlf_a_mark_and_any_order),
        cmocka_unit_test(every_table_belongs_to_a_group_that_can_be_given),
        cmocka_unit_test(failing_memory_leaves_nothing_behind),
        cmocka_unit_test(changes_at_dates_make_stages),
        cmocka_unit_test(failing_memory_leaves_no_stage_behind),
        cmocka_unit_test(the_schema_is_json_and_needs_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
