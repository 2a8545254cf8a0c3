// SPDX-License-Identifier: GPL-3.0-or-later
// The kernels give, bit for bit and for every instruction set of this machine, what the plain loops give. ODD tags M-CHOICE-2,
// M-CANDIDATE-1.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs those first
#include <cmocka.h>
#include <math.h>
#include <qonys/explog.h>
#include <qonys/kernels.h>
#include <qonys/random.h>
#include <stdlib.h>
#include <string.h>

// One compilation of our own, to look inside.
#define QON_KERNELS      kernels_of_test
#define QON_KERNELS_NAME "test"
extern const struct qon_kernels kernels_of_test;
#include "../../../sim/base/kernels_body.h"

static const char *const names[] = {"v4", "v3", "v2", "plain"};
enum { NAMES = sizeof names / sizeof names[0], ROWS = 5000, MOST = QON_RACE_DECIDERS * QON_RACE_ALTERNATIVES };

static void float_times_stay_within_the_error_that_the_margin_allows(void **state) {
    double worst = 0;
    for (uint64_t x = 0; x < 0x100000000ULL; x += 4093) {
        double exact = -log(qon_unit((uint32_t)x));
        worst = fmax(worst, fabs((double)minus_log_unit((uint32_t)x) / exact - 1));
    }
    const uint64_t edges[] = {0, 0xffffffffULL, 0xb504f333ULL, 0x80000000ULL, 0x40000000ULL, 0xc0000000ULL, 0xffff0000ULL, 0x10000ULL};
    for (size_t e = 0; e < sizeof edges / sizeof edges[0]; e++) {
        for (int d = -2000; d <= 2000; d++) {
            uint32_t x = (uint32_t)(edges[e] + (uint64_t)(int64_t)d);
            worst = fmax(worst, fabs((double)minus_log_unit(x) / -log(qon_unit(x)) - 1));
        }
    }
    assert_true(worst < 1e-6);
    assert_true(worst > 1e-9); // they are floats
}

struct batch {
    uint64_t id[QON_RACE_DECIDERS];
    uint32_t number[MOST];
    double weight[MOST];
    uint8_t feasible[MOST];
    uint8_t best[QON_RACE_DECIDERS], best_feasible[QON_RACE_DECIDERS];
    struct qon_race race;
};

static struct qon_pcg dice;

static uint32_t below(uint32_t n) {
    return qon_below(qon_pcg_next(&dice), n);
}

enum kind { WIDE, TIED, ALMOST_TIED, EXTREME, KINDS };

static double weight_of(const struct batch *batch, enum kind kind, uint32_t i, uint32_t place) {
    double wide = qon_exp(30 * qon_unit(qon_pcg_next(&dice)) - 15);
    if (kind == ALMOST_TIED) { // all times are 1, but for a little
        uint32_t number = batch->number[batch->race.shared ? place % batch->race.alternatives : place];
        double little = ldexp((double)below(3), -(int)(10 + below(45)));
        return -qon_log(qon_draw_unit(batch->race.key, batch->id[i], number)) * (1 + little);
    }
    if (kind == EXTREME) { // beyond the range of floats
        return qon_exp(1300 * qon_unit(qon_pcg_next(&dice)) - 650);
    }
    return kind == TIED ? 1.0 : wide;
}

static void batch_make(struct batch *batch, enum kind kind, uint32_t deciders, uint32_t alternatives, bool shared) {
    batch->race = (struct qon_race){.key = (uint64_t)qon_pcg_next(&dice) << 32 | qon_pcg_next(&dice),
                                    .deciders = deciders,
                                    .alternatives = alternatives,
                                    .id = batch->id,
                                    .number = batch->number,
                                    .shared = shared,
                                    .weight = batch->weight,
                                    .feasible = batch->feasible,
                                    .best = batch->best,
                                    .best_feasible = batch->best_feasible};
    for (uint32_t i = 0; i < deciders; i++) {
        batch->id[i] = (uint64_t)qon_pcg_next(&dice) << (below(2) * 32);
    }
    for (uint32_t j = 0; j < deciders * alternatives; j++) {
        batch->number[j] = kind == TIED ? below(3) : below(5000);
    }
    for (uint32_t j = 0; j < deciders * alternatives; j++) {
        batch->weight[j] = below(5) == 0 ? 0 : weight_of(batch, kind, j / alternatives, j);
        batch->feasible[j] = below(3) > 0;
    }
}

// The formula of kernels.h, word for word.
static uint8_t plain_winner(const struct qon_race *race, uint32_t i, bool feasible_only) {
    uint8_t best = QON_RACE_NONE;
    double least = INFINITY;
    for (uint32_t k = 0; k < race->alternatives; k++) {
        size_t place = (size_t)i * race->alternatives + k;
        double time = -qon_log(qon_draw_unit(race->key, race->id[i], race->number[race->shared ? k : place])) / race->weight[place];
        if (race->weight[place] > 0 && (!feasible_only || race->feasible[place]) && (best == QON_RACE_NONE || time < least)) {
            least = time;
            best = (uint8_t)k;
        }
    }
    return best;
}

static void races_are_won_as_in_the_plain_loop(void **state) {
    struct batch *batch = malloc(sizeof *batch);
    assert_non_null(batch);
    dice = qon_pcg_seeded(7, 7);
    for (int round = 0; round < 200; round++) {
        uint32_t alternatives = round < 66 ? (uint32_t)round % 65 : 1 + below(QON_RACE_ALTERNATIVES);
        batch_make(batch, (enum kind)(round % KINDS), round % 9 == 8 ? QON_RACE_DECIDERS : below(70), alternatives, below(2) == 0);
        for (int n = 0; n < NAMES; n++) {
            const struct qon_kernels *kernels = qon_kernels_named(names[n]);
            if (kernels == NULL) {
                continue;
            }
            memset(batch->best, 0xaa, sizeof batch->best);
            memset(batch->best_feasible, 0xaa, sizeof batch->best_feasible);
            kernels->race(&batch->race);
            for (uint32_t i = 0; i < batch->race.deciders; i++) {
                assert_int_equal(batch->best[i], plain_winner(&batch->race, i, false));
                assert_int_equal(batch->best_feasible[i], plain_winner(&batch->race, i, true));
            }
        }
    }
    free(batch);
}

static void draws_are_those_of_qon_draw(void **state) {
    uint64_t id[ROWS];
    uint32_t number[ROWS], out[ROWS];
    for (uint32_t i = 0; i < ROWS; i++) {
        id[i] = qon_mix(i);
        number[i] = i * 7919;
    }
    for (int n = 0; n < NAMES; n++) {
        const struct qon_kernels *kernels = qon_kernels_named(names[n]);
        for (uint32_t count = 0; kernels != NULL && count <= ROWS; count = 2 * count + 1) {
            memset(out, 0, sizeof out);
            kernels->draws(42, id, number, count, out);
            for (uint32_t i = 0; i < ROWS; i++) {
                assert_int_equal(out[i], i < count ? qon_draw(42, id[i], number[i]) : 0);
            }
        }
    }
}

static void sequences_are_those_of_the_generator(void **state) {
    enum { DRAWS = 4 };
    static uint64_t id[ROWS];
    static uint32_t out[DRAWS * ROWS];
    for (uint32_t i = 0; i < ROWS; i++) {
        id[i] = qon_mix(i);
    }
    for (int n = 0; n < NAMES; n++) {
        const struct qon_kernels *kernels = qon_kernels_named(names[n]);
        for (uint32_t count = 0; kernels != NULL && count <= ROWS; count = 2 * count + 1) {
            memset(out, 0, sizeof out);
            kernels->sequences(42, id, count, DRAWS, out);
            for (uint32_t i = 0; i < count; i++) {
                struct qon_pcg pcg = qon_pcg_keyed(42, id[i]);
                for (uint32_t d = 0; d < DRAWS; d++) {
                    assert_int_equal(out[d * count + i], qon_pcg_next(&pcg));
                }
            }
            for (uint32_t i = DRAWS * count; i < DRAWS * ROWS; i++) {
                assert_int_equal(out[i], 0);
            }
        }
    }
}

static uint32_t plain_skips(uint64_t key, uint64_t stream, double share, uint32_t count, uint32_t *row) {
    uint32_t drawn = 0;
    struct qon_pcg pcg = qon_pcg_keyed(key, stream);
    double scale = share < 1 ? 1 / qon_log(1 - share) : 0, position = -1;
    while (share > 0 && 1 - share < 1) {
        position += 1 + (double)(int64_t)(qon_log(qon_unit(qon_pcg_next(&pcg))) * scale);
        if (!(position < count)) {
            break;
        }
        row[drawn++] = (uint32_t)position;
    }
    return drawn;
}

static void skips_draw_the_rows_of_the_plain_loop(void **state) {
    enum { COUNT = 70000 };
    uint32_t *row = malloc(2 * (COUNT + 1) * sizeof *row), *want = row + COUNT + 1;
    const double shares[] = {0, 1e-17, 1e-12, 1e-5, 0.003, 1.0 / 60, 0.3, 0.999, 1};
    const uint32_t counts[] = {0, 1, 63, 64, 65536, COUNT};
    assert_non_null(row);
    for (int n = 0; n < NAMES; n++) {
        const struct qon_kernels *kernels = qon_kernels_named(names[n]);
        for (size_t s = 0; kernels != NULL && s < sizeof shares / sizeof shares[0]; s++) {
            for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
                row[counts[c]] = 12345; // stays: no more room than count is asked for
                uint32_t drawn = kernels->skips(s * 17 + c, c, shares[s], counts[c], row);
                assert_int_equal(row[counts[c]], 12345);
                assert_int_equal(drawn, plain_skips(s * 17 + c, c, shares[s], counts[c], want));
                assert_memory_equal(row, want, drawn * sizeof *row);
            }
        }
    }
    free(row);
}

static void sieves_keep_the_rows_whose_draw_is_below_the_share(void **state) {
    uint64_t id[ROWS];
    uint32_t row[ROWS];
    const double shares[] = {0, 1e-9, 0.25, 1.0 / 60, 1};
    for (uint32_t i = 0; i < ROWS; i++) {
        id[i] = qon_mix(i + 99);
    }
    for (int n = 0; n < NAMES; n++) {
        const struct qon_kernels *kernels = qon_kernels_named(names[n]);
        for (size_t s = 0; kernels != NULL && s < sizeof shares / sizeof shares[0]; s++) {
            uint32_t begin = (uint32_t)s * 31, end = ROWS - (uint32_t)s * 7, found = 0;
            uint32_t drawn = kernels->sieve(5, 1, shares[s], id, begin, end, row);
            for (uint32_t i = begin; i < end; i++) {
                if (qon_draw(5, id[i], 1) < shares[s] * 0x1p32) {
                    assert_true(found < drawn);
                    assert_int_equal(row[found++], i);
                }
            }
            assert_int_equal(found, drawn);
        }
        assert_int_equal(kernels == NULL ? 0 : kernels->sieve(5, 1, 0.5, id, 9, 9, row), 0);
    }
}

static void columns_of_doubles_are_those_of_the_functions(void **state) {
    static uint64_t id[ROWS];
    static uint32_t number[ROWS];
    static double x[ROWS], exps[ROWS + 1], logs[ROWS + 1], times[ROWS + 1], normals[ROWS + 1];
    for (uint32_t i = 0; i < ROWS; i++) {
        id[i] = qon_mix(i + 7);
        number[i] = i * 104729;
        x[i] = (double)i * 0.4 - 1000; // beyond both ends of what qon_exp takes
    }
    for (int n = 0; n < NAMES; n++) {
        const struct qon_kernels *kernels = qon_kernels_named(names[n]);
        for (uint32_t count = 0; kernels != NULL && count <= ROWS; count = 2 * count + 1) {
            exps[count] = logs[count] = times[count] = normals[count] = -7; // stays
            memcpy(exps, x, count * sizeof *x);
            kernels->exps(exps, count);
            memcpy(logs, exps, count * sizeof *x);
            kernels->logs(logs, count);
            kernels->times(42, id, 3, count, times);
            kernels->normals(42, id, number, count, normals);
            for (uint32_t i = 0; i < count; i++) {
                assert_true(exps[i] == qon_exp(x[i]));
                assert_true(logs[i] == qon_log(exps[i]));
                assert_true(times[i] == -qon_log(qon_draw_unit(42, id[i], 3)));
                assert_true(normals[i] == qon_normal_quantile(qon_draw_unit(42, id[i], number[i])));
            }
            assert_true(exps[count] == -7 && logs[count] == -7 && times[count] == -7 && normals[count] == -7);
        }
    }
}

// Lists of places of which some are open to nobody, and some deciders mean a place whatever they draw.
static void places_of_a_list_count_by_the_draw_or_always(void **state) {
    enum { LISTS = 7, DECIDERS = 500 };
    static uint64_t number[LISTS * QON_LIST_PLACES], id[DECIDERS];
    static uint32_t place[LISTS * QON_LIST_PLACES], threshold[LISTS * QON_LIST_PLACES], list[DECIDERS], always[DECIDERS];
    static uint32_t mask[DECIDERS + 1];
    const uint64_t key = 0x5eed;
    dice = qon_pcg_seeded(11, 4);
    for (uint32_t i = 0; i < LISTS * QON_LIST_PLACES; i++) {
        place[i] = i % QON_LIST_PLACES < 24 ? below(100) : UINT32_MAX; // shorter lists
        threshold[i] = i % QON_LIST_PLACES >= 24 ? 0 : below(4) == 0 ? UINT32_MAX : qon_pcg_next(&dice);
        number[i] = qon_draw_number(key, place[i]);
    }
    for (uint32_t i = 0; i < DECIDERS; i++) {
        id[i] = (uint64_t)qon_pcg_next(&dice) << 32 | i;
        list[i] = below(LISTS);
        always[i] = below(200);
    }
    const struct qon_lists lists = {number, place, threshold};
    for (int n = 0; n < NAMES; n++) {
        const struct qon_kernels *kernels = qon_kernels_named(names[n]);
        uint32_t meant = 0;
        if (kernels == NULL) {
            continue;
        }
        mask[DECIDERS] = 12345;
        kernels->considered(&lists, id, list, always, DECIDERS, mask);
        for (uint32_t i = 0; i < DECIDERS; i++) {
            for (uint32_t k = 0; k < QON_LIST_PLACES; k++) {
                uint32_t at = list[i] * QON_LIST_PLACES + k;
                bool is_always = place[at] == always[i];
                assert_int_equal(mask[i] >> k & 1, qon_draw(key, id[i], place[at]) < threshold[at] || is_always);
                meant += is_always;
            }
        }
        assert_true(meant > 30); // 60 are expected
        assert_int_equal(mask[DECIDERS], 12345);
    }
}

static void alternatives_early_enough_are_found(void **state) {
    static uint64_t draw[ROWS];
    static float limit[ROWS];
    static uint32_t row[ROWS + 1];
    for (uint32_t i = 0; i < ROWS; i++) {
        double time = -qon_log(qon_draw_unit(42, i, 3 * i)), factors[] = {1 + 1e-6, 1, 1 - 1e-6, 0.5, 2, 0, 1e300, 0.9998};
        draw[i] = qon_draw_number(42, 3 * i) ^ qon_draw_id(i);
        limit[i] = (float)(time * factors[i % 8]);
    }
    for (int n = 0; n < NAMES; n++) {
        const struct qon_kernels *kernels = qon_kernels_named(names[n]);
        for (uint32_t count = 0; kernels != NULL && count <= ROWS; count = 2 * count + 1) {
            row[count] = 12345; // stays
            uint32_t early = kernels->early(draw, limit, count, row), at = 0;
            for (uint32_t i = 0; i < count; i++) {
                bool found = at < early && row[at] == i;
                double time = -qon_log(qon_draw_unit(42, i, 3 * i));
                assert_true(found ? time <= 1.0001 * (double)limit[i] : time >= (double)limit[i]);
                at += found;
            }
            assert_true(at == early && row[count] == 12345);
        }
    }
}

static void normal_draws_hold_at_the_ends_and_at_the_seams(void **state) {
    const uint32_t edges[] = {0,         1,          0x7fffffff, 0x80000000, 322122546, 322122547,
                              322122548, 3972844747, 3972844748, 3972844749, 0xffffffff};
    for (size_t e = 0; e < sizeof edges / sizeof edges[0]; e++) {
        assert_true(normal_of(qon_unit(edges[e])) == qon_normal_quantile(qon_unit(edges[e])));
    }
    assert_true(fabs(qon_unit(322122546) - 0.5) > NORMAL_CENTRE && fabs(qon_unit(322122548) - 0.5) < NORMAL_CENTRE);
    assert_true(sqrt(-qon_log(qon_unit(0))) < NORMAL_MIDDLE_MOST);
}

static unsigned bit_of(const uint8_t *items, uint32_t size, uint32_t row, uint32_t plane) {
    return items[row * size + plane / 8] >> plane % 8 & 1U;
}

static void bits_stand_in_their_planes_and_come_back(void **state) {
    enum { STRIDE = QON_BITS_ROWS / 8 + 5 };
    static uint8_t items[QON_BITS_ROWS * 8], back[QON_BITS_ROWS * 8], planes[64 * STRIDE];
    dice = qon_pcg_keyed(11, 12);
    for (int round = 0; round < 300; round++) {
        uint32_t size = 1U << round % 4, rows = round < 40 ? 8 * (1 + (uint32_t)round / 4) : 8 * (1 + below(QON_BITS_ROWS / 8));
        uint64_t varying = (uint64_t)qon_pcg_next(&dice) << 32 | qon_pcg_next(&dice), same = varying * 0x9e3779b97f4a7c15ULL;
        if (round % 3 == 0) { // some bytes are the same in all rows
            varying &= 0xffff00ff00ff00ffULL;
        }
        for (uint32_t r = 0; r < rows; r++) {
            uint64_t value = (((uint64_t)qon_pcg_next(&dice) << 32 | qon_pcg_next(&dice)) & varying) | (same & ~varying);
            memcpy(items + (size_t)r * size, &value, size);
        }
        for (int n = 0; n < NAMES; n++) {
            const struct qon_kernels *kernels = qon_kernels_named(names[n]);
            uint8_t any[8] = {0}, all[8];
            const uint8_t *plane[64];
            if (kernels == NULL) {
                continue;
            }
            memset(all, 0xff, sizeof all);
            memset(planes, 0x5a, sizeof planes);
            kernels->bits_split(items, size, rows, STRIDE, planes, any, all);
            for (uint32_t p = 0; p < 8 * size; p++) {
                unsigned some = 0, every = 1;
                for (uint32_t r = 0; r < rows; r++) {
                    unsigned bit = bit_of(items, size, r, p);
                    some |= bit;
                    every &= bit;
                    assert_int_equal(planes[p * STRIDE + r / 8] >> r % 8 & 1, bit);
                }
                assert_int_equal(any[p / 8] >> p % 8 & 1, some);
                assert_int_equal(all[p / 8] >> p % 8 & 1, every);
                assert_int_equal(planes[p * STRIDE + rows / 8], 0x5a); // nothing beyond
                plane[p] = some == every ? NULL : planes + p * STRIDE;
            }
            uint32_t from = rows > 16 ? 8 * below(rows / 16) : 0;
            memset(back, 0x5a, sizeof back);
            kernels->bits_join(plane, size, rows - from, from / 8, all, back);
            assert_memory_equal(back, items + (size_t)from * size, (size_t)(rows - from) * size);
            assert_int_equal(back[(size_t)(rows - from) * size % sizeof back], rows - from < QON_BITS_ROWS || size < 8 ? 0x5a : back[0]);
        }
    }
}

static void the_environment_lowers_the_instruction_set(void **state) {
    unsetenv("QONYS_ISA");
    assert_ptr_equal(qon_kernels(), qon_kernels_named(NULL));
    assert_string_equal(qon_kernels_named("plain")->name, "plain");
    assert_null(qon_kernels_named("v9"));
    for (int n = 0; n < NAMES; n++) {
        setenv("QONYS_ISA", names[n], 1);
        if (qon_kernels_named(names[n]) != NULL) {
            assert_string_equal(qon_kernels()->name, names[n]);
        }
    }
    setenv("QONYS_ISA", "v9", 1);
    assert_ptr_equal(qon_kernels(), qon_kernels_named(NULL));
    unsetenv("QONYS_ISA");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(float_times_stay_within_the_error_that_the_margin_allows),
        cmocka_unit_test(races_are_won_as_in_the_plain_loop),
        cmocka_unit_test(draws_are_those_of_qon_draw),
        cmocka_unit_test(sequences_are_those_of_the_generator),
        cmocka_unit_test(skips_draw_the_rows_of_the_plain_loop),
        cmocka_unit_test(sieves_keep_the_rows_whose_draw_is_below_the_share),
        cmocka_unit_test(columns_of_doubles_are_those_of_the_functions),
        cmocka_unit_test(places_of_a_list_count_by_the_draw_or_always),
        cmocka_unit_test(alternatives_early_enough_are_found),
        cmocka_unit_test(normal_draws_hold_at_the_ends_and_at_the_seams),
        cmocka_unit_test(bits_stand_in_their_planes_and_come_back),
        cmocka_unit_test(the_environment_lowers_the_instruction_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
