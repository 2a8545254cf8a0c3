// SPDX-License-Identifier: GPL-3.0-or-later
// Probes: persons whose month is to be explained. The phases call in where something about them is settled; what is kept is never read by
// the model. ODD tags M-EXPLAIN-1, M-TRIGGER-1.
#include "explain.h"

#include <string.h>

void qon_explain_set(struct qon_world *world, struct qon_explanation *explanations, int32_t count) {
    world->model->probe = explanations;
    world->model->probes = count;
}

static void decision_free(struct qon_explained_decision *decision) {
    qon_free(decision->place);
    qon_free(decision->programme);
    qon_free(decision->offer);
}

void qon_explanation_free(struct qon_explanation *explanation) {
    uint64_t person = explanation->person;
    decision_free(&explanation->own);
    decision_free(&explanation->head_decision);
    qon_free(explanation->application);
    *explanation = (struct qon_explanation){.person = person};
}

uint64_t qon_founders(const struct qon_world *world) {
    uint64_t count = 0;
    for (uint32_t b = 0; b < world->blocks; b++) {
        count += world->block[b].persons.founders;
    }
    return count;
}

bool qon_person_find(const struct qon_world *world, uint64_t id, uint32_t *block, uint32_t *row) {
    for (uint32_t b = 0; b < world->blocks; b++) {
        const struct qon_block *own = &world->block[b];
        *block = b;
        if (id - own->founder_id < own->persons.founders) {
            *row = (uint32_t)(id - own->founder_id);
            return true;
        }
        for (*row = own->persons.founders; *row < own->persons.count; (*row)++) {
            if (own->persons.id[*row] == id) {
                return true;
            }
        }
    }
    return false;
}

// Does not rest on the index of grants, which is made anew at the start of a month only.
uint64_t qon_person_support(const struct qon_world *world, uint32_t block, uint32_t row) {
    const struct qon_commitments *c = &world->block[block].commitments;
    uint64_t mask = 0;
    for (uint32_t g = 0; g < c->count; g++) {
        mask |= c->person[g] == row ? 1ULL << c->programme[g] : 0;
    }
    return mask;
}

// ---- before the moves

static void members_fill(const struct qon_world *world, const struct qon_block *block, struct qon_explanation *e) {
    const struct qon_persons *p = &block->persons;
    e->members = 0;
    for (uint32_t m = e->head; m != QON_NONE && e->members < QON_EXPLAINED_MEMBERS; m = p->next[m]) {
        e->member[e->members++] = (struct qon_explained_member){qon_person_id(block, m), p->role[m], p->sex[m], p->status[m],
                                                                (int16_t)qon_age_years(world->month, p->birth_month[m])};
    }
}

static void person_fill(const struct qon_world *world, const struct qon_block *block, struct qon_explanation *e) {
    const struct qon_persons *p = &block->persons;
    const struct qon_households *h = &block->households;
    uint32_t row = e->row, household = p->household[row];
    e->household = household;
    e->household_id = qon_household_id(block, household);
    e->head = h->head[household];
    e->zone = h->zone[household];
    e->kin = h->kin[household];
    e->age_months = world->month - p->birth_month[row];
    e->sex = p->sex[row];
    e->education = p->education[row];
    e->occupation = p->occupation[row];
    e->skill = p->skill[row];
    e->status = p->status[row];
    e->legal = p->legal[row];
    e->role = p->role[row];
    e->wage_tiyn_month = p->wage_tiyn_month[row];
    e->employer = p->employer[row];
    e->savings_tiyn = h->savings_tiyn[household] + qon_savings_gain(world, block, household);
    e->owner = qon_household_owns(world, block, household);
    e->moved_month = h->moved_month[household];
    e->had = world->model->programmes != NULL ? qon_earlier_benefits(world, block, row) : 0;
    members_fill(world, block, e);
}

static enum qon_decides decides_of(const struct qon_world *world, const struct qon_block *block, uint32_t row) {
    const struct qon_persons *p = &block->persons;
    return p->birth_month[row] > world->month - 12 * 18 ? QON_DECIDES_NOT_MINOR
           : p->role[row] == QON_SPOUSE                 ? QON_DECIDES_NOT_SPOUSE
           : qon_is_permit(p->legal[row])               ? QON_DECIDES_NOT_PERMIT
                                                        : QON_DECIDES;
}

static bool has(const struct qon_rows *rows, uint32_t row, uint32_t step, uint32_t *at) {
    for (uint32_t i = 0; i < rows->count; i += step) {
        if (rows->row[i] == row) {
            *at = i;
            return true;
        }
    }
    return false;
}

static enum qon_status trigger_fill(const struct qon_world *world, const struct qon_block *block, struct qon_explained_decision *out) {
    enum qon_status status = QON_OK;
    struct qon_rows candidates = {0};
    uint32_t at;
    out->cap = world->scenario->settings.trigger.hazard_cap_month;
    QON_TRY(qon_rows_reserve(&candidates, block->persons.count));
    qon_candidates(block, qon_month_key(world, QON_DRAW_TRIGGER), out->cap, &candidates);
    out->candidate = has(&candidates, out->row, 1, &at);
    out->threshold = qon_draw_unit(qon_month_key(world, QON_DRAW_TRIGGER_ACCEPT), out->id, 0) * out->cap;
    qon_trigger_factors(world, block, out->row, out->factor);
    out->hazard = 1;
    for (int i = 0; i < QON_TRIGGER_FACTORS; i++) {
        out->hazard *= out->factor[i];
    }
    out->considers = out->decides == QON_DECIDES && out->candidate && out->threshold < out->hazard;
done:
    qon_free(candidates.row);
    return status;
}

static enum qon_status decision_fill(const struct qon_world *world, const struct qon_block *block, uint32_t row,
                                     const struct qon_rows *triggered, const struct qon_rows *moves, struct qon_explained_decision *out) {
    enum qon_status status = QON_OK;
    uint32_t at = 0;
    *out = (struct qon_explained_decision){
        .there = true, .row = row, .id = qon_person_id(block, row), .decides = decides_of(world, block, row)};
    QON_TRY(trigger_fill(world, block, out));
    QON_REQUIRE(out->considers == has(triggered, row, 1, &at));
    if (out->considers) {
        struct qon_decider decider = qon_decider_of(world, block, row);
        uint32_t made = has(moves, row, 2, &at) ? moves->row[at + 1] : QON_NOWHERE;
        bool applied = made != QON_NOWHERE && (made & QON_APPLIED_BIT) != 0;
        const struct qon_application *application =
            applied ? &world->model->programmes->applications[block->index].row[made & ~QON_APPLIED_BIT] : NULL;
        out->travellers = decider.travellers;
        out->savings_tiyn = decider.savings_tiyn;
        QON_TRY(qon_explain_places(world, block, &decider, made, application, out));
    }
done:
    return status;
}

void qon_explain_decisions(struct qon_world *world, struct qon_block *block, const struct qon_rows *triggered,
                           const struct qon_rows *moves) {
    for (int32_t i = 0; i < world->model->probes; i++) {
        struct qon_explanation *e = &world->model->probe[i];
        if (e->state != QON_THERE || e->block != block->index) {
            continue; // what else is known of this one is written by the thread at work on that block
        }
        if (e->memory_short || world->model->probe_share == NULL || block->persons.status[e->row] == QON_GONE) {
            continue;
        }
        person_fill(world, block, e);
        enum qon_status status = decision_fill(world, block, e->row, triggered, moves, &e->own);
        if (status == QON_OK && e->head != e->row) {
            status = decision_fill(world, block, e->head, triggered, moves, &e->head_decision);
        }
        e->memory_short |= status != QON_OK;
    }
}

void qon_explain_moved(struct qon_world *world, const struct qon_block *block, uint32_t row, bool local, bool moved) {
    for (int32_t i = 0; i < world->model->probes; i++) {
        struct qon_explanation *e = &world->model->probe[i];
        if (e->state != QON_THERE || e->block != block->index) {
            continue;
        }
        bool head = row == e->head && row != e->row;
        if (row == e->row || head) {
            bool along = !head || block->persons.household[e->row] == e->household; // else the person left first
            e->moved |= moved && along;
            e->moved_local |= moved && local && along;
            e->move_failed |= !moved && along;
            e->moved_with_head |= moved && along && head;
        }
    }
}

// ---- programmes

static enum qon_outcome_kind outcome_of(const struct qon_entry *entry) {
    return entry->outcome == QON_OUTCOME_GRANTED    ? QON_APPLIED_GRANTED
           : entry->outcome == QON_OUTCOME_NO_PLACE ? QON_APPLIED_NO_PLACE
                                                    : QON_APPLIED_NO_MONEY;
}

static void application_record(struct qon_explanation *e, const struct qon_application *a, int programme, const struct qon_entry *entry,
                               int64_t position, int64_t many) {
    if (e->applications == e->applications_capacity) {
        int32_t capacity = e->applications_capacity + 8;
        if (qon_grow(&e->application, (size_t)e->applications_capacity, (size_t)capacity, sizeof *e->application) != QON_OK) {
            e->memory_short = true;
            return;
        }
        e->applications_capacity = capacity;
    }
    uint32_t zone = a->with == QON_NOWHERE || a->with == QON_LEAVES ? a->origin : a->with & ~QON_LOCAL_BIT;
    e->application[e->applications++] = (struct qon_explained_application){.programme = programme,
                                                                           .at = (enum qon_at)a->at,
                                                                           .zone = zone,
                                                                           .windfall = a->windfall,
                                                                           .by_head = a->row != e->row,
                                                                           .outcome = outcome_of(entry),
                                                                           .first = entry->first,
                                                                           .position = position,
                                                                           .many = many,
                                                                           .cost_tiyn = entry->cost_tiyn,
                                                                           .block = entry->block,
                                                                           .application = entry->application};
}

// Emigrants are served before the moves: the head is then that of the time.
static uint32_t head_now(const struct qon_world *world, const struct qon_explanation *e) {
    const struct qon_block *block = &world->block[e->block];
    uint32_t household = block->persons.status[e->row] != QON_GONE ? block->persons.household[e->row] : QON_NONE;
    return household != QON_NONE ? block->households.head[household] : QON_NONE;
}

void qon_explain_round(struct qon_world *world, int programme, const struct qon_entry *entries, int64_t count) {
    for (int32_t i = 0; i < world->model->probes; i++) {
        struct qon_explanation *e = &world->model->probe[i];
        uint32_t head = e->state == QON_THERE ? head_now(world, e) : QON_NONE;
        for (int64_t k = 0; k < count && e->state == QON_THERE; k++) {
            const struct qon_application *a = &world->model->programmes->applications[entries[k].block].row[entries[k].application];
            bool whole = a->at == QON_AT_MOVE || a->at == QON_AT_EMIGRATION; // the head's concern all of the household
            if (entries[k].block == e->block && (a->row == e->row || (a->row == head && whole))) {
                application_record(e, a, programme, &entries[k], k + 1, count);
            }
        }
    }
}

// A grant that was lost since another part of the package was refused.
static void packages_tell(const struct qon_world *world, struct qon_explanation *e) {
    for (int32_t i = 0; i < e->applications; i++) {
        struct qon_explained_application *own = &e->application[i];
        const struct qon_applications *list = &world->model->programmes->applications[own->block];
        if (own->outcome == QON_APPLIED_GRANTED && !own->settled && (list->row[own->application].granted >> own->programme & 1) == 0) {
            own->outcome = QON_APPLIED_PACKAGE;
        }
        own->settled = true;
    }
}

// ---- around the phases

static void begin(const struct qon_world *world, struct qon_explanation *e) {
    uint32_t block, row;
    qon_explanation_free(e);
    e->month = world->month;
    e->head = QON_NONE;
    if (qon_person_find(world, e->person, &block, &row)) {
        e->state = world->block[block].persons.status[row] == QON_GONE ? QON_IS_GONE : QON_THERE;
        e->block = block;
        e->row = row;
    }
}

void qon_explain_phase(struct qon_world *world, const char *phase) {
    if (strcmp(phase, "utilities") == 0 && qon_chances_keep(world) != QON_OK) {
        for (int32_t i = 0; i < world->model->probes; i++) {
            world->model->probe[i].memory_short = true;
        }
        return;
    }
    bool allocated = strcmp(phase, "allocation") == 0 || strcmp(phase, "retained") == 0;
    for (int32_t i = 0; i < world->model->probes; i++) {
        struct qon_explanation *e = &world->model->probe[i];
        if (e->month != world->month || e->state == QON_NOT_THERE) { // the first phase; or not born, not arrived so far
            begin(world, e);
        }
        if (e->state == QON_THERE && world->block[e->block].persons.status[e->row] == QON_GONE) {
            e->state = QON_IS_GONE;
            e->gone = phase;
        }
        if (allocated && world->model->programmes != NULL) {
            packages_tell(world, e);
        }
    }
}

void qon_explain_end(struct qon_world *world) {
    for (int32_t i = 0; i < world->model->probes; i++) {
        struct qon_explanation *e = &world->model->probe[i];
        if (e->state != QON_THERE) {
            continue;
        }
        const struct qon_block *block = &world->block[e->block];
        const struct qon_commitments *c = &block->commitments;
        e->zone_after = block->households.zone[block->persons.household[e->row]];
        for (uint32_t g = 0; g < c->count; g++) {
            e->granted |= c->person[g] == e->row && c->month[g] == world->month ? 1ULL << c->programme[g] : 0;
        }
    }
}
