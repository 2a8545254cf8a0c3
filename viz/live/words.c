// SPDX-License-Identifier: GPL-3.0-or-later
#include "words.h"
#include <string.h>

static const char *const words[LIVE_WORDS][QON_LANGUAGES] = {
#define WORD(name, en, kk, ru) [LIVE_WORD_##name] = {[QON_EN] = en, [QON_KK] = kk, [QON_RU] = ru},
#include "words.def"
#undef WORD
};

static const struct {
    const char *keys;
    const char *text[QON_LANGUAGES];
} help[] = {
#define HELP(keys, en, kk, ru) {keys, {[QON_EN] = en, [QON_KK] = kk, [QON_RU] = ru}},
#include "help.def"
#undef HELP
};

static const struct {
    const char *key;
    const char *text[QON_LANGUAGES];
} fields[] = {
#define FIELD(key, en, kk, ru) {key, {[QON_EN] = en, [QON_KK] = kk, [QON_RU] = ru}},
#include "fields.def"
#undef FIELD
};

const char *live_field_word(const char *key, enum qon_language language) {
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (strcmp(fields[i].key, key) == 0) {
            return fields[i].text[language];
        }
    }
    return key;
}

const char *live_word(enum live_word word, enum qon_language language) {
    return words[word][language];
}

int live_help_lines(void) {
    return (int)(sizeof help / sizeof help[0]);
}

const char *live_help_keys(int i) {
    return help[i].keys;
}

const char *live_help_text(int i, enum qon_language language) {
    return help[i].text[language];
}

const char *live_unit(const char *unit, enum qon_language language, bool difference) {
    static const struct {
        const char *unit;
        enum live_word word;
    } known[] = {
        {"person", LIVE_WORD_unit_person},           {"person/km2", LIVE_WORD_unit_person_km2},
        {"percent", LIVE_WORD_unit_percent},         {"year", LIVE_WORD_unit_year},
        {"household", LIVE_WORD_unit_household},     {"job", LIVE_WORD_unit_job},
        {"tenge/month", LIVE_WORD_unit_tenge_month},
    };
    if (difference && strcmp(unit, "percent") == 0) {
        return LIVE_SAY(unit_points, language);
    }
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(unit, known[i].unit) == 0) {
            return live_word(known[i].word, language);
        }
    }
    return unit;
}
