// SPDX-License-Identifier: GPL-3.0-or-later
// Two worlds month by month with a probe on one person in each.
#include <qonys/explain_run.h>

#include <inttypes.h>
#include <qonys/memory.h>
#include <qonys/step.h>
#include <qonys/synthesis.h>
#include <string.h>

struct pair {
    const struct qon_scenario *scenario[2];
    const struct qon_explain_request *request;
    struct qon_explained_pair *out;
    struct qon_faults *faults;
    struct qon_world world[2];
    struct qon_explanation probe[2]; // of the month just computed
    bool kept, found;
};

static enum qon_status differ(const struct pair *pair, const char *what) {
    return qon_fault_add(pair->faults, (struct qon_place){.file = pair->scenario[1]->file},
                         "has another %s than %s: the two worlds have no persons in common", what, pair->scenario[0]->file);
}

static enum qon_status scenarios_check(const struct pair *pair) {
    const struct qon_scenario *a = pair->scenario[0], *b = pair->scenario[1];
    int32_t months = a->months < b->months ? a->months : b->months, month = pair->request->month;
    if (a->start != b->start) {
        return differ(pair, "start");
    }
    if (a->seed != b->seed) { // the population is drawn with it
        return differ(pair, "seed");
    }
    if (a->scale != b->scale) {
        return differ(pair, "scale");
    }
    bool same = a->tables.zones.rows == b->tables.zones.rows;
    for (int64_t z = 0; same && z < a->tables.zones.rows; z++) {
        same = strcmp(a->tables.zones.id[z], b->tables.zones.id[z]) == 0 && a->tables.zones.persons[z] == b->tables.zones.persons[z];
    }
    if (!same) {
        return differ(pair, "table of zones (ids, residents)");
    }
    if (month != 0 && (month < a->start || month >= a->start + months)) {
        char from[16], to[16];
        qon_month_format(a->start, from);
        qon_month_format(a->start + months - 1, to);
        return qon_fault_add(pair->faults, (struct qon_place){.path = "--month"}, "is not within the run, %s to %s", from, to);
    }
    return QON_OK;
}

static enum qon_status nobody(const struct pair *pair) {
    uint64_t founders = pair->out->founders;
    return qon_fault_add(
        pair->faults, (struct qon_place){.path = "--person"},
        "nobody has the id %" PRIu64 ": those of the start have 0 to %" PRIu64
        ", those who are born or arrive later have ids from 0x8000000000000000 on, and none of them in these months has this",
        pair->request->person, founders - 1);
}

// The same id, but made from other tables.
static bool same_person(const struct pair *pair) {
    const struct qon_block *block[2];
    uint32_t row[2], at;
    for (int side = 0; side < 2; side++) {
        if (!qon_person_find(&pair->world[side], pair->request->person, &at, &row[side])) {
            return true; // not there yet
        }
        block[side] = &pair->world[side].block[at];
    }
    const struct qon_persons *a = &block[0]->persons, *b = &block[1]->persons;
    return a->birth_month[row[0]] == b->birth_month[row[1]] && a->sex[row[0]] == b->sex[row[1]] &&
           a->education[row[0]] == b->education[row[1]] &&
           block[0]->households.zone[a->household[row[0]]] == block[1]->households.zone[b->household[row[1]]];
}

static enum qon_status worlds_make(struct pair *pair) {
    enum qon_status status = QON_OK;
    for (int side = 0; side < 2; side++) {
        QON_TRY(qon_synthesis(&pair->world[side], pair->scenario[side], pair->faults));
        QON_TRY(qon_model_init(&pair->world[side], pair->faults));
        pair->probe[side].person = pair->request->person;
        qon_explain_set(&pair->world[side], &pair->probe[side], 1);
    }
    pair->out->founders = qon_founders(&pair->world[0]);
    if (pair->out->founders != qon_founders(&pair->world[1])) {
        return differ(pair, "population");
    }
    if (pair->request->person >= pair->out->founders && pair->request->person < UINT64_C(1) << 63) {
        return nobody(pair);
    }
    if (!same_person(pair)) {
        return differ(pair, "population");
    }
done:
    return status;
}

static bool considered(const struct qon_explanation *e) {
    return e->own.considers || e->head_decision.considers;
}

// Whether one has had a programme of a name that the other has not.
static bool support_beyond(const struct qon_scenario *own, uint64_t mask, const struct qon_scenario *other, uint64_t other_mask) {
    for (; mask != 0; mask &= mask - 1) {
        int32_t there = qon_programme_find(&other->programmes, own->programmes.row[__builtin_ctzll(mask)].name);
        if (there < 0 || (other_mask >> there & 1) == 0) {
            return true;
        }
    }
    return false;
}

static bool support_differs(const struct pair *pair) {
    uint64_t mask[2];
    for (int side = 0; side < 2; side++) {
        const struct qon_explanation *e = &pair->probe[side];
        mask[side] = e->state == QON_NOT_THERE ? 0 : qon_person_support(&pair->world[side], e->block, e->row);
    }
    return support_beyond(pair->scenario[0], mask[0], pair->scenario[1], mask[1]) ||
           support_beyond(pair->scenario[1], mask[1], pair->scenario[0], mask[0]);
}

// Keeps what the probes hold as the answer so far.
static void keep(struct pair *pair, enum qon_explain_reason reason) {
    struct qon_explained_pair *out = pair->out;
    out->reason = reason;
    out->month = pair->world[0].month - 1;
    for (int side = 0; side < 2; side++) {
        qon_explanation_free(&out->side[side]);
        out->side[side] = pair->probe[side];
        pair->probe[side] = (struct qon_explanation){.person = pair->request->person};
    }
    pair->kept = true;
}

// Looks at the month just computed. True: this is the one.
static bool look(struct pair *pair, bool last) {
    struct qon_explanation *a = &pair->probe[0], *b = &pair->probe[1];
    bool place = a->state != b->state || (a->state == QON_THERE && a->zone_after != b->zone_after);
    for (int side = 0; side < 2; side++) {
        struct qon_explanation *e = &pair->probe[side];
        pair->found |= e->state != QON_NOT_THERE;
        if (e->gone != NULL) {
            pair->out->gone_month[side] = e->month;
            pair->out->gone_phase[side] = e->gone;
        }
    }
    if (pair->request->month != 0) {
        if (pair->world[0].month - 1 == pair->request->month) {
            keep(pair, QON_EXPLAIN_ASKED);
        }
        return pair->kept;
    }
    if (place || support_differs(pair)) {
        keep(pair, place ? QON_EXPLAIN_PLACE : QON_EXPLAIN_SUPPORT);
        return true;
    }
    if (considered(a) || considered(b)) {
        keep(pair, QON_EXPLAIN_CONSIDERED);
    } else if (!pair->kept && (last || a->gone != NULL)) {
        keep(pair, QON_EXPLAIN_NEVER);
    }
    return pair->out->gone_month[0] != 0; // in both worlds alike: nothing can follow
}

static enum qon_status months_run(struct pair *pair) {
    enum qon_status status = QON_OK;
    int32_t months = pair->scenario[0]->months < pair->scenario[1]->months ? pair->scenario[0]->months : pair->scenario[1]->months;
    int32_t wanted = pair->request->month != 0 ? pair->request->month - pair->scenario[0]->start + 1 : months;
    for (int32_t m = 1; m <= wanted; m++) {
        for (int side = 0; side < 2; side++) {
            QON_TRY(qon_step(&pair->world[side], pair->faults));
            QON_TRY(pair->probe[side].memory_short ? QON_MACHINE : QON_OK);
        }
        if (pair->request->watch) {
            pair->request->watch(pair->request->context, m, wanted);
        }
        if (look(pair, m == wanted)) {
            break;
        }
    }
    if (!pair->found) {
        return pair->request->month != 0 ? QON_OK : nobody(pair);
    }
done:
    return status;
}

enum qon_status qon_explain_pair(const struct qon_scenario *base, const struct qon_scenario *alternative,
                                 const struct qon_explain_request *request, struct qon_explained_pair *out, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct pair pair = {.scenario = {base, alternative}, .request = request, .out = out, .faults = faults};
    memset(out, 0, sizeof *out);
    QON_TRY(scenarios_check(&pair));
    QON_TRY(worlds_make(&pair));
    QON_TRY(months_run(&pair));
done:
    for (int side = 0; side < 2; side++) {
        qon_explanation_free(&pair.probe[side]);
        qon_model_free(&pair.world[side]);
        qon_world_free(&pair.world[side]);
    }
    if (status != QON_OK) {
        qon_explained_pair_free(out);
    }
    if (status == QON_MACHINE && faults && faults->count == 0) {
        (void)qon_fault_machine(faults, (struct qon_place){.file = base->file}, "not enough memory for two worlds");
    }
    return status;
}

void qon_explained_pair_free(struct qon_explained_pair *pair) {
    qon_explanation_free(&pair->side[0]);
    qon_explanation_free(&pair->side[1]);
}
