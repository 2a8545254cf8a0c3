// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers and months as the three languages write them. The C locale is never asked.
#include "draw.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

#define NO_BREAK_SPACE "\xc2\xa0"
#define MINUS          "\xe2\x88\x92"
#define DASH           "\xe2\x80\x93"

static const char *const shorts[QON_LANGUAGES][4] = {
    [QON_EN] = {"", "k", "M", "bn"},
    [QON_KK] = {"", "мың", "млн", "млрд"},
    [QON_RU] = {"", "тыс.", "млн", "млрд"},
};

int qon_digits_for(double step) {
    int digits = 0;
    step = fabs(step);
    while (digits < 6 && step > 0 && fabs(step - round(step)) > 1e-6 * step) {
        step *= 10;
        digits++;
    }
    return digits;
}

static int digits_significant(double value, int figures) {
    if (value == 0) {
        return 0;
    }
    int before = (int)floor(log10(value)) + 1;
    int digits = figures - before;
    return digits < 0 ? 0 : digits > 6 ? 6 : digits;
}

// Writes the digits of a number not negative, grouped by three.
static void group(char *out, size_t size, double value, int digits, enum qon_language language) {
    char raw[400];
    snprintf(raw, sizeof raw, "%.*f", digits, value);
    char *point = strchr(raw, '.');
    size_t whole = point ? (size_t)(point - raw) : strlen(raw);
    const char *separator = language == QON_EN ? "," : NO_BREAK_SPACE;
    size_t used = 0;
    for (size_t i = 0; raw[i] && used + 4 < size; i++) {
        if (i > 0 && i < whole && (whole - i) % 3 == 0) {
            used += (size_t)snprintf(out + used, size - used, "%s", separator);
        }
        out[used++] = raw[i] == '.' && language != QON_EN ? ',' : raw[i];
    }
    out[used] = 0;
}

void qon_format_number(char *out, size_t size, double value, int digits, int flags, enum qon_language language) {
    if (isnan(value)) {
        snprintf(out, size, "%s", DASH);
        return;
    }
    double plain = fabs(value);
    int power = 0;
    if (flags & QON_SHORT) {
        while (power < 3 && plain >= 999.5) {
            plain /= 1000;
            power++;
        }
        // Four-digit numbers read well as they are.
        if (power == 1 && fabs(value) < 9999.5 && language != QON_EN) {
            plain *= 1000;
            power = 0;
        }
    }
    int shown = digits >= 0 ? digits : digits_significant(plain, 3);
    if (flags & QON_SHORT && digits < 0) {
        while (shown > 0 && fabs(plain * pow(10, shown - 1) - round(plain * pow(10, shown - 1))) < 1e-9) {
            shown--;
        }
    }
    char number[420];
    group(number, sizeof number, plain, shown, language);
    bool zero = strspn(number, "0.,") == strlen(number);
    const char *sign = zero ? "" : value < 0 ? MINUS : flags & QON_SIGNED ? "+" : "";
    const char *unit = shorts[language][power];
    const char *space = power > 0 && language != QON_EN ? NO_BREAK_SPACE : "";
    const char *percent = !(flags & QON_PERCENT) ? "" : language == QON_EN ? "%" : NO_BREAK_SPACE "%";
    snprintf(out, size, "%s%s%s%s%s", sign, number, space, unit, percent);
}

void qon_format_tick(char *out, size_t size, double value, double step, int flags, enum qon_language language) {
    // Seen through the rounding of short numbers: 1.5 M beside 1.0 M, 500 k beside 1.0 M.
    double unit = 1;
    while (flags & QON_SHORT && unit < 1e9 && fabs(value) / unit >= 999.5) {
        unit *= 1000;
    }
    bool whole = flags & QON_SHORT && unit == 1000 && fabs(value) < 9999.5 && language != QON_EN;
    qon_format_number(out, size, value, value == 0 ? 0 : qon_digits_for(whole ? step : step / unit), flags, language);
}

void qon_format_month(char *out, size_t size, int32_t month, enum qon_language language) {
    static const char *const names[QON_LANGUAGES][12] = {
        [QON_EN] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
        [QON_KK] = {"қаң.", "ақп.", "нау.", "сәу.", "мам.", "мау.", "шіл.", "там.", "қыр.", "қаз.", "қар.", "жел."},
        [QON_RU] = {"янв.", "февр.", "март", "апр.", "май", "июнь", "июль", "авг.", "сент.", "окт.", "нояб.", "дек."},
    };
    int year = 1900 + month / 12;
    const char *name = names[language][month % 12];
    if (language == QON_KK) {
        snprintf(out, size, "%d" NO_BREAK_SPACE "ж." NO_BREAK_SPACE "%s", year, name);
    } else {
        snprintf(out, size, "%s" NO_BREAK_SPACE "%d", name, year);
    }
}
