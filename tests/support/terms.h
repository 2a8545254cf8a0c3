// SPDX-License-Identifier: GPL-3.0-or-later
// Trees of conditions for tests, from JSON without escapes (sim/input has the real reader): terms("{\"age_years\": {\"min\": 18}}").
#ifndef QONYS_TESTS_TERMS_H
#define QONYS_TESTS_TERMS_H

#include <ctype.h>
#include <qonys/predicate.h>
#include <qonys/status.h>
#include <stdlib.h>
#include <string.h>

enum { TERMS_MOST = 512, TERMS_TEXT = 64 };

struct terms {
    struct qon_term term[TERMS_MOST];
    char text[TERMS_MOST][2][TERMS_TEXT]; // text, key
    int count;
};

static inline const char *terms_space(const char *at) {
    while (isspace((unsigned char)*at)) {
        at++;
    }
    return at;
}

static inline const char *terms_string(const char *at, char out[TERMS_TEXT]) {
    const char *end = strchr(at + 1, '"');
    QON_REQUIRE(*at == '"' && end != NULL && end - at < TERMS_TEXT);
    memcpy(out, at + 1, (size_t)(end - at - 1));
    out[end - at - 1] = '\0';
    return end + 1;
}

static inline const char *terms_value(struct terms *t, const char *at, int *out) {
    at = terms_space(at);
    int own = t->count++;
    QON_REQUIRE(own < TERMS_MOST);
    struct qon_term *term = &t->term[own];
    *out = own;
    *term = (struct qon_term){.place = {"test", 1, own + 1, NULL}, .key_place = {"test", 1, own + 1, NULL}};
    if (*at == '{' || *at == '[') {
        char closing = *at == '{' ? '}' : ']';
        const struct qon_term **link = &term->child;
        term->kind = *at == '{' ? QON_TERM_OBJECT : QON_TERM_LIST;
        for (at = terms_space(at + 1); *at != closing; at = terms_space(*at == ',' ? at + 1 : at)) {
            char key[TERMS_TEXT] = "";
            int child;
            if (closing == '}') {
                at = terms_space(terms_string(at, key));
                QON_REQUIRE(*at == ':');
                at++;
            }
            at = terms_space(terms_value(t, at, &child));
            if (closing == '}') {
                strcpy(t->text[child][1], key);
                t->term[child].key = t->text[child][1];
            }
            *link = &t->term[child];
            link = &t->term[child].next;
        }
        return at + 1;
    }
    if (*at == '"') {
        term->kind = QON_TERM_TEXT;
        at = terms_string(at, t->text[own][0]);
        term->text = t->text[own][0];
        return at;
    }
    if (*at == 't' || *at == 'f') {
        term->kind = QON_TERM_SWITCH;
        term->truth = *at == 't';
        return at + (term->truth ? 4 : 5);
    }
    char *end;
    term->kind = QON_TERM_NUMBER;
    term->number = strtod(at, &end);
    QON_REQUIRE(end != at);
    return end;
}

static inline const struct qon_term *terms_parse(struct terms *t, const char *json) {
    int root;
    t->count = 0;
    terms_value(t, json, &root);
    return &t->term[root];
}

#endif
