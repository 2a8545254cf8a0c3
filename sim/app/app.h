// SPDX-License-Identifier: GPL-3.0-or-later
// What the verbs of the command share: options declared in tables, messages, JSON.
#ifndef QONYS_APP_H
#define QONYS_APP_H

#include <qonys/fault.h>
#include <qonys/input.h>
#include <stdio.h>

enum qon_option_kind {
    QON_OPTION_SWITCH,   // bool
    QON_OPTION_WHOLE,    // struct qon_option_whole, from minimum to maximum
    QON_OPTION_TEXT,     // const char *
    QON_OPTION_LANGUAGE, // enum qon_language
    QON_OPTION_SCENARIO, // struct qon_option_changes: a whole number that replaces the scenario's value at `path`
    QON_OPTION_SET,      // struct qon_option_changes: PATH=VALUE
};

struct qon_option {
    const char *name;     // "--seed"
    const char *argument; // "N"; NULL for a switch
    const char *meaning;
    enum qon_option_kind kind;
    size_t offset;    // of its value in the verb's struct
    const char *path; // QON_OPTION_SCENARIO
    uint64_t minimum;
    uint64_t maximum;
};

struct qon_option_whole {
    bool given;
    int64_t value;
};

enum { QON_CHANGES_MOST = 200 };
struct qon_option_changes {
    struct qon_override change[QON_CHANGES_MOST];
    int count;
    char text[8][32]; // values of QON_OPTION_SCENARIO
    int texts;
};

struct qon_verb {
    const char *name;
    const char *operands; // for the help, e.g. "SCENARIO"
    int operands_least, operands_most;
    const char *meaning; // one line
    const char *more;    // further lines of its help; may be NULL
    const struct qon_option *options;
    size_t options_count;
    size_t values_size; // of the struct that options write to, at most QON_VALUES_SIZE
    // operands: operands_most + 1 entries, NULL where none was given. command: the whole line as typed.
    enum qon_status (*run)(const void *values, const char *const *operands, const char *command, struct qon_faults *faults);
};

// Verbs, one file each.
extern const struct qon_verb qon_verb_run;
extern const struct qon_verb qon_verb_check;
extern const struct qon_verb qon_verb_describe;
extern const struct qon_verb qon_verb_bench;
extern const struct qon_verb qon_verb_diff;
extern const struct qon_verb qon_verb_explain;
extern const struct qon_verb qon_verb_compare;

// Starts the program qonys-`name` that stands beside this one, with the same arguments; returns only on failure.
enum qon_status qon_program_start(const char *name, char **argv, struct qon_faults *faults);

// Reads what follows the verb into *values (zeroed) and operands. *help: --help was there, nothing else was read.
enum qon_status qon_options_parse(const struct qon_verb *verb, int argc, char **argv, void *values, const char **operands, bool *help,
                                  struct qon_faults *faults);
// run_programmes.c: what programmes did, as a table on standard output, and as the member "programmes" of a JSON object.
struct qon_run_summary;
struct qon_scenario;
void qon_programmes_print(const struct qon_run_summary *summary, const struct qon_scenario *scenario, enum qon_language language);
void qon_programmes_json(const struct qon_run_summary *summary, const struct qon_scenario *scenario);

void qon_verb_help(const struct qon_verb *verb, FILE *stream);

void qon_faults_print(const struct qon_faults *faults); // to standard error

// `text` as a JSON string with its quotes; NULL: null.
void qon_json_text(FILE *stream, const char *text);
// A double as JSON, shortest form that reads back the same; null when it is not finite.
void qon_json_real(FILE *stream, double value);

// 1234567 -> "1 234 567".
const char *qon_grouped(int64_t value, char text[32]);

#endif
