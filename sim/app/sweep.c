// SPDX-License-Identifier: GPL-3.0-or-later
// qonys sweep: the runs of a study.
#include "app.h"

#include <inttypes.h>
#include <math.h>
#include <qonys/par.h>
#include <qonys/sweep.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct values {
    const char *shard;
    const char *out;
    struct qon_option_whole jobs, threads;
    bool dry_run, quiet, json;
};

static const struct qon_option options[] = {
    {"--shard", "I/N", "only the runs whose number leaves I when divided by N, I from 0 to N-1; for job arrays", QON_OPTION_TEXT,
     offsetof(struct values, shard), NULL, 0, 0},
    {"--dry-run", NULL, "how many runs, how much time and memory; every run's scenario is read; writes nothing", QON_OPTION_SWITCH,
     offsetof(struct values, dry_run), NULL, 0, 0},
    {"--out", "DIR", "folder of the study (out/NAME)", QON_OPTION_TEXT, offsetof(struct values, out), NULL, 0, 0},
    {"--jobs", "N", "runs at a time (as many as threads and memory allow)", QON_OPTION_WHOLE, offsetof(struct values, jobs), NULL, 1, 256},
    {"--threads", "N", "threads, shared out among the runs (all)", QON_OPTION_WHOLE, offsetof(struct values, threads), NULL, 1, 256},
    {"--quiet", NULL, "no progress", QON_OPTION_SWITCH, offsetof(struct values, quiet), NULL, 0, 0},
    {"--json", NULL, "what was done as one JSON object", QON_OPTION_SWITCH, offsetof(struct values, json), NULL, 0, 0},
};

// --- stopping, progress -----------------------------------------------------------------------------------------------------------

static volatile sig_atomic_t stop;

static void on_stop(int number) {
    stop = 1;
}

// The first signal lets no run begin and breaks off those that go on; a second one ends the program at once.
static void signals_catch(void) {
    struct sigaction action = {.sa_handler = on_stop, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

static void watch(void *context, const struct qon_sweep_progress *p) {
    const bool *terminal = context;
    char left[32] = "";
    if (isfinite(p->seconds_left) && p->seconds_left >= 0) {
        int64_t seconds = (int64_t)p->seconds_left;
        snprintf(left, sizeof left, ", %" PRId64 ":%02d left", seconds / 60, (int)(seconds % 60));
    }
    fprintf(stderr, "%srun %d ended: %d of %d done, %d failed, %d running%s%s", *terminal ? "\r" : "", p->last, p->done + p->done_before,
            p->runs, p->failed, p->running, left, *terminal ? " \033[K" : "\n");
}

// --- the shard --------------------------------------------------------------------------------------------------------------------

// "2/8": two numbers that whole_read of the options has no form for.
static enum qon_status shard_parse(const char *text, struct qon_sweep_options *to, struct qon_faults *faults) {
    char rest;
    int length = 0;
    to->shards = 1;
    to->shard = 0;
    if (!text) {
        return QON_OK;
    }
    bool digits = strspn(text, "0123456789/") == strlen(text) && strlen(text) < 16;
    bool form = digits && sscanf(text, "%d/%d%n%c", &to->shard, &to->shards, &length, &rest) == 2;
    if (!form || to->shards < 1 || to->shards > QON_SWEEP_SHARDS_MOST || to->shard < 0 || to->shard >= to->shards) {
        return qon_fault_add(faults, (struct qon_place){.path = "--shard"},
                             "\"%.40s\" is not I/N with N from 1 to %d and I from 0 to N-1, e.g. 0/4", text, QON_SWEEP_SHARDS_MOST);
    }
    return QON_OK;
}

// A number that the launcher of parallel programs left; -1: none.
static int launcher_number(const char *name) {
    const char *text = getenv(name);
    return text && *text && strlen(text) < 8 && strspn(text, "0123456789") == strlen(text) ? atoi(text) : -1;
}

// Started P times by mpirun or srun, each process takes its part of the shard. Runs need no word from one another, so the launcher's own
// numbering is all that is needed, in a build with MPI or without.
static void launcher_divide(struct qon_sweep_options *which) {
    static const struct {
        const char *rank, *size;
    } launchers[] = {{"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"}, {"PMI_RANK", "PMI_SIZE"}, {"SLURM_PROCID", "SLURM_STEP_NUM_TASKS"}};
    for (size_t i = 0; i < sizeof launchers / sizeof launchers[0]; i++) {
        int rank = launcher_number(launchers[i].rank), size = launcher_number(launchers[i].size);
        if (rank >= 0 && rank < size && size > 1 && size <= QON_SWEEP_SHARDS_MOST / which->shards) {
            which->shard += rank * which->shards;
            which->shards *= size;
            return;
        }
    }
}

// --- telling ----------------------------------------------------------------------------------------------------------------------

struct cost {
    int32_t runs, left;
    int jobs, threads;
    double seconds, seconds_longest, bytes_run, bytes;
};

// Estimates of one thread; runs side by side share the time, and one run's threads do.
static struct cost cost_make(const struct qon_sweep *sweep, const char *folder, const struct values *values) {
    struct cost cost = {.threads = qon_par_threads()};
    const struct qon_sweep_run *run = qon_sweep_runs(sweep, &cost.runs);
    double all = 0;
    cost.jobs = values->jobs.given ? (int)values->jobs.value : qon_sweep_jobs(sweep, cost.threads);
    int own = cost.threads / cost.jobs > 1 ? cost.threads / cost.jobs : 1; // threads of a run
    for (int32_t r = 0; r < cost.runs; r++) {
        cost.bytes_run = fmax(cost.bytes_run, run[r].bytes);
        if (!qon_sweep_done(&run[r], folder)) {
            cost.left++;
            all += run[r].seconds;
            cost.seconds_longest = fmax(cost.seconds_longest, run[r].seconds / own);
        }
    }
    cost.seconds = fmax(all / fmin(cost.threads, (double)cost.jobs * own), cost.seconds_longest);
    cost.bytes = cost.bytes_run * fmin(cost.jobs, fmax(cost.left, 1));
    return cost;
}

static void cost_print(const struct qon_sweep *sweep, const struct cost *c, const char *folder, const struct values *values) {
    const struct qon_study *study = qon_sweep_study(sweep);
    if (values->json) {
        printf("{\"study\": ");
        qon_json_text(stdout, study->name);
        printf(
            ", \"runs\": %d, \"runs_shard\": %d, \"runs_done\": %d, \"jobs\": %d, \"threads\": %d, \"bytes_run\": %.0f, \"bytes\": %.0f, "
            "\"seconds\": %.1f, \"out\": ",
            qon_sweep_total(sweep), c->runs, c->runs - c->left, c->jobs, c->threads, c->bytes_run, c->bytes, c->seconds);
        qon_json_text(stdout, folder);
        puts("}");
        return;
    }
    printf("study: %s\nruns: %d\n", study->name, qon_sweep_total(sweep));
    int32_t lists = qon_sweep_total(sweep) / (study->scenarios * study->points * study->replicates);
    printf("scenarios x combinations of lists x points of the design x replicates: %d x %d x %d x %d\n", study->scenarios, lists,
           study->points, study->replicates);
    for (int32_t a = 0; a < study->axes; a++) {
        const struct qon_axis *axis = &study->axis[a];
        if (axis->values > 0) {
            printf("axis %s: %s, %d values\n", axis->name, axis->path, axis->values);
        } else {
            printf("axis %s: %s, %g to %g%s\n", axis->name, axis->path, axis->from, axis->to, axis->whole ? ", whole numbers" : "");
        }
    }
    printf("runs of this shard: %d\ndone already: %d\nruns at a time: %d\nthreads: %d\n", c->runs, c->runs - c->left, c->jobs, c->threads);
    printf("memory of a run: about %.0f MB\nmemory: about %.0f MB\ntime: about %.0f s\nfolder: %s\n", c->bytes_run / 1e6, c->bytes / 1e6,
           c->seconds, folder);
}

static void done_print(const struct qon_sweep_progress *p, const char *folder, const struct values *values) {
    if (values->json) {
        printf("{\"runs\": %d, \"done_before\": %d, \"done\": %d, \"failed\": %d, \"seconds\": %.3f, \"out\": ", p->runs, p->done_before,
               p->done, p->failed, p->seconds);
        qon_json_text(stdout, folder);
        puts("}");
    } else {
        printf("runs: %d\ndone_before: %d\ndone: %d\nfailed: %d\nseconds: %.3f\nfolder: %s\n", p->runs, p->done_before, p->done, p->failed,
               p->seconds, folder);
    }
}

// --- the verb ---------------------------------------------------------------------------------------------------------------------

static enum qon_status sweep_do(struct qon_sweep *sweep, const struct values *values, const char *folder, const char *command,
                                struct qon_faults *faults) {
    bool terminal = isatty(STDERR_FILENO) != 0;
    struct qon_sweep_progress progress;
    struct qon_sweep_doing doing = {.folder = folder,
                                    .command = command,
                                    .jobs = (int)values->jobs.value,
                                    .threads = qon_par_threads(),
                                    .stop = &stop,
                                    .watch = values->quiet ? NULL : watch,
                                    .context = &terminal};
    enum qon_status status = qon_sweep_do(sweep, &doing, &progress, faults);
    if (!values->quiet && terminal) {
        fputs("\r\033[K", stderr);
    }
    if (status == QON_INTERRUPTED) {
        fprintf(stderr, "qonys: interrupted; %d of %d runs are done, the same command goes on from there\n",
                progress.done + progress.done_before, progress.runs);
    }
    if (status == QON_OK) {
        done_print(&progress, folder, values);
    }
    return status;
}

static enum qon_status sweep(const void *given, const char *const *operands, const char *command, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    const struct values *values = given;
    struct qon_sweep *runs = NULL;
    struct qon_sweep_options which = {.study = operands[0]};
    char folder[4096];
    signals_catch();
    qon_par_threads_set((int)values->threads.value);
    QON_TRY(shard_parse(values->shard, &which, faults));
    launcher_divide(&which);
    QON_TRY(qon_sweep_open(&runs, &which, faults));
    snprintf(folder, sizeof folder, values->out ? "%.4000s" : "out/%.4000s", values->out ? values->out : qon_sweep_study(runs)->name);
    if (values->dry_run) {
        struct cost cost = cost_make(runs, folder, values);
        cost_print(runs, &cost, folder, values);
    } else {
        status = sweep_do(runs, values, folder, command, faults);
    }
done:
    qon_sweep_close(runs);
    return status;
}

const struct qon_verb qon_verb_sweep = {
    .name = "sweep",
    .operands = "STUDY",
    .operands_least = 1,
    .operands_most = 1,
    .meaning = "Computes the many runs of a study (scenarios x values of settings x replicates).",
    .more =
        "A study is a JSON file; scenarios/README.md describes it, scenarios/study-grant-awareness.json is one. Results of a run are put "
        "into\n"
        "the study's folder whole or not at all. The same command goes on where it was interrupted or killed: what is done (same "
        "effective\n"
        "scenario, seed, version and recording) is not done again. Shards may run at the same time, on machines that share the folder or\n"
        "not. qonys merge joins the results of all runs into one file; sim/cluster/ has scripts for Slurm.",
    .options = options,
    .options_count = sizeof options / sizeof options[0],
    .values_size = sizeof(struct values),
    .run = sweep,
};
