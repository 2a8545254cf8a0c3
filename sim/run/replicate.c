// SPDX-License-Identifier: GPL-3.0-or-later
// Seeds of replicates.
#include <qonys/random.h>
#include <qonys/study.h>

uint64_t qon_replicate_seed(uint64_t seed, int32_t replicate) {
    return replicate == 0 ? seed : qon_mix(seed ^ qon_mix((uint64_t)replicate));
}
