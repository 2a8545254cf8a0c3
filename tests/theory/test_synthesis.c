// SPDX-License-Identifier: GPL-3.0-or-later
// Kazakhstan one to one on 1 January 2017: totals exact, margins within half a per cent, households and employers plausible. ODD tags
// S-IPF-1, S-LABOUR-1, S-FAMILY-1, S-FOREIGN-1, S-EMPLOYER-1.
#include <qonys/input.h>
#include <qonys/memory.h>
#include <qonys/par.h>
#include <qonys/synthesis.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../support/checks.h"

static struct qon_scenario scenario;
static struct qon_world world;

static int make(void **state) {
    static struct qon_faults faults;
    qon_faults_init(&faults);
    if (qon_scenario_load(&scenario, QON_SOURCE_DIR "/scenarios/baseline.json", NULL, 0, &faults) != QON_OK ||
        qon_synthesis(&world, &scenario, &faults) != QON_OK) {
        print_error("%s\n", faults.text[0]);
        return 1;
    }
    return 0;
}

static int unmake(void **state) {
    qon_world_free(&world);
    qon_scenario_free(&scenario);
    return 0;
}

// Within 0.5 % of `expected`, or within 1 of it.
static void check_margin(double found, double expected, const char *what) {
    check_near(found, expected, fmax(0.005 * expected, 1), what);
}

static int64_t residents(int32_t zone, int sex) {
    const int64_t *cohort = world.tally.cohort + ((int64_t)zone * 2 + sex) * world.tally.cohorts;
    int64_t sum = 0;
    for (int32_t c = 0; c < world.tally.cohorts; c++) {
        sum += cohort[c];
    }
    return sum;
}

static int64_t of_ages(int32_t zone, int sex, int64_t from, int64_t to) {
    const int64_t *cohort = world.tally.cohort + ((int64_t)zone * 2 + sex) * world.tally.cohorts;
    int64_t sum = 0;
    for (int32_t c = 0; c < world.tally.cohorts; c++) {
        int32_t age = qon_age_years(world.month, world.tally.cohort_from + c);
        sum += age >= from && age <= to ? cohort[c] : 0;
    }
    return sum;
}

static void totals_by_zone_and_sex_are_exact(void **state) {
    const struct qon_table_zones *t = &scenario.tables.zones;
    int64_t total = 0;
    for (int32_t z = 0; z < world.zones; z++) {
        assert_int_equal(residents(z, QON_MALE), t->men[z]);
        assert_int_equal(residents(z, QON_MALE) + residents(z, QON_FEMALE), t->persons[z]);
        total += residents(z, QON_MALE) + residents(z, QON_FEMALE);
    }
    assert_int_equal(total, 17918214);
}

static void age_groups_of_regions_are_within_half_a_per_cent(void **state) {
    const struct qon_table_age_groups *t = &scenario.tables.age_groups;
    assert_true(t->rows > 0);
    for (int64_t i = 0; i < t->rows; i++) {
        double found = 0, persons = 0;
        for (int32_t z = 0; z < world.zones; z++) {
            if (scenario.tables.zones.region[z] == t->region[i]) {
                found +=
                    (double)(of_ages(z, QON_MALE, t->men_from[i], t->men_to[i]) + of_ages(z, QON_FEMALE, t->women_from[i], t->women_to[i]));
                persons += (double)scenario.tables.zones.persons[z];
            }
        }
        check_margin(found, t->share[i] * persons, scenario.tables.regions.id[t->region[i]]);
    }
}

static void labour_statuses_of_zones_are_within_half_a_per_cent(void **state) {
    const struct qon_table_zones *t = &scenario.tables.zones;
    for (int32_t z = 0; z < world.zones; z++) {
        const int64_t *labour = world.tally.labour + (int64_t)z * QON_LABOURS;
        double adults = (double)(of_ages(z, QON_MALE, 16, 200) + of_ages(z, QON_FEMALE, 16, 200));
        double force = (double)(labour[QON_EMPLOYED] + labour[QON_SELF_EMPLOYED] + labour[QON_UNEMPLOYED]);
        check_margin(force, t->participation_share[z] * adults, t->id[z]);
        check_margin((double)labour[QON_UNEMPLOYED], t->unemployment_share[z] * force, t->id[z]);
        double working = force - (double)labour[QON_UNEMPLOYED];
        check_margin((double)labour[QON_SELF_EMPLOYED], t->self_employed_share[z] * working, t->id[z]);
    }
}

static void education_by_kind_and_age_is_within_half_a_per_cent(void **state) {
    const struct qon_table_education_shares *t = &scenario.tables.education_shares;
    enum { KINDS = 2 };
    double *found = NULL;
    assert_int_equal(qon_take(&found, (size_t)(KINDS * 121 * world.educations), sizeof *found), QON_OK);
    for (uint32_t b = 0; b < world.blocks; b++) {
        const struct qon_persons *p = &world.block[b].persons;
        for (uint32_t row = 0; row < p->count; row++) {
            int kind = strcmp(scenario.tables.zones.kind[world.block[b].households.zone[p->household[row]]], "rural") == 0;
            int32_t age = qon_age_years(world.month, p->birth_month[row]);
            found[(kind * 121 + age) * world.educations + p->education[row]]++;
        }
    }
    for (int64_t i = 0; i < t->rows; i++) {
        if (t->age_from[i] < scenario.settings.demography.school_end_years) {
            continue; // pupils have the first level
        }
        int kind = strcmp(t->kind[i], "rural") == 0;
        double with = 0, all = 0;
        for (int64_t age = t->age_from[i]; age <= t->age_to[i]; age++) {
            for (int32_t e = 0; e < world.educations; e++) {
                double n = found[(kind * 121 + age) * world.educations + e];
                all += n;
                with += e == t->education[i] ? n : 0;
            }
        }
        // Of all persons of the kind and age: a rare level's own half per cent would be a handful of persons.
        check_near(with / all, t->share[i], 0.005, scenario.tables.educations.id[t->education[i]]);
    }
    qon_free(found);
}

static void legal_stocks_of_regions_are_those_of_the_table(void **state) {
    static const char *const names[QON_LEGALS] = {"citizen",  "kandas",   "permit_1", "permit_2",    "permit_3",
                                                  "permit_4", "seasonal", "eaeu",     "unregistered"};
    const struct qon_table_external_stocks *t = &scenario.tables.external_stocks;
    int64_t strangers = 0;
    for (int64_t i = 0; i < t->rows; i++) {
        int64_t found = 0;
        for (int legal = 0; legal < QON_LEGALS; legal++) {
            for (int32_t z = 0; strcmp(names[legal], t->legal[i]) == 0 && z < world.zones; z++) {
                found += scenario.tables.zones.region[z] == t->region[i] ? world.tally.legal[(int64_t)z * QON_LEGALS + legal] : 0;
            }
        }
        check_margin((double)found, (double)t->persons[i], t->legal[i]);
        strangers += found;
    }
    assert_true(strangers > 300000); // kandas, workers on permit, unregistered workers are among the persons
}

static void staff_of_employers_are_the_employed_under_the_caps(void **state) {
    const struct qon_employers *e = &world.employers;
    int64_t staff = 0, employed = 0;
    assert_in_range(e->count, 200000, 900000); // several hundred thousand
    for (uint32_t row = 0; row < e->count; row++) {
        staff += e->staff[row];
        assert_true(e->foreign_12[row] <= scenario.settings.employers.foreign_share_cap_12 * e->staff[row] + 1e-9);
        assert_true(e->foreign_34[row] <= scenario.settings.employers.foreign_share_cap_34 * e->staff[row] + 1e-9);
    }
    for (int32_t z = 0; z < world.zones; z++) {
        employed += world.tally.labour[(int64_t)z * QON_LABOURS + QON_EMPLOYED];
    }
    assert_int_equal(staff, employed);
}

struct families {
    double households[128], persons[128]; // by zone
    double couples, gap_sum, gap_squares; // husband's age less the wife's, years
    double mothers, mothers_young;        // ages of the wife or lone mother less the child's
    int64_t children_alone;
};

static void look_at(struct families *f, const struct qon_block *block, uint32_t household) {
    const struct qon_persons *p = &block->persons;
    uint32_t head = block->households.head[household], zone = block->households.zone[household];
    int adults = 0;
    f->households[zone]++;
    f->persons[zone] += block->households.members[household];
    uint32_t mother = QON_NONE;
    for (uint32_t m = head; m != QON_NONE; m = p->next[m]) {
        adults += world.month - p->birth_month[m] >= 12 * 18;
        mother = p->role[m] <= QON_SPOUSE && p->sex[m] == QON_FEMALE ? m : mother;
        if (p->role[m] == QON_OFFSPRING && mother != QON_NONE) {
            int32_t age_at_birth = (p->birth_month[m] - p->birth_month[mother]) / 12;
            f->mothers++;
            f->mothers_young += age_at_birth < 15 || age_at_birth > 50;
        }
    }
    f->children_alone += adults == 0;
    if (block->households.coupled[household]) {
        uint32_t spouse = p->next[head];
        assert_int_equal(p->role[spouse], QON_SPOUSE);
        double gap = (p->birth_month[spouse] - p->birth_month[head]) / 12.0 * (p->sex[head] == QON_MALE ? 1 : -1);
        f->couples++;
        f->gap_sum += gap;
        f->gap_squares += gap * gap;
    }
}

static void households_are_plausible(void **state) {
    static struct families f;
    for (uint32_t b = 0; b < world.blocks; b++) {
        for (uint32_t h = 0; h < world.block[b].households.count; h++) {
            look_at(&f, &world.block[b], h);
        }
    }
    assert_int_equal(f.children_alone, 0);
    for (int32_t z = 0; z < world.zones; z++) { // foreign workers live alone beside the mean
        double size = f.persons[z] / f.households[z];
        check_near(size / scenario.tables.zones.household_size_mean[z], 1, 0.02, scenario.tables.zones.id[z]);
    }
    double gap = f.gap_sum / f.couples, sd = sqrt(f.gap_squares / f.couples - gap * gap);
    // No figure is published for couples of all ages; at marriage men are 2 to 3 years older, and the old pyramid, with few men, lowers it.
    check_near(gap, 2.5, 1.5, "husband older by, years");
    check_near(sd, 3.5, 2, "standard deviation of it");
    assert_true(f.couples > 3000000 && f.mothers > 5000000);
    assert_true(f.mothers_young < 0.005 * f.mothers);
}

static void invariants_hold(void **state) {
    check_world(&world);
}

static void fitting_has_its_closed_forms(void **state) {
    double seed[4] = {5, 2, 1, 7}, even[4] = {1, 1, 1, 1}, rows[2] = {18, 20}, columns[2] = {16, 22};
    static const double fitted[4] = {13.25, 4.75, 2.75, 17.25}, evenly[4] = {7.578947, 10.421053, 8.421053, 11.578947};
    const int32_t shape[2] = {2, 2};
    const uint32_t axes[2] = {1, 2};
    double *const margins[2] = {rows, columns};
    assert_true(qon_ipf(seed, 2, shape, 2, axes, margins, 1e-10, 1000) <= 1e-9);
    assert_true(qon_ipf(even, 2, shape, 2, axes, margins, 1e-10, 1000) <= 1e-9);
    for (int i = 0; i < 4; i++) {
        check_near(seed[i], fitted[i], 0.005, "fitted to the seed");
        check_near(even[i], evenly[i], 1e-5, "fitted evenly");
    }
    const double values[4] = {0.5, 1.25, 2.25, 6};
    int64_t whole[4];
    qon_round_total(values, 4, 10, whole);
    assert_int_equal(whole[0] + whole[1] + whole[2] + whole[3], 10);
    for (int i = 0; i < 4; i++) {
        assert_true(fabs((double)whole[i] - values[i]) < 1);
    }
}

static void the_same_country_for_any_number_of_threads(void **state) {
    struct qon_override scale = {"scale", "20"};
    static struct qon_faults faults;
    uint64_t digest[3];
    for (int i = 0; i < 3; i++) {
        struct qon_scenario small;
        struct qon_world w = {0};
        qon_faults_init(&faults);
        qon_par_threads_set(1 << i);
        assert_int_equal(qon_scenario_load(&small, QON_SOURCE_DIR "/scenarios/baseline.json", &scale, 1, &faults), QON_OK);
        assert_int_equal(qon_synthesis(&w, &small, &faults), QON_OK);
        digest[i] = qon_world_digest(&w);
        qon_world_free(&w);
        qon_scenario_free(&small);
    }
    qon_par_threads_set(0);
    assert_true(digest[0] == digest[1] && digest[1] == digest[2]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(totals_by_zone_and_sex_are_exact),
        cmocka_unit_test(age_groups_of_regions_are_within_half_a_per_cent),
        cmocka_unit_test(labour_statuses_of_zones_are_within_half_a_per_cent),
        cmocka_unit_test(education_by_kind_and_age_is_within_half_a_per_cent),
        cmocka_unit_test(legal_stocks_of_regions_are_those_of_the_table),
        cmocka_unit_test(staff_of_employers_are_the_employed_under_the_caps),
        cmocka_unit_test(households_are_plausible),
        cmocka_unit_test(invariants_hold),
        cmocka_unit_test(fitting_has_its_closed_forms),
        cmocka_unit_test(the_same_country_for_any_number_of_threads),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
