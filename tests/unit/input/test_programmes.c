// SPDX-License-Identifier: GPL-3.0-or-later
// Programmes: what a file says is what the model gets, and what is wrong is named with its place.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs those first
#include <cmocka.h>

#include "loading.h"
#include <dirent.h>
#include <math.h>
#include <qonys/benefit.h>
#include <qonys/predicate.h>

enum { TEXT_MAX = 8192, YEAR_2017 = (2017 - 1900) * 12 };

// Writes the made-up scenario with these programmes, from line 20 on. Single quotes stand for double ones.
static void with_programmes(struct loading *loading, const char *original, const char *programmes) {
    static const char empty[] = "\"programmes\": []";
    char text[2 * TEXT_MAX];
    char quoted[TEXT_MAX];
    const char *at = strstr(original, empty);
    assert_non_null(at);
    snprintf(quoted, sizeof quoted, "%s", programmes);
    for (char *letter = quoted; *letter != '\0'; letter++) {
        *letter = *letter == '\'' ? '"' : *letter;
    }
    snprintf(text, sizeof text, "%.*s\"programmes\": [\n%s\n]%s", (int)(at - original), original, quoted, at + strlen(empty));
    scratch_text(loading->folder, "scenario.json", text);
}

static struct qon_programme *first_of(struct loading *loading, const char *programmes) {
    char *original = scratch_read(loading->folder, "scenario.json");
    with_programmes(loading, original, programmes);
    loading_good(loading, NULL, 0);
    scratch_text(loading->folder, "scenario.json", original);
    free(original);
    assert_true(loading->scenario.programmes.count > 0);
    return &loading->scenario.programmes.row[0];
}

// Programmes and the one fault that they must bring; the place begins with the line and column.
struct spoil {
    const char *programmes;
    const char *says;
};

static void each_spoils(const struct spoil *spoils, size_t count) {
    struct loading loading;
    loading_make(&loading);
    char *original = scratch_read(loading.folder, "scenario.json");
    for (size_t i = 0; i < count; i++) {
        char says[1024];
        snprintf(says, sizeof says, "scenario.json:%s", spoils[i].says);
        with_programmes(&loading, original, spoils[i].programmes);
        loading_says_only(&loading, says);
    }
    free(original);
    loading_free(&loading);
}

#define EACH(...)                                       \
    static const struct spoil spoils[] = {__VA_ARGS__}; \
    each_spoils(spoils, sizeof spoils / sizeof spoils[0])

// ---- good ones

static void a_programme_is_read_with_all_its_parts(void **state) {
    struct loading loading;
    loading_make(&loading);
    const struct qon_programme *own = first_of(
        &loading,
        "{'name': 'village', 'title': {'en': 'To the village', 'kk': 'Ауылға', 'ru': 'В село'}, 'source': 'made up', 'note': 'n',\n"
        " 'at': 'move', 'from': '2016-05', 'to': {'value': '2017-09', 'source': 'x'}, 'ration': 'points', 'carry_over': true,\n"
        " 'eligible': {'all': [{'education': ['college', 'higher']}, {'age_years': {'max': {'value': 35, 'source': 'x'}}}]},\n"
        " 'benefits': [{'kind': 'grant', 'amount_mci': {'value': 70, 'source': 'x'}, 'paid': 'reimbursed', 'source': 's'},\n"
        "   {'kind': 'loan', 'principal_tenge': 1000.25}, {'kind': 'training', 'occupation': 'agriculture'}],\n"
        " 'points': [{'points': 10, 'who': {'occupation': 'health'}}, {'points': -2.5}],\n"
        " 'bond': {'months': 36, 'occupation': true}, 'awareness': {'start_share': 0.5}}");
    assert_int_equal(loading.scenario.programmes.count, 1);
    assert_string_equal(own->name, "village");
    assert_string_equal(own->title[QON_KK], "Ауылға");
    assert_string_equal(own->source, "made up");
    assert_int_equal(own->key, qon_programme_key("village"));
    assert_int_equal(own->at, QON_AT_MOVE);
    assert_int_equal(own->from, YEAR_2017 - 8);
    assert_int_equal(own->to, YEAR_2017 + 8);
    assert_int_equal(own->ration, QON_POINTS);
    assert_true(own->carry_over);
    assert_int_equal(own->eligible.reads, QON_READS_PERSON);
    assert_int_equal(own->benefits_count, 3);
    assert_string_equal(own->benefits[0].kind->name, "grant");
    assert_string_equal(own->benefits[2].kind->name, "training");
    assert_int_equal(own->scores_count, 2);
    assert_true(own->scores[0].points == 10 && own->scores[1].points == -2.5);
    assert_int_equal(own->scores[1].who.nodes, 0);
    assert_int_equal(own->bond.months, 36);
    assert_true(own->bond.occupation);
    assert_true(own->bond.clawback_share == 1); // the default
    assert_true(own->awareness.start_share == 0.5);
    assert_int_equal(own->quotas_count + own->budgets_count, 0);
    loading_free(&loading);
}

// The value of a benefit's field, wherever it stands in its kind's settings.
static double setting(const struct qon_benefit *benefit, const char *name) {
    for (size_t f = 0; f < benefit->kind->fields_count; f++) {
        const struct qon_field *field = &benefit->kind->fields[f];
        if (strcmp(field->name, name) == 0) {
            const char *place = (const char *)benefit->settings + field->offset;
            return field->type == QON_F64   ? *(const double *)(const void *)place
                   : field->type == QON_I64 ? (double)*(const int64_t *)(const void *)place
                                            : *(const int32_t *)(const void *)place;
        }
    }
    fail_msg("no field %s", name);
    return NAN;
}

static void benefits_take_amounts_choices_and_references(void **state) {
    struct loading loading;
    loading_make(&loading);
    const struct qon_programme *own =
        first_of(&loading, "{'name': 'a', 'benefits': [{'kind': 'grant', 'amount_mci': 70, 'member_tenge': 12.34, 'per': 'member'},\n"
                           " {'kind': 'training', 'occupation': {'value': 'health', 'source': 'x'}, 'months': null}]}");
    assert_true(setting(&own->benefits[0], "amount_mci") == 70);
    assert_true(setting(&own->benefits[0], "member_tenge") == 1234); // tiyn
    assert_true(setting(&own->benefits[0], "per") == 1);
    assert_true(setting(&own->benefits[0], "paid") == 0);
    assert_true(setting(&own->benefits[1], "occupation") == 1);
    assert_true(setting(&own->benefits[1], "months") == 3); // null: the default
    own = first_of(&loading, "{'name': 'fair', 'at': 'country', 'benefits': [{'kind': 'information', 'about': 'b'}]}, {'name': 'b'}");
    assert_true(setting(&own->benefits[0], "about") == 1);
    loading_free(&loading);
}

static void without_a_word_a_programme_lasts_as_long_as_the_run_and_is_for_all(void **state) {
    struct loading loading;
    loading_make(&loading);
    const struct qon_programme *own = first_of(&loading, "{'name': 'a'}, {'name': 'b', 'eligible': {}}, {'name': 'c', 'eligible': null}");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(own[i].from, YEAR_2017);
        assert_int_equal(own[i].to, YEAR_2017 + 11);
        assert_int_equal(own[i].eligible.nodes, 0);
        assert_int_equal(own[i].at, QON_AT_MOVE);
        assert_int_equal(own[i].excludes, 0);
    }
    loading_free(&loading);
}

// The places of a region in a year: -1 when no quota says.
static int64_t places(const struct qon_programme *own, int32_t region, int32_t year) {
    int64_t found = -1;
    for (int32_t q = 0; q < own->quotas_count; q++) {
        if (own->quotas[q].region == region && own->quotas[q].year == year) {
            assert_int_equal(found, -1); // once only
            found = own->quotas[q].places;
        }
    }
    return found;
}

static void quotas_hold_by_region_and_year(void **state) {
    struct loading loading;
    loading_make(&loading);
    scratch_replace(loading.folder, "scenario.json", "\"months\": 12", "\"months\": 36");
    const struct qon_programme *own = first_of(&loading, "{'name': 'a', 'quota': {'value': 5, 'source': 'x'}}");
    assert_int_equal(own->quotas_count, 1);
    assert_int_equal(places(own, QON_ALL_REGIONS, QON_EACH_YEAR), 5);
    // Regions and years that are not named have no place.
    own = first_of(&loading, "{'name': 'a', 'quota': {'R0001': {'2018': 7, '2031': 9}}}");
    assert_int_equal(places(own, 1, 2017), 0);
    assert_int_equal(places(own, 1, 2018), 7);
    assert_int_equal(places(own, 1, 2019), 0);
    assert_int_equal(places(own, 0, QON_EACH_YEAR), 0);
    assert_int_equal(own->quotas_count, 4);
    assert_string_equal(loading.scenario.unused, "[\n  \"programmes[0].quota.R0001.2031\"\n]");
    // "all" bounds the regions that are not named; "others" says more of them; each_year fills the years between.
    own = first_of(&loading, "{'name': 'a', 'quota': {'all': {'whole_time': 100}, 'R0000': {'each_year': 3, '2018': 8}}}");
    assert_int_equal(places(own, QON_ALL_REGIONS, QON_WHOLE_TIME), 100);
    assert_int_equal(places(own, 0, 2017), 3);
    assert_int_equal(places(own, 0, 2018), 8);
    assert_int_equal(places(own, 0, 2019), 3);
    assert_int_equal(own->quotas_count, 4);
    own = first_of(&loading, "{'name': 'a', 'from': '2018-03', 'quota': {'R0000': 1, 'others': {'2019': 4, 'whole_time': 6}}}");
    assert_int_equal(places(own, 0, QON_EACH_YEAR), 1);
    assert_int_equal(places(own, 1, 2018), 0);
    assert_int_equal(places(own, 1, 2019), 4);
    assert_int_equal(places(own, 1, QON_WHOLE_TIME), 6);
    assert_int_equal(own->quotas_count, 4);
    loading_free(&loading);
}

static void quotas_may_count_members_origins_and_groups(void **state) {
    struct loading loading;
    loading_make(&loading);
    const struct qon_programme *own = first_of(
        &loading, "{'name': 'a', 'quota': [{'all': 9, 'counts': 'members', 'region_of': 'origin', 'group': {'education': 'higher'}}, 4]}");
    assert_int_equal(own->quotas_count, 2);
    assert_true(own->quotas[0].members && own->quotas[0].of_origin);
    assert_true(own->quotas[0].group.nodes > 0);
    assert_false(own->quotas[1].members || own->quotas[1].of_origin);
    assert_int_equal(own->quotas[1].group.nodes, 0);
    assert_int_equal(own->quotas[1].places, 4);
    loading_free(&loading);
}

static void budgets_are_tenge_or_the_index_of_their_year(void **state) {
    struct loading loading;
    loading_make(&loading);
    scratch_replace(loading.folder, "scenario.json", "\"months\": 12", "\"months\": 24");
    const struct qon_programme *own = first_of(&loading, "{'name': 'a', 'budget': 1000.5}");
    assert_int_equal(own->budgets_count, 1);
    assert_int_equal(own->budgets[0].tiyn, 100050);
    assert_int_equal(own->budgets[0].year, QON_EACH_YEAR);
    own = first_of(&loading, "{'name': 'a', 'budget': {'unit': 'mci', 'all': 10}}");
    assert_int_equal(own->budgets_count, 2);
    assert_int_equal(own->budgets[0].tiyn, 10 * 226900);
    assert_int_equal(own->budgets[1].tiyn, 10 * 240500);
    assert_int_equal(own->budgets[1].year, 2018);
    own = first_of(&loading, "{'name': 'a', 'budget': {'R0000': {'whole_time': 7}}}");
    assert_int_equal(own->budgets_count, 2);
    assert_int_equal(own->budgets[0].tiyn, 700);
    assert_int_equal(own->budgets[0].year, QON_WHOLE_TIME);
    assert_int_equal(own->budgets[1].region, 1);
    assert_int_equal(own->budgets[1].tiyn, 0);
    loading_free(&loading);
}

static void what_excludes_is_excluded(void **state) {
    struct loading loading;
    loading_make(&loading);
    const struct qon_programme *own =
        first_of(&loading, "{'name': 'a'}, {'name': 'b', 'exclusive_with': ['a']}, {'name': 'c', 'stacks_with': ['b']},\n"
                           "{'name': 'd', 'stacks_with': ['a', 'b', 'c']}");
    assert_int_equal(own[0].excludes, 1 << 1 | 1 << 2);
    assert_int_equal(own[1].excludes, 1 << 0);
    assert_int_equal(own[2].excludes, 1 << 0 | 1 << 3);
    assert_int_equal(own[3].excludes, 1 << 2);
    loading_free(&loading);
}

static void the_order_of_priority_is_that_of_the_file(void **state) {
    struct loading loading;
    loading_make(&loading);
    const struct qon_programme *own = first_of(
        &loading, "{'name': 'a', 'ration': 'priority', 'priority': [{'destination': {'kind': 'rural'}}, {'occupation': ['health']}]}");
    assert_int_equal(own->scores_count, 2);
    assert_int_equal(own->scores[0].who.reads, QON_READS_DESTINATION);
    assert_int_equal(own->scores[1].who.reads, QON_READS_PERSON);
    loading_free(&loading);
}

static void what_lies_outside_the_run_is_listed_as_unused(void **state) {
    struct loading loading;
    loading_make(&loading);
    first_of(&loading,
             "{'name': 'a', 'from': '2019-01', 'to': '2020-12', 'quota': 5}, {'name': 'b', 'quota': {'all': {'2017': 1, '2018': 2}}}");
    assert_string_equal(loading.scenario.unused,
                        "[\n  \"calendar.mci_tenge.2018-01\",\n  \"programmes[0]\",\n  \"programmes[1].quota.all.2018\"\n]");
    loading_free(&loading);
}

static void the_effective_form_has_every_default_and_reads_back_the_same(void **state) {
    struct loading loading;
    loading_make(&loading);
    first_of(&loading, "{'name': 'a', 'ration': 'lottery', 'eligible': {'owner': true}, 'quota': {'R0000': 3},\n"
                       " 'benefits': [{'kind': 'loan', 'principal_mci': {'value': 10, 'source': 'here'}, 'note': 'n'}]}");
    const char *effective = loading.scenario.effective;
    static const char *const lines[] = {
        "\"at\": \"move\",",
        "\"from\": \"2017-01\",",
        "\"to\": \"2017-12\",",
        "\"ration\": \"lottery\"",
        "\"clawback_share\": 1,",
        "\"word_year\": 0.38,",
        "\"kind\": \"loan\",\n          \"note\": \"n\",\n          \"principal_mci\": {\n            \"value\": 10,\n",
        "            \"source\": \"here\"\n          },\n          \"principal_tenge\": 0,",
        "\"term_months\": 180,",
        "\"owner\": true",
        "\"R0000\": 3",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        if (strstr(effective, lines[i]) == NULL) {
            fail_msg("no %s in %s", lines[i], strstr(effective, "\"programmes\""));
        }
    }
    char *first = qon_string_copy(effective);
    scratch_text(loading.folder, "again.json", first);
    scratch_path(loading.file, loading.folder, "again.json");
    loading_good(&loading, NULL, 0);
    assert_string_equal(loading.scenario.effective, first);
    qon_free(first);
    loading_free(&loading);
}

static void a_programme_can_be_set_from_the_command_line(void **state) {
    struct loading loading;
    loading_make(&loading);
    char *original = scratch_read(loading.folder, "scenario.json");
    with_programmes(&loading, original, "{'name': 'a', 'quota': {'R0000': 3}, 'benefits': [{'kind': 'grant', 'amount_mci': 1}]}");
    const struct qon_override overrides[] = {{"programmes.a.quota", "0"},
                                             {"programmes.a.benefits[0].amount_mci", "35"},
                                             {"programmes.a.bond.months", "24"},
                                             {"programmes.a.eligible", "{\"age_years\": {\"min\": 20}}"}};
    loading_good(&loading, overrides, 4);
    const struct qon_programme *own = &loading.scenario.programmes.row[0];
    assert_int_equal(own->quotas_count, 1);
    assert_int_equal(own->quotas[0].places, 0);
    assert_true(setting(&own->benefits[0], "amount_mci") == 35);
    assert_int_equal(own->bond.months, 24);
    assert_true(own->eligible.nodes > 0);
    const struct qon_override wrong = {"programmes.a.bond.month", "24"};
    assert_int_equal(loading_load(&loading, &wrong, 1), QON_USER);
    loading_says(&loading, "--set: programmes[0].bond.month: there is no such key (did you mean months?)");
    free(original);
    loading_free(&loading);
}

// ---- bad ones

static void unknown_keys_of_programmes_are_refused_with_the_nearest(void **state) {
    EACH({"{'name': 'a',\n 'benefit': []}", "21:2: programmes[0].benefit: there is no such key (did you mean benefits?)"},
         {"{'name': 'a', 'bond': {'month': 3}}", "20:24: programmes[0].bond.month: there is no such key (did you mean months?)"},
         {"{'name': 'a', 'awareness': {'start': 1}}", "20:29: programmes[0].awareness.start: there is no such key"},
         {"{'name': 'a', 'benefits': [{'kind': 'grant', 'amount_mci': 1,\n'piad': 'upfront'}]}",
          "21:1: programmes[0].benefits[0].piad: there is no such key (did you mean paid?)"},
         {"{'name': 'a', 'benefits': [{'kind': 'loan', 'principal_mci': 1, 'amount_mci': 1}]}",
          "20:65: programmes[0].benefits[0].amount_mci: there is no such key"},
         {"{'name': 'a', 'title': {'de': 'x'}}", "20:25: programmes[0].title.de: there is no such key"},
         {"{'name': 'a', 'ration': 'points', 'points': [{'points': 1, 'whom': {}}]}",
          "20:60: programmes[0].points[0].whom: there is no such key (did you mean who?)"},
         {"{'name': 'a', 'quota': {'R0002': 1}}", "20:25: programmes[0].quota.R0002: there is no such region or key (did you mean R0000?)"},
         {"{'name': 'a', 'quota': {'all': 1, 'count': 'members'}}",
          "20:35: programmes[0].quota.count: there is no such region or key (did you mean counts?)"},
         {"{'name': 'a', 'budget': {'all': 1, 'units': 'mci'}}",
          "20:36: programmes[0].budget.units: there is no such region or key (did you mean unit?)"},
         {"{'name': 'a', 'bond': {'months': {'value': 1, 'sauce': 'x'}}}",
          "20:47: programmes[0].bond.months.sauce: there is no such key (did you mean source?)"});
}

static void names_of_programmes_are_plain(void **state) {
    EACH({"{'name': 'a b'}", "20:10: programmes[0].name: expected 1 to 64 letters a-z, A-Z, digits, - and _"},
         {"{'name': ''}", "20:10: programmes[0].name: expected 1 to 64 letters a-z, A-Z, digits, - and _"},
         {"{'name': 7}", "20:10: programmes[0].name: is a number, expected a text"},
         {"{'name': 'a'}, 3", "20:16: programmes[1]: is a number, expected an object"});
}

static void values_of_programmes_have_their_types_and_ranges(void **state) {
    EACH({"{'name': 'a', 'bond': {'months': -1}}", "20:34: programmes[0].bond.months: is -1, expected 0 to 600 (month)"},
         {"{'name': 'a', 'bond': {'months': 1.5}}", "20:34: programmes[0].bond.months: is 1.5, expected a whole number"},
         {"{'name': 'a', 'bond': 7}", "20:23: programmes[0].bond: is a number, expected an object"},
         {"{'name': 'a', 'bond': {'occupation': 1}}", "20:38: programmes[0].bond.occupation: is a number, expected true or false"},
         {"{'name': 'a', 'awareness': {'start_share': {'value': 1.01, 'source': 'x'}}}",
          "20:54: programmes[0].awareness.start_share.value: is 1.01, expected 0 to 1"},
         {"{'name': 'a', 'take_up_month': 'x'}", "20:32: programmes[0].take_up_month: is the text \"x\", expected a number"},
         {"{'name': 'a', 'from': '2017-13'}", "20:23: programmes[0].from: is the text \"2017-13\", expected a month YYYY-MM"},
         {"{'name': 'a', 'from': '2018-01', 'to': '2017-12'}", "20:40: programmes[0].to: the programme ends before it begins (2018-01)"},
         {"{'name': 'a', 'carry_over': 1}", "20:29: programmes[0].carry_over: is a number, expected true or false"},
         {"{'name': 'a', 'at': 'hire', 'waiting_months': 3, 'benefits': [{'kind': 'hiring_priority'}]}",
          "20:47: programmes[0].waiting_months: nobody can wait: \"at\" is hire, emigration or country, "
          "where the occasion passes with the month"},
         {"{'name': 'a', 'source': 1}", "20:25: programmes[0].source: is a number, expected a text"},
         {"{'name': 'a', 'title': 'x'}", "20:24: programmes[0].title: is the text \"x\", expected an object"});
}

static void choices_are_named_with_the_nearest(void **state) {
    EACH({"{'name': 'a', 'at': 'moves'}", "20:21: programmes[0].at: is the text \"moves\", expected one of "
                                          "move|hire|residence|arrival|emigration|school|country (did you mean move?)"},
         {"{'name': 'a', 'ration': 'loterry'}", "20:25: programmes[0].ration: is the text \"loterry\", expected one of "
                                                "first_come|lottery|points|priority|proportional (did you mean lottery?)"},
         {"{'name': 'a', 'ration': 1}", "20:25: programmes[0].ration: is a number, expected a text"},
         {"{'name': 'a', 'benefits': [{'kind': 'grant', 'amount_mci': 1, 'per': 'head'}]}",
          "20:70: programmes[0].benefits[0].per: is the text \"head\", expected one of applicant|member"},
         {"{'name': 'a', 'quota': {'all': 1, 'counts': 'member'}}",
          "20:45: programmes[0].quota.counts: is the text \"member\", expected one of grants|members (did you mean members?)"},
         {"{'name': 'a', 'budget': {'all': 1, 'unit': 'dollar'}}",
          "20:44: programmes[0].budget.unit: is the text \"dollar\", expected one of tenge|mci"});
}

static void benefits_are_of_known_kinds_in_their_place(void **state) {
    EACH({"{'name': 'a', 'benefits': {}}", "20:27: programmes[0].benefits: is an object, expected an array of benefits"},
         {"{'name': 'a', 'benefits': [5]}", "20:28: programmes[0].benefits[0]: is a number, expected an object"},
         {"{'name': 'a', 'benefits': [{'amount_mci': 5}]}",
          "20:28: programmes[0].benefits[0]: \"kind\" is missing, expected a kind of benefit"},
         {"{'name': 'a', 'benefits': [{'kind': 'grnt'}]}",
          "20:37: programmes[0].benefits[0].kind: there is no kind of benefit \"grnt\" (did you mean grant?)"},
         {"{'name': 'a', 'benefits': [{'kind': 'enforcement'}]}",
          "20:37: programmes[0].benefits[0].kind: the kind enforcement cannot stand in a programme whose \"at\" is move; qonys describe "
          "benefits enforcement says where it can"},
         {"{'name': 'a', 'at': 'country', 'benefits': [{'kind': 'grant', 'amount_mci': 1}]}",
          "20:54: programmes[0].benefits[0].kind: the kind grant cannot stand in a programme whose \"at\" is country; qonys describe "
          "benefits grant says where it can"},
         {"{'name': 'a', 'benefits': [{'kind': 'grant'}]}",
          "20:28: programmes[0].benefits[0]: gives nothing: amount_mci or amount_tenge is missing"},
         {"{'name': 'a', 'benefits': [{'kind': 'grant', 'amount_tenge': -1}]}",
          "20:62: programmes[0].benefits[0].amount_tenge: is -1, expected 0 to 1000000000000 (tenge)"},
         {"{'name': 'a', 'benefits': [{'kind': 'loan', 'principal_mci': 1, 'term_months': 0}]}",
          "20:80: programmes[0].benefits[0].term_months: is 0, expected 1 to 600 (month)"},
         {"{'name': 'a', 'benefits': [{'kind': 'training', 'occupation': 'helth'}]}",
          "20:63: programmes[0].benefits[0].occupation: there is no row in the table occupations with the id \"helth\" (did you mean "
          "health?)"},
         {"{'name': 'a', 'benefits': [{'kind': 'training', 'occupation': 3}]}",
          "20:63: programmes[0].benefits[0].occupation: is a number, expected an id"},
         {"{'name': 'fair', 'at': 'country', 'benefits': [{'kind': 'information', 'about': 'fairs'}]}",
          "20:81: programmes[0].benefits[0].about: there is no programme \"fairs\" (did you mean fair?)"});
}

static void conditions_name_what_exists(void **state) {
    EACH({"{'name': 'a', 'eligible': []}", "20:27: programmes[0].eligible: expected a condition such as {\"age_years\": {\"min\": 18}}"},
         {"{'name': 'a', 'eligible': {'educaton': 'higher'}}",
          "20:28: programmes[0].eligible.educaton: there is no attribute \"educaton\" (did you mean education?)"},
         {"{'name': 'a', 'eligible': {'all': [{'education': 'higer'}]}}",
          "20:50: programmes[0].eligible.all[0].education: there is no education \"higer\" (did you mean higher?)"},
         {"{'name': 'a', 'eligible': {'all': [{'not': {'occupation': ['health',\n 'educaton']}}]}}",
          "21:2: programmes[0].eligible.all[0].not.occupation[1]: there is no occupation \"educaton\" (did you mean education?)"},
         {"{'name': 'a', 'eligible': {'destination': {'kind': 'rurl'}}}",
          "20:52: programmes[0].eligible.destination.kind: there is no kind \"rurl\" (did you mean rural?)"},
         {"{'name': 'a', 'eligible': {'destination': {'designated_recepton': true}}}",
          "20:44: programmes[0].eligible.destination.designated_recepton: there is no attribute \"designated_recepton\" (did you mean "
          "designated_reception?)"},
         {"{'name': 'a', 'eligible': {'origin': {'region': ['R0000', 'R0007']}}}",
          "20:59: programmes[0].eligible.origin.region[1]: there is no region \"R0007\" (did you mean R0000?)"},
         {"{'name': 'a', 'eligible': {'employer': {'sector': 'minning'}}}",
          "20:51: programmes[0].eligible.employer.sector: there is no sector \"minning\" (did you mean mining?)"},
         {"{'name': 'a', 'eligible': {'status': 'jobless'}}", "20:38: programmes[0].eligible.status: there is no status \"jobless\""},
         {"{'name': 'a', 'eligible': {'education': []}}", "20:41: programmes[0].eligible.education: is empty: nobody would be eligible"},
         {"{'name': 'a', 'eligible': {'education': 3}}", "20:41: programmes[0].eligible.education: expected a text or a list of texts"},
         {"{'name': 'a', 'eligible': {'owner': 1}}", "20:37: programmes[0].eligible.owner: expected true or false"},
         {"{'name': 'a', 'eligible': {'age_years': 'old'}}", "20:41: programmes[0].eligible.age_years: expected a number"},
         {"{'name': 'a', 'eligible': {'age_years': {'mni': 3}}}",
          "20:42: programmes[0].eligible.age_years.mni: there is no comparison \"mni\" (did you mean min?)"},
         {"{'name': 'a', 'eligible': {'age_years': {'min': 30, 'max': 20}}}",
          "20:41: programmes[0].eligible.age_years: nothing lies in this range"},
         {"{'name': 'a', 'eligible': {'age_years': {'min': {'value': 30, 'sorce': 'x'}}}}",
          "20:63: programmes[0].eligible.age_years.min.sorce: there is no such key (did you mean source?)"},
         {"{'name': 'a', 'eligible': {'any': {'owner': true}}}", "20:35: programmes[0].eligible.any: expected a list of conditions"},
         {"{'name': 'a', 'eligible': {'earlier_benefits': ['b']}}, {'name': 'bb'}",
          "20:49: programmes[0].eligible.earlier_benefits[0]: there is no earlier_benefits \"b\""});
}

static void quotas_and_budgets_are_checked(void **state) {
    EACH(
        {"{'name': 'a', 'quota': 'x'}", "20:24: programmes[0].quota: is the text \"x\", expected a number"},
        {"{'name': 'a', 'quota': -1}", "20:24: programmes[0].quota: is -1, expected 0 to 1000000000 (place)"},
        {"{'name': 'a', 'quota': 0.5}", "20:24: programmes[0].quota: is 0.5, expected a whole number"},
        {"{'name': 'a', 'quota': {}}", "20:24: programmes[0].quota: gives no amount, expected \"all\", \"others\" or regions"},
        {"{'name': 'a', 'quota': {'counts': 'members'}}",
         "20:24: programmes[0].quota: gives no amount, expected \"all\", \"others\" or regions"},
        {"{'name': 'a', 'quota': {'R0000': {}}}",
         "20:34: programmes[0].quota.R0000: gives no amount, expected a number or numbers by year"},
        {"{'name': 'a', 'quota': {'R0000': {'17': 3}}}",
         "20:35: programmes[0].quota.R0000.17: the key is neither a year YYYY nor each_year nor whole_time"},
        {"{'name': 'a', 'quota': {'R0000': {'each_yer': 3, '2017': 1}}}",
         "20:35: programmes[0].quota.R0000.each_yer: the key is neither a year YYYY nor each_year nor whole_time (did you mean "
         "each_year?)"},
        {"{'name': 'a', 'quota': {'R0000': {'2017': 'x'}}}", "20:43: programmes[0].quota.R0000.2017: is the text \"x\", expected a number"},
        {"{'name': 'a', 'quota': [{'all': 1}, {'all': 2, 'group': {'sexx': 'male'}}]}",
         "20:58: programmes[0].quota[1].group.sexx: there is no attribute \"sexx\" (did you mean sex?)"},
        {"{'name': 'a', 'budget': {'all': -5}}", "20:33: programmes[0].budget.all: is -5, expected 0 to 100000000000000 (tenge or MCI)"},
        {"{'name': 'a', 'budget': true}", "20:25: programmes[0].budget: is true or false, expected a number"});
}

static void who_comes_first_agrees_with_the_ration(void **state) {
    EACH({"{'name': 'a', 'ration': 'points'}", "20:1: programmes[0]: \"ration\" is points, so a list \"points\" must say who comes first"},
         {"{'name': 'a', 'ration': 'priority'}",
          "20:1: programmes[0]: \"ration\" is priority, so a list \"priority\" must say who comes first"},
         {"{'name': 'a', 'points': []}", "20:15: programmes[0].points: is of no use unless \"ration\" is \"points\""},
         {"{'name': 'a', 'ration': 'points', 'points': {}}", "20:45: programmes[0].points: is an object, expected an array"},
         {"{'name': 'a', 'ration': 'points', 'points': [{'who': {}}]}", "20:46: programmes[0].points[0]: \"points\" is missing"},
         {"{'name': 'a', 'ration': 'points', 'points': [{'points': 1e7}]}",
          "20:57: programmes[0].points[0].points: is 10000000, expected -1000000 to 1000000 (point)"},
         {"{'name': 'a', 'ration': 'priority', 'priority': [{'legal': 'kandass'}]}",
          "20:60: programmes[0].priority[0].legal: there is no legal \"kandass\" (did you mean kandas?)"});
}

static void stacking_names_other_programmes(void **state) {
    EACH({"{'name': 'grant', 'exclusive_with': ['loans']}, {'name': 'loan'}",
          "20:38: programmes[0].exclusive_with[0]: there is no programme \"loans\" (did you mean loan?)"},
         {"{'name': 'a', 'exclusive_with': 'b'}, {'name': 'b'}",
          "20:33: programmes[0].exclusive_with: is a text, expected an array of names of programmes"},
         {"{'name': 'a', 'stacks_with': [1]}", "20:31: programmes[0].stacks_with[0]: is a number, expected a text"},
         {"{'name': 'a', 'stacks_with': ['a']}", "20:31: programmes[0].stacks_with[0]: is the programme itself"},
         {"{'name': 'a', 'exclusive_with': [], 'stacks_with': []}",
          "20:37: programmes[0].stacks_with: say either exclusive_with or stacks_with, not both"});
}

static void sixty_five_programmes_are_too_many(void **state) {
    struct loading loading;
    char list[TEXT_MAX] = "";
    loading_make(&loading);
    char *original = scratch_read(loading.folder, "scenario.json");
    for (int count = 64; count <= 65; count++) {
        list[0] = '\0';
        for (int i = 0; i < count; i++) {
            snprintf(list + strlen(list), sizeof list - strlen(list), "%s{'name': 'p%d', 'stacks_with': []}", i > 0 ? ", " : "", i);
        }
        with_programmes(&loading, original, list);
        if (count == 64) {
            loading_good(&loading, NULL, 0);
            assert_true(loading.scenario.programmes.row[63].excludes == UINT64_MAX >> 1);
        } else {
            loading_says_only(&loading, "scenario.json:19:17: programmes: 65 programmes, expected at most 64");
        }
    }
    free(original);
    loading_free(&loading);
}

static void a_condition_without_end_is_refused(void **state) {
    struct loading loading;
    loading_make(&loading);
    char *original = scratch_read(loading.folder, "scenario.json");
    char *text = calloc(1, 200000);
    strcat(text, "[");
    size_t length = 1;
    for (int i = 0; i < 5000; i++) {
        length += (size_t)sprintf(text + length, "%s{}", i > 0 ? "," : "");
    }
    strcat(text, "]");
    with_programmes(&loading, original, "{'name': 'a'}");
    const struct qon_override override = {"programmes.a.eligible", "{\"all\": []}"};
    loading_good(&loading, &override, 1);
    const struct qon_override many[] = {override, {"programmes.a.eligible.all", text}};
    assert_int_equal(loading_load(&loading, many, 2), QON_USER);
    loading_says(&loading, "--set:1:12284: programmes[0].eligible.all[4094]: the condition has more than 4096 parts");
    assert_int_equal(loading.faults.count, 1);
    free(text);
    free(original);
    loading_free(&loading);
}

static void a_spoilt_table_is_blamed_alone(void **state) {
    struct loading loading;
    loading_make(&loading);
    scratch_replace(loading.folder, "occupations.csv", "health,health", "helth,health");
    char *original = scratch_read(loading.folder, "scenario.json");
    with_programmes(&loading, original, "{'name': 'a', 'eligible': {'occupation': 'health'}, 'quota': {'R0000': 1}}");
    scratch_replace(loading.folder, "regions.csv", "R0001,Region 1", "R0000,Region 1");
    assert_int_equal(loading_load(&loading, NULL, 0), QON_USER);
    for (int i = 0; i < loading.faults.kept; i++) {
        assert_null(strstr(loading.faults.text[i], "programmes"));
    }
    free(original);
    loading_free(&loading);
}

static void failing_memory_leaves_no_programme_behind(void **state) {
    struct loading loading;
    loading_make(&loading);
    char *original = scratch_read(loading.folder, "scenario.json");
    with_programmes(&loading, original,
                    "{'name': 'a', 'title': {'en': 'x'}, 'source': 's', 'eligible': {'education': 'higher'},\n"
                    " 'benefits': [{'kind': 'grant', 'amount_mci': 1}], 'quota': {'R0000': {'2017': 1}, 'group': {'sex': 'male'}},\n"
                    " 'budget': 5, 'ration': 'points', 'points': [{'points': 1, 'who': {'owner': true}}]}");
    long after = 0;
    enum qon_status status;
    int failed = 0;
    do {
        qon_memory_fail_after(after);
        status = loading_load(&loading, NULL, 0);
        qon_memory_fail_after(-1);
        failed += status == QON_MACHINE;
        assert_true(status == QON_OK || status == QON_MACHINE);
        after += 1 + after / 40;
    } while (status != QON_OK);
    assert_true(failed > 50);
    free(original);
    loading_free(&loading);
}

// ---- the shipped ones

static void every_shipped_scenario_is_read_with_titles_in_three_languages(void **state) {
    DIR *folder = opendir(QON_SOURCE_DIR "/scenarios");
    assert_non_null(folder);
    int count = 0;
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        const char *end = strrchr(entry->d_name, '.');
        if (end == NULL || strcmp(end, ".json") != 0 || strncmp(entry->d_name, "study-", 6) == 0) {
            continue;
        }
        char file[4096];
        snprintf(file, sizeof file, "%s/scenarios/%s", QON_SOURCE_DIR, entry->d_name);
        struct qon_scenario scenario;
        struct qon_faults faults;
        qon_faults_init(&faults);
        if (qon_scenario_load(&scenario, file, NULL, 0, &faults) != QON_OK) {
            fail_msg("%s", faults.text[0]);
        }
        for (int language = 0; language < QON_LANGUAGES; language++) {
            assert_non_null(scenario.title[language]);
            for (int32_t p = 0; p < scenario.programmes.count; p++) {
                assert_non_null(scenario.programmes.row[p].title[language]);
            }
        }
        bool baseline = strcmp(scenario.name, "baseline") == 0;
        assert_true(baseline == (scenario.programmes.count == 0));
        for (int32_t p = 0; p < scenario.programmes.count; p++) {
            assert_non_null(scenario.programmes.row[p].source);
            assert_true(scenario.programmes.row[p].benefits_count > 0);
        }
        if (strcmp(scenario.name, "concept-2017") == 0) {
            assert_true(scenario.programmes.count > 20);
        }
        count++;
        qon_scenario_free(&scenario);
    }
    closedir(folder);
    assert_true(count >= 27); // nineteen instruments, of which the foreign ones are seven; south to north; the concept; the baseline
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_programme_is_read_with_all_its_parts),
        cmocka_unit_test(benefits_take_amounts_choices_and_references),
        cmocka_unit_test(without_a_word_a_programme_lasts_as_long_as_the_run_and_is_for_all),
        cmocka_unit_test(quotas_hold_by_region_and_year),
        cmocka_unit_test(quotas_may_count_members_origins_and_groups),
        cmocka_unit_test(budgets_are_tenge_or_the_index_of_their_year),
        cmocka_unit_test(what_excludes_is_excluded),
        cmocka_unit_test(the_order_of_priority_is_that_of_the_file),
        cmocka_unit_test(what_lies_outside_the_run_is_listed_as_unused),
        cmocka_unit_test(the_effective_form_has_every_default_and_reads_back_the_same),
        cmocka_unit_test(a_programme_can_be_set_from_the_command_line),
        cmocka_unit_test(unknown_keys_of_programmes_are_refused_with_the_nearest),
        cmocka_unit_test(names_of_programmes_are_plain),
        cmocka_unit_test(values_of_programmes_have_their_types_and_ranges),
        cmocka_unit_test(choices_are_named_with_the_nearest),
        cmocka_unit_test(benefits_are_of_known_kinds_in_their_place),
        cmocka_unit_test(conditions_name_what_exists),
        cmocka_unit_test(quotas_and_budgets_are_checked),
        cmocka_unit_test(who_comes_first_agrees_with_the_ration),
        cmocka_unit_test(stacking_names_other_programmes),
        cmocka_unit_test(sixty_five_programmes_are_too_many),
        cmocka_unit_test(a_condition_without_end_is_refused),
        cmocka_unit_test(a_spoilt_table_is_blamed_alone),
        cmocka_unit_test(failing_memory_leaves_no_programme_behind),
        cmocka_unit_test(every_shipped_scenario_is_read_with_titles_in_three_languages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
