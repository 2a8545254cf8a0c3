// SPDX-License-Identifier: GPL-3.0-or-later
// The compilations of kernels_body.h. Private to sim/base.
#ifndef QONYS_BASE_KERNELS_H
#define QONYS_BASE_KERNELS_H

#include <qonys/kernels.h>

extern const struct qon_kernels qon_kernels_plain;
#if defined(__x86_64__)
extern const struct qon_kernels qon_kernels_v2, qon_kernels_v3, qon_kernels_v4;
#endif

#endif
