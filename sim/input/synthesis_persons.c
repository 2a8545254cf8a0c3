// SPDX-License-Identifier: GPL-3.0-or-later
// One person after another: rank within the cell, and what follows from it.
#include "synthesis_plan.h"

void qon_synth_portion_begin(struct qon_synth_portion *portion, const struct qon_synth *s, uint32_t zone, uint32_t index) {
    const struct qon_synth_zone *plan = &s->zone[zone];
    uint64_t place = (uint64_t)s->portion_first[zone] + index;
    portion->synth = s;
    portion->zone = zone;
    portion->index = index;
    for (int c = 0; c < QON_SYNTH_CELLS; c++) {
        const struct qon_synth_cell *cell = &plan->cell[c];
        portion->persons[c] = 0;
        portion->foreign[c] = 0;
        if (cell->persons == 0) {
            continue;
        }
        portion->persons[c] = qon_synth_dealt(cell->persons, cell->start, plan->portions, index);
        portion->rank[c] = qon_synth_dealt_before(cell->persons, cell->start, plan->portions, index);
        if (cell->foreign > 0) { // from the same start, so never more than the cell's persons
            uint32_t before = qon_synth_dealt_before(cell->foreign, cell->start, plan->portions, index);
            portion->foreign[c] = qon_synth_dealt(cell->foreign, cell->start, plan->portions, index);
            portion->persons[c] -= portion->foreign[c];
            portion->rank[c] -= before;
            portion->foreign_rank[c] = plan->foreign_before[c] + before;
        }
    }
    for (uint32_t c = 0; c < QON_SYNTH_CELLS; c++) {
        portion->key[c] = qon_synth_key(s, QON_DRAW_SYNTHESIS_ATTRIBUTE, QON_SYNTH_CELL, (uint64_t)zone * QON_SYNTH_CELLS + c);
    }
    portion->ages = qon_pcg_keyed(qon_synth_key(s, QON_DRAW_SYNTHESIS_AGE, QON_SYNTH_PORTION, place), 0);
    portion->members = qon_pcg_keyed(qon_synth_key(s, QON_DRAW_SYNTHESIS_HOUSEHOLD, QON_SYNTH_PORTION, place), 0);
}

static struct qon_synth_person somebody(const struct qon_synth *s, uint32_t cell, uint32_t education) {
    return (struct qon_synth_person){.sex = cell >= QON_AGES,
                                     .age = (uint8_t)(cell % QON_AGES),
                                     .education = (uint8_t)education,
                                     .skill = (uint8_t)s->tables->educations.skill[education],
                                     .occupation = QON_NO_OCCUPATION,
                                     .status = QON_CHILD,
                                     .legal = QON_CITIZEN,
                                     .employer = QON_NONE,
                                     .guide = QON_NONE};
}

struct qon_synth_person qon_synth_person_next(struct qon_synth_portion *portion, uint32_t cell, uint64_t id) {
    const struct qon_synth *s = portion->synth;
    const struct qon_synth_zone *plan = &s->zone[portion->zone];
    uint32_t educations = (uint32_t)s->educations;
    uint32_t rank = portion->rank[cell]++;
    uint32_t age = cell % QON_AGES;
    if (age < QON_SYNTH_WORKING) {
        return somebody(s, cell, 0);
    }
    uint32_t working = (cell >= QON_AGES ? QON_SYNTH_WORKING_AGES : 0U) + age - QON_SYNTH_WORKING;
    uint32_t combinations = QON_SYNTH_STATUSES * educations;
    const uint32_t *end = plan->joint + (size_t)working * combinations;
    uint32_t at = qon_synth_scatter(portion->key[cell], rank, plan->cell[cell].persons - plan->cell[cell].foreign);
    uint32_t k = qon_synth_above(end, combinations, at);
    struct qon_synth_person person = somebody(s, cell, k % educations);
    person.status = (uint8_t)(QON_STUDENT + k / educations);
    if (person.status == QON_EMPLOYED) {
        uint32_t among = plan->employed[(size_t)working * educations + person.education] + at - (k == 0 ? 0 : end[k - 1]);
        qon_synth_job(s, portion->zone, among, &person);
    } else if (person.status != QON_STUDENT && person.status != QON_INACTIVE) {
        qon_synth_occupation(s, portion->zone, id, &person);
    }
    return person;
}

struct qon_synth_person qon_synth_foreign_next(struct qon_synth_portion *portion, uint32_t cell, uint64_t id) {
    const struct qon_synth *s = portion->synth;
    uint32_t rank = portion->foreign_rank[cell]++;
    int64_t age = (int64_t)(cell % QON_AGES) - QON_SYNTH_WORKING;
    int64_t row = ((int64_t)s->zone[portion->zone].kind * QON_SYNTH_WORKING_AGES + age) * QON_SYNTH_STATUSES + QON_EMPLOYED - QON_STUDENT;
    const double *given = s->education_given + row * s->educations;
    double u = qon_draw_unit(s->key_attribute, id, 0);
    int32_t education = 0;
    while (education < s->educations - 1 && u >= given[education]) {
        u -= given[education++];
    }
    struct qon_synth_person person = somebody(s, cell, (uint32_t)education);
    qon_synth_foreign_job(s, portion->zone, rank, id, &person);
    return person;
}
