// SPDX-License-Identifier: GPL-3.0-or-later
// Groups of persons for the distribution of a policy's effects: what each was when the run began. Private to sim/run.
#ifndef QONYS_RUN_GROUPS_H
#define QONYS_RUN_GROUPS_H

#include <qonys/compare.h>

// Per founder, packed; the same in every run of a replicate.
struct qon_groups {
    uint32_t blocks;
    uint64_t **code; // [block][founder]
    int32_t zones, regions, educations;
    const struct qon_scenario *scenario; // for the names
};
enum { QON_AGE_BANDS = 9, QON_INCOME_DECILES = 10, QON_HOUSEHOLD_TYPES = 5 };

void qon_groups_names(struct qon_groups *groups, const struct qon_scenario *scenario);     // what needs no people
enum qon_status qon_groups_take(struct qon_groups *groups, const struct qon_world *world); // after synthesis; again: nothing is done
void qon_groups_clear(struct qon_groups *groups);                                          // forgets the people, keeps the names
void qon_groups_free(struct qon_groups *groups);

int32_t qon_group_count(const struct qon_groups *groups, enum qon_grouping by); // with the last one: born or come later, or gone
int32_t qon_group_of(const struct qon_groups *groups, uint64_t code, enum qon_grouping by, uint32_t zone_end);
const char *qon_group_name(const struct qon_groups *groups, enum qon_grouping by, int32_t group, char text[32]); // id for files

uint32_t qon_group_zone(uint64_t code); // zone at the start
int32_t qon_group_profile(uint64_t code);
bool qon_group_grown(uint64_t code); // 18 or over at the start

#endif
