// SPDX-License-Identifier: GPL-3.0-or-later
// What is wrong is named, with its place: one spoilt file at a time, and nothing else is said.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs those first
#include <cmocka.h>

#include "loading.h"
#include <time.h>

// One change of one file, and the one fault that it must bring.
struct spoil {
    const char *file;
    const char *old; // NULL: the whole file
    const char *by;
    const char *says;
};

static void each_spoils(const struct spoil *spoils, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct loading loading;
        loading_make(&loading);
        if (spoils[i].old == NULL) {
            scratch_text(loading.folder, spoils[i].file, spoils[i].by);
        } else {
            scratch_replace(loading.folder, spoils[i].file, spoils[i].old, spoils[i].by);
        }
        loading_says_only(&loading, spoils[i].says);
        loading_free(&loading);
    }
}

#define EACH(...)                                       \
    static const struct spoil spoils[] = {__VA_ARGS__}; \
    each_spoils(spoils, sizeof spoils / sizeof spoils[0])

static void a_missing_file_is_named(void **state) {
    struct loading loading;
    loading_make(&loading);
    scratch_path(loading.file, loading.folder, "absent.json");
    loading_says_only(&loading, "absent.json: the file cannot be read: No such file or directory");
    strcpy(loading.file, loading.folder);
    assert_int_equal(loading_load(&loading, NULL, 0), QON_USER);
    assert_non_null(strstr(loading.faults.text[0], "the file cannot be read: Is a directory"));
    scratch_path(loading.file, loading.folder, "scenario.json");
    scratch_replace(loading.folder, "scenario.json", "\"zones.csv\"", "\"zonen.csv\"");
    assert_int_equal(loading_load(&loading, NULL, 0), QON_USER);
    char expected[2 * SCRATCH_PATH_MAX];
    snprintf(expected, sizeof expected, "scenario.json:9:52: geography.zones: %s/zonen.csv cannot be read: No such file or directory",
             loading.folder);
    loading_says(&loading, expected);
    assert_int_equal(loading.faults.count, 1);
    loading_free(&loading);
}

static void a_broken_scenario_is_told_by_line_and_column(void **state) {
    EACH({"scenario.json", "\"months\": 12,", "\"months\": 12", "scenario.json:7:3: found '\"', expected ',' or '}'"},
         {"scenario.json", "\"months\": 12", "\"months\": 012", "scenario.json:6:13: a number does not start with 0 (write 12, not 012)"},
         {"scenario.json", "  \"months\"", "  // a year\n  \"months\"",
          "scenario.json:6:3: comments are not JSON, expected a key in double quotes"},
         {"scenario.json", "\"scale\": 1", "\"scale\": 1, \"months\": 13",
          "scenario.json:8:15: months: the key is given twice, first in line 6"},
         {"scenario.json", "Вымышленная", "Вымышл\xffнная", "scenario.json:4:82: invalid UTF-8 (byte 0xff)"},
         {"scenario.json", NULL, "[]", "scenario.json:1:1: a scenario is an object, found an array"},
         {"scenario.json", NULL, "{\"name\": \"x\"}",
          "scenario.json:1:1: qonys: is missing, expected \"qonys\": 1, the version of the format"},
         {"scenario.json", "\"qonys\": 1", "\"qonys\": 2",
          "scenario.json:2:12: qonys: this version of the format is not known, expected 1"});
}

static void a_hundred_megabytes_of_brackets_are_refused_at_once(void **state) {
    struct loading loading;
    loading_make(&loading);
    size_t length = 100000000;
    char *brackets;
    assert_int_equal(qon_take(&brackets, length, 1), QON_OK);
    memset(brackets, '[', length);
    scratch_write(loading.folder, "scenario.json", brackets, length);
    clock_t start = clock();
    loading_says_only(&loading, "scenario.json: the file is larger than 64 MiB, the most that is read");
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 0.5);
    scratch_write(loading.folder, "scenario.json", brackets, 64 << 20);
    loading_says_only(&loading, "scenario.json:1:201: nested more than 200 deep");
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 2);
    qon_free(brackets);
    loading_free(&loading);
}

static void unknown_keys_are_refused_with_the_nearest(void **state) {
    EACH({"scenario.json", "\"months\"", "\"month\": 3, \"months\"",
          "scenario.json:6:3: month: there is no such key (did you mean months?)"},
         {"scenario.json", "\"matching_elasticity\"", "\"matching_elasticty\"",
          "scenario.json:13:5: labour.matching_elasticty: there is no such key (did you mean matching_elasticity?)"},
         {"scenario.json", "\"calendar\": {", "\"calendar\": {\"mci\": {}, ", "scenario.json:17:16: calendar.mci: there is no such key"},
         {"scenario.json", "\"source\"", "\"sauce\"",
          "scenario.json:13:43: labour.matching_elasticity.sauce: there is no such key (did you mean source?)"},
         {"scenario.json", "\"kk\"", "\"kz\"", "scenario.json:4:40: title.kz: there is no such key"},
         {"scenario.json", "\"boundaries\"", "\"boundary\": null, \"boundaries\"",
          "scenario.json:9:121: geography.boundary: there is no such key (did you mean boundaries?)"});
}

static void wrong_types_are_refused(void **state) {
    EACH(
        {"scenario.json", "\"months\": 12", "\"months\": \"12\"", "scenario.json:6:13: months: is the text \"12\", expected a number"},
        {"scenario.json", "\"months\": 12", "\"months\": 1.5", "scenario.json:6:13: months: is 1.5, expected a whole number"},
        {"scenario.json", "\"value\": 0.6", "\"value\": true",
         "scenario.json:13:38: labour.matching_elasticity.value: is true or false, expected a number"},
        {"scenario.json", "\"value\": 0.6, ", "",
         "scenario.json:13:28: labour.matching_elasticity: \"value\" is missing, expected {\"value\": ..., "
         "\"source\": ...}"},
        {"scenario.json", "\"source\": \"made up\"}},\n  \"emp", "\"source\": 7}},\n  \"emp",
         "scenario.json:13:53: labour.matching_elasticity.source: is a number, expected a text"},
        {"scenario.json", "\"value\": 0.6", "\"value\": 0.6, \"range\": [2, 1]",
         "scenario.json:13:52: labour.matching_elasticity.range: is an array, expected [lowest, highest]"},
        {"scenario.json", "\"observe\": []", "\"feedback\": {\"markets\": 1}",
         "scenario.json:21:27: feedback.markets: is a number, expected true or false"},
        {"scenario.json", "\"observe\": []", "\"choice\": []", "scenario.json:21:13: choice: is an array, expected an object"},
        {"scenario.json", "\"observe\": []", "\"observe\": [1]", "scenario.json:21:15: observe[0]: is a number, expected a text"},
        {"scenario.json", "\"targets\": []", "\"targets\": \"all\"", "scenario.json:20:14: targets: is a text, expected an array of names"},
        {"scenario.json", "\"zones.csv\"", "7", "scenario.json:9:52: geography.zones: expected the path of a file"});
}

static void values_out_of_range_are_refused(void **state) {
    EACH({"scenario.json", "\"months\": 12", "\"months\": 0", "scenario.json:6:13: months: is 0, expected 1 to 1200 (month)"},
         {"scenario.json", "\"months\": 12", "\"months\": 100000", "scenario.json:6:13: months: is 100000, expected 1 to 1200 (month)"},
         {"scenario.json", "\"months\": 12", "\"months\": 1e300", "scenario.json:6:13: months: is 1e+300, expected 1 to 1200 (month)"},
         {"scenario.json", "\"scale\": 1", "\"scale\": 0", "scenario.json:8:12: scale: is 0, expected 1 to 1000000 (person)"},
         {"scenario.json", "\"20170929\"", "-1",
          "scenario.json:7:11: seed: expected a whole number from 0 to 18446744073709551615, or it as a text"},
         {"scenario.json", "\"20170929\"", "\"18446744073709551616\"",
          "scenario.json:7:11: seed: expected a whole number from 0 to 18446744073709551615, or it as a text"},
         {"scenario.json", "\"20170929\"", "\"007\"",
          "scenario.json:7:11: seed: expected a whole number from 0 to 18446744073709551615, or it as a text"},
         {"scenario.json", "\"2017-01\",", "\"2017-13\",", "scenario.json:5:12: start: is the text \"2017-13\", expected a month YYYY-MM"},
         {"scenario.json", "\"made_up_3\"", "\"made up\"", "scenario.json:3:11: name: expected 1 to 64 letters a-z, A-Z, digits, - and _"},
         {"scenario.json", "\"value\": 0.6", "\"value\": 1.01",
          "scenario.json:13:38: labour.matching_elasticity.value: is 1.01, expected 0 to 1"},
         {"scenario.json", "2269", "-1", "scenario.json:17:41: calendar.mci_tenge.2017-01: is -1, expected 0 to 1000000000 (tenge)"},
         {"scenario.json", "\"2017-01\": 2269", "\"2017-1\": 2269",
          "scenario.json:17:30: calendar.mci_tenge.2017-1: the key is not a month, expected YYYY-MM"});
}

static void what_must_be_given_is_missed(void **state) {
    EACH({"scenario.json", "  \"months\": 12,\n", "", "scenario.json:1:1: months: is missing: length of the run"},
         {"scenario.json", "  \"start\": \"2017-01\",\n", "", "scenario.json:1:1: start: is missing: first month of the run, YYYY-MM"},
         {"scenario.json", "\"made_up_3\"", "null", "scenario.json:1:1: name: is missing, expected a name of letters, digits, - and _"});
}

static void programmes_have_names_of_their_own(void **state) {
    EACH({"scenario.json", "\"programmes\": []", "\"programmes\": [1]",
          "scenario.json:19:18: programmes[0]: is a number, expected an object"},
         {"scenario.json", "\"programmes\": []", "\"programmes\": [{}]", "scenario.json:19:18: programmes[0]: \"name\" is missing"},
         {"scenario.json", "\"programmes\": []", "\"programmes\": {}",
          "scenario.json:19:17: programmes: is an object, expected an array of programmes"},
         {"scenario.json", "\"programmes\": []", "\"programmes\": [{\"name\": \"a\"}, {\"name\": \"a\"}]",
          "scenario.json:19:42: programmes[1].name: the name a is given to two programmes"});
}

static void extending_in_a_circle_or_nothing_is_refused(void **state) {
    struct loading loading;
    loading_make(&loading);
    scratch_text(loading.folder, "a.json", "{\"qonys\": 1, \"extends\": \"b.json\"}");
    scratch_text(loading.folder, "b.json", "{\"qonys\": 1,\n \"extends\": \"./a.json\"}");
    scratch_path(loading.file, loading.folder, "a.json");
    char expected[2 * SCRATCH_PATH_MAX];
    snprintf(expected, sizeof expected, "b.json:2:13: extends: %s/./a.json extends itself, directly or through another file",
             loading.folder);
    loading_says_only(&loading, expected);
    scratch_text(loading.folder, "b.json", "{\"qonys\": 1, \"extends\": \"c.json\"}");
    snprintf(expected, sizeof expected, "b.json:1:25: extends: %s/c.json cannot be read: No such file or directory", loading.folder);
    loading_says_only(&loading, expected);
    scratch_text(loading.folder, "b.json", "{\"qonys\": 1, \"extends\": 5}");
    loading_says_only(&loading, "b.json:1:25: extends: is a number, expected the path of a scenario file");
    scratch_text(loading.folder, "a.json", "{\"qonys\": 1, \"extends\": \"b.json\", \"programmes\": {\"grnt\": null}}");
    scratch_replace(loading.folder, "scenario.json", "\"programmes\": []", "\"programmes\": [{\"name\": \"grant\"}]");
    scratch_text(loading.folder, "b.json", "{\"qonys\": 1, \"extends\": \"scenario.json\"}");
    loading_says_only(&loading, "a.json:1:50: programmes.grnt: nothing of this name is extended (did you mean grant?)");
    loading_free(&loading);
}

static void seventeen_files_in_a_row_are_too_many(void **state) {
    struct loading loading;
    loading_make(&loading);
    for (int i = 0; i < 20; i++) {
        char name[32];
        char text[128];
        snprintf(name, sizeof name, "f%d.json", i);
        snprintf(text, sizeof text, "{\"qonys\": 1, \"extends\": \"f%d.json\"}", i + 1);
        scratch_text(loading.folder, name, text);
    }
    scratch_path(loading.file, loading.folder, "f0.json");
    loading_says_only(&loading, "f16.json:1:25: extends: more than 16 files extend one another");
    loading_free(&loading);
}

static void a_fault_stands_in_the_file_it_came_from(void **state) {
    struct loading loading;
    loading_make(&loading);
    scratch_replace(loading.folder, "scenario.json", "\"value\": 0.6", "\"value\": 6");
    scratch_text(loading.folder, "child.json", "{\"qonys\": 1, \"extends\": \"scenario.json\",\n\"months\": 0}");
    scratch_path(loading.file, loading.folder, "child.json");
    assert_int_equal(loading_load(&loading, NULL, 0), QON_USER);
    loading_says(&loading, "child.json:2:11: months: is 0, expected 1 to 1200 (month)");
    loading_says(&loading, "scenario.json:13:38: labour.matching_elasticity.value: is 6, expected 0 to 1");
    assert_int_equal(loading.faults.count, 2);
    loading_free(&loading);
}

static void cells_of_tables_are_checked(void **state) {
    EACH({"skills.csv", "0.75", "abc", "skills.csv:2:22: wage_factor: is \"abc\", expected a number"},
         {"skills.csv", "0.75", "0", "skills.csv:2:22: wage_factor: is 0, expected 0.01 to 100"},
         {"skills.csv", "0.75", "", "skills.csv:2:22: wage_factor: is missing: wage relative to the mean of the zone"},
         {"skills.csv", "0.75", "0x1", "skills.csv:2:22: wage_factor: is \"0x1\", expected a number"},
         {"skills.csv", "0.75", "nan", "skills.csv:2:22: wage_factor: is \"nan\", expected a number"},
         {"skills.csv", "0.75", "1,5", "skills.csv:2:1: the row has 6 cells, the header 5"},
         {"skills.csv", "0.75\n", "0.75\n\n", "skills.csv:3:1: the row has 1 cells, the header 5"},
         {"skills.csv", "high,high", "low,high", "skills.csv:4:1: id: low is given twice, first in line 2"},
         {"skills.csv", "high,high", ",high", "skills.csv:4:1: id: is missing: low, medium, high"},
         {"educations.csv", "low,16", "lo,16", "educations.csv:2:30: skill: lo is not in the table skills (did you mean low?)"},
         {"educations.csv", "basic,basic", "basic,\"ba\"sic", "educations.csv:2:11: expected a comma or the end of the line after a quote"},
         {"educations.csv", "basic,basic", "basic,ba\"sic",
          "educations.csv:2:9: a quote within a cell; put the whole cell in quotes and double "
          "the quotes in it"},
         {"educations.csv", "basic,basic", "basic,\"basic", "educations.csv:2:7: a quote is not closed"},
         {"educations.csv", "basic,basic", "basic,ba\rsic", "educations.csv:2:9: a carriage return without a line feed"},
         {"educations.csv", "негізгі", "нег\xffзгі", "educations.csv:2:16: invalid UTF-8 (byte 0xff)"},
         {"educations.csv", "basic,basic", "basic,ba\x01sic", "educations.csv:2:9: a control character (byte 0x01)"},
         {"schedules.csv", "m,17,", "m,17.5,", "schedules.csv:19:3: age: is 17.5, expected a whole number"},
         {"schedules.csv", "m,17,", "m,101,", "schedules.csv:19:3: age: is 101, expected 0 to 100 (year)"},
         {"sector_shares.csv", "R0000-U,agriculture", "R000-U,agriculture",
          "sector_shares.csv:2:1: zone: R000-U is not in the table zones (did you mean R0000-U?)"},
         {"stocks.csv", "kandas,R0000,", "kandas,R0009,",
          "stocks.csv:2:8: region: R0009 is not in the table regions (did you mean R0000?)"});
}

static void headers_of_tables_are_checked(void **state) {
    EACH({"sectors.csv", "size_factor", "size_facter",
          "sectors.csv:1:28: size_facter: the table sectors has no such column (did you mean size_factor?)"},
         {"skills.csv", NULL, "", "skills.csv: is empty, expected a line with the column names"},
         {"skills.csv", NULL, "\xef\xbb\xbf\n\n", "skills.csv: is empty, expected a line with the column names"},
         {"skills.csv", "wage_factor", "wage_factor,wage_factor", "skills.csv:1:40: wage_factor: the column is given twice"},
         {"skills.csv", NULL, "id,name_en,name_kk,name_ru\n",
          "skills.csv:1:1: wage_factor: the column is missing: wage relative to the mean of the zone"});
}

static void zones_must_agree_with_themselves(void **state) {
    EACH({"zones.csv", "R0000-R,R0000", "R0000-R,R0007", "zones.csv:3:9: region: R0007 is not in the table regions (did you mean R0000?)"},
         {"zones.csv", ",1771,857,", ",-1771,857,", "zones.csv:3:50: persons: is -1771, expected 0 to 2000000000 (person)"},
         {"zones.csv", ",1771,857,", ",1771,1772,", "zones.csv:3: men: 1772 men in R0000-R, which has 1771 persons"},
         {"zones.csv", "R0000,rural", "R0000,rurl", "zones.csv:3: kind: is \"rurl\", expected one of urban, rural (did you mean rural?)"},
         {"zones.csv", ",1,0,0,1,0,1,", ",1,0,0,2,0,1,", "zones.csv:3:119: designated_kandas: is 2, expected 0 or 1"},
         {"zones.csv", "R0001-U,R0001", "R0001-U,R0000", "regions.csv:3: id: the region R0001 has no zone"},
         {"stocks.csv", "kandas,R0000,5", "kandas,R0000,9000",
          "stocks.csv:2: persons: with this row R0000 has 2989 more of such residents than residents at all"},
         {"distances.csv", "R0001,R0000", "R0000,R0001", "distances.csv:3: origin: the pair R0000, R0001 is given twice, first in line 2"});
}

static void tables_must_add_up(void **state) {
    EACH({"sector_shares.csv", "R0000-U,agriculture,0.024367596299", "R0000-U,agriculture,0.124367596299",
          "sector_shares.csv:2: share: the shares of the zone R0000-U add up to 1.1, expected 1"},
         {"sector_occupations.csv", "mining,industry,medium,0.5", "mining,industry,medium,0.4",
          "sector_occupations.csv:5: share: the shares of the sector mining add up to 0.9, expected 1"},
         {"sectors.csv", "health,health,денсаулық,здравоохранение,1.5,0,0.1\n",
          "health,health,денсаулық,здравоохранение,1.5,0,0.1\nidle,i,i,i,1,0,1\n",
          "sector_occupations.csv: share: the sector idle has no rows; its shares add up to 0, expected 1"},
         {"kandas_origins.csv", "0.6", "0.5", "kandas_origins.csv: share: adds up to 0.9, expected 1"},
         {"educations.csv", "0.05", "0.15", "educations.csv: entry_share: adds up to 1.1, expected 1"},
         {"education_shares.csv", "basic,rural,25,120,0.08", "basic,rural,25,120,0.18",
          "education_shares.csv: share: the shares of kind rural, ages 25 to 120, add up to 1.1, expected 1"},
         {"education_shares.csv", "basic,urban,25,120", "basic,urban,26,120",
          "education_shares.csv: share: the shares of kind urban, ages 25 to 25, add up to 0.95, expected 1"},
         {"education_shares.csv", "basic,urban,0,15,1\n", "basic,urban,15,0,1\n",
          "education_shares.csv:2: age_from: the first age is 15, the last 0"},
         {"age_groups.csv", "R0000,0,15,0,15,0.26", "R0000,0,15,0,15,0.16",
          "age_groups.csv: share: the shares of the region R0000 add up to 0.9, expected 1"},
         {"age_groups.csv", "R0000,0,15,", "R0000,0,16,",
          "age_groups.csv: men_from: the age 16 of men is in 2 groups of the region R0000, expected 1"},
         {"age_groups.csv", "R0000,0,15,0,15", "R0000,0,15,0,14",
          "age_groups.csv: women_from: the age 15 of women is in 0 groups of the region R0000, expected 1"},
         {"schedules.csv", "m,0,0.009", "m,0,0.109", "schedules.csv: population_share: adds up to 1.1, expected 1"},
         {"schedules.csv", "m,5,", "x,5,", "schedules.csv:7: sex: is \"x\", expected one of m, f"},
         {"flows.csv", "2017,kandas,R0000", "2017,candas,R0000",
          "flows.csv:2: kind: is \"candas\", expected one of kandas, immigration, emigration, permit_1, permit_2, permit_3, permit_4, "
          "seasonal, "
          "eaeu, unregistered (did you mean kandas?)"},
         {"flows.csv", NULL, "year,kind,region,persons\n2017,kandas,R0000,-1\n",
          "flows.csv:2:19: persons: is -1, expected 0 to 100000000 (person/year)"});
}

static void schedules_need_every_age_of_both_sexes(void **state) {
    struct loading loading;
    loading_make(&loading);
    scratch_replace(loading.folder, "schedules.csv", "\nf,30,", "\nf,31,");
    assert_int_equal(loading_load(&loading, NULL, 0), QON_USER);
    loading_says(&loading, "schedules.csv:134: age: sex f, age 31 is given twice, first in line 133");
    loading_says(&loading, "schedules.csv: age: there is no row for sex f, age 30; found 202 rows, expected 202 (m and f, ages 0 to 100)");
    assert_int_equal(loading.faults.count, 2);
    loading_free(&loading);
}

static void a_table_without_rows_is_refused_where_there_must_be_some(void **state) {
    struct loading loading;
    loading_make(&loading);
    scratch_text(loading.folder, "sectors.csv", "id,name_en,name_kk,name_ru\n");
    assert_int_equal(loading_load(&loading, NULL, 0), QON_USER);
    loading_says(&loading, "sectors.csv: the table sectors has no rows");
    loading_free(&loading);
}

static void boundaries_are_checked(void **state) {
    struct loading loading;
    loading_make(&loading);
    char *good = scratch_read(loading.folder, "boundaries.geojson");
    static const struct spoil cases[] = {
        {NULL, NULL, "{\"type\": \"FeatureCollection\", \"features\": [",
         "boundaries.geojson:1:44: the text ends too early, expected a value"},
        {NULL, NULL, "[]", "boundaries.geojson:1:1: expected a GeoJSON FeatureCollection with an array of features"},
        {NULL, "[48.0000, 41.0000]]", "[48.0000, 41.5000]]",
         "boundaries.geojson:2:100: features[0].geometry.coordinates[0]: the ring is not closed: its last point must be its first"},
        {NULL, "[48.0000, 41.0000]", "[48.0000, 99]",
         "boundaries.geojson:2:101: features[0].geometry.coordinates[0][0]: a longitude is -180 to 180 degrees and a latitude -90 to 90"},
        {NULL, "[48.0000, 41.0000]", "[48.0000, \"41\"]",
         "boundaries.geojson:2:101: features[0].geometry.coordinates[0][0]: expected a point [longitude, latitude]"},
        {NULL, "R0001", "R1001",
         "boundaries.geojson:3:42: features[1].properties.id: R1001 is not in the table regions (did you mean R0001?)"},
        {NULL, "R0001", "R0000", "boundaries.geojson:3:1: features[1]: R0000 has a boundary already, in line 2"},
        {NULL, "\"Polygon\"", "\"Point\"",
         "boundaries.geojson:2:64: features[0].geometry: expected a geometry of type Polygon or MultiPolygon with coordinates"},
        {NULL, "\"id\"", "\"ID\"", "boundaries.geojson:2:1: features[0]: expected a Feature with the text \"id\" in its properties"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        scratch_text(loading.folder, "boundaries.geojson", cases[i].old == NULL ? cases[i].by : good);
        if (cases[i].old != NULL) {
            scratch_replace(loading.folder, "boundaries.geojson", cases[i].old, cases[i].by);
        }
        assert_int_equal(loading_load(&loading, NULL, 0), QON_USER);
        loading_says(&loading, cases[i].says);
    }
    scratch_text(loading.folder, "boundaries.geojson", "{\"type\": \"FeatureCollection\", \"features\": []}");
    assert_int_equal(loading_load(&loading, NULL, 0), QON_USER);
    loading_says(&loading, "boundaries.geojson:1:43: features: the region R0001 has no boundary");
    assert_int_equal(loading.faults.count, 2);
    free(good);
    loading_free(&loading);
}

static void twenty_faults_are_shown_and_all_are_counted(void **state) {
    struct loading loading;
    loading_make(&loading);
    char *text = scratch_read(loading.folder, "schedules.csv");
    for (char *at = text; (at = strstr(at, "\nm,")) != NULL; at++) {
        at[3] = 'x';
    }
    scratch_text(loading.folder, "schedules.csv", text);
    free(text);
    assert_int_equal(loading_load(&loading, NULL, 0), QON_USER);
    assert_int_equal(loading.faults.count, 101);
    assert_int_equal(loading.faults.kept, QON_FAULTS_KEPT);
    loading_free(&loading);
}

static void without_a_place_for_faults_the_status_tells(void **state) {
    struct qon_scenario scenario;
    assert_int_equal(qon_scenario_load(&scenario, "/nonexistent/x.json", NULL, 0, NULL), QON_USER);
    assert_null(scenario.file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_missing_file_is_named),
        cmocka_unit_test(a_broken_scenario_is_told_by_line_and_column),
        cmocka_unit_test(a_hundred_megabytes_of_brackets_are_refused_at_once),
        cmocka_unit_test(unknown_keys_are_refused_with_the_nearest),
        cmocka_unit_test(wrong_types_are_refused),
        cmocka_unit_test(values_out_of_range_are_refused),
        cmocka_unit_test(what_must_be_given_is_missed),
        cmocka_unit_test(programmes_have_names_of_their_own),
        cmocka_unit_test(extending_in_a_circle_or_nothing_is_refused),
        cmocka_unit_test(seventeen_files_in_a_row_are_too_many),
        cmocka_unit_test(a_fault_stands_in_the_file_it_came_from),
        cmocka_unit_test(cells_of_tables_are_checked),
        cmocka_unit_test(headers_of_tables_are_checked),
        cmocka_unit_test(zones_must_agree_with_themselves),
        cmocka_unit_test(tables_must_add_up),
        cmocka_unit_test(schedules_need_every_age_of_both_sexes),
        cmocka_unit_test(a_table_without_rows_is_refused_where_there_must_be_some),
        cmocka_unit_test(boundaries_are_checked),
        cmocka_unit_test(twenty_faults_are_shown_and_all_are_counted),
        cmocka_unit_test(without_a_place_for_faults_the_status_tells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
