// SPDX-License-Identifier: GPL-3.0-or-later
// Texts set aside while an SVG is drawn, to be written as <text> elements. Used by canvas.c and svg.c only.
#ifndef QONYS_VIZ_SINK_H
#define QONYS_VIZ_SINK_H

#include "draw.h"

// Colour number i is drawn as 0x01FE00 + i when there is no theme.
#define QON_SYMBOL 0x01fe00u

struct qon_sink {
    char *text; // the elements so far
    size_t used, room;
};

void qon_sink_add(struct qon_canvas *canvas, double x, double y, double width, const char *text, size_t length,
                  const struct qon_style *style);

#endif
