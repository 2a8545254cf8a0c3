// SPDX-License-Identifier: GPL-3.0-or-later
// Conditions: what they mean, in whole and in parts, and what is said about wrong ones. ODD tag M-ELIGIBLE-1.
#include "../../support/small_country.h"
#include "../../support/terms.h"
// cmocka wants these before it
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <qonys/predicate.h>

// One household in A-U: a woman of 30 years with higher education, unemployed for 14 months, and her son of 5.
struct fixture {
    struct small_country country;
    struct terms terms;
    struct qon_predicate predicate;
    struct qon_ask ask;
};

static void person(struct qon_persons *p, uint32_t row, int32_t month, int32_t age_months, uint8_t sex, uint8_t status) {
    p->birth_month[row] = (int16_t)(month - age_months);
    p->sex[row] = sex;
    p->status[row] = status;
    p->employer[row] = QON_NONE;
    p->arrival_month[row] = QON_ALWAYS;
    p->next[row] = row == 0 ? 1 : QON_NONE;
    p->role[row] = row == 0 ? QON_HEAD : QON_OFFSPRING;
    p->occupation[row] = row == 0 ? 0 : QON_NO_OCCUPATION;
}

static int setup(void **state) {
    struct fixture *f = NULL;
    assert_int_equal(qon_take(&f, 1, sizeof *f), QON_OK);
    small_country_init(&f->country);
    struct qon_world *w = &f->country.world;
    assert_int_equal(qon_block_reserve(&w->block[0], 2, 1), QON_OK);
    struct qon_persons *p = &w->block[0].persons;
    struct qon_households *h = &w->block[0].households;
    p->count = 2;
    h->count = 1;
    person(p, 0, w->month, 30 * 12, QON_FEMALE, QON_UNEMPLOYED);
    person(p, 1, w->month, 5 * 12, QON_MALE, QON_CHILD);
    p->education[0] = 1;
    p->status_month[0] = (int16_t)(w->month - 14);
    h->members[0] = 2;
    h->savings_tiyn[0] = 12345600;
    h->zone[0] = 0;
    f->ask = (struct qon_ask){w, &w->block[0], 0, 0, 0, 1, QON_NONE, NULL};
    // What setting off to A-R reads of the model is not needed here.
    *state = f;
    return 0;
}

static int teardown(void **state) {
    struct fixture *f = *state;
    qon_predicate_free(&f->predicate);
    small_country_free(&f->country);
    qon_free(f);
    return 0;
}

static void compile(struct fixture *f, const char *json) {
    static const char *const names[] = {"village", "north"};
    struct qon_faults faults;
    qon_faults_init(&faults);
    qon_predicate_free(&f->predicate);
    if (qon_predicate_compile(&f->predicate, terms_parse(&f->terms, json), &f->country.scenario.tables, names, 2, &faults) != QON_OK) {
        fail_msg("%s: %s", json, faults.text[0]);
    }
}

static void says(struct fixture *f, bool expected, const char *json) {
    compile(f, json);
    if (qon_predicate_holds(&f->predicate, &f->ask) != expected) {
        fail_msg("%s is %s", json, expected ? "false" : "true");
    }
}

static void conditions_on_persons_mean_what_they_say(void **state) {
    struct fixture *f = *state;
    says(f, true, "{}");
    says(f, true, "{\"age_years\": {\"min\": 18, \"max\": 35}}");
    says(f, true, "{\"age_years\": {\"min\": 30, \"max\": 30}}");
    says(f, false, "{\"age_years\": {\"above\": 30}}");
    says(f, false, "{\"age_years\": {\"below\": 30}}");
    says(f, true, "{\"age_years\": 30}");
    says(f, true, "{\"education\": [\"basic\", \"higher\"]}");
    says(f, false, "{\"education\": \"basic\"}");
    says(f, true, "{\"sex\": \"female\", \"status\": [\"unemployed\", \"student\"]}");
    says(f, true, "{\"registered_months\": {\"at_least\": 12}}");
    says(f, false, "{\"registered_months\": {\"at_least\": 15}}");
    says(f, true, "{\"household\": {\"minors\": {\"min\": 1}, \"savings_tenge\": {\"max\": 123456}}}");
    says(f, false, "{\"household\": {\"owner\": true}}");
    says(f, false, "{\"legal\": \"kandas\"}");
    says(f, false, "{\"employer\": {\"sector\": \"all\"}}"); // she has none
    says(f, true, "{\"person\": {\"role\": \"head\"}}");
    f->ask.person = 1;
    says(f, false, "{\"registered_months\": {\"at_least\": 0}}"); // a child is not registered
    says(f, true, "{\"not\": {\"role\": \"head\"}}");
}

static void conditions_on_zones_mean_what_they_say(void **state) {
    struct fixture *f = *state;
    says(f, true, "{\"origin\": {\"kind\": \"urban\"}, \"destination\": {\"kind\": \"rural\"}}");
    says(f, true, "{\"destination\": {\"region\": [\"A\"], \"area_km2\": {\"min\": 90}}}");
    says(f, false, "{\"destination\": {\"id\": [\"A-U\", \"B-U\"]}}");
    says(f, true, "{\"origin\": {\"macroregion\": \"north\"}}");
    says(f, false, "{\"origin\": {\"macroregion\": \"south\"}}");
    f->ask.destination = QON_NONE;
    says(f, false, "{\"destination\": {\"region\": \"A\"}}");
}

static void all_any_and_not_combine(void **state) {
    struct fixture *f = *state;
    says(f, true, "{\"all\": [{\"sex\": \"female\"}, {\"any\": [{\"legal\": \"kandas\"}, {\"age_years\": {\"min\": 18}}]}]}");
    says(f, false, "{\"all\": [{\"sex\": \"female\"}, {\"not\": {\"age_years\": {\"min\": 18}}}]}");
    says(f, false, "{\"any\": []}");
    says(f, true, "{\"all\": []}");
    says(f, true, "{\"any\": [{\"sex\": \"male\", \"age_years\": 30}, {\"sex\": \"female\", \"age_years\": 30}]}");
    says(f, false, "{\"any\": [{\"sex\": \"male\", \"age_years\": 30}, {\"sex\": \"female\", \"age_years\": 31}]}");
    says(f, true, "{\"not\": {\"sex\": \"female\", \"age_years\": 31}}");
    says(f, true, "{\"destination\": {\"any\": [{\"region\": \"B\"}, {\"kind\": \"rural\"}]}}");
}

// Every subset of parts adds up to the whole, for random conditions.
static void parts_add_up_to_the_whole(void **state) {
    struct fixture *f = *state;
    static const char *const atoms[] = {
        "{\"age_years\": {\"min\": 18}}",
        "{\"sex\": \"male\"}",
        "{\"origin\": {\"kind\": \"urban\"}}",
        "{\"destination\": {\"kind\": \"urban\"}}",
        "{\"any\": [{\"sex\": \"male\"}, {\"destination\": {\"region\": \"A\"}}]}",
        "{\"any\": [{\"origin\": {\"region\": \"B\"}}, {\"destination\": {\"region\": \"B\"}}]}",
        "{\"household\": {\"owner\": false}}",
    };
    for (unsigned set = 0; set < 128; set++) {
        char json[1024] = "{\"all\": [";
        for (int a = 0; a < 7; a++) {
            if ((set >> a & 1) != 0) {
                strcat(json, strlen(json) > 9 ? ", " : "");
                strcat(json, atoms[a]);
            }
        }
        strcat(json, "]}");
        compile(f, json);
        for (uint32_t origin = 0; origin < SMALL_ZONES; origin++) {
            for (uint32_t destination = 0; destination < SMALL_ZONES; destination++) {
                f->ask.origin = origin;
                f->ask.destination = destination;
                bool parts = qon_predicate_part(&f->predicate, &f->ask, QON_READS_PERSON | QON_READS_EMPLOYER, 0) &&
                             qon_predicate_part(&f->predicate, &f->ask, QON_READS_ORIGIN | QON_READS_DESTINATION, 0) &&
                             qon_predicate_mixed(&f->predicate, &f->ask);
                assert_int_equal(parts, qon_predicate_holds(&f->predicate, &f->ask));
            }
        }
    }
}

static void wrong_conditions_are_refused_with_their_place(void **state) {
    struct fixture *f = *state;
    static const struct {
        const char *json, *says;
    } wrong[] = {
        {"{\"eduction\": \"higher\"}", "there is no attribute \"eduction\" (did you mean education?)"},
        {"{\"education\": \"highr\"}", "there is no education \"highr\" (did you mean higher?)"},
        {"{\"destination\": {\"kind\": \"rurall\"}}", "there is no kind \"rurall\" (did you mean rural?)"},
        {"{\"age_years\": \"old\"}", "expected a number"},
        {"{\"age_years\": {\"from\": 3}}", "there is no comparison \"from\""},
        {"{\"age_years\": {\"min\": 5, \"max\": 4}}", "nothing lies in this range"},
        {"{\"education\": []}", "is empty: nobody would be eligible"},
        {"{\"education\": {\"min\": 1}}", "expected a text or a list of texts"},
        {"{\"household\": {\"owner\": 1}}", "expected true or false"},
        {"{\"earlier_benefits\": \"vilage\"}", "(did you mean village?)"},
        {"{\"all\": {\"sex\": \"male\"}}", "expected a list of conditions"},
        {"{\"household\": 3}", "expected a condition such as"},
        {"{\"origin\": {\"age_years\": 3}}", "there is no attribute \"age_years\""},
        {"{\"household\": {\"id\": 3}}", "there is no attribute \"id\""},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        static const char *const names[] = {"village"};
        struct qon_faults faults;
        struct qon_predicate predicate;
        qon_faults_init(&faults);
        assert_int_equal(
            qon_predicate_compile(&predicate, terms_parse(&f->terms, wrong[i].json), &f->country.scenario.tables, names, 1, &faults),
            QON_USER);
        assert_null(predicate.node);
        assert_int_equal(faults.count, 1);
        if (strstr(faults.text[0], wrong[i].says) == NULL || strncmp(faults.text[0], "test:1:", 7) != 0) {
            fail_msg("%s: %s", wrong[i].json, faults.text[0]);
        }
    }
}

static void lack_of_memory_is_reported(void **state) {
    struct fixture *f = *state;
    const struct qon_term *term =
        terms_parse(&f->terms, "{\"any\": [{\"education\": [\"basic\"]}, {\"destination\": {\"kind\": \"rural\"}}]}");
    bool done = false;
    for (long after = 0; !done; after++) {
        struct qon_predicate predicate;
        struct qon_faults faults;
        qon_faults_init(&faults);
        qon_memory_fail_after(after);
        enum qon_status status = qon_predicate_compile(&predicate, term, &f->country.scenario.tables, NULL, 0, &faults);
        qon_memory_fail_after(-1);
        done = status == QON_OK;
        assert_true(done || (status == QON_MACHINE && faults.count == 1));
        qon_predicate_free(&predicate);
        assert_true(after < 100);
    }
}

static void every_attribute_says_what_it_is(void **state) {
    (void)state;
    struct qon_attribute attribute;
    int32_t count = 0;
    for (; qon_attribute_get(count, &attribute); count++) {
        assert_true(attribute.subject[0] != '\0' && attribute.name[0] != '\0' && attribute.values[0] != '\0' &&
                    attribute.meaning[0] != '\0');
    }
    assert_true(count > 40);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(conditions_on_persons_mean_what_they_say, setup, teardown),
        cmocka_unit_test_setup_teardown(conditions_on_zones_mean_what_they_say, setup, teardown),
        cmocka_unit_test_setup_teardown(all_any_and_not_combine, setup, teardown),
        cmocka_unit_test_setup_teardown(parts_add_up_to_the_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(wrong_conditions_are_refused_with_their_place, setup, teardown),
        cmocka_unit_test_setup_teardown(lack_of_memory_is_reported, setup, teardown),
        cmocka_unit_test(every_attribute_says_what_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
