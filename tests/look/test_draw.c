// SPDX-License-Identifier: GPL-3.0-or-later
// The drawing layer keeps the promises of viz/draw/draw.h.
#include "../../viz/draw/draw.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static bool near(double a, double b, double tolerance) {
    return fabs(a - b) <= tolerance;
}

// ---------------------------------------------------------------------------------------------------------------- a small country

// Three squares of two degrees side by side, the last with a hole, and a tiny city within the first.
static double lon[] = {60, 62, 62, 60, 62, 64, 64, 62, 64, 66, 66, 64, 64.5, 65.5, 65.5, 64.5, 60.9, 60.93, 60.93, 60.9};
static double lat[] = {48, 48, 50, 50, 48, 48, 50, 50, 48, 48, 50, 50, 48.5, 48.5, 49.5, 49.5, 49.0, 49.0, 49.03, 49.03};
static int32_t part_point[] = {0, 4, 8, 12, 16, 20};
static int32_t region_part[] = {0, 1, 2, 4, 5};
static const struct qon_boundaries boundaries = {
    .regions = 4, .region_part = region_part, .parts = 5, .part_point = part_point, .lon_deg = lon, .lat_deg = lat};
static const char *const names[] = {"First <&>", "Second", "Third", "City"};

struct picture {
    cairo_surface_t *surface;
    cairo_t *cairo;
    struct qon_canvas canvas;
    struct qon_theme theme;
};

static void picture_start(struct picture *p, int width, int height, bool dark) {
    qon_theme_make(&p->theme, dark);
    p->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    p->cairo = cairo_create(p->surface);
    qon_canvas_init(&p->canvas, p->cairo, &p->theme, QON_EN);
    qon_draw_box(&p->canvas, (struct qon_box){0, 0, width, height}, QON_PAPER, 1);
}

static uint32_t pixel(const struct picture *p, int x, int y) {
    cairo_surface_flush(p->surface);
    const unsigned char *data = cairo_image_surface_get_data(p->surface);
    uint32_t value;
    memcpy(&value, data + (size_t)y * (size_t)cairo_image_surface_get_stride(p->surface) + (size_t)x * 4, sizeof value);
    return value & 0xffffff;
}

static void picture_end(struct picture *p) {
    assert_false(p->canvas.failed);
    assert_int_equal(cairo_status(p->cairo), CAIRO_STATUS_SUCCESS);
    qon_canvas_free(&p->canvas);
    cairo_destroy(p->cairo);
    cairo_surface_destroy(p->surface);
}

// ---------------------------------------------------------------------------------------------------------------- geography

static void test_projection_gives_published_coordinates(void **state) {
    // Snyder 1987, p. 291: parallels 29.5 and 45.5, centre 96 W: 35 N 75 W lies at 0.2952720, 0.2416774 from 23 N on the sphere.
    struct qon_projection p;
    double x, y, x0, y0;
    qon_projection_fit(&p, -106, 25.5, -86, 49.5);
    qon_project(&p, -75, 35, &x, &y);
    qon_project(&p, -96, 23, &x0, &y0);
    assert_true(near(x - x0, 0.2952720, 1e-6));
    assert_true(near(y - y0, 0.2416774, 1e-6));
}

static void cell_area_check(const struct qon_projection *p, double west, double south) {
    double x[4], y[4];
    const double step = 0.01;
    qon_project(p, west, south, &x[0], &y[0]);
    qon_project(p, west + step, south, &x[1], &y[1]);
    qon_project(p, west + step, south + step, &x[2], &y[2]);
    qon_project(p, west, south + step, &x[3], &y[3]);
    double area = 0;
    for (int i = 0, j = 3; i < 4; j = i++) {
        area += 0.5 * (x[j] * y[i] - x[i] * y[j]);
    }
    double radian = M_PI / 180;
    double truth = step * radian * (sin((south + step) * radian) - sin(south * radian));
    assert_true(near(fabs(area) / truth, 1, 1e-6));
}

static void test_areas_on_the_map_are_areas_on_the_ground(void **state) {
    static const double box[][4] = {{46, 40, 88, 56}, {-10, -5, 30, 5}, {110, -44, 154, -10}, {170, -47, 182, -34}};
    for (size_t i = 0; i < sizeof box / sizeof *box; i++) {
        struct qon_projection p;
        qon_projection_fit(&p, box[i][0], box[i][1], box[i][2], box[i][3]);
        for (int k = 0; k < 5; k++) {
            cell_area_check(&p, box[i][0] + k * (box[i][2] - box[i][0]) / 5, box[i][1] + k * (box[i][3] - box[i][1]) / 5);
        }
    }
}

static void test_country_across_the_date_line_stays_whole(void **state) {
    double across_lon[] = {178, -178, -178, 178};
    double across_lat[] = {60, 60, 62, 62};
    int32_t points[] = {0, 4};
    int32_t parts[] = {0, 1};
    struct qon_boundaries b = {
        .regions = 1, .region_part = parts, .parts = 1, .part_point = points, .lon_deg = across_lon, .lat_deg = across_lat};
    struct qon_map map;
    assert_true(qon_map_make(&map, &b));
    assert_true(map.x1 - map.x0 < 0.06);
    qon_map_free(&map);
}

static void test_label_point_lies_inside_and_holes_are_outside(void **state) {
    struct qon_map map;
    assert_true(qon_map_make(&map, &boundaries));
    for (int r = 0; r < map.regions; r++) {
        assert_true(map.region[r].room > 0);
        assert_true(qon_map_inside(&map, r, map.region[r].label_x, map.region[r].label_y));
    }
    // The hole's middle is the third square's middle.
    double x = 0.5 * (map.region[2].x0 + map.region[2].x1);
    double y = 0.5 * (map.region[2].y0 + map.region[2].y1);
    assert_false(qon_map_inside(&map, 2, x, y));
    struct qon_view view = qon_map_view(&map, (struct qon_box){10, 10, 300, 100});
    assert_int_equal(qon_map_find(&map, &view, view.dx + view.scale * map.region[3].label_x, view.dy + view.scale * map.region[3].label_y),
                     3);
    assert_int_equal(qon_map_find(&map, &view, 0, 0), -1);
    qon_map_free(&map);
}

static void test_map_without_boundaries_is_refused(void **state) {
    struct qon_map map;
    struct qon_boundaries none = {0};
    assert_false(qon_map_make(&map, &none));
    assert_int_equal(map.regions, 0);
}

// ---------------------------------------------------------------------------------------------------------------- classes

static void test_quantiles_share_out_evenly_and_break_at_round_numbers(void **state) {
    const double v[] = {1.13, 2.2, 3.17, 4.4, 17.3, 18.9, 120, 140, NAN, 155};
    struct qon_classes c;
    qon_classes_make(&c, QON_QUANTILES, v, 10, 3);
    assert_int_equal(c.count, 3);
    for (int k = 0; k < 3; k++) {
        assert_int_equal(c.members[k], 3);
    }
    assert_true(c.limit[1] > 3.17 && c.limit[1] <= 4.4);
    assert_true(near(c.limit[1], 4, 1e-12));
    assert_true(c.limit[2] > 18.9 && c.limit[2] <= 120);
    assert_int_equal(qon_class_of(&c, NAN), -1);
    assert_int_equal(qon_class_colour(&c, NAN), QON_NODATA);
    assert_int_equal(qon_class_of(&c, 155), 2);
    assert_int_equal(qon_class_of(&c, 1.13), 0);
}

static double spread(const double *v, int from, int to) {
    double mean = 0;
    double sum = 0;
    for (int i = from; i < to; i++) {
        mean += v[i] / (to - from);
    }
    for (int i = from; i < to; i++) {
        sum += (v[i] - mean) * (v[i] - mean);
    }
    return sum;
}

static void test_natural_breaks_are_the_best_of_all_breaks(void **state) {
    const double v[] = {1, 2, 2.5, 8, 9, 9.5, 10, 30, 31, 50, 51, 52};
    enum { N = sizeof v / sizeof *v };
    double best = INFINITY;
    int cut[2] = {0};
    for (int a = 1; a < N; a++) {
        for (int b = a + 1; b < N; b++) {
            double cost = spread(v, 0, a) + spread(v, a, b) + spread(v, b, N);
            if (cost < best) {
                best = cost;
                cut[0] = a;
                cut[1] = b;
            }
        }
    }
    struct qon_classes c;
    qon_classes_make(&c, QON_JENKS, v, N, 3);
    assert_int_equal(c.count, 3);
    assert_int_equal(c.members[0], cut[0]);
    assert_int_equal(c.members[1], cut[1] - cut[0]);
}

static void test_every_value_belongs_to_one_class(void **state) {
    double v[300];
    uint32_t seed = 1;
    for (int round = 0; round < 50; round++) {
        int n = 1 + (int)(seed >> 16) % 299;
        for (int i = 0; i < n; i++) {
            seed = seed * 1664525 + 1013904223;
            v[i] = round % 3 == 0 ? (double)(seed >> 28) : exp((double)(seed >> 8) / 1e6 - 8) * (round % 2 ? 1 : -1);
        }
        for (int rule = 0; rule < 4; rule++) {
            struct qon_classes c;
            if (rule == 3) {
                qon_classes_make_diverging(&c, v, n, 7);
                assert_true(near(c.limit[1], -c.limit[c.count - 1], 1e-9 * fabs(c.limit[1])));
            } else {
                qon_classes_make(&c, (enum qon_class_rule)rule, v, n, 6);
            }
            int members = 0;
            for (int k = 0; k < c.count; k++) {
                assert_true(c.limit[k] <= c.limit[k + 1]);
                members += c.members[k];
            }
            assert_int_equal(members, n);
        }
    }
}

// One far value does not throw all others into the middle class; the middle is about zero; many zeros leave the arms to the rest.
static void test_diverging_classes_are_filled(void **state) {
    static const double net[] = {471, -272, -108, -101, -69, -56, -34, -32, -28, 9, 18, 23, 29, 38, 40, 72};
    enum { N = sizeof net / sizeof *net };
    struct qon_classes c;
    qon_classes_make_diverging(&c, net, N, 7);
    assert_int_equal(c.count, 7);
    assert_true(c.limit[3] < 0 && c.limit[4] > 0 && near(c.limit[3], -c.limit[4], 1e-9));
    assert_in_range(c.members[3], 1, 4);
    int most = 0, used = 0;
    for (int k = 0; k < 7; k++) {
        most = c.members[k] > most ? c.members[k] : most;
        used += c.members[k] > 0;
    }
    assert_in_range(most, 2, 5);
    assert_true(used >= 6);
    double rare[N] = {0};
    rare[2] = -4;
    rare[5] = 3;
    rare[7] = 90;
    rare[9] = 12;
    qon_classes_make_diverging(&c, rare, N, 7);
    assert_in_range(c.members[3], N - 4, N - 2); // the zeros, and what is nearest to them
    assert_true(qon_class_of(&c, 90) == 6 && qon_class_of(&c, 12) == 5);
    static const double same[] = {2, 2, 2, -2};
    qon_classes_make_diverging(&c, same, 4, 7);
    assert_true(c.count == 7 && c.members[3] == 0);
}

static void test_no_values_make_no_classes(void **state) {
    const double v[] = {NAN, NAN};
    struct qon_classes c;
    qon_classes_make(&c, QON_QUANTILES, v, 2, 5);
    assert_int_equal(c.count, 0);
    qon_classes_make_diverging(&c, v, 2, 5);
    assert_int_equal(c.count, 0);
}

static void test_ticks_are_round_and_cover_the_range(void **state) {
    static const double range[][2] = {{0, 1}, {17.93e6, 18.53e6}, {-3, 2}, {4.62, 5.24}, {5, 5}, {-1e-9, 1e-9}, {0, 9e12}};
    for (size_t i = 0; i < sizeof range / sizeof *range; i++) {
        double tick[QON_TICKS_MOST];
        int n = qon_ticks_make(range[i][0], range[i][1], 5, tick);
        assert_in_range(n, 2, 10);
        assert_true(tick[0] <= range[i][0] + 1e-12 && tick[n - 1] >= range[i][1] - 1e-9 * fabs(range[i][1]));
        double step = tick[1] - tick[0];
        double part = step / pow(10, floor(log10(step) + 1e-9));
        assert_true(near(part, 1, 1e-6) || near(part, 2, 1e-6) || near(part, 2.5, 1e-6) || near(part, 5, 1e-6));
    }
}

// ---------------------------------------------------------------------------------------------------------------- numbers

static void number_check(double value, int digits, int flags, enum qon_language language, const char *expected) {
    char text[80];
    qon_format_number(text, sizeof text, value, digits, flags, language);
    assert_string_equal(text, expected);
}

static void test_numbers_are_written_as_the_language_writes_them(void **state) {
    number_check(1234567.891, 1, 0, QON_EN, "1,234,567.9");
    number_check(1234567.891, 1, 0, QON_RU,
                 "1\xc2\xa0"
                 "234\xc2\xa0"
                 "567,9");
    number_check(-1234, 0, 0, QON_KK,
                 "\xe2\x88\x92"
                 "1\xc2\xa0"
                 "234");
    number_check(999, 0, 0, QON_EN, "999");
    number_check(-0.04, 1, QON_SIGNED, QON_EN, "0.0");
    number_check(12.5, 1, QON_SIGNED | QON_PERCENT, QON_EN, "+12.5%");
    number_check(12.5, 1, QON_PERCENT, QON_RU, "12,5\xc2\xa0%");
    number_check(18.1e6, -1, QON_SHORT, QON_EN, "18.1M");
    number_check(18.1e6, -1, QON_SHORT, QON_KK, "18,1\xc2\xa0млн");
    number_check(25000, -1, QON_SHORT, QON_RU, "25\xc2\xa0тыс.");
    number_check(2500, -1, QON_SHORT, QON_RU,
                 "2\xc2\xa0"
                 "500");
    number_check(NAN, 0, 0, QON_EN, "\xe2\x80\x93");
}

static void test_months_are_named(void **state) {
    char text[80];
    qon_format_month(text, sizeof text, 117 * 12, QON_EN);
    assert_string_equal(text, "Jan\xc2\xa0"
                              "2017");
    qon_format_month(text, sizeof text, 117 * 12 + 11, QON_RU);
    assert_string_equal(text, "дек.\xc2\xa0"
                              "2017");
    qon_format_month(text, sizeof text, 117 * 12 + 6, QON_KK);
    assert_string_equal(text, "2017\xc2\xa0ж.\xc2\xa0шіл.");
}

// ---------------------------------------------------------------------------------------------------------------- colours

static void linear_of(uint32_t rgb, double out[3]) {
    for (int i = 0; i < 3; i++) {
        double v = (rgb >> (16 - 8 * i) & 255) / 255.0;
        out[i] = v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
    }
}

// CIE L*a*b*, D65, after simulating a colour vision (Machado, Oliveira and Fernandes 2009, severity 1; 0: normal).
static void lab_of(uint32_t rgb, int vision, double out[3]) {
    static const double seen[4][9] = {
        {1, 0, 0, 0, 1, 0, 0, 0, 1},
        {0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998},
        {0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881},
        {1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900},
    };
    double c[3], s[3], f[3];
    linear_of(rgb, c);
    for (int i = 0; i < 3; i++) {
        s[i] = fmin(1, fmax(0, seen[vision][3 * i] * c[0] + seen[vision][3 * i + 1] * c[1] + seen[vision][3 * i + 2] * c[2]));
    }
    double xyz[3] = {(0.4124564 * s[0] + 0.3575761 * s[1] + 0.1804375 * s[2]) / 0.95047,
                     0.2126729 * s[0] + 0.7151522 * s[1] + 0.0721750 * s[2],
                     (0.0193339 * s[0] + 0.1191920 * s[1] + 0.9503041 * s[2]) / 1.08883};
    for (int i = 0; i < 3; i++) {
        f[i] = xyz[i] > 0.008856 ? cbrt(xyz[i]) : 7.787 * xyz[i] + 16.0 / 116;
    }
    out[0] = 116 * f[1] - 16;
    out[1] = 500 * (f[0] - f[1]);
    out[2] = 200 * (f[1] - f[2]);
}

static double apart(uint32_t a, uint32_t b, int vision) {
    double p[3], q[3];
    lab_of(a, vision, p);
    lab_of(b, vision, q);
    return sqrt((p[0] - q[0]) * (p[0] - q[0]) + (p[1] - q[1]) * (p[1] - q[1]) + (p[2] - q[2]) * (p[2] - q[2]));
}

static void test_palettes_can_be_told_apart_with_any_colour_vision(void **state) {
    for (int dark = 0; dark < 2; dark++) {
        struct qon_theme t;
        qon_theme_make(&t, dark);
        for (int vision = 0; vision < 4; vision++) {
            for (int i = 0; i + 1 < QON_RAMP; i++) {
                assert_true(apart(t.rgb[QON_SEQ + i], t.rgb[QON_SEQ + i + 1], vision) > 5);
                assert_true(apart(t.rgb[QON_DIV + i], t.rgb[QON_DIV + i + 1], vision) > 5);
            }
            // The two arms of the diverging ramp, step against step.
            for (int i = 0; i < QON_RAMP / 2; i++) {
                assert_true(apart(t.rgb[QON_DIV + i], t.rgb[QON_DIV + QON_RAMP - 1 - i], vision) > 12);
            }
            for (int i = 0; i < 5; i++) {
                for (int j = 0; j < i; j++) {
                    assert_true(apart(t.rgb[QON_HUE + i], t.rgb[QON_HUE + j], vision) > 12);
                }
            }
        }
    }
}

static void test_ramps_go_one_way_in_lightness(void **state) {
    for (int dark = 0; dark < 2; dark++) {
        struct qon_theme t;
        qon_theme_make(&t, dark);
        for (int i = 0; i + 1 < QON_RAMP; i++) {
            double a[3], b[3];
            lab_of(t.rgb[QON_SEQ + i], 0, a);
            lab_of(t.rgb[QON_SEQ + i + 1], 0, b);
            assert_true(dark ? b[0] > a[0] + 2 : b[0] < a[0] - 2);
        }
    }
}

static double contrast(uint32_t a, uint32_t b) {
    double p[3], q[3];
    linear_of(a, p);
    linear_of(b, q);
    double x = 0.2126 * p[0] + 0.7152 * p[1] + 0.0722 * p[2] + 0.05;
    double y = 0.2126 * q[0] + 0.7152 * q[1] + 0.0722 * q[2] + 0.05;
    return x > y ? x / y : y / x;
}

static void test_text_can_be_read_on_every_colour(void **state) {
    for (int dark = 0; dark < 2; dark++) {
        struct qon_theme t;
        qon_theme_make(&t, dark);
        assert_true(contrast(t.rgb[QON_INK], t.rgb[QON_PAPER]) > 7);
        static const int words[] = {QON_MUTED, QON_GOOD, QON_BAD};
        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
            assert_true(contrast(t.rgb[words[i]], t.rgb[QON_PAPER]) > 4.5);
            assert_true(contrast(t.rgb[words[i]], t.rgb[QON_PANEL]) > 4.5);
        }
        for (int i = QON_SEQ; i < QON_COLOURS; i++) {
            assert_true(contrast(t.rgb[qon_colour_on(i)], t.rgb[i]) > 4.5);
        }
    }
}

// ---------------------------------------------------------------------------------------------------------------- figures

static struct qon_choropleth choropleth_make(const struct qon_map *map, const double *value) {
    struct qon_choropleth f = {.map = map, .value = value, .label = names, .digits = 1, .caption = "Caption", .no_data = "no data"};
    qon_classes_make(&f.classes, QON_EQUAL, value, map->regions, 3);
    return f;
}

static void test_regions_have_the_colour_of_their_class(void **state) {
    const double value[] = {1, NAN, 9, 5};
    struct qon_map map;
    assert_true(qon_map_make(&map, &boundaries));
    struct qon_choropleth f = choropleth_make(&map, value);
    f.label = NULL;
    for (int dark = 0; dark < 2; dark++) {
        struct picture p;
        int height = (int)qon_choropleth_height(&f, 600);
        picture_start(&p, 600, height, dark);
        qon_draw_choropleth(&p.canvas, &f, (struct qon_box){0, 0, 600, height});
        int counted[QON_COLOURS] = {0};
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < 600; x++) {
                for (int c = 0; c < QON_COLOURS; c++) {
                    counted[c] += pixel(&p, x, y) == p.theme.rgb[c];
                }
            }
        }
        assert_true(counted[qon_class_colour(&f.classes, 1)] > 10000);
        assert_true(counted[qon_class_colour(&f.classes, 9)] > 8000);
        assert_true(counted[QON_NODATA] > 10000);
        assert_true(counted[qon_class_colour(&f.classes, 9)] < counted[qon_class_colour(&f.classes, 1)]); // the hole is empty
        picture_end(&p);
    }
    qon_map_free(&map);
}

static void test_dots_stand_where_they_stood(void **state) {
    const double persons[] = {40000, 80000, 20000, 9000};
    struct qon_map map;
    assert_true(qon_map_make(&map, &boundaries));
    struct qon_dots f = {.map = &map, .persons = persons, .each = 500, .caption = "one dot: %s persons"};
    struct picture p, q;
    int height = (int)qon_dots_height(&f, 500);
    picture_start(&p, 500, height, false);
    picture_start(&q, 500, height, false);
    qon_draw_dots(&p.canvas, &f, (struct qon_box){0, 0, 500, height});
    qon_draw_dots(&q.canvas, &f, (struct qon_box){0, 0, 500, height});
    cairo_surface_flush(p.surface);
    cairo_surface_flush(q.surface);
    size_t size = (size_t)cairo_image_surface_get_stride(p.surface) * (size_t)height;
    assert_memory_equal(cairo_image_surface_get_data(p.surface), cairo_image_surface_get_data(q.surface), size);
    picture_end(&p);
    picture_end(&q);
    qon_map_free(&map);
}

static void test_dot_stands_for_a_round_number_of_persons(void **state) {
    const double persons[] = {4.1e6, 8.3e6, 5.2e6, 4e5};
    struct qon_map map;
    assert_true(qon_map_make(&map, &boundaries));
    struct qon_dots f = {.map = &map, .persons = persons};
    assert_true(near(qon_dots_each(&f), 20000, 1e-9));
    qon_map_free(&map);
}

static void test_largest_flows_are_drawn_and_the_rest_is_counted(void **state) {
    struct qon_flow flow[] = {{0, 1, 10}, {1, 0, 30}, {2, 2, 1000}, {2, 1, 40}, {1, 2, 20}, {0, 2, 0}};
    qon_flows_sort(flow, 6);
    struct qon_arcs f = {.flow = flow, .count = 6, .most = 2};
    double share;
    assert_int_equal(qon_arcs_shown(&f, &share), 2);
    assert_true(near(share, 0.7, 1e-12)); // moves within a region and empty flows do not count
    assert_int_equal(flow[1].persons, 40);
}

// Draws a figure in a box with room about it and looks for ink there.
static void inside_check(qon_draw_function *draw, qon_height_function *height, const void *figure, double width) {
    enum { MARGIN = 30 };
    struct picture p;
    int tall = (int)ceil(height(figure, width));
    int w = (int)width + 2 * MARGIN;
    int h = tall + 2 * MARGIN;
    picture_start(&p, w, h, false);
    draw(&p.canvas, figure, (struct qon_box){MARGIN, MARGIN, width, tall});
    int outside = 0;
    int inside = 0;
    for (int y = 0; y < h; y++) {
        for (int x = 0; x < w; x++) {
            bool out = x < MARGIN - 1 || y < MARGIN - 1 || x > w - MARGIN || y > h - MARGIN;
            bool ink = pixel(&p, x, y) != p.theme.rgb[QON_PAPER];
            outside += out && ink;
            inside += !out && ink;
        }
    }
    assert_int_equal(outside, 0);
    assert_true(inside > 200);
    picture_end(&p);
}

static void test_figures_stay_within_their_boxes(void **state) {
    struct qon_map map;
    assert_true(qon_map_make(&map, &boundaries));
    const double value[] = {1200.5, -3.2, 9, 123456};
    const double down[] = {1000, -8, 4, 100000};
    const double up[] = {1400, 2, 12, 140000};
    struct qon_choropleth map_figure = choropleth_make(&map, value);
    struct qon_dots dots = {.map = &map, .persons = up, .label = names, .caption = "one dot: %s persons"};
    const struct qon_flow flow[] = {{0, 1, 1000}, {1, 2, 700}, {2, 3, 40}};
    struct qon_arcs arcs = {.map = &map, .flow = flow, .count = 3, .label = names, .caption = "Persons"};
    const struct qon_line line[] = {{"A rather long name of a line", value, down, up, QON_HUE, false},
                                    {"Second", up, NULL, NULL, QON_HUE + 1, true}};
    struct qon_lines lines = {.lines = 2, .line = line, .count = 4, .month = 1404, .step = 1, .unit = "persons", .flags = QON_SHORT};
    const int colour[] = {QON_HUE, QON_HUE + 1};
    struct qon_bars bars = {
        .rows = 4, .segments = 1, .label = names, .colour = colour, .value = value, .low = down, .high = up, .digits = 1};
    struct qon_bars stacked = {
        .rows = 2, .segments = 2, .label = names, .segment = names, .colour = colour, .value = up, .stacked = true, .unit = "persons"};
    struct qon_pyramid pyramid = {4, names, up, up, up, up, "Men", "Women", "Now", "Before", 0};
    struct qon_matrix matrix = {.rows = 2,
                                .columns = 2,
                                .row_label = names,
                                .column_label = names,
                                .value = value,
                                .row_word = "from",
                                .column_word = "to",
                                .caption = "Persons"};
    qon_classes_make(&matrix.classes, QON_QUANTILES, value, 4, 3);
    const struct {
        qon_draw_function *draw;
        qon_height_function *height;
        const void *figure;
    } all[] = {{qon_draw_choropleth, qon_choropleth_height, &map_figure},
               {qon_draw_dots, qon_dots_height, &dots},
               {qon_draw_arcs, qon_arcs_height, &arcs},
               {qon_draw_lines, qon_lines_height, &lines},
               {qon_draw_bars, qon_bars_height, &bars},
               {qon_draw_bars, qon_bars_height, &stacked},
               {qon_draw_pyramid, qon_pyramid_height, &pyramid},
               {qon_draw_matrix, qon_matrix_height, &matrix}};
    static const double width[] = {300, 328, 368, 760, 1200};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        for (size_t w = 0; w < sizeof width / sizeof *width; w++) {
            inside_check(all[i].draw, all[i].height, all[i].figure, width[w]);
        }
    }
    qon_map_free(&map);
}

static void test_absent_values_are_drawn_as_absent(void **state) {
    const double none[] = {NAN, NAN, NAN, NAN};
    const struct qon_line line = {"Empty", none, none, none, QON_HUE, false};
    struct qon_lines lines = {.lines = 1, .line = &line, .count = 4, .month = 1404, .step = 1};
    struct picture p;
    picture_start(&p, 400, 210, false);
    qon_draw_lines(&p.canvas, &lines, (struct qon_box){0, 0, 400, 210});
    for (int y = 0; y < 210; y++) {
        for (int x = 0; x < 400; x++) {
            assert_int_not_equal(pixel(&p, x, y), p.theme.rgb[QON_HUE]);
        }
    }
    picture_end(&p);
}

static void test_table_breaks_between_rows(void **state) {
    enum { ROWS = 40 };
    const char *cell[ROWS * 2];
    for (int i = 0; i < ROWS; i++) {
        cell[2 * i] = "A name";
        cell[2 * i + 1] = "1,234";
    }
    const char *const head[] = {"Name", "Value"};
    const enum qon_align align[] = {QON_LEFT, QON_RIGHT};
    struct qon_table t = {.rows = ROWS, .columns = 2, .head = head, .cell = cell, .align = align};
    struct picture p;
    picture_start(&p, 300, 400, false);
    int row = 0;
    int pages = 0;
    while (row < ROWS) {
        double height;
        int next = qon_draw_table(&p.canvas, &t, row, (struct qon_box){0, 0, 300, 200}, 10, &height);
        assert_true(next > row && height <= 200);
        row = next;
        pages++;
    }
    assert_int_equal(row, ROWS);
    assert_in_range(pages, 3, 8);
    picture_end(&p);
}

static void test_svg_is_text_in_the_readers_colours(void **state) {
    const double value[] = {1, NAN, 9, 5};
    struct qon_map map;
    assert_true(qon_map_make(&map, &boundaries));
    struct qon_choropleth f = choropleth_make(&map, value);
    double height = ceil(qon_choropleth_height(&f, 500));
    char *svg = qon_svg_make(500, height, QON_EN, "m1", "A \"map\" & more", qon_draw_choropleth, &f);
    assert_non_null(svg);
    assert_non_null(strstr(svg, ">First &lt;&amp;></text>"));
    assert_non_null(strstr(svg, "aria-label=\"A &quot;map&quot; &amp; more\""));
    assert_non_null(strstr(svg, "var(--nodata)"));
    assert_non_null(strstr(svg, "var(--seq0)"));
    assert_null(strstr(svg, "rgb("));
    assert_null(strstr(svg, "glyph"));
    // No colour by value: everything follows the theme.
    assert_null(strstr(svg, "fill:#"));
    free(svg);
    qon_map_free(&map);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_projection_gives_published_coordinates),
        cmocka_unit_test(test_areas_on_the_map_are_areas_on_the_ground),
        cmocka_unit_test(test_country_across_the_date_line_stays_whole),
        cmocka_unit_test(test_label_point_lies_inside_and_holes_are_outside),
        cmocka_unit_test(test_map_without_boundaries_is_refused),
        cmocka_unit_test(test_quantiles_share_out_evenly_and_break_at_round_numbers),
        cmocka_unit_test(test_natural_breaks_are_the_best_of_all_breaks),
        cmocka_unit_test(test_every_value_belongs_to_one_class),
        cmocka_unit_test(test_diverging_classes_are_filled),
        cmocka_unit_test(test_no_values_make_no_classes),
        cmocka_unit_test(test_ticks_are_round_and_cover_the_range),
        cmocka_unit_test(test_numbers_are_written_as_the_language_writes_them),
        cmocka_unit_test(test_months_are_named),
        cmocka_unit_test(test_palettes_can_be_told_apart_with_any_colour_vision),
        cmocka_unit_test(test_ramps_go_one_way_in_lightness),
        cmocka_unit_test(test_text_can_be_read_on_every_colour),
        cmocka_unit_test(test_regions_have_the_colour_of_their_class),
        cmocka_unit_test(test_dots_stand_where_they_stood),
        cmocka_unit_test(test_dot_stands_for_a_round_number_of_persons),
        cmocka_unit_test(test_largest_flows_are_drawn_and_the_rest_is_counted),
        cmocka_unit_test(test_figures_stay_within_their_boxes),
        cmocka_unit_test(test_absent_values_are_drawn_as_absent),
        cmocka_unit_test(test_table_breaks_between_rows),
        cmocka_unit_test(test_svg_is_text_in_the_readers_colours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
