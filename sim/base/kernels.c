// SPDX-License-Identifier: GPL-3.0-or-later
// Which compilation of the kernels runs here.
#include "kernels.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

// Best first.
static const struct qon_kernels *const all[] = {
#if defined(__x86_64__)
    &qon_kernels_v4,
    &qon_kernels_v3,
    &qon_kernels_v2,
#endif
    &qon_kernels_plain,
};
enum { ALL = sizeof all / sizeof all[0] };

static bool runs_here(const struct qon_kernels *kernels) {
#if defined(__x86_64__)
    // The features that compilers use of each level; the few not asked for came with the same processors.
    __builtin_cpu_init();
    if (kernels == &qon_kernels_v4) {
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
               __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") && runs_here(&qon_kernels_v3);
    }
    if (kernels == &qon_kernels_v3) {
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
               __builtin_cpu_supports("fma") && runs_here(&qon_kernels_v2);
    }
    if (kernels == &qon_kernels_v2) {
        return __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("ssse3") && __builtin_cpu_supports("popcnt");
    }
#endif
    return kernels == &qon_kernels_plain;
}

const struct qon_kernels *qon_kernels_named(const char *name) {
    for (size_t i = 0; i < ALL; i++) {
        if ((name == NULL || strcmp(name, all[i]->name) == 0) && runs_here(all[i])) {
            return all[i];
        }
    }
    return NULL;
}

const struct qon_kernels *qon_kernels(void) {
    const struct qon_kernels *asked = qon_kernels_named(getenv("QONYS_ISA"));
    return asked != NULL ? asked : qon_kernels_named(NULL);
}
