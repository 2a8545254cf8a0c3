// SPDX-License-Identifier: GPL-3.0-or-later
// The kernels, compiled once for each instruction set by kernels_*.c, which set QON_KERNELS and QON_KERNELS_NAME. Plain loops that
// compilers vectorise; all are free of contraction and of reordered sums, so every compilation gives the same bits.
//
// The race. Workload: 16 deciders a batch and more, 8 to 34 alternatives each, times -ln(u)/w of which only the smallest matters.
// The trick: times are first computed in floats (16 to a register of 512 bits) with an error below DRAW_ERROR, and coded as integers whose
// low bits hold the place, so that the winner is a minimum of integers. When another time comes within MARGIN of the winner's, or the
// winner's is not an ordinary float, the row is decided once more by the exact formula; otherwise the exact formula could not decide
// differently. Invariants: 1. relative error of a float time < 2e-6, of a coded one < 1e-5 (the low 6 of 23 bits); 2. MARGIN > twice that.
// Rows are padded to whole registers by empty places (time infinite).
#include "kernels.h"

#include "bits_body.h"
#include "normal.h"
#include <qonys/explog.h>
#include <qonys/random.h>
#include <qonys/status.h>
#include <stddef.h>
#include <string.h>

enum { LANES = 16, TILE = 512, PLACE_BITS = 6, DRAWN = 64 };
#define PLACE_MASK ((1U << PLACE_BITS) - 1U)
static const float MARGIN = 1.0F + 4e-5F;
static const double NEAR_LONGEST = 128; // mean length of skips up to which floats are tried first
static const float ORDINARY_LEAST = 1e-26F, ORDINARY_MOST = 1e26F;

static inline uint32_t pcg_output(uint64_t state) {
#ifdef __AVX2__ // whose registers have variable shifts of 64 bits: the number stands twice in one and is shifted to the right
    uint64_t shifted = (((state >> 18) ^ state) >> 27) & 0xffffffffU;
    return (uint32_t)((shifted | shifted << 32) >> (state >> 59));
#else // one instruction turns a number of 32 bits
    uint32_t shifted = (uint32_t)(((state >> 18) ^ state) >> 27), turn = (uint32_t)(state >> 59);
    return shifted >> turn | shifted << ((32U - turn) & 31U);
#endif
}
// qon_draw from the parts that an alternative and a decider have in common with others. Same bits.
static inline uint32_t draw_of(uint64_t number, uint64_t id) {
    return pcg_output(qon_mix(number ^ id) * 6364136223846793005ULL + 0xda3e39cb94b95bdbULL);
}

static inline float float_of(uint32_t bits) {
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}
static inline uint32_t float_bits(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

// -ln((x + 1/2) / 2^32) in floats, relative error below 1e-6 (tests/unit/base/test_kernels.c).
static inline float minus_log_unit(uint32_t x) {
    const uint32_t half_root = 0x3f3504f3U; // bits of sqrt(1/2)
    float v = (float)(int32_t)(x >> 16) * 65536.0F + ((float)(int32_t)(x & 0xffffU) + 0.5F);
    // v = 2^k (1 + f). For u > sqrt(1/2), where little is left of 1 - u, f comes from the complement of x instead.
    uint32_t bits = float_bits(v) + (0x3f800000U - half_root);
    int32_t k = 32 - ((int32_t)(bits >> 23) - 127);
    float near = ((float)(int32_t)(~x & 0x7fffffffU) + 0.5F) * -0x1p-32F;
    float far = float_of((bits & 0x007fffffU) + half_root) - 1.0F;
    float f = k == 0 ? near : far;
    float s = f / (2.0F + f);
    float z = s * s;
    float p = 2.0F + z * ((float)(2.0 / 3) + z * ((float)(2.0 / 5) + z * ((float)(2.0 / 7) + z * (float)(2.0 / 9))));
    return (float)k * 0.693147181F - s * p;
}

static double exact_time(const struct qon_race *race, uint32_t i, uint32_t k) {
    size_t place = (size_t)i * race->alternatives + k;
    double weight = race->weight[place];
    uint32_t number = race->number[race->shared ? k : place];
    return -qon_log(qon_draw_unit(race->key, race->id[i], number)) / weight;
}

static uint8_t exact_winner(const struct qon_race *race, uint32_t i, const uint8_t *feasible) {
    uint8_t best = QON_RACE_NONE;
    double least = 0;
    for (uint32_t k = 0; k < race->alternatives; k++) {
        size_t place = (size_t)i * race->alternatives + k;
        if (!(race->weight[place] > 0) || (feasible != NULL && !feasible[place])) {
            continue;
        }
        double time = exact_time(race, i, k);
        if (best == QON_RACE_NONE || time < least) {
            best = (uint8_t)k;
            least = time;
        }
    }
    return best;
}

static inline uint32_t least_of(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

// By halves, each a vector.
static inline uint32_t lanes_least(const uint32_t *restrict code) {
    uint32_t eight[LANES / 2], four[LANES / 4];
    for (uint32_t k = 0; k < LANES / 2; k++) {
        eight[k] = least_of(code[k], code[k + LANES / 2]);
    }
    for (uint32_t k = 0; k < LANES / 4; k++) {
        four[k] = least_of(eight[k], eight[k + LANES / 4]);
    }
    return least_of(least_of(four[0], four[1]), least_of(four[2], four[3]));
}

// Codes of times are not negative: their top bit is 0, and that of a difference tells the order.
static inline uint32_t codes_within(const uint32_t *restrict code, uint32_t width, uint32_t limit) {
    uint32_t beyond = 0;
    for (uint32_t k = 0; k < (width & ~(LANES - 1U)); k++) {
        beyond += (limit - code[k]) >> 31;
    }
    return width - beyond;
}

// The winner of a row of codes, or QON_RACE_NONE when the codes cannot tell.
static inline uint8_t coded_winner(const uint32_t *restrict code, uint32_t width) {
    uint32_t least = UINT32_MAX;
    for (uint32_t k = 0; k < width; k += LANES) {
        least = least_of(lanes_least(code + k), least);
    }
    float time = float_of(least & ~PLACE_MASK);
    if (!(time > ORDINARY_LEAST && time < ORDINARY_MOST)) {
        return QON_RACE_NONE;
    }
    uint32_t limit = float_bits(time * MARGIN) | PLACE_MASK;
    return codes_within(code, width, limit) == 1 ? (uint8_t)(least & PLACE_MASK) : QON_RACE_NONE;
}

// Rows padded to whole registers, as many as fit the buffers: long loops over them vectorise best.
struct tile {
    uint32_t width; // of a padded row
    uint64_t number[QON_RACE_ALTERNATIVES];
    uint32_t draw[TILE];
    float weight[TILE];   // of empty places: 0
    uint32_t place[TILE]; // within the row
    uint32_t code[TILE];  // the time, its low bits replaced by the place
};

static inline void row_numbers(const struct qon_race *race, uint32_t i, uint64_t *restrict number) {
    const uint32_t *restrict from = race->number + (race->shared ? 0 : (size_t)i * race->alternatives);
    for (uint32_t k = 0; k < race->alternatives; k++) {
        number[k] = qon_draw_number(race->key, from[k]);
    }
}

static inline void lanes_draw(const uint64_t *restrict number, uint64_t id, uint32_t *restrict draw) {
    for (uint32_t k = 0; k < LANES; k++) {
        draw[k] = draw_of(number[k], id);
    }
}

static inline void floats_of(const double *restrict from, uint32_t count, float *restrict to) {
    for (uint32_t k = 0; k < count; k++) {
        to[k] = (float)from[k];
    }
}

static inline void codes_of(struct tile *tile, uint32_t count) {
    const uint32_t *restrict draw = tile->draw, *restrict place = tile->place;
    const float *restrict weight = tile->weight;
    uint32_t *restrict code = tile->code;
    for (uint32_t j = 0; j < count; j++) {
        float time = minus_log_unit(draw[j]) / weight[j];
        code[j] = (float_bits(time) & ~PLACE_MASK) | place[j];
    }
}

static void tile_fill(const struct qon_race *race, struct tile *tile, uint32_t first, uint32_t rows) {
    uint32_t width = tile->width, places = race->alternatives;
    for (uint32_t r = 0; r < rows; r++) {
        if (!race->shared) {
            row_numbers(race, first + r, tile->number);
        }
        uint64_t id = qon_draw_id(race->id[first + r]);
        for (uint32_t k = 0; k < width; k += LANES) {
            lanes_draw(tile->number + k, id, tile->draw + (size_t)r * width + k);
        }
    }
    const double *weight = race->weight + (size_t)first * places;
    if (width == places) {
        floats_of(weight, rows * places, tile->weight);
    } else {
        for (uint32_t r = 0; r < rows; r++) {
            floats_of(weight + (size_t)r * places, places, tile->weight + (size_t)r * width);
        }
    }
    codes_of(tile, rows * width);
}

static void tile_start(const struct qon_race *race, struct tile *tile) {
    tile->width = (race->alternatives + LANES - 1) / LANES * LANES;
    memset(tile->number, 0, sizeof tile->number);
    memset(tile->weight, 0, sizeof tile->weight);
    for (uint32_t first = 0; tile->width > 0 && first + tile->width <= TILE; first += tile->width) {
        for (uint32_t k = 0; k < tile->width; k++) {
            tile->place[first + k] = k;
        }
    }
    if (race->shared) {
        row_numbers(race, 0, tile->number);
    }
}

// coded: what the codes say of the winner of row i, or QON_RACE_NONE.
static inline void row_decide(const struct qon_race *race, uint32_t i, uint8_t coded) {
    uint8_t best = coded != QON_RACE_NONE ? coded : exact_winner(race, i, NULL);
    race->best[i] = best;
    if (race->best_feasible != NULL) {
        bool fits = race->feasible == NULL || best == QON_RACE_NONE || race->feasible[(size_t)i * race->alternatives + best];
        race->best_feasible[i] = fits ? best : exact_winner(race, i, race->feasible);
    }
}

static void race_run(const struct qon_race *race) {
    QON_REQUIRE(race->deciders <= QON_RACE_DECIDERS && race->alternatives <= QON_RACE_ALTERNATIVES);
    struct tile tile;
    tile_start(race, &tile);
    uint32_t most = tile.width > 0 ? TILE / tile.width : QON_RACE_DECIDERS;
    for (uint32_t first = 0; first < race->deciders; first += most) {
        uint32_t rows = race->deciders - first < most ? race->deciders - first : most;
        tile_fill(race, &tile, first, rows);
        for (uint32_t r = 0; r < rows; r++) {
            row_decide(race, first + r, coded_winner(tile.code + (size_t)r * tile.width, tile.width));
        }
    }
}

static void draws_run(uint64_t key, const uint64_t *id, const uint32_t *number, uint32_t count, uint32_t *out) {
    const uint64_t *restrict ids = id;
    const uint32_t *restrict numbers = number;
    uint32_t *restrict draws = out;
    for (uint32_t i = 0; i < count; i++) {
        draws[i] = draw_of(qon_draw_number(key, numbers[i]), qon_draw_id(ids[i]));
    }
}

// PCG's state is a linear congruence: LANES copies, each LANES steps at a time, give the same numbers in the same order.
struct streams {
    uint64_t state[LANES];
    uint64_t factor, addend;
};

static void streams_start(struct streams *streams, struct qon_pcg pcg) {
    streams->factor = 1;
    streams->addend = 0;
    for (uint32_t j = 0; j < LANES; j++) {
        streams->state[j] = pcg.state;
        (void)qon_pcg_next(&pcg);
        streams->factor *= 6364136223846793005ULL;
        streams->addend = streams->addend * 6364136223846793005ULL + pcg.increment;
    }
}

static inline void streams_draw(struct streams *streams, uint32_t *restrict draw) {
    for (uint32_t round = 0; round < DRAWN; round += LANES) {
        for (uint32_t j = 0; j < LANES; j++) {
            uint64_t state = streams->state[j];
            streams->state[j] = state * streams->factor + streams->addend;
            draw[round + j] = pcg_output(state);
        }
    }
}

// Lengths of skips as qon_log(qon_unit(x)) * scale cut to an integer; what is beyond 2^31 - 2 does not matter.
static inline void lengths_exact(const uint32_t *restrict draw, double scale, int32_t *restrict length) {
    for (uint32_t j = 0; j < DRAWN; j++) {
        double skip = qon_log(qon_unit(draw[j])) * scale;
        length[j] = (int32_t)(skip < 2147483646.0 ? skip : 2147483646.0);
    }
}

// The same in floats, whose error is below 2e-6 of a length. Returns how many come so near to an integer that they may be cut to another
// one.
static inline uint32_t lengths_near(const uint32_t *restrict draw, float rate, int32_t *restrict length) {
    const float error = 5e-6F;
    uint32_t doubtful = 0;
    for (uint32_t j = 0; j < DRAWN; j++) {
        float skip = minus_log_unit(draw[j]) * rate;
        int32_t whole = (int32_t)skip;
        float rest = skip - (float)whole, margin = skip * error;
        length[j] = whole;
        doubtful += (uint32_t)(rest > 1 - margin) | ((uint32_t)(rest < margin) & (uint32_t)(whole > 0));
    }
    return doubtful;
}

static uint32_t skips_run(uint64_t key, uint64_t stream, double share, uint32_t count, uint32_t *row) {
    double left_log = share < 1 ? qon_log(1 - share) : 0;
    if (!(share > 0) || count == 0 || (share < 1 && !(left_log < 0))) { // also a share lost beside 1
        return 0;
    }
    struct streams streams;
    streams_start(&streams, qon_pcg_keyed(key, stream));
    double scale = share < 1 ? 1 / left_log : 0;
    uint32_t drawn = 0;
    int64_t position = -1;
    for (;;) {
        uint32_t draw[DRAWN];
        int32_t length[DRAWN];
        streams_draw(&streams, draw);
        if (!(scale > -NEAR_LONGEST) || lengths_near(draw, (float)-scale, length) > 0) { // long ones are nearly always doubtful
            lengths_exact(draw, scale, length);
        }
        for (uint32_t j = 0; j < DRAWN; j++) {
            position += 1 + (int64_t)length[j];
            if (position >= count) {
                return drawn;
            }
            row[drawn++] = (uint32_t)position;
        }
    }
}

// Bit j of the result: small[j], of DRAWN.
static inline uint64_t flags_mask(const uint32_t small[DRAWN]) {
    uint32_t low = 0, high = 0;
    for (uint32_t j = 0; j < 32; j++) {
        low |= small[j] << j;
        high |= small[32 + j] << j;
    }
    return (uint64_t)high << 32 | low;
}

// Lists first + j for the bits j below `count`: few are set, so each costs its own step.
static inline uint32_t flags_list(uint64_t mask, uint32_t first, uint32_t count, uint32_t *row) {
    uint32_t listed = 0;
    for (mask &= count < 64 ? (1ULL << count) - 1 : UINT64_MAX; mask != 0; mask &= mask - 1) {
        row[listed++] = first + (uint32_t)__builtin_ctzll(mask);
    }
    return listed;
}

static uint32_t sieve_run(uint64_t key, uint32_t number, double share, const uint64_t *id, uint32_t begin, uint32_t end, uint32_t *row) {
    uint32_t draw[DRAWN] = {0}, below[DRAWN];
    uint32_t drawn = 0;
    uint64_t part = qon_draw_number(key, number);
    double threshold = share * 0x1p32;
    if (!(threshold > 0)) {
        return 0;
    }
    // The largest whole number below it.
    uint32_t last = threshold >= 0x1p32 ? UINT32_MAX : (uint32_t)threshold - ((double)(uint32_t)threshold == threshold);
    for (uint32_t first = begin; first < end; first += DRAWN) {
        uint32_t count = end - first < DRAWN ? end - first : DRAWN;
        const uint64_t *restrict ids = id + first;
        for (uint32_t j = 0; j < count; j++) {
            draw[j] = draw_of(part, qon_draw_id(ids[j]));
        }
        for (uint32_t j = 0; j < DRAWN; j++) {
            below[j] = draw[j] <= last;
        }
        drawn += flags_list(flags_mask(below), first, count, row + drawn);
    }
    return drawn;
}

static void sequences_run(uint64_t key, const uint64_t *id, uint32_t count, uint32_t draws, uint32_t *out) {
    for (uint32_t first = 0; first < count; first += DRAWN) {
        uint64_t state[DRAWN];
        uint32_t together = count - first < DRAWN ? count - first : DRAWN;
        const uint64_t *restrict ids = id + first;
        for (uint32_t j = 0; j < together; j++) {
            state[j] = qon_mix(key ^ qon_draw_id(ids[j]));
        }
        for (uint32_t d = 0; d < draws; d++) {
            uint32_t *restrict to = out + (size_t)d * count + first;
            for (uint32_t j = 0; j < together; j++) {
                to[j] = pcg_output(state[j]);
                state[j] = state[j] * 6364136223846793005ULL + 0xda3e39cb94b95bdbULL;
            }
        }
    }
}

static uint32_t early_run(const uint64_t *state, const float *limit, uint32_t count, uint32_t *row) {
    uint32_t early = 0;
    for (uint32_t first = 0; first < count; first += DRAWN) {
        uint32_t draw[DRAWN], is_early[DRAWN] = {0}, together = count - first < DRAWN ? count - first : DRAWN;
        const uint64_t *restrict states = state + first;
        const float *restrict limits = limit + first;
        for (uint32_t j = 0; j < together; j++) {
            draw[j] = draw_of(states[j], 0);
        }
        for (uint32_t j = 0; j < together; j++) {
            is_early[j] = minus_log_unit(draw[j]) < limits[j] * MARGIN;
        }
        early += flags_list(flags_mask(is_early), first, together, row + early);
    }
    return early;
}

static inline uint32_t list_mask(const uint64_t *restrict number, const uint32_t *restrict place, const uint32_t *restrict threshold,
                                 uint64_t id, uint32_t always) {
    uint32_t draw[QON_LIST_PLACES], mask = 0;
    for (uint32_t k = 0; k < QON_LIST_PLACES; k++) {
        draw[k] = draw_of(number[k], id);
    }
    for (uint32_t k = 0; k < QON_LIST_PLACES; k++) {
        mask |= (draw[k] < threshold[k] || place[k] == always ? 1U : 0U) << k;
    }
    return mask;
}

static void considered_run(const struct qon_lists *lists, const uint64_t *id, const uint32_t *list, const uint32_t *always, uint32_t count,
                           uint32_t *mask) {
    for (uint32_t i = 0; i < count; i++) {
        size_t first = (size_t)list[i] * QON_LIST_PLACES;
        mask[i] = list_mask(lists->number + first, lists->place + first, lists->threshold + first, qon_draw_id(id[i]), always[i]);
    }
}

static void exps_run(double *x, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        x[i] = qon_exp(x[i]);
    }
}

static void logs_run(double *x, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        x[i] = qon_log(x[i]);
    }
}

static void times_run(uint64_t key, const uint64_t *id, uint32_t number, uint32_t count, double *out) {
    const uint64_t *restrict ids = id;
    double *restrict times = out;
    uint64_t part = qon_draw_number(key, number);
    for (uint32_t i = 0; i < count; i++) {
        times[i] = -qon_log(qon_unit(draw_of(part, qon_draw_id(ids[i]))));
    }
}

// A draw of 32 bits is never in the tails: it is at least 2^-33 and at most 1 - 2^-33, where r is 4.8.
static inline double normal_of(double u) {
    double q = u - 0.5, least = q < 0 ? u : 1.0 - u;
    double centre = normal_centre(q), beyond = normal_middle(__builtin_sqrt(-qon_log(least)));
    return __builtin_fabs(q) <= NORMAL_CENTRE ? centre : q < 0 ? -beyond : beyond;
}

static void normals_run(uint64_t key, const uint64_t *id, const uint32_t *number, uint32_t count, double *out) {
    uint32_t draw[DRAWN];
    for (uint32_t first = 0; first < count; first += DRAWN) {
        uint32_t together = count - first < DRAWN ? count - first : DRAWN;
        double *restrict to = out + first;
        draws_run(key, id + first, number + first, together, draw);
        for (uint32_t j = 0; j < together; j++) {
            to[j] = normal_of(qon_unit(draw[j]));
        }
    }
}

const struct qon_kernels QON_KERNELS = {QON_KERNELS_NAME, race_run, draws_run, skips_run, sieve_run,   sequences_run, bits_split_run,
                                        bits_join_run,    exps_run, logs_run,  times_run, normals_run, early_run,     considered_run};
