// SPDX-License-Identifier: GPL-3.0-or-later
// Keyed random numbers: a draw is a pure function of (seed, purpose, month, agent id, alternative) and of nothing else.
//
// Purpose of this file: every agent's luck must be the same in every scenario, for any number of threads and ranks and any order of
// visits. The generator is PCG32 XSH-RR (O'Neill 2014); its state is a splitmix64 mix of the key. Nothing holds a state between visits.
// Invariants: 1. the scenario's name is never in a key; 2. normal and exponential draws are by inversion, one uniform each, never by
// rejection; 3. the purposes of draws.def are distinct.
// source: O'Neill, PCG (HMC-CS-2014-0905); Steele, Lea, Flood 2014 (splitmix64). ODD tag M-RANDOM-1.
#ifndef QONYS_RANDOM_H
#define QONYS_RANDOM_H

#include <stdint.h>

enum qon_purpose {
#define DRAW(name, number, meaning) QON_DRAW_##name = (number),
#include <qonys/draws.def>
#undef DRAW
};

struct qon_pcg {
    uint64_t state;
    uint64_t increment; // odd
};

// The published seeding: pcg32_srandom_r(seed, stream).
static inline uint32_t qon_pcg_next(struct qon_pcg *pcg) {
    uint64_t old = pcg->state;
    pcg->state = old * 6364136223846793005ULL + pcg->increment;
    uint32_t shifted = (uint32_t)(((old >> 18) ^ old) >> 27);
    uint32_t turn = (uint32_t)(old >> 59);
    return (shifted >> turn) | (shifted << ((32U - turn) & 31U));
}

static inline struct qon_pcg qon_pcg_seeded(uint64_t seed, uint64_t stream) {
    struct qon_pcg pcg = {0, (stream << 1) | 1U};
    (void)qon_pcg_next(&pcg);
    pcg.state += seed;
    (void)qon_pcg_next(&pcg);
    return pcg;
}

// splitmix64's finaliser: a bijection of 64-bit numbers.
static inline uint64_t qon_mix(uint64_t x) {
    x ^= x >> 30;
    x *= 0xbf58476d1ce4e5b9ULL;
    x ^= x >> 27;
    x *= 0x94d049bb133111ebULL;
    x ^= x >> 31;
    return x;
}

// The part of a key that a whole phase shares. month: months since 1900-01 (or 0 for draws once in a life).
static inline uint64_t qon_key(uint64_t seed, enum qon_purpose purpose, int32_t month) {
    return qon_mix(qon_mix(seed + 0x9e3779b97f4a7c15ULL) ^ ((uint64_t)purpose << 32 | (uint32_t)month));
}

// A generator for one agent in one phase; draw from it sequentially.
static inline struct qon_pcg qon_pcg_keyed(uint64_t key, uint64_t id) {
    struct qon_pcg pcg = {qon_mix(key ^ qon_mix(id + 0x9e3779b97f4a7c15ULL)), 0xda3e39cb94b95bdbULL};
    return pcg;
}

// The state that qon_draw starts from is qon_draw_number(key, alternative) ^ qon_draw_id(id): where many draws share one of them it is
// computed once.
static inline uint64_t qon_draw_id(uint64_t id) {
    return qon_mix(id + 0x9e3779b97f4a7c15ULL);
}
static inline uint64_t qon_draw_number(uint64_t key, uint32_t alternative) {
    return key + 0xd1342543de82ef95ULL * alternative;
}

// One 32-bit number for (key, id, alternative), without a generator: PCG's output permutation on the mixed key, advanced once.
static inline uint32_t qon_draw(uint64_t key, uint64_t id, uint32_t alternative) {
    struct qon_pcg pcg = qon_pcg_keyed(key + 0xd1342543de82ef95ULL * alternative, id);
    (void)qon_pcg_next(&pcg);
    return qon_pcg_next(&pcg);
}

// Uniform in (0, 1), never 0 or 1: (x + 1/2) / 2^32.
static inline double qon_unit(uint32_t x) {
    return ((double)x + 0.5) * 0x1p-32;
}

static inline double qon_draw_unit(uint64_t key, uint64_t id, uint32_t alternative) {
    return qon_unit(qon_draw(key, id, alternative));
}

// Integer in [0, n): (x * n) >> 32, n in 1..2^32-1. The bias is below n / 2^32.
static inline uint32_t qon_below(uint32_t x, uint32_t n) {
    return (uint32_t)(((uint64_t)x * n) >> 32);
}

// floor(expected + u): an integer whose mean is `expected`; u uniform in (0, 1).
static inline int64_t qon_round_random(double expected, double u) {
    return (int64_t)(expected + u);
}

// A 64-bit id for an agent made during the run, from what it is: two numbers of its maker (mother's id and birth order; origin and
// month × 2^20 + ordinal). The top bit is set, so it never meets a founder's id (founders count from 0).
static inline uint64_t qon_id_make(uint64_t a, uint64_t b, enum qon_purpose kind) {
    return (qon_mix(qon_mix(a + 0x9e3779b97f4a7c15ULL) + 0x9e3779b97f4a7c15ULL * (b + 1) + ((uint64_t)kind << 48))) | (1ULL << 63);
}

// Normal quantile by inversion (Wichura 1988, AS 241; relative error below 1e-14, the same bits everywhere). u in (0, 1). In random.c.
double qon_normal_quantile(double u);

// The name of a purpose, for describe; NULL when unknown.
const char *qon_purpose_name(int purpose);

#endif
