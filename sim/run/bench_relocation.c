// SPDX-License-Identifier: GPL-3.0-or-later
// Times the two sides of the relocation bench in turn, so that whatever slows the machine slows both.
#include "bench_town.h"

#include <qonys/kernels.h>
#include <qonys/par.h>

struct least {
    double cpu, wall;
};

static struct least timed_ours(struct bench_ours *ours, int32_t months, struct least least) {
    qon_bench_ours_reset(ours);
    double cpu = qon_time_cpu(), wall = qon_time_wall();
    qon_bench_ours_run(ours, months);
    cpu = qon_time_cpu() - cpu;
    wall = qon_time_wall() - wall;
    return (struct least){cpu < least.cpu ? cpu : least.cpu, wall < least.wall ? wall : least.wall};
}

static struct least timed_plain(struct bench_plain *plain, int32_t months, struct least least) {
    qon_bench_plain_reset(plain);
    double cpu = qon_time_cpu(), wall = qon_time_wall();
    qon_bench_plain_run(plain, months);
    cpu = qon_time_cpu() - cpu;
    wall = qon_time_wall() - wall;
    return (struct least){cpu < least.cpu ? cpu : least.cpu, wall < least.wall ? wall : least.wall};
}

static void side_times(struct qon_bench_side *side, struct least least, const struct qon_bench_options *options) {
    double person_months = (double)options->persons * options->months;
    side->ns_cpu = 1e9 * least.cpu / person_months;
    side->ns_wall = 1e9 * least.wall / person_months;
}

static enum qon_status options_check(const struct qon_bench_options *options, struct qon_faults *faults) {
    if (options->persons < 1 || options->persons > UINT32_MAX) {
        return qon_fault_add(faults, (struct qon_place){.path = "--persons"}, "is %lld, expected 1 to %lld", (long long)options->persons,
                             (long long)UINT32_MAX);
    }
    if (options->months < 1 || options->months > 1200) {
        return qon_fault_add(faults, (struct qon_place){.path = "--months"}, "is %d, expected 1 to 1200", options->months);
    }
    if (options->repeats < 1 || options->repeats > 1000) {
        return qon_fault_add(faults, (struct qon_place){.path = "--repeats"}, "is %d, expected 1 to 1000", options->repeats);
    }
    return QON_OK;
}

enum qon_status qon_bench_relocation(const struct qon_bench_options *options, struct qon_bench_relocation *result,
                                     struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct town town = {0};
    struct bench_ours *ours = NULL;
    struct bench_plain *plain = NULL;
    struct least of_ours = {1e300, 1e300}, of_plain = {1e300, 1e300};
    *result = (struct qon_bench_relocation){.isa = qon_kernels()->name};
    if (options_check(options, faults) != QON_OK) {
        return QON_USER;
    }
    QON_TRY(qon_town_make(&town, options->persons, options->seed));
    QON_TRY(qon_bench_ours_create(&ours, &town));
    if (options->plain) {
        QON_TRY(qon_bench_plain_create(&plain, &town));
    }
    for (int32_t i = 0; i < options->repeats; i++) {
        if (plain != NULL) {
            of_plain = timed_plain(plain, options->months, of_plain);
        }
        of_ours = timed_ours(ours, options->months, of_ours);
    }
    qon_bench_ours_tell(ours, &result->ours);
    side_times(&result->ours, of_ours, options);
    result->bytes = qon_bench_ours_bytes(ours);
    if (plain != NULL) {
        qon_bench_plain_tell(plain, &result->plain);
        side_times(&result->plain, of_plain, options);
    }
done:
    qon_bench_ours_destroy(ours);
    qon_bench_plain_destroy(plain);
    qon_town_free(&town);
    return status == QON_MACHINE
               ? qon_fault_machine(faults, (struct qon_place){0}, "out of memory for %lld persons", (long long)options->persons)
               : status;
}
