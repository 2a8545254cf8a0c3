// SPDX-License-Identifier: GPL-3.0-or-later
// A country made by hand, household by household, in which nothing happens that a test does not turn on: no events, no markets, no costs,
// everybody knows all zones. For tests of rules and of closed forms.
//
// handmade_init, then change scenario and tables; handmade_open, then add employers, households and their members; handmade_close. The
// world is then as after synthesis, with its model, and blocks have scratch lists, so that phases can be called one by one.
#ifndef QONYS_TESTS_HANDMADE_H
#define QONYS_TESTS_HANDMADE_H

#include "../../sim/model/model.h"

struct handmade {
    struct qon_scenario scenario;
    struct qon_world world;
    struct qon_rows scratch[2]; // of all blocks: one thread at a time
};

// Zones are dealt to regions one after another; wages 100,000 tenge, rents 40,000. Levels of education, occupations and skills are as many
// as said; education i gives the skill i (or the highest). One sector, which wants every occupation and skill alike.
struct handmade_size {
    int zones, regions, educations, occupations, skills, months;
};

void handmade_init(struct handmade *country, struct handmade_size size);
void handmade_flow(struct handmade *country, const char *kind, int region, double persons_year); // a row of external_flows, 2017
void handmade_rates(double *column, const struct handmade *country, int sex, int age_from, int age_to, double value); // of schedules

// Room for founders and those who come later, in each block.
void handmade_open(struct handmade *country, uint32_t blocks, uint32_t persons, uint32_t households, uint32_t employers);
uint32_t handmade_employer(struct handmade *country, uint32_t zone, int32_t staff_start); // nobody works there yet
uint32_t handmade_household(struct handmade *country, uint32_t block, uint32_t zone, int64_t savings_tenge);

// Head first, then the spouse, then others. Those in work or seeking it have occupation and skill 0. EMPLOYED needs handmade_employ.
uint32_t handmade_member(struct handmade *country, uint32_t block, uint32_t household, enum qon_role role, enum qon_sex sex,
                         int32_t age_years, enum qon_labour status);
void handmade_employ(struct handmade *country, uint32_t block, uint32_t person, uint32_t employer, int64_t wage_tenge);
void handmade_close(struct handmade *country);
void handmade_free(struct handmade *country);

#endif
