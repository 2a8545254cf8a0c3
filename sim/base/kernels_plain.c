// SPDX-License-Identifier: GPL-3.0-or-later
// The kernels for any machine of the compiler's target.
#define QON_KERNELS      qon_kernels_plain
#define QON_KERNELS_NAME "plain"
#include "kernels_body.h"
