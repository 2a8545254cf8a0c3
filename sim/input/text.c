// SPDX-License-Identifier: GPL-3.0-or-later
// Letters, numbers and files as text. Numbers are read and written in the "C" locale whatever the user's is, so that a Kazakh or Russian
// desktop (decimal comma) reads the same scenario as a cluster node.
#include "text.h"
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <math.h>
#include <qonys/memory.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool follows(unsigned char byte) {
    return (byte & 0xc0U) == 0x80U;
}

size_t qon_utf8_length(const char *text, size_t left) {
    const unsigned char *byte = (const unsigned char *)text;
    if (byte[0] < 0x80) {
        return 1;
    }
    // The second byte alone decides on overlong forms, surrogates and the end of Unicode.
    unsigned char low = 0x80;
    unsigned char high = 0xbf;
    size_t length;
    if (byte[0] >= 0xc2 && byte[0] <= 0xdf) {
        length = 2;
    } else if (byte[0] >= 0xe0 && byte[0] <= 0xef) {
        length = 3;
        low = byte[0] == 0xe0 ? 0xa0 : 0x80;
        high = byte[0] == 0xed ? 0x9f : 0xbf;
    } else if (byte[0] >= 0xf0 && byte[0] <= 0xf4) {
        length = 4;
        low = byte[0] == 0xf0 ? 0x90 : 0x80;
        high = byte[0] == 0xf4 ? 0x8f : 0xbf;
    } else {
        return 0;
    }
    if (left < length || byte[1] < low || byte[1] > high) {
        return 0;
    }
    for (size_t i = 2; i < length; i++) {
        if (!follows(byte[i])) {
            return 0;
        }
    }
    return length;
}

size_t qon_utf8_check(const char *text, size_t length) {
    size_t at = 0;
    while (at < length) {
        unsigned char byte = (unsigned char)text[at];
        if (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') {
            return at;
        }
        size_t letter = qon_utf8_length(text + at, length - at);
        if (letter == 0) {
            return at;
        }
        at += letter;
    }
    return length;
}

void qon_text_locate(const char *text, size_t offset, int *line, int *column) {
    *line = 1;
    *column = 1;
    for (size_t i = 0; i < offset; i++) {
        if (text[i] == '\n') {
            (*line)++;
            *column = 1;
        } else if (!follows((unsigned char)text[i])) {
            (*column)++;
        }
    }
}

static size_t digits(const char *text) {
    size_t count = 0;
    while (text[count] >= '0' && text[count] <= '9') {
        count++;
    }
    return count;
}

size_t qon_number_length(const char *text) {
    size_t at = text[0] == '-' ? 1 : 0;
    size_t whole = digits(text + at);
    if (whole == 0 || (whole > 1 && text[at] == '0')) {
        return 0;
    }
    at += whole;
    if (text[at] == '.') {
        size_t fraction = digits(text + at + 1);
        if (fraction == 0) {
            return 0;
        }
        at += 1 + fraction;
    }
    if (text[at] == 'e' || text[at] == 'E') {
        size_t sign = text[at + 1] == '-' || text[at + 1] == '+' ? 1 : 0;
        size_t power = digits(text + at + 1 + sign);
        if (power == 0) {
            return 0;
        }
        at += 1 + sign + power;
    }
    return at;
}

bool qon_number_parse(const char *text, double *out) {
    size_t length = qon_number_length(text);
    if (length == 0 || text[length] != '\0' || length > QON_NUMBER_LETTERS_MAX) {
        return false;
    }
    // For the plain "C" locale glibc hands out a constant: nothing is taken, nothing can fail.
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    QON_REQUIRE(plain != (locale_t)0);
    *out = strtod_l(text, NULL, plain);
    freelocale(plain);
    return isfinite(*out);
}

void qon_number_format(double number, char *text) {
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    QON_REQUIRE(plain != (locale_t)0 && isfinite(number));
    locale_t users = uselocale(plain);
    for (int digits_shown = 15; digits_shown <= 17; digits_shown++) {
        snprintf(text, 32, "%.*g", digits_shown, number);
        if (strtod(text, NULL) == number) {
            break;
        }
    }
    uselocale(users);
    freelocale(plain);
}

// The place may name the file already.
static const char *shown(const char *path, struct qon_place place) {
    return place.file != NULL && strcmp(path, place.file) == 0 ? "the file" : path;
}

// A file that is absent, closed to us or a folder is the user's mistake; a disk that fails is the machine's.
static enum qon_status fault_of_file(const char *path, int error, struct qon_place place, struct qon_faults *faults) {
    if (error == EIO || error == ENOMEM || error == EMFILE || error == ENFILE) {
        return qon_fault_machine(faults, place, "%s cannot be read: %s", shown(path, place), strerror(error));
    }
    return qon_fault_add(faults, place, "%s cannot be read: %s", shown(path, place), strerror(error));
}

// Reads to the end of the file, growing *text; stops when more than `limit` bytes have come.
static int read_all(int file, size_t room, size_t limit, char **text, size_t *length, enum qon_status *memory) {
    *length = 0;
    while (*length <= limit) {
        if (*length + 1 >= room) {
            size_t larger = room < 4096 ? 4096 : room * 2;
            *memory = qon_grow(text, *text == NULL ? 0 : room, larger, 1);
            if (*memory != QON_OK) {
                return 0;
            }
            room = larger;
        }
        ssize_t got = read(file, *text + *length, room - 1 - *length);
        if (got < 0 && errno != EINTR) {
            return errno;
        }
        if (got == 0) {
            return 0;
        }
        *length += got > 0 ? (size_t)got : 0;
    }
    return 0;
}

enum qon_status qon_file_read(const char *path, size_t limit, char **text, size_t *length, struct qon_place place,
                              struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    *text = NULL;
    *length = 0;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat about;
    if (file < 0 || fstat(file, &about) != 0) {
        status = fault_of_file(path, errno, place, faults);
        goto done;
    }
    size_t size = about.st_size > 0 ? (size_t)about.st_size : 0;
    if (size <= limit) { // a larger one is refused unread
        if (size > 0) {
            QON_TRY(qon_take(text, size + 2, 1));
        }
        enum qon_status memory = QON_OK;
        int error = read_all(file, size > 0 ? size + 2 : 0, limit, text, length, &memory);
        QON_TRY(memory);
        if (error != 0) {
            status = fault_of_file(path, error, place, faults);
            goto done;
        }
    }
    if (size > limit || *length > limit) {
        status = qon_fault_add(faults, place, "%s is larger than %zu MiB, the most that is read", shown(path, place), limit >> 20);
        goto done;
    }
    (*text)[*length] = '\0';
done:
    if (file >= 0) {
        close(file);
    }
    if (status != QON_OK) {
        qon_free(*text);
        *text = NULL;
    }
    return status;
}
