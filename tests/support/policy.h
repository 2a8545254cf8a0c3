// SPDX-License-Identifier: GPL-3.0-or-later
// Programmes made by hand for tests: benefits from "name=number ..." by the kind's field table, conditions from JSON.
#ifndef QONYS_TESTS_POLICY_H
#define QONYS_TESTS_POLICY_H

#include "terms.h"

#include <qonys/benefit.h>
#include <qonys/memory.h>
#include <qonys/predicate.h>

static inline void policy_set(const struct qon_benefit_kind *kind, void *settings, const char *name, size_t length, double value) {
    for (size_t f = 0; f < kind->fields_count; f++) {
        const struct qon_field *field = &kind->fields[f];
        void *place = (char *)settings + field->offset;
        if (strlen(field->name) != length || memcmp(field->name, name, length) != 0) {
            continue;
        }
        if (field->type == QON_F64) {
            *(double *)place = value;
        } else if (field->type == QON_I64) {
            *(int64_t *)place = (int64_t)(value * 100); // tenge
        } else if (field->type == QON_BOOL) {
            *(bool *)place = value != 0;
        } else {
            *(int32_t *)place = (int32_t)value;
        }
        return;
    }
    QON_REQUIRE(length == 0);
}

static inline struct qon_benefit policy_benefit(const char *name, const char *settings) {
    struct qon_benefit benefit = {qon_benefit_kind_find(name), NULL};
    QON_REQUIRE(benefit.kind != NULL && qon_take(&benefit.settings, 1, benefit.kind->size) == QON_OK);
    qon_benefit_default(benefit.kind, benefit.settings);
    while (*settings != '\0') {
        const char *equals = strchr(settings, '=');
        char *end;
        QON_REQUIRE(equals != NULL);
        double value = strtod(equals + 1, &end);
        policy_set(benefit.kind, benefit.settings, settings, (size_t)(equals - settings), value);
        settings = *end == ' ' ? end + 1 : end;
    }
    return benefit;
}

// Adds a programme to a scenario: open all the time, known to everybody, without limits. Its benefits and limits are added below.
static inline struct qon_programme *policy_add(struct qon_scenario *scenario, const char *name, enum qon_at at, const char *eligible) {
    struct qon_programmes *all = &scenario->programmes;
    struct terms terms;
    struct qon_faults faults;
    QON_REQUIRE(qon_grow(&all->row, (size_t)all->count, (size_t)all->count + 1, sizeof *all->row) == QON_OK);
    struct qon_programme *own = &all->row[all->count++];
    qon_programme_default(own, scenario->start, scenario->months);
    own->name = qon_string_copy(name);
    own->key = qon_programme_key(name);
    own->at = at;
    own->awareness = (struct qon_awareness){.start_share = 1, .considered_share = 1};
    qon_faults_init(&faults);
    if (qon_predicate_compile(&own->eligible, terms_parse(&terms, eligible), &scenario->tables, NULL, 0, &faults) != QON_OK) {
        fprintf(stderr, "%s\n", faults.text[0]);
        abort();
    }
    return own;
}

static inline void policy_give(struct qon_programme *own, const char *kind, const char *settings) {
    QON_REQUIRE(qon_grow(&own->benefits, (size_t)own->benefits_count, (size_t)own->benefits_count + 1, sizeof *own->benefits) == QON_OK);
    own->benefits[own->benefits_count++] = policy_benefit(kind, settings);
}

static inline void policy_quota(struct qon_programme *own, int32_t region, int32_t year, int64_t places) {
    QON_REQUIRE(qon_grow(&own->quotas, (size_t)own->quotas_count, (size_t)own->quotas_count + 1, sizeof *own->quotas) == QON_OK);
    own->quotas[own->quotas_count++] = (struct qon_quota){.region = region, .year = year, .places = places};
}

static inline void policy_budget(struct qon_programme *own, int32_t region, int32_t year, int64_t tiyn) {
    QON_REQUIRE(qon_grow(&own->budgets, (size_t)own->budgets_count, (size_t)own->budgets_count + 1, sizeof *own->budgets) == QON_OK);
    own->budgets[own->budgets_count++] = (struct qon_budget){region, year, tiyn};
}

#endif
