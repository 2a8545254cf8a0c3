// SPDX-License-Identifier: GPL-3.0-or-later
// The field tables describe the structs truly: settings, input tables, columns of agents, and what a scenario owns.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs those first
#include <cmocka.h>
#include <math.h>
#include <qonys/memory.h>
#include <qonys/scenario.h>
#include <qonys/world.h>
#include <string.h>

static const struct qon_field *setting_find(const char *section_name, const char *field_name, const struct qon_section **section) {
    size_t count;
    const struct qon_section *sections = qon_settings_sections(&count);
    for (size_t s = 0; s < count; s++) {
        for (size_t f = 0; strcmp(sections[s].name, section_name) == 0 && f < sections[s].fields_count; f++) {
            if (strcmp(sections[s].fields[f].name, field_name) == 0) {
                *section = &sections[s];
                return &sections[s].fields[f];
            }
        }
    }
    return NULL;
}

static void a_settings_field_points_at_its_value(void **state) {
    struct qon_settings settings;
    qon_settings_default(&settings);
    const struct qon_section *section;
    const struct qon_field *field = setting_find("choice", "income_weight", &section);
    assert_non_null(field);
    assert_ptr_equal((char *)&settings + section->offset + field->offset, &settings.choice.income_weight);
    field = setting_find("choice", "considered_most", &section);
    assert_non_null(field);
    assert_int_equal(field->type, QON_I32);
    assert_ptr_equal((char *)&settings + section->offset + field->offset, &settings.choice.considered_most);
    field = setting_find("feedback", "markets", &section);
    assert_non_null(field);
    assert_int_equal(field->type, QON_BOOL);
    assert_ptr_equal((char *)&settings + section->offset + field->offset, &settings.feedback.markets);
}

static void defaults_are_those_declared_and_in_range(void **state) {
    struct qon_settings settings;
    memset(&settings, 0xff, sizeof settings);
    qon_settings_default(&settings);
#define SECTION_BEGIN(section, meaning)
#define SECTION_END(section)
#define NUMBER(section, name, unit, minimum, maximum, initial, low, high, meaning, source) \
    assert_true(settings.section.name == (initial) || (isnan((double)(initial)) && isnan(settings.section.name)));
#define COUNT(section, name, unit, minimum, maximum, initial, low, high, meaning, source) assert_int_equal(settings.section.name, initial);
#define SWITCH(section, name, initial, meaning, source)                                   assert_int_equal(settings.section.name, initial);
#include <qonys/settings.def>
#undef SECTION_BEGIN
#undef SECTION_END
#undef NUMBER
#undef COUNT
#undef SWITCH
}

static void every_setting_has_a_range_a_meaning_and_a_source(void **state) {
    size_t count;
    const struct qon_section *sections = qon_settings_sections(&count);
    assert_true(count > 0);
    for (size_t s = 0; s < count; s++) {
        assert_true(strlen(sections[s].meaning) > 0);
        assert_true(sections[s].fields_count > 0);
        for (size_t f = 0; f < sections[s].fields_count; f++) {
            const struct qon_field *field = &sections[s].fields[f];
            assert_true(field->minimum <= field->low && field->low <= field->high && field->high <= field->maximum);
            assert_true(isnan(field->initial) || (field->minimum <= field->initial && field->initial <= field->maximum));
            assert_true(strlen(field->unit) > 0 && strlen(field->meaning) > 0);
            assert_true(field->type == QON_BOOL || strlen(field->source) > 0);
            const struct qon_section *found;
            assert_ptr_equal(setting_find(sections[s].name, field->name, &found), field); // the name is the only one
        }
    }
}

static void table_kinds_are_found_by_name(void **state) {
    size_t count;
    const struct qon_table_kind *kinds = qon_table_kinds(&count);
    for (size_t k = 0; k < count; k++) {
        assert_ptr_equal(qon_table_kind_find(kinds[k].name), &kinds[k]);
        assert_true(kinds[k].offset + kinds[k].size <= sizeof(struct qon_tables));
    }
    assert_null(qon_table_kind_find("no_such_table"));
    const struct qon_table_kind *zones = qon_table_kind_find("zones");
    assert_int_equal(zones->offset, offsetof(struct qon_tables, zones));
    assert_string_equal(zones->path, "geography.zones");
    assert_true(zones->required);
    assert_false(qon_table_kind_find("distances")->required);
}

static const struct qon_field *column_find(const char *table, const char *name) {
    const struct qon_table_kind *kind = qon_table_kind_find(table);
    for (size_t f = 0; f < kind->fields_count; f++) {
        if (strcmp(kind->fields[f].name, name) == 0) {
            return &kind->fields[f];
        }
    }
    return NULL;
}

static void columns_tell_whether_they_must_be_given(void **state) {
    assert_true(isnan(column_find("zones", "id")->initial));
    assert_true(isnan(column_find("zones", "area_km2")->initial));
    assert_true(isnan(column_find("zones", "region")->initial));
    assert_true(column_find("zones", "mobility")->initial == 1);
    assert_true(column_find("zones", "local_moves")->initial == 1);
    assert_int_equal(column_find("zones", "persons")->type, QON_I64);
    assert_int_equal(column_find("zones", "persons")->offset, offsetof(struct qon_table_zones, persons));
}

static void a_reference_refers_to_a_table_above(void **state) {
    size_t count;
    const struct qon_table_kind *kinds = qon_table_kinds(&count);
    int references = 0;
    for (size_t k = 0; k < count; k++) {
        for (size_t f = 0; f < kinds[k].fields_count; f++) {
            const struct qon_field *field = &kinds[k].fields[f];
            assert_true(strlen(field->meaning) > 0);
            if (field->type != QON_REF) {
                assert_null(field->refers);
                continue;
            }
            const struct qon_table_kind *target = qon_table_kind_find(field->refers);
            assert_non_null(target);
            assert_true(target < &kinds[k]);
            assert_non_null(column_find(target->name, "id"));
            references++;
        }
    }
    assert_true(references > 0);
}

static void agents_columns_have_their_size_and_place(void **state) {
    struct qon_persons persons = {0};
    size_t bytes = 0;
    for (size_t c = 0; c < qon_person_columns_count; c++) {
        bytes += qon_person_columns[c].size;
        if (strcmp(qon_person_columns[c].name, "birth_month") == 0) {
            assert_int_equal(qon_person_columns[c].size, sizeof *persons.birth_month);
            assert_string_equal(qon_person_columns[c].type, "int16_t");
            assert_int_equal(qon_person_columns[c].offset, offsetof(struct qon_persons, birth_month));
        }
    }
    size_t want = 0;
#define COLUMN(type, name, unit, meaning) want += sizeof *persons.name;
#include <qonys/persons_columns.def>
#undef COLUMN
    assert_int_equal(bytes, want);
    assert_string_equal(qon_household_columns[0].name, "id");
    assert_int_equal(qon_household_columns[0].offset, offsetof(struct qon_households, id));
    assert_int_equal(qon_employer_columns[0].offset, offsetof(struct qon_employers, staff));
    assert_true(qon_household_columns_count > 1 && qon_employer_columns_count > 1);
}

static void steps_hold_from_their_month_on(void **state) {
    int32_t from[] = {100, 112, 124};
    int64_t tiyn[] = {10, 20, 30};
    struct qon_steps steps = {3, from, tiyn};
    const int32_t months[] = {0, 99, 100, 111, 112, 123, 124, 9999};
    const int64_t want[] = {10, 10, 10, 10, 20, 20, 30, 30};
    for (int i = 0; i < 8; i++) {
        assert_int_equal(qon_steps_at(&steps, months[i]), want[i]);
    }
    assert_int_equal(qon_steps_at(&(struct qon_steps){0}, 100), 0);
}

// Leaks are seen by the address sanitizer's build of this test.
static void a_scenario_is_freed_whole_and_zeroed(void **state) {
    struct qon_scenario scenario;
    memset(&scenario, 0, sizeof scenario);
    scenario.name = qon_string_copy("base");
    scenario.title[QON_KK] = qon_string_copy("негізгі");
    scenario.tables.zones.rows = 2;
    assert_int_equal(qon_take(&scenario.tables.zones.id, 2, sizeof *scenario.tables.zones.id), QON_OK);
    assert_int_equal(qon_take(&scenario.tables.zones.area_km2, 2, sizeof *scenario.tables.zones.area_km2), QON_OK);
    scenario.tables.zones.id[0] = qon_string_copy("KZ-AKM-U"); // the second stays NULL
    assert_int_equal(qon_take(&scenario.mci.from, 3, sizeof *scenario.mci.from), QON_OK);
    assert_int_equal(qon_take(&scenario.mci.tiyn, 3, sizeof *scenario.mci.tiyn), QON_OK);
    assert_int_equal(qon_take(&scenario.boundaries.lon_deg, 3, sizeof *scenario.boundaries.lon_deg), QON_OK);
    scenario.effective = qon_string_copy("{}");
    qon_scenario_free(&scenario);
    const unsigned char *bytes = (const unsigned char *)&scenario;
    for (size_t i = 0; i < sizeof scenario; i++) {
        assert_int_equal(bytes[i], 0);
    }
    qon_scenario_free(&scenario); // twice is no harm
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_settings_field_points_at_its_value),
        cmocka_unit_test(defaults_are_those_declared_and_in_range),
        cmocka_unit_test(every_setting_has_a_range_a_meaning_and_a_source),
        cmocka_unit_test(table_kinds_are_found_by_name),
        cmocka_unit_test(columns_tell_whether_they_must_be_given),
        cmocka_unit_test(a_reference_refers_to_a_table_above),
        cmocka_unit_test(agents_columns_have_their_size_and_place),
        cmocka_unit_test(steps_hold_from_their_month_on),
        cmocka_unit_test(a_scenario_is_freed_whole_and_zeroed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
