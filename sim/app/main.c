// SPDX-License-Identifier: GPL-3.0-or-later
// The command: finds the verb, reads its options, runs it, prints faults, returns the exit code.
#include "app.h"

#include <errno.h>
#include <locale.h>
#include <qonys/job.h>
#include <qonys/memory.h>
#include <qonys/par.h>
#include <qonys/ranks.h>
#include <string.h>

static const struct qon_verb *const verbs[] = {
    &qon_verb_run,     &qon_verb_check, &qon_verb_describe, &qon_verb_compare, &qon_verb_diff,
    &qon_verb_explain, &qon_verb_sweep, &qon_verb_merge,    &qon_verb_bench,
};
enum { VERBS = sizeof verbs / sizeof verbs[0] };

// Verbs that start a program of their own.
static const struct {
    const char *name;
    const char *operands;
    const char *meaning;
} programs[] = {
    {"report", "RESULTS", "report from a results file"},
    {"view", "SCENARIO", "live window on a run"},
};
enum { PROGRAMS = sizeof programs / sizeof programs[0], VALUES_SIZE = 8192, COMMAND_MOST = 8192 };

static void help(FILE *stream) {
    fputs("usage: qonys VERB ...\n\nSimulates resettlement, person by person, month by month.\n\n", stream);
    for (int i = 0; i < VERBS; i++) {
        fprintf(stream, "  %-10s %-20s %s\n", verbs[i]->name, verbs[i]->operands, verbs[i]->meaning);
    }
    for (int i = 0; i < PROGRAMS; i++) {
        fprintf(stream, "  %-10s %-20s %s\n", programs[i].name, programs[i].operands, programs[i].meaning);
    }
    fputs("\n  qonys VERB --help    what a verb does and its options\n"
          "  qonys --version      version\n\n"
          "Exit codes: 0 done; 2 a mistake in the scenario or the command line, nothing was written; 3 memory or disk; 130 interrupted.\n",
          stream);
}

static enum qon_status unknown_verb(const char *given, struct qon_faults *faults) {
    const char *names[VERBS + PROGRAMS];
    for (int i = 0; i < VERBS; i++) {
        names[i] = verbs[i]->name;
    }
    for (int i = 0; i < PROGRAMS; i++) {
        names[VERBS + i] = programs[i].name;
    }
    const char *nearest = qon_name_nearest(given, names, VERBS + PROGRAMS);
    struct qon_place place = {.path = given};
    if (nearest) {
        return qon_fault_add(faults, place, "unknown verb (did you mean %s?)", nearest);
    }
    return qon_fault_add(faults, place, "unknown verb; see qonys --help");
}

// The command as typed, for the record; arguments with blanks in single quotes.
static void command_text(char text[COMMAND_MOST], int argc, char **argv) {
    size_t length = 0;
    for (int i = 0; i < argc && length < COMMAND_MOST; i++) {
        const char *quote = argv[i][0] == 0 || strpbrk(argv[i], " \t\n\"'*?$&|<>;()\\") ? "'" : "";
        int wrote = snprintf(text + length, COMMAND_MOST - length, "%s%s%s%s", i ? " " : "", quote, argv[i], quote);
        length += wrote > 0 ? (size_t)wrote : 0;
    }
}

static enum qon_status verb_run(const struct qon_verb *verb, int argc, char **argv, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    _Alignas(max_align_t) char values[VALUES_SIZE] = {0};
    const char *operands[QON_OPERANDS_MOST + 1] = {0};
    char command[COMMAND_MOST];
    bool wants_help = false;
    QON_REQUIRE(verb->values_size <= sizeof values && verb->operands_most <= QON_OPERANDS_MOST);
    command_text(command, argc, argv); // before parsing, which cuts arguments at their equals signs
    QON_TRY(qon_options_parse(verb, argc - 2, argv + 2, values, operands, &wants_help, faults));
    if (wants_help) {
        qon_verb_help(verb, stdout);
    } else {
        status = verb->run(values, operands, command, faults);
    }
done:
    return status;
}

// Started several times by mpirun or srun: which verbs know what to do with that. The processes of a sweep need no word from one another.
static enum qon_status job_begin(int argc, char **argv, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    const char *name = argc > 1 ? argv[1] : "";
    bool one_run = strcmp(name, "run") == 0 || (strcmp(name, "bench") == 0 && argc > 2 && strcmp(argv[2], "full") == 0);
    bool tells = *name == '-' || strcmp(name, "sweep") == 0 || (argc > 2 && strcmp(argv[2], "--help") == 0);
    if (qon_job_processes() < 2 || (tells && !one_run)) {
        return QON_OK;
    }
    if (!one_run) {
        return qon_fault_add(faults, (struct qon_place){.path = name},
                             "does not go over ranks; run, sweep and bench full do: start this one without mpirun");
    }
    QON_TRY(qon_job_begin(faults));
    qon_ranks_together(true);
done:
    return status;
}

// Each rank may have met faults, often the same: the first that has some tells them. A lack of memory that the others do not know of ends
// the job here: they wait in an exchange.
static void faults_tell(const struct qon_faults *faults, enum qon_status status) {
    if (qon_ranks_count() == 1) {
        if (qon_job_first()) {
            qon_faults_print(faults);
        }
        return;
    }
    int64_t *counts = NULL;
    if (status == QON_MACHINE && !qon_ranks_agreed()) {
        qon_faults_print(faults);
        qon_ranks_end(status);
    }
    if (qon_take(&counts, (size_t)qon_ranks_count(), sizeof *counts) != QON_OK) {
        qon_ranks_end(QON_MACHINE);
    }
    int teller = 0;
    qon_ranks_share(faults->count, counts);
    while (teller < qon_ranks_count() - 1 && counts[teller] == 0) {
        teller++;
    }
    qon_free(counts);
    if (teller == qon_ranks_rank()) {
        qon_faults_print(faults);
    }
}

static enum qon_status dispatch(int argc, char **argv, struct qon_faults *faults) {
    if (argc < 2) {
        help(stderr);
        return QON_USER;
    }
    const char *name = argv[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        help(stdout);
        return QON_OK;
    }
    if (strcmp(name, "--version") == 0) {
        puts("qonys " QON_VERSION);
        return QON_OK;
    }
    for (int i = 0; i < VERBS; i++) {
        if (strcmp(name, verbs[i]->name) == 0) {
            return verb_run(verbs[i], argc, argv, faults);
        }
    }
    for (int i = 0; i < PROGRAMS; i++) {
        if (strcmp(name, programs[i].name) == 0) {
            return qon_program_start(name, argv + 1, faults);
        }
    }
    return unknown_verb(name, faults);
}

int main(int argc, char **argv) {
    qon_par_wait_passive(argv); // threads that wait leave the cores to others
    static struct qon_faults faults;
    setlocale(LC_ALL, "");
    setlocale(LC_NUMERIC, "C"); // numbers in files and options have a point in every country
    qon_faults_init(&faults);
    enum qon_status status = job_begin(argc, argv, &faults);
    status = status == QON_OK ? dispatch(argc, argv, &faults) : status;
    if (fflush(stdout) != 0 || ferror(stdout)) {
        (void)qon_fault_machine(&faults, (struct qon_place){0}, "cannot write to standard output: %s", strerror(errno));
        status = status == QON_OK ? QON_MACHINE : status;
    }
    faults_tell(&faults, status);
    qon_job_end();
    return status;
}
