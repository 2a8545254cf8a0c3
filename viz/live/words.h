// SPDX-License-Identifier: GPL-3.0-or-later
// Words of the window in three languages.
#ifndef QONYS_LIVE_WORDS_H
#define QONYS_LIVE_WORDS_H

#include <qonys/indicator.h>

enum live_word {
#define WORD(name, en, kk, ru) LIVE_WORD_##name,
#include "words.def"
#undef WORD
    LIVE_WORDS
};
const char *live_word(enum live_word word, enum qon_language language);
#define LIVE_SAY(name, language) live_word(LIVE_WORD_##name, language)

const char *live_field_word(const char *key, enum qon_language language); // of a scenario's key or choice; the key itself: none known
int live_help_lines(void);
const char *live_help_keys(int i);
const char *live_help_text(int i, enum qon_language language);
// Of an indicator, as words; a difference of percentages is told in points.
const char *live_unit(const char *unit, enum qon_language language, bool difference);

#endif
