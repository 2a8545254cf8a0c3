// SPDX-License-Identifier: GPL-3.0-or-later
// make_country ZONES PERSONS FOLDER: writes the made-up country of country.h.
#include "country.h"
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    if (argc != 4) {
        fprintf(stderr, "make_country ZONES PERSONS FOLDER\n");
        return 2;
    }
    return make_country(atoi(argv[1]), atoll(argv[2]), argv[3]) == 0 ? 0 : 1;
}
