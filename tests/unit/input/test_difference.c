// SPDX-License-Identifier: GPL-3.0-or-later
// What two scenarios differ in, as another program would ask; and what happens when memory runs out on the way.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "loading.h"
#include <qonys/difference.h>

struct two {
    struct loading base;
    struct qon_scenario alternative;
};

static void two_make(struct two *two) {
    char file[SCRATCH_PATH_MAX + 2];
    const struct qon_override changes[] = {
        {"choice.home_premium", "1.25"},
        {"programmes", "[{\"name\": \"grant\", \"benefits\": [{\"kind\": \"grant\", \"amount_mci\": 70}]}]"},
        {"geography.zones", file},
    };
    char from[SCRATCH_PATH_MAX], to[SCRATCH_PATH_MAX];
    loading_make(&two->base);
    loading_good(&two->base, NULL, 0);
    scratch_path(from, two->base.folder, "zones.csv");
    scratch_path(to, two->base.folder, "other.csv");
    FILE *in = fopen(from, "r"), *out = fopen(to, "w");
    assert_true(in != NULL && out != NULL);
    for (int c; (c = fgetc(in)) != EOF;) {
        fputc(c, out);
    }
    fclose(in);
    fclose(out);
    snprintf(file, sizeof file, "\"%s\"", to);
    qon_faults_init(&two->base.faults);
    assert_int_equal(qon_scenario_load(&two->alternative, two->base.file, changes, 3, &two->base.faults), QON_OK);
    two->alternative.tables.zones.area_km2[1] += 1; // as if the file said so
}

static void two_free(struct two *two) {
    qon_scenario_free(&two->alternative);
    loading_free(&two->base);
}

static const struct qon_difference *find(const struct qon_differences *d, const char *path) {
    for (size_t i = 0; i < d->count; i++) {
        if (strcmp(d->row[i].path, path) == 0) {
            return &d->row[i];
        }
    }
    return NULL;
}

static void differences_have_values_units_and_meanings(void **state) {
    struct two two;
    struct qon_differences d;
    two_make(&two);
    assert_int_equal(qon_differences_make(&two.base.scenario, &two.alternative, false, &d, NULL), QON_OK);
    assert_int_equal(d.count, 2); // the same bytes under another name: the table is not looked into
    const struct qon_difference *home = find(&d, "choice.home_premium"), *grant = find(&d, "programmes.grant");
    assert_non_null(home);
    assert_string_equal(home->group, "choice");
    assert_string_equal(home->base, "2.5");
    assert_string_equal(home->alternative, "1.25");
    assert_string_equal(home->unit, "1");
    assert_false(home->note || home->whole);
    assert_non_null(grant);
    assert_null(grant->base);
    assert_non_null(strstr(grant->alternative, "\"amount_mci\": 70"));
    assert_true(grant->whole);
    qon_differences_free(&d);
    assert_int_equal(qon_differences_make(&two.base.scenario, &two.alternative, true, &d, NULL), QON_OK);
    const struct qon_difference *file = find(&d, "geography.zones");
    assert_true(file != NULL && file->note);
    assert_non_null(strstr(file->alternative, "other.csv\""));
    qon_differences_free(&d);
    assert_int_equal(qon_differences_make(&two.base.scenario, &two.base.scenario, true, &d, NULL), QON_OK);
    assert_int_equal(d.count, 0);
    qon_differences_free(&d);
    two_free(&two);
}

// The hash of the effective scenario says whether a table is looked into: here it is made to differ.
static void cells_differ_by_key(void **state) {
    struct two two;
    struct qon_differences d;
    char path[128];
    two_make(&two);
    char *hash = strstr(two.alternative.effective, "xxhash64");
    while (hash != NULL && strncmp(hash, "xxhash64\": \"", 12) == 0) {
        hash[12] = hash[12] == '0' ? '1' : '0';
        hash = strstr(hash + 12, "xxhash64");
    }
    assert_int_equal(qon_differences_make(&two.base.scenario, &two.alternative, false, &d, NULL), QON_OK);
    snprintf(path, sizeof path, "geography.zones[%s].area_km2", two.base.scenario.tables.zones.id[1]);
    const struct qon_difference *cell = find(&d, path);
    assert_non_null(cell);
    assert_string_equal(cell->unit, "km2");
    assert_true(strtod(cell->alternative, NULL) - strtod(cell->base, NULL) == 1);
    size_t cells = 0;
    for (size_t i = 0; i < d.count; i++) {
        cells += strchr(d.row[i].path, '[') != NULL;
    }
    assert_int_equal(cells, 1); // in no other table
    qon_differences_free(&d);
    two_free(&two);
}

static void lack_of_memory_is_told_wherever_it_occurs(void **state) {
    struct two two;
    struct qon_differences d;
    two_make(&two);
    char *hash = strstr(two.alternative.effective, "xxhash64\": \"");
    hash[12] = hash[12] == '0' ? '1' : '0';
    long after = 0;
    for (;; after++) {
        qon_memory_fail_after(after);
        enum qon_status status = qon_differences_make(&two.base.scenario, &two.alternative, true, &d, NULL);
        qon_memory_fail_after(-1);
        if (status == QON_OK) {
            break;
        }
        assert_int_equal(status, QON_MACHINE);
        assert_true(d.row == NULL && d.memory == NULL && d.count == 0);
    }
    assert_true(after > 10);
    assert_true(d.count > 0);
    qon_differences_free(&d);
    two_free(&two);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(differences_have_values_units_and_meanings),
        cmocka_unit_test(cells_differ_by_key),
        cmocka_unit_test(lack_of_memory_is_told_wherever_it_occurs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
