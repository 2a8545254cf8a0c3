// SPDX-License-Identifier: GPL-3.0-or-later
// For unit tests that load scenarios: a made-up country of three zones to spoil, and what is said about it. Include after cmocka.h.
#ifndef QONYS_TESTS_LOADING_H
#define QONYS_TESTS_LOADING_H

#include "country.h"
#include "scratch.h"
#include <qonys/input.h>
#include <qonys/memory.h>
#include <stdio.h>
#include <string.h>

struct loading {
    char folder[SCRATCH_PATH_MAX];
    char file[SCRATCH_PATH_MAX]; // the scenario to load
    struct qon_scenario scenario;
    struct qon_faults faults;
};

static inline void loading_make(struct loading *loading) {
    memset(loading, 0, sizeof *loading);
    scratch_make(loading->folder);
    assert_int_equal(make_country(3, 10000, loading->folder), 0);
    scratch_path(loading->file, loading->folder, "scenario.json");
}

static inline void loading_free(struct loading *loading) {
    qon_scenario_free(&loading->scenario);
    scratch_remove(loading->folder);
}

static inline enum qon_status loading_load(struct loading *loading, const struct qon_override *overrides, int count) {
    qon_scenario_free(&loading->scenario);
    qon_faults_init(&loading->faults);
    return qon_scenario_load(&loading->scenario, loading->file, overrides, count, &loading->faults);
}

static inline void loading_good(struct loading *loading, const struct qon_override *overrides, int count) {
    if (loading_load(loading, overrides, count) != QON_OK) {
        fail_msg("%s", loading->faults.text[0]);
    }
    assert_int_equal(loading->faults.count, 0);
}

// The scenario is refused, and one of the faults is FOLDER/ + `expected` (or `expected` itself when it begins with --).
static inline void loading_says(struct loading *loading, const char *expected) {
    static const struct qon_scenario zeroed;
    char whole[QON_FAULT_TEXT_MAX + 4 * SCRATCH_PATH_MAX];
    snprintf(whole, sizeof whole, "%s%s%s", strncmp(expected, "--", 2) == 0 ? "" : loading->folder,
             strncmp(expected, "--", 2) == 0 ? "" : "/", expected);
    assert_memory_equal(&loading->scenario, &zeroed, sizeof zeroed);
    for (int i = 0; i < loading->faults.kept; i++) {
        if (strcmp(loading->faults.text[i], whole) == 0) {
            return;
        }
    }
    for (int i = 0; i < loading->faults.kept; i++) {
        print_message("said: %s\n", loading->faults.text[i]);
    }
    fail_msg("not said: %s", whole);
}

// The scenario is refused for this and nothing else.
static inline void loading_says_only(struct loading *loading, const char *expected) {
    assert_int_equal(loading_load(loading, NULL, 0), QON_USER);
    loading_says(loading, expected);
    if (loading->faults.count != 1) {
        fail_msg("%ld faults, the second: %s", loading->faults.count, loading->faults.text[1]);
    }
}

#endif
