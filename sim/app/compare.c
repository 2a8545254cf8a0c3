// SPDX-License-Identifier: GPL-3.0-or-later
// qonys compare: what alternatives did, person by person, beside a base.
#include "app.h"
#include "compare_print.h"

#include <qonys/par.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct values {
    struct qon_option_changes changes;
    struct qon_option_whole threads, replicates, replicates_most, window, jobs;
    const char *precision, *by, *out;
    enum qon_language language;
    bool quiet, json;
};

static const struct qon_option options[] = {
    {"--replicates", "R", "runs of each scenario, each with its own luck, the same for all scenarios (default 1)", QON_OPTION_WHOLE,
     offsetof(struct values, replicates), NULL, 1, QON_REPLICATES_MOST},
    {"--precision", "X", "add replicates until the intervals of the main effects are within X of their size, e.g. 5%", QON_OPTION_TEXT,
     offsetof(struct values, precision), NULL, 0, 0},
    {"--replicates-most", "R", "most replicates that --precision may ask for (default 100)", QON_OPTION_WHOLE,
     offsetof(struct values, replicates_most), NULL, 1, QON_REPLICATES_MOST},
    {"--window", "H", "months within which the same move in the base is the same move (default 12)", QON_OPTION_WHOLE,
     offsetof(struct values, window), NULL, 0, 600},
    {"--jobs", "J", "replicates at a time, each in a process of its own (default: as threads and free memory allow)", QON_OPTION_WHOLE,
     offsetof(struct values, jobs), NULL, 1, 256},
    {"--by", "A,B+C",
     "groups for the table distribution: one or two of sex, age, education, origin, destination, income, household, "
     "several joined by + (default age,sex+income+household+origin)",
     QON_OPTION_TEXT, offsetof(struct values, by), NULL, 0, 0},
    {"--seed", "N", "seed of the first replicate", QON_OPTION_SCENARIO, offsetof(struct values, changes), "seed", 0, UINT64_MAX},
    {"--months", "N", "months to compute", QON_OPTION_SCENARIO, offsetof(struct values, changes), "months", 1, 1200},
    {"--scale", "K", "one agent stands for K persons", QON_OPTION_SCENARIO, offsetof(struct values, changes), "scale", 1, 1000000},
    {"--set", "PATH=VALUE", "change a value of all scenarios; may be given often", QON_OPTION_SET, offsetof(struct values, changes), NULL,
     0, 0},
    {"--threads", "N", "threads to use (default: all processors)", QON_OPTION_WHOLE, offsetof(struct values, threads), NULL, 1, 256},
    {"--out", "DIR", "folder for results.gpkg (default: out/compare-<name of the first alternative>)", QON_OPTION_TEXT,
     offsetof(struct values, out), NULL, 0, 0},
    {"--lang", "kk|ru|en", "language of the topsheet", QON_OPTION_LANGUAGE, offsetof(struct values, language), NULL, 0, 0},
    {"--quiet", NULL, "no progress", QON_OPTION_SWITCH, offsetof(struct values, quiet), NULL, 0, 0},
    {"--json", NULL, "the topsheet as one JSON object", QON_OPTION_SWITCH, offsetof(struct values, json), NULL, 0, 0},
};

static volatile sig_atomic_t stop;

static void on_stop(int number) {
    stop = 1;
}

struct display {
    const struct qon_scenario *base;
    struct qon_scenario *const *alternatives;
    bool quiet, terminal;
};

static void watch(void *context, int32_t replicate, int32_t alternative, const struct qon_run_progress *progress) {
    const struct display *display = context;
    const char *name = alternative < 0 ? display->base->name : display->alternatives[alternative]->name;
    if (display->quiet) {
        return;
    }
    if (display->terminal) {
        fprintf(stderr, "\rreplicate %d  %-28s %3d/%d months\033[K", replicate + 1, name, progress->months_done, progress->months);
    } else if (progress->stage == QON_RUN_MONTH && progress->months_done == progress->months) {
        fprintf(stderr, "replicate %d: %s, %d months in %.1f s\n", replicate + 1, name, progress->months, progress->seconds);
    }
}

static enum qon_status precision_read(const char *text, double *value, struct qon_faults *faults) {
    char *end = NULL;
    *value = text ? strtod(text, &end) : 0;
    if (text && *end == '%') {
        *value /= 100;
        end++;
    }
    if (text && (end == text || *end != 0 || !(*value > 0 && *value < 1))) {
        return qon_fault_add(faults, (struct qon_place){.path = "--precision"}, "'%s' is no share; expected e.g. 5%% or 0.05", text);
    }
    return QON_OK;
}

static enum qon_status grouping_read(const char *text, size_t length, enum qon_grouping *out, struct qon_faults *faults) {
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)(length < 60 ? length : 60), text);
    for (int g = 1; g < QON_GROUPINGS; g++) {
        if (strcmp(name, qon_grouping_name[g]) == 0) {
            *out = (enum qon_grouping)g;
            return QON_OK;
        }
    }
    const char *nearest = qon_name_nearest(name, qon_grouping_name + 1, QON_GROUPINGS - 1);
    struct qon_place place = {.path = "--by"};
    return nearest ? qon_fault_add(faults, place, "'%s' is no attribute of persons (did you mean %s?)", name, nearest)
                   : qon_fault_add(faults, place,
                                   "'%s' is no attribute of persons; expected sex, age, education, origin, destination, "
                                   "income or household",
                                   name);
}

// "age,sex+income": pairs joined by +.
static enum qon_status by_read(const char *text, struct qon_compare_options *o, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    while (*text) {
        size_t length = strcspn(text, "+");
        size_t first = strcspn(text, ",+");
        if (o->bys == QON_BY_MOST) {
            return qon_fault_add(faults, (struct qon_place){.path = "--by"}, "more than %d groupings", QON_BY_MOST);
        }
        struct qon_by *by = &o->by[o->bys++];
        QON_TRY(grouping_read(text, first, &by->first, faults));
        if (first < length) {
            QON_TRY(grouping_read(text + first + 1, length - first - 1, &by->second, faults));
        }
        text += length + (text[length] == '+');
    }
done:
    return status;
}

static enum qon_status names_check(const struct qon_scenario *base, struct qon_scenario *const *alternatives, int32_t count,
                                   struct qon_faults *faults) {
    for (int32_t a = 0; a < count; a++) {
        for (int32_t b = -1; b < a; b++) {
            const struct qon_scenario *other = b < 0 ? base : alternatives[b];
            if (strcmp(alternatives[a]->name, other->name) == 0) {
                return qon_fault_add(faults, (struct qon_place){.file = alternatives[a]->file, .path = "name"},
                                     "has the name '%s' of %s; results tell scenarios by their names", other->name, other->file);
            }
        }
    }
    return QON_OK;
}

static enum qon_status run(const void *given, const char *const *operands, const char *command, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    const struct values *values = given;
    struct qon_scenario scenario[QON_ALTERNATIVES_MOST + 1] = {0}, *alternative[QON_ALTERNATIVES_MOST];
    struct qon_comparison comparison = {0};
    char folder[QON_RUN_PATH_MAX];
    int32_t count = 0;
    struct sigaction action = {.sa_handler = on_stop, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    qon_par_threads_set((int)values->threads.value);
    fflush(NULL); // processes of replicates shall not print what waits here
    struct display display = {
        .base = scenario, .alternatives = alternative, .quiet = values->quiet, .terminal = isatty(STDERR_FILENO) != 0};
    struct qon_compare_options o = {.command = command,
                                    .replicates = values->replicates.given ? (int32_t)values->replicates.value : 1,
                                    .replicates_most = values->replicates_most.given ? (int32_t)values->replicates_most.value : 100,
                                    .window_months = values->window.given ? (int32_t)values->window.value : 12,
                                    .jobs_most = (int32_t)values->jobs.value,
                                    .watch = watch,
                                    .context = &display,
                                    .stop = &stop};
    QON_TRY(precision_read(values->precision, &o.precision, faults));
    QON_TRY(by_read(values->by ? values->by : "age,sex+income+household+origin", &o, faults));
    for (; operands[count]; count++) {
        QON_TRY(qon_scenario_load(&scenario[count], operands[count], values->changes.change, values->changes.count, faults));
        if (count > 0) {
            alternative[count - 1] = &scenario[count];
        }
    }
    QON_TRY(names_check(scenario, alternative, count - 1, faults));
    snprintf(folder, sizeof folder, "out/compare-%s", alternative[0]->name);
    o.folder = values->out ? values->out : folder;
    status = qon_compare(scenario, alternative, count - 1, &o, &comparison, faults);
    if (display.terminal && !values->quiet) {
        fputs("\r\033[K", stderr);
    }
    if (status == QON_INTERRUPTED) {
        fputs("qonys: interrupted; no results were written\n", stderr);
    }
    QON_TRY(status);
    if (values->json) {
        qon_comparison_json(&comparison, scenario, alternative);
    } else {
        qon_comparison_print(&comparison, scenario, alternative, values->language);
    }
done:
    qon_comparison_free(&comparison);
    for (int32_t i = 0; i <= QON_ALTERNATIVES_MOST; i++) {
        qon_scenario_free(&scenario[i]);
    }
    return status;
}

const struct qon_verb qon_verb_compare = {
    .name = "compare",
    .operands = "BASE ALT...",
    .operands_least = 2,
    .operands_most = QON_ALTERNATIVES_MOST + 1,
    .meaning = "Compares scenarios with a base, following each person in both.",
    .more =
        "All scenarios of a replicate share all draws, so that only the policy makes a difference. Every person who is paid is induced\n"
        "(does it only because of the policy), deadweight (does the same in the base within the window, or had done it), diverted (goes\n"
        "elsewhere in the base) or accelerated (does the same later); every other one is displaced (loses a move, a quota place or a "
        "job),\n"
        "spill-over (moves in the alternative only) or unaffected. Intervals are Student's t at 95 % over replicates; with several\n"
        "alternatives the second interval holds for all of them together.\n"
        "\n"
        "results.gpkg holds the runs of the first replicate and the tables effect, ledger and distribution; `qonys report` reads it.",
    .options = options,
    .options_count = sizeof options / sizeof options[0],
    .values_size = sizeof(struct values),
    .run = run,
};
