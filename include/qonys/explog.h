// SPDX-License-Identifier: GPL-3.0-or-later
// exp and log whose bits do not depend on a library, a compiler or an instruction set: branch-free polynomials on doubles, inlined so
// that loops over them vectorise. Build with -ffp-contract=off and without -ffast-math.
//
// The trick: only +, -, *, / and integer shifts, adds and masks of 64 bits are used, which every IEEE machine rounds in the same way and
// every vector unit has (conversions between int64 and double are made with magic numbers, since SSE2 and AVX2 have none). The
// polynomials are plain Taylor series: the last term left out is below 2^-57 of the result.
// source: Cody and Waite 1980 (reduction of the argument). ODD tag M-EXPLOG-1.
#ifndef QONYS_EXPLOG_H
#define QONYS_EXPLOG_H
#include <stdint.h>
#include <string.h>

// ln 2 in two parts: the first has 32 significant bits, so that its product with an exponent is exact.
#define QON_LN2_HIGH 0x1.62e42feep-1
#define QON_LN2_LOW  0x1.a39ef35793c76p-33

// A view of a double's bits and back; compilers make it a register move.
static inline uint64_t qon_double_bits(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}
static inline double qon_double_of(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

// e^x for x in [-708, 708]; outside, the argument is clamped to that range. Error under 2 ulp.
static inline double qon_exp(double x) {
    const double magic = 0x1.8p52; // adding it rounds to an integer, which then stands in the low bits
    x = x > 708.0 ? 708.0 : x;
    x = x < -708.0 ? -708.0 : x;
    double shifted = x * 0x1.71547652b82fep0 + magic; // x / ln 2
    double n = shifted - magic;
    double r = (x - n * QON_LN2_HIGH) - n * QON_LN2_LOW; // |r| <= ln(2) / 2
    double r2 = r * r;
    double r4 = r2 * r2;
    // Pairs of terms first (Estrin): shorter chains of dependence than Horner's.
    double a = 1.0 / 2 + r * (1.0 / 6);
    double b = 1.0 / 24 + r * (1.0 / 120);
    double c = 1.0 / 720 + r * (1.0 / 5040);
    double d = 1.0 / 40320 + r * (1.0 / 362880);
    double e = 1.0 / 3628800 + r * (1.0 / 39916800);
    double f = 1.0 / 479001600 + r * (1.0 / 6227020800);
    double q = (a + r2 * b) + r4 * ((c + r2 * d) + r4 * (e + r2 * f));
    double p = 1.0 + (r + r2 * q);
    return p * qon_double_of((qon_double_bits(shifted) + 1023U) << 52); // times 2^n
}

// Natural logarithm of a positive, normal, finite x. Error under 2 ulp.
static inline double qon_log(double x) {
    const uint64_t half_root = 0x3fe6a09e667f3bcdULL; // bits of sqrt(1/2)
    // x = 2^k (1 + f), sqrt(1/2) <= 1 + f < sqrt(2)
    uint64_t bits = qon_double_bits(x) + (0x3ff0000000000000ULL - half_root);
    double k = qon_double_of((bits >> 52) | 0x4330000000000000ULL) - (0x1p52 + 1023.0);
    double f = qon_double_of((bits & 0x000fffffffffffffULL) + half_root) - 1.0;
    // ln(1 + f) = 2 artanh(s) = 2s + s (2/3 s^2 + 2/5 s^4 + ...), and 2s = f - s f, written so that f itself stays exact.
    double s = f / (2.0 + f);
    double z = s * s;
    double z2 = z * z;
    double z4 = z2 * z2;
    double a = 2.0 / 3 + z * (2.0 / 5);
    double b = 2.0 / 7 + z * (2.0 / 9);
    double c = 2.0 / 11 + z * (2.0 / 13);
    double d = 2.0 / 15 + z * (2.0 / 17);
    double e = 2.0 / 19 + z * (2.0 / 21);
    double g = 2.0 / 23;
    double rest = z * ((a + z2 * b) + z4 * ((c + z2 * d) + z4 * (e + z2 * g)));
    double half_square = 0.5 * f * f;
    return k * QON_LN2_HIGH - ((half_square - (s * (half_square + rest) + k * QON_LN2_LOW)) - f);
}

// x^y for positive x: exp(y log x); |y log x| at most 700. Error grows with |y log x| (about 1e-15 relative per unit).
static inline double qon_pow(double x, double y) {
    return qon_exp(y * qon_log(x));
}
#endif
