// SPDX-License-Identifier: GPL-3.0-or-later
// What the files of qonys explain share.
#ifndef QONYS_APP_EXPLAIN_H
#define QONYS_APP_EXPLAIN_H

#include "app.h"

#include <qonys/explain_run.h>

struct qon_explained {
    const struct qon_scenario *scenario[2];
    const struct qon_explained_pair *pair;
    enum qon_language language;
};

void qon_explain_text(const struct qon_explained *explained);
void qon_explain_json(const struct qon_explained *explained);

// Names of codes, as conditions of programmes give them: "employed", "head", "move", "known", ...
const char *qon_status_name(uint8_t status);
const char *qon_role_name(uint8_t role);
const char *qon_legal_name(uint8_t legal);
const char *qon_at_name(enum qon_at at);
const char *qon_reason_name(enum qon_explain_reason reason);
const char *qon_verdict_name(enum qon_verdict verdict);
const char *qon_outcome_name(enum qon_outcome_kind outcome);
const char *qon_decides_name(enum qon_decides decides);

extern const char *const qon_part_names[QON_UTILITY_PARTS];
extern const char *const qon_factor_names[QON_TRIGGER_FACTORS];

#endif
