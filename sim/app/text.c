// SPDX-License-Identifier: GPL-3.0-or-later
// Messages, numbers and JSON as the verbs print them.
#include "app.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void qon_faults_print(const struct qon_faults *faults) {
    for (int i = 0; i < faults->kept; i++) {
        fprintf(stderr, "%s\n", faults->text[i]);
    }
    if (faults->count > faults->kept) {
        fprintf(stderr, "... and %ld more\n", faults->count - faults->kept);
    }
}

void qon_json_text(FILE *stream, const char *text) {
    if (!text) {
        fputs("null", stream);
        return;
    }
    fputc('"', stream);
    for (const char *c = text; *c; c++) {
        unsigned char byte = (unsigned char)*c;
        if (byte == '"' || byte == '\\') {
            fprintf(stream, "\\%c", byte);
        } else if (byte < 0x20) {
            fprintf(stream, "\\u%04x", byte);
        } else {
            fputc(byte, stream);
        }
    }
    fputc('"', stream);
}

void qon_json_real(FILE *stream, double value) {
    char text[40];
    if (!isfinite(value)) {
        fputs("null", stream);
        return;
    }
    int digits = 15;
    do {
        snprintf(text, sizeof text, "%.*g", digits, value);
    } while (strtod(text, NULL) != value && digits++ < 17);
    fputs(text, stream);
}

const char *qon_grouped(int64_t value, char text[32]) {
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%" PRId64, value);
    int first = value < 0;
    char *to = text;
    for (int i = 0; i < length; i++) {
        if (i > first && (length - i) % 3 == 0) {
            *to++ = ' ';
        }
        *to++ = digits[i];
    }
    *to = 0;
    return text;
}
