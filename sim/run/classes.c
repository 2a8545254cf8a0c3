// SPDX-License-Identifier: GPL-3.0-or-later
// Which class a paid person belongs to, from both lives. ODD tag M-COMPARE-1.
#include "ledger.h"

#include <stdlib.h>

const char *const qon_class_name[QON_CLASSES] = {"induced",   "deadweight", "diverted",   "accelerated",
                                                 "displaced", "spill_over", "unaffected", "overhead"};

static bool of_path(const struct qon_trace *e) {
    return e->kind == QON_TRACE_ENTERED || e->kind == QON_TRACE_MOVED || e->kind == QON_TRACE_LEFT;
}

int32_t qon_lives_differ(struct qon_life base, struct qon_life alt) {
    const struct qon_trace *a = base.begin, *b = alt.begin;
    for (;; a++, b++) {
        while (a < base.end && !of_path(a)) {
            a++;
        }
        while (b < alt.end && !of_path(b)) {
            b++;
        }
        if (a == base.end || b == alt.end) {
            return a < base.end ? a->month : b < alt.end ? b->month : INT32_MAX;
        }
        if (a->month != b->month || a->kind != b->kind || a->detail != b->detail) {
            return a->month < b->month ? a->month : b->month;
        }
    }
}

bool qon_same_place(const struct qon_supported *s, int programme, uint32_t zone, uint32_t other) {
    return zone == other ||
           (other < (uint32_t)s->zones && s->region[zone] == s->region[other] && s->zone[(int64_t)programme * s->zones + other] != 0);
}

static const struct qon_trace *move_in(struct qon_life life, int32_t month) {
    for (const struct qon_trace *e = life.begin; e < life.end; e++) {
        if (e->kind == QON_TRACE_MOVED && e->month == month) {
            return e;
        }
    }
    return NULL;
}

// A move that both lives have is no answer to the policy, unless it is the one paid for.
static bool shared(struct qon_life alt, const struct qon_trace *move) {
    const struct qon_trace *same = move_in(alt, move->month);
    return same != NULL && same->detail == move->detail;
}

static bool paid_by_other(struct qon_life base, const struct qon_trace *grant, const struct qon_supported *s, int32_t window) {
    for (const struct qon_trace *e = base.begin; e < base.end; e++) {
        if (e->kind == QON_TRACE_GRANTED && s->rename[e->programme] != grant->programme && abs(e->month - grant->month) <= window) {
            return true;
        }
    }
    return false;
}

static enum qon_class of_move(struct qon_life base, struct qon_life alt, const struct qon_trace *grant, uint32_t zone,
                              const struct qon_supported *supported, int32_t window) {
    bool elsewhere = paid_by_other(base, grant, supported, window), later = false;
    for (const struct qon_trace *e = base.begin; e < base.end; e++) {
        if (e->kind != QON_TRACE_MOVED || (e->month != grant->month && shared(alt, e))) {
            continue;
        }
        uint32_t to = e->detail & 0xffff;
        bool near = abs(e->month - grant->month) <= window;
        if (qon_same_place(supported, grant->programme, zone, to)) {
            uint32_t then = qon_life_zone(base, grant->month, to);
            if (near || (e->month < grant->month && then != UINT32_MAX && qon_same_place(supported, grant->programme, zone, then))) {
                return QON_CLASS_DEADWEIGHT;
            }
            later |= e->month > grant->month;
        } else {
            elsewhere |= near;
        }
    }
    return elsewhere ? QON_CLASS_DIVERTED : later ? QON_CLASS_ACCELERATED : QON_CLASS_INDUCED;
}

static enum qon_class of_hire(struct qon_life base, const struct qon_trace *grant, struct qon_person_ends ends, int32_t window) {
    bool later = false;
    for (const struct qon_trace *e = base.begin; e < base.end; e++) {
        if (e->kind == QON_TRACE_HIRED && abs(e->month - grant->month) <= window) {
            return QON_CLASS_DEADWEIGHT;
        }
        later |= e->kind == QON_TRACE_HIRED && e->month > grant->month;
    }
    return later ? QON_CLASS_ACCELERATED : ends.base == QON_EMPLOYED ? QON_CLASS_DEADWEIGHT : QON_CLASS_INDUCED;
}

static enum qon_class of_arrival(struct qon_life base, const struct qon_trace *grant, int32_t window) {
    for (const struct qon_trace *e = base.begin; e < base.end; e++) {
        if (e->kind == QON_TRACE_ENTERED) {
            return e->month <= grant->month + window ? QON_CLASS_DEADWEIGHT : QON_CLASS_ACCELERATED;
        }
    }
    return QON_CLASS_INDUCED;
}

// Paid for staying in the country: induced where the base has the person leave within the window.
static enum qon_class of_staying(struct qon_life base, const struct qon_trace *grant, int32_t window) {
    for (const struct qon_trace *e = base.begin; e < base.end; e++) {
        if (e->kind == QON_TRACE_LEFT && e->month >= grant->month && e->month <= grant->month + window) {
            return QON_CLASS_INDUCED;
        }
    }
    return QON_CLASS_DEADWEIGHT;
}

enum qon_class qon_life_class(struct qon_life base, struct qon_life alt, const struct qon_trace *grant, struct qon_person_ends ends,
                              enum qon_at at, const struct qon_supported *supported, int32_t window, uint32_t *moved_to) {
    const struct qon_trace *move = at == QON_AT_MOVE || at == QON_AT_SCHOOL ? move_in(alt, grant->month) : NULL;
    *moved_to = move != NULL ? move->detail & 0xffff : UINT32_MAX;
    for (const struct qon_trace *e = base.begin; e < base.end; e++) { // the base has the same programme, and pays too
        bool same = e->kind == QON_TRACE_GRANTED && supported->rename[e->programme] == grant->programme;
        if (same && move == NULL && abs(e->month - grant->month) <= window) {
            return QON_CLASS_DEADWEIGHT;
        }
    }
    if (move != NULL) {
        return of_move(base, alt, grant, *moved_to, supported, window);
    }
    if (paid_by_other(base, grant, supported, window)) {
        return QON_CLASS_DIVERTED;
    }
    switch (at) {
    case QON_AT_HIRE:
        return of_hire(base, grant, ends, window);
    case QON_AT_ARRIVAL:
        return of_arrival(base, grant, window);
    case QON_AT_EMIGRATION:
        return of_staying(base, grant, window);
    default: // at residence, at school without a move: what it led to shows at the end
        return ends.base != ends.alt ? QON_CLASS_INDUCED : QON_CLASS_DEADWEIGHT;
    }
}
