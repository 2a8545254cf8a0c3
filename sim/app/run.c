// SPDX-License-Identifier: GPL-3.0-or-later
// qonys run: one run, its progress, its summary.
#include "app.h"

#include <inttypes.h>
#include <math.h>
#include <qonys/par.h>
#include <qonys/ranks.h>
#include <qonys/runner.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct values {
    struct qon_option_changes changes;
    struct qon_option_whole threads;
    struct qon_option_whole checkpoint_every;
    const char *out;
    const char *resume;
    enum qon_language language;
    bool quiet;
    bool json;
    bool profile;
};

static const struct qon_option options[] = {
    {"--seed", "N", "seed of all random draws", QON_OPTION_SCENARIO, offsetof(struct values, changes), "seed", 0, UINT64_MAX},
    {"--months", "N", "months to compute", QON_OPTION_SCENARIO, offsetof(struct values, changes), "months", 1, 1200},
    {"--scale", "K", "one agent stands for K persons", QON_OPTION_SCENARIO, offsetof(struct values, changes), "scale", 1, 1000000},
    {"--set", "PATH=VALUE", "change a value of the scenario, e.g. choice.home_premium=1.2; may be given often", QON_OPTION_SET,
     offsetof(struct values, changes), NULL, 0, 0},
    {"--threads", "N", "threads to use (default: all processors)", QON_OPTION_WHOLE, offsetof(struct values, threads), NULL, 1, 256},
    {"--out", "DIR", "folder for results.gpkg (default: out/<name of the scenario>)", QON_OPTION_TEXT, offsetof(struct values, out), NULL,
     0, 0},
    {"--checkpoint-every", "N", "save the whole state every N months, to checkpoint.qonys beside the results", QON_OPTION_WHOLE,
     offsetof(struct values, checkpoint_every), NULL, 1, 1200},
    {"--resume", "FILE", "go on from a checkpoint, or branch from it with another scenario", QON_OPTION_TEXT,
     offsetof(struct values, resume), NULL, 0, 0},
    {"--lang", "kk|ru|en", "language of the summary", QON_OPTION_LANGUAGE, offsetof(struct values, language), NULL, 0, 0},
    {"--quiet", NULL, "no progress", QON_OPTION_SWITCH, offsetof(struct values, quiet), NULL, 0, 0},
    {"--json", NULL, "the summary as one JSON object", QON_OPTION_SWITCH, offsetof(struct values, json), NULL, 0, 0},
    {"--profile", NULL, "time spent in each phase, to standard error", QON_OPTION_SWITCH, offsetof(struct values, profile), NULL, 0, 0},
};

// --- stopping ---------------------------------------------------------------------------------------------------------------------

static volatile sig_atomic_t stop;
static volatile sig_atomic_t save;

static void on_stop(int number) {
    stop = 1;
}

static void on_save(int number) {
    save = 1;
}

// The first signal ends the run after its month, with a checkpoint; a second one ends the program at once. SIGUSR1 asks for a checkpoint
// only.
static void signals_catch(void) {
    struct sigaction action = {.sa_handler = on_stop, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    struct sigaction saving = {.sa_handler = on_save, .sa_flags = SA_RESTART};
    sigemptyset(&saving.sa_mask);
    sigaction(SIGUSR1, &saving, NULL);
}

// --- progress ---------------------------------------------------------------------------------------------------------------------

struct display {
    bool terminal;
    bool quiet;
    double drawn; // when the bar was last drawn
};

enum { BAR_CELLS = 30 };

// Million person-months a second.
static double rate(const struct qon_run_progress *progress) {
    return 1e-6 * (double)(progress->person_months - progress->person_months_before) / fmax(progress->seconds, 1e-9);
}

static void bar_draw(const struct qon_run_progress *progress) {
    char bar[BAR_CELLS + 1];
    char month[16] = "";
    int full = progress->months > 0 ? (int)((int64_t)progress->months_done * BAR_CELLS / progress->months) : 0;
    for (int i = 0; i < BAR_CELLS; i++) {
        bar[i] = i < full ? '#' : '.';
    }
    bar[BAR_CELLS] = 0;
    qon_month_format(progress->month, month);
    double left = progress->seconds / (progress->months_done - progress->months_before) * (progress->months - progress->months_done);
    fprintf(stderr, "\r[%s] %s  %d/%d  %.1f million person-months/s  %d:%02d left \033[K", bar, month, progress->months_done,
            progress->months, rate(progress), (int)left / 60, (int)left % 60);
}

// A branch is told even to those who want it quiet: its results are no continuation.
static void resumed_tell(const struct qon_checkpoint_info *info, bool quiet) {
    static const struct {
        unsigned bit;
        const char *text;
    } others[] = {{QON_OTHER_SEED, "seed"},
                  {QON_OTHER_MONTHS, "months"},
                  {QON_OTHER_VALUES, "settings or tables"},
                  {QON_OTHER_TEXT, "programmes or texts"}};
    char month[16];
    const char *between = " differs in ";
    qon_month_format(info->month, month);
    if ((info->other & ~(unsigned)QON_OTHER_MONTHS) == 0) {
        if (!quiet) {
            fprintf(stderr, "going on with %s, after %d months of '%s'\n", month, info->months_done, info->scenario);
        }
    } else {
        fprintf(stderr, "qonys: the run branches in %s from a state of the scenario '%s': this one", month, info->scenario);
        for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
            if (info->other & others[i].bit) {
                fprintf(stderr, "%s%s", between, others[i].text);
                between = ", ";
            }
        }
        fputs("; results begin with the branch\n", stderr);
    }
    for (int i = 0; i < info->notes; i++) {
        fprintf(stderr, "qonys: checkpoint: %s\n", info->note[i]);
    }
}

static void watch(void *context, const struct qon_run_progress *progress) {
    struct display *display = context;
    if (progress->stage == QON_RUN_RESUMED) {
        resumed_tell(progress->resumed, display->quiet);
        return;
    }
    if (display->quiet) {
        return;
    }
    if (progress->stage == QON_RUN_SYNTHESIS) {
        fputs(display->terminal ? "making the population ...\033[K" : "making the population\n", stderr);
        return;
    }
    if (progress->stage == QON_RUN_WRITING) {
        fputs(display->terminal ? "\r\033[K" : "", stderr);
        return;
    }
    if (progress->months_done == progress->months_before) {
        return;
    }
    bool last = progress->months_done == progress->months;
    if (display->terminal) {
        double now = qon_time_wall();
        if (last || now - display->drawn > 0.1) {
            display->drawn = now;
            bar_draw(progress);
        }
    } else if (last || progress->month % 12 == 11) {
        char month[16];
        qon_month_format(progress->month, month);
        fprintf(stderr, "%s  %d/%d months, %" PRId64 " persons, %.1f million person-months/s\n", month, progress->months_done,
                progress->months, progress->persons, rate(progress));
    }
}

// --- summary ----------------------------------------------------------------------------------------------------------------------

// What the summary says, once: keys are fixed, scripts read them.
enum figure_kind { FIGURE_COUNT, FIGURE_SECONDS, FIGURE_BYTES };
static const struct {
    const char *key;
    enum figure_kind kind;
    size_t offset;
} figures[] = {
    {"persons", FIGURE_COUNT, offsetof(struct qon_run_summary, persons)},
    {"households", FIGURE_COUNT, offsetof(struct qon_run_summary, households)},
    {"employers", FIGURE_COUNT, offsetof(struct qon_run_summary, employers)},
    {"person_months", FIGURE_COUNT, offsetof(struct qon_run_summary, person_months)},
    {"seconds_synthesis", FIGURE_SECONDS, offsetof(struct qon_run_summary, seconds_synthesis)},
    {"seconds_run", FIGURE_SECONDS, offsetof(struct qon_run_summary, seconds_run)},
    {"bytes_per_person", FIGURE_BYTES, offsetof(struct qon_run_summary, bytes_per_person)},
};
enum { FIGURES = sizeof figures / sizeof figures[0] };

static const struct {
    const char *key;
    const char *label[QON_LANGUAGES];
    bool percent;
    size_t offset;
} headlines[] = {
    {"moves_region",
     {"Moves between regions", "Өңірлер арасында көшкендер", "Переезды между регионами"},
     false,
     offsetof(struct qon_run_summary, moves_region)},
    {"moves_within",
     {"Moves within regions", "Өңір ішінде көшкендер", "Переезды внутри регионов"},
     false,
     offsetof(struct qon_run_summary, moves_within)},
    {"births", {"Births", "Туғандар", "Родившиеся"}, false, offsetof(struct qon_run_summary, births)},
    {"deaths", {"Deaths", "Қайтыс болғандар", "Умершие"}, false, offsetof(struct qon_run_summary, deaths)},
    {"unemployment_percent",
     {"Unemployment at the end, percent", "Соңындағы жұмыссыздық, пайыз", "Безработица в конце, процент"},
     true,
     offsetof(struct qon_run_summary, unemployment_percent)},
};
enum { HEADLINES = sizeof headlines / sizeof headlines[0] };

static const char *const verdicts[3][QON_LANGUAGES] = {
    {"not met", "орындалмады", "не достигнута"},
    {"met", "орындалды", "достигнута"},
    {"nothing to measure in this run", "бұл есептеуде өлшейтін нәрсе жоқ", "в этом расчёте измерять нечего"},
};
static const char *const target_word[QON_LANGUAGES] = {"Target", "Нысана", "Цель"};

static double real_at(const struct qon_run_summary *summary, size_t offset) {
    double value;
    memcpy(&value, (const char *)summary + offset, sizeof value);
    return value;
}

static void figure_print(const struct qon_run_summary *summary, int i) {
    const void *at = (const char *)summary + figures[i].offset;
    if (figures[i].kind == FIGURE_COUNT) {
        printf("%" PRId64, *(const int64_t *)at);
    } else {
        printf(figures[i].kind == FIGURE_SECONDS ? "%.3f" : "%.1f", *(const double *)at);
    }
}

static void summary_text(const struct qon_run_summary *summary, const struct qon_scenario *scenario, enum qon_language language) {
    char number[32];
    for (int i = 0; i < HEADLINES; i++) {
        double value = real_at(summary, headlines[i].offset);
        if (headlines[i].percent) {
            printf("%s: %.2f\n", headlines[i].label[language], value);
        } else {
            printf("%s: %s\n", headlines[i].label[language], qon_grouped((int64_t)value, number));
        }
    }
    for (int t = 0; t < QON_TARGETS; t++) {
        const struct qon_target *target = &summary->targets[t];
        const char *verdict = verdicts[target->applies ? target->met : 2][language];
        printf("%s %d. %s: ", target_word[language], t + 1, target->label[language]);
        if (target->applies) {
            printf("%.2f (%s %g): ", target->value, target->at_most ? "≤" : "≥", target->goal);
        }
        printf("%s\n", verdict);
    }
    qon_programmes_print(summary, scenario, language);
    puts("");
    for (int i = 0; i < FIGURES; i++) {
        printf("%s: ", figures[i].key);
        figure_print(summary, i);
        puts("");
    }
    printf("state_digest: %016" PRIx64 "\n", summary->digest);
    printf("results: %s\n", summary->results);
}

static void target_json(const struct qon_target *target) {
    printf("{\"name\": ");
    qon_json_text(stdout, target->name);
    printf(", \"value\": ");
    qon_json_real(stdout, target->value);
    printf(", \"goal\": ");
    qon_json_real(stdout, target->goal);
    printf(", \"met\": %s}", !target->applies ? "null" : target->met ? "true" : "false");
}

static void summary_json(const struct qon_run_summary *summary, const struct qon_scenario *scenario) {
    printf("{\"scenario\": ");
    qon_json_text(stdout, scenario->name);
    printf(", \"seed\": \"%" PRIu64 "\", \"scale\": %d, \"months\": %d, \"threads\": %d", scenario->seed, scenario->scale, summary->months,
           summary->threads);
    for (int i = 0; i < FIGURES; i++) {
        printf(", \"%s\": ", figures[i].key);
        figure_print(summary, i);
    }
    printf(", \"state_digest\": \"%016" PRIx64 "\"", summary->digest);
    for (int i = 0; i < HEADLINES; i++) {
        printf(", \"%s\": ", headlines[i].key);
        qon_json_real(stdout, real_at(summary, headlines[i].offset));
    }
    printf(", \"targets\": [");
    for (int t = 0; t < QON_TARGETS; t++) {
        fputs(t ? ", " : "", stdout);
        target_json(&summary->targets[t]);
    }
    printf("], ");
    qon_programmes_json(summary, scenario);
    printf(", \"results\": ");
    qon_json_text(stdout, summary->results);
    puts("}");
}

static void profile_print(const struct qon_run_summary *summary) {
    fprintf(stderr, "%-16s %12s %12s %16s\n", "phase", "seconds", "calls", "ns/person-month");
    for (int i = 0; i < summary->phases_count; i++) {
        const struct qon_run_phase *phase = &summary->phases[i];
        fprintf(stderr, "%-16s %12.3f %12" PRId64 " %16.3f\n", phase->name, phase->seconds, phase->calls,
                1e9 * phase->seconds / fmax((double)summary->person_months, 1));
    }
    fprintf(stderr, "%-16s %12.3f\n%-16s %12.3f\n%-16s %12.3f\n", "synthesis", summary->seconds_synthesis, "writing",
            summary->seconds_write, "checkpoints", summary->seconds_checkpoint);
}

// --- the verb ---------------------------------------------------------------------------------------------------------------------

static void interrupted_tell(const struct qon_run_summary *summary, const char *operand) {
    char month[16];
    qon_month_format(summary->month, month);
    if (summary->months > 0) {
        fprintf(stderr, "qonys: interrupted after %s (%d months); no results were written\n", month, summary->months);
    } else {
        fputs("qonys: interrupted before the first month; no results were written\n", stderr);
    }
    if (*summary->checkpoint) {
        fprintf(stderr, "qonys: to go on: qonys run %s --resume %s\n", operand, summary->checkpoint);
    }
}

static enum qon_status run(const void *given, const char *const *operands, const char *command, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    const struct values *values = given;
    struct qon_scenario scenario = {0};
    struct qon_run_summary summary;
    struct display display = {.terminal = isatty(STDERR_FILENO) != 0, .quiet = values->quiet};
    char folder[QON_RUN_PATH_MAX], checkpoint[QON_RUN_PATH_MAX];
    signals_catch();
    qon_par_threads_set((int)values->threads.value);
    QON_TRY(qon_scenario_load(&scenario, operands[0], values->changes.change, values->changes.count, faults));
    snprintf(folder, sizeof folder, "out/%s", scenario.name);
    struct qon_run_options run_options = {.folder = values->out ? values->out : folder,
                                          .command = command,
                                          .watch = watch,
                                          .context = &display,
                                          .stop = &stop,
                                          .save = &save,
                                          .resume = values->resume,
                                          .checkpoint = checkpoint,
                                          .checkpoint_every = (int32_t)values->checkpoint_every.value};
    snprintf(checkpoint, sizeof checkpoint, "%.4000s/checkpoint.qonys", run_options.folder);
    status = qon_run(&scenario, &run_options, &summary, faults);
    if (!values->quiet && display.terminal && qon_ranks_rank() == 0) {
        fputs("\r\033[K", stderr);
    }
    if (status == QON_INTERRUPTED && qon_ranks_rank() == 0) {
        interrupted_tell(&summary, operands[0]);
    }
    QON_TRY(status);
    if (values->profile && qon_ranks_rank() == 0) {
        profile_print(&summary);
    }
    if (values->json) {
        summary_json(&summary, &scenario);
    } else {
        summary_text(&summary, &scenario, values->language);
    }
done:
    qon_scenario_free(&scenario);
    return status;
}

const struct qon_verb qon_verb_run = {
    .name = "run",
    .operands = "SCENARIO",
    .operands_least = 1,
    .operands_most = 1,
    .meaning = "Computes a scenario and writes its results.",
    .more =
        "Ends with lines `key: value`: persons, households, employers and person_months count agents (residents and households at the\n"
        "end; with --scale K one agent stands for K persons); bytes_per_person is the highest memory of the process divided by persons;\n"
        "state_digest covers the whole state at the end and depends on scenario, seed, scale and months only.\n"
        "\n"
        "SIGINT and SIGTERM end the run after its month with a checkpoint, from which --resume goes on as if nothing had happened, on any\n"
        "number of threads or ranks; SIGUSR1 asks for a checkpoint while the run goes on. With another scenario of the same zones, start "
        "and\n"
        "scale --resume branches: the state is that of the checkpoint, the months from there on those of the new scenario.\n"
        "\n"
        "Built with MPI and started by mpirun or srun, the run is dealt to the ranks: each has its part of the memory, the state is the "
        "same.\n"
        "seconds are then those of the first rank, --threads are of each, bytes_per_person is of all together.",
    .options = options,
    .options_count = sizeof options / sizeof options[0],
    .values_size = sizeof(struct values),
    .run = run,
};
