// SPDX-License-Identifier: GPL-3.0-or-later
// qonys merge: one results file of the runs that sweeps left in their folders.
#include "app.h"

#include <qonys/merge.h>

struct values {
    const char *out;
    bool partial, json;
};

static const struct qon_option options[] = {
    {"--out", "FILE", "results file to write (results.gpkg in the first folder)", QON_OPTION_TEXT, offsetof(struct values, out), NULL, 0,
     0},
    {"--partial", NULL, "join what is there although runs are missing", QON_OPTION_SWITCH, offsetof(struct values, partial), NULL, 0, 0},
    {"--json", NULL, "what was joined as one JSON object", QON_OPTION_SWITCH, offsetof(struct values, json), NULL, 0, 0},
};

static enum qon_status merge(const void *given, const char *const *operands, const char *command, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    const struct values *values = given;
    struct qon_merge merged;
    char own[4096];
    int count = 0;
    while (operands[count]) {
        count++;
    }
    snprintf(own, sizeof own, "%.4000s/results.gpkg", operands[0]);
    const char *out = values->out ? values->out : own;
    QON_TRY(qon_merge(operands, count, out, values->partial, &merged, faults));
    if (values->json) {
        printf("{\"runs\": %d, \"joined\": %d, \"missing\": %d, \"results\": ", merged.total, merged.runs, merged.missing);
        qon_json_text(stdout, out);
        puts("}");
    } else {
        printf("runs: %d\njoined: %d\nmissing: %d\nresults: %s\n", merged.total, merged.runs, merged.missing, out);
    }
done:
    return status;
}

const struct qon_verb qon_verb_merge = {
    .name = "merge",
    .operands = "DIR...",
    .operands_least = 1,
    .operands_most = QON_OPERANDS_MOST,
    .meaning = "Joins the results of a study's runs, from one folder or several, into one results file.",
    .more =
        "The tables are those of a single run's results, with the run's number in the column run, and study, axis, study_run and\n"
        "axis_value: what was studied and which run has which values. The same folders give the same bytes, in any order. When runs are\n"
        "missing they are named and nothing is written, unless --partial is given.",
    .options = options,
    .options_count = sizeof options / sizeof options[0],
    .values_size = sizeof(struct values),
    .run = merge,
};
