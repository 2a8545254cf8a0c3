// SPDX-License-Identifier: GPL-3.0-or-later
// Groups of persons for the distribution of a policy's effects: what each was when the run began. Private to sim/run.
#ifndef QONYS_RUN_GROUPS_H
#define QONYS_RUN_GROUPS_H

#include <qonys/compare.h>

// Per founder, packed; the same in every run of a replicate.
struct qon_groups {
    uint32_t blocks;
    uint32_t **place; // [block][founder] zone, profile, whether grown: the lower half of a code
    uint32_t **trait; // [block][founder] the rest, the upper half; NULL with places_only
    bool places_only; // set before qon_groups_take: no grouping asks for more
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

// Fields of a code. Lower half: zone 12 bits, profile 16, grown 1; upper half: what persons are grouped by.
enum { QON_CODE_PROFILE = 12, QON_CODE_GROWN = 28, QON_CODE_TRAITS = 32 };

// Where an attribute stands in the upper half; 0 bits: not there.
struct qon_group_field {
    int from, bits;
};
struct qon_group_field qon_group_field(enum qon_grouping by);
static inline uint32_t qon_group_read(uint32_t trait, struct qon_group_field field) {
    return trait >> field.from & ((1U << field.bits) - 1);
}

static inline uint64_t qon_group_code(const struct qon_groups *groups, uint32_t block, uint32_t row) {
    uint64_t place = groups->place[block][row];
    return groups->trait != NULL ? place | (uint64_t)groups->trait[block][row] << QON_CODE_TRAITS : place;
}
static inline uint32_t qon_group_zone(uint64_t code) { // at the start
    return (uint32_t)code & 0xfff;
}
static inline int32_t qon_group_profile(uint64_t code) {
    return (int32_t)(code >> QON_CODE_PROFILE & 0xffff);
}
static inline bool qon_group_grown(uint64_t code) { // 18 or over at the start
    return (code >> QON_CODE_GROWN & 1) != 0;
}

#endif
