// SPDX-License-Identifier: GPL-3.0-or-later
// Months as numbers and as text.
#include <qonys/field.h>
#include <stdio.h>

static int digit(char letter) {
    return letter >= '0' && letter <= '9' ? letter - '0' : -1;
}

int32_t qon_month_parse(const char *text) {
    int32_t year = 0;
    for (int i = 0; i < 4; i++) {
        int value = digit(text[i]); // stops at the end of a short text
        if (value < 0) {
            return -1;
        }
        year = year * 10 + value;
    }
    if (text[4] != '-' || digit(text[5]) < 0 || digit(text[6]) < 0 || text[7] != '\0') {
        return -1;
    }
    int32_t month = digit(text[5]) * 10 + digit(text[6]);
    if (year < 1900 || month < 1 || month > 12) {
        return -1;
    }
    return (year - 1900) * 12 + month - 1;
}

void qon_month_format(int32_t month, char text[16]) {
    int32_t of_year = (month % 12 + 12) % 12; // births before 1900 are negative
    int32_t year = 1900 + (month - of_year) / 12;
    snprintf(text, 16, "%04d-%02d", (int)year, (int)of_year + 1);
}
