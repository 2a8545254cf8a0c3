// SPDX-License-Identifier: GPL-3.0-or-later
// Items to bit planes and back, compiled once for each instruction set with the other kernels. Plain loops that compilers vectorise: eight
// bytes are a square of 8 x 8 bits in one number, which three exchanges turn over its diagonal.
#include <qonys/kernels.h>
#include <qonys/status.h>
#include <stddef.h>
#include <string.h>

static inline uint64_t square_turn(uint64_t x) {
    uint64_t y = (x ^ (x >> 7)) & 0x00aa00aa00aa00aaULL;
    x ^= y ^ (y << 7);
    y = (x ^ (x >> 14)) & 0x0000cccc0000ccccULL;
    x ^= y ^ (y << 14);
    y = (x ^ (x >> 28)) & 0x00000000f0f0f0f0ULL;
    return x ^ y ^ (y << 28);
}

static void squares_turn(const uint8_t *restrict bytes, uint32_t squares, uint8_t *restrict turned) {
    for (uint32_t i = 0; i < squares; i++) {
        uint64_t x;
        memcpy(&x, bytes + (size_t)8 * i, sizeof x);
        x = square_turn(x);
        memcpy(turned + (size_t)8 * i, &x, sizeof x);
    }
}

// Every size-th byte, with strides known to the compiler.
static void byte_plane_take(const uint8_t *restrict items, uint32_t size, uint32_t p, uint32_t rows, uint8_t *restrict plane) {
    if (size == 8) {
        for (uint32_t i = 0; i < rows; i++) {
            plane[i] = items[(size_t)8 * i + p];
        }
    } else if (size == 4) {
        for (uint32_t i = 0; i < rows; i++) {
            plane[i] = items[(size_t)4 * i + p];
        }
    } else if (size == 2) {
        for (uint32_t i = 0; i < rows; i++) {
            plane[i] = items[(size_t)2 * i + p];
        }
    } else {
        memcpy(plane, items, rows);
    }
}

static void byte_plane_put(const uint8_t *restrict plane, uint32_t size, uint32_t p, uint32_t rows, uint8_t *restrict items) {
    if (size == 8) {
        for (uint32_t i = 0; i < rows; i++) {
            items[(size_t)8 * i + p] = plane[i];
        }
    } else if (size == 4) {
        for (uint32_t i = 0; i < rows; i++) {
            items[(size_t)4 * i + p] = plane[i];
        }
    } else if (size == 2) {
        for (uint32_t i = 0; i < rows; i++) {
            items[(size_t)2 * i + p] = plane[i];
        }
    } else {
        memcpy(items, plane, rows);
    }
}

static void bits_split_run(const void *items, uint32_t size, uint32_t rows, size_t stride, uint8_t *planes, uint8_t *any, uint8_t *all) {
    uint8_t plane[QON_BITS_ROWS] __attribute__((aligned(64)));
    uint8_t turned[QON_BITS_ROWS] __attribute__((aligned(64)));
    QON_REQUIRE(rows % 8 == 0 && rows <= QON_BITS_ROWS && size <= 8);
    for (uint32_t p = 0; p < size; p++) {
        uint8_t some = 0, every = 0xff;
        byte_plane_take(items, size, p, rows, plane);
        for (uint32_t i = 0; i < rows; i++) {
            some |= plane[i];
            every &= plane[i];
        }
        any[p] |= some;
        all[p] &= every;
        if (some != every) {
            squares_turn(plane, rows / 8, turned);
        }
        for (uint32_t b = 0; b < 8; b++) {
            uint8_t *to = planes + (8 * (size_t)p + b) * stride;
            if (((some ^ every) >> b & 1) == 0) {
                memset(to, (every >> b & 1) != 0 ? 0xff : 0, rows / 8);
            } else {
                byte_plane_take(turned, 8, b, rows / 8, to);
            }
        }
    }
}

static void bits_join_run(const uint8_t *const *plane, uint32_t size, uint32_t rows, size_t from, const uint8_t *constant, void *items) {
    uint8_t turned[QON_BITS_ROWS] __attribute__((aligned(64)));
    uint8_t bytes[QON_BITS_ROWS] __attribute__((aligned(64)));
    uint8_t same[2][QON_BITS_ROWS / 8];
    QON_REQUIRE(rows % 8 == 0 && rows <= QON_BITS_ROWS && size <= 8);
    memset(same[0], 0, sizeof same[0]);
    memset(same[1], 0xff, sizeof same[1]);
    for (uint32_t p = 0; p < size; p++) {
        const uint8_t *const *of = plane + 8 * (size_t)p;
        bool varies = false;
        for (uint32_t b = 0; b < 8; b++) {
            varies = varies || of[b] != NULL;
        }
        if (varies) {
            for (uint32_t b = 0; b < 8; b++) {
                byte_plane_put(of[b] != NULL ? of[b] + from : same[constant[p] >> b & 1], 8, b, rows / 8, turned);
            }
            squares_turn(turned, rows / 8, bytes);
        } else {
            memset(bytes, constant[p], rows);
        }
        byte_plane_put(bytes, size, p, rows, items);
    }
}
