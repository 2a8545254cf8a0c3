// SPDX-License-Identifier: GPL-3.0-or-later
// What matching.c, the grouping by cells (matching_group.c) and the form over ranks (matching_ranks.c) share. Private to sim/model.
#ifndef QONYS_MODEL_MATCHING_H
#define QONYS_MODEL_MATCHING_H

#include "model.h"

#include <qonys/kernels.h>

enum { QON_STRIPES = 8 };

// Where a stripe's seekers or vacancies of a cell stand in the list by cell.
struct qon_piece {
    int64_t begin, end;
};

// A vacancy in the queue of its cell.
struct qon_unit {
    uint64_t rank; // lower is filled first
    uint32_t employer;
    uint32_t place; // in the month's list, which is in the order of employers
};

struct match {
    struct qon_world *world;
    struct qon_seeker *seekers;            // by cell; over ranks: of this rank's blocks
    struct qon_unit *vacancies;            // by cell
    struct qon_plain_rank *plain;          // room for ranks without programmes; NULL when none changes them
    int64_t *seeker_first, *vacancy_first; // [cells + 1]
    // Of one rank alone: what is certainly not served is left out of the lists, so that pieces of a cell have gaps between them.
    int64_t *hires;                                 // [cells]
    struct qon_piece *seeker_piece, *vacancy_piece; // [stripe * cells + cell]
    uint64_t *seeker_most, *vacancy_most;           // [cells] larger ranks were left out
    uint8_t *filled;                                // [vacancies of the month] 1: somebody was hired
    const struct qon_kernels *kernels;
};

// Totals of the hired of a cell, added up once (qon_tally_hired).
struct qon_hired {
    int64_t unemployed, self_employed; // as they were before
    int64_t wages_tiyn;
};

// The person's side of a hire; the caller counts the employer's staff.
void qon_match_hire(struct qon_world *world, const struct qon_seeker *seeker, uint32_t employer, uint32_t wage_tiyn,
                    struct qon_hired *hired);
// Hires in a cell of u seekers and v vacancies, both at least 1: a function of these and of the month.
int64_t qon_match_hires(const struct qon_world *world, int64_t cell, int64_t u, int64_t v);

// ---- matching_group.c
// Fills the lists of a match of which only the world is set. errors: QON_MACHINE.
enum qon_status qon_match_group(struct match *match);
void qon_match_free(struct match *match);
// Brings a cell's seekers, its vacancies together at the beginning of their room, but for those whose rank is above .._most; how many. At
// least as many as there are hires.
int64_t qon_match_seekers(struct match *match, int64_t cell);
int64_t qon_match_vacancies(struct match *match, int64_t cell);
int64_t qon_match_seekers_all(struct match *match, int64_t cell); // without exception; visits the seekers of all cells

// matching_ranks.c: the cells, with seekers on all ranks. errors: QON_MACHINE.
enum qon_status qon_match_ranks(struct match *match);

#endif
