// SPDX-License-Identifier: GPL-3.0-or-later
// Comparison of scenarios on the same luck, person by person: what a policy itself did. ODD tags M-COMPARE-1 (classes), M-COMPARE-2
// (certainty), M-COMPARE-3 (distribution).
//
// For each replicate the base runs once and every alternative once, all with the replicate's seed. Each person is followed in both worlds
// by identity. What a person is paid for is a move, a job, staying, coming or studying; the classes are those of the table `ledger`.
#ifndef QONYS_COMPARE_H
#define QONYS_COMPARE_H

#include <qonys/comparison_record.h>
#include <qonys/runner.h>

enum qon_class {
    QON_CLASS_INDUCED,     // paid; the same does not happen in the base
    QON_CLASS_DEADWEIGHT,  // paid; the same happens in the base within the window, or had happened
    QON_CLASS_DIVERTED,    // paid; in the base moves elsewhere, or is paid by another programme, within the window
    QON_CLASS_ACCELERATED, // paid; the same happens in the base later
    QON_CLASS_DISPLACED,   // unpaid; loses a move, a quota place or a job
    QON_CLASS_SPILL_OVER,  // unpaid; moves in the alternative only
    QON_CLASS_UNAFFECTED,  // unpaid; none of these
    QON_CLASS_OVERHEAD,    // money that goes to no person; no persons
    QON_CLASSES,
    QON_CLASSES_PAID = QON_CLASS_DISPLACED
};
extern const char *const qon_class_name[QON_CLASSES]; // as in the table `ledger`

// What persons can be grouped by: as they were when the run began; region and zone of `destination`: at its end.
enum qon_grouping {
    QON_BY_NOTHING,
    QON_BY_SEX,
    QON_BY_AGE,
    QON_BY_EDUCATION,
    QON_BY_ORIGIN,
    QON_BY_DESTINATION,
    QON_BY_INCOME,
    QON_BY_HOUSEHOLD,
    QON_GROUPINGS
};
extern const char *const qon_grouping_name[QON_GROUPINGS]; // "", "sex", "age", "education", "origin", "destination", "income", "household"

enum qon_share {
#define SHARE(name, unit, both, meaning) QON_SHARE_##name,
#include <qonys/shares.def>
#undef SHARE
    QON_SHARES
};

enum { QON_ALTERNATIVES_MOST = 32, QON_REPLICATES_MOST = 1000, QON_BY_MOST = 8 };

struct qon_by {
    enum qon_grouping first, second; // second may be QON_BY_NOTHING
};

struct qon_compare_options {
    const char *folder;      // where results.gpkg goes; NULL: nothing is written
    const char *command;     // may be NULL
    int32_t replicates;      // at least 1
    int32_t replicates_most; // with precision
    double precision;        // half-width wanted of the additive main effects, relative to their size; 0: as many replicates as said
    int32_t window_months;   // h
    int32_t jobs_most;       // replicates at a time; 0: as threads and memory allow
    struct qon_by by[QON_BY_MOST];
    int bys;
    // Told before each run: alternative -1 is the base. May be NULL.
    void (*watch)(void *context, int32_t replicate, int32_t alternative, const struct qon_run_progress *progress);
    void *context;
    const volatile sig_atomic_t *stop;
};

// A mean over replicates with its interval at 95 %.
struct qon_certain {
    double mean, low, high;   // low, high: NAN with fewer than two replicates
    double low_all, high_all; // corrected so that those of all alternatives hold together (Bonferroni)
};

struct qon_alternative {
    double *effect;          // [replicate * QON_EFFECTS + effect]
    double *indicator;       // [(replicate * indicators + i) * (zones + 1) + zone]: value in the alternative less the base
    int64_t *persons, *tiyn; // [(replicate * (programmes + 1) + p) * QON_CLASSES + class]; p == programmes: everybody unpaid, and overhead
    double *share;           // [cell of all bys * QON_SHARES * 2 + 2 * share + (0 base, 1 alternative)], mean over replicates
    int32_t programmes;      //
    struct qon_run_summary run; // of the first replicate
    double variance_ratio;      // variance of the difference had the seeds been independent over that found; NAN with one replicate
    double marginal_cost_tenge; // per further additional mover, from the alternative with the next smaller spending; NAN: none
};

struct qon_comparison {
    int32_t alternatives, replicates; // replicates computed
    int32_t zones, indicators;
    struct qon_indicator *indicator; // [indicators]
    int32_t arrivals;                // the indicator arrivals_region, -1: none
    struct qon_alternative alternative[QON_ALTERNATIVES_MOST];
    double *base_indicator;      // [(replicate * indicators + i) * (zones + 1) + zone]
    struct qon_run_summary base; // of the first replicate
    int64_t persons_ever;        // who lives in either run at any time, first replicate and alternative
    double seconds;
    char results[QON_RUN_PATH_MAX]; // "" when nothing was written
};

// Scenarios must share start, months, scale and zones. Their seeds are set (replicate 0: the base's own). errors: QON_USER,
// QON_MACHINE, QON_INTERRUPTED (nothing is written).
enum qon_status qon_compare(struct qon_scenario *base, struct qon_scenario *const *alternatives, int32_t count,
                            const struct qon_compare_options *options, struct qon_comparison *result, struct qon_faults *faults);
void qon_comparison_free(struct qon_comparison *comparison);

// The certainty of an effect of an alternative; ratios of means where the effect is a cost or a share.
struct qon_certain qon_compare_certain(const struct qon_comparison *comparison, int32_t alternative, enum qon_effect effect);

// Interval at level 1 - alpha of the mean of count values (NAN left out): Student's t. half-width NAN with fewer than two.
void qon_interval_t(const double *value, int32_t count, int32_t stride, double alpha, double *mean, double *half);

#endif
