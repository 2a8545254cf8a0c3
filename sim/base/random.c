// SPDX-License-Identifier: GPL-3.0-or-later
// Normal draws by inversion, and the names of the purposes of draws.
#include "normal.h"

#include <math.h>
#include <qonys/explog.h>
#include <qonys/random.h>
#include <stddef.h>

double qon_normal_quantile(double u) {
    double q = u - 0.5;
    if (fabs(q) <= NORMAL_CENTRE) {
        return normal_centre(q);
    }
    double r = sqrt(-qon_log(q < 0 ? u : 1.0 - u));
    double x = r <= NORMAL_MIDDLE_MOST ? normal_middle(r) : normal_tail(r);
    return q < 0 ? -x : x;
}

const char *qon_purpose_name(int purpose) {
    switch (purpose) {
#define DRAW(name, number, meaning) \
    case number:                    \
        return #name;
#include <qonys/draws.def>
#undef DRAW
    default:
        return NULL;
    }
}
