// SPDX-License-Identifier: GPL-3.0-or-later
// Where a design puts its points: coordinate[i * axes + a] in [0, 1).
#include <qonys/sweep.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_qrng.h>
#include <qonys/memory.h>
#include <qonys/random.h>

// A generator for the permutation of an axis. Keyed with no purpose of draws.def: these draws are not the model's.
static struct qon_pcg axis_pcg(uint64_t seed, int32_t axis) {
    return qon_pcg_seeded(qon_mix(seed), qon_mix((uint64_t)axis) >> 1);
}

static double unit53(struct qon_pcg *pcg) {
    uint64_t high = qon_pcg_next(pcg);
    return (double)((high << 32 | qon_pcg_next(pcg)) >> 11) * 0x1p-53;
}

// Fisher and Yates's shuffle of the strata, then a place within each.
static enum qon_status latin(double *coordinate, int32_t points, int32_t axes, uint64_t seed) {
    enum qon_status status = QON_OK;
    int32_t *stratum = NULL;
    QON_TRY(qon_take(&stratum, (size_t)points, sizeof *stratum));
    for (int32_t a = 0; a < axes; a++) {
        struct qon_pcg pcg = axis_pcg(seed, a);
        for (int32_t i = 0; i < points; i++) {
            int32_t j = (int32_t)qon_below(qon_pcg_next(&pcg), (uint32_t)i + 1);
            stratum[i] = stratum[j];
            stratum[j] = i;
        }
        for (int32_t i = 0; i < points; i++) {
            double at = (stratum[i] + unit53(&pcg)) / points;
            coordinate[(size_t)i * (size_t)axes + (size_t)a] = at < 1 ? at : 0x1.fffffffffffffp-1;
        }
    }
done:
    qon_free(stratum);
    return status;
}

static enum qon_status sobol(double *coordinate, int32_t points, int32_t axes) {
    (void)gsl_set_error_handler_off(); // which would end the program
    gsl_qrng *generator = gsl_qrng_alloc(gsl_qrng_sobol, (unsigned)axes);
    if (!generator) {
        return QON_MACHINE;
    }
    for (int32_t i = 0; i < points; i++) {
        gsl_qrng_get(generator, coordinate + (size_t)i * (size_t)axes);
    }
    gsl_qrng_free(generator);
    return QON_OK;
}

enum qon_status qon_design_make(double *coordinate, enum qon_design design, int32_t points, int32_t axes, uint64_t seed) {
    QON_REQUIRE(axes >= 0 && axes <= QON_AXES_MOST && points >= 1);
    if (axes == 0 || design == QON_DESIGN_GRID) {
        return QON_OK;
    }
    return design == QON_DESIGN_LATIN ? latin(coordinate, points, axes, seed) : sobol(coordinate, points, axes);
}
