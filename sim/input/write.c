// SPDX-License-Identifier: GPL-3.0-or-later
// Writing JSON. A failure of memory is kept until the end, so that the callers read like what they write.
#include "write.h"
#include "text.h"
#include <qonys/memory.h>
#include <stdarg.h>
#include <string.h>

static void put(struct qon_write *write, const char *text, size_t length) {
    if (write->failed) {
        return;
    }
    size_t room = write->room == 0 ? 4096 : write->room;
    while (room - write->length < length + 1) {
        room *= 2;
    }
    if (room > write->room) {
        if (qon_grow(&write->text, write->room, room, 1) != QON_OK) {
            write->failed = true;
            return;
        }
        write->room = room;
    }
    memcpy(write->text + write->length, text, length);
    write->length += length;
    write->text[write->length] = '\0';
}

static void put_plain(struct qon_write *write, const char *text) {
    put(write, text, strlen(text));
}

static void put_quoted(struct qon_write *write, const char *text) {
    put_plain(write, "\"");
    const char *from = text;
    for (const char *at = text;; at++) {
        unsigned char byte = (unsigned char)*at;
        if (byte >= 0x20 && byte != '"' && byte != '\\') {
            continue;
        }
        put(write, from, (size_t)(at - from));
        if (byte == '\0') {
            break;
        }
        char escape[8];
        if (byte == '"' || byte == '\\') {
            snprintf(escape, sizeof escape, "\\%c", byte);
        } else {
            snprintf(escape, sizeof escape, "\\u%04x", byte);
        }
        put_plain(write, escape);
        from = at + 1;
    }
    put_plain(write, "\"");
}

// What stands before a member: comma, line, indentation, key.
static void put_before(struct qon_write *write, const char *key) {
    if (write->depth > 0) {
        put_plain(write, write->any[write->depth] ? ",\n" : "\n");
        for (int i = 0; i < write->depth; i++) {
            put_plain(write, "  ");
        }
    }
    write->any[write->depth] = true;
    if (key != NULL) {
        put_quoted(write, key);
        put_plain(write, ": ");
    }
}

void qon_write_open(struct qon_write *write, const char *key, char bracket) {
    put_before(write, key);
    put(write, &bracket, 1);
    QON_REQUIRE(write->depth + 1 < QON_WRITE_DEPTH_MAX);
    write->any[++write->depth] = false;
}

void qon_write_close(struct qon_write *write, char bracket) {
    bool any = write->any[write->depth--];
    if (any) {
        put_plain(write, "\n");
        for (int i = 0; i < write->depth; i++) {
            put_plain(write, "  ");
        }
    }
    put(write, &bracket, 1);
}

void qon_write_text(struct qon_write *write, const char *key, const char *text) {
    if (text != NULL) {
        put_before(write, key);
        put_quoted(write, text);
    }
}

void qon_write_number(struct qon_write *write, const char *key, double number) {
    char text[32];
    qon_number_format(number, text);
    put_before(write, key);
    put_plain(write, text);
}

void qon_write_whole(struct qon_write *write, const char *key, int64_t number) {
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)number);
    put_before(write, key);
    put_plain(write, text);
}

void qon_write_truth(struct qon_write *write, const char *key, bool truth) {
    put_before(write, key);
    put_plain(write, truth ? "true" : "false");
}

void qon_write_null(struct qon_write *write, const char *key) {
    put_before(write, key);
    put_plain(write, "null");
}

void qon_write_format(struct qon_write *write, const char *key, const char *format, ...) {
    char text[1024];
    va_list values;
    va_start(values, format);
    int length = vsnprintf(text, sizeof text, format, values);
    va_end(values);
    QON_REQUIRE(length >= 0 && (size_t)length < sizeof text);
    qon_write_text(write, key, text);
}

void qon_write_tree(struct qon_write *write, const char *key, const struct qon_json *node) {
    switch (node->type) {
    case QON_JSON_NULL:
        qon_write_null(write, key);
        return;
    case QON_JSON_BOOL:
        qon_write_truth(write, key, node->truth);
        return;
    case QON_JSON_NUMBER:
        put_before(write, key);
        put_plain(write, node->text);
        return;
    case QON_JSON_STRING:
        qon_write_text(write, key, node->text);
        return;
    case QON_JSON_ARRAY:
    case QON_JSON_OBJECT:
        break;
    }
    bool object = node->type == QON_JSON_OBJECT;
    qon_write_open(write, key, object ? '{' : '[');
    for (const struct qon_json *child = node->child; child != NULL; child = child->next) {
        if (!object || child->type != QON_JSON_NULL) {
            qon_write_tree(write, child->key, child);
        }
    }
    qon_write_close(write, object ? '}' : ']');
}

enum qon_status qon_write_end(struct qon_write *write, char **text) {
    if (write->failed) {
        qon_free(write->text);
        write->text = NULL;
    }
    *text = write->text;
    return write->failed ? QON_MACHINE : QON_OK;
}
