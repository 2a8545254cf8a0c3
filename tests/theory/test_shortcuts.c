// SPDX-License-Identifier: GPL-3.0-or-later
// Programmes find those whom they concern by shortcuts (bits of newcomers, lists of non-citizens and school leavers, answers kept by zone
// and sector). In every month of the whole concept they find the same as the long way does. ODD tags M-HIRE-1, M-CANDIDATE-1, M-PERMIT-2.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../../sim/model/programmes.h"
#include <math.h>
#include <qonys/input.h>
#include <qonys/memory.h>
#include <qonys/random.h>
#include <qonys/step.h>
#include <qonys/synthesis.h>
#include <stdlib.h>
#include <string.h>

enum { MONTHS = 26, SCALE = 250 };

static struct qon_scenario scenario;
static struct qon_world world;

static int load(void **state) {
    (void)state;
    struct qon_faults faults;
    qon_faults_init(&faults);
    const struct qon_override scale = {"scale", "250"};
    if (qon_scenario_load(&scenario, QON_SOURCE_DIR "/scenarios/concept-2017.json", &scale, 1, &faults) != QON_OK ||
        qon_synthesis(&world, &scenario, &faults) != QON_OK || qon_model_init(&world, &faults) != QON_OK) {
        print_message("%s\n", faults.text[0]);
        return -1;
    }
    return scenario.scale == SCALE ? 0 : -1;
}

static int unload(void **state) {
    (void)state;
    qon_model_free(&world);
    qon_world_free(&world);
    qon_scenario_free(&scenario);
    return 0;
}

// What was found in all months, so that a test that looks at nothing fails.
static struct { int64_t supported, shifted, concerned, legal, leavers, ranked, ineligible; } found;

static void seekers_are_the_same_when_all_are_asked(struct qon_block *block) {
    struct qon_programmes_model *pm = world.model->programmes;
    const struct qon_seekers *seekers = &world.model->search[block->index];
    qon_search_block(&world, block);
    uint32_t count = seekers->count;
    struct qon_seeker *some = NULL;
    assert_int_equal(qon_take(&some, count + 1, sizeof *some), QON_OK);
    memcpy(some, seekers->list, count * sizeof *some);
    bool all = pm->hires_all;
    pm->hires_all = true;
    qon_search_block(&world, block);
    pm->hires_all = all;
    assert_int_equal(seekers->count, count);
    const struct qon_newcomers *newcomers = &pm->newcomers[block->index];
    for (uint32_t i = 0; i < count; i++) {
        const struct qon_seeker *own = &seekers->list[i];
        assert_true(own->rank == some[i].rank && own->row == some[i].row && own->cell == some[i].cell &&
                    own->programme == some[i].programme && own->shifted == some[i].shifted && own->supported == some[i].supported);
        found.supported += own->supported;
        found.shifted += own->shifted;
        found.concerned += newcomers->bits[own->row / 64] >> own->row % 64 & 1;
    }
    qon_free(some);
}

static void candidates_of_a_status_are_those_drawn_one_by_one(struct qon_block *block, uint8_t legal, uint64_t key, double cap) {
    const struct qon_persons *p = &block->persons;
    struct qon_rows rows = {0};
    struct qon_non_citizens *lists = &world.model->programmes->non_citizens[block->index];
    uint32_t next = 0;
    assert_int_equal(qon_rows_reserve(&rows, p->count), QON_OK);
    assert_int_equal(qon_candidates_legal(block, lists, key, cap, legal, &rows), QON_OK);
    for (uint32_t row = 0; row < p->count; row++) {
        bool listed = next < rows.count && rows.row[next] == row;
        bool drawn = p->legal[row] == legal && qon_draw(key, qon_person_id(block, row), 1) < cap * 0x1p32;
        assert_true(listed == drawn || (p->status[row] == QON_GONE && drawn));
        next += listed;
        found.legal += listed;
    }
    assert_int_equal(next, rows.count);
    qon_free(rows.row);
}

static void leavers_are_those_of_the_age(const struct qon_block *block) {
    const struct qon_rows *list = &block->calendar[QON_CAL_AGE][world.month % 12];
    int32_t born = world.month - (int32_t)(12 * scenario.settings.demography.school_end_years);
    const struct qon_rows *leavers = &world.model->programmes->leavers[block->index].rows;
    uint32_t next = 0;
    assert_int_equal(qon_school_leavers_note(&world, block), QON_OK);
    for (uint32_t i = 0; i < list->count; i++) {
        if (block->persons.birth_month[list->row[i]] == born) {
            assert_true(next < leavers->count);
            assert_int_equal(leavers->row[next++], list->row[i]);
        }
    }
    assert_int_equal(next, leavers->count);
    found.leavers += next;
}

static void employers_are_ranked_as_their_conditions_say(int programme) {
    const struct qon_programme *own = qon_programme_of(&world, programme);
    for (uint32_t e = 0; e < world.employers.count; e++) {
        uint32_t zone = world.employers.zone[e];
        struct qon_ask ask = {&world, NULL, QON_NONE, QON_NONE, zone, zone, e, NULL};
        bool eligible = qon_predicate_holds(&own->eligible, &ask);
        double expected = eligible ? qon_rank_first(own, &ask, 0, 0) + 0.5 / 1.5 * 1e-9 : HUGE_VAL;
        assert_true(qon_permit_rank(&world, programme, e, 0.5) == expected);
        found.ranked++;
        found.ineligible += !eligible;
    }
}

static void shortcuts_find_what_the_long_way_finds(void **state) {
    (void)state;
    struct qon_faults faults;
    qon_faults_init(&faults);
    for (int m = 0; m < MONTHS; m++) {
        if (qon_step(&world, &faults) != QON_OK) {
            fail_msg("%s", faults.text[0]);
        }
        for (uint32_t b = 0; b < world.blocks; b++) {
            world.block[b].scratch = world.model->lane[0].list;
            seekers_are_the_same_when_all_are_asked(&world.block[b]);
            candidates_of_a_status_are_those_drawn_one_by_one(&world.block[b], QON_KANDAS, 100 + (uint64_t)m, 0.05);
            candidates_of_a_status_are_those_drawn_one_by_one(&world.block[b], QON_UNREGISTERED, 200 + (uint64_t)m, 0.3);
            leavers_are_those_of_the_age(&world.block[b]);
        }
        for (int p = 0; p < scenario.programmes.count && m % 12 == 0; p++) {
            if (qon_programme_of(&world, p)->at == QON_AT_COUNTRY) {
                employers_are_ranked_as_their_conditions_say(p);
            }
        }
    }
    print_message(
        "supported %ld, brought forward %ld, of %ld newcomers; %ld of a status, %ld leave school, %ld employers, %ld not eligible\n",
        (long)found.supported, (long)found.shifted, (long)found.concerned, (long)found.legal, (long)found.leavers, (long)found.ranked,
        (long)found.ineligible);
    assert_true(found.supported > 100 && found.shifted > 30 && found.concerned > found.supported && found.legal > 100 &&
                found.leavers > 100 && found.ranked > 1000 && found.ineligible > 100);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(shortcuts_find_what_the_long_way_finds)};
    return cmocka_run_group_tests(tests, load, unload);
}
