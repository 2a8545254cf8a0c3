// SPDX-License-Identifier: GPL-3.0-or-later
// Colours by role. Ramps are polylines in OKLab (Ottosson 2020) between control points given as lightness, chroma, hue.
#include "draw.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

struct lch {
    double light, chroma, hue_deg;
};

struct lab {
    double l, a, b;
};

static struct lab to_lab(struct lch colour) {
    double hue = colour.hue_deg * M_PI / 180;
    return (struct lab){colour.light, colour.chroma * cos(hue), colour.chroma * sin(hue)};
}

static void to_linear(struct lab lab, double rgb[3]) {
    double l = lab.l + 0.3963377774 * lab.a + 0.2158037573 * lab.b;
    double m = lab.l - 0.1055613458 * lab.a - 0.0638541728 * lab.b;
    double s = lab.l - 0.0894841775 * lab.a - 1.2914855480 * lab.b;
    l = l * l * l;
    m = m * m * m;
    s = s * s * s;
    rgb[0] = 4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s;
    rgb[1] = -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s;
    rgb[2] = -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s;
}

static bool in_gamut(const double rgb[3]) {
    for (int i = 0; i < 3; i++) {
        if (rgb[i] < -1e-4 || rgb[i] > 1 + 1e-4) {
            return false;
        }
    }
    return true;
}

// Chroma gives way, never lightness: order along a ramp survives.
static uint32_t to_rgb(struct lab lab) {
    double rgb[3];
    for (int i = 0; i < 60; i++) {
        to_linear(lab, rgb);
        if (in_gamut(rgb)) {
            break;
        }
        lab.a *= 0.96;
        lab.b *= 0.96;
    }
    uint32_t out = 0;
    for (int i = 0; i < 3; i++) {
        double u = fmin(1, fmax(0, rgb[i]));
        double v = u <= 0.0031308 ? 12.92 * u : 1.055 * pow(u, 1 / 2.4) - 0.055;
        out = out << 8 | (uint32_t)lround(v * 255);
    }
    return out;
}

static void ramp_make(uint32_t *out, const struct lch *point, int points) {
    for (int i = 0; i < QON_RAMP; i++) {
        double at = (double)i * (points - 1) / (QON_RAMP - 1);
        int k = (int)at < points - 1 ? (int)at : points - 2;
        double t = at - k;
        struct lab from = to_lab(point[k]);
        struct lab to = to_lab(point[k + 1]);
        out[i] = to_rgb((struct lab){from.l + t * (to.l - from.l), from.a + t * (to.a - from.a), from.b + t * (to.b - from.b)});
    }
}

// Roles before the ramps, light and dark.
static const uint32_t plain[2][QON_HUE] = {
    {0xffffff, 0xf4f6f7, 0x1b1f24, 0x5b6470, 0xdde2e6, 0xe9ecee, 0xd3d6d9, 0xffffff, 0x0b6e4f, 0xb3261e},
    {0x14181d, 0x1d232a, 0xe8ebee, 0xa3adb8, 0x333b44, 0x2a313a, 0x4a525b, 0x14181d, 0x5fcf9f, 0xff8f80},
};
static const struct lch hues[2][QON_HUES] = {
    {{0.500, 0.130, 252},
     {0.660, 0.150, 55},
     {0.580, 0.120, 165},
     {0.450, 0.150, 345},
     {0.820, 0.140, 95},
     {0.720, 0.100, 225},
     {0.350, 0.060, 290}},
    {{0.680, 0.130, 250},
     {0.750, 0.150, 58},
     {0.740, 0.130, 165},
     {0.660, 0.170, 345},
     {0.900, 0.140, 100},
     {0.840, 0.080, 215},
     {0.600, 0.080, 290}},
};
static const struct lch sequential[2][5] = {
    {{0.955, 0.045, 108}, {0.830, 0.110, 152}, {0.665, 0.105, 198}, {0.450, 0.110, 248}, {0.320, 0.120, 285}},
    {{0.275, 0.045, 285}, {0.395, 0.105, 270}, {0.510, 0.110, 235}, {0.740, 0.115, 172}, {0.930, 0.110, 112}},
};
static const struct lch diverging[2][5] = {
    {{0.420, 0.120, 45}, {0.730, 0.120, 62}, {0.955, 0.008, 90}, {0.730, 0.095, 240}, {0.395, 0.130, 262}},
    {{0.840, 0.130, 68}, {0.515, 0.115, 50}, {0.330, 0.010, 260}, {0.510, 0.120, 257}, {0.830, 0.100, 235}},
};

void qon_theme_make(struct qon_theme *theme, bool dark) {
    memcpy(theme->rgb, plain[dark], sizeof plain[dark]);
    for (int i = 0; i < QON_HUES; i++) {
        theme->rgb[QON_HUE + i] = to_rgb(to_lab(hues[dark][i]));
    }
    ramp_make(theme->rgb + QON_SEQ, sequential[dark], 5);
    ramp_make(theme->rgb + QON_DIV, diverging[dark], 5);
}

const char *qon_colour_name(int colour) {
    static const char *const name[QON_COLOURS] = {
        "paper", "panel", "ink",  "muted", "grid", "land", "nodata", "border", "good", "bad",  "hue0", "hue1",
        "hue2",  "hue3",  "hue4", "hue5",  "hue6", "seq0", "seq1",   "seq2",   "seq3", "seq4", "seq5", "seq6",
        "seq7",  "seq8",  "div0", "div1",  "div2", "div3", "div4",   "div5",   "div6", "div7", "div8",
    };
    QON_REQUIRE(colour >= 0 && colour < QON_COLOURS);
    return name[colour];
}

int qon_ramp_colour(int ramp, int i, int count) {
    if (count <= 1) {
        return ramp + QON_RAMP / 2;
    }
    return ramp + (int)lround((double)i * (QON_RAMP - 1) / (count - 1));
}

int qon_colour_on(int colour) {
    if (colour >= QON_SEQ && colour < QON_SEQ + QON_RAMP) {
        return colour - QON_SEQ >= 5 ? QON_PAPER : QON_INK;
    }
    if (colour >= QON_DIV && colour < QON_COLOURS) {
        int i = colour - QON_DIV;
        return i <= 1 || i >= 7 ? QON_PAPER : QON_INK;
    }
    return QON_INK;
}

void qon_theme_css(const struct qon_theme *theme, char *out, size_t size) {
    size_t used = 0;
    for (int i = 0; i < QON_COLOURS && used + 20 < size; i++) {
        used += (size_t)snprintf(out + used, size - used, "--%s:#%06x;", qon_colour_name(i), (unsigned)theme->rgb[i]);
    }
}
