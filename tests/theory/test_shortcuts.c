// SPDX-License-Identifier: GPL-3.0-or-later
// Programmes find those whom they concern by shortcuts (bits of newcomers, lists of non-citizens and school leavers, answers kept by zone
// and sector), and turn away by bounds what they need not weigh. In every month of the whole concept they find the same as the long way
// does. ODD tags M-HIRE-1, M-CANDIDATE-1, M-PERMIT-2, M-CHOICE-2, M-SUPPORT-1.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../../sim/model/relocation.h"
#include <math.h>
#include <qonys/input.h>
#include <qonys/memory.h>
#include <qonys/random.h>
#include <qonys/step.h>
#include <qonys/synthesis.h>
#include <stdlib.h>
#include <string.h>

enum { MONTHS = 26, SCALE = 250, BLOCKS_MOST = 8 };

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
static struct {
    int64_t supported, shifted, concerned, legal, leavers, ranked, ineligible, deciders, won, poor, later, matured, grants, ended, paid;
} found;

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

static void later_candidates_are_those_drawn_one_by_one(const struct qon_block *block, uint64_t key, double cap) {
    const struct qon_persons *p = &block->persons;
    struct qon_rows rows = {0};
    uint32_t next = 0;
    assert_int_equal(qon_rows_reserve(&rows, p->count), QON_OK);
    qon_candidates_grown(&world, block, key, cap, &rows);
    while (next < rows.count && rows.row[next] < p->founders) {
        next++;
    }
    for (uint32_t row = p->founders; row < p->count; row++) {
        bool listed = next < rows.count && rows.row[next] == row;
        bool drawn = p->status[row] != QON_CHILD && qon_draw(key, qon_person_id(block, row), 1) < cap * 0x1p32;
        assert_true(listed == drawn || (p->status[row] == QON_GONE && drawn));
        next += listed;
        found.later += listed;
        found.matured += listed && world.month - p->birth_month[row] < 12 * 17; // were children when they came
    }
    assert_int_equal(next, rows.count);
    qon_free(rows.row);
}

// After a month the states of all grants given before it are what the month's pass over them had to leave, whoever it visited. left[]: the
// months to be paid that each had before.
static void grants_are_as_if_all_were_visited(const struct qon_block *block, const int16_t *left, uint32_t grants) {
    enum { LEFT_ZONE = 1, BROKEN = 2, TRAINED = 4, GONE = 8 };
    const struct qon_commitments *c = &block->commitments;
    const struct qon_persons *p = &block->persons;
    const int32_t now = world.month - 1;
    for (uint32_t g = 0; g < grants; g++) {
        uint32_t row = c->person[g], household = p->household[row];
        bool ended = (c->state[g] & (LEFT_ZONE | BROKEN)) != 0, bound = now < c->until[g];
        assert_int_equal(p->status[row] == QON_GONE, (c->state[g] & GONE) != 0);
        found.ended += ended;
        if (ended || p->status[row] == QON_GONE) {
            assert_true(c->later_tiyn[g] == 0 && c->monthly_left[g] == 0 && c->employer_left[g] == 0);
        } else {
            assert_true(c->later_tiyn[g] == 0 && c->monthly_left[g] == (left[g] > 0 ? left[g] - 1 : 0));
            found.paid += left[g] > 0;
        }
        if (p->status[row] == QON_GONE) {
            continue;
        }
        bool moved = block->households.moved_month[household] == now, gave_up = c->occupation[g] != QON_NO_OCCUPATION;
        gave_up &= p->occupation[row] != c->occupation[g];
        assert_true(moved || block->households.zone[household] == c->destination[g] || (c->state[g] & LEFT_ZONE) != 0);
        assert_true(!(bound && (gave_up || (c->state[g] & LEFT_ZONE) != 0)) || (c->state[g] & BROKEN) != 0);
        assert_true((!ended && now < c->trained[g]) || (c->state[g] & TRAINED) != 0);
    }
    found.grants += grants;
}

// Who gives up the occupation that a grant asks for breaks its bond, and who is gone is known to be, in the same month, also where nothing
// else happens to the grant.
static void who_gives_up_or_is_gone_is_visited(struct qon_block *block) {
    enum { BROKEN = 2, TRAINED = 4, GONE = 8 };
    struct qon_commitments *c = &block->commitments;
    struct qon_persons *p = &block->persons;
    uint32_t row[2] = {QON_NONE, QON_NONE}, found_count = 0;
    for (uint32_t g = 0; g < c->count && found_count < 2; g++) {
        bool settled = c->state[g] == TRAINED && c->later_tiyn[g] == 0 && c->monthly_left[g] == 0 && c->employer_left[g] == 0;
        settled &= p->status[c->person[g]] != QON_GONE && (found_count == 0 || c->person[g] != c->person[row[0]]);
        row[found_count] = g;
        found_count += settled;
    }
    assert_int_equal(found_count, 2);
    uint32_t given_up = row[0], gone = row[1], person = c->person[given_up];
    c->until[given_up] = (int16_t)(world.month + 7);
    c->month[given_up] = c->month[gone] = (int16_t)(world.month - 5); // no anniversary
    c->destination[given_up] = block->households.zone[p->household[person]];
    c->occupation[given_up] = p->occupation[person] == 0;
    qon_person_gone(&world, block, c->person[gone]);
    c->destination[gone] = block->households.zone[0];
    c->until[gone] = c->month[gone];
    qon_commitments_block(&world, block);
    assert_true((c->state[given_up] & BROKEN) != 0 && (c->state[gone] & GONE) != 0);
}

static void many_mature_at_once(struct qon_block *block) {
    const struct qon_persons *p = &block->persons;
    uint32_t matured = 0;
    for (uint32_t row = p->founders; row < p->count && matured < QON_MATURED_MOST + 3; row++) {
        if (p->status[row] == QON_CHILD) {
            qon_person_status(&world, block, row, QON_STUDENT);
            qon_grown_note(&world, block, row);
            matured++;
        }
    }
    assert_true(matured > QON_MATURED_MOST);
    later_candidates_are_those_drawn_one_by_one(block, 7, 0.9);
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

// Weighs every supported zone of one who knows some programmes.
static struct qon_choice chosen_by_all(const struct qon_block *block, const struct qon_decider *d, uint64_t known,
                                       const struct qon_choice *without) {
    struct qon_ask ask = qon_ask_of(&world, block, d);
    struct qon_support support;
    struct qon_choice best = {without->destination, without->local, false, 0};
    double least = qon_place_frozen(&world, d, without->destination, without->local) /
                   qon_place_weight(&world, d, without->destination, without->local);
    qon_support_of(&ask, d->travellers, known, &support);
    qon_support_ask(&support);
    for (uint32_t z = 0; z < (uint32_t)world.zones && known != 0; z++) {
        int64_t cost = qon_move_cost_tiyn(&world, d->zone, z, d->travellers);
        bool own = z == d->zone;
        if (!qon_place_weighed_with(&world, d, &support, z)) {
            continue;
        }
        struct qon_package package = qon_support_at(&support, z, world.model->place_income[(int64_t)d->profile * world.zones + z], cost);
        double time = qon_place_frozen(&world, d, z, own) / qon_place_weight(&world, d, z, own) / package.factor;
        bool earlier = package.programmes != 0 && time < least, affordable = cost - package.cash_tiyn <= d->savings_tiyn;
        found.poor += earlier && !affordable;
        if (earlier && affordable) {
            least = time;
            best = (struct qon_choice){z, own, false, package.programmes};
        }
    }
    return best;
}

static void deciders_choose_as_if_all_were_weighed(const struct qon_block *block) {
    enum { EACH = 11 };
    const struct qon_persons *p = &block->persons;
    struct qon_decider deciders[QON_CHOICE_BATCH];
    struct qon_choice without[QON_CHOICE_BATCH], with[QON_CHOICE_BATCH];
    uint64_t known[QON_CHOICE_BATCH];
    struct qon_pairs pairs;
    uint32_t rows[QON_CHOICE_BATCH], count = 0;
    for (uint32_t row = (uint32_t)world.month % EACH; row < p->count; row += EACH) {
        bool decides = p->status[row] != QON_GONE && p->role[row] != QON_SPOUSE && qon_age_years(world.month, p->birth_month[row]) >= 18;
        if (decides && !qon_is_permit(p->legal[row])) {
            deciders[count] = qon_decider_of(&world, block, row);
            rows[count++] = row;
        }
        if (count == QON_CHOICE_BATCH || (row + EACH >= p->count && count > 0)) {
            qon_choose_batch(&world, deciders, count, without);
            qon_support_quick(&world, block, rows, count, QON_AT_MOVE, known);
            qon_support_known(&world, block, deciders, count, known, &pairs);
            qon_choose_many_with(&world, block, deciders, count, &pairs, without, with);
            for (uint32_t i = 0; i < count; i++) {
                struct qon_support support;
                bool knows = qon_support_find(&world, block, rows[i], deciders[i].travellers, QON_AT_MOVE, &support);
                assert_true(known[i] == (knows ? support.known : 0));
                struct qon_choice all = chosen_by_all(block, &deciders[i], known[i], &without[i]);
                assert_true(with[i].destination == all.destination && with[i].local == all.local && with[i].programmes == all.programmes);
                found.deciders += known[i] != 0;
                found.won += all.programmes != 0;
            }
            count = 0;
        }
    }
}

static void shortcuts_find_what_the_long_way_finds(void **state) {
    (void)state;
    struct qon_faults faults;
    qon_faults_init(&faults);
    for (int m = 0; m < MONTHS; m++) {
        int16_t *left[BLOCKS_MOST];
        uint32_t grants[BLOCKS_MOST];
        assert_true(world.blocks <= BLOCKS_MOST);
        for (uint32_t b = 0; b < world.blocks; b++) {
            const struct qon_commitments *c = &world.block[b].commitments;
            grants[b] = c->count;
            assert_int_equal(qon_take(&left[b], c->count + 1, sizeof *left[b]), QON_OK);
            memcpy(left[b], c->monthly_left, c->count * sizeof *left[b]);
        }
        if (qon_step(&world, &faults) != QON_OK) {
            fail_msg("%s", faults.text[0]);
        }
        for (uint32_t b = 0; b < world.blocks; b++) {
            grants_are_as_if_all_were_visited(&world.block[b], left[b], grants[b]);
            qon_free(left[b]);
        }
        qon_choice_prepare(&world);
        qon_support_most_make(&world);
        for (uint32_t b = 0; b < world.blocks; b++) {
            world.block[b].scratch = world.model->lane[0].list;
            seekers_are_the_same_when_all_are_asked(&world.block[b]);
            candidates_of_a_status_are_those_drawn_one_by_one(&world.block[b], QON_KANDAS, 100 + (uint64_t)m, 0.05);
            candidates_of_a_status_are_those_drawn_one_by_one(&world.block[b], QON_UNREGISTERED, 200 + (uint64_t)m, 0.3);
            later_candidates_are_those_drawn_one_by_one(&world.block[b], 300 + (uint64_t)m, 0.5);
            leavers_are_those_of_the_age(&world.block[b]);
            deciders_choose_as_if_all_were_weighed(&world.block[b]);
        }
        for (int p = 0; p < scenario.programmes.count && m % 12 == 0; p++) {
            if (qon_programme_of(&world, p)->at == QON_AT_COUNTRY) {
                employers_are_ranked_as_their_conditions_say(p);
            }
        }
    }
    who_gives_up_or_is_gone_is_visited(&world.block[0]);
    many_mature_at_once(&world.block[0]);
    print_message(
        "supported %ld, brought forward %ld, of %ld newcomers; %ld of a status, %ld leave school, %ld employers, %ld not eligible\n",
        (long)found.supported, (long)found.shifted, (long)found.concerned, (long)found.legal, (long)found.leavers, (long)found.ranked,
        (long)found.ineligible);
    print_message("%ld deciders know a programme, %ld choose what one supports, %ld times that is too dear; %ld later persons, %ld of them "
                  "were children\n",
                  (long)found.deciders, (long)found.won, (long)found.poor, (long)found.later, (long)found.matured);
    print_message("%ld times a grant, %ld ended, %ld paid by the month\n", (long)found.grants, (long)found.ended, (long)found.paid);
    assert_true(found.grants > 1000 && found.ended > 100 && found.paid > 100);
    assert_true(found.supported > 100 && found.shifted > 30 && found.concerned > found.supported && found.legal > 100 &&
                found.leavers > 100 && found.ranked > 1000 && found.ineligible > 100 && found.deciders > 10000 && found.won > 100 &&
                found.poor > 100 && found.later > 1000 && found.matured > 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(shortcuts_find_what_the_long_way_finds)};
    return cmocka_run_group_tests(tests, load, unload);
}
