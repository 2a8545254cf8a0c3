// SPDX-License-Identifier: GPL-3.0-or-later
// Prints a hash of the bits of exp, log, pow, the normal quantile and keyed draws over many arguments. test_explog_bits.sh builds it in
// several ways and compares. ODD tags M-EXPLOG-1, M-RANDOM-1.
#include <inttypes.h>
#include <qonys/explog.h>
#include <qonys/random.h>
#include <stdio.h>

enum { LANES = 1024, ROUNDS = 2000 };

static uint64_t hash_of(uint64_t hash, const double *values) {
    for (int i = 0; i < LANES; i++) {
        hash = qon_mix(hash ^ qon_double_bits(values[i])) + 0x9e3779b97f4a7c15ULL;
    }
    return hash;
}

int main(void) {
    static double x[LANES];
    static double y[LANES];
    uint64_t hash = 0;
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t key = qon_key(1, QON_DRAW_TEST, round);
        double span = round % 4 == 0 ? 1420 : round % 4 == 1 ? 40 : round % 4 == 2 ? 2 : 1e-3;
        for (int i = 0; i < LANES; i++) {
            x[i] = qon_draw_unit(key, (uint64_t)i, 0);
        }
        for (int i = 0; i < LANES; i++) { // plain loops, for the compiler to make vectors of
            y[i] = qon_exp((x[i] - 0.5) * span);
        }
        hash = hash_of(hash, y);
        for (int i = 0; i < LANES; i++) {
            y[i] = qon_log(y[i]);
        }
        hash = hash_of(hash, y);
        for (int i = 0; i < LANES; i++) {
            y[i] = qon_log(x[i]);
        }
        hash = hash_of(hash, y);
        for (int i = 0; i < LANES; i++) {
            y[i] = qon_pow(x[i], 0.1 * round);
        }
        hash = hash_of(hash, y);
        for (int i = 0; i < LANES; i++) {
            y[i] = qon_normal_quantile(x[i]);
        }
        hash = hash_of(hash, y);
    }
    printf("%016" PRIx64 "\n", hash);
    return 0;
}
