// SPDX-License-Identifier: GPL-3.0-or-later
// Reading a scenario, from its file to the last check: the order of the parts, and who cleans up.
#include "reading.h"
#include <qonys/memory.h>
#include <string.h>

static enum qon_status parts_read(struct qon_reading *reading, const char *file, const struct qon_override *overrides,
                                  const struct qon_place *places, int overrides_count) {
    enum qon_status status = QON_OK;
    size_t kinds;
    qon_table_kinds(&kinds);
    QON_TRY(qon_arena_take(&reading->arena, &reading->tables, kinds * sizeof *reading->tables));
    QON_TRY(qon_extends_load(reading, file, &reading->root));
    for (int i = 0; i < overrides_count; i++) {
        status = qon_override_apply(reading, &overrides[i], places ? &places[i] : NULL);
        if (status == QON_MACHINE) {
            return status;
        }
    }
    QON_TRY(qon_header_read(reading));
    QON_TRY(qon_settings_read(reading));
    QON_TRY(qon_calendar_read(reading));
    QON_TRY(qon_tables_read(reading));
    QON_TRY(qon_boundaries_read(reading));
    QON_TRY(qon_tables_check(reading));
    QON_TRY(qon_programmes_read(reading)); // names regions, zones, occupations
    qon_changes_check(reading);
    if (reading->faults->count == 0) {
        QON_TRY(qon_effective_write(reading));
        QON_TRY(qon_changes_read(reading, file, overrides, places, overrides_count));
    }
done:
    return status;
}

static void named_files_free(struct qon_reading *reading) {
    size_t kinds;
    qon_table_kinds(&kinds);
    for (size_t k = 0; reading->tables != NULL && k < kinds; k++) {
        qon_free(reading->tables[k].line);
        qon_free(reading->tables[k].index.slot);
    }
}

// Hands the reading's own faults on to the caller's, who may have some already or keep none.
static void faults_pass(struct qon_faults *to, const struct qon_faults *from) {
    if (to == NULL) {
        return;
    }
    for (int i = 0; i < from->kept && to->kept < QON_FAULTS_KEPT; i++) {
        memcpy(to->text[to->kept++], from->text[i], QON_FAULT_TEXT_MAX);
    }
    to->count += from->count;
    if (from->worst > to->worst) {
        to->worst = from->worst;
    }
}

enum qon_status qon_scenario_load(struct qon_scenario *scenario, const char *file, const struct qon_override *overrides,
                                  int overrides_count, struct qon_faults *faults) {
    return qon_scenario_load_changed(scenario, file, overrides, NULL, overrides_count, faults);
}

enum qon_status qon_scenario_load_changed(struct qon_scenario *scenario, const char *file, const struct qon_override *overrides,
                                          const struct qon_place *places, int overrides_count, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct qon_faults own;
    struct qon_reading reading = {.faults = &own, .scenario = scenario};
    qon_faults_init(&own);
    memset(scenario, 0, sizeof *scenario);
    scenario->file = qon_string_copy(file);
    QON_TRY(scenario->file == NULL ? QON_MACHINE : QON_OK);
    QON_TRY(parts_read(&reading, file, overrides, places, overrides_count));
done:
    if (status == QON_MACHINE && own.worst != QON_MACHINE) {
        qon_fault_machine(&own, (struct qon_place){file, 0, 0, NULL}, "not enough memory to read the scenario");
    }
    if (own.count > 0) {
        status = own.worst;
    }
    faults_pass(faults, &own);
    named_files_free(&reading);
    qon_arena_free(&reading.arena);
    if (status != QON_OK) {
        qon_scenario_free(scenario);
    }
    return status;
}
