// SPDX-License-Identifier: GPL-3.0-or-later
// What matching.c and its form over ranks (matching_ranks.c) share. Private to sim/model.
#ifndef QONYS_MODEL_MATCHING_H
#define QONYS_MODEL_MATCHING_H

#include "model.h"

struct match {
    struct qon_world *world;
    struct qon_seeker *seekers;            // by cell; over ranks: of this rank's blocks
    struct qon_vacancy *vacancies;         // by cell
    struct qon_plain_rank *plain;          // room for ranks without programmes; NULL when none changes them
    int64_t *seeker_first, *vacancy_first; // [cells + 1]
};

// Totals of the hired of a cell, added up once (qon_tally_hired).
struct qon_hired {
    int64_t unemployed, self_employed; // as they were before
    int64_t wages_tiyn;
};

void qon_match_hire(struct qon_world *world, const struct qon_seeker *seeker, const struct qon_vacancy *vacancy, struct qon_hired *hired);
// Hires in a cell of u seekers and v vacancies, both at least 1: a function of these and of the month.
int64_t qon_match_hires(const struct qon_world *world, int64_t cell, int64_t u, int64_t v);

// matching_ranks.c: the cells, with seekers on all ranks. errors: QON_MACHINE.
enum qon_status qon_match_ranks(struct match *match);

#endif
