// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a base and its alternatives on the same luck and follows each person in both. ODD tags M-COMPARE-1, M-COMPARE-2.
//
// A replicate's base is run once and kept as what happened in it (struct qon_traced, some 170 megabytes for a country of 18 million
// persons and five years); each alternative is run, compared, and let go. The results files of the first replicate's runs are written
// beside and joined at the end.
#include "compare.h"

#include <math.h>
#include <qonys/checkpoint.h>
#include <qonys/memory.h>
#include <qonys/par.h>
#include <string.h>
#include <unistd.h>

static enum qon_status check(const struct qon_comparing *c, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    for (int32_t a = 0; a < c->count; a++) {
        const struct qon_scenario *alt = c->alternatives[a], *base = c->base;
        struct qon_place place = {.file = alt->file};
        const char *what = alt->start != base->start                           ? "start differs"
                           : alt->months != base->months                       ? "months differ"
                           : alt->scale != base->scale                         ? "scale differs"
                           : alt->tables.zones.rows != base->tables.zones.rows ? "zones differ"
                                                                               : NULL;
        for (int64_t z = 0; what == NULL && z < base->tables.zones.rows; z++) {
            what = strcmp(alt->tables.zones.id[z], base->tables.zones.id[z]) != 0 ? "zones differ" : NULL;
        }
        if (what != NULL) {
            status = qon_fault_add(faults, place, "cannot be compared with %s: its %s", base->file, what);
        }
    }
    return status;
}

static size_t round_up(size_t bytes) {
    return (bytes + 63) / 64 * 64;
}

static void layout_make(struct qon_comparing *c) {
    struct qon_outcome_layout *l = &c->layout;
    size_t zones = (size_t)c->base->tables.zones.rows, worlds = (size_t)c->count + 1;
    l->cells = qon_by_cells(&c->groups, c->options->by, c->options->bys);
    for (int32_t a = 0; a < c->count; a++) {
        l->tables[a + 1] = l->tables[a] + ((size_t)c->alternatives[a]->programmes.count + 1) * QON_CLASSES;
    }
    l->indicator = round_up(sizeof(struct qon_outcome));
    l->effect = l->indicator + round_up(worlds * QON_INDICATORS_MOST * (zones + 1) * sizeof(double));
    l->table = l->effect + round_up(worlds * QON_EFFECTS * sizeof(double));
    l->share = l->table + round_up(2 * l->tables[c->count] * sizeof(int64_t));
    l->bytes = l->share + round_up((size_t)c->count * (size_t)l->cells * QON_SHARES * 2 * sizeof(int64_t));
}

static void comparing_make(struct qon_comparing *c) {
    uint64_t values = qon_scenario_values_hash(c->base);
    c->groups.places_only = c->options->bys == 0;
    qon_groups_names(&c->groups, c->base);
    layout_make(c);
    c->seed = c->base->seed;
    c->same_people[0] = true;
    if (c->options->folder != NULL) {
        snprintf(c->parts_folder, sizeof c->parts_folder, "%.3900s/.comparing-%ld", c->options->folder, (long)getpid());
    }
    for (int32_t a = 0; a < c->count; a++) {
        c->same_people[a + 1] = qon_scenario_values_hash(c->alternatives[a]) == values;
        for (int32_t p = 0; p < c->alternatives[a]->programmes.count; p++) {
            c->hires |= c->alternatives[a]->programmes.row[p].at == QON_AT_HIRE;
        }
    }
    for (int32_t n = 0; n <= c->count; n++) {
        snprintf(c->parts[n], sizeof c->parts[n], "%.3960s/%d/results.gpkg", c->parts_folder, n);
    }
}

// Replicates at a time: as many as there are threads, and as the memory that is free holds. A replicate of a country was measured at 97
// bytes a person with the same people in all runs, at 107 with other people in one (2026-11-24); half as much again is counted.
static int32_t jobs_of(const struct qon_comparing *c, int32_t most) {
    double persons = 0;
    for (int64_t z = 0; z < c->base->tables.zones.rows; z++) {
        persons += (double)c->base->tables.zones.persons[z] / c->base->scale;
    }
    double need = 64e6 + 160 * persons, free = (double)sysconf(_SC_AVPHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
    int32_t held = need > 0 ? (int32_t)(0.8 * free / need) : 1;
    int32_t jobs = qon_par_threads() < most ? qon_par_threads() : most;
    jobs = jobs < held ? jobs : held;
    jobs = c->options->jobs_most > 0 && c->options->jobs_most < jobs ? c->options->jobs_most : jobs;
    return jobs > 1 ? jobs : 1;
}

// Room for more replicates. errors: QON_MACHINE.
static enum qon_status reserve(const struct qon_comparing *c, struct qon_comparison *r, int32_t *capacity, int32_t replicates) {
    enum qon_status status = QON_OK;
    if (replicates <= *capacity) {
        return QON_OK;
    }
    int32_t wanted = 2 * *capacity > replicates ? 2 * *capacity : replicates;
    size_t old = (size_t)*capacity, new = (size_t)wanted, values = (size_t)r->indicators *((size_t)r->zones + 1);
    QON_TRY(qon_grow(&r->base_indicator, old * values, new *values, sizeof *r->base_indicator));
    for (int32_t a = 0; a < r->alternatives; a++) {
        struct qon_alternative *alt = &r->alternative[a];
        size_t table = c->layout.tables[a + 1] - c->layout.tables[a];
        QON_TRY(qon_grow(&alt->effect, old * QON_EFFECTS, new *QON_EFFECTS, sizeof *alt->effect));
        QON_TRY(qon_grow(&alt->indicator, old * values, new *values, sizeof *alt->indicator));
        QON_TRY(qon_grow(&alt->persons, old * table, new *table, sizeof *alt->persons));
        QON_TRY(qon_grow(&alt->tiyn, old * table, new *table, sizeof *alt->tiyn));
    }
    *capacity = wanted;
done:
    return status;
}

static void accept_alternative(const struct qon_comparing *c, struct qon_comparison *r, const struct qon_outcome *o, int32_t a) {
    struct qon_alternative *alt = &r->alternative[a];
    int64_t n = r->replicates, values = (int64_t)r->indicators * (r->zones + 1);
    size_t table = c->layout.tables[a + 1] - c->layout.tables[a];
    const double *base = qon_outcome_indicator(o, &c->layout, 0), *own = qon_outcome_indicator(o, &c->layout, a + 1);
    const int64_t *share = qon_outcome_share(o, &c->layout, a);
    memcpy(alt->effect + n * QON_EFFECTS, qon_outcome_effect(o, &c->layout, a), QON_EFFECTS * sizeof *alt->effect);
    for (int64_t i = 0; i < values; i++) {
        alt->indicator[n * values + i] = own[i] - base[i];
    }
    memcpy(alt->persons + n * (int64_t)table, qon_outcome_persons(o, &c->layout, a), table * sizeof *alt->persons);
    memcpy(alt->tiyn + n * (int64_t)table, qon_outcome_tiyn(o, &c->layout, a), table * sizeof *alt->tiyn);
    for (int64_t i = 0; i < c->layout.cells * QON_SHARES * 2; i++) { // a running mean
        alt->share[i] += ((double)share[i] * c->base->scale - alt->share[i]) / (double)(n + 1);
    }
    if (n == 0) {
        alt->run = o->run[a + 1];
    }
}

// The outcome of the next replicate becomes part of the comparison.
static enum qon_status accept(const struct qon_comparing *c, struct qon_comparison *r, const struct qon_outcome *o, int32_t *capacity) {
    enum qon_status status = QON_OK;
    if (r->replicates == 0) {
        r->zones = o->zones;
        r->indicators = o->indicators;
        r->base = o->run[0];
        r->persons_ever = o->persons_ever;
        r->arrivals = -1;
        QON_TRY(qon_take(&r->indicator, (size_t)o->indicators, sizeof *r->indicator));
        memcpy(r->indicator, o->described, (size_t)o->indicators * sizeof *r->indicator);
        for (int32_t i = 0; i < o->indicators; i++) {
            r->arrivals = strcmp(o->described[i].name, "arrivals_region") == 0 ? i : r->arrivals;
        }
        for (int32_t a = 0; a < c->count; a++) {
            QON_TRY(qon_take(&r->alternative[a].share, (size_t)c->layout.cells * QON_SHARES * 2, sizeof *r->alternative[a].share));
        }
    }
    QON_TRY(reserve(c, r, capacity, r->replicates + 1));
    size_t values = (size_t)r->indicators * ((size_t)r->zones + 1);
    memcpy(r->base_indicator + (size_t)r->replicates * values, qon_outcome_indicator(o, &c->layout, 0), values * sizeof(double));
    for (int32_t a = 0; a < c->count; a++) {
        accept_alternative(c, r, o, a);
    }
    r->replicates++;
done:
    return status;
}

static enum qon_status replicates(struct qon_comparing *c, struct qon_comparison *r, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    const struct qon_compare_options *o = c->options;
    struct qon_compare_pool *pool = NULL;
    int32_t most = o->precision > 0 && o->replicates_most > o->replicates ? o->replicates_most : o->replicates, capacity = 0;
    QON_TRY(qon_compare_pool_create(&pool, c, jobs_of(c, most)));
    while (r->replicates < most) {
        if (r->replicates >= o->replicates && r->replicates >= 2 && qon_compare_precise(r, o->precision)) {
            break;
        }
        const struct qon_outcome *outcome = qon_compare_pool_next(pool);
        if (outcome == NULL) {
            status = QON_MACHINE;
            goto done;
        }
        if (outcome->faults.count > 0) {
            *faults = outcome->faults;
        }
        QON_TRY(outcome->status);
        QON_TRY(accept(c, r, outcome, &capacity));
    }
done:
    qon_compare_pool_destroy(pool);
    qon_scenario_seed_set(c->base, c->seed);
    for (int32_t a = 0; a < c->count; a++) {
        qon_scenario_seed_set(c->alternatives[a], c->seed);
    }
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

static void parts_remove(const struct qon_comparing *c, const struct qon_comparison *r) {
    char folder[QON_RUN_PATH_MAX], part[QON_RUN_PATH_MAX + 8];
    if (*c->parts_folder == 0) {
        return;
    }
    for (int32_t n = 0; n <= c->count; n++) {
        unlink(c->parts[n]);
        snprintf(part, sizeof part, "%s.part", c->parts[n]);
        unlink(part);
        snprintf(folder, sizeof folder, "%.4000s/%d", c->parts_folder, n);
        rmdir(folder);
    }
    rmdir(c->parts_folder);
    if (*r->results == 0) {
        rmdir(c->options->folder); // stays where it holds something
    }
}

enum qon_status qon_compare(struct qon_scenario *base, struct qon_scenario *const *alternatives, int32_t count,
                            const struct qon_compare_options *options, struct qon_comparison *result, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct qon_comparing *c = NULL;
    double begun = qon_time_wall();
    QON_REQUIRE(count >= 1 && count <= QON_ALTERNATIVES_MOST && options->replicates >= 1);
    QON_REQUIRE(options->replicates <= QON_REPLICATES_MOST && options->replicates_most <= QON_REPLICATES_MOST);
    memset(result, 0, sizeof *result);
    result->alternatives = count;
    QON_TRY(qon_take(&c, 1, sizeof *c));
    *c = (struct qon_comparing){.base = base, .alternatives = alternatives, .count = count, .options = options};
    QON_TRY(check(c, faults));
    comparing_make(c);
    for (int32_t a = 0; a < count; a++) {
        result->alternative[a].programmes = alternatives[a]->programmes.count;
    }
    QON_TRY(replicates(c, result, faults));
    for (int32_t a = 0; a < count; a++) {
        result->alternative[a].variance_ratio = qon_variance_ratio(result, a, result->arrivals);
    }
    marginal_costs(result);
    if (options->folder != NULL) {
        QON_TRY(qon_compare_write(result, base, alternatives, &c->groups, options, c->parts, result->results, faults));
    }
done:
    if (c != NULL) {
        parts_remove(c, result);
        qon_groups_free(&c->groups);
    }
    qon_free(c);
    if (status == QON_MACHINE && faults->count == 0) {
        (void)qon_fault_machine(faults, (struct qon_place){.file = base->file}, "not enough memory for this comparison");
    }
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
