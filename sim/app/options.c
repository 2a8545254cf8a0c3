// SPDX-License-Identifier: GPL-3.0-or-later
// Options of a verb: parsing and help from one table, faults with the nearest known name.
#include "app.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *const languages[QON_LANGUAGES] = {[QON_EN] = "en", [QON_KK] = "kk", [QON_RU] = "ru"};

enum { NAMES_MOST = 64 };

static enum qon_status unknown(const struct qon_verb *verb, const char *given, size_t length, struct qon_faults *faults) {
    const char *names[NAMES_MOST] = {"--help"};
    char name[128];
    size_t count = 1;
    for (size_t i = 0; i < verb->options_count && count < NAMES_MOST; i++) {
        names[count++] = verb->options[i].name;
    }
    snprintf(name, sizeof name, "%.*s", (int)(length < 120 ? length : 120), given);
    const char *nearest = qon_name_nearest(name, names, count);
    struct qon_place place = {.path = name};
    if (nearest) {
        return qon_fault_add(faults, place, "unknown option of qonys %s (did you mean %s?)", verb->name, nearest);
    }
    return qon_fault_add(faults, place, "unknown option of qonys %s; see qonys %s --help", verb->name, verb->name);
}

static enum qon_status whole_parse(const struct qon_option *option, const char *text, uint64_t *value, struct qon_faults *faults) {
    char *end = NULL;
    errno = 0;
    *value = isdigit((unsigned char)text[0]) ? strtoull(text, &end, 10) : 0;
    if (!end || *end != 0 || errno == ERANGE || *value < option->minimum || *value > option->maximum) {
        struct qon_place place = {.path = option->name};
        return qon_fault_add(faults, place, "\"%.100s\" is not a whole number from %" PRIu64 " to %" PRIu64, text, option->minimum,
                             option->maximum);
    }
    return QON_OK;
}

static enum qon_status change_add(const struct qon_option *option, struct qon_option_changes *changes, const char *path, const char *value,
                                  struct qon_faults *faults) {
    if (changes->count == QON_CHANGES_MOST) {
        return qon_fault_add(faults, (struct qon_place){.path = option->name}, "more than %d changes; put them into a scenario file",
                             QON_CHANGES_MOST);
    }
    changes->change[changes->count++] = (struct qon_override){path, value};
    return QON_OK;
}

static enum qon_status set_parse(const struct qon_option *option, char *text, struct qon_option_changes *changes,
                                 struct qon_faults *faults) {
    char *equals = strchr(text, '=');
    if (!equals || equals == text) {
        return qon_fault_add(faults, (struct qon_place){.path = option->name},
                             "\"%.200s\" is not of the form PATH=VALUE, e.g. choice.home_premium=1.2", text);
    }
    *equals = 0;
    return change_add(option, changes, text, equals + 1, faults);
}

static enum qon_status language_parse(const struct qon_option *option, const char *text, enum qon_language *language,
                                      struct qon_faults *faults) {
    for (int i = 0; i < QON_LANGUAGES; i++) {
        if (strcmp(text, languages[i]) == 0) {
            *language = (enum qon_language)i;
            return QON_OK;
        }
    }
    return qon_fault_add(faults, (struct qon_place){.path = option->name}, "\"%.100s\" is not a language; there are kk, ru, en", text);
}

// argument: NULL for a switch.
static enum qon_status option_take(const struct qon_option *option, char *argument, void *values, struct qon_faults *faults) {
    void *at = (char *)values + option->offset;
    uint64_t whole = 0;
    switch (option->kind) {
    case QON_OPTION_SWITCH:
        *(bool *)at = true;
        return QON_OK;
    case QON_OPTION_TEXT:
        if (*argument == 0) {
            return qon_fault_add(faults, (struct qon_place){.path = option->name}, "expected %s, found nothing", option->argument);
        }
        *(const char **)at = argument;
        return QON_OK;
    case QON_OPTION_LANGUAGE:
        return language_parse(option, argument, at, faults);
    case QON_OPTION_SET:
        return set_parse(option, argument, at, faults);
    default:
        break;
    }
    enum qon_status status = whole_parse(option, argument, &whole, faults);
    if (status != QON_OK) {
        return status;
    }
    if (option->kind == QON_OPTION_WHOLE) {
        *(struct qon_option_whole *)at = (struct qon_option_whole){true, (int64_t)whole};
        return QON_OK;
    }
    struct qon_option_changes *changes = at;
    QON_REQUIRE(changes->texts < (int)(sizeof changes->text / sizeof changes->text[0]));
    char *text = changes->text[changes->texts];
    bool exact = whole <= UINT64_C(1) << 53; // beyond, JSON numbers lose digits: given as text, which seeds allow
    snprintf(text, sizeof changes->text[0], exact ? "%" PRIu64 : "\"%" PRIu64 "\"", whole);
    changes->texts++;
    return change_add(option, changes, option->path, text, faults);
}

static const struct qon_option *option_find(const struct qon_verb *verb, const char *text, size_t length) {
    for (size_t i = 0; i < verb->options_count; i++) {
        const char *name = verb->options[i].name;
        if (strlen(name) == length && strncmp(name, text, length) == 0) {
            return &verb->options[i];
        }
    }
    return NULL;
}

// Reads the option at argv[*i], with its argument.
static enum qon_status option_parse(const struct qon_verb *verb, int argc, char **argv, int *i, void *values, struct qon_faults *faults) {
    char *text = argv[*i];
    size_t length = strcspn(text, "=");
    const struct qon_option *option = option_find(verb, text, length);
    if (!option) {
        return unknown(verb, text, length, faults);
    }
    struct qon_place place = {.path = option->name};
    if (!option->argument) {
        return text[length] ? qon_fault_add(faults, place, "takes no value") : option_take(option, NULL, values, faults);
    }
    if (text[length]) {
        return option_take(option, text + length + 1, values, faults);
    }
    if (*i + 1 >= argc) {
        return qon_fault_add(faults, place, "expected %s after it", option->argument);
    }
    return option_take(option, argv[++*i], values, faults);
}

enum qon_status qon_options_parse(const struct qon_verb *verb, int argc, char **argv, void *values, const char **operands, bool *help,
                                  struct qon_faults *faults) {
    int count = 0;
    bool plain = false; // after "--"
    *help = false;
    for (int i = 0; i < argc && !*help; i++) {
        *help = strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0;
    }
    for (int i = 0; i < argc && !*help; i++) {
        if (!plain && strcmp(argv[i], "--") == 0) {
            plain = true;
        } else if (!plain && argv[i][0] == '-' && argv[i][1]) {
            (void)option_parse(verb, argc, argv, &i, values, faults);
        } else if (count == verb->operands_most) {
            (void)qon_fault_add(faults, (struct qon_place){.path = argv[i]}, "too many operands; usage: qonys %s %s", verb->name,
                                verb->operands);
            count++;
        } else if (count < verb->operands_most) {
            operands[count++] = argv[i];
        }
    }
    if (!*help && count < verb->operands_least) {
        (void)qon_fault_add(faults, (struct qon_place){0}, "qonys %s: expected %s; see qonys %s --help", verb->name, verb->operands,
                            verb->name);
    }
    return faults->count > 0 ? faults->worst : QON_OK;
}

void qon_verb_help(const struct qon_verb *verb, FILE *stream) {
    fprintf(stream, "usage: qonys %s %s%s\n\n%s\n", verb->name, verb->operands, verb->options_count ? " [OPTION]..." : "", verb->meaning);
    if (verb->more) {
        fprintf(stream, "\n%s\n", verb->more);
    }
    fputs("\n", stream);
    for (size_t i = 0; i < verb->options_count; i++) {
        const struct qon_option *option = &verb->options[i];
        char left[64];
        snprintf(left, sizeof left, "%s%s%s", option->name, option->argument ? " " : "", option->argument ? option->argument : "");
        fprintf(stream, "  %-22s %s\n", left, option->meaning);
    }
    fprintf(stream, "  %-22s %s\n", "--help", "this text");
}
