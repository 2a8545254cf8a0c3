// SPDX-License-Identifier: GPL-3.0-or-later
// Loops that are compiled once for each instruction set and chosen when the program runs; the bits are the same in all of them.
//
// Everything here equals, bit for bit, the plain loop (over qon_draw, qon_unit and qon_log) that its comment gives. QONYS_ISA=v3, v2 or
// plain in the environment lowers the choice; a name the machine cannot run is as if unset. ODD tags M-CHOICE-2, M-CANDIDATE-1.
#ifndef QONYS_KERNELS_H
#define QONYS_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Places in a list of those that some know of.
enum { QON_LIST_PLACES = 32 };
enum { QON_RACE_DECIDERS = 256, QON_RACE_ALTERNATIVES = 64, QON_RACE_NONE = 255, QON_BITS_ROWS = 2048 };

// A batch of choices. The alternatives of a decider are a row of `alternatives` places. The random time of place k of decider i is
//   -qon_log(qon_draw_unit(key, id[i], number)) / weight
// with the number and weight that stand there; the smallest time wins, the first of equals. A weight is positive and finite, or 0: then
// the place is empty. Rows of 8 or 16 places fill vector registers; others cost as much as the next multiple.
struct qon_race {
    uint64_t key;
    uint32_t deciders;      // at most QON_RACE_DECIDERS
    uint32_t alternatives;  // places in a row, at most QON_RACE_ALTERNATIVES
    const uint64_t *id;     // [deciders]
    const uint32_t *number; // [alternatives] when shared, else [deciders * alternatives]
    bool shared;
    const double *weight;    // [deciders * alternatives]
    const uint8_t *feasible; // [deciders * alternatives], 0 or 1; NULL: all are
    uint8_t *best;           // out, [deciders]: place of the winner, QON_RACE_NONE when the row is empty
    uint8_t *best_feasible;  // out, [deciders]: the winner among feasible places; NULL when not wanted
};

// Whom of its list each decider takes into account: place[] and threshold[] of list l begin at l * QON_LIST_PLACES, as do the states
// number[k] = qon_draw_number(key, place[k]). Shorter lists end with places that nobody means and thresholds of 0.
struct qon_lists {
    const uint64_t *number;
    const uint32_t *place, *threshold;
};

struct qon_kernels {
    const char *name; // "v4", "v3", "v2" (x86-64 levels), "plain"

    void (*race)(const struct qon_race *race);

    // out[i] = qon_draw(key, id[i], number[i])
    void (*draws)(uint64_t key, const uint64_t *id, const uint32_t *number, uint32_t count, uint32_t *out);

    // Geometric skips: of the rows 0..count-1 each is drawn with probability `share`, independently, from the generator
    // qon_pcg_keyed(key, stream). With d = (int64_t)(qon_log(qon_unit(next)) / qon_log(1 - share)) rows left out before each.
    // row[] needs room for `count`. A share below 2^-54 is 0. Returns how many were drawn. cost: about 2 ns for each drawn, nothing for the
    // others.
    uint32_t (*skips)(uint64_t key, uint64_t stream, double share, uint32_t count, uint32_t *row);

    // The same by one draw a row: those of begin..end-1 with qon_draw(key, id[row], number) < share * 2^32. Needs room for end - begin.
    uint32_t (*sieve)(uint64_t key, uint32_t number, double share, const uint64_t *id, uint32_t begin, uint32_t end, uint32_t *row);

    // The first `draws` numbers of the generator qon_pcg_keyed(key, id[i]): out[d * count + i] is the d-th.
    void (*sequences)(uint64_t key, const uint64_t *id, uint32_t count, uint32_t draws, uint32_t *out);

    // Items of 1, 2, 4 or 8 bytes to planes of bits: bit b of byte p of row r becomes bit r % 8 of planes[(8 p + b) stride + r / 8]. rows
    // is a multiple of 8, at most QON_BITS_ROWS. any[size], all[size]: the bits that are 1 in any row, in all rows, are added to and taken
    // from what stands there. cost: 0.1 to 0.3 ns a byte.
    void (*bits_split)(const void *items, uint32_t size, uint32_t rows, size_t stride, uint8_t *planes, uint8_t *any, uint8_t *all);

    // Back: plane[8 p + b] + from is where those bits stand, NULL: they are all as in constant[p].
    void (*bits_join)(const uint8_t *const *plane, uint32_t size, uint32_t rows, size_t from, const uint8_t *constant, void *items);

    // x[i] becomes qon_exp(x[i])
    void (*exps)(double *x, uint32_t count);
    // qon_log(x[i])
    void (*logs)(double *x, uint32_t count);

    // Exponential times of mean 1: out[i] = -qon_log(qon_draw_unit(key, id[i], number))
    void (*times)(uint64_t key, const uint64_t *id, uint32_t number, uint32_t count, double *out);

    // Normal draws: out[i] = qon_normal_quantile(qon_draw_unit(key, id[i], number[i]))
    void (*normals)(uint64_t key, const uint64_t *id, const uint32_t *number, uint32_t count, double *out);

    // Of some alternatives those that may be early enough: all i for which -qon_log(qon_unit(x)) < limit[i], where x is the draw whose
    // state (random.h) is state[i], and none for which it is above 1.0001 limit[i]. row[] needs room for `count`. Returns how many.
    uint32_t (*early)(const uint64_t *state, const float *limit, uint32_t count, uint32_t *row);

    // Bit k of mask[i]: whether decider i takes place k of its list into account, which is list[i]. It does where qon_draw(key, id[i],
    // place[k]) is below threshold[k], and where place[k] is always[i].
    void (*considered)(const struct qon_lists *lists, const uint64_t *id, const uint32_t *list, const uint32_t *always, uint32_t count,
                       uint32_t *mask);
};

// The best that this machine runs and QONYS_ISA allows. It reads the environment: ask once for a phase or a block, not for each batch.
const struct qon_kernels *qon_kernels(void);

// The one of that name, NULL when this build or machine has none. qon_kernels_named(NULL) is the best of the machine.
const struct qon_kernels *qon_kernels_named(const char *name);

#endif
