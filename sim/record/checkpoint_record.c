// SPDX-License-Identifier: GPL-3.0-or-later
// The months that a run had recorded before its checkpoint, back into a record.
#include "checkpoint.h"
#include "record.h"

#include <math.h>
#include <qonys/memory.h>
#include <string.h>

void qon_cp_flow_kinds(char text[QON_CP_FLOW_KINDS_MOST]) {
    size_t used = 0;
    text[0] = '\0';
    for (int i = 0; i < QON_FLOW_KINDS && used < QON_CP_FLOW_KINDS_MOST; i++) {
        int length = snprintf(text + used, QON_CP_FLOW_KINDS_MOST - used, "%s %s\n", qon_flow_kinds[i].name,
                              qon_flow_kinds[i].arrival ? "arrival" : "departure");
        used += length > 0 ? (size_t)length : 0;
    }
}

enum { FLOW_COLUMNS = 7, PROGRAMME = 6 };

struct saved {
    char *indicators, *flow_kinds;
    int64_t *grant;
    int64_t grant_values;
    int64_t *persons_start;
    int32_t *month;
    double *series;
    int64_t *flow[FLOW_COLUMNS];
    int64_t indicators_length, kinds_length, zones, months, values, flows;
};

static void saved_free(struct saved *s) {
    qon_free(s->indicators);
    qon_free(s->flow_kinds);
    qon_free(s->persons_start);
    qon_free(s->month);
    qon_free(s->series);
    qon_free(s->grant);
    for (int i = 0; i < FLOW_COLUMNS; i++) {
        qon_free(s->flow[i]);
    }
}

static enum qon_status saved_read(struct saved *s, const struct qon_cp_file *file, struct qon_faults *faults) {
    static const char *const names[] = {"flow.persons",     "flow.households", "flow.month",    "flow.origin",
                                        "flow.destination", "flow.kind",       "flow.programme"};
    enum qon_status status = QON_OK;
    QON_TRY(qon_cp_array(file, QON_CP_RECORD, "indicators", "text", &s->indicators, &s->indicators_length, faults));
    QON_TRY(qon_cp_array(file, QON_CP_RECORD, "flow.kinds", "text", &s->flow_kinds, &s->kinds_length, faults));
    QON_TRY(qon_cp_array(file, QON_CP_RECORD, "persons_start", "int64_t", &s->persons_start, &s->zones, faults));
    QON_TRY(qon_cp_array(file, QON_CP_RECORD, "month", "int32_t", &s->month, &s->months, faults));
    QON_TRY(qon_cp_array(file, QON_CP_RECORD, "series", "double", &s->series, &s->values, faults));
    QON_TRY(qon_cp_array(file, QON_CP_RECORD, "programme.rows", "int64_t", &s->grant, &s->grant_values, faults));
    s->grant_values = s->grant == NULL ? 0 : s->grant_values;
    for (int i = 0; i < FLOW_COLUMNS; i++) {
        int64_t count;
        QON_TRY(qon_cp_array(file, QON_CP_RECORD, names[i], "int64_t", &s->flow[i], &count, faults));
        if (i == PROGRAMME && s->flow[i] == NULL) { // an older file does not say who paid
            continue;
        }
        if (i > 0 && count != s->flows) {
            return qon_cp_fault(file, faults, "the checkpoint's flows differ in length");
        }
        s->flows = count;
    }
done:
    return status;
}

static int64_t lines_of(const char *text) {
    int64_t lines = 0;
    for (; text != NULL && *text != '\0'; text++) {
        lines += *text == '\n';
    }
    return lines;
}

static enum qon_status saved_check(const struct saved *s, const struct qon_record *record, const struct qon_cp_file *file,
                                   struct qon_faults *faults) {
    char kinds[QON_CP_FLOW_KINDS_MOST];
    qon_cp_flow_kinds(kinds);
    if (s->zones != record->zones || s->months > 120000 || s->values != s->months * lines_of(s->indicators) * (record->zones + 1)) {
        return qon_cp_fault(file, faults, "the checkpoint's series do not fit the zones of the scenario");
    }
    if (s->flows > 0 && (s->flow_kinds == NULL || strcmp(kinds, s->flow_kinds) != 0)) {
        return qon_cp_fault(file, faults, "the checkpoint's flows are of kinds that this version of qonys does not have");
    }
    for (int64_t g = 0; g + QON_GRANT_WIDTH <= s->grant_values; g += QON_GRANT_WIDTH) {
        const int64_t *row = s->grant + g;
        if (row[0] < 0 || row[0] >= s->months || row[1] < 0 || row[1] >= record->programmes || row[2] < 0 || row[2] >= record->regions) {
            return qon_cp_fault(file, faults, "the checkpoint's row %lld of programmes has a value out of range",
                                (long long)(g / QON_GRANT_WIDTH));
        }
    }
    if (s->grant_values % QON_GRANT_WIDTH != 0) {
        return qon_cp_fault(file, faults, "the checkpoint's rows of programmes are not whole");
    }
    for (int64_t f = 0; f < s->flows; f++) {
        if (s->flow[2][f] < 0 || s->flow[2][f] >= s->months || s->flow[3][f] < -1 || s->flow[3][f] >= record->zones || s->flow[4][f] < -1 ||
            s->flow[4][f] >= record->zones || s->flow[5][f] < 0 || s->flow[5][f] >= QON_FLOW_KINDS ||
            (s->flow[PROGRAMME] != NULL && (s->flow[PROGRAMME][f] < -1 || s->flow[PROGRAMME][f] >= record->programmes))) {
            return qon_cp_fault(file, faults, "the checkpoint's flow %lld has a value out of range", (long long)f);
        }
    }
    return QON_OK;
}

// Values of the indicator `name` for all months; absent ones become NAN.
static void series_copy(struct qon_record *record, const struct saved *s, int32_t to) {
    int64_t width = record->zones + 1, from = -1, line = 0, count = lines_of(s->indicators);
    for (const char *at = s->indicators; at != NULL && *at != '\0' && line < count; line++) {
        size_t length = strcspn(at, "\n");
        if (length == strlen(record->indicator[to].name) && memcmp(at, record->indicator[to].name, length) == 0) {
            from = line;
        }
        at += length + 1;
    }
    for (int64_t m = 0; m < s->months; m++) {
        double *out = record->series + (m * record->indicators + to) * width;
        for (int64_t z = 0; z < width; z++) {
            out[z] = from < 0 ? (double)NAN : s->series[(m * count + from) * width + z];
        }
    }
}

static enum qon_status record_fill(struct qon_record *record, const struct saved *s) {
    enum qon_status status = QON_OK;
    size_t width = (size_t)record->indicators * ((size_t)record->zones + 1);
    size_t months = (size_t)s->months;
    if (s->months > record->months_capacity) {
        QON_TRY(qon_grow(&record->month, 0, months, sizeof *record->month));
        QON_TRY(qon_grow(&record->series, 0, months * width, sizeof *record->series));
        record->months_capacity = (int32_t)s->months;
    }
    if (s->flows > record->flows_capacity) {
        QON_TRY(qon_grow(&record->flow, 0, (size_t)s->flows, sizeof *record->flow));
        record->flows_capacity = s->flows;
    }
    if (s->grant_values > 0) {
        record->grants = s->grant_values / QON_GRANT_WIDTH;
        record->grants_capacity = record->grants;
        QON_TRY(qon_grow(&record->grant, 0, (size_t)record->grants, QON_GRANT_WIDTH * sizeof *record->grant));
        memcpy(record->grant, s->grant, (size_t)s->grant_values * sizeof *record->grant);
    }
    if (months > 0) {
        memcpy(record->month, s->month, months * sizeof *record->month);
    }
    memcpy(record->persons_start, s->persons_start, (size_t)record->zones * sizeof *record->persons_start);
    for (int32_t i = 0; i < record->indicators; i++) {
        series_copy(record, s, i);
    }
    for (int64_t f = 0; f < s->flows; f++) {
        record->flow[f] = (struct qon_flow){.persons = s->flow[0][f],
                                            .households = s->flow[1][f],
                                            .month = (int32_t)s->flow[2][f],
                                            .origin = (int32_t)s->flow[3][f],
                                            .destination = (int32_t)s->flow[4][f],
                                            .kind = (int32_t)s->flow[5][f],
                                            .programme = s->flow[PROGRAMME] != NULL ? (int32_t)s->flow[PROGRAMME][f] : -1};
    }
    record->months = (int32_t)s->months;
    record->flows = s->flows;
done:
    return status;
}

enum qon_status qon_checkpoint_load_record(struct qon_record *record, const char *path, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct qon_cp_file file;
    struct saved saved = {0};
    QON_REQUIRE(record->months == 0);
    QON_TRY(qon_cp_open(&file, path, faults));
    status = saved_read(&saved, &file, faults);
    if (status == QON_OK && saved.persons_start != NULL) {
        status = saved_check(&saved, record, &file, faults);
        if (status == QON_OK && record_fill(record, &saved) != QON_OK) {
            status = qon_fault_machine(faults, (struct qon_place){.file = path}, "not enough memory for the months recorded so far");
        }
    }
    saved_free(&saved);
    qon_cp_close(&file);
done:
    return status;
}
