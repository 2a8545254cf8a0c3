// SPDX-License-Identifier: GPL-3.0-or-later
// exp and log whose bits do not depend on a library, a compiler or an instruction set: branch-free polynomials on doubles, inlined so
// that loops over them vectorise. Build with -ffp-contract=off and without -ffast-math.
#ifndef QONYS_EXPLOG_H
#define QONYS_EXPLOG_H
#include <stdint.h>
#include <string.h>

// e^x for x in [-708, 708]; outside, the argument is clamped to that range. Error under 2 ulp.
static inline double qon_exp(double x);

// Natural logarithm of a positive, normal, finite x. Error under 2 ulp.
static inline double qon_log(double x);

// x^y for positive x: exp(y log x); |y log x| at most 700. Error grows with |y log x| (about 1e-15 relative per unit).
static inline double qon_pow(double x, double y);
#endif
