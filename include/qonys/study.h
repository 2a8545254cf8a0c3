// SPDX-License-Identifier: GPL-3.0-or-later
// What studies of many runs share.
#ifndef QONYS_STUDY_H
#define QONYS_STUDY_H

#include <stdint.h>

// The seed of a scenario's replicate, 0 being the scenario's own: a keyed hash of both, so that replicates of neighbouring seeds are no
// neighbours.
uint64_t qon_replicate_seed(uint64_t seed, int32_t replicate);

#endif
