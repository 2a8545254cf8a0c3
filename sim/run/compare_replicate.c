// SPDX-License-Identifier: GPL-3.0-or-later
// One replicate of a comparison: the people once, the base once, each alternative compared and let go.
#include "compare.h"

#include <qonys/kept.h>
#include <qonys/memory.h>
#include <qonys/study.h>
#include <qonys/synthesis.h>
#include <string.h>

struct replicate {
    struct qon_comparing *all;
    int32_t number, alternative;
    struct qon_outcome *outcome;
    struct qon_kept kept;   // the people, as the synthesis of the base leaves them
    struct qon_world start; // of the next run
    struct qon_world spare; // of the run before, whose memory the next one uses
    int32_t last;           // world that is the last to begin with the same people
    uint64_t seed;
};

static void watch(void *context, const struct qon_run_progress *progress) {
    const struct replicate *r = context;
    if (r->all->options->watch) {
        r->all->options->watch(r->all->options->context, r->number, r->alternative, progress);
    }
}

// world: 0 the base, then the alternatives.
static enum qon_status run(struct replicate *r, struct qon_scenario *scenario, int32_t world, struct qon_traced *traced) {
    struct qon_comparing *all = r->all;
    char folder[QON_RUN_PATH_MAX];
    enum qon_status status = QON_OK;
    bool same = all->same_people[world], writes = r->number == 0 && *all->parts_folder != 0;
    snprintf(folder, sizeof folder, "%.4000s/%d", all->parts_folder, world);
    traced->hires = all->hires;
    traced->groups = world == 0 ? &all->groups : NULL;
    struct qon_run_hooks hooks = qon_traced_hooks(traced);
    struct qon_run_options options = {.folder = writes ? folder : NULL,
                                      .command = all->options->command,
                                      .watch = watch,
                                      .context = r,
                                      .stop = all->options->stop,
                                      .hooks = &hooks,
                                      .start = same ? &r->start : NULL,
                                      .spare = same && world < r->last ? &r->spare : NULL};
    r->alternative = world - 1;
    qon_scenario_seed_set(scenario, r->seed);
    if (same && world > 0) {
        QON_TRY(qon_kept_restore(&r->kept, &r->start, scenario, &r->spare, &r->outcome->faults));
    }
    if (!same) { // other people need the room
        qon_world_free(&r->spare);
    }
    if (world == r->last) {
        qon_kept_free(&r->kept);
    }
    QON_TRY(qon_run(scenario, &options, &r->outcome->run[world], &r->outcome->faults));
    memcpy(qon_outcome_indicator(r->outcome, &all->layout, world), traced->indicator,
           (size_t)traced->indicators * ((size_t)traced->zones + 1) * sizeof(double));
done:
    return status;
}

static void keep(struct replicate *r, const struct qon_pair *pair, int32_t a) {
    const struct qon_outcome_layout *layout = &r->all->layout;
    size_t table = (layout->tables[a + 1] - layout->tables[a]) * sizeof(int64_t);
    qon_effects_of(pair, qon_outcome_effect(r->outcome, layout, a));
    memcpy(qon_outcome_persons(r->outcome, layout, a), pair->persons, table);
    memcpy(qon_outcome_tiyn(r->outcome, layout, a), pair->tiyn, table);
    if (layout->cells > 0) {
        memcpy(qon_outcome_share(r->outcome, layout, a), pair->share, (size_t)layout->cells * QON_SHARES * 2 * sizeof(int64_t));
    }
    r->outcome->persons_ever = a == 0 ? pair->count[QON_COUNT_PERSONS_EVER] : r->outcome->persons_ever;
}

// Founders have the same rows and ids in both.
static bool same_size(const struct qon_traced *base, const struct qon_traced *alt) {
    bool same = alt->blocks == base->blocks && alt->indicators == base->indicators;
    for (uint32_t b = 0; same && b < base->blocks; b++) {
        same = alt->block[b].founders == base->block[b].founders && alt->block[b].founder_id == base->block[b].founder_id;
    }
    return same;
}

static enum qon_status alternative(struct replicate *r, int32_t a, const struct qon_traced *base) {
    enum qon_status status = QON_OK;
    struct qon_comparing *all = r->all;
    struct qon_traced traced = {0};
    struct qon_pair pair = {.base = base,
                            .alt = &traced,
                            .scenario = all->alternatives[a],
                            .base_scenario = all->base,
                            .groups = &all->groups,
                            .window_months = all->options->window_months,
                            .by = all->options->by,
                            .bys = all->options->bys};
    QON_TRY(run(r, all->alternatives[a], a + 1, &traced));
    if (!same_size(base, &traced)) {
        status = qon_fault_add(&r->outcome->faults, (struct qon_place){.file = all->alternatives[a]->file},
                               "cannot be compared with %s: its population is of another size", all->base->file);
        goto done;
    }
    QON_TRY(qon_pair_ledger(&pair));
    keep(r, &pair, a);
done:
    qon_pair_free(&pair);
    qon_traced_free(&traced);
    return status;
}

static enum qon_status replicate(struct replicate *r) {
    enum qon_status status = QON_OK;
    struct qon_comparing *all = r->all;
    struct qon_outcome *outcome = r->outcome;
    struct qon_traced base = {0};
    r->seed = qon_replicate_seed(all->seed, r->number);
    qon_scenario_seed_set(all->base, r->seed);
    for (int32_t world = 0; world <= all->count; world++) {
        r->last = all->same_people[world] ? world : r->last;
    }
    qon_groups_clear(&all->groups); // other people than in the replicate before
    QON_TRY(qon_synthesis(&r->start, all->base, &outcome->faults));
    outcome->zones = r->start.zones;
    outcome->indicators = qon_indicators_count(&r->start);
    QON_REQUIRE(outcome->indicators <= QON_INDICATORS_MOST);
    for (int32_t i = 0; i < outcome->indicators; i++) {
        qon_indicator_get(&r->start, i, &outcome->described[i]);
    }
    if (r->last > 0) {
        QON_TRY(qon_kept_make(&r->kept, &r->start, &outcome->faults));
    }
    QON_TRY(run(r, all->base, 0, &base));
    for (int32_t a = 0; a < all->count; a++) {
        QON_TRY(alternative(r, a, &base));
    }
done:
    qon_kept_free(&r->kept);
    qon_world_free(&r->start);
    qon_world_free(&r->spare);
    qon_traced_free(&base);
    return status;
}

void qon_compare_replicate(struct qon_comparing *comparing, int32_t number, struct qon_outcome *outcome) {
    struct replicate r = {.all = comparing, .number = number, .outcome = outcome};
    memset(outcome, 0, comparing->layout.bytes);
    qon_faults_init(&outcome->faults);
    enum qon_status status = replicate(&r);
    if (status == QON_MACHINE && outcome->faults.count == 0) {
        (void)qon_fault_machine(&outcome->faults, (struct qon_place){.file = comparing->base->file},
                                "not enough memory for this comparison");
    }
    outcome->status = status;
}
