// SPDX-License-Identifier: GPL-3.0-or-later
// The strict pass over JSON text: says yes or no to the grammar, and where each key and value stands.
//
// 1. It does not recurse: the open brackets are letters in an array of 200, so a hundred megabytes of brackets end at the 201st.
// 2. Each byte is looked at once; line and column are kept as it goes, so a text of one long line costs no more than another.
// 3. A mark is added for each key and each value when its first letter is met: that is document order, the order of cJSON's tree.
#include "json.h"
#include "text.h"
#include <qonys/memory.h>
#include <string.h>

struct scan {
    const char *text;
    size_t length, at;
    int line;
    size_t line_start; // offset
    size_t followers;  // bytes of this line that continue a letter, so that columns count letters
    const char *file;
    struct qon_json_marks *marks;
    struct qon_faults *faults;
    int depth;
    char open[QON_JSON_DEPTH_MAX]; // '[' or '{'
};

static int column(const struct scan *scan, size_t offset) {
    return (int)(offset - scan->line_start - scan->followers) + 1;
}

// A fault at the byte where the pass stands.
static enum qon_status fault_at(const struct scan *scan, size_t offset, const char *message) {
    return qon_fault_add(scan->faults, (struct qon_place){scan->file, scan->line, column(scan, offset), NULL}, "%s", message);
}

static enum qon_status fault_found(const struct scan *scan, const char *expected) {
    struct qon_place place = {scan->file, scan->line, column(scan, scan->at), NULL};
    if (scan->at >= scan->length) {
        return qon_fault_add(scan->faults, place, "the text ends too early, expected %s", expected);
    }
    unsigned char found = (unsigned char)scan->text[scan->at];
    if (found == '/' || found == '#') {
        return qon_fault_add(scan->faults, place, "comments are not JSON, expected %s", expected);
    }
    if (found < 0x20 || found == 0x7f) {
        return qon_fault_add(scan->faults, place, "control character 0x%02x, expected %s", found, expected);
    }
    size_t letter = qon_utf8_length(scan->text + scan->at, scan->length - scan->at);
    if (letter == 0) {
        return qon_fault_add(scan->faults, place, "invalid UTF-8 (byte 0x%02x)", found);
    }
    return qon_fault_add(scan->faults, place, "found '%.*s', expected %s", (int)letter, scan->text + scan->at, expected);
}

static enum qon_status mark_add(struct scan *scan) {
    struct qon_json_marks *marks = scan->marks;
    if (marks->count == marks->room) {
        size_t room = marks->room == 0 ? 256 : marks->room * 2;
        if (qon_grow(&marks->at, marks->room, room, sizeof *marks->at) != QON_OK) {
            return qon_fault_machine(scan->faults, (struct qon_place){scan->file, 0, 0, NULL}, "not enough memory to read it");
        }
        marks->room = room;
    }
    if (marks->count == QON_JSON_VALUES_MAX) {
        return fault_at(scan, scan->at, "more than 4000000 keys and values, the most that is read");
    }
    marks->at[marks->count++] = (struct qon_json_mark){scan->at, 0, scan->line, column(scan, scan->at)};
    return QON_OK;
}

static void skip_blank(struct scan *scan) {
    for (; scan->at < scan->length; scan->at++) {
        char letter = scan->text[scan->at];
        if (letter == '\n') {
            scan->line++;
            scan->line_start = scan->at + 1;
            scan->followers = 0;
        } else if (letter != ' ' && letter != '\t' && letter != '\r') {
            return;
        }
    }
}

// Value of the four hexadecimal digits of \uXXXX at text[0..]; -1 when they are none. The text ends with a zero byte.
static long hex4(const char *text) {
    long value = 0;
    for (int i = 0; i < 4; i++) {
        const char *digits = "0123456789abcdef0123456789ABCDEF";
        const char *found = text[i] == '\0' ? NULL : strchr(digits, text[i]);
        if (found == NULL) {
            return -1;
        }
        value = value * 16 + (found - digits) % 16;
    }
    return value;
}

// Passes an escape; scan->at stands on the backslash.
static enum qon_status pass_escape(struct scan *scan) {
    const char *text = scan->text + scan->at;
    if (text[1] != 'u') {
        if (text[1] == '\0' || strchr("\"\\/bfnrt", text[1]) == NULL) {
            return fault_at(scan, scan->at, "unknown escape in a text, expected one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX");
        }
        scan->at += 2;
        return QON_OK;
    }
    long unit = hex4(text + 2);
    if (unit < 0) {
        return fault_at(scan, scan->at, "\\u must be followed by four hexadecimal digits");
    }
    if (unit == 0) {
        return fault_at(scan, scan->at, "\\u0000 is not accepted in a text");
    }
    scan->at += 6;
    if (unit < 0xd800 || unit > 0xdfff) {
        return QON_OK;
    }
    long low = unit < 0xdc00 && text[6] == '\\' && text[7] == 'u' ? hex4(text + 8) : -1;
    if (low < 0xdc00 || low > 0xdfff) {
        scan->at -= 6;
        return fault_at(scan, scan->at, "lone surrogate: \\ud800 to \\udbff and \\udc00 to \\udfff come in pairs");
    }
    scan->at += 6;
    return QON_OK;
}

static enum qon_status pass_string(struct scan *scan) {
    size_t start = scan->at++;
    while (scan->at < scan->length && scan->text[scan->at] != '"') {
        unsigned char byte = (unsigned char)scan->text[scan->at];
        if (byte == '\n' || byte == '\r') {
            return fault_at(scan, start, "a text is not closed on its line");
        }
        if (byte < 0x20) {
            return fault_found(scan, "it to be written as an escape");
        }
        if (byte == '\\') {
            enum qon_status status = pass_escape(scan);
            if (status != QON_OK) {
                return status;
            }
            continue;
        }
        size_t letter = qon_utf8_length(scan->text + scan->at, scan->length - scan->at);
        if (letter == 0) {
            return fault_found(scan, "UTF-8");
        }
        scan->followers += letter - 1;
        scan->at += letter;
    }
    if (scan->at >= scan->length) {
        return fault_at(scan, start, "a text is not closed");
    }
    scan->at++;
    return QON_OK;
}

static enum qon_status pass_number(struct scan *scan) {
    const char *text = scan->text + scan->at;
    size_t length = qon_number_length(text);
    const char *digits = text[0] == '-' ? text + 1 : text;
    if (length == 0 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9') {
        return fault_at(scan, scan->at, "a number does not start with 0 (write 12, not 012)");
    }
    if (length == 0) {
        return fault_at(scan, scan->at, "not a number, expected digits, and digits after a point or an e");
    }
    if (length > QON_NUMBER_LETTERS_MAX) {
        return fault_at(scan, scan->at, "a number of more than 60 letters");
    }
    char copy[QON_NUMBER_LETTERS_MAX + 1] = {0};
    memcpy(copy, text, length);
    double number;
    if (!qon_number_parse(copy, &number)) {
        return fault_at(scan, scan->at, "a number too large to be represented");
    }
    scan->marks->at[scan->marks->count - 1].length = length;
    scan->at += length;
    return QON_OK;
}

static enum qon_status pass_word(struct scan *scan) {
    static const char *const words[] = {"true", "false", "null"};
    for (size_t i = 0; i < 3; i++) {
        size_t length = strlen(words[i]);
        if (strncmp(scan->text + scan->at, words[i], length) == 0) {
            scan->at += length;
            return QON_OK;
        }
    }
    return fault_found(scan, "a value");
}

// A key and its colon.
static enum qon_status pass_key(struct scan *scan, const char *expected) {
    enum qon_status status = QON_OK;
    skip_blank(scan);
    if (scan->at >= scan->length || scan->text[scan->at] != '"') {
        return fault_found(scan, expected);
    }
    QON_TRY(mark_add(scan));
    QON_TRY(pass_string(scan));
    skip_blank(scan);
    if (scan->at >= scan->length || scan->text[scan->at] != ':') {
        return fault_found(scan, "':' after a key");
    }
    scan->at++;
done:
    return status;
}

// Passes the start of a value. *complete: it is whole; otherwise a bracket was opened and a first member follows.
static enum qon_status pass_value(struct scan *scan, bool *complete) {
    enum qon_status status = QON_OK;
    skip_blank(scan);
    char first = scan->at < scan->length ? scan->text[scan->at] : '\0';
    *complete = true;
    QON_TRY(mark_add(scan));
    if (first == '"') {
        return pass_string(scan);
    }
    if (first == '-' || (first >= '0' && first <= '9')) {
        return pass_number(scan);
    }
    if (first != '[' && first != '{') {
        return pass_word(scan);
    }
    if (scan->depth == QON_JSON_DEPTH_MAX) {
        return fault_at(scan, scan->at, "nested more than 200 deep");
    }
    scan->at++;
    skip_blank(scan);
    char close = first == '[' ? ']' : '}';
    if (scan->at < scan->length && scan->text[scan->at] == close) {
        scan->at++;
        return QON_OK;
    }
    scan->open[scan->depth++] = first;
    *complete = false;
    if (first == '{') {
        QON_TRY(pass_key(scan, "a key in double quotes, or '}'"));
    }
done:
    return status;
}

// After a whole value: closes brackets up to the next comma. Leaves scan->depth 0 at the end of the root.
static enum qon_status pass_after(struct scan *scan) {
    while (scan->depth > 0) {
        skip_blank(scan);
        bool array = scan->open[scan->depth - 1] == '[';
        char found = scan->at < scan->length ? scan->text[scan->at] : '\0';
        if (found == (array ? ']' : '}')) {
            scan->at++;
            scan->depth--;
            continue;
        }
        if (found != ',') {
            return fault_found(scan, array ? "',' or ']'" : "',' or '}'");
        }
        size_t comma = scan->at++;
        int line = scan->line;
        int place = column(scan, comma);
        skip_blank(scan);
        if (scan->at < scan->length && (scan->text[scan->at] == ']' || scan->text[scan->at] == '}')) {
            return qon_fault_add(scan->faults, (struct qon_place){scan->file, line, place, NULL}, "a comma after the last member");
        }
        return array ? QON_OK : pass_key(scan, "a key in double quotes");
    }
    return QON_OK;
}

enum qon_status qon_json_scan(const char *text, size_t length, const char *file, struct qon_json_marks *marks, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct scan scan = {.text = text, .length = length, .line = 1, .file = file, .marks = marks, .faults = faults};
    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) { // a byte order mark, as some editors write it
        scan.at = scan.line_start = 3;
    }
    do {
        bool complete;
        QON_TRY(pass_value(&scan, &complete));
        if (complete) {
            QON_TRY(pass_after(&scan));
        }
    } while (scan.depth > 0);
    skip_blank(&scan);
    if (scan.at < length) {
        status = fault_found(&scan, "the end of the text");
    }
done:
    return status;
}
