// SPDX-License-Identifier: GPL-3.0-or-later
// Fuzzing what the user gives: scenario files, tables, boundaries, --set. The first byte says which part of a good made-up country the rest
// replaces. Whatever the bytes: no crash, and either a scenario with all its parts or a fault that says why not; never a failure of the
// machine.
#include "../../sim/input/json.h"
#include "country.h"
#include "scratch.h"
#include <qonys/input.h>
#include <qonys/memory.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_BYTES = 1 << 16 };

static char folder[SCRATCH_PATH_MAX];
static char scenario_file[SCRATCH_PATH_MAX];

static void folder_remove(void) {
    scratch_remove(folder);
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc;
    (void)argv;
    scratch_make(folder);
    QON_REQUIRE(make_country(3, 10000, folder) == 0);
    scratch_path(scenario_file, folder, "scenario.json");
    return atexit(folder_remove);
}

static void parse_whole(const char *text, const char *name, struct qon_faults *faults) {
    struct qon_arena arena = {NULL};
    struct qon_json *node;
    const struct qon_json_source source = {name, ""};
    QON_REQUIRE(qon_json_parse(&node, text, strlen(text), &source, &arena, faults) == QON_OK);
    qon_arena_free(&arena);
}

static void load(const struct qon_override *override) {
    static struct qon_faults faults;
    static const struct qon_scenario zeroed;
    struct qon_scenario scenario;
    qon_faults_init(&faults);
    enum qon_status status = qon_scenario_load(&scenario, scenario_file, override, override == NULL ? 0 : 1, &faults);
    if (status == QON_OK) {
        QON_REQUIRE(faults.count == 0 && scenario.name != NULL && scenario.effective != NULL && scenario.unused != NULL);
        QON_REQUIRE(scenario.months >= 1 && scenario.months <= 1200 && scenario.tables.zones.rows > 0);
        parse_whole(scenario.effective, "effective", &faults);
        parse_whole(scenario.unused, "unused", &faults);
        qon_scenario_free(&scenario);
        return;
    }
    QON_REQUIRE(status == QON_USER && faults.count > 0 && faults.kept > 0);
    QON_REQUIRE(strstr(faults.text[0], folder) != NULL || strncmp(faults.text[0], "--set", 5) == 0);
    QON_REQUIRE(memcmp(&scenario, &zeroed, sizeof zeroed) == 0);
}

// One file of the country is the given bytes for one reading.
static void load_with(const char *name, const uint8_t *data, size_t size) {
    char *good = scratch_read(folder, name);
    scratch_write(folder, name, data, size);
    load(NULL);
    scratch_text(folder, name, good);
    free(good);
}

static void parse(const uint8_t *data, size_t size) {
    static struct qon_faults faults;
    static const struct qon_json_source source = {"fuzz.json", ""};
    struct qon_arena arena = {NULL};
    struct qon_json *node;
    char text[MOST_BYTES + 1];
    memcpy(text, data, size);
    text[size] = '\0';
    qon_faults_init(&faults);
    enum qon_status status = qon_json_parse(&node, text, size, &source, &arena, &faults);
    QON_REQUIRE(status == QON_OK || (status == QON_USER && faults.count > 0));
    qon_arena_free(&arena);
}

static void set(const uint8_t *data, size_t size) {
    char text[MOST_BYTES + 1];
    memcpy(text, data, size);
    text[size] = '\0';
    char *equals = strchr(text, '=');
    if (equals != NULL) {
        *equals = '\0';
        const struct qon_override override = {text, equals + 1};
        load(&override);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const files[] = {"scenario.json",        "zones.csv",          "regions.csv",       "schedules.csv",
                                        "education_shares.csv", "boundaries.geojson", "sector_shares.csv", "flows.csv"};
    enum { FILES = sizeof files / sizeof files[0] };
    if (size == 0 || size > MOST_BYTES) {
        return -1;
    }
    size_t part = (size_t)(data[0] % 16);
    if (part < FILES) {
        load_with(files[part], data + 1, size - 1);
    } else if (part < 12) {
        parse(data + 1, size - 1);
    } else {
        set(data + 1, size - 1);
    }
    return 0;
}
