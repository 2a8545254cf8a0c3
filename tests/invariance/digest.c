// SPDX-License-Identifier: GPL-3.0-or-later
// digest SCENARIO THREADS [PATH=VALUE]...: runs a scenario by the library alone, nothing written, and prints after each month the digest of
// the whole state and a few figures, so that two runs can be compared by diff. For tests of invariance and for the golden runs.
#include <qonys/indicator.h>
#include <qonys/input.h>
#include <qonys/memory.h>
#include <qonys/par.h>
#include <qonys/step.h>
#include <qonys/synthesis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OVERRIDES_MOST = 32 };

static const char *const figures[] = {"population",          "births",     "deaths",         "arrivals_region",
                                      "moves_within_region", "unemployed", "employed",       "vacancies",
                                      "wage_mean",           "rent",       "arrivals_kandas"};
enum { FIGURES = sizeof figures / sizeof figures[0] };

static int said(const struct qon_faults *faults) {
    for (int i = 0; i < faults->kept; i++) {
        fprintf(stderr, "%s\n", faults->text[i]);
    }
    return 1;
}

static int print_month(const struct qon_world *world, double *values) {
    char month[16];
    qon_month_format(world->month - 1, month);
    qon_indicators_observe(world, values);
    printf("%s %016llx", month, (unsigned long long)qon_world_digest(world));
    for (size_t i = 0; i < FIGURES; i++) {
        int32_t row = qon_indicator_find(world, figures[i]);
        if (row < 0) {
            fprintf(stderr, "there is no indicator %s\n", figures[i]);
            return 1;
        }
        printf(" %.10g", values[(int64_t)row * (world->zones + 1) + world->zones]);
    }
    printf("\n");
    return 0;
}

static int run(const struct qon_scenario *scenario, struct qon_faults *faults) {
    static struct qon_world world;
    double *values = NULL;
    int code = 0;
    if (qon_synthesis(&world, scenario, faults) != QON_OK || qon_model_init(&world, faults) != QON_OK) {
        return said(faults);
    }
    size_t count = (size_t)qon_indicators_count(&world) * ((size_t)world.zones + 1);
    if (qon_take(&values, count, sizeof *values) != QON_OK) {
        return 1;
    }
    printf("month digest");
    for (size_t i = 0; i < FIGURES; i++) {
        printf(" %s", figures[i]);
    }
    printf("\n");
    for (int month = 0; month < scenario->months && code == 0; month++) {
        code = qon_step(&world, faults) != QON_OK ? said(faults) : print_month(&world, values);
    }
    char text[256];
    if (code == 0 && !qon_world_check(&world, true, text)) {
        fprintf(stderr, "%s\n", text);
        code = 1;
    }
    qon_free(values);
    qon_model_free(&world);
    qon_world_free(&world);
    return code;
}

int main(int argc, char **argv) {
    static struct qon_scenario scenario;
    static struct qon_faults faults;
    struct qon_override overrides[OVERRIDES_MOST];
    int count = 0;
    if (argc < 3 || argc - 3 > OVERRIDES_MOST) {
        fprintf(stderr, "digest SCENARIO THREADS [PATH=VALUE]...\n");
        return 2;
    }
    for (int i = 3; i < argc; i++) {
        char *equals = strchr(argv[i], '=');
        if (equals == NULL) {
            fprintf(stderr, "%s: PATH=VALUE was expected\n", argv[i]);
            return 2;
        }
        *equals = '\0';
        overrides[count++] = (struct qon_override){argv[i], equals + 1};
    }
    qon_par_threads_set(atoi(argv[2]));
    qon_faults_init(&faults);
    if (qon_scenario_load(&scenario, argv[1], overrides, count, &faults) != QON_OK) {
        return said(&faults);
    }
    int code = run(&scenario, &faults);
    qon_scenario_free(&scenario);
    return code;
}
