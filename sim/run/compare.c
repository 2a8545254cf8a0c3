// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a base and its alternatives on the same luck and follows each person in both. ODD tags M-COMPARE-1, M-COMPARE-2.
//
// A replicate's base is run once and kept as what happened in it (struct qon_traced, some hundred megabytes for a country); each
// alternative is run, compared, and let go. The results files of the first replicate's runs are written beside and joined at the end.
#include "compare.h"

#include <errno.h>
#include <math.h>
#include <qonys/memory.h>
#include <qonys/par.h>
#include <qonys/study.h>
#include <qonys/synthesis.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct comparing {
    struct qon_scenario *base;
    struct qon_scenario *const *alternatives;
    const struct qon_compare_options *options;
    struct qon_comparison *result;
    struct qon_faults *faults;
    struct qon_groups groups;
    struct qon_world start;                      // the people of the replicate, as the synthesis of the base leaves them
    bool same_people[QON_ALTERNATIVES_MOST + 1]; // [0 the base, then alternatives]
    int32_t capacity;                            // replicates that arrays have room for
    int32_t replicate, alternative;
    uint64_t seed;
    char parts_folder[QON_RUN_PATH_MAX]; // "": nothing is written
    char parts[QON_ALTERNATIVES_MOST + 1][QON_RUN_PATH_MAX];
    bool hires;
};

static enum qon_status check(const struct comparing *c) {
    enum qon_status status = QON_OK;
    for (int32_t a = 0; a < c->result->alternatives; a++) {
        const struct qon_scenario *alt = c->alternatives[a], *base = c->base;
        struct qon_place place = {.file = alt->file};
        const char *what = alt->start != base->start                           ? "start"
                           : alt->months != base->months                       ? "months"
                           : alt->scale != base->scale                         ? "scale"
                           : alt->tables.zones.rows != base->tables.zones.rows ? "zones"
                                                                               : NULL;
        for (int64_t z = 0; what == NULL && z < base->tables.zones.rows; z++) {
            what = strcmp(alt->tables.zones.id[z], base->tables.zones.id[z]) != 0 ? "zones" : NULL;
        }
        if (what != NULL) {
            status = qon_fault_add(c->faults, place, "cannot be compared with %s: its %s differ%s", base->file, what,
                                   strcmp(what, "start") == 0 || strcmp(what, "scale") == 0 ? "s" : "");
        }
    }
    return status;
}

static enum qon_status machine(const struct comparing *c) {
    return qon_fault_machine(c->faults, (struct qon_place){.file = c->base->file}, "not enough memory for this comparison");
}

// Room for more replicates, once the number of indicators and programmes is known.
static enum qon_status reserve(struct comparing *c, int32_t replicates) {
    enum qon_status status = QON_OK;
    struct qon_comparison *r = c->result;
    if (replicates <= c->capacity) {
        return QON_OK;
    }
    int32_t wanted = 2 * c->capacity > replicates ? 2 * c->capacity : replicates;
    size_t old = (size_t)c->capacity, new = (size_t)wanted, values = (size_t)r->indicators *((size_t)r->zones + 1);
    QON_TRY(qon_grow(&r->base_indicator, old * values, new *values, sizeof *r->base_indicator));
    for (int32_t a = 0; a < r->alternatives; a++) {
        struct qon_alternative *alt = &r->alternative[a];
        size_t table = ((size_t)alt->programmes + 1) * QON_CLASSES;
        QON_TRY(qon_grow(&alt->effect, old * QON_EFFECTS, new *QON_EFFECTS, sizeof *alt->effect));
        QON_TRY(qon_grow(&alt->indicator, old * values, new *values, sizeof *alt->indicator));
        QON_TRY(qon_grow(&alt->persons, old * table, new *table, sizeof *alt->persons));
        QON_TRY(qon_grow(&alt->tiyn, old * table, new *table, sizeof *alt->tiyn));
    }
    c->capacity = wanted;
done:
    return status;
}

static void watch(void *context, const struct qon_run_progress *progress) {
    const struct comparing *c = context;
    if (c->options->watch) {
        c->options->watch(c->options->context, c->replicate, c->alternative, progress);
    }
}

// number: 0 the base, then the alternatives.
static enum qon_status run(struct comparing *c, struct qon_scenario *scenario, int32_t number, struct qon_traced *traced,
                           struct qon_run_summary *summary) {
    char folder[QON_RUN_PATH_MAX];
    bool writes = c->replicate == 0 && *c->parts_folder != 0;
    snprintf(folder, sizeof folder, "%.4000s/%d", c->parts_folder, number);
    traced->hires = c->hires;
    traced->groups = number == 0 ? &c->groups : NULL;
    struct qon_run_hooks hooks = qon_traced_hooks(traced);
    struct qon_run_options options = {.folder = writes ? folder : NULL,
                                      .command = c->options->command,
                                      .watch = watch,
                                      .context = c,
                                      .stop = c->options->stop,
                                      .hooks = &hooks,
                                      .start = c->same_people[number] ? &c->start : NULL};
    c->alternative = number - 1;
    scenario->seed = c->seed;
    enum qon_status status = qon_run(scenario, &options, summary, c->faults);
    if (writes) {
        snprintf(c->parts[number], sizeof c->parts[number], "%s", summary->results);
    }
    return status;
}

static void keep(struct comparing *c, struct qon_pair *pair, struct qon_alternative *alt) {
    int64_t r = c->replicate, table = (int64_t)(alt->programmes + 1) * QON_CLASSES;
    int64_t values = (int64_t)c->result->indicators * (c->result->zones + 1);
    qon_effects_of(pair, alt->effect + r * QON_EFFECTS);
    for (int64_t i = 0; i < values; i++) {
        alt->indicator[r * values + i] = pair->alt->indicator[i] - pair->base->indicator[i];
    }
    memcpy(alt->persons + r * table, pair->persons, (size_t)table * sizeof *alt->persons);
    memcpy(alt->tiyn + r * table, pair->tiyn, (size_t)table * sizeof *alt->tiyn);
    for (int64_t i = 0; i < pair->cells * QON_SHARES * 2; i++) { // a running mean
        alt->share[i] += ((double)pair->share[i] * pair->alt->scale - alt->share[i]) / (double)(r + 1);
    }
    if (r == 0) {
        c->result->persons_ever = pair->count[QON_COUNT_PERSONS_EVER];
    }
}

static enum qon_status alternative(struct comparing *c, int32_t a, const struct qon_traced *base) {
    enum qon_status status = QON_OK;
    struct qon_alternative *alt = &c->result->alternative[a];
    struct qon_traced traced = {0};
    struct qon_run_summary summary;
    struct qon_pair pair = {.base = base,
                            .alt = &traced,
                            .scenario = c->alternatives[a],
                            .base_scenario = c->base,
                            .groups = &c->groups,
                            .window_months = c->options->window_months,
                            .by = c->options->by,
                            .bys = c->options->bys};
    QON_TRY(run(c, c->alternatives[a], a + 1, &traced, &summary));
    if (traced.blocks != base->blocks || traced.indicators != base->indicators) {
        status = qon_fault_add(c->faults, (struct qon_place){.file = c->alternatives[a]->file},
                               "cannot be compared with %s: its population is of another size", c->base->file);
        goto done;
    }
    if (c->replicate == 0) {
        alt->run = summary;
    }
    if (alt->share == NULL) {
        QON_TRY(
            qon_take(&alt->share, (size_t)qon_by_cells(&c->groups, c->options->by, c->options->bys) * QON_SHARES * 2, sizeof *alt->share));
    }
    QON_TRY(qon_pair_ledger(&pair));
    keep(c, &pair, alt);
done:
    qon_pair_free(&pair);
    qon_traced_free(&traced);
    return status;
}

static enum qon_status replicate(struct comparing *c) {
    enum qon_status status = QON_OK;
    struct qon_comparison *r = c->result;
    struct qon_traced base = {0};
    struct qon_run_summary summary;
    c->seed = qon_replicate_seed(c->seed, c->replicate);
    c->base->seed = c->seed;
    qon_groups_clear(&c->groups); // other people than in the replicate before
    QON_TRY(qon_synthesis(&c->start, c->base, c->faults));
    QON_TRY(run(c, c->base, 0, &base, &summary));
    if (c->replicate == 0) {
        r->base = summary;
        r->zones = base.zones;
        r->indicators = base.indicators;
        r->indicator = base.described;
        base.described = NULL;
        r->arrivals = -1;
        for (int32_t i = 0; i < r->indicators; i++) {
            r->arrivals = strcmp(r->indicator[i].name, "arrivals_region") == 0 ? i : r->arrivals;
        }
    }
    QON_TRY(reserve(c, c->replicate + 1));
    size_t values = (size_t)r->indicators * ((size_t)r->zones + 1);
    memcpy(r->base_indicator + (size_t)c->replicate * values, base.indicator, values * sizeof *base.indicator);
    for (int32_t a = 0; a < r->alternatives; a++) {
        QON_TRY(alternative(c, a, &base));
    }
done:
    qon_world_free(&c->start);
    qon_traced_free(&base);
    return status;
}

// From the alternative with the next smaller spending.
static void marginal_costs(struct qon_comparison *r) {
    for (int32_t a = 0; a < r->alternatives; a++) {
        double own = qon_compare_certain(r, a, QON_EFFECT_money_tenge).mean;
        double movers = qon_compare_certain(r, a, QON_EFFECT_movers_additional).mean;
        int32_t next = -1;
        double below = -INFINITY;
        for (int32_t b = 0; b < r->alternatives; b++) {
            double money = qon_compare_certain(r, b, QON_EFFECT_money_tenge).mean;
            if (money < own && money > below) {
                below = money;
                next = b;
            }
        }
        double fewer = next >= 0 ? qon_compare_certain(r, next, QON_EFFECT_movers_additional).mean : (double)NAN;
        r->alternative[a].marginal_cost_tenge = movers > fewer ? (own - below) / (movers - fewer) : (double)NAN;
    }
}

static void parts_remove(struct comparing *c) {
    char folder[QON_RUN_PATH_MAX];
    for (int32_t n = 0; *c->parts_folder != 0 && n <= c->result->alternatives; n++) {
        unlink(c->parts[n]);
        snprintf(folder, sizeof folder, "%.4000s/%d", c->parts_folder, n);
        rmdir(folder);
    }
    if (*c->parts_folder != 0) {
        rmdir(c->parts_folder);
        if (*c->result->results == 0) {
            rmdir(c->options->folder); // stays where it holds something
        }
    }
}

static enum qon_status replicates(struct comparing *c) {
    enum qon_status status = QON_OK;
    const struct qon_compare_options *o = c->options;
    uint64_t own = c->base->seed;
    int32_t most = o->precision > 0 && o->replicates_most > o->replicates ? o->replicates_most : o->replicates;
    for (c->replicate = 0; c->replicate < most; c->replicate++) {
        if (c->replicate >= o->replicates && c->replicate >= 2 && qon_compare_precise(c->result, o->precision)) {
            break;
        }
        c->seed = own;
        QON_TRY(replicate(c));
        c->result->replicates = c->replicate + 1;
    }
done:
    c->base->seed = own;
    for (int32_t a = 0; a < c->result->alternatives; a++) {
        c->alternatives[a]->seed = own;
    }
    return status;
}

enum qon_status qon_compare(struct qon_scenario *base, struct qon_scenario *const *alternatives, int32_t count,
                            const struct qon_compare_options *options, struct qon_comparison *result, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct comparing *c = NULL;
    double begun = qon_time_wall();
    QON_REQUIRE(count >= 1 && count <= QON_ALTERNATIVES_MOST && options->replicates >= 1);
    QON_REQUIRE(options->replicates <= QON_REPLICATES_MOST && options->replicates_most <= QON_REPLICATES_MOST);
    memset(result, 0, sizeof *result);
    result->alternatives = count;
    QON_TRY(qon_take(&c, 1, sizeof *c));
    *c = (struct comparing){.base = base, .alternatives = alternatives, .options = options, .result = result, .faults = faults};
    QON_TRY(check(c));
    if (options->folder != NULL) {
        snprintf(c->parts_folder, sizeof c->parts_folder, "%.3900s/.comparing-%ld", options->folder, (long)getpid());
    }
    uint64_t values = qon_scenario_values_hash(base);
    c->same_people[0] = true;
    for (int32_t a = 0; a < count; a++) {
        c->same_people[a + 1] = qon_scenario_values_hash(alternatives[a]) == values;
        result->alternative[a].programmes = alternatives[a]->programmes.count;
        for (int32_t p = 0; p < alternatives[a]->programmes.count; p++) {
            c->hires |= alternatives[a]->programmes.row[p].at == QON_AT_HIRE;
        }
    }
    QON_TRY(replicates(c));
    for (int32_t a = 0; a < count; a++) {
        result->alternative[a].variance_ratio = qon_variance_ratio(result, a, result->arrivals);
    }
    marginal_costs(result);
    if (options->folder != NULL) {
        QON_TRY(qon_compare_write(result, base, alternatives, &c->groups, options, c->parts, result->results, faults));
    }
done:
    if (c != NULL) {
        parts_remove(c);
        qon_groups_free(&c->groups);
        if (status == QON_MACHINE && faults->count == 0) {
            (void)machine(c);
        }
    }
    qon_free(c);
    result->seconds = qon_time_wall() - begun;
    return status;
}

void qon_comparison_free(struct qon_comparison *comparison) {
    for (int32_t a = 0; a < comparison->alternatives; a++) {
        struct qon_alternative *alt = &comparison->alternative[a];
        void *owned[] = {alt->effect, alt->indicator, alt->persons, alt->tiyn, alt->share};
        for (size_t i = 0; i < sizeof owned / sizeof owned[0]; i++) {
            qon_free(owned[i]);
        }
    }
    qon_free(comparison->base_indicator);
    qon_free(comparison->indicator);
    memset(comparison, 0, sizeof *comparison);
}
