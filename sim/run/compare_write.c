// SPDX-License-Identifier: GPL-3.0-or-later
// A comparison as rows of the results file.
#include "compare.h"

#include <math.h>
#include <qonys/comparison_record.h>
#include <qonys/memory.h>
#include <qonys/results.h>
#include <string.h>

static const struct {
    const char *name;
    bool both;
} shares[QON_SHARES] = {
#define SHARE(name, unit, both, meaning) {#name, both},
#include <qonys/shares.def>
#undef SHARE
};

struct rows {
    struct qon_effect_entry *effect;
    struct qon_ledger_entry *ledger;
    struct qon_distribution_entry *distribution;
    int64_t effects, ledgers, distributions;
    char (*name)[32]; // of groups, made
};

static void effects_of(struct rows *rows, const struct qon_comparison *c, int32_t a, const char *base, const struct qon_scenario *alt) {
    const struct qon_alternative *own = &c->alternative[a];
    int64_t columns = c->zones + 1;
    for (int32_t r = 0; r < c->replicates; r++) {
        for (int32_t i = 0; i < QON_EFFECTS; i++) {
            rows->effect[rows->effects++] = (struct qon_effect_entry){
                base, alt->name, qon_effect_rows[i].name, QON_RESULTS_ALL, r, own->effect[(int64_t)r * QON_EFFECTS + i]};
        }
        for (int32_t i = 0; i < c->indicators; i++) {
            for (int32_t z = 0; z < columns; z++) {
                const char *zone = z < c->zones ? alt->tables.zones.id[z] : QON_RESULTS_ALL;
                double value = own->indicator[((int64_t)r * c->indicators + i) * columns + z];
                rows->effect[rows->effects++] = (struct qon_effect_entry){base, alt->name, c->indicator[i].name, zone, r, value};
            }
        }
    }
}

static void ledger_of(struct rows *rows, const struct qon_comparison *c, int32_t a, const char *base, const struct qon_scenario *alt) {
    const struct qon_alternative *own = &c->alternative[a];
    for (int32_t r = 0; r < c->replicates; r++) {
        for (int32_t p = 0; p <= own->programmes; p++) {
            for (int k = 0; k < QON_CLASSES; k++) {
                bool paid = k < QON_CLASSES_PAID || k == QON_CLASS_OVERHEAD;
                if (paid != (p < own->programmes)) {
                    continue;
                }
                int64_t at = ((int64_t)r * (own->programmes + 1) + p) * QON_CLASSES + k;
                rows->ledger[rows->ledgers++] = (struct qon_ledger_entry){base,
                                                                          alt->name,
                                                                          p < own->programmes ? alt->programmes.row[p].name : NULL,
                                                                          qon_class_name[k],
                                                                          r,
                                                                          own->persons[at] * alt->scale,
                                                                          own->tiyn[at] * alt->scale};
            }
        }
    }
}

static double share_value(int share, double value) {
    return share == QON_SHARE_money || share == QON_SHARE_gain ? value / 100 : value; // tiyn to tenge
}

static void distribution_of(struct rows *rows, const struct qon_comparison *c, int32_t a, const char *base, const struct qon_scenario *alt,
                            const struct qon_groups *groups, const struct qon_compare_options *options) {
    const double *share = c->alternative[a].share;
    for (int i = 0; i < options->bys; i++) {
        enum qon_grouping first = options->by[i].first, second = options->by[i].second;
        int32_t lines = qon_group_count(groups, first), columns = second == QON_BY_NOTHING ? 1 : qon_group_count(groups, second);
        for (int32_t cell = 0; cell < lines * columns; cell++, share += QON_SHARES * 2) {
            char *text[2] = {rows->name[2 * rows->distributions], rows->name[2 * rows->distributions + 1]};
            const char *value[2] = {qon_group_name(groups, first, cell / columns, text[0]),
                                    second == QON_BY_NOTHING ? NULL : qon_group_name(groups, second, cell % columns, text[1])};
            for (int s = 0; s < QON_SHARES; s++) {
                if (share[2 * s] == 0 && share[2 * s + 1] == 0) {
                    continue;
                }
                rows->distribution[rows->distributions++] =
                    (struct qon_distribution_entry){base,
                                                    alt->name,
                                                    shares[s].name,
                                                    qon_grouping_name[first],
                                                    value[0],
                                                    second == QON_BY_NOTHING ? NULL : qon_grouping_name[second],
                                                    value[1],
                                                    shares[s].both ? share_value(s, share[2 * s]) : (double)NAN,
                                                    share_value(s, share[2 * s + 1])};
            }
        }
    }
}

static enum qon_status reserve(struct rows *rows, const struct qon_comparison *c, const struct qon_groups *groups,
                               const struct qon_compare_options *options) {
    enum qon_status status = QON_OK;
    size_t effects = 0, ledgers = 0;
    for (int32_t a = 0; a < c->alternatives; a++) {
        effects += (size_t)c->replicates * (QON_EFFECTS + (size_t)c->indicators * ((size_t)c->zones + 1));
        ledgers += (size_t)c->replicates * ((size_t)c->alternative[a].programmes + 1) * QON_CLASSES;
    }
    size_t cells = (size_t)c->alternatives * (size_t)qon_by_cells(groups, options->by, options->bys) * QON_SHARES;
    QON_TRY(qon_take(&rows->effect, effects, sizeof *rows->effect));
    QON_TRY(qon_take(&rows->ledger, ledgers, sizeof *rows->ledger));
    QON_TRY(qon_take(&rows->distribution, cells, sizeof *rows->distribution));
    QON_TRY(qon_take(&rows->name, 2 * cells + 2, sizeof *rows->name));
done:
    return status;
}

enum qon_status qon_compare_write(const struct qon_comparison *c, const struct qon_scenario *base, struct qon_scenario *const *alternatives,
                                  const struct qon_groups *groups, const struct qon_compare_options *options,
                                  char (*parts)[QON_RUN_PATH_MAX], char *results, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct rows rows = {0};
    const char *part[QON_ALTERNATIVES_MOST + 1];
    for (int32_t n = 0; n <= c->alternatives; n++) {
        part[n] = parts[n];
    }
    QON_TRY(reserve(&rows, c, groups, options));
    for (int32_t a = 0; a < c->alternatives; a++) {
        effects_of(&rows, c, a, base->name, alternatives[a]);
        ledger_of(&rows, c, a, base->name, alternatives[a]);
        distribution_of(&rows, c, a, base->name, alternatives[a], groups, options);
    }
    struct qon_comparison_rows all = {rows.effect, rows.effects, rows.ledger, rows.ledgers, rows.distribution, rows.distributions};
    status = qon_comparison_write(options->folder, part, c->alternatives + 1, &all, results, faults);
done:
    qon_free(rows.effect);
    qon_free(rows.ledger);
    qon_free(rows.distribution);
    qon_free(rows.name);
    return status;
}
