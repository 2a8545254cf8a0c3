// SPDX-License-Identifier: GPL-3.0-or-later
// The kernels for x86-64-v4 (CMakeLists.txt gives the flag).
#if defined(__x86_64__)
#define QON_KERNELS      qon_kernels_v4
#define QON_KERNELS_NAME "v4"
#include "kernels_body.h"
#endif
