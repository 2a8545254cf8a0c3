// SPDX-License-Identifier: GPL-3.0-or-later
// What is explained is what happened: hundreds of deciders of the shipped country with all programmes of the concept, each choice held
// against where the person lives afterwards; the same run with and without probes; the pair of worlds. ODD tags M-EXPLAIN-1, M-CHOICE-2,
// M-GRANT-1.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "loading.h"
#include <math.h>
#include <qonys/explain_run.h>
#include <qonys/step.h>
#include <qonys/synthesis.h>

enum { PROBES = 2500, MONTHS = 5 };

struct country {
    struct qon_scenario scenario;
    struct qon_world world;
    struct qon_faults faults;
};

// One agent for 200 persons (two blocks), who consider a move eight times as often and know all programmes.
static void load(struct qon_scenario *scenario, const char *name, const struct qon_override *more) {
    struct qon_override change[4] = {{"scale", "200"}, {"months", "5"}, {"trigger.hazard_scale_month", "8"}};
    struct qon_faults faults;
    char file[512];
    snprintf(file, sizeof file, QON_SOURCE_DIR "/scenarios/%s.json", name);
    qon_faults_init(&faults);
    change[3] = more != NULL ? *more : change[0];
    if (qon_scenario_load(scenario, file, change, more != NULL ? 4 : 3, &faults) != QON_OK) {
        fail_msg("%s", faults.text[0]);
    }
    for (int32_t i = 0; i < scenario->programmes.count; i++) {
        scenario->programmes.row[i].awareness.start_share = 1;
        scenario->programmes.row[i].awareness.considered_share = 1;
    }
}

static void country_start(struct country *c, const char *name, const struct qon_override *more) {
    memset(c, 0, sizeof *c);
    load(&c->scenario, name, more);
    qon_faults_init(&c->faults);
    assert_int_equal(qon_synthesis(&c->world, &c->scenario, &c->faults), QON_OK);
    assert_int_equal(qon_model_init(&c->world, &c->faults), QON_OK);
}

static void country_end(struct country *c) {
    qon_model_free(&c->world);
    qon_world_free(&c->world);
    qon_scenario_free(&c->scenario);
}

struct seen {
    int considered, moved, stayed, applied, granted, refused, helped, illiquid;
};

// The choice that the parts lead to: the largest total among the affordable, without programmes.
static const struct qon_explained_place *largest(const struct qon_explained_decision *d) {
    const struct qon_explained_place *best = NULL;
    for (int32_t i = 0; i < d->places; i++) {
        const struct qon_explained_place *place = &d->place[i];
        double sum = 0;
        for (int part = 0; part < QON_UTILITY_PARTS; part++) {
            sum += place->part[part];
        }
        assert_true(fabs(sum - log(place->weight)) < 1e-9 * (1 + fabs(sum)));
        if (place->weighed && place->affordable && (best == NULL || sum + place->gumbel > best->utility + best->gumbel)) {
            best = place;
        }
    }
    return best;
}

static const struct qon_explained_place *with_programmes(const struct qon_explained_decision *d) {
    for (int32_t i = 0; i < d->places; i++) {
        if (d->place[i].best_with) {
            return &d->place[i];
        }
    }
    fail_msg("nothing is chosen");
    return NULL;
}

// What the explanation says will happen, held against what did.
static void decision_check(const struct qon_explanation *e, const struct qon_explained_decision *d, struct seen *seen) {
    const struct qon_explained_place *without = largest(d), *with = with_programmes(d);
    assert_true(without->best);
    int asked = 0, given = 0;
    for (int32_t i = 0; i < e->applications; i++) {
        bool own = e->application[i].by_head == (d != &e->own) && e->application[i].at == QON_AT_MOVE;
        asked += own;
        given += own && e->application[i].outcome == QON_APPLIED_GRANTED;
    }
    assert_int_equal(asked, __builtin_popcountll(d->wanted));
    const struct qon_explained_place *done = given > 0 ? with : without;
    assert_true(given == 0 || given == asked || with == without);
    seen->considered++;
    seen->applied += asked > 0;
    seen->granted += given > 0;
    seen->refused += asked > 0 && given == 0;
    seen->helped += given > 0 && with != without;
    for (int32_t i = 0; i < d->places; i++) {
        seen->illiquid += d->place[i].wished_not;
    }
    if (e->move_failed || d != &e->own || (e->head_decision.there && e->head_decision.considers && done->stay)) {
        return; // the head's decision is checked on the heads; a member who stays may be taken along
    }
    assert_int_equal(e->moved, !done->stay);
    assert_int_equal(e->moved_local, done->local);
    assert_int_equal(e->zone_after, done->stay ? e->zone : done->zone);
    seen->moved += !done->stay;
    seen->stayed += done->stay;
}

// School leavers who were granted a place of study move without having considered it.
static bool studies(const struct qon_explanation *e) {
    for (int32_t i = 0; i < e->applications; i++) {
        if (e->application[i].at == QON_AT_SCHOOL && e->application[i].outcome == QON_APPLIED_GRANTED) {
            return true;
        }
    }
    return false;
}

// Digest of the run.
static uint64_t probed_run(const char *name, const struct qon_override *more, struct seen *seen) {
    struct country c;
    static struct qon_explanation probe[PROBES];
    country_start(&c, name, more);
    uint64_t founders = qon_founders(&c.world);
    for (int i = 0; i < PROBES; i++) {
        probe[i] = (struct qon_explanation){.person = founders * (uint64_t)i / PROBES};
    }
    qon_explain_set(&c.world, probe, PROBES);
    for (int m = 0; m < MONTHS; m++) {
        assert_int_equal(qon_step(&c.world, &c.faults), QON_OK);
        for (int i = 0; i < PROBES; i++) {
            const struct qon_explanation *e = &probe[i];
            if (e->state != QON_THERE) {
                continue;
            }
            if (e->own.considers) {
                decision_check(e, &e->own, seen);
            }
            if (e->head_decision.considers) {
                decision_check(e, &e->head_decision, seen);
            }
            if (!e->own.considers && !e->head_decision.considers && !studies(e)) {
                assert_false(e->moved);
                assert_int_equal(e->zone, e->zone_after);
            }
        }
    }
    qon_explain_set(&c.world, NULL, 0);
    for (int i = 0; i < PROBES; i++) {
        qon_explanation_free(&probe[i]);
    }
    uint64_t digest = qon_world_digest(&c.world);
    country_end(&c);
    return digest;
}

static uint64_t plain_run(const char *name, const struct qon_override *more) {
    struct country c;
    country_start(&c, name, more);
    for (int m = 0; m < MONTHS; m++) {
        assert_int_equal(qon_step(&c.world, &c.faults), QON_OK);
    }
    uint64_t digest = qon_world_digest(&c.world);
    country_end(&c);
    return digest;
}

static void what_is_explained_is_what_was_done(void **state) {
    static const char *const names[] = {"baseline", "concept-2017", "concept-2017"};
    static const struct qon_override off = {"feedback.markets", "false"};
    for (int i = 0; i < 3; i++) {
        const struct qon_override *more = i == 2 ? &off : NULL;
        struct seen seen = {0};
        uint64_t digest = probed_run(names[i], more, &seen);
        print_message("%s: considered %d, moved %d, stayed %d, applied %d, granted %d, refused %d, helped %d, short of savings %d\n",
                      names[i], seen.considered, seen.moved, seen.stayed, seen.applied, seen.granted, seen.refused, seen.helped,
                      seen.illiquid);
        assert_true(seen.considered > 400 && seen.moved > 25 && seen.stayed > 100 && seen.illiquid > 20);
        if (i > 0) {
            assert_true(seen.applied > 10 && seen.granted > 3 && seen.refused > 0 && seen.helped > 0);
        }
        assert_true(digest == plain_run(names[i], more)); // the same without anybody looking
    }
}

// Persons of the start who got something for a move under the concept, the first few.
static int supported(uint64_t *ids, int most) {
    struct country c;
    int count = 0;
    country_start(&c, "concept-2017", NULL);
    for (int m = 0; m < MONTHS; m++) {
        assert_int_equal(qon_step(&c.world, &c.faults), QON_OK);
    }
    for (uint32_t b = 0; b < c.world.blocks; b++) {
        const struct qon_commitments *g = &c.world.block[b].commitments;
        for (uint32_t i = 0; i < g->count && count < most; i++) {
            bool move = c.scenario.programmes.row[g->programme[i]].at == QON_AT_MOVE;
            if (move && g->id[i] < qon_founders(&c.world)) {
                ids[count++] = g->id[i];
            }
        }
    }
    country_end(&c);
    return count;
}

static void pair_check(const struct qon_scenario *base, const struct qon_scenario *alternative, uint64_t person, bool differs) {
    struct qon_faults faults;
    struct qon_explained_pair pair;
    struct qon_explain_request request = {.person = person};
    qon_faults_init(&faults);
    assert_int_equal(qon_explain_pair(base, alternative, &request, &pair, &faults), QON_OK);
    const struct qon_explanation *a = &pair.side[0], *b = &pair.side[1];
    bool considered = a->own.considers || a->head_decision.considers || b->own.considers || b->head_decision.considers;
    assert_int_equal(a->month, pair.month);
    assert_int_equal(b->month, pair.month);
    assert_int_equal(pair.reason == QON_EXPLAIN_PLACE, a->state != b->state || a->zone_after != b->zone_after);
    assert_int_equal(pair.reason == QON_EXPLAIN_PLACE || pair.reason == QON_EXPLAIN_SUPPORT, differs);
    if (!differs) {
        assert_int_equal(pair.reason == QON_EXPLAIN_CONSIDERED, considered);
    }
    int32_t month = pair.month;
    bool elsewhere = pair.reason == QON_EXPLAIN_PLACE;
    qon_explained_pair_free(&pair);
    request.month = base->start; // before, they lived alike
    assert_int_equal(qon_explain_pair(base, alternative, &request, &pair, &faults), QON_OK);
    assert_int_equal(pair.reason, QON_EXPLAIN_ASKED);
    assert_int_equal(pair.side[0].month, base->start);
    if (month > base->start || !elsewhere) {
        assert_int_equal(a->zone_after, b->zone_after);
    }
    qon_explained_pair_free(&pair);
}

static void the_pair_is_explained_in_the_first_month_that_differs(void **state) {
    struct qon_scenario base, alternative;
    uint64_t ids[2];
    load(&base, "baseline", NULL);
    load(&alternative, "concept-2017", NULL);
    int count = supported(ids, 2);
    assert_int_equal(count, 2);
    for (int i = 0; i < count; i++) {
        pair_check(&base, &alternative, ids[i], true);
        pair_check(&base, &base, ids[i], false);
    }
    qon_scenario_free(&base);
    qon_scenario_free(&alternative);
}

static void faults_of_the_user_are_said(void **state) {
    static const struct qon_override coarse = {"scale", "500"}, later = {"start", "\"2018-01\""}, lucky = {"seed", "7"};
    struct qon_scenario base, other;
    struct qon_faults faults;
    struct qon_explained_pair pair;
    struct qon_explain_request request = {.person = 10000000};
    load(&base, "baseline", NULL);
    qon_faults_init(&faults);
    assert_int_equal(qon_explain_pair(&base, &base, &request, &pair, &faults), QON_USER);
    assert_non_null(strstr(faults.text[0], "those of the start have 0 to 89"));
    request = (struct qon_explain_request){.person = 1, .month = base.start + 5};
    assert_int_equal(qon_explain_pair(&base, &base, &request, &pair, &faults), QON_USER);
    assert_non_null(strstr(faults.text[1], "2017-01 to 2017-05"));
    request.month = 0;
    load(&other, "baseline", &coarse);
    assert_int_equal(qon_explain_pair(&base, &other, &request, &pair, &faults), QON_USER);
    assert_non_null(strstr(faults.text[2], "another scale"));
    qon_scenario_free(&other);
    load(&other, "baseline", &lucky);
    assert_int_equal(qon_explain_pair(&base, &other, &request, &pair, &faults), QON_USER);
    assert_non_null(strstr(faults.text[3], "another seed"));
    qon_scenario_free(&other);
    load(&other, "baseline", &later);
    assert_int_equal(qon_explain_pair(&base, &other, &request, &pair, &faults), QON_USER);
    assert_non_null(strstr(faults.text[4], "another start"));
    qon_scenario_free(&other);
    qon_scenario_free(&base);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_explained_is_what_was_done),
        cmocka_unit_test(the_pair_is_explained_in_the_first_month_that_differs),
        cmocka_unit_test(faults_of_the_user_are_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
