// SPDX-License-Identifier: GPL-3.0-or-later
// Which runs a study has: numbers, values, keys.
#include "sweep.h"

#include <inttypes.h>
#include <math.h>
#include <qonys/estimate.h>
#include <qonys/indicator.h>
#include <qonys/memory.h>
#include <qonys/study.h>
#include <string.h>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

// Where a run stands among scenarios, cells of lists, points of the design, replicates.
struct position {
    int32_t scenario, cell, point, replicate;
};

static struct position position_of(const struct qon_sweep *sweep, int32_t run) {
    struct position at;
    int32_t rest = run - 1;
    at.replicate = rest % sweep->study.replicates;
    rest /= sweep->study.replicates;
    at.point = rest % sweep->study.points;
    rest /= sweep->study.points;
    at.cell = rest % sweep->cells;
    at.scenario = rest / sweep->cells;
    return at;
}

const char *qon_sweep_value(const struct qon_sweep *sweep, const struct qon_sweep_run *run, int32_t axis) {
    const struct qon_study *study = &sweep->study;
    struct position at = position_of(sweep, run->run);
    if (study->axis[axis].values == 0) {
        int32_t sampled = 0;
        for (int32_t a = 0; a < axis; a++) {
            sampled += study->axis[a].values == 0;
        }
        return sweep->samples + ((size_t)at.point * (size_t)sweep->sampled + (size_t)sampled) * QON_SAMPLED_MAX;
    }
    int32_t cell = at.cell;
    for (int32_t a = study->axes - 1; a > axis; a--) { // the last axis is the fastest
        cell /= study->axis[a].values > 0 ? study->axis[a].values : 1;
    }
    return study->axis[axis].value[cell % study->axis[axis].values];
}

// --- samples ----------------------------------------------------------------------------------------------------------------------

static void sample_format(const struct qon_axis *axis, double coordinate, char text[QON_SAMPLED_MAX]) {
    double value =
        axis->whole ? floor(axis->from + coordinate * (axis->to - axis->from + 1)) : axis->from + coordinate * (axis->to - axis->from);
    int digits = 15; // the shortest text that reads back as the same number
    do {
        snprintf(text, QON_SAMPLED_MAX, "%.*g", digits, value);
    } while (strtod(text, NULL) != value && digits++ < 17);
}

static enum qon_status samples_make(struct qon_sweep *sweep) {
    enum qon_status status = QON_OK;
    const struct qon_study *study = &sweep->study;
    double *coordinate = NULL;
    for (int32_t a = 0; a < study->axes; a++) {
        sweep->sampled += study->axis[a].values == 0;
        sweep->cells *= study->axis[a].values > 0 ? study->axis[a].values : 1;
    }
    size_t count = (size_t)study->points * (size_t)sweep->sampled;
    QON_TRY(qon_take(&coordinate, count, sizeof *coordinate));
    QON_TRY(qon_take(&sweep->samples, count, QON_SAMPLED_MAX));
    QON_TRY(qon_design_make(coordinate, study->design, study->points, sweep->sampled, study->design_seed));
    size_t at = 0;
    for (int32_t i = 0; i < study->points; i++) {
        for (int32_t a = 0; a < study->axes; a++) {
            if (study->axis[a].values == 0) {
                sample_format(&study->axis[a], coordinate[at], sweep->samples + at * QON_SAMPLED_MAX);
                at++;
            }
        }
    }
done:
    qon_free(coordinate);
    return status;
}

// --- keys -------------------------------------------------------------------------------------------------------------------------

static void hash_text(XXH3_state_t *hash, const char *text) {
    XXH3_128bits_update(hash, text ? text : "", text ? strlen(text) + 1 : 1);
}

static void hash_whole(XXH3_state_t *hash, int64_t number) {
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, number);
    hash_text(hash, text);
}

static void hash_selection(XXH3_state_t *hash, const struct qon_selection *selection) {
    hash_whole(hash, selection->series);
    hash_whole(hash, selection->country_only);
    hash_whole(hash, selection->no_flows);
    hash_whole(hash, selection->no_programmes);
    for (int32_t i = 0; i < selection->indicators; i++) {
        hash_text(hash, selection->indicator[i]);
    }
}

static void hash_begin(XXH3_state_t *hash) {
    XXH3_128bits_reset(hash);
    hash_text(hash, QON_VERSION);
}

static void key_set(const struct qon_sweep *sweep, struct qon_sweep_run *run, const char *effective) {
    XXH3_state_t hash;
    char seed[24];
    hash_begin(&hash);
    hash_text(&hash, effective);
    snprintf(seed, sizeof seed, "%" PRIu64, run->seed);
    hash_text(&hash, seed);
    hash_selection(&hash, &sweep->study.selection);
    XXH128_hash_t digest = XXH3_128bits_digest(&hash);
    snprintf(run->key, sizeof run->key, "%016" PRIx64 "%016" PRIx64, (uint64_t)digest.high64, (uint64_t)digest.low64);
}

// All that the study says but where files stand and what they are about in words: its runs may be on different machines.
static void fingerprint_set(struct qon_sweep *sweep) {
    const struct qon_study *study = &sweep->study;
    XXH3_state_t hash;
    hash_begin(&hash);
    hash_text(&hash, study->name);
    hash_whole(&hash, study->scenarios);
    for (int32_t i = 0; i < study->fixed; i++) {
        hash_text(&hash, study->fixed_path[i]);
        hash_text(&hash, study->fixed_value[i]);
    }
    for (int32_t a = 0; a < study->axes; a++) {
        hash_text(&hash, study->axis[a].name);
        hash_text(&hash, study->axis[a].path);
        for (int32_t v = 0; v < study->axis[a].values; v++) {
            hash_text(&hash, study->axis[a].value[v]);
        }
    }
    for (size_t i = 0; i < (size_t)study->points * (size_t)sweep->sampled; i++) {
        hash_text(&hash, sweep->samples + i * QON_SAMPLED_MAX);
    }
    hash_whole(&hash, study->replicates);
    hash_selection(&hash, &study->selection);
    snprintf(sweep->fingerprint, sizeof sweep->fingerprint, "%016" PRIx64, (uint64_t)XXH3_128bits_digest(&hash).low64);
}

// --- scenarios --------------------------------------------------------------------------------------------------------------------

enum { CHANGES_MOST = QON_FIXED_MOST + QON_AXES_MOST + 1 };

enum qon_status qon_sweep_load(const struct qon_sweep *sweep, const struct qon_sweep_run *run, bool seeded, struct qon_scenario *scenario,
                               struct qon_faults *faults) {
    const struct qon_study *study = &sweep->study;
    struct qon_override change[CHANGES_MOST];
    struct qon_place place[CHANGES_MOST];
    char seed[32];
    int count = 0;
    for (int32_t i = 0; i < study->fixed; i++, count++) {
        change[count] = (struct qon_override){study->fixed_path[i], study->fixed_value[i]};
        place[count] = (struct qon_place){study->file, study->fixed_line[i], study->fixed_column[i], NULL};
    }
    for (int32_t a = 0; a < study->axes; a++, count++) {
        const struct qon_axis *axis = &study->axis[a];
        const char *value = qon_sweep_value(sweep, run, a);
        int32_t at = 0;
        while (at < axis->values && axis->value[at] != value) {
            at++;
        }
        at = at < axis->values ? at : 0;
        change[count] = (struct qon_override){axis->path, value};
        place[count] = (struct qon_place){study->file, axis->line[at], axis->column[at], NULL};
    }
    if (seeded && run->replicate > 0) {
        snprintf(seed, sizeof seed, "\"%" PRIu64 "\"", run->seed);
        change[count] = (struct qon_override){"seed", seed};
        place[count++] = (struct qon_place){study->file, 0, 0, NULL};
    }
    return qon_scenario_load_changed(scenario, study->scenario[run->scenario], change, place, count, faults);
}

// Indicators are known when a scenario is: some are made from its tables.
static enum qon_status indicators_check(const struct qon_sweep *sweep, const struct qon_scenario *scenario, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    const struct qon_study *study = &sweep->study;
    struct qon_world world = {.scenario = scenario};
    int32_t count = qon_indicators_count(&world);
    struct qon_indicator *known = NULL;
    const char **names = NULL;
    QON_TRY(qon_take(&known, (size_t)count, sizeof *known));
    QON_TRY(qon_take(&names, (size_t)count, sizeof *names));
    for (int32_t i = 0; i < count; i++) {
        qon_indicator_get(&world, i, &known[i]);
        names[i] = known[i].name;
    }
    for (int32_t i = 0; i < study->selection.indicators; i++) {
        const char *name = study->selection.indicator[i];
        if (qon_indicator_find(&world, name) < 0) {
            char path[64];
            snprintf(path, sizeof path, "record.indicators[%d]", i);
            const char *nearest = qon_name_nearest(name, names, (size_t)count);
            struct qon_place place = {study->file, study->indicator_line[i], study->indicator_column[i], path};
            status = qon_fault_add(faults, place, "there is no indicator %.60s in %s%s%s%s", name, study->scenario[0],
                                   nearest ? " (did you mean " : "", nearest ? nearest : "", nearest ? "?)" : "");
        }
    }
done:
    qon_free(known);
    qon_free(names);
    return status;
}

// What a run costs however small it is: reading its scenario and tables, writing and forcing to the disk. Measured.
static const double seconds_fixed = 0.1;

static void run_set(struct qon_sweep *sweep, struct qon_sweep_run *run, const struct qon_scenario *scenario) {
    struct qon_estimate estimate = qon_run_estimate(scenario, 1);
    run->seed = qon_replicate_seed(scenario->seed, run->replicate);
    run->seconds = seconds_fixed + estimate.seconds_synthesis + estimate.seconds_run;
    run->bytes = estimate.bytes;
    key_set(sweep, run, scenario->effective);
}

// Scenarios are loaded once a point; its replicates differ by their seeds only.
static enum qon_status runs_make(struct qon_sweep *sweep, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct qon_scenario scenario = {0};
    int32_t loaded = -1; // number of the point that `scenario` is
    QON_TRY(qon_take(&sweep->run, (size_t)(sweep->total / sweep->shards + 1), sizeof *sweep->run));
    for (int32_t number = 1; number <= sweep->total; number++) {
        if (number % sweep->shards != sweep->shard) {
            continue;
        }
        struct position at = position_of(sweep, number);
        struct qon_sweep_run *run = &sweep->run[sweep->runs];
        *run = (struct qon_sweep_run){.run = number, .scenario = at.scenario, .replicate = at.replicate};
        if ((number - 1) / sweep->study.replicates != loaded) {
            qon_scenario_free(&scenario);
            QON_TRY(qon_sweep_load(sweep, run, false, &scenario, faults));
            loaded = (number - 1) / sweep->study.replicates;
            if (sweep->runs == 0) {
                QON_TRY(indicators_check(sweep, &scenario, faults));
            }
        }
        run_set(sweep, run, &scenario);
        sweep->runs++;
    }
done:
    qon_scenario_free(&scenario);
    return status;
}

enum qon_status qon_sweep_open(struct qon_sweep **out, const struct qon_sweep_options *options, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct qon_sweep *sweep = NULL;
    *out = NULL;
    QON_REQUIRE(options->shards >= 1 && options->shard >= 0 && options->shard < options->shards);
    QON_TRY(qon_take(&sweep, 1, sizeof *sweep));
    sweep->shard = options->shard;
    sweep->shards = options->shards;
    sweep->cells = 1;
    QON_TRY(qon_study_load(&sweep->study, options->study, faults));
    QON_TRY(samples_make(sweep));
    sweep->total = sweep->study.scenarios * sweep->cells * sweep->study.points * sweep->study.replicates;
    fingerprint_set(sweep);
    QON_TRY(runs_make(sweep, faults));
    *out = sweep;
done:
    if (status != QON_OK) {
        qon_sweep_close(sweep);
    }
    if (status == QON_MACHINE && faults && faults->count == 0) {
        (void)qon_fault_machine(faults, (struct qon_place){.file = options->study}, "not enough memory for this study");
    }
    return status;
}

void qon_sweep_close(struct qon_sweep *sweep) {
    if (sweep) {
        qon_study_free(&sweep->study);
        qon_free(sweep->samples);
        qon_free(sweep->run);
        qon_free(sweep);
    }
}

// --- looking ----------------------------------------------------------------------------------------------------------------------

const struct qon_study *qon_sweep_study(const struct qon_sweep *sweep) {
    return &sweep->study;
}

int32_t qon_sweep_total(const struct qon_sweep *sweep) {
    return sweep->total;
}

const struct qon_sweep_run *qon_sweep_runs(const struct qon_sweep *sweep, int32_t *count) {
    *count = sweep->runs;
    return sweep->run;
}

void qon_sweep_path(const struct qon_sweep_run *run, const char *folder, char *path, size_t room) {
    snprintf(path, room, "%.3900s/runs/%s.gpkg", folder, run->key);
}

bool qon_sweep_done(const struct qon_sweep_run *run, const char *folder) {
    char path[4096];
    qon_sweep_path(run, folder, path, sizeof path);
    return access(path, F_OK) == 0;
}
