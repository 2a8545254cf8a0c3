// SPDX-License-Identifier: GPL-3.0-or-later
// Collects what is wrong with what the user gave, with its place, and finds the name that was probably meant.
#include <qonys/fault.h>
#include <stdarg.h>
#include <string.h>

enum { WORD_MAX = 128 };

void qon_faults_init(struct qon_faults *faults) {
    memset(faults, 0, sizeof *faults);
}

// Cuts `text` at `length` or earlier, so that no UTF-8 letter is split.
static void cut_letter(char *text, size_t length) {
    while (length > 0 && ((unsigned char)text[length] & 0xc0U) == 0x80U) {
        length--;
    }
    text[length] = '\0';
}

// Appends to text[*used..]; a text that is full stays as it is.
__attribute__((format(printf, 3, 0))) static void append(char text[QON_FAULT_TEXT_MAX], size_t *used, const char *format, va_list values) {
    size_t room = QON_FAULT_TEXT_MAX - *used;
    char full[QON_FAULT_TEXT_MAX + 1];
    int length = vsnprintf(full, sizeof full, format, values);
    if (length < 0) {
        return;
    }
    size_t wanted = (size_t)length < sizeof full ? (size_t)length : sizeof full - 1;
    if (wanted >= room) {
        wanted = room - 1;
        cut_letter(full, wanted);
        wanted = strlen(full);
    }
    memcpy(text + *used, full, wanted);
    *used += wanted;
    text[*used] = '\0';
}

__attribute__((format(printf, 3, 4))) static void append_text(char text[QON_FAULT_TEXT_MAX], size_t *used, const char *format, ...) {
    va_list values;
    va_start(values, format);
    append(text, used, format, values);
    va_end(values);
}

__attribute__((format(printf, 4, 0))) static enum qon_status add(struct qon_faults *faults, enum qon_status status, struct qon_place place,
                                                                 const char *format, va_list values) {
    if (faults == NULL) {
        return status;
    }
    faults->count++;
    if (status > faults->worst) {
        faults->worst = status;
    }
    if (faults->kept == QON_FAULTS_KEPT && status != QON_MACHINE) {
        return status;
    }
    // A failure of the machine is always told: it takes the last place when all are taken.
    char *text = faults->text[faults->kept < QON_FAULTS_KEPT ? faults->kept++ : QON_FAULTS_KEPT - 1];
    size_t used = 0;
    text[0] = '\0';
    if (place.file != NULL) {
        append_text(text, &used, "%s:", place.file);
    }
    if (place.line > 0) {
        append_text(text, &used, "%d:", place.line);
        if (place.column > 0) {
            append_text(text, &used, "%d:", place.column);
        }
    }
    if (used > 0) {
        append_text(text, &used, " ");
    }
    if (place.path != NULL && place.path[0] != '\0') {
        append_text(text, &used, "%s: ", place.path);
    }
    append(text, &used, format, values);
    return status;
}

enum qon_status qon_fault_add(struct qon_faults *faults, struct qon_place place, const char *format, ...) {
    va_list values;
    va_start(values, format);
    enum qon_status status = add(faults, QON_USER, place, format, values);
    va_end(values);
    return status;
}

enum qon_status qon_fault_machine(struct qon_faults *faults, struct qon_place place, const char *format, ...) {
    va_list values;
    va_start(values, format);
    enum qon_status status = add(faults, QON_MACHINE, place, format, values);
    va_end(values);
    return status;
}

// ASCII only and without regard to the locale.
static int fold(char letter) {
    return letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter;
}

static int least(int a, int b) {
    return a < b ? a : b;
}

// Damerau-Levenshtein with neighbours swapped (optimal string alignment): three rows of the table are kept.
static int distance(const char *a, size_t a_length, const char *b, size_t b_length) {
    int rows[3][WORD_MAX + 1];
    int *older = rows[0];
    int *old = rows[1];
    int *now = rows[2];
    for (size_t j = 0; j <= b_length; j++) {
        old[j] = (int)j;
        older[j] = 0;
    }
    for (size_t i = 1; i <= a_length; i++) {
        now[0] = (int)i;
        for (size_t j = 1; j <= b_length; j++) {
            int differs = fold(a[i - 1]) != fold(b[j - 1]);
            now[j] = least(least(old[j], now[j - 1]) + 1, old[j - 1] + differs);
            if (i > 1 && j > 1 && fold(a[i - 1]) == fold(b[j - 2]) && fold(a[i - 2]) == fold(b[j - 1])) {
                now[j] = least(now[j], older[j - 2] + 1);
            }
        }
        int *free_row = older;
        older = old;
        old = now;
        now = free_row;
    }
    return old[b_length];
}

const char *qon_name_nearest(const char *word, const char *const *names, size_t count) {
    const char *best = NULL;
    int best_distance = WORD_MAX;
    size_t length = word == NULL ? WORD_MAX : strlen(word);
    if (length >= WORD_MAX) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        size_t name_length = names[i] == NULL ? WORD_MAX : strlen(names[i]);
        if (name_length >= WORD_MAX) {
            continue;
        }
        int steps = distance(word, length, names[i], name_length);
        size_t longer = length > name_length ? length : name_length;
        if ((size_t)steps * 3 <= longer && steps < best_distance) {
            best = names[i];
            best_distance = steps;
        }
    }
    return best;
}
