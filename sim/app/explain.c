// SPDX-License-Identifier: GPL-3.0-or-later
// qonys explain: the verb. explain_text.c and explain_json.c print what was found.
#include "explain.h"

#include <ctype.h>
#include <errno.h>
#include <qonys/par.h>
#include <stdlib.h>
#include <string.h>

struct values {
    struct qon_option_changes changes;
    struct qon_option_whole threads;
    const char *person;
    const char *month;
    enum qon_language language;
    bool quiet;
    bool json;
};

static const struct qon_option options[] = {
    {"--person", "ID", "id of the person: a number, or hexadecimal after 0x", QON_OPTION_TEXT, offsetof(struct values, person), NULL, 0, 0},
    {"--month", "YYYY-MM", "month to explain (default: the first in which the worlds differ for this person)", QON_OPTION_TEXT,
     offsetof(struct values, month), NULL, 0, 0},
    {"--seed", "N", "seed of all random draws, in both", QON_OPTION_SCENARIO, offsetof(struct values, changes), "seed", 0, UINT64_MAX},
    {"--months", "N", "months to compute at most", QON_OPTION_SCENARIO, offsetof(struct values, changes), "months", 1, 1200},
    {"--scale", "K", "one agent stands for K persons", QON_OPTION_SCENARIO, offsetof(struct values, changes), "scale", 1, 1000000},
    {"--set", "PATH=VALUE", "change a value of both scenarios; may be given often", QON_OPTION_SET, offsetof(struct values, changes), NULL,
     0, 0},
    {"--threads", "N", "threads to use (default: all processors)", QON_OPTION_WHOLE, offsetof(struct values, threads), NULL, 1, 256},
    {"--lang", "kk|ru|en", "language of the tables", QON_OPTION_LANGUAGE, offsetof(struct values, language), NULL, 0, 0},
    {"--quiet", NULL, "no progress", QON_OPTION_SWITCH, offsetof(struct values, quiet), NULL, 0, 0},
    {"--json", NULL, "as one JSON object", QON_OPTION_SWITCH, offsetof(struct values, json), NULL, 0, 0},
};

static enum qon_status person_parse(const char *text, uint64_t *person, struct qon_faults *faults) {
    struct qon_place place = {.path = "--person"};
    char *end = NULL;
    bool hexadecimal = text && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    if (!text) {
        return qon_fault_add(faults, (struct qon_place){0}, "qonys explain: expected --person ID; see qonys explain --help");
    }
    const char *digits = hexadecimal ? text + 2 : text;
    errno = 0;
    if (isxdigit((unsigned char)digits[0])) {
        *person = strtoull(digits, &end, hexadecimal ? 16 : 10);
    }
    if (!end || *end != 0 || errno == ERANGE) {
        return qon_fault_add(faults, place, "\"%.100s\" is no id, expected a number such as 1234 or 0x4d2", text);
    }
    return QON_OK;
}

static enum qon_status month_parse(const char *text, int32_t *month, struct qon_faults *faults) {
    *month = text ? qon_month_parse(text) : 0;
    if (*month < 0) {
        return qon_fault_add(faults, (struct qon_place){.path = "--month"}, "\"%.100s\" is not of the form YYYY-MM", text);
    }
    return QON_OK;
}

static void watch(void *context, int32_t done, int32_t months) {
    (void)context;
    if (done % 12 == 0) {
        fprintf(stderr, "%d/%d months\n", done, months);
    }
}

static enum qon_status explain(const void *given, const char *const *operands, const char *command, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    const struct values *values = given;
    struct qon_scenario scenario[2] = {{0}, {0}};
    struct qon_explained_pair pair = {0};
    struct qon_explain_request request = {.watch = values->quiet ? NULL : watch};
    qon_par_threads_set((int)values->threads.value);
    QON_TRY(person_parse(values->person, &request.person, faults));
    QON_TRY(month_parse(values->month, &request.month, faults));
    for (int side = 0; side < 2; side++) {
        QON_TRY(qon_scenario_load(&scenario[side], operands[side], values->changes.change, values->changes.count, faults));
    }
    QON_TRY(qon_explain_pair(&scenario[0], &scenario[1], &request, &pair, faults));
    struct qon_explained explained = {{&scenario[0], &scenario[1]}, &pair, values->language};
    if (values->json) {
        qon_explain_json(&explained);
    } else {
        qon_explain_text(&explained);
    }
done:
    qon_explained_pair_free(&pair);
    qon_scenario_free(&scenario[0]);
    qon_scenario_free(&scenario[1]);
    return status;
}

const struct qon_verb qon_verb_explain = {
    .name = "explain",
    .operands = "BASE ALT",
    .operands_least = 2,
    .operands_most = 2,
    .meaning = "Says why one person did or did not move, in both worlds: what was weighed, part by part, and what programmes did.",
    .more =
        "Runs both scenarios month by month with the same luck and stops at the month that is asked for; without --month at the first\n"
        "after which the person lives elsewhere or has other support in one world than in the other, else takes the last month in which\n"
        "a move was considered. Utilities are numbers without unit; of the affordable places the largest total wins; luck is the frozen\n"
        "random part, the same in both worlds. A place counts when it is weighed: all can be seen with --json. Persons of the start have\n"
        "ids from 0 on; with --scale K they are those of the run with that scale. Nothing is written.",
    .options = options,
    .options_count = sizeof options / sizeof options[0],
    .values_size = sizeof(struct values),
    .run = explain,
};
