// SPDX-License-Identifier: GPL-3.0-or-later
// What happens to persons, written down while a run goes on: the raw material of comparisons person by person. No state: a run with an
// observer has the same digest as one without.
//
// Each block has its own list, in the order in which things happened; a person's entries all stand in one block, the same block in every
// scenario, since ids are dealt to blocks by what they are. Cost without an observer: one comparison where something happens.
#ifndef QONYS_OBSERVER_H
#define QONYS_OBSERVER_H

#include <qonys/world.h>

// Ascending within a person's month: the order in which things can follow from one another.
enum qon_trace_kind {
    QON_TRACE_ENTERED, // was born, or came from abroad; detail: from << 16 | zone, from is the zone itself for the newborn
    QON_TRACE_REACHED, // a programme first entered a decision of the person's household: it was known and fitted; detail 0
    QON_TRACE_MOVED,   // changed zones; detail: from << 16 | zone
    QON_TRACE_GRANTED, // is one of those a grant is for; detail: row among the block's commitments
    QON_TRACE_HIRED,   // detail: employer
    QON_TRACE_LEFT,    // died or left the country; detail: zone
    QON_TRACES
};

// A country's run of five years leaves some eight million of these, so they are small.
struct qon_trace {
    uint32_t person; // row among the block's persons, which nobody else ever gets
    uint32_t detail; //
    int16_t month;   // since 1900-01
    uint8_t kind;    // enum qon_trace_kind
    uint8_t programme;
};
_Static_assert(sizeof(struct qon_trace) == 12, "no holes");

// Recovered from who left early: of a grant.
struct qon_trace_claw {
    int64_t tiyn;
    uint32_t grant; // row among the block's commitments
};

struct qon_traces {
    struct qon_trace *row;
    uint32_t count, capacity;
    struct qon_trace_claw *claw;
    uint32_t claws, claws_capacity;
    uint64_t *reached; // bit by row of persons: REACHED has been written
    uint32_t reached_words;
};

struct qon_observer {
    uint32_t blocks;
    struct qon_traces *block; // [blocks]
    bool hires;               // write down who is hired, which only programmes on hiring or training need
};

// Then set world->observer to it, after qon_synthesis. errors: QON_MACHINE.
enum qon_status qon_observer_init(struct qon_observer *observer, const struct qon_world *world);
void qon_observer_free(struct qon_observer *observer); // and zeroes it

// Person `row` of the block; nothing without an observer. When memory runs out the month ends as QON_MACHINE.
void qon_trace_add(const struct qon_world *world, const struct qon_block *block, enum qon_trace_kind kind, uint32_t row, uint32_t detail,
                   int programme);
void qon_trace_clawed(const struct qon_world *world, const struct qon_block *block, uint32_t grant, int64_t tiyn);
// A programme has reached a decision of person `row`: the whole household is written down, whose life hangs on it too.
void qon_trace_reached(const struct qon_world *world, const struct qon_block *block, uint32_t row);

// A child of a mother whom a programme has reached is reached too.
void qon_trace_born(const struct qon_world *world, const struct qon_block *block, uint32_t mother, uint32_t child);
// Those hired this month; after the matching.
void qon_trace_hires(const struct qon_world *world, const struct qon_block *block);

static inline uint32_t qon_trace_places(uint32_t from, uint32_t zone) {
    return from << 16 | zone;
}

// How good it is to be of a profile in a zone this month: logsum[profile * zones + zone] = ln of the sum over staying, moving within the
// zone and the known zones (each times its chance to be considered) of e^V, for one person without kin elsewhere; and the income it is
// worth in, tiyn a month. A change of the logsum divided by the marginal utility of income, income_weight / Y, is the money that would
// please as much (Small and Rosen 1981). Call between qon_step and the next. profile < qon_profiles(world). ODD tag M-WELFARE-1.
int32_t qon_profiles(const struct qon_world *world);
int32_t qon_profile_of(const struct qon_world *world, const struct qon_block *block, uint32_t row);
void qon_logsums(struct qon_world *world, double *logsum, double *income_tiyn_month);

#endif
